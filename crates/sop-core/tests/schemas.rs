//! The JSON Schemas that editors complete by: current, in Indonesian, and of one mind with the decoder.
//!
//! With `UPDATE_SCHEMAS=1` the files under `definitions/schema/` are written anew.
#![cfg(feature = "schema")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use common::{Kind, definitions, text_of};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use sop_core::definition::{Definition, DirectoryFile, Office};
use sop_core::diagnostic::Diagnostics;
use sop_core::format::{parse, schema};
use sop_core::text::SourceText;
use sop_core::time::CalendarFile;

fn schema_of(kind: Kind) -> Value {
    match kind {
        Kind::Definition => schema::<Definition>(),
        Kind::Office => schema::<Office>(),
        Kind::Directory => schema::<DirectoryFile>(),
        Kind::Calendar => schema::<CalendarFile>(),
    }
}

fn file_of(kind: Kind) -> PathBuf {
    let name = match kind {
        Kind::Definition => "sop",
        Kind::Office => "office",
        Kind::Directory => "directory",
        Kind::Calendar => "calendar",
    };
    definitions().join(format!("schema/{name}.schema.json"))
}

/// What the decoder says of a text.
fn decoded(kind: Kind, text: &str) -> Diagnostics {
    let source = SourceText::new("file.json", text);
    match kind {
        Kind::Definition => parse::<Definition>(source).diagnostics,
        Kind::Office => parse::<Office>(source).diagnostics,
        Kind::Directory => parse::<DirectoryFile>(source).diagnostics,
        Kind::Calendar => parse::<CalendarFile>(source).diagnostics,
    }
}

/// Every file that the project ships in one of the formats.
fn shipped() -> Vec<(Kind, PathBuf)> {
    let mut files = Vec::new();
    for folder in ["", "fixtures", "calendars"] {
        for entry in std::fs::read_dir(definitions().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if !name.ends_with(".json") || name.ends_with(".uji.json") {
                continue;
            }
            let kind = match (folder, name.as_str()) {
                ("calendars", _) => Kind::Calendar,
                (_, "kantor.json") => Kind::Office,
                (_, "pejabat.json") => Kind::Directory,
                _ => Kind::Definition,
            };
            files.push((kind, path));
        }
    }
    files.sort();
    for kind in Kind::ALL {
        assert!(files.iter().any(|(other, _)| *other == kind), "no {} is shipped", kind.word());
    }
    files
}

#[test]
fn the_files_checked_in_are_current() {
    for kind in Kind::ALL {
        let text = serde_json::to_string_pretty(&schema_of(kind)).unwrap() + "\n";
        let path = file_of(kind);
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == text, "{} is not current: run the tests with UPDATE_SCHEMAS=1", path.display());
    }
}

#[test]
fn the_schemas_are_valid_schemas() {
    for kind in Kind::ALL {
        assert!(jsonschema::meta::is_valid(&schema_of(kind)), "{}", kind.word());
    }
}

/// Every type has a title and says what it is; every key is described; nothing of it is English.
#[test]
fn an_editor_shows_indonesian() {
    let english = ["the", "of", "is", "are", "and", "or", "with", "which", "whether", "where", "how", "for"];
    for kind in Kind::ALL {
        let root = schema_of(kind);
        let mut texts = 0;
        let mut open = vec![(String::new(), &root)];
        while let Some((place, value)) = open.pop() {
            if let Some(properties) = value.get("properties").and_then(Value::as_object) {
                for text in ["title", "description"] {
                    assert!(value.get(text).is_some_and(Value::is_string), "{}{place}: no {text}", kind.word());
                }
                for (key, property) in properties {
                    assert!(property.get("description").is_some(), "{}{place}: `{key}` is not described", kind.word());
                }
            }
            for text in ["title", "description"].into_iter().filter_map(|text| value.get(text)?.as_str()) {
                texts += 1;
                assert!(!text.trim().is_empty(), "{}{place}: an empty text", kind.word());
                // The formats' own words stay as they are: they are what is written.
                let spoken = text.split(['"', '`']).step_by(2).flat_map(str::split_whitespace);
                let foreign =
                    spoken.map(|word| word.trim_matches(|c: char| !c.is_alphabetic())).find(|w| english.contains(w));
                assert_eq!(foreign, None, "{}{place}: {text}", kind.word());
            }
            match value {
                Value::Object(members) => {
                    open.extend(members.iter().map(|(key, inner)| (format!("{place}/{key}"), inner)))
                }
                Value::Array(items) => {
                    open.extend(items.iter().enumerate().map(|(at, inner)| (format!("{place}/{at}"), inner)))
                }
                _ => {}
            }
        }
        assert!(texts > 10, "{}: {texts} texts", kind.word());
    }
}

