//! What an engine has on record, given away while it goes on.

use std::io::Write;

use super::Engine;
use super::entries::{CalendarEntry, DeploymentEntry, said};
use super::inner::Inner;
use crate::store::{About, CaseId, Entry, ProcessNumber, StoreError};
use crate::transfer::{self, ExportError, Exported, Given, Told};

impl Engine {
    /// Writes everything on record as [lines of JSON](transfer), for [`transfer::import`] to read into an empty store:
    /// a backup that needs no database.
    ///
    /// It is the log as it stands when this is called, whatever is committed meanwhile: later entries are left out. Where
    /// something is [erased](Self::erase), [archived](Self::let_go) or [put back](Self::restore) meanwhile, it fails as
    /// [busy](StoreError::is_busy), and is to be begun again. Commands go on: the engine is held for reading 256 entries at a time, never while
    /// `to` is written to. No more than that is in memory. Each line is one write, so a file wants a
    /// [`BufWriter`](std::io::BufWriter).
    ///
    /// On a store that is open for reading it is what the engine took in when it was opened or last
    /// [refreshed](Self::refresh).
    ///
    /// # Errors
    /// [`ExportError::Store`] with what the store fails with, [`StoreError::is_damaged`] where something on record
    /// cannot be read; [`ExportError::Write`] with what `to` fails with. What was written by then is no export.
    pub fn export(&self, to: &mut dyn Write) -> Result<Exported, ExportError> {
        let (last, rewrites) = {
            let mut inner = self.shared.lock();
            inner.recover()?;
            (inner.books.position, inner.rewrites)
        };
        transfer::write_log(last, to, |after, given| {
            let inner = self.shared.lock();
            if inner.rewrites != rewrites {
                return Err(StoreError::busy(
                    "something was erased, archived or put back while the log was being exported: begin again",
                ));
            }
            transfer::portion(&*inner.store, after, last, given)
        })
    }

    /// Writes what is on record of one case as [lines of JSON](transfer): its entries, with their places in the log, the
    /// deployment of the process that it follows, and every calendar that it was computed by. None for a case that was
    /// never opened; nothing is written then.
    ///
    /// The case is read in one go, and written while the engine goes on.
    ///
    /// # Errors
    /// As for [`export`](Self::export).
    pub fn export_case(&self, case: CaseId, to: &mut dyn Write) -> Result<Option<Exported>, ExportError> {
        let told = {
            let mut inner = self.shared.lock();
            inner.recover()?;
            inner.told_of(case)?
        };
        if told.is_empty() {
            return Ok(None);
        }
        transfer::write_case(case, &told, to).map(Some)
    }
}

impl Inner {
    /// The entries that it takes to understand a case, in the order of the log.
    fn told_of(&self, case: CaseId) -> Result<Vec<Told>, StoreError> {
        let entries = self.entries_of(case)?;
        let mut given = Given::new();
        entries.into_iter().map(|entry| Told::of(entry, &*self.store, &mut given)).collect()
    }

    /// The entries of a case and those that it rests on, in the order of the log.
    pub(super) fn entries_of(&self, case: CaseId) -> Result<Vec<Entry>, StoreError> {
        let mut history = self.store.history(case)?;
        history.retain(|entry| entry.position <= self.books.position);
        let Some(last) = history.last() else { return Ok(Vec::new()) };
        let About::Case { process, .. } = last.about else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        for &at in self.books.foundations.iter().filter(|at| **at < last.position) {
            let entry = self.store.entry(at)?;
            let entry = entry.ok_or_else(|| StoreError::damaged(format!("entry {at} of the log is missing")))?;
            if self.concerns(&entry, process)? {
                entries.push(entry);
            }
        }
        entries.extend(history);
        entries.sort_by_key(|entry| entry.position);
        Ok(entries)
    }

    /// Whether an entry that is about no case is one that cases of a process rest on: its deployment, and whatever
    /// brought the calendar that it follows, which may have been an earlier deployment.
    fn concerns(&self, entry: &Entry, process: ProcessNumber) -> Result<bool, StoreError> {
        let Some(followed) = self.books.deployed(process).map(|deployed| deployed.calendar) else { return Ok(false) };
        match entry.about {
            About::Deployment => {
                let number = said::<DeploymentEntry>(entry)?.number;
                let first = self.books.processes.iter().find(|deployed| deployed.calendar == followed);
                Ok(number == process || first.is_some_and(|first| first.number == number))
            }
            About::Calendar => {
                let name = said::<CalendarEntry>(entry)?.calendar;
                Ok(self.books.calendars.get(followed).is_some_and(|in_force| in_force.id == name))
            }
            About::Directory | About::Case { .. } => Ok(false),
        }
    }
}
