//! A stage for stories: a definition written in a few lines, an office with people, and cases that are driven by
//! names at times of the office's clock.
//!
//! Every accepted command is also put to the laws that hold for all of them: its record reads back as the same events,
//! deciding it again gives the same events, and replaying everything from nothing gives the state that is there.
#![allow(dead_code, reason = "each target is compiled with the whole stage and uses a part of it")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a stage of tests fails by panicking")]

mod case;
pub mod desk;
pub mod drive;
mod told;

pub use case::{Answer, Case};
pub use told::Happened;

use serde_json::{Value as Json, json};
use sop_core::case::{CaseState, Directory, People, Registers, Rejection, Staffing};
use sop_core::definition::{Definition, DirectoryFile, Office};
use sop_core::diagnostic::{Diagnostics, Language, render::render};
use sop_core::format::{Document, Parsed, parse};
use sop_core::process::{CheckedOffice, Compilation, Process, Reading, check_office, compile};
use sop_core::text::SourceText;
use sop_core::time::{Calendar, CalendarFile, Instant, Zone};

/// The office of the stories: five posts, two units, two registers, and no ladder of its own.
pub const OFFICE: &str = r#"{
  "format": 1, "id": "kantor", "title": "Kantor", "zone": { "offset": "+07:00", "label": "WIB" }, "calendar": "kalender.json",
  "durations": { "minutes_per_day": 450, "days_per_week": 5, "days_per_month": 20, "day": "working" },
  "posts": [
    { "id": "kepala", "title": "Kepala" },
    { "id": "sekretaris", "title": "Sekretaris", "superior": "kepala" },
    { "id": "kabid", "title": "Kepala Bidang", "superior": "kepala" },
    { "id": "staf", "title": "Staf", "superior": "kabid" },
    { "id": "tu", "title": "Tata Usaha", "superior": "sekretaris" }
  ],
  "units": [{ "id": "koperasi", "title": "Koperasi" }, { "id": "usaha", "title": "Usaha" }],
  "registers": [
    { "id": "agenda", "title": "Agenda", "pattern": "{number}/{year}" },
    { "id": "buku", "title": "Buku", "pattern": "B-{number}", "yearly": false }
  ]
}"#;

/// The people of the stories. Wulan holds no post: she asks.
pub const DIRECTORY: &str = r#"{
  "format": 1, "id": "pejabat",
  "people": [
    { "id": "kartika", "name": "Kartika" }, { "id": "sari", "name": "Sari" }, { "id": "kuncoro", "name": "Kuncoro" },
    { "id": "usman", "name": "Usman" }, { "id": "santi", "name": "Santi" }, { "id": "seno", "name": "Seno" },
    { "id": "awang", "name": "Awang" }, { "id": "tuti", "name": "Tuti" }, { "id": "wulan", "name": "Wulan" }
  ],
  "holders": [
    { "post": "kepala", "person": "kartika" }, { "post": "sekretaris", "person": "sari" },
    { "post": "kabid", "for": "koperasi", "person": "kuncoro" }, { "post": "kabid", "for": "usaha", "person": "usman" },
    { "post": "staf", "person": "santi" }, { "post": "staf", "person": "seno" },
    { "post": "tu", "person": "awang" }, { "post": "tu", "person": "tuti" }
  ]
}"#;

/// Where the definitions lie.
pub fn definitions() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../definitions")
}

