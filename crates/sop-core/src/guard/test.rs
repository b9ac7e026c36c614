//! The single question that a guard asks of a single field.

use std::cmp::Ordering;
use std::fmt;

use super::value::Value;

/// How a field is compared with a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Different,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// The sign in a guard's text.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Different => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Tells whether `left SIGN right` holds when `left` is so related to `right`.
    pub fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Different => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// The same comparison with its sides exchanged: `5 < x` says `x > 5`.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

/// One question about one field. Its constants are values of the field's type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Is the field set? The only test that doesn't read it.
    Has,
    /// Is it set, and does it compare so with the constant? A bool field alone is `== true`.
    Is(Comparison, Value),
    /// Is it set to one of these (at least two, in ascending order)?
    OneOf(Box<[Value]>),
}

impl Test {
    /// The answer for a value, or for a field that is not set. Every comparison is false where nothing is set.
    ///
    /// The value has to be of the field's type; constants of another type have no meaningful order with it.
    pub fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Has, value) => value.is_some(),
            (_, None) => false,
            (Self::Is(comparison, constant), Some(value)) => comparison.accepts(value.cmp(constant)),
            (Self::OneOf(constants), Some(value)) => constants.binary_search(value).is_ok(),
        }
    }

    /// The constants at which the verifier cuts the field's domain; none for [`Test::Has`].
    pub fn constants(&self) -> &[Value] {
        match self {
            Self::Has => &[],
            Self::Is(_, constant) => std::slice::from_ref(constant),
            Self::OneOf(constants) => constants,
        }
    }

    /// Tells whether it looks at the field's value, and so needs it to be set.
    pub fn reads(&self) -> bool {
        !matches!(self, Self::Has)
    }
}
