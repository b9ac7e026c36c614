//! What a check finds.

use std::collections::BTreeSet;

/// What was found wrong, each in a line; the same thing found again is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Acknowledged, and not on record as it was acknowledged.
    pub(crate) lost: BTreeSet<String>,
    /// On record more than once.
    pub(crate) duplicated: BTreeSet<String>,
    /// Anything else that may not be: invented entries, gaps, states that differ.
    pub(crate) wrong: BTreeSet<String>,
}

impl Findings {
    pub(crate) fn lost(&mut self, what: impl Into<String>) {
        self.lost.insert(what.into());
    }

    pub(crate) fn duplicated(&mut self, what: impl Into<String>) {
        self.duplicated.insert(what.into());
    }

    pub(crate) fn wrong(&mut self, what: impl Into<String>) {
        self.wrong.insert(what.into());
    }

    /// Tells whether everything is as it should be.
    pub(crate) fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.duplicated.is_empty() && self.wrong.is_empty()
    }

    /// Leaves out what is known already.
    pub(crate) fn leave_out(&mut self, known: &Self) {
        self.lost.retain(|what| !known.lost.contains(what));
        self.duplicated.retain(|what| !known.duplicated.contains(what));
        self.wrong.retain(|what| !known.wrong.contains(what));
    }

    /// Takes in what another check found.
    pub(crate) fn join(&mut self, other: Self) {
        self.lost.extend(other.lost);
        self.duplicated.extend(other.duplicated);
        self.wrong.extend(other.wrong);
    }
}
