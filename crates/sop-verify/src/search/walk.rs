//! The walk itself.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;
use sop_core::case::{Handing, tokens::Board as _};
use sop_core::guard::FieldIx;
use sop_core::process::{OutcomeIx, Process, Route, StepIx};

use super::graph::{Arrival, Edge, FaultFound, Graph, Parent, Sample, Undecided};
use crate::limits::Limits;
use crate::model::{By, Cell, Data, Exit, ExitIx, Exits, Known, Outcome, Packing, Play, Scope, Way, grow};

/// Explores a process, nearest states first, up to so many states.
pub(crate) fn explore<'s>(
    process: &Process,
    exits: &'s Exits,
    data: &'s Data,
    scope: Scope,
    limits: Limits,
) -> Graph<'s> {
    let mut walk = Walk::new(process, exits, data, scope, limits);
    walk.starts();
    walk.run()
}

/// The same from a marking, without values.
pub(crate) fn explore_from<'s>(
    process: &Process,
    exits: &'s Exits,
    data: &'s Data,
    marking: &[u64],
    limits: Limits,
) -> Graph<'s> {
    let mut walk = Walk::new(process, exits, data, Scope::default(), limits);
    walk.play.set(marking);
    let mut state = vec![0; walk.graph.packing.words()];
    walk.arrive(&mut state, Parent::Here);
    walk.run()
}

/// The most combinations of values that one completion is tried with.
const MAX_COMBINATIONS: usize = 100_000;

struct Walk<'p, 's> {
    process: &'p Process,
    graph: Graph<'s>,
    known: HashTable<u32>,
    play: Play<'p>,
    limit: usize,
}

impl<'p, 's> Walk<'p, 's> {
    fn new(process: &'p Process, exits: &'s Exits, data: &'s Data, scope: Scope, limits: Limits) -> Self {
        let packing = Packing::of(process, data, &scope);
        let limit = limits.states_of(packing.words());
        let graph = Graph {
            exits,
            data,
            scope,
            packing,
            words: Vec::new(),
            parents: Vec::new(),
            edges: Vec::new(),
            first: vec![0],
            samples: vec![Vec::new()],
            faults: Vec::new(),
            undecided: Vec::new(),
            is_cut: false,
        };
        Self { process, graph, known: HashTable::new(), play: Play::new(process), limit }
    }

