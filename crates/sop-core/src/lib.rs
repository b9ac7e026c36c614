//! The definition of a procedure, the process compiled from it, and the case that runs through it.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod diagnostic;
#[macro_use]
pub mod format;
pub mod case;
pub mod definition;
pub mod guard;
pub mod process;
pub mod text;
pub mod time;
