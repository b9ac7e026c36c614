//! The simulated world: an engine on a disk that fails, with callers, a clock and an office that changes, under one seed.
//!
//! A world is played step by step by one thread. Callers send what is theirs to do and what is not, twice, late, or under
//! somebody else's key; time passes or goes back; editions, directories and calendars come into force under way. Faults
//! come in between, each [kind](Fault) of them: the machine stops at a write or a flush, the program is killed or the power
//! fails, writes and flushes fail, the disk is full or slow, the store panics. After each restart, and now and then
//! between, everything that has to hold is held against what was sent and answered; each of it is an [`Invariant`].
//!
//! ```
//! use sop_testkit::world::{Options, assert_survives};
//!
//! let report = assert_survives(1..=2, &Options::default());
//! assert!(report.acknowledged > 0);
//! ```
//!
//! A world that is broken prints its seed, what happened last, and how to see it again; the same seed plays the same
//! world. Where something is found on a store that is [wrong by intent](Flaw), that is the test of the test.

mod broken;
mod callers;
mod checks;
mod dice;
mod disk;
mod finish;
mod fold;
mod ground;
mod keeping;
mod ledger;
mod met;
mod office;
mod play;
mod program;
mod report;
mod sim;
mod watched;

use std::sync::Arc;

use sop_engine::store::{Store, StoreError};

pub use broken::{Broken, Invariant};
pub use dice::Dice;
pub use disk::{Crash, Disk, DiskError, File, Lock};
pub use ground::{Ground, GroundError};
pub use met::{Fault, Met};
pub use report::Report;
pub use sim::{Flaw, SimStore};

/// How a store is kept on a simulated disk.
pub trait Keeper: Send + Sync {
    /// Opens the store for writing, and makes it where there is none.
    ///
    /// # Errors
    /// What the store fails with.
    fn open(&self, disk: &Disk) -> Result<Box<dyn Store>, StoreError>;
}

/// Keeps the testkit's own [`SimStore`].
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepsSim {
    /// In which way it is wrong.
    pub flaw: Option<Flaw>,
}

impl Keeper for KeepsSim {
    fn open(&self, disk: &Disk) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(SimStore::flawed(disk, self.flaw)?))
    }
}

/// What goes wrong in a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faults {
    /// Nothing does, besides what callers get wrong.
    None,
    /// The machine stops once, at the boundary that comes after so many others, and it ends so.
    CrashAt(u64, Crash),
    /// Everything.
    All,
}

/// How a world is played.
#[derive(Clone)]
pub struct Options {
    /// How many steps.
    pub steps: u32,
    /// What it is about; none: procedures that the seed makes up.
    pub ground: Option<Arc<Ground>>,
    /// How the store is kept.
    pub keeper: Arc<dyn Keeper>,
    /// What goes wrong.
    pub faults: Faults,
    /// The line that plays a seed again, with `SEED` in it.
    pub replay: String,
}

impl Default for Options {
    /// Sixty steps with made-up procedures on the testkit's own store, where everything goes wrong.
    fn default() -> Self {
        Self {
            steps: 60,
            ground: None,
            keeper: Arc::new(KeepsSim::default()),
            faults: Faults::All,
            replay: "sop_testkit::world::run(SEED, &Options::default())".to_owned(),
        }
    }
}

impl Options {
    fn replay(&self, seed: u64) -> String {
        self.replay.replace("SEED", &seed.to_string())
    }
}

/// Plays the world of a seed.
pub fn run(seed: u64, options: &Options) -> Report {
    play::World::new(seed, options).play()
}

/// Asserts that the worlds of some seeds hold.
///
/// # Panics
/// At the first that is broken, with what is and how to see it again.
#[track_caller]
#[expect(clippy::panic, reason = "an assertion")]
pub fn assert_survives(seeds: impl IntoIterator<Item = u64>, options: &Options) -> Report {
    let mut all = Report::default();
    for seed in seeds {
        let report = run(seed, options);
        if let Some(broken) = report.broken.first() {
            panic!("{broken}");
        }
        all.add(&report);
    }
    all
}
