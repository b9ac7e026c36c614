//! Commands that are committed together: in order, all or nothing, and nobody is told before it is so.

use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use sop_engine::core::case::Rejection;
use sop_engine::store::{About, MemoryStore, Store, StoreError};
use sop_engine::{Act, CaseId, Completion, Opening, Refusal, Ticket, WaitRef};

use crate::office::{Office, key, person, picks, straight};
use crate::wrapped::Wrapped;

/// What becomes of a batch.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Written,
    Refused,
    Panic,
    /// Written and told, and then it panics.
    PanicTold,
}

/// A store that tells how many entries it is given, and does nothing with them before it is told what.
struct Gate {
    is_shut: Arc<AtomicBool>,
    came: Receiver<usize>,
    fate: Sender<Fate>,
}

impl Gate {
    /// An office on such a store, with the gate open.
    fn office() -> (Office, Self) {
        let is_shut = Arc::new(AtomicBool::new(false));
        let ((come, came), (fate, fates)) = (channel(), channel::<Fate>());
        let (store, shut) = (MemoryStore::new(), Arc::clone(&is_shut));
        let told_only = Arc::new(AtomicBool::new(false));
        let breaks = Arc::clone(&told_only);
        let wrapped = Wrapped {
            after_telling: Some(Box::new(move || assert!(!breaks.swap(false, Ordering::SeqCst), "it is broken now"))),
            inner: store.clone(),
            append: Box::new(move |store, batch| {
                if !shut.load(Ordering::SeqCst) {
                    return store.append(batch);
                }
                come.send(batch.entries.len()).unwrap();
                match fates.recv().unwrap() {
                    Fate::Written => store.append(batch),
                    Fate::PanicTold => {
                        told_only.store(true, Ordering::SeqCst);
                        store.append(batch)
                    }
                    Fate::Refused => Err(StoreError::unavailable("the disk is full")),
                    Fate::Panic => panic!("the store is broken"),
                }
            }),
        };
        let (engine, clock, procedure) = Office::on(wrapped);
        (Office { engine, clock, store, procedure }, Self { is_shut, came, fate })
    }

    fn shut(&self) {
        self.is_shut.store(true, Ordering::SeqCst);
    }

    /// Opens the gate for good; what stands before it is written.
    fn open(&self) {
        self.is_shut.store(false, Ordering::SeqCst);
        self.fate.send(Fate::Written).unwrap();
    }

    /// Waits until somebody stands before the gate, and says with how many entries.
    fn came(&self) -> usize {
        self.came.recv().unwrap()
    }

    fn let_pass(&self, fate: Fate) {
        self.fate.send(fate).unwrap();
    }

    /// Has a remark stand before the gate, so that what is handed in from now on gathers.
    fn busy(&self, office: &Office, case: CaseId) -> Ticket {
        self.shut();
        let remark = Act::Comment { case, text: "sebentar".to_owned() };
        let ticket = office.engine.submit(&person("tamu"), remark, None).unwrap();
        assert_eq!(self.came(), 1);
        ticket
    }
}

fn start(office: &Office) -> Act {
    Act::Start { procedure: office.procedure.clone(), opening: Opening::about("Narasumber") }
}

fn complete(wait: WaitRef, completion: Completion) -> Act {
    Act::Complete { wait, completion }
}

fn submit(office: &Office, by: &str, act: Act) -> Ticket {
    office.engine.submit(&person(by), act, None).unwrap()
}

/// Everything that a host can see of some cases.
fn seen(office: &Office) -> String {
    let people = ["tamu", "awang", "damar", "tirta", "melati", "serindang", "ranggas", "dayang"];
    let cases = office.engine.cases();
    let views: Vec<_> = cases.iter().map(|case| office.engine.case(*case).unwrap()).collect();
    let histories: Vec<_> = cases.iter().map(|case| office.engine.history(*case).unwrap()).collect();
    let work: Vec<_> = people.iter().map(|name| office.engine.worklist(&person(name)).unwrap()).collect();
    format!("{cases:?}{views:#?}{histories:#?}{work:#?}{:?}", office.engine.next_due().unwrap())
}

/// The same office on the same log, as after a restart.
fn reopened(office: &Office) -> Office {
    let (clock, store, procedure) = (office.clock.clone(), office.store.clone(), office.procedure.clone());
    Office { engine: office.reopen(), clock, store, procedure }
}

