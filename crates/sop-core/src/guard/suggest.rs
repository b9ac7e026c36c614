//! The name that somebody most likely meant.

/// Names longer than this are not compared: nobody mistypes them letter by letter, and the comparison is quadratic.
const LONGEST: usize = 64;
/// Lists longer than this are not searched to their end.
const MOST: usize = 2_000;

/// The candidate with the fewest typing mistakes from `name`, if these are few enough for its length: none for
/// one letter, one up to five letters, two up to eight, and so on. The first of equally near ones.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let wanted: Vec<char> = name.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
    if wanted.len() > LONGEST {
        return None;
    }
    let allowed = wanted.len().div_ceil(3).min(wanted.len().saturating_sub(1));
    let allowed = if wanted.len() <= 5 { allowed.min(1) } else { allowed };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.take(MOST) {
        if candidate.len() > LONGEST * 4 {
            continue;
        }
        let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        let limit = best.map_or(allowed + 1, |(mistakes, _)| mistakes);
        if letters.len().abs_diff(wanted.len()) >= limit {
            continue;
        }
        let mistakes = mistakes_between(&wanted, &letters);
        if mistakes < limit {
            best = Some((mistakes, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

/// Letters to insert, remove or replace to get from one to the other (Levenshtein's distance), row by row.
fn mistakes_between(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.iter().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(left);
        for (above, other) in row.iter().skip(1).zip(to) {
            let replaced = diagonal + usize::from(letter != other);
            left = replaced.min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = ["nilai", "jenis", "bagian", "bagian_umum"];
        for (typed, meant) in [
            ("nila", Some("nilai")),
            ("Nilai", Some("nilai")),
            ("jenus", Some("jenis")),
            ("bagian_umun", Some("bagian_umum")),
            ("tanggal", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, names.into_iter()).as_deref(), meant, "{typed}");
        }
    }
}
