//! How a token moves: the rules F1 to F5.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::json;
use sop_core::case::{Rejection, Status};
use stage::{Stage, errors, findings, stage};

/// Two ways in, one of them opening two steps; a split, and a join with alternative sources.
const RAPAT: &str = r#"{
  "steps": [
    { "id": "usulkan", "role": "pemohon", "next": "bagi" },
    { "id": "bagi", "role": "sekretaris", "split": ["undangan", "tempat"] },
    { "id": "undangan", "role": "tu", "next": "periksa" },
    { "id": "tempat", "role": "staf", "outcomes": [
      { "id": "dalam", "next": "periksa" }, { "id": "luar", "next": "sewa" }] },
    { "id": "sewa", "role": "staf", "next": "periksa" },
    { "id": "periksa", "role": "sekretaris", "join": { "all": [["undangan"], ["tempat", "sewa"]] }, "end": "selesai" }
  ],
  "starts": [{ "id": "usulan", "opens": ["usulkan"] }, { "id": "perintah", "opens": ["undangan", "tempat"] }]
}"#;

/// F1: starts are alternatives, and the command names one.
#[test]
fn f1_a_start_opens_its_own_steps() {
    let stage = stage(RAPAT);
    assert_eq!(stage.start("usulan", "wulan", "2026-01-12 08:00").waits(), ["usulkan"]);
}

/// F1: a start may open several steps together.
#[test]
fn f1_a_start_may_open_several_steps() {
    let case = stage(RAPAT).start("perintah", "awang", "2026-01-12 08:00");
    assert_eq!(case.waits(), ["undangan", "tempat"]);
    assert_eq!(case.history[0].kinds(), ["started", "activated", "activated"]);
}

/// F1: a start step is an ordinary wait, which whoever opened the case has to complete like any other.
#[test]
fn f1_a_start_step_is_an_ordinary_wait() {
    let mut case = stage(RAPAT).start("usulan", "wulan", "2026-01-12 08:00");
    assert_eq!(case.number("usulkan"), 1);
    case.complete("usulkan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    assert_eq!(case.waits(), ["bagi"]);
}

/// F1: a case is opened once.
#[test]
fn f1_a_case_is_opened_once() {
    let mut case = stage(RAPAT).start("usulan", "wulan", "2026-01-12 08:00");
    assert_eq!(case.start("perintah", "awang", "2026-01-12 09:00").unwrap_err(), Rejection::AlreadyStarted);
}

/// F1: who may not act at any of the steps opened can't open the case by that start.
#[test]
fn f1_a_start_is_for_those_who_act_in_it() {
    let refused = stage(RAPAT).refuses_start("perintah", "wulan", "2026-01-12 08:00");
    let Rejection::NotYours { roles } = refused else { panic!("{refused:?}") };
    assert_eq!(roles.iter().map(|role| role.id.as_str()).collect::<Vec<_>>(), ["tu", "staf"]);
}

/// F1: a step that no start reaches is dead; that another start does not reach it is no error.
#[test]
fn f1_a_step_is_dead_only_if_no_start_reaches_it() {
    assert!(!findings(RAPAT).contains(&"UNREACHED_STEP"));
    let dead = r#"{ "steps": [{ "id": "a", "role": "tu", "end": "selesai" }, { "id": "b", "role": "tu", "end": "selesai" }] }"#;
    assert!(findings(dead).contains(&"UNREACHED_STEP"));
}

/// F2: a token activates its target; a split sends one to each.
#[test]
fn f2_a_split_activates_each_target() {
    let mut case = stage(RAPAT).start("usulan", "wulan", "2026-01-12 08:00");
    case.complete("usulkan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    let happened = case.complete("bagi", "sari", "selesai", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.kinds(), ["completed", "activated", "activated"]);
    assert_eq!(case.waits(), ["undangan", "tempat"]);
}

/// F2: a join waits for all its slots; all full, the step is activated and the slots empty.
#[test]
fn f2_a_join_waits_for_all_its_slots() {
    let mut case = stage(RAPAT).start("perintah", "awang", "2026-01-12 08:00");
    let happened = case.complete("tempat", "santi", "dalam", "2026-01-12 08:10").unwrap();
    assert_eq!(happened.kinds(), ["completed", "slot_filled"]);
    assert_eq!(case.waits(), ["undangan"]);
    assert_eq!(case.filled(), ["periksa<-tempat|sewa"]);
    let happened = case.complete("undangan", "awang", "selesai", "2026-01-12 08:20").unwrap();
    assert_eq!(happened.kinds(), ["completed", "slot_filled", "joined", "activated"]);
    assert_eq!(case.waits(), ["periksa"]);
    assert!(case.filled().is_empty());
}

/// F2: alternative sources share a slot.
#[test]
fn f2_alternative_sources_fill_one_slot() {
    let mut case = stage(RAPAT).start("perintah", "awang", "2026-01-12 08:00");
    case.complete("tempat", "santi", "luar", "2026-01-12 08:10").unwrap();
    case.complete("undangan", "awang", "selesai", "2026-01-12 08:20").unwrap();
    assert_eq!((case.waits(), case.filled()), (vec!["sewa"], vec!["periksa<-undangan".to_owned()]));
    case.complete("sewa", "seno", "selesai", "2026-01-12 08:30").unwrap();
    assert_eq!(case.waits(), ["periksa"]);
}

/// F2: a branch of a `choose` fills its source's slot like any other exit.
#[test]
fn f2_a_branch_fills_a_slot() {
    let mut case = stage(
        r#"{ "fields": [{ "id": "perlu", "title": "Perlu", "type": "bool" }], "steps": [
          { "id": "satu", "role": "tu", "collects": ["perlu"], "choose": [
            { "when": "case.perlu", "next": "gabung" }, { "when": "!case.perlu", "end": "henti" }] },
          { "id": "dua", "role": "tu", "next": "gabung" },
          { "id": "gabung", "role": "tu", "join": { "all": [["satu"], ["dua"]] }, "end": "henti" }],
        "starts": [{ "id": "mulai", "opens": ["satu", "dua"] }],
        "ends": [{ "id": "henti", "title": "Henti", "kind": "stop" }] }"#,
    )
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete_with("satu", "awang", "selesai", &json!({ "perlu": true }), "2026-01-12 08:01").unwrap();
    assert_eq!(case.filled(), ["gabung<-satu"]);
    case.complete("dua", "awang", "selesai", "2026-01-12 08:02").unwrap();
    assert_eq!(case.waits(), ["gabung"]);
}

