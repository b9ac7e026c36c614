//! Other names for everything.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use sop_core::definition::{
    Branch, ChoiceId, Definition, EndId, FieldDefinition, FieldId, OutcomeId, PaperId, PostId, RoleId, RolePolicy,
    Rung, StartId, Step, StepId, StepPolicy, Then,
};

use crate::made::must;

/// The same definition with other names for its steps, outcomes, roles, papers, fields, choices, starts and ends. The
/// prefix begins each of them: `baru_s1`, `baru_r3`, ….
///
/// Units, posts and registers are the office's and keep their names; a role that had the name of its post is told to
/// be held by it. The outcome `selesai` of steps that offer no choice has no other name. A prefix that can't begin a
/// name is left out.
///
/// ```
/// use sop_testkit::{outline, plan::Plan, transform::rename};
///
/// assert_eq!(outline(&rename(&Plan::default().definition(), "baru")).lines().next(), Some("baru_s1 baru_r1, 5 menit -> end baru_e1"));
/// ```
pub fn rename(definition: &Definition, prefix: &str) -> Definition {
    let fits = prefix.len() <= 40 && StepId::new(&format!("{prefix}_s1")).is_ok();
    let names = Names::new(definition, if fits { prefix } else { "x" });
    let mut renamed = definition.clone();
    names.signed(&mut renamed);
    names.policy(&mut renamed);
    renamed
}

/// The new name for each old one, by what it names.
struct Names {
    steps: BTreeMap<String, String>,
    outcomes: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
    papers: BTreeMap<String, String>,
    fields: BTreeMap<String, String>,
    choices: BTreeMap<String, String>,
    starts: BTreeMap<String, String>,
    ends: BTreeMap<String, String>,
}

impl Names {
    fn new(definition: &Definition, prefix: &str) -> Self {
        let numbered = |kind: char, ids: &mut dyn Iterator<Item = &str>| {
            let mut names: BTreeMap<String, String> = BTreeMap::new();
            for id in ids {
                let next = format!("{prefix}_{kind}{}", names.len() + 1);
                names.entry(id.to_owned()).or_insert(next);
            }
            names
        };
        let policy = definition.policy.as_ref();
        let steps = || definition.rows.iter().flat_map(|row| &row.steps);
        let fields = || definition.fields.iter().chain(policy.into_iter().flat_map(|policy| &policy.fields));
        let ends = definition.ends.iter().chain(policy.into_iter().flat_map(|policy| &policy.ends));
        // A step without outcomes has one, `selesai`, that isn't written; limits and rungs name it all the same.
        let outcomes = steps().flat_map(|step| step.outcomes.iter().flatten()).map(|outcome| outcome.id.as_str());
        Self {
            steps: numbered('s', &mut steps().map(|step| step.id.as_str())),
            outcomes: numbered('o', &mut outcomes.filter(|id| *id != "selesai")),
            roles: numbered('r', &mut definition.roles.iter().map(|role| role.id.as_str())),
            papers: numbered('p', &mut definition.papers.iter().map(|paper| paper.id.as_str())),
            fields: numbered('f', &mut fields().map(|field| field.id.as_str())),
            choices: numbered('c', &mut fields().flat_map(|field| &field.choices).map(|choice| choice.id.as_str())),
            starts: numbered('b', &mut definition.starts.iter().map(|start| start.id.as_str())),
            ends: numbered('e', &mut ends.map(|end| end.id.as_str())),
        }
    }

    fn signed(&self, definition: &mut Definition) {
        for role in &mut definition.roles {
            self.role(&mut role.id);
            role.acts_through.iter_mut().for_each(|role| self.role(role));
        }
        for paper in &mut definition.papers {
            self.paper(&mut paper.id);
            paper.brought_by.iter_mut().chain(&mut paper.written_by).for_each(|role| self.role(role));
        }
        definition.fields.iter_mut().for_each(|field| self.field_definition(field));
        for row in &mut definition.rows {
            let lists = [&mut row.requires, &mut row.outputs, &mut row.revises];
            lists.into_iter().flatten().for_each(|paper| self.paper(paper));
            for symbol in &mut row.symbols {
                self.role(&mut symbol.role);
                symbol.beside.iter_mut().for_each(|step| self.step_id(step));
            }
            row.steps.iter_mut().for_each(|step| self.step(step));
        }
        for start in &mut definition.starts {
            named(&self.starts, start.id.as_str(), StartId::new).into_iter().for_each(|id| start.id = id);
            start.opens.iter_mut().for_each(|step| self.step_id(step));
        }
        definition.ends.iter_mut().for_each(|end| self.end(&mut end.id));
    }

