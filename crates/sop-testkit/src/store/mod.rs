//! What a store promises, tried on any backend with one call: [`assert_conforms`].
//!
//! The promises are those of [`Store`], by their numbers; each is a story of a few lines here, and S1 to S7 are also
//! tried by [random acts](acts) beside the simplest store there could be. A backend says how it is opened, and what else
//! it has: readers beside a writer, crashes, layouts. What it has not is listed, and is no fault.
//!
//! ```
//! use sop_engine::store::{MemoryStore, Store, StoreError};
//! use sop_testkit::store::{Backend, assert_conforms};
//!
//! struct InMemory(MemoryStore);
//!
//! impl Backend for InMemory {
//!     fn open(&self) -> Result<Box<dyn Store>, StoreError> {
//!         Ok(Box::new(self.0.clone()))
//!     }
//! }
//!
//! let report = assert_conforms(|| InMemory(MemoryStore::new()));
//! assert_eq!(report.lacks, ["crashes", "reads", "later", "chain", "chain", "earlier"]);
//! ```

mod entries;
mod model;

pub mod acts;
pub use chain::SECRET;

mod chain;
mod keys;
mod life;
mod lists;
mod log;
mod texts;

use std::fmt;

use sop_engine::store::{Store, StoreError};

/// Somewhere a store is kept: closed, it can be opened again.
pub trait Backend: Sync {
    /// Opens the store for writing, and makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError::is_locked`] while another writer has it, for a backend that keeps writers out that way.
    fn open(&self) -> Result<Box<dyn Store>, StoreError>;

    /// Opens the store for reading beside a writer; none where the backend has no such readers.
    fn open_to_read(&self) -> Option<Result<Box<dyn Store>, StoreError>> {
        None
    }

    /// What would be found if the program ended at this very moment, with the store open; none where nothing would.
    fn crash(&self) -> Option<Box<dyn Backend>> {
        None
    }

    /// Makes the closed store one that a later version of the program wrote; false where there is no such thing.
    fn make_later(&self) -> bool {
        false
    }

    /// Makes the closed store one that the version before wrote; false where there is no such thing.
    fn make_earlier(&self) -> bool {
        false
    }
}

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its number and name, such as `S2 versions`.
    pub promise: &'static str,
    /// What happened.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.promise, self.what)
    }
}

/// What was tried.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The number of stories that were told.
    pub tried: usize,
    /// What the backend has not.
    pub lacks: Vec<&'static str>,
    /// What it does otherwise than promised.
    pub broken: Vec<Broken>,
}

/// How a story ends.
#[derive(Debug)]
enum End {
    Kept,
    /// The backend has not what it is about.
    Lacks(&'static str),
}

/// What went otherwise, in a line.
#[derive(Debug)]
struct Otherwise(String);

impl From<StoreError> for Otherwise {
    fn from(error: StoreError) -> Self {
        Self(format!("it failed: {error:?}"))
    }
}

type Told = Result<End, Otherwise>;

/// A story about a new, empty store.
type Story = fn(&dyn Backend) -> Told;

/// All of them, by what they are about.
const STORIES: [(&str, Story); 28] = [
    ("S1 atomic", log::a_batch_is_written_wholly),
    ("S1 atomic", log::a_refused_batch_leaves_no_trace),
    ("S1 atomic", log::a_batch_is_told_once_and_when_it_is_written),
    ("S2 versions", log::versions_continue_or_conflict),
    ("S2 versions", log::a_batch_continues_itself),
    ("S3 after", log::a_writer_that_is_behind_conflicts),
    ("S4 order", log::places_have_no_gaps),
    ("S4 order", log::a_scan_begins_and_stops_where_it_is_told),
    ("S4 order", log::histories_are_the_cases_own),
    ("S4 order", log::long_histories_are_whole),
    ("S5 bytes", log::bodies_come_back_byte_for_byte),
    ("S5 bytes", texts::texts_are_kept_by_their_hash),
    ("S6 keys", keys::a_key_leads_to_its_entry),
    ("S6 keys", keys::scopes_do_not_meet),
    ("S6 keys", keys::keys_of_every_form_are_found),
    ("S7 lists", lists::work_comes_in_order_and_once),
    ("S7 lists", lists::pages_follow_one_another),
    ("S7 lists", lists::alarms_come_in_order),
    ("S7 lists", lists::lists_are_told_again_when_opened),
    ("S8 checkpoint", texts::a_checkpoint_is_whole_or_gone),
    ("S9 survives", life::what_was_acknowledged_is_there_when_opened_again),
    ("S9 survives", life::a_crash_takes_nothing_that_was_acknowledged),
    ("S10 writers", life::writers_keep_out_of_each_others_way),
    ("S11 readers", life::a_reader_sees_commits_and_writes_nothing),
    ("S12 layouts", life::other_layouts_are_brought_up_or_refused),
    ("S13 chain", chain::each_entry_goes_back_to_the_one_before),
    ("S14 rewriting", chain::an_entry_can_say_less_and_is_chained_as_before),
    ("S14 rewriting", chain::what_would_break_the_chain_is_refused),
];

/// Tries every promise on new stores, and says which are not kept: all of them, not the first.
pub fn check<B: Backend>(fresh: impl Fn() -> B) -> Report {
    let mut report = Report::default();
    let mut note = |promise: &'static str, told: Told| {
        report.tried += 1;
        match told {
            Ok(End::Kept) => {}
            Ok(End::Lacks(what)) => report.lacks.push(what),
            Err(Otherwise(what)) => report.broken.push(Broken { promise, what }),
        }
    };
    for (promise, story) in STORIES {
        note(promise, story(&fresh()));
    }
    note("S12 layouts", life::an_earlier_layout_is_brought_up(&fresh()));
    note("S1 to S7 by random acts", acts::try_on(&fresh));
    report
}

/// Asserts that a backend keeps every promise of [`Store`].
///
/// # Panics
/// With all promises that it does not keep.
#[track_caller]
#[expect(clippy::panic, reason = "an assertion")]
pub fn assert_conforms<B: Backend>(fresh: impl Fn() -> B) -> Report {
    let report = check(fresh);
    if !report.broken.is_empty() {
        let broken: Vec<String> = report.broken.iter().map(ToString::to_string).collect();
        panic!("{} of {} stories end otherwise:\n  {}", broken.len(), report.tried, broken.join("\n  "));
    }
    report
}

/// Goes on where two things are the same.
fn same<T: PartialEq + fmt::Debug>(what: impl fmt::Display, found: T, expected: T) -> Result<(), Otherwise> {
    if found == expected {
        return Ok(());
    }
    Err(Otherwise(format!("{what}: found {found:?}, and expected {expected:?}")))
}

/// Goes on where something holds.
fn holds(what: impl fmt::Display, holds: bool) -> Result<(), Otherwise> {
    if holds { Ok(()) } else { Err(Otherwise(what.to_string())) }
}

/// The error that something has to be.
fn error_of<T>(what: impl fmt::Display, result: Result<T, StoreError>) -> Result<StoreError, Otherwise> {
    match result {
        Ok(_) => Err(Otherwise(format!("{what}: it was accepted"))),
        Err(error) => Ok(error),
    }
}
