//! What the judge takes from a compiled process is what the definition says, worked out anew by the rules: what a return
//! withdraws (R3) and which clocks it begins anew (T2), what a step brings, makes and needs (P1–P4), who fills which
//! slot (F2), and which steps share a clock.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sop_core::definition::{Cell, Definition, GuaranteeName, Row, Step, StepId};
use sop_core::process::{PaperIx, Position as _, Process, Reading, Route, StepIx, ThenSpec, compile};
use sop_testkit::outline;

use super::common::{Tally, holds};
use super::compare::office;
use super::sketch::{definition, recipes};

type Names = BTreeSet<String>;

fn names<'a>(list: impl IntoIterator<Item = &'a (impl ToString + 'a)>) -> Names {
    list.into_iter().map(ToString::to_string).collect()
}

/// The ways out of a step as written: the name of the outcome, outputs of its own, and every exit that is taken.
type Written = (String, Option<Names>, Vec<(Vec<String>, bool)>);

fn written(step: &Step) -> Vec<Written> {
    let exit = |next: &Option<StepId>, split: &Option<Vec<StepId>>, back: &Option<StepId>| {
        let onwards = next.iter().chain(split.iter().flatten()).map(ToString::to_string);
        (onwards.collect::<Vec<_>>(), back.is_some())
    };
    match &step.outcomes {
        Some(outcomes) => outcomes
            .iter()
            .map(|outcome| {
                let own = outcome.outputs.as_ref().map(names);
                let exits = match &outcome.choose {
                    Some(branches) => branches.iter().map(|b| exit(&b.next, &b.split, &b.return_to)).collect(),
                    None => vec![exit(&outcome.next, &outcome.split, &outcome.return_to)],
                };
                (outcome.id.to_string(), own, exits)
            })
            .collect(),
        None => {
            let exits = match &step.choose {
                Some(branches) => branches.iter().map(|b| exit(&b.next, &b.split, &b.return_to)).collect(),
                None => vec![exit(&step.next, &step.split, &step.return_to)],
            };
            vec![("selesai".to_owned(), None, exits)]
        }
    }
}

/// For each step those that it leads to by exits other than returns, `then` among them.
fn onwards(definition: &Definition, reading: Reading) -> BTreeMap<String, Names> {
    let policy = definition.policy.as_ref().filter(|_| reading == Reading::AsRun);
    let mut leads: BTreeMap<String, Names> = BTreeMap::new();
    for step in definition.rows.iter().flat_map(|row| &row.steps) {
        let to = leads.entry(step.id.to_string()).or_default();
        for (outcome, _, exits) in written(step) {
            for (next, goes_back) in exits {
                to.extend(next);
                if goes_back {
                    let own = policy.and_then(|policy| policy.steps.get(step.id.as_str()));
                    let own = own.and_then(|own| own.returns.get(outcome.as_str()));
                    let limit = own.or_else(|| policy.and_then(|policy| policy.returns.as_ref()));
                    to.extend(limit.and_then(|limit| limit.then.next.as_ref()).map(ToString::to_string));
                }
            }
        }
    }
    leads
}

fn reach(leads: &BTreeMap<String, Names>, from: &str) -> Names {
    let mut reached = Names::from([from.to_owned()]);
    let mut open = vec![from.to_owned()];
    while let Some(at) = open.pop() {
        open.extend(leads[&at].iter().filter(|to| reached.insert((*to).clone())).cloned());
    }
    reached
}

fn step_name(process: &Process, step: StepIx) -> String {
    process.steps()[step].id.to_string()
}

fn papers(process: &Process, list: &[PaperIx]) -> Names {
    list.iter().map(|paper| process.papers()[*paper].id.to_string()).collect()
}

/// R3, T2.
fn returns(definition: &Definition, process: &Process, clocks: &[Names]) -> Result<u64, TestCaseError> {
    let leads = onwards(definition, process.reading());
    for spec in process.returns().values() {
        let region = reach(&leads, &step_name(process, spec.to));
        let withdrawn: Names = spec.steps.iter().map(|step| step_name(process, StepIx::at(step))).collect();
        prop_assert_eq!(&withdrawn, &region, "what a return to {} withdraws", step_name(process, spec.to));
        for (slot, held) in process.slots().iter() {
            let of_target = held.step == spec.to;
            let is_reached = held.sources.iter().any(|source| region.contains(&step_name(process, *source)));
            prop_assert_eq!(spec.slots.contains(slot.place()), is_reached && !of_target, "slot {:?}", slot);
        }
        for (group, held) in process.groups().iter() {
            let steps: Names = held.steps.iter().map(|step| step_name(process, *step)).collect();
            prop_assert!(clocks.contains(&steps), "a clock of {:?}", steps);
            prop_assert_eq!(spec.refills.contains(&group), !steps.is_disjoint(&region), "clock {:?}", group);
        }
    }
    Ok(process.returns().len() as u64)
}

