//! A definition with everything that it needs to run.

use sop_core::definition::{Definition, Office};
use sop_core::diagnostic::{Diagnostic, Diagnostics};
use sop_core::format::{Parsed, parse};
use sop_core::process::{CheckedOffice, Process, Reading, check_office, compile};
use sop_core::text::SourceText;
use sop_core::time::Calendar;
use sop_verify::Subject;

use super::error::{FileError, Findings};

/// A process with the office and the calendar that it was compiled with, and the texts of all three.
///
/// The texts go with it into the store, so that reopening needs no files.
#[derive(Debug, Clone)]
pub struct Bundle {
    definition: Definition,
    office: CheckedOffice,
    calendar: Calendar,
    calendar_id: String,
    process: Process,
    diagnostics: Diagnostics,
    texts: Texts,
}

/// The texts that a process comes from.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    pub(crate) definition: SourceText,
    pub(crate) office: SourceText,
    pub(crate) calendar: SourceText,
}

impl Bundle {
    /// Compiles the three texts, as they are run.
    ///
    /// # Errors
    /// [`FileError`], which prints everything that is wrong with any of them.
    pub fn from_texts(definition: SourceText, office: SourceText, calendar: SourceText) -> Result<Self, FileError> {
        Self::assemble(definition, Some(office), Some(calendar))
    }

    /// Compiles what is there. A text is missing only where what should name it cannot be read.
    pub(super) fn assemble(
        definition: SourceText,
        office: Option<SourceText>,
        calendar: Option<SourceText>,
    ) -> Result<Self, FileError> {
        let mut findings = Findings::default();
        let parsed = parse::<Definition>(definition);
        findings.take(&parsed);
        let office = office.and_then(|source| check(source, &mut findings));
        let found = office.as_ref().zip(calendar).and_then(|((office, _), source)| {
            super::calendar::compile_calendar(&source, office.zone().clone(), &mut findings)
                .map(|found| (found, source))
        });
        let process = parsed.value.as_ref().zip(office.as_ref()).and_then(|(definition, (office, _))| {
            let compiled = compile(definition, office, Reading::AsRun, &parsed.poisoned);
            findings.add(compiled.diagnostics, &parsed);
            compiled.process
        });
        let Parsed { value, source, .. } = parsed;
        let all = match (value, office, found, process) {
            (
                Some(definition),
                Some((office, office_text)),
                Some(((calendar_id, calendar), calendar_text)),
                Some(process),
            ) => {
                let texts = Texts { definition: source, office: office_text, calendar: calendar_text };
                let diagnostics = Diagnostics::new();
                Some(Self { definition, office, calendar, calendar_id, process, diagnostics, texts })
            }
            _ => None,
        };
        let (bundle, diagnostics) = findings.into_result(all)?;
        Ok(Self { diagnostics, ..bundle })
    }

    /// The definition, as it is written.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The process as signed: with an empty policy and, of the office, durations only (G6). It is what the verdicts about
    /// the paper are about; what runs is [`process`](Self::process).
    ///
    /// # Errors
    /// What is wrong with the definition without its policy, at its place in the file; what was found with the policy
    /// too, and is among the [`diagnostics`](Self::diagnostics), is not said again.
    pub fn as_signed(&self) -> Result<Process, FileError> {
        let compiled = compile(&self.definition, &self.office, Reading::AsSigned, &Default::default());
        let found = match compiled.into_result() {
            Ok(process) => return Ok(process),
            Err(found) => found,
        };
        // Findings name places of the tree; only now is the tree asked for where those are in the text.
        let parsed = parse::<Definition>(self.texts.definition.clone());
        let mut findings = Findings::default();
        findings.add(found, &parsed);
        let said_already = |finding: &Diagnostic| self.diagnostics.iter().any(|said| said == finding);
        findings.diagnostics = findings.diagnostics.into_iter().filter(|finding| !said_already(finding)).collect();
        Err(FileError::from(findings))
    }

    /// The office.
    pub fn office(&self) -> &CheckedOffice {
        &self.office
    }

    /// Working time.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The name that the calendar gives itself.
    pub fn calendar_id(&self) -> &str {
        &self.calendar_id
    }

    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Warnings and notes about all three texts; there are no errors.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The texts of the definition, of the office, and of the calendar: for printing diagnostics with excerpts.
    pub fn sources(&self) -> [&SourceText; 3] {
        [&self.texts.definition, &self.texts.office, &self.texts.calendar]
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }
}

impl Subject for Bundle {
    fn process(&self) -> &Process {
        &self.process
    }
}

/// Reads and checks an office.
fn check(source: SourceText, findings: &mut Findings) -> Option<(CheckedOffice, SourceText)> {
    let parsed = parse::<Office>(source);
    findings.take(&parsed);
    let (office, found) = check_office(parsed.value.as_ref()?, &parsed.poisoned);
    findings.add(found, &parsed);
    office.filter(|_| !parsed.diagnostics.has_errors()).map(|office| (office, parsed.source))
}

/// The office file that a definition names, if that much of it can be read.
pub(super) fn office_named(source: &SourceText) -> Option<String> {
    parse::<Definition>(source.clone()).value.map(|definition| definition.office)
}

/// The calendar file that an office names, if that much of it can be read.
pub(super) fn calendar_named(source: &SourceText) -> Option<String> {
    parse::<Office>(source.clone()).value.map(|office| office.calendar)
}
