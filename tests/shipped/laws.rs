//! Laws that hold for every case of every shipped definition, whatever is asked of it.

#[path = "../stage/mod.rs"]
mod stage;

use std::sync::LazyLock;

use proptest::prelude::*;
use sop_core::case::{CaseState, Command, Status};
use sop_core::process::{OutcomeIx, Position as _, RoleIx};
use sop_core::time::Instant;
use stage::{Case, Stage, at, drive};

static STAGES: LazyLock<Vec<Stage>> = LazyLock::new(|| {
    let mut stages = vec![Stage::shipped("narasumber.json", "kantor.json", "pejabat.json")];
    for name in ["paralel", "bagian", "tiga_keputusan", "dua_awal", "dua_isian", "maju"] {
        stages.push(Stage::shipped(&format!("fixtures/{name}.json"), "fixtures/kantor.json", "fixtures/pejabat.json"));
    }
    stages
});

/// Something that somebody tries; most of it by the wrong person, or about a wait that is over.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    what: u8,
    /// Which wait of those open, or which number.
    wait: u8,
    who: u8,
    other: u8,
    outcome: u8,
    seed: u64,
    /// Minutes since the attempt before.
    later: u32,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let later = prop_oneof![6 => 0_u32..30, 2 => 0_u32..600, 1 => 0_u32..20_000];
    (0_u8..20, any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>(), any::<u64>(), later).prop_map(
        |(what, wait, who, other, outcome, seed, later)| Attempt { what, wait, who, other, outcome, seed, later },
    )
}

/// Tries it, and says whether it was accepted.
fn attempted(case: &mut Case, attempt: Attempt, now: Instant) -> bool {
    let people = drive::everybody(case);
    let person = |case: &mut Case, pick: u8| case.person(&people[usize::from(pick) % people.len()]);
    let (by, to) = (person(case, attempt.who), person(case, attempt.other));
    let waits = case.state.waits();
    let open = waits.get(usize::from(attempt.wait) % waits.len().max(1)).map(|wait| (wait.number(), wait.step()));
    // One in eight addresses any number: a stale screen, or nonsense.
    let wait = match open {
        Some((number, _)) if !attempt.wait.is_multiple_of(8) => number,
        _ => u32::from(attempt.wait) % (case.state.activations() + 2),
    };
    let until = Instant::from_millis(now.millis() + i64::try_from(attempt.seed % 300_000_000).unwrap()).unwrap();
    let reason: Box<str> = "Alasan".into();
    let claimed = case.state.waits().iter().find_map(|wait| Some((wait.number(), wait.claim()?.0.person)));
    let command = match (attempt.what, open) {
        (0..=9, Some((_, step))) => {
            let outcomes = case.stage.process.steps()[step].outcomes.len();
            let outcome = OutcomeIx::at(usize::from(attempt.outcome) % outcomes);
            return drive::complete_by_anybody(case, step, outcome, attempt.seed, now).is_ok();
        }
        (0..=10, _) => {
            let outcome = OutcomeIx::at(usize::from(attempt.outcome) % 4);
            Command::Complete { wait, by, outcome, values: Vec::new(), documents: Vec::new(), note: None }
        }
        // Whoever may, or anybody.
        (11, Some((number, _))) if !attempt.seed.is_multiple_of(4) => {
            let everybody: Vec<_> = people.iter().map(|id| case.person(id)).collect();
            return everybody.into_iter().any(|by| case.give(&Command::Claim { wait: number, by }, now).is_ok());
        }
        (11, _) => Command::Claim { wait, by },
        (12, _) => {
            let (wait, by) = claimed.filter(|_| !attempt.seed.is_multiple_of(4)).unwrap_or((wait, by));
            Command::Release { wait, by }
        }
        (13, _) => Command::Delegate { wait, by, to },
        (14, _) => Command::Hold { wait, by, until, reason },
        (15, _) => Command::Resume { wait, by },
        (16, _) => {
            let roles = case.stage.process.roles().len();
            Command::Reassign { wait, by, to: RoleIx::at(usize::from(attempt.other) % roles), reason }
        }
        (17, _) if attempt.seed.is_multiple_of(16) => {
            Command::Withdraw { by: case.state.requester().unwrap_or(by), reason }
        }
        (18, _) => Command::Comment { by, text: reason },
        _ => Command::Advance,
    };
    case.give(&command, now).is_ok()
}

