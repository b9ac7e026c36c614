//! The SQLite store alone beside SQLite with the same rows: `cargo bench --bench store`.
//!
//! The files are made in the folder `RATES_FOLDER`, or else in the current one; one in memory (`/dev/shm`) shows what
//! the processor does, one on a disk what a commit costs.

use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};

use benches::wanted;
use rusqlite::{Connection, params};
use sop_engine::store::{
    About, Batch, Body, CaseId, Fingerprint, Key, KeyUse, NewEntry, Position, ProcessNumber, Scope, Store,
};
use sop_store_sqlite::{Options, SqliteStore};

const CASES: usize = 100_000;
/// The number of entries that the store writes behind at once, as it does by itself.
const TAIL: u32 = 65_536;
const BODY: &str = r#"{"format":1,"at":"2023-09-04T08:15:00+07:00","events":[{"completed":{"wait":17,"step":"periksa","outcome":"setuju","by":"Siti Rahmawati","documents":["surat_pd"]}},{"opened":{"wait":18,"step":"teruskan","deadline":"2023-09-04T08:20:00+07:00"}}]}"#;

/// Steps of cases in an order that is the same each time.
struct Load {
    state: u64,
    versions: Vec<u32>,
    last: Vec<u64>,
    position: u64,
}

impl Load {
    fn new() -> Self {
        Self { state: 7, versions: vec![0; CASES], last: vec![0; CASES], position: 0 }
    }

    fn next(&mut self) -> (usize, u32, u64, u64) {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Each case is opened before any goes on.
        let case = match usize::try_from(self.position).unwrap() {
            opening if opening < CASES => opening,
            _ => (self.state >> 33) as usize % CASES,
        };
        self.position += 1;
        self.versions[case] += 1;
        let previous = std::mem::replace(&mut self.last[case], self.position);
        (case, self.versions[case], previous, self.position)
    }
}

fn entry(case: usize, version: u32) -> NewEntry {
    let case = CaseId(case as u64);
    NewEntry {
        about: About::Case { case, version, process: ProcessNumber(1) },
        key: Some(KeyUse {
            scope: if version == 1 { Scope::Store } else { Scope::Case(case) },
            key: Key::new(format!("0192f3a4-{:06}-{version:04}", case.0)).unwrap(),
            command: Fingerprint([9; 16]),
        }),
        body: Body::from_json(BODY.as_bytes()),
    }
}

fn raw(path: &Path) -> Connection {
    drop(SqliteStore::open(path).unwrap());
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2048;
             PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864",
        )
        .unwrap();
    connection
}

fn raw_steps(connection: &mut Connection, load: &mut Load, commits: usize, each: usize) -> Duration {
    let begun = Instant::now();
    for _ in 0..commits {
        let transaction = connection.transaction().unwrap();
        {
            let mut insert = transaction
                .prepare_cached("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, zeroblob(72))")
                .unwrap();
            for _ in 0..each {
                let (case, version, previous, position) = load.next();
                let key = format!("0192f3a4-{case:06}-{version:04}");
                let scope = (version > 1).then_some(case as i64);
                insert
                    .execute(params![
                        position as i64,
                        0,
                        case as i64,
                        version,
                        1,
                        previous as i64,
                        key,
                        scope,
                        [9_u8; 16],
                        BODY.as_bytes(),
                        0x7654_3210_i64
                    ])
                    .unwrap();
            }
        }
        transaction.commit().unwrap();
    }
    begun.elapsed()
}

/// With `ask`, each key is looked for first, as the engine does.
fn store_steps(
    store: &mut SqliteStore,
    load: &mut Load,
    commits: usize,
    each: usize,
    ask: bool,
    worst: &mut Vec<Duration>,
) -> Duration {
    let begun = Instant::now();
    for _ in 0..commits {
        let commit = Instant::now();
        let mut batch = Batch::default();
        for _ in 0..each {
            let (case, version, ..) = load.next();
            let entry = entry(case, version);
            if ask {
                let used = entry.key.as_ref().unwrap();
                assert!(store.find_key(used.scope, &used.key).unwrap().is_none());
            }
            batch.entries.push(entry);
        }
        store.append(batch).unwrap();
        worst.push(commit.elapsed());
    }
    begun.elapsed()
}

