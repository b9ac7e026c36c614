//! Staffing: for which steps and open waits nobody may act, and when (W1–W3, C4).

use serde_json::{Value as Json, json};
use sop_engine::core::case::Directory;
use sop_engine::core::diagnostic::Language;
use sop_engine::core::text::SourceText;
use sop_engine::files::{self, Bundle};
use sop_engine::store::MemoryStore;
use sop_engine::verify::Verdict;
use sop_engine::{Clock, Completion, Engine, GapReason, Opening, StaffingGap, StaffingReport, WaitRef, staffing};

use crate::office::{MONDAY, Office, at, bundle, officials, path, person, picks, straight};

/// An office of five posts and two units, in which everybody late is reminded and escalated.
fn kantor() -> SourceText {
    let post = |id: &str, title: &str, superior: &str| json!({ "id": id, "title": title, "superior": superior });
    let text = json!({
        "format": 1, "id": "kantor", "title": "Kantor", "zone": { "offset": "+07:00", "label": "WIB" },
        "calendar": "kalender.json",
        "durations": { "minutes_per_day": 450, "days_per_week": 5, "days_per_month": 20, "day": "working" },
        "posts": [{ "id": "kepala", "title": "Kepala" }, post("kabid", "Kepala Bidang", "kepala"),
            post("staf", "Staf", "kabid"), post("tu", "Tata Usaha", "kepala")],
        "units": [{ "id": "koperasi", "title": "Bidang Koperasi" }, { "id": "usaha", "title": "Bidang Usaha Kecil" }],
        "registers": [],
        "overdue": [{ "after": "0 menit", "remind": "doer" }, { "every": "1 hari", "remind": "accountable" }],
    });
    SourceText::new("kantor.json", text.to_string())
}

