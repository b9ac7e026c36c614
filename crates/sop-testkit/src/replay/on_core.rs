//! A case that the core moves by itself: `decide`, then `apply`, as the engine does.

use sop_core::case::{
    CaseState, Command, Dense, Event, People, Registers, Rejection, Staffing, World, apply_all, decide, due,
};
use sop_core::definition::PersonId;
use sop_core::process::{CheckedOffice, Process, StartIx};
use sop_core::time::{Calendar, Instant};

use super::stage::{Answer, Handed, Stage};
use super::{Mismatch, people};

/// One case of a process, without an engine.
pub(super) struct CoreStage {
    process: Process,
    calendar: Calendar,
    known: People,
    staffing: Staffing,
    registers: Registers,
    people: Vec<PersonId>,
    state: CaseState,
    now: Instant,
}

impl CoreStage {
    pub(super) fn new(
        process: Process,
        calendar: Calendar,
        office: &CheckedOffice,
        now: Instant,
    ) -> Result<Self, Mismatch> {
        let (directory, people) = people::gathered(&process, office, None)?;
        let mut known = People::new();
        let staffing = directory.staff(&process, &mut known);
        for person in &people {
            known.intern(person);
        }
        let (registers, state) = (Registers::new(), CaseState::new());
        Ok(Self { process, calendar, known, staffing, registers, people, state, now })
    }

    fn give(&mut self, command: &Command) -> Result<Vec<Event<Dense>>, Rejection> {
        let Self { process, calendar, known, staffing, registers, .. } = self;
        let world = World { people: known, staffing, calendar, registers };
        let events = decide(process, &world, &self.state, command, self.now)?;
        apply_all(&mut self.state, &events);
        for event in &events {
            if let Event::Numbered { register, year, number, .. } = event
                && let Some(spec) = process.registers().get(*register)
            {
                registers.confirm(&spec.id, *year, *number);
            }
        }
        Ok(events.to_vec())
    }

    fn number(&mut self, person: &PersonId) -> sop_core::case::PersonIx {
        self.known.intern(person)
    }
}

impl Stage for CoreStage {
    fn process(&self) -> &Process {
        &self.process
    }
    fn calendar(&self) -> &Calendar {
        &self.calendar
    }
    fn people(&self) -> &[PersonId] {
        &self.people
    }
    fn state(&self) -> &CaseState {
        &self.state
    }
    fn now(&self) -> Instant {
        self.now
    }
    fn set(&mut self, now: Instant) {
        self.now = now.max(self.now);
    }
    fn due(&self) -> Result<Option<Instant>, Mismatch> {
        let Self { process, calendar, known, staffing, registers, .. } = self;
        Ok(due(process, &World { people: known, staffing, calendar, registers }, &self.state))
    }
    fn advance(&mut self) -> Result<Vec<Event<Dense>>, Mismatch> {
        self.give(&Command::Advance).map_err(|refused| Mismatch::Stage(format!("{refused:?}")))
    }
    fn leave_to_the_listed(&mut self) -> Result<(), Mismatch> {
        Ok(())
    }
    fn open(&mut self, start: StartIx, by: &PersonId) -> Answer {
        let by = self.number(by);
        Ok(self.give(&Command::Start { start, by, subject: "Permohonan".into(), documents: Vec::new() }))
    }
    fn complete(&mut self, handed: &Handed<'_>) -> Answer {
        let by = self.number(handed.by);
        Ok(self.give(&Command::Complete {
            wait: handed.wait,
            by,
            outcome: handed.outcome,
            values: handed.values.to_vec(),
            documents: Vec::new(),
            note: None,
        }))
    }
}
