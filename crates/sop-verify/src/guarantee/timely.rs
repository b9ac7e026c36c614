//! `timely`: how long at the very worst?
//!
//! **Theorem.** `Proved` iff every run in which each wait takes at most its budget is over after T, where parallel parts
//! go on side by side, and T is within what the office promises, where both are counted in working minutes. T is attained
//! where a run is told with it, and an upper bound otherwise. Refuted where a round without end takes time, or where a run
//! takes longer than promised; unknown where a step that is reached has no budget.
//!
//! A [longest way](super::longest), with minutes as cost and the longest part of a split (max-plus algebra: Baccelli,
//! Cohen, Olsder, Quadrat, Synchronization and Linearity, 1992). Steps that share a clock take it once on a way (T2). A way
//! goes through one of several parallel branches, and pays for the returns of that one; for those of another only where it
//! comes back to before the split.
//!
//! Assumes that each wait is acted on within its budget and that there are enough hands for parallel work. Minutes of
//! elapsed time are added to those of working time and the sum is marked as mixed.

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Process, StepIx};
use sop_core::time::{Budget, Measure, Millis};

use super::bounded::{beyond_counting, round_through, rows};
use super::longest::{Longest, charge};
use crate::cause::{Cause, Trouble};
use crate::certificate::TimelyEvidence;
use crate::examination::Examination;
use crate::flow::Found;
use crate::run::Run;

/// A step's budget, its own or the one that it shares.
pub(crate) fn budget_of(process: &Process, step: StepIx) -> Option<Budget> {
    let spec = &process.steps()[step];
    match spec.group {
        Some(group) => process.groups()[group].budget,
        None => spec.budget,
    }
}

/// What is known about time: the verdict, what proves it, and the worst case.
pub(crate) struct Timed {
    pub(crate) found: Found,
    pub(crate) evidence: Option<TimelyEvidence>,
    pub(crate) run: Option<Run>,
    pub(crate) worst: Option<u64>,
    /// Tells whether some step on the way counts elapsed time, so that minutes of different clocks are added up.
    pub(crate) is_mixed: bool,
}

/// `bounded` is what was found about rounds: time without end follows from a round without end that takes time (G4).
pub(crate) fn judge(
    examination: &Examination<'_, '_>,
    sorted: &Result<Vec<StepIx>, Vec<StepIx>>,
    bounded: &Found,
) -> Timed {
    let facts = examination.facts;
    let process = facts.process;
    let reached = || process.steps().iter().map(|(step, _)| step).filter(|step| !examination.is_dead(*step));
    let order = match sorted {
        Ok(order) => order,
        Err(on_round) => {
            let takes_time =
                |step: &StepIx| charge(process, *step, 0, false) > 0 || charge(process, *step, 0, true) > 0;
            let is_endless =
                |cause: &Cause| matches!(&cause.trouble, Trouble::Endless { steps } if steps.iter().any(takes_time));
            let found = match bounded {
                Found::Refuted(causes) if causes.iter().any(is_endless) => Found::Follows(GuaranteeName::Bounded),
                // The rounds that were told take no time; another one may.
                Found::Refuted(_) if let Some(cause) = round_through(examination, on_round, takes_time) => {
                    Found::Refuted(vec![cause])
                }
                _ => Found::Unknown(Bilingual::new(
                    format!("ada putaran di baris {}, yang lamanya tidak diketahui", rows(process, on_round)),
                    format!("there is a round in row {}, and how long it takes is not known", rows(process, on_round)),
                )),
            };
            return Timed { found, evidence: None, run: None, worst: None, is_mixed: false };
        }
    };
    let longest = Longest::of(process, &facts.exits, order, |step| !examination.is_dead(step), false);
    let worst = longest.bound(process);
    let is_mixed =
        reached().any(|step| budget_of(process, step).is_some_and(|budget| budget.measure() == Measure::Elapsed));
    if worst == u64::MAX {
        return Timed { found: Found::Unknown(beyond_counting()), evidence: None, run: None, worst: None, is_mixed };
    }
    if let Some(promise) =
        process.promise().filter(|_| !keeps_promise(process, worst, |step| !examination.is_dead(step)))
    {
        let run = super::attain::slowest(examination, order, &longest);
        // Only a run that takes longer than promised refutes it: the bound alone may be too high.
        let above = run.filter(|told| told.cost > u64::from(promise.minutes()));
        return match above {
            Some(told) => {
                let promise = Millis::from_minutes(promise.minutes());
                let trouble = Trouble::AbovePromise { worst: Millis(told.cost.saturating_mul(60_000)), promise };
                let found = Found::Refuted(vec![Cause { trouble, run: Some(told.run) }]);
                Timed { found, evidence: None, run: None, worst: Some(worst), is_mixed }
            }
            None => Timed {
                found: Found::Unknown(not_attained(worst)),
                evidence: None,
                run: None,
                worst: Some(worst),
                is_mixed,
            },
        };
    }
    let without: Vec<StepIx> = reached().filter(|step| budget_of(process, *step).is_none()).collect();
    if !without.is_empty() {
        let rows = rows(process, &without);
        let reason = Bilingual::new(
            format!("baris {rows} tidak punya batas waktu"),
            format!("row {rows} has no budget of time"),
        );
        return Timed { found: Found::Unknown(reason), evidence: None, run: None, worst: None, is_mixed };
    }
    let run =
        super::attain::slowest(examination, order, &longest).filter(|told| told.cost == worst).map(|told| told.run);
    let evidence = Some(TimelyEvidence { longest });
    Timed { found: Found::Proved, evidence, run, worst: Some(worst), is_mixed }
}

/// Tells whether some step counts elapsed time.
pub(crate) fn is_mixed(process: &Process) -> bool {
    let mut budgets = process.steps().iter().filter_map(|(step, _)| budget_of(process, step));
    budgets.any(|budget| budget.measure() == Measure::Elapsed)
}

/// Tells whether the worst case is within the promise, as far as the two can be compared: both in working minutes.
pub(crate) fn keeps_promise(process: &Process, worst: u64, is_reached: impl Fn(StepIx) -> bool) -> bool {
    let is_elapsed = |step: StepIx| {
        is_reached(step) && budget_of(process, step).is_some_and(|budget| budget.measure() == Measure::Elapsed)
    };
    let Some(promise) = process.promise().filter(|promise| promise.measure() == Measure::Working) else { return true };
    process.steps().iter().any(|(step, _)| is_elapsed(step)) || worst <= u64::from(promise.minutes())
}

fn not_attained(worst: u64) -> Bilingual {
    Bilingual::new(
        format!("batas atas {worst} menit melampaui janji, tetapi tidak ditemukan jalan yang selama itu"),
        format!("the upper bound of {worst} minutes is above the promise, but no run takes as long"),
    )
}
