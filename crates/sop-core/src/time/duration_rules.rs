//! How an office counts days, weeks and months.

use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;

/// Tells whether `hari` (and with it `minggu` and `bulan`) means working days or days of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayKind {
    /// A day has [`DurationRules::minutes_per_day`] working minutes.
    Working,
    /// A day has 24 hours.
    Calendar,
}

/// How an office counts days, weeks and months (semantics T0).
///
/// The default is the usual office: 450 minutes a day (37.5 hours a week over five days, Perpres
/// 21/2023) in every season, 5 days a week, 20 days a month, `hari` means a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct DurationRules {
    minutes_per_day: u32,
    days_per_week: u32,
    days_per_month: u32,
    day: DayKind,
}

/// One of the numbers of [`DurationRules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DurationRule {
    /// Working minutes in a `hari`: 1 to 1440.
    MinutesPerDay,
    /// Days in a `minggu`: 1 to 7.
    DaysPerWeek,
    /// Days in a `bulan`: 1 to 31.
    DaysPerMonth,
}

impl DurationRule {
    /// The key in a file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::MinutesPerDay => "minutes_per_day",
            Self::DaysPerWeek => "days_per_week",
            Self::DaysPerMonth => "days_per_month",
        }
    }

    /// The greatest number allowed; the least is 1.
    #[must_use]
    pub const fn max(self) -> u32 {
        match self {
            Self::MinutesPerDay => 1_440,
            Self::DaysPerWeek => 7,
            Self::DaysPerMonth => 31,
        }
    }
}

/// A number of [`DurationRules`] that is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("`{}` is from 1 to {}, not {found}", rule.key(), rule.max())]
pub struct DurationRulesError {
    /// Which number.
    pub rule: DurationRule,
    /// What it was.
    pub found: u32,
}

impl DurationRules {
    /// Rules with these numbers.
    ///
    /// # Errors
    /// One for each number that is out of bounds.
    pub fn new(
        minutes_per_day: u32,
        days_per_week: u32,
        days_per_month: u32,
        day: DayKind,
    ) -> Result<Self, Vec<DurationRulesError>> {
        let errors: Vec<_> = [
            (DurationRule::MinutesPerDay, minutes_per_day),
            (DurationRule::DaysPerWeek, days_per_week),
            (DurationRule::DaysPerMonth, days_per_month),
        ]
        .into_iter()
        .filter(|&(rule, found)| found < 1 || found > rule.max())
        .map(|(rule, found)| DurationRulesError { rule, found })
        .collect();
        if errors.is_empty() { Ok(Self { minutes_per_day, days_per_week, days_per_month, day }) } else { Err(errors) }
    }

    /// Days as long as they can be: what is within bounds by these rules is so by all.
    pub(super) const LONGEST: Self =
        Self { minutes_per_day: 1_440, days_per_week: 7, days_per_month: 31, day: DayKind::Calendar };

    /// Working minutes in a `hari`, in every season.
    #[must_use]
    pub const fn minutes_per_day(&self) -> u32 {
        self.minutes_per_day
    }

    /// Days in a `minggu`.
    #[must_use]
    pub const fn days_per_week(&self) -> u32 {
        self.days_per_week
    }

    /// Days in a `bulan`.
    #[must_use]
    pub const fn days_per_month(&self) -> u32 {
        self.days_per_month
    }

    /// What `hari` means.
    #[must_use]
    pub const fn day(&self) -> DayKind {
        self.day
    }
}

impl Default for DurationRules {
    fn default() -> Self {
        Self { minutes_per_day: 450, days_per_week: 5, days_per_month: 20, day: DayKind::Working }
    }
}

impl<'de> Deserialize<'de> for DurationRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "DurationRules", deny_unknown_fields)]
        struct Unchecked {
            minutes_per_day: u32,
            days_per_week: u32,
            days_per_month: u32,
            day: DayKind,
        }
        let rules = Unchecked::deserialize(deserializer)?;
        let Unchecked { minutes_per_day, days_per_week, days_per_month, day } = rules;
        Self::new(minutes_per_day, days_per_week, days_per_month, day).map_err(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            de::Error::custom(errors.join("; "))
        })
    }
}
