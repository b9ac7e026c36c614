//! Finding, making and opening the file.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use sop_engine::store::StoreError;

use crate::options::{Durability, Options, Vfs};
use crate::{chain, owed, schema, trouble};

/// How long to wait for another program that recovers or checkpoints the file just now.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How much of the file SQLite keeps in memory at most, in KiB: the index of some 100,000 live cases. A small store takes
/// less, and a large one no more.
const CACHE_KIB: i64 = 64 * 1024;

const LOG_NOT_DURABLE: &str = "the last entries cannot be made durable";

/// What the write-ahead log is cut to after a long transaction, in bytes.
const WAL_KEEPS: i64 = 64 << 20;

/// How much of a file is written over at once, in bytes.
const RENEWED_AT_ONCE: usize = 1 << 20;

/// The shortest SQLite file, in bytes: one page of the smallest size.
const SHORTEST: u64 = 512;

/// A name beside a file: the file's own with something added.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// The one name of a file, so that two paths to it share a lock.
///
/// The folder must be there; the file need not be.
pub(crate) fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    let file = path.display();
    match fs::canonicalize(path) {
        Ok(found) => {
            if found.is_dir() {
                return Err(StoreError::unavailable(format!(
                    "`{file}` is a folder: name a file in it, such as `sop.db`"
                )));
            }
            if !found.is_file() {
                return Err(StoreError::unavailable(format!("`{file}` is not an ordinary file: name another")));
            }
            Ok(found)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let Some(name) = path.file_name() else {
                return Err(StoreError::unavailable(format!("`{file}` names no file: give a path such as `sop.db`")));
            };
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let folder =
                fs::canonicalize(folder).map_err(|error| trouble::system(path, "the folder cannot be found", error))?;
            Ok(folder.join(name))
        }
        Err(error) => Err(trouble::system(path, "the file cannot be found", error)),
    }
}

/// Tells whether there is a file, after what would make SQLite drop entries was ruled out.
///
/// SQLite takes an empty file for a new one, and throws away the write-ahead log beside it. A store is never empty, not
/// even while it is made, so an empty file is one that was cut.
pub(crate) fn exists(path: &Path) -> Result<bool, StoreError> {
    let file = path.display();
    let length = |path: &Path| match fs::metadata(path) {
        Ok(found) => Ok(Some(found.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(trouble::system(path, "the file cannot be read", error)),
    };
    let log = length(&beside(path, "-wal"))?.is_some_and(|length| length > 0);
    match length(path)? {
        None if log => Err(StoreError::damaged(format!(
            "`{file}` is missing, but `{file}-wal` with its last entries is there: put the file back beside it; \
             nothing was changed"
        ))),
        None => Ok(false),
        Some(0) if log => Err(StoreError::damaged(format!(
            "`{file}` is empty, but `{file}-wal` with its last entries is there: the file was cut; restore the last \
             backup; nothing was changed"
        ))),
        Some(0) => Err(StoreError::damaged(format!(
            "`{file}` is empty: a store that was cut, or another program's file; restore the last backup, or delete it \
             to begin a new store"
        ))),
        // Shorter than any, which SQLite would take for a new one too.
        Some(1..SHORTEST) => Err(StoreError::damaged(format!(
            "`{file}` is not an SQLite file, or it was cut: check the path, or restore the last backup; the file was \
             left as it is"
        ))),
        Some(_) => Ok(true),
    }
}

/// Makes an empty store. It has its name only when it is whole.
pub(crate) fn create(path: &Path) -> Result<(), StoreError> {
    let new = beside(path, ".new");
    let doing = "a new store cannot be made";
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(&new, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(trouble::system(path, doing, error)),
            _ => {}
        }
    }
    let fill = || -> rusqlite::Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&new, flags)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "fullfsync", true)?;
        schema::make(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.close().map_err(|(_, error)| error)
    };
    fill().map_err(|error| trouble::sqlite(path, doing, error))?;
    fs::rename(&new, path).map_err(|error| trouble::system(path, doing, error))?;
    sync_folder(path);
    Ok(())
}

/// Makes a new name durable, where the system has that notion. SQLite does the same when it makes the write-ahead log.
pub(crate) fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        drop(folder.sync_all());
    }
}

/// Opens a store for the one who holds its lock.
pub(crate) fn connect(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    let opening = |error| trouble::sqlite(path, "the store cannot be opened", error);
    let marked = fs::metadata(path).map_err(|error| trouble::system(path, "the file cannot be read", error))?;
    let refused = || {
        StoreError::read_only(format!(
            "`{}` is marked as read-only: mend its permissions, or open the store for reading only",
            path.display()
        ))
    };
    // The administrator's account could write it all the same; the mark means something nevertheless.
    if marked.permissions().readonly() {
        return Err(refused());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(opening)?;
    // A file that turns out to be somebody else's is left as it is.
    let keep = |keep| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep);
    keep(true).map_err(opening)?;
    let version = check(&connection, path)?;
    keep(false).map_err(opening)?;
    if connection.is_readonly("main").map_err(opening)? {
        return Err(refused());
    }
    let log = beside(path, "-wal");
    renew(&log).map_err(|error| trouble::system(&log, LOG_NOT_DURABLE, error))?;
    begin_writing(&connection, path, options, version)?;
    Ok(connection)
}

/// Writes a file over with what it holds, and flushes it.
///
/// A program that was killed between writing a commit and flushing it leaves one that the next to open the store finds,
/// and answers from; nothing says that it is on the disk. Neither is what a flush has failed on, which systems such as
/// Linux hold to be flushed from then on, so that another flush alone would not do.
fn renew(path: &Path) -> io::Result<()> {
    let mut file = match File::options().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let mut part = vec![0; RENEWED_AT_ONCE];
    let mut at = 0;
    loop {
        let length = file.read(&mut part)?;
        let Some(part) = part.get(..length).filter(|part| !part.is_empty()) else { break };
        file.seek(SeekFrom::Start(at))?;
        file.write_all(part)?;
        at += length as u64;
    }
    file.sync_all()
}

