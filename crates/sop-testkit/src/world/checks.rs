//! What holds all along, looked at.

use std::collections::BTreeSet;

use sop_core::case::{Status, acting_roles, due_of};
use sop_core::definition::PersonId;
use sop_core::diagnostic::Language;
use sop_core::time::Instant;
use sop_engine::audit::Head;
use sop_engine::index::WorkKey;
use sop_engine::store::{About, Entry, Store, StoreError};
use sop_engine::{CaseId, Engine, WaitRef};

use super::broken::{Invariant, What};
use super::fold::{Fold, hash_of};
use super::ledger::{Ledger, scope_of};
use super::watched::Watched;

/// How many of the commands that were acknowledged last are looked up by their key.
const KEYS: usize = 6;

/// What is known to be on record for good: entries up to this one were acknowledged.
#[derive(Debug, Clone, Default)]
pub(super) struct Acknowledged {
    pub(super) entries: usize,
    /// What the log came down to there, now and then.
    pub(super) heads: Vec<Head>,
}

/// The number of heads that are kept: more say nothing that these do not.
const HEADS: usize = 8;

impl Acknowledged {
    /// So many entries are on record for good.
    fn reach(&mut self, entries: &[Entry], count: usize) {
        if count <= self.entries {
            return;
        }
        self.entries = count;
        let last = count.checked_sub(1).and_then(|place| entries.get(place));
        if let Some((last, chained)) = last.and_then(|last| Some((last, last.chained?))) {
            self.heads.push(Head { position: last.position, hash: chained.head });
        }
        if self.heads.len() > HEADS {
            // The first and the last say the most.
            self.heads.remove(1);
        }
    }
}

/// The store failed while it was looked at: another time, then.
pub(super) enum Looked {
    All,
    StoreFailed,
}

fn at_odds(what: String) -> What {
    What(Invariant::Fold, what)
}

/// Looks at everything.
///
/// # Errors
/// What does not hold.
pub(super) fn look(
    engine: &Engine,
    store: &Watched,
    fold: &mut Fold,
    ledger: &mut Ledger,
    acknowledged: &mut Acknowledged,
) -> Result<Looked, What> {
    match read_on(store, fold, ledger, acknowledged) {
        Ok(()) => {}
        Err(Failed::Broken(what)) => return Err(what),
        Err(Failed::Store(error)) if error.is_damaged() => {
            return Err(What(Invariant::Answers, format!("the record cannot be read: {error:?}")));
        }
        Err(Failed::Store(_)) => return Ok(Looked::StoreFailed),
    }
    match compare(engine, store, fold, ledger).and_then(|()| compare_chain(engine, acknowledged)) {
        Ok(()) => Ok(Looked::All),
        Err(Failed::Broken(what)) => Err(what),
        Err(Failed::Store(error)) if error.is_damaged() => {
            Err(What(Invariant::Answers, format!("the store is damaged: {error:?}")))
        }
        Err(Failed::Store(_)) => Ok(Looked::StoreFailed),
    }
}

enum Failed {
    Broken(What),
    Store(StoreError),
}

