//! What an official in Pontianak would expect, worked out by hand.

use super::*;

/// `waktu` begun at `start` is due at `due`; the due instant ends in `?` if it is an estimate.
#[track_caller]
fn check(start: &str, waktu: &str, due: &str) {
    let budget = Waktu::parse(waktu).unwrap().budget(&DurationRules::default()).unwrap();
    let found = kalbar().add_budget(office(start), budget);
    let mark = if found.estimated { " ?" } else { "" };
    assert_eq!(format!("{}{mark}", wib().show(found.at)), due, "{start} + {waktu}");
}

#[test]
fn within_a_day() {
    check("24-11-2026 08.30", "5 menit", "24-11-2026 08.35 WIB");
    check("24-11-2026 11.50", "20 menit", "24-11-2026 13.10 WIB");
    check("24-11-2026 12.30", "5 menit", "24-11-2026 13.05 WIB");
    check("24-11-2026 06.00", "5 menit", "24-11-2026 07.35 WIB");
    check("27-11-2026 11.25", "10 menit", "27-11-2026 13.05 WIB");
}

#[test]
fn work_that_ends_at_closing_time_is_due_then_and_not_on_the_next_morning() {
    check("24-11-2026 15.30", "30 menit", "24-11-2026 16.00 WIB");
    check("24-11-2026 15.30", "31 menit", "25-11-2026 07.31 WIB");
    check("24-11-2026 11.30", "30 menit", "24-11-2026 12.00 WIB");
    check("24-11-2026 16.00", "1 hari", "25-11-2026 16.00 WIB");
}

#[test]
fn friday_afternoon_goes_on_on_monday() {
    check("27-11-2026 16.25", "10 menit", "30-11-2026 07.35 WIB");
    check("28-11-2026 10.00", "5 menit", "30-11-2026 07.35 WIB");
    check("29-11-2026 23.59", "5 menit", "30-11-2026 07.35 WIB");
}

#[test]
fn days_are_working_days() {
    check("25-11-2026 09.00", "3 hari kerja", "30-11-2026 09.00 WIB");
    check("25-11-2026 09.00", "1 - 3 Hari", "30-11-2026 09.00 WIB");
    check("23-11-2026 07.30", "1 minggu", "27-11-2026 16.30 WIB");
}

#[test]
fn holidays_and_joint_leave_are_skipped() {
    // 24-12 is joint leave, 25-12 Christmas, then the weekend.
    check("23-12-2026 15.50", "20 menit", "28-12-2026 07.40 WIB");
    // 16-02 is joint leave, 17-02 Imlek.
    check("13-02-2026 16.29", "2 menit", "18-02-2026 07.31 WIB");
    // 18-08-2025 was added to the joint leave in the same month.
    check("15-08-2025 16.20", "20 menit", "19-08-2025 07.40 WIB");
    // New Year's Day 2027 is a Friday.
    check("31-12-2026 15.59", "2 menit", "04-01-2027 07.31 WIB");
}

#[test]
fn ramadan_has_shorter_days_which_are_an_estimate_until_the_circular_is_there() {
    check("03-03-2025 14.50", "20 menit", "04-03-2025 08.10 WIB");
    check("07-03-2025 11.20", "20 menit", "07-03-2025 12.40 WIB");
    check("24-02-2026 14.50", "20 menit", "25-02-2026 08.10 WIB ?");
    check("24-02-2026 09.00", "5 menit", "24-02-2026 09.05 WIB ?");
    check("18-02-2026 15.55", "5 menit", "18-02-2026 16.00 WIB");
    check("18-02-2026 15.55", "6 menit", "19-02-2026 08.01 WIB ?");
    // A 'hari' has 450 minutes in every season, a day in Ramadan 390.
    check("03-03-2025 08.00", "1 hari", "04-03-2025 09.00 WIB");
    // The last afternoon of Ramadan 1447 H that is worked, then Nyepi and Lebaran until 24-03.
    check("17-03-2026 14.55", "10 menit", "25-03-2026 07.35 WIB ?");
}

