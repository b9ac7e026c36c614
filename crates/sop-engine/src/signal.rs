//! How a sleeping thread is told that something changed.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A bell that is not missed: whoever waits names what they have seen, and is woken by anything later.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
struct State {
    rung: u64,
    over: bool,
}

impl Signal {
    /// How often it has rung; to be asked before looking at what may have changed.
    pub(crate) fn seen(&self) -> u64 {
        self.lock().rung
    }

    /// Wakes whoever waits.
    pub(crate) fn wake(&self) {
        self.lock().rung += 1;
        self.bell.notify_all();
    }

    /// Tells whoever waits to stop.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        state.over = true;
        state.rung += 1;
        drop(state);
        self.bell.notify_all();
    }

    /// Waits for something later than what was seen, or until the time is up; false when it is time to stop.
    pub(crate) fn wait(&self, seen: u64, at_most: Option<Duration>) -> bool {
        let state = self.lock();
        let unchanged = |state: &mut State| state.rung == seen && !state.over;
        let state = match at_most {
            Some(time) => match self.bell.wait_timeout_while(state, time, unchanged) {
                Ok((state, _)) => *state,
                Err(poisoned) => *poisoned.into_inner().0,
            },
            None => *self.bell.wait_while(state, unchanged).unwrap_or_else(PoisonError::into_inner),
        };
        !state.over
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
