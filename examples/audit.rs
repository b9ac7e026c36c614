//! Checks the chain of hashes of a store, offline: `cargo run -q --example audit -- FILE [HEAD…]`
//!
//! Says in both languages what is wrong, and the head of the log: a line to be kept elsewhere, and to be handed in next
//! time. It ends with 0 where nothing was altered, removed, put in or moved, and with 1 otherwise. Without a file it shows
//! on a store of its own what is left when personal data is erased, and what is found when somebody takes an entry out.

use std::path::Path;
use std::process::ExitCode;

use examples::{Outcome, definitions, report};
use rusqlite::Connection;
use sop_engine::audit::{Audit, Head, verify};
use sop_engine::core::definition::PersonId;
use sop_engine::core::diagnostic::Language;
use sop_engine::verify::Verify as _;
use sop_engine::{Clock, Completion, Engine, Erasure, Opening, files};
use sop_store_sqlite::SqliteStore;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((file, heads)) = arguments.split_first() else { return report(show()) };
    match heads.iter().map(|head| head.parse()).collect::<Result<Vec<Head>, _>>() {
        Ok(kept) => match check(Path::new(file), &kept) {
            Ok(audit) if audit.is_sound() => ExitCode::SUCCESS,
            Ok(_) => ExitCode::FAILURE,
            Err(error) => report(Err(error)),
        },
        Err(error) => {
            eprintln!("cara pakai: audit BERKAS ['NOMOR sha256:…'…]\nusage: audit FILE ['NUMBER sha256:…'…]\n{error}");
            ExitCode::from(2)
        }
    }
}

/// Checks a file, and says what is found.
fn check(file: &Path, kept: &[Head]) -> Outcome<Audit> {
    let audit = verify(&SqliteStore::open_read_only(file)?, kept)?;
    for finding in &audit.findings {
        println!("! {}\n  {}", finding.explain(Language::Indonesian), finding.explain(Language::English));
    }
    let (entries, archived) = (audit.entries, audit.archived);
    if audit.is_sound() {
        println!("{entries} catatan utuh, {archived} di antaranya di arsip.");
        println!("{entries} entries are as they were committed, {archived} of them in an archive.");
    }
    if let Some(head) = audit.head {
        println!("{head}");
    }
    Ok(audit)
}

/// A request, an erasure, and somebody who meddles with the file.
fn show() -> Outcome<()> {
    let data = tempfile::tempdir()?;
    let file = data.path().join("sop.db");
    let sop = files::read(definitions().join("narasumber.json"))?;
    let officials = files::directory(definitions().join("pejabat.json"), sop.office())?;
    let procedure = sop.process().id().clone();
    let engine = Engine::open(SqliteStore::open(&file)?, officials, Clock::system())?;
    engine.deploy(sop.verify())?;

    let (wulan, officer) = (PersonId::new("wulan")?, PersonId::new("pdp")?);
    let opening = Opening::about("Narasumber pelatihan, hubungi Wulan 0812-555-0101");
    let opened = engine.start(&procedure, &wulan, &opening, None)??;
    engine.complete(&opened.opened[0], &wulan, &Completion::default(), None)??;
    engine.withdraw(opened.case, &wulan, "acara dibatalkan", None)??;
    println!("— Setelah permohonan ditarik / after the request was withdrawn:");
    let kept = engine.audit_head()?.ok_or("a durable store chains")?;
    check(&file, &[])?;

    engine.erase(opened.case, &officer, &Erasure::Everything, "permintaan Wulan, surat 12/2026", None)??;
    println!("\n— Setelah data pribadi dihapus, dengan sidik tadi / after the erasure, with the head from before:");
    for entry in engine.history(opened.case)? {
        for line in entry.lines {
            println!("  {}", line.id);
        }
    }
    let audit = check(&file, &[kept])?;
    drop(engine);

    println!("\n— Setelah seseorang menghapus catatan terakhir dari berkas / after somebody took the last entry out:");
    meddle(&file)?;
    check(&file, &audit.head.into_iter().collect::<Vec<_>>())?;
    Ok(())
}

/// Takes the last entry out of a file, so that nobody would know of the erasure: somebody who knows the store's layout
/// can.
fn meddle(file: &Path) -> Outcome<()> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "DELETE FROM log WHERE position = (SELECT max(position) FROM log);
         DELETE FROM cases; DELETE FROM keys; REPLACE INTO reflects VALUES (1, 0, 0, 0)",
    )?;
    Ok(())
}
