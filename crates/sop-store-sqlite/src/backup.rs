//! A copy of a store that is in use.

use std::path::{Path, PathBuf};
use std::{fs, io};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use sop_engine::store::{Position, Store, StoreError, blob_hash};

use crate::lock::WriterLock;
use crate::options::Options;
use crate::{SqliteStore, file, trouble};

const COPYING: &str = "the backup cannot be made";

/// Copies a store to a new file, also while an engine or another program is writing to it, and gives the last entry that
/// the copy holds.
///
/// The copy is the store at one moment: everything that was acknowledged when this was called, and nothing by half.
/// SQLite copies it page by page from a snapshot, so that neither commits nor readers wait for it; meanwhile the
/// write-ahead log of the store grows by what is committed. The copy is read from its first entry to its last, with all
/// sums and texts, before it gets its name: a file of that name is a whole backup. It is opened as any store is.
///
/// ```
/// use sop_engine::store::{About, Batch, Body, NewEntry, Store};
/// use sop_store_sqlite::{SqliteStore, backup};
///
/// # let folder = tempfile::tempdir()?;
/// # let (path, copy) = (folder.path().join("sop.db"), folder.path().join("sop-2026-04-13.db"));
/// let mut store = SqliteStore::open(&path)?;
/// let entry = NewEntry { about: About::Directory, key: None, body: Body::from_json(*b"{}") };
/// let last = store.append(Batch { entries: vec![entry], ..Batch::default() })?;
///
/// assert_eq!(backup(&path, &copy)?, last); // the store is still open
/// assert_eq!(SqliteStore::open(&copy)?.last()?, last);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As for [`SqliteStore::open_read_only`] where the store cannot be read, [`StoreError::is_damaged`] also where an entry
/// of it is; [`StoreError::is_unavailable`] where there is a file of the new name already or the disk is full;
/// [`StoreError::is_locked`] while another backup is made to that name; [`StoreError::is_read_only`] where the folder
/// may not be written. The store is left as it is, and there is no file of the new name then.
pub fn backup(store: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<Position, StoreError> {
    let store = SqliteStore::open_read_only(store)?;
    let to = file::resolve(to.as_ref())?;
    let _lock = WriterLock::take(&to)?;
    if file::exists(&to)? {
        return Err(StoreError::unavailable(format!(
            "`{}`: there is a file already, and a backup does not overwrite any: name another",
            to.display()
        )));
    }
    let new = Unfinished(file::beside(&to, ".new"));
    new.remove().map_err(|error| trouble::system(&to, COPYING, error))?;
    copy(&store.connection, &new.0, &to)?;
    let last = check(&new.0, &store.path)?;
    fs::rename(&new.0, &to).map_err(|error| trouble::system(&to, COPYING, error))?;
    file::sync_folder(&to);
    Ok(last)
}

/// A file that has not got its name yet; removed with what SQLite puts beside it.
struct Unfinished(PathBuf);

impl Unfinished {
    fn remove(&self) -> io::Result<()> {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            match fs::remove_file(file::beside(&self.0, suffix)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What is left is removed by the next backup to that name.
        drop(self.remove());
    }
}

/// Copies all pages as they are at one moment.
fn copy(from: &Connection, new: &Path, to: &Path) -> Result<(), StoreError> {
    let copied = || -> rusqlite::Result<StepResult> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut copy = Connection::open_with_flags(new, flags)?;
        copy.pragma_update(None, "synchronous", "FULL")?;
        copy.pragma_update(None, "fullfsync", true)?;
        // All pages in one step: between steps SQLite lets go of the snapshot, and begins again after each commit.
        let done = Backup::new(from, &mut copy)?.step(-1)?;
        copy.close().map_err(|(_, error)| error)?;
        Ok(done)
    };
    match copied().map_err(|error| trouble::sqlite(to, COPYING, error))? {
        StepResult::Done => Ok(()),
        _ => Err(StoreError::unavailable(format!(
            "`{}`: {COPYING}: another program holds the store; try again",
            to.display()
        ))),
    }
}

/// Reads a copy from end to end, and gives its last entry. What is wrong with it is wrong with the store, which is named.
fn check(new: &Path, store: &Path) -> Result<Position, StoreError> {
    // A connection that may write leaves nothing beside the file when it is closed.
    let connection = file::connect(new, &Options::new())?;
    let copy = SqliteStore::with(connection, store.to_owned(), None, u64::MAX)?;
    let last = copy.last()?;
    let mut read = Position::default();
    copy.scan(Position::default(), &mut |entry| {
        read = entry.position;
        Ok(())
    })?;
    if read != last {
        return Err(trouble::entry(store, read.next(), "it is missing"));
    }
    // What was written behind goes on to the log's end.
    drop(copy.view()?);
    check_texts(&copy)?;
    Ok(last)
}

fn check_texts(store: &SqliteStore) -> Result<(), StoreError> {
    let failed = |error| trouble::sqlite(&store.path, "the texts cannot be read", error);
    let mut select = store.connection.prepare("SELECT hash, content FROM blobs").map_err(failed)?;
    let mut rows = select.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let (hash, content): (Vec<u8>, Vec<u8>) =
            row.get(0).and_then(|hash| Ok((hash, row.get(1)?))).map_err(failed)?;
        let is = blob_hash(&content);
        if is.as_bytes().as_slice() != hash {
            return Err(StoreError::damaged(format!(
                "`{}`: a text is not what was written, it is {is} now; restore the last backup; the file was left as \
                 it is",
                store.path.display()
            )));
        }
    }
    Ok(())
}
