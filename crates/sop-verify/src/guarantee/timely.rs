//! `timely`: how long at the very worst?

use sop_core::diagnostic::Bilingual;
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, StepIx};
use sop_core::time::{Budget, Measure, Millis};

use super::bounded::{beyond_counting, rounds, rows};
use super::potential::{Cost, Potential, Split};
use crate::cause::{Cause, Trouble};
use crate::examination::Examination;
use crate::flow::Found;
use crate::model::{Exit, Exits, Question, certain};

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
    pub(crate) fn of(process: &Process, exits: &Exits) -> Self {
        let begun = (!process.groups().is_empty()).then(|| certain(process, exits, &ClocksBegun { process }));
        let minutes = |budget: Option<Budget>| budget.map_or(0, |budget| u64::from(budget.minutes()));
        let mut costs = Self { first: Vec::new(), rework: Vec::new() };
        for (step, spec) in process.steps().iter() {
            let (first, rework) = match spec.group {
                Some(group) => {
                    let shared = minutes(process.groups()[group].budget);
                    let sets = begun.as_ref().and_then(|begun| begun.steps.get(step.place()));
                    let runs = sets.is_some_and(|set| set.as_ref().is_some_and(|set| set.contains(group.place())));
                    (if runs { 0 } else { shared }, shared)
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
struct ClocksBegun<'p> {
    process: &'p Process,
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
    pub(crate) evidence: Option<Potential>,
    pub(crate) worst: Option<u64>,
    /// Whether some step on the way counts elapsed time, so that minutes of different clocks are added up.
    pub(crate) is_mixed: bool,
}

pub(crate) fn judge(examination: &Examination<'_, '_>, sorted: &Result<Vec<StepIx>, Vec<StepIx>>) -> Timed {
    let facts = examination.facts;
    let process = facts.process;
    let costs = Minutes::of(process, &facts.exits);
    let reached = || process.steps().iter().map(|(step, _)| step).filter(|step| facts.is_reached(*step));
    let order = match sorted {
        Ok(order) => order,
        Err(on_round) => {
            let takes_time = |steps: &[StepIx]| steps.iter().any(|step| costs.first(*step) > 0 || costs.rework(*step) > 0);
            let found = rounds(examination, on_round, |steps| Trouble::EndlessTime { steps }, takes_time);
            return Timed { found, evidence: None, worst: None, is_mixed: false };
        }
    };
    let potential = Potential::of(process, &facts.exits, order, Split::Max, &costs);
    let worst = potential.bound(process, Split::Max);
    let is_mixed =
        reached().any(|step| budget_of(process, step).is_some_and(|budget| budget.measure() == Measure::Elapsed));
    let promise = process.promise().map(|promise| Millis::from_minutes(promise.minutes()));
    let worst_time = Millis(worst.saturating_mul(60_000));
    if worst == u64::MAX {
        return Timed { found: Found::Unknown(beyond_counting()), evidence: None, worst: None, is_mixed };
    }
    let is_comparable = process.promise().is_some_and(|promise| promise.measure() == Measure::Working) && !is_mixed;
    if let Some(promise) = promise.filter(|promise| is_comparable && worst_time > *promise) {
        let trouble = Trouble::AbovePromise { worst: worst_time, promise };
        let run = super::attain::run(examination, &potential, &costs).filter(|told| told.cost == worst);
        // Only a run that takes as long refutes it: the bound alone may be too high.
        return match run {
            Some(told) => Timed {
                found: Found::Refuted(vec![Cause { trouble, run: Some(told.run) }]),
                evidence: None,
                worst: Some(worst),
                is_mixed,
            },
            None => Timed { found: Found::Unknown(not_attained(worst)), evidence: None, worst: Some(worst), is_mixed },
        };
    }
    let without: Vec<StepIx> = reached().filter(|step| budget_of(process, *step).is_none()).collect();
    if !without.is_empty() {
        let rows = rows(process, &without);
        let reason = Bilingual::new(
            format!("baris {rows} tidak punya batas waktu"),
            format!("row {rows} has no budget of time"),
        );
        return Timed { found: Found::Unknown(reason), evidence: None, worst: None, is_mixed };
    }
    Timed { found: Found::Proved, evidence: Some(potential), worst: Some(worst), is_mixed }
}

fn not_attained(worst: u64) -> Bilingual {
    Bilingual::new(
        format!("batas atas {worst} menit melampaui janji, tetapi tidak ditemukan jalan yang selama itu"),
        format!("the upper bound of {worst} minutes is above the promise, but no run takes as long"),
    )
}
