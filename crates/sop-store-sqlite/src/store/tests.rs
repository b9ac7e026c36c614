//! A disk that is full, seen from inside: SQLite is told how large the file may be.

use std::num::NonZeroU32;
use std::path::Path;

use sop_engine::index::IndexChange;
use sop_engine::store::{Body, Fingerprint, KeyUse, NewEntry, ProcessNumber};

use super::*;
use crate::options::Options;

fn entry(case: u64, version: u32, size: usize) -> NewEntry {
    NewEntry {
        about: About::Case { case: CaseId(case), version, process: ProcessNumber(1) },
        key: Some(KeyUse { scope: Scope::Store, key: key(case, version), command: Fingerprint([0; 16]) }),
        body: Body::from_json(vec![b' '; size]),
    }
}

fn key(case: u64, version: u32) -> Key {
    Key::new(format!("{case}/{version}")).unwrap()
}

fn open(path: &Path, write_behind_after: u32) -> SqliteStore {
    let behind = NonZeroU32::new(write_behind_after).unwrap();
    SqliteStore::open_with(path, Options::new().write_behind_after(behind)).unwrap()
}

fn allow(store: &SqliteStore, more_pages: i64) {
    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update(None, "max_page_count", pages + more_pages).unwrap();
}

#[test]
fn a_full_disk_is_an_error_and_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("sop.db"), 100);
    let alarm = IndexChange::Set(Alarm { at: Instant::from_millis(5).unwrap(), case: CaseId(1) });
    store.append(Batch { entries: vec![entry(1, 1, 10)], ..Batch::default() }).unwrap();
    allow(&store, 2);
    let entries = vec![entry(1, 2, 10), entry(2, 1, 100_000), entry(3, 1, 10)];
    let batch = Batch { blobs: vec![b"teks".as_slice().into()], entries, changes: vec![alarm], ..Batch::default() };
    for _ in 0..2 {
        let error = store.append(batch.clone()).unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        assert!(error.to_string().contains("sop.db") && error.to_string().contains("the disk is full"), "{error}");
        assert_eq!(store.last().unwrap(), Position(1));
        assert_eq!(store.history(CaseId(1)).unwrap().len(), 1);
        assert!(store.opening(CaseId(2)).unwrap().is_none());
        assert!(store.find_key(Scope::Store, &key(1, 2)).unwrap().is_none());
        assert!(store.blob(&blob_hash(b"teks")).unwrap().is_none());
        assert_eq!(store.next_due().unwrap(), None);
    }
    allow(&store, 1_000);
    assert_eq!(store.append(batch).unwrap(), Position(4));
    assert_eq!(store.next_due().unwrap(), Some(Instant::from_millis(5).unwrap()));
}

#[test]
fn a_tail_that_cannot_be_written_behind_stays_and_hinders_no_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sop.db");
    let mut store = open(&path, 10);
    // The index has no place for what is written behind; the log goes on.
    store
        .connection
        .execute_batch("CREATE TEMP TRIGGER no BEFORE INSERT ON main.keys BEGIN SELECT raise(ABORT, 'full'); END")
        .unwrap();
    for case in 1..=35 {
        store.append(Batch { entries: vec![entry(case, 1, 10)], ..Batch::default() }).unwrap();
    }
    assert_eq!(store.tail.get_mut().len(), 35);
    assert_eq!(tables::reflects(&store.connection, &path).unwrap().position, Position(0));
    assert!(store.find_key(Scope::Store, &key(1, 1)).unwrap().is_some());
    store.connection.execute_batch("DROP TRIGGER no").unwrap();
    for case in 36..=45 {
        store.append(Batch { entries: vec![entry(case, 1, 10)], ..Batch::default() }).unwrap();
    }
    // It was tried again after as many entries more, and then the tail began anew.
    assert!(store.tail.get_mut().len() < 10, "{}", store.tail.get_mut().len());
    for case in 1..=45 {
        assert!(store.find_key(Scope::Store, &key(case, 1)).unwrap().is_some());
        assert_eq!(store.history(CaseId(case)).unwrap().len(), 1);
    }
}

#[test]
fn the_tail_is_written_behind_when_it_is_long_and_when_the_store_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sop.db");
    let mut store = open(&path, 10);
    for case in 1..=25 {
        store.append(Batch { entries: vec![entry(case, 1, 10)], ..Batch::default() }).unwrap();
    }
    assert_eq!(tables::reflects(&store.connection, &path).unwrap().position, Position(20));
    assert_eq!((store.tail.get_mut().len(), store.tail.get_mut().heads().len()), (5, 5));
    store.close().unwrap();
    let mut store = open(&path, 10);
    assert_eq!(store.tail.get_mut().len(), 0);
    store.append(Batch { entries: vec![entry(1, 2, 10)], ..Batch::default() }).unwrap();
    drop(store);
    assert_eq!(open(&path, 10).tail.get_mut().len(), 0);
}

#[test]
fn a_writer_that_ignores_the_lock_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sop.db");
    let mut store = open(&path, 10);
    store.append(Batch { entries: vec![entry(1, 1, 10)], ..Batch::default() }).unwrap();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("INSERT INTO log VALUES (2, 1, null, null, null, null, null, null, null, x'', 0, null)")
        .unwrap();
    let error = store.append(Batch { entries: vec![entry(1, 2, 10)], ..Batch::default() }).unwrap_err();
    assert!(error.is_locked() && error.to_string().contains("entry 2"), "{error}");
    assert_eq!(store.history(CaseId(1)).unwrap().len(), 1);
}