/// A definition of steps, one in a row, and a policy.
fn procedure(steps: Json, policy: Json) -> Bundle {
    let Json::Array(steps) = steps else { panic!("steps are a list") };
    let first = steps[0]["id"].clone();
    let rows: Vec<Json> =
        steps.into_iter().map(|step| json!({ "activity": "Bekerja", "time": "1 jam", "steps": [step] })).collect();
    let column = |shows: &str| json!({ "shows": shows, "heading": shows });
    let columns = ["no", "activity", "roles", "requires", "time", "outputs", "remark"].map(column);
    let role = |id: &str| json!({ "id": id, "title": id });
    let mut policy = policy;
    policy["reason"] = "Untuk pengujian".into();
    policy["owner"] = "kepala".into();
    for role in ["pemohon", "tu", "staf", "kabid"] {
        policy["roles"][role]["accountable"] = "kepala".into();
    }
    policy["roles"]["kepala"]["accountable"] = "tu".into();
    let definition = json!({
        "format": 1, "id": "cerita", "edition": 1, "office": "kantor.json",
        "identity": { "government": "Pemerintah", "agency": "Dinas", "title": "SOP Cerita",
            "effective": { "date": "2025-07-01" }, "approved_by": { "post": "Kepala", "name": "Kartika" } },
        "table": { "title": "SOP Cerita",
            "columns": columns },
        "roles": [{ "id": "pemohon", "title": "pemohon", "requester": true },
            role("tu"), role("staf"), role("kabid"), role("kepala")],
        "rows": rows,
        "starts": [{ "id": "mulai", "title": "Mulai", "opens": [first] }],
        "ends": [{ "id": "selesai", "title": "Selesai", "kind": "case" }],
        "policy": policy,
    });
    let calendar = std::fs::read_to_string(path("calendars/kalbar.json")).unwrap();
    let definition = SourceText::new("cerita.json", definition.to_string());
    Bundle::from_texts(definition, kantor(), SourceText::new("kalender.json", calendar))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A directory of holders and absences; everybody is called as their id, with a capital.
fn people(of: &Bundle, holders: Json, absences: Json) -> Directory {
    let mut ids: Vec<String> = Vec::new();
    for holder in holders.as_array().unwrap() {
        let id = holder["person"].as_str().unwrap().to_owned();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let named = |id: &String| json!({ "id": id, "name": format!("{}{}", id[..1].to_uppercase(), &id[1..]) });
    let people: Vec<Json> = ids.iter().map(named).collect();
    let text = json!({ "format": 1, "id": "pejabat", "people": people, "holders": holders, "absences": absences });
    files::directory_from(SourceText::new("pejabat.json", text.to_string()), of.office())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The gaps of 2026 that leave nobody, in English.
fn gaps(of: &Bundle, holders: Json, absences: Json) -> Vec<String> {
    let found = found(of, holders, absences);
    found.iter().filter(|gap| gap.leaves_nobody()).map(|gap| gap.text.en.clone()).collect()
}

/// All gaps of 2026.
fn found(of: &Bundle, holders: Json, absences: Json) -> Vec<StaffingGap> {
    let directory = people(of, holders, absences);
    let (from, until) = (at("2026-01-01T00:00:00+07:00"), at("2027-01-01T00:00:00+07:00"));
    staffing::examine(of, &directory, from, until).gaps
}

fn one_step(policy: Json) -> Bundle {
    procedure(
        json!([{ "id": "ajukan", "role": "pemohon", "next": "layani" }, { "id": "layani", "role": "tu", "end": "selesai" }]),
        policy,
    )
}

#[test]
fn a_vacant_post_is_a_gap_with_its_dates() {
    let sop = one_step(json!({}));
    assert_eq!(gaps(&sop, json!([]), json!([])), ["baris (2), tu: nobody holds the post, 01-01-2026 to 31-12-2026."]);
    let between = json!([
        { "post": "tu", "person": "awang", "until": "2026-03-31" },
        { "post": "tu", "person": "tuti", "from": "2026-04-03" },
    ]);
    let found = found(&sop, between, json!([]));
    let gap = found.iter().find(|gap| gap.leaves_nobody()).unwrap();
    assert_eq!(gap.text.id, "baris (2), tu: tidak ada pemegang jabatan, 01-04-2026 sampai dengan 02-04-2026.");
    assert_eq!((gap.from, gap.until), (at("2026-04-01T00:00:00+07:00"), at("2026-04-03T00:00:00+07:00")));
    assert_eq!((gap.row.as_str(), gap.step.id.as_str(), gap.post.as_str()), ("(2)", "layani", "tu"));
    // One holder at a time: the absence of one person is enough, before and after.
    let single: Vec<&str> = found.iter().filter(|gap| !gap.leaves_nobody()).map(|gap| gap.text.en.as_str()).collect();
    assert_eq!(
        single,
        [
            "baris (2), tu: without Awang nobody may act, 01-01-2026 to 31-03-2026.",
            "baris (2), tu: without Tuti nobody may act, 03-04-2026 to 31-12-2026."
        ]
    );
}

/// W1: a Plh fills the time in which the holder is away, and only that.
#[test]
fn an_absence_is_a_gap_unless_a_plh_stands_in() {
    let sop = one_step(json!({}));
    let away = json!([{ "person": "awang", "from": "2026-02-09", "until": "2026-02-13" }]);
    let alone = gaps(&sop, json!([{ "post": "tu", "person": "awang" }]), away.clone());
    assert_eq!(alone, ["baris (2), tu: Awang is away, and nobody stands in, 09-02-2026 to 13-02-2026."]);
    let plh = |until: &str| {
        json!([{ "post": "tu", "person": "awang" },
            { "post": "tu", "person": "tuti", "as": "plh", "from": "2026-02-09", "until": until, "mandate": "SP 1" }])
    };
    assert_eq!(gaps(&sop, plh("2026-02-13"), away.clone()), Vec::<String>::new());
    // The order of the Plh ends a day early.
    let short = gaps(&sop, plh("2026-02-12"), away);
    assert_eq!(short, ["baris (2), tu: Awang is away, and nobody stands in, on 13-02-2026."]);
}

/// W1: a strategic step needs a mandate that decides.
#[test]
fn a_plh_without_a_mandate_that_decides_leaves_a_strategic_step_to_nobody() {
    let sop = one_step(json!({ "steps": { "layani": { "reason": "Keputusan", "strategic": true } } }));
    let away = json!([{ "person": "awang", "from": "2026-02-09", "until": "2026-02-13" }]);
    let with = |decides: bool| {
        let holders = json!([{ "post": "tu", "person": "awang" },
            { "post": "tu", "person": "tuti", "as": "plh", "from": "2026-02-09", "until": "2026-02-13",
              "mandate": "SP 1", "decides": decides }]);
        gaps(&sop, holders, away.clone())
    };
    assert_eq!(with(false), ["baris (2), tu: no mandate that decides (Tuti), 09-02-2026 to 13-02-2026."]);
    assert_eq!(with(true), Vec::<String>::new());
}

/// W2: each value of the field that binds a role needs somebody.
#[test]
fn a_unit_without_holder_is_a_gap_of_its_own() {
    let sop = procedure(
        json!([{ "id": "ajukan", "role": "pemohon", "next": "periksa" }, { "id": "periksa", "role": "kabid", "end": "selesai" }]),
        json!({ "fields": [{ "id": "bidang", "title": "Bidang", "type": "unit" }], "roles": { "kabid": { "per": "bidang" } },
            "steps": { "ajukan": { "reason": "Memilih bidang", "collects": ["bidang"] } } }),
    );
    let one = json!([{ "post": "kabid", "for": "koperasi", "person": "kuncoro" },
        { "post": "kabid", "for": "usaha", "person": "usman", "until": "2026-06-30" }]);
    let all = found(&sop, one, json!([]));
    let gap = all.iter().find(|gap| gap.leaves_nobody()).unwrap();
    assert_eq!(gap.text.en, "baris (2), kabid (Bidang Usaha Kecil): nobody holds the post, 01-07-2026 to 31-12-2026.");
    let bound = gap.bound.as_ref().unwrap();
    assert_eq!((bound.id.as_str(), bound.title.as_str()), ("usaha", "Bidang Usaha Kecil"));
    assert_eq!(all.iter().filter(|gap| gap.leaves_nobody()).count(), 1);
}

/// Somebody drafts, and another one checks.
fn four_eyes(rule: &str) -> Bundle {
    procedure(
        json!([{ "id": "susun", "role": "staf", "next": "periksa" }, { "id": "periksa", "role": "kabid", "end": "selesai" }]),
        json!({ "steps": { "periksa": { "reason": "Empat mata", rule: ["susun"] } } }),
    )
}

/// W3: whoever drafted it keeps out of checking it, also after a move to the other post.
#[test]
fn whoever_moves_to_the_post_that_checks_is_kept_out_by_their_own_drafts() {
    let sop = four_eyes("distinct_from");
    let moves = json!([{ "post": "staf", "person": "santi", "until": "2026-03-31" }, { "post": "staf", "person": "seno" },
        { "post": "kabid", "person": "kuncoro", "until": "2026-03-31" },
        { "post": "kabid", "person": "santi", "from": "2026-04-01" }]);
    assert_eq!(
        gaps(&sop, moves, json!([])),
        ["baris (2), kabid: nobody may act if Santi did baris (1), staf, 01-04-2026 to 31-12-2026."]
    );
    // Nobody of those who draft ever checks.
    let apart = json!([{ "post": "staf", "person": "santi" }, { "post": "kabid", "person": "kuncoro" }]);
    assert_eq!(gaps(&sop, apart.clone(), json!([])), Vec::<String>::new());
    // Santi held the post of those who draft before the period only: no case is as old.
    let before = json!([{ "post": "staf", "person": "santi", "until": "2025-12-31" }, { "post": "staf", "person": "seno" },
        { "post": "kabid", "person": "santi", "from": "2026-01-01" }]);
    assert_eq!(gaps(&sop, before, json!([])), Vec::<String>::new());
}

/// W3: a rung that calls the head in makes them one of those who may have drafted.
#[test]
fn whoever_is_called_in_may_have_done_the_other_step() {
    let sop = procedure(
        json!([{ "id": "susun", "role": "staf", "next": "periksa" }, { "id": "periksa", "role": "kabid", "end": "selesai" }]),
        json!({ "roles": { "staf": { "superior": "kabid" } }, "steps": {
            "susun": { "reason": "Dieskalasikan", "overdue": [{ "after": "1 hari", "escalate": "superior" }, { "every": "1 hari", "remind": "accountable" }] },
            "periksa": { "reason": "Empat mata", "distinct_from": ["susun"] } } }),
    );
    let one = json!([{ "post": "staf", "person": "santi" }, { "post": "kabid", "person": "kuncoro" }]);
    let kept_out = "baris (2), kabid: nobody may act if Kuncoro did baris (1), staf, 01-01-2026 to 31-12-2026.";
    assert_eq!(gaps(&sop, one, json!([])), [kept_out]);
    let two = json!([{ "post": "staf", "person": "santi" }, { "post": "kabid", "person": "kuncoro" },
        { "post": "kabid", "person": "usman" }]);
    let found = found(&sop, two, json!([]));
    assert!(found.iter().all(|gap| !gap.leaves_nobody()), "{found:?}");
    let single = found.iter().filter(|gap| gap.step.id == "periksa").map(|gap| &gap.reason);
    assert!(single.clone().all(|reason| matches!(reason, GapReason::Single { by, .. } if by.len() == 1)));
    assert_eq!(single.count(), 2);
}

/// A step is kept apart only from those that may be completed before it.
#[test]
fn the_step_that_comes_first_is_not_kept_out_by_the_one_that_follows() {
    let sop = procedure(
        json!([{ "id": "susun", "role": "staf", "next": "periksa" }, { "id": "periksa", "role": "staf", "end": "selesai" }]),
        json!({ "steps": { "periksa": { "reason": "Empat mata", "distinct_from": ["susun"] } } }),
    );
    let one = json!([{ "post": "staf", "person": "santi" }]);
    assert_eq!(
        gaps(&sop, one, json!([])),
        ["baris (2), staf: nobody may act if Santi did baris (1), staf, 01-01-2026 to 31-12-2026."]
    );
    // In parallel branches either may come first.
    let parallel = procedure(
        json!([{ "id": "bagi", "role": "tu", "split": ["satu", "dua"] }, { "id": "satu", "role": "staf", "next": "gabung" },
            { "id": "dua", "role": "staf", "next": "gabung" }, { "id": "gabung", "role": "tu", "join": { "all": [["satu"], ["dua"]] }, "end": "selesai" }]),
        json!({ "steps": { "dua": { "reason": "Empat mata", "distinct_from": ["satu"] } } }),
    );
    let one = json!([{ "post": "staf", "person": "santi" }, { "post": "tu", "person": "awang" }, { "post": "tu", "person": "tuti" }]);
    let rows: Vec<String> = found(&parallel, one, json!([])).into_iter().map(|gap| gap.row).collect();
    assert_eq!(rows, ["(2)", "(3)"]);
}

/// W3: `same_as` binds while the person could act here at all; after that the holder may.
#[test]
fn a_leaver_binds_nobody_by_same_as() {
    let sop = procedure(
        json!([{ "id": "susun", "role": "staf", "next": "kirim" }, { "id": "kirim", "role": "staf", "end": "selesai" }]),
        json!({ "steps": { "kirim": { "reason": "Satu tangan", "same_as": ["susun"] } } }),
    );
    let leaves = json!([{ "post": "staf", "person": "santi", "until": "2026-03-31" },
        { "post": "staf", "person": "seno", "from": "2026-02-01" }]);
    assert_eq!(gaps(&sop, leaves, json!([])), Vec::<String>::new());
    // Nor does somebody who never held the post that sends.
    let apart = four_eyes("same_as");
    let two = json!([{ "post": "staf", "person": "santi" }, { "post": "kabid", "person": "kuncoro" }]);
    assert_eq!(gaps(&apart, two, json!([])), Vec::<String>::new());
}

/// W3: bound to two people who are both there, nobody may act.
#[test]
fn a_step_that_is_the_same_as_two_others_may_be_left_to_nobody() {
    let sop = procedure(
        json!([{ "id": "satu", "role": "staf", "next": "dua" }, { "id": "dua", "role": "tu", "next": "tiga" },
            { "id": "tiga", "role": "kabid", "end": "selesai" }]),
        json!({ "steps": { "tiga": { "reason": "Satu tangan", "same_as": ["satu", "dua"] } } }),
    );
    let both = json!([{ "post": "staf", "person": "santi" }, { "post": "tu", "person": "tuti" },
        { "post": "kabid", "person": "santi" }, { "post": "kabid", "person": "tuti", "from": "2026-05-01" }]);
    assert_eq!(
        gaps(&sop, both, json!([])),
        [
            "baris (3), kabid: nobody may act if Santi and Tuti did baris (1), staf and baris (2), tu, 01-05-2026 to 31-12-2026."
        ]
    );
}

/// A rung that hands the wait over needs somebody there as long as the wait is open. T3: to a role that nobody holds it hands
/// nothing over.
#[test]
fn a_role_that_a_wait_is_handed_over_to_has_gaps_of_its_own() {
    let sop = procedure(
        json!([{ "id": "layani", "role": "tu", "end": "selesai" }]),
        json!({ "steps": { "layani": { "reason": "Dialihkan", "overdue": [{ "after": "1 hari", "reassign": "staf" }, { "every": "1 hari", "remind": "accountable" }] } } }),
    );
    let leaves =
        json!([{ "post": "tu", "person": "awang" }, { "post": "staf", "person": "santi", "until": "2026-03-31" }]);
    assert_eq!(
        gaps(&sop, leaves, json!([])),
        ["baris (1), tu, handed over to staf: nobody holds the post, 01-04-2026 to 31-12-2026."]
    );
    let never = json!([{ "post": "tu", "person": "awang" }]);
    assert_eq!(gaps(&sop, never, json!([])), Vec::<String>::new());
}

/// The requester is one person, however many steps they did.
#[test]
fn whoever_asks_keeps_one_person_out_at_most() {
    let sop = procedure(
        json!([{ "id": "ajukan", "role": "pemohon", "next": "lengkapi" }, { "id": "lengkapi", "role": "pemohon", "next": "periksa" },
            { "id": "periksa", "role": "staf", "end": "selesai" }]),
        json!({ "steps": { "periksa": { "reason": "Empat mata", "distinct_from": ["ajukan", "lengkapi"] } } }),
    );
    let staff =
        |names: &[&str]| -> Json { names.iter().map(|name| json!({ "post": "staf", "person": name })).collect() };
    let one = gaps(&sop, staff(&["santi"]), json!([]));
    assert_eq!(one, ["baris (3), staf: nobody may act if Santi did baris (1), pemohon, 01-01-2026 to 31-12-2026."]);
    assert_eq!(gaps(&sop, staff(&["santi", "seno"]), json!([])), Vec::<String>::new());
    assert_eq!(found(&sop, staff(&["santi", "seno", "sari"]), json!([])), []);
}

fn told(report: &StaffingReport) -> Vec<String> {
    report.gaps().filter(|(_, gap)| gap.leaves_nobody()).map(|(_, gap)| gap.text.en.clone()).collect()
}

/// C4: deploying says which steps it leaves without anybody, for a year from now, and is not refused because of them.
#[test]
fn c4_deploying_tells_the_gaps_of_the_year_to_come() {
    let sop = one_step(json!({}));
    let away = json!([{ "person": "awang", "from": "2026-02-09", "until": "2026-02-13" },
        { "person": "awang", "from": "2026-05-04", "until": "2026-05-08" }]);
    let directory = people(&sop, json!([{ "post": "tu", "person": "awang" }]), away);
    let engine = Engine::open(MemoryStore::new(), directory, Clock::simulated(at(MONDAY))).unwrap();
    let deployment = engine.deploy_unproved(sop.clone(), "Uji coba").unwrap();
    let report = &deployment.staffing;
    assert_eq!(told(report), ["baris (2), tu: Awang is away, and nobody stands in, 04-05-2026 to 08-05-2026."]);
    assert_eq!((report.from, report.until), (at(MONDAY), at("2027-04-13T08:00:00+07:00")));
    assert!(!report.is_staffed() && matches!(report.procedures[0].verdict, Verdict::Refuted));
    // Deploying it again changes nothing, and tells the same.
    let again = engine.deploy_unproved(sop, "Uji coba").unwrap();
    assert!(!again.is_new && again.staffing == *report);
    // Any other period may be asked about.
    let february = engine.staffing(at("2026-02-01T00:00:00+07:00"), at("2026-03-01T00:00:00+07:00")).unwrap();
    assert_eq!(told(&february), ["baris (2), tu: Awang is away, and nobody stands in, 09-02-2026 to 13-02-2026."]);
    let backwards = engine.staffing_of(&deployment.definition, at(MONDAY), at("2026-01-01T00:00:00+07:00")).unwrap();
    assert_eq!(backwards.gaps().count(), 0);
}

/// C4: changing the directory says which open waits it leaves without anybody; another one mends them.
#[test]
fn c4_a_directory_that_leaves_open_waits_to_nobody_says_so() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..6]);
    let sop = bundle("narasumber.json");
    let without = |who: &str| {
        let text = std::fs::read_to_string(path("pejabat.json")).unwrap();
        let mut file: Json = serde_json::from_str(&text).unwrap();
        file["holders"].as_array_mut().unwrap().retain(|holder| holder["person"] != who);
        files::directory_from(SourceText::new("pejabat.json", file.to_string()), sop.office()).unwrap()
    };
    let report = office.engine.set_directory(without("tirta")).unwrap();
    let wait = office.wait(case);
    assert_eq!(report.waits.iter().map(|wait| wait.wait).collect::<Vec<_>>(), [wait]);
    let told = &report.waits[0];
    assert_eq!((told.step.id.as_str(), told.row.as_str()), ("koreksi_kabag", "7"));
    assert_eq!(told.bound.as_ref().unwrap().title, "Bagian Tata Laksana");
    assert_eq!(
        told.text.en,
        format!("Case {case}, baris 7, Kepala Bagian Terkait (Bagian Tata Laksana): nobody may act now.")
    );
    let vacant = report.gaps().filter(|(_, gap)| gap.leaves_nobody() && gap.bound == told.bound);
    let rows: Vec<&str> = vacant.map(|(_, gap)| gap.row.as_str()).collect();
    assert_eq!(rows, ["5", "7", "12"]);
    assert!(report.explain(Language::Indonesian).starts_with(&told.text.id));
    assert!(matches!(
        office.complete(wait, "tirta", &picks("setuju")),
        Err(sop_engine::Refusal::Rejected(sop_engine::core::case::Rejection::NotYours { .. }))
    ));

    let mended = office.engine.set_directory(officials("pejabat.json", &sop)).unwrap();
    assert_eq!(mended.waits, []);
    office.complete(wait, "tirta", &picks("setuju")).unwrap();
}

