//! Reduction: small steps that make a net smaller and change neither whether it can always finish, nor whether it is
//! safe, nor which transitions are dead (Murata, Petri Nets: Properties, Analysis and Applications, Proc. IEEE 77, 1989;
//! Berthelot, Transformations and Decompositions of Nets, 1987).
//!
//! A worklist holds what has changed; each rule looks at one place or transition and its neighbours. Every step is
//! logged, so that a checker can make it again, and a run of what is left can be told as a run of the whole.

#![expect(clippy::indexing_slicing, reason = "places and transitions are numbered by this module")]

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::links::Links;
use super::work::{Item, Work};
use crate::certificate::Rule;
use crate::model::{Alone, BROKEN, Back, GATE, Group, Net, Origin, Place, Places};

/// A run of original transitions, as a rope.
#[derive(Debug, Clone, Copy)]
enum Rope {
    One(u32),
    Then(u32, u32),
}

#[derive(Debug, Clone, Default)]
pub(super) struct PlaceNow {
    pub(super) from: Links,
    pub(super) to: Links,
    pub(super) gone: bool,
    /// The returns that lead from here, and those that lead here.
    pub(super) backs: Links,
    pub(super) backs_here: Links,
}

impl PlaceNow {
    /// Tells whether a return leads from here or here: then it stays what it is.
    pub(super) fn is_pinned(&self) -> bool {
        !self.backs.is_empty() || !self.backs_here.is_empty()
    }
}

#[derive(Debug, Clone)]
pub(super) struct TransitionNow {
    pub(super) inputs: Links,
    pub(super) outputs: Links,
    /// Tells whether it may be counted on, by itself or with its group.
    pub(super) counts: bool,
    pub(super) group: Option<Group>,
    pub(super) gone: bool,
    pub(super) rope: u32,
    /// The number of exits that a person takes in it.
    pub(super) length: u32,
    /// The original transition that it begins with.
    pub(super) head: u32,
}

/// A net in the course of its reduction.
pub(crate) struct Reduction {
    pub(super) places: Vec<PlaceNow>,
    pub(super) transitions: Vec<TransitionNow>,
    ropes: Vec<Rope>,
    /// What has to happen first: the place that is marked at first has been moved on by this run.
    pub(super) opening: Vec<u32>,
    pub(super) initial: Place,
    pub(super) done: Place,
    /// The returns that stand apart, with where they lead by now; none for those that were dropped.
    pub(super) backs: Vec<Option<Back>>,
    /// For each group how many of its branches are left; [`BROKEN`] for one that cannot be counted on.
    pub(super) groups: Vec<u32>,
    pub(super) vanishes: bool,
    /// Which tokens are alone when a return takes them; none: levels say that all are.
    pub(super) alone: Option<Alone>,
    pub(crate) log: Vec<Rule>,
}

/// A transition that is left.
#[derive(Debug, Clone)]
pub(crate) struct Left {
    pub(crate) number: u32,
    pub(crate) inputs: Places,
    pub(crate) outputs: Places,
    /// Tells whether it may be counted on by itself.
    pub(crate) leads_on: bool,
    /// The group with all of whose branches it may be counted on.
    pub(crate) group: Option<Group>,
    pub(crate) length: u32,
}

impl Reduction {
    pub(crate) fn of(net: &Net) -> Self {
        let mut places = vec![PlaceNow::default(); net.places];
        let mut transitions = Vec::with_capacity(net.transitions.len());
        for (at, transition) in (0..).zip(&net.transitions) {
            for place in &transition.inputs {
                let place = &mut places[*place as usize];
                place.to.put_in(at);
            }
            for place in &transition.outputs {
                let place = &mut places[*place as usize];
                place.from.put_in(at);
            }
            transitions.push(TransitionNow {
                inputs: transition.inputs.iter().copied().collect(),
                outputs: transition.outputs.iter().copied().collect(),
                counts: transition.leads_on,
                group: transition.group,
                gone: false,
                rope: at,
                length: u32::from(matches!(transition.origin, Origin::Exit(_))),
                head: at,
            });
        }
        for (at, back) in (0..).zip(&net.backs) {
            places[back.from as usize].backs.put_in(at);
            places[back.to as usize].backs_here.put_in(at);
        }
        let ropes = (0..net.transitions.len() as u32).map(Rope::One).collect();
        Self {
            places,
            transitions,
            ropes,
            opening: Vec::new(),
            initial: GATE,
            done: net.done,
            backs: net.backs.iter().copied().map(Some).collect(),
            groups: net.groups.clone(),
            vanishes: net.vanishes,
            alone: net.alone.clone(),
            log: Vec::new(),
        }
    }

