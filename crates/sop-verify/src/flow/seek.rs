//! Directed search for a run: to a step, through an exit, or to values that no branch takes.
//!
//! Depth first, by arrows towards the goal, on [drafts](super::draft): what it finds is a run of the process. That it finds
//! none means nothing.

use std::cell::Cell as Counter;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use sop_core::process::{Position as _, StartIx, StepIx};

use super::draft::{Draft, FoundRun, all_cells};
use crate::guarantee::potential::leads_to;
use crate::model::{By, Exit, ExitIx, Facts, Layout, Part, Play, Target, Way};

/// Place where a run is to come.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// Somebody has to act at a step.
    Open(StepIx),
    /// An exit is taken.
    Take(ExitIx),
    /// An exit can be taken while somebody has to act at another step.
    TakeBeside(ExitIx, StepIx),
    /// A choice is made with values of this gap, of the choice at this place.
    Gap(usize, usize),
}

/// Amount: how much the search for one goal looks at.
const MOST_MOVES: usize = 2_000;

/// Of how many open steps a way on is looked for: the nearest.
const MOST_STEPS: usize = 4;

/// Count: how many ways on are tried from one place: the best ones.
const MOST_CHOICES: usize = 8;

/// The search for runs, with what it may still look at for all goals together.
pub(crate) struct Seeker<'s, 'p> {
    facts: &'s Facts<'p>,
    /// Count: how many moves may still be looked at for all goals together.
    left: Counter<usize>,
}

impl<'s, 'p> Seeker<'s, 'p> {
    pub(crate) fn new(facts: &'s Facts<'p>) -> Self {
        Self { facts, left: Counter::new(facts.limits.states.min(50_000)) }
    }

    /// A run to a goal.
    pub(crate) fn seek(&self, goal: Goal) -> Option<FoundRun> {
        self.seek_from(goal, None).map(|(draft, gap)| draft.found(gap))
    }

    /// A run that takes an exit again and again, with the place in it from which it repeats itself.
    pub(crate) fn lasso(&self, at: ExitIx) -> Option<(FoundRun, usize)> {
        let facts = self.facts;
        let mut draft = self.seek_from(Goal::Take(at), None)?.0;
        for _ in 0..2 {
            if draft.is_over {
                return None;
            }
            // It may have been here before.
            let before = draft.clone();
            let came = draft.been_at(facts, &draft.words);
            let (begins, round) = match came {
                Some(begins) => (begins, draft.moves.get(begins..)?.to_vec()),
                None => {
                    draft = self.seek_from(Goal::Take(at), Some(draft))?.0;
                    (before.length(), draft.moves.get(before.length()..)?.to_vec())
                }
            };
            let is_counted = |at: &ExitIx| facts.exits.get(*at).is_none_or(|exit| !exit.leads_on());
            if draft.words == before.words && !round.iter().any(is_counted) {
                // Round once more: with the values that the round itself leaves.
                let again = draft.clone().follow(facts, &round).ok()?;
                let leads_back = again.words == draft.words;
                return leads_back.then(|| (draft.found(None), begins + 1));
            }
        }
        None
    }

    fn seek_from(&self, goal: Goal, from: Option<Draft>) -> Option<(Draft, Option<Part>)> {
        let facts = self.facts;
        let at = match goal {
            Goal::Open(step) => step,
            Goal::Take(exit) | Goal::TakeBeside(exit, _) => facts.exits.get(exit)?.step,
            Goal::Gap(choice, _) => facts.choices.get(choice)?.step,
        };
        let far = Distances::to(facts, at);
        let beside = match goal {
            Goal::TakeBeside(_, step) => Some(Distances::to(facts, step)),
            _ => None,
        };
        self.spend(facts.exits.len() / 64 + 1)?;
        let wished = self.wished(goal);
        let mut starts: Vec<(u32, StartIx)> = facts
            .process
            .starts()
            .iter()
            .filter_map(|(start, spec)| Some((spec.opens.iter().filter_map(|step| far.of(*step)).min()?, start)))
            .collect();
        starts.sort_unstable();
        for narrow in [true, false] {
            let begin = |start: &StartIx| Draft::opened(facts, *start);
            let drafts: Vec<Draft> = match &from {
                Some(draft) => vec![draft.clone()],
                None => starts.iter().filter_map(|(_, start)| begin(start)).collect(),
            };
            for draft in drafts {
                let mut hunt = Hunt {
                    seeker: self,
                    goal,
                    at,
                    far: &far,
                    beside: beside.as_ref(),
                    wished: if narrow { wished.as_ref() } else { None },
                    seen: HashSet::default(),
                    left: MOST_MOVES,
                    play: Play::new(facts.process),
                };
                if let Some(found) = hunt.run(draft) {
                    return Some(found);
                }
            }
            if wished.is_none() {
                break;
            }
        }
        None
    }

