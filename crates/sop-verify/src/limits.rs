//! How far the verifier goes before it says that it does not know.

/// Limits of time and memory, in things that are counted: the same process gets the same verdicts on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most states of one plain search.
    pub states: usize,
    /// The most bytes that the states of one plain search take, their moves aside, which take about as much again.
    pub bytes: usize,
    /// The most nodes into which one choice is taken apart. Its guards are looked at a hundred times as often at most.
    pub nodes: usize,
    /// The most steps of a process.
    pub steps: usize,
}

impl Limits {
    /// The most states of so many words each.
    pub(crate) fn states_of(&self, words: usize) -> usize {
        self.states.min(self.bytes / (8 * words.max(1)))
    }
}

/// What is to be examined, how far, and with whom.
#[derive(Debug, Clone, Default)]
pub struct Terms<'s> {
    /// How far.
    pub limits: Limits,
    /// The guarantees that are asked for, the others are unknown; none: all nine.
    pub only: Option<Vec<sop_core::definition::GuaranteeName>>,
    /// Whether the flow is judged by plain search alone, without any structural argument: slower, to compare with.
    pub plain: bool,
    /// With whom; none: `staffed` is unknown.
    pub staff: Option<crate::guarantee::staffed::Staff<'s>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { states: 200_000, bytes: 64 << 20, nodes: 200_000, steps: 100_000 }
    }
}
