//! What the search of a reduced net found, told as runs of the process, and played there before it is believed.

use sop_core::case::tokens::Board as _;
use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{BitSet, Position as _, StepIx};

use super::dead::dead_causes;
use super::judge::{FlowFacts, Found, rows, too_many};
use super::reduce::Reduction;
use super::residue::{self, Wrong};
use super::stuck::{add_edge, stuck_cause};
use super::tell::add;
use crate::cause::{Cause, Trouble};
use crate::certificate::FlowEvidence;
use crate::limits::Limits;
use crate::model::{Facts, Net, Origin, Outcome, Play, Way};
use crate::run::Run;
use crate::search::{Arrival, Edge, Graph, Parent, explore_from};

/// How many states are looked at around a place where a case seems to be stuck.
const AROUND: usize = 4_000;

/// By plain search of what the reduction left. None where what it says does not come true when it is played.
pub(crate) fn by_residue<'f>(facts: &'f Facts<'_>, net: &Net, reduction: &Reduction) -> Option<FlowFacts<'f>> {
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
    let proved = matches!(completable, Found::Proved);
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
