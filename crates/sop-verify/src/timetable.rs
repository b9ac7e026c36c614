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
            Clocks { calendar, play: Playback::new(process, opened), latest: opened, shared: BTreeMap::new() };
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

/// A clock that steps share (T2): it runs while any of them waits.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// What was left of it when it was last started.
    left: Millis,
    /// Since when it runs, if it does.
    since: Option<Instant>,
}

/// A case that is followed through a run by a calendar.
struct Clocks<'c> {
    calendar: &'c Calendar,
    play: Playback<'c, Instant>,
    /// The latest instant at which something happened.
    latest: Instant,
    /// The shared clocks that have been started.
    shared: BTreeMap<GroupIx, Clock>,
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
        self.play.now = at;
        let before = self.play.returns();
        self.play.follow(act)?;
        self.tend_clocks(at, &before);
        self.latest = self.latest.max(at);
        (at < Instant::MAX).then_some(at)
    }

    /// The last moment of an open wait's budget.
    fn due(&self, step: StepIx) -> Option<Instant> {
        let spec = &self.play.process.steps()[step];
        let since = self.play.active.get(&step)?;
        let (budget, from, left) = match spec.group {
            Some(group) => {
                let budget = budget_of(self.play.process, step)?;
                let clock = self.shared.get(&group)?;
                (budget, clock.since?, clock.left)
            }
            None => {
                let budget = spec.rework.filter(|_| since.rework).or(spec.budget)?;
                (budget, since.at, budget.amount())
            }
        };
        // What is used up already is due as soon as it is opened.
        Some(self.calendar.add_by(budget.measure(), from, left).at.max(since.at))
    }

    /// Starts and stops the clocks that steps share, and refills those that a return refills.
    fn tend_clocks(&mut self, at: Instant, before: &[u32]) {
        let process = self.play.process;
        let full = |group: GroupIx| process.groups()[group].budget;
        let taken = process.returns().values().zip(before.iter().zip(self.play.returns()));
        for group in taken.filter(|(_, (before, after))| *before < after).flat_map(|(spec, _)| &spec.refills) {
            self.shared.remove(group);
        }
        let mut waiting: BTreeMap<GroupIx, Instant> = BTreeMap::new();
        for (step, since) in &self.play.active {
            if let Some(group) = process.steps()[*step].group {
                let first = waiting.entry(group).or_insert(since.at);
                *first = since.at.min(*first);
            }
        }
        for (group, clock) in &mut self.shared {
            if let (None, Some(since), Some(budget)) = (waiting.get(group), clock.since, full(*group)) {
                let taken = self.calendar.measure_by(budget.measure(), since, at.max(since));
                *clock = Clock { left: clock.left.saturating_sub(taken), since: None };
            }
        }
        for (group, first) in waiting {
            let Some(budget) = full(group) else { continue };
            let clock = self.shared.entry(group).or_insert(Clock { left: budget.amount(), since: None });
            clock.since = clock.since.or(Some(first));
        }
    }
}
