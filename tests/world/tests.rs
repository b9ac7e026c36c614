//! Worlds on the real store: a fixed set of seeds, and each boundary of a short one.

mod grounds;
mod vfs;

use std::sync::Arc;

use grounds::{KeepsSqlite, narasumber, options};
use sop_testkit::world::{Report, run};

#[test]
fn worlds_hold() {
    let ground = Arc::new(narasumber().unwrap());
    let mut all = Report::default();
    for seed in
        std::env::var("FROM").map_or(1, |v| v.parse().unwrap())..=std::env::var("TO").map_or(40, |v| v.parse().unwrap())
    {
        let report = run(seed, &options(seed, &ground));
        if let Some(broken) = report.broken.first() {
            panic!("{broken}");
        }
        all.add(&report);
    }
    let _ = KeepsSqlite;
    println!("{all}\n{}", all.met);
}
