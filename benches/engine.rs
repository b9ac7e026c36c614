//! The engine beside its limits: `cargo bench -p benches --bench engine -- [NAME …]`.
//!
//! Bytes a case are counted by `--bench memory`.
//!
//! It allocates with mimalloc, as a host that is after speed does: an engine allocates for each command. How it fares with
//! the system's own is shown by `--features system-allocator`.

mod alone;
mod load;
mod moving;
mod office;

use std::time::{Duration, Instant as Stopwatch};

use alone::{alone, copy, insert, insert_all};
use benches::{contest, keep, line, show, wanted};
use office::{HALF_WAY, Office, Traffic};
use sop_engine::CaseId;
use sop_engine::core::time::Instant;
use sop_engine::store::{Checkpoint, MemoryStore, Position, Store as _};
use sop_store_sqlite::{Durability, Options, SqliteStore};

#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let office = Office::load();
    println!("{:<44} {:>12}   {:<28} {:>12}", "what", "time", "limit in the same run", "time");
    if wanted("step") {
        step(&office);
    }
    if wanted("durable") {
        durable(&office);
    }
    if wanted("together") {
        together(&office);
    }
    if wanted("latency") {
        load::latency(&office);
    }
    if wanted("histories") {
        load::histories(&Office::load().talkative());
    }
    if wanted("reopen") || wanted("checkpoint") {
        reopen(&office);
    }
    if wanted("moving") {
        moving::moving(&office);
    }
    if wanted("timers") {
        timers(&office);
    }
}

/// A command through the engine in memory: names, roles, work list, history.
fn step(office: &Office) {
    let mut few = Traffic::new(office, MemoryStore::new(), 1_000);
    // By itself: in turn with the other, each round would begin with nothing of its own in the caches.
    let [alone] = contest(20, 20_000, [&mut |n| few.go_on(n)]);
    line("a step in memory, 1,000 cases", alone, ("a million a second", 1e3), "ratio ≤ 1");
    let mut many = Traffic::new(office, MemoryStore::new(), 100_000);
    let [few, many] = contest(20, 20_000, [&mut |n| few.go_on(n), &mut |n| many.go_on(n)]);
    line("a step in memory, 100,000 cases", many, ("with 1,000 cases", few), "ratio ≤ 1.30");
}

/// A step a commit on the disk, beside SQLite alone with the same rows.
fn durable(office: &Office) {
    const EACH: usize = 500;
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, theirs) = (folder.path().join("ours.db"), folder.path().join("theirs.db"));
    let mut traffic = Traffic::new(office, SqliteStore::open(&ours).expect("it opens"), 100);
    let mut raw = alone(&theirs);
    let (mut engine, mut sqlite) = (Duration::MAX, Duration::MAX);
    let mut known = copy(&ours, Position::default(), |row| insert(&mut raw, row));
    for _ in 0..12 {
        let begun = Stopwatch::now();
        traffic.go_on(EACH);
        engine = engine.min(begun.elapsed());
        let mut rows = Vec::new();
        known = copy(&ours, known, |row| rows.push(row));
        let begun = Stopwatch::now();
        rows.into_iter().for_each(|row| insert(&mut raw, row));
        sqlite = sqlite.min(begun.elapsed());
    }
    let each = |time: Duration| time.as_nanos() as f64 / EACH as f64;
    line("a durable step, one a commit", each(engine), ("SQLite alone, same rows", each(sqlite)), "ratio ≤ 1.25");
}

/// Sixty-four commands in flight, beside SQLite alone with the same rows, sixty-four a commit.
fn together(office: &Office) {
    const EACH: usize = 64 * 200;
    const IN_FLIGHT: usize = 64;
    const TURN: usize = 4;
    let folder = tempfile::tempdir().expect("a folder");
    let files = ["tickets.db", "threads.db", "alone.db", "many.db"].map(|name| folder.path().join(name));
    let mut tickets = Traffic::new(office, SqliteStore::open(&files[0]).expect("it opens"), 1_024);
    let mut threads = Traffic::new(office, SqliteStore::open(&files[1]).expect("it opens"), 1_024);
    let mut raw = alone(&files[2]);
    // Made without waiting for the disk, and measured with it.
    let without_waiting = Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
    let made = Traffic::new(office, SqliteStore::open_with(&files[3], without_waiting).expect("it opens"), 100_000);
    let mut many = made.on(|| SqliteStore::open(&files[3]).expect("it opens"));
    let mut known = Position::default();
    let mut least = [f64::MAX; 5];
    let mut timed = |place: usize, work: &mut dyn FnMut()| {
        let begun = Stopwatch::now();
        work();
        least[place] = least[place].min(begun.elapsed().as_nanos() as f64 / EACH as f64);
    };
    // In turn by some rounds each, and not by one: what the one leaves to the disk, the first round of the other meets.
    for turn in 0..6 {
        for _ in 0..TURN {
            timed(0, &mut || tickets.go_on_in_flight(EACH, IN_FLIGHT));
        }
        let mut rows = Vec::new();
        known = copy(&files[0], known, |row| rows.push(row));
        if turn == 0 {
            // What was there before the first round is not timed.
            let before: Vec<_> = rows.drain(..rows.len() - TURN * EACH).collect();
            before.chunks(IN_FLIGHT).for_each(|rows| insert_all(&mut raw, rows));
        }
        for rows in rows.chunks(EACH) {
            timed(2, &mut || rows.chunks(IN_FLIGHT).for_each(|rows| insert_all(&mut raw, rows)));
        }
    }
    for _ in 0..12 {
        timed(3, &mut || tickets.go_on_in_flight(EACH, IN_FLIGHT));
        timed(4, &mut || many.go_on_in_flight(EACH, IN_FLIGHT));
    }
    for _ in 0..12 {
        timed(1, &mut || threads.go_on_in_threads(EACH, IN_FLIGHT));
    }
    let [tickets, threads, raw, few, many] = least;
    line("a durable step, 64 in flight", tickets, ("SQLite alone, 64 a commit", raw), "–");
    line("a durable step, 64 in flight", tickets, ("150,000 a second", 1e9 / 150e3), "ratio ≤ 1");
    line("a durable step, 64 in flight, 100,000 cases", many, ("with 1,000 cases", few), "ratio ≤ 1.30");
    line("a durable step, 64 blocking threads", threads, ("SQLite alone, 64 a commit", raw), "–");
    let rate = |each: f64| 1e9 / each;
    println!(
        "  steps a second: {:.0} in flight, {:.0} in threads, {:.0} alone",
        rate(tickets),
        rate(threads),
        rate(raw)
    );
}

