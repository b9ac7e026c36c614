//! What can go wrong with an export, and what to do about it.

use std::{fmt, io};

use sop_core::process::Hash;

use super::VERSION;
use crate::store::{CaseId, Position, StoreError};

/// Why an export was not written. What was written of it is not one, and an import says so.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExportError {
    /// The store could not be read.
    Store(StoreError),
    /// What the export was written to did not take it.
    Write(io::Error),
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Write(error) => {
                write!(f, "the export cannot be written: {error}; throw away what is there of it, and export again")
            }
        }
    }
}

impl std::error::Error for ExportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::Write(error) => Some(error),
        }
    }
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Why an export was not read.
#[derive(Debug)]
pub struct ImportError {
    /// The line that was read last, counted from 1; 0 where none was read.
    pub line: u64,
    /// What is wrong.
    pub trouble: ImportTrouble,
    /// Whether the store holds a part of the export, or may: it is of no use then, and has to be thrown away. Otherwise
    /// it is as it was.
    pub is_partly_written: bool,
}

/// What is wrong with an export, or stands in its way.
#[derive(Debug)]
#[non_exhaustive]
pub enum ImportTrouble {
    /// The store is not empty.
    NotEmpty {
        /// Its last entry.
        last: Position,
    },
    /// The first line is not that of an export.
    NotAnExport,
    /// It is of one case: that has a place only in the log that it comes from.
    OfOneCase {
        /// The case.
        case: Option<CaseId>,
    },
    /// It is an archive of cases: `restore` puts them back where they were.
    AnArchive,
    /// It is an export of a whole log, and no archive.
    NotAnArchive,
    /// It ends before its end.
    CutShort {
        /// The number of entries that are missing.
        missing: u64,
    },
    /// It is of a version that is not read.
    OtherVersion {
        /// Its version.
        version: u32,
    },
    /// It ends before its end.
    Truncated {
        /// How many entries there were.
        found: u64,
        /// How many there should be.
        expected: u64,
    },
    /// The line is not what was exported, or lines before it are missing.
    Altered,
    /// The line is not of the form of its version.
    Unreadable {
        /// Why.
        why: String,
    },
    /// The entry is not the next.
    Gap {
        /// The place that should have come.
        expected: Position,
        /// The place that came.
        found: Position,
    },
    /// The entry is not the next of its case.
    CaseGap {
        /// The case.
        case: CaseId,
        /// How many entries of it came before.
        held: u32,
        /// Which entry of it came.
        found: u32,
    },
    /// A text does not have the hash that it is said to have.
    WrongText {
        /// The hash that it is said to have.
        said: Hash,
        /// The hash that it has.
        is: Hash,
    },
    /// A text comes that the next entry does not name, or that came before.
    TextNotNamed {
        /// Its hash.
        hash: Hash,
    },
    /// The entry names a text that did not come before it.
    TextMissing {
        /// Its hash.
        hash: Hash,
    },
    /// The entry is not chained as it was committed: it, or an entry before it that it goes back to, was altered before
    /// the export was made.
    NotChained {
        /// Its place.
        at: Position,
    },
    /// More comes after the last entry.
    GoesOn,
    /// The export could not be read.
    Read(io::Error),
    /// The store did not take it.
    Store(StoreError),
}

impl fmt::Display for ImportTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let again = "take another copy, or export again";
        match self {
            Self::NotEmpty { last } => write!(
                f,
                "the store holds {last} entries already, and an export goes into an empty one: make a new store"
            ),
            Self::NotAnExport => write!(f, "this is no export of a store, or its beginning is missing: check the file"),
            Self::OfOneCase { case } => {
                f.write_str("this is the export of one case")?;
                if let Some(case) = case {
                    write!(f, ", {case}")?;
                }
                f.write_str(", and a store takes only that of a whole store: use `Engine::export`")
            }
            Self::AnArchive => f.write_str(
                "this is an archive of cases, and a store takes only the export of a whole store: put its cases back \
                 with `Engine::restore`",
            ),
            Self::NotAnArchive => f.write_str("this is the export of a whole store, and no archive: check the file"),
            Self::CutShort { missing } => {
                write!(f, "the archive is cut short: {missing} entries are missing; {again}")
            }
            Self::OtherVersion { version } => write!(
                f,
                "the export is of version {version}, and this program reads versions up to {VERSION}: use the program that \
                 wrote it, or a later one"
            ),
            Self::Truncated { found, expected } => {
                write!(f, "the export is cut short: it has {found} whole entries of {expected}; {again}")
            }
            Self::Altered => {
                write!(f, "the line is not what was exported, or lines before it are missing or were moved; {again}")
            }
            Self::Unreadable { why } => write!(f, "the line cannot be read: {why}; {again}"),
            Self::Gap { expected, found } => {
                write!(f, "entry {found} comes where entry {expected} should: the log has a gap; {again}")
            }
            Self::CaseGap { case, held, found } => {
                write!(f, "entry {found} of case {case} comes after {held} of its entries; {again}")
            }
            Self::WrongText { said, is } => {
                write!(f, "the text is said to be {said}, and is {is}; {again}")
            }
            Self::TextNotNamed { hash } => {
                write!(f, "the text {hash} is not one that the next entry needs; {again}")
            }
            Self::TextMissing { hash } => write!(f, "the entry names the text {hash}, which is missing; {again}"),
            Self::NotChained { at } => write!(
                f,
                "entry {at} is not what was committed, or does not follow what was: have the log that it comes from \
                 checked with `verify_audit`"
            ),
            Self::GoesOn => write!(f, "the export goes on after its last entry; {again}"),
            Self::Read(error) => write!(f, "the export cannot be read: {error}; try again"),
            Self::Store(error) => write!(f, "the store did not take it: {error}"),
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        self.trouble.fmt(f)?;
        f.write_str(if self.is_partly_written {
            "; a part was written: throw the store away, and import into a new one"
        } else {
            "; nothing was written"
        })
    }
}

impl std::error::Error for ImportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.trouble {
            ImportTrouble::Read(error) => Some(error),
            ImportTrouble::Store(error) => Some(error),
            _ => None,
        }
    }
}
