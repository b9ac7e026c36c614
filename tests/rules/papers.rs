//! Papers and fields: the rules P1 to P5.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::json;
use sop_core::case::{Command, Rejection};
use sop_core::diagnostic::Severity;
use sop_core::guard::Value;
use sop_core::text::SourceText;
use sop_engine::files::Bundle;
use stage::{Case, OFFICE, definition, errors, findings, shipped, stage};

const PAPERS: &str = r#""papers": [
  { "id": "surat", "title": "Surat", "brought_by": "pemohon" }, { "id": "draf", "title": "Draf" },
  { "id": "lampiran", "title": "Lampiran" }, { "id": "nota", "title": "Nota" }]"#;

/// The requester brings a letter, the staff drafts, the secretary corrects.
fn letter(more: &str) -> Case {
    stage(&format!(
        r#"{{ {PAPERS}, "steps": [
          {{ "id": "ajukan", "role": "pemohon", "requires": ["surat"], "outputs": ["surat"], "next": "susun" }},
          {{ "id": "susun", "role": "staf", "requires": ["surat"], "outputs": ["surat", "draf"], "next": "koreksi" }},
          {{ "id": "koreksi", "role": "sekretaris", "requires": ["draf"], "outputs": ["draf", "nota"], "revises": ["draf"],
            "outcomes": [{{ "id": "setuju", "end": "selesai" }}, {{ "id": "tolak", "return_to": "susun" }}] }}] {more} }}"#
    ))
    .start("mulai", "wulan", "2026-01-12 08:00")
}

fn until_correction(case: &mut Case) {
    case.complete("ajukan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    case.complete("susun", "santi", "selesai", "2026-01-12 08:02").unwrap();
}

/// P1: an output that is not required becomes a new version; one that is required is passed on unchanged.
#[test]
fn p1_what_is_not_required_is_made() {
    let mut case = letter("");
    assert_eq!((case.paper("surat"), case.paper("draf")), (1, 0));
    until_correction(&mut case);
    assert_eq!((case.paper("surat"), case.paper("draf")), (1, 1));
}

/// P1: a required output that is listed in `revises` becomes a new version.
#[test]
fn p1_what_is_revised_is_made_anew() {
    let mut case = letter("");
    until_correction(&mut case);
    let happened = case.complete("koreksi", "sari", "setuju", "2026-01-12 08:03").unwrap();
    assert_eq!(happened.of("paper_made"), ["paper_made paper=draf version=2", "paper_made paper=nota version=1"]);
}

/// P1: versions are never removed by a return.
#[test]
fn p1_a_return_removes_no_version() {
    let mut case = letter("");
    until_correction(&mut case);
    case.complete("koreksi", "sari", "tolak", "2026-01-12 08:03").unwrap();
    assert_eq!(case.paper("draf"), 1);
    case.complete("susun", "santi", "selesai", "2026-01-12 08:04").unwrap();
    assert_eq!((case.paper("surat"), case.paper("draf")), (1, 2));
}

/// P1: a row's papers are those of each of its steps, unless a step has its own; merged cells are those of the row above.
#[test]
fn p1_a_row_speaks_for_its_steps() {
    let stage = stage(&format!(
        r#"{{ {PAPERS}, "rows": [
          {{ "activity": "Menyusun", "outputs": ["draf"], "steps": [
            {{ "id": "a", "role": "staf", "next": "b" }},
            {{ "id": "b", "role": "staf", "requires": ["draf"], "outputs": ["nota"], "next": "c" }}] }},
          {{ "activity": "Melampiri", "merge_up": ["outputs"], "steps": [{{ "id": "c", "role": "staf", "end": "selesai" }}] }}] }}"#
    ));
    let mut case = stage.start("mulai", "santi", "2026-01-12 08:00");
    for step in ["a", "b", "c"] {
        case.complete(step, "santi", "selesai", "2026-01-12 08:01").unwrap();
    }
    assert_eq!((case.paper("draf"), case.paper("nota")), (2, 1));
}

/// P2: a refusal makes no signed letter, and sets no field.
#[test]
fn p2_a_return_hands_nothing_on() {
    let mut case = letter("");
    until_correction(&mut case);
    let happened = case.complete("koreksi", "sari", "tolak", "2026-01-12 08:03").unwrap();
    assert_eq!(happened.kinds(), ["completed", "returned", "activated"]);
    assert_eq!(case.paper("nota"), 0);
}

