//! How tokens move: activations, joins, returns and ends (F1–F5, R1–R3).

use super::Draft;
use crate::case::event::{Dense, Event, Fault};
use crate::case::people::place_of;
use crate::case::rejection::Rejection;
use crate::definition::EndKind;
use crate::process::{Arc, EndIx, Position as _, ReturnIx, Route, StepIx, ThenSpec};

/// The route that an exit takes: its own, or that of the one branch whose guard holds (F4).
///
/// # Errors
/// [`Rejection::Undecided`] where not exactly one guard holds.
pub(super) fn resolve<'r>(draft: &Draft<'_>, route: &'r Route) -> Result<&'r Route, Rejection> {
    let Route::Choose(branches) = route else { return Ok(route) };
    let mut holding = branches.iter().filter(|branch| branch.guard.holds(draft.values()));
    match (holding.next(), holding.count()) {
        (Some(only), 0) => Ok(&only.route),
        (first, others) => Err(Rejection::Undecided { holding: u32::from(first.is_some()) + others as u32 }),
    }
}

impl Draft<'_> {
    /// Whether a return may still be taken (R1).
    pub(super) fn is_open(&self, taken: ReturnIx) -> bool {
        match self.process.returns()[taken].limit {
            Some((limit, _)) => self.state.returns(taken) < limit,
            None => true,
        }
    }

    /// Moves the token of a wait that was just left along a resolved route.
    pub(super) fn take(&mut self, route: &Route) {
        match route {
            Route::Go(arcs) => {
                for arc in arcs {
                    self.arrive(*arc);
                }
            }
            Route::Return(taken) => self.go_back(*taken),
            Route::End(end) => self.end(*end),
            // Branches never choose again.
            Route::Choose(_) => {}
        }
        self.finish_if_empty();
    }

    /// A token arrives at a step or in a slot of its join (F2).
    fn arrive(&mut self, arc: Arc) {
        if self.over {
            return;
        }
        let Some(slot) = arc.slot else { return self.activate(arc.to, false) };
        if self.is_filled(slot) {
            return self.fault(Fault::SlotAlreadyFull { slot });
        }
        self.mark_filled(slot);
        self.emit(Event::SlotFilled { slot });
        let Some((first, slots)) = self.process.steps()[arc.to].join else { return };
        let all = (0..slots).map(|place| first.after(place));
        if all.clone().all(|slot| self.is_filled(slot)) {
            for slot in all {
                self.mark_emptied(slot);
            }
            self.emit(Event::Joined { first, slots });
            self.activate(arc.to, false);
        }
    }

    /// Somebody has to act at a step (F2, F3).
    pub(super) fn activate(&mut self, step: StepIx, rework: bool) {
        if self.over {
            return;
        }
        if self.is_active(step) {
            return self.fault(Fault::StepAlreadyActive { step });
        }
        let (due, alarm) = self.start_clock(step, rework);
        let spec = &self.process.steps()[step];
        let bound = spec.per.and_then(|field| place_of(self.values().get(field.place()).and_then(Option::as_ref)));
        let wait = self.next_wait();
        self.mark_opened(wait, step);
        self.emit(Event::Activated { wait, step, bound, rework, anchor: self.now, due, alarm });
    }

    /// A return (R1–R3): withdraws what lies between, begins the shared clocks anew, and activates its target. Beyond
    /// the limit, what the definition says instead.
    fn go_back(&mut self, taken: ReturnIx) {
        let spec = &self.process.returns()[taken];
        if !self.is_open(taken) {
            self.emit(Event::ReturnExhausted { r#return: taken });
            match spec.limit {
                Some((_, ThenSpec::End(end))) => self.end(end),
                Some((_, ThenSpec::Next(step))) => self.activate(step, false),
                // A closed outcome is refused before its token moves, and cannot be without a limit.
                Some((_, ThenSpec::Closed)) | None => {}
            }
            return;
        }
        self.emit(Event::Returned { r#return: taken, count: self.state.returns(taken) + 1 });
        let withdrawn: Vec<(u32, StepIx)> =
            self.waits().filter(|(_, step)| spec.steps.contains(step.place())).collect();
        for (wait, step) in withdrawn {
            self.withdraw_wait(wait, step);
        }
        if !spec.slots.is_empty() {
            for slot in self.filled_slots() {
                if spec.slots.contains(slot.place()) {
                    self.mark_emptied(slot);
                    self.emit(Event::SlotWithdrawn { slot });
                }
            }
        }
        for &group in &spec.refills {
            self.refill_clock(group);
        }
        self.activate(spec.to, true);
    }

    fn withdraw_wait(&mut self, wait: u32, step: StepIx) {
        let held = self.state.wait(wait).is_some_and(|wait| wait.held_until().is_some());
        self.mark_left(wait);
        self.emit(Event::WaitWithdrawn { wait, step });
        if !held {
            self.leave_clock(step);
        }
    }

    /// A token reaches an end (F5).
    pub(super) fn end(&mut self, end: EndIx) {
        match self.process.ends()[end].kind {
            EndKind::Part => self.emit(Event::TokenEnded { end }),
            EndKind::Case if self.has_tokens() => self.fault(Fault::EndBeforeTheRest { end }),
            EndKind::Case => self.emit(Event::TokenEnded { end }),
            EndKind::Stop => self.stop(end),
        }
    }

    /// The whole case is over, whatever else is open (F5).
    pub(super) fn stop(&mut self, end: EndIx) {
        let open: Vec<(u32, StepIx)> = self.waits().collect();
        for (wait, step) in open {
            self.withdraw_wait(wait, step);
        }
        for slot in self.filled_slots() {
            self.mark_emptied(slot);
            self.emit(Event::SlotWithdrawn { slot });
        }
        self.emit(Event::Stopped { end });
        self.over = true;
    }

    fn fault(&mut self, fault: Fault<Dense>) {
        self.emit(Event::Faulted { fault });
        self.over = true;
    }

    /// Without a token left the case is finished (F5).
    pub(super) fn finish_if_empty(&mut self) {
        if !self.over && !self.has_tokens() {
            self.emit(Event::Finished);
            self.over = true;
        }
    }
}
