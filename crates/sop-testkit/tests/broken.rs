//! Mutations apply and can be felt; random definitions mostly compile.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sop_core::definition::Definition;
use sop_core::diagnostic::Severity;
use sop_core::format::Poisoned;
use sop_core::process::{Compilation, Process, Reading, Route, compile};
use sop_core::time::Date;
use sop_testkit::definitions::{Mutation, arbitrary, mutated, mutations, sound};
use sop_testkit::office::office;
use sop_testkit::run::{Grounds, Office, moves};
use sop_verify::Verify;

fn compiled(definition: &Definition) -> Compilation {
    compile(definition, &office(), Reading::AsRun, &Poisoned::default())
}

fn proved(process: Process) -> bool {
    process.verify().verdicts().unmet(Date::MIN).is_empty()
}

#[test]
fn at_least_half_of_the_random_definitions_compile_and_most_are_unsound() {
    let mut runner = TestRunner::deterministic();
    let mut errors: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut compile, mut sound) = (0, 0);
    for _ in 0..300 {
        let definition = arbitrary().new_tree(&mut runner).expect("a definition").current();
        let found = compiled(&definition);
        for finding in found.diagnostics.iter().filter(|found| found.severity() == Severity::Error) {
            *errors.entry(finding.rule.name).or_default() += 1;
        }
        if let Some(process) = found.process {
            compile += 1;
            sound += u32::from(proved(process));
        }
    }
    assert!(compile >= 150, "{compile} of 300; the others: {errors:?}");
    assert!(sound * 2 < compile, "{sound} of {compile} are sound");
}

/// What each kind of mutation came to.
#[derive(Debug, Default)]
struct Came {
    compiled: u32,
    refuted: u32,
    /// The run of an office came to grief.
    felt: u32,
}

#[test]
fn mutations_of_every_kind_apply_and_most_are_felt() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, Came> = BTreeMap::new();
    let strategy = (mutated(), moves(0..30));
    for _ in 0..200 {
        let ((sample, mutation, broken), moves) = strategy.new_tree(&mut runner).expect("a mutation").current();
        assert_ne!(sample.definition, *broken, "{mutation}");
        // Large ones take the verifier long in this profile.
        if sample.plan.steps() > 14 {
            continue;
        }
        let kind = format!("{mutation:?}").split(' ').next().unwrap_or_default().to_owned();
        let came = seen.entry(kind).or_default();
        let Some(process) = compiled(&broken).process else { continue };
        came.compiled += 1;
        came.refuted += u32::from(!proved(process));
        let bundle = sample.bundle_of(&broken).expect("it compiles");
        let mut office = Office::open(bundle, &sample.directory, Grounds::Unproved("a test")).expect("it is deployed");
        came.felt += u32::from(!office.run(&moves).expect("the store holds").is_well());
    }
    assert_eq!(seen.len(), 9, "{seen:#?}");
    assert!(seen.values().all(|came| came.compiled > 0), "{seen:#?}");
    for sure in ["SwapChoiceForSplit", "SwapSplitForChoice", "TightenGuard", "DropRung", "DropLimit", "CloseOutcome"] {
        let came = seen.get(sure).expect("it was seen");
        assert!(came.refuted * 2 > came.compiled, "{sure}: {seen:#?}");
    }
    for sure in ["SwapSplitForChoice", "EmptyRole"] {
        assert!(seen.get(sure).is_some_and(|came| came.felt > 0), "{sure}: {seen:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dropping_an_exit_leaves_one_less(sample in sound()) {
        let exits = |definition: &Definition| {
            let process = compiled(definition).process?;
            let count = |route: &Route| match route {
                Route::Go(arcs) => arcs.len(),
                Route::Choose(branches) => branches.len(),
                Route::Return(_) | Route::End(_) => 1,
            };
            Some(process.steps().values().flat_map(|step| &step.outcomes).map(|outcome| count(&outcome.route)).sum::<usize>())
        };
        let before = exits(&sample.definition).expect("it compiles");
        for mutation in mutations(&sample.definition) {
            let broken = mutation.apply(&sample.definition).expect("it applies");
            if let (Mutation::DropExit { .. }, Some(after)) = (&mutation, exits(&broken)) {
                prop_assert_eq!(before - 1, after, "{}", mutation);
            }
        }
    }
}