/// F2: a return activates a join directly, without filling a slot.
#[test]
fn f2_a_return_activates_a_join_directly() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "satu", "role": "tu", "next": "gabung" }, { "id": "dua", "role": "staf", "next": "gabung" },
          { "id": "gabung", "role": "sekretaris", "join": { "all": [["satu"], ["dua"]] }, "next": "putuskan" },
          { "id": "putuskan", "role": "kepala", "outcomes": [
            { "id": "ya", "end": "selesai" }, { "id": "ulang", "return_to": "gabung" }] }],
        "starts": [{ "id": "mulai", "opens": ["satu", "dua"] }] }"#,
    )
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete("satu", "awang", "selesai", "2026-01-12 08:01").unwrap();
    case.complete("dua", "santi", "selesai", "2026-01-12 08:02").unwrap();
    case.complete("gabung", "sari", "selesai", "2026-01-12 08:03").unwrap();
    let happened = case.complete("putuskan", "kartika", "ulang", "2026-01-12 08:04").unwrap();
    assert_eq!(happened.kinds(), ["completed", "returned", "activated"]);
    assert_eq!(case.waits(), ["gabung"]);
}

/// F2: a join names each of its sources, and only those; a start and a `then` name no join.
#[test]
fn f2_a_join_names_each_of_its_sources() {
    let with = |join: &str, starts: &str, policy: &str| {
        format!(
            r#"{{ "steps": [
              {{ "id": "satu", "role": "tu", "outcomes": [{{ "id": "ya", "next": "gabung" }}] }},
              {{ "id": "dua", "role": "staf", "next": "gabung" }},
              {{ "id": "gabung", "role": "sekretaris", "join": {{ "all": {join} }}, "next": "akhir" }},
              {{ "id": "akhir", "role": "tu", "outcomes": [{{ "id": "ya", "end": "selesai" }}, {{ "id": "ulang", "return_to": "akhir_lagi" }}] }},
              {{ "id": "akhir_lagi", "role": "tu", "next": "akhir" }}],
            "starts": [{{ "id": "mulai", "opens": {starts} }}] {policy} }}"#
        )
    };
    let both = r#"[["satu"], ["dua"]]"#;
    let opened = r#"["satu", "dua", "akhir_lagi"]"#;
    assert_eq!(errors(&with(r#"[["satu"]]"#, opened, "")), ["JOIN_SOURCE_MISSING"]);
    assert_eq!(errors(&with(r#"[["satu"], ["dua"], ["akhir"]]"#, opened, "")), ["JOIN_SOURCE_ASTRAY"]);
    assert_eq!(errors(&with(both, r#"["satu", "dua", "akhir_lagi", "gabung"]"#, "")), ["START_ON_JOIN"]);
    let then = r#", "policy": { "returns": { "limit": 1, "then": { "next": "gabung" } } }"#;
    assert!(errors(&with(both, opened, then)).contains(&"THEN_ON_JOIN"));
}

/// A loop that a token can run around while another is inside.
const BERTABRAKAN: &str = r#"{
  "steps": [
    { "id": "bagi", "role": "tu", "split": ["kiri", "kanan"] },
    { "id": "kiri", "role": "tu", "next": "tengah" }, { "id": "kanan", "role": "tu", "next": "tengah" },
    { "id": "tengah", "role": "tu", "end": "selesai" }
  ]
}"#;

fn collided() -> stage::Case {
    let mut case = stage(BERTABRAKAN).start("mulai", "awang", "2026-01-12 08:00");
    case.complete("bagi", "awang", "selesai", "2026-01-12 08:01").unwrap();
    case.complete("kiri", "awang", "selesai", "2026-01-12 08:02").unwrap();
    case
}

/// F3: activating an active step is a fault, which is an event.
#[test]
fn f3_activating_an_active_step_is_a_fault() {
    let mut case = collided();
    let happened = case.complete("kanan", "awang", "selesai", "2026-01-12 08:03").unwrap();
    assert_eq!(happened.kinds(), ["completed", "faulted"]);
    assert_eq!(happened.of("faulted"), ["faulted fault=(step_already_active:(step:tengah))"]);
    assert_eq!(case.status(), Status::Faulted);
}

/// F3: filling a full slot is a fault.
#[test]
fn f3_filling_a_full_slot_is_a_fault() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "kiri", "role": "tu", "next": "gabung" }, { "id": "kanan", "role": "tu", "next": "gabung" },
          { "id": "lain", "role": "tu", "next": "gabung" },
          { "id": "gabung", "role": "tu", "join": { "all": [["kiri", "kanan"], ["lain"]] }, "end": "selesai" }],
        "starts": [{ "id": "mulai", "opens": ["kiri", "kanan", "lain"] }] }"#,
    )
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete("kiri", "awang", "selesai", "2026-01-12 08:01").unwrap();
    let happened = case.complete("kanan", "awang", "selesai", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.of("faulted"), ["faulted fault=(slot_already_full:(slot:(group:0 step:gabung)))"]);
}

/// F3: a faulted case stands still: nobody completes, nobody withdraws, nothing falls due.
#[test]
fn f3_a_faulted_case_stands_still() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "bagi", "role": "pemohon", "split": ["kiri", "kanan", "lain"] },
          { "id": "kiri", "role": "tu", "next": "tengah" }, { "id": "kanan", "role": "tu", "next": "tengah" },
          { "id": "lain", "role": "tu", "time": "5 menit", "end": "bagian" },
          { "id": "tengah", "role": "tu", "end": "bagian" }],
        "ends": [{ "id": "bagian", "title": "Bagian", "kind": "part" }],
        "policy": { "owner": "kepala", "overdue": [{ "after": "0 menit", "remind": "doer" }],
          "ends": [{ "id": "ditarik", "title": "Ditarik", "kind": "stop" }], "withdraw": { "until": "lain", "end": "ditarik" } } }"#,
    )
    .start("mulai", "wulan", "2026-01-12 08:00");
    case.complete("bagi", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    case.complete("kiri", "awang", "selesai", "2026-01-12 08:02").unwrap();
    assert_eq!(case.next().as_deref(), Some("2026-01-12 08:06"));
    case.complete("kanan", "awang", "selesai", "2026-01-12 08:03").unwrap();
    assert_eq!(case.next(), None);
    assert!(case.advance("2026-01-14 08:00").events.is_empty());
    let refused = case.complete("lain", "awang", "selesai", "2026-01-14 08:01").unwrap_err();
    assert_eq!(refused, Rejection::CaseIsFaulted);
    assert_eq!(case.withdraw("wulan", "2026-01-14 08:01").unwrap_err(), Rejection::CaseIsFaulted);
    assert_eq!(case.claim("lain", "awang", "2026-01-14 08:01").unwrap_err(), Rejection::CaseIsFaulted);
}

