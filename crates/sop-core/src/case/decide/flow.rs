//! The engine's board: tokens move, events say so, clocks run (F1–F5, R1–R3, T1, T2).

use super::Draft;
use crate::case::event::{Dense, Event, Fault};
use crate::case::people::place_of;
use crate::case::tokens::Board;
use crate::process::{EndIx, Position as _, ReturnIx, SlotIx, StepIx};

impl Board for Draft<'_> {
    #[inline]
    fn is_over(&self) -> bool {
        self.over
    }

    fn is_active(&self, step: StepIx) -> bool {
        self.waits().any(|(_, active)| active == step)
    }

    fn is_filled(&self, slot: SlotIx) -> bool {
        self.holds_token(slot)
    }

    fn has_tokens(&self) -> bool {
        self.is_occupied()
    }

    fn is_open(&self, taken: ReturnIx) -> bool {
        self.may_return(taken)
    }

    fn activate(&mut self, step: StepIx, rework: bool) {
        let (due, alarm) = self.start_clock(step, rework);
        let spec = &self.process.steps()[step];
        let bound = spec.per.and_then(|field| place_of(self.values().get(field.place()).and_then(Option::as_ref)));
        let wait = self.next_wait();
        self.mark_opened(wait, step);
        self.emit(Event::Activated { wait, step, bound, rework, anchor: self.now, due, alarm });
    }

    fn fill(&mut self, slot: SlotIx) {
        self.mark_filled(slot);
        self.emit(Event::SlotFilled { slot });
    }

    fn join(&mut self, first: SlotIx, slots: u32) {
        for place in 0..slots {
            self.mark_emptied(first.after(place));
        }
        self.emit(Event::Joined { first, slots });
    }

    fn go_back(&mut self, taken: ReturnIx) {
        let spec = &self.process.returns()[taken];
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
    }

    fn use_up(&mut self, taken: ReturnIx) {
        self.emit(Event::ReturnExhausted { r#return: taken });
    }

    fn end(&mut self, end: EndIx) {
        self.emit(Event::TokenEnded { end });
    }

    fn stop(&mut self, end: EndIx) {
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

    fn finish(&mut self) {
        self.emit(Event::Finished);
        self.over = true;
    }
}

impl Draft<'_> {
    fn withdraw_wait(&mut self, wait: u32, step: StepIx) {
        let held = self.state.wait(wait).is_some_and(|wait| wait.held_until().is_some());
        self.mark_left(wait);
        self.emit(Event::WaitWithdrawn { wait, step });
        if !held {
            self.leave_clock(step);
        }
    }
}
