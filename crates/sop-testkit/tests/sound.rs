//! What 'sound by construction' promises: sound samples compile, are proved, and end whatever is decided.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sop_core::diagnostic::Severity;
use sop_core::time::Date;
use sop_testkit::definitions::sound;
use sop_testkit::directories;
use sop_testkit::office::office;
use sop_testkit::run::{Ended, Grounds, Office, moves};
use sop_verify::Verify;

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(600), failure_persistence: None, ..ProptestConfig::default() })]

    /// Not even a warning: what the table has too much of or too little would say so.
    #[test]
    fn sound_samples_compile(sample in sound()) {
        let compiled = sample.compile();
        let found = compiled.diagnostics.iter().filter(|found| found.severity() != Severity::Note);
        let found: Vec<&str> = found.map(|found| found.rule.name).collect();
        prop_assert!(found.is_empty(), "{found:?}");
        prop_assert_eq!(Some(sample.plan.steps()), compiled.process.map(|process| process.steps().len()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(96), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sound_samples_are_proved(sample in sound()) {
        let verified = sample.compile().process.expect("a sound sample compiles").verify();
        let unmet = verified.verdicts().unmet(Date::MIN);
        let unmet: Vec<String> = unmet.iter().map(|unmet| format!("{} {}", unmet.guarantee, unmet.verdict)).collect();
        prop_assert!(unmet.is_empty(), "{unmet:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(128), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_decided_the_case_ends(sample in sound(), moves in moves(0..40)) {
        let mut office = Office::of(&sample, Grounds::Unproved("a test")).expect("a sound sample is deployed");
        let tale = office.run(&moves).expect("the store holds");
        prop_assert!(tale.is_well(), "{tale}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(16), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_moves_make_the_same_tale(sample in sound(), moves in moves(0..20)) {
        let tell = || Office::of(&sample, Grounds::Proved).expect("it is proved").run(&moves).expect("the store holds");
        prop_assert_eq!(tell(), tell());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(32), failure_persistence: None, ..ProptestConfig::default() })]

    /// Too few people may keep a case from going on, but never make it go wrong.
    #[test]
    fn whoever_holds_the_posts_nothing_goes_wrong(
        sample in sound(),
        directory in directories(&office()),
        moves in moves(0..30),
    ) {
        let bundle = sample.bundle().expect("a sound sample has no error");
        let mut office = Office::open(bundle, &directory, Grounds::Unproved("a test")).expect("it is deployed");
        let tale = office.run(&moves).expect("the store holds");
        prop_assert!(tale.ended != Ended::Faulted && tale.complaints.is_empty(), "{tale}");
        if let Ended::Stuck { why } = &tale.ended {
            prop_assert!(why.contains("nobody may"), "{tale}");
        }
    }
}

fn cases(default: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default)
}
