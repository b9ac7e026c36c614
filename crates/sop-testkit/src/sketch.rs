//! A definition in the making: steps by number, and only what varies. [`Sketch::write`] fills in the rest.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use sop_core::definition::Definition;

use crate::made::made;
use crate::office::{ACCOUNTABLE, ROLES};

/// The end at the foot of the table.
pub(crate) const DONE: &str = "selesai";
/// An end of one participant's part.
pub(crate) const PART: &str = "bagian";
/// An end that stops the whole case, in the signed table.
pub(crate) const STOP: &str = "dihentikan";
/// An end that stops the whole case where a bound runs out; the policy's.
pub(crate) const BOUND: &str = "batas";
/// The end of a withdrawn case; the policy's.
pub(crate) const WITHDRAWN: &str = "ditarik";

/// A definition in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketch {
    pub(crate) steps: Vec<StepSketch>,
    pub(crate) fields: Vec<Json>,
    pub(crate) papers: Vec<Json>,
    /// The kind of the end at the foot of the table.
    pub(crate) done_is_part: bool,
    /// How often returns may be taken that have no limit of their own; then the case stops.
    pub(crate) returns: Option<u32>,
    pub(crate) withdraw: Option<usize>,
    pub(crate) hold: bool,
    pub(crate) claim: bool,
    /// Tells whether the role `kabid` is filled by the unit that the first step collects.
    pub(crate) per_unit: bool,
    /// Tells whether there is an overdue ladder for all steps.
    pub(crate) overdue: bool,
}

/// One step.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepSketch {
    pub(crate) roles: Vec<&'static str>,
    pub(crate) time: &'static str,
    pub(crate) within: Option<&'static str>,
    pub(crate) requires: Vec<String>,
    pub(crate) outputs: Vec<String>,
    pub(crate) revises: Vec<String>,
    pub(crate) collects: Vec<String>,
    pub(crate) join: Vec<Vec<usize>>,
    pub(crate) exits: Exits,
    pub(crate) policy: Map<String, Json>,
    /// Limits of the step's own: outcome, how often, and what then.
    pub(crate) returns: Vec<(String, u32, ThenSketch)>,
}

/// The ways out of a step.
#[derive(Debug, Clone)]
pub(crate) enum Exits {
    One(Way),
    Outcomes(Vec<(String, Way)>),
}

/// A way out: one exit, or one of several by guards.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    To(Exit),
    Choose(Vec<(String, Exit)>),
}

/// Where a way leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exit {
    Next(usize),
    Split(Vec<usize>),
    Return(usize),
    End(&'static str),
}

/// What follows a return that is used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ThenSketch {
    Stop,
    Closed,
    Next(usize),
}

impl Default for Exits {
    fn default() -> Self {
        Self::One(Way::To(Exit::End(DONE)))
    }
}

impl Exits {
    /// The ways, each with the name of its outcome.
    pub(crate) fn ways(&self) -> Vec<(&str, &Way)> {
        match self {
            Self::One(way) => vec![("selesai", way)],
            Self::Outcomes(outcomes) => outcomes.iter().map(|(name, way)| (name.as_str(), way)).collect(),
        }
    }

    pub(crate) fn exits(&self) -> Vec<&Exit> {
        self.ways().into_iter().flat_map(|(_, way)| way.exits()).collect()
    }

    pub(crate) fn exits_mut(&mut self) -> Vec<&mut Exit> {
        let ways: Vec<&mut Way> = match self {
            Self::One(way) => vec![way],
            Self::Outcomes(outcomes) => outcomes.iter_mut().map(|(_, way)| way).collect(),
        };
        let exits = ways.into_iter().map(|way| match way {
            Way::To(exit) => vec![exit],
            Way::Choose(branches) => branches.iter_mut().map(|(_, exit)| exit).collect(),
        });
        exits.flatten().collect()
    }
}

impl Way {
    pub(crate) fn exits(&self) -> Vec<&Exit> {
        match self {
            Self::To(exit) => vec![exit],
            Self::Choose(branches) => branches.iter().map(|(_, exit)| exit).collect(),
        }
    }
}

impl Exit {
    /// The steps that it leads to without going back.
    pub(crate) fn onwards(&self) -> &[usize] {
        match self {
            Self::Next(to) => std::slice::from_ref(to),
            Self::Split(to) => to,
            Self::Return(_) | Self::End(_) => &[],
        }
    }

    fn write(&self) -> (&'static str, Json) {
        match self {
            Self::Next(to) => ("next", json!(step_id(*to))),
            Self::Split(to) => ("split", json!(to.iter().map(|to| step_id(*to)).collect::<Vec<_>>())),
            Self::Return(to) => ("return_to", json!(step_id(*to))),
            Self::End(end) => ("end", json!(end)),
        }
    }
}

