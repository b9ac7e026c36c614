//! Families of honest definitions that grow: each is decided at thirty branches, thirty fields, twenty kinds of service.
//! How long that takes is measured by `cargo bench -p benches --bench verify -- honest`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::process;
use serde_json::{Value as Json, json};
use sop_core::process::Process;
use sop_verify::{GuaranteeName as Name, REQUIRED, Verified, Verify as _, check};

/// A process of these steps, fields and ends; its returns are counted and stop the case in the end.
fn drawn(steps: Vec<Json>, fields: Vec<Json>, ends: Json) -> Process {
    let policy = json!({
        "returns": { "limit": 2, "then": { "end": "henti" } },
        "ends": [{ "id": "henti", "title": "Henti", "kind": "stop" }],
    });
    let returns = steps.iter().any(|step| step.to_string().contains("return_to"));
    let policy = if returns { policy } else { json!({}) };
    process(&json!({ "steps": steps, "fields": fields, "ends": ends, "policy": policy }).to_string())
}

fn case_end() -> Json {
    json!([{ "id": "selesai", "title": "Selesai", "kind": "case" }])
}

fn ids(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|at| format!("{prefix}{at}")).collect()
}

fn choice(at: usize) -> Json {
    let choices = ["a", "b", "c"].map(|id| json!({ "id": id, "title": id }));
    json!({ "id": format!("f{at}"), "title": format!("F{at}"), "type": "choice", "choices": choices })
}

fn flag(at: usize) -> Json {
    json!({ "id": format!("f{at}"), "title": format!("F{at}"), "type": "bool" })
}

fn is_a(field: usize, yes: String, no: String) -> Json {
    json!([{ "when": format!("case.f{field} == \"a\""), "next": yes }, { "when": format!("case.f{field} != \"a\""), "next": no }])
}

/// Every required guarantee is proved, with a certificate that holds.
#[track_caller]
fn is_proved(process: &Process) -> Verified<&Process> {
    let verified = process.verify();
    for name in REQUIRED {
        let judgement = verified.verdicts().of(name);
        assert!(judgement.verdict.is_proved(), "{name}: {} {:?}", judgement.verdict, judgement.causes);
    }
    assert!(check(process, verified.certificate()).is_ok());
    verified
}

/// A field set in the first row and read after parallel branches of three steps each, each with its own return.
#[test]
fn a_field_that_is_read_after_thirty_branches() {
    let last: Vec<Vec<String>> = (0..30).map(|at| vec![format!("c{at}")]).collect();
    let mut steps = vec![
        json!({ "id": "isi", "role": "pemohon", "collects": ["f0"], "next": "bagi" }),
        json!({ "id": "bagi", "role": "tu", "split": ids("a", 30) }),
    ];
    for at in 0..30 {
        steps.push(json!({ "id": format!("a{at}"), "role": "staf", "next": format!("b{at}") }));
        steps.push(json!({ "id": format!("b{at}"), "role": "staf", "next": format!("c{at}") }));
        steps.push(json!({ "id": format!("c{at}"), "role": "tu", "outcomes": [
            { "id": "ya", "next": "rapat" }, { "id": "ulang", "return_to": format!("a{at}") },
            { "id": "awal", "return_to": "isi" }] }));
    }
    steps.push(json!({ "id": "rapat", "role": "tu", "join": { "all": last }, "choose": is_a(0, "kepala".into(), "terbit".into()) }));
    steps.push(json!({ "id": "kepala", "role": "kepala", "next": "terbit" }));
    steps.push(json!({ "id": "terbit", "role": "kepala", "outcomes": [
        { "id": "ya", "end": "selesai" }, { "id": "tidak", "return_to": "rapat" }] }));
    is_proved(&drawn(steps, vec![choice(0)], case_end()));
}

