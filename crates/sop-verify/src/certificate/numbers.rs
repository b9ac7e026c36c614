//! Small sets of numbers, sorted, as a reduction is confirmed with.

use smallvec::SmallVec;

/// A set of numbers in rising order. Most have one or two members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers(SmallVec<[u32; 4]>);

impl Numbers {
    /// Puts a number in; one that is there already changes nothing.
    pub(crate) fn insert(&mut self, number: u32) {
        if let Err(place) = self.0.binary_search(&number) {
            self.0.insert(place, number);
        }
    }

    /// Takes a number out; one that is not there changes nothing.
    pub(crate) fn remove(&mut self, number: u32) {
        if let Ok(place) = self.0.binary_search(&number) {
            self.0.remove(place);
        }
    }

    /// Tells whether a number is in the set.
    pub(crate) fn contains(&self, number: u32) -> bool {
        self.0.binary_search(&number).is_ok()
    }

    /// Tells whether no number is in both.
    pub(crate) fn is_disjoint(&self, other: &Self) -> bool {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        !few.iter().any(|number| many.contains(number))
    }

    /// Tells whether each number is in the other, too.
    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|number| other.contains(number))
    }

    /// The only number, if there is exactly one.
    pub(crate) fn only(&self) -> Option<u32> {
        match self.0[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<u32> for Numbers {
    fn from_iter<T: IntoIterator<Item = u32>>(numbers: T) -> Self {
        let mut list: SmallVec<[u32; 4]> = numbers.into_iter().collect();
        list.sort_unstable();
        list.dedup();
        Self(list)
    }
}

impl Extend<u32> for Numbers {
    fn extend<T: IntoIterator<Item = u32>>(&mut self, numbers: T) {
        numbers.into_iter().for_each(|number| self.insert(number));
    }
}
