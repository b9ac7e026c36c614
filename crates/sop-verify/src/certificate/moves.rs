//! What follows from a state: every move of the core, with every part of every choice's diagram.

use std::collections::BTreeSet;

use sop_core::case::Handing;
use sop_core::guard::FieldIx;
use sop_core::process::{OutcomeSpec, Process, StepIx};

use crate::guarantee::potential::leads_to;
use crate::model::{
    ANY, By, Cell, CellSet, Choice, Data, Diagram, Exit, ExitIx, Exits, Guards, Outcome, Packing, Part, Play, Scope,
    Target, Way,
};

/// A choice with the diagram that was confirmed to be its own.
pub(crate) struct Decided {
    guards: Guards,
    diagram: Diagram,
    /// The branches that some values take, and whether some values take none or several.
    taken: BTreeSet<u16>,
    is_wrong: bool,
}

impl Decided {
    pub(crate) fn of(guards: Guards, diagram: Diagram) -> Self {
        let edges = diagram.nodes.iter().flat_map(|asked| [asked.yes, asked.no]).chain([diagram.root]);
        let (mut taken, mut is_wrong) = (BTreeSet::new(), false);
        for target in edges {
            match target {
                Target::Branch(branch) => drop(taken.insert(branch)),
                Target::Wrong(_) => is_wrong = true,
                Target::Node(_) => {}
            }
        }
        Self { guards, diagram, taken, is_wrong }
    }

    /// Tells whether some values take a branch.
    pub(crate) fn takes(&self, branch: u16) -> bool {
        self.taken.contains(&branch)
    }

    /// Tells whether some values take no branch, or several.
    pub(crate) fn is_wrong(&self) -> bool {
        self.is_wrong
    }
}

/// The choices of a process, in their order; none for one that was not taken apart.
pub(crate) type Choices = [(Choice, Option<Decided>)];

/// The diagram of the choice that an exit belongs to.
pub(crate) fn diagram_of<'c>(choices: &'c Choices, exit: &Exit) -> Option<&'c Decided> {
    let wanted = Choice::of(exit)?.key();
    let place = choices.binary_search_by_key(&wanted, |(choice, _)| choice.key()).ok()?;
    choices.get(place)?.1.as_ref()
}

/// So many parts of one choice are looked at in each state, however few states there are.
const MOST_PARTS: usize = 10_000;

/// A cell for each of some fields.
type Combination = Vec<(FieldIx, Cell)>;

/// Where a move leads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Next {
    State(Vec<u64>),
    Over,
    Faulted,
    /// Not exactly one guard holds.
    Undecided,
}

/// The moves of a process, as they are: nothing is left out, nothing is remembered.
pub(crate) struct Moves<'p> {
    pub(crate) process: &'p Process,
    pub(crate) exits: &'p Exits,
    pub(crate) data: &'p Data,
    pub(crate) scope: Scope,
    pub(crate) packing: Packing,
    /// The choices with their diagrams; none of one that was not taken apart.
    pub(crate) choices: &'p Choices,
    /// The number of states. Combinations of values that somebody still reads are states of their own.
    pub(crate) count: usize,
}

impl<'p> Moves<'p> {
    pub(crate) fn new(
        process: &'p Process,
        exits: &'p Exits,
        data: &'p Data,
        scope: Scope,
        choices: &'p Choices,
        words: usize,
    ) -> Self {
        let packing = Packing::of(process, data, &scope);
        let count = words / packing.words().max(1);
        Self { process, exits, data, scope, packing, choices, count }
    }

    /// The states in which a case may be opened.
    pub(crate) fn opened(&self) -> Vec<Next> {
        let mut board = Play::new(self.process);
        let open = |start: &sop_core::process::StartSpec| {
            board.start(start);
            let mut state = vec![0; self.packing.words()];
            for (place, paper) in self.scope.papers.iter().enumerate() {
                if start.brings.contains(paper) {
                    self.packing.add_paper(&mut state, place);
                }
            }
            self.arrived(&board, state)
        };
        self.process.starts().values().map(open).collect()
    }

    /// Everything that may happen in a state, each with its exit. None where a choice was not taken apart, or where more
    /// follows than there are states.
    pub(crate) fn from(&self, state: &[u64]) -> Option<Vec<(ExitIx, Next)>> {
        let mut found = Vec::new();
        for step in self.packing.marking.active(state) {
            for (at, exit) in self.exits.of_step(step).filter(|(_, exit)| self.admits(state, exit)) {
                let outcome = exit.outcome.and_then(|outcome| self.process.steps()[step].outcome(outcome));
                let Some(branch) = exit.branch else {
                    found.push((at, self.take(state, exit, outcome, &[])));
                    continue;
                };
                let parts = self.parts(state, exit, outcome)?;
                for (_, cells) in parts.iter().filter(|(target, _)| *target == Target::Branch(branch)) {
                    let all = self.combinations(state, exit, cells)?;
                    found.extend(all.iter().map(|cells| (at, self.take(state, exit, outcome, cells))));
                }
                // Values that take no branch, or several, are no move of any: they go with the first.
                if branch == 0 && parts.iter().any(|(target, _)| matches!(target, Target::Wrong(_))) {
                    found.push((at, Next::Undecided));
                }
            }
        }
        Some(found)
    }

