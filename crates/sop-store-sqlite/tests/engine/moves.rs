//! The law of moving: an export or a backup made while commands go on is the log up to a moment, and an engine on it is
//! the engine as it was then.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use proptest::prelude::*;
use sop_engine::core::definition::{DefinitionId, FieldId, OutcomeId, PersonId};
use sop_engine::core::process::Hash;
use sop_engine::core::time::{Instant, Millis};
use sop_engine::store::{Batch, Entry, MemoryStore, NewEntry, Position, Store};
use sop_engine::verify::Verify as _;
use sop_engine::{Act, CaseId, Clock, Completion, Engine, Key, Opening, files, transfer};
use sop_store_sqlite::{Durability, Options, SqliteStore, backup};

const PEOPLE: [&str; 8] = ["tamu", "awang", "damar", "tirta", "melati", "serindang", "ranggas", "dayang"];

pub(crate) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

pub(crate) fn sop() -> files::Bundle {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    files::read(folder.join("narasumber.json")).unwrap()
}

pub(crate) fn engine_on(store: impl Store + 'static, clock: Clock) -> Engine {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    let officials = files::directory(folder.join("pejabat.json"), sop().office()).unwrap();
    Engine::open(store, officials, clock).unwrap()
}

/// Who does the step of a wait on the way straight through, and how.
fn straight(wait: u32) -> (&'static str, Completion) {
    let picks = |outcome| Completion::with(OutcomeId::new(outcome).unwrap());
    let unit = Completion::default().set(FieldId::new("bagian").unwrap(), "tatalaksana");
    match wait {
        2 => ("awang", picks("setuju")),
        3 => ("awang", Completion::default()),
        4 => ("damar", unit),
        5 | 12 => ("tirta", Completion::default()),
        6 => ("melati", Completion::default()),
        7 => ("tirta", picks("setuju")),
        8 => ("damar", picks("setuju")),
        9 => ("serindang", picks("setuju")),
        10 => ("ranggas", picks("setuju")),
        11 => ("dayang", Completion::default()),
        _ => ("tamu", Completion::default()),
    }
}

/// What somebody wants; of a case, unless it opens one.
#[derive(Debug, Clone)]
enum Wish {
    Start,
    /// So many steps straight ahead.
    GoOn(u32),
    /// Sends back, where that is possible.
    Refuse,
    Remark,
    Withdraw,
    /// Minutes pass, and what is due is done.
    Pass(u32),
}

#[derive(Debug, Clone)]
struct Told {
    case: u64,
    wish: Wish,
    key: Option<u8>,
}

fn told() -> impl Strategy<Value = Told> {
    let wish = prop_oneof![
        3 => Just(Wish::Start),
        8 => (1..5_u32).prop_map(Wish::GoOn),
        2 => Just(Wish::Refuse),
        2 => Just(Wish::Remark),
        1 => Just(Wish::Withdraw),
        1 => prop::sample::select(vec![7, 90, 3_000]).prop_map(Wish::Pass),
    ];
    (1..5_u64, wish, prop::option::weighted(0.4, 0..9_u8)).prop_map(|(case, wish, key)| Told { case, wish, key })
}

