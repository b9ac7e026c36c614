//! Writing a sketch down as a definition's JSON.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::*;

impl Sketch {
    pub(super) fn write(&self) -> Json {
        let mut rows: Vec<Json> = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let written = self.step(at, step);
            if step.shares && step.merges && !rows.is_empty() {
                rows.push(json!({ "no": (at + 1).to_string(), "activity": format!("langkah {}", at + 1),
                    "merge_up": ["time"], "steps": [written] }));
                continue;
            }
            if step.shares
                && let Some(row) = rows.last_mut().and_then(Json::as_object_mut)
            {
                row.insert("shared_time".into(), json!(true));
                row.get_mut("steps").and_then(Json::as_array_mut).expect("it has steps").push(written);
                continue;
            }
            rows.push(json!({ "no": (at + 1).to_string(), "activity": format!("langkah {}", at + 1),
                "time": step.time, "steps": [written] }));
        }
        let used = self.used_ends();
        let end = |id: &str, kind: &str| json!({ "id": id, "title": id, "kind": kind });
        let signed: Vec<Json> = [(DONE, self.done), (PART, "part"), (STOP, "stop")]
            .into_iter()
            .filter(|(id, _)| used.contains(id))
            .map(|(id, kind)| end(id, kind))
            .collect();
        let by_policy: Vec<Json> =
            [BOUND, GONE].into_iter().filter(|id| used.contains(id)).map(|id| end(id, "stop")).collect();
        let paper = |place: usize| match self.brought && place == 0 {
            true => json!({ "id": "b0", "title": "b0", "brought_by": "p" }),
            false => json!({ "id": format!("b{place}"), "title": format!("b{place}") }),
        };
        let starts = self.starts.iter().enumerate();
        let starts: Vec<Json> = starts
            .map(|(place, opens)| json!({ "id": format!("m{place}"), "opens": opens.iter().map(|at| id(*at)).collect::<Vec<_>>() }))
            .collect();
        let heads = ["no", "activity", "roles", "requires", "time", "outputs"];
        json!({
            "format": 1, "id": "hakim", "edition": 1, "office": "kantor.json",
            "identity": { "government": "-", "agency": "-", "title": "Hakim" },
            "table": { "title": "Hakim",
                "columns": heads.map(|shows| json!({ "shows": shows, "heading": shows })) },
            "roles": [{ "id": "p", "title": "P", "requester": true }, { "id": "r", "title": "R" }, { "id": "q", "title": "Q" }],
            "papers": (0..self.papers).map(paper).collect::<Vec<_>>(),
            "fields": self.fields.iter().enumerate().map(|(place, kind)| field(place, *kind)).collect::<Vec<_>>(),
            "rows": rows, "starts": starts, "ends": signed, "policy": self.policy(by_policy),
        })
    }

    pub(super) fn used_ends(&self) -> BTreeSet<&'static str> {
        let mut used = BTreeSet::new();
        for step in &self.steps {
            used.extend(
                exits(step).into_iter().filter_map(|exit| if let Exit::End(end) = exit { Some(*end) } else { None }),
            );
            used.extend(step.leaves.and_then(Result::err));
            if let Some((_, _, Then::End(end))) = &step.limit {
                used.insert(*end);
            }
        }
        used.extend(self.withdraw.map(|_| GONE));
        used.extend(self.limit.map(|_| BOUND));
        used.extend(matches!(self.overdue, 3 | 4).then_some(self.given_up));
        used
    }

    pub(super) fn step(&self, at: usize, step: &Step) -> Json {
        let mut written = Map::new();
        written.insert("id".into(), json!(id(at)));
        written.insert("role".into(), json!(step.role));
        let papers = |list: &[usize]| json!(list.iter().map(|paper| format!("b{paper}")).collect::<Vec<_>>());
        if !step.requires.is_empty() {
            written.insert("requires".into(), papers(&step.requires));
        }
        if !step.outputs.is_empty() {
            written.insert("outputs".into(), papers(&step.outputs));
            if step.revises {
                written.insert("revises".into(), papers(&step.outputs));
            }
        }
        if !step.collects.is_empty() {
            let fields: Vec<String> = step.collects.iter().map(|field| format!("f{field}")).collect();
            written.insert("collects".into(), json!(fields));
        }
        if !step.join.is_empty() {
            let all: Vec<Vec<String>> =
                step.join.iter().map(|group| group.iter().map(|from| id(*from)).collect()).collect();
            written.insert("join".into(), json!({ "all": all }));
        }
        match (step.named, step.ways.first()) {
            (false, Some(way)) => written.extend([way_json(way)]),
            (false, None) => written.extend([way_json(&Way::To(Exit::End(DONE)))]),
            (true, _) => {
                let outcome = |(place, way): (usize, &Way)| {
                    let mut outcome = Map::from_iter([("id".to_owned(), json!(format!("o{place}")))]);
                    outcome.extend([way_json(way)]);
                    if let Some((of, paper, field)) = step.own
                        && of == place
                    {
                        let papers: Vec<String> = paper.iter().map(|paper| format!("b{paper}")).collect();
                        let fields: Vec<String> = field.iter().map(|field| format!("f{field}")).collect();
                        outcome.insert("outputs".into(), json!(papers));
                        if field.is_some() {
                            outcome.insert("collects".into(), json!(fields));
                        }
                    }
                    Json::Object(outcome)
                };
                written.insert("outcomes".into(), step.ways.iter().enumerate().map(outcome).collect());
            }
        }
        Json::Object(written)
    }

    pub(super) fn policy(&self, ends: Vec<Json>) -> Json {
        let mut steps = Map::new();
        let mut waive: Vec<Json> = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let mut own = Map::new();
            let name = |place: usize| if step.named { format!("o{place}") } else { "selesai".to_owned() };
            if let Some(leaves) = step.leaves {
                let rung = match leaves {
                    Ok(place) => json!({ "after": step.late, "outcome": name(place) }),
                    Err(end) => json!({ "after": step.late, "end": end }),
                };
                own.insert("overdue".into(), json!([rung]));
            }
            if let Some((place, times, then)) = &step.limit {
                let then = match then {
                    Then::End(end) => json!({ "end": end }),
                    Then::Closed => json!({ "closed": "outcome" }),
                    Then::Next(next) => json!({ "next": id(*next) }),
                };
                own.insert("returns".into(), json!({ name(*place): { "limit": times, "then": then } }));
            }
            if step.rework {
                own.insert("rework_time".into(), json!("1 menit"));
            }
            if !step.makes.is_empty() {
                let makes: Vec<String> = step.makes.iter().map(|paper| format!("b{paper}")).collect();
                own.insert("makes".into(), json!(makes));
                own.insert("reason".into(), json!("uji"));
            }
            if step.waives {
                waive.push(json!({ "guarantee": "supplied", "step": id(at), "paper": format!("b{}", step.requires[0]),
                    "reason": "uji", "by": "uji", "until": "2030-01-01" }));
            }
            if !own.is_empty() {
                steps.insert(id(at), Json::Object(own));
            }
        }
        let mut policy = json!({
            "reason": "uji", "owner": "q", "roles": { "p": { "accountable": "q" }, "r": { "accountable": "q" } }, "ends": ends, "steps": steps, "waive": waive,
        });
        let whole = policy.as_object_mut().expect("it is an object");
        let overdue = match self.overdue {
            0 | 1 => json!([{ "after": "1 menit", "remind": "doer" }, { "after": "1 jam", "escalate": "q" },
                { "every": "1 hari", "remind": "accountable" }]),
            2 => json!([{ "every": "1 hari", "remind": "q" }]),
            3 | 4 => json!([{ "after": "1 jam", "end": self.given_up }]),
            _ => json!([{ "after": "1 menit", "remind": "doer" }]),
        };
        whole.insert("overdue".into(), overdue);
        if let Some(limit) = self.limit {
            whole.insert("returns".into(), json!({ "limit": limit, "then": { "end": BOUND } }));
        }
        if let Some(promise) = self.promise {
            whole.insert("promise".into(), json!(promise));
        }
        if let Some(until) = self.withdraw {
            whole.insert("withdraw".into(), json!({ "until": id(until), "end": GONE }));
        }
        policy
    }
}

