//! Which keys the cases know that have many.
//!
//! The [filter](KeyFilter) that is kept with each case says of most keys that they are new, up to some dozens of them. Of
//! a case with thousands it says nothing, and each new key would be looked for on the disk. Here such cases have a larger
//! filter, in memory alone: it is made from the table of keys and from the tail when it has been worth it, and follows
//! each commit.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;
use sop_engine::store::CaseId;

use crate::tail::{KeyFilter, KeySlot};

/// How many bits of the small filter are set before a case has many keys: of the new ones, it takes one in four for old.
const MANY: u32 = 64;

/// How many words of 64 bits all large filters take together at the most: 8 MB, for four million keys.
const WORDS: usize = 1 << 20;

/// How many of these one case takes at the most.
const WORDS_A_CASE: usize = WORDS / 8;

/// The number of bits for each key, so that two new keys in a thousand are taken for old.
const BITS_A_KEY: usize = 16;

/// The number of bits that a key sets.
const BITS_SET: u64 = 4;

/// The number of keys that can be read one after the other in the time in which one is looked for.
const READ_IN_ONE_SEARCH: u64 = 8;

/// The large filters.
#[derive(Debug, Default)]
pub(crate) struct Known {
    cases: HashMap<CaseId, Large, RandomState>,
    /// The cases, in the order in which their filters were made.
    made: VecDeque<CaseId>,
    words: usize,
    /// How many searches found nothing and were not paid back by a filter yet. So that making filters never takes longer
    /// than what they are to save, however many cases take turns.
    searches: u64,
}

impl Known {
    /// Tells whether a case has a filter that says that a key is new to it.
    pub(crate) fn is_new(&self, case: CaseId, slot: KeySlot) -> bool {
        self.cases.get(&case).is_some_and(|large| !large.may_know(slot))
    }

    /// Notes that a key was looked for and not found in a case with so many entries, and says whether it is worth making
    /// a filter for that.
    pub(crate) fn is_worth_it(&mut self, case: CaseId, small: KeyFilter, entries: u32) -> bool {
        let has_room = |large: &Large| large.room > 0;
        if small.bits_set() < MANY || self.cases.get(&case).is_some_and(has_room) {
            return false;
        }
        self.searches = self.searches.saturating_add(1);
        let price = u64::from(entries) / READ_IN_ONE_SEARCH;
        if price > self.searches || Large::words_for(entries) > WORDS_A_CASE {
            return false;
        }
        self.searches -= price;
        true
    }

    /// Takes in a case that has so many entries: all of its keys, and maybe others.
    pub(crate) fn make(&mut self, case: CaseId, entries: u32, keys: impl IntoIterator<Item = KeySlot>) {
        let mut large = Large::for_entries(entries);
        keys.into_iter().for_each(|slot| large.add(slot));
        self.forget(case);
        while self.words + large.words.len() > WORDS
            && let Some(oldest) = self.made.front().copied()
        {
            self.forget(oldest);
        }
        self.words += large.words.len();
        self.made.push_back(case);
        self.cases.insert(case, large);
    }

    /// Takes in that a key was used.
    pub(crate) fn add(&mut self, slot: KeySlot) {
        let case = CaseId(slot.scope);
        let Some(large) = self.cases.get_mut(&case) else { return };
        // One that is full goes on, and takes more and more new keys for old, until a larger one is worth it.
        large.add(slot);
    }

    fn forget(&mut self, case: CaseId) {
        let Some(large) = self.cases.remove(&case) else { return };
        self.words -= large.words.len();
        self.made.retain(|made| *made != case);
    }
}

/// A filter of one case.
#[derive(Debug)]
struct Large {
    /// A power of two of them.
    words: Box<[u64]>,
    /// The number of keys that it takes beyond those that it has.
    room: usize,
}

impl Large {
    /// The number of words for twice as many keys as there can be so far.
    fn words_for(entries: u32) -> usize {
        (entries as usize * 2 * BITS_A_KEY).next_power_of_two().max(4_096) / 64
    }

    fn for_entries(entries: u32) -> Self {
        let words = Self::words_for(entries);
        Self { words: vec![0; words].into(), room: words * 64 / BITS_A_KEY }
    }