/// Does what somebody wants; what is refused is refused.
fn tell(engine: &Engine, clock: &Clock, Told { case, wish, key }: &Told) {
    let key = key.map(|name| Key::new(format!("k{name}")).unwrap());
    let case = CaseId(*case);
    let waiting = || engine.case(case).unwrap().and_then(|view| Some(view.waits.first()?.wait));
    let said =
        |by: &str, act: Act, key: &Option<Key>| drop(engine.submit(&person(by), act, key).unwrap().wait().unwrap());
    match wish {
        Wish::Start => said("tamu", start(), &key),
        Wish::GoOn(steps) => {
            for _ in 0..*steps {
                let Some(wait) = waiting() else { return };
                let (by, completion) = straight(wait.wait);
                // One key for a few steps: the second is refused as reused.
                said(by, Act::Complete { wait, completion }, &key);
            }
        }
        Wish::Refuse => {
            let Some(wait) = waiting() else { return };
            let completion = Completion::with(OutcomeId::new("tidak_setuju").unwrap()).note("kurang");
            said(straight(wait.wait).0, Act::Complete { wait, completion }, &key);
        }
        Wish::Remark => said("tamu", Act::Comment { case, text: "sebentar".to_owned() }, &key),
        Wish::Withdraw => said("tamu", Act::Withdraw { case, reason: "batal".to_owned() }, &key),
        Wish::Pass(minutes) => {
            clock.advance(Millis::from_minutes(*minutes));
            engine.advance_to_clock().unwrap();
        }
    }
}

fn start() -> Act {
    let procedure: DefinitionId = "narasumber".parse().unwrap();
    Act::Start { procedure, opening: Opening::about("Narasumber") }
}

fn exported(engine: &Engine) -> Vec<u8> {
    let mut text = Vec::new();
    engine.export(&mut text).unwrap();
    text
}

/// Something to write to, in which a command goes on with each of the first lines.
struct Meddling<'a> {
    text: Vec<u8>,
    tell: &'a dyn Fn(&Told),
    told: std::slice::Iter<'a, Told>,
}

impl Write for Meddling<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.told.next().into_iter().for_each(self.tell);
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log(store: &dyn Store) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut take = |entry| {
        all.push(entry);
        Ok(())
    };
    store.scan(Position::default(), &mut take).unwrap();
    all
}

fn said(entry: &Entry) -> String {
    format!("{:?} {:?} {:?}", entry.about, entry.key, String::from_utf8(entry.body.to_json().unwrap().to_vec()))
}

/// The log up to an entry, taken over by hand, with every text that it says the hash of.
fn prefix(store: &dyn Store, last: u64) -> MemoryStore {
    let entries: Vec<Entry> = log(store).into_iter().take(last as usize).collect();
    let mut batch = Batch::default();
    for entry in &entries {
        let body = String::from_utf8(entry.body.to_json().unwrap().to_vec()).unwrap();
        for (at, _) in body.match_indices("sha256:") {
            let text = Hash::parse(&body[at..at + 71]).ok().and_then(|hash| store.blob(&hash).unwrap());
            batch.blobs.extend(text.map(Into::into));
        }
    }
    batch.entries = entries.into_iter().map(|Entry { about, key, body, .. }| NewEntry { about, key, body }).collect();
    let mut kept = MemoryStore::chained();
    kept.append(batch).unwrap();
    kept
}

/// Everything that a host can see.
fn seen(engine: &Engine) -> String {
    let cases = || (1..24).map(CaseId);
    let views: Vec<_> = cases().map(|case| engine.case(case).unwrap()).collect();
    let histories: Vec<_> = cases().map(|case| engine.history(case).unwrap()).collect();
    let work: Vec<_> = PEOPLE.iter().map(|name| engine.worklist(&person(name)).unwrap()).collect();
    let register = engine.register(&"agenda_keluar".parse().unwrap()).unwrap();
    let (due, now) = (engine.next_due().unwrap(), engine.now());
    let (live, faulted, processes) = (engine.cases(), engine.faulted(), engine.processes());
    format!("{views:#?}{histories:?}{work:#?}{register:?}{due:?}{now}{live:?}{faulted:?}{processes:?}")
}

