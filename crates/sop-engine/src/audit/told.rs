//! What a chain hashes of an entry.

use sop_core::case::{Event, Record};
use sop_core::process::Hash;

use crate::salts::Salts;
use crate::store::{About, StoreError};

/// What the body of an entry about a case is, for the chain.
#[derive(Debug)]
pub(crate) struct Told {
    /// The hash over what it says.
    pub(crate) told: Hash,
    /// What it says, where that is not hashed as it stands: personal values have covers, or it is in an archive.
    pub(crate) record: Option<Record>,
}

/// The hash over what an entry says: over the JSON of its body. Where personal values of a case have a
/// [cover](sop_core::case::Cover), it is the JSON of the record with all of them erased; so it is the same whether values
/// were erased or not. An entry that was [archived](crate::Engine::archive) says it itself; that what is left of it is
/// what was left, is found by what its case says of that.
///
/// Only a record that is written to the byte as this engine writes it is read so; anything else is hashed as it stands.
///
/// # Errors
/// [`StoreError::is_damaged`] where covers do not fit the values, or more is left of an archived entry than its numbers.
pub fn told(about: &About, body: &[u8]) -> Result<Hash, StoreError> {
    match about {
        About::Case { .. } => of_body(body).map(|told| told.told),
        About::Deployment | About::Directory | About::Calendar => Ok(Hash::of(body)),
    }
}

/// The same for an entry about a case, with what it took to know it.
pub(crate) fn of_body(body: &[u8]) -> Result<Told, StoreError> {
    let plain = || Told { told: Hash::of(body), record: None };
    let has = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
    // In JSON a text cannot contain this, since its quotation marks are escaped.
    if !has(br#","covers":["#) && !has(br#","archived":""#) {
        return Ok(plain());
    }
    let Ok(record) = serde_json::from_slice::<Record>(body) else { return Ok(plain()) };
    if serde_json::to_vec(&record).ok().as_deref() != Some(body) {
        return Ok(plain());
    }
    Ok(Told { told: of_record(record.clone())?, record: Some(record) })
}

/// The same, of a record.
pub(crate) fn of_record(record: Record) -> Result<Hash, StoreError> {
    let damaged = |why: String| StoreError::damaged(format!("it cannot be read: {why}"));
    if let Some(told) = record.archived {
        let is_stub =
            record.covers.is_empty() && record.events.iter().all(|event| matches!(event, Event::Numbered { .. }));
        return if is_stub {
            Ok(told)
        } else {
            Err(damaged("it is archived, and says something all the same".to_owned()))
        };
    }
    let covered = record.covered().map_err(|error| damaged(error.to_string()))?;
    let json = serde_json::to_vec(&covered).map_err(|error| damaged(error.to_string()))?;
    Ok(Hash::of(&json))
}

/// The body of an entry of a case, with covers for what is personal in it, where it was written without: for stores that
/// begin to chain what they have. None where there is nothing to cover.
///
/// # Errors
/// [`StoreError::is_unavailable`] where the system gives no random numbers.
pub fn with_covers(about: &About, body: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let About::Case { case, version, .. } = about else { return Ok(None) };
    let Ok(mut record) = serde_json::from_slice::<Record>(body) else { return Ok(None) };
    if !record.covers.is_empty() || record.archived.is_some() || !record.events.iter().any(Event::is_personal) {
        return Ok(None);
    }
    let salts = Salts::random()?;
    record.cover(|number| salts.salt(*case, *version, number));
    serde_json::to_vec(&record).map(Some).map_err(|error| StoreError::damaged(error.to_string()))
}

/// The hash over what is left of a case's entries, one after the other.
pub(crate) fn left(before: Option<Hash>, body: &[u8]) -> Hash {
    Hash::of_all([before.as_ref().map_or(b"sop left 1".as_slice(), |before| before.as_bytes()), body])
}
