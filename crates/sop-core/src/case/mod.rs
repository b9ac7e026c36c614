//! The case: one request going through one process.
//!
//! [`decide`] says what follows from a command, [`apply`] folds what happened into the state, [`due`] says when
//! something will happen by itself. All three are pure. The engine, the verifier, simulated worlds and later hosts
//! call these and nothing else, so that what is proved is what runs.

mod apply;
mod command;
mod cover;
mod decide;
mod event;
mod explain;
mod handing;
mod naming;
mod people;
mod record;
mod rejection;
mod snapshot;
mod staffing;
mod state;
pub mod tokens;
mod world;

pub use apply::{apply, apply_all};
pub use command::{Command, MAX_TEXT};
pub use cover::{Cover, CoverError, Personal, Salt};
pub use decide::{Events, accountable_role, acting_roles, decide, due, due_of, may_complete};
pub use event::{
    Actor, ActorOf, Capacity, Dense, Event, Fault, Named, Naming, RECORD_VERSION, Record, ReturnName, RungOutcome,
    Shape, SlotName, Thing,
};
pub use explain::status_word;
pub use handing::Handing;
pub use people::{People, PersonIx, RoleStaff, Staffing, Tenure};
pub use record::RecordError;
pub use rejection::{Called, Rejection};
pub use snapshot::{SNAPSHOT_LAYOUT, SnapshotError};
pub use staffing::Directory;
pub use state::{CaseState, Status, Wait};
pub use world::{Registers, World};
