//! What can be wrong with a guard, and where.

use std::fmt;
use std::ops::Range;

use super::value::FieldKind;

/// One fault in the text of a guard. Its `Display` is a short English sentence; the kind carries everything that
/// a message in another language needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct GuardError {
    /// Bytes of the guard's text, on character borders.
    pub span: Range<usize>,
    /// What is wrong there.
    pub kind: GuardErrorKind,
}

impl GuardError {
    pub(crate) fn new(span: Range<usize>, kind: GuardErrorKind) -> Self {
        Self { span, kind }
    }
}

/// Everything that can be wrong with a guard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardErrorKind {
    /// The text is longer than any guard may be.
    #[error("the guard has {length} bytes, and at most {limit} are allowed")]
    TooLong {
        /// Bytes of the text.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The text has more words and signs than any guard may have.
    #[error("the guard has more than {limit} words and signs")]
    TooManyTokens {
        /// Words and signs allowed.
        limit: usize,
    },
    /// Something stands where something else has to.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What is there.
        found: Found,
        /// What would be right.
        expected: Expected,
    },
    /// A sign or word of another notation, which is written otherwise here.
    #[error("`{found}` is written `{instead}` here")]
    OtherNotation {
        /// What is there, for instance `=` or `dan`.
        found: String,
        /// What to write, for instance `==` or `&&`.
        instead: &'static str,
    },
    /// A field's name without `case.` before it.
    #[error("a field is written with `case.` before it: `case.{name}`")]
    MissingCase {
        /// The name as written.
        name: String,
    },
    /// A `(` without its `)`.
    #[error("this parenthesis is not closed")]
    UnclosedParenthesis,
    /// A `)` without its `(`.
    #[error("this parenthesis was never opened")]
    UnopenedParenthesis,
    /// A `[` without its `]`.
    #[error("this list is not closed")]
    UnclosedList,
    /// A quotation mark without its partner on the same line.
    #[error("this text has no closing quotation mark")]
    UnclosedText,
    /// `in []`, which holds for nothing.
    #[error("this list is empty")]
    EmptyList,
    /// A number or text that is not written as the language wants it.
    #[error("`{literal}` {problem}")]
    BadLiteral {
        /// The literal, or the faulty part of it.
        literal: String,
        /// What is wrong with it.
        problem: LiteralProblem,
    },
    /// `1 < case.x < 5`: a comparison with a comparison.
    #[error("comparisons can't be chained; join two of them with `&&`")]
    ChainedComparison,

    /// The definition has no such field.
    #[error("there is no field `{name}`")]
    UnknownField {
        /// The name as written after `case.`.
        name: String,
        /// The field that it most resembles.
        suggestion: Option<String>,
    },
    /// The choice or unit of a constant is not in the closed list.
    #[error("`{value}` is not in the list of `{field}`")]
    UnknownChoice {
        /// The field compared with.
        field: String,
        /// The constant.
        value: String,
        /// The id in the list that it most resembles.
        suggestion: Option<String>,
    },
    /// A constant of another type than the field's.
    #[error("`{field}` has the type {expected} and can't be compared with {found}")]
    TypeMismatch {
        /// The field compared with.
        field: String,
        /// Its type.
        expected: FieldKind,
        /// What it is compared with.
        found: Operand,
    },
    /// `<`, `<=`, `>` or `>=` on a type that has no order.
    #[error("`{field}` has the type {kind}, which has no order; compare with `==`, `!=` or `in`")]
    NotOrdered {
        /// The field compared.
        field: String,
        /// Its type.
        kind: FieldKind,
    },
    /// A text compared with a date that isn't a day of the calendar.
    #[error("`{value}` is not a date such as `2026-01-31`")]
    NotADate {
        /// The constant.
        value: String,
    },
    /// A decimal with more digits after the point than the field keeps.
    #[error("`{literal}` has more digits after the point than `{field}` keeps ({scale})")]
    TooFine {
        /// The field compared with.
        field: String,
        /// The constant.
        literal: String,
        /// Digits that the field keeps.
        scale: u8,
    },
    /// A constant outside of the values that the field may have.
    #[error("`{literal}` is outside of what `{field}` may be ({})", bounds(min.as_deref(), max.as_deref()))]
    OutOfRange {
        /// The field compared with.
        field: String,
        /// The constant.
        literal: String,
        /// The smallest value, as it is written.
        min: Option<String>,
        /// The largest value, as it is written.
        max: Option<String>,
    },
    /// A constant text longer than the field's may be.
    #[error("this text has {length} characters, and `{field}` at most {limit}")]
    TextTooLong {
        /// The field compared with.
        field: String,
        /// Characters of the constant.
        length: usize,
        /// Characters that the field may have.
        limit: u32,
    },
    /// A comparison that isn't between one field and constants.
    #[error("compare a field with a constant, not {left} with {right}")]
    NotAComparisonWithConstant {
        /// What stands on the left.
        left: Operand,
        /// What stands on the right.
        right: Operand,
    },
    /// Something that is neither true nor false stands as a condition.
    #[error("this is {found}, not a condition")]
    NotACondition {
        /// What it is.
        found: Operand,
    },

    /// A field is read that may be absent, and no `has` protects the place (rule P5).
    #[error("`{field}` may not be set here; test it with `has(case.{field})` first")]
    ReadWithoutHas {
        /// The field read.
        field: String,
    },
}

