//! Exits: where each way out of a step leads, and the slots of joins that it fills (F2, F4, P2).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc as Shared;

use super::names::StepPlace;
use super::{Compiler, MAX_EXITS, policy_place, step_policy_place};
use crate::definition::{EndId, FieldId, Outcome, OutcomeId, PaperId, ReturnPolicy, Step, StepId, Then};
use crate::diagnostic::{Both, Diagnostic, Label, rules};
use crate::guard::{Field, FieldIx};
use crate::process::index::{EndIx, OutcomeIx, PaperIx, Position, ReturnIx, SlotIx, StepIx, Table};
use crate::process::tables::{
    Arc, BranchSpec, ONLY_OUTCOME, OutcomeSpec, ReturnSpec, Route, SlotSpec, StepSpec, ThenSpec,
};
use crate::text::Pointer;

/// The returns and slots that the exits made.
pub(super) struct Drafts {
    pub(super) returns: Table<ReturnIx, ReturnSpec>,
    pub(super) slots: Table<SlotIx, SlotSpec>,
}

/// The keys of an exit, wherever it is written.
#[derive(Clone, Copy)]
struct Exit<'a> {
    next: Option<&'a StepId>,
    split: Option<&'a Vec<StepId>>,
    return_to: Option<&'a StepId>,
    end: Option<&'a EndId>,
}

/// The exit whose route is being made.
#[derive(Clone, Copy)]
struct Leaving<'a> {
    step: StepIx,
    outcome: OutcomeIx,
    branch: Option<u16>,
    name: &'a str,
}

/// What is said at a return when the finding is about its limit.
pub(super) const RETURN: Both = Both { id: "untuk pengembalian ini", en: "for this return" };

impl<'a> Compiler<'a> {
    pub(super) fn routes(&mut self, steps: &mut Table<StepIx, StepSpec>, fields: &[Field]) -> Drafts {
        let definition = self.definition;
        let mut slots: Vec<SlotSpec> = Vec::new();
        let mut fills: BTreeMap<(StepIx, StepIx), SlotIx> = BTreeMap::new();
        let places = self.names.step_places.clone();
        let written = |place: &StepPlace| definition.rows.get(place.row).and_then(|row| row.steps.get(place.step));
        for (at, place) in places.iter().enumerate() {
            let Some(step) = written(place) else { continue };
            self.join(StepIx::at(at), step, &|| place.pointer(), steps, &mut slots, &mut fills);
        }
        let mut returns: Vec<ReturnSpec> = Vec::new();
        let mut used: Vec<EndIx> = Vec::new();
        for (at, place) in places.iter().enumerate() {
            let Some(step) = written(place) else { continue };
            let here = || place.pointer();
            let outcomes = self.outcomes(StepIx::at(at), step, &here, steps, fields, &fills, &mut returns, &mut used);
            if let Some(spec) = steps.get_mut(StepIx::at(at)) {
                spec.outcomes = outcomes;
            }
        }
        self.used_by_policy(&mut used);
        if self.is_whole() && self.reading == super::Reading::AsRun {
            self.check_ends(&used);
        }
        self.check_sources(steps, &slots, &fills);
        Drafts { returns: Table::new(returns), slots: Table::new(slots) }
    }

