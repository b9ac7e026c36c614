//! The law of committing together: it is as if each command had been committed alone, in the order of arrival.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use sop_engine::core::case::{Record, Rejection};
use sop_engine::core::time::Millis;
use sop_engine::store::{About, MemoryStore, Store, StoreError};
use sop_engine::{Act, CaseId, Completion, Done, Engine, Key, Opening, Refusal, WaitRef};

use crate::office::{Office, at, engine_on, key, person, picks, role, straight};
use crate::wrapped::Wrapped;

/// What becomes of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Written,
    /// The disk is full.
    Refused,
    /// It is written, and the store says that it could not: a connection that breaks too late.
    Deaf,
}

/// A command by its sender, and under which key.
#[derive(Debug, Clone)]
struct Told {
    by: &'static str,
    act: Act,
    key: Option<Key>,
}

/// Commands that meet in one batch, and the minutes that pass before.
#[derive(Debug, Clone)]
struct Together {
    minutes: u32,
    told: Vec<Told>,
    fate: Fate,
}

/// A command as proptest makes it: of which case, and what. What is likely comes from the straight way, so that cases
/// get somewhere; the rest is at random, and mostly refused.
#[derive(Debug, Clone)]
enum Wish {
    Start { number: Option<u64> },
    GoOn { ahead: usize },
    Complete { wait: u32, way: usize },
    Other { wait: u32, what: usize },
}

fn wish() -> impl Strategy<Value = (u64, usize, Wish, Option<u8>)> {
    let wish = prop_oneof![
        2 => prop::option::weighted(0.3, 1..6_u64).prop_map(|number| Wish::Start { number }),
        12 => (0..6_usize).prop_map(|ahead| Wish::GoOn { ahead: ahead.saturating_sub(4) }),
        2 => (1..18_u32, 0..5_usize).prop_map(|(wait, way)| Wish::Complete { wait, way }),
        3 => (1..18_u32, 0..7_usize).prop_map(|(wait, what)| Wish::Other { wait, what }),
    ];
    let case = prop_oneof![3 => Just(1_u64), 1 => 2..5_u64];
    (case, 0..PEOPLE.len(), wish, prop::option::weighted(0.4, 0..6_u8))
}

const PEOPLE: [&str; 8] = ["tamu", "awang", "damar", "tirta", "melati", "serindang", "ranggas", "dayang"];

fn batches() -> impl Strategy<Value = Vec<Together>> {
    let fate = prop_oneof![6 => Just(Fate::Written), 1 => Just(Fate::Refused), 1 => Just(Fate::Deaf)];
    let batch = (prop::sample::select(vec![0, 0, 0, 5, 30, 600]), prop::collection::vec(wish(), 1..14), fate);
    prop::collection::vec(batch, 1..8).prop_map(|batches| {
        // How far each case has come, if everything went as wished.
        let mut at = [0_usize; 6];
        batches
            .into_iter()
            .map(|(minutes, wishes, fate)| Together {
                minutes,
                fate,
                told: wishes.into_iter().map(|wish| told(&mut at, wish)).collect(),
            })
            .collect()
    })
}

fn told(at: &mut [usize; 6], (case, who, wish, named): (u64, usize, Wish, Option<u8>)) -> Told {
    let id = CaseId(case);
    let on = |wait: u32| WaitRef { case: id, wait };
    let (by, act) = match wish {
        Wish::Start { number } => {
            let opening = Opening { case: number.map(CaseId), ..Opening::about("Narasumber") };
            ("tamu", Act::Start { procedure: "narasumber".parse().unwrap(), opening })
        }
        Wish::GoOn { ahead } => {
            let way = straight();
            let step = at[case as usize] + ahead;
            at[case as usize] += usize::from(ahead == 0);
            let (by, completion, _) = way[step.min(way.len() - 1)].clone();
            (by, Act::Complete { wait: on(step as u32 + 1), completion })
        }
        Wish::Complete { wait, way } => {
            let completion = match way {
                0 => picks("setuju"),
                1 => picks("tidak_setuju"),
                2 => crate::office::unit("tatalaksana"),
                3 => Completion::default().note("catatan"),
                _ => Completion::default(),
            };
            (PEOPLE[who], Act::Complete { wait: on(wait), completion })
        }
        Wish::Other { wait, what } => {
            let (wait, reason) = (on(wait), "alasan".to_owned());
            let act = match what {
                0 => Act::Claim { wait },
                1 => Act::Release { wait },
                2 => Act::Delegate { wait, to: person(PEOPLE[(who + 1) % PEOPLE.len()]) },
                3 => Act::Hold { wait, until: at_noon(), reason },
                4 => Act::Resume { wait },
                5 => Act::Reassign { wait, to: role("tu"), reason },
                _ if who % 4 == 0 => Act::Withdraw { case: id, reason },
                _ => Act::Comment { case: id, text: reason },
            };
            (PEOPLE[who], act)
        }
    };
    Told { by, act, key: named.map(|name| key(&format!("k{name}"))) }
}

