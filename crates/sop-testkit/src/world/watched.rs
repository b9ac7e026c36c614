//! The store as the world holds it: handed to an engine, and looked at beside it.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sop_core::process::Hash;
use sop_core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{Batch, CaseId, Checkpoint, Entry, Key, Position, Scope, Store, StoreError};

use super::met::{Fault, Met};

/// What happens to the next batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interruption {
    /// The store panics before it writes.
    PanicBefore,
    /// It panics after it has written.
    PanicAfter,
    /// It panics after it has said that it has written.
    PanicTold,
    /// It writes, and the answer is lost on its way.
    AnswerLost,
}

struct Held {
    store: Box<dyn Store>,
    next: Option<Interruption>,
    met: Met,
    /// The last entry, as the store says.
    last: Position,
    ends: Ends,
}

/// The places at which the log may end when it is opened again: after what was acknowledged last, and after each batch
/// that was tried since, but not within one.
#[derive(Debug, Clone)]
pub(super) struct Ends(BTreeSet<Position>);

impl Default for Ends {
    fn default() -> Self {
        Self(BTreeSet::from([Position::default()]))
    }
}

impl Ends {
    /// Whether a log that ends there has a part of a batch. One that ends earlier than it may has lost something, and
    /// that is another matter.
    pub(super) fn is_within_a_batch(&self, last: Position) -> bool {
        self.0.first().is_some_and(|first| *first < last) && !self.0.contains(&last)
    }
}

/// A store. A clone is the same store.
#[derive(Clone)]
pub(super) struct Watched(Arc<Mutex<Held>>);

impl Watched {
    pub(super) fn new(store: Box<dyn Store>, last: Position, ends: Ends) -> Self {
        Self(Arc::new(Mutex::new(Held { store, next: None, met: Met::default(), last, ends })))
    }

    /// Where the log may end by now.
    pub(super) fn ends(&self) -> Ends {
        self.held().ends.clone()
    }

    /// Has the next batch meet something.
    pub(super) fn interrupt(&self, next: Option<Interruption>) {
        self.held().next = next;
    }

    /// What was met.
    pub(super) fn met(&self) -> Met {
        self.held().met.clone()
    }

    /// Tells whether it has panicked.
    pub(super) fn has_panicked(&self) -> bool {
        let met = &self.held().met;
        met.count(Fault::PanicBefore) + met.count(Fault::PanicAfter) + met.count(Fault::PanicTold) > 0
    }

    /// All entries after a place.
    pub(super) fn entries(&self, after: Position) -> Result<Vec<Entry>, StoreError> {
        let (entries, ended) = self.collect(after);
        ended.map(|()| entries)
    }

    fn collect(&self, after: Position) -> (Vec<Entry>, Result<(), StoreError>) {
        let mut entries = Vec::new();
        let ended = self.held().store.scan(after, &mut |entry| {
            entries.push(entry);
            Ok(())
        });
        (entries, ended)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A store that panicked is looked at once more, and then opened again.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn append(&mut self, batch: Batch, committed: &mut dyn FnMut()) -> Result<Position, StoreError> {
        self.ends.0.insert(Position(self.last.0 + batch.entries.len() as u64));
        let last = self.store.append_and_tell(batch, committed)?;
        (self.last, self.ends.0) = (last, BTreeSet::from([last]));
        Ok(last)
    }
}

impl Store for Watched {
    fn append(&mut self, batch: Batch) -> Result<Position, StoreError> {
        self.append_and_tell(batch, &mut || ())
    }

    fn append_and_tell(&mut self, batch: Batch, committed: &mut dyn FnMut()) -> Result<Position, StoreError> {
        let mut held = self.held();
        let next = held.next.take();
        let mut said = || {
            if matches!(next, None | Some(Interruption::PanicTold)) {
                committed();
            }
        };
        // Unwinding without a panic's message: it is no news.
        let fault = match next {
            None => return held.append(batch, &mut said),
            Some(Interruption::PanicBefore) => Fault::PanicBefore,
            Some(Interruption::PanicAfter) => Fault::PanicAfter,
            Some(Interruption::PanicTold) => Fault::PanicTold,
            Some(Interruption::AnswerLost) => Fault::AnswerLost,
        };
        if fault != Fault::PanicBefore {
            held.append(batch, &mut said)?;
        }
        held.met.note(fault);
        drop(held);
        match fault {
            Fault::AnswerLost => Err(StoreError::unavailable("the answer was lost")),
            _ => resume_unwind(Box::new(fault.name())),
        }
    }

    fn last(&self) -> Result<Position, StoreError> {
        self.held().store.last()
    }

    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Result<(), StoreError>) -> Result<(), StoreError> {
        // Not held while an entry is visited: the visitor asks the store.
        let (entries, ended) = self.collect(after);
        entries.into_iter().try_for_each(visit)?;
        ended
    }

    fn entry(&self, at: Position) -> Result<Option<Entry>, StoreError> {
        self.held().store.entry(at)
    }

    fn history(&self, case: CaseId) -> Result<Vec<Entry>, StoreError> {
        self.held().store.history(case)
    }

    fn opening(&self, case: CaseId) -> Result<Option<Entry>, StoreError> {
        self.held().store.opening(case)
    }

    fn find_key(&self, scope: Scope, key: &Key) -> Result<Option<Entry>, StoreError> {
        self.held().store.find_key(scope, key)
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.held().store.blob(hash)
    }

    fn reindex(&mut self, changes: &[IndexChange]) {
        self.held().store.reindex(changes);
    }

    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Result<Vec<WorkKey>, StoreError> {
        self.held().store.work(queues, after, limit)
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<Alarm>, StoreError> {
        self.held().store.due(until, limit)
    }

    fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        self.held().store.next_due()
    }

    fn save_checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), StoreError> {
        self.held().store.save_checkpoint(checkpoint)
    }

    fn load_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.held().store.load_checkpoint()
    }

    fn is_read_only(&self) -> bool {
        self.held().store.is_read_only()
    }
}
