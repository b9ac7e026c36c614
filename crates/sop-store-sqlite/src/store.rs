//! The store itself.

mod opening;

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};
use sop_engine::core::process::Hash;
use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, Index, IndexChange, Queue, WorkKey};
use sop_engine::store::{About, Batch, CaseId, Checkpoint, Entry, Key, Position, Scope, Store, StoreError, blob_hash};

use crate::absence::Absence;
use crate::chain::{self, Ends};
use crate::known::Known;
use crate::lock::WriterLock;
use crate::mover::Mover;
use crate::pending::Pending;
use crate::row::{self, LogRow};
use crate::tail::{Head, KeySlot, Tail};
use crate::{checkpoint, commit, owed, schema, tables, trouble};

pub(crate) const READING: &str = "the log cannot be read";
const COMMITTING: &str = "the entries cannot be written";
const WRITING_BEHIND: &str = "the index cannot be written behind";

/// A store in an SQLite file.
///
/// Beside the file stand, while it is open, `-wal` with the last commits and `-shm`, and always `.lock`. To copy
/// a store that is open, make a [backup](crate::backup).
#[derive(Debug)]
pub struct SqliteStore {
    // Closed before the lock is given back: fields are dropped in this order.
    pub(crate) connection: Connection,
    /// None for a reader, and where SQLite moves the write-ahead log by itself.
    pub(crate) mover: Option<Mover>,
    /// A writer's is always current; a reader's is brought up to date with each question.
    pub(crate) tail: RefCell<Tail>,
    /// A reader's is empty, since its tail changes without it.
    known: RefCell<Known>,
    index: Index,
    /// What the batch in hand adds, kept for its memory.
    pending: Pending,
    /// Where the chain goes on; a reader needs none.
    ends: Option<Ends>,
    /// Tells whether what was erased may still be read in the write-ahead log.
    is_to_be_cut: bool,
    write_behind_after: u64,
    /// The length of the tail at which writing behind is tried next.
    write_behind_at: u64,
    /// Tells whether the tables were found whole since the store was opened.
    is_verified: Cell<bool>,
    pub(crate) path: PathBuf,
    pub(crate) lock: Option<WriterLock>,
}

impl SqliteStore {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the tail behind and closes the store. Dropping it does the same, but keeps an error to itself; nothing is
    /// lost by it then, and the next to open the store reads the tail from the log.
    ///
    /// # Errors
    /// [`StoreError::is_unavailable`] where the disk is full or fails.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.write_behind()
    }

    /// The tables, where what they do not have is to be believed.
    pub(crate) fn absence(&self) -> Absence<'_> {
        Absence { connection: &self.connection, path: &self.path, is_verified: &self.is_verified }
    }

    /// Writes the tail behind, so that opening the store has nothing to read again.
    fn write_behind(&mut self) -> Result<(), StoreError> {
        let tail = self.tail.get_mut();
        if self.lock.is_none() || tail.len() == 0 {
            return Ok(());
        }
        tables::write_behind(&self.connection, &self.path, tail)?;
        tail.reflected(tail.last);
        self.write_behind_at = self.write_behind_after;
        Ok(())
    }

    /// Takes what was erased out of the write-ahead log too. Where somebody is reading just then, or it fails, it is tried
    /// again with the next commit, and by whoever opens the store next.
    fn cut(&mut self) {
        if self.is_to_be_cut {
            if let Some(mover) = &self.mover {
                mover.finish();
            }
            self.is_to_be_cut = !owed::cut(&self.connection).unwrap_or(false);
        }
    }

    fn last_in_log(&self) -> Result<Position, StoreError> {
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT max(position) FROM log")
            .and_then(|mut select| select.query_row([], |row| row.get(0)))
            .map_err(|error| trouble::sqlite(&self.path, READING, error))?;
        Ok(Position(last.unwrap_or(0).cast_unsigned()))
    }
}

impl Store for SqliteStore {
    fn append(&mut self, batch: Batch) -> Result<Position, StoreError> {
        self.append_and_tell(batch, &mut || ())
    }

