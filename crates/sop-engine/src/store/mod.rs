//! Where an engine keeps what happened: one log in global order, and texts by their hash.
//!
//! A store knows nothing of processes. It appends, it finds, and it answers two questions from an index that it keeps
//! as it likes: what is on a work list, and what falls due. [`Index`](crate::index::Index) is that index in memory, for
//! stores that have nothing better.

mod entry;
mod error;
mod memory;

pub use entry::{
    About, Batch, Body, CaseId, Checkpoint, Entry, Fingerprint, Key, KeyError, KeyUse, NewEntry, Position,
    ProcessNumber, Scope, blob_hash,
};
pub(crate) use entry::{ByCase, CaseHasher};
pub use error::StoreError;
pub use memory::MemoryStore;

use sop_core::process::Hash;
use sop_core::time::Instant;

use crate::index::{Alarm, IndexChange, Queue, WorkKey};

/// Where an engine keeps what happened.
///
/// What a store promises:
///
/// - [`append`](Self::append) is all or nothing, and what it acknowledged survives (in memory: as long as the program).
/// - Places in the log have no gaps, and entries of one case have versions without gaps; a batch that does not continue
///   its cases' versions is refused as a conflict.
/// - What is read is what was committed, in order, byte for byte.
/// - There is one writer. The engine calls a store from one thread at a time.
pub trait Store: Send {
    /// Writes a batch, and gives the place of its last entry.
    ///
    /// Texts, entries and changes take effect together, or not at all.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] where a case's versions do not continue or the log has gone on, [`StoreError::is_read_only`],
    /// [`StoreError::is_unavailable`]; nothing was written then.
    fn append(&mut self, batch: Batch) -> Result<Position, StoreError>;

    /// The place of the last entry; before the first, 0.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn last(&self) -> Result<Position, StoreError>;

    /// Visits all entries after a place in order, and stops at the visitor's first error.
    ///
    /// # Errors
    /// The visitor's, or [`StoreError::is_damaged`] naming the place.
    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Result<(), StoreError>) -> Result<(), StoreError>;

    /// The entry at a place.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn entry(&self, at: Position) -> Result<Option<Entry>, StoreError>;

    /// The entries of a case, in order; none for a case that was never opened.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn history(&self, case: CaseId) -> Result<Vec<Entry>, StoreError>;

    /// The first entry of a case.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn opening(&self, case: CaseId) -> Result<Option<Entry>, StoreError>;

    /// The entry that a command with this key caused.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn find_key(&self, scope: Scope, key: &Key) -> Result<Option<Entry>, StoreError>;

    /// The text with this [hash](blob_hash).
    ///
    /// # Errors
    /// Where the store cannot be read; [`StoreError::is_damaged`] where the text no longer has its hash.
    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError>;

    /// Takes in what follows from entries that are in the log already: when the store is opened, and when a reader
    /// catches up. Stores whose index is durable and current ignore what it says already.
    fn reindex(&mut self, changes: &[IndexChange]);

    /// What is in some queues after a place, in order, at most so many; a wait that is in several of them comes once.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Result<Vec<WorkKey>, StoreError>;

    /// The cases of which something falls due up to an instant, in the order in which it does, at most so many.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn due(&self, until: Instant, limit: usize) -> Result<Vec<Alarm>, StoreError>;

    /// When something falls due next.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn next_due(&self) -> Result<Option<Instant>, StoreError>;

    /// Keeps a checkpoint in place of the one before. Need not be durable at once.
    ///
    /// # Errors
    /// Where the store cannot be written.
    fn save_checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), StoreError>;

    /// The last checkpoint that is kept, if it is whole.
    ///
    /// # Errors
    /// Where the store cannot be read.
    fn load_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError>;

    /// Whether it was opened for reading only.
    fn is_read_only(&self) -> bool;
}
