//! What a child says through its pipe: what it is about to ask of the engine, and what it was answered.
//!
//! One line of JSON each, written with one call of the system, so that a line is in the pipe whole or, where the child is
//! killed in the middle of it, without its end. What is in the pipe outlives the child.

use serde::{Deserialize, Serialize};
use sop_engine::core::case::Status;
use sop_engine::core::definition::{DefinitionId, FieldId, OutcomeId, PersonId, RoleId};
use sop_engine::core::time::Instant;
use sop_engine::{Act, Answer, CaseId, Completion, Done, Engine, Key, Opening, WaitRef};

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Line {
    /// The store is open and the load begins.
    Ready,
    /// This will be asked now, for the first time.
    Intends(Intention),
    /// This will be asked once more.
    Again(String),
    /// This was answered.
    Answered(String, Answered),
    /// The engine was closed.
    Closed,
}

/// A command with the name by which it is known, which is its idempotency key too if it has one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Intention {
    pub(crate) token: String,
    /// Tells whether the token is its key. Where it has none, the token is in what it says.
    pub(crate) keyed: bool,
    pub(crate) by: PersonId,
    pub(crate) wish: Wish,
}

/// What is wanted: an [`Act`] in a form that can be written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Wish {
    Start { subject: String },
    Complete { wait: WaitRef, outcome: Option<OutcomeId>, unit: Option<String>, note: Option<String> },
    Claim { wait: WaitRef },
    Release { wait: WaitRef },
    Delegate { wait: WaitRef, to: PersonId },
    Hold { wait: WaitRef, until: Instant, reason: String },
    Resume { wait: WaitRef },
    Reassign { wait: WaitRef, to: RoleId, reason: String },
    Withdraw { case: CaseId, reason: String },
    Comment { case: CaseId, text: String },
}

impl Intention {
    /// The command.
    pub(crate) fn act(&self, procedure: &DefinitionId) -> Act {
        match self.wish.clone() {
            Wish::Start { subject } => Act::Start { procedure: procedure.clone(), opening: Opening::about(subject) },
            Wish::Complete { wait, outcome, unit, note } => {
                let mut completion = Completion { outcome, note, ..Completion::default() };
                if let (Some(unit), Ok(field)) = (unit, FieldId::new("bagian")) {
                    completion = completion.set(field, unit);
                }
                Act::Complete { wait, completion }
            }
            Wish::Claim { wait } => Act::Claim { wait },
            Wish::Release { wait } => Act::Release { wait },
            Wish::Delegate { wait, to } => Act::Delegate { wait, to },
            Wish::Hold { wait, until, reason } => Act::Hold { wait, until, reason },
            Wish::Resume { wait } => Act::Resume { wait },
            Wish::Reassign { wait, to, reason } => Act::Reassign { wait, to, reason },
            Wish::Withdraw { case, reason } => Act::Withdraw { case, reason },
            Wish::Comment { case, text } => Act::Comment { case, text },
        }
    }

    /// Asks it in the caller's thread, and waits for the answer.
    pub(crate) fn ask(&self, engine: &Engine, procedure: &DefinitionId) -> Answer {
        engine.perform(&self.by, &self.act(procedure), self.key().as_ref())
    }

    /// Its key, if it has one.
    pub(crate) fn key(&self) -> Option<Key> {
        self.keyed.then(|| Key::new(self.token.as_str()).ok()).flatten()
    }

    /// The case that it is about; none: one that is to be opened.
    pub(crate) fn case(&self) -> Option<CaseId> {
        match &self.wish {
            Wish::Start { .. } => None,
            Wish::Withdraw { case, .. } | Wish::Comment { case, .. } => Some(*case),
            Wish::Complete { wait, .. }
            | Wish::Claim { wait }
            | Wish::Release { wait }
            | Wish::Delegate { wait, .. }
            | Wish::Hold { wait, .. }
            | Wish::Resume { wait }
            | Wish::Reassign { wait, .. } => Some(wait.case),
        }
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Answered {
    /// It was accepted and is on record: that is what is held against the store.
    Done(Told),
    /// It was refused, and nothing was written.
    Refused(String),
    /// The store failed: it may be on record or not.
    Failed(String),
}

/// What an accepted command did: all of a [`Done`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) case: CaseId,
    pub(crate) version: u32,
    pub(crate) at: Instant,
    pub(crate) opened: Vec<WaitRef>,
    pub(crate) numbers: Vec<(String, String)>,
    pub(crate) ended: Option<String>,
}

impl From<Done> for Told {
    fn from(done: Done) -> Self {
        let numbers = done.numbers.into_iter().map(|given| (given.register.to_string(), given.text));
        Self {
            case: done.case,
            version: done.version,
            at: done.at,
            opened: done.opened,
            numbers: numbers.collect(),
            ended: done.ended.map(ended),
        }
    }
}

/// How an end is written down.
pub(crate) fn ended(status: Status) -> String {
    format!("{status:?}")
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Self {
        match answer {
            Ok(Ok(done)) => Self::Done(done.into()),
            Ok(Err(refusal)) => Self::Refused(format!("{refusal:?}")),
            Err(error) => Self::Failed(format!("{error:?}")),
        }
    }
}
