//! Files that nobody means: never a panic, always an error that names the place, in bounded time and memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod common;

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Instant as Stopwatch;

use common::{Kind, calendar_at, check, definitions, office_at, process_at, text_of, wib};
use proptest::prelude::*;
use serde_json::{Value, json};
use sop_core::case::{CaseState, Command, Directory, People, PersonIx, Registers, World, apply_all, decide, due};
use sop_core::definition::{Definition, DirectoryFile, OutcomeId, PersonId};
use sop_core::diagnostic::{Diagnostics, Language, render::render, rules};
use sop_core::format::{Poisoned, parse, parse_bytes};
use sop_core::process::{CheckedOffice, Process, Reading, compile};
use sop_core::text::SourceText;
use sop_core::time::{Calendar, Date, Instant};

fn narasumber() -> String {
    text_of(&definitions().join("narasumber.json"))
}

fn office() -> CheckedOffice {
    office_at(&definitions().join("kantor.json"))
}

fn codes(diagnostics: &Diagnostics) -> Vec<u16> {
    diagnostics.iter().map(|finding| finding.rule.code).collect()
}

/// The findings of a definition's text with the office of the shipped definitions.
fn found(text: &str) -> Diagnostics {
    check(Kind::Definition, "naskah.json", text.as_bytes(), &definitions()).diagnostics
}

/// The shipped definition with one text replaced.
fn with(old: &str, new: &str) -> String {
    let text = narasumber();
    assert!(text.contains(old), "narasumber.json has no {old}");
    text.replacen(old, new, 1)
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    // Without its white space, whose every byte would be tried alike.
    let file: Value = serde_json::from_str(&narasumber()).unwrap();
    let bytes = file.to_string().into_bytes();
    for length in 0..bytes.len() {
        match parse_bytes::<Definition>("naskah.json", &bytes[..length]) {
            Ok(parsed) => {
                assert!(parsed.diagnostics.has_errors(), "after {length} bytes");
                assert!(parsed.diagnostics.iter().all(|finding| finding.primary().is_some()), "after {length} bytes");
            }
            // In the middle of a letter it is not text any more.
            Err(refused) => assert_eq!(codes(&refused), [rules::NOT_UTF8.code], "after {length} bytes"),
        }
    }
}

#[test]
fn what_is_not_text_is_refused_as_what_it_is() {
    let refused = |bytes: &[u8]| codes(&parse_bytes::<Definition>("naskah.json", bytes).unwrap_err());
    assert_eq!(refused(b"PK\x03\x04\x14\x00\x06\x00word/document.xml"), [rules::BINARY.code]);
    assert_eq!(refused(b"{ \"title\": \"r\xe9sum\xe9\" }"), [rules::NOT_UTF8.code]);
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(&utf16), [rules::UTF16.code]);
    // Every byte of noise there is.
    let noise: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    assert!(!refused(&noise).is_empty());
}

#[test]
fn a_hundred_megabytes_are_refused_by_their_size() {
    // Not even the first bytes are looked at: what they hold would be another error.
    let mut large = vec![b'\xff'; 100 << 20];
    large[1] = 0;
    let refused = SourceText::from_bytes("naskah.json", &large).unwrap_err();
    assert_eq!(refused.rule.code, rules::FILE_TOO_LARGE.code);
    assert!(refused.message(Language::English).contains("100 MiB"), "{}", refused.message(Language::English));
    // The text of one that isn't is read.
    let fits = vec![b' '; 1 << 20];
    assert!(SourceText::from_bytes("naskah.json", &fits).is_ok());
}

/// Runs on a small stack: nothing recurses on what somebody wrote.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 << 10).spawn(work).unwrap().join().unwrap();
}

#[test]
fn ten_thousand_nested_brackets_are_one_error() {
    on_a_small_stack(|| {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for closed in [true, false] {
                let inside = if open == "[" { "" } else { "1" };
                let text = open.repeat(10_000) + inside + &close.repeat(if closed { 10_000 } else { 0 });
                assert_eq!(codes(&found(&text)), [rules::TOO_DEEP.code]);
            }
        }
    });
}

