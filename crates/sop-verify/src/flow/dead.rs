//! Steps and exits that no run takes.

use petgraph::graph::{DiGraph, NodeIndex};
use sop_core::process::{BitSet, Node, Position as _, StepIx};

use crate::cause::{Cause, Trouble};
use crate::model::{By, ExitIx, Facts, Way};
use crate::search::{Arrival, Graph};

/// Steps and exits that no run takes. What merely lies behind a dead step is not told by itself.
pub(crate) fn dead(facts: &Facts<'_>, graph: &Graph<'_>) -> Vec<Cause> {
    let mut reached = BitSet::with_len(facts.process.steps().len());
    for at in 0..graph.len() as u32 {
        reached.extend(graph.active(at).map(|step| step.place()));
    }
    let mut taken = BitSet::with_len(facts.exits.len());
    taken.extend(graph.edges.iter().map(|edge| edge.exit as usize));
    if !graph.scope.counters {
        let again = coming_again(facts, graph);
        for (at, exit) in facts.exits.iter() {
            if let Way::Spent(spent) = exit.way
                && !again.contains(spent.place())
            {
                taken.remove(at as usize);
            }
        }
    }
    dead_causes(facts, |step| reached.contains(step.place()), |exit| taken.contains(exit as usize))
}

/// The causes, given what is reached and what is taken.
pub(crate) fn dead_causes(
    facts: &Facts<'_>,
    is_reached: impl Fn(StepIx) -> bool,
    is_taken: impl Fn(ExitIx) -> bool,
) -> Vec<Cause> {
    let mut causes = Vec::new();
    let process = facts.process;
    let mut follows = BitSet::with_len(process.steps().len());
    for (step, _) in process.steps().iter().filter(|(step, _)| !is_reached(*step)) {
        for (_, node) in process.graph().leaving(step) {
            if let Node::Step(next) = node
                && next.place() > step.place()
            {
                follows.insert(next.place());
            }
        }
        if !follows.contains(step.place()) {
            causes.push(Cause { trouble: Trouble::DeadStep { step }, run: None });
        }
    }
    for (at, exit) in facts.exits.iter() {
        if exit.by != By::Person || is_taken(at) || !is_reached(exit.step) {
            continue;
        }
        let Some(outcome) = exit.outcome else { continue };
        let then = matches!(exit.way, Way::Spent(_));
        let trouble = Trouble::DeadExit { step: exit.step, outcome, branch: exit.branch, then };
        let told_as_return = then
            && causes.iter().any(|cause| {
                matches!(&cause.trouble, Trouble::DeadExit { step, outcome: of, branch, then: false }
                if (*step, *of, *branch) == (exit.step, outcome, exit.branch))
            });
        if !told_as_return {
            causes.push(Cause { trouble, run: None });
        }
    }
    causes
}

/// The counted returns that can be taken again and again, and so be used up: those of which some taking lies on a round,
/// both ends of it in one strongly connected component.
fn coming_again(facts: &Facts<'_>, graph: &Graph<'_>) -> BitSet {
    let mut found = BitSet::with_len(facts.process.returns().len());
    if facts.process.returns().values().all(|spec| spec.limit.is_none()) {
        return found;
    }
    let mut moves: DiGraph<(), ()> = DiGraph::with_capacity(graph.len(), graph.edges.len());
    for _ in 0..graph.len() {
        moves.add_node(());
    }
    let states = || {
        (0..graph.len() as u32).flat_map(|at| {
            graph.edges_of(at).iter().filter_map(move |edge| match edge.to {
                Arrival::State(to) => Some((at, to, edge.exit)),
                _ => None,
            })
        })
    };
    for (from, to, _) in states() {
        moves.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), ());
    }
    let mut component = vec![0_usize; graph.len()];
    for (number, members) in petgraph::algo::kosaraju_scc(&moves).into_iter().enumerate() {
        for member in members {
            if let Some(component) = component.get_mut(member.index()) {
                *component = number;
            }
        }
    }
    for (from, to, exit) in states() {
        if let Some(Way::Counted(taken)) =
            facts.exits.get(exit).filter(|exit| exit.by == By::Person).map(|exit| exit.way)
            && component.get(from as usize) == component.get(to as usize)
        {
            found.insert(taken.place());
        }
    }
    found
}
