//! Edits of a definition's text by places that may not be there yet.

use serde_json::{Map, Value as Json, json};
use sop_core::definition::Definition;
use sop_core::diagnostic::Edit;
use sop_core::format::Parsed;
use sop_core::process::{OutcomeIx, Position as _, StepIx};
use sop_core::text::Pointer;

/// The text that is edited.
pub(crate) struct Editing<'e> {
    parsed: &'e Parsed<Definition>,
    definition: &'e Definition,
}

impl<'e> Editing<'e> {
    pub(crate) fn of(parsed: &'e Parsed<Definition>) -> Option<Self> {
        Some(Self { parsed, definition: parsed.value.as_ref()? })
    }

    pub(crate) fn definition(&self) -> &'e Definition {
        self.definition
    }

    fn is_there(&self, pointer: &Pointer) -> bool {
        self.parsed.json.as_ref().is_some_and(|json| json.at(pointer).is_some())
    }

    /// Puts a value at a place, with the objects that lead there.
    pub(crate) fn set(&self, keys: &[&str], value: Json) -> Edit {
        let mut pointer = Pointer::root();
        for (place, key) in keys.iter().enumerate() {
            let next = pointer.key(key);
            if self.is_there(&next) {
                pointer = next;
                continue;
            }
            let inner = keys.iter().skip(place + 1).rev().fold(value, |inner, key| {
                let mut object = Map::new();
                object.insert((*key).to_owned(), inner);
                Json::Object(object)
            });
            return Edit::InsertMember { pointer, key: (*key).to_owned(), json: complete(key, inner).to_string() };
        }
        Edit::ReplaceValue { pointer, json: value.to_string() }
    }

    /// The same in the policy of a step; several values of one step that has no policy yet belong together.
    pub(crate) fn set_for_step(&self, step: &str, members: Vec<(&str, Json)>) -> Vec<Edit> {
        let step_place = Pointer::root().key("policy").key("steps").key(step);
        if self.is_there(&step_place) {
            return members.into_iter().map(|(key, value)| self.set(&["policy", "steps", step, key], value)).collect();
        }
        let object: Map<String, Json> = members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        vec![self.set(&["policy", "steps", step], Json::Object(object))]
    }

    /// Edits that need both a member of the policy and something of its steps, where there is no policy at all yet, are
    /// one: the policy.
    pub(crate) fn set_policy(&self, members: Vec<(&str, Json)>) -> Vec<Edit> {
        if self.definition.policy.is_some() {
            return members.into_iter().map(|(key, value)| self.set(&["policy", key], value)).collect();
        }
        let object: Map<String, Json> = members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        vec![self.set(&["policy"], Json::Object(object))]
    }

    /// The place of a step, in the order of the document.
    pub(crate) fn step(&self, step: StepIx) -> Option<(usize, usize, Pointer)> {
        let all = self
            .definition
            .rows
            .iter()
            .enumerate()
            .flat_map(|(row, spec)| (0..spec.steps.len()).map(move |at| (row, at)));
        let (row, at) = all.into_iter().nth(step.place())?;
        Some((row, at, Pointer::root().key("rows").index(row).key("steps").index(at)))
    }

    /// The place of an outcome: of a step without a choice the step itself.
    pub(crate) fn outcome(&self, step: StepIx, outcome: OutcomeIx) -> Option<Pointer> {
        let (row, at, here) = self.step(step)?;
        let written = self.definition.rows.get(row)?.steps.get(at)?;
        Some(match written.outcomes {
            Some(_) => here.key("outcomes").index(outcome.place()),
            None => here,
        })
    }

    /// A list with one item more.
    pub(crate) fn with<T: serde::Serialize>(list: &[T], item: Json) -> Json {
        let mut items: Vec<Json> = list.iter().map(|item| json!(item)).collect();
        items.push(item);
        Json::Array(items)
    }
}

/// A new policy, or a new step of it, says why.
fn complete(key: &str, value: Json) -> Json {
    match (key, value) {
        ("policy", Json::Object(mut policy)) => {
            policy.entry("reason").or_insert_with(|| REASON.into());
            Json::Object(policy)
        }
        (_, value) => value,
    }
}

/// The reason that a repair writes, for the office to replace.
pub(crate) const REASON: &str = "Saran pemeriksa; tuliskan alasan kantor di sini.";
