//! The work list of a reduction.

#![expect(clippy::indexing_slicing, reason = "places and transitions are numbered by the reduction")]

use super::reduce::PlaceNow;
use crate::model::Place;

/// A place or a transition.
pub(super) enum Item {
    Place(Place),
    Transition(u32),
}

/// What has changed and has not been looked at since.
pub(super) struct Work {
    open: Vec<u32>,
    is_open: Vec<bool>,
    places: u32,
    /// Transitions that were put off.
    later: Vec<u32>,
    is_late: bool,
}

impl Work {
    pub(super) fn of(places: usize, transitions: usize) -> Self {
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

    pub(super) fn place(&mut self, place: Place) {
        self.push(place);
    }

    pub(super) fn transition(&mut self, transition: u32) {
        self.push(self.places + transition);
    }

    /// The transitions beside a place, where there are few: with many, no rule depends on one more or less.
    pub(super) fn around(&mut self, place: &PlaceNow) {
        for list in [&place.from, &place.to] {
            if list.len() <= 2 {
                list.iter().for_each(|transition| self.transition(*transition));
            }
        }
    }

    /// Puts a transition off until there is nothing else to do; not if that is so.
    pub(super) fn put_off(&mut self, transition: u32) -> bool {
        if !self.is_late {
            self.later.push(self.places + transition);
        }
        !self.is_late
    }

    pub(super) fn next(&mut self) -> Option<Item> {
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
