//! The durable runtime of office procedures.
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

mod engine;
mod answer;
mod request;
mod worklist;
mod why;
mod timeline;
mod clock;
mod committed;
mod signal;

pub mod files;
pub mod index;
pub mod store;

pub use answer::{Done, Named, Numbering, Refusal, WaitRef};
pub use clock::Clock;
pub use committed::Committed;
pub use engine::{
    Answer, CalendarError, CaseView, DeployError, DeployedProcess, Deployment, Engine, RegisterEntry, ReturnsTaken,
};
pub use request::{Completion, Opening};
pub use store::{CaseId, Key};
pub use timeline::HistoryEntry;
pub use worklist::{Form, FormField, FormPaper, OutcomeChoice, WorkItem};