/// The name of a step, by its place in the table.
pub(crate) fn step_id(place: usize) -> String {
    format!("s{}", place + 1)
}

impl Sketch {
    /// The steps that a step leads to, returns aside or not.
    pub(crate) fn leads(&self, step: usize, returns: bool) -> Vec<usize> {
        let Some(sketch) = self.steps.get(step) else { return Vec::new() };
        let mut to: Vec<usize> = Vec::new();
        for exit in sketch.exits.exits() {
            to.extend(exit.onwards());
            if let Exit::Return(back) = exit {
                to.extend(returns.then_some(*back));
            }
        }
        for (_, _, then) in &sketch.returns {
            if let ThenSketch::Next(next) = then {
                to.push(*next);
            }
        }
        to
    }

    /// The steps that can be reached from one, itself included.
    pub(crate) fn reach(&self, from: usize, returns: bool) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(step) = open.pop() {
            open.extend(self.leads(step, returns).into_iter().filter(|to| reached.insert(*to)));
        }
        reached
    }

    /// The definition: identity page, head of the table, roles, start, ends and policy filled in.
    pub(crate) fn write(&self) -> Definition {
        let rows: Vec<Json> = self.steps.iter().enumerate().map(|(place, step)| self.row(place, step)).collect();
        let mut signed = vec![];
        let mut by_policy = vec![];
        let used: BTreeSet<&str> = self.ends();
        let kind = if self.done_is_part { "part" } else { "case" };
        for (id, title, kind) in
            [(DONE, "Selesai", kind), (PART, "Bagian selesai", "part"), (STOP, "Dihentikan", "stop")]
        {
            if used.contains(id) {
                signed.push(json!({ "id": id, "title": title, "kind": kind }));
            }
        }
        for (id, title) in [(BOUND, "Dihentikan karena batas"), (WITHDRAWN, "Ditarik pemohon")] {
            if used.contains(id) {
                by_policy.push(json!({ "id": id, "title": title, "kind": "stop" }));
            }
        }
        let column = |shows: &str| json!({ "shows": shows, "heading": shows });
        let columns = ["no", "activity", "roles", "requires", "time", "outputs", "remark"].map(column);
        let roles = ROLES.map(|id| match id {
            "pemohon" => json!({ "id": id, "title": "Pemohon", "requester": true }),
            _ => json!({ "id": id, "title": id }),
        });
        let mut whole = json!({
            "format": 1, "id": "contoh", "edition": 1, "office": "kantor.json",
            "identity": { "government": "Pemerintah", "agency": "Dinas", "title": "SOP Contoh",
                "effective": { "date": "2025-07-01" }, "approved_by": { "post": "Kepala", "name": "Kepala" } },
            "table": { "title": "SOP Contoh", "columns": columns },
            "roles": roles, "papers": self.papers, "fields": self.fields, "rows": rows,
            "starts": [{ "id": "mulai", "opens": [step_id(0)] }],
            "ends": signed, "policy": self.policy(by_policy),
        });
        // `ends` is a required key, also where a random flow never comes to one.
        if let Some(whole) = whole.as_object_mut() {
            whole.retain(|key, value| !matches!(key.as_str(), "papers" | "fields") || *value != json!([]));
        }
        made(whole)
    }

    /// The ends that something leads to.
    fn ends(&self) -> BTreeSet<&str> {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for step in &self.steps {
            for exit in step.exits.exits() {
                used.extend(if let Exit::End(end) = exit { Some(*end) } else { None });
            }
            used.extend(step.returns.iter().any(|(_, _, then)| *then == ThenSketch::Stop).then_some(BOUND));
            let rungs = step.policy.get("overdue").and_then(Json::as_array).into_iter().flatten();
            used.extend(rungs.filter_map(|rung| rung.get("end").and_then(Json::as_str)));
        }
        used.extend(self.withdraw.map(|_| WITHDRAWN));
        used.extend(self.default_limit().map(|_| BOUND));
        used
    }

    /// The limit for all returns, where some return has none of its own.
    fn default_limit(&self) -> Option<u32> {
        let relies = |step: &StepSketch| {
            step.exits.ways().into_iter().any(|(outcome, way)| {
                let returns = way.exits().into_iter().any(|exit| matches!(exit, Exit::Return(_)));
                returns && !step.returns.iter().any(|(known, ..)| known == outcome)
            })
        };
        self.returns.filter(|_| self.steps.iter().any(relies))
    }

    fn row(&self, place: usize, step: &StepSketch) -> Json {
        let mut written = json!({
            "id": step_id(place),
            "collects": step.collects,
        });
        if let Some(written) = written.as_object_mut() {
            match step.roles.as_slice() {
                [role] => written.insert("role".into(), json!(role)),
                roles => written.insert("roles".into(), json!(roles)),
            };
            if !step.join.is_empty() {
                let group = |group: &Vec<usize>| group.iter().map(|step| step_id(*step)).collect::<Vec<_>>();
                let all: Vec<_> = step.join.iter().map(group).collect();
                written.insert("join".into(), json!({ "all": all }));
            }
            match &step.exits {
                Exits::One(way) => written.extend([way_json(way)]),
                Exits::Outcomes(outcomes) => {
                    let outcomes = outcomes.iter().map(|(name, way)| {
                        let mut outcome =
                            Map::from_iter([("id".to_owned(), json!(name)), ("title".to_owned(), json!(name))]);
                        outcome.extend([way_json(way)]);
                        Json::Object(outcome)
                    });
                    written.insert("outcomes".into(), outcomes.collect());
                }
            }
            drop_empty(written);
        }
        let mut row = json!({
            "no": (place + 1).to_string(), "activity": format!("Mengerjakan langkah {}", place + 1),
            "requires": step.requires, "time": step.time, "outputs": step.outputs, "revises": step.revises,
            "steps": [written],
        });
        if let Some(row) = row.as_object_mut() {
            drop_empty(row);
        }
        row
    }

    fn policy(&self, ends: Vec<Json>) -> Json {
        let mut steps = Map::new();
        for (place, step) in self.steps.iter().enumerate() {
            let mut policy = step.policy.clone();
            if let Some(within) = step.within {
                policy.insert("within".into(), json!(within));
            }
            if !step.returns.is_empty() {
                let limits = step.returns.iter().map(|(outcome, limit, then)| {
                    let then = match then {
                        ThenSketch::Stop => json!({ "end": BOUND }),
                        ThenSketch::Closed => json!({ "closed": "outcome" }),
                        ThenSketch::Next(next) => json!({ "next": step_id(*next) }),
                    };
                    (outcome.clone(), json!({ "limit": limit, "then": then }))
                });
                policy.insert("returns".into(), Json::Object(limits.collect()));
            }
            if self.per_unit && place == 0 {
                policy.insert("collects".into(), json!(["unit"]));
            }
            if !policy.is_empty() {
                policy.insert("reason".into(), json!("Untuk pengujian"));
                steps.insert(step_id(place), Json::Object(policy));
            }
        }
        let mut roles = Map::new();
        for (role, accountable) in ROLES.iter().zip(ACCOUNTABLE) {
            let per = (self.per_unit && *role == "kabid").then_some("unit");
            let mut filling = Map::from_iter([("accountable".to_owned(), json!(accountable))]);
            filling.extend(per.map(|per| ("per".to_owned(), json!(per))));
            roles.insert((*role).to_owned(), Json::Object(filling));
        }
        let mut policy = json!({
            "reason": "Untuk pengujian", "owner": "sekretaris", "ends": ends, "roles": roles, "steps": steps,
        });
        if let Some(policy) = policy.as_object_mut() {
            if let Some(limit) = self.default_limit() {
                policy.insert("returns".into(), json!({ "limit": limit, "then": { "end": BOUND } }));
            }
            if let Some(until) = self.withdraw {
                policy.insert("withdraw".into(), json!({ "until": step_id(until), "end": WITHDRAWN }));
            }
            if self.per_unit {
                policy.insert("fields".into(), json!([{ "id": "unit", "title": "Unit", "type": "unit" }]));
            }
            if self.hold {
                policy.insert("hold".into(), json!({ "max": "2 hari" }));
            }
            if self.claim {
                policy.insert("claim".into(), json!({ "exclusive": "1 jam" }));
            }
            let ladder =
                json!([{ "after": "0 menit", "remind": "doer" }, { "every": "1 hari", "remind": "accountable" }]);
            if self.overdue {
                policy.insert("overdue".into(), ladder);
            }
            drop_empty(policy);
        }
        policy
    }
}

fn way_json(way: &Way) -> (String, Json) {
    match way {
        Way::To(exit) => {
            let (key, value) = exit.write();
            (key.to_owned(), value)
        }
        Way::Choose(branches) => {
            let branches = branches.iter().map(|(when, exit)| {
                let (key, value) = exit.write();
                json!({ "when": when, key: value })
            });
            ("choose".to_owned(), branches.collect())
        }
    }
}

/// Leaves out lists and objects that are empty, as an author would.
fn drop_empty(object: &mut Map<String, Json>) {
    object.retain(|_, value| match value {
        Json::Array(list) => !list.is_empty(),
        Json::Object(members) => !members.is_empty(),
        _ => true,
    });
}
