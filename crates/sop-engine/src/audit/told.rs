//! What a chain hashes of an entry.

use sop_core::case::Record;
use sop_core::process::Hash;

use crate::json::{self, MOST_RECORDS};
use crate::store::StoreError;

/// How the covers of a record begin. In JSON a text cannot contain this, since its quotation marks are escaped.
const COVERS: &[u8] = br#","covers":["#;

/// How a record says that it was archived, likewise.
const ARCHIVED: &[u8] = br#","archived":"#;

/// The hash over what an entry says: over the JSON of its body, where values that have a
/// [cover](sop_core::case::Cover) are replaced by their commitments and the covers are left out. So it is the same
/// whether values were erased or not. An entry that was [archived](crate::Engine::archive) says it itself; that what is
/// left of it is what was left, is found by what its case says of that.
///
/// # Errors
/// [`StoreError::is_damaged`] where the body cannot be read.
pub fn told(body: &[u8]) -> Result<Hash, StoreError> {
    let has = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
    if !has(COVERS) && !has(ARCHIVED) {
        return Ok(Hash::of(body));
    }
    let damaged = |why: String| StoreError::damaged(format!("it cannot be read: {why}"));
    let record: Record = serde_json::from_slice(body).map_err(|error| damaged(error.to_string()))?;
    of_record(record)
}

/// The same, of a record.
pub(crate) fn of_record(record: Record) -> Result<Hash, StoreError> {
    if let Some(told) = record.archived {
        return Ok(told);
    }
    let damaged = |why: String| StoreError::damaged(format!("it cannot be read: {why}"));
    let covered = record.covered().map_err(|error| damaged(error.to_string()))?;
    let mut json = Vec::with_capacity(MOST_RECORDS);
    json::append(&mut json, &covered).map_err(|error| damaged(error.to_string()))?;
    Ok(Hash::of(&json))
}

/// The hash over what is left of a case's entries, one after the other.
pub(crate) fn left(before: Option<Hash>, body: &[u8]) -> Hash {
    Hash::of_all([before.as_ref().map_or(b"sop left 1".as_slice(), |before| before.as_bytes()), body])
}
