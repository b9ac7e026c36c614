//! Confirmation of counterexamples: each run is played by the core's own moves, with counters, values and papers, and has to
//! end in what it is told for (G1).
//!
//! Nothing here knows how a run was found. A cause whose run does not come true is told to nobody.

use sop_core::process::{Position as _, Process, ReturnIx, StepIx};

use crate::cause::{Cause, Trouble};
use crate::clocks::Clocks;
use crate::playback::{Playback, holding_at_last};
use crate::run::{Act, Deed, Run, When};

/// The number of times that a round is played.
const ROUNDS: usize = 2;

/// Tells whether the run of a cause ends in its trouble; of a trouble that is none of a run, nothing is asked.
pub(crate) fn comes_true(process: &Process, cause: &Cause) -> bool {
    let Some(run) = &cause.run else { return true };
    match &cause.trouble {
        Trouble::DeadEnd { waiting } => played(process, &run.acts)
            .is_some_and(|play| play.active.is_empty() && !play.is_over() && play.waiting_joins() == sorted(waiting)),
        Trouble::NoEnd { .. } | Trouble::Endless { .. } => goes_round(process, run),
        Trouble::Fault(fault) => played(process, &run.acts).is_some_and(|play| play.fault.as_ref() == Some(fault)),
        Trouble::Undecided { holding, .. } => holding_at_last(process, run) == Some(*holding),
        Trouble::NothingOpen { step } => is_open_after(process, &run.acts, *step, |play| {
            process.steps()[*step].outcomes.iter().all(|outcome| play.is_closed(&outcome.route))
        }),
        Trouble::PaperMissing { step, paper } => {
            is_open_after(process, &run.acts, *step, |play| !play.papers.contains(paper.place()))
        }
        Trouble::PaperOvertaken { by, reader: other, .. } | Trouble::PaperMadeTwice { by, other, .. } => {
            let Some((last, before)) = run.acts.split_last() else { return false };
            let is_by = matches!(last.deed, Deed::Complete { step, .. } if step == *by);
            is_by && is_open_after(process, before, *other, |play| play.active.contains_key(by))
        }
        Trouble::NoBudget { step } | Trouble::NobodyNotices { step } | Trouble::NeverLeft { step } => {
            is_open_after(process, &run.acts, *step, |_| true)
        }
        Trouble::NeverDrained { steps } => {
            played(process, &run.acts).is_some_and(|play| steps.iter().all(|step| play.active.contains_key(step)))
        }
        Trouble::AbovePromise { worst, .. } => {
            minutes(process, run).is_some_and(|minutes| minutes.saturating_mul(60_000) == worst.0)
        }
        // Who may act is not among the moves.
        Trouble::NobodyEligible { .. } | Trouble::DeadStep { .. } | Trouble::DeadExit { .. } => true,
    }
}

fn sorted(steps: &[StepIx]) -> Vec<StepIx> {
    let mut steps = steps.to_vec();
    steps.sort_unstable();
    steps
}

fn played<'p>(process: &'p Process, acts: &[Act]) -> Option<Playback<'p, ()>> {
    let mut play = Playback::new(process, ());
    acts.iter().try_for_each(|act| play.follow(act))?;
    Some(play)
}

fn is_open_after(process: &Process, acts: &[Act], step: StepIx, holds: impl Fn(&Playback<'_, ()>) -> bool) -> bool {
    played(process, acts).is_some_and(|play| !play.is_over() && play.active.contains_key(&step) && holds(&play))
}

/// Tells whether a run comes back to where it begins to repeat itself, each time.
fn goes_round(process: &Process, run: &Run) -> bool {
    let Some((before, round)) = run.repeats_from.and_then(|from| run.acts.split_at_checked(from)) else {
        return false;
    };
    let Some(mut play) = played(process, before).filter(|_| !round.is_empty()) else { return false };
    let stands = |play: &Playback<'_, ()>| -> (Vec<StepIx>, Vec<_>) {
        (play.active.keys().copied().collect(), play.filled().collect())
    };
    let began = stands(&play);
    (0..ROUNDS).all(|_| {
        let is_played = round.iter().try_for_each(|act| play.follow(act)).is_some();
        is_played && !play.is_over() && stands(&play) == began
    })
}

/// The time that a run takes on the clocks, if each act comes when it is told to.
fn minutes(process: &Process, run: &Run) -> Option<u64> {
    let mut play = Playback::new(process, ());
    let mut clocks = Clocks::opened(process, &[]);
    let mut now = 0;
    for act in &run.acts {
        if let (Deed::Complete { step, .. }, When::WhenDue) = (&act.deed, act.when) {
            now = clocks.due(*step)?.max(now);
        }
        let before = play.returns();
        play.follow(act)?;
        let taken = before.iter().zip(play.returns()).position(|(before, after)| *before < after);
        let open: Vec<StepIx> = play.active.keys().copied().collect();
        clocks.moved(now, &open, taken.map(ReturnIx::at));
    }
    play.is_over().then_some(now)
}
