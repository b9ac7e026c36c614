//! From the log to where everything stands.

use std::sync::{Arc, PoisonError};

use sop_core::case::{Event, Named, Record, apply_all};
use sop_core::text::SourceText;

use super::books::Books;
use super::cases::Case;
use super::entries::{CalendarEntry, DeploymentEntry, DirectoryEntry, Kept, said};
use super::rows::Rows;
use crate::committed::{Committed, Covers};
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
            let people = self.people();
            for (id, case) in self.cases.iter() {
                let Some(deployed) = self.deployed(case.process) else { continue };
                Rows::default().change_to(&Rows::of(self, &people, deployed, id, &case.state), &mut changes);
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
        self.enter_process(&bundle, said.unproved, said.certificate);
        Ok(said.at)
    }

    fn take_record(
        &mut self,
        entry: &Entry,
        (id, version, number): (CaseId, u32, ProcessNumber),
        record: &Record,
        changes: Option<&mut Vec<IndexChange>>,
    ) -> Result<(), StoreError> {
        let unreadable = |cause: &dyn std::fmt::Display| unreadable(entry, id, cause);
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
        if record.archived.is_some() {
            // Only what is over is archived: whoever knew it as running has missed its end.
            self.leave(id, changes);
            return Ok(());
        }
        let place = match self.cases.find(id) {
            Some(place) => place,
            None if version == 1 => self.cases.insert(id, Case::new(number)),
            // A remark on a case that is over, which is not kept in memory.
            None => return Ok(()),
        };
        let rows = |books: &Self| Rows::at(books, &books.people(), id, place).unwrap_or_default();
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

    /// Lets go of a case that is over, and takes it off the lists.
    fn leave(&mut self, id: CaseId, changes: Option<&mut Vec<IndexChange>>) {
        let Some(place) = self.cases.find(id) else { return };
        if let Some(changes) = changes {
            let people = self.people.read().unwrap_or_else(PoisonError::into_inner);
            let before = Rows::at(self, &people, id, place).unwrap_or_default();
            drop(people);
            before.change_to(&Rows::default(), changes);
        }
        self.cases.remove(id);
    }

    /// What an entry says, in the form in which it was decided; none where it is about no case.
    pub(super) fn committed(&self, entry: &Entry) -> Result<Option<Committed>, StoreError> {
        let About::Case { case, version, process } = entry.about else { return Ok(None) };
        let Some(deployed) = self.deployed(process) else { return Ok(None) };
        let record: Record = said(entry)?;
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        let events = record.to_events(&deployed.process, &mut people);
        let events = events.map_err(|error| unreadable(entry, case, &error))?.into();
        drop(people);
        let (process, people) = (deployed.process.clone(), Arc::clone(&self.people));
        let covers = Covers::Read(record.covers.into());
        Ok(Some(Committed { process, people, case, version, at: record.at, covers, events }))
    }

    /// A case as the log has it up to where these books are, whether it is over or not.
    pub(crate) fn load(&self, store: &dyn Store, id: CaseId) -> Result<Loaded, StoreError> {
        let history = store.history(id)?;
        self.fold(id, history.iter().filter(|entry| entry.position <= self.position))
    }

    /// A case by its entries.
    pub(crate) fn fold<'e>(&self, id: CaseId, entries: impl Iterator<Item = &'e Entry>) -> Result<Loaded, StoreError> {
        let mut loaded: Option<Case> = None;
        let mut archive: Option<Box<str>> = None;
        for entry in entries {
            let About::Case { version, process, .. } = entry.about else { continue };
            let Some(deployed) = self.deployed(process) else { continue };
            let record: Record = said(entry)?;
            if record.archived.is_some() {
                archive.get_or_insert_default();
            }
            if let Some(archive) = &mut archive {
                *archive = record.events.iter().find_map(archive_of).unwrap_or_else(|| archive.clone());
                continue;
            }
            let case = loaded.get_or_insert_with(|| Case::new(process));
            let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
            let events = record.to_events(&deployed.process, &mut people);
            let events = events.map_err(|error| unreadable(entry, id, &error))?;
            apply_all(&mut case.state, &events);
            case.version = version;
        }
        Ok(match (archive, loaded) {
            (Some(archive), _) => Loaded::Archived(archive),
            (None, Some(case)) => Loaded::Case(case),
            (None, None) => Loaded::Unknown,
        })
    }
}

/// What the log has of a case.
#[derive(Debug)]
pub(crate) enum Loaded {
    /// Everything.
    Case(Case),
    /// That it was moved to an archive, by its name.
    Archived(Box<str>),
    /// Nothing.
    Unknown,
}

fn archive_of(event: &Event<Named>) -> Option<Box<str>> {
    match event {
        Event::Archived { archive, .. } => Some(archive.clone()),
        _ => None,
    }
}

fn unreadable(entry: &Entry, case: CaseId, cause: &dyn std::fmt::Display) -> StoreError {
    StoreError::damaged(format!("entry {} of the log, of case {case}, cannot be read: {cause}", entry.position))
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
