//! Personal data that is erased (UU 27/2022): gone from everything that can be read, and the chain is as it was.

use sop_engine::audit::Head;
use sop_engine::core::case::Rejection;
use sop_engine::core::definition::{FieldId, PaperId, RegisterId};
use sop_engine::core::diagnostic::Language;
use sop_engine::store::{MemoryStore, Store};
use sop_engine::{CaseId, Engine, Erasure, Opening, Refusal, transfer};

use crate::office::{Office, engine_on, key, person, straight};

const SECRET: &str = "0812-555-0177";

/// A case that is over and says something personal wherever that can be, and one that goes on.
fn ended() -> (Office, CaseId) {
    let store = MemoryStore::chained();
    let (engine, clock, procedure) = Office::on(store.clone());
    let office = Office { engine, clock, store, procedure };
    let mut opening = Opening::about(format!("Bimtek, hubungi {SECRET}"));
    opening.documents.insert(PaperId::new("surat_pd").unwrap(), format!("arsip/{SECRET}"));
    let case = office.engine.start(&office.procedure, &person("tamu"), &opening, &key("buka")).unwrap().unwrap().case;
    office.start();
    for (by, completion, minutes) in straight() {
        office.pass(minutes);
        let noted = completion.note(format!("hubungi {SECRET}"));
        let wait = office.wait(case);
        office.engine.complete(&wait, &person(by), &noted, &key(&format!("w{}", wait.wait))).unwrap().unwrap();
    }
    office.engine.comment(case, &person("tamu"), &format!("nomor baru {SECRET}"), None).unwrap().unwrap();
    (office, case)
}