/// Thirty fields, each read twice in a branch of its own.
#[test]
fn thirty_fields_that_are_read_twice() {
    let mut steps = vec![
        json!({ "id": "isi", "role": "pemohon", "collects": ids("f", 30), "next": "bagi" }),
        json!({ "id": "bagi", "role": "tu", "split": ids("g", 30) }),
    ];
    for at in 0..30 {
        let named = |prefix: &str| format!("{prefix}{at}");
        steps.push(json!({ "id": named("g"), "role": "staf", "choose": is_a(at, named("x"), named("y")) }));
        steps.push(json!({ "id": named("x"), "role": "staf", "next": named("h") }));
        steps.push(json!({ "id": named("y"), "role": "staf", "next": named("h") }));
        steps.push(json!({ "id": named("h"), "role": "staf", "choose": is_a(at, named("p"), named("q")) }));
        steps.push(json!({ "id": named("p"), "role": "staf", "next": "rapat" }));
        steps.push(json!({ "id": named("q"), "role": "staf", "next": "rapat" }));
    }
    let last: Vec<Vec<String>> = (0..30).map(|at| vec![format!("p{at}"), format!("q{at}")]).collect();
    steps.push(json!({ "id": "rapat", "role": "tu", "join": { "all": last }, "outcomes": [
        { "id": "ya", "end": "selesai" }, { "id": "tidak", "return_to": "bagi" }] }));
    is_proved(&drawn(steps, (0..30).map(choice).collect(), case_end()));
}

/// Forty fields that may be missing, under one guard, with a return that begins again.
#[test]
fn forty_optional_fields_under_one_guard() {
    let mut steps = vec![json!({ "id": "mulai", "role": "pemohon", "next": "c0" })];
    for at in 0..40 {
        let next = if at < 39 { format!("c{}", at + 1) } else { "g".to_owned() };
        steps.push(json!({ "id": format!("c{at}"), "role": "staf", "outcomes": [
            { "id": "isi", "collects": [format!("f{at}")], "next": next }, { "id": "lewat", "next": next }] }));
    }
    let all: Vec<String> = (0..40).map(|at| format!("has(case.f{at}) && case.f{at}")).collect();
    let all = all.join(" && ");
    steps.push(json!({ "id": "g", "role": "tu", "choose": [{ "when": all, "next": "y" }, { "when": format!("!({all})"), "next": "t" }] }));
    steps.push(json!({ "id": "y", "role": "staf", "end": "selesai" }));
    steps.push(json!({ "id": "t", "role": "kepala", "outcomes": [
        { "id": "ya", "end": "selesai" }, { "id": "ulang", "return_to": "c0" }] }));
    is_proved(&drawn(steps, (0..40).map(flag).collect(), case_end()));
}

/// Which papers each kind of service needs, whether the kind is named first or last; and pairs of papers.
#[test]
fn the_papers_that_each_kind_of_service_needs() {
    let kinds: Vec<Json> = (0..20).map(|at| json!({ "id": format!("v{at}"), "title": format!("V{at}") })).collect();
    let papers = |kind: usize| (0..4).map(|at| format!("case.f{}", kind * 4 + at)).collect::<Vec<_>>().join(" && ");
    let by_kind = |is_first: bool| {
        let one = |kind: usize| match is_first {
            true => format!("(case.jenis == \"v{kind}\" && {})", papers(kind)),
            false => format!("({} && case.jenis == \"v{kind}\")", papers(kind)),
        };
        (0..20).map(one).collect::<Vec<_>>().join(" || ")
    };
    let pairs =
        (0..40).map(|at| format!("(case.f{} && case.f{})", 2 * at, 2 * at + 1)).collect::<Vec<_>>().join(" || ");
    for guard in [by_kind(true), by_kind(false), pairs] {
        let mut fields = vec![json!({ "id": "jenis", "title": "Jenis", "type": "choice", "choices": kinds })];
        fields.extend((0..80).map(flag));
        let collects: Vec<&Json> = fields.iter().map(|field| &field["id"]).collect();
        let steps = vec![
            json!({ "id": "isi", "role": "pemohon", "collects": collects, "next": "periksa" }),
            json!({ "id": "periksa", "role": "tu", "choose": [
                { "when": guard, "next": "lengkapi" }, { "when": format!("!({guard})"), "next": "terbit" }] }),
            json!({ "id": "lengkapi", "role": "staf", "next": "terbit" }),
            json!({ "id": "terbit", "role": "kepala", "end": "selesai" }),
        ];
        is_proved(&drawn(steps, fields, case_end()));
    }
}

