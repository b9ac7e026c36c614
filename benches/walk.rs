//! The states of a process, one after the other, by the core's own `decide` and `apply`.
//!
//! States are compared by their marking alone: the waits and the filled slots. Values are tried out at random, the same
//! each time, and not compared, so that a process with fields or counted returns is walked through and not judged.

use std::collections::VecDeque;

use sop_core::case::{
    CaseState, Command, People, PersonIx, Registers, Staffing, Status, Wait, World, apply_all, decide,
};
use sop_core::definition::PersonId;
use sop_core::guard::{FieldIx, FieldType, Value};
use sop_core::process::{CheckedOffice, OutcomeIx, OutcomeSpec, Position as _, Process, StartIx};
use sop_core::time::{Calendar, CalendarFile, Instant, Revision, check_calendar};

use crate::explored::{Explored, Finding, Key, Seen};
use crate::{Setting, read};

/// How many sets of values are tried at a completion that asks for some.
const TRIES: u64 = 16;
/// Bytes of states that may wait to be looked at; wide processes have large ones.
const MOST_BYTES: usize = 256 << 20;

/// What decisions about a sketch are made in: one person, who asks and does everything.
pub struct Alone {
    people: People,
    staffing: Staffing,
    calendar: Calendar,
    registers: Registers,
    requester: PersonIx,
}

impl Alone {
    /// One person in this office.
    pub fn new(office: &CheckedOffice) -> Self {
        let calendar = read::<CalendarFile>("calendars/kalbar.json").into_result().expect("the calendar reads");
        let calendar = check_calendar(&calendar, office.zone().clone()).0.expect("the calendar is sound");
        let mut people = People::new();
        let requester = people.intern(&PersonId::new("wulan").expect("an id"));
        let staffing = Staffing::nobody(Revision::default());
        Self { people, staffing, calendar, registers: Registers::new(), requester }
    }

    /// Looks through the markings of a sketch's process.
    pub fn search(&self, process: &Process, limit: usize) -> Explored {
        let Self { people, staffing, calendar, registers, requester } = self;
        let world = World { people, staffing, calendar, registers };
        search(process, &world, *requester, Setting::monday(), limit)
    }
}

/// Looks through the markings of a process from its first start, breadth first, up to a limit.
///
/// `requester` opens the case, and acts wherever the requester may; elsewhere the first holder of the step's role does.
pub fn search(process: &Process, world: &World<'_>, requester: PersonIx, now: Instant, limit: usize) -> Explored {
    let walk = Walk { process, world, requester, now };
    let mut taken: Vec<Vec<bool>> = process.steps().values().map(|step| vec![false; step.outcomes.len()]).collect();
    let mut seen = Seen::new();
    let mut open: VecDeque<(usize, CaseState)> = VecDeque::new();
    let mut bytes = 0;
    let Some(first) = walk.opened() else { return seen.found(Finding::Unsound("no case can be opened")) };
    seen.add(walk.marking(&first));
    open.push_back((0, first));
    while let Some((number, state)) = open.pop_front() {
        match state.status() {
            Status::Finished => seen.finishes(number),
            Status::Faulted => return seen.found(Finding::Unsound("a fault")),
            _ => {}
        }
        bytes -= if number == 0 { 0 } else { state.heap_bytes() };
        for wait in state.waits() {
            let Some(spec) = process.steps().get(wait.step()) else { continue };
            for (outcome, spec) in spec.outcomes.iter().enumerate() {
                for values in walk.tries(spec, number as u64) {
                    let Some(next) = walk.completed(&state, wait, outcome, values) else { continue };
                    if let Some(taken) = taken.get_mut(wait.step().place()).and_then(|step| step.get_mut(outcome)) {
                        *taken = true;
                    }
                    let (number, new) = seen.step(number, walk.marking(&next));
                    if new.is_some() {
                        bytes += next.heap_bytes();
                        if seen.len() > limit || bytes > MOST_BYTES {
                            return seen.found(Finding::GaveUp);
                        }
                        open.push_back((number, next));
                    }
                }
            }
        }
    }
    let counted = process.returns().values().any(|spec| spec.limit.is_some());
    if counted || !process.fields().is_empty() {
        return seen.found(Finding::Unjudged);
    }
    if taken.iter().flatten().any(|taken| !taken) {
        return seen.found(Finding::Unsound("an exit that can never be taken"));
    }
    seen.judge()
}

