//! What is written behind: where each case stands, and where each key was used.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use sop_engine::store::{CaseId, Position, StoreError};

use crate::sum::Sum;
use crate::tail::{Head, KeyFilter, KeySlot, Tail};
use crate::{commit, trouble};

const READING: &str = "the index cannot be read";

/// The last entry that the tables reflect.
pub(crate) fn reflects(connection: &Connection, path: &Path) -> Result<Position, StoreError> {
    let place: Option<i64> = connection
        .prepare_cached("SELECT position FROM reflects")
        .and_then(|mut select| select.query_row([], |row| row.get(0)).optional())
        .map_err(|error| trouble::sqlite(path, READING, error))?;
    let place = place.ok_or_else(|| trouble::index(path, "what it reflects is missing"))?;
    u64::try_from(place).map(Position).map_err(|_| trouble::index(path, "what it reflects is no place"))
}

/// Where a case stood at the place that the tables reflect.
pub(crate) fn head(connection: &Connection, path: &Path, case: CaseId) -> Result<Option<Head>, StoreError> {
    let found: Option<[i64; 6]> = connection
        .prepare_cached("SELECT first, last, version, filter1, filter2, sum FROM cases WHERE case_id = ?1")
        .and_then(|mut select| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?])
            };
            select.query_row([case.0.cast_signed()], read).optional()
        })
        .map_err(|error| trouble::sqlite(path, READING, error))?;
    let Some([first, last, version, filter1, filter2, sum]) = found else { return Ok(None) };
    let head = Head {
        first: Position(first.cast_unsigned()),
        last: Position(last.cast_unsigned()),
        version: u32::try_from(version).unwrap_or(0),
        filter: KeyFilter([filter1.cast_unsigned(), filter2.cast_unsigned()]),
        changed: Position::default(),
    };
    if sum != sum_of(case, head) {
        return Err(trouble::index(path, &format!("what it says of case {case} is not what was written")));
    }
    Ok(Some(head))
}

/// Where keys of a slot were used up to the place that the tables reflect, the newest first.
pub(crate) fn used(connection: &Connection, path: &Path, slot: KeySlot) -> Result<Vec<Position>, StoreError> {
    let read = || -> rusqlite::Result<Vec<Position>> {
        let mut select = connection
            .prepare_cached("SELECT position FROM keys WHERE scope = ?1 AND hash = ?2 ORDER BY position DESC")?;
        let found = select.query_map(params![slot.scope.cast_signed(), slot.hash.cast_signed()], |row| {
            row.get(0).map(|place: i64| Position(place.cast_unsigned()))
        })?;
        found.collect()
    };
    read().map_err(|error| trouble::sqlite(path, READING, error))
}

/// Moves what a tail holds into the tables. The tail itself is left to the caller, who forgets it when this succeeded.
pub(crate) fn write_behind(connection: &Connection, path: &Path, tail: &Tail) -> Result<(), StoreError> {
    let failed = |error| trouble::sqlite(path, "the index cannot be written behind", error);
    let write = || -> rusqlite::Result<()> {
        let mut replace = connection.prepare_cached("REPLACE INTO cases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for (case, head) in tail.heads() {
            let (first, last) = (head.first.0.cast_signed(), head.last.0.cast_signed());
            let [one, two] = head.filter.0.map(u64::cast_signed);
            let sum = sum_of(case, head);
            replace.execute(params![case.0.cast_signed(), first, last, head.version, one, two, sum])?;
        }
        let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO keys VALUES (?1, ?2, ?3)")?;
        for (slot, at) in tail.keys() {
            insert.execute(params![slot.scope.cast_signed(), slot.hash.cast_signed(), at.0.cast_signed()])?;
        }
        connection.prepare_cached("REPLACE INTO reflects VALUES (1, ?1)")?.execute([tail.last.0.cast_signed()])?;
        Ok(())
    };
    commit::within(connection, failed, || write().map_err(failed))
}

/// Empties the tables, so that they are made again from the log.
pub(crate) fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "BEGIN IMMEDIATE; DELETE FROM cases; DELETE FROM keys; REPLACE INTO reflects VALUES (1, 0); COMMIT;",
    )
}

fn sum_of(case: CaseId, head: Head) -> i64 {
    let mut sum = Sum::new();
    sum.number(case.0);
    sum.number(head.first.0);
    sum.number(head.last.0);
    sum.number(u64::from(head.version));
    head.filter.0.into_iter().for_each(|word| sum.number(word));
    sum.finish()
}
