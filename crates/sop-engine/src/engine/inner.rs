//! What the engine's lock guards, and what is done with it between commands.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use sop_core::case::{Command, Status};
use sop_core::time::Instant;

use super::books::Books;
use super::replay::Loaded;
use super::scribe::Scribe;
use super::staged::Staged;
use crate::committed::Committed;
use crate::salts::Salts;
use crate::store::{CaseId, Position, Store, StoreError};
use crate::watch::{Meters, ToldOverdue};

/// What the engine's lock guards.
pub(crate) struct Inner {
    pub(crate) store: Box<dyn Store>,
    pub(crate) books: Books,
    pub(crate) subscribers: Vec<Sender<Arc<Committed>>>,
    /// At how long a log the next checkpoint is written.
    pub(super) checkpoint_at: Position,
    /// What is committed next.
    pub(super) staged: Staged,
    /// Cases whose state in memory went ahead of a commit that failed: read again before anything else.
    pub(super) lost: BTreeSet<CaseId>,
    /// Whether the last commit failed in a way that leaves open whether it is on record: a connection may break after
    /// the store has written.
    pub(super) unsure: bool,
    /// The last entry that subscribers know of, where that is not the last one in the books: while the store is at what is
    /// committed, and while it is looked for what was written in spite of an error.
    pub(super) told: Option<Position>,
    /// Until when the timer thread sleeps; none: nobody sleeps, or for ever.
    pub(crate) asleep: Option<Option<Instant>>,
    /// What stopped the timer thread's last attempt.
    pub(crate) timer_trouble: Option<String>,
    /// The numbers for those who watch.
    pub(crate) meters: Arc<Meters>,
    pub(crate) told_overdue: ToldOverdue,
    /// How often entries were made to say less: whoever reads the log bit by bit has to notice.
    pub(super) rewrites: u64,
    /// What salts are made from, until something is erased.
    pub(super) salts: Arc<Salts>,
    /// Writes ahead, once somebody has commands committed that they do not wait for.
    pub(super) scribe: Option<Scribe>,
}

/// After how many entries a checkpoint is written, at the least. Reading so many again takes a moment.
const CHECKPOINT_AFTER: u64 = 65_536;

/// After how many entries for each case in memory: a checkpoint says where all cases stand, and takes about as long for
/// each as a commit in memory. So the share of an entry in it stays under an eighth of that.
const CHECKPOINT_PER_CASE: u64 = 8;

impl Inner {
    pub(crate) fn new(store: Box<dyn Store>, books: Books, salts: Salts) -> Self {
        let mut inner = Self {
            store,
            books,
            subscribers: Vec::new(),
            checkpoint_at: Position::default(),
            staged: Staged::default(),
            lost: BTreeSet::new(),
            unsure: false,
            told: None,
            asleep: None,
            timer_trouble: None,
            meters: Arc::new(Meters::new()),
            told_overdue: ToldOverdue::default(),
            rewrites: 0,
            salts: Arc::new(salts),
            scribe: None,
        };
        inner.put_checkpoint_off(inner.books.reflected);
        inner
    }

    /// Has what is decided written ahead from now on.
    pub(super) fn write_ahead(&mut self) {
        if self.scribe.is_none() && self.store.writes_texts() {
            self.scribe = Scribe::start();
        }
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

    /// Does everything that is due by now, up to a thousand cases in one commit.
    pub(crate) fn advance(&mut self, now: Instant) -> Result<u64, StoreError> {
        const CASES_AT_ONCE: usize = 1000;
        self.recover()?;
        self.settle(now)?;
        let mut entries = 0;
        loop {
            let alarms = self.store.due(now, CASES_AT_ONCE)?;
            for alarm in &alarms {
                if let Some((process, Ok(events))) = self.decide_live(alarm.case, &Command::Advance, now)
                    && !events.is_empty()
                {
                    self.stage(alarm.case, process, now, events, None);
                    entries += 1;
                }
            }
            // An alarm that nothing comes of would be found again and again.
            if self.staged.is_empty() {
                return Ok(entries);
            }
            self.flush()?;
        }
    }

    /// Reads again what went ahead of a commit that failed.
    ///
    /// # Errors
    /// What the store fails with when it is read; the rest is read by the next to call this.
    pub(crate) fn recover(&mut self) -> Result<(), StoreError> {
        // Whoever calls this has staged nothing yet: a store panicked while it was given this.
        if !self.staged.is_empty() {
            self.give_up();
        }
        while let Some(&id) = self.lost.first() {
            match self.books.load(&*self.store, id)? {
                Loaded::Case(case) if case.is_live() => {
                    self.books.cases.insert(id, case);
                }
                _ => {
                    self.books.cases.remove(id);
                }
            }
            self.lost.remove(&id);
        }
        if self.unsure {
            let told = *self.told.get_or_insert(self.books.position);
            self.books.catch_up(&mut *self.store)?;
            self.tell_from(told)?;
            self.told = None;
            self.unsure = false;
        }
        Ok(())
    }

    /// The cases that stand still.
    pub(crate) fn faulted(&self) -> Vec<CaseId> {
        self.books.cases.ids(|case| case.state.status() == Status::Faulted)
    }
}
