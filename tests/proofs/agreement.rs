//! The quick verdicts about the flow are those of a plain search, and every proof has a certificate that holds.

mod common;

use common::config;
use proptest::prelude::*;
use sop_core::definition::Definition;
use sop_core::process::{CheckedOffice, Process, Reading, compile};
use sop_testkit::definitions::{Sample, arbitrary, mutated, sound};
use sop_testkit::{office, outline};
use sop_verify::{GuaranteeName as Name, Terms, Verdict, check, verify, verify_on};

/// The processes of a definition, as signed and as run, as far as it compiles.
fn processes(definition: &Definition, office: &CheckedOffice) -> Vec<Process> {
    let read = |reading| compile(definition, office, reading, &Default::default()).process;
    [Reading::AsSigned, Reading::AsRun].into_iter().filter_map(read).collect()
}

/// What is asked of every process.
fn agree(process: &Process) -> Result<(), TestCaseError> {
    let verified = verify(process);
    let plain = verify_on(process, &Terms { plain: true, ..Terms::default() });
    for name in [Name::Completable, Name::Clean] {
        let (quick, slow) = (verified.verdicts().of(name), plain.verdicts().of(name));
        if !quick.verdict.is_unknown() && !slow.verdict.is_unknown() {
            prop_assert_eq!(&quick.verdict, &slow.verdict, "{}: {:?} / {:?}", name, quick.causes, slow.causes);
        }
        // What the plain search settles, the quick way settles too.
        let hidden = matches!(&quick.verdict, Verdict::Unknown { reason } if reason.en.contains("hidden"));
        prop_assert!(slow.verdict.is_unknown() || !quick.verdict.is_unknown() || hidden, "{}", quick.verdict);
    }
    let proved: Vec<Name> = verified
        .verdicts()
        .iter()
        .filter(|judgement| judgement.verdict.is_proved())
        .map(|judgement| judgement.guarantee)
        .collect();
    prop_assert_eq!(check(process, verified.certificate()), Ok(proved));
    Ok(())
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn of_arbitrary_definitions(definition in arbitrary()) {
        for process in processes(&definition, &office::office()) {
            agree(&process).map_err(|error| TestCaseError::fail(format!("{error}\n{}", outline(&definition))))?;
        }
    }

    #[test]
    fn of_mutated_definitions((sample, mutation, definition) in mutated()) {
        for process in processes(&definition, &sample.office) {
            agree(&process).map_err(|error| TestCaseError::fail(format!("{mutation}: {error}\n{}", outline(&definition))))?;
        }
    }

    #[test]
    fn of_sound_definitions(sample in sound()) {
        let Sample { definition, office, .. } = &sample;
        for process in processes(definition, office) {
            agree(&process).map_err(|error| TestCaseError::fail(format!("{error}\n{}", outline(definition))))?;
        }
    }
}
