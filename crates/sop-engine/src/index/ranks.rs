//! A sorted set of small keys, packed.
//!
//! Work lists and timers hold an entry for each open wait, and each step takes some out and puts others in. A tree of
//! narrow nodes costs a cold line of memory a level, and leaves nodes half empty where keys come in order, as instants
//! do. Here the keys lie in sorted runs of up to [`RUN`]; the first key of each run stands in a list of its own. Finding
//! a key looks at the list and at one run. What comes in at the end of a run and goes out at its front moves nothing.

use std::collections::VecDeque;
use std::ops::Bound;

/// The most keys in a run: moving half of them is still cheaper than one miss of the cache.
const RUN: usize = 128;

/// By how many keys the room of a run grows.
const ROOM: usize = 16;

/// A sorted set of small keys.
#[derive(Debug, Clone)]
pub(super) struct Ranks<T> {
    /// Each run with a key that is not after its first, and after all of the run before. No run is empty.
    runs: Vec<(T, VecDeque<T>)>,
    len: usize,
}

impl<T> Default for Ranks<T> {
    fn default() -> Self {
        Self { runs: Vec::new(), len: 0 }
    }
}

impl<T: Copy + Ord> Ranks<T> {
    /// The number of keys.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Tells whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The run that a key belongs into.
    fn run_of(&self, key: &T) -> usize {
        match self.runs.as_slice() {
            [] | [_] => 0,
            // Work comes in at the end and goes out at the front more often than not.
            [_, (second, _), ..] if key < second => 0,
            [.., (last, _)] if last <= key => self.runs.len() - 1,
            runs => runs.partition_point(|(first, _)| first <= key).saturating_sub(1),
        }
    }

    /// Puts a key in; one that is in already changes nothing.
    pub(super) fn insert(&mut self, key: T) {
        let at = self.run_of(&key);
        let is_last = at + 1 >= self.runs.len();
        let Some((first, run)) = self.runs.get_mut(at) else {
            self.runs.push((key, VecDeque::from([key])));
            self.len = 1;
            return;
        };
        let place = place_of(run, &key);
        if run.get(place) == Some(&key) {
            return;
        }
        self.len += 1;
        if run.len() < RUN {
            if run.len() == run.capacity() {
                run.reserve_exact(ROOM);
            }
            run.insert(place, key);
            *first = key.min(*first);
            return;
        }
        // Keys that come in order leave full runs behind them.
        if is_last && place == RUN {
            self.runs.push((key, VecDeque::from([key])));
            return;
        }
        let mut upper = run.split_off(RUN / 2);
        run.shrink_to_fit();
        let (half, place) = if place <= RUN / 2 { (run, place) } else { (&mut upper, place - RUN / 2) };
        half.reserve_exact(ROOM);
        half.insert(place, key);
        *first = key.min(*first);
        if let Some(middle) = upper.front().copied() {
            self.runs.insert(at + 1, (middle, upper));
        }
    }

    /// Takes a key out; one that is not in changes nothing.
    pub(super) fn remove(&mut self, key: &T) {
        let at = self.run_of(key);
        let Some((_, run)) = self.runs.get_mut(at) else { return };
        let place = place_of(run, key);
        if run.get(place) != Some(key) {
            return;
        }
        let _removed = run.remove(place);
        self.len -= 1;
        let left = run.len();
        if left == 0 {
            self.runs.remove(at);
        } else if left < RUN / 4 {
            self.join(at);
        }
    }

    /// Joins a short run with the next, where both leave room in one.
    fn join(&mut self, at: usize) {
        let lengths = |at: usize| self.runs.get(at).map(|(_, run)| run.len());
        if let (Some(left), Some(next)) = (lengths(at), lengths(at + 1))
            && left + next <= RUN / 2
        {
            let (_, mut next) = self.runs.remove(at + 1);
            if let Some((_, run)) = self.runs.get_mut(at) {
                run.reserve_exact(next.len());
                run.append(&mut next);
            }
        }
    }

    /// The first key.
    pub(super) fn first(&self) -> Option<&T> {
        self.runs.first().and_then(|(_, run)| run.front())
    }

    /// The keys in order, from a place on.
    pub(super) fn from(&self, bound: Bound<T>) -> impl Iterator<Item = &T> {
        let (at, skipped) = match &bound {
            Bound::Unbounded => (0, 0),
            Bound::Included(key) | Bound::Excluded(key) => {
                let at = self.run_of(key);
                let before = |held: &T| match &bound {
                    Bound::Included(key) => held < key,
                    _ => held <= key,
                };
                (at, self.runs.get(at).map_or(0, |(_, run)| run.partition_point(before)))
            }
        };
        self.runs.iter().skip(at).flat_map(|(_, run)| run).skip(skipped)
    }
}

/// Where a key stands in a run, or belongs: after all that are less.
fn place_of<T: Ord>(run: &VecDeque<T>, key: &T) -> usize {
    match (run.front(), run.back()) {
        (Some(first), _) if key <= first => 0,
        (_, Some(last)) if last < key => run.len(),
        _ => run.partition_point(|held| held < key),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    impl<T: Copy + Ord> Ranks<T> {
        fn check(&self) {
            assert_eq!(self.runs.iter().map(|(_, run)| run.len()).sum::<usize>(), self.len);
            for (place, (first, run)) in self.runs.iter().enumerate() {
                assert!(!run.is_empty() && run.len() <= RUN && *first <= run[0]);
                assert!(run.iter().is_sorted());
                assert!(place == 0 || *self.runs[place - 1].1.back().unwrap() < *first);
            }
        }
    }

    proptest! {
        /// It holds what the standard library's set holds, in the same order, from any place on.
        #[test]
        fn it_is_a_sorted_set(
            steps in prop::collection::vec((0_u8..4, 0_u16..2_000), 0..3_000),
            places in prop::collection::vec(0_u16..2_000, 8),
        ) {
            let (mut ranks, mut set) = (Ranks::default(), BTreeSet::new());
            // Long phases of the same kind, so that runs fill, part, empty, and join.
            for (place, (kind, key)) in steps.into_iter().enumerate() {
                let takes_out = if place / 700 % 2 == 0 { kind == 0 } else { kind != 0 };
                if takes_out {
                    ranks.remove(&key);
                    set.remove(&key);
                } else {
                    ranks.insert(key);
                    set.insert(key);
                }
                if place % 64 == 0 {
                    ranks.check();
                }
            }
            ranks.check();
            prop_assert_eq!(ranks.first(), set.first());
            prop_assert_eq!((ranks.len(), ranks.is_empty()), (set.len(), set.is_empty()));
            prop_assert!(ranks.from(Bound::Unbounded).eq(set.iter()));
            for place in places {
                for bound in [Bound::Included(place), Bound::Excluded(place)] {
                    prop_assert!(ranks.from(bound).eq(set.range((bound, Bound::Unbounded))));
                }
            }
        }
    }

    #[test]
    fn keys_in_order_leave_no_room() {
        let mut ranks = Ranks::default();
        (0..100 * RUN as u32).for_each(|key| ranks.insert(key));
        assert_eq!(ranks.runs.len(), 100);
        assert!(ranks.runs.iter().all(|(_, run)| run.len() == RUN && run.capacity() < RUN + ROOM));
        (0..100 * RUN as u32).for_each(|key| ranks.remove(&key));
        assert!(ranks.is_empty() && ranks.runs.is_empty());
    }
}
