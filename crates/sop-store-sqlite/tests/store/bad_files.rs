//! Files that are no store, or no longer one: a clear error that names the file and the way out, and nothing changed.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use sop_engine::store::{CaseId, Position, Scope, Store, StoreError};
use sop_store_sqlite::SqliteStore;

use crate::stage::{batch, behind, beside, copy, entry, folder, history, key, open};

/// Opens for writing and for reading, and gives the two errors, which must name the file and leave it as it is.
fn refused(path: &Path) -> [StoreError; 2] {
    let before = fs::read(path).ok();
    let errors = [SqliteStore::open(path).unwrap_err(), SqliteStore::open_read_only(path).unwrap_err()];
    for error in &errors {
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(error.to_string().contains(&*name), "{error}");
    }
    assert_eq!(fs::read(path).ok(), before);
    errors
}

fn says(errors: &[StoreError], damaged: bool, part: &str) {
    for error in errors {
        assert_eq!(error.is_damaged(), damaged, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
}

/// A closed store with some entries.
fn filled(path: &Path) {
    let mut store = open(path, 4);
    for version in 1..=40 {
        store.append(batch([entry(1, version)])).unwrap();
    }
    store.close().unwrap();
}

/// Makes a store what the first version of the program wrote.
const FIRST_LAYOUT: &str =
    "ALTER TABLE reflects DROP COLUMN rows; ALTER TABLE reflects DROP COLUMN sum; PRAGMA user_version = 1;
     ALTER TABLE log DROP COLUMN chain; DROP TABLE deployments";

fn change(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn another_programs_file_is_left_alone() {
    let (_folder, path) = folder();
    change(&path, "PRAGMA journal_mode = WAL; CREATE TABLE log (x); INSERT INTO log VALUES (1)");
    says(&refused(&path), true, "of another program");
    fs::write(&path, "Surat masuk\n".repeat(1_000)).unwrap();
    says(&refused(&path), true, "is not an SQLite file");
    fs::write(&path, "x").unwrap();
    says(&refused(&path), true, "is not an SQLite file");
    fs::write(&path, []).unwrap();
    says(&refused(&path), true, "is empty");
}

#[test]
fn a_later_version_says_which_versions_are_read() {
    let (_folder, path) = folder();
    filled(&path);
    change(&path, "PRAGMA user_version = 4");
    says(&refused(&path), true, "a store of version 4, and this program reads versions 1 to 3: update the program");
    change(&path, "PRAGMA user_version = 0");
    says(&refused(&path), true, "a store of version 0");
    change(&path, "PRAGMA user_version = 3");
    assert_eq!(history(&open(&path, 4), 1).len(), 40);
}

#[test]
fn a_file_that_was_cut_is_damaged() {
    let (_folder, path) = folder();
    filled(&path);
    let whole = fs::read(&path).unwrap();
    for length in [1, 99, 100, 511, 8_191, 8_192, 16_384, whole.len() / 2, whole.len() - 8_192] {
        fs::write(&path, &whole[..length]).unwrap();
        for opened in [SqliteStore::open_read_only(&path), SqliteStore::open(&path)] {
            let error = opened.and_then(|store| store.history(CaseId(1))).unwrap_err();
            assert!(error.is_damaged(), "cut to {length}: {error}");
            assert!(error.to_string().contains("restore the last backup"), "cut to {length}: {error}");
        }
        assert_eq!(fs::read(&path).unwrap(), whole[..length]);
    }
    // Less than a page that nothing is kept in is no loss.
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(history(&SqliteStore::open_read_only(&path).unwrap(), 1).len(), 40);
    fs::write(&path, &whole).unwrap();
    assert_eq!(history(&open(&path, 4), 1).len(), 40);
}

#[test]
fn the_last_entries_are_not_thrown_away_with_the_file_before_them() {
    let (folder, path) = folder();
    let mut store = open(&path, 4);
    store.append(batch([entry(1, 1)])).unwrap();
    let copied = folder.path().join("copy.db");
    let log = beside(&copied, "-wal");
    fs::copy(beside(&path, "-wal"), &log).unwrap();
    let kept = fs::read(&log).unwrap();
    says(&refused(&copied), true, "is missing, but");
    fs::write(&copied, []).unwrap();
    says(&refused(&copied), true, "is empty, but");
    assert_eq!(fs::read(&log).unwrap(), kept);
    fs::copy(&path, &copied).unwrap();
    assert_eq!(history(&open(&copied, 4), 1).len(), 1);
}

#[test]
fn an_entry_that_was_altered_or_removed_is_named() {
    for (sql, at, part) in [
        ("UPDATE log SET body = CAST('{}' AS BLOB) WHERE position = 17", 17, "it is not what was written"),
        ("UPDATE log SET body = substr(body, 2) WHERE position = 17", 17, "it is not what was written"),
        ("UPDATE log SET kind = 9 WHERE position = 17", 17, "its kind is unknown"),
        ("UPDATE log SET kind = 2 WHERE position = 17", 17, "it is not what was written"),
        ("UPDATE log SET version = -1 WHERE position = 17", 17, "a number is negative"),
        ("UPDATE log SET version = 1 << 40 WHERE position = 17", 17, "its version is out of range"),
        ("UPDATE log SET process = NULL WHERE position = 17", 17, "a number is missing"),
        ("UPDATE log SET previous = 3 WHERE position = 17", 17, "it is not what was written"),
        ("UPDATE log SET key = char(7) WHERE position = 17", 17, "its key is none"),
        ("UPDATE log SET key = CAST(x'ff' AS TEXT) WHERE position = 17", 17, "its key is no text"),
        ("UPDATE log SET key_case = 2 WHERE position = 17", 17, "it is not what was written"),
        ("UPDATE log SET command = x'00' WHERE position = 17", 17, "its command has the wrong length"),
        ("DELETE FROM log WHERE position = 17", 17, "it is missing"),
        ("DELETE FROM log WHERE position > 39", 40, "the log ends at 39, but its index reflects 40"),
        ("DELETE FROM log WHERE position = 1", 1, "it is missing"),
    ] {
        let (_folder, path) = folder();
        filled(&path);
        change(&path, sql);
        let named = format!("entry {at} of the log is damaged: {part}");
        let scanned = SqliteStore::open(&path).and_then(|store| {
            let error = store.history(CaseId(1)).unwrap_err();
            assert!(error.to_string().contains(&named), "{sql}: {error}");
            let error = store.entry(Position(at)).unwrap_err();
            assert!(error.to_string().contains(&named), "{sql}: {error}");
            store.scan(Position(0), &mut |_| Ok(()))
        });
        let error = scanned.unwrap_err();
        assert!(error.is_damaged() && error.to_string().contains(&named), "{sql}: {error}");
        // The index cannot be made again from it either.
        let error = SqliteStore::open_with(&path, behind(4).rebuild_index(true)).map(drop);
        assert_eq!(error.is_err(), at < 40, "{sql}");
    }
}

#[test]
fn a_tail_that_does_not_continue_its_cases_is_damaged() {
    let (folder, first) = folder();
    let (path, other) = (folder.path().join("copy.db"), folder.path().join("other.db"));
    let stores = [(1, &first), (2, &other)].map(|(case, path)| {
        let mut store = open(path, 39);
        for version in 1..=40 {
            store.append(batch([entry(case, version)])).unwrap();
        }
        store
    });
    // As a crash leaves it: the last entry is not written behind.
    copy(&first, &path);
    drop(stores);
    // The entry is whole, but belongs to another store.
    change(&path, "DELETE FROM log WHERE position = 40");
    let row =
        format!("ATTACH '{}' AS other; INSERT INTO log SELECT * FROM other.log WHERE position = 40", other.display());
    change(&path, &row);
    says(&refused(&path), true, "entry 40 of the log is damaged: it is entry 40 of case 2, which has 0 before it");
    // An index that says less than it knows is not the log's fault.
    filled(&folder.path().join("third.db"));
    let third = folder.path().join("third.db");
    change(&third, "UPDATE reflects SET position = 20");
    says(&refused(&third), true, "the index is damaged: what it reflects is not what was written");
}

#[test]
fn an_index_that_was_altered_says_how_to_make_it_again() {
    let (_folder, path) = folder();
    filled(&path);
    for sql in ["UPDATE cases SET version = 39", "UPDATE cases SET last = 39", "DELETE FROM reflects"] {
        change(&path, sql);
        let appended = SqliteStore::open(&path).and_then(|mut store| {
            store.history(CaseId(1)).unwrap_err();
            store.append(batch([entry(1, 41)]))
        });
        says(&[appended.unwrap_err()], true, "open the store with `rebuild_index`");
        drop(SqliteStore::open_with(&path, behind(4).rebuild_index(true)).unwrap());
        assert_eq!(history(&open(&path, 4), 1).len(), 40);
    }
}

/// A key that is not found is a command that is done once more, and a case that is not found can be opened again: so a
/// row that was lost from the index is noticed before it is believed that there is none.
#[test]
fn what_the_index_lost_is_not_taken_for_new() {
    let (_folder, path) = folder();
    filled(&path);
    let reader = |path: &Path| SqliteStore::open_read_only(path).unwrap();
    for (sql, loses_the_case) in [
        ("UPDATE keys SET position = 3 WHERE position = 4", false),
        ("UPDATE keys SET hash = hash + 1 WHERE position = 4", false),
        ("UPDATE keys SET scope = 2 WHERE position = 4", false),
        ("DELETE FROM keys WHERE position = 4", false),
        ("UPDATE cases SET case_id = 3", true),
        ("DELETE FROM cases", true),
    ] {
        change(&path, sql);
        for store in [open(&path, 4), reader(&path)] {
            let found = store.find_key(Scope::Case(CaseId(1)), &key(1, 4)).map(drop);
            says(&[found.unwrap_err()], true, "the index is damaged: a row is missing, or is not what was written");
            let never_used = store.find_key(Scope::Store, &key(9, 1)).map(drop);
            says(&[never_used.unwrap_err()], true, "open the store with `rebuild_index`");
            assert_eq!(store.history(CaseId(1)).is_err(), loses_the_case, "{sql}");
            assert_eq!(store.opening(CaseId(1)).is_err(), loses_the_case, "{sql}");
        }
        let again = open(&path, 4).append(batch([entry(if loses_the_case { 1 } else { 9 }, 1)]));
        says(&[again.unwrap_err()], true, "the index is damaged");
        let store = SqliteStore::open_with(&path, behind(4).rebuild_index(true)).unwrap();
        assert!(store.find_key(Scope::Case(CaseId(1)), &key(1, 4)).unwrap().is_some(), "{sql}");
        assert!(store.find_key(Scope::Store, &key(9, 1)).unwrap().is_none(), "{sql}");
        assert_eq!(history(&store, 1).len(), 40, "{sql}");
    }
}

#[test]
fn a_store_of_the_first_layout_is_read_as_it_is_and_brought_up_when_it_is_written() {
    let (_folder, path) = folder();
    filled(&path);
    change(&path, FIRST_LAYOUT);
    let before = fs::read(&path).unwrap();
    let reader = SqliteStore::open_read_only(&path).unwrap();
    assert_eq!(history(&reader, 1).len(), 40);
    assert!(reader.find_key(Scope::Store, &key(9, 1)).unwrap().is_none());
    drop(reader);
    assert_eq!(fs::read(&path).unwrap(), before);
    let store = open(&path, 4);
    assert_eq!(history(&store, 1).len(), 40);
    assert!(store.find_key(Scope::Case(CaseId(1)), &key(1, 4)).unwrap().is_some());
}

#[test]
fn a_text_or_a_checkpoint_that_was_altered_is_never_given_out() {
    let (_folder, path) = folder();
    let mut store = open(&path, 4);
    let text: std::sync::Arc<[u8]> = b"teks".as_slice().into();
    store.append(sop_engine::store::Batch { blobs: vec![text.clone()], ..Default::default() }).unwrap();
    let content = vec![1; 9 << 20];
    store.save_checkpoint(sop_engine::store::Checkpoint { position: Position(0), content }).unwrap();
    drop(store);
    change(&path, "UPDATE blobs SET content = x'00'");
    let store = open(&path, 4);
    let error = store.blob(&sop_engine::store::blob_hash(&text)).unwrap_err();
    assert!(error.is_damaged() && error.to_string().contains("sha256:"), "{error}");
    assert!(store.load_checkpoint().unwrap().is_some());
    drop(store);
    for sql in ["DELETE FROM checkpoint WHERE part = 2", "UPDATE checkpoint SET content = x'01' WHERE part = 1"] {
        change(&path, sql);
        assert!(open(&path, 4).load_checkpoint().unwrap().is_none(), "{sql}");
    }
}

#[test]
fn a_path_that_leads_nowhere_says_so() {
    let (folder, path) = folder();
    says(&refused(&folder.path().join("no such folder").join("sop.db")), false, "make the folder first");
    says(&refused(folder.path()), false, "is a folder: name a file in it");
    for error in [SqliteStore::open("").unwrap_err(), SqliteStore::open_read_only("").unwrap_err()] {
        assert!(error.is_unavailable() && error.to_string().contains("names no file"), "{error}");
    }
    fs::write(&path, "x").unwrap();
    let error = SqliteStore::open(path.join("sop.db")).unwrap_err();
    assert!(!error.is_damaged() && error.to_string().contains("sop.db"), "{error}");
}

#[test]
fn a_file_that_is_marked_read_only_is_read_and_not_written() {
    let (_folder, path) = folder();
    filled(&path);
    let mut marked = fs::metadata(&path).unwrap().permissions();
    marked.set_readonly(true);
    fs::set_permissions(&path, marked).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.is_read_only() && error.to_string().contains("open the store for reading only"), "{error}");
    assert_eq!(history(&SqliteStore::open_read_only(&path).unwrap(), 1).len(), 40);
}

#[test]
fn what_a_crash_left_of_a_new_store_is_no_hindrance() {
    let (_folder, path) = folder();
    for suffix in [".new", ".new-journal", ".new-wal", ".new-shm"] {
        fs::write(beside(&path, suffix), "half").unwrap();
    }
    filled(&path);
    assert_eq!(history(&open(&path, 4), 1).len(), 40);
    assert!(!beside(&path, ".new").exists());
}
