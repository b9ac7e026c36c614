//! Random acts on a store, beside the simplest store there could be.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use sop_engine::index::{Alarm, IndexChange, WorkKey};
use sop_engine::store::{Batch, CaseId, Position, Scope, Store};

use super::entries::{entry, everything, history, key, keyed, one};
use super::lists::{at, queue};
use super::model::Model;
use super::{Backend, End, Otherwise, Told, holds, same};

/// What is done to a store.
#[derive(Debug, Clone)]
pub enum Act {
    /// A batch: of each entry the case, whether its version is one that does not follow, and under which key, if any.
    Append {
        /// The entries.
        entries: Vec<(u8, bool, Option<u8>)>,
        /// How far the writer is off with the place that it knows of; none: it names no place.
        after: Option<i8>,
        /// What changes in the lists: enter or leave, which queue, when due, which case.
        changes: Vec<(bool, u8, Option<i8>, u8)>,
    },
    /// The store is closed and opened.
    Reopen,
    /// The program ends without closing it, where the backend can show what is found then.
    Crash,
}

/// Acts, of which most are accepted.
pub fn acts() -> impl Strategy<Value = Vec<Act>> {
    let entry = (0..5_u8, prop::bool::weighted(0.04), prop::option::weighted(0.5, 0..6_u8));
    let change = (prop::bool::weighted(0.7), 0..6_u8, prop::option::weighted(0.8, -3..20_i8), 0..5_u8);
    let after = prop_oneof![6 => Just(Some(0)), 3 => Just(None), 1 => (-2..3_i8).prop_map(Some)];
    let append = (prop::collection::vec(entry, 0..7), after, prop::collection::vec(change, 0..6));
    let act = prop_oneof![
        8 => append.prop_map(|(entries, after, changes)| Act::Append { entries, after, changes }),
        1 => Just(Act::Reopen),
        1 => Just(Act::Crash),
    ];
    prop::collection::vec(act, 1..24)
}

/// How many stories of acts are told; `PROPTEST_CASES` asks for more, and then they are other ones each time.
const STORIES: u32 = 64;

