//! What follows from a state: every move of the core, with every combination of values that matters.

use sop_core::case::Handing;
use sop_core::case::tokens::resolve;
use sop_core::guard::{FieldIx, Value};
use sop_core::process::{OutcomeSpec, Process, Route, StepIx};

use crate::model::{By, Cell, Data, Exit, ExitIx, Exits, Outcome, Packing, Play, Scope, Way};

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
}

/// The most combinations of values that are tried for one completion.
const MAX_COMBINATIONS: usize = 200_000;

impl<'p> Moves<'p> {
    pub(crate) fn new(process: &'p Process, exits: &'p Exits, data: &'p Data, scope: Scope) -> Self {
        let packing = Packing::of(process, data, &scope);
        Self { process, exits, data, scope, packing }
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
            arrived(&board, state)
        };
        self.process.starts().values().map(open).collect()
    }

    /// Everything that may happen in a state, each with its exit. None where there are too many combinations of values.
    pub(crate) fn from(&self, state: &[u64]) -> Option<Vec<(ExitIx, Next)>> {
        let mut found = Vec::new();
        for step in self.packing.marking.active(state) {
            for (at, exit) in self.exits.of_step(step).filter(|(_, exit)| self.admits(state, exit)) {
                let outcome = exit.outcome.and_then(|outcome| self.process.steps()[step].outcome(outcome));
                for values in self.combinations(exit, outcome)? {
                    self.take(state, at, exit, outcome, &values, &mut found);
                }
            }
        }
        Some(found)
    }

    /// Whether the counters admit an exit.
    fn admits(&self, state: &[u64], exit: &Exit) -> bool {
        let limit = |taken| self.process.returns()[taken].limit.map_or(u32::MAX, |(limit, _)| limit);
        match exit.way {
            Way::Counted(taken) if self.scope.counters => u32::from(self.packing.count(state, taken)) < limit(taken),
            Way::Spent(taken) if self.scope.counters => u32::from(self.packing.count(state, taken)) >= limit(taken),
            _ => true,
        }
    }

    /// Every combination of the cells of the fields that a completion sets and some guard reads.
    fn combinations(&self, exit: &Exit, outcome: Option<&OutcomeSpec>) -> Option<Vec<Vec<(FieldIx, Cell)>>> {
        let Some(outcome) = outcome.filter(|_| exit.by == By::Person) else { return Some(vec![Vec::new()]) };
        let open = !matches!(exit.way, Way::Spent(_));
        if !Handing::of(outcome, &exit.route, |_| open).fields {
            return Some(vec![Vec::new()]);
        }
        let read: Vec<FieldIx> = match &outcome.route {
            Route::Choose(branches) => {
                branches.iter().flat_map(|branch| branch.guard.tests().map(|(field, _)| field)).collect()
            }
            _ => Vec::new(),
        };
        let matters = |field: &&FieldIx| self.data.place(**field).is_some() || read.contains(field);
        let mut all: Vec<Vec<(FieldIx, Cell)>> = vec![Vec::new()];
        for field in outcome.collects.iter().filter(matters) {
            let cells = 1..=self.data.cells.count(*field);
            all = all
                .into_iter()
                .flat_map(|begun| {
                    cells.clone().map(move |cell| {
                        let mut longer = begun.clone();
                        longer.push((*field, cell));
                        longer
                    })
                })
                .collect();
            if all.len() > MAX_COMBINATIONS {
                return None;
            }
        }
        Some(all)
    }

    fn take(
        &self,
        state: &[u64],
        at: ExitIx,
        exit: &Exit,
        outcome: Option<&OutcomeSpec>,
        sets: &[(FieldIx, Cell)],
        found: &mut Vec<(ExitIx, Next)>,
    ) {
        if let (Some(branch), Some(outcome)) = (exit.branch, outcome) {
            let values = self.values(state, sets);
            match resolve(&outcome.route, &values) {
                Ok(taken) if *taken == exit.route && self.is_branch(outcome, branch, &values) => {}
                Ok(_) => return,
                Err(_) => return found.push((at, Next::Undecided)),
            }
        }
        let open = !matches!(exit.way, Way::Spent(_));
        let mut board = Play::new(self.process);
        board.set(state);
        board.leave(exit.step, &exit.route, open);
        let mut next = state.to_vec();
        for &(field, cell) in sets {
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
        found.push((at, arrived(&board, next)));
    }

    /// Whether it is this branch whose guard holds: two branches may lead the same way.
    fn is_branch(&self, outcome: &OutcomeSpec, branch: u16, values: &[Option<Value>]) -> bool {
        let Route::Choose(branches) = &outcome.route else { return false };
        branches.get(usize::from(branch)).is_some_and(|spec| spec.guard.holds(values))
    }

    fn values(&self, state: &[u64], sets: &[(FieldIx, Cell)]) -> Vec<Option<Value>> {
        let mut values = vec![None; self.process.fields().len()];
        let kept = self.data.tracked.iter().enumerate().map(|(place, field)| (*field, self.packing.cell(state, place)));
        for (field, cell) in kept.chain(sets.iter().copied()) {
            if let Some(value) = values.get_mut(field.place()) {
                value.clone_from(self.data.cells.value(field, cell));
            }
        }
        values
    }

    /// Whether somebody has to act at a step.
    pub(crate) fn is_active(&self, state: &[u64], step: StepIx) -> bool {
        self.packing.marking.is_active(state, step)
    }
}

fn arrived(board: &Play<'_>, mut state: Vec<u64>) -> Next {
    match &board.outcome {
        Outcome::Running => {
            for (word, of_board) in state.iter_mut().zip(&board.words) {
                *word = *of_board;
            }
            Next::State(state)
        }
        Outcome::Finished | Outcome::Stopped => Next::Over,
        Outcome::Faulted(_) => Next::Faulted,
    }
}
