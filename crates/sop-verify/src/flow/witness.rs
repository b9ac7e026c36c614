//! Directed search for a run: to a step, through an exit, or to values that no branch takes.
//!
//! A run in the making knows the cells that its values may still have; a guard that it passes narrows them, and only at
//! the end each value is picked. The search goes depth first, by arrows towards its goal, with counters and values as they
//! are: what it finds is a run of the process. That it finds none means nothing.

use std::cell::Cell as Counter;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::rc::Rc;

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use sop_core::case::Handing;
use sop_core::guard::FieldIx;
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, StartIx, StepIx};

use super::tell::add;
use crate::cause::{Cause, Trouble};
use crate::certificate::Witness;
use crate::guarantee::potential::leads_to;
use crate::model::{By, CellSet, Exit, ExitIx, Facts, Layout, Outcome, Part, Play, Target, Way};
use crate::run::Run;

/// Where a run is to come.
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

/// A run that was found: the start, then the exits that are taken, each with the values that its completion sets.
#[derive(Debug, Clone)]
pub(crate) struct FoundRun {
    pub(crate) start: StartIx,
    pub(crate) moves: Vec<(ExitIx, Part)>,
    /// The cells of a gap, where that was the goal.
    pub(crate) gap: Option<Part>,
}

impl FoundRun {
    /// The run in people's words.
    pub(crate) fn told(&self, facts: &Facts<'_>) -> Run {
        let mut run = Run::opening(facts.process, self.start);
        for (at, set) in &self.moves {
            if let Some(exit) = facts.exits.get(*at) {
                add(&mut run, facts.process, exit, &facts.data.values_of(set));
            }
        }
        run
    }

    /// The run as a certificate has it.
    pub(crate) fn witness(&self) -> Witness {
        let cells = |set: &Part| set.iter().filter_map(|(field, set)| Some((*field, set.iter().next()?))).collect();
        Witness {
            start: self.start.place() as u32,
            moves: self.moves.iter().map(|(at, set)| (*at, cells(set))).collect(),
        }
    }
}

/// A run in the making.
#[derive(Clone)]
pub(crate) struct Draft {
    words: Vec<u64>,
    counts: Vec<u32>,
    /// For each field the place of the setting that holds, among all settings.
    held: Vec<Option<u32>>,
    /// Every setting of a field, with the cells that it may still have, and the move that made it.
    settings: Vec<(FieldIx, CellSet, u32)>,
    moves: Vec<ExitIx>,
    start: StartIx,
    is_over: bool,
}

/// How much the search for one goal looks at.
const MOST_MOVES: usize = 4_000;

/// The longest run that is drafted, for each step of the process, and beside that.
const MOST_LENGTH: (usize, usize) = (6, 200);

/// Of how many open steps a way on is looked for: the nearest.
const MOST_STEPS: usize = 4;

/// How many ways on are tried from one place: the best ones.
const MOST_CHOICES: usize = 8;

/// The most parts of a choice that are tried.
const MOST_PARTS: usize = 8_192;

pub(crate) struct Seeker<'s, 'p> {
    facts: &'s Facts<'p>,
    /// How many moves may still be looked at for all goals together.
    left: Counter<usize>,
}

