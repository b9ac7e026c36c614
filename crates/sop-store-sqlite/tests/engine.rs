//! The engine on its embedded store: closing and opening again, with everything running.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects by failing")]

#[path = "engine/erased.rs"]
mod erased;
#[path = "engine/moves.rs"]
mod moves;

use std::path::Path;

use sop_engine::core::definition::PersonId;
use sop_engine::verify::Verify as _;
use sop_engine::{Clock, Completion, Engine, Opening, files};
use sop_store_sqlite::SqliteStore;

fn open(file: &Path) -> (Engine, files::Bundle) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    let sop = files::read(folder.join("narasumber.json")).unwrap();
    let officials = files::directory(folder.join("pejabat.json"), sop.office()).unwrap();
    let clock = Clock::simulated("2026-03-02T08:00:00+07:00".parse().unwrap());
    (Engine::open(SqliteStore::open(file).unwrap(), officials, clock).unwrap(), sop)
}

/// Whoever drops an engine may open its file again at once, also while its timers run.
#[test]
fn a_dropped_engine_has_let_go_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sop.db");
    let asker = PersonId::new("wulan").unwrap();
    for round in 1..=30 {
        let (engine, sop) = open(&file);
        let procedure = sop.process().id().clone();
        engine.deploy(sop.verify()).unwrap();
        engine.run_timers().unwrap();
        let opened = engine.start(&procedure, &asker, &Opening::about("uji"), None).unwrap().unwrap();
        let clone = engine.clone();
        clone.complete(&opened.opened[0], &asker, &Completion::default(), None).unwrap().unwrap();
        assert_eq!(engine.cases().len(), round);
    }
}
