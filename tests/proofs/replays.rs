//! Every counterexample replays: the run of every cause of every guarantee ends in the trouble that it claims (G1).

mod common;

use common::{Tally, bundle, holds, kind};
use proptest::prelude::*;
use sop_core::definition::{Definition, GuaranteeName};
use sop_engine::files::Bundle;
use sop_testkit::definitions::{arbitrary, mutated};
use sop_testkit::outline;
use sop_testkit::replay::{Mismatch, Replayed, replay, replay_as_signed};
use sop_verify::{Cause, Verdicts, Verify};

/// How each cause of a verdict replays.
fn replayed(
    verdicts: &Verdicts,
    play: impl Fn(&Cause) -> Result<Replayed, Mismatch>,
) -> Vec<(GuaranteeName, &Cause, Result<Replayed, Mismatch>)> {
    let causes =
        verdicts.iter().flat_map(|judgement| judgement.causes.iter().map(|cause| (judgement.guarantee, cause)));
    causes.filter(|(_, cause)| cause.run.is_some()).map(|(guarantee, cause)| (guarantee, cause, play(cause))).collect()
}

/// Replays everything that is refuted of a bundle, as run and as signed.
fn replays(bundle: &Bundle, tally: &Tally) -> Result<(), TestCaseError> {
    let as_run = bundle.verify();
    let process = bundle.as_signed().map_err(|found| TestCaseError::fail(format!("{found:?}")))?;
    let as_signed = (&process).verify();
    let run = replayed(as_run.verdicts(), |cause| replay(bundle, cause, None));
    let signed = replayed(as_signed.verdicts(), |cause| replay_as_signed(bundle, &process, cause));
    for (reading, of, played) in [("as run", bundle.process(), run), ("as signed", &process, signed)] {
        for (guarantee, cause, result) in played {
            let told = cause.run.as_ref().map(|run| run.say(of, sop_core::diagnostic::Language::English));
            if std::env::var("SURVEY").is_ok() {
                match &result {
                    Ok(_) => tally.count(format!("{} {reading}", kind(&cause.trouble))),
                    Err(m) => {
                        let k = format!("{m:?}");
                        let k = k.split([' ', '(', '{']).next().unwrap();
                        let key = format!("BAD {} {reading} {guarantee} {k}", kind(&cause.trouble));
                        if tally.of(&key) < 2 {
                            eprintln!(
                                "---- {key}\n{:?}\n{m}\n{told:?}\n{}",
                                cause.trouble,
                                outline(bundle.definition())
                            );
                        }
                        tally.count(key);
                    }
                }
                continue;
            }
            let replayed = result.map_err(|mismatch| {
                let (trouble, definition) = (&cause.trouble, outline(bundle.definition()));
                TestCaseError::fail(format!("{guarantee} {reading}: {trouble:?}\n{mismatch}\n{told:?}\n{definition}"))
            })?;
            tally.count(kind(&cause.trouble));
            tally.add("(papers granted)", u64::from(replayed.papers_granted));
            tally.add("(stand-ins)", u64::from(replayed.stand_ins > 0));
        }
    }
    Ok(())
}

fn of_definition(definition: &Definition, tally: &Tally) -> Result<(), TestCaseError> {
    match bundle(definition) {
        Some(bundle) => replays(&bundle, tally),
        None => Ok(()),
    }
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
