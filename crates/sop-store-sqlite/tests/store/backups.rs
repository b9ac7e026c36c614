//! Copies of a store that is in use.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use sop_engine::store::{CaseId, Position, Scope, Store};
use sop_engine::transfer;
use sop_store_sqlite::{SqliteStore, backup};

use crate::stage::{batch, behind, beside, entry, everything, folder, history, key, open};

#[test]
fn a_copy_has_everything_that_was_acknowledged_and_goes_on_by_itself() {
    // Nothing is written behind, everything is, and something.
    for write_behind_after in [1_000, 1, 3] {
        let (_folder, path) = folder();
        let copy = path.with_file_name("copy.db");
        let mut store = open(&path, write_behind_after);
        for version in 1..=4 {
            let mut batch = batch([entry(1, version), entry(2, version)]);
            batch.blobs.push(format!("naskah {version}").into_bytes().into());
            store.append(batch).unwrap();
        }
        // The writer reads on in a transaction of its own.
        assert_eq!(store.history(CaseId(1)).unwrap().len(), 4);
        assert_eq!(backup(&path, &copy).unwrap(), Position(8));
        store.append(batch([entry(1, 5)])).unwrap();

        let mut other = open(&copy, write_behind_after);
        assert_eq!(everything(&other), everything(&store)[..8]);
        assert_eq!(history(&other, 2), history(&store, 2));
        let used = other.find_key(Scope::Case(CaseId(1)), &key(1, 3)).unwrap().unwrap();
        assert_eq!(used.position, Position(5));
        let text = sop_engine::store::blob_hash(b"naskah 4");
        assert_eq!(other.blob(&text).unwrap().unwrap(), b"naskah 4");
        other.append(batch([entry(1, 5), entry(3, 1)])).unwrap();
        assert_eq!(history(&other, 1), history(&store, 1));
        assert!(!beside(&copy, ".new").exists() && !beside(&copy, ".new-wal").exists());
    }
}

#[test]
fn copies_made_beside_a_writer_are_each_of_one_moment() {
    let (_folder, path) = folder();
    let (is_over, begun) = (AtomicBool::new(false), std::sync::Barrier::new(2));
    let mut store =
        SqliteStore::open_with(&path, behind(16).durability(sop_store_sqlite::Durability::LosesLastCommitsOnPowerCut))
            .unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            begun.wait();
            let mut version = 0;
            // At least some, however quick the copies are.
            while !is_over.load(Ordering::Relaxed) || version < 20 {
                version += 1;
                store.append(batch((1..=3).map(|case| entry(case, version)))).unwrap();
            }
            store
        });
        begun.wait();
        let mut copies = Vec::new();
        for number in 0..8 {
            let copy = path.with_file_name(format!("copy-{number}.db"));
            copies.push((backup(&path, &copy).unwrap(), copy));
        }
        is_over.store(true, Ordering::Relaxed);
        let whole = everything(&writer.join().unwrap());
        let mut before = Position(0);
        for (last, copy) in copies {
            assert!(last >= before && last.0 % 3 == 0, "a batch is copied wholly or not at all: {last}");
            assert_eq!(everything(&SqliteStore::open(&copy).unwrap()), whole[..last.0 as usize]);
            before = last;
        }
    });
}

#[test]
fn a_copy_overwrites_nothing_and_leaves_nothing_when_it_fails() {
    let (_folder, path) = folder();
    let copy = path.with_file_name("copy.db");
    let error = backup(&path, &copy).unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("there is no store"), "{error}");

    let mut store = open(&path, 1);
    store.append(batch([entry(1, 1), entry(1, 2)])).unwrap();
    fs::write(&copy, "catatan yang lain, yang panjangnya lebih dari satu halaman ".repeat(20)).unwrap();
    let before = fs::read(&copy).unwrap();
    let error = backup(&path, &copy).unwrap_err();
    assert!(error.is_unavailable() && error.to_string().ends_with("does not overwrite any: name another"), "{error}");
    assert_eq!(fs::read(&copy).unwrap(), before);
    let error = backup(&path, &path).unwrap_err();
    assert!(error.is_locked(), "{error}");
    store.close().unwrap();
    assert!(backup(&path, &path).unwrap_err().is_unavailable());

    // An entry that was altered is found before the copy has its name, and the message names the store.
    fs::remove_file(&copy).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE log SET body = x'7B7D' WHERE position = 2", []).unwrap();
    drop(connection);
    let error = backup(&path, &copy).unwrap_err();
    assert!(error.is_damaged(), "{error}");
    assert!(error.to_string().contains("sop.db`: entry 2 of the log is damaged"), "{error}");
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name != "copy.db" && !name.to_string_lossy().contains(".new")), "{left:?}");
}

#[test]
fn what_an_interrupted_copy_left_does_not_matter() {
    let (_folder, path) = folder();
    let copy = path.with_file_name("copy.db");
    let mut store = open(&path, 10);
    store.append(batch([entry(1, 1)])).unwrap();
    for suffix in [".new", ".new-wal", ".new-journal"] {
        fs::write(beside(&copy, suffix), "half of something").unwrap();
    }
    assert_eq!(backup(&path, &copy).unwrap(), Position(1));
    assert_eq!(everything(&SqliteStore::open_read_only(&copy).unwrap()), everything(&store));
}

#[test]
fn an_export_is_the_same_whether_it_is_of_a_store_or_of_its_copy_or_of_its_import() {
    let (_folder, path) = folder();
    let [copy, import] = ["copy.db", "import.db"].map(|name| path.with_file_name(name));
    let mut store = open(&path, 100);
    store.append(batch((1..=700).flat_map(|case| [entry(case, 1), entry(case, 2)]))).unwrap();
    let text = |store: &dyn Store| {
        let mut text = Vec::new();
        transfer::export(store, &mut text).unwrap();
        text
    };
    let whole = text(&store);
    backup(&path, &copy).unwrap();
    assert!(text(&SqliteStore::open_read_only(&copy).unwrap()) == whole);
    let mut imported = open(&import, 100);
    transfer::import(&mut imported, whole.as_slice()).unwrap();
    assert!(text(&imported) == whole);
    assert_eq!(history(&imported, 350), history(&store, 350));

    // A cut one leaves what is to be thrown away, and says so; one that fits into a commit leaves nothing.
    let cut = path.with_file_name("cut.db");
    let error = transfer::import(&mut open(&cut, 100), &whole[..whole.len() - 1]).unwrap_err();
    assert!(error.is_partly_written && error.line == 1_401, "{error}");
    let short = path.with_file_name("short.db");
    let mut short = open(&short, 100);
    let error = transfer::import(&mut short, &whole[..whole.len() / 2]).unwrap_err();
    assert!(!error.is_partly_written && short.last().unwrap() == Position(0), "{error}");
    let mut reader = SqliteStore::open_read_only(&copy).unwrap();
    assert!(!transfer::import(&mut reader, whole.as_slice()).unwrap_err().is_partly_written);
}
