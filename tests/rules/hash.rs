//! The two hashes: the rule H1.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::{Value as Json, json};
use sop_core::process::{Hash, Process, Reading};
use stage::{OFFICE, compilation, compiled, office, shipped};

fn run(definition: &Json, office_text: &str) -> Process {
    compiled(&definition.to_string(), &office(office_text), Reading::AsRun)
}

fn narasumber() -> Json {
    serde_json::from_str(&shipped("narasumber.json")).expect("JSON")
}

fn kantor() -> String {
    shipped("kantor.json")
}

fn hashes(definition: &Json) -> (Hash, Hash) {
    let process = run(definition, &kantor());
    (process.signed_hash(), process.hash())
}

/// A definition with something else at a place.
fn changed(pointer: &str, to: Json) -> Json {
    let mut json = narasumber();
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}")) = to;
    json
}

/// JSON with keys from the last to the first and a line for every value.
fn upside_down(json: &Json, depth: usize, text: &mut String) {
    let pad = "\t".repeat(depth);
    match json {
        Json::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|one, other| other.0.cmp(one.0));
            text.push_str("{\n");
            for (place, (key, value)) in sorted.into_iter().enumerate() {
                text.push_str(&format!(
                    "{}{pad} {} :\n",
                    if place > 0 { ",\n" } else { "" },
                    Json::String(key.clone())
                ));
                upside_down(value, depth + 1, text);
            }
            text.push_str("\n}");
        }
        Json::Array(items) => {
            text.push_str("[\n");
            for (place, item) in items.iter().enumerate() {
                text.push_str(if place > 0 { " ,\n" } else { "" });
                upside_down(item, depth + 1, text);
            }
            text.push_str("\n]");
        }
        scalar => text.push_str(&format!("{pad}{scalar}")),
    }
}

/// H1: spacing and the order of keys are in neither hash.
#[test]
fn h1_layout_is_in_neither_hash() {
    let mut text = String::new();
    upside_down(&narasumber(), 0, &mut text);
    assert_ne!(text, shipped("narasumber.json"));
    let other = compiled(&text, &office(&kantor()), Reading::AsRun);
    assert_eq!((other.signed_hash(), other.hash()), hashes(&narasumber()));
}

/// H1: a default that is written out is the default.
#[test]
fn h1_a_default_written_out_changes_nothing() {
    let mut json = narasumber();
    json["rows"][0]["shared_time"] = json!(false);
    json["rows"][0]["steps"][0]["drawn"] = json!(true);
    json["rows"][0]["revises"] = json!([]);
    json["identity"]["legal_basis"]["numbered"] = json!(true);
    assert_eq!(hashes(&json), hashes(&narasumber()));
}

fn without_notes(json: &mut Json) {
    match json {
        Json::Object(members) => {
            members.remove("notes");
            members.values_mut().for_each(without_notes);
        }
        Json::Array(items) => items.iter_mut().for_each(without_notes),
        _ => {}
    }
}

/// H1: notes and `$schema` are in neither hash.
#[test]
fn h1_notes_and_schema_are_in_neither_hash() {
    let mut json = narasumber();
    without_notes(&mut json);
    json.as_object_mut().unwrap().remove("$schema");
    assert_ne!(json, narasumber());
    assert_eq!(hashes(&json), hashes(&narasumber()));
}

/// H1: the policy is in `process` and not in `signed`.
#[test]
fn h1_the_policy_changes_process_only() {
    let (signed, process) = hashes(&narasumber());
    for (pointer, to) in [
        ("/policy/returns/limit", json!(4)),
        ("/policy/owner", json!("sekda")),
        ("/policy/promise", json!("6 hari")),
        ("/policy/reason", json!("Lain")),
        ("/policy/steps/tandatangan/strategic", json!(false)),
        ("/policy/overdue/1/after", json!("2 jam")),
        ("/policy/hold/max", json!("4 hari")),
    ] {
        let (other_signed, other_process) = hashes(&changed(pointer, to));
        assert_eq!(other_signed, signed, "{pointer}");
        assert_ne!(other_process, process, "{pointer}");
    }
}

/// H1: what the signed part means is in both hashes.
#[test]
fn h1_the_signed_part_changes_both() {
    let (signed, process) = hashes(&narasumber());
    for (pointer, to) in [
        ("/identity/title", json!("SOP Lain")),
        ("/identity/legal_basis/items/0", json!("Peraturan lain")),
        ("/edition", json!(2)),
        ("/rows/5/time", json!("25 menit")),
        ("/rows/5/activity", json!("Membuat surat")),
        ("/rows/11/steps/0/role", json!("tu")),
        ("/rows/1/steps/0/outcomes/0/title", json!("Lengkap")),
        ("/rows/2/outputs/0", json!("surat_pd")),
        ("/table/columns/0/heading", json!("Nomor")),
        ("/roles/1/title", json!("TU")),
    ] {
        let (other_signed, other_process) = hashes(&changed(pointer, to));
        assert_ne!(other_signed, signed, "{pointer}");
        assert_ne!(other_process, process, "{pointer}");
    }
}