#[test]
fn an_independent_validator_accepts_every_file_that_is_shipped() {
    for (kind, path) in shipped() {
        let validator = validator(kind);
        let file: Value = serde_json::from_str(&text_of(&path)).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

/// The schema that a file names is the one of its format, and is there.
#[test]
fn the_schema_that_a_shipped_file_names_is_its_own() {
    for (kind, path) in shipped() {
        let file: Value = serde_json::from_str(&text_of(&path)).unwrap();
        let Some(named) = file.get("$schema").and_then(Value::as_str) else { continue };
        let named = path.parent().unwrap().join(named);
        assert_eq!(named.canonicalize().ok(), file_of(kind).canonicalize().ok(), "{}", path.display());
    }
}

type Judges = (Validator, BTreeSet<Vec<String>>);

/// For each format its validator, and the keys that exclude one another.
static VALIDATORS: LazyLock<BTreeMap<Kind, Judges>> =
    LazyLock::new(|| Kind::ALL.map(|kind| (kind, (validator(kind), exclusive_keys(kind)))).into());

fn validator(kind: Kind) -> Validator {
    jsonschema::validator_for(&schema_of(kind)).unwrap()
}

/// Where the two differ on a file, in words; `None` where they agree.
fn disagreement(kind: Kind, validator: &Validator, accepted: bool, file: &Value, mutation: &str) -> Option<String> {
    let found = decoded(kind, &file.to_string());
    match (accepted, found.has_errors()) {
        (true, true) => Some(format!("{} {mutation}: the schema accepts it; {found}", kind.word())),
        (false, false) => {
            let error = validator.iter_errors(file).next().map(|error| error.to_string());
            Some(format!("{} {mutation}: decoded, but the schema says {error:?}", kind.word()))
        }
        _ => None,
    }
}

/// Places in a file that differ in more than the numbers of their items, two of each.
fn places(file: &Value) -> Vec<String> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut places = Vec::new();
    let mut open = vec![(String::new(), file)];
    while let Some((place, value)) = open.pop() {
        let segments = place.split('/').map(|part| if part.parse::<usize>().is_ok() { "*" } else { part });
        let seen = known.entry(segments.collect::<Vec<_>>().join("/")).or_insert(0);
        *seen += 1;
        if *seen <= 2 {
            places.push(place.clone());
        }
        match value {
            Value::Object(members) => open.extend(members.iter().map(|(key, inner)| (format!("{place}/{key}"), inner))),
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(at, inner)| (format!("{place}/{at}"), inner)))
            }
            _ => {}
        }
    }
    places
}

/// The sets of keys that exclude one another, from the schemas themselves.
fn exclusive_keys(kind: Kind) -> BTreeSet<Vec<String>> {
    let mut sets = BTreeSet::new();
    let root = schema_of(kind);
    let mut open = vec![&root];
    while let Some(value) = open.pop() {
        for group in value.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let keys = group["oneOf"].as_array().into_iter().flatten();
            let keys: Vec<String> = keys.filter_map(|one| Some(one["required"][0].as_str()?.to_owned())).collect();
            if !keys.is_empty() {
                sets.insert(keys);
            }
        }
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    sets
}

/// What can be put in the place of any value.
fn strangers() -> [Value; 12] {
    [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(5_000_000_000_i64),
        json!(10_000_000_000_000_000_000_u64),
        json!(""),
        json!("Dua Kata"),
        json!("satu"),
        json!([]),
        json!({}),
    ]
}

/// Every single change at a place.
fn mutations(file: &Value, place: &str, exclusive: &BTreeSet<Vec<String>>, values: bool) -> Vec<(String, Value)> {
    let mut mutants = Vec::new();
    let mut changed = |says: String, change: &dyn Fn(&mut Value)| {
        let mut mutant = file.clone();
        change(mutant.pointer_mut(place).unwrap());
        mutants.push((format!("{place}: {says}"), mutant));
    };
    let here = file.pointer(place).unwrap();
    if let Some(members) = here.as_object() {
        for key in members.keys() {
            changed(format!("without {key}"), &|value| {
                value.as_object_mut().unwrap().remove(key);
            });
        }
        changed("with an unknown key".to_owned(), &|value| value["kunci_asing"] = json!(1));
        for keys in exclusive {
            for present in keys.iter().filter(|key| members.contains_key(*key)) {
                for absent in keys.iter().filter(|key| !members.contains_key(*key)) {
                    changed(format!("{absent} beside {present}"), &|value| {
                        value[absent] = if absent == "split" || absent == "roles" { json!(["a"]) } else { json!("a") };
                    });
                }
            }
        }
    }
    for stranger in strangers().into_iter().filter(|_| values) {
        if stranger != *here {
            changed(format!("{stranger} instead"), &|value| *value = stranger.clone());
        }
    }
    mutants
}

