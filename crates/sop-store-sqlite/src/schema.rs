//! The tables, the versions of their layout, and how one becomes the next.

use std::ops::RangeInclusive;

use rusqlite::Connection;

/// Marks an SQLite file as a store of this engine: the letters `SOPL`.
pub(crate) const APPLICATION: i32 = 0x534F_504C;

/// What makes each layout from the one before it; the first, from an empty file. A new store goes the whole way too, so
/// that one which was brought up to date is the same as one which was made so. Steps are only ever added.
pub(crate) const LAYOUTS: &[&str] = &[TABLES, ROWS, CHAIN];

/// The version that is written.
pub(crate) const VERSION: i32 = LAYOUTS.len() as i32;

/// The first version in which entries are chained.
pub(crate) const CHAINS_FROM: i32 = 3;

/// The versions that are read: earlier ones are brought up to date when the store is opened for writing.
pub(crate) const READS: RangeInclusive<i32> = 1..=VERSION;

/// The size of a page of a new file, in bytes. Entries have some five hundred: with fewer and larger pages than SQLite
/// makes by itself, a commit of many entries writes and sums fewer of them, and one of a single entry not much more.
const PAGE: u32 = 8_192;

/// Makes the tables in an empty file.
pub(crate) fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "page_size", PAGE)?;
    bring_up(connection, 0, LAYOUTS, || Ok(()))
}

/// Brings a file from one version of the layout to the last, wholly or not at all.
///
/// `fill` is called when the tables are as they are to be: for what takes more than SQL.
pub(crate) fn bring_up(
    connection: &Connection,
    from: i32,
    layouts: &[&str],
    fill: impl FnOnce() -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let steps = layouts.iter().skip(usize::try_from(from).unwrap_or(0));
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut done = connection.pragma_update(None, "application_id", APPLICATION);
    for step in steps {
        done = done.and_then(|()| connection.execute_batch(step));
    }
    done = done.and_then(|()| fill());
    let version = i32::try_from(layouts.len()).unwrap_or(i32::MAX);
    let done = done
        .and_then(|()| connection.pragma_update(None, "user_version", version))
        .and_then(|()| connection.execute_batch("COMMIT"));
    if done.is_err() && !connection.is_autocommit() {
        // Where even this fails, the transaction is gone with the connection.
        drop(connection.execute_batch("ROLLBACK"));
    }
    done
}

