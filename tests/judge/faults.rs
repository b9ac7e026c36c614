//! Definitions about which the verifier was once wrong, or knew too little, with what is right.
//!
//! What is right follows from `SEMANTICS.md`; of the small ones the judge is asked too. Each verdict has to come with a
//! certificate that the checker confirms, or with a run that the engine replays.
#![allow(dead_code, reason = "the judge's other target uses the rest of it")]

mod board;
mod opinion;
mod space;
mod timed;
mod values;

use std::path::{Path, PathBuf};

use opinion::{Most, Opinion, judge};
use sop_core::definition::{Definition, Office};
use sop_core::process::{CheckedOffice, Compilation, Reading, check_office, compile};
use sop_engine::files::{self, Bundle};
use sop_testkit::replay::replay;
use sop_verify::GuaranteeName::{
    self as Name, Bounded, Clean, Completable, Decided, Supplied, Timely, Unattended, Watched,
};
use sop_verify::{Limits, REQUIRED, Terms, Trouble, Verdict, Verified, check, verify, verify_on};

/// What has to be said of a guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    Proved,
    Refuted,
    /// Either, but not unknown.
    Known,
}
use Right::{Known, Proved, Refuted};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/faults").join(name)
}

fn bundle(name: &str) -> Bundle {
    files::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Verifies a file, and looks whether what is right is said, with good reason.
#[track_caller]
fn says<'b>(bundle: &'b Bundle, right: &[(Name, Right)]) -> Verified<&'b Bundle> {
    let verified = verify(bundle);
    let proved: Vec<Name> = verified.verdicts().iter().filter(|j| j.verdict.is_proved()).map(|j| j.guarantee).collect();
    assert_eq!(check(bundle.process(), verified.certificate()), Ok(proved), "the checker confirms what is said");
    for &(name, right) in right {
        let judgement = verified.verdicts().of(name);
        let is_right = match right {
            Proved => judgement.verdict.is_proved(),
            Refuted => judgement.verdict.is_refuted(),
            Known => !judgement.verdict.is_unknown(),
        };
        assert!(is_right, "{name} is {}, and {right:?} would be right: {:?}", judgement.verdict, judgement.causes);
        for cause in judgement.causes.iter().filter(|cause| cause.run.is_some()) {
            replay(bundle, cause, None).unwrap_or_else(|error| panic!("{name}, {:?}: {error}", cause.trouble));
        }
    }
    verified
}

/// Says what is right of a small file, and has the judge say the same.
#[track_caller]
fn both_say(name: &str, right: &[(Name, Right)]) {
    let bundle = bundle(name);
    let opinions = judge(bundle.process(), Most { states: 50_000, timed: 50_000 }).expect("it is small");
    for &(name, right) in right {
        let opinion = opinions.of(name);
        match right {
            Proved => assert_eq!(*opinion, Opinion::Holds, "the judge on {name}"),
            Refuted => assert!(matches!(opinion, Opinion::Fails(_)), "the judge on {name}: {opinion:?}"),
            Known => {}
        }
    }
    says(&bundle, right);
}

/// Limits that nobody keeps who lists states, or values.
const LITTLE: Limits = Limits { states: 2_000, bytes: 4 << 20, nodes: 20_000, steps: 1_000 };

/// All required guarantees are proved, and with little work.
#[track_caller]
fn proves_soon(name: &str) {
    let bundle = bundle(name);
    says(&bundle, &REQUIRED.map(|name| (name, Proved)));
    let little = verify_on(&bundle, &Terms { limits: LITTLE, ..Terms::default() });
    for name in REQUIRED {
        let judgement = little.verdicts().of(name);
        assert!(judgement.verdict.is_proved(), "{name} is {} where little may be looked at", judgement.verdict);
    }
}

#[test]
fn a_step_that_nobody_reaches_is_dead_beside_an_end_that_stops() {
    both_say("proof/dead_stop_step.json", &[(Clean, Refuted), (Completable, Proved)]);
}

#[test]
fn a_step_that_nobody_reaches_is_dead_beside_an_end_of_a_part() {
    both_say("proof/dead_part_step.json", &[(Clean, Refuted), (Completable, Proved)]);
}