#[test]
fn a_changed_file_is_refused_by_the_schema_exactly_when_the_decoder_refuses_it() {
    let (mut tried, mut refused, mut told) = (0_usize, 0_usize, BTreeSet::new());
    for kind in Kind::ALL {
        let (validator, exclusive) = &VALIDATORS[&kind];
        // Every shipped file with its keys changed; the one file that has every key also with its values changed.
        let shipped = small_files(kind).into_iter().map(|file| (file, false));
        for (file, values) in shipped.chain([(full_file(kind), true)]) {
            for place in places(&file) {
                for (mutation, mutant) in mutations(&file, &place, exclusive, values) {
                    tried += 1;
                    let accepted = validator.is_valid(&mutant);
                    refused += usize::from(!accepted);
                    told.extend(disagreement(kind, validator, accepted, &mutant, &mutation));
                }
            }
        }
    }
    println!("{tried} changed files, {refused} refused by both");
    assert!(tried > 3_000 && refused > tried / 4 && refused < tried, "{tried} tried, {refused} refused");
    assert!(
        told.is_empty(),
        "{} disagreements:\n{}",
        told.len(),
        told.into_iter().take(40).collect::<Vec<_>>().join("\n")
    );
}

/// The file of the format that uses every key.
fn full_file(kind: Kind) -> Value {
    let name = match kind {
        Kind::Definition => "naskah",
        Kind::Office => "kantor",
        Kind::Directory => "pejabat",
        Kind::Calendar => "kalender",
    };
    serde_json::from_str(&text_of(&common::crate_folder().join(format!("tests/keys/{name}.json")))).unwrap()
}

/// A format's shipped files, lists cut to their first items.
fn small_files(kind: Kind) -> Vec<Value> {
    let read = |path: &Path| serde_json::from_str::<Value>(&text_of(path)).unwrap();
    let files = shipped().into_iter().filter(|(other, _)| *other == kind).map(|(_, path)| read(&path));
    files
        .map(|mut file| {
            for list in ["rows", "holidays", "people", "holders", "papers", "sources"] {
                if let Some(items) = file.get_mut(list).and_then(Value::as_array_mut) {
                    // Items of few keys say nothing that those of many don't.
                    items.sort_by_key(|item| std::cmp::Reverse(item.as_object().map_or(0, serde_json::Map::len)));
                    items.truncate(3);
                }
            }
            file
        })
        .collect()
}

#[test]
fn the_fixtures_of_the_diagnostics_agree_too() {
    let mut seen = 0;
    for entry in std::fs::read_dir(common::crate_folder().join("tests/diagnostics")).unwrap() {
        let folder = entry.unwrap().path();
        for (which, kind) in ["bad", "good"].into_iter().flat_map(|which| Kind::ALL.map(|kind| (which, kind))) {
            let path = folder.join(format!("{which}.{}.json", kind.word()));
            // What isn't JSON, or repeats a key, is nothing that a schema is asked about.
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let Ok(file) = serde_json::from_str::<Value>(&text) else { continue };
            if ["duplicate-key", "too-deep", "bad-number"].iter().any(|rule| folder.to_string_lossy().ends_with(rule)) {
                continue;
            }
            // A date that doesn't exist is of the right form.
            let found = {
                let validator = &VALIDATORS[&kind].0;
                disagreement(kind, validator, validator.is_valid(&file), &file, &path.display().to_string())
            };
            assert_eq!(found, None);
            seen += 1;
        }
    }
    assert!(seen > 150, "{seen} files");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Several changes at once, anywhere.
    #[test]
    fn several_changes_at_once_are_judged_alike(picks in prop::collection::vec((any::<u16>(), any::<u16>()), 1..4), which in 0..4_usize) {
        let kind = Kind::ALL[which];
        let mut file = full_file(kind);
        let (validator, exclusive) = &VALIDATORS[&kind];
        let mut says = String::new();
        for (place, change) in picks {
            let places = places(&file);
            let place = &places[usize::from(place) % places.len()];
            let mut changes = mutations(&file, place, exclusive, true);
            let (said, mutant) = changes.swap_remove(usize::from(change) % changes.len());
            file = mutant;
            says = format!("{says}; {said}");
            if !file.is_object() {
                break;
            }
        }
        let found = disagreement(kind, validator, validator.is_valid(&file), &file, &says);
        prop_assert!(found.is_none(), "{}", found.unwrap_or_default());
    }
}
