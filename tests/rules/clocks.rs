//! Budgets and clocks: the rules T0 to T2.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::{Value as Json, json};
use sop_core::time::{Calendar, CalendarFile};
use stage::desk::{desk, shared};
use stage::{Case, DIRECTORY, OFFICE, Stage, definition, stage};

fn due_after(time: &str, start: &str) -> Option<String> {
    stage(&desk(time, "")).start("mulai", "santi", start).due("kerja")
}

/// T0: budgets are working minutes; a `hari` has 450 of them, a `minggu` five days and a `bulan` twenty.
#[test]
fn t0_budgets_are_working_minutes() {
    let due = |time| due_after(time, "2026-01-12 08:00").unwrap();
    assert_eq!(due("5 menit"), "2026-01-12 08:05");
    assert_eq!(due("5 jam"), "2026-01-12 14:00", "the break is no working time");
    assert_eq!(due("1 hari"), "2026-01-13 08:00");
    assert_eq!(due("1 minggu"), "2026-01-20 08:00", "16 January is a holiday");
    let minutes =
        |time: &str| stage(&desk(time, "")).process.steps().values().next().unwrap().budget.unwrap().minutes();
    assert_eq!((minutes("3 hari"), minutes("2 minggu"), minutes("1 bulan")), (1350, 4500, 9000));
}

/// T0: '1 x 24 jam' is elapsed time, by night and on holidays.
#[test]
fn t0_a_day_by_the_clock_is_elapsed_time() {
    assert_eq!(due_after("1 x 24 jam", "2026-01-15 15:00").unwrap(), "2026-01-16 15:00");
}

/// T0: the office file says what a `hari` is.
#[test]
fn t0_the_office_says_what_a_day_is() {
    let calendar_days = OFFICE.replace(r#""day": "working""#, r#""day": "calendar""#);
    let short_days = OFFICE.replace(r#""minutes_per_day": 450"#, r#""minutes_per_day": 300"#);
    let due = |office: &str| {
        let stage = Stage::new(&definition(&desk("1 hari", "")).to_string(), office, DIRECTORY);
        stage.start("mulai", "santi", "2026-01-12 08:00").due("kerja").unwrap()
    };
    assert_eq!((due(&calendar_days), due(&short_days)), ("2026-01-13 08:00".into(), "2026-01-12 14:00".into()));
}

/// A drafter and a checker, each with an hour.
fn letter(policy: &str) -> Case {
    stage(&format!(
        r#"{{ "steps": [
          {{ "id": "susun", "role": "staf", "time": "1 jam", "next": "koreksi" }},
          {{ "id": "koreksi", "role": "sekretaris", "time": "2 jam", "outcomes": [
            {{ "id": "setuju", "end": "selesai" }}, {{ "id": "tolak", "return_to": "susun" }}] }}],
          "policy": {{ {policy} }} }}"#
    ))
    .start("mulai", "santi", "2026-01-12 08:00")
}

/// T1: after a return its target has a fresh budget, and every later step its own.
#[test]
fn t1_a_return_gives_a_fresh_budget() {
    let mut case = letter("");
    case.complete("susun", "santi", "selesai", "2026-01-12 08:50").unwrap();
    assert_eq!(case.due("koreksi").unwrap(), "2026-01-12 10:50");
    case.complete("koreksi", "sari", "tolak", "2026-01-12 09:00").unwrap();
    assert_eq!(case.due("susun").unwrap(), "2026-01-12 10:00");
    case.complete("susun", "santi", "selesai", "2026-01-12 09:10").unwrap();
    assert_eq!(case.due("koreksi").unwrap(), "2026-01-12 11:10");
}

