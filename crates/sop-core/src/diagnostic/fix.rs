//! Remedies that a program can apply.

use crate::diagnostic::Bilingual;
use crate::text::{Json, Node, Pointer, SourceText, Span};

/// Tells whether a fix may be applied without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// It can't change what a valid file means: nothing else can have been meant.
    Safe,
    /// It is a choice that the office has to make.
    NeedsDecision,
}

/// One change of a file. JSON is given as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Puts another value in the place of one.
    ReplaceValue {
        /// The value.
        pointer: Pointer,
        /// What stands there afterwards.
        json: String,
    },
    /// Gives a member another key.
    RenameKey {
        /// The member.
        pointer: Pointer,
        /// Its new key, as it reads (not quoted).
        key: String,
    },
    /// Takes a member out of its object or an item out of its array, with its comma.
    Remove {
        /// The member or item.
        pointer: Pointer,
    },
    /// Adds a member at the end of an object.
    InsertMember {
        /// The object.
        pointer: Pointer,
        /// The key, as it reads (not quoted).
        key: String,
        /// The value.
        json: String,
    },
    /// Replaces bytes of the file; for what isn't JSON yet.
    Text {
        /// What is replaced; an empty span inserts.
        span: Span,
        /// What stands there afterwards.
        text: String,
    },
}

/// A remedy: edits that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The edits.
    pub edits: Vec<Edit>,
    /// What the remedy is called; by default the new text itself.
    pub title: Bilingual,
    /// Tells whether it may be applied without asking.
    pub applicability: Applicability,
}

impl Fix {
    /// A safe remedy; it is called by what its first edit writes.
    #[must_use]
    pub fn new(edits: Vec<Edit>) -> Self {
        let title = edits.first().map(title_of).unwrap_or_default();
        Self { edits, title, applicability: Applicability::Safe }
    }

    /// Puts another value in the place of one.
    #[must_use]
    pub fn replace(pointer: Pointer, json: impl Into<String>, applicability: Applicability) -> Self {
        Self { applicability, ..Self::new(vec![Edit::ReplaceValue { pointer, json: json.into() }]) }
    }

    /// Gives a member another key.
    #[must_use]
    pub fn rename(pointer: Pointer, key: impl Into<String>, applicability: Applicability) -> Self {
        Self { applicability, ..Self::new(vec![Edit::RenameKey { pointer, key: key.into() }]) }
    }

    /// Takes a member or an item out.
    #[must_use]
    pub fn remove(pointer: Pointer, applicability: Applicability) -> Self {
        Self { applicability, ..Self::new(vec![Edit::Remove { pointer }]) }
    }

    /// Adds a member to an object.
    #[must_use]
    pub fn insert(
        pointer: Pointer,
        key: impl Into<String>,
        json: impl Into<String>,
        applicability: Applicability,
    ) -> Self {
        let edit = Edit::InsertMember { pointer, key: key.into(), json: json.into() };
        Self { applicability, ..Self::new(vec![edit]) }
    }

    /// Calls the remedy something else.
    #[must_use]
    pub fn titled(mut self, title: impl Into<Bilingual>) -> Self {
        self.title = title.into();
        self
    }

    /// Marks the remedy as one that the author has to choose.
    #[must_use]
    pub fn needs_decision(mut self) -> Self {
        self.applicability = Applicability::NeedsDecision;
        self
    }

    /// What the edits replace in the text, in order; `None` if a place doesn't exist or two edits meet.
    #[must_use]
    pub fn replacements(&self, json: &Json) -> Option<Vec<(Span, String)>> {
        let mut replacements: Vec<(Span, String)> = Vec::new();
        for edit in &self.edits {
            let (span, text) = resolve(edit, json)?;
            // Members that are added to one object stand one after the other.
            let same = replacements.iter_mut().find(|(known, _)| *known == span);
            match (edit, same) {
                (Edit::InsertMember { .. }, Some((_, before))) if is_member(before) => match text.starts_with(',') {
                    true => before.push_str(&text),
                    false => *before = format!(" {}, {} ", before.trim(), text.trim()),
                },
                _ => replacements.push((span, text)),
            }
        }
        replacements.sort_by_key(|(span, _)| *span);
        let meet = replacements.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if touches(*a, *b)));
        (!meet).then_some(replacements)
    }

    /// The text with the remedy applied; unchanged if a place doesn't exist or two edits meet.
    #[must_use]
    pub fn apply(&self, source: &SourceText, json: &Json) -> String {
        replace(source, &self.replacements(json).unwrap_or_default())
    }
}

