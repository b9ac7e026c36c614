//! What can go wrong in a store.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What went wrong in a store, and what to do about it.
///
/// Opaque: ask it what it is. Whatever it is, nothing of the batch that met it was written. All who shared the batch are
/// given the same error, so a clone costs little.
#[derive(Clone)]
pub struct StoreError {
    kind: Kind,
    message: Arc<str>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Conflict,
    Unavailable,
    Busy,
    Locked,
    Damaged,
    ReadOnly,
    Archived,
}

impl StoreError {
    /// Somebody else wrote to the case since it was read. Decide again on what is there now.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// The store cannot be reached or written just now: a full disk, a lost connection, a failed write. Trying again
    /// later may help.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, message)
    }

    /// More is asked at once than is taken. Nothing was begun: wait for some of the answers, and ask again.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(Kind::Busy, message)
    }

    /// Another program is writing to the store. Close it, or open the store for reading.
    pub fn locked(message: impl Into<String>) -> Self {
        Self::new(Kind::Locked, message)
    }

    /// What the store holds cannot be read: it is cut short, altered, or written by a later version.
    pub fn damaged(message: impl Into<String>) -> Self {
        Self::new(Kind::Damaged, message)
    }

    /// The store was opened for reading, or its file may not be written.
    pub fn read_only(message: impl Into<String>) -> Self {
        Self::new(Kind::ReadOnly, message)
    }

    /// What was asked for is in an archive.
    pub fn archived(message: impl Into<String>) -> Self {
        Self::new(Kind::Archived, message)
    }

    /// Names what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Its kind in a word that does not change: for counting.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Conflict => "conflict",
            Kind::Unavailable => "unavailable",
            Kind::Busy => "busy",
            Kind::Locked => "locked",
            Kind::Damaged => "damaged",
            Kind::ReadOnly => "read_only",
            Kind::Archived => "archived",
        }
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into().into(), source: None }
    }

    /// Tells whether somebody else wrote to the case since it was read.
    pub fn is_conflict(&self) -> bool {
        self.kind == Kind::Conflict
    }

    /// Tells whether trying again later may help.
    pub fn is_unavailable(&self) -> bool {
        self.kind == Kind::Unavailable
    }

    /// Tells whether more was asked at once than is taken, and nothing was begun.
    pub fn is_busy(&self) -> bool {
        self.kind == Kind::Busy
    }

    /// Tells whether another program is writing to the store.
    pub fn is_locked(&self) -> bool {
        self.kind == Kind::Locked
    }

    /// Tells whether what the store holds cannot be read.
    pub fn is_damaged(&self) -> bool {
        self.kind == Kind::Damaged
    }

    /// Tells whether what was asked for is in an archive, from which it can be [put back](crate::Engine::restore).
    pub fn is_archived(&self) -> bool {
        self.kind == Kind::Archived
    }

    /// Tells whether the store is open for reading only.
    pub fn is_read_only(&self) -> bool {
        self.kind == Kind::ReadOnly
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for StoreError {
    /// What it is, what it says, and what caused it: a host's `main` may print it so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
