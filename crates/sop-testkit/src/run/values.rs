//! Values to hand in: all that matter to the guards of a process, and some at the bounds of their fields.

use serde_json::{Value as Json, json};
use sop_core::guard::{Field, FieldIx, FieldType, Value};
use sop_core::process::{OutcomeSpec, Process, Route};

/// How many combinations of values are tried at most for one completion.
const MOST: usize = 64;

/// Values for the fields that an outcome sets.
pub(crate) type Given = Vec<(FieldIx, Value)>;

/// Combinations of values for the fields that an outcome sets, those in front that lead on.
pub(crate) fn combinations(process: &Process, outcome: &OutcomeSpec, state: &[Option<Value>]) -> Vec<Given> {
    let mut all: Vec<Given> = vec![Vec::new()];
    for field in &outcome.collects {
        let values = values(process, *field);
        let with = |given: &Given| {
            let given = given.clone();
            values.iter().map(move |value| given.iter().cloned().chain([(*field, value.clone())]).collect::<Given>())
        };
        all = all.iter().flat_map(|given| with(given).collect::<Vec<_>>()).take(MOST).collect();
    }
    all.sort_by_key(|given| rank(&outcome.route, state, given));
    all
}

/// How well an outcome leads on with some values: 0 onwards, 1 to an end, 2 back, 3 nowhere.
pub(crate) fn rank(route: &Route, state: &[Option<Value>], given: &[(FieldIx, Value)]) -> u8 {
    match route {
        Route::Go(_) => 0,
        Route::End(_) => 1,
        Route::Return(_) => 2,
        Route::Choose(branches) => {
            let mut values = state.to_vec();
            for (field, value) in given {
                if let Some(held) = values.get_mut(field.place()) {
                    *held = Some(value.clone());
                }
            }
            let mut holding = branches.iter().filter(|branch| branch.guard.holds(&values));
            match (holding.next(), holding.next()) {
                (Some(only), None) => rank(&only.route, state, given),
                _ => 3,
            }
        }
    }
}

/// The values of a field on both sides of every constant that a guard compares it with, and at its bounds.
fn values(process: &Process, ix: FieldIx) -> Vec<Value> {
    let Some(field) = process.field(ix) else { return Vec::new() };
    let mut found: Vec<Value> = Vec::new();
    let mut take = |value: Value| {
        if field.ty.admits(&value).is_ok() && !found.contains(&value) {
            found.push(value);
        }
    };
    for value in of_type(field) {
        take(value);
    }
    for constant in constants(process, ix) {
        let near: Vec<Value> = match &constant {
            Value::Integer(number) => (-1..=1).map(|by| Value::Integer(number.saturating_add(by))).collect(),
            Value::Decimal(number) => (-1..=1).map(|by| Value::Decimal(number.saturating_add(by))).collect(),
            Value::Date(day) => (-1..=1).map(|by| Value::Date(day.saturating_add(by))).collect(),
            other => vec![other.clone()],
        };
        for value in near {
            take(value);
        }
    }
    found
}

fn constants(process: &Process, ix: FieldIx) -> Vec<Value> {
    let outcomes = process.steps().values().flat_map(|step| &step.outcomes);
    let branches = outcomes.filter_map(|outcome| match &outcome.route {
        Route::Choose(branches) => Some(branches),
        _ => None,
    });
    let guards = branches.flatten().map(|branch| &branch.guard);
    let mut found = Vec::new();
    for guard in guards {
        let tests = guard.tests().filter(|(field, _)| *field == ix);
        found.extend(tests.flat_map(|(_, test)| test.constants().to_vec()));
    }
    found
}

fn of_type(field: &Field) -> Vec<Value> {
    let parsed = |json: Json| field.ty.parse_json(&json).ok();
    match &field.ty {
        FieldType::Bool => vec![Value::Bool(true), Value::Bool(false)],
        FieldType::Integer { min, max } => [*min, *max, Some(0)].into_iter().flatten().map(Value::Integer).collect(),
        FieldType::Decimal { min, max, .. } => {
            [*min, *max, Some(0)].into_iter().flatten().map(Value::Decimal).collect()
        }
        FieldType::Choice(ids) => {
            (0..ids.len()).filter_map(|place| u16::try_from(place).ok()).map(Value::Choice).collect()
        }
        FieldType::Unit(ids) => (0..ids.len()).filter_map(|place| u16::try_from(place).ok()).map(Value::Unit).collect(),
        FieldType::Date => parsed(json!("2026-03-02")).into_iter().collect(),
        FieldType::Text { max_length } => {
            let text: String = "Keterangan".chars().take(*max_length as usize).collect();
            vec![Value::Text(text.into())]
        }
    }
}
