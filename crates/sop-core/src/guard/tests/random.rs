//! Random fields, guards as trees and as texts, and values, for the laws.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::date;
use super::super::decimal;
use super::super::{Comparison, Field, FieldType, Value};

/// A guard as a tree, which a naive reading decides by recursion: the second opinion on everything compiled.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Always(bool),
    Has(usize),
    /// A bool field alone.
    Alone(usize),
    Compare(usize, Comparison, Value, bool),
    In(usize, Vec<Value>),
    Not(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
}

/// Few ids, so that fields, constants and values meet; some that have to be escaped.
const IDS: &[&str] = &["umum", "hukum", "keuangan", "a\"b", "c'd", "e\\f", "baris\nbaru", "ü"];

fn field_type() -> impl Strategy<Value = FieldType> {
    let listed = || (1..IDS.len()).prop_map(|count| IDS[..count].iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
    prop_oneof![
        Just(FieldType::Bool),
        (prop::option::of(-5i64..=0), prop::option::of(1i64..=6))
            .prop_map(|(min, max)| FieldType::Integer { min, max }),
        // Up to ten digits and a scale of six: every such number has a float of its own, in the same order.
        (0u8..=6).prop_map(|scale| FieldType::Decimal { scale, min: Some(-9_999_999_999), max: Some(9_999_999_999) }),
        listed().prop_map(FieldType::Choice),
        listed().prop_map(FieldType::Unit),
        Just(FieldType::Date),
        (0u32..=4).prop_map(|max_length| FieldType::Text { max_length }),
    ]
}

pub(super) fn fields() -> impl Strategy<Value = Vec<Field>> {
    prop::collection::vec(field_type(), 1..6)
        .prop_map(|types| types.into_iter().enumerate().map(|(n, ty)| Field::new(format!("f_{n}"), "", ty)).collect())
}

/// A value that the field admits, often one of few.
pub(super) fn value(ty: &FieldType) -> BoxedStrategy<Value> {
    match ty {
        FieldType::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        FieldType::Integer { min, max } => {
            let (low, high) = (min.unwrap_or(i64::MIN + 1), max.unwrap_or(i64::MAX));
            prop_oneof![4 => low.max(-5)..=high.min(6), 1 => low..=high].prop_map(Value::Integer).boxed()
        }
        FieldType::Decimal { .. } => {
            prop_oneof![4 => -30i64..30, 1 => -9_999_999_999i64..=9_999_999_999].prop_map(Value::Decimal).boxed()
        }
        FieldType::Choice(ids) => (0..ids.len() as u16).prop_map(Value::Choice).boxed(),
        FieldType::Unit(ids) => (0..ids.len() as u16).prop_map(Value::Unit).boxed(),
        FieldType::Date => {
            prop_oneof![4 => 19_590i32..19_610, 1 => -719_162i32..=2_932_896].prop_map(Value::Date).boxed()
        }
        FieldType::Text { max_length } => {
            let letters =
                prop::sample::select(vec!['a', 'b', '"', '\'', '\\', '\n', '\t', '\u{7f}', '\u{1}', 'é', '😀']);
            prop::collection::vec(letters, 0..=*max_length as usize)
                .prop_map(|letters| Value::Text(letters.into_iter().collect::<String>().into()))
                .boxed()
        }
    }
}

/// Slots for the fields, each set or not.
pub(super) fn slots(fields: &[Field]) -> BoxedStrategy<Vec<Option<Value>>> {
    fields.iter().map(|field| prop::option::weighted(0.8, value(&field.ty))).collect::<Vec<_>>().boxed()
}

pub(super) fn tree(fields: &[Field]) -> BoxedStrategy<Tree> {
    let leaves: Vec<BoxedStrategy<Tree>> = fields
        .iter()
        .enumerate()
        .map(|(n, field)| {
            let ordered = field.ty.kind().is_ordered();
            let mut signs = vec![Comparison::Equal, Comparison::Different];
            if ordered {
                signs.extend([Comparison::Less, Comparison::AtMost, Comparison::Greater, Comparison::AtLeast]);
            }
            let compare = (prop::sample::select(signs), value(&field.ty), any::<bool>())
                .prop_map(move |(sign, value, turned)| Tree::Compare(n, sign, value, turned));
            let listed = prop::collection::vec(value(&field.ty), 1..6).prop_map(move |values| Tree::In(n, values));
            let plain = prop_oneof![3 => compare, 1 => listed, 1 => Just(Tree::Has(n))];
            match field.ty {
                FieldType::Bool => prop_oneof![plain, Just(Tree::Alone(n))].boxed(),
                _ => plain.boxed(),
            }
        })
        .collect();
    // Protected as analysts protect, or not at all.
    let asked = (prop::sample::select((0..leaves.len()).collect::<Vec<_>>()), 0..4u8)
        .prop_flat_map(move |(n, manner)| leaves[n].clone().prop_map(move |leaf| protected(n, manner, leaf)));
    let leaf = prop_oneof![12 => asked, 1 => any::<bool>().prop_map(Tree::Always)];
    leaf.prop_recursive(5, 24, 2, |inner| {
        prop_oneof![
            1 => inner.clone().prop_map(|tree| Tree::Not(tree.into())),
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| Tree::And(a.into(), b.into())),
            2 => (inner.clone(), inner).prop_map(|(a, b)| Tree::Or(a.into(), b.into())),
        ]
    })
    .boxed()
}

