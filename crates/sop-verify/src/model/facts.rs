//! Everything about a process that more than one question asks for, worked out once.

use std::cell::OnceCell;

use sop_core::guard::{FieldIx, Value};
use sop_core::process::{BitSet, OutcomeIx, Position as _, Process, Route, StepIx};

use super::Layout;
use super::choice::{Allowance, TakenApart, grow};
use super::concurrency::Concurrency;
use super::diagram::{Guards, Known};
use super::exits::{By, Exit, ExitIx, Exits};
use super::is_sequential;
use super::must::{Certain, Question, certain};
use super::state::Data;
use crate::guarantee::potential::leads_to;
use crate::limits::Limits;

/// A choice, taken apart for whatever values may be there.
pub(crate) struct ChoiceFacts {
    pub(crate) step: StepIx,
    pub(crate) outcome: OutcomeIx,
    pub(crate) by: By,
    /// None where it would take too much.
    pub(crate) taken: Option<TakenApart>,
    /// Whether all fields that its guards read are set by that very completion, so that it depends on nothing before.
    pub(crate) is_free: bool,
}

/// What is known before any search.
pub(crate) struct Facts<'p> {
    pub(crate) process: &'p Process,
    pub(crate) limits: Limits,
    pub(crate) exits: Exits,
    pub(crate) data: Data,
    pub(crate) choices: Vec<ChoiceFacts>,
    /// Tells whether a case never has more than one token.
    pub(crate) is_sequential: bool,
    /// The fields that are certainly set at each step, where the process has any that guards read.
    pub(crate) set: Option<Certain>,
    /// The papers that are certainly there at each step; none for a step that is never reached.
    pub(crate) papers: Certain,
    concurrency: OnceCell<Option<Concurrency>>,
}

impl<'p> Facts<'p> {
    pub(crate) fn of(process: &'p Process, limits: Limits) -> Self {
        let exits = Exits::of(process);
        let data = Data::of(process, &exits);
        let has_choices = exits.iter().any(|(_, exit)| exit.branch.is_some());
        let set = has_choices.then(|| certain(process, &exits, &FieldsSet { process }));
        let mut facts = Self {
            process,
            limits,
            is_sequential: is_sequential(process, &exits),
            papers: crate::guarantee::supplied::analyse(process, &exits),
            exits,
            data,
            choices: Vec::new(),
            set,
            concurrency: OnceCell::new(),
        };
        facts.choices = if has_choices { facts.take_apart() } else { Vec::new() };
        facts
    }

    fn take_apart(&self) -> Vec<ChoiceFacts> {
        let mut left = Allowance::of(self.limits);
        let take_apart = |choice: Choice| {
            let outcome = self.process.steps()[choice.step].outcome(choice.outcome)?;
            let Route::Choose(branches) = &outcome.route else { return None };
            let collects: &[FieldIx] = if choice.by == By::Person { &outcome.collects } else { &[] };
            let before = self.set.as_ref().and_then(|set| set.steps.get(choice.step.place()));
            let known = |field: FieldIx| {
                let set = before.is_some_and(|set| set.as_ref().is_some_and(|set| set.contains(field.place())));
                if set || collects.contains(&field) { Known::Set } else { Known::Anything }
            };
            let mut read = branches.iter().flat_map(|branch| branch.guard.tests().map(|(field, _)| field));
            Some(ChoiceFacts {
                step: choice.step,
                outcome: choice.outcome,
                by: choice.by,
                taken: Guards::of(branches, &self.data.cells, known).and_then(|guards| grow(guards, &mut left)),
                is_free: read.all(|field| collects.contains(&field)),
            })
        };
        choices_of(self.process, &self.exits).into_iter().filter_map(take_apart).collect()
    }

    /// Tells whether some way leads to a step, as far as arrows go.
    pub(crate) fn is_reached(&self, step: StepIx) -> bool {
        matches!(self.papers.steps.get(step.place()), Some(Some(_)))
    }

    /// Tells whether a case is one token all the time, which nothing waits for.
    pub(crate) fn is_one_token(&self) -> bool {
        self.is_sequential && !has_joins(self.process)
    }

    /// The relation of steps and slots that may hold tokens at once. None where that would take too much.
    pub(crate) fn concurrency(&self) -> Option<&Concurrency> {
        let worked_out = || Concurrency::of(self.process, &self.exits, |at| self.is_feasible(at));
        self.concurrency.get_or_init(worked_out).as_ref()
    }

