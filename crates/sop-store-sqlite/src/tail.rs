//! The newest entries, which are not written behind yet.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use sop_engine::core::process::Hash;
use sop_engine::store::{CaseId, Key, Position, Scope};

use crate::sum::Sum;

/// How many cases' heads there is room for in memory at the least: as many as fit into a hash table of 65,536 places, of
/// 6 MB; one more would double it. Those that do not fit are read from the table.
const HEADS: usize = 65_536 / 8 * 7;

/// How many heads there is room for where so many cases are written to between one writing behind and the next: a table
/// of which these take three quarters at the most. The rest is for those that were written to before.
fn room_beside(written: usize) -> usize {
    let mut room = HEADS;
    while written > room / 4 * 3 {
        room *= 2;
    }
    room
}

/// Where the entries of a case begin and end, and which keys it may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Head {
    pub(crate) first: Position,
    pub(crate) last: Position,
    /// The number of them.
    pub(crate) version: u32,
    pub(crate) filter: KeyFilter,
    /// The entry that changed this last; not kept on the disk.
    pub(crate) changed: Position,
    /// The link of the last entry, which the next goes back to; all zeros where it is to be looked up in the log.
    pub(crate) link: [u8; 32],
}

impl Head {
    /// Takes in the next entry of the case.
    pub(crate) fn grow(&mut self, at: Position, link: [u8; 32]) {
        if self.version == 0 {
            self.first = at;
        }
        self.last = at;
        self.version = self.version.saturating_add(1);
        self.changed = at;
        self.link = link;
    }
}

/// Says of most keys that are new to a case that they are, without looking for them on the disk: each key sets two bits
/// of 128. A case that has many keys gets a [larger one](crate::known) when that is worth it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct KeyFilter(pub(crate) [u64; 2]);

impl KeyFilter {
    fn bits(slot: KeySlot) -> [u64; 2] {
        [1 << (slot.hash & 63), 1 << (slot.hash >> 6 & 63)]
    }

    pub(crate) fn add(&mut self, slot: KeySlot) {
        for (word, bit) in self.0.iter_mut().zip(Self::bits(slot)) {
            *word |= bit;
        }
    }

    /// Tells whether a key may have been added; where not, it was not.
    pub(crate) fn may_know(self, slot: KeySlot) -> bool {
        self.0.iter().zip(Self::bits(slot)).all(|(word, bit)| word & bit != 0)
    }

    /// The number of bits that are set.
    pub(crate) fn bits_set(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

/// Under what a key is found: its scope, and the first 48 bits of its SHA-256 hash. Two keys may share it; what is found
/// is compared with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeySlot {
    /// A case, or 0 for the whole store.
    pub(crate) scope: u64,
    pub(crate) hash: u64,
}

impl KeySlot {
    pub(crate) fn of(scope: Scope, key: &Key) -> Self {
        let scope = match scope {
            Scope::Store => 0,
            Scope::Case(case) => case.0,
        };
        let hash = Hash::of(key.as_str().as_bytes());
        let hash = hash.as_bytes().iter().take(6).fold(0, |word, byte| word << 8 | u64::from(*byte));
        Self { scope, hash }
    }
}

/// What the tables do not say yet: the entries after `after`, up to and with `last`.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    pub(crate) after: Position,
    pub(crate) last: Position,
    heads: HashMap<CaseId, Head, RandomState>,
    keys: BTreeSet<(KeySlot, Position)>,
}

impl Tail {
    /// An empty one.
    pub(crate) fn starting(after: Position) -> Self {
        Self { after, last: after, ..Self::default() }
    }

    /// The number of entries that it holds.
    pub(crate) fn len(&self) -> u64 {
        self.last.0.saturating_sub(self.after.0)
    }

    /// Where a case stands, if that is in memory: always if it was written to in the tail.
    pub(crate) fn head(&self, case: CaseId) -> Option<Head> {
        self.heads.get(&case).copied()
    }

