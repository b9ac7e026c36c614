//! Counterexamples: runs that a reader can follow and an engine can make again (G1).

use std::fmt::Write as _;

use sop_core::definition::{Holder, PersonEntry, PersonId, PostId};
use sop_core::diagnostic::Language;
use sop_core::guard::{Field, FieldIx, FieldType, Value};
use sop_core::process::{OutcomeIx, Process, StartIx, StepIx};

/// When an act of a run happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Right after what was before.
    AtOnce,
    /// At the last moment that the wait's budget allows.
    WhenDue,
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The case is opened.
    Open {
        /// By which start.
        start: StartIx,
    },
    /// Somebody completes the wait of a step.
    Complete {
        /// The step.
        step: StepIx,
        /// The outcome that they pick.
        outcome: OutcomeIx,
        /// The values that they set.
        values: Vec<(FieldIx, Value)>,
        /// Tells whether the completion is the trouble itself: it is refused.
        refused: bool,
    },
    /// Nobody acts until a rung of the wait's ladder fires.
    Sleep {
        /// The step of the wait.
        step: StepIx,
        /// The rung, counted from 0.
        rung: u16,
    },
    /// Nobody acts, however long.
    Silence,
}

/// One act of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// When.
    pub when: When,
    /// Who acts; nobody where time alone passes.
    pub by: Option<PersonId>,
    /// What is done.
    pub deed: Deed,
}

/// A run from the opening of a case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// The acts, in order.
    pub acts: Vec<Act>,
    /// The place of the act from which the run repeats itself without end.
    pub repeats_from: Option<usize>,
}

/// The people of a run that was found without a directory: one for every post, and one who asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// The people.
    pub people: Vec<PersonEntry>,
    /// What they hold.
    pub holders: Vec<Holder>,
}

/// Whoever asks, in runs that were found without a directory.
pub const REQUESTER: &str = "pemohon";

impl Cast {
    /// The cast of a process.
    pub fn of(process: &Process) -> Self {
        let mut cast = Self { people: Vec::new(), holders: Vec::new() };
        let mut enter = |id: PersonId, name: String| {
            if !cast.people.iter().any(|known| known.id == id) {
                cast.people.push(PersonEntry { id, name, nip: None });
            }
        };
        if let Ok(requester) = PersonId::new(REQUESTER) {
            enter(requester, "Pemohon".to_owned());
        }
        for role in process.roles().values().filter(|role| !role.requester) {
            let Some(person) = holder_of(&role.post) else { continue };
            enter(person.clone(), format!("Pemegang {}", role.title));
            if !cast.holders.iter().any(|held| held.post == role.post) {
                let post = role.post.clone();
                cast.holders.push(Holder {
                    post,
                    r#for: None,
                    person,
                    from: None,
                    until: None,
                    r#as: None,
                    mandate: None,
                    decides: false,
                });
            }
        }
        cast
    }

    /// Who acts at a step.
    pub fn actor(process: &Process, step: StepIx) -> Option<PersonId> {
        let role = process.steps().get(step)?.roles.first()?;
        let role = process.roles().get(*role)?;
        if role.requester { PersonId::new(REQUESTER).ok() } else { holder_of(&role.post) }
    }
}

fn holder_of(post: &PostId) -> Option<PersonId> {
    let name: String = format!("pemegang_{}", post.as_str()).chars().take(64).collect();
    PersonId::new(name.as_str()).ok()
}

/// Count: how many acts are looked back at for whoever acted at a step before.
const MOST_LOOKED_BACK: usize = 16;

impl Run {
    pub(crate) fn opening(process: &Process, start: StartIx) -> Self {
        let first = process.starts().get(start).and_then(|spec| spec.opens.first());
        let by = first.and_then(|step| Cast::actor(process, *step)).or_else(|| PersonId::new(REQUESTER).ok());
        Self { acts: vec![Act { when: When::AtOnce, by, deed: Deed::Open { start } }], repeats_from: None }
    }

    pub(crate) fn complete(
        &mut self,
        process: &Process,
        step: StepIx,
        outcome: OutcomeIx,
        values: Vec<(FieldIx, Value)>,
    ) {
        // Whoever did it before does it again: their name is made once.
        let before = self.acts.iter().rev().take(MOST_LOOKED_BACK).find_map(|act| match &act.deed {
            Deed::Complete { step: of, .. } if *of == step => Some(act.by.clone()),
            _ => None,
        });
        let by = before.unwrap_or_else(|| Cast::actor(process, step));
        let deed = Deed::Complete { step, outcome, values, refused: false };
        self.acts.push(Act { when: When::AtOnce, by, deed });
    }

    /// Gives a field its value in the last completion that set it.
    pub(crate) fn settle(&mut self, field: FieldIx, value: &Value) {
        let values = self.acts.iter_mut().rev().filter_map(|act| match &mut act.deed {
            Deed::Complete { values, .. } => values.iter_mut().find(|(set, _)| *set == field),
            _ => None,
        });
        if let Some((_, held)) = values.into_iter().next() {
            held.clone_from(value);
        }
    }

