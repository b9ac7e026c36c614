//! What a return withdraws (R3), and whether its limit and its `then` make sense (R1, R2).

use super::routes::RETURN;
use super::{Compiler, policy_place, step_policy_place};
use crate::diagnostic::{Diagnostic, Label, rules};
use crate::process::bits::BitSet;
use crate::process::graph::{Arrow, ArrowKind, FlowGraph};
use crate::process::index::{Position, ReturnIx, SlotIx, StepIx, Table};
use crate::process::tables::{ReturnSpec, SlotSpec, StepSpec, ThenSpec};
use crate::text::Pointer;

/// Exits other than returns; `then` is among them (R3).
pub(super) fn forward(arrow: &Arrow) -> bool {
    arrow.kind != ArrowKind::Return
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
        let joins: Vec<(StepIx, SlotIx, u32)> =
            steps.iter().filter_map(|(step, spec)| spec.join.map(|(first, count)| (step, first, count))).collect();
        let grouped: Vec<_> = steps.iter().filter_map(|(step, spec)| Some((step, spec.group?))).collect();
        for at in (0..returns.len()).map(ReturnIx::at) {
            let Some(spec) = returns.get(at) else { continue };
            let (from, to) = (spec.from, spec.to);
            let region = onwards.of(to).cloned().unwrap_or_default();
            if !region.contains(from.place()) || from == to && !self.returns_to_itself(graph, from) {
                let pointer = self.place_of_return(spec, steps);
                let name = steps.get(to).map(|step| step.id.to_string()).unwrap_or_default();
                self.report(Diagnostic::new(&rules::RETURN_NOT_BACK, pointer).with("step", name));
                continue;
            }
            let crossed = joins.iter().find(|&&(step, first, count)| {
                let between = step != to && region.contains(step.place()) && onwards.leads(step, from);
                between
                    && (0..count).any(|place| {
                        let slot = slots.get(first.after(place));
                        !slot.is_some_and(|slot| slot.sources.iter().any(|source| region.contains(source.place())))
                    })
            });
            if let Some(&(join, ..)) = crossed {
                let pointer = self.place_of_return(spec, steps);
                let name = steps.get(join).map(|step| step.id.to_string()).unwrap_or_default();
                self.report(Diagnostic::new(&rules::RETURN_ACROSS_JOIN, pointer).with("step", name));
            }
            if let Some((_, ThenSpec::Next(next))) = spec.limit {
                let comes_back = anyhow.as_ref().is_some_and(|anyhow| anyhow.leads(next, spec.from));
                self.check_then(comes_back, spec, next, steps);
            }
            let mut emptied = BitSet::with_len(slots.len());
            for (slot, spec) in slots.iter() {
                if spec.step != to && spec.sources.iter().any(|source| region.contains(source.place())) {
                    emptied.insert(slot.place());
                }
            }
            let mut refills = Vec::new();
            for &(step, group) in &grouped {
                if region.contains(step.place()) && !refills.contains(&group) {
                    refills.push(group);
                }
            }
            if let Some(spec) = returns.get_mut(at) {
                spec.steps = region;
                spec.slots = emptied;
                spec.refills = refills;
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
        let here = Label::new(self.place_of_return(spec, steps)).saying(RETURN);
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
    pub(super) fn place_of_return(&self, spec: &ReturnSpec, steps: &Table<StepIx, StepSpec>) -> Pointer {
        let exit = self.place_of_exit(spec.from, spec.outcome, steps);
        match spec.branch {
            Some(branch) => exit.key("choose").index(usize::from(branch)).key("return_to"),
            None => exit.key("return_to"),
        }
    }

    /// The place of an exit: the outcome's, or the step's own where it offers no choice.
    pub(super) fn place_of_exit(
        &self,
        step: StepIx,
        outcome: crate::process::index::OutcomeIx,
        _steps: &Table<StepIx, StepSpec>,
    ) -> Pointer {
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
