//! How a state follows from events: the fold.

use std::sync::Arc;

use super::event::{Actor, Dense, Event, RungOutcome};
use super::state::{BY_POLICY, CaseState, Moment, SharedClock, Status, Wait};
use crate::process::index::Position;
use crate::time::Millis;

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
                let rare = wait.rare_mut();
                rare.claim = Some((*by, *until));
                if !rare.claimed.iter().any(|(person, _)| *person == by.person) {
                    rare.claimed.push((by.person, *until));
                }
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
                rare.delegate = Some((Actor { person: *to, ..*by }, by.person));
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
        Event::Erased { fields, .. } => {
            for field in fields {
                if let Some(held) = state.values.get_mut(field.place()) {
                    *held = None;
                }
            }
        }
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
        | Event::Archived { .. }
        | Event::Restored { .. }
        | Event::WithdrawnByRequester { .. } => {}
    }
}

/// Folds several events into a state.
pub fn apply_all<'a>(state: &mut CaseState, events: impl IntoIterator<Item = &'a Event<Dense>>) {
    for event in events {
        apply(state, event);
    }
}
