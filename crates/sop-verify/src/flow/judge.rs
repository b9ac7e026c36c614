//! `completable`: can every request still finish, wherever it is? `clean`: does nothing pile up, dangle or lie dead?
//!
//! **Theorems.** `completable` is `Proved` iff from every state that is reached a finished or stopped case can be reached,
//! the requester's withdrawal left aside: no dead end, and no going round without a way out. `clean` is `Proved` iff no
//! fault (F3, F5) is reached, and every step and every exit can be taken in some case. Together they are soundness of
//! workflow nets (van der Aalst, The Application of Petri Nets to Workflow Management, 1998), with several starts and ends.
//!
//! How they are come by:
//! - Where tokens alone decide, by [reduction](super::reduce) of the net: near linear, and a proof where nothing is left.
//!   Returns of processes with parallel parts stand apart until they are seen to lead back to where their token comes from.
//! - By plain search of what the reduction leaves; what it finds is told as a run of the whole, and played on the process
//!   itself before it is believed.
//! - By plain search of the process, where values that were set before decide, or where the others do not get through.
//!   Counted returns count as open or used up at any time; if that finds fault, every counter is counted.
//!
//! Both are exact but for the order of timers: rungs may fire whenever their wait is open. Assume papers and people
//! (`supplied`, `staffed` ask for them). Values that no guard or several satisfy are `decided`'s: the rest is judged.

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Process, StepIx};

use super::dead::dead;
use super::play::by_residue;
use super::reduce::Reduction;
use super::stuck::stuck_cause;
use super::tell::run_of;
use crate::cause::{Cause, Trouble};
use crate::certificate::{FlowEvidence, States};
use crate::limits::Limits;
use crate::model::{ExitIx, Facts, Net, Scope};
use crate::search::{Graph, explore};

/// What was found about one guarantee.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// It holds.
    Proved,
    /// It does not, for these causes; none where it follows from another guarantee's.
    Refuted(Vec<Cause>),
    /// It does not, because another does not.
    Follows(GuaranteeName),
    /// Neither is known.
    Unknown(Bilingual),
}

/// What is known about the flow.
pub(crate) struct FlowFacts<'f> {
    pub(crate) completable: Found,
    pub(crate) clean: Found,
    pub(crate) evidence: Option<FlowEvidence>,
    /// All states of the process, where they were all looked at.
    pub(crate) graph: Option<Graph<'f>>,
}

/// How many states are looked at for a shortest counterexample, before a reduced net's is taken.
const NEAR: usize = 256;

pub(crate) fn judge<'f>(facts: &'f Facts<'_>, plain: bool) -> FlowFacts<'f> {
    if plain {
        return by_search(facts, facts.limits);
    }
    let needs_values = !facts.data.tracked.is_empty() || facts.choices.iter().any(|choice| choice.taken.is_none());
    let net = match needs_values {
        true => None,
        false => Net::of(facts.process, &facts.exits, |exit| facts.is_feasible(exit)),
    };
    let Some(net) = net else { return by_search(facts, facts.limits) };
    let infeasible: Vec<ExitIx> =
        facts.exits.iter().map(|(at, _)| at).filter(|exit| !facts.is_feasible(*exit)).collect();
    let mut reduction = Reduction::of(&net);
    let is_finished = reduction.run();
    if is_finished && infeasible.is_empty() {
        return FlowFacts {
            completable: Found::Proved,
            clean: Found::Proved,
            evidence: Some(FlowEvidence::Reduced { rules: reduction.log, levels: net.levels }),
            graph: None,
        };
    }
    // The nearest counterexample, if it is near.
    let near = by_search(facts, Limits { states: facts.limits.states.min(NEAR), ..facts.limits });
    if near.graph.as_ref().is_some_and(|graph| !graph.is_cut) {
        return near;
    }
    // What returns withdraw and where parts vanish is seen in the states of the process only.
    let by_net = net.backs.is_empty() && !net.vanishes;
    let rest = if by_net { by_residue(facts, &net, &reduction) } else { None };
    rest.unwrap_or_else(|| by_search(facts, facts.limits))
}