    fn append_and_tell(&mut self, batch: Batch, committed: &mut dyn FnMut()) -> Result<Position, StoreError> {
        let Some(head) = self.ends.as_ref().filter(|_| self.lock.is_some()).map(|ends| ends.head) else {
            return Err(StoreError::read_only(format!(
                "`{}` was opened for reading only: open it for writing",
                self.path.display()
            )));
        };
        // Before the commit and not after it, so that nothing stands between a commit and its acknowledgement. Where it
        // fails the tail grows, and it is tried again when that has grown by as much again.
        if self.tail.get_mut().len() >= self.write_behind_at && self.write_behind().is_err() {
            self.write_behind_at = self.tail.get_mut().len().saturating_add(self.write_behind_after);
        }
        let last = self.tail.get_mut().last;
        if let Some(after) = batch.after.filter(|after| *after != last) {
            return Err(StoreError::conflict(format!(
                "the log was written to meanwhile: it ends with entry {last}, and the writer knows of {after}"
            )));
        }
        let Self { connection, tail, known, pending, ends, is_verified, path, .. } = self;
        let (connection, tail, Some(ends)) = (&*connection, tail.get_mut(), ends) else { return Ok(last) };
        let known = known.get_mut();
        let absent = Absence { connection, path, is_verified };
        pending.heads.clear();
        pending.keys.clear();
        let failed = |error| trouble::sqlite(path, COMMITTING, error);
        let written = commit::within(connection, failed, || {
            for blob in &batch.blobs {
                connection
                    .prepare_cached("INSERT OR IGNORE INTO blobs VALUES (?1, ?2)")
                    .and_then(|mut insert| insert.execute(params![blob_hash(blob).as_bytes().as_slice(), &**blob]))
                    .map_err(failed)?;
            }
            let mut insert = connection.prepare_cached(row::INSERT).map_err(failed)?;
            let mut last = tail.last;
            for entry in &batch.entries {
                last = last.next();
                let written = entry.body.to_written(&entry.about)?;
                let (previous, chained) = pending.take(entry, (last, &written.told), tail, &absent, ends)?;
                if entry.about == About::Deployment {
                    let row = params![ends.deployments() as i64, last.0.cast_signed()];
                    connection.execute("INSERT INTO deployments VALUES (?1, ?2)", row).map_err(failed)?;
                }
                row::insert(&mut insert, last, entry, previous, &written.json, &chained).map_err(|error| {
                    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) {
                        return StoreError::locked(format!(
                            "`{}`: another program wrote entry {last} without the lock: close it, and open the store \
                             again; nothing of this was written",
                            path.display()
                        ))
                        .because(error);
                    }
                    failed(error)
                })?;
            }
            for rewritten in &batch.rewritten {
                chain::rewrite(connection, path, ends, rewritten)?;
            }
            if !batch.rewritten.is_empty() {
                connection.execute("DELETE FROM checkpoint", []).map_err(failed)?;
                owed::note_cut(connection).map_err(failed)?;
            }
            Ok(last)
        });
        let last = match written {
            Ok(last) => last,
            Err(error) => {
                ends.give_up(head);
                return Err(error);
            }
        };
        committed();
        // From here on nothing can fail.
        ends.commit();
        for (case, head) in pending.heads.drain() {
            tail.put_head(case, head);
        }
        for (slot, at) in pending.keys.drain(..) {
            known.add(slot);
            tail.put_key(slot, at);
        }
        tail.last = last;
        self.index.take(&batch.changes);
        self.is_to_be_cut |= !batch.rewritten.is_empty();
        self.cut();
        Ok(last)
    }

    fn last(&self) -> Result<Position, StoreError> {
        if self.lock.is_some() { Ok(self.tail.borrow().last) } else { self.last_in_log() }
    }

    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let reading = |error| trouble::sqlite(&self.path, READING, error);
        let mut select = self.connection.prepare_cached(row::AFTER).map_err(reading)?;
        let mut rows = select.query(params![after.0.cast_signed(), i64::MAX]).map_err(reading)?;
        let mut expected = after.next();
        while let Some(row) = rows.next().map_err(reading)? {
            let row = LogRow::read(row).map_err(|what| trouble::entry(&self.path, expected, what))?;
            if row.position != expected {
                return Err(trouble::entry(&self.path, expected, "it is missing"));
            }
            visit(row.into_entry())?;
            expected = expected.next();
        }
        if self.lock.is_some() && expected <= self.tail.borrow().last {
            return Err(trouble::entry(&self.path, expected, "it is missing"));
        }
        Ok(())
    }

    fn entry(&self, at: Position) -> Result<Option<Entry>, StoreError> {
        let found = self.row_at(at)?;
        if found.is_none() && at > Position::default() && at <= self.last()? {
            return Err(trouble::entry(&self.path, at, "it is missing"));
        }
        Ok(found.map(LogRow::into_entry))
    }

    fn history(&self, case: CaseId) -> Result<Vec<Entry>, StoreError> {
        let view = self.view()?;
        let Some(head) = view.head(case)? else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        let mut at = head.last;
        // Each version is one less than the one before, so that a chain that was altered ends as well.
        for version in (1..=head.version).rev() {
            let row = view.named(at)?;
            if !matches!(row.about, About::Case { case: of, version: is, .. } if of == case && is == version) {
                return Err(trouble::entry(&self.path, at, &format!("it is not entry {version} of case {case}")));
            }
            at = row.previous;
            entries.push(row.into_entry());
        }
        entries.reverse();
        Ok(entries)
    }

    fn opening(&self, case: CaseId) -> Result<Option<Entry>, StoreError> {
        let view = self.view()?;
        let Some(head) = view.head(case)?.filter(|head| head.version > 0) else { return Ok(None) };
        view.named(head.first).map(|row| Some(row.into_entry()))
    }

    fn find_key(&self, scope: Scope, key: &Key) -> Result<Option<Entry>, StoreError> {
        let slot = KeySlot::of(scope, key);
        let view = self.view()?;
        let mut many = None;
        if let Scope::Case(case) = scope {
            let Some(head) = view.head(case)?.filter(|head| head.filter.may_know(slot)) else { return Ok(None) };
            many = Some((case, head)).filter(|_| self.lock.is_some());
        }
        if many.is_some_and(|(case, _)| self.known.borrow().is_new(case, slot)) {
            self.absence().believe()?;
            return Ok(None);
        }
        for at in view.tail.used(slot) {
            if let Some(entry) = view.using(at, scope, key)? {
                return Ok(Some(entry));
            }
        }
        for at in tables::used(&self.connection, &self.path, slot)? {
            if let Some(entry) = view.using(at, scope, key)? {
                return Ok(Some(entry));
            }
        }
        self.absence().believe()?;
        if let Some((case, Head { filter, version, .. })) = many
            && self.known.borrow_mut().is_worth_it(case, filter, version)
        {
            let written = tables::used_in(&self.connection, &self.path, case.0)?;
            let keys = written.into_iter().chain(view.tail.used_in(case.0));
            self.known.borrow_mut().make(case, version, keys);
        }
        Ok(None)
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let content: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT content FROM blobs WHERE hash = ?1")
            .and_then(|mut select| select.query_row([hash.as_bytes().as_slice()], |row| row.get(0)).optional())
            .map_err(|error| trouble::sqlite(&self.path, "a text cannot be read", error))?;
        match content {
            Some(content) if blob_hash(&content) != *hash => Err(StoreError::damaged(format!(
                "`{}`: the text {hash} is not what was written; restore the last backup; the file was left as it is",
                self.path.display()
            ))),
            content => Ok(content),
        }
    }

    fn reindex(&mut self, changes: &[IndexChange]) {
        self.index.take(changes);
    }

    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Result<Vec<WorkKey>, StoreError> {
        Ok(self.index.work(queues, after, limit))
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<Alarm>, StoreError> {
        Ok(self.index.due(until, limit))
    }

    fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        Ok(self.index.next_due())
    }

    fn save_checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::read_only(format!(
                "`{}` was opened for reading only: open it for writing",
                self.path.display()
            )));
        }
        let saved = checkpoint::save(&self.connection, &self.path, &checkpoint);
        self.cut();
        saved
    }

    fn load_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        let view = self.view()?;
        let loaded = checkpoint::load(&self.connection)
            .map_err(|error| trouble::sqlite(&self.path, "the checkpoint cannot be read", error))?;
        // One that knows more than the log would hide that the log was cut.
        Ok(loaded.filter(|loaded| loaded.position <= view.tail.last))
    }

    fn chains(&self) -> bool {
        // A reader may have a file of a layout that did not.
        let version = self.connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
        version.map_or(true, |version| version >= schema::CHAINS_FROM)
    }

    fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        drop(self.write_behind());
        // The last to close the file is the one who clears up beside it.
        if let Some(mover) = &self.mover {
            mover.finish();
        }
    }
}

#[cfg(test)]
mod tests;
