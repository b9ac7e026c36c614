//! `completable`: can every request still finish, wherever it is? `clean`: does nothing pile up, dangle or lie dead?
//!
//! **Theorems.** `completable` is `Proved` iff from every state that is reached a finished or stopped case can be reached,
//! the requester's withdrawal left aside: no dead end, and no going round without a way out. `clean` is `Proved` iff no
//! fault (F3, F5) is reached, and every step and every exit can be taken in some case. Together they are soundness of
//! workflow nets (van der Aalst, The Application of Petri Nets to Workflow Management, 1998), with several starts and ends.
//!
//! How they are come by:
//! - By [reduction](super::reduce) of the net, which knows no values: near linear, and a proof where nothing is left. A
//!   choice that depends on values that were set before may take any of its branches there, and is counted on only where
//!   all of them lead on. Returns of processes with parallel parts stand apart until they are seen to lead back to where
//!   their token comes from.
//! - By plain search of what the reduction leaves; what it finds is told as a run of the whole, and played on the process
//!   itself before it is believed.
//! - By drafted runs, which find what is wrong in large state spaces where it lies on most ways.
//! - By plain search of the process, with the cells of its values, where the others do not get through. Counted returns
//!   count as open or used up at any time; if that finds fault, every counter is counted.
//!
//! That something can be taken is shown by a run with its counters and values, or by the structure of a net that was
//! reduced and in which no values decide.
//!
//! All are exact but for the order of timers: rungs may fire whenever their wait is open. Assume papers and people
//! (`supplied`, `staffed` ask for them). Values that no guard or several satisfy are `decided`'s: a run that meets them is
//! cut there, and the rest is judged (G4).

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Process, StepIx};

use super::dead::{Alive, alive, dead_in};
use super::draft::FoundRun;
use super::play::{Left, by_residue};
use super::probe::probe;
use super::reduce::Reduction;
use super::seek::Seeker;
use super::stuck::stuck_cause;
use super::tell::run_of;
use crate::cause::{Cause, Trouble};
use crate::certificate::{ApartEvidence, FlowEvidence, States, Witness, words_of};
use crate::limits::Limits;
use crate::model::{Choices, ExitIx, Facts, Net, Scope};
use crate::rehearsal::rehearsed;
use crate::search::{FaultFound, Graph, explore};

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
    /// Runs that together take every exit, where the evidence alone does not show that they can be taken.
    pub(crate) witnesses: Option<Vec<Witness>>,
    /// All states of the process, where they were all looked at.
    pub(crate) graph: Option<Graph<'f>>,
}

/// What is known about getting to the end and about piling up, before anything is asked about what lies dead.
pub(super) struct Judged<'f> {
    pub(super) completable: Found,
    pub(super) faults: Faults,
    pub(super) evidence: Option<FlowEvidence>,
    pub(super) graph: Option<Graph<'f>>,
    /// The same with every counter, where that was looked at.
    pub(super) counted: Option<Graph<'f>>,
    /// Tells whether the net alone shows that what arrows lead to is come to.
    pub(super) is_by_structure: bool,
}

/// What is known of faults.
#[derive(Debug, Clone)]
pub(super) enum Faults {
    None,
    Some(Vec<Cause>),
    Unknown(Bilingual),
}

/// The number of states that are looked at for a shortest counterexample, before a reduced net's is taken.
const NEAR: usize = 64;

/// The number of states that are looked at for one whose rungs fire in an order that is certain, where the reduced net's is none.
const WIDER: usize = 4_096;

/// Count: how many states are looked at for exits that no run was found through; and how many where some request cannot
/// finish anyway.
const AROUND: (usize, usize) = (20_000, 1_000);

pub(crate) fn judge<'f>(facts: &'f Facts<'_>, plain: bool) -> FlowFacts<'f> {
    let seeker = Seeker::new(facts);
    let judged = if plain { by_search(facts, facts.limits) } else { by_all_means(facts, &seeker) };
    finish(facts, &seeker, judged)
}

/// Tells whether the branch of a choice depends on nothing but what its own completion sets, so that a person picks it.
fn is_free(facts: &Facts<'_>, at: ExitIx) -> bool {
    let choice = facts.exits.get(at).and_then(|exit| facts.choice_of(exit));
    choice.is_some_and(|choice| choice.is_free && choice.taken.is_some() && choice.by == crate::model::By::Person)
}