/// Tells whether a replacement adds a member.
fn is_member(text: &str) -> bool {
    text.starts_with(',') || text.trim_start().starts_with('"')
}

/// Tells whether two replacements, the first beginning no later, can't both be made.
pub(super) fn touches(first: Span, second: Span) -> bool {
    second.start < first.end || (first.start == second.start)
}

/// The text with replacements that are in order and don't meet.
pub(super) fn replace(source: &SourceText, replacements: &[(Span, String)]) -> String {
    let mut text = String::with_capacity(source.text().len());
    let mut at = 0;
    for (span, new) in replacements {
        text.push_str(source.slice(Span { start: at, end: span.start }));
        text.push_str(new);
        at = span.end;
    }
    text.push_str(source.slice(Span { start: at, end: u32::try_from(source.text().len()).unwrap_or(u32::MAX) }));
    text
}

fn title_of(edit: &Edit) -> Bilingual {
    match edit {
        Edit::ReplaceValue { json, .. } => Bilingual::same(json.clone()),
        Edit::RenameKey { key, .. } => Bilingual::same(quoted(key)),
        Edit::Remove { .. } => Bilingual::new("hapus", "remove it"),
        Edit::InsertMember { key, json, .. } => {
            let member = format!("{}: {json}", quoted(key));
            Bilingual::new(format!("tambahkan {member}"), format!("add {member}"))
        }
        Edit::Text { text, .. } if text.is_empty() => Bilingual::new("hapus", "remove it"),
        Edit::Text { text, .. } => Bilingual::new(format!("tulis {text}"), format!("write {text}")),
    }
}

/// A text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn resolve(edit: &Edit, json: &Json) -> Option<(Span, String)> {
    match edit {
        Edit::ReplaceValue { pointer, json: new } => Some((json.value_span(pointer)?, new.clone())),
        Edit::RenameKey { pointer, key } => Some((json.key_span(pointer)?, quoted(key))),
        Edit::Remove { pointer } => Some((span_with_comma(json.at(pointer)?)?, String::new())),
        Edit::InsertMember { pointer, key, json: new } => {
            let object = json.at(pointer)?;
            let member = format!("{}: {new}", quoted(key));
            match object.members().last() {
                None => {
                    let inside = Span { start: object.span().start + 1, end: object.span().end.checked_sub(1)? };
                    Some((inside, format!(" {member} ")))
                }
                Some((_, last)) => {
                    let end = last.span().end;
                    let blank = blank_before(json, last.key_span()?.start);
                    Some((Span { start: end, end }, format!(",{blank}{member}")))
                }
            }
        }
        Edit::Text { span, text } => Some((*span, text.clone())),
    }
}

/// The white space before a member, so that a new one is set like its neighbours.
fn blank_before(json: &Json, at: u32) -> String {
    let before = json.source().slice(Span { start: 0, end: at });
    let blank = before.len() - before.trim_end_matches([' ', '\t', '\r', '\n']).len();
    let blank = before.get(before.len() - blank..).unwrap_or_default();
    if blank.contains('\n') { blank.to_owned() } else { " ".to_owned() }
}

