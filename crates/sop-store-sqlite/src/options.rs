//! How a store is opened.

use std::fmt;
use std::io;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// When it is on the disk: nothing that was acknowledged is lost, even if the power fails.
    #[default]
    Full,
    /// When the operating system has it: a crash of the program loses nothing, but a power cut or a crash of the system
    /// may lose the last commits. What is left is whole and in order.
    LosesLastCommitsOnPowerCut,
}

/// How a store is opened for writing.
///
/// ```
/// use sop_store_sqlite::{Durability, Options};
///
/// let options = Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
/// # let _ = options;
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) durability: Durability,
    pub(crate) write_behind_after: u64,
    pub(crate) rebuild_index: bool,
    pub(crate) checkpoint_after: u32,
    pub(crate) vfs: Option<Vfs>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            write_behind_after: Self::WRITE_BEHIND_AFTER,
            rebuild_index: false,
            checkpoint_after: Self::CHECKPOINT_AFTER,
            vfs: None,
        }
    }
}

impl Options {
    /// After how many entries the tail is written behind, unless told otherwise: 65,536.
    pub const WRITE_BEHIND_AFTER: u64 = 65_536;

    /// After how many pages the write-ahead log is moved into the file, unless told otherwise: 2,048.
    pub const CHECKPOINT_AFTER: u32 = 2_048;

    /// The default: full durability.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// When a commit counts as done.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// After how many entries the tail is written behind.
    ///
    /// More makes commits cheaper on average, since several entries of one case are written behind at once. It takes
    /// about 100 bytes of memory an entry, and lets the pause when it happens, and reading the tail after a crash, last
    /// longer.
    #[must_use]
    pub fn write_behind_after(mut self, entries: NonZeroU32) -> Self {
        self.write_behind_after = u64::from(entries.get());
        self
    }

    /// After how many pages, of 8 KiB, the write-ahead log is moved into the file. With more than one core a thread does
    /// that beside the commits, which is there for no longer than it takes.
    ///
    /// More makes commits cheaper on average: a page that is written again and again, as the end of a log is, is moved
    /// once. It takes room beside the file, and opening it after a crash takes longer.
    #[must_use]
    pub fn checkpoint_after(mut self, pages: NonZeroU32) -> Self {
        self.checkpoint_after = pages.get();
        self
    }

    /// Drops what was written behind and makes it again from the log: the way out where an error says that the index
    /// is damaged.
    #[must_use]
    pub fn rebuild_index(mut self, rebuild: bool) -> Self {
        self.rebuild_index = rebuild;
        self
    }

    /// Opens the file on another file system than the machine's: one that was registered with SQLite under this name (a
    /// VFS). The path is a name on it. `renew` writes a file there over with what it holds, and flushes it; there may be
    /// no such file.
    ///
    /// Such a store is its writer's alone: it takes the file system's own lock for as long as it is open, keeps no
    /// `.lock` beside it, and cannot be read by another meanwhile. All else is as on the machine's disk; that is what the
    /// file system is for on which the tests let everything fail.
    #[must_use]
    pub fn on_vfs(
        mut self,
        name: impl Into<String>,
        renew: impl Fn(&Path) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.vfs = Some(Vfs { name: name.into(), renew: Arc::new(renew) });
        self
    }
}

/// Writes a file over with what it holds, and flushes it.
pub(crate) type Renew = dyn Fn(&Path) -> io::Result<()> + Send + Sync;

/// A file system of SQLite's.
#[derive(Clone)]
pub(crate) struct Vfs {
    pub(crate) name: String,
    pub(crate) renew: Arc<Renew>,
}

impl fmt::Debug for Vfs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vfs").field("name", &self.name).finish_non_exhaustive()
    }
}
