//! Programs: one ends, in whatever way, and the next begins on what it left.

use std::sync::Arc;

use sop_engine::Engine;
use sop_engine::store::StoreError;

use super::Faults;
use super::broken::{Invariant, What};
use super::checks::{Looked, look};
use super::disk::Crash;
use super::play::World;
use super::watched::Watched;

/// The number of times that a store is tried to be opened before it counts as one that cannot be.
const TRIES: u32 = 12;

impl World<'_> {
    /// The program has ended, or has to; another begins on what is left.
    pub(super) fn come_back(&mut self) -> Result<(), What> {
        let crash = self.how_it_ends();
        self.end_program(Some(crash))?;
        self.open()
    }

    pub(super) fn how_it_ends(&mut self) -> Crash {
        match self.options.faults {
            Faults::CrashAt(_, crash) => crash,
            _ if self.dice.happens(60) => Crash::Power,
            _ => Crash::Program,
        }
    }

    /// Lets go of the engine; without a crash it is closed in good order.
    pub(super) fn end_program(&mut self, crash: Option<Crash>) -> Result<(), What> {
        if crash.is_some() {
            self.disk.stop();
        }
        self.stop();
        // The machine may stop while the program is closed.
        if self.disk.is_down() {
            let crash = crash.unwrap_or_else(|| self.how_it_ends());
            self.disk.restart(crash);
            self.say(format!("down, by {crash:?}"));
        }
        Ok(())
    }

    pub(super) fn stop(&mut self) {
        let Some((engine, store)) = self.running.take() else { return };
        self.met.add(&store.met());
        store.interrupt(None);
        self.ends = store.ends();
        drop(engine);
    }

    pub(super) fn mended_open(&mut self) -> Result<(), What> {
        self.disk.mend();
        self.try_open(false)
    }

    /// Opens what is there, and looks at all of it.
    pub(super) fn open(&mut self) -> Result<(), What> {
        let faults = self.options.faults == Faults::All;
        self.try_open(faults)
    }

    pub(super) fn try_open(&mut self, faults: bool) -> Result<(), What> {
        for attempt in 0..TRIES {
            // Opening writes too, and is interrupted as well.
            if faults && attempt < 3 && self.dice.happens(20) {
                match self.dice.below(4) {
                    0 => self.disk.fail_sync(0),
                    1 => self.disk.fail_write(self.dice.below(3), true),
                    _ => self.disk.crash_at(self.dice.below(8)),
                }
            }
            match self.try_to_open() {
                Ok(Err(what)) => return Err(what),
                Ok(Ok(running)) => {
                    self.running = Some(running);
                    if !self.disk.is_down() {
                        self.say("opened".to_owned());
                        return self.look();
                    }
                }
                Err(error) if error.is_damaged() => {
                    return Err(What(Invariant::Answers, format!("the store cannot be opened: {error:?}")));
                }
                Err(error) => self.say(format!("not opened: {error}")),
            }
            self.stop();
            match self.disk.is_down() {
                true => {
                    let crash = self.how_it_ends();
                    self.disk.restart(crash);
                    self.say(format!("down while it was opened, by {crash:?}"));
                }
                false => self.disk.mend(),
            }
        }
        Err(What(Invariant::Answers, format!("the store was not opened in {TRIES} tries")))
    }

    /// Opens the store, and an engine on it, which may write at once.
    pub(super) fn try_to_open(&mut self) -> Result<Result<(Engine, Watched), What>, StoreError> {
        let store = self.options.keeper.open(&self.disk)?;
        let last = store.last()?;
        if self.ends.is_within_a_batch(last) {
            let what = format!("the log ends with entry {last}, and may with any of {:?}", self.ends);
            return Ok(Err(What(Invariant::Half, what)));
        }
        let store = Watched::new(store, last, self.ends.clone());
        let ground = Arc::clone(&self.ground);
        let Some(directory) = ground.directories().get(self.directory).cloned() else {
            return Err(StoreError::damaged("a ground has a directory"));
        };
        let opened = Engine::open(store.clone(), directory, self.clock.clone());
        self.ends = store.ends();
        Ok(Ok((opened?, store)))
    }

    /// Looks at everything that has to hold.
    pub(super) fn look(&mut self) -> Result<(), What> {
        let Some((engine, store)) = &self.running else { return Ok(()) };
        match look(engine, store, &mut self.fold, &mut self.ledger, &mut self.acknowledged)? {
            Looked::All => self.report.looks += 1,
            Looked::StoreFailed => self.report.looks_failed += 1,
        }
        Ok(())
    }
}