/// The text of a shipped file.
pub fn shipped(path: &str) -> String {
    let path = definitions().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The calendar of the stories: that of Kalimantan Barat, Monday to Thursday 07.30–12.00 and 13.00–16.00.
pub fn calendar_file() -> CalendarFile {
    serde_json::from_str(&shipped("calendars/kalbar.json")).expect("the shipped calendar reads")
}

/// A definition from what matters in it.
///
/// The identity page, the head of the table, one role for each post and one for the requester, a start at the first step
/// and an end `selesai` are filled in where the text has none; `steps` stand one in a row.
pub fn definition(text: &str) -> Json {
    let Json::Object(mut given) = serde_json::from_str(text).expect("the story's definition is JSON") else {
        panic!("a definition is an object")
    };
    if let Some(Json::Array(steps)) = given.remove("steps") {
        let rows = steps.into_iter().map(|step| json!({ "activity": "Bekerja", "steps": [step] })).collect();
        given.insert("rows".into(), Json::Array(rows));
    }
    let first = given["rows"][0]["steps"][0]["id"].clone();
    if let Some(Json::Object(policy)) = given.get_mut("policy") {
        policy.entry("reason").or_insert_with(|| "Untuk pengujian".into());
        if let Some(Json::Object(steps)) = policy.get_mut("steps") {
            for step in steps.values_mut() {
                let Json::Object(step) = step else { panic!("a step's policy is an object") };
                step.entry("reason").or_insert_with(|| "Untuk pengujian".into());
            }
        }
    }
    let approval = json!({ "post": "Kepala", "name": "Kartika" });
    let column = |shows: &str| json!({ "shows": shows, "heading": shows });
    let columns = ["no", "activity", "roles", "requires", "time", "outputs", "remark"].map(column);
    let role = |id: &str| json!({ "id": id, "title": id });
    let mut whole = json!({
        "format": 1, "id": "cerita", "edition": 1, "office": "kantor.json",
        "identity": { "government": "Pemerintah", "agency": "Dinas", "title": "SOP Cerita",
            "effective": { "date": "2025-07-01" }, "approved_by": approval },
        "table": { "title": "SOP Cerita", "columns": columns },
        "roles": [{ "id": "pemohon", "title": "pemohon", "requester": true },
            role("tu"), role("staf"), role("kabid"), role("sekretaris"), role("kepala")],
        "starts": [{ "id": "mulai", "opens": [first] }],
        "ends": [{ "id": "selesai", "title": "Selesai", "kind": "case" }],
    });
    whole.as_object_mut().expect("made as an object").extend(given);
    whole
}

/// A file that has to read without an error.
pub fn read<T: Document>(name: &str, text: &str) -> Parsed<T> {
    let parsed: Parsed<T> = parse(SourceText::new(name, text));
    assert!(
        !parsed.diagnostics.has_errors() && parsed.value.is_some(),
        "{}",
        render(&parsed.diagnostics, &[&parsed.source], Language::English)
    );
    parsed
}

/// An office that has to be without an error.
pub fn office(text: &str) -> CheckedOffice {
    let parsed = read::<Office>("kantor.json", text);
    let (checked, found) = check_office(parsed.value.as_ref().unwrap(), &parsed.poisoned);
    checked.unwrap_or_else(|| panic!("{}", render(&found, &[&parsed.source], Language::English)))
}

/// What compiling a definition with an office gives.
pub fn compilation(text: &str, office: &CheckedOffice, reading: Reading) -> Compilation {
    let parsed = read::<Definition>("definition.json", text);
    let mut compiled = compile(parsed.value.as_ref().unwrap(), office, reading, &parsed.poisoned);
    compiled.diagnostics.locate(parsed.json.as_ref().unwrap());
    compiled
}

/// A process that has to be without an error.
pub fn compiled(text: &str, office: &CheckedOffice, reading: Reading) -> Process {
    let compiled = compilation(text, office, reading);
    let found = compiled.diagnostics;
    compiled.process.unwrap_or_else(|| panic!("{}", listed(&found)))
}

/// Findings by rule and place, one a line.
pub fn listed(found: &Diagnostics) -> String {
    let line = |finding: &sop_core::diagnostic::Diagnostic| {
        let place = finding.primary().map(|label| label.pointer.to_string()).unwrap_or_default();
        format!("{} {place}\n", finding.rule.name)
    };
    found.iter().map(line).collect()
}

/// The rules that a definition in short form breaks.
pub fn errors(text: &str) -> Vec<&'static str> {
    let compiled = compilation(&definition(text).to_string(), &office(OFFICE), Reading::AsRun);
    assert!(compiled.process.is_none(), "the definition compiles");
    let errors =
        compiled.diagnostics.iter().filter(|finding| finding.severity() == sop_core::diagnostic::Severity::Error);
    errors.map(|finding| finding.rule.name).collect()
}

