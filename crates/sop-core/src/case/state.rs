//! Where a case stands: a fold of its events.

use std::sync::Arc;

use smallvec::SmallVec;

use super::event::{Actor, Dense, Event, Fault, RungOutcome, Shape};
use super::people::PersonIx;
use crate::guard::{FieldIx, Value};
use crate::process::index::Position;
use crate::process::{EndIx, GroupIx, PaperIx, ReturnIx, RoleIx, SlotIx, StartIx, StepIx};
use crate::time::{Instant, Millis, Revision};

/// What has become of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not opened yet.
    #[default]
    New,
    /// Somebody has to act.
    Running,
    /// Every token came to its end.
    Finished,
    /// Ended from without: withdrawn, or given up.
    Stopped,
    /// Stands still (F3).
    Faulted,
}

/// An instant or never, in eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) const NEVER: Self = Self(i64::MAX);

    #[inline]
    pub(crate) fn get(self) -> Option<Instant> {
        if self == Self::NEVER { None } else { Instant::from_millis(self.0) }
    }

    #[inline]
    pub(crate) fn reached(self, now: Instant) -> bool {
        self.0 <= now.millis()
    }
}

impl From<Option<Instant>> for Moment {
    #[inline]
    fn from(instant: Option<Instant>) -> Self {
        instant.map_or(Self::NEVER, |instant| Self(instant.millis()))
    }
}

/// One activation of a step: somebody has to act.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Wait {
    pub(crate) number: u32,
    pub(crate) step: StepIx,
    /// The binding of its roles, `u16::MAX` for none.
    bound: u16,
    pub(crate) rework: bool,
    anchor: Moment,
    /// Since when its own clock runs; never while held, and unused on a shared clock.
    pub(crate) since: Moment,
    pub(crate) consumed: Millis,
    pub(crate) due: Moment,
    /// When its ladder acts next, or when a hold ends.
    pub(crate) alarm: Moment,
    /// What most waits never have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rare: Option<Box<Rare>>,
}

/// What most waits never have: claims, holds, escalations.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Rare {
    pub(crate) claim: Option<(Actor<PersonIx, RoleIx>, Instant)>,
    pub(crate) delegate: Option<Actor<PersonIx, RoleIx>>,
    pub(crate) held_until: Option<Instant>,
    pub(crate) reassigned: Option<(RoleIx, Option<u16>)>,
    pub(crate) escalated: Vec<(RoleIx, Option<u16>)>,
    /// How often each rung fired, those beyond the list never.
    pub(crate) fired: Vec<u32>,
}

static COMMON: Rare = Rare {
    claim: None,
    delegate: None,
    held_until: None,
    reassigned: None,
    escalated: Vec::new(),
    fired: Vec::new(),
};

impl Wait {
    /// Its number: together with the case, the name of the wait.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The step.
    pub fn step(&self) -> StepIx {
        self.step
    }

    /// Since when somebody has to act.
    pub fn anchor(&self) -> Instant {
        self.anchor.get().unwrap_or(Instant::MIN)
    }

    /// When it is due by the calendar that the case follows; none without a budget, and while it is held.
    pub fn due(&self) -> Option<Instant> {
        self.due.get()
    }

    /// Whether it follows a return.
    pub fn is_rework(&self) -> bool {
        self.rework
    }

    /// The binding of its roles: the place of a value in its closed list (W2).
    pub fn bound(&self) -> Option<u16> {
        (self.bound != u16::MAX).then_some(self.bound)
    }

    /// Who took it upon themselves, and until when nobody else may complete it (W4).
    pub fn claim(&self) -> Option<(Actor<PersonIx, RoleIx>, Instant)> {
        self.rare().claim
    }

    /// Who may act because a holder handed it over.
    pub fn delegate(&self) -> Option<PersonIx> {
        self.rare().delegate.map(|actor| actor.person)
    }

    /// Until when it is put off (T6).
    pub fn held_until(&self) -> Option<Instant> {
        self.rare().held_until
    }

    /// The role that acts instead of the step's, with what binds it.
    pub fn reassigned(&self) -> Option<(RoleIx, Option<u16>)> {
        self.rare().reassigned
    }

    /// The roles that may act too, in the order of the escalations; the last is accountable.
    pub fn escalated(&self) -> &[(RoleIx, Option<u16>)] {
        &self.rare().escalated
    }

    /// How often a rung has fired.
    pub fn fired(&self, rung: u16) -> u32 {
        self.rare().fired.get(usize::from(rung)).copied().unwrap_or(0)
    }

    pub(crate) fn rare(&self) -> &Rare {
        self.rare.as_deref().unwrap_or(&COMMON)
    }

    fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Bytes on the heap beyond the wait itself.
    fn heap(&self) -> usize {
        self.rare.as_ref().map_or(0, |rare| {
            size_of::<Rare>()
                + rare.escalated.capacity() * size_of::<(RoleIx, Option<u16>)>()
                + rare.fired.capacity() * size_of::<u32>()
        })
    }
}

/// A clock that several waits share (T2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct SharedClock {
    pub(crate) consumed: Millis,
    pub(crate) since: Option<Instant>,
    pub(crate) running: u32,
}

/// Where a case stands.
///
/// Laid out for one process: its `shape` says the sizes. Papers, counters, people and marks share one allocation.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct CaseState {
    pub(crate) status: Status,
    start: u16,
    comments: u16,
    pub(crate) activations: u32,
    requester: Option<PersonIx>,
    pub(crate) shape: Arc<Shape>,
    pub(crate) calendar: Revision,
    waits: SmallVec<[Wait; 1]>,
    /// Paper versions, return counts, the last person at each step, marks of filled slots, marks of reached ends.
    ledger: Box<[u32]>,
    values: Box<[Option<Value>]>,
    groups: Box<[SharedClock]>,
}

impl CaseState {
    /// A case that has not been opened.
    pub fn new() -> Self {
        Self::default()
    }

    /// What has become of it.
    pub fn status(&self) -> Status {
        self.status
    }

    /// By which start it was opened.
    pub fn start(&self) -> Option<StartIx> {
        (self.status != Status::New).then_some(StartIx(self.start))
    }

    /// Who asks.
    pub fn requester(&self) -> Option<PersonIx> {
        self.requester
    }

    /// The waits, in the order of their activation.
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    /// The wait with this number, if it is not over.
    pub fn wait(&self, number: u32) -> Option<&Wait> {
        self.waits.iter().find(|wait| wait.number == number)
    }

    /// How many waits there have been.
    pub fn activations(&self) -> u32 {
        self.activations
    }

    /// How many comments the case carries.
    pub fn comments(&self) -> u32 {
        u32::from(self.comments)
    }

    /// The calendar by which its instants were computed.
    pub fn calendar(&self) -> Revision {
        self.calendar
    }

    /// The sizes that it is laid out for.
    pub fn shape(&self) -> Shape {
        *self.shape
    }

    /// The version of a paper; 0 while it is absent (P1).
    pub fn paper(&self, paper: PaperIx) -> u32 {
        self.entry(paper.place())
    }

    /// How often a return was taken (R1).
    pub fn returns(&self, taken: ReturnIx) -> u32 {
        self.entry(self.returns_at() + taken.place())
    }

    /// The last person who completed a step (W3); none while it is undone, or was last done by the policy.
    pub fn done_by(&self, step: StepIx) -> Option<PersonIx> {
        PersonIx::from_number(self.entry(self.steps_at() + step.place())).filter(|_| !self.is_marked_policy(step))
    }

    /// Whether a step was ever completed, by a person or by the policy.
    pub fn is_done(&self, step: StepIx) -> bool {
        self.entry(self.steps_at() + step.place()) != 0
    }

    /// Whether a slot is filled (F2).
    pub fn is_filled(&self, slot: SlotIx) -> bool {
        self.bit(self.slots_at(), slot.place())
    }

