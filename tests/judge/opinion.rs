//! What the judge thinks of each guarantee, from the statements in `SEMANTICS.md` §4.

use sop_core::process::{Position as _, Process, Route, RungEffect, StepIx, ThenSpec, Timing};
use sop_core::time::Measure;
use sop_verify::GuaranteeName as Name;

use super::board::{By, Exit, Game, bits, ones};
use super::space::{Edge, Space, To, components, longest};
use super::timed;

/// An opinion about one guarantee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opinion {
    Holds,
    /// And why.
    Fails(String),
    /// A step that is reached has no budget: the statement itself asks for `Unknown`.
    Unknowable,
    /// The statement can be read in two ways, or the judge gave up.
    Unsure(&'static str),
}

/// What the judge thinks.
#[derive(Debug)]
pub struct Opinions {
    pub all: Vec<(Name, Opinion)>,
    /// The most completions of any run.
    pub n: Option<u64>,
    /// The most working minutes of any run.
    pub t: Option<u64>,
    /// Count: how many states there are.
    pub states: usize,
}

/// How far the judge goes.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    pub states: usize,
    pub timed: usize,
}

impl Opinions {
    pub fn of(&self, name: Name) -> &Opinion {
        self.all
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, opinion)| opinion)
            .expect("all but staffed are judged")
    }
}

fn fails(why: impl Into<String>) -> Opinion {
    Opinion::Fails(why.into())
}

/// Judges a process; none where it is too large.
pub fn judge(process: &Process, most: Most) -> Option<Opinions> {
    let mut game = Game::of(process)?;
    let space = Space::of(&mut game, most.states)?;
    let seen = space.states.iter().fold(0, |seen, state| seen | state.active);
    let (bounded, n) = bounded(&space);
    let (timely, t) = timely(process, &space, seen, most);
    let all = vec![
        (Name::Completable, completable(process, &space)),
        (Name::Decided, decided(&game, &space)),
        (Name::Clean, clean(process, &space, seen)),
        (Name::Supplied, supplied(process, &space)),
        (Name::Bounded, bounded),
        (Name::Watched, watched(&game, seen)),
        (Name::Timely, timely),
        (Name::Unattended, unattended(process, &space)),
    ];
    Some(Opinions { all, n, t, states: space.states.len() })
}

pub fn name_of(process: &Process, step: usize) -> &str {
    process.steps()[StepIx::at(step)].id.as_str()
}

fn said(process: &Process, space: &Space, at: usize) -> String {
    let state = &space.states[at];
    let active: Vec<&str> = ones(state.active).map(|step| name_of(process, step)).collect();
    let filled: Vec<usize> = ones(state.filled).collect();
    format!("active {active:?}, slots {filled:?}, counts {:?}, values {:?}", state.counts, state.values)
}

fn has_fault(space: &Space) -> bool {
    space.starts.contains(&To::Fault) || space.moves().any(|(_, edge)| edge.to == To::Fault)
}

/// From every state a finished case can be reached; runs that meet values without a branch are cut there (G4).
///
/// Where it depends on what "cut" means the judge has no opinion: a state from which people may go round for ever, or hand
/// in values that have no branch; and a start from which every run is cut.
fn completable(process: &Process, space: &Space) -> Opinion {
    if has_fault(space) {
        return fails("a fault is reached");
    }
    let is_cut = |edges: &[Edge]| edges.iter().any(|edge| edge.to == To::Gap);
    let only_cut = |edges: &[Edge]| is_cut(edges) && edges.iter().all(|edge| edge.to == To::Gap);
    if let Some(at) = no_end(space, is_cut) {
        return fails(format!("no end from: {}", said(process, space, at)));
    }
    let finishes = ends(space, |_| false);
    let all_cut = space.starts.iter().any(|start| matches!(start, To::State(at) if !finishes[*at]));
    match all_cut || no_end(space, only_cut).is_some() {
        true => Opinion::Unsure("unsure, it depends on how runs are cut"),
        false => Opinion::Holds,
    }
}

/// A state from which neither an end is reached nor a state that counts as one.
fn no_end(space: &Space, counts: impl Fn(&[Edge]) -> bool) -> Option<usize> {
    ends(space, counts).iter().position(|ends| !ends)
}

