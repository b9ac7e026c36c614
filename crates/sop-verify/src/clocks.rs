//! The clocks of a case in minutes: when each open wait is due, with shared clocks as one (T1, T2).

use std::collections::BTreeMap;

use sop_core::process::{GroupIx, Process, ReturnIx, StepIx};
use sop_core::time::Budget;

/// Minutes from the opening of a case.
pub(crate) type Minute = u64;

/// A shared clock: what was left when it was last started or stopped, and since when it runs.
#[derive(Debug, Clone, Copy)]
struct Shared {
    left: Minute,
    since: Option<Minute>,
}

/// The clocks of the open waits of one case.
#[derive(Debug, Clone)]
pub(crate) struct Clocks<'p> {
    process: &'p Process,
    waits: BTreeMap<StepIx, (Minute, bool)>,
    shared: BTreeMap<GroupIx, Shared>,
}

fn minutes(budget: Option<Budget>) -> Minute {
    budget.map_or(0, |budget| u64::from(budget.minutes()))
}

impl<'p> Clocks<'p> {
    /// The clocks of a case that is opened at minute 0, with these steps.
    pub(crate) fn opened(process: &'p Process, steps: &[StepIx]) -> Self {
        let mut clocks = Self { process, waits: BTreeMap::new(), shared: BTreeMap::new() };
        clocks.moved(0, steps, None);
        clocks
    }

    /// The last minute of an open wait's budget: none of a wait that is not open. A wait without a budget is due at once.
    pub(crate) fn due(&self, step: StepIx) -> Option<Minute> {
        let (since, rework) = *self.waits.get(&step)?;
        let spec = &self.process.steps()[step];
        let due = match spec.group {
            Some(group) => {
                let clock = self.shared.get(&group)?;
                clock.since.unwrap_or(since).saturating_add(clock.left)
            }
            None => since.saturating_add(minutes(spec.rework.filter(|_| rework).or(spec.budget))),
        };
        Some(due.max(since))
    }

    /// Goes on to the steps that are open after a move at a minute, by a return or not.
    pub(crate) fn moved(&mut self, now: Minute, open: &[StepIx], taken: Option<ReturnIx>) {
        let returned = taken.map(|taken| &self.process.returns()[taken]);
        let again = returned.map(|spec| spec.to);
        let is_left = |step: &StepIx| !open.contains(step) || again == Some(*step);
        self.waits.retain(|step, _| !is_left(step));
        for step in open {
            self.waits.entry(*step).or_insert((now, again == Some(*step)));
        }
        let refilled: &[GroupIx] = returned.map_or(&[], |spec| &spec.refills);
        for (group, clock) in &mut self.shared {
            if let Some(since) = clock.since {
                *clock = Shared { left: clock.left.saturating_sub(now.saturating_sub(since)), since: None };
            }
            if refilled.contains(group) {
                clock.left = minutes(self.process.groups()[*group].budget);
            }
        }
        for step in self.waits.keys() {
            if let Some(group) = self.process.steps()[*step].group {
                let full = Shared { left: minutes(self.process.groups()[group].budget), since: None };
                let clock = self.shared.entry(group).or_insert(full);
                clock.since = clock.since.or(Some(now));
            }
        }
    }
}
