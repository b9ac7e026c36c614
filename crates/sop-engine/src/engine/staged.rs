//! What is decided and not committed yet.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;
use smallvec::SmallVec;

use crate::committed::Committed;
use crate::store::{About, Batch, Body, CaseId, Key, KeyUse, NewEntry, ProcessNumber, Scope};
use crate::watch::Fired;

/// Decisions that are committed together, already folded into the states in memory. What is left in it when nobody
/// decides is from a store that panicked.
#[derive(Debug, Default)]
pub(super) struct Staged {
    pub(super) batch: Batch,
    /// What each entry of the batch says, in the same order.
    pub(super) committed: SmallVec<[Arc<Committed>; 1]>,
    /// The entries that have a key, by it.
    pub(super) keys: HashTable<usize>,
    hasher: RandomState,
    /// The rungs that fire with it.
    pub(super) fired: SmallVec<[Fired; 1]>,
    /// Cases that are over, read for this batch.
    pub(super) loaded: SmallVec<[CaseId; 1]>,
    /// Cases that are over by this batch.
    pub(super) over: SmallVec<[CaseId; 1]>,
    /// The highest case that is on record.
    pub(super) highest_case: Option<u64>,
}

impl Staged {
    pub(super) fn is_empty(&self) -> bool {
        self.committed.is_empty()
    }

    /// Makes room for so many entries more.
    pub(super) fn expect(&mut self, entries: usize) {
        self.batch.entries.reserve(entries);
        self.committed.reserve(entries);
    }

    fn hash(&self, scope: Scope, key: &Key) -> u64 {
        self.hasher.hash_one((scope, key))
    }

    fn used(&self, place: usize) -> Option<&KeyUse> {
        self.batch.entries.get(place)?.key.as_ref()
    }

    /// The decision that a command under this key led to, with how it was used.
    pub(super) fn find_key(&self, scope: Scope, key: &Key) -> Option<(&KeyUse, &Arc<Committed>)> {
        if self.keys.is_empty() {
            return None;
        }
        let is_it = |place: &usize| self.used(*place).is_some_and(|used| used.scope == scope && used.key == *key);
        let place = *self.keys.find(self.hash(scope, key), is_it)?;
        Some((self.used(place)?, self.committed.get(place)?))
    }

    /// Adds a decision, with its body for the store.
    pub(super) fn push(&mut self, committed: Arc<Committed>, process: ProcessNumber, key: Option<KeyUse>, body: Body) {
        let about = About::Case { case: committed.case, version: committed.version, process };
        if let Some(used) = &key {
            let (hash, place) = (self.hash(used.scope, &used.key), self.committed.len());
            // Growing hashes the others again: the entry that is being added is not among them yet.
            let (entries, hasher) = (&self.batch.entries, &self.hasher);
            let again = |place: &usize| {
                let used = entries.get(*place).and_then(|entry| entry.key.as_ref());
                used.map_or(0, |used| hasher.hash_one((used.scope, &used.key)))
            };
            self.keys.insert_unique(hash, place, again);
        }
        if self.batch.entries.is_empty() {
            // Most commits have one entry, or a good many.
            self.batch.entries.reserve_exact(1);
        }
        self.batch.entries.push(NewEntry { about, key, body });
        self.committed.push(committed);
    }
}
