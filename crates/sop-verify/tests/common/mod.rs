//! What the tests share: shipped definitions, read as signed and as run.
#![allow(dead_code, reason = "each target is compiled with all of it and uses a part")]

use std::path::Path;

use sop_core::case::{Directory, People};
use sop_core::definition::{Definition, DirectoryFile, Office};
use sop_core::format::{Document, parse};
use sop_core::process::{CheckedOffice, Process, Reading, check_office, compile};
use sop_core::text::SourceText;
use sop_core::time::Instant;
use sop_verify::{GuaranteeName, Judgement, Staff, Terms, verify_on};

pub(crate) const SHIPPED: [&str; 7] = [
    "narasumber.json",
    "fixtures/bagian.json",
    "fixtures/dua_awal.json",
    "fixtures/dua_isian.json",
    "fixtures/maju.json",
    "fixtures/paralel.json",
    "fixtures/tiga_keputusan.json",
];

pub(crate) fn read_text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions").join(name);
    std::fs::read_to_string(path).unwrap()
}

pub(crate) fn read<T: Document>(name: &str) -> T {
    parse::<T>(SourceText::new(name, read_text(name))).into_result().unwrap()
}

pub(crate) fn office(of: &str) -> CheckedOffice {
    let name = if of.starts_with("fixtures/") { "fixtures/kantor.json" } else { "kantor.json" };
    check_office(&read::<Office>(name), &Default::default()).0.unwrap()
}

pub(crate) fn compiled(definition: &Definition, office: &CheckedOffice, reading: Reading) -> Process {
    compile(definition, office, reading, &Default::default()).into_result().unwrap()
}

pub(crate) fn shipped(name: &str, reading: Reading) -> Process {
    compiled(&read(name), &office(name), reading)
}

/// An office of five posts with a working calendar's durations, and no ladder of its own.
pub(crate) const OFFICE: &str = r#"{
  "format": 1, "id": "kantor", "title": "Kantor", "zone": { "offset": "+07:00", "label": "WIB" }, "calendar": "kalender.json",
  "durations": { "minutes_per_day": 450, "days_per_week": 5, "days_per_month": 20, "day": "working" },
  "posts": [
    { "id": "kepala", "title": "Kepala" },
    { "id": "sekretaris", "title": "Sekretaris", "superior": "kepala" },
    { "id": "staf", "title": "Staf", "superior": "sekretaris" },
    { "id": "tu", "title": "Tata Usaha", "superior": "sekretaris" }
  ],
  "units": [{ "id": "koperasi", "title": "Koperasi" }, { "id": "usaha", "title": "Usaha" }]
}"#;

pub(crate) fn story_office() -> CheckedOffice {
    let office = parse::<Office>(SourceText::new("kantor.json", OFFICE.to_owned())).into_result().unwrap();
    check_office(&office, &Default::default()).0.unwrap()
}

