//! A run followed act by act by the core's own moves, with whatever time its waits are open since.

use std::collections::BTreeMap;

use sop_core::case::tokens::{Board, activate, resolve, take};
use sop_core::case::{Dense, Fault, Handing};
use sop_core::guard::Value;
use sop_core::process::{BitSet, EndIx, Position as _, Process, ReturnIx, Route, RungEffect, SlotIx, StepIx};

use crate::run::{Act, Deed, Run};

/// Since when a wait is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since<T> {
    pub(crate) at: T,
    /// The act that opened it.
    pub(crate) act: usize,
    pub(crate) rework: bool,
}

/// A case that is followed through a run.
#[derive(Debug, Clone)]
pub(crate) struct Playback<'p, T> {
    pub(crate) process: &'p Process,
    pub(crate) active: BTreeMap<StepIx, Since<T>>,
    /// The tokens that wait in slots, with the time at which they came.
    filled: BTreeMap<SlotIx, T>,
    counts: Vec<u32>,
    values: Vec<Option<Value>>,
    is_over: bool,
    /// Why the case stands still, if it does.
    pub(crate) fault: Option<Fault<Dense>>,
    /// The papers that are there.
    pub(crate) papers: BitSet,
    /// The number of acts that were followed.
    pub(crate) acts: usize,
    /// The time of the act that is followed.
    pub(crate) now: T,
}

impl<'p, T: Copy + Ord> Playback<'p, T> {
    pub(crate) fn new(process: &'p Process, now: T) -> Self {
        Self {
            process,
            active: BTreeMap::new(),
            filled: BTreeMap::new(),
            counts: vec![0; process.returns().len()],
            values: vec![None; process.fields().len()],
            is_over: false,
            fault: None,
            papers: BitSet::with_len(process.papers().len()),
            acts: 0,
            now,
        }
    }

    /// The step, if somebody has to act there.
    fn waiting(&self, step: StepIx) -> Option<StepIx> {
        self.active.contains_key(&step).then_some(step)
    }

    /// Tells whether it is over, or stands still.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over || !self.has_tokens()
    }

    /// The joins for which tokens wait, rising.
    pub(crate) fn waiting_joins(&self) -> Vec<StepIx> {
        let steps = self.filled.keys().filter_map(|slot| self.process.slots().get(*slot)).map(|slot| slot.step);
        let mut joins: Vec<StepIx> = steps.collect();
        joins.sort_unstable();
        joins.dedup();
        joins
    }

    /// The slots in which tokens wait.
    pub(crate) fn filled(&self) -> impl Iterator<Item = SlotIx> + '_ {
        self.filled.keys().copied()
    }

    /// Tells whether an outcome of a step can no longer be picked (R2).
    pub(crate) fn is_closed(&self, route: &Route) -> bool {
        let count = |taken: ReturnIx| self.counts.get(taken.place()).copied().unwrap_or(0);
        crate::guarantee::decided::closes(self.process, route)
            && crate::guarantee::decided::is_used_up(self.process, route, count)
    }

    /// The number of times that each return was taken.
    pub(crate) fn returns(&self) -> Vec<u32> {
        self.counts.clone()
    }

    /// Makes an act, now. None for one that cannot be made.
    pub(crate) fn follow(&mut self, act: &Act) -> Option<()> {
        self.acts += 1;
        match &act.deed {
            Deed::Open { start } => {
                let spec = self.process.starts().get(*start)?;
                self.papers.extend(spec.brings.iter().map(|paper| paper.place()));
                for step in &spec.opens {
                    activate(self, *step, false);
                }
            }
            Deed::Complete { refused: true, .. } | Deed::Silence => {}
            Deed::Complete { step, outcome, values, .. } => {
                let spec = self.process.steps()[*step].outcome(*outcome)?;
                let mut set = self.values.clone();
                for (field, value) in values {
                    *set.get_mut(field.place())? = Some(value.clone());
                }
                let route = resolve(&spec.route, &set).ok()?;
                let handing = Handing::of(spec, route, |taken| self.is_open(taken));
                if handing.fields {
                    self.values = set;
                }
                self.papers.extend(handing.provides(&self.process.steps()[*step], spec).map(|paper| paper.place()));
                self.leave(*step, route)?;
            }
            Deed::Sleep { step, rung } => {
                let process = self.process;
                match process.ladder(*step).rungs.get(usize::from(*rung))?.effect {
                    RungEffect::Outcome(at) => {
                        let route = resolve(&process.steps()[*step].outcome(at)?.route, &self.values).ok()?;
                        self.leave(*step, route)?;
                    }
                    RungEffect::End(end) => self.leave(*step, &Route::End(end))?,
                    _ => return None,
                }
            }
        }
        Some(())
    }

    fn leave(&mut self, step: StepIx, route: &Route) -> Option<()> {
        self.active.remove(&step)?;
        take(self.process, self, route);
        Some(())
    }

    /// Tells whether both stand at the same place, whenever they came there.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.active.keys().eq(other.active.keys())
            && self.filled.keys().eq(other.filled.keys())
            && (&self.counts, &self.values, self.is_over) == (&other.counts, &other.values, other.is_over)
    }
}

