//! Reading: what is in the log, in the tables and in the tail at one moment.

use std::cell::Ref;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sop_engine::store::{About, CaseId, Entry, Key, Position, Scope, StoreError};

use crate::row::{self, LogRow};
use crate::store::{READING, SqliteStore};
use crate::tail::{Head, KeySlot, Tail};
use crate::{commit, tables, trouble};

/// What can be read at one moment.
pub(crate) struct View<'a> {
    store: &'a SqliteStore,
    pub(crate) tail: Ref<'a, Tail>,
    _moment: Option<Transaction<'a>>,
}

impl View<'_> {
    /// Where a case stands.
    pub(crate) fn head(&self, case: CaseId) -> Result<Option<Head>, StoreError> {
        match self.tail.head(case) {
            Some(head) => Ok(Some(head)),
            None => self.store.absence().head(case),
        }
    }

    /// The entry at a place that an index or a chain named; it must be there.
    pub(crate) fn named(&self, at: Position) -> Result<LogRow, StoreError> {
        self.store.row_at(at)?.ok_or_else(|| trouble::entry(&self.store.path, at, "it is missing"))
    }

    /// The entry at a place, if it uses a key.
    pub(crate) fn using(&self, at: Position, scope: Scope, key: &Key) -> Result<Option<Entry>, StoreError> {
        let row = self.named(at)?;
        let uses = row.key.as_ref().is_some_and(|used| used.scope == scope && used.key == *key);
        Ok(uses.then(|| row.into_entry()))
    }
}

impl SqliteStore {
    /// Begins to read: everything that is asked until this is dropped is of one moment, and the tail is of the same.
    pub(crate) fn view(&self) -> Result<View<'_>, StoreError> {
        let reading = |error| trouble::sqlite(&self.path, READING, error);
        let mut moment = None;
        if self.lock.is_some() {
            commit::begin(&self.connection).map_err(reading)?;
        } else {
            moment = Some(self.connection.unchecked_transaction().map_err(reading)?);
            let mut tail = self.tail.borrow_mut();
            let reflects = tables::reflects(&self.connection, &self.path)?.position;
            if reflects < tail.after || reflects > tail.last {
                *tail = Tail::starting(reflects);
            } else if reflects > tail.after {
                tail.reflected(reflects);
            }
            extend(&mut tail, &self.connection, &self.path, u64::MAX)?;
        }
        Ok(View { store: self, tail: self.tail.borrow(), _moment: moment })
    }

    /// The entry at a place, if there is one.
    pub(crate) fn row_at(&self, at: Position) -> Result<Option<LogRow>, StoreError> {
        let found = self
            .connection
            .prepare_cached(row::AT)
            .and_then(|mut select| select.query_row([at.0.cast_signed()], |row| Ok(LogRow::read(row))).optional())
            .map_err(|error| trouble::sqlite(&self.path, READING, error))?;
        found.transpose().map_err(|what| trouble::entry(&self.path, at, what))
    }
}

/// Takes entries of the log into a tail, at most so many.
pub(crate) fn extend(tail: &mut Tail, connection: &Connection, path: &Path, limit: u64) -> Result<(), StoreError> {
    let reading = |error| trouble::sqlite(path, READING, error);
    let mut select = connection.prepare_cached(row::AFTER).map_err(reading)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = select.query(params![tail.last.0.cast_signed(), limit]).map_err(reading)?;
    while let Some(row) = rows.next().map_err(reading)? {
        let expected = tail.last.next();
        let row = LogRow::read(row).map_err(|what| trouble::entry(path, expected, what))?;
        if row.position != expected {
            return Err(trouble::entry(path, expected, "it is missing"));
        }
        let held = |tail: &Tail, case| match tail.head(case) {
            Some(head) => Ok(head),
            None => tables::head(connection, path, case).map(Option::unwrap_or_default),
        };
        if let About::Case { case, version, .. } = row.about {
            let mut head = held(tail, case)?;
            if head.last >= expected {
                return Err(trouble::index(path, &format!("it reflects more of case {case} than it says")));
            }
            if head.version.checked_add(1) != Some(version) || head.last != row.previous {
                // It may be the index that is wrong, and that can be made again.
                tables::verify(connection, path)?;
                let what = format!("it is entry {version} of case {case}, which has {} before it", head.version);
                return Err(trouble::entry(path, expected, &what));
            }
            let link = row.chained.map_or([0; 32], |chained| *chained.link.as_bytes());
            head.grow(expected, link);
            tail.put_head(case, head);
        }
        if let Some(used) = &row.key {
            let slot = KeySlot::of(used.scope, &used.key);
            tail.put_key(slot, expected);
            if let Scope::Case(case) = used.scope {
                let mut head = held(tail, case)?;
                head.filter.add(slot);
                head.changed = expected;
                tail.put_head(case, head);
            }
        }
        tail.last = expected;
    }
    Ok(())
}
