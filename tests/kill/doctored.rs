//! Logs that were tampered with: each way has a name, and the check finds it.

use std::fs;
use std::num::NonZeroU32;

use sop_engine::core::case::{Event, Record};
use sop_engine::store::{About, Body, Entry, Key, MemoryStore, Position};
use sop_store_sqlite::{Options, SqliteStore};

use crate::findings::Findings;
use crate::ledger::Ledger;
use crate::office::Office;
use crate::record::check;
use crate::reopened::{Depth, log, look};
use crate::said::Answered;
use crate::script::play;

const SEED: u64 = 4;

/// A log with everything in it, and the ledger that belongs to it.
fn genuine() -> (Vec<Entry>, Ledger) {
    let (office, store) = (Office::load().unwrap(), MemoryStore::new());
    let (engine, clock) = office.engine(store.clone()).unwrap();
    let ledger = play(&office, &engine, &clock, SEED, 400).unwrap();
    (log(&store).unwrap(), ledger)
}

fn record(entry: &Entry) -> Option<Record> {
    serde_json::from_slice(&entry.body.to_json().unwrap()).ok()
}

/// The place of the last entry that has such an event.
fn last_with(entries: &[Entry], is: impl Fn(&Event<sop_engine::core::case::Named>) -> bool) -> usize {
    entries.iter().rposition(|entry| record(entry).is_some_and(|record| record.events.iter().any(&is))).unwrap()
}

/// Says something else in an entry.
fn reword(entry: &mut Entry, change: impl FnOnce(&mut Record)) {
    let mut said = record(entry).unwrap();
    change(&mut said);
    entry.body = Body::from_json(serde_json::to_vec(&said).unwrap());
}

/// Adds a copy of an entry at the end, as the next of its case.
fn repeat(entries: &mut Vec<Entry>, at: usize) {
    let mut copy = entries[at].clone();
    let About::Case { case, process, .. } = copy.about else { panic!("entry {at} is about no case") };
    let version = entries.iter().filter(|entry| entry.about.case() == Some(case)).count() as u32 + 1;
    copy.about = About::Case { case, version, process };
    copy.position = Position(entries.len() as u64 + 1);
    entries.push(copy);
}

fn found(entries: &[Entry], ledger: &Ledger) -> Findings {
    check(entries, ledger).1
}

#[track_caller]
fn one_says(found: &std::collections::BTreeSet<String>, part: &str) {
    assert!(found.iter().any(|what| what.contains(part)), "no {part:?} in {found:#?}");
}

#[test]
fn a_genuine_log_is_found_genuine_and_has_everything_in_it() {
    let (entries, ledger) = genuine();
    assert_eq!(found(&entries, &ledger), Findings::default());
    for answer in ["Done", "Refused"] {
        let has = |given: &Answered| format!("{given:?}").starts_with(answer);
        assert!(ledger.asked.values().any(|asked| asked.answers.iter().any(has)), "seed {SEED}: nothing was {answer}");
    }
    for kind in ["\"rung_fired\"", "\"numbered\"", "\"returned\"", "\"finished\"", "\"claimed\"", "\"commented\""] {
        let has = |entry: &Entry| String::from_utf8_lossy(&entry.body.to_json().unwrap()).contains(kind);
        assert!(entries.iter().any(has), "seed {SEED}: there is no {kind}");
    }
    assert!(ledger.asked.values().any(|asked| !asked.intention.keyed && asked.is_acknowledged()));
}

#[test]
fn an_entry_that_is_gone_is_lost() {
    let (mut entries, ledger) = genuine();
    let last = entries.iter().rposition(|entry| entry.key.is_some()).unwrap();
    entries.truncate(last);
    let findings = found(&entries, &ledger);
    assert!(findings.lost.len() == 1 && findings.wrong.is_empty(), "{findings:?}");
    one_says(&findings.lost, "is not on record");

    let (mut entries, ledger) = genuine();
    let spoken = last_with(&entries[..entries.len() - 1], |event| matches!(event, Event::Commented { .. }));
    entries.remove(spoken);
    let findings = found(&entries, &ledger);
    assert_eq!(findings.lost.len(), 1, "{findings:?}");
    one_says(&findings.wrong, "follows entry");
}

