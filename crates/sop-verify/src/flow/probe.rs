//! Drafted runs that go on until they end: what is wrong on most ways is found by a few of them, however many states
//! there are.

use sop_core::process::{Position as _, Route, StartIx, StepIx};

use super::draft::Draft;
use super::seek::Seeker;
use crate::cause::{Cause, Trouble};
use crate::model::{By, ExitIx, Facts, Layout, Outcome, Part, Play};

/// Count: how many runs are drafted from each start.
const RUNS: u64 = 64;

/// The shortest run to something wrong among some runs that differ in what is done next.
pub(super) fn probe(facts: &Facts<'_>, seeker: &Seeker<'_, '_>) -> Option<Cause> {
    let starts: Vec<StartIx> = facts.process.starts().iter().map(|(start, _)| start).collect();
    let mut nearest: Option<Cause> = None;
    let length = |cause: &Cause| cause.run.as_ref().map_or(usize::MAX, |run| run.acts.len());
    for seed in 0..RUNS {
        for start in &starts {
            let found = Draft::opened(facts, *start).and_then(|draft| to_its_end(facts, seeker, draft, seed));
            if let Some(found) = found
                && nearest.as_ref().is_none_or(|known| length(&found) < length(known))
            {
                nearest = Some(found);
            }
        }
    }
    nearest
}

/// Numbers that look random and are the same each time.
struct Dealt(u64);

impl Dealt {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// Goes on with a run until the case is over or something is wrong. None where it ends well, or not soon.
pub(super) fn to_its_end(facts: &Facts<'_>, seeker: &Seeker<'_, '_>, draft: Draft, seed: u64) -> Option<Cause> {
    let layout = Layout::of(facts.process);
    let mut play = Play::new(facts.process);
    let mut dealt = Dealt(seed);
    // Whoever acts comes before rungs, in most runs: rungs of parallel parts fire in an order of their own.
    let with_rungs = seed % 4 == 3;
    let most = draft.length() + facts.process.steps().len() * 2 + 64;
    let mut draft = draft;
    while !draft.is_over() && draft.length() < most {
        seeker.spend(1)?;
        let steps: Vec<StepIx> = layout.active(draft.words()).collect();
        if steps.is_empty() {
            let mut waiting: Vec<StepIx> = layout
                .filled(draft.words())
                .filter_map(|slot| facts.process.slots().get(slot).map(|slot| slot.step))
                .collect();
            waiting.sort_unstable_by_key(|step| step.place());
            waiting.dedup();
            return Some(Cause { trouble: Trouble::DeadEnd { waiting }, run: Some(draft.found(None).told(facts)) });
        }
        let step = *steps.get(dealt.below(steps.len()))?;
        let mut ways: Vec<(ExitIx, Part)> = Vec::new();
        for (at, exit) in facts.exits.of_step(step).filter(|(_, exit)| draft.admits(facts, exit)) {
            let is_rare = exit.goes_back().is_some() || matches!(exit.route, Route::End(_));
            if (exit.by != By::Person && !with_rungs) || (is_rare && dealt.below(4) > 0) {
                continue;
            }
            let parts = draft.parts(facts, exit);
            let part = parts.get(dealt.below(parts.len())).cloned();
            ways.extend(part.map(|part| (at, part)));
        }
        if ways.is_empty() {
            let mut all = facts.exits.of_step(step).filter(|(_, exit)| draft.admits(facts, exit));
            let any = all.find_map(|(at, exit)| Some((at, draft.parts(facts, exit).into_iter().next()?)));
            // All outcomes are closed, or no branch fits: that is `decided`'s.
            ways.push(any?);
        }
        let (at, part) = ways.swap_remove(dealt.below(ways.len()));
        let before = draft.clone();
        draft = match draft.moved(facts, &mut play, at, &part) {
            Some(next) => next,
            None => {
                let Outcome::Faulted(fault) = &play.outcome else { return None };
                let trouble = Trouble::Fault(fault.clone());
                return Some(Cause { trouble, run: Some(before.found_with(facts, at, &part).told(facts)) });
            }
        };
    }
    None
}
