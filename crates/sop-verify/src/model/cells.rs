//! The domain of a field, cut where guards look: within a cell every guard answers alike (G3).

use std::collections::BTreeSet;

use sop_core::guard::{Field, FieldIx, FieldType, Value};
use sop_core::process::{Process, Route};

/// A cell: 0 for a field that is not set, or that nobody reads any more; [`ANY`] for one whose value nobody has asked
/// for yet; otherwise the place of a representative, counted from 1.
pub(crate) type Cell = u16;

/// Some value, whichever: it is settled when a guard first asks for it.
pub(crate) const ANY: Cell = Cell::MAX;

/// The most cells that the domain of one field is cut into; a choice that reads a field with more is not taken apart.
const MAX_CELLS: usize = 60_000;

/// For each field that some guard reads, one value of every cell.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// For each field its representatives, in rising order; none for fields that no guard reads.
    values: Vec<Vec<Option<Value>>>,
    /// The fields that would have more cells than there may be.
    cut_short: Vec<FieldIx>,
}

impl Cells {
    pub(crate) fn of(process: &Process) -> Self {
        let mut constants: Vec<Option<Vec<&Value>>> = vec![None; process.fields().len()];
        for outcome in process.steps().values().flat_map(|step| &step.outcomes) {
            let Route::Choose(branches) = &outcome.route else { continue };
            for (field, test) in branches.iter().flat_map(|branch| branch.guard.tests()) {
                if let Some(known) = constants.get_mut(field.place()) {
                    known.get_or_insert_default().extend(test.constants());
                }
            }
        }
        let values = process.fields().iter().zip(constants).map(|(field, constants)| match constants {
            Some(constants) => cut(field, constants).into_iter().map(Some).collect(),
            None => Vec::new(),
        });
        let mut values: Vec<Vec<Option<Value>>> = values.collect();
        let mut cut_short = Vec::new();
        for (place, values) in values.iter_mut().enumerate().filter(|(_, values)| values.len() > MAX_CELLS) {
            values.truncate(MAX_CELLS);
            cut_short.extend(FieldIx::new(place));
        }
        Self { values, cut_short }
    }

    #[cfg(test)]
    pub(super) fn of_values(values: Vec<Value>) -> Self {
        Self { values: vec![values.into_iter().map(Some).collect()], cut_short: Vec::new() }
    }

    /// Tells whether not all cells of a field are there: nothing is known then of choices that read it.
    pub(crate) fn is_cut_short(&self, field: FieldIx) -> bool {
        self.cut_short.binary_search(&field).is_ok()
    }

    /// The number of cells that a field has, the one of a missing value aside.
    pub(crate) fn count(&self, field: FieldIx) -> Cell {
        self.values.get(field.place()).map_or(0, |values| values.len() as Cell)
    }

    /// The cell of a constant that some guard names, or the first one behind it.
    pub(crate) fn place_of(&self, field: FieldIx, constant: &Value) -> Cell {
        let values = self.values.get(field.place()).map_or(&[][..], Vec::as_slice);
        // The text that no guard names stands behind all that are named, whatever it is.
        let named = match values.last() {
            Some(Some(Value::Text(_))) => values.get(..values.len() - 1).unwrap_or(values),
            _ => values,
        };
        let compare = |value: &Option<Value>| value.as_ref().cmp(&Some(constant));
        let place = named.binary_search_by(compare).unwrap_or_else(|place| place);
        Cell::try_from(place + 1).unwrap_or(Cell::MAX)
    }

    /// A value of a cell, also of a field that no guard reads: there is one cell then. None for a field that is not set, or a
    /// cell that is not there.
    pub(crate) fn admitted(&self, process: &Process, field: FieldIx, cell: Cell) -> Option<Value> {
        match self.values.get(field.place())?.as_slice() {
            [] if cell == 1 => process.field(field).map(|field| crate::run::admitted(&field.ty)),
            values => values.get(usize::from(cell).checked_sub(1)?)?.clone(),
        }
    }

    /// A value of a cell; none for a field that is not set.
    #[inline]
    pub(crate) fn value(&self, field: FieldIx, cell: Cell) -> &Option<Value> {
        const MISSING: &Option<Value> = &None;
        let Some(place) = usize::from(cell).checked_sub(1) else { return MISSING };
        self.values.get(field.place()).and_then(|values| values.get(place)).unwrap_or(MISSING)
    }
}

