//! A run in the making: counters and values as they are, each value as the cells that it may still have.
//!
//! A guard that a draft passes narrows the cells of what was set before; only at the end each value is picked. So one
//! draft stands for all runs that take the same exits, and none of them is no run of the process.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use foldhash::fast::FixedState;
use sop_core::case::Handing;
use sop_core::guard::FieldIx;
use sop_core::process::{Position as _, Process, ReturnIx, StartIx};

use super::tell::add;
use crate::cause::{Cause, Trouble};
use crate::certificate::Witness;
use crate::model::{By, CellSet, Exit, ExitIx, Facts, Layout, Outcome, Part, Play, Target, Way};
use crate::run::Run;

/// The longest run that is drafted, for each step of the process, and beside that.
const MOST_LENGTH: (usize, usize) = (6, 200);

/// The most parts of a choice that are tried.
const MOST_PARTS: usize = 8_192;

/// A run that was found: the start, then the exits that are taken, each with the values that its completion sets.
#[derive(Debug, Clone)]
pub(crate) struct FoundRun {
    pub(crate) start: StartIx,
    pub(crate) moves: Vec<(ExitIx, Part)>,
    /// The cells of a gap, where that was the goal.
    pub(crate) gap: Option<Part>,
}

impl FoundRun {
    /// The run in people's words.
    pub(crate) fn told(&self, facts: &Facts<'_>) -> Run {
        let mut run = Run::opening(facts.process, self.start);
        for (at, set) in &self.moves {
            if let Some(exit) = facts.exits.get(*at) {
                add(&mut run, facts.process, exit, &facts.data.values_of(set));
            }
        }
        run
    }

    /// The run as a certificate has it.
    pub(crate) fn witness(&self) -> Witness {
        let cells = |set: &Part| set.iter().filter_map(|(field, set)| Some((*field, set.iter().next()?))).collect();
        Witness {
            start: self.start.place() as u32,
            moves: self.moves.iter().map(|(at, set)| (*at, cells(set))).collect(),
        }
    }
}

/// A run in the making.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(super) words: Vec<u64>,
    counts: Vec<u32>,
    /// For each field the place of the setting that holds, among all settings.
    held: Vec<Option<u32>>,
    /// Every setting of a field, with the cells that it may still have, and the move that made it.
    settings: Vec<(FieldIx, CellSet, u32)>,
    pub(super) moves: Vec<ExitIx>,
    start: StartIx,
    pub(super) is_over: bool,
}

impl Draft {
    pub(crate) fn opened(facts: &Facts<'_>, start: StartIx) -> Option<Self> {
        let mut play = Play::new(facts.process);
        play.start(facts.process.starts().get(start)?);
        (play.outcome == Outcome::Running).then(|| Self {
            words: play.words,
            counts: vec![0; facts.process.returns().len()],
            held: vec![None; facts.process.fields().len()],
            settings: Vec::new(),
            moves: Vec::new(),
            start,
            is_over: false,
        })
    }

    pub(super) fn most(&self, facts: &Facts<'_>) -> usize {
        facts.process.steps().len().saturating_mul(MOST_LENGTH.0) + MOST_LENGTH.1
    }

    fn is_spent(&self, process: &Process, taken: ReturnIx) -> bool {
        let limit = process.returns()[taken].limit.map_or(u32::MAX, |(limit, _)| limit);
        self.counts.get(taken.place()).is_none_or(|count| *count >= limit)
    }

    /// Count: how often a return may still be taken.
    pub(crate) fn times_left(&self, process: &Process, taken: ReturnIx) -> u64 {
        let limit = process.returns()[taken].limit.map_or(0, |(limit, _)| limit);
        u64::from(limit.saturating_sub(self.counts.get(taken.place()).copied().unwrap_or(0)))
    }

