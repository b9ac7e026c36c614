//! The simulated world.

mod dice;
mod disk;
mod met;
mod sim;

pub use dice::Dice;
pub use disk::{Crash, Disk, DiskError, File, Lock};
pub use met::{Fault, Met};
pub use sim::{Flaw, SimStore};
