//! The rules of reduction: what each asks for, and what it leaves.

#![expect(clippy::indexing_slicing, reason = "places and transitions are numbered by the reduction")]

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::links::Links;
use super::reduce::Reduction;
use super::work::Work;
use crate::certificate::Rule;
use crate::model::Place;

/// The most places that are looked through around a return.
const MOST_INSIDE: usize = 4_096;

/// More producers than this are not moved as long as there is anything else to do.
const MANY: usize = 4;

impl Reduction {
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

    pub(super) fn try_loop(&mut self, at: u32, work: &mut Work) -> bool {
        let transition = &self.transitions[at as usize];
        let ([from], [to]) = (&transition.inputs[..], &transition.outputs[..]) else { return false };
        // Some token has to come to the place in another way, or the transition is dead.
        if from != to || (*from != self.initial && self.places[*from as usize].from.len() < 2) {
            return false;
        }
        // Where values decide, a case may go round in it for ever.
        self.lose_branch(at, true);
        self.log.push(Rule::Loop(at));
        self.drop_transition(at, work);
        true
    }

    pub(super) fn try_series(&mut self, at: u32, work: &mut Work) -> bool {
        let transition = &self.transitions[at as usize];
        let (&[from], &[to]) = (&transition.inputs[..], &transition.outputs[..]) else { return false };
        let place = &self.places[from as usize];
        if from == to || !self.leads_on(at) || place.to.len() != 1 || !place.backs.is_empty() {
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
    /// Whatever else has come of that token is withdrawn with it, and has mixed with nothing else meanwhile, nor gone back
    /// past where the return leads. And nothing
    /// besides can be withdrawn: it would stand behind the target, and in a safe net without rounds no two tokens stand
    /// one behind the other, since the one behind could catch up with the other.
    pub(super) fn try_escape(&mut self, at: Place, work: &mut Work) -> bool {
        let leads_back: Vec<u32> = self.places[at as usize].backs.to_vec();
        let mut some = false;
        for number in leads_back {
            let Some(back) = self.backs[number as usize] else { continue };
            let place = &self.places[at as usize];
            let comes_from = |producer: &u32| {
                let producer = &self.transitions[*producer as usize];
                producer.inputs[..] == [back.to]
                    && self.alone.as_ref().is_none_or(|alone| alone.before(producer.head, number))
            };
            let is_there = back.to == at && self.alone.as_ref().is_none_or(|alone| alone.at(number));
            if !is_there
                && (place.from.is_empty() || !place.from.iter().all(comes_from) || !self.keeps_apart(at, back.to))
            {
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
    fn keeps_apart(&self, at: Place, to: Place) -> bool {
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
                // A return that is still there may take a token out of what stays among itself; not one that leads back as far
                // as this one, and withdraws its token too.
                let stays = |back: &u32| {
                    self.backs[*back as usize].is_none_or(|back| back.to == to || inside.contains(&back.to))
                };
                let stay = |place: &Place| self.places[*place as usize].backs.iter().all(stays);
                return waiting.is_empty() && inside.iter().all(stay);
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

    pub(super) fn try_after(&mut self, at: Place, work: &mut Work) -> bool {
        let Some((first, second)) = self.between(at) else { return false };
        let then = &self.transitions[second as usize];
        if then.inputs.len() != 1 || (then.outputs.is_empty() && !self.vanishes) || !self.leads_on(second) {
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

    pub(super) fn try_before(&mut self, at: Place, work: &mut Work) -> bool {
        let Some((first, second)) = self.between(at) else { return false };
        let before = &self.transitions[first as usize];
        let alone = |place: &Place| *place != self.initial && self.places[*place as usize].to.len() == 1;
        if before.outputs.len() != 1
            || before.inputs.len() < 2
            || !self.leads_on(first)
            || !before.inputs.iter().all(alone)
        {
            return false;
        }
        let inputs = before.inputs.clone();
        if inputs.iter().any(|input| self.transitions[second as usize].inputs.contains(*input)) {
            return false;
        }
        self.log.push(Rule::Before(at));
        let (rope, length, head) = (before.rope, before.length, before.head);
        self.drop_transition(first, work);
        let now = &mut self.transitions[second as usize];
        now.head = head;
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

    pub(super) fn try_twin_places(
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

    pub(super) fn try_twin_transitions(
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
        // The shorter run stays for telling; a way that may be counted on stays for proving. Of two branches of one group
        // one is as good as both; what else goes together with a branch breaks its group.
        let is_same_group = self.group_of(at).is_some() && self.group_of(at) == self.group_of(other);
        let rank = |at: u32| (self.leads_on(at), self.group_of(at).is_some());
        let (kept, dropped) = match rank(at).cmp(&rank(other)) {
            std::cmp::Ordering::Less => (other, at),
            std::cmp::Ordering::Greater => (at, other),
            _ if twin.length < transition.length => (other, at),
            _ => (at, other),
        };
        self.lose_branch(dropped, !is_same_group);
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
