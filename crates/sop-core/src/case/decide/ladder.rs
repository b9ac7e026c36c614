//! Overdue ladders (T3–T6): when rungs fire, and what they do.

use super::clock::{after, between, due_by};
use super::{Draft, Events, actors};
use crate::case::event::{Event, RungOutcome};
use crate::case::state::{CaseState, Wait};
use crate::case::tokens::{resolve, take};
use crate::case::world::World;
use crate::process::{Process, Route, RungEffect, StepIx, Timing};
use crate::time::{Budget, Calendar, Instant, Measure, Millis};

/// Tells whether something is due by now, or the calendar has changed since the case's instants were computed.
#[inline]
pub(super) fn is_behind(world: &World<'_>, state: &CaseState, now: Instant) -> bool {
    state.calendar != world.calendar.revision() || state.next_alarm().reached(now)
}

/// The least time between the opening of a wait and a rung that leaves it (T3): a wait may open on a shared clock that is
/// used up, and ladders that lead to one another would else go round at one instant for ever.
const BEFORE_LEAVING: Millis = Millis::from_minutes(1);

/// When the ladder of a wait that was opened at `opened` acts next, and with which rung: of several at one instant, the
/// earlier in the list (T4).
pub(super) fn next_rung(
    process: &Process,
    calendar: &Calendar,
    (step, opened): (StepIx, Instant),
    due: Instant,
    fired: impl Fn(u16) -> u32,
) -> Option<(Instant, u16)> {
    let rungs = process.ladder(step).rungs.iter().zip(0_u16..);
    // Any other clock runs for a minute at least before it is due.
    let earliest = match process.steps()[step].group {
        Some(_) => after(calendar, Measure::Elapsed, opened, BEFORE_LEAVING),
        None => opened,
    };
    rungs
        .filter_map(|(rung, place)| {
            let before = fired(place);
            match rung.timing {
                Timing::After(_) if before > 0 => None,
                Timing::After(budget) | Timing::Every(budget) => {
                    let at = fires(calendar, due, budget, before.saturating_add(1));
                    Some((if rung.effect.leaves() { at.max(earliest) } else { at }, place))
                }
            }
        })
        // What would fire at the end of time never does: there is no instant after it to go on to.
        .filter(|(at, _)| *at < Instant::MAX)
        .min()
}

/// When the `occurrence`-th firing of a rung is due.
fn fires(calendar: &Calendar, due: Instant, budget: Budget, occurrence: u32) -> Instant {
    after(calendar, budget.measure(), due, budget.amount().times(occurrence))
}

/// When something of a wait falls due by a calendar, whatever was computed before.
pub(super) fn alarm_by(process: &Process, calendar: &Calendar, state: &CaseState, wait: &Wait) -> Option<Instant> {
    if let Some(until) = wait.held_until() {
        return Some(until);
    }
    let due = due_by(process, calendar, state, wait)?;
    next_rung(process, calendar, (wait.step, wait.anchor()), due, |rung| wait.fired(rung)).map(|(at, _)| at)
}

/// Does everything that is due up to `now`, in the order of (due, wait, rung), and folds it into the state (T4).
pub(super) fn catch_up(process: &Process, world: &World<'_>, state: &mut CaseState, now: Instant, events: &mut Events) {
    if state.calendar != world.calendar.revision() {
        reschedule(process, world, state, events);
    }
    loop {
        let next =
            state.waits().iter().filter(|wait| wait.alarm.reached(now)).min_by_key(|wait| (wait.alarm, wait.number));
        let Some(wait) = next.map(|wait| wait.number) else { return };
        let mut caused = Events::new();
        {
            let mut draft = Draft::new(process, world, state, now, &mut caused);
            fall_due(&mut draft, wait);
        }
        if caused.is_empty() {
            return;
        }
        crate::case::apply_all(state, &caused);
        events.extend(caused);
        if state.status() != crate::case::Status::Running {
            return;
        }
    }
}

/// Computes all instants of a case anew, after the calendar changed (T1).
fn reschedule(process: &Process, world: &World<'_>, state: &mut CaseState, events: &mut Events) {
    let mut caused = Events::new();
    caused.push(Event::CalendarChanged { calendar: world.calendar.revision() });
    for wait in state.waits() {
        let due = due_by(process, world.calendar, state, wait);
        let alarm = alarm_by(process, world.calendar, state, wait);
        if due != wait.due() || alarm != wait.alarm.get() {
            caused.push(Event::Rescheduled { wait: wait.number, due, alarm });
        }
    }
    crate::case::apply_all(state, &caused);
    events.extend(caused);
}

