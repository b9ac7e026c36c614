//! Waivers: the office does without a guarantee, knowingly, for a while, at a place (G5, P4).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::process;
use sop_core::diagnostic::Language;
use sop_core::process::Process;
use sop_core::time::Date;
use sop_verify::{GuaranteeName as Name, Verdicts, verify};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn verdicts(process: &Process) -> Verdicts {
    verify(process).into_parts().1
}

/// Two returns without a limit, at two steps, with these waivers.
fn endless(waive: &str) -> Process {
    process(&format!(
        r#"{{ "steps": [
          {{ "id": "ajukan", "role": "pemohon", "next": "periksa" }},
          {{ "id": "periksa", "role": "tu", "outcomes": [{{ "id": "ya", "next": "setujui" }}, {{ "id": "tidak", "return_to": "ajukan" }}] }},
          {{ "id": "setujui", "role": "kepala", "outcomes": [{{ "id": "ya", "end": "selesai" }}, {{ "id": "tidak", "return_to": "periksa" }}] }}],
          "policy": {{ "waive": [{waive}] }} }}"#
    ))
}

fn waiver(place: &str) -> String {
    format!(
        r#"{{ "guarantee": "bounded", {place} "reason": "Diputuskan rapat", "by": "Kepala Biro", "until": "2026-06-30" }}"#
    )
}

fn unmet(process: &Process, today: &str) -> Vec<(Name, usize, bool)> {
    let unmet = verdicts(process).unmet(day(today));
    unmet.iter().map(|unmet| (unmet.guarantee, unmet.causes.len(), unmet.expired)).collect()
}

#[test]
fn a_waiver_stands_in_until_its_last_day() {
    assert_eq!(unmet(&endless(""), "2026-06-30"), [(Name::Bounded, 2, false)]);
    let waived = endless(&waiver(""));
    assert_eq!(unmet(&waived, "2026-06-30"), []);
    assert_eq!(unmet(&waived, "2026-07-01"), [(Name::Bounded, 2, true)]);
    // It is no proof, and stands beside the verdict.
    let judgement = verdicts(&waived).of(Name::Bounded).clone();
    assert!(judgement.verdict.is_refuted());
    assert_eq!(judgement.waived(day("2026-06-30")).unwrap().by, "Kepala Biro");
}

#[test]
fn a_waiver_of_one_place_covers_that_place_only() {
    // Rounds are known by their first step in the table.
    let one = endless(&waiver(r#""step": "ajukan","#));
    assert_eq!(unmet(&one, "2026-06-30"), [(Name::Bounded, 1, false)]);
    let both = endless(&format!("{}, {}", waiver(r#""step": "ajukan","#), waiver(r#""step": "periksa","#)));
    assert_eq!(unmet(&both, "2026-06-30"), []);
}

/// The warnings on a date, as an official reads them.
fn warned(process: &Process, today: &str) -> Vec<String> {
    let verdicts = verdicts(process);
    let warned: Vec<String> = verdicts.warnings(day(today)).iter().map(|warning| warning.say(process).id).collect();
    let text = verdicts.explain(process, None, day(today), Language::Indonesian);
    assert_eq!(text.matches("peringatan: ").count(), warned.len(), "{text}");
    assert!(warned.iter().all(|warning| text.contains(warning)), "{text}");
    warned
}

#[test]
fn a_waiver_that_covers_nothing_is_told() {
    let process = process(
        r#"{ "steps": [{ "id": "ajukan", "role": "pemohon", "end": "selesai" }], "policy": { "waive": [
          { "guarantee": "bounded", "reason": "x", "by": "y", "until": "2026-06-30" }] } }"#,
    );
    assert_eq!(verdicts(&process).of(Name::Bounded).unused_waivers().count(), 1);
    assert_eq!(
        warned(&process, "2026-06-30"),
        ["pengesampingan `bounded` oleh y tidak mengesampingkan apa pun: hapus"]
    );
    let used = endless(&waiver(""));
    assert_eq!(verdicts(&used).of(Name::Bounded).unused_waivers().count(), 0);
    assert_eq!(warned(&used, "2026-06-30"), [""; 0]);
    let elsewhere = endless(&waiver(r#""step": "setujui","#));
    assert_eq!(verdicts(&elsewhere).of(Name::Bounded).unused_waivers().count(), 1);
}

#[test]
fn a_waived_paper_is_still_judged() {
    let process = process(
        r#"{ "papers": [{ "id": "surat", "title": "Surat" }], "steps": [
          { "id": "ajukan", "role": "pemohon", "next": "periksa" },
          { "id": "periksa", "role": "tu", "requires": ["surat"], "end": "selesai" }],
          "policy": { "waive": [
            { "guarantee": "supplied", "paper": "surat", "reason": "x", "by": "y", "until": "2026-06-30" }] } }"#,
    );
    assert!(verdicts(&process).of(Name::Supplied).verdict.is_refuted());
    assert_eq!(unmet(&process, "2026-06-30"), []);
    assert_eq!(unmet(&process, "2026-07-01"), [(Name::Supplied, 1, true)]);
}

#[test]
fn a_waiver_that_is_over_is_told() {
    let over = endless(&waiver(r#""step": "ajukan","#));
    assert_eq!(
        warned(&over, "2026-07-01"),
        [
            "pengesampingan `bounded`, baris (1), pemohon oleh Kepala Biro berakhir 2026-06-30: perbarui, atau penuhi jaminannya"
        ]
    );
}
