//! What somebody wants done: commands, in the imperative, with everything resolved to the process's indices.

use super::people::PersonIx;
use crate::guard::{FieldIx, Value};
use crate::process::{Hash, OutcomeIx, PaperIx, RoleIx, StartIx};
use crate::time::Instant;

/// Something that somebody wants done to one case.
///
/// Completions and the like address a *wait* by its number, so that a stale screen is told that the wait is over and
/// never acts on a later one (C1).
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Open the case (F1).
    Start {
        /// By which start.
        start: StartIx,
        /// Who asks.
        by: PersonIx,
        /// What it is about, in a line.
        subject: Box<str>,
        /// Where the host keeps the papers that are brought.
        documents: Vec<(PaperIx, Box<str>)>,
    },
    /// Complete a wait (F4).
    Complete {
        /// The wait.
        wait: u32,
        /// Who.
        by: PersonIx,
        /// The outcome picked.
        outcome: OutcomeIx,
        /// The fields that this completion sets.
        values: Vec<(FieldIx, Value)>,
        /// Where the host keeps papers that the completion makes, brings or hands on.
        documents: Vec<(PaperIx, Box<str>)>,
        /// A remark.
        note: Option<Box<str>>,
    },
    /// Take a wait upon oneself (W4).
    Claim {
        /// The wait.
        wait: u32,
        /// Who.
        by: PersonIx,
    },
    /// Give a claim back (W4).
    Release {
        /// The wait.
        wait: u32,
        /// Who.
        by: PersonIx,
    },
    /// Let another person act for oneself, for this wait.
    Delegate {
        /// The wait.
        wait: u32,
        /// Who hands it over.
        by: PersonIx,
        /// To whom.
        to: PersonIx,
    },
    /// Put a wait off (T6).
    Hold {
        /// The wait.
        wait: u32,
        /// Who.
        by: PersonIx,
        /// Until when at the latest.
        until: Instant,
        /// Why.
        reason: Box<str>,
    },
    /// Go on with a wait that was put off (T6).
    Resume {
        /// The wait.
        wait: u32,
        /// Who.
        by: PersonIx,
    },
    /// Let another role act; the clock runs on. For the accountable role and the owner.
    Reassign {
        /// The wait.
        wait: u32,
        /// Who.
        by: PersonIx,
        /// The role that is to act.
        to: RoleIx,
        /// Why.
        reason: Box<str>,
    },
    /// Withdraw the case (W4). For the requester.
    Withdraw {
        /// Who.
        by: PersonIx,
        /// Why.
        reason: Box<str>,
    },
    /// Remark something.
    Comment {
        /// Who.
        by: PersonIx,
        /// What.
        text: Box<str>,
    },
    /// Erase personal data from what is on record of a case that is over. The process has no say in who may: the host
    /// admits whoever answers for personal data.
    Erase {
        /// Who.
        by: PersonIx,
        /// The fields whose values go.
        fields: Vec<FieldIx>,
        /// Tells whether what people wrote goes too.
        texts: bool,
        /// Why, and by whose wish. Stays on record.
        reason: Box<str>,
    },
    /// Move what is on record of a case that is over to an archive. The host admits whoever may.
    Archive {
        /// Who.
        by: PersonIx,
        /// What the archive is called.
        archive: Box<str>,
        /// The hash over what is left of the entries.
        left: Hash,
    },
    /// Put back what was moved to an archive.
    Restore {
        /// Who.
        by: PersonIx,
        /// What the archive is called.
        archive: Box<str>,
    },
    /// Do what is due by now, and nothing else.
    Advance,
}

/// The longest text that a command may carry, in bytes: subjects, notes, reasons, comments, references.
pub const MAX_TEXT: usize = 10_000;
