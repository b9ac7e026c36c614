//! The walk itself.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;
use sop_core::case::{Handing, tokens::Board as _};
use sop_core::guard::FieldIx;
use sop_core::process::{PaperIx, Process, StepIx};

use super::graph::{Arrival, Edge, FaultFound, Graph, Parent, Sample, Undecided};
use crate::limits::Limits;
use crate::model::{
    ANY, By, Cell, CellSet, ChoiceFacts, Exit, ExitIx, Facts, Outcome, Packing, Play, Scope, Target, Way,
};

/// Explores a process, nearest states first, up to so many states.
pub(crate) fn explore<'s>(facts: &'s Facts<'_>, scope: Scope, limits: Limits) -> Graph<'s> {
    let mut walk = Walk::new(facts, scope, limits);
    walk.starts();
    walk.run()
}

/// The same from a marking, without values.
pub(crate) fn explore_from<'s>(facts: &'s Facts<'_>, marking: &[u64], limits: Limits) -> Graph<'s> {
    let mut walk = Walk::new(facts, Scope::default(), limits);
    walk.play.set(marking);
    let mut state = vec![0; walk.graph.packing.words()];
    walk.arrive(&mut state, Parent::Here);
    walk.run()
}

/// The most parts of choices without exactly one branch that are noted.
const MOST_UNDECIDED: usize = 256;

struct Walk<'s, 'p> {
    facts: &'s Facts<'p>,
    process: &'p Process,
    graph: Graph<'s>,
    known: HashTable<u32>,
    play: Play<'p>,
    limit: usize,
}

