//! The verifier beside its limits: `cargo bench -p benches --bench verify -- [NAME …]`.
//!
//! The limit in the same run is reading every exit once, which no proof can do without. For scale there is the plain
//! search too: breadth first, by the core's own `decide` and `apply`, with markings compared and nothing reduced. How
//! much memory a proof takes is counted by `--bench memory -- proof`.

use std::time::Instant as Stopwatch;

use benches::explored::{Explored, Finding};
use benches::families::{self, Family, GROWING, HONEST};
use benches::proof::{Outcome, prove};
use benches::sketch::{Sketch, compiled, office};
use benches::walk::{self, Alone};
use benches::{Setting, contest, keep, line, show, wanted};
use sop_core::process::{CheckedOffice, Position as _, Process, Route, StepIx};
use sop_verify::{GuaranteeName, Verdict, verify};

/// The number of states that the plain search looks at before it gives up.
const LIMIT: usize = 20_000;
/// The sizes of a curve.
const SIZES: [usize; 8] = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800];
/// The sizes of a curve of definitions that offices draw.
const HONEST_SIZES: [usize; 6] = [4, 8, 16, 24, 30, 40];
/// A curve ends where a proof takes longer than this, in nanoseconds.
const TOO_LONG: f64 = 5e9;

fn main() {
    let bench = Bench::new();
    println!("{:<44} {:>12}   {:<28} {:>12}", "what", "time", "limit in the same run", "time");
    if wanted("narasumber") {
        bench.narasumber();
    }
    if wanted("chain") {
        bench.case("chain of 1,000", families::chain(1_000), "< 5 ms");
        bench.case("chain of 10,000", families::chain(10_000), "< 50 ms");
    }
    if wanted("returns") {
        bench.case("chain of 1,000 with returns", families::chain_with_returns(1_000), "< 5 ms");
        bench.case("chain of 5,000 with returns", families::chain_with_returns(5_000), "< 50 ms");
    }
    if wanted("parallel") {
        bench.case("17 parallel branches", families::parallel(17, 1), "< 5 ms");
        bench.case("100 parallel branches", families::parallel(100, 1), "< 5 ms");
        bench.case("1,000 parallel branches", families::parallel(1_000, 1), "< 5 ms");
        bench.case("17 parallel branches of 10 with returns", families::parallel_with_returns(17, 10), "< 5 ms");
    }
    if wanted("decision") {
        bench.case("decision, 12 fields, 200 guards", families::decision(12, 200), "< 5 ms");
        bench.case("decision, 30 fields in order", families::many_fields(30), "< 5 ms");
    }
    if wanted("explode") {
        bench.case("ring of 31 bound by values, > 2^60 states", families::explode(31), "an honest verdict, < 1 s");
    }
    if wanted("million") {
        bench.million();
    }
    if wanted("honest") {
        for family in HONEST {
            bench.honest(family);
        }
    }
    for family in GROWING {
        if wanted(&format!("curve {}", family.name)) {
            bench.curve(family);
        }
    }
}

/// What every measurement needs.
struct Bench {
    office: CheckedOffice,
    alone: Alone,
}

impl Bench {
    fn new() -> Self {
        let office = office();
        Self { alone: Alone::new(&office), office }
    }

    /// All guarantees of the shipped procedure as it is run, its text read and compiled before.
    fn narasumber(&self) {
        let setting = Setting::load();
        let process = &setting.process;
        let mut whole = |rounds: usize| {
            for _ in 0..rounds {
                keep(verify(keep(process)));
            }
        };
        let mut limit = |rounds: usize| {
            for _ in 0..rounds {
                keep(exits(keep(process)));
            }
        };
        let [whole, limit] = contest(60, 50, [&mut whole, &mut limit]);
        line("narasumber, all guarantees", whole, ("reading every exit once", limit), "< 100 µs");
        let verified = verify(process);
        let count = |what: fn(&Verdict) -> bool| verified.verdicts().iter().filter(|one| what(&one.verdict)).count();
        let unknown = count(|verdict| matches!(verdict, Verdict::Unknown { .. }));
        println!("  {} guarantees decided, {unknown} unknown", verified.verdicts().iter().count() - unknown);
        let begun = Stopwatch::now();
        let searched = walk::search(process, &setting.world(), setting.requester(), Setting::monday(), LIMIT);
        scale(searched, begun.elapsed().as_nanos() as f64);
    }

    /// One member of a family: its proof, the limit, and the plain search for scale.
    fn case(&self, what: &str, sketch: Sketch, aim: &str) {
        let process = self.process(sketch);
        let (outcome, proof, limit) = measured(&process);
        line(what, proof, ("reading every exit once", limit), aim);
        println!("  {}", said(&outcome));
        let begun = Stopwatch::now();
        let searched = self.alone.search(&process, LIMIT);
        scale(searched, begun.elapsed().as_nanos() as f64);
    }

    /// More steps than the verifier takes: compiled once, and answered once.
    fn million(&self) {
        let definition = families::chain(1_000_000).definition();
        let begun = Stopwatch::now();
        let process = compiled(&definition, &self.office).expect("it compiles");
        let compiling = begun.elapsed().as_nanos() as f64;
        let begun = Stopwatch::now();
        let outcome = prove(&process);
        let answering = begun.elapsed().as_nanos() as f64;
        line("chain of 1,000,000", answering, ("compiling it", compiling), "unknown at once");
        println!("  {}", said(&outcome));
    }

