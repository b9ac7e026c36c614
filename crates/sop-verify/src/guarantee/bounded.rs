//! `bounded`: does it end, however people decide?
//!
//! **Theorem.** `Proved` iff every run in which each wait is acted on is finite; then no run has more than N
//! completions. N is attained where a run is told with it, and otherwise an upper bound, by a linear program that counts
//! what a return withdraws as if it were done to the end.
//!
//! With counted returns left aside, the exits, `then` and leaving rungs among them, must lead in no round; then
//! [potentials](super::potential) bound the completions (weak duality of linear programming; for limits of loops as
//! budgets see Sinn, Zuleger, Veith, Complexity and Resource Bound Analysis of Imperative Programs Using Difference
//! Constraints, JAR 59, 2017). Where arrows go round and no request ever does, because of values or since nothing gets
//! there, the same inequalities hold for states.
//!
//! Assumes that each wait is acted on, with papers and people at hand.

use sop_core::diagnostic::Bilingual;
use sop_core::process::{Position as _, Process, StepIx};

use super::potential::{Cost, Potential, leads_to, order};
use crate::cause::{Cause, Trouble};
use crate::certificate::{BoundedEvidence, States};
use crate::examination::Examination;
use crate::flow::{Found, run_of};
use crate::model::{Exit, ExitIx, Way};
use crate::search::{Arrival, Edge, Graph, Parent};

/// Every completion counts one.
pub(crate) struct Completions;

impl Cost for Completions {
    fn first(&self, _: StepIx) -> u64 {
        1
    }
    fn rework(&self, _: StepIx) -> u64 {
        1
    }
}

pub(crate) fn judge(
    examination: &Examination<'_, '_>,
    sorted: &Result<Vec<StepIx>, Vec<StepIx>>,
) -> (Found, Option<BoundedEvidence>) {
    let facts = examination.facts;
    match sorted {
        Ok(order) => {
            let potential = Potential::of(
                facts.process,
                &facts.exits,
                order,
                &Completions,
                |step| !examination.is_dead(step),
                facts.is_sequential,
            );
            match potential.bound(facts.process) {
                u64::MAX => (Found::Unknown(beyond_counting()), None),
                _ => (Found::Proved, Some(BoundedEvidence::Steps(potential))),
            }
        }
        Err(on_round) => {
            let found = rounds(examination, on_round);
            let states = || Some(examination.nearest()).filter(|graph| !graph.is_cut);
            let by_states = || states().and_then(|graph| by_states(examination, graph));
            match (&found, if matches!(found, Found::Unknown(_)) { by_states() } else { None }) {
                // There are rounds of arrows, but nothing ever goes round: values, or what never happens, see to it.
                (Found::Unknown(_), Some(evidence)) => (Found::Proved, Some(evidence)),
                _ => (found, None),
            }
        }
    }
}

/// Worths of states, where no state leads back to itself but by counted returns.
fn by_states(examination: &Examination<'_, '_>, graph: &Graph<'_>) -> Option<BoundedEvidence> {
    let facts = examination.facts;
    let leads_on = |edge: &&Edge| facts.exits.get(edge.exit).is_some_and(|exit| exit.leads_on());
    let mut into = vec![0_u32; graph.len()];
    for at in 0..graph.len() as u32 {
        for edge in graph.edges_of(at).iter().filter(leads_on) {
            if let Arrival::State(to) = edge.to
                && let Some(into) = into.get_mut(to as usize)
            {
                *into += 1;
            }
        }
    }
    let mut order: Vec<u32> = (0..graph.len() as u32).filter(|at| into.get(*at as usize) == Some(&0)).collect();
    let mut next = 0;
    while let Some(at) = order.get(next).copied() {
        next += 1;
        for edge in graph.edges_of(at).iter().filter(leads_on) {
            if let Arrival::State(to) = edge.to
                && let Some(into) = into.get_mut(to as usize)
            {
                *into -= 1;
                if *into == 0 {
                    order.push(to);
                }
            }
        }
    }
    if order.len() < graph.len() {
        return None;
    }
    let mut worth = vec![0_u64; graph.len()];
    let of = |worth: &[u64], edge: &Edge| match edge.to {
        Arrival::State(to) => worth.get(to as usize).copied().unwrap_or(0),
        _ => 0,
    };
    for &at in order.iter().rev() {
        let most = graph.edges_of(at).iter().filter(leads_on).map(|edge| of(&worth, edge)).max();
        if let (Some(most), Some(known)) = (most, worth.get_mut(at as usize)) {
            *known = most.saturating_add(1);
        }
    }
    let mut price = vec![0_u64; facts.process.returns().len()];
    for at in 0..graph.len() as u32 {
        let here = worth.get(at as usize).copied().unwrap_or(0);
        for edge in graph.edges_of(at) {
            if let Some(Way::Counted(taken)) = facts.exits.get(edge.exit).map(|exit| exit.way)
                && let Some(price) = price.get_mut(taken.place())
            {
                *price = (*price).max(of(&worth, edge).saturating_add(1).saturating_sub(here));
            }
        }
    }
    let evidence = BoundedEvidence::States { states: States::of(graph), worth, price };
    (evidence.bound(facts.process) < u64::MAX).then_some(evidence)
}

