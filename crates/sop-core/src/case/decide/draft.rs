//! A decision in the making: the state as it is, and what the events so far change of it.

use smallvec::SmallVec;

use super::Events;
use crate::case::event::{Dense, Event};
use crate::case::people::PersonIx;
use crate::case::rejection::Called;
use crate::case::state::{CaseState, SharedClock};
use crate::case::world::World;
use crate::definition::PersonId;
use crate::guard::{FieldIx, Value};
use crate::process::{GroupIx, PaperIx, Process, ReturnIx, RoleIx, SlotIx, StepIx};
use crate::time::Instant;

/// A decision in the making.
///
/// The state is not touched. What this command's events take away or add is kept beside it, so that the common case,
/// one wait left and one activated, allocates nothing.
pub(crate) struct Draft<'a> {
    pub(crate) process: &'a Process,
    pub(crate) world: &'a World<'a>,
    pub(crate) state: &'a CaseState,
    pub(crate) now: Instant,
    events: &'a mut Events,
    left: SmallVec<[u32; 4]>,
    opened: SmallVec<[(u32, StepIx); 4]>,
    filled: SmallVec<[SlotIx; 4]>,
    emptied: SmallVec<[SlotIx; 4]>,
    clocks: SmallVec<[(GroupIx, SharedClock); 1]>,
    values: Option<Box<[Option<Value>]>>,
    activations: u32,
    /// Tells whether the case came to a stop in this decision: nothing more happens.
    pub(crate) over: bool,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(
        process: &'a Process,
        world: &'a World<'a>,
        state: &'a CaseState,
        now: Instant,
        events: &'a mut Events,
    ) -> Self {
        Self {
            process,
            world,
            state,
            now,
            events,
            left: SmallVec::new(),
            opened: SmallVec::new(),
            filled: SmallVec::new(),
            emptied: SmallVec::new(),
            clocks: SmallVec::new(),
            values: None,
            activations: state.activations(),
            over: false,
        }
    }

    pub(crate) fn emit(&mut self, event: Event<Dense>) {
        self.events.push(event);
    }

    /// The number of the next wait.
    pub(crate) fn next_wait(&mut self) -> u32 {
        self.activations += 1;
        self.activations
    }

    pub(crate) fn mark_opened(&mut self, wait: u32, step: StepIx) {
        self.opened.push((wait, step));
    }

    pub(crate) fn mark_left(&mut self, wait: u32) {
        self.left.push(wait);
    }

    pub(crate) fn mark_filled(&mut self, slot: SlotIx) {
        self.emptied.retain(|emptied| *emptied != slot);
        self.filled.push(slot);
    }

    pub(crate) fn mark_emptied(&mut self, slot: SlotIx) {
        self.filled.retain(|filled| *filled != slot);
        self.emptied.push(slot);
    }

    /// The waits as they are by now: number and step.
    pub(crate) fn waits(&self) -> impl Iterator<Item = (u32, StepIx)> + '_ {
        let held = self.state.waits().iter().map(|wait| (wait.number, wait.step));
        held.chain(self.opened.iter().copied()).filter(|(number, _)| !self.left.contains(number))
    }

    pub(crate) fn holds_token(&self, slot: SlotIx) -> bool {
        (self.state.is_filled(slot) && !self.emptied.contains(&slot)) || self.filled.contains(&slot)
    }

    /// The slots that are filled by now.
    pub(crate) fn filled_slots(&self) -> SmallVec<[SlotIx; 4]> {
        let held = self.state.filled().filter(|slot| !self.emptied.contains(slot));
        let mut slots: SmallVec<[SlotIx; 4]> = held.chain(self.filled.iter().copied()).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Tells whether a wait or a filled slot is left (F5).
    pub(crate) fn is_occupied(&self) -> bool {
        // Each wait is left once, so that counting is enough.
        self.state.waits().len() + self.opened.len() > self.left.len()
            || (self.state.shape.slots > 0 && !self.filled_slots().is_empty())
    }

    /// Tells whether a return may still be taken (R1).
    pub(crate) fn may_return(&self, taken: ReturnIx) -> bool {
        match self.process.returns()[taken].limit {
            Some((limit, _)) => self.state.returns(taken) < limit,
            None => true,
        }
    }

    pub(crate) fn clock(&self, group: GroupIx) -> SharedClock {
        let changed = self.clocks.iter().rev().find(|(changed, _)| *changed == group);
        changed.map_or_else(|| self.state.clock(group), |(_, clock)| *clock)
    }

    pub(crate) fn set_clock(&mut self, group: GroupIx, clock: SharedClock) {
        self.clocks.push((group, clock));
        self.emit(Event::SharedClock { group, consumed: clock.consumed, since: clock.since, running: clock.running });
    }

    /// The values as they are by now.
    pub(crate) fn values(&self) -> &[Option<Value>] {
        self.values.as_deref().unwrap_or_else(|| self.state.values())
    }

    /// Takes a value into account for what is decided after it.
    pub(crate) fn set_value(&mut self, field: FieldIx, value: &Value) {
        let values = self.values.get_or_insert_with(|| self.state.values().into());
        if let Some(held) = values.get_mut(field.place()) {
            *held = Some(value.clone());
        }
    }

    pub(crate) fn called_role(&self, role: RoleIx) -> Called {
        let spec = &self.process.roles()[role];
        Called { id: spec.id.to_string(), title: spec.title.clone() }
    }

    pub(crate) fn called_roles(&self, roles: impl IntoIterator<Item = RoleIx>) -> Vec<Called> {
        let mut called = Vec::new();
        for role in roles {
            let role = self.called_role(role);
            if !called.contains(&role) {
                called.push(role);
            }
        }
        called
    }

    pub(crate) fn called_papers(&self, papers: impl IntoIterator<Item = PaperIx>) -> Vec<Called> {
        papers.into_iter().filter_map(|paper| self.process.called_paper(paper)).collect()
    }

    pub(crate) fn called_field(&self, field: FieldIx) -> Called {
        self.process.called_field(field)
    }

    pub(crate) fn called_step(&self, step: StepIx) -> Called {
        self.process.called_step(step)
    }

    /// The name of a person, for a refusal that mentions them.
    pub(crate) fn person(&self, person: PersonIx) -> Option<PersonId> {
        self.world.people.name(person).cloned()
    }
}
