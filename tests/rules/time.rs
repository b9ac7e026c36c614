//! Clocks and ladders: the rules T0 to T6.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::{Value as Json, json};
use sop_core::case::{Command, Rejection, Status};
use sop_core::time::{Calendar, CalendarFile};
use stage::{Case, DIRECTORY, OFFICE, Stage, at, definition, errors, stage};

/// One step of the staff with a Waktu and a policy.
fn desk(time: &str, policy: &str) -> String {
    format!(
        r#"{{ "steps": [{{ "id": "kerja", "role": "staf", "time": "{time}", "outcomes": [
          {{ "id": "selesai", "end": "selesai" }}, {{ "id": "lain", "end": "selesai" }}] }}], "policy": {{ {policy} }} }}"#
    )
}

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

/// A first step without a time, then one row whose steps share a Waktu, then a check that goes back into it.
fn shared(policy: &str, first: &str, time: &str) -> Case {
    let mut case = stage(&format!(
        r#"{{ "rows": [
          {{ "activity": "Membuka", "steps": [{{ "id": "buka", "role": "staf", {first} }}] }},
          {{ "activity": "Bekerja", "time": "{time}", "shared_time": true, "steps": [
            {{ "id": "satu", "role": "staf", "outcomes": [
              {{ "id": "terus", "next": "dua" }}, {{ "id": "sela", "next": "sela" }}, {{ "id": "akhir", "end": "bagian" }}] }},
            {{ "id": "dua", "role": "staf", "next": "cek" }}] }},
          {{ "activity": "Menyela", "steps": [{{ "id": "sela", "role": "staf", "next": "dua" }}] }},
          {{ "activity": "Mengecek", "steps": [{{ "id": "cek", "role": "staf", "outcomes": [
            {{ "id": "ya", "end": "bagian" }}, {{ "id": "ulang", "return_to": "satu" }}, {{ "id": "ulang_dua", "return_to": "dua" }}] }}] }}],
        "ends": [{{ "id": "bagian", "title": "Bagian", "kind": "part" }}], "policy": {{ {policy} }} }}"#
    ))
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("buka", "santi", "selesai", "2026-01-12 08:00").unwrap();
    case
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

/// T3: rungs are measured from due, `after` once and `every` again and again; what each effect does.
#[test]
fn t3_a_ladder_climbs() {
    let ladder = r#""owner": "kepala", "roles": { "staf": { "accountable": "sekretaris" } }, "overdue": [
      { "after": "0 menit", "remind": "doer" }, { "after": "30 menit", "remind": "accountable" },
      { "after": "1 jam", "remind": "tu" }, { "after": "2 jam", "escalate": "superior" },
      { "every": "3 jam", "remind": "accountable" }]"#;
    let mut case = stage(&desk("1 jam", ladder)).start("mulai", "santi", "2026-01-12 08:00");
    assert_eq!(case.next().unwrap(), "2026-01-12 09:00");
    assert_eq!(
        case.advance("2026-01-12 09:00").of("rung_fired"),
        ["rung_fired alarm=2026-01-12T09:30 due=2026-01-12T09:00 occurrence=1 outcome=reminded_doer rung=0 wait=1"]
    );
    assert_eq!(
        case.advance("2026-01-12 09:30").of("rung_fired"),
        [
            "rung_fired alarm=2026-01-12T10:00 due=2026-01-12T09:30 occurrence=1 outcome=(reminded:(role:sekretaris)) rung=1 wait=1"
        ]
    );
    assert_eq!(
        case.advance("2026-01-12 10:00").of("rung_fired"),
        [
            "rung_fired alarm=2026-01-12T11:00 due=2026-01-12T10:00 occurrence=1 outcome=(reminded:(role:tu)) rung=2 wait=1"
        ]
    );
    assert_eq!(case.acting("kerja"), ["staf"]);
    case.advance("2026-01-12 11:00");
    assert_eq!((case.acting("kerja"), case.accountable("kerja")), (vec!["staf", "kabid"], Some("kabid")));
    let later = case.advance("2026-01-13 07:30");
    assert_eq!(
        later.of("rung_fired"),
        [
            "rung_fired alarm=2026-01-13T10:30 due=2026-01-12T12:00 missed=1 occurrence=2 outcome=(reminded:(role:kabid)) rung=4 wait=1"
        ]
    );
}