pub(crate) fn beyond_counting() -> Bilingual {
    Bilingual::new("batasnya melampaui 2^64", "the bound is beyond 2^64")
}

/// The rounds that nothing limits, each with a run that goes round for ever: for every arrow back without a limit one,
/// the shortest first; if there is none, the shortest round.
fn rounds(examination: &Examination<'_, '_>, on_round: &[StepIx]) -> Found {
    let facts = examination.facts;
    let graph = examination.near();
    let lies_on_round = |step: StepIx| on_round.binary_search(&step).is_ok();
    let mut candidates: Vec<ExitIx> = facts
        .exits
        .iter()
        .filter(|(_, exit)| exit.goes_back().is_some() && exit.way == Way::Plain && lies_on_round(exit.step))
        .map(|(at, _)| at)
        .collect();
    let mut found = lassos(examination, graph, &candidates);
    sought_lassos(examination, &candidates, &mut found);
    if found.is_empty() {
        candidates = facts
            .exits
            .iter()
            .filter(|(_, exit)| {
                exit.leads_on() && lies_on_round(exit.step) && leads_to(facts.process, exit).any(lies_on_round)
            })
            .map(|(at, _)| at)
            .collect();
        found = lassos(examination, graph, &candidates);
        if found.is_empty() {
            sought_lassos(examination, &candidates, &mut found);
        }
        // Each exit of a round leads through the same one.
        let mut told: Vec<Vec<StepIx>> = Vec::new();
        found.retain(|lasso| {
            let is_new = !told.contains(&lasso.steps);
            told.push(lasso.steps.clone());
            is_new
        });
        found.truncate(MOST_ROUNDS_TOLD);
    }
    let causes: Vec<Cause> = found
        .into_iter()
        .map(|lasso| Cause { trouble: Trouble::Endless { steps: lasso.steps }, run: Some(lasso.run) })
        .collect();
    match causes.is_empty() {
        false => Found::Refuted(causes),
        true => Found::Unknown(Bilingual::new(
            format!("ada putaran di baris {}, tetapi tidak ditemukan jalannya", rows(facts.process, on_round)),
            format!("there is a round in row {}, but no run of it was found", rows(facts.process, on_round)),
        )),
    }
}

/// A run that goes for ever round through a step of which this holds, if one is found.
pub(super) fn round_through(
    examination: &Examination<'_, '_>,
    on_round: &[StepIx],
    holds: impl Fn(&StepIx) -> bool,
) -> Option<Cause> {
    let facts = examination.facts;
    let lies_on_round = |step: StepIx| on_round.binary_search(&step).is_ok();
    let goes_on = |exit: &Exit| exit.leads_on() && leads_to(facts.process, exit).any(lies_on_round);
    let candidates: Vec<ExitIx> = facts
        .exits
        .iter()
        .filter(|(_, exit)| lies_on_round(exit.step) && holds(&exit.step) && goes_on(exit))
        .map(|(at, _)| at)
        .collect();
    let mut found = lassos(examination, examination.near(), &candidates);
    if found.is_empty() {
        sought_lassos(examination, &candidates, &mut found);
    }
    let lasso = found.into_iter().find(|lasso| lasso.steps.iter().any(&holds))?;
    Some(Cause { trouble: Trouble::Endless { steps: lasso.steps }, run: Some(lasso.run) })
}

pub(crate) fn rows(process: &Process, steps: &[StepIx]) -> String {
    let named: Vec<String> = steps
        .iter()
        .take(8)
        .filter_map(|step| process.steps().get(*step))
        .map(|spec| process.row_name(spec.row))
        .collect();
    named.join(", ")
}

