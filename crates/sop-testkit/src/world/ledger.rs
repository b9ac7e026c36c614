//! What was sent, and what was answered: against this the record is held.

use std::collections::BTreeMap;

use sop_core::case::{Event, Named, Record};
use sop_core::definition::PersonId;
use sop_engine::store::{KeyUse, Scope, StoreError};
use sop_engine::{Act, Answer, CaseId, Done, Key};

use super::broken::{Invariant, What};

/// A command, with everything that was ever answered to it.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) by: PersonId,
    pub(super) act: Act,
    pub(super) key: Option<Key>,
    /// The first answer that it was done, and every later one is to be the same.
    pub(super) done: Option<Done>,
    refused: u32,
    /// The number of times that it was left open whether it was done.
    unsure: u32,
}

/// Everything that was sent.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    sent: Vec<Sent>,
    /// Which entry of which case each command led to.
    on_record: BTreeMap<usize, (CaseId, u32)>,
    pub(super) acknowledged: u64,
    /// How often commands were refused, and for what.
    pub(super) refusals: BTreeMap<&'static str, u64>,
    pub(super) left_open: u64,
}

impl Ledger {
    /// Notes a command before it is sent.
    pub(super) fn send(&mut self, by: PersonId, act: Act, key: Option<Key>) -> usize {
        self.sent.push(Sent { by, act, key, done: None, refused: 0, unsure: 0 });
        self.sent.len() - 1
    }

    pub(super) fn get(&self, number: usize) -> Option<&Sent> {
        self.sent.get(number)
    }

    pub(super) fn len(&self) -> usize {
        self.sent.len()
    }

    /// Everything that was acknowledged, with the entry that it is.
    pub(super) fn acknowledged(&self) -> impl Iterator<Item = (usize, &Sent, &Done)> {
        self.sent.iter().enumerate().filter_map(|(number, sent)| Some((number, sent, sent.done.as_ref()?)))
    }

    /// The entry that a command led to, as far as the record was looked at.
    pub(super) fn entry_of(&self, number: usize) -> Option<(CaseId, u32)> {
        self.on_record.get(&number).copied()
    }

    /// Forgets which entry is of which command: the record is looked at again from its beginning.
    pub(super) fn look_again(&mut self) {
        self.on_record.clear();
    }

    /// Takes in an answer.
    ///
    /// # Errors
    /// Where it is another than the one before (C2).
    pub(super) fn answer(&mut self, number: usize, answer: Answer) -> Result<(), What> {
        let Some(sent) = self.sent.get_mut(number) else { return Ok(()) };
        match (answer, &sent.done) {
            (Ok(Ok(done)), None) => {
                sent.done = Some(done);
                self.acknowledged += 1;
            }
            (Ok(Ok(done)), Some(before)) if *before == done => {}
            (Ok(Ok(done)), Some(before)) => {
                let what = format!("command {number} was answered {before:?}, and sent again {done:?}");
                return Err(What(Invariant::Twice, what));
            }
            (Ok(Err(refusal)), Some(before)) => {
                let what =
                    format!("command {number} was answered {before:?}, and sent again it was refused: {refusal}");
                return Err(What(Invariant::Lost, what));
            }
            (Ok(Err(refusal)), None) => {
                sent.refused += 1;
                *self.refusals.entry(refusal.kind()).or_default() += 1;
            }
            (Err(error), _) => {
                if !StoreError::is_busy(&error) {
                    sent.unsure += 1;
                    self.left_open += 1;
                }
            }
        }
        Ok(())
    }