/// T3: `escalate` lets a further role act; the first keeps acting.
#[test]
fn t3_who_is_escalated_to_may_act_too() {
    let ladder = r#""overdue": [{ "after": "1 jam", "escalate": "sekretaris" }]"#;
    let stage = stage(&desk("1 jam", ladder));
    for by in ["santi", "sari"] {
        let mut case = stage.start("mulai", "santi", "2026-01-12 08:00");
        case.complete("kerja", by, "selesai", "2026-01-12 10:30").unwrap();
        assert_eq!(case.status(), Status::Finished);
    }
    let mut early = stage.start("mulai", "santi", "2026-01-12 08:00");
    assert!(matches!(early.complete("kerja", "sari", "selesai", "2026-01-12 09:59"), Err(Rejection::NotYours { .. })));
}

/// T3: `reassign` gives the wait to another role on the same clock, and leaves nothing.
#[test]
fn t3_reassigning_changes_who_acts_and_no_clock() {
    let ladder = r#""overdue": [{ "after": "1 jam", "reassign": "tu" }]"#;
    let mut case = stage(&desk("1 jam", ladder)).start("mulai", "santi", "2026-01-12 08:00");
    let happened = case.advance("2026-01-12 10:00");
    assert_eq!(happened.kinds(), ["rung_fired"]);
    assert_eq!((case.acting("kerja"), case.due("kerja").unwrap()), (vec!["tu"], "2026-01-12 09:00".into()));
    assert!(matches!(case.complete("kerja", "santi", "selesai", "2026-01-12 10:01"), Err(Rejection::NotYours { .. })));
    case.complete("kerja", "awang", "selesai", "2026-01-12 10:02").unwrap();
}

/// T3: `outcome` and `end` leave the wait, done by the policy.
#[test]
fn t3_a_rung_may_leave_the_wait() {
    let by_outcome = r#""overdue": [{ "after": "1 jam", "outcome": "lain" }]"#;
    let mut case = stage(&desk("1 jam", by_outcome)).start("mulai", "santi", "2026-01-12 08:00");
    let happened = case.advance("2026-01-12 10:00");
    assert_eq!(happened.kinds(), ["rung_fired", "left_by_policy", "token_ended", "finished"]);
    assert_eq!(happened.of("left_by_policy"), ["left_by_policy outcome=lain step=kerja wait=1"]);
    let by_end = r#""ends": [{ "id": "gugur", "title": "Gugur", "kind": "stop" }], "overdue": [{ "after": "1 jam", "end": "gugur" }]"#;
    let mut case = stage(&desk("1 jam", by_end)).start("mulai", "santi", "2026-01-12 08:00");
    let happened = case.advance("2026-01-12 10:00");
    assert_eq!(happened.kinds(), ["rung_fired", "left_by_policy", "stopped"]);
    assert_eq!((case.status(), case.result()), (Status::Stopped, vec!["gugur"]));
}

