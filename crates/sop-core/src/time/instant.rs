//! Instants on the UTC line, and the fixed-offset zone that turns them into office time.

use std::{fmt, num::NonZeroI64, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::date::{Date, fixed_digits, from_text};

/// Milliseconds in a civil day.
pub(super) const DAY: i64 = 86_400_000;
/// Milliseconds in a minute.
pub(super) const MINUTE: i64 = 60_000;

/// A point in time, in whole milliseconds of UTC.
///
/// Instants run from 1900-01-02 to 9999-12-30 (UTC): one day inside the range of [`Date`], so that
/// every instant has a date in every zone. Leap seconds don't exist here, as in every civil clock.
/// Written in RFC 3339, always in UTC with milliseconds.
///
/// ```
/// use sop_core::time::Instant;
/// let instant: Instant = "2026-11-24T08:30:00+07:00".parse()?;
/// assert_eq!(instant.to_string(), "2026-11-24T01:30:00.000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZeroI64);

/// What is added to the milliseconds inside an [`Instant`], so that none of them is 0 and an `Option` of one takes no
/// more room: a state holds many. Greater than any instant before 1970 is long ago.
const SHIFT: i64 = 1 << 43;

impl Instant {
    /// The first instant, `1900-01-02T00:00:00.000Z`.
    pub const MIN: Self = Self::unchecked((Date::MIN.days() as i64 + 1) * DAY);
    /// The last instant, `9999-12-30T23:59:59.999Z`.
    pub const MAX: Self = Self::unchecked(Date::MAX.days() as i64 * DAY - 1);

    /// Of milliseconds that are in range.
    const fn unchecked(millis: i64) -> Self {
        match NonZeroI64::new(millis + SHIFT) {
            Some(shifted) => Self(shifted),
            None => Self(NonZeroI64::MIN),
        }
    }

    /// The instant `millis` milliseconds after 1970-01-01T00:00Z, if it is in range.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Option<Self> {
        if millis < Self::MIN.millis() || millis > Self::MAX.millis() { None } else { Some(Self::unchecked(millis)) }
    }

    /// Milliseconds since 1970-01-01T00:00Z; negative before.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.get() - SHIFT
    }

    /// The instant at which the clocks of `zone` show `hour`:`minute` on `date`.
    ///
    /// None if there is no such time of day (24:00 isn't one), or no such instant in range.
    #[must_use]
    pub fn at(date: Date, hour: u32, minute: u32, zone: &Zone) -> Option<Self> {
        if hour > 23 || minute > 59 {
            return None;
        }
        let minutes = i64::from(hour) * 60 + i64::from(minute);
        Self::from_millis(i64::from(date.days()) * DAY + minutes * MINUTE - zone.offset_millis())
    }
}

impl Instant {
    /// As it is written.
    fn text(self) -> [u8; 24] {
        // Every record has several of them: the machinery that fills in a template, or division by what is not known
        // when this is compiled, would be a sixth of what a durable command costs.
        let low = |number: u32| {
            let [low, ..] = number.to_le_bytes();
            low
        };
        let two = |number: u32| {
            let number = low(number);
            [b'0' + number / 10, b'0' + number % 10]
        };
        let (date, time) = split(self.millis());
        let (year, month, day) = date.parts();
        let (year, time) = (year.unsigned_abs(), u32::try_from(time).unwrap_or(0));
        let (seconds, millis) = (time / 1_000, time % 1_000);
        let ([y1, y2], [y3, y4]) = (two(year / 100), two(year % 100));
        let ([m1, m2], [d1, d2]) = (two(month), two(day));
        let ([h1, h2], [n1, n2], [s1, s2]) = (two(seconds / 3_600), two(seconds / 60 % 60), two(seconds % 60));
        let (f1, [f2, f3]) = (b'0' + low(millis / 100), two(millis % 100));
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'.', f1, f2, f3, b'Z']
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The date and the millisecond of the day of a count of milliseconds on some clock.
fn split(millis: i64) -> (Date, i64) {
    // Within a day of the range of instants, a day number fits; the fallback can't be reached.
    let days = i32::try_from(millis.div_euclid(DAY)).ok().and_then(Date::from_days);
    (days.unwrap_or(Date::MAX), millis.rem_euclid(DAY))
}

/// Why a text is not an [`Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InstantError {
    /// The text does not have the form `2026-11-24T01:30:00.000Z`.
    #[error("an instant is written like `2026-11-24T01:30:00.000Z` or `2026-11-24T08:30:00+07:00`")]
    Form,
    /// The form is right, but there is no such day or time of day.
    #[error("there is no such day or time of day")]
    NoSuchTime,
    /// The fraction is finer than a millisecond: rounding a time of record silently would be wrong.
    #[error("an instant is exact to the millisecond, and this one is finer")]
    TooFine,
    /// The instant lies outside [`Instant::MIN`] … [`Instant::MAX`].
    #[error("instants run from 1900-01-02 to 9999-12-30")]
    OutOfRange,
}

impl FromStr for Instant {
    type Err = InstantError;

