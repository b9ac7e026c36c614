//! One writer at a time.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use sop_engine::store::Store;
use sop_store_sqlite::SqliteStore;

use crate::stage::{batch, entry, folder, history, open};

#[test]
fn a_second_writer_is_told_that_the_store_is_locked() {
    let (_folder, path) = folder();
    let mut store = open(&path, 3);
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.is_locked(), "{error}");
    for part in ["sop.db` is locked", &format!("process {}", std::process::id()), "close it first", "sop.db.lock"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    store.append(batch([entry(1, 1)])).unwrap();
    drop(store);
    assert_eq!(history(&SqliteStore::open(&path).unwrap(), 1).len(), 1);
}

#[cfg(unix)]
#[test]
fn two_names_of_one_file_are_one_lock() {
    let (folder, path) = folder();
    let _store = open(&path, 3);
    let other = folder.path().join("other.db");
    std::os::unix::fs::symlink(&path, &other).unwrap();
    assert!(SqliteStore::open(&other).unwrap_err().is_locked());
    let roundabout = folder.path().join(".").join("..").join(folder.path().file_name().unwrap()).join("sop.db");
    assert!(SqliteStore::open(roundabout).unwrap_err().is_locked());
}

const CHILD: &str = "SOP_STORE_OF_THE_CHILD";

/// Not a test of its own: what the other program of the next one does. It opens the store, writes, and waits to be
/// killed.
#[test]
fn as_the_other_program() {
    let Some(path) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let mut store = open(&path, 2);
    for version in 1..=5 {
        store.append(batch([entry(1, version)])).unwrap();
    }
    println!("\nwritten");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    panic!("it should have been killed");
}

#[test]
fn a_writer_that_is_killed_leaves_its_entries_and_gives_the_lock_back() {
    let (_folder, path) = folder();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["writers::as_the_other_program", "--exact", "--nocapture"])
        .env(CHILD, &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "written"));
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.is_locked() && error.to_string().contains(&child.id().to_string()), "{error}");
    assert_eq!(history(&SqliteStore::open_read_only(&path).unwrap(), 1).len(), 5);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(history(&store, 1).len(), 5);
    store.append(batch([entry(1, 6)])).unwrap();
}