    /// The filled slots.
    pub fn filled(&self) -> impl Iterator<Item = SlotIx> + '_ {
        (0..self.shape.slots).map(SlotIx).filter(|&slot| self.is_filled(slot))
    }

    /// Whether an end was reached.
    pub fn reached(&self, end: EndIx) -> bool {
        self.bit(self.ends_at(), end.place())
    }

    /// The ends reached so far: of a case that is over, its result (F5).
    pub fn result(&self) -> impl Iterator<Item = EndIx> + '_ {
        (0..self.shape.ends).map(|end| EndIx::at(end as usize)).filter(|&end| self.reached(end))
    }

    /// The value of a field.
    pub fn value(&self, field: FieldIx) -> Option<&Value> {
        self.values.get(field.place()).and_then(Option::as_ref)
    }

    /// All values, by field.
    pub fn values(&self) -> &[Option<Value>] {
        &self.values
    }

    /// The same state, with its sizes shared with others of its process.
    pub(crate) fn sharing(mut self, shape: Arc<Shape>) -> Self {
        self.shape = shape;
        self
    }

    /// How many tokens there are: waits and filled slots (F5).
    pub fn tokens(&self) -> usize {
        self.waits.len() + self.filled().count()
    }

    pub(crate) fn clock(&self, group: GroupIx) -> SharedClock {
        self.groups.get(group.place()).copied().unwrap_or_default()
    }

    /// The earliest instant at which a rung or the end of a hold is due, by the calendar that the case follows.
    pub(crate) fn next_alarm(&self) -> Moment {
        self.waits.iter().map(|wait| wait.alarm).min().unwrap_or(Moment::NEVER)
    }

    /// Bytes on the heap, beyond the state itself.
    pub fn heap_bytes(&self) -> usize {
        let waits = if self.waits.spilled() { self.waits.capacity() * size_of::<Wait>() } else { 0 };
        waits
            + self.waits.iter().map(Wait::heap).sum::<usize>()
            + size_of_val(&*self.ledger)
            + size_of_val(&*self.values)
            + size_of_val(&*self.groups)
    }

    // The ledger's parts, one after the other.
    fn returns_at(&self) -> usize {
        self.shape.papers as usize
    }
    fn steps_at(&self) -> usize {
        self.returns_at() + self.shape.returns as usize
    }
    fn slots_at(&self) -> usize {
        self.steps_at() + self.shape.steps as usize
    }
    fn ends_at(&self) -> usize {
        self.slots_at() + (self.shape.slots as usize).div_ceil(32)
    }
    fn ledger_len(&self) -> usize {
        self.ends_at() + (self.shape.ends as usize).div_ceil(32)
    }

    /// Whether every part has the size that the shape says, and every wait is of a step that there is.
    pub(crate) fn fits(&self) -> bool {
        let is_new = self.status == Status::New;
        let sizes = self.ledger.len() == self.ledger_len()
            && self.values.len() == self.shape.fields as usize
            && self.groups.len() == self.shape.groups as usize;
        (is_new || sizes) && self.waits.iter().all(|wait| wait.step.0 < self.shape.steps)
    }

    fn entry(&self, place: usize) -> u32 {
        self.ledger.get(place).copied().unwrap_or(0)
    }
    fn set(&mut self, place: usize, entry: u32) {
        if let Some(held) = self.ledger.get_mut(place) {
            *held = entry;
        }
    }
    fn bit(&self, part: usize, place: usize) -> bool {
        self.entry(part + place / 32) & (1 << (place % 32)) != 0
    }
    fn set_bit(&mut self, part: usize, place: usize, on: bool) {
        if let Some(word) = self.ledger.get_mut(part + place / 32) {
            let bit = 1 << (place % 32);
            if on { *word |= bit } else { *word &= !bit }
        }
    }
    fn is_marked_policy(&self, step: StepIx) -> bool {
        self.entry(self.steps_at() + step.place()) == BY_POLICY
    }

    fn leave(&mut self, number: u32) {
        if let Some(place) = self.waits.iter().position(|wait| wait.number == number) {
            self.waits.remove(place);
        }
    }

    fn wait_mut(&mut self, number: u32) -> Option<&mut Wait> {
        self.waits.iter_mut().find(|wait| wait.number == number)
    }
}

/// Stands in the ledger for a step that the policy did.
const BY_POLICY: u32 = u32::MAX;

