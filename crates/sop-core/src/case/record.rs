//! Events at the store's border: from indices to names and back.

use std::sync::Arc;

use super::event::{
    Actor, Dense, Event, Fault, Named, Naming, RECORD_VERSION, Record, ReturnName, RungOutcome, Shape, SlotName,
};
use super::people::{People, PersonIx};
use crate::definition::{FieldId, PersonId};
use crate::guard::{FieldIx, Value};
use crate::process::index::Position;
use crate::process::{
    EndIx, GroupIx, OutcomeIx, PaperIx, Process, RegisterIx, ReturnIx, RoleIx, Route, SlotIx, StartIx, StepIx,
};
use crate::time::Instant;

/// Why a record cannot be read back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It was written by a later version of this program.
    #[error("the record has version {found}, and this program reads up to {known}")]
    Version {
        /// The record's version.
        found: u32,
        /// The latest version that is read.
        known: u32,
    },
    /// It names something that the process does not have.
    #[error("the process has no {kind} `{name}`")]
    Unknown {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        name: String,
    },
}

impl Record {
    /// The record of a decision.
    ///
    /// Total for events that [`decide`](super::decide) made with this process and these people.
    ///
    /// # Errors
    /// [`RecordError::Unknown`] for events that belong to another process.
    pub fn from_events(
        process: &Process,
        people: &People,
        at: Instant,
        events: &[Event<Dense>],
    ) -> Result<Self, RecordError> {
        let mut outward = Outward { process, people };
        let events = events.iter().map(|event| translate(event, &mut outward)).collect::<Result<_, _>>()?;
        Ok(Self { v: RECORD_VERSION, definition: process.id().clone(), at, events, covers: Vec::new(), archived: None })
    }

    /// The events of a record, by the indices of the process under which it was written. People who were not mentioned
    /// before are entered. Texts that were erased are empty, and fields whose values were are not set.
    ///
    /// # Errors
    /// A later version, or a name that the process does not have.
    pub fn to_events(&self, process: &Process, people: &mut People) -> Result<Vec<Event<Dense>>, RecordError> {
        if self.v > RECORD_VERSION {
            return Err(RecordError::Version { found: self.v, known: RECORD_VERSION });
        }
        let mut inward = Inward { process, people };
        // Of a field whose value was erased, nobody knows what it was set to.
        let kept = self.events.iter().zip(self.erased());
        let kept = kept.filter(|(event, is_erased)| !(*is_erased && matches!(event, Event::FieldSet { .. })));
        kept.map(|(event, _)| translate(event, &mut inward)).collect()
    }
}

/// From one naming to another, thing by thing.
///
/// Outcomes are named within their step, and values within their field: the step or field is given beside them.
trait Translation<A: Naming, B: Naming> {
    /// The sizes of the process: the one that it has already, where it is the same.
    fn shape(&mut self, shape: &Arc<Shape>) -> Arc<Shape>;
    fn step(&mut self, step: &A::Step) -> Result<B::Step, RecordError>;
    fn role(&mut self, role: &A::Role) -> Result<B::Role, RecordError>;
    fn paper(&mut self, paper: &A::Paper) -> Result<B::Paper, RecordError>;
    fn field(&mut self, field: &A::Field) -> Result<B::Field, RecordError>;
    fn value(&mut self, field: &A::Field, value: &A::Value) -> Result<B::Value, RecordError>;
    /// The value that binds a role, or the roles of a step.
    fn binding(&mut self, of: Bound<'_, A>, value: &A::Binding) -> Result<B::Binding, RecordError>;
    fn outcome(&mut self, step: &A::Step, outcome: &A::Outcome) -> Result<B::Outcome, RecordError>;
    fn start(&mut self, start: &A::Start) -> Result<B::Start, RecordError>;
    fn end(&mut self, end: &A::End) -> Result<B::End, RecordError>;
    fn taken(&mut self, taken: &A::Return) -> Result<B::Return, RecordError>;
    fn slot(&mut self, slot: &A::Slot) -> Result<B::Slot, RecordError>;
    fn group(&mut self, group: &A::Group) -> Result<B::Group, RecordError>;
    fn person(&mut self, person: &A::Person) -> Result<B::Person, RecordError>;
    fn register(&mut self, register: &A::Register) -> Result<B::Register, RecordError>;
}

/// What a value binds.
#[derive(Debug, Clone, Copy)]
enum Bound<'e, N: Naming> {
    /// The roles of a step.
    Step(&'e N::Step),
    /// A role.
    Role(&'e N::Role),
}

/// Names for the store.
struct Outward<'a> {
    process: &'a Process,
    people: &'a People,
}

/// Indices for the state.
struct Inward<'a> {
    process: &'a Process,
    people: &'a mut People,
}

