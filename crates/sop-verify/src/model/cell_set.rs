//! Sets of cells of one field, as runs: guards compare with constants, so that what they hold for has few of them,
//! however many cells the field is cut into.

use smallvec::SmallVec;
use sop_core::guard::{FieldIx, Test};

use super::cells::{Cell, Cells};

/// A set of cells: runs from a first to a last cell, rising, with a gap between any two. Cell 0 is the missing value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct CellSet(SmallVec<[(Cell, Cell); 2]>);

impl CellSet {
    /// The cells from one to another, both included.
    pub(crate) fn run(from: Cell, to: Cell) -> Self {
        let mut set = Self::default();
        if from <= to {
            set.0.push((from, to));
        }
        set
    }

    /// Whatever is set.
    pub(crate) fn set() -> Self {
        Self::run(1, Cell::MAX)
    }

    /// Adds a run behind all others.
    fn push(&mut self, from: Cell, to: Cell) {
        match self.0.last_mut() {
            Some((_, last)) if last.checked_add(1).is_none_or(|next| from <= next) => *last = to.max(*last),
            _ => self.0.push((from, to)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, cell: Cell) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&cell))
    }

    /// The cells, rising.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Cell> + '_ {
        self.0.iter().flat_map(|(from, to)| *from..=*to)
    }

    /// The cells of both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let mut both = Self::default();
        let (mut ours, mut theirs) = (self.0.iter().copied().peekable(), other.0.iter().copied().peekable());
        while let (Some((from, to)), Some((begins, ends))) = (ours.peek().copied(), theirs.peek().copied()) {
            if from.max(begins) <= to.min(ends) {
                both.push(from.max(begins), to.min(ends));
            }
            if to <= ends {
                ours.next();
            } else {
                theirs.next();
            }
        }
        both
    }

    /// The cells that the other has not.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut rest = Self::default();
        let mut theirs = other.0.iter().copied().peekable();
        for &(from, to) in &self.0 {
            let mut open = Some(from);
            while let Some(begins) = open {
                match theirs.peek().copied() {
                    Some((_, ends)) if ends < begins => {
                        theirs.next();
                    }
                    Some((first, ends)) if first <= to => {
                        if begins < first {
                            rest.push(begins, first - 1);
                        }
                        open = ends.checked_add(1).filter(|next| *next <= to);
                    }
                    _ => {
                        rest.push(begins, to);
                        open = None;
                    }
                }
            }
        }
        rest
    }

    /// The answer of a question for the whole set, if it is the same for all of it: `true` where all are in it.
    pub(crate) fn answer(&self, true_for: &Self) -> Option<bool> {
        // Most sets and most questions are one run.
        if let ([(from, to)], [(first, last)]) = (self.0.as_slice(), true_for.0.as_slice()) {
            return match (first <= from && to <= last, to < first || last < from) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            };
        }
        let both = self.and(true_for);
        match (both.is_empty(), both == *self) {
            (_, true) => Some(true),
            (true, _) => Some(false),
            _ => None,
        }
    }

    /// The cells for which a test is true.
    pub(crate) fn true_for(cells: &Cells, field: FieldIx, test: &Test) -> Self {
        let count = cells.count(field);
        let holds = |cell: Cell| test.holds(cells.value(field, cell).as_ref());
        // Between two constants all cells answer alike: one of each gap is asked, and the constants themselves. The
        // missing value is asked by itself, and so is the last cell: of texts it stands for all that are not named.
        let mut asked: SmallVec<[Cell; 8]> = SmallVec::from_slice(&[0, 1, count]);
        for constant in test.constants() {
            let place = cells.place_of(field, constant);
            asked.extend([place, place.saturating_add(1)]);
        }
        asked.retain(|cell| *cell <= count);
        asked.sort_unstable();
        asked.dedup();
        let mut set = Self::default();
        for (place, cell) in asked.iter().enumerate() {
            if holds(*cell) {
                set.push(*cell, asked.get(place + 1).map_or(count, |next| next - 1));
            }
        }
        set
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects by failing")]
mod tests {
    use sop_core::guard::{Comparison, FieldIx, Test, Value};

    use super::{CellSet, Cells};

    /// A set of the cells whose bits are set.
    fn of(bits: u16) -> CellSet {
        let mut set = CellSet::default();
        (0..16).filter(|cell| bits & (1 << cell) != 0).for_each(|cell| set.push(cell, cell));
        set
    }

    #[test]
    fn sets_of_runs_are_sets() {
        let some: Vec<u16> =
            (0..400_u32).map(|at| (at.wrapping_mul(40_503) >> 3) as u16).chain([0, u16::MAX]).collect();
        for &left in &some {
            assert_eq!(of(left).iter().fold(0_u16, |bits, cell| bits | 1 << cell), left);
            for &right in some.iter().step_by(3) {
                assert_eq!(of(left).and(&of(right)), of(left & right));
                assert_eq!(of(left).without(&of(right)), of(left & !right));
                let answer = match (left & right == 0, left & !right == 0) {
                    (_, true) => Some(true),
                    (true, _) => Some(false),
                    _ => None,
                };
                assert_eq!(of(left).answer(&of(right)), answer);
            }
        }
    }

    /// What is found by asking one cell of each gap is what asking every cell finds.
    #[test]
    fn tests_are_true_for_the_cells_that_satisfy_them() {
        let numbers: Vec<Value> = [-7, -2, 0, 3, 4, 5, 9].map(Value::Integer).to_vec();
        // Of texts, what no guard names comes last.
        let texts: Vec<Value> = ["aceh", "riau", "timor", "lain"].map(|text| Value::Text(text.into())).to_vec();
        let all = [
            Comparison::Equal,
            Comparison::Different,
            Comparison::Less,
            Comparison::AtMost,
            Comparison::Greater,
            Comparison::AtLeast,
        ];
        let constants = [-9, -7, -3, 0, 3, 4, 9, 12].map(Value::Integer);
        let mut asked: Vec<(Vec<Value>, Test)> = Vec::new();
        for constant in &constants {
            asked.extend(all.map(|comparison| (numbers.clone(), Test::Is(comparison, constant.clone()))));
        }
        asked.push((numbers.clone(), Test::OneOf([-7, 3, 9].map(Value::Integer).into())));
        for constant in &texts[..3] {
            asked.extend(all[..2].iter().map(|comparison| (texts.clone(), Test::Is(*comparison, constant.clone()))));
        }
        asked.push((texts.clone(), Test::OneOf(texts[..2].into())));
        asked.extend([numbers, texts].map(|values| (values, Test::Has)));
        for (values, test) in asked {
            let cells = Cells::of_values(values);
            let field = FieldIx::new(0).unwrap();
            let holds = |cell: &u16| test.holds(cells.value(field, *cell).as_ref());
            let each: Vec<u16> = (0..=cells.count(field)).filter(holds).collect();
            assert_eq!(CellSet::true_for(&cells, field, &test).iter().collect::<Vec<_>>(), each, "{test:?}");
        }
    }
}
