//! A memory store whose writing is in a test's hands.

use sop_engine::Key;
use sop_engine::core::process::Hash;
use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{Batch, CaseId, Checkpoint, Entry, MemoryStore, Position, Scope, Store, StoreError};

pub(crate) type Of<T> = Result<T, StoreError>;

/// What a test does in place of appending.
pub(crate) type Append = Box<dyn FnMut(&mut MemoryStore, Batch) -> Of<Position> + Send>;

/// A memory store that appends as a test says, and otherwise does as told.
pub(crate) struct Wrapped {
    pub(crate) inner: MemoryStore,
    pub(crate) append: Append,
    /// What it does when it has said that a batch is committed.
    pub(crate) after_telling: Option<Box<dyn FnMut() + Send>>,
}

impl Store for Wrapped {
    fn append(&mut self, batch: Batch) -> Of<Position> {
        (self.append)(&mut self.inner, batch)
    }
    fn append_and_tell(&mut self, batch: Batch, committed: &mut dyn FnMut()) -> Of<Position> {
        let last = self.append(batch)?;
        committed();
        if let Some(after_telling) = &mut self.after_telling {
            after_telling();
        }
        Ok(last)
    }
    fn last(&self) -> Of<Position> {
        self.inner.last()
    }
    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Of<()>) -> Of<()> {
        self.inner.scan(after, visit)
    }
    fn entry(&self, at: Position) -> Of<Option<Entry>> {
        self.inner.entry(at)
    }
    fn history(&self, case: CaseId) -> Of<Vec<Entry>> {
        self.inner.history(case)
    }
    fn opening(&self, case: CaseId) -> Of<Option<Entry>> {
        self.inner.opening(case)
    }
    fn find_key(&self, scope: Scope, key: &Key) -> Of<Option<Entry>> {
        self.inner.find_key(scope, key)
    }
    fn blob(&self, hash: &Hash) -> Of<Option<Vec<u8>>> {
        self.inner.blob(hash)
    }
    fn reindex(&mut self, changes: &[IndexChange]) {
        self.inner.reindex(changes);
    }
    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Of<Vec<WorkKey>> {
        self.inner.work(queues, after, limit)
    }
    fn due(&self, until: Instant, limit: usize) -> Of<Vec<Alarm>> {
        self.inner.due(until, limit)
    }
    fn next_due(&self) -> Of<Option<Instant>> {
        self.inner.next_due()
    }
    fn save_checkpoint(&mut self, checkpoint: Checkpoint) -> Of<()> {
        self.inner.save_checkpoint(checkpoint)
    }
    fn load_checkpoint(&self) -> Of<Option<Checkpoint>> {
        self.inner.load_checkpoint()
    }
    fn is_read_only(&self) -> bool {
        self.inner.is_read_only()
    }
}
