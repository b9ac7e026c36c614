//! What a search found: states, what leads from one to the next, and what stands out.

use sop_core::case::{Dense, Fault};
use sop_core::guard::FieldIx;
use sop_core::process::{OutcomeIx, Position as _, Process, StartIx, StepIx};

use crate::certificate::States;
use crate::model::{By, Cell, Data, ExitIx, Exits, Packing, Part, Scope, Way};

/// The values that a completion sets, as cells.
pub(crate) type Sample = Vec<(FieldIx, Cell)>;

/// Where a move leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// To a state.
    State(u32),
    /// The case is finished or stopped.
    Over,
    /// The case stands still, for the reason at this place.
    Faulted(u32),
}

/// A move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) exit: ExitIx,
    pub(crate) sample: u32,
    pub(crate) to: Arrival,
}

/// How a state was reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    /// By opening a case.
    Start(StartIx),
    /// It is where the search was begun.
    Here,
    /// By a move from an earlier state.
    Move { from: u32, exit: ExitIx, sample: u32 },
}

/// A move that faults.
#[derive(Debug, Clone)]
pub(crate) struct FaultFound {
    pub(crate) from: Parent,
    pub(crate) fault: Fault<Dense>,
}

/// Values under which not exactly one guard of a choice holds.
#[derive(Debug, Clone)]
pub(crate) struct Undecided {
    pub(crate) state: u32,
    pub(crate) step: StepIx,
    pub(crate) by: By,
    pub(crate) outcome: OutcomeIx,
    pub(crate) holding: u32,
    /// The gap's place among those of its choice.
    pub(crate) gap: usize,
    /// The cells that are possible for each field that was asked for.
    pub(crate) part: Part,
}

impl Undecided {
    /// Tells whether it is the same gap, wherever it was found.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.step, self.outcome, self.by, self.holding == 0, self.gap)
            == (other.step, other.outcome, other.by, other.holding == 0, other.gap)
    }

    /// A cell of each field.
    pub(crate) fn sample(&self) -> Sample {
        self.part.iter().filter_map(|(field, set)| Some((*field, set.iter().next()?))).collect()
    }
}

/// Everything that was reached, in breadth-first order.
pub(crate) struct Graph<'s> {
    pub(crate) exits: &'s Exits,
    pub(crate) data: &'s Data,
    pub(crate) scope: Scope,
    pub(crate) packing: Packing,
    pub(crate) words: Vec<u64>,
    pub(crate) parents: Vec<Parent>,
    pub(crate) edges: Vec<Edge>,
    /// For each state the place of its first edge, and one place more.
    pub(crate) first: Vec<u32>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) faults: Vec<FaultFound>,
    pub(crate) undecided: Vec<Undecided>,
    /// The states in which some values take no branch of a choice, or several: runs that meet them are cut there (G4).
    pub(crate) gaps: Vec<u32>,
    /// Those of them in which a rung meets such values.
    pub(crate) rung_gaps: Vec<u32>,
    /// Tells whether there are states that were not looked at, since the limit was reached.
    pub(crate) is_cut: bool,
}

impl States {
    /// All states of a graph.
    pub(crate) fn of(graph: &Graph<'_>) -> Self {
        Self { counters: graph.scope.counters, papers: graph.scope.papers.clone(), words: graph.words.clone() }
    }
}