/// T3: a step's ladder replaces the default, which replaces the office's.
#[test]
fn t3_the_nearest_ladder_holds() {
    let office =
        OFFICE.replace("\"registers\"", r#""overdue": [{ "after": "1 menit", "remind": "doer" }], "registers""#);
    let first = |policy: &str| {
        let stage = Stage::new(&definition(&desk("1 jam", policy)).to_string(), &office, DIRECTORY);
        stage.start("mulai", "santi", "2026-01-12 08:00").next().unwrap()
    };
    assert_eq!(first(""), "2026-01-12 09:01");
    let default = r#""overdue": [{ "after": "2 menit", "remind": "doer" }]"#;
    assert_eq!(first(default), "2026-01-12 09:02");
    let own = r#", "steps": { "kerja": { "overdue": [{ "after": "3 menit", "remind": "doer" }] } }"#;
    assert_eq!(first(&format!("{default}{own}")), "2026-01-12 09:03");
}

/// T3: rungs after a leaving one are an error, and what leaves does not repeat.
#[test]
fn t3_nothing_comes_after_leaving() {
    let after = r#""overdue": [{ "after": "1 jam", "outcome": "lain" }, { "after": "2 jam", "remind": "doer" }]"#;
    assert_eq!(errors(&desk("1 jam", after)), ["RUNG_AFTER_LEAVING"]);
    let every = r#""overdue": [{ "every": "1 jam", "outcome": "lain" }]"#;
    assert_eq!(errors(&desk("1 jam", every)), ["ONLY_REMINDERS_REPEAT"]);
}

/// T3: nor by the clock: a rung that would fire after the wait was left can never fire.
#[test]
fn t3_nothing_comes_later_than_leaving() {
    let later = r#""overdue": [{ "after": "2 jam", "remind": "doer" }, { "after": "1 jam", "outcome": "lain" }]"#;
    assert_eq!(errors(&desk("1 jam", later)), ["RUNG_AFTER_LEAVING"]);
}

/// T3, T4: a leaving rung comes after activation, also where it opens the same step again.
#[test]
fn t3_a_leaving_rung_comes_after_activation() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "susun", "role": "staf", "time": "1 jam", "next": "cek" },
          { "id": "cek", "role": "tu", "time": "1 jam", "outcomes": [
            { "id": "ya", "end": "selesai" }, { "id": "ulang", "return_to": "susun" }] }],
          "policy": { "steps": { "cek": { "overdue": [{ "after": "0 menit", "outcome": "ulang" }] },
            "susun": { "overdue": [{ "after": "0 menit", "outcome": "selesai" }] } } } }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    case.advance("2026-01-14 08:00");
    assert_eq!((case.waits(), case.due("cek").unwrap()), (vec!["cek"], "2026-01-14 09:00".into()));
}

/// T4: a command first fires everything due up to its time, in the order of due, wait and rung.
#[test]
fn t4_what_is_due_fires_in_order() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "satu", "role": "staf", "time": "2 jam", "end": "bagian" },
          { "id": "dua", "role": "tu", "time": "1 jam", "end": "bagian" }],
          "starts": [{ "id": "mulai", "opens": ["satu", "dua"] }],
          "ends": [{ "id": "bagian", "title": "Bagian", "kind": "part" }],
          "policy": { "overdue": [
            { "after": "1 jam", "remind": "doer" }, { "after": "0 menit", "remind": "kepala" }, { "after": "0 menit", "remind": "sekretaris" }] } }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    let happened = case.complete("satu", "santi", "selesai", "2026-01-12 11:30").unwrap();
    let fired = happened.of("rung_fired");
    let order: Vec<String> = fired
        .iter()
        .map(|line| {
            line.split(' ')
                .filter(|word| ["due=", "rung=", "wait="].iter().any(|key| word.starts_with(key)))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(
        order,
        [
            "due=2026-01-12T09:00 rung=1 wait=2",
            "due=2026-01-12T09:00 rung=2 wait=2",
            "due=2026-01-12T10:00 rung=1 wait=1",
            "due=2026-01-12T10:00 rung=2 wait=1",
            "due=2026-01-12T10:00 rung=0 wait=2",
            "due=2026-01-12T11:00 rung=0 wait=1",
        ]
    );
    assert_eq!(happened.kinds()[6..], ["completed", "token_ended"]);
    assert_eq!(happened.record.at, at("2026-01-12 11:30"), "when they fired");
}

/// T4: missed occurrences of one `every` fire once, with their count; a rung is claimed once.
#[test]
fn t4_missed_occurrences_fire_once() {
    let ladder = r#""overdue": [{ "every": "1 jam", "remind": "doer" }]"#;
    let mut case = stage(&desk("1 jam", ladder)).start("mulai", "santi", "2026-01-12 08:00");
    assert_eq!(
        case.advance("2026-01-12 11:59").of("rung_fired"),
        [
            "rung_fired alarm=2026-01-12T12:00 due=2026-01-12T10:00 missed=1 occurrence=2 outcome=reminded_doer rung=0 wait=1"
        ]
    );
    assert!(case.advance("2026-01-12 11:59").events.is_empty(), "never twice");
    assert_eq!(
        case.advance("2026-01-12 13:00").of("rung_fired"),
        ["rung_fired alarm=2026-01-12T14:00 due=2026-01-12T12:00 occurrence=3 outcome=reminded_doer rung=0 wait=1"]
    );
}

/// T4: a wait that a late rung opens starts when the rung fired.
#[test]
fn t4_what_a_late_rung_opens_starts_late() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "satu", "role": "staf", "time": "1 jam", "next": "dua" },
          { "id": "dua", "role": "tu", "time": "1 jam", "end": "selesai" }],
          "policy": { "overdue": [{ "after": "0 menit", "outcome": "selesai" }] } }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    let happened = case.advance("2026-01-14 08:00");
    assert_eq!(
        happened.of("activated"),
        ["activated alarm=2026-01-14T09:00 anchor=2026-01-14T08:00 due=2026-01-14T09:00 step=dua wait=2"]
    );
    assert_eq!(happened.kinds(), ["rung_fired", "left_by_policy", "activated"]);
}

