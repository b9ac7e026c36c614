//! The cases in memory: a hundred thousand of them, each found in one step.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use sop_core::case::{CaseState, Status};

use crate::store::{CaseHasher, CaseId, ProcessNumber};

/// A case that is not over.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) state: CaseState,
    pub(crate) process: ProcessNumber,
    /// How many entries it has.
    pub(crate) version: u32,
}

impl Case {
    pub(crate) fn new(process: ProcessNumber) -> Self {
        Self { state: CaseState::new(), process, version: 0 }
    }

    /// Whether it is to be kept in memory: it runs, or stands still until an operator looks at it.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.state.status(), Status::Running | Status::Faulted)
    }
}

/// How many cases a page holds: growing never moves a case, and no more than a page is empty in advance.
const PAGE: usize = 256;

/// The cases in memory. They lie in pages, so that the table by number, which doubles when it is full, holds four bytes
/// for each instead of the whole case.
#[derive(Debug, Default)]
pub(crate) struct Cases {
    places: HashMap<CaseId, Place, BuildHasherDefault<CaseHasher>>,
    pages: Vec<Vec<Option<(CaseId, Case)>>>,
    free: Vec<Place>,
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
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Where a case lies, if it is here.
    pub(crate) fn find(&self, id: CaseId) -> Option<Place> {
        self.places.get(&id).copied()
    }

    /// The case at a place.
    pub(crate) fn at(&self, place: Place) -> Option<&Case> {
        self.pages.get(place.page())?.get(place.within())?.as_ref().map(|(_, case)| case)
    }

    /// The case at a place, to be changed.
    pub(crate) fn at_mut(&mut self, place: Place) -> Option<&mut Case> {
        self.pages.get_mut(place.page())?.get_mut(place.within())?.as_mut().map(|(_, case)| case)
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
                if let Some(slot) = self.pages.get_mut(place.page()).and_then(|page| page.get_mut(place.within())) {
                    *slot = Some((id, case));
                }
                place
            }
            None => self.append(id, case),
        };
        self.places.insert(id, place);
        place
    }

    fn append(&mut self, id: CaseId, case: Case) -> Place {
        if self.pages.last().is_none_or(|page| page.len() == PAGE) {
            self.pages.push(Vec::with_capacity(PAGE));
        }
        let pages = self.pages.len();
        let within = self.pages.last_mut().map_or(0, |page| {
            page.push(Some((id, case)));
            page.len() - 1
        });
        // Four thousand million cases do not fit into any memory.
        Place(u32::try_from((pages - 1) * PAGE + within).unwrap_or(u32::MAX))
    }

    /// Lets go of a case.
    pub(crate) fn remove(&mut self, id: CaseId) {
        let Some(place) = self.places.remove(&id) else { return };
        if let Some(slot) = self.pages.get_mut(place.page()).and_then(|page| page.get_mut(place.within())) {
            *slot = None;
            self.free.push(place);
        }
    }

    /// All of them, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (CaseId, &Case)> {
        self.pages.iter().flatten().flatten().map(|(id, case)| (*id, case))
    }

    /// The numbers of those that meet a condition, in order.
    pub(crate) fn ids(&self, which: impl Fn(&Case) -> bool) -> Vec<CaseId> {
        let mut ids: Vec<CaseId> = self.iter().filter(|(_, case)| which(case)).map(|(id, _)| id).collect();
        ids.sort_unstable();
        ids
    }

    /// Bytes on the heap, the table and the pages among them.
    pub(crate) fn bytes(&self) -> usize {
        // A table has a byte of its own for each place, and is full at seven eighths.
        let table = self.places.capacity() * 8 / 7 * (size_of::<(CaseId, Place)>() + 1);
        let pages = self.pages.len() * PAGE * size_of::<Option<(CaseId, Case)>>();
        table + pages + self.iter().map(|(_, case)| case.state.heap_bytes()).sum::<usize>()
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