fn at_noon() -> sop_engine::core::time::Instant {
    at("2026-04-13T12:00:00+07:00")
}

/// An engine whose batches are as the law wants them: while a remark stands before the store, commands gather.
struct Batched {
    office: Office,
    plan: Arc<Mutex<Option<Fate>>>,
    pass: Sender<()>,
    came: std::sync::mpsc::Receiver<()>,
}

impl Batched {
    fn new() -> Self {
        let plan = Arc::new(Mutex::new(Some(Fate::Written)));
        let ((come, came), (pass, passes)) = (channel(), channel::<()>());
        let (store, planned) = (MemoryStore::new(), Arc::clone(&plan));
        let wrapped = Wrapped {
            after_telling: None,
            inner: store.clone(),
            append: Box::new(move |store, batch| {
                let fate = *planned.lock().unwrap();
                match fate {
                    Some(Fate::Written) => store.append(batch),
                    Some(Fate::Refused) => Err(StoreError::unavailable("the disk is full")),
                    Some(Fate::Deaf) => {
                        store.append(batch)?;
                        Err(StoreError::unavailable("the connection broke"))
                    }
                    None => {
                        come.send(()).unwrap();
                        passes.recv().unwrap();
                        store.append(batch)
                    }
                }
            }),
        };
        let (engine, clock, procedure) = Office::on(wrapped);
        Self { office: Office { engine, clock, store, procedure }, plan, pass, came }
    }

    /// Has commands decided in one batch of this fate; before it stands a remark on a case.
    fn together(&self, told: &[Told], fate: Fate, case: CaseId) -> Vec<Result<Result<Done, Refusal>, StoreError>> {
        *self.plan.lock().unwrap() = None;
        let remark = self.office.engine.submit(&person("tamu"), remark(case), None).unwrap();
        self.came.recv().unwrap();
        *self.plan.lock().unwrap() = Some(fate);
        let tickets: Vec<_> = told.iter().map(|told| submit(&self.office.engine, told)).collect();
        self.pass.send(()).unwrap();
        remark.wait().unwrap().unwrap();
        let answers = tickets.into_iter().map(|ticket| ticket.wait()).collect();
        *self.plan.lock().unwrap() = Some(Fate::Written);
        answers
    }
}

fn remark(case: CaseId) -> Act {
    Act::Comment { case, text: "sebentar".to_owned() }
}

fn submit(engine: &Engine, told: &Told) -> sop_engine::Ticket {
    engine.submit(&person(told.by), told.act.clone(), &told.key).unwrap()
}

fn log(store: &MemoryStore) -> Vec<String> {
    let mut all = Vec::new();
    let mut note = |entry: sop_engine::store::Entry| {
        let body = String::from_utf8(entry.body.to_json()?.into_owned()).unwrap();
        // Read and written again it is the same to the byte: only such a record is believed to have covers.
        if entry.about.case().is_some() {
            let record: Record = serde_json::from_str(&body).unwrap();
            assert_eq!(serde_json::to_string(&record).unwrap(), body);
        }
        all.push(format!("{:?} {:?} {body}", entry.about, entry.key));
        Ok(())
    };
    store.scan(Default::default(), &mut note).unwrap();
    all
}

fn told_of(case: CaseId, version: u32, record: &Record) -> String {
    format!("{case}.{version} {}", serde_json::to_string(record).unwrap())
}