/// The steps that share a clock: those of a row that says so, and of rows whose Waktu is one with the cell above.
fn clocks(definition: &Definition) -> Vec<Names> {
    let mut clocks: Vec<(bool, Names)> = Vec::new();
    for row in &definition.rows {
        let steps = names(row.steps.iter().map(|step| &step.id));
        match clocks.last_mut().filter(|_| row.merge_up.contains(&Cell::Time)) {
            Some((shares, known)) => {
                *shares = true;
                known.extend(steps);
            }
            None => clocks.push((row.shared_time, steps)),
        }
    }
    clocks.into_iter().filter(|(shares, _)| *shares).map(|(_, steps)| steps).collect()
}

/// P1–P4, F2.
fn step(definition: &Definition, process: &Process, row: &Row, step: &Step) -> Result<(), TestCaseError> {
    let at = process.find_step(&step.id).expect("the step is one of the process");
    let spec = &process.steps()[at];
    let policy = definition.policy.as_ref().filter(|_| process.reading() == Reading::AsRun);
    let own = policy.and_then(|policy| policy.steps.get(step.id.as_str()));
    let drawn = names(step.requires.as_ref().unwrap_or(&row.requires));
    let outputs = names(step.outputs.as_ref().unwrap_or(&row.outputs));
    let revises = names(step.revises.as_ref().unwrap_or(&row.revises));
    let makes = own.map(|own| names(&own.makes)).unwrap_or_default();
    let role = step.role.as_ref();
    let brought: Names = definition
        .papers
        .iter()
        .filter(|paper| paper.brought_by.is_some() && paper.brought_by.as_ref() == role)
        .map(|paper| paper.id.to_string())
        .filter(|paper| drawn.contains(paper) && !makes.contains(paper))
        .collect();
    let waivers = policy.iter().flat_map(|policy| &policy.waive);
    let waived: Names = waivers
        .filter(|waiver| waiver.guarantee == GuaranteeName::Supplied && waiver.step.as_ref() == Some(&step.id))
        .filter_map(|waiver| waiver.paper.as_ref().map(ToString::to_string))
        .filter(|paper| drawn.contains(paper) && !makes.contains(paper) && !brought.contains(paper))
        .collect();
    let given = [&makes, &brought, &waived];
    let required: Names =
        drawn.iter().filter(|paper| !given.iter().any(|list| list.contains(*paper))).cloned().collect();
    prop_assert_eq!(papers(process, &spec.drawn_requires), drawn.clone(), "drawn at {}", &step.id);
    prop_assert_eq!(papers(process, &spec.requires), required, "required at {}", &step.id);
    prop_assert_eq!(papers(process, &spec.brings), brought, "brought at {}", &step.id);
    prop_assert_eq!(papers(process, &spec.makes), makes.clone(), "made by policy at {}", &step.id);
    prop_assert_eq!(papers(process, &spec.waived), waived, "waived at {}", &step.id);
    for ((_, own_outputs, exits), outcome) in written(step).iter().zip(&spec.outcomes) {
        // By default every exit that is no return hands on what the step does; a choice is no return.
        let by_guard = matches!(outcome.route, Route::Choose(_));
        let goes_back = !by_guard && exits.iter().any(|(_, goes_back)| *goes_back);
        let all = own_outputs.clone().unwrap_or_else(|| if goes_back { Names::new() } else { outputs.clone() });
        // What the step is drawn as requiring and makes by policy counts as not required there (P3).
        let is_new = |paper: &&String| !drawn.contains(*paper) || makes.contains(*paper) || revises.contains(*paper);
        let new: Names = all.iter().filter(is_new).cloned().collect();
        prop_assert_eq!(papers(process, &outcome.makes), new, "made by {} of {}", &outcome.id, &step.id);
    }
    let groups: Vec<Names> = step.join.iter().flat_map(|join| &join.all).map(names).collect();
    let slots = process.slots().iter().filter(|(_, slot)| slot.step == at);
    let slots: Vec<Names> =
        slots.map(|(_, slot)| slot.sources.iter().map(|from| step_name(process, *from)).collect()).collect();
    prop_assert_eq!(slots, groups, "the join of {}", &step.id);
    Ok(())
}

#[test]
fn the_tables_of_a_process_are_what_the_definition_says() {
    let office = office();
    let tally = Tally::default();
    holds(500, &recipes(), |recipe| {
        let definition = definition(&recipe);
        for reading in [Reading::AsRun, Reading::AsSigned] {
            let Some(process) = compile(&definition, &office, reading, &Default::default()).process else { continue };
            let all = || {
                tally.add("returns", returns(&definition, &process, &clocks(&definition))?);
                for row in &definition.rows {
                    row.steps.iter().try_for_each(|of_row| step(&definition, &process, row, of_row))?;
                    tally.add("steps", row.steps.len() as u64);
                }
                let thens =
                    process.returns().values().filter(|spec| matches!(spec.limit, Some((_, ThenSpec::Next(_)))));
                tally.add("then next", thens.count() as u64);
                Ok(())
            };
            let found: Result<(), TestCaseError> = all();
            found.map_err(|error| TestCaseError::fail(format!("{reading:?}: {error}\n{}", outline(&definition))))?;
        }
        Ok(())
    });
    eprintln!("{tally}");
    for what in ["returns", "steps", "then next"] {
        assert!(tally.of(what) > 0, "{tally}");
    }
}
