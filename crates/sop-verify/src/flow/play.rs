//! What the search of a reduced net found, told as runs of the process, and played there before it is believed.

use sop_core::diagnostic::Bilingual;
use sop_core::process::{Position as _, StepIx};

use super::draft::Draft;
use super::judge::{Faults, Found, Judged, counts_returns, rows, too_many};
use super::probe::to_its_end;
use super::reduce::Reduction;
use super::residue::{self, Wrong};
use super::seek::Seeker;
use super::stuck::{add_edge, stuck_cause};
use crate::cause::{Cause, Trouble};
use crate::certificate::{ApartEvidence, FlowEvidence};
use crate::confirm::comes_true;
use crate::limits::Limits;
use crate::model::{ExitIx, Facts, Net, Origin};
use crate::run::Run;
use crate::search::{Arrival, Edge, Graph, Parent, explore_from};

/// The number of states that are looked at around a place where a case seems to be stuck.
const AROUND: usize = 4_000;

/// What comes of what a reduction left.
pub(super) enum Left<'f> {
    Judged(Box<Judged<'f>>),
    /// There are more states than are looked at.
    TooLarge(Bilingual),
    /// What is wrong with it is not wrong with the process, or that could not be seen.
    Unclear,
}

/// By plain search of what the reduction left.
pub(super) fn by_residue<'f>(facts: &Facts<'_>, seeker: &Seeker<'_, '_>, net: &Net, reduction: &Reduction) -> Left<'f> {
    let process = facts.process;
    let rest = match residue::search(reduction, net.places, net.done, facts.limits.states) {
        Ok(rest) => rest,
        Err(large) => {
            let steps = large.marked.iter().filter_map(|place| {
                let step = (*place as usize).checked_sub(1)?;
                (step < process.steps().len()).then(|| StepIx::at(step))
            });
            return Left::TooLarge(too_many(facts.limits.states, &rows(process, steps)));
        }
    };
    let mut stuck = None;
    for wrong in &rest.wrong {
        let (run, round) = match wrong {
            Wrong::Unsafe(run) => (run, &[][..]),
            Wrong::Stuck(run, round) => (run, &round[..]),
        };
        let run = reduction.unroll(run.iter().copied());
        let round: Vec<u32> = round.iter().flat_map(|at| reduction.rope_of(*at)).collect();
        match play(facts, seeker, net, &run, &round) {
            None => return Left::Unclear,
            Some(Played::Fault(cause)) => return Left::Judged(Box::new(super::judge::wrong(facts, cause))),
            Some(Played::Stuck(cause)) => stuck = stuck.or(Some(cause)),
        }
    }
    if let Some(cause) = stuck {
        return Left::Judged(Box::new(super::judge::wrong(facts, cause)));
    }
    let evidence = FlowEvidence::Residue {
        rules: reduction.log.clone(),
        apart: ApartEvidence::of(&net.apart),
        states: rest.states,
        ranks: rest.ranks.into_iter().map(|rank| rank.unwrap_or(u32::MAX)).collect(),
    };
    Left::Judged(Box::new(Judged {
        completable: Found::Proved,
        faults: Faults::None,
        evidence: Some(evidence),
        graph: None,
        counted: None,
        is_by_structure: rest.takes_all && !counts_returns(facts),
    }))
}

enum Played {
    Fault(Cause),
    Stuck(Cause),
}

/// Plays a run of the net on the process itself, with counters and values, and a round that the net says it goes through
/// for ever, if it says so. None where it comes to no trouble there.
fn play(facts: &Facts<'_>, seeker: &Seeker<'_, '_>, net: &Net, transitions: &[u32], round: &[u32]) -> Option<Played> {
    let origins = |transitions: &[u32]| -> Option<Vec<Origin>> {
        transitions.iter().map(|at| net.transitions.get(*at as usize).map(|transition| transition.origin)).collect()
    };
    let exits = |origins: &[Origin]| -> Vec<ExitIx> {
        let exit = |origin: &Origin| if let Origin::Exit(at) = origin { Some(*at) } else { None };
        origins.iter().filter_map(exit).collect()
    };
    let before = origins(transitions)?;
    let Some(Origin::Start(start)) = before.first().copied() else { return None };
    let draft = match Draft::opened(facts, start)?.follow(facts, &exits(&before)) {
        Ok(draft) => draft,
        Err(Some(cause)) => return Some(Played::Fault(cause)),
        Err(None) => return None,
    };
    if draft.is_over() {
        return None;
    }
    // From here the case must not be able to finish.
    let marking = draft.words().to_vec();
    let opened = draft.length() + 1;
    let around = Limits { states: facts.limits.states.min(AROUND), ..facts.limits };
    let graph = explore_from(facts, &marking, around);
    if let Some(found) = graph.faults.first() {
        // A case joins at once where the net may wait: what piles up in the net may do so a little later here.
        let mut run = draft.found(None).told(facts);
        append(facts, &graph, &mut run, &graph.way_by(found.from));
        return Some(Played::Fault(Cause { trouble: Trouble::Fault(found.fault.clone()), run: Some(run) }));
    }
    if graph.is_cut {
        // Whatever is done next, it comes to a dead end some day; unless it goes round.
        let seeds = 0..SEEDS;
        return seeds.into_iter().find_map(|seed| to_its_end(facts, seeker, draft.clone(), seed)).map(
            |cause| match cause.trouble {
                Trouble::Fault(_) => Played::Fault(cause),
                _ => Played::Stuck(cause),
            },
        );
    }
    if graph.ranks().iter().any(Option::is_some) {
        return None;
    }
    let mut run = draft.clone().found(None).told(facts);
    let as_told = origins(round).map(|origins| exits(&origins)).filter(|exits| !exits.is_empty());
    if let Some(exits) = as_told
        && let Ok(after) = draft.follow(facts, &exits)
        && after.words() == marking
    {
        let mut steps: Vec<StepIx> = exits.iter().filter_map(|at| facts.exits.get(*at)).map(|exit| exit.step).collect();
        steps.sort_unstable();
        steps.dedup();
        let mut run = after.found(None).told(facts);
        run.repeats_from = Some(opened);
        let cause = Cause { trouble: Trouble::NoEnd { steps }, run: Some(run) };
        // Returns that are used up some day are no round.
        return comes_true(facts.process, &cause).then_some(Played::Stuck(cause));
    }
    let cause = stuck_cause(facts, &graph, 0)?;
    let behind = cause.run?;
    run.acts.extend(behind.acts);
    run.repeats_from = behind.repeats_from.map(|place| place.saturating_sub(1) + opened);
    let cause = Cause { trouble: cause.trouble, run: Some(run) };
    comes_true(facts.process, &cause).then_some(Played::Stuck(cause))
}

/// Count: how many ways on are tried from where a case seems to be stuck.
const SEEDS: u64 = 8;

fn append(facts: &Facts<'_>, graph: &Graph<'_>, run: &mut Run, way: &[Parent]) {
    for parent in way {
        if let Parent::Move { exit, sample, .. } = *parent {
            add_edge(facts, graph, run, Edge { exit, sample, to: Arrival::Over });
        }
    }
}