/// For each state whether an end is reached from it, or a state that counts as one.
fn ends(space: &Space, counts: impl Fn(&[Edge]) -> bool) -> Vec<bool> {
    let mut before = vec![Vec::new(); space.states.len()];
    for (from, edge) in space.moves() {
        if let To::State(to) = edge.to {
            before[to].push(from);
        }
    }
    let ends_here = |edges: &Vec<Edge>| counts(edges) || edges.iter().any(|edge| edge.to == To::Over);
    let mut ends: Vec<bool> = space.edges.iter().map(ends_here).collect();
    let mut open: Vec<usize> = (0..ends.len()).filter(|at| ends[*at]).collect();
    while let Some(at) = open.pop() {
        for &from in &before[at] {
            if !std::mem::replace(&mut ends[from], true) {
                open.push(from);
            }
        }
    }
    ends
}

/// Every choice has exactly one way on for all values that can be there, and every decision an open outcome.
fn decided(game: &Game<'_>, space: &Space) -> Opinion {
    if let Some((at, edge)) = space.moves().find(|(_, edge)| edge.to == To::Gap) {
        let step = name_of(game.process, edge.step);
        return fails(format!("gap at {step} by {:?}: {}", edge.by, said(game.process, space, at)));
    }
    for (at, state) in space.states.iter().enumerate() {
        for step in ones(state.active) {
            let spec = &game.process.steps()[StepIx::at(step)];
            if spec.outcomes.iter().all(|outcome| game.is_closed(state, &outcome.route)) {
                return fails(format!("nothing open at {}: {}", spec.id, said(game.process, space, at)));
            }
        }
    }
    Opinion::Holds
}

/// No fault; every step and every exit is taken in some run.
fn clean(process: &Process, space: &Space, seen: u32) -> Opinion {
    if let Some((at, edge)) = space.moves().find(|(_, edge)| edge.to == To::Fault) {
        let by = edge.by;
        return fails(format!("fault at {} by {by:?}: {}", name_of(process, edge.step), said(process, space, at)));
    }
    if has_fault(space) {
        return fails("a start is a fault");
    }
    if let Some(step) = (0..process.steps().len()).find(|step| seen >> step & 1 == 0) {
        return fails(format!("dead step {}", name_of(process, step)));
    }
    let taken = |by: Option<By>, step: usize, exit: Exit| {
        let is_it = |edge: &Edge| edge.step == step && edge.exit == Some(exit) && edge.to != To::Gap;
        space.moves().any(|(_, edge)| is_it(edge) && by.is_none_or(|by| by == edge.by))
    };
    let mut by_rung_only = None;
    for (step, exit) in exits(process) {
        if !taken(None, step, exit) {
            return fails(format!("dead exit {exit:?} of {}", name_of(process, step)));
        }
        if !taken(Some(By::Person), step, exit) {
            by_rung_only = Some(Opinion::Unsure("unsure, an exit that rungs alone take"));
        }
    }
    by_rung_only.unwrap_or(Opinion::Holds)
}

/// All exits: outcomes, branches, and what follows returns that are used up.
fn exits(process: &Process) -> Vec<(usize, Exit)> {
    let mut all = Vec::new();
    for (step, spec) in process.steps().iter() {
        for (place, outcome) in spec.outcomes.iter().enumerate() {
            let routes: Vec<(Option<u16>, &Route)> = match &outcome.route {
                Route::Choose(branches) => (0..).map(Some).zip(branches.iter().map(|branch| &branch.route)).collect(),
                route => vec![(None, route)],
            };
            for (branch, route) in routes {
                all.push((step.place(), (place, branch, false)));
                if let Route::Return(taken) = route
                    && let Some((_, ThenSpec::End(_) | ThenSpec::Next(_))) = process.returns()[*taken].limit
                {
                    all.push((step.place(), (place, branch, true)));
                }
            }
        }
    }
    all
}