impl Graph<'_> {
    pub(crate) fn len(&self) -> usize {
        self.parents.len()
    }

    pub(crate) fn state(&self, at: u32) -> &[u64] {
        let width = self.packing.words();
        self.words.get(at as usize * width..(at as usize + 1) * width).unwrap_or(&[])
    }

    /// The moves from a state; none for a state that was not looked at.
    pub(crate) fn edges_of(&self, at: u32) -> &[Edge] {
        let from = self.first.get(at as usize).copied();
        let to = self.first.get(at as usize + 1).copied();
        from.zip(to).and_then(|(from, to)| self.edges.get(from as usize..to as usize)).unwrap_or(&[])
    }

    /// The steps at which somebody has to act.
    pub(crate) fn active(&self, at: u32) -> impl Iterator<Item = StepIx> + '_ {
        self.packing.marking.active(self.state(at))
    }

    /// For each state the fewest moves to the end of the case, counting only moves that may be counted on; none where
    /// there is no such way.
    pub(crate) fn ranks(&self) -> Vec<Option<u32>> {
        let mut ranks: Vec<Option<u32>> = vec![None; self.len()];
        // Backwards from the ends: for each state those that lead to it.
        let mut heads: Vec<u32> = vec![u32::MAX; self.len()];
        let mut before: Vec<(u32, u32)> = Vec::new();
        let mut open: std::collections::VecDeque<u32> = std::collections::VecDeque::new();
        for at in 0..self.len() as u32 {
            for edge in self.edges_of(at) {
                let leads_on = self.scope.counters || self.exits.get(edge.exit).is_some_and(|exit| exit.leads_on());
                match edge.to {
                    Arrival::State(to) if leads_on => {
                        if let Some(head) = heads.get_mut(to as usize) {
                            before.push((at, *head));
                            *head = before.len() as u32 - 1;
                        }
                    }
                    Arrival::Over if leads_on => {
                        if let Some(rank @ None) = ranks.get_mut(at as usize) {
                            *rank = Some(1);
                            open.push_back(at);
                        }
                    }
                    _ => {}
                }
            }
        }
        for at in &self.gaps {
            if let Some(rank @ None) = ranks.get_mut(*at as usize) {
                *rank = Some(1);
                open.push_back(*at);
            }
        }
        while let Some(at) = open.pop_front() {
            let next = ranks.get(at as usize).copied().flatten().unwrap_or(0).saturating_add(1);
            let mut link = heads.get(at as usize).copied().unwrap_or(u32::MAX);
            while let Some(&(from, further)) = before.get(link as usize) {
                if let Some(rank @ None) = ranks.get_mut(from as usize) {
                    *rank = Some(next);
                    open.push_back(from);
                }
                link = further;
            }
        }
        ranks
    }

    /// Tells whether the value of a field still matters in a state.
    pub(crate) fn keeps(&self, at: u32, field: FieldIx) -> bool {
        self.data.place(field).is_some_and(|place| self.packing.cell(self.state(at), place) != 0)
    }

    /// Whether a way takes counted returns no more often, and what follows them no earlier, than their limits say.
    pub(crate) fn is_real(&self, process: &Process, way: &[Parent]) -> bool {
        let mut counts = vec![0_u32; process.returns().len()];
        let limit = |taken| process.returns()[taken].limit.map_or(u32::MAX, |(limit, _)| limit);
        way.iter().all(|parent| {
            let Parent::Move { exit, .. } = parent else { return true };
            match self.exits.get(*exit).map(|exit| exit.way) {
                Some(Way::Counted(taken)) => counts.get_mut(taken.place()).is_some_and(|count| {
                    *count += 1;
                    *count <= limit(taken)
                }),
                Some(Way::Spent(taken)) => counts.get(taken.place()).is_some_and(|count| *count >= limit(taken)),
                _ => true,
            }
        })
    }

    /// How a state was reached: the start, then the moves.
    pub(crate) fn way_to(&self, at: u32) -> Vec<Parent> {
        let Some(parent) = self.parents.get(at as usize) else { return Vec::new() };
        self.way_by(*parent)
    }

    /// The same for a move that leads to no state.
    pub(crate) fn way_by(&self, last: Parent) -> Vec<Parent> {
        let mut way = vec![last];
        while let Some(Parent::Move { from, .. }) = way.last() {
            let Some(parent) = self.parents.get(*from as usize) else { break };
            way.push(*parent);
        }
        way.reverse();
        way
    }
}
