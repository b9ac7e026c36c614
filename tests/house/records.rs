//! The form in which events are kept: it is read back for decades, so that every change of it has to be noticed.

use expect_test::expect;
use sop_core::case::{
    Actor, Capacity, Event, Fault, Named, People, RECORD_VERSION, Record, RecordError, ReturnName, RungOutcome, Shape,
    SlotName,
};
use sop_core::time::{Instant, Millis, Revision};

#[path = "../stage/mod.rs"]
mod stage;

/// An id of the type that its place asks for.
macro_rules! id {
    ($text:literal) => {
        $text.parse().expect("an id")
    };
}

fn at(minute: u32) -> Instant {
    stage::at(&format!("2026-01-12 08:{minute:02}"))
}

fn actor(capacity: Capacity) -> Actor<sop_core::definition::PersonId, sop_core::definition::RoleId> {
    Actor { person: id!("awang"), role: id!("tu"), capacity }
}

fn slot() -> SlotName {
    SlotName { step: id!("gabung"), group: 1 }
}

fn back(branch: Option<u16>) -> ReturnName {
    ReturnName { step: id!("periksa"), outcome: id!("tolak"), branch }
}

fn rung(outcome: RungOutcome<Named>) -> Event<Named> {
    Event::RungFired { wait: 1, rung: 2, occurrence: 3, missed: 0, due: at(1), outcome, alarm: Some(at(2)) }
}

