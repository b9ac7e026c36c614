//! Commands and refusals: the rule C1, and what of C2 is the core's.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::json;
use sop_core::case::{Command, MAX_TEXT, Rejection};
use sop_core::guard::Value;
use stage::{Case, Stage, stage};

/// A case in which much can be missing: a check that asks for papers and fields, with a ladder that climbs and leaves.
fn desk() -> Stage {
    stage(
        r#"{ "papers": [{ "id": "surat", "title": "Surat" }, { "id": "peta", "title": "Peta" }, { "id": "foto", "title": "Foto" }],
          "fields": [{ "id": "nilai", "title": "Nilai", "type": "integer", "min": 0, "max": 10 },
            { "id": "nama", "title": "Nama", "type": "text" }, { "id": "lain", "title": "Lain", "type": "bool" }],
          "steps": [
            { "id": "terima", "role": "tu", "outcomes": [
              { "id": "lengkap", "outputs": ["surat", "peta"], "next": "periksa" }, { "id": "kosong", "next": "periksa" }] },
            { "id": "periksa", "role": "staf", "time": "1 jam", "requires": ["surat", "peta"], "collects": ["nilai", "nama"],
              "outcomes": [{ "id": "ya", "end": "selesai" }, { "id": "tidak", "return_to": "terima" }] },
            { "id": "kelak", "role": "tu", "outputs": ["foto"], "collects": ["lain"], "end": "selesai" }],
          "starts": [{ "id": "mulai", "opens": ["terima"] }, { "id": "lain", "opens": ["kelak"] }],
          "policy": { "overdue": [{ "after": "1 jam", "escalate": "superior" }, { "after": "1 hari", "outcome": "tidak" }],
            "comments": 2,
            "steps": { "terima": { "overdue": [] }, "kelak": { "overdue": [] } } } }"#,
    )
}

fn checking(outcome: &str) -> Case {
    let mut case = desk().start("mulai", "awang", "2026-01-12 08:00");
    case.complete("terima", "awang", outcome, "2026-01-12 08:00").unwrap();
    case
}

