//! The disk: what is flushed stays, and of the rest anything may.

use std::collections::BTreeSet;

use sop_testkit::world::{Crash, Disk, DiskError, Fault};

#[test]
fn what_was_flushed_stays_and_the_rest_is_left_to_chance() {
    let mut found = BTreeSet::new();
    for seed in 0..200 {
        let disk = Disk::new(seed);
        let file = disk.create("log").unwrap();
        file.write_at(0, b"flushed;").unwrap();
        file.sync().unwrap();
        file.write_at(8, b"first;").unwrap();
        file.write_at(14, b"second;").unwrap();
        assert_eq!(file.read().unwrap(), b"flushed;first;second;");
        disk.restart(Crash::Power);
        assert_eq!(file.read(), Err(DiskError::Down), "what was open is open no longer");
        let left = disk.open("log").unwrap().read().unwrap();
        assert!(left.starts_with(b"flushed;"));
        found.insert(left);
    }
    for expected in [&b"flushed;"[..], b"flushed;first;second;", b"flushed;first;", b"flushed;\0\0\0\0\0\0second;"] {
        assert!(found.contains(expected), "{}", String::from_utf8_lossy(expected));
    }
    assert!(found.len() > 8, "writes are torn too: {}", found.len());
}

#[test]
fn a_killed_program_leaves_what_it_wrote() {
    let disk = Disk::new(1);
    disk.create("log").unwrap().write_at(0, b"written").unwrap();
    disk.restart(Crash::Program);
    assert_eq!(disk.open("log").unwrap().read().unwrap(), b"written");
}

#[test]
fn a_flush_that_failed_is_not_made_up_for_by_the_next() {
    let mut lost = 0;
    for seed in 0..100 {
        let disk = Disk::new(seed);
        let file = disk.create("log").unwrap();
        file.sync().unwrap();
        file.write_at(0, b"entry").unwrap();
        disk.fail_sync(0);
        assert_eq!(file.sync(), Err(DiskError::Failed));
        file.sync().unwrap();
        assert_eq!(file.read().unwrap(), b"entry", "programs still see it");
        disk.restart(Crash::Power);
        lost += u32::from(disk.open("log").unwrap().read().unwrap() != b"entry");
    }
    assert!((20..90).contains(&lost), "{lost}");
}

#[test]
fn names_are_durable_with_any_flush_and_in_order() {
    for seed in 0..50 {
        let disk = Disk::new(seed);
        let first = disk.create("first").unwrap();
        disk.create("second").unwrap();
        disk.rename("second", "third").unwrap();
        let flushed = seed % 2 == 0;
        if flushed {
            first.sync().unwrap();
        }
        disk.remove("first").unwrap();
        disk.restart(Crash::Power);
        let (second, third) = (disk.has("second").unwrap(), disk.has("third").unwrap());
        assert!(!(second && third), "a file is never under two names");
        if flushed {
            assert!(third && !second);
        }
        assert!(disk.has("first").unwrap() || third || !flushed);
    }
}

#[test]
fn a_full_disk_takes_what_there_is_room_for() {
    let disk = Disk::new(1);
    let file = disk.create("log").unwrap();
    file.write_at(0, b"12345").unwrap();
    disk.fill_up(3);
    assert_eq!(file.write_at(5, b"67890"), Err(DiskError::Full));
    assert_eq!(file.read().unwrap(), b"12345678");
    file.write_at(0, b"overw").unwrap();
    disk.mend();
    file.write_at(5, b"67890").unwrap();
    assert_eq!(disk.met().count(Fault::DiskFull), 1);
}

#[test]
fn a_crash_comes_at_its_boundary_and_nothing_succeeds_after_it() {
    for at in 0..4 {
        let disk = Disk::new(at);
        disk.crash_at(at);
        let done = (|| {
            let file = disk.create("log")?;
            file.write_at(0, b"entry")?;
            file.set_size(3)?;
            file.sync()
        })();
        assert_eq!((done, disk.boundaries()), (Err(DiskError::Down), at + 1));
        assert_eq!(disk.has("log"), Err(DiskError::Down));
        disk.restart(Crash::Power);
        disk.has("log").unwrap();
    }
}

#[test]
fn a_lock_is_given_back_when_it_is_dropped_and_when_the_program_ends() {
    let disk = Disk::new(1);
    let lock = disk.take_lock("log").unwrap();
    assert!(disk.take_lock("log").is_none());
    drop(lock);
    let before = disk.take_lock("log").unwrap();
    disk.restart(Crash::Program);
    let _after = disk.take_lock("log").unwrap();
    drop(before);
    assert!(disk.take_lock("log").is_none(), "a lock of the program before is no lock of this one");
}
