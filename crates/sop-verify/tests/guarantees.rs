//! Each guarantee proved, refuted and unknown: the smallest process that shows it, and the run that tells why not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::process;
use sop_core::diagnostic::Language;
use sop_core::process::Process;
use sop_verify::{GuaranteeName as Name, Judgement, Limits, Terms, Verdict, verify, verify_on};

/// One step of the requester, one of TU.
const PLAIN: &str = r#"{ "steps": [
  { "id": "ajukan", "role": "pemohon", "next": "periksa" },
  { "id": "periksa", "role": "tu", "end": "selesai" }] }"#;

fn judged(process: &Process, name: Name) -> Judgement {
    verify(process).verdicts().of(name).clone()
}

fn within(process: &Process, limits: Limits, name: Name) -> Verdict {
    verify_on(process, &Terms { limits, ..Terms::default() }).verdicts().of(name).verdict.clone()
}

/// What is wrong and how it comes about, in Indonesian.
fn told(process: &Process, name: Name) -> Vec<String> {
    let judgement = judged(process, name);
    assert_eq!(judgement.verdict, Verdict::Refuted, "{name}");
    let tell = |cause: &sop_verify::Cause| {
        let run =
            cause.run.as_ref().map_or_else(String::new, |run| format!(": {}", run.say(process, Language::Indonesian)));
        format!("{}{run}", cause.trouble.say(process).id)
    };
    judgement.causes.iter().map(tell).collect()
}

fn unknown(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Unknown { reason } => reason.id.clone(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_plain_process_has_every_required_guarantee() {
    let verified = verify(process(PLAIN));
    for name in
        [Name::Completable, Name::Decided, Name::Clean, Name::Supplied, Name::Bounded, Name::Watched, Name::Timely]
    {
        assert_eq!(verified.verdicts().of(name).verdict, Verdict::Proved, "{name}");
    }
    assert_eq!(verified.verdicts().of(Name::Bounded).worst.as_ref().unwrap().value, 2);
    assert_eq!(verified.verdicts().of(Name::Timely).worst.as_ref().unwrap().value, 60);
    assert!(verified.verdicts().unmet("2026-01-12".parse().unwrap()).is_empty());
}

/// Two branches, each of which a person may lead to either of two joins.
const CROSSED: &str = r#"{ "steps": [
  { "id": "bagi", "role": "tu", "split": ["kiri", "kanan"] },
  { "id": "kiri", "role": "staf", "outcomes": [
    { "id": "satu", "next": "gabung_satu" }, { "id": "dua", "next": "gabung_dua" }] },
  { "id": "kanan", "role": "tu", "outcomes": [
    { "id": "satu", "next": "gabung_satu" }, { "id": "dua", "next": "gabung_dua" }] },
  { "id": "gabung_satu", "role": "kepala", "join": { "all": [["kiri"], ["kanan"]] }, "end": "selesai" },
  { "id": "gabung_dua", "role": "kepala", "join": { "all": [["kiri"], ["kanan"]] }, "end": "selesai" }] }"#;

#[test]
fn completable_sees_joins_that_wait_in_vain() {
    assert_eq!(
        told(&process(CROSSED), Name::Completable),
        ["buntu: baris (4), (5) menunggu yang tidak akan datang: (1) → (2) satu → (3) dua"]
    );
}

#[test]
fn completable_sees_rounds_without_an_end() {
    let round = process(
        r#"{ "steps": [
          { "id": "mulai", "role": "tu", "outcomes": [{ "id": "ya", "end": "selesai" }, { "id": "tidak", "next": "a" }] },
          { "id": "a", "role": "staf", "next": "b" },
          { "id": "b", "role": "tu", "next": "a" }] }"#,
    );
    assert_eq!(
        told(&round, Name::Completable),
        ["berputar di baris (2), (3) dan tidak dapat selesai: (1) tidak → [(2) → (3)] tanpa henti"]
    );
}

#[test]
fn clean_sees_what_piles_up() {
    let twice = process(
        r#"{ "steps": [
          { "id": "bagi", "role": "tu", "split": ["kiri", "kanan"] },
          { "id": "kiri", "role": "staf", "next": "temu" },
          { "id": "kanan", "role": "tu", "next": "temu" },
          { "id": "temu", "role": "kepala", "end": "selesai" }] }"#,
    );
    let found = told(&twice, Name::Clean);
    assert!(
        found.contains(&"baris (4), kepala diaktifkan lagi selagi masih berjalan: (1) → (2) → (3)".to_owned()),
        "{found:?}"
    );
    let completable = judged(&twice, Name::Completable);
    assert_eq!((completable.verdict, completable.follows), (Verdict::Refuted, Some(Name::Clean)));
}

