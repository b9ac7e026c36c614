//! One line of an export, both ways.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use sop_core::process::Hash;

use crate::store::{About, Body, CaseId, Entry, Fingerprint, Key, KeyUse, Position, ProcessNumber, Scope};

/// What an export is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Log,
    Case,
    Archive,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) sop: Kind,
    pub(super) v: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) case: Option<CaseId>,
    /// How many entries follow.
    pub(super) entries: u64,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line<'a> {
    #[serde(borrow)]
    Text(TextLine<'a>),
    #[serde(borrow)]
    Entry(EntryLine<'a>),
}

/// A text that the next entry names.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextLine<'a> {
    pub(super) hash: Hash,
    #[serde(borrow)]
    pub(super) content: Cow<'a, str>,
}

/// An entry.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryLine<'a> {
    pub(super) at: Position,
    about: AboutLine,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<KeyLine>,
    #[serde(borrow)]
    body: &'a RawValue,
    /// How it is chained to the entry before, where the store does that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<Hash>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum AboutLine {
    Case { case: CaseId, version: u32, process: ProcessNumber },
    Deployment,
    Directory,
    Calendar,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyLine {
    text: Box<str>,
    /// The case within which it is unique; none: the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<CaseId>,
    #[serde(serialize_with = "write_digits", deserialize_with = "read_digits")]
    command: Fingerprint,
}

impl<'a> EntryLine<'a> {
    /// An entry, with what it says; none where that is not one line of JSON.
    pub(super) fn of(entry: &Entry, body: &'a [u8]) -> Option<Self> {
        let raw: &RawValue = serde_json::from_slice(body).ok()?;
        // White space around it would be lost, and a newline in it would end the line.
        if raw.get().len() != body.len() || body.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            return None;
        }
        let about = match entry.about {
            About::Case { case, version, process } => AboutLine::Case { case, version, process },
            About::Deployment => AboutLine::Deployment,
            About::Directory => AboutLine::Directory,
            About::Calendar => AboutLine::Calendar,
        };
        let key = entry.key.as_ref().map(|used| KeyLine {
            text: used.key.as_str().into(),
            case: match used.scope {
                Scope::Store => None,
                Scope::Case(case) => Some(case),
            },
            command: used.command,
        });
        let link = entry.chained.map(|chained| chained.link);
        Some(Self { at: entry.position, about, key, body: raw, link })
    }

    /// As the engine knows it; what is wrong with it otherwise.
    pub(super) fn to_entry(&self) -> Result<Entry, String> {
        let about = match self.about {
            AboutLine::Case { case, version, process } => About::Case { case, version, process },
            AboutLine::Deployment => About::Deployment,
            AboutLine::Directory => About::Directory,
            AboutLine::Calendar => About::Calendar,
        };
        let key = match &self.key {
            None => None,
            Some(KeyLine { text, case, command }) => Some(KeyUse {
                scope: case.map_or(Scope::Store, Scope::Case),
                key: Key::new(text.clone()).map_err(|error| error.to_string())?,
                command: *command,
            }),
        };
        let body = Body::from_json(self.body.get().as_bytes());
        Ok(Entry { position: self.at, about, key, body, chained: None })
    }
}

fn write_digits<S: Serializer>(command: &Fingerprint, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:032x}", u128::from_be_bytes(command.0)))
}

fn read_digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fingerprint, D::Error> {
    let digits = String::deserialize(deserializer)?;
    let is_plain = digits.len() == 32 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let number = if is_plain { u128::from_str_radix(&digits, 16).ok() } else { None };
    let number = number.ok_or_else(|| serde::de::Error::custom("a command is 32 hexadecimal digits"))?;
    Ok(Fingerprint(number.to_be_bytes()))
}

/// How many bytes of a [`Chain`]'s buffer come before the line.
pub(super) const BEFORE: usize = 32;

/// The lines, each with a sum over itself and the sum before.
#[derive(Debug)]
pub(super) struct Chain {
    /// The sum of the last line.
    pub(super) sum: Option<Hash>,
    /// The sum before, and then the line.
    pub(super) buffer: Vec<u8>,
}

impl Chain {
    pub(super) fn new() -> Self {
        Self { sum: None, buffer: Vec::new() }
    }

    /// Empties the buffer for the next line.
    pub(super) fn begin(&mut self) {
        self.buffer.clear();
        self.buffer.extend_from_slice(self.sum.as_ref().map_or(&[0; BEFORE], |sum| sum.as_bytes()));
    }

    /// The sum of what is in the buffer.
    pub(super) fn sum_of_buffer(&self) -> Hash {
        Hash::of(&self.buffer)
    }

    /// The line, without the sum before it.
    pub(super) fn line(&self) -> &[u8] {
        self.buffer.get(BEFORE..).unwrap_or_default()
    }
}

/// The number of bytes that a line ends with that are its sum: the key, 71 for a hash, and what closes it.
pub(super) const ENDING: usize = 8 + 71 + 2;

/// How a line ends that has this sum, the newline aside.
pub(super) fn ending(sum: Hash) -> String {
    format!(",\"sum\":\"{sum}\"}}")
}