/// F4: a step without outcomes has one, `selesai`; each outcome takes its own exit.
#[test]
fn f4_an_outcome_takes_its_exit() {
    let stage = stage(RAPAT);
    let mut inside = stage.start("perintah", "awang", "2026-01-12 08:00");
    let mut outside = inside.clone();
    inside.complete("tempat", "santi", "dalam", "2026-01-12 08:10").unwrap();
    outside.complete("tempat", "santi", "luar", "2026-01-12 08:10").unwrap();
    assert_eq!((inside.waits(), outside.waits()), (vec!["undangan"], vec!["undangan", "sewa"]));
    assert_eq!(stage.process.steps()[inside.step_ix("undangan")].outcomes[0].id.as_str(), "selesai");
}

/// F4: an outcome that the step does not have is refused, with those it has.
#[test]
fn f4_an_unknown_outcome_is_refused() {
    let mut case = stage(RAPAT).start("perintah", "awang", "2026-01-12 08:00");
    let second = case.outcome_ix(case.step_ix("tempat"), "luar");
    let command = sop_core::case::Command::Complete {
        wait: case.number("undangan"),
        by: case.person("awang"),
        outcome: second,
        values: Vec::new(),
        documents: Vec::new(),
        note: None,
    };
    let Err(Rejection::NoSuchOutcome { outcomes }) = case.give(&command, stage::at("2026-01-12 08:10")) else {
        panic!("accepted")
    };
    assert_eq!(outcomes.iter().map(|outcome| outcome.id.as_str()).collect::<Vec<_>>(), ["selesai"]);
}

