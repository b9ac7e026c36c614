//! `watched`: does anybody notice when nothing happens?
//!
//! **Theorem.** `Proved` iff every wait that is reached has a budget, and a ladder that leaves the wait, or that reminds
//! an accountable role other than the sleeper for ever. Values for which no branch of a rung's outcome holds are
//! `decided`'s (G4).
//!
//! A scan of each ladder. Assumes a calendar with working hours, which every checked calendar has, and that whoever is
//! reminded reads it.

use sop_core::diagnostic::Bilingual;
use sop_core::process::{Process, RungEffect, StepIx, Timing};

use crate::cause::{Cause, Trouble};
use crate::examination::Examination;
use crate::flow::Found;
use crate::model::Facts;

/// For each step the rung that wakes somebody, counted from 0.
pub(crate) type WatchedEvidence = Vec<Option<u16>>;

pub(crate) fn judge(examination: &Examination<'_, '_>) -> (Found, Option<WatchedEvidence>) {
    let facts = examination.facts;
    let mut causes = Vec::new();
    let mut rungs: WatchedEvidence = Vec::with_capacity(facts.process.steps().len());
    for (step, spec) in facts.process.steps().iter() {
        let rung = waking_rung(facts, step);
        rungs.push(rung);
        // That a step lies dead is `clean`'s.
        if rung.is_some() || examination.is_dead(step) {
            continue;
        }
        let has_budget =
            spec.budget.is_some() || spec.group.is_some_and(|group| facts.process.groups()[group].budget.is_some());
        let trouble = match has_budget {
            false => Trouble::NoBudget { step },
            true => Trouble::NobodyNotices { step },
        };
        causes.push(Cause { trouble, run: silent_run(examination, step) });
    }
    match causes.first() {
        None => (Found::Proved, Some(rungs)),
        Some(_) if causes.iter().any(|cause| cause.run.is_some()) => (Found::Refuted(causes), None),
        Some(cause) => (Found::Unknown(no_way_found(facts.process, cause)), None),
    }
}

/// Something is wrong with a step, if a request gets there.
pub(crate) fn no_way_found(process: &Process, cause: &Cause) -> Bilingual {
    let said = cause.trouble.say(process);
    Bilingual::new(
        format!("{}; tidak diketahui apakah permohonan sampai ke sana", said.id),
        format!("{}; it is not known whether a request gets there", said.en),
    )
}

/// A run to the wait, then silence.
pub(crate) fn silent_run(examination: &Examination<'_, '_>, step: StepIx) -> Option<crate::run::Run> {
    let mut run = examination.run_to(step)?;
    run.silence();
    Some(run)
}

/// A rung of the step's ladder that leaves the wait, or reminds an accountable role for ever.
fn waking_rung(facts: &Facts<'_>, step: StepIx) -> Option<u16> {
    let ladder = facts.process.ladder(step);
    (0_u16..).zip(&ladder.rungs).map(|(place, _)| place).find(|place| wakes(facts.process, step, *place))
}

/// Whether a rung leaves the wait, or reminds an accountable role other than the sleeper for ever. Values with which it
/// takes no branch of a choice are `decided`'s (G4).
pub(crate) fn wakes(process: &Process, step: StepIx, rung: u16) -> bool {
    let spec = &process.steps()[step];
    let budget = match spec.group {
        Some(group) => process.groups()[group].budget,
        None => spec.budget,
    };
    let Some(at) = process.ladder(step).rungs.get(usize::from(rung)).filter(|_| budget.is_some()) else { return false };
    let is_doer = |role| spec.roles.contains(&role);
    match (at.effect, at.timing) {
        (RungEffect::End(_) | RungEffect::Outcome(_), _) => true,
        // Whoever is accountable is never the doer: the core says so when it compiles a ladder.
        (RungEffect::RemindAccountable, Timing::Every(_)) => true,
        (RungEffect::Remind(role), Timing::Every(_)) => {
            let accountable = spec.roles.first().and_then(|role| process.roles()[*role].accountable);
            let escalated = process.ladder(step).rungs.iter().any(|other| other.effect == RungEffect::Escalate(role));
            !is_doer(role) && (accountable == Some(role) || escalated)
        }
        _ => false,
    }
}