#[test]
fn what_comes_while_a_commit_is_under_way_is_committed_together_in_order() {
    let (office, gate) = Gate::office();
    let case = office.start().case;
    let heard = office.engine.subscribe();
    let first = gate.busy(&office, case);
    let tickets: Vec<Ticket> = straight()
        .into_iter()
        .zip(1..)
        .map(|((by, completion, _), wait)| submit(&office, by, complete(WaitRef { case, wait }, completion)))
        .collect();
    let other = submit(&office, "tamu", start(&office));
    assert!(!first.is_answered() && heard.try_recv().is_err(), "nothing is on record yet");

    gate.let_pass(Fate::Written);
    assert_eq!(first.wait().unwrap().unwrap().version, 2);
    assert_eq!(gate.came(), 14, "thirteen steps, each on what the one before left, and a start");
    assert!(tickets.iter().all(|ticket| !ticket.is_answered()));
    assert_eq!(heard.recv().unwrap().version(), 2);
    assert!(heard.try_recv().is_err(), "subscribers are told of what is committed");
    gate.open();

    for (ticket, version) in tickets.into_iter().zip(3..) {
        assert_eq!(ticket.wait().unwrap().unwrap().version, version);
    }
    assert_eq!(other.wait().unwrap().unwrap().case, CaseId(case.0 + 1));
    let told: Vec<u32> = heard.try_iter().map(|committed| committed.version()).collect();
    assert_eq!(told, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1]);
    assert_eq!(office.engine.cases(), [CaseId(case.0 + 1)], "the first is over");
    assert_eq!(office.engine.history(case).unwrap().len(), 15);
}

/// A refusal for what another one did is only true if that is on record.
#[test]
fn a_refusal_waits_for_what_it_rests_on() {
    let (office, gate) = Gate::office();
    let opened = office.start();
    let (case, wait) = (opened.case, opened.opened[0]);
    let before = gate.busy(&office, case);
    let done = submit(&office, "tamu", complete(wait, Completion::default()));
    let again = submit(&office, "tamu", complete(wait, Completion::default()));
    let withdrawn = Act::Withdraw { case: CaseId(77), reason: "batal".to_owned() };
    let nowhere = submit(&office, "tamu", withdrawn);
    gate.let_pass(Fate::Written);
    before.wait().unwrap().unwrap();
    assert_eq!(gate.came(), 1);
    assert!(!again.is_answered() && !nowhere.is_answered());
    gate.let_pass(Fate::Refused);
    for ticket in [done, again, nowhere] {
        assert!(ticket.wait().unwrap_err().is_unavailable(), "it did not happen that the wait was over");
    }

    let done = submit(&office, "tamu", complete(wait, Completion::default()));
    assert_eq!(gate.came(), 1);
    let again = submit(&office, "tamu", complete(wait, Completion::default()));
    gate.open();
    assert_eq!(done.wait().unwrap().unwrap().version, 3);
    assert!(matches!(again.wait().unwrap(), Err(Refusal::Rejected(Rejection::WaitIsOver { .. }))));
}

#[test]
fn a_batch_that_fails_has_not_happened_for_anybody() {
    let (office, gate) = Gate::office();
    let [case, other] = [office.start().case, office.start().case];
    office.run(case, &straight()[..10]);
    let first = gate.busy(&office, other);
    let number = complete(office_wait(case), Completion::default());
    let tickets = [
        submit(&office, "dayang", number.clone()),
        submit(&office, "tamu", start(&office)),
        submit(&office, "tamu", Act::Withdraw { case: other, reason: "batal".to_owned() }),
        submit(&office, "tamu", Act::Comment { case: other, text: "sudah selesai".to_owned() }),
    ];
    gate.let_pass(Fate::Written);
    first.wait().unwrap().unwrap();
    assert_eq!(gate.came(), 4);
    // A reader that comes now is shown what is on record, whenever it is let in.
    let engine = office.engine.clone();
    let reader = thread::spawn(move || (engine.case(other).unwrap().unwrap(), engine.cases()));
    gate.let_pass(Fate::Refused);
    for ticket in tickets {
        assert!(ticket.wait().unwrap_err().is_unavailable());
    }
    let (view, cases) = reader.join().unwrap();
    assert_eq!((view.version, view.comments, view.waits.len()), (2, 1, 1));
    assert_eq!(cases, [case, other]);

    let live = seen(&office);
    let reopened = reopened(&office);
    assert_eq!(seen(&reopened), live, "memory is as the disk");
    gate.is_shut.store(false, Ordering::SeqCst);
    let numbered = reopened.engine.submit(&person("dayang"), number, None).unwrap().wait().unwrap().unwrap();
    assert_eq!(numbered.numbers[0].text, "000.8/1/DISKOPUKM.A/2026", "no number was lost");
    assert_eq!(reopened.start().case, CaseId(other.0 + 1), "and no case");
}

