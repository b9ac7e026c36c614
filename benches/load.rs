//! What a step takes under load, and beside a long history.

use std::time::{Duration, Instant as Stopwatch};

use benches::line;
use sop_engine::core::definition::PersonId;
use sop_engine::{Act, CaseId, Engine, Key, WaitRef};
use sop_store_sqlite::{Durability, Options, SqliteStore};

use crate::alone::{alone, copy, insert};
use crate::office::{Office, Traffic};

/// How long single steps take that wait for the disk, while sixteen threads send them: the middle, and the slow ones.
pub fn latency(office: &Office) {
    const THREADS: usize = 16;
    const EACH: usize = THREADS * 125;
    const ROUNDS: usize = 12;
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, theirs) = (folder.path().join("ours.db"), folder.path().join("theirs.db"));
    let mut traffic = Traffic::new(office, SqliteStore::open(&ours).expect("it opens"), 1_024);
    let mut raw = alone(&theirs);
    let mut known = copy(&ours, Default::default(), |_| ());
    let (mut engine, mut sqlite) = (Vec::new(), Vec::new());
    // In turn, so that both meet the same disk.
    for _ in 0..ROUNDS {
        engine.extend(traffic.timed_in_threads(EACH, THREADS));
        let mut rows = Vec::new();
        known = copy(&ours, known, |row| rows.push(row));
        rows.truncate(EACH / 4);
        for row in rows {
            let begun = Stopwatch::now();
            insert(&mut raw, row);
            sqlite.push(begun.elapsed());
        }
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
        let what = format!("one durable step, 16 threads: {name}");
        let limit = format!("SQLite alone, 1 a commit: {name}");
        line(&what, at_share(&mut engine, share), (&limit, at_share(&mut sqlite, share)), "–");
    }
}

/// The time that a share of all stays below.
fn at_share(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let place = ((times.len() as f64 * share) as usize).min(times.len() - 1);
    times[place].as_nanos() as f64
}

/// A step on cases that have ten entries behind them, and on such that have ten thousand: with a key for each command,
/// as hosts send them, and without. The disk is not waited for, since it does not know how long a history is.
pub fn histories(office: &Office) {
    const CASES: usize = 16;
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
    let engine = office.engine(SqliteStore::open_with(folder.path().join("long.db"), options).expect("it opens"));
    let mut least = [[f64::MAX; 2]; 2];
    for _ in 0..8 {
        for (has_keys, least) in least.iter_mut().enumerate() {
            for (least, entries) in least.iter_mut().zip([10, 10_000]) {
                let mut waits: Vec<WaitRef> = (0..CASES).map(|_| office.open(&engine)).collect();
                for wait in &waits {
                    remark(&engine, wait.case, entries, has_keys == 1);
                }
                let begun = Stopwatch::now();
                let steps = office.steps() - 1;
                for step in 0..steps {
                    let key = Key::new(format!("langkah {step}")).expect("a key");
                    for wait in &mut waits {
                        let next = office.step_under(&engine, *wait, Some(&key).filter(|_| has_keys == 1));
                        *wait = next.expect("it goes on");
                    }
                }
                let each = begun.elapsed().as_nanos() as f64 / (steps * CASES) as f64;
                *least = least.min(each);
            }
        }
    }
    for (what, [short, long]) in ["without keys", "with keys"].into_iter().zip(least) {
        line(&format!("a step after 10,000 entries, {what}"), long, ("after 10", short), "ratio ≤ 1.30");
    }
}

/// Makes the history of a case long.
fn remark(engine: &Engine, case: CaseId, entries: usize, has_keys: bool) {
    let by = PersonId::new("wulan").expect("an id");
    let tickets: Vec<_> = (0..entries)
        .map(|count| {
            let key = Key::new(format!("catatan {count}")).expect("a key");
            let act = Act::Comment { case, text: "Berkas menyusul".to_owned() };
            loop {
                match engine.submit(&by, act.clone(), Some(&key).filter(|_| has_keys)) {
                    Ok(ticket) => return ticket,
                    Err(error) => assert!(error.is_busy(), "{error}"),
                }
                std::thread::yield_now();
            }
        })
        .collect();
    for ticket in tickets {
        ticket.wait().expect("the store works").expect("it is accepted");
    }
}
