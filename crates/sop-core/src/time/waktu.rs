//! *Waktu*: a duration as officials write it in the Mutu Baku columns of an SOP.
//!
//! A [`Waktu`] keeps what was written, units and all; what it amounts to depends on the office's
//! [`DurationRules`] and is asked for with [`Waktu::budget`].

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    date::as_text,
    duration_rules::{DayKind, DurationRules},
    span::{Budget, Measure},
    waktu_parser::{self, WaktuError},
};

/// Minutes in a day of the clock.
const CLOCK_DAY: u64 = 1_440;

/// A duration as written, or the written absence of one.
///
/// Displayed in one normal form, which reads back as the same Waktu: `1-2  Hari` as `1 - 2 hari`.
///
/// ```
/// use sop_core::time::{Budget, DurationRules, Measure, Shape, Waktu};
/// let office = DurationRules::default();
/// let budget = |text: &str| Waktu::parse(text).map(|waktu| waktu.budget(&office));
///
/// assert_eq!(budget("30 menit - 3 Jam")?, Some(Budget::new(Measure::Working, 180)?));
/// assert_eq!(budget("1 x 24 jam")?, Some(Budget::new(Measure::Elapsed, 1440)?));
/// assert_eq!(budget("Segera")?, None);
/// assert_eq!(Waktu::parse("2 menit/berkas")?.shape(), Shape::Rate);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Waktu(pub(super) Form);

/// What was written, by form. Kept private, so that every Waktu is one that can be read back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Unset(Unset),
    /// The words, in lower case with single spaces.
    Period(Box<str>),
    Span {
        qualifier: Qualifier,
        low: Option<Amount>,
        high: Amount,
        per: Option<Box<str>>,
    },
}

/// What sort of thing a Waktu is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One amount: `5 menit`.
    Amount,
    /// From one amount to another: `1 - 2 hari`.
    Range,
    /// An amount for each of something: `2 menit/berkas`. How many there are isn't said.
    Rate,
    /// How often, not how long: `Triwulan`, `Setiap bulan`.
    Period,
    /// No duration: empty, `-`, `Segera`.
    Unset,
}

/// A Waktu that says that there is no duration, or leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unset {
    /// Nothing is written.
    Empty,
    /// `-`
    Dash,
    /// `Segera`: at once.
    Promptly,
    /// `Insidental`: as it comes.
    Incidental,
    /// `Kondisional`, `Menyesuaikan`: as circumstances allow.
    Conditional,
    /// `Tentatif`: to be settled.
    Tentative,
    /// `Sesuai kebutuhan`: as needed.
    AsNeeded,
}

/// How an amount was hedged. It is printed, and doesn't change the budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// Not at all.
    #[default]
    Plain,
    /// `±`, `kurang lebih`, `sekitar`.
    About,
    /// `maks.`, `maksimal`, `paling lama`.
    AtMost,
}

/// One or several terms, the larger units first: `1 jam 30 menit`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    /// Never empty.
    pub(super) terms: Vec<Term>,
}

/// A number and its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// The number.
    pub quantity: Quantity,
    /// The unit.
    pub unit: Unit,
}

/// A number with up to three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    pub(super) thousandths: u64,
}

impl Quantity {
    /// The number in thousandths: 1500 for `1,5`.
    #[must_use]
    pub const fn thousandths(self) -> u64 {
        self.thousandths
    }
}

/// A unit of time as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// `menit`
    Minute,
    /// `jam`
    Hour,
    /// `hari`: whichever day the office's rules say.
    Day,
    /// `hari kerja`: a working day, whatever the rules say of `hari`.
    WorkingDay,
    /// `hari kalender`: 24 hours, whatever the rules say of `hari`.
    CalendarDay,
    /// `x 24 jam`: 24 hours by the clock.
    TwentyFourHours,
    /// `minggu`
    Week,
    /// `bulan`
    Month,
}

impl Unit {
    /// Larger units come before smaller ones; a day is a day, of whichever sort.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Minute => 0,
            Self::Hour => 1,
            Self::Day | Self::WorkingDay | Self::CalendarDay | Self::TwentyFourHours => 2,
            Self::Week => 3,
            Self::Month => 4,
        }
    }

    /// The words behind the number.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Minute => "menit",
            Self::Hour => "jam",
            Self::Day => "hari",
            Self::WorkingDay => "hari kerja",
            Self::CalendarDay => "hari kalender",
            Self::TwentyFourHours => "x 24 jam",
            Self::Week => "minggu",
            Self::Month => "bulan",
        }
    }

    /// Minutes in the unit, and the clock that they are counted on.
    fn minutes(self, rules: &DurationRules) -> (Measure, u64) {
        let (measure, day) = match rules.day() {
            DayKind::Working => (Measure::Working, u64::from(rules.minutes_per_day())),
            DayKind::Calendar => (Measure::Elapsed, CLOCK_DAY),
        };
        match self {
            Self::Minute => (Measure::Working, 1),
            Self::Hour => (Measure::Working, 60),
            Self::Day => (measure, day),
            Self::WorkingDay => (Measure::Working, u64::from(rules.minutes_per_day())),
            Self::CalendarDay | Self::TwentyFourHours => (Measure::Elapsed, CLOCK_DAY),
            Self::Week => (measure, u64::from(rules.days_per_week()) * day),
            Self::Month => (measure, u64::from(rules.days_per_month()) * day),
        }
    }
}