    /// The choice that an exit belongs to.
    pub(crate) fn choice_of(&self, exit: &Exit) -> Option<&ChoiceFacts> {
        exit.branch?;
        let key = |step, by, outcome| Choice { step, by, outcome }.key();
        let wanted = key(exit.step, exit.by, exit.outcome?);
        let place = self.choices.binary_search_by_key(&wanted, |choice| key(choice.step, choice.by, choice.outcome));
        place.ok().and_then(|place| self.choices.get(place))
    }

    /// Values that lead to an exit of a choice.
    pub(crate) fn values_for(&self, exit: &Exit) -> Vec<(FieldIx, Value)> {
        let taken = self.choice_of(exit).and_then(|choice| choice.taken.as_ref());
        let part = taken.zip(exit.branch).and_then(|(taken, branch)| taken.part_of(branch));
        part.map_or_else(Vec::new, |part| self.data.values_of(part))
    }

    /// Tells whether somebody may still read a field after a step was left, in a marking in which it is open.
    pub(crate) fn is_kept_after(&self, marking: &[u64], left: StepIx, field: FieldIx) -> bool {
        let layout = Layout::of(self.process);
        self.data.place(field).is_some_and(|place| {
            let beside = layout.active(marking).filter(|step| *step != left);
            let waiting = layout.filled(marking).filter_map(|slot| Some(self.process.slots().get(slot)?.step));
            let onwards = self.exits.of_step(left).flat_map(|(_, exit)| leads_to(self.process, exit));
            beside.chain(waiting).chain(onwards).any(|step| self.data.is_live_at(step, place))
        })
    }

    /// Tells whether some values lead to an exit.
    pub(crate) fn is_feasible(&self, at: ExitIx) -> bool {
        let Some(exit) = self.exits.get(at) else { return false };
        let Some(choice) = self.choice_of(exit) else { return true };
        match (&choice.taken, exit.branch) {
            (Some(taken), Some(branch)) => taken.part_of(branch).is_some(),
            _ => true,
        }
    }
}

/// Tells whether some step waits for several tokens.
pub(crate) fn has_joins(process: &Process) -> bool {
    process.steps().values().any(|spec| spec.join.is_some_and(|(_, slots)| slots > 1))
}

/// A choice of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) step: StepIx,
    pub(crate) outcome: OutcomeIx,
    pub(crate) by: By,
}

impl Choice {
    /// The choice that an exit belongs to.
    pub(crate) fn of(exit: &Exit) -> Option<Self> {
        exit.branch?;
        Some(Self { step: exit.step, outcome: exit.outcome?, by: exit.by })
    }

    /// Its place among the choices of its process.
    pub(crate) fn key(&self) -> (StepIx, u32, OutcomeIx) {
        let by = match self.by {
            By::Person => 0,
            By::Rung(rung) => 1 + u32::from(rung),
        };
        (self.step, by, self.outcome)
    }
}

/// The choices of a process, in the order of steps, persons before rungs, outcomes and rungs in their order.
pub(crate) fn choices_of(process: &Process, exits: &Exits) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for (_, exit) in exits.iter() {
        let (Some(_), Some(outcome)) = (exit.branch, exit.outcome) else { continue };
        let choice = Choice { step: exit.step, outcome, by: exit.by };
        if choices.last() != Some(&choice) && process.steps()[exit.step].outcome(outcome).is_some() {
            choices.push(choice);
        }
    }
    choices
}

/// Which steps are reached: nothing else is asked.
pub(crate) struct Reached;

impl Question for Reached {
    fn width(&self) -> usize {
        0
    }
    fn at_start(&self, _: usize) -> BitSet {
        BitSet::default()
    }
    fn gain(&self, _: &Exit, _: &mut BitSet) {}
}

/// Which fields are set: a completion by a person sets those of its outcome, unless the return is used up (P2).
pub(crate) struct FieldsSet<'p> {
    pub(crate) process: &'p Process,
}

impl Question for FieldsSet<'_> {
    fn width(&self) -> usize {
        self.process.fields().len()
    }

    fn at_start(&self, _: usize) -> BitSet {
        BitSet::with_len(self.width())
    }

    fn gain(&self, exit: &Exit, known: &mut BitSet) {
        let spec = &self.process.steps()[exit.step];
        let Some(outcome) = exit.outcome.and_then(|at| spec.outcome(at)).filter(|_| exit.by == By::Person) else {
            return;
        };
        let open = !matches!(exit.way, super::Way::Spent(_));
        if sop_core::case::Handing::of(outcome, &exit.route, |_| open).fields {
            known.extend(outcome.collects.iter().map(|field| field.place()));
        }
    }
}
