//! Regions of steps: what a token's way goes through one after the other, so that it meets the returns of one parallel
//! branch and not those of its neighbours.
//!
//! A region is a strongly connected component of the steps: a way that has left it never comes back. The returns inside
//! are charged when a way enters it. A region may fall apart once its widest returns are left aside: into parts, between
//! which only those lead back. Such a way passes the region once more often than they are taken, and on each pass meets
//! the parts on one way through it; no return is taken more often than its limit on all passes together.

use petgraph::graph::{DiGraph, NodeIndex};
use sop_core::process::{Position as _, Process, ReturnIx, StepIx};

use super::potential::leads_to;
use crate::model::{Exit, Exits, Way};

/// Regions and their parts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Regions {
    /// For each step the number of its region: arrows lead to the same one or to a later one.
    region: Vec<u32>,
    /// For each step the number of its part: within a region arrows lead to the same one or to a later one, unless they are
    /// returns between parts.
    part: Vec<u32>,
    /// The returns that lead from one part of a region back to another, in order.
    between: Vec<ReturnIx>,
    /// For each part the most that the returns of later parts of its region add, on one pass.
    behind: Vec<u64>,
}

/// The steps and returns of a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members {
    pub(crate) steps: Vec<StepIx>,
    returns: Vec<ReturnIx>,
}

/// The most returns of a region among which the widest are looked for.
const MOST_RETURNS: usize = 256;

impl Regions {
    /// The regions and parts; nothing is known yet of what lies behind a part.
    pub(crate) fn of(process: &Process, exits: &Exits, is_reached: impl Fn(StepIx) -> bool) -> Self {
        let reached = |exit: &Exit| is_reached(exit.step);
        let region = components(process, exits, |exit| reached(exit));
        let between = widest(process, &region);
        let is_between = |exit: &Exit| matches!(exit.way, Way::Counted(taken) if between.binary_search(&taken).is_ok());
        let part = match between.is_empty() {
            true => region.clone(),
            false => components(process, exits, |exit| reached(exit) && !is_between(exit)),
        };
        let behind = vec![0; process.steps().len()];
        Self { region, part, between, behind }
    }

    /// Tells whether there is a number for each step, and none beyond.
    pub(crate) fn fit(&self, process: &Process) -> bool {
        let count = process.steps().len();
        let fits = |numbers: &[u32]| numbers.len() == count && numbers.iter().all(|number| (*number as usize) < count);
        fits(&self.region) && fits(&self.part) && self.behind.len() == count
    }

    /// The steps and returns of each region.
    pub(crate) fn members(&self, process: &Process) -> Vec<Members> {
        let mut members = vec![Members::default(); process.steps().len()];
        for (step, _) in process.steps().iter() {
            if let Some(members) = members.get_mut(self.region(step) as usize) {
                members.steps.push(step);
            }
        }
        for (taken, spec) in process.returns().iter() {
            if let Some(members) = members.get_mut(self.region(spec.from) as usize) {
                members.returns.push(taken);
            }
        }
        members
    }

    /// The number of a step's region.
    pub(crate) fn region(&self, step: StepIx) -> u32 {
        self.region.get(step.place()).copied().unwrap_or(0)
    }

    fn part(&self, step: StepIx) -> u32 {
        self.part.get(step.place()).copied().unwrap_or(0)
    }

    fn is_between(&self, taken: ReturnIx) -> bool {
        self.between.binary_search(&taken).is_ok()
    }

    fn behind(&self, step: StepIx) -> u64 {
        self.behind.get(self.part(step) as usize).copied().unwrap_or(0)
    }

    /// Works out what lies behind the parts of one region, given its steps.
    pub(crate) fn settle(&mut self, process: &Process, exits: &Exits, steps: &[StepIx], charges: &Charges) {
        let mut steps = steps.to_vec();
        steps.sort_by_key(|step| self.part(*step));
        for step in steps.into_iter().rev() {
            let onwards = exits.of_step(step).flat_map(|(_, exit)| leads_to(process, exit).map(move |to| (exit, to)));
            let most = onwards
                .filter(|(exit, to)| {
                    self.region(*to) == self.region(step) && self.part(*to) != self.part(step) && {
                        !matches!(exit.way, Way::Counted(taken) if self.is_between(taken))
                    }
                })
                .map(|(_, to)| charges.part(self.part(to)).saturating_add(self.behind(to)))
                .max();
            let part = self.part(step) as usize;
            if let Some(behind) = self.behind.get_mut(part) {
                *behind = most.unwrap_or(0).max(*behind);
            }
        }
    }

    /// Tells whether arrows lead on as the numbers say, and nothing more lies behind a part than is said.
    pub(crate) fn hold(&self, process: &Process, exit: &Exit, to: StepIx, charges: &Charges) -> bool {
        let from = exit.step;
        let is_same_region = self.region(from) == self.region(to);
        let is_same_part = self.part(from) == self.part(to);
        match exit.way {
            Way::Counted(taken) => {
                let spec = &process.returns()[taken];
                is_same_region && spec.from == from && (is_same_part || self.is_between(taken))
            }
            Way::Plain | Way::Spent(_) if !is_same_region => self.region(from) < self.region(to),
            Way::Plain | Way::Spent(_) if is_same_part => true,
            Way::Plain | Way::Spent(_) => {
                let further = charges.part(self.part(to)).saturating_add(self.behind(to));
                self.part(from) < self.part(to) && self.behind(from) >= further
            }
        }
    }
}