/// How many guards hold at the choice that the last act of a run makes, if it is not exactly one. None where exactly one
/// does, or the run cannot be followed.
pub(crate) fn holding_at_last(process: &Process, run: &Run) -> Option<u32> {
    let (last, before) = run.acts.split_last()?;
    let mut play = Playback::new(process, ());
    before.iter().try_for_each(|act| play.follow(act))?;
    let (route, values) = match &last.deed {
        Deed::Complete { step, outcome, values, .. } => {
            let mut set = play.values.clone();
            for (field, value) in values {
                *set.get_mut(field.place())? = Some(value.clone());
            }
            (play.process.steps()[play.waiting(*step)?].outcome(*outcome).map(|outcome| &outcome.route)?, set)
        }
        Deed::Sleep { step, rung } => {
            let rung = process.ladder(play.waiting(*step)?).rungs.get(usize::from(*rung))?;
            let RungEffect::Outcome(outcome) = rung.effect else { return None };
            (process.steps()[*step].outcome(outcome).map(|outcome| &outcome.route)?, play.values.clone())
        }
        Deed::Open { .. } | Deed::Silence => return None,
    };
    resolve(route, &values).err()
}

impl<T: Copy + Ord> Board for Playback<'_, T> {
    fn is_over(&self) -> bool {
        self.is_over
    }

    fn is_active(&self, step: StepIx) -> bool {
        self.active.contains_key(&step)
    }

    fn is_filled(&self, slot: SlotIx) -> bool {
        self.filled.contains_key(&slot)
    }

    fn has_tokens(&self) -> bool {
        !self.active.is_empty() || !self.filled.is_empty()
    }

    fn is_open(&self, taken: ReturnIx) -> bool {
        let limit = self.process.returns()[taken].limit;
        limit.is_none_or(|(limit, _)| self.counts.get(taken.place()).is_some_and(|count| *count < limit))
    }

    fn activate(&mut self, step: StepIx, rework: bool) {
        self.active.insert(step, Since { at: self.now, act: self.acts, rework });
    }

    fn fill(&mut self, slot: SlotIx) {
        self.filled.insert(slot, self.now);
    }

    fn join(&mut self, first: SlotIx, slots: u32) {
        // Whoever comes last opens the wait.
        let came = (0..slots).filter_map(|place| self.filled.remove(&first.after(place)));
        self.now = came.fold(self.now, T::max);
    }

    fn go_back(&mut self, taken: ReturnIx) {
        let spec = &self.process.returns()[taken];
        self.active.retain(|step, _| !spec.steps.contains(step.place()));
        self.filled.retain(|slot, _| !spec.slots.contains(slot.place()));
        if let Some(count) = self.counts.get_mut(taken.place()) {
            *count += 1;
        }
    }

    fn use_up(&mut self, _: ReturnIx) {}

    fn end(&mut self, _: EndIx) {}

    fn stop(&mut self, _: EndIx) {
        self.active.clear();
        self.filled.clear();
        self.is_over = true;
    }

    fn fault(&mut self, fault: Fault<Dense>) {
        self.fault = Some(fault);
        self.is_over = true;
    }

    fn finish(&mut self) {
        self.is_over = true;
    }
}
