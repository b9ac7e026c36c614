//! Generated definitions: families that grow along one direction each.
//!
//! Each says what is hard about it, so that a curve that bends tells where. All but [`explode`] are sound, completable
//! and clean by their structure alone.

mod choice;
mod honest;
mod order;
mod parallel;

pub use choice::{decision, explode, many_fields};
pub use honest::{
    optional, pairs, papers_of_kinds, parts_with_returns, read_after_branches, read_after_branches_with_returns,
    read_twice,
};
pub use order::{chain, chain_with_returns, nested_loops};
pub use parallel::{nested_parallel, parallel, parallel_with_returns, part_ends};

use crate::sketch::Sketch;

/// A family whose members are drawn for about so many steps (or guards), so that its curve can be measured.
#[derive(Clone, Copy)]
pub struct Family {
    /// What it is called.
    pub name: &'static str,
    /// The member of about this size.
    pub member: fn(usize) -> Sketch,
}

/// The families that grow without end, in the order in which they are printed.
pub const GROWING: [Family; 8] = [
    Family { name: "chain", member: chain },
    Family { name: "chain with returns", member: chain_with_returns },
    Family { name: "nested loops", member: |size| nested_loops(size / 2) },
    Family { name: "parallel, branches of 4", member: |size| parallel(size / 4, 4) },
    Family { name: "parallel with returns, branches of 10", member: |size| parallel_with_returns(size / 10, 10) },
    Family { name: "nested parallel", member: |size| nested_parallel(size / 3) },
    Family { name: "part ends", member: part_ends },
    Family { name: "decision, 12 fields, n guards", member: |guards| decision(12, guards) },
];

/// The families that offices draw, in the order in which they are printed.
pub const HONEST: [Family; 7] = [
    Family { name: "one field, read after n branches of 3", member: read_after_branches },
    Family { name: "the same with returns", member: read_after_branches_with_returns },
    Family { name: "n fields, read twice in n branches", member: read_twice },
    Family { name: "n optional fields under one guard", member: optional },
    Family { name: "n kinds with 4 papers each", member: papers_of_kinds },
    Family { name: "n pairs of papers", member: pairs },
    Family { name: "n parts with returns", member: parts_with_returns },
];
