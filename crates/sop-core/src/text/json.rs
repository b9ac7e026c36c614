//! A JSON text as a tree whose every value and key knows its place.

use crate::diagnostic::Diagnostics;
use crate::text::lexical::escape;
use crate::text::{Number, Pointer, SourceText, Span, parser};

/// A parsed JSON text: one flat list of values in the order of the text.
///
/// Walking it needs no recursion: the children of a value follow it, and each value knows where the
/// next one after it begins. Strings without escapes are slices of the text. Of a key that occurs
/// twice in an object the first is kept and the later ones are passed over (and were reported).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json {
    pub(super) source: SourceText,
    pub(super) slots: Vec<Slot>,
    /// The strings that had escapes, decoded, one after the other.
    pub(super) decoded: String,
}

/// One value; `parent`, `after` are indices into the list of slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) kind: Kind,
    pub(super) span: Span,
    pub(super) key: Option<Key>,
    pub(super) parent: u32,
    /// The first slot that isn't inside this value.
    pub(super) after: u32,
    /// A later member with a key that the object already has.
    pub(super) duplicate: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) span: Span,
    pub(super) content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number,
    String(Content),
    Array,
    Object,
    Broken,
}

/// Where the content of a string is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// In the file, between the quotes.
    Plain(Span),
    /// Among the decoded strings.
    Decoded(Span),
}

impl Json {
    /// Reads a text as strict JSON (RFC 8259): no comments, no trailing commas, no other leniencies,
    /// at most [`MAX_DEPTH`](crate::text::MAX_DEPTH) levels.
    ///
    /// The tree comes with the errors after which reading could go on (a missing comma, a comment, a
    /// key given twice …); the text is valid JSON without duplicate keys iff there are none.
    ///
    /// # Errors
    ///
    /// All errors up to and including the one after which the rest could only be guessed.
    pub fn parse(source: &SourceText) -> Result<(Self, Diagnostics), Diagnostics> {
        parser::parse(source)
    }

    /// The text that the tree was read from.
    #[must_use]
    pub fn source(&self) -> &SourceText {
        &self.source
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.node(0)
    }

    pub(super) fn node(&self, index: u32) -> Node<'_> {
        Node { json: self, index }
    }

    /// The value at a place.
    #[must_use]
    pub fn at(&self, pointer: &Pointer) -> Option<Node<'_>> {
        pointer.segments().try_fold(self.root(), |node, segment| match node.value() {
            Value::Object(mut members) => members.find(|(key, _)| *key == segment).map(|(_, member)| member),
            Value::Array(mut items) => {
                let index = segment.parse::<usize>().ok().filter(|index| index.to_string() == segment)?;
                items.nth(index)
            }
            _ => None,
        })
    }

    /// Where the key of the member at a place stands, its quotes included; `None` for what has no key.
    #[must_use]
    pub fn key_span(&self, pointer: &Pointer) -> Option<Span> {
        self.at(pointer)?.key_span()
    }

    /// Where the value at a place stands; of a string with its quotes.
    #[must_use]
    pub fn value_span(&self, pointer: &Pointer) -> Option<Span> {
        Some(self.at(pointer)?.span())
    }

    /// The bytes of the file that a part of a string came from, given as a byte range of the decoded
    /// string. An escape such as `\u00e9` belongs to the range as a whole.
    #[must_use]
    pub fn span_within(&self, pointer: &Pointer, range: std::ops::Range<usize>) -> Option<Span> {
        let node = self.at(pointer)?;
        let text = node.as_str()?;
        let content = Span::new(node.span().start as usize + 1, (node.span().end as usize).saturating_sub(1));
        let raw = self.source.slice(content);
        let base = content.start as usize;
        let start = range.start.min(text.len());
        let end = range.end.clamp(start, text.len());
        if raw.len() == text.len() {
            return Some(Span::new(base + start, base + end));
        }
        let start_raw = raw_offset(raw, text, |_, after| after > start);
        let end_raw = raw_offset(raw, text, |before, _| before >= end);
        Some(Span::new(base + start_raw, base + end_raw.max(start_raw)))
    }

    /// Every value in the order of the text; later members with a repeated key are among them.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.slots.len()).map(|index| Node { json: self, index: Span::new(index, 0).start })
    }

    pub(super) fn content(&self, content: Content) -> &str {
        match content {
            Content::Plain(span) => self.source.slice(span),
            Content::Decoded(span) => self.decoded.get(span.range()).unwrap_or_default(),
        }
    }
}

/// The offset in the raw text of the first character of the decoded text for which `stop`, given the
/// offsets before and after it, holds.
fn raw_offset(raw: &str, text: &str, stop: impl Fn(usize, usize) -> bool) -> usize {
    let (mut raw_at, mut text_at) = (0, 0);
    for character in text.chars() {
        let after = text_at + character.len_utf8();
        if stop(text_at, after) {
            break;
        }
        raw_at += match raw.as_bytes().get(raw_at) {
            Some(b'\\') => escape(raw.as_bytes(), raw_at).length,
            _ => character.len_utf8(),
        };
        text_at = after;
    }
    raw_at
}

