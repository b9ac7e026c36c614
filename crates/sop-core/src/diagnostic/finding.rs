//! One finding.

use std::fmt;
use std::ops::Range;

use crate::diagnostic::registry::pieces;
use crate::diagnostic::{Bilingual, Both, Fix, Language, Rule, Severity, render};
use crate::text::{Json, Pointer, Position, Span};

/// What fills a placeholder of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// The same in both languages: a name, a number, an excerpt.
    Text(String),
    /// Words of the project's own, in each language.
    Words(Bilingual),
}

impl Argument {
    fn in_language(&self, language: Language) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Words(words) => words.in_language(language),
        }
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Bilingual> for Argument {
    fn from(words: Bilingual) -> Self {
        Self::Words(words)
    }
}

impl From<Both> for Argument {
    fn from(words: Both) -> Self {
        Self::Words(words.into())
    }
}

macro_rules! number_arguments {
    ($($number:ty),*) => {$(
        impl From<$number> for Argument {
            fn from(number: $number) -> Self {
                Self::Text(number.to_string())
            }
        }
    )*};
}
number_arguments!(u16, u32, u64, usize, i32, i64);

/// Which part of a member a label marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// Its key.
    Key,
    /// Its value (of an array: the item).
    #[default]
    Value,
}

/// A marked place, with what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The value that is marked.
    pub pointer: Pointer,
    /// Its key or the value itself.
    pub part: Part,
    /// A part of a string, as bytes of the decoded text; for guards and other texts with a grammar.
    pub inner: Option<Range<usize>>,
    /// The place in the file; filled by [`Diagnostic::locate`].
    pub span: Option<Span>,
    /// Line and column of the place's beginning; filled by [`Diagnostic::locate`].
    pub position: Option<Position>,
    /// What is said about the place.
    pub text: Option<Bilingual>,
    /// The place that the finding is about, not one that explains it.
    pub primary: bool,
}

impl Label {
    /// Marks the value at a place.
    #[must_use]
    pub fn new(pointer: Pointer) -> Self {
        Self { pointer, part: Part::Value, inner: None, span: None, position: None, text: None, primary: false }
    }

    /// Marks the key instead.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.part = Part::Key;
        self
    }

    /// Marks only a part of the string, as bytes of the decoded text.
    #[must_use]
    pub fn inside(mut self, range: Range<usize>) -> Self {
        self.inner = Some(range);
        self
    }

    /// Marks a range of bytes of the file, whatever the pointer leads to.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Says something about the place.
    #[must_use]
    pub fn saying(mut self, text: impl Into<Bilingual>) -> Self {
        self.text = Some(text.into());
        self
    }

    fn locate(&mut self, json: &Json) {
        if self.span.is_none() {
            let inner = self.inner.clone().and_then(|range| json.span_within(&self.pointer, range));
            let key = || (self.part == Part::Key).then(|| json.key_span(&self.pointer)).flatten();
            self.span = inner.or_else(key).or_else(|| nearest(json, &self.pointer));
        }
        if self.position.is_none() {
            self.position = self.span.map(|span| json.source().position(span.start));
        }
    }
}

/// The span of the value at a place or, where nothing stands there, of what it would stand in: only
/// the opening bracket, since the whole would mark pages.
fn nearest(json: &Json, pointer: &Pointer) -> Option<Span> {
    if let Some(span) = json.value_span(pointer) {
        return Some(span);
    }
    let mut at = pointer.parent();
    while let Some(pointer) = at {
        if let Some(span) = json.value_span(&pointer) {
            return Some(Span { start: span.start, end: span.end.min(span.start + 1) });
        }
        at = pointer.parent();
    }
    None
}

/// One finding about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding it is.
    pub rule: &'static Rule,
    /// What fills the placeholders of the rule's texts.
    pub arguments: Vec<(&'static str, Argument)>,
    /// The marked places; the first is the one that the finding is about.
    pub labels: Vec<Label>,
    /// The file, if the finding was located.
    pub file: Option<String>,
    /// Where that is in the author's terms: `baris 6, `buat_balasan``.
    pub context: Option<Bilingual>,
    /// Further lines, each with its heading: `contoh`, `1 → 2 setuju → 3`.
    pub lines: Vec<(Both, Bilingual)>,
    /// A help that says more than the rule's.
    pub advice: Option<Bilingual>,
    /// The remedies; several are alternatives to choose from.
    pub fixes: Vec<Fix>,
    /// What follows from this and is therefore not reported by itself.
    pub consequences: Vec<Bilingual>,
}

