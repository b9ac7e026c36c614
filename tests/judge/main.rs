//! A second opinion about every verdict: a judge that explores the moves of a small process plainly, state by state and
//! value by value, and says of each guarantee but `staffed` whether it holds.
//!
//! The judge shares the core's transition function with the verifier, and nothing else: no cells, no reduction, no
//! structural argument. `PROPTEST_CASES` says how many definitions are judged; `JUDGE_FINDINGS` names a folder for
//! definitions about which the two differ.

mod board;
mod compare;
mod core_agrees;
mod opinion;
mod sketch;
mod space;
mod tables;
mod tape;
mod timed;
mod values;

#[path = "../proofs/common.rs"]
mod common;

use std::collections::BTreeMap;
use std::time::Instant;

use compare::{Compared, MOST, compare, office};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sketch::{Recipe, definition, recipes};
use sop_core::definition::Definition;
use sop_core::process::CheckedOffice;
use sop_testkit::outline;

/// A kind of difference, with the smallest recipe that showed it.
struct Found {
    count: u64,
    recipe: Recipe,
    is_weak: bool,
}

fn differs(recipe: &Recipe, office: &CheckedOffice, kind: &str) -> bool {
    compare(&definition(recipe), office, MOST).differences.iter().any(|difference| difference.kind == kind)
}

/// A small recipe that still shows a kind of difference: steps are left out, then choices are made the simplest.
fn shrunk(recipe: &Recipe, office: &CheckedOffice, kind: &str) -> Recipe {
    let mut least = recipe.clone();
    let mut tries = 0;
    loop {
        let before = tries;
        let mut try_out = |least: &mut Recipe, change: &dyn Fn(&mut Recipe)| {
            let mut simpler = least.clone();
            change(&mut simpler);
            if simpler != *least && simpler.0.len() >= LEAST_STEPS && tries < MOST_TRIES {
                tries += 1;
                if differs(&simpler, office, kind) {
                    *least = simpler;
                    return true;
                }
            }
            false
        };
        let mut changed = false;
        for at in (0..least.0.len()).rev() {
            changed |= try_out(&mut least, &|recipe| {
                recipe.0.remove(at);
            });
        }
        for size in [40, 8, 1] {
            for part in 0..=least.0.len() {
                for from in (0..40).step_by(size) {
                    let zero = |recipe: &mut Recipe| {
                        let chunk = recipe.0.get_mut(part).unwrap_or(&mut recipe.1);
                        chunk[from..from + size].fill(0);
                    };
                    changed |= try_out(&mut least, &zero);
                }
            }
        }
        if !changed || tries == before || tries >= MOST_TRIES {
            return least;
        }
    }
}

const LEAST_STEPS: usize = 1;
const MOST_TRIES: usize = 4_000;

#[test]
fn the_judge_and_the_verifier_agree() {
    let office = office();
    let config = common::config(300);
    let cases = config.cases;
    let mut runner = TestRunner::new(config);
    let strategy = recipes();
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut met: BTreeMap<String, u64> = BTreeMap::new();
    let (mut compiled, mut whole, mut too_large, mut states) = (0_u64, 0_u64, 0_u64, 0_usize);
    let mut times = [0_u128; 3];
    let began = Instant::now();
    for _ in 0..cases {
        let tree = strategy.new_tree(&mut runner).expect("recipes refuse nothing");
        let recipe = tree.current();
        let Compared { compiled: readings, too_large: large, states: all, differences, met: seen, took } =
            compare(&definition(&recipe), &office, MOST);
        compiled += readings as u64;
        whole += u64::from(readings == 2);
        too_large += large as u64;
        states += all;
        for (sum, one) in times.iter_mut().zip(took) {
            *sum += one;
        }
        for (what, count) in seen {
            *met.entry(what).or_default() += count;
        }
        let mut kinds: Vec<(&str, bool)> =
            differences.iter().map(|difference| (difference.kind.as_str(), difference.is_weak)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for (kind, is_weak) in kinds {
            let known =
                found.entry(kind.to_owned()).or_insert_with(|| Found { count: 0, recipe: recipe.clone(), is_weak });
            known.count += 1;
            if recipe.0.len() < known.recipe.0.len() {
                known.recipe.clone_from(&recipe);
            }
        }
    }
    let took = began.elapsed();
    eprintln!(
        "{cases} definitions in {took:.1?}, {:.0} a second; both readings compile {whole}, readings {compiled}, too large \
         {too_large}, states {states}; compiling, judging and verifying took {times:?} µs",
        f64::from(cases) / took.as_secs_f64()
    );
    for (what, count) in &met {
        eprintln!("{count:8} {what}");
    }
    let folder = std::env::var("JUDGE_FINDINGS").ok();
    let mut said = String::new();
    for (kind, found) in &found {
        let example = |said: &mut String| {
            let definition = definition(&shrunk(&found.recipe, &office, kind));
            for difference in compare(&definition, &office, MOST).differences {
                *said += &format!("{}\n", difference.said);
            }
            *said += &outline(&definition);
            *said += &clocks(&definition);
            let json = serde_json::to_string_pretty(&definition).expect("a definition is JSON");
            match &folder {
                Some(folder) => save(folder, kind, &json),
                None => *said += &json,
            }
        };
        match (found.is_weak, &folder) {
            (true, None) => eprintln!("weak {} times: {kind}", found.count),
            (true, Some(_)) => {
                let mut said = String::new();
                example(&mut said);
                eprintln!("---- weak {} times: {kind}\n{said}", found.count);
            }
            (false, _) => {
                said += &format!("\n==== {} times: {kind}\n", found.count);
                example(&mut said);
            }
        }
    }
    let count = found.values().filter(|found| !found.is_weak).count();
    assert!(count == 0, "the judge and the verifier differ in {count} ways:{said}");
}

/// What an outline leaves out: steps that share a clock, and times of rework.
fn clocks(definition: &Definition) -> String {
    let shared = definition.rows.iter().filter(|row| row.shared_time);
    let steps = shared.map(|row| row.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>().join(" + "));
    let mut said: String = steps.map(|steps| format!("one clock: {steps}\n")).collect();
    let policy = definition.policy.iter().flat_map(|policy| &policy.steps);
    said.extend(
        policy.filter_map(|(id, own)| own.rework_time.as_ref().map(|time| format!("rework of {id}: {time}\n"))),
    );
    said
}

/// Keeps a definition as a file.
fn save(folder: &str, kind: &str, json: &str) {
    let name: String = kind.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    std::fs::create_dir_all(folder).expect("the folder of findings can be made");
    std::fs::write(format!("{folder}/{name}.json"), json).expect("a finding can be written");
    std::fs::write(format!("{folder}/kantor.json"), compare::OFFICE).expect("the office can be written");
}
