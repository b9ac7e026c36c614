//! Which fields have to be set before a guard may read them (rule P5).
//!
//! A forward pass over the program carries, for each test, the fields that are known to be set and those known to be
//! absent on every way to it; where ways meet, only what all of them know remains. Successors stand behind their
//! tests, so one sweep suffices. Ways that contradict themselves, such as `has(case.x)` answering yes and later no, are
//! not followed.

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::{GuardError, GuardErrorKind};
use super::program::{Guard, Target};
use super::value::FieldIx;

impl Guard {
    /// The fields that some run reads without a `has` that has said yes before, each with the bytes of `case.x` at the
    /// reading places, in the order of the text. After a reading place the field counts as set, so that one
    /// forgotten `has` is reported once.
    ///
    /// Sound: the first field that any run reads unset is in the list, so a run for which the whole list is set reads
    /// none. Not exact: it doesn't know that two comparisons may exclude each other.
    pub fn needs(&self) -> Vec<(FieldIx, Range<usize>)> {
        let mut bits: BTreeMap<FieldIx, usize> = BTreeMap::new();
        for asked in &self.asked {
            let next = bits.len();
            bits.entry(asked.field).or_insert(next);
        }
        let nothing_known = Known { set: vec![0; bits.len().div_ceil(64)], absent: vec![0; bits.len().div_ceil(64)] };
        let mut known: Vec<Option<Known>> = vec![None; self.asked.len()];
        arrive(&mut known, self.entry, nothing_known);
        let mut needs = Vec::new();
        for (place, asked) in self.asked.iter().enumerate() {
            let Some(here) = known.get_mut(place).and_then(Option::take) else { continue };
            let bit = bits.get(&asked.field).copied().unwrap_or(0);
            if asked.test.reads() {
                if !contains(&here.set, bit) {
                    needs.push((asked.field, asked.reading.clone()));
                }
                let mut after = here;
                insert(&mut after.set, bit);
                arrive(&mut known, asked.yes, after.clone());
                arrive(&mut known, asked.no, after);
                continue;
            }
            if !contains(&here.absent, bit) {
                let mut after = here.clone();
                insert(&mut after.set, bit);
                arrive(&mut known, asked.yes, after);
            }
            if !contains(&here.set, bit) {
                let mut after = here;
                insert(&mut after.absent, bit);
                arrive(&mut known, asked.no, after);
            }
        }
        needs.sort_by_key(|(field, span)| (span.start, *field));
        needs
    }

    /// The fields that the guard looks at in any way, `has` included, in ascending order.
    pub fn reads(&self) -> Vec<FieldIx> {
        let mut fields: Vec<FieldIx> = self.asked.iter().map(|asked| asked.field).collect();
        fields.sort();
        fields.dedup();
        fields
    }

    /// [`Guard::needs`] as errors, for those fields that are not certainly set where the guard stands.
    pub fn unprotected(&self, is_set: impl Fn(FieldIx) -> bool) -> Vec<GuardError> {
        let needs = self.needs().into_iter().filter(|(field, _)| !is_set(*field));
        needs
            .map(|(_, span)| {
                let written = self.source.get(span.clone()).unwrap_or("");
                let name = written.rsplit('.').next().unwrap_or(written).trim();
                GuardError::new(span, GuardErrorKind::ReadWithoutHas { field: name.to_owned() })
            })
            .collect()
    }
}

/// What every way to a test agrees on: a bit for each field of the guard.
#[derive(Clone)]
struct Known {
    set: Vec<u64>,
    absent: Vec<u64>,
}

/// Brings knowledge to a target; verdicts need none.
fn arrive(known: &mut [Option<Known>], target: Target, news: Known) {
    match known.get_mut(usize::from(target)) {
        Some(Some(present)) => {
            for (word, other) in present.set.iter_mut().zip(&news.set) {
                *word &= other;
            }
            for (word, other) in present.absent.iter_mut().zip(&news.absent) {
                *word &= other;
            }
        }
        Some(empty) => *empty = Some(news),
        None => {}
    }
}

fn contains(bits: &[u64], bit: usize) -> bool {
    bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

fn insert(bits: &mut [u64], bit: usize) {
    if let Some(word) = bits.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}