/// Thirty parts that end by themselves, each with a return or a plain round of its own, beside one that stops the case.
#[test]
fn thirty_parts_beside_one_that_stops() {
    for back in ["return_to", "next"] {
        let mut opened = ids("w", 30);
        opened.push("utama".into());
        let mut steps = vec![json!({ "id": "bagi", "role": "tu", "split": opened })];
        for at in 0..30 {
            steps.push(json!({ "id": format!("w{at}"), "role": "staf", "next": format!("c{at}") }));
            steps.push(json!({ "id": format!("c{at}"), "role": "tu", "outcomes": [
                { "id": "ya", "end": "bagian" }, { "id": "tidak", back: format!("w{at}") }] }));
        }
        steps.push(json!({ "id": "utama", "role": "kepala", "end": "selesai" }));
        let ends = json!([{ "id": "bagian", "title": "Bagian", "kind": "part" }, { "id": "selesai", "title": "Selesai", "kind": "stop" }]);
        let parts = drawn(steps, Vec::new(), ends);
        let verified = (&parts).verify();
        for name in [Name::Completable, Name::Clean] {
            let verdict = &verified.verdicts().of(name).verdict;
            assert!(verdict.is_proved(), "{back} {name}: {verdict}");
        }
        assert_eq!(verified.verdicts().of(Name::Bounded).verdict.is_proved(), back == "return_to");
    }
}

/// Thirty parts that end by themselves, on another way than an end of the whole case; and beside it, where it comes too
/// early.
#[test]
fn parts_and_an_end_of_the_whole_case() {
    for beside in [false, true] {
        let mut opened = ids("w", 30);
        opened.extend(beside.then(|| "utama".to_owned()));
        let mut steps = vec![
            json!({ "id": "mulai", "role": "pemohon", "outcomes": [{ "id": "satu", "next": "bagi" }, { "id": "lain", "next": "z" }] }),
            json!({ "id": "bagi", "role": "tu", "split": opened }),
        ];
        for at in 0..30 {
            steps.push(json!({ "id": format!("w{at}"), "role": "staf", "outcomes": [
                { "id": "ya", "end": "bagian" }, { "id": "tidak", "return_to": format!("w{at}") }] }));
        }
        if beside {
            steps.push(json!({ "id": "utama", "role": "kepala", "end": "selesai" }));
        }
        steps.push(json!({ "id": "z", "role": "kepala", "end": "selesai" }));
        let ends = json!([{ "id": "bagian", "title": "Bagian", "kind": "part" }, { "id": "selesai", "title": "Selesai", "kind": "case" }]);
        let mixed = drawn(steps, Vec::new(), ends);
        let verified = (&mixed).verify();
        let clean = verified.verdicts().of(Name::Clean);
        assert_eq!((clean.verdict.is_proved(), clean.verdict.is_refuted()), (!beside, beside), "{}", clean.verdict);
        assert_eq!(verified.verdicts().of(Name::Completable).verdict.is_proved(), !beside);
    }
}