/// The strongly connected components of the steps, numbered so that arrows lead to the same one or to a later one.
fn components(process: &Process, exits: &Exits, is_there: impl Fn(&Exit) -> bool) -> Vec<u32> {
    let count = process.steps().len();
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(count, exits.len());
    for _ in 0..count {
        graph.add_node(());
    }
    for (_, exit) in exits.iter().filter(|(_, exit)| is_there(exit)) {
        for to in leads_to(process, exit) {
            graph.add_edge(NodeIndex::new(exit.step.place()), NodeIndex::new(to.place()), ());
        }
    }
    let mut numbers = vec![0_u32; count];
    let components = petgraph::algo::kosaraju_scc(&graph);
    for (number, component) in (0..).zip(components.iter().rev()) {
        for node in component {
            if let Some(known) = numbers.get_mut(node.index()) {
                *known = number;
            }
        }
    }
    numbers
}

/// The returns that withdraw all that another one of the same region does, and more.
fn widest(process: &Process, region: &[u32]) -> Vec<ReturnIx> {
    let region_of = |taken: &ReturnIx| region.get(process.returns()[*taken].from.place()).copied();
    let mut returns: Vec<ReturnIx> = process.returns().iter().map(|(taken, _)| taken).collect();
    returns.sort_by_key(|taken| (region_of(taken), *taken));
    let mut widest = Vec::new();
    for same in returns.chunk_by(|one, other| region_of(one) == region_of(other)) {
        if same.len() > MOST_RETURNS {
            continue;
        }
        let steps = |taken: ReturnIx| process.returns()[taken].steps.as_words();
        let contains = |one: ReturnIx, other: ReturnIx| {
            let mut words = steps(one).iter().zip(steps(other));
            steps(one) != steps(other) && words.all(|(one, other)| other & !one == 0)
        };
        widest.extend(same.iter().copied().filter(|one| same.iter().any(|other| contains(*one, *other))));
    }
    widest.sort_unstable();
    widest
}

/// What the returns of each region add to a way through it, each as often as it may be taken.
#[derive(Debug, Clone)]
pub(crate) struct Charges {
    of_region: Vec<u64>,
    of_part: Vec<u64>,
}

impl Charges {
    /// Nothing yet.
    pub(crate) fn nothing(process: &Process) -> Self {
        let count = process.steps().len();
        Self { of_region: vec![0; count], of_part: vec![0; count] }
    }

    /// The charges of all regions, where each return adds so much for all times that it may be taken.
    pub(crate) fn of(
        process: &Process,
        regions: &Regions,
        added: impl Fn(ReturnIx) -> u64,
        times: impl Fn(ReturnIx) -> u64,
    ) -> Self {
        let mut charges = Self::nothing(process);
        for members in regions.members(process) {
            charges.add_parts(process, regions, &members, &added);
            charges.add_region(regions, &members, &added, &times);
        }
        charges
    }

    /// Adds what the returns of a region cost to the parts that they lie in.
    pub(crate) fn add_parts(
        &mut self,
        process: &Process,
        regions: &Regions,
        members: &Members,
        added: impl Fn(ReturnIx) -> u64,
    ) {
        for taken in members.returns.iter().copied().filter(|taken| !regions.is_between(*taken)) {
            if let Some(part) = self.of_part.get_mut(regions.part(process.returns()[taken].from) as usize) {
                *part = part.saturating_add(added(taken));
            }
        }
    }

    /// Adds up the charge of a region, of which is known what its parts cost and what lies behind them.
    pub(crate) fn add_region(
        &mut self,
        regions: &Regions,
        members: &Members,
        added: impl Fn(ReturnIx) -> u64,
        times: impl Fn(ReturnIx) -> u64,
    ) {
        let Some(first) = members.steps.first() else { return };
        let (between, inside): (Vec<ReturnIx>, Vec<ReturnIx>) =
            members.returns.iter().partition(|taken| regions.is_between(**taken));
        let sum = |list: &[ReturnIx], of: &dyn Fn(ReturnIx) -> u64| {
            list.iter().map(|taken| of(*taken)).fold(0, u64::saturating_add)
        };
        let passes = sum(&between, &times).saturating_add(1);
        let pass = members.steps.iter().map(|step| self.on_pass(regions, *step)).max().unwrap_or(0);
        let inside = sum(&inside, &added).min(pass.saturating_mul(passes));
        let charge = sum(&between, &added).saturating_add(inside);
        if let Some(known) = self.of_region.get_mut(regions.region(*first) as usize) {
            *known = charge;
        }
    }

    fn part(&self, part: u32) -> u64 {
        self.of_part.get(part as usize).copied().unwrap_or(0)
    }

    /// What a way may pay from a step on before it leaves the region or goes back between its parts.
    pub(crate) fn on_pass(&self, regions: &Regions, step: StepIx) -> u64 {
        self.part(regions.part(step)).saturating_add(regions.behind(step))
    }

    /// What is charged to whoever comes to a step from another region, or at first.
    pub(crate) fn entering(&self, regions: &Regions, step: StepIx) -> u64 {
        self.of_region.get(regions.region(step) as usize).copied().unwrap_or(0)
    }
}
