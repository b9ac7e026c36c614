//! What is committed together: decided in order, each on the state that its predecessors left, and on record all of it
//! or nothing.
//!
//! The states in memory go ahead of the commit, and so do the registers and the numbers of cases: that is what makes a
//! decision see its predecessors. Nobody else sees them so, since the lock is held until the commit has succeeded, or
//! until what went ahead was read again.

use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};

use sop_core::case::{CaseState, Event, Events, apply_all};
use sop_core::process::Process;
use sop_core::time::Instant;

use super::Answer;
use super::cases::{Case, Place};
use super::inner::Inner;
use super::intake::Waiting;
use super::rows::Rows;
use super::scribe;
use super::ticket::Waits;
use crate::act::Ask;
use crate::answer::{Done, Refusal};
use crate::committed::{Committed, Covers};
use crate::store::{Batch, Body, CaseId, KeyUse, Position, ProcessNumber, Rewritten, StoreError};
use crate::watch::{Counted, Fired, effect_of};

/// What has become of a command, once the commit that it rests on has succeeded.
#[derive(Debug)]
pub(crate) enum Decided {
    /// It is on record.
    Accepted(Arc<Committed>),
    /// It was before, under the same key (C2).
    Again(Done),
    /// Nothing was written (C1).
    Refused(Refusal),
}

/// The same, unless the store failed.
pub(crate) type Settled = Result<Decided, StoreError>;

/// What is left to do for commands that are answered, when the engine is in nobody's hands any more.
#[derive(Debug, Default)]
pub(super) struct Answered {
    /// As what they are counted.
    pub(super) counted: Vec<Counted>,
    /// Who waits and is to be woken: all but the first. Who commits next is not to wait for as many calls.
    pub(super) waits: Vec<Waits>,
    /// Tells whether the first was woken.
    is_told: bool,
}

impl Answered {
    fn expect(&mut self, commands: usize) {
        self.counted.reserve(commands);
    }

    /// Lays an answer down.
    pub(super) fn answer(&mut self, waiting: &mut Waiting, settled: Settled) {
        self.counted.push(Counted::of(waiting.ask().what, &settled));
        self.waits.extend(waiting.reply.settle(settled));
    }

    /// Wakes the first who waits.
    fn tell_first(&mut self) {
        if !self.is_told && !self.waits.is_empty() {
            self.is_told = true;
            self.waits.clear();
        }
    }
}

/// As a host is told. Left to the one who waits, since it takes time that the one who commits need not spend.
pub(super) fn into_answer(settled: Settled) -> Answer {
    settled.map(|decided| match decided {
        Decided::Accepted(committed) => Ok(committed.done()),
        Decided::Again(done) => Ok(done),
        Decided::Refused(refusal) => Err(refusal),
    })
}

impl Inner {
    /// Decides a command and commits what it leads to.
    pub(super) fn alone(&mut self, ask: Ask<'_>, now: Instant) -> Settled {
        self.recover()?;
        let settled = self.decide(ask, now);
        self.flush()?;
        settled
    }

    /// Decides commands in order, commits what they lead to, and answers them. Whoever comes while others are decided
    /// joins them: that makes the batch larger without anybody waiting for company.
    ///
    /// Where the commit fails, nobody is answered, and all are to be told so: also those that were refused, since what
    /// they were refused for may not have happened.
    pub(super) fn together(
        &mut self,
        batch: &mut Vec<Waiting>,
        join: impl Fn(&mut Vec<Waiting>),
        answered: &mut Answered,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.recover()?;
        let mut settled: Vec<Settled> = Vec::with_capacity(batch.len());
        while settled.len() < batch.len() {
            self.staged.expect(batch.len() - settled.len());
            settled.extend(batch.iter().skip(settled.len()).map(|waiting| self.decide(waiting.ask(), now)));
            join(batch);
        }
        answered.expect(batch.len());
        self.flush_and_tell(&mut || {
            for (waiting, settled) in batch.iter_mut().zip(settled.drain(..)) {
                answered.answer(waiting, settled);
                // Waking up takes a while, in which the others' answers are laid down and the books are kept.
                answered.tell_first();
            }
            batch.clear();
        })
    }

    /// Folds a decision into the state in memory, and adds it to what is committed next.
    pub(super) fn stage(
        &mut self,
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
        self.stage_at((id, place), number, now, events, key)
    }

    /// The same for a case of which it is known where it lies.
    pub(super) fn stage_at(
        &mut self,
        (id, place): (CaseId, Place),
        number: ProcessNumber,
        now: Instant,
        events: Events,
        key: Option<KeyUse>,
    ) -> Option<Arc<Committed>> {
        let process = self.books.deployed(number)?.process.clone();
        let people = Arc::clone(&self.books.people);
        let known = people.read().unwrap_or_else(PoisonError::into_inner);
        let before = Rows::at(&self.books, &known, id, place)?;
        let case = self.books.cases.at_mut(place)?;
        self.staged.fired.extend(fired(&process, &case.state, &events, now));
        apply_all(&mut case.state, &events);
        case.version += 1;
        let version = case.version;
        if !case.is_live() {
            self.staged.over.push(id);
        }
        before.change_to(&Rows::at(&self.books, &known, id, place)?, &mut self.staged.batch.changes);
        drop(known);
        let is_personal = events.iter().any(Event::is_personal);
        let covers = if is_personal { Covers::Made(Arc::clone(&self.salts)) } else { Covers::None };
        let committed = Arc::new(Committed { people, case: id, version, at: now, covers, events, process });
        self.books.confirm_numbers(&committed.process, &committed.events);
        self.staged.highest_case.get_or_insert(self.books.highest_case);
        self.books.highest_case = self.books.highest_case.max(id.0);
        let body = match &mut self.scribe {
            Some(scribe) if self.staged.committed.len() >= scribe::FROM => scribe.body(Arc::clone(&committed)),
            _ => Body::from_committed(Arc::clone(&committed)),
        };
        self.staged.push(Arc::clone(&committed), number, key, body);
        Some(committed)
    }

