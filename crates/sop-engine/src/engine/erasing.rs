//! Erasing what is personal in a case that is over.

use std::sync::Arc;

use sop_core::case::{Command, Personal, Record};
use sop_core::definition::{FieldId, PersonId};
use sop_core::process::Process;
use sop_core::time::Instant;

use super::batch::{Decided, Settled};
use super::entries::said;
use super::inner::Inner;
use crate::request::{Erasure, find_field};
use crate::store::{Body, CaseId, Entry, Key, KeyUse, Position, Rewritten, Scope, StoreError};

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
        let settled = self.less_of(id, erasure).map(|rewritten| {
            let erased = self.act_for_host(id, by, used, now, |process, by| {
                let (fields, texts) = (erasure.fields(process), *erasure == Erasure::Everything);
                let fields = fields.iter().map(|field| find_field(process, field).map(|(ix, _)| ix));
                Ok(Command::Erase { by, fields: fields.collect::<Result<_, _>>()?, texts, reason: reason.into() })
            });
            match erased {
                Ok(committed) => {
                    self.rewrite(rewritten);
                    Decided::Accepted(committed)
                }
                Err(refusal) => Decided::Refused(refusal),
            }
        });
        let is_erased = matches!(settled, Ok(Decided::Accepted(_)));
        if is_erased {
            // Also where the store fails: it may have been written. Nobody is to make a salt again that was thrown away.
            self.salts = Arc::new(self.salts.next());
            self.books.reflected = Position::default();
        }
        // What was loaded is let go of, also where nothing is to be committed.
        self.flush()?;
        if is_erased {
            tracing::info!(target: "sop_engine::erasure", case = %id, "personal data is erased");
            // In the place of the one that the store has dropped.
            if let Err(error) = self.checkpoint() {
                tracing::warn!(target: "sop_engine::erasure", %error, "no checkpoint could be kept; opening takes longer");
            }
        }
        settled
    }

    /// What the entries of a case say from now on.
    fn less_of(&self, id: CaseId, erasure: &Erasure) -> Result<Vec<Rewritten>, StoreError> {
        let history = self.store.history(id)?;
        history.iter().filter_map(|entry| less(entry, erasure).transpose()).collect()
    }
}

impl Erasure {
    /// The fields that it is about in a process.
    fn fields(&self, process: &Process) -> Vec<FieldId> {
        match self {
            Self::Everything => process.fields().iter().filter_map(|field| FieldId::new(&field.id).ok()).collect(),
            Self::Fields(fields) => fields.clone(),
        }
    }

    fn holds(&self, personal: Personal<'_>) -> bool {
        match (self, personal) {
            (Self::Everything, _) => true,
            (Self::Fields(fields), Personal::Field(field)) => fields.contains(field),
            (Self::Fields(_), Personal::Text) => false,
        }
    }
}

/// What an entry says without what is to be erased; none where it says nothing of that.
fn less(entry: &Entry, erasure: &Erasure) -> Result<Option<Rewritten>, StoreError> {
    let at = entry.position;
    let damaged = |why: String| StoreError::damaged(format!("entry {at} of the log cannot be read: {why}"));
    let mut record: Record = said(entry)?;
    let erased = record.erase(|personal| erasure.holds(personal)).map_err(|error| damaged(error.to_string()))?;
    // A command can have said more than came to be on record.
    let forgets_all = *erasure == Erasure::Everything && entry.key.is_some();
    if erased == 0 && !forgets_all {
        return Ok(None);
    }
    let json = serde_json::to_vec(&record).map_err(|error| damaged(error.to_string()))?;
    Ok(Some(Rewritten { at, body: Body::from_json(json), forgets_command: true }))
}
