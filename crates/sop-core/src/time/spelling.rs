//! Indonesian number words, and which known word a misspelt one is closest to.

const UNITS: [&str; 10] = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];

/// The greatest number that [`in_words`] spells.
pub(super) const MAX_IN_WORDS: u32 = 999;

/// A number up to [`MAX_IN_WORDS`] in words: `dua puluh lima`.
pub(super) fn in_words(number: u32) -> Option<String> {
    if number > MAX_IN_WORDS {
        return None;
    }
    let unit = |digit: u32| usize::try_from(digit).ok().and_then(|digit| UNITS.get(digit).copied());
    let (hundreds, rest) = (number / 100, number % 100);
    let mut words = Vec::new();
    match hundreds {
        0 => {}
        1 => words.push("seratus"),
        _ => words.extend([unit(hundreds)?, "ratus"]),
    }
    match (rest / 10, rest % 10) {
        (0, 0) if hundreds > 0 => {}
        (0, digit) => words.push(unit(digit)?),
        (1, 0) => words.push("sepuluh"),
        (1, 1) => words.push("sebelas"),
        (1, digit) => words.extend([unit(digit)?, "belas"]),
        (tens, digit) => {
            words.extend([unit(tens)?, "puluh"]);
            if digit > 0 {
                words.push(unit(digit)?);
            }
        }
    }
    Some(words.join(" "))
}

/// The number that words spell, if they spell one up to [`MAX_IN_WORDS`].
pub(super) fn from_words(words: &str) -> Option<u32> {
    (0..=MAX_IN_WORDS).find(|&number| in_words(number).is_some_and(|spelt| spelt == words))
}

/// The known word that a word was probably meant to be: one or two letters away, and no other
/// known word as close. Short words have to be closer.
pub(super) fn closest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let length = word.chars().count();
    if !(3..=24).contains(&length) {
        return None;
    }
    let limit = if length < 5 { 1 } else { 2 };
    let mut distances: Vec<_> = known.iter().map(|&known| (distance(word, known), known)).collect();
    distances.sort_unstable();
    match distances.as_slice() {
        [(best, word), rest @ ..] if *best <= limit && rest.first().is_none_or(|(next, _)| next > best) => Some(word),
        _ => None,
    }
}

/// Letters to insert, drop, replace or swap with their neighbour to get from one word to another
/// (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, letter) in from.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, &other) in to.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, column) + usize::from(letter != other);
            let dropped = at(&last, column + 1) + 1;
            let inserted = at(&current, column) + 1;
            let mut best = replaced.min(dropped).min(inserted);
            let swapped = column > 0
                && previous == Some(other)
                && column.checked_sub(1).and_then(|left| to.get(left)) == Some(&letter);
            if swapped {
                best = best.min(at(&before_last, column.saturating_sub(1)).saturating_add(1));
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
        previous = Some(letter);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_read_back_from_its_words() {
        for number in 0..=MAX_IN_WORDS {
            let words = in_words(number).unwrap_or_default();
            assert_eq!(from_words(&words), Some(number), "{words}");
        }
    }

    #[test]
    fn numbers_are_spelt_as_in_school() {
        let spelt = |number| in_words(number).unwrap_or_default();
        assert_eq!(spelt(0), "nol");
        assert_eq!(spelt(10), "sepuluh");
        assert_eq!(spelt(11), "sebelas");
        assert_eq!(spelt(14), "empat belas");
        assert_eq!(spelt(25), "dua puluh lima");
        assert_eq!(spelt(100), "seratus");
        assert_eq!(spelt(111), "seratus sebelas");
        assert_eq!(spelt(240), "dua ratus empat puluh");
        assert_eq!(in_words(1_000), None);
    }

    #[test]
    fn a_swap_is_one_letter() {
        assert_eq!(distance("mneit", "menit"), 1);
        assert_eq!(distance("menit", "menit"), 0);
        assert_eq!(distance("jam", "hari"), 3);
        assert_eq!(distance("", "jam"), 3);
    }
}
