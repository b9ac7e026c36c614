//! How a store is opened, for writing and for reading.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sop_engine::index::Index;
use sop_engine::store::StoreError;

use super::{READING, SqliteStore, WRITING_BEHIND};
use crate::chain::Ends;
use crate::lock::WriterLock;
use crate::mover::Mover;
use crate::options::Options;
use crate::pending::Pending;
use crate::tail::Tail;
use crate::view::extend;
use crate::{file, owed, tables, trouble};

impl SqliteStore {
    /// Opens a store for writing, with full durability; makes it if there is none. Its folder must be there.
    ///
    /// # Errors
    /// [`StoreError::is_locked`] while another writer has it; [`StoreError::is_read_only`] where the file or its folder
    /// may not be written; [`StoreError::is_damaged`] for a file that is no store, that is cut short, or of a version
    /// that is not read; [`StoreError::is_unavailable`] for a folder that is missing or a disk that fails. Each names
    /// the file and the way out, and leaves the file as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Options::new())
    }

    /// Opens a store for writing.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let (path, lock, mut connection) = match &options.vfs {
            None => {
                let path = file::resolve(path.as_ref())?;
                let lock = WriterLock::take(&path)?;
                if !file::exists(&path)? {
                    file::create(&path)?;
                }
                let connection = file::connect(&path, &options)?;
                (path, lock, connection)
            }
            Some(vfs) => {
                let path = path.as_ref().to_owned();
                let connection = file::connect_on(vfs, &path, &options)?;
                (path, WriterLock::of_the_only_one(), connection)
            }
        };
        if options.rebuild_index {
            tables::forget(&connection).map_err(|error| trouble::sqlite(&path, WRITING_BEHIND, error))?;
        }
        let mover = match options.vfs {
            None => Mover::of(&mut connection, &path, &options)
                .map_err(|error| trouble::sqlite(&path, "the store cannot be opened", error))?,
            Some(_) => None,
        };
        let mut store = Self::with(connection, path, Some(lock), options.write_behind_after)?;
        store.mover = mover;
        store.recover()?;
        store.ends = Some(Ends::of(&store.connection, &store.path, store.tail.get_mut().last)?);
        let reading = |error| trouble::sqlite(&store.path, READING, error);
        store.is_to_be_cut = owed::is_to_be_cut(&store.connection).map_err(reading)?;
        store.cut();
        Ok(store)
    }

    /// Opens a store for reading, beside a writer or without one. What is committed meanwhile is seen by the next
    /// question.
    ///
    /// Work lists and timers are as the engine last [said](sop_engine::store::Store::reindex) what is in them.
    ///
    /// # Errors
    /// [`StoreError::is_unavailable`] where there is no store; [`StoreError::is_damaged`] as for [`open`](Self::open).
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = file::resolve(path.as_ref())?;
        if !file::exists(&path)? {
            return Err(StoreError::unavailable(format!(
                "`{}`: there is no store: check the path, or open it for writing to make one",
                path.display()
            )));
        }
        let store = Self::with(file::connect_read_only(&path)?, path, None, u64::MAX)?;
        drop(store.view()?);
        Ok(store)
    }

    pub(crate) fn with(
        connection: Connection,
        path: PathBuf,
        lock: Option<WriterLock>,
        write_behind_after: u64,
    ) -> Result<Self, StoreError> {
        let tail = Tail::starting(tables::reflects(&connection, &path)?.position);
        Ok(Self {
            connection,
            mover: None,
            tail: RefCell::new(tail),
            known: RefCell::default(),
            index: Index::new(),
            pending: Pending::default(),
            ends: None,
            is_to_be_cut: false,
            write_behind_after,
            write_behind_at: write_behind_after,
            is_verified: Cell::new(false),
            path,
            lock,
        })
    }

    /// Reads again what was not written behind when the store was last closed or its program ended.
    fn recover(&mut self) -> Result<(), StoreError> {
        let last = self.last_in_log()?;
        let tail = self.tail.get_mut();
        if last < tail.after {
            return Err(trouble::entry(
                &self.path,
                last.next(),
                &format!("the log ends at {last}, but its index reflects {}", tail.after),
            ));
        }
        while tail.last < last {
            extend(tail, &self.connection, &self.path, self.write_behind_after)?;
            if tail.len() >= self.write_behind_after && tail.last < last {
                tables::write_behind(&self.connection, &self.path, tail)?;
                tail.reflected(tail.last);
            }
        }
        Ok(())
    }
}