fn rate(steps: usize, took: Duration) -> f64 {
    steps as f64 / took.as_secs_f64()
}

fn memory() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4_096
}

fn measure(behind: u32, ask: bool, singles: usize) {
    let folder = tempfile::tempdir_in(std::env::var_os("RATES_FOLDER").unwrap_or(".".into())).unwrap();
    let options = Options::new().write_behind_after(NonZeroU32::new(behind).unwrap());
    let mut store = SqliteStore::open_with(folder.path().join("store.db"), options).unwrap();
    let mut alone = raw(&folder.path().join("raw.db"));
    let (mut ours, mut theirs) = (Load::new(), Load::new());
    let before = memory();
    let mut worst = Vec::new();
    // Every case has ten entries before anything is measured.
    let warm = CASES * 10 / 6_400;
    raw_steps(&mut alone, &mut theirs, warm, 6_400);
    store_steps(&mut store, &mut ours, warm, 6_400, false, &mut worst);
    for (commits, each) in [(singles, 1), (800, 64)] {
        let (mut raw, mut own) = (Duration::ZERO, Duration::ZERO);
        worst.clear();
        // In turns, so that what else the machine does meets both.
        for _ in 0..6 {
            raw += raw_steps(&mut alone, &mut theirs, commits, each);
            own += store_steps(&mut store, &mut ours, commits, each, ask, &mut worst);
        }
        let steps = commits * each * 6;
        let (raw, own) = (rate(steps, raw), rate(steps, own));
        worst.sort_unstable();
        let at = |share: f64| worst[((worst.len() - 1) as f64 * share) as usize];
        println!(
            "tail {behind:>7} ask {ask:<5} {each:>3} a commit: store {own:>9.0}/s, SQLite alone {raw:>9.0}/s, ratio {:.2}; a commit p50 {:.0?} p99 {:.0?} max {:.0?}",
            own / raw,
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
    println!("  memory grown by {} KiB for {CASES} cases (both, with their page caches)", (memory() - before) / 1024);
    let path = store.path().to_owned();
    let begun = Instant::now();
    store.close().unwrap();
    println!(
        "  close {:.0?}, file {} MiB, raw {} MiB",
        begun.elapsed(),
        std::fs::metadata(&path).unwrap().len() >> 20,
        {
            drop(alone);
            std::fs::metadata(folder.path().join("raw.db")).unwrap().len() >> 20
        }
    );
    let begun = Instant::now();
    let store = SqliteStore::open(&path).unwrap();
    let opened = begun.elapsed();
    let begun = Instant::now();
    let mut entries = 0;
    store
        .scan(Position::default(), &mut |_| {
            entries += 1;
            Ok(())
        })
        .unwrap();
    println!("  open {opened:.0?}, scan {:.0} entries/s", rate(entries, begun.elapsed()));
    let begun = Instant::now();
    for case in 0..10_000 {
        assert!(!store.history(CaseId(case * 10)).unwrap().is_empty());
    }
    println!("  history of a case {:.1?}", begun.elapsed() / 10_000);
    let begun = Instant::now();
    for case in 0..10_000 {
        assert!(store.find_key(Scope::Case(CaseId(case * 10)), &Key::new("no such key").unwrap()).unwrap().is_none());
    }
    println!("  a key that is new {:.1?}", begun.elapsed() / 10_000);
}

fn main() {
    if !wanted("store") {
        return;
    }
    // Whether each key is looked for first, as the engine does.
    for ask in [false, true] {
        measure(TAIL, ask, 200);
    }
}
