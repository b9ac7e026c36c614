//! Potentials: what a case can still cost from each step on, when counted returns are left aside, and what each of them
//! adds (G3).
//!
//! With the counted returns taken away, the rest must have no round. Then a longest way exists from every step; `worth`
//! of a step is its cost and the most that any of its exits is worth. A counted return goes from a step to one that is
//! worth more: its `price` is the difference. Whatever happens in a case lowers what it is worth by the cost of what was
//! done, but for returns, each of which raises it by no more than its price, at most as often as its limit says. So
//! the whole costs at most the worth of the start and all limits times their prices: weak duality of the linear program
//! whose columns are the exits.

use sop_core::process::{Arc, Position as _, Process, Route, StepIx, ThenSpec};

use crate::model::{Exit, Exits, Way};

/// Worths and prices: one inequality for each exit proves a bound.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Potential {
    /// For each step what a case may still cost when it is activated.
    pub(crate) worth: Vec<u64>,
    /// For each return what one of its takings adds.
    pub(crate) price: Vec<u64>,
}

/// What a completion costs: after a return it may be another.
pub(crate) trait Cost {
    fn first(&self, step: StepIx) -> u64;
    fn rework(&self, step: StepIx) -> u64;
}

/// The steps in an order in which every exit but counted returns leads forward; otherwise the steps that lie on rounds.
/// What is never reached leads nowhere.
pub(crate) fn order(
    process: &Process,
    exits: &Exits,
    is_reached: impl Fn(StepIx) -> bool,
) -> Result<Vec<StepIx>, Vec<StepIx>> {
    let count = process.steps().len();
    let mut into = vec![0_u32; count];
    let mut targets: Vec<(StepIx, StepIx)> = Vec::new();
    for (_, exit) in exits.iter().filter(|(_, exit)| exit.leads_on() && is_reached(exit.step)) {
        for to in leads_to(process, exit) {
            targets.push((exit.step, to));
            if let Some(into) = into.get_mut(to.place()) {
                *into += 1;
            }
        }
    }
    // Grouped by where they come from: exits are in the order of steps.
    let mut first = vec![0_usize; count + 1];
    for (from, _) in &targets {
        if let Some(first) = first.get_mut(from.place() + 1) {
            *first += 1;
        }
    }
    for place in 0..count {
        let before = first.get(place).copied().unwrap_or(0);
        if let Some(first) = first.get_mut(place + 1) {
            *first += before;
        }
    }
    let mut order: Vec<StepIx> =
        process.steps().iter().map(|(step, _)| step).filter(|step| into.get(step.place()) == Some(&0)).collect();
    let mut at = 0;
    while let Some(step) = order.get(at).copied() {
        at += 1;
        let range = first.get(step.place()).copied().unwrap_or(0)..first.get(step.place() + 1).copied().unwrap_or(0);
        for (_, to) in targets.get(range).unwrap_or(&[]) {
            if let Some(into) = into.get_mut(to.place()) {
                *into -= 1;
                if *into == 0 {
                    order.push(*to);
                }
            }
        }
    }
    if order.len() == count {
        return Ok(order);
    }
    // What is left lies on rounds or behind them; take away, from the back, what leads to none.
    let is_left = |step: StepIx| into.get(step.place()).is_some_and(|into| *into > 0);
    let mut out = vec![0_u32; count];
    let mut before: Vec<Vec<StepIx>> = vec![Vec::new(); count];
    for (from, to) in targets.iter().filter(|(from, to)| is_left(*from) && is_left(*to)) {
        if let (Some(out), Some(before)) = (out.get_mut(from.place()), before.get_mut(to.place())) {
            *out += 1;
            before.push(*from);
        }
    }
    let left: Vec<StepIx> = (0..count).map(StepIx::at).filter(|step| is_left(*step)).collect();
    let mut behind: Vec<StepIx> = left.iter().copied().filter(|step| out.get(step.place()) == Some(&0)).collect();
    while let Some(step) = behind.pop() {
        for from in before.get(step.place()).into_iter().flatten() {
            if let Some(out) = out.get_mut(from.place()) {
                *out -= 1;
                if *out == 0 {
                    behind.push(*from);
                }
            }
        }
    }
    Err(left.into_iter().filter(|step| out.get(step.place()).is_some_and(|out| *out > 0)).collect())
}

