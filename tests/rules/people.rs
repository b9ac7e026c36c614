//! Who may act: the rules W1 to W4.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::json;
use sop_core::case::{Rejection, Status};
use stage::{Case, DIRECTORY, directory, errors, stage};

/// One step for the secretary.
fn desk(policy: &str) -> String {
    format!(
        r#"{{ "steps": [{{ "id": "tanda_tangan", "role": "sekretaris", "time": "1 jam", "end": "selesai" }}],
          "policy": {{ {policy} }} }}"#
    )
}

/// Sari is away for a week, and Awang acts for her.
fn with_plh(decides: bool) -> String {
    directory(
        &format!(
            r#"[{{ "post": "sekretaris", "person": "awang", "from": "2026-02-09", "until": "2026-02-13", "as": "plh",
               "mandate": "SP 1", "decides": {decides} }}]"#
        ),
        r#"[{ "person": "sari", "from": "2026-02-09", "until": "2026-02-13" }]"#,
    )
}

fn signed(case: &mut Case, by: &str, when: &str) -> Result<String, Rejection> {
    Ok(case.complete("tanda_tangan", by, "selesai", when)?.of("completed")[0].clone())
}

/// W1: the directory says who holds a role at an instant; others are refused, with the roles that may.
#[test]
fn w1_the_holder_acts() {
    let mut case = stage(&desk("")).start("mulai", "sari", "2026-01-12 08:00");
    let Err(Rejection::NotYours { roles }) = signed(&mut case, "awang", "2026-01-12 08:01") else { panic!("accepted") };
    assert_eq!(roles.iter().map(|role| role.id.as_str()).collect::<Vec<_>>(), ["sekretaris"]);
    let told = signed(&mut case, "sari", "2026-01-12 08:02").unwrap();
    assert_eq!(
        told,
        "completed by=(capacity:definitive person:sari role:sekretaris) outcome=selesai step=tanda_tangan wait=1"
    );
}

/// W1: a tenure has dates, the last day included.
#[test]
fn w1_a_tenure_has_dates() {
    let people = DIRECTORY.replace(
        r#"{ "post": "sekretaris", "person": "sari" }"#,
        r#"{ "post": "sekretaris", "person": "sari", "until": "2026-01-31" }, { "post": "sekretaris", "person": "tuti", "from": "2026-02-01" }"#,
    );
    let stage = stage(&desk("")).with_people(&people);
    let case = stage.start("mulai", "sari", "2026-01-30 08:00");
    for (by, when, may) in [
        ("sari", "2026-01-31 23:59", true),
        ("tuti", "2026-01-31 23:59", false),
        ("sari", "2026-02-01 00:00", false),
        ("tuti", "2026-02-01 00:00", true),
    ] {
        assert_eq!(signed(&mut case.clone(), by, when).is_ok(), may, "{by} {when}");
    }
}

/// W1: a Plh acts while the holder is away, who does not; recorded as done by the person, as acting for the post.
#[test]
fn w1_a_plh_acts_while_the_holder_is_away() {
    let stage = stage(&desk("")).with_people(&with_plh(false));
    let case = stage.start("mulai", "sari", "2026-02-06 08:00");
    for (by, when, may) in [
        ("sari", "2026-02-06 09:00", true),
        ("awang", "2026-02-06 09:00", false),
        ("sari", "2026-02-10 09:00", false),
        ("awang", "2026-02-10 09:00", true),
        ("awang", "2026-02-14 09:00", false),
        ("sari", "2026-02-14 09:00", true),
    ] {
        assert_eq!(signed(&mut case.clone(), by, when).is_ok(), may, "{by} {when}");
    }
    let told = signed(&mut case.clone(), "awang", "2026-02-10 09:00").unwrap();
    assert!(told.contains("by=(capacity:plh person:awang role:sekretaris)"), "{told}");
}