/// Everything that is found about a definition in short form, by rule, whatever its severity.
pub fn findings(text: &str) -> Vec<&'static str> {
    let compiled = compilation(&definition(text).to_string(), &office(OFFICE), Reading::AsRun);
    compiled.diagnostics.iter().map(|finding| finding.rule.name).collect()
}

/// An instant on the office's clock: `2026-01-12 08:00`.
pub fn at(text: &str) -> Instant {
    let (date, time) = text.split_once(' ').expect("a date and a time");
    let (hour, minute) = time.split_once(':').expect("hours and minutes");
    let number = |text: &str| text.parse().expect("a number");
    Instant::at(date.parse().expect("a date"), number(hour), number(minute), &wib()).expect("an instant")
}

/// An instant as the stories write it.
pub fn shown(instant: Instant) -> String {
    let zone = wib();
    let minute = zone.minute_of_day(instant);
    format!("{} {:02}:{:02}", zone.date(instant), minute / 60, minute % 60)
}

/// The zone of all stories.
pub fn wib() -> Zone {
    Zone::parse("+07:00", "WIB").expect("a zone")
}

/// Everything that a case needs around it.
#[derive(Clone)]
pub struct Stage {
    pub process: Process,
    pub office: CheckedOffice,
    pub calendar: Calendar,
    pub people: People,
    pub staffing: Staffing,
    pub registers: Registers,
}

/// A stage for a definition in short form, with the office and the people of the stories.
pub fn stage(text: &str) -> Stage {
    Stage::new(&definition(text).to_string(), OFFICE, DIRECTORY)
}

impl Stage {
    /// A stage for whole files.
    pub fn new(definition: &str, office_text: &str, directory: &str) -> Self {
        let office = office(office_text);
        let process = compiled(definition, &office, Reading::AsRun);
        let calendar = Calendar::compile(&calendar_file(), office.zone().clone()).expect("the calendar compiles");
        let mut people = People::new();
        let staffing = staffing(directory, &office, &process, &mut people);
        Self { process, office, calendar, people, staffing, registers: Registers::new() }
    }

    /// A stage for a shipped definition, as run.
    pub fn shipped(definition: &str, office: &str, directory: &str) -> Self {
        Self::new(&shipped(definition), &shipped(office), &shipped(directory))
    }

    /// The same stage with other people.
    pub fn with_people(mut self, directory: &str) -> Self {
        self.staffing = staffing(directory, &self.office, &self.process, &mut self.people);
        self
    }

    /// A case that has not been opened.
    pub fn case(&self) -> Case {
        Case::new(self.clone())
    }

    /// A case that was opened.
    pub fn start(&self, start: &str, by: &str, when: &str) -> Case {
        let mut case = self.case();
        case.start(start, by, when).expect("the start is accepted");
        case
    }

    /// Why a case can't be opened so.
    pub fn refuses_start(&self, start: &str, by: &str, when: &str) -> Rejection {
        self.case().start(start, by, when).expect_err("the start is refused")
    }
}

fn staffing(text: &str, office: &CheckedOffice, process: &Process, people: &mut People) -> Staffing {
    let parsed = read::<DirectoryFile>("pejabat.json", text);
    let (directory, found) = Directory::check(parsed.value.as_ref().unwrap(), office, &parsed.poisoned);
    directory.unwrap_or_else(|| panic!("{}", listed(&found))).staff(process, people)
}

/// The people of the stories with further holders and absences.
pub fn directory(holders: &str, absences: &str) -> String {
    let mut whole: Json = serde_json::from_str(DIRECTORY).unwrap();
    let more: Vec<Json> = serde_json::from_str(holders).expect("holders are a list");
    whole["holders"].as_array_mut().unwrap().extend(more);
    whole["absences"] = serde_json::from_str(absences).expect("absences are a list");
    whole.to_string()
}

/// A state that has not been opened.
pub fn nothing() -> CaseState {
    CaseState::new()
}