#[test]
fn nested_guards_are_an_error_or_work() {
    on_a_small_stack(|| {
        for depth in [10, 1_000, 1_000_000] {
            let guard = "(".repeat(depth) + "has(case.bagian)" + &")".repeat(depth);
            let text = with(
                r#""next": "periksa" }]"#,
                &format!(r#""choose": [{{ "when": {}, "next": "periksa" }}] }}]"#, json!(guard)),
            );
            let found = found(&text);
            let guards = found.iter().filter(|finding| finding.rule.code / 100 == 3).count();
            // Parentheses are counted, not nested: only their number is limited.
            assert_eq!(guards > 0, depth > 1_000, "{found}");
        }
    });
}

#[test]
fn a_guard_of_a_megabyte_is_one_error_at_its_place() {
    let guard = vec!["has(case.bagian)"; 60_000].join(" || ");
    assert!(guard.len() > 1 << 20);
    let text = with(
        r#""next": "periksa" }]"#,
        &format!(r#""choose": [{{ "when": {}, "next": "periksa" }}] }}]"#, json!(guard)),
    );
    let checked = check(Kind::Definition, "naskah.json", text.as_bytes(), &definitions());
    let errors: Vec<_> = checked.diagnostics.iter().filter(|finding| finding.rule.code / 100 == 3).collect();
    assert_eq!(errors.len(), 1, "{}", checked.diagnostics);
    assert_eq!(errors[0].rule.code, rules::GUARD_TOO_LONG.code);
    assert_eq!(errors[0].primary().unwrap().pointer.as_str(), "/rows/0/steps/0/choose/0/when");
    assert!(checked.report(Language::Indonesian).len() < 10_000, "the report isn't as long as the guard");
}

/// A chain of steps, each a row; every third may return to the one before it.
fn chain(steps: usize, policy: bool) -> Definition {
    let text =
        text_of(&common::crate_folder().join("tests/diagnostics/SOP0203-dangling-reference/good.definition.json"));
    let mut file: Value = serde_json::from_str(&text).unwrap();
    let row = |at: usize| {
        let next = if at + 1 < steps { json!({ "next": format!("s{}", at + 1) }) } else { json!({ "end": "selesai" }) };
        let mut step = json!({ "id": format!("s{at}"), "role": "tu" });
        if at % 3 == 2 {
            let mut yes = next;
            yes["id"] = json!("ya");
            step["outcomes"] = json!([yes, { "id": "tidak", "return_to": format!("s{}", at - 1) }]);
        } else {
            step.as_object_mut().unwrap().extend(next.as_object().unwrap().clone());
        }
        json!({ "no": at.to_string(), "activity": "Meneruskan", "time": "5 menit", "requires": ["surat"],
            "outputs": ["surat"], "steps": [step] })
    };
    file["rows"] = (0..steps).map(row).collect();
    file["starts"][0]["opens"] = json!(["s0"]);
    if policy {
        file["policy"] = json!({ "reason": "Uji.", "returns": { "limit": 2, "then": { "end": "henti" } },
            "ends": [{ "id": "henti", "title": "Henti", "kind": "stop" }] });
    }
    serde_json::from_value(file).unwrap()
}

#[test]
fn a_hundred_thousand_steps_are_refused_at_once() {
    let definition = chain(100_000, true);
    let office = office();
    let begun = Stopwatch::now();
    let compiled = compile(&definition, &office, Reading::AsRun, &Poisoned::default());
    println!("100,000 steps refused in {:?}", begun.elapsed());
    assert!(compiled.process.is_none());
    assert!(codes(&compiled.diagnostics).contains(&rules::TOO_MANY_STEPS.code), "{}", compiled.diagnostics);
    assert!(compiled.diagnostics.len() < 5, "{}", compiled.diagnostics);
}

#[test]
fn an_error_after_hundreds_of_warnings_is_listed() {
    let mut definition = chain(3, true);
    let ends = (0..300).map(|at| json!({ "id": format!("akhir_{at}"), "title": "Akhir", "kind": "part" }));
    definition.ends.extend(ends.map(|end| serde_json::from_value(end).unwrap()));
    // Steps of the policy are looked up long after ends that nothing leads to.
    let policy = definition.policy.as_mut().unwrap();
    let lost: sop_core::definition::Policy = serde_json::from_value(
        json!({ "reason": "Uji.", "steps": { "tidak_ada": { "reason": "Uji.", "strategic": true } } }),
    )
    .unwrap();
    policy.steps = lost.steps;
    let compiled = compile(&definition, &office(), Reading::AsRun, &Poisoned::default());
    assert!(compiled.process.is_none());
    let codes = codes(&compiled.diagnostics);
    assert!(codes.contains(&rules::DANGLING_REFERENCE.code) && codes.contains(&rules::TOO_MANY_FINDINGS.code));
}

#[test]
fn the_most_steps_there_may_be_compile() {
    let definition = chain(20_000, true);
    let office = office();
    let begun = Stopwatch::now();
    let compiled = compile(&definition, &office, Reading::AsRun, &Poisoned::default());
    println!("20,000 steps in {:?}", begun.elapsed());
    let process = compiled.process.unwrap_or_else(|| panic!("{}", compiled.diagnostics));
    assert_eq!((process.steps().len(), process.returns().len()), (20_000, 6_666));
}

#[test]
fn times_beyond_all_bounds_are_told_as_that() {
    for time in ["9999999999 bulan", "99999999999999999999999999 menit", "1 - 9999999999 hari", "4294967296 jam"] {
        let found = found(&with(r#""time": "5 menit""#, &format!(r#""time": "{time}""#)));
        assert!(codes(&found).contains(&rules::TIME_TOO_LARGE.code), "{time}: {found}");
    }
    for time in ["-5 menit", "5 menit 5", "lima", "5,5,5 jam", "\u{202e}5 menit", "0x5 menit"] {
        let found = found(&with(r#""time": "5 menit""#, &format!(r#""time": "{time}""#)));
        assert!(codes(&found).contains(&rules::UNREADABLE_TIME.code), "{time}: {found}");
    }
}

#[test]
fn dates_that_do_not_exist_are_told_as_that() {
    for date in [
        "2023-02-29",
        "1899-12-31",
        "2023-13-01",
        "2023-00-10",
        "0000-01-01",
        "99999-01-01",
        "2023-8-31",
        "-2023-08-31",
        "",
    ] {
        let text = with(r#""date": "2023-08-31""#, &format!(r#""date": "{date}""#));
        assert!(codes(&found(&text)).contains(&rules::BAD_DATE.code), "{date}");
    }
    // The first and the last that are reckoned with.
    for date in ["1900-01-01", "9999-12-31"] {
        let text = with(r#""date": "2023-08-31""#, &format!(r#""date": "{date}""#));
        assert!(!found(&text).has_errors(), "{date}: {}", found(&text));
    }
}

#[test]
fn a_tenure_to_the_end_of_time_is_held() {
    let file: DirectoryFile = serde_json::from_value(json!({ "format": 1, "id": "pejabat",
        "people": [{ "id": "damar", "name": "Damar" }],
        "holders": [{ "post": "karo", "person": "damar", "from": "1900-01-01", "until": "9999-12-31" }],
        "absences": [{ "person": "damar", "from": "1900-01-01", "until": "9999-12-31" }] }))
    .unwrap();
    let (process, office) = process_at(&definitions().join("narasumber.json"));
    let (directory, found) = Directory::check(&file, &office, &Poisoned::default());
    let directory = directory.unwrap_or_else(|| panic!("{found}"));
    let mut people = People::new();
    let staffing = directory.staff(&process, &mut people);
    let role = process.roles().iter().find(|(_, role)| role.post.as_str() == "karo").unwrap().0;
    let noon = Instant::at(Date::new(2026, 3, 2).unwrap(), 12, 0, &wib()).unwrap();
    assert_eq!(staffing.holders(role, None, noon).count(), 0, "away for ever");
}

#[test]
fn duplicate_keys_are_told_at_the_second_one() {
    let text = with(r#""format": 1,"#, "\"format\": 1,\n  \"format\": 1,");
    let found = found(&text);
    let double = found.iter().find(|finding| finding.rule.code == rules::DUPLICATE_KEY.code).expect("it is told");
    let at = double.primary().unwrap().position.unwrap();
    let line = 1 + text.lines().collect::<Vec<_>>().iter().rposition(|line| line.contains("\"format\"")).unwrap();
    assert_eq!((at.line as usize, at.column), (line, 3));
}

/// Where each finding stands, as an editor shows it.
fn places(text: &str) -> Vec<(u16, u32, u32)> {
    let found = found(text);
    let place = |finding: &sop_core::diagnostic::Diagnostic| {
        let at = finding.primary().unwrap().position.unwrap();
        (finding.rule.code, at.line, at.column)
    };
    found.iter().map(place).collect()
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_move_no_place() {
    let text = with(r#""next": "periksa""#, r#""next": "periska""#);
    let expected = places(&text);
    assert!(expected.iter().any(|(code, _, _)| *code == rules::DANGLING_REFERENCE.code));
    assert_eq!(places(&text.replace('\n', "\r\n")), expected, "CRLF");
    assert_eq!(places(&format!("\u{feff}{text}")), expected, "a byte order mark");
    assert_eq!(places(&format!("\u{feff}{}", text.replace('\n', "\r\n"))), expected, "both");
    // And a file without any error stays one.
    let plain = places(&narasumber());
    assert_eq!(places(&format!("\u{feff}{}", narasumber().replace('\n', "\r\n"))), plain);
}

#[test]
fn an_unknown_edition_of_the_format_says_which_is_read() {
    for kind in Kind::ALL {
        for format in ["2", "0", "99999999999999999999", "\"baru\"", "1.5", "null", "[]"] {
            let text = format!("{{ \"format\": {format}, \"unknown\": true }}");
            let found = check(kind, "berkas.json", text.as_bytes(), &definitions());
            assert_eq!(codes(&found.diagnostics), [rules::FORMAT_VERSION.code], "{}: {format}", kind.word());
            let report = found.report(Language::English);
            assert!(report.contains("format 1"), "{report}");
        }
    }
}

#[test]
fn a_calendar_without_working_hours_is_refused_with_the_reason() {
    let kalbar: Value = serde_json::from_str(&text_of(&definitions().join("calendars/kalbar.json"))).unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut file = kalbar.clone();
        change(&mut file);
        check(Kind::Calendar, "kalbar.json", file.to_string().as_bytes(), &definitions())
    };
    let no_hours = changed(&|file| file["hours"] = json!([]));
    let no_week = changed(&|file| {
        for hours in file["hours"].as_array_mut().unwrap() {
            hours["week"] = json!([]);
        }
    });
    let no_opening = changed(&|file| {
        for hours in file["hours"].as_array_mut().unwrap() {
            hours["week"] = json!([{ "days": ["monday"], "open": [] }]);
        }
    });
    for found in [no_hours, no_week, no_opening] {
        let codes = codes(&found.diagnostics);
        assert!(
            !codes.is_empty() && codes.iter().all(|code| *code == rules::CALENDAR_PROBLEM.code),
            "{}",
            found.report(Language::English)
        );
    }
}

#[test]
fn a_role_that_nobody_holds_is_told() {
    let (process, office) = process_at(&definitions().join("narasumber.json"));
    let nobody = Directory::empty(&office).check_for(&process, Date::new(2026, 3, 2).unwrap());
    assert!(codes(&nobody).iter().all(|code| *code == rules::NOBODY_IN_ROLE.code));
    let english = render(&nobody, &[], Language::English);
    for role in ["tu", "karo", "asisten", "sekda"] {
        assert!(english.contains(&format!("`{role}` on 2026-03-02")), "{english}");
    }
    assert!(!english.contains("pemohon"), "whoever asks needs no holder: {english}");
}

#[test]
fn a_report_of_thousands_of_mistakes_stays_short() {
    let text = with("\"rows\": [", &format!("\"rows\": [{}", "{ \"x\": 1 }, ".repeat(50_000)));
    let found = check(Kind::Definition, "naskah.json", text.as_bytes(), &definitions());
    assert!(found.diagnostics.len() <= 2 * sop_core::format::MAX_FINDINGS + 2);
    assert!(codes(&found.diagnostics).contains(&rules::TOO_MANY_FINDINGS.code));
}

// ---- whatever compiles can be started and goes on ----

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| calendar_at(&definitions().join("calendars/kalbar.json")));

/// Drives a case by arbitrary choices; what is refused is refused, and nothing panics.
fn drive(process: &Process, calendar: &Calendar, directory: &Directory, choices: &[u8]) {
    let mut people = People::new();
    let staffing = directory.staff(process, &mut people);
    let asker = people.intern(&PersonId::new("pemohon_uji").unwrap());
    let everybody: Vec<PersonIx> = people.iter().map(|(person, _)| person).collect();
    let mut registers = Registers::new();
    for (start, _) in process.starts().iter() {
        let mut state = CaseState::new();
        let mut now = Instant::at(Date::new(2026, 3, 2).unwrap(), 9, 0, &wib()).unwrap();
        let subject = "Perihal".into();
        let mut next = Some(Command::Start { start, by: asker, subject, documents: Vec::new() });
        for &choice in choices {
            let command = next.take().unwrap_or_else(|| {
                let waits = state.waits();
                let Some(wait) = waits.get(usize::from(choice) % waits.len().max(1)) else { return Command::Advance };
                let outcomes = &process.steps().get(wait.step()).unwrap().outcomes;
                let picked = usize::from(choice / 7) % outcomes.len().max(1);
                let id = outcomes
                    .get(picked)
                    .map_or_else(|| OutcomeId::new("selesai").unwrap(), |outcome| outcome.id.clone());
                match process.find_outcome(wait.step(), &id) {
                    Some(outcome) if choice % 5 > 0 => Command::Complete {
                        wait: wait.number(),
                        by: everybody[usize::from(choice) % everybody.len()],
                        outcome,
                        values: Vec::new(),
                        documents: Vec::new(),
                        note: None,
                    },
                    _ => Command::Advance,
                }
            });
            let world = World { people: &people, staffing: &staffing, calendar, registers: &registers };
            if let Ok(events) = decide(process, &world, &state, &command, now) {
                for event in &events {
                    if let sop_core::case::Event::Numbered { register, year, number, .. } = event {
                        registers.confirm(&process.registers().get(*register).unwrap().id, *year, *number);
                    }
                }
                apply_all(&mut state, &events);
            }
            let world = World { people: &people, staffing: &staffing, calendar, registers: &registers };
            now = due(process, &world, &state).filter(|at| *at > now && choice % 3 == 0).unwrap_or(now);
        }
    }
}

/// One change of a JSON tree: what to do, and where (counted over all values).
fn mutate(file: &mut Value, action: u8, at: usize, other: usize) {
    let mut places = Vec::new();
    let mut open = vec![String::new()];
    while let Some(place) = open.pop() {
        match file.pointer(&place).unwrap() {
            Value::Object(members) => open.extend(members.keys().map(|key| format!("{place}/{key}"))),
            Value::Array(items) => open.extend((0..items.len()).map(|at| format!("{place}/{at}"))),
            _ => {}
        }
        places.push(place);
    }
    let (place, second) = (&places[at % places.len()], &places[other % places.len()]);
    let moved = file.pointer(second).unwrap().clone();
    let parent = place.rsplit_once('/').map(|(parent, key)| (parent.to_owned(), key.to_owned()));
    match action % 6 {
        // Put a value in the place of another.
        0 => *file.pointer_mut(place).unwrap() = moved,
        // Swap two.
        1 if !place.starts_with(second.as_str()) && !second.starts_with(place.as_str()) => {
            let here = std::mem::replace(file.pointer_mut(place).unwrap(), moved);
            *file.pointer_mut(second).unwrap() = here;
        }
        // Drop, double or rename.
        action => {
            let Some((parent, key)) = parent else { return };
            match file.pointer_mut(&parent) {
                Some(Value::Array(items)) => {
                    let index: usize = key.parse().unwrap();
                    if action == 2 {
                        items.remove(index);
                    } else {
                        let item = items[index].clone();
                        items.insert(other % (items.len() + 1), item);
                    }
                }
                Some(Value::Object(members)) => {
                    let value = members.remove(&key).unwrap();
                    if action == 3 {
                        members.insert(format!("{key}x"), value);
                    } else if action == 4 {
                        let near = second.rsplit('/').next().unwrap_or_default().to_owned();
                        members.insert(near, value);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The shipped definitions with a place each, whose references lead to one another under changes.
fn seeds() -> Vec<(PathBuf, PathBuf)> {
    let at = |name: &str| definitions().join(name);
    vec![
        (at("narasumber.json"), at("pejabat.json")),
        (at("fixtures/paralel.json"), at("fixtures/pejabat.json")),
        (at("fixtures/dua_isian.json"), at("fixtures/pejabat.json")),
        (at("fixtures/bagian.json"), at("fixtures/pejabat.json")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn a_definition_changed_at_random_never_panics_and_runs_if_it_compiles(
        seed in 0..4_usize,
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..4),
        choices in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let (path, people) = seeds().swap_remove(seed);
        let mut file: Value = serde_json::from_str(&text_of(&path)).unwrap();
        for (action, at, other) in changes {
            mutate(&mut file, action, at, other);
        }
        let office = office_at(&path.with_file_name("kantor.json"));
        let parsed = parse::<Definition>(SourceText::new("naskah.json", file.to_string()));
        let Some(definition) = &parsed.value else {
            prop_assert!(parsed.diagnostics.has_errors());
            return Ok(());
        };
        for reading in [Reading::AsSigned, Reading::AsRun] {
            let mut compiled = compile(definition, &office, reading, &parsed.poisoned);
            parsed.locate(&mut compiled.diagnostics);
            prop_assert_eq!(compiled.process.is_none(), compiled.diagnostics.has_errors() || !parsed.poisoned.is_empty());
            // Reports of anything can be written.
            prop_assert!(!render(&compiled.diagnostics, &[&parsed.source], Language::Indonesian).is_empty());
            if let Some(process) = &compiled.process {
                let officials = parse::<DirectoryFile>(SourceText::new("pejabat.json", text_of(&people)));
                let (directory, _) = Directory::check(officials.value.as_ref().unwrap(), &office, &officials.poisoned);
                drive(process, &CALENDAR, &directory.unwrap(), &choices);
            }
        }
    }

    #[test]
    fn a_text_changed_at_random_never_panics(
        at in any::<prop::sample::Index>(),
        length in 0..40_usize,
        new in prop::collection::vec(prop::sample::select(b"{}[]\",:\\0-9eE.tnul \n\r\t\xc3\xa9\xf0\xef/a".to_vec()), 0..8),
    ) {
        let mut bytes = narasumber().into_bytes();
        let from = at.index(bytes.len());
        let until = (from + length).min(bytes.len());
        bytes.splice(from..until, new);
        let checked = check(Kind::Definition, "naskah.json", &bytes, &definitions());
        prop_assert!(checked.diagnostics.is_empty() || !checked.report(Language::Indonesian).is_empty());
    }
}
