//! Another order of everything whose order means nothing.

use sop_core::definition::{Cell, Definition, Row};

/// The same definition with its rows, outcomes, branches, roles, papers, fields and ends in another order. Rows whose
/// cells are one with the row above stay below it. The seed says which order; 0 leaves everything as it is.
pub fn reorder_rows(definition: &Definition, seed: u64) -> Definition {
    let mut reordered = definition.clone();
    if seed == 0 {
        return reordered;
    }
    let mut random = Random(seed);
    let mut together: Vec<Vec<Row>> = Vec::new();
    for row in std::mem::take(&mut reordered.rows) {
        let merged = row.merge_up.iter().any(|cell| *cell != Cell::No);
        match together.last_mut().filter(|_| merged) {
            Some(rows) => rows.push(row),
            None => together.push(vec![row]),
        }
    }
    random.shuffle(&mut together);
    reordered.rows = together.into_iter().flatten().collect();
    for step in reordered.rows.iter_mut().flat_map(|row| &mut row.steps) {
        step.outcomes.iter_mut().for_each(|outcomes| random.shuffle(outcomes));
        step.choose.iter_mut().for_each(|branches| random.shuffle(branches));
        step.split.iter_mut().for_each(|threads| random.shuffle(threads));
        if let Some(join) = &mut step.join {
            random.shuffle(&mut join.all);
        }
        for outcome in step.outcomes.iter_mut().flatten() {
            outcome.choose.iter_mut().for_each(|branches| random.shuffle(branches));
        }
    }
    random.shuffle(&mut reordered.roles);
    random.shuffle(&mut reordered.papers);
    random.shuffle(&mut reordered.fields);
    random.shuffle(&mut reordered.starts);
    random.shuffle(&mut reordered.ends);
    reordered
}

/// Numbers that look random and follow from a seed (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % (limit.max(1) as u64)).unwrap_or_default()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            let other = self.below(place + 1);
            items.swap(place, other);
        }
    }
}
