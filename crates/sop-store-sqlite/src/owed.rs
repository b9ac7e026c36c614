//! What is owed to a file after something was deleted from it: noted in the file itself, in the same transaction, so that
//! the next program makes good what one that ended had no time for.

use std::time::Duration;

use rusqlite::Connection;

use crate::file;

/// The file is to be written anew: what earlier layouts deleted was not overwritten, and what is written over in place
/// leaves copies in the gaps of pages.
const ANEW: &str = "to_be_written_anew";

/// The write-ahead log is to be cut: it still has the pages on which stood what was erased.
const CUT: &str = "to_be_cut";

fn note(connection: &Connection, what: &str) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("CREATE TABLE IF NOT EXISTS {what} (one INTEGER PRIMARY KEY) STRICT"))
}

fn is_noted(connection: &Connection, what: &str) -> rusqlite::Result<bool> {
    let select = "SELECT count(*) > 0 FROM sqlite_schema WHERE name = ?1";
    connection.query_row(select, [what], |row| row.get(0))
}

fn done(connection: &Connection, what: &str) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("DROP TABLE IF EXISTS {what}"))
}

/// Notes, within a transaction, that the file is to be written anew.
pub(crate) fn note_anew(connection: &Connection) -> rusqlite::Result<()> {
    note(connection, ANEW)
}

/// Writes the file anew where that is owed.
pub(crate) fn write_anew(connection: &Connection) -> rusqlite::Result<()> {
    if !is_noted(connection, ANEW)? {
        return Ok(());
    }
    connection.execute_batch("VACUUM")?;
    done(connection, ANEW)?;
    // Beside a reader it is left to the next checkpoint, or to the end.
    cut_now(connection).map(drop)
}

/// Notes, within a transaction, that the write-ahead log is to be cut.
pub(crate) fn note_cut(connection: &Connection) -> rusqlite::Result<()> {
    note(connection, CUT)
}

/// Tells whether the write-ahead log is to be cut.
pub(crate) fn is_to_be_cut(connection: &Connection) -> rusqlite::Result<bool> {
    is_noted(connection, CUT)
}

/// Cuts the write-ahead log, unless somebody is reading just then; says whether it did.
pub(crate) fn cut(connection: &Connection) -> rusqlite::Result<bool> {
    let is_cut = cut_now(connection)?;
    if is_cut {
        done(connection, CUT)?;
    }
    Ok(is_cut)
}

fn cut_now(connection: &Connection) -> rusqlite::Result<bool> {
    // Nobody's commit is to wait for a reader.
    connection.busy_timeout(Duration::ZERO)?;
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(file::PATIENCE)?;
    Ok(!is_busy?)
}