fn unknown(kind: &'static str, name: impl ToString) -> RecordError {
    RecordError::Unknown { kind, name: name.to_string() }
}

impl Outward<'_> {
    fn value_of(&self, field: FieldIx, value: &Value) -> Result<serde_json::Value, RecordError> {
        let spec = self.process.field(field).ok_or_else(|| unknown("field", field.place()))?;
        spec.ty.to_json(value).map_err(|problem| unknown("value", problem))
    }
}

impl Translation<Dense, Named> for Outward<'_> {
    fn shape(&mut self, shape: &Arc<Shape>) -> Arc<Shape> {
        Arc::clone(shape)
    }
    fn step(&mut self, step: &StepIx) -> Result<crate::definition::StepId, RecordError> {
        self.process.steps().get(*step).map(|spec| spec.id.clone()).ok_or_else(|| unknown("step", step.place()))
    }
    fn role(&mut self, role: &RoleIx) -> Result<crate::definition::RoleId, RecordError> {
        self.process.roles().get(*role).map(|spec| spec.id.clone()).ok_or_else(|| unknown("role", role.place()))
    }
    fn paper(&mut self, paper: &PaperIx) -> Result<crate::definition::PaperId, RecordError> {
        self.process.papers().get(*paper).map(|spec| spec.id.clone()).ok_or_else(|| unknown("paper", paper.place()))
    }
    fn field(&mut self, field: &FieldIx) -> Result<FieldId, RecordError> {
        let spec = self.process.field(*field).ok_or_else(|| unknown("field", field.place()))?;
        FieldId::new(&spec.id).map_err(|_| unknown("field", &spec.id))
    }
    fn value(&mut self, field: &FieldIx, value: &Value) -> Result<serde_json::Value, RecordError> {
        self.value_of(*field, value)
    }
    fn binding(&mut self, of: Bound<'_, Dense>, place: &u16) -> Result<serde_json::Value, RecordError> {
        let field = per_field(self.process, of).and_then(|field| self.process.field(field));
        let value = field.and_then(|field| field.ty.listed()).and_then(|values| values.get(usize::from(*place)));
        value.cloned().map(serde_json::Value::String).ok_or_else(|| unknown("binding", place))
    }
    fn outcome(&mut self, step: &StepIx, outcome: &OutcomeIx) -> Result<crate::definition::OutcomeId, RecordError> {
        let spec = self.process.steps().get(*step).and_then(|spec| spec.outcome(*outcome));
        spec.map(|spec| spec.id.clone()).ok_or_else(|| unknown("outcome", outcome.place()))
    }
    fn start(&mut self, start: &StartIx) -> Result<crate::definition::StartId, RecordError> {
        self.process.starts().get(*start).map(|spec| spec.id.clone()).ok_or_else(|| unknown("start", start.place()))
    }
    fn end(&mut self, end: &EndIx) -> Result<crate::definition::EndId, RecordError> {
        self.process.ends().get(*end).map(|spec| spec.id.clone()).ok_or_else(|| unknown("end", end.place()))
    }
    fn taken(&mut self, taken: &ReturnIx) -> Result<ReturnName, RecordError> {
        let spec = self.process.returns().get(*taken).ok_or_else(|| unknown("return", taken.place()))?;
        let step = self.step(&spec.from)?;
        let outcome = self.outcome(&spec.from, &spec.outcome)?;
        Ok(ReturnName { step, outcome, branch: spec.branch })
    }
    fn slot(&mut self, slot: &SlotIx) -> Result<SlotName, RecordError> {
        let spec = self.process.slots().get(*slot).ok_or_else(|| unknown("slot", slot.place()))?;
        let joining = self.process.steps().get(spec.step).ok_or_else(|| unknown("slot", slot.place()))?;
        let first = joining.join.map_or(*slot, |(first, _)| first);
        Ok(SlotName { step: joining.id.clone(), group: slot.0.saturating_sub(first.0) })
    }
    fn group(&mut self, group: &GroupIx) -> Result<crate::definition::StepId, RecordError> {
        let first = self.process.groups().get(*group).and_then(|spec| spec.steps.first());
        let step = first.and_then(|step| self.process.steps().get(*step));
        step.map(|spec| spec.id.clone()).ok_or_else(|| unknown("shared clock", group.place()))
    }
    fn person(&mut self, person: &PersonIx) -> Result<PersonId, RecordError> {
        self.people.name(*person).cloned().ok_or_else(|| unknown("person", person.number()))
    }
    fn register(&mut self, register: &RegisterIx) -> Result<crate::definition::RegisterId, RecordError> {
        let spec = self.process.registers().get(*register);
        spec.map(|spec| spec.id.clone()).ok_or_else(|| unknown("register", register.place()))
    }
}