    /// Where keys of a slot were used in the tail, the newest first.
    pub(crate) fn used(&self, slot: KeySlot) -> impl Iterator<Item = Position> + '_ {
        self.keys.range((slot, Position(0))..=(slot, Position(u64::MAX))).rev().map(|(_, at)| *at)
    }

    /// Takes in where a case stands now.
    pub(crate) fn put_head(&mut self, case: CaseId, head: Head) {
        self.heads.insert(case, head);
    }

    /// Takes in where a key was used.
    pub(crate) fn put_key(&mut self, slot: KeySlot, at: Position) {
        self.keys.insert((slot, at));
    }

    /// The cases that the table is behind of, in its order, which touches each of its pages once.
    pub(crate) fn heads(&self) -> Vec<(CaseId, Head)> {
        let changed = self.heads.iter().filter(|(_, head)| head.changed > self.after);
        let mut heads: Vec<_> = changed.map(|(case, head)| (*case, *head)).collect();
        heads.sort_unstable_by_key(|(case, _)| case.0.cast_signed());
        heads
    }

    /// The keys of a scope that were used in the tail.
    pub(crate) fn used_in(&self, scope: u64) -> impl Iterator<Item = KeySlot> + '_ {
        let end = |hash, at| (KeySlot { scope, hash }, Position(at));
        self.keys.range(end(0, 0)..=end(u64::MAX, u64::MAX)).map(|(slot, _)| *slot)
    }

    /// The keys with where they were used, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (KeySlot, Position)> + '_ {
        self.keys.iter().copied()
    }

    /// Forgets what the tables say by now.
    pub(crate) fn reflected(&mut self, upto: Position) {
        let written = self.heads.values().filter(|head| head.changed > self.after).count();
        self.after = upto;
        self.last = self.last.max(upto);
        if self.last == upto {
            self.keys.clear();
        } else {
            self.keys.retain(|(_, at)| *at > upto);
        }
        let room = room_beside(written);
        let stay = room - written;
        if self.heads.len() > stay {
            // Some of all go, and not those that were unattended longest: where more cases take turns than fit, each of
            // these would have gone just before its turn came.
            let share = (1 << 32) / self.heads.len() as u64 * (stay - stay / 64) as u64;
            // Into a new table: what was taken out of a full one goes on filling it.
            let heads =
                std::mem::replace(&mut self.heads, HashMap::with_capacity_and_hasher(room, RandomState::default()));
            self.heads.extend(heads.into_iter().filter(|(case, head)| head.changed > upto || lot(*case, upto) < share));
        }
    }
}

/// A number below 2^32 for a case, another one each time: the same when a run is repeated.
fn lot(case: CaseId, upto: Position) -> u64 {
    let mut sum = Sum::new();
    sum.number(upto.0);
    sum.number(case.0);
    sum.finish().cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tables_reflect_is_forgotten_and_the_rest_stays() {
        let mut tail = Tail::starting(Position(10));
        let slot = KeySlot::of(Scope::Store, &Key::new("a").unwrap());
        for (case, last) in [(1, 11), (2, 12), (3, 13)] {
            tail.put_head(CaseId(case), Head { last: Position(last), changed: Position(last), ..Head::default() });
            tail.put_key(slot, Position(last));
            tail.last = Position(last);
        }
        assert_eq!(tail.len(), 3);
        tail.reflected(Position(12));
        assert_eq!((tail.len(), tail.heads().len()), (1, 1));
        assert!(tail.head(CaseId(2)).is_some(), "it may stay");
        assert_eq!(tail.used(slot).collect::<Vec<_>>(), [Position(13)]);
        tail.reflected(Position(20));
        assert_eq!((tail.len(), tail.keys().count(), tail.heads().len()), (0, 0, 0));
        assert_eq!(tail.last, Position(20));
    }

    /// Cases that take turns, so many between one writing behind and the next: how many stay, in how large a table, and
    /// how many both times.
    fn taking_turns(cases: u64, between: u64) -> (usize, usize, usize) {
        let mut tail = Tail::default();
        let (mut kept, mut most) = ([Vec::new(), Vec::new()], 0);
        for entry in 1..=4 * cases {
            tail.put_head(CaseId(entry % cases), Head { changed: Position(entry), ..Head::default() });
            tail.last = Position(entry);
            most = most.max(tail.heads.capacity());
            if entry % between == 0 {
                tail.reflected(tail.last);
                kept = [std::mem::take(&mut kept[1]), tail.heads.keys().copied().collect::<Vec<_>>()];
            }
        }
        let [before, now] = kept;
        let now: BTreeSet<CaseId> = now.into_iter().collect();
        (now.len(), most, before.iter().filter(|case| now.contains(case)).count())
    }

    #[test]
    fn of_more_cases_than_fit_some_stay_and_others_each_time() {
        let (stayed, room, both) = taking_turns(100_000, 65_536);
        assert!((44_000..=49_152).contains(&stayed) && room == 2 * HEADS, "{stayed} in {room}");
        assert!((10_000..40_000).contains(&both), "{both}");
        let (stayed, room, _) = taking_turns(100_000, 9_000);
        assert!((42_000..=48_344).contains(&stayed) && room == HEADS, "{stayed} in {room}");
        // All fit.
        assert_eq!(taking_turns(40_000, 9_000).0, 40_000);
    }

    #[test]
    fn a_filter_knows_what_was_added_and_not_much_else() {
        let slot = |number: u32| KeySlot::of(Scope::Store, &Key::new(format!("klik {number}")).unwrap());
        let mut filter = KeyFilter::default();
        assert!(!filter.may_know(slot(0)));
        (0..10).for_each(|number| filter.add(slot(number)));
        assert!((0..10).all(|number| filter.may_know(slot(number))));
        let mistaken = (10..1_010).filter(|number| filter.may_know(slot(*number))).count();
        assert!((1..60).contains(&mistaken), "{mistaken} of 1,000");
    }
}
