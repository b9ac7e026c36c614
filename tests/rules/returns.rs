//! How a request goes back: the rules R1 to R3.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::json;
use sop_core::case::{Rejection, Status};
use stage::{Case, errors, stage};

/// A drafter, a checker who sends back to the drafter, a signer who sends back to the checker.
fn letter(policy: &str) -> String {
    format!(
        r#"{{ "steps": [
          {{ "id": "susun", "role": "staf", "next": "koreksi" }},
          {{ "id": "koreksi", "role": "sekretaris", "outcomes": [
            {{ "id": "setuju", "next": "tanda_tangan" }}, {{ "id": "tolak", "return_to": "susun" }}] }},
          {{ "id": "tanda_tangan", "role": "kepala", "outcomes": [
            {{ "id": "setuju", "end": "selesai" }}, {{ "id": "tolak", "return_to": "koreksi" }}] }},
          {{ "id": "arsip", "role": "tu", "end": "diarsipkan" }}],
        "starts": [{{ "id": "mulai", "opens": ["susun"] }}, {{ "id": "arsip", "opens": ["arsip"] }}],
        "ends": [{{ "id": "selesai", "title": "Selesai", "kind": "case" }}, {{ "id": "diarsipkan", "title": "Diarsipkan", "kind": "case" }}],
        "policy": {{ {policy} }} }}"#
    )
}

fn refuse(case: &mut Case, times: u32) {
    for _ in 0..times {
        case.complete("susun", "santi", "selesai", "2026-01-12 08:00").unwrap();
        case.complete("koreksi", "sari", "tolak", "2026-01-12 08:00").unwrap();
    }
}

const STOP: &str = r#""ends": [{ "id": "henti", "title": "Dihentikan", "kind": "stop" }]"#;

