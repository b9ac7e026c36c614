//! Any bytes are refused or read, and what is said about them points into them; what is read as a definition is
//! compiled, and what compiles can be opened and advanced.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sop_core::case::{CaseState, Command, Directory, People, Registers, World, apply_all, decide, due};
use sop_core::definition::{Definition, Office, PersonId};
use sop_core::diagnostic::{Language, render};
use sop_core::format::parse;
use sop_core::process::{CheckedOffice, Reading, check_office, compile};
use sop_core::text::{Json, SourceText};
use sop_core::time::{Calendar, CalendarFile, Instant, check_calendar};

static OFFICE: LazyLock<CheckedOffice> = LazyLock::new(|| {
    let text = include_str!("../../../../definitions/kantor.json");
    let parsed = parse::<Office>(SourceText::new("kantor.json", text));
    let office = parsed.value.as_ref().expect("the shipped office reads");
    check_office(office, &parsed.poisoned).0.expect("the shipped office is sound")
});

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let text = include_str!("../../../../definitions/calendars/kalbar.json");
    let parsed = parse::<CalendarFile>(SourceText::new("kalbar.json", text));
    let file = parsed.value.as_ref().expect("the shipped calendar reads");
    check_calendar(file, OFFICE.zone().clone()).0.expect("the shipped calendar is sound")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = SourceText::from_bytes("fuzz.json", bytes) else { return };
    let valid = serde_json_agrees(source.text());
    let found = match Json::parse(&source) {
        Ok((json, found)) => {
            for node in json.nodes() {
                assert!(source.text().get(node.span().range()).is_some());
            }
            let (mended, count) = found.fixed(&json);
            assert!(count > 0 || mended == source.text());
            found
        }
        Err(found) => {
            assert!(!found.is_empty());
            found
        }
    };
    assert!(!found.is_empty() || valid, "accepted what isn't JSON");
    run(source.clone());
    for finding in &found {
        for label in &finding.labels {
            assert!(label.span.is_some_and(|span| source.text().get(span.range()).is_some()));
        }
    }
    for language in [Language::Indonesian, Language::English] {
        let text = render::render(&found, &[&source], language);
        assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n'));
    }
});

/// Reads the text as a definition; what compiles is opened by each start and advanced for a while.
fn run(source: SourceText) {
    let parsed = parse::<Definition>(source);
    let Some(definition) = &parsed.value else { return };
    for reading in [Reading::AsSigned, Reading::AsRun] {
        let Some(process) = compile(definition, &OFFICE, reading, &parsed.poisoned).process else { continue };
        let mut people = People::new();
        let person = people.intern(&PersonId::new("seseorang").expect("an id"));
        let staffing = Directory::empty(&OFFICE).staff(&process, &mut people);
        let registers = Registers::new();
        let world = World { people: &people, staffing: &staffing, calendar: &CALENDAR, registers: &registers };
        for (start, _) in process.starts().iter() {
            let mut state = CaseState::new();
            let mut now = Instant::from_millis(1_767_600_000_000).expect("an instant");
            let command = Command::Start { start, by: person, subject: "".into(), documents: Vec::new() };
            let Ok(events) = decide(&process, &world, &state, &command, now) else { continue };
            apply_all(&mut state, &events);
            for _ in 0..16 {
                let Some(next) = due(&process, &world, &state) else { break };
                assert!(next >= now, "a rung is due in the past");
                now = next;
                let events = decide(&process, &world, &state, &Command::Advance, now).expect("advancing is never refused");
                apply_all(&mut state, &events);
            }
        }
    }
}

/// Tells whether the text is JSON to another parser; a byte order mark is none of its business.
fn serde_json_agrees(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text.trim_start_matches('\u{feff}')).is_ok()
}