#[test]
fn an_entry_that_says_something_else_is_lost_or_wrong() {
    let (mut entries, ledger) = genuine();
    let numbered = last_with(&entries, |event| matches!(event, Event::Numbered { .. }));
    reword(&mut entries[numbered], |record| {
        for event in &mut record.events {
            if let Event::Numbered { number, text, .. } = event {
                (*number, *text) = (*number + 1, "000.8/99/X/2026".into());
            }
        }
    });
    let findings = found(&entries, &ledger);
    one_says(&findings.lost, "000.8/99/X/2026");
    one_says(&findings.wrong, "register agenda_keluar of 2026: number");

    let (mut entries, ledger) = genuine();
    let spoken = last_with(&entries, |event| matches!(event, Event::Commented { .. }));
    reword(&mut entries[spoken], |record| {
        for event in &mut record.events {
            if let Event::Commented { by, .. } = event {
                *by = "ranggas".parse().unwrap();
            }
        }
    });
    one_says(&found(&entries, &ledger).wrong, "is not what");
}

#[test]
fn what_is_on_record_twice_is_duplicated() {
    let (genuine, ledger) = genuine();
    type Is = fn(&Event<sop_engine::core::case::Named>) -> bool;
    let ways: [(Is, &str); 4] = [
        (|event| matches!(event, Event::Commented { .. }), "is on record as entry"),
        (|event| matches!(event, Event::Completed { .. }), "is over, and ends again"),
        (|event| matches!(event, Event::RungFired { .. }), "fires again"),
        (|event| matches!(event, Event::Numbered { .. }), "agenda_keluar gives number"),
    ];
    for (is, part) in ways {
        let mut entries = genuine.clone();
        let at = last_with(&entries, is);
        repeat(&mut entries, at);
        one_says(&found(&entries, &ledger).duplicated, part);
    }
}

#[test]
fn what_nobody_intended_is_wrong() {
    let (genuine, ledger) = genuine();
    let keyed = genuine.iter().rposition(|entry| entry.key.is_some()).unwrap();
    let mut entries = genuine.clone();
    entries[keyed].key.as_mut().unwrap().key = Key::new("lain").unwrap();
    let findings = found(&entries, &ledger);
    one_says(&findings.wrong, "lain is on record, and nobody intended it");
    assert_eq!(findings.lost.len(), 1);

    // What was refused each time it was asked is not on record.
    let mut refused = ledger.clone();
    let token = genuine[keyed].key.as_ref().unwrap().key.as_str();
    refused.asked.get_mut(token).unwrap().answers = vec![Answered::Refused("WaitIsOver".to_owned())];
    one_says(&found(&genuine, &refused).wrong, "was refused, and is on record");

    // What was not answered may be there, and may be missing.
    let mut unanswered = ledger.clone();
    unanswered.asked.get_mut(token).unwrap().answers.clear();
    assert_eq!(found(&genuine, &unanswered), Findings::default());
    let mut without_a_key = genuine.clone();
    without_a_key[keyed].key = None;
    assert!(!found(&without_a_key, &ledger).is_empty());
}

#[test]
fn a_gap_between_the_versions_of_a_case_is_wrong() {
    let (mut entries, ledger) = genuine();
    let at = entries.iter().rposition(|entry| entry.about.case().is_some()).unwrap();
    let About::Case { case, version, process } = entries[at].about else { panic!() };
    entries[at].about = About::Case { case, version: version + 1, process };
    one_says(&found(&entries, &ledger).wrong, &format!("version {} of case {case} follows", version + 1));
}

/// The store itself does not notice where its last entries are taken away with what it knows of them: a disk that lies
/// about what it has written.
#[test]
fn an_entry_that_is_taken_out_of_the_file_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("sop.db"), folder.path().join("salinan.db"));
    let office = Office::load().unwrap();
    let options = Options::new().write_behind_after(NonZeroU32::new(65_536).unwrap());
    let (engine, clock) = office.engine(SqliteStore::open_with(&path, options).unwrap()).unwrap();
    let ledger = play(&office, &engine, &clock, SEED, 60).unwrap();
    // As a crash leaves it.
    for suffix in ["", "-wal"] {
        fs::copy(format!("{}{suffix}", path.display()), format!("{}{suffix}", copy.display())).unwrap();
    }
    let all = log(&SqliteStore::open_read_only(&copy).unwrap()).unwrap();
    let last = all.iter().rev().find(|entry| entry.key.is_some()).unwrap();
    rusqlite::Connection::open(&copy)
        .unwrap()
        .execute("DELETE FROM log WHERE position >= ?1", [last.position.0 as i64])
        .unwrap();
    let findings = look(&office, &copy, &ledger, &[], Depth::All).unwrap().findings;
    one_says(&findings.lost, last.key.as_ref().unwrap().key.as_str());
    drop(engine);
    assert_eq!(look(&office, &path, &ledger, &[], Depth::All).unwrap().findings, Findings::default());
}
