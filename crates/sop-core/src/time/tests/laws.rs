//! The laws of working-time arithmetic, on random calendars and on the one that is checked in.

use std::{collections::BTreeMap, sync::LazyLock};

use proptest::prelude::*;

use super::*;

/// The days on which random calendars begin to be known.
const START: &str = "2024-12-02";

/// Openings of a day, apart from each other.
fn open() -> impl Strategy<Value = Vec<Opening>> {
    let edge = 0..=1_440_u16;
    proptest::collection::btree_set(edge, 0..=6).prop_map(|edges| {
        let edges: Vec<_> = edges.into_iter().map(|m| TimeOfDay::from_minutes(m).unwrap()).collect();
        edges.chunks_exact(2).map(|pair| Opening(pair[0], pair[1])).collect()
    })
}

/// A week whose Monday is never closed all day.
fn week() -> impl Strategy<Value = Vec<WeekBlock>> {
    proptest::collection::vec(open(), 7).prop_map(|days| {
        let mut blocks: Vec<WeekBlock> =
            Weekday::ALL.iter().copied().zip(days).map(|(day, open)| WeekBlock { days: vec![day], open }).collect();
        if blocks[0].open.is_empty() {
            blocks[0].open = vec![Opening("08:00".parse().unwrap(), "08:01".parse().unwrap())];
        }
        blocks
    })
}

fn hours(from: Date, until: Option<Date>, estimated: bool, week: Vec<WeekBlock>) -> Hours {
    Hours { title: "Jam".to_owned(), from, until, source: "s".to_owned(), estimated, week }
}

/// A calendar of one to six months: a usual week, other weeks over it, holidays.
pub(super) fn calendar_files() -> impl Strategy<Value = CalendarFile> {
    let overlay = (0..200_i32, 0..40_i32, any::<bool>(), week());
    let overlays = proptest::collection::vec(overlay, 0..4);
    let holidays = proptest::collection::btree_map(0..200_i32, any::<bool>(), 0..12);
    (week(), overlays, holidays, 30..200_i32).prop_map(|(usual, overlays, holidays, known)| {
        let start = date(START);
        let later = |days: i32| start.plus_days(days).unwrap();
        let mut list = vec![hours(start, None, false, usual)];
        let mut end = i32::MIN;
        for (from, length, estimated, week) in overlays {
            // Apart from each other, so that every one of them applies.
            let from = from.max(end);
            end = from + length + 1;
            if end < known {
                list.push(hours(later(from), Some(later(from + length)), estimated, week));
            }
        }
        let known_holidays: BTreeMap<i32, bool> = holidays.into_iter().filter(|&(day, _)| day <= known).collect();
        CalendarFile {
            schema: None,
            format: 1,
            id: "acak".to_owned(),
            title: "Acak".to_owned(),
            valid_through: later(known),
            sources: vec![Source { id: "s".to_owned(), title: "S".to_owned() }],
            hours: list,
            holidays: known_holidays
                .into_iter()
                .map(|(day, estimated)| Holiday {
                    date: later(day),
                    title: "Libur".to_owned(),
                    kind: HolidayKind::Local,
                    source: "s".to_owned(),
                    estimated,
                })
                .collect(),
            notes: vec![],
        }
    })
}

/// An instant, mostly while random calendars are known, otherwise from half a year before that to
/// two years after; on the minute as often as between.
pub(super) fn instants() -> impl Strategy<Value = Instant> {
    let minute = prop_oneof![3 => 0..200 * 1_440_i64, 1 => -180 * 1_440..730 * 1_440_i64];
    (minute, prop_oneof![Just(0), 0..60_000_i64]).prop_map(|(minute, millis)| {
        let start = i64::from(date(START).days()) * 1_440;
        Instant::from_millis((start + minute) * 60_000 + millis).unwrap()
    })
}

fn amounts() -> impl Strategy<Value = Millis> {
    prop_oneof![
        (0..2_000_u32).prop_map(Millis::from_minutes),
        (0..300_000_u32).prop_map(Millis::from_minutes),
        (0..200_000_000_u64).prop_map(Millis),
    ]
}

fn calendars() -> impl Strategy<Value = Calendar> {
    static KNOWN: LazyLock<Calendar> = LazyLock::new(kalbar);
    prop_oneof![
        3 => calendar_files().prop_map(|file| Calendar::compile(&file, wib()).unwrap()),
        1 => Just(()).prop_map(|()| KNOWN.clone()),
    ]
}

fn before(instant: Instant) -> Instant {
    Instant::from_millis(instant.millis() - 1).unwrap()
}

