//! Exports of engines that go on, and what comes of them elsewhere.

use std::io::{self, Write};

use sop_engine::core::definition::RegisterId;
use sop_engine::core::text::SourceText;
use sop_engine::files::Bundle;
use sop_engine::store::{MemoryStore, Store};
use sop_engine::transfer::{self, ExportError, ImportTrouble};
use sop_engine::verify::Verify as _;
use sop_engine::{CaseId, Completion, Engine, Opening};

use crate::office::{Office, bundle, engine_on, key, path, person, straight};

fn exported(engine: &Engine) -> Vec<u8> {
    let mut text = Vec::new();
    engine.export(&mut text).unwrap();
    text
}

fn imported(text: &[u8]) -> MemoryStore {
    let mut store = MemoryStore::new();
    transfer::import(&mut store, text).unwrap();
    store
}

/// An office in the midst of its work: a case that is over, one on its way, one with a key, a second edition.
fn busy() -> Office {
    let office = Office::narasumber();
    let steps = straight();
    office.run(office.start().case, &steps);
    office.run(office.start().case, &steps[..6]);
    let opening = Opening::about("z");
    office.engine.start(&office.procedure, &person("tamu"), &opening, &key("z")).unwrap().unwrap();
    let shipped = bundle("narasumber.json");
    let [definition, kantor, kalender] = shipped.sources().map(Clone::clone);
    let edited = SourceText::new("narasumber.json", definition.text().replace("\"edition\": 1", "\"edition\": 2"));
    office.engine.deploy(Bundle::from_texts(edited, kantor, kalender).unwrap().verify()).unwrap();
    office
}

/// The calendar in force with a day off more.
fn changed_calendar() -> SourceText {
    let text = std::fs::read_to_string(path("calendars/kalbar.json")).unwrap();
    let mut calendar: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut added = calendar["holidays"][0].clone();
    added["date"] = "2026-04-14".into();
    calendar["holidays"].as_array_mut().unwrap().push(added);
    SourceText::new("kalbar.json", calendar.to_string())
}

#[test]
fn an_engine_on_an_import_has_everything_that_the_first_had() {
    let office = busy();
    let text = exported(&office.engine);
    let engine = engine_on(imported(&text), &office.clock);
    for case in [1, 2, 3, 4].map(CaseId) {
        assert_eq!(engine.case(case).unwrap(), office.engine.case(case).unwrap());
        assert_eq!(engine.history(case).unwrap(), office.engine.history(case).unwrap());
    }
    for who in ["tirta", "awang", "tamu", "damar", "melati"] {
        assert_eq!(engine.worklist(&person(who)).unwrap(), office.engine.worklist(&person(who)).unwrap());
    }
    assert_eq!(engine.cases(), office.engine.cases());
    assert_eq!(engine.processes(), office.engine.processes());
    let process = engine.processes()[0].process;
    let certificate = |engine: &Engine| format!("{:?}", engine.certificate(&process).unwrap().unwrap());
    assert_eq!(certificate(&engine), certificate(&office.engine));
    let agenda = RegisterId::new("agenda_keluar").unwrap();
    assert_eq!(engine.register(&agenda).unwrap(), office.engine.register(&agenda).unwrap());

    // A key gets its first answer again, and what falls due falls due at the same time and with the same effect.
    let again = |engine: &Engine| {
        engine.start(&office.procedure, &person("tamu"), &Opening::about("z"), &key("z")).unwrap().unwrap()
    };
    assert_eq!(again(&engine), again(&office.engine));
    assert_eq!(engine.next_due().unwrap(), office.engine.next_due().unwrap());
    office.pass(5 * 24 * 60);
    assert_eq!(engine.advance_to_clock().unwrap(), office.engine.advance_to_clock().unwrap());
    assert!(exported(&engine) == exported(&office.engine));
}

#[test]
fn the_same_log_is_the_same_text_whoever_writes_it() {
    let office = busy();
    let text = exported(&office.engine);
    let mut plain = Vec::new();
    let said = transfer::export(&office.store, &mut plain).unwrap();
    assert!(plain == text);
    assert_eq!(transfer::check(text.as_slice()).unwrap(), said);
    let mut again = Vec::new();
    assert_eq!(transfer::export(&imported(&text), &mut again).unwrap(), said);
    assert!(again == text);
    assert_eq!(said.entries, office.store.last().unwrap().0);
    // Two deployments in one office, on one calendar: two definitions, an office, a calendar, two certificates.
    assert_eq!(said.texts, 6);
}

