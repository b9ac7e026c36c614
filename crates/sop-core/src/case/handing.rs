//! What a completion hands on, by where it goes (P2).

use crate::process::{OutcomeSpec, PaperIx, ReturnIx, Route, StepSpec};

/// What a completion hands on, by where it goes (P2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handing {
    /// The values of its fields.
    pub fields: bool,
    /// The outputs of its outcome.
    pub outputs: bool,
    /// The papers that its step brings.
    pub brings: bool,
    /// A number of its step's register.
    pub number: bool,
}

impl Handing {
    /// What a completion with an outcome hands on when it takes this route.
    pub fn of(outcome: &OutcomeSpec, route: &Route, is_open: impl Fn(ReturnIx) -> bool) -> Self {
        let by_guard = matches!(outcome.route, Route::Choose(_));
        match route {
            // The return is used up, and what follows brings and sets nothing; the outcome of a choice sets its fields
            // whichever branch holds.
            Route::Return(taken) if !is_open(*taken) => {
                Self { fields: by_guard, outputs: false, brings: false, number: false }
            }
            // A branch that goes back makes no outputs; a return that a person picks makes those that are its own.
            Route::Return(_) => Self { fields: true, outputs: !by_guard, brings: true, number: false },
            _ => Self { fields: true, outputs: true, brings: true, number: true },
        }
    }

    /// The papers that become a new version (P1, P3).
    pub fn makes<'s>(self, step: &'s StepSpec, outcome: &'s OutcomeSpec) -> impl Iterator<Item = PaperIx> + 's {
        let outputs: &[PaperIx] = if self.outputs { &outcome.makes } else { &[] };
        step.makes.iter().chain(outputs.iter().filter(|paper| !step.makes.contains(paper))).copied()
    }

    /// The papers that are there afterwards, whether they were before or not.
    pub fn provides<'s>(self, step: &'s StepSpec, outcome: &'s OutcomeSpec) -> impl Iterator<Item = PaperIx> + 's {
        let brought: &[PaperIx] = if self.brings { &step.brings } else { &[] };
        brought.iter().copied().chain(self.makes(step, outcome))
    }
}
