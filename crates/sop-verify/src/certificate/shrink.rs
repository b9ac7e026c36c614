//! Checks of reductions: each step is made again on the net, if its side condition holds.

use super::Rule;
use super::numbers::Numbers;
use crate::model::{Alone, BROKEN, Back, GATE, Group, Net, Place};

/// A transition as two sets of places, and whether it may be counted on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrow {
    pub(crate) from: Numbers,
    pub(crate) to: Numbers,
    /// Tells whether it may be counted on, by itself or with all of its group.
    counts: bool,
    group: Option<Group>,
    /// The original transition that it begins with.
    head: u32,
}

/// The transitions, or the returns, that lead to a place and away from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Around {
    to: Numbers,
    from: Numbers,
}

/// A net that gets smaller.
pub(crate) struct Shrinking {
    /// The transitions by their numbers; none for one that is gone.
    arrows: Vec<Option<Arrow>>,
    /// For each place the transitions that put a token there, and those that take it.
    places: Vec<Around>,
    pub(crate) initial: Place,
    pub(crate) done: Place,
    /// The returns that stand apart; none for one that was dropped.
    backs: Vec<Option<Back>>,
    alone: Option<Alone>,
    /// For each group how many of its branches are left; [`BROKEN`] for one that cannot be counted on.
    groups: Vec<u32>,
    /// For each place the returns that lead to it and from it; of no place where there are none.
    pins: Vec<Around>,
    vanishes: bool,
}

impl Shrinking {
    pub(crate) fn of(net: &Net) -> Self {
        let mut shrinking = Self {
            arrows: Vec::with_capacity(net.transitions.len()),
            places: vec![Around::default(); net.places],
            initial: GATE,
            done: net.done,
            backs: net.backs.iter().copied().map(Some).collect(),
            pins: if net.backs.is_empty() { Vec::new() } else { vec![Around::default(); net.places] },
            vanishes: net.vanishes,
            alone: net.alone.clone(),
            groups: net.groups.clone(),
        };
        for (at, back) in (0..).zip(&net.backs) {
            for (place, leads_from) in [(back.from, true), (back.to, false)] {
                if let Some(pins) = shrinking.pins.get_mut(place as usize) {
                    (if leads_from { &mut pins.from } else { &mut pins.to }).insert(at);
                }
            }
        }
        for (at, transition) in (0..).zip(&net.transitions) {
            let arrow = Arrow {
                from: transition.inputs.iter().copied().collect(),
                to: transition.outputs.iter().copied().collect(),
                counts: transition.leads_on,
                group: transition.group,
                head: at,
            };
            arrow.from.iter().for_each(|place| shrinking.note_from(place, at, true));
            arrow.to.iter().for_each(|place| shrinking.note_to(place, at, true));
            shrinking.arrows.push(Some(arrow));
        }
        shrinking
    }

    /// The transitions that are left, with their numbers.
    pub(crate) fn arrows(&self) -> impl Iterator<Item = (u32, &Arrow)> {
        (0..).zip(&self.arrows).filter_map(|(at, arrow)| Some((at, arrow.as_ref()?)))
    }

    fn arrow(&self, at: u32) -> Option<&Arrow> {
        self.arrows.get(at as usize)?.as_ref()
    }

    fn arrow_mut(&mut self, at: u32) -> Option<&mut Arrow> {
        self.arrows.get_mut(at as usize)?.as_mut()
    }

    fn place(&self, place: Place) -> Option<&Around> {
        self.places.get(place as usize)
    }

    /// Notes that a transition takes its token from a place, or no longer.
    fn note_from(&mut self, place: Place, at: u32, does: bool) {
        if let Some(around) = self.places.get_mut(place as usize) {
            if does { around.from.insert(at) } else { around.from.remove(at) }
        }
    }

    /// Notes that a transition puts a token in a place, or no longer.
    fn note_to(&mut self, place: Place, at: u32, does: bool) {
        if let Some(around) = self.places.get_mut(place as usize) {
            if does { around.to.insert(at) } else { around.to.remove(at) }
        }
    }

