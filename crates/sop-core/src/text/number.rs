//! A JSON number, kept as it was written.

/// A number as it stands in the file. Nothing is rounded until somebody asks for a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'j> {
    text: &'j str,
}

impl<'j> Number<'j> {
    pub(super) fn new(text: &'j str) -> Self {
        Self { text }
    }

    /// The number as written, such as `1.50e3`.
    #[must_use]
    pub fn as_str(self) -> &'j str {
        self.text
    }

    /// Tells whether it is written without fraction and exponent.
    #[must_use]
    pub fn is_integer(self) -> bool {
        !self.text.contains(['.', 'e', 'E'])
    }

    /// The value, if it is written as an integer and fits. `-0` is none: no integer is written so, and
    /// serde takes it for a fraction.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        self.text.parse().ok().filter(|value| *value != 0 || self.text == "0")
    }

    /// The value, if it is written as an integer that isn't negative, and fits.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        self.text.parse().ok()
    }

    /// The nearest binary fraction. Numbers that overflow are refused when the text is read, so this
    /// is finite.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.text.parse().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn nothing_is_rounded_on_the_way() {
        let largest = Number::new("18446744073709551615");
        assert_eq!((largest.as_i64(), largest.as_u64()), (None, Some(u64::MAX)));
        assert_eq!(Number::new("-9223372036854775808").as_i64(), Some(i64::MIN));
        assert_eq!(Number::new("0").as_i64(), Some(0));
        for fraction in ["-0", "1.0", "1e3", "0.5"] {
            assert_eq!((Number::new(fraction).as_i64(), Number::new(fraction).as_u64()), (None, None), "{fraction}");
        }
        assert_eq!(Number::new("1.50e3").as_f64().to_bits(), 1500_f64.to_bits());
    }
}
