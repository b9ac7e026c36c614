//! The longest time that a case may take from each step on, shared clocks counted once on a way (T2).
//!
//! A case is over when its last token is; that token's way, with every wait on it, takes as long as the case. So the worst
//! case is a longest way, where the steps of one clock take no more than its budget together until a return refills it:
//! whoever comes first on the way is charged all of it, those after it nothing. What a case may still take from a step on
//! therefore depends on the clocks that its way has been charged: an entry for each step and each set of them.
//!
//! Counted returns have prices, as for [completions](super::potential): what one of its takings adds to the longest way at
//! most. A way pays for those of the [regions](super::regions) that it comes to: of parallel branches it goes through one,
//! unless it comes back. A return that refills a clock for tokens which it does not withdraw is paid for by every way.

use std::collections::BTreeMap;

use smallvec::{SmallVec, smallvec};
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, Route, StepIx};
use sop_core::time::Budget;

use super::potential::leads_to;
use super::program::{Program, Row, Taking};
use super::regions::{Charges, Members, Numbers, Regions, times};
use crate::model::{Exit, Exits, Way};

/// The shared clocks that a way has been charged, one bit each.
pub(crate) type Charged = u64;

/// The longest times from each step on, and what each return adds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Longest {
    /// For each step and set of clocks that a way to it has been charged the most minutes from there on, in order.
    pub(crate) entries: Vec<(StepIx, Charged, u64)>,
    /// For each return what one of its takings adds.
    pub(crate) price: Vec<u64>,
    pub(crate) regions: Regions,
}

/// The most entries; beyond, every step is charged its clock, however often it was charged before.
const MOST_ENTRIES: usize = 20_000;

fn minutes(budget: Option<Budget>) -> u64 {
    budget.map_or(0, |budget| u64::from(budget.minutes()))
}

/// What a step takes at most, on a way that was charged these clocks.
pub(crate) fn charge(process: &Process, step: StepIx, charged: Charged, again: bool) -> u64 {
    let spec = &process.steps()[step];
    match spec.group {
        Some(group) if bit(group.place()) & charged != 0 => 0,
        Some(group) => minutes(process.groups()[group].budget),
        None if again => minutes(spec.rework.or(spec.budget)),
        None => minutes(spec.budget),
    }
}

/// The bit of a clock; none for those that have no place in a word: they are charged each time.
fn bit(place: usize) -> Charged {
    if place < 64 { 1 << place } else { 0 }
}

/// The clocks that a way has been charged after an exit.
pub(crate) fn charged_after(process: &Process, exit: &Exit, charged: Charged) -> Charged {
    let own = process.steps()[exit.step].group.map_or(0, |group| bit(group.place()));
    let refilled = exit
        .goes_back()
        .map_or(0, |taken| process.returns()[taken].refills.iter().fold(0, |all, group| all | bit(group.place())));
    (charged | own) & !refilled
}

/// What a return adds to the ways of tokens that it does not withdraw: the clocks that it refills for them.
pub(crate) fn refilled_for_others(process: &Process, taken: ReturnIx) -> u64 {
    let spec = &process.returns()[taken];
    let is_elsewhere = |steps: &[StepIx]| steps.iter().any(|step| !spec.steps.contains(step.place()));
    let refilled = spec.refills.iter().map(|group| &process.groups()[*group]);
    refilled.filter(|group| is_elsewhere(&group.steps)).fold(0, |all, group| all.saturating_add(minutes(group.budget)))
}

/// What a return has to be priced at, given the longest times where it comes from and where it leads.
pub(crate) fn price(process: &Process, exit: &Exit, charged: Charged, here: u64, target: u64) -> u64 {
    let Route::Return(taken) = exit.route else { return 0 };
    let to = process.returns()[taken].to;
    let after = charged_after(process, exit, charged);
    let again =
        target.saturating_sub(charge(process, to, after, false)).saturating_add(charge(process, to, after, true));
    let rest = here.saturating_sub(charge(process, exit.step, charged, false));
    again.saturating_sub(rest).max(refilled_for_others(process, taken))
}

