//! The program or the power goes at any moment: what was acknowledged is there, and nothing is there by half.

use std::fs;

use sop_engine::store::{CaseId, Position, Scope, Store};
use sop_store_sqlite::SqliteStore;

use crate::stage::{batch, beside, copy, entry, everything, folder, history, key, open};

#[test]
fn after_each_commit_a_copy_of_the_files_has_all_that_was_acknowledged() {
    let (folder, path) = folder();
    let mut store = open(&path, 4);
    for version in 1..=20 {
        store.append(batch([entry(1, version), entry(2, version)])).unwrap();
        let copied = folder.path().join(format!("{version}.db"));
        copy(&path, &copied);
        let mut crashed = open(&copied, 4);
        assert_eq!(everything(&crashed), everything(&store));
        assert_eq!(history(&crashed, 2).len(), version as usize);
        assert!(crashed.find_key(Scope::Case(CaseId(3)), &key(1, version)).unwrap().is_none());
        crashed.append(batch([entry(1, version + 1)])).unwrap();
    }
}

#[test]
fn a_write_ahead_log_that_was_cut_anywhere_gives_whole_batches() {
    let (folder, path) = folder();
    let mut store = open(&path, 4);
    for version in 1..=9 {
        store.append(batch([entry(1, version), entry(2, version), entry(3, version)])).unwrap();
    }
    let all = everything(&store);
    let copied = folder.path().join("cut.db");
    copy(&path, &copied);
    let log = fs::read(beside(&copied, "-wal")).unwrap();
    let file = fs::read(&copied).unwrap();
    let mut lengths = std::collections::BTreeSet::new();
    for length in (0..=log.len()).step_by(1_021).chain([log.len()]) {
        fs::write(&copied, &file).unwrap();
        fs::write(beside(&copied, "-wal"), &log[..length]).unwrap();
        let mut cut = open(&copied, 4);
        let left = everything(&cut);
        assert_eq!(left, all[..left.len()]);
        assert_eq!(left.len() % 3, 0, "a batch by half");
        let version = left.len() as u32 / 3;
        assert_eq!(history(&cut, 2).len(), version as usize);
        cut.append(batch([entry(2, version + 1)])).unwrap();
        lengths.insert(left.len());
    }
    assert_eq!(lengths.len(), 10, "each number of batches was met: {lengths:?}");
}

#[test]
fn a_byte_that_was_altered_is_an_error_or_changes_nothing() {
    let (folder, path) = folder();
    let mut store = open(&path, 4);
    for version in 1..=60 {
        store.append(batch([entry(1, version), entry(2, version)])).unwrap();
    }
    let all = everything(&store);
    let one = history(&store, 1);
    drop(store);
    let file = fs::read(&path).unwrap();
    let altered = folder.path().join("altered.db");
    let (mut noticed, mut harmless) = (0, 0);
    for at in (0..file.len()).step_by(61) {
        let mut bytes = file.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&altered, &bytes).unwrap();
        let read = SqliteStore::open_read_only(&altered).and_then(|store| {
            let mut seen = 0;
            store.scan(Position::default(), &mut |entry| {
                assert_eq!(crate::stage::said(&entry), all[seen], "byte {at}");
                seen += 1;
                Ok(())
            })?;
            let history: Vec<_> = store.history(CaseId(1))?.iter().map(crate::stage::said).collect();
            // A history may only be the whole one; a case that the index lost is the index's damage, not the log's.
            assert!(history == one || history.is_empty(), "byte {at}");
            Ok(seen)
        });
        match read {
            Ok(seen) if seen == all.len() => harmless += 1,
            Ok(_) => noticed += 1,
            Err(error) => {
                assert!(error.is_damaged() || error.is_unavailable(), "byte {at}: {error}");
                assert!(error.to_string().contains("altered.db"), "byte {at}: {error}");
                noticed += 1;
            }
        }
    }
    assert!(noticed > 100 && harmless > 10, "{noticed} noticed, {harmless} in unused places");
}
