//! Civil dates, weekdays and times of day: what a calendar file is written in.

use std::{fmt, str::FromStr};

use chrono::Datelike;
use thiserror::Error;

use super::calendar_file::Weekday;
use crate::diagnostic::{Both, rules};
use crate::format::{TextError, TextValue};

/// A civil date between 1900-01-01 and 9999-12-31, without a zone.
///
/// Written `2026-11-24` (ISO 8601) and nothing else: no signs, no missing zeros.
///
/// ```
/// use sop_core::time::{Date, Weekday};
/// let date: Date = "2026-11-24".parse()?;
/// assert_eq!(date.weekday(), Weekday::Tuesday);
/// assert_eq!(date.to_string(), "2026-11-24");
/// assert!("2026-02-30".parse::<Date>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// Days from chrono's day 1 (0001-01-01) to 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;

impl Date {
    /// 1900-01-01, the first date.
    pub const MIN: Self = Self(-25_567);
    /// 9999-12-31, the last date.
    pub const MAX: Self = Self(2_932_896);

    /// The date of a year, month (1–12) and day of the month (from 1), if there is one in range.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let civil = chrono::NaiveDate::from_ymd_opt(year, month, day)?;
        Self::from_days(civil.num_days_from_ce().checked_sub(EPOCH_FROM_CE)?)
    }

    /// The date that lies `days` after 1970-01-01, if it is in range.
    #[must_use]
    pub const fn from_days(days: i32) -> Option<Self> {
        if days < Self::MIN.0 || days > Self::MAX.0 { None } else { Some(Self(days)) }
    }

    /// Days since 1970-01-01; negative before.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The date `days` later (earlier if negative), if it is in range.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Option<Self> {
        Self::from_days(self.0.checked_add(days)?)
    }

    /// The day of the week.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday, three days after a Monday.
        match self.0.saturating_add(3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    /// The year, between 1900 and 9999.
    #[must_use]
    pub fn year(self) -> i32 {
        self.civil().year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.civil().month()
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u32 {
        self.civil().day()
    }

    /// The year, the month and the day of the month.
    pub(super) fn parts(self) -> (i32, u32, u32) {
        let civil = self.civil();
        (civil.year(), civil.month(), civil.day())
    }

    /// Chrono's own date. In range by construction; its default stands for the impossible case.
    fn civil(self) -> chrono::NaiveDate {
        chrono::NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(EPOCH_FROM_CE)).unwrap_or_default()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil();
        write!(f, "{:04}-{:02}-{:02}", civil.year(), civil.month(), civil.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is not a [`Date`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DateError {
    /// The text does not have the form `2026-11-24`.
    #[error("a date is written like `2026-11-24`")]
    Form,
    /// The form is right, but the day is not in the calendar (`2026-02-30`).
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    /// The date lies outside 1900-01-01 … 9999-12-31.
    #[error("dates run from 1900-01-01 to 9999-12-31")]
    OutOfRange,
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut parts = text.split('-');
        let mut digits = |length| parts.next().and_then(|part| fixed_digits(part, length));
        let (Some(year), Some(month), Some(day)) = (digits(4), digits(2), digits(2)) else {
            return Err(DateError::Form);
        };
        if parts.next().is_some() {
            return Err(DateError::Form);
        }
        if year < 1900 {
            return Err(DateError::OutOfRange);
        }
        let year = i32::try_from(year).map_err(|_| DateError::OutOfRange)?;
        Self::new(year, month, day).ok_or(DateError::NoSuchDay)
    }
}

/// Exactly `length` ASCII digits as a number.
pub(super) fn fixed_digits(text: &str, length: usize) -> Option<u32> {
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// A time of day to the minute, from `00:00` to `24:00`; the latter only ever ends something.
///
/// ```
/// use sop_core::time::TimeOfDay;
/// let opening: TimeOfDay = "07:30".parse()?;
/// assert_eq!(opening.minutes(), 450);
/// assert!("7:30".parse::<TimeOfDay>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// The end of the day, `24:00`.
    pub const END_OF_DAY: Self = Self(1_440);

    /// The time that lies `minutes` after midnight; none above 1440.
    #[must_use]
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes > Self::END_OF_DAY.0 { None } else { Some(Self(minutes)) }
    }

    /// Minutes after midnight, 0 to 1440.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is not a [`TimeOfDay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a time of day is written like `07:30`, from `00:00` to `24:00`")]
pub struct TimeOfDayError;

impl FromStr for TimeOfDay {
    type Err = TimeOfDayError;

    fn from_str(text: &str) -> Result<Self, TimeOfDayError> {
        let (hours, minutes) = text.split_once(':').ok_or(TimeOfDayError)?;
        let hours = fixed_digits(hours, 2).ok_or(TimeOfDayError)?;
        let minutes = fixed_digits(minutes, 2).filter(|&m| m < 60).ok_or(TimeOfDayError)?;
        let all = hours.saturating_mul(60).saturating_add(minutes);
        u16::try_from(all).ok().and_then(Self::from_minutes).ok_or(TimeOfDayError)
    }
}

impl TextValue for Date {
    const TITLE: &'static str = "Tanggal";
    const ABOUT: &'static str = "Tanggal: TTTT-BB-HH, dari 1900 sampai 9999.";
    const PATTERN: Option<&'static str> = Some("^(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$");
    const EXAMPLES: &'static [&'static str] = &["2026-11-24"];

    fn parse(text: &str) -> Result<Self, TextError> {
        text.parse().map_err(|error| {
            let reason = match error {
                DateError::Form => Both { id: "tulis seperti 2026-11-24", en: "write it like 2026-11-24" },
                DateError::NoSuchDay => Both { id: "hari itu tidak ada", en: "there is no such day" },
                DateError::OutOfRange => Both { id: "hanya tahun 1900 sampai 9999", en: "only the years 1900 to 9999" },
            };
            TextError::new(&rules::BAD_DATE).with("date", text).with("reason", reason)
        })
    }
}

text_value!(Date);

impl TextValue for TimeOfDay {
    const TITLE: &'static str = "Jam";
    const ABOUT: &'static str = "Jam dan menit: 07:30, dari 00:00 sampai 24:00.";
    const PATTERN: Option<&'static str> = Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$");
    const EXAMPLES: &'static [&'static str] = &["07:30"];

    fn parse(text: &str) -> Result<Self, TextError> {
        text.parse().map_err(|TimeOfDayError| TextError::new(&rules::BAD_TIME_OF_DAY).with("time", text))
    }
}

text_value!(TimeOfDay);

/// Serializes as the displayed text and reads it back through `FromStr`.
macro_rules! as_text {
    ($type:ty, $expected:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        $crate::time::date::from_text!($type, $expected);
    };
}
pub(super) use as_text;

/// Reads a type back from its text through `FromStr`.
macro_rules! from_text {
    ($type:ty, $expected:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}
pub(super) use from_text;