    fn run(mut self) -> Graph<'s> {
        let mut at = 0;
        while (at as usize) < self.graph.len() && !self.graph.is_cut {
            self.expand(at);
            self.graph.first.push(self.graph.edges.len() as u32);
            at += 1;
        }
        self.graph
    }

    fn starts(&mut self) {
        for (start, spec) in self.process.starts().iter() {
            self.play.start(spec);
            let mut state = vec![0; self.graph.packing.words()];
            for (place, paper) in self.graph.scope.papers.iter().enumerate() {
                if spec.brings.contains(paper) {
                    self.graph.packing.add_paper(&mut state, place);
                }
            }
            self.arrive(&mut state, Parent::Start(start));
        }
    }

    fn expand(&mut self, at: u32) {
        let state: Vec<u64> = self.graph.state(at).to_vec();
        let exits = self.graph.exits;
        let steps: Vec<StepIx> = self.graph.packing.marking.active(&state).collect();
        for step in steps {
            let mut last = None;
            for (place, exit) in exits.of_step(step) {
                if exit.branch.is_none() {
                    self.plain(at, &state, place, exit);
                } else if last != Some((exit.by, exit.outcome)) {
                    // All branches of a choice are looked at together, when the first of them comes up.
                    last = Some((exit.by, exit.outcome));
                    if let Some(outcome) = exit.outcome {
                        self.choice(at, &state, step, exit.by, outcome);
                    }
                }
                if self.graph.is_cut {
                    return;
                }
            }
        }
    }

    /// An exit without a choice: with every combination of the values that it sets and somebody reads later.
    fn plain(&mut self, at: u32, state: &[u64], place: ExitIx, exit: &Exit) {
        if !self.may_take(state, exit) {
            return;
        }
        let process = self.process;
        let outcome = exit.outcome.and_then(|outcome| process.steps()[exit.step].outcome(outcome));
        let sets: &[FieldIx] = match outcome {
            Some(outcome) if exit.by == By::Person => {
                let handing = Handing::of(outcome, &exit.route, |_| !matches!(exit.way, Way::Spent(_)));
                if handing.fields { &outcome.collects } else { &[] }
            }
            _ => &[],
        };
        let tracked: Vec<FieldIx> =
            sets.iter().copied().filter(|field| self.graph.data.place(*field).is_some()).collect();
        if tracked.is_empty() {
            return self.make(at, state, place, exit, Vec::new());
        }
        for sample in combinations(self.graph.data, &tracked, &[]) {
            self.make(at, state, place, exit, sample);
            if self.graph.is_cut {
                return;
            }
        }
    }

    /// A choice: for every combination of the values that matter, the branch whose guard holds.
    fn choice(&mut self, at: u32, state: &[u64], step: StepIx, by: By, outcome_at: OutcomeIx) {
        let process = self.process;
        let Some(outcome) = process.steps()[step].outcome(outcome_at) else { return };
        let Route::Choose(branches) = &outcome.route else { return };
        let (exits, data, packing) = (self.graph.exits, self.graph.data, self.graph.packing);
        let collects: &[FieldIx] = if by == By::Person { &outcome.collects } else { &[] };
        let known = |field: FieldIx| match data.place(field) {
            _ if collects.contains(&field) => Known::Set,
            Some(place) => Known::Is(packing.cell(state, place)),
            None => Known::Anything,
        };
        let Some(tree) = grow(branches, &data.cells, known, MAX_COMBINATIONS) else {
            self.graph.is_cut = true;
            return;
        };
        let tracked: Vec<FieldIx> = collects.iter().copied().filter(|field| data.place(*field).is_some()).collect();
        let mut seen: Vec<(Vec<Cell>, Result<u16, u32>)> = Vec::new();
        for leaf in tree.leaves {
            for sample in combinations(data, &tracked, &leaf.cells) {
                let kept: Vec<Cell> = tracked.iter().filter_map(|field| cell_of(&sample, *field)).collect();
                if seen.iter().any(|(cells, branch)| *cells == kept && *branch == leaf.branch) {
                    continue;
                }
                seen.push((kept, leaf.branch));
                match leaf.branch {
                    Ok(branch) => {
                        let all = exits.of_step(step).filter(|(_, exit)| {
                            exit.by == by && exit.outcome == Some(outcome_at) && exit.branch == Some(branch)
                        });
                        for (place, exit) in all {
                            if self.may_take(state, exit) {
                                self.make(at, state, place, exit, sample.clone());
                            }
                        }
                    }
                    Err(holding) => {
                        let trouble = Undecided { state: at, step, by, outcome: outcome_at, holding, sample };
                        self.undecided(trouble);
                    }
                }
                if self.graph.is_cut {
                    return;
                }
            }
        }
    }

    fn undecided(&mut self, trouble: Undecided) {
        let known = self.graph.undecided.iter().any(|known| {
            (known.step, known.outcome, known.by, known.holding == 0)
                == (trouble.step, trouble.outcome, trouble.by, trouble.holding == 0)
        });
        if !known {
            self.graph.undecided.push(trouble);
        }
    }

    /// Whether the counters admit an exit.
    fn may_take(&self, state: &[u64], exit: &Exit) -> bool {
        if !self.graph.scope.counters {
            return true;
        }
        let limit = |taken| self.process.returns()[taken].limit.map_or(u32::MAX, |(limit, _)| limit);
        match exit.way {
            Way::Plain => true,
            Way::Counted(taken) => u32::from(self.graph.packing.count(state, taken)) < limit(taken),
            Way::Spent(taken) => u32::from(self.graph.packing.count(state, taken)) >= limit(taken),
        }
    }

    /// Makes a move, and notes where it leads.
    fn make(&mut self, at: u32, state: &[u64], place: ExitIx, exit: &Exit, sample: Sample) {
        self.play.set(state);
        self.play.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
        let sample_at = match sample.is_empty() {
            true => 0,
            false => {
                self.graph.samples.push(sample);
                self.graph.samples.len() as u32 - 1
            }
        };
        let parent = Parent::Move { from: at, exit: place, sample: sample_at };
        let mut next = state.to_vec();
        let (packing, data) = (self.graph.packing, self.graph.data);
        for &(field, cell) in self.graph.samples.get(sample_at as usize).into_iter().flatten() {
            if let Some(place) = data.place(field) {
                packing.set_cell(&mut next, place, cell);
            }
        }
        if self.graph.scope.counters
            && let Way::Counted(taken) = exit.way
        {
            let count = packing.count(state, taken).saturating_add(1);
            packing.set_count(&mut next, taken, count);
        }
        if !self.graph.scope.papers.is_empty() && exit.by == By::Person {
            let spec = &self.process.steps()[exit.step];
            if let Some(outcome) = exit.outcome.and_then(|outcome| spec.outcome(outcome)) {
                let handing = Handing::of(outcome, &exit.route, |_| !matches!(exit.way, Way::Spent(_)));
                for (place, paper) in self.graph.scope.papers.iter().enumerate() {
                    if handing.provides(spec, outcome).any(|provided| provided == *paper) {
                        packing.add_paper(&mut next, place);
                    }
                }
            }
        }
        let to = self.arrive(&mut next, parent);
        self.graph.edges.push(Edge { exit: place, sample: sample_at, to });
    }

    /// Where the case on the board has come to.
    fn arrive(&mut self, next: &mut [u64], parent: Parent) -> Arrival {
        match &self.play.outcome {
            Outcome::Running => {}
            Outcome::Finished | Outcome::Stopped => return Arrival::Over,
            Outcome::Faulted(fault) => {
                let known = self.graph.faults.iter().position(|known| known.fault == *fault);
                let place = known.unwrap_or(self.graph.faults.len());
                if known.is_none() {
                    self.graph.faults.push(FaultFound { from: parent, fault: fault.clone() });
                }
                return Arrival::Faulted(place as u32);
            }
        }
        debug_assert!(self.play.has_tokens(), "a running case has tokens");
        for (word, of_board) in next.iter_mut().zip(&self.play.words) {
            *word = *of_board;
        }
        let width = self.graph.packing.words();
        let words = &self.graph.words;
        let same = |at: &u32| words.get(*at as usize * width..(*at as usize + 1) * width) == Some(&*next);
        let hash = hash_of(next);
        if let Some(at) = self.known.find(hash, same) {
            return Arrival::State(*at);
        }
        if self.graph.len() >= self.limit {
            self.graph.is_cut = true;
            return Arrival::Over;
        }
        let at = self.graph.len() as u32;
        self.graph.words.extend_from_slice(next);
        self.graph.parents.push(parent);
        let words = &self.graph.words;
        let rehash = |at: &u32| words.get(*at as usize * width..(*at as usize + 1) * width).map_or(0, hash_of);
        self.known.insert_unique(hash, at, rehash);
        Arrival::State(at)
    }
}