/// What every step of a walk needs.
struct Walk<'w> {
    process: &'w Process,
    world: &'w World<'w>,
    requester: PersonIx,
    now: Instant,
}

impl Walk<'_> {
    fn opened(&self) -> Option<CaseState> {
        let state = CaseState::new();
        let command = Command::Start {
            start: StartIx::first(),
            by: self.requester,
            subject: "Perihal".into(),
            documents: Vec::new(),
        };
        self.after(&state, &command)
    }

    /// The state after a completion, if it is accepted.
    fn completed(
        &self,
        state: &CaseState,
        wait: &Wait,
        outcome: usize,
        values: Vec<(FieldIx, Value)>,
    ) -> Option<CaseState> {
        let command = Command::Complete {
            wait: wait.number(),
            by: self.actor(wait)?,
            outcome: OutcomeIx::at(outcome),
            values,
            documents: Vec::new(),
            note: None,
        };
        self.after(state, &command)
    }

    fn after(&self, state: &CaseState, command: &Command) -> Option<CaseState> {
        let events = decide(self.process, self.world, state, command, self.now).ok()?;
        let mut next = state.clone();
        apply_all(&mut next, &events);
        Some(next)
    }

    fn actor(&self, wait: &Wait) -> Option<PersonIx> {
        let role = *self.process.steps().get(wait.step())?.roles.first()?;
        if self.process.roles().get(role)?.requester {
            return Some(self.requester);
        }
        self.world.staffing.holders(role, wait.bound(), self.now).next().map(|tenure| tenure.person)
    }

    /// The waits and the filled slots; a case that stands still is told from one that goes on.
    fn marking(&self, state: &CaseState) -> Key {
        let (steps, slots) = (self.process.steps().len(), self.process.slots().len());
        let mut key = Key::empty((steps + slots + 1).div_ceil(64));
        state.waits().iter().for_each(|wait| key.set(wait.step().place()));
        state.filled().for_each(|slot| key.set(steps + slot.place()));
        if state.status() == Status::Faulted {
            key.set(steps + slots);
        }
        key
    }

    /// Sets of values for what an outcome asks for; one empty set where it asks for nothing.
    fn tries(&self, outcome: &OutcomeSpec, seed: u64) -> Vec<Vec<(FieldIx, Value)>> {
        let tries = if outcome.collects.is_empty() { 1 } else { TRIES };
        let mut random = seed;
        let mut number = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            random >> 33
        };
        let value = |field: &FieldIx, number: u64| Some((*field, some_value(&self.process.field(*field)?.ty, number)));
        (0..tries).map(|_| outcome.collects.iter().filter_map(|field| value(field, number())).collect()).collect()
    }
}

/// A value that a field admits.
fn some_value(ty: &FieldType, number: u64) -> Value {
    let listed = |list: &[String]| u16::at(number as usize % list.len().max(1));
    let between = |min: Option<i64>, max: Option<i64>| {
        let min = min.unwrap_or(0);
        let span = max.unwrap_or(min.saturating_add(1_000_000_000)).saturating_sub(min).saturating_add(1);
        min + (number % span.max(1).unsigned_abs()) as i64
    };
    match ty {
        FieldType::Bool => Value::Bool(number.is_multiple_of(2)),
        FieldType::Integer { min, max } => Value::Integer(between(*min, *max)),
        FieldType::Decimal { min, max, .. } => Value::Decimal(between(*min, *max)),
        FieldType::Choice(list) => Value::Choice(listed(list)),
        FieldType::Unit(list) => Value::Unit(listed(list)),
        FieldType::Date => Value::Date((number % 20_000) as i32),
        FieldType::Text { .. } => Value::Text("Perihal".into()),
    }
}
