//! Deciding a command on where everything stands, with the decisions before it in the same batch among that.

use std::sync::{Arc, PoisonError};

use sop_core::case::{Command, Events, PersonIx, Record, Rejection, decide, may_complete};
use sop_core::definition::{DefinitionId, PersonId};
use sop_core::diagnostic::suggest::nearest;
use sop_core::process::Process;
use sop_core::time::Instant;

use super::batch::{Decided, Settled};
use super::cases::{Case, Place};
use super::entries::said;
use super::inner::Inner;
use super::replay::Loaded;
use crate::act::{Ask, What};
use crate::answer::{Done, Refusal};
use crate::committed::Committed;
use crate::request::{Opening, Request, find_person, with_invalid};
use crate::store::{About, CaseId, Entry, Fingerprint, Key, KeyUse, ProcessNumber, Scope, StoreError};

/// The highest number of a case: the highest that every store can keep.
const MAX_CASE: u64 = i64::MAX as u64;

impl Inner {
    /// Decides a command, and stages what it leads to.
    ///
    /// # Errors
    /// What the store fails with when it is asked; the command leads to nothing then.
    pub(super) fn decide(&mut self, ask: Ask<'_>, now: Instant) -> Settled {
        let Ask { by, what, key } = ask;
        match what {
            What::Start { procedure, opening } => self.start(procedure, by, opening, key, now),
            What::On { case, request } => self.act(case, by, request, key, now),
        }
    }

    /// Opens a case.
    fn start(
        &mut self,
        process: &DefinitionId,
        by: &PersonId,
        opening: &Opening,
        key: Option<&Key>,
        now: Instant,
    ) -> Settled {
        let used = key.map(|key| KeyUse {
            scope: Scope::Store,
            key: key.clone(),
            command: opening.fingerprint(process.as_str(), by),
        });
        if let Some(decided) = self.repeated(used.as_ref())? {
            return Ok(decided);
        }
        let Some(&number) = self.books.latest.get(process) else {
            let known = || self.books.latest.keys();
            let similar = nearest(process.as_str(), known().map(DefinitionId::as_str));
            let suggestion = similar.and_then(|name| known().find(|known| known.as_str() == name)).cloned();
            return refused(Refusal::UnknownProcess { process: process.clone(), suggestion });
        };
        let case = match opening.case {
            Some(case) => case,
            None => CaseId(self.books.highest_case.saturating_add(1)),
        };
        // A host leaves room above its own numbers, so that counting on never runs out.
        let most = if opening.case.is_some() { MAX_CASE / 2 } else { MAX_CASE };
        if case.0 == 0 || case.0 > most {
            return refused(Refusal::CaseOutOfRange);
        }
        let is_known =
            self.books.cases.find(case).is_some() || (opening.case.is_some() && self.store.opening(case)?.is_some());
        if is_known {
            return refused(Rejection::AlreadyStarted);
        }
        let decided = {
            let books = &self.books;
            let Some(deployed) = books.deployed(number) else { return refused(Rejection::NotStarted) };
            let people = books.people();
            let Some(world) = books.world(deployed, &people) else { return refused(Rejection::NotStarted) };
            let resolved =
                find_person(&people, by).map_err(Refusal::from).and_then(|by| opening.resolve(&deployed.process, by));
            resolved.and_then(|command| {
                let state = Case::new(number).state;
                decide(&deployed.process, &world, &state, &command, now).map_err(Refusal::from)
            })
        };
        let events = match decided {
            Ok(events) => events,
            Err(refusal) => return refused(refusal),
        };
        // The number that the decision gave the person becomes theirs.
        self.books.people.write().unwrap_or_else(PoisonError::into_inner).intern(by);
        match self.stage(case, number, now, events, used) {
            Some(committed) => Ok(Decided::Accepted(committed)),
            None => refused(Rejection::NotStarted),
        }
    }

    /// Does what somebody wants done to a case.
    fn act(&mut self, id: CaseId, by: &PersonId, request: Request<'_>, key: Option<&Key>, now: Instant) -> Settled {
        let used = key.map(|key| KeyUse { scope: Scope::Case(id), key: key.clone(), command: request.fingerprint(by) });
        if let Some(decided) = self.repeated(used.as_ref())? {
            return Ok(decided);
        }
        let place = match self.have(id)? {
            Ok(place) => place,
            Err(refusal) => return refused(refusal),
        };
        match self.decide_request((id, place), by, request, now) {
            Ok((number, events)) => match self.stage_at((id, place), number, now, events, used) {
                Some(committed) => Ok(Decided::Accepted(committed)),
                None => refused(Refusal::UnknownCase { case: id }),
            },
            Err(refusal) => refused(refusal),
        }
    }