    pub(super) fn spend(&self, moves: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(moves)?);
        Some(())
    }

    /// The values that the goal asks for.
    fn wished(&self, goal: Goal) -> Option<Part> {
        let facts = self.facts;
        match goal {
            Goal::Take(at) | Goal::TakeBeside(at, _) => {
                let exit = facts.exits.get(at)?;
                facts.choice_of(exit)?.taken.as_ref()?.part_of(exit.branch?).cloned()
            }
            Goal::Gap(choice, gap) => Some(facts.choices.get(choice)?.taken.as_ref()?.wrong.get(gap)?.1.clone()),
            Goal::Open(_) => None,
        }
    }

    /// A run that takes at each step the exit that was taken least, and goes on until the case is over. What it takes is
    /// counted.
    pub(crate) fn stroll(&self, start: StartIx, taken: &mut [u32], last_first: bool) -> Option<FoundRun> {
        let facts = self.facts;
        let mut draft = Draft::opened(facts, start)?;
        let mut play = Play::new(facts.process);
        let layout = Layout::of(facts.process);
        while !draft.is_over && draft.moves.len() < draft.most(facts) {
            self.spend(1)?;
            let mut steps: Vec<StepIx> = layout.active(&draft.words).collect();
            if last_first {
                steps.reverse();
            }
            let mut best: Option<((u32, bool, bool), ExitIx, Part)> = None;
            let Some(step) = steps.first().copied() else { break };
            for (at, exit) in facts.exits.of_step(step).filter(|(_, exit)| draft.admits(facts, exit)) {
                let key = (
                    taken.get(at as usize).copied().unwrap_or(0),
                    exit.by != By::Person,
                    matches!(exit.route, sop_core::process::Route::End(_)),
                );
                if best.as_ref().is_some_and(|(known, ..)| *known <= key) {
                    continue;
                }
                if let Some(part) = draft.parts(facts, exit).into_iter().next() {
                    best = Some((key, at, part));
                }
            }
            let Some((_, at, part)) = best else { break };
            let last = draft.clone();
            draft = match draft.moved(facts, &mut play, at, &part) {
                Some(next) => next,
                // What piles up is found elsewhere.
                None => return Some(last.found(None)),
            };
            if let Some(count) = taken.get_mut(at as usize) {
                *count += 1;
            }
        }
        Some(draft.found(None))
    }
}

/// How far it is from each step to a goal, by arrows.
struct Distances(Vec<u32>);

impl Distances {
    fn to(facts: &Facts<'_>, goal: StepIx) -> Self {
        let process = facts.process;
        let mut before: Vec<Vec<(StepIx, u32)>> = vec![Vec::new(); process.steps().len()];
        for (_, exit) in facts.exits.iter() {
            let cost = match (exit.by, exit.way) {
                (By::Rung(_), _) => 6,
                (By::Person, Way::Spent(_)) => 8,
                (By::Person, _) if exit.goes_back().is_some() => 4,
                (By::Person, _) => 1,
            };
            for to in leads_to(process, exit) {
                if let Some(list) = before.get_mut(to.place()) {
                    list.push((exit.step, cost));
                }
            }
        }
        let mut far = vec![u32::MAX; process.steps().len()];
        let mut open = BinaryHeap::from([Reverse((0_u32, goal))]);
        while let Some(Reverse((cost, step))) = open.pop() {
            match far.get_mut(step.place()) {
                Some(known) if cost < *known => *known = cost,
                _ => continue,
            }
            for (from, more) in before.get(step.place()).into_iter().flatten() {
                open.push(Reverse((cost + more, *from)));
            }
        }
        Self(far)
    }

