//! Choices read off a tape of numbers: smaller numbers make simpler things, so that proptest shrinks what is made.

/// A tape of numbers; past its end there are only zeros.
#[derive(Debug, Clone)]
pub struct Tape {
    numbers: Vec<u8>,
    at: usize,
}

impl Tape {
    pub fn new(numbers: &[u8]) -> Self {
        Self { numbers: numbers.to_vec(), at: 0 }
    }

    fn next(&mut self) -> usize {
        self.at += 1;
        usize::from(self.numbers.get(self.at - 1).copied().unwrap_or(0))
    }

    /// A number below a bound; the low ones come as often as the others.
    pub fn below(&mut self, bound: usize) -> usize {
        self.next() * bound.max(1) / 256
    }

    /// Tells whether something that happens so many times in 256 happens; a zero never does.
    pub fn chance(&mut self, of_256: usize) -> bool {
        self.next() > 255 - of_256.min(255)
    }

    /// One of several, the first for a zero.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let place = self.below(of.len());
        of.get(place).copied()
    }
}