fn by_all_means<'f>(facts: &'f Facts<'_>, seeker: &Seeker<'_, '_>) -> Judged<'f> {
    let is_feasible = |at: ExitIx| facts.is_feasible(at);
    let is_free = |at: ExitIx| is_free(facts, at);
    let choices = Choices { is_feasible: &is_feasible, is_free: &is_free };
    let net = Net::of(facts.process, &facts.exits, &choices, || facts.concurrency());
    let reduction = net.as_ref().map(|net| {
        let mut reduction = Reduction::of(net);
        let is_finished = reduction.run();
        (reduction, is_finished)
    });
    if let (Some(net), Some((reduction, true))) = (&net, &reduction) {
        let rules = reduction.log.clone();
        return Judged {
            completable: Found::Proved,
            faults: Faults::None,
            evidence: Some(FlowEvidence::Reduced { rules, apart: ApartEvidence::of(&net.apart) }),
            graph: None,
            counted: None,
            is_by_structure: true,
        };
    }
    // The nearest counterexample, if it is near.
    let limits = Limits { states: facts.limits.states.min(NEAR), ..facts.limits };
    let near = explore(facts, Scope::default(), limits);
    if !near.is_cut || real_faults(facts, &near).next().is_some() {
        return by_graph(facts, near);
    }
    let left = match (&net, &reduction) {
        // What returns withdraw is seen in the states of the process only.
        (Some(net), Some((reduction, _))) if reduction.has_no_backs() => by_residue(facts, seeker, net, reduction),
        _ => Left::Unclear,
    };
    let too_large = if let Left::TooLarge(reason) = &left { Some(reason.clone()) } else { None };
    let mut found = match left {
        Left::Judged(judged) if can_be_told(facts, &judged) => return *judged,
        Left::Judged(judged) => Some(*judged),
        Left::TooLarge(_) | Left::Unclear => probe(facts, seeker).map(|cause| wrong(facts, cause)),
    };
    if let Some(judged) = found.take_if(|judged| can_be_told(facts, judged)) {
        return judged;
    }
    if let Some(judged) = found {
        let limits = Limits { states: facts.limits.states.min(WIDER), ..facts.limits };
        let wider = explore(facts, Scope::default(), limits);
        let is_known = !wider.is_cut || real_faults(facts, &wider).next().is_some();
        return if is_known { by_graph(facts, wider) } else { judged };
    }
    match too_large {
        Some(reason) => unknown(facts, &reason),
        None => by_search(facts, facts.limits),
    }
}

/// Tells whether what is wrong is shown by runs whose rungs fire in an order that is certain.
fn can_be_told(facts: &Facts<'_>, judged: &Judged<'_>) -> bool {
    let tells =
        |cause: &Cause| cause.run.as_ref().is_none_or(|run| rehearsed(facts, run.clone(), &cause.trouble).is_some());
    let (completable, faults) = match (&judged.completable, &judged.faults) {
        (Found::Refuted(causes), Faults::Some(faults)) => (&causes[..], &faults[..]),
        (Found::Refuted(causes), _) => (&causes[..], &[][..]),
        (_, Faults::Some(faults)) => (&[][..], &faults[..]),
        _ => return true,
    };
    completable.iter().chain(faults).all(tells)
}

/// What is known where a run to something wrong was found.
pub(super) fn wrong<'f>(facts: &Facts<'_>, cause: Cause) -> Judged<'f> {
    let is_fault = matches!(cause.trouble, Trouble::Fault(_));
    let (completable, faults, evidence) = match is_fault {
        true => (Found::Follows(GuaranteeName::Clean), Faults::Some(vec![cause]), None),
        false => {
            let (faults, evidence) = piling_up(facts);
            (Found::Refuted(vec![cause]), faults, evidence)
        }
    };
    Judged { completable, faults, evidence, graph: None, counted: None, is_by_structure: false }
}

