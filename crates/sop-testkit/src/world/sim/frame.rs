//! Frames of a log: a length, a sum, and what it says.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sop_core::process::Hash;
use sop_engine::store::{
    About, Body, CaseId, Fingerprint, Key, KeyUse, NewEntry, Position, ProcessNumber, Scope, StoreError,
};

/// The sum of everything up to a place of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum([u8; 8]);

impl Sum {
    /// A sum to begin with that tells one log from another.
    pub(super) fn of(number: u64) -> Self {
        Self(number.to_le_bytes())
    }

    fn and(self, kind: u8, content: &[u8]) -> Self {
        let all: Vec<u8> = self.0.iter().chain([&kind]).chain(content).copied().collect();
        let hash = Hash::of(&all);
        Self(hash.as_bytes().first_chunk().copied().unwrap_or_default())
    }
}

/// What a frame says.
#[derive(Debug)]
pub(super) enum Frame<'a> {
    Blob(&'a [u8]),
    Entry {
        head: Head,
        body: Cow<'a, [u8]>,
    },
    /// What an entry before says from now on.
    Rewritten {
        at: Position,
        forgets_command: bool,
        body: Cow<'a, [u8]>,
    },
    /// All frames of the batch are before this one.
    Whole,
}

/// What an entry is about, and by which key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    about: Subject,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Used>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Subject {
    Case(CaseId, u32, ProcessNumber),
    Deployment,
    Directory,
    Calendar,
}

#[derive(Debug, Serialize, Deserialize)]
struct Used {
    case: Option<CaseId>,
    key: Key,
    command: [u8; 16],
}

impl Head {
    fn of(entry: &NewEntry) -> Self {
        let about = match entry.about {
            About::Case { case, version, process } => Subject::Case(case, version, process),
            About::Deployment => Subject::Deployment,
            About::Directory => Subject::Directory,
            About::Calendar => Subject::Calendar,
        };
        let key = entry.key.as_ref().map(|used| Used {
            case: match used.scope {
                Scope::Store => None,
                Scope::Case(case) => Some(case),
            },
            key: used.key.clone(),
            command: used.command.0,
        });
        Self { about, key }
    }

    pub(super) fn to_entry(&self, body: Body) -> Option<NewEntry> {
        let about = match self.about {
            Subject::Case(case, version, process) => About::Case { case, version, process },
            Subject::Deployment => About::Deployment,
            Subject::Directory => About::Directory,
            Subject::Calendar => About::Calendar,
        };
        let key = self.key.as_ref().map(|used| KeyUse {
            scope: used.case.map_or(Scope::Store, Scope::Case),
            key: used.key.clone(),
            command: Fingerprint(used.command),
        });
        Some(NewEntry { about, key, body })
    }
}

impl<'a> Frame<'a> {
    pub(super) fn of(entry: &NewEntry, body: &'a [u8]) -> Self {
        Self::Entry { head: Head::of(entry), body: Cow::Borrowed(body) }
    }

    /// The bytes of a frame that follows what has this sum, and the sum after it.
    pub(super) fn to_bytes(&self, before: Sum) -> Result<(Vec<u8>, Sum), StoreError> {
        let (kind, content): (u8, Cow<'_, [u8]>) = match self {
            Self::Blob(blob) => (0, Cow::Borrowed(*blob)),
            Self::Entry { head, body } => {
                let head = serde_json::to_vec(head)
                    .map_err(|error| StoreError::damaged("an entry cannot be written").because(error))?;
                let length = u32::try_from(head.len()).unwrap_or(u32::MAX);
                (1, Cow::Owned([&length.to_le_bytes()[..], &head, body].concat()))
            }
            Self::Whole => (2, Cow::Borrowed(&[])),
            Self::Rewritten { at, forgets_command, body } => {
                (3, Cow::Owned([&at.0.to_le_bytes()[..], &[u8::from(*forgets_command)], body].concat()))
            }
        };
        let sum = before.and(kind, &content);
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        Ok(([&length.to_le_bytes()[..], &[kind], &sum.0, &content].concat(), sum))
    }
}

/// Reads frames one after the other, up to the first that is not whole.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    read: u64,
    sum: Sum,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self::beginning_with(bytes, Sum::default())
    }

    pub(super) fn beginning_with(rest: &'a [u8], sum: Sum) -> Self {
        Self { rest, read: 0, sum }
    }

    pub(super) fn next(&mut self) -> Option<Frame<'a>> {
        let (length, rest) = self.rest.split_first_chunk::<4>()?;
        let (&kind, rest) = rest.split_first()?;
        let (sum, rest) = rest.split_first_chunk::<8>()?;
        let (content, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        if self.sum.and(kind, content).0 != *sum {
            return None;
        }
        let frame = match kind {
            0 => Frame::Blob(content),
            1 => {
                let (length, said) = content.split_first_chunk::<4>()?;
                let (head, body) = said.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                Frame::Entry { head: serde_json::from_slice(head).ok()?, body: Cow::Borrowed(body) }
            }
            2 => Frame::Whole,
            3 => {
                let (at, rest) = content.split_first_chunk::<8>()?;
                let (forgets, body) = rest.split_first()?;
                let at = Position(u64::from_le_bytes(*at));
                Frame::Rewritten { at, forgets_command: *forgets == 1, body: Cow::Borrowed(body) }
            }
            _ => return None,
        };
        (self.sum, self.rest) = (Sum(*sum), rest);
        self.read += (4 + 1 + 8 + content.len()) as u64;
        Some(frame)
    }

    /// The end of the last frame that was read.
    pub(super) fn end(&self) -> u64 {
        self.read
    }

    /// The sum up to there.
    pub(super) fn sum(&self) -> Sum {
        self.sum
    }
}
