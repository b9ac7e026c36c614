//! Timers, calendars, and who holds the posts.

use sop_engine::core::case::{Event, Status};
use sop_engine::core::text::SourceText;
use sop_engine::{CalendarError, Completion};

use crate::office::{Office, at, bundle, officials, path, person, picks, straight};

#[test]
fn a_rung_fires_when_it_is_due_and_once() {
    let office = Office::narasumber();
    let case = office.start().case;
    // The first rung reminds fifteen minutes after the wait is due.
    let due = at("2026-04-13T08:20:00+07:00");
    assert_eq!(office.engine.next_due().unwrap(), Some(due));
    office.pass(19);
    assert_eq!(office.engine.advance_to_clock().unwrap(), 0);
    assert_eq!(office.engine.advance(due).unwrap(), 1);
    assert_eq!(office.engine.advance(due).unwrap(), 0);
    let fired: Vec<_> =
        office.engine.history(case).unwrap().into_iter().flat_map(|entry| entry.record.events).collect();
    assert_eq!(fired.iter().filter(|event| matches!(event, Event::RungFired { .. })).count(), 1);
    assert_eq!(office.engine.next_due().unwrap(), Some(at("2026-04-14T08:05:00+07:00")), "a working day later");
}

#[test]
fn the_engines_thread_fires_what_is_due_as_the_clock_is_set() {
    let office = Office::narasumber();
    office.engine.run_timers().unwrap();
    office.engine.run_timers().unwrap();
    let heard = office.engine.subscribe();
    let case = office.start().case;
    assert_eq!(heard.recv().unwrap().version(), 1);
    office.pass(20);
    // Woken by the clock, not by time passing: the limit only keeps a defect from hanging the tests.
    let fired = heard.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    assert_eq!((fired.case(), fired.version(), fired.at()), (case, 2, at("2026-04-13T08:20:00+07:00")));
    assert_eq!(office.engine.tell(&fired).unwrap()[0].id, "Terlambat (13-04-2026 08.20 WIB): pelaksana diingatkan");
    assert!(office.engine.timer_trouble().is_none());
    office.engine.stop_timers();
    office.pass(60 * 24 * 7);
    assert!(heard.try_recv().is_err(), "nothing falls due by itself any more");
    assert_eq!(office.engine.advance_to_clock().unwrap(), 1);
}

#[test]
fn the_engine_can_be_let_go_while_its_thread_sleeps() {
    let office = Office::narasumber();
    office.engine.run_timers().unwrap();
    let heard = office.engine.subscribe();
    drop(office);
    assert!(heard.recv().is_err(), "the engine is gone, and with it who spoke");
}

#[test]
fn after_downtime_everything_missed_fires_in_order() {
    let office = Office::narasumber();
    let cases = [office.start().case, office.start().case];
    for case in cases {
        office.complete(office.wait(case), "tamu", &Completion::default()).unwrap();
    }
    let engine = office.reopen();
    let heard = engine.subscribe();
    office.pass(4 * 24 * 60);
    assert_eq!(engine.advance_to_clock().unwrap(), 2);
    for case in cases {
        let entry = heard.recv().unwrap();
        assert_eq!(entry.case(), case);
        let dues: Vec<_> = entry
            .record()
            .unwrap()
            .events
            .iter()
            .filter_map(|event| match event {
                Event::RungFired { due, .. } => Some(*due),
                _ => None,
            })
            .collect();
        assert!(dues.len() >= 3 && dues.is_sorted(), "{dues:?}");
    }
}

