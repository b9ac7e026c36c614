//! Checks of reductions: each step is made again on the net, if its side condition holds.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use crate::model::{Alone, BROKEN, Back, GATE, Group, Net, Place};

/// A transition as two sets of places, and whether it may be counted on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrow {
    pub(crate) from: BTreeSet<Place>,
    pub(crate) to: BTreeSet<Place>,
    /// Tells whether it may be counted on, by itself or with all of its group.
    counts: bool,
    group: Option<Group>,
    /// The original transition that it begins with.
    head: u32,
}

/// A net that gets smaller.
pub(crate) struct Shrinking {
    pub(crate) arrows: BTreeMap<u32, Arrow>,
    /// For each place the transitions that put a token there, and those that take it.
    places: BTreeMap<Place, (BTreeSet<u32>, BTreeSet<u32>)>,
    pub(crate) initial: Place,
    pub(crate) done: Place,
    /// The returns that stand apart and were not dropped yet.
    backs: BTreeMap<u32, Back>,
    alone: Option<Alone>,
    /// For each group how many of its branches are left; [`BROKEN`] for one that cannot be counted on.
    groups: Vec<u32>,
    /// For each place the returns that lead from it, and those that lead to it.
    pins: BTreeMap<Place, (BTreeSet<u32>, BTreeSet<u32>)>,
    vanishes: bool,
}

