//! Runs that attain a bound, if they do: greedy ones, which go back as long as it costs and else the dearest way.

use sop_core::case::tokens::Board as _;
use sop_core::process::{Position as _, Route, StartIx, StepIx};

use super::potential::{Cost, Potential, Split};
use crate::examination::Examination;
use crate::flow::add;
use crate::model::{By, Exit, Outcome, Play, Way};
use crate::run::{Run, When};

/// A run and what it costs.
pub(crate) struct Attained {
    pub(crate) run: Run,
    pub(crate) cost: u64,
}

/// The longest run that is told.
const MAX_ACTS: usize = 20_000;

/// A dear run: with times of waits, which end when their budgets do, side by side.
pub(crate) fn run(examination: &Examination<'_, '_>, potential: &Potential, costs: &impl Cost) -> Option<Attained> {
    greedy(examination, potential, Split::Max, costs)
}

/// A long run: in completions.
pub(crate) fn longest(examination: &Examination<'_, '_>, potential: &Potential) -> Option<Attained> {
    greedy(examination, potential, Split::Sum, &super::bounded::Completions)
}

fn greedy(
    examination: &Examination<'_, '_>,
    potential: &Potential,
    split: Split,
    costs: &impl Cost,
) -> Option<Attained> {
    let facts = examination.facts;
    let process = facts.process;
    if !facts.data.tracked.is_empty() {
        return None;
    }
    let worth_of = |opens: &[StepIx]| {
        let worths = opens.iter().map(|step| potential.worth(*step));
        match split {
            Split::Sum => worths.fold(0, u64::saturating_add),
            Split::Max => worths.max().unwrap_or(0),
        }
    };
    let (start, spec) =
        process.starts().iter().max_by_key(|(start, spec)| (worth_of(&spec.opens), std::cmp::Reverse(*start)))?;
    let _: StartIx = start;
    let mut board = Play::new(process);
    board.start(spec);
    let mut run = Run::opening(process, start);
    let mut counts = vec![0_u32; process.returns().len()];
    // When each active wait is over, if it takes what it may, and whether it is rework.
    let mut waits: Vec<(StepIx, u64)> = spec.opens.iter().map(|step| (*step, costs.first(*step))).collect();
    let mut total = 0_u64;
    let mut last = 0_u64;
    while board.outcome == Outcome::Running {
        if run.acts.len() >= MAX_ACTS {
            return None;
        }
        let place = (0..waits.len()).min_by_key(|place| waits.get(*place).map(|(step, at)| (*at, *step)))?;
        let (step, now) = waits.swap_remove(place);
        last = now;
        total = total.saturating_add(1);
        let exit = pick(examination, potential, split, costs, step, &counts)?;
        if let Way::Counted(taken) = exit.way
            && let Some(count) = counts.get_mut(taken.place())
        {
            *count += 1;
        }
        add(&mut run, process, exit, &facts.values_for(exit));
        if split == Split::Max
            && let Some(act) = run.acts.last_mut()
        {
            act.when = When::WhenDue;
        }
        let again = exit.goes_back().map(|taken| process.returns()[taken].to);
        board.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
        if matches!(board.outcome, Outcome::Faulted(_)) {
            return None;
        }
        waits.retain(|(step, _)| board.is_active(*step) && again != Some(*step));
        let active: Vec<StepIx> = facts_active(&board, process);
        for step in active {
            if !waits.iter().any(|(known, _)| *known == step) {
                let cost = if again == Some(step) { costs.rework(step) } else { costs.first(step) };
                waits.push((step, now.saturating_add(cost)));
            }
        }
    }
    let cost = if split == Split::Sum { total } else { last };
    Some(Attained { run, cost })
}

fn facts_active(board: &Play<'_>, process: &sop_core::process::Process) -> Vec<StepIx> {
    crate::model::Layout::of(process).active(&board.words).collect()
}

/// The exit that costs most: a counted return as long as it is open and raises what is to come, else the dearest.
fn pick<'x>(
    examination: &'x Examination<'_, '_>,
    potential: &Potential,
    split: Split,
    costs: &impl Cost,
    step: StepIx,
    counts: &[u32],
) -> Option<&'x Exit> {
    let facts = examination.facts;
    let process = facts.process;
    let by_person = || {
        facts
            .exits
            .of_step(step)
            .filter(|(at, exit)| exit.by == By::Person && facts.is_feasible(*at))
            .map(|(_, exit)| exit)
    };
    let is_open = |exit: &Exit| match exit.way {
        Way::Counted(taken) | Way::Spent(taken) => {
            let count = counts.get(taken.place()).copied().unwrap_or(0);
            process.returns()[taken].limit.is_none_or(|(limit, _)| count < limit)
        }
        Way::Plain => true,
    };
    let back = by_person().filter(|exit| matches!(exit.way, Way::Counted(_)) && is_open(exit)).find(|exit| {
        let Route::Return(taken) = exit.route else { return false };
        potential.price.get(taken.place()).is_some_and(|price| *price > 0)
    });
    back.or_else(|| {
        by_person()
            .filter(|exit| match exit.way {
                Way::Plain => true,
                Way::Spent(_) => !is_open(exit),
                Way::Counted(_) => false,
            })
            .max_by_key(|exit| potential.of_exit(process, exit, split, costs))
            .or_else(|| by_person().find(|exit| matches!(exit.way, Way::Counted(_)) && is_open(exit)))
    })
}