/// C4: whoever drafted an open case is known, also where the directory no longer says that they could.
#[test]
fn c4_what_was_done_in_open_cases_is_part_of_the_report() {
    let sop = four_eyes("distinct_from");
    let first = people(
        &sop,
        json!([{ "post": "staf", "person": "santi" }, { "post": "kabid", "person": "kuncoro" }]),
        json!([]),
    );
    let (engine, _) = engine(&sop, first);
    let wait = opened(&engine, &sop, "santi");
    engine.complete(&wait, &person("santi"), &Completion::default(), None).unwrap().unwrap();
    let moved = json!([{ "post": "staf", "person": "seno" }, { "post": "kabid", "person": "santi" }]);
    let report = engine.set_directory(people(&sop, moved, json!([]))).unwrap();
    let step = "baris (2), kabid: nobody may act if Santi did baris (1), staf, 13-04-2026 to 13-04-2027.";
    assert_eq!(told(&report), [step]);
    assert_eq!(report.waits.len(), 1, "the one case that is open waits for nobody");
    let two = json!([{ "post": "staf", "person": "seno" }, { "post": "kabid", "person": "santi" },
        { "post": "kabid", "person": "usman" }]);
    let mended = engine.set_directory(people(&sop, two, json!([]))).unwrap();
    assert!(mended.is_staffed(), "{mended}");
}

