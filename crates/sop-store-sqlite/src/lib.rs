//! The embedded store of the engine: one append-only log in one SQLite file.
//!
//! What it owns: a file, its write-ahead log, and the lock beside it. A commit appends rows to one table and does
//! nothing else. What a case's history and an idempotency key are found by is *written behind*: kept in memory for the
//! newest entries (the [tail](Options::write_behind_after)), and moved to tables in one go when the tail is long. Those
//! tables say which place of the log they reflect and can be [rebuilt](Options::rebuild_index) from it, so that a crash
//! at any moment costs nothing but reading the tail again. With more than one core the write-ahead log is
//! [moved](Options::checkpoint_after) into the file by a thread of its own, which leaves to a commit only what came
//! meanwhile.
//!
//! Of a case, memory holds where it begins and ends, the hash that the next entry is [chained](sop_engine::audit) to, and
//! 128 bits that say of most keys that they are new to it: 88 bytes, for those that were written to lately. Work lists and timers are in memory; the engine says what is in them
//! when the store is opened.
//!
//! What it deliberately doesn't know: processes, people, what an entry says.
//!
//! Its invariants:
//!
//! - Rows of the log are never deleted, and changed only to say less: what was personal in them, or moved to an archive,
//!   is overwritten in the file, and the chain of hashes is the same after it. Each has a sum over all that it says, so that an altered byte is
//!   an error that names the place, and never a wrong answer.
//! - What was written behind has a sum over all of its rows, which is looked at before it is first believed that a case
//!   or a key is not there: a row that was lost is an error, and no command is done twice for it.
//! - Each row of a case names the row before of the same case; a history is that chain, and is checked when it is read.
//! - Memory changes only after a commit has succeeded.
//! - What is found in the write-ahead log when the store is opened for writing is written to the disk before anybody is
//!   answered from it: the program before may have been killed before it had flushed that, or its flush may have failed.
//! - One writer holds an advisory lock on `<file>.lock`, which the system releases when the program ends, however it
//!   ends. Readers need no lock.
//!
//! ```
//! use sop_engine::store::{About, Batch, Body, NewEntry, Store};
//! use sop_store_sqlite::SqliteStore;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("sop.db");
//! let mut store = SqliteStore::open(&path)?;
//! let entry = NewEntry { about: About::Directory, key: None, body: Body::from_json(*b"{}") };
//! store.append(Batch { entries: vec![entry], ..Batch::default() })?;
//!
//! let reader = SqliteStore::open_read_only(&path)?;
//! assert_eq!(reader.last()?, store.last()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test says what it expects by failing"
    )
)]

mod backup;
mod compact;
mod options;
mod store;
mod view;

mod absence;
mod chain;
mod checkpoint;
mod commit;
mod file;
mod known;
mod lock;
mod mover;
mod owed;
mod pending;
mod row;
mod schema;
mod sum;
mod tables;
mod tail;
mod trouble;

pub use backup::backup;
pub use compact::{Compacted, compact};
pub use options::{Durability, Options};
pub use store::SqliteStore;
