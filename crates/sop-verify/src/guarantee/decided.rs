//! `decided`: is there always exactly one way on?
//!
//! **Theorem.** `Proved` iff at every choice, by a person or by a rung, every combination of values that can be there
//! (missing ones where a field may be missing) satisfies exactly one guard, and at every step an outcome is open whichever
//! returns are used up.
//!
//! Per choice the domain of each field is cut at the constants that its guards name, and the combinations are taken apart
//! test by test until every guard has its answer: exact, and no solver is needed, since every comparison is with a
//! constant (Calvanese et al., Semantics, Analysis and Simplification of DMN Decision Tables, Information Systems 78,
//! 2018, treat rules as boxes in the same way). Where that finds a gap or an overlap, whether a request gets there is
//! seen in the states. In the number of fields the question is coNP-complete: beyond
//! [`Limits::nodes`](crate::Limits::nodes) the verdict is unknown.
//!
//! Assumes nothing of papers, people or time.

use sop_core::diagnostic::Bilingual;
use sop_core::guard::{FieldIx, Value};
use sop_core::process::{Process, ReturnIx, Route, StepIx, ThenSpec};

use crate::cause::{Cause, Trouble};
use crate::certificate::{DecidedEvidence, States};
use crate::examination::Examination;
use crate::flow::{Found, Goal, run_of};
use crate::model::{By, ChoiceFacts, MOST_WRONG};
use crate::run::Run;
use crate::search::{Graph, Undecided};

/// Tells whether an outcome is a return that closes it when it is used up (R2).
pub(crate) fn closes(process: &Process, route: &Route) -> bool {
    match route {
        Route::Return(taken) => matches!(process.returns()[*taken].limit, Some((_, ThenSpec::Closed))),
        _ => false,
    }
}

pub(crate) fn judge(examination: &Examination<'_, '_>) -> (Found, Option<DecidedEvidence>) {
    let facts = examination.facts;
    let mut causes = Vec::new();
    let mut unknown: Option<Bilingual> = None;
    let mut by_states = false;
    let mut by_counters = false;
    let wrong = |choice: &ChoiceFacts| choice.taken.as_ref().is_some_and(|taken| !taken.is_decided());
    for choice in &facts.choices {
        if choice.taken.is_none() {
            unknown = Some(too_wide(facts.process, choice.step, facts.limits.nodes));
        }
    }
    for (place, choice) in facts.choices.iter().enumerate().filter(|(_, choice)| wrong(choice)) {
        let Some(taken) = &choice.taken else { continue };
        for (gap, (holding, part)) in taken.wrong.iter().enumerate() {
            let (step, outcome, by) = (choice.step, choice.outcome, choice.by);
            let found = Undecided { state: 0, step, by, outcome, holding: *holding, gap, part: part.clone() };
            let sought = examination.seeker.seek(Goal::Gap(place, gap));
            let cause = sought.and_then(|sought| {
                let values = sought.gap.as_ref().map_or_else(Vec::new, |part| facts.data.values_of(part));
                refused(facts.process, sought.told(facts), &found, &values)
            });
            match cause.map_or_else(|| in_states(examination, &found), InStates::Reached) {
                InStates::Reached(cause) => causes.push(cause),
                InStates::Never { counted } => {
                    by_states = true;
                    by_counters |= counted;
                }
                InStates::Unknown => unknown = Some(not_reached(facts.process, step)),
            }
        }
        // More gaps than are told apart are nowhere unless none of those is.
        if taken.wrong.len() >= MOST_WRONG && causes.is_empty() && unknown.is_none() {
            unknown = Some(not_reached(facts.process, choice.step));
        }
    }
    for (step, spec) in facts.process.steps().iter() {
        if spec.outcomes.iter().all(|outcome| closes(facts.process, &outcome.route)) && !spec.outcomes.is_empty() {
            match nothing_open(examination, step) {
                Ok(Some(cause)) => causes.push(cause),
                // Never used up all together: that is seen in the states with every counter.
                Ok(None) => by_counters = true,
                Err(reason) => unknown = Some(reason),
            }
        }
    }
    if !causes.is_empty() {
        return (Found::Refuted(causes), None);
    }
    match unknown {
        Some(reason) => (Found::Unknown(reason), None),
        None => {
            let states = match by_counters {
                true => Some(States::of(examination.counted())),
                false => by_states.then(|| States::of(examination.nearest())),
            };
            let evidence = match states {
                Some(states) => DecidedEvidence::Explored { states },
                None => DecidedEvidence::Trees,
            };
            (Found::Proved, Some(evidence))
        }
    }
}

