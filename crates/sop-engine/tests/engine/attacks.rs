//! What somebody may try who knows how the chain is made: each was a way past it once, or may have been.

use std::io::Cursor;
use std::num::NonZeroUsize;

use sop_engine::audit::{Finding, Head, told, verify};
use sop_engine::core::case::Record;
use sop_engine::core::process::Hash;
use sop_engine::core::time::Instant;
use sop_engine::store::{About, Batch, Body, MemoryStore, NewEntry, Position, Rewritten, Store};
use sop_engine::{ArchiveError, CaseId, Completion, Erasure, Opening, Refusal, transfer};

use crate::audits::{Doctored, log};
use crate::office::{Office, engine_on, key, person, picks};

fn office() -> Office {
    let store = MemoryStore::chained();
    let (engine, clock, procedure) = Office::on(store.clone());
    Office { engine, clock, store, procedure }
}

fn ended(office: &Office) -> CaseId {
    let case = office.start().case;
    office.engine.withdraw(case, &person("tamu"), "batal", None).unwrap().unwrap();
    case
}

fn body(office: &Office, at: Position) -> Vec<u8> {
    office.store.entry(at).unwrap().unwrap().body.to_json().unwrap().into_owned()
}

fn place(office: &Office, case: CaseId, version: usize) -> Position {
    office.engine.history(case).unwrap()[version - 1].position
}

fn head(office: &Office) -> Head {
    office.engine.audit_head().unwrap().unwrap()
}

/// What is found where an entry says something else, and whether the store would have taken that.
fn put(office: &Office, at: Position, says: &[u8], kept: &[Head]) -> (Vec<Finding>, bool) {
    let mut entries = log(&office.store);
    entries[at.0 as usize - 1].body = Body::from_json(says);
    let doctored = Doctored { entries, genuine: office.store.clone(), lost: None };
    let findings = verify(&doctored, kept).unwrap().findings;
    let rewritten = vec![Rewritten { at, body: Body::from_json(says), forgets_command: false }];
    let is_taken = office.store.clone().append(Batch { rewritten, ..Batch::default() }).is_ok();
    (findings, is_taken)
}

fn archive(office: &Office) -> Vec<u8> {
    let mut text = Vec::new();
    office.engine.archive(Instant::MAX, NonZeroUsize::MAX, &mut text).unwrap();
    text
}

