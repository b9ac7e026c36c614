//! What somebody who wants to see the verifier err would try: false proofs, forged certificates, runs that nobody makes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::{process, staffed, story_office};
use serde_json::{Value as Json, json};
use sop_core::process::Process;
use sop_core::time::{Calendar, CalendarFile, Instant};
use sop_verify::{Certificate, GuaranteeName as Name, Judgement, Verdict, Verify, check};

fn judgement(process: &Process, name: Name) -> Judgement {
    process.verify().verdicts().of(name).clone()
}

fn hold(post: &str, people: &[&str]) -> String {
    let held = people.iter().map(|person| format!(r#"{{ "post": "{post}", "person": "{person}" }}"#));
    held.collect::<Vec<_>>().join(",")
}

/// A certificate with everything but the flow taken out, and these members put in; what it is said to prove.
fn forged(process: &Process, members: &Json) -> Vec<Name> {
    let mut certificate = serde_json::to_value(process.verify().certificate()).unwrap();
    for key in ["decided", "supplied", "bounded", "watched", "timely", "unattended"] {
        certificate[key] = Json::Null;
    }
    (certificate["clean"], certificate["completable"]) = (json!(false), json!(true));
    for (key, value) in members.as_object().unwrap() {
        certificate[key] = value.clone();
    }
    let certificate: Certificate = serde_json::from_value(certificate).unwrap();
    check(process, &certificate).unwrap_or_default()
}

/// Whoever picks something else than 1 goes round for ever.
const TRAP: &str = r#"{ "fields": [{ "id": "n", "title": "N", "type": "integer", "min": 0, "max": 10 }], "steps": [
  { "id": "s", "role": "tu", "collects": ["n"], "choose": [
     { "when": "case.n == 1", "end": "selesai" }, { "when": "case.n != 1", "next": "x" }] },
  { "id": "x", "role": "tu", "next": "y" },
  { "id": "y", "role": "tu", "next": "x" }] }"#;

#[test]
fn a_part_of_a_choice_that_is_said_to_be_nobodys_is_looked_at() {
    let trap = process(TRAP);
    assert!(judgement(&trap, Name::Completable).verdict.is_refuted());
    let hidden = json!([{ "root": { "node": 0 },
        "nodes": [{ "branch": 0, "test": 0, "yes": { "branch": 0 }, "no": { "wrong": 0 } }] }]);
    let residue = json!({ "residue": { "rules": [], "apart": "nothing", "states": [1, 2, 16], "ranks": [2, 1, 0] } });
    assert_eq!(forged(&trap, &json!({ "choices": hidden.clone(), "flow": residue.clone() })), []);
    let states = json!({ "counters": false, "papers": [], "words": [1] });
    let explored = json!({ "explored": { "states": states.clone(), "ranks": [1] } });
    let bounded = json!({ "states": { "states": states, "worth": [1], "price": [] } });
    assert_eq!(forged(&trap, &json!({ "choices": hidden, "flow": explored, "bounded": bounded })), []);
    // Nor is a choice taken for one that leads nowhere.
    assert_eq!(forged(&trap, &json!({ "choices": [null], "flow": residue.clone() })), []);
    let beside = process(
        r#"{ "fields": [{ "id": "n", "title": "N", "type": "integer", "min": 0, "max": 10 }], "steps": [
          { "id": "s", "role": "tu", "outcomes": [{ "id": "ya", "end": "selesai" }, { "id": "tidak", "collects": ["n"], "choose": [
             { "when": "case.n == 1", "end": "selesai" }, { "when": "case.n != 1", "next": "x" }] }] },
          { "id": "x", "role": "tu", "next": "y" },
          { "id": "y", "role": "tu", "next": "x" }] }"#,
    );
    assert_eq!(forged(&beside, &json!({ "choices": [null], "flow": residue })), []);
}

#[test]
fn values_beyond_what_is_named_are_looked_for_everywhere() {
    let mut branches: Vec<String> =
        (1..=9).map(|digit| format!(r#"{{ "when": "case.t == '{digit}'", "end": "selesai" }}"#)).collect();
    branches.push(r#"{ "when": "case.t == ''", "end": "selesai" }"#.to_owned());
    let short = process(&format!(
        r#"{{ "fields": [{{ "id": "t", "title": "T", "type": "text", "max_length": 1 }}], "steps": [
          {{ "id": "s", "role": "tu", "collects": ["t"], "choose": [{}] }}] }}"#,
        branches.join(",")
    ));
    assert!(judgement(&short, Name::Decided).verdict.is_refuted());
}