/// What becomes of an engine: every key is used again, and days pass. Says what was answered and what is on record then.
fn goes_on(engine: &Engine, clock: &Clock) -> (Vec<String>, Vec<u8>) {
    let mut answers = Vec::new();
    for name in 0..9 {
        let key = Some(Key::new(format!("k{name}")).unwrap());
        let remark = |case| Act::Comment { case: CaseId(case), text: "sebentar".to_owned() };
        for act in [start()].into_iter().chain((1..5).map(remark)) {
            answers.push(format!("{:?}", engine.submit(&person("tamu"), act, &key).unwrap().wait().unwrap()));
        }
    }
    for _ in 0..3 {
        clock.advance(Millis::from_minutes(40 * 60));
        answers.push(format!("{}", engine.advance_to_clock().unwrap()));
    }
    (answers, exported(engine))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn what_is_taken_along_while_commands_go_on_is_the_engine_of_that_moment(
        before in prop::collection::vec(told(), 1..20),
        within in prop::collection::vec(told(), 1..4),
        meanwhile in prop::collection::vec(prop::collection::vec(told(), 1..12), 2..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let [original, copy, moved] = ["sop.db", "copy.db", "moved.db"].map(|name| folder.path().join(name));
        let quick = || Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
        let begin: Instant = "2026-04-13T08:00:00+07:00".parse().unwrap();
        let clock = Clock::simulated(begin);
        let engine = engine_on(SqliteStore::open_with(&original, quick()).unwrap(), clock.clone());
        engine.deploy(sop().verify()).unwrap();
        for told in &before {
            tell(&engine, &clock, told);
        }

        let together = Barrier::new(meanwhile.len() + 1);
        let (text, copied) = thread::scope(|scope| {
            for thread in &meanwhile {
                scope.spawn(|| {
                    together.wait();
                    thread.iter().for_each(|told| tell(&engine, &clock, told));
                });
            }
            together.wait();
            let tell = |told: &Told| tell(&engine, &clock, told);
            let mut meddling = Meddling { text: Vec::new(), tell: &tell, told: within.iter() };
            engine.export(&mut meddling).unwrap();
            (meddling.text, backup(&original, &copy).unwrap())
        });
        let whole = exported(&engine);
        let reader = SqliteStore::open_read_only(&original).unwrap();

        // The export reads as one, and is the log up to where it ends; so is the copy.
        let upto = transfer::check(text.as_slice()).unwrap().entries;
        let taken = prefix(&reader, upto);
        let mut by_hand = Vec::new();
        transfer::export(&taken, &mut by_hand).unwrap();
        prop_assert!(by_hand == text);
        let of_copy = log(&SqliteStore::open(&copy).unwrap());
        prop_assert_eq!(of_copy.len() as u64, copied.0);
        prop_assert!(copied.0 >= upto, "the copy was made after the export");
        prop_assert!(of_copy.iter().map(said).eq(log(&reader).iter().take(of_copy.len()).map(said)));

        // Engines on what was imported see what one on the log by hand sees, and all become the same.
        let mut memory = MemoryStore::chained();
        transfer::import(&mut memory, text.as_slice()).unwrap();
        let mut file = SqliteStore::open_with(&moved, quick()).unwrap();
        transfer::import(&mut file, text.as_slice()).unwrap();
        let later: Instant = "2026-05-13T08:00:00+07:00".parse().unwrap();
        let clocks = [0; 3].map(|_| Clock::simulated(later));
        let engines =
            [engine_on(taken, clocks[0].clone()), engine_on(memory, clocks[1].clone()), engine_on(file, clocks[2].clone())];
        let expected = seen(&engines[0]);
        for other in &engines {
            prop_assert_eq!(&seen(other), &expected);
            prop_assert!(exported(other) == text);
        }
        let became = goes_on(&engines[0], &clocks[0]);
        for (other, clock) in engines.iter().zip(&clocks).skip(1) {
            prop_assert!(goes_on(other, clock) == became);
        }

        // And where nothing goes on, what is taken along is what is here now.
        let mut rest = MemoryStore::chained();
        transfer::import(&mut rest, whole.as_slice()).unwrap();
        prop_assert_eq!(seen(&engine_on(rest, clock.clone())), seen(&engine));
    }
}

/// Few, since each opens five engines and verifies a process; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}