#[test]
fn clean_sees_an_end_before_the_rest() {
    let early = process(
        r#"{ "steps": [
          { "id": "bagi", "role": "tu", "split": ["kiri", "kanan"] },
          { "id": "kiri", "role": "staf", "end": "selesai" },
          { "id": "kanan", "role": "tu", "end": "selesai" }] }"#,
    );
    assert_eq!(told(&early, Name::Clean), ["akhir `Selesai` tercapai selagi bagian lain masih berjalan: (1) → (2)"]);
}

#[test]
fn clean_sees_guards_that_nothing_satisfies() {
    let dead = process(
        r#"{ "fields": [{ "id": "nilai", "title": "Nilai", "type": "integer", "min": 0, "max": 100 }],
          "steps": [
          { "id": "nilai", "role": "tu", "collects": ["nilai"], "choose": [
            { "when": "case.nilai <= 50", "end": "selesai" }, { "when": "case.nilai > 50", "next": "besar" },
            { "when": "case.nilai > 10 && case.nilai < 5", "next": "aneh" }] },
          { "id": "besar", "role": "staf", "end": "selesai" },
          { "id": "aneh", "role": "staf", "end": "selesai" }] }"#,
    );
    assert_eq!(
        told(&dead, Name::Clean),
        ["baris (3), staf tidak pernah tercapai", "baris (1), tu: jalan `selesai`, 3 tidak pernah dapat ditempuh"]
    );
    assert_eq!(judged(&dead, Name::Decided).verdict, Verdict::Proved);
}

fn choice(guards: &str) -> Process {
    process(&format!(
        r#"{{ "fields": [{{ "id": "honor", "title": "Honor", "type": "integer", "min": 0 }}],
          "steps": [
          {{ "id": "isi", "role": "tu", "collects": ["honor"], "next": "cek" }},
          {{ "id": "cek", "role": "staf", "choose": [{guards}] }},
          {{ "id": "besar", "role": "kepala", "end": "selesai" }}] }}"#
    ))
}

#[test]
fn decided_finds_the_value_between_two_guards() {
    let gap = choice(
        r#"{ "when": "case.honor < 5000000", "end": "selesai" }, { "when": "case.honor > 5000000", "next": "besar" }"#,
    );
    assert_eq!(
        told(&gap, Name::Decided),
        ["baris (2), staf: tidak ada syarat yang terpenuhi: (1) (honor: 5000000) → (2)"]
    );
    let both = choice(
        r#"{ "when": "case.honor <= 5000000", "end": "selesai" }, { "when": "case.honor >= 5000000", "next": "besar" }"#,
    );
    assert_eq!(
        told(&both, Name::Decided),
        ["baris (2), staf: 2 syarat terpenuhi sekaligus: (1) (honor: 5000000) → (2)"]
    );
    let exact = choice(
        r#"{ "when": "case.honor <= 5000000", "end": "selesai" }, { "when": "case.honor > 5000000", "next": "besar" }"#,
    );
    assert_eq!(judged(&exact, Name::Decided).verdict, Verdict::Proved);
}

#[test]
fn decided_knows_what_was_decided_before() {
    // The gap lies where no request gets to.
    let narrowed = process(
        r#"{ "fields": [{ "id": "honor", "title": "Honor", "type": "integer", "min": 0 }],
          "steps": [
          { "id": "isi", "role": "tu", "collects": ["honor"], "choose": [
            { "when": "case.honor <= 10", "next": "cek" }, { "when": "case.honor > 10", "end": "selesai" }] },
          { "id": "cek", "role": "staf", "choose": [
            { "when": "case.honor < 5", "end": "selesai" }, { "when": "case.honor >= 5 && case.honor <= 10", "end": "selesai" }] }] }"#,
    );
    assert_eq!(judged(&narrowed, Name::Decided).verdict, Verdict::Proved);
    assert_eq!(judged(&narrowed, Name::Completable).verdict, Verdict::Proved);
}

#[test]
fn decided_sees_a_step_whose_outcomes_all_close() {
    let closing = process(
        r#"{ "steps": [
          { "id": "ajukan", "role": "pemohon", "next": "periksa" },
          { "id": "periksa", "role": "tu", "outcomes": [
            { "id": "kurang", "return_to": "ajukan" }, { "id": "salah", "return_to": "ajukan" }] }],
          "policy": { "returns": { "limit": 1, "then": { "closed": "outcome" } } } }"#,
    );
    assert_eq!(
        told(&closing, Name::Decided),
        ["baris (2), tu: semua keputusan dapat tertutup: (1) → (2) kurang → (1) → (2) salah → (1)"]
    );
}

