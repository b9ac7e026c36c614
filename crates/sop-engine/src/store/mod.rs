//! Where an engine keeps what happened: one log in global order, and texts by their hash.
//!
//! A store knows nothing of processes. It appends, it finds, and it answers two questions from an index that it keeps
//! as it likes: what is on a work list, and what falls due. [`Index`](crate::index::Index) is that index in memory, for
//! stores that have nothing better.

mod entry;
mod error;
mod memory;
mod pages;
mod portion;

pub use entry::{
    About, Batch, Body, CaseId, Checkpoint, Entry, Fingerprint, Key, KeyError, KeyUse, NewEntry, Position,
    ProcessNumber, Rewritten, Scope, Written, blob_hash,
};
pub(crate) use entry::{ByCase, CaseHasher};
pub use error::StoreError;
pub use memory::MemoryStore;
pub(crate) use portion::portion;

use sop_core::process::Hash;
use sop_core::time::Instant;

use crate::index::{Alarm, IndexChange, Queue, WorkKey};

/// Where an engine keeps what happened.
///
/// What a store promises. `sop_testkit::store` tries each promise, by its number, on any backend with one call.
///
/// - **S1 atomic.** A [batch](Self::append) is written wholly or not at all: its entries, its texts, its keys, and what
///   changes in the lists. After an error there is no trace of it; only a store that loses its connection may leave
///   open whether it was written, and says that it is [unavailable](StoreError::is_unavailable). It is
///   [told](Self::append_and_tell) once, and not before it is written.
/// - **S2 versions.** The entries of a case are numbered from 1 without gaps, also within a batch. A batch that does not
///   continue its cases is refused as a [conflict](StoreError::is_conflict).
/// - **S3 after.** A batch whose writer knows of another last entry than there is, is refused as a conflict.
/// - **S4 order.** Places in the log are counted from 1 without gaps, in the order of the commits and of the entries in
///   them. A scan visits all of them in order; a history is the case's own entries in order, however long it is.
/// - **S5 bytes.** What is read is what was committed, byte for byte. A text is found by its hash, and kept once.
/// - **S6 keys.** A key leads to the entry of the command that used it, within its scope and for good. Keys are told
///   apart by their bytes.
/// - **S7 lists.** Work comes in the order of its [keys](WorkKey), each wait once, and pages follow one another without
///   gaps; alarms come in the order in which they fall due. What is said twice changes nothing. Lists need not survive:
///   whoever opens a store says again [what is in them](Self::reindex).
/// - **S8 checkpoint.** The last one that was kept is found, or none: never a part of one.
/// - **S9 survives.** What was acknowledged is there when the store is opened again, however the program ended (in
///   memory: as long as it goes on). Nothing is there by half.
/// - **S10 writers.** There is one. Another is told that the store is [locked](StoreError::is_locked) when it opens it,
///   or at the latest by a conflict when it writes; once the first is gone, it may open it at once. Cases are numbered up
///   to 9,223,372,036,854,775,807.
/// - **S11 readers.** Where a store can be opened for reading beside a writer, each question is answered from what is
///   committed by then, and everything that would write is [refused](StoreError::is_read_only).
/// - **S12 layouts.** A store of an earlier layout is brought up to date when it is opened for writing, in one go or not
///   at all. One of a later layout is refused as [damaged](StoreError::is_damaged), with the versions, and left as it is.
/// - **S13 chain.** A store that chains gives each entry its [link and head](crate::audit), made in the commit that
///   wrote it, and each one that it takes goes back to the one before. All durable stores do; a store in memory when it
///   is asked to.
/// - **S14 rewriting.** Together with its entries a batch may say what [less](Rewritten) entries before it say from now
///   on. Afterwards only that is read, the fingerprint of the entry's key is thrown away where that is said, links and
///   heads are as they were, and a [checkpoint](Self::load_checkpoint) from before is gone. Whatever would break the
///   chain is refused as damaged, and so is an entry that is about no case. What was there before is overwritten wherever
///   the store keeps it, at the latest when it is closed.
///
/// The engine calls a store from one thread at a time.
pub trait Store: Send {
    /// Writes a batch, and gives the place of its last entry.
    ///
    /// Texts, entries and changes take effect together, or not at all.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] where a case's versions do not continue or the log has gone on, [`StoreError::is_read_only`],
    /// [`StoreError::is_unavailable`]; nothing was written then.
    fn append(&mut self, batch: Batch) -> Result<Position, StoreError>;

    /// The same, and says once that the batch is committed: as soon as it is, and before what is left to do for it in
    /// memory, so that those who wait for it need not wait for that too. Where it fails, nothing is said.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    fn append_and_tell(&mut self, batch: Batch, committed: &mut dyn FnMut()) -> Result<Position, StoreError> {
        let last = self.append(batch)?;
        committed();
        Ok(last)
    }

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

    /// Tells whether it was opened for reading only.
    fn is_read_only(&self) -> bool;

    /// Whether it asks for the texts of [what entries say](Body) while it appends them: then the engine may make them
    /// beforehand, in a thread of its own. They are the same either way.
    fn writes_texts(&self) -> bool {
        true
    }

    /// Whether it [chains](crate::audit) what it keeps. Where one that does holds no link at all, they were taken out.
    fn chains(&self) -> bool {
        true
    }
}