    fn step(&self, step: &mut Step) {
        self.step_id(&mut step.id);
        step.role.iter_mut().chain(&mut step.roles).for_each(|role| self.role(role));
        if let Some(join) = &mut step.join {
            join.all.iter_mut().flatten().for_each(|source| self.step_id(source));
        }
        let own = [&mut step.requires, &mut step.outputs, &mut step.revises];
        own.into_iter().flatten().flatten().for_each(|paper| self.paper(paper));
        step.collects.iter_mut().for_each(|field| self.field(field));
        self.arrows(&mut step.next, &mut step.split, &mut step.return_to, &mut step.end);
        step.choose.iter_mut().flatten().for_each(|branch| self.branch(branch));
        for outcome in step.outcomes.iter_mut().flatten() {
            self.outcome(&mut outcome.id);
            outcome.outputs.iter_mut().flatten().for_each(|paper| self.paper(paper));
            outcome.collects.iter_mut().flatten().for_each(|field| self.field(field));
            self.arrows(&mut outcome.next, &mut outcome.split, &mut outcome.return_to, &mut outcome.end);
            outcome.choose.iter_mut().flatten().for_each(|branch| self.branch(branch));
        }
    }

    fn branch(&self, branch: &mut Branch) {
        branch.when = self.guard(&branch.when);
        self.arrows(&mut branch.next, &mut branch.split, &mut branch.return_to, &mut branch.end);
    }

    fn arrows(
        &self,
        next: &mut Option<StepId>,
        split: &mut Option<Vec<StepId>>,
        return_to: &mut Option<StepId>,
        end: &mut Option<EndId>,
    ) {
        let steps = next.iter_mut().chain(split.iter_mut().flatten()).chain(return_to);
        steps.for_each(|step| self.step_id(step));
        end.iter_mut().for_each(|end| self.end(end));
    }

    fn policy(&self, definition: &mut Definition) {
        let Some(policy) = &mut definition.policy else { return };
        policy.owner.iter_mut().for_each(|role| self.role(role));
        policy.returns.iter_mut().for_each(|limit| self.then(&mut limit.then));
        policy.ends.iter_mut().for_each(|end| self.end(&mut end.id));
        if let Some(withdraw) = &mut policy.withdraw {
            self.step_id(&mut withdraw.until);
            self.end(&mut withdraw.end);
        }
        policy.fields.iter_mut().for_each(|field| self.field_definition(field));
        policy.overdue.iter_mut().flatten().for_each(|rung| self.rung(rung));
        for waiver in &mut policy.waive {
            waiver.step.iter_mut().for_each(|step| self.step_id(step));
            waiver.paper.iter_mut().for_each(|paper| self.paper(paper));
        }
        let steps = std::mem::take(&mut policy.steps);
        policy.steps = steps.into_iter().map(|(id, own)| self.step_policy(id, own)).collect();
        let mut roles: IndexMap<RoleId, RolePolicy> = std::mem::take(&mut policy.roles);
        for column in self.roles.keys() {
            // The post that has the role's old name holds it, unless another was named.
            let Ok(id) = RoleId::new(column) else { continue };
            let nothing = RolePolicy { post: None, per: None, superior: None, accountable: None };
            let filling = roles.entry(id).or_insert(nothing);
            filling.post = filling.post.take().or_else(|| PostId::new(column).ok());
        }
        // Whoever asks is no post's, and places have nobody of their own.
        let without: Vec<String> = definition
            .roles
            .iter()
            .filter(|role| role.requester || role.acts_through.is_some())
            .map(|role| role.id.to_string())
            .collect();
        policy.roles = roles
            .into_iter()
            .map(|(mut id, mut filling)| {
                let old = id.to_string();
                self.role(&mut id);
                if without.iter().any(|known| known == id.as_str())
                    && filling.post.as_ref().is_some_and(|post| post.as_str() == old)
                {
                    filling.post = None;
                }
                filling.superior.iter_mut().chain(&mut filling.accountable).for_each(|role| self.role(role));
                filling.per.iter_mut().for_each(|field| self.field(field));
                (id, filling)
            })
            .collect();
    }

