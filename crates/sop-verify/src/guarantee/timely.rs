//! `timely`: how long at the very worst?
//!
//! **Theorem.** `Proved` iff every run in which each wait takes at most its budget is over after T, where parallel parts
//! go on side by side, and T is within what the office promises, where both are counted in working minutes. T is attained
//! where a run is told with it, and an upper bound otherwise. Refuted where a round without end takes time, or where a run
//! takes longer than promised; unknown where a step that is reached has no budget.
//!
//! The same potentials as for `bounded`, with minutes as cost and the longest part of a split (max-plus algebra: Baccelli,
//! Cohen, Olsder, Quadrat, Synchronization and Linearity, 1992). Steps that share a clock take it once in a pass (T2).
//!
//! Assumes that each wait is acted on within its budget and that there are enough hands for parallel work. Minutes of
//! elapsed time are added to those of working time and the sum is marked as mixed.

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{BitSet, GroupIx, Position as _, Process, ReturnIx, StepIx};
use sop_core::time::{Budget, Measure, Millis};

use super::bounded::{beyond_counting, rows};
use super::potential::{Cost, Potential, Split};
use crate::cause::{Cause, Trouble};
use crate::certificate::{Sets, TimelyEvidence};
use crate::examination::Examination;
use crate::flow::Found;
use crate::model::{Certain, Exit, Exits, Question, certain};
use crate::run::Run;

/// What each step takes at most, in minutes.
pub(crate) struct Minutes {
    first: Vec<u64>,
    rework: Vec<u64>,
}

impl Cost for Minutes {
    fn first(&self, step: StepIx) -> u64 {
        self.first.get(step.place()).copied().unwrap_or(0)
    }
    fn rework(&self, step: StepIx) -> u64 {
        self.rework.get(step.place()).copied().unwrap_or(0)
    }
}

impl Minutes {
    /// The budgets of the steps. Steps that share a clock take it once in a pass: whoever certainly comes after another
    /// of them takes nothing more (T2).
    pub(crate) fn of(process: &Process, clocks: Option<&Certain>) -> Self {
        Self::with(process, |step, group| {
            let sets = clocks.and_then(|clocks| clocks.steps.get(step.place()));
            sets.is_some_and(|set| set.as_ref().is_some_and(|set| set.contains(group.place())))
        })
    }

    /// The same, given which shared clocks certainly run when a step is activated.
    pub(crate) fn with(process: &Process, runs: impl Fn(StepIx, GroupIx) -> bool) -> Self {
        let minutes = |budget: Option<Budget>| budget.map_or(0, |budget| u64::from(budget.minutes()));
        let mut costs = Self { first: Vec::new(), rework: Vec::new() };
        for (step, spec) in process.steps().iter() {
            let (first, rework) = match spec.group {
                Some(group) => {
                    let shared = minutes(process.groups()[group].budget);
                    (if runs(step, group) { 0 } else { shared }, shared)
                }
                None => (minutes(spec.budget), minutes(spec.rework.or(spec.budget))),
            };
            costs.first.push(first);
            costs.rework.push(rework);
        }
        costs
    }
}

/// Which shared clocks have certainly been begun in this pass.
pub(crate) struct ClocksBegun<'p> {
    pub(crate) process: &'p Process,
}

/// The clocks that certainly run at each step, where any are shared.
pub(crate) fn clocks(process: &Process, exits: &Exits) -> Option<Certain> {
    (!process.groups().is_empty()).then(|| certain(process, exits, &ClocksBegun { process }))
}

impl Question for ClocksBegun<'_> {
    fn width(&self) -> usize {
        self.process.groups().len()
    }
    fn at_start(&self, _: usize) -> BitSet {
        BitSet::with_len(self.width())
    }
    fn gain(&self, exit: &Exit, known: &mut BitSet) {
        known.extend(self.process.steps()[exit.step].group.map(|group| group.place()));
    }
    fn lose(&self, taken: ReturnIx, known: &mut BitSet) {
        for group in &self.process.returns()[taken].refills {
            known.remove(group.place());
        }
    }
}

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
    /// Whether some step on the way counts elapsed time, so that minutes of different clocks are added up.
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
    let clocks = clocks(process, &facts.exits);
    let costs = Minutes::of(process, clocks.as_ref());
    let reached = || process.steps().iter().map(|(step, _)| step).filter(|step| facts.is_reached(*step));
    let order = match sorted {
        Ok(order) => order,
        Err(on_round) => {
            let takes_time = |step: &StepIx| costs.first(*step) > 0 || costs.rework(*step) > 0;
            let is_endless =
                |cause: &Cause| matches!(&cause.trouble, Trouble::Endless { steps } if steps.iter().any(takes_time));
            let found = match bounded {
                Found::Refuted(causes) if causes.iter().any(is_endless) => Found::Follows(GuaranteeName::Bounded),
                _ => Found::Unknown(Bilingual::new(
                    format!("ada putaran di baris {}, yang lamanya tidak diketahui", rows(process, on_round)),
                    format!("there is a round in row {}, and how long it takes is not known", rows(process, on_round)),
                )),
            };
            return Timed { found, evidence: None, run: None, worst: None, is_mixed: false };
        }
    };
    let potential = Potential::of(process, &facts.exits, order, Split::Max, &costs);
    let worst = potential.bound(process, Split::Max);
    let is_mixed =
        reached().any(|step| budget_of(process, step).is_some_and(|budget| budget.measure() == Measure::Elapsed));
    if worst == u64::MAX {
        return Timed { found: Found::Unknown(beyond_counting()), evidence: None, run: None, worst: None, is_mixed };
    }
    if let Some(promise) = process.promise().filter(|_| !keeps_promise(process, worst, |step| facts.is_reached(step))) {
        let promise = Millis::from_minutes(promise.minutes());
        let trouble = Trouble::AbovePromise { worst: Millis(worst.saturating_mul(60_000)), promise };
        let run = super::attain::run(examination, &potential, &costs).filter(|told| told.cost == worst);
        // Only a run that takes as long refutes it: the bound alone may be too high.
        return match run {
            Some(told) => Timed {
                found: Found::Refuted(vec![Cause { trouble, run: Some(told.run) }]),
                evidence: None,
                run: None,
                worst: Some(worst),
                is_mixed,
            },
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
        super::attain::run(examination, &potential, &costs).filter(|told| told.cost == worst).map(|told| told.run);
    let evidence = Some(TimelyEvidence { potential, clocks: clocks.as_ref().map(Sets::of) });
    Timed { found: Found::Proved, evidence, run, worst: Some(worst), is_mixed }
}

/// Whether some step counts elapsed time.
pub(crate) fn is_mixed(process: &Process) -> bool {
    let mut budgets = process.steps().iter().filter_map(|(step, _)| budget_of(process, step));
    budgets.any(|budget| budget.measure() == Measure::Elapsed)
}

/// Whether the worst case is within the promise, as far as the two can be compared: both in working minutes.
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