#[test]
fn supplied_sees_what_nobody_has_made_yet() {
    let text = |made: &str| {
        format!(
            r#"{{ "papers": [{{ "id": "surat", "title": "Surat" }}], "steps": [
              {{ "id": "ajukan", "role": "pemohon"{made}, "next": "periksa" }},
              {{ "id": "periksa", "role": "tu", "requires": ["surat"], "end": "selesai" }}] }}"#
        )
    };
    assert_eq!(
        told(&process(&text("")), Name::Supplied),
        ["baris (2), tu memerlukan `Surat`, belum ada yang membuatnya: (1)"]
    );
    assert_eq!(judged(&process(&text(r#", "outputs": ["surat"]"#)), Name::Supplied).verdict, Verdict::Proved);
}

#[test]
fn supplied_sees_a_paper_made_anew_while_it_is_read() {
    let race = process(
        r#"{ "papers": [{ "id": "surat", "title": "Surat" }], "steps": [
          { "id": "bagi", "role": "tu", "outputs": ["surat"], "split": ["baca", "tulis"] },
          { "id": "baca", "role": "staf", "requires": ["surat"], "next": "temu" },
          { "id": "tulis", "role": "sekretaris", "outputs": ["surat"], "next": "temu" },
          { "id": "temu", "role": "kepala", "join": { "all": [["baca"], ["tulis"]] }, "end": "selesai" }] }"#,
    );
    assert_eq!(
        told(&race, Name::Supplied),
        ["baris (3), sekretaris membuat `Surat` yang baru selagi baris (2), staf membacanya: (1) → (3)"]
    );
}

const RETURN: &str = r#"
  { "id": "ajukan", "role": "pemohon", "next": "periksa" },
  { "id": "periksa", "role": "tu", "outcomes": [{ "id": "ya", "end": "selesai" }, { "id": "tidak", "return_to": "ajukan" }] }"#;

#[test]
fn bounded_counts_what_a_limit_allows() {
    let endless = process(&format!(r#"{{ "steps": [{RETURN}] }}"#));
    assert_eq!(
        told(&endless, Name::Bounded),
        ["putaran tanpa batas: baris (1), (2): (1) → [(2) tidak → (1)] tanpa henti"]
    );
    assert_eq!(judged(&endless, Name::Timely).follows, Some(Name::Bounded));
    let limited = process(&format!(
        r#"{{ "steps": [{RETURN}], "policy": {{ "returns": {{ "limit": 3, "then": {{ "end": "henti" }} }},
          "ends": [{{ "id": "henti", "title": "Henti", "kind": "stop" }}] }} }}"#
    ));
    let bounded = judged(&limited, Name::Bounded);
    assert_eq!((&bounded.verdict, bounded.worst.as_ref().unwrap().value), (&Verdict::Proved, 8));
    assert_eq!(bounded.worst.unwrap().run.unwrap().completions(), 8);
    assert_eq!(judged(&limited, Name::Timely).worst.unwrap().value, 240);
}

#[test]
fn watched_asks_for_a_budget_and_for_somebody_awake() {
    let silent = process(
        r#"{ "steps": [
          { "id": "ajukan", "role": "pemohon", "time": "Segera", "next": "periksa" },
          { "id": "periksa", "role": "tu", "end": "selesai" }],
          "policy": { "overdue": [{ "after": "1 hari", "remind": "doer" }] } }"#,
    );
    assert_eq!(
        told(&silent, Name::Watched),
        [
            "baris (1), pemohon tidak punya batas waktu: tidak ada yang bertindak",
            "baris (2), tu tanpa pengingat yang berulang ke penanggung jawab: (1) → tidak ada yang bertindak"
        ]
    );
}

#[test]
fn timely_compares_with_the_promise() {
    let promising = |promise: &str| {
        process(&format!(
            r#"{{ "steps": [
              {{ "id": "ajukan", "role": "pemohon", "next": "periksa" }},
              {{ "id": "periksa", "role": "tu", "time": "2 jam", "end": "selesai" }}],
              "policy": {{ "promise": "{promise}" }} }}"#
        ))
    };
    assert_eq!(judged(&promising("150 menit"), Name::Timely).verdict, Verdict::Proved);
    assert_eq!(
        told(&promising("149 menit"), Name::Timely),
        ["terburuk 150 menit kerja, janji 149 menit kerja: (1) → (2)"]
    );
    let without = process(
        r#"{ "steps": [
          { "id": "ajukan", "role": "pemohon", "time": "-", "next": "periksa" },
          { "id": "periksa", "role": "tu", "end": "selesai" }] }"#,
    );
    assert_eq!(unknown(&judged(&without, Name::Timely).verdict), "baris (1) tidak punya batas waktu");
}

