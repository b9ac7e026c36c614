//! The store opened again: what the engine shows against the log, against a replay of everything, and against what is
//! asked once more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sop_engine::audit::Head;
use sop_engine::core::case::Status;
use sop_engine::core::definition::{PersonId, RegisterId, RoleId};
use sop_engine::core::diagnostic::Language;
use sop_engine::core::process::Hash;
use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{Batch, CaseId, Checkpoint, Entry, Key, Position, Scope, Store, StoreError};
use sop_engine::{Engine, Refusal, WaitRef};
use sop_store_sqlite::SqliteStore;

use crate::findings::Findings;
use crate::ledger::Ledger;
use crate::office::{EVERYBODY, Office, Trouble};
use crate::record::{Story, check};
use crate::said::Answered;

/// The whole log.
pub(crate) fn log(store: &dyn Store) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    store.scan(Position::default(), &mut |entry| {
        entries.push(entry);
        Ok(())
    })?;
    Ok(entries)
}

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The log as a whole; of the cases and the keys, those that the last run was about, and all cases that run.
    Lately,
    /// Everything.
    All,
}

/// What a look at a store has found.
pub(crate) struct Looked {
    pub(crate) findings: Findings,
    /// The number of entries that it has.
    pub(crate) entries: usize,
    /// What they come down to.
    pub(crate) head: Option<Head>,
}

/// Opens a store as the next program would, and holds it against the ledger. What a client would send again is sent,
/// and changes nothing.
///
/// # Errors
/// Where the store cannot be opened or read: that too is something to be found.
pub(crate) fn look(
    office: &Office,
    path: &Path,
    ledger: &Ledger,
    tokens: &[String],
    depth: Depth,
) -> Result<Looked, Trouble> {
    let (engine, _clock) = office.engine(SqliteStore::open(path)?)?;
    let reader = SqliteStore::open_read_only(path)?;
    let entries = log(&reader)?;
    let (story, mut findings) = check(&entries, ledger);
    let (replayed, _clock) = office.engine(Replayed(SqliteStore::open_read_only(path)?))?;
    let named: BTreeSet<&str> = tokens.iter().map(String::as_str).collect();
    let mut cases: BTreeSet<CaseId> = engine.cases().into_iter().chain(replayed.cases()).collect();
    cases.extend(story.done.iter().filter(|(token, _)| named.contains(token.as_str())).map(|(_, (_, told))| told.case));
    if depth == Depth::All {
        cases.extend(story.cases.keys());
    }
    compare(office, [&engine, &replayed], &story, &cases, &mut findings)?;
    ask_again(office, &engine, &story, ledger, |token| depth == Depth::All || named.contains(token), &mut findings);
    if reader.last()? != Position(entries.len() as u64) {
        findings.duplicated(format!("what was asked again made entries after {}", entries.len()));
    }
    let audit = engine.verify_audit(&ledger.heads)?;
    for finding in &audit.findings {
        findings.wrong(format!("the chain of hashes: {}", finding.explain(Language::English)));
    }
    Ok(Looked { findings, entries: entries.len(), head: audit.head })
}