    /// Sees to it that a case is in memory, for this batch at least, and says where.
    pub(super) fn have(&mut self, id: CaseId) -> Result<Result<Place, Refusal>, StoreError> {
        if let Some(place) = self.books.cases.find(id) {
            return Ok(Ok(place));
        }
        let place = match self.books.load(&*self.store, id)? {
            // It stays until the batch is on record; what is over leaves again then.
            Loaded::Case(case) => self.books.cases.insert(id, case),
            Loaded::Archived(archive) => {
                return Ok(Err(Refusal::CaseIsArchived { case: id, archive: archive.into() }));
            }
            Loaded::Unknown => return Ok(Err(Refusal::UnknownCase { case: id })),
        };
        self.loaded(id);
        Ok(Ok(place))
    }

    /// Decides what a host wants done to a case in memory, in which no process has a say, and stages it.
    pub(super) fn act_for_host(
        &mut self,
        id: CaseId,
        by: &PersonId,
        used: Option<KeyUse>,
        now: Instant,
        command: impl FnOnce(&Process, PersonIx) -> Result<Command, Refusal>,
    ) -> Result<Arc<Committed>, Refusal> {
        let unknown = || Refusal::UnknownCase { case: id };
        let (number, events) = {
            let books = &self.books;
            let case = books.cases.get(id).ok_or_else(unknown)?;
            let deployed = books.deployed(case.process).ok_or_else(unknown)?;
            let people = books.people();
            let world = books.world(deployed, &people).ok_or_else(unknown)?;
            let command = command(&deployed.process, find_person(&people, by)?)?;
            (case.process, decide(&deployed.process, &world, &case.state, &command, now)?)
        };
        // Whoever does it need hold no post, and may be mentioned for the first time.
        self.books.people.write().unwrap_or_else(PoisonError::into_inner).intern(by);
        self.stage(id, number, now, events, used).ok_or_else(unknown)
    }

    fn decide_request(
        &self,
        (id, place): (CaseId, Place),
        by: &PersonId,
        request: Request<'_>,
        now: Instant,
    ) -> Result<(ProcessNumber, Events), Refusal> {
        let books = &self.books;
        let unknown = || Refusal::UnknownCase { case: id };
        let case = books.cases.at(place).ok_or_else(unknown)?;
        let deployed = books.deployed(case.process).ok_or_else(unknown)?;
        let people = books.people();
        let world = books.world(deployed, &people).ok_or_else(unknown)?;
        let by = find_person(&people, by)?;
        let resolved = request.resolve(&deployed.process, &case.state, &people, by).map_err(|refusal| {
            // Whoever may not act is told that, and not what the form asks for.
            let may = match request {
                Request::Complete { wait, .. } => may_complete(&deployed.process, &world, &case.state, wait, by, now),
                _ => Ok(()),
            };
            may.map_or_else(Refusal::from, |()| refusal)
        })?;
        let decided = decide(&deployed.process, &world, &case.state, &resolved.command, now);
        Ok((case.process, with_invalid(decided, resolved.invalid)?))
    }

    /// Decides a command on a case in memory.
    pub(super) fn decide_live(
        &self,
        id: CaseId,
        command: &Command,
        now: Instant,
    ) -> Option<(ProcessNumber, Result<Events, Rejection>)> {
        let books = &self.books;
        let case = books.cases.get(id)?;
        let deployed = books.deployed(case.process)?;
        let people = books.people();
        let world = books.world(deployed, &people)?;
        Some((case.process, decide(&deployed.process, &world, &case.state, command, now)))
    }

    /// The answer that a command got before under the same key (C2), also in this batch.
    pub(super) fn repeated(&self, used: Option<&KeyUse>) -> Result<Option<Decided>, StoreError> {
        let Some(KeyUse { scope, key, command }) = used else { return Ok(None) };
        let reused = || Decided::Refused(Refusal::KeyReused { key: key.clone() });
        if let Some((before, committed)) = self.staged.find_key(*scope, key) {
            let is_same = before.command == *command;
            return Ok(Some(if is_same { Decided::Accepted(committed.clone()) } else { reused() }));
        }
        let Some(entry) = self.store.find_key(*scope, key)? else { return Ok(None) };
        if !is_by(&entry, *command) {
            return Ok(Some(reused()));
        }
        if let Some(case) = entry.about.case()
            && said::<Record>(&entry)?.archived.is_some()
            && let Loaded::Archived(archive) = self.books.load(&*self.store, case)?
        {
            return Ok(Some(Decided::Refused(Refusal::CaseIsArchived { case, archive: archive.into() })));
        }
        Ok(Some(Decided::Again(done_again(&entry)?)))
    }
}

fn refused(refusal: impl Into<Refusal>) -> Settled {
    Ok(Decided::Refused(refusal.into()))
}

fn is_by(entry: &Entry, command: Fingerprint) -> bool {
    entry.key.as_ref().is_some_and(|used| used.command == command)
}

/// What an entry on record did.
fn done_again(entry: &Entry) -> Result<Done, StoreError> {
    let About::Case { case, version, .. } = entry.about else {
        return Err(StoreError::damaged(format!("entry {} of the log has a key and is about no case", entry.position)));
    };
    let record: Record = said(entry)?;
    Ok(Done::from_events(case, version, record.at, &record.events, |register| Some(register.clone())))
}