    /// The parts of the values that may be there: what the completion itself sets may be anything. Of fields that nobody
    /// reads later it does not matter which. None for too many.
    fn parts(&self, state: &[u64], exit: &Exit, outcome: Option<&OutcomeSpec>) -> Option<Vec<(Target, Part)>> {
        let decided = diagram_of(self.choices, exit)?;
        let sets = outcome.filter(|_| exit.by == By::Person).map_or(&[][..], |outcome| &outcome.collects);
        let possible = |field: FieldIx| match self.data.place(field).filter(|_| !sets.contains(&field)) {
            Some(place) => match self.packing.cell(state, place) {
                ANY => CellSet::set(),
                known => CellSet::run(known, known),
            },
            None => CellSet::run(0, Cell::MAX),
        };
        // Whoever is open beside it, waits in a slot, or comes after it may still read a field.
        let marking = self.packing.marking;
        let is_kept = |field: FieldIx| {
            self.data.place(field).is_some_and(|place| {
                let beside = marking.active(state).filter(|step| *step != exit.step);
                let waiting = marking.filled(state).filter_map(|slot| Some(self.process.slots().get(slot)?.step));
                let onwards = self.exits.of_step(exit.step).flat_map(|(_, exit)| leads_to(self.process, exit));
                beside.chain(waiting).chain(onwards).any(|step| self.data.is_live_at(step, place))
            })
        };
        decided.guards.parts(&decided.diagram, possible, is_kept, MOST_PARTS.max(self.count))
    }

    /// The combinations of cells of a part. Of fields that nobody reads later one cell stands for all. None for too many.
    fn combinations(&self, state: &[u64], exit: &Exit, cells: &Part) -> Option<Vec<Combination>> {
        let mut board = Play::new(self.process);
        board.set(state);
        board.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
        let mut all: Vec<Combination> = vec![Vec::new()];
        for (field, set) in cells {
            let mut possible: Vec<Cell> = set.iter().collect();
            let is_live = self
                .data
                .place(*field)
                .is_some_and(|place| self.data.is_live(self.process, self.packing.marking, &board.words, place));
            if !is_live {
                possible.truncate(1);
            }
            if all.len().saturating_mul(possible.len()) > self.count.max(1) {
                return None;
            }
            all = all
                .iter()
                .flat_map(|begun| {
                    possible.iter().map(|cell| begun.iter().copied().chain([(*field, *cell)]).collect::<Combination>())
                })
                .collect();
        }
        Some(all)
    }

    /// Tells whether the counters, and the papers that are kept track of, admit an exit.
    fn admits(&self, state: &[u64], exit: &Exit) -> bool {
        let requires = &self.process.steps()[exit.step].requires;
        let mut papers = self.scope.papers.iter().enumerate();
        if exit.by == By::Person
            && papers.any(|(place, paper)| requires.contains(paper) && !self.packing.has_paper(state, place))
        {
            return false;
        }
        let limit = |taken| self.process.returns()[taken].limit.map_or(u32::MAX, |(limit, _)| limit);
        match exit.way {
            Way::Counted(taken) if self.scope.counters => u32::from(self.packing.count(state, taken)) < limit(taken),
            Way::Spent(taken) if self.scope.counters => u32::from(self.packing.count(state, taken)) >= limit(taken),
            _ => true,
        }
    }

    fn take(&self, state: &[u64], exit: &Exit, outcome: Option<&OutcomeSpec>, cells: &[(FieldIx, Cell)]) -> Next {
        let open = !matches!(exit.way, Way::Spent(_));
        let mut board = Play::new(self.process);
        board.set(state);
        board.leave(exit.step, &exit.route, open);
        let mut next = state.to_vec();
        if let Some(outcome) = outcome.filter(|_| exit.by == By::Person)
            && Handing::of(outcome, &exit.route, |_| open).fields
        {
            for place in outcome.collects.iter().filter_map(|field| self.data.place(*field)) {
                self.packing.set_cell(&mut next, place, ANY);
            }
        }
        for &(field, cell) in cells {
            if let Some(place) = self.data.place(field) {
                self.packing.set_cell(&mut next, place, cell);
            }
        }
        if let (true, Way::Counted(taken)) = (self.scope.counters, exit.way) {
            let count = self.packing.count(state, taken).saturating_add(1);
            self.packing.set_count(&mut next, taken, count);
        }
        if let Some(outcome) = outcome.filter(|_| exit.by == By::Person) {
            let spec = &self.process.steps()[exit.step];
            let handing = Handing::of(outcome, &exit.route, |_| open);
            for (place, paper) in self.scope.papers.iter().enumerate() {
                if handing.provides(spec, outcome).any(|provided| provided == *paper) {
                    self.packing.add_paper(&mut next, place);
                }
            }
        }
        self.arrived(&board, next)
    }

    /// The steps at which somebody has to act.
    pub(crate) fn active(&self, state: &[u64]) -> impl Iterator<Item = StepIx> + '_ {
        self.packing.marking.active(state).collect::<Vec<_>>().into_iter()
    }

    /// Tells whether somebody has to act at a step.
    pub(crate) fn is_active(&self, state: &[u64], step: StepIx) -> bool {
        self.packing.marking.is_active(state, step)
    }

    fn arrived(&self, board: &Play<'_>, mut state: Vec<u64>) -> Next {
        match &board.outcome {
            Outcome::Running => {
                for (word, of_board) in state.iter_mut().zip(&board.words) {
                    *word = *of_board;
                }
                self.packing.forget(self.process, self.data, &mut state);
                Next::State(state)
            }
            Outcome::Finished | Outcome::Stopped => Next::Over,
            Outcome::Faulted(_) => Next::Faulted,
        }
    }
}