const NILAI: &str = r#"{
  "fields": [{ "id": "nilai", "title": "Nilai", "type": "integer" }],
  "steps": [
    { "id": "taksir", "role": "tu", "collects": ["nilai"], "choose": [
      { "when": "case.nilai <= 10", "next": "kecil" }, { "when": "case.nilai > 20", "next": "besar" },
      { "when": "case.nilai > 30", "next": "besar" }] },
    { "id": "kecil", "role": "tu", "end": "selesai" }, { "id": "besar", "role": "tu", "end": "selesai" }
  ]
}"#;

fn estimate(value: i64) -> (stage::Case, Result<stage::Happened, Rejection>) {
    let mut case = stage(NILAI).start("mulai", "awang", "2026-01-12 08:00");
    let answer = case.complete_with("taksir", "awang", "selesai", &json!({ "nilai": value }), "2026-01-12 08:01");
    (case, answer)
}

/// F4: guards are evaluated on the values after the completion.
#[test]
fn f4_guards_read_the_values_after_the_completion() {
    assert_eq!(estimate(10).0.waits(), ["kecil"]);
    assert_eq!(estimate(25).0.waits(), ["besar"]);
}

/// F4: where not exactly one guard holds, the completion is refused and writes nothing.
#[test]
fn f4_not_exactly_one_guard_is_refused_and_writes_nothing() {
    for (value, holding) in [(15, 0), (31, 2)] {
        let (case, answer) = estimate(value);
        assert_eq!(answer.unwrap_err(), Rejection::Undecided { holding });
        assert_eq!((case.waits(), case.value("nilai")), (vec!["taksir"], None));
        assert_eq!(case.history.len(), 1, "nothing was written");
    }
}