fn way_json(way: &Way) -> (String, Json) {
    match way {
        Way::To(exit) => exit_json(exit),
        Way::Choose(branches) => {
            let branch = |(when, exit): &(String, Exit)| {
                let (key, value) = exit_json(exit);
                json!({ "when": when, key: value })
            };
            ("choose".to_owned(), branches.iter().map(branch).collect())
        }
    }
}

fn exit_json(exit: &Exit) -> (String, Json) {
    let (key, value) = match exit {
        Exit::Next(to) => ("next", json!(id(*to))),
        Exit::Split(all) => ("split", json!(all.iter().map(|to| id(*to)).collect::<Vec<_>>())),
        Exit::Return(to) => ("return_to", json!(id(*to))),
        Exit::End(end) => ("end", json!(end)),
    };
    (key.to_owned(), value)
}

fn field(place: usize, kind: Kind) -> Json {
    let name = format!("f{place}");
    let choice = |id: &str| json!({ "id": id, "title": id });
    match kind {
        Kind::Bool => json!({ "id": name, "title": name, "type": "bool" }),
        Kind::Choice => {
            json!({ "id": name, "title": name, "type": "choice", "choices": [choice("a"), choice("b"), choice("c")] })
        }
        Kind::Integer => json!({ "id": name, "title": name, "type": "integer", "min": 0, "max": 3 }),
        Kind::Decimal => json!({ "id": name, "title": name, "type": "decimal", "scale": 1, "min": 0, "max": 1 }),
        Kind::Unit => json!({ "id": name, "title": name, "type": "unit" }),
        Kind::Date => json!({ "id": name, "title": name, "type": "date" }),
        Kind::Text => json!({ "id": name, "title": name, "type": "text", "max_length": 3 }),
    }
}
