//! Working time changes while cases run (T1).

use std::fmt;

use sop_core::case::{Command, Status};
use sop_core::text::SourceText;

use super::books::Books;
use super::entries::{CalendarEntry, ENTRY_VERSION, Kept, written};
use super::inner::Inner;
use crate::files::{FileError, compile_calendar_text};
use crate::store::{About, Batch, CaseId, NewEntry, StoreError, blob_hash};

/// Why a calendar does not come into force.
#[derive(Debug)]
pub enum CalendarError {
    /// Something is wrong with it.
    Wrong(FileError),
    /// No deployed process follows a calendar of this name.
    NotInForce {
        /// The name that it gives itself.
        id: String,
        /// The names of those in force.
        known: Vec<String>,
    },
    /// The store failed.
    Store(StoreError),
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(error) => error.fmt(f),
            Self::NotInForce { id, known } => {
                write!(f, "no deployed process follows a calendar `{id}`; in force: {}", known.join(", "))
            }
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CalendarError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Wrong(error) => Some(error),
            Self::NotInForce { .. } => None,
            Self::Store(error) => Some(error),
        }
    }
}

impl From<StoreError> for CalendarError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The number of cases that are told of a new calendar in one commit.
const CASES_AT_ONCE: usize = 512;

impl Books {
    /// Puts a calendar in the place of the one of its name, and gives the name.
    pub(super) fn enter_calendar(&mut self, text: &SourceText) -> Result<String, CalendarError> {
        let mut compiled = Vec::new();
        let mut name = String::new();
        for (place, in_force) in self.calendars.iter().enumerate() {
            let (id, calendar) = compile_calendar_text(text, in_force.zone.clone()).map_err(CalendarError::Wrong)?;
            if id == in_force.id {
                compiled.push((place, calendar));
            }
            name = id;
        }
        if compiled.is_empty() {
            let known = self.calendars.iter().map(|calendar| calendar.id.clone()).collect();
            return Err(CalendarError::NotInForce { id: name, known });
        }
        for (place, calendar) in compiled {
            if let Some(in_force) = self.calendars.get_mut(place)
                && in_force.calendar.revision() != calendar.revision()
            {
                in_force.previous = Some(std::mem::replace(&mut in_force.calendar, calendar));
            }
        }
        Ok(name)
    }

    /// The running cases whose instants were computed with another calendar than the one in force.
    fn behind(&self) -> Vec<CaseId> {
        self.cases.ids(|case| {
            let deployed = self.deployed(case.process);
            let in_force = deployed.and_then(|deployed| self.calendars.get(deployed.calendar));
            case.state.status() == Status::Running
                && in_force.is_some_and(|in_force| in_force.calendar.revision() != case.state.calendar())
        })
    }
}

impl Inner {
    /// Brings a calendar into force, and has every running case computed anew.
    pub(super) fn set_calendar(
        &mut self,
        text: &SourceText,
        now: sop_core::time::Instant,
    ) -> Result<(), CalendarError> {
        self.recover()?;
        // The one before last is not kept: whoever is still on it is told first.
        self.settle(now)?;
        let before: Vec<_> =
            self.books.calendars.iter().map(|known| (known.calendar.clone(), known.previous.clone())).collect();
        let id = self.books.enter_calendar(text)?;
        let revision = self.books.calendars.iter().find(|known| known.id == id).map(|known| known.calendar.revision());
        let unchanged =
            self.books.calendars.iter().zip(&before).all(|(new, (old, _))| new.calendar.revision() == old.revision());
        let Some(revision) = revision.filter(|_| !unchanged) else { return Ok(()) };
        let content = text.text().as_bytes();
        let entry = CalendarEntry {
            v: ENTRY_VERSION,
            at: now,
            calendar: id,
            revision,
            text: Kept { name: text.name().to_owned(), hash: blob_hash(content) },
        };
        let written = written(&entry).and_then(|body| {
            let entries = vec![NewEntry { about: About::Calendar, key: None, body }];
            self.append_foundation(Batch {
                blobs: vec![content.into()],
                entries,
                after: Some(self.books.position),
                ..Batch::default()
            })
        });
        match written {
            Ok(position) => self.books.wrote_foundation(position, now),
            Err(error) => {
                for (known, (calendar, previous)) in self.books.calendars.iter_mut().zip(before) {
                    (known.calendar, known.previous) = (calendar, previous);
                }
                return Err(error.into());
            }
        }
        Ok(self.settle(now)?)
    }

    /// Has cases that follow a calendar no longer in force computed anew.
    pub(super) fn settle(&mut self, now: sop_core::time::Instant) -> Result<(), StoreError> {
        for cases in self.books.behind().chunks(CASES_AT_ONCE) {
            for &case in cases {
                if let Some((process, Ok(events))) = self.decide_live(case, &Command::Advance, now)
                    && !events.is_empty()
                {
                    self.stage(case, process, now, events, None);
                }
            }
            self.flush()?;
        }
        Ok(())
    }
}
