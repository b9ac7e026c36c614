//! The verdicts about the flow, and how they are come by: by reduction where tokens alone decide, by plain search of
//! what that leaves, and by plain search of the process where values or withdrawals matter.

use sop_core::case::tokens::Board as _;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, StepIx};

use super::reduce::Reduction;
use super::residue::{self, Wrong};
use super::tell::{add, run_of, waiting_joins};
use crate::cause::{Cause, Trouble};
use crate::certificate::{FlowEvidence, States};
use crate::limits::Limits;
use crate::model::{By, ExitIx, Facts, Net, Origin, Outcome, Play, Scope, Way};
use crate::run::Run;
use crate::search::{Arrival, Edge, Graph, Parent, explore, explore_from};

/// What was found about one guarantee.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// It holds.
    Proved,
    /// It does not, for these causes; none where it follows from another guarantee's.
    Refuted(Vec<Cause>),
    /// It does not, because another does not.
    Follows(sop_core::definition::GuaranteeName),
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

/// How many states are looked at around a place where a case seems to be stuck.
const AROUND: usize = 4_000;

/// How many states are looked at for a shortest counterexample, before a reduced net's is taken.
const NEAR: usize = 256;

pub(crate) fn judge<'f>(facts: &'f Facts<'_>, plain: bool) -> FlowFacts<'f> {
    if plain {
        return by_search(facts, facts.limits);
    }
    let needs_values = !facts.data.tracked.is_empty() || facts.choices.iter().any(|choice| choice.tree.is_none());
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

fn too_many(limit: usize, rows: &str) -> Bilingual {
    Bilingual::new(
        format!("lebih dari {limit} keadaan; terbanyak di sekitar baris {rows}"),
        format!("more than {limit} states; most of them around row {rows}"),
    )
}

fn rows(process: &Process, steps: impl Iterator<Item = StepIx>) -> String {
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
    use sop_core::definition::GuaranteeName;
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
        None => Found::Proved,
        Some(_) if !faults.is_empty() => Found::Follows(GuaranteeName::Clean),
        Some(at) => match stuck_cause(facts, &graph, at) {
            Some(cause) => Found::Refuted(vec![cause]),
            None => Found::Follows(GuaranteeName::Decided),
        },
    };
    let mut causes = faults;
    causes.extend(dead(facts, &graph));
    let clean = if causes.is_empty() { Found::Proved } else { Found::Refuted(causes) };
    let proved = matches!((&completable, &clean), (Found::Proved, Found::Proved));
    let ranks = ranks.into_iter().map(|rank| rank.unwrap_or(u32::MAX)).collect();
    let evidence = proved.then(|| FlowEvidence::Explored { states: States::of(&graph), ranks });
    FlowFacts { completable, clean, evidence, graph: Some(graph) }
}

/// What holds a case up that cannot finish from a state: the nearest dead end behind it, or else a round. None where a
/// completion that is refused for want of one true guard is to blame.
fn stuck_cause(facts: &Facts<'_>, graph: &Graph<'_>, from: u32) -> Option<Cause> {
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
    let mut steps: Vec<StepIx> =
        states.iter().skip(place).flat_map(|state| graph.active(*state).collect::<Vec<_>>()).collect();
    steps.sort_unstable_by_key(|step| step.place());
    steps.dedup();
    Some(Cause { trouble: Trouble::NoEnd { steps }, run: Some(run) })
}

fn add_edge(facts: &Facts<'_>, graph: &Graph<'_>, run: &mut Run, edge: Edge) {
    let sample = graph.samples.get(edge.sample as usize).cloned().unwrap_or_default();
    if let Some(exit) = facts.exits.get(edge.exit) {
        add(run, facts.process, exit, &super::tell::values(&facts.data, &sample));
    }
}

/// Steps and exits that no run takes. What merely lies behind a dead step is not told by itself.
fn dead(facts: &Facts<'_>, graph: &Graph<'_>) -> Vec<Cause> {
    let mut reached = BitSet::with_len(facts.process.steps().len());
    for at in 0..graph.len() as u32 {
        reached.extend(graph.active(at).map(|step| step.place()));
    }
    let mut taken = BitSet::with_len(facts.exits.len());
    taken.extend(graph.edges.iter().map(|edge| edge.exit as usize));
    if !graph.scope.counters {
        for (at, exit) in facts.exits.iter() {
            if let Way::Spent(spent) = exit.way
                && taken.contains(at as usize)
                && !comes_again(facts, graph, spent)
            {
                taken.remove(at as usize);
            }
        }
    }
    dead_causes(facts, |step| reached.contains(step.place()), |exit| taken.contains(exit as usize))
}

