//! Files that were cut short or altered, as an office meets them: a clear error, or everything as it was; never something
//! else.
//!
//! What is compared is all that an engine shows: each case with its history, the work lists, the register, what falls due
//! next, and the answers to every command when it is asked again under its key.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sop_engine::Engine;
use sop_engine::core::definition::{PersonId, RegisterId};
use sop_engine::store::{CaseId, Entry, StoreError};
use sop_store_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::office::{EVERYBODY, Office};
use crate::reopened::{Depth, log, look};
use crate::said::Answered;
use crate::script::play;

const SEED: u64 = 9;

/// The page size of a store.
const PAGE: usize = 8_192;

/// A store whose engine was closed, and one whose engine was killed: the file, and its write-ahead log.
struct Original {
    office: Office,
    ledger: Ledger,
    cases: Vec<CaseId>,
    closed: [Vec<u8>; 2],
    killed: [Vec<u8>; 2],
    folder: TempDir,
}

impl Original {
    fn make() -> Self {
        let (office, folder) = (Office::load().unwrap(), tempfile::tempdir().unwrap());
        let path = folder.path().join("sop.db");
        let mut ledger = Ledger::default();
        let mut played = |seed, commands| {
            let (engine, clock) = office.engine(SqliteStore::open(&path).unwrap()).unwrap();
            ledger.asked.extend(play(&office, &engine, &clock, seed, commands).unwrap().asked);
            engine
        };
        drop(played(SEED, 80));
        let engine = played(SEED + 1, 60);
        let killed = bytes(&path);
        let most = engine.cases().iter().map(|case| case.0).max().unwrap();
        drop(engine);
        let closed = bytes(&path);
        assert!(closed[1].is_empty() && !killed[1].is_empty());
        // One that was never opened is not to be there afterwards either.
        let cases = (1..=most + 1).map(CaseId).collect();
        Self { office, ledger, cases, closed, killed, folder }
    }

    /// Lays a store down.
    fn lay(&self, file: &[u8], log: &[u8]) -> PathBuf {
        let path = self.folder.path().join("rusak.db");
        for suffix in ["", "-wal", "-shm"] {
            let _none = fs::remove_file(beside(&path, suffix));
        }
        fs::write(&path, file).unwrap();
        if !log.is_empty() {
            fs::write(beside(&path, "-wal"), log).unwrap();
        }
        path
    }

    /// Lays a store down, and gives all that an engine on it shows.
    fn shown(&self, file: &[u8], log: &[u8]) -> Result<Shown, StoreError> {
        let (engine, _clock) = self.office.engine(SqliteStore::open(self.lay(file, log))?)?;
        self.see(&engine)
    }

    fn see(&self, engine: &Engine) -> Result<Shown, StoreError> {
        let mut shown = Shown::new();
        for &case in &self.cases {
            shown.insert(format!("case {case}"), format!("{:?}", engine.case(case)?));
            shown.insert(format!("history of {case}"), format!("{:?}", engine.history(case)?));
        }
        shown.insert("cases".to_owned(), format!("{:?} {:?}", engine.cases(), engine.faulted()));
        shown.insert("due".to_owned(), format!("{:?}", engine.next_due()?));
        for person in EVERYBODY {
            let list = engine.worklist(&PersonId::new(person).unwrap())?;
            shown.insert(format!("work list of {person}"), format!("{list:?}"));
        }
        let register = RegisterId::new("agenda_keluar").unwrap();
        shown.insert("register".to_owned(), format!("{:?}", engine.register(&register)?));
        // Last, since an answer that is forgotten makes an entry.
        for (token, asked) in self.ledger.asked.iter().filter(|(_, asked)| asked.is_acknowledged()) {
            if asked.intention.keyed {
                let answer = asked.intention.ask(engine, &self.office.procedure)?;
                shown.insert(format!("answer to {token}"), format!("{:?}", Answered::from(Ok(answer))));
            }
        }
        Ok(shown)
    }
}

/// What is shown, each thing under its name.
type Shown = BTreeMap<String, String>;

/// How a damaged store was met.
#[derive(Debug, Default)]
struct Tally {
    right: usize,
    refused: usize,
    /// Where something was shown that is not so, with what.
    wrong: Vec<(String, String)>,
}

