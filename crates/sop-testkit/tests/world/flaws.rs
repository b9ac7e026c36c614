//! A world that finds nothing proves nothing: stores that are wrong by intent are found, each within a few seeds.

use std::sync::Arc;

use sop_testkit::world::{Flaw, Invariant, KeepsSim, Options, run};

/// Within how many seeds each is found.
const SEEDS: u64 = 12;

/// What is found of a flaw first, in its words.
fn found(flaw: Flaw) -> (u64, Invariant) {
    let options = Options { keeper: Arc::new(KeepsSim { flaw: Some(flaw) }), ..Options::default() };
    let broken = (1..=SEEDS).find_map(|seed| run(seed, &options).broken.pop());
    let broken = broken.unwrap_or_else(|| panic!("{flaw:?} is not found within {SEEDS} seeds"));
    let said = broken.to_string();
    assert!(said.contains(&format!("run({}, ", broken.seed)), "it says how to see it again: {said}");
    println!("{flaw:?}: {}", said.lines().next().unwrap().chars().take(300).collect::<String>());
    (broken.seed, broken.invariant)
}

#[test]
fn every_flaw_is_found() {
    for flaw in Flaw::ALL {
        let (_, invariant) = found(flaw);
        let expected = match flaw {
            Flaw::NeverFlushes | Flaw::IgnoresFailedFlush | Flaw::DropsTheTail => vec![Invariant::Lost],
            // It may lose an erasure as well as a completion.
            Flaw::TrustsWhatItFinds => vec![Invariant::Lost, Invariant::Kept],
            // Its first trace may be the key that leads nowhere.
            Flaw::ForgetsKeys => vec![Invariant::Twice, Invariant::Lost],
            Flaw::KeepsHalfABatch => vec![Invariant::Half],
            Flaw::SwallowsAlarms => vec![Invariant::Rung],
            Flaw::HidesWork => vec![Invariant::Fold],
            Flaw::Unchains => vec![Invariant::Chain],
            Flaw::RewritesByHalf => vec![Invariant::Chain, Invariant::Kept],
            Flaw::Invents => vec![Invariant::Invented, Invariant::Half],
        };
        assert!(expected.contains(&invariant), "{flaw:?} is found as {invariant:?}");
    }
}
