//! The engine: what a host talks to.

mod commands;
mod intake;
mod shared;
mod ticket;

mod batch;
mod deciding;
mod erasing;
mod inner;
mod scribe;
mod staged;

mod books;
mod cases;
mod rows;

mod calendars;
mod checkpoint;
mod deploy;
mod entries;
mod replay;

mod committer;
mod timers;

mod archiving;
mod audits;
mod exports;
mod staffing;
mod views;

#[cfg(test)]
mod laws;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

use sop_core::case::Directory;
use sop_core::text::SourceText;
use sop_core::time::Instant;
use sop_verify::{Verified, verify};

pub use archiving::{ArchiveError, Archived, LetGo};
pub use calendars::CalendarError;
pub use deploy::{DeployError, Deployment};
pub use ticket::Ticket;
pub use views::{CaseView, DeployedProcess, RegisterEntry, ReturnsTaken};

use crate::answer::{Done, Refusal};
use crate::clock::Clock;
use crate::committed::Committed;
use crate::files::Bundle;
use crate::salts::Salts;
use crate::staffing::StaffingReport;
use crate::store::{About, Batch, NewEntry, Position, Store, StoreError};
pub(crate) use batch::Decided;
use books::Books;
pub(crate) use entries::named_texts;
use entries::{DirectoryEntry, ENTRY_VERSION, written};
use inner::Inner;
use intake::Intake;
use shared::Closing;
pub(crate) use shared::Shared;

/// Runs procedures: cases, work lists, timers, registers, history.
///
/// A clone is the same engine; it can be used from any thread. Commands are answered when they are on record. What a
/// command may be refused for is a value, [`Refusal`]; an error is the store's.
///
/// # Many at once
///
/// Commands that come while others are being committed are decided and committed together, in the order in which they
/// came, each on the state that those before it left; so a disk that takes its time is waited for once. Every answer, a
/// refusal too, waits for the commit that it rests on, and if that fails, all who share it are told, and nothing has
/// happened. Nobody reads what is not committed.
///
/// The methods named after what they do ([`complete`](Self::complete) and the like) wait for their answer in the
/// caller's thread. [`submit`](Self::submit) gives a [`Ticket`] at once, for a thread that has several under way, and
/// for async hosts, which await it. There may be [4,096](Self::QUEUE) commands waiting; where there are more, one is
/// turned away with an error that [says so](StoreError::is_busy).
///
/// ```
/// use sop_engine::core::definition::{FieldId, OutcomeId, PersonId};
/// use sop_engine::verify::Verify as _;
/// use sop_engine::{Clock, Completion, Engine, Key, Opening, Refusal, files, store::MemoryStore};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
/// # let path = |name: &str| format!("{folder}/{name}");
/// let sop = files::read(path("narasumber.json"))?;
/// let officials = files::directory(path("pejabat.json"), sop.office())?;
/// let clock = Clock::simulated("2026-04-13T08:00:00+07:00".parse()?);
/// let engine = Engine::open(MemoryStore::new(), officials, clock)?;
/// let procedure = sop.process().id().clone();
/// engine.deploy(sop.verify())?;
///
/// let (asker, clerk) = (PersonId::new("tamu")?, PersonId::new("awang")?);
/// let opened = engine.start(&procedure, &asker, &Opening::about("Narasumber bimtek"), &Key::new("permohonan-1")?)??;
/// let wait = opened.opened[0];
/// engine.complete(&wait, &asker, &Completion::default(), None)??;
///
/// let work = engine.worklist(&clerk)?;
/// assert_eq!(work[0].why.id, "Menunggu Petugas Informasi/ TU sejak 13-04-2026 08.00 WIB; jatuh tempo 13-04-2026 08.05 WIB.");
/// match engine.complete(&work[0].wait, &clerk, &Completion::with(OutcomeId::new("setju")?), None)? {
///     Ok(_) => unreachable!("there is no such outcome"),
///     Err(Refusal::UnknownName { suggestion, .. }) => assert_eq!(suggestion.as_deref(), Some("setuju")),
///     Err(other) => panic!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Engine {
    // Dropped first: the timers' thread has ended by the time that the last clone lets go of the store.
    closing: Arc<Closing>,
    shared: Arc<Shared>,
}

