//! The thread that lets rungs fire when they are due.

use std::sync::{Arc, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use super::Shared;
use crate::signal::Signal;
use crate::store::StoreError;

/// How long the thread rests after the store failed, before it tries again.
const AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// Starts the thread, unless it runs already.
pub(super) fn start(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let mut running = shared.timer.lock().unwrap_or_else(PoisonError::into_inner);
    if running.is_some() {
        return Ok(());
    }
    let signal = Arc::new(Signal::default());
    shared.clock.watch(&signal);
    let (weak, heard) = (Arc::downgrade(shared), Arc::clone(&signal));
    let thread = thread::Builder::new().name("sop-timers".to_owned()).spawn(move || run(&weak, &heard));
    let thread =
        thread.map_err(|error| StoreError::unavailable("no thread can be started for timers").because(error))?;
    *running = Some(Timer { signal, thread: Some(thread) });
    Ok(())
}

/// The thread, and the bell that wakes it. Dropped, it stops.
#[derive(Debug)]
pub(super) struct Timer {
    pub(super) signal: Arc<Signal>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.signal.stop();
        let Some(thread) = self.thread.take() else { return };
        // The last engine may be let go of by the thread itself, which cannot wait for its own end.
        if thread.thread().id() != thread::current().id() {
            // It has ended either way; a panic in it would have been printed.
            let _ended = thread.join();
        }
    }
}

/// Does what is due, then sleeps until the next thing is: no polling.
fn run(shared: &Weak<Shared>, signal: &Signal) {
    loop {
        let seen = signal.seen();
        let Some(engine) = shared.upgrade() else { return };
        let sleep = tick(&engine);
        drop(engine);
        if !signal.wait(seen, sleep) {
            return;
        }
    }
}

/// Does what is due, and says how long there is nothing to do; none: until something changes.
fn tick(shared: &Shared) -> Option<Duration> {
    let mut inner = shared.lock();
    let now = shared.now(&inner);
    let next = inner.advance(now).and_then(|_| inner.store.next_due());
    match next {
        Ok(next) => {
            inner.timer_trouble = None;
            inner.asleep = Some(next);
            // A simulated clock rings when it is set.
            if !shared.clock.is_system() {
                return None;
            }
            let millis = next?.millis().saturating_sub(shared.clock.now().millis());
            Some(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
        }
        Err(error) => {
            tracing::warn!(target: "sop_engine::timers", %error, "what is due could not be done; it is tried again");
            inner.timer_trouble = Some(error.to_string());
            shared.clock.is_system().then_some(AFTER_TROUBLE)
        }
    }
}
