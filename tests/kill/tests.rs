//! The check that can fail: what it finds in logs that were tampered with, in a store that acknowledges too early, and
//! that it finds nothing where nothing is wrong. What only several programs can show: two of them on one file, and a disk
//! that is full under load. And files that were cut short or altered, as the engine meets them.

mod dice;
mod office;
mod orders;
mod said;
mod script;

mod findings;
mod killed;
mod ledger;
mod record;
mod reopened;
mod rounds;

mod beside;
mod damaged;
mod doctored;

use std::path::Path;
use std::process::Command;

use rounds::{Plan, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_kill");

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan { program: Path::new(PROGRAM), folder: folder.path(), kills: 8, seed: 20, hasty: false };
    let outcome = run(&plan, &mut |round, findings| panic!("seed 20, kill {round}: {findings:?}")).unwrap();
    assert_eq!(outcome.kills, 8);
    assert!(outcome.acknowledged > 0 && outcome.entries >= outcome.acknowledged / 2, "{outcome:?}");
}

/// Commits are acknowledged before they are made: whoever kills often enough sees it.
#[test]
fn a_store_that_acknowledges_too_early_is_caught() {
    let run = Command::new(PROGRAM).args(["8", "20", "--hasty"]).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert_eq!(run.status.code(), Some(1), "{said}");
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("kills 8 acknowledged ") && !last.contains(" lost 0 "), "{last}");
    assert!(said.starts_with("seed 20\n") && said.contains(" was acknowledged and is not on record: "), "{said}");
}

#[test]
fn what_cannot_be_understood_is_refused() {
    for args in [["x"], ["--child"]] {
        let run = Command::new(PROGRAM).args(args).output().unwrap();
        assert_eq!((run.status.code(), run.stdout.len()), (Some(2), 0), "{args:?}");
    }
}
