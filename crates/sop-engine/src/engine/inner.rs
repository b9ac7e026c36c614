//! Decide, commit, apply: what happens while the engine is locked.

use std::collections::BTreeSet;
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};

use smallvec::SmallVec;
use sop_core::case::{Command, Events, Record, Rejection, Status, apply_all, decide, may_complete};
use sop_core::definition::{DefinitionId, PersonId};
use sop_core::diagnostic::suggest::nearest;
use sop_core::time::Instant;

use super::books::Books;
use super::cases::Case;
use super::entries::said;
use super::rows::Rows;
use crate::answer::{Done, Refusal};
use crate::committed::Committed;
use crate::request::{Opening, Request, find_person, with_invalid};
use crate::store::{
    About, Batch, Body, CaseId, Entry, Fingerprint, Key, KeyUse, NewEntry, Position, ProcessNumber, Scope, Store,
    StoreError,
};

/// What the engine's lock guards.
pub(crate) struct Inner {
    pub(crate) store: Box<dyn Store>,
    pub(crate) books: Books,
    pub(crate) subscribers: Vec<Sender<Arc<Committed>>>,
    /// At how long a log the next checkpoint is written.
    pub(super) checkpoint_at: Position,
    /// Cases whose state in memory went ahead of a commit that failed: read again before anything else.
    lost: BTreeSet<CaseId>,
    /// Whether the last commit failed in a way that leaves open whether it is on record: a connection may break after
    /// the store has written.
    unsure: bool,
    /// Until when the timer thread sleeps; none: nobody sleeps, or for ever.
    pub(crate) asleep: Option<Option<Instant>>,
    /// What stopped the timer thread's last attempt.
    pub(crate) timer_trouble: Option<String>,
}

/// Decisions that are committed together, already folded into the states in memory.
#[derive(Default)]
pub(crate) struct Staged {
    batch: Batch,
    committed: SmallVec<[Arc<Committed>; 1]>,
}

impl Staged {
    pub(super) fn is_empty(&self) -> bool {
        self.committed.is_empty()
    }
}

/// An answer, unless the store failed.
pub(crate) type Answer = Result<Result<Done, Refusal>, StoreError>;

/// After how many entries a checkpoint is written, at the least. Reading so many again takes a moment.
const CHECKPOINT_AFTER: u64 = 65_536;

/// After how many entries for each case in memory: a checkpoint says where all cases stand, and takes about as long for
/// each as a commit in memory. So the share of an entry in it stays under an eighth of that.
const CHECKPOINT_PER_CASE: u64 = 8;

/// The highest number of a case: the highest that every store can keep.
const MAX_CASE: u64 = i64::MAX as u64;

impl Inner {
    pub(crate) fn new(store: Box<dyn Store>, books: Books) -> Self {
        let (subscribers, lost) = (Vec::new(), BTreeSet::new());
        let (checkpoint_at, asleep, timer_trouble) = (Position::default(), None, None);
        let mut inner = Self { store, books, subscribers, checkpoint_at, lost, unsure: false, asleep, timer_trouble };
        inner.put_checkpoint_off(inner.books.reflected);
        inner
    }

    /// Writes a checkpoint if the log has grown enough since the last one. To be called between commands. It is a cache:
    /// where it cannot be written, nothing is lost, and it is tried again when the log has grown by as much again.
    pub(super) fn write_behind(&mut self) {
        if self.books.position >= self.checkpoint_at && self.checkpoint().is_err() {
            self.put_checkpoint_off(self.books.position);
        }
    }

    /// Writes a checkpoint, if it would say anything new.
    pub(super) fn checkpoint(&mut self) -> Result<(), StoreError> {
        self.recover()?;
        if self.books.position == self.books.reflected || self.store.is_read_only() {
            return Ok(());
        }
        if let Some(checkpoint) = self.books.checkpoint(&*self.store)? {
            self.store.save_checkpoint(checkpoint)?;
        }
        self.books.reflected = self.books.position;
        self.put_checkpoint_off(self.books.reflected);
        Ok(())
    }

    /// Writes a checkpoint at the end, if reading the rest of the log again would take longer.
    pub(super) fn close(&mut self) {
        let grown = self.books.position.0.saturating_sub(self.books.reflected.0);
        if grown >= self.books.cases.len() as u64 / CHECKPOINT_PER_CASE {
            // What is not written is read from the log.
            let _unwritten = self.checkpoint();
        }
    }