    /// Tells whether the counters admit an exit.
    pub(crate) fn admits(&self, facts: &Facts<'_>, exit: &Exit) -> bool {
        match exit.way {
            Way::Plain => true,
            Way::Counted(taken) => !self.is_spent(facts.process, taken),
            Way::Spent(taken) => self.is_spent(facts.process, taken),
        }
    }

    pub(super) fn collects<'f>(facts: &'f Facts<'_>, exit: &Exit) -> &'f [FieldIx] {
        let outcome = exit.outcome.and_then(|at| facts.process.steps()[exit.step].outcome(at));
        outcome.filter(|_| exit.by == By::Person).map_or(&[], |outcome| &outcome.collects)
    }

    /// The cells that a field may have where an exit is taken.
    fn possible(&self, facts: &Facts<'_>, collects: &[FieldIx], field: FieldIx) -> CellSet {
        if collects.contains(&field) {
            return all_cells(facts, field);
        }
        let held = self.held.get(field.place()).copied().flatten();
        let setting = held.and_then(|held| self.settings.get(held as usize));
        setting.map_or_else(|| CellSet::run(0, 0), |(_, set, _)| set.clone())
    }

    /// The parts of its choice with which an exit is taken; one without anything where it is no branch.
    pub(crate) fn parts(&self, facts: &Facts<'_>, exit: &Exit) -> Vec<Part> {
        let Some(branch) = exit.branch else { return vec![Part::new()] };
        self.parts_to(facts, exit, |target| target == Target::Branch(branch))
    }

    pub(super) fn parts_to(&self, facts: &Facts<'_>, exit: &Exit, is_wanted: impl Fn(Target) -> bool) -> Vec<Part> {
        let Some(taken) = facts.choice_of(exit).and_then(|choice| choice.taken.as_ref()) else { return Vec::new() };
        let collects = Self::collects(facts, exit);
        let possible = |field: FieldIx| self.possible(facts, collects, field);
        let is_kept = |field: FieldIx| facts.is_kept_after(&self.words, exit.step, field);
        let parts = taken.guards.parts(&taken.diagram, possible, is_kept, MOST_PARTS).unwrap_or_default();
        parts.into_iter().filter(|(target, _)| is_wanted(*target)).map(|(_, part)| part).collect()
    }

    /// Tells whether the case does not stand still after one more exit.
    pub(crate) fn goes_well(&self, facts: &Facts<'_>, play: &mut Play<'_>, at: ExitIx) -> bool {
        let Some(exit) = facts.exits.get(at) else { return false };
        play.set(&self.words);
        play.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
        !matches!(play.outcome, Outcome::Faulted(_))
    }

    /// The run after one more exit, with the cells of this part. None where the case stands still.
    pub(crate) fn moved(self, facts: &Facts<'_>, play: &mut Play<'_>, at: ExitIx, part: &Part) -> Option<Self> {
        let exit = facts.exits.get(at)?;
        let open = !matches!(exit.way, Way::Spent(_));
        play.set(&self.words);
        play.leave(exit.step, &exit.route, open);
        let mut next = self;
        next.words.clone_from(&play.words);
        match play.outcome {
            Outcome::Faulted(_) => return None,
            Outcome::Running => {}
            Outcome::Finished | Outcome::Stopped => next.is_over = true,
        }
        if let Way::Counted(taken) = exit.way {
            *next.counts.get_mut(taken.place())? += 1;
        }
        let number = next.moves.len() as u32;
        next.moves.push(at);
        let outcome = exit.outcome.and_then(|outcome| facts.process.steps()[exit.step].outcome(outcome));
        let sets =
            outcome.is_some_and(|outcome| exit.by == By::Person && Handing::of(outcome, &exit.route, |_| open).fields);
        next.narrow(Self::collects(facts, exit), part);
        for field in Self::collects(facts, exit) {
            let set = part
                .iter()
                .find(|(of, _)| of == field)
                .map_or_else(|| all_cells(facts, *field), |(_, set)| set.clone());
            let place = next.settings.len() as u32;
            next.settings.push((*field, set, number));
            if sets {
                *next.held.get_mut(field.place())? = Some(place);
            }
        }
        Some(next)
    }