/// Every place of a tree that holds a text, a number or a truth value.
fn leaves(json: &Json, at: String, found: &mut Vec<String>) {
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                leaves(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Json::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                leaves(item, format!("{at}/{place}"), found);
            }
        }
        _ => found.push(at),
    }
}

/// H1: wherever a text of the definition can be changed so that it still compiles, the hashes notice.
#[test]
fn h1_no_text_escapes_the_hashes() {
    let json = narasumber();
    let (signed, process) = hashes(&json);
    let office = office(&kantor());
    let mut places = Vec::new();
    leaves(&json, String::new(), &mut places);
    let mut compiled = 0;
    for place in places {
        let mut other = json.clone();
        let leaf = other.pointer_mut(&place).unwrap();
        *leaf = match leaf {
            Json::String(text) => json!(format!("{text} lain")),
            Json::Bool(yes) => json!(!*yes),
            Json::Number(number) => json!(number.as_u64().unwrap() + 1),
            _ => continue,
        };
        let parsed = sop_core::format::parse(sop_core::text::SourceText::new("x", other.to_string()));
        let parsed: sop_core::format::Parsed<sop_core::definition::Definition> = parsed;
        if parsed.diagnostics.has_errors() {
            continue;
        }
        let Some(other) = compilation(&other.to_string(), &office, Reading::AsRun).process else { continue };
        compiled += 1;
        let of_notes = place.contains("/notes/") || place == "/$schema";
        assert_eq!(other.hash() == process, of_notes, "{place}");
        assert_eq!(other.signed_hash() == signed, of_notes || place.starts_with("/policy/"), "{place}");
    }
    assert!(compiled > 120, "{compiled} changes compiled");
}

/// H1: the policy of a step counts, whatever the step is called.
#[test]
fn h1_a_step_called_notes_is_no_note() {
    let with = |within: &str| {
        let text = format!(
            r#"{{ "steps": [{{ "id": "notes", "role": "tu", "end": "selesai" }}],
              "policy": {{ "steps": {{ "notes": {{ "within": "{within}" }} }} }} }}"#
        );
        run(&stage::definition(&text), OFFICE)
    };
    let (one, two) = (with("1 jam"), with("2 jam"));
    assert_ne!(one.steps().values().next().unwrap().budget, two.steps().values().next().unwrap().budget);
    assert_ne!(one.hash(), two.hash(), "two processes that behave differently have one hash");
    assert_eq!(one.signed_hash(), two.signed_hash());
}

/// H1: the office file counts into `process`, and not into `signed`.
#[test]
fn h1_the_office_changes_process_only() {
    let (signed, process) = hashes(&narasumber());
    for (pointer, to) in [
        ("/durations/minutes_per_day", json!(480)),
        ("/durations/day", json!("calendar")),
        ("/posts/5/superior", json!("asisten")),
        ("/registers/0/pattern", json!("{number}/{year}")),
        ("/calendar", json!("calendars/lain.json")),
        ("/title", json!("Kantor lain")),
    ] {
        let mut office: Json = serde_json::from_str(&kantor()).unwrap();
        *office.pointer_mut(pointer).unwrap() = to;
        let other = run(&narasumber(), &office.to_string());
        assert_eq!(other.signed_hash(), signed, "{pointer}");
        assert_ne!(other.hash(), process, "{pointer}");
    }
}

/// H1: the content of the calendar is in neither hash: a running case goes on under another one.
#[test]
fn h1_the_calendar_is_in_neither_hash() {
    let stage = stage::stage(r#"{ "steps": [{ "id": "terima", "role": "tu", "time": "5 menit", "end": "selesai" }] }"#);
    let mut case = stage.start("mulai", "awang", "2026-01-12 08:00");
    let mut file = stage::calendar_file();
    file.holidays.retain(|holiday| holiday.date.to_string() != "2026-01-16");
    let other = sop_core::time::Calendar::compile(&file, stage::wib()).unwrap();
    assert_ne!(other.revision(), case.stage.calendar.revision());
    case.under(other);
    case.complete("terima", "awang", "selesai", "2026-01-12 08:01").unwrap();
}

/// H1, G6: as signed, the policy is in no hash.
#[test]
fn h1_as_signed_the_policy_does_not_count() {
    let office = office(&kantor());
    let signed = |json: &Json| compiled(&json.to_string(), &office, Reading::AsSigned);
    let (one, two) = (signed(&narasumber()), signed(&changed("/policy/returns/limit", json!(4))));
    assert_eq!(one.hash(), two.hash());
    assert_eq!(one.signed_hash(), run(&narasumber(), &kantor()).signed_hash());
    assert_ne!(one.hash(), run(&narasumber(), &kantor()).hash());
}

/// H1: a hash is written as `sha256:` and 64 digits, and reads back.
#[test]
fn h1_a_hash_reads_back() {
    let (signed, process) = hashes(&narasumber());
    assert_ne!(signed, process);
    for hash in [signed, process] {
        let text = hash.to_string();
        assert!(text.starts_with("sha256:") && text.len() == 71);
        assert_eq!(Hash::parse(&text), Ok(hash));
        assert!(Hash::parse(&text[..70]).is_err() && Hash::parse(&text.replace("sha256", "sha512")).is_err());
    }
}
