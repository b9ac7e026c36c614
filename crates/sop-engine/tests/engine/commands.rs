//! Commands: keys, names that do not exist, what else can be done about a wait.

use sop_engine::core::case::{Rejection, Status};
use sop_engine::core::definition::{DefinitionId, FieldId, PaperId};
use sop_engine::core::text::SourceText;
use sop_engine::files::Bundle;
use sop_engine::verify::{GuaranteeName, Verify};
use sop_engine::{CaseId, Completion, DeployError, Named, Opening, Refusal, WaitRef};

use crate::office::{Office, at, bundle, key, person, picks, role, straight, unit};

#[test]
fn the_same_key_and_command_get_the_same_answer_and_do_it_once() {
    let office = Office::narasumber();
    let opening = Opening::about("x");
    let start =
        |opening: &Opening| office.engine.start(&office.procedure, &person("tamu"), opening, &key("k")).unwrap();
    let first = start(&opening).unwrap();
    office.pass(30);
    assert_eq!(start(&opening).unwrap(), first);
    assert_eq!(office.engine.cases().len(), 1);
    assert_eq!(start(&Opening::about("y")), Err(Refusal::KeyReused { key: key("k") }));

    // On a case, keys are the case's own.
    let wait = first.opened[0];
    let complete =
        |completion: &Completion| office.engine.complete(&wait, &person("tamu"), completion, &key("k")).unwrap();
    let done = complete(&Completion::default()).unwrap();
    assert_eq!(complete(&Completion::default()).unwrap(), done);
    assert_eq!(complete(&Completion::default().note("lain")), Err(Refusal::KeyReused { key: key("k") }));
    assert_eq!(office.engine.history(first.case).unwrap().len(), 2);

    // Also with another person, and after the case is over.
    let by_another = office.engine.complete(&wait, &person("awang"), &Completion::default(), &key("k")).unwrap();
    assert_eq!(by_another, Err(Refusal::KeyReused { key: key("k") }));
    office.run(first.case, &straight()[1..]);
    assert_eq!(complete(&Completion::default()).unwrap(), done);
}

#[test]
fn a_number_comes_again_with_the_answer() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..10]);
    let wait = office.wait(case);
    let number =
        || office.engine.complete(&wait, &person("dayang"), &Completion::default(), &key("n")).unwrap().unwrap();
    let first = number();
    assert_eq!(first.numbers[0].text, "000.8/1/DISKOPUKM.A/2026");
    assert_eq!(number(), first);
}

#[test]
fn refusals_are_not_remembered() {
    let office = Office::narasumber();
    let opened = office.start();
    let wait = opened.opened[0];
    let by = |who: &str| office.engine.complete(&wait, &person(who), &Completion::default(), &key("k")).unwrap();
    assert!(matches!(by("awang"), Err(Refusal::Rejected(Rejection::NotYours { .. }))));
    assert!(by("tamu").is_ok());
}

#[test]
fn names_that_do_not_exist_are_refused_with_a_suggestion() {
    let office = Office::narasumber();
    let opened = office.start();
    let none = DefinitionId::new("narasumbr").unwrap();
    assert_eq!(
        office.engine.start(&none, &person("tamu"), &Opening::default(), None).unwrap(),
        Err(Refusal::UnknownProcess { process: none.clone(), suggestion: Some(office.procedure.clone()) })
    );
    let nowhere = WaitRef { case: CaseId(77), wait: 1 };
    assert_eq!(
        office.complete(nowhere, "tamu", &Completion::default()),
        Err(Refusal::UnknownCase { case: CaseId(77) })
    );
    assert!(office.engine.case(CaseId(77)).unwrap().is_none());
    assert!(office.engine.history(CaseId(77)).unwrap().is_empty());

    office.complete(opened.opened[0], "tamu", &Completion::default()).unwrap();
    let wait = office.wait(opened.case);
    let unknown = |refused: Result<_, Refusal>| match refused {
        Err(Refusal::UnknownName { what, suggestion, known, .. }) => (what, suggestion, known.len()),
        other => panic!("{other:?}"),
    };
    let refused = office.complete(wait, "awang", &picks("setju"));
    assert_eq!(unknown(refused), (Named::Outcome, Some("setuju".into()), 2));
    assert!(matches!(
        office.complete(wait, "awang", &Completion::default()),
        Err(Refusal::OutcomeMissing { outcomes }) if outcomes.len() == 2
    ));
    let refused = office.complete(wait, "awang", &picks("setuju").set(FieldId::new("bagan").unwrap(), 1));
    assert_eq!(unknown(refused), (Named::Field, Some("bagian".into()), 1));
    let refused = office.complete(wait, "awang", &picks("setuju").attach(PaperId::new("surat").unwrap(), "x"));
    assert_eq!(unknown(refused).0, Named::Paper);
    let refused = office.engine.reassign(&wait, &person("damar"), &role("kabagg"), "x", None).unwrap();
    assert_eq!(unknown(refused).1, Some("kabag".into()));
    assert_eq!(office.engine.history(opened.case).unwrap().len(), 2, "a refused command writes nothing");
}