/// One branch of thirty goes round by a plain exit, the others return.
#[test]
fn one_round_without_a_limit_among_thirty_branches() {
    let mut steps = vec![json!({ "id": "bagi", "role": "tu", "split": ids("w", 30) })];
    for at in 0..30 {
        let back = if at == 0 { "next" } else { "return_to" };
        steps.push(json!({ "id": format!("w{at}"), "role": "staf", "next": format!("c{at}") }));
        steps.push(json!({ "id": format!("c{at}"), "role": "tu", "outcomes": [
            { "id": "ya", "next": "rapat" }, { "id": "tidak", back: format!("w{at}") }] }));
    }
    let last: Vec<Vec<String>> = (0..30).map(|at| vec![format!("c{at}")]).collect();
    steps.push(json!({ "id": "rapat", "role": "kepala", "join": { "all": last }, "end": "selesai" }));
    let round = drawn(steps, Vec::new(), case_end());
    let verified = (&round).verify();
    for name in [Name::Completable, Name::Clean] {
        assert!(verified.verdicts().of(name).verdict.is_proved(), "{name}");
    }
    let bounded = verified.verdicts().of(Name::Bounded);
    assert!(bounded.verdict.is_refuted() && bounded.causes.iter().all(|cause| cause.run.is_some()));
}

/// A return behind a join of thirty branches, without a limit: the round is found, and its run comes back.
#[test]
fn a_round_behind_a_wide_join_is_found() {
    let mut steps = vec![json!({ "id": "bagi", "role": "tu", "split": ids("w", 30) })];
    steps.extend((0..30).map(|at| json!({ "id": format!("w{at}"), "role": "staf", "next": "rapat" })));
    let last: Vec<Vec<String>> = (0..30).map(|at| vec![format!("w{at}")]).collect();
    steps.push(json!({ "id": "rapat", "role": "kepala", "join": { "all": last }, "outcomes": [
        { "id": "ya", "end": "selesai" }, { "id": "tidak", "next": "bagi" }] }));
    let round = drawn(steps, Vec::new(), case_end());
    let verified = (&round).verify();
    assert!(verified.verdicts().of(Name::Completable).verdict.is_proved());
    let bounded = verified.verdicts().of(Name::Bounded);
    assert!(bounded.verdict.is_refuted() && bounded.causes[0].run.as_ref().unwrap().repeats_from.is_some());
}

/// A join that waits for a part that may end by itself, and joins to which branches may be led crosswise.
#[test]
fn joins_that_wait_in_vain_among_thirty_branches() {
    let mut wrong = vec![
        json!({ "id": "bagi", "role": "tu", "split": ids("w", 30) }),
        json!({ "id": "w0", "role": "staf", "outcomes": [{ "id": "ya", "next": "rapat" }, { "id": "lain", "end": "bagian" }] }),
    ];
    wrong.extend((1..30).map(|at| json!({ "id": format!("w{at}"), "role": "staf", "next": "rapat" })));
    let last: Vec<Vec<String>> = (0..30).map(|at| vec![format!("w{at}")]).collect();
    wrong.push(json!({ "id": "rapat", "role": "kepala", "join": { "all": last }, "end": "bagian" }));
    let ends = json!([{ "id": "bagian", "title": "Bagian", "kind": "part" }]);
    let mut opened = ids("w", 30);
    opened.extend(["p".to_owned(), "q".to_owned()]);
    let mut cross = vec![json!({ "id": "bagi", "role": "tu", "split": opened })];
    for side in ["p", "q"] {
        cross.push(json!({ "id": side, "role": "staf", "outcomes": [
            { "id": "satu", "next": format!("satu_{side}") }, { "id": "dua", "next": format!("dua_{side}") }] }));
        cross.push(json!({ "id": format!("satu_{side}"), "role": "staf", "next": "satu" }));
        cross.push(json!({ "id": format!("dua_{side}"), "role": "staf", "next": "dua" }));
    }
    for join in ["satu", "dua"] {
        cross.push(json!({ "id": join, "role": "tu", "next": "rapat",
            "join": { "all": [[format!("{join}_p")], [format!("{join}_q")]] } }));
    }
    cross.extend((0..30).map(|at| json!({ "id": format!("w{at}"), "role": "staf", "next": "rapat" })));
    let mut last: Vec<Vec<String>> = (0..30).map(|at| vec![format!("w{at}")]).collect();
    last.push(vec!["satu".into(), "dua".into()]);
    cross.push(json!({ "id": "rapat", "role": "kepala", "join": { "all": last }, "end": "selesai" }));
    for (steps, ends) in [(wrong, ends), (cross, case_end())] {
        let vain = drawn(steps, Vec::new(), ends);
        let verified = (&vain).verify();
        let completable = verified.verdicts().of(Name::Completable);
        assert!(completable.verdict.is_refuted() && completable.causes[0].run.is_some(), "{}", completable.verdict);
        assert!(
            verified.verdicts().of(Name::Clean).verdict.is_proved(),
            "{}",
            verified.verdicts().of(Name::Clean).verdict
        );
    }
}

