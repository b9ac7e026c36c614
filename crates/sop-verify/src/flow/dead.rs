//! Steps and exits that no run takes.

use sop_core::process::{BitSet, Node, Position as _, StartIx, StepIx};

use super::passed::Covered;
use super::seek::{Goal, Seeker};
use crate::cause::{Cause, Trouble};
use crate::model::{By, ExitIx, Facts, Way};
use crate::search::Graph;

/// What is known of steps and exits.
pub(crate) enum Alive {
    /// Each is taken in some run: these.
    All(Covered),
    /// Some never are.
    Dead(Vec<Cause>),
    /// Of this step, or one of its exits, it is not known.
    Unknown(StepIx),
}

/// Count: how many runs that take what was taken least are made from each start, before anything is looked for.
const STROLLS: usize = 6;

/// Looks for a run to every step and through every exit of a person. What no state of a whole graph takes is dead; in one
/// that leaves counters out, what is taken may be dead all the same, and only a run shows that it is not.
pub(crate) fn alive(facts: &Facts<'_>, seeker: &Seeker<'_, '_>, graphs: &[&Graph<'_>]) -> Alive {
    let never = Never::of(facts, graphs, true);
    let dead = dead_causes(facts, |step| !never.reaches(step), |exit| !never.takes(facts, exit));
    if !dead.is_empty() {
        return Alive::Dead(dead);
    }
    let mut covered = Covered::nothing(facts);
    let mut taken = vec![0_u32; facts.exits.len()];
    let starts: Vec<StartIx> = facts.process.starts().iter().map(|(start, _)| start).collect();
    for round in 0..STROLLS {
        for start in &starts {
            if let Some(run) = seeker.stroll(*start, &mut taken, round % 2 == 1) {
                covered.add(facts, run);
            }
        }
    }
    let mut unknown: Option<StepIx> = None;
    for (at, exit) in facts.exits.iter().filter(|(_, exit)| exit.by == By::Person) {
        if covered.taken.contains(at as usize) {
            continue;
        }
        match seeker.seek(Goal::Take(at)) {
            Some(run) => covered.add(facts, run),
            None => unknown = unknown.or(Some(exit.step)),
        }
    }
    for (step, _) in facts.process.steps().iter() {
        if covered.reached.contains(step.place()) {
            continue;
        }
        match seeker.seek(Goal::Open(step)) {
            Some(run) => covered.add(facts, run),
            None => unknown = unknown.or(Some(step)),
        }
    }
    unknown.map_or(Alive::All(covered), Alive::Unknown)
}

/// Finds dead steps and exits in whole graphs, without looking for runs; and, if asked, by which tokens meet.
pub(crate) fn dead_in(facts: &Facts<'_>, graphs: &[&Graph<'_>], by_meeting: bool) -> Vec<Cause> {
    let never = Never::of(facts, graphs, by_meeting);
    dead_causes(facts, |step| !never.reaches(step), |exit| !never.takes(facts, exit))
}

/// What certainly never happens.
struct Never {
    /// The steps and exits of whole graphs: what is in one of them only is in no case.
    reached: Option<BitSet>,
    taken: Option<BitSet>,
    /// The steps that no arrow leads to, and those that no token comes to as far as it is known which tokens meet.
    unreached: BitSet,
}

impl Never {
    fn of(facts: &Facts<'_>, graphs: &[&Graph<'_>], by_meeting: bool) -> Self {
        let steps = facts.process.steps();
        let mut unreached = BitSet::with_len(steps.len());
        // A whole graph knows that better.
        let by_meeting = by_meeting && !facts.is_sequential && graphs.iter().all(|graph| graph.is_cut);
        let meet = if by_meeting { facts.concurrency() } else { None };
        let is_reached =
            |step: StepIx| facts.is_reached(step) && meet.is_none_or(|meet| meet.beside(step.place()).is_some());
        unreached.extend(steps.iter().filter(|(step, _)| !is_reached(*step)).map(|(step, _)| step.place()));
        let (mut reached, mut taken): (Option<BitSet>, Option<BitSet>) = (None, None);
        for graph in graphs.iter().filter(|graph| !graph.is_cut) {
            let mut here = BitSet::with_len(steps.len());
            (0..graph.len() as u32).for_each(|at| here.extend(graph.active(at).map(|step| step.place())));
            let mut exits = BitSet::with_len(facts.exits.len());
            exits.extend(graph.edges.iter().map(|edge| edge.exit as usize));
            for (all, news) in [(&mut reached, here), (&mut taken, exits)] {
                match all {
                    None => *all = Some(news),
                    Some(all) => drop(all.intersect(&news)),
                }
            }
        }
        Self { reached, taken, unreached }
    }

    /// Tells whether nobody ever has to act at a step.
    fn reaches(&self, step: StepIx) -> bool {
        self.unreached.contains(step.place())
            || self.reached.as_ref().is_some_and(|reached| !reached.contains(step.place()))
    }

    /// Tells whether an exit is never taken.
    fn takes(&self, facts: &Facts<'_>, at: ExitIx) -> bool {
        facts.exits.get(at).is_some_and(|exit| self.unreached.contains(exit.step.place()))
            || !facts.is_feasible(at)
            || self.taken.as_ref().is_some_and(|taken| !taken.contains(at as usize))
    }
}

/// The causes, given what is reached and what is taken.
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