    /// Lets every round begin with the values that the first one began with: what is set last in it is what was set
    /// before it, as far as somebody still reads it.
    pub(crate) fn close_round(&mut self, is_kept: impl Fn(FieldIx) -> bool) {
        let Some(begins) = self.repeats_from else { return };
        let mut before: Vec<(FieldIx, Value)> = Vec::new();
        for act in self.acts.iter().take(begins) {
            if let Deed::Complete { values, .. } = &act.deed {
                before.retain(|(field, _)| !values.iter().any(|(set, _)| set == field));
                before.extend(values.iter().cloned());
            }
        }
        for (field, value) in before.into_iter().filter(|(field, _)| is_kept(*field)) {
            let in_round = self.acts.iter_mut().skip(begins).rev();
            let set = in_round.filter_map(|act| match &mut act.deed {
                Deed::Complete { values, .. } => values.iter_mut().find(|(set, _)| *set == field),
                _ => None,
            });
            if let Some((_, held)) = set.into_iter().next() {
                *held = value;
            }
        }
    }

    pub(crate) fn refuse_last(&mut self) {
        if let Some(Act { deed: Deed::Complete { refused, .. }, .. }) = self.acts.last_mut() {
            *refused = true;
        }
    }

    pub(crate) fn sleep(&mut self, step: StepIx, rung: u16) {
        self.acts.push(Act { when: When::AtOnce, by: None, deed: Deed::Sleep { step, rung } });
    }

    pub(crate) fn silence(&mut self) {
        self.acts.push(Act { when: When::AtOnce, by: None, deed: Deed::Silence });
    }

    /// The number of completions that the run has.
    pub fn completions(&self) -> usize {
        self.acts.iter().filter(|act| matches!(act.deed, Deed::Complete { .. })).count()
    }

    /// The run in the words of the table: '1 → 2 setuju → 3'.
    pub fn say(&self, process: &Process, language: Language) -> String {
        let mut text = String::new();
        for (place, act) in self.acts.iter().enumerate() {
            let said = match &act.deed {
                Deed::Open { start } if process.starts().len() > 1 => {
                    process.starts().get(*start).map_or_else(String::new, |spec| spec.title.clone())
                }
                Deed::Open { .. } => continue,
                Deed::Complete { step, outcome, values, .. } => say_completion(process, *step, *outcome, values),
                Deed::Sleep { step, rung } => {
                    let row = row_of(process, *step);
                    match language {
                        Language::Indonesian => format!("{row} (dibiarkan sampai tangga ke-{})", rung + 1),
                        Language::English => format!("{row} (left until rung {})", rung + 1),
                    }
                }
                Deed::Silence => match language {
                    Language::Indonesian => "tidak ada yang bertindak".to_owned(),
                    Language::English => "nobody acts".to_owned(),
                },
            };
            if !text.is_empty() {
                text.push_str(" → ");
            }
            if self.repeats_from == Some(place) {
                text.push('[');
            }
            text.push_str(&said);
        }
        if self.repeats_from.is_some() {
            let again = match language {
                Language::Indonesian => "] tanpa henti",
                Language::English => "] without end",
            };
            text.push_str(again);
        }
        text
    }
}

fn row_of(process: &Process, step: StepIx) -> String {
    process.steps().get(step).map_or_else(String::new, |spec| process.row_name(spec.row))
}

fn say_completion(process: &Process, step: StepIx, outcome: OutcomeIx, values: &[(FieldIx, Value)]) -> String {
    let mut said = row_of(process, step);
    let Some(spec) = process.steps().get(step) else { return said };
    if let Some(outcome) = spec.outcome(outcome).filter(|_| spec.outcomes.len() > 1) {
        said.push(' ');
        said.push_str(&outcome.title.to_lowercase());
    }
    let shown: Vec<String> = values
        .iter()
        .filter_map(|(at, value)| process.field(*at).map(|field| format!("{}: {}", field.id, show(field, value))))
        .collect();
    if !shown.is_empty() {
        // Writing to a text cannot fail.
        let _ = write!(said, " ({})", shown.join(", "));
    }
    said
}

/// A value as it is written in the definition.
pub(crate) fn show(field: &Field, value: &Value) -> String {
    field.ty.to_json(value).map_or_else(
        |_| String::new(),
        |json| match json {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
    )
}

/// Values for every field that a completion with this outcome sets: those given, and for the others one that is
/// admitted.
pub(crate) fn filled_in(
    process: &Process,
    step: StepIx,
    outcome: OutcomeIx,
    given: &[(FieldIx, Value)],
) -> Vec<(FieldIx, Value)> {
    let Some(spec) = process.steps().get(step).and_then(|spec| spec.outcome(outcome)) else { return Vec::new() };
    let value = |field: &FieldIx| {
        let known = given.iter().find(|(of, _)| of == field).map(|(_, value)| value.clone());
        known.or_else(|| process.field(*field).map(|field| admitted(&field.ty)))
    };
    spec.collects.iter().filter_map(|field| value(field).map(|value| (*field, value))).collect()
}

/// Some value of a type.
pub(crate) fn admitted(ty: &FieldType) -> Value {
    match ty {
        FieldType::Bool => Value::Bool(false),
        FieldType::Integer { min, max } => {
            Value::Integer(0_i64.clamp(min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX).max(min.unwrap_or(i64::MIN))))
        }
        FieldType::Decimal { min, max, .. } => {
            Value::Decimal(0_i64.clamp(min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX).max(min.unwrap_or(i64::MIN))))
        }
        FieldType::Choice(_) => Value::Choice(0),
        FieldType::Unit(_) => Value::Unit(0),
        FieldType::Date => Value::Date(20_455),
        FieldType::Text { max_length } => {
            Value::Text("lain".chars().take(*max_length as usize).collect::<String>().into())
        }
    }
}
