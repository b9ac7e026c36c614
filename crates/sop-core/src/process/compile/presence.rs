//! Which fields are certainly set where a guard or a role's binding reads them (P5, W2), and whether a parallel step
//! may set them meanwhile.

use super::Compiler;
use super::guards::guard_finding;
use super::returns::forward;
use crate::diagnostic::{Diagnostic, rules};
use crate::guard::{Field, FieldIx};
use crate::process::bits::BitSet;
use crate::process::graph::FlowGraph;
use crate::process::index::{LadderIx, Position, ReturnIx, RoleIx, SlotIx, StartIx, StepIx, Table};
use crate::process::tables::{
    Ladder, ReturnSpec, RoleSpec, Route, RungEffect, SlotSpec, StartSpec, StepSpec, ThenSpec,
};

/// For each step the fields that are set on every way to it; none: no way leads there.
pub(crate) type SetFields = Vec<Option<BitSet>>;

/// The flow that the analysis walks over.
#[derive(Clone, Copy)]
pub(super) struct Flow<'t> {
    pub(super) steps: &'t Table<StepIx, StepSpec>,
    pub(super) returns: &'t Table<ReturnIx, ReturnSpec>,
    pub(super) slots: &'t Table<SlotIx, SlotSpec>,
}

impl Compiler<'_> {
    #[expect(clippy::too_many_arguments, reason = "the analysis looks at every table of the flow")]
    pub(super) fn check_presence(
        &mut self,
        graph: &FlowGraph,
        steps: &Table<StepIx, StepSpec>,
        starts: &Table<StartIx, StartSpec>,
        returns: &Table<ReturnIx, ReturnSpec>,
        slots: &Table<SlotIx, SlotSpec>,
        fields: &[Field],
        roles: &Table<RoleIx, RoleSpec>,
        ladders: &Table<LadderIx, Ladder>,
    ) {
        let owner = self.owner();
        if fields.is_empty() {
            return;
        }
        let flow = Flow { steps, returns, slots };
        let ladder_leaves = self.rungs_that_leave(steps);
        let set = set_fields(flow, starts, fields.len(), &ladder_leaves);
        let mut forks: Option<Forks> = None;
        for (step, spec) in steps.iter() {
            let Some(Some(before)) = set.get(step.place()) else { continue };
            let ladder = ladders.get(spec.ladder);
            let climbed = ladder.iter().flat_map(|ladder| &ladder.rungs).filter_map(|rung| match rung.effect {
                RungEffect::Remind(role) | RungEffect::Escalate(role) | RungEffect::Reassign(role) => Some(role),
                _ => None,
            });
            let answering = spec.roles.first().and_then(|role| roles.get(*role)).and_then(|role| role.accountable);
            let involved = spec.roles.iter().copied().chain(climbed).chain(answering).chain(owner);
            let mut told: Vec<RoleIx> = Vec::new();
            for role in involved {
                if told.contains(&role) {
                    continue;
                }
                told.push(role);
                if let Some(field) = roles.get(role).and_then(|role| role.per)
                    && !before.contains(field.place())
                {
                    let pointer = self.place_of(step);
                    let field = fields.get(field.place()).map(|field| field.id.clone()).unwrap_or_default();
                    let role = roles.get(role).map(|role| role.id.to_string()).unwrap_or_default();
                    self.report(
                        Diagnostic::new(&rules::PER_FIELD_UNSET, pointer).with("field", field).with("role", role),
                    );
                }
            }
            for (place, outcome) in spec.outcomes.iter().enumerate() {
                let Route::Choose(branches) = &outcome.route else { continue };
                let mut here = before.clone();
                here.extend(outcome.collects.iter().map(|field| field.place()));
                // A rung that takes the outcome sets nothing (P2).
                let by_rung = ladder_leaves.get(step.place()).is_some_and(|left| left.contains(&place));
                let known = if by_rung { before } else { &here };
                for (branch, spec) in branches.iter().enumerate() {
                    let exit = self.place_of_exit(step, crate::process::index::OutcomeIx::at(place));
                    let pointer = exit.key("choose").index(branch).key("when");
                    for error in spec.guard.unprotected(|field| known.contains(field.place())) {
                        self.report(guard_finding(spec.guard.source(), &pointer, &error));
                    }
                    let forks = forks.get_or_insert_with(|| Forks::of(graph, steps, starts, fields.len()));
                    for field in spec.guard.reads() {
                        if let Some(setter) = forks.racing(step, field) {
                            let field = fields.get(field.place()).map(|field| field.id.clone()).unwrap_or_default();
                            let setter = steps.get(setter).map(|spec| spec.id.to_string()).unwrap_or_default();
                            let finding = Diagnostic::new(&rules::GUARD_RACE, pointer.clone());
                            self.report(finding.with("field", field).with("step", setter));
                        }
                    }
                }
            }
        }
    }

    /// The outcomes that a rung of the step takes, by place.
    fn rungs_that_leave(&self, steps: &Table<StepIx, StepSpec>) -> Vec<Vec<usize>> {
        let Some(policy) = self.policy else { return vec![Vec::new(); steps.len()] };
        let default = policy.overdue.as_ref().unwrap_or(&self.office.office().overdue);
        steps
            .values()
            .map(|spec| {
                let own = policy.steps.get(spec.id.as_str()).and_then(|step| step.overdue.as_ref());
                let named = own.unwrap_or(default).iter().filter_map(|rung| rung.outcome.as_ref());
                named.filter_map(|id| spec.outcomes.iter().position(|outcome| outcome.id == *id)).collect()
            })
            .collect()
    }
}

/// What may go on side by side, worked out once for all guards (P5).
struct Forks {
    /// For each fork the steps that each of its branches reaches.
    forks: Vec<Vec<BitSet>>,
    /// For each field the steps that set it.
    setters: Vec<Vec<StepIx>>,
}

