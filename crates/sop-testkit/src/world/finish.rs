//! Driving what is open to its end: every case of a proved process can still finish, whatever it went through.

use sop_core::case::Status;
use sop_core::definition::{PersonId, StepId};
use sop_engine::store::StoreError;
use sop_engine::{Act, CaseId, CaseView, Clock, Engine, WorkItem};

use super::broken::{Invariant, What};
use super::ground::Ground;
use super::ledger::Ledger;
use crate::run::{combinations, completion, open_outcomes, rank, values_of};

/// After how many acts a case counts as one that does not end.
const MOST_ACTS: u32 = 600;
/// The number of times that it is waited for something to fall due.
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
pub(super) fn finish(engine: &Engine, clock: &Clock, ground: &Ground, ledger: &mut Ledger) -> Result<u64, Hindrance> {
    let cases = engine.cases();
    let mut last = Last { engine, ground, ledger };
    for case in &cases {
        last.finish(clock, *case)?;
    }
    Ok(cases.len() as u64)
}

/// Those who are still there when everybody else has gone home.
struct Last<'w> {
    engine: &'w Engine,
    ground: &'w Ground,
    ledger: &'w mut Ledger,
}

impl Last<'_> {
    fn finish(&mut self, clock: &Clock, case: CaseId) -> Result<(), Hindrance> {
        let engine = self.engine;
        let stuck = |why: String| Hindrance::Broken(What(Invariant::Stuck, format!("case {case}: {why}")));
        let mut waited = 0;
        for _ in 0..MOST_ACTS {
            let Some(view) = engine.case(case)? else { return Err(stuck("it is gone".to_owned())) };
            match view.status {
                Status::Finished | Status::Stopped => return Ok(()),
                Status::Faulted | Status::New => return Err(stuck(format!("it is {:?}", view.status))),
                Status::Running => {}
            }
            if self.go_on(&view)? {
                waited = 0;
                continue;
            }
            // Whoever claimed it or put it off comes to an end, and so does everybody's patience.
            waited += 1;
            if waited > 1 && self.hand_over(&view)? {
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
    fn go_on(&mut self, view: &CaseView) -> Result<bool, Hindrance> {
        for item in view.waits.iter().filter(|item| item.held_until.is_none()) {
            if self.complete(view, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where those who hold a post are kept out of a step by what they did before, one of them lets somebody else act; where
    /// somebody gave a wait to a role that nobody holds, whoever answers for it gives it to another.
    fn hand_over(&mut self, view: &CaseView) -> Result<bool, Hindrance> {
        let (engine, ground) = (self.engine, self.ground);
        for item in view.waits.iter().filter(|item| item.held_until.is_none()) {
            let Some(bundle) = ground.bundle(&item.process) else { continue };
            for role in bundle.process().roles().values() {
                let reason = "Tidak ada yang bertindak".to_owned();
                let given = Act::Reassign { wait: item.wait, to: role.id.clone(), reason };
                for by in ground.people() {
                    if !self.is_done(by, &given)? {
                        continue;
                    }
                    let Some(view) = engine.case(item.wait.case)? else { return Ok(false) };
                    if self.go_on(&view)? {
                        return Ok(true);
                    }
                    break;
                }
            }
            for to in ground.people() {
                for by in ground.people().iter().filter(|by| *by != to) {
                    if self.is_done(by, &Act::Delegate { wait: item.wait, to: to.clone() })? {
                        let Some(view) = engine.case(item.wait.case)? else { return Ok(false) };
                        if self.go_on(&view)? {
                            return Ok(true);
                        }
                        break;
                    }
                }
            }
        }
        Ok(false)
    }

    fn complete(&mut self, view: &CaseView, item: &WorkItem) -> Result<bool, Hindrance> {
        let ground = self.ground;
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
            let act = Act::Complete { wait: item.wait, completion: completion(bundle, outcome, &given) };
            for by in ground.people() {
                if self.is_done(by, &act)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Tries something; what is done by it goes into the ledger as everything else does.
    fn is_done(&mut self, by: &PersonId, act: &Act) -> Result<bool, Hindrance> {
        let answer = self.engine.perform(by, act, None)?;
        let Ok(done) = answer else { return Ok(false) };
        let number = self.ledger.send(by.clone(), act.clone(), None);
        self.ledger.answer(number, Ok(Ok(done))).map_err(Hindrance::Broken)?;
        Ok(true)
    }
}
