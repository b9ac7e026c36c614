//! The law of rungs: each fires once, whatever the clock does, the store refuses, or the program meets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use sop_engine::core::case::Event;
use sop_engine::core::time::Instant;
use sop_engine::store::{MemoryStore, Store, StoreError};
use sop_engine::{CaseId, Engine};

use crate::office::{Office, engine_on, person, straight};
use crate::wrapped::Wrapped;

/// What happens to an engine whose rungs fall due.
#[derive(Debug, Clone)]
enum Happens {
    /// The clock is set so many minutes on, or back.
    Jump(i32),
    /// Somebody lets what is due happen.
    Advance,
    /// A case is opened, which may be the first command after a while.
    Start,
    /// The next step of a case is done.
    GoOn(usize),
    /// The store refuses the next commit, or writes it and says that it could not.
    Fail { deaf: bool },
    /// The program ends, and another begins with what is on record.
    Restart,
}

fn happens() -> impl Strategy<Value = Vec<Happens>> {
    let minutes = prop::sample::select(vec![1, 4, 16, 61, 450, 1_441, 3 * 1_440, 9 * 1_440, -1, -30, -600, -5 * 1_440]);
    let what = prop_oneof![
        6 => minutes.prop_map(Happens::Jump),
        5 => Just(Happens::Advance),
        2 => Just(Happens::Start),
        3 => (0..4_usize).prop_map(Happens::GoOn),
        2 => any::<bool>().prop_map(|deaf| Happens::Fail { deaf }),
        1 => Just(Happens::Restart),
    ];
    prop::collection::vec(what, 4..40)
}

/// A store that can be told to fail once.
struct Failing {
    refuse: Arc<AtomicBool>,
    deaf: Arc<AtomicBool>,
}

impl Failing {
    fn on(&self, store: &MemoryStore) -> Wrapped {
        let (refuse, deaf) = (Arc::clone(&self.refuse), Arc::clone(&self.deaf));
        Wrapped {
            after_telling: None,
            inner: store.clone(),
            append: Box::new(move |store, batch| {
                if refuse.swap(false, Ordering::SeqCst) {
                    return Err(StoreError::unavailable("the disk is full"));
                }
                let written = store.append(batch)?;
                if deaf.swap(false, Ordering::SeqCst) {
                    return Err(StoreError::unavailable("the connection broke"));
                }
                Ok(written)
            }),
        }
    }
}

/// The firings of every rung, as on record: for each wait and rung which occurrences, the missed ones among them.
fn firings(engine: &Engine, cases: &[CaseId]) -> BTreeMap<(CaseId, u32, u16), Vec<u32>> {
    let mut fired: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for case in cases {
        let mut last: Option<Instant> = None;
        for entry in engine.history(*case).unwrap() {
            assert!(last <= Some(entry.record.at), "time on record never goes back");
            last = Some(entry.record.at);
            let mut dues = Vec::new();
            for event in entry.record.events {
                if let Event::RungFired { wait, rung, occurrence, missed, due, .. } = event {
                    assert!(due <= entry.record.at, "nothing fires before it is due");
                    dues.push((due, wait, rung));
                    let occurrences = fired.entry((*case, wait, rung)).or_default();
                    occurrences.extend(occurrence - missed..=occurrence);
                }
            }
            assert!(dues.is_sorted(), "what was missed fires in the order in which it was due: {dues:?}");
        }
    }
    fired
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn each_rung_fires_once_and_none_is_skipped(happens in happens()) {
        let failing = Failing { refuse: Arc::default(), deaf: Arc::default() };
        let store = MemoryStore::new();
        let (engine, clock, procedure) = Office::on(failing.on(&store));
        let mut office = Office { engine, clock, store, procedure };
        let mut cases = vec![office.start().case];
        for what in happens {
            match what {
                Happens::Jump(minutes) => {
                    let millis = office.clock.now().millis() + i64::from(minutes) * 60_000;
                    office.clock.set(Instant::from_millis(millis).unwrap());
                }
                Happens::Advance => drop(office.engine.advance_to_clock()),
                Happens::Start => {
                    let opening = sop_engine::Opening::about("Narasumber");
                    if let Ok(Ok(done)) = office.engine.start(&office.procedure, &person("tamu"), &opening, None) {
                        cases.push(done.case);
                    }
                }
                Happens::GoOn(nth) => {
                    let case = cases[nth % cases.len()];
                    let view = office.engine.case(case).unwrap().unwrap();
                    let Some(wait) = view.waits.first() else { continue };
                    let way = straight();
                    let Some((by, completion, _)) = way.get(wait.wait.wait as usize - 1) else { continue };
                    drop(office.engine.complete(&wait.wait, &person(by), completion, None));
                }
                Happens::Fail { deaf } => if deaf { &failing.deaf } else { &failing.refuse }.store(true, Ordering::SeqCst),
                Happens::Restart => {
                    failing.refuse.store(false, Ordering::SeqCst);
                    failing.deaf.store(false, Ordering::SeqCst);
                    office.engine = engine_on(failing.on(&office.store), &office.clock);
                }
            }
        }
        failing.refuse.store(false, Ordering::SeqCst);
        failing.deaf.store(false, Ordering::SeqCst);
        // What a commit left open is known by now.
        cases = (1..=cases.len() as u64 + 40).map(CaseId).filter(|case| !office.engine.history(*case).unwrap().is_empty()).collect();
        office.engine.advance_to_clock().unwrap();
        prop_assert_eq!(office.engine.advance_to_clock().unwrap(), 0, "a second time there is nothing to do");
        prop_assert!(office.engine.next_due().unwrap().is_none_or(|next| next > office.engine.now()));
        let fired = firings(&office.engine, &cases);
        for (rung, occurrences) in &fired {
            let each: Vec<u32> = (1..=occurrences.len() as u32).collect();
            prop_assert_eq!(occurrences, &each, "{:?}: each once, and none left out", rung);
        }
        // Another engine finds the same to do: nothing now, and the next at the same time.
        let again = engine_on(office.store.clone(), &office.clock);
        prop_assert_eq!(again.next_due().unwrap(), office.engine.next_due().unwrap());
        prop_assert_eq!(again.advance_to_clock().unwrap(), 0);
    }
}

/// Few, since each opens engines; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

/// A thousand requests are late at the same moment: one commit, each of them once.
#[test]
fn a_thousand_rungs_fire_in_one_commit() {
    let batches = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (store, noted) = (MemoryStore::new(), Arc::clone(&batches));
    let wrapped = Wrapped {
        after_telling: None,
        inner: store.clone(),
        append: Box::new(move |store, batch| {
            noted.lock().unwrap().push(batch.entries.len());
            store.append(batch)
        }),
    };
    let (engine, clock, procedure) = Office::on(wrapped);
    let office = Office { engine, clock, store, procedure };
    let cases: Vec<CaseId> = (0..1_000).map(|_| office.start().case).collect();
    batches.lock().unwrap().clear();
    office.pass(20);
    assert_eq!(office.engine.advance_to_clock().unwrap(), 1_000);
    assert_eq!(*batches.lock().unwrap(), [1_000]);
    assert_eq!(office.engine.advance_to_clock().unwrap(), 0);
    assert!(firings(&office.engine, &cases).values().all(|occurrences| *occurrences == [1]));
    assert_eq!(firings(&office.engine, &cases).len(), 1_000);
}
