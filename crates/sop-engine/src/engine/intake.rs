//! The queue of commands that wait for a commit, and who leads the next one.
//!
//! There is no thread that commits for everybody: a hand-over to one costs more than a decision. Whoever comes while
//! nobody commits does it in their own thread, at once. Whoever comes meanwhile leaves the command here, and the next
//! to commit takes everything that has gathered, and what comes while that is decided: the slower the disk, the larger
//! the batch. The one who ends a commit calls the one who has waited longest to lead the next; for commands that nobody
//! waits for in a thread, that is the [committer](super::committer).
//!
//! A single command never waits for company. Where the committer has just committed several together, those who sent them
//! are about to send the next: it stays awake for a moment that is nothing beside a disk, and holds the next batch open.
//!
//! What holds all the time: where commands wait and nobody leads, somebody has been called, or has yet to look.

use std::collections::VecDeque;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use super::ticket::{Reply, Slot};
use crate::act::{Ask, Asked};
use crate::signal::Signal;
use crate::store::StoreError;

/// The number of commands that are decided and committed together at most, so that nobody holds the engine for long.
const TOGETHER: usize = 1_000;

/// For how long one who has just committed for several stays awake for what these send next. Falling asleep and being
/// woken takes as long, and all of them would have sent by then.
const AWAKE: Duration = Duration::from_micros(50);

/// For how long a batch of several is held open for a command more: longer than one sender takes between two commands, and
/// a fiftieth of what a disk takes.
const OPEN: Duration = Duration::from_micros(2);

/// The queue.
#[derive(Debug)]
pub(super) struct Intake {
    line: Mutex<Line>,
    /// Calls the committer.
    pub(super) bell: Arc<Signal>,
    /// The number of commands that have come in, to be looked at without the lock.
    came: AtomicUsize,
    /// Tells whether somebody can send while another waits awake.
    has_cores: bool,
}

#[derive(Debug)]
struct Line {
    waiting: VecDeque<Waiting>,
    most: usize,
    /// Tells whether somebody commits.
    is_led: bool,
}

/// A command in the queue.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) reply: Reply,
    /// Tells whether a thread waits for the answer, and leads a commit if it is called.
    leads: bool,
}

impl Waiting {
    pub(super) fn ask(&self) -> Ask<'_> {
        self.reply.ask()
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
        Self {
            line: Mutex::new(Line { waiting: VecDeque::new(), most, is_led: false }),
            bell: Arc::default(),
            came: AtomicUsize::new(0),
            has_cores: available_parallelism().is_ok_and(|cores| cores.get() > 1),
        }
    }

    /// The number of commands that may wait from now on.
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

    /// The same, and where nobody has, for a moment those who are about to come.
    pub(super) fn join_open(&self, batch: &mut Vec<Waiting>) {
        let (came, before) = (self.came.load(Ordering::Relaxed), batch.len());
        self.join(batch);
        if batch.len() == before && before < TOGETHER && self.comes_within(OPEN, came) {
            self.join(batch);
        }
    }

    /// Waits awake for the next command, for a moment.
    pub(super) fn await_next(&self) {
        let came = self.came.load(Ordering::Relaxed);
        if self.lock().waiting.is_empty() {
            self.comes_within(AWAKE, came);
        }
    }

    /// Waits awake until more commands came in than had before, for so long at the most; whether they did.
    fn comes_within(&self, time: Duration, came: usize) -> bool {
        if !self.has_cores {
            return false;
        }
        let until = Instant::now() + time;
        loop {
            if self.came.load(Ordering::Relaxed) != came {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            spin_loop();
        }
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
        let (reply, slot) = Reply::new(asked);
        line.waiting.push_back(Waiting { reply, leads });
        self.came.fetch_add(1, Ordering::Relaxed);
        Ok((slot, call))
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        // What is done under it is a few assignments, and cannot panic half way.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
