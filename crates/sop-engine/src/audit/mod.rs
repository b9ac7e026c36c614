//! The chain of hashes over what is on record, and its check.
//!
//! An office has to be able to show, years later and to somebody who does not trust it, that the file of a case is what
//! happened: that nothing was altered, removed, inserted or put in another order. So a durable store chains its entries
//! when it commits them:
//!
//! - Each entry of a case has a [link](Chained::link): a hash over what it says and the link of the entry before it in
//!   the case. The first goes back to the deployment that the case follows, which names the process by its hash, the
//!   verdicts with their certificate, and the texts: so a link binds *under which process, and with which proof*, the
//!   case ran. Entries that are about no case have a link of their own.
//! - The links are chained in the order of the log: each entry has the log's [head](Chained::head) after it.
//!
//! Whoever alters an entry breaks its link; whoever mends that breaks the next one and the heads. Somebody who computes
//! all hashes up to the end anew, or cuts the end off, is found by a [`Head`] that was kept elsewhere: print it, send it
//! to somebody, or write it into a book, as often as that matters. That much no log can prove by itself.
//!
//! Personal data can be [erased](crate::Engine::erase) all the same: what is hashed of a value is a
//! [commitment](sop_core::case::Cover). How a command was named by its host is in the link; the
//! [fingerprint](crate::store::Fingerprint) by which a repeated command is known is not, since it is a hash over values
//! too, and is thrown away with them.
//!
//! ```
//! use sop_engine::audit::Head;
//! use sop_engine::core::definition::PersonId;
//! use sop_engine::verify::Verify as _;
//! use sop_engine::{Clock, Engine, Opening, files, store::MemoryStore};
//!
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
//! # let path = |name: &str| format!("{folder}/{name}");
//! # let sop = files::read(path("narasumber.json"))?;
//! # let officials = files::directory(path("pejabat.json"), sop.office())?;
//! # let procedure = sop.process().id().clone();
//! let engine = Engine::open(MemoryStore::chained(), officials, Clock::system())?;
//! engine.deploy(sop.verify())?;
//! engine.start(&procedure, &PersonId::new("tamu")?, &Opening::about("Narasumber bimtek"), None)??;
//!
//! let noted: String = engine.audit_head()?.expect("the store chains").to_string(); // keep it elsewhere
//! let audit = engine.verify_audit(&[noted.parse::<Head>()?])?;
//! assert!(audit.is_sound());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod finding;
mod order;
mod told;
mod verify;

use std::fmt;
use std::str::FromStr;

use smallvec::SmallVec;
use sop_core::process::Hash;

use crate::store::{About, ByCase, Entry, KeyUse, Position, ProcessNumber, Scope, StoreError};

pub use finding::{Audit, Finding};
pub(crate) use told::{left, of_record};
pub use told::{told, with_covers};
pub(crate) use verify::Walk;
pub use verify::verify;

/// How an entry is chained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chained {
    /// The hash over the entry and the link of the entry before it in its case.
    pub link: Hash,
    /// The hash over all links of the log up to this one.
    pub head: Hash,
}

/// What a log comes down to at a place: to be kept elsewhere. Written as `128 sha256:…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last entry that it is about.
    pub position: Position,
    /// The hash.
    pub hash: Hash,
}

/// A text is no head of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the head of a log: a number, a space, `sha256:` and 64 hexadecimal digits are expected")]
pub struct HeadError;

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.position, self.hash)
    }
}

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let (position, hash) = text.trim().split_once(' ').ok_or(HeadError)?;
        let position = Position(position.parse().map_err(|_| HeadError)?);
        Ok(Self { position, hash: Hash::parse(hash.trim()).map_err(|_| HeadError)? })
    }
}

/// What the chain begins with, before the first entry.
pub fn beginning() -> Hash {
    Hash::of(b"sop log 1")
}

/// What the links of the cases of a deployment begin with, by what its entry says.
pub fn root(told: &Hash) -> Hash {
    Hash::of_all([b"sop case 1".as_slice(), told.as_bytes()])
}

