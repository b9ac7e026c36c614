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
    let main = main.and_then(|(_, span, at)| Some((at.line, Window::around(source, span, at)?)));
    for (label, span, at) in &marked {
        let Some(window) = Window::around(source, *span, *at) else { continue };
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
        } else if !main.as_ref().is_some_and(|(line, window)| *line == at.line && window.shows(at.column)) {
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
    /// The part of a line around a place in it. Of a line of megabytes only the neighbourhood is looked at.
    fn around(source: &SourceText, span: Span, at: Position) -> Option<Self> {
        let place = source.line_span(at.line)?;
        let line = source.slice(place).trim_end();
        let offset = (span.start.saturating_sub(place.start) as usize).min(line.len());
        let (before, after) = (line.get(..offset)?, line.get(offset..)?);
        let column = (at.column as usize).saturating_sub(1);
        // The indentation says nothing; it gives way first.
        let unindented = before.trim_start();
        let fits =
            unindented.len() + after.len() <= 4 * WIDTH && unindented.chars().count() + after.chars().count() <= WIDTH;
        let kept = if fits { unindented.chars().count() } else { unindented.chars().rev().take(BEFORE).count() };
        let cropped = unindented.chars().nth_back(kept).is_some();
        let mut shown = if cropped { "… ".to_owned() } else { String::new() };
        let lead = shown.chars().count();
        let start = before.char_indices().rev().take(kept).last().map_or(offset, |(at, _)| at);
        let mut rest = line.get(start..)?.chars();
        shown.extend(rest.by_ref().take(WIDTH).map(visible));
        if rest.next().is_some() {
            shown.push_str(" …");
        }
        Some(Self { shown, from: column.saturating_sub(kept), lead })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use expect_test::{Expect, expect};

    use super::render;
    use crate::diagnostic::{Applicability, Bilingual, Both, Diagnostic, Diagnostics, Fix, Label, Language, rules};
    use crate::text::{Json, Pointer, SourceText};

    const TEXT: &str = r#"{
  "rows": [
    { "no": "6", "activity": "Membuat surat balasan", "steps": [{ "id": "buat_balasan", "role": "kasubbag", "next": "koreksi_kabg" }] },
    { "no": "7", "steps": [{ "id": "koreksi_kabag", "when": "case.honor <\u003d 5000000 && case.lain" }] }
  ]
}"#;

    fn at(pointer: &str) -> Pointer {
        Pointer::parse(pointer).unwrap()
    }

    fn look(finding: Diagnostic, language: Language, expected: &Expect) {
        let source = SourceText::new("narasumber.json", TEXT);
        let (json, _) = Json::parse(&source).unwrap();
        let mut all = Diagnostics::from(vec![finding]);
        all.locate(&json);
        expected.assert_eq(&render(&all, &[&source], language));
    }

    fn dangling() -> Diagnostic {
        let next = at("/rows/0/steps/0/next");
        Diagnostic::new(&rules::DANGLING_REFERENCE, next.clone())
            .with("key", "next")
            .with("kind", Both { id: "langkah", en: "step" })
            .with("id", "koreksi_kabg")
            .context(Bilingual::new("baris 6, `buat_balasan`", "row 6, `buat_balasan`"))
            .saying(Both { id: "tidak dikenal", en: "unknown" })
            .fix(
                Fix::replace(next, "\"koreksi_kabag\"", Applicability::Safe)
                    .titled(Bilingual::new("\"koreksi_kabag\" (baris 7)", "\"koreksi_kabag\" (row 7)")),
            )
            .holding_back(Both { id: "baris 7 tidak tercapai", en: "row 7 is not reached" })
    }

    #[test]
    fn a_reference_that_dangles() {
        look(
            dangling(),
            Language::Indonesian,
            &expect![[r#"
            galat[SOP0203]: `next` menunjuk langkah yang tidak ada: `koreksi_kabg`
              --> narasumber.json:3:117  (baris 6, `buat_balasan`)
                3 | … "role": "kasubbag", "next": "koreksi_kabg" }] },
                                                  ^^^^^^^^^^^^^^ tidak dikenal
               perbaikan: "koreksi_kabag" (baris 7)                 [--fix]
               ditunda sampai ini diperbaiki: baris 7 tidak tercapai

            1 galat, 0 peringatan, 0 catatan
        "#]],
        );
        look(
            dangling(),
            Language::English,
            &expect![[r#"
            error[SOP0203]: `next` names a step that does not exist: `koreksi_kabg`
              --> narasumber.json:3:117  (row 6, `buat_balasan`)
                3 | … "role": "kasubbag", "next": "koreksi_kabg" }] },
                                                  ^^^^^^^^^^^^^^ unknown
               fix: "koreksi_kabag" (row 7)                         [--fix]
               held back until this is mended: row 7 is not reached

            1 error, 0 warnings, 0 notes
        "#]],
        );
    }

    #[test]
    fn a_choice_between_remedies_and_a_place_inside_a_text() {
        let guard = at("/rows/1/steps/0/when");
        let finding = Diagnostic::new(&rules::DUPLICATE_ID, guard.clone())
            .with("id", "x")
            .inside(11..13)
            .label(Label::new(at("/rows/0/no")).saying(Both { id: "tertutup: … s.d. 4.999.999", en: "covered" }))
            .label(Label::new(at("/rows/1/no")).on_key())
            .line(Both { id: "contoh", en: "example" }, Bilingual::same("1 → 2 → 3"))
            .advise(Both { id: "pilih batasnya", en: "choose the limit" })
            .fix(Fix::replace(guard.clone(), "\"a\"", Applicability::NeedsDecision))
            .fix(Fix::replace(guard, "\"b\"", Applicability::NeedsDecision));
        look(
            finding,
            Language::Indonesian,
            &expect![[r#"
            galat[SOP0201]: id `x` sudah dipakai
              --> narasumber.json:4:73
                3 | { "no": "6", "activity": "Membuat surat balasan", "steps": [{ "id": "bua …     tertutup: … s.d. 4.999.999
                4 | { "no": "7", "steps": [{ "id": "koreksi_kabag", "when": "case.honor <\u0 …
                      ----
                4 | … kabag", "when": "case.honor <\u003d 5000000 && case.lain" }] }
                                                  ^^^^^^^
               contoh: 1 → 2 → 3
               bantuan: pilih batasnya
               perbaikan (pilih): "a", atau "b"
               (tidak diperbaiki otomatis: ini keputusan kantor)

            1 galat, 0 peringatan, 0 catatan
        "#]],
        );
    }

    #[test]
    fn a_note_is_brief_and_nothing_reaches_the_terminal() {
        let note =
            Diagnostic::new(&rules::TOO_MANY_FINDINGS, at("/rows/9/missing")).with("count", "\u{1b}[31m\u{202e}3");
        look(
            note,
            Language::Indonesian,
            &expect![[r#"
            catatan[SOP0160]: �[31m�3 galat lain tidak ditampilkan
              --> narasumber.json:2:11

            0 galat, 0 peringatan, 1 catatan
        "#]],
        );
    }
}
