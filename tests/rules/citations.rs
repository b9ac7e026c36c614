//! Every rule of how a case moves is cited by a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The rules of the chapter 'How a case moves', and that of the hashes.
const RULES: [&str; 28] = [
    "H1", "F1", "F2", "F3", "F4", "F5", "R1", "R2", "R3", "P1", "P2", "P3", "P4", "P5", "T0", "T1", "T2", "T3", "T4",
    "T5", "T6", "W1", "W2", "W3", "W4", "C1", "C2", "G6",
];

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
    let missing: Vec<&str> = RULES.into_iter().filter(|rule| !found.contains_key(*rule)).collect();
    assert!(missing.is_empty(), "no test cites {missing:?}");
}

#[test]
fn every_citation_is_of_a_rule() {
    let found = citations();
    let unknown: Vec<&String> = found.keys().filter(|rule| !RULES.contains(&rule.as_str())).collect();
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
