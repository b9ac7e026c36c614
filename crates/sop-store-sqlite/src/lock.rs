//! One writer at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use sop_engine::store::StoreError;

use crate::file::beside;
use crate::trouble;

/// Held by the writer as long as it lives. The system releases it when the program ends, however it ends; the file
/// stays, since deleting it would let two writers hold two locks.
#[derive(Debug)]
pub(crate) struct WriterLock {
    /// None where the file system keeps others out by itself.
    file: Option<File>,
}

impl WriterLock {
    /// Takes the lock of a store.
    ///
    /// The lock is on a file of its own: closing any handle of the database would release the locks that SQLite holds.
    pub(crate) fn take(store: &Path) -> Result<Self, StoreError> {
        let path = beside(store, ".lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| trouble::system(&path, "the writer's lock cannot be opened", error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The number is a help for people and may be missing.
                let holder = match (&file).take(20).read_to_string(&mut holder) {
                    Ok(1..) => format!(" (process {})", holder.trim()),
                    _ => String::new(),
                };
                return Err(StoreError::locked(format!(
                    "`{}` is locked: another program{holder} is writing to it; close it first, or open the store for \
                     reading only; the lock is `{}`",
                    store.display(),
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => {
                return Err(trouble::system(&path, "the writer's lock cannot be taken", error));
            }
        }
        let noted =
            file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        // A full disk does not keep anybody from reading with the lock held, and writing will say so itself.
        drop(noted);
        Ok(Self { file: Some(file) })
    }

    /// The lock of one whom nobody can get in the way of.
    pub(crate) fn of_the_only_one() -> Self {
        Self { file: None }
    }
}

impl Drop for WriterLock {
    /// Gives the lock back, rather than leaving that to the closing of the file: a program that is being started just
    /// now has a copy of it for a moment, and would hold the lock until then.
    fn drop(&mut self) {
        drop(self.file.as_ref().map(File::unlock));
    }
}