    fn take(&mut self, at: u32) -> Option<Arrow> {
        let arrow = self.arrows.get_mut(at as usize)?.take()?;
        arrow.from.iter().for_each(|place| self.note_from(place, at, false));
        arrow.to.iter().for_each(|place| self.note_to(place, at, false));
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
        let arrow = self.arrow(at)?;
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
        let to = &mut self.arrow_mut(at)?.to;
        if does {
            to.insert(place)
        } else {
            to.remove(place)
        }
        self.note_to(place, at, does);
        Some(())
    }

    /// Lets a transition take a token from a place, or no longer.
    fn needs(&mut self, at: u32, place: Place, does: bool) -> Option<()> {
        let from = &mut self.arrow_mut(at)?.from;
        if does {
            from.insert(place)
        } else {
            from.remove(place)
        }
        self.note_from(place, at, does);
        Some(())
    }

    /// The one transition that puts a token in a place, and the one that takes it.
    fn between(&self, place: Place) -> Option<(u32, u32)> {
        let around = self.place(place)?;
        let (first, second) = (around.to.only()?, around.from.only()?);
        (place != self.initial && first != second && !self.is_pinned(place)).then_some((first, second))
    }

    fn leads_back(&self, place: Place) -> bool {
        self.pins.get(place as usize).is_some_and(|pins| !pins.from.is_empty())
    }

    fn is_pinned(&self, place: Place) -> bool {
        self.pins.get(place as usize).is_some_and(|pins| *pins != Around::default())
    }

    /// Whether whatever is put elsewhere together with a token in this place stays among itself until that token moves on.
    fn keeps_apart(&self, at: Place, to: Place) -> bool {
        let producers = |place: Place| self.place(place).into_iter().flat_map(|around| around.to.iter());
        let from_here = |place: Place| {
            place != at
                && producers(place).next().is_some()
                && producers(place).filter_map(|at| self.arrow(at)).all(|arrow| arrow.from.only() == Some(at))
        };
        let mut inside: Numbers =
            producers(at).filter_map(|at| self.arrow(at)).flat_map(|arrow| arrow.to.iter()).collect();
        inside.remove(at);
        loop {
            let takers: Numbers =
                inside.iter().filter_map(|place| self.place(place)).flat_map(|around| around.from.iter()).collect();
            let arrows = || takers.iter().filter_map(|at| self.arrow(at));
            let open = || arrows().filter(|arrow| !arrow.from.iter().any(from_here));
            if open().any(|arrow| arrow.from.is_disjoint(&inside)) {
                return false;
            }
            let further: Numbers = open()
                .filter(|arrow| arrow.from.is_subset(&inside))
                .flat_map(|arrow| arrow.to.iter())
                .filter(|place| !inside.contains(*place))
                .collect();
            if further.is_empty() {
                // A return that is still there may take a token out of what stays among itself; not one that leads back as far
                // as this one, and withdraws its token too.
                let stays = |back: u32| {
                    let back = self.backs.get(back as usize).copied().flatten();
                    back.is_none_or(|back| back.to == to || inside.contains(back.to))
                };
                let stay = |place: Place| self.pins.get(place as usize).is_none_or(|pins| pins.from.iter().all(stays));
                return inside.iter().all(stay) && open().all(|arrow| arrow.from.is_subset(&inside));
            }
            inside.extend(further.iter());
        }
    }