impl<'s, 'p> Seeker<'s, 'p> {
    pub(crate) fn new(facts: &'s Facts<'p>) -> Self {
        Self { facts, left: Counter::new(facts.limits.states) }
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

impl Draft {
    pub(crate) fn opened(facts: &Facts<'_>, start: StartIx) -> Option<Self> {
        let mut play = Play::new(facts.process);
        play.start(facts.process.starts().get(start)?);
        (play.outcome == Outcome::Running).then(|| Self {
            words: play.words,
            counts: vec![0; facts.process.returns().len()],
            held: vec![None; facts.process.fields().len()],
            settings: Vec::new(),
            moves: Vec::new(),
            start,
            is_over: false,
        })
    }

    fn most(&self, facts: &Facts<'_>) -> usize {
        facts.process.steps().len().saturating_mul(MOST_LENGTH.0) + MOST_LENGTH.1
    }

    fn is_spent(&self, process: &Process, taken: ReturnIx) -> bool {
        let limit = process.returns()[taken].limit.map_or(u32::MAX, |(limit, _)| limit);
        self.counts.get(taken.place()).is_none_or(|count| *count >= limit)
    }

    /// Whether the counters admit an exit.
    pub(crate) fn admits(&self, facts: &Facts<'_>, exit: &Exit) -> bool {
        match exit.way {
            Way::Plain => true,
            Way::Counted(taken) => !self.is_spent(facts.process, taken),
            Way::Spent(taken) => self.is_spent(facts.process, taken),
        }
    }

    fn collects<'f>(facts: &'f Facts<'_>, exit: &Exit) -> &'f [FieldIx] {
        let outcome = exit.outcome.and_then(|at| facts.process.steps()[exit.step].outcome(at));
        outcome.filter(|_| exit.by == By::Person).map_or(&[], |outcome| &outcome.collects)
    }

    /// The cells that a field may have where an exit is taken.
    fn possible(&self, facts: &Facts<'_>, collects: &[FieldIx], field: FieldIx) -> CellSet {
        if collects.contains(&field) {
            return all_cells(facts, field);
        }
        let held = self.held.get(field.place()).copied().flatten();
        let setting = held.and_then(|held| self.settings.get(held as usize));
        setting.map_or_else(|| CellSet::run(0, 0), |(_, set, _)| set.clone())
    }

    /// The parts of its choice with which an exit is taken; one without anything where it is no branch.
    pub(crate) fn parts(&self, facts: &Facts<'_>, exit: &Exit) -> Vec<Part> {
        let Some(branch) = exit.branch else { return vec![Part::new()] };
        self.parts_to(facts, exit, |target| target == Target::Branch(branch))
    }

    fn parts_to(&self, facts: &Facts<'_>, exit: &Exit, is_wanted: impl Fn(Target) -> bool) -> Vec<Part> {
        let Some(taken) = facts.choice_of(exit).and_then(|choice| choice.taken.as_ref()) else { return Vec::new() };
        let collects = Self::collects(facts, exit);
        let possible = |field: FieldIx| self.possible(facts, collects, field);
        let is_kept = |field: FieldIx| facts.is_kept_after(&self.words, exit.step, field);
        let parts = taken.guards.parts(&taken.diagram, possible, is_kept, MOST_PARTS).unwrap_or_default();
        parts.into_iter().filter(|(target, _)| is_wanted(*target)).map(|(_, part)| part).collect()
    }

    /// The run after one more exit, with the cells of this part. None where the case stands still.
    pub(crate) fn moved(self, facts: &Facts<'_>, play: &mut Play<'_>, at: ExitIx, part: &Part) -> Option<Self> {
        let exit = facts.exits.get(at)?;
        let open = !matches!(exit.way, Way::Spent(_));
        play.set(&self.words);
        play.leave(exit.step, &exit.route, open);
        let mut next = self;
        next.words.clone_from(&play.words);
        match play.outcome {
            Outcome::Faulted(_) => return None,
            Outcome::Running => {}
            Outcome::Finished | Outcome::Stopped => next.is_over = true,
        }
        if let Way::Counted(taken) = exit.way {
            *next.counts.get_mut(taken.place())? += 1;
        }
        let number = next.moves.len() as u32;
        next.moves.push(at);
        let outcome = exit.outcome.and_then(|outcome| facts.process.steps()[exit.step].outcome(outcome));
        let sets =
            outcome.is_some_and(|outcome| exit.by == By::Person && Handing::of(outcome, &exit.route, |_| open).fields);
        next.narrow(Self::collects(facts, exit), part);
        for field in Self::collects(facts, exit) {
            let set = part
                .iter()
                .find(|(of, _)| of == field)
                .map_or_else(|| all_cells(facts, *field), |(_, set)| set.clone());
            let place = next.settings.len() as u32;
            next.settings.push((*field, set, number));
            if sets {
                *next.held.get_mut(field.place())? = Some(place);
            }
        }
        Some(next)
    }

    /// Narrows what was set before to the cells of a part.
    fn narrow(&mut self, collects: &[FieldIx], part: &Part) {
        for (field, set) in part.iter().filter(|(field, _)| !collects.contains(field)) {
            let held = self.held.get(field.place()).copied().flatten();
            if let Some((_, known, _)) = held.and_then(|held| self.settings.get_mut(held as usize)) {
                *known = known.and(set);
            }
        }
    }

    pub(crate) fn length(&self) -> usize {
        self.moves.len()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// How many moves it took to come to where it stands, where it has been there before.
    fn been_at(&self, facts: &Facts<'_>, words: &[u64]) -> Option<usize> {
        let mut play = Play::new(facts.process);
        play.start(facts.process.starts().get(self.start)?);
        for (count, at) in self.moves.iter().enumerate() {
            if play.words == words {
                return Some(count);
            }
            let exit = facts.exits.get(*at)?;
            let here = play.words.clone();
            play.set(&here);
            play.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
        }
        None
    }

    /// The run with one more exit, which is the last.
    pub(super) fn found_with(mut self, facts: &Facts<'_>, at: ExitIx, part: &Part) -> FoundRun {
        let collects = facts.exits.get(at).map_or(&[][..], |exit| Self::collects(facts, exit));
        self.narrow(collects, part);
        let mut found = self.found(None);
        let set = |field: &FieldIx| {
            let narrowed = part.iter().find(|(of, _)| of == field).map(|(_, set)| set.clone());
            (*field, narrowed.unwrap_or_else(|| all_cells(facts, *field)))
        };
        found.moves.push((at, collects.iter().map(set).collect()));
        found
    }

    /// The run that takes these exits one after the other, if there is one.
    pub(super) fn follow(mut self, facts: &Facts<'_>, exits: &[ExitIx]) -> Result<Self, Option<Cause>> {
        let mut play = Play::new(facts.process);
        for at in exits {
            let Some(exit) = facts.exits.get(*at) else { return Err(None) };
            let is_open = Layout::of(facts.process).is_active(&self.words, exit.step);
            if self.is_over || !is_open || !self.admits(facts, exit) {
                return Err(None);
            }
            let Some(part) = self.parts(facts, exit).into_iter().next() else { return Err(None) };
            let before = self.clone();
            self = match self.moved(facts, &mut play, *at, &part) {
                Some(next) => next,
                None => {
                    let Outcome::Faulted(fault) = &play.outcome else { return Err(None) };
                    let run = before.found_with(facts, *at, &part).told(facts);
                    return Err(Some(Cause { trouble: Trouble::Fault(fault.clone()), run: Some(run) }));
                }
            };
        }
        Ok(self)
    }

    pub(crate) fn found(self, gap: Option<Part>) -> FoundRun {
        let mut moves: Vec<(ExitIx, Part)> = self.moves.into_iter().map(|at| (at, Part::new())).collect();
        for (field, set, number) in self.settings {
            if let Some((_, part)) = moves.get_mut(number as usize) {
                part.push((field, set));
            }
        }
        FoundRun { start: self.start, moves, gap }
    }

    fn key(&self) -> u64 {
        let mut hasher = FixedState::with_seed(1).build_hasher();
        (&self.words, &self.counts).hash(&mut hasher);
        for held in &self.held {
            let set = held.and_then(|held| self.settings.get(held as usize)).map(|(_, set, _)| set);
            set.hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// All cells of a field that is set; of one that no guard reads, one that stands for whatever it is.
fn all_cells(facts: &Facts<'_>, field: FieldIx) -> CellSet {
    CellSet::run(1, facts.data.cells.count(field).max(1))
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

    /// Whether the goal is reached without a further move.
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
    fn choices(&self, draft: &Draft, layout: Layout) -> Vec<((u32, u32, u32), ExitIx, Option<Part>)> {
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

/// Which exits and steps runs take and come to.
pub(crate) struct Covered {
    pub(crate) taken: BitSet,
    pub(crate) reached: BitSet,
    pub(crate) runs: Vec<FoundRun>,
}

impl Covered {
    pub(crate) fn nothing(facts: &Facts<'_>) -> Self {
        Self {
            taken: BitSet::with_len(facts.exits.len()),
            reached: BitSet::with_len(facts.process.steps().len()),
            runs: Vec::new(),
        }
    }

    /// Takes a run in, if it takes something new.
    pub(crate) fn add(&mut self, facts: &Facts<'_>, run: FoundRun) {
        let mut is_new = false;
        let layout = Layout::of(facts.process);
        let mut play = Play::new(facts.process);
        if let Some(start) = facts.process.starts().get(run.start) {
            play.start(start);
        }
        let note = |play: &Play<'_>, reached: &mut BitSet| {
            layout.active(&play.words).fold(false, |any, step| reached.insert(step.place()) | any)
        };
        is_new |= note(&play, &mut self.reached);
        for (at, _) in &run.moves {
            is_new |= self.taken.insert(*at as usize);
            if let Some(exit) = facts.exits.get(*at) {
                let words = play.words.clone();
                play.set(&words);
                play.leave(exit.step, &exit.route, !matches!(exit.way, Way::Spent(_)));
                is_new |= note(&play, &mut self.reached);
            }
        }
        if is_new {
            self.runs.push(run);
        }
    }
}
