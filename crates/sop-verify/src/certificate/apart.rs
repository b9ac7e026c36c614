//! Checks of concurrency: no two tokens meet but where the sets say so, and nothing piles up.

use sop_core::definition::EndKind;
use sop_core::process::{BitSet, Position as _, Process, SlotIx};

use super::sets::set_of;
use crate::model::{Concurrency, Did, Effect, ExitIx, Exits, withdrawn};

/// The relation with these sets, if it is closed under every start, exit and join; and, where that is asked for, shows that
/// nothing piles up. One comparison of sets for each exit and for each slot.
pub(crate) fn confirmed(
    process: &Process,
    exits: &Exits,
    is_feasible: impl Fn(ExitIx) -> bool,
    sets: &[Option<Vec<u64>>],
    is_safe: bool,
) -> Option<Concurrency> {
    let slots_from = process.steps().len().div_ceil(64) * 64;
    let places = slots_from + process.slots().len();
    let words = places.div_ceil(64);
    if sets.len() != places || sets.iter().flatten().any(|set| set.len() != words) {
        return None;
    }
    let sets: Vec<Option<BitSet>> = sets.iter().map(|set| set.as_ref().map(|words| set_of(words, places))).collect();
    let claim = Concurrency::from_sets(process, sets);
    let holds = is_symmetric(&claim)
        && process.starts().values().all(|start| {
            let opened: Vec<usize> = start.opens.iter().map(|step| step.place()).collect();
            are_together(&claim, &opened, is_safe)
        })
        && exits
            .iter()
            .filter(|(at, exit)| is_feasible(*at) && claim.beside(exit.step.place()).is_some())
            .all(|(_, exit)| is_kept(process, &claim, exit.step.place(), &Effect::of(process, exit), is_safe))
        && process.steps().iter().all(|(step, spec)| {
            spec.join.is_none_or(|(first, count)| is_joined(&claim, step.place(), first, count, is_safe))
        });
    holds.then_some(claim)
}

/// Tells whether nothing stands beside itself, and whoever stands beside another has it beside itself.
fn is_symmetric(claim: &Concurrency) -> bool {
    claim.sets().iter().enumerate().all(|(place, set)| {
        set.iter()
            .flat_map(BitSet::iter)
            .all(|other| other != place && claim.beside(other).is_some_and(|others| others.contains(place)))
    })
}

/// Whether tokens that are put down together are said to stand beside one another. Two in one place pile up, and the case
/// stands still there.
fn are_together(claim: &Concurrency, puts: &[usize], is_safe: bool) -> bool {
    puts.iter().enumerate().all(|(at, one)| {
        let others = puts.iter().enumerate().filter(|(other, _)| *other != at);
        let mut others = others.filter(|(_, other)| is_safe || *other != one);
        claim.beside(*one).is_some_and(|beside| others.all(|(_, other)| beside.contains(*other)))
    })
}

/// Whether what stands beside a token stands beside it after it has moved, as far as nothing withdraws it; and no end of
/// the case comes with anything beside.
fn is_kept(process: &Process, claim: &Concurrency, from: usize, effect: &Effect, is_safe: bool) -> bool {
    let slots_from = process.steps().len().div_ceil(64) * 64;
    let Some(beside) = claim.beside(from) else { return false };
    if is_safe && effect.did == Did::Ended(EndKind::Case) && !beside.is_empty() {
        return false;
    }
    let puts = claim.places_of(effect);
    let left: Vec<u64> = match effect.did {
        Did::WentBack(taken) => {
            beside.as_words().iter().zip(withdrawn(process, taken, slots_from)).map(|(all, gone)| all & !gone).collect()
        }
        _ => beside.as_words().to_vec(),
    };
    are_together(claim, &puts, is_safe)
        && puts.iter().all(|put| {
            let is_itself = left.get(put / 64).is_some_and(|word| word & (1 << (put % 64)) != 0);
            let after = claim.beside(*put);
            let own = |word: usize| if put / 64 == word { 1 << (put % 64) } else { 0 };
            (!is_safe || !is_itself)
                && after.is_some_and(|after| {
                    left.iter().zip(after.as_words()).enumerate().all(|(at, (one, all))| one & !all & !own(at) == 0)
                })
        })
}

/// Tells whether beside a join stands whatever stands beside all of its slots, if these may be filled at once.
fn is_joined(claim: &Concurrency, step: usize, first: SlotIx, count: u32, is_safe: bool) -> bool {
    let slots: Vec<usize> = (0..count).map(|at| claim.slot(first.after(at))).collect();
    let mut all: Option<BitSet> = None;
    for slot in &slots {
        let Some(beside) = claim.beside(*slot) else { return true };
        if !slots.iter().all(|other| other == slot || beside.contains(*other)) {
            return true;
        }
        match &mut all {
            None => all = Some(beside.clone()),
            Some(all) => drop(all.intersect(beside)),
        }
    }
    let (Some(all), Some(after)) = (all, claim.beside(step)) else { return false };
    all.iter().filter(|at| !slots.contains(at)).all(|at| if at == step { !is_safe } else { after.contains(at) })
}
