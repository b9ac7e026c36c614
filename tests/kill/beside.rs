//! What only several programs can show: another one beside the writer, and a disk that is full under load.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::Path;
use std::process::Command;

use sop_engine::store::Store as _;
use sop_store_sqlite::SqliteStore;

use crate::PROGRAM;
use crate::findings::Findings;
use crate::killed::{Running, Told};
use crate::ledger::Ledger;
use crate::office::Office;
use crate::orders::Orders;
use crate::record::check;
use crate::reopened::{Depth, log, look};
use crate::said::{Answered, Line};

fn orders(store: &Path, round: u64) -> Orders {
    Orders {
        store: store.to_owned(),
        round,
        seed: round,
        behind: NonZeroU32::new(50).unwrap(),
        moves: NonZeroU32::new(64).unwrap(),
        closes_after: None,
        hasty: false,
    }
}

/// The second program is told that the store is locked, and may read beside the first: what it reads is always a whole
/// beginning of the log. When the first is killed, the reader goes on.
#[test]
fn two_programs_on_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sop.db");
    let office = Office::load().unwrap();
    let child = Running::of(Path::new(PROGRAM), &orders(&path, 1), &[]).unwrap();
    assert!(child.await_said(Told::Acknowledged, 20));
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.is_locked(), "{error:?}");

    let (reader, _clock) = office.engine(SqliteStore::open_read_only(&path).unwrap()).unwrap();
    let refused = reader.start(&office.procedure, &office.asker, &sop_engine::Opening::about("x"), None).unwrap_err();
    assert!(refused.is_read_only(), "{refused:?}");
    let mut seen = Vec::new();
    for _ in 0..5 {
        assert!(child.await_said(Told::Acknowledged, 20));
        reader.refresh().unwrap();
        let logged = log(&SqliteStore::open_read_only(&path).unwrap()).unwrap();
        for case in reader.cases() {
            let version = reader.case(case).unwrap().unwrap().version as usize;
            assert!(logged.iter().filter(|entry| entry.about.case() == Some(case)).count() >= version);
        }
        seen = logged;
    }
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.is_locked(), "the reader has not taken the lock: {error:?}");

    let (lines, _) = child.kill().unwrap();
    let mut ledger = Ledger::default();
    let tokens = ledger.take(lines);
    reader.refresh().unwrap();
    let (story, _) = check(&log(&SqliteStore::open_read_only(&path).unwrap()).unwrap(), &ledger);
    let roles = office.bundle.process().roles();
    let lists = roles.iter().map(|(_, role)| reader.worklist_of_role(&office.procedure, &role.id).unwrap());
    assert_eq!(lists.flatten().map(|item| item.wait).collect::<BTreeSet<_>>(), story.waits);
    let looked = look(&office, &path, &ledger, &tokens, Depth::All).unwrap();
    assert_eq!(looked.findings, Findings::default());
    // What was read in between was a beginning of what there is, and nobody had to be asked to see it whole.
    let all = log(&SqliteStore::open_read_only(&path).unwrap()).unwrap();
    let said = |entry: &sop_engine::store::Entry| (entry.position, entry.body.to_json().unwrap().into_owned());
    assert!(seen.iter().map(said).eq(all.iter().take(seen.len()).map(said)));
    assert!(check(&seen, &ledger).1.wrong.is_empty());
}

/// The system refuses to let files grow: commands fail with an error from then on, and what was acknowledged is there when
/// the next program opens the store, which goes on with it.
#[test]
fn a_disk_that_is_full_loses_nothing_that_was_acknowledged() {
    for (round, blocks) in [(1, 1_500), (2, 1_901)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sop.db");
        let office = Office::load().unwrap();
        let mut limited = Command::new("sh");
        limited.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")).arg(PROGRAM);
        let child = Running::start(limited, &orders(&path, round), &[]).unwrap();
        assert!(child.await_said(Told::Failed, 40), "{blocks} blocks were enough");
        let (lines, _) = child.kill().unwrap();
        for line in &lines {
            if let Line::Answered(_, Answered::Failed(error)) = line {
                assert!(error.starts_with("Unavailable: ") && error.contains("nothing of this was written"), "{error}");
            }
        }
        let mut ledger = Ledger::default();
        let tokens = ledger.take(lines);
        assert!(ledger.acknowledged > 0);
        let looked = look(&office, &path, &ledger, &tokens, Depth::All).unwrap();
        assert_eq!(looked.findings, Findings::default(), "{blocks} blocks");

        // There is room again.
        let child = Running::of(Path::new(PROGRAM), &orders(&path, round + 10), &ledger.open(&tokens)).unwrap();
        assert!(child.await_said(Told::Acknowledged, 20));
        let (lines, _) = child.kill().unwrap();
        let tokens = ledger.take(lines);
        let looked = look(&office, &path, &ledger, &tokens, Depth::All).unwrap();
        assert_eq!(looked.findings, Findings::default(), "{blocks} blocks, after there was room again");
        assert!(SqliteStore::open_read_only(&path).unwrap().last().unwrap().0 > looked.entries as u64 - 1);
    }
}

/// A file system of two megabytes, gone when this is dropped.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder.path()).status();
        assert!(mounted.unwrap().success(), "only the administrator may mount");
        Self(folder)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _left = Command::new("umount").arg(self.0.path()).status();
    }
}

/// The same on a file system that is really full: also the next program meets it so, and then there is room again.
#[test]
#[ignore = "mounts a file system, which takes the administrator's rights"]
fn a_small_file_system_that_is_full() {
    let small = Small::mount();
    let (path, ballast) = (small.0.path().join("sop.db"), small.0.path().join("lain"));
    std::fs::write(&ballast, vec![0; 700_000]).unwrap();
    let office = Office::load().unwrap();
    let child = Running::of(Path::new(PROGRAM), &orders(&path, 1), &[]).unwrap();
    assert!(child.await_said(Told::Failed, 40));
    let (lines, _) = child.kill().unwrap();
    let full = lines
        .iter()
        .any(|line| matches!(line, Line::Answered(_, Answered::Failed(said)) if said.contains("the disk is full")));
    assert!(full);
    let mut ledger = Ledger::default();
    let tokens = ledger.take(lines);
    assert!(ledger.acknowledged > 0);
    let entries = log(&SqliteStore::open_read_only(&path).unwrap()).unwrap();
    assert_eq!(check(&entries, &ledger).1, Findings::default(), "read while it is full");
    if let Err(error) = office.engine(SqliteStore::open(&path).unwrap()) {
        assert!(error.is_unavailable() && error.to_string().contains("the disk is full"), "{error:?}");
    }
    std::fs::remove_file(&ballast).unwrap();
    let looked = look(&office, &path, &ledger, &tokens, Depth::All).unwrap();
    assert_eq!(looked.findings, Findings::default());
    let child = Running::of(Path::new(PROGRAM), &orders(&path, 2), &ledger.open(&tokens)).unwrap();
    assert!(child.await_said(Told::Acknowledged, 20));
    let (lines, _) = child.kill().unwrap();
    let tokens = ledger.take(lines);
    let looked = look(&office, &path, &ledger, &tokens, Depth::All).unwrap();
    assert_eq!(looked.findings, Findings::default(), "after there was room again");
}