/// The steps that an exit leads to, through joins.
pub(crate) fn leads_to<'x>(process: &'x Process, exit: &'x Exit) -> impl Iterator<Item = StepIx> + 'x {
    let arcs: &[Arc] = match (&exit.route, exit.way) {
        (Route::Go(arcs), _) => arcs,
        _ => &[],
    };
    let other = match (&exit.route, exit.way) {
        (Route::Return(taken), Way::Spent(_)) => match process.returns()[*taken].limit {
            Some((_, ThenSpec::Next(next))) => Some(next),
            _ => None,
        },
        (Route::Return(taken), _) => Some(process.returns()[*taken].to),
        _ => None,
    };
    arcs.iter().map(|arc| arc.to).chain(other)
}

impl Potential {
    /// The least worths and prices, given an order without rounds.
    pub(crate) fn of(process: &Process, exits: &Exits, order: &[StepIx], cost: &impl Cost) -> Self {
        let mut potential = Self { worth: vec![0; process.steps().len()], price: vec![0; process.returns().len()] };
        for &step in order.iter().rev() {
            let onwards = exits.of_step(step).filter(|(_, exit)| exit.leads_on());
            let most = onwards.map(|(_, exit)| potential.of_exit(process, exit, cost)).max().unwrap_or(0);
            let worth = cost.first(step).saturating_add(most);
            if let Some(known) = potential.worth.get_mut(step.place()) {
                *known = worth;
            }
        }
        for (_, exit) in exits.iter() {
            if let Way::Counted(taken) = exit.way {
                let price = potential.needed(process, exit, cost);
                if let Some(known) = potential.price.get_mut(taken.place()) {
                    *known = price.max(*known);
                }
            }
        }
        potential
    }

    pub(crate) fn worth(&self, step: StepIx) -> u64 {
        self.worth.get(step.place()).copied().unwrap_or(0)
    }

    /// What a step is worth when it is activated by a return.
    pub(crate) fn worth_again(&self, step: StepIx, cost: &impl Cost) -> u64 {
        self.worth(step).saturating_sub(cost.first(step)).saturating_add(cost.rework(step))
    }

    /// What a counted return has to be priced at, at least.
    pub(crate) fn needed(&self, process: &Process, exit: &Exit, cost: &impl Cost) -> u64 {
        let Route::Return(taken) = exit.route else { return 0 };
        let after = self.worth_again(process.returns()[taken].to, cost);
        // What the wait itself costs is paid on both sides.
        after.saturating_sub(self.worth(exit.step).saturating_sub(cost.first(exit.step)))
    }

    /// What an exit that is no counted return is worth.
    pub(crate) fn of_exit(&self, process: &Process, exit: &Exit, cost: &impl Cost) -> u64 {
        match (&exit.route, exit.way) {
            (Route::Go(arcs), _) => {
                let worths = arcs.iter().map(|arc| self.of_arc(process, arc));
                worths.fold(0, u64::saturating_add)
            }
            (Route::Return(taken), Way::Spent(_)) => match process.returns()[*taken].limit {
                Some((_, ThenSpec::Next(next))) => self.worth(next),
                _ => 0,
            },
            (Route::Return(taken), _) => self.worth_again(process.returns()[*taken].to, cost),
            (Route::End(_) | Route::Choose(_), _) => 0,
        }
    }

    /// What a token is worth where an arrow leads: of a join the first slot alone bears what comes after.
    fn of_arc(&self, process: &Process, arc: &Arc) -> u64 {
        match (arc.slot, process.steps()[arc.to].join) {
            (Some(slot), Some((first, _))) if slot != first => 0,
            _ => self.worth(arc.to),
        }
    }

    /// The bound: the worth of the dearest start, and every return as often as it may be taken.
    pub(crate) fn bound(&self, process: &Process) -> u64 {
        let of_start = |opens: &[StepIx]| opens.iter().map(|step| self.worth(*step)).fold(0, u64::saturating_add);
        let start = process.starts().values().map(|start| of_start(&start.opens)).max().unwrap_or(0);
        let priced = process.returns().iter().filter_map(|(taken, spec)| {
            let (limit, _) = spec.limit?;
            Some(u64::from(limit).saturating_mul(self.price.get(taken.place()).copied().unwrap_or(0)))
        });
        priced.fold(start, u64::saturating_add)
    }
}