/// W1: a Plt acts while the post is vacant.
#[test]
fn w1_a_plt_acts_while_the_post_is_vacant() {
    let people = DIRECTORY.replace(
        r#"{ "post": "sekretaris", "person": "sari" }"#,
        r#"{ "post": "sekretaris", "person": "sari", "until": "2025-12-31" },
           { "post": "sekretaris", "person": "tuti", "from": "2026-01-01", "until": "2026-06-30", "as": "plt", "mandate": "SP 2" }"#,
    );
    let mut case = stage(&desk("")).with_people(&people).start("mulai", "tuti", "2026-01-12 08:00");
    let told = signed(&mut case, "tuti", "2026-01-12 08:01").unwrap();
    assert!(told.contains("by=(capacity:plt person:tuti role:sekretaris)"), "{told}");
}

/// W1: a step marked `strategic` needs a mandate that decides.
#[test]
fn w1_a_strategic_step_needs_a_mandate_that_decides() {
    let strategic = desk(r#""steps": { "tanda_tangan": { "strategic": true } }"#);
    let start = |decides| stage(&strategic).with_people(&with_plh(decides)).start("mulai", "awang", "2026-02-10 08:00");
    let refused = signed(&mut start(false), "awang", "2026-02-10 08:01").unwrap_err();
    let Rejection::NeedsMandate { role } = refused else { panic!("{refused:?}") };
    assert_eq!(role.id, "sekretaris");
    signed(&mut start(true), "awang", "2026-02-10 08:01").unwrap();
    let mut holder = stage(&strategic).start("mulai", "sari", "2026-01-12 08:00");
    signed(&mut holder, "sari", "2026-01-12 08:01").unwrap();
}

/// W1: nobody decides for a holder by delegation where a mandate is needed; elsewhere a delegate acts for the post.
#[test]
fn w1_a_delegate_acts_for_the_post() {
    let mut case = stage(&desk("")).start("mulai", "sari", "2026-01-12 08:00");
    assert!(matches!(
        case.delegate("tanda_tangan", "awang", "tuti", "2026-01-12 08:01"),
        Err(Rejection::NotYours { .. })
    ));
    case.delegate("tanda_tangan", "sari", "awang", "2026-01-12 08:01").unwrap();
    let told = signed(&mut case, "awang", "2026-01-12 08:02").unwrap();
    assert!(told.contains("by=(capacity:delegate person:awang role:sekretaris)"), "{told}");

    let strategic = desk(r#""steps": { "tanda_tangan": { "strategic": true } }"#);
    let mut case = stage(&strategic).start("mulai", "sari", "2026-01-12 08:00");
    case.delegate("tanda_tangan", "sari", "awang", "2026-01-12 08:01").unwrap();
    assert!(matches!(signed(&mut case, "awang", "2026-01-12 08:02"), Err(Rejection::NeedsMandate { .. })));
}

/// W1: a wait is delegated to somebody whom the directory lists, and not to oneself.
#[test]
fn w1_a_delegate_is_somebody_else_who_is_known() {
    let mut case = stage(&desk("")).start("mulai", "sari", "2026-01-12 08:00");
    assert_eq!(
        case.delegate("tanda_tangan", "sari", "orang_asing", "2026-01-12 08:01").unwrap_err(),
        Rejection::UnknownPerson
    );
    assert_eq!(case.delegate("tanda_tangan", "sari", "sari", "2026-01-12 08:01").unwrap_err(), Rejection::ActsAlready);
}

/// The secretary picks the unit, whose head acts then.
const DISPOSISI: &str = r#"{
  "fields": [{ "id": "bidang", "title": "Bidang", "type": "unit" }],
  "steps": [
    { "id": "disposisi", "role": "sekretaris", "collects": ["bidang"], "next": "kerja" },
    { "id": "kerja", "role": "kabid", "time": "1 jam", "split": ["ubah", "lagi"] },
    { "id": "ubah", "role": "sekretaris", "collects": ["bidang"], "end": "bagian" },
    { "id": "lagi", "role": "kabid", "end": "bagian" }],
  "ends": [{ "id": "bagian", "title": "Bagian", "kind": "part" }],
  "policy": { "roles": { "kabid": { "per": "bidang" } } }
}"#;

/// W2: `per` looks a role up together with a field's value.
#[test]
fn w2_a_role_is_filled_by_a_value() {
    let mut case = stage(DISPOSISI).start("mulai", "sari", "2026-01-12 08:00");
    let happened =
        case.complete_with("disposisi", "sari", "selesai", &json!({ "bidang": "usaha" }), "2026-01-12 08:01").unwrap();
    assert!(happened.of("activated")[0].contains("bound=usaha"));
    assert!(matches!(
        case.complete("kerja", "kuncoro", "selesai", "2026-01-12 08:02"),
        Err(Rejection::NotYours { .. })
    ));
    case.complete("kerja", "usman", "selesai", "2026-01-12 08:02").unwrap();
}

/// W2: bound at activation: a value that changes later moves no wait that is open.
#[test]
fn w2_a_role_is_bound_when_the_wait_begins() {
    let mut case = stage(DISPOSISI).start("mulai", "sari", "2026-01-12 08:00");
    case.complete_with("disposisi", "sari", "selesai", &json!({ "bidang": "usaha" }), "2026-01-12 08:01").unwrap();
    case.complete("kerja", "usman", "selesai", "2026-01-12 08:02").unwrap();
    case.complete_with("ubah", "sari", "selesai", &json!({ "bidang": "koperasi" }), "2026-01-12 08:03").unwrap();
    assert!(matches!(case.complete("lagi", "kuncoro", "selesai", "2026-01-12 08:04"), Err(Rejection::NotYours { .. })));
    case.complete("lagi", "usman", "selesai", "2026-01-12 08:04").unwrap();
}

/// W2: the field is a choice or a unit, set on every way there.
#[test]
fn w2_the_field_is_listed_and_set() {
    let text = DISPOSISI.replace(r#""type": "unit""#, r#""type": "text""#);
    assert_eq!(errors(&text), ["PER_FIELD_KIND"]);
    let unset =
        DISPOSISI.replace(r#""role": "sekretaris", "collects": ["bidang"], "next""#, r#""role": "sekretaris", "next""#);
    let errors = errors(&unset);
    assert!(!errors.is_empty() && errors.iter().all(|rule| *rule == "PER_FIELD_UNSET"), "{errors:?}");
}

/// W2: a rung that escalates binds the role by the value at that time.
#[test]
fn w2_an_escalation_is_bound_too() {
    let mut case = stage(
        r#"{ "fields": [{ "id": "bidang", "title": "Bidang", "type": "unit" }], "steps": [
          { "id": "disposisi", "role": "sekretaris", "collects": ["bidang"], "next": "kerja" },
          { "id": "kerja", "role": "staf", "time": "1 jam", "end": "selesai" }],
          "policy": { "roles": { "kabid": { "per": "bidang" } }, "overdue": [{ "after": "0 menit", "escalate": "superior" }] } }"#,
    )
    .start("mulai", "sari", "2026-01-12 08:00");
    case.complete_with("disposisi", "sari", "selesai", &json!({ "bidang": "koperasi" }), "2026-01-12 08:00").unwrap();
    let happened = case.advance("2026-01-12 09:00");
    assert!(happened.of("rung_fired")[0].contains("(escalated:(bound:koperasi role:kabid))"));
    assert!(matches!(case.complete("kerja", "usman", "selesai", "2026-01-12 09:01"), Err(Rejection::NotYours { .. })));
    case.complete("kerja", "kuncoro", "selesai", "2026-01-12 09:01").unwrap();
}

/// W2: the field is set on every way to where the role is looked up, also by a rung: otherwise nobody is escalated to.
#[test]
fn w2_an_escalation_needs_its_field() {
    let unset = r#"{ "fields": [{ "id": "bidang", "title": "Bidang", "type": "unit" }], "steps": [
      { "id": "kerja", "role": "staf", "time": "1 jam", "collects": ["bidang"], "end": "selesai" }],
      "policy": { "roles": { "kabid": { "per": "bidang" } }, "overdue": [{ "after": "0 menit", "escalate": "superior" }] } }"#;
    assert_eq!(errors(unset), ["PER_FIELD_UNSET"]);
}

