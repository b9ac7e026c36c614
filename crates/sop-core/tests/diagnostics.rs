//! Every rule about files, shown at a file that breaks it.
//!
//! `tests/diagnostics/SOP0203-dangling-reference/` holds `bad.definition.json`, what is said about it in both languages
//! (`bad.id.txt`, `bad.en.txt`), where it is said (`place.txt`, a JSON pointer), and the same file mended. With
//! `UPDATE_EXPECT=1` the reports are written anew; read them before committing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use common::{Checked, Kind, check};
use sop_core::diagnostic::rules::{self, RULES};
use sop_core::diagnostic::{Applicability, Diagnostics, Fix, Language, Rule};
use sop_core::text::SourceText;

/// From this code on a rule isn't about what a file of this crate says: scenarios, verifier, engine, import.
const ELSEWHERE: u16 = 800;

/// Inputs too large to keep as files.
const GENERATED: [(&Rule, Kind, fn() -> String); 6] = [
    (&rules::FILE_TOO_LARGE, Kind::Directory, || " ".repeat(17 << 20)),
    (&rules::TOO_MANY_VALUES, Kind::Directory, || format!("[{}0]", "0,".repeat(1_000_000))),
    (&rules::TOO_MANY_FINDINGS, Kind::Directory, || {
        format!("{{ \"format\": 1, \"id\": \"pejabat\", \"people\": [{}0] }}", "0, ".repeat(202))
    }),
    (&rules::TOO_MANY_STEPS, Kind::Definition, || {
        let step = |at: usize| {
            format!(
                "    {{ \"activity\": \"Meneruskan\", \"steps\": [{{ \"id\": \"s{at}\", \"role\": \"tu\", \"next\": \"s{}\" }}] }}",
                at + 1
            )
        };
        let rows: Vec<String> = (0..20_001).map(step).collect();
        base_with("\"rows\"", &format!("  \"rows\": [\n{}\n  ],\n", rows.join(",\n")))
    }),
    (&rules::GUARD_TOO_LONG, Kind::Definition, || {
        let guard = vec!["case.nilai == 1"; 2_000].join(" || ");
        base().replace("case.nilai <= 5000000", &guard)
    }),
    (&rules::TOO_MANY_FIELDS, Kind::Definition, || {
        let field = |at: usize| format!("    {{ \"id\": \"f{at}\", \"title\": \"F\", \"type\": \"bool\" }}");
        let fields: Vec<String> = (0..70_000).map(field).collect();
        base_with("\"fields\"", &format!("  \"fields\": [\n{}\n  ],\n", fields.join(",\n")))
    }),
];

fn fixtures() -> PathBuf {
    common::crate_folder().join("tests/diagnostics")
}

/// The definition that generated ones start from.
fn base() -> String {
    common::text_of(&fixtures().join("pilihan.json"))
}

/// The base with the lines of one outermost member replaced.
fn base_with(key: &str, lines: &str) -> String {
    let text = base();
    let start = text.find(&format!("\n  {key}")).expect("the base has the key") + 1;
    let end = start + text[start..].find("\n  \"").expect("another key follows") + 1;
    format!("{}{lines}{}", &text[..start], &text[end..])
}

/// A rule's folder, and what lies in it.
struct Fixture {
    rule: &'static Rule,
    folder: PathBuf,
    kind: Kind,
    /// Its bad file, and the mended one; a generated one has none.
    bad: Vec<u8>,
    good: Option<Vec<u8>>,
    generated: bool,
}

impl Fixture {
    fn name(rule: &Rule) -> String {
        format!("{}-{}", rule.code(), rule.name.to_lowercase().replace('_', "-"))
    }

    fn of(rule: &'static Rule) -> Option<Self> {
        let folder = fixtures().join(Self::name(rule));
        if let Some((_, kind, make)) = GENERATED.iter().find(|(made, _, _)| made.code == rule.code) {
            return Some(Self { rule, folder, kind: *kind, bad: make().into(), good: None, generated: true });
        }
        let kind = Kind::ALL.into_iter().find(|kind| folder.join(format!("bad.{}.json", kind.word())).exists())?;
        let read = |which: &str| std::fs::read(folder.join(format!("{which}.{}.json", kind.word()))).ok();
        Some(Self { rule, kind, bad: read("bad")?, good: read("good"), folder, generated: false })
    }

    fn all() -> impl Iterator<Item = Self> {
        rules_of_files().map(|rule| Self::of(rule).unwrap_or_else(|| panic!("{} has no fixture", Self::name(rule))))
    }

    fn check(&self, which: &str, bytes: &[u8]) -> Checked {
        check(self.kind, &format!("{which}.{}.json", self.kind.word()), bytes, &self.folder)
    }

    fn place(&self) -> String {
        common::text_of(&self.folder.join("place.txt")).trim_end().to_owned()
    }
}

fn rules_of_files() -> impl Iterator<Item = &'static Rule> {
    RULES.into_iter().filter(|rule| rule.code < ELSEWHERE)
}

/// Compares with a file; with `UPDATE_EXPECT=1` writes it.
fn expect_file(path: &Path, actual: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != actual {
        wrong.push(format!("{} differs; the report is now\n{actual}", path.display()));
    }
}

