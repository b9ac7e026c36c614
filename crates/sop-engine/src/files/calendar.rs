//! Calendars, and what may be wrong with them.

use sop_core::diagnostic::Bilingual;
use sop_core::format::parse;
use sop_core::text::{Json, Pointer, SourceText};
use sop_core::time::{Calendar, CalendarFile, CalendarProblem, CalendarProblemKind, Counted, Zone};

use super::error::{FileError, Findings};

/// Reads and compiles a calendar, and gives the name that it has.
pub(super) fn compile_calendar(source: &SourceText, zone: Zone, findings: &mut Findings) -> Option<(String, Calendar)> {
    let parsed = parse::<CalendarFile>(source.clone());
    findings.take(&parsed);
    let file = parsed.value.as_ref().filter(|_| !parsed.diagnostics.has_errors())?;
    match Calendar::compile(file, zone) {
        Ok(calendar) => Some((file.id.clone(), calendar)),
        Err(problems) => {
            for problem in problems {
                findings.say(place(&problem, source, parsed.json.as_ref()), words(&problem.kind));
            }
            None
        }
    }
}

/// Compiles a calendar on its own.
pub(crate) fn compile_calendar_text(source: &SourceText, zone: Zone) -> Result<(String, Calendar), FileError> {
    let mut findings = Findings::default();
    let compiled = compile_calendar(source, zone, &mut findings);
    findings.into_result(compiled).map(|(compiled, _)| compiled)
}

/// File, line and column of a problem.
fn place(problem: &CalendarProblem, source: &SourceText, json: Option<&Json>) -> String {
    let pointer = problem.pointer();
    let span = json.and_then(|json| {
        let mut at = Pointer::parse(&pointer);
        // What is missing has no place; what it would stand in has.
        while let Some(pointer) = at {
            if let Some(span) = json.value_span(&pointer) {
                return Some(span);
            }
            at = pointer.parent();
        }
        None
    });
    match span {
        Some(span) => format!("{}:{} ({pointer})", source.name(), source.position(span.start)),
        None => format!("{} ({pointer})", source.name()),
    }
}

/// The problem in words.
fn words(kind: &CalendarProblemKind) -> Bilingual {
    use CalendarProblemKind as Kind;
    match kind {
        Kind::UnsupportedFormat { found } => Bilingual::new(
            format!("format {found} tidak dikenal; yang dibaca format 1"),
            format!("format {found} is not read here; format 1 is"),
        ),
        Kind::Blank => Bilingual::new("teks ini kosong", "this text is empty"),
        Kind::TooMany { what, limit } => {
            let what = match what {
                Counted::Sources => "sources",
                Counted::Hours => "hours",
                Counted::Holidays => "holidays",
                Counted::Openings => "open",
            };
            Bilingual::new(
                format!("terlalu banyak isi `{what}`; paling banyak {limit}"),
                format!("too many entries of `{what}`; at most {limit}"),
            )
        }
        Kind::DuplicateSource { id } => {
            Bilingual::new(format!("sumber `{id}` ditulis dua kali"), format!("the source `{id}` is there twice"))
        }
        Kind::UnknownSource { id } => {
            Bilingual::new(format!("tidak ada sumber `{id}`"), format!("there is no source `{id}`"))
        }
        Kind::NoHours => Bilingual::new("tidak ada jam kerja", "there are no hours"),
        Kind::FromAfterUntil { from, until } => Bilingual::new(
            format!("berakhir {until}, sebelum mulai {from}"),
            format!("ends on {until}, before it begins on {from}"),
        ),
        Kind::HoursAfterValidThrough { from, valid_through } => Bilingual::new(
            format!("mulai {from}, sesudah hari terakhir yang diketahui {valid_through}"),
            format!("begins on {from}, after the last known date {valid_through}"),
        ),
        Kind::HoursNeverApply => Bilingual::new(
            "tidak pernah berlaku, karena jam yang ditulis kemudian mencakup semua tanggalnya",
            "never applies, since later hours cover all its dates",
        ),
        Kind::Gap { from, until } => Bilingual::new(
            format!("tidak ada jam kerja yang berlaku dari {from} sampai {until}"),
            format!("no hours are in force from {from} to {until}"),
        ),
        Kind::DuplicateWeekday { day } => Bilingual::new(
            format!("hari {day:?} ditulis dua kali dalam minggu yang sama"),
            format!("{day:?} has hours twice in the same week"),
        ),
        Kind::OpeningEmpty { .. } => Bilingual::new("jam buka ini selesai saat mulai", "this opening ends when it begins"),
        Kind::OpeningReversed { .. } => {
            Bilingual::new("jam buka ini selesai sebelum mulai", "this opening ends before it begins")
        }
        Kind::OpeningsOverlap { .. } => {
            Bilingual::new("dua jam buka bertindihan", "two openings have time in common")
        }
        Kind::NoWorkingHours => Bilingual::new(
            "kantor tutup pada semua tanggal: tidak ada waktu kerja yang dapat dihitung",
            "the office is closed on every date: there is no working time to count",
        ),
        Kind::NoHoursAfterwards => Bilingual::new(
            "sesudah tanggal terakhir tidak ada jam kerja lagi",
            "after the last known date there are no working hours",
        ),
        Kind::PeriodTooLong { from, until } => Bilingual::new(
            format!("dari {from} sampai {until} lebih dari seratus tahun"),
            format!("from {from} to {until} is longer than a hundred years"),
        ),
        Kind::DuplicateHoliday { date, .. } => {
            Bilingual::new(format!("libur {date} ditulis dua kali"), format!("the holiday {date} is there twice"))
        }
        Kind::HolidayOutside { date, from, until } => Bilingual::new(
            format!("libur {date} di luar masa kalender, {from} sampai {until}"),
            format!("the holiday {date} is outside of the calendar's dates, {from} to {until}"),
        ),
    }
}
