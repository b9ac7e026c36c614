//! What a field may hold, and what it holds.

use std::fmt;

use super::{date, decimal};

/// The place of a field in its definition's list, and of its value among a case's slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct FieldIx(u16);

impl FieldIx {
    /// The index of the `place`-th field, counted from zero; `None` past the 65,536th.
    pub fn new(place: usize) -> Option<Self> {
        u16::try_from(place).ok().map(Self)
    }

    /// The place in the list, counted from zero.
    pub fn place(self) -> usize {
        usize::from(self.0)
    }

    pub(crate) fn raw(self) -> u16 {
        self.0
    }
}

/// One field of a definition: something that a step collects about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name by which guards read it, as `case.ID`.
    pub id: String,
    /// What people read beside the value.
    pub title: String,
    /// What it may hold.
    pub ty: FieldType,
}

impl Field {
    /// A field with its name, title and type.
    pub fn new(id: impl Into<String>, title: impl Into<String>, ty: FieldType) -> Self {
        Self { id: id.into(), title: title.into(), ty }
    }
}

/// The type of a field, with the bounds of its values (both inclusive).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// A whole number, for instance an amount in rupiah.
    Integer {
        /// The smallest value admitted.
        min: Option<i64>,
        /// The largest value admitted.
        max: Option<i64>,
    },
    /// A number with a fixed count of digits after the point, held exactly.
    Decimal {
        /// Digits after the point, 0 to 6.
        scale: u8,
        /// The smallest value admitted, scaled: 12.50 with scale 2 is 1250.
        min: Option<i64>,
        /// The largest value admitted, scaled.
        max: Option<i64>,
    },
    /// One of a closed list of ids.
    Choice(Vec<String>),
    /// A unit of the office, by its id in the office's list.
    Unit(Vec<String>),
    /// A calendar day of the years 1 to 9999.
    Date,
    /// Free text.
    Text {
        /// The longest text admitted, in characters (Unicode scalar values).
        max_length: u32,
    },
}

/// The name of a type without its bounds, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldKind {
    /// [`FieldType::Bool`]
    Bool,
    /// [`FieldType::Integer`]
    Integer,
    /// [`FieldType::Decimal`]
    Decimal,
    /// [`FieldType::Choice`]
    Choice,
    /// [`FieldType::Unit`]
    Unit,
    /// [`FieldType::Date`]
    Date,
    /// [`FieldType::Text`]
    Text,
}

impl FieldKind {
    /// The word that the definition format uses for the type.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Choice => "choice",
            Self::Unit => "unit",
            Self::Date => "date",
            Self::Text => "text",
        }
    }

    /// Tells whether guards may compare it with `< <= > >=`.
    pub fn is_ordered(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Date)
    }
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The value of a field in one case. It means something only together with its [`FieldType`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number times ten to the power of the field's scale.
    Decimal(i64),
    /// The place in the field's list of choices.
    Choice(u16),
    /// The place in the list of units.
    Unit(u16),
    /// Days since 1 January 1970, negative before.
    Date(i32),
    /// Free text.
    Text(Box<str>),
}

impl Value {
    /// Which type of field such a value belongs to.
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Bool(_) => FieldKind::Bool,
            Self::Integer(_) => FieldKind::Integer,
            Self::Decimal(_) => FieldKind::Decimal,
            Self::Choice(_) => FieldKind::Choice,
            Self::Unit(_) => FieldKind::Unit,
            Self::Date(_) => FieldKind::Date,
            Self::Text(_) => FieldKind::Text,
        }
    }

    /// The value as a number that orders values of one field as the field does; a text has none.
    #[inline]
    pub(crate) fn ordinal(&self) -> Option<i64> {
        match self {
            Self::Bool(yes) => Some(i64::from(*yes)),
            Self::Integer(number) | Self::Decimal(number) => Some(*number),
            Self::Choice(place) | Self::Unit(place) => Some(i64::from(*place)),
            Self::Date(days) => Some(i64::from(*days)),
            Self::Text(_) => None,
        }
    }
}

