//! The simulated world, and what it is made of.

#[path = "world/disk.rs"]
mod disk;
#[path = "world/flaws.rs"]
mod flaws;
#[path = "world/seeds.rs"]
mod seeds;
#[path = "world/sim_store.rs"]
mod sim_store;
