//! From the log to where everything stands.

use std::sync::PoisonError;

use sop_core::case::{Record, apply_all};
use sop_core::text::SourceText;

use super::books::Books;
use super::cases::Case;
use super::entries::{CalendarEntry, DeploymentEntry, DirectoryEntry, Kept, said};
use super::rows::Rows;
use crate::files::Bundle;
use crate::index::IndexChange;
use crate::store::{About, CaseId, Entry, ProcessNumber, Store, StoreError};

impl Books {
    /// Takes in what a store holds and these books do not have yet. The index is told of cases that changed, unless
    /// the books are new: then it is told of all of them at the end.
    pub(crate) fn catch_up(&mut self, store: &mut dyn Store) -> Result<(), StoreError> {
        let is_new = self.position.0 == 0;
        if is_new && let Some(books) = Self::from_checkpoint(&self.directory, store) {
            *self = books;
        }
        let mut changes = Vec::new();
        let after = self.position;
        {
            let store = &*store;
            store.scan(after, &mut |entry| self.take_in(store, &entry, (!is_new).then_some(&mut changes)))?;
        }
        if is_new {
            for (id, case) in self.cases.iter() {
                let Some(deployed) = self.deployed(case.process) else { continue };
                Rows::default().change_to(&Rows::of(self, deployed, id, &case.state), &mut changes);
                if changes.len() > 4096 {
                    store.reindex(&changes);
                    changes.clear();
                }
            }
        }
        store.reindex(&changes);
        Ok(())
    }

    fn take_in(
        &mut self,
        store: &dyn Store,
        entry: &Entry,
        changes: Option<&mut Vec<IndexChange>>,
    ) -> Result<(), StoreError> {
        if entry.position != self.position.next() {
            return Err(StoreError::damaged(format!(
                "the log has a gap: entry {} follows entry {}",
                entry.position, self.position
            )));
        }
        match entry.about {
            About::Case { case, version, process } => {
                let record: Record = said(entry)?;
                self.take_record(entry, (case, version, process), &record, changes)?;
                self.last = self.last.max(record.at);
            }
            About::Deployment | About::Directory | About::Calendar => self.take_foundation(store, entry)?,
        }
        self.position = entry.position;
        Ok(())
    }

    /// Takes in an entry that is about no case.
    pub(super) fn take_foundation(&mut self, store: &dyn Store, entry: &Entry) -> Result<(), StoreError> {
        let at = match entry.about {
            About::Deployment => self.take_deployment(store, entry)?,
            About::Directory => {
                let said: DirectoryEntry = said(entry)?;
                self.recorded_directory = Some(said.directory);
                if let Some(attempted) = self.attempted_directory.take_if(|known| known.revision() == said.directory) {
                    self.enter_directory(attempted);
                }
                said.at
            }
            About::Calendar => {
                let said: CalendarEntry = said(entry)?;
                let text = text(store, entry, &said.text)?;
                if !self.enter_calendar(&text).is_ok_and(|id| id == said.calendar) {
                    return Err(StoreError::damaged(format!(
                        "entry {} of the log brings a calendar that this program cannot read",
                        entry.position
                    )));
                }
                said.at
            }
            About::Case { case, .. } => {
                return Err(StoreError::damaged(format!(
                    "entry {} of the log is about case {case}, and not about what cases rest on",
                    entry.position
                )));
            }
        };
        self.wrote_foundation(entry.position, at);
        Ok(())
    }

    fn take_deployment(&mut self, store: &dyn Store, entry: &Entry) -> Result<sop_core::time::Instant, StoreError> {
        let said: DeploymentEntry = said(entry)?;
        let [definition, office, calendar] = &said.texts;
        let bundle = Bundle::from_texts(
            text(store, entry, definition)?,
            text(store, entry, office)?,
            text(store, entry, calendar)?,
        );
        let bundle = bundle.map_err(|error| {
            StoreError::damaged(format!(
                "entry {} of the log deploys `{}`, which this program cannot compile; use the version that wrote it",
                entry.position, said.definition
            ))
            .because(error)
        })?;
        let process = bundle.process();
        if process.hash() != said.process {
            return Err(StoreError::damaged(format!(
                "entry {} of the log deploys `{}` as {}, and this program compiles its text to {}; use the version that \
                 wrote it",
                entry.position,
                said.definition,
                said.process,
                process.hash()
            )));
        }
        let calendar = (bundle.calendar_id(), bundle.calendar().clone());
        self.enter_process(process.clone(), calendar, said.unproved, said.certificate);
        Ok(said.at)
    }

    fn take_record(
        &mut self,
        entry: &Entry,
        (id, version, number): (CaseId, u32, ProcessNumber),
        record: &Record,
        changes: Option<&mut Vec<IndexChange>>,
    ) -> Result<(), StoreError> {
        let unreadable = |cause: &dyn std::fmt::Display| {
            StoreError::damaged(format!("entry {} of the log, of case {id}, cannot be read: {cause}", entry.position))
        };
        let Some(deployed) = self.deployed(number) else {
            return Err(unreadable(&format!("process {} was never deployed", number.0)));
        };
        let process = deployed.process.clone();
        let events = {
            let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
            record.to_events(&process, &mut people).map_err(|error| unreadable(&error))?
        };
        self.highest_case = self.highest_case.max(id.0);
        self.confirm_numbers(&process, &events);
        self.enter_numbers(&process, &events, entry.position);
        let place = match self.cases.find(id) {
            Some(place) => place,
            None if version == 1 => self.cases.insert(id, Case::new(number)),
            // A remark on a case that is over, which is not kept in memory.
            None => return Ok(()),
        };
        let rows = |books: &Self| Rows::at(books, id, place).unwrap_or_default();
        let before = changes.is_some().then(|| rows(self));
        let Some(case) = self.cases.at_mut(place) else { return Ok(()) };
        if case.version + 1 != version || case.process != number {
            return Err(unreadable(&format!("it is entry {version} of the case and follows entry {}", case.version)));
        }
        apply_all(&mut case.state, &events);
        case.version = version;
        let is_live = case.is_live();
        if let (Some(changes), Some(before)) = (changes, before) {
            before.change_to(&rows(self), changes);
        }
        if !is_live {
            self.cases.remove(id);
        }
        Ok(())
    }

    /// A case as the log has it up to where these books are, whether it is over or not.
    pub(crate) fn load(&self, store: &dyn Store, id: CaseId) -> Result<Option<Case>, StoreError> {
        let mut loaded: Option<Case> = None;
        for entry in store.history(id)? {
            if entry.position > self.position {
                break;
            }
            let About::Case { version, process, .. } = entry.about else { continue };
            let Some(deployed) = self.deployed(process) else { continue };
            let record: Record = said(&entry)?;
            let case = loaded.get_or_insert_with(|| Case::new(process));
            let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
            let events = record.to_events(&deployed.process, &mut people);
            let events = events.map_err(|error| {
                StoreError::damaged(format!(
                    "entry {} of the log, of case {id}, cannot be read: {error}",
                    entry.position
                ))
            })?;
            apply_all(&mut case.state, &events);
            case.version = version;
        }
        Ok(loaded)
    }
}

/// A text that an entry names.
fn text(store: &dyn Store, entry: &Entry, kept: &Kept) -> Result<SourceText, StoreError> {
    let missing = || {
        StoreError::damaged(format!(
            "entry {} of the log names the text `{}`, which is missing",
            entry.position, kept.name
        ))
    };
    let content = store.blob(&kept.hash)?.ok_or_else(missing)?;
    SourceText::from_bytes(&kept.name, &content).map_err(|_| missing())
}
