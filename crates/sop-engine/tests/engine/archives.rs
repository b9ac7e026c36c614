//! Cases that are over, moved to an archive and back.

use std::io::Cursor;
use std::num::NonZeroUsize;

use proptest::prelude::*;
use sop_engine::audit::{Finding, verify};
use sop_engine::core::case::Rejection;
use sop_engine::core::definition::RegisterId;
use sop_engine::core::time::Instant;
use sop_engine::store::{Batch, Body, MemoryStore, Position, Rewritten, Store, StoreError};
use sop_engine::transfer::{self, ImportTrouble};
use sop_engine::{ArchiveError, CaseId, Engine, Erasure, Refusal};

use crate::office::{Office, engine_on, key, person, straight};
use crate::wrapped::Wrapped;

/// Cases 1 to 3 are over, the fourth goes on.
fn office(store: MemoryStore) -> Office {
    let (engine, clock, procedure) = Office::on(store.clone());
    let office = Office { engine, clock, store, procedure };
    for _ in 0..2 {
        office.run(office.start().case, &straight());
    }
    let third = office.start().case;
    office.engine.withdraw(third, &person("tamu"), "batal", &key("batal")).unwrap().unwrap();
    office.run(office.start().case, &straight()[..4]);
    office
}

fn archive(engine: &Engine, over_by: Instant) -> Vec<u8> {
    let mut text = Vec::new();
    let archived = engine.archive(over_by, NonZeroUsize::MAX, &mut text).unwrap();
    assert_eq!(
        text.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{\"entry\"")).count() as u64,
        archived.text.entries
    );
    text
}

fn all(engine: &Engine) -> Vec<u8> {
    archive(engine, Instant::MAX)
}

