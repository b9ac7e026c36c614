//! Everything that somebody may hand in and that is refused: each by its kind, told in two languages, and with nothing
//! written, whether it is alone or among others.

use sop_engine::core::case::Rejection;
use sop_engine::core::definition::{FieldId, PaperId};
use sop_engine::core::diagnostic::Language;
use sop_engine::core::text::SourceText;
use sop_engine::core::time::{Instant, Millis};
use sop_engine::files::Bundle;
use sop_engine::store::MemoryStore;
use sop_engine::verify::Verify as _;
use sop_engine::{Act, CaseId, Clock, Completion, Engine, Key, Opening, WaitRef};

use crate::office::{MONDAY, at, bundle, officials, person, picks, role, straight, unit};

/// The narasumber procedure with a number, a text and a choice to be given in its fourth row, two comments a case at the
/// most.
fn strict() -> (Engine, Clock, Bundle) {
    let shipped = bundle("narasumber.json");
    let [definition, office, calendar] = shipped.sources().map(Clone::clone);
    let mut said: serde_json::Value = serde_json::from_str(definition.text()).unwrap();
    let more = serde_json::json!([
        { "id": "nilai", "title": "Nilai", "type": "integer", "min": 0, "max": 1000 },
        { "id": "ket", "title": "Keterangan", "type": "text", "max_length": 20 },
    ]);
    said["policy"]["fields"].as_array_mut().unwrap().extend(more.as_array().unwrap().clone());
    said["policy"]["steps"]["disposisikan"]["collects"] = serde_json::json!(["bagian", "nilai", "ket"]);
    said["policy"]["comments"] = 2.into();
    let text = SourceText::new("narasumber.json", said.to_string());
    let strict = Bundle::from_texts(text, office, calendar).unwrap_or_else(|error| panic!("{error}"));
    let clock = Clock::simulated(at(MONDAY));
    let engine = Engine::open(MemoryStore::chained(), officials("pejabat.json", &shipped), clock.clone()).unwrap();
    engine.deploy(strict.clone().verify()).unwrap();
    (engine, clock, strict)
}

fn exported(engine: &Engine) -> Vec<u8> {
    let mut text = Vec::new();
    engine.export(&mut text).unwrap();
    text
}

fn field(name: &str) -> FieldId {
    FieldId::new(name).unwrap()
}

fn given() -> Completion {
    unit("tatalaksana").set(field("nilai"), 5).set(field("ket"), "baik")
}