/// R1: `limit: k` allows k returns; the next one takes `then`.
#[test]
fn r1_a_limit_allows_so_many_returns() {
    let policy = format!(r#""returns": {{ "limit": 2, "then": {{ "end": "henti" }} }}, {STOP}"#);
    let mut case = stage(&letter(&policy)).start("mulai", "santi", "2026-01-12 08:00");
    refuse(&mut case, 2);
    assert_eq!((case.returns("koreksi", "tolak"), case.waits()), (2, vec!["susun"]));
    case.complete("susun", "santi", "selesai", "2026-01-12 08:00").unwrap();
    let happened = case.complete("koreksi", "sari", "tolak", "2026-01-12 08:00").unwrap();
    assert_eq!(happened.kinds(), ["completed", "return_exhausted", "stopped"]);
    assert_eq!((case.status(), case.result()), (Status::Stopped, vec!["henti"]));
    assert_eq!(case.returns("koreksi", "tolak"), 2);
}

/// R1: every return has a counter of its own, never reset.
#[test]
fn r1_every_return_counts_for_itself_and_is_never_reset() {
    let policy = format!(r#""returns": {{ "limit": 2, "then": {{ "end": "henti" }} }}, {STOP}"#);
    let mut case = stage(&letter(&policy)).start("mulai", "santi", "2026-01-12 08:00");
    refuse(&mut case, 1);
    case.complete("susun", "santi", "selesai", "2026-01-12 08:00").unwrap();
    case.complete("koreksi", "sari", "setuju", "2026-01-12 08:00").unwrap();
    let happened = case.complete("tanda_tangan", "kartika", "tolak", "2026-01-12 08:00").unwrap();
    assert_eq!(happened.of("returned"), ["returned count=1 return=(outcome:tolak step:tanda_tangan)"]);
    assert_eq!((case.returns("koreksi", "tolak"), case.returns("tanda_tangan", "tolak")), (1, 1));
    case.complete("koreksi", "sari", "tolak", "2026-01-12 08:00").unwrap();
    assert_eq!((case.returns("koreksi", "tolak"), case.returns("tanda_tangan", "tolak")), (2, 1));
}

/// R1: `policy.returns` gives the default, and a step's own entry overrides it for one outcome.
#[test]
fn r1_a_step_overrides_the_default() {
    let policy = format!(
        r#""returns": {{ "limit": 3, "then": {{ "end": "henti" }} }}, {STOP},
           "steps": {{ "koreksi": {{ "returns": {{ "tolak": {{ "limit": 1, "then": {{ "next": "arsip" }} }} }} }} }}"#
    );
    let mut case = stage(&letter(&policy)).start("mulai", "santi", "2026-01-12 08:00");
    refuse(&mut case, 2);
    assert_eq!(case.waits(), ["arsip"], "the second return took `then`");
    let of = |step: &str| {
        let process = &case.stage.process;
        let spec = process.returns().iter().find(|(_, spec)| spec.from == case.step_ix(step)).expect("a return").1;
        spec.limit.expect("a limit").0
    };
    assert_eq!((of("koreksi"), of("tanda_tangan")), (1, 3));
}

/// R1: without a limit a return is taken again and again.
#[test]
fn r1_without_a_limit_there_is_no_end() {
    let mut case = stage(&letter("")).start("mulai", "santi", "2026-01-12 08:00");
    refuse(&mut case, 40);
    assert_eq!((case.returns("koreksi", "tolak"), case.waits()), (40, vec!["susun"]));
}

/// R1: k is at least 1.
#[test]
fn r1_a_limit_is_at_least_one() {
    let policy = format!(r#""returns": {{ "limit": 0, "then": {{ "end": "henti" }} }}, {STOP}"#);
    assert_eq!(errors(&letter(&policy)), ["LIMIT_ZERO"]);
}

/// R1: `then` has to be written.
#[test]
fn r1_then_has_to_be_written() {
    let text = stage::definition(&letter(r#""returns": { "limit": 1 }"#)).to_string();
    let parsed: sop_core::format::Parsed<sop_core::definition::Definition> =
        sop_core::format::parse(sop_core::text::SourceText::new("x", text));
    let found: Vec<String> =
        parsed.diagnostics.iter().map(|one| format!("{} {}", one.rule.name, one.primary().unwrap().pointer)).collect();
    assert_eq!(found, ["MISSING_KEY /policy/returns"]);
}

/// R2: `then` is a step from which this return can't be reached again by any exits.
#[test]
fn r2_then_never_comes_back() {
    let policy = r#""returns": { "limit": 1, "then": { "next": "susun" } }"#;
    let errors = errors(&letter(policy));
    assert!(errors.iter().all(|rule| *rule == "THEN_COMES_BACK") && !errors.is_empty(), "{errors:?}");
}

const CLOSED: &str = r#""returns": { "limit": 1, "then": { "closed": "outcome" } }"#;

/// R2: `closed`: completing with that outcome is refused from then on.
#[test]
fn r2_a_closed_outcome_is_refused() {
    let mut case = stage(&letter(CLOSED)).start("mulai", "santi", "2026-01-12 08:00");
    refuse(&mut case, 1);
    case.complete("susun", "santi", "selesai", "2026-01-12 08:00").unwrap();
    let refused = case.complete("koreksi", "sari", "tolak", "2026-01-12 08:00").unwrap_err();
    let Rejection::OutcomeIsClosed { outcome, limit } = refused else { panic!("{refused:?}") };
    assert_eq!((outcome.id.as_str(), limit), ("tolak", 1));
    assert_eq!(case.waits(), ["koreksi"]);
}

/// R2: where only one outcome is left, that is reported as `forced`.
#[test]
fn r2_the_only_outcome_left_is_forced() {
    let mut case = stage(&letter(CLOSED)).start("mulai", "santi", "2026-01-12 08:00");
    case.complete("susun", "santi", "selesai", "2026-01-12 08:00").unwrap();
    let free = case.clone().complete("koreksi", "sari", "setuju", "2026-01-12 08:00").unwrap();
    assert!(!free.of("completed")[0].contains("forced"), "both outcomes were open");
    case.complete("koreksi", "sari", "tolak", "2026-01-12 08:00").unwrap();
    case.complete("susun", "santi", "selesai", "2026-01-12 08:00").unwrap();
    let forced = case.complete("koreksi", "sari", "setuju", "2026-01-12 08:00").unwrap();
    assert!(forced.of("completed")[0].contains("forced=true"));
}

/// R2: a return inside a `choose`, or named by a rung, can't be `closed`.
#[test]
fn r2_what_nobody_picks_is_not_closed() {
    let inside = r#"{ "fields": [{ "id": "layak", "title": "Layak", "type": "bool" }], "steps": [
      { "id": "susun", "role": "staf", "next": "nilai" },
      { "id": "nilai", "role": "tu", "collects": ["layak"], "choose": [
        { "when": "case.layak", "end": "selesai" }, { "when": "!case.layak", "return_to": "susun" }] }],
      "policy": { "returns": { "limit": 1, "then": { "closed": "outcome" } } } }"#;
    assert_eq!(errors(inside), ["CANNOT_CLOSE"]);
    let rung = format!(
        r#"{CLOSED}, "steps": {{ "koreksi": {{ "within": "1 jam", "overdue": [{{ "after": "1 jam", "outcome": "tolak" }}] }} }}"#
    );
    assert_eq!(errors(&letter(&rung)), ["RUNG_ON_CLOSING"]);
}

/// Work in parallel inside a loop, and beside it a part that the loop does not touch.
const RAPAT: &str = r#"{
  "steps": [
    { "id": "usul", "role": "staf", "split": ["bagi", "lapor"] },
    { "id": "lapor", "role": "staf", "end": "dilaporkan" },
    { "id": "bagi", "role": "staf", "split": ["undangan", "tempat", "acara"] },
    { "id": "undangan", "role": "tu", "time": "1 jam", "next": "periksa" },
    { "id": "tempat", "role": "tu", "next": "periksa" },
    { "id": "acara", "role": "tu", "outcomes": [
      { "id": "siap", "next": "periksa" }, { "id": "batal", "return_to": "bagi" }] },
    { "id": "periksa", "role": "sekretaris", "join": { "all": [["undangan"], ["tempat"], ["acara"]] }, "outcomes": [
      { "id": "siap", "end": "siap" }, { "id": "belum", "return_to": "bagi" }] }
  ],
  "ends": [{ "id": "siap", "title": "Siap", "kind": "part" }, { "id": "dilaporkan", "title": "Dilaporkan", "kind": "part" }]
}"#;

/// R3: a return withdraws every wait and every filled slot reachable from its target, each withdrawal an event; what is
/// outside is left alone.
#[test]
fn r3_a_return_withdraws_what_lies_between() {
    let mut case = stage(RAPAT).start("mulai", "santi", "2026-01-12 08:00");
    case.complete("usul", "santi", "selesai", "2026-01-12 08:00").unwrap();
    case.complete("bagi", "santi", "selesai", "2026-01-12 08:00").unwrap();
    case.complete("tempat", "awang", "selesai", "2026-01-12 08:10").unwrap();
    assert_eq!((case.waits(), case.filled()), (vec!["lapor", "undangan", "acara"], vec!["periksa<-tempat".to_owned()]));
    let happened = case.complete("acara", "awang", "batal", "2026-01-12 08:20").unwrap();
    assert_eq!(happened.kinds(), ["completed", "returned", "wait_withdrawn", "slot_withdrawn", "activated"]);
    assert_eq!(happened.of("wait_withdrawn"), ["wait_withdrawn step=undangan wait=4"]);
    assert_eq!(happened.of("slot_withdrawn"), ["slot_withdrawn slot=(group:1 step:periksa)"]);
    assert_eq!((case.waits(), case.filled()), (vec!["lapor", "bagi"], Vec::new()));
}

/// R3: t itself is withdrawn if it is active, so that a return never activates an active step.
#[test]
fn r3_the_target_itself_is_withdrawn() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "terima", "role": "tu", "split": ["susun", "catat"] },
          { "id": "susun", "role": "staf", "next": "gabung" },
          { "id": "catat", "role": "tu", "outcomes": [
            { "id": "cocok", "next": "gabung" }, { "id": "salah", "return_to": "terima" }] },
          { "id": "gabung", "role": "tu", "join": { "all": [["susun"], ["catat"]] }, "end": "selesai" },
          { "id": "lagi", "role": "tu", "next": "terima" }],
        "starts": [{ "id": "mulai", "opens": ["terima"] }, { "id": "ganda", "opens": ["lagi", "catat"] }] }"#,
    )
    .start("ganda", "awang", "2026-01-12 08:00");
    case.complete("lagi", "awang", "selesai", "2026-01-12 08:01").unwrap();
    assert_eq!(case.waits(), ["catat", "terima"]);
    let happened = case.complete("catat", "awang", "salah", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.of("wait_withdrawn"), ["wait_withdrawn step=terima wait=3"]);
    assert_eq!((case.waits(), case.status()), (vec!["terima"], Status::Running));
    assert!(case.wait("terima").is_rework());
}