#[test]
fn more_cells_than_are_looked_at_are_unknown() {
    let even: Vec<String> = (0..=50_000).map(|half| (2 * half).to_string()).collect();
    let mut branches = vec![r#"{ "when": "case.n <= 70000", "end": "selesai" }"#.to_owned()];
    for some in even.chunks(2_000) {
        let listed = some.join(",");
        branches.push(format!(r#"{{ "when": "case.n > 70000 && case.n in [{listed}]", "end": "selesai" }}"#));
    }
    let wide = process(&format!(
        r#"{{ "fields": [{{ "id": "n", "title": "N", "type": "integer", "min": 0, "max": 1000000 }}], "steps": [
          {{ "id": "s", "role": "tu", "collects": ["n"], "choose": [{}] }}] }}"#,
        branches.join(",")
    ));
    assert!(judgement(&wide, Name::Decided).verdict.is_unknown());
}

#[test]
fn a_branch_for_each_of_many_values_ends_within_the_limit() {
    let branches: Vec<String> =
        (0..8_000).map(|value| format!(r#"{{ "when": "case.n == {value}", "end": "selesai" }}"#)).collect();
    let wide = process(&format!(
        r#"{{ "fields": [{{ "id": "n", "title": "N", "type": "integer", "min": 0, "max": 7999 }}], "steps": [
          {{ "id": "s", "role": "tu", "collects": ["n"], "choose": [{}] }}] }}"#,
        branches.join(",")
    ));
    assert!(!judgement(&wide, Name::Decided).verdict.is_refuted());
}

const FOUR_EYES: &str = r#"{ "steps": [
  { "id": "susun", "role": "tu", "next": "periksa" }, { "id": "periksa", "role": "kepala", "end": "selesai" }],
  "policy": { "steps": { "periksa": { "reason": "Empat mata", "distinct_from": ["susun"] } } } }"#;

#[test]
fn whoever_a_rung_calls_in_may_have_acted() {
    for rung in ["escalate", "reassign"] {
        let process = process(&format!(
            r#"{{ "steps": [
              {{ "id": "susun", "role": "tu", "next": "periksa" }}, {{ "id": "periksa", "role": "kepala", "end": "selesai" }}],
              "policy": {{ "steps": {{
                "susun": {{ "reason": "x", "overdue": [{{ "after": "1 hari", "{rung}": "kepala" }}, {{ "every": "1 hari", "remind": "doer" }}] }},
                "periksa": {{ "reason": "Empat mata", "distinct_from": ["susun"] }} }} }} }}"#
        ));
        let holders = format!("{},{}", hold("tu", &["ani", "budi"]), hold("kepala", &["dewi", "citra"]));
        assert!(staffed(&process, &holders).verdict.is_unknown(), "{rung}");
    }
}

#[test]
fn whoever_held_the_post_before_the_period_may_have_acted() {
    let holders = format!(
        r#"{{ "post": "tu", "person": "ani", "until": "2025-12-31" }}, {},
          {{ "post": "kepala", "person": "ani", "from": "2026-01-01" }}, {}"#,
        hold("tu", &["budi", "citra"]),
        hold("kepala", &["dewi"])
    );
    assert!(staffed(&process(FOUR_EYES), &holders).verdict.is_unknown());
}

#[test]
fn whoever_asks_may_hold_no_post() {
    let process = process(
        r#"{ "steps": [
          { "id": "ajukan", "role": "pemohon", "next": "periksa" }, { "id": "periksa", "role": "tu", "end": "selesai" }],
          "policy": { "steps": { "periksa": { "reason": "Satu", "same_as": ["ajukan"] } } } }"#,
    );
    // Whoever cannot act here at all binds nobody (W3).
    let judgement = staffed(&process, &hold("tu", &["ani", "budi"]));
    assert!(judgement.verdict.is_proved(), "{:?}", judgement.verdict);
}

