//! What an engine knows: deployed processes, live cases, registers, who holds what. All of it follows from the log.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLockReadGuard};

use sop_core::case::{CaseState, Dense, Directory, Event, People, Registers, Staffing, World};
use sop_core::definition::{DefinitionId, RegisterId};
use sop_core::process::{Hash, Process};
use sop_core::time::{Calendar, Instant, Revision, Zone};

use super::cases::Cases;
use crate::committed::SharedPeople;
use crate::files::Bundle;
use crate::staffing::ValueTitles;
use crate::store::{Position, ProcessNumber};

/// A process that cases follow.
#[derive(Debug)]
pub(crate) struct Deployed {
    pub(crate) number: ProcessNumber,
    pub(crate) process: Process,
    pub(crate) staffing: Staffing,
    /// The titles of the values that may bind its roles.
    pub(crate) values: ValueTitles,
    /// Its place among the calendars in force.
    pub(crate) calendar: usize,
    /// Why it runs although it is not proved.
    pub(crate) unproved: Option<String>,
    /// The text of the certificate of what was proved.
    pub(crate) certificate: Option<Hash>,
}

/// A calendar in force, for a zone.
#[derive(Debug)]
pub(crate) struct InForce {
    pub(crate) id: String,
    pub(crate) zone: Zone,
    pub(crate) calendar: Calendar,
    /// The one before, by which cases are still indexed until they are told.
    pub(crate) previous: Option<Calendar>,
}

impl InForce {
    /// The calendar by which a case is indexed: the one that its instants were computed by, if that is still known.
    pub(crate) fn indexing(&self, state: &CaseState) -> &Calendar {
        let computed = state.calendar();
        match &self.previous {
            Some(previous) if computed != self.calendar.revision() && computed == previous.revision() => previous,
            _ => &self.calendar,
        }
    }
}

/// What an engine knows.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) people: SharedPeople,
    pub(crate) directory: Directory,
    pub(crate) calendars: Vec<InForce>,
    pub(crate) processes: Vec<Deployed>,
    /// What new cases of a procedure follow: the one deployed last.
    pub(crate) latest: BTreeMap<DefinitionId, ProcessNumber>,
    pub(crate) cases: Cases,
    pub(crate) registers: Registers,
    /// Of each register and year, the entries that its numbers are in; numbers have no gaps.
    pub(crate) agenda: BTreeMap<RegisterId, BTreeMap<i32, Vec<Position>>>,
    /// When the last entry was decided.
    pub(crate) last: Instant,
    /// The last entry that is reflected here.
    pub(crate) position: Position,
    pub(crate) highest_case: u64,
    /// How far the store's checkpoint reflects the log; 0: there is none that fits.
    pub(crate) reflected: Position,
    /// The entries that are about no case: deployments, directories, calendars.
    pub(crate) foundations: Vec<Position>,
    /// The revision of the directory that the log says is in force.
    pub(crate) recorded_directory: Option<Revision>,
    /// A directory of which it was left open whether it is in force: it is, if the log turns out to say so.
    pub(crate) attempted_directory: Option<Directory>,
}

impl Books {
    pub(crate) fn new(directory: Directory) -> Self {
        Self {
            people: SharedPeople::default(),
            directory,
            calendars: Vec::new(),
            processes: Vec::new(),
            latest: BTreeMap::new(),
            cases: Cases::default(),
            registers: Registers::new(),
            agenda: BTreeMap::new(),
            last: Instant::MIN,
            position: Position::default(),
            highest_case: 0,
            reflected: Position::default(),
            foundations: Vec::new(),
            recorded_directory: None,
            attempted_directory: None,
        }
    }

    /// Notes that an entry which is about no case was written.
    pub(crate) fn wrote_foundation(&mut self, position: Position, at: Instant) {
        self.foundations.push(position);
        self.position = position;
        self.last = self.last.max(at);
    }

    /// The deployed process with a number.
    pub(crate) fn deployed(&self, number: ProcessNumber) -> Option<&Deployed> {
        self.processes.get((number.0 as usize).checked_sub(1)?)
    }

    pub(crate) fn people(&self) -> RwLockReadGuard<'_, People> {
        self.people.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a decision about a case of a process may know.
    pub(crate) fn world<'a>(&'a self, deployed: &'a Deployed, people: &'a People) -> Option<World<'a>> {
        let calendar = &self.calendars.get(deployed.calendar)?.calendar;
        Some(World { people, staffing: &deployed.staffing, calendar, registers: &self.registers })
    }

    /// Takes a process in.
    pub(crate) fn enter_process(&mut self, bundle: &Bundle, unproved: Option<String>, certificate: Option<Hash>) {
        let (process, values) = (bundle.process().clone(), ValueTitles::of(bundle));
        let (calendar_id, calendar) = (bundle.calendar_id(), bundle.calendar().clone());
        let number = ProcessNumber(u32::try_from(self.processes.len()).unwrap_or(u32::MAX - 1).saturating_add(1));
        let in_force = |known: &InForce| known.id == calendar_id && known.zone == *calendar.zone();
        let place = match self.calendars.iter().position(in_force) {
            Some(place) => place,
            None => {
                let zone = calendar.zone().clone();
                self.calendars.push(InForce { id: calendar_id.to_owned(), zone, calendar, previous: None });
                self.calendars.len() - 1
            }
        };
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        let staffing = self.directory.staff(&process, &mut people);
        drop(people);
        self.latest.insert(process.id().clone(), number);
        self.processes.push(Deployed { number, process, staffing, values, calendar: place, unproved, certificate });
    }

    /// Puts another directory in the place of the one before.
    pub(crate) fn enter_directory(&mut self, directory: Directory) {
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        for deployed in &mut self.processes {
            deployed.staffing = directory.staff(&deployed.process, &mut people);
        }
        drop(people);
        self.directory = directory;
    }

    /// Confirms the numbers that registers gave in an entry.
    pub(crate) fn confirm_numbers(&mut self, process: &Process, events: &[Event<Dense>]) {
        for event in events {
            let Event::Numbered { register, year, number, .. } = event else { continue };
            if let Some(spec) = process.registers().get(*register) {
                self.registers.confirm(&spec.id, *year, *number);
            }
        }
    }

    /// Notes in which entry the numbers are.
    pub(crate) fn enter_numbers(&mut self, process: &Process, events: &[Event<Dense>], at: Position) {
        for event in events {
            let Event::Numbered { register, year, number, .. } = event else { continue };
            let Some(spec) = process.registers().get(*register) else { continue };
            let years = match self.agenda.get_mut(&spec.id) {
                Some(years) => years,
                None => self.agenda.entry(spec.id.clone()).or_default(),
            };
            let given = years.entry(*year).or_default();
            debug_assert_eq!(given.len() + 1, *number as usize, "numbers have no gaps");
            given.push(at);
        }
    }

    /// Takes back numbers that were not committed.
    pub(crate) fn recount_registers(&mut self) {
        let mut registers = Registers::new();
        for (register, years) in &self.agenda {
            for (year, given) in years {
                registers.confirm(register, *year, u32::try_from(given.len()).unwrap_or(u32::MAX));
            }
        }
        self.registers = registers;
    }
}
