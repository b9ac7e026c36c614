//! S9 to S12: opening again, crashes, other writers, readers, and other layouts.

use std::thread;

use sop_engine::index::IndexChange;
use sop_engine::store::{Batch, CaseId, Checkpoint, Position, Scope, StoreError};

use super::entries::{batch, entry, everything, history, key, keyed, one};
use super::{Backend, End, Otherwise, Told, error_of, holds, same};

pub(super) fn what_was_acknowledged_is_there_when_opened_again(backend: &dyn Backend) -> Told {
    let mut said = Vec::new();
    for version in 1..=12 {
        let mut store = backend.open()?;
        same(format!("the log before entry {version}"), everything(&*store)?, said.clone())?;
        let keyed = keyed(1, version, Scope::Case(CaseId(1)), &key(&format!("k{version}"))?);
        store.append(batch([keyed, entry(2, version)]))?;
        said = everything(&*store)?;
        same("how many entries there are", said.len(), 2 * version as usize)?;
    }
    let store = backend.open()?;
    same("a history", history(&*store, 2)?.len(), 12)?;
    let found = store.find_key(Scope::Case(CaseId(1)), &key("k5")?)?.map(|entry| entry.position);
    same("a key", found, Some(Position(9)))?;
    Ok(End::Kept)
}

pub(super) fn a_crash_takes_nothing_that_was_acknowledged(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    for version in 1..=12 {
        store.append(batch([keyed(1, version, Scope::Store, &key(&format!("k{version}"))?), entry(2, version)]))?;
        let Some(crashed) = backend.crash() else { return Ok(End::Lacks("crashes")) };
        let mut found = crashed.open()?;
        same(format!("the log after a crash with {version} batches"), everything(&*found)?, everything(&*store)?)?;
        let used = found.find_key(Scope::Store, &key(&format!("k{version}"))?)?.map(|entry| entry.position);
        same("the last key", used, Some(Position(u64::from(version) * 2 - 1)))?;
        same("what follows", found.append(batch([entry(1, version + 1)]))?, Position(u64::from(version) * 2 + 1))?;
    }
    Ok(End::Kept)
}

/// Writers that open, look and append for all they are worth: whoever is let in finds what was acknowledged, and
/// whoever is behind is told so.
pub(super) fn writers_keep_out_of_each_others_way(backend: &dyn Backend) -> Told {
    const WRITERS: u64 = 4;
    const EACH: u32 = 12;
    const ATTEMPTS: u32 = 1_000_000;
    const CONFLICTS: u32 = 10_000;
    // While one has the store open, another is kept out, or is told at the latest when it writes.
    let mut first = backend.open()?;
    match backend.open() {
        Err(error) => holds(format!("a second writer is told that the store is locked: {error:?}"), error.is_locked())?,
        Ok(mut second) => {
            first.append(batch([entry(100, 1)]))?;
            let stale = Batch { after: Some(Position(0)), ..batch([entry(101, 1)]) };
            let error = error_of("a writer that does not know of another's entry", second.append(stale))?;
            holds(format!("it is a conflict: {error:?}"), error.is_conflict())?;
            let same_case = error_of("the same entry of another writer", second.append(batch([entry(100, 1)])))?;
            holds(format!("it is a conflict: {same_case:?}"), same_case.is_conflict())?;
        }
    }
    let before = first.last()?;
    drop(first);

    let write = |case: u64| -> Result<(), Otherwise> {
        let mut version = 1;
        // Where each has its turn now and then, this is out of reach.
        let mut conflicts = 0;
        for _ in 0..ATTEMPTS {
            if version > EACH {
                return Ok(());
            }
            holds("a writer that has just looked is told each time that it is behind", conflicts < CONFLICTS)?;
            let mut store = match backend.open() {
                Err(error) if error.is_locked() => {
                    thread::yield_now();
                    continue;
                }
                opened => opened?,
            };
            let known = store.last()?;
            // One entry of its own, and one of a case that all of them write to.
            let shared = u32::try_from(store.history(CaseId(50))?.len()).unwrap_or(u32::MAX) + 1;
            let entries = vec![entry(case, version), entry(50, shared)];
            match store.append(Batch { after: Some(known), entries, ..Batch::default() }) {
                Ok(_) => version += 1,
                Err(error) if error.is_conflict() => conflicts += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Otherwise(format!("a writer was kept out {ATTEMPTS} times")))
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (1..=WRITERS).map(|case| scope.spawn(move || write(case))).collect();
        let ended = |writer: thread::ScopedJoinHandle<'_, Result<(), Otherwise>>| {
            writer.join().unwrap_or_else(|_| Err(Otherwise("a writer panicked".to_owned())))
        };
        writers.into_iter().map(ended).collect::<Result<Vec<()>, Otherwise>>()
    })?;

    let store = backend.open()?;
    let written = 2 * WRITERS * u64::from(EACH);
    same("how many entries there are", store.last()?, Position(before.0 + written))?;
    same("the whole log", everything(&*store)?.len() as u64, before.0 + written)?;
    for case in 1..=WRITERS {
        same(format!("the history of writer {case}"), history(&*store, case)?.len(), EACH as usize)?;
    }
    same("the history that all write to", history(&*store, 50)?.len() as u64, WRITERS * u64::from(EACH))?;
    Ok(End::Kept)
}