/// An answer, unless the store failed.
pub type Answer = Result<Result<Done, Refusal>, StoreError>;

impl Engine {
    /// The number of commands that may wait, unless told [otherwise](Self::limit_queue).
    pub const QUEUE: usize = 4_096;

    /// Opens a store, and continues every case in it.
    ///
    /// The directory says who holds the posts from now on. Nothing falls due by itself before
    /// [`run_timers`](Self::run_timers) or [`advance`](Self::advance) is called.
    ///
    /// # Errors
    /// [`StoreError::is_damaged`] where what is on record cannot be read by this program; what the store fails with.
    pub fn open(store: impl Store + 'static, directory: Directory, clock: Clock) -> Result<Self, StoreError> {
        let mut store: Box<dyn Store> = Box::new(store);
        let mut books = Books::new(directory);
        books.catch_up(&mut *store)?;
        let mut inner = Inner::new(store, books, Salts::new(&clock)?);
        if !inner.store.is_read_only() {
            let now = clock.now().max(inner.books.last);
            inner.record_directory(now)?;
            inner.settle(now)?;
        }
        let meters = Arc::clone(&inner.meters);
        let shared = Arc::new(Shared {
            meters,
            clock,
            intake: Intake::new(Self::QUEUE),
            turn: Mutex::new(()),
            inner: Mutex::new(inner),
            committer: Mutex::new(None),
            timer: Mutex::new(None),
        });
        Ok(Self { closing: Arc::new(Closing(Arc::clone(&shared))), shared })
    }

    /// Deploys a process whose required guarantees are proved or waived. New cases follow it from now on; running ones
    /// stay with theirs. The same process again changes nothing.
    ///
    /// What comes back names the steps for which nobody may act at some time of the year from now, by the directory in
    /// force ([`Deployment::staffing`]).
    ///
    /// # Errors
    /// [`DeployError::NotProved`] with all verdicts; what the store fails with.
    pub fn deploy(&self, verified: Verified<Bundle>) -> Result<Deployment, DeployError> {
        self.deploy_as(verified, None)
    }

    /// Deploys a process whatever is known about it: the one way around the verdicts. The reason goes on record.
    ///
    /// # Errors
    /// [`DeployError::ReasonMissing`] without one; what the store fails with.
    pub fn deploy_unproved(&self, bundle: Bundle, reason: &str) -> Result<Deployment, DeployError> {
        self.deploy_as(verify(bundle), Some(reason))
    }

    /// The number of commands that may wait from now on. Those that wait already stay.
    pub fn limit_queue(&self, most: NonZeroUsize) {
        self.shared.intake.limit(most.get());
    }

    /// Does everything that is due by an instant, and gives how many entries that made. Time never goes back: an instant
    /// before the last entry counts as that. Nor does it run ahead of the machine's clock, since what is on record
    /// stays: a later instant counts as the clock's, unless the clock is simulated.
    ///
    /// # Errors
    /// What the store fails with; what was committed before stays so.
    pub fn advance(&self, now: Instant) -> Result<u64, StoreError> {
        let mut inner = self.shared.lock();
        let now = if self.shared.clock.is_system() { now.min(self.shared.clock.now()) } else { now };
        let now = now.max(inner.books.last);
        inner.advance(now)
    }

    /// Does everything that is due by the engine's clock.
    ///
    /// # Errors
    /// As for [`advance`](Self::advance).
    pub fn advance_to_clock(&self) -> Result<u64, StoreError> {
        self.command(|inner, now| inner.advance(now))
    }

