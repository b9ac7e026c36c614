//! What explodes ends in `Unknown` within the limits: no hang, no overflow of a small stack, no false pass.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::process;
use sop_core::process::Process;
use sop_verify::{ALL, GuaranteeName as Name, Limits, REQUIRED, Terms, Verdict, Verdicts, check, verify_on};

/// Verifies on a stack of 256 KiB: whatever recursed on a definition would overflow it.
fn on_a_small_stack(process: &Process, limits: Limits) -> Verdicts {
    std::thread::scope(|scope| {
        let verify = || verify_on(process, &Terms { limits, ..Terms::default() }).into_parts().1;
        std::thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, verify).unwrap().join().unwrap()
    })
}

fn reason(verdicts: &Verdicts, name: Name) -> String {
    match &verdicts.of(name).verdict {
        Verdict::Unknown { reason } => reason.en.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

/// A ring of branches whose tokens meet by what was filled in before: only the values say that it is sound, and no part of
/// it can be looked at by itself. Each of the 31 fields and each of the 62 tokens doubles the states.
fn ring(branches: usize) -> Process {
    let ids = |prefix: &str| -> Vec<String> { (0..branches).map(|at| format!("\"{prefix}{at}\"")).collect() };
    let fields: Vec<String> =
        (0..branches).map(|at| format!(r#"{{ "id": "f{at}", "title": "F{at}", "type": "bool" }}"#)).collect();
    let meet = |step: &str, at: usize, field: usize| {
        format!(
            r#"{{ "id": "{step}{at}", "role": "tu", "choose": [
              {{ "when": "case.f{field}", "next": "x{field}" }}, {{ "when": "!case.f{field}", "next": "y{field}" }}] }}"#
        )
    };
    let mut steps = vec![format!(
        r#"{{ "id": "isi", "role": "pemohon", "collects": [{}], "split": [{}] }}"#,
        ids("f").join(","),
        ids("a").join(",")
    )];
    for at in 0..branches {
        let (after, before) = ((at + 1) % branches, (at + branches - 1) % branches);
        steps.push(format!(r#"{{ "id": "a{at}", "role": "tu", "split": ["l{at}", "r{at}"] }}"#));
        steps.push(meet("l", at, at));
        steps.push(meet("r", at, after));
        for join in ["x", "y"] {
            steps.push(format!(
                r#"{{ "id": "{join}{at}", "role": "tu", "join": {{ "all": [["l{at}"], ["r{before}"]] }}, "next": "tutup" }}"#
            ));
        }
    }
    let arrived: Vec<String> = (0..branches).map(|at| format!(r#"["x{at}", "y{at}"]"#)).collect();
    steps.push(format!(
        r#"{{ "id": "tutup", "role": "tu", "join": {{ "all": [{}] }}, "end": "selesai" }}"#,
        arrived.join(",")
    ));
    process(&format!(r#"{{ "fields": [{}], "steps": [{}] }}"#, fields.join(","), steps.join(",")))
}

#[test]
fn two_to_the_sixty_states_end_in_unknown_and_name_where() {
    let limits = Limits { states: 20_000, ..Limits::default() };
    let verdicts = on_a_small_stack(&ring(31), limits);
    let reason = reason(&verdicts, Name::Completable);
    assert!(reason.starts_with("more than 20000 states; most of them around row ("), "{reason}");
    // That nothing piles up, and that each exit can be taken, needs none of them.
    assert!(verdicts.of(Name::Clean).verdict.is_proved(), "{:?}", verdicts.of(Name::Clean).verdict);
    // A small ring is decided: it is the number of states alone that is too much.
    let small = on_a_small_stack(&ring(2), limits);
    assert!(small.of(Name::Completable).verdict.is_proved(), "{:?}", small.of(Name::Completable).verdict);
}

/// Loops inside of loops, each without a limit: a step opens the next inner one, a decision goes on or begins it again.
fn nested(depth: usize) -> Process {
    let mut steps = vec![r#"{ "id": "ajukan", "role": "pemohon", "next": "s0" }"#.to_owned()];
    for at in 0..depth {
        let inner = if at + 1 < depth { format!("s{}", at + 1) } else { format!("t{at}") };
        steps.push(format!(r#"{{ "id": "s{at}", "role": "tu", "next": "{inner}" }}"#));
    }
    for at in (0..depth).rev() {
        let outer = if at > 0 { format!(r#""next": "t{}""#, at - 1) } else { r#""end": "selesai""#.to_owned() };
        steps.push(format!(
            r#"{{ "id": "t{at}", "role": "tu", "outcomes": [{{ "id": "ya", {outer} }}, {{ "id": "lagi", "next": "s{at}" }}] }}"#
        ));
    }
    process(&format!(r#"{{ "steps": [{}] }}"#, steps.join(",")))
}

#[test]
fn thirty_nested_loops_are_decided() {
    let verdicts = on_a_small_stack(&nested(30), Limits::default());
    assert!(verdicts.of(Name::Completable).verdict.is_proved());
    assert!(verdicts.of(Name::Clean).verdict.is_proved());
    let bounded = verdicts.of(Name::Bounded);
    assert!(bounded.verdict.is_refuted());
    assert!(bounded.causes.iter().any(|cause| cause.run.is_some()));
}

fn chain(steps: usize) -> Process {
    let steps: Vec<String> = (0..steps)
        .map(|at| match at + 1 < steps {
            true => format!(r#"{{ "id": "s{at}", "role": "tu", "next": "s{}" }}"#, at + 1),
            false => format!(r#"{{ "id": "s{at}", "role": "tu", "end": "selesai" }}"#),
        })
        .collect();
    process(&format!(r#"{{ "steps": [{}] }}"#, steps.join(",")))
}

/// The same limit is what a process of a million steps meets: `cargo bench -p benches --bench verify -- explode`.
#[test]
fn more_steps_than_the_limit_are_unknown_as_a_whole() {
    let process = chain(2_000);
    let within = on_a_small_stack(&process, Limits { steps: process.steps().len(), ..Limits::default() });
    assert!(within.of(Name::Completable).verdict.is_proved());
    let beyond = Limits { steps: process.steps().len() - 1, ..Limits::default() };
    let verdicts = on_a_small_stack(&process, beyond);
    for name in ALL {
        assert_eq!(reason(&verdicts, name), "more than 1999 steps");
    }
    assert_eq!(verdicts.unmet("2026-01-12".parse().unwrap()).len(), REQUIRED.len());
    let certificate = verify_on(&process, &Terms { limits: beyond, ..Terms::default() }).certificate().clone();
    assert_eq!(check(&process, &certificate), Ok(Vec::new()));
}