#[test]
fn what_is_wrong_with_a_value_is_said_with_what_is_missing() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..3]);
    let Err(Refusal::Rejected(Rejection::Incomplete { fields, invalid, .. })) =
        office.complete(office.wait(case), "damar", &unit("keuangan"))
    else {
        panic!("a unit that the office does not have is refused");
    };
    assert!(fields.is_empty(), "the field was given");
    assert_eq!(invalid[0].0.id, "bagian");
    let Err(Refusal::Rejected(Rejection::NotYours { .. })) =
        office.complete(office.wait(case), "awang", &unit("keuangan"))
    else {
        panic!("who may not act at all is told that");
    };
}

#[test]
fn cases_are_numbered_by_the_host_or_by_the_next_free_number() {
    let office = Office::narasumber();
    let open = |case: Option<u64>| {
        let opening = Opening { case: case.map(CaseId), ..Opening::about("x") };
        office.engine.start(&office.procedure, &person("tamu"), &opening, None).unwrap()
    };
    assert_eq!(open(Some(40)).unwrap().case, CaseId(40));
    assert_eq!(open(None).unwrap().case, CaseId(41));
    assert_eq!(open(Some(40)), Err(Refusal::Rejected(Rejection::AlreadyStarted)));
    assert_eq!(open(Some(0)), Err(Refusal::CaseOutOfRange));
    assert_eq!(open(Some(u64::MAX)), Err(Refusal::CaseOutOfRange));
    office.engine.withdraw(CaseId(40), &person("tamu"), "batal", None).unwrap().unwrap();
    assert_eq!(open(Some(40)), Err(Refusal::Rejected(Rejection::AlreadyStarted)), "also when it is over");
}

#[test]
fn nothing_is_deployed_unproved_without_a_reason() {
    let office = Office::narasumber();
    let endless = unlimited();
    let Err(DeployError::NotProved { unmet, verdicts }) = office.engine.deploy(endless.clone().verify()) else {
        panic!("its returns have no limit");
    };
    assert_eq!(unmet.iter().map(|unmet| unmet.guarantee).collect::<Vec<_>>(), [GuaranteeName::Bounded]);
    assert_eq!((unmet[0].causes.len(), verdicts.iter().count()), (5, 9));
    assert!(matches!(office.engine.deploy_unproved(endless.clone(), " "), Err(DeployError::ReasonMissing)));
    assert_eq!(office.engine.processes().len(), 1);
    assert!(office.engine.deploy_unproved(endless.clone(), "uji coba").unwrap().is_new);
    assert!(!office.engine.deploy_unproved(endless, "lagi").unwrap().is_new);
    let reasons: Vec<Option<String>> = office.engine.processes().into_iter().map(|process| process.unproved).collect();
    assert_eq!(reasons, [None, Some("uji coba".to_owned())]);
}

/// The narasumber procedure without a limit for its returns.
fn unlimited() -> Bundle {
    let shipped = bundle("narasumber.json");
    let [definition, office, calendar] = shipped.sources().map(Clone::clone);
    let limit = r#""returns": { "limit": 3, "then": { "end": "dihentikan" } },"#;
    assert!(definition.text().contains(limit));
    // The end of the limit goes with it: nothing else leads there.
    let end = r#"{ "id": "dihentikan", "title": "Dihentikan karena terlalu sering dikembalikan", "kind": "stop" },"#;
    let text = definition.text().replace(limit, "").replace(end, "");
    Bundle::from_texts(SourceText::new("narasumber.json", text), office, calendar).unwrap()
}

#[test]
fn a_deployed_process_keeps_its_certificate() {
    let office = Office::narasumber();
    let process = bundle("narasumber.json").process().clone();
    let certificate = office.reopen().certificate(&process.hash()).unwrap().expect("it is on record");
    let verified = sop_engine::verify::verify_by(process.clone(), certificate).unwrap();
    assert!(verified.verdicts().unmet("2026-01-12".parse().unwrap()).is_empty());
    let other = bundle("fixtures/maju.json").process().hash();
    assert_eq!(office.engine.certificate(&other).unwrap(), None);
}