/// T4: a leaving rung whose guards leave no way on fires once, and the wait stays.
#[test]
fn t4_a_blocked_rung_fires_once() {
    let mut case = stage(
        r#"{ "fields": [{ "id": "nilai", "title": "Nilai", "type": "integer" }], "steps": [
          { "id": "pilih", "role": "staf", "time": "1 jam", "choose": [
            { "when": "has(case.nilai) && case.nilai > 5", "end": "selesai" },
            { "when": "has(case.nilai) && case.nilai <= 5", "end": "selesai" }] }],
          "policy": { "overdue": [{ "after": "0 menit", "outcome": "selesai" }] } }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    assert!(case.advance("2026-01-12 09:00").of("rung_fired")[0].contains("outcome=blocked"));
    assert_eq!((case.waits(), case.next()), (vec!["pilih"], None));
}

/// T5: `superior` is what the role declares, else its post's in the office file, else the policy's owner, else an error.
#[test]
fn t5_a_superior_is_found_or_missed() {
    let acting = |policy: &str| {
        let ladder = r#""overdue": [{ "after": "0 menit", "escalate": "superior" }]"#;
        let mut case = stage(&desk("1 jam", &format!("{ladder}{policy}"))).start("mulai", "santi", "2026-01-12 08:00");
        case.advance("2026-01-12 09:00");
        case.acting("kerja").join(" ")
    };
    assert_eq!(acting(""), "staf kabid");
    assert_eq!(acting(r#", "roles": { "staf": { "superior": "tu" } }"#), "staf tu");
    let top = |owner: &str| {
        format!(
            r#"{{ "steps": [{{ "id": "kerja", "role": "kepala", "time": "1 jam", "end": "selesai" }}],
              "policy": {{ {owner} "overdue": [{{ "after": "0 menit", "escalate": "superior" }}] }} }}"#
        )
    };
    assert_eq!(errors(&top("")), ["NOBODY_ABOVE"]);
    let mut owned = stage(&top(r#""owner": "sekretaris","#)).start("mulai", "kartika", "2026-01-12 08:00");
    owned.advance("2026-01-12 09:00");
    assert_eq!(owned.acting("kerja"), ["kepala", "sekretaris"]);
}

/// T5: a ladder climbs from the role last escalated to.
#[test]
fn t5_a_ladder_climbs_from_where_it_is() {
    let ladder =
        r#""overdue": [{ "after": "0 menit", "escalate": "superior" }, { "after": "1 jam", "escalate": "superior" }]"#;
    let mut case = stage(&desk("1 jam", ladder)).start("mulai", "santi", "2026-01-12 08:00");
    case.advance("2026-01-12 10:00");
    assert_eq!((case.acting("kerja"), case.accountable("kerja")), (vec!["staf", "kabid", "kepala"], Some("kepala")));
}

/// T5: the role of a wait is the one that acts through a place; of several, the first.
#[test]
fn t5_the_role_of_a_wait_is_the_one_that_acts() {
    let with = |step: &str| {
        format!(
            r#"{{ "roles": [{{ "id": "staf", "title": "staf" }}, {{ "id": "tu", "title": "tu" }},
                {{ "id": "loket", "title": "Loket", "acts_through": "tu" }}],
              "steps": [{{ "id": "kerja", {step}, "time": "1 jam", "end": "selesai" }}],
              "policy": {{ "overdue": [{{ "after": "0 menit", "escalate": "superior" }}] }} }}"#
        )
    };
    let mut place = stage(&with(r#""role": "loket""#)).start("mulai", "awang", "2026-01-12 08:00");
    assert_eq!(place.acting("kerja"), ["tu"]);
    place.advance("2026-01-12 09:00");
    assert_eq!(place.acting("kerja"), ["tu", "sekretaris"]);
    let mut several = stage(&with(r#""roles": ["staf", "tu"]"#)).start("mulai", "awang", "2026-01-12 08:00");
    several.advance("2026-01-12 09:00");
    assert_eq!(several.acting("kerja"), ["staf", "tu", "kabid"]);
    several.complete("kerja", "awang", "selesai", "2026-01-12 09:01").unwrap();
}

/// T5: the accountable role is declared before anybody is escalated to, and is somebody.
#[test]
fn t5_somebody_is_accountable() {
    let ladder = r#""overdue": [{ "every": "1 jam", "remind": "accountable" }]"#;
    assert_eq!(errors(&desk("1 jam", ladder)), ["NOBODY_ACCOUNTABLE"]);
    let declared = format!(r#"{ladder}, "roles": {{ "staf": {{ "accountable": "tu" }} }}"#);
    let case = stage(&desk("1 jam", &declared)).start("mulai", "santi", "2026-01-12 08:00");
    assert_eq!(case.accountable("kerja"), Some("tu"));
}

/// T5: somebody is accountable when the reminder fires, not only further down the list.
#[test]
fn t5_somebody_is_accountable_by_then() {
    let escalated_later =
        r#""overdue": [{ "after": "2 jam", "escalate": "superior" }, { "every": "1 jam", "remind": "accountable" }]"#;
    assert_eq!(errors(&desk("1 jam", escalated_later)), ["NOBODY_ACCOUNTABLE"]);
}

/// T5: the accountable role is none of those that the wait waits for.
#[test]
fn t5_nobody_answers_for_themselves() {
    let remind = r#""overdue": [{ "every": "1 jam", "remind": "accountable" }]"#;
    let own = format!(r#"{remind}, "roles": {{ "staf": {{ "accountable": "staf" }} }}"#);
    assert!(errors(&desk("1 jam", &own)).contains(&"ACCOUNTABLE_IS_DOER"));
    let beside = format!(
        r#"{{ "steps": [{{ "id": "kerja", "roles": ["staf", "tu"], "time": "1 jam", "end": "selesai" }}],
          "policy": {{ {remind}, "roles": {{ "staf": {{ "accountable": "tu" }} }} }} }}"#
    );
    assert!(errors(&beside).contains(&"ACCOUNTABLE_IS_DOER"));
    let climbed = desk("1 jam", r#""overdue": [{ "after": "0 menit", "escalate": "staf" }]"#);
    assert_eq!(errors(&climbed), ["ESCALATES_TO_DOER"]);
}

/// T5: after a reassignment the accountable role is neither lost unseen nor the one that acts now.
#[test]
fn t5_a_reassigned_wait_has_somebody_accountable() {
    let rungs = |rungs: &str| {
        desk("1 jam", &format!(r#""roles": {{ "staf": {{ "accountable": "sekretaris" }} }}, "overdue": [{rungs}]"#))
    };
    let lost = rungs(r#"{ "after": "0 menit", "reassign": "tu" }, { "every": "1 jam", "remind": "accountable" }"#);
    assert_eq!(errors(&lost), ["NOBODY_ACCOUNTABLE"]);
    let own = rungs(
        r#"{ "after": "0 menit", "escalate": "tu" }, { "after": "1 jam", "reassign": "tu" }, { "every": "2 jam", "remind": "accountable" }"#,
    );
    assert!(errors(&own).contains(&"ACCOUNTABLE_IS_DOER"));
}

const HOLD: &str =
    r#""hold": { "max": "2 hari" }, "owner": "kepala", "overdue": [{ "after": "0 menit", "remind": "doer" }]"#;

fn held() -> Case {
    let mut case = stage(&desk("1 jam", HOLD)).start("mulai", "santi", "2026-01-12 08:00");
    case.hold("kerja", "santi", "2026-01-13 09:00", "Menunggu jawaban", "2026-01-12 08:20").unwrap();
    case
}

/// T6: a hold stops the clock; a held wait can't be completed.
#[test]
fn t6_a_held_wait_stands() {
    let mut case = held();
    assert_eq!((case.due("kerja"), case.next().unwrap()), (None, "2026-01-13 09:00".into()));
    assert!(case.advance("2026-01-12 15:00").events.is_empty(), "its ladder rests");
    let refused = case.complete("kerja", "santi", "selesai", "2026-01-12 15:00").unwrap_err();
    assert_eq!(refused, Rejection::WaitIsHeld { until: at("2026-01-13 09:00") });
}

/// T6: at `until` it resumes by itself, with what was left.
#[test]
fn t6_a_hold_ends_by_itself() {
    let mut case = held();
    let happened = case.advance("2026-01-13 09:10");
    assert_eq!(
        happened.of("resumed"),
        ["resumed alarm=2026-01-13T09:40 due=2026-01-13T09:40 since=2026-01-13T09:00 wait=1"]
    );
    case.complete("kerja", "santi", "selesai", "2026-01-13 09:11").unwrap();
}

/// T6: somebody may go on earlier.
#[test]
fn t6_a_hold_may_end_earlier() {
    let mut case = held();
    case.resume("kerja", "santi", "2026-01-12 09:00").unwrap();
    assert_eq!(case.due("kerja").unwrap(), "2026-01-12 09:40");
    assert_eq!(case.resume("kerja", "santi", "2026-01-12 09:01").unwrap_err(), Rejection::WaitIsNotHeld);
}

/// T6: rungs that fired before a hold don't fire again after it.
#[test]
fn t6_a_hold_fires_no_rung_twice() {
    let mut case = stage(&desk("1 jam", HOLD)).start("mulai", "santi", "2026-01-12 08:00");
    assert!(case.advance("2026-01-12 09:00").has("rung_fired"));
    case.hold("kerja", "santi", "2026-01-12 14:00", "Menunggu", "2026-01-12 09:30").unwrap();
    let happened = case.advance("2026-01-13 15:00");
    assert_eq!(happened.kinds(), ["resumed"]);
    assert_eq!(case.next(), None);
}

/// T1, T6: what is late stays late by as much: a hold stops the clock and gives nothing back.
#[test]
fn t1_t6_a_hold_forgives_no_lateness() {
    let ladder = r#"{ "hold": { "max": "3 hari" }, "overdue": [{ "after": "5 jam", "escalate": "kepala" }] }"#;
    let inner = ladder.trim_start_matches("{ ").trim_end_matches(" }");
    let mut case = stage(&desk("1 jam", inner)).start("mulai", "santi", "2026-01-12 08:00");
    assert_eq!(
        (case.due("kerja").unwrap(), case.next().unwrap()),
        ("2026-01-12 09:00".into(), "2026-01-12 15:00".into())
    );
    case.hold("kerja", "santi", "2026-01-12 15:30", "Menunggu", "2026-01-12 11:00").unwrap();
    case.resume("kerja", "santi", "2026-01-12 14:00").unwrap();
    // Two hours late when it was put off at eleven, and so at two: the two working hours between are not counted.
    assert_eq!(case.due("kerja").unwrap(), "2026-01-12 11:00");
    assert_eq!(case.next().unwrap(), "2026-01-13 08:30");
}

/// T4: nothing fires at the end of time, so that a far clock ends what it asks for.
#[test]
fn t4_nothing_fires_at_the_end_of_time() {
    let ladder = r#""overdue": [{ "every": "1 hari", "remind": "doer" }]"#;
    let mut case = stage(&desk("1 jam", ladder)).start("mulai", "santi", "2026-01-12 08:00");
    let happened = case.give(&Command::Advance, sop_core::time::Instant::MAX).unwrap();
    assert_eq!(happened.kinds(), ["rung_fired"]);
    assert_eq!(case.next_instant(), None);
}

/// T6: a hold needs a reason, and an end no later than the policy allows and later than now.
#[test]
fn t6_a_hold_has_a_reason_and_an_end() {
    let mut case = stage(&desk("1 jam", HOLD)).start("mulai", "santi", "2026-01-12 08:00");
    let mut hold =
        |until: &str, reason: &str| case.hold("kerja", "santi", until, reason, "2026-01-12 08:20").unwrap_err();
    assert_eq!(hold("2026-01-12 09:00", " "), Rejection::TextMissing);
    let latest = at("2026-01-14 08:20");
    assert_eq!(hold("2026-01-14 08:21", "Menunggu"), Rejection::HoldOutOfRange { latest });
    assert_eq!(hold("2026-01-12 08:20", "Menunggu"), Rejection::HoldOutOfRange { latest });
    case.hold("kerja", "santi", "2026-01-14 08:20", "Menunggu", "2026-01-12 08:20").unwrap();
    let mut off = stage(&desk("1 jam", "")).start("mulai", "santi", "2026-01-12 08:00");
    let refused = off.hold("kerja", "santi", "2026-01-12 09:00", "Menunggu", "2026-01-12 08:20").unwrap_err();
    assert_eq!(refused, Rejection::HoldsAreOff);
}

/// T6: a held wait can be withdrawn, by a return and with the case.
#[test]
fn t6_a_held_wait_can_be_withdrawn() {
    let mut case = stage(
        r#"{ "steps": [
          { "id": "ajukan", "role": "pemohon", "split": ["satu", "dua"] },
          { "id": "satu", "role": "staf", "time": "1 jam", "end": "bagian" },
          { "id": "dua", "role": "tu", "outcomes": [{ "id": "ya", "end": "bagian" }, { "id": "ulang", "return_to": "ajukan" }] }],
          "ends": [{ "id": "bagian", "title": "Bagian", "kind": "part" }],
          "policy": { "hold": { "max": "2 hari" }, "ends": [{ "id": "ditarik", "title": "Ditarik", "kind": "stop" }],
            "withdraw": { "until": "satu", "end": "ditarik" } } }"#,
    )
    .start("mulai", "wulan", "2026-01-12 08:00");
    case.complete("ajukan", "wulan", "selesai", "2026-01-12 08:01").unwrap();
    case.hold("satu", "santi", "2026-01-12 10:00", "Menunggu", "2026-01-12 08:02").unwrap();
    let mut sent_back = case.clone();
    sent_back.complete("dua", "awang", "ulang", "2026-01-12 08:03").unwrap();
    assert_eq!((sent_back.waits(), sent_back.next()), (vec!["ajukan"], None));
    case.withdraw("wulan", "2026-01-12 08:03").unwrap();
    assert_eq!(case.status(), Status::Stopped);
}

/// T6, T2: a hold on a shared clock takes its wait off that clock, and nobody else's.
#[test]
fn t6_a_hold_leaves_a_shared_clock_to_the_others() {
    let mut case = shared(r#""hold": { "max": "2 hari" }"#, r#""split": ["satu", "dua"]"#, "1 jam");
    case.hold("dua", "santi", "2026-01-12 11:00", "Menunggu", "2026-01-12 08:20").unwrap();
    assert_eq!((case.due("satu").unwrap(), case.due("dua")), ("2026-01-12 09:00".into(), None));
    case.complete("satu", "santi", "akhir", "2026-01-12 08:30").unwrap();
    case.resume("dua", "santi", "2026-01-12 10:00").unwrap();
    assert_eq!(case.due("dua").unwrap(), "2026-01-12 10:30", "half an hour was left");
}

/// T4, T6: rungs and the ends of holds come in the order in which they are due.
#[test]
fn t4_a_hold_that_ended_meanwhile_lets_its_ladder_go_on() {
    let mut case = held();
    let happened = case.give(&Command::Advance, at("2026-01-13 10:00")).unwrap();
    assert_eq!(happened.kinds(), ["resumed", "rung_fired"]);
    assert!(happened.of("rung_fired")[0].contains("due=2026-01-13T09:40"));
}
