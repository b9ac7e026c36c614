//! Random calendars that are valid.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use serde_json::json;
use sop_core::time::{CalendarFile, Date, Weekday};

use crate::made::made;
use crate::office::plain_calendar;

/// The first day that a random calendar knows: 2025-01-01.
const FIRST: i32 = 20_089;
/// The last one: 2027-12-31.
const DAYS: i32 = 1_094;

/// Valid calendars for the years 2025 to 2027: working days and hours of any kind, now and then hours of a season over
/// them, and holidays. They shrink towards no season and no holiday.
pub fn calendars() -> impl Strategy<Value = CalendarFile> {
    let season = (0..DAYS - 60, 1..45_i32, week());
    (week(), vec(season, 0..3), btree_set(0..=DAYS, 0..40)).prop_map(|(week, seasons, holidays)| {
        let mut file = plain_calendar();
        let mut hours = vec![json!({ "title": "Jam kerja", "from": date(0), "source": "perkada", "week": week })];
        // Seasons one after the other: of two that overlap the later would hide the earlier.
        let mut from = 0;
        for (place, (start, length, week)) in seasons.into_iter().enumerate() {
            let start = from.max(start);
            from = start + length + 1;
            if from < DAYS {
                hours.push(json!({ "title": format!("Musim {}", place + 1), "from": date(start),
                    "until": date(start + length), "source": "perkada", "week": week, "estimated": true }));
            }
        }
        let holiday = |day| json!({ "date": date(day), "title": "Libur", "kind": "local", "source": "perkada" });
        file.hours = made(hours.into());
        file.holidays = made(holidays.into_iter().map(holiday).collect());
        file
    })
}

/// A week with at least one working day.
fn week() -> impl Strategy<Value = serde_json::Value> {
    let days = prop::sample::subsequence(Weekday::ALL.to_vec(), 1..=6);
    // Quarters of an hour: the opening, then how long until the break, how long that is, and how long until the close.
    (days, 20..40_u32, 4..20_u32, 0..6_u32, 4..20_u32).prop_map(|(days, opens, first, pause, second)| {
        let time = |quarters: u32| format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15);
        let (breaks, goes_on, closes) = (opens + first, opens + first + pause, opens + first + pause + second);
        let open = match pause {
            0 => json!([[time(opens), time(closes)]]),
            _ => json!([[time(opens), time(breaks)], [time(goes_on), time(closes)]]),
        };
        json!([{ "days": days, "open": open }])
    })
}

fn date(day: i32) -> Date {
    Date::from_days(FIRST + day).unwrap_or(Date::MAX)
}