#[test]
fn a_plh_acts_while_the_holder_is_away() {
    let office = Office::narasumber();
    office.clock.set(at("2026-02-10T08:00:00+07:00"));
    // The office was opened in April: its time stands until then.
    assert_eq!(office.engine.now(), at(crate::office::MONDAY));
    let case = office.start().case;
    office.run(case, &straight()[..3]);
    assert_eq!(office.engine.worklist(&person("damar")).unwrap().len(), 1);
    // Another directory: Damar is away now.
    let bundle = bundle("narasumber.json");
    let text = std::fs::read_to_string(path("pejabat.json"))
        .unwrap()
        .replace("2026-02-", "2026-04-")
        .replace("\"2026-04-09\"", "\"2026-04-13\"");
    let directory = sop_engine::files::directory_from(SourceText::new("pejabat.json", text), bundle.office()).unwrap();
    office.engine.set_directory(directory).unwrap();
    assert!(office.engine.worklist(&person("damar")).unwrap().is_empty());
    assert_eq!(office.engine.worklist(&person("tirta")).unwrap().len(), 1);
    office.run(case, &[("tirta", crate::office::unit("pelayanan"), 5)]);
    let history = office.engine.history(case).unwrap();
    assert!(history.last().unwrap().lines[0].id.contains(", Plh Kepala Biro: "), "{:?}", history.last().unwrap().lines);
    office.engine.set_directory(officials("pejabat.json", &bundle)).unwrap();
    assert!(office.engine.worklist(&person("tirta")).unwrap().is_empty());
}

#[test]
fn a_new_calendar_moves_what_is_due_and_its_alarm() {
    let office = Office::narasumber();
    let case = office.start().case;
    office.run(case, &straight()[..1]);
    assert_eq!(office.engine.case(case).unwrap().unwrap().waits[0].due, Some(at("2026-04-13T08:10:00+07:00")));
    let text = std::fs::read_to_string(path("calendars/kalbar.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut changed = file.clone();
    let mut added = file["holidays"][0].clone();
    added["date"] = "2026-04-13".into();
    added["title"] = "Libur daerah".into();
    changed["holidays"].as_array_mut().unwrap().push(added);
    office.engine.set_calendar(&SourceText::new("kalbar.json", changed.to_string())).unwrap();
    let due = office.engine.case(case).unwrap().unwrap().waits[0].due.unwrap();
    assert!(due > at("2026-04-14T00:00:00+07:00"), "{due}");
    let rung = due.millis() + 15 * 60_000;
    assert_eq!(
        office.engine.next_due().unwrap().map(|at| at.millis()),
        Some(rung),
        "the rung moved along, and no other is left"
    );
    assert_eq!(office.engine.advance(at("2026-04-13T12:00:00+07:00")).unwrap(), 0);

    // After a restart the calendar is still in force, and again nothing is to be done.
    let engine = office.reopen();
    assert_eq!(engine.case(case).unwrap(), office.engine.case(case).unwrap());
    assert_eq!(engine.next_due().unwrap().map(|at| at.millis()), Some(rung));
    let entries = engine.history(case).unwrap().len();
    office.engine.set_calendar(&SourceText::new("kalbar.json", changed.to_string())).unwrap();
    assert_eq!(engine.history(case).unwrap().len(), entries, "the same calendar again changes nothing");
    assert!(office.engine.deploy_unproved(bundle("narasumber.json"), "x").unwrap().calendar_differs);

    let mut other = file;
    other["id"] = "lain".into();
    assert!(matches!(
        office.engine.set_calendar(&SourceText::new("x.json", other.to_string())),
        Err(CalendarError::NotInForce { .. })
    ));
    assert!(matches!(office.engine.set_calendar(&SourceText::new("x.json", "{}")), Err(CalendarError::Wrong(_))));
}

#[test]
fn engines_are_used_from_several_threads() {
    let office = Office::narasumber();
    let cases: Vec<_> = (0..8).map(|_| office.start()).collect();
    std::thread::scope(|scope| {
        for opened in &cases {
            let engine = office.engine.clone();
            scope.spawn(move || {
                engine.complete(&opened.opened[0], &person("tamu"), &Completion::default(), None).unwrap().unwrap();
            });
        }
    });
    assert_eq!(office.engine.worklist(&person("awang")).unwrap().len(), 8);
    let statuses = cases.iter().map(|opened| office.engine.case(opened.case).unwrap().unwrap().status);
    assert!(statuses.into_iter().all(|status| status == Status::Running));
    office.complete(office.wait(cases[0].case), "awang", &picks("setuju")).unwrap();
}