/// Something to write to, in which commands go on with every line.
struct Meddling<'a> {
    office: &'a Office,
    text: Vec<u8>,
}

impl Write for Meddling<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let opened = self.office.start();
        self.office.complete(opened.opened[0], "tamu", &Completion::default()).unwrap();
        self.office.engine.checkpoint().unwrap();
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_export_is_of_the_moment_of_the_call_while_commands_go_on() {
    let office = busy();
    // More than is read in one go.
    for _ in 0..300 {
        office.start();
    }
    let before = exported(&office.engine);
    let last = office.store.last().unwrap();
    let mut meddling = Meddling { office: &office, text: Vec::new() };
    let said = office.engine.export(&mut meddling).unwrap();
    assert!(meddling.text == before);
    assert_eq!(said.entries, last.0);
    assert!(office.store.last().unwrap().0 > last.0 + 600);
}

#[test]
fn an_export_leaves_out_what_a_failed_commit_left() {
    use crate::wrapped::Wrapped;
    use sop_engine::store::StoreError;
    use std::sync::{Arc, Mutex};

    let is_full = Arc::new(Mutex::new(false));
    let full = Arc::clone(&is_full);
    let store = MemoryStore::new();
    let append = Box::new(move |store: &mut MemoryStore, batch| match *full.lock().unwrap() {
        true => Err(StoreError::unavailable("the disk is full")),
        false => store.append(batch),
    });
    let (engine, _, procedure) = Office::on(Wrapped { after_telling: None, inner: store.clone(), append });
    let start = || engine.start(&procedure, &person("tamu"), &Opening::about("uji"), None);
    start().unwrap().unwrap();
    let before = exported(&engine);
    *is_full.lock().unwrap() = true;
    start().unwrap_err();
    assert!(exported(&engine) == before);
    *is_full.lock().unwrap() = false;
    start().unwrap().unwrap();
    assert_eq!(engine_on(imported(&exported(&engine)), &sop_engine::Clock::simulated(engine.now())).cases().len(), 2);
}

/// Something that takes so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let office = busy();
    let error = office.engine.export(&mut Full(5_000)).unwrap_err();
    assert!(matches!(error, ExportError::Write(_)));
    assert!(error.to_string().ends_with("throw away what is there of it, and export again"), "{error}");
    office.start();
}

#[test]
fn a_case_comes_with_what_it_rests_on_and_nothing_else() {
    let office = busy();
    office.engine.set_calendar(&changed_calendar()).unwrap();
    let mut text = Vec::new();
    let said = office.engine.export_case(CaseId(2), &mut text).unwrap().unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with(r#"{"sop":"case","v":2,"case":2,"entries":"#), "{}", lines[0]);
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    assert_eq!(
        (count(r#""about":"deployment""#), count(r#""about":"calendar""#), count(r#""about":"directory""#)),
        (1, 1, 0)
    );
    let history = office.engine.history(CaseId(2)).unwrap();
    assert_eq!(count(r#""about":{"case":{"case":2,"#), history.len());
    assert_eq!(count(r#""about":{"case""#), history.len());
    assert_eq!((said.entries, said.texts), (history.len() as u64 + 2, 5));
    // Places are those in the log.
    assert!(lines.last().unwrap().starts_with(&format!(r#"{{"entry":{{"at":{},"#, history.last().unwrap().position)));

    // The edition that was deployed second follows the calendar that the first brought.
    let mut later = Vec::new();
    office.engine.export_case(office.start().case, &mut later).unwrap().unwrap();
    let later = String::from_utf8(later).unwrap();
    assert_eq!(later.matches(r#""about":"deployment""#).count(), 2);
    assert_eq!(later.matches(r#""about":"calendar""#).count(), 1);

    let mut nothing = Vec::new();
    assert!(office.engine.export_case(CaseId(99), &mut nothing).unwrap().is_none() && nothing.is_empty());
    let error = transfer::import(&mut MemoryStore::new(), text.as_bytes()).unwrap_err();
    assert!(matches!(error.trouble, ImportTrouble::OfOneCase { case: Some(CaseId(2)) }));
    assert_eq!(
        error.to_string(),
        "line 1: this is the export of one case, 2, and a store takes only that of a whole store: use \
         `Engine::export`; nothing was written"
    );
}

#[test]
fn a_second_engine_on_the_log_exports_what_it_took_in() {
    let office = busy();
    let second = office.reopen();
    let before = exported(&office.engine);
    office.start();
    assert!(exported(&second) == before);
    second.refresh().unwrap();
    assert!(exported(&second) == exported(&office.engine));
}