fn lawful(case: &Case, before: &CaseState, accepted: bool) -> Result<(), TestCaseError> {
    let process = &case.stage.process;
    let state = &case.state;
    if !accepted {
        prop_assert_eq!(state, before, "a refused command leaves nothing");
    }
    prop_assert_ne!(state.status(), Status::Faulted, "a case of a sound definition never faults");
    let over = matches!(state.status(), Status::Finished | Status::Stopped);
    prop_assert_eq!(state.tokens() == 0, over, "a case is over exactly when no token is left");
    if over {
        prop_assert!(state.result().next().is_some(), "a case that is over reached an end");
        prop_assert_eq!(case.next_instant(), None);
    }
    for (paper, _) in process.papers().iter() {
        prop_assert!(state.paper(paper) >= before.paper(paper), "versions never decrease");
    }
    for (taken, spec) in process.returns().iter() {
        let (count, earlier): (u32, u32) = (state.returns(taken), before.returns(taken));
        prop_assert!(count >= earlier && count - earlier <= 2, "counters only grow");
        prop_assert!(spec.limit.is_none_or(|(limit, _)| count <= limit), "no return beyond its limit");
    }
    for wait in state.waits() {
        prop_assert!(wait.number() <= state.activations());
        prop_assert!(wait.anchor() <= case.now);
        prop_assert_eq!(
            state.waits().iter().filter(|other| other.step() == wait.step()).count(),
            1,
            "one wait at a step"
        );
    }
    let restored = CaseState::restore(&state.snapshot(), process).expect("a snapshot of this process");
    prop_assert_eq!(&restored, state, "a snapshot restores the state");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Replay, records and determinism are checked by the stage with every accepted command; the rest here.
    #[test]
    fn whatever_is_asked_of_a_case_it_keeps_the_laws(
        which in 0..STAGES.len(),
        start in any::<proptest::sample::Index>(),
        opener in any::<u8>(),
        attempts in prop::collection::vec(attempt(), 1..50),
    ) {
        let stage = &STAGES[which];
        let starts: Vec<_> = stage.process.starts().values().collect();
        let start = starts[start.index(starts.len())].id.to_string();
        let mut case = stage.case();
        let people = drive::everybody(&case);
        let first = at("2026-02-05 08:00");
        let opened = (0..people.len()).any(|turn| {
            let by = &people[(turn + usize::from(opener)) % people.len()];
            case.start(&start, by, "2026-02-05 08:00").is_ok()
        });
        prop_assert!(opened, "somebody may open a case");
        let mut now = first;
        for attempt in attempts {
            now = Instant::from_millis(now.millis() + i64::from(attempt.later) * 60_000).unwrap();
            let before = case.state.clone();
            let accepted = attempted(&mut case, attempt, now);
            lawful(&case, &before, accepted)?;
        }
        // A wait on a shared clock that is used up is due when it begins, so that only advancing leaves nothing due.
        let before = case.state.clone();
        case.give(&Command::Advance, now).expect("a case can always advance");
        prop_assert!(case.next_instant().is_none_or(|next| next > now), "what was due has fired");
        lawful(&case, &before, true)?;
        prop_assert!(case.give(&Command::Advance, now).expect("again").events.is_empty(), "nothing fires twice");
    }
}

/// As many as the environment asks for; by default enough to meet every definition several times.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(160)
}

/// The random attempts reach what they are meant to reach: otherwise the laws would hold of nothing.
#[test]
fn random_attempts_reach_what_matters() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for turn in 0..140 {
        let mut case = STAGES[turn % STAGES.len()].case();
        let starts: Vec<String> = case.stage.process.starts().values().map(|start| start.id.to_string()).collect();
        let people = drive::everybody(&case);
        assert!(people.iter().any(|by| case.start(&starts[turn % starts.len()], by, "2026-02-05 08:00").is_ok()));
        let mut now = at("2026-02-05 08:00");
        let attempts = prop::collection::vec(attempt(), 45..50).new_tree(&mut runner).unwrap().current();
        for attempt in attempts {
            now = Instant::from_millis(now.millis() + i64::from(attempt.later) * 60_000).unwrap();
            attempted(&mut case, attempt, now);
        }
        seen.extend(case.history.iter().flat_map(stage::Happened::kinds));
    }
    for kind in [
        "started",
        "activated",
        "slot_filled",
        "joined",
        "completed",
        "field_set",
        "paper_made",
        "numbered",
        "returned",
        "return_exhausted",
        "wait_withdrawn",
        "shared_clock",
        "token_ended",
        "finished",
        "stopped",
        "rung_fired",
        "left_by_policy",
        "claimed",
        "released",
        "delegated",
        "held",
        "resumed",
        "reassigned",
        "withdrawn_by_requester",
        "commented",
    ] {
        assert!(seen.contains(kind), "no random case saw `{kind}`: {seen:?}");
    }
}
