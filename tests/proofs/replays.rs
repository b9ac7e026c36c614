//! Every counterexample replays: the run of every cause of every guarantee ends in the trouble that it claims (G1).

mod common;

use common::{Tally, bundle, holds, kind, shipped};
use proptest::prelude::*;
use sop_core::case::{Directory, People};
use sop_core::definition::{Definition, DirectoryFile, GuaranteeName};
use sop_core::diagnostic::Language;
use sop_core::format::Poisoned;
use sop_core::process::Process;
use sop_core::time::Instant;
use sop_engine::files::{self, Bundle};
use sop_testkit::definitions::{arbitrary, mutated};
use sop_testkit::office::office;
use sop_testkit::replay::{Mismatch, Replayed, replay, replay_as_signed};
use sop_testkit::{directories, outline};
use sop_verify::{Cause, Staff, Terms, Trouble, Verdicts, Verify, verify_on};

/// How each cause of a verdict replays.
fn replayed(
    verdicts: &Verdicts,
    play: impl Fn(&Cause) -> Result<Replayed, Mismatch>,
) -> Vec<(GuaranteeName, &Cause, Result<Replayed, Mismatch>)> {
    let causes =
        verdicts.iter().flat_map(|judgement| judgement.causes.iter().map(|cause| (judgement.guarantee, cause)));
    causes.filter(|(_, cause)| cause.run.is_some()).map(|(guarantee, cause)| (guarantee, cause, play(cause))).collect()
}

/// Every replay ends in what it claims.
fn told(
    bundle: &Bundle,
    process: &Process,
    played: Vec<(GuaranteeName, &Cause, Result<Replayed, Mismatch>)>,
    tally: &Tally,
) -> Result<(), TestCaseError> {
    for (guarantee, cause, result) in played {
        let replayed = result.map_err(|mismatch| {
            let run = cause.run.as_ref().map(|run| run.say(process, Language::English));
            let (trouble, reading) = (&cause.trouble, process.reading());
            let definition = outline(bundle.definition());
            TestCaseError::fail(format!("{guarantee} {reading:?}: {trouble:?}\n{mismatch}\n{run:?}\n{definition}"))
        })?;
        tally.count(kind(&cause.trouble));
        tally.add("(papers granted)", u64::from(replayed.papers_granted));
        tally.add("(stand-ins)", u64::from(replayed.stand_ins > 0));
    }
    Ok(())
}

/// Replays everything that is refuted of a bundle, as run and as signed.
fn replays(bundle: &Bundle, tally: &Tally) -> Result<(), TestCaseError> {
    let verified = bundle.verify();
    let played = replayed(verified.verdicts(), |cause| replay(bundle, cause, None));
    told(bundle, bundle.process(), played, tally)?;
    let process = bundle.as_signed().map_err(|found| TestCaseError::fail(format!("{found:?}")))?;
    let verified = (&process).verify();
    let played = replayed(verified.verdicts(), |cause| replay_as_signed(bundle, &process, cause));
    told(bundle, &process, played, tally)
}

fn of_definition(definition: &Definition, tally: &Tally) -> Result<(), TestCaseError> {
    match bundle(definition) {
        Some(bundle) => replays(&bundle, tally),
        None => Ok(()),
    }
}

/// Replays every seat that nobody may take, with the people of the directory.
fn seats(bundle: &Bundle, file: &DirectoryFile, tally: &Tally) -> Result<(), TestCaseError> {
    let (directory, _) = Directory::check(file, bundle.office(), &Poisoned::default());
    let directory = directory.ok_or_else(|| TestCaseError::fail("the directory has errors"))?;
    let mut people = People::new();
    let staffing = directory.staff(bundle.process(), &mut people);
    let year = |year| Instant::at(sop_core::time::Date::new(year, 1, 1)?, 0, 0, bundle.office().zone());
    let (Some(from), Some(until)) = (year(2026), year(2027)) else { return Err(TestCaseError::fail("no such year")) };
    let staff = Some(Staff { people: &people, staffing: &staffing, from, until });
    let only = Some(vec![GuaranteeName::Staffed]);
    let verified = verify_on(bundle, &Terms { staff, only, ..Terms::default() });
    let mut played = replayed(verified.verdicts(), |cause| replay(bundle, cause, Some(file)));
    played.retain(|(guarantee, ..)| *guarantee == GuaranteeName::Staffed);
    told(bundle, bundle.process(), played, tally)
}

