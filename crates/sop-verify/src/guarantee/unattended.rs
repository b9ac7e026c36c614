//! `unattended`: does it end even if nobody ever acts?
//!
//! **Theorem.** `Proved` iff from every state that is reached the leaving rungs alone end the case, within U minutes.
//!
//! Every wait has a rung that leaves it, rungs lead in no round but counted returns, and where tokens wait for one another
//! every state drains whichever rung fires next. Sound; a round of rungs that values would stop is unknown.
//!
//! Assumes nothing of people: that is the point.

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Position as _, Process, Route, RungEffect, StepIx, Timing};

use super::potential::leads_to;
use super::timely::budget_of;
use super::watched::{no_way_found, silent_run};
use crate::cause::{Cause, Trouble};
use crate::certificate::{States, UnattendedEvidence};
use crate::examination::Examination;
use crate::flow::Found;
use crate::model::{By, Exit, Facts};
use crate::rehearsal::rehearsed;
use crate::search::{Arrival, Graph};

/// What is known, with U: within how many minutes a case is over, if nobody acts from some moment on.
pub(crate) struct Drained {
    pub(crate) found: Found,
    pub(crate) evidence: Option<UnattendedEvidence>,
    pub(crate) within: Option<u64>,
}

/// The rung that leaves a step's wait first.
pub(crate) fn leaving_rung(process: &Process, step: StepIx) -> Option<u16> {
    budget_of(process, step)?;
    let rungs = (0_u16..).zip(&process.ladder(step).rungs);
    rungs.filter(|(_, rung)| rung.effect.leaves()).map(|(place, _)| place).next()
}

/// From the activation to the leaving, in minutes, whatever clocks they are counted on.
pub(crate) fn minutes_until(process: &Process, step: StepIx, rung: u16) -> u64 {
    let budget = budget_of(process, step).map_or(0, |budget| u64::from(budget.minutes()));
    let spec = &process.steps()[step];
    let rework = spec.rework.map_or(0, |budget| u64::from(budget.minutes()));
    let late = process.ladder(step).rungs.get(usize::from(rung)).map_or(0, |rung| {
        let (Timing::After(late) | Timing::Every(late)) = rung.timing;
        u64::from(late.minutes())
    });
    budget.max(rework).saturating_add(late)
}

pub(crate) fn judge(examination: &Examination<'_, '_>) -> Drained {
    let facts = examination.facts;
    let process = facts.process;
    // From where nobody can bring a case to its end, rungs do not either.
    let follows = match &examination.flow.completable {
        Found::Refuted(_) => Some(GuaranteeName::Completable),
        Found::Follows(guarantee) => Some(*guarantee),
        Found::Proved | Found::Unknown(_) => None,
    };
    if let Some(guarantee) = follows {
        return Drained { found: Found::Follows(guarantee), evidence: None, within: None };
    }
    let rungs: Vec<Option<u16>> = process.steps().iter().map(|(step, _)| leaving_rung(process, step)).collect();
    let mut causes = Vec::new();
    for (step, _) in process.steps().iter().filter(|(step, _)| !examination.is_dead(*step)) {
        if rungs.get(step.place()).is_some_and(Option::is_some) {
            continue;
        }
        causes.push(Cause { trouble: Trouble::NeverLeft { step }, run: silent_run(examination, step) });
    }
    if !causes.is_empty() {
        // Beside a wait that nothing leaves another part may stop the whole case: then silence has to be seen in a state.
        let alone = facts.is_sequential || rungs.iter().all(Option::is_none);
        let found = match alone {
            true => match causes.first() {
                Some(cause) if causes.iter().all(|cause| cause.run.is_none()) => {
                    Found::Unknown(no_way_found(process, cause))
                }
                _ => Found::Refuted(causes),
            },
            false => silent_state(examination)
                .map_or_else(|| Found::Unknown(order_unknown()), |cause| Found::Refuted(vec![cause])),
        };
        return Drained { found, evidence: None, within: None };
    }
    // By rungs alone: is there a round?
    let by_rung = |exit: &&Exit| matches!(exit.by, By::Rung(_));
    let Some(order) = order_of_rungs(examination) else {
        let on_round: Vec<StepIx> = process.steps().iter().map(|(step, _)| step).collect();
        let reason = Bilingual::new(
            format!("tangga-tangga sendiri berputar di antara baris {}", super::bounded::rows(process, &on_round)),
            "rungs alone go round".to_owned(),
        );
        return Drained { found: Found::Unknown(reason), evidence: None, within: None };
    };
    let mut within = vec![0_u64; process.steps().len()];
    for &step in order.iter().rev() {
        let onwards = facts.exits.of_step(step).map(|(_, exit)| exit).filter(by_rung);
        let most = onwards
            .flat_map(|exit| {
                leads_to(process, exit).map(|next| within.get(next.place()).copied().unwrap_or(0)).collect::<Vec<_>>()
            })
            .max()
            .unwrap_or(0);
        let own = rungs.get(step.place()).copied().flatten().map_or(0, |rung| minutes_until(process, step, rung));
        if let Some(known) = within.get_mut(step.place()) {
            *known = own.saturating_add(most);
        }
    }
    let most = most(process, &within);
    let is_clean = matches!(examination.flow.clean, Found::Proved);
    let has_joins = process.steps().values().any(|spec| spec.join.is_some());
    if has_joins || (!facts.is_sequential && !is_clean) {
        // Parts may pile up, or a token in a slot waits for others: whether they come by rungs alone is seen in the states.
        let Some(drained) = undrained(examination) else {
            let reason = Bilingual::new(
                "terlalu banyak keadaan untuk memastikan penggabungan terlewati tanpa orang",
                "too many states to be certain that joins are passed with nobody acting",
            );
            return Drained { found: Found::Unknown(reason), evidence: None, within: None };
        };
        let drained = match drained {
            Ok(drained) => drained,
            Err(cause) => return Drained { found: Found::Refuted(vec![cause]), evidence: None, within: None },
        };
        let evidence = UnattendedEvidence { rungs, within, drained: Some(drained) };
        return Drained { found: Found::Proved, evidence: Some(evidence), within: Some(most) };
    }
    let evidence = UnattendedEvidence { rungs, within, drained: None };
    Drained { found: Found::Proved, evidence: Some(evidence), within: Some(most) }
}

