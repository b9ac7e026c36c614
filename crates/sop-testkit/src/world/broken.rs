//! What a world may find wrong.

use std::fmt;

/// What holds all along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// What was acknowledged is on record, for good.
    Lost,
    /// Whatever is on record was sent by somebody, or follows from a timer or a change of the office.
    Invented,
    /// No command is done twice, and each answer is given again as it was.
    Twice,
    /// A batch is on record wholly, or not at all.
    Half,
    /// Places and versions have no gaps, and time on record never goes back.
    Gap,
    /// Each rung fires once, none is left out, and none before its time.
    Rung,
    /// The numbers of registers are unique and have no gaps.
    Register,
    /// Work lists, cases, and what is due, are the fold of the history.
    Fold,
    /// Each entry is chained to the one before as it was committed, and the log goes on from where it was.
    Chain,
    /// What is erased, moved to an archive or put back is so wholly or not at all, and nothing else is.
    Kept,
    /// Every case of a proved process can still finish.
    Stuck,
    /// The store is opened again, every command is answered, and what is on record can be read.
    Answers,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct What(pub(super) Invariant, pub(super) String);

/// A world that is broken: what does not hold, and how to see it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The seed.
    pub seed: u64,
    /// The step at which it was noticed.
    pub step: u32,
    /// What does not hold.
    pub invariant: Invariant,
    /// What was found.
    pub what: String,
    /// What happened last.
    pub trace: Vec<String>,
    /// How to see it again.
    pub replay: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {} is broken at step {}: {:?}: {}", self.seed, self.step, self.invariant, self.what)?;
        for line in &self.trace {
            writeln!(f, "  {line}")?;
        }
        write!(f, "see it again: {}", self.replay)
    }
}
