//! A case as the judge sees it, and the moves that it can make.
//!
//! Tokens move by the core's own transition function, on a plain board of this module's own with exact counters. What a
//! completion hands on (P1–P3) is written down here anew from `SEMANTICS.md`; `core_agrees` compares it with the core.

use std::collections::HashMap;

use sop_core::case::tokens::{self, Board};
use sop_core::case::{Dense, Fault};
use sop_core::guard::{FieldIx, Value};
use sop_core::process::{
    EndIx, OutcomeIx, PaperIx, Position as _, Process, ReturnIx, Route, RungEffect, SlotIx, StepIx, ThenSpec,
};

use super::values::Domains;

/// Greatest numbers of things that the judge keeps in a state.
pub const MAX_RETURNS: usize = 8;
pub const MAX_FIELDS: usize = 8;
const MAX_BITS: usize = 32;

/// Place where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct State {
    /// The steps at which somebody has to act.
    pub active: u32,
    /// The filled slots.
    pub filled: u32,
    /// The papers that are there.
    pub papers: u32,
    /// The number of times that each return was taken.
    pub counts: [u8; MAX_RETURNS],
    /// For each field that a guard reads: 0 while it is unset, otherwise 1 and the place of its value.
    pub values: [u8; MAX_FIELDS],
}

/// Who leaves a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    Person,
    Rung,
}

/// A way out of a step: an outcome, the branch of its `choose`, and whether what follows a used-up return is taken.
pub type Exit = (usize, Option<u16>, bool);

/// What a move leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    State(State),
    Over,
    Fault,
    /// So many guards hold, and not exactly one: nothing is done (F4).
    Gap(u32),
}

/// A wait that is left.
#[derive(Debug, Clone)]
pub struct Move {
    pub step: usize,
    pub by: By,
    /// None where a rung just ends the wait.
    pub exit: Option<Exit>,
    /// The papers that become a new version.
    pub makes: u32,
    pub next: Next,
    /// The steps that were activated, and whether by a return.
    pub opened: Vec<(usize, bool)>,
    /// The return that was taken.
    pub returned: Option<usize>,
}

/// A process with the values that its fields take.
pub struct Game<'p> {
    pub process: &'p Process,
    pub domains: Domains,
    /// What each choice comes to, by the values: the branch, or how many guards hold.
    resolved: HashMap<(usize, usize, [u8; MAX_FIELDS]), Result<u16, u32>>,
    /// Tells whether papers are looked at.
    pub papers: bool,
}

/// The bits of these papers.
pub fn bits<'a>(papers: impl IntoIterator<Item = &'a PaperIx>) -> u32 {
    papers.into_iter().fold(0, |bits, paper| bits | 1 << paper.place())
}

/// The places of the bits that are set.
pub fn ones(bits: u32) -> impl Iterator<Item = usize> {
    (0..MAX_BITS).filter(move |place| bits >> place & 1 == 1)
}

impl<'p> Game<'p> {
    /// None where the process is too large for the judge.
    pub fn of(process: &'p Process) -> Option<Self> {
        let fits = process.steps().len() <= MAX_BITS
            && process.slots().len() <= MAX_BITS
            && process.papers().len() <= MAX_BITS
            && process.returns().len() <= MAX_RETURNS
            && process.fields().len() <= MAX_FIELDS;
        fits.then(|| Self { process, domains: Domains::of(process), resolved: HashMap::new(), papers: true })
    }

    /// The state that a start opens.
    pub fn opening(&self, start: usize) -> (Next, Vec<(usize, bool)>) {
        let spec = self.process.starts().values().nth(start).expect("the start is one of the process");
        let papers = if self.papers { bits(&spec.brings) } else { 0 };
        let mut moving = Moving::on(self.process, State { papers, ..State::default() });
        for &step in &spec.opens {
            tokens::activate(&mut moving, step, false);
        }
        (moving.next(), moving.opened)
    }

    /// Tells whether an outcome can no longer be picked (R2).
    pub fn is_closed(&self, state: &State, route: &Route) -> bool {
        let Route::Return(taken) = route else { return false };
        match self.process.returns()[*taken].limit {
            Some((limit, ThenSpec::Closed)) => u32::from(state.counts[taken.place()]) >= limit,
            _ => false,
        }
    }

