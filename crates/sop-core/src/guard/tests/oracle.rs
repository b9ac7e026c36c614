//! The `cel` crate as a second opinion: same text, same values, same answer.

use std::collections::HashMap;
use std::sync::Arc;

use cel::objects::{Key, Map};
use cel::{Context, Program};
use proptest::prelude::*;

use super::super::{Field, FieldType, Value, check, date, parse};
use super::random;

/// The case as CEL sees it: a map that holds what is set.
pub(super) fn case(fields: &[Field], values: &[Option<Value>]) -> Context<'static, 'static> {
    let mut map = HashMap::new();
    for (field, value) in fields.iter().zip(values) {
        if let Some(value) = value {
            map.insert(Key::String(Arc::new(field.id.clone())), value_in_cel(&field.ty, value));
        }
    }
    let mut context = Context::default();
    context.add_variable_from_value("case", cel::Value::Map(Map { map: Arc::new(map) }));
    context
}

fn value_in_cel(ty: &FieldType, value: &Value) -> cel::Value {
    let text = |text: &str| cel::Value::String(Arc::new(text.to_owned()));
    match (ty, value) {
        (_, Value::Bool(yes)) => cel::Value::Bool(*yes),
        (_, Value::Integer(number)) => cel::Value::Int(*number),
        // The quotient of two exact floats, correctly rounded, is the float that the literal's text is read as.
        (FieldType::Decimal { scale, .. }, Value::Decimal(number)) => {
            cel::Value::Float(*number as f64 / 10_f64.powi(i32::from(*scale)))
        }
        (_, Value::Choice(place) | Value::Unit(place)) => text(&ty.listed().unwrap()[usize::from(*place)]),
        (_, Value::Date(days)) => text(&date::write(*days).unwrap()),
        (_, Value::Text(letters)) => text(letters),
        (_, Value::Decimal(_)) => unreachable!("a decimal belongs to a decimal field"),
    }
}

fn answer(program: &Program, context: &Context<'_, '_>) -> Option<bool> {
    match program.execute(context) {
        Ok(cel::Value::Bool(answer)) => Some(answer),
        Ok(other) => panic!("a guard is a condition, not {other:?}"),
        Err(_) => None,
    }
}

proptest! {
    #[test]
    fn same_text_same_values_same_answer((fields, tree, rows) in random::scene()) {
        let text = tree.text(&fields);
        let guard = check(&parse(&text).unwrap(), &fields).unwrap();
        let printed = guard.to_string();
        let needs = guard.needs();
        let (as_written, as_printed) = (Program::compile(&text), Program::compile(&printed));
        prop_assert!(as_written.is_ok(), "{} is CEL", text);
        prop_assert!(as_printed.is_ok(), "{} is CEL", printed);
        for values in rows {
            let context = case(&fields, &values);
            let is_ready = needs.iter().all(|(field, _)| values[field.place()].is_some());
            for program in [&as_written, &as_printed] {
                match answer(program.as_ref().unwrap(), &context) {
                    Some(answer) if is_ready => prop_assert_eq!(guard.holds(&values), answer, "{} of {:?}", text, values),
                    // Only a guard whose needs are not met may fail in CEL; ours answers.
                    None => prop_assert!(!is_ready, "{} of {:?}", text, values),
                    Some(_) => {}
                }
            }
        }
    }
}

/// The corners of the grammar that a random guard doesn't reach.
#[test]
fn whatever_parses_is_cel_too() {
    for text in [
        "case.x == -9223372036854775808",
        "case.x == 9223372036854775807",
        "case.x == - 5",
        "case.x == 007",
        "(case.x) == ((5))",
        " case\n.\tx\r==5 ",
        "case.case && case.has && has(case.has)",
        "case.package && case.as && case.function && case.while && case.size",
        "case._ && case.A_1",
        "!!!case.x",
        "case.x == '' || case.x == \"\"",
        "case.x == \"'\" || case.x == '\"' || case.x == '\\'\\\"\\\\\\n\\r\\t\\u00e9'",
        "case.x in [-1, 2.5, 'a', true]",
        "[1] == case.x",
        "true || true && !true",
    ] {
        assert!(parse(text).is_ok(), "{text}");
        assert!(Program::compile(text).is_ok(), "{text}");
    }
}