/// T1: or `rework_time`, for the target and for no later step.
#[test]
fn t1_rework_may_have_its_own_time() {
    let mut case =
        letter(r#""steps": { "susun": { "rework_time": "15 menit" }, "koreksi": { "rework_time": "20 menit" } }"#);
    assert_eq!(case.due("susun").unwrap(), "2026-01-12 09:00");
    case.complete("susun", "santi", "selesai", "2026-01-12 08:50").unwrap();
    case.complete("koreksi", "sari", "tolak", "2026-01-12 09:00").unwrap();
    assert_eq!(case.due("susun").unwrap(), "2026-01-12 09:15");
    case.complete("susun", "santi", "selesai", "2026-01-12 09:10").unwrap();
    assert_eq!(case.due("koreksi").unwrap(), "2026-01-12 11:10");
}

/// The calendar of the stories with a day off more.
fn with_day_off(date: &str) -> Calendar {
    let mut json: Json = serde_json::from_str(&stage::shipped("calendars/kalbar.json")).unwrap();
    let day = json!({ "date": date, "title": "Libur", "kind": "national", "source": "skb_2026" });
    let holidays = json["holidays"].as_array_mut().unwrap();
    let place = holidays.iter().position(|holiday| holiday["date"].as_str().unwrap() > date).unwrap();
    holidays.insert(place, day);
    let file: CalendarFile = serde_json::from_value(json).unwrap();
    Calendar::compile(&file, stage::wib()).unwrap()
}

/// T1: a new revision of the calendar moves every instant; the next accepted command writes it down.
#[test]
fn t1_a_new_calendar_moves_what_is_due() {
    let ladder = r#""overdue": [{ "after": "1 jam", "remind": "doer" }]"#;
    let mut case = stage(&desk("1 hari", ladder)).start("mulai", "santi", "2026-01-12 08:00");
    assert_eq!(
        (case.due("kerja").unwrap(), case.next().unwrap()),
        ("2026-01-13 08:00".into(), "2026-01-13 09:00".into())
    );
    case.under(with_day_off("2026-01-13"));
    assert_eq!(
        (case.due("kerja").unwrap(), case.next().unwrap()),
        ("2026-01-14 08:00".into(), "2026-01-14 09:00".into())
    );
    assert!(!case.clone().advance("2026-01-13 10:00").has("rung_fired"), "by the new calendar nothing is due yet");
    let happened = case.advance("2026-01-14 09:30");
    assert_eq!(happened.kinds(), ["calendar_changed", "rescheduled", "rung_fired"]);
    assert_eq!(happened.of("rescheduled"), ["rescheduled alarm=2026-01-14T09:00 due=2026-01-14T08:00 wait=1"]);
    assert!(case.advance("2026-01-14 09:31").events.is_empty());
}

/// T1: a new calendar moves shared clocks and leaves holds where they are.
#[test]
fn t1_a_new_calendar_moves_shared_clocks_and_no_hold() {
    let mut case = shared(r#""hold": { "max": "5 hari" }"#, r#""split": ["satu", "dua"]"#, "1 hari");
    case.hold("dua", "santi", "2026-01-14 08:00", "Menunggu", "2026-01-12 09:00").unwrap();
    case.under(with_day_off("2026-01-13"));
    assert_eq!(case.due("satu").unwrap(), "2026-01-14 08:00");
    assert_eq!((case.due("dua"), case.next().unwrap()), (None, "2026-01-14 08:00".into()));
}

/// T2: a Waktu without a duration gives no budget, never zero.
#[test]
fn t2_no_duration_is_no_budget() {
    for time in ["Segera", "-", "2 menit/berkas", "Triwulan"] {
        assert_eq!(due_after(time, "2026-01-12 08:00"), None, "{time}");
    }
    let none = stage(
        r#"{ "steps": [{ "id": "kerja", "role": "staf", "end": "selesai" }],
      "policy": { "overdue": [{ "after": "0 menit", "remind": "doer" }] } }"#,
    );
    let case = none.start("mulai", "santi", "2026-01-12 08:00");
    assert_eq!((case.due("kerja"), case.next()), (None, None), "without a budget nothing is ever overdue");
}

/// T2: `within` may give a budget, where there is none.
#[test]
fn t2_the_policy_may_give_a_budget() {
    let within = r#""steps": { "kerja": { "within": "30 menit" } }"#;
    let case = stage(&desk("Segera", within)).start("mulai", "santi", "2026-01-12 08:00");
    assert_eq!(case.due("kerja").unwrap(), "2026-01-12 08:30");
    assert_eq!(stage::findings(&desk("1 jam", within)), ["WITHIN_BESIDE_TIME"]);
}

/// T2: a range counts with its upper end.
#[test]
fn t2_a_range_counts_with_its_upper_end() {
    assert_eq!(due_after("30 menit - 3 Jam", "2026-01-12 08:00").unwrap(), "2026-01-12 11:00");
}

/// T2: a row's Waktu is for each of its steps.
#[test]
fn t2_a_row_gives_each_step_its_time() {
    let mut case = stage(
        r#"{ "rows": [{ "activity": "Bekerja", "time": "1 jam", "steps": [
          { "id": "satu", "role": "staf", "next": "dua" }, { "id": "dua", "role": "staf", "end": "selesai" }] }] }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("satu", "santi", "selesai", "2026-01-12 08:20").unwrap();
    assert_eq!(case.due("dua").unwrap(), "2026-01-12 09:20");
}

