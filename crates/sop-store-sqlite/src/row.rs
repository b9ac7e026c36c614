//! One row of the log, both ways.

use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Row, params};
use sop_engine::audit::Chained;
use sop_engine::core::process::Hash;
use sop_engine::store::{
    About, Body, CaseId, Entry, Fingerprint, Key, KeyUse, NewEntry, Position, ProcessNumber, Scope,
};

use crate::sum::Sum;

/// One entry at a place.
pub(crate) const AT: &str = "SELECT * FROM log WHERE position = ?1";

/// The entries after a place, in order, at most so many.
pub(crate) const AFTER: &str = "SELECT * FROM log WHERE position > ?1 ORDER BY position LIMIT ?2";

/// How the entry at a place is chained.
pub(crate) const CHAINED_AT: &str = "SELECT chain FROM log WHERE position = ?1";

/// A new entry.
pub(crate) const INSERT: &str = "INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

/// What an entry says from now on.
pub(crate) const REWRITE: &str = "UPDATE log SET body = ?2, command = ?3, sum = ?4 WHERE position = ?1";

/// The column in which an entry is chained. Files of earlier layouts, which are only read, have none.
const CHAIN: usize = 11;

/// An entry as the log has it.
#[derive(Debug)]
pub(crate) struct LogRow {
    pub(crate) position: Position,
    pub(crate) about: About,
    /// The entry before of the same case.
    pub(crate) previous: Position,
    pub(crate) key: Option<KeyUse>,
    body: Arc<[u8]>,
    pub(crate) chained: Option<Chained>,
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
        let chained = match row.get_ref(CHAIN) {
            Err(_) | Ok(ValueRef::Null) => None,
            Ok(ValueRef::Blob(bytes)) => Some(chained(bytes).ok_or("its link is not what was written")?),
            Ok(_) => return Err("its link is none"),
        };
        if integer(value(10)?)? != sum(position, &about, previous, key.as_ref(), body) {
            return Err("it is not what was written");
        }
        Ok(Self { position, about, previous, key, body: Arc::from(body), chained })
    }

    /// What it says.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The same row with another body.
    pub(crate) fn saying(self, body: Vec<u8>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// As the engine knows it.
    pub(crate) fn into_entry(self) -> Entry {
        let Self { position, about, key, body, chained, .. } = self;
        Entry { position, about, key, body: Body::from_json(body), chained }
    }
}

/// Writes a row.
pub(crate) fn insert(
    statement: &mut CachedStatement<'_>,
    position: Position,
    entry: &NewEntry,
    previous: Position,
    body: &[u8],
    chained: &Chained,
) -> rusqlite::Result<()> {
    let (kind, of_case) = match entry.about {
        About::Case { case, version, process } => (0, Some((case.0.cast_signed(), version, process.0))),
        About::Deployment => (1, None),
        About::Directory => (2, None),
        About::Calendar => (3, None),
    };
    let key = entry.key.as_ref();
    let within = key.and_then(|used| match used.scope {
        Scope::Store => None,
        Scope::Case(case) => Some(case.0.cast_signed()),
    });
    // One by one, so that what each is need not be found out while it is done.
    statement.raw_bind_parameter(1, position.0.cast_signed())?;
    statement.raw_bind_parameter(2, kind)?;
    statement.raw_bind_parameter(3, of_case.map(|(case, ..)| case))?;
    statement.raw_bind_parameter(4, of_case.map(|(_, version, _)| version))?;
    statement.raw_bind_parameter(5, of_case.map(|(.., process)| process))?;
    statement.raw_bind_parameter(6, of_case.map(|_| previous.0.cast_signed()))?;
    statement.raw_bind_parameter(7, key.map(|used| used.key.as_str()))?;
    statement.raw_bind_parameter(8, within)?;
    statement.raw_bind_parameter(9, key.map(|used| used.command.0.as_slice()))?;
    statement.raw_bind_parameter(10, body)?;
    statement.raw_bind_parameter(11, sum(position, &entry.about, previous, key, body))?;
    statement.raw_bind_parameter(12, bytes(chained).as_slice())?;
    statement.raw_execute()?;
    Ok(())
}

/// Has a row say something else, and forget the fingerprint of its command if that is to be forgotten.
pub(crate) fn rewrite(
    statement: &mut CachedStatement<'_>,
    row: &LogRow,
    body: &[u8],
    forgets_command: bool,
) -> rusqlite::Result<()> {
    let mut key = row.key.clone();
    if let Some(key) = key.as_mut().filter(|_| forgets_command) {
        key.command = Fingerprint::THROWN_AWAY;
    }
    let command = key.as_ref().map(|key| key.command.0);
    let sum = sum(row.position, &row.about, row.previous, key.as_ref(), body);
    let command = command.as_ref().map(<[u8; 16]>::as_slice);
    statement.execute(params![row.position.0.cast_signed(), body, command, sum])?;
    Ok(())
}

/// Has a row of an earlier layout say how it is chained.
pub(crate) fn chain(statement: &mut CachedStatement<'_>, at: Position, chained: &Chained) -> rusqlite::Result<()> {
    statement.execute(params![at.0.cast_signed(), bytes(chained).as_slice()])?;
    Ok(())
}

/// Link and head, as they are kept: one after the other, with a sum of their own, since what an entry says has one
/// already.
fn bytes(chained: &Chained) -> [u8; 72] {
    let mut bytes = [0; 72];
    let (link, rest) = bytes.split_at_mut(32);
    let (head, sum) = rest.split_at_mut(32);
    link.copy_from_slice(chained.link.as_bytes());
    head.copy_from_slice(chained.head.as_bytes());
    sum.copy_from_slice(&sum_of(chained).to_le_bytes());
    bytes
}

pub(crate) fn chained(bytes: &[u8]) -> Option<Chained> {
    let (link, rest) = bytes.split_first_chunk::<32>()?;
    let (head, sum) = rest.split_first_chunk::<32>()?;
    let chained = Chained { link: Hash::from_bytes(*link), head: Hash::from_bytes(*head) };
    (sum == sum_of(&chained).to_le_bytes()).then_some(chained)
}

fn sum_of(chained: &Chained) -> i64 {
    let mut sum = Sum::new();
    sum.bytes(chained.link.as_bytes());
    sum.bytes(chained.head.as_bytes());
    sum.finish()
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
