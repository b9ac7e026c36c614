//! The shortest honest embedding: one file on disk, one procedure, one request.
//!
//! `cargo run --example embed`

use sop_engine::core::definition::{OutcomeId, PersonId};
use sop_engine::verify::Verify as _;
use sop_engine::{Clock, Completion, Engine, Key, Opening, files};
use sop_store_sqlite::SqliteStore;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../definitions");
    let sop = files::read(folder.join("narasumber.json"))?; // an error prints every finding, line and column
    let officials = files::directory(folder.join("pejabat.json"), sop.office())?;
    let procedure = sop.process().id().clone();

    let data = tempfile::tempdir()?; // yours is a file that stays
    let engine = Engine::open(SqliteStore::open(data.path().join("sop.db"))?, officials, Clock::system())?;
    engine.deploy(sop.verify())?; // refused unless proved that no request can stall; again changes nothing
    engine.run_timers()?; // reminders and escalations, by a thread that sleeps until they are due

    let (requester, clerk) = (PersonId::new("wulan")?, PersonId::new("awang")?);
    let key = Key::new("permohonan-2026-001")?; // sent twice, done once
    let opened = engine.start(&procedure, &requester, &Opening::about("Narasumber pelatihan"), &key)??;
    engine.complete(&opened.opened[0], &requester, &Completion::default(), None)??;

    for item in engine.worklist(&clerk)? {
        println!("{} · baris {} · {}\n  {}", item.subject, item.row, item.activity, item.why.id);
        let agree = Completion::with(OutcomeId::new("setuju")?);
        if let Err(refusal) = engine.complete(&item.wait, &requester, &agree, None)? {
            println!("  pemohon ditolak: {refusal}"); // a value, with what to do; nothing was written
        }
        engine.complete(&item.wait, &clerk, &agree, None)??;
    }
    Ok(())
}
