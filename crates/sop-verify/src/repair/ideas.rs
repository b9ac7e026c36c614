//! Ideas: for each kind of trouble the edits that people come to think of. Whether they help is tried elsewhere.

use serde_json::{Value as Json, json};
use sop_core::case::{Dense, Fault};
use sop_core::definition::{EndKind, StepPolicy};
use sop_core::diagnostic::{Applicability, Edit, Fix};
use sop_core::process::{OutcomeIx, PaperIx, Position as _, Process, Reading, Route, StepIx};
use sop_core::text::Pointer;

use super::edits::{Editing, REASON};
use super::{Idea, RepairOf, Repairable, words};
use crate::cause::{Cause, Trouble};
use crate::run::Deed;

pub(crate) fn of(among: &Repairable<'_>, process: &Process, cause: &Cause) -> Vec<Idea> {
    let Some(editing) = Editing::of(among.definition) else { return Vec::new() };
    let ideas = Ideas { among, editing, process, cause };
    let found = match &cause.trouble {
        Trouble::Endless { steps } | Trouble::NoEnd { steps } => ideas.limits(steps),
        Trouble::Undecided { step, outcome, holding: 0 } => ideas.otherwise(*step, *outcome),
        Trouble::Undecided { step, outcome, .. } => ideas.first_wins(*step, *outcome),
        Trouble::NothingOpen { step } => ideas.reopen(*step),
        Trouble::PaperMissing { step, paper } => ideas.paper(*step, *paper),
        Trouble::PaperOvertaken { by, reader, paper } => {
            [ideas.drop_requirement(*reader, *paper), ideas.drop_output(*by, *paper)].into_iter().flatten().collect()
        }
        Trouble::PaperMadeTwice { by, other, paper } => {
            [ideas.drop_output(*other, *paper), ideas.drop_output(*by, *paper)].into_iter().flatten().collect()
        }
        Trouble::NoBudget { step } => ideas.within(*step),
        Trouble::NobodyNotices { step } => ideas.remind(*step).into_iter().chain(ideas.leave(*step)).collect(),
        Trouble::NeverLeft { step } => ideas.leave(*step).into_iter().collect(),
        Trouble::NeverDrained { steps } => steps.iter().filter_map(|step| ideas.leave(*step)).collect(),
        Trouble::AbovePromise { worst, .. } => {
            let text = format!("{} menit", worst.minutes());
            vec![Idea::new(Fix::new(ideas.editing.set_policy(vec![("promise", text.into())])), words::promise())]
        }
        Trouble::DeadEnd { waiting } => waiting.iter().flat_map(|step| ideas.no_wait(*step)).collect(),
        Trouble::Fault(fault) => ideas.fault(fault),
        Trouble::DeadExit { step, outcome, branch, then: false } => {
            ideas.drop_exit(*step, *outcome, *branch).into_iter().collect()
        }
        Trouble::DeadStep { step } => ideas.drop_step(*step).into_iter().collect(),
        // What follows a return that is never used up: whoever drops it takes the limit away, which is not what is meant.
        Trouble::DeadExit { .. } => Vec::new(),
        Trouble::NobodyEligible { step, bound, .. } => ideas.second_holder(*step, *bound),
    };
    // What concerns the policy changes nothing about the paper as signed.
    match among.reading {
        Reading::AsSigned => found.into_iter().filter(|idea| idea.needs_signing).collect(),
        Reading::AsRun => found,
    }
}

struct Ideas<'i> {
    among: &'i Repairable<'i>,
    editing: Editing<'i>,
    process: &'i Process,
    cause: &'i Cause,
}

