//! Values that are written as a text with a grammar of its own: ids, dates, durations, guards.

use std::fmt::Display;
use std::ops::Range;

use crate::diagnostic::{Applicability, Argument, Both, Diagnostic, Fix, Rule};
use crate::format::Reader;
use crate::format::reader::subject;
use crate::text::{Node, Value};

/// A value that is written as text, and whose `Display` writes what [`parse`](Self::parse) reads.
pub trait TextValue: Sized + Display {
    /// What it is called, in Indonesian.
    const TITLE: &'static str;
    /// What it is, in Indonesian, for the editor.
    const ABOUT: &'static str;
    /// A regular expression (ECMA 262) that every such text matches, for the schema.
    const PATTERN: Option<&'static str> = None;
    /// Examples for the schema.
    const EXAMPLES: &'static [&'static str] = &[];

    /// Reads the text.
    ///
    /// # Errors
    ///
    /// Which rule the text breaks, and where in it.
    fn parse(text: &str) -> Result<Self, TextError>;
}

/// Why a text isn't a value of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextError {
    /// The rule that it breaks. Its placeholder `{place}` is filled with the member's name.
    pub rule: &'static Rule,
    /// What fills the other placeholders.
    pub arguments: Vec<(&'static str, Argument)>,
    /// Where in the text, in bytes; `None` is all of it.
    pub range: Option<Range<usize>>,
    /// The whole text as it was probably meant, and whether that needs no asking.
    pub replacement: Option<(String, Applicability)>,
}

impl TextError {
    /// An error about the whole text.
    #[must_use]
    pub fn new(rule: &'static Rule) -> Self {
        Self { rule, arguments: Vec::new(), range: None, replacement: None }
    }

    /// Fills a placeholder of the rule's texts.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    /// Says where in the text, in bytes.
    #[must_use]
    pub fn inside(mut self, range: Range<usize>) -> Self {
        self.range = Some(range);
        self
    }

    /// Says what can't but be meant: the whole text as it should read.
    #[must_use]
    pub fn meant(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some((text.into(), Applicability::Safe));
        self
    }

    /// Says what may be meant: the whole text as it might read.
    #[must_use]
    pub fn perhaps(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some((text.into(), Applicability::NeedsDecision));
        self
    }

    /// The finding about the string that the text is from.
    #[must_use]
    pub fn into_diagnostic(self, node: Node<'_>) -> Diagnostic {
        let mut finding = Diagnostic::new(self.rule, node.pointer()).with("place", subject(node));
        finding.arguments.extend(self.arguments);
        if let Some(range) = self.range {
            finding = finding.inside(range);
        }
        if let Some((text, applicability)) = self.replacement {
            let json = crate::diagnostic::quoted(&text);
            finding = finding.fix(Fix::replace(node.pointer(), json, applicability));
        }
        finding
    }

    /// The finding about the key of a member, where keys are such texts.
    #[must_use]
    pub fn into_diagnostic_of_key(self, node: Node<'_>) -> Diagnostic {
        let mut finding = Diagnostic::new(self.rule, node.pointer()).on_key().with("place", subject(node));
        finding.arguments.extend(self.arguments);
        match self.replacement {
            Some((key, applicability)) => finding.fix(Fix::rename(node.pointer(), key, applicability)),
            None => finding,
        }
    }
}

impl Display for TextError {
    /// The message in English, for serde's errors.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut finding = Diagnostic::new(self.rule, crate::text::Pointer::root());
        finding.arguments.clone_from(&self.arguments);
        finding = finding.with("place", Both { id: "nilai", en: "the value" });
        f.write_str(&finding.message(crate::diagnostic::Language::English))
    }
}

impl std::error::Error for TextError {}

/// Reads a string as a text value, and reports what is wrong with it.
pub(crate) fn decode_text<T: TextValue>(node: Node<'_>, reader: &mut Reader) -> Option<T> {
    let Value::String(text) = node.value() else {
        let mend = match node.value() {
            Value::Number(number) => T::parse(number.as_str()).ok().map(|_| crate::diagnostic::quoted(number.as_str())),
            _ => None,
        };
        reader.wrong_type(node, Both { id: "teks", en: "a text" }, mend);
        return None;
    };
    match T::parse(text) {
        Ok(value) => Some(value),
        Err(error) => {
            reader.report(|| error.into_diagnostic(node));
            None
        }
    }
}

/// Gives a type that is a [`TextValue`] its `Decode`, its serde and its schema.
///
/// ```text
/// text_value!(Duration);
/// ```
///
/// One that holds its text as it is written says so with `text_value!(StepId, as_str)`: records are full of them, and
/// are written with every command.
macro_rules! text_value {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        text_value!(@reading $name);
    };
    ($name:ident, as_str) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        text_value!(@reading $name);
    };
    (@reading $name:ident) => {
        impl $crate::format::Decode for $name {
            fn decode(node: $crate::text::Node<'_>, reader: &mut $crate::format::Reader) -> Option<Self> {
                $crate::format::decode_text(node, reader)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                <Self as $crate::format::TextValue>::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::format::text_schema::<Self>()
            }
        }
    };
}
