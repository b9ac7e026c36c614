//! Changing definitions that are there: what mutations and transformations have in common.

use std::collections::{BTreeMap, BTreeSet};

use sop_core::definition::{Definition, FieldDefinition, FieldKind, Step, StepId};
use sop_core::guard::{Field, FieldType, Value};

/// All steps in the order of the table.
pub(crate) fn steps(definition: &Definition) -> impl Iterator<Item = &Step> {
    definition.rows.iter().flat_map(|row| &row.steps)
}

/// All steps in the order of the table.
pub(crate) fn steps_mut(definition: &mut Definition) -> impl Iterator<Item = &mut Step> {
    definition.rows.iter_mut().flat_map(|row| &mut row.steps)
}

/// The number of exits that a step has: outcomes, branches of choices, threads of its split.
pub(crate) fn exit_count(step: &Step) -> usize {
    let outcomes = step.outcomes.as_ref();
    outcomes
        .map(|outcomes| outcomes.iter().map(|outcome| outcome.choose.as_ref().map_or(1, Vec::len)).sum())
        .or_else(|| step.choose.as_ref().map(Vec::len))
        .or_else(|| step.split.as_ref().map(Vec::len))
        .unwrap_or(1)
}

/// The steps that a step leads to by exits other than returns.
pub(crate) fn leads(step: &Step) -> Vec<&StepId> {
    let mut to: Vec<&StepId> = step.next.iter().chain(step.split.iter().flatten()).collect();
    let branches = step.choose.iter().flatten();
    to.extend(branches.flat_map(|branch| branch.next.iter().chain(branch.split.iter().flatten())));
    for outcome in step.outcomes.iter().flatten() {
        to.extend(outcome.next.iter().chain(outcome.split.iter().flatten()));
        let branches = outcome.choose.iter().flatten();
        to.extend(branches.flat_map(|branch| branch.next.iter().chain(branch.split.iter().flatten())));
    }
    to
}

/// Mends what follows from an exit that is gone: joins name the steps that lead to them and no others, limits and rungs
/// name outcomes that are there.
pub(crate) fn tidy(definition: &mut Definition) {
    let mut leading: BTreeMap<StepId, BTreeSet<StepId>> = BTreeMap::new();
    for step in steps(definition) {
        for to in leads(step) {
            leading.entry(to.clone()).or_default().insert(step.id.clone());
        }
    }
    let mut returning: BTreeMap<StepId, BTreeSet<String>> = BTreeMap::new();
    let mut offered: BTreeMap<StepId, BTreeSet<String>> = BTreeMap::new();
    for step in steps_mut(definition) {
        let sources = leading.remove(&step.id).unwrap_or_default();
        if let Some(join) = &mut step.join {
            join.all.iter_mut().for_each(|group| group.retain(|source| sources.contains(source)));
            join.all.retain(|group| !group.is_empty());
            // A step that nobody leads to any more waits for nothing that could be named.
            if join.all.is_empty() {
                step.join = None;
            } else {
                let named: BTreeSet<&StepId> = join.all.iter().flatten().collect();
                let missing: Vec<StepId> = sources.iter().filter(|source| !named.contains(source)).cloned().collect();
                join.all.extend(missing.into_iter().map(|source| vec![source]));
            }
        }
        let goes_back = |choose: &Option<Vec<sop_core::definition::Branch>>| {
            choose.iter().flatten().any(|branch| branch.return_to.is_some())
        };
        let (mut back, mut names) = (BTreeSet::new(), BTreeSet::new());
        match &step.outcomes {
            None => {
                names.insert("selesai".to_owned());
                if step.return_to.is_some() || goes_back(&step.choose) {
                    back.insert("selesai".to_owned());
                }
            }
            Some(outcomes) => {
                for outcome in outcomes {
                    names.insert(outcome.id.to_string());
                    if outcome.return_to.is_some() || goes_back(&outcome.choose) {
                        back.insert(outcome.id.to_string());
                    }
                }
            }
        }
        returning.insert(step.id.clone(), back);
        offered.insert(step.id.clone(), names);
    }
    let Some(policy) = &mut definition.policy else { return };
    for (id, own) in &mut policy.steps {
        let returning = returning.get(id);
        own.returns.retain(|outcome, _| returning.is_some_and(|back| back.contains(outcome.as_str())));
        let offered = offered.get(id);
        let known = |outcome: &str| offered.is_some_and(|names| names.contains(outcome));
        if let Some(rungs) = &mut own.overdue {
            rungs.retain(|rung| rung.outcome.as_ref().is_none_or(|outcome| known(outcome.as_str())));
        }
    }
}

/// The fields of a definition as guards see them; units aside, whose list is the office's.
pub(crate) fn fields(definition: &Definition) -> Vec<Field> {
    let of_policy = definition.policy.iter().flat_map(|policy| &policy.fields);
    definition.fields.iter().chain(of_policy).map(field).collect()
}

fn field(written: &FieldDefinition) -> Field {
    let ty = match written.r#type {
        FieldKind::Bool => FieldType::Bool,
        FieldKind::Integer => FieldType::Integer { min: written.min, max: written.max },
        FieldKind::Decimal => {
            let scale = u8::try_from(written.scale.unwrap_or(2).min(6)).unwrap_or(6);
            let scaled = |bound: Option<i64>| bound.map(|bound| bound.saturating_mul(10_i64.pow(u32::from(scale))));
            FieldType::Decimal { scale, min: scaled(written.min), max: scaled(written.max) }
        }
        FieldKind::Choice => FieldType::Choice(written.choices.iter().map(|choice| choice.id.to_string()).collect()),
        FieldKind::Unit => FieldType::Unit(Vec::new()),
        FieldKind::Date => FieldType::Date,
        FieldKind::Text => FieldType::Text { max_length: written.max_length.unwrap_or(1_000) },
    };
    Field::new(written.id.as_str(), written.title.clone(), ty)
}

/// Some values of a field: all where they are few.
pub(crate) fn samples(ty: &FieldType) -> Vec<Value> {
    match ty {
        FieldType::Bool => vec![Value::Bool(true), Value::Bool(false)],
        FieldType::Integer { min, max } => {
            let low = min.unwrap_or(0);
            (low..=max.unwrap_or(i64::MAX).min(low.saturating_add(200))).map(Value::Integer).collect()
        }
        FieldType::Choice(ids) => {
            (0..ids.len()).filter_map(|place| u16::try_from(place).ok()).map(Value::Choice).collect()
        }
        FieldType::Decimal { .. } | FieldType::Unit(_) | FieldType::Date | FieldType::Text { .. } => Vec::new(),
    }
}