    fn put_checkpoint_off(&mut self, from: Position) {
        let cases = self.books.cases.len() as u64;
        self.checkpoint_at = Position(from.0.saturating_add(CHECKPOINT_AFTER.max(cases * CHECKPOINT_PER_CASE)));
    }

    /// Opens a case.
    pub(crate) fn start(
        &mut self,
        process: &DefinitionId,
        by: &PersonId,
        opening: &Opening,
        key: Option<&Key>,
        now: Instant,
    ) -> Answer {
        self.recover()?;
        let used = key.map(|key| KeyUse {
            scope: Scope::Store,
            key: key.clone(),
            command: opening.fingerprint(process.as_str(), by),
        });
        if let Some(answer) = self.repeated(used.as_ref())? {
            return Ok(answer);
        }
        let Some(&number) = self.books.latest.get(process) else {
            let known = || self.books.latest.keys();
            let similar = nearest(process.as_str(), known().map(DefinitionId::as_str));
            let suggestion = similar.and_then(|name| known().find(|known| known.as_str() == name)).cloned();
            return Ok(Err(Refusal::UnknownProcess { process: process.clone(), suggestion }));
        };
        let case = match opening.case {
            Some(case) => case,
            None => CaseId(self.books.highest_case.saturating_add(1)),
        };
        // A host leaves room above its own numbers, so that counting on never runs out.
        let most = if opening.case.is_some() { MAX_CASE / 2 } else { MAX_CASE };
        if case.0 == 0 || case.0 > most {
            return Ok(Err(Refusal::CaseOutOfRange));
        }
        let is_known =
            self.books.cases.find(case).is_some() || (opening.case.is_some() && self.store.opening(case)?.is_some());
        if is_known {
            return Ok(Err(Rejection::AlreadyStarted.into()));
        }
        let decided = {
            let books = &self.books;
            let Some(deployed) = books.deployed(number) else { return Ok(Err(Rejection::NotStarted.into())) };
            let people = books.people();
            let Some(world) = books.world(deployed, &people) else { return Ok(Err(Rejection::NotStarted.into())) };
            let resolved =
                find_person(&people, by).map_err(Refusal::from).and_then(|by| opening.resolve(&deployed.process, by));
            resolved.and_then(|command| {
                let state = Case::new(number).state;
                decide(&deployed.process, &world, &state, &command, now).map_err(Refusal::from)
            })
        };
        let events = match decided {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // The number that the decision gave the person becomes theirs.
        self.books.people.write().unwrap_or_else(PoisonError::into_inner).intern(by);
        let mut staged = Staged::default();
        let Some(committed) = self.stage(&mut staged, case, number, now, events, used) else {
            return Ok(Err(Rejection::NotStarted.into()));
        };
        self.flush(staged)?;
        Ok(Ok(committed.done()))
    }

    /// Does what somebody wants done to a case.
    pub(crate) fn act(
        &mut self,
        id: CaseId,
        by: &PersonId,
        request: Request<'_>,
        key: Option<&Key>,
        now: Instant,
    ) -> Answer {
        self.recover()?;
        let used = key.map(|key| KeyUse { scope: Scope::Case(id), key: key.clone(), command: request.fingerprint(by) });
        if let Some(answer) = self.repeated(used.as_ref())? {
            return Ok(answer);
        }
        if self.books.cases.find(id).is_none() {
            match self.books.load(&*self.store, id)? {
                // It stays until it has been answered; what is over leaves again with the commit.
                Some(case) => self.books.cases.insert(id, case),
                None => return Ok(Err(Refusal::UnknownCase { case: id })),
            };
        }
        let decided = self.decide_request(id, by, request, now);
        let answer = match decided {
            Ok((number, events)) => {
                let mut staged = Staged::default();
                let committed = self.stage(&mut staged, id, number, now, events, used);
                self.flush(staged)?;
                committed.map(|committed| committed.done()).ok_or(Refusal::UnknownCase { case: id })
            }
            Err(refusal) => Err(refusal),
        };
        self.forget(id);
        Ok(answer)
    }

    fn decide_request(
        &self,
        id: CaseId,
        by: &PersonId,
        request: Request<'_>,
        now: Instant,
    ) -> Result<(ProcessNumber, Events), Refusal> {
        let books = &self.books;
        let unknown = || Refusal::UnknownCase { case: id };
        let case = books.cases.get(id).ok_or_else(unknown)?;
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

    /// Does everything that is due by now, up to a thousand cases in one commit.
    pub(crate) fn advance(&mut self, now: Instant) -> Result<u64, StoreError> {
        const CASES_AT_ONCE: usize = 1000;
        self.recover()?;
        self.settle(now)?;
        let mut entries = 0;
        loop {
            let alarms = self.store.due(now, CASES_AT_ONCE)?;
            let mut staged = Staged::default();
            for alarm in &alarms {
                if let Some((process, Ok(events))) = self.decide_live(alarm.case, &Command::Advance, now)
                    && !events.is_empty()
                {
                    self.stage(&mut staged, alarm.case, process, now, events, None);
                    entries += 1;
                }
            }
            // An alarm that nothing comes of would be found again and again.
            if staged.is_empty() {
                return Ok(entries);
            }
            self.flush(staged)?;
        }
    }

    /// Folds a decision into the state in memory, and adds it to what is committed next.
    pub(super) fn stage(
        &mut self,
        staged: &mut Staged,
        id: CaseId,
        number: ProcessNumber,
        now: Instant,
        events: Events,
        key: Option<KeyUse>,
    ) -> Option<Arc<Committed>> {
        let place = match self.books.cases.find(id) {
            Some(place) => place,
            None => self.books.cases.insert(id, Case::new(number)),
        };
        let before = Rows::at(&self.books, id, place)?;
        let case = self.books.cases.at_mut(place)?;
        apply_all(&mut case.state, &events);
        case.version += 1;
        let version = case.version;
        before.change_to(&Rows::at(&self.books, id, place)?, &mut staged.batch.changes);
        let process = self.books.deployed(number)?.process.clone();
        let committed =
            Arc::new(Committed { people: Arc::clone(&self.books.people), case: id, version, at: now, events, process });
        self.books.confirm_numbers(&committed.process, &committed.events);
        let about = About::Case { case: id, version, process: number };
        staged.batch.entries.push(NewEntry { about, key, body: Body::from_committed(Arc::clone(&committed)) });
        staged.committed.push(Arc::clone(&committed));
        Some(committed)
    }

    /// Commits what is staged, and tells who listens.
    pub(super) fn flush(&mut self, staged: Staged) -> Result<(), StoreError> {
        let Staged { mut batch, committed } = staged;
        batch.after = Some(self.books.position);
        let last = match self.store.append(batch) {
            Ok(last) => last,
            Err(error) => {
                self.lost.extend(committed.iter().map(|committed| committed.case));
                self.books.recount_registers();
                self.unsure = true;
                return Err(error);
            }
        };
        let first = Position(last.0.saturating_sub(committed.len() as u64));
        self.books.position = last;
        for (entry, place) in committed.iter().zip(1..) {
            self.books.last = self.books.last.max(entry.at);
            self.books.highest_case = self.books.highest_case.max(entry.case.0);
            self.books.enter_numbers(&entry.process, &entry.events, Position(first.0 + place));
            self.forget(entry.case);
        }
        self.tell(&committed);
        Ok(())
    }

    fn tell(&mut self, committed: &[Arc<Committed>]) {
        if self.subscribers.is_empty() {
            return;
        }
        for entry in committed {
            self.subscribers.retain(|subscriber| subscriber.send(Arc::clone(entry)).is_ok());
        }
    }

    /// Lets go of a case that is over.
    fn forget(&mut self, id: CaseId) {
        if self.books.cases.get(id).is_some_and(|case| !case.is_live()) {
            self.books.cases.remove(id);
        }
    }

    /// Reads again what went ahead of a commit that failed.
    pub(crate) fn recover(&mut self) -> Result<(), StoreError> {
        while let Some(&id) = self.lost.first() {
            match self.books.load(&*self.store, id)? {
                Some(case) if case.is_live() => {
                    self.books.cases.insert(id, case);
                }
                _ => {
                    self.books.cases.remove(id);
                }
            }
            self.lost.remove(&id);
        }
        if self.unsure {
            self.books.catch_up(&mut *self.store)?;
            self.unsure = false;
        }
        Ok(())
    }

    /// The answer that a command got before under the same key (C2).
    fn repeated(&self, used: Option<&KeyUse>) -> Result<Option<Result<Done, Refusal>>, StoreError> {
        let Some(KeyUse { scope, key, command }) = used else { return Ok(None) };
        let Some(entry) = self.store.find_key(*scope, key)? else { return Ok(None) };
        Ok(Some(if is_by(&entry, *command) {
            Ok(done_again(&entry)?)
        } else {
            Err(Refusal::KeyReused { key: key.clone() })
        }))
    }

    /// The cases that stand still.
    pub(crate) fn faulted(&self) -> Vec<CaseId> {
        self.books.cases.ids(|case| case.state.status() == Status::Faulted)
    }
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
