//! What every store promises, on SQLite: with a tail that is never written behind, that is always, and in between.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::fs;
use std::num::NonZeroU32;
use std::path::PathBuf;

use sop_engine::store::{Store, StoreError};
use sop_store_sqlite::{Durability, Options, SqliteStore};
use sop_testkit::store::{Backend, assert_conforms};
use tempfile::TempDir;

/// A file in a folder that goes away with it.
struct OnDisk {
    folder: TempDir,
    write_behind_after: NonZeroU32,
}

impl OnDisk {
    fn new(write_behind_after: u32) -> Self {
        let write_behind_after = NonZeroU32::new(write_behind_after).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), write_behind_after }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("sop.db")
    }
}

impl Backend for OnDisk {
    fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        // Flushing each commit of tens of thousands takes minutes on a slow disk, and says nothing here.
        let options = Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
        let store = SqliteStore::open_with(self.path(), options.write_behind_after(self.write_behind_after))?;
        Ok(Box::new(store))
    }

    fn open_to_read(&self) -> Option<Result<Box<dyn Store>, StoreError>> {
        Some(SqliteStore::open_read_only(self.path()).map(|store| Box::new(store) as Box<dyn Store>))
    }

    /// The file and its write-ahead log, as they lie there.
    fn crash(&self) -> Option<Box<dyn Backend>> {
        let found = Self::new(self.write_behind_after.get());
        fs::copy(self.path(), found.path()).unwrap();
        let log = |path: PathBuf| path.with_extension("db-wal");
        if log(self.path()).exists() {
            fs::copy(log(self.path()), log(found.path())).unwrap();
        }
        Some(Box::new(found))
    }

    fn make_later(&self) -> bool {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        connection.pragma_update(None, "user_version", version + 1).unwrap();
        true
    }

    fn make_earlier(&self) -> bool {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        let earlier =
            "ALTER TABLE reflects DROP COLUMN rows; ALTER TABLE reflects DROP COLUMN sum; PRAGMA user_version = 1;
             ALTER TABLE log DROP COLUMN chain; DROP TABLE deployments";
        connection.execute_batch(earlier).unwrap();
        true
    }
}

#[test]
fn the_sqlite_store_conforms() {
    for write_behind_after in [1, 7, 65_536] {
        let report = assert_conforms(|| OnDisk::new(write_behind_after));
        assert_eq!(report.tried, 30);
        assert!(report.lacks.is_empty(), "{:?}", report.lacks);
    }
}
