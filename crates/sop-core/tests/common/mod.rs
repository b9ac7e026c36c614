//! What the tests of this crate share: files of any format, read and checked the way a host does it.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sop_core::case::Directory;
use sop_core::definition::{Definition, DirectoryFile, Office};
use sop_core::diagnostic::{Diagnostics, Language, render::render};
use sop_core::format::{Document, Parsed, Poisoned, parse, parse_bytes};
use sop_core::process::{CheckedOffice, Process, Reading, check_office, compile};
use sop_core::text::{Json, SourceText};
use sop_core::time::{Calendar, CalendarFile, Date, Zone, check_calendar};

/// The formats that files are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Definition,
    Office,
    Directory,
    Calendar,
}

impl Kind {
    pub(crate) const ALL: [Kind; 4] = [Kind::Definition, Kind::Office, Kind::Directory, Kind::Calendar];

    /// The word in the middle of a fixture's name: `bad.office.json`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Definition => "definition",
            Kind::Office => "office",
            Kind::Directory => "directory",
            Kind::Calendar => "calendar",
        }
    }
}

/// A file with everything that was found in it.
pub(crate) struct Checked {
    pub(crate) diagnostics: Diagnostics,
    pub(crate) source: Option<SourceText>,
    pub(crate) json: Option<Json>,
}

impl Checked {
    /// What a person reads.
    pub(crate) fn report(&self, language: Language) -> String {
        let sources: Vec<&SourceText> = self.source.iter().collect();
        render(&self.diagnostics, &sources, language)
    }

    /// The codes that were found, with repetitions, in order of place.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.diagnostics.iter().map(|finding| finding.rule.code()).collect()
    }
}

/// The folder of this crate.
pub(crate) fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The definitions that the project ships.
pub(crate) fn definitions() -> PathBuf {
    crate_folder().join("../../definitions")
}

/// The text of a file; the test fails where there is none.
pub(crate) fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads and checks the bytes of a file as a host would; other files that it names are looked for beside `folder`.
pub(crate) fn check(kind: Kind, name: &str, bytes: &[u8], folder: &Path) -> Checked {
    match kind {
        Kind::Definition => checked::<Definition>(name, bytes, |parsed| definition_findings(parsed, folder)),
        Kind::Office => checked::<Office>(name, bytes, |parsed| {
            parsed.value.as_ref().map_or_else(Diagnostics::new, |office| check_office(office, &parsed.poisoned).1)
        }),
        Kind::Directory => checked::<DirectoryFile>(name, bytes, |parsed| directory_findings(parsed, folder)),
        Kind::Calendar => checked::<CalendarFile>(name, bytes, |parsed| {
            parsed.value.as_ref().map_or_else(Diagnostics::new, |file| check_calendar(file, wib()).1)
        }),
    }
}

fn checked<T: Document>(name: &str, bytes: &[u8], more: impl Fn(&Parsed<T>) -> Diagnostics) -> Checked {
    match parse_bytes::<T>(name, bytes) {
        Err(diagnostics) => Checked { diagnostics, source: None, json: None },
        Ok(parsed) => {
            let mut found = more(&parsed);
            parsed.locate(&mut found);
            let mut diagnostics = parsed.diagnostics;
            diagnostics.extend(found);
            diagnostics.sort();
            Checked { diagnostics, source: Some(parsed.source), json: parsed.json }
        }
    }
}

fn definition_findings(parsed: &Parsed<Definition>, folder: &Path) -> Diagnostics {
    let Some(definition) = &parsed.value else { return Diagnostics::new() };
    // A text that was changed at random may name an office that is not there.
    let named = folder.join(&definition.office);
    let office = office_at(&if named.is_file() { named } else { definitions().join("kantor.json") });
    compile(definition, &office, Reading::AsRun, &parsed.poisoned).diagnostics
}

/// A directory is checked against the office beside it; where a definition lies there too, also against its process.
fn directory_findings(parsed: &Parsed<DirectoryFile>, folder: &Path) -> Diagnostics {
    let Some(file) = &parsed.value else { return Diagnostics::new() };
    let own = folder.join("kantor.json");
    let office = office_at(&if own.exists() { own } else { folder.join("../kantor.json") });
    let (directory, mut found) = Directory::check(file, &office, &parsed.poisoned);
    let definition = folder.join("naskah.json");
    if let (Some(directory), true) = (directory, definition.exists()) {
        let (process, _) = process_at(&definition);
        found.extend(directory.check_for(&process, Date::new(2026, 3, 2).unwrap()));
    }
    found
}

/// An office file without an error.
pub(crate) fn office_at(path: &Path) -> CheckedOffice {
    // The same few offices are asked for thousands of times.
    static READ: Mutex<BTreeMap<PathBuf, CheckedOffice>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    read.entry(path.to_owned()).or_insert_with(|| read_office(path)).clone()
}

fn read_office(path: &Path) -> CheckedOffice {
    let parsed: Parsed<Office> = parse(SourceText::new(path.display().to_string(), text_of(path)));
    assert!(parsed.diagnostics.is_empty(), "{}", parsed.diagnostics);
    let (office, found) = check_office(&parsed.value.expect("an office"), &parsed.poisoned);
    office.unwrap_or_else(|| panic!("{}: {found}", path.display()))
}

/// A definition without an error, as run; with its office.
pub(crate) fn process_at(path: &Path) -> (Process, CheckedOffice) {
    let parsed: Parsed<Definition> = parse(SourceText::new(path.display().to_string(), text_of(path)));
    assert!(!parsed.diagnostics.has_errors(), "{}", parsed.diagnostics);
    let definition = parsed.value.expect("a definition");
    let office = office_at(&path.parent().expect("a folder").join(&definition.office));
    let compiled = compile(&definition, &office, Reading::AsRun, &Poisoned::default());
    (compiled.into_result().unwrap_or_else(|found| panic!("{}: {found}", path.display())), office)
}

/// A calendar without an error.
pub(crate) fn calendar_at(path: &Path) -> Calendar {
    let parsed: Parsed<CalendarFile> = parse(SourceText::new(path.display().to_string(), text_of(path)));
    let (calendar, found) = check_calendar(&parsed.value.expect("a calendar"), wib());
    calendar.unwrap_or_else(|| panic!("{}: {found}", path.display()))
}

/// The zone of the fixtures.
pub(crate) fn wib() -> Zone {
    Zone::parse("+07:00", "WIB").expect("a zone")
}