impl Amount {
    /// The terms, the larger units first; at least one.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The clock of the amount and its minutes, any part of a minute counted as a whole one.
    ///
    /// The clock is that of the largest unit: in `2 hari kalender 6 jam` the six hours follow
    /// the two days by day and by night.
    pub(super) fn minutes(&self, rules: &DurationRules) -> (Measure, u64) {
        let clock = self.terms.first().map_or(Measure::Working, |term| term.unit.minutes(rules).0);
        let thousandths = self.terms.iter().fold(0_u64, |sum, term| {
            let (_, each) = term.unit.minutes(rules);
            sum.saturating_add(term.quantity.thousandths.saturating_mul(each))
        });
        (clock, thousandths.div_ceil(1_000))
    }
}

impl Waktu {
    /// Reads a Waktu. Capitals and spaces (non-breaking ones too) make no difference.
    ///
    /// # Errors
    /// If it can't be read: where, why, and, if it is clear what was meant, how to write it.
    pub fn parse(text: &str) -> Result<Self, WaktuError> {
        waktu_parser::parse(text)
    }

    /// The time that a step has by this Waktu (semantics T0, T2).
    ///
    /// None where there is no duration: unset, a period, a rate. Never zero instead of none. A
    /// range counts with its upper end. It can't be too large: what would exceed
    /// [`Budget::MAX_MINUTES`] by the most generous rules isn't read as a Waktu to begin with.
    #[must_use]
    pub fn budget(&self, rules: &DurationRules) -> Option<Budget> {
        let Form::Span { low, high, per: None, .. } = &self.0 else {
            return None;
        };
        let (measure, mut minutes) = high.minutes(rules);
        // '8 jam - 1 hari' in an office with days of 7.5 hours: the end that is more is the upper.
        if let Some((_, more)) = low.as_ref().map(|low| low.minutes(rules))
            && more > minutes
        {
            minutes = more;
        }
        Budget::new(measure, u32::try_from(minutes).ok()?).ok()
    }

    /// What sort of thing this Waktu is.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match &self.0 {
            Form::Unset(_) => Shape::Unset,
            Form::Period(_) => Shape::Period,
            Form::Span { per: Some(_), .. } => Shape::Rate,
            Form::Span { low: Some(_), .. } => Shape::Range,
            Form::Span { .. } => Shape::Amount,
        }
    }

    /// The way in which there is no duration, if there is none.
    #[must_use]
    pub const fn unset(&self) -> Option<Unset> {
        match &self.0 {
            Form::Unset(unset) => Some(*unset),
            _ => None,
        }
    }

    /// The lower end of a range.
    #[must_use]
    pub const fn low(&self) -> Option<&Amount> {
        match &self.0 {
            Form::Span { low, .. } => low.as_ref(),
            _ => None,
        }
    }

    /// The amount, or the upper end of a range.
    #[must_use]
    pub const fn high(&self) -> Option<&Amount> {
        match &self.0 {
            Form::Span { high, .. } => Some(high),
            _ => None,
        }
    }

    /// How the amount was hedged.
    #[must_use]
    pub const fn qualifier(&self) -> Qualifier {
        match &self.0 {
            Form::Span { qualifier, .. } => *qualifier,
            _ => Qualifier::Plain,
        }
    }

    /// What a rate is for each of: `berkas` in `2 menit/berkas`.
    #[must_use]
    pub fn per(&self) -> Option<&str> {
        match &self.0 {
            Form::Span { per, .. } => per.as_deref(),
            _ => None,
        }
    }
}

impl std::str::FromStr for Waktu {
    type Err = WaktuError;

    fn from_str(text: &str) -> Result<Self, WaktuError> {
        Self::parse(text)
    }
}

impl Default for Waktu {
    /// Nothing is written.
    fn default() -> Self {
        Self(Form::Unset(Unset::Empty))
    }
}

as_text!(Waktu, "a duration as officials write it, such as `5 menit`");

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.thousandths / 1_000, self.thousandths % 1_000);
        match rest {
            0 => write!(f, "{whole}"),
            rest if rest % 100 == 0 => write!(f, "{whole},{}", rest / 100),
            rest if rest % 10 == 0 => write!(f, "{whole},{:02}", rest / 10),
            rest => write!(f, "{whole},{rest:03}"),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.quantity, self.unit.words())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(f, "{space}{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Unset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "",
            Self::Dash => "-",
            Self::Promptly => "Segera",
            Self::Incidental => "Insidental",
            Self::Conditional => "Kondisional",
            Self::Tentative => "Tentatif",
            Self::AsNeeded => "Sesuai kebutuhan",
        })
    }
}

impl fmt::Display for Waktu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Unset(unset) => unset.fmt(f),
            Form::Period(words) => {
                let mut letters = words.chars();
                let initial = letters.next().map(char::to_uppercase);
                initial.into_iter().flatten().try_for_each(|letter| write!(f, "{letter}"))?;
                f.write_str(letters.as_str())
            }
            Form::Span { qualifier, low, high, per } => {
                f.write_str(match qualifier {
                    Qualifier::Plain => "",
                    Qualifier::About => "± ",
                    Qualifier::AtMost => "maks. ",
                })?;
                match (low.as_ref().map(|low| low.terms.as_slice()), high.terms.as_slice()) {
                    (Some([low]), [high]) if low.unit == high.unit => {
                        write!(f, "{} - {high}", low.quantity)?;
                    }
                    (Some(_), _) => {
                        low.iter().try_for_each(|low| write!(f, "{low} - "))?;
                        write!(f, "{high}")?;
                    }
                    (None, _) => write!(f, "{high}")?,
                }
                per.iter().try_for_each(|per| write!(f, "/{per}"))
            }
        }
    }
}
