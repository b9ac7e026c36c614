//! Worlds hold, whatever goes wrong in them.

use sop_testkit::world::{Options, assert_survives};

#[test]
fn made_up_procedures_survive() {
    let report = assert_survives(1..=40, &Options::default());
    println!("{report}\n{}\n{report:?}", report.met);
}
