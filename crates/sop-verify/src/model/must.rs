//! What is certain at each step, on whatever way it is reached: a forward must-analysis on bit sets.
//!
//! Ways that merge keep what both have, a split hands the same to all its parts, a join has what any of its slots has.
//! (Nielson, Nielson, Hankin, Principles of Program Analysis, 2.1: the greatest solution of the equations.)

use sop_core::process::{BitSet, Position as _, Process, ReturnIx, Route, StepIx, ThenSpec};

use super::exits::{Exit, Exits, Way};

/// For each step what is certain when it is activated; none for a step that no way leads to.
pub(crate) struct Certain {
    pub(crate) steps: Vec<Option<BitSet>>,
    pub(crate) slots: Vec<Option<BitSet>>,
}

/// What the analysis asks of the question at hand.
pub(crate) trait Question {
    /// The number of bits.
    fn width(&self) -> usize;
    /// What is certain when a case is opened by the start at this place.
    fn at_start(&self, start: usize) -> BitSet;
    /// What an exit adds.
    fn gain(&self, exit: &Exit, known: &mut BitSet);
    /// What a return takes away.
    fn lose(&self, _: ReturnIx, _: &mut BitSet) {}
}

/// Answers a question for every step.
pub(crate) fn certain(process: &Process, exits: &Exits, question: &impl Question) -> Certain {
    let mut found = Certain { steps: vec![None; process.steps().len()], slots: vec![None; process.slots().len()] };
    let mut open = std::collections::VecDeque::new();
    let mut is_open = BitSet::with_len(process.steps().len());
    for (place, start) in process.starts().values().enumerate() {
        let known = question.at_start(place);
        for &step in &start.opens {
            if found.meet_step(step, &known) && is_open.insert(step.place()) {
                open.push_back(step);
            }
        }
    }
    let mut after = BitSet::with_len(question.width());
    while let Some(step) = open.pop_front() {
        is_open.remove(step.place());
        let Some(Some(here)) = found.steps.get(step.place()).cloned() else { continue };
        for (_, exit) in exits.of_step(step) {
            after.clone_from(&here);
            question.gain(exit, &mut after);
            found.leave(process, question, exit, &mut after, |next| {
                if is_open.insert(next.place()) {
                    open.push_back(next);
                }
            });
        }
    }
    found
}

impl Certain {
    /// Carries what is certain after an exit to where it leads.
    fn leave(
        &mut self,
        process: &Process,
        question: &impl Question,
        exit: &Exit,
        after: &mut BitSet,
        mut changed: impl FnMut(StepIx),
    ) {
        match (&exit.route, exit.way) {
            (Route::Return(taken), Way::Spent(_)) => {
                if let Some((_, ThenSpec::Next(next))) = process.returns()[*taken].limit
                    && self.meet_step(next, after)
                {
                    changed(next);
                }
            }
            (Route::Return(taken), _) => {
                question.lose(*taken, after);
                let to = process.returns()[*taken].to;
                if self.meet_step(to, after) {
                    changed(to);
                }
            }
            (Route::Go(arcs), _) => {
                for arc in arcs {
                    let news = match arc.slot {
                        None => self.meet_step(arc.to, after),
                        Some(slot) => meet(&mut self.slots, slot.place(), after) && self.join(process, arc.to),
                    };
                    if news {
                        changed(arc.to);
                    }
                }
            }
            (Route::End(_) | Route::Choose(_), _) => {}
        }
    }

    fn meet_step(&mut self, step: StepIx, news: &BitSet) -> bool {
        meet(&mut self.steps, step.place(), news)
    }

    /// What is certain at a join, once every slot has a way.
    pub(crate) fn at_join(&self, process: &Process, step: StepIx) -> Option<BitSet> {
        let (first, count) = process.steps()[step].join?;
        let mut all: Option<BitSet> = None;
        for place in 0..count {
            let slot = self.slots.get(first.after(place).place())?.as_ref()?;
            match &mut all {
                None => all = Some(slot.clone()),
                Some(all) => {
                    all.unite(slot);
                }
            }
        }
        all
    }

    fn join(&mut self, process: &Process, step: StepIx) -> bool {
        self.at_join(process, step).is_some_and(|all| self.meet_step(step, &all))
    }
}

fn meet(known: &mut [Option<BitSet>], place: usize, news: &BitSet) -> bool {
    match known.get_mut(place) {
        Some(Some(known)) => known.intersect(news),
        Some(empty) => {
            *empty = Some(news.clone());
            true
        }
        None => false,
    }
}
