//! What is wrong with a Waktu, a zone or a calendar, in words, in both languages.

use super::{CalendarProblemKind, Counted, Opening, WaktuErrorKind, Weekday, ZoneError};
use crate::diagnostic::{Bilingual, Both};

/// What is wrong with a Waktu: a clause without a capital or a full stop, to stand behind a colon.
pub fn explain_waktu(kind: WaktuErrorKind) -> Bilingual {
    let both = match kind {
        WaktuErrorKind::NotUnderstood => Both { id: "bagian ini tidak dipahami", en: "this part is not understood" },
        WaktuErrorKind::MissingNumber => Both { id: "angkanya belum ada", en: "a number is missing" },
        WaktuErrorKind::MissingUnit => Both {
            id: "satuannya belum ada: menit, jam, hari, minggu, atau bulan",
            en: "a unit is missing: menit, jam, hari, minggu or bulan",
        },
        WaktuErrorKind::UnknownUnit => Both {
            id: "bukan satuan waktu; yang dikenal menit, jam, hari, minggu, dan bulan",
            en: "not a unit of time; those known are menit, jam, hari, minggu and bulan",
        },
        WaktuErrorKind::BadNumber => Both {
            id: "angka ditulis seperti `90`, `1.500`, atau `1,5`",
            en: "numbers are written like `90`, `1.500` or `1,5`",
        },
        WaktuErrorKind::WordsDisagree => {
            Both { id: "angka dan tulisan hurufnya berbeda", en: "the number and its words differ" }
        }
        WaktuErrorKind::BadOrder => Both {
            id: "satuan ditulis dari yang besar ke yang kecil, masing-masing satu kali",
            en: "units run from large to small, each at most once",
        },
        WaktuErrorKind::Reversed => Both {
            id: "rentangnya terbalik: waktu yang lebih singkat ditulis lebih dahulu",
            en: "the range is the wrong way round: the shorter time comes first",
        },
        WaktuErrorKind::TooLarge => {
            Both { id: "lebih lama daripada yang dapat dihitung", en: "longer than can be calculated with" }
        }
    };
    both.into()
}

/// Why an offset and a label are not a zone: a clause without a capital or a full stop.
pub fn explain_zone(error: ZoneError) -> Bilingual {
    let both = match error {
        ZoneError::Offset => Both { id: "selisih ditulis seperti `+07:00`", en: "an offset is written like `+07:00`" },
        ZoneError::OutOfRange => {
            Both { id: "selisih berkisar dari `-12:00` sampai `+14:00`", en: "offsets run from `-12:00` to `+14:00`" }
        }
        ZoneError::Label => {
            Both { id: "sebutannya satu kata pendek seperti `WIB`", en: "the label is one short word such as `WIB`" }
        }
    };
    both.into()
}

