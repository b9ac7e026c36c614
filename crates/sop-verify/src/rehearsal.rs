//! Runs with parallel parts are rehearsed before they are told: whether the rungs that they wait for fire in the order in
//! which the run has them.
//!
//! What is explored lets timers fire in any order (G3). A run in which one wait is left by its rung while another one's
//! rung would have fired long before is none that an engine makes. Whoever acts may as well act before the time passes: so
//! completions are moved ahead of the rungs as far as that leads to the same place, and what still depends on another
//! order is not told.

use std::collections::{BTreeMap, BTreeSet};

use sop_core::case::tokens::{Board, resolve, take};
use sop_core::case::{Dense, Fault, Handing};
use sop_core::guard::Value;
use sop_core::process::{EndIx, Position as _, Process, ReturnIx, Route, RungEffect, SlotIx, StepIx};
use sop_core::time::{Budget, Measure};

use crate::model::Facts;
use crate::run::{Act, Deed, Run};

/// The longest run whose completions are moved.
const MOST_ACTS: usize = 200;

/// The run as it can be made, if its rungs fire in some order that the office's clocks allow for certain.
pub(crate) fn rehearsed(facts: &Facts<'_>, mut run: Run) -> Option<Run> {
    let sleeps = run.acts.iter().any(|act| matches!(act.deed, Deed::Sleep { .. }));
    if !sleeps || facts.is_sequential {
        return Some(run);
    }
    act_before_sleeping(facts.process, &mut run)?;
    is_in_time(facts.process, &run).then_some(run)
}

/// Moves completions ahead of rungs, where both orders lead to the same place. None for a run that cannot be followed.
fn act_before_sleeping(process: &Process, run: &mut Run) -> Option<()> {
    // The last act is the trouble itself, and what repeats itself stays as it is.
    let movable = run.repeats_from.unwrap_or(run.acts.len().saturating_sub(1));
    if movable > MOST_ACTS {
        return Some(());
    }
    let mut here = Stage::new(process);
    for place in 0..movable {
        let is_sleep = matches!(run.acts.get(place)?.deed, Deed::Sleep { .. });
        let ahead = (place + 1..movable).find(|later| is_sleep && here.may_come_first(run.acts.get(place..=*later)));
        if let Some(later) = ahead {
            run.acts.get_mut(place..=later)?.rotate_right(1);
        }
        here.follow(run.acts.get(place)?)?;
    }
    Some(())
}

/// Whether each rung fires before those of all other waits.
fn is_in_time(process: &Process, run: &Run) -> bool {
    let mut stage = Stage::new(process);
    let follow = |acts: &[Act], stage: &mut Stage<'_>| acts.iter().all(|act| stage.follow_in_time(act).is_some());
    let Some(begins) = run.repeats_from else { return follow(&run.acts, &mut stage) };
    let (Some(before), Some(round)) = (run.acts.get(..begins), run.acts.get(begins..)) else { return false };
    let mut rounds = || follow(before, &mut stage) && follow(round, &mut stage) && follow(round, &mut stage);
    if !rounds() {
        return false;
    }
    // What stays open beside the round is left some day, if anything leaves it.
    let begun = stage.round_of(round);
    stage.active.iter().all(|(step, since)| since.act >= begun || !stage.is_ever_left(*step))
}

/// Since when a wait is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Since {
    act: usize,
    /// The stretch of time that can be counted through.
    stretch: u32,
    minute: u64,
    rework: bool,
}

/// A case that is followed through a run, with the time.
#[derive(Debug, Clone)]
struct Stage<'p> {
    process: &'p Process,
    active: BTreeMap<StepIx, Since>,
    filled: BTreeSet<SlotIx>,
    counts: Vec<u32>,
    values: Vec<Option<Value>>,
    is_over: bool,
    acts: usize,
    /// Minutes on one clock since the stretch began. A new one begins where it is not known how long a rung takes.
    minute: u64,
    stretch: u32,
    clock: Option<Measure>,
}

impl<'p> Stage<'p> {
    fn new(process: &'p Process) -> Self {
        Self {
            process,
            active: BTreeMap::new(),
            filled: BTreeSet::new(),
            counts: vec![0; process.returns().len()],
            values: vec![None; process.fields().len()],
            is_over: false,
            acts: 0,
            minute: 0,
            stretch: 0,
            clock: None,
        }
    }

