//! The nine guarantees: for each its theorem, the assumptions that it makes, and what it rests on.

pub(crate) mod attain;
pub(crate) mod bounded;
pub(crate) mod decided;
pub(crate) mod longest;
pub(crate) mod potential;
pub(crate) mod program;
pub(crate) mod regions;
pub(crate) mod staffed;
pub(crate) mod supplied;
pub(crate) mod timely;
pub(crate) mod unattended;
pub(crate) mod watched;
