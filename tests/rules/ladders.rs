//! Overdue ladders, and who answers: the rules T3 to T5.

#[path = "../stage/mod.rs"]
mod stage;

use sop_core::case::{Command, Rejection, Status};
use sop_core::diagnostic::Severity;
use sop_core::process::Reading;
use stage::desk::desk;
use stage::{DIRECTORY, OFFICE, Stage, at, compilation, definition, errors, office, stage};

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

/// T3, T2: a wait that opens on a shared clock which is used up is left by its ladder a minute later, not at once: a ladder
/// that opens it again would go round at one instant for ever.
#[test]
fn t3_a_leaving_rung_comes_a_minute_after_activation_on_a_used_up_clock() {
    let mut case = stage(
        r#"{ "rows": [{ "activity": "Bekerja", "time": "1 jam", "shared_time": true, "steps": [
          { "id": "satu", "role": "staf", "next": "dua" },
          { "id": "dua", "role": "tu", "outcomes": [{ "id": "ulang", "next": "dua" }, { "id": "ya", "end": "selesai" }] }] }],
          "policy": { "steps": { "dua": { "overdue": [{ "after": "0 menit", "outcome": "ulang" }] } } } }"#,
    )
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("satu", "santi", "selesai", "2026-01-12 09:30").unwrap();
    assert_eq!(case.next().unwrap(), "2026-01-12 09:31");
    assert_eq!(case.advance("2026-01-12 09:31").of("activated").len(), 1);
    assert_eq!((case.waits(), case.next().unwrap()), (vec!["dua"], "2026-01-12 09:32".into()));
    // After a long time it has gone round once: what a late rung opens starts when that fired (T4).
    assert_eq!(case.advance("2026-01-20 08:00").of("activated").len(), 1);
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

/// T5: a line of a ladder that holds for many steps is one finding, with the steps that it does not fit.
#[test]
fn t5_one_line_is_one_finding() {
    let steps: Vec<String> = (1..8)
        .map(|at| {
            let exit = if at == 7 { r#""end": "selesai""#.to_owned() } else { format!(r#""next": "k{}""#, at + 1) };
            let role = if at % 2 == 0 { "tu" } else { "staf" };
            format!(r#"{{ "id": "k{at}", "role": "{role}", "time": "1 jam", {exit} }}"#)
        })
        .collect();
    let found = |rung: &str| {
        let text = format!(r#"{{ "steps": [{}], "policy": {{ "overdue": [{rung}] }} }}"#, steps.join(", "));
        let found = compilation(&definition(&text).to_string(), &office(OFFICE), Reading::AsRun).diagnostics;
        let errors = found.iter().filter(|finding| finding.severity() == Severity::Error);
        let errors = errors.map(|finding| {
            let place = finding.primary().map(|label| label.pointer.to_string()).unwrap_or_default();
            let lines = finding.lines.iter().map(|(heading, text)| format!("; {}: {}", heading.en, text.en));
            format!("{} {place}{}", finding.rule.name, lines.collect::<String>())
        });
        errors.collect::<Vec<_>>()
    };
    assert_eq!(
        found(r#"{ "every": "1 hari", "remind": "accountable" }"#),
        [
            "NOBODY_ACCOUNTABLE /policy/overdue/0/remind; steps: `k1` (`staf`), `k2` (`tu`), `k3` (`staf`), `k4` (`tu`), `k5` (`staf`) and 2 more"
        ]
    );
    assert_eq!(
        found(r#"{ "after": "1 hari", "escalate": "tu" }"#),
        ["ESCALATES_TO_DOER /policy/overdue/0/escalate; steps: `k2`, `k4`, `k6`"]
    );
    assert_eq!(
        found(r#"{ "after": "1 hari", "outcome": "terus" }"#),
        ["DANGLING_REFERENCE /policy/overdue/0/outcome; steps: `k1`, `k2`, `k3`, `k4`, `k5` and 2 more"]
    );
}

/// T2, T3: a wait without a budget is never overdue, so that no rung of its ladder has to fit.
#[test]
fn t2_a_ladder_that_never_fires_asks_for_nothing() {
    let ladder = r#""overdue": [{ "every": "1 jam", "remind": "accountable" }]"#;
    assert_eq!(errors(&desk("1 jam", ladder)), ["NOBODY_ACCOUNTABLE"]);
    let without = stage(&desk("Segera", ladder));
    assert!(without.process.ladder(without.process.steps().iter().next().unwrap().0).rungs.is_empty());
    let within = format!(r#"{ladder}, "steps": {{ "kerja": {{ "within": "1 jam" }} }}"#);
    assert_eq!(errors(&desk("Segera", &within)), ["NOBODY_ACCOUNTABLE"]);
    let rework = format!(r#"{ladder}, "steps": {{ "kerja": {{ "rework_time": "1 jam" }} }}"#);
    assert_eq!(errors(&desk("Segera", &rework)), ["NOBODY_ACCOUNTABLE"]);
    // What a rung names has to be there all the same.
    let own = r#""steps": { "kerja": { "overdue": [{ "after": "1 jam", "outcome": "selsai" }] } }"#;
    assert_eq!(errors(&desk("Segera", own)), ["DANGLING_REFERENCE"]);
    let role = r#""overdue": [{ "after": "1 jam", "remind": "camat" }]"#;
    assert_eq!(errors(&desk("Segera", role)), ["DANGLING_REFERENCE"]);
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

/// T4: nothing fires at the end of time, so that a far clock ends what it asks for.
#[test]
fn t4_nothing_fires_at_the_end_of_time() {
    let ladder = r#""overdue": [{ "every": "1 hari", "remind": "doer" }]"#;
    let mut case = stage(&desk("1 jam", ladder)).start("mulai", "santi", "2026-01-12 08:00");
    let happened = case.give(&Command::Advance, sop_core::time::Instant::MAX).unwrap();
    assert_eq!(happened.kinds(), ["rung_fired"]);
    assert_eq!(case.next_instant(), None);
}

/// T5: where the acting role could not be found, who stands above it is not missed too.
#[test]
fn t5_a_role_that_is_not_there_has_nobody_above_either() {
    let ladder =
        r#""overdue": [{ "after": "1 jam", "escalate": "superior" }, { "every": "1 jam", "remind": "accountable" }]"#;
    let lost = desk("1 jam", ladder).replace(r#""role": "staf""#, r#""role": "stafff""#);
    assert_eq!(errors(&lost), ["DANGLING_REFERENCE"]);
}
