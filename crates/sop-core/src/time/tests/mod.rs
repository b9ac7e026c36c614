//! Laws, stories and tables for office time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod instants;
mod laws;
mod oracle;
mod problems;
mod stories;
mod waktu_table;

use super::*;

/// The calendar that is checked in.
const KALBAR: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/calendars/kalbar.json"));

fn wib() -> Zone {
    Zone::parse("+07:00", "WIB").unwrap()
}

fn kalbar_file() -> CalendarFile {
    serde_json::from_str(KALBAR).unwrap()
}

fn kalbar() -> Calendar {
    Calendar::compile(&kalbar_file(), wib()).unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// An instant as an office writes it: `24-11-2026 08.30`, in WIB.
fn office(text: &str) -> Instant {
    let numbers: Vec<u32> = text.split(['-', ' ', '.']).map(|number| number.parse().unwrap()).collect();
    let [day, month, year, hour, minute] = numbers[..] else { panic!("{text}") };
    let date = Date::new(i32::try_from(year).unwrap(), month, day).unwrap();
    Instant::at(date, hour, minute, &wib()).unwrap()
}
