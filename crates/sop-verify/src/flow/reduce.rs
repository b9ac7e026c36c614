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
use crate::certificate::Rule;
use crate::model::{Back, GATE, Net, Origin, Place, Places};

/// A run of original transitions, as a rope.
#[derive(Debug, Clone, Copy)]
enum Rope {
    One(u32),
    Then(u32, u32),
}

#[derive(Debug, Clone, Default)]
struct PlaceNow {
    from: Links,
    to: Links,
    gone: bool,
    /// The returns that lead from here, and those that lead here.
    backs: Links,
    backs_here: Links,
}

impl PlaceNow {
    /// Whether a return leads from here or here: then it stays what it is.
    fn is_pinned(&self) -> bool {
        !self.backs.is_empty() || !self.backs_here.is_empty()
    }
}

#[derive(Debug, Clone)]
struct TransitionNow {
    inputs: Links,
    outputs: Links,
    leads_on: bool,
    gone: bool,
    rope: u32,
    /// How many exits a person takes in it.
    length: u32,
}

/// A net in the course of its reduction.
pub(crate) struct Reduction {
    places: Vec<PlaceNow>,
    transitions: Vec<TransitionNow>,
    ropes: Vec<Rope>,
    /// What has to happen first: the place that is marked at first has been moved on by this run.
    opening: Vec<u32>,
    initial: Place,
    done: Place,
    /// The returns that stand apart, with where they lead by now; none for those that were dropped.
    backs: Vec<Option<Back>>,
    vanishes: bool,
    pub(crate) log: Vec<Rule>,
}

