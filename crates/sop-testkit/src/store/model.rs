//! The simplest store there could be: a list, and everything found by looking through it.

use std::collections::{BTreeMap, BTreeSet};

use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{About, Batch, CaseId, Entry, KeyUse, Position, StoreError};

use super::entries::said;

/// What a store was told and acknowledged.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) log: Vec<Kept>,
    pub(super) versions: BTreeMap<CaseId, u32>,
    pub(super) work: BTreeSet<(Queue, WorkKey)>,
    pub(super) alarms: BTreeSet<Alarm>,
}

/// An entry.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) about: About,
    pub(super) key: Option<KeyUse>,
    pub(super) said: String,
}

impl Model {
    pub(super) fn last(&self) -> Position {
        Position(self.log.len() as u64)
    }

    /// Tells whether a batch continues what there is.
    pub(super) fn continues(&self, batch: &Batch) -> bool {
        let mut versions = self.versions.clone();
        let follows = |entry: &sop_engine::store::NewEntry| match entry.about {
            About::Case { case, version, .. } => {
                let held = versions.entry(case).or_default();
                *held += 1;
                *held == version
            }
            _ => true,
        };
        batch.after.is_none_or(|after| after == self.last()) && batch.entries.iter().all(follows)
    }

    /// Takes in a batch that was acknowledged.
    pub(super) fn take(&mut self, batch: Batch) -> Result<(), StoreError> {
        for new in batch.entries {
            if let About::Case { case, version, .. } = new.about {
                self.versions.insert(case, version);
            }
            let position = self.last().next();
            let entry = Entry { position, about: new.about, key: new.key, body: new.body, chained: None };
            let said = said(&entry)?;
            self.log.push(Kept { about: entry.about, key: entry.key, said });
        }
        self.change(&batch.changes);
        Ok(())
    }

    fn change(&mut self, changes: &[IndexChange]) {
        for change in changes {
            match *change {
                IndexChange::Enter(queue, wait) => drop(self.work.insert((queue, wait))),
                IndexChange::Leave(queue, wait) => drop(self.work.remove(&(queue, wait))),
                IndexChange::Set(alarm) => drop(self.alarms.insert(alarm)),
                IndexChange::Clear(alarm) => drop(self.alarms.remove(&alarm)),
            }
        }
    }

    /// Everything that is on a list, as a store is told when it is opened.
    pub(super) fn lists(&self) -> Vec<IndexChange> {
        let work = self.work.iter().map(|(queue, wait)| IndexChange::Enter(*queue, *wait));
        work.chain(self.alarms.iter().map(|alarm| IndexChange::Set(*alarm))).collect()
    }

    pub(super) fn everything(&self) -> Vec<String> {
        self.log.iter().map(|kept| kept.said.clone()).collect()
    }

    pub(super) fn history(&self, case: u64) -> Vec<String> {
        let of_case = |kept: &&Kept| kept.about.case() == Some(CaseId(case));
        self.log.iter().filter(of_case).map(|kept| kept.said.clone()).collect()
    }

    pub(super) fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Vec<WorkKey> {
        let listed = self.work.iter().filter(|(queue, _)| queues.contains(queue)).map(|(_, wait)| *wait);
        let listed: BTreeSet<WorkKey> = listed.filter(|wait| after.is_none_or(|after| *wait > after)).collect();
        listed.into_iter().take(limit).collect()
    }

    pub(super) fn due(&self, until: Instant, limit: usize) -> Vec<Alarm> {
        self.alarms.iter().filter(|alarm| alarm.at <= until).take(limit).copied().collect()
    }
}
