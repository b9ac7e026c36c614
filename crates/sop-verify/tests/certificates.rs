//! Certificates: what is proved is confirmed without a search, and what is tampered with is refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::{SHIPPED, shipped};
use sop_core::process::{Process, Reading};
use sop_verify::{Certificate, CertificateError, GuaranteeName, Verdict, Verify, check, verify_by};

fn proved(process: &Process) -> (Vec<GuaranteeName>, Certificate) {
    let verified = process.verify();
    let proved = verified.verdicts().iter().filter(|judgement| judgement.verdict.is_proved());
    (proved.map(|judgement| judgement.guarantee).collect(), verified.certificate().clone())
}

#[test]
fn whatever_is_proved_is_confirmed_by_its_certificate() {
    for name in SHIPPED {
        for reading in [Reading::AsSigned, Reading::AsRun] {
            let process = shipped(name, reading);
            let (proved, certificate) = proved(&process);
            assert_eq!(check(&process, &certificate), Ok(proved), "{name} {reading:?}");
        }
    }
}

#[test]
fn a_stored_certificate_brings_the_proof_back_without_a_search() {
    let process = shipped("narasumber.json", Reading::AsRun);
    let (proved, certificate) = proved(&process);
    let text = serde_json::to_string(&certificate).unwrap();
    let again = verify_by(&process, serde_json::from_str(&text).unwrap()).unwrap();
    let held = again.verdicts().iter().filter(|judgement| judgement.verdict.is_proved());
    assert_eq!(held.map(|judgement| judgement.guarantee).collect::<Vec<_>>(), proved);
    assert_eq!(again.verdicts().of(GuaranteeName::Bounded).worst.as_ref().unwrap().value, 43);
    assert_eq!(again.verdicts().of(GuaranteeName::Timely).worst.as_ref().unwrap().value, 540);
    assert!(matches!(again.verdicts().of(GuaranteeName::Unattended).verdict, Verdict::Unknown { .. }));
}

#[test]
fn a_certificate_is_about_one_process() {
    let certificate = proved(&shipped("narasumber.json", Reading::AsRun)).1;
    assert_eq!(
        check(&shipped("fixtures/maju.json", Reading::AsRun), &certificate),
        Err(CertificateError::OtherProcess)
    );
    assert_eq!(
        check(&shipped("narasumber.json", Reading::AsSigned), &certificate),
        Err(CertificateError::OtherProcess)
    );
    let mut later = serde_json::to_value(&certificate).unwrap();
    later["v"] = 4.into();
    let later: Certificate = serde_json::from_value(later).unwrap();
    let process = shipped("narasumber.json", Reading::AsRun);
    assert_eq!(check(&process, &later), Err(CertificateError::Version { found: 4 }));
}