impl Longest {
    /// Times and prices that give a low bound, given an order in which every exit but counted returns leads forward; or the
    /// least times, with the prices that belong to them.
    pub(crate) fn of(
        process: &Process,
        exits: &Exits,
        order: &[StepIx],
        is_reached: impl Fn(StepIx) -> bool,
        is_least: bool,
    ) -> Self {
        let matter = Matter::of(process, exits);
        let ways = ways(process, exits, &matter, MOST_ENTRIES).unwrap_or_else(|| {
            let nothing = |(step, _)| (step, vec![0]);
            process.steps().iter().map(nothing).collect()
        });
        let regions = Regions::of(process, exits, true);
        let mut longest = Self { entries: Vec::new(), price: vec![0; process.returns().len()], regions };
        let comes_in = longest.regions.entries(process, exits, &is_reached);
        let numbers = Numbers::of(process, &longest.regions, order, &is_reached);
        let mut worth: BTreeMap<(StepIx, Charged), u64> = BTreeMap::new();
        let mut charges = Charges::nothing(process);
        // What lies behind a region is known before it.
        for members in numbers.members.iter().rev() {
            let places: Vec<(StepIx, Charged)> = members
                .steps
                .iter()
                .flat_map(|step| ways.get(step).into_iter().flatten().map(move |charged| (*step, *charged)))
                .collect();
            if places.is_empty() {
                continue;
            }
            let number: BTreeMap<(StepIx, Charged), usize> = places.iter().copied().zip(0..).collect();
            let find = |step: StepIx, charged: Charged| {
                let charged = matter.only(step, charged);
                number.get(&(step, charged)).or_else(|| number.get(&(step, 0))).copied()
            };
            let known = |worth: &BTreeMap<(StepIx, Charged), u64>, step: StepIx, charged: Charged| {
                let charged = matter.only(step, charged);
                worth.get(&(step, charged)).or_else(|| worth.get(&(step, 0))).copied().unwrap_or(0)
            };
            let mut program = Program { places: places.len(), ..Program::default() };
            program.returns = members
                .returns
                .iter()
                .map(|taken| (times(process, *taken), refilled_for_others(process, *taken)))
                .collect();
            for (from, (step, charged)) in places.iter().copied().enumerate() {
                if comes_in.contains(step.place()) {
                    program.entries.push(from);
                }
                let own = charge(process, step, charged, false);
                program.rows.push(Row { from, base: own, to: SmallVec::new() });
                for (_, exit) in exits.of_step(step) {
                    let after = charged_after(process, exit, charged);
                    for to in leads_to(process, exit) {
                        match (exit.way, find(to, after)) {
                            (Way::Counted(taken), Some(target)) => {
                                let signed = |minutes: u64| i64::try_from(minutes).unwrap_or(i64::MAX / 4);
                                let again = |again: bool| signed(charge(process, to, after, again));
                                let base = again(true) - again(false) + signed(own);
                                program.takings.push(Taking { taken: numbers.taken(taken), from, to: target, base });
                            }
                            (Way::Counted(_), None) => {}
                            (_, Some(target)) => program.rows.push(Row { from, base: own, to: smallvec![target] }),
                            (_, None) => {
                                let entering = charges.entering(&longest.regions, to);
                                let base = own.saturating_add(known(&worth, to, after)).saturating_add(entering);
                                program.rows.push(Row { from, base, to: SmallVec::new() });
                            }
                        }
                    }
                }
            }
            let values = if is_least { program.values(program.least()) } else { program.solved() };
            worth.extend(places.iter().copied().zip(values.worth));
            for (taken, price) in members.returns.iter().zip(values.price) {
                if let Some(known) = longest.price.get_mut(taken.place()) {
                    *known = price;
                }
            }
            let added = |taken: ReturnIx| added(process, &longest.price, taken, times(process, taken));
            charges.add_parts(process, &longest.regions, members, added);
            longest.regions.settle(process, exits, &members.steps, &charges);
            charges.add_region(process, &longest.regions, members, added, |taken| times(process, taken));
        }
        longest.entries = worth.into_iter().map(|((step, charged), worth)| (step, charged, worth)).collect();
        longest
    }

    /// The charges of all regions, given their steps and returns, where each return may be taken so often.
    pub(crate) fn charges(&self, process: &Process, members: &[Members], times: impl Fn(ReturnIx) -> u64) -> Charges {
        Charges::of(process, &self.regions, members, |taken| added(process, &self.price, taken, times(taken)), &times)
    }

    /// The least of the times that hold for a way that was charged these clocks: whoever was charged less may take longer.
    pub(crate) fn from(&self, step: StepIx, charged: Charged) -> Option<u64> {
        let first = self.entries.partition_point(|(of, ..)| *of < step);
        let of_step = self.entries.get(first..)?.iter().take_while(|(of, ..)| *of == step);
        of_step.filter(|(_, known, _)| known & !charged == 0).map(|(.., worth)| *worth).min()
    }

    /// The longest time from a step on for a way that comes to it from another region, or at first.
    pub(crate) fn entering(&self, charges: &Charges, step: StepIx, charged: Charged) -> Option<u64> {
        Some(self.from(step, charged)?.saturating_add(charges.entering(&self.regions, step)))
    }

