//! Sound definitions with one thing broken: refused, refuted, unknown, or proved and harmless.

mod common;

use std::cell::RefCell;
use std::collections::BTreeMap;

use common::holds;
use proptest::prelude::*;
use sop_core::case::{Directory, People};
use sop_core::definition::GuaranteeName;
use sop_core::format::Poisoned;
use sop_core::process::Process;
use sop_core::time::{Date, Instant};
use sop_testkit::definitions::{Mutation, Sample, mutated};
use sop_testkit::run::{Grounds, Office, moves};
use sop_verify::{REQUIRED, Staff, Terms, Trouble, Verdict, Verdicts, Verify, verify_on};

/// What became of the mutants of one kind.
#[derive(Debug, Default, Clone, Copy)]
struct Fate {
    refused: u32,
    refuted: u32,
    harmless: u32,
    unknown: u32,
}

impl Fate {
    fn add(&mut self, other: Fate) {
        self.refused += other.refused;
        self.refuted += other.refuted;
        self.harmless += other.harmless;
        self.unknown += other.unknown;
    }

    fn total(self) -> u32 {
        self.refused + self.refuted + self.harmless + self.unknown
    }

    fn said(self, kind: &str) -> String {
        let Self { refused, refuted, harmless, unknown } = self;
        let killed = (refused + refuted) * 100 / self.total().max(1);
        format!("{kind:20} {refused:8} {refuted:8} {harmless:20} {unknown:8} {killed:6} %")
    }
}

/// Tells whether some post of a step is held by nobody, with everybody there.
fn is_unstaffed(sample: &Sample, process: &Process) -> bool {
    let Some(directory) = Directory::check(&sample.directory, &sample.office, &Poisoned::default()).0 else {
        return true;
    };
    let mut people = People::new();
    let staffing = directory.staff(process, &mut people);
    let day = |month| Instant::at(Date::new(2026, month, 1)?, 0, 0, sample.office.zone());
    let Some((from, until)) = day(1).zip(day(2)) else { return true };
    let staff = Some(Staff { people: &people, staffing: &staffing, from, until });
    let only = Some(vec![GuaranteeName::Staffed]);
    let verified = verify_on(process, &Terms { staff, only, ..Terms::default() });
    let causes = &verified.verdicts().of(GuaranteeName::Staffed).causes;
    causes.iter().any(|cause| matches!(cause.trouble, Trouble::NobodyEligible { without: None, .. }))
}

fn any(verdicts: &Verdicts, is: impl Fn(&Verdict) -> bool) -> bool {
    REQUIRED.iter().any(|guarantee| is(&verdicts.of(*guarantee).verdict))
}

#[test]
fn no_mutant_that_is_proved_does_harm() {
    let fates: RefCell<BTreeMap<String, Fate>> = RefCell::default();
    let strategy = (mutated(), moves(0..30), moves(0..30), moves(0..30));
    holds(1_024, &strategy, |((sample, mutation, broken), first, second, third)| {
        let kind = format!("{mutation:?}").split(' ').next().unwrap_or_default().to_owned();
        let count = |fate: Fate| {
            fates.borrow_mut().entry(kind.clone()).or_default().add(fate);
            Ok(())
        };
        let Ok(bundle) = sample.bundle_of(&broken) else {
            return count(Fate { refused: 1, ..Fate::default() });
        };
        let verified = (&bundle).verify();
        let is_empty = matches!(mutation, Mutation::EmptyRole { .. }) && is_unstaffed(&sample, bundle.process());
        if is_empty || any(verified.verdicts(), Verdict::is_refuted) {
            return count(Fate { refuted: 1, ..Fate::default() });
        }
        if any(verified.verdicts(), Verdict::is_unknown) {
            return count(Fate { unknown: 1, ..Fate::default() });
        }
        let plain = verify_on(bundle.process(), &Terms { plain: true, ..Terms::default() });
        prop_assert!(!any(plain.verdicts(), Verdict::is_refuted), "plain search refutes it: {mutation}");
        for moves in [first, second, third] {
            let failed = |error: sop_testkit::run::Trouble| TestCaseError::fail(error.to_string());
            let mut office =
                Office::open(bundle.clone(), &sample.directory, Grounds::Unproved("a mutant")).map_err(failed)?;
            let tale = office.run(&moves).map_err(failed)?;
            prop_assert!(tale.is_well(), "{mutation}\n{tale}");
        }
        count(Fate { harmless: 1, ..Fate::default() })
    });
    let mut all = Fate::default();
    eprintln!(
        "{:20} {:>8} {:>8} {:>20} {:>8} {:>8}",
        "", "refused", "refuted", "proved and harmless", "unknown", "killed"
    );
    for (kind, fate) in fates.borrow().iter() {
        eprintln!("{}", fate.said(kind));
        all.add(*fate);
    }
    eprintln!("{}", all.said("all"));
}