/// By plain search of all states.
fn by_search<'f>(facts: &'f Facts<'_>, limits: Limits) -> FlowFacts<'f> {
    let graph = explore(facts, Scope::default(), limits);
    let first = judge_graph(facts, graph);
    let counts = facts.process.returns().values().any(|spec| spec.limit.is_some());
    let is_settled = |found: &Found| !matches!(found, Found::Refuted(causes) if causes.iter().any(depends_on_counters));
    if first.graph.as_ref().is_some_and(|graph| graph.is_cut)
        || !counts
        || (is_settled(&first.completable) && is_settled(&first.clean))
    {
        return first;
    }
    // Returns that are used up at any time may be to blame: the same with every counter.
    let scope = Scope { counters: true, ..Scope::default() };
    let counted = explore(facts, scope, facts.limits);
    let second = judge_graph(facts, counted);
    FlowFacts { graph: first.graph, ..second }
}

/// Whether a cause may be there only because returns count as used up, or as open, at any time.
fn depends_on_counters(cause: &Cause) -> bool {
    match &cause.trouble {
        Trouble::DeadStep { .. } => false,
        Trouble::DeadExit { then, .. } => *then,
        _ => true,
    }
}

pub(crate) fn too_many(limit: usize, rows: &str) -> Bilingual {
    Bilingual::new(
        format!("lebih dari {limit} keadaan; terbanyak di sekitar baris {rows}"),
        format!("more than {limit} states; most of them around row {rows}"),
    )
}

/// Rows as people refer to them, the first few.
pub(crate) fn rows(process: &Process, steps: impl Iterator<Item = StepIx>) -> String {
    let mut named: Vec<String> = Vec::new();
    for step in steps {
        if let Some(spec) = process.steps().get(step) {
            let row = process.row_name(spec.row);
            if !named.contains(&row) {
                named.push(row);
            }
        }
    }
    if named.len() > 6 {
        named.truncate(6);
        named.push("…".to_owned());
    }
    named.join(", ")
}

fn judge_graph<'f>(facts: &'f Facts<'_>, graph: Graph<'f>) -> FlowFacts<'f> {
    let process = facts.process;
    let faults: Vec<Cause> = graph
        .faults
        .iter()
        .map(|found| Cause {
            trouble: Trouble::Fault(found.fault.clone()),
            run: Some(run_of(process, &graph, &graph.way_by(found.from))),
        })
        .collect();
    if graph.is_cut {
        let last = graph.len().saturating_sub(1) as u32;
        let reason = too_many(graph.len(), &rows(process, graph.active(last)));
        let (completable, clean) = match faults.is_empty() {
            true => (Found::Unknown(reason.clone()), Found::Unknown(reason)),
            false => (Found::Follows(GuaranteeName::Clean), Found::Refuted(faults)),
        };
        return FlowFacts { completable, clean, evidence: None, graph: Some(graph) };
    }
    let ranks = graph.ranks();
    let stuck = ranks.iter().position(Option::is_none).map(|at| at as u32);
    let completable = match stuck {
        // A case that stands still never finishes.
        _ if !faults.is_empty() => Found::Follows(GuaranteeName::Clean),
        None => Found::Proved,
        Some(at) => match stuck_cause(facts, &graph, at) {
            Some(cause) => Found::Refuted(vec![cause]),
            None => Found::Follows(GuaranteeName::Decided),
        },
    };
    let mut causes = faults;
    causes.extend(dead(facts, &graph));
    let clean = if causes.is_empty() { Found::Proved } else { Found::Refuted(causes) };
    let proved = matches!(completable, Found::Proved) || matches!(clean, Found::Proved);
    let ranks = ranks.into_iter().map(|rank| rank.unwrap_or(u32::MAX)).collect();
    let evidence = proved.then(|| FlowEvidence::Explored { states: States::of(&graph), ranks });
    FlowFacts { completable, clean, evidence, graph: Some(graph) }
}