    /// The longest time behind an exit from the step where it leads.
    pub(crate) fn behind(&self, charges: &Charges, from: StepIx, to: StepIx, charged: Charged) -> Option<u64> {
        match self.regions.region(from) == self.regions.region(to) {
            true => self.from(to, charged),
            false => self.entering(charges, to, charged),
        }
    }

    /// The longest time behind an exit, or from a start on, with the returns that may be met before the region is left.
    pub(crate) fn still(&self, charges: &Charges, from: Option<StepIx>, to: StepIx, charged: Charged) -> Option<u64> {
        let is_same = from.is_some_and(|from| self.regions.region(from) == self.regions.region(to));
        match is_same {
            true => Some(self.from(to, charged)?.saturating_add(charges.on_pass(&self.regions, to))),
            false => self.entering(charges, to, charged),
        }
    }

    /// The worst case: the longest way from any start, the returns that it comes to as often as they may be taken, and
    /// whatever is refilled for others.
    pub(crate) fn bound(&self, process: &Process) -> u64 {
        let charges = self.charges(process, &self.regions.members(process), |taken| times(process, taken));
        let of_step = |step: &StepIx| self.entering(&charges, *step, 0);
        let start = process.starts().values().flat_map(|start| &start.opens).filter_map(of_step).max().unwrap_or(0);
        let for_all = process.returns().iter().filter(|(taken, _)| refilled_for_others(process, *taken) > 0);
        let price = |taken: ReturnIx| self.price.get(taken.place()).copied().unwrap_or(0);
        for_all.fold(start, |sum, (taken, _)| sum.saturating_add(price(taken).saturating_mul(times(process, taken))))
    }
}

/// The minutes that a return adds to ways that come to it, if it is taken so often; what it refills for others is paid for by all.
fn added(process: &Process, prices: &[u64], taken: ReturnIx, times: u64) -> u64 {
    match refilled_for_others(process, taken) {
        0 => prices.get(taken.place()).copied().unwrap_or(0).saturating_mul(times),
        _ => 0,
    }
}

/// Which clocks still matter from each step on: others need not be told apart.
struct Matter(Vec<Charged>);

impl Matter {
    fn of(process: &Process, exits: &Exits) -> Self {
        let mut matter: Vec<Charged> =
            process.steps().values().map(|spec| spec.group.map_or(0, |group| bit(group.place()))).collect();
        if matter.iter().all(|clocks| *clocks == 0) {
            return Self(matter);
        }
        let mut before: Vec<Vec<StepIx>> = vec![Vec::new(); matter.len()];
        for (_, exit) in exits.iter() {
            for to in leads_to(process, exit) {
                if let Some(list) = before.get_mut(to.place()) {
                    list.push(exit.step);
                }
            }
        }
        let mut open: Vec<StepIx> = process.steps().iter().map(|(step, _)| step).collect();
        let mut is_open = BitSet::with_len(matter.len());
        is_open.extend(0..matter.len());
        while let Some(step) = open.pop() {
            is_open.remove(step.place());
            let here = matter.get(step.place()).copied().unwrap_or(0);
            for from in before.get(step.place()).into_iter().flatten() {
                if let Some(known) = matter.get_mut(from.place())
                    && here & !*known != 0
                {
                    *known |= here;
                    if is_open.insert(from.place()) {
                        open.push(*from);
                    }
                }
            }
        }
        Self(matter)
    }

    fn only(&self, step: StepIx, charged: Charged) -> Charged {
        charged & self.0.get(step.place()).copied().unwrap_or(0)
    }
}

/// The sets of clocks that ways to each step have been charged. None for more than `most`.
fn ways(process: &Process, exits: &Exits, matter: &Matter, most: usize) -> Option<BTreeMap<StepIx, Vec<Charged>>> {
    let mut found: BTreeMap<StepIx, Vec<Charged>> = BTreeMap::new();
    let mut count = 0;
    let mut open: Vec<(StepIx, Charged)> = Vec::new();
    let mut come = |step: StepIx, charged: Charged, open: &mut Vec<(StepIx, Charged)>| {
        let charged = matter.only(step, charged);
        let known = found.entry(step).or_default();
        if !known.contains(&charged) {
            known.push(charged);
            count += 1;
            open.push((step, charged));
        }
        count <= most.max(process.steps().len())
    };
    for start in process.starts().values() {
        start.opens.iter().all(|step| come(*step, 0, &mut open)).then_some(())?;
    }
    while let Some((step, charged)) = open.pop() {
        for (_, exit) in exits.of_step(step) {
            let after = charged_after(process, exit, charged);
            leads_to(process, exit).all(|to| come(to, after, &mut open)).then_some(())?;
        }
    }
    found.values_mut().for_each(|list| list.sort_unstable());
    Some(found)
}