#[test]
fn a_holiday_that_is_expected_makes_what_comes_after_it_an_estimate() {
    check("14-05-2027 16.25", "5 menit", "14-05-2027 16.30 WIB");
    // 17-05-2027 is expected to be Idul Adha; joint leave on 18 and 19, Waisak on 20.
    check("14-05-2027 16.25", "10 menit", "21-05-2027 07.35 WIB ?");
}

#[test]
fn outside_the_dates_that_are_known_the_usual_week_goes_on_as_an_estimate() {
    check("31-12-2027 16.25", "5 menit", "31-12-2027 16.30 WIB");
    check("31-12-2027 16.25", "10 menit", "03-01-2028 07.35 WIB ?");
    check("31-12-2024 15.50", "20 menit", "02-01-2025 07.40 WIB ?");
    check("17-08-2031 00.00", "10 menit", "18-08-2031 07.40 WIB ?");
}

#[test]
fn where_the_known_dates_begin_and_end_with_a_holiday_the_last_work_is_outside_or_before_it() {
    let mut file = kalbar_file();
    // Known from Thursday 1-1-2026, New Year's Day, to Friday 25-12-2026, Christmas.
    file.hours.truncate(1);
    file.hours[0].from = date("2026-01-01");
    file.valid_through = date("2026-12-25");
    file.holidays.retain(|day| day.date.year() == 2026);
    let calendar = Calendar::compile(&file, wib()).unwrap();
    let due = |start: &str, minutes: u32| {
        let due = calendar.add(office(start), Millis::from_minutes(minutes));
        (wib().show(due.at).to_string(), due.estimated)
    };
    assert_eq!(due("31-12-2025 15.50", 10), ("31-12-2025 16.00 WIB".to_owned(), true));
    assert_eq!(due("31-12-2025 15.50", 11), ("02-01-2026 07.31 WIB".to_owned(), true));
    assert_eq!(due("23-12-2026 15.50", 10), ("23-12-2026 16.00 WIB".to_owned(), false));
    assert_eq!(due("23-12-2026 15.50", 11), ("28-12-2026 07.31 WIB".to_owned(), true));
    assert_eq!(due("25-12-2026 09.00", 1), ("28-12-2026 07.31 WIB".to_owned(), true));
}

#[test]
fn elapsed_time_runs_through_the_weekend_and_is_no_estimate() {
    check("27-11-2026 16.25", "1 x 24 jam", "28-11-2026 16.25 WIB");
    check("31-12-2027 16.25", "2 x 24 jam", "02-01-2028 16.25 WIB");
    check("27-11-2026 16.25", "3 hari kalender", "30-11-2026 16.25 WIB");
}

#[test]
fn nothing_added_is_the_same_instant_even_on_a_sunday() {
    check("29-11-2026 23.59", "0 menit", "29-11-2026 23.59 WIB");
    check("02-01-2040 03.04", "0 menit", "02-01-2040 03.04 WIB");
}

#[test]
fn opening_hours_are_told_and_found() {
    let calendar = kalbar();
    for (instant, open) in [
        ("24-11-2026 07.29", false),
        ("24-11-2026 07.30", true),
        ("24-11-2026 11.59", true),
        ("24-11-2026 12.00", false),
        ("24-11-2026 16.00", false),
        ("25-12-2026 09.00", false),
        ("28-11-2026 09.00", false),
    ] {
        assert_eq!(calendar.is_open(office(instant)), open, "{instant}");
    }
    let next = |instant: &str| wib().show(calendar.next_opening(office(instant)).at).to_string();
    assert_eq!(next("24-11-2026 08.30"), "24-11-2026 08.30 WIB");
    assert_eq!(next("24-11-2026 12.00"), "24-11-2026 13.00 WIB");
    assert_eq!(next("24-11-2026 16.00"), "25-11-2026 07.30 WIB");
    assert_eq!(next("23-12-2026 16.00"), "28-12-2026 07.30 WIB");
    assert_eq!(calendar.next_opening(Instant::MAX).at, Instant::MAX);
    let day: Vec<_> = calendar.openings(date("2026-11-27")).collect();
    assert_eq!(day, [(450, 690), (780, 990)]);
}

