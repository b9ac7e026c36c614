//! The conformance suite: the memory store keeps every promise, and a store that breaks one is found out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use sop_engine::Key;
use sop_engine::core::process::Hash;
use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{Batch, CaseId, Checkpoint, Entry, MemoryStore, Position, Scope, Store, StoreError};
use sop_testkit::store::{Backend, assert_conforms, check};

type Of<T> = Result<T, StoreError>;

struct InMemory(MemoryStore);

impl Backend for InMemory {
    fn open(&self) -> Of<Box<dyn Store>> {
        Ok(Box::new(self.0.clone()))
    }
}

#[test]
fn the_memory_store_conforms() {
    let report = assert_conforms(|| InMemory(MemoryStore::new()));
    assert_eq!(report.tried, 30);
    assert_eq!(report.lacks, ["crashes", "reads", "later", "chain", "chain", "earlier"]);
    let report = assert_conforms(|| InMemory(MemoryStore::chained()));
    assert_eq!(report.lacks, ["crashes", "reads", "later", "earlier"]);
}

/// What a store may do otherwise than promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The first entries of a refused batch are written all the same.
    Half,
    /// The texts of a refused batch are.
    HalfTexts,
    /// A batch is told whether or not it is written.
    TellsTooEarly,
    /// None ever is.
    Silent,
    /// The lists change although the batch was refused.
    EagerLists,
    /// A version that does not follow is written under the one that would.
    Mends,
    /// It does not look at the place that the writer knows of.
    IgnoresAfter,
    /// Conflicts are called something else.
    Miscalls,
    ScansFromTheBeginning,
    ScansOn,
    BackwardHistory,
    ForgetsLongHistories,
    /// The first entry of the store in place of the case's.
    OpensElsewhere,
    OneScope,
    ForgetsKeys,
    TrimsKeys,
    LastTextOnly,
    CutsTexts,
    TwiceInTheList,
    IgnoresThePage,
    IgnoresTheLimit,
    DueLater,
    /// The list is what it was when the store was opened.
    DeafToReindex,
    HalfCheckpoint,
    /// What is acknowledged is not there when the store is opened again.
    Forgets,
    /// The place that it gives is the first of the batch.
    FirstPlace,
    /// An entry's head is not what follows from the one before.
    WrongHead,
    /// Links are not kept.
    Unlinked,
    /// What was erased is read as before.
    KeepsWhatWasErased,
    KeepsTheCheckpoint,
    /// An entry can be made to say anything.
    TakesAnyRewriting,
}

use Fault::*;

const ALL: [(Fault, &str); 31] = [
    (Half, "S1 atomic"),
    (HalfTexts, "S1 atomic"),
    (TellsTooEarly, "S1 atomic"),
    (Silent, "S1 atomic"),
    (EagerLists, "S1 atomic"),
    (Mends, "S2 versions"),
    (IgnoresAfter, "S3 after"),
    (Miscalls, "S2 versions"),
    (ScansFromTheBeginning, "S4 order"),
    (ScansOn, "S4 order"),
    (BackwardHistory, "S4 order"),
    (ForgetsLongHistories, "S4 order"),
    (OpensElsewhere, "S4 order"),
    (OneScope, "S6 keys"),
    (ForgetsKeys, "S6 keys"),
    (TrimsKeys, "S6 keys"),
    (LastTextOnly, "S5 bytes"),
    (CutsTexts, "S5 bytes"),
    (TwiceInTheList, "S7 lists"),
    (IgnoresThePage, "S7 lists"),
    (IgnoresTheLimit, "S7 lists"),
    (DueLater, "S7 lists"),
    (DeafToReindex, "S7 lists"),
    (HalfCheckpoint, "S8 checkpoint"),
    (Forgets, "S9 survives"),
    (FirstPlace, "S1 atomic"),
    (WrongHead, "S13 chain"),
    (Unlinked, "S13 chain"),
    (KeepsWhatWasErased, "S14 rewriting"),
    (KeepsTheCheckpoint, "S14 rewriting"),
    (TakesAnyRewriting, "S14 rewriting"),
];

