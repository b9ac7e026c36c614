//! Moving the write-ahead log into the file, by a thread beside the one who commits.
//!
//! SQLite lets whoever makes the log long enough move all of it, and that commit takes twenty times as long as the others.
//! Here a thread of its own moves it, with a connection of its own, while commits go on. What these have added meanwhile
//! is little; the first commit after it moves that, and the next begins the log anew. Nothing depends on the thread: what
//! it has not moved is moved by the commit, as SQLite would have done.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, available_parallelism};

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, OpenFlags};

use crate::options::Options;

/// The number of times that the thread goes over the log: the second time for what was committed during the first.
const TIMES: usize = 2;

/// Sees to it that the write-ahead log of a store is moved.
#[derive(Debug, Clone)]
pub(crate) struct Mover(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    path: PathBuf,
    /// The number of pages at which the log is moved.
    after: u32,
    /// The number of pages at which that is tried next: more, while a reader keeps it from being moved.
    at: u32,
    moving: Option<JoinHandle<()>>,
}

impl Mover {
    /// Moves a store's log from now on; none, and all as SQLite does it, where there is only one core.
    pub(crate) fn of(connection: &mut Connection, path: &Path, options: &Options) -> rusqlite::Result<Option<Self>> {
        if !available_parallelism().is_ok_and(|cores| cores.get() > 1) {
            return Ok(None);
        }
        let after = options.checkpoint_after;
        let mover = Self(Arc::new(Mutex::new(State { path: path.to_owned(), after, at: after, moving: None })));
        let told = mover.clone();
        connection.wal_hook(Some(move |log: &mut Wal, pages| {
            told.state().committed(log, u32::try_from(pages).unwrap_or(0));
            // An error would make the commit look like one that failed.
            Ok(())
        }))?;
        Ok(Some(mover))
    }

    /// Waits until nothing is being moved.
    pub(crate) fn finish(&self) {
        let moving = self.state().moving.take();
        if let Some(thread) = moving {
            let _ended = thread.join();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes in that the log has so many pages after a commit.
    fn committed(&mut self, log: &mut Wal, pages: u32) {
        match self.moving.take() {
            Some(thread) if !thread.is_finished() => self.moving = Some(thread),
            Some(_) => self.move_rest(log, pages),
            None if pages < self.after => self.at = self.after,
            None if pages < self.at => {}
            None => {
                let path = self.path.clone();
                // What it fails with, the commit that moves the rest meets as well, and leaves to the next.
                let work = move || drop(move_all(&path));
                self.moving = thread::Builder::new().name("sop-moves".to_owned()).spawn(work).ok();
                if self.moving.is_none() {
                    self.move_rest(log, pages);
                }
            }
        }
    }

    /// Moves what is not moved yet, in the thread that commits.
    fn move_rest(&mut self, log: &mut Wal, pages: u32) {
        let is_moved = log.checkpoint_v2(CheckpointMode::PASSIVE).is_ok_and(|(pages, moved)| pages == moved);
        // Somebody is reading what was before, or the disk is full: not with each commit.
        self.at = if is_moved { self.after } else { pages.saturating_add(self.after / 4) };
    }
}

fn move_all(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // The first read is what meets the write-ahead log.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    for _ in 0..TIMES {
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::num::NonZeroU32;

    use sop_engine::store::{About, Batch, Body, NewEntry, Position, Store as _};

    use super::*;
    use crate::SqliteStore;
    use crate::file::beside;

    const AFTER: u32 = 32;

    fn opened(folder: &tempfile::TempDir) -> SqliteStore {
        let options = Options::new().checkpoint_after(NonZeroU32::new(AFTER).unwrap());
        SqliteStore::open_with(folder.path().join("sop.db"), options).unwrap()
    }

    /// A commit of some pages.
    fn commit(store: &mut SqliteStore) {
        let text = format!("\"{}\"", "x".repeat(20_000)).into_bytes();
        let entry = NewEntry { about: About::Directory, key: None, body: Body::from_json(text) };
        store.append(Batch { entries: vec![entry], ..Batch::default() }).unwrap();
    }

    fn lengths(store: &SqliteStore) -> (u64, u64) {
        let length = |path| fs::metadata(path).unwrap().len();
        (length(store.path().to_owned()), length(beside(store.path(), "-wal")))
    }

    /// Waits until the thread has ended, and leaves the rest to the next commit.
    fn wait(mover: &Mover) {
        while !mover.state().moving.as_ref().is_none_or(JoinHandle::is_finished) {
            thread::yield_now();
        }
    }

    #[test]
    fn the_log_is_moved_beside_commits_and_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = opened(&folder);
        let Some(mover) = store.mover.clone() else { return };
        let (before, _) = lengths(&store);
        while mover.state().moving.is_none() {
            commit(&mut store);
        }
        wait(&mover);
        let (moved, log) = lengths(&store);
        assert!(moved > before, "the thread has moved it");
        // The first commit moves the rest, and the others write over the log.
        for _ in 0..4 {
            commit(&mut store);
            assert!(mover.state().moving.is_none());
        }
        let (_, after) = lengths(&store);
        assert!(after <= log + 5 * 8_192, "{after} {log}");
        let last = store.last().unwrap();
        drop(store);
        assert_eq!(opened(&folder).last().unwrap(), last);
    }

    #[test]
    fn beside_a_reader_it_is_not_tried_with_each_commit() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = opened(&folder);
        let Some(mover) = store.mover.clone() else { return };
        commit(&mut store);
        let reader = rusqlite::Connection::open(store.path()).unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM log").unwrap();
        let mut tried = 0;
        for _ in 0..60 {
            commit(&mut store);
            tried += u32::from(mover.state().moving.is_some());
            wait(&mover);
        }
        assert!((2..=25).contains(&tried), "{tried}");
        drop(reader);
        let last = store.last().unwrap();
        assert!(last > Position(60));
        // A store that is closed while its log is moved leaves nothing beside it.
        while mover.state().moving.is_none() {
            commit(&mut store);
        }
        let log = beside(store.path(), "-wal");
        drop(store);
        assert!(!log.exists());
    }

    #[test]
    fn where_the_thread_cannot_move_it_the_commit_does() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = opened(&folder);
        let Some(mover) = store.mover.clone() else { return };
        mover.state().path = folder.path().join("nothing.db");
        let (before, _) = lengths(&store);
        while mover.state().moving.is_none() {
            commit(&mut store);
        }
        wait(&mover);
        assert_eq!(lengths(&store).0, before);
        commit(&mut store);
        assert!(lengths(&store).0 > before && mover.state().moving.is_none());
    }
}
