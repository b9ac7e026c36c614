//! Checks of states: whatever follows from any of them is among them.

use std::collections::BTreeMap;

use sop_core::process::{BitSet, Position as _, Process};

use super::States;
use super::check::Checker;
use super::moves::{Moves, Next};
use super::numbers::Numbers;
use super::shrink::{Arrow, Shrinking};
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

/// A transition of what is left of a net, as bits of its places: words with their places in a state.
struct Bits<'r> {
    arrow: &'r Arrow,
    from: Vec<(usize, u64)>,
    to: Vec<(usize, u64)>,
}

/// The rest of a net, by the bits of its places.
struct Rest<'r> {
    places: Vec<u32>,
    width: usize,
    arrows: Vec<Bits<'r>>,
    /// For each place the transitions of which it is the first input.
    by_first: Vec<Vec<usize>>,
}

impl<'r> Rest<'r> {
    fn of(rest: &'r Shrinking) -> Option<Self> {
        let mut places: Vec<u32> =
            rest.arrows().flat_map(|(_, arrow)| arrow.from.iter().chain(arrow.to.iter())).collect();
        places.extend([rest.initial, rest.done]);
        places.sort_unstable();
        places.dedup();
        let number = |place: u32| places.binary_search(&place).ok();
        let bits = |set: &Numbers| {
            let mut bits: Vec<(usize, u64)> = Vec::new();
            for place in set.iter() {
                let place = number(place)?;
                match bits.iter_mut().find(|(word, _)| *word == place / 64) {
                    Some((_, mask)) => *mask |= 1 << (place % 64),
                    None => bits.push((place / 64, 1 << (place % 64))),
                }
            }
            Some(bits)
        };
        let mut by_first = vec![Vec::new(); places.len()];
        let mut arrows = Vec::new();
        for (_, arrow) in rest.arrows() {
            // One that needs nothing could be taken again and again.
            by_first.get_mut(number(arrow.from.iter().next()?)?)?.push(arrows.len());
            arrows.push(Bits { arrow, from: bits(&arrow.from)?, to: bits(&arrow.to)? });
        }
        let width = places.len().div_ceil(64);
        Some(Self { places, width, arrows, by_first })
    }

    fn only(&self, place: u32) -> Option<Vec<u64>> {
        let at = self.places.binary_search(&place).ok()?;
        let mut state = vec![0; self.width];
        *state.get_mut(at / 64)? |= 1 << (at % 64);
        Some(state)
    }

    /// The transitions that a state enables, by their places.
    fn enabled<'s>(&'s self, state: &'s [u64]) -> impl Iterator<Item = usize> + 's {
        let marked = self.by_first.iter().enumerate().filter(|(at, _)| is_marked(state, *at));
        let has_all = |at: &usize| {
            self.arrows.get(*at).is_some_and(|it| {
                it.from.iter().all(|(word, mask)| state.get(*word).is_some_and(|there| there & mask == *mask))
            })
        };
        marked.flat_map(|(_, list)| list.iter().copied()).filter(has_all)
    }
}

fn is_marked(state: &[u64], at: usize) -> bool {
    state.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
}

/// The states of what is left of a net: closed, safe, and from each some move that may be counted on leads to a lower rank.
/// Tells whether each transition is taken in some of them; none if they are not as they should be.
pub(crate) fn residue(rest: &Shrinking, words: &[u64], ranks: &[u32]) -> Option<bool> {
    let net = Rest::of(rest)?;
    if !words.len().is_multiple_of(net.width) || words.len() / net.width != ranks.len() {
        return None;
    }
    let mut sizes: BTreeMap<Group, usize> = BTreeMap::new();
    for group in net.arrows.iter().filter_map(|it| rest.group_of(it.arrow)) {
        *sizes.entry(group).or_default() += 1;
    }
    let states: Vec<&[u64]> = words.chunks(net.width).collect();
    let mut sorted: Vec<(&[u64], usize)> = states.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    let find = |state: &[u64]| {
        let place = sorted.binary_search_by_key(&state, |(known, _)| *known).ok()?;
        sorted.get(place).map(|(_, place)| *place)
    };
    let done = net.only(rest.done)?;
    // Each is the first one, or follows from an earlier one: what nothing leads to takes no transition.
    let mut is_reached = vec![false; states.len()];
    let mut is_taken = vec![false; net.arrows.len()];
    mark(&mut is_reached, find(&net.only(rest.initial)?)?)?;
    for (place, (state, rank)) in states.iter().zip(ranks).enumerate() {
        if is_reached.get(place) != Some(&true) {
            return None;
        }
        // All tokens may also have vanished.
        let is_over = state.iter().zip(&done).any(|(word, done)| word & done != 0);
        if is_over || state.iter().all(|word| *word == 0) {
            if is_over && *state != done {
                return None;
            }
            continue;
        }
        let mut lower = false;
        // Of a group every branch has to lead lower.
        let mut groups: BTreeMap<Group, (usize, bool)> = BTreeMap::new();
        for at in net.enabled(state) {
            *is_taken.get_mut(at)? = true;
            let it = net.arrows.get(at)?;
            let mut next = state.to_vec();
            for (word, mask) in &it.from {
                *next.get_mut(*word)? &= !mask;
            }
            for (word, mask) in &it.to {
                let there = next.get_mut(*word)?;
                if *there & mask != 0 {
                    return None;
                }
                *there |= mask;
            }
            let to = find(&next)?;
            mark(&mut is_reached, to)?;
            let is_lower = ranks.get(to)? < rank;
            match rest.group_of(it.arrow) {
                None => lower |= is_lower && rest.leads_on(it.arrow),
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
    Some(is_taken.into_iter().all(|taken| taken))
}
