//! What a host asks for, by names as the host has them.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sop_core::case::{Called, CaseState, Command, People, PersonIx, Rejection};
use sop_core::definition::{FieldId, OutcomeId, PaperId, PersonId, RoleId, StartId};
use sop_core::diagnostic::suggest::nearest;
use sop_core::guard::{Field, FieldIx, ValueProblem};
use sop_core::process::{Hash, OutcomeIx, PaperIx, Position, Process};
use sop_core::time::Instant;

use crate::answer::{Named, Refusal};
use crate::store::{CaseId, Fingerprint};

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Opening {
    /// By which start; may be left out where the process has one.
    pub start: Option<StartId>,
    /// What it is about, in a line.
    pub subject: String,
    /// Where the host keeps the papers that are brought.
    pub documents: BTreeMap<PaperId, String>,
    /// Its number, where the host has one; otherwise the next that is free.
    pub case: Option<CaseId>,
}

impl Opening {
    /// A case about something, by the only start, under the next free number.
    pub fn about(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..Self::default() }
    }
}

/// What a person hands in with a completion.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Completion {
    /// The outcome picked; may be left out where the step has one.
    pub outcome: Option<OutcomeId>,
    /// The fields that it sets. Numbers, texts and the like as in JSON; dates as `"2026-01-31"`.
    pub values: BTreeMap<FieldId, Json>,
    /// Where the host keeps papers that the completion makes, brings or hands on.
    pub documents: BTreeMap<PaperId, String>,
    /// A remark.
    pub note: Option<String>,
}

impl Completion {
    /// A completion with this outcome and nothing else.
    pub fn with(outcome: OutcomeId) -> Self {
        Self { outcome: Some(outcome), ..Self::default() }
    }

    /// Sets a field along with it.
    #[must_use]
    pub fn set(mut self, field: FieldId, value: impl Into<Json>) -> Self {
        self.values.insert(field, value.into());
        self
    }

    /// Says where the host keeps a paper.
    #[must_use]
    pub fn attach(mut self, paper: PaperId, reference: impl Into<String>) -> Self {
        self.documents.insert(paper, reference.into());
        self
    }

    /// Adds a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// What is to be [erased](crate::Engine::erase) of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erasure {
    /// Everything that may be about a person: the values of all fields, and what people wrote, that is the subject,
    /// notes, reasons, remarks, and where documents are kept.
    Everything,
    /// The values of some fields.
    Fields(Vec<FieldId>),
}

impl Erasure {
    pub(crate) fn fingerprint(&self, by: &PersonId, reason: &str) -> Fingerprint {
        let mut said = Said::new(by);
        said.word("erase").word(reason);
        match self {
            Self::Everything => said.word("everything"),
            Self::Fields(fields) => fields.iter().fold(said.word("fields"), |said, field| said.word(field.as_str())),
        };
        said.fingerprint()
    }
}

