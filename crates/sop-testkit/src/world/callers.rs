//! What people send: mostly what is theirs to do, and everything else that callers get wrong.

use sop_core::case::CaseState;
use sop_core::definition::{PersonId, StepId};
use sop_core::process::Process;
use sop_core::time::{Instant, Millis};
use sop_engine::store::StoreError;
use sop_engine::{Act, CaseId, Completion, Engine, Opening, WaitRef, WorkItem};

use super::dice::Dice;
use super::fold::Fold;
use super::ground::Ground;
use crate::run::{combinations, completion, open_outcomes, rank, values_of};

/// The number of cases before nobody needs to open one.
const BUSY: usize = 3;
/// The number of cases that may be open at once.
const MOST: usize = 7;

/// A caller's view of the world.
pub(super) struct Callers<'w> {
    pub(super) ground: &'w Ground,
    pub(super) engine: &'w Engine,
    pub(super) fold: &'w Fold,
}

impl Callers<'_> {
    /// Something to send, with the number of the command in it, so that each says something of its own; none where
    /// nobody wants anything.
    ///
    /// # Errors
    /// What the store fails with when it is asked.
    pub(super) fn wish(&self, dice: &mut Dice, number: usize) -> Result<Option<(PersonId, Act)>, StoreError> {
        let live = self.engine.cases();
        if live.len() < BUSY || (live.len() < MOST && dice.happens(12)) {
            return Ok(self.opening(dice, number));
        }
        if dice.happens(70) {
            return self.work(dice, number);
        }
        Ok(self.other(dice, number))
    }

    fn person(&self, dice: &mut Dice) -> Option<PersonId> {
        dice.pick(self.ground.people()).cloned()
    }

    fn opening(&self, dice: &mut Dice, number: usize) -> Option<(PersonId, Act)> {
        let place = dice.place(self.ground.bundles().len());
        let by = match dice.happens(95) {
            true => dice.pick(self.ground.openers(place))?.clone(),
            false => self.person(dice)?,
        };
        let process = self.ground.bundles().get(place)?.process();
        let starts: Vec<_> = process.starts().values().map(|start| start.id.clone()).collect();
        let case = match dice.below(12) {
            0 => Some(CaseId(1 + dice.below(4))),
            1 => Some(CaseId(100 + number as u64)),
            _ => None,
        };
        let opening =
            Opening { start: dice.pick(&starts).cloned(), case, ..Opening::about(format!("Permohonan {number}")) };
        Some((by, Act::Start { procedure: process.id().clone(), opening }))
    }

    /// Somebody completes something of their list; now and then somebody else does.
    fn work(&self, dice: &mut Dice, number: usize) -> Result<Option<(PersonId, Act)>, StoreError> {
        for _ in 0..12 {
            let Some(by) = self.person(dice) else { return Ok(None) };
            let items = self.engine.worklist(&by)?;
            let Some(item) = dice.pick(&items) else { continue };
            let Some(completion) = self.completion(dice, item, number)? else { continue };
            let by = if dice.happens(6) { self.person(dice).unwrap_or(by) } else { by };
            return Ok(Some((by, Act::Complete { wait: item.wait, completion })));
        }
        Ok(None)
    }

    fn completion(&self, dice: &mut Dice, item: &WorkItem, number: usize) -> Result<Option<Completion>, StoreError> {
        let Some(bundle) = self.ground.bundle(&item.process) else { return Ok(None) };
        let Some(view) = self.engine.case(item.wait.case)? else { return Ok(None) };
        let process = bundle.process();
        let step = StepId::new(&item.step.id).ok().and_then(|id| process.find_step(&id));
        let Some(step) = step.and_then(|step| process.steps().get(step)) else { return Ok(None) };
        let state = values_of(&view, bundle);
        let mut outcomes = open_outcomes(step, item);
        if dice.happens(60) {
            let leads = |outcome: &&_| {
                combinations(process, outcome, &state).first().map_or(3, |given| rank(&outcome.route, &state, given))
            };
            outcomes.sort_by_key(leads);
            outcomes.truncate(1);
        }
        let Some(outcome) = dice.pick(&outcomes) else { return Ok(None) };
        let spent = item
            .form
            .outcomes
            .iter()
            .any(|choice| choice.outcome.id == outcome.id.as_str() && choice.returns_left == Some(0));
        let all = if spent { vec![Vec::new()] } else { combinations(process, outcome, &state) };
        let given = if dice.happens(60) { all.first() } else { dice.pick(&all) };
        Ok(given.map(|given| completion(bundle, outcome, given).note(format!("Catatan {number}"))))
    }

    /// Whatever else people do, to any case and any wait, also to those that are over.
    fn other(&self, dice: &mut Dice, number: usize) -> Option<(PersonId, Act)> {
        let cases: Vec<CaseId> = self.fold.cases.keys().copied().collect();
        let case = if dice.happens(4) { CaseId(9_999) } else { *dice.pick(&cases)? };
        let folded = self.fold.cases.get(&case);
        let waits: Vec<u32> =
            folded.into_iter().flat_map(|folded| folded.state.waits()).map(|wait| wait.number()).collect();
        let activations = folded.map_or(1, |folded| folded.state.activations());
        let wait = match dice.pick(&waits) {
            Some(wait) if dice.happens(80) => *wait,
            _ => u32::try_from(1 + dice.below(u64::from(activations) + 1)).unwrap_or(1),
        };
        let by = match folded {
            Some(folded) if dice.happens(85) => self.who_may(dice, &folded.process, &folded.state, wait)?,
            _ => self.person(dice)?,
        };
        let (wait, reason) = (WaitRef { case, wait }, format!("Alasan {number}"));
        let act = match dice.below(40) {
            0..6 => Act::Claim { wait },
            6..9 => Act::Release { wait },
            9..13 => Act::Delegate { wait, to: self.person(dice)? },
            13..20 => Act::Hold { wait, until: self.later(dice), reason },
            20..24 => Act::Resume { wait },
            24..27 => {
                let roles: Vec<_> = folded?.process.roles().values().map(|role| role.id.clone()).collect();
                Act::Reassign { wait, to: dice.pick(&roles)?.clone(), reason }
            }
            27 => Act::Withdraw { case, reason },
            28..31 => Act::Complete { wait, completion: Completion::default().note(reason) },
            _ => Act::Comment { case, text: reason },
        };
        Some((by, act))
    }

    /// Somebody who holds a role of a wait, if anybody does.
    fn who_may(&self, dice: &mut Dice, process: &Process, state: &CaseState, wait: u32) -> Option<PersonId> {
        let wait = state.wait(wait);
        let roles = wait.map(|wait| sop_core::case::acting_roles(process, wait)).unwrap_or_default();
        let title = |role| process.roles().get(role).map(|spec| spec.id.clone());
        let names: Vec<_> = roles.iter().filter_map(|(role, _)| title(*role)).collect();
        let has = |person: &&PersonId| {
            self.engine
                .worklist(person)
                .is_ok_and(|items| wait.is_some_and(|wait| items.iter().any(|item| item.wait.wait == wait.number())))
        };
        if names.is_empty() || dice.happens(50) {
            return self.person(dice);
        }
        self.ground.people().iter().find(has).cloned().or_else(|| self.person(dice))
    }

    fn later(&self, dice: &mut Dice) -> Instant {
        let ahead = Millis::from_minutes(u32::try_from(dice.below(3_000)).unwrap_or_default());
        let now = self.engine.now();
        let then = now.millis().saturating_add(i64::try_from(ahead.0).unwrap_or_default());
        Instant::from_millis(then).unwrap_or(now)
    }
}