proptest! {
    #[test]
    fn what_was_added_is_measured(calendar in calendars(), a in instants(), b in amounts()) {
        let due = calendar.add(a, b).at;
        prop_assert!(due >= a);
        prop_assert_eq!(calendar.measure(a, due), b);
    }

    #[test]
    fn adding_in_turn_is_adding_twice(calendar in calendars(), a in instants(), b in amounts(), c in amounts()) {
        let first = calendar.add(a, b).at;
        prop_assert_eq!(calendar.add_in_turn(a, b, c), (first, calendar.add(first, c).at));
    }

    #[test]
    fn subtracting_is_adding_backwards(calendar in calendars(), a in instants(), b in amounts()) {
        let back = calendar.subtract(a, b);
        prop_assert!(back <= a);
        // A week of one minute goes back further than there are instants.
        if back > Instant::MIN {
            prop_assert_eq!(calendar.measure(back, a), b);
            prop_assert!(calendar.measure(before(back), a) >= b);
        }
    }

    #[test]
    fn the_due_instant_is_the_earliest(calendar in calendars(), a in instants(), b in amounts()) {
        let due = calendar.add(a, b).at;
        if due > a {
            prop_assert!(calendar.measure(a, before(due)) < b);
        }
    }

    #[test]
    fn adding_what_was_measured_gives_the_earliest_equivalent_instant(
        calendar in calendars(), a in instants(), c in instants(),
    ) {
        let (a, c) = (a.min(c), a.max(c));
        let back = calendar.add(a, calendar.measure(a, c)).at;
        prop_assert!(a <= back && back <= c);
        prop_assert_eq!(calendar.measure(back, c), Millis::ZERO);
    }

    #[test]
    fn measuring_in_two_parts_is_measuring_the_whole(
        calendar in calendars(), mut times in proptest::collection::vec(instants(), 3),
    ) {
        times.sort();
        let [a, b, c] = times[..] else { unreachable!() };
        let parts = calendar.measure(a, b).saturating_add(calendar.measure(b, c));
        prop_assert_eq!(parts, calendar.measure(a, c));
        prop_assert_eq!(calendar.measure(c, a), Millis::ZERO);
        prop_assert!(calendar.measure(a, c).0 <= calendar.measure_by(Measure::Elapsed, a, c).0);
    }

    #[test]
    fn adding_in_two_parts_is_adding_the_whole(
        calendar in calendars(), a in instants(), b in amounts(), c in amounts(),
    ) {
        prop_assume!(c > Millis::ZERO);
        let parts = calendar.add(calendar.add(a, b).at, c).at;
        prop_assert_eq!(parts, calendar.add(a, b.saturating_add(c)).at);
    }

    #[test]
    fn more_is_later_and_later_is_later(
        calendar in calendars(), a in instants(), b in instants(), x in amounts(), y in amounts(),
    ) {
        let (a, b, x, y) = (a.min(b), a.max(b), x.min(y), x.max(y));
        prop_assert!(calendar.add(a, x).at <= calendar.add(a, y).at);
        prop_assert!(calendar.add(a, x).at <= calendar.add(b, x).at);
        // An estimate doesn't become certain by adding more to it.
        prop_assert!(x == Millis::ZERO || calendar.add(a, x).estimated <= calendar.add(a, y).estimated);
    }

    #[test]
    fn the_office_is_open_from_the_next_opening_and_not_before_it(calendar in calendars(), a in instants()) {
        let opening = calendar.next_opening(a).at;
        prop_assert!(opening >= a && calendar.is_open(opening));
        prop_assert_eq!(calendar.measure(a, opening), Millis::ZERO);
        prop_assert_eq!(opening == a, calendar.is_open(a));
    }

    #[test]
    fn a_day_measures_what_its_hours_say(calendar in calendars(), a in instants()) {
        let date = wib().date(a);
        let midnight = Instant::at(date, 0, 0, &wib()).unwrap();
        let next = Instant::at(date.plus_days(1).unwrap(), 0, 0, &wib()).unwrap();
        let minutes = calendar.working_minutes(date);
        prop_assert_eq!(calendar.measure(midnight, next), Millis::from_minutes(minutes));
        let openings: u32 = calendar.openings(date).map(|(open, close)| u32::from(close - open)).sum();
        prop_assert_eq!(openings, minutes);
    }

    #[test]
    fn a_result_is_estimated_if_and_only_if_a_day_on_the_way_is(
        file in calendar_files(), a in instants(), b in amounts(),
    ) {
        prop_assume!(b > Millis::ZERO);
        let calendar = Calendar::compile(&file, wib()).unwrap();
        let due = calendar.add(a, b);
        let known = file.hours[0].from..=file.valid_through;
        let guessed = |day: Date| {
            let last = file.hours.iter().rfind(|h| h.from <= day && h.until.is_none_or(|u| u >= day));
            !known.contains(&day)
                || last.is_some_and(|hours| hours.estimated)
                || file.holidays.iter().any(|holiday| holiday.date == day && holiday.estimated)
        };
        let days = wib().date(a).days()..=wib().date(due.at).days();
        let expected = days.map(|day| Date::from_days(day).unwrap()).any(guessed);
        prop_assert_eq!(due.estimated, expected);
        prop_assert_eq!(calendar.is_estimated(a, due.at), expected);
    }

    #[test]
    fn nothing_overflows(calendar in calendars(), millis in any::<i64>(), amount in any::<u64>()) {
        let span = Instant::MAX.millis() - Instant::MIN.millis();
        let a = Instant::from_millis(Instant::MIN.millis() + millis.rem_euclid(span + 1)).unwrap();
        for amount in [amount, amount >> 20, u64::MAX, u64::try_from(i64::MAX).unwrap()] {
            for measure in [Measure::Working, Measure::Elapsed] {
                let due = calendar.add_by(measure, a, Millis(amount));
                prop_assert!(due.at >= a);
                if due.at < Instant::MAX {
                    prop_assert_eq!(calendar.measure_by(measure, a, due.at), Millis(amount));
                }
            }
        }
        prop_assert!(calendar.next_opening(a).at >= a);
    }
}
