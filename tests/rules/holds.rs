//! Waits that are put off: the rule T6.

#[path = "../stage/mod.rs"]
mod stage;

use sop_core::case::{Command, Rejection, Status};
use stage::desk::{desk, shared};
use stage::{Case, at, stage};

const HOLD: &str =
    r#""hold": { "max": "2 hari" }, "owner": "kepala", "overdue": [{ "after": "0 menit", "remind": "doer" }]"#;

fn held() -> Case {
    let mut case = stage(&desk("1 jam", HOLD)).start("mulai", "santi", "2026-01-12 08:00");
    case.hold("kerja", "santi", "2026-01-13 09:00", "Menunggu jawaban", "2026-01-12 08:20").unwrap();
    case
}

/// T6: a hold stops the clock; a held wait can't be completed.
#[test]
fn t6_a_held_wait_stands() {
    let mut case = held();
    assert_eq!((case.due("kerja"), case.next().unwrap()), (None, "2026-01-13 09:00".into()));
    assert!(case.advance("2026-01-12 15:00").events.is_empty(), "its ladder rests");
    let refused = case.complete("kerja", "santi", "selesai", "2026-01-12 15:00").unwrap_err();
    assert_eq!(refused, Rejection::WaitIsHeld { until: at("2026-01-13 09:00") });
}

/// T6: at `until` it resumes by itself, with what was left.
#[test]
fn t6_a_hold_ends_by_itself() {
    let mut case = held();
    let happened = case.advance("2026-01-13 09:10");
    assert_eq!(
        happened.of("resumed"),
        ["resumed alarm=2026-01-13T09:40 due=2026-01-13T09:40 since=2026-01-13T09:00 wait=1"]
    );
    case.complete("kerja", "santi", "selesai", "2026-01-13 09:11").unwrap();
}

/// T6: somebody may go on earlier.
#[test]
fn t6_a_hold_may_end_earlier() {
    let mut case = held();
    case.resume("kerja", "santi", "2026-01-12 09:00").unwrap();
    assert_eq!(case.due("kerja").unwrap(), "2026-01-12 09:40");
    assert_eq!(case.resume("kerja", "santi", "2026-01-12 09:01").unwrap_err(), Rejection::WaitIsNotHeld);
}

/// T6: rungs that fired before a hold don't fire again after it.
#[test]
fn t6_a_hold_fires_no_rung_twice() {
    let mut case = stage(&desk("1 jam", HOLD)).start("mulai", "santi", "2026-01-12 08:00");
    assert!(case.advance("2026-01-12 09:00").has("rung_fired"));
    case.hold("kerja", "santi", "2026-01-12 14:00", "Menunggu", "2026-01-12 09:30").unwrap();
    let happened = case.advance("2026-01-13 15:00");
    assert_eq!(happened.kinds(), ["resumed"]);
    assert_eq!(case.next(), None);
}

/// T1, T6: what is late stays late by as much: a hold stops the clock and gives nothing back.
#[test]
fn t1_t6_a_hold_forgives_no_lateness() {
    let ladder = r#"{ "hold": { "max": "3 hari" }, "overdue": [{ "after": "5 jam", "escalate": "kepala" }] }"#;
    let inner = ladder.trim_start_matches("{ ").trim_end_matches(" }");
    let mut case = stage(&desk("1 jam", inner)).start("mulai", "santi", "2026-01-12 08:00");
    assert_eq!(
        (case.due("kerja").unwrap(), case.next().unwrap()),
        ("2026-01-12 09:00".into(), "2026-01-12 15:00".into())
    );
    case.hold("kerja", "santi", "2026-01-12 15:30", "Menunggu", "2026-01-12 11:00").unwrap();
    case.resume("kerja", "santi", "2026-01-12 14:00").unwrap();
    // Two hours late when it was put off at eleven, and so at two: the two working hours between are not counted.
    assert_eq!(case.due("kerja").unwrap(), "2026-01-12 11:00");
    assert_eq!(case.next().unwrap(), "2026-01-13 08:30");
}

