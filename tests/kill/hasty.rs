//! A store that acknowledges a commit before it has made it: what the check must catch.

use std::collections::VecDeque;

use sop_engine::core::process::Hash;
use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{Batch, CaseId, Checkpoint, Entry, Key, Position, Scope, Store, StoreError};
use sop_store_sqlite::SqliteStore;

/// The number of batches that are held back.
const HELD: usize = 4;

/// Holds the last batches back until others come, and says that they are written.
pub(crate) struct Hasty {
    store: SqliteStore,
    held: VecDeque<Batch>,
}

impl Hasty {
    pub(crate) fn new(store: SqliteStore) -> Self {
        Self { store, held: VecDeque::new() }
    }
}

impl Store for Hasty {
    fn append(&mut self, mut batch: Batch) -> Result<Position, StoreError> {
        // Work lists and timers are not what is broken here.
        self.store.reindex(&std::mem::take(&mut batch.changes));
        self.held.push_back(batch);
        if self.held.len() > HELD
            && let Some(held) = self.held.pop_front()
        {
            self.store.append(held)?;
        }
        self.last()
    }

    fn last(&self) -> Result<Position, StoreError> {
        let held = self.held.iter().map(|held| held.entries.len() as u64).sum::<u64>();
        Ok(Position(self.store.last()?.0 + held))
    }

    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.store.scan(after, visit)
    }

    fn entry(&self, at: Position) -> Result<Option<Entry>, StoreError> {
        self.store.entry(at)
    }

    fn history(&self, case: CaseId) -> Result<Vec<Entry>, StoreError> {
        self.store.history(case)
    }

    fn opening(&self, case: CaseId) -> Result<Option<Entry>, StoreError> {
        self.store.opening(case)
    }

    fn find_key(&self, scope: Scope, key: &Key) -> Result<Option<Entry>, StoreError> {
        self.store.find_key(scope, key)
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.blob(hash)
    }

    fn reindex(&mut self, changes: &[IndexChange]) {
        self.store.reindex(changes);
    }

    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Result<Vec<WorkKey>, StoreError> {
        self.store.work(queues, after, limit)
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<Alarm>, StoreError> {
        self.store.due(until, limit)
    }

    fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        self.store.next_due()
    }

    fn save_checkpoint(&mut self, _: Checkpoint) -> Result<(), StoreError> {
        // One would reflect what is not written.
        Ok(())
    }

    fn load_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.store.load_checkpoint()
    }

    fn is_read_only(&self) -> bool {
        self.store.is_read_only()
    }
}
