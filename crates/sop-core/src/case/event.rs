//! What happens to a case: events, in the past tense.
//!
//! One enum serves both worlds. In memory an event names things by the dense indices of its process ([`Dense`]); in a
//! record, which is what stores keep and hash, by the names of the definition ([`Named`]). Either form says everything
//! that the state needs, so that [`apply`](super::apply) needs no process.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cover::Cover;
pub use super::naming::{Dense, Named, Naming, ReturnName, SlotName, Thing};
use crate::definition::DefinitionId;
use crate::process::Hash;
use crate::time::{Instant, Millis, Revision};

/// In which capacity somebody acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// As the appointed holder of the post.
    Definitive,
    /// As pelaksana harian, while the holder is away (UU 30/2014 article 14).
    Plh,
    /// As pelaksana tugas, while the post is vacant (UU 30/2014 article 14).
    Plt,
    /// As the one who asks.
    Requester,
    /// As somebody to whom a holder handed this one wait.
    Delegate,
}

/// A person together with the post for which they act (W1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor<P, R> {
    /// Who.
    pub person: P,
    /// For which role.
    pub role: R,
    /// In which capacity.
    pub capacity: Capacity,
}

/// An actor as events name it.
pub type ActorOf<N> = Actor<<N as Naming>::Person, <N as Naming>::Role>;

/// The sizes of the process that a state is laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Papers.
    pub papers: u32,
    /// Fields.
    pub fields: u32,
    /// Steps.
    pub steps: u32,
    /// Returns.
    pub returns: u32,
    /// Slots of joins.
    pub slots: u32,
    /// Ends.
    pub ends: u32,
    /// Shared clocks.
    pub groups: u32,
}

/// What a rung did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", rename_all = "snake_case", deny_unknown_fields)]
pub enum RungOutcome<N: Naming> {
    /// Reminded whoever may act.
    RemindedDoer,
    /// Reminded a role.
    Reminded {
        /// The role.
        role: N::Role,
    },
    /// Let a further role act, which is now accountable.
    Escalated {
        /// The role.
        role: N::Role,
        /// What binds it, where it is filled per field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound: Option<N::Binding>,
    },
    /// Let another role act instead.
    Reassigned {
        /// The role.
        role: N::Role,
        /// What binds it, where it is filled per field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound: Option<N::Binding>,
    },
    /// Left the wait; what follows says where to.
    Left,
    /// Found no way on, since not exactly one guard holds; the wait stays.
    Blocked,
    /// Found nobody accountable to remind.
    NobodyAccountable,
}

/// Why a case stands still (F3, F5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault<N: Naming> {
    /// An active step was to be activated.
    StepAlreadyActive {
        /// The step.
        step: N::Step,
    },
    /// A full slot was to be filled.
    SlotAlreadyFull {
        /// The slot.
        slot: N::Slot,
    },
    /// An end of the whole case was reached while something else was open.
    EndBeforeTheRest {
        /// The end.
        end: N::End,
    },
}