/// A member or item with the comma after it or, of the last one, before it.
fn span_with_comma(node: Node<'_>) -> Option<Span> {
    let start_of = |node: Node<'_>| node.key_span().unwrap_or_else(|| node.span()).start;
    let parent = node.parent()?;
    let siblings: Vec<Node<'_>> =
        if node.key().is_some() { parent.members().map(|(_, node)| node).collect() } else { parent.items().collect() };
    let at = siblings.iter().position(|sibling| sibling.ordinal() == node.ordinal())?;
    if let Some(next) = siblings.get(at + 1) {
        return Some(Span { start: start_of(node), end: start_of(*next) });
    }
    let start = match at.checked_sub(1).and_then(|before| siblings.get(before)) {
        Some(previous) => previous.span().end,
        None => start_of(node),
    };
    Some(Span { start, end: node.span().end })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Applicability, Edit, Fix};
    use crate::text::{Json, Pointer, SourceText};

    fn applied(text: &str, fix: &Fix) -> String {
        let source = SourceText::new("x.json", text);
        let (json, found) = Json::parse(&source).unwrap();
        assert!(found.is_empty());
        fix.apply(&source, &json)
    }

    fn at(pointer: &str) -> Pointer {
        Pointer::parse(pointer).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn edits_do_what_they_say(length in 0..4_usize, index in 0..4_usize, pretty in any::<bool>()) {
            let items: Vec<Value> = (0..length).map(|number| json!({ "id": number, "is": [true, { "é": null }] })).collect();
            let object: serde_json::Map<_, _> = (0..length).map(|number| (format!("k{number}"), json!(number))).collect();
            let whole = json!({ "items": items, "object": object });
            let text = if pretty { serde_json::to_string_pretty(&whole).unwrap() } else { whole.to_string() };
            let read = |fix: &Fix| serde_json::from_str::<Value>(&applied(&text, fix)).unwrap();
            let inserted = read(&Fix::insert(at("/object"), "new \"one\"", "[1]", Applicability::Safe));
            let mut expected = whole.clone();
            expected["object"]["new \"one\""] = json!([1]);
            prop_assert_eq!(inserted, expected);
            if index < length {
                let removed = read(&Fix::remove(at("/items").index(index), Applicability::Safe));
                let mut expected = whole.clone();
                expected["items"].as_array_mut().unwrap().remove(index);
                prop_assert_eq!(removed, expected);

                let member = at("/object").key(&format!("k{index}"));
                let removed = read(&Fix::remove(member.clone(), Applicability::Safe));
                let renamed = read(&Fix::rename(member.clone(), "z", Applicability::Safe));
                let replaced = read(&Fix::replace(member, "\"new\"", Applicability::Safe));
                let mut expected = whole.clone();
                let old = expected["object"].as_object_mut().unwrap().remove(&format!("k{index}")).unwrap();
                prop_assert_eq!(&removed, &expected);
                expected["object"]["z"] = old;
                prop_assert_eq!(&renamed, &expected);
                let mut expected = whole.clone();
                expected["object"][format!("k{index}")] = json!("new");
                prop_assert_eq!(&replaced, &expected);
            }
        }
    }

    #[test]
    fn a_new_member_is_set_like_its_neighbours() {
        let text = "{\n  \"a\": {\n    \"b\": 1\n  }\n}";
        let fix = Fix::insert(at("/a"), "c", "2", Applicability::Safe);
        assert_eq!(applied(text, &fix), "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": 2\n  }\n}");
    }

    #[test]
    fn several_members_may_be_added_to_one_object() {
        let add = |pointer: &str, key: &str| Edit::InsertMember {
            pointer: at(pointer),
            key: key.to_owned(),
            json: "0".to_owned(),
        };
        let both = |pointer: &str| Fix::new(vec![add(pointer, "x"), add(pointer, "y")]);
        assert_eq!(applied(r#"{"a": {"b": 1}}"#, &both("/a")), r#"{"a": {"b": 1, "x": 0, "y": 0}}"#);
        assert_eq!(applied(r#"{"a": {}}"#, &both("/a")), r#"{"a": { "x": 0, "y": 0 }}"#);
    }

    #[test]
    fn what_cannot_be_done_changes_nothing() {
        let text = r#"{"a": [1, 2]}"#;
        assert_eq!(applied(text, &Fix::remove(at("/b"), Applicability::Safe)), text);
        let both =
            vec![Edit::Remove { pointer: at("/a/0") }, Edit::ReplaceValue { pointer: at("/a"), json: "0".to_owned() }];
        assert_eq!(applied(text, &Fix::new(both)), text);
    }
}