impl Shrinking {
    pub(crate) fn of(net: &Net) -> Self {
        let mut shrinking = Self {
            arrows: BTreeMap::new(),
            places: BTreeMap::new(),
            initial: GATE,
            done: net.done,
            backs: (0..).zip(net.backs.iter().copied()).collect(),
            pins: BTreeMap::new(),
            vanishes: net.vanishes,
            alone: net.alone.clone(),
            groups: net.groups.clone(),
        };
        for (at, back) in &shrinking.backs {
            shrinking.pins.entry(back.from).or_default().0.insert(*at);
            shrinking.pins.entry(back.to).or_default().1.insert(*at);
        }
        for (at, transition) in (0..).zip(&net.transitions) {
            shrinking.add(
                at,
                Arrow {
                    from: transition.inputs.iter().copied().collect(),
                    to: transition.outputs.iter().copied().collect(),
                    counts: transition.leads_on,
                    group: transition.group,
                    head: at,
                },
            );
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

    fn left_of(&self, arrow: &Arrow) -> Option<u32> {
        arrow.group.and_then(|group| self.groups.get(group as usize)).copied()
    }

    /// Tells whether an arrow may be counted on by itself.
    pub(crate) fn leads_on(&self, arrow: &Arrow) -> bool {
        arrow.counts && self.left_of(arrow).is_none_or(|left| left == 1)
    }

    /// The group with all of whose branches an arrow may be counted on.
    pub(crate) fn group_of(&self, arrow: &Arrow) -> Option<Group> {
        let left = self.left_of(arrow).filter(|left| arrow.counts && *left != 1 && *left != BROKEN)?;
        arrow.group.filter(|_| left > 0)
    }

    /// Notes that a branch of a group is gone, since another does the same; or that no branch can be counted on.
    fn lose_branch(&mut self, at: u32, breaks: bool) -> Option<()> {
        let arrow = self.arrows.get(&at)?;
        if let Some(group) = arrow.group.filter(|_| arrow.counts) {
            let left = self.groups.get_mut(group as usize)?;
            *left = match *left {
                BROKEN => BROKEN,
                _ if breaks => BROKEN,
                left => left.checked_sub(1)?,
            };
        }
        Some(())
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
        let is_one = from.len() == 1 && to.len() == 1 && place != self.initial && from != to && !self.is_pinned(place);
        if is_one { Some((*from.first()?, *to.first()?)) } else { None }
    }

    fn leads_back(&self, place: Place) -> bool {
        self.pins.get(&place).is_some_and(|(from, _)| !from.is_empty())
    }

    fn is_pinned(&self, place: Place) -> bool {
        self.pins.get(&place).is_some_and(|(from, to)| !from.is_empty() || !to.is_empty())
    }

    /// Whether whatever is put elsewhere together with a token in this place stays among itself until that token moves on.
    fn keeps_apart(&self, at: Place, to: Place) -> bool {
        let producers = |place: &Place| self.places.get(place).map(|(from, _)| from).into_iter().flatten();
        let arrow = |at: &u32| self.arrows.get(at);
        let from_here = |place: &Place| {
            *place != at
                && producers(place).next().is_some()
                && producers(place).filter_map(arrow).all(|arrow| arrow.from.len() == 1 && arrow.from.contains(&at))
        };
        let mut inside: BTreeSet<Place> =
            producers(&at).filter_map(arrow).flat_map(|arrow| arrow.to.iter().copied()).collect();
        inside.remove(&at);
        loop {
            let takers: BTreeSet<u32> = inside
                .iter()
                .filter_map(|place| self.places.get(place))
                .flat_map(|(_, to)| to.iter().copied())
                .collect();
            let open = || takers.iter().filter_map(arrow).filter(|arrow| !arrow.from.iter().any(from_here));
            if !open().all(|arrow| arrow.from.iter().any(|input| inside.contains(input))) {
                return false;
            }
            let further: Vec<Place> = open()
                .filter(|arrow| arrow.from.is_subset(&inside))
                .flat_map(|arrow| arrow.to.iter().copied())
                .filter(|place| !inside.contains(place))
                .collect();
            if further.is_empty() {
                // A return that is still there may take a token out of what stays among itself; not one that leads back as far
                // as this one, and withdraws its token too.
                let stays =
                    |back: &u32| self.backs.get(back).is_none_or(|back| back.to == to || inside.contains(&back.to));
                let stay = |place: &Place| self.pins.get(place).is_none_or(|(from, _)| from.iter().all(stays));
                return inside.iter().all(stay) && open().all(|arrow| arrow.from.is_subset(&inside));
            }
            inside.extend(further);
        }
    }

    /// Makes a step. None where its side condition does not hold.
    pub(crate) fn step(&mut self, rule: Rule) -> Option<()> {
        match rule {
            Rule::Loop(at) => {
                let arrow = self.arrows.get(&at)?;
                let place = *arrow.from.first()?;
                let is_fed = place == self.initial || self.places.get(&place)?.0.len() > 1;
                let is_loop = arrow.from.len() == 1 && arrow.from == arrow.to && is_fed;
                if !is_loop {
                    return None;
                }
                self.lose_branch(at, true)?;
                self.take(at).map(drop)
            }
            Rule::Series(at) => {
                let arrow = self.arrows.get(&at)?;
                let (from, to) = (*arrow.from.first()?, *arrow.to.first()?);
                let producers = self.places.get(&from)?.0.clone();
                let is_series = arrow.from.len() == 1
                    && arrow.to.len() == 1
                    && from != to
                    && self.leads_on(arrow)
                    && !self.leads_back(from)
                    && self.places.get(&from)?.1.len() == 1
                    && (from == self.initial || !producers.is_empty())
                    && producers
                        .iter()
                        .all(|other| self.arrows.get(other).is_some_and(|other| !other.to.contains(&to)));
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
                let (_, backs) = self.pins.remove(&from).unwrap_or_default();
                for back in &backs {
                    self.backs.get_mut(back)?.to = to;
                }
                self.pins.entry(to).or_default().1.extend(backs);
                Some(())
            }
            Rule::After(place) => {
                let (first, second) = self.between(place)?;
                let then = self.arrows.get(&second)?;
                let fits = then.from.len() == 1
                    && (!then.to.is_empty() || self.vanishes)
                    && self.leads_on(then)
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
                    && self.leads_on(before)
                    && before.from.iter().all(is_alone)
                    && before.from.is_disjoint(&self.arrows.get(&second)?.from);
                if !fits {
                    return None;
                }
                let before = self.take(first)?;
                self.arrows.get_mut(&second)?.head = before.head;
                self.needs(second, place, false)?;
                before.from.iter().try_for_each(|input| self.needs(second, *input, true))
            }
            Rule::TwinPlaces(kept, gone) => {
                let is_free = |place: Place| place != self.initial && place != self.done && !self.is_pinned(place);
                let (one, other) = (self.places.get(&kept)?, self.places.get(&gone)?);
                let fits = kept != gone
                    && one == other
                    && is_free(kept)
                    && is_free(gone)
                    && !one.0.is_empty()
                    && !one.1.is_empty();
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
                if kept == gone || one.from != other.from || one.to != other.to {
                    return None;
                }
                let is_same_group = self.group_of(one).is_some() && self.group_of(one) == self.group_of(other);
                let rank = |arrow: &Arrow| (self.leads_on(arrow), self.group_of(arrow).is_some());
                if rank(one) < rank(other) {
                    return None;
                }
                self.lose_branch(gone, !is_same_group)?;
                self.take(gone).map(drop)
            }
            Rule::Escape(number) => {
                let back = *self.backs.get(&number)?;
                let producers = &self.places.get(&back.from)?.0;
                let comes_from = |at: &u32| {
                    self.arrows.get(at).is_some_and(|arrow| {
                        arrow.from.len() == 1
                            && arrow.from.contains(&back.to)
                            && self.alone.as_ref().is_none_or(|alone| alone.before(arrow.head, number))
                    })
                };
                let is_there = back.from == back.to && self.alone.as_ref().is_none_or(|alone| alone.at(number));
                if !is_there
                    && (producers.is_empty()
                        || !producers.iter().all(comes_from)
                        || !self.keeps_apart(back.from, back.to))
                {
                    return None;
                }
                self.backs.remove(&number);
                self.pins.get_mut(&back.from)?.0.remove(&number);
                self.pins.get_mut(&back.to)?.1.remove(&number);
                Some(())
            }
        }
    }

    /// Tells whether every return that stands apart was dropped.
    pub(crate) fn has_no_backs(&self) -> bool {
        self.backs.is_empty()
    }

    /// Whether nothing but the finished case is left.
    pub(crate) fn is_finished(&self) -> bool {
        let only = self.arrows.values().next();
        self.backs.is_empty()
            && match only {
                None => self.initial == self.done,
                Some(only) => {
                    self.vanishes
                        && self.arrows.len() == 1
                        && only.to.is_empty()
                        && only.from.len() == 1
                        && only.from.contains(&self.initial)
                }
            }
    }
}