#[test]
fn the_weeks_have_the_hours_of_the_regulation() {
    let calendar = kalbar();
    let week = |monday: &str| -> u32 {
        (0..7).map(|day| calendar.working_minutes(date(monday).plus_days(day).unwrap())).sum()
    };
    // Perpres 21/2023: 37.5 hours a week, 32.5 in Ramadan.
    assert_eq!(week("2026-11-23"), 2_250);
    assert_eq!(week("2025-03-03"), 1_950);
    assert_eq!(week("2026-02-23"), 1_950);
    assert_eq!(week("2027-02-15"), 1_950);
    assert_eq!(week("2040-01-02"), 2_250);
    assert_eq!(week("1999-01-04"), 2_250);
}

#[test]
fn the_holidays_agree_with_the_decrees() {
    let file = kalbar_file();
    let of = |year: i32, kind: HolidayKind| -> Vec<String> {
        let days = file.holidays.iter();
        let days = days.filter(|day| day.date.year() == year && day.kind == kind);
        days.map(|day| day.date.to_string()[5..].to_owned()).collect()
    };
    assert_eq!(of(2025, HolidayKind::National).len(), 17);
    assert_eq!(of(2025, HolidayKind::JointLeave).len(), 11);
    assert_eq!(of(2026, HolidayKind::National).len(), 17);
    assert_eq!(
        of(2026, HolidayKind::JointLeave),
        ["02-16", "03-18", "03-20", "03-23", "03-24", "05-15", "05-28", "12-24"]
    );
    let estimated = file.holidays.iter().filter(|day| day.estimated);
    let estimated: Vec<_> = estimated.map(|day| day.date.to_string()).collect();
    assert_eq!(estimated, ["2027-03-10", "2027-03-11", "2027-05-17"]);
}

#[test]
fn a_revision_changes_with_what_decides_results_and_with_nothing_else() {
    let file = kalbar_file();
    let revision = |file: &CalendarFile| Calendar::compile(file, wib()).unwrap().revision();
    let original = revision(&file);
    assert_eq!(original.to_string().len(), 16);
    // Pinned: events record it, so the same calendar must have it for ever, on every platform.
    assert_eq!(original.to_string(), "7260cd6f3d978c86");

    let mut same = file.clone();
    same.title = "Kalbar".to_owned();
    same.holidays[0].title = "Tahun baru".to_owned();
    same.holidays.reverse();
    same.notes.clear();
    assert_eq!(revision(&same), original);

    type Change = fn(&mut CalendarFile);
    let changes: [Change; 7] = [
        |file| drop(file.holidays.pop_if(|_| true)),
        |file| file.holidays[0].estimated = true,
        |file| file.hours[0].from = "2025-01-02".parse().unwrap(),
        |file| file.hours[1].until = Some("2025-03-26".parse().unwrap()),
        |file| file.hours[2].estimated = false,
        |file| file.hours[0].week[1].open[1].1 = "16:31".parse().unwrap(),
        |file| file.valid_through = "2028-01-01".parse().unwrap(),
    ];
    let mut seen = vec![original];
    for (number, change) in changes.iter().enumerate() {
        let mut changed = file.clone();
        change(&mut changed);
        if number == 2 {
            // The first holiday would lie before the first hours.
            changed.holidays.remove(0);
        }
        // The last holiday of 2027 is a Sunday, which is closed anyway.
        assert_eq!(seen.contains(&revision(&changed)), number == 0, "change {number}");
        seen.push(revision(&changed));
    }
    let wita = Zone::parse("+08:00", "WITA").unwrap();
    assert_ne!(Calendar::compile(&file, wita).unwrap().revision(), original);
}

#[test]
fn the_file_is_written_back_as_it_was_read() {
    let file = kalbar_file();
    let written: serde_json::Value = serde_json::to_value(&file).unwrap();
    let read: serde_json::Value = serde_json::from_str(KALBAR).unwrap();
    assert_eq!(written, read);
}
