//! The arithmetic against the crate `opening-hours`, which walks through OpenStreetMap's
//! opening hours day by day and knows nothing of ours.

use std::{fmt::Write, sync::LazyLock};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use opening_hours::{OpeningHours, RuleKind};
use proptest::prelude::*;

use super::{
    laws::{calendar_files, instants},
    *,
};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

fn day(date: Date) -> String {
    format!("{} {} {:02}", date.year(), MONTHS[date.month() as usize - 1], date.day())
}

/// A calendar in the language of OpenStreetMap: later rules win there too.
fn expression(file: &CalendarFile) -> OpeningHours {
    let mut text = String::new();
    for hours in &file.hours {
        let until = hours.until.unwrap_or(date("2040-12-31"));
        let mut week = vec![Vec::new(); 7];
        for block in &hours.week {
            for &day in &block.days {
                week[day as usize].clone_from(&block.open);
            }
        }
        for (name, open) in DAYS.iter().zip(week) {
            let spans: Vec<String> = open.iter().map(|span| format!("{}-{}", span.0, span.1)).collect();
            let spans = if spans.is_empty() { "off".to_owned() } else { spans.join(",") };
            write!(text, "{}-{} {name} {spans}; ", day(hours.from), day(until)).unwrap();
        }
    }
    for holiday in &file.holidays {
        write!(text, "{} off; ", day(holiday.date)).unwrap();
    }
    let text = text.trim_end_matches("; ");
    text.parse().unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn local(instant: Instant) -> NaiveDateTime {
    let minute = i64::from(wib().minute_of_day(instant));
    let date = wib().date(instant);
    let midnight = NaiveDate::from_ymd_opt(date.year(), date.month(), date.day()).unwrap();
    midnight.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(minute)
}

fn minutes(oracle: &OpeningHours, from: Instant, to: Instant) -> i64 {
    oracle
        .iter_range(local(from), local(to))
        .filter(|span| span.kind == RuleKind::Open)
        .map(|span| (span.range.end - span.range.start).num_minutes())
        .sum()
}

/// Whole minutes between two instants of which both are.
fn measured(calendar: &Calendar, from: Instant, to: Instant) -> i64 {
    i64::try_from(calendar.measure(from, to).minutes()).unwrap()
}

fn whole_minute(instant: Instant) -> Instant {
    Instant::from_millis(instant.millis().div_euclid(60_000) * 60_000).unwrap()
}

/// From the first known date on: the oracle has no hours before it.
fn known(instant: Instant, file: &CalendarFile) -> Instant {
    instant.max(Instant::at(file.hours[0].from, 0, 0, &wib()).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn random_calendars_agree(file in calendar_files(), a in instants(), days in 0..120_i64) {
        let calendar = Calendar::compile(&file, wib()).unwrap();
        let a = known(whole_minute(a), &file);
        let c = Instant::from_millis(a.millis() + days * 86_400_000 + 37_260_000).unwrap();
        let oracle = expression(&file);
        prop_assert_eq!(measured(&calendar, a, c), minutes(&oracle, a, c));
    }

    #[test]
    fn the_calendar_of_kalbar_agrees(
        begin in 0..1_200_i64, minute in 0..1_440_i64, length in 0..60_i64, budget in 1..9_000_u32,
    ) {
        static FILE: LazyLock<CalendarFile> = LazyLock::new(kalbar_file);
        static OURS: LazyLock<Calendar> = LazyLock::new(kalbar);
        static THEIRS: LazyLock<OpeningHours> = LazyLock::new(|| expression(&FILE));
        let start = Instant::at(date("2025-01-01"), 0, 0, &wib()).unwrap().millis();
        let a = Instant::from_millis(start + (begin * 1_440 + minute) * 60_000).unwrap();
        let c = Instant::from_millis(a.millis() + length * 86_400_000 + 12_345 * 60_000).unwrap();
        prop_assert_eq!(measured(&OURS, a, c), minutes(&THEIRS, a, c));
        let due = OURS.add(a, Millis::from_minutes(budget)).at;
        prop_assert_eq!(minutes(&THEIRS, a, due), i64::from(budget));
        let before = Instant::from_millis(due.millis() - 60_000).unwrap();
        prop_assert_eq!(minutes(&THEIRS, a, before), i64::from(budget) - 1);
    }
}

#[test]
fn every_day_of_three_years_has_the_same_hours() {
    let file = kalbar_file();
    let (calendar, oracle) = (kalbar(), expression(&file));
    let mut day = date("2025-01-01");
    let mut total = 0;
    while day <= date("2028-02-29") {
        let next = day.plus_days(1).unwrap();
        let midnight = |date| Instant::at(date, 0, 0, &wib()).unwrap();
        let expected = minutes(&oracle, midnight(day), midnight(next));
        assert_eq!(i64::from(calendar.working_minutes(day)), expected, "{day}");
        total += expected;
        day = next;
    }
    assert!(total > 300_000, "the oracle has to know of working hours, not only of none: {total}");
}