fn protected(field: usize, manner: u8, leaf: Tree) -> Tree {
    match manner {
        0 => Tree::And(Tree::Has(field).into(), leaf.into()),
        1 => Tree::Or(Tree::Not(Tree::Has(field).into()).into(), leaf.into()),
        _ => leaf,
    }
}

/// Fields, a guard over them, and some sets of values.
pub(super) fn scene() -> impl Strategy<Value = (Vec<Field>, Tree, Vec<Vec<Option<Value>>>)> {
    fields().prop_flat_map(|fields| {
        let rows = prop::collection::vec(slots(&fields), 8);
        (tree(&fields), rows, Just(fields)).prop_map(|(tree, rows, fields)| (fields, tree, rows))
    })
}

impl Tree {
    /// The answer of a naive reading from left to right, and the fields that it read without their being set.
    pub(super) fn decide(&self, values: &[Option<Value>], unset: &mut Vec<usize>) -> bool {
        let mut read = |n: usize| {
            if values[n].is_none() {
                unset.push(n);
            }
            values[n].as_ref()
        };
        match self {
            Self::Always(yes) => *yes,
            Self::Has(n) => values[*n].is_some(),
            Self::Alone(n) => read(*n) == Some(&Value::Bool(true)),
            Self::Compare(n, sign, constant, _) => read(*n).is_some_and(|value| match sign {
                Comparison::Equal => value == constant,
                Comparison::Different => value != constant,
                Comparison::Less => value < constant,
                Comparison::AtMost => value <= constant,
                Comparison::Greater => value > constant,
                Comparison::AtLeast => value >= constant,
            }),
            Self::In(n, constants) => read(*n).is_some_and(|value| constants.contains(value)),
            Self::Not(tree) => !tree.decide(values, unset),
            Self::And(left, right) => left.decide(values, unset) && right.decide(values, unset),
            Self::Or(left, right) => left.decide(values, unset) || right.decide(values, unset),
        }
    }

    /// The guard's text, with more parentheses than it needs.
    pub(super) fn text(&self, fields: &[Field]) -> String {
        match self {
            Self::Always(yes) => yes.to_string(),
            Self::Has(n) => format!("has(case.{})", fields[*n].id),
            Self::Alone(n) => format!("case.{}", fields[*n].id),
            Self::Compare(n, sign, constant, turned) => {
                let field = format!("case.{}", fields[*n].id);
                let constant = literal(&fields[*n].ty, constant);
                match turned {
                    false => format!("{field} {} {constant}", sign.sign()),
                    true => format!("{constant} {} {field}", sign.turned().sign()),
                }
            }
            Self::In(n, constants) => {
                let ty = &fields[*n].ty;
                let constants: Vec<String> = constants.iter().map(|constant| literal(ty, constant)).collect();
                format!("case.{} in [{}]", fields[*n].id, constants.join(","))
            }
            Self::Not(tree) => format!("!({})", tree.text(fields)),
            // Mixed parentheses: the precedences have to be right too.
            Self::And(left, right) => match (&**left, &**right) {
                (Self::Or(..), _) | (_, Self::Or(..)) => format!("({}) && ({})", left.text(fields), right.text(fields)),
                _ => format!("{}&&{}", left.text(fields), right.text(fields)),
            },
            Self::Or(left, right) => format!("{} || {}", left.text(fields), right.text(fields)),
        }
    }
}

/// A literal in single quotes, so that the printer's double ones are not tested against themselves.
fn literal(ty: &FieldType, value: &Value) -> String {
    let quoted = |text: &str| {
        let mut written = String::from("'");
        for letter in text.chars() {
            match letter {
                '\'' => written.push_str("\\'"),
                '\\' => written.push_str("\\\\"),
                '\n' => written.push_str("\\n"),
                '\t' => written.push_str("\\t"),
                'é' => write!(written, "\\u{:04X}", u32::from(letter)).unwrap(),
                plain => written.push(plain),
            }
        }
        written + "'"
    };
    match (ty, value) {
        (_, Value::Bool(yes)) => yes.to_string(),
        (_, Value::Integer(number)) => number.to_string(),
        (FieldType::Decimal { scale, .. }, Value::Decimal(number)) => match decimal::write(*number, *scale) {
            // As many digits as needed, as an analyst would write.
            digits if digits.contains('.') => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
            digits => digits,
        },
        (_, Value::Choice(place) | Value::Unit(place)) => quoted(&ty.listed().unwrap()[usize::from(*place)]),
        (_, Value::Date(days)) => quoted(&date::write(*days).unwrap()),
        (_, Value::Text(text)) => quoted(text),
        (_, Value::Decimal(_)) => unreachable!("a decimal belongs to a decimal field"),
    }
}