    /// Makes an act, whenever its time comes.
    fn follow(&mut self, act: &Act) -> Option<()> {
        self.acts += 1;
        match &act.deed {
            Deed::Open { start } => {
                for step in &self.process.starts().get(*start)?.opens {
                    sop_core::case::tokens::activate(self, *step, false);
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
                if Handing::of(spec, route, |taken| self.is_open(taken)).fields {
                    self.values = set;
                }
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

    /// Makes an act at its time. None where another rung comes first, or may.
    fn follow_in_time(&mut self, act: &Act) -> Option<()> {
        if let Deed::Sleep { step, rung } = act.deed {
            let own = self.fires(step, rung);
            for other in self.active.keys().filter(|other| **other != step && self.is_ever_left(**other)) {
                let (clock, minute) = own?;
                let (other_clock, first) = self.leaves(*other)?;
                if other_clock != clock || first <= minute {
                    return None;
                }
            }
            match own {
                Some((clock, minute)) if self.clock.is_none_or(|known| known == clock) => {
                    (self.clock, self.minute) = (Some(clock), minute);
                }
                _ => (self.clock, self.minute, self.stretch) = (None, 0, self.stretch + 1),
            }
        }
        self.follow(act)
    }

    /// Whether the last of these acts may be made before the others, and all lead to the same place then.
    fn may_come_first(&self, acts: Option<&[Act]>) -> bool {
        let Some([others @ .., last]) = acts else { return false };
        let Deed::Complete { step, refused: false, .. } = last.deed else { return false };
        let is_same_wait = |act: &Act| match act.deed {
            Deed::Complete { step: other, .. } | Deed::Sleep { step: other, .. } => other == step,
            Deed::Open { .. } | Deed::Silence => true,
        };
        if !self.active.contains_key(&step) || others.iter().any(is_same_wait) {
            return false;
        }
        let play = |acts: &mut dyn Iterator<Item = &Act>| {
            let mut stage = self.clone();
            for act in acts {
                stage.follow(act)?;
            }
            Some(stage)
        };
        let (as_told, moved) = (play(&mut others.iter().chain([last])), play(&mut [last].into_iter().chain(others)));
        as_told.zip(moved).is_some_and(|(as_told, moved)| as_told.is_like(&moved))
    }

    fn is_like(&self, other: &Self) -> bool {
        self.active.keys().eq(other.active.keys())
            && (&self.filled, &self.counts, &self.values, self.is_over)
                == (&other.filled, &other.counts, &other.values, other.is_over)
    }

    fn leave(&mut self, step: StepIx, route: &Route) -> Option<()> {
        self.active.remove(&step)?;
        take(self.process, self, route);
        Some(())
    }

    /// The act at which the last round began.
    fn round_of(&self, round: &[Act]) -> usize {
        self.acts.saturating_sub(round.len())
    }

    /// Whether some rung leaves the wait of a step.
    fn is_ever_left(&self, step: StepIx) -> bool {
        let spec = &self.process.steps()[step];
        (spec.budget.is_some() || spec.group.is_some())
            && self.process.ladder(step).rungs.iter().any(|rung| rung.effect.leaves())
    }

    /// When a rung of an open wait fires, where that can be counted.
    fn fires(&self, step: StepIx, rung: u16) -> Option<(Measure, u64)> {
        let spec = &self.process.steps()[step];
        let since = self.active.get(&step).filter(|since| since.stretch == self.stretch)?;
        let budget = spec.rework.filter(|_| since.rework).or(spec.budget).filter(|_| spec.group.is_none())?;
        let late = self.process.ladder(step).rungs.get(usize::from(rung))?.timing.first();
        let clock = match (budget.minutes(), late.minutes()) {
            (0, _) => late.measure(),
            (_, 0) => budget.measure(),
            _ => Some(budget.measure()).filter(|measure| *measure == late.measure())?,
        };
        let minutes = |budget: Budget| u64::from(budget.minutes());
        Some((clock, since.minute + minutes(budget) + minutes(late)))
    }

    /// When an open wait is left by its first rung that leaves it.
    fn leaves(&self, step: StepIx) -> Option<(Measure, u64)> {
        let rungs = (0_u16..).zip(&self.process.ladder(step).rungs).filter(|(_, rung)| rung.effect.leaves());
        let all: Vec<(Measure, u64)> = rungs.map(|(rung, _)| self.fires(step, rung)).collect::<Option<_>>()?;
        let first = all.iter().copied().min_by_key(|(_, minute)| *minute)?;
        all.iter().all(|(clock, _)| *clock == first.0).then_some(first)
    }
}

impl Board for Stage<'_> {
    fn is_over(&self) -> bool {
        self.is_over
    }

    fn is_active(&self, step: StepIx) -> bool {
        self.active.contains_key(&step)
    }

    fn is_filled(&self, slot: SlotIx) -> bool {
        self.filled.contains(&slot)
    }

    fn has_tokens(&self) -> bool {
        !self.active.is_empty() || !self.filled.is_empty()
    }

    fn is_open(&self, taken: ReturnIx) -> bool {
        let limit = self.process.returns()[taken].limit;
        limit.is_none_or(|(limit, _)| self.counts.get(taken.place()).is_some_and(|count| *count < limit))
    }

    fn activate(&mut self, step: StepIx, rework: bool) {
        let since = Since { act: self.acts, stretch: self.stretch, minute: self.minute, rework };
        self.active.insert(step, since);
    }

    fn fill(&mut self, slot: SlotIx) {
        self.filled.insert(slot);
    }

    fn join(&mut self, first: SlotIx, slots: u32) {
        for place in 0..slots {
            self.filled.remove(&first.after(place));
        }
    }

    fn go_back(&mut self, taken: ReturnIx) {
        let spec = &self.process.returns()[taken];
        self.active.retain(|step, _| !spec.steps.contains(step.place()));
        self.filled.retain(|slot| !spec.slots.contains(slot.place()));
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

    fn fault(&mut self, _: Fault<Dense>) {
        self.is_over = true;
    }

    fn finish(&mut self) {
        self.is_over = true;
    }
}
