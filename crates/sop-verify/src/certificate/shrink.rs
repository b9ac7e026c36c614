//! Checks of reductions: each step is made again on the net, if its side condition holds.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use crate::model::{GATE, Net, Place};

/// A transition as two sets of places, and whether it may be counted on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrow {
    pub(crate) from: BTreeSet<Place>,
    pub(crate) to: BTreeSet<Place>,
    pub(crate) leads_on: bool,
}

/// A net that gets smaller.
pub(crate) struct Shrinking {
    pub(crate) arrows: BTreeMap<u32, Arrow>,
    /// For each place the transitions that put a token there, and those that take it.
    places: BTreeMap<Place, (BTreeSet<u32>, BTreeSet<u32>)>,
    pub(crate) initial: Place,
    pub(crate) done: Place,
}

impl Shrinking {
    pub(crate) fn of(net: &Net) -> Self {
        let mut shrinking =
            Self { arrows: BTreeMap::new(), places: BTreeMap::new(), initial: GATE, done: net.done };
        for (at, transition) in (0..).zip(&net.transitions) {
            shrinking.add(at, Arrow {
                from: transition.inputs.iter().copied().collect(),
                to: transition.outputs.iter().copied().collect(),
                leads_on: transition.leads_on,
            });
        }
        shrinking
    }

    fn add(&mut self, at: u32, arrow: Arrow) {
        arrow.from.iter().for_each(|place| {
            self.places.entry(*place).or_default().1.insert(at);
        });
        arrow.to.iter().for_each(|place| {
            self.places.entry(*place).or_default().0.insert(at);
        });
        self.arrows.insert(at, arrow);
    }

    fn take(&mut self, at: u32) -> Option<Arrow> {
        let arrow = self.arrows.remove(&at)?;
        for place in &arrow.from {
            self.places.get_mut(place)?.1.remove(&at);
        }
        for place in &arrow.to {
            self.places.get_mut(place)?.0.remove(&at);
        }
        Some(arrow)
    }

    /// Lets a transition put a token in a place, or no longer.
    fn leads(&mut self, at: u32, place: Place, does: bool) -> Option<()> {
        let (arrow, links) = (self.arrows.get_mut(&at)?, self.places.entry(place).or_default());
        if does {
            arrow.to.insert(place);
            links.0.insert(at);
        } else {
            arrow.to.remove(&place);
            links.0.remove(&at);
        }
        Some(())
    }

    /// Lets a transition take a token from a place, or no longer.
    fn needs(&mut self, at: u32, place: Place, does: bool) -> Option<()> {
        let (arrow, links) = (self.arrows.get_mut(&at)?, self.places.entry(place).or_default());
        if does {
            arrow.from.insert(place);
            links.1.insert(at);
        } else {
            arrow.from.remove(&place);
            links.1.remove(&at);
        }
        Some(())
    }

    /// The one transition that puts a token in a place, and the one that takes it.
    fn between(&self, place: Place) -> Option<(u32, u32)> {
        let (from, to) = self.places.get(&place)?;
        let is_one = from.len() == 1 && to.len() == 1 && place != self.initial && from != to;
        if is_one { Some((*from.first()?, *to.first()?)) } else { None }
    }

    /// Makes a step. None where its side condition does not hold.
    pub(crate) fn step(&mut self, rule: Rule) -> Option<()> {
        match rule {
            Rule::Loop(at) => {
                let arrow = self.arrows.get(&at)?;
                let place = *arrow.from.first()?;
                let is_fed = place == self.initial || self.places.get(&place)?.0.len() > 1;
                let is_loop = arrow.from.len() == 1 && arrow.from == arrow.to && is_fed;
                if is_loop { self.take(at).map(drop) } else { None }
            }
            Rule::Series(at) => {
                let arrow = self.arrows.get(&at)?;
                let (from, to) = (*arrow.from.first()?, *arrow.to.first()?);
                let producers = self.places.get(&from)?.0.clone();
                let is_series = arrow.from.len() == 1
                    && arrow.to.len() == 1
                    && from != to
                    && arrow.leads_on
                    && self.places.get(&from)?.1.len() == 1
                    && (from == self.initial || !producers.is_empty())
                    && producers.iter().all(|other| self.arrows.get(other).is_some_and(|other| !other.to.contains(&to)));
                if !is_series {
                    return None;
                }
                self.take(at)?;
                for other in producers {
                    self.leads(other, from, false)?;
                    self.leads(other, to, true)?;
                }
                if from == self.initial {
                    self.initial = to;
                }
                Some(())
            }
            Rule::After(place) => {
                let (first, second) = self.between(place)?;
                let then = self.arrows.get(&second)?;
                let fits = then.from.len() == 1
                    && !then.to.is_empty()
                    && then.leads_on
                    && then.to.is_disjoint(&self.arrows.get(&first)?.to);
                if !fits {
                    return None;
                }
                let then = self.take(second)?;
                self.leads(first, place, false)?;
                then.to.iter().try_for_each(|output| self.leads(first, *output, true))
            }
            Rule::Before(place) => {
                let (first, second) = self.between(place)?;
                let before = self.arrows.get(&first)?;
                let is_alone = |input: &Place| {
                    *input != self.initial && self.places.get(input).is_some_and(|(_, to)| to.len() == 1)
                };
                let fits = before.to.len() == 1
                    && before.leads_on
                    && before.from.iter().all(is_alone)
                    && before.from.is_disjoint(&self.arrows.get(&second)?.from);
                if !fits {
                    return None;
                }
                let before = self.take(first)?;
                self.needs(second, place, false)?;
                before.from.iter().try_for_each(|input| self.needs(second, *input, true))
            }
            Rule::TwinPlaces(kept, gone) => {
                let is_free = |place: Place| place != self.initial && place != self.done;
                let (one, other) = (self.places.get(&kept)?, self.places.get(&gone)?);
                let fits = kept != gone && one == other && is_free(kept) && is_free(gone) && !one.0.is_empty() && !one.1.is_empty();
                if !fits {
                    return None;
                }
                let (from, to) = self.places.remove(&gone)?;
                for at in from {
                    self.arrows.get_mut(&at)?.to.remove(&gone);
                }
                for at in to {
                    self.arrows.get_mut(&at)?.from.remove(&gone);
                }
                Some(())
            }
            Rule::TwinTransitions(kept, gone) => {
                let (one, other) = (self.arrows.get(&kept)?, self.arrows.get(&gone)?);
                let fits = kept != gone && one.from == other.from && one.to == other.to && (one.leads_on || !other.leads_on);
                if fits { self.take(gone).map(drop) } else { None }
            }
        }
    }

    /// Whether nothing but the finished case is left.
    pub(crate) fn is_finished(&self) -> bool {
        self.arrows.is_empty() && self.initial == self.done
    }
}
