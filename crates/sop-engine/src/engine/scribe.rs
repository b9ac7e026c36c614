//! The thread that writes ahead: what was decided becomes text while the commands after it are decided.
//!
//! Making the text of an entry takes longer than deciding it, and all of a batch would wait for that before the first row
//! is written. With two cores it need not. What is not written ahead in time is written by the store when it asks, so
//! nothing ever waits for this thread, and all is the same to the byte without it.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use smallvec::SmallVec;

use crate::ahead::Ahead;
use crate::committed::Committed;
use crate::store::Body;

/// From which entry of a batch on it is worth it: waking a thread takes as long as making a few texts.
pub(super) const FROM: usize = 3;

/// Entries that are handed over together, so that the thread is not woken for each.
type Pile = SmallVec<[Arc<Ahead>; 8]>;

/// The thread, as the one who commits knows it. Dropped, it stops, and is waited for.
pub(crate) struct Scribe {
    /// None, once it is to stop.
    to_write: Option<Sender<Pile>>,
    /// What is to be handed over next.
    pile: Pile,
    thread: Option<thread::JoinHandle<()>>,
}

impl Scribe {
    /// Starts the thread; none where there is one core alone, or no thread is to be had: it is missed by nobody.
    pub(super) fn start() -> Option<Self> {
        if !thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) {
            return None;
        }
        let (to_write, given) = channel::<Pile>();
        let write = move || given.iter().flatten().for_each(|ahead| ahead.write());
        let thread = thread::Builder::new().name("sop-writes".to_owned()).spawn(write).ok()?;
        Some(Self { to_write: Some(to_write), pile: Pile::new(), thread: Some(thread) })
    }

    /// The body of what was decided, whose text is written meanwhile.
    pub(super) fn body(&mut self, committed: Arc<Committed>) -> Body {
        let ahead = Arc::new(Ahead::new(committed));
        self.pile.push(Arc::clone(&ahead));
        if self.pile.len() == self.pile.inline_size() {
            self.hand_over();
        }
        Body::from_ahead(ahead)
    }

    /// Hands over what has gathered: no more comes before the store asks.
    pub(super) fn hand_over(&mut self) {
        if self.pile.is_empty() {
            return;
        }
        let pile = std::mem::take(&mut self.pile);
        if let Some(to_write) = &self.to_write {
            // Where the thread has ended, the store writes them.
            drop(to_write.send(pile));
        }
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.to_write = None;
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sop_core::definition::PersonId;

    use super::*;
    use crate::store::{MemoryStore, Store as _};
    use crate::{Act, Clock, Engine, Opening, files};

    /// Twenty cases whose opening says something personal, in one batch or one by one.
    fn opened(writes_ahead: bool) -> (MemoryStore, Engine) {
        let path = |name: &str| format!("{}/../../definitions/{name}", env!("CARGO_MANIFEST_DIR"));
        let (store, bundle) = (MemoryStore::chained(), files::read(path("narasumber.json")).unwrap());
        let directory = files::directory(path("pejabat.json"), bundle.office()).unwrap();
        let clock = Clock::simulated("2026-04-13T08:00:00+07:00".parse().unwrap());
        let engine = Engine::open(store.clone(), directory, clock).unwrap();
        let procedure = bundle.process().id().clone();
        engine.deploy_unproved(bundle, "a test").unwrap();
        engine.shared.lock().scribe = if writes_ahead { Scribe::start() } else { None };
        let tickets: Vec<_> = (0..20)
            .map(|count| {
                let (procedure, opening) = (procedure.clone(), Opening::about(format!("Bimtek {count}")));
                let asker = PersonId::new("tamu").unwrap();
                let ticket = engine.leave(&asker, Act::Start { procedure, opening }, None).unwrap();
                assert!(writes_ahead || engine.commit_left());
                ticket
            })
            .collect();
        assert_eq!(engine.commit_left(), writes_ahead);
        assert!(tickets.into_iter().all(|ticket| ticket.wait().unwrap().is_ok()));
        (store, engine)
    }

    #[test]
    fn what_is_written_ahead_is_the_same_to_the_byte() {
        let [ahead, alone] = [true, false].map(|writes_ahead| {
            let (_, engine) = opened(writes_ahead);
            let mut text = Vec::new();
            engine.export(&mut text).unwrap();
            assert!(engine.verify_audit(&[]).unwrap().is_sound());
            String::from_utf8(text).unwrap()
        });
        assert_eq!(ahead.lines().count(), alone.lines().count());
        assert!(ahead == alone && ahead.contains("Bimtek 19"));
    }

    #[test]
    fn a_text_is_made_once_and_not_after_it_was_asked_for() {
        let (store, engine) = opened(false);
        let committed = Arc::new(engine.shared.lock().books.committed(&last(&store)).unwrap().unwrap());
        let plain = committed.to_written().unwrap();
        let (early, late) = (Ahead::new(Arc::clone(&committed)), Ahead::new(committed));
        early.write();
        let written = early.written().unwrap();
        assert!(matches!(written.json, Cow::Borrowed(_)) && (written.json.to_vec(), written.told) == plain);
        let written = late.written().unwrap();
        assert!(matches!(written.json, Cow::Owned(_)) && (written.json.to_vec(), written.told) == plain);
        late.write();
        assert!(matches!(late.written().unwrap().json, Cow::Owned(_)), "nobody needs it any more");
    }

    fn last(store: &MemoryStore) -> crate::store::Entry {
        store.entry(store.last().unwrap()).unwrap().unwrap()
    }
}
