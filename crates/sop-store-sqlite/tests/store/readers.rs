//! Readers beside the writer, and without one.

use sop_engine::store::{Checkpoint, Position, Scope, Store};
use sop_store_sqlite::SqliteStore;

use crate::stage::{batch, beside, copy, entry, everything, folder, history, key, open};

#[test]
fn a_reader_sees_what_is_committed_with_each_question() {
    let (_folder, path) = folder();
    let mut store = open(&path, 3);
    store.append(batch([entry(1, 1)])).unwrap();
    let reader = SqliteStore::open_read_only(&path).unwrap();
    for version in 2..=30 {
        store.append(batch([entry(1, version)])).unwrap();
        // Not each time, so that what is written behind overtakes what the reader knows, by less and by more.
        if version % 4 == 0 || version % 7 == 0 {
            assert_eq!(reader.last().unwrap(), Position(u64::from(version)));
            assert_eq!(history(&reader, 1), history(&store, 1));
            assert_eq!(everything(&reader), everything(&store));
            let scope = Scope::Case(sop_engine::store::CaseId(1));
            for version in 2..=version {
                let found = reader.find_key(scope, &key(1, version)).unwrap().unwrap();
                assert_eq!(found.position, Position(u64::from(version)));
            }
        }
    }
    drop(store);
    assert_eq!(history(&reader, 1).len(), 30);
}

#[test]
fn what_a_reader_scans_is_of_one_moment() {
    let (_folder, path) = folder();
    let mut store = open(&path, 3);
    store.append(batch([entry(1, 1), entry(1, 2)])).unwrap();
    let reader = SqliteStore::open_read_only(&path).unwrap();
    let mut seen = 0;
    reader
        .scan(Position::default(), &mut |found| {
            seen += 1;
            store.append(batch([entry(1, 2 + seen)])).unwrap();
            assert!(found.position <= Position(2));
            assert_eq!(history(&reader, 1).len(), 2);
            Ok(())
        })
        .unwrap();
    assert_eq!((seen, history(&reader, 1).len()), (2, 4));
}

#[test]
fn a_reader_writes_nothing() {
    let (_folder, path) = folder();
    open(&path, 3).append(batch([entry(1, 1)])).unwrap();
    let mut reader = SqliteStore::open_read_only(&path).unwrap();
    assert!(reader.is_read_only());
    assert!(reader.append(batch([entry(1, 2)])).unwrap_err().is_read_only());
    let checkpoint = Checkpoint { position: Position(1), content: Vec::new() };
    assert!(reader.save_checkpoint(checkpoint).unwrap_err().is_read_only());
    reader.close().unwrap();
    assert_eq!(history(&open(&path, 3), 1).len(), 1);
}

#[test]
fn a_reader_needs_no_writer_and_reads_what_a_crash_left() {
    let (folder, path) = folder();
    let mut store = open(&path, 3);
    for version in 1..=8 {
        store.append(batch([entry(1, version)])).unwrap();
    }
    let copied = folder.path().join("copy.db");
    copy(&path, &copied);
    let reader = SqliteStore::open_read_only(&copied).unwrap();
    assert_eq!(history(&reader, 1), history(&store, 1));
    assert!(!beside(&copied, ".lock").exists());
}

#[test]
fn there_must_be_something_to_read() {
    let (_folder, path) = folder();
    let error = SqliteStore::open_read_only(&path).unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("sop.db"), "{error}");
    assert!(!path.exists());
}
