//! A set of small numbers.

/// A fixed set of small numbers, one bit for each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct BitSet {
    words: Vec<u64>,
}

impl Extend<usize> for BitSet {
    fn extend<T: IntoIterator<Item = usize>>(&mut self, numbers: T) {
        for number in numbers {
            self.insert(number);
        }
    }
}

impl From<Vec<u64>> for BitSet {
    /// The set with these words of 64 numbers each, the smallest numbers first.
    fn from(words: Vec<u64>) -> Self {
        Self { words }
    }
}

impl BitSet {
    /// An empty set with room for numbers below `len`.
    pub fn with_len(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)] }
    }

    /// Tells whether the number is in the set.
    #[inline]
    pub fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Puts the number in; says whether it was new. A number beyond the room is not taken.
    pub fn insert(&mut self, number: usize) -> bool {
        let Some(word) = self.words.get_mut(number / 64) else { return false };
        let bit = 1 << (number % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Puts the number in, making room for it; says whether it was new.
    pub(crate) fn insert_with_room(&mut self, number: usize) -> bool {
        let needed = number / 64 + 1;
        if self.words.len() < needed {
            self.words.resize(needed, 0);
        }
        self.insert(number)
    }

    /// Takes the number out.
    pub fn remove(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// Keeps what is in both; says whether this set changed.
    pub fn intersect(&mut self, other: &Self) -> bool {
        let mut changed = false;
        for (place, word) in self.words.iter_mut().enumerate() {
            let kept = *word & other.words.get(place).copied().unwrap_or(0);
            changed |= kept != *word;
            *word = kept;
        }
        changed
    }

    /// Takes in what the other has; says whether this set changed.
    pub fn unite(&mut self, other: &Self) -> bool {
        let mut changed = false;
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            let joined = *word | theirs;
            changed |= joined != *word;
            *word = joined;
        }
        changed
    }

    /// Tells whether any number is in both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(one, other)| one & other != 0)
    }

    /// Takes in what the other has, making room for it.
    pub(crate) fn unite_with_room(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.unite(other);
    }

    /// Takes out what the other has.
    pub(crate) fn subtract(&mut self, other: &Self) {
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word &= !theirs;
        }
    }

    /// The numbers in the set, rising.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(place, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    place * 64 + bit
                })
            })
        })
    }

    /// The set as words of 64 numbers each, the smallest numbers first.
    #[inline]
    pub fn as_words(&self) -> &[u64] {
        &self.words
    }

    /// The number of numbers that are in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Tells whether no number is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }
}