    /// Reads RFC 3339: a date, `T`, a time with seconds, an optional fraction, and `Z` or an offset.
    fn from_str(text: &str) -> Result<Self, InstantError> {
        let form = || InstantError::Form;
        let (date, rest) = text.split_once(['T', 't']).ok_or_else(form)?;
        let date: Date = date.parse().map_err(|error| match error {
            super::DateError::Form => InstantError::Form,
            super::DateError::NoSuchDay => InstantError::NoSuchTime,
            super::DateError::OutOfRange => InstantError::OutOfRange,
        })?;
        let end = rest.find(['Z', 'z', '+', '-']).ok_or_else(form)?;
        let (time, offset) = rest.split_at_checked(end).ok_or_else(form)?;
        let offset = match offset {
            "Z" | "z" => 0,
            offset => parse_offset(offset).ok_or_else(form)?,
        };
        let (time, fraction) = match time.split_once('.') {
            Some((time, fraction)) => (time, parse_fraction(fraction)?),
            None => (time, 0),
        };
        let mut parts = time.split(':');
        let mut two = || parts.next().and_then(|part| fixed_digits(part, 2));
        let (Some(hour), Some(minute), Some(second)) = (two(), two(), two()) else {
            return Err(InstantError::Form);
        };
        if parts.next().is_some() {
            return Err(InstantError::Form);
        }
        if hour > 23 || minute > 59 || second > 59 {
            return Err(InstantError::NoSuchTime);
        }
        let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
        let local = i64::from(date.days()) * DAY + seconds * 1_000 + fraction;
        Self::from_millis(local - i64::from(offset) * MINUTE).ok_or(InstantError::OutOfRange)
    }
}

/// The digits after the decimal point, as milliseconds; further digits have to be zeros.
fn parse_fraction(digits: &str) -> Result<i64, InstantError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InstantError::Form);
    }
    if digits.bytes().skip(3).any(|byte| byte != b'0') {
        return Err(InstantError::TooFine);
    }
    let padded = digits.bytes().chain(std::iter::repeat(b'0')).take(3);
    Ok(padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// `+07:00` as minutes, if it is less than a day.
fn parse_offset(text: &str) -> Option<i16> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let hours = fixed_digits(hours, 2).filter(|&hours| hours < 24)?;
    let minutes = fixed_digits(minutes, 2).filter(|&minutes| minutes < 60)?;
    i16::try_from(hours * 60 + minutes).ok().map(|all| all * sign)
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

from_text!(Instant, "an instant such as `2026-11-24T01:30:00.000Z`");

/// A zone with a fixed offset from UTC, and the label that officials write behind a time.
///
/// Indonesia has three of them: WIB (+07:00), WITA (+08:00) and WIT (+09:00), without daylight
/// saving time (Keppres 41/1987).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Zone {
    /// Minutes east of UTC.
    offset: i16,
    label: Box<str>,
}

/// Why an offset and a label are not a [`Zone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ZoneError {
    /// The offset does not have the form `+07:00`.
    #[error("an offset is written like `+07:00`")]
    Offset,
    /// The offset lies outside −12:00 … +14:00, the offsets in use on Earth.
    #[error("offsets run from -12:00 to +14:00")]
    OutOfRange,
    /// The label is empty, longer than 16 bytes, or not printable without spaces.
    #[error("a zone's label is a short word such as `WIB`")]
    Label,
}

impl Zone {
    /// A zone from an offset such as `+07:00` and a label such as `WIB`.
    ///
    /// # Errors
    /// If the offset isn't one, or the label isn't a short word.
    pub fn parse(offset: &str, label: &str) -> Result<Self, ZoneError> {
        let offset = parse_offset(offset).ok_or(ZoneError::Offset)?;
        if !(-12 * 60..=14 * 60).contains(&offset) {
            return Err(ZoneError::OutOfRange);
        }
        let printable = label.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if label.is_empty() || label.len() > 16 || !printable {
            return Err(ZoneError::Label);
        }
        Ok(Self { offset, label: label.into() })
    }

    /// Minutes east of UTC: 420 for WIB.
    #[must_use]
    pub const fn offset_minutes(&self) -> i16 {
        self.offset
    }

    /// The label, such as `WIB`.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn offset_millis(&self) -> i64 {
        i64::from(self.offset) * MINUTE
    }

    /// The date that the office's calendar shows at an instant.
    #[must_use]
    pub fn date(&self, instant: Instant) -> Date {
        split(instant.millis() + self.offset_millis()).0
    }

    /// The minute of the day (0–1439) that the office's clock shows at an instant.
    #[must_use]
    pub fn minute_of_day(&self, instant: Instant) -> u32 {
        let minutes = split(instant.millis() + self.offset_millis()).1 / MINUTE;
        u32::try_from(minutes).unwrap_or(0)
    }

    /// An instant as an Indonesian office writes it, cut to the minute: `24-11-2026 08.30 WIB`.
    #[must_use]
    pub fn show(&self, instant: Instant) -> impl fmt::Display + '_ {
        let (date, minute) = (self.date(instant), self.minute_of_day(instant));
        Shown { zone: self, date, minute }
    }
}

/// What [`Zone::show`] prints.
struct Shown<'z> {
    zone: &'z Zone,
    date: Date,
    minute: u32,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, label) = (self.date, self.zone.label());
        write!(f, "{:02}-{:02}-{:04} ", date.day(), date.month(), date.year())?;
        write!(f, "{:02}.{:02} {label}", self.minute / 60, self.minute % 60)
    }
}