/// The eleventh step of the straight way, which gives a number.
fn office_wait(case: CaseId) -> WaitRef {
    WaitRef { case, wait: 11 }
}

#[test]
fn a_key_is_known_before_it_is_on_record() {
    let (office, gate) = Gate::office();
    let opened = office.start();
    let (case, wait) = (opened.case, opened.opened[0]);
    let first = gate.busy(&office, case);
    let keyed = |act: Act, name: &str| office.engine.submit(&person("tamu"), act, &key(name)).unwrap();
    let tickets = [
        keyed(complete(wait, Completion::default()), "k"),
        keyed(complete(wait, Completion::default()), "k"),
        keyed(start(&office), "k"),
        keyed(start(&office), "k"),
        keyed(complete(wait, Completion::default().note("lain")), "k"),
    ];
    gate.let_pass(Fate::Written);
    first.wait().unwrap().unwrap();
    assert_eq!(gate.came(), 2, "each was done once");
    gate.open();
    let [once, twice, opened, again, reused] = tickets.map(|ticket| ticket.wait().unwrap());
    assert_eq!(once.unwrap(), twice.unwrap());
    assert_eq!(opened.unwrap(), again.unwrap());
    assert_eq!(reused, Err(Refusal::KeyReused { key: key("k") }));
    assert_eq!(office.engine.history(case).unwrap().len(), 3);
}

/// Numbers of cases, and of registers, are given within a batch as they are from one commit to the next.
#[test]
fn numbers_go_on_within_a_batch() {
    let (office, gate) = Gate::office();
    let cases: Vec<CaseId> = (0..3).map(|_| office.start().case).collect();
    for case in &cases {
        office.run(*case, &straight()[..10]);
    }
    let first = gate.busy(&office, cases[0]);
    let fixed = |case| Act::Start {
        procedure: office.procedure.clone(),
        opening: Opening { case: Some(CaseId(case)), ..Opening::about("x") },
    };
    let opened = [start(&office), fixed(40), start(&office), fixed(40)].map(|act| submit(&office, "tamu", act));
    let numbered: Vec<Ticket> = cases
        .iter()
        .map(|case| submit(&office, "dayang", complete(office_wait(*case), Completion::default())))
        .collect();
    gate.let_pass(Fate::Written);
    first.wait().unwrap().unwrap();
    assert_eq!(gate.came(), 6);
    gate.open();
    let [next, given, after, taken] = opened.map(|ticket| ticket.wait().unwrap());
    assert_eq!([next.unwrap().case, given.unwrap().case, after.unwrap().case], [CaseId(4), CaseId(40), CaseId(41)]);
    assert_eq!(taken, Err(Refusal::Rejected(Rejection::AlreadyStarted)));
    let texts: Vec<String> =
        numbered.into_iter().map(|ticket| ticket.wait().unwrap().unwrap().numbers[0].text.clone()).collect();
    assert_eq!(texts, [1, 2, 3].map(|number| format!("000.8/{number}/DISKOPUKM.A/2026")));
    let register = sop_engine::core::definition::RegisterId::new("agenda_keluar").unwrap();
    let listed: Vec<CaseId> = office.engine.register(&register).unwrap().iter().map(|entry| entry.case).collect();
    assert_eq!(listed, cases);
}

