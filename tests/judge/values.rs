//! The values that the judge lets people hand in: all of a small domain, otherwise those about the constants in the texts
//! of the guards.

use std::collections::BTreeSet;

use sop_core::guard::{FieldIx, FieldType, Value};
use sop_core::process::{Process, Route};
use sop_core::time::Date;

use super::board::MAX_FIELDS;

/// The domains up to which all values are tried.
const SMALL: i64 = 8;

/// For each field the values that it takes; none for a field that no guard reads, whose value is of no consequence.
pub struct Domains(Vec<Vec<Value>>);

impl Domains {
    pub fn of(process: &Process) -> Self {
        let mut texts: BTreeSet<&str> = BTreeSet::new();
        let mut read: BTreeSet<FieldIx> = BTreeSet::new();
        for outcome in process.steps().values().flat_map(|step| &step.outcomes) {
            if let Route::Choose(branches) = &outcome.route {
                texts.extend(branches.iter().map(|branch| branch.guard.source()));
                read.extend(branches.iter().flat_map(|branch| branch.guard.reads()));
            }
        }
        let domain = |(place, field): (usize, &sop_core::guard::Field)| match FieldIx::new(place)
            .is_some_and(|at| read.contains(&at))
        {
            true => domain(&field.ty, &texts),
            false => Vec::new(),
        };
        Self(process.fields().iter().enumerate().map(domain).collect())
    }

    /// The values as the core holds them.
    pub fn values(&self, held: &[u8; MAX_FIELDS]) -> Vec<Option<Value>> {
        let value = |(domain, held): (&Vec<Value>, &u8)| domain.get(usize::from(*held).checked_sub(1)?).cloned();
        self.0.iter().zip(held).map(value).collect()
    }

    /// The place of a value of a field, counted from 1.
    pub fn place_of(&self, field: usize, value: &Value) -> Option<u8> {
        let domain = self.0.get(field).filter(|domain| !domain.is_empty())?;
        domain.iter().position(|known| known == value).map(|place| place as u8 + 1)
    }

    /// All values of a field.
    pub fn of_field(&self, field: usize) -> &[Value] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Every way to set these fields.
    pub fn settings(&self, held: &[u8; MAX_FIELDS], set: &[FieldIx]) -> Vec<[u8; MAX_FIELDS]> {
        let mut all = vec![*held];
        for field in set.iter().map(|field| field.place()).filter(|field| !self.0[*field].is_empty()) {
            let count = self.0[field].len() as u8;
            let each = |held: [u8; MAX_FIELDS]| {
                (1..=count).map(move |place| {
                    let mut held = held;
                    held[field] = place;
                    held
                })
            };
            all = all.into_iter().flat_map(each).collect();
        }
        all
    }
}

fn domain(ty: &FieldType, texts: &BTreeSet<&str>) -> Vec<Value> {
    match ty {
        FieldType::Bool => vec![Value::Bool(false), Value::Bool(true)],
        FieldType::Choice(ids) => (0..ids.len() as u16).map(Value::Choice).collect(),
        FieldType::Unit(ids) => (0..ids.len() as u16).map(Value::Unit).collect(),
        FieldType::Integer { min, max } => numbers(*min, *max, texts.iter().flat_map(|text| decimals(text, 0)))
            .into_iter()
            .map(Value::Integer)
            .collect(),
        FieldType::Decimal { scale, min, max } => {
            let constants = texts.iter().flat_map(|text| decimals(text, u32::from(*scale)));
            numbers(*min, *max, constants).into_iter().map(Value::Decimal).collect()
        }
        FieldType::Date => {
            let dates = texts.iter().flat_map(|text| quoted(text)).filter_map(|text| text.parse::<Date>().ok());
            let days: Vec<i64> = dates.map(|date| i64::from(date.days())).collect();
            let days = if days.is_empty() { vec![20_455] } else { days };
            numbers(None, None, days.into_iter()).into_iter().map(|days| Value::Date(days as i32)).collect()
        }
        FieldType::Text { max_length } => {
            let mut named: BTreeSet<String> = texts.iter().flat_map(|text| quoted(text)).collect();
            named.insert("~".to_owned());
            let fits = |text: &String| text.chars().count() <= *max_length as usize;
            named.into_iter().filter(fits).map(|text| Value::Text(text.into())).collect()
        }
    }
}

/// All numbers of a small range; otherwise each constant, the numbers beside it, and the bounds.
fn numbers(min: Option<i64>, max: Option<i64>, constants: impl Iterator<Item = i64>) -> Vec<i64> {
    if let (Some(min), Some(max)) = (min, max)
        && max - min < SMALL
    {
        return (min..=max).collect();
    }
    let mut all: BTreeSet<i64> = min.into_iter().chain(max).collect();
    all.extend(constants.flat_map(|number| [number - 1, number, number + 1]));
    if all.is_empty() {
        all.insert(0);
    }
    all.retain(|number| min.is_none_or(|min| min <= *number) && max.is_none_or(|max| *number <= max));
    all.into_iter().collect()
}

/// The numbers of a guard's text, times ten to the power of the scale.
fn decimals(text: &str, scale: u32) -> Vec<i64> {
    let mut found = Vec::new();
    let mut inside = false;
    let mut word = String::new();
    for letter in text.chars().chain([' ']) {
        inside ^= letter == '"';
        if letter.is_ascii_alphanumeric() || letter == '_' || letter == '.' || letter == '-' {
            word.push(letter);
            continue;
        }
        let taken = std::mem::take(&mut word);
        if let Ok(number) = taken.parse::<f64>()
            && !inside
        {
            found.push((number * 10_f64.powi(scale as i32)).round() as i64);
        }
    }
    found
}

/// What a guard's text has in quotation marks.
fn quoted(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
