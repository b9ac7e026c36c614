//! The two hashes of a process (H1).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::canonical::{Members, Notes};
use super::compile::Reading;
use crate::definition::{Definition, Office};

/// A SHA-256 hash, written as `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// A text is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: `sha256:` and 64 hexadecimal digits are expected")]
pub struct HashError;

impl Hash {
    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash of some bytes, one part after the other as if they were one text: whoever hashes parts of unknown length
    /// says their lengths in them.
    pub fn of_all<'b>(parts: impl IntoIterator<Item = &'b [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The hash with these bytes, as a store kept them.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a hash as it is written.
    ///
    /// # Errors
    /// [`HashError`] where the text is none.
    pub fn parse(text: &str) -> Result<Self, HashError> {
        let digits = text.strip_prefix("sha256:").ok_or(HashError)?.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return Err(HashError);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let text = std::str::from_utf8(pair).map_err(|_| HashError)?;
            *byte = u8::from_str_radix(text, 16).map_err(|_| HashError)?;
        }
        Ok(Self(bytes))
    }

    /// The first eight digits, for people.
    pub fn short(&self) -> String {
        self.0.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In one piece: each personal value that is chained is written so.
        let mut text = [0; 71];
        let digit = |number: u8| if number < 10 { b'0' + number } else { b'a' + number - 10 };
        let digits = self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
        for (letter, said) in text.iter_mut().zip(b"sha256:".iter().copied().chain(digits)) {
            *letter = said;
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The two hashes of a process (H1).
///
/// `signed`: the definition without policy, notes and `$schema`. `process`: what governs a case, that is the signed part,
/// the policy, and the office file; the office names its calendar, whose content is no part of it. As signed (G6) there
/// is no policy, and of the office only zone, calendar, durations and units.
///
/// The canonical text is JSON without white space, keys sorted by their bytes, arrays in the order of the document, and
/// keys at their default left out, so that a key added to the format later changes no hash of a definition that does not
/// use it.
pub(crate) struct Hashes {
    pub(crate) signed: Hash,
    pub(crate) process: Hash,
}

impl Hashes {
    pub(crate) fn of(definition: &Definition, office: &Office, reading: Reading) -> Self {
        let written = Members::of(definition, &["policy", "$schema"], Notes::LeftOut);
        let policy = definition.policy.as_ref().filter(|_| reading == Reading::AsRun);
        // The policy is keyed by names, which may be anything: of it only the ends have notes.
        let policy = policy.and_then(|policy| Members::of(policy, &[], Notes::LeftOutIn("ends")));
        let left_out: &[&str] = match reading {
            Reading::AsRun => &["$schema"],
            Reading::AsSigned => &["$schema", "policy", "overdue", "posts", "registers"],
        };
        let office = Members::of(office, left_out, Notes::Kept);
        let mut signed = Sha256::new_with_prefix("sop:signed:1\n");
        let mut process = Sha256::new_with_prefix("sop:process:1\n");
        feed(&mut signed, written.as_ref(), None);
        feed(&mut process, written.as_ref(), policy.as_ref());
        feed(&mut process, office.as_ref(), None);
        Self { signed: Hash(signed.finalize().into()), process: Hash(process.finalize().into()) }
    }
}

/// Hashes an object as one line, with its policy where that stands among the other members.
fn feed(hash: &mut Sha256, members: Option<&Members>, policy: Option<&Members>) {
    // The format's types serialise to JSON without exception: their keys are texts and their numbers whole.
    let Some(members) = members else { return hash.update("null\n") };
    let policy = policy.map(|policy| [b"\"policy\":", policy.object().as_slice()].concat());
    let before = members.iter().filter(|(key, _)| *key < "policy").count();
    let mut sorted: Vec<&[u8]> = members.iter().map(|(_, member)| member).collect();
    if let Some(policy) = &policy {
        sorted.insert(before, policy);
    }
    hash.update("{");
    for (place, member) in sorted.into_iter().enumerate() {
        if place > 0 {
            hash.update(",");
        }
        hash.update(member);
    }
    hash.update("}\n");
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::definition::{Definition, Office};

    /// The hash of the signed part: the definition without policy, notes and `$schema` (H1).
    ///
    /// The canonical text is JSON without white space, keys sorted by their bytes, arrays in the order of the document,
    /// and keys at their default left out, so that a key added to the format later changes no hash of a definition that
    /// does not use it.
    fn signed(definition: &Definition) -> Hash {
        let mut json = to_json(definition);
        if let Json::Object(members) = &mut json {
            members.remove("policy");
            members.remove("$schema");
        }
        hash("sop:signed:1\n", &[&without_notes(json)])
    }

    /// The hash of what governs a case: the signed part, the policy, and the office file; the office names its calendar,
    /// whose content is no part of it (H1).
    ///
    /// As signed (G6) there is no policy, and of the office only zone, calendar, durations and units.
    fn process(definition: &Definition, office: &Office, reading: Reading) -> Hash {
        let mut json = to_json(definition);
        let mut policy = None;
        let mut office = to_json(office);
        for part in [&mut json, &mut office] {
            if let Json::Object(members) = part {
                members.remove("$schema");
                if reading == Reading::AsSigned {
                    for key in ["policy", "overdue", "posts", "registers"] {
                        members.remove(key);
                    }
                }
            }
        }
        // The policy is keyed by names, which may be anything: of it only the ends have notes.
        if let Json::Object(members) = &mut json {
            policy = members.remove("policy");
        }
        let mut json = without_notes(json);
        if let (Json::Object(members), Some(Json::Object(mut policy))) = (&mut json, policy) {
            if let Some(ends) = policy.remove("ends") {
                policy.insert("ends".to_owned(), without_notes(ends));
            }
            members.insert("policy".to_owned(), Json::Object(policy));
        }
        hash("sop:process:1\n", &[&json, &office])
    }

    fn to_json<T: Serialize>(value: &T) -> Json {
        // The format's types serialise to JSON without exception: their keys are texts and their numbers whole.
        serde_json::to_value(value).unwrap_or(Json::Null)
    }

    /// Takes out every `notes` key: of the signed part, where no key is a name. The tree is as deep as the format's types, so the recursion is bounded by them.
    fn without_notes(json: Json) -> Json {
        match json {
            Json::Object(members) => {
                let kept = members.into_iter().filter(|(key, _)| key != "notes");
                Json::Object(kept.map(|(key, value)| (key, without_notes(value))).collect())
            }
            Json::Array(items) => Json::Array(items.into_iter().map(without_notes).collect()),
            other => other,
        }
    }

    fn hash(domain: &str, parts: &[&Json]) -> Hash {
        let mut text = String::from(domain);
        for part in parts {
            canonical(part, &mut text);
            text.push('\n');
        }
        Hash::of(text.as_bytes())
    }

    /// Writes JSON without white space and with sorted keys, whatever order the map keeps.
    fn canonical(json: &Json, text: &mut String) {
        match json {
            Json::Object(members) => {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_unstable_by(|one, other| one.0.cmp(other.0));
                text.push('{');
                for (place, (key, value)) in sorted.into_iter().enumerate() {
                    if place > 0 {
                        text.push(',');
                    }
                    text.push_str(&Json::String(key.clone()).to_string());
                    text.push(':');
                    canonical(value, text);
                }
                text.push('}');
            }
            Json::Array(items) => {
                text.push('[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        text.push(',');
                    }
                    canonical(item, text);
                }
                text.push(']');
            }
            scalar => text.push_str(&scalar.to_string()),
        }
    }

    /// The hashes as they are by a tree of values.
    fn plainly(definition: &Definition, office: &Office, reading: Reading) -> (Hash, Hash) {
        (signed(definition), process(definition, office, reading))
    }

    #[test]
    fn what_is_written_straight_is_what_a_tree_of_values_says() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let all =
            ["narasumber", "fixtures/paralel", "fixtures/bagian", "fixtures/tiga_keputusan", "fixtures/dua_isian"];
        for name in all {
            let mut definition: Definition = serde_json::from_str(&text(&format!("{name}.json"))).unwrap();
            let office: Office = serde_json::from_str(&text("kantor.json")).unwrap();
            definition.identity.title.push_str(" \"kutip\" \\ \u{1} 😀\n");
            for reading in [Reading::AsRun, Reading::AsSigned] {
                let hashes = Hashes::of(&definition, &office, reading);
                assert_eq!((hashes.signed, hashes.process), plainly(&definition, &office, reading), "{name}");
            }
        }
    }
}