/// Why something can't be the value of a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueProblem {
    /// It is of another type altogether.
    #[error("expected a value of type {expected}")]
    WrongType {
        /// The field's type.
        expected: FieldKind,
    },
    /// A number with a fraction, for an integer field.
    #[error("`{value}` is not a whole number")]
    NotWhole {
        /// The number as given.
        value: String,
    },
    /// Text that isn't a number, for a decimal field.
    #[error("`{value}` is not a number such as `{example}`")]
    NotANumber {
        /// The text as given.
        value: String,
        /// A number of the field's scale.
        example: String,
    },
    /// More digits after the point than the field keeps.
    #[error("`{value}` has more than {scale} digits after the point")]
    NotExact {
        /// The number as given.
        value: String,
        /// The digits that the field keeps.
        scale: u8,
    },
    /// A number that doesn't fit into 64 bits, or can't be read exactly from a JSON number.
    #[error("`{value}` is too large a number")]
    TooLarge {
        /// The number as given.
        value: String,
    },
    /// Below the field's `min`.
    #[error("`{value}` is below the minimum `{minimum}`")]
    BelowMinimum {
        /// The value, as it is written.
        value: String,
        /// The smallest value admitted, as it is written.
        minimum: String,
    },
    /// Above the field's `max`.
    #[error("`{value}` is above the maximum `{maximum}`")]
    AboveMaximum {
        /// The value, as it is written.
        value: String,
        /// The largest value admitted, as it is written.
        maximum: String,
    },
    /// A text longer than the field's `max_length`.
    #[error("the text has {length} characters, and at most {limit} are allowed")]
    TooLong {
        /// Its length in characters.
        length: usize,
        /// The longest admitted.
        limit: u32,
    },
    /// Not an id of the closed list.
    #[error("`{value}` is not in the list")]
    NotListed {
        /// The id as given.
        value: String,
        /// The id of the list that looks most like it.
        suggestion: Option<String>,
    },
    /// The place of a choice or unit beyond the end of the list.
    #[error("there is no {place}th entry in the list")]
    NoSuchPlace {
        /// Counted from zero.
        place: u16,
    },
    /// Text that isn't a day of the calendar written `YYYY-MM-DD`, or days beyond the years 1 to 9999.
    #[error("`{value}` is not a date such as `2026-01-31`")]
    NotADate {
        /// The text as given.
        value: String,
    },
}

impl FieldType {
    /// The type's name without its bounds.
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Bool => FieldKind::Bool,
            Self::Integer { .. } => FieldKind::Integer,
            Self::Decimal { .. } => FieldKind::Decimal,
            Self::Choice(_) => FieldKind::Choice,
            Self::Unit(_) => FieldKind::Unit,
            Self::Date => FieldKind::Date,
            Self::Text { .. } => FieldKind::Text,
        }
    }

    /// Tells whether a field of this type may hold the value.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn admits(&self, value: &Value) -> Result<(), ValueProblem> {
        match (self, value) {
            (Self::Bool, Value::Bool(_)) => Ok(()),
            (Self::Integer { min, max }, Value::Integer(number)) => within(*number, *min, *max, |n| n.to_string()),
            (Self::Decimal { scale, min, max }, Value::Decimal(number)) => {
                within(*number, *min, *max, |n| decimal::write(n, *scale))
            }
            (Self::Choice(ids), Value::Choice(place)) | (Self::Unit(ids), Value::Unit(place)) => {
                match usize::from(*place) < ids.len() {
                    true => Ok(()),
                    false => Err(ValueProblem::NoSuchPlace { place: *place }),
                }
            }
            (Self::Date, Value::Date(days)) => match date::write(*days) {
                Some(_) => Ok(()),
                None => Err(ValueProblem::NotADate { value: days.to_string() }),
            },
            (Self::Text { max_length }, Value::Text(text)) => {
                let length = text.chars().count();
                match u32::try_from(length).is_ok_and(|length| length <= *max_length) {
                    true => Ok(()),
                    false => Err(ValueProblem::TooLong { length, limit: *max_length }),
                }
            }
            _ => Err(ValueProblem::WrongType { expected: self.kind() }),
        }
    }

    /// The ids of a closed list; `None` for other types.
    pub fn listed(&self) -> Option<&[String]> {
        match self {
            Self::Choice(ids) | Self::Unit(ids) => Some(ids),
            _ => None,
        }
    }
}

fn within(
    number: i64,
    min: Option<i64>,
    max: Option<i64>,
    written: impl Fn(i64) -> String,
) -> Result<(), ValueProblem> {
    if let Some(minimum) = min.filter(|min| number < *min) {
        return Err(ValueProblem::BelowMinimum { value: written(number), minimum: written(minimum) });
    }
    if let Some(maximum) = max.filter(|max| number > *max) {
        return Err(ValueProblem::AboveMaximum { value: written(number), maximum: written(maximum) });
    }
    Ok(())
}
