//! A case that a real engine moves: in memory, with a clock that stands until it is set.
//!
//! What the engine commits is folded into a state of its own, record by record, so that the case can be looked at by the
//! indices of its process. It is read back from the names that are on record, as any other program would read it.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use sop_core::case::{CaseState, Dense, Directory, Event, People, apply_all};
use sop_core::definition::{DefinitionId, DirectoryFile, FieldId, PersonId};
use sop_core::process::{Process, StartIx};
use sop_core::time::{Calendar, Instant};
use sop_engine::files::Bundle;
use sop_engine::store::MemoryStore;
use sop_engine::{CaseId, Clock, Committed, Completion, Done, Engine, Opening, Refusal, WaitRef};

use super::stage::{Answer, Handed, Stage};
use super::{Mismatch, people};

/// One case of an engine.
pub(super) struct EngineStage {
    engine: Engine,
    committed: Receiver<Arc<Committed>>,
    clock: Clock,
    process: Process,
    calendar: Calendar,
    procedure: DefinitionId,
    known: People,
    people: Vec<PersonId>,
    listed: Option<Directory>,
    case: Option<CaseId>,
    state: CaseState,
}

fn unready(error: impl std::fmt::Display) -> Mismatch {
    Mismatch::Stage(error.to_string())
}

impl EngineStage {
    pub(super) fn new(bundle: Bundle, directory: Option<&DirectoryFile>, now: Instant) -> Result<Self, Mismatch> {
        let listed = directory.map(|file| people::listed(file, bundle.office())).transpose()?;
        let (directory, people) = people::gathered(bundle.process(), bundle.office(), directory)?;
        let clock = Clock::simulated(now);
        let engine = Engine::open(MemoryStore::new(), directory, clock.clone()).map_err(unready)?;
        let (process, calendar) = (bundle.process().clone(), bundle.calendar().clone());
        let procedure = process.id().clone();
        engine.deploy_unproved(bundle, "a counterexample is played").map_err(unready)?;
        let committed = engine.subscribe();
        let (known, state) = (People::new(), CaseState::new());
        Ok(Self { engine, committed, clock, process, calendar, procedure, known, people, listed, case: None, state })
    }

    /// Folds what was committed since into the state.
    fn take_in(&mut self) -> Result<Vec<Event<Dense>>, Mismatch> {
        let mut happened = Vec::new();
        while let Ok(committed) = self.committed.try_recv() {
            let record = committed.record().map_err(unready)?;
            let events = record.to_events(&self.process, &mut self.known).map_err(unready)?;
            apply_all(&mut self.state, &events);
            happened.extend(events);
        }
        Ok(happened)
    }

    fn answer(&mut self, answer: Result<Done, Refusal>) -> Answer {
        match answer {
            Ok(done) => {
                self.case = Some(done.case);
                Ok(Ok(self.take_in()?))
            }
            Err(Refusal::Rejected(rejection)) => Ok(Err(rejection)),
            Err(other) => Err(Mismatch::Stage(format!("{other:?}"))),
        }
    }
}

impl Stage for EngineStage {
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
        self.clock.now()
    }
    fn set(&mut self, now: Instant) {
        self.clock.set(now.max(self.clock.now()));
    }
    fn due(&self) -> Result<Option<Instant>, Mismatch> {
        self.engine.next_due().map_err(unready)
    }
    fn advance(&mut self) -> Result<Vec<Event<Dense>>, Mismatch> {
        self.engine.advance_to_clock().map_err(unready)?;
        self.take_in()
    }
    fn leave_to_the_listed(&mut self) -> Result<(), Mismatch> {
        match self.listed.take() {
            Some(listed) => self.engine.set_directory(listed).map(|_| ()).map_err(unready),
            None => Ok(()),
        }
    }
    fn open(&mut self, start: StartIx, by: &PersonId) -> Answer {
        let start = self.process.starts().get(start).map(|spec| spec.id.clone());
        let opening = Opening { start, ..Opening::about("Permohonan") };
        let answer = self.engine.start(&self.procedure, by, &opening, None).map_err(unready)?;
        self.answer(answer)
    }
    fn complete(&mut self, handed: &Handed<'_>) -> Answer {
        let case = self.case.ok_or_else(|| unready("no case was opened"))?;
        let step = self.state.wait(handed.wait).and_then(|wait| self.process.steps().get(wait.step()));
        let outcome = step.and_then(|step| step.outcome(handed.outcome));
        let outcome = outcome.ok_or_else(|| unready("there is no such outcome"))?;
        let mut completion = Completion::with(outcome.id.clone());
        for (ix, value) in handed.values {
            let field = self.process.field(*ix).ok_or_else(|| unready("there is no such field"))?;
            let json = field.ty.to_json(value).map_err(|problem| unready(format!("{problem:?}")))?;
            completion = completion.set(FieldId::new(&field.id).map_err(unready)?, json);
        }
        let wait = WaitRef { case, wait: handed.wait };
        let answer = self.engine.complete(&wait, handed.by, &completion, None).map_err(unready)?;
        self.answer(answer)
    }
}