/// P2: outputs and fields belong to exits, also to a return that names its own.
#[test]
fn p2_an_exit_may_have_its_own_outputs_and_fields() {
    let mut case = stage(&format!(
        r#"{{ {PAPERS}, "fields": [{{ "id": "alasan", "title": "Alasan", "type": "text" }}], "steps": [
          {{ "id": "susun", "role": "staf", "next": "koreksi" }},
          {{ "id": "koreksi", "role": "sekretaris", "outputs": ["draf"], "outcomes": [
            {{ "id": "setuju", "end": "selesai" }},
            {{ "id": "lain", "outputs": ["lampiran"], "collects": [], "end": "selesai" }},
            {{ "id": "tolak", "outputs": ["nota"], "collects": ["alasan"], "return_to": "susun" }}] }}] }}"#
    ))
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("susun", "santi", "selesai", "2026-01-12 08:01").unwrap();
    let mut other = case.clone();
    other.complete("koreksi", "sari", "lain", "2026-01-12 08:02").unwrap();
    assert_eq!((other.paper("draf"), other.paper("lampiran")), (0, 1));
    case.complete_with("koreksi", "sari", "tolak", &json!({ "alasan": "Kurang" }), "2026-01-12 08:02").unwrap();
    assert_eq!(case.value("alasan"), Some(&Value::Text("Kurang".into())));
    assert_eq!((case.paper("draf"), case.paper("nota")), (0, 1), "the return's own output is made");
}

/// A choice that goes on or goes back, by a value that the completion sets.
fn chosen(worthy: bool) -> Case {
    let mut case = stage(&format!(
        r#"{{ {PAPERS}, "fields": [{{ "id": "layak", "title": "Layak", "type": "bool" }}], "steps": [
          {{ "id": "susun", "role": "staf", "next": "nilai" }},
          {{ "id": "nilai", "role": "tu", "collects": ["layak"], "outputs": ["nota"], "choose": [
            {{ "when": "case.layak", "end": "selesai" }}, {{ "when": "!case.layak", "return_to": "susun" }}] }}] }}"#
    ))
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("susun", "santi", "selesai", "2026-01-12 08:01").unwrap();
    case.complete_with("nilai", "awang", "selesai", &json!({ "layak": worthy }), "2026-01-12 08:02").unwrap();
    case
}

/// P2: a `choose` isn't a return: its outcome sets the fields whichever branch holds, and its branches that don't return
/// make the outputs.
#[test]
fn p2_a_choice_sets_its_fields_and_makes_where_it_goes_on() {
    let (on, back) = (chosen(true), chosen(false));
    assert_eq!((on.value("layak"), on.paper("nota")), (Some(&Value::Bool(true)), 1));
    assert_eq!((back.value("layak"), back.paper("nota")), (Some(&Value::Bool(false)), 0));
    assert_eq!(back.waits(), ["susun"]);
}

/// P2: `then` brings and sets nothing.
#[test]
fn p2_then_makes_nothing() {
    let mut case = letter(
        r#", "policy": { "returns": { "limit": 1, "then": { "end": "henti" } },
             "ends": [{ "id": "henti", "title": "Dihentikan", "kind": "stop" }] }"#,
    );
    until_correction(&mut case);
    case.complete("koreksi", "sari", "tolak", "2026-01-12 08:03").unwrap();
    case.complete("susun", "santi", "selesai", "2026-01-12 08:04").unwrap();
    let happened = case.complete("koreksi", "sari", "tolak", "2026-01-12 08:05").unwrap();
    assert_eq!(happened.kinds(), ["completed", "return_exhausted", "stopped"]);
    assert_eq!((case.paper("draf"), case.paper("nota")), (2, 0));
}

