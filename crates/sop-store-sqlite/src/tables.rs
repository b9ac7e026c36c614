//! What is written behind: where each case stands, and where each key was used.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use sop_engine::store::{CaseId, Position, StoreError};

use crate::sum::Sum;
use crate::tail::{Head, KeyFilter, KeySlot, Tail};
use crate::{commit, trouble};

const READING: &str = "the index cannot be read";

/// What the tables reflect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reflects {
    /// The last entry.
    pub(crate) position: Position,
    /// The sum over all rows; none in the first layout, which only readers meet.
    rows: Option<u64>,
}

impl Reflects {
    fn sum(position: Position, rows: u64) -> i64 {
        // An empty index needs no sum of its own: it says nothing, and everything is read from the log.
        if (position, rows) == (Position(0), 0) {
            return 0;
        }
        let mut sum = Sum::new();
        sum.number(position.0);
        sum.number(rows);
        sum.finish()
    }
}

/// What the tables reflect.
pub(crate) fn reflects(connection: &Connection, path: &Path) -> Result<Reflects, StoreError> {
    let found: Option<(i64, Option<(i64, i64)>)> = connection
        .prepare_cached("SELECT * FROM reflects")
        .and_then(|mut select| {
            let is_first_layout = select.column_count() < 4;
            let read = |row: &rusqlite::Row<'_>| {
                let rows = if is_first_layout { None } else { Some((row.get(2)?, row.get(3)?)) };
                Ok((row.get(1)?, rows))
            };
            select.query_row([], read).optional()
        })
        .map_err(|error| trouble::sqlite(path, READING, error))?;
    let (place, rows) = found.ok_or_else(|| trouble::index(path, "what it reflects is missing"))?;
    let position = u64::try_from(place).map(Position);
    let position = position.map_err(|_| trouble::index(path, "what it reflects is no place"))?;
    match rows {
        Some((rows, sum)) if sum != Reflects::sum(position, rows.cast_unsigned()) => {
            Err(trouble::index(path, "what it reflects is not what was written"))
        }
        rows => Ok(Reflects { position, rows: rows.map(|(rows, _)| rows.cast_unsigned()) }),
    }
}

/// Makes sure that no row is missing and none is altered: before it is believed that something is not there.
///
/// A row that is found shows by itself whether it is what was written, or leads to an entry of the log that shows it. A
/// row that was lost shows nothing, and a command would be done once more.
pub(crate) fn verify(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let Some(expected) = reflects(connection, path)?.rows else { return Ok(()) };
    let read = || -> rusqlite::Result<u64> {
        let mut rows = 0_u64;
        let mut select =
            connection.prepare_cached("SELECT case_id, first, last, version, filter1, filter2 FROM cases")?;
        let mut cases = select.query([])?;
        while let Some(row) = cases.next()? {
            let mut sum = Sum::new();
            for column in 0..6 {
                sum.number(row.get::<_, i64>(column)?.cast_unsigned());
            }
            rows = rows.wrapping_add(sum.whole());
        }
        let mut select = connection.prepare_cached("SELECT scope, hash, position FROM keys")?;
        let mut keys = select.query([])?;
        while let Some(row) = keys.next()? {
            let slot =
                KeySlot { scope: row.get::<_, i64>(0)?.cast_unsigned(), hash: row.get::<_, i64>(1)?.cast_unsigned() };
            rows = rows.wrapping_add(sum_of_key(slot, Position(row.get::<_, i64>(2)?.cast_unsigned())));
        }
        Ok(rows)
    };
    let rows = read().map_err(|error| trouble::sqlite(path, READING, error))?;
    if rows == expected {
        return Ok(());
    }
    Err(trouble::index(path, "a row is missing, or is not what was written"))
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
        ..Head::default()
    };
    if sum != sum_of(case, head).finish() {
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

/// The keys of a scope up to the place that the tables reflect.
pub(crate) fn used_in(connection: &Connection, path: &Path, scope: u64) -> Result<Vec<KeySlot>, StoreError> {
    let read = || -> rusqlite::Result<Vec<KeySlot>> {
        let mut select = connection.prepare_cached("SELECT hash FROM keys WHERE scope = ?1")?;
        let found = select.query_map([scope.cast_signed()], |row| {
            row.get(0).map(|hash: i64| KeySlot { scope, hash: hash.cast_unsigned() })
        })?;
        found.collect()
    };
    read().map_err(|error| trouble::sqlite(path, READING, error))
}

/// Moves what a tail holds into the tables. The tail itself is left to the caller, who forgets it when this succeeded.
pub(crate) fn write_behind(connection: &Connection, path: &Path, tail: &Tail) -> Result<(), StoreError> {
    let failed = |error| trouble::sqlite(path, "the index cannot be written behind", error);
    let write = || -> Result<(), StoreError> {
        let mut rows = reflects(connection, path)?.rows.unwrap_or(0);
        let mut replace =
            connection.prepare_cached("REPLACE INTO cases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)").map_err(failed)?;
        for (case, new) in tail.heads() {
            if let Some(old) = head(connection, path, case)? {
                rows = rows.wrapping_sub(sum_of(case, old).whole());
            }
            let (first, last) = (new.first.0.cast_signed(), new.last.0.cast_signed());
            let [one, two] = new.filter.0.map(u64::cast_signed);
            let sum = sum_of(case, new);
            rows = rows.wrapping_add(sum.whole());
            let row = params![case.0.cast_signed(), first, last, new.version, one, two, sum.finish()];
            replace.execute(row).map_err(failed)?;
        }
        let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO keys VALUES (?1, ?2, ?3)").map_err(failed)?;
        for (slot, at) in tail.keys() {
            let row = params![slot.scope.cast_signed(), slot.hash.cast_signed(), at.0.cast_signed()];
            if insert.execute(row).map_err(failed)? > 0 {
                rows = rows.wrapping_add(sum_of_key(slot, at));
            }
        }
        let row = params![tail.last.0.cast_signed(), rows.cast_signed(), Reflects::sum(tail.last, rows)];
        connection
            .prepare_cached("REPLACE INTO reflects VALUES (1, ?1, ?2, ?3)")
            .and_then(|mut replace| replace.execute(row))
            .map_err(failed)?;
        Ok(())
    };
    commit::within(connection, failed, write)
}

/// Empties the tables, so that they are made again from the log.
pub(crate) fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "BEGIN IMMEDIATE; DELETE FROM cases; DELETE FROM keys; REPLACE INTO reflects VALUES (1, 0, 0, 0);
         DELETE FROM deployments;
         INSERT INTO deployments SELECT row_number() OVER (ORDER BY position), position FROM log WHERE kind = 1;
         COMMIT;",
    )
}

fn sum_of(case: CaseId, head: Head) -> Sum {
    let mut sum = Sum::new();
    sum.number(case.0);
    sum.number(head.first.0);
    sum.number(head.last.0);
    sum.number(u64::from(head.version));
    head.filter.0.into_iter().for_each(|word| sum.number(word));
    sum
}

fn sum_of_key(slot: KeySlot, at: Position) -> u64 {
    let mut sum = Sum::new();
    sum.number(slot.scope);
    sum.number(slot.hash);
    sum.number(at.0);
    sum.whole()
}
