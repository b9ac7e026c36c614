//! The chain of hashes over the log, as far as it is the store's: where it goes on, and rows that say less.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use sop_engine::audit::{Chain, Chained, beginning, head, link, root, told, with_covers};
use sop_engine::core::process::Hash;
use sop_engine::store::{About, KeyUse, Position, ProcessNumber, Rewritten, StoreError};

use crate::row::{self, LogRow};
use crate::store::READING;
use crate::tail::Head;
use crate::trouble;

/// Where the chain goes on.
#[derive(Debug)]
pub(crate) struct Ends {
    /// The head after the last entry.
    pub(crate) head: Hash,
    /// What the links of each deployment's cases begin with, in the order of their numbers.
    roots: Vec<Hash>,
    /// The number of roots that are of deployments that are committed.
    committed: usize,
}

impl Ends {
    /// Where the chain of a log goes on.
    pub(crate) fn of(connection: &Connection, path: &Path, last: Position) -> Result<Self, StoreError> {
        let reading = |error| trouble::sqlite(path, READING, error);
        let head = match last {
            Position(0) => beginning(),
            last => chained(&row_at(connection, path, last)?, path)?.head,
        };
        let mut select =
            connection.prepare("SELECT process, position FROM deployments ORDER BY process").map_err(reading)?;
        let places = select.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).map_err(reading)?;
        let mut roots = Vec::new();
        for (place, next) in places.zip(1..) {
            let (process, at) = place.map_err(reading)?;
            let row = row_at(connection, path, Position(at.cast_unsigned()))?;
            if process != next || row.about != About::Deployment {
                return Err(trouble::index(path, "where processes were deployed is not what was written"));
            }
            roots.push(root(&told_by(&row, path)?));
        }
        Ok(Self { head, committed: roots.len(), roots })
    }

    /// How the next entry is chained, whose words have a hash; `last` is where its case stands.
    pub(crate) fn take(&mut self, about: &About, key: Option<&KeyUse>, before: Option<Hash>, told: &Hash) -> Chained {
        let before = match about {
            About::Case { process, .. } => before.unwrap_or_else(|| self.root(*process)),
            _ => beginning(),
        };
        if *about == About::Deployment {
            self.roots.push(root(told));
        }
        let link = link(&before, about, key, told);
        self.head = head(&self.head, &link);
        Chained { link, head: self.head }
    }

    /// The number that the last deployment got.
    pub(crate) fn deployments(&self) -> usize {
        self.roots.len()
    }

    /// What was taken is committed.
    pub(crate) fn commit(&mut self) {
        self.committed = self.roots.len();
    }

    /// What was taken is not.
    pub(crate) fn give_up(&mut self, head: Hash) {
        self.head = head;
        self.roots.truncate(self.committed);
    }

    fn root(&self, process: ProcessNumber) -> Hash {
        let place = usize::try_from(process.0).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.roots.get(place)).copied().unwrap_or_else(beginning)
    }
}

/// The link that the next entry of a case goes back to; none: it is the first.
pub(crate) fn last_link(connection: &Connection, path: &Path, of: &Head) -> Result<Option<Hash>, StoreError> {
    if of.version == 0 {
        return Ok(None);
    }
    if of.link != [0; 32] {
        return Ok(Some(Hash::from_bytes(of.link)));
    }
    // Its link alone: each entry of a case that is not in memory comes to this.
    let found = connection
        .prepare_cached(row::CHAINED_AT)
        .and_then(|mut select| {
            select.query_row([of.last.0.cast_signed()], |row| Ok(row.get_ref(0)?.as_blob().ok().and_then(row::chained)))
        })
        .map_err(|error| trouble::sqlite(path, READING, error))?;
    let chained = found.ok_or_else(|| trouble::entry(path, of.last, "it is not chained to the others"))?;
    Ok(Some(chained.link))
}

/// Has an entry say less, if the chain is the same by that.
pub(crate) fn rewrite(
    connection: &Connection,
    path: &Path,
    ends: &Ends,
    Rewritten { at, body, forgets_command }: &Rewritten,
) -> Result<(), StoreError> {
    let row = row_at(connection, path, *at)?;
    let before = match row.about {
        About::Case { process, .. } if row.previous == Position::default() => ends.root(process),
        About::Case { .. } => chained(&row_at(connection, path, row.previous)?, path)?.link,
        _ => return Err(trouble::entry(path, *at, "it is about no case, and says what it says")),
    };
    let written = body.to_written(&row.about)?;
    if link(&before, &row.about, row.key.as_ref(), &written.told) != chained(&row, path)?.link {
        return Err(trouble::entry(path, *at, "what it is to say from now on would break the chain"));
    }
    connection
        .prepare_cached(row::REWRITE)
        .and_then(|mut update| row::rewrite(&mut update, &row, &written.json, *forgets_command))
        .map_err(|error| trouble::sqlite(path, "the entries cannot be written", error))
}

/// Chains all that is in a log of an earlier layout.
pub(crate) fn all(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    /// The number of rows that are read before they are written.
    const AT_ONCE: i64 = 1_024;
    let reading = |error| trouble::sqlite(path, READING, error);
    let mut chain = Chain::new();
    let mut next = Position::default().next();
    let mut last = Position::default();
    loop {
        let mut select = connection.prepare_cached(row::AFTER).map_err(reading)?;
        let mut rows = select.query(params![last.0.cast_signed(), AT_ONCE]).map_err(reading)?;
        let mut read = Vec::new();
        while let Some(row) = rows.next().map_err(reading)? {
            let expected = last.next();
            let row = LogRow::read(row).map_err(|what| trouble::entry(path, expected, what))?;
            last = row.position;
            read.push(row);
        }
        if read.is_empty() {
            return Ok(());
        }
        let mut update = connection.prepare_cached("UPDATE log SET chain = ?2 WHERE position = ?1").map_err(reading)?;
        let mut rewrite = connection.prepare_cached(row::REWRITE).map_err(reading)?;
        for row in read {
            if row.position != next {
                return Err(trouble::entry(path, next, "it is missing"));
            }
            next = next.next();
            // What is chained without covers could never be erased.
            let row = match with_covers(&row.about, row.body())? {
                Some(body) => {
                    row::rewrite(&mut rewrite, &row, &body, false).map_err(reading)?;
                    row.saying(body)
                }
                None => row,
            };
            let chained = chain.take(&row.about, row.key.as_ref(), &told_by(&row, path)?);
            row::chain(&mut update, row.position, &chained).map_err(reading)?;
        }
    }
}

fn told_by(row: &LogRow, path: &Path) -> Result<Hash, StoreError> {
    told(&row.about, row.body()).map_err(|error| trouble::entry(path, row.position, &error.to_string()))
}

fn chained(row: &LogRow, path: &Path) -> Result<Chained, StoreError> {
    row.chained.ok_or_else(|| trouble::entry(path, row.position, "it is not chained to the others"))
}

fn row_at(connection: &Connection, path: &Path, at: Position) -> Result<LogRow, StoreError> {
    let found = connection
        .prepare_cached(row::AT)
        .and_then(|mut select| select.query_row([at.0.cast_signed()], |row| Ok(LogRow::read(row))).optional())
        .map_err(|error| trouble::sqlite(path, READING, error))?;
    let row = found.ok_or_else(|| trouble::entry(path, at, "it is missing"))?;
    row.map_err(|what| trouble::entry(path, at, what))
}
