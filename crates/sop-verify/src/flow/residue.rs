//! What a reduction leaves, searched state by state.

#![expect(clippy::indexing_slicing, reason = "places and transitions are renumbered by this module")]

use std::collections::VecDeque;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};

use super::reduce::{Left, Reduction};
use crate::model::{Group, Place};
use crate::search::hash_of;

/// What is wrong with what is left, with a run of it that shows it: the numbers of its transitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Two tokens come to one place, or the case is over while others are left.
    Unsafe(Vec<u32>),
    /// From here on the case can't be finished: nothing moves, or it goes through this round for ever.
    Stuck(Vec<u32>, Vec<u32>),
}

/// What a search of the rest found.
pub(crate) struct Residue {
    /// What is wrong, at most one of each kind, the shortest first.
    pub(crate) wrong: Vec<Wrong>,
    /// The states in order, as words, with their ranks: how many moves that may be counted on lead to the end.
    pub(crate) states: Vec<u64>,
    pub(crate) ranks: Vec<Option<u32>>,
    /// Tells whether each transition that is left is taken in some state.
    pub(crate) takes_all: bool,
}

/// The rest was too large.
pub(crate) struct TooLarge {
    /// The places that were marked when the search was given up.
    pub(crate) marked: Vec<Place>,
}

/// The places of the rest, renumbered.
struct Renumbered {
    places: Vec<Place>,
    number: Vec<u32>,
}

pub(crate) fn search(reduction: &Reduction, places: usize, done: Place, limit: usize) -> Result<Residue, TooLarge> {
    let left = reduction.left();
    let mut renumbered = Renumbered { places: Vec::new(), number: vec![u32::MAX; places] };
    let all = left.iter().flat_map(|left| left.inputs.iter().chain(&left.outputs)).copied();
    renumbered.places = all.chain([reduction.initial(), done]).collect();
    renumbered.places.sort_unstable();
    renumbered.places.dedup();
    for (number, place) in (0..).zip(&renumbered.places) {
        renumbered.number[*place as usize] = number;
    }
    Search::new(reduction, left, renumbered, done, limit).run()
}

/// A transition as masks.
struct Move {
    inputs: Vec<(usize, u64)>,
    outputs: Vec<(usize, u64)>,
}

struct Search {
    left: Vec<Left>,
    moves: Vec<Move>,
    /// For each place the moves that take from it.
    by_place: Vec<Vec<u32>>,
    renumbered: Renumbered,
    done: usize,
    width: usize,
    limit: usize,
    states: Vec<u64>,
    parents: Vec<(u32, u32)>,
    /// The fewest completions of a person that lead to each state.
    costs: Vec<u32>,
    known: HashTable<u32>,
    /// Each move: from, to, and its place in what is left.
    edges: Vec<(u32, u32, u32)>,
    ends: Vec<u32>,
    /// Moves that are not safe, with the states before them.
    unsafe_at: Vec<(u32, u32)>,
}

const NONE: u32 = u32::MAX;

impl Search {
    fn new(reduction: &Reduction, left: Vec<Left>, renumbered: Renumbered, done: Place, limit: usize) -> Self {
        let count = renumbered.places.len();
        let width = count.div_ceil(64);
        let masks = |list: &[Place]| {
            let mut masks: Vec<(usize, u64)> = Vec::new();
            for place in list {
                let bit = renumbered.number[*place as usize] as usize;
                match masks.iter_mut().find(|(word, _)| *word == bit / 64) {
                    Some((_, mask)) => *mask |= 1 << (bit % 64),
                    None => masks.push((bit / 64, 1 << (bit % 64))),
                }
            }
            masks
        };
        let moves: Vec<Move> =
            left.iter().map(|left| Move { inputs: masks(&left.inputs), outputs: masks(&left.outputs) }).collect();
        let mut by_place = vec![Vec::new(); count];
        for (at, left) in (0..).zip(&left) {
            if let Some(first) = left.inputs.first() {
                by_place[renumbered.number[*first as usize] as usize].push(at);
            }
        }
        let mut search = Self {
            moves,
            by_place,
            done: renumbered.number[done as usize] as usize,
            width,
            limit,
            states: Vec::new(),
            parents: Vec::new(),
            costs: Vec::new(),
            known: HashTable::new(),
            edges: Vec::new(),
            ends: Vec::new(),
            unsafe_at: Vec::new(),
            left,
            renumbered,
        };
        let mut first = vec![0; width];
        let bit = search.renumbered.number[reduction.initial() as usize] as usize;
        first[bit / 64] |= 1 << (bit % 64);
        search.arrive(&first, (NONE, NONE), 0);
        search
    }