/// The next thing of a wait that is due: the end of its hold, or a rung.
fn fall_due(draft: &mut Draft<'_>, number: u32) {
    let state = draft.state;
    let Some(wait) = state.wait(number) else { return };
    if let Some(until) = wait.held_until() {
        return resume_at(draft, wait, until, None);
    }
    let Some(due) = wait.due() else { return };
    let (process, calendar) = (draft.process, draft.world.calendar);
    let Some((at, place)) = next_rung(process, calendar, (wait.step, wait.anchor()), due, |rung| wait.fired(rung))
    else {
        return;
    };
    let Some(rung) = process.ladder(wait.step).rungs.get(usize::from(place)) else { return };
    let before = wait.fired(place);
    // Firings of a repeated rung that were missed are one firing, with their count (T4).
    let occurrence = match rung.timing {
        Timing::After(_) => 1,
        Timing::Every(budget) => {
            let passed = between(calendar, budget.measure(), due, draft.now).whole(budget.amount());
            passed.max(before.saturating_add(1))
        }
    };
    let missed = occurrence.saturating_sub(before).saturating_sub(1);
    let fired = |other: u16| if other == place { occurrence } else { wait.fired(other) };
    let alarm = next_rung(process, calendar, (wait.step, wait.anchor()), due, fired).map(|(at, _)| at);
    let effect = rung.effect;
    let leaving = way_out(draft, wait, effect);
    let outcome = match (effect, &leaving) {
        (RungEffect::RemindDoer, _) => RungOutcome::RemindedDoer,
        (RungEffect::Remind(role), _) => RungOutcome::Reminded { role },
        (RungEffect::RemindAccountable, _) => match actors::accountable(process, wait, state.values()) {
            Some((role, _)) => RungOutcome::Reminded { role },
            None => RungOutcome::NobodyAccountable,
        },
        (RungEffect::Escalate(role), _) => RungOutcome::Escalated { role, bound: bound_value(draft, wait, role) },
        (RungEffect::Reassign(role), _) => RungOutcome::Reassigned { role, bound: bound_value(draft, wait, role) },
        (RungEffect::Outcome(_) | RungEffect::End(_), Some(_)) => RungOutcome::Left,
        (RungEffect::Outcome(_) | RungEffect::End(_), None) => RungOutcome::Blocked,
    };
    let left = leaving.is_some();
    let alarm = if left { None } else { alarm };
    draft.emit(Event::RungFired { wait: number, rung: place, occurrence, missed, due: at, outcome, alarm });
    let Some(way) = leaving else { return };
    let outcome = if let RungEffect::Outcome(outcome) = effect { Some(outcome) } else { None };
    draft.mark_left(number);
    draft.emit(Event::LeftByPolicy { wait: number, step: wait.step, outcome });
    draft.leave_clock(wait.step);
    take(process, draft, &way);
}

/// The way that a leaving rung takes; none for rungs that do not leave, and where not exactly one guard holds.
fn way_out(draft: &Draft<'_>, wait: &Wait, effect: RungEffect) -> Option<Route> {
    match effect {
        RungEffect::End(end) => Some(Route::End(end)),
        RungEffect::Outcome(outcome) => {
            let outcome = draft.process.steps()[wait.step].outcome(outcome)?;
            resolve(&outcome.route, draft.values()).ok().cloned()
        }
        _ => None,
    }
}

/// What binds a role now, for an event that hands it on (W2).
pub(super) fn bound_value(draft: &Draft<'_>, wait: &Wait, role: crate::process::RoleIx) -> Option<u16> {
    actors::binding(draft.process, wait, role, draft.values())
}

/// A hold ends: the clock runs on from `since` (T6).
pub(super) fn resume_at(draft: &mut Draft<'_>, wait: &Wait, since: Instant, by: Option<crate::case::PersonIx>) {
    let (process, calendar) = (draft.process, draft.world.calendar);
    let due = match process.steps()[wait.step].group {
        Some(group) => draft.join_clock(group, since),
        None => super::clock::budget_of(process, wait.step, wait.rework)
            .map(|budget| super::clock::due_from(calendar, budget, since, wait.consumed)),
    };
    let alarm = due
        .and_then(|due| next_rung(process, calendar, (wait.step, wait.anchor()), due, |rung| wait.fired(rung)))
        .map(|(at, _)| at);
    draft.emit(Event::Resumed { wait: wait.number, by, since, due, alarm });
}

/// What a wait has used of its own budget by now.
pub(super) fn consumed_by(draft: &Draft<'_>, wait: &Wait) -> crate::time::Millis {
    let measure = super::clock::budget_of(draft.process, wait.step, wait.rework)
        .map_or(Measure::Working, |budget| budget.measure());
    match wait.since.get() {
        Some(since) => wait.consumed.saturating_add(between(draft.world.calendar, measure, since, draft.now)),
        None => wait.consumed,
    }
}
