//! A store as a whole: exported, imported, copied, and where everything stands written down.

use std::fs;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;
use std::time::Instant as Stopwatch;

use benches::line;
use sop_engine::transfer;
use sop_store_sqlite::{Durability, Options, SqliteStore, backup};

use crate::office::{HALF_WAY, Office};

const CASES: usize = 20_000;

/// Everything on record, out and in again. Beside each stands a plain copy of the bytes that it writes, to the disk.
pub fn moving(office: &Office) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let options = || Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
    let path = at("store.db");
    let engine = office.engine(SqliteStore::open_with(&path, options()).expect("it opens"));
    office.cases(&engine, CASES, HALF_WAY);

    let (taken, exported) = timed(|| {
        let mut file = BufWriter::new(fs::File::create(at("log.jsonl")).expect("a file"));
        let exported = engine.export(&mut file).expect("it is exported");
        file.flush().expect("it is written");
        file.get_ref().sync_all().expect("it is on the disk");
        exported
    });
    told("export of the whole log", taken, &at("log.jsonl"), &at("copy.jsonl"), exported.entries);

    let (taken, imported) = timed(|| {
        let mut store = SqliteStore::open_with(at("imported.db"), options()).expect("it opens");
        let file = BufReader::new(fs::File::open(at("log.jsonl")).expect("a file"));
        let imported = transfer::import(&mut store, file).expect("it is imported");
        store.close().expect("it closes");
        imported
    });
    assert_eq!(imported, exported);
    told("import of it", taken, &at("log.jsonl"), &at("again.jsonl"), imported.entries);

    let (taken, _) = timed(|| backup(&path, at("backup.db")).expect("it is copied"));
    told("backup of the store while it is open", taken, &at("backup.db"), &at("plain.db"), exported.entries);
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = Stopwatch::now();
    let done = work();
    (begun.elapsed().as_nanos() as f64, done)
}

/// One line, and the rates.
fn told(what: &str, taken: f64, file: &Path, copy: &Path, entries: u64) {
    let bytes = fs::metadata(file).expect("it is there").len();
    let (copied, ()) = timed(|| {
        fs::copy(file, copy).expect("it is copied");
        fs::File::open(copy).and_then(|copy| copy.sync_all()).expect("it is on the disk");
    });
    line(what, taken, ("a plain copy of the file", copied), "–");
    let rate = |amount: f64| amount / taken * 1e9;
    println!(
        "  {entries} entries, {:.1} MB: {:.1} MB/s, {:.0} entries/s",
        bytes as f64 / 1e6,
        rate(bytes as f64) / 1e6,
        rate(entries as f64)
    );
}