    fn run(mut self) -> Result<Residue, TooLarge> {
        // Those that took fewest completions first, so that what is found is told shortest.
        let mut open: std::collections::BinaryHeap<std::cmp::Reverse<(u32, u32)>> =
            [std::cmp::Reverse((0, 0))].into_iter().collect();
        let mut closed: Vec<bool> = vec![false];
        let mut state = vec![0; self.width];
        while let Some(std::cmp::Reverse((cost, at))) = open.pop() {
            if std::mem::replace(&mut closed[at as usize], true) {
                continue;
            }
            state.copy_from_slice(self.state(at));
            for place in ones(&state) {
                for index in 0..self.by_place[place].len() {
                    let number = self.by_place[place][index];
                    let Some(next) = self.fire(&state, number, at) else { continue };
                    let before = self.states.len();
                    let cost = cost.saturating_add(self.left[number as usize].length);
                    let to = self.arrive(&next, (at, number), cost);
                    self.edges.push((at, to, number));
                    if self.states.len() > before {
                        closed.push(false);
                        open.push(std::cmp::Reverse((cost, to)));
                    } else if self.costs[to as usize] > cost {
                        self.costs[to as usize] = cost;
                        self.parents[to as usize] = (at, number);
                        open.push(std::cmp::Reverse((cost, to)));
                    }
                    if self.parents.len() > self.limit {
                        let marked = ones(&next).map(|place| self.renumbered.places[place]).collect();
                        return Err(TooLarge { marked });
                    }
                }
            }
        }
        Ok(self.judge())
    }

    fn state(&self, at: u32) -> &[u64] {
        &self.states[at as usize * self.width..(at as usize + 1) * self.width]
    }

    /// The state after a move, if it can be made and is safe.
    fn fire(&mut self, state: &[u64], number: u32, at: u32) -> Option<Vec<u64>> {
        let it = &self.moves[number as usize];
        if it.inputs.iter().any(|(word, mask)| state[*word] & mask != *mask) {
            return None;
        }
        let mut next = state.to_vec();
        for (word, mask) in &it.inputs {
            next[*word] &= !mask;
        }
        let mut doubled = false;
        for (word, mask) in &it.outputs {
            doubled |= next[*word] & mask != 0;
            next[*word] |= mask;
        }
        let over = next[self.done / 64] & (1 << (self.done % 64)) != 0;
        let alone = next.iter().map(|word| word.count_ones()).sum::<u32>() <= 1;
        if doubled || (over && !alone) {
            self.unsafe_at.push((at, number));
            return None;
        }
        Some(next)
    }

    fn arrive(&mut self, state: &[u64], parent: (u32, u32), cost: u32) -> u32 {
        let width = self.width;
        let states = &self.states;
        let hash = hash_of(state);
        let same = |at: &u32| states[*at as usize * width..(*at as usize + 1) * width] == *state;
        if let Some(at) = self.known.find(hash, same) {
            return *at;
        }
        let at = self.parents.len() as u32;
        self.states.extend_from_slice(state);
        self.parents.push(parent);
        self.costs.push(cost);
        // All tokens may also have vanished.
        if state[self.done / 64] & (1 << (self.done % 64)) != 0 || state.iter().all(|word| *word == 0) {
            self.ends.push(at);
        }
        let states = &self.states;
        self.known.insert_unique(hash, at, |at| hash_of(&states[*at as usize * width..(*at as usize + 1) * width]));
        at
    }

