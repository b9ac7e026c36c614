//! The engine's checkpoint: a cache, kept in parts so that none is larger than SQLite takes.

use std::path::Path;

use rusqlite::{Connection, params};
use sop_engine::store::{Checkpoint, Position, StoreError};

use crate::sum::Sum;
use crate::{commit, trouble};

/// The size of a part, in bytes.
const PART: usize = 4 << 20;

/// Keeps a checkpoint in place of the one before.
pub(crate) fn save(connection: &Connection, path: &Path, checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let failed = |error| trouble::sqlite(path, "the checkpoint cannot be written", error);
    let write = || -> rusqlite::Result<()> {
        connection.execute("DELETE FROM checkpoint", [])?;
        let place = checkpoint.position;
        let parts = checkpoint.content.len().div_ceil(PART).max(1);
        let mut insert = connection.prepare_cached("INSERT INTO checkpoint VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for part in 0..parts {
            let content = checkpoint.content.chunks(PART).nth(part).unwrap_or_default();
            let sum = sum_of(part, parts, place, content);
            insert.execute(params![part as i64, parts as i64, place.0.cast_signed(), content, sum])?;
        }
        Ok(())
    };
    commit::within(connection, failed, || write().map_err(failed))
}

/// The checkpoint, unless there is none or it is not whole; without it the log is read from the beginning.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Option<Checkpoint>> {
    let mut select =
        connection.prepare_cached("SELECT part, parts, position, content, sum FROM checkpoint ORDER BY part")?;
    let mut rows = select.query([])?;
    let mut loaded: Option<(Checkpoint, usize)> = None;
    let mut next = 0_usize;
    while let Some(row) = rows.next()? {
        let (part, parts): (i64, i64) = (row.get(0)?, row.get(1)?);
        let position = Position(row.get::<_, i64>(2)?.cast_unsigned());
        let content = row.get_ref(3)?.as_blob().unwrap_or_default();
        let (Ok(part), Ok(parts)) = (usize::try_from(part), usize::try_from(parts)) else { return Ok(None) };
        if part != next || row.get::<_, i64>(4)? != sum_of(part, parts, position, content) {
            return Ok(None);
        }
        let (checkpoint, all) =
            loaded.get_or_insert_with(|| (Checkpoint { position, content: Vec::with_capacity(content.len()) }, parts));
        if checkpoint.position != position || *all != parts {
            return Ok(None);
        }
        checkpoint.content.extend_from_slice(content);
        next += 1;
    }
    Ok(loaded.filter(|(_, parts)| *parts == next).map(|(checkpoint, _)| checkpoint))
}

fn sum_of(part: usize, parts: usize, position: Position, content: &[u8]) -> i64 {
    let mut sum = Sum::new();
    sum.number(part as u64);
    sum.number(parts as u64);
    sum.number(position.0);
    sum.bytes(content);
    sum.finish()
}
