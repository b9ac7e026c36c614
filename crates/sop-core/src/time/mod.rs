//! Office time: instants, calendars, and durations as officials write them.
//!
//! Three things live here. [`Instant`], [`Date`] and [`Zone`] say *when*. [`Millis`], [`Budget`]
//! and [`Waktu`] say *how long*. [`Calendar`] joins the two: it adds a budget to an instant and
//! measures between instants, in working time, with weekly hours that change over the years,
//! Ramadan hours, national holidays and joint leave.
//!
//! Nothing in this module reads a clock, a file or a time zone database. A zone is a fixed offset,
//! which is exact for Indonesia: WIB, WITA and WIT know no daylight saving time.
//!
//! ```
//! use sop_core::time::{Budget, Calendar, CalendarFile, Date, DurationRules, Instant, Measure, Waktu, Zone};
//!
//! let file: CalendarFile = serde_json::from_str(r#"{
//!   "format": 1, "id": "kantor", "title": "Kantor", "valid_through": "2026-12-31",
//!   "sources": [{ "id": "perda", "title": "Jam kerja kantor" }],
//!   "hours": [{ "title": "Jam kerja", "from": "2026-01-01", "source": "perda", "week": [
//!     { "days": ["monday", "tuesday", "wednesday", "thursday"], "open": [["07:30", "12:00"], ["13:00", "16:00"]] },
//!     { "days": ["friday"], "open": [["07:30", "11:30"], ["13:00", "16:30"]] }
//!   ] }],
//!   "holidays": []
//! }"#)?;
//! let wib = Zone::parse("+07:00", "WIB")?;
//! let calendar = Calendar::compile(&file, wib.clone()).map_err(|problems| format!("{problems:?}"))?;
//!
//! let friday = Instant::at("2026-11-27".parse()?, 16, 25, &wib).ok_or("no such time")?;
//! let budget = Waktu::parse("10 menit")?.budget(&DurationRules::default()).ok_or("no duration")?;
//! let due = calendar.add_budget(friday, budget);
//! assert_eq!(wib.show(due.at).to_string(), "30-11-2026 07.35 WIB");
//! assert!(!due.estimated);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calendar;
mod calendar_file;
mod calendar_problem;
mod check;
mod compile;
mod date;
mod duration_rules;
mod explain;
mod instant;
mod span;
mod spelling;
mod waktu;
mod waktu_parser;
mod waktu_tokens;
mod waktu_words;

pub use calendar::{Calendar, Closing, Due, Revision};
pub use calendar_file::{CalendarFile, Holiday, HolidayKind, Hours, Opening, Source, WeekBlock, Weekday};
pub use calendar_problem::{CalendarProblem, CalendarProblemKind, Counted, Place};
pub use check::check_calendar;
pub use date::{Date, DateError, TimeOfDay, TimeOfDayError};
pub use duration_rules::{DayKind, DurationRule, DurationRules, DurationRulesError};
pub use explain::{explain_calendar, explain_waktu, explain_zone};
pub use instant::{Instant, InstantError, Zone, ZoneError};
pub use span::{Budget, BudgetTooLarge, Measure, Millis};
pub use waktu::{Amount, Qualifier, Quantity, Shape, Term, Unit, Unset, Waktu};
pub use waktu_parser::{WaktuError, WaktuErrorKind};

#[cfg(test)]
mod tests;
