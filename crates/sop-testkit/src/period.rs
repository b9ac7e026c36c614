//! Periods for which an assertion asks about people.

use std::fmt;
use std::ops::RangeInclusive;

use sop_core::time::{Date, Instant, Zone};

/// A period of whole days, the last included, and how much is demanded of the officials during it.
///
/// ```
/// use sop_testkit::Period;
///
/// let days = Period::from("2026-01-01".parse()?..="2026-09-30".parse()?);
/// assert_eq!(days.to_string(), "2026-01-01..=2026-09-30");
/// assert_eq!(Period::year(2026).to_string(), "2026-01-01..=2026-12-31");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: Date,
    last: Date,
    one_away: bool,
}

impl Period {
    /// A calendar year. One outside the years that dates have is empty, and no assertion about it holds.
    pub fn year(year: i32) -> Self {
        match Date::new(year, 1, 1).zip(Date::new(year, 12, 31)) {
            Some(days) => Self::from(days),
            None => Self::from((Date::MAX, Date::MIN)),
        }
    }

    /// The same period, in which any one person may be away besides.
    #[must_use]
    pub fn with_one_away(self) -> Self {
        Self { one_away: true, ..self }
    }

    /// Tells whether any one person may be away besides.
    pub fn has_one_away(&self) -> bool {
        self.one_away
    }

    /// The first instant, and the one at which it is over; none where it ends before it begins.
    pub(crate) fn instants(&self, zone: &Zone) -> Option<(Instant, Instant)> {
        if self.first > self.last {
            return None;
        }
        let midnight = |date: Date| Instant::at(date, 0, 0, zone);
        let until = self.last.plus_days(1).and_then(midnight);
        Some((midnight(self.first).unwrap_or(Instant::MIN), until.unwrap_or(Instant::MAX)))
    }
}

impl From<(Date, Date)> for Period {
    fn from((first, last): (Date, Date)) -> Self {
        Self { first, last, one_away: false }
    }
}

impl From<RangeInclusive<Date>> for Period {
    fn from(days: RangeInclusive<Date>) -> Self {
        Self::from(days.into_inner())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..={}", self.first, self.last)
    }
}