fn per_field(process: &Process, of: Bound<'_, Dense>) -> Option<FieldIx> {
    match of {
        Bound::Step(step) => process.steps().get(*step)?.per,
        Bound::Role(role) => process.roles().get(*role)?.per,
    }
}

impl Inward<'_> {
    fn value_of(&self, field: FieldIx, value: &serde_json::Value) -> Result<Value, RecordError> {
        let spec = self.process.field(field).ok_or_else(|| unknown("field", field.place()))?;
        spec.ty.parse_json(value).map_err(|problem| unknown("value", problem))
    }
}

impl Translation<Named, Dense> for Inward<'_> {
    fn shape(&mut self, shape: &Arc<Shape>) -> Arc<Shape> {
        let own = self.process.shared_shape();
        if *own == **shape { own } else { Arc::clone(shape) }
    }
    fn step(&mut self, step: &crate::definition::StepId) -> Result<StepIx, RecordError> {
        self.process.find_step(step).ok_or_else(|| unknown("step", step))
    }
    fn role(&mut self, role: &crate::definition::RoleId) -> Result<RoleIx, RecordError> {
        self.process.find_role(role).ok_or_else(|| unknown("role", role))
    }
    fn paper(&mut self, paper: &crate::definition::PaperId) -> Result<PaperIx, RecordError> {
        self.process.find_paper(paper).ok_or_else(|| unknown("paper", paper))
    }
    fn field(&mut self, field: &FieldId) -> Result<FieldIx, RecordError> {
        self.process.find_field(field.as_str()).ok_or_else(|| unknown("field", field))
    }
    fn value(&mut self, field: &FieldId, value: &serde_json::Value) -> Result<Value, RecordError> {
        let field = self.field(field)?;
        self.value_of(field, value)
    }
    fn binding(&mut self, of: Bound<'_, Named>, value: &serde_json::Value) -> Result<u16, RecordError> {
        let field = match of {
            Bound::Step(step) => per_field(self.process, Bound::Step(&self.step(step)?)),
            Bound::Role(role) => per_field(self.process, Bound::Role(&self.role(role)?)),
        };
        let value = self.value_of(field.ok_or_else(|| unknown("binding", "per"))?, value)?;
        super::people::place_of(Some(&value)).ok_or_else(|| unknown("binding", "per"))
    }
    fn outcome(
        &mut self,
        step: &crate::definition::StepId,
        outcome: &crate::definition::OutcomeId,
    ) -> Result<OutcomeIx, RecordError> {
        let step = self.step(step)?;
        self.process.find_outcome(step, outcome).ok_or_else(|| unknown("outcome", outcome))
    }
    fn start(&mut self, start: &crate::definition::StartId) -> Result<StartIx, RecordError> {
        self.process.find_start(start).ok_or_else(|| unknown("start", start))
    }
    fn end(&mut self, end: &crate::definition::EndId) -> Result<EndIx, RecordError> {
        self.process.find_end(end).ok_or_else(|| unknown("end", end))
    }
    fn taken(&mut self, taken: &ReturnName) -> Result<ReturnIx, RecordError> {
        let from = self.step(&taken.step)?;
        let outcome = self.outcome(&taken.step, &taken.outcome)?;
        let route = self.process.steps().get(from).and_then(|step| step.outcome(outcome)).map(|outcome| &outcome.route);
        let route = match (route, taken.branch) {
            (Some(Route::Choose(branches)), Some(branch)) => {
                branches.get(usize::from(branch)).map(|branch| &branch.route)
            }
            (route, None) => route,
            (_, Some(_)) => None,
        };
        match route {
            Some(Route::Return(found)) => Ok(*found),
            _ => Err(unknown("return", &taken.outcome)),
        }
    }
    fn slot(&mut self, slot: &SlotName) -> Result<SlotIx, RecordError> {
        let step = self.step(&slot.step)?;
        let join = self.process.steps().get(step).and_then(|spec| spec.join);
        match join {
            Some((first, count)) if slot.group < count => Ok(first.after(slot.group)),
            _ => Err(unknown("slot", &slot.step)),
        }
    }
    fn group(&mut self, group: &crate::definition::StepId) -> Result<GroupIx, RecordError> {
        let step = self.step(group)?;
        self.process.steps().get(step).and_then(|spec| spec.group).ok_or_else(|| unknown("shared clock", group))
    }
    fn person(&mut self, person: &PersonId) -> Result<PersonIx, RecordError> {
        Ok(self.people.intern(person))
    }
    fn register(&mut self, register: &crate::definition::RegisterId) -> Result<RegisterIx, RecordError> {
        self.process.find_register(register).ok_or_else(|| unknown("register", register))
    }
}

