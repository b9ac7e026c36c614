//! Potentials: what a case can still cost from each step on, when counted returns are left aside, and what each of them
//! adds (G3).
//!
//! With the counted returns taken away, the rest must have no round. Then a longest way exists from every step; `worth`
//! of a step is its cost and the most that any of its exits is worth. A counted return goes from a step to one that is
//! worth more: its `price` is the difference. Whatever happens in a case lowers what it is worth by the cost of what was
//! done, but for returns, each of which raises it by no more than its price, at most as often as its limit says. So
//! the whole costs at most the worth of the start and all limits times their prices: weak duality of the linear program
//! whose columns are the exits. Returns of [regions](super::regions) that exclude one another are not added up.

use smallvec::SmallVec;
use sop_core::process::{Arc, BitSet, Position as _, Process, ReturnIx, Route, StepIx, ThenSpec};

use super::program::{Program, Row, Taking};
use super::regions::{Charges, Members, Numbers, Regions, times};
use crate::model::{Exit, Exits, Way};

/// Worths and prices: one inequality for each exit proves a bound.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Potential {
    /// For each step what a case may still cost when it is activated.
    pub(crate) worth: Vec<u64>,
    /// For each return what one of its takings adds.
    pub(crate) price: Vec<u64>,
    pub(crate) regions: Regions,
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
    /// Worths and prices that give a low bound, given an order without rounds. `is_one` says that a case never has more than
    /// one token.
    pub(crate) fn of(
        process: &Process,
        exits: &Exits,
        order: &[StepIx],
        cost: &impl Cost,
        is_reached: impl Fn(StepIx) -> bool,
        is_one: bool,
    ) -> Self {
        let within = |regions: Regions| Self::within(process, exits, order, cost, &is_reached, regions, false);
        let by_region = within(Regions::of(process, exits, is_one));
        if is_one || by_region.price.iter().all(|price| *price == 0) {
            return by_region;
        }
        // A return to before a split pays for the returns of all branches each time, unless all are paid for at once.
        let at_once = within(Regions::one(process));
        if by_region.bound(process) < at_once.bound(process) { by_region } else { at_once }
    }

    /// The least worths in the same regions, with the prices that belong to them.
    pub(crate) fn least(
        &self,
        process: &Process,
        exits: &Exits,
        order: &[StepIx],
        cost: &impl Cost,
        is_reached: impl Fn(StepIx) -> bool,
    ) -> Self {
        Self::within(process, exits, order, cost, is_reached, self.regions.clone(), true)
    }

    /// The same for given regions.
    fn within(
        process: &Process,
        exits: &Exits,
        order: &[StepIx],
        cost: &impl Cost,
        is_reached: impl Fn(StepIx) -> bool,
        regions: Regions,
        is_least: bool,
    ) -> Self {
        let (steps, returns) = (process.steps().len(), process.returns().len());
        let mut potential = Self { worth: vec![0; steps], price: vec![0; returns], regions };
        let entries = potential.regions.entries(process, exits, &is_reached);
        let numbers = Numbers::of(process, &potential.regions, order, &is_reached);
        let mut charges = Charges::nothing(process);
        // What lies behind a region is known before it.
        for members in numbers.members.iter().rev().filter(|members| !members.steps.is_empty()) {
            let program = potential.program(process, exits, (members, &numbers), &charges, &entries, cost);
            let values = if is_least { program.values(program.least()) } else { program.solved() };
            for (step, worth) in members.steps.iter().zip(values.worth) {
                if let Some(known) = potential.worth.get_mut(step.place()) {
                    *known = worth;
                }
            }
            for (taken, price) in members.returns.iter().zip(values.price) {
                if let Some(known) = potential.price.get_mut(taken.place()) {
                    *known = price;
                }
            }
            let added = |taken: ReturnIx| potential.added(taken, times(process, taken));
            charges.add_parts(process, &potential.regions, members, added);
            potential.regions.settle(process, exits, &members.steps, &charges);
            let added = |taken: ReturnIx| potential.added(taken, times(process, taken));
            charges.add_region(process, &potential.regions, members, added, |taken| times(process, taken));
        }
        potential
    }

    /// The inequalities of one region.
    fn program(
        &self,
        process: &Process,
        exits: &Exits,
        (members, numbers): (&Members, &Numbers),
        charges: &Charges,
        entries: &BitSet,
        cost: &impl Cost,
    ) -> Program {
        let region = members.steps.first().map_or(0, |step| self.regions.region(*step));
        let place = |step: StepIx| numbers.step(step).filter(|_| self.regions.region(step) == region);
        let mut program = Program { places: members.steps.len(), ..Program::default() };
        program.returns = members.returns.iter().map(|taken| (times(process, *taken), 0)).collect();
        program.entries = members
            .steps
            .iter()
            .filter(|step| entries.contains(step.place()))
            .filter_map(|step| place(*step))
            .collect();
        for (from, step) in members.steps.iter().copied().enumerate() {
            let first = cost.first(step);
            program.rows.push(Row { from, base: first, to: SmallVec::new() });
            for (_, exit) in exits.of_step(step) {
                match exit.way {
                    Way::Counted(taken) => {
                        let to = process.returns()[taken].to;
                        let (number, Some(target)) = (numbers.taken(taken), place(to)) else { continue };
                        let signed = |minutes: u64| i64::try_from(minutes).unwrap_or(i64::MAX / 4);
                        let base = signed(cost.rework(to)) - signed(cost.first(to)) + signed(first);
                        program.takings.push(Taking { taken: number, from, to: target, base });
                    }
                    _ => {
                        let (inside, outside): (Vec<StepIx>, Vec<StepIx>) =
                            borne(process, exit).into_iter().partition(|to| place(*to).is_some());
                        let base = first.saturating_add(self.entering(charges, &outside));
                        program.rows.push(Row { from, base, to: inside.into_iter().filter_map(place).collect() });
                    }
                }
            }
        }
        program
    }

    /// The worth of tokens that come to these steps from another region: each region is paid for once.
    fn entering(&self, charges: &Charges, steps: &[StepIx]) -> u64 {
        let is_first = |at: usize, step: &StepIx| {
            let region = self.regions.region(*step);
            !steps.iter().take(at).any(|other| self.regions.region(*other) == region)
        };
        steps.iter().enumerate().fold(0, |sum: u64, (at, step)| {
            let charge = if is_first(at, step) { charges.entering(&self.regions, *step) } else { 0 };
            sum.saturating_add(self.worth(*step)).saturating_add(charge)
        })
    }

    /// The completions that a return adds, if it is taken so often.
    fn added(&self, taken: ReturnIx, times: u64) -> u64 {
        self.price.get(taken.place()).copied().unwrap_or(0).saturating_mul(times)
    }

    /// The charges of all regions, given their steps and returns, where each return may be taken so often.
    pub(crate) fn charges(&self, process: &Process, members: &[Members], times: impl Fn(ReturnIx) -> u64) -> Charges {
        Charges::of(process, &self.regions, members, |taken| self.added(taken, times(taken)), &times)
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

    /// The worth of an exit that is no counted return: whoever leaves a region pays for the returns of the next one.
    pub(crate) fn of_exit(&self, process: &Process, exit: &Exit, cost: &impl Cost, charges: &Charges) -> u64 {
        let region = self.regions.region(exit.step);
        let behind = |steps: SmallVec<[StepIx; 4]>| {
            let mut outside: SmallVec<[StepIx; 4]> = SmallVec::new();
            let mut inside = 0_u64;
            for to in steps {
                match self.regions.region(to) == region {
                    true => inside = inside.saturating_add(self.worth(to)),
                    false => outside.push(to),
                }
            }
            inside.saturating_add(self.entering(charges, &outside))
        };
        match (&exit.route, exit.way) {
            (Route::Go(_), _) | (Route::Return(_), Way::Spent(_)) => behind(borne(process, exit)),
            (Route::Return(taken), _) => self.worth_again(process.returns()[*taken].to, cost),
            (Route::End(_) | Route::Choose(_), _) => 0,
        }
    }

    /// The bound: the worth of the dearest start, and every return of what it leads to as often as it may be taken.
    pub(crate) fn bound(&self, process: &Process) -> u64 {
        let charges = self.charges(process, &self.regions.members(process), |taken| times(process, taken));
        process.starts().values().map(|start| self.entering(&charges, &start.opens)).max().unwrap_or(0)
    }
}

/// The steps whose worth an exit bears: of a join the first slot alone bears what comes after.
fn borne(process: &Process, exit: &Exit) -> SmallVec<[StepIx; 4]> {
    let bears = |arc: &&Arc| !matches!((arc.slot, process.steps()[arc.to].join), (Some(slot), Some((first, _))) if slot != first);
    match &exit.route {
        Route::Go(arcs) => arcs.iter().filter(bears).map(|arc| arc.to).collect(),
        _ => leads_to(process, exit).collect(),
    }
}