/// Opens a store on a file system of its own, or makes it there.
pub(crate) fn connect_on(vfs: &Vfs, path: &Path, options: &Options) -> Result<Connection, StoreError> {
    let opening = |error| trouble::sqlite(path, "the store cannot be opened", error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(path, flags, vfs.name.as_str()).map_err(opening)?;
    let number =
        |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0)).map_err(opening);
    let set = || -> rusqlite::Result<()> {
        // Without memory that programs share, a write-ahead log needs the file for itself.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "synchronous", "FULL")
    };
    set().map_err(opening)?;
    // What is made is made in one transaction, so that a file of no program is one that was never a store.
    if number("application_id")? == 0 && number("user_version")? == 0 {
        schema::make(&connection).map_err(opening)?;
    }
    let version = check(&connection, path)?;
    let log = beside(path, "-wal");
    (vfs.renew)(&log).map_err(|error| trouble::system(&log, LOG_NOT_DURABLE, error))?;
    begin_writing(&connection, path, options, version)?;
    Ok(connection)
}

/// Makes a connection one that writes as a store does.
fn begin_writing(connection: &Connection, path: &Path, options: &Options, version: i32) -> Result<(), StoreError> {
    let opening = |error| trouble::sqlite(path, "the store cannot be opened", error);
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).map_err(opening)?;
    if mode != "wal" {
        return Err(StoreError::unavailable(format!(
            "`{}`: the file system cannot share memory between programs, which a write-ahead log needs; keep the store \
             on a local disk",
            path.display()
        )));
    }
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::LosesLastCommitsOnPowerCut => "NORMAL",
    };
    let set = || -> rusqlite::Result<()> {
        connection.pragma_update(None, "synchronous", synchronous)?;
        // Where an ordinary flush stops at the disk's own memory (macOS), ask for the real one.
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", options.checkpoint_after)?;
        connection.pragma_update(None, "journal_size_limit", WAL_KEEPS)?;
        // What is deleted is overwritten: it may be personal.
        connection.pragma_update(None, "secure_delete", true)?;
        settle(connection)
    };
    set().map_err(opening)?;
    if version < schema::VERSION {
        bring_up(connection, path, version)?;
    }
    owed::write_anew(connection).map_err(|error| trouble::sqlite(path, "the store cannot be written anew", error))
}

/// Brings a store of an earlier layout up to date. It is written in one transaction and then once more, which takes room
/// for twice its size meanwhile.
fn bring_up(connection: &Connection, path: &Path, version: i32) -> Result<(), StoreError> {
    let mut damaged = None;
    let chain = || match chain::all(connection, path) {
        Ok(()) => owed::note_anew(connection),
        Err(error) => {
            damaged = Some(error);
            Err(rusqlite::Error::InvalidQuery)
        }
    };
    let done = schema::bring_up(connection, version, schema::LAYOUTS, chain);
    done.map_err(|error| {
        damaged.unwrap_or_else(|| trouble::sqlite(path, "the store cannot be brought up to date", error))
    })
}

/// Opens a store for reading, beside a writer or without one.
pub(crate) fn connect_read_only(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        settle(&connection)?;
        // The first read is what meets the write-ahead log.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    };
    let connection = match open() {
        Err(error) if wants_shared_memory(&error) && !has_log(path) => {
            // On a medium that nobody can write, the file is all there is, and it stays as it is.
            let connection = Connection::open_with_flags(immutable(path), flags | OpenFlags::SQLITE_OPEN_URI)
                .map_err(|error| trouble::sqlite(path, "the store cannot be opened", error))?;
            settle(&connection).map_err(|error| trouble::sqlite(path, "the store cannot be opened", error))?;
            connection
        }
        Err(error) if wants_shared_memory(&error) => {
            return Err(StoreError::unavailable(format!(
                "`{0}`: its last entries are in `{0}-wal`, and reading them takes a file `{0}-shm` that cannot be made \
                 here: copy both files to a folder that can be written, and open the copy",
                path.display()
            ))
            .because(error));
        }
        other => other.map_err(|error| trouble::sqlite(path, "the store cannot be opened", error))?,
    };
    check(&connection, path)?;
    Ok(connection)
}

fn wants_shared_memory(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

fn has_log(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|found| found.len() > 0)
}

/// A path as an address that says that the file never changes.
fn immutable(path: &Path) -> String {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => address.push(char::from(*byte)),
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address.push_str("?immutable=1");
    address
}

/// What holds for every connection.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)
}

/// The version of a store, if a file is one, and of a version that is read.
fn check(connection: &Connection, path: &Path) -> Result<i32, StoreError> {
    let file = path.display();
    let number = |pragma: &str| {
        connection
            .pragma_query_value(None, pragma, |row| row.get::<_, i32>(0))
            .map_err(|error| trouble::sqlite(path, "the store cannot be opened", error))
    };
    if number("application_id")? != schema::APPLICATION {
        return Err(StoreError::damaged(format!(
            "`{file}` is an SQLite file of another program, not a store: check the path; the file was left as it is"
        )));
    }
    let version = number("user_version")?;
    if !schema::READS.contains(&version) {
        let (first, last) = (schema::READS.start(), schema::READS.end());
        let reads = if first == last { format!("version {last}") } else { format!("versions {first} to {last}") };
        return Err(StoreError::damaged(format!(
            "`{file}` is a store of version {version}, and this program reads {reads}: update the program; the file \
             was left as it is"
        )));
    }
    Ok(version)
}