#[test]
fn a_dead_step_that_goes_back_to_itself_gets_a_certificate_for_the_rest() {
    both_say("proof/certificate_refused.json", &[(Clean, Refuted), (Completable, Proved), (Bounded, Proved)]);
}

#[test]
fn whoever_begins_a_shared_clock_may_leave_all_of_it() {
    both_say("proof/shared_under.json", &[(Timely, Refuted), (Bounded, Proved)]);
    let bundle = bundle("proof/shared_under.json");
    let verified = verify(&bundle);
    let worst = verified.verdicts().of(Timely).causes.iter().find_map(|cause| match &cause.trouble {
        Trouble::AbovePromise { worst, .. } => Some(worst.minutes()),
        _ => None,
    });
    assert_eq!(worst, Some(12));
}

#[test]
fn a_filled_slot_waits_for_ever() {
    both_say("proof/unattended_slot.json", &[(Unattended, Refuted), (Completable, Refuted), (Clean, Refuted)]);
}

#[test]
fn a_branch_that_its_ladder_ends_leaves_the_join_waiting() {
    let right = [(Completable, Refuted), (Unattended, Refuted), (Bounded, Proved)];
    both_say("proof/ladder_kills_join.json", &right);
    both_say("proof/ladder_kills_join_2.json", &right);
}

#[test]
fn one_completion_again_and_again_is_a_round() {
    both_say("proof/round_unknown_guard.json", &[(Bounded, Refuted), (Completable, Refuted), (Timely, Refuted)]);
}

#[test]
fn values_without_a_branch_are_judged_in_one_way() {
    let rest = [(Decided, Refuted), (Completable, Proved), (Supplied, Proved), (Bounded, Proved), (Watched, Proved)];
    both_say("proof/gap_rest.json", &rest);
    both_say("proof/gap_follows.json", &rest);
    both_say("proof/gap_rest.json", &[(Clean, Proved)]);
    // The second branch is never taken, whatever the values.
    both_say("proof/gap_follows.json", &[(Clean, Refuted)]);
}

#[test]
fn a_rung_on_a_wait_without_a_budget_never_fires() {
    let required = REQUIRED.iter().filter(|name| **name != Watched).map(|name| (*name, Proved));
    let right: Vec<(Name, Right)> = required.chain([(Watched, Refuted)]).collect();
    both_say("proof/ladder_never_due.json", &right);
}

fn office() -> CheckedOffice {
    let text = std::fs::read_to_string(path("proof/kantor.json")).expect("the office is beside them");
    let file: Office = serde_json::from_str(&text).expect("it is in the format");
    check_office(&file, &Default::default()).0.expect("it has no error")
}

fn compiled(name: &str, reading: Reading) -> Compilation {
    let text = std::fs::read_to_string(path(name)).expect("the definition is there");
    let definition: Definition = serde_json::from_str(&text).expect("it is in the format");
    compile(&definition, &office(), reading, &Default::default())
}

/// P5: a guard reads what a parallel step may set.
#[test]
fn a_guard_that_reads_what_a_parallel_step_sets_is_refused_in_both_readings() {
    for name in ["proof/parallel_set_refused.json", "proof/parallel_set_hidden.json"] {
        for reading in [Reading::AsRun, Reading::AsSigned] {
            let compilation = compiled(name, reading);
            let codes: Vec<u16> = compilation.diagnostics.iter().map(|found| found.rule.code).collect();
            assert!(compilation.process.is_none() && codes.contains(&307), "{name} {reading:?}: {codes:?}");
        }
        let error = files::read(path(name)).err().unwrap_or_else(|| panic!("{name} is refused")).to_string();
        let place = error.split("galat[SOP0307]").nth(1).and_then(|after| after.lines().nth(1)).unwrap_or_default();
        assert!(place.contains(&format!("{}:", name.trim_start_matches("proof/"))), "{name} has a place: {error}");
    }
}

#[test]
fn the_papers_that_each_kind_of_service_needs_are_proved() {
    proves_soon("limits/jenis_7x2.json");
    proves_soon("limits/jenis_8x2.json");
}

#[test]
fn pairs_are_proved() {
    proves_soon("limits/pairs_16.json");
    proves_soon("limits/pairs_18.json");
}