/// Rounds through exits that none of these goes through, each by a run that is drafted towards it.
fn sought_lassos(examination: &Examination<'_, '_>, candidates: &[ExitIx], found: &mut Vec<Lasso>) {
    let facts = examination.facts;
    for at in candidates.iter().take(MAX_ROUNDS) {
        if found.len() >= MAX_ROUNDS || found.iter().any(|lasso| lasso.through == *at) {
            continue;
        }
        let Some((run, begins)) = examination.seeker.lasso(*at) else { continue };
        let in_round = run.moves.iter().skip(begins.saturating_sub(1));
        let mut steps: Vec<StepIx> =
            in_round.filter_map(|(at, _)| facts.exits.get(*at)).map(|exit| exit.step).collect();
        steps.sort_unstable_by_key(|step| step.place());
        steps.dedup();
        let mut told = run.told(facts);
        told.repeats_from = Some(begins);
        found.push(Lasso { steps, length: told.acts.len(), run: told, through: *at });
    }
    found.sort_by_key(|lasso| lasso.length);
}

struct Lasso {
    steps: Vec<StepIx>,
    through: ExitIx,
    run: crate::run::Run,
    length: usize,
}

/// The most states in which each of them is taken from which a way back is looked for: with some values there is none.
const MOST_TRIED: usize = 4;

/// The most rounds without a return that are told.
const MOST_ROUNDS_TOLD: usize = 8;

/// The most candidates for each of which a way back is looked for.
const MAX_ROUNDS: usize = 64;

/// For each of these exits the nearest state where it is taken and from which that state is reached again without a
/// counted return.
fn lassos(examination: &Examination<'_, '_>, graph: &Graph<'_>, candidates: &[ExitIx]) -> Vec<Lasso> {
    let facts = examination.facts;
    let mut first: Vec<Vec<(u32, Edge)>> = vec![Vec::new(); candidates.len()];
    for at in 0..graph.len() as u32 {
        for edge in graph.edges_of(at) {
            if let Ok(place) = candidates.binary_search(&edge.exit)
                && let Some(known) = first.get_mut(place)
                && known.len() < MOST_TRIED
                && matches!(edge.to, Arrival::State(_))
            {
                known.push((at, *edge));
            }
        }
    }
    let mut found: Vec<Lasso> = Vec::new();
    let mut taken: Vec<(u32, Edge)> = first.into_iter().flatten().collect();
    taken.sort_by_key(|(at, _)| *at);
    for (at, edge) in taken.into_iter().take(MAX_ROUNDS * MOST_TRIED) {
        let Arrival::State(to) = edge.to else { continue };
        if found.iter().any(|lasso| lasso.through == edge.exit) {
            continue;
        }
        let Some(back) = way(examination, graph, to, at) else { continue };
        let mut whole = graph.way_to(at);
        let begins = whole.len();
        whole.push(Parent::Move { from: at, exit: edge.exit, sample: edge.sample });
        whole.extend(back);
        if !graph.is_real(facts.process, &whole) {
            continue;
        }
        let mut run = run_of(facts.process, graph, &whole);
        // The run goes on with what leads to the state at the beginning of the round.
        run.repeats_from = Some(begins);
        run.close_round(|field| graph.keeps(at, field));
        let mut steps: Vec<StepIx> = whole
            .iter()
            .skip(begins)
            .filter_map(|parent| match parent {
                Parent::Move { exit, .. } => facts.exits.get(*exit).map(|exit| exit.step),
                _ => None,
            })
            .collect();
        steps.sort_unstable_by_key(|step| step.place());
        steps.dedup();
        found.push(Lasso { steps, length: whole.len(), run, through: edge.exit });
    }
    found.sort_by_key(|lasso| lasso.length);
    found
}

/// A shortest way from one state to another without counted returns.
fn way(examination: &Examination<'_, '_>, graph: &Graph<'_>, from: u32, goal: u32) -> Option<Vec<Parent>> {
    let exits = &examination.facts.exits;
    let mut before: Vec<Option<(u32, Edge)>> = vec![None; graph.len()];
    let mut open = std::collections::VecDeque::from([from]);
    let mut is_found = from == goal;
    while let (false, Some(at)) = (is_found, open.pop_front()) {
        for edge in graph.edges_of(at) {
            let Arrival::State(to) = edge.to else { continue };
            if to == from || !exits.get(edge.exit).is_some_and(|exit| exit.leads_on()) {
                continue;
            }
            if let Some(known @ None) = before.get_mut(to as usize) {
                *known = Some((at, *edge));
                open.push_back(to);
                is_found |= to == goal;
            }
        }
    }
    let mut way = Vec::new();
    let mut at = goal;
    while at != from {
        let (earlier, edge) = before.get(at as usize).copied().flatten()?;
        way.push(Parent::Move { from: earlier, exit: edge.exit, sample: edge.sample });
        at = earlier;
    }
    way.reverse();
    is_found.then_some(way)
}

/// The order that bounds rest on.
pub(crate) fn sorted(examination: &Examination<'_, '_>) -> Result<Vec<StepIx>, Vec<StepIx>> {
    order(examination.facts.process, &examination.facts.exits, |step| !examination.is_dead(step))
}
