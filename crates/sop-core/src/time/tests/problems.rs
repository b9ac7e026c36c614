//! Everything that can be wrong with a calendar file, found in one go.

use super::*;

/// A calendar that is in order.
fn good() -> serde_json::Value {
    serde_json::json!({
        "format": 1, "id": "kantor", "title": "Kantor", "valid_through": "2026-12-31",
        "sources": [{ "id": "perda", "title": "Perda" }],
        "hours": [{
            "title": "Jam kerja", "from": "2026-01-01", "source": "perda",
            "week": [{ "days": ["monday", "friday"], "open": [["07:30", "12:00"], ["13:00", "16:00"]] }]
        }],
        "holidays": [{ "date": "2026-08-17", "title": "HUT RI", "kind": "national", "source": "perda" }]
    })
}

/// What is wrong after some values have been replaced, as `pointer: kind`.
fn problems(changes: &[(&str, serde_json::Value)]) -> Vec<String> {
    let mut json = good();
    for (pointer, value) in changes {
        *json.pointer_mut(pointer).expect(pointer) = value.clone();
    }
    let file: CalendarFile = serde_json::from_value(json).unwrap();
    match Calendar::compile(&file, wib()) {
        Ok(_) => vec![],
        Err(problems) => problems.iter().map(|found| format!("{}: {:?}", found.pointer(), found.kind)).collect(),
    }
}

#[track_caller]
fn check(pointer: &str, value: serde_json::Value, expected: &[&str]) {
    assert_eq!(problems(&[(pointer, value)]), expected);
}

macro_rules! json { ($($json:tt)+) => { serde_json::json!($($json)+) } }

#[test]
fn a_good_file_has_none() {
    assert_eq!(problems(&[]), Vec::<String>::new());
}

