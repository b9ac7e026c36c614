//! All findings about a file, by place.

use std::fmt;

use crate::diagnostic::fix::{replace, touches};
use crate::diagnostic::{Applicability, Bilingual, Diagnostic, Language, Severity, render};
use crate::text::{Json, Pointer, Span};

/// Findings in the order of their places, file by file.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No findings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Finds the places of all in the tree that they speak of, and sorts them.
    pub fn locate(&mut self, json: &Json) {
        for diagnostic in &mut self.0 {
            diagnostic.locate(json);
        }
        self.sort();
    }

    /// Says where each finding is in the author's terms, where that isn't said yet.
    pub fn give_context(&mut self, context: impl Fn(&Pointer) -> Option<Bilingual>) {
        for diagnostic in &mut self.0 {
            if diagnostic.context.is_none() {
                diagnostic.context = diagnostic.primary().and_then(|label| context(&label.pointer));
            }
        }
    }

    /// Sorts by file, place and code. What has no place comes first.
    pub fn sort(&mut self) {
        self.0.sort_by(|one, two| {
            one.file.cmp(&two.file).then_with(|| place(one).cmp(&place(two))).then(one.rule.code.cmp(&two.rule.code))
        });
    }

    /// Tells whether there is an error among them: the file can't be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many have a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|diagnostic| diagnostic.severity() == severity).count()
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The findings in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// The text with all safe fixes applied, and how many those were. Of two that meet the first is
    /// applied; of several alternatives of one finding none.
    #[must_use]
    pub fn fixed(&self, json: &Json) -> (String, usize) {
        let mut all: Vec<(Span, String)> = Vec::new();
        let mut count = 0;
        for diagnostic in &self.0 {
            let [fix] = diagnostic.fixes.as_slice() else { continue };
            if fix.applicability != Applicability::Safe {
                continue;
            }
            let Some(replacements) = fix.replacements(json) else { continue };
            let meets = |new: &Span| all.iter().any(|(old, _)| touches((*old).min(*new), (*old).max(*new)));
            if !replacements.iter().any(|(span, _)| meets(span)) {
                all.extend(replacements);
                count += 1;
            }
        }
        all.sort_by_key(|(span, _)| *span);
        (replace(json.source(), &all), count)
    }
}

/// Where the finding is: what has no place comes first.
fn place(diagnostic: &Diagnostic) -> Option<(Option<Span>, &Pointer)> {
    diagnostic.primary().map(|label| (label.span, &label.pointer))
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'d> IntoIterator for &'d Diagnostics {
    type Item = &'d Diagnostic;
    type IntoIter = std::slice::Iter<'d, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Debug for Diagnostics {
    /// As displayed: a host's `main` may print them so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Diagnostics {
    /// All findings in Indonesian, without excerpts of the file; [`render`] has those.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render::render(self, &[], Language::Indonesian))
    }
}

impl std::error::Error for Diagnostics {}
