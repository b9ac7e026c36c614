//! From what a search found to a run in people's words.

use sop_core::guard::{FieldIx, Value};
use sop_core::process::{Position as _, Process, StepIx};

use crate::model::{By, Data, Exit};
use crate::run::{Run, filled_in};
use crate::search::{Graph, Parent, Sample};

/// The values of a sample.
pub(crate) fn values(data: &Data, sample: &Sample) -> Vec<(FieldIx, Value)> {
    sample.iter().filter_map(|(field, cell)| Some((*field, data.cells.value(*field, *cell).clone()?))).collect()
}

/// Adds a move to a run. Values that were set before and are asked for only now are settled where they were set.
pub(crate) fn add(run: &mut Run, process: &Process, exit: &Exit, values: &[(FieldIx, Value)]) {
    match (exit.by, exit.outcome) {
        (By::Person, Some(outcome)) => {
            let filled = filled_in(process, exit.step, outcome, values);
            let earlier = values.iter().filter(|(field, _)| !filled.iter().any(|(set, _)| set == field));
            earlier.for_each(|(field, value)| run.settle(*field, value));
            run.complete(process, exit.step, outcome, filled);
        }
        (By::Rung(rung), _) => {
            values.iter().for_each(|(field, value)| run.settle(*field, value));
            run.sleep(exit.step, rung);
        }
        (By::Person, None) => {}
    }
}

/// The run that a search took.
pub(crate) fn run_of(process: &Process, graph: &Graph<'_>, way: &[Parent]) -> Run {
    let mut run = Run::default();
    for parent in way {
        match *parent {
            Parent::Start(start) => run = Run::opening(process, start),
            Parent::Here => {}
            Parent::Move { exit, sample, .. } => {
                let sample = graph.samples.get(sample as usize).cloned().unwrap_or_default();
                if let Some(exit) = graph.exits.get(exit) {
                    add(&mut run, process, exit, &values(graph.data, &sample));
                }
            }
        }
    }
    run
}

/// The joins that wait for something in a state.
pub(crate) fn waiting_joins(process: &Process, graph: &Graph<'_>, at: u32) -> Vec<StepIx> {
    let mut joins: Vec<StepIx> = graph
        .packing
        .marking
        .filled(graph.state(at))
        .filter_map(|slot| process.slots().get(slot).map(|slot| slot.step))
        .collect();
    joins.sort_unstable_by_key(|step| step.place());
    joins.dedup();
    joins
}
