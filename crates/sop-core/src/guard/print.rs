//! The canonical text of a guard: one way of writing for one program.
//!
//! The field stands on the left, sets are sorted, parentheses stand only where they are needed, a decimal shows every
//! digit that its field keeps. Parsing it gives the same program.

use super::check::Typed;
use super::syntax::NodeIx;
use super::test::{Comparison, Test};
use super::value::{Field, FieldType, Value};
use super::{date, decimal};

/// How tightly the surroundings bind: a part that binds looser needs parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Around {
    Nothing,
    Or,
    And,
    Not,
}

enum Piece {
    Sign(&'static str),
    Part(NodeIx, Around),
}

/// Writes the last node of the list, which is the whole guard.
pub(crate) fn canonical(typed: &[Typed], fields: &[Field]) -> String {
    let mut text = String::new();
    let mut rest: Vec<Piece> =
        typed.len().checked_sub(1).map(|root| Piece::Part(root, Around::Nothing)).into_iter().collect();
    while let Some(piece) = rest.pop() {
        let (ix, around) = match piece {
            Piece::Sign(sign) => {
                text.push_str(sign);
                continue;
            }
            Piece::Part(ix, around) => (ix, around),
        };
        match typed.get(ix) {
            None | Some(Typed::Operand | Typed::Broken) => {}
            Some(Typed::Always(yes)) => text.push_str(if *yes { "true" } else { "false" }),
            Some(Typed::Ask { field, test, .. }) => {
                if let Some(field) = fields.get(field.place()) {
                    let is_alone = matches!(test, Test::Has | Test::Is(Comparison::Equal, Value::Bool(true)));
                    let needs_parentheses = around == Around::Not && !is_alone;
                    text.push_str(if needs_parentheses { "(" } else { "" });
                    write_test(&mut text, field, test);
                    text.push_str(if needs_parentheses { ")" } else { "" });
                }
            }
            Some(Typed::Not(inner)) => match typed.get(*inner) {
                // `!!a` asks what `a` asks.
                Some(Typed::Not(innermost)) => rest.push(Piece::Part(*innermost, around)),
                _ => {
                    text.push('!');
                    rest.push(Piece::Part(*inner, Around::Not));
                }
            },
            Some(Typed::And(left, right)) => binary(&mut rest, around, Around::And, " && ", *left, *right),
            Some(Typed::Or(left, right)) => binary(&mut rest, around, Around::Or, " || ", *left, *right),
        }
    }
    text
}

fn binary(rest: &mut Vec<Piece>, around: Around, own: Around, sign: &'static str, left: NodeIx, right: NodeIx) {
    let needs_parentheses = around > own;
    if needs_parentheses {
        rest.push(Piece::Sign(")"));
    }
    rest.push(Piece::Part(right, own));
    rest.push(Piece::Sign(sign));
    rest.push(Piece::Part(left, own));
    if needs_parentheses {
        rest.push(Piece::Sign("("));
    }
}

fn write_test(text: &mut String, field: &Field, test: &Test) {
    let name = &field.id;
    match test {
        Test::Has => text.push_str(&format!("has(case.{name})")),
        Test::Is(Comparison::Equal, Value::Bool(true)) => text.push_str(&format!("case.{name}")),
        Test::Is(comparison, constant) => {
            text.push_str(&format!("case.{name} {} {}", comparison.sign(), literal(&field.ty, constant)));
        }
        Test::OneOf(constants) => {
            let written: Vec<String> = constants.iter().map(|constant| literal(&field.ty, constant)).collect();
            text.push_str(&format!("case.{name} in [{}]", written.join(", ")));
        }
    }
}

/// A constant as a literal of the language.
pub(crate) fn literal(ty: &FieldType, value: &Value) -> String {
    match (ty, value) {
        (_, Value::Bool(yes)) => yes.to_string(),
        (_, Value::Integer(number)) => number.to_string(),
        (FieldType::Decimal { scale, .. }, Value::Decimal(number)) => decimal::write(*number, *scale),
        (_, Value::Decimal(number)) => number.to_string(),
        (_, Value::Choice(place) | Value::Unit(place)) => {
            let ids = ty.listed().unwrap_or(&[]);
            quoted(ids.get(usize::from(*place)).map_or("", String::as_str))
        }
        (_, Value::Date(days)) => quoted(&date::write(*days).unwrap_or_default()),
        (_, Value::Text(letters)) => quoted(letters),
    }
}

fn quoted(letters: &str) -> String {
    let mut text = String::with_capacity(letters.len() + 2);
    text.push('"');
    for letter in letters.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // Every control character lies below U+FFFF, so that four digits suffice.
            control if control.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            plain => text.push(plain),
        }
    }
    text.push('"');
    text
}