    /// Everything that people can do: any outcome that is open, with any values.
    pub fn completions(&mut self, state: &State) -> Vec<Move> {
        let mut moves = Vec::new();
        for step in ones(state.active) {
            let spec = &self.process.steps()[StepIx::at(step)];
            for (place, outcome) in spec.outcomes.iter().enumerate() {
                if self.is_closed(state, &outcome.route) {
                    continue;
                }
                // What follows a return that was picked and is used up sets nothing (P2).
                let collects: &[FieldIx] = if self.is_spent(state, &outcome.route) { &[] } else { &outcome.collects };
                for values in self.domains.settings(&state.values, collects) {
                    self.complete(state, step, place, values, &mut moves);
                }
            }
        }
        moves
    }

    /// Tells whether an outcome is a return that is used up.
    pub fn is_spent(&self, state: &State, route: &Route) -> bool {
        let Route::Return(taken) = route else { return false };
        let limit = self.process.returns()[*taken].limit;
        limit.is_some_and(|(limit, _)| u32::from(state.counts[taken.place()]) >= limit)
    }

    /// A completion by a person.
    pub fn complete(
        &mut self,
        state: &State,
        step: usize,
        place: usize,
        values: [u8; MAX_FIELDS],
        moves: &mut Vec<Move>,
    ) {
        let process = self.process;
        let spec = &process.steps()[StepIx::at(step)];
        let outcome = &spec.outcomes[place];
        let (branch, route) = match self.resolve(step, place, &values) {
            Ok(found) => found,
            Err(holding) => {
                return moves.push(Move {
                    step,
                    by: By::Person,
                    exit: None,
                    makes: 0,
                    next: Next::Gap(holding),
                    opened: Vec::new(),
                    returned: None,
                });
            }
        };
        let spent = self.is_spent(state, route);
        let by_guard = branch.is_some();
        let goes_back = matches!(route, Route::Return(_));
        // A choice sets its fields whichever branch holds; its branches that do not return make the outputs (P2). What a
        // used-up return leads to brings and makes nothing, but for what the step makes itself (P3).
        let outputs = if goes_back && (spent || by_guard) { 0 } else { bits(&outcome.makes) };
        let brings = if spent { 0 } else { bits(&spec.brings) };
        let makes = outputs | bits(&spec.makes);
        let papers = if self.papers { state.papers | brings | makes } else { 0 };
        let mut moving = Moving::on(process, State { papers, values, ..*state });
        moving.leave(step, route);
        moves.push(Move {
            step,
            by: By::Person,
            exit: Some((place, branch, spent)),
            makes,
            next: moving.next(),
            opened: moving.opened,
            returned: moving.returned,
        });
    }

    /// Everything that ladders can do: any leaving rung of any wait with a budget, at any time (G3).
    pub fn rungs(&mut self, state: &State) -> Vec<Move> {
        let process = self.process;
        let mut moves = Vec::new();
        for step in ones(state.active) {
            if self.budget(step, false).is_none() {
                continue;
            }
            for rung in &process.ladder(StepIx::at(step)).rungs {
                let (exit, route) = match rung.effect {
                    RungEffect::End(end) => (None, Ok((None, Route::End(end)))),
                    RungEffect::Outcome(outcome) => {
                        let place = outcome.place();
                        let found = self.resolve(step, place, &state.values);
                        (Some(place), found.map(|(branch, route)| (branch, route.clone())))
                    }
                    _ => continue,
                };
                let mut made = Move {
                    step,
                    by: By::Rung,
                    exit: None,
                    makes: 0,
                    next: Next::Over,
                    opened: Vec::new(),
                    returned: None,
                };
                match route {
                    Err(holding) => made.next = Next::Gap(holding),
                    Ok((branch, route)) => {
                        made.exit = exit.map(|place| (place, branch, self.is_spent(state, &route)));
                        let mut moving = Moving::on(process, *state);
                        moving.leave(step, &route);
                        (made.next, made.opened, made.returned) = (moving.next(), moving.opened, moving.returned);
                    }
                }
                moves.push(made);
            }
        }
        moves
    }