#[test]
fn steps_that_share_a_clock_take_it_once() {
    let shared = process(
        r#"{ "rows": [
          { "activity": "Memeriksa", "time": "60 menit", "shared_time": true, "steps": [
            { "id": "ajukan", "role": "pemohon", "next": "periksa" }, { "id": "periksa", "role": "tu", "next": "terima" }] },
          { "activity": "Menerima", "time": "10 menit", "steps": [{ "id": "terima", "role": "staf", "end": "selesai" }] }] }"#,
    );
    assert_eq!(judged(&shared, Name::Timely).worst.unwrap().value, 70);
}

#[test]
fn unattended_asks_for_a_rung_that_leaves_every_wait() {
    let left = process(
        r#"{ "steps": [
          { "id": "ajukan", "role": "pemohon", "next": "periksa" },
          { "id": "periksa", "role": "tu", "outcomes": [{ "id": "ya", "end": "selesai" }, { "id": "tidak", "end": "selesai" }] }],
          "policy": { "ends": [{ "id": "henti", "title": "Henti", "kind": "stop" }],
            "overdue": [{ "after": "1 hari", "end": "henti" }],
            "steps": { "periksa": { "overdue": [{ "after": "2 hari", "outcome": "tidak" }] } } } }"#,
    );
    let unattended = judged(&left, Name::Unattended);
    assert_eq!((unattended.verdict, unattended.worst.unwrap().value), (Verdict::Proved, 30 + 900));
    assert_eq!(
        told(&process(PLAIN), Name::Unattended),
        [
            "baris (1), pemohon tidak pernah ditinggalkan sendiri: tidak ada yang bertindak",
            "baris (2), tu tidak pernah ditinggalkan sendiri: (1) → tidak ada yang bertindak"
        ]
    );
}

#[test]
fn rungs_alone_may_wait_for_one_another() {
    // Both branches leave by a rung, but one of them to the join that the other does not come to.
    let crossed = process(
        r#"{ "steps": [
          { "id": "bagi", "role": "tu", "split": ["kiri", "kanan"] },
          { "id": "kiri", "role": "staf", "outcomes": [{ "id": "gabung", "next": "temu" }, { "id": "batal", "end": "batal" }] },
          { "id": "kanan", "role": "tu", "next": "temu" },
          { "id": "temu", "role": "kepala", "join": { "all": [["kiri"], ["kanan"]] }, "end": "selesai" }],
          "ends": [{ "id": "selesai", "title": "Selesai", "kind": "case" }, { "id": "batal", "title": "Batal", "kind": "stop" }],
          "policy": { "ends": [{ "id": "bagian", "title": "Bagian selesai", "kind": "part" }, { "id": "henti", "title": "Henti", "kind": "stop" }],
            "overdue": [{ "after": "1 hari", "end": "henti" }],
            "steps": { "kanan": { "overdue": [{ "after": "1 hari", "end": "bagian" }] },
              "kiri": { "overdue": [{ "after": "1 hari", "outcome": "gabung" }] } } } }"#,
    );
    // From where nobody can bring it to its end, rungs do not either.
    let unattended = judged(&crossed, Name::Unattended);
    assert_eq!((unattended.verdict, unattended.follows), (Verdict::Refuted, Some(Name::Completable)));
}

#[test]
fn what_is_beyond_a_limit_is_unknown_and_says_so() {
    let few = Limits { states: 2, ..Limits::default() };
    let values =
        choice(r#"{ "when": "case.honor <= 5", "end": "selesai" }, { "when": "case.honor > 5", "next": "besar" }"#);
    // By its states alone: its structure needs none.
    let plain = verify_on(&values, &Terms { limits: few, plain: true, ..Terms::default() });
    let verdict = &plain.verdicts().of(Name::Completable).verdict;
    assert_eq!(unknown(verdict), "lebih dari 2 keadaan; terbanyak di sekitar baris (2)");
    assert!(within(&values, few, Name::Completable).is_proved());
    let narrow = Limits { nodes: 0, ..Limits::default() };
    assert_eq!(
        unknown(&within(&values, narrow, Name::Decided)),
        "baris (2), staf: syarat-syaratnya terpecah menjadi lebih dari 0 bagian; \
         tulis satu cabang untuk setiap jenis dan satu cabang untuk selebihnya"
    );
    let short = Limits { steps: 1, ..Limits::default() };
    for name in sop_verify::ALL {
        assert_eq!(unknown(&within(&values, short, name)), "lebih dari 1 langkah");
    }
    assert_eq!(unknown(&judged(&values, Name::Staffed).verdict), "tidak diperiksa: berikan daftar pejabat");
}
