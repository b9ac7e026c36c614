//! SQLite by itself, with the same tables, settings and rows: what no store on it can be faster than.

use std::path::Path;

use rusqlite::{Connection, params};
use sop_engine::CaseId;
use sop_engine::store::{About, Entry, Position, Store};
use sop_store_sqlite::SqliteStore;

/// A row of the log: what it is about, the entry before of the same case, and what it says.
pub type Row = (Position, CaseId, u32, Vec<u8>);

/// Hands on the rows that a store has written after a place, and gives the last place.
pub fn copy(path: &Path, after: Position, mut visit: impl FnMut(Row)) -> Position {
    let store = SqliteStore::open_read_only(path).expect("it opens");
    let mut last = after;
    let mut read = |entry: Entry| {
        last = entry.position;
        if let About::Case { case, version, .. } = entry.about {
            visit((entry.position, case, version, entry.body.to_json()?.into_owned()));
        }
        Ok(())
    };
    store.scan(after, &mut read).expect("it reads");
    last
}

/// SQLite with the tables and the settings of a store, and nothing around it.
pub fn alone(path: &Path) -> Connection {
    drop(SqliteStore::open(path).expect("it opens"));
    let connection = Connection::open(path).expect("it opens");
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2048;
        PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864";
    connection.execute_batch(settings).expect("they hold");
    connection
}

/// Writes one row, and commits it.
pub fn insert(connection: &mut Connection, row: Row) {
    insert_all(connection, &[row]);
}

/// Writes rows in one commit.
pub fn insert_all(connection: &mut Connection, rows: &[Row]) {
    let transaction = connection.transaction().expect("it begins");
    for (position, case, version, body) in rows {
        transaction
            .prepare_cached(
                "INSERT INTO log VALUES (?1, 0, ?2, ?3, 1, ?4, NULL, NULL, NULL, ?5, 1985229328, zeroblob(72))",
            )
            .and_then(|mut insert| {
                let before = position.0.saturating_sub(100).cast_signed();
                insert.execute(params![position.0.cast_signed(), case.0.cast_signed(), version, before, body])
            })
            .expect("it is written");
    }
    transaction.commit().expect("it is on the disk");
}
