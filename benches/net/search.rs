//! The markings of a net, one after the other: the plain search that everything else is measured against.

use std::collections::VecDeque;

use super::{Net, Transition};
use crate::explored::{Explored, Finding, Key, Seen};

/// Looks through the markings of a net, breadth first, up to a limit.
///
/// Sound is: from every marking the end can be reached; where the end holds a token nothing else does; every transition
/// can happen. A second token in one place is no marking of a sound free-choice net, so that it settles the matter.
pub fn search(net: &Net, limit: usize) -> Explored {
    let words = net.places.div_ceil(64);
    let bits = |places: &[usize]| {
        let mut key = Key::empty(words);
        places.iter().for_each(|place| key.set(*place));
        key
    };
    // Arcs of weight two, which a set cannot hold, put two tokens into one place at once, or ask for two there.
    let doubled = |places: &[usize]| bits(places).count() < places.len();
    let transitions: Vec<(Key, Key, bool)> = net
        .transitions
        .iter()
        .filter(|transition| !doubled(&transition.inputs))
        .map(|Transition { inputs, outputs }| (bits(inputs), bits(outputs), doubled(outputs)))
        .collect();
    let dropped = transitions.len() < net.transitions.len();
    let end = bits(&[net.end]);
    let mut taken = vec![false; transitions.len()];
    let mut seen = Seen::new();
    let mut open: VecDeque<(usize, Key)> = VecDeque::new();
    let start = bits(&[net.start]);
    seen.add(start.clone());
    open.push_back((0, start));
    while let Some((number, marking)) = open.pop_front() {
        if marking.holds(&end) {
            if marking != end {
                return seen.found(Finding::Unsound("the end is reached beside other tokens"));
            }
            seen.finishes(number);
        }
        let mut stuck = marking != end;
        for ((inputs, outputs, twice), taken) in transitions.iter().zip(&mut taken) {
            if !marking.holds(inputs) {
                continue;
            }
            (stuck, *taken) = (false, true);
            let rest = marking.without(inputs);
            if *twice || rest.meets(outputs) {
                return seen.found(Finding::Unsound("a second token in one place"));
            }
            let (next, new) = seen.step(number, rest.with(outputs));
            if let Some(key) = new {
                if seen.len() > limit {
                    return seen.found(Finding::GaveUp);
                }
                open.push_back((next, key));
            }
        }
        if stuck {
            return seen.found(Finding::Unsound("nothing can happen before the end"));
        }
    }
    if dropped || taken.contains(&false) {
        return seen.found(Finding::Unsound("a transition that can never happen"));
    }
    seen.judge()
}