/// P2: nor does it set the fields that the return it stands for would have set.
#[test]
fn p2_then_sets_nothing() {
    let mut case = stage(
        r#"{ "fields": [{ "id": "alasan", "title": "Alasan", "type": "text" }], "steps": [
          { "id": "susun", "role": "staf", "next": "koreksi" },
          { "id": "koreksi", "role": "sekretaris", "outcomes": [
            { "id": "setuju", "end": "selesai" }, { "id": "tolak", "collects": ["alasan"], "return_to": "susun" }] }],
          "policy": { "returns": { "limit": 1, "then": { "end": "henti" } },
            "ends": [{ "id": "henti", "title": "Dihentikan", "kind": "stop" }] } }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("susun", "santi", "selesai", "2026-01-12 08:01").unwrap();
    case.complete_with("koreksi", "sari", "tolak", &json!({ "alasan": "Kurang" }), "2026-01-12 08:02").unwrap();
    case.complete("susun", "santi", "selesai", "2026-01-12 08:03").unwrap();
    // What would go nowhere is refused, not swallowed.
    let given = json!({ "alasan": "Masih kurang" });
    let refused = case.complete_with("koreksi", "sari", "tolak", &given, "2026-01-12 08:04").unwrap_err();
    let Rejection::Incomplete { unexpected, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(unexpected[0].id, "alasan");
    case.complete("koreksi", "sari", "tolak", "2026-01-12 08:04").unwrap();
    assert_eq!(case.result(), ["henti"]);
    assert_eq!(case.value("alasan"), Some(&Value::Text("Kurang".into())), "the second refusal took `then`");
}

/// P2, P3: a leaving rung brings no paper and sets no field, and is never refused for a missing one.
#[test]
fn p2_p3_a_rung_brings_and_sets_nothing_and_asks_for_nothing() {
    let mut case = stage(&format!(
        r#"{{ {PAPERS}, "fields": [{{ "id": "catatan", "title": "Catatan", "type": "text" }}], "steps": [
          {{ "id": "terima", "role": "tu", "next": "telaah" }},
          {{ "id": "telaah", "role": "staf", "time": "1 jam", "requires": ["lampiran"], "outputs": ["nota"],
             "collects": ["catatan"], "end": "selesai" }}],
          "policy": {{ "steps": {{ "telaah": {{ "overdue": [{{ "after": "1 jam", "outcome": "selesai" }}] }} }} }} }}"#
    ))
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete("terima", "awang", "selesai", "2026-01-12 08:00").unwrap();
    let happened = case.advance("2026-01-12 10:00");
    assert_eq!(happened.kinds(), ["rung_fired", "left_by_policy", "token_ended", "finished"]);
    assert_eq!((case.paper("nota"), case.paper("lampiran"), case.value("catatan")), (0, 0, None));
}

/// P3: a completion is refused while a required paper is absent.
#[test]
fn p3_a_required_paper_has_to_be_there() {
    let mut case = stage(&format!(
        r#"{{ {PAPERS}, "steps": [
          {{ "id": "terima", "role": "tu", "next": "telaah" }},
          {{ "id": "telaah", "role": "staf", "requires": ["lampiran", "draf"], "end": "selesai" }}] }}"#
    ))
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete("terima", "awang", "selesai", "2026-01-12 08:00").unwrap();
    let refused = case.complete("telaah", "santi", "selesai", "2026-01-12 08:01").unwrap_err();
    let Rejection::Incomplete { papers, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(papers.iter().map(|paper| paper.id.as_str()).collect::<Vec<_>>(), ["lampiran", "draf"]);
}

/// P3: what a start step requires is brought by whoever starts the case, whoever that is.
#[test]
fn p3_whoever_starts_brings_what_the_start_requires() {
    let case = stage(&format!(
        r#"{{ {PAPERS}, "steps": [{{ "id": "terima", "role": "tu", "requires": ["lampiran"], "end": "selesai" }}] }}"#
    ))
    .start("mulai", "awang", "2026-01-12 08:00");
    assert_eq!(case.history[0].kinds(), ["started", "paper_made", "activated"]);
    assert_eq!(case.paper("lampiran"), 1);
}

