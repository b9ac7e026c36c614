//! A sum that shows whether bytes were altered by accident.

/// A running sum.
///
/// Each step is one-to-one in what is added and in the state before, so that the 64-bit state after an alteration of
/// one number always differs; the 32 bits that are kept of it miss one alteration in four billion. It is no protection
/// against somebody who wants to deceive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sum(u64);

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

impl Sum {
    pub(crate) fn new() -> Self {
        Self(FACTOR)
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(29) ^ number).wrapping_mul(FACTOR);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.number(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            self.number(rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    /// All 64 bits, for sums that are added up over many rows.
    pub(crate) fn whole(mut self) -> u64 {
        self.0 ^= self.0 >> 32;
        self.number(0);
        self.0
    }

    /// As it is kept: a number of 32 bits.
    pub(crate) fn finish(mut self) -> i64 {
        self.0 ^= self.0 >> 32;
        self.number(0);
        i64::from((self.0 >> 32) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> i64 {
        let mut sum = Sum::new();
        sum.bytes(bytes);
        sum.finish()
    }

    #[test]
    fn every_altered_bit_and_every_cut_shows() {
        let mut bytes: Vec<u8> = (0..61).collect();
        let whole = of(&bytes);
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(of(&bytes), whole, "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        for length in 0..bytes.len() {
            assert_ne!(of(&bytes[..length]), whole, "cut to {length}");
        }
        // A zero more at the end is another text, though the last word is the same number.
        assert_ne!(of(&[1]), of(&[1, 0]));
    }
}
