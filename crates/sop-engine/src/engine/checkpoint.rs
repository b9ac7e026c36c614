//! Checkpoints: where everything stands, so that opening a store need not read the whole log.
//!
//! A checkpoint is a cache. It reflects the log up to a position; what came later is read from the log. It names things
//! by index, so it holds the people in the order of their numbers and the hashes of the processes, and the hash of the
//! last entry that it reflects. One that does not fit in any of these, or that a byte is wrong in, is left aside without
//! a word: the log gives the same again.
//!
//! What is small and not about a case (deployments, directories, calendars) is not repeated here: a checkpoint says
//! where in the log it is, and it is read from there by the same code that replays it.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};
use sop_core::case::{CaseState, Directory, SNAPSHOT_LAYOUT};
use sop_core::definition::{PersonId, RegisterId};
use sop_core::process::Hash;
use sop_core::time::Instant;

use super::books::Books;
use super::cases::Case;
use crate::store::{CaseId, Checkpoint, Position, ProcessNumber, Store, StoreError};

/// The layout of what is written here. A checkpoint of another is left aside.
const LAYOUT: u32 = 1;

/// The length of a SHA-256 hash, with which a checkpoint begins.
const HASH: usize = 32;

/// What a checkpoint says besides the cases.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    layout: u32,
    snapshots: u32,
    /// The program's version: another one may count the steps of the same process otherwise.
    program: String,
    /// The hash of what the last entry says: another log has another.
    entry: Hash,
    last: Instant,
    highest_case: u64,
    foundations: Vec<Position>,
    processes: Vec<Hash>,
    people: Vec<PersonId>,
    agenda: BTreeMap<RegisterId, BTreeMap<i32, Vec<Position>>>,
    cases: u64,
}

impl Books {
    /// Everything as it stands, for a store to keep; none before the first entry.
    ///
    /// # Errors
    /// What the store fails with when the last entry is read.
    pub(super) fn checkpoint(&self, store: &dyn Store) -> Result<Option<Checkpoint>, StoreError> {
        let Some(entry) = hash_at(store, self.position)? else { return Ok(None) };
        let header = Header {
            layout: LAYOUT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            snapshots: SNAPSHOT_LAYOUT,
            entry,
            last: self.last,
            highest_case: self.highest_case,
            foundations: self.foundations.clone(),
            processes: self.processes.iter().map(|deployed| deployed.process.hash()).collect(),
            people: self.people().iter().map(|(_, person)| person.clone()).collect(),
            agenda: self.agenda.clone(),
            cases: self.cases.len() as u64,
        };
        let Ok(header) = serde_json::to_vec(&header) else { return Ok(None) };
        let mut content = vec![0; HASH];
        put(&mut content, &header);
        for (id, case) in self.cases.iter() {
            content.extend_from_slice(&id.0.to_le_bytes());
            content.extend_from_slice(&case.process.0.to_le_bytes());
            content.extend_from_slice(&case.version.to_le_bytes());
            put(&mut content, &case.state.snapshot());
        }
        if let Some((sum, said)) = content.split_first_chunk_mut::<HASH>() {
            *sum = *Hash::of(said).as_bytes();
        }
        Ok(Some(Checkpoint { position: self.position, content }))
    }

    /// What a store's checkpoint says; none where it has none that fits.
    pub(super) fn from_checkpoint(directory: &Directory, store: &dyn Store) -> Option<Self> {
        let checkpoint = store.load_checkpoint().ok()??;
        let (sum, said) = checkpoint.content.split_first_chunk::<HASH>()?;
        if Hash::of(said).as_bytes() != sum {
            return None;
        }
        let mut rest = Rest(said);
        let header: Header = serde_json::from_slice(rest.part()?).ok()?;
        let program = env!("CARGO_PKG_VERSION");
        if (header.layout, header.snapshots, header.program.as_str()) != (LAYOUT, SNAPSHOT_LAYOUT, program)
            || hash_at(store, checkpoint.position).ok()? != Some(header.entry)
        {
            return None;
        }
        let mut books = Self::new(directory.clone());
        {
            let mut people = books.people.write().unwrap_or_else(PoisonError::into_inner);
            header.people.iter().for_each(|person| {
                people.intern(person);
            });
        }
        for &at in &header.foundations {
            books.take_foundation(store, &store.entry(at).ok()??).ok()?;
        }
        if !books.processes.iter().map(|deployed| deployed.process.hash()).eq(header.processes) {
            return None;
        }
        for _ in 0..header.cases {
            let (id, process) = (CaseId(rest.long()?), ProcessNumber(rest.number()?));
            let version = rest.number()?;
            let state = CaseState::restore(rest.part()?, &books.deployed(process)?.process).ok()?;
            books.cases.insert(id, Case { state, process, version });
        }
        if !rest.0.is_empty() {
            return None;
        }
        books.agenda = header.agenda;
        books.recount_registers();
        books.last = header.last;
        books.highest_case = header.highest_case;
        (books.position, books.reflected) = (checkpoint.position, checkpoint.position);
        Some(books)
    }
}

/// The hash of what an entry says.
fn hash_at(store: &dyn Store, at: Position) -> Result<Option<Hash>, StoreError> {
    let Some(entry) = store.entry(at)? else { return Ok(None) };
    Ok(Some(Hash::of(&entry.body.to_json()?)))
}

/// Adds a part with its length before it.
fn put(content: &mut Vec<u8>, part: &[u8]) {
    // No part is near 4 GiB: a case has a few hundred bytes, and the header less than the memory of the cases.
    content.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
    content.extend_from_slice(part);
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn number(&mut self) -> Option<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    fn long(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let length = self.number()? as usize;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }
}