/// C4: a hold or a claim ends; whoever may act after it keeps the wait from being without anybody.
#[test]
fn c4_waits_that_are_held_or_claimed_are_not_without_anybody() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..2]);
    let wait = office.wait(case);
    let until = at("2026-04-14T08:00:00+07:00");
    office.engine.claim(&wait, &person("awang"), None).unwrap().unwrap();
    let waits = |engine: &Engine| engine.staffing(at(MONDAY), until).unwrap().waits;
    assert_eq!(waits(&office.engine), []);
    office.engine.hold(&wait, &person("awang"), until, "Menunggu berkas", None).unwrap().unwrap();
    assert_eq!(waits(&office.engine), []);
    let sop = bundle("narasumber.json");
    let nobody = office.engine.set_directory(Directory::empty(sop.office())).unwrap();
    assert_eq!(nobody.waits.len(), 1);
    // After a restart it is the same.
    assert_eq!(office.reopen().staffing(at(MONDAY), until).unwrap().waits, []);
}

/// The requester's waits are never without anybody.
#[test]
fn whoever_asks_is_there() {
    let office = Office::narasumber();
    office.start();
    let sop = bundle("narasumber.json");
    let report = office.engine.set_directory(Directory::empty(sop.office())).unwrap();
    assert_eq!(report.waits, []);
    assert!(report.gaps().all(|(_, gap)| gap.role.id != "pemohon"));
    assert!(report.gaps().all(|(_, gap)| gap.reason == GapReason::Vacant));
}

