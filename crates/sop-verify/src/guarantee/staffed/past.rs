//! What may have been done before somebody has to act.

use std::collections::BTreeSet;

use sop_core::process::{BitSet, Position as _, Process, StepIx};

use crate::guarantee::potential::leads_to;
use crate::model::{By, Facts};
use crate::search::{Arrival, Graph, Parent};

/// The steps that must have been done by another, and those by the same person, as far as they may be done before (W3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Partners {
    pub(super) distinct: Vec<StepIx>,
    pub(super) same: Vec<StepIx>,
}

impl Partners {
    fn all(&self) -> impl Iterator<Item = StepIx> + '_ {
        self.distinct.iter().chain(&self.same).copied()
    }

    /// Those of them that are in a past.
    fn within(&self, all: &[StepIx], past: u32) -> Self {
        let is_in = |step: &&StepIx| bit(all, **step) & past != 0;
        Self {
            distinct: self.distinct.iter().filter(is_in).copied().collect(),
            same: self.same.iter().filter(is_in).copied().collect(),
        }
    }
}

/// The bit of a step in a past.
fn bit(all: &[StepIx], step: StepIx) -> u32 {
    all.iter().position(|other| *other == step).map_or(0, |place| 1 << place)
}

/// For each step those from which an arrow leads to it.
pub(super) struct Arrows(Vec<Vec<StepIx>>);

impl Arrows {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let process = facts.process;
        let mut arrows: Vec<Vec<StepIx>> = vec![Vec::new(); process.steps().len()];
        for (_, exit) in facts.exits.iter() {
            for to in leads_to(process, exit) {
                if let Some(list) = arrows.get_mut(to.place()) {
                    list.push(exit.step);
                }
            }
        }
        Self(arrows)
    }

    /// By the arrows alone, with no regard to whether a case can go that way: all partners that may have been done, and
    /// perhaps more. What goes on beside a step may have been done as well.
    pub(super) fn partners(&self, facts: &Facts<'_>, step: StepIx) -> Partners {
        let spec = &facts.process.steps()[step];
        let mut wanted: BTreeSet<StepIx> = spec.distinct_from.iter().chain(&spec.same_as).copied().collect();
        if facts.is_sequential {
            let mut before = BitSet::with_len(self.0.len());
            let mut open = vec![step];
            while let Some(at) = open.pop().filter(|_| !wanted.is_empty()) {
                for from in self.0.get(at.place()).into_iter().flatten() {
                    if before.insert(from.place()) {
                        wanted.remove(from);
                        open.push(*from);
                    }
                }
            }
        } else {
            wanted.clear();
        }
        let may = |other: &&StepIx| !wanted.contains(other);
        Partners {
            distinct: spec.distinct_from.iter().filter(may).copied().collect(),
            same: spec.same_as.iter().filter(may).copied().collect(),
        }
    }
}

/// The most pasts of which none is within another that are looked at.
const MOST_PASTS: usize = 256;

/// A state, and which partners were last completed by a person on the way there.
struct Moment {
    state: u32,
    past: u32,
    from: Option<(u32, Parent)>,
}

/// Every past with which a case comes to a step.
pub(super) struct Pasts<'g, 's> {
    graph: &'g Graph<'s>,
    partners: Vec<StepIx>,
    /// Nearest first.
    moments: Vec<Moment>,
    /// Those at which somebody has to act at the step.
    at_step: Vec<u32>,
}

impl<'g, 's> Pasts<'g, 's> {
    /// Looks at all of them. None if there are too many.
    pub(super) fn of(graph: &'g Graph<'s>, step: StepIx, partners: &Partners, most: usize) -> Option<Self> {
        let partners: Vec<StepIx> = partners.all().collect();
        if graph.is_cut || partners.len() > 32 {
            return None;
        }
        let mut pasts = Self { graph, partners, moments: Vec::new(), at_step: Vec::new() };
        let mut known = BTreeSet::new();
        for state in 0..graph.len() as u32 {
            if let Some(Parent::Start(_)) = graph.parents.get(state as usize) {
                known.insert((state, 0));
                pasts.moments.push(Moment { state, past: 0, from: None });
            }
        }
        let mut at = 0;
        while let Some(&Moment { state, past, .. }) = pasts.moments.get(at) {
            if graph.packing.marking.is_active(graph.state(state), step) {
                pasts.at_step.push(at as u32);
            }
            for edge in graph.edges_of(state) {
                let Arrival::State(to) = edge.to else { continue };
                let Some(exit) = graph.exits.get(edge.exit) else { continue };
                let done = bit(&pasts.partners, exit.step);
                let past = match exit.by {
                    By::Person => past | done,
                    // What was last done by the policy keeps nobody out.
                    By::Rung(_) => past & !done,
                };
                if known.insert((to, past)) {
                    if pasts.moments.len() >= most {
                        return None;
                    }
                    let by = Parent::Move { from: state, exit: edge.exit, sample: edge.sample };
                    pasts.moments.push(Moment { state: to, past, from: Some((at as u32, by)) });
                }
            }
            at += 1;
        }
        Some(pasts)
    }

    /// The states that they were looked for in.
    pub(super) fn graph(&self) -> &'g Graph<'s> {
        self.graph
    }

    /// The partners of each past that is within no other one: the fewer were done, the more may act. None if there are
    /// too many.
    pub(super) fn greatest(&self, of: &Partners) -> Option<Vec<Partners>> {
        let mut all: Vec<u32> =
            self.at_step.iter().filter_map(|at| self.moments.get(*at as usize)).map(|moment| moment.past).collect();
        // The fullest first: whatever is within another one comes behind it.
        all.sort_unstable_by_key(|past| (std::cmp::Reverse(past.count_ones()), *past));
        all.dedup();
        let mut greatest: Vec<u32> = Vec::new();
        for past in all {
            if !greatest.iter().any(|other| past & other == past) {
                if greatest.len() >= MOST_PASTS {
                    return None;
                }
                greatest.push(past);
            }
        }
        Some(greatest.into_iter().map(|past| of.within(&self.partners, past)).collect())
    }

    /// The nearest way to the step on which all of these were done, as far as counted returns admit it.
    pub(super) fn way_past(&self, process: &Process, done: impl Iterator<Item = StepIx>) -> Option<Vec<Parent>> {
        let wanted = done.fold(0, |past, step| past | bit(&self.partners, step));
        let is_past = |at: &u32| self.moments.get(*at as usize).is_some_and(|moment| moment.past & wanted == wanted);
        let mut ways = self.at_step.iter().copied().filter(is_past).map(|at| self.way_to(at));
        ways.find(|way| self.graph.is_real(process, way))
    }

    fn way_to(&self, at: u32) -> Vec<Parent> {
        let mut way = Vec::new();
        let mut here = self.moments.get(at as usize);
        while let Some(moment) = here {
            match moment.from {
                Some((before, by)) => {
                    way.push(by);
                    here = self.moments.get(before as usize);
                }
                None => {
                    way.extend(self.graph.parents.get(moment.state as usize).copied());
                    here = None;
                }
            }
        }
        way.reverse();
        way
    }
}
