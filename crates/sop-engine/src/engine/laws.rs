//! What holds after any commands: memory, checkpoint and log say the same.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sop_core::case::{CaseState, PersonIx, Registers};
use sop_core::definition::{DefinitionId, FieldId, PersonId, RoleId};
use sop_core::process::Position as _;
use sop_core::text::SourceText;
use sop_core::time::{Instant, Millis};

use super::Engine;
use super::inner::Inner;
use crate::index::{Alarm, Queue, WorkKey};
use crate::store::{CaseId, Checkpoint, MemoryStore, Position, ProcessNumber, Store};
use crate::{Clock, Completion, Opening, files};

fn path(name: &str) -> String {
    format!("{}/../../definitions/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// An office whose engine can be opened again on the same log.
struct Office {
    store: MemoryStore,
    clock: Clock,
    bundle: files::Bundle,
    engine: Engine,
}

impl Office {
    fn new() -> Self {
        let (store, bundle) = (MemoryStore::new(), files::read(path("narasumber.json")).unwrap());
        let clock = Clock::simulated("2026-04-13T08:00:00+07:00".parse().unwrap());
        let engine = open(&store, &bundle, &clock);
        engine.deploy_unproved(bundle.clone(), "a law").unwrap();
        Self { store, clock, bundle, engine }
    }

    fn reopened(&self) -> Engine {
        open(&self.store, &self.bundle, &self.clock)
    }

    fn procedure(&self) -> &DefinitionId {
        self.bundle.process().id()
    }

    /// Puts a checkpoint in place of the store's.
    fn keep(&self, checkpoint: Checkpoint) {
        self.store.clone().save_checkpoint(checkpoint).unwrap();
    }

    fn kept(&self) -> Checkpoint {
        self.store.load_checkpoint().unwrap().expect("a checkpoint was written")
    }
}

fn open(store: &MemoryStore, bundle: &files::Bundle, clock: &Clock) -> Engine {
    let directory = files::directory(path("pejabat.json"), bundle.office()).unwrap();
    Engine::open(store.clone(), directory, clock.clone()).unwrap()
}

/// No checkpoint at all, as far as an engine is concerned.
fn damaged() -> Checkpoint {
    Checkpoint { position: Position(1), content: b"not a checkpoint".to_vec() }
}

/// Everything that an engine knows, the index among it, in a form that can be compared.
#[derive(Debug, PartialEq)]
struct Known {
    cases: Vec<(CaseId, CaseState, ProcessNumber, u32)>,
    registers: Registers,
    agenda: String,
    people: Vec<PersonId>,
    foundations: Vec<Position>,
    position: Position,
    last: Instant,
    highest_case: u64,
    queues: Vec<(Queue, Vec<WorkKey>)>,
    alarms: Vec<Alarm>,
}

fn known(engine: &Engine) -> Known {
    let inner = engine.shared.lock();
    let books = &inner.books;
    let mut cases: Vec<_> =
        books.cases.iter().map(|(id, case)| (id, case.state.clone(), case.process, case.version)).collect();
    cases.sort_by_key(|case| case.0);
    let asked = queues(&inner).into_iter().map(|queue| (queue, inner.store.work(&[queue], None, usize::MAX).unwrap()));
    Known {
        queues: asked.filter(|(_, waits)| !waits.is_empty()).collect(),
        alarms: inner.store.due(Instant::MAX, usize::MAX).unwrap(),
        cases,
        registers: books.registers.clone(),
        agenda: format!("{:?}", books.agenda),
        people: books.people().iter().map(|(_, person)| person.clone()).collect(),
        foundations: books.foundations.clone(),
        position: books.position,
        last: books.last,
        highest_case: books.highest_case,
    }
}

/// Every queue that a wait could be in.
fn queues(inner: &Inner) -> Vec<Queue> {
    let people = inner.books.people();
    let mut queues: Vec<Queue> = people.iter().map(|(person, _)| Queue::Person(person)).collect();
    for deployed in &inner.books.processes {
        for (role, _) in deployed.process.roles().iter() {
            let bounds = std::iter::once(None).chain((0..40).map(|place| Some(u16::at(place))));
            queues.extend(bounds.map(|bound| Queue::Role { process: deployed.number, role, bound }));
        }
    }
    queues
}

/// One thing that happens, drawn at random; most of it is accepted.
#[derive(Debug, Clone)]
enum Happens {
    Start,
    Complete { case: usize, outcome: usize, holder: bool },
    Claim { case: usize },
    Hold { case: usize },
    Delegate { case: usize },
    Reassign { case: usize },
    Withdraw { case: usize },
    Comment { case: usize },
    Pass { minutes: u32 },
    Calendar { holiday: bool },
}

fn happens() -> impl Strategy<Value = Happens> {
    let case = 0_usize..6;
    prop_oneof![
        3 => Just(Happens::Start),
        16 => (case.clone(), 0_usize..3, prop::bool::weighted(0.9))
            .prop_map(|(case, outcome, holder)| Happens::Complete { case, outcome, holder }),
        2 => case.clone().prop_map(|case| Happens::Claim { case }),
        2 => case.clone().prop_map(|case| Happens::Hold { case }),
        2 => case.clone().prop_map(|case| Happens::Delegate { case }),
        1 => case.clone().prop_map(|case| Happens::Reassign { case }),
        1 => case.clone().prop_map(|case| Happens::Withdraw { case }),
        1 => case.prop_map(|case| Happens::Comment { case }),
        4 => (1_u32..2_000).prop_map(|minutes| Happens::Pass { minutes }),
        1 => any::<bool>().prop_map(|holiday| Happens::Calendar { holiday }),
    ]
}

/// Somebody who may do what a case waits for.
fn doer(engine: &Engine, case: CaseId) -> Option<(crate::WorkItem, PersonId)> {
    let item = engine.case(case).unwrap()?.waits.into_iter().next()?;
    let people: Vec<PersonId> = engine.shared.lock().books.people().iter().map(|(_, person)| person.clone()).collect();
    let may = |person: &&PersonId| {
        let work = engine.worklist(person).unwrap();
        work.iter().any(|other| other.wait == item.wait && other.barred_by.is_none())
    };
    people.iter().find(may).map(|person| (item.clone(), person.clone()))
}

fn happen(office: &Office, what: &Happens) {
    let engine = &office.engine;
    let asker = PersonId::new("wulan").unwrap();
    let nth = |place: usize| {
        let cases = engine.cases();
        cases.get(place % cases.len().max(1)).copied()
    };
    // What is refused changes nothing, which is part of the law: the answers are not looked at.
    let work = |case: usize| doer(engine, nth(case)?);
    match what {
        Happens::Start => {
            engine.start(office.procedure(), &asker, &Opening::about("Narasumber"), None).unwrap().ok();
        }
        Happens::Complete { case, outcome, holder } => {
            let Some((item, person)) = work(*case) else { return };
            let outcomes = &item.form.outcomes;
            // Onwards twice as often as back.
            let chosen = &outcomes[if *outcome == 2 { outcomes.len() - 1 } else { 0 }];
            let mut completion =
                Completion { outcome: Some(chosen.outcome.id.parse().unwrap()), ..Completion::default() };
            for field in &item.form.fields {
                completion = completion.set(FieldId::new(&field.field.id).unwrap(), "tatalaksana");
            }
            let by = if *holder { &person } else { &asker };
            engine.complete(&item.wait, by, &completion, None).unwrap().ok();
        }
        Happens::Claim { case } => {
            let Some((item, person)) = work(*case) else { return };
            engine.claim(&item.wait, &person, None).unwrap().ok();
        }
        Happens::Hold { case } => {
            let Some((item, person)) = work(*case) else { return };
            let until = Instant::from_millis(engine.now().millis() + 3_600_000).unwrap();
            engine.hold(&item.wait, &person, until, "menunggu jawaban", None).unwrap().ok();
        }
        Happens::Delegate { case } => {
            let Some((item, person)) = work(*case) else { return };
            engine.delegate(&item.wait, &person, &PersonId::new("melati").unwrap(), None).unwrap().ok();
        }
        Happens::Reassign { case } => {
            let Some((item, _)) = work(*case) else { return };
            let (owner, to) = (PersonId::new("damar").unwrap(), RoleId::new("tu").unwrap());
            engine.reassign(&item.wait, &owner, &to, "bagian kosong", None).unwrap().ok();
        }
        Happens::Withdraw { case } => {
            let Some(case) = nth(*case) else { return };
            engine.withdraw(case, &asker, "batal", None).unwrap().ok();
        }
        Happens::Comment { case } => {
            let Some(case) = nth(*case) else { return };
            engine.comment(case, &asker, "mohon dipercepat", None).unwrap().ok();
        }
        Happens::Pass { minutes } => {
            office.clock.advance(Millis::from_minutes(*minutes));
            engine.advance_to_clock().unwrap();
        }
        Happens::Calendar { holiday } => {
            let text = std::fs::read_to_string(path("calendars/kalbar.json")).unwrap();
            let mut calendar: serde_json::Value = serde_json::from_str(&text).unwrap();
            if *holiday {
                let mut day = calendar["holidays"][0].clone();
                day["date"] = "2026-04-15".into();
                calendar["holidays"].as_array_mut().unwrap().push(day);
            }
            engine.set_calendar(&SourceText::new("kalbar.json", calendar.to_string())).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    /// The state in memory is the fold of the log, and the index is a function of the states; a checkpoint of any moment
    /// and the rest of the log say the same.
    #[test]
    fn memory_checkpoint_and_log_say_the_same(
        before in prop::collection::vec(happens(), 0..40),
        after in prop::collection::vec(happens(), 0..40),
    ) {
        let office = Office::new();
        before.iter().for_each(|what| happen(&office, what));
        office.engine.checkpoint().unwrap();
        let checkpoint = office.kept();
        after.iter().for_each(|what| happen(&office, what));
        let live = known(&office.engine);

        office.keep(damaged());
        let replayed = office.reopened();
        prop_assert_eq!(replayed.shared.lock().books.reflected, Position(0));
        prop_assert_eq!(&known(&replayed), &live);

        office.keep(checkpoint.clone());
        let continued = office.reopened();
        prop_assert_eq!(continued.shared.lock().books.reflected, checkpoint.position);
        prop_assert_eq!(&known(&continued), &live);
    }
}

/// Few, since each opens four engines; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}

/// An office with a history in which there is something of everything.
fn busy() -> Office {
    let office = Office::new();
    for _ in 0..3 {
        happen(&office, &Happens::Start);
    }
    for step in 0..20 {
        happen(&office, &Happens::Complete { case: step % 2, outcome: 0, holder: true });
    }
    happen(&office, &Happens::Claim { case: 2 });
    happen(&office, &Happens::Pass { minutes: 600 });
    office
}

#[test]
fn a_checkpoint_with_any_byte_wrong_is_left_aside_without_a_word() {
    let office = busy();
    office.engine.checkpoint().unwrap();
    let (sound, live) = (office.kept(), known(&office.engine));
    let wrong: BTreeSet<usize> = [0, 31, 32, 36, 60, sound.content.len() / 2, sound.content.len() - 1].into();
    for place in wrong {
        let mut checkpoint = sound.clone();
        checkpoint.content[place] ^= 1;
        office.keep(checkpoint);
        let engine = office.reopened();
        assert_eq!(engine.shared.lock().books.reflected, Position(0), "byte {place}");
        assert_eq!(known(&engine), live);
    }
    for length in [0, 31, 32, 40, sound.content.len() - 1] {
        office.keep(Checkpoint { content: sound.content[..length].to_vec(), ..sound.clone() });
        assert_eq!(known(&office.reopened()), live, "cut to {length} bytes");
    }
}

#[test]
fn a_checkpoint_of_another_log_or_place_is_left_aside() {
    let (office, other) = (busy(), busy());
    happen(&other, &Happens::Comment { case: 0 });
    other.engine.checkpoint().unwrap();
    let live = known(&office.engine);
    for position in [1, 7, live.position.0, live.position.0 + 1, u64::MAX] {
        office.keep(Checkpoint { position: Position(position), ..other.kept() });
        let engine = office.reopened();
        assert_eq!(engine.shared.lock().books.reflected, Position(0), "at {position}");
        assert_eq!(known(&engine), live);
    }
}

#[test]
fn a_checkpoint_is_written_behind_when_the_log_has_grown() {
    let office = busy();
    let remark = || happen(&office, &Happens::Comment { case: 0 });
    let position = || known(&office.engine).position;
    let far = office.engine.shared.lock().checkpoint_at;
    assert!(far > position(), "not with every command");
    office.engine.shared.lock().checkpoint_at = Position(position().0 + 2);
    remark();
    remark();
    assert!(office.store.load_checkpoint().unwrap().is_none());
    let reflected = position();
    remark();
    assert_eq!(office.kept().position, reflected, "before the command, which is not part of it");
    remark();
    assert_eq!(office.kept().position, reflected, "and not again");
}

#[test]
fn the_last_clone_leaves_a_checkpoint_behind() {
    let office = busy();
    let live = known(&office.engine);
    let Office { engine, store, clock, bundle } = office;
    drop(engine.clone());
    assert!(store.load_checkpoint().unwrap().is_none(), "there is another clone");
    drop(engine);
    assert_eq!(store.load_checkpoint().unwrap().unwrap().position, live.position);
    let engine = open(&store, &bundle, &clock);
    assert_eq!(engine.shared.lock().books.reflected, live.position);
    assert_eq!(known(&engine), live);
}

#[test]
fn people_keep_their_numbers_when_others_hold_the_posts() {
    let office = busy();
    office.engine.checkpoint().unwrap();
    let number = |engine: &Engine| engine.shared.lock().books.people().find(&PersonId::new("wulan").unwrap());
    let before: Option<PersonIx> = number(&office.engine);
    let text = std::fs::read_to_string(path("pejabat.json")).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let people = file["people"].as_array_mut().unwrap();
    people.insert(0, serde_json::json!({ "id": "baru", "name": "Orang Baru" }));
    let text = SourceText::new("pejabat.json", file.to_string());
    let directory = files::directory_from(text, office.bundle.office()).unwrap();
    let engine = Engine::open(office.store.clone(), directory, office.clock.clone()).unwrap();
    assert_eq!(number(&engine), before);
    for case in office.engine.cases() {
        let (was, is) = (office.engine.case(case).unwrap().unwrap(), engine.case(case).unwrap().unwrap());
        assert_eq!((was.requester, was.waits), (is.requester, is.waits));
    }
}
