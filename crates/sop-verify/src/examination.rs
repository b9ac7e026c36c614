//! One examination of a process: what is known so far, and what is only looked up if somebody asks.

use std::cell::OnceCell;

use sop_core::process::StepIx;

use crate::flow::{FlowFacts, Found, run_of};
use crate::model::Facts;
use crate::run::Run;
use crate::search::{Graph, Scope, explore};

/// What the guarantees share.
pub(crate) struct Examination<'e, 'p> {
    pub(crate) facts: &'e Facts<'p>,
    pub(crate) flow: FlowFacts<'e>,
    looked_up: OnceCell<Graph<'e>>,
}

impl<'e, 'p> Examination<'e, 'p> {
    pub(crate) fn new(facts: &'e Facts<'p>, flow: FlowFacts<'e>) -> Self {
        Self { facts, flow, looked_up: OnceCell::new() }
    }

    /// All states, if the flow was judged by them and all were looked at.
    pub(crate) fn states(&self) -> Option<&Graph<'e>> {
        self.flow.graph.as_ref().filter(|graph| !graph.is_cut)
    }

    /// As many states as the limit allows, nearest first.
    pub(crate) fn nearest(&self) -> &Graph<'e> {
        if let Some(graph) = self.states() {
            return graph;
        }
        self.looked_up.get_or_init(|| {
            let facts = self.facts;
            explore(facts.process, &facts.exits, &facts.data, Scope::default(), facts.limits.states)
        })
    }

    /// A shortest run after which somebody has to act at the step, if one is found.
    pub(crate) fn run_to(&self, step: StepIx) -> Option<Run> {
        let graph = self.nearest();
        let at = (0..graph.len() as u32).find(|at| graph.packing.marking.is_active(graph.state(*at), step))?;
        Some(run_of(self.facts.process, graph, &graph.way_to(at)))
    }

    /// Whether the flow is proved: every case can finish and nothing piles up.
    pub(crate) fn is_sound(&self) -> bool {
        matches!((&self.flow.completable, &self.flow.clean), (Found::Proved, Found::Proved))
    }
}