/// The shipped officials: a Plt whose order ends on 30 September, and nobody appointed after it.
#[test]
fn the_shipped_officials_leave_one_post_to_nobody_when_the_plt_ends() {
    let sop = bundle("narasumber.json");
    let officials = officials("pejabat.json", &sop);
    let (from, until) = (at("2026-01-01T00:00:00+07:00"), at("2027-01-01T00:00:00+07:00"));
    let staffing = staffing::examine(&sop, &officials, from, until);
    let (nobody, single): (Vec<&StaffingGap>, Vec<&StaffingGap>) =
        staffing.gaps.iter().partition(|gap| gap.leaves_nobody());
    let nobody: Vec<&str> = nobody.iter().map(|gap| gap.text.id.as_str()).collect();
    assert_eq!(
        nobody,
        [
            "baris 6, Kasubbag Terkait (Bagian Reformasi Birokrasi dan Akuntabilitas Kinerja): tidak ada pemegang jabatan, \
          01-10-2026 sampai dengan 31-12-2026."
        ]
    );
    assert!(!single.is_empty(), "some posts have one holder only");
    assert!(staffing.verdict.is_refuted());
}

fn engine(sop: &Bundle, directory: Directory) -> (Engine, Clock) {
    let clock = Clock::simulated(at(MONDAY));
    let engine = Engine::open(MemoryStore::new(), directory, clock.clone()).unwrap();
    engine.deploy_unproved(sop.clone(), "Uji coba").unwrap();
    (engine, clock)
}

