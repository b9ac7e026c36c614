//! Why a file could not be used.

use std::error::Error;
use std::fmt;

use sop_core::diagnostic::render::render;
use sop_core::diagnostic::{Bilingual, Diagnostic, Diagnostics, Language, rules};
use sop_core::format::{Document, Parsed};
use sop_core::text::{Pointer, SourceText};

/// Why a file could not be used. Printed, it says everything that was found, with file, line and column; also where
/// Rust prints the `Debug` of what `main` returns.
pub struct FileError(Box<Why>);

struct Why {
    findings: Findings,
    /// What the operating system said, where the file could not be read at all.
    source: Option<std::io::Error>,
}

/// What was found in some files.
#[derive(Clone, Default)]
pub(crate) struct Findings {
    pub(super) diagnostics: Diagnostics,
    sources: Vec<SourceText>,
}

impl Findings {
    /// Takes over what reading found.
    pub(super) fn take<T: Document>(&mut self, parsed: &Parsed<T>) {
        self.add(parsed.diagnostics.clone(), parsed);
    }

    /// Adds what was found in a file afterwards, each with its place and with where that is in the author's terms.
    pub(super) fn add<T: Document>(&mut self, mut found: Diagnostics, parsed: &Parsed<T>) {
        let source = &parsed.source;
        parsed.locate(&mut found);
        self.diagnostics.extend(found.into_iter().map(|finding| finding.in_file(source.name())));
        if !self.sources.iter().any(|known| known.name() == source.name()) {
            self.sources.push(source.clone());
        }
    }

    /// The thing, with what is merely worth knowing; or everything that was found.
    pub(super) fn into_result<T>(self, thing: Option<T>) -> Result<(T, Diagnostics), FileError> {
        match thing {
            Some(thing) if !self.diagnostics.has_errors() => Ok((thing, self.diagnostics)),
            _ => Err(FileError::from(self)),
        }
    }
}

impl From<Findings> for FileError {
    fn from(findings: Findings) -> Self {
        Self(Box::new(Why { findings, source: None }))
    }
}

impl From<Diagnostic> for FileError {
    fn from(finding: Diagnostic) -> Self {
        Self::from(Findings { diagnostics: Diagnostics::from(vec![finding]), ..Findings::default() })
    }
}

impl FileError {
    /// The file could not be read at all.
    pub(super) fn unreadable(name: &str, reason: Bilingual, source: Option<std::io::Error>) -> Self {
        let finding = Diagnostic::new(&rules::FILE_UNREADABLE, Pointer::root()).with("file", name);
        let mut error = Self::from(finding.with("reason", reason).in_file(name));
        error.0.source = source;
        error
    }

    /// What was found.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.0.findings.diagnostics
    }

    /// Everything that is wrong, as text.
    pub fn render(&self, language: Language) -> String {
        let sources: Vec<&SourceText> = self.0.findings.sources.iter().collect();
        render(&self.0.findings.diagnostics, &sources, language).trim_end().to_owned()
    }
}

impl fmt::Display for FileError {
    /// Everything that is wrong, in Indonesian; [`render`](FileError::render) has the other language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Language::Indonesian))
    }
}

impl fmt::Debug for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_ref().map(|source| source as &(dyn Error + 'static))
    }
}
