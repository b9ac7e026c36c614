//! From a net to the flow of a definition, as the benchmark's description says.

use std::collections::BTreeMap;
use std::fmt;

use sop_core::definition::StepId;

use super::{Net, Transition};
use crate::sketch::{Drawn, Exit, Sketch, named};

/// Why a net is not the flow of any definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inexpressible {
    /// Two transitions share some of their input places and not all: no step decides between them.
    NotFreeChoice {
        /// A place that they share.
        place: usize,
    },
    /// A transition that needs no token happens by itself, for ever.
    NoInputs {
        /// The transition, counted from 0.
        transition: usize,
    },
    /// A transition whose token vanishes: an end of a part, which would count as the end of the case where it is last.
    NoOutputs {
        /// The transition, counted from 0.
        transition: usize,
    },
    /// An arc of weight two.
    DoubledArc {
        /// The transition, counted from 0.
        transition: usize,
        /// The place that it names twice.
        place: usize,
    },
    /// A transition takes the token from the end: a finished case goes on.
    LeavesEnd {
        /// The transition, counted from 0.
        transition: usize,
    },
}

impl fmt::Display for Inexpressible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFreeChoice { place } => write!(f, "not free-choice at place {place}"),
            Self::NoInputs { transition } => write!(f, "transition {transition} has no input"),
            Self::NoOutputs { transition } => write!(f, "transition {transition} has no output"),
            Self::DoubledArc { transition, place } => write!(f, "transition {transition} names place {place} twice"),
            Self::LeavesEnd { transition } => write!(f, "transition {transition} leaves the end"),
        }
    }
}

/// The flow of a net.
///
/// A place is a step, and so is a cluster with several input places: the join over the steps of its places, which only
/// pass their token on so that the slots stay distinct. The transitions of a cluster are the ways out of its step. The
/// end place is a step whose one exit is the end of the case, so that any transition can lead there.
///
/// What a workflow net has no use for is kept as it is: a place that nobody empties holds its token for ever, as a step
/// that only leads to itself; one that nobody fills is a step that is never reached; one that is neither is left out.
///
/// # Errors
/// What no definition says.
pub fn sketch(net: &Net) -> Result<Sketch, Inexpressible> {
    check(net)?;
    let clusters = clusters(net)?;
    let mut of_place: Vec<Option<usize>> = vec![None; net.places];
    for (number, cluster) in clusters.iter().enumerate() {
        for &place in &cluster.inputs {
            if let Some(held) = of_place.get_mut(place) {
                *held = Some(number);
            }
        }
    }
    let mut filled = vec![false; net.places];
    for &place in net.transitions.iter().flat_map(|transition| &transition.outputs).chain([&net.start, &net.end]) {
        if let Some(filled) = filled.get_mut(place) {
            *filled = true;
        }
    }
    let mut sketch = Sketch::opening(step_of(net.start));
    for (place, (number, filled)) in of_place.iter().zip(filled).enumerate() {
        let cluster = number.and_then(|number| Some((number, clusters.get(number)?)));
        match cluster {
            _ if place == net.end => sketch.draw(Drawn::new(step_of(place), Exit::Case)),
            Some((_, cluster)) if cluster.inputs.len() == 1 => {
                sketch.draw(Drawn::deciding(step_of(place), cluster.exits(net)));
            }
            Some((number, _)) => sketch.draw(Drawn::new(step_of(place), Exit::Next(join_of(number)))),
            None if filled => sketch.draw(Drawn::new(step_of(place), Exit::Next(step_of(place)))),
            None => {}
        }
    }
    for (number, cluster) in clusters.iter().enumerate().filter(|(_, cluster)| cluster.inputs.len() > 1) {
        let sources = cluster.inputs.iter().map(|place| vec![step_of(*place)]).collect();
        sketch.draw(Drawn::deciding(join_of(number), cluster.exits(net)).joining(sources));
    }
    Ok(sketch)
}