    /// The minutes of a wait, its own or those that it shares.
    pub fn budget(&self, step: usize, rework: bool) -> Option<sop_core::time::Budget> {
        let spec = &self.process.steps()[StepIx::at(step)];
        match spec.group {
            Some(group) => self.process.groups()[group].budget,
            None if rework => spec.rework.or(spec.budget),
            None => spec.budget,
        }
    }

    fn resolve(
        &mut self,
        step: usize,
        place: usize,
        values: &[u8; MAX_FIELDS],
    ) -> Result<(Option<u16>, &'p Route), u32> {
        let process = self.process;
        let outcome =
            process.steps()[StepIx::at(step)].outcome(OutcomeIx::at(place)).expect("the outcome is the step's");
        let Route::Choose(branches) = &outcome.route else { return Ok((None, &outcome.route)) };
        let domains = &self.domains;
        let found = self.resolved.entry((step, place, *values)).or_insert_with(|| {
            let values: Vec<Option<Value>> = domains.values(values);
            let route = tokens::resolve(&outcome.route, &values)?;
            let branch = branches.iter().position(|branch| std::ptr::eq(&branch.route, route));
            Ok(branch.expect("it is one of the branches") as u16)
        });
        (*found).map(|branch| (Some(branch), &branches[usize::from(branch)].route))
    }
}

/// The board under one move.
struct Moving<'p> {
    process: &'p Process,
    state: State,
    over: Option<Next>,
    opened: Vec<(usize, bool)>,
    returned: Option<usize>,
}

impl<'p> Moving<'p> {
    fn on(process: &'p Process, state: State) -> Self {
        Self { process, state, over: None, opened: Vec::new(), returned: None }
    }

    fn leave(&mut self, step: usize, route: &Route) {
        self.state.active &= !(1 << step);
        tokens::take(self.process, self, route);
    }

    fn next(&self) -> Next {
        self.over.unwrap_or(Next::State(self.state))
    }
}

impl Board for Moving<'_> {
    fn is_over(&self) -> bool {
        self.over.is_some()
    }
    fn is_active(&self, step: StepIx) -> bool {
        self.state.active >> step.place() & 1 == 1
    }
    fn is_filled(&self, slot: SlotIx) -> bool {
        self.state.filled >> slot.place() & 1 == 1
    }
    fn has_tokens(&self) -> bool {
        self.state.active != 0 || self.state.filled != 0
    }
    fn is_open(&self, taken: ReturnIx) -> bool {
        let limit = self.process.returns()[taken].limit;
        limit.is_none_or(|(limit, _)| u32::from(self.state.counts[taken.place()]) < limit)
    }
    fn activate(&mut self, step: StepIx, rework: bool) {
        self.state.active |= 1 << step.place();
        self.opened.push((step.place(), rework));
    }
    fn fill(&mut self, slot: SlotIx) {
        self.state.filled |= 1 << slot.place();
    }
    fn join(&mut self, first: SlotIx, slots: u32) {
        for place in 0..slots {
            self.state.filled &= !(1 << first.after(place).place());
        }
    }
    fn go_back(&mut self, taken: ReturnIx) {
        let spec = &self.process.returns()[taken];
        for step in spec.steps.iter() {
            self.state.active &= !(1 << step);
        }
        for slot in spec.slots.iter() {
            self.state.filled &= !(1 << slot);
        }
        // A return without a limit need not be counted.
        if spec.limit.is_some() {
            self.state.counts[taken.place()] += 1;
        }
        self.returned = Some(taken.place());
    }
    fn use_up(&mut self, _: ReturnIx) {}
    fn end(&mut self, _: EndIx) {}
    fn stop(&mut self, _: EndIx) {
        self.over = Some(Next::Over);
    }
    fn fault(&mut self, _: Fault<Dense>) {
        self.over = Some(Next::Fault);
    }
    fn finish(&mut self) {
        self.over = Some(Next::Over);
    }
}
