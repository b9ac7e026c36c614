//! Worlds about made-up procedures hold, whatever goes wrong in them, and a seed plays the same world each time.

use sop_testkit::world::{Faults, Options, assert_survives, run};

#[test]
fn made_up_procedures_survive() {
    let report = assert_survives(1..=10, &Options::default());
    assert!(report.acknowledged > 200 && report.crashes > 30, "{report}");
}

#[test]
fn a_seed_plays_the_same_world_each_time() {
    let options = Options { steps: 30, ..Options::default() };
    assert_eq!(run(5, &options), run(5, &options));
    assert_ne!(run(5, &options), run(6, &options));
}

/// Where nothing goes wrong, every answer is one, and nothing is left open.
#[test]
fn without_faults_nothing_is_left_open() {
    let report = assert_survives(1..=4, &Options { faults: Faults::None, ..Options::default() });
    assert_eq!((report.left_open, report.looks_failed), (0, 0));
    assert!(report.acknowledged > 100, "{report}");
}
