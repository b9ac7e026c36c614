//! What was erased is in no file of the store any more, and what somebody does to the file is found by the chain.

use std::fs;
use std::io::Cursor;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;

use rusqlite::Connection;
use sop_engine::audit::{Finding, Head, verify};
use sop_engine::core::definition::PersonId;
use sop_engine::store::{CaseId, Position};
use sop_engine::verify::Verify as _;
use sop_engine::{Clock, Engine, Erasure, Opening};
use sop_store_sqlite::{Options, SqliteStore, backup, compact};

use super::moves::{engine_on, person, sop};

const SECRET: &str = "0812-555-0177 WULAN";

fn secrets_in(folder: &Path) -> usize {
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    let in_one = |bytes: Vec<u8>| bytes.windows(SECRET.len()).filter(|part| *part == SECRET.as_bytes()).count();
    files.map(in_one).sum()
}

fn open(path: &Path, write_behind_after: u32) -> Engine {
    let options = Options::new().write_behind_after(NonZeroU32::new(write_behind_after).unwrap());
    let clock = Clock::simulated("2026-04-13T08:00:00+07:00".parse().unwrap());
    engine_on(SqliteStore::open_with(path, options).unwrap(), clock)
}

/// Cases with secrets of all sizes in a file, among others and after others; those with the even numbers are withdrawn.
fn filled(engine: &Engine) {
    engine.deploy(sop().verify()).unwrap();
    let procedure = sop().process().id().clone();
    for case in 1..=40_u64 {
        let long = "panjang ".repeat(case as usize * 30 % 1_200);
        let opening = Opening::about(format!("{SECRET} {long}"));
        assert_eq!(engine.start(&procedure, &person("tamu"), &opening, None).unwrap().unwrap().case, CaseId(case));
        engine.comment(CaseId(case.div_ceil(2)), &person("tamu"), &format!("{long} {SECRET}"), None).unwrap().unwrap();
    }
    for case in (2..=40).step_by(2).map(CaseId) {
        engine.withdraw(case, &person("tamu"), SECRET, None).unwrap().unwrap();
    }
}

#[test]
fn what_was_erased_is_in_no_file_any_more() {
    for write_behind_after in [1, 10, 65_536] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sop.db");
        let mut engine = open(&path, write_behind_after);
        filled(&engine);
        engine.checkpoint().unwrap();
        let head = engine.audit_head().unwrap().unwrap();
        for case in (1..=40).step_by(2).map(CaseId) {
            engine.withdraw(case, &person("tamu"), SECRET, None).unwrap().unwrap();
        }
        if write_behind_after == 10 {
            drop(engine);
            engine = open(&path, write_behind_after);
        }
        assert!(secrets_in(folder.path()) >= 120);
        let officer = PersonId::new("pdp").unwrap();
        for case in (1..=40).map(CaseId) {
            engine.erase(case, &officer, &Erasure::Everything, "permintaan", None).unwrap().unwrap();
        }
        assert_eq!(secrets_in(folder.path()), 0, "while it is open, written behind after {write_behind_after}");
        let audit = engine.verify_audit(&[head]).unwrap();
        assert!(audit.is_sound(), "{:?}", audit.findings);
        drop(engine);
        assert_eq!(secrets_in(folder.path()), 0, "when it is closed, written behind after {write_behind_after}");
        let copy = folder.path().join("copy.db");
        backup(&path, &copy).unwrap();
        assert_eq!(secrets_in(folder.path()), 0);
        assert!(verify(&SqliteStore::open_read_only(&copy).unwrap(), &[head]).unwrap().is_sound());
    }
}

/// Somebody who reads at that moment keeps the write-ahead log from being cut; it is, with the next commit.
#[test]
fn beside_a_reader_it_is_cleared_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sop.db");
    let engine = open(&path, 65_536);
    filled(&engine);
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM log").unwrap();
    for case in (2..=40).step_by(2).map(CaseId) {
        engine.erase(case, &person("pdp"), &Erasure::Everything, "permintaan", None).unwrap().unwrap();
    }
    let left = secrets_in(folder.path());
    // A program that is killed now leaves it to the next.
    let after = tempfile::tempdir().unwrap();
    for suffix in ["", "-wal"] {
        fs::copy(format!("{}{suffix}", path.display()), after.path().join(format!("sop.db{suffix}"))).unwrap();
    }
    assert!(secrets_in(after.path()) > 60);
    let next = open(&after.path().join("sop.db"), 65_536);
    assert_eq!(secrets_in(after.path()), 20 + live_remarks(&next));
    drop(reader);
    engine.comment(CaseId(1), &person("tamu"), "lagi", None).unwrap().unwrap();
    assert!(secrets_in(folder.path()) < left);
    assert!(engine.verify_audit(&[]).unwrap().is_sound());
}

/// Tells whether what is found is what there is to find.
type IsFound = fn(&[Finding]) -> bool;

