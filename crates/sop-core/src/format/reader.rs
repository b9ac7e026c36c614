//! What is collected while a tree is decoded.

use std::collections::BTreeSet;

use crate::diagnostic::{Applicability, Bilingual, Both, Diagnostic, Diagnostics, Fix, rules};
use crate::text::{Json, Node, Pointer, Span, Value};

/// How many findings about one file are reported at most; the others are counted.
pub const MAX_FINDINGS: usize = 200;

/// Collects findings while a tree is decoded, and what couldn't be used.
#[derive(Debug, Default)]
pub struct Reader {
    findings: Vec<Diagnostic>,
    held_back: usize,
    poisoned: Poisoned,
}

/// What of a file couldn't be used, so that later checks don't report what merely follows from that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Poisoned {
    places: BTreeSet<u32>,
    ids: BTreeSet<String>,
    /// Something was there whose id couldn't be read, so that any reference may be to it.
    nameless: bool,
}

impl Poisoned {
    /// Whether something with this id was there, or may have been, and couldn't be used: a reference to it doesn't
    /// dangle.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        self.nameless || self.ids.contains(id)
    }

    /// Tells whether a place, or what it stands in, couldn't be used.
    #[must_use]
    pub fn covers(&self, json: &Json, pointer: &Pointer) -> bool {
        let mut place = Some(pointer.clone());
        let node = std::iter::from_fn(|| {
            let at = place.take()?;
            place = at.parent();
            Some(at)
        })
        .find_map(|pointer| json.at(&pointer));
        std::iter::successors(node, |node| node.parent()).any(|node| self.places.contains(&node.ordinal()))
    }

    /// Tells whether everything could be used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

impl Reader {
    /// A reader that has found nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reports a finding; it isn't even put together once there are [`MAX_FINDINGS`].
    pub fn report(&mut self, finding: impl FnOnce() -> Diagnostic) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding());
        } else {
            self.held_back += 1;
        }
    }

    /// Tells whether anything was reported.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// Remembers that a value couldn't be used, and with it every id that it holds.
    pub fn poison(&mut self, node: Node<'_>) {
        self.poisoned.places.insert(node.ordinal());
        for id in node.subtree().filter(|inner| inner.key() == Some("id")) {
            match id.as_str().filter(|text| crate::format::check_id(text).is_ok()) {
                Some(id) => {
                    self.poisoned.ids.insert(id.to_owned());
                }
                None => self.lose_names(),
            }
        }
    }

    /// Remembers that something couldn't be read at all, or has no id: whatever it was called, nothing that refers to
    /// it dangles.
    pub(crate) fn lose_names(&mut self) {
        self.poisoned.nameless = true;
    }

    /// Remembers that the member of this key couldn't be used, where keys are ids.
    pub(crate) fn poison_entry(&mut self, id: &str, node: Node<'_>) {
        self.poison(node);
        self.poisoned.ids.insert(id.to_owned());
    }

    /// Reports that a value has the wrong type. `null` and what isn't JSON are told apart; the latter
    /// has been reported.
    pub fn wrong_type(&mut self, node: Node<'_>, expected: Both, mend: Option<String>) {
        let found = match node.value() {
            Value::Broken => return,
            Value::Null => {
                self.report(|| {
                    let null = Diagnostic::new(&rules::NULL_VALUE, node.pointer()).with("place", subject(node));
                    match node.key() {
                        Some(_) => null.fix(Fix::remove(node.pointer(), Applicability::NeedsDecision)),
                        None => null,
                    }
                });
                return;
            }
            Value::Bool(true) => Both { id: "true", en: "true" },
            Value::Bool(false) => Both { id: "false", en: "false" },
            Value::Number(_) => Both { id: "angka", en: "a number" },
            Value::String(_) => Both { id: "teks", en: "a text" },
            Value::Array(_) => Both { id: "larik [ … ]", en: "an array [ … ]" },
            Value::Object(_) => Both { id: "objek { … }", en: "an object { … }" },
        };
        self.report(|| {
            let wrong = Diagnostic::new(&rules::WRONG_TYPE, node.pointer())
                .with("place", subject(node))
                .with("expected", expected)
                .with("found", found);
            match mend {
                Some(json) => wrong.fix(Fix::replace(node.pointer(), json, Applicability::Safe)),
                None => wrong,
            }
        });
    }

    /// Reads a member that may be absent: a bad one counts as absent, and is remembered.
    pub(crate) fn or_default<T: super::Decode + Default>(&mut self, node: Option<Node<'_>>) -> T {
        let Some(node) = node else { return T::default() };
        T::decode(node, self).unwrap_or_else(|| {
            self.poison(node);
            T::default()
        })
    }

    /// The findings, located and sorted, and what couldn't be used.
    #[must_use]
    pub fn finish(mut self, json: &Json) -> (Diagnostics, Poisoned) {
        if self.held_back > 0 {
            // It stands at the end of the file, and so at the end of the list.
            let end = json.source().text().len();
            let more = Diagnostic::new(&rules::TOO_MANY_FINDINGS, Pointer::root())
                .at(Span::new(end, end))
                .with("count", self.held_back);
            self.findings.push(more);
        }
        let mut diagnostics = Diagnostics::from(self.findings);
        diagnostics.locate(json);
        (diagnostics, self.poisoned)
    }
}

/// A value as a message calls it: by its key, or by its number within the list.
pub(crate) fn subject(node: Node<'_>) -> Bilingual {
    if let Some(key) = node.key() {
        return Bilingual::same(format!("`{key}`"));
    }
    match node.position_in_array() {
        None => Bilingual::new("isi berkas", "the content of the file"),
        Some(index) => {
            let number = index + 1;
            match node.parent().and_then(Node::key) {
                Some(list) => {
                    Bilingual::new(format!("butir ke-{number} dari `{list}`"), format!("item {number} of `{list}`"))
                }
                None => Bilingual::new(format!("butir ke-{number}"), format!("item {number}")),
            }
        }
    }
}
