//! Worlds on the real store and on the testkit's own: a fixed set of seeds, each boundary of a short one, and a store that
//! is opened carelessly, which is found.

mod grounds;
mod vfs;

use std::sync::Arc;

use grounds::{KeepsSqlite, narasumber, options};
use sop_testkit::world::{Crash, Fault, Faults, Invariant, Keeper, KeepsSim, Options, Report, run};

fn holds(report: &Report) {
    if let Some(broken) = report.broken.first() {
        panic!("{broken}");
    }
}

#[test]
fn a_fixed_set_of_seeds_holds_and_meets_every_fault() {
    let ground = Arc::new(narasumber().unwrap());
    let mut all = Report::default();
    for seed in 1..=24 {
        let report = run(seed, &options(seed, &ground));
        holds(&report);
        all.add(&report);
    }
    assert_eq!(all.met.missing(), [], "a fault that is never met is tested by nobody");
    assert!(all.acknowledged > 1_000 && all.crashes > 100 && all.met.count(Fault::RestartInBatch) > 20, "{all}");
    assert!(all.looks > 10 * all.looks_failed, "{} of {} looks failed", all.looks_failed, all.looks);
    assert!(all.numbers > 20, "{} numbers were given", all.numbers);
    assert!(all.finished > 50, "{} cases were open at the end", all.finished);
}

/// What replays a seed has to say the same.
#[test]
fn the_same_seed_is_the_same_world() {
    let ground = Arc::new(narasumber().unwrap());
    for seed in [1, 2, 4, 7] {
        let options = options(seed, &ground);
        assert_eq!(run(seed, &options), run(seed, &options));
    }
}

/// A short world in which nothing else goes wrong, with the machine stopping at each boundary in turn.
fn stop_at_each_boundary(keeper: Arc<dyn Keeper>, crash: Crash) {
    let ground = Some(Arc::new(narasumber().unwrap()));
    let options = Options { steps: 8, ground, keeper, faults: Faults::None, ..Options::default() };
    let whole = run(3, &options);
    holds(&whole);
    assert!(whole.acknowledged >= 10, "{whole}");
    let mut crashes = 0;
    for boundary in 0..whole.boundaries {
        let report = run(3, &Options { faults: Faults::CrashAt(boundary, crash), ..options.clone() });
        if let Some(broken) = report.broken.first() {
            panic!("the machine stops at boundary {boundary}: {broken}");
        }
        crashes += report.met.count(Fault::CrashAtWrite) + report.met.count(Fault::CrashAtSync);
    }
    assert_eq!(crashes, whole.boundaries, "it stops at each of them");
    println!("{} boundaries", whole.boundaries);
}

#[test]
fn sqlite_survives_a_power_cut_at_each_boundary() {
    stop_at_each_boundary(Arc::new(KeepsSqlite::SOON), Crash::Power);
}

#[test]
fn sqlite_survives_being_killed_at_each_boundary() {
    stop_at_each_boundary(Arc::new(KeepsSqlite::SOON), Crash::Program);
}

#[test]
fn the_testkits_store_survives_a_power_cut_at_each_boundary() {
    stop_at_each_boundary(Arc::new(KeepsSim::default()), Crash::Power);
}

/// A store that answers from whatever it finds in its write-ahead log loses what it acknowledged: the program is killed
/// before a commit is flushed, or its flush fails; the next finds the commit and answers from it; then the power fails.
#[test]
fn a_store_that_trusts_its_write_ahead_log_is_found() {
    let ground = Arc::new(narasumber().unwrap());
    let careless: Arc<dyn Keeper> = Arc::new(KeepsSqlite { careless: true, ..KeepsSqlite::LATE });
    let broken = (1..=60_u64).find_map(|seed| {
        let ground = seed.is_multiple_of(2).then(|| Arc::clone(&ground));
        run(seed, &Options { ground, keeper: Arc::clone(&careless), ..Options::default() }).broken.pop()
    });
    let broken = broken.unwrap();
    println!("{broken}");
    assert_eq!(broken.invariant, Invariant::Lost);
}
