//! Values as JSON: how hosts hand them in, and how records keep them.

use serde_json::Value as Json;

use super::date;
use super::decimal::{self, NotDecimal};
use super::value::{FieldType, Value, ValueProblem};
use crate::diagnostic::suggest;

/// Numbers up to ten to this power survive a trip through a 64-bit float digit by digit.
const EXACT_FLOAT: u64 = 1_000_000_000_000_000;

impl FieldType {
    /// Reads a value of this type and checks that the field admits it.
    ///
    /// Integers are JSON numbers. Decimals are texts such as `"12.50"`, or JSON numbers as long as these are
    /// exact: at most 15 digits, no more of them after the point than the field keeps. Choices and units are
    /// texts with their ids, dates texts `"YYYY-MM-DD"`.
    ///
    /// # Errors
    /// The first reason why the JSON is no value of this field.
    pub fn parse_json(&self, json: &Json) -> Result<Value, ValueProblem> {
        let value = match (self, json) {
            (Self::Bool, Json::Bool(yes)) => Value::Bool(*yes),
            (Self::Integer { .. }, Json::Number(number)) => Value::Integer(integer(number)?),
            (Self::Decimal { scale, .. }, Json::Number(number)) => Value::Decimal(inexact(number, *scale)?),
            (Self::Decimal { scale, .. }, Json::String(text)) => Value::Decimal(exact(text, *scale)?),
            (Self::Choice(ids), Json::String(id)) => Value::Choice(place(ids, id)?),
            (Self::Unit(ids), Json::String(id)) => Value::Unit(place(ids, id)?),
            (Self::Date, Json::String(text)) => {
                Value::Date(date::read(text).ok_or_else(|| ValueProblem::NotADate { value: text.clone() })?)
            }
            (Self::Text { .. }, Json::String(text)) => Value::Text(text.as_str().into()),
            _ => return Err(ValueProblem::WrongType { expected: self.kind() }),
        };
        self.admits(&value)?;
        Ok(value)
    }

    /// The JSON of a value, which [`FieldType::parse_json`] reads back: integers as numbers, decimals as texts
    /// with every digit that the field keeps, choices and units as their ids, dates as `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When the field doesn't admit the value, since then it has no name to be written by.
    pub fn to_json(&self, value: &Value) -> Result<Json, ValueProblem> {
        self.admits(value)?;
        let wrong = || ValueProblem::WrongType { expected: self.kind() };
        Ok(match (self, value) {
            (_, Value::Bool(yes)) => Json::Bool(*yes),
            (_, Value::Integer(number)) => Json::from(*number),
            (Self::Decimal { scale, .. }, Value::Decimal(number)) => Json::String(decimal::write(*number, *scale)),
            (Self::Choice(ids) | Self::Unit(ids), Value::Choice(place) | Value::Unit(place)) => {
                Json::String(ids.get(usize::from(*place)).cloned().ok_or_else(wrong)?)
            }
            (_, Value::Date(days)) => Json::String(date::write(*days).ok_or_else(wrong)?),
            (_, Value::Text(text)) => Json::String(text.to_string()),
            _ => return Err(wrong()),
        })
    }
}

fn integer(number: &serde_json::Number) -> Result<i64, ValueProblem> {
    number.as_i64().ok_or_else(|| match number.is_u64() {
        true => ValueProblem::TooLarge { value: number.to_string() },
        false => ValueProblem::NotWhole { value: number.to_string() },
    })
}

/// A JSON number has been through a float unless it is whole; the shortest text of that float is what was written,
/// as long as it had at most 15 digits.
fn inexact(number: &serde_json::Number, scale: u8) -> Result<i64, ValueProblem> {
    if number.is_i64() || number.is_u64() {
        return exact(&number.to_string(), scale);
    }
    let float = number.as_f64().ok_or_else(|| ValueProblem::TooLarge { value: number.to_string() })?;
    let scaled = exact(&float.to_string(), scale)?;
    match scaled.unsigned_abs() <= EXACT_FLOAT {
        true => Ok(scaled),
        false => Err(ValueProblem::TooLarge { value: number.to_string() }),
    }
}

fn exact(text: &str, scale: u8) -> Result<i64, ValueProblem> {
    decimal::read(text, scale).map_err(|problem| {
        let value = text.to_owned();
        match problem {
            NotDecimal::Malformed => ValueProblem::NotANumber {
                value,
                example: decimal::write(125 * 10_i64.pow(u32::from(scale.min(6))) / 10, scale),
            },
            NotDecimal::TooFine => ValueProblem::NotExact { value, scale },
            NotDecimal::TooLarge => ValueProblem::TooLarge { value },
        }
    })
}

fn place(ids: &[String], id: &str) -> Result<u16, ValueProblem> {
    let not_listed = || ValueProblem::NotListed {
        value: id.to_owned(),
        suggestion: suggest::nearest(id, ids.iter().map(String::as_str)).map(str::to_owned),
    };
    let place = ids.iter().position(|listed| listed == id).ok_or_else(not_listed)?;
    u16::try_from(place).map_err(|_| not_listed())
}
