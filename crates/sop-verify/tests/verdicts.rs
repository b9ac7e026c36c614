//! What verdicts say while nothing is searched, and what waivers change of it (G1, G5).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects by failing")]

use std::path::Path;

use sop_core::definition::{Definition, GuaranteeName, Office, Waiver};
use sop_core::format::{Document, parse};
use sop_core::process::{Process, Reading, check_office, compile};
use sop_core::text::SourceText;
use sop_core::time::Date;
use sop_verify::{ALL, REQUIRED, Verdict, Verify};

fn read<T: Document>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions").join(name);
    parse::<T>(SourceText::new(name, std::fs::read_to_string(path).unwrap())).into_result().unwrap()
}

fn narasumber(waivers: Vec<Waiver>) -> Process {
    let office = check_office(&read::<Office>("kantor.json"), &Default::default()).0.unwrap();
    let mut definition: Definition = read("narasumber.json");
    definition.policy.as_mut().unwrap().waive = waivers;
    compile(&definition, &office, Reading::AsRun, &Default::default()).into_result().unwrap()
}

fn waiver(guarantee: GuaranteeName, step: Option<&str>) -> Waiver {
    Waiver {
        guarantee,
        step: step.map(|step| step.parse().unwrap()),
        paper: None,
        reason: "Diputuskan rapat".to_owned(),
        by: "Kepala Biro".to_owned(),
        until: day("2026-06-30"),
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn unmet(process: Process, today: &str) -> Vec<GuaranteeName> {
    process.verify().verdicts().unmet(day(today)).iter().map(|unmet| unmet.guarantee).collect()
}

#[test]
fn nothing_is_shown_as_a_pass_that_nobody_searched() {
    let verified = narasumber(Vec::new()).verify();
    assert_eq!(verified.verdicts().iter().count(), ALL.len());
    assert!(verified.verdicts().iter().all(|judgement| matches!(judgement.verdict, Verdict::Unknown { .. })));
    assert_eq!(unmet(narasumber(Vec::new()), "2026-01-12"), REQUIRED);
}

#[test]
fn a_waiver_stands_in_until_its_last_day() {
    let waived = || narasumber(vec![waiver(GuaranteeName::Bounded, None)]);
    assert!(!unmet(waived(), "2026-06-30").contains(&GuaranteeName::Bounded));
    assert!(unmet(waived(), "2026-07-01").contains(&GuaranteeName::Bounded));
    let verified = waived().verify();
    let late = verified.verdicts().unmet(day("2026-07-01"));
    assert!(late.iter().any(|unmet| unmet.guarantee == GuaranteeName::Bounded && unmet.expired));
}

#[test]
fn a_waiver_of_one_place_covers_nothing_that_is_unknown() {
    let waived = narasumber(vec![waiver(GuaranteeName::Watched, Some("periksa"))]);
    assert!(unmet(waived, "2026-01-12").contains(&GuaranteeName::Watched));
}
