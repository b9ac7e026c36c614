//! The store as its users meet it: through the trait, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test says what it expects by failing"
)]

#[path = "store/stage.rs"]
mod stage;

#[path = "store/backups.rs"]
mod backups;
#[path = "store/bad_files.rs"]
mod bad_files;
#[path = "store/crashes.rs"]
mod crashes;
#[path = "store/log.rs"]
mod log;
#[path = "store/memory.rs"]
mod memory;
#[path = "store/readers.rs"]
mod readers;
#[path = "store/writers.rs"]
mod writers;
