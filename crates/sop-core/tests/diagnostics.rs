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

/// A rule, and a file that breaks it.
type Generated = (&'static Rule, Kind, fn() -> String);

/// Inputs too large to keep as files.
const GENERATED: [Generated; 8] = [
    (&rules::FILE_TOO_LARGE, Kind::Directory, || " ".repeat(17 << 20)),
    (&rules::TOO_MANY_VALUES, Kind::Directory, || format!("[{}0]", "0,".repeat(1_000_000))),
    (&rules::TOO_MANY_FINDINGS, Kind::Directory, || {
        format!("{{ \"format\": 1, \"id\": \"pejabat\", \"people\": [{}0] }}", "0, ".repeat(202))
    }),
    (&rules::TOO_MANY_STEPS, Kind::Definition, || {
        // The limit is lower where something goes back.
        let step = |at: usize| {
            let exit = if at == 1 { "return_to\": \"s0".to_owned() } else { format!("next\": \"s{}", at + 1) };
            format!(
                "    {{ \"activity\": \"Meneruskan\", \"steps\": [{{ \"id\": \"s{at}\", \"role\": \"tu\", \"{exit}\" }}] }}"
            )
        };
        let rows: Vec<String> = (0..20_001).map(step).collect();
        base_with("\"rows\"", &format!("  \"rows\": [\n{}\n  ],\n", rows.join(",\n")))
    }),
    (&rules::TOO_MANY_EXITS, Kind::Definition, || {
        let branch = "{ \"when\": \"case.nilai > 5000000\", \"return_to\": \"catat\" }";
        let written = format!("            {branch}\n");
        assert!(base().contains(&written), "the base has the branch");
        base().replace(&written, &format!("            {}\n", vec![branch; 16_384].join(", ")))
    }),
    (&rules::GUARD_TOO_LONG, Kind::Definition, || {
        let guard = vec!["case.nilai == 1"; 2_000].join(" || ");
        base().replace("case.nilai <= 5000000", &guard)
    }),
    (&rules::TOO_MANY_PARALLEL, Kind::Definition, || {
        // One step sets the field again while another reads it, beside thousands.
        let branch = |at: usize| {
            match at {
            0 => r#"{ "id": "s0", "role": "tu", "collects": ["nilai"], "end": "bagian" }"#.to_owned(),
            1 => r#"{ "id": "s1", "role": "tu", "choose": [{ "when": "case.nilai <= 5", "end": "bagian" }, { "when": "case.nilai > 5", "end": "bagian" }] }"#.to_owned(),
            _ => format!(r#"{{ "id": "s{at}", "role": "tu", "end": "bagian" }}"#),
        }
        };
        let opened: Vec<String> = (0..9_000).map(|at| format!("\"s{at}\"")).collect();
        let first =
            format!(r#"{{ "id": "catat", "role": "tu", "collects": ["nilai"], "split": [{}] }}"#, opened.join(", "));
        let steps = std::iter::once(first).chain((0..9_000).map(branch));
        let rows: Vec<String> =
            steps.map(|step| format!(r#"    {{ "activity": "Menilai", "steps": [{step}] }}"#)).collect();
        let base = base_with("\"rows\"", &format!("  \"rows\": [\n{}\n  ],\n", rows.join(",\n")));
        base.replace(
            r#""id": "selesai", "title": "Selesai", "kind": "case""#,
            r#""id": "bagian", "title": "Bagian", "kind": "part""#,
        )
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
        Self::of_rules(|_| true)
    }

    /// Those that are files; the generated ones are as large as they are slow.
    fn all_kept() -> impl Iterator<Item = Self> {
        Self::of_rules(|rule| !GENERATED.iter().any(|(made, ..)| made.code == rule.code))
    }

    fn of_rules(wanted: impl Fn(&Rule) -> bool) -> impl Iterator<Item = Self> {
        rules_of_files()
            .filter(move |rule| wanted(rule))
            .map(|rule| Self::of(rule).unwrap_or_else(|| panic!("{} has no fixture", Self::name(rule))))
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
    let found: BTreeSet<String> =
        entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().into_string().unwrap()).collect();
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
    for fixture in Fixture::all_kept() {
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
const SAFE_FIXES: [&str; 12] = [
    "CONTROL_CHARACTER",
    "EXPECTED_COMMA",
    "GUARD_SYNTAX",
    "MISSING_COLON",
    "MISSING_COMMA",
    "ODD_BLANK",
    "ODD_QUOTES",
    "TRAILING_COMMA",
    "UNKNOWN_KEY",
    "UNKNOWN_VALUE",
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

/// The base of the fixtures with several texts replaced; each has to be there.
fn changed(changes: &[(&str, &str)]) -> String {
    let mut text = common::text_of(&fixtures().join("SOP0203-dangling-reference/good.definition.json"));
    for (old, new) in changes {
        assert!(text.contains(old), "the base has no {old}");
        text = text.replacen(old, new, 1);
    }
    text
}

fn codes_of(text: &str) -> Vec<String> {
    let folder = fixtures().join("SOP0203-dangling-reference");
    check(Kind::Definition, "naskah.json", text.as_bytes(), &folder).codes()
}

#[test]
fn six_errors_that_have_nothing_to_do_with_one_another_are_six_findings() {
    let text = changed(&[
        (r#""edition": 1"#, r#""edition": 0"#),
        (r#""effective""#, r#""efective""#),
        (r#""time": "1 jam""#, r#""time": "1 jma""#),
        (r#""next": "periksa""#, r#""next": "periska""#),
        (r#""id": "selesai", "title": "Selesai", "kind": "case""#, r#""id": "selesai", "title": 5, "kind": "case""#),
        (r#""outputs": ["surat"]"#, r#""outputs": ["surat", "surat"]"#),
    ]);
    let found = codes_of(&text);
    assert_eq!(found, ["SOP0210", "SOP0131", "SOP0401", "SOP0203", "SOP0520", "SOP0140"]);
}

#[test]
fn an_arrow_that_leads_nowhere_leaves_nothing_unreached() {
    // Rows 2 and 3 are reached by that arrow only.
    let text = changed(&[(r#""next": "periksa""#, r#""next": "periska""#)]);
    assert_eq!(codes_of(&text), ["SOP0203"]);
}

#[test]
fn what_refers_to_a_broken_part_does_not_dangle() {
    // A row whose one step can't be read; a role, a paper, an end without what they need.
    for (old, new) in [
        (r#""no": "2""#, r#""no": 2"#),
        (r#""id": "periksa""#, r#""id": "periksa", "rolle": 1"#),
        (r#"{ "id": "kabag", "title": "Kepala Bagian" }"#, r#"{ "id": "kabag" }"#),
        (r#"{ "id": "surat", "title": "Surat" }"#, r#"{ "id": "surat", "title": null }"#),
        (r#""title": "Selesai", "#, ""),
    ] {
        let found = codes_of(&changed(&[(old, new)]));
        assert_eq!(found.len(), 1, "{new}: {found:?}");
        assert!(found[0].starts_with("SOP01"), "{new}: {found:?}");
    }
    // The whole row: everything of it is poisoned, and nothing that names its step dangles.
    let text = changed(&[(r#""activity": "Memeriksa surat""#, r#""activity": ["Memeriksa surat"]"#)]);
    assert_eq!(codes_of(&text), ["SOP0140"]);
}

/// Whatever single value can't be read: what is said is about that value, never about what merely follows from it.
#[test]
fn a_value_that_cannot_be_read_has_no_consequences() {
    let definition = |path: std::path::PathBuf| (Kind::Definition, path);
    let fixtures = fixtures();
    let files = [
        definition(common::definitions().join("narasumber.json")),
        definition(common::definitions().join("fixtures/paralel.json")),
        definition(common::definitions().join("fixtures/dua_isian.json")),
        (Kind::Office, common::definitions().join("kantor.json")),
        (Kind::Directory, fixtures.join("SOP0728-plh-without-absence/good.directory.json")),
    ];
    for (kind, path) in files {
        let text = common::text_of(&path);
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let folder = path.parent().unwrap();
        let before: BTreeSet<String> =
            check(kind, "berkas.json", text.as_bytes(), folder).codes().into_iter().collect();
        let mut open = vec![String::new()];
        let mut tried = 0;
        while let Some(place) = open.pop() {
            let here = file.pointer(&place).unwrap();
            match here {
                serde_json::Value::Object(members) => open.extend(members.keys().map(|key| format!("{place}/{key}"))),
                serde_json::Value::Array(items) => open.extend((0..items.len()).map(|at| format!("{place}/{at}"))),
                _ => {}
            }
            // A number is what most keys don't hold; those that do get a text.
            let stranger = if here.is_number() { serde_json::json!("lima") } else { serde_json::json!(5) };
            let mut broken = file.clone();
            *broken.pointer_mut(&place).unwrap() = stranger;
            let found = check(kind, "berkas.json", broken.to_string().as_bytes(), folder);
            let consequence =
                found.codes().into_iter().find(|code| !code.starts_with("SOP01") && !before.contains(code));
            assert_eq!(consequence, None, "{} {place}\n{}", path.display(), found.report(Language::English));
            assert!(found.diagnostics.has_errors(), "{} {place}", path.display());
            tried += 1;
        }
        assert!(tried > 20, "{tried}");
    }
}

#[test]
fn a_second_of_the_same_name_is_one_finding_whatever_it_names() {
    let text = common::text_of(&fixtures().join("pilihan.json"));
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    for list in ["/roles", "/papers", "/fields", "/rows/0/steps", "/starts", "/ends"] {
        let mut twice = file.clone();
        let items = twice.pointer_mut(list).unwrap().as_array_mut().unwrap();
        items.push(items[0].clone());
        let found = codes_of(&twice.to_string());
        assert_eq!(found, ["SOP0201"], "{list}");
    }
}

#[test]
fn what_the_policy_says_for_all_is_told_once() {
    let text = changed(&[(
        "\n  \"ends\"",
        "\n  \"policy\": { \"reason\": \"Contoh.\", \"overdue\": [{ \"after\": \"1 hari\", \"remind\": \"kabg\" }] },\n  \"ends\"",
    )]);
    assert_eq!(codes_of(&text), ["SOP0203"]);
}

fn count(diagnostics: &Diagnostics) -> BTreeMap<&'static str, usize> {
    let mut count = BTreeMap::new();
    for finding in diagnostics {
        *count.entry(finding.rule.name).or_insert(0) += 1;
    }
    count
}
