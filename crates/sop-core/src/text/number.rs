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

    /// Whether it is written without fraction and exponent.
    #[must_use]
    pub fn is_integer(self) -> bool {
        !self.text.contains(['.', 'e', 'E'])
    }

    /// The value, if it is written as an integer and fits.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        self.text.parse().ok()
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