    /// Narrows what was set before to the cells of a part.
    pub(super) fn narrow(&mut self, collects: &[FieldIx], part: &Part) {
        for (field, set) in part.iter().filter(|(field, _)| !collects.contains(field)) {
            let held = self.held.get(field.place()).copied().flatten();
            if let Some((_, known, _)) = held.and_then(|held| self.settings.get_mut(held as usize)) {
                *known = known.and(set);
            }
        }
    }

    pub(crate) fn length(&self) -> usize {
        self.moves.len()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Count: how many moves it took to come to where it stands, where it has been there before.
    pub(super) fn been_at(&self, facts: &Facts<'_>, words: &[u64]) -> Option<usize> {
        let mut play = Play::new(facts.process);
        play.start(facts.process.starts().get(self.start)?);
        for (count, at) in self.moves.iter().enumerate() {
            if play.words == words {
                return Some(count);
            }
            let exit = facts.exits.get(*at)?;
            let here = play.words.clone();
            play.set(&here);
            play.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
        }
        None
    }

    /// The run with one more exit, which is the last.
    pub(super) fn found_with(mut self, facts: &Facts<'_>, at: ExitIx, part: &Part) -> FoundRun {
        let collects = facts.exits.get(at).map_or(&[][..], |exit| Self::collects(facts, exit));
        self.narrow(collects, part);
        let mut found = self.found(None);
        let set = |field: &FieldIx| {
            let narrowed = part.iter().find(|(of, _)| of == field).map(|(_, set)| set.clone());
            (*field, narrowed.unwrap_or_else(|| all_cells(facts, *field)))
        };
        found.moves.push((at, collects.iter().map(set).collect()));
        found
    }

    /// The run that takes these exits one after the other, if there is one.
    pub(super) fn follow(mut self, facts: &Facts<'_>, exits: &[ExitIx]) -> Result<Self, Option<Cause>> {
        let mut play = Play::new(facts.process);
        for at in exits {
            let Some(exit) = facts.exits.get(*at) else { return Err(None) };
            let is_open = Layout::of(facts.process).is_active(&self.words, exit.step);
            if self.is_over || !is_open || !self.admits(facts, exit) {
                return Err(None);
            }
            let Some(part) = self.parts(facts, exit).into_iter().next() else { return Err(None) };
            let before = self.clone();
            self = match self.moved(facts, &mut play, *at, &part) {
                Some(next) => next,
                None => {
                    let Outcome::Faulted(fault) = &play.outcome else { return Err(None) };
                    let run = before.found_with(facts, *at, &part).told(facts);
                    return Err(Some(Cause { trouble: Trouble::Fault(fault.clone()), run: Some(run) }));
                }
            };
        }
        Ok(self)
    }

    pub(crate) fn found(self, gap: Option<Part>) -> FoundRun {
        let mut moves: Vec<(ExitIx, Part)> = self.moves.into_iter().map(|at| (at, Part::new())).collect();
        for (field, set, number) in self.settings {
            if let Some((_, part)) = moves.get_mut(number as usize) {
                part.push((field, set));
            }
        }
        FoundRun { start: self.start, moves, gap }
    }

    pub(super) fn key(&self) -> u64 {
        let mut hasher = FixedState::with_seed(1).build_hasher();
        (&self.words, &self.counts).hash(&mut hasher);
        for held in &self.held {
            let set = held.and_then(|held| self.settings.get(held as usize)).map(|(_, set, _)| set);
            set.hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// All cells of a field that is set; of one that no guard reads, one that stands for whatever it is.
pub(super) fn all_cells(facts: &Facts<'_>, field: FieldIx) -> CellSet {
    CellSet::run(1, facts.data.cells.count(field).max(1))
}