#[test]
fn whatever_is_refused_is_named_and_writes_nothing() {
    let (engine, clock, strict) = strict();
    let procedure = strict.process().id().clone();
    let start = || engine.start(&procedure, &person("tamu"), &Opening::about("x"), None).unwrap().unwrap().case;
    let step = |case: CaseId, wait, by: &str, completion: &Completion| {
        clock.advance(Millis::from_minutes(1));
        engine.complete(&WaitRef { case, wait }, &person(by), completion, None).unwrap().unwrap();
    };
    // One case waits in row 4, one is over, one is withdrawn, one has all the comments that it may have.
    let [open, over, withdrawn, talked] = [0; 4].map(|_| start());
    for (wait, (by, completion, _)) in (1..).zip(straight()) {
        let completion = if wait == 4 { given() } else { completion };
        if wait < 4 {
            step(open, wait, by, &completion);
        }
        step(over, wait, by, &completion);
    }
    engine.withdraw(withdrawn, &person("tamu"), "batal", None).unwrap().unwrap();
    for _ in 0..2 {
        engine.comment(talked, &person("tamu"), "lagi", None).unwrap().unwrap();
    }
    let key = Key::new("dipakai").unwrap();
    engine.claim(&WaitRef { case: open, wait: 4 }, &person("damar"), &key).unwrap().unwrap();
    engine.release(&WaitRef { case: open, wait: 4 }, &person("damar"), None).unwrap().unwrap();

    let on = |case, wait| WaitRef { case, wait };
    let long = "x".repeat(10_001);
    let huge = "x".repeat(5_000_000);
    let far = Instant::from_millis(at(MONDAY).millis() + 400 * 86_400_000).unwrap();
    let complete = |wait: WaitRef, completion: Completion| Act::Complete { wait, completion };
    let four = || on(open, 4);
    let comment = |case, text: &str| Act::Comment { case, text: text.to_owned() };
    let opening = |opening| Act::Start { procedure: procedure.clone(), opening };
    let paper = |name: &str| PaperId::new(name).unwrap();
    let refused: Vec<(&str, &str, Act)> = vec![
        // Cases that are not, or not any more.
        ("unknown_case", "tamu", comment(CaseId(99), "x")),
        ("unknown_case", "tamu", complete(on(CaseId(0), 1), given())),
        ("unknown_case", "tamu", Act::Withdraw { case: CaseId(u64::MAX), reason: "x".into() }),
        ("case_is_over", "tamu", complete(on(over, 13), Completion::default())),
        ("case_is_over", "tamu", complete(on(withdrawn, 1), Completion::default())),
        ("case_is_over", "tamu", Act::Withdraw { case: over, reason: "x".into() }),
        ("case_is_over", "damar", Act::Claim { wait: on(over, 4) }),
        // Waits that are not, or not any more.
        ("wait_is_over", "awang", complete(on(open, 3), Completion::default())),
        ("wait_is_over", "damar", complete(on(open, 5), Completion::default())),
        ("wait_is_over", "damar", Act::Claim { wait: on(open, u32::MAX) }),
        ("wait_is_not_held", "damar", Act::Resume { wait: four() }),
        ("not_claimed", "damar", Act::Release { wait: four() }),
        // People who may not, and who are nobody.
        ("not_yours", "awang", complete(four(), given())),
        ("not_yours", "siapa", complete(four(), given())),
        ("not_yours", "siapa", comment(open, "x")),
        ("not_yours", "tamu", Act::Reassign { wait: four(), to: role("tu"), reason: "x".into() }),
        ("not_the_requester", "damar", Act::Withdraw { case: open, reason: "x".into() }),
        ("hold_out_of_range", "damar", Act::Hold { wait: four(), until: far, reason: "x".into() }),
        // Names that are not.
        ("unknown_name", "damar", complete(four(), picks("setju"))),
        ("unknown_name", "damar", complete(four(), given().set(field("nilia"), 5))),
        ("unknown_name", "damar", complete(four(), given().attach(paper("surat"), "arsip/1"))),
        ("unknown_name", "karo", Act::Reassign { wait: four(), to: role("kabagg"), reason: "x".into() }),
        ("outcome_missing", "awang", complete(on(talked, 1), Completion::default())),
        // Values that are missing, wrong, or too large.
        ("incomplete", "damar", complete(four(), Completion::default())),
        ("incomplete", "damar", complete(four(), given().set(field("nilai"), -1))),
        ("incomplete", "damar", complete(four(), given().set(field("nilai"), i64::MAX))),
        ("incomplete", "damar", complete(four(), given().set(field("nilai"), 0.5))),
        ("incomplete", "damar", complete(four(), given().set(field("nilai"), "lima"))),
        ("incomplete", "damar", complete(four(), given().set(field("ket"), "x".repeat(21)))),
        ("incomplete", "damar", complete(four(), given().set(field("ket"), huge.clone()))),
        ("incomplete", "damar", complete(four(), given().set(field("bagian"), "keuangan"))),
        ("incomplete", "damar", complete(four(), given().set(field("bagian"), serde_json::json!([[[]]])))),
        ("text_too_long", "damar", complete(four(), given().note(long.clone()))),
        ("text_too_long", "tamu", opening(Opening::about(long.clone()))),
        ("text_too_long", "tamu", opening(Opening::about(huge.clone()))),
        ("text_too_long", "tamu", comment(open, &huge)),
        ("text_too_long", "tamu", Act::Withdraw { case: open, reason: long }),
        ("text_missing", "tamu", comment(open, " \n")),
        ("text_missing", "tamu", Act::Withdraw { case: open, reason: String::new() }),
        ("too_many_comments", "tamu", comment(talked, "sekali lagi")),
        // Openings.
        ("already_started", "tamu", opening(Opening { case: Some(open), ..Opening::about("x") })),
        ("already_started", "tamu", opening(Opening { case: Some(over), ..Opening::about("x") })),
        ("case_out_of_range", "tamu", opening(Opening { case: Some(CaseId(0)), ..Opening::about("x") })),
        ("case_out_of_range", "tamu", opening(Opening { case: Some(CaseId(u64::MAX)), ..Opening::about("x") })),
        (
            "unknown_process",
            "tamu",
            Act::Start { procedure: "narasumbar".parse().unwrap(), opening: Opening::about("x") },
        ),
    ];
    // `talked` waits for the clerk by now.
    step(talked, 1, "tamu", &Completion::default());
    let refused = refused.into_iter().map(|(kind, by, act)| match act {
        Act::Complete { wait, completion } if wait == on(talked, 1) => {
            (kind, by, Act::Complete { wait: on(talked, 2), completion })
        }
        act => (kind, by, act),
    });
    let refused: Vec<_> = refused.collect();

    let before = exported(&engine);
    let mut kinds = std::collections::BTreeSet::new();
    for (kind, by, act) in &refused {
        let answer = engine.submit(&person(by), act.clone(), None).unwrap().wait().unwrap();
        let refusal = answer.map(|done| panic!("{kind}: {done:?}")).unwrap_err();
        let [id, en] = [Language::Indonesian, Language::English].map(|language| engine.explain(&refusal, language));
        let shown = |text: &String| text.chars().take(300).collect::<String>();
        assert_eq!(refusal.kind(), *kind, "{}", shown(&id));
        assert!(id != en && id.len() > 20 && en.len() > 20 && id.len() < 2_000, "{} {}", shown(&id), shown(&en));
        kinds.insert(*kind);
    }
    assert!(exported(&engine) == before, "a refused command writes nothing");

    // Nor when all of them are decided together with one that is accepted.
    let tickets: Vec<_> =
        refused.iter().map(|(_, by, act)| engine.submit(&person(by), act.clone(), None).unwrap()).collect();
    let accepted = engine.submit(&person("damar"), complete(four(), given()), None).unwrap();
    for ((kind, ..), ticket) in refused.iter().zip(tickets) {
        assert_eq!(ticket.wait().unwrap().map_err(|refusal| refusal.kind()).err(), Some(*kind));
    }
    assert_eq!(accepted.wait().unwrap().unwrap().version, 7);
    assert!(exported(&engine).len() > before.len());
    assert_eq!(engine.history(open).unwrap().len(), 7);

    // A key that was used for another command; and what is no key or no name at all is not even a value.
    let other = engine.claim(&on(open, 5), &person("tirta"), &key).unwrap().unwrap_err();
    assert_eq!(other.kind(), "key_reused");
    assert!(Key::new("").is_err() && Key::new("x".repeat(129)).is_err() && Key::new("a\nb").is_err());
    assert!(sop_engine::core::definition::PersonId::new(&"x".repeat(10_000)).is_err());
    assert!(kinds.len() >= 17, "{kinds:?}");
    assert!(matches!(
        engine.comment(talked, &person("tamu"), "x", None).unwrap(),
        Err(sop_engine::Refusal::Rejected(Rejection::TooManyComments { limit: 2 }))
    ));
}
