//! Checks of witnesses: each is a run of the process, with its counters and its values, and takes what it is said to take.

use sop_core::case::{Handing, tokens, tokens::Board as _};
use sop_core::guard::Value;
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, Route, StartIx};

use super::Witness;
use crate::model::{By, Data, ExitIx, Exits, Layout, Outcome, Play, Way};

/// Tells whether these runs together come to every step and take every exit of a person. None for what is no run.
pub(crate) fn cover(process: &Process, exits: &Exits, data: &Data, witnesses: &[Witness]) -> Option<bool> {
    let mut reached = BitSet::with_len(process.steps().len());
    let mut taken = BitSet::with_len(exits.len());
    for witness in witnesses {
        let start = StartIx::at(witness.start as usize);
        let mut run = Run {
            process,
            board: Play::new(process),
            counts: vec![0; process.returns().len()],
            values: vec![None; process.fields().len()],
        };
        run.board.start(process.starts().get(start)?);
        let layout = Layout::of(process);
        reached.extend(layout.active(&run.board.words).map(|step| step.place()));
        for (at, cells) in &witness.moves {
            let set: Option<Vec<(usize, Value)>> = cells
                .iter()
                .map(|(field, cell)| Some((field.place(), data.cells.admitted(process, *field, *cell)?)))
                .collect();
            run.take(exits, *at, &set?)?;
            taken.insert(*at as usize);
            reached.extend(layout.active(&run.board.words).map(|step| step.place()));
        }
    }
    let all_reached = process.steps().iter().all(|(step, _)| reached.contains(step.place()));
    let all_taken = exits.iter().all(|(at, exit)| exit.by != By::Person || taken.contains(at as usize));
    Some(all_reached && all_taken)
}

struct Run<'p> {
    process: &'p Process,
    board: Play<'p>,
    counts: Vec<u32>,
    values: Vec<Option<Value>>,
}

impl Run<'_> {
    /// Takes an exit. None where it cannot be taken.
    fn take(&mut self, exits: &Exits, at: ExitIx, set: &[(usize, Value)]) -> Option<()> {
        let exit = exits.get(at)?;
        if self.board.outcome != Outcome::Running || !self.board.is_active(exit.step) {
            return None;
        }
        let is_spent = |counts: &[u32], taken: ReturnIx| {
            let limit = self.process.returns()[taken].limit.map_or(u32::MAX, |(limit, _)| limit);
            counts.get(taken.place()).is_none_or(|count| *count >= limit)
        };
        match exit.way {
            Way::Plain => {}
            Way::Counted(taken) if !is_spent(&self.counts, taken) => *self.counts.get_mut(taken.place())? += 1,
            Way::Spent(taken) if is_spent(&self.counts, taken) => {}
            Way::Counted(_) | Way::Spent(_) => return None,
        }
        let open = !matches!(exit.way, Way::Spent(_));
        let outcome = exit.outcome.and_then(|outcome| self.process.steps()[exit.step].outcome(outcome));
        let mut values = self.values.clone();
        if let Some(outcome) = outcome.filter(|_| exit.by == By::Person) {
            // A completion sets all that its outcome collects, and nothing else.
            let is_collected = |place: &usize| outcome.collects.iter().any(|field| field.place() == *place);
            if !set.iter().all(|(place, _)| is_collected(place)) || set.len() != outcome.collects.len() {
                return None;
            }
            for (place, value) in set {
                *values.get_mut(*place)? = Some(value.clone());
            }
        } else if !set.is_empty() {
            return None;
        }
        if let (Some(branch), Some(outcome)) = (exit.branch, outcome) {
            let Route::Choose(branches) = &outcome.route else { return None };
            let taken = tokens::resolve(&outcome.route, &values).ok()?;
            if !std::ptr::eq(taken, &branches.get(usize::from(branch))?.route) {
                return None;
            }
        }
        if outcome.is_some_and(|outcome| exit.by == By::Person && Handing::of(outcome, &exit.route, |_| open).fields) {
            self.values = values;
        }
        self.board.leave(exit.step, &exit.route, open);
        match self.board.outcome {
            Outcome::Faulted(_) => None,
            _ => Some(()),
        }
    }
}