impl Forks {
    fn of(
        graph: &FlowGraph,
        steps: &Table<StepIx, StepSpec>,
        starts: &Table<StartIx, StartSpec>,
        fields: usize,
    ) -> Self {
        let mut setters = vec![Vec::new(); fields];
        for (step, spec) in steps.iter() {
            for field in spec.outcomes.iter().flat_map(|outcome| &outcome.collects) {
                if let Some(list) = setters.get_mut(field.place())
                    && list.last() != Some(&step)
                {
                    list.push(step);
                }
            }
        }
        let reached = |fork: Vec<StepIx>| fork.into_iter().map(|step| graph.reach([step], forward)).collect();
        Self { forks: forks(steps, starts).into_iter().map(reached).collect(), setters }
    }

    /// A step that may set a field while another reads it: each stands in a branch of its own of some fork, reached from
    /// that branch and from no other.
    fn racing(&self, reader: StepIx, field: FieldIx) -> Option<StepIx> {
        let setters = self.setters.get(field.place())?;
        self.forks.iter().find_map(|reached| {
            let own = |step: StepIx| {
                let mut holding = reached.iter().enumerate().filter(|(_, reached)| reached.contains(step.place()));
                match (holding.next(), holding.next()) {
                    (Some((place, _)), None) => Some(place),
                    _ => None,
                }
            };
            let mut others = setters.iter().copied().filter(|setter| *setter != reader).peekable();
            others.peek()?;
            let reading = own(reader)?;
            others.find(|setter| own(*setter).is_some_and(|setting| setting != reading))
        })
    }
}

/// The steps that are activated together: by a split, or by a start.
fn forks(steps: &Table<StepIx, StepSpec>, starts: &Table<StartIx, StartSpec>) -> Vec<Vec<StepIx>> {
    let mut forks: Vec<Vec<StepIx>> = starts.values().map(|start| start.opens.clone()).collect();
    for spec in steps.values() {
        for outcome in &spec.outcomes {
            let routes: Vec<&Route> = match &outcome.route {
                Route::Choose(branches) => branches.iter().map(|branch| &branch.route).collect(),
                route => vec![route],
            };
            for route in routes {
                if let Route::Go(arcs) = route {
                    forks.push(arcs.iter().map(|arc| arc.to).collect());
                }
            }
        }
    }
    forks.retain(|fork| fork.len() > 1);
    forks
}

/// The fields that are set on every way to each step: a forward must-analysis. Ways that merge keep what both have; a
/// join has what any of its slots has; a return sets nothing.
pub(super) fn set_fields(
    flow: Flow<'_>,
    starts: &Table<StartIx, StartSpec>,
    fields: usize,
    by_rung: &[Vec<usize>],
) -> SetFields {
    let mut before: SetFields = vec![None; flow.steps.len()];
    let mut slots: SetFields = vec![None; flow.slots.len()];
    let mut open: Vec<StepIx> = Vec::new();
    for start in starts.values() {
        for &step in &start.opens {
            meet(&mut before, step.place(), &BitSet::with_len(fields));
            open.push(step);
        }
    }
    while let Some(step) = open.pop() {
        let Some(Some(here)) = before.get(step.place()).cloned() else { continue };
        let Some(spec) = flow.steps.get(step) else { continue };
        for (place, outcome) in spec.outcomes.iter().enumerate() {
            let mut after = here.clone();
            after.extend(outcome.collects.iter().map(|field| field.place()));
            if by_rung.get(step.place()).is_some_and(|left| left.contains(&place)) {
                after = here.clone();
            }
            let routes: Vec<&Route> = match &outcome.route {
                Route::Choose(branches) => branches.iter().map(|branch| &branch.route).collect(),
                route => vec![route],
            };
            for route in routes {
                match route {
                    Route::Go(arcs) => {
                        for arc in arcs {
                            let changed = match arc.slot {
                                None => meet(&mut before, arc.to.place(), &after),
                                Some(slot) => {
                                    meet(&mut slots, slot.place(), &after) && join(flow, &mut before, &slots, arc.to)
                                }
                            };
                            if changed {
                                open.push(arc.to);
                            }
                        }
                    }
                    Route::Return(taken) => {
                        let Some(taken) = flow.returns.get(*taken) else { continue };
                        if meet(&mut before, taken.to.place(), &here) {
                            open.push(taken.to);
                        }
                        if let Some((_, ThenSpec::Next(next))) = taken.limit
                            && meet(&mut before, next.place(), &here)
                        {
                            open.push(next);
                        }
                    }
                    Route::End(_) | Route::Choose(_) => {}
                }
            }
        }
    }
    before
}

/// Takes one more way into account; says whether less is certain now, or the place was new.
fn meet(known: &mut SetFields, place: usize, news: &BitSet) -> bool {
    match known.get_mut(place) {
        Some(Some(known)) => known.intersect(news),
        Some(empty) => {
            *empty = Some(news.clone());
            true
        }
        None => false,
    }
}

/// What is certain at a join: what any slot has, once every slot has a way. It only shrinks.
fn join(flow: Flow<'_>, before: &mut SetFields, slots: &SetFields, step: StepIx) -> bool {
    let Some((first, count)) = flow.steps.get(step).and_then(|spec| spec.join) else { return false };
    let mut all: Option<BitSet> = None;
    for place in 0..count {
        let Some(Some(slot)) = slots.get(first.after(place).place()) else { return false };
        match &mut all {
            None => all = Some(slot.clone()),
            Some(all) => {
                all.unite(slot);
            }
        }
    }
    match all {
        Some(all) => meet(before, step.place(), &all),
        None => false,
    }
}
