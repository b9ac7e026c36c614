//! Bytes on the heap: `cargo bench -p benches --bench memory -- [NAME …]`.
//!
//! A bench of its own, since counting every allocation would slow down what the others measure. What SQLite itself
//! allocates, such as its cache of pages, is not counted: it does not grow with the cases.

mod office;

use benches::families::GROWING;
use benches::proof::prove;
use benches::sketch::{compiled, office as office_of_sketches};
use benches::{keep, wanted};
use office::{HALF_WAY, Office};
use peak_alloc::PeakAlloc;
use sop_engine::Engine;
use sop_engine::store::MemoryStore;
use sop_store_sqlite::{Durability, Options, SqliteStore};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const CASES: usize = 100_000;

fn main() {
    if wanted("memory") {
        cases();
    }
    if wanted("proof") {
        proofs();
    }
}

/// What cases take while they are alive.
fn cases() {
    let office = Office::load();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("many.db");
    let options = Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
    println!("bytes on the heap a case half way, {CASES} alive");
    let engine = measure("on SQLite, with what was written lately", "≤ 400", || {
        let engine = office.engine(SqliteStore::open_with(&path, options).expect("it opens"));
        office.cases(&engine, CASES, HALF_WAY);
        engine
    });
    drop(engine);
    let open = || office.reopen(SqliteStore::open(&path).expect("it opens"));
    drop(measure("on SQLite, opened again", "≤ 400", open));
    measure("in memory, with its history of 7 entries", "–", || {
        let engine = office.engine(MemoryStore::new());
        office.cases(&engine, CASES, HALF_WAY);
        engine
    });
}

/// What an engine takes, and the share of it that its cases take, without the index and the store.
fn measure(what: &str, aim: &str, engine: impl FnOnce() -> Engine) -> Engine {
    let before = HEAP.current_usage();
    let engine = engine();
    let all = (HEAP.current_usage() - before) / CASES;
    println!("{what:<44} {all:>6} bytes, {} of them the case   aim {aim}", engine.case_bytes() / CASES);
    engine
}

/// What a proof takes beyond the process at its worst moment, for each family of growing size.
fn proofs() {
    let office = office_of_sketches();
    println!("\nbytes on the heap at most during a proof, and for each of n");
    for family in GROWING {
        println!("{}", family.name);
        for size in [100, 400, 1_600, 6_400, 12_800] {
            let process = compiled(&(family.member)(size).definition(), &office).expect("the families compile");
            HEAP.reset_peak_usage();
            let before = HEAP.current_usage();
            keep(prove(keep(&process)));
            let most = HEAP.peak_usage().saturating_sub(before);
            println!("{size:>8}{most:>14} bytes{:>10} each", most / size);
        }
    }
}
