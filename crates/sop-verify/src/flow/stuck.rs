//! Why a case cannot finish from a state: the nearest dead end behind it, or a round.

use sop_core::process::{Position as _, StepIx};

use super::tell::{add, run_of, waiting_joins};
use crate::cause::{Cause, Trouble};
use crate::model::Facts;
use crate::run::Run;
use crate::search::{Arrival, Edge, Graph, Parent};

/// What holds a case up that cannot finish from a state: the nearest dead end behind it, or else a round. None where a
/// completion that is refused for want of one true guard is to blame.
pub(crate) fn stuck_cause(facts: &Facts<'_>, graph: &Graph<'_>, from: u32) -> Option<Cause> {
    let process = facts.process;
    let mut seen = vec![false; graph.len()];
    let mut behind: Vec<Option<(u32, Edge)>> = vec![None; graph.len()];
    let mut open = std::collections::VecDeque::from([from]);
    let mut nearest_round: Option<(u32, Edge)> = None;
    if let Some(seen) = seen.get_mut(from as usize) {
        *seen = true;
    }
    let run_to = |behind: &[Option<(u32, Edge)>], at: u32| -> (Run, Vec<u32>) {
        let mut way = Vec::new();
        let (mut here, mut states) = (at, vec![at]);
        while let Some(Some((before, edge))) = behind.get(here as usize) {
            way.push(Parent::Move { from: *before, exit: edge.exit, sample: edge.sample });
            here = *before;
            states.push(here);
        }
        way.reverse();
        states.reverse();
        let mut whole = graph.way_to(from);
        whole.extend(way);
        (run_of(process, graph, &whole), states)
    };
    while let Some(at) = open.pop_front() {
        if graph.undecided.iter().any(|trouble| trouble.state == at) {
            return None;
        }
        let edges = graph.edges_of(at);
        // Somebody has to act and may not: all outcomes are closed, which is `decided`'s.
        if edges.is_empty() && graph.active(at).next().is_some() {
            return None;
        }
        if edges.is_empty() {
            let trouble = Trouble::DeadEnd { waiting: waiting_joins(process, graph, at) };
            return Some(Cause { trouble, run: Some(run_to(&behind, at).0) });
        }
        for edge in edges {
            let Arrival::State(to) = edge.to else { continue };
            match seen.get_mut(to as usize) {
                Some(seen) if !*seen => {
                    *seen = true;
                    if let Some(behind) = behind.get_mut(to as usize) {
                        *behind = Some((at, *edge));
                    }
                    open.push_back(to);
                }
                _ => nearest_round = nearest_round.or(Some((at, *edge))),
            }
        }
    }
    // No dead end: some round is gone through for ever. The first arrow back that was met closes one.
    let (mut at, mut edge) = nearest_round?;
    let (mut run, mut states) = run_to(&behind, at);
    let Arrival::State(mut to) = edge.to else { return None };
    // The arrow may lead to a state beside the way: go on from there until a state comes again.
    let mut guard = graph.len();
    while !states.contains(&to) && guard > 0 {
        add_edge(facts, graph, &mut run, edge);
        states.push(to);
        at = to;
        edge = *graph.edges_of(at).iter().find(|edge| matches!(edge.to, Arrival::State(_)))?;
        let Arrival::State(next) = edge.to else { return None };
        to = next;
        guard -= 1;
    }
    add_edge(facts, graph, &mut run, edge);
    let place = states.iter().position(|state| *state == to)?;
    let before = graph.way_to(from).len() + place;
    run.repeats_from = Some(before);
    run.close_round(|field| graph.keeps(to, field));
    let mut steps: Vec<StepIx> =
        states.iter().skip(place).flat_map(|state| graph.active(*state).collect::<Vec<_>>()).collect();
    steps.sort_unstable_by_key(|step| step.place());
    steps.dedup();
    Some(Cause { trouble: Trouble::NoEnd { steps }, run: Some(run) })
}

/// Adds a move of a graph to a run.
pub(crate) fn add_edge(facts: &Facts<'_>, graph: &Graph<'_>, run: &mut Run, edge: Edge) {
    let sample = graph.samples.get(edge.sample as usize).cloned().unwrap_or_default();
    if let Some(exit) = facts.exits.get(edge.exit) {
        add(run, facts.process, exit, &super::tell::values(&facts.data, &sample));
    }
}
