//! Places in a JSON tree, as RFC 6901 writes them.

use std::cmp::Ordering;
use std::fmt;

/// A JSON pointer (RFC 6901), such as `/rows/3/steps/0/next`; the empty one is the whole file.
///
/// Pointers are ordered segment by segment, numbers by value, so that `/rows/2` comes before `/rows/10`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the whole file.
    #[must_use]
    pub fn root() -> Self {
        Self(String::new())
    }

    /// Reads a pointer; `None` unless it is empty or begins with `/`, and each `~` is `~0` or `~1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let begins_well = text.is_empty() || text.starts_with('/');
        let escapes_well = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        (begins_well && escapes_well).then(|| Self(text.to_owned()))
    }

    /// The place of a member of this object.
    ///
    /// ```
    /// use sop_core::text::Pointer;
    /// assert_eq!(Pointer::root().key("rows").index(3).key("a/b").to_string(), "/rows/3/a~1b");
    /// ```
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + key.len() + 1);
        text.push_str(&self.0);
        push_segment(&mut text, key);
        Self(text)
    }

    /// The place of an item of this array, counted from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        // The digits from the last to the first; twenty are enough for any index.
        let mut digits = [b'0'; 20];
        let mut rest = index;
        let mut from = digits.len();
        for (place, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            from = place;
            if rest == 0 {
                break;
            }
        }
        let written = digits.get(from..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default();
        let mut text = String::with_capacity(self.0.len() + written.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        text.push_str(written);
        Self(text)
    }

    /// The place that this one is directly in; `None` for the whole file.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').and_then(|at| self.0.get(..at)).map(|text| Self(text.to_owned()))
    }

    /// The segments, decoded.
    pub fn segments(&self) -> impl Iterator<Item = String> + '_ {
        self.raw_segments().map(|segment| segment.replace("~1", "/").replace("~0", "~"))
    }

    /// Tells whether this is the other place or one that contains it.
    #[must_use]
    pub fn contains(&self, other: &Pointer) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn raw_segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').skip(1)
    }
}

/// Appends `/` and the key, escaped.
fn push_segment(text: &mut String, key: &str) {
    text.push('/');
    if !key.contains(['~', '/']) {
        text.push_str(key);
        return;
    }
    for character in key.chars() {
        match character {
            '~' => text.push_str("~0"),
            '/' => text.push_str("~1"),
            other => text.push(other),
        }
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Pointer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Ord for Pointer {
    fn cmp(&self, other: &Self) -> Ordering {
        let segment = |one: &str, two: &str| match (one.parse::<u32>(), two.parse::<u32>()) {
            (Ok(a), Ok(b)) => a.cmp(&b).then_with(|| one.cmp(two)),
            // Numbers come before names, so that the order is total.
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => one.cmp(two),
        };
        let (mut ours, mut theirs) = (self.raw_segments(), other.raw_segments());
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(one), Some(two)) => match segment(one, two) {
                    Ordering::Equal => {}
                    different => return different,
                },
            }
        }
    }
}

impl PartialOrd for Pointer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Pointer;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn segments_come_back(keys in prop::collection::vec(".{0,6}", 0..5)) {
            let pointer = keys.iter().fold(Pointer::root(), |at, key| at.key(key));
            prop_assert_eq!(pointer.segments().collect::<Vec<_>>(), keys);
            prop_assert_eq!(Pointer::parse(pointer.as_str()), Some(pointer));
        }

        #[test]
        fn order_agrees_with_equality(one in "(/[0-9a~]{0,3}){0,3}", two in "(/[0-9a~]{0,3}){0,3}") {
            let (one, two) = (Pointer(one), Pointer(two));
            prop_assert_eq!(one == two, one.cmp(&two).is_eq());
            prop_assert_eq!(one.cmp(&two), two.cmp(&one).reverse());
        }
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let rows = Pointer::root().key("rows");
        assert!(rows.index(2) < rows.index(10));
        assert!(rows < rows.index(0));
        assert!(rows.contains(&rows.index(0)));
        assert!(!rows.contains(&Pointer::root().key("rowset")));
        assert_eq!(rows.index(0).parent(), Some(rows));
        assert_eq!(Pointer::parse("rows"), None);
        assert_eq!(Pointer::parse("/a~2"), None);
    }
}
