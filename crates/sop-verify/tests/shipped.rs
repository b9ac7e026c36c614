//! The shipped definitions: what is proved of them, and for the right reasons (SEMANTICS.md §4).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::{SHIPPED, shipped};
use sop_core::diagnostic::Language;
use sop_core::process::{Process, Reading};
use sop_verify::{GuaranteeName as Name, REQUIRED, Verdicts, verify};

fn verdicts(process: &Process) -> Verdicts {
    verify(process).into_parts().1
}

fn words(verdicts: &Verdicts) -> Vec<(Name, &'static str)> {
    let word = |proved: bool, refuted: bool| {
        if proved {
            "proved"
        } else if refuted {
            "refuted"
        } else {
            "unknown"
        }
    };
    verdicts
        .iter()
        .map(|judged| (judged.guarantee, word(judged.verdict.is_proved(), judged.verdict.is_refuted())))
        .collect()
}

fn told(process: &Process, verdicts: &Verdicts, name: Name) -> Vec<String> {
    let tell = |cause: &sop_verify::Cause| {
        let run = cause.run.as_ref().map(|run| run.say(process, Language::Indonesian)).unwrap_or_default();
        format!("{}: {run}", cause.trouble.say(process).id)
    };
    verdicts.of(name).causes.iter().map(tell).collect()
}

#[test]
fn narasumber_as_signed_is_what_the_office_signed() {
    let process = shipped("narasumber.json", Reading::AsSigned);
    let verdicts = verdicts(&process);
    assert_eq!(
        words(&verdicts),
        [
            (Name::Completable, "proved"),
            (Name::Decided, "proved"),
            (Name::Clean, "proved"),
            (Name::Supplied, "refuted"),
            (Name::Bounded, "refuted"),
            (Name::Watched, "refuted"),
            (Name::Timely, "refuted"),
            (Name::Unattended, "refuted"),
            (Name::Staffed, "unknown"),
        ]
    );
    // Step 6 requires a draft that nobody has produced yet.
    assert_eq!(
        told(&process, &verdicts, Name::Supplied),
        ["baris 6, Kasubbag Terkait memerlukan `Draft surat`, belum ada yang membuatnya: 1 → 2 setuju → 3 → 4 → 5"]
    );
    // Five returns without a limit; the shortest round is 1 → 2 → 1, another is 10 → 9 → 10.
    let rounds = told(&process, &verdicts, Name::Bounded);
    assert_eq!(rounds.len(), 5);
    assert_eq!(rounds[0], "putaran tanpa batas: baris 1, 2: 1 → [2 tidak setuju → 1] tanpa henti");
    assert!(rounds[4].starts_with("putaran tanpa batas: baris 9, 10: 1 → 2 setuju"), "{rounds:?}");
    assert!(rounds[4].ends_with("9 setuju → [10 tidak setuju → 9 setuju] tanpa henti"), "{rounds:?}");
    // Nobody is reminded of anything.
    assert_eq!(verdicts.of(Name::Watched).causes.len(), 13);
    assert_eq!(verdicts.of(Name::Unattended).causes.len(), 13);
}

#[test]
fn narasumber_as_run_may_be_deployed() {
    let process = shipped("narasumber.json", Reading::AsRun);
    let verdicts = verdicts(&process);
    for name in REQUIRED {
        assert!(verdicts.of(name).verdict.is_proved(), "{name}");
    }
    assert!(verdicts.unmet("2026-01-12".parse().unwrap()).is_empty());
    let (bounded, timely) = (verdicts.of(Name::Bounded), verdicts.of(Name::Timely));
    let (completions, minutes) = (bounded.worst.as_ref().unwrap(), timely.worst.as_ref().unwrap());
    assert_eq!((completions.value, minutes.value), (43, 540));
    assert_eq!(completions.run.as_ref().unwrap().completions(), 43);
    assert_eq!(minutes.run.as_ref().unwrap().completions(), 43);
    // Reminders alone never end a request.
    assert!(verdicts.of(Name::Unattended).verdict.is_refuted());
}

#[test]
fn every_shipped_definition_may_be_deployed() {
    for name in SHIPPED {
        let unmet = verdicts(&shipped(name, Reading::AsRun)).unmet("2026-01-12".parse().unwrap());
        assert!(unmet.is_empty(), "{name}: {unmet:?}");
    }
}
