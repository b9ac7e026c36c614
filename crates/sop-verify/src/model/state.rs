//! What a state consists of, packed into words.

use sop_core::case::Handing;
use sop_core::guard::{FieldIx, Value};
use sop_core::process::{BitSet, PaperIx, Position as _, Process, ReturnIx, Route, StepIx};

use super::cell_set::CellSet;
use super::diagram::Part;
use super::{By, Cell, Cells, Exits, Layout, Way};

/// What is kept apart besides the marking.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// Tells whether returns are counted one by one; otherwise they count as open or used up at any time.
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
    /// For each step the tracked fields, by place, that somebody may still read from there before they are set anew.
    live: Vec<BitSet>,
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
        let tracked: Vec<FieldIx> = tracked.collect();
        let live = if tracked.is_empty() { Vec::new() } else { live(process, exits, &tracked) };
        Self { cells: Cells::of(process), tracked, live }
    }

    /// Tells whether somebody may still read a field, by its place, in a marking.
    pub(crate) fn is_live(&self, process: &Process, layout: Layout, marking: &[u64], place: usize) -> bool {
        let at = |step: StepIx| self.live.get(step.place()).is_some_and(|live| live.contains(place));
        layout.active(marking).any(at)
            || layout.filled(marking).filter_map(|slot| process.slots().get(slot)).any(|slot| at(slot.step))
    }

    /// Values of a part of a choice: of each field the first cell that is not the missing one.
    pub(crate) fn values_of(&self, part: &Part) -> Vec<(FieldIx, Value)> {
        let value = |(field, set): &(FieldIx, CellSet)| {
            let cell = set.iter().find(|cell| *cell != 0)?;
            Some((*field, self.cells.value(*field, cell).clone()?))
        };
        part.iter().filter_map(value).collect()
    }

    /// Tells whether somebody may still read a field, by its place, from a step on.
    pub(crate) fn is_live_at(&self, step: StepIx, place: usize) -> bool {
        self.live.get(step.place()).is_some_and(|live| live.contains(place))
    }

    /// Where a field's cell is kept, if it is.
    pub(crate) fn place(&self, field: FieldIx) -> Option<usize> {
        self.tracked.binary_search(&field).ok()
    }
}

/// Which fields may still be read from each step: a backward may-analysis, the least solution (Nielson, Nielson, Hankin,
/// Principles of Program Analysis, 2.1.4).
fn live(process: &Process, exits: &Exits, tracked: &[FieldIx]) -> Vec<BitSet> {
    let place = |field: FieldIx| tracked.binary_search(&field).ok();
    let mut live = vec![BitSet::with_len(tracked.len()); process.steps().len()];
    let mut before: Vec<Vec<(StepIx, u32)>> = vec![Vec::new(); process.steps().len()];
    let mut open: Vec<StepIx> = Vec::new();
    for (at, exit) in exits.iter() {
        let outcome = exit.outcome.and_then(|outcome| process.steps()[exit.step].outcome(outcome));
        for to in crate::guarantee::potential::leads_to(process, exit) {
            if let Some(list) = before.get_mut(to.place()) {
                list.push((exit.step, at));
            }
        }
        let Some(Route::Choose(branches)) = outcome.map(|outcome| &outcome.route) else { continue };
        let sets = outcome.filter(|_| exit.by == By::Person).map_or(&[][..], |outcome| &outcome.collects);
        for (field, _) in branches.iter().flat_map(|branch| branch.guard.tests()) {
            if let Some(place) = place(field).filter(|_| !sets.contains(&field))
                && let Some(live) = live.get_mut(exit.step.place())
                && live.insert(place)
            {
                open.push(exit.step);
            }
        }
    }
    while let Some(step) = open.pop() {
        let Some(here) = live.get(step.place()).cloned() else { continue };
        for &(from, exit) in before.get(step.place()).into_iter().flatten() {
            let Some(exit) = exits.get(exit) else { continue };
            let outcome = exit.outcome.and_then(|outcome| process.steps()[from].outcome(outcome));
            let sets: &[FieldIx] = match outcome.filter(|_| exit.by == By::Person) {
                Some(outcome) => {
                    let open = !matches!(exit.way, Way::Spent(_));
                    if Handing::of(outcome, &exit.route, |_| open).fields { &outcome.collects } else { &[] }
                }
                None => &[],
            };
            let Some(live) = live.get_mut(from.place()) else { continue };
            let mut is_new = false;
            for place in here.iter() {
                let is_set = tracked.get(place).is_some_and(|field| sets.contains(field));
                is_new |= !is_set && live.insert(place);
            }
            if is_new {
                open.push(from);
            }
        }
    }
    live
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

    /// Settles fields after a move: what nobody may read any more is forgotten.
    pub(crate) fn forget(self, process: &Process, data: &Data, state: &mut [u64]) {
        for place in 0..data.tracked.len() {
            if self.cell(state, place) != 0 && !data.is_live(process, self.marking, state, place) {
                self.set_cell(state, place, 0);
            }
        }
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