#[test]
fn where_too_many_wait_one_is_turned_away_and_told_what_to_do() {
    let (office, gate) = Gate::office();
    let case = office.start().case;
    office.engine.limit_queue(NonZeroUsize::new(2).unwrap());
    let first = gate.busy(&office, case);
    let remark = || Act::Comment { case, text: "x".to_owned() };
    let waiting = [submit(&office, "tamu", remark()), submit(&office, "tamu", remark())];
    for error in [
        office.engine.submit(&person("tamu"), remark(), None).unwrap_err(),
        office.engine.comment(case, &person("tamu"), "x", None).unwrap_err(),
    ] {
        assert!(error.is_busy() && !error.is_unavailable());
        assert!(error.to_string().starts_with("2 commands wait to be committed"), "{error}");
        assert!(error.to_string().contains("nothing was done; wait for some of their answers"), "{error}");
    }
    // More may wait from now on.
    office.engine.limit_queue(NonZeroUsize::new(3).unwrap());
    let more = submit(&office, "tamu", remark());
    assert!(office.engine.submit(&person("tamu"), remark(), None).unwrap_err().is_busy());
    gate.open();
    let versions =
        std::iter::once(first).chain(waiting).chain([more]).map(|ticket| ticket.wait().unwrap().unwrap().version);
    assert_eq!(versions.collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert!(office.engine.comment(case, &person("tamu"), "x", None).unwrap().is_ok());
}

#[test]
fn what_was_submitted_is_done_though_the_engine_and_the_tickets_are_let_go() {
    let (office, gate) = Gate::office();
    let case = office.start().case;
    let first = gate.busy(&office, case);
    drop(submit(&office, "tamu", complete(WaitRef { case, wait: 1 }, Completion::default())));
    let last = submit(&office, "awang", complete(WaitRef { case, wait: 2 }, picks("setuju")));
    gate.open();
    let reopen = {
        let Office { engine, clock, store, procedure } = office;
        drop(engine);
        move || Office { engine: crate::office::engine_on(store.clone(), &clock), clock, store, procedure }
    };
    // By the time that the engine is gone, everybody has an answer.
    assert!(first.is_answered() && last.is_answered());
    assert_eq!(last.wait().unwrap().unwrap().version, 4);
    assert_eq!(reopen().engine.case(case).unwrap().unwrap().version, 4);
}

#[test]
fn a_store_that_panics_fails_its_batch_and_nobody_else() {
    let (office, gate) = Gate::office();
    let case = office.start().case;
    let wait = WaitRef { case, wait: 1 };
    let first = gate.busy(&office, case);
    let tickets =
        [submit(&office, "tamu", complete(wait, Completion::default())), submit(&office, "tamu", start(&office))];
    gate.let_pass(Fate::Written);
    first.wait().unwrap().unwrap();
    assert_eq!(gate.came(), 2);
    gate.let_pass(Fate::Panic);
    for ticket in tickets {
        assert!(ticket.wait().unwrap_err().to_string().contains("the store panicked"));
    }
    // A caller in whose thread it happens is told the same, and keeps the thread.
    gate.let_pass(Fate::Panic);
    let told = office.engine.complete(&wait, &person("tamu"), &Completion::default(), None).unwrap_err();
    assert!(told.is_unavailable());

    assert_eq!(seen(&reopened(&office)), seen(&office), "what went ahead of the commits is gone");
    assert!(office.engine.checkpoint().is_err(), "no checkpoint is made of what is not sure");
    gate.is_shut.store(false, Ordering::SeqCst);
    let done = office.engine.complete(&wait, &person("tamu"), &Completion::default(), None).unwrap().unwrap();
    assert_eq!(done.version, 3);
}

#[test]
fn what_was_told_stands_although_the_store_panics_then() {
    let (office, gate) = Gate::office();
    let heard = office.engine.subscribe();
    let case = office.start().case;
    let wait = WaitRef { case, wait: 1 };
    let first = gate.busy(&office, case);
    let tickets =
        [submit(&office, "tamu", complete(wait, Completion::default())), submit(&office, "tamu", start(&office))];
    gate.let_pass(Fate::Written);
    first.wait().unwrap().unwrap();
    assert_eq!(gate.came(), 2);
    gate.let_pass(Fate::PanicTold);
    let versions = tickets.map(|ticket| ticket.wait().unwrap().unwrap().version);
    assert_eq!(versions, [3, 1], "they are on record");

    gate.is_shut.store(false, Ordering::SeqCst);
    assert_eq!(seen(&reopened(&office)), seen(&office), "and known to who comes next");
    let again = office.engine.complete(&wait, &person("tamu"), &Completion::default(), None).unwrap();
    assert!(again.is_err());
    let remark = Act::Comment { case, text: "sesudah itu".to_owned() };
    submit(&office, "tamu", remark).wait().unwrap().unwrap();
    let heard: Vec<_> = heard.try_iter().map(|entry| (entry.case() == case, entry.version())).collect();
    assert_eq!(heard, [(true, 1), (true, 2), (true, 3), (false, 1), (true, 4)], "each once");
}

/// Runs a future in this thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn an_async_host_awaits_its_ticket() {
    let (office, gate) = Gate::office();
    let case = office.start().case;
    let first = gate.busy(&office, case);
    let second = submit(&office, "tamu", complete(WaitRef { case, wait: 1 }, Completion::default()));
    let opener = thread::spawn(move || gate.open());
    let versions = block_on(async {
        let [first, second] = [first.await, second.await].map(|answer| answer.unwrap().unwrap().version);
        [first, second]
    });
    assert_eq!(versions, [2, 3]);
    opener.join().unwrap();
}