/// What a subscriber from the beginning is to have heard.
fn on_record(store: &MemoryStore) -> Vec<String> {
    let mut all = Vec::new();
    let mut note = |entry: sop_engine::store::Entry| {
        if let About::Case { case, version, .. } = entry.about {
            all.push(told_of(case, version, &serde_json::from_slice(&entry.body.to_json()?).unwrap()));
        }
        Ok(())
    };
    store.scan(Default::default(), &mut note).unwrap();
    all
}

/// Everything that a host can see.
fn seen(engine: &Engine) -> String {
    let views: Vec<_> = (1..12).map(|case| engine.case(CaseId(case)).unwrap()).collect();
    let work: Vec<_> = PEOPLE.iter().map(|name| engine.worklist(&person(name)).unwrap()).collect();
    let register = engine.register(&"agenda_keluar".parse().unwrap()).unwrap();
    format!("{:?}{views:#?}{work:#?}{register:?}{:?}", engine.cases(), engine.next_due().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_batch_is_as_if_each_had_been_alone_in_the_order_of_arrival(batches in batches()) {
        let (batched, alone) = (Batched::new(), Office::narasumber());
        let heard = batched.office.engine.subscribe();
        let first = [&batched.office, &alone].map(|office| office.start().case)[0];
        for Together { minutes, told, fate } in batches {
            for office in [&batched.office, &alone] {
                office.clock.advance(Millis::from_minutes(minutes));
            }
            let answers = batched.together(&told, fate, first);
            submit(&alone.engine, &Told { by: "tamu", act: remark(first), key: None }).wait().unwrap().unwrap();
            if answers.iter().any(Result::is_err) {
                prop_assert!(fate != Fate::Written);
                prop_assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(StoreError::is_unavailable)));
            }
            // A batch in which everything is refused asks nothing of the store, so that its fate does not matter.
            if answers.iter().all(Result::is_ok) || fate == Fate::Deaf {
                for (told, answer) in told.iter().zip(&answers) {
                    let expected = submit(&alone.engine, told).wait().unwrap();
                    if let Ok(answer) = answer {
                        prop_assert_eq!(answer, &expected, "{:?}", told);
                    } else if told.key.is_some() && expected.is_ok() {
                        // Who was told that the store failed sends again under the same key.
                        prop_assert_eq!(submit(&batched.office.engine, told).wait().unwrap(), expected);
                    }
                }
            }
            prop_assert_eq!(log(&batched.office.store), log(&alone.store));
        }
        let live = seen(&batched.office.engine);
        prop_assert_eq!(&live, &seen(&alone.engine));
        // Subscribers heard what is on record, once and in order, also of what the store said that it could not write.
        let told = heard.try_iter().map(|entry| told_of(entry.case(), entry.version(), &entry.record().unwrap()));
        prop_assert_eq!(told.collect::<Vec<_>>(), on_record(&batched.office.store));
        // Memory is the fold of the log.
        prop_assert_eq!(&seen(&engine_on(batched.office.store.clone(), &batched.office.clock)), &live);
    }
}

/// Few, since each opens three engines; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

/// The law says little if everything is refused.
#[test]
fn the_law_is_tried_on_commands_that_are_accepted_and_on_such_that_are_not() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut accepted, mut over, mut refused, mut reused, mut ended) = (0, 0, 0, 0, 0);
    for _ in 0..40 {
        let office = Office::narasumber();
        office.start();
        for Together { told, .. } in batches().new_tree(&mut runner).unwrap().current() {
            for told in told {
                match submit(&office.engine, &told).wait().unwrap() {
                    Ok(done) => {
                        accepted += 1;
                        ended += usize::from(done.ended.is_some());
                    }
                    Err(Refusal::Rejected(Rejection::WaitIsOver { .. })) => over += 1,
                    Err(Refusal::KeyReused { .. }) => reused += 1,
                    Err(_) => refused += 1,
                }
            }
        }
    }
    let all = [accepted, over, refused, reused, ended];
    assert!(accepted > 300 && over > 30 && refused > 100 && reused > 10 && ended > 3, "{all:?}");
}
