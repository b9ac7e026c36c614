//! Driving a case through a definition that the driver does not know: whoever may act, acts.

use serde_json::{Value as Json, json};
use sop_core::case::{Command, Rejection};
use sop_core::guard::{FieldIx, FieldType, Value};
use sop_core::process::{OutcomeIx, OutcomeSpec, StepIx};
use sop_core::time::Instant;

use super::{Answer, Case};

/// Everybody whom a case knows.
pub fn everybody(case: &Case) -> Vec<String> {
    case.stage.people.iter().map(|(_, id)| id.to_string()).collect()
}

/// A value that a field admits, one of several by the seed.
pub fn some_value(ty: &FieldType, seed: u64) -> Json {
    match ty {
        FieldType::Bool => json!(seed.is_multiple_of(2)),
        FieldType::Integer { min, max } => {
            let (min, max) = (min.unwrap_or(0), max.unwrap_or(1_000_000_000));
            // Mostly small, so that guards with small bounds see both sides.
            let spread = [3, 20_000_000, 100_000_000][(seed % 3) as usize];
            json!(min + (seed / 3 % spread.min((max - min + 1) as u64)) as i64)
        }
        FieldType::Decimal { scale, .. } => {
            let digits = 10_u64.pow(u32::from(*scale));
            json!(format!("{}.{:0width$}", seed % 100, seed % digits, width = usize::from(*scale)))
        }
        FieldType::Choice(ids) | FieldType::Unit(ids) => json!(ids[(seed % ids.len() as u64) as usize]),
        FieldType::Date => json!(format!("2026-03-{:02}", seed % 28 + 1)),
        FieldType::Text { .. } => json!("Keterangan"),
    }
}

/// The values that an outcome asks for.
pub fn asked(case: &Case, outcome: &OutcomeSpec, seed: u64) -> Vec<(FieldIx, Value)> {
    let value = |(place, field): (usize, &FieldIx)| {
        let ty = &case.stage.process.fields()[field.place()].ty;
        let json = some_value(ty, seed.rotate_right(7 * place as u32));
        (*field, ty.parse_json(&json).expect("a value that the field admits"))
    };
    outcome.collects.iter().enumerate().map(value).collect()
}

/// Completes the wait at a step with an outcome, by the first person from an offset who may.
///
/// # Errors
/// A refusal, where nobody may.
pub fn complete_by_anybody(case: &mut Case, step: StepIx, outcome: OutcomeIx, seed: u64, now: Instant) -> Answer {
    let wait = case.state.waits().iter().find(|wait| wait.step() == step).expect("a wait").number();
    let spec = case.stage.process.steps()[step].outcome(outcome).expect("an outcome").clone();
    let values = asked(case, &spec, seed);
    let people = everybody(case);
    let mut refused = Rejection::UnknownPerson;
    for turn in 0..people.len() {
        let by = case.person(&people[(turn + seed as usize % people.len()) % people.len()]);
        let command =
            Command::Complete { wait, by, outcome, values: values.clone(), documents: Vec::new(), note: None };
        match case.give(&command, now) {
            Ok(happened) => return Ok(happened),
            // Why somebody who may act was refused says more than that others may not.
            Err(no) if matches!(refused, Rejection::NotYours { .. } | Rejection::UnknownPerson) => refused = no,
            Err(_) => {}
        }
    }
    Err(refused)
}
