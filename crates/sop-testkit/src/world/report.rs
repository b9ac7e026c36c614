//! What worlds came to.

use std::collections::BTreeMap;
use std::fmt;

use super::broken::{Broken, Invariant};
use super::met::Met;

/// What one world came to, or several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The number of seeds that were played.
    pub seeds: u64,
    /// How many steps.
    pub steps: u64,
    /// The number of times that the program ended without having been asked.
    pub crashes: u64,
    /// Which faults were met, and how often.
    pub met: Met,
    /// The number of commands that were acknowledged.
    pub acknowledged: u64,
    /// The number of times that one was refused, and for what.
    pub refused: BTreeMap<&'static str, u64>,
    /// The number of times that it was left open whether one was done.
    pub left_open: u64,
    /// The number of entries that were on record.
    pub entries: u64,
    /// How many numbers registers gave, before everything was brought to its end.
    pub numbers: u64,
    /// The number of boundaries that the disk came to, before everything was brought to its end.
    pub boundaries: u64,
    /// How often everything was looked at.
    pub looks: u64,
    /// The number of times that it could not be, since the disk failed just then.
    pub looks_failed: u64,
    /// The number of cases that were open at the end, and then finished.
    pub finished: u64,
    /// What does not hold.
    pub broken: Vec<Broken>,
}

impl Report {
    /// Adds what another world came to.
    pub fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.crashes += other.crashes;
        self.met.add(&other.met);
        self.acknowledged += other.acknowledged;
        for (kind, count) in &other.refused {
            *self.refused.entry(kind).or_default() += count;
        }
        self.left_open += other.left_open;
        self.entries += other.entries;
        self.numbers += other.numbers;
        self.boundaries += other.boundaries;
        self.looks += other.looks;
        self.looks_failed += other.looks_failed;
        self.finished += other.finished;
        self.broken.extend(other.broken.iter().cloned());
    }

    /// How many worlds broke so.
    pub fn count(&self, invariant: Invariant) -> usize {
        self.broken.iter().filter(|broken| broken.invariant == invariant).count()
    }
}

impl fmt::Display for Report {
    /// One line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let invented = self.count(Invariant::Invented) + self.count(Invariant::Twice);
        write!(
            f,
            "seeds {} crashes {} faults {} acknowledged {} lost {} invented {invented}",
            self.seeds,
            self.crashes,
            self.met.total(),
            self.acknowledged,
            self.count(Invariant::Lost),
        )?;
        match self.broken.len() {
            0 => Ok(()),
            broken => write!(f, " broken {broken}"),
        }
    }
}