/// Every required paper is there when its step is activated, and nothing is made while somebody beside reads or makes it.
fn supplied(process: &Process, space: &Space) -> Opinion {
    let spec = |step: usize| &process.steps()[StepIx::at(step)];
    for (at, state) in space.states.iter().enumerate() {
        for step in ones(state.active) {
            let needed = bits(&spec(step).requires) | bits(&spec(step).waived);
            if needed & !state.papers != 0 {
                return fails(format!("missing at {}: {}", spec(step).id, said(process, space, at)));
            }
        }
    }
    let mut both = None;
    for (at, edge) in space.moves().filter(|(_, edge)| edge.by == By::Person && edge.makes != 0) {
        let beside = ones(space.states[at].active).filter(|other| *other != edge.step);
        for other in beside {
            if bits(&spec(other).drawn_requires) & edge.makes != 0 {
                return fails(format!(
                    "overtaken: {} makes what {} reads: {}",
                    spec(edge.step).id,
                    spec(other).id,
                    said(process, space, at)
                ));
            }
            let makes = space.edges[at].iter().filter(|edge| edge.by == By::Person && edge.step == other);
            if both.is_none() && makes.fold(0, |all, edge| all | edge.makes) & edge.makes != 0 {
                both = Some(fails(format!(
                    "both make (P6): {} and {} make the same: {}",
                    spec(edge.step).id,
                    spec(other).id,
                    said(process, space, at)
                )));
            }
        }
    }
    both.unwrap_or(Opinion::Holds)
}

/// The most completions that any run takes.
fn bounded(space: &Space) -> (Opinion, Option<u64>) {
    let cost = |by: By| u64::from(by == By::Person);
    let mut next = vec![Vec::new(); space.states.len()];
    let mut rungs = vec![Vec::new(); space.states.len()];
    let mut people = vec![Vec::new(); space.states.len()];
    let mut ends = vec![0; space.states.len()];
    for (from, edge) in space.moves() {
        match edge.to {
            To::State(to) => {
                next[from].push((to, cost(edge.by)));
                match edge.by {
                    By::Rung => rungs[from].push(to),
                    By::Person => people[from].push((to, 1)),
                }
            }
            To::Over | To::Fault => ends[from] = ends[from].max(cost(edge.by)),
            // A completion that is refused is none.
            To::Gap => {}
        }
    }
    let goes_round = |next: &[Vec<usize>]| {
        let component = components(next);
        next.iter().enumerate().any(|(from, to)| to.iter().any(|to| component[from] == component[*to]))
    };
    let Some(most) = longest(&next, &ends) else {
        return match longest(&people, &ends) {
            Some(_) => (fails("a round that takes a rung"), None),
            None => (fails("a round of completions"), None),
        };
    };
    let n = starts(space, &most);
    if goes_round(&rungs) {
        return (Opinion::Unsure("unsure, rungs alone go round"), Some(n));
    }
    (Opinion::Holds, Some(n))
}

/// The steps whose waits are left again and again by such moves.
fn round<'s>(space: &'s Space, counts: impl Fn(&Edge) -> bool) -> impl Iterator<Item = usize> + 's {
    let moves: Vec<(usize, usize, usize)> = space
        .moves()
        .filter(|(_, edge)| counts(edge))
        .filter_map(|(from, edge)| if let To::State(to) = edge.to { Some((from, to, edge.step)) } else { None })
        .collect();
    let mut next = vec![Vec::new(); space.states.len()];
    for (from, to, _) in &moves {
        next[*from].push(*to);
    }
    let component = components(&next);
    moves.into_iter().filter(move |(from, to, _)| component[*from] == component[*to]).map(|(_, _, step)| step)
}

fn starts(space: &Space, most: &[u64]) -> u64 {
    let of = |to: &To| if let To::State(at) = to { most[*at] } else { 0 };
    space.starts.iter().map(of).max().unwrap_or(0)
}

