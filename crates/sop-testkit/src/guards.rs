//! Random guards over given fields.

use proptest::prelude::*;
use sop_core::guard::{Field, FieldType};

/// Texts of guards that check against the fields: comparisons of every kind, alone and joined by `&&`, `||` and `!`.
/// Fields that may be unset are asked for with `has` before some of them. They shrink towards `true`.
///
/// ```
/// use proptest::strategy::{Strategy, ValueTree};
/// use proptest::test_runner::TestRunner;
/// use sop_core::guard::{Field, FieldType, check, parse};
///
/// let fields = [Field::new("nilai", "Nilai", FieldType::Integer { min: Some(0), max: None })];
/// let text = sop_testkit::guards(&fields).new_tree(&mut TestRunner::deterministic()).unwrap().current();
/// assert!(parse(&text).and_then(|syntax| check(&syntax, &fields)).is_ok());
/// ```
pub fn guards(fields: &[Field]) -> BoxedStrategy<String> {
    let asked: Vec<BoxedStrategy<String>> = fields.iter().filter_map(test).collect();
    let leaf = match asked.is_empty() {
        true => prop_oneof![Just("true".to_owned()), Just("false".to_owned())].boxed(),
        false => {
            let any_field = proptest::strategy::Union::new(asked);
            prop_oneof![1 => Just("true".to_owned()), 1 => Just("false".to_owned()), 12 => any_field].boxed()
        }
    };
    leaf.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            1 => inner.clone().prop_map(|guard| format!("!({guard})")),
            2 => (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}) && ({other})")),
            2 => (inner.clone(), inner).prop_map(|(one, other)| format!("({one}) || ({other})")),
        ]
    })
    .boxed()
}

/// Tests of one field; none, where it admits no value.
fn test(field: &Field) -> Option<BoxedStrategy<String>> {
    let name = format!("case.{}", field.id);
    let constant = constant(&field.ty)?;
    let signs = match field.ty.kind().is_ordered() {
        true => vec!["==", "!=", "<", "<=", ">", ">="],
        false => vec!["==", "!="],
    };
    let compared = {
        let name = name.clone();
        (prop::sample::select(signs), constant.clone()).prop_map(move |(sign, value)| format!("{name} {sign} {value}"))
    };
    let listed = {
        let name = name.clone();
        prop::collection::vec(constant, 1..4).prop_map(move |values| format!("{name} in [{}]", values.join(", ")))
    };
    let alone = if field.ty == FieldType::Bool { name.clone() } else { format!("has({name})") };
    let plain = prop_oneof![1 => Just(alone), 4 => compared, 1 => listed];
    let protected =
        (any::<bool>(), plain).prop_map(move |(asks, test)| if asks { format!("has({name}) && {test}") } else { test });
    Some(protected.boxed())
}

/// Constants that a field admits, as a guard writes them; often few, so that they meet.
fn constant(ty: &FieldType) -> Option<BoxedStrategy<String>> {
    let range = |min: Option<i64>, max: Option<i64>| {
        let (low, high) = (min.unwrap_or(i64::MIN + 1), max.unwrap_or(i64::MAX));
        let near = low.max(-5).min(high)..=high.min(low.max(-5).saturating_add(20));
        prop_oneof![4 => near, 1 => low..=high]
    };
    Some(match ty {
        FieldType::Bool => any::<bool>().prop_map(|yes| yes.to_string()).boxed(),
        FieldType::Integer { min, max } => range(*min, *max).prop_map(|number| number.to_string()).boxed(),
        FieldType::Decimal { scale, min, max } => {
            let scale = u32::from(*scale);
            range(*min, *max).prop_map(move |scaled| decimal(scaled, scale)).boxed()
        }
        FieldType::Choice(ids) | FieldType::Unit(ids) => match ids.is_empty() {
            true => return None,
            false => prop::sample::select(ids.clone()).prop_map(|id| quoted(&id)).boxed(),
        },
        FieldType::Date => (1..=28_u32).prop_map(|day| format!("\"2026-03-{day:02}\"")).boxed(),
        FieldType::Text { max_length } => {
            let letters = prop::collection::vec(prop::sample::select(vec!['a', 'b', '"', '\\', '\n']), 0..=3);
            let most = *max_length as usize;
            letters.prop_map(move |letters| quoted(&letters.into_iter().take(most).collect::<String>())).boxed()
        }
    })
}

/// A scaled number with its point.
fn decimal(scaled: i64, scale: u32) -> String {
    let (sign, digits) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs());
    match scale {
        0 => format!("{sign}{digits}"),
        _ => {
            let unit = 10_u64.pow(scale);
            format!("{sign}{}.{:0width$}", digits / unit, digits % unit, width = scale as usize)
        }
    }
}

/// A text in double quotes with its escapes; JSON's are among those of guards.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}