/// P3: a step of the role named in `brought_by` brings the paper with that very completion, once.
#[test]
fn p3_the_role_that_brings_a_paper_brings_it() {
    let mut case = stage(&format!(
        r#"{{ {PAPERS}, "steps": [
          {{ "id": "tanya", "role": "tu", "next": "ajukan" }},
          {{ "id": "ajukan", "role": "pemohon", "requires": ["surat"], "next": "lagi" }},
          {{ "id": "lagi", "role": "pemohon", "requires": ["surat"], "end": "selesai" }}],
          "starts": [{{ "id": "mulai", "opens": ["tanya"] }}, {{ "id": "sendiri", "opens": ["ajukan"] }}] }}"#
    ))
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete("tanya", "awang", "selesai", "2026-01-12 08:01").unwrap();
    assert_eq!(case.paper("surat"), 0);
    let happened = case.complete("ajukan", "awang", "selesai", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.of("paper_made"), ["paper_made paper=surat version=1"]);
    assert!(!case.complete("lagi", "awang", "selesai", "2026-01-12 08:03").unwrap().has("paper_made"));
}

/// P3: `written_by` is checked, not enforced: a paper handed out before its writer has acted is told.
#[test]
fn p3_a_paper_handed_out_before_it_is_written_is_told() {
    let with = |writer: &str| {
        findings(&format!(
            r#"{{ "papers": [{{ "id": "disposisi", "title": "Disposisi", "written_by": "{writer}" }}], "steps": [
              {{ "id": "teruskan", "role": "tu", "outputs": ["disposisi"], "next": "disposisikan" }},
              {{ "id": "disposisikan", "role": "kepala", "requires": ["disposisi"], "outputs": ["disposisi"], "end": "selesai" }}] }}"#
        ))
    };
    assert!(with("kepala").contains(&"ISSUED_BEFORE_WRITTEN"));
    assert!(!with("tu").contains(&"ISSUED_BEFORE_WRITTEN"));
}

const MAKES: &str = r#""steps": { "koreksi": { "makes": ["draf"] } }"#;

/// P3: a step that makes what it is drawn as requiring doesn't wait for it, and each completion by a person makes a new
/// version, a refusal too.
#[test]
fn p3_a_step_makes_what_it_is_drawn_as_requiring() {
    let mut case = stage(&format!(
        r#"{{ {PAPERS}, "steps": [
          {{ "id": "terima", "role": "tu", "next": "koreksi" }},
          {{ "id": "koreksi", "role": "sekretaris", "requires": ["draf"], "outputs": ["draf"],
            "outcomes": [{{ "id": "setuju", "end": "selesai" }}, {{ "id": "tolak", "return_to": "terima" }}] }}],
          "policy": {{ {MAKES} }} }}"#
    ))
    .start("mulai", "awang", "2026-01-12 08:00");
    case.complete("terima", "awang", "selesai", "2026-01-12 08:01").unwrap();
    let happened = case.complete("koreksi", "sari", "tolak", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.of("paper_made"), ["paper_made paper=draf version=1"]);
    case.complete("terima", "awang", "selesai", "2026-01-12 08:03").unwrap();
    let happened = case.complete("koreksi", "sari", "setuju", "2026-01-12 08:04").unwrap();
    assert_eq!(happened.of("paper_made"), ["paper_made paper=draf version=2"]);
}

/// P3: `makes` needs a paper that is drawn as required.
#[test]
fn p3_only_what_is_required_is_made_so() {
    let wrong = format!(
        r#"{{ {PAPERS}, "steps": [{{ "id": "koreksi", "role": "sekretaris", "outputs": ["draf"], "end": "selesai" }}],
          "policy": {{ {MAKES} }} }}"#
    );
    assert_eq!(errors(&wrong), ["MAKES_NOT_REQUIRED"]);
}

/// P4: a waived requirement isn't enforced; its absence is recorded, and only its absence.
#[test]
fn p4_a_waived_absence_is_recorded() {
    let mut case = stage(&format!(
        r#"{{ {PAPERS}, "steps": [
          {{ "id": "terima", "role": "tu", "outcomes": [{{ "id": "tanpa", "outputs": [], "next": "telaah" }},
             {{ "id": "dengan", "outputs": ["lampiran"], "next": "telaah" }}] }},
          {{ "id": "telaah", "role": "staf", "requires": ["lampiran"], "end": "selesai" }}],
          "policy": {{ "waive": [{{ "guarantee": "supplied", "step": "telaah", "paper": "lampiran",
            "reason": "Menyusul", "by": "Kepala", "until": "2026-12-31" }}] }} }}"#
    ))
    .start("mulai", "awang", "2026-01-12 08:00");
    let mut with = case.clone();
    case.complete("terima", "awang", "tanpa", "2026-01-12 08:01").unwrap();
    let happened = case.complete("telaah", "santi", "selesai", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.of("absence_waived"), ["absence_waived paper=lampiran step=telaah"]);
    with.complete("terima", "awang", "dengan", "2026-01-12 08:01").unwrap();
    assert!(!with.complete("telaah", "santi", "selesai", "2026-01-12 08:02").unwrap().has("absence_waived"));
}

