//! The exits of a process: every way in which a wait can be left, one entry each.

use sop_core::process::{BranchSpec, OutcomeIx, Position as _, Process, ReturnIx, Route, RungEffect, StepIx, ThenSpec};

/// The place of an exit in [`Exits`].
pub(crate) type ExitIx = u32;

/// Who leaves the wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum By {
    /// Whoever acts.
    Person,
    /// The rung at this place of the step's ladder.
    Rung(u16),
}

/// How a route is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    /// As it is drawn, returns without a limit among them.
    Plain,
    /// As a counted return that is open.
    Counted(ReturnIx),
    /// As a counted return that is used up: its `then`.
    Spent(ReturnIx),
}

/// A way in which a wait of a step can be left.
#[derive(Debug, Clone)]
pub(crate) struct Exit {
    pub(crate) step: StepIx,
    pub(crate) by: By,
    /// The outcome picked; none where a rung just ends the wait.
    pub(crate) outcome: Option<OutcomeIx>,
    /// The branch of that outcome's `choose`.
    pub(crate) branch: Option<u16>,
    pub(crate) way: Way,
    /// The route, whose own kind is never a choice.
    pub(crate) route: Route,
}

impl Exit {
    /// Tells whether it may be counted on for getting on: a counted return may not, since it can be used up.
    pub(crate) fn leads_on(&self) -> bool {
        !matches!(self.way, Way::Counted(_))
    }

    /// The return that it takes, counted or not.
    pub(crate) fn goes_back(&self) -> Option<ReturnIx> {
        match (self.way, &self.route) {
            (Way::Plain | Way::Counted(_), Route::Return(taken)) => Some(*taken),
            _ => None,
        }
    }
}

/// Whether a wait of a step has a budget, its own or one that it shares: without one nothing is ever overdue (T2).
pub(crate) fn has_budget(process: &Process, step: StepIx) -> bool {
    let spec = &process.steps()[step];
    spec.group.map_or(spec.budget, |group| process.groups()[group].budget).is_some()
}

/// All exits, those of a step together, in the order of the document.
#[derive(Debug)]
pub(crate) struct Exits {
    all: Vec<Exit>,
    /// For each step the place of its first exit, and one place more.
    first: Vec<u32>,
}

impl Exits {
    pub(crate) fn of(process: &Process) -> Self {
        let mut exits = Self { all: Vec::with_capacity(process.steps().len() * 2), first: Vec::new() };
        for (step, spec) in process.steps().iter() {
            exits.first.push(exits.all.len() as u32);
            for (place, outcome) in spec.outcomes.iter().enumerate() {
                exits.add_route(process, step, By::Person, OutcomeIx::at(place), &outcome.route);
            }
            for (rung, spec_of_rung) in (0_u16..).zip(&process.ladder(step).rungs) {
                match spec_of_rung.effect {
                    // Without a budget nothing is ever overdue.
                    _ if !has_budget(process, step) => {}
                    RungEffect::Outcome(at) => {
                        if let Some(outcome) = spec.outcome(at) {
                            exits.add_route(process, step, By::Rung(rung), at, &outcome.route);
                        }
                    }
                    RungEffect::End(end) => exits.all.push(Exit {
                        step,
                        by: By::Rung(rung),
                        outcome: None,
                        branch: None,
                        way: Way::Plain,
                        route: Route::End(end),
                    }),
                    _ => {}
                }
            }
        }
        exits.first.push(exits.all.len() as u32);
        exits
    }

    fn add_route(&mut self, process: &Process, step: StepIx, by: By, outcome: OutcomeIx, route: &Route) {
        match route {
            Route::Choose(branches) => {
                for (branch, BranchSpec { route, .. }) in (0_u16..).zip(branches) {
                    self.add(
                        process,
                        Exit {
                            step,
                            by,
                            outcome: Some(outcome),
                            branch: Some(branch),
                            way: Way::Plain,
                            route: route.clone(),
                        },
                    );
                }
            }
            route => self.add(
                process,
                Exit { step, by, outcome: Some(outcome), branch: None, way: Way::Plain, route: route.clone() },
            ),
        }
    }

    fn add(&mut self, process: &Process, exit: Exit) {
        let Route::Return(taken) = exit.route else { return self.all.push(exit) };
        let Some((_, then)) = process.returns()[taken].limit else { return self.all.push(exit) };
        let spent = Exit { way: Way::Spent(taken), ..exit.clone() };
        self.all.push(Exit { way: Way::Counted(taken), ..exit });
        if then != ThenSpec::Closed {
            self.all.push(spent);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn get(&self, at: ExitIx) -> Option<&Exit> {
        self.all.get(at as usize)
    }

    /// The exits of a step, with their places.
    pub(crate) fn of_step(&self, step: StepIx) -> impl Iterator<Item = (ExitIx, &Exit)> {
        let from = self.first.get(step.place()).copied().unwrap_or(0);
        let to = self.first.get(step.place() + 1).copied().unwrap_or(from);
        (from..to).zip(self.all.get(from as usize..to as usize).unwrap_or(&[]))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ExitIx, &Exit)> {
        (0..).zip(&self.all)
    }
}