pub(super) fn try_on<B: Backend>(fresh: &impl Fn() -> B) -> Told {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config { cases: asked.unwrap_or(STORIES), failure_persistence: None, ..Config::default() };
    let mut runner = match asked {
        Some(_) => TestRunner::new(config),
        // The same ones each time, so that what was green stays so.
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let run = runner.run(&acts(), |acts| play(&fresh(), &acts).map_err(|Otherwise(what)| TestCaseError::fail(what)));
    match run {
        Ok(()) => Ok(End::Kept),
        Err(TestError::Fail(why, acts)) => Err(Otherwise(format!("{why}\n  after {acts:?}"))),
        Err(TestError::Abort(why)) => Err(Otherwise(why.to_string())),
    }
}

/// Plays acts on a backend and on the model, and compares all that can be asked.
fn play(backend: &dyn Backend, acts: &[Act]) -> Result<(), Otherwise> {
    let mut crashed: Option<Box<dyn Backend>> = None;
    let mut store = backend.open()?;
    let mut model = Model::default();
    for act in acts {
        match act {
            Act::Append { entries, after, changes } => {
                let batch = written(&model, entries, *after, changes)?;
                let continues = model.continues(&batch);
                match store.append(batch.clone()) {
                    Ok(last) => {
                        holds(format!("a batch that does not follow was accepted: {act:?}"), continues)?;
                        model.take(batch)?;
                        same("the place of the last entry", last, model.last())?;
                    }
                    Err(error) => {
                        holds(format!("a batch that follows was refused: {error:?}"), !continues)?;
                        holds(format!("a batch that does not follow is a conflict: {error:?}"), error.is_conflict())?;
                    }
                }
            }
            Act::Reopen => {
                drop(store);
                store = crashed.as_deref().unwrap_or(backend).open()?;
                store.reindex(&model.lists());
            }
            Act::Crash => {
                let Some(found) = crashed.as_deref().unwrap_or(backend).crash() else { continue };
                drop(store);
                store = found.open()?;
                store.reindex(&model.lists());
                crashed = Some(found);
            }
        }
        same("the last place", store.last()?, model.last())?;
    }
    compare(&*store, &model)
}

/// A batch as the act says, continuing what the model has.
fn written(
    model: &Model,
    entries: &[(u8, bool, Option<u8>)],
    after: Option<i8>,
    changes: &[(bool, u8, Option<i8>, u8)],
) -> Result<Batch, Otherwise> {
    let mut versions = model.versions.clone();
    let mut batch = Batch::default();
    let mut fresh = model.log.len();
    for (case, is_wrong, named) in entries {
        let id = CaseId(u64::from(*case) + 1);
        let version = versions.entry(id).or_default();
        *version += 1;
        let version = *version + u32::from(*is_wrong);
        fresh += 1;
        batch.entries.push(match named {
            // A key is used once in its scope, as by an engine: the place makes it another.
            Some(name) if name % 2 == 0 => keyed(id.0, version, Scope::Store, &key(&format!("k{name} {fresh}"))?),
            Some(name) => keyed(id.0, version, Scope::Case(id), &key(&format!("k{name} {fresh}"))?),
            None => entry(id.0, version),
        });
    }
    batch.after = after.map(|off| Position(model.last().0.saturating_add_signed(i64::from(off))));
    for (enters, number, due, case) in changes {
        let due = due.map(|due| at(i64::from(due))).transpose()?;
        let (queue, case) = (queue(u32::from(*number) + 1)?, CaseId(u64::from(*case) + 1));
        let wait = WorkKey::new(due, case, 1);
        batch.changes.push(if *enters { IndexChange::Enter(queue, wait) } else { IndexChange::Leave(queue, wait) });
        if let Some(at) = due {
            let alarm = Alarm { at, case };
            batch.changes.push(if *enters { IndexChange::Set(alarm) } else { IndexChange::Clear(alarm) });
        }
    }
    Ok(batch)
}

fn compare(store: &dyn Store, model: &Model) -> Result<(), Otherwise> {
    same("the log", everything(store)?, model.everything())?;
    for case in 0..7 {
        let own = model.history(case);
        same(format!("the history of case {case}"), history(store, case)?, own.clone())?;
        same(format!("the opening of case {case}"), one(store.opening(CaseId(case))?)?, own.first().cloned())?;
    }
    for (kept, place) in model.log.iter().zip(1..) {
        same("an entry", one(store.entry(Position(place))?)?, Some(kept.said.clone()))?;
        let Some(used) = &kept.key else { continue };
        let found = one(store.find_key(used.scope, &used.key)?)?;
        same(format!("the entry of {used:?}"), found, Some(kept.said.clone()))?;
        let elsewhere = match used.scope {
            Scope::Store => Scope::Case(CaseId(1)),
            Scope::Case(_) => Scope::Store,
        };
        same("the key in another scope", one(store.find_key(elsewhere, &used.key)?)?, None)?;
    }
    let queues = (1..7).map(queue).collect::<Result<Vec<_>, _>>()?;
    for (first, last, limit) in [(0, 6, usize::MAX), (0, 6, 3), (1, 3, usize::MAX), (4, 5, 2)] {
        let asked = queues.get(first..last).unwrap_or_default();
        let expected = model.work(asked, None, limit);
        same("the work of some queues", store.work(asked, None, limit)?, expected.clone())?;
        let after = expected.first().copied();
        same("the work after the first", store.work(asked, after, limit)?, model.work(asked, after, limit))?;
    }
    for (until, limit) in [(-4, 9), (-1, 9), (5, usize::MAX), (19, usize::MAX), (19, 2)] {
        same(format!("what is due by {until}"), store.due(at(until)?, limit)?, model.due(at(until)?, limit))?;
    }
    same("what falls due next", store.next_due()?, model.alarms.first().map(|alarm| alarm.at))
}
