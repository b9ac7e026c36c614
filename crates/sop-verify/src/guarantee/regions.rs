//! Regions of steps: what a token's way goes through one after the other, so that it meets the returns of one parallel
//! branch and not those of its neighbours.
//!
//! A region is a strongly connected component of the steps: a way that has left it never comes back. The returns inside
//! are charged when a way enters it. A region may fall apart once its widest returns are left aside: into parts, between
//! which only those lead back. Such a way passes the region once more often than they are taken, and on each pass meets
//! of the parts that are alternatives only those on one way through it; no return is taken more often than its limit on
//! all passes together. So the charge of a region is that of the returns between parts, that of the parts that every pass
//! may meet, and of the alternatives the less of all of them and the most of a pass, as often as it is passed.

use petgraph::graph::{DiGraph, NodeIndex};
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, StepIx};

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
    /// The parts, in order, that a pass through their region may leave out for another one.
    alternatives: Vec<u32>,
    /// For each part the most that the returns of later ones of these parts add, on one pass.
    behind: Vec<u64>,
}

/// The steps and returns of a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members {
    pub(crate) steps: Vec<StepIx>,
    pub(crate) returns: Vec<ReturnIx>,
}

/// The steps that are reached and the returns of all regions, numbered within each: steps in an order in which all exits but counted returns
/// lead forward.
pub(crate) struct Numbers {
    pub(crate) members: Vec<Members>,
    of_step: Vec<Option<usize>>,
    of_return: Vec<usize>,
}

impl Numbers {
    pub(crate) fn of(
        process: &Process,
        regions: &Regions,
        order: &[StepIx],
        is_reached: impl Fn(StepIx) -> bool,
    ) -> Self {
        let mut members = regions.members(process);
        members.iter_mut().for_each(|members| members.steps.clear());
        let mut numbers =
            Self { members, of_step: vec![None; process.steps().len()], of_return: vec![0; process.returns().len()] };
        for step in order.iter().filter(|step| is_reached(**step)) {
            let members = numbers.members.get_mut(regions.region(*step) as usize);
            if let (Some(members), Some(number)) = (members, numbers.of_step.get_mut(step.place())) {
                *number = Some(members.steps.len());
                members.steps.push(*step);
            }
        }
        for members in &numbers.members {
            for (number, taken) in members.returns.iter().enumerate() {
                if let Some(known) = numbers.of_return.get_mut(taken.place()) {
                    *known = number;
                }
            }
        }
        numbers
    }

    /// The number of a step in its region; none for one that is not reached.
    pub(crate) fn step(&self, step: StepIx) -> Option<usize> {
        self.of_step.get(step.place()).copied().flatten()
    }

    pub(crate) fn taken(&self, taken: ReturnIx) -> usize {
        self.of_return.get(taken.place()).copied().unwrap_or(0)
    }
}

/// The number of times that a return may be taken, if that is limited.
pub(crate) fn times(process: &Process, taken: ReturnIx) -> u64 {
    process.returns()[taken].limit.map_or(0, |(limit, _)| u64::from(limit))
}

/// The most returns of a region among which the widest are looked for.
const MOST_RETURNS: usize = 256;

impl Regions {
    /// All steps as one region.
    pub(crate) fn one(process: &Process) -> Self {
        let count = process.steps().len();
        Self {
            region: vec![0; count],
            part: vec![0; count],
            between: Vec::new(),
            alternatives: Vec::new(),
            behind: vec![0; count],
        }
    }

    /// The regions and parts; nothing is known yet of what lies behind a part.
    ///
    /// `is_one` says that at most one token is about in a region; where more may be, nothing is an alternative.
    pub(crate) fn of(process: &Process, exits: &Exits, is_one: bool) -> Self {
        let region = Ways::of(process, exits, |_| true).components();
        let behind = vec![0; process.steps().len()];
        let groups = by_region(process, &region);
        let is_counted = |exit: &Exit| matches!(exit.way, Way::Counted(_));
        let forward = Ways::of(process, exits, |exit| !is_counted(exit));
        let between = if is_one { that_go_round(process, &forward, &groups) } else { Vec::new() };
        if between.is_empty() {
            return Self { part: region.clone(), region, between, alternatives: Vec::new(), behind };
        }
        let is_between = |exit: &Exit| matches!(exit.way, Way::Counted(taken) if between.binary_search(&taken).is_ok());
        let part = Ways::of(process, exits, |exit| !is_between(exit)).components();
        let alternatives = alternatives(process, &forward, &groups, &part);
        Self { region, part, between, alternatives, behind }
    }