/// One value of each cell into which the constants cut a field's domain, in rising order.
fn cut(field: &Field, mut constants: Vec<&Value>) -> Vec<Value> {
    constants.sort_unstable();
    constants.dedup();
    let between = |min: Option<i64>, max: Option<i64>, natural: i64, make: fn(i64) -> Value| {
        let cuts: Vec<i64> = constants
            .iter()
            .filter_map(|value| match value {
                Value::Integer(number) | Value::Decimal(number) => Some(*number),
                Value::Date(days) => Some(i64::from(*days)),
                _ => None,
            })
            .collect();
        let cells = intervals(min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX), &cuts);
        cells.into_iter().map(|(from, to)| make(natural.clamp(from, to))).collect::<Vec<_>>()
    };
    match &field.ty {
        FieldType::Bool => vec![Value::Bool(false), Value::Bool(true)],
        FieldType::Integer { min, max } => between(*min, *max, 0, Value::Integer),
        FieldType::Decimal { min, max, .. } => between(*min, *max, 0, Value::Decimal),
        FieldType::Choice(list) => listed(list.len(), &constants, Value::Choice),
        FieldType::Unit(list) => listed(list.len(), &constants, Value::Unit),
        FieldType::Date => {
            between(Some(FIRST_DAY), Some(LAST_DAY), NATURAL_DAY, |days| Value::Date(i32::try_from(days).unwrap_or(0)))
        }
        FieldType::Text { max_length } => texts(*max_length, &constants),
    }
}

/// 1 January of the year 1, 31 December 9999 and 2 January 2026, in days since 1 January 1970.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;
const NATURAL_DAY: i64 = 20_455;

/// The interval cut at each constant: the constants themselves, and whatever lies between them.
fn intervals(min: i64, max: i64, cuts: &[i64]) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    let mut from = Some(min);
    for &cut in cuts.iter().filter(|cut| (min..=max).contains(*cut)) {
        if let Some(from) = from.filter(|from| *from < cut) {
            found.push((from, cut - 1));
        }
        found.push((cut, cut));
        from = cut.checked_add(1);
    }
    found.extend(from.filter(|from| *from <= max).map(|from| (from, max)));
    found
}

/// The values that a guard names, and one for all the others.
fn listed(count: usize, constants: &[&Value], make: fn(u16) -> Value) -> Vec<Value> {
    let all = (0..u16::try_from(count).unwrap_or(u16::MAX)).map(make);
    let mut other = false;
    all.filter(|value| constants.contains(&value) || !std::mem::replace(&mut other, true)).collect()
}

/// The texts that a guard names, and one that none names. There are more texts of one character than a definition can
/// name, so that there is one unless only the empty text is admitted.
fn texts(max_length: u32, constants: &[&Value]) -> Vec<Value> {
    let mut found: Vec<Value> = constants.iter().map(|value| (*value).clone()).collect();
    let named: BTreeSet<&str> = constants
        .iter()
        .filter_map(|value| match value {
            Value::Text(known) => Some(&**known),
            _ => None,
        })
        .collect();
    let numbers = (1..=constants.len().min(1_000)).map(|number| number.to_string());
    let letters = ('a'..='z').chain('\u{4e00}'..=char::MAX).map(String::from);
    let mut free = [String::from("lain")].into_iter().chain(numbers).chain(letters).chain([String::new()]);
    let admitted = |text: &String| text.chars().count() <= max_length as usize && !named.contains(text.as_str());
    // Of no characters there is the empty text only.
    let other = match max_length {
        0 => (!named.contains("")).then(String::new),
        _ => free.find(admitted),
    };
    found.extend(other.map(|text| Value::Text(text.into())));
    found
}

#[cfg(test)]
mod tests {
    use super::intervals;

    #[test]
    fn constants_are_cells_of_their_own_and_gaps_hold_something() {
        assert_eq!(intervals(0, 10, &[3, 4, 8]), [(0, 2), (3, 3), (4, 4), (5, 7), (8, 8), (9, 10)]);
        assert_eq!(intervals(3, 8, &[3, 8]), [(3, 3), (4, 7), (8, 8)]);
        assert_eq!(intervals(i64::MIN, i64::MAX, &[i64::MAX]), [(i64::MIN, i64::MAX - 1), (i64::MAX, i64::MAX)]);
        assert_eq!(intervals(5, 5, &[]), [(5, 5)]);
    }
}