impl Diagnostic {
    /// A finding about the value at a place.
    #[must_use]
    pub fn new(rule: &'static Rule, pointer: Pointer) -> Self {
        Self {
            rule,
            arguments: Vec::new(),
            labels: vec![Label { primary: true, ..Label::new(pointer) }],
            file: None,
            context: None,
            lines: Vec::new(),
            advice: None,
            fixes: Vec::new(),
            consequences: Vec::new(),
        }
    }

    /// Fills a placeholder of the rule's texts.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    /// Marks the key of the place instead of its value.
    #[must_use]
    pub fn on_key(self) -> Self {
        self.on_primary(Label::on_key)
    }

    /// Marks only a part of the string at the place, as bytes of the decoded text.
    #[must_use]
    pub fn inside(self, range: Range<usize>) -> Self {
        self.on_primary(|label| label.inside(range))
    }

    /// Marks a range of bytes of the file.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        self.on_primary(|label| label.at(span))
    }

    /// Says something about the place itself.
    #[must_use]
    pub fn saying(self, text: impl Into<Bilingual>) -> Self {
        self.on_primary(|label| label.saying(text))
    }

    /// Marks a further place, one that explains the finding.
    #[must_use]
    pub fn label(mut self, label: Label) -> Self {
        self.labels.push(label);
        self
    }

    /// Says where the place is in the author's terms, such as the row.
    #[must_use]
    pub fn context(mut self, context: impl Into<Bilingual>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Adds a line under a heading, such as `contoh`.
    #[must_use]
    pub fn line(mut self, heading: Both, text: impl Into<Bilingual>) -> Self {
        self.lines.push((heading, text.into()));
        self
    }

    /// Says more than the rule's own help, in its stead.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<Bilingual>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Adds a remedy. Several are alternatives.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Names a consequence that isn't reported by itself.
    #[must_use]
    pub fn holding_back(mut self, consequence: impl Into<Bilingual>) -> Self {
        self.consequences.push(consequence.into());
        self
    }

    /// Says which file the finding is about; [`locate`](Self::locate) does so by itself.
    #[must_use]
    pub fn in_file(mut self, name: &str) -> Self {
        self.file = Some(name.to_owned());
        self
    }

    pub(crate) fn at_position(self, position: Position) -> Self {
        self.on_primary(|label| Label { position: Some(position), ..label })
    }

    /// Finds the places of all labels in the tree that the pointers speak of. A place that doesn't
    /// exist is that of what it would stand in.
    pub fn locate(&mut self, json: &Json) {
        for label in &mut self.labels {
            label.locate(json);
        }
        if self.file.is_none() {
            self.file = Some(json.source().name().to_owned());
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }

    /// The label that the finding is about.
    #[must_use]
    pub fn primary(&self) -> Option<&Label> {
        self.labels.iter().find(|label| label.primary)
    }

    /// The message.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let mut message = String::new();
        for (text, name) in pieces(self.rule.message.in_language(language)) {
            message.push_str(text);
            if let Some(name) = name {
                match self.argument(name) {
                    Some(argument) => message.push_str(argument.in_language(language)),
                    None => message.push('…'),
                }
            }
        }
        message
    }

    /// The way out: the advice given, else the rule's help if all its placeholders are filled.
    #[must_use]
    pub fn help(&self, language: Language) -> Option<String> {
        if let Some(advice) = &self.advice {
            return Some(advice.in_language(language).to_owned());
        }
        let mut help = String::new();
        for (text, name) in pieces(self.rule.help.as_ref()?.in_language(language)) {
            help.push_str(text);
            if let Some(name) = name {
                help.push_str(self.argument(name)?.in_language(language));
            }
        }
        Some(help)
    }

    fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(own, _)| *own == name).map(|(_, argument)| argument)
    }

    fn on_primary(mut self, change: impl FnOnce(Label) -> Label) -> Self {
        if let Some(at) = self.labels.iter().position(|label| label.primary) {
            let label = self.labels.remove(at);
            self.labels.insert(at, change(label));
        }
        self
    }
}

impl fmt::Display for Diagnostic {
    /// The finding in Indonesian, without an excerpt of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(render::finding(self, &[], Language::Indonesian).trim_end())
    }
}

impl std::error::Error for Diagnostic {}