fn exported(engine: &Engine) -> String {
    let mut text = Vec::new();
    engine.export(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn bodies(store: &MemoryStore) -> Vec<String> {
    let mut bodies = Vec::new();
    let mut take = |entry: sop_engine::store::Entry| {
        bodies.push(String::from_utf8_lossy(&entry.body.to_json()?).into_owned());
        Ok(())
    };
    store.scan(Position(0), &mut take).unwrap();
    bodies
}

fn agenda(engine: &Engine) -> Vec<String> {
    let entries = engine.register(&RegisterId::new("agenda_keluar").unwrap()).unwrap();
    entries.into_iter().map(|entry| format!("{} {} {}", entry.text, entry.case, entry.subject)).collect()
}

#[test]
fn what_is_over_is_moved_and_put_back_to_the_byte() {
    let office = office(MemoryStore::chained());
    let engine = &office.engine;
    let (before, head) = (exported(engine), engine.audit_head().unwrap().unwrap());
    let (seen, original) = (engine.case(CaseId(1)).unwrap(), bodies(&office.store));
    let text = all(engine);
    assert_eq!(exported(engine), before, "an archive that is only written changes nothing");

    let let_go = engine.let_go("arsip-2026", &person("arsiparis"), Cursor::new(&text)).unwrap();
    assert_eq!((let_go.cases, let_go.kept), (vec![CaseId(1), CaseId(2), CaseId(3)], vec![]));
    for engine in [engine, &office.reopen()] {
        let left = exported(engine);
        assert!(left.len() < before.len(), "{} of {}", left.len(), before.len());
        assert_eq!(left.matches("Narasumber bimtek koperasi").count(), 1, "the case that goes on");
        let audit = engine.verify_audit(&[head]).unwrap();
        assert!(audit.is_sound(), "{:?}", audit.findings);
        assert_eq!(audit.archived, 14 + 14 + 2);
        // What the office gave is still in its books, and the next number follows.
        let given = ["000.8/1/DISKOPUKM.A/2026 1 (diarsipkan)", "000.8/2/DISKOPUKM.A/2026 2 (diarsipkan)"];
        assert_eq!(agenda(engine), given);
        let error = engine.case(CaseId(1)).unwrap_err();
        assert!(error.is_archived() && error.to_string().contains("`arsip-2026`"), "{error}");
        let lines: Vec<_> = engine.history(CaseId(3)).unwrap().into_iter().flat_map(|entry| entry.lines).collect();
        let lines: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(lines, ["(diarsipkan)", "(diarsipkan)", "Diarsipkan ke “arsip-2026” oleh arsiparis"]);
        let refused = engine.comment(CaseId(1), &person("tamu"), "x", None).unwrap();
        assert_eq!(refused, Err(Refusal::CaseIsArchived { case: CaseId(1), archive: "arsip-2026".to_owned() }));
        let refused = engine.erase(CaseId(1), &person("pdp"), &Erasure::Everything, "permintaan", None).unwrap();
        assert_eq!(refused.unwrap_err().kind(), "case_is_archived");
        assert_eq!(engine.cases(), [CaseId(4)]);
    }
    // A second time there is nothing to do.
    assert_eq!(engine.let_go("lagi", &person("arsiparis"), Cursor::new(&text)).unwrap().kept.len(), 3);
    assert!(engine.archive(Instant::MAX, NonZeroUsize::MAX, &mut Vec::new()).unwrap().cases == 0);

    for case in [1, 2, 3].map(CaseId) {
        engine.restore(case, "arsip-2026", &person("arsiparis"), text.as_slice()).unwrap();
        let again = engine.restore(case, "arsip-2026", &person("arsiparis"), text.as_slice()).unwrap_err();
        assert!(matches!(again, ArchiveError::NotArchived { .. }), "{again}");
    }
    for (is, was) in bodies(&office.store).iter().zip(&original) {
        assert_eq!(is, was);
    }
    for engine in [engine, &office.reopen()] {
        let mut view = engine.case(CaseId(1)).unwrap();
        view.as_mut().unwrap().version -= 2;
        assert_eq!(view, seen);
        assert!(engine.verify_audit(&[head]).unwrap().is_sound());
        assert_eq!(engine.verify_audit(&[head]).unwrap().archived, 0);
        assert_eq!(agenda(engine)[0], "000.8/1/DISKOPUKM.A/2026 1 Narasumber bimtek koperasi");
    }
    // And it can go again, with what has been said since.
    engine.comment(CaseId(2), &person("tamu"), "masih ada?", None).unwrap().unwrap();
    let second = all(engine);
    assert_eq!(engine.let_go("arsip-2027", &person("arsiparis"), Cursor::new(&second)).unwrap().cases.len(), 3);
    let audit = office.reopen().verify_audit(&[head]).unwrap();
    assert_eq!((audit.is_sound(), audit.archived), (true, 30 + 3 * 2 + 1));
    let mut moved = MemoryStore::chained();
    transfer::import(&mut moved, exported(engine).as_bytes()).unwrap();
    let moved = engine_on(moved, &office.clock);
    assert_eq!(agenda(&moved), agenda(engine));
    moved.restore(CaseId(2), "arsip-2027", &person("arsiparis"), second.as_slice()).unwrap();
}

#[test]
fn only_what_is_over_and_old_enough_is_taken_and_no_more_than_asked_for() {
    let office = office(MemoryStore::chained());
    let engine = &office.engine;
    let first = engine.history(CaseId(1)).unwrap().last().unwrap().record.at;
    let let_go = engine.let_go("a", &person("arsiparis"), Cursor::new(archive(engine, first))).unwrap();
    assert_eq!(let_go.cases, [CaseId(1)]);
    let mut one = Vec::new();
    let archived = engine.archive(Instant::MAX, NonZeroUsize::MIN, &mut one).unwrap();
    assert_eq!(archived.cases, 1);
    // A case that went on since it was written stays.
    engine.comment(CaseId(2), &person("tamu"), "lagi", None).unwrap().unwrap();
    let let_go = engine.let_go("b", &person("arsiparis"), Cursor::new(&one)).unwrap();
    assert_eq!((let_go.cases, let_go.kept), (vec![], vec![CaseId(2)]));
    assert_eq!(engine.case(CaseId(2)).unwrap().unwrap().version, 15);
}

#[test]
fn what_is_not_what_is_on_record_is_refused_and_nothing_is_lost() {
    let office = office(MemoryStore::chained());
    let engine = &office.engine;
    let (text, before) = (all(engine), exported(engine));
    let let_go = |text: &[u8]| engine.let_go("a", &person("arsiparis"), Cursor::new(text)).unwrap_err();
    let whole = String::from_utf8(text.clone()).unwrap();

    assert!(matches!(let_go(b"PK"), ArchiveError::Text(error) if matches!(error.trouble, ImportTrouble::NotAnExport)));
    assert!(
        matches!(let_go(before.as_bytes()), ArchiveError::Text(error) if matches!(error.trouble, ImportTrouble::NotAnArchive))
    );
    let cut = let_go(&text[..text.len() - 10]);
    assert!(
        matches!(&cut, ArchiveError::Text(error) if matches!(error.trouble, ImportTrouble::CutShort { missing: 1 })),
        "{cut}"
    );
    let altered = let_go(whole.replace("batal", "gagal").as_bytes());
    assert!(
        matches!(&altered, ArchiveError::Text(error) if matches!(error.trouble, ImportTrouble::Altered)),
        "{altered}"
    );
    let empty = engine.let_go(" ", &person("arsiparis"), Cursor::new(&text)).unwrap_err();
    assert!(matches!(empty, ArchiveError::Refused(Refusal::Rejected(Rejection::TextMissing))), "{empty}");
    let error = transfer::import(&mut MemoryStore::new(), text.as_slice()).unwrap_err();
    assert!(matches!(error.trouble, ImportTrouble::AnArchive));

    // The archive of another office, whose sums are right.
    let other = self::office(MemoryStore::chained());
    other.engine.comment(CaseId(1), &person("tamu"), "x", None).unwrap().unwrap();
    let other = let_go(&all(&other.engine));
    assert!(matches!(other, ArchiveError::NotOnRecord { case: CaseId(1), .. }), "{other}");
    assert_eq!(exported(engine), before);
    assert!(engine.verify_audit(&[]).unwrap().is_sound());
    assert_eq!(engine.cases(), [CaseId(4)]);

    // Put back is only what was moved.
    engine.let_go("a", &person("arsiparis"), Cursor::new(&text)).unwrap();
    let left = exported(engine);
    let later = self::office(MemoryStore::chained());
    later.pass(1);
    let restore = |case, text: &[u8]| engine.restore(case, "a", &person("arsiparis"), text).unwrap_err();
    assert!(matches!(restore(CaseId(4), &text), ArchiveError::NotThere { case: CaseId(4) }));
    // Not even less of it: that would be an erasure that nothing says.
    let reworded = self::office(MemoryStore::chained());
    reworded.engine.erase(CaseId(1), &person("pdp"), &Erasure::Everything, "x", None).unwrap().unwrap();
    let error = restore(CaseId(1), &all(&reworded.engine));
    assert!(matches!(error, ArchiveError::NotOnRecord { case: CaseId(1), .. }), "{error}");
    assert_eq!(exported(engine), left);
    // Damage elsewhere in the archive is no hindrance.
    let damaged = whole.replacen(r#""reason":"batal""#, r#""reason":"gagal""#, 1);
    let error = restore(CaseId(3), damaged.as_bytes());
    assert!(matches!(error, ArchiveError::NotOnRecord { case: CaseId(3), .. }), "{error}");
    engine.restore(CaseId(1), "a", &person("arsiparis"), damaged.as_bytes()).unwrap();
    assert!(engine.verify_audit(&[]).unwrap().is_sound());
}

/// A commit that fails in between takes nothing, and it goes on from there.
#[test]
fn a_store_that_fails_loses_nothing() {
    let office = office(MemoryStore::chained());
    let text = all(&office.engine);
    let before = exported(&office.engine);
    let mut fails = true;
    let append = Box::new(move |store: &mut MemoryStore, batch: Batch| {
        if std::mem::take(&mut fails) { Err(StoreError::unavailable("the disk is full")) } else { store.append(batch) }
    });
    let engine = engine_on(Wrapped { after_telling: None, inner: office.store.clone(), append }, &office.clock);
    let error = engine.let_go("a", &person("arsiparis"), Cursor::new(&text)).unwrap_err();
    assert!(matches!(error, ArchiveError::Store(error) if error.is_unavailable()));
    assert_eq!(exported(&engine), before);
    assert_eq!(engine.case(CaseId(1)).unwrap().unwrap().version, 14);
    assert_eq!(engine.let_go("a", &person("arsiparis"), Cursor::new(&text)).unwrap().cases.len(), 3);
}

/// Whoever takes entries away as if they were archived, or alters what is left of some that are, is found.
#[test]
fn what_looks_archived_and_is_not_is_found() {
    let office = office(MemoryStore::chained());
    let text = all(&office.engine);
    let mut store = office.store.clone();
    let stub = |store: &MemoryStore, at: u64| {
        let body = store.entry(Position(at)).unwrap().unwrap().body.to_json().unwrap().into_owned();
        let told = sop_engine::audit::told(&store.entry(Position(at)).unwrap().unwrap().about, &body).unwrap();
        let at = r#""at":"2026-04-13T01:00:00.000Z""#;
        Body::from_json(
            format!(r#"{{"v":1,"definition":"narasumber",{at},"events":[],"archived":"{told}"}}"#).into_bytes(),
        )
    };
    // The chain alone does not show it.
    let rewritten = vec![Rewritten { at: Position(4), body: stub(&store, 4), forgets_command: false }];
    store.append(Batch { rewritten, ..Batch::default() }).unwrap();
    let findings = verify(&store, &[]).unwrap().findings;
    let last = office.engine.history(CaseId(1)).unwrap().last().unwrap().position;
    assert_eq!(findings, [Finding::MovedAway { case: CaseId(1), at: last }]);

    let office = self::office(MemoryStore::chained());
    office.engine.let_go("a", &person("arsiparis"), Cursor::new(&text)).unwrap();
    let mut store = office.store.clone();
    let numbered = office.engine.history(CaseId(1)).unwrap();
    let numbered = numbered.iter().find(|entry| !entry.record.events.is_empty()).unwrap().position;
    let body = store.entry(numbered).unwrap().unwrap().body.to_json().unwrap().into_owned();
    let other = String::from_utf8(body).unwrap().replace("000.8/1/", "000.8/9/");
    let rewritten = vec![Rewritten { at: numbered, body: Body::from_json(other.into_bytes()), forgets_command: false }];
    store.append(Batch { rewritten, ..Batch::default() }).unwrap();
    let findings = verify(&store, &[]).unwrap().findings;
    assert!(matches!(findings.as_slice(), [Finding::MovedAway { case: CaseId(1), .. }]), "{findings:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is moved and put back in whatever order: what the engine shows follows from the log alone, the chain is
    /// sound, and in the end everything is there again.
    #[test]
    fn moving_and_putting_back_loses_nothing(deeds in prop::collection::vec((0..5_u8, 1..5_u64), 1..14)) {
        let office = office(MemoryStore::chained());
        let engine = &office.engine;
        let head = engine.audit_head().unwrap().unwrap();
        let mut archives: Vec<Vec<u8>> = Vec::new();
        for (what, case) in deeds {
            match what {
                0 | 1 => {
                    let mut text = Vec::new();
                    engine.archive(Instant::MAX, NonZeroUsize::new(case as usize).unwrap(), &mut text).unwrap();
                    engine.let_go("arsip", &person("arsiparis"), Cursor::new(&text)).unwrap();
                    archives.push(text);
                }
                2 => drop(engine.comment(CaseId(case), &person("tamu"), "catatan", None).unwrap()),
                3 => drop(engine.erase(CaseId(case), &person("pdp"), &Erasure::Everything, "permintaan", None).unwrap()),
                _ => put_back(engine, CaseId(case), &archives),
            }
            let audit = engine.verify_audit(&[head]).unwrap();
            prop_assert!(audit.is_sound(), "{:?}", audit.findings);
            prop_assert_eq!(exported(&office.reopen()), exported(engine));
        }
        for case in (1..=3).map(CaseId) {
            put_back(engine, case, &archives);
            prop_assert!(engine.case(case).unwrap().is_some());
        }
        prop_assert_eq!(engine.verify_audit(&[head]).unwrap().archived, 0);
        prop_assert_eq!(agenda(engine).len(), 2);
    }
}

/// Puts a case back from whichever archive holds it as it was moved last.
fn put_back(engine: &Engine, case: CaseId, archives: &[Vec<u8>]) {
    for text in archives.iter().rev() {
        if engine.restore(case, "arsip", &person("arsiparis"), text.as_slice()).is_ok() {
            return;
        }
    }
}
