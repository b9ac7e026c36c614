//! Giving space back to the disk.

use std::fs;
use std::path::Path;

use sop_engine::store::StoreError;

use crate::lock::WriterLock;
use crate::options::Options;
use crate::{file, trouble};

/// How large a file was, and is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Before.
    pub from: u64,
    /// After.
    pub to: u64,
}

/// Writes a store that nobody has open for writing anew, without the room that was left in it: after cases were moved to
/// an archive, or much was erased. It takes as much free space again as the store needs, and a second for some hundreds
/// of megabytes. Whatever ends it in the middle, the store is as it was, or done.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sop.db");
/// # drop(sop_store_sqlite::SqliteStore::open(&path)?);
/// let compacted = sop_store_sqlite::compact(&path)?;
/// assert!(compacted.to <= compacted.from);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As for [`SqliteStore::open`](crate::SqliteStore::open): among others [`StoreError::is_locked`] while an engine has it,
/// and [`StoreError::is_unavailable`] where there is no store or the disk is full.
pub fn compact(store: impl AsRef<Path>) -> Result<Compacted, StoreError> {
    let path = file::resolve(store.as_ref())?;
    let _lock = WriterLock::take(&path)?;
    if !file::exists(&path)? {
        return Err(StoreError::unavailable(format!("`{}`: there is no store: check the path", path.display())));
    }
    let size = || {
        let found = fs::metadata(&path).map_err(|error| trouble::system(&path, "the file cannot be read", error));
        found.map(|found| found.len())
    };
    let connection = file::connect(&path, &Options::new())?;
    let failed = |error| trouble::sqlite(&path, "the store cannot be compacted", error);
    // What is still in the write-ahead log counts as well.
    let settle = || connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(failed);
    settle()?;
    let from = size()?;
    connection.execute_batch("VACUUM").map_err(failed)?;
    settle()?;
    Ok(Compacted { from, to: size()? })
}
