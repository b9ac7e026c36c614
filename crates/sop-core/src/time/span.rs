//! Amounts of time, and budgets: an amount together with the clock that it is counted on.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;

/// An amount of time in milliseconds, on whichever clock the context says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many minutes.
    #[must_use]
    pub const fn from_minutes(minutes: u32) -> Self {
        Self(minutes as u64 * 60_000)
    }

    /// Whole minutes, rounded down.
    #[must_use]
    pub const fn minutes(self) -> u64 {
        self.0 / 60_000
    }

    /// The sum; the greatest amount if it is beyond that.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left after taking `other` away; nothing if that is more than there is.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many times this; the greatest amount if it is beyond that.
    #[must_use]
    pub const fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count as u64))
    }

    /// How often `part` fits in, rounded down; 0 for a part of nothing.
    #[must_use]
    pub const fn whole(self, part: Self) -> u32 {
        match self.0.checked_div(part.0) {
            Some(count) if count <= u32::MAX as u64 => count as u32,
            Some(_) => u32::MAX,
            None => 0,
        }
    }
}

/// The clock that a budget is counted on (semantics T0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Only while the office is open.
    Working,
    /// Always: day and night, holidays too ('1 x 24 jam').
    Elapsed,
}

/// An amount of minutes and the clock that they are counted on; at most [`Budget::MAX_MINUTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Budget {
    measure: Measure,
    minutes: u32,
}

/// More than [`Budget::MAX_MINUTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a budget is at most {} minutes, ten years of 365 days", Budget::MAX_MINUTES)]
pub struct BudgetTooLarge;

impl Budget {
    /// The largest budget: ten years of 365 days of 24 hours.
    pub const MAX_MINUTES: u32 = 5_256_000;

    /// A budget of so many minutes.
    ///
    /// # Errors
    /// If it is more than [`Budget::MAX_MINUTES`].
    pub const fn new(measure: Measure, minutes: u32) -> Result<Self, BudgetTooLarge> {
        if minutes > Self::MAX_MINUTES { Err(BudgetTooLarge) } else { Ok(Self { measure, minutes }) }
    }

    /// The clock that the minutes are counted on.
    #[must_use]
    pub const fn measure(self) -> Measure {
        self.measure
    }

    /// The minutes.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        self.minutes
    }

    /// The minutes as an amount of time.
    #[must_use]
    pub const fn amount(self) -> Millis {
        Millis::from_minutes(self.minutes)
    }
}

impl fmt::Display for Budget {
    /// `90 working minutes`, for developers; officials are shown the Waktu as written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = match self.measure {
            Measure::Working => "working",
            Measure::Elapsed => "elapsed",
        };
        write!(f, "{} {clock} minutes", self.minutes)
    }
}

impl<'de> Deserialize<'de> for Budget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "Budget", deny_unknown_fields)]
        struct Unchecked {
            measure: Measure,
            minutes: u32,
        }
        let Unchecked { measure, minutes } = Unchecked::deserialize(deserializer)?;
        Self::new(measure, minutes).map_err(de::Error::custom)
    }
}
