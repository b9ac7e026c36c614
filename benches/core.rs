//! The pure core beside its limits: `cargo bench --bench core -- [NAME …]`.

use benches::{Setting, contest, definitions, keep, line, show, wanted};
use sop_core::case::{CaseState, apply_all, decide};
use sop_core::definition::{Definition, Office};
use sop_core::format::parse;
use sop_core::guard::{Field, FieldType, Value, check, parse as parse_guard};
use sop_core::process::{Reading, compile};
use sop_core::text::SourceText;
use sop_core::time::{Measure, Millis};

fn main() {
    let setting = Setting::load();
    println!("{:<44} {:>12}   {:<28} {:>12}", "what", "time", "limit in the same run", "time");
    if wanted("decide") {
        decide_and_apply(&setting);
    }
    if wanted("guard") {
        guard();
    }
    if wanted("calendar") {
        calendar(&setting);
    }
    if wanted("snapshot") {
        snapshot(&setting);
    }
    if wanted("compile") {
        parse_and_compile(&setting);
    }
}

/// The thirteen steps as a bare state machine: what no engine can be faster than.
fn bare(state: u32, agree: bool) -> u32 {
    match (state, agree) {
        (1, _) => 2,
        (2, true) => 3,
        (2, false) => 1,
        (3, _) => 4,
        (4, _) => 5,
        (5, _) => 6,
        (6, _) => 7,
        (7, true) => 8,
        (7, false) => 6,
        (8, true) => 9,
        (8, false) => 7,
        (9, true) => 10,
        (9, false) => 8,
        (10, true) => 11,
        (10, false) => 9,
        (11, _) => 12,
        (12, _) => 13,
        _ => 1,
    }
}

fn decide_and_apply(setting: &Setting) {
    let (open, run) = setting.straight_run();
    let world = setting.world();
    let now = Setting::monday();
    let mut opened = CaseState::new();
    let events = decide(&setting.process, &world, &opened, &open, now).expect("it opens");
    apply_all(&mut opened, &events);
    let steps = run.len();
    let mut engine = |rounds: usize| {
        for _ in 0..rounds / steps {
            let mut state = opened.clone();
            for command in &run {
                let events = decide(&setting.process, &world, &state, keep(command), now).expect("it goes on");
                apply_all(&mut state, &events);
            }
            keep(&state);
        }
    };
    let mut machine = |rounds: usize| {
        let mut state = 1;
        for _ in 0..rounds {
            state = keep(bare(keep(state), keep(true)));
        }
        keep(state);
    };
    let [engine, machine] = contest(60, 13 * 2_000, [&mut engine, &mut machine]);
    line("decide + apply, one step", engine, ("a bare `match` machine", machine), "≤ 50 ns, ratio ≤ 10");
}

fn guard() {
    let fields = [Field::new("nilai", "Nilai", FieldType::Integer { min: Some(0), max: None })];
    let syntax = parse_guard("case.nilai <= 5000000").expect("a guard");
    let guard = check(&syntax, &fields).expect("a guard of these fields");
    let values = [Some(Value::Integer(4_999_999))];
    let by_hand = |values: &[Option<Value>]| matches!(values.first(), Some(Some(Value::Integer(n))) if *n <= 5_000_000);
    let mut ours = |rounds: usize| {
        for _ in 0..rounds {
            keep(guard.holds(keep(&values)));
        }
    };
    let mut hand = |rounds: usize| {
        for _ in 0..rounds {
            keep(by_hand(keep(&values)));
        }
    };
    let program = cel::Program::compile("case.nilai <= 5000000").expect("CEL reads a guard");
    let mut context = cel::Context::default();
    let case = std::collections::HashMap::from([("nilai".to_owned(), 4_999_999_i64)]);
    context.add_variable_from_value("case", case);
    let mut cel = |rounds: usize| {
        for _ in 0..rounds / 100 {
            let _ = keep(program.execute(keep(&context)));
        }
    };
    let [ours, hand, cel] = contest(60, 100_000, [&mut ours, &mut hand, &mut cel]);
    line("guard `case.nilai <= 5000000`", ours, ("the same by hand", hand), "≈ 4 ns");
    println!("  the crate `cel` takes {} for it", show(cel * 100.0));
}