/// T2: steps that share a Waktu share one clock: a wait begins with what the earlier ones of the same pass left.
#[test]
fn t2_a_shared_clock_runs_on_in_sequence() {
    let mut case = shared("", r#""next": "satu""#, "1 jam");
    assert_eq!(case.due("satu").unwrap(), "2026-01-12 09:00");
    case.complete("satu", "santi", "terus", "2026-01-12 08:20").unwrap();
    assert_eq!(case.due("dua").unwrap(), "2026-01-12 09:00");
}

/// T2: while no wait runs on it, a shared clock stands.
#[test]
fn t2_a_shared_clock_stands_between_its_steps() {
    let mut case = shared("", r#""next": "satu""#, "1 jam");
    case.complete("satu", "santi", "sela", "2026-01-12 08:20").unwrap();
    case.complete("sela", "santi", "selesai", "2026-01-12 08:50").unwrap();
    assert_eq!(case.due("dua").unwrap(), "2026-01-12 09:30", "40 minutes were left");
}

/// T2: parallel waits run on a shared clock together.
#[test]
fn t2_a_shared_clock_runs_for_parallel_waits_together() {
    let mut case = shared("", r#""split": ["satu", "dua"]"#, "1 jam");
    assert_eq!((case.due("satu"), case.due("dua")), (Some("2026-01-12 09:00".into()), Some("2026-01-12 09:00".into())));
    case.complete("satu", "santi", "akhir", "2026-01-12 08:30").unwrap();
    assert_eq!(case.due("dua").unwrap(), "2026-01-12 09:00");
}

/// T2: a return into the group refills it.
#[test]
fn t2_a_return_refills_a_shared_clock() {
    let mut case = shared("", r#""next": "satu""#, "1 jam");
    case.complete("satu", "santi", "terus", "2026-01-12 08:20").unwrap();
    case.complete("dua", "santi", "selesai", "2026-01-12 08:40").unwrap();
    case.complete("cek", "santi", "ulang", "2026-01-12 08:50").unwrap();
    assert_eq!(case.due("satu").unwrap(), "2026-01-12 09:50");
    case.complete("satu", "santi", "terus", "2026-01-12 09:00").unwrap();
    assert_eq!(case.due("dua").unwrap(), "2026-01-12 09:50");
}

/// T2, T1: a return to a step before the group gives the group a new budget too, since every later step has its own.
#[test]
fn t2_a_return_before_the_group_refills_it() {
    let mut case = stage(
        r#"{ "rows": [
          { "activity": "Membuka", "steps": [{ "id": "buka", "role": "staf", "next": "satu" }] },
          { "activity": "Bekerja", "time": "1 jam", "shared_time": true, "steps": [
            { "id": "satu", "role": "staf", "next": "dua" },
            { "id": "dua", "role": "staf", "outcomes": [{ "id": "ya", "end": "selesai" }, { "id": "ulang", "return_to": "buka" }] }] }] }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("buka", "santi", "selesai", "2026-01-12 08:00").unwrap();
    case.complete("satu", "santi", "selesai", "2026-01-12 08:30").unwrap();
    case.complete("dua", "santi", "ulang", "2026-01-12 08:40").unwrap();
    case.complete("buka", "santi", "selesai", "2026-01-12 09:00").unwrap();
    assert_eq!(case.due("satu").unwrap(), "2026-01-12 10:00");
}

/// T2: a wait that still runs on a refilled clock is due later, too.
#[test]
fn t2_a_refilled_clock_moves_those_that_run_on_it() {
    let mut case = shared("", r#""split": ["satu", "dua"]"#, "1 jam");
    case.complete("dua", "santi", "selesai", "2026-01-12 08:20").unwrap();
    let happened = case.complete("cek", "santi", "ulang_dua", "2026-01-12 08:40").unwrap();
    assert_eq!(happened.of("rescheduled"), ["rescheduled due=2026-01-12T09:40 wait=2"]);
    assert_eq!((case.due("satu"), case.due("dua")), (Some("2026-01-12 09:40".into()), Some("2026-01-12 09:40".into())));
}

/// T2: rows whose Waktu cells are one share a clock.
#[test]
fn t2_merged_cells_are_one_clock() {
    let mut case = stage(
        r#"{ "rows": [
          { "activity": "Satu", "time": "1 jam", "steps": [{ "id": "satu", "role": "staf", "next": "dua" }] },
          { "activity": "Dua", "merge_up": ["time"], "steps": [{ "id": "dua", "role": "staf", "end": "selesai" }] }] }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("satu", "santi", "selesai", "2026-01-12 08:45").unwrap();
    assert_eq!(case.due("dua").unwrap(), "2026-01-12 09:00");
}
