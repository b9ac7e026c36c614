//! The calendar file, checked, with findings at their places.

use super::calendar::Calendar;
use super::calendar_file::CalendarFile;
use super::calendar_problem::Place;
use super::explain::explain_calendar;
use super::instant::Zone;
use crate::diagnostic::{Diagnostic, Diagnostics, rules};
use crate::text::Pointer;

/// Checks a calendar file and compiles it for an office in a zone.
///
/// The calendar is there if there is no error; the findings are all there are, with pointers into its file.
pub fn check_calendar(file: &CalendarFile, zone: Zone) -> (Option<Calendar>, Diagnostics) {
    let mut findings = Vec::new();
    if let Some(schema) = file.schema.as_deref()
        && schema.rsplit(['/', '\\']).next() != Some("calendar.schema.json")
    {
        let finding = Diagnostic::new(&rules::FOREIGN_SCHEMA, Pointer::root().key("$schema"));
        findings.push(finding.with("found", schema).with("expected", "calendar.schema.json"));
    }
    let calendar = match Calendar::compile(file, zone) {
        Ok(calendar) => Some(calendar),
        Err(problems) => {
            findings.extend(problems.iter().map(|problem| {
                let pointer = problem.at.iter().fold(Pointer::root(), |pointer, place| match place {
                    Place::Key(key) => pointer.key(key),
                    Place::Index(index) => pointer.index(*index),
                });
                Diagnostic::new(&rules::CALENDAR_PROBLEM, pointer).with("reason", explain_calendar(&problem.kind))
            }));
            None
        }
    };
    let mut diagnostics = Diagnostics::from(findings);
    diagnostics.sort();
    (calendar, diagnostics)
}
