//! One row of the log, both ways.

use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Row, params};
use sop_engine::store::{
    About, Body, CaseId, Entry, Fingerprint, Key, KeyUse, NewEntry, Position, ProcessNumber, Scope,
};

use crate::sum::Sum;

/// One entry at a place.
pub(crate) const AT: &str = "SELECT position, kind, case_id, version, process, previous, key, key_case, command, body, sum \
     FROM log WHERE position = ?1";

/// The entries after a place, in order, at most so many.
pub(crate) const AFTER: &str = "SELECT position, kind, case_id, version, process, previous, key, key_case, command, body, sum \
     FROM log WHERE position > ?1 ORDER BY position LIMIT ?2";

/// A new entry.
pub(crate) const INSERT: &str = "INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

/// An entry as the log has it.
#[derive(Debug)]
pub(crate) struct LogRow {
    pub(crate) position: Position,
    pub(crate) about: About,
    /// The entry before of the same case.
    pub(crate) previous: Position,
    pub(crate) key: Option<KeyUse>,
    body: Arc<[u8]>,
}

/// What is wrong with a row, in a few words.
pub(crate) type Broken = &'static str;

impl LogRow {
    /// Reads a row, and checks that it is what was written.
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, Broken> {
        let value = |column| row.get_ref(column).map_err(|_| "a column is missing");
        let position = Position(natural(value(0)?)?);
        let about = match natural(value(1)?)? {
            0 => About::Case {
                case: CaseId(integer(value(2)?)?.cast_unsigned()),
                version: natural(value(3)?)?.try_into().map_err(|_| "its version is out of range")?,
                process: ProcessNumber(natural(value(4)?)?.try_into().map_err(|_| "its process is out of range")?),
            },
            1 => About::Deployment,
            2 => About::Directory,
            3 => About::Calendar,
            _ => return Err("its kind is unknown"),
        };
        let previous = match value(5)? {
            ValueRef::Null => Position::default(),
            place => Position(natural(place)?),
        };
        let key = match value(6)? {
            ValueRef::Null => None,
            ValueRef::Text(text) => {
                let text = std::str::from_utf8(text).map_err(|_| "its key is no text")?;
                let ValueRef::Blob(command) = value(8)? else { return Err("its command is missing") };
                Some(KeyUse {
                    scope: match value(7)? {
                        ValueRef::Null => Scope::Store,
                        case => Scope::Case(CaseId(integer(case)?.cast_unsigned())),
                    },
                    key: Key::new(text).map_err(|_| "its key is none")?,
                    command: Fingerprint(command.try_into().map_err(|_| "its command has the wrong length")?),
                })
            }
            _ => return Err("its key is no text"),
        };
        let ValueRef::Blob(body) = value(9)? else { return Err("its body is missing") };
        if integer(value(10)?)? != sum(position, &about, previous, key.as_ref(), body) {
            return Err("it is not what was written");
        }
        Ok(Self { position, about, previous, key, body: Arc::from(body) })
    }

    /// As the engine knows it.
    pub(crate) fn into_entry(self) -> Entry {
        Entry { position: self.position, about: self.about, key: self.key, body: Body::from_json(self.body) }
    }
}

/// Writes a row.
pub(crate) fn insert(
    statement: &mut CachedStatement<'_>,
    position: Position,
    entry: &NewEntry,
    previous: Position,
    body: &[u8],
) -> rusqlite::Result<()> {
    let (kind, of_case) = match entry.about {
        About::Case { case, version, process } => (0, Some((case.0.cast_signed(), version, process.0))),
        About::Deployment => (1, None),
        About::Directory => (2, None),
        About::Calendar => (3, None),
    };
    let key = entry.key.as_ref();
    statement.execute(params![
        position.0.cast_signed(),
        kind,
        of_case.map(|(case, ..)| case),
        of_case.map(|(_, version, _)| version),
        of_case.map(|(.., process)| process),
        of_case.map(|_| previous.0.cast_signed()),
        key.map(|used| used.key.as_str()),
        key.and_then(|used| match used.scope {
            Scope::Store => None,
            Scope::Case(case) => Some(case.0.cast_signed()),
        }),
        key.map(|used| used.command.0.as_slice()),
        body,
        sum(position, &entry.about, previous, key, body),
    ])?;
    Ok(())
}

fn sum(position: Position, about: &About, previous: Position, key: Option<&KeyUse>, body: &[u8]) -> i64 {
    let mut sum = Sum::new();
    sum.number(position.0);
    match about {
        About::Case { case, version, process } => {
            sum.number(0);
            sum.number(case.0);
            sum.number(u64::from(*version) << 32 | u64::from(process.0));
            sum.number(previous.0);
        }
        About::Deployment => sum.number(1),
        About::Directory => sum.number(2),
        About::Calendar => sum.number(3),
    }
    match key {
        None => sum.number(0),
        Some(used) => {
            match used.scope {
                Scope::Store => sum.number(1),
                Scope::Case(case) => {
                    sum.number(2);
                    sum.number(case.0);
                }
            }
            sum.bytes(used.key.as_str().as_bytes());
            sum.bytes(&used.command.0);
        }
    }
    sum.bytes(body);
    sum.finish()
}

fn integer(value: ValueRef<'_>) -> Result<i64, Broken> {
    match value {
        ValueRef::Integer(number) => Ok(number),
        _ => Err("a number is missing"),
    }
}

fn natural(value: ValueRef<'_>) -> Result<u64, Broken> {
    u64::try_from(integer(value)?).map_err(|_| "a number is negative")
}