/// Every wait that is reached has a budget and a ladder that leaves it or wakes somebody else for ever.
fn watched(game: &Game<'_>, seen: u32) -> Opinion {
    let process = game.process;
    for step in ones(seen) {
        let spec = &process.steps()[StepIx::at(step)];
        if game.budget(step, false).is_none() {
            return fails(format!("no budget at {}", spec.id));
        }
        let rungs = &process.ladder(StepIx::at(step)).rungs;
        let escalated = |role| rungs.iter().any(|rung| rung.effect == RungEffect::Escalate(role));
        let declared = spec.roles.first().and_then(|role| process.roles()[*role].accountable);
        let wakes = |rung: &sop_core::process::RungSpec| match (rung.effect, rung.timing) {
            (RungEffect::End(_) | RungEffect::Outcome(_), _) => true,
            (RungEffect::RemindAccountable, Timing::Every(_)) => true,
            (RungEffect::Remind(role), Timing::Every(_)) => {
                !spec.roles.contains(&role) && (declared == Some(role) || escalated(role))
            }
            _ => false,
        };
        if !rungs.iter().any(wakes) {
            return fails(format!("nobody hears of {}", spec.id));
        }
    }
    Opinion::Holds
}

/// The longest time that any run takes.
fn timely(process: &Process, space: &Space, seen: u32, most: Most) -> (Opinion, Option<u64>) {
    let mut game = Game::of(process).expect("it was of a size that fits");
    let budget = |game: &Game<'_>, step: usize| game.budget(step, false);
    let is_elapsed = |step: usize| budget(&game, step).is_some_and(|budget| budget.measure() == Measure::Elapsed);
    if ones(seen).any(is_elapsed) {
        return (Opinion::Unsure("unsure, two clocks"), None);
    }
    let without = ones(seen).any(|step| budget(&game, step).is_none());
    let found = match timed::longest_time(&mut game, most.timed) {
        timed::Found::TooLarge => return (Opinion::Unsure("unsure, too many timed states"), None),
        timed::Found::Endless => {
            // Where a round holds a rung that fires late, nobody was late in it.
            return (fails("time goes on for ever"), None);
        }
        timed::Found::Minutes(t) => t,
    };
    // "Refuted if a cycle holds a budget", also where steps that share a clock go round on what is left of it: nothing.
    if round(space, |edge| edge.by == By::Person).any(|step| budget(&game, step).is_some()) {
        return (fails("a round holds a budget"), Some(found));
    }
    if round(space, |_| true).any(|step| budget(&game, step).is_some()) {
        return (Opinion::Unsure("unsure, a round that takes a rung"), Some(found));
    }
    let promise = process.promise().filter(|promise| promise.measure() == Measure::Working);
    if promise.is_some_and(|promise| found > u64::from(promise.minutes())) {
        return (fails(format!("above the promise: {found} minutes")), Some(found));
    }
    if without {
        return (Opinion::Unknowable, Some(found));
    }
    (Opinion::Holds, Some(found))
}

/// From every state rungs alone end the case, in whichever order they fire (G3).
fn unattended(process: &Process, space: &Space) -> Opinion {
    let count = space.states.len();
    let mut waits = vec![0_usize; count];
    let mut before = vec![Vec::new(); count];
    let mut has_any = vec![false; count];
    let mut faults = vec![false; count];
    for (from, edge) in space.moves() {
        if edge.to == To::Fault {
            faults[from] |= edge.by == By::Rung;
            if edge.by == By::Person {
                return fails("a case stands still after a fault");
            }
        }
        if edge.by == By::Rung {
            has_any[from] = true;
            if let To::State(to) = edge.to {
                waits[from] += 1;
                before[to].push(from);
            }
        }
    }
    if space.starts.contains(&To::Fault) || faults.contains(&true) {
        return fails("a case stands still after a fault");
    }
    let mut drains = vec![false; count];
    let mut open: Vec<usize> = (0..count).filter(|at| has_any[*at] && waits[*at] == 0).collect();
    while let Some(at) = open.pop() {
        drains[at] = true;
        for &from in &before[at] {
            waits[from] -= 1;
            if waits[from] == 0 {
                open.push(from);
            }
        }
    }
    match drains.iter().position(|drains| !drains) {
        None => Opinion::Holds,
        Some(at) => {
            let silent = (0..count).find(|at| !has_any[*at]);
            match silent {
                Some(at) => fails(format!("silence: {}", said(process, space, at))),
                None => fails(format!("rungs go round: {}", said(process, space, at))),
            }
        }
    }
}