/// T6: a hold needs a reason, and an end no later than the policy allows and later than now.
#[test]
fn t6_a_hold_has_a_reason_and_an_end() {
    let mut case = stage(&desk("1 jam", HOLD)).start("mulai", "santi", "2026-01-12 08:00");
    let mut hold =
        |until: &str, reason: &str| case.hold("kerja", "santi", until, reason, "2026-01-12 08:20").unwrap_err();
    assert_eq!(hold("2026-01-12 09:00", " "), Rejection::TextMissing);
    let latest = at("2026-01-14 08:20");
    assert_eq!(hold("2026-01-14 08:21", "Menunggu"), Rejection::HoldOutOfRange { latest });
    assert_eq!(hold("2026-01-12 08:20", "Menunggu"), Rejection::HoldOutOfRange { latest });
    case.hold("kerja", "santi", "2026-01-14 08:20", "Menunggu", "2026-01-12 08:20").unwrap();
    let mut off = stage(&desk("1 jam", "")).start("mulai", "santi", "2026-01-12 08:00");
    let refused = off.hold("kerja", "santi", "2026-01-12 09:00", "Menunggu", "2026-01-12 08:20").unwrap_err();
    assert_eq!(refused, Rejection::HoldsAreOff);
}

/// T6: a held wait can be withdrawn, by a return and with the case.
#[test]
fn t6_a_held_wait_can_be_withdrawn() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "ajukan", "role": "pemohon", "split": ["satu", "dua"] },
          { "id": "satu", "role": "staf", "time": "1 jam", "end": "bagian" },
          { "id": "dua", "role": "tu", "outcomes": [{ "id": "ya", "end": "bagian" }, { "id": "ulang", "return_to": "ajukan" }] }],
          "ends": [{ "id": "bagian", "title": "Bagian", "kind": "part" }],
          "policy": { "hold": { "max": "2 hari" }, "ends": [{ "id": "ditarik", "title": "Ditarik", "kind": "stop" }],
            "withdraw": { "until": "satu", "end": "ditarik" } } }"#,
    )
    .start("mulai", "wulan", "2026-01-12 08:00");
    case.complete("ajukan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    case.hold("satu", "santi", "2026-01-12 10:00", "Menunggu", "2026-01-12 08:02").unwrap();
    let mut sent_back = case.clone();
    sent_back.complete("dua", "awang", "ulang", "2026-01-12 08:03").unwrap();
    assert_eq!((sent_back.waits(), sent_back.next()), (vec!["ajukan"], None));
    case.withdraw("wulan", "2026-01-12 08:03").unwrap();
    assert_eq!(case.status(), Status::Stopped);
}

/// T6, T2: a hold on a shared clock takes its wait off that clock, and nobody else's.
#[test]
fn t6_a_hold_leaves_a_shared_clock_to_the_others() {
    let mut case = shared(r#""hold": { "max": "2 hari" }"#, r#""split": ["satu", "dua"]"#, "1 jam");
    case.hold("dua", "santi", "2026-01-12 11:00", "Menunggu", "2026-01-12 08:20").unwrap();
    assert_eq!((case.due("satu").unwrap(), case.due("dua")), ("2026-01-12 09:00".into(), None));
    case.complete("satu", "santi", "akhir", "2026-01-12 08:30").unwrap();
    case.resume("dua", "santi", "2026-01-12 10:00").unwrap();
    assert_eq!(case.due("dua").unwrap(), "2026-01-12 10:30", "half an hour was left");
}

/// T4, T6: rungs and the ends of holds come in the order in which they are due.
#[test]
fn t4_a_hold_that_ended_meanwhile_lets_its_ladder_go_on() {
    let mut case = held();
    let happened = case.give(&Command::Advance, at("2026-01-13 10:00")).unwrap();
    assert_eq!(happened.kinds(), ["resumed", "rung_fired"]);
    assert!(happened.of("rung_fired")[0].contains("due=2026-01-13T09:40"));
}
