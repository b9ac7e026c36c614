//! One examination of a process: what is known so far, and what is only looked up if somebody asks.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;

use sop_core::process::{BitSet, Position as _, StepIx};

use crate::flow::{FlowFacts, Goal, Passed, Seeker, run_of};
use crate::limits::Limits;
use crate::model::{Facts, Scope};
use crate::route::Routes;
use crate::run::Run;
use crate::search::{Graph, explore};

/// What the guarantees share.
pub(crate) struct Examination<'e, 'p> {
    pub(crate) facts: &'e Facts<'p>,
    pub(crate) flow: FlowFacts<'e>,
    looked_up: OnceCell<Graph<'e>>,
    near: OnceCell<Graph<'e>>,
    counted: OnceCell<Graph<'e>>,
    pub(crate) seeker: Seeker<'e, 'p>,
    routes: OnceCell<Routes>,
    passed: OnceCell<Passed>,
    /// Runs to steps, as far as they were asked for.
    runs: RefCell<BTreeMap<StepIx, Option<Run>>>,
    /// The steps at which somebody has to act in some state, where all were looked at.
    active: OnceCell<BitSet>,
    /// How many acts runs may still have in all: a process in which everything is wrong has as many runs as steps.
    acts_left: Cell<usize>,
}

/// The most acts of all runs of one examination.
const MAX_ACTS: usize = 50_000;

/// Count: how many states are looked at beside those that the flow needed: each search that is not bounded by it takes time
/// and memory of its own.
const NEAREST: usize = 50_000;

/// The number of states that are looked at for a shortest run, before any short one will do.
const NEAR: usize = 1_024;

impl<'e, 'p> Examination<'e, 'p> {
    pub(crate) fn new(facts: &'e Facts<'p>, flow: FlowFacts<'e>) -> Self {
        Self {
            facts,
            flow,
            looked_up: OnceCell::new(),
            near: OnceCell::new(),
            counted: OnceCell::new(),
            seeker: Seeker::new(facts),
            routes: OnceCell::new(),
            passed: OnceCell::new(),
            runs: RefCell::new(BTreeMap::new()),
            active: OnceCell::new(),
            acts_left: Cell::new(MAX_ACTS),
        }
    }

    /// All states, if the flow was judged by them and all were looked at.
    pub(crate) fn states(&self) -> Option<&Graph<'e>> {
        self.flow.graph.as_ref().filter(|graph| !graph.is_cut)
    }

    /// The nearest states, all of them where they are not too many.
    pub(crate) fn nearest(&self) -> &Graph<'e> {
        if let Some(graph) = self.states() {
            return graph;
        }
        self.looked_up.get_or_init(|| {
            let facts = self.facts;
            let Limits { states, bytes, .. } = facts.limits;
            let limits = Limits { states: states.min(NEAREST), bytes: bytes / 4, ..facts.limits };
            explore(facts, Scope::default(), limits)
        })
    }

    /// Some of the nearest states, where not all were looked at.
    pub(crate) fn near(&self) -> &Graph<'e> {
        let facts = self.facts;
        self.states().unwrap_or_else(|| {
            let limits = Limits { states: facts.limits.states.min(NEAR), ..facts.limits };
            self.near.get_or_init(|| explore(facts, Scope::default(), limits))
        })
    }

    /// The same with every return counted.
    pub(crate) fn counted(&self) -> &Graph<'e> {
        self.counted
            .get_or_init(|| explore(self.facts, Scope { counters: true, ..Scope::default() }, self.facts.limits))
    }

    /// Tells whether it is certain that nobody ever has to act at the step.
    pub(crate) fn is_dead(&self, step: StepIx) -> bool {
        if !self.facts.is_reached(step) {
            return true;
        }
        let Some(graph) = self.states() else { return false };
        let active = self.active.get_or_init(|| {
            let mut active = BitSet::with_len(self.facts.process.steps().len());
            (0..graph.len() as u32).for_each(|at| active.extend(graph.active(at).map(|step| step.place())));
            active
        });
        !active.contains(step.place())
    }

    /// A shortest run after which somebody has to act at the step, if one is found.
    pub(crate) fn run_to(&self, step: StepIx) -> Option<Run> {
        let known = self.runs.borrow().get(&step).cloned();
        known.unwrap_or_else(|| {
            let run = self.look_for_run_to(step);
            self.runs.borrow_mut().insert(step, run.clone());
            run
        })
    }

    fn look_for_run_to(&self, step: StepIx) -> Option<Run> {
        let facts = self.facts;
        let left = self.acts_left.get();
        let graph = self.near();
        let found = (0..graph.len() as u32).find(|at| graph.packing.marking.is_active(graph.state(*at), step));
        let sought = || {
            // A part of a run that was made anyway is near at hand, though it may not be the shortest.
            let passed = self.passed.get_or_init(|| Passed::of(facts, &self.seeker)).run_to(facts, step);
            passed.or_else(|| self.seeker.seek(Goal::Open(step)).map(|found| found.told(facts)))
        };
        let run = match found {
            Some(at) if graph.is_real(facts.process, &graph.way_to(at)) => {
                run_of(facts.process, graph, &graph.way_to(at))
            }
            // The step comes only after some return is used up.
            Some(_) => {
                if let Some(run) = sought() {
                    self.acts_left.set(left.checked_sub(run.acts.len())?);
                    return Some(run);
                }
                let graph = self.counted();
                let is_there = |at: &u32| graph.packing.marking.is_active(graph.state(*at), step);
                match (0..graph.len() as u32).find(is_there) {
                    Some(at) => run_of(facts.process, graph, &graph.way_to(at)),
                    None => sought()?,
                }
            }
            None if !graph.is_cut => return None,
            None if !facts.data.tracked.is_empty() => sought()?,
            None => match self.routes.get_or_init(|| Routes::of(facts)).run_to(facts, step, left) {
                Some(run) => run,
                None => sought()?,
            },
        };
        self.acts_left.set(left.checked_sub(run.acts.len())?);
        Some(run)
    }
}