    fn judge(self) -> Residue {
        let count = self.parents.len();
        let mut ranks: Vec<Option<u32>> = vec![None; count];
        let mut heads = vec![NONE; count];
        let mut before: Vec<(u32, u32, u32)> = Vec::with_capacity(self.edges.len());
        // Of a group all branches have to lead on: how many of each state do not yet.
        let mut waiting: HashMap<(u32, Group), u32, FixedState> = HashMap::default();
        for (from, number) in &self.unsafe_at {
            if let Some(group) = self.left[*number as usize].group {
                *waiting.entry((*from, group)).or_default() += 1;
            }
        }
        for (from, to, number) in &self.edges {
            let left = &self.left[*number as usize];
            if let Some(group) = left.group {
                *waiting.entry((*from, group)).or_default() += 1;
            }
            if left.leads_on || left.group.is_some() {
                before.push((*from, *number, heads[*to as usize]));
                heads[*to as usize] = before.len() as u32 - 1;
            }
        }
        let mut open: VecDeque<u32> = VecDeque::new();
        for end in &self.ends {
            ranks[*end as usize] = Some(0);
            open.push_back(*end);
        }
        while let Some(at) = open.pop_front() {
            let next = ranks[at as usize].map(|rank| rank + 1);
            let mut link = heads[at as usize];
            while link != NONE {
                let (from, number, further) = before[link as usize];
                let leads = match self.left[number as usize].group {
                    None => true,
                    Some(group) => waiting.get_mut(&(from, group)).is_some_and(|left| {
                        *left -= 1;
                        *left == 0
                    }),
                };
                if leads && ranks[from as usize].is_none() {
                    ranks[from as usize] = next;
                    open.push_back(from);
                }
                link = further;
            }
        }
        let mut wrong = Vec::new();
        let nearest = self.unsafe_at.iter().min_by_key(|(at, _)| (self.costs[*at as usize], *at));
        if let Some(&(at, number)) = nearest {
            let mut run = self.run_to(at);
            run.push(self.left[number as usize].number);
            wrong.push(Wrong::Unsafe(run));
        }
        // A state before a move that is not safe may well have no other: what is wrong with it is told already.
        // A state in which nothing moves is told rather than one from which that is merely where it leads.
        let mut moves = vec![false; count];
        self.edges.iter().for_each(|(from, ..)| moves[*from as usize] = true);
        self.unsafe_at.iter().for_each(|(from, _)| moves[*from as usize] = true);
        // Where something is not safe, a case may be unable to finish for that alone.
        let counts = |at: &u32| self.unsafe_at.is_empty() || !moves[*at as usize];
        let stuck = (0..count as u32).filter(|at| ranks[*at as usize].is_none()).filter(counts);
        if let Some(nearest) = stuck.min_by_key(|at| (moves[*at as usize], self.costs[*at as usize], *at)) {
            let (at, round) = if moves[nearest as usize] { self.round_behind(nearest) } else { (nearest, Vec::new()) };
            wrong.push(Wrong::Stuck(self.run_to(at), round));
        }
        let mut is_taken = vec![false; self.left.len()];
        self.edges.iter().for_each(|(.., number)| is_taken[*number as usize] = true);
        Residue { wrong, states: self.states, ranks, takes_all: is_taken.into_iter().all(|taken| taken) }
    }

    /// A round that a case which cannot finish goes through, and the state where it begins: from the state on, always
    /// the first move, until a state comes again.
    fn round_behind(&self, from: u32) -> (u32, Vec<u32>) {
        let mut at_step: Vec<u32> = vec![NONE; self.parents.len()];
        let (mut at, mut walked) = (from, Vec::new());
        while at_step[at as usize] == NONE {
            at_step[at as usize] = walked.len() as u32;
            let next = self.edges.iter().find(|(before, ..)| *before == at);
            let Some(&(_, to, number)) = next else { return (from, Vec::new()) };
            walked.push((at, number));
            at = to;
        }
        let begins = at_step[at as usize] as usize;
        let round = walked[begins..].iter().map(|(_, number)| self.left[*number as usize].number).collect();
        (at, round)
    }

    fn run_to(&self, at: u32) -> Vec<u32> {
        let mut run = Vec::new();
        let mut at = at;
        while let (parent, number) = self.parents[at as usize]
            && parent != NONE
        {
            run.push(self.left[number as usize].number);
            at = parent;
        }
        run.reverse();
        run
    }
}

fn ones(words: &[u64]) -> impl Iterator<Item = usize> + use<> {
    let words: smallvec::SmallVec<[u64; 4]> = words.into();
    words.into_iter().enumerate().flat_map(|(place, word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                place * 64 + bit
            })
        })
    })
}
