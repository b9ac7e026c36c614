//! A file's text with its lines.

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, rules};
use crate::text::Pointer;

/// The largest file that is read, in bytes: 16 MiB, a thousand times the longest SOP.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A range of bytes of a file; `end` is the first byte after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to `end`; offsets past 4 GiB are cut off there (no such file is read).
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: offset(start), end: offset(end) }
    }

    /// The span as a range, to slice a text with.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Tells whether the other span lies within this one.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A place as a person counts it: lines and columns from 1, a column being one Unicode scalar value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, counted in Unicode scalar values; a byte order mark counts as none.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A file's name and text, with the starts of its lines. Cloning is cheap: the text is shared.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceText {
    shared: Arc<Shared>,
}

#[derive(PartialEq, Eq)]
struct Shared {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

impl std::fmt::Debug for SourceText {
    /// Its name and size; the text would fill pages.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SourceText({}, {} bytes)", self.shared.name, self.shared.text.len())
    }
}

impl SourceText {
    /// Takes a text that is already known to be Unicode, for example one typed in a test.
    ///
    /// ```
    /// use sop_core::text::SourceText;
    /// let source = SourceText::new("a.json", "{\r\n  \"é\": 1\r\n}");
    /// assert_eq!(source.position(8).to_string(), "2:5");
    /// assert_eq!(source.line(2), Some("  \"é\": 1"));
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text: String = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(breaks.map(|(at, _)| Span::new(at + 1, at + 1).start)).collect();
        Self { shared: Arc::new(Shared { name: name.into(), text, line_starts }) }
    }

    /// Takes the bytes of a file.
    ///
    /// # Errors
    ///
    /// One diagnostic when the file is larger than [`MAX_BYTES`], is UTF-16 or binary, or is not
    /// UTF-8; it names the first offending byte and its line.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        if bytes.len() > MAX_BYTES {
            return Err(Box::new(Self::too_large(name, bytes.len() as u64)));
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(at_byte(Diagnostic::new(&rules::UTF16, Pointer::root()), name, bytes, 0));
        }
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            // JSON without a mark in UTF-16 alternates ASCII with zero bytes; anything else with a
            // zero byte is not a text at all.
            let first = bytes.iter().take(64);
            let zeros = first.clone().filter(|byte| **byte == 0).count();
            let rule = if at < 2 && zeros * 3 >= first.len() { &rules::UTF16 } else { &rules::BINARY };
            return Err(at_byte(Diagnostic::new(rule, Pointer::root()), name, bytes, at));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => {
                let at = error.valid_up_to();
                let byte = bytes.get(at).copied().unwrap_or_default();
                let refused = Diagnostic::new(&rules::NOT_UTF8, Pointer::root()).with("byte", format!("0x{byte:02X}"));
                Err(at_byte(refused, name, bytes, at))
            }
        }
    }

    /// What is said of a file that has more than [`MAX_BYTES`], so that it need not be read to be refused.
    #[must_use]
    pub fn too_large(name: &str, bytes: u64) -> Diagnostic {
        Diagnostic::new(&rules::FILE_TOO_LARGE, Pointer::root())
            .with("size", mebibytes(bytes))
            .with("limit", mebibytes(MAX_BYTES as u64))
            .in_file(name)
    }

    /// The name under which the file was read; it is printed and never opened.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The whole text, a byte order mark included; spans are ranges of this.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.shared.text
    }

    /// Where the text proper begins: 3 after a byte order mark, else 0.
    #[must_use]
    pub fn content_start(&self) -> usize {
        if self.shared.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
    }

    /// The number of lines; a text that ends in a line break has an empty last one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.shared.line_starts.len()
    }

    /// The text of a line (counted from 1) without its line break and without a byte order mark.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&str> {
        Some(self.slice(self.line_span(line)?))
    }

    /// Where the text of a line (counted from 1) stands, without its line break and a byte order mark.
    #[must_use]
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.shared.line_starts.get(index)? as usize;
        let end = match self.shared.line_starts.get(index + 1) {
            Some(next) => (*next as usize).saturating_sub(1),
            None => self.shared.text.len(),
        };
        let start = if index == 0 { self.content_start() } else { start };
        let end = if self.shared.text.get(start..end)?.ends_with('\r') { end - 1 } else { end };
        Some(Span::new(start, end))
    }

    /// The text of a span; empty where the span is not one of this text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.shared.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column of a byte offset. An offset within a character counts as that character's;
    /// one past the end counts as the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let text = self.shared.text.as_str();
        let mut at = (offset as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.shared.line_starts.partition_point(|start| *start as usize <= at);
        let start = self.shared.line_starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = text.get(start as usize..at).unwrap_or_default();
        let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before);
        Position { line: Span::new(line, line).start, column: Span::new(before.chars().count() + 1, 0).start }
    }
}

/// Points a diagnostic at a byte of a file that could not be taken as text.
fn at_byte(diagnostic: Diagnostic, name: &str, bytes: &[u8], at: usize) -> Box<Diagnostic> {
    let before = bytes.get(..at).unwrap_or_default();
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let in_line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let column = 1 + String::from_utf8_lossy(in_line).chars().count();
    let position = Position { line: Span::new(line, 0).start, column: Span::new(column, 0).start };
    Box::new(
        diagnostic.with("offset", at).with("line", line).in_file(name).at(Span::new(at, at + 1)).at_position(position),
    )
}

fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1024 * 1024);
    if tenths.is_multiple_of(10) {
        format!("{} MiB", tenths / 10)
    } else {
        format!("{}.{} MiB", tenths / 10, tenths % 10)
    }
}
