//! What follows from a state: every move of the core, with every part of every choice's tree.

use std::collections::BTreeMap;

use sop_core::case::Handing;
use sop_core::guard::FieldIx;
use sop_core::process::{OutcomeSpec, Process, StepIx};

use crate::model::{ANY, By, Cell, CellSet, Choice, Data, Exit, ExitIx, Exits, Outcome, Packing, Play, Scope, Way};

/// The cells of the fields that were asked for, in a part of a choice's tree.
pub(crate) type Part = Vec<(FieldIx, CellSet)>;

/// The parts of a choice's tree by the branch that they take; those without one are undecided.
pub(crate) type Parts = BTreeMap<Option<u16>, Vec<Part>>;

/// The choices of a process, in their order; none for one that was not taken apart.
pub(crate) type Choices = [(Choice, Option<Parts>)];

/// The parts of the choice that an exit belongs to.
pub(crate) fn parts_of<'c>(choices: &'c Choices, exit: &Exit) -> Option<&'c Parts> {
    let wanted = Choice::of(exit)?.key();
    let place = choices.binary_search_by_key(&wanted, |(choice, _)| choice.key()).ok()?;
    choices.get(place)?.1.as_ref()
}

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
    /// The choices with the parts of their trees; none of one that was not taken apart.
    pub(crate) choices: &'p Choices,
    /// How many states there are. Combinations of values that somebody still reads are states of their own.
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
                let parts = parts_of(self.choices, exit)?;
                for cells in parts.get(&Some(branch)).into_iter().flatten() {
                    let all = self.fitting(state, exit, outcome, cells)?;
                    found.extend(all.iter().map(|cells| (at, self.take(state, exit, outcome, cells))));
                }
                // What no branch, or several, would take is no move of any: it goes with the first.
                let mut undecided = parts.get(&None).into_iter().flatten();
                if branch == 0 && undecided.any(|cells| self.fits(state, exit, outcome, cells)) {
                    found.push((at, Next::Undecided));
                }
            }
        }
        Some(found)
    }

    /// For each field of a part the cells that may be there: what the completion itself sets may be anything.
    fn possible(&self, state: &[u64], exit: &Exit, outcome: Option<&OutcomeSpec>, cells: &Part) -> Vec<Vec<Cell>> {
        let sets = outcome.filter(|_| exit.by == By::Person).map_or(&[][..], |outcome| &outcome.collects);
        let of_field = |(field, set): &(FieldIx, CellSet)| {
            let kept = self.data.place(*field).filter(|_| !sets.contains(field));
            let known = kept.map(|place| self.packing.cell(state, place));
            let fits = |cell: &Cell| known.is_none_or(|known| known == *cell || (known == ANY && *cell != 0));
            set.iter().filter(fits).collect()
        };
        cells.iter().map(of_field).collect()
    }

    /// Whether some combination of cells of a part may be there.
    fn fits(&self, state: &[u64], exit: &Exit, outcome: Option<&OutcomeSpec>, cells: &Part) -> bool {
        self.possible(state, exit, outcome, cells).iter().all(|possible| !possible.is_empty())
    }

    /// The combinations of cells of a part that may be there. Of fields that nobody reads later one cell stands for all.
    /// None for too many.
    fn fitting(
        &self,
        state: &[u64],
        exit: &Exit,
        outcome: Option<&OutcomeSpec>,
        cells: &Part,
    ) -> Option<Vec<Combination>> {
        let possible = self.possible(state, exit, outcome, cells);
        if possible.iter().any(Vec::is_empty) {
            return Some(Vec::new());
        }
        let mut board = Play::new(self.process);
        board.set(state);
        board.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
        let mut all: Vec<Combination> = vec![Vec::new()];
        for ((field, _), mut possible) in cells.iter().zip(possible) {
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

    /// Whether the counters, and the papers that are kept track of, admit an exit.
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

    /// Whether somebody has to act at a step.
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