pub(super) fn unknown<'f>(facts: &Facts<'_>, reason: &Bilingual) -> Judged<'f> {
    let (faults, evidence) = piling_up(facts);
    let completable = Found::Unknown(reason.clone());
    Judged { completable, faults, evidence, graph: None, counted: None, is_by_structure: false }
}

/// Tells whether something may pile up, as far as it can be told from which tokens may meet.
fn piling_up(facts: &Facts<'_>) -> (Faults, Option<FlowEvidence>) {
    match facts.concurrency().filter(|concurrency| concurrency.is_safe()) {
        Some(concurrency) => (Faults::None, Some(FlowEvidence::Apart { sets: words_of(concurrency) })),
        None => (
            Faults::Unknown(Bilingual::new(
                "tertutup oleh kebuntuan yang ditemukan lebih dahulu",
                "hidden by the dead end that was found first",
            )),
            None,
        ),
    }
}

/// Adds what lies dead.
fn finish<'f>(facts: &'f Facts<'_>, seeker: &Seeker<'_, '_>, judged: Judged<'f>) -> FlowFacts<'f> {
    let Judged { completable, faults, mut evidence, mut graph, counted, is_by_structure } = judged;
    let all_lead_there = facts.process.steps().iter().all(|(step, _)| facts.is_reached(step));
    let values_decide = || facts.exits.iter().any(|(at, exit)| exit.branch.is_some() && !is_free(facts, at));
    let all_feasible = || facts.exits.iter().all(|(at, _)| facts.is_feasible(at));
    let mut witnesses = None;
    let clean = match faults {
        // One token that no values send comes to whatever arrows lead to: what is behind a used-up return, too, since it can
        // go round until then (R2, R3).
        Faults::None
            if (is_by_structure || facts.is_one_token()) && all_lead_there && all_feasible() && !values_decide() =>
        {
            Found::Proved
        }
        // What piles up refutes it by itself: whether all else is taken need not be shown.
        Faults::Some(mut causes) => {
            let graphs: Vec<&Graph<'_>> = graph.iter().chain(&counted).collect();
            causes.extend(dead_in(facts, &graphs, false));
            Found::Refuted(causes)
        }
        // What was hidden stays so: that something can be taken would say nothing about what piles up.
        Faults::Unknown(reason) => {
            let graphs: Vec<&Graph<'_>> = graph.iter().chain(&counted).collect();
            let dead = dead_in(facts, &graphs, true);
            if dead.is_empty() { Found::Unknown(reason) } else { Found::Refuted(dead) }
        }
        Faults::None if shows_all_moves(facts, evidence.as_ref()) => {
            let graphs: Vec<&Graph<'_>> = graph.iter().chain(&counted).collect();
            let dead = dead_in(facts, &graphs, true);
            if dead.is_empty() { Found::Proved } else { Found::Refuted(dead) }
        }
        Faults::None => {
            let mut graphs: Vec<&Graph<'_>> = graph.iter().chain(&counted).collect();
            let mut found = alive(facts, seeker, &graphs);
            let most = if matches!(completable, Found::Proved) { AROUND.0 } else { AROUND.1 };
            let around = Limits { states: facts.limits.states.min(most), ..facts.limits };
            let (mut plain, mut exact): (Option<Graph<'f>>, Option<Graph<'_>>) = (None, None);
            if matches!(found, Alive::Unknown(_)) {
                // What no run was found through may be in no state at all.
                let whole = &*plain.insert(explore(facts, Scope::default(), around));
                graphs.push(whole);
                found = alive(facts, seeker, &graphs);
                if matches!(found, Alive::Unknown(_)) {
                    graphs.push(exact.insert(explore(facts, Scope { counters: true, ..Scope::default() }, around)));
                    found = alive(facts, seeker, &graphs);
                }
            }
            let is_whole = |graph: &Graph<'_>| !graph.is_cut;
            if !graph.as_ref().is_some_and(is_whole) {
                graph = plain.filter(is_whole).or(graph);
            }
            match found {
                Alive::Dead(dead) => Found::Refuted(dead),
                Alive::Unknown(step) => Found::Unknown(no_run_to(facts.process, step)),
                Alive::All(covered) => {
                    witnesses = Some(covered.runs.iter().map(FoundRun::witness).collect());
                    Found::Proved
                }
            }
        }
    };
    let proves = matches!(completable, Found::Proved) || matches!(clean, Found::Proved);
    evidence = evidence.filter(|_| proves);
    FlowFacts { completable, clean, evidence, witnesses, graph }
}

