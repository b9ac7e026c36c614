//! When the acts of a run happen, by the office's calendar.

use std::collections::BTreeMap;

use sop_core::process::{GroupIx, Process, StepIx, Timing};
use sop_core::time::{Calendar, Instant, Millis};

use crate::guarantee::timely::budget_of;
use crate::playback::Playback;
use crate::run::{Act, Deed, Run, When};

impl Run {
    /// The instants of the acts of a case that is opened at an instant, in the order of the acts: at once, at the last
    /// moment of a wait's budget, or when a rung fires, as each act says ([`When`]).
    ///
    /// None where the run cannot be followed in the process, where an act waits for a budget that is not there, or where
    /// time ends before the run. What repeats itself is followed once.
    pub fn timetable(&self, process: &Process, calendar: &Calendar, opened: Instant) -> Option<Vec<Instant>> {
        let mut clocks =
            Clocks { calendar, play: Playback::new(process, opened), latest: opened, left: BTreeMap::new() };
        self.acts.iter().map(|act| clocks.follow(act)).collect()
    }

    /// The same run with its acts in the order in which the calendar has them.
    ///
    /// Parallel parts may take turns in another order by the calendar than by minutes that are added up. None where the run
    /// cannot be followed in that order.
    pub fn in_order_of_time(&self, process: &Process, calendar: &Calendar, opened: Instant) -> Option<Self> {
        let mut acts: Vec<(Instant, Act)> =
            self.timetable(process, calendar, opened)?.into_iter().zip(self.acts.iter().cloned()).collect();
        if self.repeats_from.is_none() {
            acts.sort_by_key(|(at, _)| *at);
        }
        let run = Self { acts: acts.into_iter().map(|(_, act)| act).collect(), repeats_from: self.repeats_from };
        let times = run.timetable(process, calendar, opened)?;
        times.is_sorted().then_some(run)
    }

    /// When the run is over, if each act of it comes when the calendar says.
    pub fn over_by(&self, process: &Process, calendar: &Calendar, opened: Instant) -> Option<Instant> {
        let run = self.in_order_of_time(process, calendar, opened)?;
        run.timetable(process, calendar, opened)?.into_iter().max()
    }
}

/// A case that is followed through a run by a calendar.
struct Clocks<'c> {
    calendar: &'c Calendar,
    play: Playback<'c, Instant>,
    /// The latest instant at which something happened.
    latest: Instant,
    /// What is left of the clocks that steps share (T2), where they have been begun.
    left: BTreeMap<GroupIx, Millis>,
}

impl Clocks<'_> {
    fn follow(&mut self, act: &Act) -> Option<Instant> {
        let at = match (&act.deed, act.when) {
            (Deed::Open { .. } | Deed::Silence, _) | (Deed::Complete { .. }, When::AtOnce) => self.latest,
            // Parallel parts go on side by side: each is late by its own clock.
            (Deed::Complete { step, .. }, When::WhenDue) => self.due(*step)?,
            (Deed::Sleep { step, rung }, _) => {
                let (Timing::After(late) | Timing::Every(late)) =
                    self.play.process.ladder(*step).rungs.get(usize::from(*rung))?.timing;
                self.calendar.add_budget(self.due(*step)?, late).at.max(self.latest)
            }
        };
        if let Deed::Complete { step, .. } | Deed::Sleep { step, .. } = act.deed {
            self.spend(step, at);
        }
        self.play.now = at;
        let before = self.play.returns();
        self.play.follow(act)?;
        self.refill(&before);
        self.latest = self.latest.max(at);
        (at < Instant::MAX).then_some(at)
    }

    /// The last moment of an open wait's budget.
    fn due(&self, step: StepIx) -> Option<Instant> {
        let spec = &self.play.process.steps()[step];
        let since = self.play.active.get(&step)?;
        let budget = match spec.group {
            Some(_) => budget_of(self.play.process, step)?,
            None => spec.rework.filter(|_| since.rework).or(spec.budget)?,
        };
        let left = spec.group.and_then(|group| self.left.get(&group).copied());
        let amount = left.unwrap_or(Millis::from_minutes(budget.minutes()));
        Some(self.calendar.add_by(budget.measure(), since.at, amount).at)
    }

    /// Refills the shared clocks of the returns that were taken.
    fn refill(&mut self, before: &[u32]) {
        let taken = self.play.process.returns().values().zip(before.iter().zip(self.play.returns()));
        for group in taken.filter(|(_, (before, after))| *before < after).flat_map(|(spec, _)| &spec.refills) {
            self.left.remove(group);
        }
    }

    /// Takes from a shared clock what a wait took.
    fn spend(&mut self, step: StepIx, at: Instant) {
        let process = self.play.process;
        let since = self.play.active.get(&step).copied();
        if let (Some(group), Some(since)) = (process.steps()[step].group, since)
            && let Some(budget) = budget_of(process, step)
        {
            let left = self.left.entry(group).or_insert(Millis::from_minutes(budget.minutes()));
            let taken = self.calendar.measure_by(budget.measure(), since.at, at.max(since.at));
            *left = left.saturating_sub(taken);
        }
    }
}
