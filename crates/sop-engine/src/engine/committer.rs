//! The thread that commits what was submitted, while no caller does.

use std::sync::{Arc, PoisonError, Weak};
use std::thread;

use super::Shared;
use crate::signal::Signal;
use crate::store::StoreError;

/// Starts the thread, unless it runs already.
pub(super) fn start(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let mut running = shared.committer.lock().unwrap_or_else(PoisonError::into_inner);
    if running.is_some() {
        return Ok(());
    }
    let (weak, bell) = (Arc::downgrade(shared), Arc::clone(&shared.intake.bell));
    let heard = Arc::clone(&bell);
    let thread = thread::Builder::new().name("sop-commits".to_owned()).spawn(move || run(&weak, &heard));
    let thread = thread.map_err(|error| {
        StoreError::unavailable("no thread can be started that commits what is submitted").because(error)
    })?;
    *running = Some(Committer { bell, thread: Some(thread) });
    Ok(())
}

/// The thread. Dropped, it commits what waits, and ends.
#[derive(Debug)]
pub(super) struct Committer {
    bell: Arc<Signal>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.bell.stop();
        let Some(thread) = self.thread.take() else { return };
        // A host that is woken by an answer may let go of the last engine in this very thread, which cannot wait for
        // its own end.
        if thread.thread().id() != thread::current().id() {
            // It has ended either way; a panic in it would have been printed.
            let _ended = thread.join();
        }
    }
}

/// Commits what has gathered, then sleeps until it is called.
fn run(shared: &Weak<Shared>, bell: &Signal) {
    loop {
        let seen = bell.seen();
        let Some(engine) = shared.upgrade() else { return };
        while engine.lead() {}
        drop(engine);
        if !bell.wait(seen, None) {
            // What came before the end is still done.
            if let Some(engine) = shared.upgrade() {
                while engine.lead() {}
            }
            return;
        }
    }
}
