//! What the log of a store consists of.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sop_core::process::Hash;

use super::StoreError;
use crate::ahead::Ahead;
use crate::audit::{self, Chained};
use crate::committed::Committed;
use crate::index::IndexChange;

/// The name of a case: from the host, or the next number that is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub u64);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A table by case.
pub(crate) type ByCase<T> = HashMap<CaseId, T, BuildHasherDefault<CaseHasher>>;

/// Spreads the numbers of cases, which come from a trusted host and follow one another, over a table: a multiplication
/// does, and is a fraction of what a hash for strangers' keys costs.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CaseHasher(u64);

impl Hasher for CaseHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // 2^64 divided by the golden ratio; the table looks at the high bits and at the low ones.
        let spread = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread ^ (spread >> 32);
    }
}

/// A place in the log, counted from 1 without gaps. The default, 0, is before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// The place after this.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A deployed process, counted from 1 in the order of the deployments; the deployment's entry says which process it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProcessNumber(pub u32);

/// What a host names a command by, so that sending it twice does it once (C2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(Box<str>);

/// A text is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to {limit} bytes and no control characters", limit = Key::MAX_BYTES)]
pub struct KeyError;

impl Key {
    /// The longest key, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// A key.
    ///
    /// # Errors
    /// [`KeyError`] for a text that is empty, too long, or has control characters.
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, KeyError> {
        let text = text.into();
        if text.is_empty() || text.len() > Self::MAX_BYTES || text.chars().any(char::is_control) {
            return Err(KeyError);
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Within what a key is unique: a case, or, for commands that open one, the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The whole store.
    Store,
    /// One case.
    Case(CaseId),
}

/// A command in sixteen bytes: the beginning of a SHA-256 hash over everything that it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// What is left of one that was thrown away: a hash over values that were erased would give them away to whoever
    /// tries those that they can have had. No command has it.
    pub const THROWN_AWAY: Self = Self([0; 16]);
}

/// The key of the command that caused an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// Within what the key is unique.
    pub scope: Scope,
    /// The key.
    pub key: Key,
    /// The command, so that another one under the same key is noticed.
    pub command: Fingerprint,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// What happened to a case. The body is a [`Record`](sop_core::case::Record).
    Case {
        /// The case.
        case: CaseId,
        /// Which entry of the case this is, counted from 1 without gaps.
        version: u32,
        /// The process that the case follows.
        process: ProcessNumber,
    },
    /// A process was deployed.
    Deployment,
    /// Other people hold the posts.
    Directory,
    /// Working time is another.
    Calendar,
}

impl About {
    /// The case, where it is about one.
    pub fn case(&self) -> Option<CaseId> {
        match self {
            Self::Case { case, .. } => Some(*case),
            _ => None,
        }
    }
}

/// What a store writes of an entry: what it says, and the hash by which that is [chained](crate::audit).
#[derive(Debug, Clone)]
pub struct Written<'b> {
    /// The JSON text, in UTF-8.
    pub json: Cow<'b, [u8]>,
    /// The hash over what it says, personal values by their commitments.
    pub told: Hash,
}

/// What an entry says, as JSON; made when somebody reads it.
#[derive(Debug, Clone)]
pub struct Body(Content);

#[derive(Debug, Clone)]
enum Content {
    Json(Arc<[u8]>),
    Committed(Arc<Committed>),
    Ahead(Arc<Ahead>),
}

impl Body {
    /// What was read from where a store keeps it.
    pub fn from_json(json: impl Into<Arc<[u8]>>) -> Self {
        Self(Content::Json(json.into()))
    }

    /// What was just decided; to be written when a store asks for it.
    pub(crate) fn from_committed(committed: Arc<Committed>) -> Self {
        Self(Content::Committed(committed))
    }

    /// The same, whose text somebody makes meanwhile.
    pub(crate) fn from_ahead(ahead: Arc<Ahead>) -> Self {
        Self(Content::Ahead(ahead))
    }

    /// The JSON text, in UTF-8. The same bytes each time.
    ///
    /// # Errors
    /// [`StoreError::is_damaged`] for events that do not belong to their process; decisions never make any.
    pub fn to_json(&self) -> Result<Cow<'_, [u8]>, StoreError> {
        match &self.0 {
            Content::Json(json) => Ok(Cow::Borrowed(json)),
            Content::Committed(committed) => committed.to_json().map(Cow::Owned),
            Content::Ahead(ahead) => ahead.committed.to_json().map(Cow::Owned),
        }
    }

    /// The same text, with the hash by which it is chained, of an entry about something.
    ///
    /// # Errors
    /// As for [`to_json`](Self::to_json).
    pub fn to_written(&self, about: &About) -> Result<Written<'_>, StoreError> {
        match &self.0 {
            Content::Json(json) => Ok(Written { json: Cow::Borrowed(json), told: audit::told(about, json)? }),
            Content::Committed(committed) => {
                let (json, told) = committed.to_written()?;
                Ok(Written { json: Cow::Owned(json), told })
            }
            Content::Ahead(ahead) => ahead.written(),
        }
    }
}

/// One entry of the log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place.
    pub position: Position,
    /// What it is about.
    pub about: About,
    /// The key of the command that caused it.
    pub key: Option<KeyUse>,
    /// What it says.
    pub body: Body,
    /// How it is chained, where the store does that.
    pub chained: Option<Chained>,
}

/// An entry to be written. Its place is given by the store.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// What it is about.
    pub about: About,
    /// The key of the command that causes it.
    pub key: Option<KeyUse>,
    /// What it says.
    pub body: Body,
}

/// What is committed together: all of it or nothing.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The last entry that the writer knows of: where the log has gone on since, the batch is refused as a conflict.
    /// None: only the versions of the cases are looked at.
    pub after: Option<Position>,
    /// Texts to be kept by their hash; those that are kept already need not be written again.
    pub blobs: Vec<Arc<[u8]>>,
    /// Entries, in order. There may be several of one case.
    pub entries: Vec<NewEntry>,
    /// Entries of which less is to be said from now on.
    pub rewritten: Vec<Rewritten>,
    /// What changes in the work lists and among the timers, in order. Not durable: it follows from the entries, and is
    /// [given again](super::Store::reindex) when the store is opened.
    pub changes: Vec<IndexChange>,
}

/// An entry that is on record, with less to say than before: what was personal in it is erased. That is the one way in
/// which what is on record changes, and the chain is the same before and after.
#[derive(Debug, Clone)]
pub struct Rewritten {
    /// Its place.
    pub at: Position,
    /// What it says from now on.
    pub body: Body,
    /// Tells whether the [fingerprint](Fingerprint) of its command is [thrown away](Fingerprint::THROWN_AWAY).
    pub forgets_command: bool,
}

/// Where all cases stood at a place in the log: a cache that may be dropped at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last entry that it reflects.
    pub position: Position,
    /// What the engine wrote; a store does not look into it.
    pub content: Vec<u8>,
}

/// The hash by which a text is kept.
pub fn blob_hash(content: &[u8]) -> Hash {
    Hash::of(content)
}