/// What somebody wants done to a case.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Request<'a> {
    Complete { wait: u32, completion: &'a Completion },
    Claim { wait: u32 },
    Release { wait: u32 },
    Delegate { wait: u32, to: &'a PersonId },
    Hold { wait: u32, until: Instant, reason: &'a str },
    Resume { wait: u32 },
    Reassign { wait: u32, to: &'a RoleId, reason: &'a str },
    Withdraw { reason: &'a str },
    Comment { text: &'a str },
}

/// A request by the indices of its process, and the values in it that their fields do not admit.
pub(crate) struct Resolved {
    pub(crate) command: Command,
    pub(crate) invalid: Vec<(Called, ValueProblem)>,
}

impl From<Command> for Resolved {
    fn from(command: Command) -> Self {
        Self { command, invalid: Vec::new() }
    }
}

impl Request<'_> {
    /// Puts indices in the place of names.
    pub(crate) fn resolve(
        &self,
        process: &Process,
        state: &CaseState,
        people: &People,
        by: PersonIx,
    ) -> Result<Resolved, Refusal> {
        Ok(match *self {
            Request::Complete { wait, completion } => return complete(process, state, wait, by, completion),
            Request::Claim { wait } => Command::Claim { wait, by }.into(),
            Request::Release { wait } => Command::Release { wait, by }.into(),
            Request::Delegate { wait, to } => Command::Delegate { wait, by, to: find_person(people, to)? }.into(),
            Request::Hold { wait, until, reason } => Command::Hold { wait, by, until, reason: reason.into() }.into(),
            Request::Resume { wait } => Command::Resume { wait, by }.into(),
            Request::Reassign { wait, to, reason } => {
                let to = process.find_role(to).ok_or_else(|| {
                    let roles = process.roles().values();
                    let known = roles.map(|role| Called { id: role.id.to_string(), title: role.title.clone() });
                    unknown(Named::Role, to.as_str(), known.collect())
                })?;
                Command::Reassign { wait, by, to, reason: reason.into() }.into()
            }
            Request::Withdraw { reason } => Command::Withdraw { by, reason: reason.into() }.into(),
            Request::Comment { text } => Command::Comment { by, text: text.into() }.into(),
        })
    }

    /// The command in sixteen bytes, to tell another command under the same key (C2).
    pub(crate) fn fingerprint(&self, by: &PersonId) -> Fingerprint {
        let mut said = Said::new(by);
        match self {
            Request::Complete { wait, completion } => {
                said.word("complete").number(u64::from(*wait));
                said.word(completion.outcome.as_ref().map_or("", OutcomeId::as_str));
                said.number(completion.values.len() as u64);
                for (field, value) in &completion.values {
                    said.word(field.as_str()).json(value);
                }
                said.documents(&completion.documents).word(completion.note.as_deref().unwrap_or("\u{0}"));
            }
            Request::Claim { wait } => {
                said.word("claim").number(u64::from(*wait));
            }
            Request::Release { wait } => {
                said.word("release").number(u64::from(*wait));
            }
            Request::Delegate { wait, to } => {
                said.word("delegate").number(u64::from(*wait)).word(to.as_str());
            }
            Request::Hold { wait, until, reason } => {
                said.word("hold").number(u64::from(*wait)).word(reason);
                said.number(until.millis().cast_unsigned());
            }
            Request::Resume { wait } => {
                said.word("resume").number(u64::from(*wait));
            }
            Request::Reassign { wait, to, reason } => {
                said.word("reassign").number(u64::from(*wait)).word(to.as_str()).word(reason);
            }
            Request::Withdraw { reason } => {
                said.word("withdraw").word(reason);
            }
            Request::Comment { text } => {
                said.word("comment").word(text);
            }
        }
        said.fingerprint()
    }
}

impl Opening {
    /// Puts indices in the place of names.
    pub(crate) fn resolve(&self, process: &Process, by: PersonIx) -> Result<Command, Refusal> {
        let starts = || -> Vec<Called> {
            let starts = process.starts().values();
            starts.map(|start| Called { id: start.id.to_string(), title: start.title.clone() }).collect()
        };
        let start = match &self.start {
            Some(name) => process.find_start(name).ok_or_else(|| unknown(Named::Start, name.as_str(), starts()))?,
            None if process.starts().len() > 1 => return Err(Refusal::StartMissing { starts: starts() }),
            None => Position::at(0),
        };
        let documents = papers(process, &self.documents)?;
        Ok(Command::Start { start, by, subject: self.subject.as_str().into(), documents })
    }

    pub(crate) fn fingerprint(&self, process: &str, by: &PersonId) -> Fingerprint {
        let mut said = Said::new(by);
        said.word("start").word(process).word(self.start.as_ref().map_or("", StartId::as_str)).word(&self.subject);
        said.documents(&self.documents).number(self.case.map_or(0, |case| case.0));
        said.fingerprint()
    }
}

/// The number of a person, or the next one, which nobody has: whoever was never mentioned holds nothing.
///
/// # Errors
/// Where there is no number left.
pub(crate) fn find_person(people: &People, person: &PersonId) -> Result<PersonIx, Rejection> {
    let next = || PersonIx::from_number(u32::try_from(people.len()).ok()?.checked_add(1)?);
    people.find(person).or_else(next).ok_or(Rejection::UnknownPerson)
}

fn complete(
    process: &Process,
    state: &CaseState,
    wait: u32,
    by: PersonIx,
    given: &Completion,
) -> Result<Resolved, Refusal> {
    let Some(step) = state.wait(wait).and_then(|wait| process.steps().get(wait.step())) else {
        // Names of an outcome mean nothing without the step; what is over comes first.
        let command = Command::Complete {
            wait,
            by,
            outcome: OutcomeIx::at(0),
            values: Vec::new(),
            documents: Vec::new(),
            note: None,
        };
        return Ok(command.into());
    };
    let outcomes = || -> Vec<Called> {
        let outcomes = step.outcomes.iter();
        outcomes.map(|outcome| Called { id: outcome.id.to_string(), title: outcome.title.clone() }).collect()
    };
    let outcome = match &given.outcome {
        Some(name) => {
            let place = step.outcomes.iter().position(|outcome| outcome.id == *name);
            place.ok_or_else(|| unknown(Named::Outcome, name.as_str(), outcomes()))?
        }
        None if step.outcomes.len() > 1 => return Err(Refusal::OutcomeMissing { outcomes: outcomes() }),
        None => 0,
    };
    let mut values = Vec::with_capacity(given.values.len());
    let mut invalid = Vec::new();
    for (name, value) in &given.values {
        let (ix, field) = find_field(process, name)?;
        match field.ty.parse_json(value) {
            Ok(value) => values.push((ix, value)),
            Err(problem) => invalid.push((process.called_field(ix), problem)),
        }
    }
    let documents = papers(process, &given.documents)?;
    let note = given.note.as_deref().map(Into::into);
    let command = Command::Complete { wait, by, outcome: OutcomeIx::at(outcome), values, documents, note };
    Ok(Resolved { command, invalid })
}

/// A field by its name.
pub(crate) fn find_field<'p>(process: &'p Process, name: &FieldId) -> Result<(FieldIx, &'p Field), Refusal> {
    let found = process.find_field(name.as_str()).and_then(|ix| Some((ix, process.field(ix)?)));
    found.ok_or_else(|| {
        let known = process.fields().iter().map(|field| Called { id: field.id.clone(), title: field.title.clone() });
        unknown(Named::Field, name.as_str(), known.collect())
    })
}

fn papers(process: &Process, given: &BTreeMap<PaperId, String>) -> Result<Vec<(PaperIx, Box<str>)>, Refusal> {
    let found = given.iter().map(|(name, reference)| {
        let paper = process.find_paper(name).ok_or_else(|| {
            let papers = process.papers().values();
            let known = papers.map(|paper| Called { id: paper.id.to_string(), title: paper.title.clone() });
            unknown(Named::Paper, name.as_str(), known.collect())
        })?;
        Ok((paper, reference.as_str().into()))
    });
    found.collect()
}

fn unknown(what: Named, name: &str, known: Vec<Called>) -> Refusal {
    let suggestion = nearest(name, known.iter().map(|known| known.id.as_str())).map(str::to_owned);
    Refusal::UnknownName { what, name: name.to_owned(), suggestion, known }
}

/// Joins what was found before the decision to what the decision found, so that one refusal names it all (C1).
pub(crate) fn with_invalid(
    decided: Result<sop_core::case::Events, Rejection>,
    invalid: Vec<(Called, ValueProblem)>,
) -> Result<sop_core::case::Events, Rejection> {
    if invalid.is_empty() {
        return decided;
    }
    match decided {
        Ok(_) => Err(Rejection::Incomplete {
            papers: Vec::new(),
            fields: Vec::new(),
            invalid,
            unexpected: Vec::new(),
            unattachable: Vec::new(),
        }),
        Err(Rejection::Incomplete { papers, mut fields, invalid: more, unexpected, unattachable }) => {
            fields.retain(|field| !invalid.iter().any(|(given, _)| given == field));
            let invalid = invalid.into_iter().chain(more).collect();
            Err(Rejection::Incomplete { papers, fields, invalid, unexpected, unattachable })
        }
        // Which guard holds can't be known without the values that are wrong.
        Err(Rejection::Undecided { .. }) => with_invalid(Ok(sop_core::case::Events::new()), invalid),
        Err(other) => Err(other),
    }
}

/// Everything that a command says, each part with its length before it.
struct Said(Vec<u8>);

impl Said {
    fn new(by: &PersonId) -> Self {
        let mut said = Self(Vec::with_capacity(96));
        said.word(by.as_str());
        said
    }

    fn word(&mut self, word: &str) -> &mut Self {
        self.number(word.len() as u64);
        self.0.extend_from_slice(word.as_bytes());
        self
    }

    fn number(&mut self, number: u64) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn json(&mut self, value: &Json) -> &mut Self {
        match value {
            Json::String(text) => self.word("\"").word(text),
            // The keys of objects are sorted by serde_json's own map, or kept as given: either way the same host says
            // the same thing the same way.
            other => self.word(&other.to_string()),
        }
    }

    fn documents(&mut self, documents: &BTreeMap<PaperId, String>) -> &mut Self {
        self.number(documents.len() as u64);
        for (paper, reference) in documents {
            self.word(paper.as_str()).word(reference);
        }
        self
    }

    fn fingerprint(&self) -> Fingerprint {
        let mut first = [0; 16];
        for (byte, of_hash) in first.iter_mut().zip(Hash::of(&self.0).as_bytes()) {
            *byte = *of_hash;
        }
        Fingerprint(first)
    }
}
