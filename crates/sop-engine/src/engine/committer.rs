//! The thread that commits what was submitted, while no caller does.

use std::sync::{Arc, PoisonError, Weak};

use super::Shared;
use crate::signal::{Signal, Sleeper};
use crate::store::StoreError;

/// Starts the thread, unless it runs already.
pub(super) fn start(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let mut running = shared.committer.lock().unwrap_or_else(PoisonError::into_inner);
    if running.is_some() {
        return Ok(());
    }
    let (weak, bell) = (Arc::downgrade(shared), Arc::clone(&shared.intake.bell));
    // Dropped, it commits what waits, and ends.
    let thread = Sleeper::start("sop-commits", bell, move |bell| run(&weak, bell)).map_err(|error| {
        StoreError::unavailable("no thread can be started that commits what is submitted").because(error)
    })?;
    *running = Some(thread);
    Ok(())
}

/// Commits what has gathered, then sleeps until it is called.
fn run(shared: &Weak<Shared>, bell: &Signal) {
    if let Some(engine) = shared.upgrade() {
        engine.lock().write_ahead();
    }
    let mut together = 0;
    loop {
        let seen = bell.seen();
        let Some(engine) = shared.upgrade() else { return };
        together = commit_all(&engine, together);
        drop(engine);
        if !bell.wait(seen, None) {
            // What came before the end is still done.
            if let Some(engine) = shared.upgrade() {
                while engine.lead() > 0 {}
            }
            return;
        }
    }
}

/// Commits what has gathered, and what those send next who were just answered. Takes and gives how many were committed
/// together the last time.
fn commit_all(engine: &Shared, mut together: usize) -> usize {
    loop {
        let led = if together > 1 { engine.lead_open() } else { engine.lead() };
        if led == 0 {
            return together;
        }
        together = led;
        if led > 1 {
            engine.intake.await_next();
        }
    }
}
