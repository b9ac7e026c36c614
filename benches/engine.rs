//! The engine: `cargo bench -p benches --bench engine -- [NAME …]`.

mod office;

use benches::{contest, line, show, wanted};
use office::{HALF_WAY, Office, Traffic};
use sop_engine::store::MemoryStore;

fn main() {
    let office = Office::load();
    if wanted("step") {
        step(&office);
    }
    if std::env::var_os("CALLGRIND").is_some() {
        Traffic::new(&office, MemoryStore::new(), 1_000).go_on(1_500_000);
        return;
    }
    let _ = HALF_WAY;
}

/// A command through the engine in memory: names, roles, work list, history.
fn step(office: &Office) {
    let mut few = Traffic::new(office, MemoryStore::new(), 1_000);
    let mut many = Traffic::new(office, MemoryStore::new(), 100_000);
    let [few, many] = contest(20, 20_000, [&mut |n| few.go_on(n), &mut |n| many.go_on(n)]);
    line("a step in memory, 1,000 cases", few, ("a million a second", 1e3), "ratio ≤ 1");
    line("a step in memory, 100,000 cases", many, ("with 1,000 cases", few), "ratio ≤ 1.3");
    let _ = show(1.0);
}
