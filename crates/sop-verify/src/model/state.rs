//! What a state consists of, packed into words.

use sop_core::guard::FieldIx;
use sop_core::process::{PaperIx, Position as _, Process, ReturnIx, Route};

use super::{By, Cell, Cells, Exits, Layout};

/// What is kept apart besides the marking.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// Whether returns are counted one by one; otherwise they count as open or used up at any time.
    pub(crate) counters: bool,
    /// The papers of which it is kept whether they are there.
    pub(crate) papers: Vec<PaperIx>,
}

/// Which fields matter where.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) cells: Cells,
    /// The fields whose values outlive the completion that set them: some guard reads them elsewhere.
    pub(crate) tracked: Vec<FieldIx>,
}

impl Data {
    pub(crate) fn of(process: &Process, exits: &Exits) -> Self {
        let mut is_tracked = vec![false; process.fields().len()];
        for step in process.steps().values() {
            for outcome in &step.outcomes {
                let Route::Choose(branches) = &outcome.route else { continue };
                for field in branches.iter().flat_map(|branch| branch.guard.tests().map(|(field, _)| field)) {
                    if !outcome.collects.contains(&field)
                        && let Some(tracked) = is_tracked.get_mut(field.place())
                    {
                        *tracked = true;
                    }
                }
            }
        }
        // A rung sets nothing, so that its guards read what was set before.
        for (_, exit) in exits.iter().filter(|(_, exit)| exit.by != By::Person && exit.branch.is_some()) {
            let outcome = exit.outcome.and_then(|at| process.steps().get(exit.step)?.outcome(at));
            let Some(Route::Choose(branches)) = outcome.map(|outcome| &outcome.route) else { continue };
            for field in branches.iter().flat_map(|branch| branch.guard.tests().map(|(field, _)| field)) {
                if let Some(tracked) = is_tracked.get_mut(field.place()) {
                    *tracked = true;
                }
            }
        }
        let tracked = (0..).map_while(FieldIx::new).zip(is_tracked).filter(|(_, is)| *is).map(|(field, _)| field);
        Self { cells: Cells::of(process), tracked: tracked.collect() }
    }

    /// Where a field's cell is kept, if it is.
    pub(crate) fn place(&self, field: FieldIx) -> Option<usize> {
        self.tracked.binary_search(&field).ok()
    }
}

/// The parts of a packed state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packing {
    pub(crate) marking: Layout,
    cells: usize,
    counters: usize,
    papers: usize,
}

const PER_WORD: usize = 4;

impl Packing {
    pub(crate) fn of(process: &Process, data: &Data, scope: &Scope) -> Self {
        Self {
            marking: Layout::of(process),
            cells: data.tracked.len().div_ceil(PER_WORD),
            counters: if scope.counters { process.returns().len().div_ceil(PER_WORD) } else { 0 },
            papers: scope.papers.len().div_ceil(64),
        }
    }

    pub(crate) fn words(self) -> usize {
        self.marking.words() + self.cells + self.counters + self.papers
    }

    pub(crate) fn cell(self, state: &[u64], place: usize) -> Cell {
        quarter(state, self.marking.words(), place)
    }

    pub(crate) fn set_cell(self, state: &mut [u64], place: usize, cell: Cell) {
        set_quarter(state, self.marking.words(), place, cell);
    }

    pub(crate) fn count(self, state: &[u64], taken: ReturnIx) -> u16 {
        quarter(state, self.marking.words() + self.cells, taken.place())
    }

    pub(crate) fn set_count(self, state: &mut [u64], taken: ReturnIx, count: u16) {
        set_quarter(state, self.marking.words() + self.cells, taken.place(), count);
    }

    pub(crate) fn has_paper(self, state: &[u64], place: usize) -> bool {
        let word = state.get(self.marking.words() + self.cells + self.counters + place / 64);
        word.is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    pub(crate) fn add_paper(self, state: &mut [u64], place: usize) {
        if let Some(word) = state.get_mut(self.marking.words() + self.cells + self.counters + place / 64) {
            *word |= 1 << (place % 64);
        }
    }
}

fn quarter(state: &[u64], from: usize, place: usize) -> u16 {
    let word = state.get(from + place / PER_WORD).copied().unwrap_or(0);
    (word >> (16 * (place % PER_WORD))) as u16
}

fn set_quarter(state: &mut [u64], from: usize, place: usize, value: u16) {
    if let Some(word) = state.get_mut(from + place / PER_WORD) {
        let shift = 16 * (place % PER_WORD);
        *word = (*word & !(0xffff << shift)) | (u64::from(value) << shift);
    }
}