/// The link of an entry.
///
/// `before` is the link before it in its case, or what its case's links [begin](root) with; for an entry that is about
/// no case, the [beginning](beginning()). `told` is the hash over [what it says](told()). The link is SHA-256 over, one
/// after the other: the letters `sop link 1`; `before`; one byte for what it is about, and for a case its number, its
/// version and its process; one byte for the scope of its key, with the case of it, and the length of the key with the
/// key; `told`. Numbers are big-endian, of 8 bytes for cases and 4 for the others.
pub fn link(before: &Hash, about: &About, key: Option<&KeyUse>, told: &Hash) -> Hash {
    // In one piece, with room for the longest key: many small ones take longer to hash.
    let mut said = SmallVec::<[u8; 256]>::new();
    said.extend_from_slice(b"sop link 1");
    said.extend_from_slice(before.as_bytes());
    let (kind, case, version, process) = match about {
        About::Case { case, version, process } => (0_u8, case.0, *version, process.0),
        About::Deployment => (1, 0, 0, 0),
        About::Directory => (2, 0, 0, 0),
        About::Calendar => (3, 0, 0, 0),
    };
    said.push(kind);
    said.extend_from_slice(&case.to_be_bytes());
    said.extend_from_slice(&version.to_be_bytes());
    said.extend_from_slice(&process.to_be_bytes());
    let (scope, within) = match key.map(|used| used.scope) {
        None => (0_u8, 0),
        Some(Scope::Store) => (1, 0),
        Some(Scope::Case(case)) => (2, case.0),
    };
    let key = key.map_or("", |used| used.key.as_str());
    said.push(scope);
    said.extend_from_slice(&within.to_be_bytes());
    said.extend_from_slice(&u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes());
    said.extend_from_slice(key.as_bytes());
    said.extend_from_slice(told.as_bytes());
    Hash::of(&said)
}

/// The log's head after an entry, by the head before it and the entry's link.
pub fn head(before: &Hash, link: &Hash) -> Hash {
    Hash::of_all([b"sop head 1".as_slice(), before.as_bytes(), link.as_bytes()])
}

/// The links of a log, as they are made from its first entry on: for stores that keep what it takes to go on in memory.
#[derive(Debug, Clone)]
pub struct Chain {
    head: Hash,
    links: ByCase<Hash>,
    roots: Vec<Hash>,
}

impl Default for Chain {
    fn default() -> Self {
        Self { head: beginning(), links: ByCase::default(), roots: Vec::new() }
    }
}

impl Chain {
    /// The chain of an empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next entry, whose words have this [hash](told()), and says how it is chained.
    pub fn take(&mut self, about: &About, key: Option<&KeyUse>, told: &Hash) -> Chained {
        let link = link(&self.before(about), about, key, told);
        self.head = head(&self.head, &link);
        match about {
            About::Case { case, .. } => {
                self.links.insert(*case, link);
            }
            About::Deployment => self.roots.push(root(told)),
            About::Directory | About::Calendar => {}
        }
        Chained { link, head: self.head }
    }

    /// Takes in an entry as it was read, and says how it is chained.
    ///
    /// # Errors
    /// [`StoreError::is_damaged`] where what it says cannot be read; nothing was taken in then.
    pub fn take_entry(&mut self, entry: &Entry) -> Result<Chained, StoreError> {
        let told = told(&entry.about, &entry.body.to_json()?)?;
        Ok(self.take(&entry.about, entry.key.as_ref(), &told))
    }

    /// What the links of a process's cases begin with; of one that was never deployed, the beginning.
    pub fn root(&self, process: ProcessNumber) -> Hash {
        let place = usize::try_from(process.0).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.roots.get(place)).copied().unwrap_or_else(beginning)
    }

    /// The link that the next entry goes back to.
    pub fn before(&self, about: &About) -> Hash {
        match about {
            About::Case { case, process, .. } => self.links.get(case).copied().unwrap_or_else(|| self.root(*process)),
            About::Deployment | About::Directory | About::Calendar => beginning(),
        }
    }
}
