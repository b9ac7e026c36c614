//! Any bytes as a guard: it is refused with errors that lie on characters, or it compiles, prints and compiles again
//! to the same program, and answers for set and unset values alike.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sop_core::guard::{Field, FieldType, MAX_ERRORS, Value, check, parse};

static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    vec![
        Field::new("nilai", "", FieldType::Integer { min: Some(0), max: None }),
        Field::new("bunga", "", FieldType::Decimal { scale: 2, min: None, max: Some(10_000) }),
        Field::new("lengkap", "", FieldType::Bool),
        Field::new("jenis", "", FieldType::Choice(ids(&["barang", "jasa", "konstruksi"]))),
        Field::new("bagian", "", FieldType::Unit(ids(&["umum", "hukum"]))),
        Field::new("tanggal", "", FieldType::Date),
        Field::new("perihal", "", FieldType::Text { max_length: 40 }),
    ]
});

static VALUES: LazyLock<Vec<Option<Value>>> = LazyLock::new(|| {
    vec![
        Some(Value::Integer(5_000_000)),
        Some(Value::Decimal(1_250)),
        Some(Value::Bool(true)),
        Some(Value::Choice(1)),
        Some(Value::Unit(0)),
        Some(Value::Date(19_600)),
        Some(Value::Text("Undangan".into())),
    ]
});

fuzz_target!(|text: &str| {
    let errors = match parse(text).and_then(|syntax| check(&syntax, &FIELDS)) {
        Err(errors) => errors,
        Ok(guard) => {
            let printed = guard.to_string();
            let again = parse(&printed).and_then(|syntax| check(&syntax, &FIELDS)).expect("what was printed parses");
            assert!(again.is_same_program(&guard), "{text:?} printed as {printed:?}");
            assert_eq!(again.to_string(), printed);
            let nothing = vec![None; FIELDS.len()];
            for values in [&*VALUES, &nothing] {
                let answer = guard.holds(values);
                assert_eq!(again.holds(values), answer);
                let slowly = guard.holds_with(|field, test| test.holds(values[field.place()].as_ref()));
                assert_eq!(slowly, answer, "{text:?}");
            }
            for (_, span) in guard.needs() {
                assert!(text[span].starts_with("case"));
            }
            return;
        }
    };
    assert!((1..=MAX_ERRORS).contains(&errors.len()));
    for error in errors {
        assert!(text.get(error.span.clone()).is_some(), "{error:?} of {text:?}");
    }
});
