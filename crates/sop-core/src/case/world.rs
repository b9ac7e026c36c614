//! What a decision may know besides the process and the case.

use std::collections::BTreeMap;

use super::people::{People, Staffing};
use crate::definition::RegisterId;
use crate::time::Calendar;

/// What a decision may know besides the process and the case: who holds what, working time, and the registers.
///
/// Nothing of it is part of a process's hash; events record the revisions of the directory and the calendar.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Everybody who was ever mentioned.
    pub people: &'a People,
    /// Who holds the roles of this process.
    pub staffing: &'a Staffing,
    /// Working time.
    pub calendar: &'a Calendar,
    /// The last numbers that the registers gave.
    pub registers: &'a Registers,
}

/// The last numbers that registers gave. The single writer confirms new ones in its commit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registers {
    last: BTreeMap<RegisterId, BTreeMap<i32, u32>>,
}

impl Registers {
    /// Registers that gave no number yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last number given in a year (0: the count that goes on for ever); 0 if none was.
    pub fn last(&self, register: &RegisterId, year: i32) -> u32 {
        self.last.get(register).and_then(|years| years.get(&year)).copied().unwrap_or(0)
    }

    /// Records that a number was given.
    pub fn confirm(&mut self, register: &RegisterId, year: i32, number: u32) {
        let years = match self.last.get_mut(register) {
            Some(years) => years,
            None => self.last.entry(register.clone()).or_default(),
        };
        let last = years.entry(year).or_default();
        *last = number.max(*last);
    }

    /// All last numbers, by register and year.
    pub fn iter(&self) -> impl Iterator<Item = (&RegisterId, i32, u32)> {
        self.last.iter().flat_map(|(register, years)| years.iter().map(move |(&year, &last)| (register, year, last)))
    }
}