fn exported(engine: &Engine) -> String {
    let mut text = Vec::new();
    engine.export(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn everything_personal_is_gone_and_the_chain_is_as_it_was() {
    let (office, case) = ended();
    let engine = &office.engine;
    let before: Head = engine.audit_head().unwrap().unwrap();
    assert_eq!(exported(engine).matches(SECRET).count(), 2 + 13 + 1);
    assert_eq!(engine.case(case).unwrap().unwrap().values[0].1, "tatalaksana");
    let heard = engine.subscribe();
    let agenda = |engine: &Engine| engine.register(&RegisterId::new("agenda_keluar").unwrap()).unwrap();
    let numbered = agenda(engine);

    let done =
        engine.erase(case, &person("pdp"), &Erasure::Everything, "permintaan pemohon", &key("hapus")).unwrap().unwrap();
    assert_eq!((done.case, done.version), (case, 16));

    for engine in [engine, &office.reopen()] {
        let text = exported(engine);
        assert!(!text.contains(SECRET) && !text.contains(r#""value":"tatalaksana""#));
        let view = engine.case(case).unwrap().unwrap();
        assert_eq!((view.subject.as_str(), view.values.len(), view.version), ("(dihapus)", 0, 16));
        let lines: Vec<_> = engine.history(case).unwrap().into_iter().flat_map(|entry| entry.lines).collect();
        assert_eq!(lines[0].id, "Permohonan dibuka oleh tamu: (dihapus)");
        assert_eq!(lines[0].en, "Opened by tamu: (erased)");
        assert!(lines.iter().any(|line| line.id.ends_with("Setuju — (dihapus)")), "{lines:#?}");
        assert!(
            lines.iter().any(|line| line.id.ends_with(": (dihapus)") && line.id.starts_with("Bagian")),
            "{lines:#?}"
        );
        assert_eq!(lines.last().unwrap().id, "Data pribadi dihapus oleh pdp: permintaan pemohon");
        // What the office gave stays.
        let now = agenda(engine);
        assert_eq!((now.len(), &now[0].text, now[0].subject.as_str()), (1, &numbered[0].text, "(dihapus)"));
        let audit = engine.verify_audit(&[before]).unwrap();
        assert!(audit.is_sound(), "{:?}", audit.findings);
        // The other case is as it was.
        assert_eq!(engine.case(CaseId(2)).unwrap().unwrap().subject, "Narasumber bimtek koperasi");
    }
    assert_eq!(heard.try_iter().count(), 1);

    // Sent again it is the same answer, and what was done under an old key is not done again.
    let again = engine.erase(case, &person("pdp"), &Erasure::Everything, "permintaan pemohon", &key("hapus")).unwrap();
    assert_eq!(again.unwrap(), done);
    let mut opening = Opening::about(format!("Bimtek, hubungi {SECRET}"));
    opening.documents.insert(PaperId::new("surat_pd").unwrap(), format!("arsip/{SECRET}"));
    let reopened = engine.start(&office.procedure, &person("tamu"), &opening, &key("buka")).unwrap();
    assert_eq!(reopened, Err(Refusal::KeyReused { key: key("buka") }));

    // The log that is left can be moved, and goes on.
    let mut other = MemoryStore::chained();
    transfer::import(&mut other, exported(engine).as_bytes()).unwrap();
    let moved = engine_on(other, &office.clock);
    assert!(moved.verify_audit(&[before, engine.audit_head().unwrap().unwrap()]).unwrap().is_sound());
    engine.comment(case, &person("tamu"), "sudah dihapus?", None).unwrap().unwrap();
    engine.erase(case, &person("pdp"), &Erasure::Everything, "sekali lagi", None).unwrap().unwrap();
    assert!(!exported(engine).contains("sudah dihapus?"));
    assert!(engine.verify_audit(&[before]).unwrap().is_sound());
}

#[test]
fn some_fields_can_be_erased_and_the_rest_stays() {
    let (office, case) = ended();
    let engine = &office.engine;
    let field = |name: &str| FieldId::new(name).unwrap();
    let what = Erasure::Fields(vec![field("bagain")]);
    let refused = engine.erase(case, &person("pdp"), &what, "permintaan", None).unwrap().unwrap_err();
    assert!(
        matches!(&refused, Refusal::UnknownName { suggestion: Some(meant), .. } if meant == "bagian"),
        "{refused:?}"
    );
    // Named twice it is on record once.
    let what = Erasure::Fields(vec![field("bagian"), field("bagian")]);
    engine.erase(case, &person("pdp"), &what, "permintaan", None).unwrap().unwrap();
    assert!(exported(engine).contains(r#""fields":["bagian"]"#));
    let text = exported(engine);
    assert!(text.contains(SECRET) && !text.contains(r#""value":"tatalaksana""#));
    assert!(engine.case(case).unwrap().unwrap().values.is_empty());
    assert!(engine.verify_audit(&[]).unwrap().is_sound());
}

#[test]
fn what_cannot_be_erased_is_refused_and_nothing_is_written() {
    let (office, case) = ended();
    let engine = &office.engine;
    let before = exported(engine);
    let erase = |case, reason: &str| engine.erase(case, &person("pdp"), &Erasure::Everything, reason, None).unwrap();
    assert_eq!(erase(CaseId(2), "permintaan"), Err(Rejection::CaseIsNotOver.into()));
    assert_eq!(erase(CaseId(99), "permintaan"), Err(Refusal::UnknownCase { case: CaseId(99) }));
    assert_eq!(erase(case, " "), Err(Rejection::TextMissing.into()));
    assert_eq!(erase(case, &"x".repeat(10_001)), Err(Rejection::TextTooLong { limit: 10_000 }.into()));
    let told = engine.explain(&erase(CaseId(2), "permintaan").unwrap_err(), Language::Indonesian);
    assert!(told.starts_with("Permohonan ini masih berjalan."), "{told}");
    assert_eq!(exported(engine), before);
    // A case that stands still is not over either, and neither refusal leaves it in memory.
    assert_eq!(engine.cases(), [CaseId(2)]);
}

/// A guess at what was erased cannot be confirmed: the same value has another commitment each time.
#[test]
fn the_same_value_leaves_nothing_that_is_the_same() {
    let (office, case) = ended();
    office.engine.erase(case, &person("pdp"), &Erasure::Everything, "permintaan", None).unwrap().unwrap();
    let text = exported(&office.engine);
    let covers = text.split(r#""covers":["#).skip(1).flat_map(|rest| rest.split(']').next().unwrap().split(','));
    let mut covers: Vec<&str> = covers.filter(|cover| cover.contains("sha256:")).collect();
    assert_eq!(covers.len(), 2 + 13 + 1 + 1);
    covers.sort_unstable();
    covers.dedup();
    assert_eq!(covers.len(), 17, "the same note under thirteen steps");
    // The fingerprints of its commands are gone from the store.
    let used = office.store.history(case).unwrap();
    let used: Vec<_> = used.iter().filter_map(|entry| entry.key.as_ref()).map(|used| used.command.0).collect();
    assert_eq!(used, vec![[0; 16]; 14]);
}

/// In the machine's time salts are random, and differ from one engine to the next.
#[test]
fn salts_are_random_outside_of_simulations() {
    let salts = || {
        let store = MemoryStore::chained();
        let bundle = crate::office::bundle("narasumber.json");
        let people = crate::office::officials("pejabat.json", &bundle);
        let procedure = bundle.process().id().clone();
        let engine = Engine::open(store, people, sop_engine::Clock::system()).unwrap();
        engine.deploy(sop_engine::verify::Verify::verify(bundle)).unwrap();
        engine.start(&procedure, &person("tamu"), &Opening::about("x"), None).unwrap().unwrap();
        let text = exported(&engine);
        text.split(r#""covers":[""#).nth(1).unwrap()[..32].to_owned()
    };
    assert_ne!(salts(), salts());
}

#[test]
fn a_failed_erasure_changes_nothing() {
    use crate::wrapped::Wrapped;
    use sop_engine::store::StoreError;
    let (office, case) = ended();
    let before = exported(&office.engine);
    let append = Box::new(|store: &mut MemoryStore, batch: sop_engine::store::Batch| {
        if batch.rewritten.is_empty() { store.append(batch) } else { Err(StoreError::unavailable("the disk is full")) }
    });
    let engine = engine_on(Wrapped { after_telling: None, inner: office.store.clone(), append }, &office.clock);
    let error = engine.erase(case, &person("pdp"), &Erasure::Everything, "permintaan", None).unwrap_err();
    assert!(error.is_unavailable());
    assert_eq!(exported(&engine), before);
    engine.comment(case, &person("tamu"), "lagi", None).unwrap().unwrap();
    assert!(engine.verify_audit(&[]).unwrap().is_sound());
}