fn too_wide(process: &Process, step: StepIx, limit: usize) -> Bilingual {
    let at = process.called_step(step).title;
    Bilingual::new(
        format!(
            "{at}: syarat-syaratnya terpecah menjadi lebih dari {limit} bagian; \
             tulis satu cabang untuk setiap jenis dan satu cabang untuk selebihnya"
        ),
        format!(
            "{at}: its conditions fall into more than {limit} parts; \
             write one branch for each kind and one for all the rest"
        ),
    )
}

fn not_reached(process: &Process, step: StepIx) -> Bilingual {
    let at = process.called_step(step).title;
    Bilingual::new(
        format!("{at}: tidak diketahui apakah nilai yang bermasalah dapat muncul di sini"),
        format!("{at}: it is not known whether the values in question can occur here"),
    )
}

fn undecided(process: &Process, graph: &Graph<'_>, found: &Undecided) -> Option<Cause> {
    let run = run_of(process, graph, &graph.way_to(found.state));
    refused(process, run, found, &crate::flow::values(graph.data, &found.sample()))
}

/// A run that goes on with values that take no branch, or several.
fn refused(process: &Process, mut run: Run, found: &Undecided, values: &[(FieldIx, Value)]) -> Option<Cause> {
    let &Undecided { step, outcome, by, .. } = found;
    match by {
        By::Person => {
            let filled = crate::run::filled_in(process, step, outcome, values);
            let earlier = values.iter().filter(|(field, _)| !filled.iter().any(|(set, _)| set == field));
            earlier.for_each(|(field, value)| run.settle(*field, value));
            run.complete(process, step, outcome, filled);
            run.refuse_last();
        }
        By::Rung(rung) => {
            values.iter().for_each(|(field, value)| run.settle(*field, value));
            run.sleep(step, rung);
        }
    }
    // A diagram stops where two guards hold; how many do is seen with the values of the run.
    let holding = crate::playback::holding_at_last(process, &run)?;
    Some(Cause { trouble: Trouble::Undecided { step, outcome, holding }, run: Some(run) })
}

/// What states say of values for which no run was found.
enum InStates {
    Reached(Cause),
    /// Not at all, or not with every counter.
    Never {
        counted: bool,
    },
    Unknown,
}

/// Tells whether a gap is met in any state, first with returns open or used up at any time, then with every counter.
fn in_states(examination: &Examination<'_, '_>, found: &Undecided) -> InStates {
    let process = examination.facts.process;
    let graph = examination.nearest();
    if graph.is_cut {
        return InStates::Unknown;
    }
    let Some(met) = graph.undecided.iter().find(|other| other.is_same(found)) else {
        return InStates::Never { counted: false };
    };
    if graph.is_real(process, &graph.way_to(met.state)) {
        return undecided(process, graph, met).map_or(InStates::Unknown, InStates::Reached);
    }
    let counted = examination.counted();
    match counted.undecided.iter().find(|other| other.is_same(found)) {
        Some(real) => undecided(process, counted, real).map_or(InStates::Unknown, InStates::Reached),
        None if counted.is_cut => InStates::Unknown,
        None => InStates::Never { counted: true },
    }
}

/// Tells whether a route is a return that is taken as often as its limit says, where counters say how often that was.
pub(crate) fn is_used_up(process: &Process, route: &Route, count: impl Fn(ReturnIx) -> u32) -> bool {
    match route {
        Route::Return(taken) => {
            let limit = process.returns()[*taken].limit;
            limit.is_some_and(|(limit, _)| count(*taken) >= limit)
        }
        _ => false,
    }
}

/// A run in which every outcome of a step gets closed.
fn nothing_open(examination: &Examination<'_, '_>, step: StepIx) -> Result<Option<Cause>, Bilingual> {
    let process = examination.facts.process;
    let graph = examination.counted();
    let is_closed = |at: u32| {
        let state = graph.state(at);
        let count = |taken| u32::from(graph.packing.count(state, taken));
        graph.packing.marking.is_active(state, step)
            && process.steps()[step].outcomes.iter().all(|outcome| is_used_up(process, &outcome.route, count))
    };
    match (0..graph.len() as u32).find(|at| is_closed(*at)) {
        Some(at) => {
            let run = run_of(process, graph, &graph.way_to(at));
            Ok(Some(Cause { trouble: Trouble::NothingOpen { step }, run: Some(run) }))
        }
        None if graph.is_cut => Err(not_reached(process, step)),
        None => Ok(None),
    }
}
