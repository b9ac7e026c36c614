//! An answer that is still to come.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Answer;
use super::batch::{Settled, into_answer};
use crate::act::{Ask, Asked};
use crate::store::StoreError;

/// The answer to a command that was [submitted](crate::Engine::submit), once it is known.
///
/// Known it is when what it rests on is on disk, and not before. A thread [waits](Self::wait) for it; an async host
/// awaits it, on any runtime, and never blocks by that. Letting go of a ticket takes nothing back: the command is
/// decided all the same, and its sender does not learn how. Every ticket is answered, also when the store fails, and
/// when the engine is closed.
///
/// Awaited again after it was answered, it stays pending.
#[derive(Debug)]
#[must_use = "the command is decided, but nobody learns whether it was accepted"]
pub struct Ticket {
    slot: Arc<Slot>,
}

impl Ticket {
    pub(super) fn new(slot: Arc<Slot>) -> Self {
        Self { slot }
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// What the store fails with; nothing of the command is on record then, unless the store failed in a way that
    /// leaves this open: send it again under the same [key](crate::Key).
    pub fn wait(self) -> Answer {
        loop {
            if let Some(settled) = self.slot.sleep() {
                return into_answer(settled);
            }
        }
    }

    /// Tells whether the answer is known.
    pub fn is_answered(&self) -> bool {
        self.slot.lock().settled.is_some()
    }
}

impl Future for Ticket {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let mut state = self.slot.lock();
        if let Some(settled) = state.settled.take() {
            // Reading what was committed into an answer needs no lock.
            drop(state);
            return Poll::Ready(into_answer(settled));
        }
        match &mut state.task {
            Some(task) => task.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

/// A command that was left with the engine, and where its answer is laid down. The one who commits lets go of it with the
/// answer, so that the sender's thread, which made it, is most often the one that frees it.
#[derive(Debug)]
pub(super) struct Slot {
    asked: Asked,
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct State {
    settled: Option<Settled>,
    /// Tells whether it is time to lead.
    is_called: bool,
    /// Tells whether a thread sleeps: ringing for nobody costs a call of the system.
    sleeps: bool,
    task: Option<Waker>,
}

impl Slot {
    /// Calls the thread that waits here to lead a commit.
    pub(super) fn call(&self) {
        let mut state = self.lock();
        state.is_called = true;
        let sleeps = state.sleeps;
        drop(state);
        // Whoever is rung while the lock is held wakes up to wait for it.
        if sleeps {
            self.bell.notify_one();
        }
    }

    /// Sleeps until there is an answer; none: until it is time to lead.
    pub(super) fn sleep(&self) -> Option<Settled> {
        let mut state = self.lock();
        loop {
            if let Some(settled) = state.settled.take() {
                return Some(settled);
            }
            if std::mem::take(&mut state.is_called) {
                return None;
            }
            state.sleeps = true;
            state = self.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.sleeps = false;
        }
    }

    /// Lays an answer down, and says whether somebody waits to be told.
    fn settle(&self, settled: Settled) -> bool {
        let mut state = self.lock();
        state.settled = Some(settled);
        state.sleeps || state.task.is_some()
    }

    /// Tells the one who waits, if somebody does.
    fn ring(&self) {
        let mut state = self.lock();
        let (sleeps, task) = (state.sleeps, state.task.take());
        drop(state);
        if sleeps {
            self.bell.notify_one();
        }
        if let Some(task) = task {
            // What a host does when it is woken is the host's: others still wait for their answers.
            drop(catch_unwind(AssertUnwindSafe(|| task.wake())));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What is done under it is a few assignments, and cannot panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The duty to answer a command.
#[derive(Debug)]
pub(super) struct Reply {
    slot: Arc<Slot>,
    is_settled: bool,
}

impl Reply {
    /// The duty, and where the answer will be.
    pub(super) fn new(asked: Asked) -> (Self, Arc<Slot>) {
        let slot = Arc::new(Slot { asked, state: Mutex::default(), bell: Condvar::new() });
        (Self { slot: Arc::clone(&slot), is_settled: false }, slot)
    }

    /// The command.
    pub(super) fn ask(&self) -> Ask<'_> {
        self.slot.asked.ask()
    }

    /// Where the answer will be.
    pub(super) fn slot(&self) -> Arc<Slot> {
        Arc::clone(&self.slot)
    }

    /// Lays the answer down without waking anybody, and gives the one who is to be woken. One who waits for several
    /// answers is to be woken once, and would otherwise go back to sleep for the second. The first answer stands.
    pub(super) fn settle(&mut self, settled: Settled) -> Option<Waits> {
        if std::mem::replace(&mut self.is_settled, true) {
            return None;
        }
        self.slot.settle(settled).then(|| Waits(self.slot()))
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        // Nobody is left waiting for ever, whatever happens to the queue.
        if !self.is_settled {
            let said =
                "the engine was closed before this command was decided: nothing was done; open it and send again";
            self.slot.settle(Err(StoreError::unavailable(said)));
            self.slot.ring();
        }
    }
}

/// Somebody who waits for an answer that is laid down. They are woken when this is dropped.
#[derive(Debug)]
#[must_use = "whoever waits is woken at once"]
pub(super) struct Waits(Arc<Slot>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.ring();
    }
}
