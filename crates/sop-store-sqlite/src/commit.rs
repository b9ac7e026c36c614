//! One transaction at a time, which a writer keeps open between commits.
//!
//! Each transaction costs calls of the system for its locks, more than what is done in it. Since there is one writer,
//! what it reads and what it writes next can share one: the first question after a commit begins it, and the next
//! commit ends it. It also keeps programs out that would write without the lock. Readers are not hindered.

use rusqlite::Connection;
use sop_engine::store::StoreError;

/// Begins a writer's transaction, unless it has begun.
pub(crate) fn begin(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    }
    Ok(())
}

/// Does something, and commits it: all of it or nothing.
pub(crate) fn within<T>(
    connection: &Connection,
    failed: impl Fn(rusqlite::Error) -> StoreError,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let done = begin(connection).map_err(&failed).and_then(|()| work()).and_then(|done| {
        connection.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])).map_err(&failed)?;
        Ok(done)
    });
    if done.is_err() && !connection.is_autocommit() {
        // Where even this fails, the transaction is gone already, or the next begins by failing.
        drop(connection.execute_batch("ROLLBACK"));
    }
    done
}