/// What is wrong with a calendar: a clause without a capital or a full stop.
pub fn explain_calendar(kind: &CalendarProblemKind) -> Bilingual {
    use CalendarProblemKind as Kind;
    match kind {
        Kind::UnsupportedFormat { found } => Bilingual::new(
            format!("format {found} tidak dikenal; yang dibaca format 1"),
            format!("the format {found} is unknown; what is read is format 1"),
        ),
        Kind::Blank => Bilingual::new("teks ini kosong", "this text is empty"),
        Kind::TooMany { what, limit } => {
            let what = counted(*what);
            Bilingual::new(
                format!("terlalu banyak {}, paling banyak {limit}", what.id),
                format!("too many {}, at most {limit} are allowed", what.en),
            )
        }
        Kind::DuplicateSource { id } => {
            Bilingual::new(format!("sumber `{id}` ditulis dua kali"), format!("the source `{id}` is listed twice"))
        }
        Kind::UnknownSource { id } => Bilingual::new(
            format!("sumber `{id}` tidak ada dalam `sources`"),
            format!("`sources` has no source `{id}`"),
        ),
        Kind::NoHours => Bilingual::new("jam kerja belum ditulis", "no hours of work are given"),
        Kind::FromAfterUntil { from, until } => Bilingual::new(
            format!("masa berlakunya berakhir ({until}) sebelum dimulai ({from})"),
            format!("these hours end ({until}) before they begin ({from})"),
        ),
        Kind::HoursAfterValidThrough { from, valid_through } => Bilingual::new(
            format!("jam kerja ini mulai {from}, padahal kalender hanya berlaku sampai {valid_through}"),
            format!("these hours begin on {from}, but the calendar is valid through {valid_through}"),
        ),
        Kind::HoursNeverApply => Bilingual::new(
            "jam kerja ini tidak pernah berlaku: seluruh masanya tertutup oleh yang ditulis di bawahnya",
            "these hours never apply: those further down cover all of their dates",
        ),
        Kind::Gap { from, until } if from == until => Bilingual::new(
            format!("tidak ada jam kerja yang berlaku pada {from}"),
            format!("no hours are in force on {from}"),
        ),
        Kind::Gap { from, until } => Bilingual::new(
            format!("tidak ada jam kerja yang berlaku dari {from} sampai {until}"),
            format!("no hours are in force from {from} to {until}"),
        ),
        Kind::DuplicateWeekday { day } => {
            let day = weekday(*day);
            Bilingual::new(
                format!("hari {} ditulis dua kali dalam seminggu", day.id),
                format!("{} has hours twice in the same week", day.en),
            )
        }
        Kind::OpeningEmpty { opening } => {
            let opening = written(*opening);
            Bilingual::new(
                format!("jam {opening} dimulai dan berakhir pada saat yang sama"),
                format!("the opening {opening} ends when it begins"),
            )
        }
        Kind::OpeningReversed { opening } => {
            let opening = written(*opening);
            Bilingual::new(
                format!("jam {opening} berakhir sebelum dimulai"),
                format!("the opening {opening} ends before it begins"),
            )
        }
        Kind::OpeningsOverlap { first, second } => {
            let (first, second) = (written(*first), written(*second));
            Bilingual::new(
                format!("jam {second} bertumpang tindih dengan {first}"),
                format!("the opening {second} overlaps {first}"),
            )
        }
        Kind::NoWorkingHours => Bilingual::new(
            "kantor ini tutup pada semua hari dalam masa berlaku kalender",
            "the office is closed on all dates of the calendar",
        ),
        Kind::NoHoursAfterwards => Bilingual::new(
            "sesudah masa berlaku kalender tidak ada jam kerja yang diteruskan",
            "no hours of work go on after the last date of the calendar",
        ),
        Kind::PeriodTooLong { from, until } => Bilingual::new(
            format!("dari {from} sampai {until} lebih dari seratus tahun"),
            format!("from {from} to {until} it is more than a hundred years"),
        ),
        Kind::DuplicateHoliday { date, first } => {
            // People count from one.
            let number = first.saturating_add(1);
            Bilingual::new(
                format!("hari libur {date} sudah ditulis pada butir ke-{number}"),
                format!("the holiday {date} is listed already, as entry number {number}"),
            )
        }
        Kind::HolidayOutside { date, from, until } => Bilingual::new(
            format!("hari libur {date} di luar masa berlaku kalender ({from} sampai {until})"),
            format!("the holiday {date} lies outside the dates of the calendar ({from} to {until})"),
        ),
    }
}

fn counted(what: Counted) -> Both {
    match what {
        Counted::Sources => Both { id: "sumber", en: "sources" },
        Counted::Hours => Both { id: "jam kerja", en: "entries of hours" },
        Counted::Holidays => Both { id: "hari libur", en: "holidays" },
        Counted::Openings => Both { id: "jam buka dalam sehari", en: "openings in one day" },
    }
}

fn weekday(day: Weekday) -> Both {
    match day {
        Weekday::Monday => Both { id: "Senin", en: "Monday" },
        Weekday::Tuesday => Both { id: "Selasa", en: "Tuesday" },
        Weekday::Wednesday => Both { id: "Rabu", en: "Wednesday" },
        Weekday::Thursday => Both { id: "Kamis", en: "Thursday" },
        Weekday::Friday => Both { id: "Jumat", en: "Friday" },
        Weekday::Saturday => Both { id: "Sabtu", en: "Saturday" },
        Weekday::Sunday => Both { id: "Minggu", en: "Sunday" },
    }
}

