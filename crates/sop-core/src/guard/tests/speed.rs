//! How long an evaluation takes, beside a hand-written one and beside the `cel` crate. Not a test: run it in release with
//! `--ignored --nocapture`.
#![allow(clippy::print_stderr, reason = "a measurement is for reading")]

use std::hint::black_box;
use std::time::Instant;

use serde_json::json;

use super::super::{Value, parse};
use super::{fields, guard, ix, oracle, slots};

/// Nanoseconds for one call, the best of nine rounds.
fn best(rounds: u32, mut call: impl FnMut() -> bool) -> f64 {
    (0..9)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..rounds {
                black_box(call());
            }
            began.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
        })
        .fold(f64::INFINITY, f64::min)
}

#[test]
#[ignore = "a measurement, not a test"]
fn nanoseconds() {
    let values = slots(json!({ "nilai": 4_000_000, "jenis": "jasa", "lengkap": true, "perihal": "Undangan" }));
    let place = ix("nilai").place();
    let by_hand = best(
        10_000_000,
        || matches!(black_box(&values[..]).get(black_box(place)), Some(Some(Value::Integer(nilai))) if *nilai <= black_box(5_000_000)),
    );
    eprintln!("{by_hand:8.2} ns  by hand: case.nilai <= 5000000");
    for text in [
        "case.nilai <= 5000000",
        "case.jenis in ['barang', 'jasa']",
        "case.perihal == 'Undangan'",
        "has(case.nilai) && case.nilai > 1000000 && case.nilai <= 5000000 && case.jenis == 'jasa' && case.lengkap",
    ] {
        let guard = guard(text);
        let ours = best(10_000_000, || black_box(&guard).holds(black_box(&values)));
        let program = cel::Program::compile(text).unwrap();
        let context = oracle::case(&fields(), &values);
        let cel = best(100_000, || matches!(program.execute(black_box(&context)), Ok(cel::Value::Bool(true))));
        let parsing = best(100_000, || parse(black_box(text)).is_ok());
        let compiling = best(100_000, || super::compiled(black_box(text)).is_ok());
        eprintln!(
            "{ours:8.2} ns  ({:.1} x by hand; cel {cel:.0} ns; parse {parsing:.0} ns, parse + fields + check {compiling:.0} ns): {text}",
            ours / by_hand
        );
    }
}
