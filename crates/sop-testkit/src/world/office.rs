//! What the office does, and what time does to it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sop_core::time::{Instant, Millis};
use sop_engine::{CalendarError, DeployError, Engine};

use super::broken::{Invariant, What};
use super::checks::nothing_is_due;
use super::met::Fault;
use super::play::{After, World};

impl World<'_> {
    pub(super) fn pass_time(&mut self) -> Result<After, What> {
        let minutes = match self.dice.below(4) {
            0 => self.dice.below(10),
            1 => self.dice.below(120),
            2 => self.dice.below(1_500),
            _ => self.dice.below(9_000),
        };
        self.clock.advance(Millis::from_minutes(u32::try_from(minutes).unwrap_or_default()));
        if minutes > 120 {
            self.met.note(Fault::ClockForward);
        }
        if self.dice.happens(30) {
            // What is due falls due with the next command.
            self.say(format!("{minutes} minutes pass"));
            return Ok(After::GoesOn);
        }
        // A slow disk takes its time, during which more falls due.
        let until = self.running.as_ref().map(|(engine, _)| engine.now());
        let advanced = self.guarded(Engine::advance_to_clock);
        self.say(format!("{minutes} minutes pass, and what is due is done: {advanced:?}"));
        match advanced {
            None => return Ok(After::Ended),
            Some(Err(error)) if error.is_damaged() => {
                return Err(What(Invariant::Answers, format!("what is due cannot be done: {error:?}")));
            }
            Some(Err(_)) => return Ok(After::GoesOn),
            Some(Ok(_)) => {}
        }
        self.look()?;
        if let Some(until) = until {
            nothing_is_due(until, &mut self.fold)?;
        }
        Ok(After::GoesOn)
    }

    pub(super) fn clock_back(&mut self) {
        let minutes = 1 + self.dice.below(3_000);
        let then = self.clock.now().millis().saturating_sub(i64::try_from(minutes * 60_000).unwrap_or_default());
        if let Some(then) = Instant::from_millis(then) {
            self.clock.set(then);
        }
        self.met.note(Fault::ClockBack);
        self.say(format!("the clock goes back by {minutes} minutes"));
    }

    pub(super) fn change_directory(&mut self) -> Result<After, What> {
        let place = self.dice.place(self.ground.directories().len());
        let Some(directory) = self.ground.directories().get(place).cloned() else { return Ok(After::GoesOn) };
        let set = self.guarded(|engine| engine.set_directory(directory).map(|_| ()));
        self.say(format!("directory {place} comes into force: {set:?}"));
        match set {
            None => Ok(After::Ended),
            Some(Ok(())) => {
                self.directory = place;
                Ok(After::GoesOn)
            }
            Some(Err(_)) => Ok(After::GoesOn),
        }
    }

    pub(super) fn change_calendar(&mut self) -> Result<After, What> {
        let place = self.dice.place(self.ground.hours().len());
        let Some(hours) = self.ground.hours().get(place).cloned() else { return Ok(After::GoesOn) };
        let set = self.guarded(|engine| engine.set_calendar(&hours.text));
        self.say(format!("calendar {place} comes into force: {set:?}"));
        match set {
            None => Ok(After::Ended),
            Some(Err(CalendarError::Wrong(error))) => {
                Err(What(Invariant::Answers, format!("a sound calendar was refused: {error}")))
            }
            Some(_) => Ok(After::GoesOn),
        }
    }

    pub(super) fn deploy(&mut self, place: usize) -> Result<After, What> {
        let Some(verified) = self.ground.verified(place).cloned() else { return Ok(After::GoesOn) };
        let deployed = self.guarded(|engine| engine.deploy(verified));
        self.say(format!(
            "procedure {place} is deployed: {}",
            if matches!(deployed, Some(Ok(_))) { "yes" } else { "no" }
        ));
        match deployed {
            None => Ok(After::Ended),
            Some(Err(error @ (DeployError::NotProved { .. } | DeployError::ReasonMissing))) => {
                Err(What(Invariant::Stuck, format!("a sound procedure was refused: {error}")))
            }
            Some(_) => Ok(After::GoesOn),
        }
    }

    /// Calls the engine; none where the store panicked, and the panic came through.
    pub(super) fn guarded<T>(&mut self, call: impl FnOnce(&Engine) -> T) -> Option<T> {
        let (engine, store) = self.running.clone()?;
        let called = catch_unwind(AssertUnwindSafe(|| call(&engine))).ok();
        called.filter(|_| !store.has_panicked())
    }
}
