//! Bytes on the heap: `cargo bench -p benches --bench memory`.
//!
//! A bench of its own, since counting every allocation would slow down what the others measure.

mod office;

use office::{HALF_WAY, Office};
use peak_alloc::PeakAlloc;
use sop_engine::store::MemoryStore;
use sop_store_sqlite::{Durability, Options, SqliteStore};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const CASES: usize = 100_000;

fn main() {
    let office = Office::load();
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
    let store = SqliteStore::open_with(folder.path().join("a.db"), options).expect("it opens");
    let engine = office.engine(store);
    let before = HEAP.current_usage();
    office.cases(&engine, CASES, HALF_WAY);
    println!("sqlite {} of which cases {}", (HEAP.current_usage() - before) / CASES, engine.case_bytes() / CASES);
    drop(engine);
    let before = HEAP.current_usage();
    let engine = office.reopen(SqliteStore::open(folder.path().join("a.db")).expect("it opens"));
    println!("sqlite reopened {} of which cases {}", (HEAP.current_usage() - before) / CASES, engine.case_bytes() / CASES);
    drop(engine);
    let engine = office.engine(MemoryStore::new());
    let before = HEAP.current_usage();
    office.cases(&engine, CASES, HALF_WAY);
    println!("memory {}", (HEAP.current_usage() - before) / CASES);
    println!("{} {}", size_of::<sop_engine::core::case::CaseState>(), size_of::<sop_engine::core::case::Wait>());
}
