//! A process together with what is known about it.

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::Process;

use crate::cause::Cause;
use crate::certificate::{BoundedEvidence, Certificate, CertificateError, States, check, check_on};
use crate::confirm::comes_true;
use crate::examination::Examination;
use crate::flow::{self, Found};
use crate::guarantee::{attain, bounded, decided, staffed, supplied, timely, unattended, watched};
use crate::limits::Terms;
use crate::model::Facts;
use crate::rehearsal::rehearsed;
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
    certificate: Certificate,
}

impl<P> Verified<P> {
    /// The verdicts.
    pub fn verdicts(&self) -> &Verdicts {
        &self.verdicts
    }

    /// Why the proved guarantees hold.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
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
    let (verdicts, certificate) = judge(subject.process(), terms);
    Verified { subject, verdicts, certificate }
}

/// Verifies a process by a certificate that was kept, without a search.
///
/// What the certificate proves is proved. Everything else is unknown: that something does not hold is not in it.
///
/// # Errors
/// [`CertificateError`] where the certificate does not prove what it claims, about this process.
pub fn verify_by<P: Subject>(subject: P, certificate: Certificate) -> Result<Verified<P>, CertificateError> {
    let process = subject.process();
    let proved = check(process, &certificate)?;
    let judgements = ALL.map(|guarantee| {
        if !proved.contains(&guarantee) {
            let reason = Bilingual::new("tidak ada di sertifikat", "not in the certificate");
            return judgement(process, guarantee, Found::Unknown(reason), None);
        }
        let bound = |value: u64, is_mixed: bool| Some(Worst { value, run: None, is_mixed });
        let worst = match guarantee {
            GuaranteeName::Bounded => {
                certificate.bounded.as_ref().and_then(|bounded| bound(bounded.bound(process), false))
            }
            GuaranteeName::Timely => certificate
                .timely
                .as_ref()
                .and_then(|timely| bound(timely.longest.bound(process), timely::is_mixed(process))),
            GuaranteeName::Unattended => certificate
                .unattended
                .as_ref()
                .and_then(|evidence| bound(unattended::most(process, &evidence.within), false)),
            _ => None,
        };
        judgement(process, guarantee, Found::Proved, worst)
    });
    let verdicts = Verdicts { judgements };
    Ok(Verified { subject, verdicts, certificate })
}

/// Verifying as a method: `process.verify()`.
pub trait Verify: Subject + Sized {
    /// Verifies this.
    fn verify(self) -> Verified<Self> {
        verify(self)
    }
}

impl<P: Subject> Verify for P {}

/// Tells whether the rest has to be looked at for a guarantee.
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