    /// When something falls due next; none: nothing will happen by itself.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        self.shared.lock().store.next_due()
    }

    /// Has a thread of the engine do what is due when it is. It sleeps until then, and ends with the engine's last
    /// clone.
    ///
    /// # Errors
    /// [`StoreError::is_unavailable`] where no thread can be started.
    pub fn run_timers(&self) -> Result<(), StoreError> {
        timers::start(&self.closing.0)
    }

    /// Ends the thread that [`run_timers`](Self::run_timers) started, and waits for its end.
    pub fn stop_timers(&self) {
        let timer = self.shared.timer.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(timer);
        self.shared.lock().asleep = None;
    }

    /// What kept the thread from doing what is due, if its last attempt failed; it tries again.
    pub fn timer_trouble(&self) -> Option<String> {
        self.shared.lock().timer_trouble.clone()
    }

    /// Has the store keep where everything stands, so that opening it again need not read the log that far. The engine
    /// does so itself, now and then and with the end of its last clone.
    ///
    /// # Errors
    /// What the store fails with; nothing is lost then.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        let mut inner = self.shared.lock();
        if self.shared.inner.is_poisoned() {
            return Err(StoreError::unavailable("the store panicked under this engine: open it again"));
        }
        inner.checkpoint()
    }

    /// Gives everything that is committed from now on, in order. Whoever no longer listens is forgotten.
    pub fn subscribe(&self) -> Receiver<Arc<Committed>> {
        let (sender, receiver) = channel();
        self.shared.lock().subscribers.push(sender);
        receiver
    }

    /// Says who holds the posts from now on.
    ///
    /// What comes back names, for each deployed procedure, the steps for which nobody may act at some time of the
    /// [year](crate::staffing::DEFAULT_DAYS) from now, and the open waits for which nobody may act now. The directory is
    /// in force whatever that says. [`staffing`](Self::staffing) reports about another period.
    ///
    /// # Errors
    /// What the store fails with; the directory before stays in force then.
    pub fn set_directory(&self, directory: Directory) -> Result<StaffingReport, StoreError> {
        let survey = self.command(|inner, now| {
            inner.recover()?;
            let before = inner.books.directory.clone();
            inner.books.enter_directory(directory);
            let recorded = inner.record_directory(now);
            if recorded.is_err() {
                let attempted = std::mem::replace(&mut inner.books.directory, before.clone());
                inner.books.enter_directory(before);
                inner.books.attempted_directory = Some(attempted);
            }
            recorded.map(|()| inner.survey(None, now))
        })?;
        Ok(survey.report_by_default())
    }

    /// Brings a calendar into force in the place of the one of its name, and has every running case that follows it
    /// computed anew (T1).
    ///
    /// # Errors
    /// What is wrong with the calendar, and what the store fails with.
    pub fn set_calendar(&self, text: &SourceText) -> Result<(), CalendarError> {
        self.command(|inner, now| inner.set_calendar(text, now))
    }

    /// Takes in what another program has written meanwhile: for engines on a store that is open for reading.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn refresh(&self) -> Result<(), StoreError> {
        let mut inner = self.shared.lock();
        inner.recover()?;
        let Inner { store, books, .. } = &mut *inner;
        books.catch_up(&mut **store)
    }

    /// The engine's time.
    pub fn now(&self) -> Instant {
        self.shared.now(&self.shared.lock())
    }

    fn command<T>(&self, act: impl FnOnce(&mut Inner, Instant) -> T) -> T {
        self.shared.command(act)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.shared.lock();
        f.debug_struct("Engine")
            .field("clock", &self.shared.clock)
            .field("processes", &inner.books.processes.len())
            .field("cases", &inner.books.cases.len())
            .field("position", &inner.books.position)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// Puts on record which directory is in force, if the log says another.
    fn record_directory(&mut self, now: Instant) -> Result<(), StoreError> {
        let revision = self.books.directory.revision();
        if self.books.recorded_directory == Some(revision) {
            return Ok(());
        }
        let body = written(&DirectoryEntry { v: ENTRY_VERSION, at: now, directory: revision })?;
        let entries = vec![NewEntry { about: About::Directory, key: None, body }];
        let after = Some(self.books.position);
        let position = self.append_foundation(Batch { entries, after, ..Batch::default() })?;
        self.books.wrote_foundation(position, now);
        self.books.recorded_directory = Some(revision);
        self.books.attempted_directory = None;
        Ok(())
    }

    /// Writes an entry that is about no case. Where that fails it may be on record all the same, which is found out
    /// before anything else is done.
    fn append_foundation(&mut self, batch: Batch) -> Result<Position, StoreError> {
        let appended = self.store.append(batch);
        self.unsure |= appended.is_err();
        appended
    }
}
