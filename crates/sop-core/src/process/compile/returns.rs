//! What a return withdraws (R3), and whether its limit and its `then` make sense (R1, R2).

use std::collections::{HashMap, HashSet};
use std::sync::Arc as Shared;

use super::routes::RETURN;
use super::{Compiler, policy_place, step_policy_place};
use crate::diagnostic::{Diagnostic, Label, rules};
use crate::process::bits::BitSet;
use crate::process::graph::{Arrow, ArrowKind, FlowGraph};
use crate::process::index::{GroupIx, OutcomeIx, Position, ReturnIx, SlotIx, StepIx, Table};
use crate::process::tables::{ReturnSpec, SlotSpec, StepSpec, ThenSpec};
use crate::text::Pointer;

/// Exits other than returns; `then` is among them (R3).
pub(super) fn forward(arrow: &Arrow) -> bool {
    arrow.kind != ArrowKind::Return
}

/// What goes back to one step withdraws (R3).
struct Region {
    steps: Shared<BitSet>,
    slots: Shared<BitSet>,
    refills: Vec<GroupIx>,
    /// Joins in the region that wait for something outside it.
    stuck: Vec<StepIx>,
}

/// A step with a shared clock or a join.
type Marked = (StepIx, Option<GroupIx>, Option<(SlotIx, u32)>);

impl Region {
    fn of(to: StepIx, reached: Shared<BitSet>, marked: &[Marked], slots: &Table<SlotIx, SlotSpec>) -> Self {
        let inside = |slot: &SlotSpec| slot.sources.iter().any(|source| reached.contains(source.place()));
        let mut emptied = BitSet::with_len(slots.len());
        emptied.extend(slots.iter().filter(|(_, slot)| slot.step != to && inside(slot)).map(|(slot, _)| slot.place()));
        let mut refills: Vec<GroupIx> = Vec::new();
        let mut seen: HashSet<GroupIx> = HashSet::new();
        let mut stuck = Vec::new();
        for &(step, group, join) in marked.iter().filter(|(step, ..)| reached.contains(step.place())) {
            refills.extend(group.filter(|group| seen.insert(*group)));
            if let Some((first, count)) = join
                && step != to
                && !(0..count).all(|place| slots.get(first.after(place)).is_some_and(inside))
            {
                stuck.push(step);
            }
        }
        Self { steps: reached, slots: Shared::new(emptied), refills, stuck }
    }
}

impl Compiler<'_> {
    pub(super) fn regions(
        &mut self,
        graph: &FlowGraph,
        returns: &mut Table<ReturnIx, ReturnSpec>,
        steps: &Table<StepIx, StepSpec>,
        slots: &Table<SlotIx, SlotSpec>,
    ) {
        if returns.is_empty() {
            return;
        }
        let onwards = graph.closure(forward);
        let bounds = returns.values().any(|spec| matches!(spec.limit, Some((_, ThenSpec::Next(_)))));
        let anyhow = bounds.then(|| graph.closure(|_| true));
        let marked = |(step, spec): (StepIx, &StepSpec)| {
            (spec.group.is_some() || spec.join.is_some()).then_some((step, spec.group, spec.join))
        };
        let marked: Vec<Marked> = steps.iter().filter_map(marked).collect();
        // What a return withdraws follows from where it goes back to: returns to one step share it.
        let mut regions: HashMap<StepIx, Region> = HashMap::new();
        for at in (0..returns.len()).map(ReturnIx::at) {
            let Some(spec) = returns.get(at) else { continue };
            let (from, to) = (spec.from, spec.to);
            let reached = onwards.of(to).cloned().unwrap_or_default();
            if !reached.contains(from.place()) || from == to && !self.returns_to_itself(graph, from) {
                let pointer = self.place_of_return(spec);
                let name = steps.get(to).map(|step| step.id.to_string()).unwrap_or_default();
                self.report(Diagnostic::new(&rules::RETURN_NOT_BACK, pointer).with("step", name));
                continue;
            }
            let region = regions.entry(to).or_insert_with(|| Region::of(to, reached, &marked, slots));
            if let Some(&join) = region.stuck.iter().find(|join| onwards.leads(**join, from)) {
                let pointer = self.place_of_return(spec);
                let name = steps.get(join).map(|step| step.id.to_string()).unwrap_or_default();
                self.report(Diagnostic::new(&rules::RETURN_ACROSS_JOIN, pointer).with("step", name));
            }
            if let Some((_, ThenSpec::Next(next))) = spec.limit {
                let comes_back = anyhow.as_ref().is_some_and(|anyhow| anyhow.leads(next, spec.from));
                self.check_then(comes_back, spec, next, steps);
            }
            if let Some(spec) = returns.get_mut(at) {
                spec.steps = Shared::clone(&region.steps);
                spec.slots = Shared::clone(&region.slots);
                spec.refills.clone_from(&region.refills);
            }
        }
    }

    /// A step may send a request back to itself only around a way forward; without one it would just wait again.
    fn returns_to_itself(&self, graph: &FlowGraph, step: StepIx) -> bool {
        graph.leaving(step).any(|(arrow, _)| arrow.kind == ArrowKind::Forward)
    }

    /// What follows a return that is used up must never come to that return again (R2), and names no join (F2).
    fn check_then(&mut self, comes_back: bool, spec: &ReturnSpec, next: StepIx, steps: &Table<StepIx, StepSpec>) {
        let pointer = self.place_of_then(spec, steps).key("next");
        let here = Label::new(self.place_of_return(spec)).saying(RETURN);
        let name = steps.get(next).map(|step| step.id.to_string()).unwrap_or_default();
        if steps.get(next).is_some_and(|step| step.join.is_some()) {
            let finding = Diagnostic::new(&rules::THEN_ON_JOIN, pointer.clone()).with("step", name.clone());
            self.report(finding.label(here.clone()));
        }
        if comes_back {
            self.report(Diagnostic::new(&rules::THEN_COMES_BACK, pointer).with("step", name).label(here));
        }
    }

    /// The place of the `then` that holds for a return: the step's own, else the policy's.
    fn place_of_then(&self, spec: &ReturnSpec, steps: &Table<StepIx, StepSpec>) -> Pointer {
        let step = steps.get(spec.from);
        let outcome = step.and_then(|step| step.outcome(spec.outcome)).map(|outcome| outcome.id.as_str());
        let (Some(step), Some(outcome)) = (step, outcome) else { return policy_place("returns").key("then") };
        let own = self.step_policy(step.id.as_str()).is_some_and(|policy| policy.returns.contains_key(outcome));
        let limit =
            if own { step_policy_place(step.id.as_str()).key("returns").key(outcome) } else { policy_place("returns") };
        limit.key("then")
    }

    /// The place of the `return_to` that made a return.
    pub(super) fn place_of_return(&self, spec: &ReturnSpec) -> Pointer {
        let exit = self.place_of_exit(spec.from, spec.outcome);
        match spec.branch {
            Some(branch) => exit.key("choose").index(usize::from(branch)).key("return_to"),
            None => exit.key("return_to"),
        }
    }

    /// The place of an exit: the outcome's, or the step's own where it offers no choice.
    pub(super) fn place_of_exit(&self, step: StepIx, outcome: OutcomeIx) -> Pointer {
        let here = self.place_of(step);
        let place = self.names.step_places.get(step.place());
        let written = place
            .and_then(|place| self.definition.rows.get(place.row).and_then(|row| row.steps.get(place.step)))
            .and_then(|step| step.outcomes.as_ref());
        match written {
            Some(_) => here.key("outcomes").index(outcome.place()),
            None => here,
        }
    }
}