    /// Finds the command that led to an entry.
    ///
    /// # Errors
    /// Where there is none that may have: it was never sent, it was only refused, or it is on record already.
    pub(super) fn attribute(
        &mut self,
        case: CaseId,
        version: u32,
        key: Option<&KeyUse>,
        record: &Record,
    ) -> Result<(), What> {
        let entry = (case, version);
        let is_it = |sent: &Sent| {
            let same_key = match (key, &sent.key) {
                (None, None) => true,
                (Some(used), Some(key)) => used.key == *key && used.scope == scope_of(&sent.act),
                _ => false,
            };
            same_key && sent.speaks_of(case, record)
        };
        let found = || self.sent.iter().enumerate().filter(|(_, sent)| is_it(sent));
        // What was acknowledged as this very entry comes before what may be it.
        let acknowledged =
            found().find(|(_, sent)| sent.done.as_ref().is_some_and(|done| (done.case, done.version) == entry));
        let open = || {
            found()
                .find(|(number, sent)| sent.done.is_none() && sent.unsure > 0 && !self.on_record.contains_key(number))
        };
        if let Some(number) = acknowledged.or_else(open).map(|(number, _)| number) {
            self.on_record.insert(number, entry);
            return Ok(());
        }
        let said = || record.events.iter().map(|event| format!("{event:?}")).collect::<Vec<_>>().join(", ");
        Err(match found().next() {
            Some((number, sent)) if sent.done.is_some() || self.on_record.contains_key(&number) => {
                let at = self.on_record.get(&number);
                let first = at.copied().or_else(|| sent.done.as_ref().map(|done| (done.case, done.version)));
                let what = format!("command {number} is on record as {first:?}, and again as {entry:?}: {}", said());
                What(Invariant::Twice, what)
            }
            Some((number, sent)) => {
                let what = format!(
                    "command {number} was refused {} times and nothing else, and is on record as {entry:?}: {}",
                    sent.refused,
                    said()
                );
                What(Invariant::Invented, what)
            }
            None => What(Invariant::Invented, format!("nobody sent what is on record as {entry:?}: {}", said())),
        })
    }
}

/// Within what the key of an act is unique.
pub(super) fn scope_of(act: &Act) -> Scope {
    match act {
        Act::Start { .. } => Scope::Store,
        Act::Complete { wait, .. }
        | Act::Claim { wait }
        | Act::Release { wait }
        | Act::Delegate { wait, .. }
        | Act::Hold { wait, .. }
        | Act::Resume { wait }
        | Act::Reassign { wait, .. } => Scope::Case(wait.case),
        Act::Withdraw { case, .. } | Act::Comment { case, .. } => Scope::Case(*case),
    }
}

/// Tells whether an event is something that a person did.
pub(super) fn is_done_by_a_person(event: &Event<Named>) -> bool {
    matches!(
        event,
        Event::Started { .. }
            | Event::Completed { .. }
            | Event::Claimed { .. }
            | Event::Released { .. }
            | Event::Delegated { .. }
            | Event::Held { .. }
            | Event::Resumed { by: Some(_), .. }
            | Event::Reassigned { .. }
            | Event::WithdrawnByRequester { .. }
            | Event::Commented { .. }
    )
}

impl Sent {
    /// Tells whether a record says that this was done.
    fn speaks_of(&self, case: CaseId, record: &Record) -> bool {
        if scope_of(&self.act) != Scope::Case(case) && !matches!(self.act, Act::Start { .. }) {
            return false;
        }
        let mine = self.by.as_str();
        record.events.iter().filter(|event| is_done_by_a_person(event)).any(|event| match (&self.act, event) {
            (Act::Start { procedure, opening }, Event::Started { requester, subject, .. }) => {
                *procedure == record.definition && requester.as_str() == mine && **subject == opening.subject
            }
            (Act::Complete { wait, completion }, Event::Completed { wait: of, by, note, outcome, .. }) => {
                wait.wait == *of
                    && by.person.as_str() == mine
                    && note.as_deref() == completion.note.as_deref()
                    && completion.outcome.as_ref().is_none_or(|picked| picked == outcome)
            }
            (Act::Claim { wait }, Event::Claimed { wait: of, by, .. }) => {
                wait.wait == *of && by.person.as_str() == mine
            }
            (Act::Release { wait }, Event::Released { wait: of, by }) => wait.wait == *of && by.as_str() == mine,
            (Act::Delegate { wait, to }, Event::Delegated { wait: of, by, to: whom }) => {
                wait.wait == *of && by.person.as_str() == mine && whom == to
            }
            (Act::Hold { wait, reason, .. }, Event::Held { wait: of, by, reason: why, .. }) => {
                wait.wait == *of && by.person.as_str() == mine && **why == **reason
            }
            (Act::Resume { wait }, Event::Resumed { wait: of, by: Some(by), .. }) => {
                wait.wait == *of && by.as_str() == mine
            }
            (Act::Reassign { wait, to, .. }, Event::Reassigned { wait: of, by, role, .. }) => {
                wait.wait == *of && by.person.as_str() == mine && role == to
            }
            (Act::Withdraw { reason, .. }, Event::WithdrawnByRequester { by, reason: why }) => {
                by.as_str() == mine && **why == **reason
            }
            (Act::Comment { text, .. }, Event::Commented { by, text: said }) => by.as_str() == mine && **said == **text,
            _ => false,
        })
    }
}
