//! The record, folded once more: by the core's rules, and without anything of the engine's.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use sop_core::case::{
    CaseState, Command, Event, Named, People, Record, Registers, Staffing, Status, World, apply_all, decide, due,
};
use sop_core::definition::RegisterId;
use sop_core::process::{Hash, Process};
use sop_core::time::{Calendar, Instant, Revision};
use sop_engine::CaseId;
use sop_engine::store::{About, Entry, ProcessNumber};

use super::broken::{Invariant, What};
use super::ground::Ground;
use super::ledger::{Ledger, is_done_by_a_person};

/// A case as the record has it.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) state: CaseState,
    pub(super) process: Process,
    pub(super) number: ProcessNumber,
    pub(super) version: u32,
    /// The number of times that each rung of each wait has fired.
    rungs: BTreeMap<(u32, u16), u32>,
    /// The hashes of its entries: what a history is to consist of.
    pub(super) entries: Vec<Hash>,
}

/// The record, folded.
pub(super) struct Fold {
    ground: Arc<Ground>,
    /// The hash of each entry: the record only grows.
    pub(super) entries: Vec<Hash>,
    pub(super) people: People,
    processes: Vec<Process>,
    pub(super) directory: Option<Revision>,
    pub(super) calendar: Option<Calendar>,
    registers: Registers,
    pub(super) numbers: BTreeMap<RegisterId, Vec<(i32, u32, String, CaseId)>>,
    pub(super) cases: BTreeMap<CaseId, Folded>,
    /// By the place of the process and the directory.
    staffings: BTreeMap<(usize, Revision), Staffing>,
    last: Instant,
}

#[derive(Deserialize)]
struct Deployed {
    at: Instant,
    number: ProcessNumber,
    process: Hash,
}

#[derive(Deserialize)]
struct InForce {
    at: Instant,
    directory: Revision,
}

#[derive(Deserialize)]
struct Hours {
    at: Instant,
    revision: Revision,
}

/// What an entry says, in one hash.
pub(super) fn hash_of(entry: &Entry) -> Result<Hash, What> {
    let body = entry.body.to_json().map_err(unreadable(entry))?;
    let said = format!("{:?} {:?} ", entry.about, entry.key);
    Ok(Hash::of(&[said.as_bytes(), &body].concat()))
}

fn unreadable<E: std::fmt::Display>(entry: &Entry) -> impl Fn(E) -> What {
    let position = entry.position;
    move |error| What(Invariant::Answers, format!("entry {position} cannot be read: {error}"))
}

fn said<T: for<'de> Deserialize<'de>>(entry: &Entry) -> Result<T, What> {
    let body = entry.body.to_json().map_err(unreadable(entry))?;
    serde_json::from_slice(&body).map_err(unreadable(entry))
}

impl Fold {
    pub(super) fn new(ground: Arc<Ground>) -> Self {
        Self {
            ground,
            entries: Vec::new(),
            people: People::new(),
            processes: Vec::new(),
            directory: None,
            calendar: None,
            registers: Registers::new(),
            numbers: BTreeMap::new(),
            cases: BTreeMap::new(),
            staffings: BTreeMap::new(),
            last: Instant::MIN,
        }
    }

