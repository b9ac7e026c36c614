//! What SQLite and the file system report, as errors of a store: each names the file and the way out.

use std::io;
use std::path::Path;

use rusqlite::{ErrorCode, ffi};
use sop_engine::store::{Position, StoreError};

/// What SQLite reported while something was being done to a file.
pub(crate) fn sqlite(path: &Path, doing: &str, error: rusqlite::Error) -> StoreError {
    let file = path.display();
    let made = match error.sqlite_error().map(|failure| (failure.code, failure.extended_code)) {
        Some((_, ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS)) => None,
        Some((ErrorCode::DiskFull, _)) => Some(StoreError::unavailable(format!(
            "`{file}`: {doing}: the disk is full; nothing of this was written; free some space and try again"
        ))),
        Some((ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed, _)) => {
            Some(StoreError::unavailable(format!(
                "`{file}`: {doing}: another program holds the file; close it, or try again later"
            )))
        }
        Some((ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _)) => Some(StoreError::read_only(format!(
            "`{file}`: {doing}: the file may not be written; mend its permissions, or open the store for reading only"
        ))),
        Some((ErrorCode::CannotOpen, _)) => Some(StoreError::unavailable(format!(
            "`{file}`: {doing}: the file, or `{file}-wal` or `{file}-shm` beside it, cannot be opened; see to it that \
             the folder and the files exist and may be read and written by this user"
        ))),
        Some((ErrorCode::TooBig, _)) => Some(StoreError::unavailable(format!(
            "`{file}`: {doing}: an entry is larger than the gigabyte that SQLite takes; nothing of this was written"
        ))),
        Some((ErrorCode::NotADatabase, _)) => Some(StoreError::damaged(format!(
            "`{file}` is not an SQLite file, or its beginning was overwritten: check the path, or restore the last \
             backup; the file was left as it is"
        ))),
        // What SQLite says is wrong with the file, its tables or what is in them.
        Some((
            ErrorCode::DatabaseCorrupt
            | ErrorCode::ConstraintViolation
            | ErrorCode::TypeMismatch
            | ErrorCode::SchemaChanged
            | ErrorCode::Unknown,
            _,
        ))
        | None => None,
        Some(_) => Some(StoreError::unavailable(format!(
            "`{file}`: {doing}: the disk or the system failed; nothing of this was written; try again, and check the \
             disk if it persists"
        ))),
    };
    made.unwrap_or_else(|| {
        StoreError::damaged(format!(
            "`{file}`: {doing}: the file is damaged or cut short; restore the last backup; the file was left as it is"
        ))
    })
    .because(error)
}

/// What the file system reported while something was being done to a file.
pub(crate) fn system(path: &Path, doing: &str, error: io::Error) -> StoreError {
    let file = path.display();
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::read_only(format!(
            "`{file}`: {doing}: it may not be written; mend the permissions of the file and its folder, or open the \
             store for reading only"
        )),
        io::ErrorKind::NotFound => StoreError::unavailable(format!(
            "`{file}`: {doing}: there is no such file or folder; check the path, or make the folder first"
        )),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::unavailable(format!(
            "`{file}`: {doing}: the disk is full; nothing of this was written; free some space and try again"
        )),
        io::ErrorKind::Unsupported => StoreError::unavailable(format!(
            "`{file}`: {doing}: the file system cannot do that; keep the store on a local disk"
        )),
        _ => StoreError::unavailable(format!("`{file}`: {doing}: the system failed; try again")),
    }
    .because(error)
}

/// An entry of the log is not what was written.
pub(crate) fn entry(path: &Path, at: Position, what: &str) -> StoreError {
    StoreError::damaged(format!(
        "`{}`: entry {at} of the log is damaged: {what}; restore the last backup; the file was left as it is",
        path.display()
    ))
}

/// What was written behind does not fit the log.
pub(crate) fn index(path: &Path, what: &str) -> StoreError {
    StoreError::damaged(format!(
        "`{}`: the index is damaged: {what}; the log is not concerned: open the store with `rebuild_index`",
        path.display()
    ))
}