fn bounds(min: Option<&str>, max: Option<&str>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any number".to_owned(),
    }
}

/// What stands where something else was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The end of the guard.
    End,
    /// A word or sign, as written (long ones shortened).
    Written(String),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("the end"),
            Self::Written(text) => write!(f, "`{text}`"),
        }
    }
}

/// What the grammar allows at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// A field, a constant, `has(…)`, `!` or `(`.
    Operand,
    /// A comparison, `&&`, `||`, `)` or the end.
    Operator,
    /// The `.` between `case` and the field.
    Point,
    /// The field's name after `case.`.
    FieldName,
    /// `(case.x)` after `has`.
    HasArgument,
    /// The list after `in`.
    List,
    /// A constant within a list.
    Constant,
    /// `,` or `]` after a constant of a list.
    CommaOrBracket,
    /// Digits after a minus sign.
    Number,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operand => "a field such as `case.x`, or a constant",
            Self::Operator => "a comparison, `&&` or `||`",
            Self::Point => "`.` after `case`",
            Self::FieldName => "a field's name",
            Self::HasArgument => "`(case.x)` after `has`",
            Self::List => "a list such as `[1, 2]`",
            Self::Constant => "a constant",
            Self::CommaOrBracket => "`,` or `]`",
            Self::Number => "a number",
        })
    }
}

/// What is wrong with a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralProblem {
    /// Points or other signs between groups of digits: `5.000.000`.
    ThousandsSeparator,
    /// Digits followed or preceded by what doesn't belong to a number here: `1e3`, `0x1F`, `5u`, `5.`.
    NotANumber,
    /// A number that doesn't fit into 64 bits.
    TooLarge,
    /// A `\` before a letter that makes no escape, or `\u` without four digits of a character.
    UnknownEscape,
}

impl fmt::Display for LiteralProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ThousandsSeparator => "has separators between its digits; write the digits alone",
            Self::NotANumber => "is not a number such as `12` or `12.5`",
            Self::TooLarge => "is too large a number",
            Self::UnknownEscape => r#"is not an escape; there are `\n \t \r \\ \" \' \uXXXX`"#,
        })
    }
}

/// What a part of a guard is, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// `case.x`
    Field,
    /// `true` or `false`
    Bool,
    /// `12`
    Integer,
    /// `12.5`
    Decimal,
    /// `"a"`
    Text,
    /// `[1, 2]`
    List,
    /// A comparison, `has(…)`, or a combination of them.
    Condition,
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Field => "a field",
            Self::Bool => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Decimal => "a decimal number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Condition => "a condition",
        })
    }
}
