//! The queue of commands that wait for a commit, and who leads the next one.
//!
//! There is no thread that commits for everybody: a hand-over to one costs more than a decision. Whoever comes while
//! nobody commits does it in their own thread, at once. Whoever comes meanwhile leaves the command here, and the next
//! to commit takes everything that has gathered, and what comes while that is decided: the slower the disk, the larger
//! the batch, without any waiting for company. The one who ends a commit calls the one who has waited longest to lead
//! the next; for commands that nobody waits for in a thread, that is the [committer](super::committer).
//!
//! What holds all the time: where commands wait and nobody leads, somebody has been called, or has yet to look.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ticket::{Reply, Slot};
use crate::act::{Ask, Asked};
use crate::signal::Signal;
use crate::store::StoreError;

/// How many commands are decided and committed together at most, so that nobody holds the engine for long.
const TOGETHER: usize = 1_000;

/// The queue.
#[derive(Debug)]
pub(super) struct Intake {
    line: Mutex<Line>,
    /// Calls the committer.
    pub(super) bell: Arc<Signal>,
}

#[derive(Debug)]
struct Line {
    waiting: VecDeque<Waiting>,
    most: usize,
    /// Whether somebody commits.
    is_led: bool,
}

/// A command in the queue.
#[derive(Debug)]
pub(super) struct Waiting {
    asked: Asked,
    pub(super) reply: Reply,
    /// Whether a thread waits for the answer, and leads a commit if it is called.
    leads: bool,
}

impl Waiting {
    pub(super) fn ask(&self) -> Ask<'_> {
        self.asked.ask()
    }
}

/// The right to commit, which one has at a time. Letting it go calls the next.
#[derive(Debug)]
pub(super) struct Lead<'a>(&'a Intake);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let next = {
            let mut line = self.0.lock();
            line.is_led = false;
            line.waiting.front().map(|first| first.leads.then(|| first.reply.slot()))
        };
        match next {
            None => {}
            Some(Some(slot)) => slot.call(),
            Some(None) => self.0.bell.wake(),
        }
    }
}

impl Intake {
    pub(super) fn new(most: usize) -> Self {
        Self { line: Mutex::new(Line { waiting: VecDeque::new(), most, is_led: false }), bell: Arc::default() }
    }

    /// How many commands may wait from now on.
    pub(super) fn limit(&self, most: usize) {
        self.lock().most = most;
    }

    /// The right to commit, for one who finds nobody before them.
    pub(super) fn lead_alone(&self) -> Option<Lead<'_>> {
        let mut line = self.lock();
        if line.is_led || !line.waiting.is_empty() {
            return None;
        }
        line.is_led = true;
        Some(Lead(self))
    }

    /// The right to commit, with those who have waited longest; none while somebody has it, or nobody waits.
    pub(super) fn lead(&self) -> Option<(Lead<'_>, Vec<Waiting>)> {
        let mut line = self.lock();
        if line.is_led || line.waiting.is_empty() {
            return None;
        }
        line.is_led = true;
        let together = line.waiting.len().min(TOGETHER);
        let batch = line.waiting.drain(..together).collect();
        Some((Lead(self), batch))
    }

    /// Adds those who have come meanwhile to a batch that is not committed yet.
    pub(super) fn join(&self, batch: &mut Vec<Waiting>) {
        let mut line = self.lock();
        let room = TOGETHER.saturating_sub(batch.len()).min(line.waiting.len());
        batch.extend(line.waiting.drain(..room));
    }

    /// Leaves a command whose sender waits in a thread, and is to ask for the [lead](Self::lead) before sleeping.
    ///
    /// # Errors
    /// [`StoreError::is_busy`] where too many wait.
    pub(super) fn enter(&self, asked: Asked) -> Result<Arc<Slot>, StoreError> {
        self.push(asked, true).map(|(slot, _)| slot)
    }

    /// Leaves a command that the committer is to see to.
    ///
    /// # Errors
    /// [`StoreError::is_busy`] where too many wait.
    pub(super) fn leave(&self, asked: Asked) -> Result<Arc<Slot>, StoreError> {
        let (slot, call) = self.push(asked, false)?;
        if call {
            self.bell.wake();
        }
        Ok(slot)
    }

    /// Adds a command, and says whether nobody leads and nobody was called yet.
    fn push(&self, asked: Asked, leads: bool) -> Result<(Arc<Slot>, bool), StoreError> {
        let mut line = self.lock();
        if line.waiting.len() >= line.most {
            return Err(StoreError::busy(format!(
                "{} commands wait to be committed, and no more are taken: nothing was done; wait for some of their \
                 answers and send this one again, or let the queue be longer",
                line.waiting.len()
            )));
        }
        let call = !line.is_led && line.waiting.is_empty();
        let (reply, slot) = Reply::new();
        line.waiting.push_back(Waiting { asked, reply, leads });
        Ok((slot, call))
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        // What is done under it is a few assignments, and cannot panic half way.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