impl Tally {
    fn enter(&mut self, way: &str, original: &Shown, met: Result<Shown, StoreError>) {
        match met {
            Ok(shown) if shown == *original => self.right += 1,
            Ok(shown) => {
                let differ = original.iter().filter(|(what, said)| shown.get(*what) != Some(said));
                let mut told = String::new();
                for (what, _) in differ {
                    write!(told, "{what}, ").unwrap();
                }
                self.wrong.push((way.to_owned(), told));
            }
            Err(error) => {
                assert!(error.is_damaged() || error.is_unavailable(), "{way}: {error:?}");
                let said = error.to_string();
                assert!(said.contains("rusak.db") || said.contains("of the log"), "{way}: {said}");
                self.refused += 1;
            }
        }
    }
}

impl Tally {
    #[track_caller]
    fn is_well(&self) {
        println!("{} right, {} refused", self.right, self.refused);
        assert!(self.wrong.is_empty(), "{} are wrong: {:#?}", self.wrong.len(), self.wrong);
        assert!(self.right > 0 && self.refused > 0);
    }
}

fn bytes(path: &Path) -> [Vec<u8>; 2] {
    [fs::read(path).unwrap(), fs::read(beside(path, "-wal")).unwrap_or_default()]
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The number of places that are tried; more by hand.
fn places(usual: u64) -> u64 {
    std::env::var("DAMAGES").ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// Alters a byte somewhere, by one bit as a rule, and says how.
fn alter(bytes: &mut [u8], dice: &mut Dice) -> String {
    let at = dice.below(bytes.len() as u64) as usize;
    let by = if dice.happens(70) { 1 << dice.below(8) } else { 1 + dice.below(255) as u8 };
    bytes[at] ^= by;
    format!("seed {SEED}: page {} byte {} ^ {by:#04x}", at / PAGE + 1, at % PAGE)
}

#[test]
fn a_file_that_was_altered_is_refused_or_shows_what_it_did() {
    let original = Original::make();
    let (mut dice, mut tally) = (Dice::new(SEED), Tally::default());
    for (way, [file, log]) in [("closed", &original.closed), ("killed", &original.killed)] {
        let right = original.shown(file, log).unwrap();
        for _ in 0..places(150) {
            let mut altered = file.clone();
            let way = format!("{way}, {}", alter(&mut altered, &mut dice));
            tally.enter(&way, &right, original.shown(&altered, log));
        }
    }
    tally.is_well();
}

#[test]
fn a_file_that_was_cut_short_is_refused_or_shows_what_it_did() {
    let original = Original::make();
    let (mut dice, mut tally) = (Dice::new(SEED), Tally::default());
    for (way, [file, log]) in [("closed", &original.closed), ("killed", &original.killed)] {
        let right = original.shown(file, log).unwrap();
        let pages = (0..file.len()).step_by(PAGE);
        let anywhere: Vec<usize> = (0..places(40)).map(|_| dice.below(file.len() as u64) as usize).collect();
        for length in pages.chain(anywhere) {
            tally.enter(&format!("{way}, cut to {length}"), &right, original.shown(&file[..length], log));
        }
    }
    tally.is_well();
}

/// Nobody can know what a write-ahead log had that was cut or altered: SQLite reads it up to where its sums fail. What is
/// there is a beginning of the log, in whole commits, with everything as it was then, and never anything else.
#[test]
fn a_write_ahead_log_that_was_damaged_gives_what_there_was_at_some_time() {
    let original = Original::make();
    let [file, log] = &original.killed;
    let said = |entry: &Entry| (entry.position, entry.about, entry.body.to_json().unwrap().into_owned());
    let whole: Vec<_> = entries(&original.lay(file, log)).iter().map(said).collect();
    let (mut dice, mut lengths) = (Dice::new(SEED), BTreeSet::new());
    for count in 0..places(60) {
        let mut damaged = log.clone();
        let way = if count % 2 == 0 {
            damaged.truncate(dice.below(log.len() as u64) as usize);
            format!("cut to {}", damaged.len())
        } else {
            alter(&mut damaged, &mut dice)
        };
        let path = original.lay(file, &damaged);
        let found = look(&original.office, &path, &original.ledger, &[], Depth::All).unwrap();
        assert!(found.findings.wrong.is_empty() && found.findings.duplicated.is_empty(), "{way}: {:?}", found.findings);
        let left: Vec<_> = entries(&path).iter().map(said).collect();
        assert!(left == whole[..left.len()], "{way}");
        lengths.insert(left.len());
    }
    assert!(lengths.len() > 10, "{lengths:?}");
}

fn entries(path: &Path) -> Vec<Entry> {
    log(&SqliteStore::open_read_only(path).unwrap()).unwrap()
}
