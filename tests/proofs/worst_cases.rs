//! Worst cases that are said to be attained are: the run takes exactly as long.

mod common;

use common::{Tally, holds};
use proptest::prelude::*;
use sop_core::case::Status;
use sop_core::definition::GuaranteeName as Name;
use sop_core::time::Millis;
use sop_engine::files::Bundle;
use sop_testkit::definitions::sound;
use sop_testkit::replay::{play, replay};
use sop_verify::{Run, Trouble, Verify};

/// The calendar says beforehand when a run will be over; false where it has its acts in another order.
fn keeps_its_timetable(bundle: &Bundle, run: &Run) -> Result<bool, String> {
    let (process, calendar) = (bundle.process(), bundle.calendar());
    let opened = play(bundle, run).map_err(|error| error.to_string())?.times.ok_or("it was never opened")?.0;
    let Some(run) = run.in_order_of_time(process, calendar, opened) else { return Ok(false) };
    let over = run.over_by(process, calendar, opened);
    let last = play(bundle, &run).map_err(|error| error.to_string())?.times.map(|(_, last)| last);
    // An engine's time rises with every command, by a thousandth of a second at least.
    let most = Millis(run.acts.len() as u64);
    match over.zip(last) {
        Some((over, last)) if over <= last && calendar.measure(over, last) <= most => Ok(true),
        _ => Err(format!("over at {over:?} by its timetable, at {last:?} in fact")),
    }
}

#[test]
fn the_worst_case_is_attained_where_it_is_said_to_be() {
    let tally = Tally::default();
    holds(512, &sound(), |sample| {
        let bundle = sample.bundle().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let verified = (&bundle).verify();
        for (guarantee, unit) in [(Name::Bounded, "N"), (Name::Timely, "T")] {
            let judgement = verified.verdicts().of(guarantee);
            let Some(worst) = judgement.worst.as_ref().filter(|_| judgement.verdict.is_proved()) else {
                tally.count(format!("{unit} none"));
                continue;
            };
            let Some(run) = &worst.run else {
                tally.count(format!("{unit} upper bound"));
                continue;
            };
            let said = run.say(bundle.process(), sop_core::diagnostic::Language::English);
            let told =
                play(&bundle, run).map_err(|error| TestCaseError::fail(format!("{guarantee}: {error}\n{said}")))?;
            prop_assert!(
                matches!(told.status, Status::Finished | Status::Stopped),
                "{guarantee}: {:?}\n{said}",
                told.status
            );
            match guarantee {
                Name::Bounded => prop_assert_eq!(told.completions, worst.value, "{}", said),
                // Minutes of two clocks add up to no time on either.
                _ if worst.is_mixed => {}
                _ => prop_assert_eq!(told.working.minutes(), worst.value, "{}", said),
            }
            let is_in_order = keeps_its_timetable(&bundle, run)
                .map_err(|broken| TestCaseError::fail(format!("{guarantee}: {broken}\n{said}")))?;
            prop_assert!(is_in_order || worst.is_mixed, "{}", said);
            if worst.is_mixed {
                tally.count(if is_in_order { "T on two clocks" } else { "T on two clocks, in another order" });
            }
            tally.count(format!("{unit} attained"));
        }
        Ok(())
    });
    for unit in ["N", "T"] {
        let [attained, bound] = ["attained", "upper bound"].map(|how| tally.of(&format!("{unit} {how}")));
        let share = attained * 100 / (attained + bound).max(1);
        eprintln!("{unit}: attained {attained}, upper bound {bound} ({share} % attained)");
        assert!(attained > 0, "{tally}");
    }
    eprintln!("{tally}");
    assert!(tally.of("T on two clocks") > 0, "{tally}");
}

/// An office that promises a minute breaks its promise by exactly as much as is said.
#[test]
fn a_promise_that_cannot_be_kept_is_broken() {
    let tally = Tally::default();
    holds(512, &sound(), |sample| {
        let mut definition = sample.definition.clone();
        definition.policy.iter_mut().for_each(|policy| policy.promise = Some("1 menit".to_owned()));
        let bundle = sample.bundle_of(&definition).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let verified = (&bundle).verify();
        for cause in &verified.verdicts().of(Name::Timely).causes {
            prop_assert!(matches!(cause.trouble, Trouble::AbovePromise { .. }), "{:?}", cause.trouble);
            replay(&bundle, cause, None)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{:?}", cause.trouble)))?;
            tally.count("broken");
        }
        Ok(())
    });
    eprintln!("promises: {tally}");
    assert!(tally.of("broken") > 0, "{tally}");
}
