//! What was probably meant.

/// More candidates than this are not looked at.
pub const MAX_CANDIDATES: usize = 1000;

/// Longer words (in characters) are neither corrected nor proposed.
pub const MAX_LENGTH: usize = 64;

/// The candidate nearest to a word, if it is near enough to have been meant: by the number of letters
/// inserted, left out, replaced or swapped with their neighbour (a swap counts once), not counting
/// case and the choice between `-`, `_` and space. Of equally near ones the first.
///
/// ```
/// use sop_core::diagnostic::suggest::nearest;
/// assert_eq!(nearest("koreksi_kabg", ["periksa", "koreksi_kabag"]), Some("koreksi_kabag"));
/// assert_eq!(nearest("honor", ["rows", "roles"]), None);
/// ```
#[must_use]
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    near(word, candidates).map(|(candidate, _)| candidate)
}

/// The candidate nearest to a word, if it is near enough and no other is as near: safe to put in its place.
#[must_use]
pub fn only_nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    near(word, candidates).filter(|(_, alone)| *alone).map(|(candidate, _)| candidate)
}

fn near<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<(&'c str, bool)> {
    let word = folded(word)?;
    let mut best: Option<(&'c str, usize, bool)> = None;
    for candidate in candidates.into_iter().take(MAX_CANDIDATES) {
        let Some(letters) = folded(candidate) else { continue };
        // A third of the letters, but one letter of three is no misspelling of it.
        let allowed = match word.len().max(letters.len()) {
            0..=2 => 0,
            3..=5 => 1,
            6..=8 => 2,
            longer => longer / 3,
        };
        if word.len().abs_diff(letters.len()) > allowed {
            continue;
        }
        let distance = distance(&word, &letters);
        if distance > allowed {
            continue;
        }
        best = match best {
            Some((first, least, _)) if least == distance => Some((first, least, first == candidate)),
            Some((first, least, alone)) if least < distance => Some((first, least, alone)),
            _ => Some((candidate, distance, true)),
        };
    }
    best.map(|(candidate, _, alone)| (candidate, alone))
}

fn folded(word: &str) -> Option<Vec<char>> {
    let fold = |letter: char| match letter {
        '-' | ' ' => '_',
        other => other.to_lowercase().next().unwrap_or(other),
    };
    let letters: Vec<char> = word.chars().take(MAX_LENGTH + 1).map(fold).collect();
    (letters.len() <= MAX_LENGTH).then_some(letters)
}

/// The optimal string alignment distance: edits and swaps of neighbours, no part edited twice.
fn distance(one: &[char], two: &[char]) -> usize {
    // The rows of the table for the letters of `one` up to the one before the last, the last, and this one.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=two.len()).collect();
    let mut previous: Option<char> = None;
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut left = i + 1;
        let mut previous_b: Option<char> = None;
        let above = last.iter().zip(last.iter().skip(1));
        for (j, (b, (diagonal, up))) in two.iter().zip(above).enumerate() {
            let mut least = (diagonal + usize::from(a != b)).min(up + 1).min(left + 1);
            let swapped = previous == Some(*b) && previous_b == Some(*a);
            if swapped && let Some(cost) = j.checked_sub(1).and_then(|j| before.get(j)) {
                least = least.min(cost + 1);
            }
            row.push(least);
            left = least;
            previous_b = Some(*b);
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(*a);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest, only_nearest};
    use proptest::prelude::*;

    fn between(one: &str, two: &str) -> usize {
        distance(&one.chars().collect::<Vec<_>>(), &two.chars().collect::<Vec<_>>())
    }

    #[test]
    fn counts_edits_and_swaps() {
        assert_eq!(between("", "abc"), 3);
        assert_eq!(between("rows", "rwos"), 1);
        assert_eq!(between("kabag", "kabg"), 1);
        assert_eq!(between("ca", "abc"), 3);
        assert_eq!(between("périksa", "periksa"), 1);
    }

    #[test]
    fn proposes_only_what_can_have_been_meant() {
        assert_eq!(nearest("stepz", ["starts", "steps"]), Some("steps"));
        assert_eq!(nearest("return-to", ["return_to"]), Some("return_to"));
        assert_eq!(nearest("Next", ["next"]), Some("next"));
        assert_eq!(nearest("no", ["on", "id"]), None);
        assert_eq!(nearest(&"a".repeat(65), [&*"a".repeat(65)]), None);
        assert_eq!(nearest("tahap_3", ["tahap_1", "tahap_2"]), Some("tahap_1"));
        assert_eq!(only_nearest("tahap_3", ["tahap_1", "tahap_2"]), None);
        assert_eq!(only_nearest("kabg", ["kabag", "karo"]), Some("kabag"));
    }

    proptest! {
        #[test]
        fn is_a_distance(one in "[abc]{0,6}", two in "[abc]{0,6}") {
            prop_assert_eq!(between(&one, &two), between(&two, &one));
            prop_assert_eq!(between(&one, &two) == 0, one == two);
            prop_assert!(between(&one, &two) <= one.len().max(two.len()));
            prop_assert!(between(&one, &two) >= one.len().abs_diff(two.len()));
        }
    }
}