#[test]
fn a_hash_that_is_only_said_is_not_believed() {
    let office = office();
    let case = office.start().case;
    office.complete(office.wait(case), "tamu", &Completion::default()).unwrap();
    office.complete(office.wait(case), "awang", &picks("setuju")).unwrap();
    let (head, at) = (head(&office), place(&office, case, 1));
    let about = office.store.entry(at).unwrap().unwrap().about;
    let genuine = String::from_utf8(body(&office, at)).unwrap();
    let hash = told(&about, genuine.as_bytes()).unwrap();
    let forged = genuine.replace("Narasumber bimtek koperasi", "PALSU");
    let forged = forged.strip_suffix('}').unwrap();
    for key in [r#""archived""#, r#""archived" "#, r#""\u0061rchived""#] {
        let forged = format!(r#"{forged},{key}:"{hash}"}}"#);
        let (findings, is_taken) = put(&office, at, forged.as_bytes(), &[head]);
        assert!(findings.iter().any(|finding| finding.at() == at), "{key}: {findings:?}");
        assert!(!is_taken, "{key}");
    }
}

#[test]
fn what_is_about_no_case_is_never_in_an_archive() {
    let office = office();
    ended(&office);
    let head = head(&office);
    for entry in log(&office.store).into_iter().filter(|entry| entry.about.case().is_none()) {
        let hash = Hash::of(&entry.body.to_json().unwrap());
        let at = r#""at":"2026-04-13T01:00:00.000Z""#;
        let stub = format!(r#"{{"v":1,"definition":"narasumber",{at},"events":[],"archived":"{hash}"}}"#);
        let (findings, is_taken) = put(&office, entry.position, stub.as_bytes(), &[head]);
        assert!(findings.iter().any(|finding| finding.at() == entry.position), "{:?}: {findings:?}", entry.about);
        assert!(!is_taken);
    }
}

#[test]
fn what_was_erased_past_the_engine_is_found() {
    let office = office();
    let case = ended(&office);
    let (head, at) = (head(&office), place(&office, case, 1));
    let mut record: Record = serde_json::from_slice(&body(&office, at)).unwrap();
    record.erase(|_| true).unwrap();
    let erased = serde_json::to_vec(&record).unwrap();
    let last = place(&office, case, 2);
    assert_eq!(put(&office, at, &erased, &[head]).0, [Finding::ErasedUnsaid { case, at: last }]);
    // A commitment is no value either.
    record.covers.clear();
    let plain = serde_json::to_vec(&record).unwrap();
    let (findings, is_taken) = put(&office, at, &plain, &[head]);
    assert!(matches!(findings.as_slice(), [Finding::Altered { .. }]) && !is_taken, "{findings:?}");
    // Where the engine does it, somebody stands for it.
    office.engine.erase(case, &person("pdp"), &Erasure::Everything, "permintaan", None).unwrap().unwrap();
    assert!(office.engine.verify_audit(&[head]).unwrap().is_sound());
}

#[test]
fn what_was_put_back_cannot_be_taken_away_again() {
    let office = office();
    let case = ended(&office);
    let text = archive(&office);
    office.engine.let_go("a", &person("x"), Cursor::new(&text)).unwrap();
    let stubs = [1, 2].map(|version| {
        let at = place(&office, case, version);
        (at, body(&office, at))
    });
    office.engine.restore(case, "a", &person("x"), text.as_slice()).unwrap();
    let head = head(&office);
    let mut entries = log(&office.store);
    for (at, stub) in stubs {
        entries[at.0 as usize - 1].body = Body::from_json(stub);
    }
    let doctored = Doctored { entries, genuine: office.store.clone(), lost: None };
    let findings = verify(&doctored, &[head]).unwrap().findings;
    assert!(matches!(findings.as_slice(), [Finding::MovedAway { .. }]), "{findings:?}");
}

#[test]
fn nothing_is_let_go_of_before_the_archive_was_read_to_its_end() {
    let office = office();
    for _ in 0..70 {
        ended(&office);
    }
    let mut text = archive(&office);
    let cut = &text[..text.len() - 10];
    let error = office.engine.let_go("a", &person("x"), Cursor::new(cut)).unwrap_err();
    assert!(matches!(error, ArchiveError::Text(_)), "{error}");
    assert!((1..=70).all(|case| office.engine.case(CaseId(case)).unwrap().is_some()));
    // And what was let go of comes back from what is left of an archive.
    office.engine.let_go("a", &person("x"), Cursor::new(&text)).unwrap();
    text.truncate(text.len() - 10);
    office.engine.restore(CaseId(1), "a", &person("x"), text.as_slice()).unwrap();
}

/// A calendar that comes into force while an archive is written is no part of it.
#[test]
fn an_archive_has_as_many_entries_as_it_says() {
    struct Meanwhile<'o>(&'o Office, Vec<u8>);
    impl std::io::Write for Meanwhile<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.1.is_empty() {
                let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/calendars/kalbar.json");
                let mut calendar: serde_json::Value =
                    serde_json::from_str(&std::fs::read_to_string(folder).unwrap()).unwrap();
                let mut day = calendar["holidays"][0].clone();
                day["date"] = "2026-04-14".into();
                calendar["holidays"].as_array_mut().unwrap().push(day);
                let text = sop_engine::core::text::SourceText::new("kalbar.json", calendar.to_string());
                self.0.engine.set_calendar(&text).unwrap();
                self.0.engine.comment(CaseId(1), &person("tamu"), "lagi", None).unwrap().unwrap();
            }
            self.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let office = office();
    ended(&office);
    ended(&office);
    let mut meanwhile = Meanwhile(&office, Vec::new());
    office.engine.archive(Instant::MAX, NonZeroUsize::MAX, &mut meanwhile).unwrap();
    let let_go = office.engine.let_go("a", &person("x"), Cursor::new(&meanwhile.1)).unwrap();
    assert_eq!((let_go.cases, let_go.kept), (vec![CaseId(2)], vec![CaseId(1)]));
}

#[test]
fn an_export_that_an_archive_came_between_is_none() {
    struct Between<'o>(&'o Office, bool);
    impl std::io::Write for Between<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if !self.1 && bytes.starts_with(b"{\"entry\"") {
                self.1 = true;
                let text = archive(self.0);
                self.0.engine.let_go("a", &person("x"), Cursor::new(&text)).unwrap();
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let office = office();
    let case = office.start().case;
    (0..300).for_each(|_| drop(office.start()));
    office.engine.withdraw(case, &person("tamu"), "batal", None).unwrap().unwrap();
    let error = office.engine.export(&mut Between(&office, false)).unwrap_err();
    assert!(matches!(&error, transfer::ExportError::Store(error) if error.is_busy()), "{error}");
    // A reader who knew the case as running learns that it is over.
    let reader = engine_on(office.store.clone(), &office.clock);
    let other = office.start().case;
    reader.refresh().unwrap();
    office.engine.withdraw(other, &person("tamu"), "batal", None).unwrap().unwrap();
    let text = archive(&office);
    office.engine.let_go("b", &person("x"), Cursor::new(&text)).unwrap();
    reader.refresh().unwrap();
    assert!(!reader.cases().contains(&other));
    assert!(!reader.worklist(&person("tamu")).unwrap().iter().any(|item| item.wait.case == other));
}

#[test]
fn a_command_that_is_sent_again_gets_its_answer_after_the_case_was_put_back() {
    let office = office();
    let start = || office.engine.start(&office.procedure, &person("tamu"), &Opening::about("x"), &key("k")).unwrap();
    let case = start().unwrap().case;
    let withdraw = || office.engine.withdraw(case, &person("tamu"), "batal", &key("w")).unwrap();
    let withdrawn = withdraw().unwrap();
    let text = archive(&office);
    office.engine.let_go("a", &person("x"), Cursor::new(&text)).unwrap();
    assert_eq!(withdraw(), Err(Refusal::CaseIsArchived { case, archive: "a".to_owned() }));
    office.engine.restore(case, "a", &person("x"), text.as_slice()).unwrap();
    assert_eq!(withdraw(), Ok(withdrawn));
    assert_eq!(start().unwrap().case, case);
}

/// Breaks all over a log cost no more than each its part.
#[test]
fn a_log_that_breaks_everywhere_is_read_to_its_end() {
    let office = office();
    for _ in 0..2_500 {
        ended(&office);
    }
    let mut entries = log(&office.store);
    for (entry, number) in entries.iter_mut().zip(0_u64..) {
        entry.chained.as_mut().unwrap().head = Hash::of(&number.to_le_bytes());
    }
    let audit = verify(&Doctored { entries, genuine: office.store.clone(), lost: None }, &[]).unwrap();
    assert_eq!((audit.entries, audit.findings.len()), (5_002, sop_engine::audit::Audit::MOST_FINDINGS));
}

/// What an earlier version exported has no covers, and gets them.
#[test]
fn what_came_without_covers_can_be_erased() {
    let office = office();
    let case = ended(&office);
    let entries = log(&office.store).into_iter().map(|entry| {
        let mut body = entry.body.clone();
        if let About::Case { .. } = entry.about {
            let mut record: Record = serde_json::from_slice(&body.to_json().unwrap()).unwrap();
            record.covers.clear();
            body = Body::from_json(serde_json::to_vec(&record).unwrap());
        }
        NewEntry { about: entry.about, key: entry.key, body }
    });
    let deployment = log(&office.store).into_iter().find(|entry| entry.about == About::Deployment).unwrap();
    let deployment: serde_json::Value = serde_json::from_slice(&deployment.body.to_json().unwrap()).unwrap();
    let texts = deployment["texts"].as_array().unwrap().iter().map(|text| &text["hash"]);
    let hashes = texts.chain([&deployment["certificate"]]).map(|hash| Hash::parse(hash.as_str().unwrap()).unwrap());
    let blobs = hashes.map(|hash| office.store.blob(&hash).unwrap().unwrap().into()).collect();
    let mut unchained = MemoryStore::new();
    unchained.append(Batch { entries: entries.collect(), blobs, ..Batch::default() }).unwrap();
    let mut text = Vec::new();
    transfer::export(&unchained, &mut text).unwrap();
    let mut chained = MemoryStore::chained();
    transfer::import(&mut chained, text.as_slice()).unwrap();
    let engine = engine_on(chained, &office.clock);
    engine.erase(case, &person("pdp"), &Erasure::Everything, "permintaan", None).unwrap().unwrap();
    assert!(engine.verify_audit(&[]).unwrap().is_sound());
    assert_eq!(engine.case(case).unwrap().unwrap().subject, "(dihapus)");
}