/// An opening as the file writes its times.
fn written(opening: Opening) -> String {
    format!("{}–{}", opening.0, opening.1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::time::{Date, TimeOfDay};

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn opening(from: &str, until: &str) -> Opening {
        let time = |text: &str| text.parse::<TimeOfDay>().unwrap();
        Opening(time(from), time(until))
    }

    fn in_the_style(text: &Bilingual) {
        assert_ne!(text.id, text.en);
        for text in [&text.id, &text.en] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
        }
        assert!(!text.id.starts_with(char::is_uppercase), "{}", text.id);
    }

    #[test]
    fn every_fault_of_a_waktu_has_words_of_its_own() {
        let kinds = [
            WaktuErrorKind::NotUnderstood,
            WaktuErrorKind::MissingNumber,
            WaktuErrorKind::MissingUnit,
            WaktuErrorKind::UnknownUnit,
            WaktuErrorKind::BadNumber,
            WaktuErrorKind::WordsDisagree,
            WaktuErrorKind::BadOrder,
            WaktuErrorKind::Reversed,
            WaktuErrorKind::TooLarge,
        ];
        let texts: Vec<String> = kinds.iter().map(|kind| explain_waktu(*kind).id).collect();
        for (place, kind) in kinds.iter().enumerate() {
            in_the_style(&explain_waktu(*kind));
            assert!(texts.iter().skip(place + 1).all(|other| texts.get(place) != Some(other)), "{kind:?}");
        }
    }

    #[test]
    fn every_fault_of_a_zone_has_words() {
        for error in [ZoneError::Offset, ZoneError::OutOfRange, ZoneError::Label] {
            in_the_style(&explain_zone(error));
        }
    }

    #[test]
    fn every_problem_of_a_calendar_names_what_it_is_about() {
        use CalendarProblemKind as Kind;
        let (new_year, last_day) = (date("2026-01-01"), date("2026-12-31"));
        let (morning, noon) = (opening("07:30", "12:00"), opening("11:30", "16:00"));
        let reversed = opening("12:00", "07:30");
        let named: Vec<(Kind, &[&str])> = vec![
            (Kind::UnsupportedFormat { found: 9 }, &["9"]),
            (Kind::Blank, &[]),
            (Kind::TooMany { what: Counted::Sources, limit: 100 }, &["100"]),
            (Kind::TooMany { what: Counted::Hours, limit: 100 }, &["100"]),
            (Kind::TooMany { what: Counted::Holidays, limit: 100 }, &["100"]),
            (Kind::TooMany { what: Counted::Openings, limit: 10 }, &["10"]),
            (Kind::DuplicateSource { id: "perda".to_owned() }, &["`perda`"]),
            (Kind::UnknownSource { id: "perda".to_owned() }, &["`perda`"]),
            (Kind::NoHours, &[]),
            (Kind::FromAfterUntil { from: last_day, until: new_year }, &["2026-12-31", "2026-01-01"]),
            (Kind::HoursAfterValidThrough { from: last_day, valid_through: new_year }, &["2026-12-31", "2026-01-01"]),
            (Kind::HoursNeverApply, &[]),
            (Kind::Gap { from: new_year, until: last_day }, &["2026-01-01", "2026-12-31"]),
            (Kind::Gap { from: new_year, until: new_year }, &["2026-01-01"]),
            (Kind::OpeningEmpty { opening: morning }, &["07:30", "12:00"]),
            (Kind::OpeningReversed { opening: reversed }, &["12:00–07:30"]),
            (Kind::OpeningsOverlap { first: morning, second: noon }, &["07:30–12:00", "11:30–16:00"]),
            (Kind::NoWorkingHours, &[]),
            (Kind::NoHoursAfterwards, &[]),
            (Kind::PeriodTooLong { from: new_year, until: last_day }, &["2026-01-01", "2026-12-31"]),
            (Kind::DuplicateHoliday { date: new_year, first: 3 }, &["2026-01-01", "4"]),
            (
                Kind::HolidayOutside { date: date("2025-12-25"), from: new_year, until: last_day },
                &["2025-12-25", "2026-01-01", "2026-12-31"],
            ),
        ];
        for (kind, names) in &named {
            let text = explain_calendar(kind);
            in_the_style(&text);
            for name in *names {
                assert!(text.id.contains(name) && text.en.contains(name), "{kind:?}: {name}");
            }
        }
    }

    #[test]
    fn weekdays_are_called_by_their_names_in_each_language() {
        for &day in Weekday::ALL.iter() {
            let text = explain_calendar(&CalendarProblemKind::DuplicateWeekday { day });
            assert!(text.en.starts_with(&format!("{day:?}")), "{}", text.en);
            assert_ne!(text.id, text.en);
        }
        let friday = explain_calendar(&CalendarProblemKind::DuplicateWeekday { day: Weekday::Friday });
        assert_eq!(friday.id, "hari Jumat ditulis dua kali dalam seminggu");
    }
}