/// Folds one event into a state.
///
/// Cannot fail, and needs no process: events carry their results. An event that does not belong to the state (which
/// [`decide`](super::decide) never makes) changes nothing that is not there.
pub fn apply(state: &mut CaseState, event: &Event<Dense>) {
    match event {
        Event::Started { start, requester, shape, calendar, .. } => {
            state.status = Status::Running;
            state.start = start.0;
            state.requester = Some(*requester);
            state.shape = Arc::clone(shape);
            state.calendar = *calendar;
            state.ledger = vec![0; state.ledger_len()].into();
            state.values = vec![None; shape.fields as usize].into();
            state.groups = vec![SharedClock::default(); shape.groups as usize].into();
        }
        Event::Activated { wait, step, bound, rework, anchor, due, alarm } => {
            state.activations = state.activations.max(*wait);
            state.waits.push(Wait {
                number: *wait,
                step: *step,
                bound: bound.unwrap_or(u16::MAX),
                rework: *rework,
                anchor: Some(*anchor).into(),
                since: Some(*anchor).into(),
                consumed: Millis::ZERO,
                due: (*due).into(),
                alarm: (*alarm).into(),
                rare: None,
            });
        }
        Event::SlotFilled { slot } => state.set_bit(state.slots_at(), slot.place(), true),
        Event::SlotWithdrawn { slot } => state.set_bit(state.slots_at(), slot.place(), false),
        Event::Joined { first, slots } => {
            for slot in first.place()..first.place() + *slots as usize {
                state.set_bit(state.slots_at(), slot, false);
            }
        }
        Event::Completed { wait, step, by, .. } => {
            state.leave(*wait);
            state.set(state.steps_at() + step.place(), by.person.number());
        }
        Event::LeftByPolicy { wait, step, .. } => {
            state.leave(*wait);
            state.set(state.steps_at() + step.place(), BY_POLICY);
        }
        Event::WaitWithdrawn { wait, .. } => state.leave(*wait),
        Event::FieldSet { field, value } => {
            if let Some(held) = state.values.get_mut(field.place()) {
                *held = Some(value.clone());
            }
        }
        Event::PaperMade { paper, version } => state.set(paper.place(), *version),
        Event::Returned { r#return, count } => state.set(state.returns_at() + r#return.place(), *count),
        Event::SharedClock { group, consumed, since, running } => {
            if let Some(clock) = state.groups.get_mut(group.place()) {
                *clock = SharedClock { consumed: *consumed, since: *since, running: *running };
            }
        }
        Event::TokenEnded { end } => state.set_bit(state.ends_at(), end.place(), true),
        Event::Finished => state.status = Status::Finished,
        Event::Stopped { end } => {
            state.set_bit(state.ends_at(), end.place(), true);
            state.status = Status::Stopped;
        }
        Event::Faulted { .. } => {
            state.status = Status::Faulted;
            // It stands still: nothing of it falls due until an operator has looked at it.
            for wait in &mut state.waits {
                wait.alarm = Moment::NEVER;
            }
        }
        Event::RungFired { wait, rung, occurrence, outcome, alarm, .. } => {
            let Some(wait) = state.wait_mut(*wait) else { return };
            wait.alarm = (*alarm).into();
            let rare = wait.rare_mut();
            let rung = usize::from(*rung);
            if rare.fired.len() <= rung {
                rare.fired.reserve_exact(rung + 1 - rare.fired.len());
                rare.fired.resize(rung + 1, 0);
            }
            if let Some(count) = rare.fired.get_mut(rung) {
                *count = *occurrence;
            }
            match outcome {
                RungOutcome::Escalated { role, bound } => rare.escalated.push((*role, *bound)),
                RungOutcome::Reassigned { role, bound } => {
                    rare.reassigned = Some((*role, *bound));
                    rare.claim = None;
                    rare.delegate = None;
                }
                RungOutcome::RemindedDoer
                | RungOutcome::Reminded { .. }
                | RungOutcome::Left
                | RungOutcome::Blocked
                | RungOutcome::NobodyAccountable => {}
            }
        }
        Event::Claimed { wait, by, until } => {
            if let Some(wait) = state.wait_mut(*wait) {
                wait.rare_mut().claim = Some((*by, *until));
            }
        }
        Event::Released { wait, .. } => {
            if let Some(wait) = state.wait_mut(*wait) {
                wait.rare_mut().claim = None;
            }
        }
        Event::Delegated { wait, by, to } => {
            if let Some(wait) = state.wait_mut(*wait) {
                let rare = wait.rare_mut();
                rare.delegate = Some(Actor { person: *to, ..*by });
                rare.claim = None;
            }
        }
        Event::Held { wait, until, consumed, .. } => {
            if let Some(wait) = state.wait_mut(*wait) {
                wait.consumed = *consumed;
                wait.since = Moment::NEVER;
                wait.due = Moment::NEVER;
                wait.alarm = Some(*until).into();
                wait.rare_mut().held_until = Some(*until);
            }
        }
        Event::Resumed { wait, since, due, alarm, .. } => {
            if let Some(wait) = state.wait_mut(*wait) {
                wait.since = Some(*since).into();
                wait.due = (*due).into();
                wait.alarm = (*alarm).into();
                wait.rare_mut().held_until = None;
            }
        }
        Event::Reassigned { wait, role, bound, .. } => {
            if let Some(wait) = state.wait_mut(*wait) {
                let rare = wait.rare_mut();
                rare.reassigned = Some((*role, *bound));
                rare.claim = None;
                rare.delegate = None;
            }
        }
        Event::Commented { .. } => state.comments = state.comments.saturating_add(1),
        Event::CalendarChanged { calendar } => state.calendar = *calendar,
        Event::Rescheduled { wait, due, alarm } => {
            if let Some(wait) = state.wait_mut(*wait) {
                wait.due = (*due).into();
                wait.alarm = (*alarm).into();
            }
        }
        Event::DocumentAttached { .. }
        | Event::AbsenceWaived { .. }
        | Event::Numbered { .. }
        | Event::ReturnExhausted { .. }
        | Event::WithdrawnByRequester { .. } => {}
    }
}

/// Folds several events into a state.
pub fn apply_all<'a>(state: &mut CaseState, events: impl IntoIterator<Item = &'a Event<Dense>>) {
    for event in events {
        apply(state, event);
    }
}

/// A fault of a case, as the state in memory names it.
pub type DenseFault = Fault<Dense>;
