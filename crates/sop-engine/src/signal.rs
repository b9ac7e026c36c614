//! How a sleeping thread is told that something changed.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
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
    /// The number of times that it has rung; to be asked before looking at what may have changed.
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

/// A thread that sleeps between what it does, and the bell that wakes it. Dropped, it stops, and is waited for.
#[derive(Debug)]
pub(crate) struct Sleeper {
    bell: Arc<Signal>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Sleeper {
    /// Starts the thread. It is to end when its bell says that it is time to [stop](Signal::wait).
    ///
    /// # Errors
    /// Where no thread can be started.
    pub(crate) fn start(
        name: &str,
        bell: Arc<Signal>,
        run: impl FnOnce(&Signal) + Send + 'static,
    ) -> Result<Self, io::Error> {
        let heard = Arc::clone(&bell);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || run(&heard))?;
        Ok(Self { bell, thread: Some(thread) })
    }

    /// Wakes it.
    pub(crate) fn wake(&self) {
        self.bell.wake();
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.bell.stop();
        let Some(thread) = self.thread.take() else { return };
        // What the thread does may let go of the last engine, and so of this, in the thread itself, which cannot wait
        // for its own end.
        if thread.thread().id() != thread::current().id() {
            // It has ended either way; a panic in it would have been printed.
            let _ended = thread.join();
        }
    }
}