    /// Has entries say less from when the batch is committed.
    pub(super) fn rewrite(&mut self, rewritten: Vec<Rewritten>) {
        self.staged.batch.rewritten = rewritten;
    }

    /// Notes that a case is in memory for this batch alone.
    pub(super) fn loaded(&mut self, id: CaseId) {
        self.staged.loaded.push(id);
    }

    /// Commits what is staged, and tells who listens.
    ///
    /// # Errors
    /// What the store fails with. What went ahead in memory is read again then, before anything else is done.
    pub(super) fn flush(&mut self) -> Result<(), StoreError> {
        self.flush_and_tell(&mut || ())
    }

    /// The same, and says once that it is committed: as soon as it is, before the books are kept.
    ///
    /// # Errors
    /// As for [`flush`](Self::flush).
    fn flush_and_tell(&mut self, committed: &mut dyn FnMut()) -> Result<(), StoreError> {
        if self.staged.is_empty() {
            committed();
            self.let_go();
            return Ok(());
        }
        if let Some(scribe) = &mut self.scribe {
            scribe.hand_over();
        }
        let mut batch = std::mem::take(&mut self.staged.batch);
        batch.after = Some(self.books.position);
        // Also where it fails: it may have been written.
        self.rewrites += u64::from(!batch.rewritten.is_empty());
        let (began, entries) = (self.meters.commit_begins(), batch.entries.len());
        let before = self.books.position;
        let Self { store, staged, subscribers, told, .. } = self;
        // Who listens first: whoever has an answer is to find it among what they heard.
        let appended = store.append_and_tell(batch, &mut || {
            tell(subscribers, &staged.committed);
            // They are not told again, whatever the store does from here on.
            *told = Some(Position(before.0 + staged.committed.len() as u64));
            committed();
        });
        self.meters.commit(began, entries, appended.as_ref().err());
        let last = match appended {
            Ok(last) => last,
            Err(error) => {
                // Read again by whoever comes next, before they look at anything.
                self.give_up();
                return Err(error);
            }
        };
        let committed = std::mem::take(&mut self.staged.committed);
        let first = Position(last.0.saturating_sub(committed.len() as u64));
        self.books.position = last;
        self.told = None;
        for (entry, place) in committed.iter().zip(1..) {
            self.books.last = self.books.last.max(entry.at);
            self.books.enter_numbers(&entry.process, &entry.events, Position(first.0 + place));
        }
        for id in std::mem::take(&mut self.staged.over) {
            self.forget(id);
        }
        for fired in std::mem::take(&mut self.staged.fired) {
            self.meters.rung(&fired);
        }
        self.let_go();
        Ok(())
    }

    /// Lets go of what was needed for this batch alone.
    fn let_go(&mut self) {
        self.staged.fired.clear();
        self.staged.over.clear();
        self.staged.keys.clear();
        self.staged.highest_case = None;
        for id in std::mem::take(&mut self.staged.loaded) {
            self.forget(id);
        }
    }

    /// Notes what went ahead of a commit that failed, and takes numbers back.
    pub(super) fn give_up(&mut self) {
        self.staged.batch = Batch::default();
        let committed = std::mem::take(&mut self.staged.committed);
        for entry in &committed {
            self.lost.insert(entry.case);
            // Nobody is to see a case that is not on record, also where the store cannot be read just now.
            if entry.version == 1 {
                self.books.cases.remove(entry.case);
            }
        }
        if let Some(highest) = self.staged.highest_case {
            self.books.highest_case = highest;
        }
        self.let_go();
        self.books.recount_registers();
        self.unsure = true;
    }

    /// Tells who listens what is on record after a place, although the store said that it could not write it.
    ///
    /// # Errors
    /// What the store fails with when it is read; nobody was told anything then.
    pub(super) fn tell_from(&mut self, told: Position) -> Result<(), StoreError> {
        if self.subscribers.is_empty() || told == self.books.position {
            return Ok(());
        }
        let mut committed = Vec::new();
        self.store.scan(told, &mut |entry| {
            committed.extend(self.books.committed(&entry)?.map(Arc::new));
            Ok(())
        })?;
        tell(&mut self.subscribers, &committed);
        Ok(())
    }

    /// Lets go of a case that is over.
    fn forget(&mut self, id: CaseId) {
        if self.books.cases.get(id).is_some_and(|case| !case.is_live()) {
            self.books.cases.remove(id);
        }
    }
}

/// Tells who listens, and forgets who no longer does.
fn tell(subscribers: &mut Vec<Sender<Arc<Committed>>>, committed: &[Arc<Committed>]) {
    if subscribers.is_empty() {
        return;
    }
    for entry in committed {
        subscribers.retain(|subscriber| subscriber.send(Arc::clone(entry)).is_ok());
    }
}

/// The rungs among what happens to a case, with the steps whose waits they concern.
fn fired<'e>(
    process: &'e Process,
    state: &'e CaseState,
    events: &'e Events,
    at: Instant,
) -> impl Iterator<Item = Fired> + 'e {
    events.iter().filter_map(move |event| {
        let Event::RungFired { wait, rung, missed, due, outcome, .. } = event else { return None };
        let step = state.waits().iter().find(|open| open.number() == *wait)?.step();
        let (process, effect) = (process.clone(), effect_of(outcome));
        Some(Fired { process, step, rung: *rung, effect, missed: *missed, due: *due, at })
    })
}
