//! A short run to a step, however many states there are: the cheapest derivation, played (Knuth, A Generalization of
//! Dijkstra's Algorithm, Information Processing Letters 6, 1977).
//!
//! A step costs what the cheapest exit that leads to it costs, and one more; a join costs what its slots cost together.
//! Each step on the way then has one exit to take. Whether that run really gets there is seen by playing it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use sop_core::case::tokens::Board as _;
use sop_core::process::{Position as _, Route, StartIx, StepIx, ThenSpec};

use crate::flow::add;
use crate::model::{ExitIx, Facts, Outcome, Play, Way};
use crate::run::Run;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Start(StartIx),
    Exit(ExitIx),
    Join,
}

/// How each step is reached most cheaply.
pub(crate) struct Routes {
    steps: Vec<Option<(u64, Reason)>>,
    slots: Vec<Option<(u64, ExitIx)>>,
}

impl Routes {
    pub(crate) fn of(facts: &Facts<'_>) -> Self {
        let process = facts.process;
        let mut routes = Self { steps: vec![None; process.steps().len()], slots: vec![None; process.slots().len()] };
        let mut open: BinaryHeap<Reverse<(u64, StepIx)>> = BinaryHeap::new();
        for (start, spec) in process.starts().iter() {
            for &step in &spec.opens {
                routes.reach(step, 0, Reason::Start(start), &mut open);
            }
        }
        while let Some(Reverse((cost, step))) = open.pop() {
            if routes.steps.get(step.place()).copied().flatten().is_none_or(|(known, _)| known != cost) {
                continue;
            }
            // A route that needs nothing but an open wait: not those that come only after a return is used up.
            let exits = facts
                .exits
                .of_step(step)
                .filter(|(at, exit)| !matches!(exit.way, Way::Spent(_)) && facts.is_feasible(*at));
            for (at, exit) in exits {
                let next = cost.saturating_add(1);
                match &exit.route {
                    Route::Go(arcs) => {
                        for arc in arcs {
                            match arc.slot {
                                None => routes.reach(arc.to, next, Reason::Exit(at), &mut open),
                                Some(slot) => {
                                    if let Some(known) = routes.slots.get_mut(slot.place())
                                        && known.is_none()
                                    {
                                        *known = Some((next, at));
                                        routes.join(facts, arc.to, &mut open);
                                    }
                                }
                            }
                        }
                    }
                    Route::Return(taken) => {
                        routes.reach(process.returns()[*taken].to, next, Reason::Exit(at), &mut open);
                    }
                    Route::End(_) | Route::Choose(_) => {}
                }
            }
        }
        // What lies behind a used-up return only: with a cost that keeps it last.
        for (at, exit) in facts.exits.iter() {
            if let (Way::Spent(taken), Some(Some(_))) = (exit.way, routes.steps.get(exit.step.place()))
                && let Some((_, ThenSpec::Next(next))) = process.returns()[taken].limit
                && let Some(known @ None) = routes.steps.get_mut(next.place())
            {
                *known = Some((u64::MAX, Reason::Exit(at)));
            }
        }
        routes
    }

    fn reach(&mut self, step: StepIx, cost: u64, reason: Reason, open: &mut BinaryHeap<Reverse<(u64, StepIx)>>) {
        if let Some(known) = self.steps.get_mut(step.place())
            && known.is_none_or(|(known, _)| cost < known)
        {
            *known = Some((cost, reason));
            open.push(Reverse((cost, step)));
        }
    }

    fn join(&mut self, facts: &Facts<'_>, step: StepIx, open: &mut BinaryHeap<Reverse<(u64, StepIx)>>) {
        let Some((first, count)) = facts.process.steps()[step].join else { return };
        let mut sum = 0_u64;
        for place in 0..count {
            match self.slots.get(first.after(place).place()) {
                Some(Some((cost, _))) => sum = sum.saturating_add(*cost),
                _ => return,
            }
        }
        self.reach(step, sum, Reason::Join, open);
    }

    /// A run to a step. None where the derivation does not get there when it is played.
    pub(crate) fn run_to(&self, facts: &Facts<'_>, goal: StepIx, most: usize) -> Option<Run> {
        let process = facts.process;
        let mut chosen: Vec<Option<ExitIx>> = vec![None; process.steps().len()];
        let mut start = None;
        let mut seen = vec![false; process.steps().len()];
        let mut open = vec![goal];
        while let Some(step) = open.pop() {
            if std::mem::replace(seen.get_mut(step.place())?, true) {
                continue;
            }
            let mut take = |at: ExitIx, open: &mut Vec<StepIx>| {
                if let Some(exit) = facts.exits.get(at)
                    && let Some(chosen) = chosen.get_mut(exit.step.place())
                {
                    *chosen = chosen.or(Some(at));
                    open.push(exit.step);
                }
            };
            match (*self.steps.get(step.place())?)?.1 {
                Reason::Start(by) => start = start.or(Some(by)),
                Reason::Exit(at) => take(at, &mut open),
                Reason::Join => {
                    let (first, count) = process.steps()[step].join?;
                    for place in 0..count {
                        let (_, at) = (*self.slots.get(first.after(place).place())?)?;
                        take(at, &mut open);
                    }
                }
            }
        }
        let start = start?;
        let mut board = Play::new(process);
        board.start(&process.starts()[start]);
        let mut run = Run::opening(process, start);
        while !board.is_active(goal) {
            if board.outcome != Outcome::Running || run.acts.len() > most {
                return None;
            }
            let active: Vec<StepIx> = crate::model::Layout::of(process).active(&board.words).collect();
            let (at, exit) = active.iter().find_map(|step| {
                let at = (*chosen.get(step.place())?)?;
                Some((at, facts.exits.get(at)?))
            })?;
            if let Way::Spent(_) = exit.way {
                return None;
            }
            let _ = at;
            add(&mut run, process, exit, &facts.values_for(exit));
            board.leave(exit.step, &exit.route, true);
        }
        Some(run)
    }
}
