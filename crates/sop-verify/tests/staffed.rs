//! `staffed`: whether somebody may always act, from a directory of officials.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::{process, staffed};
use sop_core::process::Process;
use sop_verify::{Judgement, Trouble};

fn told(process: &Process, judgement: &Judgement) -> Vec<String> {
    judgement.causes.iter().map(|cause| cause.trouble.say(process).id).collect()
}

const PLAIN: &str = r#"{ "steps": [
  { "id": "ajukan", "role": "pemohon", "next": "periksa" }, { "id": "periksa", "role": "tu", "end": "selesai" }] }"#;

#[test]
fn two_holders_are_enough_and_one_is_not() {
    let process = process(PLAIN);
    let two = r#"{ "post": "tu", "person": "ani" }, { "post": "tu", "person": "budi" }"#;
    assert!(staffed(&process, two).verdict.is_proved());
    let one = staffed(&process, r#"{ "post": "tu", "person": "ani" }"#);
    assert_eq!(told(&process, &one), ["baris (2), tu: tanpa ani tidak ada yang berwenang sebagai tu"]);
    let none = staffed(&process, "");
    assert_eq!(told(&process, &none), ["baris (2), tu: tidak ada yang berwenang sebagai tu"]);
}

#[test]
fn a_time_without_anybody_is_found() {
    let process = process(PLAIN);
    let gap = r#"{ "post": "tu", "person": "ani", "until": "2026-03-31" }, { "post": "tu", "person": "budi", "until": "2026-03-31" },
      { "post": "tu", "person": "citra", "from": "2026-04-03" }, { "post": "tu", "person": "dewi", "from": "2026-04-03" }"#;
    let judgement = staffed(&process, gap);
    let Trouble::NobodyEligible { at, without, .. } = &judgement.causes[0].trouble else { panic!("{judgement:?}") };
    // Midnight between 31 March and 1 April in UTC+7.
    assert_eq!((at.to_string().as_str(), without), ("2026-03-31T17:00:00.000Z", &None));
}

#[test]
fn separation_of_duties_needs_one_more() {
    let process = process(
        r#"{ "steps": [
          { "id": "susun", "role": "tu", "next": "periksa" }, { "id": "periksa", "role": "tu", "end": "selesai" }],
          "policy": { "steps": { "periksa": { "reason": "Empat mata", "distinct_from": ["susun"] } } } }"#,
    );
    let of = |people: &[&str]| {
        let holders = people.iter().map(|person| format!(r#"{{ "post": "tu", "person": "{person}" }}"#));
        staffed(&process, &holders.collect::<Vec<_>>().join(","))
    };
    // With one of two missing, the other has written what has to be checked.
    let two = of(&["ani", "budi"]);
    assert!(two.verdict.is_refuted());
    let run = two.causes.iter().find_map(|cause| cause.run.as_ref()).unwrap();
    assert!(run.acts.iter().any(|act| act.by.as_ref().is_some_and(|by| by.as_str() != "pemegang_tu")));
    assert!(of(&["ani", "budi", "citra"]).verdict.is_proved());
}

#[test]
fn every_unit_has_to_be_filled() {
    let process = process(
        r#"{ "fields": [{ "id": "unit", "title": "Unit", "type": "unit" }], "steps": [
          { "id": "ajukan", "role": "pemohon", "collects": ["unit"], "next": "periksa" },
          { "id": "periksa", "role": "staf", "end": "selesai" }],
          "policy": { "roles": { "staf": { "per": "unit" } } } }"#,
    );
    let half = r#"{ "post": "staf", "for": "koperasi", "person": "ani" }, { "post": "staf", "for": "koperasi", "person": "budi" }"#;
    assert_eq!(
        told(&process, &staffed(&process, half)),
        ["baris (2), staf: tidak ada yang berwenang sebagai staf (usaha)"]
    );
    let whole = format!(
        r#"{half}, {{ "post": "staf", "for": "usaha", "person": "citra" }}, {{ "post": "staf", "for": "usaha", "person": "dewi" }}"#
    );
    assert!(staffed(&process, &whole).verdict.is_proved());
}

#[test]
fn the_same_person_has_to_be_there_for_both() {
    let process = process(
        r#"{ "steps": [
          { "id": "susun", "role": "tu", "next": "periksa" }, { "id": "periksa", "role": "staf", "end": "selesai" }],
          "policy": { "steps": { "periksa": { "reason": "Satu orang", "same_as": ["susun"] } } } }"#,
    );
    let holders =
        |staff: &str| format!(r#"{{ "post": "tu", "person": "ani" }}, {{ "post": "tu", "person": "budi" }}, {staff}"#);
    let apart = holders(r#"{ "post": "staf", "person": "citra" }, { "post": "staf", "person": "dewi" }"#);
    // Nobody who drafts could ever check: they bind nobody (W3).
    assert!(staffed(&process, &apart).verdict.is_proved());
    let both = holders(r#"{ "post": "staf", "person": "ani" }, { "post": "staf", "person": "budi" }"#);
    assert!(staffed(&process, &both).verdict.is_proved());
}

#[test]
fn a_binding_that_leads_elsewhere_is_no_open_seat_for_certain() {
    // Only what goes to `koperasi` is checked, so that a missing Kabid of `usaha` keeps nobody waiting.
    let process = process(
        r#"{ "fields": [{ "id": "bidang", "title": "Bidang", "type": "unit" }], "steps": [
          { "id": "ajukan", "role": "pemohon", "collects": ["bidang"], "choose": [
            { "when": "case.bidang == 'koperasi'", "next": "periksa" }, { "when": "case.bidang != 'koperasi'", "end": "selesai" }] },
          { "id": "periksa", "role": "staf", "end": "selesai" }],
          "policy": { "roles": { "staf": { "post": "staf", "per": "bidang" } } } }"#,
    );
    let koperasi = ["ani", "budi"].map(|id| format!(r#"{{ "post": "staf", "person": "{id}", "for": "koperasi" }}"#));
    let judgement = staffed(&process, &koperasi.join(","));
    assert!(judgement.verdict.is_unknown(), "{:?}", judgement.verdict);
}
