//! Runs with parallel parts are rehearsed before they are told: whether the rungs that they wait for fire in the order in
//! which the run has them.
//!
//! What is explored lets timers fire in any order (G3). A run in which one wait is left by its rung while another one's
//! rung would have fired long before is none that an engine makes. Whoever acts may as well act before the time passes: so
//! completions are moved ahead of the rungs as far as that leads to the same place, and what still depends on another
//! order is not told.

use sop_core::process::{Process, StepIx};
use sop_core::time::{Budget, Measure};

use crate::cause::Trouble;
use crate::model::{Facts, has_budget};
use crate::playback::Playback;
use crate::run::{Act, Deed, Run};

/// The longest run whose completions are moved.
const MOST_ACTS: usize = 200;

/// The run as it can be made, if its rungs fire in some order that the office's clocks allow for certain.
pub(crate) fn rehearsed(facts: &Facts<'_>, mut run: Run, trouble: &Trouble) -> Option<Run> {
    let sleeps = run.acts.iter().any(|act| matches!(act.deed, Deed::Sleep { .. }));
    if !sleeps || facts.is_sequential {
        return Some(run);
    }
    act_before_sleeping(facts.process, &mut run, matches!(trouble, Trouble::DeadEnd { .. }))?;
    is_in_time(facts.process, &run).then_some(run)
}

/// Moves completions ahead of rungs, where both orders lead to the same place. None for a run that cannot be followed.
fn act_before_sleeping(process: &Process, run: &mut Run, is_about_its_end: bool) -> Option<()> {
    // The last act is the trouble itself, unless that is where the run ends; and what repeats itself stays as it is.
    let last = if is_about_its_end { run.acts.len() } else { run.acts.len().saturating_sub(1) };
    let movable = run.repeats_from.unwrap_or(last);
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
        here.play.follow(run.acts.get(place)?)?;
    }
    Some(())
}

/// Tells whether each rung fires before those of all other waits.
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
    let begun = stage.play.acts.saturating_sub(round.len());
    stage.play.active.iter().all(|(step, since)| since.act >= begun || !is_ever_left(process, *step))
}

/// Minutes on one clock, in a stretch of time that can be counted through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Minute {
    stretch: u32,
    minute: u64,
}

/// A case that is followed through a run, with the time.
#[derive(Debug, Clone)]
struct Stage<'p> {
    play: Playback<'p, Minute>,
    /// The clock of the stretch. A new one begins where it is not known how long a rung takes.
    clock: Option<Measure>,
}

impl<'p> Stage<'p> {
    fn new(process: &'p Process) -> Self {
        Self { play: Playback::new(process, Minute::default()), clock: None }
    }

    /// Makes an act at its time. None where another rung comes first, or may.
    fn follow_in_time(&mut self, act: &Act) -> Option<()> {
        if let Deed::Sleep { step, rung } = act.deed {
            let own = self.fires(step, rung);
            let process = self.play.process;
            let others = self.play.active.keys().filter(|other| **other != step && is_ever_left(process, **other));
            for other in others {
                let (clock, minute) = own?;
                let (other_clock, first) = self.leaves(*other)?;
                if other_clock != clock || first <= minute {
                    return None;
                }
            }
            let stretch = self.play.now.stretch;
            (self.clock, self.play.now) = match own {
                Some((clock, minute)) if self.clock.is_none_or(|known| known == clock) => {
                    (Some(clock), Minute { stretch, minute })
                }
                _ => (None, Minute { stretch: stretch + 1, minute: 0 }),
            };
        }
        self.play.follow(act)
    }

    /// Tells whether the last of these acts may be made before the others, and all lead to the same place then.
    fn may_come_first(&self, acts: Option<&[Act]>) -> bool {
        let Some([others @ .., last]) = acts else { return false };
        let Deed::Complete { step, refused: false, .. } = last.deed else { return false };
        let is_same_wait = |act: &Act| match act.deed {
            Deed::Complete { step: other, .. } | Deed::Sleep { step: other, .. } => other == step,
            Deed::Open { .. } | Deed::Silence => true,
        };
        if !self.play.active.contains_key(&step) || others.iter().any(is_same_wait) {
            return false;
        }
        let play = |acts: &mut dyn Iterator<Item = &Act>| {
            let mut play = self.play.clone();
            for act in acts {
                play.follow(act)?;
            }
            Some(play)
        };
        let (as_told, moved) = (play(&mut others.iter().chain([last])), play(&mut [last].into_iter().chain(others)));
        as_told.zip(moved).is_some_and(|(as_told, moved)| as_told.is_like(&moved))
    }

    /// When a rung of an open wait fires, where that can be counted.
    fn fires(&self, step: StepIx, rung: u16) -> Option<(Measure, u64)> {
        let process = self.play.process;
        let spec = &process.steps()[step];
        let since = self.play.active.get(&step).filter(|since| since.at.stretch == self.play.now.stretch)?;
        let budget = spec.rework.filter(|_| since.rework).or(spec.budget).filter(|_| spec.group.is_none())?;
        let late = process.ladder(step).rungs.get(usize::from(rung))?.timing.first();
        let clock = match (budget.minutes(), late.minutes()) {
            (0, _) => late.measure(),
            (_, 0) => budget.measure(),
            _ => Some(budget.measure()).filter(|measure| *measure == late.measure())?,
        };
        let minutes = |budget: Budget| u64::from(budget.minutes());
        Some((clock, since.at.minute + minutes(budget) + minutes(late)))
    }

    /// When an open wait is left by its first rung that leaves it.
    fn leaves(&self, step: StepIx) -> Option<(Measure, u64)> {
        let rungs = (0_u16..).zip(&self.play.process.ladder(step).rungs).filter(|(_, rung)| rung.effect.leaves());
        let all: Vec<(Measure, u64)> = rungs.map(|(rung, _)| self.fires(step, rung)).collect::<Option<_>>()?;
        let first = all.iter().copied().min_by_key(|(_, minute)| *minute)?;
        all.iter().all(|(clock, _)| *clock == first.0).then_some(first)
    }
}

/// Tells whether some rung leaves the wait of a step.
fn is_ever_left(process: &Process, step: StepIx) -> bool {
    has_budget(process, step) && process.ladder(step).rungs.iter().any(|rung| rung.effect.leaves())
}
