//! Findings as plain text, as `sop check` prints them.
//!
//! No colours and no widths of terminals: whoever wants those marks up this text, or draws the
//! findings anew. Long lines are cropped around the place; characters that would move the cursor or
//! turn the reading direction are shown as `�`.

use std::fmt::Write;

use crate::diagnostic::{Applicability, Both, Diagnostic, Diagnostics, Edit, Label, Language, Severity};
use crate::text::{Position, SourceText, Span};

/// How many characters of a line are shown.
const WIDTH: usize = 72;

/// How many characters before the place are shown, where the line has to be cropped.
const BEFORE: usize = 28;

const HELP: Both = Both { id: "bantuan", en: "help" };
const FIX: Both = Both { id: "perbaikan", en: "fix" };
const PERHAPS: Both = Both { id: "mungkin maksudnya", en: "did you mean" };
const CHOOSE: Both = Both { id: "perbaikan (pilih)", en: "fix (choose)" };
const OR: Both = Both { id: "atau", en: "or" };
const NOT_BY_ITSELF: Both = Both {
    id: "(tidak diperbaiki otomatis: ini keputusan kantor)",
    en: "(not applied by itself: it is the office's decision)",
};
const HELD_BACK: Both = Both { id: "ditunda sampai ini diperbaiki", en: "held back until this is mended" };

/// All findings in order, a blank line after each that has an excerpt, and the [`summary`]. The
/// excerpts are of those sources whose name is the finding's file.
#[must_use]
pub fn render(diagnostics: &Diagnostics, sources: &[&SourceText], language: Language) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&finding(diagnostic, sources, language));
        if diagnostic.severity() != Severity::Note {
            text.push('\n');
        }
    }
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    text.push_str(&summary(diagnostics, language));
    text.push('\n');
    text
}

/// One line that counts the findings: `0 galat, 2 peringatan, 3 catatan`.
#[must_use]
pub fn summary(diagnostics: &Diagnostics, language: Language) -> String {
    let counted = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let count = diagnostics.count(severity);
        // English has a plural, Indonesian has none.
        let plural = if language == Language::English && count != 1 { "s" } else { "" };
        format!("{count} {}{plural}", severity.word(language))
    });
    counted.join(", ")
}

/// One finding: its message, its place, the excerpt, the way out. A note is its first two lines.
#[must_use]
pub fn finding(diagnostic: &Diagnostic, sources: &[&SourceText], language: Language) -> String {
    let mut out = Lines::default();
    let severity = diagnostic.severity();
    out.line(&format!("{}[{}]: {}", severity.word(language), diagnostic.rule, clean(&diagnostic.message(language))));
    let file = diagnostic.file.as_deref().unwrap_or_default();
    let primary = diagnostic.primary();
    let context = diagnostic.context.as_ref().map(|context| format!("  ({})", context.in_language(language)));
    let place = primary.and_then(|label| label.position).map(|at| format!(":{at}")).unwrap_or_default();
    if !file.is_empty() || !place.is_empty() {
        out.line(&format!("  --> {}{place}{}", clean(file), context.unwrap_or_default()));
    }
    if severity == Severity::Note {
        return out.text;
    }
    let source = sources.iter().find(|source| source.name() == file);
    let margin = excerpts(&mut out, diagnostic, source.copied(), language);
    let pad = " ".repeat(margin);
    for (heading, text) in &diagnostic.lines {
        out.line(&format!("{pad}{}: {}", heading.in_language(language), clean(text.in_language(language))));
    }
    if let Some(help) = diagnostic.help(language) {
        out.line(&format!("{pad}{}: {}", HELP.in_language(language), clean(&help)));
    }
    fixes(&mut out, diagnostic, &pad, language);
    if !diagnostic.consequences.is_empty() {
        let held: Vec<&str> = diagnostic.consequences.iter().map(|text| text.in_language(language)).collect();
        out.line(&format!("{pad}{}: {}", HELD_BACK.in_language(language), clean(&held.join("; "))));
    }
    out.text
}