/// One event of every kind, with everything that it can carry, and where that matters without.
fn events() -> Vec<Event<Named>> {
    let shape = Shape { papers: 1, fields: 2, steps: 3, returns: 4, slots: 5, ends: 6, groups: 7 };
    let directory = Revision(1);
    let calendar = Revision(0xfedc_ba98_7654_3210);
    vec![
        Event::Started {
            start: id!("mulai"),
            requester: id!("wulan"),
            subject: "Perihal".into(),
            shape: shape.into(),
            directory,
            calendar,
        },
        Event::Activated {
            wait: 1,
            step: id!("periksa"),
            bound: Some("usaha".into()),
            rework: true,
            anchor: at(0),
            due: Some(at(1)),
            alarm: Some(at(2)),
        },
        Event::Activated {
            wait: 1,
            step: id!("periksa"),
            bound: None,
            rework: false,
            anchor: at(0),
            due: None,
            alarm: None,
        },
        Event::SlotFilled { slot: slot() },
        Event::Joined { first: slot(), slots: 2 },
        Event::Completed {
            wait: 1,
            step: id!("periksa"),
            outcome: id!("setuju"),
            by: actor(Capacity::Plh),
            forced: true,
            note: Some("Baik".into()),
            directory,
        },
        Event::Completed {
            wait: 1,
            step: id!("periksa"),
            outcome: id!("setuju"),
            by: actor(Capacity::Definitive),
            forced: false,
            note: None,
            directory,
        },
        Event::FieldSet { field: id!("nilai"), value: 5.into() },
        Event::PaperMade { paper: id!("surat"), version: 2 },
        Event::DocumentAttached { paper: id!("surat"), version: 2, reference: "arsip/1".into() },
        Event::AbsenceWaived { step: id!("periksa"), paper: id!("surat") },
        Event::Numbered { register: id!("agenda"), year: 2026, number: 7, text: "7/2026".into() },
        Event::Returned { r#return: back(None), count: 1 },
        Event::Returned { r#return: back(Some(1)), count: 1 },
        Event::ReturnExhausted { r#return: back(None) },
        Event::WaitWithdrawn { wait: 1, step: id!("periksa") },
        Event::SlotWithdrawn { slot: slot() },
        Event::SharedClock { group: id!("satu"), consumed: Millis(60_000), since: Some(at(1)), running: 2 },
        Event::SharedClock { group: id!("satu"), consumed: Millis(0), since: None, running: 0 },
        Event::TokenEnded { end: id!("selesai") },
        Event::Finished,
        Event::Stopped { end: id!("henti") },
        Event::Faulted { fault: Fault::StepAlreadyActive { step: id!("periksa") } },
        Event::Faulted { fault: Fault::SlotAlreadyFull { slot: slot() } },
        Event::Faulted { fault: Fault::EndBeforeTheRest { end: id!("selesai") } },
        Event::RungFired {
            wait: 1,
            rung: 2,
            occurrence: 3,
            missed: 2,
            due: at(1),
            outcome: RungOutcome::RemindedDoer,
            alarm: None,
        },
        rung(RungOutcome::Reminded { role: id!("kepala") }),
        rung(RungOutcome::Escalated { role: id!("kabid"), bound: Some("usaha".into()) }),
        rung(RungOutcome::Reassigned { role: id!("kabid"), bound: None }),
        rung(RungOutcome::Left),
        rung(RungOutcome::Blocked),
        rung(RungOutcome::NobodyAccountable),
        Event::LeftByPolicy { wait: 1, step: id!("periksa"), outcome: Some(id!("setuju")) },
        Event::LeftByPolicy { wait: 1, step: id!("periksa"), outcome: None },
        Event::Claimed { wait: 1, by: actor(Capacity::Plt), until: at(2) },
        Event::Released { wait: 1, by: id!("awang") },
        Event::Delegated { wait: 1, by: actor(Capacity::Requester), to: id!("tuti") },
        Event::Held {
            wait: 1,
            by: actor(Capacity::Delegate),
            until: at(2),
            reason: "Menunggu".into(),
            consumed: Millis(1),
        },
        Event::Resumed { wait: 1, by: Some(id!("awang")), since: at(0), due: Some(at(1)), alarm: Some(at(2)) },
        Event::Resumed { wait: 1, by: None, since: at(0), due: None, alarm: None },
        Event::Reassigned {
            wait: 1,
            by: actor(Capacity::Definitive),
            role: id!("staf"),
            bound: Some("usaha".into()),
            reason: "Cuti".into(),
        },
        Event::WithdrawnByRequester { by: id!("wulan"), reason: "Batal".into() },
        Event::Commented { by: id!("awang"), text: "Catatan".into() },
        Event::Erased {
            by: id!("awang"),
            fields: [id!("nilai")].into(),
            texts: true,
            reason: "Permintaan pemohon".into(),
        },
        Event::Erased { by: id!("awang"), fields: [id!("nilai")].into(), texts: false, reason: "Permintaan".into() },
        Event::Archived {
            by: id!("awang"),
            archive: "arsip-2026.jsonl".into(),
            left: sop_core::process::Hash::of(b"sisa"),
        },
        Event::Restored { by: id!("awang"), archive: "arsip-2026.jsonl".into() },
        Event::CalendarChanged { calendar },
        Event::Rescheduled { wait: 1, due: Some(at(1)), alarm: Some(at(2)) },
    ]
}

/// The name of an event's kind. A new kind does not compile until it is named here, and does not pass until it is pinned.
fn kind(event: &Event<Named>) -> usize {
    match event {
        Event::Started { .. } => 0,
        Event::Activated { .. } => 1,
        Event::SlotFilled { .. } => 2,
        Event::Joined { .. } => 3,
        Event::Completed { .. } => 4,
        Event::FieldSet { .. } => 5,
        Event::PaperMade { .. } => 6,
        Event::DocumentAttached { .. } => 7,
        Event::AbsenceWaived { .. } => 8,
        Event::Numbered { .. } => 9,
        Event::Returned { .. } => 10,
        Event::ReturnExhausted { .. } => 11,
        Event::WaitWithdrawn { .. } => 12,
        Event::SlotWithdrawn { .. } => 13,
        Event::SharedClock { .. } => 14,
        Event::TokenEnded { .. } => 15,
        Event::Finished => 16,
        Event::Stopped { .. } => 17,
        Event::Faulted { .. } => 18,
        Event::RungFired { .. } => 19,
        Event::LeftByPolicy { .. } => 20,
        Event::Claimed { .. } => 21,
        Event::Released { .. } => 22,
        Event::Delegated { .. } => 23,
        Event::Held { .. } => 24,
        Event::Resumed { .. } => 25,
        Event::Reassigned { .. } => 26,
        Event::WithdrawnByRequester { .. } => 27,
        Event::Commented { .. } => 28,
        Event::Erased { .. } => 29,
        Event::Archived { .. } => 30,
        Event::Restored { .. } => 31,
        Event::CalendarChanged { .. } => 32,
        Event::Rescheduled { .. } => 33,
    }
}

#[test]
fn every_kind_is_pinned() {
    let mut kinds: Vec<usize> = events().iter().map(kind).collect();
    kinds.dedup();
    assert_eq!(kinds, (0..=33).collect::<Vec<_>>());
}

/// The persisted form. A change here needs a new `RECORD_VERSION`, or every stored case is lost.
#[test]
fn the_form_of_events_is_what_it_was() {
    assert_eq!(RECORD_VERSION, 1);
    let lines: String =
        events().iter().map(|event| serde_json::to_string(event).expect("events serialise") + "\n").collect();
    expect![[r#"
        {"started":{"start":"mulai","requester":"wulan","subject":"Perihal","shape":{"papers":1,"fields":2,"steps":3,"returns":4,"slots":5,"ends":6,"groups":7},"directory":"0000000000000001","calendar":"fedcba9876543210"}}
        {"activated":{"wait":1,"step":"periksa","bound":"usaha","rework":true,"anchor":"2026-01-12T01:00:00.000Z","due":"2026-01-12T01:01:00.000Z","alarm":"2026-01-12T01:02:00.000Z"}}
        {"activated":{"wait":1,"step":"periksa","anchor":"2026-01-12T01:00:00.000Z"}}
        {"slot_filled":{"slot":{"step":"gabung","group":1}}}
        {"joined":{"first":{"step":"gabung","group":1},"slots":2}}
        {"completed":{"wait":1,"step":"periksa","outcome":"setuju","by":{"person":"awang","role":"tu","capacity":"plh"},"forced":true,"note":"Baik","directory":"0000000000000001"}}
        {"completed":{"wait":1,"step":"periksa","outcome":"setuju","by":{"person":"awang","role":"tu","capacity":"definitive"},"directory":"0000000000000001"}}
        {"field_set":{"field":"nilai","value":5}}
        {"paper_made":{"paper":"surat","version":2}}
        {"document_attached":{"paper":"surat","version":2,"reference":"arsip/1"}}
        {"absence_waived":{"step":"periksa","paper":"surat"}}
        {"numbered":{"register":"agenda","year":2026,"number":7,"text":"7/2026"}}
        {"returned":{"return":{"step":"periksa","outcome":"tolak"},"count":1}}
        {"returned":{"return":{"step":"periksa","outcome":"tolak","branch":1},"count":1}}
        {"return_exhausted":{"return":{"step":"periksa","outcome":"tolak"}}}
        {"wait_withdrawn":{"wait":1,"step":"periksa"}}
        {"slot_withdrawn":{"slot":{"step":"gabung","group":1}}}
        {"shared_clock":{"group":"satu","consumed":60000,"since":"2026-01-12T01:01:00.000Z","running":2}}
        {"shared_clock":{"group":"satu","consumed":0,"running":0}}
        {"token_ended":{"end":"selesai"}}
        "finished"
        {"stopped":{"end":"henti"}}
        {"faulted":{"fault":{"step_already_active":{"step":"periksa"}}}}
        {"faulted":{"fault":{"slot_already_full":{"slot":{"step":"gabung","group":1}}}}}
        {"faulted":{"fault":{"end_before_the_rest":{"end":"selesai"}}}}
        {"rung_fired":{"wait":1,"rung":2,"occurrence":3,"missed":2,"due":"2026-01-12T01:01:00.000Z","outcome":"reminded_doer"}}
        {"rung_fired":{"wait":1,"rung":2,"occurrence":3,"due":"2026-01-12T01:01:00.000Z","outcome":{"reminded":{"role":"kepala"}},"alarm":"2026-01-12T01:02:00.000Z"}}
        {"rung_fired":{"wait":1,"rung":2,"occurrence":3,"due":"2026-01-12T01:01:00.000Z","outcome":{"escalated":{"role":"kabid","bound":"usaha"}},"alarm":"2026-01-12T01:02:00.000Z"}}
        {"rung_fired":{"wait":1,"rung":2,"occurrence":3,"due":"2026-01-12T01:01:00.000Z","outcome":{"reassigned":{"role":"kabid"}},"alarm":"2026-01-12T01:02:00.000Z"}}
        {"rung_fired":{"wait":1,"rung":2,"occurrence":3,"due":"2026-01-12T01:01:00.000Z","outcome":"left","alarm":"2026-01-12T01:02:00.000Z"}}
        {"rung_fired":{"wait":1,"rung":2,"occurrence":3,"due":"2026-01-12T01:01:00.000Z","outcome":"blocked","alarm":"2026-01-12T01:02:00.000Z"}}
        {"rung_fired":{"wait":1,"rung":2,"occurrence":3,"due":"2026-01-12T01:01:00.000Z","outcome":"nobody_accountable","alarm":"2026-01-12T01:02:00.000Z"}}
        {"left_by_policy":{"wait":1,"step":"periksa","outcome":"setuju"}}
        {"left_by_policy":{"wait":1,"step":"periksa"}}
        {"claimed":{"wait":1,"by":{"person":"awang","role":"tu","capacity":"plt"},"until":"2026-01-12T01:02:00.000Z"}}
        {"released":{"wait":1,"by":"awang"}}
        {"delegated":{"wait":1,"by":{"person":"awang","role":"tu","capacity":"requester"},"to":"tuti"}}
        {"held":{"wait":1,"by":{"person":"awang","role":"tu","capacity":"delegate"},"until":"2026-01-12T01:02:00.000Z","reason":"Menunggu","consumed":1}}
        {"resumed":{"wait":1,"by":"awang","since":"2026-01-12T01:00:00.000Z","due":"2026-01-12T01:01:00.000Z","alarm":"2026-01-12T01:02:00.000Z"}}
        {"resumed":{"wait":1,"since":"2026-01-12T01:00:00.000Z"}}
        {"reassigned":{"wait":1,"by":{"person":"awang","role":"tu","capacity":"definitive"},"role":"staf","bound":"usaha","reason":"Cuti"}}
        {"withdrawn_by_requester":{"by":"wulan","reason":"Batal"}}
        {"commented":{"by":"awang","text":"Catatan"}}
        {"erased":{"by":"awang","fields":["nilai"],"texts":true,"reason":"Permintaan pemohon"}}
        {"erased":{"by":"awang","fields":["nilai"],"reason":"Permintaan"}}
        {"archived":{"by":"awang","archive":"arsip-2026.jsonl","left":"sha256:3846a4aa7a2f76f46009273b157e7e063d396149a6dcac7278b070bba4c95a27"}}
        {"restored":{"by":"awang","archive":"arsip-2026.jsonl"}}
        {"calendar_changed":{"calendar":"fedcba9876543210"}}
        {"rescheduled":{"wait":1,"due":"2026-01-12T01:01:00.000Z","alarm":"2026-01-12T01:02:00.000Z"}}
    "#]].assert_eq(&lines);
}

#[test]
fn the_form_of_a_record_is_what_it_was() {
    let events = vec![Event::PaperMade { paper: id!("surat"), version: 2 }, Event::Finished];
    let record =
        Record { v: RECORD_VERSION, definition: id!("cerita"), at: at(0), events, covers: Vec::new(), archived: None };
    expect![[r#"{"v":1,"definition":"cerita","at":"2026-01-12T01:00:00.000Z","events":[{"paper_made":{"paper":"surat","version":2}},"finished"]}"#]].assert_eq(&serde_json::to_string(&record).expect("records serialise"));
}

#[test]
fn every_event_reads_back() {
    for event in events() {
        let text = serde_json::to_string(&event).expect("events serialise");
        assert_eq!(serde_json::from_str::<Event<Named>>(&text).expect("events read back"), event);
    }
}

const DEFINITION: &str = r#"{ "steps": [{ "id": "periksa", "role": "tu", "end": "selesai" }] }"#;

fn record(events: Vec<Event<Named>>) -> Record {
    Record { v: RECORD_VERSION, definition: id!("cerita"), at: at(0), events, covers: Vec::new(), archived: None }
}

/// A record of a later version is refused, naming both versions.
#[test]
fn a_later_version_is_refused() {
    let process = stage::stage(DEFINITION).process;
    let later = Record { v: RECORD_VERSION + 1, ..record(vec![Event::Finished]) };
    let refused = later.to_events(&process, &mut People::new()).expect_err("a later version");
    assert_eq!(refused, RecordError::Version { found: RECORD_VERSION + 1, known: RECORD_VERSION });
    let told = refused.to_string();
    assert!(told.contains(&(RECORD_VERSION + 1).to_string()) && told.contains(&RECORD_VERSION.to_string()), "{told}");
    assert_eq!(record(vec![Event::Finished]).to_events(&process, &mut People::new()).map(|events| events.len()), Ok(1));
}

/// A record that names what the process does not have is refused, naming it.
#[test]
fn a_foreign_name_is_refused() {
    let process = stage::stage(DEFINITION).process;
    let foreign = |event| record(vec![event]).to_events(&process, &mut People::new()).expect_err("a foreign name");
    let unknown = |kind, name: &str| RecordError::Unknown { kind, name: name.to_owned() };
    assert_eq!(foreign(Event::WaitWithdrawn { wait: 1, step: id!("lain") }), unknown("step", "lain"));
    assert_eq!(foreign(Event::Stopped { end: id!("henti") }), unknown("end", "henti"));
    assert_eq!(foreign(Event::PaperMade { paper: id!("surat"), version: 1 }), unknown("paper", "surat"));
    assert_eq!(
        foreign(Event::SlotFilled { slot: SlotName { step: id!("periksa"), group: 0 } }),
        unknown("slot", "periksa")
    );
}

/// What is written beside the known keys is refused, never dropped.
#[test]
fn an_unknown_key_is_refused() {
    for text in [
        r#"{ "paper_made": { "paper": "surat", "version": 1, "size": 3 } }"#,
        r#"{ "paper_sold": { "paper": "surat" } }"#,
        r#"{ "paper_made": { "paper": "Surat PD", "version": 1 } }"#,
    ] {
        assert!(serde_json::from_str::<Event<Named>>(text).is_err(), "{text}");
    }
    assert!(
        serde_json::from_str::<Record>(
            r#"{ "v": 1, "definition": "x", "at": "2026-01-12T01:00:00.000Z", "events": [], "by": 1 }"#
        )
        .is_err()
    );
}

/// People who were not mentioned before are entered by reading a record.
#[test]
fn reading_a_record_enters_its_people() {
    let process = stage::stage(DEFINITION).process;
    let mut people = People::new();
    record(vec![Event::Commented { by: id!("wulan"), text: "Halo".into() }])
        .to_events(&process, &mut people)
        .expect("reads");
    assert!(people.find(&id!("wulan")).is_some() && people.len() == 1);
}
