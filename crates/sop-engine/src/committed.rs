//! What was decided and committed, in the form in which it was decided.

use std::sync::{Arc, PoisonError, RwLock};

use sop_core::case::{Cover, Events, People, Record};
use sop_core::process::{Hash, Process, RegisterIx};
use sop_core::time::Instant;

use crate::answer::Done;
use crate::audit::of_record;
use crate::salts::Salts;
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
    /// The covers of what is personal in it, if anything is.
    pub(crate) covers: Covers,
}

/// The covers of what is personal in an entry.
#[derive(Debug)]
pub(crate) enum Covers {
    /// Nothing is.
    None,
    /// They are made from a secret, the same each time.
    Made(Arc<Salts>),
    /// They were read.
    Read(Box<[Cover]>),
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
        let record = Record::from_events(&self.process, &people, self.at, &self.events);
        let mut record = record.map_err(|error| self.unwritable(error))?;
        match &self.covers {
            Covers::None => {}
            Covers::Made(salts) => record.cover(|number| salts.salt(self.case, self.version, number)),
            Covers::Read(covers) => record.covers = covers.to_vec(),
        }
        Ok(record)
    }

    /// What it did.
    pub fn done(&self) -> Done {
        let register = |register: &RegisterIx| self.process.registers().get(*register).map(|spec| spec.id.clone());
        Done::from_events(self.case, self.version, self.at, &self.events, register)
    }

    pub(crate) fn to_json(&self) -> Result<Vec<u8>, StoreError> {
        self.json_of(&self.record()?)
    }

    /// The same, with the hash by which it is chained.
    pub(crate) fn to_written(&self) -> Result<(Vec<u8>, Hash), StoreError> {
        let record = self.record()?;
        let json = self.json_of(&record)?;
        let told = if record.covers.is_empty() { Hash::of(&json) } else { of_record(record)? };
        Ok((json, told))
    }

    fn json_of(&self, record: &Record) -> Result<Vec<u8>, StoreError> {
        let mut json = Vec::with_capacity(MOST_RECORDS);
        serde_json::to_writer(&mut json, record).map_err(|error| self.unwritable(error))?;
        Ok(json)
    }

    fn unwritable(&self, error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
        let said = format!("entry {} of case {} cannot be written: {error}", self.version, self.case);
        StoreError::damaged(said).because(error)
    }
}
