//! What a child is told to do.

use std::ffi::OsString;
use std::num::NonZeroU32;
use std::path::PathBuf;

/// What a child is told to do.
#[derive(Debug, Clone)]
pub(crate) struct Orders {
    pub(crate) store: PathBuf,
    /// Begins the names of what it asks, so that no two runs use the same.
    pub(crate) round: u64,
    pub(crate) seed: u64,
    /// After how many entries the store writes behind.
    pub(crate) behind: NonZeroU32,
    /// After how many pages the write-ahead log is moved into the file.
    pub(crate) moves: NonZeroU32,
    /// After how many microseconds it closes the engine, if it does; then it waits to be killed.
    pub(crate) closes_after: Option<u64>,
    /// Tells whether its store acknowledges before it commits.
    pub(crate) hasty: bool,
}

/// The first argument of a child.
pub(crate) const CHILD: &str = "--child";

impl Orders {
    /// The arguments that say them.
    pub(crate) fn args(&self) -> [OsString; 8] {
        [
            CHILD.into(),
            self.store.clone().into(),
            self.round.to_string().into(),
            self.seed.to_string().into(),
            self.behind.to_string().into(),
            self.moves.to_string().into(),
            self.closes_after.unwrap_or(0).to_string().into(),
            u8::from(self.hasty).to_string().into(),
        ]
    }
}