    /// The slots of a step's join: one for each group of alternative sources (F2).
    fn join(
        &mut self,
        at: StepIx,
        step: &'a Step,
        here: &dyn Fn() -> Pointer,
        steps: &mut Table<StepIx, StepSpec>,
        slots: &mut Vec<SlotSpec>,
        fills: &mut BTreeMap<(StepIx, StepIx), SlotIx>,
    ) {
        let Some(join) = &step.join else { return };
        let first = SlotIx::at(slots.len());
        if join.all.is_empty() {
            self.report(Diagnostic::new(&rules::NOTHING_LISTED, here().key("join").key("all")).with("key", "all"));
        }
        for (group, alternatives) in join.all.iter().enumerate() {
            let slot = SlotIx::at(slots.len());
            let mut sources = Vec::new();
            if alternatives.is_empty() {
                let pointer = here().key("join").key("all").index(group);
                self.report(Diagnostic::new(&rules::NOTHING_LISTED, pointer).with("key", "all"));
            }
            for (item, id) in alternatives.iter().enumerate() {
                let pointer = || here().key("join").key("all").index(group).index(item);
                let Some(source) = self.step(id.as_str(), pointer) else { continue };
                if fills.insert((source, at), slot).is_some() {
                    self.report(Diagnostic::new(&rules::SOURCE_TWICE, pointer()).with("step", id.as_str()));
                }
                sources.push(source);
            }
            slots.push(SlotSpec { step: at, sources });
        }
        if let Some(spec) = steps.get_mut(at) {
            spec.join = Some((first, join.all.len() as u32));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what is being filled in belongs to several tables")]
    fn outcomes(
        &mut self,
        at: StepIx,
        step: &'a Step,
        here: &dyn Fn() -> Pointer,
        steps: &Table<StepIx, StepSpec>,
        fields: &[Field],
        fills: &BTreeMap<(StepIx, StepIx), SlotIx>,
        returns: &mut Vec<ReturnSpec>,
        used: &mut Vec<EndIx>,
    ) -> Vec<OutcomeSpec> {
        let Some(spec) = steps.get(at) else { return Vec::new() };
        let policy = self.step_policy(step.id.as_str());
        let mut collects = self.field_list(&step.collects, || here().key("collects"));
        if let Some(policy) = policy {
            let pointer = || step_policy_place(step.id.as_str()).key("collects");
            let further = self.field_list(&policy.collects, pointer);
            collects.extend(further.into_iter().filter(|field| !collects.contains(field)).collect::<Vec<_>>());
        }
        // A step without a choice is one outcome, whose keys stand at the step itself (F4).
        let only: [Outcome; 1];
        let listed: &[Outcome] = match &step.outcomes {
            Some(outcomes) => outcomes,
            None => {
                let Ok(id) = OutcomeId::new(ONLY_OUTCOME) else { return Vec::new() };
                only = [Outcome {
                    id,
                    title: None,
                    label: None,
                    outputs: None,
                    collects: None,
                    next: step.next.clone(),
                    split: step.split.clone(),
                    return_to: step.return_to.clone(),
                    choose: step.choose.clone(),
                    end: step.end.clone(),
                    drawn: step.drawn,
                    notes: Vec::new(),
                }];
                &only
            }
        };
        if listed.is_empty() {
            self.report(Diagnostic::new(&rules::NO_WAY_OUT, here().key("outcomes")).with("step", step.id.as_str()));
        }
        if self.has_too_many_exits(listed.len(), || here().key("outcomes")) {
            return Vec::new();
        }
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut specs = Vec::new();
        for (place, outcome) in listed.iter().enumerate() {
            let own = || if step.outcomes.is_some() { here().key("outcomes").index(place) } else { here() };
            if known.insert(outcome.id.as_str(), place).is_some() {
                self.report(Diagnostic::new(&rules::DUPLICATE_ID, own().key("id")).with("id", outcome.id.as_str()));
            }
            let leaving = Leaving { step: at, outcome: OutcomeIx::at(place), branch: None, name: outcome.id.as_str() };
            let route = self.route(outcome, &own, leaving, fields, fills, returns, used);
            let returning = matches!(route, Some(Route::Return(_)));
            // By default every exit that is not a return hands on the step's papers and fields (P2).
            let fields_of = match &outcome.collects {
                Some(own_fields) => self.field_list(own_fields, || own().key("collects")),
                None if returning => Vec::new(),
                None => collects.clone(),
            };
            let outputs = match &outcome.outputs {
                Some(own_papers) => self.papers_of(own_papers, || own().key("outputs")),
                None if returning => Vec::new(),
                None => spec.outputs.clone(),
            };
            let is_made = |paper: &PaperIx| {
                let required = spec.drawn_requires.contains(paper) && !spec.makes.contains(paper);
                !required || spec.revises.contains(paper)
            };
            let (makes, passes) = outputs.into_iter().partition(is_made);
            specs.push(OutcomeSpec {
                id: outcome.id.clone(),
                title: outcome
                    .title
                    .clone()
                    .or_else(|| outcome.label.clone())
                    .unwrap_or_else(|| outcome.id.to_string()),
                route: route.unwrap_or(Route::Go(Vec::new())),
                collects: fields_of,
                makes,
                passes,
            });
        }
        for (outcome, _) in policy.iter().flat_map(|policy| &policy.returns) {
            let pointer = || step_policy_place(step.id.as_str()).key("returns").key(outcome.as_str());
            match known.get(outcome.as_str()) {
                None => {
                    let dangling = self.dangling_outcome(
                        outcome.as_str(),
                        pointer,
                        known.keys().map(|id| (*id).to_owned()).collect(),
                    );
                    if let Some(finding) = dangling {
                        self.report(finding);
                    }
                }
                Some(place) => {
                    let counted = returns.iter().any(|spec| spec.from == at && spec.outcome == OutcomeIx::at(*place));
                    if !counted {
                        self.report(
                            Diagnostic::new(&rules::LIMIT_WITHOUT_RETURN, pointer()).with("outcome", outcome.as_str()),
                        );
                    }
                }
            }
        }
        specs
    }

    fn field_list(&mut self, list: &[FieldId], pointer: impl Fn() -> Pointer) -> Vec<FieldIx> {
        let mut fields = Vec::new();
        for (item, id) in list.iter().enumerate() {
            if let Some(field) = self.field(id.as_str(), || pointer().index(item))
                && !fields.contains(&field)
            {
                fields.push(field);
            }
        }
        fields
    }

    fn papers_of(&mut self, list: &[PaperId], pointer: impl Fn() -> Pointer) -> Vec<PaperIx> {
        let mut papers = Vec::new();
        for (item, id) in list.iter().enumerate() {
            if let Some(paper) = self.paper(id.as_str(), || pointer().index(item))
                && !papers.contains(&paper)
            {
                papers.push(paper);
            }
        }
        papers
    }

    /// Reports a choice among more ways than there may be.
    fn has_too_many_exits(&mut self, count: usize, here: impl FnOnce() -> Pointer) -> bool {
        let is_too_many = count > MAX_EXITS;
        if is_too_many {
            let finding = Diagnostic::new(&rules::TOO_MANY_EXITS, here());
            self.report(finding.with("count", count).with("limit", MAX_EXITS));
        }
        is_too_many
    }

    #[expect(clippy::too_many_arguments, reason = "what is being filled in belongs to several tables")]
    fn route(
        &mut self,
        outcome: &Outcome,
        here: &dyn Fn() -> Pointer,
        leaving: Leaving<'_>,
        fields: &[Field],
        fills: &BTreeMap<(StepIx, StepIx), SlotIx>,
        returns: &mut Vec<ReturnSpec>,
        used: &mut Vec<EndIx>,
    ) -> Option<Route> {
        let Some(branches) = &outcome.choose else {
            let exit = Exit {
                next: outcome.next.as_ref(),
                split: outcome.split.as_ref(),
                return_to: outcome.return_to.as_ref(),
                end: outcome.end.as_ref(),
            };
            return self.simple_route(exit, here, leaving, fills, returns, used);
        };
        if branches.is_empty() {
            self.report(Diagnostic::new(&rules::NOTHING_LISTED, here().key("choose")).with("key", "choose"));
        }
        if self.has_too_many_exits(branches.len(), || here().key("choose")) {
            return None;
        }
        let mut specs = Vec::new();
        for (place, branch) in branches.iter().enumerate() {
            let own = || here().key("choose").index(place);
            let guard = self.guard(&branch.when, fields, || own().key("when"));
            let exit = Exit {
                next: branch.next.as_ref(),
                split: branch.split.as_ref(),
                return_to: branch.return_to.as_ref(),
                end: branch.end.as_ref(),
            };
            let leaving = Leaving { branch: Some(u16::at(place)), ..leaving };
            let route = self.simple_route(exit, &own, leaving, fills, returns, used);
            if let (Some(guard), Some(route)) = (guard, route) {
                specs.push(BranchSpec { guard, route });
            }
        }
        Some(Route::Choose(specs))
    }

    fn simple_route(
        &mut self,
        exit: Exit<'_>,
        here: &dyn Fn() -> Pointer,
        leaving: Leaving<'_>,
        fills: &BTreeMap<(StepIx, StepIx), SlotIx>,
        returns: &mut Vec<ReturnSpec>,
        used: &mut Vec<EndIx>,
    ) -> Option<Route> {
        let arc = |to: StepIx| Arc { to, slot: fills.get(&(leaving.step, to)).copied() };
        if let Some(next) = exit.next {
            return self.step(next.as_str(), || here().key("next")).map(|to| Route::Go(vec![arc(to)]));
        }
        if let Some(split) = exit.split {
            if split.is_empty() {
                self.report(Diagnostic::new(&rules::NOTHING_LISTED, here().key("split")).with("key", "split"));
            }
            let mut arcs: Vec<Arc> = Vec::new();
            let mut listed: BTreeSet<StepIx> = BTreeSet::new();
            for (item, id) in split.iter().enumerate() {
                let pointer = || here().key("split").index(item);
                let Some(to) = self.step(id.as_str(), pointer) else { continue };
                if !listed.insert(to) {
                    self.report(Diagnostic::new(&rules::STEP_TWICE, pointer()).with("step", id.as_str()));
                } else {
                    arcs.push(arc(to));
                }
            }
            return Some(Route::Go(arcs));
        }
        if let Some(end) = exit.end {
            let end = self.end(end.as_str(), || here().key("end"))?;
            used.push(end);
            return Some(Route::End(end));
        }
        let target = exit.return_to?;
        let to = self.step(target.as_str(), || here().key("return_to"))?;
        let limit = self.limit(leaving, here, used);
        let taken = ReturnIx::at(returns.len());
        returns.push(ReturnSpec {
            from: leaving.step,
            outcome: leaving.outcome,
            branch: leaving.branch,
            to,
            limit,
            steps: Shared::default(),
            slots: Shared::default(),
            refills: Vec::new(),
        });
        Some(Route::Return(taken))
    }

    /// The limit of a return: the step's own, else the policy's (R1).
    fn limit(
        &mut self,
        leaving: Leaving<'_>,
        here: &dyn Fn() -> Pointer,
        used: &mut Vec<EndIx>,
    ) -> Option<(u32, ThenSpec)> {
        let policy = self.policy?;
        let place = self.names.step_places.get(leaving.step.place()).copied()?;
        let id = self.definition.rows.get(place.row)?.steps.get(place.step)?.id.clone();
        let own: Option<&ReturnPolicy> = policy.steps.get(id.as_str()).and_then(|step| step.returns.get(leaving.name));
        let (written, pointer) = match own {
            Some(own) => (own, step_policy_place(id.as_str()).key("returns").key(leaving.name)),
            None => (policy.returns.as_ref()?, policy_place("returns")),
        };
        if written.limit == 0 {
            self.report(Diagnostic::new(&rules::LIMIT_ZERO, pointer.key("limit")));
        }
        let then = self.then(&written.then, &pointer.key("then"), here, leaving, used)?;
        Some((written.limit, then))
    }

    fn then(
        &mut self,
        then: &Then,
        pointer: &Pointer,
        here: &dyn Fn() -> Pointer,
        leaving: Leaving<'_>,
        used: &mut Vec<EndIx>,
    ) -> Option<ThenSpec> {
        if let Some(end) = &then.end {
            let end = self.end(end.as_str(), || pointer.key("end"))?;
            used.push(end);
            return Some(ThenSpec::End(end));
        }
        if let Some(next) = &then.next {
            return self.step(next.as_str(), || pointer.key("next")).map(ThenSpec::Next);
        }
        then.closed?;
        // Only an outcome that a person picks, beside others, can be closed (R2).
        let single = leaving.name == ONLY_OUTCOME;
        if leaving.branch.is_some() || single {
            let closing = Diagnostic::new(&rules::CANNOT_CLOSE, pointer.key("closed"));
            self.report(closing.label(Label::new(here().key("return_to")).saying(RETURN)));
            return None;
        }
        Some(ThenSpec::Closed)
    }

    fn used_by_policy(&mut self, used: &mut Vec<EndIx>) {
        let Some(policy) = self.policy else { return };
        let rungs =
            policy.overdue.iter().flatten().chain(policy.steps.values().flat_map(|step| step.overdue.iter().flatten()));
        let rungs = rungs.chain(&self.office.office().overdue);
        let named =
            rungs.filter_map(|rung| rung.end.as_ref()).chain(policy.withdraw.as_ref().map(|withdraw| &withdraw.end));
        used.extend(named.filter_map(|end| self.names.ends.get(end.as_str()).copied()));
    }

    /// A join names each of its sources, and only steps that lead to it (F2).
    fn check_sources(
        &mut self,
        steps: &Table<StepIx, StepSpec>,
        slots: &[SlotSpec],
        fills: &BTreeMap<(StepIx, StepIx), SlotIx>,
    ) {
        if !self.is_whole() {
            return;
        }
        let mut leads: BTreeSet<(StepIx, StepIx)> = BTreeSet::new();
        for (step, spec) in steps.iter() {
            for outcome in &spec.outcomes {
                let routes: Vec<&Route> = match &outcome.route {
                    Route::Choose(branches) => branches.iter().map(|branch| &branch.route).collect(),
                    route => vec![route],
                };
                for route in routes {
                    if let Route::Go(arcs) = route {
                        leads.extend(arcs.iter().map(|arc| (step, arc.to)));
                    }
                }
            }
        }
        for &(from, to) in &leads {
            let joins = steps.get(to).is_some_and(|spec| spec.join.is_some());
            if joins && !fills.contains_key(&(from, to)) {
                let pointer = self.place_of(to).key("join");
                let name = steps.get(from).map(|spec| spec.id.to_string()).unwrap_or_default();
                self.report(Diagnostic::new(&rules::JOIN_SOURCE_MISSING, pointer).with("step", name));
            }
        }
        for slot in slots {
            for &source in &slot.sources {
                if !leads.contains(&(source, slot.step)) {
                    let pointer = self.place_of(slot.step).key("join");
                    let name = steps.get(source).map(|spec| spec.id.to_string()).unwrap_or_default();
                    self.report(Diagnostic::new(&rules::JOIN_SOURCE_ASTRAY, pointer).with("step", name));
                }
            }
        }
    }
}
