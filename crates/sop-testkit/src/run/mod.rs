//! Adversarial runs: who acts, what they decide, how late, who is absent, when the process restarts.
//!
//! A run is a list of [`Move`]s, small numbers that the [`Office`] makes sense of: they pick among what there is at that
//! moment, counting round. So any list of moves is a run of any definition, and a shorter list of smaller numbers is a
//! simpler one.

mod office;
mod tale;
mod values;

pub use office::{Grounds, Office, Trouble};
pub(crate) use office::{completion, open_outcomes, values_of};
pub use tale::{Ended, Tale};
pub(crate) use values::{combinations, rank};

use proptest::collection::{SizeRange, vec};
use proptest::option;
use proptest::prelude::*;

/// One decision of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Move {
    /// Which of the open waits is acted on.
    pub at: u16,
    /// Who tries first; the others follow in order.
    pub who: u16,
    /// Which outcome is picked first.
    pub what: u16,
    /// Which values are handed in first.
    pub values: u16,
    /// How many minutes pass before.
    pub late: u32,
    /// Who is absent: does not act in this move.
    pub absent: Option<u16>,
    /// Tells whether the engine is closed and opened again before.
    pub restart: bool,
    /// Tells whether somebody tries something that is not theirs to do before: its refusal must change nothing.
    pub meddles: bool,
}

/// Runs of so many moves. Most of what is picked is the first, most moves come soon after one another; some come days
/// later. They shrink towards fewer moves, towards first picks, and towards no time in between.
pub fn moves(count: impl Into<SizeRange>) -> impl Strategy<Value = Vec<Move>> {
    vec(one(), count)
}

fn one() -> impl Strategy<Value = Move> {
    let late = prop_oneof![6 => 0..30_u32, 2 => 0..600_u32, 1 => 0..10_000_u32];
    let rare = || prop::bool::weighted(0.1);
    (0..8_u16, 0..16_u16, 0..6_u16, 0..24_u16, late, option::weighted(0.2, 0..16_u16), rare(), rare()).prop_map(
        |(at, who, what, values, late, absent, restart, meddles)| Move {
            at,
            who,
            what,
            values,
            late,
            absent,
            restart,
            meddles,
        },
    )
}
