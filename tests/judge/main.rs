//! A second opinion about every verdict: a judge that explores the moves of a small process plainly, state by state and
//! value by value, and says of each guarantee but `staffed` whether it holds.
//!
//! The judge shares the core's transition function with the verifier, and nothing else: no cells, no reduction, no
//! structural argument. `PROPTEST_CASES` says how many definitions are judged; `JUDGE_FINDINGS` names a folder for
//! definitions about which the two differ.

mod board;
mod compare;
mod opinion;
mod sketch;
mod space;
mod tape;
mod timed;
mod values;

#[path = "../proofs/common.rs"]
mod common;

use std::collections::BTreeMap;
use std::time::Instant;

use compare::{Compared, MOST, compare, office};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sketch::{Recipe, definition, recipes};
use sop_core::process::CheckedOffice;
use sop_testkit::outline;

/// A definition about which the two differ, as small as it was found.
struct Found {
    count: u64,
    size: usize,
    recipe: Option<Box<dyn ValueTree<Value = Recipe>>>,
}

fn differs(recipe: &Recipe, office: &CheckedOffice, kind: &str) -> bool {
    compare(&definition(recipe), office, MOST).differences.iter().any(|difference| difference.kind == kind)
}

/// The least recipe that still shows a kind of difference.
fn shrunk(tree: &mut dyn ValueTree<Value = Recipe>, office: &CheckedOffice, kind: &str) -> Recipe {
    let mut least = tree.current();
    for _ in 0..3_000 {
        let is_simpler = tree.simplify();
        if !is_simpler {
            break;
        }
        loop {
            if differs(&tree.current(), office, kind) {
                least = tree.current();
                break;
            }
            if !tree.complicate() {
                break;
            }
        }
    }
    least
}

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
    let began = Instant::now();
    for _ in 0..cases {
        let tree = strategy.new_tree(&mut runner).expect("recipes refuse nothing");
        let recipe = tree.current();
        let Compared { compiled: readings, too_large: large, states: all, differences, met: seen } =
            compare(&definition(&recipe), &office, MOST);
        compiled += readings as u64;
        whole += u64::from(readings == 2);
        too_large += large as u64;
        states += all;
        for (what, count) in seen {
            *met.entry(what).or_default() += count;
        }
        let mut tree: Option<Box<dyn ValueTree<Value = Recipe>>> = Some(Box::new(tree));
        let mut kinds: Vec<&str> = differences.iter().map(|difference| difference.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let size = recipe.0.len();
            let known = found
                .entry(kind.to_owned())
                .or_insert_with(|| Found { count: 0, size: usize::MAX, recipe: None });
            known.count += 1;
            if size < known.size
                && let Some(tree) = tree.take()
            {
                known.size = size;
                known.recipe = Some(tree);
            }
        }
    }
    let took = began.elapsed();
    eprintln!(
        "{cases} definitions in {took:.1?}, {:.0} a second; both readings compile {whole}, readings {compiled}, too large \
         {too_large}, states {states}",
        f64::from(cases) / took.as_secs_f64()
    );
    for (what, count) in &met {
        eprintln!("{count:8} {what}");
    }
    let mut said = String::new();
    for (kind, found) in &mut found {
        said += &format!("\n==== {} times: {kind}\n", found.count);
        let Some(tree) = &mut found.recipe else { continue };
        let recipe = shrunk(tree.as_mut(), &office, kind);
        let definition = definition(&recipe);
        let json = serde_json::to_string_pretty(&definition).expect("a definition is JSON");
        for difference in compare(&definition, &office, MOST).differences {
            said += &format!("{}\n", difference.said);
        }
        said += &outline(&definition);
        match std::env::var("JUDGE_FINDINGS") {
            Ok(folder) => save(&folder, kind, &json),
            Err(_) => said += &json,
        }
    }
    assert!(found.is_empty(), "the judge and the verifier differ in {} ways:{said}", found.len());
}

/// Keeps a definition as a file.
fn save(folder: &str, kind: &str, json: &str) {
    let name: String = kind.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    std::fs::create_dir_all(folder).expect("the folder of findings can be made");
    std::fs::write(format!("{folder}/{name}.json"), json).expect("a finding can be written");
    std::fs::write(format!("{folder}/kantor.json"), compare::OFFICE).expect("the office can be written");
}
