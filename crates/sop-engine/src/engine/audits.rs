//! Checking the chain of hashes while the engine goes on.

use sop_core::diagnostic::Language;

use super::Engine;
use crate::audit::{Audit, Head, Walk};
use crate::store::{Position, StoreError, portion};

/// The number of times that a check is begun again that an erasure or an archive came between.
const ATTEMPTS: u32 = 8;

impl Engine {
    /// What the log comes down to as it stands: to be kept elsewhere, for [`verify_audit`](Self::verify_audit) to be
    /// held against later. None for a store that does not chain.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn audit_head(&self) -> Result<Option<Head>, StoreError> {
        let mut inner = self.shared.lock();
        inner.recover()?;
        let position = inner.books.position;
        let chained = inner.store.entry(position)?.and_then(|entry| entry.chained);
        Ok(chained.map(|chained| Head { position, hash: chained.head }))
    }

    /// Checks everything on record: each entry and its [link](crate::audit), the order of all, and the texts that
    /// entries name; and holds it against heads that were kept elsewhere, of this log at earlier times.
    ///
    /// It is the log as it stands when this is called. Commands go on: the engine is held for 256 entries at a time.
    ///
    /// # Errors
    /// What the store fails with, unless it is that an entry cannot be read: that is a finding.
    /// [`StoreError::is_unavailable`] for a store that does not chain.
    pub fn verify_audit(&self, kept: &[Head]) -> Result<Audit, StoreError> {
        let audit = self.walk(kept)?;
        let (entries, findings) = (audit.entries, audit.findings.len());
        match audit.findings.first() {
            None => tracing::info!(target: "sop_engine::audit", entries, findings, "the log is as it was committed"),
            Some(first) => {
                let first = first.explain(Language::English);
                tracing::error!(target: "sop_engine::audit", entries, findings, first, "the log was altered");
            }
        }
        Ok(audit)
    }

    fn walk(&self, kept: &[Head]) -> Result<Audit, StoreError> {
        for _ in 0..ATTEMPTS {
            if let Some(audit) = self.try_to_walk(kept)? {
                return Ok(audit);
            }
        }
        Err(StoreError::busy("something is erased, archived or put back all the time: check the log another time"))
    }

    /// Walks to the end; none where something that was read has been made to say less meanwhile.
    fn try_to_walk(&self, kept: &[Head]) -> Result<Option<Audit>, StoreError> {
        let (last, rewrites, chains) = {
            let mut inner = self.shared.lock();
            inner.recover()?;
            (inner.books.position, inner.rewrites, inner.store.chains())
        };
        let mut walk = Walk::new(kept);
        let mut after = Position::default();
        while after < last {
            let inner = self.shared.lock();
            if inner.rewrites != rewrites {
                return Ok(None);
            }
            let store = &*inner.store;
            let (entries, read) = portion(store, after, last);
            for entry in &entries {
                walk.take(store, entry)?;
            }
            match entries.last().filter(|_| read.is_ok()) {
                Some(entry) => after = entry.position,
                None => return walk.end(read, chains).map(Some),
            }
        }
        walk.end(Ok(()), chains).map(Some)
    }
}