    /// Tells whether there is a number for each step, and none beyond.
    pub(crate) fn fit(&self, process: &Process) -> bool {
        let count = process.steps().len();
        let fits = |numbers: &[u32]| numbers.len() == count && numbers.iter().all(|number| (*number as usize) < count);
        fits(&self.region) && fits(&self.part) && self.behind.len() == count
    }

    /// Tells whether no region has parts that are alternatives: several tokens may be about.
    pub(crate) fn is_plain(&self) -> bool {
        self.between.is_empty() && self.alternatives.is_empty()
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

    /// The steps at which a way may come to their region: from another one, or at first.
    pub(crate) fn entries(&self, process: &Process, exits: &Exits, is_reached: impl Fn(StepIx) -> bool) -> BitSet {
        let mut entries = BitSet::with_len(process.steps().len());
        entries.extend(process.starts().values().flat_map(|start| &start.opens).map(|step| step.place()));
        for (_, exit) in exits.iter().filter(|(_, exit)| is_reached(exit.step)) {
            let comes = leads_to(process, exit).filter(|to| self.region(*to) != self.region(exit.step));
            entries.extend(comes.map(|to| to.place()));
        }
        entries
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

    fn is_alternative(&self, taken: ReturnIx, process: &Process) -> bool {
        self.alternatives.binary_search(&self.part(process.returns()[taken].from)).is_ok()
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

/// Steps and where they lead, as far as some exits go.
struct Ways {
    onwards: Vec<Vec<usize>>,
    backwards: Vec<Vec<usize>>,
}

impl Ways {
    fn of(process: &Process, exits: &Exits, is_there: impl Fn(&Exit) -> bool) -> Self {
        let count = process.steps().len();
        let mut ways = Self { onwards: vec![Vec::new(); count], backwards: vec![Vec::new(); count] };
        for (_, exit) in exits.iter().filter(|(_, exit)| is_there(exit)) {
            for to in leads_to(process, exit) {
                for (list, from, to) in [(&mut ways.onwards, exit.step, to), (&mut ways.backwards, to, exit.step)] {
                    if let Some(list) = list.get_mut(from.place()) {
                        list.push(to.place());
                    }
                }
            }
        }
        ways
    }

    /// The strongly connected components, numbered so that arrows lead to the same one or to a later one.
    fn components(&self) -> Vec<u32> {
        let count = self.onwards.len();
        let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(count, count * 2);
        for _ in 0..count {
            graph.add_node(());
        }
        for (from, list) in self.onwards.iter().enumerate() {
            for to in list {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(*to), ());
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
}

/// The steps that are reached from a step.
fn reached(next: &[Vec<usize>], from: StepIx) -> BitSet {
    let mut reached = BitSet::with_len(next.len());
    reached.insert(from.place());
    let mut open = vec![from.place()];
    while let Some(step) = open.pop() {
        open.extend(next.get(step).into_iter().flatten().copied().filter(|to| reached.insert(*to)));
    }
    reached
}

/// The returns of each region, where they are not too many.
fn by_region(process: &Process, region: &[u32]) -> Vec<Vec<ReturnIx>> {
    let region_of = |taken: &ReturnIx| region.get(process.returns()[*taken].from.place()).copied();
    let mut returns: Vec<ReturnIx> = process.returns().iter().map(|(taken, _)| taken).collect();
    returns.sort_by_key(|taken| (region_of(taken), *taken));
    let groups = returns.chunk_by(|one, other| region_of(one) == region_of(other));
    groups.filter(|same| same.len() <= MOST_RETURNS).map(<[ReturnIx]>::to_vec).collect()
}

/// The returns that go round others of their region: on a way from where they lead to where they come from lies one.
fn that_go_round(process: &Process, ways: &Ways, groups: &[Vec<ReturnIx>]) -> Vec<ReturnIx> {
    let mut found = Vec::new();
    for same in groups.iter().filter(|same| same.len() > 1) {
        let round = |taken: ReturnIx| {
            let spec = &process.returns()[taken];
            let mut round = reached(&ways.onwards, spec.to);
            round.intersect(&reached(&ways.backwards, spec.from));
            round
        };
        let rounds: Vec<(ReturnIx, BitSet)> = same.iter().map(|taken| (*taken, round(*taken))).collect();
        let is_inside = |(one, inner): &(ReturnIx, BitSet), (other, outer): &(ReturnIx, BitSet)| {
            one != other && inner != outer && inner.iter().all(|step| outer.contains(step))
        };
        let goes_round = |outer: &&(ReturnIx, BitSet)| rounds.iter().any(|inner| is_inside(inner, outer));
        found.extend(rounds.iter().filter(goes_round).map(|(taken, _)| *taken));
    }
    found.sort_unstable();
    found
}

/// The parts that a pass through their region may leave out for another one.
fn alternatives(process: &Process, ways: &Ways, groups: &[Vec<ReturnIx>], part: &[u32]) -> Vec<u32> {
    let part_of = |step: StepIx| part.get(step.place()).copied().unwrap_or(0);
    let mut found = Vec::new();
    for same in groups.iter().filter(|same| same.len() > 1) {
        let from = |taken: &ReturnIx| process.returns()[*taken].from;
        let behind: Vec<(StepIx, BitSet)> =
            same.iter().map(|taken| (from(taken), reached(&ways.onwards, from(taken)))).collect();
        let is_in_turn = |(one, after): &(StepIx, BitSet)| {
            let comes =
                |(other, before): &(StepIx, BitSet)| after.contains(other.place()) || before.contains(one.place());
            !behind.iter().all(comes)
        };
        found.extend(behind.iter().filter(|it| is_in_turn(it)).map(|(step, _)| part_of(*step)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The minutes or completions that the returns of each region add to a way through it, each as often as it may be taken.
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

    /// The charges of all regions, given their steps and returns, where each return adds so much for all times that it may be taken.
    pub(crate) fn of(
        process: &Process,
        regions: &Regions,
        members: &[Members],
        added: impl Fn(ReturnIx) -> u64,
        times: impl Fn(ReturnIx) -> u64,
    ) -> Self {
        let mut charges = Self::nothing(process);
        for members in members.iter().filter(|members| !members.returns.is_empty()) {
            charges.add_parts(process, regions, members, &added);
            charges.add_region(process, regions, members, &added, &times);
        }
        charges
    }

    /// Adds what the returns of a region cost to the alternatives that they lie in.
    pub(crate) fn add_parts(
        &mut self,
        process: &Process,
        regions: &Regions,
        members: &Members,
        added: impl Fn(ReturnIx) -> u64,
    ) {
        let is_alternative = |taken: &ReturnIx| !regions.is_between(*taken) && regions.is_alternative(*taken, process);
        for taken in members.returns.iter().copied().filter(is_alternative) {
            if let Some(part) = self.of_part.get_mut(regions.part(process.returns()[taken].from) as usize) {
                *part = part.saturating_add(added(taken));
            }
        }
    }

    /// Adds up the charge of a region, of which is known what its parts cost and what lies behind them.
    pub(crate) fn add_region(
        &mut self,
        process: &Process,
        regions: &Regions,
        members: &Members,
        added: impl Fn(ReturnIx) -> u64,
        times: impl Fn(ReturnIx) -> u64,
    ) {
        let Some(first) = members.steps.first() else { return };
        let (between, inside): (Vec<ReturnIx>, Vec<ReturnIx>) =
            members.returns.iter().partition(|taken| regions.is_between(**taken));
        let (alternative, always): (Vec<ReturnIx>, Vec<ReturnIx>) =
            inside.into_iter().partition(|taken| regions.is_alternative(*taken, process));
        let sum = |list: &[ReturnIx], of: &dyn Fn(ReturnIx) -> u64| {
            list.iter().map(|taken| of(*taken)).fold(0, u64::saturating_add)
        };
        let passes = sum(&between, &times).saturating_add(1);
        let pass = members.steps.iter().map(|step| self.on_pass(regions, *step)).max().unwrap_or(0);
        let in_turn = sum(&alternative, &added).min(pass.saturating_mul(passes));
        let charge = sum(&between, &added).saturating_add(sum(&always, &added)).saturating_add(in_turn);
        if let Some(known) = self.of_region.get_mut(regions.region(*first) as usize) {
            *known = charge;
        }
    }

    fn part(&self, part: u32) -> u64 {
        self.of_part.get(part as usize).copied().unwrap_or(0)
    }

    /// The most that a way pays from a step on before it leaves the region or goes back between its parts.
    pub(crate) fn on_pass(&self, regions: &Regions, step: StepIx) -> u64 {
        self.part(regions.part(step)).saturating_add(regions.behind(step))
    }

    /// The charge for whoever comes to a step from another region, or at first.
    pub(crate) fn entering(&self, regions: &Regions, step: StepIx) -> u64 {
        self.of_region.get(regions.region(step) as usize).copied().unwrap_or(0)
    }
}
