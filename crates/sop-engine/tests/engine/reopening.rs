//! Engines that continue what others began.

use sop_engine::core::definition::RegisterId;
use sop_engine::store::{About, Batch, Body, MemoryStore, NewEntry, ProcessNumber, Store};
use sop_engine::{CaseId, Clock, Completion, Engine, Opening};

use crate::office::{MONDAY, Office, at, bundle, key, officials, person, straight};

#[test]
fn reopening_continues_every_case_and_remembers_keys_and_numbers() {
    let office = Office::narasumber();
    let case = office.start().case;
    let steps = straight();
    office.run(case, &steps[..6]);
    let other = office.start().case;
    office.run(other, &steps[..11]);
    let opening = Opening::about("z");
    let keyed = office.engine.start(&office.procedure, &person("tamu"), &opening, &key("z")).unwrap().unwrap();

    let engine = office.reopen();
    for id in [case, other, keyed.case] {
        assert_eq!(engine.case(id).unwrap(), office.engine.case(id).unwrap());
        assert_eq!(engine.history(id).unwrap(), office.engine.history(id).unwrap());
    }
    for who in ["tirta", "awang", "tamu", "damar"] {
        assert_eq!(engine.worklist(&person(who)).unwrap(), office.engine.worklist(&person(who)).unwrap());
    }
    assert_eq!(engine.next_due().unwrap(), office.engine.next_due().unwrap());
    assert_eq!(engine.processes(), office.engine.processes());
    let agenda = RegisterId::new("agenda_keluar").unwrap();
    assert_eq!(engine.register(&agenda).unwrap(), office.engine.register(&agenda).unwrap());
    assert_eq!(engine.start(&office.procedure, &person("tamu"), &opening, &key("z")).unwrap().unwrap(), keyed);

    let continued = Office {
        engine,
        clock: office.clock.clone(),
        store: office.store.clone(),
        procedure: office.procedure.clone(),
    };
    let done = continued.run(case, &steps[6..11]);
    assert_eq!(done.numbers[0].text, "000.8/2/DISKOPUKM.A/2026", "numbers go on");
    assert_eq!(continued.start().case, CaseId(keyed.case.0 + 1), "so do cases");
}

#[test]
fn time_never_goes_back_behind_what_is_on_record() {
    let office = Office::narasumber();
    office.pass(60);
    let done = office.start();
    office.clock.set(at(MONDAY));
    assert_eq!(office.engine.now(), done.at);
    let engine = office.reopen();
    assert_eq!(engine.now(), done.at);
    let again = engine.complete(&done.opened[0], &person("tamu"), &Completion::default(), None).unwrap().unwrap();
    assert_eq!(again.at, done.at);
}

#[test]
fn a_second_writer_is_told_of_the_conflict_and_can_catch_up() {
    let office = Office::narasumber();
    let opened = office.start();
    let second = office.reopen();
    office.complete(opened.opened[0], "tamu", &Completion::default()).unwrap();
    let wait = opened.opened[0];
    let error = second.complete(&wait, &person("tamu"), &Completion::default(), None).unwrap_err();
    assert!(error.is_conflict(), "{error}");
    second.refresh().unwrap();
    assert_eq!(second.case(opened.case).unwrap(), office.engine.case(opened.case).unwrap());
    assert_eq!(second.worklist(&person("awang")).unwrap(), office.engine.worklist(&person("awang")).unwrap());
    assert!(second.worklist(&person("tamu")).unwrap().is_empty());
    assert_eq!(second.next_due().unwrap(), office.engine.next_due().unwrap());
}

/// Opens a store in whose log something was written that no engine writes.
fn open_with(about: About, body: &str) -> String {
    let mut store = MemoryStore::new();
    let body = Body::from_json(body.as_bytes());
    store.append(Batch { entries: vec![NewEntry { about, key: None, body }], ..Batch::default() }).unwrap();
    let bundle = bundle("narasumber.json");
    let error = Engine::open(store, officials("pejabat.json", &bundle), Clock::simulated(at(MONDAY))).unwrap_err();
    assert!(error.is_damaged());
    error.to_string()
}

#[test]
fn what_cannot_be_read_is_damage_with_its_place() {
    assert_eq!(
        open_with(About::Directory, r#"{"v":2,"at":"2026-04-13T01:00:00.000Z","from":"the future"}"#),
        "entry 1 of the log has version 2, and this program reads up to 1: use a later one"
    );
    let cut = open_with(About::Deployment, r#"{"v":1,"at":"2026-"#);
    assert!(cut.starts_with("entry 1 of the log cannot be read: "), "{cut}");
    let of_nothing = About::Case { case: CaseId(4), version: 1, process: ProcessNumber(3) };
    assert_eq!(
        open_with(of_nothing, r#"{"v":1,"definition":"narasumber","at":"2026-04-13T01:00:00.000Z","events":[]}"#),
        "entry 1 of the log, of case 4, cannot be read: process 3 was never deployed"
    );
    let hash = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    let text = format!(r#"{{"name":"x.json","hash":"{hash}"}}"#);
    let missing = open_with(
        About::Deployment,
        &format!(
            r#"{{"v":1,"at":"2026-04-13T01:00:00.000Z","number":1,"definition":"x","edition":1,"process":"{hash}","signed":"{hash}","texts":[{text},{text},{text}],"verdicts":[]}}"#
        ),
    );
    assert_eq!(missing, "entry 1 of the log names the text `x.json`, which is missing");
}

#[test]
fn a_process_that_compiles_to_something_else_is_not_run() {
    let office = Office::narasumber();
    let mut entries = Vec::new();
    office
        .store
        .scan(Default::default(), &mut |entry| {
            entries.push(entry);
            Ok(())
        })
        .unwrap();
    let deployment = entries.iter().find(|entry| entry.about == About::Deployment).unwrap();
    let json = String::from_utf8(deployment.body.to_json().unwrap().into_owned()).unwrap();
    let hash = office.engine.processes()[0].process.to_string();
    let other = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
    let texts = sop_engine::files::read(crate::office::path("narasumber.json")).unwrap();
    let blobs = texts.sources().iter().map(|text| text.text().as_bytes().into()).collect();
    let mut store = MemoryStore::new();
    let body = Body::from_json(json.replace(&hash, other).into_bytes());
    let entries = vec![NewEntry { about: About::Deployment, key: None, body }];
    store.append(Batch { blobs, entries, ..Batch::default() }).unwrap();
    let error = Engine::open(store, officials("pejabat.json", &texts), Clock::simulated(at(MONDAY))).unwrap_err();
    assert!(error.is_damaged());
    assert!(error.to_string().contains(other) && error.to_string().contains(&hash), "{error}");
}
