//! The simulated world, and what it is made of.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it expects by failing, and what it found by printing"
)]

#[path = "world/disk.rs"]
mod disk;
#[path = "world/flaws.rs"]
mod flaws;
#[path = "world/seeds.rs"]
mod seeds;
#[path = "world/sim_store.rs"]
mod sim_store;
