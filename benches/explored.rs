//! What a plain search keeps: the states that it has seen, and which leads to which.
//!
//! Deliberately without any wit. It is what a proof is compared with, both in what it says and in how long it takes.

use std::collections::HashMap;

/// A set of small numbers, as a state is compared by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(Box<[u64]>);

impl Key {
    /// The empty set, in so many words of 64.
    pub fn empty(words: usize) -> Self {
        Self(vec![0; words].into())
    }

    /// Puts a number in.
    pub fn set(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// The number of numbers that are in it.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Tells whether all of another are in it.
    pub fn holds(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & other == *other)
    }

    /// Tells whether any of another is in it.
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(own, other)| own & other != 0)
    }

    /// It without another.
    pub fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(own, other)| own & !other).collect())
    }

    /// It together with another.
    pub fn with(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(own, other)| own | other).collect())
    }
}

/// What a plain search came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// From every state the case can finish, without a fault, and everything can happen.
    Sound,
    /// It is not so, and why.
    Unsound(&'static str),
    /// There were more states than it was allowed to look at.
    GaveUp,
    /// It saw every marking; but values or counters matter too, which it does not compare.
    Unjudged,
}

/// What a plain search came to, and how many states it saw for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explored {
    /// What it came to.
    pub finding: Finding,
    /// The number of states that it saw.
    pub states: usize,
}

/// The states that a search has seen, by number, and which leads to which.
#[derive(Debug, Default)]
pub struct Seen {
    numbers: HashMap<Key, usize>,
    before: Vec<Vec<usize>>,
    finished: Vec<usize>,
}

impl Seen {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of states.
    pub fn len(&self) -> usize {
        self.before.len()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// The number of a state; true if it is new.
    pub fn add(&mut self, state: Key) -> (usize, bool) {
        let next = self.before.len();
        let number = *self.numbers.entry(state).or_insert(next);
        if number == next {
            self.before.push(Vec::new());
        }
        (number, number == next)
    }

    /// One state leads to another: its number, and the state itself if it is new.
    pub fn step(&mut self, from: usize, to: Key) -> (usize, Option<Key>) {
        let (number, new) = self.add(to.clone());
        if let Some(before) = self.before.get_mut(number) {
            before.push(from);
        }
        (number, new.then_some(to))
    }

    /// In this state the case is over, as it should be.
    pub fn finishes(&mut self, state: usize) {
        self.finished.push(state);
    }

    /// The search came to this.
    pub fn found(&self, finding: Finding) -> Explored {
        Explored { finding, states: self.len() }
    }

    /// All states were seen, and nothing was wrong with any: can the case finish from each?
    pub fn judge(self) -> Explored {
        let mut leads = vec![false; self.len()];
        let mut open = self.finished.clone();
        while let Some(state) = open.pop() {
            if let Some(leads) = leads.get_mut(state)
                && !std::mem::replace(leads, true)
            {
                open.extend(self.before.get(state).into_iter().flatten());
            }
        }
        match leads.contains(&false) {
            true => self.found(Finding::Unsound("a state from which the end cannot be reached")),
            false => self.found(Finding::Sound),
        }
    }
}
