//! Values: what fields admit, and their JSON.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::{FieldIx, FieldKind, FieldType, Value, ValueProblem};
use super::random;

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn json_that_is_a_value() {
    let decimal = FieldType::Decimal { scale: 2, min: Some(-100), max: None };
    for (ty, json, value) in [
        (FieldType::Bool, json!(true), Value::Bool(true)),
        (FieldType::Integer { min: Some(-3), max: Some(3) }, json!(-3), Value::Integer(-3)),
        (FieldType::Integer { min: None, max: None }, json!(i64::MIN), Value::Integer(i64::MIN)),
        (decimal.clone(), json!("12.50"), Value::Decimal(1250)),
        (decimal.clone(), json!("12.5"), Value::Decimal(1250)),
        (decimal.clone(), json!(12.5), Value::Decimal(1250)),
        (decimal.clone(), json!(0.07), Value::Decimal(7)),
        (decimal.clone(), json!(-1), Value::Decimal(-100)),
        (decimal, json!(9_999_999_999_999.99), Value::Decimal(999_999_999_999_999)),
        (FieldType::Choice(ids(&["a", "b"])), json!("b"), Value::Choice(1)),
        (FieldType::Unit(ids(&["a", "b"])), json!("a"), Value::Unit(0)),
        (FieldType::Date, json!("1970-01-02"), Value::Date(1)),
        (FieldType::Text { max_length: 2 }, json!("éé"), Value::Text("éé".into())),
    ] {
        assert_eq!(ty.parse_json(&json), Ok(value), "{ty:?}: {json}");
    }
}

#[test]
fn json_that_is_none() {
    let decimal = FieldType::Decimal { scale: 2, min: Some(0), max: Some(1_000) };
    let wide = FieldType::Decimal { scale: 2, min: None, max: None };
    let integer = FieldType::Integer { min: Some(0), max: Some(10) };
    let text = String::from;
    let wrong = |expected| ValueProblem::WrongType { expected };
    for (ty, json, problem) in [
        (FieldType::Bool, json!(1), wrong(FieldKind::Bool)),
        (FieldType::Date, Json::Null, wrong(FieldKind::Date)),
        (integer.clone(), json!("5"), wrong(FieldKind::Integer)),
        (integer.clone(), json!(5.5), ValueProblem::NotWhole { value: text("5.5") }),
        (integer.clone(), json!(u64::MAX), ValueProblem::TooLarge { value: u64::MAX.to_string() }),
        (integer.clone(), json!(-1), ValueProblem::BelowMinimum { value: text("-1"), minimum: text("0") }),
        (integer, json!(11), ValueProblem::AboveMaximum { value: text("11"), maximum: text("10") }),
        (decimal.clone(), json!("10.01"), ValueProblem::AboveMaximum { value: text("10.01"), maximum: text("10.00") }),
        (decimal.clone(), json!("5.000"), ValueProblem::NotExact { value: text("5.000"), scale: 2 }),
        (decimal.clone(), json!(0.001), ValueProblem::NotExact { value: text("0.001"), scale: 2 }),
        (decimal.clone(), json!("5,5"), ValueProblem::NotANumber { value: text("5,5"), example: text("12.50") }),
        (decimal, json!(""), ValueProblem::NotANumber { value: text(""), example: text("12.50") }),
        (wide.clone(), json!(90_071_992_547_409.93), ValueProblem::TooLarge { value: text("90071992547409.94") }),
        (wide.clone(), json!(1e300), ValueProblem::TooLarge { value: 1e300_f64.to_string() }),
        (wide, json!(i64::MAX), ValueProblem::TooLarge { value: i64::MAX.to_string() }),
        (
            FieldType::Choice(ids(&["barang"])),
            json!("barng"),
            ValueProblem::NotListed { value: text("barng"), suggestion: Some(text("barang")) },
        ),
        (FieldType::Unit(vec![]), json!("x"), ValueProblem::NotListed { value: text("x"), suggestion: None }),
        (FieldType::Date, json!("2023-02-29"), ValueProblem::NotADate { value: text("2023-02-29") }),
        (FieldType::Text { max_length: 2 }, json!("abc"), ValueProblem::TooLong { length: 3, limit: 2 }),
    ] {
        assert_eq!(ty.parse_json(&json), Err(problem), "{ty:?}: {json}");
    }
}

#[test]
fn values_that_are_not_admitted() {
    assert_eq!(FieldType::Choice(ids(&["a"])).admits(&Value::Choice(1)), Err(ValueProblem::NoSuchPlace { place: 1 }));
    assert_eq!(
        FieldType::Choice(ids(&["a"])).admits(&Value::Unit(0)),
        Err(ValueProblem::WrongType { expected: FieldKind::Choice })
    );
    assert!(FieldType::Date.admits(&Value::Date(2_932_897)).is_err());
    assert!(FieldType::Date.to_json(&Value::Date(i32::MAX)).is_err());
    assert!(FieldType::Bool.to_json(&Value::Integer(1)).is_err());
    assert_eq!(FieldIx::new(65_535).map(FieldIx::place), Some(65_535));
    assert_eq!(FieldIx::new(65_536), None);
}

#[test]
fn decimals_show_every_digit() {
    let ty = FieldType::Decimal { scale: 2, min: None, max: None };
    assert_eq!(ty.to_json(&Value::Decimal(-5)), Ok(json!("-0.05")));
    assert_eq!(ty.to_json(&Value::Decimal(1250)), Ok(json!("12.50")));
    assert_eq!(FieldType::Decimal { scale: 0, min: None, max: None }.to_json(&Value::Decimal(7)), Ok(json!("7")));
    // A scale beyond the format's six digits is odd, not fatal.
    assert!(FieldType::Decimal { scale: 255, min: None, max: None }.parse_json(&json!("x")).is_err());
}

proptest! {
    #[test]
    fn round_trip((fields, _, rows) in random::scene()) {
        for (field, value) in rows.iter().flat_map(|row| fields.iter().zip(row)) {
            let Some(value) = value else { continue };
            prop_assert_eq!(field.ty.admits(value), Ok(()));
            let json = field.ty.to_json(value).unwrap();
            let through_text: Json = serde_json::from_str(&json.to_string()).unwrap();
            prop_assert_eq!(&field.ty.parse_json(&through_text).unwrap(), value);
        }
    }
}
