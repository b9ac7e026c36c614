//! Literals as values of the field that they are compared with.

use std::collections::BTreeMap;
use std::ops::Range;

use super::date;
use super::decimal::{self, NotDecimal};
use super::error::{GuardErrorKind, LiteralProblem, Operand};
use super::syntax::{Literal, Syntax};
use super::value::{Field, FieldIx, FieldType, Value, ValueProblem};
use crate::diagnostic::suggest;

/// Lists longer than this are looked up in an index, which is built when first needed.
const SHORT_LIST: usize = 16;

/// Turns literals into values, keeping an index of the long lists that it has met.
#[derive(Default)]
pub(crate) struct Constants<'a> {
    lists: BTreeMap<FieldIx, BTreeMap<&'a str, usize>>,
}

impl<'a> Constants<'a> {
    /// The literal as a value that the field admits, or why it is none.
    pub(crate) fn value(
        &mut self,
        ix: FieldIx,
        field: &'a Field,
        literal: &Literal,
        syntax: &Syntax,
        span: &Range<usize>,
    ) -> Result<Value, GuardErrorKind> {
        let name = || field.id.clone();
        let written = || super::lexer::shortened(syntax.written(span));
        let value = match (&field.ty, literal) {
            (FieldType::Bool, Literal::Bool(yes)) => Value::Bool(*yes),
            (FieldType::Integer { .. }, Literal::Integer(number)) => Value::Integer(*number),
            (FieldType::Decimal { scale, .. }, Literal::Integer(number)) => {
                Value::Decimal(scaled(&number.to_string(), *scale, field, written)?)
            }
            (FieldType::Decimal { scale, .. }, Literal::Decimal(digits)) => {
                Value::Decimal(scaled(digits, *scale, field, written)?)
            }
            (FieldType::Choice(ids), Literal::Text(id)) => Value::Choice(self.place(ix, field, ids, id)?),
            (FieldType::Unit(ids), Literal::Text(id)) => Value::Unit(self.place(ix, field, ids, id)?),
            (FieldType::Date, Literal::Text(text)) => match date::read(text) {
                Some(days) => Value::Date(days),
                None => return Err(GuardErrorKind::NotADate { value: super::lexer::shortened(text) }),
            },
            (FieldType::Text { .. }, Literal::Text(text)) => Value::Text(text.as_str().into()),
            _ => {
                return Err(GuardErrorKind::TypeMismatch {
                    field: name(),
                    expected: field.ty.kind(),
                    found: operand(literal),
                });
            }
        };
        match field.ty.admits(&value) {
            Ok(()) => Ok(value),
            Err(ValueProblem::TooLong { length, limit }) => {
                Err(GuardErrorKind::TextTooLong { field: name(), length, limit })
            }
            Err(_) => {
                let (min, max) = bounds(&field.ty);
                Err(GuardErrorKind::OutOfRange { field: name(), literal: written(), min, max })
            }
        }
    }

    fn place(&mut self, ix: FieldIx, field: &Field, ids: &'a [String], id: &str) -> Result<u16, GuardErrorKind> {
        let place = match ids.len() <= SHORT_LIST {
            true => ids.iter().position(|listed| listed == id),
            false => {
                let index = self.lists.entry(ix).or_insert_with(|| {
                    // Where an id stands twice, the first place counts, as in a short list.
                    ids.iter().map(String::as_str).enumerate().rev().map(|(place, id)| (id, place)).collect()
                });
                index.get(id).copied()
            }
        };
        place.and_then(|place| u16::try_from(place).ok()).ok_or_else(|| GuardErrorKind::UnknownChoice {
            field: field.id.clone(),
            value: super::lexer::shortened(id),
            suggestion: suggest::nearest(id, ids.iter().map(String::as_str)).map(str::to_owned),
        })
    }
}

/// What a literal is called in messages.
pub(crate) fn operand(literal: &Literal) -> Operand {
    match literal {
        Literal::Bool(_) => Operand::Bool,
        Literal::Integer(_) => Operand::Integer,
        Literal::Decimal(_) => Operand::Decimal,
        Literal::Text(_) => Operand::Text,
    }
}

fn scaled(digits: &str, scale: u8, field: &Field, written: impl Fn() -> String) -> Result<i64, GuardErrorKind> {
    decimal::read(digits, scale).map_err(|problem| match problem {
        NotDecimal::TooFine => GuardErrorKind::TooFine { field: field.id.clone(), literal: written(), scale },
        NotDecimal::TooLarge => GuardErrorKind::BadLiteral { literal: written(), problem: LiteralProblem::TooLarge },
        NotDecimal::Malformed => GuardErrorKind::BadLiteral { literal: written(), problem: LiteralProblem::NotANumber },
    })
}

fn bounds(ty: &FieldType) -> (Option<String>, Option<String>) {
    match ty {
        FieldType::Integer { min, max } => (min.map(|min| min.to_string()), max.map(|max| max.to_string())),
        FieldType::Decimal { scale, min, max } => {
            (min.map(|min| decimal::write(min, *scale)), max.map(|max| decimal::write(max, *scale)))
        }
        _ => (None, None),
    }
}
