//! Every rule of how a case moves is cited by a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The page of the rules.
const PAGE: &str = include_str!("../../crates/sop-core/SEMANTICS.md");

/// The rules that the tests of the verifier and of the judge are about.
const BY_PROOFS: [&str; 6] = ["P6", "G1", "G2", "G3", "G4", "G5"];

/// The rules that are not built yet, or that no test shows: each leaves this list with its first test.
const NOT_YET: [&str; 9] = ["P7", "P8", "T7", "T8", "W5", "W6", "C3", "C4", "C5"];

/// The rules of the page: each begins a paragraph, or a list item, with its name and a full stop.
fn rules() -> BTreeSet<&'static str> {
    let named = |line: &'static str| {
        let (name, _) = line.trim_start_matches("- ").split_once(". ")?;
        (cited(name).next() == Some(name)).then_some(name)
    };
    PAGE.lines().filter_map(named).collect()
}

/// The words of a line that look like the name of a rule.
fn cited(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| {
        let mut letters = word.chars();
        let first = letters.next().is_some_and(|letter| "HFRPTWCG".contains(letter));
        first && letters.next().is_some_and(|digit| digit.is_ascii_digit()) && letters.next().is_none()
    })
}

/// The rules that the doc comments of tests cite, with the tests.
fn citations() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    for file in std::fs::read_dir(&folder).expect("the folder of the rules") {
        let text = std::fs::read_to_string(file.expect("an entry").path()).expect("a source file");
        let mut rules: Vec<String> = Vec::new();
        let mut is_test = false;
        for line in text.lines() {
            if let Some(doc) = line.strip_prefix("/// ") {
                rules.extend(cited(doc).map(str::to_owned));
            } else if line == "#[test]" {
                is_test = true;
            } else if let Some(name) = line.strip_prefix("fn ") {
                if is_test {
                    let name = name.split('(').next().unwrap_or(name);
                    for rule in &rules {
                        found.entry(rule.clone()).or_default().insert(name.to_owned());
                    }
                }
                rules.clear();
                is_test = false;
            } else if !line.starts_with('#') {
                rules.clear();
                is_test = false;
            }
        }
    }
    found
}

#[test]
fn every_rule_is_cited_by_a_test() {
    let found = citations();
    let missing: Vec<&str> = rules().into_iter().filter(|rule| !found.contains_key(*rule)).collect();
    let known: BTreeSet<&str> = BY_PROOFS.into_iter().chain(NOT_YET).collect();
    assert_eq!(missing.into_iter().collect::<BTreeSet<_>>(), known, "the rules that no test of this folder cites");
}

#[test]
fn every_citation_is_of_a_rule() {
    let found = citations();
    let rules = rules();
    let unknown: Vec<&String> = found.keys().filter(|rule| !rules.contains(rule.as_str())).collect();
    assert!(unknown.is_empty(), "there is no {unknown:?}");
}

#[test]
fn a_test_is_named_after_the_first_rule_that_it_cites() {
    for (rule, tests) in citations() {
        for test in tests {
            let named = test.split('_').take_while(|word| cited(&word.to_uppercase()).count() == 1);
            let named: Vec<String> = named.map(str::to_uppercase).collect();
            assert!(!named.is_empty(), "`{test}` cites {rule} and is named after no rule");
        }
    }
}
