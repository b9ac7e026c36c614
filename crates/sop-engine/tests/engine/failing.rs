//! A store that fails: nothing changes in memory, and the engine goes on when it works again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sop_engine::core::case::Event;
use sop_engine::core::text::SourceText;
use sop_engine::store::{MemoryStore, Store, StoreError};
use sop_engine::{CaseId, Completion, Key, Opening};

use crate::office::{Office, at, bundle, path, person, straight, unit};
use crate::wrapped::Wrapped;

/// A store that refuses to write while it is full, and that writes and says that it could not while it is deaf.
fn failing(full: &Arc<AtomicBool>, deaf: &Arc<AtomicBool>) -> Wrapped {
    let (full, deaf) = (Arc::clone(full), Arc::clone(deaf));
    Wrapped {
        after_telling: None,
        inner: MemoryStore::new(),
        append: Box::new(move |store, batch| {
            if full.load(Ordering::SeqCst) {
                return Err(StoreError::unavailable("the disk is full"));
            }
            let written = store.append(batch)?;
            if deaf.load(Ordering::SeqCst) {
                return Err(StoreError::unavailable("the connection broke"));
            }
            Ok(written)
        }),
    }
}

#[test]
fn a_failed_commit_changes_nothing() {
    let full = Arc::new(AtomicBool::new(false));
    let (engine, clock, procedure) = Office::on(failing(&full, &Arc::default()));
    let office = Office { engine, clock, store: MemoryStore::new(), procedure };
    let case = office.start().case;
    office.run(case, &straight()[..10]);
    let before = (office.engine.case(case).unwrap(), office.engine.worklist(&person("dayang")).unwrap());
    let wait = office.wait(case);

    full.store(true, Ordering::SeqCst);
    let heard = office.engine.subscribe();
    let number = || office.engine.complete(&wait, &person("dayang"), &Completion::default(), None);
    assert!(number().unwrap_err().is_unavailable());
    let started = office.engine.start(&office.procedure, &person("tamu"), &Opening::about("x"), None);
    assert!(started.unwrap_err().is_unavailable());
    office.clock.set(at("2026-05-04T08:00:00+07:00"));
    assert!(office.engine.advance_to_clock().unwrap_err().is_unavailable());
    office.clock.set(before.0.as_ref().unwrap().waits[0].since);
    assert_eq!(office.engine.case(case).unwrap(), before.0);
    assert_eq!(office.engine.worklist(&person("dayang")).unwrap(), before.1);
    assert_eq!(office.engine.cases(), [case]);
    assert!(heard.try_recv().is_err());

    full.store(false, Ordering::SeqCst);
    assert_eq!(number().unwrap().unwrap().numbers[0].text, "000.8/1/DISKOPUKM.A/2026", "no number was lost");
    assert_eq!(heard.recv().unwrap().case(), case);
    assert_eq!(office.start().case, CaseId(case.0 + 1));
}

/// A connection may break after the store has written: what is on record counts, and the retry is told so.
#[test]
fn a_commit_that_was_written_though_it_failed_is_taken_in() {
    let deaf = Arc::new(AtomicBool::new(false));
    let (engine, clock, procedure) = Office::on(failing(&Arc::default(), &deaf));
    let office = Office { engine, clock, store: MemoryStore::new(), procedure };
    let case = office.start().case;
    let wait = office.wait(case);
    let key = Key::new("sekali").unwrap();
    let complete = || office.engine.complete(&wait, &person("tamu"), &Completion::default(), &key);

    deaf.store(true, Ordering::SeqCst);
    assert!(complete().unwrap_err().is_unavailable());
    deaf.store(false, Ordering::SeqCst);
    let done = complete().unwrap().unwrap();
    assert_eq!((done.case, done.version), (case, 2));
    assert_eq!(office.engine.worklist(&person("awang")).unwrap().len(), 1);
    assert_eq!(office.engine.case(case).unwrap().unwrap().version, 2);
    // And everything else goes on.
    office.start();
    office.run(case, &straight()[1..3]);
}

/// The same holds for what is about no case: a directory that turns out to be on record is the one that is followed, as
/// the history says, and one that does not is not. Nobody's command meets a conflict for it.
#[test]
fn a_directory_that_was_written_though_it_failed_is_followed() {
    let (full, deaf) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let (engine, clock, procedure) = Office::on(failing(&full, &deaf));
    let office = Office { engine, clock, store: MemoryStore::new(), procedure };
    let case = office.start().case;
    office.run(case, &straight()[..3]);
    let bundle = bundle("narasumber.json");
    let away = || {
        let text = std::fs::read_to_string(path("pejabat.json")).unwrap();
        let text = text.replace("2026-02-", "2026-04-").replace("\"2026-04-09\"", "\"2026-04-13\"");
        sop_engine::files::directory_from(SourceText::new("pejabat.json", text), bundle.office()).unwrap()
    };
    let has_work = |who: &str| !office.engine.worklist(&person(who)).unwrap().is_empty();

    full.store(true, Ordering::SeqCst);
    assert!(office.engine.set_directory(away()).unwrap_err().is_unavailable());
    full.store(false, Ordering::SeqCst);
    assert!(has_work("damar"), "nothing is on record, and Damar is here");

    deaf.store(true, Ordering::SeqCst);
    assert!(office.engine.set_directory(away()).unwrap_err().is_unavailable());
    deaf.store(false, Ordering::SeqCst);
    assert!(!has_work("damar") && has_work("tirta"), "it is on record that Damar is away");
    office.run(case, &[("tirta", unit("pelayanan"), 5)]);
    let record = office.engine.history(case).unwrap().pop().unwrap().record;
    let by = record.events.iter().find_map(|event| match event {
        Event::Completed { directory, .. } => Some(*directory),
        _ => None,
    });
    assert_eq!(by, Some(away().revision()));
}
