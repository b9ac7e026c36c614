//! A store as a text: what it holds, written as lines of JSON and read back into an empty store.
//!
//! An export is for moving from one store to another, for keeping a copy that no database is needed to read, and for
//! giving a case away. It is text in UTF-8, and each line is one JSON object that ends with a newline:
//!
//! | line | what it is |
//! |---|---|
//! | `{"sop":"log","v":2,"entries":N,…}` | the first: a whole log of N entries, in version 2 of this form |
//! | `{"sop":"case","v":2,"case":7,"entries":N,…}` | or one case: its entries, with the deployments and calendars that it follows |
//! | `{"sop":"archive","v":2,"entries":N,…}` | or an [archive](crate::Engine::archive) of cases that are over: like those of several cases one after the other; a deployment or calendar comes before the first case that follows it |
//! | `{"text":{"hash":…,"content":…},…}` | a text that the next entry names: a definition, an office, a calendar, a certificate. Each comes once, before the first entry that names it |
//! | `{"entry":{"at":…,"about":…,"key":…,"body":…},…}` | an entry: its place in the log, what it is about, the key of the command that caused it, if it had one, what it says, byte for byte, and its [link](crate::audit) where the store chains |
//!
//! Each ends with its `"sum"`: a SHA-256 hash over the line up to there and the sum of the line before (before the
//! first, 32 zero bytes). So a line that was altered, left out, moved or cut shows, and the last sum stands for the
//! whole. Sums tell of accidents, and links of what was altered on purpose, as far as they do in the log itself: whoever
//! imports a log has every link checked, and can check a [head](crate::audit::Head) that was kept.
//!
//! The same log gives the same bytes, whichever store that chains holds it. Lists, timers and checkpoints are not in an export: they
//! follow from the entries. The directory is not in it either, only its revisions: who people are stays with the host.
//!
//! ```
//! use sop_engine::store::{MemoryStore, Store};
//! use sop_engine::transfer;
//! # use sop_engine::{Clock, Engine, files, verify::Verify as _};
//!
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
//! # let path = |name: &str| format!("{folder}/{name}");
//! # let sop = files::read(path("narasumber.json"))?;
//! # let officials = files::directory(path("pejabat.json"), sop.office())?;
//! # let engine = Engine::open(MemoryStore::new(), officials, Clock::system())?;
//! # engine.deploy(sop.verify())?;
//! let mut text = Vec::new();
//! engine.export(&mut text)?; // commands may go on meanwhile
//!
//! let mut other = MemoryStore::new();
//! let read = transfer::import(&mut other, text.as_slice())?;
//! assert_eq!(other.last()?.0, read.entries);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod line;
mod read;
mod write;

pub use error::{ExportError, ImportError, ImportTrouble};
pub use read::{check, import};
pub(crate) use read::{read_archive, read_loosely};
pub use write::export;
pub(crate) use write::{Given, Told, portion, write_archive, write_case, write_log};

use std::ops::RangeInclusive;

use sop_core::process::Hash;

/// The version of the form that is written. A later one is refused, never guessed at.
pub const VERSION: u32 = 2;

/// The versions that are read. In the first there are no links.
pub const READS: RangeInclusive<u32> = 1..=VERSION;

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// How many entries.
    pub entries: u64,
    /// How many texts.
    pub texts: u64,
    /// The sum of the last line, which stands for the whole: two exports with the same sum are the same.
    pub sum: Hash,
}