#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// Writes the marked lines, in their order; gives the column at which what follows begins.
fn excerpts(out: &mut Lines, diagnostic: &Diagnostic, source: Option<&SourceText>, language: Language) -> usize {
    const LEAST: usize = 3;
    let Some(source) = source else { return LEAST };
    let mut marked: Vec<(&Label, Span, Position)> =
        diagnostic.labels.iter().filter_map(|label| Some((label, label.span?, label.position?))).collect();
    marked.sort_by_key(|(label, span, _)| (*span, !label.primary));
    let widest = marked.iter().map(|(_, _, at)| at.line.to_string().len()).max().unwrap_or(0);
    let width = widest.max(2) + LEAST;
    let main = marked.iter().find(|(label, ..)| label.primary).copied();
    for (label, span, at) in &marked {
        let Some(line) = source.line(at.line) else { continue };
        let window = Window::around(line, at.column);
        let said = label.text.as_ref().map(|text| clean(text.in_language(language))).unwrap_or_default();
        let beside = |other: Position| other.line == at.line && window.shows(other.column);
        if label.primary {
            out.line(&format!("{:>width$} | {}", at.line, window.shown));
            let mut marks = window.mark(source, *span, *at, '^', String::new());
            // Other places of the same line are marked along with it.
            for (_, span, other) in marked.iter().filter(|(label, _, other)| !label.primary && beside(*other)) {
                marks = window.mark(source, *span, *other, '-', marks);
            }
            out.line(&format!("{:width$}   {marks} {said}", ""));
        } else if !main
            .is_some_and(|(_, _, main)| main.line == at.line && Window::around(line, main.column).shows(at.column))
        {
            out.line(&format!("{:>width$} | {}     {said}", at.line, window.shown));
            if said.is_empty() {
                out.line(&format!("{:width$}   {}", "", window.mark(source, *span, *at, '-', String::new())));
            }
        } else if !said.is_empty() {
            out.line(&format!("{:width$}   {said}", ""));
        }
    }
    LEAST
}

/// The part of a line that is shown.
struct Window {
    shown: String,
    /// The column (from 0) of the first character that is of the line, and where that is shown.
    from: usize,
    lead: usize,
}

impl Window {
    /// The part of a line around a column, counted from 1.
    fn around(line: &str, column: u32) -> Self {
        let column = (column as usize).saturating_sub(1);
        let indent = line.chars().take_while(|letter| letter.is_whitespace()).count().min(column);
        let length = line.trim_end().chars().count();
        // The indentation says nothing; it gives way first.
        let fits = length.saturating_sub(indent) <= WIDTH;
        let from = if fits { indent } else { column.saturating_sub(BEFORE).max(indent) };
        let mut shown = if from > indent { "… ".to_owned() } else { String::new() };
        let lead = shown.chars().count();
        shown.extend(line.chars().skip(from).take(WIDTH).map(visible));
        if length > from + WIDTH {
            shown.push_str(" …");
        }
        Self { shown, from, lead }
    }

    fn shows(&self, column: u32) -> bool {
        (self.from + 1..=self.from + WIDTH).contains(&(column as usize))
    }

    /// Puts marks under a place on top of those that are there.
    fn mark(&self, source: &SourceText, span: Span, at: Position, mark: char, marks: String) -> String {
        let column = (at.column as usize).saturating_sub(1 + self.from) + self.lead;
        let length = source.slice(span).split(['\n', '\r']).next().unwrap_or_default().chars().count();
        let length = length.min(self.shown.chars().count().saturating_sub(column)).max(1);
        let width = marks.chars().count().max(column + length);
        let old = marks.chars().chain(std::iter::repeat(' '));
        let draw = |(at, old): (usize, char)| {
            if old == ' ' && (column..column + length).contains(&at) { mark } else { old }
        };
        old.take(width).enumerate().map(draw).collect()
    }
}

fn fixes(out: &mut Lines, diagnostic: &Diagnostic, pad: &str, language: Language) {
    let title = |fix: &crate::diagnostic::Fix| clean(fix.title.in_language(language));
    match diagnostic.fixes.as_slice() {
        [] => {}
        [fix] if fix.applicability == Applicability::Safe => {
            let first = format!("{pad}{}: {}", FIX.in_language(language), title(fix));
            let gap = 56_usize.saturating_sub(first.chars().count()).max(2);
            out.line(&format!("{first}{}[--fix]", " ".repeat(gap)));
        }
        [fix] => {
            let meant = matches!(fix.edits.first(), Some(Edit::ReplaceValue { .. } | Edit::RenameKey { .. }));
            let heading = if meant { PERHAPS } else { FIX };
            out.line(&format!("{pad}{}: {}", heading.in_language(language), title(fix)));
        }
        several => {
            let mut line = format!("{pad}{}: ", CHOOSE.in_language(language));
            for (index, fix) in several.iter().enumerate() {
                let or = if index == 0 { String::new() } else { format!(", {} ", OR.in_language(language)) };
                let _ = write!(line, "{or}{}", title(fix));
            }
            out.line(&line);
            out.line(&format!("{pad}{}", NOT_BY_ITSELF.in_language(language)));
        }
    }
}

/// A text on one line that can't reach the terminal as anything but characters.
fn clean(text: &str) -> String {
    text.chars().map(visible).collect()
}

fn visible(letter: char) -> char {
    match letter {
        '\t' | '\n' | '\r' => ' ',
        // Marks that turn or isolate the reading direction could make a text read as another.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => char::REPLACEMENT_CHARACTER,
        other if other.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}