fn actor<A: Naming, B: Naming>(
    by: &Actor<A::Person, A::Role>,
    t: &mut impl Translation<A, B>,
) -> Result<Actor<B::Person, B::Role>, RecordError> {
    Ok(Actor { person: t.person(&by.person)?, role: t.role(&by.role)?, capacity: by.capacity })
}

fn bound<A: Naming, B: Naming>(
    of: Bound<'_, A>,
    value: Option<&A::Binding>,
    t: &mut impl Translation<A, B>,
) -> Result<Option<B::Binding>, RecordError> {
    value.map(|value| t.binding(of, value)).transpose()
}

/// One event, name by name. Adding an event touches three places: the enum, `apply`, and this.
fn translate<A: Naming, B: Naming, T: Translation<A, B>>(event: &Event<A>, t: &mut T) -> Result<Event<B>, RecordError> {
    Ok(match event {
        Event::Started { start, requester, subject, shape, directory, calendar } => Event::Started {
            start: t.start(start)?,
            requester: t.person(requester)?,
            subject: subject.clone(),
            shape: t.shape(shape),
            directory: *directory,
            calendar: *calendar,
        },
        Event::Activated { wait, step, bound: value, rework, anchor, due, alarm } => Event::Activated {
            wait: *wait,
            step: t.step(step)?,
            bound: bound(Bound::Step(step), value.as_ref(), t)?,
            rework: *rework,
            anchor: *anchor,
            due: *due,
            alarm: *alarm,
        },
        Event::SlotFilled { slot } => Event::SlotFilled { slot: t.slot(slot)? },
        Event::Joined { first, slots } => Event::Joined { first: t.slot(first)?, slots: *slots },
        Event::Completed { wait, step, outcome, by, forced, note, directory } => Event::Completed {
            wait: *wait,
            step: t.step(step)?,
            outcome: t.outcome(step, outcome)?,
            by: actor(by, t)?,
            forced: *forced,
            note: note.clone(),
            directory: *directory,
        },
        Event::FieldSet { field, value } => Event::FieldSet { field: t.field(field)?, value: t.value(field, value)? },
        Event::PaperMade { paper, version } => Event::PaperMade { paper: t.paper(paper)?, version: *version },
        Event::DocumentAttached { paper, version, reference } => {
            Event::DocumentAttached { paper: t.paper(paper)?, version: *version, reference: reference.clone() }
        }
        Event::AbsenceWaived { step, paper } => Event::AbsenceWaived { step: t.step(step)?, paper: t.paper(paper)? },
        Event::Numbered { register, year, number, text } => {
            Event::Numbered { register: t.register(register)?, year: *year, number: *number, text: text.clone() }
        }
        Event::Returned { r#return, count } => Event::Returned { r#return: t.taken(r#return)?, count: *count },
        Event::ReturnExhausted { r#return } => Event::ReturnExhausted { r#return: t.taken(r#return)? },
        Event::WaitWithdrawn { wait, step } => Event::WaitWithdrawn { wait: *wait, step: t.step(step)? },
        Event::SlotWithdrawn { slot } => Event::SlotWithdrawn { slot: t.slot(slot)? },
        Event::SharedClock { group, consumed, since, running } => {
            Event::SharedClock { group: t.group(group)?, consumed: *consumed, since: *since, running: *running }
        }
        Event::TokenEnded { end } => Event::TokenEnded { end: t.end(end)? },
        Event::Finished => Event::Finished,
        Event::Stopped { end } => Event::Stopped { end: t.end(end)? },
        Event::Faulted { fault } => Event::Faulted {
            fault: match fault {
                Fault::StepAlreadyActive { step } => Fault::StepAlreadyActive { step: t.step(step)? },
                Fault::SlotAlreadyFull { slot } => Fault::SlotAlreadyFull { slot: t.slot(slot)? },
                Fault::EndBeforeTheRest { end } => Fault::EndBeforeTheRest { end: t.end(end)? },
            },
        },
        Event::RungFired { wait, rung, occurrence, missed, due, outcome, alarm } => Event::RungFired {
            wait: *wait,
            rung: *rung,
            occurrence: *occurrence,
            missed: *missed,
            due: *due,
            outcome: rung_outcome(outcome, t)?,
            alarm: *alarm,
        },
        Event::LeftByPolicy { wait, step, outcome } => Event::LeftByPolicy {
            wait: *wait,
            step: t.step(step)?,
            outcome: outcome.as_ref().map(|outcome| t.outcome(step, outcome)).transpose()?,
        },
        Event::Claimed { wait, by, until } => Event::Claimed { wait: *wait, by: actor(by, t)?, until: *until },
        Event::Released { wait, by } => Event::Released { wait: *wait, by: t.person(by)? },
        Event::Delegated { wait, by, to } => Event::Delegated { wait: *wait, by: actor(by, t)?, to: t.person(to)? },
        Event::Held { wait, by, until, reason, consumed } => {
            Event::Held { wait: *wait, by: actor(by, t)?, until: *until, reason: reason.clone(), consumed: *consumed }
        }
        Event::Resumed { wait, by, since, due, alarm } => Event::Resumed {
            wait: *wait,
            by: by.as_ref().map(|by| t.person(by)).transpose()?,
            since: *since,
            due: *due,
            alarm: *alarm,
        },
        Event::Reassigned { wait, by, role, bound: value, reason } => Event::Reassigned {
            wait: *wait,
            by: actor(by, t)?,
            role: t.role(role)?,
            bound: bound(Bound::Role(role), value.as_ref(), t)?,
            reason: reason.clone(),
        },
        Event::WithdrawnByRequester { by, reason } => {
            Event::WithdrawnByRequester { by: t.person(by)?, reason: reason.clone() }
        }
        Event::Commented { by, text } => Event::Commented { by: t.person(by)?, text: text.clone() },
        Event::Erased { by, fields, texts, reason } => Event::Erased {
            by: t.person(by)?,
            fields: fields.iter().map(|field| t.field(field)).collect::<Result<_, _>>()?,
            texts: *texts,
            reason: reason.clone(),
        },
        Event::Archived { by, archive, left } => {
            Event::Archived { by: t.person(by)?, archive: archive.clone(), left: *left }
        }
        Event::Restored { by, archive } => Event::Restored { by: t.person(by)?, archive: archive.clone() },
        Event::CalendarChanged { calendar } => Event::CalendarChanged { calendar: *calendar },
        Event::Rescheduled { wait, due, alarm } => Event::Rescheduled { wait: *wait, due: *due, alarm: *alarm },
    })
}

fn rung_outcome<A: Naming, B: Naming, T: Translation<A, B>>(
    outcome: &RungOutcome<A>,
    t: &mut T,
) -> Result<RungOutcome<B>, RecordError> {
    Ok(match outcome {
        RungOutcome::RemindedDoer => RungOutcome::RemindedDoer,
        RungOutcome::Reminded { role } => RungOutcome::Reminded { role: t.role(role)? },
        RungOutcome::Escalated { role, bound: value } => {
            RungOutcome::Escalated { role: t.role(role)?, bound: bound(Bound::Role(role), value.as_ref(), t)? }
        }
        RungOutcome::Reassigned { role, bound: value } => {
            RungOutcome::Reassigned { role: t.role(role)?, bound: bound(Bound::Role(role), value.as_ref(), t)? }
        }
        RungOutcome::Left => RungOutcome::Left,
        RungOutcome::Blocked => RungOutcome::Blocked,
        RungOutcome::NobodyAccountable => RungOutcome::NobodyAccountable,
    })
}
