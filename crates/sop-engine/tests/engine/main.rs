//! The engine over the memory store, driven as a host drives it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects by failing"
)]

mod archives;
mod attacks;
mod audits;
mod bad_input;
mod commands;
mod erasing;
mod exports;
mod failing;
mod imports;
mod office;
mod refusals;
mod reopening;
mod staffing;
mod stories;
mod time;
mod timer_laws;
mod together;
mod together_laws;
mod watched;
mod work_lists;
mod wrapped;