/// What the engine shows: the same after a replay of everything, and what the log says.
fn compare(
    office: &Office,
    [engine, replayed]: [&Engine; 2],
    story: &Story,
    cases: &BTreeSet<CaseId>,
    findings: &mut Findings,
) -> Result<(), Trouble> {
    let mut running = BTreeSet::new();
    for &case in cases {
        let (shown, told) = (engine.case(case)?, replayed.case(case)?);
        if shown != told {
            findings.wrong(format!("case {case} is shown as {shown:?}, and a replay gives {told:?}"));
        }
        let Some(shown) = shown else {
            findings.wrong(format!("case {case} cannot be loaded"));
            continue;
        };
        if shown.status == Status::Running {
            running.insert(case);
        }
        let history = engine.history(case)?;
        let versions = story.cases.get(&case).copied().unwrap_or(0);
        let gapless = history.iter().map(|entry| entry.version).eq(1..=versions);
        if shown.version != versions || !gapless || history != replayed.history(case)? {
            findings.wrong(format!("case {case}: its history is not that of the log, which has {versions} entries"));
        }
    }
    if engine.cases() != replayed.cases() || engine.cases().into_iter().collect::<BTreeSet<_>>() != running {
        findings.wrong("the cases that run are others after a replay".to_owned());
    }
    if engine.faulted() != replayed.faulted() || !engine.faulted().is_empty() {
        findings.wrong(format!("cases are faulted: {:?}", engine.faulted()));
    }
    if engine.next_due()? != replayed.next_due()? {
        findings.wrong(format!("due next: {:?}, by a replay {:?}", engine.next_due()?, replayed.next_due()?));
    }
    let mut listed: BTreeSet<WaitRef> = BTreeSet::new();
    for role in ["pemohon", "tu", "karo", "kabag", "kasubbag", "asisten", "sekda"] {
        let role = RoleId::new(role)?;
        let of_role = engine.worklist_of_role(&office.procedure, &role)?;
        if of_role != replayed.worklist_of_role(&office.procedure, &role)? {
            findings.wrong(format!("the work list of {role} is another after a replay"));
        }
        listed.extend(of_role.iter().map(|item| item.wait));
    }
    if listed != story.waits {
        let differ: Vec<_> = listed.symmetric_difference(&story.waits).collect();
        findings.wrong(format!("the work lists and the fold of the history differ in {differ:?}"));
    }
    for person in EVERYBODY {
        let person = PersonId::new(person)?;
        if engine.worklist(&person)? != replayed.worklist(&person)? {
            findings.wrong(format!("the work list of {person} is another after a replay"));
        }
    }
    let register = RegisterId::new("agenda_keluar")?;
    let mut numbers: BTreeMap<(String, i32), Vec<(u32, CaseId)>> = BTreeMap::new();
    for entry in engine.register(&register)? {
        numbers.entry((register.to_string(), entry.year)).or_default().push((entry.number, entry.case));
    }
    if numbers != story.numbers || engine.register(&register)? != replayed.register(&register)? {
        findings.wrong("the register is not what the log says".to_owned());
    }
    Ok(())
}

/// The same command with the same key gets the same answer again, and another one is refused (C2).
fn ask_again(
    office: &Office,
    engine: &Engine,
    story: &Story,
    ledger: &Ledger,
    is_asked: impl Fn(&str) -> bool,
    findings: &mut Findings,
) {
    for (count, (token, (_, on_record))) in story.done.iter().filter(|(token, _)| is_asked(token)).enumerate() {
        let Some(asked) = ledger.asked.get(token).filter(|asked| asked.intention.keyed) else { continue };
        let again = Answered::from(asked.intention.ask(engine, &office.procedure));
        if again != Answered::Done(on_record.clone()) {
            findings.duplicated(format!("{token}, asked again, is answered {again:?} instead of {on_record:?}"));
        }
        if count % 16 == 0 {
            let mut other = asked.intention.clone();
            other.by = if other.by.as_str() == "surya" { office.asker.clone() } else { office.other_asker.clone() };
            if !matches!(other.ask(engine, &office.procedure), Ok(Err(Refusal::KeyReused { .. }))) {
                findings.wrong(format!("{token} is a key for a second command"));
            }
        }
    }
}

/// A store for reading that has no checkpoint: an engine on it replays everything.
struct Replayed(SqliteStore);

impl Store for Replayed {
    fn append(&mut self, batch: Batch) -> Result<Position, StoreError> {
        self.0.append(batch)
    }

    fn last(&self) -> Result<Position, StoreError> {
        self.0.last()
    }

    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.0.scan(after, visit)
    }

    fn entry(&self, at: Position) -> Result<Option<Entry>, StoreError> {
        self.0.entry(at)
    }

    fn history(&self, case: CaseId) -> Result<Vec<Entry>, StoreError> {
        self.0.history(case)
    }

    fn opening(&self, case: CaseId) -> Result<Option<Entry>, StoreError> {
        self.0.opening(case)
    }

    fn find_key(&self, scope: Scope, key: &Key) -> Result<Option<Entry>, StoreError> {
        self.0.find_key(scope, key)
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.blob(hash)
    }

    fn reindex(&mut self, changes: &[IndexChange]) {
        self.0.reindex(changes);
    }

    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Result<Vec<WorkKey>, StoreError> {
        self.0.work(queues, after, limit)
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<Alarm>, StoreError> {
        self.0.due(until, limit)
    }

    fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        self.0.next_due()
    }

    fn save_checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), StoreError> {
        self.0.save_checkpoint(checkpoint)
    }

    fn load_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        Ok(None)
    }

    fn is_read_only(&self) -> bool {
        true
    }
}
