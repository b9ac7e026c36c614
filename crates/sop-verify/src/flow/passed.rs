//! Steps and exits that a few runs pass.

use sop_core::process::{BitSet, Position as _, StepIx};

use super::draft::FoundRun;
use super::seek::Seeker;
use crate::model::{Facts, Layout, Play, Way};
use crate::run::Run;

/// A few runs, and where in them each step is first come to.
pub(crate) struct Passed {
    runs: Vec<FoundRun>,
    /// For each step a run and how many of its moves lead there: the fewest.
    first: Vec<Option<(usize, usize)>>,
}

/// Count: how many runs are made from each start to pass steps by.
const PASSES: usize = 4;

impl Passed {
    pub(crate) fn of(facts: &Facts<'_>, seeker: &Seeker<'_, '_>) -> Self {
        let mut passed = Self { runs: Vec::new(), first: vec![None; facts.process.steps().len()] };
        let mut taken = vec![0_u32; facts.exits.len()];
        for round in 0..PASSES {
            for (start, spec) in facts.process.starts().iter() {
                let Some(run) = seeker.stroll(start, &mut taken, round % 2 == 1) else { continue };
                let mut play = Play::new(facts.process);
                play.start(spec);
                passed.note(facts, &play, 0);
                for (count, (at, _)) in (1..).zip(&run.moves) {
                    if let Some(exit) = facts.exits.get(*at) {
                        let here = play.words.clone();
                        play.set(&here);
                        play.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
                        passed.note(facts, &play, count);
                    }
                }
                passed.runs.push(run);
            }
        }
        passed
    }

    fn note(&mut self, facts: &Facts<'_>, play: &Play<'_>, moves: usize) {
        for step in Layout::of(facts.process).active(&play.words) {
            if let Some(first) = self.first.get_mut(step.place())
                && first.is_none_or(|(_, known)| moves < known)
            {
                *first = Some((self.runs.len(), moves));
            }
        }
    }

    /// The run to a step, if one of these comes to it.
    pub(crate) fn run_to(&self, facts: &Facts<'_>, step: StepIx) -> Option<Run> {
        let (run, moves) = (*self.first.get(step.place())?)?;
        let run = self.runs.get(run)?;
        let part = FoundRun { start: run.start, moves: run.moves.get(..moves)?.to_vec(), gap: None };
        Some(part.told(facts))
    }
}

/// The exits and steps that runs take and come to.
pub(crate) struct Covered {
    pub(crate) taken: BitSet,
    pub(crate) reached: BitSet,
    pub(crate) runs: Vec<FoundRun>,
}

impl Covered {
    pub(crate) fn nothing(facts: &Facts<'_>) -> Self {
        Self {
            taken: BitSet::with_len(facts.exits.len()),
            reached: BitSet::with_len(facts.process.steps().len()),
            runs: Vec::new(),
        }
    }

    /// Takes a run in, if it takes something new.
    pub(crate) fn add(&mut self, facts: &Facts<'_>, run: FoundRun) {
        let mut is_new = false;
        let layout = Layout::of(facts.process);
        let mut play = Play::new(facts.process);
        if let Some(start) = facts.process.starts().get(run.start) {
            play.start(start);
        }
        let note = |play: &Play<'_>, reached: &mut BitSet| {
            layout.active(&play.words).fold(false, |any, step| reached.insert(step.place()) | any)
        };
        is_new |= note(&play, &mut self.reached);
        for (at, _) in &run.moves {
            is_new |= self.taken.insert(*at as usize);
            if let Some(exit) = facts.exits.get(*at) {
                let words = play.words.clone();
                play.set(&words);
                play.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
                is_new |= note(&play, &mut self.reached);
            }
        }
        if is_new {
            self.runs.push(run);
        }
    }
}
