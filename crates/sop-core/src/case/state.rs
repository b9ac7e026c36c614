//! Where a case stands: a fold of its events.

use std::sync::Arc;

use smallvec::SmallVec;

use super::event::{Actor, Shape};
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
    pub(super) bound: u16,
    pub(crate) rework: bool,
    pub(super) anchor: Moment,
    /// Since when its own clock runs; never while held, and unused on a shared clock.
    pub(crate) since: Moment,
    pub(crate) consumed: Millis,
    pub(crate) due: Moment,
    /// When its ladder acts next, or when a hold ends.
    pub(crate) alarm: Moment,
    /// What most waits never have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rare: Option<Box<Rare>>,
}

/// What most waits never have: claims, holds, escalations.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Rare {
    pub(crate) claim: Option<(Actor<PersonIx, RoleIx>, Instant)>,
    /// Who may act for a holder, and that holder.
    pub(crate) delegate: Option<(Actor<PersonIx, RoleIx>, PersonIx)>,
    /// Who has claimed it so far, and until when their first claim kept others out.
    pub(crate) claimed: Vec<(PersonIx, Instant)>,
    pub(crate) held_until: Option<Instant>,
    pub(crate) reassigned: Option<(RoleIx, Option<u16>)>,
    pub(crate) escalated: Vec<(RoleIx, Option<u16>)>,
    /// The number of times that each rung fired, those beyond the list never.
    pub(crate) fired: Vec<u32>,
}

static COMMON: Rare = Rare {
    claim: None,
    delegate: None,
    claimed: Vec::new(),
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

    /// Tells whether it follows a return.
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
        self.rare().delegate.map(|(actor, _)| actor.person)
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

    /// The number of times that a rung has fired.
    pub fn fired(&self, rung: u16) -> u32 {
        self.rare().fired.get(usize::from(rung)).copied().unwrap_or(0)
    }

    pub(crate) fn rare(&self) -> &Rare {
        self.rare.as_deref().unwrap_or(&COMMON)
    }

    pub(super) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Bytes on the heap beyond the wait itself.
    fn heap(&self) -> usize {
        self.rare.as_ref().map_or(0, |rare| {
            size_of::<Rare>()
                + rare.escalated.capacity() * size_of::<(RoleIx, Option<u16>)>()
                + rare.fired.capacity() * size_of::<u32>()
                + rare.claimed.capacity() * size_of::<(PersonIx, Instant)>()
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
    pub(super) start: u16,
    pub(super) comments: u16,
    pub(crate) activations: u32,
    pub(super) requester: Option<PersonIx>,
    pub(crate) shape: Arc<Shape>,
    pub(crate) calendar: Revision,
    pub(super) waits: SmallVec<[Wait; 1]>,
    /// Paper versions, return counts, the last person at each step, marks of filled slots, marks of reached ends.
    pub(super) ledger: Box<[u32]>,
    pub(super) values: Box<[Option<Value>]>,
    pub(super) groups: Box<[SharedClock]>,
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

    /// The number of comments that the case carries.
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

    /// The number of times that a return was taken (R1).
    pub fn returns(&self, taken: ReturnIx) -> u32 {
        self.entry(self.returns_at() + taken.place())
    }

    /// The last person who completed a step (W3); none while it is undone, or was last done by the policy.
    pub fn done_by(&self, step: StepIx) -> Option<PersonIx> {
        PersonIx::from_number(self.entry(self.steps_at() + step.place())).filter(|_| !self.is_marked_policy(step))
    }

    /// Tells whether a step was ever completed, by a person or by the policy.
    pub fn is_done(&self, step: StepIx) -> bool {
        self.entry(self.steps_at() + step.place()) != 0
    }

    /// Tells whether a slot is filled (F2).
    pub fn is_filled(&self, slot: SlotIx) -> bool {
        self.bit(self.slots_at(), slot.place())
    }

    /// The filled slots.
    pub fn filled(&self) -> impl Iterator<Item = SlotIx> + '_ {
        (0..self.shape.slots).map(SlotIx).filter(|&slot| self.is_filled(slot))
    }

    /// Tells whether an end was reached.
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

    /// The number of tokens: waits and filled slots (F5).
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
    pub(super) fn returns_at(&self) -> usize {
        self.shape.papers as usize
    }
    pub(super) fn steps_at(&self) -> usize {
        self.returns_at() + self.shape.returns as usize
    }
    pub(super) fn slots_at(&self) -> usize {
        self.steps_at() + self.shape.steps as usize
    }
    pub(super) fn ends_at(&self) -> usize {
        self.slots_at() + (self.shape.slots as usize).div_ceil(32)
    }
    pub(super) fn ledger_len(&self) -> usize {
        self.ends_at() + (self.shape.ends as usize).div_ceil(32)
    }

    /// Tells whether every part has the size that the shape says, and every wait is of a step that there is.
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
    pub(super) fn set(&mut self, place: usize, entry: u32) {
        if let Some(held) = self.ledger.get_mut(place) {
            *held = entry;
        }
    }
    fn bit(&self, part: usize, place: usize) -> bool {
        self.entry(part + place / 32) & (1 << (place % 32)) != 0
    }
    pub(super) fn set_bit(&mut self, part: usize, place: usize, on: bool) {
        if let Some(word) = self.ledger.get_mut(part + place / 32) {
            let bit = 1 << (place % 32);
            if on { *word |= bit } else { *word &= !bit }
        }
    }
    fn is_marked_policy(&self, step: StepIx) -> bool {
        self.entry(self.steps_at() + step.place()) == BY_POLICY
    }

    pub(super) fn leave(&mut self, number: u32) {
        if let Some(place) = self.waits.iter().position(|wait| wait.number == number) {
            self.waits.remove(place);
        }
    }

    pub(super) fn wait_mut(&mut self, number: u32) -> Option<&mut Wait> {
        self.waits.iter_mut().find(|wait| wait.number == number)
    }
}

/// Stands in the ledger for a step that the policy did.
pub(super) const BY_POLICY: u32 = u32::MAX;
