//! A whole file.

use crate::diagnostic::{Applicability, Bilingual, Both, Diagnostic, Diagnostics, Fix, rules};
use crate::format::{Decode, Poisoned, Reader};
use crate::text::{Json, Node, Pointer, SourceText, Value};

/// A type that a whole file can be read as. The outermost object has a key `format`, the edition of
/// the file format that it is written in.
pub trait Document: Decode {
    /// The editions that are read.
    const FORMATS: &'static [u32];

    /// Where a value is in the author's terms, such as its row and step; it is printed with the place.
    /// Nothing by default.
    #[must_use]
    fn context(_node: Node<'_>) -> Option<Bilingual> {
        None
    }
}

/// What came of reading a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<T> {
    /// What the author wrote, as far as it could be read: without items and optional members that
    /// couldn't. Whether it may be used is for [`diagnostics`](Self::diagnostics) to say.
    pub value: Option<T>,
    /// Everything that was found, located.
    pub diagnostics: Diagnostics,
    /// The text.
    pub source: SourceText,
    /// The text as a tree, unless it couldn't be read to its end.
    pub json: Option<Json>,
    /// What couldn't be used.
    pub poisoned: Poisoned,
}

impl<T> Parsed<T> {
    /// Tells whether a place, or what it stands in, couldn't be used.
    #[must_use]
    pub fn is_poisoned(&self, pointer: &Pointer) -> bool {
        self.json.as_ref().is_some_and(|json| self.poisoned.covers(json, pointer))
    }

    /// Finds the places of findings that were made about the value afterwards, and says where they stand.
    pub fn locate(&self, diagnostics: &mut Diagnostics)
    where
        T: Document,
    {
        if let Some(json) = &self.json {
            diagnostics.locate(json);
            diagnostics.give_context(|pointer| json.at(pointer).and_then(T::context));
        }
    }

    /// The value, if there is no error.
    ///
    /// # Errors
    ///
    /// All findings, if one is an error.
    pub fn into_result(self) -> Result<T, Diagnostics> {
        match self.value {
            Some(value) if !self.diagnostics.has_errors() => Ok(value),
            _ => Err(self.diagnostics),
        }
    }
}

/// Reads a text: syntax, keys, types and values, reporting all that is wrong. If the file says that
/// it is written in another edition of the format, only that is reported.
#[must_use]
pub fn parse<T: Document>(source: SourceText) -> Parsed<T> {
    let (json, mut diagnostics) = match Json::parse(&source) {
        Ok(parsed) => parsed,
        Err(diagnostics) => {
            return Parsed { value: None, diagnostics, source, json: None, poisoned: Poisoned::default() };
        }
    };
    if let Some(mut foreign) = foreign_format::<T>(&json) {
        foreign.locate(&json);
        let diagnostics = Diagnostics::from(vec![foreign]);
        return Parsed { value: None, diagnostics, source, json: Some(json), poisoned: Poisoned::default() };
    }
    let mut reader = Reader::new();
    let value = T::decode(json.root(), &mut reader);
    let (found, poisoned) = reader.finish(&json);
    diagnostics.extend(found);
    diagnostics.give_context(|pointer| json.at(pointer).and_then(T::context));
    diagnostics.sort();
    Parsed { value, diagnostics, source, json: Some(json), poisoned }
}

/// Reads the bytes of a file; see [`parse`].
///
/// # Errors
///
/// What [`SourceText::from_bytes`] refuses.
pub fn parse_bytes<T: Document>(name: &str, bytes: &[u8]) -> Result<Parsed<T>, Diagnostics> {
    match SourceText::from_bytes(name, bytes) {
        Ok(source) => Ok(parse(source)),
        Err(refused) => Err(Diagnostics::from(vec![*refused])),
    }
}

/// The finding that a file is written in an edition of the format that isn't read.
fn foreign_format<T: Document>(json: &Json) -> Option<Diagnostic> {
    let format = json.root().get("format")?;
    let known = |value: Option<i64>| T::FORMATS.iter().any(|known| Some(i64::from(*known)) == value);
    let (written, meant) = match format.value() {
        Value::Number(number) if known(number.as_i64()) => return None,
        Value::Broken => return None,
        // `"1"` is the edition 1 misspelt.
        Value::String(text) => {
            (json.source().slice(format.span()), text.parse().ok().filter(|_| known(text.parse().ok())))
        }
        Value::Array(_) | Value::Object(_) => ("{ … }", None::<i64>),
        _ => (json.source().slice(format.span()), None),
    };
    let list = T::FORMATS.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let finding = Diagnostic::new(&rules::FORMAT_VERSION, format.pointer())
        .with("found", written)
        .with("known", list)
        .holding_back(Both { id: "isi berkas tidak diperiksa", en: "the content of the file was not checked" });
    Some(match meant {
        Some(meant) => finding.fix(Fix::replace(format.pointer(), meant.to_string(), Applicability::Safe)),
        None => finding,
    })
}
