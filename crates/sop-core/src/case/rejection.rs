//! Why a command was refused: values for callers, without prose inside; and what to tell a person about them.

use serde::Serialize;

use super::state::Status;
use crate::definition::PersonId;
use crate::guard::ValueProblem;
use crate::time::Instant;

/// Something of the process, by its name in the definition and as people call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Called {
    /// The name in the definition.
    pub id: String,
    /// What people call it; of a step, its row and its role.
    pub title: String,
}

/// Why a command was refused. A refused command writes nothing (C1).
#[derive(Debug, Clone, PartialEq)]
pub enum Rejection {
    /// The case was opened before.
    AlreadyStarted,
    /// The case was never opened.
    NotStarted,
    /// The case belongs to another process than the one that the command was decided with.
    OtherProcess,
    /// The case is over.
    CaseIsOver {
        /// What became of it.
        status: Status,
    },
    /// The case stands still (F3).
    CaseIsFaulted,
    /// The wait is over, or never was.
    WaitIsOver {
        /// Its number.
        wait: u32,
    },
    /// The wait is put off (T6).
    WaitIsHeld {
        /// Until when.
        until: Instant,
    },
    /// The wait is not put off.
    WaitIsNotHeld,
    /// The person holds none of the roles that may do this now (W1, W2).
    NotYours {
        /// The roles that may.
        roles: Vec<Called>,
    },
    /// The acting officer's mandate does not cover strategic decisions (W1).
    NeedsMandate {
        /// The role.
        role: Called,
    },
    /// The step asks for another person than the one who did the other step (W3).
    MustBeAnother {
        /// The other step.
        step: Called,
    },
    /// The step asks for the person who did the other step (W3).
    MustBeTheSame {
        /// The other step.
        step: Called,
        /// That person.
        person: PersonId,
    },
    /// Somebody else took the wait upon themselves (W4).
    ClaimedByAnother {
        /// Who.
        person: PersonId,
        /// Until when this keeps others out.
        until: Instant,
    },
    /// Nobody took the wait upon themselves.
    NotClaimed,
    /// The step has no such outcome.
    NoSuchOutcome {
        /// Those it has.
        outcomes: Vec<Called>,
    },
    /// The outcome is closed, since its returns are used up (R2).
    OutcomeIsClosed {
        /// The outcome.
        outcome: Called,
        /// How many returns there were.
        limit: u32,
    },
    /// Something that the completion needs is missing or wrong: all of it at once (C1).
    Incomplete {
        /// Required papers that are absent (P3).
        papers: Vec<Called>,
        /// Fields that have to be set.
        fields: Vec<Called>,
        /// Values that their fields do not admit.
        invalid: Vec<(Called, ValueProblem)>,
        /// Fields that this outcome does not set.
        unexpected: Vec<Called>,
        /// Papers to which this completion cannot attach a document.
        unattachable: Vec<Called>,
    },
    /// Not exactly one guard holds (F4).
    Undecided {
        /// How many hold.
        holding: u32,
    },
    /// A text is longer than a command may carry.
    TextTooLong {
        /// The most, in bytes.
        limit: u32,
    },
    /// A text that has to say something says nothing.
    TextMissing,
    /// The process has no such start.
    NoSuchStart,
    /// The process has no such role.
    NoSuchRole,
    /// The directory does not list the person.
    UnknownPerson,
    /// The policy allows no withdrawal.
    WithdrawalIsOff,
    /// Only the requester may withdraw (W4).
    NotTheRequester,
    /// The step up to which withdrawal is allowed has been completed (W4).
    TooLateToWithdraw {
        /// The step.
        step: Called,
    },
    /// The policy allows no holds.
    HoldsAreOff,
    /// A hold has to end later than it begins and no later than the policy allows (T6).
    HoldOutOfRange {
        /// The latest end.
        latest: Instant,
    },
    /// The case carries as many comments as the policy allows.
    TooManyComments {
        /// How many.
        limit: u32,
    },
    /// The case still runs; personal data is erased from cases that are over, and only such are archived.
    CaseIsNotOver,
    /// The role acts already.
    ActsAlready,
    /// The register gave its last number.
    RegisterIsFull {
        /// The register.
        register: Called,
    },
}

impl Rejection {
    /// Its kind in a word that does not change: for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AlreadyStarted => "already_started",
            Self::NotStarted => "not_started",
            Self::OtherProcess => "other_process",
            Self::CaseIsOver { .. } => "case_is_over",
            Self::CaseIsFaulted => "case_is_faulted",
            Self::WaitIsOver { .. } => "wait_is_over",
            Self::WaitIsHeld { .. } => "wait_is_held",
            Self::WaitIsNotHeld => "wait_is_not_held",
            Self::NotYours { .. } => "not_yours",
            Self::NeedsMandate { .. } => "needs_mandate",
            Self::MustBeAnother { .. } => "must_be_another",
            Self::MustBeTheSame { .. } => "must_be_the_same",
            Self::ClaimedByAnother { .. } => "claimed_by_another",
            Self::NotClaimed => "not_claimed",
            Self::NoSuchOutcome { .. } => "no_such_outcome",
            Self::OutcomeIsClosed { .. } => "outcome_is_closed",
            Self::Incomplete { .. } => "incomplete",
            Self::Undecided { .. } => "undecided",
            Self::TextTooLong { .. } => "text_too_long",
            Self::TextMissing => "text_missing",
            Self::NoSuchStart => "no_such_start",
            Self::NoSuchRole => "no_such_role",
            Self::UnknownPerson => "unknown_person",
            Self::WithdrawalIsOff => "withdrawal_is_off",
            Self::NotTheRequester => "not_the_requester",
            Self::TooLateToWithdraw { .. } => "too_late_to_withdraw",
            Self::HoldsAreOff => "holds_are_off",
            Self::HoldOutOfRange { .. } => "hold_out_of_range",
            Self::TooManyComments { .. } => "too_many_comments",
            Self::CaseIsNotOver => "case_is_not_over",
            Self::ActsAlready => "acts_already",
            Self::RegisterIsFull { .. } => "register_is_full",
        }
    }
}
