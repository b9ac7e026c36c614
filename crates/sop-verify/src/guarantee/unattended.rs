//! `unattended`: does it end even if nobody ever acts?

use sop_core::diagnostic::Bilingual;
use sop_core::process::{Position as _, Process, StepIx, Timing};

use super::potential::leads_to;
use super::timely::budget_of;
use super::watched::silent_run;
use crate::cause::{Cause, Trouble};
use crate::examination::Examination;
use crate::flow::Found;
use crate::model::{By, Exit, Way};
use crate::search::Arrival;

/// For each step the rung that leaves it, and within how many minutes the case is over from there if nobody acts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct UnattendedEvidence {
    pub(crate) rungs: Vec<Option<u16>>,
    pub(crate) within: Vec<u64>,
}

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
    let rungs: Vec<Option<u16>> = process.steps().iter().map(|(step, _)| leaving_rung(process, step)).collect();
    let mut causes = Vec::new();
    for (step, _) in process.steps().iter().filter(|(step, _)| facts.is_reached(*step)) {
        if rungs.get(step.place()).is_some_and(Option::is_some) {
            continue;
        }
        causes.push(Cause { trouble: Trouble::NeverLeft { step }, run: silent_run(examination, step) });
    }
    if !causes.is_empty() {
        return Drained { found: Found::Refuted(causes), evidence: None, within: None };
    }
    if facts.choices.iter().any(|choice| {
        choice.by != By::Person && choice.tree.as_ref().is_none_or(|tree| tree.leaves.iter().any(|leaf| leaf.branch.is_err()))
    }) {
        let reason = Bilingual::new(
            "sebuah tangga mengambil keputusan yang syaratnya tidak selalu terpenuhi",
            "a rung takes an outcome whose conditions do not always hold",
        );
        return Drained { found: Found::Unknown(reason), evidence: None, within: None };
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
            .flat_map(|exit| leads_to(process, exit).map(|next| within.get(next.place()).copied().unwrap_or(0)).collect::<Vec<_>>())
            .max()
            .unwrap_or(0);
        let own = rungs.get(step.place()).copied().flatten().map_or(0, |rung| minutes_until(process, step, rung));
        if let Some(known) = within.get_mut(step.place()) {
            *known = own.saturating_add(most);
        }
    }
    // Returns that rungs take are counted; each adds at most the worth of its target.
    let returns = process.returns().iter().filter(|(taken, _)| {
        facts.exits.iter().any(|(_, exit)| by_rung(&exit) && exit.way == Way::Counted(*taken))
    });
    let added: u64 = returns
        .map(|(_, spec)| {
            let limit = spec.limit.map_or(0, |(limit, _)| u64::from(limit));
            limit.saturating_mul(within.get(spec.to.place()).copied().unwrap_or(0))
        })
        .fold(0, u64::saturating_add);
    let most = within.iter().copied().max().unwrap_or(0).saturating_add(added);
    if !facts.is_sequential && process.steps().values().any(|spec| spec.join.is_some()) {
        // A token in a slot waits for others: whether they come by rungs alone is seen in the states.
        let Some(stuck) = undrained(examination) else {
            let reason = Bilingual::new(
                "terlalu banyak keadaan untuk memastikan penggabungan terlewati tanpa orang",
                "too many states to be certain that joins are passed with nobody acting",
            );
            return Drained { found: Found::Unknown(reason), evidence: None, within: None };
        };
        if let Some(cause) = stuck {
            return Drained { found: Found::Refuted(vec![cause]), evidence: None, within: None };
        }
        return Drained { found: Found::Proved, evidence: None, within: Some(most) };
    }
    let evidence = UnattendedEvidence { rungs, within };
    Drained { found: Found::Proved, evidence: Some(evidence), within: Some(most) }
}

/// The steps in an order in which rungs lead forward, counted returns aside.
fn order_of_rungs(examination: &Examination<'_, '_>) -> Option<Vec<StepIx>> {
    let facts = examination.facts;
    let process = facts.process;
    let mut into = vec![0_u32; process.steps().len()];
    let edges = |step: StepIx| {
        let exits = facts.exits.of_step(step).map(|(_, exit)| exit);
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

/// A state from which rungs alone do not end the case; none if there is no such state. None at all where not all states
/// were looked at.
fn undrained(examination: &Examination<'_, '_>) -> Option<Option<Cause>> {
    let facts = examination.facts;
    let graph = examination.nearest();
    if graph.is_cut {
        return None;
    }
    let by_rung = |exit: u32| facts.exits.get(exit).is_some_and(|exit| matches!(exit.by, By::Rung(_)) && exit.leads_on());
    // A state drains if whichever rung fires next, it drains from there: the greatest sets of states that do not.
    let mut drains = vec![false; graph.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for at in (0..graph.len() as u32).rev() {
            if drains.get(at as usize) == Some(&true) {
                continue;
            }
            let mut moves = graph.edges_of(at).iter().filter(|edge| by_rung(edge.exit)).peekable();
            let some = moves.peek().is_some();
            let all = moves.all(|edge| match edge.to {
                Arrival::Over => true,
                Arrival::State(to) => drains.get(to as usize) == Some(&true),
                Arrival::Faulted(_) => false,
            });
            if some && all {
                if let Some(drains) = drains.get_mut(at as usize) {
                    *drains = true;
                }
                changed = true;
            }
        }
    }
    let stuck = drains.iter().position(|drains| !drains);
    Some(stuck.map(|at| {
        let mut run = crate::flow::run_of(facts.process, graph, &graph.way_to(at as u32));
        run.silence();
        let mut steps: Vec<StepIx> = graph.active(at as u32).collect();
        if steps.is_empty() {
            steps = facts.process.steps().iter().map(|(step, _)| step).take(1).collect();
        }
        Cause { trouble: Trouble::NeverDrained { steps }, run: Some(run) }
    }))
}