/// The net in free-choice form: a place from which different sets of places are taken gets a place for each of these sets,
/// and a silent transition that commits a token to it. A net that is free-choice stays what it is, a sound one sound.
pub fn free_choice(net: &Net) -> Net {
    let preset = |transition: &Transition| {
        let mut preset = transition.inputs.clone();
        preset.sort_unstable();
        preset
    };
    let mut presets: Vec<Vec<usize>> = net.transitions.iter().map(preset).collect();
    let of_transition = presets.clone();
    presets.sort_unstable();
    presets.dedup();
    let mut takers = vec![0_usize; net.places];
    for &place in presets.iter().flatten() {
        if let Some(count) = takers.get_mut(place) {
            *count += 1;
        }
    }
    let mut form = net.clone();
    let mut committed: BTreeMap<(usize, &[usize]), usize> = BTreeMap::new();
    for (transition, preset) in form.transitions.iter_mut().zip(&of_transition) {
        for input in &mut transition.inputs {
            if takers.get(*input).is_some_and(|count| *count > 1) {
                let next = net.places + committed.len();
                *input = *committed.entry((*input, preset)).or_insert(next);
            }
        }
    }
    form.places += committed.len();
    let silent = committed.iter().map(|((from, _), to)| Transition { inputs: vec![*from], outputs: vec![*to] });
    form.transitions.extend(silent);
    form
}

/// Transitions that take from the same places.
struct Cluster {
    inputs: Vec<usize>,
    transitions: Vec<usize>,
}

impl Cluster {
    fn exits(&self, net: &Net) -> Vec<Exit> {
        let transitions = self.transitions.iter().filter_map(|transition| net.transitions.get(*transition));
        transitions
            .map(|transition| match transition.outputs.as_slice() {
                [only] => Exit::Next(step_of(*only)),
                several => Exit::Split(several.iter().map(|place| step_of(*place)).collect()),
            })
            .collect()
    }
}

/// The clusters in the order of their first transitions.
fn clusters(net: &Net) -> Result<Vec<Cluster>, Inexpressible> {
    let mut known: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
    let mut clusters: Vec<Cluster> = Vec::new();
    for (number, Transition { inputs, .. }) in net.transitions.iter().enumerate() {
        let mut preset = inputs.clone();
        preset.sort_unstable();
        let at = *known.entry(preset).or_insert(clusters.len());
        match clusters.get_mut(at) {
            Some(cluster) => cluster.transitions.push(number),
            None => clusters.push(Cluster { inputs: inputs.clone(), transitions: vec![number] }),
        }
    }
    let mut taken = vec![false; net.places];
    for &place in clusters.iter().flat_map(|cluster| &cluster.inputs) {
        if let Some(taken) = taken.get_mut(place)
            && std::mem::replace(taken, true)
        {
            return Err(Inexpressible::NotFreeChoice { place });
        }
    }
    Ok(clusters)
}

fn check(net: &Net) -> Result<(), Inexpressible> {
    for (number, Transition { inputs, outputs }) in net.transitions.iter().enumerate() {
        let transition = number;
        if inputs.is_empty() {
            return Err(Inexpressible::NoInputs { transition });
        }
        if outputs.is_empty() {
            return Err(Inexpressible::NoOutputs { transition });
        }
        if inputs.contains(&net.end) {
            return Err(Inexpressible::LeavesEnd { transition });
        }
        if let Some(place) = twice(inputs).or_else(|| twice(outputs)) {
            return Err(Inexpressible::DoubledArc { transition, place });
        }
    }
    Ok(())
}

/// A place that a list names twice.
fn twice(places: &[usize]) -> Option<usize> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).find_map(|pair| match pair {
        [one, two] if one == two => Some(*one),
        _ => None,
    })
}

fn step_of(place: usize) -> StepId {
    named("p", &[place])
}

fn join_of(cluster: usize) -> StepId {
    named("g", &[cluster])
}