    /// A family at growing sizes: a proof that is near n log n stays near 1 in the third column.
    fn curve(&self, family: Family) {
        println!("\ncurve of {}", family.name);
        println!(
            "{:>8}{:>8}{:>12}{:>14}{:>12}{:>12}{:>22}   verdict",
            "n", "steps", "proof", "/ n log n", "/ limit", "compile", "plain search"
        );
        let mut first = None;
        for size in SIZES {
            let definition = (family.member)(size).definition();
            let begun = Stopwatch::now();
            let process = compiled(&definition, &self.office).expect("the families compile");
            let compiling = begun.elapsed().as_nanos() as f64;
            let (outcome, proof, limit) = measured(&process);
            let share = proof / (size as f64 * (size as f64).log2());
            let relative = share / *first.get_or_insert(share);
            let begun = Stopwatch::now();
            let searched = self.alone.search(&process, LIMIT);
            let searching = show(begun.elapsed().as_nanos() as f64);
            println!(
                "{size:>8}{:>8}{:>12}{relative:>14.2}{:>12.1}{:>12}{:>22}   {}",
                process.steps().len(),
                show(proof),
                proof / limit,
                show(compiling),
                format!("{}{} / {searching}", searched.states, if gave_up(searched) { "+" } else { "" }),
                said(&outcome)
            );
            if proof > TOO_LONG {
                println!("  ends here: a proof took longer than {}", show(TOO_LONG));
                break;
            }
        }
    }

    /// A family that offices draw, up to forty: all guarantees, with the checker, and how that grows.
    fn honest(&self, family: Family) {
        println!("\n{}, all guarantees; aim at 30 < 100 ms", family.name);
        println!("{:>8}{:>8}{:>12}{:>14}{:>12}{:>12}   flow", "n", "steps", "proof", "/ n log n", "/ limit", "compile");
        let mut first = None;
        for size in HONEST_SIZES {
            let definition = (family.member)(size).definition();
            let begun = Stopwatch::now();
            let process = compiled(&definition, &self.office).expect("the families compile");
            let compiling = begun.elapsed().as_nanos() as f64;
            let mut proof = |rounds: usize| (0..rounds).for_each(|_| drop(keep(verify(keep(&process)))));
            let mut limit = |rounds: usize| {
                for _ in 0..rounds {
                    keep(exits(keep(&process)));
                }
            };
            let [proof, limit] = contest(10, 3, [&mut proof, &mut limit]);
            let share = proof / (size as f64 * (size as f64).log2());
            let relative = share / *first.get_or_insert(share);
            let verified = verify(&process);
            let flow = [GuaranteeName::Completable, GuaranteeName::Decided, GuaranteeName::Clean]
                .map(|name| verified.verdicts().of(name).verdict.to_string());
            println!(
                "{size:>8}{:>8}{:>12}{relative:>14.2}{:>12.1}{:>12}   {}",
                process.steps().len(),
                show(proof),
                proof / limit,
                show(compiling),
                flow.join(", ")
            );
        }
    }

    fn process(&self, sketch: Sketch) -> Process {
        compiled(&sketch.definition(), &self.office).expect("the families compile")
    }
}

/// What the proof says, its time, and the time of reading every exit once, in turn.
fn measured(process: &Process) -> (Outcome, f64, f64) {
    let begun = Stopwatch::now();
    let outcome = prove(process);
    let once = begun.elapsed().as_secs_f64();
    // Half a second for all rounds: many where a proof is short, one more where it is long.
    let rounds = ((0.5 / once.max(1e-7)) as usize).clamp(1, 30);
    let each = ((0.5 / once.max(1e-7)) as usize / rounds).clamp(1, 100);
    let mut proof = |rounds: usize| {
        for _ in 0..rounds {
            keep(prove(keep(process)));
        }
    };
    let mut limit = |rounds: usize| {
        for _ in 0..rounds {
            keep(exits(keep(process)));
        }
    };
    let [proof, limit] = contest(rounds, each, [&mut proof, &mut limit]);
    (outcome, proof, limit)
}

fn said(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Sound => "sound",
        Outcome::Unsound => "unsound",
        Outcome::Unknown(reason) => reason,
    }
}

fn gave_up(searched: Explored) -> bool {
    searched.finding == Finding::GaveUp
}

/// The plain search beside a proof.
fn scale(searched: Explored, nanos: f64) {
    let Explored { states, finding } = searched;
    let came_to = match finding {
        Finding::Sound => "sound",
        Finding::Unsound(reason) => reason,
        Finding::GaveUp => "given up there",
        Finding::Unjudged => "markings only, values and counters not compared",
    };
    println!("  for scale, a plain search: {states} states in {} ({came_to})", show(nanos));
}

/// Every exit that can be reached, read once: what no proof can do without.
fn exits(process: &Process) -> usize {
    let mut reached = vec![false; process.steps().len()];
    let mut open: Vec<StepIx> = process.starts().values().flat_map(|start| start.opens.iter().copied()).collect();
    let mut count = 0;
    while let Some(step) = open.pop() {
        if reached.get_mut(step.place()).is_none_or(|reached| std::mem::replace(reached, true)) {
            continue;
        }
        for outcome in process.steps().get(step).into_iter().flat_map(|spec| &spec.outcomes) {
            let only = std::slice::from_ref(&outcome.route);
            let branches = if let Route::Choose(branches) = &outcome.route { branches.as_slice() } else { &[] };
            for route in only.iter().chain(branches.iter().map(|branch| &branch.route)) {
                count += 1;
                match route {
                    Route::Go(arcs) => open.extend(arcs.iter().map(|arc| arc.to)),
                    Route::Return(taken) => open.extend(process.returns().get(*taken).map(|taken| taken.to)),
                    Route::End(_) | Route::Choose(_) => {}
                }
            }
        }
    }
    count
}