/// P5: a field that a guard reads is set on every way to it, or tested with `has` first.
#[test]
fn p5_a_guard_reads_what_is_set() {
    let with = |when: &str, otherwise: &str| {
        format!(
            r#"{{ "fields": [{{ "id": "nilai", "title": "Nilai", "type": "integer" }}], "steps": [
              {{ "id": "terima", "role": "tu", "outcomes": [{{ "id": "tanpa", "collects": [], "next": "pilih" }},
                 {{ "id": "dengan", "collects": ["nilai"], "next": "pilih" }}] }},
              {{ "id": "pilih", "role": "tu", "choose": [
                {{ "when": "{when}", "end": "selesai" }}, {{ "when": "{otherwise}", "end": "selesai" }}] }}] }}"#
        )
    };
    let unsafe_guard = with("case.nilai > 5", "has(case.nilai) && case.nilai <= 5");
    assert_eq!(errors(&unsafe_guard), ["GUARD_READS_UNSET"]);
    let mut case = stage(&with("has(case.nilai) && case.nilai > 5", "!has(case.nilai) || case.nilai <= 5")).start(
        "mulai",
        "awang",
        "2026-01-12 08:00",
    );
    case.complete("terima", "awang", "tanpa", "2026-01-12 08:01").unwrap();
    case.complete("pilih", "awang", "selesai", "2026-01-12 08:02").unwrap();
}

/// P5: what the return's own completion did not set counts as unset on the way back.
#[test]
fn p5_a_rung_sets_nothing_for_a_guard() {
    let by_rung = r#"{ "fields": [{ "id": "nilai", "title": "Nilai", "type": "integer" }], "steps": [
      { "id": "taksir", "role": "tu", "time": "1 jam", "collects": ["nilai"], "next": "pilih" },
      { "id": "pilih", "role": "tu", "choose": [
        { "when": "case.nilai > 5", "end": "selesai" }, { "when": "case.nilai <= 5", "end": "selesai" }] }],
      "policy": { "steps": { "taksir": { "overdue": [{ "after": "1 jam", "outcome": "selesai" }] } } } }"#;
    let found = errors(by_rung);
    assert!(!found.is_empty() && found.iter().all(|rule| *rule == "GUARD_READS_UNSET"), "{found:?}");
    // A step without a budget is never late, so that none of its rungs fires (T2).
    stage(&by_rung.replace(r#""time": "1 jam""#, r#""time": "Segera""#));
    let rework = by_rung
        .replace(r#""time": "1 jam""#, r#""time": "Segera""#)
        .replace(r#""overdue""#, r#""within": "1 hari", "overdue""#);
    assert!(errors(&rework).contains(&"GUARD_READS_UNSET"));
}

/// P5: a guard that reads a field which a parallel step may set is an error.
#[test]
fn p5_a_guard_does_not_race() {
    let racing = r#"{ "fields": [{ "id": "nilai", "title": "Nilai", "type": "integer" }], "steps": [
      { "id": "taksir", "role": "tu", "collects": ["nilai"], "split": ["pilih", "taksir_lagi"] },
      { "id": "pilih", "role": "tu", "choose": [
        { "when": "case.nilai > 5", "end": "bagian" }, { "when": "case.nilai <= 5", "end": "bagian" }] },
      { "id": "taksir_lagi", "role": "staf", "collects": ["nilai"], "end": "bagian" }],
      "ends": [{ "id": "bagian", "title": "Bagian", "kind": "part" }] }"#;
    let errors = errors(racing);
    assert!(!errors.is_empty() && errors.iter().all(|rule| *rule == "GUARD_RACE"), "{errors:?}");
}

/// A step that sets a field and opens two branches, whose steps are given; `kerja` and `akhir` follow.
fn branched(steps: &str, policy: &str) -> String {
    format!(
        r#"{{ "fields": [{{ "id": "nilai", "title": "Nilai", "type": "integer" }}], "steps": [
          {{ "id": "taksir", "role": "tu", "collects": ["nilai"], "split": ["kiri", "kanan"] }}, {steps}],
          "ends": [{{ "id": "selesai", "title": "Selesai", "kind": "case" }},
            {{ "id": "bagian", "title": "Bagian", "kind": "part" }}], "policy": {{ {policy} }} }}"#
    )
}

