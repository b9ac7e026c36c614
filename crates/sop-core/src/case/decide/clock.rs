//! The clocks of waits: when a wait is due, alone or on a clock shared with others (T1, T2).

use super::Draft;
use crate::case::event::Event;
use crate::case::state::{CaseState, SharedClock, Wait};
use crate::process::{GroupIx, Process, StepIx};
use crate::time::{Budget, Calendar, Instant, Measure, Millis};

/// The budget of a wait: after a return it may be another (T1).
pub(super) fn budget_of(process: &Process, step: StepIx, rework: bool) -> Option<Budget> {
    let spec = &process.steps()[step];
    match spec.group {
        Some(group) => process.groups()[group].budget,
        None if rework => spec.rework.or(spec.budget),
        None => spec.budget,
    }
}

/// The instant at which an amount has passed.
#[inline]
pub(super) fn after(calendar: &Calendar, measure: Measure, from: Instant, amount: Millis) -> Instant {
    calendar.add_by(measure, from, amount).at
}

/// What passes between two instants.
pub(super) fn between(calendar: &Calendar, measure: Measure, from: Instant, to: Instant) -> Millis {
    calendar.measure_by(measure, from, to)
}

/// When a wait is due by a calendar, whatever was computed before.
pub(super) fn due_by(process: &Process, calendar: &Calendar, state: &CaseState, wait: &Wait) -> Option<Instant> {
    if wait.held_until().is_some() {
        return None;
    }
    let budget = budget_of(process, wait.step, wait.rework)?;
    let (since, consumed) = match process.steps()[wait.step].group {
        Some(group) => {
            let clock = state.clock(group);
            (clock.since?, clock.consumed)
        }
        None => (wait.since.get()?, wait.consumed),
    };
    Some(due_from(calendar, budget, since, consumed))
}

/// When a budget of which something is used is used up, if its clock runs on from `since`. It may have been before:
/// what is late stays late by as much, however often its clock is stopped.
pub(super) fn due_from(calendar: &Calendar, budget: Budget, since: Instant, consumed: Millis) -> Instant {
    let amount = budget.amount();
    match consumed > amount {
        true => calendar.subtract_by(budget.measure(), since, consumed.saturating_sub(amount)),
        false => after(calendar, budget.measure(), since, amount.saturating_sub(consumed)),
    }
}

impl Draft<'_> {
    /// Starts the clock of a new wait, and says when it is due and when its ladder acts first.
    pub(super) fn start_clock(&mut self, step: StepIx, rework: bool) -> (Option<Instant>, Option<Instant>) {
        let (process, calendar) = (self.process, self.world.calendar);
        if process.steps()[step].group.is_none() {
            let Some(budget) = budget_of(process, step, rework) else { return (None, None) };
            // In the common case both are found in one look at the calendar.
            if let Some(first) = process.ladder(step).earliest()
                && (budget.measure(), first.measure()) == (Measure::Working, Measure::Working)
            {
                let (due, alarm) = calendar.add_in_turn(self.now, budget.amount(), first.amount());
                return (Some(due), Some(alarm).filter(|at| *at < Instant::MAX));
            }
        }
        let due = match process.steps()[step].group {
            // A wait begins with what the earlier ones left, which is never less than nothing (T2).
            Some(group) => self.join_clock(group, self.now).map(|due| due.max(self.clock(group).since.unwrap_or(due))),
            None => budget_of(process, step, rework)
                .map(|budget| after(calendar, budget.measure(), self.now, budget.amount())),
        };
        let alarm = due.and_then(|due| super::ladder::next_rung(process, calendar, (step, self.now), due, |_| 0));
        (due, alarm.map(|(at, _)| at))
    }

    /// One more wait runs on a shared clock; says when it is due.
    pub(super) fn join_clock(&mut self, group: GroupIx, at: Instant) -> Option<Instant> {
        let clock = self.clock(group);
        let since = clock.since.unwrap_or(at);
        self.set_clock(group, SharedClock { since: Some(since), running: clock.running + 1, ..clock });
        let budget = self.process.groups()[group].budget?;
        Some(due_from(self.world.calendar, budget, since, clock.consumed))
    }

    /// A wait no longer runs on its shared clock: with the last one the clock stands.
    pub(super) fn leave_clock(&mut self, step: StepIx) {
        let Some(group) = self.process.steps()[step].group else { return };
        let clock = self.clock(group);
        let running = clock.running.saturating_sub(1);
        let stopped = match (running, clock.since) {
            (0, Some(since)) => {
                let measure = self.process.groups()[group].budget.map_or(Measure::Working, |budget| budget.measure());
                let passed = between(self.world.calendar, measure, since, self.now);
                SharedClock { consumed: clock.consumed.saturating_add(passed), since: None, running }
            }
            _ => SharedClock { running, ..clock },
        };
        self.set_clock(group, stopped);
    }

    /// A shared clock begins anew (T2); waits that still run on it are due later.
    pub(super) fn refill_clock(&mut self, group: GroupIx) {
        let clock = self.clock(group);
        if clock == SharedClock::default() {
            return;
        }
        let since = (clock.running > 0).then_some(self.now);
        self.set_clock(group, SharedClock { consumed: Millis::ZERO, since, running: clock.running });
        let Some(budget) = self.process.groups()[group].budget.filter(|_| clock.running > 0) else { return };
        let due = after(self.world.calendar, budget.measure(), self.now, budget.amount());
        let still: Vec<u32> = self
            .waits()
            .filter(|(_, step)| self.process.steps()[*step].group == Some(group))
            .map(|(number, _)| number)
            .collect();
        for number in still {
            let Some(wait) = self.state.wait(number).filter(|wait| wait.held_until().is_none()) else { continue };
            let alarm =
                super::ladder::next_rung(self.process, self.world.calendar, (wait.step, wait.anchor()), due, |rung| {
                    wait.fired(rung)
                });
            self.emit(Event::Rescheduled { wait: number, due: Some(due), alarm: alarm.map(|(at, _)| at) });
        }
    }
}
