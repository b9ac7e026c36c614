//! Erasing what is personal in a case that is over.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use sop_core::case::{Command, Personal, Record, Rejection, decide};
use sop_core::definition::{FieldId, PersonId};
use sop_core::time::Instant;

use super::batch::{Decided, Settled};
use super::entries::said;
use super::inner::Inner;
use crate::answer::Refusal;
use crate::request::{Erasure, find_field, find_person};
use crate::store::{Body, CaseId, Entry, Key, KeyUse, Position, Rewritten, Scope, StoreError};

/// What an erasure comes to in a process.
struct Chosen {
    fields: BTreeSet<FieldId>,
    /// Whether everything goes: what people wrote, and what commands are known by.
    texts: bool,
}

impl Chosen {
    fn holds(&self, personal: Personal<'_>) -> bool {
        match personal {
            Personal::Field(field) => self.fields.contains(field),
            Personal::Text => self.texts,
        }
    }
}

impl Inner {
    /// Erases, and commits what shows it, in one go.
    pub(super) fn erase(
        &mut self,
        id: CaseId,
        by: &PersonId,
        (erasure, reason): (&Erasure, &str),
        key: Option<&Key>,
        now: Instant,
    ) -> Settled {
        self.recover()?;
        let command = erasure.fingerprint(by, reason);
        let used = key.map(|key| KeyUse { scope: Scope::Case(id), key: key.clone(), command });
        if let Some(decided) = self.repeated(used.as_ref())? {
            return Ok(decided);
        }
        if let Err(refusal) = self.have(id)? {
            return Ok(Decided::Refused(refusal));
        }
        let settled = self.erase_loaded(id, by, (erasure, reason), used, now);
        // What was loaded is let go of, also where nothing is to be committed.
        let erased = matches!(settled, Ok(Decided::Accepted(_)));
        self.flush()?;
        if erased {
            self.forget_secrets(id);
        }
        settled
    }

    fn erase_loaded(
        &mut self,
        id: CaseId,
        by: &PersonId,
        (erasure, reason): (&Erasure, &str),
        used: Option<KeyUse>,
        now: Instant,
    ) -> Settled {
        let refused = |refusal: Refusal| Ok(Decided::Refused(refusal));
        let unknown = Refusal::UnknownCase { case: id };
        let decided = {
            let books = &self.books;
            let Some(case) = books.cases.get(id) else { return refused(unknown) };
            let Some(deployed) = books.deployed(case.process) else { return refused(unknown) };
            let people = books.people();
            let Some(world) = books.world(deployed, &people) else { return refused(unknown) };
            let process = &deployed.process;
            let (named, texts) = match erasure {
                Erasure::Everything => (None, true),
                Erasure::Fields(fields) => (Some(fields), false),
            };
            let all = || process.fields().iter().filter_map(|field| FieldId::new(&field.id).ok());
            let ids: BTreeSet<FieldId> = named.map_or_else(|| all().collect(), |named| named.iter().cloned().collect());
            let fields = ids.iter().map(|field| find_field(process, field).map(|(ix, _)| ix));
            let fields = fields.collect::<Result<Vec<_>, _>>();
            let events = find_person(&people, by).map_err(Refusal::from).and_then(|by| {
                let command = Command::Erase { by, fields: fields?, texts, reason: reason.into() };
                decide(process, &world, &case.state, &command, now).map_err(Refusal::from)
            });
            events.map(|events| (case.process, events, Chosen { fields: ids, texts }))
        };
        let (number, events, chosen) = match decided {
            Ok(decided) => decided,
            Err(refusal) => return refused(refusal),
        };
        let history = self.store.history(id)?;
        let rewritten = history.iter().map(|entry| rewritten(entry, &chosen));
        let rewritten: Vec<_> = rewritten.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        // Whoever erases need hold no post, and may be mentioned for the first time.
        self.books.people.write().unwrap_or_else(PoisonError::into_inner).intern(by);
        match self.stage(id, number, now, events, used) {
            Some(committed) => {
                self.rewrite(rewritten);
                Ok(Decided::Accepted(committed))
            }
            None => refused(Rejection::NotStarted.into()),
        }
    }

    /// Forgets what the salts that were thrown away could be made from again, and keeps a checkpoint without what was
    /// erased in the place of the one that the store has dropped.
    fn forget_secrets(&mut self, case: CaseId) {
        self.salts = Arc::new(self.salts.next());
        self.books.reflected = Position::default();
        if let Err(error) = self.checkpoint() {
            tracing::warn!(target: "sop_engine::erasure", %error, "no checkpoint could be kept; opening takes longer");
        }
        tracing::info!(target: "sop_engine::erasure", %case, "personal data is erased");
    }
}

/// What an entry says without what is to be erased; none where it says nothing of that.
fn rewritten(entry: &Entry, chosen: &Chosen) -> Result<Option<Rewritten>, StoreError> {
    let at = entry.position;
    let damaged = |why: String| StoreError::damaged(format!("entry {at} of the log cannot be read: {why}"));
    let mut record: Record = said(entry)?;
    let erased = record.erase(|personal| chosen.holds(personal)).map_err(|error| damaged(error.to_string()))?;
    // A command can have said more than came to be on record.
    if erased == 0 && !(chosen.texts && entry.key.is_some()) {
        return Ok(None);
    }
    let json = serde_json::to_vec(&record).map_err(|error| damaged(error.to_string()))?;
    Ok(Some(Rewritten { at, body: Body::from_json(json), forgets_command: true }))
}