/// The hash of a state. It only spreads states over the table: they are compared whole.
pub(crate) fn hash_of(words: &[u64]) -> u64 {
    let mut hasher = foldhash::fast::FixedState::with_seed(0).build_hasher();
    for word in words {
        hasher.write_u64(*word);
    }
    hasher.finish()
}

fn cell_of(sample: &[(FieldIx, Cell)], field: FieldIx) -> Option<Cell> {
    sample.iter().find(|(of, _)| *of == field).map(|(_, cell)| *cell)
}

/// Every combination of the cells of these fields; those that are given stay as they are.
fn combinations(data: &Data, fields: &[FieldIx], given: &[(FieldIx, Cell)]) -> impl Iterator<Item = Sample> {
    let free: Vec<(FieldIx, Cell)> = fields
        .iter()
        .filter(|field| cell_of(given, **field).is_none())
        .map(|field| (*field, data.cells.count(*field)))
        .collect();
    let mut cells: Option<Vec<Cell>> = free.iter().all(|(_, count)| *count > 0).then(|| vec![1; free.len()]);
    let given = given.to_vec();
    std::iter::from_fn(move || {
        let now = cells.clone()?;
        let mut sample = given.clone();
        sample.extend(free.iter().zip(&now).map(|((field, _), cell)| (*field, *cell)));
        // The next one: the last field that has a further cell moves on, those behind it begin again.
        let further = free.iter().zip(&now).rposition(|((_, count), cell)| cell < count);
        cells = further.map(|place| {
            let kept = now.iter().take(place).copied();
            let moved = now.get(place).map(|cell| cell + 1);
            kept.chain(moved).chain(std::iter::repeat(1)).take(now.len()).collect()
        });
        Some(sample)
    })
}
