//! Checks of sets: what is claimed to be certain at each step really is, one inequality for each arrow.

use sop_core::process::{BitSet, Position as _, Process, Route, ThenSpec};

use super::Sets;
use crate::model::{Exits, Question, Way};

/// Whether the sets hold at the starts and are kept by every exit: at its target nothing is claimed that is not there
/// afterwards.
pub(crate) fn hold(process: &Process, exits: &Exits, question: &impl Question, sets: &Sets) -> bool {
    let width = question.width().div_ceil(64);
    let is_formed = |sets: &[Option<Vec<u64>>], count: usize| {
        sets.len() == count && sets.iter().flatten().all(|words| words.len() == width)
    };
    if !is_formed(&sets.steps, process.steps().len()) || !is_formed(&sets.slots, process.slots().len()) {
        return false;
    }
    let within = |claimed: &Option<Vec<u64>>, there: &BitSet| {
        claimed.as_ref().is_some_and(|claimed| claimed.iter().zip(there.as_words()).all(|(one, all)| one & !all == 0))
    };
    let step = |place: usize| sets.steps.get(place).unwrap_or(&None);
    let slot = |place: usize| sets.slots.get(place).unwrap_or(&None);
    for (place, start) in process.starts().values().enumerate() {
        let there = question.at_start(place);
        if !start.opens.iter().all(|opened| within(step(opened.place()), &there)) {
            return false;
        }
    }
    for (_, exit) in exits.iter() {
        let Some(here) = step(exit.step.place()) else { continue };
        let mut after = set_of(here, question.width());
        question.gain(exit, &mut after);
        let holds = match (&exit.route, exit.way) {
            (Route::Go(arcs), _) => arcs.iter().all(|arc| match arc.slot {
                Some(at) => within(slot(at.place()), &after),
                None => within(step(arc.to.place()), &after),
            }),
            (Route::Return(taken), Way::Spent(_)) => match process.returns()[*taken].limit {
                Some((_, ThenSpec::Next(next))) => within(step(next.place()), &after),
                _ => true,
            },
            (Route::Return(taken), _) => {
                question.lose(*taken, &mut after);
                within(step(process.returns()[*taken].to.place()), &after)
            }
            (Route::End(_) | Route::Choose(_), _) => true,
        };
        if !holds {
            return false;
        }
    }
    // A join is reached when all of its slots are: then it has what any of them has.
    process.steps().iter().all(|(at, spec)| {
        let Some((first, count)) = spec.join else { return true };
        let mut all = BitSet::with_len(question.width());
        for place in 0..count {
            match slot(first.after(place).place()) {
                Some(words) => {
                    all.unite(&set_of(words, question.width()));
                }
                None => return true,
            }
        }
        within(step(at.place()), &all)
    })
}

/// A set with these words.
pub(crate) fn set_of(words: &[u64], width: usize) -> BitSet {
    let mut set = BitSet::with_len(width);
    for (place, word) in words.iter().enumerate() {
        let mut rest = *word;
        while rest != 0 {
            set.insert(place * 64 + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
    set
}
