//! Why a file could not be used.

use std::error::Error;
use std::fmt;

use sop_core::diagnostic::render::render;
use sop_core::diagnostic::{Bilingual, Diagnostic, Diagnostics, Language};
use sop_core::format::{Document, Parsed};
use sop_core::text::{MAX_BYTES, SourceText};

/// Why a file could not be used. Printed, it says everything that was found, with file, line and column; also where
/// Rust prints the `Debug` of what `main` returns.
pub struct FileError(Box<Why>);

enum Why {
    /// The file could not be read at all.
    Unreadable { said: Bilingual, source: Option<std::io::Error> },
    /// It could be read, and something is wrong with it.
    Wrong(Findings),
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
            _ => Err(FileError(Box::new(Why::Wrong(self)))),
        }
    }
}

impl FileError {
    pub(super) fn io(name: &str, error: std::io::Error) -> Self {
        let said = Bilingual::new(
            format!("berkas `{name}` tidak dapat dibaca: {error}"),
            format!("the file `{name}` can't be read: {error}"),
        );
        Self(Box::new(Why::Unreadable { said, source: Some(error) }))
    }

    pub(super) fn not_a_file(name: &str) -> Self {
        Self::unreadable(
            format!("`{name}` bukan berkas, mungkin sebuah folder; sebutkan berkas JSON-nya"),
            format!("`{name}` is not a file, perhaps a folder; name the JSON file in it"),
        )
    }

    pub(super) fn too_large(name: &str, bytes: u64) -> Self {
        let (size, limit) = (bytes / 1024 / 1024, MAX_BYTES / 1024 / 1024);
        Self::unreadable(
            format!("berkas `{name}` terlalu besar: {size} MiB, paling besar {limit} MiB"),
            format!("the file `{name}` is too large: {size} MiB, and at most {limit} MiB are read"),
        )
    }

    pub(super) fn absolute(name: &str, named: &str) -> Self {
        Self::unreadable(
            format!("`{name}` menyebut `{named}`, yang tidak relatif terhadap berkas itu"),
            format!("`{name}` names `{named}`, which is not relative to that file"),
        )
    }

    pub(super) fn refused(finding: Diagnostic) -> Self {
        let findings = Findings { diagnostics: Diagnostics::from(vec![finding]), ..Findings::default() };
        Self(Box::new(Why::Wrong(findings)))
    }

    fn unreadable(id: String, en: String) -> Self {
        Self(Box::new(Why::Unreadable { said: Bilingual { id, en }, source: None }))
    }

    /// The findings; none where the file could not be read at all.
    pub fn diagnostics(&self) -> Option<&Diagnostics> {
        match &*self.0 {
            Why::Unreadable { .. } => None,
            Why::Wrong(findings) => Some(&findings.diagnostics),
        }
    }

    /// Everything that is wrong, as text.
    pub fn render(&self, language: Language) -> String {
        match &*self.0 {
            Why::Unreadable { said, .. } => said.in_language(language).to_owned(),
            Why::Wrong(findings) => {
                let sources: Vec<&SourceText> = findings.sources.iter().collect();
                render(&findings.diagnostics, &sources, language).trim_end().to_owned()
            }
        }
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
        match &*self.0 {
            Why::Unreadable { source, .. } => source.as_ref().map(|source| source as &(dyn Error + 'static)),
            Why::Wrong(_) => None,
        }
    }
}