    fn of(&self, step: StepIx) -> Option<u32> {
        self.0.get(step.place()).copied().filter(|far| *far < u32::MAX)
    }
}

/// A run in the making, and how it goes on: by an exit that was not taken yet, with these cells.
type Branching = (Rc<Draft>, Option<(ExitIx, Option<Part>)>);

/// A possible next act: how far it leads, the exit, and the cells with which it is taken where it matters.
type Choice = ((u32, u32, u32), ExitIx, Option<Part>);

/// The search for one goal.
struct Hunt<'h, 's, 'p> {
    seeker: &'h Seeker<'s, 'p>,
    goal: Goal,
    at: StepIx,
    far: &'h Distances,
    beside: Option<&'h Distances>,
    wished: Option<&'h Part>,
    seen: HashSet<u64, FixedState>,
    left: usize,
    play: Play<'p>,
}

impl Hunt<'_, '_, '_> {
    fn run(&mut self, start: Draft) -> Option<(Draft, Option<Part>)> {
        let facts = self.seeker.facts;
        let layout = Layout::of(facts.process);
        let mut open: Vec<Branching> = vec![(Rc::new(start), None)];
        while let Some((draft, next)) = open.pop() {
            let draft = match next {
                None => draft,
                Some((at, part)) => {
                    let part = match part {
                        Some(part) => part,
                        None => {
                            // The others are tried after it.
                            let Some(exit) = facts.exits.get(at) else { continue };
                            let mut parts = draft.parts(facts, exit).into_iter();
                            let Some(first) = parts.next() else { continue };
                            let others: Vec<Part> = parts.take(MOST_CHOICES).collect();
                            open.extend(
                                others.into_iter().rev().map(|part| (Rc::clone(&draft), Some((at, Some(part))))),
                            );
                            first
                        }
                    };
                    let more = 1 + draft.moves.len() / 64;
                    self.left = self.left.checked_sub(more)?;
                    self.seeker.spend(more)?;
                    let Some(next) = Draft::clone(&draft).moved(facts, &mut self.play, at, &part) else { continue };
                    if matches!(self.goal, Goal::Take(goal) if goal == at) {
                        return Some((next, None));
                    }
                    Rc::new(next)
                }
            };
            if let Some(found) = self.arrived(&draft, layout) {
                return Some(found);
            }
            if draft.is_over || draft.moves.len() > draft.most(facts) || !self.seen.insert(draft.key()) {
                continue;
            }
            // The best last, so that it comes first.
            let mut choices = self.choices(&draft, layout);
            choices.sort_by_key(|(key, ..)| *key);
            choices.truncate(MOST_CHOICES);
            open.extend(choices.into_iter().rev().map(|(_, at, part)| (Rc::clone(&draft), Some((at, part)))));
        }
        None
    }

    /// Tells whether the goal is reached without a further move.
    fn arrived(&self, draft: &Draft, layout: Layout) -> Option<(Draft, Option<Part>)> {
        let facts = self.seeker.facts;
        if draft.is_over || !layout.is_active(&draft.words, self.at) {
            return None;
        }
        match self.goal {
            Goal::Open(_) => Some((draft.clone(), None)),
            Goal::Take(_) => None,
            Goal::TakeBeside(at, step) => {
                let exit = facts.exits.get(at)?;
                let is_there = layout.is_active(&draft.words, step) && draft.admits(facts, exit);
                let part = if is_there { draft.parts(facts, exit).into_iter().next() } else { None };
                let mut play = Play::new(facts.process);
                draft.clone().moved(facts, &mut play, at, &part?).map(|next| (next, None))
            }
            Goal::Gap(choice, gap) => {
                let choice = facts.choices.get(choice)?;
                let (_, exit) = facts.exits.of_step(self.at).find(|(_, exit)| {
                    (exit.by, exit.outcome) == (choice.by, Some(choice.outcome)) && exit.branch.is_some()
                })?;
                let parts = draft.parts_to(facts, exit, |target| matches!(target, Target::Wrong(_)));
                let part = parts
                    .into_iter()
                    .find(|part| choice.taken.as_ref().is_some_and(|taken| taken.gap_of(part) == gap))?;
                let mut draft = draft.clone();
                draft.narrow(Draft::collects(facts, exit), &part);
                Some((draft, Some(part)))
            }
        }
    }

    /// What may be done next, with how far it leads: the less, the better.
    fn choices(&self, draft: &Draft, layout: Layout) -> Vec<Choice> {
        let facts = self.seeker.facts;
        let mut found = Vec::new();
        let goal = match self.goal {
            Goal::Take(at) => facts.exits.get(at).map(|exit| (at, exit)),
            _ => None,
        };
        let far = |step: StepIx| {
            let own = self.far.of(step).unwrap_or(u32::MAX);
            let other = self.beside.and_then(|far| far.of(step)).unwrap_or(u32::MAX);
            // Somebody who stands where he is wanted stays there; the others come.
            match self.goal {
                Goal::TakeBeside(_, beside) if step == beside || step == self.at => u32::MAX,
                _ => own.min(other),
            }
        };
        let mut steps: Vec<(u32, StepIx)> = layout.active(&draft.words).map(|step| (far(step), step)).collect();
        steps.sort_unstable();
        steps.truncate(MOST_STEPS);
        for (order, step) in steps {
            for (at, exit) in facts.exits.of_step(step).filter(|(_, exit)| draft.admits(facts, exit)) {
                let is_goal = goal.is_some_and(|(goal, _)| goal == at);
                // A return has to be taken often enough before what follows it can be.
                let uses_up = goal.is_some_and(|(_, goal)| match (goal.way, exit.way) {
                    (Way::Spent(spent), Way::Counted(taken)) => spent == taken,
                    _ => false,
                });
                let leads = leads_to(facts.process, exit)
                    .filter_map(|to| {
                        let own = self.far.of(to);
                        let other = self.beside.and_then(|far| far.of(to));
                        own.into_iter().chain(other).min()
                    })
                    .min();
                let leads = match leads {
                    _ if is_goal => 0,
                    _ if uses_up => 1,
                    Some(leads) => leads.saturating_add(2),
                    None => u32::MAX,
                };
                // Which part it is with matters only where values are asked for.
                if self.wished.is_none() {
                    found.push(((order, leads, 0), at, None));
                    continue;
                }
                for part in draft.parts(facts, exit) {
                    let (part, misses) = self.fitted(facts, exit, part);
                    found.push(((order, leads, misses), at, Some(part)));
                }
            }
        }
        found
    }

    /// A part narrowed to what the goal asks for, and how much of that it misses.
    fn fitted(&self, facts: &Facts<'_>, exit: &Exit, mut part: Part) -> (Part, u32) {
        let Some(wished) = self.wished else { return (part, 0) };
        let mut misses = 0;
        let collects = Draft::collects(facts, exit);
        for (field, wish) in wished {
            let is_set = collects.contains(field);
            match part.iter_mut().find(|(of, _)| of == field) {
                Some((_, set)) => {
                    let both = set.and(wish);
                    match both.is_empty() {
                        true => misses += 1,
                        false => *set = both,
                    }
                }
                None if is_set => {
                    let both = all_cells(facts, *field).and(wish);
                    match both.is_empty() {
                        true => misses += 1,
                        false => part.push((*field, both)),
                    }
                }
                // Whoever may set a field that is asked for should do so.
                None => {
                    let others =
                        facts.exits.of_step(exit.step).any(|(_, other)| Draft::collects(facts, other).contains(field));
                    misses += u32::from(others && !wish.contains(0));
                }
            }
        }
        (part, misses)
    }
}