fn opened(engine: &Engine, sop: &Bundle, by: &str) -> WaitRef {
    let opened = engine.start(sop.process().id(), &person(by), &Opening::about("Uji"), None).unwrap().unwrap();
    opened.opened[0]
}

/// What is said to be without anybody is so, and nothing else: the waits of a case whose `same_as` names a leaver.
#[test]
fn the_waits_that_are_told_are_those_that_nobody_can_complete() {
    let sop = procedure(
        json!([{ "id": "susun", "role": "staf", "next": "kirim" }, { "id": "kirim", "role": "staf", "end": "selesai" }]),
        json!({ "steps": { "kirim": { "reason": "Satu tangan", "same_as": ["susun"] } } }),
    );
    let both = json!([{ "post": "staf", "person": "santi" }, { "post": "staf", "person": "seno" }]);
    let (engine, _) = engine(&sop, people(&sop, both, json!([])));
    let wait = opened(&engine, &sop, "santi");
    let next = engine.complete(&wait, &person("santi"), &Completion::default(), None).unwrap().unwrap().opened[0];
    let left = json!([{ "post": "staf", "person": "seno" }]);
    let report = engine.set_directory(people(&sop, left, json!([]))).unwrap();
    assert_eq!(told(&report), Vec::<String>::new(), "by W3 a leaver binds nobody");
    let is_told = report.waits.iter().any(|wait| wait.wait == next);
    let may = engine.complete(&next, &person("seno"), &Completion::default(), None).unwrap().is_ok();
    assert_eq!(is_told, !may);
}