#[test]
fn a_partner_that_comes_before_by_values_counts() {
    let process = process(
        r#"{ "fields": [{ "id": "n", "title": "N", "type": "bool" }],
          "ends": [{ "id": "selesai", "title": "Selesai", "kind": "part" }],
          "steps": [
          { "id": "s", "role": "pemohon", "collects": ["n"], "split": ["a", "b"] },
          { "id": "a", "role": "tu", "choose": [{ "when": "case.n", "next": "c" }, { "when": "!case.n", "end": "selesai" }] },
          { "id": "b", "role": "staf", "choose": [{ "when": "!case.n", "next": "c" }, { "when": "case.n", "end": "selesai" }] },
          { "id": "c", "role": "kepala", "end": "selesai" }],
          "policy": { "steps": { "a": { "reason": "x", "distinct_from": ["c"] } } } }"#,
    );
    let holders =
        [hold("tu", &["ani", "budi"]), hold("staf", &["citra", "dewi"]), hold("kepala", &["ani", "citra", "dewi"])];
    assert!(staffed(&process, &holders.join(",")).verdict.is_refuted());
}

#[test]
fn a_case_that_rungs_bring_to_a_fault_does_not_end() {
    let process = process(
        r#"{ "steps": [
          { "id": "s", "role": "tu", "split": ["a", "b"] },
          { "id": "a", "role": "tu", "end": "selesai" },
          { "id": "b", "role": "staf", "end": "selesai" }],
          "policy": { "overdue": [{ "after": "1 hari", "outcome": "selesai" }] } }"#,
    );
    let unattended = judgement(&process, Name::Unattended);
    assert_eq!((unattended.verdict.clone(), unattended.follows), (Verdict::Refuted, Some(Name::Clean)));
    // Nor does a certificate say so.
    let rungs = json!([0, 0, 0]);
    let evidence = json!({ "rungs": rungs, "within": [5000, 2000, 2000], "drained": null });
    assert_eq!(forged(&process, &json!({ "completable": false, "unattended": evidence })), []);
}

#[test]
fn what_lies_dead_is_nobodys_concern() {
    let process = process(
        r#"{ "fields": [{ "id": "n", "title": "N", "type": "bool" }],
          "steps": [
          { "id": "s", "role": "tu", "collects": ["n"], "choose": [{ "when": "case.n", "next": "a" }, { "when": "!case.n", "end": "selesai" }] },
          { "id": "a", "role": "tu", "choose": [{ "when": "case.n", "end": "selesai" }, { "when": "!case.n", "next": "d" }] },
          { "id": "d", "role": "staf", "end": "selesai" }],
          "policy": { "steps": { "d": { "reason": "x", "overdue": [] } } } }"#,
    );
    let verified = (&process).verify();
    assert!(verified.verdicts().of(Name::Clean).verdict.is_refuted());
    assert!(verified.verdicts().of(Name::Watched).verdict.is_proved());
    assert!(check(&process, verified.certificate()).unwrap().contains(&Name::Watched));
}

#[test]
fn parallel_waits_run_on_a_shared_clock_together() {
    let process = process(
        r#"{ "rows": [
          { "activity": "Awal", "time": "10 menit", "steps": [{ "id": "s", "role": "tu", "split": ["a", "b"] }] },
          { "activity": "Memeriksa", "time": "60 menit", "shared_time": true, "steps": [
            { "id": "a", "role": "staf", "next": "c" }, { "id": "b", "role": "tu", "next": "c" }] },
          { "activity": "Menerima", "time": "10 menit", "steps": [{ "id": "c", "role": "staf", "join": { "all": [["a"], ["b"]] }, "end": "selesai" }] }] }"#,
    );
    let run = judgement(&process, Name::Timely).worst.unwrap().run.unwrap();
    let file: CalendarFile = serde_json::from_str(&common::read_text("calendars/kalbar.json")).unwrap();
    let calendar = Calendar::compile(&file, story_office().zone().clone()).unwrap();
    let opened: Instant = "2026-01-12T01:00:00.000Z".parse().unwrap();
    let minutes = |at: Instant| calendar.measure(opened, at).minutes();
    let times: Vec<u64> = run.timetable(&process, &calendar, opened).unwrap().into_iter().map(minutes).collect();
    // One of them takes all of the clock, the other none.
    assert_eq!(times, [0, 10, 10, 70, 80]);
    assert_eq!(run.over_by(&process, &calendar, opened).map(minutes), Some(80));
}
