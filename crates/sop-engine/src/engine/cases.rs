//! The cases in memory: a hundred thousand of them, each found in one step.

use std::hash::{BuildHasher, BuildHasherDefault};

use hashbrown::HashTable;
use sop_core::case::{CaseState, Status};

use crate::store::{CaseHasher, CaseId, ProcessNumber};

/// A case that is not over.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) state: CaseState,
    pub(crate) process: ProcessNumber,
    /// The number of entries that it has.
    pub(crate) version: u32,
}

impl Case {
    pub(crate) fn new(process: ProcessNumber) -> Self {
        Self { state: CaseState::new(), process, version: 0 }
    }

    /// Tells whether it is to be kept in memory: it runs, or stands still until an operator looks at it.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.state.status(), Status::Running | Status::Faulted)
    }
}

/// The number of cases that a page holds: growing never moves a case, and no more than a page is empty in advance.
const PAGE: usize = 256;

/// The cases in memory. They lie in pages, so that the table by number, which doubles when it is full, holds five bytes
/// for each instead of the whole case.
#[derive(Debug, Default)]
pub(crate) struct Cases {
    /// Where each case lies, under the hash of the number that is found there.
    places: HashTable<Place>,
    pages: Pages,
    free: Vec<Place>,
}

#[derive(Debug, Default)]
struct Pages(Vec<Vec<Option<(CaseId, Case)>>>);

impl Pages {
    fn slot(&self, place: Place) -> Option<&(CaseId, Case)> {
        self.0.get(place.page())?.get(place.within())?.as_ref()
    }

    fn slot_mut(&mut self, place: Place) -> Option<&mut Option<(CaseId, Case)>> {
        self.0.get_mut(place.page())?.get_mut(place.within())
    }

    fn holds(&self, place: Place, id: CaseId) -> bool {
        self.slot(place).is_some_and(|(held, _)| *held == id)
    }

    fn hash(&self, place: Place) -> u64 {
        self.slot(place).map_or(0, |(id, _)| hash(*id))
    }

    fn append(&mut self, id: CaseId, case: Case) -> Place {
        if self.0.last().is_none_or(|page| page.len() == PAGE) {
            self.0.push(Vec::with_capacity(PAGE));
        }
        let before = (self.0.len() - 1) * PAGE;
        let within = self.0.last_mut().map_or(0, |page| {
            page.push(Some((id, case)));
            page.len() - 1
        });
        // Four thousand million cases do not fit into any memory.
        Place(u32::try_from(before + within).unwrap_or(u32::MAX))
    }
}

fn hash(id: CaseId) -> u64 {
    BuildHasherDefault::<CaseHasher>::default().hash_one(id)
}

/// Where a case lies, until it is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u32);

impl Place {
    fn page(self) -> usize {
        self.0 as usize / PAGE
    }

    fn within(self) -> usize {
        self.0 as usize % PAGE
    }
}

impl Cases {
    /// The number of them.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Where a case lies, if it is here.
    pub(crate) fn find(&self, id: CaseId) -> Option<Place> {
        self.places.find(hash(id), |place| self.pages.holds(*place, id)).copied()
    }

    /// The case at a place.
    pub(crate) fn at(&self, place: Place) -> Option<&Case> {
        self.pages.slot(place).map(|(_, case)| case)
    }

    /// The case at a place, to be changed.
    pub(crate) fn at_mut(&mut self, place: Place) -> Option<&mut Case> {
        self.pages.slot_mut(place)?.as_mut().map(|(_, case)| case)
    }

    /// The case with this number.
    pub(crate) fn get(&self, id: CaseId) -> Option<&Case> {
        self.at(self.find(id)?)
    }

    /// Takes a case in, in place of the one with its number.
    pub(crate) fn insert(&mut self, id: CaseId, case: Case) -> Place {
        if let Some(place) = self.find(id) {
            if let Some(held) = self.at_mut(place) {
                *held = case;
            }
            return place;
        }
        let place = match self.free.pop() {
            Some(place) => {
                if let Some(slot) = self.pages.slot_mut(place) {
                    *slot = Some((id, case));
                }
                place
            }
            None => self.pages.append(id, case),
        };
        self.places.insert_unique(hash(id), place, |held| self.pages.hash(*held));
        place
    }

    /// Lets go of a case.
    pub(crate) fn remove(&mut self, id: CaseId) {
        let Ok(found) = self.places.find_entry(hash(id), |place| self.pages.holds(*place, id)) else { return };
        let (place, _) = found.remove();
        if let Some(slot) = self.pages.slot_mut(place) {
            *slot = None;
            self.free.push(place);
        }
    }

    /// All of them, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (CaseId, &Case)> {
        self.pages.0.iter().flatten().flatten().map(|(id, case)| (*id, case))
    }

    /// The numbers of those that meet a condition, in order.
    pub(crate) fn ids(&self, which: impl Fn(&Case) -> bool) -> Vec<CaseId> {
        let mut ids: Vec<CaseId> = self.iter().filter(|(_, case)| which(case)).map(|(id, _)| id).collect();
        ids.sort_unstable();
        ids
    }

    /// Bytes on the heap, the table and the pages among them.
    pub(crate) fn bytes(&self) -> usize {
        let pages = self.pages.0.len() * PAGE * size_of::<Option<(CaseId, Case)>>();
        self.places.allocation_size() + pages + self.iter().map(|(_, case)| case.state.heap_bytes()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(version: u32) -> Case {
        Case { version, ..Case::new(ProcessNumber(1)) }
    }

    #[test]
    fn places_are_used_again_and_a_number_is_there_once() {
        let mut cases = Cases::default();
        for number in 0..600 {
            cases.insert(CaseId(number), case(1));
        }
        let place = cases.find(CaseId(7)).unwrap();
        cases.remove(CaseId(7));
        cases.remove(CaseId(7));
        assert!(cases.get(CaseId(7)).is_none() && cases.at(place).is_none());
        assert_eq!(cases.insert(CaseId(9_999), case(2)), place);
        assert_eq!(cases.insert(CaseId(9_999), case(3)), place);
        assert_eq!(cases.get(CaseId(9_999)).unwrap().version, 3);
        assert_eq!((cases.len(), cases.ids(|_| true).len(), cases.ids(|case| case.version == 3).len()), (600, 600, 1));
        assert!(cases.bytes() >= 3 * PAGE * size_of::<Case>());
    }

    #[test]
    fn an_empty_place_costs_no_more_than_a_case() {
        assert_eq!(size_of::<Option<(CaseId, Case)>>(), size_of::<(CaseId, Case)>());
    }
}