/// A memory store with a fault.
struct Faulty {
    inner: MemoryStore,
    fault: Fault,
    opened_before: bool,
    texts: Arc<Mutex<BTreeSet<Hash>>>,
}

struct FaultyBackend {
    store: MemoryStore,
    fault: Fault,
    opened_before: AtomicBool,
    texts: Arc<Mutex<BTreeSet<Hash>>>,
}

impl Backend for FaultyBackend {
    fn open(&self) -> Of<Box<dyn Store>> {
        let inner = if self.fault == Forgets { MemoryStore::new() } else { self.store.clone() };
        let opened_before = self.opened_before.swap(true, Ordering::SeqCst);
        Ok(Box::new(Faulty { inner, fault: self.fault, opened_before, texts: Arc::clone(&self.texts) }))
    }
}

impl Store for Faulty {
    fn append(&mut self, mut batch: Batch) -> Of<Position> {
        if self.fault == IgnoresAfter {
            batch.after = None;
        }
        if self.fault == LastTextOnly {
            let mut texts = self.texts.lock().unwrap();
            if let Some(text) = batch.blobs.last() {
                *texts = [sop_engine::store::blob_hash(text)].into();
            }
        }
        let first = self.inner.last()?.next();
        if self.fault == KeepsWhatWasErased {
            batch.rewritten.clear();
        }
        let (whole, changes) = (batch.clone(), batch.changes.clone());
        let checkpoint = self.inner.load_checkpoint()?;
        let appended = self.inner.append(batch);
        match (self.fault, appended) {
            (KeepsTheCheckpoint, Ok(last)) => {
                if let Some(checkpoint) = checkpoint {
                    self.inner.save_checkpoint(checkpoint)?;
                }
                Ok(last)
            }
            (TakesAnyRewriting, Err(error)) if error.is_damaged() => {
                self.inner.append(Batch { rewritten: Vec::new(), ..whole })
            }
            (Half, Err(error)) => {
                for entry in whole.entries {
                    if self.inner.append(Batch { entries: vec![entry], ..Batch::default() }).is_err() {
                        break;
                    }
                }
                Err(error)
            }
            (HalfTexts, Err(error)) => {
                self.inner.append(Batch { blobs: whole.blobs, ..Batch::default() })?;
                Err(error)
            }
            (EagerLists, Err(error)) => {
                self.inner.reindex(&changes);
                Err(error)
            }
            (Miscalls, Err(error)) if error.is_conflict() => Err(StoreError::unavailable("try again")),
            (Mends, Err(_)) => self.inner.append(Batch { entries: Vec::new(), after: None, ..whole }),
            (FirstPlace, Ok(last)) => Ok(first.min(last)),
            (_, appended) => appended,
        }
    }
    fn append_and_tell(&mut self, batch: Batch, committed: &mut dyn FnMut()) -> Of<Position> {
        if self.fault == TellsTooEarly {
            committed();
        }
        let last = self.append(batch)?;
        if !matches!(self.fault, TellsTooEarly | Silent) {
            committed();
        }
        Ok(last)
    }
    fn last(&self) -> Of<Position> {
        self.inner.last()
    }
    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Of<()>) -> Of<()> {
        match self.fault {
            ScansFromTheBeginning => self.inner.scan(Position(0), visit),
            ScansOn => {
                let mut first = Ok(());
                self.inner.scan(after, &mut |entry| {
                    if let (Ok(()), Err(error)) = (&first, visit(entry)) {
                        first = Err(error);
                    }
                    Ok(())
                })?;
                first
            }
            _ => self.inner.scan(after, &mut |mut entry| {
                match (self.fault, &mut entry.chained) {
                    (WrongHead, Some(chained)) if entry.position.0 % 3 == 0 => chained.head = chained.link,
                    (Unlinked, chained) if entry.position.0 > 2 => *chained = None,
                    _ => {}
                }
                visit(entry)
            }),
        }
    }
    fn entry(&self, at: Position) -> Of<Option<Entry>> {
        self.inner.entry(at)
    }
    fn history(&self, case: CaseId) -> Of<Vec<Entry>> {
        let mut history = self.inner.history(case)?;
        match self.fault {
            BackwardHistory => history.reverse(),
            ForgetsLongHistories => history.truncate(1_000),
            _ => {}
        }
        Ok(history)
    }
    fn opening(&self, case: CaseId) -> Of<Option<Entry>> {
        let opening = self.inner.opening(case)?;
        if self.fault == OpensElsewhere && opening.is_some() {
            return self.inner.entry(Position(1));
        }
        Ok(opening)
    }
    fn find_key(&self, scope: Scope, key: &Key) -> Of<Option<Entry>> {
        match self.fault {
            ForgetsKeys if self.opened_before => Ok(None),
            TrimsKeys => self.inner.find_key(scope, &Key::new(key.as_str().trim()).unwrap()),
            OneScope => match self.inner.find_key(scope, key)? {
                None => self.inner.find_key(Scope::Store, key),
                found => Ok(found),
            },
            _ => self.inner.find_key(scope, key),
        }
    }
    fn blob(&self, hash: &Hash) -> Of<Option<Vec<u8>>> {
        let mut found = self.inner.blob(hash)?;
        match (self.fault, &mut found) {
            (LastTextOnly, _) if !self.texts.lock().unwrap().contains(hash) => return Ok(None),
            (CutsTexts, Some(text)) => text.truncate(1_000_000),
            _ => {}
        }
        Ok(found)
    }
    fn reindex(&mut self, changes: &[IndexChange]) {
        if self.fault != DeafToReindex {
            self.inner.reindex(changes);
        }
    }
    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Of<Vec<WorkKey>> {
        match self.fault {
            TwiceInTheList => {
                let each = queues.iter().map(|queue| self.inner.work(&[*queue], after, limit));
                let mut all: Vec<WorkKey> = each.collect::<Of<Vec<_>>>()?.into_iter().flatten().collect();
                all.sort_unstable();
                all.truncate(limit);
                Ok(all)
            }
            IgnoresThePage => {
                // It would never end otherwise.
                let all = self.inner.work(queues, None, limit)?;
                Ok(if after.is_some_and(|after| all.last().is_some_and(|last| *last <= after)) {
                    Vec::new()
                } else {
                    all
                })
            }
            IgnoresTheLimit => self.inner.work(queues, after, usize::MAX),
            _ => self.inner.work(queues, after, limit),
        }
    }
    fn due(&self, until: Instant, limit: usize) -> Of<Vec<Alarm>> {
        let mut due = self.inner.due(until, limit)?;
        if self.fault == DueLater {
            due.retain(|alarm| alarm.at < until);
        }
        Ok(due)
    }
    fn next_due(&self) -> Of<Option<Instant>> {
        self.inner.next_due()
    }
    fn save_checkpoint(&mut self, mut checkpoint: Checkpoint) -> Of<()> {
        if self.fault == HalfCheckpoint {
            checkpoint.content.truncate(1_000_000);
        }
        self.inner.save_checkpoint(checkpoint)
    }
    fn load_checkpoint(&self) -> Of<Option<Checkpoint>> {
        self.inner.load_checkpoint()
    }
    fn is_read_only(&self) -> bool {
        false
    }
}

/// Each fault is found, and among what is said stands the promise that it breaks.
#[test]
fn a_store_that_breaks_a_promise_is_found_out() {
    for (fault, promise) in ALL {
        let report = check(|| FaultyBackend {
            store: MemoryStore::chained(),
            fault,
            opened_before: AtomicBool::new(false),
            texts: Arc::default(),
        });
        let named: BTreeSet<&str> = report.broken.iter().map(|broken| broken.promise).collect();
        assert!(named.contains(promise), "{fault:?} breaks {promise}, and found were {:#?}", report.broken);
    }
}

#[test]
#[should_panic(expected = "S6 keys: ")]
fn the_assertion_names_the_promise() {
    assert_conforms(|| FaultyBackend {
        store: MemoryStore::new(),
        fault: OneScope,
        opened_before: AtomicBool::new(false),
        texts: Arc::default(),
    });
}