/// Whether a counted return can be taken again after it was taken, and so be used up.
fn comes_again(facts: &Facts<'_>, graph: &Graph<'_>, taken: ReturnIx) -> bool {
    let takes = |edge: &Edge| {
        facts.exits.get(edge.exit).is_some_and(|exit| exit.by == By::Person && exit.way == Way::Counted(taken))
    };
    // Every state behind a taking from which it can be taken again leads round: with finitely many states, for ever.
    let mut leads_there = vec![false; graph.len()];
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); graph.len()];
    let mut open = Vec::new();
    for at in 0..graph.len() as u32 {
        for edge in graph.edges_of(at) {
            if let Arrival::State(to) = edge.to
                && let Some(list) = before.get_mut(to as usize)
            {
                list.push(at);
            }
            if takes(edge) && !std::mem::replace(&mut leads_there[at as usize], true) {
                open.push(at);
            }
        }
    }
    while let Some(at) = open.pop() {
        for from in before.get(at as usize).into_iter().flatten() {
            if !std::mem::replace(&mut leads_there[*from as usize], true) {
                open.push(*from);
            }
        }
    }
    // It comes again for ever if some taking lies on a round.
    (0..graph.len() as u32).any(|at| {
        graph.edges_of(at).iter().any(|edge| match edge.to {
            Arrival::State(to) if takes(edge) => leads_there[to as usize] && reaches(graph, to, at),
            _ => false,
        })
    })
}

fn reaches(graph: &Graph<'_>, from: u32, goal: u32) -> bool {
    let mut seen = vec![false; graph.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == goal {
            return true;
        }
        if std::mem::replace(&mut seen[at as usize], true) {
            continue;
        }
        open.extend(graph.edges_of(at).iter().filter_map(|edge| match edge.to {
            Arrival::State(to) => Some(to),
            _ => None,
        }));
    }
    false
}