#[test]
fn each_problem_has_its_place() {
    check("/format", json!(2), &["/format: UnsupportedFormat { found: 2 }"]);
    check("/id", json!(" "), &["/id: Blank"]);
    check("/title", json!(""), &["/title: Blank"]);
    check("/hours/0/title", json!(""), &["/hours/0/title: Blank"]);
    check("/hours/0/source", json!("skb"), &[r#"/hours/0/source: UnknownSource { id: "skb" }"#]);
    check("/holidays/0/source", json!("x"), &[r#"/holidays/0/source: UnknownSource { id: "x" }"#]);
    check(
        "/sources",
        json!([{ "id": "perda", "title": "A" }, { "id": "perda", "title": "B" }]),
        &[r#"/sources/1/id: DuplicateSource { id: "perda" }"#],
    );
    check("/hours", json!([]), &["/hours: NoHours"]);
    check("/hours/0/week", json!([]), &["/hours: NoWorkingHours"]);
    check("/hours/0/week/0/open", json!([]), &["/hours: NoWorkingHours"]);
    check(
        "/hours/0/week/0/days",
        json!(["monday", "friday", "monday"]),
        &["/hours/0/week/0/days/2: DuplicateWeekday { day: Monday }"],
    );
    check(
        "/valid_through",
        json!("2126-12-31"),
        &["/valid_through: PeriodTooLong { from: 2026-01-01, until: 2126-12-31 }"],
    );
    check(
        "/hours/0/from",
        json!("2027-01-01"),
        &["/hours/0/from: HoursAfterValidThrough { from: 2027-01-01, valid_through: 2026-12-31 }"],
    );
    for day in ["2025-12-31", "2027-01-01"] {
        let expected =
            format!("/holidays/0/date: HolidayOutside {{ date: {day}, from: 2026-01-01, until: 2026-12-31 }}");
        check("/holidays/0/date", json!(day), &[&expected]);
    }
    let day = json!({ "date": "2026-08-17", "title": "HUT", "kind": "local", "source": "perda" });
    check("/holidays", json!([day, day]), &["/holidays/1/date: DuplicateHoliday { date: 2026-08-17, first: 0 }"]);
}

#[test]
fn openings_are_apart_and_in_order() {
    let place = "/hours/0/week/0/open";
    check(
        place,
        json!([["07:30", "07:30"], ["16:00", "13:00"]]),
        &[
            "/hours/0/week/0/open/0: OpeningEmpty { opening: Opening(07:30, 07:30) }",
            "/hours/0/week/0/open/1: OpeningReversed { opening: Opening(16:00, 13:00) }",
            "/hours: NoWorkingHours",
        ],
    );
    check(
        place,
        json!([["07:30", "16:00"], ["12:00", "13:00"], ["15:00", "17:00"]]),
        &[
            "/hours/0/week/0/open/1: OpeningsOverlap { first: Opening(07:30, 16:00), second: Opening(12:00, 13:00) }",
            "/hours/0/week/0/open/2: OpeningsOverlap { first: Opening(07:30, 16:00), second: Opening(15:00, 17:00) }",
        ],
    );
    let many: Vec<_> = (0..9).map(|hour| [format!("{:02}:00", hour * 2), format!("{:02}:30", hour * 2)]).collect();
    check(place, json!(many), &["/hours/0/week/0/open: TooMany { what: Openings, limit: 8 }"]);
    // Openings that only touch are one, and their order in the file doesn't matter.
    let mut file: CalendarFile = serde_json::from_value(good()).unwrap();
    let mut compiled = |open: serde_json::Value| {
        file.hours[0].week[0].open = serde_json::from_value(open).unwrap();
        Calendar::compile(&file, wib()).unwrap()
    };
    let joined = compiled(json!([["12:00", "16:00"], ["07:30", "12:00"]]));
    assert_eq!(joined.openings(date("2026-11-23")).collect::<Vec<_>>(), [(450, 960)]);
    assert_eq!(joined.revision(), compiled(json!([["07:30", "16:00"]])).revision());
}

#[test]
fn hours_have_to_apply_and_to_leave_no_gap() {
    let hours = |from: &str, until: Option<&str>| {
        let week = [json!({ "days": ["monday"], "open": [["08:00", "15:00"]] })];
        json!({ "title": "Jam", "from": from, "until": until, "source": "perda", "week": week })
    };
    check(
        "/hours",
        json!([hours("2026-01-01", Some("2026-03-31")), hours("2026-05-01", Some("2026-11-30"))]),
        &["/hours: Gap { from: 2026-04-01, until: 2026-04-30 }", "/hours: Gap { from: 2026-12-01, until: 2026-12-31 }"],
    );
    check(
        "/hours",
        json!([hours("2026-01-01", None), hours("2026-03-01", Some("2026-02-01"))]),
        &["/hours/1/until: FromAfterUntil { from: 2026-03-01, until: 2026-02-01 }"],
    );
    // Ramadan hours in front of the usual week: the mistake that the rule 'later wins' invites.
    check(
        "/hours",
        json!([hours("2026-02-19", Some("2026-03-20")), hours("2026-01-01", None)]),
        &["/hours/0: HoursNeverApply"],
    );
    let mut closed = hours("2026-06-01", None);
    closed["week"] = json!([]);
    check("/hours", json!([hours("2026-01-01", None), closed]), &["/hours/1/week: NoHoursAfterwards"]);
}

#[test]
fn all_problems_are_reported_at_once() {
    let found = problems(&[
        ("/format", json!(7)),
        ("/id", json!("")),
        ("/hours/0/source", json!("x")),
        ("/hours/0/week/0/open/0", json!(["12:00", "07:30"])),
        ("/holidays/0/date", json!("2020-01-01")),
    ]);
    assert_eq!(found.len(), 5, "{found:#?}");
}

#[test]
fn too_many_entries_are_refused() {
    let mut file: CalendarFile = serde_json::from_value(good()).unwrap();
    file.hours = vec![file.hours[0].clone(); 1_001];
    file.sources = vec![file.sources[0].clone(); 1_001];
    file.holidays = vec![file.holidays[0].clone(); 10_001];
    let found = Calendar::compile(&file, wib()).unwrap_err();
    let counted: Vec<_> = found
        .iter()
        .filter_map(|problem| match problem.kind {
            CalendarProblemKind::TooMany { what, .. } => Some(what),
            _ => None,
        })
        .collect();
    assert_eq!(counted, [Counted::Sources, Counted::Hours, Counted::Holidays]);
}

#[test]
fn unknown_keys_and_values_are_errors() {
    for (pointer, key) in [
        ("", "zone"),
        ("/hours/0", "til"),
        ("/hours/0/week/0", "x"),
        ("/holidays/0", "national"),
        ("/sources/0", "url"),
    ] {
        let mut json = good();
        json.pointer_mut(pointer).unwrap()[key] = json!("x");
        assert!(serde_json::from_value::<CalendarFile>(json).is_err(), "{pointer} {key}");
    }
    for (pointer, value) in [
        ("/holidays/0/date", "17-08-2026"),
        ("/holidays/0/kind", "cuti"),
        ("/hours/0/week/0/days/0", "Monday"),
        ("/hours/0/week/0/open/0/0", "7.30"),
    ] {
        let mut json = good();
        *json.pointer_mut(pointer).unwrap() = json!(value);
        assert!(serde_json::from_value::<CalendarFile>(json).is_err(), "{pointer} {value}");
    }
}