/// R3: the slots of t itself are kept, also one that was filled from a step after t.
#[test]
fn r3_the_slots_of_the_target_are_kept() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "satu", "role": "tu", "next": "gabung" },
          { "id": "dua", "role": "tu", "next": "gabung" },
          { "id": "gabung", "role": "sekretaris", "join": { "all": [["satu", "susulan"], ["dua"]] }, "split": ["susulan", "putus"] },
          { "id": "susulan", "role": "tu", "next": "gabung" },
          { "id": "putus", "role": "kepala", "outcomes": [
            { "id": "ya", "end": "henti" }, { "id": "ulang", "return_to": "gabung" }] }],
        "starts": [{ "id": "mulai", "opens": ["satu", "dua"] }],
        "ends": [{ "id": "henti", "title": "Henti", "kind": "stop" }] }"#,
    )
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete("satu", "awang", "selesai", "2026-01-12 08:01").unwrap();
    case.complete("dua", "awang", "selesai", "2026-01-12 08:02").unwrap();
    case.complete("gabung", "sari", "selesai", "2026-01-12 08:03").unwrap();
    case.complete("susulan", "awang", "selesai", "2026-01-12 08:04").unwrap();
    assert_eq!((case.waits(), case.filled()), (vec!["putus"], vec!["gabung<-satu|susulan".to_owned()]));
    let happened = case.complete("putus", "kartika", "ulang", "2026-01-12 08:05").unwrap();
    assert_eq!(happened.kinds(), ["completed", "returned", "activated"]);
    assert_eq!((case.waits(), case.filled()), (vec!["gabung"], vec!["gabung<-satu|susulan".to_owned()]));
}