fn dead_causes(
    facts: &Facts<'_>,
    is_reached: impl Fn(StepIx) -> bool,
    is_taken: impl Fn(ExitIx) -> bool,
) -> Vec<Cause> {
    let mut causes = Vec::new();
    let process = facts.process;
    let mut follows = BitSet::with_len(process.steps().len());
    for (step, _) in process.steps().iter().filter(|(step, _)| !is_reached(*step)) {
        for (_, node) in process.graph().leaving(step) {
            if let sop_core::process::Node::Step(next) = node
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

/// By plain search of what the reduction left. None where what it says does not come true when it is played.
fn by_residue<'f>(facts: &'f Facts<'_>, net: &Net, reduction: &Reduction) -> Option<FlowFacts<'f>> {
    use sop_core::definition::GuaranteeName;
    let process = facts.process;
    let rest = match residue::search(reduction, net.places, net.done, facts.limits.states) {
        Ok(rest) => rest,
        Err(large) => {
            let steps = large.marked.iter().filter_map(|place| {
                let step = (*place as usize).checked_sub(1)?;
                (step < process.steps().len()).then(|| StepIx::at(step))
            });
            let reason = too_many(facts.limits.states, &rows(process, steps));
            return Some(FlowFacts {
                completable: Found::Unknown(reason.clone()),
                clean: Found::Unknown(reason),
                evidence: None,
                graph: None,
            });
        }
    };
    let mut fault = None;
    let mut stuck = None;
    for wrong in &rest.wrong {
        let (run, round) = match wrong {
            Wrong::Unsafe(run) => (run, &[][..]),
            Wrong::Stuck(run, round) => (run, &round[..]),
        };
        let run = reduction.unroll(run.iter().copied());
        let round: Vec<u32> = round.iter().flat_map(|at| reduction.rope_of(*at)).collect();
        match play(facts, net, &run, &round)? {
            Played::Fault(cause) => fault = fault.or(Some(cause)),
            Played::Stuck(cause) => stuck = stuck.or(Some(cause)),
        }
    }
    let alive = reduction.alive(|at| rest.taken.get(at as usize) == Some(&true), net.transitions.len());
    let mut reached = BitSet::with_len(process.steps().len());
    let mut taken = BitSet::with_len(facts.exits.len());
    for (transition, alive) in net.transitions.iter().zip(&alive).filter(|(_, alive)| **alive) {
        let _ = alive;
        match transition.origin {
            Origin::Exit(exit) => {
                taken.insert(exit as usize);
                if let Some(exit) = facts.exits.get(exit) {
                    reached.insert(exit.step.place());
                }
            }
            Origin::Join(step) => {
                reached.insert(step.place());
            }
            Origin::Start(start) => {
                reached.extend(process.starts()[start].opens.iter().map(|step| step.place()));
            }
        }
        for &output in &transition.outputs {
            if let Some(step) = (output as usize).checked_sub(1).filter(|step| *step < process.steps().len()) {
                reached.insert(step);
            }
        }
    }
    let proved_alive = fault.is_none() && stuck.is_none();
    // With something stuck or at fault, what a fused run would have done later is not known to be dead.
    let dead = match proved_alive {
        true => dead_causes(facts, |step| reached.contains(step.place()), |exit| taken.contains(exit as usize)),
        false => Vec::new(),
    };
    let completable = match (&stuck, &fault) {
        (None, None) => Found::Proved,
        (Some(cause), _) => Found::Refuted(vec![cause.clone()]),
        (None, Some(_)) => Found::Follows(GuaranteeName::Clean),
    };
    let clean = match fault {
        Some(cause) => Found::Refuted(vec![cause]),
        None if !dead.is_empty() => Found::Refuted(dead),
        None if stuck.is_some() => Found::Unknown(Bilingual::new(
            "tertutup oleh kebuntuan yang ditemukan lebih dahulu",
            "hidden by the dead end that was found first",
        )),
        None => Found::Proved,
    };
    let proved = matches!((&completable, &clean), (Found::Proved, Found::Proved));
    let evidence = proved.then(|| FlowEvidence::Residue {
        rules: reduction.log.clone(),
        states: rest.states,
        ranks: rest.ranks.into_iter().map(|rank| rank.unwrap_or(u32::MAX)).collect(),
    });
    Some(FlowFacts { completable, clean, evidence, graph: None })
}

enum Played {
    Fault(Cause),
    Stuck(Cause),
}

/// Plays a run of the net on the process itself, and a round that the net says it goes through for ever, if it says so.
/// None where it comes to no trouble there.
fn play(facts: &Facts<'_>, net: &Net, transitions: &[u32], round: &[u32]) -> Option<Played> {
    let process = facts.process;
    let mut stage = Stage { facts, net, board: Play::new(process), run: Run::default(), steps: Vec::new() };
    if let Some(cause) = stage.go(transitions)? {
        return Some(Played::Fault(cause));
    }
    let before = stage.board.words.clone();
    let opened = stage.run.acts.len();
    if !round.is_empty() {
        stage.steps.clear();
        if let Some(cause) = stage.go(round)? {
            return Some(Played::Fault(cause));
        }
        let mut steps = stage.steps;
        steps.sort_unstable();
        steps.dedup();
        stage.run.repeats_from = Some(opened);
        let cause = Cause { trouble: Trouble::NoEnd { steps }, run: Some(stage.run) };
        return (stage.board.words == before).then_some(Played::Stuck(cause));
    }
    // From here the case must not be able to finish.
    let mut run = stage.run;
    let around = Limits { states: facts.limits.states.min(AROUND), ..facts.limits };
    let graph = explore_from(facts, &before, around);
    if let Some(found) = graph.faults.first() {
        // A case joins at once where the net may wait: what piles up in the net may do so a little later here.
        append(facts, &graph, &mut run, &graph.way_by(found.from));
        return Some(Played::Fault(Cause { trouble: Trouble::Fault(found.fault.clone()), run: Some(run) }));
    }
    if graph.is_cut || graph.ranks().iter().any(Option::is_some) {
        return None;
    }
    let cause = stuck_cause(facts, &graph, 0)?;
    let behind = cause.run?;
    run.acts.extend(behind.acts);
    run.repeats_from = behind.repeats_from.map(|place| place.saturating_sub(1) + opened);
    Some(Played::Stuck(Cause { trouble: cause.trouble, run: Some(run) }))
}

/// A run in the making, on the process itself.
struct Stage<'s, 'p> {
    facts: &'s Facts<'p>,
    net: &'s Net,
    board: Play<'s>,
    run: Run,
    steps: Vec<StepIx>,
}

impl Stage<'_, '_> {
    /// Goes on with transitions of the net. None where the process does not follow; a cause where it comes to a fault.
    fn go(&mut self, transitions: &[u32]) -> Option<Option<Cause>> {
        let process = self.facts.process;
        for at in transitions {
            match self.net.transitions.get(*at as usize)?.origin {
                Origin::Start(by) => {
                    self.run = Run::opening(process, by);
                    self.board.start(&process.starts()[by]);
                }
                Origin::Join(_) => {}
                Origin::Exit(exit) => {
                    let exit = self.facts.exits.get(exit)?;
                    if !self.board.is_active(exit.step) {
                        return None;
                    }
                    self.steps.push(exit.step);
                    add(&mut self.run, process, exit, &self.facts.values_for(exit));
                    self.board.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
                }
            }
            match &self.board.outcome {
                Outcome::Running => {}
                Outcome::Faulted(fault) => {
                    let run = std::mem::take(&mut self.run);
                    return Some(Some(Cause { trouble: Trouble::Fault(fault.clone()), run: Some(run) }));
                }
                Outcome::Finished | Outcome::Stopped => return None,
            }
        }
        Some(None)
    }
}

fn append(facts: &Facts<'_>, graph: &Graph<'_>, run: &mut Run, way: &[Parent]) {
    for parent in way {
        if let Parent::Move { exit, sample, .. } = *parent {
            add_edge(facts, graph, run, Edge { exit, sample, to: Arrival::Over });
        }
    }
}
