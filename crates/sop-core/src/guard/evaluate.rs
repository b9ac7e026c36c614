//! Running a guard on the values of a case.

use super::program::{Asked, FAILS, Guard, HOLDS, Target};
use super::test::{Comparison, Test};
use super::value::{FieldIx, Value};

/// One test in the form that a run wants: values as numbers, compared with an interval.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    field: u16,
    yes: Target,
    no: Target,
    probe: Probe,
}

#[derive(Clone, Debug)]
enum Probe {
    /// An integer or decimal from the first to the second, both included; empty where the first is larger.
    Number(i64, i64),
    /// A choice or unit from the first to the second place.
    Place(u16, u16),
    /// Anything else.
    Rare(Rare),
}

#[derive(Clone, Debug)]
enum Rare {
    Has,
    /// A date or bool from the first to the second.
    Within(i64, i64),
    /// Any value but this.
    Other(i64),
    /// One of these, in ascending order.
    Listed(Box<[i64]>),
    /// A text that is, or is not, this.
    Text {
        is: bool,
        constant: Box<str>,
    },
    /// A list of texts, asked as it is written.
    Written(Box<Test>),
}

impl Branch {
    pub(crate) fn new(asked: &Asked) -> Self {
        Self { field: asked.field.raw(), yes: asked.yes, no: asked.no, probe: probe(&asked.test) }
    }

    #[inline]
    fn holds(&self, value: &Value) -> bool {
        // Amounts and choices come first and apart: most guards ask for them, and comparing tags is all that it takes.
        match &self.probe {
            Probe::Number(low, high) => match value {
                Value::Integer(number) | Value::Decimal(number) => low <= number && number <= high,
                _ => false,
            },
            Probe::Place(low, high) => match value {
                Value::Choice(place) | Value::Unit(place) => low <= place && place <= high,
                _ => false,
            },
            Probe::Rare(rare) => rare.holds(value),
        }
    }
}

impl Rare {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Has => true,
            Self::Within(low, high) => value.ordinal().is_some_and(|number| *low <= number && number <= *high),
            Self::Other(excluded) => value.ordinal().is_some_and(|number| number != *excluded),
            Self::Listed(constants) => value.ordinal().is_some_and(|number| constants.binary_search(&number).is_ok()),
            Self::Text { is, constant } => matches!(value, Value::Text(text) if (text == constant) == *is),
            Self::Written(test) => test.holds(Some(value)),
        }
    }
}

fn probe(test: &Test) -> Probe {
    let interval = |constant: &Value, low, high| match constant {
        Value::Integer(_) | Value::Decimal(_) => Probe::Number(low, high),
        Value::Choice(_) | Value::Unit(_) => match (u16::try_from(low), u16::try_from(high)) {
            (Ok(low), Ok(high)) => Probe::Place(low, high),
            _ => Probe::Rare(Rare::Within(low, high)),
        },
        _ => Probe::Rare(Rare::Within(low, high)),
    };
    let written = || Probe::Rare(Rare::Written(Box::new(test.clone())));
    match test {
        Test::Has => Probe::Rare(Rare::Has),
        Test::Is(sign @ (Comparison::Equal | Comparison::Different), Value::Text(constant)) => {
            Probe::Rare(Rare::Text { is: *sign == Comparison::Equal, constant: constant.clone() })
        }
        Test::Is(comparison, constant) => {
            let Some(number) = constant.ordinal() else { return written() };
            let (low, high) = match comparison {
                Comparison::Different => return Probe::Rare(Rare::Other(number)),
                Comparison::Equal => (number, number),
                Comparison::AtMost => (i64::MIN, number),
                Comparison::AtLeast => (number, i64::MAX),
                // Below the smallest number, or above the largest, there is nothing: an empty interval.
                Comparison::Less => number.checked_sub(1).map_or((i64::MAX, i64::MIN), |high| (i64::MIN, high)),
                Comparison::Greater => number.checked_add(1).map_or((i64::MAX, i64::MIN), |low| (low, i64::MAX)),
            };
            interval(constant, low, high)
        }
        Test::OneOf(constants) => {
            let Some(numbers) = constants.iter().map(Value::ordinal).collect::<Option<Box<[i64]>>>() else {
                return written();
            };
            match (constants.first(), numbers.first(), numbers.last()) {
                (Some(constant), Some(low), Some(high)) if low.abs_diff(*high) == numbers.len() as u64 - 1 => {
                    interval(constant, *low, *high)
                }
                _ => Probe::Rare(Rare::Listed(numbers)),
            }
        }
    }
}

impl Guard {
    /// Tells whether the guard holds for these values, indexed by [`FieldIx`]: the answer of CEL for the same text.
    ///
    /// It answers whatever it is given. A comparison with a field that is not set, or lies behind the end of the
    /// slice, is false; a process reads no such field, because it was checked with [`Guard::needs`]. Values have to be
    /// such as their fields admit ([`FieldType::admits`](super::FieldType::admits)).
    #[inline]
    pub fn holds(&self, values: &[Option<Value>]) -> bool {
        let mut at = self.entry;
        while let Some(branch) = self.branches.get(usize::from(at)) {
            let is_met = match values.get(usize::from(branch.field)) {
                Some(Some(value)) => branch.holds(value),
                _ => false,
            };
            at = if is_met { branch.yes } else { branch.no };
        }
        at == HOLDS
    }

    /// Runs the same program with other answers, for instance those of a cell of values that all answer alike.
    pub fn holds_with(&self, mut answer: impl FnMut(FieldIx, &Test) -> bool) -> bool {
        let mut at = self.entry;
        while let Some(asked) = self.asked.get(usize::from(at)) {
            at = if answer(asked.field, &asked.test) { asked.yes } else { asked.no };
        }
        debug_assert!(at == HOLDS || at == FAILS, "a run ends at a verdict");
        at == HOLDS
    }

    /// What the guard may answer while some tests have no answer yet: whether it may hold, whether it may fail, and the
    /// first test that a run waits for. The answers are given by the places of the tests ([`Guard::tests`]).
    ///
    /// Exact as long as the open tests can be answered independently of one another; otherwise it errs towards more
    /// answers than there are.
    pub fn may_hold_with(&self, mut answer: impl FnMut(usize, FieldIx, &Test) -> Option<bool>) -> Answers {
        let mut answers = Answers { holds: false, fails: false, open: None };
        // Successors stand behind their test, so that one pass forward visits whatever can be reached.
        let mut reached = smallvec::SmallVec::<[bool; 32]>::from_elem(false, self.asked.len());
        let go =
            |target: Target, reached: &mut [bool], answers: &mut Answers| match reached.get_mut(usize::from(target)) {
                Some(place) => *place = true,
                None if target == HOLDS => answers.holds = true,
                None => answers.fails = true,
            };
        go(self.entry, &mut reached, &mut answers);
        for (place, asked) in self.asked.iter().enumerate() {
            if reached.get(place) != Some(&true) {
                continue;
            }
            let given = answer(place, asked.field, &asked.test);
            if given != Some(false) {
                go(asked.yes, &mut reached, &mut answers);
            }
            if given != Some(true) {
                go(asked.no, &mut reached, &mut answers);
            }
            if given.is_none() && answers.open.is_none() {
                answers.open = Some(place);
            }
        }
        answers
    }
}

/// What a guard may answer ([`Guard::may_hold_with`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Tells whether it may hold.
    pub holds: bool,
    /// Tells whether it may fail.
    pub fails: bool,
    /// The place of the first test that a run waits for.
    pub open: Option<usize>,
}
