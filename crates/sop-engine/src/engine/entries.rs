//! What the log says besides what happened to cases: deployments, directories, calendars.

use serde::{Deserialize, Serialize};
use sop_core::definition::{DefinitionId, GuaranteeName};
use sop_core::diagnostic::Language;
use sop_core::process::Hash;
use sop_core::time::{Date, Instant, Revision};
use sop_verify::Verdicts;

use crate::store::{About, Body, Entry, ProcessNumber, StoreError};

/// The version of the form in which these are written. A later one is refused, never guessed at.
pub(crate) const ENTRY_VERSION: u32 = 1;

/// A process was deployed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeploymentEntry {
    pub(crate) v: u32,
    pub(crate) at: Instant,
    pub(crate) number: ProcessNumber,
    pub(crate) definition: DefinitionId,
    pub(crate) edition: u32,
    pub(crate) process: Hash,
    pub(crate) signed: Hash,
    pub(crate) texts: [Kept; 3],
    pub(crate) verdicts: Vec<Judged>,
    /// The text of the certificate of what was proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<Hash>,
    /// Why it runs although it is not proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unproved: Option<String>,
}

/// A text, by the name under which it was read and its hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) hash: Hash,
}

/// What was known about a guarantee when the process was deployed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Judged {
    pub(crate) guarantee: GuaranteeName,
    pub(crate) verdict: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) waived: bool,
}

impl Judged {
    pub(crate) fn all(verdicts: &Verdicts, on: Date) -> Vec<Self> {
        let judged = verdicts.iter().map(|judgement| Self {
            guarantee: judgement.guarantee,
            verdict: judgement.verdict.say(Language::English),
            waived: judgement.waived(on).is_some(),
        });
        judged.collect()
    }
}

/// Other people hold the posts. Who they are is personal data, and stays with the host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectoryEntry {
    pub(crate) v: u32,
    pub(crate) at: Instant,
    pub(crate) directory: Revision,
}

/// Working time is another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalendarEntry {
    pub(crate) v: u32,
    pub(crate) at: Instant,
    pub(crate) calendar: String,
    pub(crate) revision: Revision,
    pub(crate) text: Kept,
}

/// The body of an entry.
pub(crate) fn written<T: Serialize>(entry: &T) -> Result<Body, StoreError> {
    let json = serde_json::to_vec(entry);
    json.map(Body::from_json).map_err(|error| StoreError::damaged("an entry cannot be written").because(error))
}

/// What an entry says.
pub(crate) fn said<T: for<'de> Deserialize<'de>>(entry: &Entry) -> Result<T, StoreError> {
    let json = entry.body.to_json()?;
    // Everything that is written begins so; what does not is looked at closely.
    if !json.starts_with(br#"{"v":1,"#) {
        version(&json, entry)?;
    }
    serde_json::from_slice(&json).map_err(|error| {
        StoreError::damaged(format!("entry {} of the log cannot be read: {error}", entry.position)).because(error)
    })
}

/// The texts that an entry names, in its order, each once.
pub(crate) fn named_texts(entry: &Entry) -> Result<Vec<Hash>, StoreError> {
    let named = match entry.about {
        About::Deployment => {
            let said: DeploymentEntry = said(entry)?;
            said.texts.iter().map(|text| text.hash).chain(said.certificate).collect()
        }
        About::Calendar => vec![said::<CalendarEntry>(entry)?.text.hash],
        About::Directory | About::Case { .. } => Vec::new(),
    };
    let mut each = Vec::new();
    for hash in named {
        if !each.contains(&hash) {
            each.push(hash);
        }
    }
    Ok(each)
}

/// Refuses what a later version wrote, before its form is found fault with.
fn version(json: &[u8], entry: &Entry) -> Result<(), StoreError> {
    #[derive(Deserialize)]
    struct Versioned {
        v: u32,
    }
    match serde_json::from_slice::<Versioned>(json) {
        Ok(Versioned { v }) if v > ENTRY_VERSION => Err(StoreError::damaged(format!(
            "entry {} of the log has version {v}, and this program reads up to {ENTRY_VERSION}: use a later one",
            entry.position
        ))),
        _ => Ok(()),
    }
}
