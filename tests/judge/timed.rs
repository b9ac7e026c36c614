//! How long a case takes at most, by playing it minute by minute (T1, T2): each wait is completed at any minute between
//! its activation and the end of its budget, and nobody is ever late.

use std::collections::HashMap;

use sop_core::process::{Position as _, StepIx};

use super::board::{Game, Move, Next, State, ones};
use super::space::longest;

const MAX_STEPS: usize = 32;
const MAX_GROUPS: usize = 8;

/// Place where a case stands at a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    pub state: State,
    /// What each wait has left of its own budget; 0 where nobody waits.
    pub left: [u8; MAX_STEPS],
    /// What each shared clock has left.
    pub clocks: [u8; MAX_GROUPS],
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    TooLarge,
    Endless,
    Minutes(u64),
}

pub fn longest_time(game: &mut Game<'_>, most: usize) -> Found {
    let process = game.process;
    let is_long = |step: usize| {
        let long = |rework| game.budget(step, rework).is_some_and(|budget| budget.minutes() > u32::from(u8::MAX));
        long(false) || long(true)
    };
    if process.groups().len() > MAX_GROUPS || (0..process.steps().len()).any(is_long) {
        return Found::TooLarge;
    }
    game.papers = false;
    let mut moments: Vec<Moment> = Vec::new();
    let mut known: HashMap<Moment, usize> = HashMap::new();
    let mut moves: HashMap<State, Vec<Move>> = HashMap::new();
    let mut next: Vec<Vec<(usize, u64)>> = Vec::new();
    let mut enter = |moments: &mut Vec<Moment>, moment: Moment| {
        *known.entry(moment).or_insert_with(|| {
            moments.push(moment);
            moments.len() - 1
        })
    };
    let mut starts = Vec::new();
    for start in 0..process.starts().len() {
        let (opened, steps) = game.opening(start);
        let Next::State(state) = opened else { continue };
        let moment = Moment::at_start(game, state, &steps);
        starts.push(enter(&mut moments, moment));
    }
    while next.len() < moments.len() {
        if moments.len() > most {
            return Found::TooLarge;
        }
        let moment = moments[next.len()];
        let mut arrows = Vec::new();
        if let Some(later) = moment.tick(game) {
            arrows.push((enter(&mut moments, later), 1));
        }
        // Many minutes have the same waits and values, and so the same moves.
        let moves = moves.entry(moment.state).or_insert_with(|| game.completions(&moment.state));
        for made in moves.iter() {
            if !matches!(made.next, Next::State(_)) {
                continue;
            }
            let mut then = moment;
            then.take(game, made);
            arrows.push((enter(&mut moments, then), 0));
        }
        next.push(arrows);
    }
    let ends = vec![0; moments.len()];
    match longest(&next, &ends) {
        None => Found::Endless,
        Some(most) => Found::Minutes(starts.iter().map(|start| most[*start]).max().unwrap_or(0)),
    }
}

impl Moment {
    /// The minute at which a case is opened.
    pub fn at_start(game: &Game<'_>, state: State, opened: &[(usize, bool)]) -> Self {
        let mut moment = Self { state, left: [0; MAX_STEPS], clocks: [0; MAX_GROUPS] };
        for (group, spec) in game.process.groups().iter() {
            moment.clocks[group.place()] = spec.budget.map_or(0, |budget| budget.minutes() as u8);
        }
        moment.open(game, opened);
        moment
    }

    /// A wait is left: what it leads to gets its time, and a return begins shared clocks anew (T2).
    pub fn take(&mut self, game: &Game<'_>, made: &Move) {
        let process = game.process;
        if let Next::State(state) = made.next {
            self.state = state;
        }
        if let Some(taken) = made.returned {
            for group in &process.returns().values().nth(taken).expect("it was taken").refills {
                self.clocks[group.place()] = process.groups()[*group].budget.map_or(0, |budget| budget.minutes() as u8);
            }
        }
        for step in 0..process.steps().len() {
            if step == made.step || self.state.active >> step & 1 == 0 {
                self.left[step] = 0;
            }
        }
        self.open(game, &made.opened);
    }

    /// Clocks begin for the waits that were opened.
    fn open(&mut self, game: &Game<'_>, opened: &[(usize, bool)]) {
        for &(step, rework) in opened {
            if game.process.steps()[StepIx::at(step)].group.is_none() {
                self.left[step] = game.budget(step, rework).map_or(0, |budget| budget.minutes() as u8);
            }
        }
    }

    /// What a wait has left.
    pub fn left(&self, game: &Game<'_>, step: usize) -> u8 {
        match game.process.steps()[StepIx::at(step)].group {
            Some(group) => self.clocks[group.place()],
            None => self.left[step],
        }
    }

    /// A minute passes, if every wait has one.
    pub fn tick(&self, game: &Game<'_>) -> Option<Self> {
        let mut later = *self;
        let mut running: Vec<usize> = Vec::new();
        for step in ones(self.state.active) {
            if self.left(game, step) == 0 {
                return None;
            }
            match game.process.steps()[StepIx::at(step)].group {
                Some(group) if running.contains(&group.place()) => {}
                Some(group) => {
                    later.clocks[group.place()] -= 1;
                    running.push(group.place());
                }
                None => later.left[step] -= 1,
            }
        }
        (self.state.active != 0).then_some(later)
    }
}
