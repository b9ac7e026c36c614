//! What a chain hashes of an entry.

use sop_core::case::Record;
use sop_core::process::Hash;

use crate::store::StoreError;

/// How the covers of a record begin. In JSON a text cannot contain this, since its quotation marks are escaped.
const COVERS: &[u8] = br#","covers":["#;

/// The hash over what an entry says: over the JSON of its body, where values that have a
/// [cover](sop_core::case::Cover) are replaced by their commitments and the covers are left out. So it is the same
/// whether values were erased or not.
///
/// # Errors
/// [`StoreError::is_damaged`] where the body cannot be read.
pub fn told(body: &[u8]) -> Result<Hash, StoreError> {
    if !body.windows(COVERS.len()).any(|part| part == COVERS) {
        return Ok(Hash::of(body));
    }
    let damaged = |why: String| StoreError::damaged(format!("it cannot be read: {why}"));
    let record: Record = serde_json::from_slice(body).map_err(|error| damaged(error.to_string()))?;
    of_record(record)
}

/// The same, of a record.
pub(crate) fn of_record(record: Record) -> Result<Hash, StoreError> {
    let damaged = |why: String| StoreError::damaged(format!("it cannot be read: {why}"));
    let covered = record.covered().map_err(|error| damaged(error.to_string()))?;
    let json = serde_json::to_vec(&covered).map_err(|error| damaged(error.to_string()))?;
    Ok(Hash::of(&json))
}