/// A value of a [`Json`] tree. It knows its own place, so nothing need be carried along with it.
#[derive(Debug, Clone, Copy)]
pub struct Node<'j> {
    json: &'j Json,
    index: u32,
}

/// What a [`Node`] is.
#[derive(Debug, Clone)]
pub enum Value<'j> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(Number<'j>),
    /// A string, decoded.
    String(&'j str),
    /// An array with its items.
    Array(Items<'j>),
    /// An object with its members.
    Object(Members<'j>),
    /// What stands here isn't JSON, and that has been reported; nothing follows from it.
    Broken,
}

impl<'j> Node<'j> {
    /// What the value is.
    #[must_use]
    pub fn value(self) -> Value<'j> {
        let Some(slot) = self.slot() else { return Value::Null };
        let children = Items { json: self.json, next: self.index + 1, after: slot.after };
        match slot.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(value),
            Kind::Number => Value::Number(Number::new(self.json.source.slice(slot.span))),
            Kind::String(content) => Value::String(self.json.content(content)),
            Kind::Array => Value::Array(children),
            Kind::Object => Value::Object(Members(children)),
            Kind::Broken => Value::Broken,
        }
    }

    /// The tree that the value belongs to.
    #[must_use]
    pub fn json(self) -> &'j Json {
        self.json
    }

    /// Where the value stands; of a string with its quotes.
    #[must_use]
    pub fn span(self) -> Span {
        self.slot().map(|slot| slot.span).unwrap_or_default()
    }

    /// The key, if the value is a member of an object.
    #[must_use]
    pub fn key(self) -> Option<&'j str> {
        self.slot()?.key.map(|key| self.json.content(key.content))
    }

    /// Where the key stands, its quotes included.
    #[must_use]
    pub fn key_span(self) -> Option<Span> {
        self.slot()?.key.map(|key| key.span)
    }

    /// The value that this one is directly in.
    #[must_use]
    pub fn parent(self) -> Option<Node<'j>> {
        let parent = self.slot()?.parent;
        (self.index != 0).then_some(Node { json: self.json, index: parent })
    }

    /// The number of the item within its array, from 0.
    #[must_use]
    pub fn position_in_array(self) -> Option<usize> {
        match self.parent()?.value() {
            Value::Array(mut items) => items.position(|item| item.index == self.index),
            _ => None,
        }
    }

    /// The place of the value. It is put together on demand, and costs a walk over the siblings.
    #[must_use]
    pub fn pointer(self) -> Pointer {
        let mut steps = Vec::new();
        let mut at = self;
        while let Some(parent) = at.parent() {
            steps.push(at);
            at = parent;
        }
        steps.iter().rev().fold(Pointer::root(), |pointer, node| match node.key() {
            Some(key) => pointer.key(key),
            None => pointer.index(node.position_in_array().unwrap_or_default()),
        })
    }

    /// The value as a string, if it is one.
    #[must_use]
    pub fn as_str(self) -> Option<&'j str> {
        match self.value() {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The member with a key, if the value is an object that has it.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'j>> {
        match self.value() {
            Value::Object(mut members) => members.find(|(name, _)| *name == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The members, if the value is an object; else none.
    #[must_use]
    pub fn members(self) -> Members<'j> {
        match self.value() {
            Value::Object(members) => members,
            _ => Members(Items { json: self.json, next: 0, after: 0 }),
        }
    }

    /// The items, if the value is an array; else none.
    #[must_use]
    pub fn items(self) -> Items<'j> {
        match self.value() {
            Value::Array(items) => items,
            _ => Items { json: self.json, next: 0, after: 0 },
        }
    }

    /// This value and everything inside it, in the order of the text.
    pub fn subtree(self) -> impl Iterator<Item = Node<'j>> {
        let after = self.slot().map_or(self.index, |slot| slot.after);
        (self.index..after).map(move |index| Node { json: self.json, index })
    }

    /// The number of the value within the tree: a cheap name for the place while the tree lives.
    #[must_use]
    pub fn ordinal(self) -> u32 {
        self.index
    }

    fn slot(self) -> Option<&'j Slot> {
        self.json.slots.get(self.index as usize)
    }
}

/// The items of an array, in order.
#[derive(Debug, Clone)]
pub struct Items<'j> {
    json: &'j Json,
    next: u32,
    after: u32,
}

impl<'j> Iterator for Items<'j> {
    type Item = Node<'j>;

    fn next(&mut self) -> Option<Node<'j>> {
        while self.next < self.after {
            let node = Node { json: self.json, index: self.next };
            let slot = node.slot()?;
            self.next = slot.after;
            if !slot.duplicate {
                return Some(node);
            }
        }
        None
    }
}

/// The members of an object, in order; of a repeated key the first.
#[derive(Debug, Clone)]
pub struct Members<'j>(Items<'j>);

impl<'j> Iterator for Members<'j> {
    type Item = (&'j str, Node<'j>);

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.0.next()?;
        Some((node.key().unwrap_or_default(), node))
    }
}
