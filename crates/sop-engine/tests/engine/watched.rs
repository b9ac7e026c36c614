//! What those who watch an engine are told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics_util::MetricKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use sop_engine::store::{MemoryStore, StoreError};
use sop_engine::{Completion, Opening, Overdue, Refusal};

use crate::office::{Office, at, key, person, picks};
use crate::wrapped::Wrapped;

/// The numbers of a story, by name and labels: counters and gauges as they are, histograms by how many values they have.
fn numbers(story: impl FnOnce()) -> BTreeMap<String, f64> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, story);
    let told = snapshotter.snapshot().into_vec().into_iter().map(|(of, _, _, value)| {
        let (kind, of) = of.into_parts();
        let labels: Vec<String> = of.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let value = match value {
            DebugValue::Counter(count) => count as f64,
            DebugValue::Gauge(level) => level.into_inner(),
            DebugValue::Histogram(values) => values.len() as f64,
        };
        assert!(matches!(kind, MetricKind::Counter | MetricKind::Gauge | MetricKind::Histogram));
        (format!("{} {}", of.name(), labels.join(",")), value)
    });
    told.filter(|(_, value)| *value != 0.0).collect()
}

#[test]
fn commands_are_counted_by_what_came_of_them() {
    let told = numbers(|| {
        let office = Office::narasumber();
        let opening = Opening::about("Narasumber");
        let start = || office.engine.start(&office.procedure, &person("tamu"), &opening, Some(&key("a"))).unwrap();
        let wait = start().unwrap().opened[0];
        start().unwrap();
        office.complete(wait, "awang", &Completion::default()).unwrap_err();
        office.complete(wait, "tamu", &Completion::default()).unwrap();
        let refused = office.complete(wait, "tamu", &Completion::default()).unwrap_err();
        assert!(matches!(refused, Refusal::Rejected(_)));
        assert_eq!(refused.kind(), "wait_is_over");
    });
    let expected = [
        ("sop_commands_total act=start,answer=accepted", 1.0),
        ("sop_commands_total act=start,answer=repeated", 1.0),
        ("sop_commands_total act=complete,answer=accepted", 1.0),
        ("sop_commands_total act=complete,answer=refused", 2.0),
        ("sop_refusals_total kind=not_yours", 1.0),
        ("sop_refusals_total kind=wait_is_over", 1.0),
        ("sop_commit_seconds ", 2.0),
        ("sop_commit_entries ", 2.0),
        ("sop_commands_together ", 5.0),
    ];
    let expected: BTreeMap<String, f64> = expected.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_commit_that_fails_is_counted_and_nothing_else_of_it() {
    let told = numbers(|| {
        let fails = Arc::new(Mutex::new(false));
        let told = Arc::clone(&fails);
        let append = move |store: &mut MemoryStore, batch| match *told.lock().unwrap() {
            true => Err(StoreError::unavailable("the disk is full")),
            false => sop_engine::store::Store::append(store, batch),
        };
        let (engine, _, procedure) =
            Office::on(Wrapped { after_telling: None, inner: MemoryStore::new(), append: Box::new(append) });
        *fails.lock().unwrap() = true;
        assert!(engine.start(&procedure, &person("tamu"), &Opening::about("Narasumber"), None).is_err());
    });
    assert_eq!(told["sop_commands_total act=start,answer=failed"], 1.0);
    assert_eq!(told["sop_commit_failures_total kind=unavailable"], 1.0);
    assert!(!told.contains_key("sop_commands_total act=start,answer=accepted"));
}

#[test]
fn what_is_late_is_told_by_step_and_role_until_it_is_done() {
    let told = numbers(|| {
        let office = Office::narasumber();
        let case = office.start().case;
        office.complete(office.wait(case), "tamu", &Completion::default()).unwrap();
        assert_eq!(office.engine.overdue().unwrap(), []);
        office.pass(60);
        office.engine.advance_to_clock().unwrap();
        let late = Overdue {
            procedure: "narasumber".to_owned(),
            step: office.engine.worklist(&person("awang")).unwrap()[0].step.id.clone(),
            role: "petugas".to_owned(),
            waits: 1,
            longest: at("2026-04-13T08:05:00+07:00"),
        };
        let all = office.engine.overdue().unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(Overdue { role: late.role.clone(), ..all[0].clone() }, late);
        office.complete(office.wait(case), "awang", &picks("setuju")).unwrap();
        assert_eq!(office.engine.overdue().unwrap(), []);
    });
    let gauges: Vec<&String> = told.keys().filter(|name| name.starts_with("sop_overdue_waits")).collect();
    assert_eq!(gauges, [""; 0], "what is no longer late is told as none");
    assert!(
        told.keys().any(|name| name.starts_with("sop_rungs_total") && name.ends_with("effect=reminded")),
        "{told:?}"
    );
    assert!(told["sop_timer_lag_seconds "] >= 1.0);
}