/// A branch of three steps of 15 minutes, its last one with these ways out.
fn branch(at: usize, outcomes: Json) -> [Json; 3] {
    let step = |prefix: &str, next: &str| json!({ "id": format!("{prefix}{at}"), "role": "staf", "time": "15 menit", "next": format!("{next}{at}") });
    let last = json!({ "id": format!("c{at}"), "role": "tu", "time": "15 menit", "outcomes": outcomes });
    [step("a", "b"), step("b", "c"), last]
}

fn worst(process: &Process, name: Name) -> (u64, bool) {
    let verified = process.verify();
    let worst = verified.verdicts().of(name).worst.clone().unwrap();
    (worst.value, worst.run.is_some())
}

/// T is the longest branch and not the sum of all: each branch goes back twice by itself.
#[test]
fn parallel_branches_with_returns_take_as_long_as_one() {
    for branches in [2, 5, 30] {
        let mut steps =
            vec![json!({ "id": "bagi", "role": "pemohon", "time": "15 menit", "split": ids("a", branches) })];
        for at in 0..branches {
            steps.extend(branch(
                at,
                json!([{ "id": "ya", "next": "rapat" }, { "id": "ulang", "return_to": format!("a{at}") }]),
            ));
        }
        let last: Vec<Vec<String>> = (0..branches).map(|at| vec![format!("c{at}")]).collect();
        steps.push(
            json!({ "id": "rapat", "role": "tu", "time": "15 menit", "join": { "all": last }, "end": "selesai" }),
        );
        let process = drawn(steps, Vec::new(), case_end());
        // Dividing, three times the branch, and the meeting.
        assert_eq!(worst(&process, Name::Timely), (15 + 3 * 45 + 15, true), "{branches}");
        assert_eq!(worst(&process, Name::Bounded), (1 + 9 * branches as u64 + 1, true), "{branches}");
    }
}

/// A return from one branch to before all of them: the slow token goes round through that branch, and takes another one in
/// the end, whose own returns are left.
#[test]
fn a_way_that_comes_back_pays_for_other_branches_too() {
    let mut steps = vec![json!({ "id": "bagi", "role": "pemohon", "time": "15 menit", "split": ids("a", 3) })];
    for at in 0..3 {
        let mut outcomes =
            vec![json!({ "id": "ya", "next": "rapat" }), json!({ "id": "ulang", "return_to": format!("a{at}") })];
        outcomes.extend((at == 1).then(|| json!({ "id": "awal", "return_to": "bagi" })));
        steps.extend(branch(at, json!(outcomes)));
    }
    let last: Vec<Vec<String>> = (0..3).map(|at| vec![format!("c{at}")]).collect();
    steps.push(json!({ "id": "rapat", "role": "tu", "time": "15 menit", "join": { "all": last }, "end": "selesai" }));
    // Three times to the branch that leads back, which goes back by itself twice; then another one, three times; the meeting.
    let (through, own) = (15 + 45, 2 * 45);
    assert_eq!(
        worst(&drawn(steps, Vec::new(), case_end()), Name::Timely),
        (2 * through + own + 15 + 3 * 45 + 15, true)
    );
}