fn judge(process: &Process, terms: &Terms<'_>) -> (Verdicts, Certificate) {
    let limits = terms.limits;
    if process.steps().len() > limits.steps {
        let reason =
            Bilingual::new(format!("lebih dari {} langkah", limits.steps), format!("more than {} steps", limits.steps));
        let judgements = ALL.map(|guarantee| judgement(process, guarantee, Found::Unknown(reason.clone()), None));
        return (Verdicts { judgements }, Certificate::empty(process));
    }
    let asked = Asked(terms);
    let facts = Facts::of(process, limits);
    let examination = Examination::new(&facts, flow::judge(&facts, terms.plain));
    let mut certificate = Certificate::founded(&facts);
    certificate.flow.clone_from(&examination.flow.evidence);
    certificate.witnesses.clone_from(&examination.flow.witnesses);
    certificate.completable = matches!(examination.flow.completable, Found::Proved);
    certificate.clean = matches!(examination.flow.clean, Found::Proved);
    if let Some(graph) = examination.states()
        && process.steps().iter().any(|(step, _)| facts.is_reached(step) && examination.is_dead(step))
    {
        certificate.alive = Some(States::of(graph));
    }
    let decided = asked.of(GuaranteeName::Decided, || {
        let (found, evidence) = decided::judge(&examination);
        certificate.decided = evidence;
        found
    });
    let supplied = asked.of(GuaranteeName::Supplied, || {
        let (found, evidence) = supplied::judge(&examination);
        certificate.supplied = evidence;
        found
    });
    let watched = asked.of(GuaranteeName::Watched, || {
        let (found, evidence) = watched::judge(&examination);
        certificate.watched = evidence;
        found
    });
    let sorted = bounded::sorted(&examination);
    let mut completions = None;
    // What is found about time may follow from it.
    let needs_bounded = asked.for_any(&[GuaranteeName::Bounded, GuaranteeName::Timely]);
    let (found_bounded, evidence) = match needs_bounded {
        true => bounded::judge(&examination, &sorted),
        false => (Found::Unknown(Bilingual::default()), None),
    };
    let bounded = asked.of(GuaranteeName::Bounded, || {
        completions = evidence.as_ref().map(|evidence| {
            let value = evidence.bound(process);
            let told = match evidence {
                BoundedEvidence::Steps(potential) => {
                    attain::longest(&examination, sorted.as_deref().unwrap_or_default(), potential)
                }
                BoundedEvidence::States { .. } => None,
            };
            Worst { value, run: told.filter(|told| told.cost == value).map(|told| told.run), is_mixed: false }
        });
        certificate.bounded = evidence;
        found_bounded.clone()
    });
    let mut minutes = None;
    let timely = asked.of(GuaranteeName::Timely, || {
        let timed = timely::judge(&examination, &sorted, &found_bounded);
        let (run, is_mixed) = (timed.run, timed.is_mixed);
        minutes = timed.worst.map(|value| Worst { value, run, is_mixed });
        certificate.timely = timed.evidence;
        timed.found
    });
    let mut silent = None;
    let unattended = asked.of(GuaranteeName::Unattended, || {
        let drained = unattended::judge(&examination);
        silent = drained.within.map(|value| Worst { value, run: None, is_mixed: false });
        certificate.unattended = drained.evidence;
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
    let found = [flow.completable, decided, flow.clean, supplied, bounded, watched, timely, unattended, staffed];
    let mut found = certain(&facts, found);
    confirm(&facts, &mut certificate, &mut found);
    let [completable, decided, clean, supplied, bounded, watched, timely, unattended, staffed] = found;
    let verdicts = Verdicts {
        judgements: [
            judgement(process, GuaranteeName::Completable, completable, None),
            judgement(process, GuaranteeName::Decided, decided, None),
            judgement(process, GuaranteeName::Clean, clean, None),
            judgement(process, GuaranteeName::Supplied, supplied, None),
            judgement(process, GuaranteeName::Bounded, bounded, completions),
            judgement(process, GuaranteeName::Watched, watched, None),
            judgement(process, GuaranteeName::Timely, timely, minutes),
            judgement(process, GuaranteeName::Unattended, unattended, silent),
            judgement(process, GuaranteeName::Staffed, staffed, None),
        ],
    };
    (verdicts, certificate)
}

/// Lets the checker confirm everything that is said to be proved (G1). What it does not confirm is unknown, and said to be an
/// error of this crate: no such verdict may leave it, and none is a pass.
fn confirm(facts: &Facts<'_>, certificate: &mut Certificate, found: &mut [Found; 9]) {
    let is_proved = |found: &Found| matches!(found, Found::Proved);
    // Who may act is not in a certificate: it is about people, and they come and go.
    let certified = |name: &GuaranteeName| *name != GuaranteeName::Staffed;
    for _ in 0..=ALL.len() {
        let refused: Vec<GuaranteeName> = match check_on(facts.process, &facts.exits, &facts.data, certificate) {
            Ok(proved) => {
                let claimed = ALL.iter().zip(found.iter()).filter(|(_, found)| is_proved(found));
                claimed.map(|(name, _)| *name).filter(certified).filter(|name| !proved.contains(name)).collect()
            }
            Err(CertificateError::Wrong { guarantee }) => vec![guarantee],
            Err(_) => ALL.into_iter().filter(certified).collect(),
        };
        if refused.is_empty() {
            return;
        }
        for (name, found) in ALL.iter().zip(found.iter_mut()).filter(|(name, _)| refused.contains(name)) {
            certificate.withdraw(*name);
            if is_proved(found) {
                *found = Found::Unknown(disagreement("certificate"));
            }
        }
    }
}

/// An error of this crate: what it found is not confirmed.
fn disagreement(what: &str) -> Bilingual {
    Bilingual::new(
        format!("kesalahan internal: {what} tidak terkonfirmasi; mohon laporkan definisi ini"),
        format!("internal error: the {what} was not confirmed; please report this definition"),
    )
}

/// What is left of it where runs need rungs of parallel parts to fire in an order that is not certain.
fn certain(facts: &Facts<'_>, found: [Found; 9]) -> [Found; 9] {
    let mut found = found.map(|found| match found {
        Found::Refuted(causes) => {
            let rehearse = |cause: Cause| match cause.run {
                Some(run) => {
                    let run = rehearsed(facts, run, &cause.trouble);
                    run.map(|run| Cause { run: Some(run), trouble: cause.trouble })
                }
                None => Some(cause),
            };
            let causes: Vec<Cause> = causes.into_iter().filter_map(rehearse).collect();
            let count = causes.len();
            let confirmed: Vec<Cause> = causes.into_iter().filter(|cause| comes_true(facts.process, cause)).collect();
            match (count, confirmed.is_empty()) {
                (0, _) => Found::Unknown(unattended::order_unknown()),
                (_, true) => Found::Unknown(disagreement("counterexample")),
                (_, false) => Found::Refuted(confirmed),
            }
        }
        other => other,
    });
    // What followed from a verdict that is no longer certain is not certain either.
    for place in 0..found.len() {
        let followed = match found.get(place) {
            Some(Found::Follows(guarantee)) => ALL.iter().position(|other| other == guarantee),
            _ => None,
        };
        if let Some(Found::Unknown(reason)) = followed.and_then(|at| found.get(at)).cloned()
            && let Some(here) = found.get_mut(place)
        {
            *here = Found::Unknown(reason);
        }
    }
    found
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