fn calendar(setting: &Setting) {
    let calendar = &setting.calendar;
    let from = Setting::monday();
    let spans = [("five minutes", 5), ("two weeks", 4_500), ("ten years", 10 * 240 * 450)];
    for (name, minutes) in spans {
        let amount = Millis::from_minutes(minutes);
        let mut ours = |rounds: usize| {
            for _ in 0..rounds {
                keep(calendar.add_by(Measure::Working, keep(from), keep(amount)));
            }
        };
        let mut bare = |rounds: usize| {
            for _ in 0..rounds {
                keep(keep(from.millis()) + keep(amount.0) as i64);
            }
        };
        let [ours, bare] = contest(60, 100_000, [&mut ours, &mut bare]);
        line(&format!("working time: add {name}"), ours, ("adding two integers", bare), "a decade in microseconds");
    }
}

fn snapshot(setting: &Setting) {
    let (open, run) = setting.straight_run();
    let world = setting.world();
    let now = Setting::monday();
    let mut state = CaseState::new();
    for command in std::iter::once(&open).chain(run.iter().take(7)) {
        let events = decide(&setting.process, &world, &state, command, now).expect("it goes on");
        apply_all(&mut state, &events);
    }
    let bytes = state.snapshot();
    let mut save = |rounds: usize| {
        for _ in 0..rounds {
            keep(keep(&state).snapshot());
        }
    };
    let mut copy = |rounds: usize| {
        for _ in 0..rounds {
            keep(keep(&bytes).clone());
        }
    };
    let mut restore = |rounds: usize| {
        for _ in 0..rounds {
            keep(CaseState::restore(keep(&bytes), &setting.process).expect("it fits"));
        }
    };
    let mut skim = |rounds: usize| {
        for _ in 0..rounds {
            keep(serde_json::from_slice::<serde_json::Value>(keep(&bytes)).expect("JSON"));
        }
    };
    let [save, copy, restore, skim] = contest(40, 5_000, [&mut save, &mut copy, &mut restore, &mut skim]);
    line("snapshot of a half-way case", save, ("copying its bytes", copy), "≤ 2 µs");
    line("restore of a half-way case", restore, ("serde_json to a `Value`", skim), "≤ 3 µs");
    println!(
        "  a snapshot has {} bytes; the state {} bytes, {} of them on the heap",
        bytes.len(),
        size_of::<CaseState>() + state.heap_bytes(),
        state.heap_bytes()
    );
}

fn parse_and_compile(setting: &Setting) {
    let text = std::fs::read_to_string(definitions().join("narasumber.json")).expect("the definition is there");
    let source = SourceText::new("narasumber.json", text.clone());
    let office_text = std::fs::read_to_string(definitions().join("kantor.json")).expect("the office is there");
    let _ = parse::<Office>(SourceText::new("kantor.json", office_text));
    let mut parsing = |rounds: usize| {
        for _ in 0..rounds {
            keep(parse::<Definition>(keep(source.clone())));
        }
    };
    let mut all = |rounds: usize| {
        for _ in 0..rounds {
            let parsed = parse::<Definition>(keep(source.clone()));
            let definition = parsed.value.as_ref().expect("it reads");
            keep(compile(definition, &setting.office, Reading::AsRun, &parsed.poisoned));
        }
    };
    let mut limit = |rounds: usize| {
        for _ in 0..rounds {
            keep(serde_json::from_str::<serde_json::Value>(keep(&text)).expect("JSON"));
        }
    };
    let [parsing, all, limit] = contest(25, 40, [&mut parsing, &mut all, &mut limit]);
    line("parse of the narasumber definition", parsing, ("serde_json to a `Value`", limit), "–");
    line("parse + compile", all, ("serde_json to a `Value`", limit), "< 1 ms with the proof");
    println!("  {} bytes of text, {} a byte", text.len(), show(all / text.len() as f64));
}
