//! What was decided and committed, in the form in which it was decided.

use std::sync::{Arc, PoisonError, RwLock};

use sop_core::case::{Events, People, Record};
use sop_core::process::{Process, RegisterIx};
use sop_core::time::Instant;

use crate::answer::Done;
use crate::json;
use crate::store::{CaseId, StoreError};

/// Everybody who was ever mentioned, shared by the engine and by what it committed. Numbers are only ever added.
pub(crate) type SharedPeople = Arc<RwLock<People>>;

/// How many bytes most records have at the most: one is made for each command, and is not to be moved as it grows.
const MOST_RECORDS: usize = 1_024;

/// One accepted command that is on record: what subscribers are given.
#[derive(Debug)]
pub struct Committed {
    pub(crate) process: Process,
    pub(crate) people: SharedPeople,
    pub(crate) case: CaseId,
    pub(crate) version: u32,
    pub(crate) at: Instant,
    pub(crate) events: Events,
}

impl Committed {
    /// The case.
    pub fn case(&self) -> CaseId {
        self.case
    }

    /// Which entry of the case's history it is, counted from 1.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// When it was decided.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// The process that the case follows.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// What is on record, by the names of the definition.
    ///
    /// # Errors
    /// [`StoreError::is_damaged`] for events that do not belong to their process; decisions never make any.
    pub fn record(&self) -> Result<Record, StoreError> {
        let people = self.people.read().unwrap_or_else(PoisonError::into_inner);
        Record::from_events(&self.process, &people, self.at, &self.events).map_err(|error| self.unwritable(error))
    }

    /// What it did.
    pub fn done(&self) -> Done {
        let register = |register: &RegisterIx| self.process.registers().get(*register).map(|spec| spec.id.clone());
        Done::from_events(self.case, self.version, self.at, &self.events, register)
    }

    pub(crate) fn to_json(&self) -> Result<Vec<u8>, StoreError> {
        let mut json = Vec::with_capacity(MOST_RECORDS);
        json::append(&mut json, &self.record()?).map_err(|error| self.unwritable(error))?;
        Ok(json)
    }

    fn unwritable(&self, error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
        let said = format!("entry {} of case {} cannot be written: {error}", self.version, self.case);
        StoreError::damaged(said).because(error)
    }
}