/// Tells whether evidence lists all states with all that decides in them, so that a move from one of them is a move of
/// some case.
fn shows_all_moves(facts: &Facts<'_>, evidence: Option<&FlowEvidence>) -> bool {
    let Some(FlowEvidence::Explored { states, .. }) = evidence else { return false };
    states.counters || !counts_returns(facts)
}

/// Tells whether a return is used up some day.
pub(super) fn counts_returns(facts: &Facts<'_>) -> bool {
    facts.process.returns().values().any(|spec| spec.limit.is_some())
}

fn no_run_to(process: &Process, step: StepIx) -> Bilingual {
    let at = process.called_step(step).title;
    Bilingual::new(
        format!("{at}: tidak diketahui apakah semua jalannya dapat ditempuh"),
        format!("{at}: it is not known whether each of its exits can be taken"),
    )
}

/// By plain search of all states.
pub(super) fn by_search<'f>(facts: &'f Facts<'_>, limits: Limits) -> Judged<'f> {
    by_graph(facts, explore(facts, Scope::default(), limits))
}

/// By the states of a graph; and, where returns that are used up at any time may be to blame, with every counter.
fn by_graph<'f>(facts: &'f Facts<'_>, graph: Graph<'f>) -> Judged<'f> {
    let first = judge_graph(facts, graph);
    let counts = counts_returns(facts);
    let is_settled = |judged: &Judged<'_>| {
        !matches!(judged.completable, Found::Refuted(_) | Found::Follows(_))
            && !matches!(judged.faults, Faults::Some(_))
    };
    if first.graph.as_ref().is_some_and(|graph| graph.is_cut) || !counts || is_settled(&first) {
        return first;
    }
    let scope = Scope { counters: true, ..Scope::default() };
    let second = judge_graph(facts, explore(facts, scope, facts.limits));
    Judged { graph: first.graph, counted: second.graph, ..second }
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

/// The faults that a run with its counters comes to.
fn real_faults<'g>(facts: &Facts<'_>, graph: &'g Graph<'_>) -> impl Iterator<Item = &'g FaultFound> {
    graph.faults.iter().filter(move |found| graph.is_real(facts.process, &graph.way_by(found.from)))
}

fn judge_graph<'f>(facts: &'f Facts<'_>, graph: Graph<'f>) -> Judged<'f> {
    let process = facts.process;
    let told = |found: &FaultFound| Cause {
        trouble: Trouble::Fault(found.fault.clone()),
        run: Some(run_of(process, &graph, &graph.way_by(found.from))),
    };
    // Of a whole graph it is looked at once more with every counter.
    let faults: Vec<Cause> = match graph.is_cut {
        true => real_faults(facts, &graph).map(told).collect(),
        false => graph.faults.iter().map(told).collect(),
    };
    let base = |completable: Found, faults: Faults, evidence: Option<FlowEvidence>, graph: Graph<'f>| Judged {
        completable,
        faults,
        evidence,
        graph: Some(graph),
        counted: None,
        is_by_structure: false,
    };
    if graph.is_cut {
        let last = graph.len().saturating_sub(1) as u32;
        let reason = too_many(graph.len(), &rows(process, graph.active(last)));
        return match faults.is_empty() {
            true => {
                let (faults, evidence) = piling_up(facts);
                let faults = match faults {
                    Faults::Unknown(_) => Faults::Unknown(reason.clone()),
                    other => other,
                };
                base(Found::Unknown(reason), faults, evidence, graph)
            }
            false => base(Found::Follows(GuaranteeName::Clean), Faults::Some(faults), None, graph),
        };
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
    let ranks = ranks.into_iter().map(|rank| rank.unwrap_or(u32::MAX)).collect();
    let evidence = faults.is_empty().then(|| FlowEvidence::Explored { states: States::of(&graph), ranks });
    let faults = if faults.is_empty() { Faults::None } else { Faults::Some(faults) };
    base(completable, faults, evidence, graph)
}
