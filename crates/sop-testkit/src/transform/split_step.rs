//! One step made two in a row.

use sop_core::definition::{Definition, OutcomeId, Step, StepId};

/// The same definition with a second step behind one, in the same row and by the same role: `a` goes on to `a_2`, which
/// has all exits, outputs and fields of `a`. None where there is no such step.
///
/// What the step asks for, both ask for, so that no paper counts as made anew that was only handed on. A rung that
/// leaves the step leaves both; separation of duties holds for both.
///
/// Where two tokens may meet at the step, which is a fault, they may now pass one another in its two halves: of such a
/// definition only that `clean` is refuted stays.
pub fn split_step(definition: &Definition, step: &StepId) -> Option<Definition> {
    let mut split = definition.clone();
    let second = second_name(definition, step)?;
    let only = OutcomeId::new("selesai").ok()?;

    let row = split.rows.iter_mut().find(|row| row.steps.iter().any(|known| known.id == *step))?;
    let place = row.steps.iter().position(|known| known.id == *step)?;
    let first = row.steps.get_mut(place)?;
    let mut behind: Step = first.clone();
    behind.id = second.clone();
    behind.join = None;
    behind.label = None;
    behind.notes = Vec::new();
    first.collects = Vec::new();
    first.outputs = Some(Vec::new());
    first.revises = Some(Vec::new());
    (first.split, first.return_to, first.choose, first.end, first.outcomes) = (None, None, None, None, None);
    first.next = Some(second.clone());
    row.steps.insert(place + 1, behind);

    // What leads to a join from the step leads there from the second now.
    for join in split.rows.iter_mut().flat_map(|row| &mut row.steps).filter_map(|step| step.join.as_mut()) {
        let sources = join.all.iter_mut().flatten().filter(|source| *source == step);
        sources.for_each(|source| *source = second.clone());
    }
    let Some(policy) = &mut split.policy else { return Some(split) };
    if let Some(withdraw) = policy.withdraw.as_mut().filter(|withdraw| withdraw.until == *step) {
        withdraw.until = second.clone();
    }
    for own in policy.steps.values_mut() {
        for list in [&mut own.distinct_from, &mut own.same_as] {
            if list.contains(step) {
                list.push(second.clone());
            }
        }
    }
    let waivers: Vec<_> = policy.waive.iter().filter(|waiver| waiver.step.as_ref() == Some(step)).cloned().collect();
    policy.waive.extend(waivers.into_iter().map(|mut waiver| {
        waiver.step = Some(second.clone());
        waiver
    }));
    if let Some(own) = policy.steps.get_mut(step) {
        let mut behind = own.clone();
        // The second is never returned to.
        behind.rework_time = None;
        own.collects = Vec::new();
        own.register = None;
        own.returns.clear();
        // A rung that takes an outcome of the step takes the only one of the first.
        for rung in own.overdue.iter_mut().flatten().filter(|rung| rung.outcome.is_some()) {
            rung.outcome = Some(only.clone());
        }
        let place = policy.steps.get_index_of(step)?;
        policy.steps.shift_insert(place + 1, second, behind);
    }
    Some(split)
}

/// A name for the second step that no step has.
fn second_name(definition: &Definition, step: &StepId) -> Option<StepId> {
    let taken = |id: &StepId| definition.rows.iter().flat_map(|row| &row.steps).any(|step| step.id == *id);
    let stem = step.as_str().get(..step.as_str().len().min(58))?;
    (2..).map_while(|number| StepId::new(&format!("{stem}_{number}")).ok()).find(|id| !taken(id))
}
