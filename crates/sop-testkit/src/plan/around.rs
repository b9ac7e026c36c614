//! What lies around a block: what is certain there, and where it may go back to.

use super::Kind;

/// What lies around a block: what is certain there, and where it may go back to.
#[derive(Clone, Default)]
pub(super) struct Surroundings {
    /// The steps that are certainly passed before and may be gone back to, with whether a join waits for their thread.
    pub(super) targets: Vec<(usize, bool)>,
    /// The steps that are certainly passed before by an exit that sets and makes what they should.
    pub(super) passed: Vec<usize>,
    /// The papers that are certainly there.
    pub(super) papers: Vec<Kept>,
    /// The fields that are certainly set, and of which every value can still arrive.
    pub(super) fields: Vec<Known>,
    pub(super) thread: Thread,
}

#[derive(Clone)]
pub(super) struct Kept {
    pub(super) id: String,
    /// Tells whether no parallel step may read it.
    pub(super) own: bool,
}

#[derive(Clone)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) kind: Kind,
    /// Where it is set.
    pub(super) since: usize,
}

/// What becomes of the thread that a block lies in.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Thread {
    /// It ends with the case.
    #[default]
    Main,
    /// A join waits for it.
    Joined,
    /// It ends by itself.
    Apart,
}