/// Three branches: one ends a part, one the case, one stops it.
const AKHIR: &str = r#"{
  "steps": [
    { "id": "bagi", "role": "tu", "split": ["satu", "dua"] },
    { "id": "satu", "role": "tu", "end": "bagian" },
    { "id": "dua", "role": "tu", "outcomes": [
      { "id": "bagian", "end": "bagian_dua" }, { "id": "kasus", "end": "selesai" }, { "id": "henti", "end": "dihentikan" }] }
  ],
  "ends": [
    { "id": "bagian", "title": "Bagian", "kind": "part" }, { "id": "bagian_dua", "title": "Bagian dua", "kind": "part" },
    { "id": "selesai", "title": "Selesai", "kind": "case" }, { "id": "dihentikan", "title": "Dihentikan", "kind": "stop" }]
}"#;

fn divided() -> stage::Case {
    let mut case = stage(AKHIR).start("mulai", "awang", "2026-01-12 08:00");
    case.complete("bagi", "awang", "selesai", "2026-01-12 08:01").unwrap();
    case
}

/// F5: a `part` ends this token only; the case is finished when no token is left, with the set of ends as its result.
#[test]
fn f5_a_part_ends_its_own_token() {
    let mut case = divided();
    assert_eq!(
        case.complete("satu", "awang", "selesai", "2026-01-12 08:02").unwrap().kinds(),
        ["completed", "token_ended"]
    );
    assert_eq!((case.status(), case.waits()), (Status::Running, vec!["dua"]));
    let happened = case.complete("dua", "awang", "bagian", "2026-01-12 08:03").unwrap();
    assert_eq!(happened.kinds(), ["completed", "token_ended", "finished"]);
    assert_eq!((case.status(), case.result()), (Status::Finished, vec!["bagian", "bagian_dua"]));
}

/// F5: `case` must be the last token.
#[test]
fn f5_an_end_of_the_case_comes_last() {
    let mut case = divided();
    case.complete("satu", "awang", "selesai", "2026-01-12 08:02").unwrap();
    case.complete("dua", "awang", "kasus", "2026-01-12 08:03").unwrap();
    assert_eq!((case.status(), case.result()), (Status::Finished, vec!["bagian", "selesai"]));
}

/// F5: `case` before the last token is a fault; a filled slot is a token too.
#[test]
fn f5_an_end_of_the_case_before_the_rest_is_a_fault() {
    let mut case = divided();
    let happened = case.complete("dua", "awang", "kasus", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.of("faulted"), ["faulted fault=(end_before_the_rest:(end:selesai))"]);

    let mut case = stage(
        r#"{ "steps": [
          { "id": "satu", "role": "tu", "next": "gabung" },
          { "id": "dua", "role": "tu", "outcomes": [{ "id": "terus", "next": "gabung" }, { "id": "akhir", "end": "selesai" }] },
          { "id": "gabung", "role": "tu", "join": { "all": [["satu"], ["dua"]] }, "end": "selesai" }],
        "starts": [{ "id": "mulai", "opens": ["satu", "dua"] }] }"#,
    )
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete("satu", "awang", "selesai", "2026-01-12 08:01").unwrap();
    let happened = case.complete("dua", "awang", "akhir", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.of("faulted"), ["faulted fault=(end_before_the_rest:(end:selesai))"]);
}

/// F5: `stop` ends the case and withdraws the rest, each withdrawal an event.
#[test]
fn f5_a_stop_withdraws_the_rest() {
    let mut case = divided();
    let happened = case.complete("dua", "awang", "henti", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.kinds(), ["completed", "wait_withdrawn", "stopped"]);
    assert_eq!((case.status(), case.result(), case.state.tokens()), (Status::Stopped, vec!["dihentikan"], 0));
}

/// F5: what is over stays over.
#[test]
fn f5_a_case_that_is_over_takes_no_more() {
    let mut case = divided();
    let wait = case.number("satu");
    case.complete("dua", "awang", "henti", "2026-01-12 08:02").unwrap();
    let refused = case.complete_wait(wait, "satu", "awang", "selesai", &json!({}), "2026-01-12 08:03").unwrap_err();
    assert_eq!(refused, Rejection::CaseIsOver { status: Status::Stopped });
    assert_eq!(case.next(), None);
}

/// F1: a case that was not opened takes nothing but a start.
#[test]
fn f1_a_case_begins_with_a_start() {
    let mut case = Stage::clone(&stage(RAPAT)).case();
    let command = sop_core::case::Command::Advance;
    assert_eq!(case.give(&command, stage::at("2026-01-12 08:00")).unwrap_err(), Rejection::NotStarted);
}