impl Ideas<'_> {
    fn row(&self, step: StepIx) -> String {
        self.process.steps().get(step).map_or_else(String::new, |spec| self.process.row_name(spec.row))
    }

    fn id(&self, step: StepIx) -> String {
        self.process.steps().get(step).map_or_else(String::new, |spec| spec.id.to_string())
    }

    fn paper_id(&self, paper: PaperIx) -> String {
        self.process.papers().get(paper).map_or_else(String::new, |spec| spec.id.to_string())
    }

    fn paper_title(&self, paper: PaperIx) -> String {
        self.process.papers().get(paper).map_or_else(String::new, |spec| spec.title.clone())
    }

    /// An end that stops the case; a new one of the policy, with what it takes to write it, if there is none.
    fn stop(&self) -> (String, Vec<(&'static str, Json)>) {
        if let Some(end) = self.process.ends().values().find(|end| end.kind == EndKind::Stop) {
            return (end.id.to_string(), Vec::new());
        }
        let id = "dihentikan";
        let ends = self.editing.definition().policy.as_ref().map_or(&[][..], |policy| &policy.ends);
        let end = json!({ "id": id, "title": "Dihentikan", "kind": "stop" });
        (id.to_owned(), vec![("ends", Editing::with(ends, end))])
    }

    /// A limit for the returns of a round: one each, and one for all.
    fn limits(&self, steps: &[StepIx]) -> Vec<Idea> {
        let mut ideas = Vec::new();
        let (end, mut members) = self.stop();
        let limit = json!({ "limit": 3, "then": { "end": end } });
        for &step in steps {
            let Some(spec) = self.process.steps().get(step) else { continue };
            for (place, outcome) in spec.outcomes.iter().enumerate() {
                if self.is_unlimited(&outcome.route) && members.is_empty() {
                    let path = ["policy", "steps", spec.id.as_str(), "returns", outcome.id.as_str()];
                    let fix = Fix::new(vec![self.editing.set(&path, limit.clone())]);
                    ideas.push(Idea::new(fix, words::limit(&self.row(step))));
                }
                // An arrow that goes on to an earlier step is a return by another name.
                if let Route::Go(arcs) = &outcome.route
                    && arcs.len() == 1
                    && arcs.iter().all(|arc| arc.to <= step && steps.contains(&arc.to))
                    && let Some(here) = self.editing.outcome(step, OutcomeIx::at(place))
                {
                    let rename = Edit::RenameKey { pointer: here.key("next"), key: "return_to".to_owned() };
                    let mut edits = vec![rename];
                    let mut all = members.clone();
                    all.push(("returns", limit.clone()));
                    edits.extend(self.editing.set_policy(all));
                    ideas.push(Idea::new(Fix::new(edits), words::limit(&self.row(step))).signing());
                }
            }
        }
        members.push(("returns", limit));
        ideas.push(Idea::new(Fix::new(self.editing.set_policy(members)), words::limit_all()));
        ideas
    }

    fn is_unlimited(&self, route: &Route) -> bool {
        let of =
            |route: &Route| matches!(route, Route::Return(taken) if self.process.returns()[*taken].limit.is_none());
        match route {
            Route::Choose(branches) => branches.iter().any(|branch| of(&branch.route)),
            route => of(route),
        }
    }

    fn guards(&self, step: StepIx, outcome: OutcomeIx) -> Vec<String> {
        let route = self.process.steps().get(step).and_then(|spec| spec.outcome(outcome)).map(|outcome| &outcome.route);
        match route {
            Some(Route::Choose(branches)) => branches.iter().map(|branch| branch.guard.source().to_owned()).collect(),
            _ => Vec::new(),
        }
    }

    /// A branch for whatever no guard is true for, to where the last one leads.
    fn otherwise(&self, step: StepIx, outcome: OutcomeIx) -> Vec<Idea> {
        let Some(here) = self.editing.outcome(step, outcome) else { return Vec::new() };
        let choose = here.key("choose");
        let Some(written) = self.among.definition.json.as_ref().and_then(|json| json.at(&choose)) else {
            return Vec::new();
        };
        let text = written.json().source().text();
        let Some(list) = text.get(written.span().range()).and_then(|text| serde_json::from_str::<Json>(text).ok())
        else {
            return Vec::new();
        };
        let Json::Array(mut branches) = list else { return Vec::new() };
        let not_any: Vec<String> = self.guards(step, outcome).iter().map(|guard| format!("!({guard})")).collect();
        let Some(Json::Object(mut last)) = branches.last().cloned() else { return Vec::new() };
        last.insert("when".to_owned(), not_any.join(" && ").into());
        last.remove("title");
        last.remove("notes");
        branches.push(Json::Object(last));
        let fix = Fix::replace(choose, Json::Array(branches).to_string(), Applicability::NeedsDecision);
        vec![Idea::new(fix, words::otherwise(&self.row(step))).signing()]
    }

    /// Each guard holds only if none before it does.
    fn first_wins(&self, step: StepIx, outcome: OutcomeIx) -> Vec<Idea> {
        let Some(here) = self.editing.outcome(step, outcome) else { return Vec::new() };
        let guards = self.guards(step, outcome);
        let mut edits = Vec::new();
        let mut before: Vec<String> = Vec::new();
        for (place, guard) in guards.iter().enumerate() {
            if !before.is_empty() {
                let text = format!("({guard}) && {}", before.join(" && "));
                let pointer = here.key("choose").index(place).key("when");
                edits.push(Edit::ReplaceValue { pointer, json: Json::String(text).to_string() });
            }
            before.push(format!("!({guard})"));
        }
        vec![Idea::new(Fix::new(edits), words::first_wins(&self.row(step))).signing()]
    }

    /// What is used up ends the case instead of closing the outcome.
    fn reopen(&self, step: StepIx) -> Vec<Idea> {
        let Some(spec) = self.process.steps().get(step) else { return Vec::new() };
        let (end, members) = self.stop();
        if !members.is_empty() {
            let limit = json!({ "limit": 3, "then": { "end": end } });
            let outcome = spec.outcomes.first().map_or("", |outcome| outcome.id.as_str());
            let mut edits = self.editing.set_policy(members);
            edits.push(self.editing.set(&["policy", "steps", spec.id.as_str(), "returns", outcome], limit));
            return vec![Idea::new(Fix::new(edits), words::reopen(&self.row(step)))];
        }
        let limit = json!({ "limit": 3, "then": { "end": end } });
        let outcomes = spec.outcomes.iter().map(|outcome| {
            let path = ["policy", "steps", spec.id.as_str(), "returns", outcome.id.as_str()];
            Idea::new(Fix::new(vec![self.editing.set(&path, limit.clone())]), words::reopen(&self.row(step)))
        });
        outcomes.collect()
    }

    /// A paper that is not there: the step makes it, or does not need it, or somebody before makes it.
    fn paper(&self, step: StepIx, paper: PaperIx) -> Vec<Idea> {
        let (row, title, id) = (self.row(step), self.paper_title(paper), self.paper_id(paper));
        let step_id = self.id(step);
        let policy = self.editing.definition().policy.as_ref().and_then(|policy| policy.steps.get(step_id.as_str()));
        let made = policy.map_or(&[][..], |policy| &policy.makes);
        let mut members = vec![("makes", Editing::with(made, id.clone().into()))];
        if policy.is_none_or(|policy: &StepPolicy| policy.reason.is_none()) {
            members.push(("reason", REASON.into()));
        }
        let mut ideas =
            vec![Idea::new(Fix::new(self.editing.set_for_step(&step_id, members)), words::makes(&row, &title))];
        ideas.extend(self.drop_requirement(step, paper));
        let before = self.cause.run.iter().flat_map(|run| run.acts.iter().rev()).find_map(|act| match act.deed {
            Deed::Complete { step, .. } => Some(step),
            _ => None,
        });
        if let Some(earlier) = before
            && let Some((at, place, here)) = self.editing.step(earlier)
            && let Some(row) = self.editing.definition().rows.get(at)
        {
            let own = row.steps.get(place).and_then(|step| step.outputs.as_deref());
            let (pointer, list) = match own {
                Some(own) => (here.key("outputs"), Editing::with(own, id.into())),
                None => (Pointer::root().key("rows").index(at).key("outputs"), Editing::with(&row.outputs, id.into())),
            };
            let keys: Vec<String> = pointer.segments().collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let fix = Fix::new(vec![self.editing.set(&keys, list)]);
            ideas.push(Idea::new(fix, words::produce_earlier(&self.row(earlier), &title)).signing());
        }
        ideas
    }

    fn drop_requirement(&self, step: StepIx, paper: PaperIx) -> Option<Idea> {
        let (at, place, here) = self.editing.step(step)?;
        let row = self.editing.definition().rows.get(at)?;
        let id = self.paper_id(paper);
        let item = |list: &[sop_core::definition::PaperId]| list.iter().position(|known| known.as_str() == id);
        let pointer = match row.steps.get(place).and_then(|step| step.requires.as_deref()) {
            Some(own) => here.key("requires").index(item(own)?),
            None => Pointer::root().key("rows").index(at).key("requires").index(item(&row.requires)?),
        };
        let fix = Fix::remove(pointer, Applicability::NeedsDecision);
        Some(Idea::new(fix, words::drop_requirement(&self.row(step), &self.paper_title(paper))).signing())
    }

    fn drop_output(&self, step: StepIx, paper: PaperIx) -> Option<Idea> {
        let (at, place, here) = self.editing.step(step)?;
        let row = self.editing.definition().rows.get(at)?;
        let id = self.paper_id(paper);
        let item = |list: &[sop_core::definition::PaperId]| list.iter().position(|known| known.as_str() == id);
        let pointer = match row.steps.get(place).and_then(|step| step.outputs.as_deref()) {
            Some(own) => here.key("outputs").index(item(own)?),
            None => Pointer::root().key("rows").index(at).key("outputs").index(item(&row.outputs)?),
        };
        let fix = Fix::remove(pointer, Applicability::NeedsDecision);
        Some(Idea::new(fix, words::drop_output(&self.row(step), &self.paper_title(paper))).signing())
    }

    fn within(&self, step: StepIx) -> Vec<Idea> {
        let budget = vec![("within", Json::from("1 hari"))];
        let mut ideas = vec![Idea::new(
            Fix::new(self.editing.set_for_step(&self.id(step), budget)),
            words::within(&self.row(step)),
        )];
        // Without a ladder a budget wakes nobody.
        if let Some((end, _)) = Some(self.stop()).filter(|(_, members)| members.is_empty()) {
            let ladder = json!([{ "after": "1 hari", "remind": "doer" }, { "after": "5 hari", "end": end }]);
            let members = vec![("within", Json::from("1 hari")), ("overdue", ladder)];
            let fix = Fix::new(self.editing.set_for_step(&self.id(step), members));
            ideas.push(Idea::new(fix, words::within(&self.row(step))));
        }
        ideas
    }

    /// A reminder that goes on, to the accountable role; where there is none, to one that is not the doer's.
    fn remind(&self, step: StepIx) -> Vec<Idea> {
        let Some(spec) = self.process.steps().get(step) else { return Vec::new() };
        let ladder = json!([{ "after": "1 hari", "remind": "doer" }, { "every": "1 hari", "remind": "accountable" }]);
        let edit = || self.editing.set_for_step(spec.id.as_str(), vec![("overdue", ladder.clone())]);
        let Some(role) = spec.roles.first().and_then(|role| self.process.roles().get(*role)) else { return Vec::new() };
        if role.accountable.is_some() {
            return vec![Idea::new(Fix::new(edit()), words::remind(&self.row(step)))];
        }
        let others = self.process.owner().into_iter().chain(role.superior);
        let all = self.process.roles().iter().map(|(at, _)| at);
        let other = others.chain(all).find(|other| {
            !spec.roles.contains(other) && self.process.roles().get(*other).is_some_and(|role| !role.requester)
        });
        let Some(other) = other.and_then(|other| self.process.roles().get(other)) else { return Vec::new() };
        let accountable =
            self.editing.set(&["policy", "roles", role.id.as_str(), "accountable"], other.id.as_str().into());
        let mut edits = edit();
        edits.push(accountable);
        // Both begin a policy where there is none: then they are one.
        if self.editing.definition().policy.is_none() {
            let mut policy = serde_json::Map::new();
            policy.insert("roles".to_owned(), json!({ role.id.as_str(): { "accountable": other.id.as_str() } }));
            policy.insert("steps".to_owned(), json!({ spec.id.as_str(): { "overdue": ladder } }));
            edits = vec![self.editing.set(&["policy"], Json::Object(policy))];
        }
        vec![Idea::new(Fix::new(edits), words::remind(&self.row(step)))]
    }

    fn leave(&self, step: StepIx) -> Option<Idea> {
        let (end, members) = self.stop();
        let ladder = json!([{ "after": "1 hari", "remind": "doer" }, { "after": "5 hari", "end": end }]);
        let mut edits = Vec::new();
        if !members.is_empty() {
            self.editing.definition().policy.as_ref()?;
            edits = self.editing.set_policy(members);
        }
        edits.extend(self.editing.set_for_step(&self.id(step), vec![("overdue", ladder)]));
        Some(Idea::new(Fix::new(edits), words::leave(&self.row(step))))
    }

    /// A join that waits in vain: it does not wait, or whoever splits before it does not split.
    fn no_wait(&self, join: StepIx) -> Vec<Idea> {
        let mut ideas = Vec::new();
        if let Some((_, _, here)) = self.editing.step(join) {
            let fix = Fix::remove(here.key("join"), Applicability::NeedsDecision);
            ideas.push(Idea::new(fix, words::no_join(&self.row(join))).signing());
        }
        ideas
    }

    fn fault(&self, fault: &Fault<Dense>) -> Vec<Idea> {
        match fault {
            Fault::EndBeforeTheRest { end } => {
                let Some(spec) = self.process.ends().get(*end) else { return Vec::new() };
                let ends = &self.editing.definition().ends;
                let Some(place) = ends.iter().position(|known| known.id == spec.id) else { return Vec::new() };
                let kind = |kind: &str| {
                    let pointer = Pointer::root().key("ends").index(place).key("kind");
                    let fix = Fix::replace(pointer, Json::from(kind).to_string(), Applicability::NeedsDecision);
                    Idea::new(fix, words::end_kind(&spec.title, kind)).signing()
                };
                vec![kind("part"), kind("stop")]
            }
            Fault::StepAlreadyActive { step } => self.one_way_before(*step),
            Fault::SlotAlreadyFull { slot } => {
                self.process.slots().get(*slot).map_or_else(Vec::new, |slot| self.one_way_before(slot.step))
            }
        }
    }

    /// Whoever splits on the way leads to one step only.
    fn one_way_before(&self, step: StepIx) -> Vec<Idea> {
        let mut ideas = Vec::new();
        let taken = self.cause.run.iter().flat_map(|run| run.acts.iter().rev());
        for act in taken {
            let Deed::Complete { step: at, outcome, .. } = &act.deed else { continue };
            let route =
                self.process.steps().get(*at).and_then(|spec| spec.outcome(*outcome)).map(|outcome| &outcome.route);
            let Some(Route::Go(arcs)) = route.filter(|route| matches!(route, Route::Go(arcs) if arcs.len() > 1)) else {
                continue;
            };
            let Some(here) = self.editing.outcome(*at, *outcome) else { continue };
            for arc in arcs {
                let Some(target) = self.process.steps().get(arc.to) else { continue };
                let edits = vec![Edit::ReplaceValue {
                    pointer: here.key("split"),
                    json: json!([target.id.as_str()]).to_string(),
                }];
                ideas.push(Idea::new(Fix::new(edits), words::one_way(&self.row(*at))).signing());
            }
        }
        ideas.extend(self.no_wait(step));
        ideas
    }

    fn drop_exit(&self, step: StepIx, outcome: OutcomeIx, branch: Option<u16>) -> Option<Idea> {
        let here = self.editing.outcome(step, outcome)?;
        let pointer = match branch {
            Some(branch) => here.key("choose").index(usize::from(branch)),
            None => here,
        };
        let fix = Fix::remove(pointer, Applicability::NeedsDecision);
        Some(Idea::new(fix, words::drop_exit(&self.row(step))).signing())
    }

    /// A step that is never reached, with the branches that would lead there, is gone.
    fn drop_step(&self, step: StepIx) -> Option<Idea> {
        let (row, _, here) = self.editing.step(step)?;
        let definition = self.editing.definition();
        let whole = match definition.rows.get(row)?.steps.len() {
            1 => Pointer::root().key("rows").index(row),
            _ => here,
        };
        let mut edits = vec![Edit::Remove { pointer: whole }];
        for (from, spec) in self.process.steps().iter().filter(|(from, _)| *from != step) {
            for (place, outcome) in spec.outcomes.iter().enumerate() {
                let Route::Choose(branches) = &outcome.route else { continue };
                let leads_there =
                    |route: &Route| matches!(route, Route::Go(arcs) if arcs.iter().any(|arc| arc.to == step));
                let choose = self.editing.outcome(from, OutcomeIx::at(place))?.key("choose");
                let dead = branches.iter().enumerate().filter(|(_, branch)| leads_there(&branch.route));
                edits.extend(dead.map(|(branch, _)| Edit::Remove { pointer: choose.index(branch) }));
            }
        }
        let id = self.id(step);
        if definition.policy.as_ref().is_some_and(|policy| policy.steps.keys().any(|known| known.as_str() == id)) {
            edits.push(Edit::Remove { pointer: Pointer::root().key("policy").key("steps").key(&id) });
        }
        Some(Idea::new(Fix::new(edits), words::drop_step(&self.row(step))).signing())
    }

    /// Somebody of the directory who does not hold the post yet holds it too.
    fn second_holder(&self, step: StepIx, bound: Option<u16>) -> Vec<Idea> {
        let Some((directory, ..)) = &self.among.directory else { return Vec::new() };
        let Some(file) = directory.value.as_ref() else { return Vec::new() };
        let Some(spec) = self.process.steps().get(step) else { return Vec::new() };
        let Some(role) = spec.roles.first().and_then(|role| self.process.roles().get(*role)) else { return Vec::new() };
        let holds = |person: &sop_core::definition::PersonId| {
            file.holders.iter().any(|holder| holder.post == role.post && holder.person == *person)
        };
        let unit = crate::guarantee::staffed::bound_name(self.process, step, bound);
        let mut ideas = Vec::new();
        for person in file.people.iter().filter(|person| !holds(&person.id)).take(3) {
            let mut holder = json!({ "post": role.post.as_str(), "person": person.id.as_str() });
            if let (Some(unit), Some(object)) = (&unit, holder.as_object_mut()) {
                object.insert("for".to_owned(), unit.clone().into());
            }
            let list = Editing::with(&file.holders, holder);
            let fix = Fix::replace(Pointer::root().key("holders"), list.to_string(), Applicability::NeedsDecision);
            let idea = Idea::new(fix, words::second_holder(role.post.as_str(), &person.name));
            ideas.push(Idea { of: RepairOf::Directory, ..idea });
        }
        ideas
    }
}
