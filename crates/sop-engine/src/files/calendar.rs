//! Calendars.

use sop_core::format::parse;
use sop_core::text::SourceText;
use sop_core::time::{Calendar, CalendarFile, Zone, check_calendar};

use super::error::{FileError, Findings};

/// Reads and compiles a calendar, and gives the name that it has.
pub(super) fn compile_calendar(source: &SourceText, zone: Zone, findings: &mut Findings) -> Option<(String, Calendar)> {
    let parsed = parse::<CalendarFile>(source.clone());
    findings.take(&parsed);
    let file = parsed.value.as_ref().filter(|_| !parsed.diagnostics.has_errors())?;
    let (calendar, found) = check_calendar(file, zone);
    findings.add(found, &parsed);
    Some((file.id.clone(), calendar?))
}

/// Compiles a calendar on its own.
pub(crate) fn compile_calendar_text(source: &SourceText, zone: Zone) -> Result<(String, Calendar), FileError> {
    let mut findings = Findings::default();
    let compiled = compile_calendar(source, zone, &mut findings);
    findings.into_result(compiled).map(|(compiled, _)| compiled)
}