/// Hundreds of people and steps are examined at once, and the verdict is left open where it would take long.
#[test]
fn a_large_office_is_answered_at_once() {
    let names = ["tu", "staf", "kabid"];
    let step = |n: usize| json!({ "id": format!("l{n}"), "role": names[n % 3], "next": format!("l{}", n + 1) });
    let mut steps: Vec<Json> = (0..300).map(step).collect();
    steps.push(json!({ "id": "l300", "role": "kepala", "end": "selesai" }));
    let apart = (1..300).map(|n| {
        let rule = json!({ "reason": "Empat mata", "distinct_from": [format!("l{}", n - 1)] });
        (format!("l{n}"), rule)
    });
    let sop = procedure(Json::Array(steps), json!({ "steps": apart.collect::<serde_json::Map<_, _>>() }));
    let day = |n: usize, of: usize| format!("2026-{:02}-{:02}", n % 11 + 1, n % 23 + of);
    let holder = |n: usize| json!({ "post": names[n % 3], "person": format!("p{n}"), "until": if n.is_multiple_of(5) { day(n, 1) } else { "2027-12-31".to_owned() } });
    let away = |n: usize| json!({ "person": format!("p{n}"), "from": day(n, 1), "until": day(n, 5) });
    let holders: Vec<Json> = (0..500).map(holder).collect();
    let directory = people(&sop, Json::Array(holders), Json::Array((0..500).map(away).collect()));
    let (from, until) = (at("2026-01-01T00:00:00+07:00"), at("2027-01-01T00:00:00+07:00"));
    let found = staffing::examine(&sop, &directory, from, until);
    assert!(found.verdict.is_unknown(), "{}", found.verdict);
    let nobody: Vec<&str> =
        found.gaps.iter().filter(|gap| gap.leaves_nobody()).map(|gap| gap.text.en.as_str()).collect();
    assert_eq!(nobody, ["baris (301), kepala: nobody holds the post, 01-01-2026 to 31-12-2026."]);
    // Names beyond the third are counted.
    let all_away = (0..500).map(|n| json!({ "person": format!("p{n}"), "from": "2026-05-01", "until": "2026-05-02" }));
    let holders: Vec<Json> = (0..500).map(holder).collect();
    let directory = people(&sop, Json::Array(holders), Json::Array(all_away.collect()));
    let text = &staffing::examine(&sop, &directory, from, until).gaps[0].text.en;
    assert!(text.starts_with("baris (1), tu: P3, P6, P9 and "), "{text}");
    assert!(text.ends_with(" others are away, and nobody stands in, 01-05-2026 to 02-05-2026."), "{text}");
}