impl From<What> for Failed {
    fn from(what: What) -> Self {
        Self::Broken(what)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Takes in what is on record: nothing that was acknowledged has changed, and what is new has a cause.
fn read_on(
    store: &Watched,
    fold: &mut Fold,
    ledger: &mut Ledger,
    acknowledged: &mut Acknowledged,
) -> Result<(), Failed> {
    let entries = store.entries(sop_engine::store::Position::default())?;
    let mut same = 0;
    for (entry, known) in entries.iter().zip(&fold.entries) {
        if hash_of(entry)? != *known {
            break;
        }
        same += 1;
    }
    if same < acknowledged.entries {
        let (held, there) = (acknowledged.entries, entries.len());
        let what = format!("{held} entries were acknowledged; {there} are on record, of which {same} are the same");
        return Err(What(Invariant::Lost, what).into());
    }
    if same < fold.entries.len() {
        // What nobody was told of went, as it may. The rest is folded again.
        fold.begin_again();
        ledger.look_again();
        same = 0;
    }
    for entry in entries.iter().skip(same) {
        fold.take(entry, ledger)?;
    }
    for (number, sent, done) in ledger.acknowledged() {
        if ledger.entry_of(number) != Some((done.case, done.version)) {
            let what =
                format!("command {number} ({:?} by {}) was answered {done:?}, and is not there", sent.act, sent.by);
            return Err(What(Invariant::Lost, what).into());
        }
    }
    let told: BTreeSet<(CaseId, u32)> = ledger.acknowledged().map(|(_, _, done)| (done.case, done.version)).collect();
    let last = entries
        .iter()
        .rposition(|entry| matches!(entry.about, About::Case { case, version, .. } if told.contains(&(case, version))));
    acknowledged.reach(&entries, last.map_or(0, |place| place + 1));
    Ok(())
}

fn compare(engine: &Engine, store: &Watched, fold: &mut Fold, ledger: &Ledger) -> Result<(), Failed> {
    compare_cases(engine, fold)?;
    compare_work(engine, fold)?;
    for (register, given) in &fold.numbers {
        let shown = engine.register(register)?;
        let mut shown: Vec<_> =
            shown.into_iter().map(|entry| (entry.year, entry.number, entry.text, entry.case)).collect();
        let mut given = given.clone();
        shown.sort();
        given.sort();
        if shown != given {
            let what = format!("register `{register}` shows {shown:?}, and the record has {given:?}");
            return Err(What(Invariant::Register, what).into());
        }
    }
    let keyed = ledger.acknowledged().filter_map(|(_, sent, done)| Some((sent, done, sent.key.as_ref()?)));
    let keyed: Vec<_> = keyed.collect();
    for (sent, done, key) in keyed.into_iter().rev().take(KEYS) {
        let found = store.find_key(scope_of(&sent.act), key)?;
        let is_it = found.is_some_and(
            |entry| matches!(entry.about, About::Case { case, version, .. } if (case, version) == (done.case, done.version)),
        );
        if !is_it {
            return Err(What(Invariant::Lost, format!("key {key} does not lead to {done:?}")).into());
        }
    }
    Ok(())
}

/// Each entry is chained as it was committed, and the heads from before are still on the way.
fn compare_chain(engine: &Engine, acknowledged: &Acknowledged) -> Result<(), Failed> {
    let audit = engine.verify_audit(&acknowledged.heads)?;
    if audit.is_sound() {
        return Ok(());
    }
    let findings: Vec<String> = audit.findings.iter().map(|finding| finding.explain(Language::English)).collect();
    Err(What(Invariant::Chain, findings.join(" ")).into())
}

/// The engine's cases are those of the fold, in the same state, with the same history.
fn compare_cases(engine: &Engine, fold: &Fold) -> Result<(), Failed> {
    let live: Vec<CaseId> = fold.cases.iter().filter(|(_, folded)| folded.is_live()).map(|(case, _)| *case).collect();
    if engine.cases() != live {
        return Err(at_odds(format!("the engine has cases {:?}, and the fold {live:?}", engine.cases())).into());
    }
    for (case, folded) in &fold.cases {
        let Some(view) = engine.case(*case)? else {
            return Err(at_odds(format!("the engine has no case {case}")).into());
        };
        let shown: Vec<u32> = view.waits.iter().map(|wait| wait.wait.wait).collect();
        let waits: Vec<u32> = folded.state.waits().iter().map(|wait| wait.number()).collect();
        let state = &folded.state;
        if (view.version, view.status, &shown) != (folded.version, state.status(), &waits) {
            let what = format!(
                "case {case} is shown with {} entries, {:?}, waits {shown:?}; folded it has {}, {:?}, {waits:?}",
                view.version,
                view.status,
                folded.version,
                state.status()
            );
            return Err(at_odds(what).into());
        }
        if engine.history(*case)?.len() != folded.entries.len() {
            return Err(at_odds(format!("the history of case {case} is not its entries")).into());
        }
    }
    Ok(())
}

/// Everybody's work list is what the fold says that they may do.
fn compare_work(engine: &Engine, fold: &mut Fold) -> Result<(), Failed> {
    let now = engine.now();
    let people: Vec<PersonId> = fold.people.iter().map(|(_, person)| person.clone()).collect();
    let mut expected: Vec<Vec<WorkKey>> = vec![Vec::new(); people.len()];
    let mut in_order = true;
    let running: Vec<CaseId> = fold
        .cases
        .iter()
        .filter(|(_, folded)| folded.state.status() == Status::Running)
        .map(|(case, _)| *case)
        .collect();
    for case in running {
        let Some(process) = fold.cases.get(&case).map(|folded| folded.process.clone()) else { continue };
        let staffing = fold.staffing(&process).clone();
        let Some((folded, world)) = fold.cases.get(&case).zip(fold.world(&staffing)) else { continue };
        // A case that was not told of a calendar yet stands where the one before had it.
        in_order &= folded.state.calendar() == world.calendar.revision();
        for wait in folded.state.waits() {
            let key = WorkKey::new(due_of(&process, &world, &folded.state, wait), case, wait.number());
            let roles = acting_roles(&process, wait);
            for ((person, _), list) in fold.people.iter().zip(&mut expected) {
                let by_post = roles.iter().any(|(role, bound)| staffing.find(*role, *bound, person, now).is_some());
                let asks = folded.state.requester() == Some(person)
                    && roles.iter().any(|(role, _)| process.roles().get(*role).is_some_and(|spec| spec.requester));
                if by_post || asks || wait.delegate() == Some(person) {
                    list.push(key);
                }
            }
        }
    }
    let place = |key: &WorkKey| WaitRef { case: key.case(), wait: key.wait() };
    for (person, mut expected) in people.iter().zip(expected) {
        expected.sort();
        let mut shown: Vec<WaitRef> = engine.worklist(person)?.iter().map(|item| item.wait).collect();
        let mut expected: Vec<WaitRef> = expected.iter().map(place).collect();
        if !in_order {
            shown.sort();
            expected.sort();
        }
        if shown != expected {
            return Err(at_odds(format!("{person} is shown {shown:?}, and has to do {expected:?}")).into());
        }
    }
    Ok(())
}

/// After everything that is due by an instant was done, nothing is.
///
/// # Errors
/// What is.
pub(super) fn nothing_is_due(until: Instant, fold: &mut Fold) -> Result<(), What> {
    let late = fold.overdue(until);
    if late.is_empty() {
        return Ok(());
    }
    Err(What(Invariant::Rung, format!("everything due by {until} was done, and of cases {late:?} something is")))
}