/// A transition that is left.
#[derive(Debug, Clone)]
pub(crate) struct Left {
    pub(crate) number: u32,
    pub(crate) inputs: Places,
    pub(crate) outputs: Places,
    pub(crate) leads_on: bool,
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
                leads_on: transition.leads_on,
                gone: false,
                rope: at,
                length: u32::from(matches!(transition.origin, Origin::Exit(_))),
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
            vanishes: net.vanishes,
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
        if self.backs.iter().any(Option::is_some) {
            return false;
        }
        let mut left = self.transitions.iter().filter(|transition| !transition.gone);
        match (left.next(), left.next()) {
            (None, _) => self.initial == self.done,
            // All parts have vanished.
            (Some(only), None) => self.vanishes && only.outputs.is_empty() && only.inputs[..] == [self.initial],
            _ => false,
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
                leads_on: transition.leads_on,
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

    /// Which original transitions can be taken, given which of those that are left can.
    pub(crate) fn alive(&self, taken: impl Fn(u32) -> bool, originals: usize) -> Vec<bool> {
        let mut alive = vec![false; originals];
        for (at, transition) in (0..).zip(&self.transitions) {
            if !transition.gone && taken(at) {
                for original in self.unroll([at]) {
                    alive[original as usize] = true;
                }
            }
        }
        // What a run passes through is on its rope; what was dropped beside it comes alive with what it was dropped for.
        for rule in self.log.iter().rev() {
            match *rule {
                Rule::TwinTransitions(kept, dropped) => {
                    let any = self.rope_of(kept).iter().all(|original| alive[*original as usize]);
                    if any {
                        for original in self.rope_of(dropped) {
                            alive[original as usize] = true;
                        }
                    }
                }
                Rule::Loop(dropped) => {
                    for original in self.rope_of(dropped) {
                        alive[original as usize] = true;
                    }
                }
                _ => {}
            }
        }
        alive
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

    fn tie(&mut self, first: u32, second: u32) -> u32 {
        self.ropes.push(Rope::Then(first, second));
        self.ropes.len() as u32 - 1
    }

    fn drop_transition(&mut self, at: u32, work: &mut Work) {
        let inputs = std::mem::take(&mut self.transitions[at as usize].inputs);
        let outputs = std::mem::take(&mut self.transitions[at as usize].outputs);
        self.transitions[at as usize].gone = true;
        for &place in inputs.iter() {
            let now = &mut self.places[place as usize];
            now.to.take_out(at);
            work.place(place);
            work.around(now);
        }
        for &place in outputs.iter() {
            let now = &mut self.places[place as usize];
            now.from.take_out(at);
            work.place(place);
            work.around(now);
        }
    }

    fn try_loop(&mut self, at: u32, work: &mut Work) -> bool {
        let transition = &self.transitions[at as usize];
        let ([from], [to]) = (&transition.inputs[..], &transition.outputs[..]) else { return false };
        // Some token has to come to the place in another way, or the transition is dead.
        if from != to || (*from != self.initial && self.places[*from as usize].from.len() < 2) {
            return false;
        }
        self.log.push(Rule::Loop(at));
        self.drop_transition(at, work);
        true
    }

    fn try_series(&mut self, at: u32, work: &mut Work) -> bool {
        let transition = &self.transitions[at as usize];
        let (&[from], &[to]) = (&transition.inputs[..], &transition.outputs[..]) else { return false };
        let place = &self.places[from as usize];
        if from == to || !transition.leads_on || place.to.len() != 1 || !place.backs.is_empty() {
            return false;
        }
        let producers = self.places[from as usize].from.clone();
        // Without a producer the place is never reached; with one that fills both there would be two tokens in one.
        let doubled = producers.iter().any(|producer| self.transitions[*producer as usize].outputs.contains(to));
        if doubled || (producers.is_empty() && from != self.initial) {
            return false;
        }
        // What has many producers comes last: by then most of them are gone, and none is moved again and again.
        if producers.len() > MANY && work.put_off(at) {
            return false;
        }
        let rope = transition.rope;
        let length = transition.length;
        self.log.push(Rule::Series(at));
        if from == self.initial {
            self.opening.push(rope);
            self.initial = to;
        }
        self.drop_transition(at, work);
        for &producer in producers.iter() {
            let now = &mut self.transitions[producer as usize];
            now.outputs.take_out(from);
            now.outputs.put_in(to);
            now.length = now.length.saturating_add(length);
            let first = now.rope;
            let tied = self.tie(first, rope);
            self.transitions[producer as usize].rope = tied;
            let into = &mut self.places[to as usize];
            into.from.put_in(producer);
            work.transition(producer);
        }
        // A return to the place leads on to the other.
        let backs_here = std::mem::take(&mut self.places[from as usize].backs_here);
        for &back in backs_here.iter() {
            if let Some(back) = &mut self.backs[back as usize] {
                back.to = to;
            }
            self.places[to as usize].backs_here.put_in(back);
        }
        let gone = &mut self.places[from as usize];
        gone.gone = true;
        gone.from = Links::default();
        work.place(to);
        let now = &self.places[to as usize];
        work.around(now);
        true
    }

    /// Drops the returns from a place to where all its tokens come from: after such a return the case is where it was
    /// before the token moved on.
    ///
    /// Whatever else has come of that token is withdrawn with it, and has mixed with nothing else meanwhile. And nothing
    /// besides can be withdrawn: it would stand behind the target, and in a safe net without rounds no two tokens stand
    /// one behind the other, since the one behind could catch up with the other.
    fn try_escape(&mut self, at: Place, work: &mut Work) -> bool {
        let leads_back: Vec<u32> = self.places[at as usize].backs.to_vec();
        let mut some = false;
        for number in leads_back {
            let Some(back) = self.backs[number as usize] else { continue };
            let place = &self.places[at as usize];
            let comes_from = |producer: &u32| self.transitions[*producer as usize].inputs[..] == [back.to];
            let is_there = back.to == at;
            if !is_there && (place.from.is_empty() || !place.from.iter().all(comes_from) || !self.keeps_apart(at)) {
                continue;
            }
            self.log.push(Rule::Escape(number));
            self.backs[number as usize] = None;
            self.places[at as usize].backs.take_out(number);
            self.places[back.to as usize].backs_here.take_out(number);
            work.place(at);
            work.place(back.to);
            for place in [at, back.to] {
                self.places[place as usize].to.iter().for_each(|transition| work.transition(*transition));
            }
            some = true;
        }
        some
    }

    /// Whether whatever is put elsewhere together with a token in this place stays among itself until that token moves on.
    fn keeps_apart(&self, at: Place) -> bool {
        let from_here = |place: &Place| {
            let from = &self.places[*place as usize].from;
            *place != at
                && !from.is_empty()
                && from.iter().all(|producer| self.transitions[*producer as usize].inputs[..] == [at])
        };
        let siblings = self.places[at as usize]
            .from
            .iter()
            .flat_map(|producer| self.transitions[*producer as usize].outputs.iter());
        let mut inside: Vec<Place> = siblings.copied().filter(|place| *place != at).collect();
        let mut open: Vec<Place> = inside.clone();
        let mut waiting: Vec<u32> = Vec::new();
        loop {
            while let Some(place) = open.pop() {
                waiting.extend(self.places[place as usize].to.iter());
            }
            waiting.sort_unstable();
            waiting.dedup();
            let before = waiting.len();
            // What waits for the token itself goes no further; what needs only what is inside goes on inside.
            waiting.retain(|taker| {
                let transition = &self.transitions[*taker as usize];
                if transition.inputs.iter().any(from_here) {
                    return false;
                }
                let is_inside = transition.inputs.iter().all(|input| inside.contains(input));
                if is_inside {
                    let new = transition.outputs.iter().copied().filter(|output| !inside.contains(output));
                    open.extend(new);
                    inside.extend(&open);
                }
                !is_inside
            });
            if waiting.len() == before || inside.len() > MOST_INSIDE {
                return waiting.is_empty();
            }
        }
    }

    /// A place between two transitions, and these.
    fn between(&self, at: Place) -> Option<(u32, u32)> {
        let place = &self.places[at as usize];
        match (&place.from[..], &place.to[..]) {
            (&[first], &[second]) if first != second && at != self.initial && !place.is_pinned() => {
                Some((first, second))
            }
            _ => None,
        }
    }

    fn try_after(&mut self, at: Place, work: &mut Work) -> bool {
        let Some((first, second)) = self.between(at) else { return false };
        let then = &self.transitions[second as usize];
        if then.inputs.len() != 1 || (then.outputs.is_empty() && !self.vanishes) || !then.leads_on {
            return false;
        }
        let outputs = then.outputs.clone();
        if outputs.iter().any(|output| self.transitions[first as usize].outputs.contains(*output)) {
            return false;
        }
        self.log.push(Rule::After(at));
        let (rope, length) = (then.rope, then.length);
        self.drop_transition(second, work);
        let now = &mut self.transitions[first as usize];
        now.outputs.take_out(at);
        now.length = now.length.saturating_add(length);
        for &output in outputs.iter() {
            now.outputs.put_in(output);
            let place = &mut self.places[output as usize];
            place.from.put_in(first);
            work.place(output);
        }
        let tied = self.tie(self.transitions[first as usize].rope, rope);
        self.transitions[first as usize].rope = tied;
        self.places[at as usize].gone = true;
        self.places[at as usize].from = Links::default();
        work.transition(first);
        self.neighbours(first, work);
        true
    }

    fn try_before(&mut self, at: Place, work: &mut Work) -> bool {
        let Some((first, second)) = self.between(at) else { return false };
        let before = &self.transitions[first as usize];
        let alone = |place: &Place| *place != self.initial && self.places[*place as usize].to.len() == 1;
        if before.outputs.len() != 1 || before.inputs.len() < 2 || !before.leads_on || !before.inputs.iter().all(alone)
        {
            return false;
        }
        let inputs = before.inputs.clone();
        if inputs.iter().any(|input| self.transitions[second as usize].inputs.contains(*input)) {
            return false;
        }
        self.log.push(Rule::Before(at));
        let (rope, length) = (before.rope, before.length);
        self.drop_transition(first, work);
        let now = &mut self.transitions[second as usize];
        now.inputs.take_out(at);
        now.length = now.length.saturating_add(length);
        for &input in inputs.iter() {
            now.inputs.put_in(input);
            let place = &mut self.places[input as usize];
            place.to.put_in(second);
            work.place(input);
        }
        let tied = self.tie(rope, self.transitions[second as usize].rope);
        self.transitions[second as usize].rope = tied;
        self.places[at as usize].gone = true;
        self.places[at as usize].to = Links::default();
        work.transition(second);
        self.neighbours(second, work);
        true
    }

    fn try_twin_places(
        &mut self,
        at: Place,
        known: &mut HashMap<(u64, u64), Place, FixedState>,
        work: &mut Work,
    ) -> bool {
        let place = &self.places[at as usize];
        if place.from.is_empty() || place.to.is_empty() || at == self.initial || at == self.done || place.is_pinned() {
            return false;
        }
        let sums = (place.from.sum(), place.to.sum());
        let Some(other) = known.insert(sums, at).filter(|other| *other != at) else { return false };
        let twin = &self.places[other as usize];
        if twin.gone
            || other == self.initial
            || twin.is_pinned()
            || !twin.from.is_same_set(&place.from)
            || !twin.to.is_same_set(&place.to)
        {
            return false;
        }
        self.log.push(Rule::TwinPlaces(at, other));
        let gone = std::mem::take(&mut self.places[other as usize]);
        self.places[other as usize].gone = true;
        for &transition in gone.from.iter() {
            let now = &mut self.transitions[transition as usize];
            now.outputs.take_out(other);
            work.transition(transition);
            if now.outputs.len() == 1 {
                work.place(now.outputs[0]);
            }
        }
        for &transition in gone.to.iter() {
            let now = &mut self.transitions[transition as usize];
            now.inputs.take_out(other);
            work.transition(transition);
            if now.inputs.len() == 1 {
                work.place(now.inputs[0]);
            }
        }
        work.place(at);
        true
    }

    fn try_twin_transitions(
        &mut self,
        at: u32,
        known: &mut HashMap<(u64, u64), u32, FixedState>,
        work: &mut Work,
    ) -> bool {
        let transition = &self.transitions[at as usize];
        let sums = (transition.inputs.sum(), transition.outputs.sum());
        let Some(other) = known.insert(sums, at).filter(|other| *other != at) else { return false };
        let twin = &self.transitions[other as usize];
        if twin.gone || !twin.inputs.is_same_set(&transition.inputs) || !twin.outputs.is_same_set(&transition.outputs) {
            return false;
        }
        // The shorter run stays for telling; a way that may be counted on stays for proving.
        let (kept, dropped) = match (transition.leads_on, twin.leads_on) {
            (false, true) => (other, at),
            (true, false) => (at, other),
            _ if twin.length < transition.length => (other, at),
            _ => (at, other),
        };
        known.insert(sums, kept);
        self.log.push(Rule::TwinTransitions(kept, dropped));
        self.drop_transition(dropped, work);
        work.transition(kept);
        true
    }

    fn neighbours(&self, at: u32, work: &mut Work) {
        let transition = &self.transitions[at as usize];
        if transition.inputs.len() == 1 {
            work.place(transition.inputs[0]);
        }
        if transition.outputs.len() == 1 {
            work.place(transition.outputs[0]);
        }
        // Of many neighbours those that changed have been told already.
        if transition.outputs.len() <= 4 {
            transition.outputs.iter().for_each(|place| work.place(*place));
        }
        if transition.inputs.len() <= 4 {
            transition.inputs.iter().for_each(|place| work.place(*place));
        }
    }
}

/// The most places that are looked through around a return.
const MOST_INSIDE: usize = 4_096;

/// More producers than this are not moved as long as there is anything else to do.
const MANY: usize = 4;

enum Item {
    Place(Place),
    Transition(u32),
}

/// What has changed and has not been looked at since.
struct Work {
    open: Vec<u32>,
    is_open: Vec<bool>,
    places: u32,
    /// Transitions that were put off.
    later: Vec<u32>,
    is_late: bool,
}

impl Work {
    fn of(places: usize, transitions: usize) -> Self {
        let all = (places + transitions) as u32;
        Self {
            open: (0..all).rev().collect(),
            is_open: vec![true; all as usize],
            places: places as u32,
            later: Vec::new(),
            is_late: false,
        }
    }

    fn push(&mut self, number: u32) {
        if !std::mem::replace(&mut self.is_open[number as usize], true) {
            self.open.push(number);
        }
    }

    fn place(&mut self, place: Place) {
        self.push(place);
    }

    fn transition(&mut self, transition: u32) {
        self.push(self.places + transition);
    }

    /// The transitions beside a place, where there are few: with many, no rule depends on one more or less.
    fn around(&mut self, place: &PlaceNow) {
        for list in [&place.from, &place.to] {
            if list.len() <= 2 {
                list.iter().for_each(|transition| self.transition(*transition));
            }
        }
    }

    /// Puts a transition off until there is nothing else to do; not if that is so.
    fn put_off(&mut self, transition: u32) -> bool {
        if !self.is_late {
            self.later.push(self.places + transition);
        }
        !self.is_late
    }

    fn next(&mut self) -> Option<Item> {
        self.is_late = self.open.is_empty();
        if self.is_late {
            let late = self.later.pop()?;
            self.push(late);
        }
        let number = self.open.pop()?;
        self.is_open[number as usize] = false;
        Some(match number.checked_sub(self.places) {
            None => Item::Place(number),
            Some(transition) => Item::Transition(transition),
        })
    }
}
