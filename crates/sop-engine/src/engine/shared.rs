//! What the clones of an engine share, and how commands get to it: alone or together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sop_core::time::Instant;

use super::Answer;
use super::batch::{Answered, into_answer};
use super::inner::Inner;
use super::intake::{Intake, Waiting};
use crate::act::Ask;
use crate::clock::Clock;
use crate::signal::Sleeper;
use crate::store::StoreError;
use crate::watch::{Counted, Meters};

/// Ends the engine's threads with its last clone, and waits for their end: they hold on to the store for as long as they
/// look, and whoever drops an engine may open the store again. What was submitted is still committed.
pub(super) struct Closing(pub(super) Arc<Shared>);

impl Drop for Closing {
    fn drop(&mut self) {
        let committer = self.0.committer.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(committer);
        let timer = self.0.timer.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(timer);
    }
}

/// What the clones of an engine share.
pub(crate) struct Shared {
    pub(super) clock: Clock,
    pub(super) intake: Intake,
    /// Held by the one who is to have the engine next.
    pub(super) turn: Mutex<()>,
    pub(super) inner: Mutex<Inner>,
    pub(super) committer: Mutex<Option<Sleeper>>,
    pub(super) timer: Mutex<Option<Sleeper>>,
    pub(super) meters: Arc<Meters>,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A lock goes to whoever is quick, and that is the one who has just let go of it. Readers would starve beside
        // commits that follow one another, if these did not have to wait for their turn too.
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // A panic of a store while it was called leaves what went ahead of the commit, which is read again before
        // anything else is done. No checkpoint is made of such books.
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        drop(turn);
        inner
    }

    /// The time, which never goes back behind what is on record.
    pub(super) fn now(&self, inner: &Inner) -> Instant {
        self.clock.now().max(inner.books.last)
    }

    /// Does a command, in a commit of its own or together with others.
    pub(super) fn ask(&self, ask: Ask<'_>) -> Answer {
        if let Some(lead) = self.intake.lead_alone() {
            let settled = self.guarded(|inner, now| inner.alone(ask, now)).unwrap_or_else(|| Err(panicked()));
            drop(lead);
            self.meters.together(1);
            self.meters.command(Counted::of(ask.what, &settled));
            return into_answer(settled);
        }
        let slot = self.intake.enter(ask.to_asked())?;
        loop {
            self.lead();
            if let Some(settled) = slot.sleep() {
                return into_answer(settled);
            }
        }
    }

    /// Commits what has gathered in the queue, and says how many commands that were: none, while somebody else commits.
    pub(super) fn lead(&self) -> usize {
        self.lead_with(|batch| self.intake.join(batch))
    }

    /// The same, with a batch that is [held open](Intake::join_open).
    pub(super) fn lead_open(&self) -> usize {
        self.lead_with(|batch| self.intake.join_open(batch))
    }

    fn lead_with(&self, join: impl Fn(&mut Vec<Waiting>)) -> usize {
        let Some((lead, mut batch)) = self.intake.lead() else { return 0 };
        let mut answered = Answered::default();
        let done = self.guarded(|inner, now| inner.together(&mut batch, join, &mut answered, now));
        // The next begin while these are told.
        drop(lead);
        // Who is left was not answered.
        let failed = done.unwrap_or_else(|| Err(panicked())).err();
        for waiting in &mut batch {
            answered.answer(waiting, Err(failed.clone().unwrap_or_else(panicked)));
        }
        let Answered { counted, waits, .. } = answered;
        drop(waits);
        self.meters.together(counted.len());
        counted.iter().for_each(|counted| self.meters.command(*counted));
        counted.len()
    }

    /// Does something that calls the store. One that panics fails all who share the batch, and not only the one in whose
    /// thread it happened to be called.
    fn guarded<T>(&self, act: impl FnOnce(&mut Inner, Instant) -> T) -> Option<T> {
        catch_unwind(AssertUnwindSafe(|| self.command(act))).ok()
    }

    /// Does something under the engine's lock and time, and wakes the timer thread where something falls due earlier
    /// than it believes.
    pub(super) fn command<T>(&self, act: impl FnOnce(&mut Inner, Instant) -> T) -> T {
        let mut inner = self.lock();
        if !self.inner.is_poisoned() {
            inner.write_behind();
        }
        let now = self.now(&inner);
        let answer = act(&mut inner, now);
        let earlier = inner.asleep.is_some_and(|until| {
            let next = inner.store.next_due().ok().flatten();
            next.is_some_and(|next| until.is_none_or(|until| next < until))
        });
        if earlier {
            inner.asleep = None;
        }
        drop(inner);
        if earlier && let Some(timer) = &*self.timer.lock().unwrap_or_else(PoisonError::into_inner) {
            timer.wake();
        }
        answer
    }
}

fn panicked() -> StoreError {
    StoreError::unavailable("the store panicked under this engine: nothing that it was asked is sure; open it again")
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Ok(inner) = self.inner.get_mut() {
            inner.close();
        }
    }
}