    /// The bits of a key: the first by one part of its hash, the others each by another part further on.
    fn bits(&self, slot: KeySlot) -> impl Iterator<Item = (usize, u64)> + use<> {
        let (first, step, last) = (slot.hash, slot.hash >> 24 | 1, self.words.len() as u64 * 64 - 1);
        (0..BITS_SET).map(move |count| {
            let bit = first.wrapping_add(count.wrapping_mul(step)) & last;
            ((bit / 64) as usize, 1 << (bit % 64))
        })
    }

    fn add(&mut self, slot: KeySlot) {
        for (word, bit) in self.bits(slot) {
            if let Some(word) = self.words.get_mut(word) {
                *word |= bit;
            }
        }
        self.room = self.room.saturating_sub(1);
    }

    /// Tells whether a key may have been added; where not, it was not.
    fn may_know(&self, slot: KeySlot) -> bool {
        self.bits(slot).all(|(word, bit)| self.words.get(word).is_some_and(|word| word & bit != 0))
    }
}

#[cfg(test)]
mod tests {
    use sop_engine::store::{Key, Scope};

    use super::*;

    const FULL: KeyFilter = KeyFilter([u64::MAX; 2]);

    fn slot(case: u64, number: u32) -> KeySlot {
        KeySlot::of(Scope::Case(CaseId(case)), &Key::new(format!("klik {number}")).unwrap())
    }

    #[test]
    fn it_says_of_no_key_that_it_is_new_which_is_not() {
        let (mut known, case) = (Known::default(), CaseId(7));
        known.make(case, 300, (0..300).map(|number| slot(7, number)));
        (300..1_000).for_each(|number| known.add(slot(7, number)));
        assert!((0..1_000).all(|number| !known.is_new(case, slot(7, number))));
        let new = (1_000..11_000).filter(|number| known.is_new(case, slot(7, *number))).count();
        assert!((9_900..10_000).contains(&new), "{new}");
        assert!(!known.is_new(CaseId(8), slot(8, 1)), "nothing is known of it");
    }

    #[test]
    fn a_filter_that_is_full_goes_on_until_a_larger_one_is_worth_it() {
        let (mut known, case) = (Known::default(), CaseId(7));
        known.make(case, 0, []);
        let room = known.cases[&case].room as u32;
        (1..room).for_each(|number| known.add(slot(7, number)));
        assert!(known.is_new(case, slot(7, 0)));
        assert!(!known.is_worth_it(case, FULL, 0), "there is room");
        known.add(slot(7, room));
        assert!(known.is_new(case, slot(7, 0)) && !known.is_new(case, slot(7, room)));
        assert!(known.is_worth_it(case, FULL, 0));
        let words = known.words;
        known.make(case, room, (1..=room).map(|number| slot(7, number)));
        assert!(known.cases[&case].room as u32 >= room && known.is_new(case, slot(7, 0)));
        assert!(known.words > words && known.made.len() == 1);
    }

    #[test]
    fn a_filter_is_made_when_as_much_was_spent_on_searches() {
        let mut known = Known::default();
        let small = KeyFilter([1, 1]);
        assert!((0..9_999).all(|_| !known.is_worth_it(CaseId(1), small, 100)), "the small one does");
        let searches = (1..).find(|_| known.is_worth_it(CaseId(1), FULL, 8_000)).unwrap();
        assert_eq!(u64::from(searches as u32), 8_000 / READ_IN_ONE_SEARCH);
        assert!(!known.is_worth_it(CaseId(2), FULL, 8_000), "that was paid for the first");
        known.make(CaseId(1), 8_000, []);
        assert!((0..9_999).all(|_| !known.is_worth_it(CaseId(1), FULL, 8_000)), "it has one");
        assert!((0..9_999).all(|_| !known.is_worth_it(CaseId(2), FULL, u32::MAX)), "it would be too large");
    }

    #[test]
    fn all_filters_together_have_a_limit_and_the_oldest_go() {
        let mut known = Known::default();
        let entries = (WORDS_A_CASE * 64 / BITS_A_KEY / 2) as u32;
        for case in 1..=20 {
            known.make(CaseId(case), entries, [slot(case, 1)]);
            assert!(known.words <= WORDS && known.made.len() == known.cases.len());
        }
        assert_eq!(known.cases.len(), 8);
        assert!(!known.is_new(CaseId(12), slot(12, 2)) && known.is_new(CaseId(13), slot(13, 2)));
    }
}