/// The most minutes from anywhere: of the dearest step, and of every return that may be taken as often as its limit
/// says, the worth of its target each time.
pub(crate) fn most(process: &Process, within: &[u64]) -> u64 {
    let added = process.returns().values().map(|spec| {
        let limit = spec.limit.map_or(0, |(limit, _)| u64::from(limit));
        limit.saturating_mul(within.get(spec.to.place()).copied().unwrap_or(0))
    });
    let by_rung = process.steps().iter().any(|(step, spec)| {
        process.ladder(step).rungs.iter().any(|rung| match rung.effect {
            RungEffect::Outcome(at) => spec.outcome(at).is_some_and(|outcome| goes_back(&outcome.route)),
            _ => false,
        })
    });
    let added = if by_rung { added.fold(0, u64::saturating_add) } else { 0 };
    within.iter().copied().max().unwrap_or(0).saturating_add(added)
}

fn goes_back(route: &Route) -> bool {
    match route {
        Route::Return(_) => true,
        Route::Choose(branches) => branches.iter().any(|branch| matches!(branch.route, Route::Return(_))),
        _ => false,
    }
}

/// The steps in an order in which rungs lead forward, counted returns aside.
fn order_of_rungs(examination: &Examination<'_, '_>) -> Option<Vec<StepIx>> {
    let facts = examination.facts;
    let process = facts.process;
    let mut into = vec![0_u32; process.steps().len()];
    let edges = |step: StepIx| {
        let is_dead = examination.is_dead(step);
        let exits = facts.exits.of_step(step).map(|(_, exit)| exit).filter(move |_| !is_dead);
        exits
            .filter(|exit| matches!(exit.by, By::Rung(_)) && exit.leads_on())
            .flat_map(|exit| leads_to(process, exit).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    for (step, _) in process.steps().iter() {
        for to in edges(step) {
            if let Some(into) = into.get_mut(to.place()) {
                *into += 1;
            }
        }
    }
    let mut order: Vec<StepIx> =
        process.steps().iter().map(|(step, _)| step).filter(|step| into.get(step.place()) == Some(&0)).collect();
    let mut at = 0;
    while let Some(step) = order.get(at).copied() {
        at += 1;
        for to in edges(step) {
            if let Some(into) = into.get_mut(to.place()) {
                *into -= 1;
                if *into == 0 {
                    order.push(to);
                }
            }
        }
    }
    (order.len() == process.steps().len()).then_some(order)
}

pub(crate) fn order_unknown() -> Bilingual {
    Bilingual::new(
        "bergantung pada urutan tangga di bagian yang berjalan bersamaan",
        "it depends on the order in which rungs of parallel parts fire",
    )
}

/// A state in which somebody has to act and no rung of any wait ever leaves it.
fn silent_state(examination: &Examination<'_, '_>) -> Option<Cause> {
    let facts = examination.facts;
    let graph = examination.nearest();
    let by_rung = |exit: u32| facts.exits.get(exit).is_some_and(|exit| matches!(exit.by, By::Rung(_)));
    let is_looked_at = |at: u32| (at as usize + 1) < graph.first.len();
    let is_silent = |at: &u32| {
        is_looked_at(*at)
            && graph.active(*at).next().is_some()
            && !graph.edges_of(*at).iter().any(|edge| by_rung(edge.exit))
            // A run in which a rung meets values without a branch is cut there (G4).
            && graph.rung_gaps.binary_search(at).is_err()
            && graph.is_real(facts.process, &graph.way_to(*at))
    };
    (0..graph.len() as u32).filter(is_silent).take(TRIED).find_map(|at| never_drained(facts, graph, at))
}

/// The number of states that are tried for one that rungs lead to in an order that is certain.
const TRIED: usize = 64;

/// A case that stays in a state for ever, if it is certain that it gets there.
fn never_drained(facts: &Facts<'_>, graph: &Graph<'_>, at: u32) -> Option<Cause> {
    let mut run = crate::flow::run_of(facts.process, graph, &graph.way_to(at));
    run.silence();
    let trouble = Trouble::NeverDrained { steps: graph.active(at).collect() };
    let run = rehearsed(facts, run, &trouble)?;
    Some(Cause { trouble, run: Some(run) })
}

/// All states, each with how many rungs fire at most until the case is over; or a state from which rungs alone do not
/// end it. None where not all states were looked at.
fn undrained(examination: &Examination<'_, '_>) -> Option<Result<(States, Vec<u32>), Cause>> {
    let facts = examination.facts;
    let graph = examination.nearest();
    if graph.is_cut {
        return None;
    }
    let by_rung =
        |exit: u32| facts.exits.get(exit).is_some_and(|exit| matches!(exit.by, By::Rung(_)) && exit.leads_on());
    // A state drains if it drains whichever rung fires next: from the ends backwards, once all its moves are settled.
    let count = graph.len();
    let mut open_moves = vec![0_u32; count];
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); count];
    let mut fires: Vec<Option<u32>> = vec![None; count];
    let mut most = vec![1_u32; count];
    let mut settled = Vec::new();
    for at in 0..count as u32 {
        let moves: Vec<_> = graph.edges_of(at).iter().filter(|edge| by_rung(edge.exit)).collect();
        let onwards = moves.iter().filter(|edge| !matches!(edge.to, Arrival::Over)).count() as u32;
        if let Some(open) = open_moves.get_mut(at as usize) {
            *open = onwards;
        }
        for edge in &moves {
            if let Arrival::State(to) = edge.to
                && let Some(list) = before.get_mut(to as usize)
            {
                list.push(at);
            }
        }
        if onwards == 0 && (!moves.is_empty() || graph.rung_gaps.binary_search(&at).is_ok()) {
            settled.push(at);
        }
    }
    while let Some(at) = settled.pop() {
        let here = most.get(at as usize).copied().unwrap_or(1);
        if let Some(fires) = fires.get_mut(at as usize) {
            *fires = Some(here);
        }
        for from in before.get(at as usize).into_iter().flatten() {
            if let (Some(open), Some(most)) = (open_moves.get_mut(*from as usize), most.get_mut(*from as usize)) {
                *open -= 1;
                *most = (*most).max(here + 1);
                if *open == 0 {
                    settled.push(*from);
                }
            }
        }
    }
    if fires.iter().all(Option::is_some) {
        return Some(Ok((States::of(graph), fires.into_iter().flatten().collect())));
    }
    // Tokens that wait for one another, or a wait that no rung leaves; whatever only some order of rungs leads into is
    // not known.
    let waits = |at: &u32| {
        graph.edges_of(*at).iter().all(|edge| !by_rung(edge.exit))
            && graph.rung_gaps.binary_search(at).is_err()
            && graph.is_real(facts.process, &graph.way_to(*at))
    };
    let mut stuck = (0..graph.len() as u32).filter(waits).take(TRIED);
    stuck.find_map(|at| never_drained(facts, graph, at)).map(Err)
}