#[test]
fn every_rule_has_its_fixture_and_every_fixture_its_rule() {
    let expected: BTreeSet<String> = rules_of_files().map(Fixture::name).collect();
    let entries = std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap());
    let found: BTreeSet<String> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    let astray: Vec<_> = found.difference(&expected).collect();
    assert!(missing.is_empty() && astray.is_empty(), "without a fixture: {missing:?}; naming no rule: {astray:?}");
    for rule in RULES.into_iter().filter(|rule| rule.code >= ELSEWHERE) {
        assert!(rule.code >= 2_000, "{rule}: say here who tests it");
    }
}

#[test]
fn a_bad_file_is_told_its_rule_at_its_place_and_a_mended_one_nothing() {
    let mut wrong = Vec::new();
    for fixture in Fixture::all() {
        let name = Fixture::name(fixture.rule);
        let mut found = fixture.check("bad", &fixture.bad);
        let place = fixture.place();
        let told = found.diagnostics.iter().any(|finding| {
            finding.rule.code == fixture.rule.code
                && finding.primary().is_some_and(|label| label.pointer.as_str() == place)
        });
        if !told {
            let places: Vec<String> = found
                .diagnostics
                .iter()
                .map(|finding| {
                    let pointer = finding.primary().map(|label| label.pointer.to_string());
                    format!("{} at {pointer:?}", finding.rule.code())
                })
                .take(5)
                .collect();
            wrong.push(format!("{name}: not at `{place}`, but {places:?}"));
        }
        if fixture.generated {
            // Its report would be as long as the file; what the rule itself says is enough.
            found.diagnostics =
                found.diagnostics.iter().filter(|finding| finding.rule.code == fixture.rule.code).cloned().collect();
        } else if let Some(other) = found.diagnostics.iter().find(|finding| finding.rule.code != fixture.rule.code) {
            wrong.push(format!("{name}: one cause, one report; but also {}", other.rule.code()));
        }
        for (suffix, language) in [("id", Language::Indonesian), ("en", Language::English)] {
            expect_file(&fixture.folder.join(format!("bad.{suffix}.txt")), &found.report(language), &mut wrong);
        }
        match &fixture.good {
            Some(good) => {
                let found = fixture.check("good", good);
                if !found.diagnostics.is_empty() {
                    wrong.push(format!("{name}: the mended file\n{}", found.report(Language::English)));
                }
            }
            None => assert!(fixture.generated, "{name} has no mended file"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_safe_fix_removes_its_finding_and_brings_no_other() {
    let mut applied = BTreeMap::new();
    for fixture in Fixture::all().filter(|fixture| !fixture.generated) {
        let name = Fixture::name(fixture.rule);
        let before = fixture.check("bad", &fixture.bad);
        let Some(source) = &before.source else { continue };
        for finding in &before.diagnostics {
            for fix in finding.fixes.iter().filter(|fix| fix.applicability == Applicability::Safe) {
                let after = after_fix(&fixture, fix, finding.rule, &before, source);
                let (old, new) = (count(&before.diagnostics), count(&after.diagnostics));
                let fewer = new.get(finding.rule.name).copied().unwrap_or(0) < old[finding.rule.name];
                let brought: Vec<_> = new.iter().filter(|(code, n)| old.get(*code).is_none_or(|was| was < n)).collect();
                assert!(fewer && brought.is_empty(), "{name}: after the fix\n{}", after.report(Language::English));
                *applied.entry(finding.rule.name).or_insert(0) += 1;
            }
        }
    }
    // The rules that promise a fix by themselves; a fix that goes missing is noticed here.
    let promised = BTreeSet::from(SAFE_FIXES);
    assert_eq!(applied.keys().copied().collect::<BTreeSet<_>>(), promised);
}

/// The rules whose fixture shows a fix that is applied without asking.
const SAFE_FIXES: [&str; 11] = [
    "CONTROL_CHARACTER",
    "EXPECTED_COMMA",
    "GUARD_SYNTAX",
    "MISSING_COLON",
    "MISSING_COMMA",
    "ODD_BLANK",
    "ODD_QUOTES",
    "TRAILING_COMMA",
    "UNKNOWN_KEY",
    "UNQUOTED_KEY",
    "WRONG_TYPE",
];

/// The file once a fix was applied. What isn't JSON yet is mended by edits of the text.
fn after_fix(fixture: &Fixture, fix: &Fix, rule: &Rule, before: &Checked, source: &SourceText) -> Checked {
    let text = match &before.json {
        Some(json) => {
            let mended = fix.apply(source, json);
            assert_ne!(mended, source.text(), "{rule}: the fix changes nothing");
            mended
        }
        None => panic!("{rule}: a fix for a text that could not be read to its end"),
    };
    fixture.check("bad", text.as_bytes())
}

fn count(diagnostics: &Diagnostics) -> BTreeMap<&'static str, usize> {
    let mut count = BTreeMap::new();
    for finding in diagnostics {
        *count.entry(finding.rule.name).or_insert(0) += 1;
    }
    count
}