/// What a host does when it is woken is its own affair.
#[test]
fn a_host_that_panics_when_it_is_woken_keeps_nobody_from_their_answer() {
    struct Panics(Mutex<Option<Sender<()>>>);
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            drop(self.0.lock().unwrap().take());
            panic!("the host's executor is gone");
        }
    }
    let (office, gate) = Gate::office();
    let case = office.start().case;
    let first = gate.busy(&office, case);
    let remark = || submit(&office, "tamu", Act::Comment { case, text: "x".to_owned() });
    let (mut one, other) = (remark(), remark());
    let (woken, wake) = channel();
    let waker = Waker::from(Arc::new(Panics(Mutex::new(Some(woken)))));
    assert!(pin!(&mut one).poll(&mut Context::from_waker(&waker)).is_pending());
    gate.open();
    assert_eq!(first.wait().unwrap().unwrap().version, 2);
    assert_eq!(other.wait().unwrap().unwrap().version, 4);
    assert!(wake.recv().is_err(), "it was woken");
    assert_eq!(remark().wait().unwrap().unwrap().version, 5);
}

/// Eight clerks at eight windows press the same buttons: each step is done once, and who came late is told that it is
/// over.
#[test]
fn callers_in_many_threads_do_each_step_once() {
    const WINDOWS: usize = 8;
    let office = Office::narasumber();
    let cases: Vec<CaseId> = (0..6).map(|_| office.start().case).collect();
    let windows: Vec<_> = (0..WINDOWS)
        .map(|window| {
            let (engine, cases) = (office.engine.clone(), cases.clone());
            thread::spawn(move || {
                let mut done = Vec::new();
                for ((by, completion, _), wait) in straight().into_iter().zip(1..) {
                    for place in 0..cases.len() {
                        let wait = WaitRef { case: cases[(place + window) % cases.len()], wait };
                        // Half of them leave it to the engine's thread.
                        let answer = match window % 2 {
                            0 => engine.complete(&wait, &person(by), &completion, None),
                            _ => engine
                                .submit(&person(by), complete(wait, completion.clone()), None)
                                .and_then(|ticket| ticket.wait()),
                        };
                        match answer.unwrap() {
                            Ok(answer) => done.push((answer.case, answer.version)),
                            Err(Refusal::Rejected(Rejection::WaitIsOver { .. } | Rejection::CaseIsOver { .. })) => {}
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                }
                done
            })
        })
        .collect();
    let mut done: Vec<_> = windows.into_iter().flat_map(|window| window.join().unwrap()).collect();
    done.sort_unstable();
    let each: Vec<_> = cases.iter().flat_map(|case| (2..=14).map(|version| (*case, version))).collect();
    assert_eq!(done, each);
    let mut entries = Vec::new();
    let mut note = |entry: sop_engine::store::Entry| {
        if let About::Case { case, version, .. } = entry.about {
            entries.push((case, version));
        }
        Ok(())
    };
    office.store.scan(Default::default(), &mut note).unwrap();
    assert_eq!(entries.len(), cases.len() * 14, "and nothing else is on record");
    let mut numbers: Vec<_> = cases
        .iter()
        .flat_map(|case| office.engine.history(*case).unwrap())
        .flat_map(|entry| entry.record.events)
        .filter_map(|event| match event {
            sop_engine::core::case::Event::Numbered { number, .. } => Some(number),
            _ => None,
        })
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

/// A host that has no thread to spare commits what was left itself; nothing happens before.
#[test]
fn what_is_left_is_committed_when_the_host_says_so() {
    let office = Office::narasumber();
    assert!(!office.engine.commit_left(), "nothing waits");
    let case = office.start().case;
    let remark = |text: &str| Act::Comment { case, text: text.to_owned() };
    let tickets = ["satu", "dua"].map(|text| office.engine.leave(&person("tamu"), remark(text), None).unwrap());
    assert!(tickets.iter().all(|ticket| !ticket.is_answered()));
    assert_eq!(office.engine.case(case).unwrap().unwrap().comments, 0);
    assert!(office.engine.commit_left());
    let done = tickets.map(|ticket| ticket.wait().unwrap().unwrap().version);
    assert_eq!(done, [2, 3], "in the order in which they were left");
    // Whoever waits for a command of their own takes along what was left before.
    let ticket = office.engine.leave(&person("tamu"), remark("tiga"), None).unwrap();
    let own = office.engine.comment(case, &person("tamu"), "empat", None).unwrap().unwrap();
    assert_eq!((ticket.wait().unwrap().unwrap().version, own.version), (4, 5));
}
