//! The durable runtime of office procedures: deployed processes, cases, work lists, timers, registers, history.
//!
//! [`Engine`] is what a host talks to. [`files`] reads a definition with the office and calendar that it names.
//! [`store`] is the border to whatever keeps the log: a small trait, and a store in memory; [`transfer`] takes what one
//! holds to another; [`audit`] checks that nobody has
//! altered it. [`staffing`] says for which steps nobody may act, and when. Everything that is decided is
//! decided by [`core`]; what is known about a process is said by [`verify`].
//!
//! Owns: the lock under which commands are decided one after the other, the clock, the cases in memory, and the
//! [index](index::Index) of work lists and timers. Deliberately knows nothing of any one database, of networks, of
//! terminals, nor of who is logged in: a host says who acts.
//!
//! ```
//! use sop_engine::core::definition::PersonId;
//! use sop_engine::verify::Verify as _;
//! use sop_engine::{Clock, Completion, Engine, Opening, files, store::MemoryStore};
//!
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
//! # let path = |name: &str| format!("{folder}/{name}");
//! let sop = files::read(path("narasumber.json"))?;
//! let officials = files::directory(path("pejabat.json"), sop.office())?;
//! let engine = Engine::open(MemoryStore::new(), officials, Clock::system())?;
//! let procedure = sop.process().id().clone();
//! engine.deploy(sop.verify())?; // refused unless it is proved that no request can stall
//!
//! let asker = PersonId::new("tamu")?;
//! let opened = engine.start(&procedure, &asker, &Opening::about("Narasumber bimtek"), None)??;
//! engine.complete(&opened.opened[0], &asker, &Completion::default(), None)??;
//! assert_eq!(engine.worklist(&PersonId::new("awang")?)?.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Invariants:
//!
//! - A command is decided, appended to the log, and only then seen: by its caller, by readers, by subscribers. Where the
//!   store fails, nothing has happened.
//! - Everything in memory follows from the log. Reopening folds the same events into the same states, whether it begins
//!   with a checkpoint or with the first entry; a checkpoint that does not fit to the byte is left aside.
//! - What is on record is [chained](audit) by hashes where the store does that, as durable ones do; the only change that
//!   it ever meets is that it says less, by an erasure or an archive, which the chain does not notice and the record shows.
//! - Time never goes back behind what is on record.
//! - What is on record names things by the names of the definition, never by index; the texts of deployed processes are
//!   kept beside it. Only checkpoints, which may be thrown away, hold indices.
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

pub use sop_core as core;
pub use sop_verify as verify;

mod act;
mod ahead;
mod answer;
mod clock;
mod committed;
mod engine;
mod request;
mod salts;
mod signal;
mod timeline;
mod watch;
mod why;
mod worklist;

pub mod audit;
pub mod files;
pub mod index;
pub mod staffing;
pub mod store;
pub mod transfer;

#[doc = include_str!("../WATCHING.md")]
pub mod watching {}

pub use act::Act;
pub use answer::{Done, Named, Numbering, Refusal, WaitRef};
pub use clock::Clock;
pub use committed::Committed;
pub use engine::{
    Answer, ArchiveError, Archived, CalendarError, CaseView, DeployError, DeployedProcess, Deployment, Engine, LetGo,
    RegisterEntry, ReturnsTaken, Ticket,
};
pub use request::{Completion, Erasure, Opening};
pub use staffing::{GapReason, ProcedureStaffing, StaffingGap, StaffingReport, UnstaffedWait};
pub use store::{CaseId, Key};
pub use timeline::HistoryEntry;
pub use watch::Overdue;
pub use worklist::{Form, FormField, FormPaper, OutcomeChoice, WorkItem};