/// A store with 100,000 cases half way: written behind, and opened again with and without that.
fn reopen(office: &Office) {
    const CASES: usize = 100_000;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("many.db");
    let options = Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
    let engine = office.engine(SqliteStore::open_with(&path, options).expect("it opens"));
    office.cases(&engine, CASES, HALF_WAY);
    let history = engine.history(CaseId(1)).expect("it reads");
    let events = CASES * history.iter().map(|entry| entry.record.events.len()).sum::<usize>();
    let entries = CASES * history.len();

    let begun = Stopwatch::now();
    engine.checkpoint().expect("it is written");
    let written = begun.elapsed();
    drop(engine);
    let store = SqliteStore::open(&path).expect("it opens");
    let checkpoint = store.load_checkpoint().expect("it reads").expect("it is there");
    let size = checkpoint.content.len();
    let mut memory = MemoryStore::new();
    let [copied] = contest(
        3,
        1,
        [&mut |_| {
            memory
                .save_checkpoint(Checkpoint { content: keep(&checkpoint.content).clone(), ..checkpoint })
                .expect("kept");
        }],
    );
    let per = |time: f64| time / CASES as f64;
    let written = written.as_nanos() as f64;
    line("checkpoint of a case, on the disk", per(written), ("copying its bytes", per(copied)), "–");
    println!("  {} for {CASES} cases, {} bytes a case", show(written), size / CASES);
    drop(store);

    let opened = |damage: bool| {
        let mut store = SqliteStore::open(&path).expect("it opens");
        if damage {
            store.save_checkpoint(Checkpoint { position: Position(0), content: Vec::new() }).expect("it is written");
        }
        let begun = Stopwatch::now();
        let engine = office.reopen(store);
        let took = begun.elapsed().as_nanos() as f64;
        assert_eq!(engine.cases().len(), CASES);
        if damage {
            // What it would write at the end is of no interest.
            std::mem::forget(engine);
        }
        took
    };
    let with = (0..3).map(|_| opened(false)).fold(f64::MAX, f64::min);
    line("reopen 100,000 cases from a checkpoint", with, ("a second", 1e9), "ratio < 1");
    let without = opened(true);
    line("reopen them from the log alone", without, ("from a checkpoint", with), "–");
    println!(
        "  {entries} entries with {events} events: {:.2} million entries/s, {:.2} million events/s; aim ≥ 1 million events/s",
        entries as f64 / without * 1e3,
        events as f64 / without * 1e3
    );
}

/// A million cases that wait for something to fall due.
fn timers(office: &Office) {
    const CASES: usize = 1_000_000;
    const FIRED: i64 = 1_000;
    let engine = office.engine(MemoryStore::new());
    office.cases(&engine, CASES, 0);
    let mut ask = |rounds: usize| (0..rounds).for_each(|_| drop(keep(engine.next_due())));
    let [asked] = contest(10, 10_000, [&mut ask]);
    line("a million timers: which is due next", asked, ("a microsecond", 1e3), "microseconds");
    let least = (0..5).map(|_| {
        let next = engine.next_due().expect("it reads").expect("something falls due");
        // Cases were opened a millisecond apart, and so they fall due.
        let until = Instant::from_millis(next.millis() + FIRED - 1).expect("an instant");
        let begun = Stopwatch::now();
        assert_eq!(engine.advance(until).expect("it works"), FIRED as u64);
        begun.elapsed().as_nanos() as f64
    });
    let least = least.fold(f64::MAX, f64::min);
    line("a million timers: a thousand fired", least, ("50 ms", 5e7), "ratio < 1");
}