/// R3: `then` is among the exits by which a wait is reachable.
#[test]
fn r3_what_then_opened_is_withdrawn_too() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "mulai_lagi", "role": "staf", "split": ["periksa", "timbang"] },
          { "id": "periksa", "role": "tu", "outcomes": [
            { "id": "ya", "end": "bagian" }, { "id": "tidak", "return_to": "perbaiki" }] },
          { "id": "perbaiki", "role": "staf", "next": "periksa" },
          { "id": "arsip", "role": "tu", "end": "bagian" },
          { "id": "timbang", "role": "kepala", "outcomes": [
            { "id": "ya", "end": "bagian" }, { "id": "ulang", "return_to": "mulai_lagi" }] }],
        "starts": [{ "id": "mulai", "opens": ["mulai_lagi"] }, { "id": "lain", "opens": ["perbaiki"] }],
        "ends": [{ "id": "bagian", "title": "Bagian", "kind": "part" }],
        "policy": { "steps": { "periksa": { "returns": { "tidak": { "limit": 1, "then": { "next": "arsip" } } } } } } }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("mulai_lagi", "santi", "selesai", "2026-01-12 08:00").unwrap();
    case.complete("periksa", "awang", "tidak", "2026-01-12 08:01").unwrap();
    case.complete("perbaiki", "santi", "selesai", "2026-01-12 08:02").unwrap();
    case.complete("periksa", "awang", "tidak", "2026-01-12 08:03").unwrap();
    assert_eq!(case.waits(), ["timbang", "arsip"]);
    case.complete("timbang", "kartika", "ulang", "2026-01-12 08:04").unwrap();
    assert_eq!(case.waits(), ["mulai_lagi"]);
}

/// R3: t must reach s without returns.
#[test]
fn r3_a_return_goes_back() {
    let forward = r#"{ "steps": [
      { "id": "a", "role": "tu", "outcomes": [{ "id": "ya", "next": "b" }, { "id": "tidak", "return_to": "b" }] },
      { "id": "b", "role": "tu", "end": "selesai" }] }"#;
    assert_eq!(errors(forward), ["RETURN_NOT_BACK"]);
}

/// R3: for every join on a way from t to s all slots must be reachable from t.
#[test]
fn r3_a_return_does_not_cross_half_a_join() {
    let across = r#"{ "steps": [
      { "id": "satu", "role": "tu", "next": "gabung" }, { "id": "dua", "role": "tu", "next": "gabung" },
      { "id": "gabung", "role": "tu", "join": { "all": [["satu"], ["dua"]] }, "outcomes": [
        { "id": "ya", "end": "selesai" }, { "id": "tidak", "return_to": "satu" }] }],
      "starts": [{ "id": "mulai", "opens": ["satu", "dua"] }] }"#;
    assert_eq!(errors(across), ["RETURN_ACROSS_JOIN"]);
}

/// R1: a branch of a `choose` that returns is counted like any other return.
#[test]
fn r1_a_branch_that_returns_is_counted() {
    let mut case = stage(
        r#"{ "fields": [{ "id": "layak", "title": "Layak", "type": "bool" }], "steps": [
          { "id": "susun", "role": "staf", "next": "nilai" },
          { "id": "nilai", "role": "tu", "collects": ["layak"], "choose": [
            { "when": "case.layak", "end": "selesai" }, { "when": "!case.layak", "return_to": "susun" }] }],
          "policy": { "returns": { "limit": 1, "then": { "end": "henti" } },
            "ends": [{ "id": "henti", "title": "Dihentikan", "kind": "stop" }] } }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    for _ in 0..2 {
        case.complete("susun", "santi", "selesai", "2026-01-12 08:00").unwrap();
        case.complete_with("nilai", "awang", "selesai", &json!({ "layak": false }), "2026-01-12 08:01").unwrap();
    }
    let back = case.history[2].of("returned");
    assert_eq!(back, ["returned count=1 return=(branch:1 outcome:selesai step:nilai)"]);
    assert_eq!(case.result(), ["henti"]);
}