/// The first layout.
///
/// `log` is the store; the others follow from it or are caches. Numbers of cases use all 64 bits and are kept as the
/// signed number with the same bits; they are compared for equality alone. `keys.scope` is a case, or 0 for the whole
/// store: a hit is checked against the log, so that sharing 0 with a case of that number does no harm.
pub(crate) const TABLES: &str = "
CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    kind     INTEGER NOT NULL,  -- 0 a case, 1 a deployment, 2 the directory, 3 the calendar
    case_id  INTEGER,
    version  INTEGER,
    process  INTEGER,
    previous INTEGER,           -- the entry before of the same case, 0 for its first
    key      TEXT,
    key_case INTEGER,           -- the case within which the key is unique; null: the store
    command  BLOB,
    body     BLOB NOT NULL,
    sum      INTEGER NOT NULL   -- over all of the above
) STRICT;
CREATE TABLE blobs (
    hash     BLOB NOT NULL UNIQUE,
    content  BLOB NOT NULL
) STRICT;
CREATE TABLE cases (
    case_id  INTEGER PRIMARY KEY,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    filter1  INTEGER NOT NULL,  -- says of most keys that they are not in keys
    filter2  INTEGER NOT NULL,
    sum      INTEGER NOT NULL
) STRICT;
CREATE TABLE keys (
    scope    INTEGER NOT NULL,
    hash     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (scope, hash, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE reflects (         -- the last entry that cases and keys reflect
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL
) STRICT;
INSERT INTO reflects VALUES (1, 0);
CREATE TABLE checkpoint (
    part     INTEGER PRIMARY KEY,
    parts    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    content  BLOB NOT NULL,
    sum      INTEGER NOT NULL
) STRICT;
";

/// The second layout: what is written behind has a sum over all of its rows, so that a row which is missing or altered
/// is noticed where something is looked for and not found. The tables are made again from the log.
const ROWS: &str = "
DELETE FROM cases;
DELETE FROM keys;
ALTER TABLE reflects ADD COLUMN rows INTEGER NOT NULL DEFAULT 0;  -- over all rows of cases and keys, added up
ALTER TABLE reflects ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;   -- over the position and rows
REPLACE INTO reflects VALUES (1, 0, 0, 0);
";

/// The third layout: entries are chained by hashes. Those that are there already are chained by
/// [`chain::all`](crate::chain::all) in the same transaction. The deployments are found without reading the log, since
/// the links of each case begin with one.
const CHAIN: &str = "
ALTER TABLE log ADD COLUMN chain BLOB;  -- the link and the head after it, 32 bytes each, and a sum over both
CREATE TABLE deployments (
    process  INTEGER PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;
INSERT INTO deployments SELECT row_number() OVER (ORDER BY position), position FROM log WHERE kind = 1;
";

#[cfg(test)]
mod tests {
    use sop_engine::store::{About, Batch, Body, CaseId, NewEntry, ProcessNumber, Store};

    use super::*;
    use crate::SqliteStore;

    const FOURTH: &str =
        "ALTER TABLE log ADD COLUMN colour TEXT; CREATE TABLE hues (place INTEGER PRIMARY KEY) STRICT;";

    fn version(connection: &Connection) -> i32 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    fn filled() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sop.db");
        let mut store = SqliteStore::open(&path).unwrap();
        let about = About::Case { case: CaseId(1), version: 1, process: ProcessNumber(1) };
        let entries = vec![NewEntry { about, key: None, body: Body::from_json(*b"{}") }];
        store.append(Batch { entries, ..Batch::default() }).unwrap();
        (folder, path)
    }

    #[test]
    fn a_store_goes_from_one_layout_to_the_next_with_all_that_is_in_it() {
        let (_folder, path) = filled();
        let connection = Connection::open(&path).unwrap();
        assert_eq!(version(&connection), VERSION);
        bring_up(&connection, VERSION, &[TABLES, ROWS, CHAIN, FOURTH], || Ok(())).unwrap();
        assert_eq!(version(&connection), 4);
        let kept = |connection: &Connection| -> (i64, String) {
            let sql = "SELECT position, CAST(body AS TEXT) FROM log WHERE colour IS NULL";
            connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
        };
        assert_eq!(kept(&connection), (1, "{}".to_owned()));
        // One that is made anew is the same.
        let made = Connection::open_in_memory().unwrap();
        bring_up(&made, 0, &[TABLES, ROWS, CHAIN, FOURTH], || Ok(())).unwrap();
        let tables = |connection: &Connection| -> Vec<String> {
            let mut select =
                connection.prepare("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name").unwrap();
            select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        assert_eq!(tables(&connection), tables(&made));
        // This program does not know that layout, and leaves it alone.
        drop(connection);
        assert!(SqliteStore::open(&path).unwrap_err().is_damaged());
    }

    #[test]
    fn a_step_that_fails_leaves_the_layout_as_it_was() {
        let (_folder, path) = filled();
        let connection = Connection::open(&path).unwrap();
        bring_up(&connection, VERSION, &[TABLES, ROWS, CHAIN, FOURTH, "CREATE TABLE log (x)"], || Ok(())).unwrap_err();
        assert_eq!(version(&connection), VERSION);
        assert!(connection.prepare("SELECT colour FROM log").is_err());
        drop(connection);
        assert_eq!(SqliteStore::open(&path).unwrap().history(CaseId(1)).unwrap().len(), 1);
    }
}