impl<'s, 'p> Walk<'s, 'p> {
    fn new(facts: &'s Facts<'p>, scope: Scope, limits: Limits) -> Self {
        let (process, exits, data) = (facts.process, &facts.exits, &facts.data);
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
            gaps: Vec::new(),
            rung_gaps: Vec::new(),
            is_cut: false,
        };
        Self { facts, process, graph, known: HashTable::new(), play: Play::new(process), limit }
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
        let (facts, exits) = (self.facts, self.graph.exits);
        let steps: Vec<StepIx> = self.graph.packing.marking.active(&state).collect();
        for step in steps {
            let mut last = None;
            for (place, exit) in exits.of_step(step) {
                if exit.branch.is_none() {
                    self.plain(at, &state, place, exit);
                } else if last != Some((exit.by, exit.outcome)) {
                    // All branches of a choice are looked at together, when the first of them comes up.
                    last = Some((exit.by, exit.outcome));
                    if let Some(choice) = facts.choice_of(exit) {
                        self.choice(at, &state, choice);
                    }
                }
                if self.graph.is_cut {
                    return;
                }
            }
        }
    }

    /// An exit without a choice. Whatever values it sets are settled when somebody reads them.
    fn plain(&mut self, at: u32, state: &[u64], place: ExitIx, exit: &Exit) {
        if self.may_take(state, exit) {
            self.make(at, state, place, exit, Vec::new());
        }
    }

    /// A choice: for every part of its tree that fits what is known, the branch whose guard holds.
    fn choice(&mut self, at: u32, state: &[u64], choice: &ChoiceFacts) {
        let process = self.process;
        let Some(outcome) = process.steps()[choice.step].outcome(choice.outcome) else { return };
        let (exits, data, packing) = (self.graph.exits, self.graph.data, self.graph.packing);
        let collects: &[FieldIx] = if choice.by == By::Person { &outcome.collects } else { &[] };
        let Some(taken) = &choice.taken else {
            self.graph.is_cut = true;
            return;
        };
        // What is set by this very completion may be anything.
        let possible = |field: FieldIx| match data.place(field) {
            Some(place) if !collects.contains(&field) => match packing.cell(state, place) {
                ANY => CellSet::set(),
                known => CellSet::run(known, known),
            },
            _ => CellSet::run(0, Cell::MAX),
        };
        let is_kept = |field: FieldIx| self.facts.is_kept_after(state, choice.step, field);
        let Some(parts) = taken.guards.parts(&taken.diagram, possible, is_kept, self.limit) else {
            self.graph.is_cut = true;
            return;
        };
        for (target, cells) in parts {
            let branch = match target {
                Target::Branch(branch) => branch,
                Target::Wrong(holding) => {
                    let (step, by, outcome) = (choice.step, choice.by, choice.outcome);
                    if self.graph.gaps.last() != Some(&at) {
                        self.graph.gaps.push(at);
                    }
                    if choice.by != By::Person && self.graph.rung_gaps.last() != Some(&at) {
                        self.graph.rung_gaps.push(at);
                    }
                    let gap = taken.gap_of(&cells);
                    self.undecided(Undecided { state: at, step, by, outcome, holding, gap, part: cells });
                    continue;
                }
                Target::Node(_) => continue,
            };
            let all = exits.of_step(choice.step).filter(|(_, exit)| {
                (exit.by, exit.outcome, exit.branch) == (choice.by, Some(choice.outcome), Some(branch))
            });
            for (place, exit) in all.filter(|(_, exit)| self.may_take(state, exit)).collect::<Vec<_>>() {
                self.make_each(at, state, place, exit, &cells);
                if self.graph.is_cut {
                    return;
                }
            }
        }
    }

    /// Makes a move once for each combination of the cells that somebody still reads afterwards.
    fn make_each(&mut self, at: u32, state: &[u64], place: ExitIx, exit: &Exit, cells: &[(FieldIx, CellSet)]) {
        self.play.set(state);
        self.play.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
        let (data, packing) = (self.graph.data, self.graph.packing);
        let is_live = |field: FieldIx| {
            data.place(field).is_some_and(|place| data.is_live(self.process, packing.marking, &self.play.words, place))
        };
        let choices: Vec<(FieldIx, Vec<Cell>)> = cells
            .iter()
            .map(|(field, set)| {
                let all = set.iter();
                (*field, if is_live(*field) { all.collect() } else { all.take(1).collect() })
            })
            .collect();
        let mut picks = vec![0_usize; choices.len()];
        loop {
            let sample = choices.iter().zip(&picks).filter_map(|((field, all), pick)| Some((*field, *all.get(*pick)?)));
            self.make(at, state, place, exit, sample.collect());
            let further = choices.iter().zip(&picks).rposition(|((_, all), pick)| pick + 1 < all.len());
            let Some(moves_on) = further.filter(|_| !self.graph.is_cut) else { return };
            for (place, pick) in picks.iter_mut().enumerate().skip(moves_on) {
                *pick = if place == moves_on { *pick + 1 } else { 0 };
            }
        }
    }

    fn undecided(&mut self, trouble: Undecided) {
        if self.graph.undecided.len() < MOST_UNDECIDED
            && !self.graph.undecided.iter().any(|known| known.is_same(&trouble))
        {
            self.graph.undecided.push(trouble);
        }
    }

    /// Tells whether the counters, and the papers that are kept track of, admit an exit.
    fn may_take(&self, state: &[u64], exit: &Exit) -> bool {
        let requires = &self.process.steps()[exit.step].requires;
        let is_missing =
            |(place, paper): (usize, &PaperIx)| requires.contains(paper) && !self.graph.packing.has_paper(state, place);
        if exit.by == By::Person && self.graph.scope.papers.iter().enumerate().any(is_missing) {
            return false;
        }
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
        for field in sets_of(self.process, exit) {
            if let Some(place) = data.place(*field) {
                packing.set_cell(&mut next, place, ANY);
            }
        }
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
        self.graph.packing.forget(self.process, self.graph.data, next);
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

/// The fields that an exit sets (P2).
fn sets_of<'x>(process: &'x Process, exit: &Exit) -> &'x [FieldIx] {
    let outcome = exit.outcome.and_then(|outcome| process.steps()[exit.step].outcome(outcome));
    let Some(outcome) = outcome.filter(|_| exit.by == By::Person) else { return &[] };
    let open = !matches!(exit.way, Way::Spent(_));
    if Handing::of(outcome, &exit.route, |_| open).fields { &outcome.collects } else { &[] }
}