/// Two steps of the office, in a loop, with a policy between them.
fn pair(policy: &str) -> Case {
    stage(&format!(
        r#"{{ "steps": [
          {{ "id": "satu", "role": "tu", "time": "1 jam", "next": "dua" }},
          {{ "id": "dua", "role": "tu", "outcomes": [{{ "id": "ya", "end": "selesai" }}, {{ "id": "ulang", "return_to": "satu" }}] }}],
          "policy": {{ "steps": {{ {policy} }} }} }}"#
    ))
    .start("mulai", "awang", "2026-01-12 08:00")
}

/// W3: `distinct_from` asks for another person than the last who completed the other step.
#[test]
fn w3_another_person_is_asked_for() {
    let mut case = pair(r#""dua": { "distinct_from": ["satu"] }"#);
    case.complete("satu", "awang", "selesai", "2026-01-12 08:01").unwrap();
    let refused = case.complete("dua", "awang", "ya", "2026-01-12 08:02").unwrap_err();
    let Rejection::MustBeAnother { step } = refused else { panic!("{refused:?}") };
    assert_eq!(step.id, "satu");
    case.complete("dua", "tuti", "ya", "2026-01-12 08:02").unwrap();
}

/// W3: it is symmetric, though written at one end only.
#[test]
fn w3_separation_works_both_ways() {
    let mut case = pair(r#""dua": { "distinct_from": ["satu"] }"#);
    case.complete("satu", "awang", "selesai", "2026-01-12 08:01").unwrap();
    case.complete("dua", "tuti", "ulang", "2026-01-12 08:02").unwrap();
    assert!(matches!(
        case.complete("satu", "tuti", "selesai", "2026-01-12 08:03"),
        Err(Rejection::MustBeAnother { .. })
    ));
    case.complete("satu", "awang", "selesai", "2026-01-12 08:03").unwrap();
}

/// W3: `same_as` asks for the same person, both ways, and the last one counts.
#[test]
fn w3_the_same_person_is_asked_for() {
    let mut case = pair(r#""satu": { "same_as": ["dua"] }"#);
    case.complete("satu", "awang", "selesai", "2026-01-12 08:01").unwrap();
    let refused = case.complete("dua", "tuti", "ya", "2026-01-12 08:02").unwrap_err();
    let Rejection::MustBeTheSame { step, person } = refused else { panic!("{refused:?}") };
    assert_eq!((step.id.as_str(), person.as_str()), ("satu", "awang"));
    case.complete("dua", "awang", "ulang", "2026-01-12 08:02").unwrap();
    assert!(matches!(
        case.complete("satu", "tuti", "selesai", "2026-01-12 08:03"),
        Err(Rejection::MustBeTheSame { .. })
    ));
}

/// W3: no constraint while the other step is undone.
#[test]
fn w3_what_is_undone_constrains_nobody() {
    for policy in [r#""satu": { "distinct_from": ["dua"] }"#, r#""satu": { "same_as": ["dua"] }"#] {
        pair(policy).complete("satu", "tuti", "selesai", "2026-01-12 08:01").unwrap();
    }
}

/// W3: nor while it was last done by the policy, even if a person did it before.
#[test]
fn w3_what_the_policy_did_constrains_nobody() {
    let ladder = r#""overdue": [{ "after": "0 menit", "outcome": "selesai" }]"#;
    for rule in ["distinct_from", "same_as"] {
        let mut case = pair(&format!(r#""satu": {{ {ladder} }}, "dua": {{ "{rule}": ["satu"] }}"#));
        case.complete("satu", "awang", "selesai", "2026-01-12 08:01").unwrap();
        let by = if rule == "same_as" { "awang" } else { "tuti" };
        case.complete("dua", by, "ulang", "2026-01-12 08:02").unwrap();
        case.advance("2026-01-12 09:02");
        let by = if rule == "same_as" { "tuti" } else { "awang" };
        case.complete("dua", by, "ya", "2026-01-12 09:03").unwrap();
    }
}

/// W3: a step is not separated from itself, nor the same as and distinct from another.
#[test]
fn w3_separation_makes_sense() {
    let with = |policy: &str| {
        errors(&format!(
            r#"{{ "steps": [{{ "id": "satu", "role": "tu", "next": "dua" }}, {{ "id": "dua", "role": "tu", "end": "selesai" }}],
              "policy": {{ "steps": {{ {policy} }} }} }}"#
        ))
    };
    assert_eq!(with(r#""satu": { "distinct_from": ["satu"] }"#), ["SEPARATED_FROM_ITSELF"]);
    assert_eq!(with(r#""satu": { "distinct_from": ["dua"] }, "dua": { "same_as": ["satu"] }"#), ["SAME_AND_DISTINCT"]);
}

const CLAIM: &str = r#""claim": { "exclusive": "2 jam" }, "owner": "kepala""#;

fn counter(policy: &str) -> Case {
    stage(&format!(
        r#"{{ "steps": [{{ "id": "layani", "role": "tu", "time": "1 hari", "end": "selesai" }}], "policy": {{ {policy} }} }}"#
    ))
    .start("mulai", "awang", "2026-01-12 08:00")
}

/// W4: a claim keeps others out for as long as the policy says, and no longer.
#[test]
fn w4_a_claim_keeps_others_out_for_a_while() {
    let mut case = counter(CLAIM);
    case.claim("layani", "awang", "2026-01-12 08:00").unwrap();
    let refused = case.complete("layani", "tuti", "selesai", "2026-01-12 09:59").unwrap_err();
    let Rejection::ClaimedByAnother { person, until } = refused else { panic!("{refused:?}") };
    assert_eq!((person.as_str(), until), ("awang", stage::at("2026-01-12 10:00")));
    assert!(matches!(case.claim("layani", "tuti", "2026-01-12 09:59"), Err(Rejection::ClaimedByAnother { .. })));
    case.clone().complete("layani", "awang", "selesai", "2026-01-12 09:59").unwrap();
    case.complete("layani", "tuti", "selesai", "2026-01-12 10:00").unwrap();
}

/// W4: a claim excludes nobody for longer than the policy says, also when it is made again.
#[test]
fn w4_claiming_again_keeps_nobody_out_for_longer() {
    let mut case = counter(CLAIM);
    case.claim("layani", "awang", "2026-01-12 08:00").unwrap();
    // Whether the second claim is refused or changes nothing is not said; that Tuti may act at ten is.
    let _ = case.claim("layani", "awang", "2026-01-12 09:30");
    case.complete("layani", "tuti", "selesai", "2026-01-12 10:30").unwrap();
}

/// W4: nor when it is given back in between.
#[test]
fn w4_giving_back_and_claiming_again_keeps_nobody_out_for_longer() {
    let mut case = counter(CLAIM);
    case.claim("layani", "awang", "2026-01-12 08:00").unwrap();
    case.release("layani", "awang", "2026-01-12 09:58").unwrap();
    case.claim("layani", "awang", "2026-01-12 09:59").unwrap();
    case.complete("layani", "tuti", "selesai", "2026-01-12 10:00").unwrap();
}

/// W3, W4: whoever may not act keeps nobody out, and picks nobody to act instead.
#[test]
fn w3_w4_who_is_barred_neither_claims_nor_delegates() {
    let mut case = pair(r#""dua": { "distinct_from": ["satu"] }"#);
    case.complete("satu", "awang", "selesai", "2026-01-12 08:01").unwrap();
    assert!(matches!(case.claim("dua", "awang", "2026-01-12 08:02"), Err(Rejection::MustBeAnother { .. })));
    let delegated = case.delegate("dua", "awang", "santi", "2026-01-12 08:02");
    assert!(matches!(delegated, Err(Rejection::MustBeAnother { .. })));
    let delegated = case.delegate("dua", "tuti", "awang", "2026-01-12 08:02");
    assert!(matches!(delegated, Err(Rejection::MustBeAnother { .. })));
    case.delegate("dua", "tuti", "santi", "2026-01-12 08:02").unwrap();
}

/// W1: a delegate acts for a holder as long as that one holds, and hands nothing on.
#[test]
fn w1_a_delegate_acts_only_while_the_holder_holds() {
    let awang = r#"{ "post": "tu", "person": "awang" }"#;
    let people = stage::DIRECTORY.replace(awang, r#"{ "post": "tu", "person": "awang", "until": "2026-01-14" }"#);
    let text = r#"{ "steps": [{ "id": "layani", "role": "tu", "time": "1 hari", "end": "selesai" }] }"#;
    let mut case = stage(text).with_people(&people).start("mulai", "awang", "2026-01-12 08:00");
    case.delegate("layani", "awang", "santi", "2026-01-12 08:01").unwrap();
    assert!(matches!(case.delegate("layani", "santi", "seno", "2026-01-12 08:02"), Err(Rejection::NotYours { .. })));
    case.clone().complete("layani", "santi", "selesai", "2026-01-14 15:59").unwrap();
    let late = case.complete("layani", "santi", "selesai", "2026-01-15 08:00");
    assert!(matches!(late, Err(Rejection::NotYours { .. })));
}

/// W4: where the policy gives no time, a claim orders the work list and excludes nobody.
#[test]
fn w4_a_claim_without_a_time_excludes_nobody() {
    let mut case = counter(r#""owner": "kepala""#);
    case.claim("layani", "awang", "2026-01-12 08:10").unwrap();
    assert!(case.wait("layani").claim().is_some());
    case.complete("layani", "tuti", "selesai", "2026-01-12 08:10").unwrap();
}

/// W4: a claim is given back by the claimer, or by whoever answers for the wait.
#[test]
fn w4_a_claim_is_given_back() {
    let mut case = counter(CLAIM);
    assert_eq!(case.release("layani", "awang", "2026-01-12 08:00").unwrap_err(), Rejection::NotClaimed);
    case.claim("layani", "awang", "2026-01-12 08:00").unwrap();
    assert!(matches!(case.release("layani", "tuti", "2026-01-12 08:01"), Err(Rejection::NotYours { .. })));
    let mut overseen = case.clone();
    overseen.release("layani", "kartika", "2026-01-12 08:02").unwrap();
    overseen.complete("layani", "tuti", "selesai", "2026-01-12 08:03").unwrap();
    case.release("layani", "awang", "2026-01-12 08:02").unwrap();
    case.complete("layani", "tuti", "selesai", "2026-01-12 08:03").unwrap();
}

/// W4: who may not act may not claim.
#[test]
fn w4_a_claim_is_for_those_who_act() {
    assert!(matches!(counter(CLAIM).claim("layani", "santi", "2026-01-12 08:00"), Err(Rejection::NotYours { .. })));
}

/// A request that may be withdrawn until it is checked.
fn request(policy: &str) -> Case {
    stage(&format!(
        r#"{{ "steps": [
          {{ "id": "ajukan", "role": "pemohon", "next": "periksa" }},
          {{ "id": "periksa", "role": "tu", "time": "1 jam", "outcomes": [
            {{ "id": "ya", "next": "putuskan" }}, {{ "id": "tidak", "return_to": "ajukan" }}] }},
          {{ "id": "putuskan", "role": "kepala", "end": "selesai" }}],
          "policy": {{ "ends": [{{ "id": "ditarik", "title": "Ditarik", "kind": "stop" }}],
            "withdraw": {{ "until": "periksa", "end": "ditarik" }} {policy} }} }}"#
    ))
    .start("mulai", "wulan", "2026-01-12 08:00")
}

/// W4: the requester may withdraw a running case.
#[test]
fn w4_the_requester_may_withdraw() {
    let mut case = request("");
    case.complete("ajukan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    assert_eq!(case.withdraw("awang", "2026-01-12 08:02").unwrap_err(), Rejection::NotTheRequester);
    let happened = case.withdraw("wulan", "2026-01-12 08:02").unwrap();
    assert_eq!(happened.kinds(), ["withdrawn_by_requester", "wait_withdrawn", "stopped"]);
    assert_eq!((case.status(), case.result()), (Status::Stopped, vec!["ditarik"]));
    assert_eq!(
        case.withdraw("wulan", "2026-01-12 08:03").unwrap_err(),
        Rejection::CaseIsOver { status: Status::Stopped }
    );
}

/// W4: but not once the step that the policy names has been completed, also if it has to be done again.
#[test]
fn w4_a_withdrawal_comes_too_late() {
    for outcome in ["ya", "tidak"] {
        let mut case = request("");
        case.complete("ajukan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
        case.complete("periksa", "awang", outcome, "2026-01-12 08:02").unwrap();
        let refused = case.withdraw("wulan", "2026-01-12 08:03").unwrap_err();
        let Rejection::TooLateToWithdraw { step } = refused else { panic!("{refused:?}") };
        assert_eq!(step.id, "periksa");
    }
}

/// W4: a step that the policy completed counts as completed.
#[test]
fn w4_what_the_policy_completed_is_too_late_to_withdraw() {
    let ladder = r#", "steps": { "periksa": { "overdue": [{ "after": "0 menit", "outcome": "ya" }] } }"#;
    let mut case = request(ladder);
    case.complete("ajukan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    case.advance("2026-01-12 09:01");
    assert_eq!(case.waits(), ["putuskan"]);
    assert!(matches!(case.withdraw("wulan", "2026-01-12 09:02"), Err(Rejection::TooLateToWithdraw { .. })));
}

/// W4: without a word of the policy nobody withdraws; a withdrawal is a `stop`.
#[test]
fn w4_withdrawal_is_for_the_policy_to_allow() {
    let mut case = stage(r#"{ "steps": [{ "id": "ajukan", "role": "pemohon", "end": "selesai" }] }"#).start(
        "mulai",
        "wulan",
        "2026-01-12 08:00",
    );
    assert_eq!(case.withdraw("wulan", "2026-01-12 08:01").unwrap_err(), Rejection::WithdrawalIsOff);
    let case_end = r#"{ "steps": [{ "id": "ajukan", "role": "pemohon", "end": "selesai" }],
      "policy": { "withdraw": { "until": "ajukan", "end": "selesai" } } }"#;
    assert_eq!(errors(case_end), ["END_NOT_STOP"]);
}

/// W1: whoever opened the case holds the requester's role in it, and nobody else does.
#[test]
fn w1_the_requester_is_who_opened_the_case() {
    let mut case = request("");
    assert!(matches!(case.complete("ajukan", "santi", "selesai", "2026-01-12 08:01"), Err(Rejection::NotYours { .. })));
    let told = case.complete("ajukan", "wulan", "selesai", "2026-01-12 08:01").unwrap().of("completed")[0].clone();
    assert!(told.contains("by=(capacity:requester person:wulan role:pemohon)"), "{told}");
}

/// T5, W1: the owner and the accountable role may give a wait to another role; the clock runs on.
#[test]
fn t5_w1_whoever_answers_may_reassign() {
    let mut case = counter(r#""owner": "kepala", "roles": { "tu": { "accountable": "sekretaris" } }"#);
    assert!(matches!(case.reassign("layani", "awang", "staf", "2026-01-12 08:30"), Err(Rejection::NotYours { .. })));
    assert_eq!(case.reassign("layani", "sari", "tu", "2026-01-12 08:30").unwrap_err(), Rejection::ActsAlready);
    let due = case.due("layani");
    case.reassign("layani", "sari", "staf", "2026-01-12 08:30").unwrap();
    assert_eq!((case.acting("layani"), case.due("layani")), (vec!["staf"], due));
    case.reassign("layani", "kartika", "kabid", "2026-01-12 08:31").unwrap();
    assert_eq!(case.acting("layani"), ["kabid"]);
}
