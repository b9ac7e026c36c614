//! A store that lasts as long as the program.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sop_core::process::Hash;
use sop_core::time::Instant;

use super::pages::Pages;
use super::{
    About, Batch, Body, ByCase, CaseId, Checkpoint, Entry, Fingerprint, Key, KeyUse, NewEntry, Position, Rewritten,
    Scope, Store, StoreError, blob_hash,
};
use crate::audit::{self, Chain, Chained};
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
    /// Kept where the store was asked to chain.
    chain: Option<Chain>,
    entries: Pages<Kept>,
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
    chained: Option<Box<Chained>>,
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

    /// An empty store that [chains](crate::audit) what it keeps, as durable stores do. That takes about as long as writing
    /// an entry to a disk without waiting for it.
    pub fn chained() -> Self {
        let log = Log { chain: Some(Chain::new()), ..Log::default() };
        Self { log: Arc::new(Mutex::new(log)), index: Index::new() }
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
        let Kept { about, key, body, chained, .. } = self.at(position)?;
        let (key, chained) = (key.as_deref().cloned(), chained.as_deref().copied());
        Some(Entry { position, about: *about, key, body: body.clone(), chained })
    }

    /// Checks that a batch continues the versions of its cases.
    fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        let last = Position(self.entries.len() as u64);
        if let Some(after) = batch.after.filter(|after| *after != last) {
            return Err(StoreError::conflict(format!(
                "the log was written to meanwhile: it ends with entry {last}, and the writer knows of {after}"
            )));
        }
        let mut continued: ByCase<u32> = ByCase::default();
        for entry in &batch.entries {
            let About::Case { case, version, .. } = entry.about else { continue };
            let held = || self.cases.get(&case).map_or(0, |ends| ends.version);
            let last = continued.get(&case).copied().unwrap_or_else(held);
            if last.checked_add(1) != Some(version) {
                return Err(StoreError::conflict(format!(
                    "case {case} was written to meanwhile: it has {last} entries, and entry {version} was to follow"
                )));
            }
            // One entry a batch is the common case, and needs no table.
            if batch.entries.len() > 1 {
                continued.insert(case, version);
            }
        }
        Ok(())
    }

    /// What the entries of a batch say, hashed, if they are to be chained.
    fn told(&self, batch: &Batch) -> Result<Option<Vec<Hash>>, StoreError> {
        if self.chain.is_none() {
            return Ok(None);
        }
        let told = batch.entries.iter().map(|entry| Ok(entry.body.to_written(&entry.about)?.told));
        told.collect::<Result<_, StoreError>>().map(Some)
    }

    /// Checks that what is rewritten says less of the same.
    fn check_rewritten(&self, batch: &Batch) -> Result<(), StoreError> {
        for Rewritten { at, body, .. } in &batch.rewritten {
            let Some(kept) = self.at(*at) else {
                return Err(StoreError::damaged(format!("entry {at} is to be rewritten, and is missing")));
            };
            if kept.about.case().is_none() {
                return Err(StoreError::damaged(format!("entry {at} is about no case, and says what it says")));
            }
            let Some(chained) = kept.chained.as_deref() else { continue };
            let before = match kept.about {
                About::Case { process, .. } if kept.previous == Position::default() => {
                    self.chain.as_ref().map_or_else(audit::beginning, |chain| chain.root(process))
                }
                _ => self
                    .at(kept.previous)
                    .and_then(|kept| kept.chained.as_deref())
                    .map_or_else(audit::beginning, |before| before.link),
            };
            if audit::link(&before, &kept.about, kept.key.as_deref(), &body.to_written(&kept.about)?.told)
                != chained.link
            {
                return Err(StoreError::damaged(format!("what entry {at} is to say would break the chain")));
            }
        }
        Ok(())
    }
}

impl Store for MemoryStore {
    fn append(&mut self, batch: Batch) -> Result<Position, StoreError> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.check(&batch)?;
        log.check_rewritten(&batch)?;
        let mut told = log.told(&batch)?.map(Vec::into_iter);
        for Rewritten { at, body, forgets_command } in batch.rewritten {
            let kept =
                at.0.checked_sub(1).and_then(|at| usize::try_from(at).ok()).and_then(|at| log.entries.get_mut(at));
            let Some(kept) = kept else { continue };
            kept.body = body;
            if let Some(key) = kept.key.as_mut().filter(|_| forgets_command) {
                key.command = Fingerprint::THROWN_AWAY;
            }
            log.checkpoint = None;
        }
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
            let told = told.as_mut().and_then(Iterator::next);
            let chained = told.and_then(|told| Some(log.chain.as_mut()?.take(&about, key.as_ref(), &told)));
            log.entries.push(Kept { about, key: key.map(Box::new), body, previous, chained: chained.map(Box::new) });
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

    fn writes_texts(&self) -> bool {
        false
    }

    fn chains(&self) -> bool {
        self.log().chain.is_some()
    }
}