#[test]
fn claims_holds_and_hand_overs_show_on_the_wait() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..1]);
    let wait = office.wait(case);
    let item = || office.engine.case(case).unwrap().unwrap().waits.remove(0);

    office.engine.claim(&wait, &person("awang"), None).unwrap().unwrap();
    assert_eq!(item().claim.unwrap().0, person("awang"));
    assert!(item().why.id.ends_with("; diambil oleh Awang Ketapangan, A.Md.."), "{}", item().why.id);
    assert!(matches!(
        office.complete(wait, "dayang", &picks("setuju")),
        Err(Refusal::Rejected(Rejection::ClaimedByAnother { .. }))
    ));
    office.engine.release(&wait, &person("awang"), None).unwrap().unwrap();

    let until = at("2026-04-14T10:00:00+07:00");
    office.engine.hold(&wait, &person("awang"), until, "menunggu surat asli", None).unwrap().unwrap();
    assert_eq!((item().held_until, item().due), (Some(until), None));
    office.engine.resume(&wait, &person("dayang"), None).unwrap().unwrap();
    assert!(item().held_until.is_none() && item().due.is_some());

    office.engine.delegate(&wait, &person("awang"), &person("wulan"), None).unwrap().unwrap();
    assert_eq!(item().delegate, Some(person("wulan")));
    assert_eq!(office.engine.worklist(&person("wulan")).unwrap().len(), 1);
    let stranger = office.engine.delegate(&wait, &person("awang"), &person("siapa"), None).unwrap();
    assert_eq!(stranger, Err(Refusal::Rejected(Rejection::UnknownPerson)));

    office.engine.reassign(&wait, &person("damar"), &role("kabag"), "TU sakit", None).unwrap().unwrap();
    assert_eq!(item().roles[0].id, "kabag");
    office.engine.comment(case, &person("tamu"), "mohon segera", None).unwrap().unwrap();
    office.engine.withdraw(case, &person("tamu"), "acara batal", None).unwrap().unwrap();
    assert_eq!(office.engine.case(case).unwrap().unwrap().status, Status::Stopped);

    // The file of a case that is over still takes remarks.
    let said = office.engine.comment(case, &person("awang"), "diarsipkan", None).unwrap().unwrap();
    assert_eq!(said.version, office.engine.case(case).unwrap().unwrap().version);
    assert!(office.engine.cases().is_empty());
}

/// An edition that turns out wrong is taken back by deploying the one before again.
#[test]
fn an_earlier_edition_deployed_again_is_what_new_cases_follow() {
    let office = Office::narasumber();
    let first = bundle("narasumber.json");
    let [definition, texts @ ..] = first.sources();
    let edited = SourceText::new("narasumber.json", definition.text().replace("\"edition\": 1", "\"edition\": 2"));
    let [kantor, kalender] = texts.map(Clone::clone);
    let second = Bundle::from_texts(edited, kantor, kalender).unwrap();

    assert!(office.engine.deploy_unproved(second.clone(), "edisi baru").unwrap().is_new);
    let mut count = 0;
    let mut follows = || {
        count += 1;
        let opening = Opening { case: Some(CaseId(count)), ..Opening::about("x") };
        let opened = office.engine.start(&office.procedure, &person("tamu"), &opening, None).unwrap().unwrap();
        office.engine.case(opened.case).unwrap().unwrap().edition
    };
    assert_eq!(follows(), 2);
    assert!(!office.engine.deploy_unproved(second, "lagi").unwrap().is_new);
    assert!(office.engine.deploy_unproved(first, "edisi 2 keliru").unwrap().is_new);
    assert_eq!(follows(), 1);
    let current: Vec<bool> = office.engine.processes().iter().map(|process| process.is_current).collect();
    assert_eq!(current, [false, false, true]);
}

/// C1: whoever may not act is told that first, and not what the form asks for.
#[test]
fn a_stranger_is_told_that_they_are_one() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..1]);
    for completion in [Completion::default(), picks("setju")] {
        let refused = office.complete(office.wait(case), "surya", &completion).unwrap_err();
        assert!(matches!(refused, Refusal::Rejected(Rejection::NotYours { .. })), "{refused:?}");
    }
}

/// A host's own numbers leave room for counting on.
#[test]
fn a_number_of_the_host_never_ends_the_counting() {
    let office = Office::narasumber();
    let open = |case| {
        let opening = Opening { case, ..Opening::about("x") };
        office.engine.start(&office.procedure, &person("tamu"), &opening, None).unwrap()
    };
    assert_eq!(open(Some(CaseId(u64::MAX))), Err(Refusal::CaseOutOfRange));
    open(Some(CaseId(i64::MAX as u64 / 2))).unwrap();
    assert_eq!(open(None).unwrap().case, CaseId(i64::MAX as u64 / 2 + 1));
}