/// C1: a refusal names everything that is missing or wrong at once.
#[test]
fn c1_a_refusal_names_everything_at_once() {
    let mut case = checking("kosong");
    let (wait, by) = (case.number("periksa"), case.person("santi"));
    let outcome = case.outcome_ix(case.step_ix("periksa"), "ya");
    let values = vec![(case.field_ix("nilai"), Value::Integer(11)), (case.field_ix("lain"), Value::Bool(true))];
    let documents = vec![(case.paper_ix("foto"), Box::from("arsip/1"))];
    let command = Command::Complete { wait, by, outcome, values, documents, note: None };
    let Err(Rejection::Incomplete { papers, fields, invalid, unexpected, unattachable }) =
        case.give(&command, stage::at("2026-01-12 08:01"))
    else {
        panic!("accepted")
    };
    let ids = |called: &[sop_core::case::Called]| called.iter().map(|one| one.id.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(ids(&papers), "surat peta");
    assert_eq!(ids(&fields), "nama");
    assert_eq!(invalid.iter().map(|(field, _)| field.id.as_str()).collect::<Vec<_>>(), ["nilai"]);
    assert_eq!(ids(&unexpected), "lain");
    assert_eq!(ids(&unattachable), "foto");
}

/// C1: a field given twice is one too many.
#[test]
fn c1_a_field_is_given_once() {
    let mut case = checking("lengkap");
    let (wait, by) = (case.number("periksa"), case.person("santi"));
    let outcome = case.outcome_ix(case.step_ix("periksa"), "ya");
    let (nilai, nama) = (case.field_ix("nilai"), case.field_ix("nama"));
    let values = vec![(nilai, Value::Integer(1)), (nama, Value::Text("A".into())), (nilai, Value::Integer(2))];
    let command = Command::Complete { wait, by, outcome, values, documents: Vec::new(), note: None };
    let Err(Rejection::Incomplete { unexpected, .. }) = case.give(&command, stage::at("2026-01-12 08:01")) else {
        panic!("accepted")
    };
    assert_eq!(unexpected[0].id, "nilai");
}

/// C1: a refused command writes nothing, not even the rungs that were due.
#[test]
fn c1_a_refused_command_writes_nothing() {
    let mut case = checking("lengkap");
    let before = (case.state.clone(), case.history.len());
    assert!(case.complete("periksa", "tuti", "tidak", "2026-01-12 11:00").is_err());
    assert_eq!((case.state.clone(), case.history.len()), before);
    assert_eq!(case.next().unwrap(), "2026-01-12 10:00", "the rung is still due");
}

/// C1: a command is judged after the rungs that are due: who was escalated to by now may act.
#[test]
fn c1_a_command_is_judged_after_the_rungs_that_are_due() {
    let mut case = checking("lengkap");
    assert!(matches!(case.complete("periksa", "usman", "tidak", "2026-01-12 09:59"), Err(Rejection::NotYours { .. })));
    let happened = case.complete("periksa", "usman", "tidak", "2026-01-12 10:00").unwrap();
    assert_eq!(
        happened.kinds(),
        ["rung_fired", "completed", "returned", "activated"],
        "written with the accepted command"
    );
}

/// C1: and a wait that a rung has left by now is over.
#[test]
fn c1_a_wait_that_a_rung_has_left_is_over() {
    let mut case = checking("lengkap");
    let wait = case.number("periksa");
    let refused = case.complete("periksa", "santi", "tidak", "2026-01-14 08:00").unwrap_err();
    assert_eq!(refused, Rejection::WaitIsOver { wait });
    assert_eq!(case.waits(), ["periksa"], "nothing is written");
    assert_eq!(
        case.advance("2026-01-14 08:00").kinds(),
        ["rung_fired", "rung_fired", "left_by_policy", "returned", "activated"]
    );
    assert_eq!(case.waits(), ["terima"]);
}

/// C1: completions address a wait, so a stale screen never completes the rework.
#[test]
fn c1_a_stale_screen_never_completes_the_rework() {
    let mut case = desk().start("mulai", "awang", "2026-01-12 08:00");
    let stale = case.number("terima");
    case.complete("terima", "awang", "lengkap", "2026-01-12 08:01").unwrap();
    case.complete("periksa", "santi", "tidak", "2026-01-12 08:02").unwrap();
    assert_eq!(case.waits(), ["terima"]);
    let refused = case.complete_wait(stale, "terima", "awang", "lengkap", &json!({}), "2026-01-12 08:03").unwrap_err();
    assert_eq!(refused, Rejection::WaitIsOver { wait: stale });
    assert_ne!(case.number("terima"), stale);
}

/// C1: claims, holds and the like address a wait too.
#[test]
fn c1_everything_about_a_wait_knows_when_it_is_over() {
    let mut case = checking("lengkap");
    let by = case.person("awang");
    let wait = 1;
    let to = case.stage.process.find_role(&sop_core::definition::RoleId::new("tu").unwrap()).unwrap();
    for command in [
        Command::Claim { wait, by },
        Command::Release { wait, by },
        Command::Delegate { wait, by, to: by },
        Command::Hold { wait, by, until: stage::at("2026-01-12 09:00"), reason: "x".into() },
        Command::Resume { wait, by },
        Command::Reassign { wait, by, to, reason: "x".into() },
    ] {
        assert_eq!(
            case.give(&command, stage::at("2026-01-12 08:03")).unwrap_err(),
            Rejection::WaitIsOver { wait },
            "{command:?}"
        );
    }
}

/// C1: texts have a limit, and those that have to say something say it.
#[test]
fn c1_texts_have_bounds() {
    let mut case = checking("lengkap");
    let long = "x".repeat(MAX_TEXT + 1);
    let limit = u32::try_from(MAX_TEXT).unwrap();
    assert_eq!(case.comment("awang", &long, "2026-01-12 08:01").unwrap_err(), Rejection::TextTooLong { limit });
    assert_eq!(case.comment("awang", " \n", "2026-01-12 08:01").unwrap_err(), Rejection::TextMissing);
    case.comment("awang", &long[1..], "2026-01-12 08:01").unwrap();
}

/// C1: comments are for those involved, and as many as the policy allows, also on a case that is over.
#[test]
fn c1_comments_are_for_those_involved() {
    let mut case = checking("lengkap");
    assert!(matches!(case.comment("wulan", "Halo", "2026-01-12 08:01"), Err(Rejection::NotYours { .. })));
    case.comment("awang", "Segera", "2026-01-12 08:01").unwrap();
    let values = json!({ "nilai": 1, "nama": "A" });
    case.complete_with("periksa", "santi", "ya", &values, "2026-01-12 08:02").unwrap();
    case.comment("santi", "Sudah", "2026-01-12 08:03").unwrap();
    assert_eq!(case.comment("santi", "Lagi", "2026-01-12 08:04").unwrap_err(), Rejection::TooManyComments { limit: 2 });
}

/// C1: a case goes on only with the process that it began with.
#[test]
fn c1_a_case_belongs_to_its_process() {
    let mut case = checking("lengkap");
    let other = stage(r#"{ "steps": [{ "id": "periksa", "role": "staf", "end": "selesai" }] }"#);
    case.stage.process = other.process;
    let by = case.person("awang");
    let refused = case.give(&Command::Comment { by, text: "Halo".into() }, stage::at("2026-01-12 08:01")).unwrap_err();
    assert_eq!(refused, Rejection::OtherProcess);
}

/// C2: what the core adds to idempotency: the same command again never does the same thing twice to one wait.
#[test]
fn c2_the_same_completion_never_happens_twice() {
    let mut case = checking("lengkap");
    let wait = case.number("periksa");
    let values = json!({ "nilai": 1, "nama": "A" });
    case.complete_wait(wait, "periksa", "santi", "tidak", &json!({}), "2026-01-12 08:02").unwrap();
    case.complete("terima", "awang", "lengkap", "2026-01-12 08:03").unwrap();
    let again = case.complete_wait(wait, "periksa", "santi", "ya", &values, "2026-01-12 08:04");
    assert_eq!(again.unwrap_err(), Rejection::WaitIsOver { wait });
}

/// C1: a register gives the next number with an accepted completion that goes on, by the year where it says so.
#[test]
fn c1_a_number_is_given_with_the_completion() {
    let numbered = |register: &str| {
        stage(&format!(
            r#"{{ "steps": [
              {{ "id": "terima", "role": "tu", "next": "nomori" }},
              {{ "id": "nomori", "role": "tu", "outcomes": [{{ "id": "ya", "end": "selesai" }}, {{ "id": "ulang", "return_to": "terima" }}] }}],
              "policy": {{ "steps": {{ "nomori": {{ "register": "{register}" }} }} }} }}"#
        ))
    };
    for (register, first, second) in [
        (
            "agenda",
            "numbered number=1 register=agenda text=1/2026 year=2026",
            "numbered number=1 register=agenda text=1/2027 year=2027",
        ),
        ("buku", "numbered number=1 register=buku text=B-1 year=0", "numbered number=2 register=buku text=B-2 year=0"),
    ] {
        let mut stage = numbered(register);
        let mut case = stage.start("mulai", "awang", "2026-12-30 08:00");
        case.complete("terima", "awang", "selesai", "2026-12-30 08:01").unwrap();
        assert!(
            !case.complete("nomori", "awang", "ulang", "2026-12-30 08:02").unwrap().has("numbered"),
            "a return gives none"
        );
        case.complete("terima", "awang", "selesai", "2026-12-30 08:03").unwrap();
        assert_eq!(case.complete("nomori", "awang", "ya", "2026-12-30 08:04").unwrap().of("numbered"), [first]);
        stage.registers = case.stage.registers.clone();
        let mut case = stage.start("mulai", "awang", "2027-01-04 08:00");
        case.complete("terima", "awang", "selesai", "2027-01-04 08:01").unwrap();
        assert_eq!(case.complete("nomori", "awang", "ya", "2027-01-04 08:02").unwrap().of("numbered"), [second]);
    }
}