    /// Makes a step. None where its side condition does not hold.
    pub(crate) fn step(&mut self, rule: Rule) -> Option<()> {
        match rule {
            Rule::Loop(at) => {
                let arrow = self.arrow(at)?;
                let place = arrow.from.only()?;
                let is_fed = place == self.initial || self.place(place)?.to.len() > 1;
                if arrow.from != arrow.to || !is_fed {
                    return None;
                }
                self.lose_branch(at, true)?;
                self.take(at).map(drop)
            }
            Rule::Series(at) => {
                let arrow = self.arrow(at)?;
                let (from, to) = (arrow.from.only()?, arrow.to.only()?);
                let around = self.place(from)?;
                let producers = around.to.clone();
                let is_series = from != to
                    && self.leads_on(arrow)
                    && !self.leads_back(from)
                    && around.from.len() == 1
                    && (from == self.initial || !producers.is_empty())
                    && producers.iter().all(|other| self.arrow(other).is_some_and(|other| !other.to.contains(to)));
                if !is_series {
                    return None;
                }
                self.take(at)?;
                for other in producers.iter() {
                    self.leads(other, from, false)?;
                    self.leads(other, to, true)?;
                }
                if from == self.initial {
                    self.initial = to;
                }
                let backs = self.pins.get_mut(from as usize).map(std::mem::take).unwrap_or_default().to;
                for back in backs.iter() {
                    self.backs.get_mut(back as usize)?.as_mut()?.to = to;
                }
                if let Some(pins) = self.pins.get_mut(to as usize) {
                    pins.to.extend(backs.iter());
                }
                Some(())
            }
            Rule::After(place) => {
                let (first, second) = self.between(place)?;
                let then = self.arrow(second)?;
                let fits = then.from.len() == 1
                    && (!then.to.is_empty() || self.vanishes)
                    && self.leads_on(then)
                    && then.to.is_disjoint(&self.arrow(first)?.to);
                if !fits {
                    return None;
                }
                let then = self.take(second)?;
                self.leads(first, place, false)?;
                then.to.iter().try_for_each(|output| self.leads(first, output, true))
            }
            Rule::Before(place) => {
                let (first, second) = self.between(place)?;
                let before = self.arrow(first)?;
                let is_alone = |input: Place| {
                    input != self.initial && self.place(input).is_some_and(|around| around.from.len() == 1)
                };
                let fits = before.to.len() == 1
                    && self.leads_on(before)
                    && before.from.iter().all(is_alone)
                    && before.from.is_disjoint(&self.arrow(second)?.from);
                if !fits {
                    return None;
                }
                let before = self.take(first)?;
                self.arrow_mut(second)?.head = before.head;
                self.needs(second, place, false)?;
                before.from.iter().try_for_each(|input| self.needs(second, input, true))
            }
            Rule::TwinPlaces(kept, gone) => {
                let is_free = |place: Place| place != self.initial && place != self.done && !self.is_pinned(place);
                let (one, other) = (self.place(kept)?, self.place(gone)?);
                let fits = kept != gone
                    && one == other
                    && is_free(kept)
                    && is_free(gone)
                    && !one.to.is_empty()
                    && !one.from.is_empty();
                if !fits {
                    return None;
                }
                let Around { to, from } = self.places.get_mut(gone as usize).map(std::mem::take)?;
                to.iter().try_for_each(|at| self.arrow_mut(at).map(|arrow| arrow.to.remove(gone)))?;
                from.iter().try_for_each(|at| self.arrow_mut(at).map(|arrow| arrow.from.remove(gone)))
            }
            Rule::TwinTransitions(kept, gone) => {
                let (one, other) = (self.arrow(kept)?, self.arrow(gone)?);
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
                let back = self.backs.get(number as usize).copied().flatten()?;
                let producers = &self.place(back.from)?.to;
                let comes_from = |at: u32| {
                    self.arrow(at).is_some_and(|arrow| {
                        arrow.from.only() == Some(back.to)
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
                *self.backs.get_mut(number as usize)? = None;
                self.pins.get_mut(back.from as usize)?.from.remove(number);
                self.pins.get_mut(back.to as usize)?.to.remove(number);
                Some(())
            }
        }
    }

    /// Tells whether every return that stands apart was dropped.
    pub(crate) fn has_no_backs(&self) -> bool {
        self.backs.iter().all(Option::is_none)
    }

    /// Tells whether nothing but the finished case is left.
    pub(crate) fn is_finished(&self) -> bool {
        let mut left = self.arrows();
        self.has_no_backs()
            && match (left.next(), left.next()) {
                (None, _) => self.initial == self.done,
                (Some((_, only)), None) => {
                    let vanishes = self.vanishes && only.to.is_empty() && only.from.only() == Some(self.initial);
                    vanishes && self.leads_on(only)
                }
                _ => false,
            }
    }
}