    fn step_policy(&self, mut id: StepId, mut own: StepPolicy) -> (StepId, StepPolicy) {
        self.step_id(&mut id);
        own.collects.iter_mut().for_each(|field| self.field(field));
        own.makes.iter_mut().for_each(|paper| self.paper(paper));
        own.distinct_from.iter_mut().chain(&mut own.same_as).for_each(|step| self.step_id(step));
        let returns = std::mem::take(&mut own.returns);
        own.returns = returns
            .into_iter()
            .map(|(mut outcome, mut limit)| {
                self.outcome(&mut outcome);
                self.then(&mut limit.then);
                (outcome, limit)
            })
            .collect();
        own.overdue.iter_mut().flatten().for_each(|rung| self.rung(rung));
        (id, own)
    }

    fn then(&self, then: &mut Then) {
        then.end.iter_mut().for_each(|end| self.end(end));
        then.next.iter_mut().for_each(|step| self.step_id(step));
    }

    fn rung(&self, rung: &mut Rung) {
        // `doer`, `accountable` and `superior` are nobody's names and stay.
        let roles = rung.remind.iter_mut().chain(&mut rung.escalate).chain(&mut rung.reassign);
        roles.for_each(|role| self.role(role));
        rung.outcome.iter_mut().for_each(|outcome| self.outcome(outcome));
        rung.end.iter_mut().for_each(|end| self.end(end));
    }

    fn field_definition(&self, field: &mut FieldDefinition) {
        self.field(&mut field.id);
        for choice in &mut field.choices {
            named(&self.choices, choice.id.as_str(), ChoiceId::new).into_iter().for_each(|id| choice.id = id);
        }
    }

    /// A guard with its fields and choices renamed: what follows `case.`, and texts that are the name of a choice.
    ///
    /// A text that a field of type text is compared with may be such a name by chance; it is renamed too.
    fn guard(&self, text: &str) -> String {
        let mut renamed = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if matches!(first, '"' | '\'') {
                let inside = rest.get(1..).unwrap_or_default();
                let length = quoted_length(inside, first);
                let literal = inside.get(..length).unwrap_or_default();
                let literal = self.choices.get(literal).map_or(literal, String::as_str);
                renamed.push(first);
                renamed.push_str(literal);
                rest = inside.get(length..).unwrap_or_default();
                if let Some(after) = rest.strip_prefix(first) {
                    renamed.push(first);
                    rest = after;
                }
            } else if let Some(after) = rest.strip_prefix("case.") {
                let length = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
                let (name, after) = after.split_at(length);
                renamed.push_str("case.");
                renamed.push_str(self.fields.get(name).map_or(name, String::as_str));
                rest = after;
            } else {
                renamed.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        renamed
    }

    fn step_id(&self, id: &mut StepId) {
        named(&self.steps, id.as_str(), StepId::new).into_iter().for_each(|new| *id = new);
    }

    fn outcome(&self, id: &mut OutcomeId) {
        named(&self.outcomes, id.as_str(), OutcomeId::new).into_iter().for_each(|new| *id = new);
    }

    fn role(&self, id: &mut RoleId) {
        named(&self.roles, id.as_str(), RoleId::new).into_iter().for_each(|new| *id = new);
    }

    fn paper(&self, id: &mut PaperId) {
        named(&self.papers, id.as_str(), PaperId::new).into_iter().for_each(|new| *id = new);
    }

    fn field(&self, id: &mut FieldId) {
        named(&self.fields, id.as_str(), FieldId::new).into_iter().for_each(|new| *id = new);
    }

    fn end(&self, id: &mut EndId) {
        named(&self.ends, id.as_str(), EndId::new).into_iter().for_each(|new| *id = new);
    }
}

/// How long a text in a guard is, up to the quote that ends it.
fn quoted_length(inside: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = inside.char_indices().find(|(_, letter)| {
        let ends = !escaped && *letter == quote;
        escaped = !escaped && *letter == '\\';
        ends
    });
    end.map_or(inside.len(), |(at, _)| at)
}

/// The new name for an old one; none for what keeps its name.
fn named<T, E>(names: &BTreeMap<String, String>, old: &str, make: impl Fn(&str) -> Result<T, E>) -> Option<T> {
    names.get(old).map(|new| must(make(new).ok(), "a new name is a name"))
}
