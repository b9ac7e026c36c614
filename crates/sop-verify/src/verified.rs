//! A process together with what is known about it.

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::Process;

use crate::examination::Examination;
use crate::flow::{self, Found};
use crate::guarantee::{attain, bounded, decided, supplied, timely, unattended, watched};
use crate::limits::Limits;
use crate::model::Facts;
use crate::verdict::{ALL, Judgement, Verdict, Verdicts, Worst};

/// Something that holds a process, so that it can be verified as a whole.
pub trait Subject {
    /// The process.
    fn process(&self) -> &Process;
}

impl Subject for Process {
    fn process(&self) -> &Process {
        self
    }
}

impl<S: Subject> Subject for &S {
    fn process(&self) -> &Process {
        (**self).process()
    }
}

/// A process, or something that holds one, with the verdicts about it. Only [`verify`] makes one.
#[derive(Debug, Clone)]
pub struct Verified<P> {
    subject: P,
    verdicts: Verdicts,
}

impl<P> Verified<P> {
    /// The verdicts.
    pub fn verdicts(&self) -> &Verdicts {
        &self.verdicts
    }

    /// What was verified.
    pub fn subject(&self) -> &P {
        &self.subject
    }

    /// What was verified, and the verdicts.
    pub fn into_parts(self) -> (P, Verdicts) {
        (self.subject, self.verdicts)
    }
}

impl<P: Subject> Verified<P> {
    /// The process.
    pub fn process(&self) -> &Process {
        self.subject.process()
    }
}

/// Verifies a process, within the usual limits.
pub fn verify<P: Subject>(subject: P) -> Verified<P> {
    verify_within(subject, Limits::default())
}

/// Verifies a process within limits of one's own.
pub fn verify_within<P: Subject>(subject: P, limits: Limits) -> Verified<P> {
    let verdicts = judge(subject.process(), limits);
    Verified { subject, verdicts }
}

/// Verifying as a method: `process.verify()`.
pub trait Verify: Subject + Sized {
    /// Verifies this.
    fn verify(self) -> Verified<Self> {
        verify(self)
    }
}

impl<P: Subject> Verify for P {}

fn judge(process: &Process, limits: Limits) -> Verdicts {
    if process.steps().len() > limits.steps {
        let reason = Bilingual::new(
            format!("lebih dari {} langkah", limits.steps),
            format!("more than {} steps", limits.steps),
        );
        let judgements = ALL.map(|guarantee| judgement(process, guarantee, Found::Unknown(reason.clone()), None));
        return Verdicts { judgements };
    }
    let facts = Facts::of(process, limits);
    let flow = flow::judge(&facts);
    let examination = Examination::new(&facts, flow);
    let sorted = bounded::sorted(&examination);
    let (decided, _) = decided::judge(&examination);
    let (supplied, _) = supplied::judge(&examination);
    let (bounded, potential) = bounded::judge(&examination, &sorted);
    let (watched, _) = watched::judge(&examination);
    let timed = timely::judge(&examination, &sorted);
    let drained = unattended::judge(&examination);
    let completions = potential.as_ref().map(|potential| {
        let value = potential.bound(process, crate::guarantee::potential::Split::Sum);
        let run = attain::longest(&examination, potential).filter(|told| told.cost == value).map(|told| told.run);
        Worst { value, run, is_mixed: false }
    });
    let minutes = timed.worst.map(|value| {
        let costs = timely::Minutes::of(process, &facts.exits);
        let told = timed.evidence.as_ref().and_then(|potential| attain::run(&examination, potential, &costs));
        let run = told.filter(|told| told.cost == value).map(|told| told.run);
        Worst { value, run, is_mixed: timed.is_mixed }
    });
    let silent = drained.within.map(|value| Worst { value, run: None, is_mixed: false });
    let no_directory = Bilingual::new(
        "tidak diperiksa: berikan daftar pejabat",
        "not examined: hand in the directory of officials",
    );
    let Examination { flow, .. } = examination;
    Verdicts {
        judgements: [
            judgement(process, GuaranteeName::Completable, flow.completable, None),
            judgement(process, GuaranteeName::Decided, decided, None),
            judgement(process, GuaranteeName::Clean, flow.clean, None),
            judgement(process, GuaranteeName::Supplied, supplied, None),
            judgement(process, GuaranteeName::Bounded, bounded, completions),
            judgement(process, GuaranteeName::Watched, watched, None),
            judgement(process, GuaranteeName::Timely, timed.found, minutes),
            judgement(process, GuaranteeName::Unattended, drained.found, silent),
            judgement(process, GuaranteeName::Staffed, Found::Unknown(no_directory), None),
        ],
    }
}

fn judgement(process: &Process, guarantee: GuaranteeName, found: Found, worst: Option<Worst>) -> Judgement {
    let waivers = process.waivers().iter().filter(|waiver| waiver.guarantee == guarantee).cloned().collect();
    let (verdict, causes, follows) = match found {
        Found::Proved => (Verdict::Proved, Vec::new(), None),
        Found::Refuted(causes) => (Verdict::Refuted, causes, None),
        Found::Follows(guarantee) => (Verdict::Refuted, Vec::new(), Some(guarantee)),
        Found::Unknown(reason) => (Verdict::Unknown { reason }, Vec::new(), None),
    };
    Judgement { guarantee, verdict, causes, follows, worst, waivers }
}
