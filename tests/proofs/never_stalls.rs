//! What is proved comes true in the engine: nothing stalls, nothing takes longer than the worst case.

mod common;

use common::{Tally, holds};
use proptest::prelude::*;
use sop_core::definition::GuaranteeName as Name;
use sop_core::time::Date;
use sop_engine::files::Bundle;
use sop_testkit::definitions::{Mutation, Sample, mutated, sound};
use sop_testkit::run::{Grounds, Move, Office, Tale, moves};
use sop_verify::{Verdicts, Verify};

/// The worst case of a guarantee that is proved.
fn worst(verdicts: &Verdicts, guarantee: Name) -> Option<(u64, bool)> {
    let judgement = verdicts.of(guarantee);
    judgement.worst.as_ref().filter(|_| judgement.verdict.is_proved()).map(|worst| (worst.value, worst.is_mixed))
}

/// One run through the engine.
fn told(sample: &Sample, bundle: &Bundle, moves: &[Move], in_time: bool) -> Result<Tale, TestCaseError> {
    let failed = |error: sop_testkit::run::Trouble| TestCaseError::fail(error.to_string());
    let office = Office::open(bundle.clone(), &sample.directory, Grounds::Proved).map_err(failed)?;
    let mut office = if in_time { office.in_time() } else { office };
    office.run(moves).map_err(failed)
}

/// A run of a proved process ends well, with no more completions than were proved.
fn ends_well(sample: &Sample, bundle: &Bundle, verdicts: &Verdicts, moves: &[Move]) -> Result<(), TestCaseError> {
    let tale = told(sample, bundle, moves, false)?;
    prop_assert!(tale.is_well(), "{tale}");
    if let Some((most, _)) = worst(verdicts, Name::Bounded) {
        prop_assert!(u64::from(tale.completions) <= most, "{} of at most {most}\n{tale}", tale.completions);
    }
    Ok(())
}

#[test]
fn what_is_proved_never_stalls() {
    let tally = Tally::default();
    holds(512, &(sound(), moves(0..40)), |(sample, moves)| {
        let bundle = sample.bundle().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let verified = (&bundle).verify();
        prop_assert!(verified.verdicts().unmet(Date::MIN).is_empty());
        tally.count("runs");
        ends_well(&sample, &bundle, verified.verdicts(), &moves)
    });
    eprintln!("sound definitions: {tally}");
}

#[test]
fn what_is_broken_and_still_proved_never_stalls() {
    let tally = Tally::default();
    holds(1_024, &(mutated(), moves(0..40)), |((sample, mutation, broken), moves)| {
        let Ok(bundle) = sample.bundle_of(&broken) else { return Ok(()) };
        let verified = (&bundle).verify();
        // Whether somebody holds the posts is `staffed`, which takes a directory and is not required.
        let has_people = !matches!(mutation, Mutation::EmptyRole { .. });
        if !has_people || !verified.verdicts().unmet(Date::MIN).is_empty() {
            return Ok(());
        }
        tally.count("runs");
        ends_well(&sample, &bundle, verified.verdicts(), &moves)
    });
    eprintln!("broken definitions that are proved: {tally}");
}

#[test]
fn who_is_never_late_needs_no_more_time_than_the_worst_case() {
    let tally = Tally::default();
    holds(256, &(sound(), moves(0..60)), |(sample, moves)| {
        let bundle = sample.bundle().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let verified = (&bundle).verify();
        let Some((most, false)) = worst(verified.verdicts(), Name::Timely) else {
            tally.count("without a worst case");
            return Ok(());
        };
        let tale = told(&sample, &bundle, &moves, true)?;
        prop_assert!(tale.is_well(), "{tale}");
        prop_assert!(tale.working_minutes <= most, "{} of at most {most}\n{tale}", tale.working_minutes);
        tally.count("runs");
        tally.add("runs that take all of it", u64::from(tale.working_minutes == most));
        Ok(())
    });
    eprintln!("in time: {tally}");
    assert!(tally.of("runs") > 0, "{tally}");
}