#[test]
fn a_field_that_is_set_before_parallel_branches_and_read_after_them_is_proved() {
    proves_soon("limits/dp_9x3_after1.json");
    proves_soon("limits/izin_9x3gs.json");
}

#[test]
fn guards_in_parallel_branches_are_proved() {
    proves_soon("limits/guard_par_7.json");
}

#[test]
fn fields_that_may_be_missing_are_proved() {
    proves_soon("limits/has_9.json");
}

#[test]
fn parts_that_end_beside_one_that_stops_are_proved() {
    proves_soon("limits/partstop_12.json");
}

#[test]
fn a_join_that_waits_for_ever_among_many_branches_is_found() {
    let bundle = bundle("limits/wrongjoin_10.json");
    let verified = says(&bundle, &[(Completable, Refuted), (Clean, Proved)]);
    let has_run = |name: Name| verified.verdicts().of(name).causes.iter().any(|cause| cause.run.is_some());
    assert!(has_run(Completable), "with the run");
}

#[test]
fn a_dead_end_hides_nothing_from_clean() {
    says(&bundle("limits/crossjoin_12.json"), &[(Completable, Refuted), (Clean, Known)]);
}

#[test]
fn the_worst_case_of_parts_with_their_own_returns_is_attained() {
    for name in ["limits/par_own_3.json", "limits/par_own_closed_3.json"] {
        let bundle = bundle(name);
        let verified = says(&bundle, &REQUIRED.map(|name| (name, Proved)));
        let worst = verified.verdicts().of(Bounded).worst.as_ref().expect("there is a worst case");
        assert_eq!((worst.value, worst.run.is_some()), (42, true), "{name}");
    }
}

/// A wait that shares a clock without a budget is never late, so that no rung leaves it (T2, T3).
#[test]
fn a_rung_on_a_shared_clock_without_a_budget_never_fires() {
    both_say("judge/shared_without_budget.json", &[(Completable, Refuted)]);
}

/// One part goes back to a step that the other part's return does not withdraw (R3): both then lead to the same step.
#[test]
fn returns_of_two_parts_that_withdraw_different_steps_pile_up() {
    both_say("judge/returns_past_each_other.json", &[(Clean, Refuted), (Completable, Refuted)]);
}

/// A value that was set before sends a case back for ever, as signed: the branches beside it are no way to the end.
#[test]
fn values_that_send_a_case_round_for_ever_are_no_way_to_its_end() {
    let process = bundle("judge/values_send_it_round.json").as_signed().expect("it compiles as signed");
    let opinion = judge(&process, Most { states: 50_000, timed: 50_000 }).expect("it is small");
    assert!(matches!(opinion.of(Completable), Opinion::Fails(_)));
    assert!(verify(&process).verdicts().of(Completable).verdict.is_refuted());
}

/// Two parallel steps that both make a version of one paper are a race (P6).
#[test]
fn two_who_make_the_same_paper_are_a_race() {
    both_say("judge/both_make.json", &[(Supplied, Refuted)]);
}

/// What is left of a shared clock and its refill are not two full budgets (T2).
#[test]
fn a_return_within_a_shared_clock_begins_it_anew() {
    let bundle = bundle("judge/shared_return.json");
    let verified = says(&bundle, &[(Timely, Proved)]);
    let worst = verified.verdicts().of(Timely).worst.as_ref().expect("there is a worst case");
    assert!(worst.value == 2 || worst.value > 2 && worst.run.is_none(), "T is 2, said {}", worst.value);
}

/// A bound has to be one (T2).
#[test]
fn the_bound_of_a_shared_clock_behind_a_join_holds() {
    let bundle = bundle("judge/shared_join_bound.json");
    let verified = says(&bundle, &[(Timely, Known)]);
    if verified.verdicts().of(Timely).verdict == Verdict::Proved {
        let worst = verified.verdicts().of(Timely).worst.as_ref().expect("there is a worst case");
        assert!(worst.value >= 3, "T is 3, said {}", worst.value);
    }
}

/// What is proved of the rest comes with a certificate, where all values of a choice are gaps (G1, G4).
#[test]
fn gaps_of_all_values_leave_the_certificate_whole() {
    says(&bundle("judge/gap_certificate.json"), &[(Decided, Refuted)]);
}
