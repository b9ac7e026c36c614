//! For tests of procedures: `assert_cannot_stall`, strategies for everything that a procedure consists of, and a simulated
//! office that drives the real engine to the end.
//!
//! - [`assert_cannot_stall`] is what an embedder's test says about a definition, and means;
//!   [`assert_cannot_stall_with`] asks about its officials too, for a [`Period`].
//! - [`plan`] and [`definitions`]: block plans, and from them sound definitions; random ones; sound ones with one thing
//!   broken. [`transform`]: changes that change no verdict.
//! - [`calendars()`], [`directories()`], [`guards()`]: the rest of a procedure's world.
//! - [`run`]: adversarial runs, and the [`Office`](run::Office) that plays them.
//! - [`replay`]: the verifier's counterexamples, played by the engine to the trouble that they claim.
//! - [`store`]: what every store promises, tried on any backend by one call.
//! - [`world`]: an engine on a disk that fails, with callers and an office that changes, under one seed.
//! - [`outline()`]: a definition in a few lines, which is also how a [`Sample`](definitions::Sample) prints itself: a
//!   counterexample is there to be read.
//!
//! ```
//! use proptest::prelude::*;
//! use sop_testkit::definitions::sound;
//! use sop_testkit::run::{Grounds, Office, moves};
//!
//! proptest!(ProptestConfig::with_cases(8), |(sample in sound(), moves in moves(0..20))| {
//!     let tale = Office::of(&sample, Grounds::Unproved("an example")).unwrap().run(&moves).unwrap();
//!     prop_assert!(tale.is_well(), "{tale}");
//! });
//! ```
//!
//! Owns: the built-in [`office`], what is wished of random definitions and how they are written, and the play of a run.
//! Deliberately knows nothing of how anything is proved (soundness comes from how plans are written, and is compared with
//! the verifier's opinion only in tests), of any database, and of terminals. It is used from integration tests only,
//! never from the `#[cfg(test)]` modules of crates that it depends on: Cargo would build them twice.
//!
//! Invariants:
//!
//! - The same plan gives the same definition, the same moves the same tale, and the same seed the same world, byte for
//!   byte: there is no clock, and no randomness but proptest's and that of a world's seed.
//! - Every [`Plan`](plan::Plan), also one that was made by hand, gives a definition that compiles without a warning and
//!   whose required guarantees hold as run.
//! - Everything shrinks towards less: fewer blocks, branches, moves; no papers, no fields, no time in between.
//! - Nothing panics but documented assertions, and strategies where this crate contradicts itself.

mod calendars;
mod directories;
mod edit;
mod guards;
mod made;
mod outline;
mod period;
mod sketch;
mod stall;

pub mod definitions;
pub mod office;
pub mod plan;
pub mod replay;
pub mod run;
pub mod store;
pub mod transform;
pub mod world;

pub use calendars::calendars;
pub use directories::directories;
pub use guards::guards;
pub use outline::outline;
pub use period::Period;
pub use stall::{
    Stalls, assert_cannot_stall, assert_cannot_stall_with, cannot_stall, cannot_stall_on, cannot_stall_with,
};
