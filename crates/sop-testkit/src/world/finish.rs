//! Driving what is open to its end: every case of a proved process can still finish, whatever it went through.

use sop_core::case::Status;
use sop_core::definition::StepId;
use sop_engine::store::StoreError;
use sop_engine::{CaseId, CaseView, Clock, Engine, WorkItem};

use super::broken::{Invariant, What};
use super::ground::Ground;
use crate::run::{combinations, completion, open_outcomes, rank, values_of};

/// After how many acts a case counts as one that does not end.
const MOST_ACTS: u32 = 600;
/// How often it is waited for something to fall due.
const PATIENCE: u32 = 40;

/// What stands in the way.
pub(super) enum Hindrance {
    Broken(What),
    Store(StoreError),
}

impl From<StoreError> for Hindrance {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Has every open case finished, onwards rather than back; gives how many there were.
pub(super) fn finish(engine: &Engine, clock: &Clock, ground: &Ground) -> Result<u64, Hindrance> {
    let cases = engine.cases();
    for case in &cases {
        finish_case(engine, clock, ground, *case)?;
    }
    Ok(cases.len() as u64)
}

fn finish_case(engine: &Engine, clock: &Clock, ground: &Ground, case: CaseId) -> Result<(), Hindrance> {
    let stuck = |why: String| Hindrance::Broken(What(Invariant::Stuck, format!("case {case}: {why}")));
    let mut waited = 0;
    for _ in 0..MOST_ACTS {
        let Some(view) = engine.case(case)? else { return Err(stuck("it is gone".to_owned())) };
        match view.status {
            Status::Finished | Status::Stopped => return Ok(()),
            Status::Faulted | Status::New => return Err(stuck(format!("it is {:?}", view.status))),
            Status::Running => {}
        }
        if go_on(engine, ground, &view)? {
            waited = 0;
            continue;
        }
        // Whoever claimed it or put it off comes to an end, and so does everybody's patience.
        waited += 1;
        if waited > 1 && hand_over(engine, ground, &view)? {
            continue;
        }
        let next = engine.next_due()?;
        let Some(due) = next.filter(|_| waited < PATIENCE) else {
            let waits: Vec<&str> = view.waits.iter().map(|wait| wait.why.en.as_str()).collect();
            return Err(stuck(format!("nobody can act: {}", waits.join("; "))));
        };
        clock.set(due.max(engine.now()));
        engine.advance_to_clock()?;
    }
    Err(stuck(format!("it is not over after {MOST_ACTS} acts")))
}

/// Has somebody complete one of the waits of a case.
fn go_on(engine: &Engine, ground: &Ground, view: &CaseView) -> Result<bool, StoreError> {
    for item in view.waits.iter().filter(|item| item.held_until.is_none()) {
        if complete(engine, ground, view, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where those who hold a post are kept out of a step by what they did before, one of them lets somebody else act; where
/// somebody gave a wait to a role that nobody holds, whoever answers for it gives it to another.
fn hand_over(engine: &Engine, ground: &Ground, view: &CaseView) -> Result<bool, StoreError> {
    for item in view.waits.iter().filter(|item| item.held_until.is_none()) {
        let Some(bundle) = ground.bundle(&item.process) else { continue };
        for role in bundle.process().roles().values() {
            let given = |by| engine.reassign(&item.wait, by, &role.id, "Tidak ada yang bertindak", None);
            for by in ground.people() {
                if !given(by)?.is_ok() {
                    continue;
                }
                let Some(view) = engine.case(item.wait.case)? else { return Ok(false) };
                if go_on(engine, ground, &view)? {
                    return Ok(true);
                }
                break;
            }
        }
        for to in ground.people() {
            for by in ground.people().iter().filter(|by| *by != to) {
                if engine.delegate(&item.wait, by, to, None)?.is_ok() {
                    let Some(view) = engine.case(item.wait.case)? else { return Ok(false) };
                    if go_on(engine, ground, &view)? {
                        return Ok(true);
                    }
                    break;
                }
            }
        }
    }
    Ok(false)
}

fn complete(engine: &Engine, ground: &Ground, view: &CaseView, item: &WorkItem) -> Result<bool, StoreError> {
    let Some(bundle) = ground.bundle(&item.process) else { return Ok(false) };
    let process = bundle.process();
    let step = StepId::new(&item.step.id).ok().and_then(|id| process.find_step(&id));
    let Some(step) = step.and_then(|step| process.steps().get(step)) else { return Ok(false) };
    let state = values_of(view, bundle);
    let mut ways = Vec::new();
    for outcome in open_outcomes(step, item) {
        let choice = item.form.outcomes.iter().find(|choice| choice.outcome.id == outcome.id.as_str());
        let spent = choice.is_some_and(|choice| choice.returns_left == Some(0));
        let all = if spent { vec![Vec::new()] } else { combinations(process, outcome, &state) };
        ways.extend(all.into_iter().map(|given| (rank(&outcome.route, &state, &given), outcome, given)));
    }
    ways.sort_by_key(|(rank, ..)| *rank);
    for (_, outcome, given) in ways {
        let completion = completion(bundle, outcome, &given);
        for by in ground.people() {
            if engine.complete(&item.wait, by, &completion, None)?.is_ok() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