/// What happened to a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event<N: Naming> {
    /// The case was opened.
    Started {
        /// By which start.
        start: N::Start,
        /// Who asks.
        requester: N::Person,
        /// What it is about.
        subject: Box<str>,
        /// The sizes that the state is laid out for.
        shape: Arc<Shape>,
        /// The directory's revision.
        directory: Revision,
        /// The calendar's revision, by which instants are computed from here on.
        calendar: Revision,
    },
    /// A wait began: somebody has to act.
    Activated {
        /// Its number in the case.
        wait: u32,
        /// The step.
        step: N::Step,
        /// What binds its roles, where they are filled per field (W2).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound: Option<N::Binding>,
        /// Tells whether it follows a return (T1).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        rework: bool,
        /// When.
        anchor: Instant,
        /// When it is due, as computed then (T1).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Instant>,
        /// When its ladder acts next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alarm: Option<Instant>,
    },
    /// A token waits in a slot (F2).
    SlotFilled {
        /// The slot.
        slot: N::Slot,
    },
    /// All slots of a join were full and emptied (F2).
    Joined {
        /// The first slot of the join.
        first: N::Slot,
        /// The number of slots that it has.
        slots: u32,
    },
    /// A person completed a wait.
    Completed {
        /// The wait.
        wait: u32,
        /// Its step.
        step: N::Step,
        /// The outcome picked.
        outcome: N::Outcome,
        /// Who, for which post.
        by: ActorOf<N>,
        /// Tells whether no other outcome was open any more (R2).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        forced: bool,
        /// What the person noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Box<str>>,
        /// The directory's revision.
        directory: Revision,
    },
    /// A field was set.
    FieldSet {
        /// The field.
        field: N::Field,
        /// Its value.
        value: N::Value,
    },
    /// A paper became a new version (P1).
    PaperMade {
        /// The paper.
        paper: N::Paper,
        /// The version, counted from 1.
        version: u32,
    },
    /// A document was attached to a version of a paper.
    DocumentAttached {
        /// The paper.
        paper: N::Paper,
        /// The version.
        version: u32,
        /// Where the host keeps it.
        reference: Box<str>,
    },
    /// A required paper was absent, and its requirement waived (P4).
    AbsenceWaived {
        /// The step.
        step: N::Step,
        /// The paper.
        paper: N::Paper,
    },
    /// A register gave a number.
    Numbered {
        /// The register.
        register: N::Register,
        /// The year of the count; 0 where the register does not begin anew.
        year: i32,
        /// The number.
        number: u32,
        /// The number as written.
        text: Box<str>,
    },
    /// A return was taken (R1).
    Returned {
        /// The return.
        r#return: N::Return,
        /// How often by now.
        count: u32,
    },
    /// A return was used up, and what follows happens instead (R1).
    ReturnExhausted {
        /// The return.
        r#return: N::Return,
    },
    /// A wait was withdrawn (R3).
    WaitWithdrawn {
        /// The wait.
        wait: u32,
        /// Its step.
        step: N::Step,
    },
    /// A waiting token was withdrawn (R3).
    SlotWithdrawn {
        /// The slot.
        slot: N::Slot,
    },
    /// A shared clock changed (T2).
    SharedClock {
        /// The clock.
        group: N::Group,
        /// What has been used of it.
        consumed: Millis,
        /// Since when it runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Instant>,
        /// How many waits run on it.
        running: u32,
    },
    /// A token came to an end (F5).
    TokenEnded {
        /// The end.
        end: N::End,
    },
    /// No token is left (F5).
    Finished,
    /// The whole case was stopped (F5).
    Stopped {
        /// At which end.
        end: N::End,
    },
    /// The case stands still until an operator looks at it (F3).
    Faulted {
        /// Why.
        fault: Fault<N>,
    },
    /// A rung of an overdue wait fired (T4).
    RungFired {
        /// The wait.
        wait: u32,
        /// The rung, counted from 0.
        rung: u16,
        /// Which firing of this rung, counted from 1; with missed ones, the last of them.
        occurrence: u32,
        /// How many earlier firings were missed and are covered by this one.
        #[serde(default, skip_serializing_if = "is_zero")]
        missed: u32,
        /// When it was due; of several, the first.
        due: Instant,
        /// What it did.
        outcome: RungOutcome<N>,
        /// When the ladder acts next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alarm: Option<Instant>,
    },
    /// The policy left a wait for a person (T3).
    LeftByPolicy {
        /// The wait.
        wait: u32,
        /// Its step.
        step: N::Step,
        /// The outcome taken; none where the wait just ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<N::Outcome>,
    },
    /// A person took a wait upon themselves (W4).
    Claimed {
        /// The wait.
        wait: u32,
        /// Who.
        by: ActorOf<N>,
        /// Until when nobody else may complete it.
        until: Instant,
    },
    /// A claim was given back (W4).
    Released {
        /// The wait.
        wait: u32,
        /// Who gave it back.
        by: N::Person,
    },
    /// A person who may act let another act for them, for this wait.
    Delegated {
        /// The wait.
        wait: u32,
        /// Who handed it over.
        by: ActorOf<N>,
        /// To whom.
        to: N::Person,
    },
    /// A wait was put off (T6).
    Held {
        /// The wait.
        wait: u32,
        /// Who.
        by: ActorOf<N>,
        /// Until when at the latest.
        until: Instant,
        /// Why.
        reason: Box<str>,
        /// What had been used of its budget.
        consumed: Millis,
    },
    /// A wait that was put off goes on (T6).
    Resumed {
        /// The wait.
        wait: u32,
        /// Who; none: its time had come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<N::Person>,
        /// Since when its clock runs again.
        since: Instant,
        /// When it is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Instant>,
        /// When its ladder acts next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alarm: Option<Instant>,
    },
    /// A person let another role act instead; the clock runs on.
    Reassigned {
        /// The wait.
        wait: u32,
        /// Who.
        by: ActorOf<N>,
        /// The role that acts now.
        role: N::Role,
        /// What binds it, where it is filled per field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound: Option<N::Binding>,
        /// Why.
        reason: Box<str>,
    },
    /// The requester withdrew the case (W4).
    WithdrawnByRequester {
        /// Who.
        by: N::Person,
        /// Why.
        reason: Box<str>,
    },
    /// Somebody remarked something.
    Commented {
        /// Who.
        by: N::Person,
        /// What.
        text: Box<str>,
    },
    /// Personal data was erased from what is on record of the case, after it was over.
    Erased {
        /// Who did it.
        by: N::Person,
        /// The fields whose values are gone.
        fields: Box<[N::Field]>,
        /// Tells whether what people wrote is gone too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        texts: bool,
        /// Why, and by whose wish: what shows that it was lawful, and is not erased itself.
        reason: Box<str>,
    },
    /// What is on record of the case was moved to an archive, after it was over.
    Archived {
        /// Who did it.
        by: N::Person,
        /// What the archive is called.
        archive: Box<str>,
        /// The hash over what was left of the entries before this one, so that nobody else moves anything.
        left: Hash,
    },
    /// What had been moved to an archive was put back.
    Restored {
        /// Who did it.
        by: N::Person,
        /// What the archive is called.
        archive: Box<str>,
    },
    /// The calendar changed, and what depends on it is computed anew (T1).
    CalendarChanged {
        /// The new revision.
        calendar: Revision,
    },
    /// A wait's instants were computed anew (T1).
    Rescheduled {
        /// The wait.
        wait: u32,
        /// When it is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Instant>,
        /// When its ladder acts next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alarm: Option<Instant>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// The version of the form in which events are recorded. A record with a greater one is refused, never guessed at.
pub const RECORD_VERSION: u32 = 1;

/// One accepted command of a case, as stores keep it: the events that it caused, together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`RECORD_VERSION`] when it was written.
    pub v: u32,
    /// The definition, for people who read the log.
    pub definition: DefinitionId,
    /// When it was decided.
    pub at: Instant,
    /// What happened.
    pub events: Vec<Event<Named>>,
    /// The covers of what is [personal](super::Personal) in it, in order: so that it can be erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<Cover>,
    /// The hash over what it said, where that was moved to an archive. Only the numbers that registers gave are left in
    /// it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<Hash>,
}
