//! Checks of states: whatever follows from any of them is among them.

use std::collections::{BTreeMap, BTreeSet};

use sop_core::process::{BitSet, Position as _, Process};

use super::States;
use super::check::Checker;
use super::moves::{Moves, Next};
use super::shrink::Shrinking;
use crate::model::{ExitIx, Group, Scope};

impl Checker<'_> {
    /// States that contain the starts and whatever follows from any of them, and nothing else: each is a start, or follows
    /// from an earlier one. None if they do not.
    pub(crate) fn closed(&self, states: &States) -> Option<Closed<'_>> {
        let scope = Scope { counters: states.counters, papers: states.papers.clone() };
        let at = Moves::new(self.process, self.exits, self.data, scope, &self.choices, states.words.len());
        let width = at.packing.words();
        if width == 0 || !states.words.len().is_multiple_of(width) {
            return None;
        }
        let list: Vec<&[u64]> = states.words.chunks(width).collect();
        let mut sorted: Vec<(&[u64], usize)> = list.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let find = |state: &[u64]| {
            let place = sorted.binary_search_by_key(&state, |(known, _)| *known).ok()?;
            sorted.get(place).map(|(_, place)| *place)
        };
        let mut is_reached = vec![false; list.len()];
        for next in at.opened() {
            match next {
                Next::State(state) => mark(&mut is_reached, find(&state)?)?,
                Next::Over | Next::Faulted => {}
                Next::Undecided => return None,
            }
        }
        let mut moves = Vec::with_capacity(list.len());
        for (place, state) in list.iter().enumerate() {
            if is_reached.get(place) != Some(&true) {
                return None;
            }
            let mut from_here = Vec::new();
            for (exit, next) in at.from(state)? {
                from_here.push((
                    exit,
                    match next {
                        Next::State(next) => To::State(find(&next)?),
                        Next::Over => To::Over,
                        Next::Undecided => To::Undecided,
                        Next::Faulted => To::Faulted,
                    },
                ));
            }
            for (_, to) in &from_here {
                if let To::State(to) = to {
                    mark(&mut is_reached, *to)?;
                }
            }
            moves.push(from_here);
        }
        Some(Closed { states: list.into_iter().map(<[u64]>::to_vec).collect(), moves, at })
    }
}

/// Where a move leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    State(usize),
    Over,
    /// The case stands still.
    Faulted,
    Undecided,
}

/// Notes that something leads to a state.
fn mark(is_reached: &mut [bool], place: usize) -> Option<()> {
    *is_reached.get_mut(place)? = true;
    Some(())
}

/// States with all that follows from them.
pub(crate) struct Closed<'c> {
    pub(crate) states: Vec<Vec<u64>>,
    pub(crate) moves: Vec<Vec<(ExitIx, To)>>,
    pub(crate) at: Moves<'c>,
}

impl Closed<'_> {
    /// The exits that are taken in some state.
    pub(crate) fn taken(&self, exits: usize) -> BitSet {
        let mut taken = BitSet::with_len(exits);
        let decided = self.moves.iter().flatten().filter(|(_, to)| *to != To::Undecided);
        taken.extend(decided.map(|(exit, _)| *exit as usize));
        taken
    }

    /// The steps at which somebody has to act in some state.
    pub(crate) fn alive(&self, process: &Process) -> BitSet {
        let mut alive = BitSet::with_len(process.steps().len());
        self.states.iter().for_each(|state| alive.extend(self.at.active(state).map(|step| step.place())));
        alive
    }
}

/// The states of what is left of a net: closed, safe, and from each some move that may be counted on leads to a lower rank.
/// Tells whether each transition is taken in some of them; none if they are not as they should be.
pub(crate) fn residue(rest: &Shrinking, words: &[u64], ranks: &[u32]) -> Option<bool> {
    let mut places: Vec<u32> = rest.arrows().flat_map(|(_, arrow)| arrow.from.iter().chain(arrow.to.iter())).collect();
    places.extend([rest.initial, rest.done]);
    places.sort_unstable();
    places.dedup();
    let width = places.len().div_ceil(64);
    if !words.len().is_multiple_of(width) || words.len() / width != ranks.len() {
        return None;
    }
    let mut sizes: BTreeMap<Group, usize> = BTreeMap::new();
    for group in rest.arrows().filter_map(|(_, arrow)| rest.group_of(arrow)) {
        *sizes.entry(group).or_default() += 1;
    }
    let marked = |state: &[u64]| -> BTreeSet<u32> {
        let is_set = |place: &usize| state.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0);
        (0..places.len()).filter(is_set).filter_map(|place| places.get(place).copied()).collect()
    };
    let states: Vec<BTreeSet<u32>> = words.chunks(width).map(marked).collect();
    let mut sorted: Vec<(&BTreeSet<u32>, usize)> = states.iter().zip(0..).collect();
    sorted.sort_unstable();
    let find = |state: &BTreeSet<u32>| {
        let place = sorted.binary_search_by_key(&state, |(known, _)| *known).ok()?;
        sorted.get(place).map(|(_, place)| *place)
    };
    // Each is the first one, or follows from an earlier one: what nothing leads to takes no transition.
    let mut is_reached = vec![false; states.len()];
    let mut is_taken: BTreeSet<u32> = BTreeSet::new();
    mark(&mut is_reached, find(&BTreeSet::from([rest.initial]))?)?;
    for (place, (state, rank)) in states.iter().zip(ranks).enumerate() {
        if is_reached.get(place) != Some(&true) {
            return None;
        }
        // All tokens may also have vanished.
        if state.contains(&rest.done) || state.is_empty() {
            if state.len() > 1 {
                return None;
            }
            continue;
        }
        let mut lower = false;
        // Of a group every branch has to lead lower.
        let mut groups: BTreeMap<Group, (usize, bool)> = BTreeMap::new();
        for (at, arrow) in rest.arrows().filter(|(_, arrow)| arrow.from.iter().all(|place| state.contains(&place))) {
            is_taken.insert(at);
            let mut next: BTreeSet<u32> = state.iter().copied().filter(|place| !arrow.from.contains(*place)).collect();
            if arrow.to.iter().any(|place| !next.insert(place)) {
                return None;
            }
            let to = find(&next)?;
            mark(&mut is_reached, to)?;
            let is_lower = ranks.get(to)? < rank;
            match rest.group_of(arrow) {
                None => lower |= is_lower && rest.leads_on(arrow),
                Some(group) => {
                    let (branches, all) = groups.entry(group).or_insert((0, true));
                    *branches += 1;
                    *all &= is_lower;
                }
            }
        }
        lower |= groups.iter().any(|(group, (branches, all))| *all && branches == sizes.get(group).unwrap_or(&0));
        if !lower {
            return None;
        }
    }
    Some(is_taken.len() == rest.arrows().count())
}
