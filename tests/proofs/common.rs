//! What the laws about proofs have in common.
#![allow(dead_code, reason = "each law uses a part of it")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use sop_core::definition::Definition;
use sop_engine::files::Bundle;
use sop_testkit::definitions::Sample;
use sop_testkit::plan::Plan;
use sop_verify::{Trouble, Verdict};

/// So many cases, the same ones every time; or `PROPTEST_CASES`, others each time.
pub fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_260_112) };
    ProptestConfig { cases: asked.unwrap_or(cases), rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// Tries a law on so many values, or on `PROPTEST_CASES`.
#[track_caller]
pub fn holds<S: Strategy>(cases: u32, strategy: &S, law: impl Fn(S::Value) -> Result<(), TestCaseError>)
where
    S::Value: fmt::Debug,
{
    if let Err(broken) = TestRunner::new(config(cases)).run(strategy, law) {
        panic!("{broken}");
    }
}

/// A definition of the built-in office as an engine deploys it; none if the compiler refuses it.
pub fn bundle(definition: &Definition) -> Option<Bundle> {
    Sample::of(Plan::default()).bundle_of(definition).ok()
}

/// The path of a shipped file.
pub fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../definitions").join(name)
}

/// How often something was met, by name.
#[derive(Debug, Default)]
pub struct Tally(RefCell<BTreeMap<String, u64>>);

impl Tally {
    pub fn count(&self, what: impl Into<String>) {
        self.add(what, 1);
    }

    pub fn add(&self, what: impl Into<String>, more: u64) {
        *self.0.borrow_mut().entry(what.into()).or_default() += more;
    }

    pub fn of(&self, what: &str) -> u64 {
        self.0.borrow().get(what).copied().unwrap_or(0)
    }

    pub fn total(&self) -> u64 {
        self.0.borrow().values().sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.borrow();
        let said: Vec<String> = all.iter().map(|(what, count)| format!("{what} {count}")).collect();
        f.write_str(&said.join(", "))
    }
}

/// The kind of a trouble.
pub fn kind(trouble: &Trouble) -> String {
    let said = format!("{trouble:?}");
    said.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

/// What is certain of a verdict.
pub fn certain(verdict: &Verdict) -> Option<bool> {
    match verdict {
        Verdict::Proved => Some(true),
        Verdict::Refuted => Some(false),
        Verdict::Unknown { .. } => None,
    }
}