/// What is done to the file past the engine, by somebody who knows its sums.
#[test]
fn whatever_is_done_to_the_file_is_found() {
    let deeds: [(&str, IsFound); 6] = [
        ("DELETE FROM log WHERE position = 30", |found| {
            matches!(found, [Finding::Unreadable { at: Position(30), .. }])
        }),
        (
            "UPDATE log SET body = CAST(replace(CAST(body AS TEXT), 'WULAN', 'PUTRI') AS BLOB) WHERE position = 20",
            |found| matches!(found, [Finding::Unreadable { at: Position(20), .. }]),
        ),
        ("UPDATE log SET chain = NULL WHERE position = 25", |found| {
            found.contains(&Finding::NotChained { at: Position(25) })
        }),
        ("UPDATE log SET chain = NULL", |found| found.contains(&Finding::NotChained { at: Position(1) })),
        ("UPDATE log SET chain = (SELECT chain FROM log WHERE position = 24) WHERE position = 25", |found| {
            found.iter().any(|finding| finding.at() == Position(25))
        }),
        ("DELETE FROM log WHERE position > 90", |found| {
            matches!(found, [Finding::CutShort { last: Position(90), .. }])
        }),
    ];
    let folder = tempfile::tempdir().unwrap();
    let genuine = folder.path().join("sop.db");
    let engine = open(&genuine, 65_536);
    filled(&engine);
    let kept: Head = engine.audit_head().unwrap().unwrap();
    drop(engine);
    for (sql, is_found) in deeds {
        let path = folder.path().join("doctored.db");
        fs::copy(&genuine, &path).unwrap();
        Connection::open(&path)
            .unwrap()
            .execute_batch(&format!(
                "{sql}; DELETE FROM cases; DELETE FROM keys; REPLACE INTO reflects VALUES (1, 0, 0, 0)"
            ))
            .unwrap();
        let found = SqliteStore::open_read_only(&path).and_then(|store| verify(&store, &[kept]));
        let found = match found {
            Ok(audit) => audit.findings,
            // Where not even opening succeeds, the error names the place.
            Err(error) => {
                assert!(error.is_damaged(), "{sql}: {error}");
                let at = error.to_string();
                let at = at.split("entry ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
                vec![Finding::Unreadable { at: Position(at), why: error.to_string() }]
            }
        };
        assert!(is_found(&found), "{sql}: {found:#?}");
    }
    // Also where nobody kept a head: a store of this layout has links, or had them.
    Connection::open(&genuine).unwrap().execute_batch("UPDATE log SET chain = NULL").unwrap();
    let audit = verify(&SqliteStore::open_read_only(&genuine).unwrap(), &[]).unwrap();
    assert_eq!(audit.findings, [Finding::NotChained { at: Position(1) }]);
}

/// The number of remarks that the cases that go on have.
fn live_remarks(engine: &Engine) -> usize {
    let remarks = |case| engine.history(case).unwrap().len() - 1;
    engine.cases().into_iter().map(remarks).sum()
}

/// A store of the second layout has no links: it gets them when it is opened for writing, and they are those that it
/// would have had.
#[test]
fn a_store_of_an_earlier_layout_is_chained_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sop.db");
    let engine = open(&path, 65_536);
    filled(&engine);
    let head = engine.audit_head().unwrap().unwrap();
    drop(engine);
    let second_layout = "ALTER TABLE log DROP COLUMN chain; DROP TABLE deployments; PRAGMA user_version = 2";
    Connection::open(&path).unwrap().execute_batch(second_layout).unwrap();
    let reader = SqliteStore::open_read_only(&path).unwrap();
    assert!(verify(&reader, &[]).unwrap_err().to_string().contains("does not chain"));
    drop(reader);
    let engine = open(&path, 65_536);
    assert_eq!(engine.audit_head().unwrap(), Some(head));
    // It was written anew: what an earlier layout left in the gaps of pages is gone.
    let owed = "SELECT count(*) FROM sqlite_schema WHERE name = 'to_be_written_anew'";
    let owed: i64 = Connection::open(&path).unwrap().query_row(owed, [], |row| row.get(0)).unwrap();
    assert_eq!(owed, 0);
    for case in (2..=40).step_by(2).map(CaseId) {
        engine.erase(case, &person("pdp"), &Erasure::Everything, "permintaan", None).unwrap().unwrap();
    }
    // Cases that go on have their subject, and up to two remarks.
    assert_eq!(secrets_in(folder.path()), 20 + live_remarks(&engine));
    assert!(engine.verify_audit(&[head]).unwrap().is_sound());
    engine.comment(CaseId(1), &person("tamu"), "lagi", None).unwrap().unwrap();
    assert!(engine.verify_audit(&[head]).unwrap().is_sound());
}

/// Cases that were moved to an archive leave room, which the disk gets back when the store is compacted.
#[test]
fn what_was_archived_gives_its_space_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sop.db");
    let engine = open(&path, 65_536);
    filled(&engine);
    let mut archive = Vec::new();
    engine.archive(engine.now(), NonZeroUsize::MAX, &mut archive).unwrap();
    let cases = engine.let_go("arsip", &person("arsiparis"), Cursor::new(&archive)).unwrap().cases;
    assert_eq!(cases.len(), 20);
    let head = engine.audit_head().unwrap().unwrap();
    assert!(compact(&path).unwrap_err().is_locked());
    drop(engine);
    let compacted = compact(&path).unwrap();
    assert!(compacted.to < compacted.from * 4 / 5, "{compacted:?}");
    let engine = open(&path, 65_536);
    assert!(engine.verify_audit(&[head]).unwrap().is_sound());
    assert_eq!(engine.cases().len(), 20);
    for case in cases {
        engine.restore(case, "arsip", &person("arsiparis"), archive.as_slice()).unwrap();
        assert!(engine.case(case).unwrap().unwrap().subject.starts_with(SECRET));
    }
    assert!(compact(folder.path().join("none.db")).unwrap_err().is_unavailable());
    assert!(engine.verify_audit(&[head]).unwrap().is_sound());
}