    /// Reduces as far as it goes; whether nothing but the finished case is left.
    pub(crate) fn run(&mut self) -> bool {
        let mut work = Work::of(self.places.len(), self.transitions.len());
        let mut twin_places: HashMap<(u64, u64), Place, FixedState> = HashMap::default();
        let mut twin_transitions: HashMap<(u64, u64), u32, FixedState> = HashMap::default();
        while let Some(item) = work.next() {
            match item {
                Item::Transition(at) if !self.transitions[at as usize].gone => {
                    let done = self.try_loop(at, &mut work) || self.try_series(at, &mut work);
                    if !done {
                        self.try_twin_transitions(at, &mut twin_transitions, &mut work);
                    }
                }
                Item::Place(at) if !self.places[at as usize].gone => {
                    let done = self.try_escape(at, &mut work)
                        || self.try_after(at, &mut work)
                        || self.try_before(at, &mut work);
                    if !done {
                        self.try_twin_places(at, &mut twin_places, &mut work);
                    }
                }
                _ => {}
            }
        }
        if !self.has_no_backs() {
            return false;
        }
        let mut left = (0..).zip(&self.transitions).filter(|(_, transition)| !transition.gone);
        match (left.next(), left.next()) {
            (None, _) => self.initial == self.done,
            // All parts vanish, if that may be counted on.
            (Some((at, only)), None) => {
                self.vanishes && only.outputs.is_empty() && only.inputs[..] == [self.initial] && self.leads_on(at)
            }
            _ => false,
        }
    }

    /// Tells whether every return that stands apart was dropped.
    pub(crate) fn has_no_backs(&self) -> bool {
        self.backs.iter().all(Option::is_none)
    }

    /// Tells whether a transition may be counted on by itself.
    pub(super) fn leads_on(&self, at: u32) -> bool {
        let transition = &self.transitions[at as usize];
        transition.counts && transition.group.is_none_or(|group| self.groups[group as usize] == 1)
    }

    /// The group with all of whose branches a transition may be counted on.
    pub(super) fn group_of(&self, at: u32) -> Option<Group> {
        let transition = &self.transitions[at as usize];
        transition.group.filter(|group| transition.counts && !matches!(self.groups[*group as usize], 1 | BROKEN))
    }

    /// Notes that a branch of a group is gone, since another does the same; or that no branch can be counted on.
    pub(super) fn lose_branch(&mut self, at: u32, breaks: bool) {
        let transition = &self.transitions[at as usize];
        if let Some(group) = transition.group.filter(|_| transition.counts) {
            let count = &mut self.groups[group as usize];
            *count = match *count {
                BROKEN => BROKEN,
                _ if breaks => BROKEN,
                count => count - 1,
            };
        }
    }

    /// Where the token is at first.
    pub(crate) fn initial(&self) -> Place {
        self.initial
    }

    /// What is left.
    pub(crate) fn left(&self) -> Vec<Left> {
        (0..)
            .zip(&self.transitions)
            .filter(|(_, transition)| !transition.gone)
            .map(|(number, transition)| Left {
                number,
                inputs: Places::from_slice(&transition.inputs),
                outputs: Places::from_slice(&transition.outputs),
                leads_on: self.leads_on(number),
                group: self.group_of(number),
                length: transition.length,
            })
            .collect()
    }

    /// The original transitions of a run of what is left, in order.
    pub(crate) fn unroll(&self, run: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut unrolled: Vec<u32> = Vec::new();
        let mut open: Vec<u32> = Vec::new();
        for rope in self.opening.iter().copied().chain(run.into_iter().map(|at| self.transitions[at as usize].rope)) {
            open.push(rope);
            while let Some(rope) = open.pop() {
                match self.ropes[rope as usize] {
                    Rope::One(original) => unrolled.push(original),
                    Rope::Then(first, second) => {
                        open.push(second);
                        open.push(first);
                    }
                }
            }
        }
        unrolled
    }

    pub(crate) fn rope_of(&self, at: u32) -> Vec<u32> {
        let mut unrolled = Vec::new();
        let mut open = vec![self.transitions[at as usize].rope];
        while let Some(rope) = open.pop() {
            match self.ropes[rope as usize] {
                Rope::One(original) => unrolled.push(original),
                Rope::Then(first, second) => open.extend([second, first]),
            }
        }
        unrolled
    }

    pub(super) fn tie(&mut self, first: u32, second: u32) -> u32 {
        self.ropes.push(Rope::Then(first, second));
        self.ropes.len() as u32 - 1
    }
}
