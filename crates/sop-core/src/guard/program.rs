//! The compiled guard: tests, each with the place to go on for yes and for no.
//!
//! Every successor stands behind its test or is a verdict, so a run visits each test at most once and ends.

use std::fmt;
use std::ops::Range;

use super::check::Typed;
use super::evaluate::Branch;
use super::parser::MAX_BYTES;
use super::syntax::{NodeIx, Syntax};
use super::test::Test;
use super::value::FieldIx;

/// Where a run goes on: the place of a branch, or one of the two verdicts, which lie beyond every place because a guard
/// has at most [`MAX_TOKENS`](super::MAX_TOKENS) tests.
pub(crate) type Target = u16;
/// The guard holds.
pub(crate) const HOLDS: Target = u16::MAX;
/// The guard doesn't hold.
pub(crate) const FAILS: Target = u16::MAX - 1;

/// A condition on a case's fields, checked and compiled. It answers for every set of values.
///
/// Its `Display` is a canonical text that parses to the same program.
#[derive(Clone, Debug)]
pub struct Guard {
    pub(crate) source: Box<str>,
    pub(crate) canonical: Box<str>,
    pub(crate) entry: Target,
    /// What a run looks at, small and in one piece.
    pub(crate) branches: Box<[Branch]>,
    /// The same tests in the same order as the verifier and the messages want them.
    pub(crate) asked: Box<[Asked]>,
}

/// Place where a run of a guard's program goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The test at this place.
    Test(usize),
    /// The guard holds.
    Holds,
    /// The guard does not hold.
    Fails,
}

impl Next {
    fn of(target: Target) -> Self {
        match target {
            HOLDS => Self::Holds,
            FAILS => Self::Fails,
            place => Self::Test(usize::from(place)),
        }
    }
}

/// A test of the program and where the text asks it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) field: FieldIx,
    pub(crate) test: Test,
    pub(crate) reading: Range<usize>,
    pub(crate) yes: Target,
    pub(crate) no: Target,
}

impl Guard {
    /// The text as the analyst wrote it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The tests that a run may ask, in the order in which it asks them. What can't be reached, such as the right side
    /// of `true || …`, is not among them.
    pub fn tests(&self) -> impl Iterator<Item = (FieldIx, &Test)> {
        self.asked.iter().map(|asked| (asked.field, &asked.test))
    }

    /// The compiled program: where a run begins, and each test with where the run goes on for yes and for no, in the
    /// order of [`tests`](Self::tests). Successors always stand behind their test.
    pub fn program(&self) -> (Next, impl Iterator<Item = (FieldIx, &Test, Next, Next)>) {
        let tests = self.asked.iter().map(|asked| (asked.field, &asked.test, Next::of(asked.yes), Next::of(asked.no)));
        (Next::of(self.entry), tests)
    }

    /// Tells whether both ask the same tests with the same consequences, however they are written.
    pub fn is_same_program(&self, other: &Self) -> bool {
        let steps = |guard: &Self| -> Vec<(FieldIx, Test, Target, Target)> {
            guard.asked.iter().map(|asked| (asked.field, asked.test.clone(), asked.yes, asked.no)).collect()
        };
        self.entry == other.entry && steps(self) == steps(other)
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

/// Compiles the typed nodes, the last of which is the whole guard and a condition.
pub(crate) fn compile(syntax: &Syntax, canonical: String, typed: &[Typed]) -> Guard {
    let (backwards, entry) = emit(typed);
    let (asked, entry) = in_order(backwards, entry);
    // Spaces and full decimals can make it longer than any guard may be; then the text as written serves.
    let canonical = if canonical.len() <= MAX_BYTES { canonical.into() } else { syntax.text.clone() };
    Guard {
        source: syntax.text.clone(),
        canonical,
        entry,
        branches: asked.iter().map(Branch::new).collect(),
        asked: asked.into(),
    }
}

enum Work {
    /// Compile a node that goes on to these two.
    Node { node: NodeIx, yes: Target, no: Target },
    /// The right side is done and begins at the entry: compile the left side before it.
    Left { node: NodeIx, is_and: bool, yes: Target, no: Target },
}

/// Emits the tests from the last to the first, since each has to know where its successors are.
fn emit(typed: &[Typed]) -> (Vec<Asked>, Target) {
    let mut emitted: Vec<Asked> = Vec::new();
    let mut entry = FAILS;
    let mut rest: Vec<Work> =
        typed.len().checked_sub(1).map(|node| Work::Node { node, yes: HOLDS, no: FAILS }).into_iter().collect();
    while let Some(work) = rest.pop() {
        let (node, yes, no) = match work {
            Work::Node { node, yes, no } => (node, yes, no),
            Work::Left { node, is_and: true, no, .. } => (node, entry, no),
            Work::Left { node, is_and: false, yes, .. } => (node, yes, entry),
        };
        match typed.get(node) {
            Some(Typed::Always(holds)) => entry = if *holds { yes } else { no },
            // A test whose answer makes no difference is not asked.
            Some(Typed::Ask { .. }) if yes == no => entry = yes,
            Some(Typed::Ask { field, test, reading }) => {
                entry = Target::try_from(emitted.len()).unwrap_or(FAILS);
                emitted.push(Asked { field: *field, test: test.clone(), reading: reading.clone(), yes, no });
            }
            Some(Typed::Not(inner)) => rest.push(Work::Node { node: *inner, yes: no, no: yes }),
            Some(Typed::And(left, right)) => {
                rest.push(Work::Left { node: *left, is_and: true, yes, no });
                rest.push(Work::Node { node: *right, yes, no });
            }
            Some(Typed::Or(left, right)) => {
                rest.push(Work::Left { node: *left, is_and: false, yes, no });
                rest.push(Work::Node { node: *right, yes, no });
            }
            Some(Typed::Operand | Typed::Broken) | None => entry = no,
        }
    }
    (emitted, entry)
}

/// Turns the program round, so that runs go forward, and leaves out what no run reaches.
fn in_order(backwards: Vec<Asked>, entry: Target) -> (Vec<Asked>, Target) {
    let mut is_reached = vec![false; backwards.len()];
    let reach = |target: Target, is_reached: &mut Vec<bool>| {
        if let Some(reached) = is_reached.get_mut(usize::from(target)) {
            *reached = true;
        }
    };
    reach(entry, &mut is_reached);
    for (place, asked) in backwards.iter().enumerate().rev() {
        if is_reached.get(place) == Some(&true) {
            reach(asked.yes, &mut is_reached);
            reach(asked.no, &mut is_reached);
        }
    }
    let mut moved: Vec<Target> = vec![FAILS; backwards.len()];
    let reached = moved.iter_mut().zip(&is_reached).rev().filter(|(_, reached)| **reached);
    for (next, (target, _)) in (0..FAILS).zip(reached) {
        *target = next;
    }
    let follow = |target: Target| moved.get(usize::from(target)).copied().unwrap_or(target);
    let asked = backwards
        .into_iter()
        .zip(is_reached)
        .rev()
        .filter(|(_, reached)| *reached)
        .map(|(asked, _)| Asked { yes: follow(asked.yes), no: follow(asked.no), ..asked })
        .collect();
    (asked, follow(entry))
}

impl PartialEq for Guard {
    /// Guards are the same if they run the same program over the same fields.
    fn eq(&self, other: &Self) -> bool {
        self.is_same_program(other)
    }
}

impl Eq for Guard {}