/// A definition from what matters in it: `steps` stand one in a row of 30 minutes, the first of them opens a case, and
/// the policy has a reason and a ladder that reminds for ever, unless the text says otherwise.
pub(crate) fn story(text: &str) -> String {
    use serde_json::{Value as Json, json};
    let Json::Object(mut given) = serde_json::from_str(text).unwrap() else { panic!("a definition is an object") };
    if let Some(Json::Array(steps)) = given.remove("steps") {
        let row = |step: Json| {
            let mut row = json!({ "activity": "Bekerja", "time": "30 menit" });
            let (Some(cells), Json::Object(mut step)) = (row.as_object_mut(), step) else {
                panic!("a step is an object")
            };
            for key in ["requires", "outputs", "time", "no"] {
                cells.extend(step.remove(key).map(|cell| (key.to_owned(), cell)));
            }
            cells.insert("steps".to_owned(), json!([step]));
            row
        };
        given.insert("rows".into(), Json::Array(steps.into_iter().map(row).collect()));
    }
    let first = given["rows"][0]["steps"][0]["id"].clone();
    let policy = given.entry("policy").or_insert_with(|| json!({}));
    if let Some(policy) = policy.as_object_mut() {
        policy.entry("reason").or_insert_with(|| "Untuk pengujian".into());
        policy.entry("owner").or_insert_with(|| "kepala".into());
        let ladder = json!([{ "every": "1 hari", "remind": "accountable" }]);
        policy.entry("overdue").or_insert(ladder);
        let mut roles = json!({ "pemohon": { "accountable": "tu" }, "tu": { "accountable": "sekretaris" },
            "staf": { "accountable": "sekretaris" }, "sekretaris": { "accountable": "kepala" },
            "kepala": { "accountable": "sekretaris" } });
        if let Some(Json::Object(own)) = policy.remove("roles") {
            for (role, mut own) in own {
                if let (Some(own), Some(all)) = (own.as_object_mut(), roles[&role].as_object()) {
                    all.iter().for_each(|(key, value)| {
                        own.entry(key.clone()).or_insert_with(|| value.clone());
                    });
                }
                roles[&role] = own;
            }
        }
        policy.insert("roles".into(), roles);
    }
    if policy.is_null() {
        given.remove("policy");
    }
    let column = |shows: &str| json!({ "shows": shows, "heading": shows });
    let columns = ["no", "activity", "roles", "requires", "time", "outputs", "remark"].map(column);
    let role = |id: &str| json!({ "id": id, "title": id });
    let mut whole = json!({
        "format": 1, "id": "cerita", "edition": 1, "office": "kantor.json",
        "identity": { "government": "Pemerintah", "agency": "Dinas", "title": "SOP Cerita",
            "effective": { "date": "2025-07-01" }, "approved_by": { "post": "Kepala", "name": "Kartika" } },
        "table": { "title": "SOP Cerita", "columns": columns },
        "roles": [{ "id": "pemohon", "title": "pemohon", "requester": true },
            role("tu"), role("staf"), role("sekretaris"), role("kepala")],
        "starts": [{ "id": "mulai", "opens": [first] }],
        "ends": [{ "id": "selesai", "title": "Selesai", "kind": "case" }],
    });
    whole.as_object_mut().unwrap().extend(given);
    serde_json::to_string_pretty(&whole).unwrap()
}

pub(crate) fn parsed(text: &str) -> sop_core::format::Parsed<Definition> {
    let parsed = parse::<Definition>(SourceText::new("cerita.json", story(text)));
    assert!(!parsed.diagnostics.has_errors(), "{:?}", parsed.diagnostics);
    parsed
}

/// The process of a story, as run.
pub(crate) fn process(text: &str) -> Process {
    let compiled = compile(parsed(text).value.as_ref().unwrap(), &story_office(), Reading::AsRun, &Default::default());
    compiled.process.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
}

/// What is known of `staffed` in the first half of 2026, where four people hold these posts.
pub(crate) fn staffed(process: &Process, holders: &str) -> Judgement {
    let people = ["ani", "budi", "citra", "dewi"].map(|id| format!(r#"{{ "id": "{id}", "name": "{id}" }}"#)).join(",");
    let text = format!(r#"{{ "format": 1, "id": "pejabat", "people": [{people}], "holders": [{holders}] }}"#);
    let file = parse::<DirectoryFile>(SourceText::new("pejabat.json", text)).into_result().unwrap();
    let (directory, findings) = Directory::check(&file, &story_office(), &Default::default());
    let mut people = People::new();
    let staffing = directory.unwrap_or_else(|| panic!("{findings:?}")).staff(process, &mut people);
    let at = |text: &str| text.parse::<Instant>().unwrap();
    let (from, until) = (at("2026-01-01T00:00:00.000Z"), at("2026-07-01T00:00:00.000Z"));
    let staff = Staff { people: &people, staffing: &staffing, from, until };
    let verified = verify_on(process, &Terms { staff: Some(staff), ..Terms::default() });
    verified.verdicts().of(GuaranteeName::Staffed).clone()
}
