//! Plain search: every state that the core's own moves reach, nearest first, up to a limit.
//!
//! A state is a marking, the cell of every field that a later guard reads, and, where it is asked for, the counters of
//! returns and whether papers are there. States are compared whole, never by a hash alone.

mod graph;

mod walk;

pub(crate) use graph::{Arrival, Edge, FaultFound, Graph, Parent, Sample, Undecided};

pub(crate) use walk::{explore, explore_from, hash_of};