    /// Forgets everything.
    pub(super) fn begin_again(&mut self) {
        *self = Self::new(Arc::clone(&self.ground));
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// What does not hold of it.
    pub(super) fn take(&mut self, entry: &Entry, ledger: &mut Ledger) -> Result<(), What> {
        let next = self.entries.len() as u64 + 1;
        if entry.position.0 != next {
            return Err(What(Invariant::Gap, format!("entry {} follows entry {}", entry.position, next - 1)));
        }
        let hash = hash_of(entry)?;
        let at = match entry.about {
            About::Deployment => self.take_deployment(entry)?,
            About::Directory => self.take_directory(entry)?,
            About::Calendar => self.take_calendar(entry)?,
            About::Case { case, version, process } => {
                let record: Record = said(entry)?;
                self.take_record(entry, (case, version, process), &record, ledger)?;
                if let Some(folded) = self.cases.get_mut(&case) {
                    folded.entries.push(hash);
                }
                record.at
            }
        };
        if at < self.last {
            let what = format!("entry {} is of {at}, and the one before of {}", entry.position, self.last);
            return Err(What(Invariant::Gap, what));
        }
        self.last = at;
        self.entries.push(hash);
        Ok(())
    }

    fn take_deployment(&mut self, entry: &Entry) -> Result<Instant, What> {
        let said: Deployed = said(entry)?;
        let ground = Arc::clone(&self.ground);
        let Some(bundle) = ground.bundle(&said.process) else {
            let what = format!("entry {} deploys what nobody deployed", entry.position);
            return Err(What(Invariant::Invented, what));
        };
        let process = bundle.process();
        let same = |known: &Process| known.id() == process.id();
        if self.processes.iter().rev().find(|known| same(known)).is_some_and(|last| last.hash() == process.hash()) {
            let what = format!("entry {} deploys what is deployed", entry.position);
            return Err(What(Invariant::Invented, what));
        }
        self.processes.push(process.clone());
        if said.number.0 as usize != self.processes.len() {
            let what = format!("entry {} deploys process {} in the place of another", entry.position, said.number.0);
            return Err(What(Invariant::Gap, what));
        }
        self.calendar.get_or_insert_with(|| bundle.calendar().clone());
        Ok(said.at)
    }

    fn take_directory(&mut self, entry: &Entry) -> Result<Instant, What> {
        let said: InForce = said(entry)?;
        if self.directory == Some(said.directory) || self.ground.directory(said.directory).is_none() {
            let what = format!("entry {} brings a directory that nobody brought", entry.position);
            return Err(What(Invariant::Invented, what));
        }
        self.directory = Some(said.directory);
        Ok(said.at)
    }

    fn take_calendar(&mut self, entry: &Entry) -> Result<Instant, What> {
        let said: Hours = said(entry)?;
        let known = self.ground.hours().iter().find(|hours| hours.calendar.revision() == said.revision);
        let before = self.calendar.as_ref().map(Calendar::revision);
        match known {
            Some(hours) if before != Some(said.revision) => self.calendar = Some(hours.calendar.clone()),
            _ => {
                let what = format!("entry {} brings a calendar that nobody brought", entry.position);
                return Err(What(Invariant::Invented, what));
            }
        }
        Ok(said.at)
    }

    fn take_record(
        &mut self,
        entry: &Entry,
        (case, version, number): (CaseId, u32, ProcessNumber),
        record: &Record,
        ledger: &mut Ledger,
    ) -> Result<(), What> {
        let place = (number.0 as usize).checked_sub(1);
        let Some(process) = place.and_then(|place| self.processes.get(place)).cloned() else {
            return Err(What(Invariant::Gap, format!("entry {} follows no process", entry.position)));
        };
        let held = self.cases.get(&case).map_or((0, number), |folded| (folded.version, folded.number));
        if (held.0 + 1, held.1) != (version, number) {
            let what = format!("entry {version} of case {case} of process {} follows {held:?}", number.0);
            return Err(What(Invariant::Gap, what));
        }
        let somebody = record.events.iter().any(is_done_by_a_person);
        if somebody {
            ledger.attribute(case, version, entry.key.as_ref(), record)?;
        } else if entry.key.is_some() {
            let what = format!("entry {} has a key, and nobody did anything", entry.position);
            return Err(What(Invariant::Invented, what));
        }
        self.happened_by_itself(entry, case, &process, record, somebody)?;
        self.look_up_directory(entry, record)?;
        let events = record.to_events(&process, &mut self.people).map_err(unreadable(entry))?;
        self.count_numbers(case, record)?;
        let folded = self.cases.entry(case).or_insert_with(|| Folded {
            state: CaseState::new(),
            process,
            number,
            version: 0,
            rungs: BTreeMap::new(),
            entries: Vec::new(),
        });
        folded.count_rungs(case, record)?;
        apply_all(&mut folded.state, &events);
        folded.version = version;
        Ok(())
    }

    /// Whether what nobody did is what falls due, or follows from a change of the office: decided once more, it is the
    /// same. What somebody did comes after it (T4).
    fn happened_by_itself(
        &mut self,
        entry: &Entry,
        case: CaseId,
        process: &Process,
        record: &Record,
        somebody: bool,
    ) -> Result<(), What> {
        if somebody && !self.cases.contains_key(&case) {
            return Ok(());
        }
        let invented = |why: String| What(Invariant::Invented, format!("entry {}: {why}", entry.position));
        let staffing = self.staffing(process).clone();
        let Some((folded, calendar)) = self.cases.get(&case).zip(self.calendar.as_ref()) else {
            return Err(invented("a case began by itself".to_owned()));
        };
        let world = World { people: &self.people, staffing: &staffing, calendar, registers: &self.registers };
        let decided = decide(process, &world, &folded.state, &Command::Advance, record.at)
            .map_err(|rejection| invented(format!("{rejection:?}")))?;
        let expected = Record::from_events(process, &self.people, record.at, &decided).map_err(unreadable(entry))?;
        let same = match somebody {
            true => record.events.starts_with(&expected.events),
            false => record.events == expected.events,
        };
        if !same {
            let what = format!("{:?} happened by itself, and {:?} was due", record.events, expected.events);
            return Err(invented(what));
        }
        Ok(())
    }

    /// Tells whether what was decided by a directory was decided by the one that is in force.
    fn look_up_directory(&self, entry: &Entry, record: &Record) -> Result<(), What> {
        for event in &record.events {
            let (Event::Started { directory, .. } | Event::Completed { directory, .. }) = event else { continue };
            if Some(*directory) != self.directory {
                let (position, in_force) = (entry.position, self.directory);
                let what = format!("entry {position} was decided by directory {directory}, in force is {in_force:?}");
                return Err(What(Invariant::Fold, what));
            }
        }
        Ok(())
    }

    fn count_numbers(&mut self, case: CaseId, record: &Record) -> Result<(), What> {
        for event in &record.events {
            let Event::Numbered { register, year, number, text } = event else { continue };
            let last = self.registers.last(register, *year);
            if last + 1 != *number {
                let what = format!("`{register}` gave {number} of {year} to case {case} after {last}");
                return Err(What(Invariant::Register, what));
            }
            self.registers.confirm(register, *year, *number);
            let given = self.numbers.entry(register.clone()).or_default();
            given.push((*year, *number, text.to_string(), case));
        }
        Ok(())
    }

    /// Who holds the roles of a process by the directory that is in force.
    pub(super) fn staffing(&mut self, process: &Process) -> &Staffing {
        let revision = self.directory.unwrap_or_default();
        let place = self.processes.iter().position(|known| known.hash() == process.hash()).unwrap_or_default();
        let (ground, people) = (&self.ground, &mut self.people);
        self.staffings.entry((place, revision)).or_insert_with(|| match ground.directory(revision) {
            Some(directory) => directory.staff(process, people),
            None => Staffing::nobody(revision),
        })
    }

    /// The cases that something is due of at an instant.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<CaseId> {
        let running: Vec<(CaseId, Process)> = self
            .cases
            .iter()
            .filter(|(_, folded)| folded.state.status() == Status::Running)
            .map(|(case, folded)| (*case, folded.process.clone()))
            .collect();
        let mut late = Vec::new();
        for (case, process) in running {
            let staffing = self.staffing(&process).clone();
            let Some((folded, calendar)) = self.cases.get(&case).zip(self.calendar.as_ref()) else { continue };
            let world = World { people: &self.people, staffing: &staffing, calendar, registers: &self.registers };
            if due(&process, &world, &folded.state).is_some_and(|at| at <= now) {
                late.push(case);
            }
        }
        late
    }

    /// What a decision about a case may know.
    pub(super) fn world<'a>(&'a self, staffing: &'a Staffing) -> Option<World<'a>> {
        let calendar = self.calendar.as_ref()?;
        Some(World { people: &self.people, staffing, calendar, registers: &self.registers })
    }
}

impl Folded {
    /// Tells whether the engine is to keep it in memory.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.state.status(), Status::Running | Status::Faulted)
    }

    fn count_rungs(&mut self, case: CaseId, record: &Record) -> Result<(), What> {
        for event in &record.events {
            let Event::RungFired { wait, rung, occurrence, missed, due, .. }: &Event<Named> = event else { continue };
            let fired = self.rungs.entry((*wait, *rung)).or_default();
            let covered = *fired + missed + 1;
            if covered != *occurrence || *due > record.at {
                let what = format!(
                    "rung {rung} of wait {case}.{wait} fired as number {occurrence} with {missed} missed, after \
                     {fired}; it was due {due} and fired {}",
                    record.at
                );
                return Err(What(Invariant::Rung, what));
            }
            *fired = *occurrence;
        }
        Ok(())
    }
}
