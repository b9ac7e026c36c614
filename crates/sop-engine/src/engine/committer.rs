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
    loop {
        let seen = bell.seen();
        let Some(engine) = shared.upgrade() else { return };
        commit_all(&engine);
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

/// Commits what has gathered, and what those send next who were just answered.
fn commit_all(engine: &Shared) {
    loop {
        match engine.lead() {
            0 => return,
            1 => {}
            _ => engine.intake.await_next(),
        }
    }
}
