//! Order of steps: which may have been completed before which.

use std::collections::BTreeMap;

use sop_core::process::{ArrowKind, BitSet, Node, Position as _, Process, Route, StepIx};

/// Steps that are reached, and for those with separation of duties what they reach.
pub(super) struct Order {
    reached: BitSet,
    /// What can be reached from a step by at least one arrow.
    after: BTreeMap<StepIx, BitSet>,
    /// For each pair of branches that run in parallel, the steps of only the one and only the other.
    parallel: Vec<(BitSet, BitSet)>,
}

impl Order {
    pub(super) fn of(process: &Process) -> Self {
        let all = |_: ArrowKind| true;
        let opened = process.starts().values().flat_map(|start| start.opens.iter().copied());
        let reached = reach(process, opened, all);
        let separated = process.steps().iter().filter(|(_, spec)| {
            // Both rules are symmetric (W3), so that every partner of a step has partners itself.
            !spec.distinct_from.is_empty() || !spec.same_as.is_empty()
        });
        let after: BTreeMap<StepIx, BitSet> =
            separated.map(|(step, _)| (step, reach(process, next(process, step, all), all))).collect();
        let parallel = if after.is_empty() { Vec::new() } else { parallel(process) };
        Self { reached, after, parallel }
    }

    pub(super) fn is_reached(&self, step: StepIx) -> bool {
        self.reached.contains(step.place())
    }

    /// Tells whether a step may have been completed when somebody has to act at another.
    pub(super) fn may_precede(&self, earlier: StepIx, step: StepIx) -> bool {
        let (one, two) = (earlier.place(), step.place());
        self.after.get(&earlier).is_some_and(|after| after.contains(two))
            || self.parallel.iter().any(|(these, those)| {
                these.contains(one) && those.contains(two) || these.contains(two) && those.contains(one)
            })
    }

    /// Tells whether both steps may have been completed in one case.
    pub(super) fn may_meet(&self, one: StepIx, two: StepIx) -> bool {
        one == two || self.may_precede(one, two) || self.may_precede(two, one)
    }
}

fn next(process: &Process, step: StepIx, allowed: impl Fn(ArrowKind) -> bool) -> Vec<StepIx> {
    let leaving = process.graph().leaving(step);
    let steps = leaving.filter_map(|(arrow, node)| match node {
        Node::Step(to) if allowed(arrow.kind) => Some(to),
        _ => None,
    });
    steps.collect()
}

fn reach(
    process: &Process,
    from: impl IntoIterator<Item = StepIx>,
    allowed: impl Fn(ArrowKind) -> bool + Copy,
) -> BitSet {
    let mut reached = BitSet::with_len(process.steps().len());
    let mut open: Vec<StepIx> = from.into_iter().collect();
    while let Some(step) = open.pop() {
        if reached.insert(step.place()) {
            open.extend(next(process, step, allowed));
        }
    }
    reached
}

fn parallel(process: &Process) -> Vec<(BitSet, BitSet)> {
    let mut forks: Vec<Vec<StepIx>> = process.starts().values().map(|start| start.opens.clone()).collect();
    let mut note = |route: &Route| {
        if let Route::Go(arcs) = route {
            forks.push(arcs.iter().map(|arc| arc.to).collect());
        }
    };
    for outcome in process.steps().values().flat_map(|spec| &spec.outcomes) {
        match &outcome.route {
            Route::Choose(branches) => branches.iter().for_each(|branch| note(&branch.route)),
            route => note(route),
        }
    }
    let forward = |kind| kind == ArrowKind::Forward;
    let mut pairs = Vec::new();
    for fork in forks.iter().filter(|fork| fork.len() > 1) {
        let branches: Vec<BitSet> = fork.iter().map(|step| reach(process, [*step], forward)).collect();
        for (place, one) in branches.iter().enumerate() {
            for two in branches.iter().skip(place + 1) {
                pairs.push((without(one, two), without(two, one)));
            }
        }
    }
    pairs
}

fn without(these: &BitSet, those: &BitSet) -> BitSet {
    let mut left = these.clone();
    those.iter().for_each(|number| left.remove(number));
    left
}
