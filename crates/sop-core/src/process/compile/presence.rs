//! Which fields are certainly set where a guard or a role's binding reads them (P5, W2), and whether a parallel step
//! may set them meanwhile.

use super::Compiler;
use super::guards::guard_finding;
use super::parallel::{MAX_PARALLEL, Parallel};
use crate::diagnostic::{Diagnostic, rules};
use crate::guard::{Field, FieldIx, Guard};
use crate::process::bits::BitSet;
use crate::process::index::{LadderIx, OutcomeIx, Position, ReturnIx, RoleIx, SlotIx, StartIx, StepIx, Table};
use crate::process::tables::{
    Ladder, OutcomeSpec, ReturnSpec, RoleSpec, Route, RungEffect, RungSpec, SlotSpec, StartSpec, StepSpec, ThenSpec,
};
use crate::text::Pointer;

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
        let ladder_leaves = outcomes_by_rungs(steps, ladders);
        let set = set_fields(flow, starts, fields.len(), &ladder_leaves);
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
                    let exit = self.place_of_exit(step, OutcomeIx::at(place));
                    let pointer = exit.key("choose").index(branch).key("when");
                    for error in spec.guard.unprotected(|field| known.contains(field.place())) {
                        self.report(guard_finding(spec.guard.source(), &pointer, &error));
                    }
                }
            }
        }
        self.check_races(flow, starts, fields);
    }

    /// A guard reads no field that a parallel step may set (P5).
    fn check_races(&mut self, flow: Flow<'_>, starts: &Table<StartIx, StartSpec>, fields: &[Field]) {
        let setters = setters(flow.steps, fields.len());
        let is_contested = |step: StepIx, field: &FieldIx| {
            setters.get(field.place()).is_some_and(|setters| setters.iter().any(|setter| *setter != step))
        };
        let mut read =
            guards(flow.steps).filter(|at| at.guard.reads().iter().any(|field| is_contested(at.step, field)));
        let Some(first) = read.next().filter(|_| opens_several(flow.steps, starts)) else { return };
        let Some(parallel) = Parallel::of(flow, starts) else {
            let finding = Diagnostic::new(&rules::TOO_MANY_PARALLEL, self.place_of_guard(first));
            self.report(finding.with("limit", MAX_PARALLEL));
            return;
        };
        let setting: Vec<BitSet> = setters.iter().map(|setters| parallel.stretches_of(setters)).collect();
        for at in std::iter::once(first).chain(read) {
            for field in at.guard.reads() {
                let any = setting.get(field.place()).is_some_and(|setting| parallel.holds_any(at.step, setting));
                let mut others = setters.get(field.place()).into_iter().flatten().filter(|setter| **setter != at.step);
                let racing = if any { others.find(|setter| parallel.holds(at.step, **setter)) } else { None };
                if let Some(setter) = racing {
                    let finding = Diagnostic::new(&rules::GUARD_RACE, self.place_of_guard(at));
                    let field = fields.get(field.place()).map(|field| field.id.clone()).unwrap_or_default();
                    let setter = flow.steps.get(*setter).map(|spec| spec.id.to_string()).unwrap_or_default();
                    self.report(finding.with("field", field).with("step", setter));
                }
            }
        }
    }

    fn place_of_guard(&self, at: GuardAt<'_>) -> Pointer {
        self.place_of_exit(at.step, at.outcome).key("choose").index(at.branch).key("when")
    }
}

/// A guard, and where it stands.
#[derive(Clone, Copy)]
struct GuardAt<'t> {
    step: StepIx,
    outcome: OutcomeIx,
    branch: usize,
    guard: &'t Guard,
}

/// For each step the outcomes that its rungs take, by place.
fn outcomes_by_rungs(steps: &Table<StepIx, StepSpec>, ladders: &Table<LadderIx, Ladder>) -> Vec<Vec<usize>> {
    let taken = |rung: &RungSpec| match rung.effect {
        RungEffect::Outcome(outcome) => Some(outcome.place()),
        _ => None,
    };
    let of = |spec: &StepSpec| ladders.get(spec.ladder).into_iter().flat_map(|ladder| &ladder.rungs).filter_map(taken);
    steps.values().map(|spec| of(spec).collect()).collect()
}

/// For each field the steps that set it.
fn setters(steps: &Table<StepIx, StepSpec>, fields: usize) -> Vec<Vec<StepIx>> {
    let mut setters: Vec<Vec<StepIx>> = vec![Vec::new(); fields];
    for (step, spec) in steps.iter() {
        for field in spec.outcomes.iter().flat_map(|outcome| &outcome.collects) {
            if let Some(list) = setters.get_mut(field.place())
                && list.last() != Some(&step)
            {
                list.push(step);
            }
        }
    }
    setters
}

/// All guards.
fn guards(steps: &Table<StepIx, StepSpec>) -> impl Iterator<Item = GuardAt<'_>> {
    steps.iter().flat_map(|(step, spec)| {
        spec.outcomes.iter().enumerate().flat_map(move |(outcome, spec)| {
            let branches = match &spec.route {
                Route::Choose(branches) => branches.as_slice(),
                _ => &[],
            };
            let outcome = OutcomeIx::at(outcome);
            branches.iter().enumerate().map(move |(branch, spec)| GuardAt { step, outcome, branch, guard: &spec.guard })
        })
    })
}

/// Tells whether anything opens several steps together: otherwise nothing ever runs in parallel.
fn opens_several(steps: &Table<StepIx, StepSpec>, starts: &Table<StartIx, StartSpec>) -> bool {
    let splits = |route: &Route| matches!(route, Route::Go(arcs) if arcs.len() > 1);
    let by_step = |outcome: &OutcomeSpec| match &outcome.route {
        Route::Choose(branches) => branches.iter().any(|branch| splits(&branch.route)),
        route => splits(route),
    };
    starts.values().any(|start| start.opens.len() > 1) || steps.values().any(|spec| spec.outcomes.iter().any(by_step))
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