/// The ways of a step that reads the field.
fn reading(next: &str) -> String {
    format!(r#""choose": [{{ "when": "case.nilai > 5", {next} }}, {{ "when": "case.nilai <= 5", {next} }}]"#)
}

/// P5: two steps may wait at the same time also where both branches of a split lead to one of them.
#[test]
fn p5_a_guard_does_not_race_with_what_several_branches_reach() {
    let reads = reading(r#""end": "bagian""#);
    let by_return = |then: &str| {
        let steps = format!(
            r#"{{ "id": "kiri", "role": "tu", {reads} }},
            {{ "id": "kanan", "role": "staf", "collects": ["nilai"], "outcomes": [
              {{ "id": "ya", "end": "bagian" }}, {{ "id": "balik", "return_to": "kanan" }}] }}"#
        );
        let returns =
            format!(r#""steps": {{ "kanan": {{ "returns": {{ "balik": {{ "limit": 1, "then": {then} }} }} }} }}"#);
        branched(&steps, &returns)
    };
    let way = r#""outcomes": [{ "id": "terus", "next": "gabung" }, { "id": "henti", "end": "bagian" }]"#;
    let both_read_there = format!(
        r#"{{ "id": "kiri", "role": "tu", {way} }}, {{ "id": "kanan", "role": "staf", "collects": ["nilai"], {way} }},
        {{ "id": "gabung", "role": "tu", {reads} }}"#
    );
    let both_set_there = format!(
        r#"{{ "id": "kiri", "role": "tu", {way} }},
        {{ "id": "kanan", "role": "staf", "choose": [{{ "when": "case.nilai > 5", "next": "gabung" }},
          {{ "when": "case.nilai <= 5", "end": "bagian" }}] }},
        {{ "id": "gabung", "role": "tu", "collects": ["nilai"], "end": "bagian" }}"#
    );
    // A return inside a branch takes nothing away from the other one.
    let around = format!(
        r#"{{ "id": "kiri", "role": "tu", "next": "kiri_lagi" }},
        {{ "id": "kiri_lagi", "role": "tu", {} }}, {{ "id": "kanan", "role": "staf", "next": "ulang" }},
        {{ "id": "ulang", "role": "staf", "collects": ["nilai"], "outcomes": [
          {{ "id": "ya", "next": "gabung" }}, {{ "id": "balik", "return_to": "kanan" }}] }},
        {{ "id": "gabung", "role": "tu", "join": {{ "all": [["kiri_lagi"], ["ulang"]] }}, "end": "selesai" }}"#,
        reading(r#""next": "gabung""#)
    );
    let racing = [
        by_return(r#"{ "next": "kiri" }"#),
        by_return(r#"{ "end": "bagian" }"#),
        branched(&both_read_there, ""),
        branched(&both_set_there, ""),
        branched(&around, ""),
    ];
    for racing in racing {
        let errors = errors(&racing);
        assert!(!errors.is_empty() && errors.iter().all(|rule| *rule == "GUARD_RACE"), "{errors:?}\n{racing}");
    }
}

/// G6, P5: what is wrong as signed only is said once, at its place in the file.
#[test]
fn g6_what_is_wrong_as_signed_has_its_place() {
    // Only the policy has the field filled in.
    let text = definition(&format!(
        r#"{{ "fields": [{{ "id": "nilai", "title": "Nilai", "type": "integer" }}], "steps": [
          {{ "id": "taksir", "role": "tu", "time": "1 jam", "next": "pilih" }},
          {{ "id": "pilih", "role": "tu", "time": "1 jam", {} }}],
          "policy": {{ "steps": {{ "taksir": {{ "collects": ["nilai"] }} }} }} }}"#,
        reading(r#""end": "selesai""#)
    ));
    let source = |name: &str, text: String| SourceText::new(name, text);
    let text = serde_json::to_string_pretty(&text).unwrap();
    let bundle = Bundle::from_texts(
        source("naskah.json", text),
        source("kantor.json", OFFICE.to_owned()),
        source("kalender.json", shipped("calendars/kalbar.json")),
    )
    .unwrap();
    let error = bundle.as_signed().unwrap_err();
    let said_already = |finding| bundle.diagnostics().iter().any(|said| said == finding);
    assert!(!error.diagnostics().iter().any(said_already), "{error}");
    let errors: Vec<String> = error
        .diagnostics()
        .iter()
        .filter(|finding| finding.severity() == Severity::Error)
        .map(|finding| format!("{} {}", finding.rule.name, finding.primary().unwrap().pointer))
        .collect();
    assert_eq!(
        errors,
        ["GUARD_READS_UNSET /rows/1/steps/0/choose/0/when", "GUARD_READS_UNSET /rows/1/steps/0/choose/1/when"]
    );
    let said = error.to_string();
    assert_eq!(said.matches("--> naskah.json:").count(), error.diagnostics().len(), "{said}");
    assert!(said.contains("case.nilai > 5"), "{said}");
}

/// P5: what follows a join, and what a return comes back to, has nothing of the branches beside it.
#[test]
fn p5_a_guard_reads_what_was_set_before_its_branches_met() {
    let reads = reading(r#""end": "selesai""#);
    let after_the_join = format!(
        r#"{{ "id": "kiri", "role": "tu", "collects": ["nilai"], "outcomes": [
          {{ "id": "satu", "next": "pendek" }}, {{ "id": "dua", "next": "gabung" }}] }},
        {{ "id": "pendek", "role": "tu", "next": "gabung" }}, {{ "id": "kanan", "role": "staf", "next": "gabung" }},
        {{ "id": "gabung", "role": "tu", "join": {{ "all": [["kiri", "pendek"], ["kanan"]] }}, "next": "pilih" }},
        {{ "id": "pilih", "role": "tu", {reads} }}"#
    );
    // From a branch back to before the split: the other branch is withdrawn.
    let back = format!(
        r#"{{ "id": "kiri", "role": "tu", "outcomes": [
          {{ "id": "ya", "next": "gabung" }}, {{ "id": "balik", "return_to": "taksir" }}] }},
        {{ "id": "kanan", "role": "staf", {} }},
        {{ "id": "gabung", "role": "tu", "join": {{ "all": [["kiri"], ["kanan"]] }}, "end": "selesai" }}"#,
        reading(r#""next": "gabung""#)
    );
    // One branch sets and reads; nobody else does.
    let alone = format!(
        r#"{{ "id": "kiri", "role": "tu", "collects": ["nilai"], "next": "pilih" }},
        {{ "id": "pilih", "role": "tu", {} }}, {{ "id": "kanan", "role": "staf", "next": "gabung" }},
        {{ "id": "gabung", "role": "tu", "join": {{ "all": [["pilih"], ["kanan"]] }}, "outcomes": [
          {{ "id": "ya", "end": "selesai" }}, {{ "id": "ulang", "next": "taksir" }}] }}"#,
        reading(r#""next": "gabung""#)
    );
    for honest in [after_the_join, back, alone] {
        stage(&branched(&honest, ""));
    }
}

/// P3: documents are attached to the version that the completion brings, makes or hands on, and to no other paper.
#[test]
fn p3_a_document_belongs_to_a_version() {
    let mut case = letter("");
    case.complete("ajukan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    let attach = |case: &mut Case, paper: &str| {
        let (wait, by) = (case.number("susun"), case.person("santi"));
        let step = case.step_ix("susun");
        let outcome = case.outcome_ix(step, "selesai");
        let documents = vec![(case.paper_ix(paper), Box::from("arsip/1"))];
        case.give(
            &Command::Complete { wait, by, outcome, values: Vec::new(), documents, note: None },
            stage::at("2026-01-12 08:02"),
        )
    };
    let Err(Rejection::Incomplete { unattachable, .. }) = attach(&mut case, "nota") else { panic!("accepted") };
    assert_eq!(unattachable[0].id, "nota");
    let happened = attach(&mut case, "draf").unwrap();
    assert_eq!(happened.of("document_attached"), ["document_attached paper=draf reference=arsip/1 version=1"]);
}
