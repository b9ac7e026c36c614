//! The program or the power goes at any moment: what was acknowledged is there, and nothing is there by half.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

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
    for at in (0..file.len()).step_by(131) {
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
    assert!(noticed > 50 && harmless > 10, "{noticed} noticed, {harmless} in unused places");
}

const LIMITED: &str = "SOP_STORE_WITH_A_LIMIT";

/// Not a test of its own: the program of the next one, which may not write files of more than some size.
#[test]
fn as_the_program_with_a_limit() {
    let Some(path) = std::env::var_os(LIMITED).map(PathBuf::from) else { return };
    let mut store = open(&path, 5);
    let mut version = 0;
    let error = loop {
        match store.append(batch([entry(1, version + 1), entry(2, version + 1)])) {
            Ok(_) => version += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_unavailable() && error.to_string().contains("nothing of this was written"), "{error}");
    assert_eq!(store.last().unwrap(), Position(u64::from(version) * 2));
    assert_eq!(history(&store, 1).len(), version as usize);
    assert!(store.append(batch([entry(1, version + 1)])).unwrap_err().is_unavailable());
    assert_eq!(everything(&store).len(), version as usize * 2);
    println!("\nacknowledged {version}");
}

/// The system refuses a write in the middle of a commit: a shell lowers the limit for the size of a file, and a program
/// that ignores the signal sees a failed write.
#[cfg(unix)]
#[test]
fn a_write_that_fails_loses_nothing_that_was_acknowledged() {
    for blocks in [200, 331, 500] {
        let (_folder, path) = folder();
        drop(open(&path, 5));
        let program = Command::new("sh")
            .arg("-c")
            .arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""))
            .arg(std::env::current_exe().unwrap())
            .args(["crashes::as_the_program_with_a_limit", "--exact", "--nocapture"])
            .env(LIMITED, &path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&program.stdout);
        assert!(program.status.success(), "{said}{}", String::from_utf8_lossy(&program.stderr));
        let acknowledged = said.lines().find_map(|line| line.strip_prefix("acknowledged ")).unwrap();
        let mut store = open(&path, 5);
        assert_eq!(history(&store, 1).len().to_string(), acknowledged);
        let next = history(&store, 1).len() as u32 + 1;
        store.append(batch([entry(1, next)])).unwrap();
    }
}