pub(super) fn a_reader_sees_commits_and_writes_nothing(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch([entry(1, 1)]))?;
    let Some(reader) = backend.open_to_read() else { return Ok(End::Lacks("reads")) };
    let mut reader = reader?;
    holds("a reader says that it is one", reader.is_read_only() && !store.is_read_only())?;
    for version in 2..=30 {
        store.append(batch([keyed(1, version, Scope::Case(CaseId(1)), &key(&format!("k{version}"))?)]))?;
        if version % 4 != 0 {
            continue;
        }
        same("the last place", reader.last()?, Position(u64::from(version)))?;
        same("the log", everything(&*reader)?, everything(&*store)?)?;
        same("a history", history(&*reader, 1)?, history(&*store, 1)?)?;
        let found = reader.find_key(Scope::Case(CaseId(1)), &key(&format!("k{version}"))?)?;
        same("a key", one(found)?, one(store.entry(Position(u64::from(version)))?)?)?;
    }
    let refused = error_of("a reader that writes", reader.append(batch([entry(1, 31)])))?;
    holds(format!("it is told that it may only read: {refused:?}"), refused.is_read_only())?;
    let checkpoint = Checkpoint { position: Position(1), content: Vec::new() };
    let refused = error_of("a reader that keeps a checkpoint", reader.save_checkpoint(checkpoint))?;
    holds(format!("it is told that it may only read: {refused:?}"), refused.is_read_only())?;
    // Its lists are what it is told.
    let alarm = sop_engine::index::Alarm { at: super::lists::at(5)?, case: CaseId(1) };
    reader.reindex(&[IndexChange::Set(alarm)]);
    same("a reader's alarms", reader.next_due()?, Some(alarm.at))?;
    same("how many entries there are", store.last()?, Position(30))?;
    Ok(End::Kept)
}

pub(super) fn other_layouts_are_brought_up_or_refused(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch([entry(1, 1)]))?;
    drop(store);
    if !backend.make_later() {
        return Ok(End::Lacks("later"));
    }
    // Twice, since the first attempt must not have changed it.
    for _ in 0..2 {
        let error: StoreError = error_of("a store that a later program wrote", backend.open())?;
        holds(format!("it is not guessed at: {error:?}"), error.is_damaged())?;
        holds(format!("it is said that the program is too old: {error}"), error.to_string().contains("version"))?;
    }
    Ok(End::Kept)
}

pub(super) fn an_earlier_layout_is_brought_up(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch([keyed(1, 1, Scope::Store, &key("k")?), entry(1, 2), entry(2, 1)]))?;
    let log = everything(&*store)?;
    drop(store);
    if !backend.make_earlier() {
        return Ok(End::Lacks("earlier"));
    }
    for _ in 0..2 {
        let store = backend.open()?;
        same("the log that was brought up", everything(&*store)?, log.clone())?;
        same("a history", history(&*store, 1)?.len(), 2)?;
        let found = store.find_key(Scope::Store, &key("k")?)?.map(|entry| entry.position);
        same("a key", found, Some(Position(1)))?;
    }
    same("what follows", backend.open()?.append(batch([entry(1, 3)]))?, Position(4))?;
    Ok(End::Kept)
}
