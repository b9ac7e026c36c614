//! How far the verifier goes before it says that it does not know.

/// Limits of time and memory, in things that are counted: the same process gets the same verdicts on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most states of one plain search. A state takes about a hundred bytes with its moves.
    pub states: usize,
    /// The most nodes into which one choice is taken apart.
    pub nodes: usize,
    /// The most steps of a process.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { states: 200_000, nodes: 200_000, steps: 100_000 }
    }
}
