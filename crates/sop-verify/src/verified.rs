//! A process together with what is known about it.

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::Process;

use crate::examination::Examination;
use crate::flow::{self, Found};
use crate::guarantee::potential::Split;
use crate::guarantee::{attain, bounded, decided, staffed, supplied, timely, unattended, watched};
use crate::limits::Terms;
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
    verify_on(subject, &Terms::default())
}

/// Verifies a process on terms of one's own.
pub fn verify_on<P: Subject>(subject: P, terms: &Terms<'_>) -> Verified<P> {
    let verdicts = judge(subject.process(), terms);
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

/// Whether the rest has to be looked at for a guarantee.
struct Asked<'t>(&'t Terms<'t>);

impl Asked<'_> {
    fn for_any(&self, guarantees: &[GuaranteeName]) -> bool {
        self.0.only.as_ref().is_none_or(|only| guarantees.iter().any(|guarantee| only.contains(guarantee)))
    }

    /// What was found, if it was asked for.
    fn of(&self, guarantee: GuaranteeName, found: impl FnOnce() -> Found) -> Found {
        match self.for_any(&[guarantee]) {
            true => found(),
            false => Found::Unknown(Bilingual::new("tidak diminta", "not asked for")),
        }
    }
}

fn judge(process: &Process, terms: &Terms<'_>) -> Verdicts {
    let limits = terms.limits;
    if process.steps().len() > limits.steps {
        let reason = Bilingual::new(
            format!("lebih dari {} langkah", limits.steps),
            format!("more than {} steps", limits.steps),
        );
        let judgements = ALL.map(|guarantee| judgement(process, guarantee, Found::Unknown(reason.clone()), None));
        return Verdicts { judgements };
    }
    let asked = Asked(terms);
    let facts = Facts::of(process, limits);
    let examination = Examination::new(&facts, flow::judge(&facts));
    let decided = asked.of(GuaranteeName::Decided, || decided::judge(&examination).0);
    let supplied = asked.of(GuaranteeName::Supplied, || supplied::judge(&examination).0);
    let watched = asked.of(GuaranteeName::Watched, || watched::judge(&examination).0);
    let sorted = bounded::sorted(&examination);
    let mut completions = None;
    let bounded = asked.of(GuaranteeName::Bounded, || {
        let (found, potential) = bounded::judge(&examination, &sorted);
        completions = potential.map(|potential| {
            let value = potential.bound(process, Split::Sum);
            let run = attain::longest(&examination, &potential).filter(|told| told.cost == value).map(|told| told.run);
            Worst { value, run, is_mixed: false }
        });
        found
    });
    let mut minutes = None;
    let timely = asked.of(GuaranteeName::Timely, || {
        let timed = timely::judge(&examination, &sorted);
        minutes = timed.worst.map(|value| {
            let costs = timely::Minutes::of(process, &facts.exits);
            let told = timed.evidence.as_ref().and_then(|potential| attain::run(&examination, potential, &costs));
            let run = told.filter(|told| told.cost == value).map(|told| told.run);
            Worst { value, run, is_mixed: timed.is_mixed }
        });
        timed.found
    });
    let mut silent = None;
    let unattended = asked.of(GuaranteeName::Unattended, || {
        let drained = unattended::judge(&examination);
        silent = drained.within.map(|value| Worst { value, run: None, is_mixed: false });
        drained.found
    });
    let staffed = asked.of(GuaranteeName::Staffed, || match &terms.staff {
        Some(staff) => staffed::judge(&examination, staff),
        None => Found::Unknown(Bilingual::new(
            "tidak diperiksa: berikan daftar pejabat",
            "not examined: hand in the directory of officials",
        )),
    });
    let Examination { flow, .. } = examination;
    Verdicts {
        judgements: [
            judgement(process, GuaranteeName::Completable, flow.completable, None),
            judgement(process, GuaranteeName::Decided, decided, None),
            judgement(process, GuaranteeName::Clean, flow.clean, None),
            judgement(process, GuaranteeName::Supplied, supplied, None),
            judgement(process, GuaranteeName::Bounded, bounded, completions),
            judgement(process, GuaranteeName::Watched, watched, None),
            judgement(process, GuaranteeName::Timely, timely, minutes),
            judgement(process, GuaranteeName::Unattended, unattended, silent),
            judgement(process, GuaranteeName::Staffed, staffed, None),
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