#[test]
fn what_is_wrong_with_random_definitions_replays() {
    let tally = Tally::default();
    holds(256, &arbitrary(), |definition| of_definition(&definition, &tally));
    eprintln!("random definitions: {tally}");
}

#[test]
fn what_is_wrong_with_broken_definitions_replays() {
    let tally = Tally::default();
    holds(256, &mutated(), |(_, _, broken)| of_definition(&broken, &tally));
    eprintln!("broken definitions: {tally}");
}

#[test]
fn seats_that_nobody_takes_replay() {
    let tally = Tally::default();
    holds(256, &(mutated(), directories(&office())), |((_, _, broken), file)| match bundle(&broken) {
        Some(bundle) => seats(&bundle, &file, &tally),
        None => Ok(()),
    });
    eprintln!("seats: {tally}");
    assert!(tally.of("NobodyEligible") > 0, "{tally}");
}

const SHIPPED: [&str; 7] = [
    "narasumber.json",
    "fixtures/bagian.json",
    "fixtures/dua_awal.json",
    "fixtures/dua_isian.json",
    "fixtures/maju.json",
    "fixtures/paralel.json",
    "fixtures/tiga_keputusan.json",
];

#[test]
fn what_is_wrong_with_shipped_definitions_replays() {
    let tally = Tally::default();
    for name in SHIPPED {
        let bundle = files::read(shipped(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        replays(&bundle, &tally).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    eprintln!("shipped definitions: {tally}");
}

#[test]
fn the_narasumber_procedure_as_signed_lacks_one_paper_and_goes_round_in_five_ways() {
    let bundle = files::read(shipped("narasumber.json")).expect("it is shipped without errors");
    let process = bundle.as_signed().expect("it compiles without its policy");
    let verified = (&process).verify();
    let causes = |guarantee| &verified.verdicts().of(guarantee).causes;
    let row = |step| process.steps().get(step).map(|spec| process.row_name(spec.row));
    match causes(GuaranteeName::Supplied).as_slice() {
        [Cause { trouble: Trouble::PaperMissing { step: at, .. }, .. }] => {
            assert_eq!(row(*at).as_deref(), Some("6"));
        }
        other => panic!("{other:?}"),
    }
    let rounds = causes(GuaranteeName::Bounded);
    let said: Vec<String> =
        rounds.iter().filter_map(|cause| cause.run.as_ref()).map(|run| run.say(&process, Language::English)).collect();
    eprintln!("rounds as signed: {said:#?}");
    assert_eq!(said.len(), 5);
    assert!(said.iter().any(|run| run.starts_with("1 → [2 ")), "{said:#?}");
    for cause in rounds.iter().chain(causes(GuaranteeName::Supplied)) {
        replay_as_signed(&bundle, &process, cause).unwrap_or_else(|mismatch| panic!("{:?}: {mismatch}", cause.trouble));
    }
}

/// A replay that says yes to everything would be worth nothing: without its last act no run ends in the trouble.
#[test]
fn a_run_that_breaks_off_does_not_replay() {
    let tally = Tally::default();
    holds(64, &arbitrary(), |definition| {
        let Some(bundle) = bundle(&definition) else { return Ok(()) };
        let verified = (&bundle).verify();
        for cause in verified.verdicts().iter().flat_map(|judgement| &judgement.causes) {
            let mut cut = cause.clone();
            let Some(run) = &mut cut.run else { continue };
            if run.acts.pop().is_none() || matches!(cause.trouble, Trouble::NoEnd { .. }) {
                continue;
            }
            let replayed = replay(&bundle, &cut, None);
            prop_assert!(replayed.is_err(), "{:?}\n{}", cause.trouble, outline(&definition));
            tally.count(kind(&cause.trouble));
        }
        Ok(())
    });
    eprintln!("broken off: {tally}");
}
