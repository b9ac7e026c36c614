//! Why an archive was not taken, and what to do about it.

use std::fmt;

use crate::answer::Refusal;
use crate::store::{CaseId, Position, StoreError};
use crate::transfer::ImportError;

/// Why an archive was not taken.
#[derive(Debug)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The archive cannot be read.
    Text(ImportError),
    /// It says something else of the case than is on record.
    NotOnRecord {
        /// The case.
        case: CaseId,
        /// The entry.
        at: Position,
    },
    /// It does not hold the case.
    NotThere {
        /// The case.
        case: CaseId,
    },
    /// The case is not in an archive.
    NotArchived {
        /// The case.
        case: CaseId,
    },
    /// It is refused for the same reasons as a command.
    Refused(Refusal),
    /// The store failed. What was committed before stays so, and the archive can be handed in again.
    Store(StoreError),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(error) => error.fmt(f),
            Self::NotOnRecord { case, at } => write!(
                f,
                "the archive says something else of case {case} than is on record as entry {at}: it was altered, or is \
                 of another store; nothing of this case was changed"
            ),
            Self::NotThere { case } => write!(f, "the archive does not hold case {case}: look for it in another"),
            Self::NotArchived { case } => write!(f, "case {case} is in no archive: there is nothing to put back"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ArchiveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Text(error) => Some(error),
            Self::Refused(refusal) => Some(refusal),
            Self::Store(error) => Some(error),
            Self::NotOnRecord { .. } | Self::NotThere { .. } | Self::NotArchived { .. } => None,
        }
    }
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for ArchiveError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
