//! A store that lasts as long as the program.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sop_core::process::Hash;
use sop_core::time::Instant;

use super::{
    About, Batch, Body, ByCase, CaseId, Checkpoint, Entry, Key, KeyUse, NewEntry, Position, Scope, Store, StoreError,
    blob_hash,
};
use crate::index::{Alarm, Index, IndexChange, Queue, WorkKey};

/// A store in memory: for tests, for simulations, and for trying things out.
///
/// A clone shares the log, so that a second engine can continue what the first began; its index is its own, and empty.
/// As with every store, only one of them may write at a time: the second writer is told that the case was written to
/// meanwhile.
#[derive(Debug, Default)]
pub struct MemoryStore {
    log: Arc<Mutex<Log>>,
    index: Index,
}

#[derive(Debug, Default)]
struct Log {
    entries: Vec<Kept>,
    cases: ByCase<Ends>,
    keys: HashMap<(Scope, Key), Position>,
    blobs: BTreeMap<Hash, Arc<[u8]>>,
    checkpoint: Option<Checkpoint>,
}

/// The first and the last entry of a case.
#[derive(Debug, Default)]
struct Ends {
    first: Position,
    last: Position,
    version: u32,
}

/// An entry, without its place, which is where it lies.
#[derive(Debug)]
struct Kept {
    about: About,
    /// Out of the way, since most commands have none.
    key: Option<Box<KeyUse>>,
    body: Body,
    /// The entry before of the same case.
    previous: Position,
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self { log: Arc::clone(&self.log), index: Index::new() }
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        // Nothing panics while it holds the log, and every change of it is made after the last check.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn at(&self, at: Position) -> Option<&Kept> {
        self.entries.get(usize::try_from(at.0.checked_sub(1)?).ok()?)
    }

    fn entry(&self, position: Position) -> Option<Entry> {
        let Kept { about, key, body, .. } = self.at(position)?;
        Some(Entry { position, about: *about, key: key.as_deref().cloned(), body: body.clone() })
    }

    /// Checks that a batch continues the versions of its cases.
    fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        let last = Position(self.entries.len() as u64);
        if let Some(after) = batch.after.filter(|after| *after != last) {
            return Err(StoreError::conflict(format!(
                "the log was written to meanwhile: it ends with entry {last}, and the writer knows of {after}"
            )));
        }
        let mut continued: Vec<(CaseId, u32)> = Vec::new();
        for entry in &batch.entries {
            let About::Case { case, version, .. } = entry.about else { continue };
            let held = || self.cases.get(&case).map_or(0, |ends| ends.version);
            // One entry a batch is the common case; the list of what the batch itself continues stays short.
            let last =
                continued.iter().rev().find(|(other, _)| *other == case).map_or_else(held, |(_, version)| *version);
            if last.checked_add(1) != Some(version) {
                return Err(StoreError::conflict(format!(
                    "case {case} was written to meanwhile: it has {last} entries, and entry {version} was to follow"
                )));
            }
            if batch.entries.len() > 1 {
                continued.push((case, version));
            }
        }
        Ok(())
    }
}

impl Store for MemoryStore {
    fn append(&mut self, batch: Batch) -> Result<Position, StoreError> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.check(&batch)?;
        for blob in batch.blobs {
            log.blobs.entry(blob_hash(&blob)).or_insert(blob);
        }
        for new in batch.entries {
            let position = Position(log.entries.len() as u64 + 1);
            let mut previous = Position::default();
            if let About::Case { case, version, .. } = new.about {
                let ends = log.cases.entry(case).or_insert(Ends { first: position, ..Ends::default() });
                previous = std::mem::replace(&mut ends.last, position);
                ends.version = version;
            }
            if let Some(used) = &new.key {
                log.keys.insert((used.scope, used.key.clone()), position);
            }
            let NewEntry { about, key, body } = new;
            log.entries.push(Kept { about, key: key.map(Box::new), body, previous });
        }
        let last = Position(log.entries.len() as u64);
        drop(log);
        self.index.take(&batch.changes);
        Ok(last)
    }

    fn last(&self) -> Result<Position, StoreError> {
        Ok(Position(self.log().entries.len() as u64))
    }

    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut at = after.next();
        // The log is not held while an entry is visited: the visitor may ask the store.
        loop {
            let Some(entry) = self.log().entry(at) else { return Ok(()) };
            visit(entry)?;
            at = at.next();
        }
    }

    fn entry(&self, at: Position) -> Result<Option<Entry>, StoreError> {
        Ok(self.log().entry(at))
    }

    fn history(&self, case: CaseId) -> Result<Vec<Entry>, StoreError> {
        let log = self.log();
        let mut entries = Vec::new();
        let mut next = log.cases.get(&case).map_or(Position::default(), |ends| ends.last);
        while let Some(kept) = log.at(next) {
            entries.extend(log.entry(next));
            next = kept.previous;
        }
        entries.reverse();
        Ok(entries)
    }

    fn opening(&self, case: CaseId) -> Result<Option<Entry>, StoreError> {
        let log = self.log();
        let first = log.cases.get(&case).map(|ends| ends.first);
        Ok(first.and_then(|first| log.entry(first)))
    }

    fn find_key(&self, scope: Scope, key: &Key) -> Result<Option<Entry>, StoreError> {
        let log = self.log();
        let at = log.keys.get(&(scope, key.clone()));
        Ok(at.and_then(|at| log.entry(*at)))
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.log().blobs.get(hash).map(|content| content.to_vec()))
    }

    fn reindex(&mut self, changes: &[IndexChange]) {
        self.index.take(changes);
    }

    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Result<Vec<WorkKey>, StoreError> {
        Ok(self.index.work(queues, after, limit))
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<Alarm>, StoreError> {
        Ok(self.index.due(until, limit))
    }

    fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        Ok(self.index.next_due())
    }

    fn save_checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), StoreError> {
        self.log().checkpoint = Some(checkpoint);
        Ok(())
    }

    fn load_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.log().checkpoint.clone())
    }

    fn is_read_only(&self) -> bool {
        false
    }
}
