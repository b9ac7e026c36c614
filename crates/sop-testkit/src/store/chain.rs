//! S13 and S14: the chain of hashes, and entries that say less.

use sop_engine::audit::{Chain, Chained};
use sop_engine::core::case::{Event, Named, RECORD_VERSION, Record, Salt};
use sop_engine::core::definition::{DefinitionId, PersonId};
use sop_engine::store::{
    About, Batch, Body, CaseId, Checkpoint, Entry, Fingerprint, NewEntry, Position, Rewritten, Scope, Store, StoreError,
};

use super::entries::{batch, entry, everything, key, keyed};
use super::lists::at;
use super::{Backend, End, Otherwise, Told, error_of, holds, same};

/// What a secret is in the stories: found nowhere by accident.
pub const SECRET: &str = "0812-555-0177 Wulan";

/// Tells whether the store chains, by the first entry that it has.
fn chains(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.entry(Position(1))?.is_some_and(|entry| entry.chained.is_some()))
}

/// Checks that all entries are chained as they are to be.
fn check(store: &dyn Store) -> Result<Vec<Chained>, Otherwise> {
    let mut chain = Chain::new();
    let mut wrong = None;
    let mut all = Vec::new();
    store.scan(Position(0), &mut |entry| {
        let expected = chain.take_entry(&entry)?;
        all.push(expected);
        if entry.chained != Some(expected) && wrong.is_none() {
            wrong =
                Some(format!("entry {} is chained as {:?}, and should be {expected:?}", entry.position, entry.chained));
        }
        Ok(())
    })?;
    match wrong {
        Some(wrong) => Err(Otherwise(wrong)),
        None => Ok(all),
    }
}

fn deployment(text: &str) -> NewEntry {
    NewEntry { about: About::Deployment, key: None, body: Body::from_json(text.as_bytes()) }
}

pub(super) fn each_entry_goes_back_to_the_one_before(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch([deployment(r#"{"number":1}"#), entry(1, 1), entry(2, 1), entry(1, 2)]))?;
    if !chains(&*store)? {
        return Ok(End::Lacks("chain"));
    }
    store.append(batch([entry(2, 2)]))?;
    drop(error_of("a batch that does not follow", store.append(batch([deployment("{}"), entry(3, 1), entry(1, 2)])))?);
    same("how many links there are", check(&*store)?.len(), 5)?;
    for version in 3..=12 {
        drop(store);
        store = backend.open()?;
        let own = keyed(1, version, Scope::Case(CaseId(1)), &key(&format!("k{version}"))?);
        let more = deployment(&format!(r#"{{"number":{version}}}"#));
        store.append(batch([own, more, entry(2, version), entry(u64::from(version) + 10, 1)]))?;
        check(&*store)?;
    }
    same(
        "a link by its place",
        store.entry(Position(7))?.and_then(|entry| entry.chained),
        check(&*store)?.get(6).copied(),
    )?;
    let by_history: Vec<_> = store.history(CaseId(2))?.iter().map(|entry| entry.chained.is_some()).collect();
    same("the links of a history", by_history, vec![true; 12])?;
    Ok(End::Kept)
}

/// An entry of a case that says something personal, and the same without it.
fn personal(case: u64, version: u32, text: &str) -> Result<(NewEntry, Body), Otherwise> {
    let said = |error: &dyn std::fmt::Display| Otherwise(error.to_string());
    let by = PersonId::new("wulan").map_err(|error| said(&error))?;
    let definition = DefinitionId::new("cerita").map_err(|error| said(&error))?;
    let events = vec![Event::<Named>::Commented { by, text: text.into() }, Event::Finished];
    let mut record = Record { v: RECORD_VERSION, definition, at: at(0)?, events, covers: Vec::new(), archived: None };
    let mark = version.to_le_bytes().first().copied().unwrap_or(0);
    record.cover(|_| Salt([mark; 16]));
    let json = |record: &Record| serde_json::to_vec(record).map_err(|error| said(&error));
    let whole = json(&record)?;
    record.erase(|_| true).map_err(|error| said(&error))?;
    let about = keyed(case, version, Scope::Case(CaseId(case)), &key(&format!("k{version}"))?);
    Ok((NewEntry { body: Body::from_json(whole), ..about }, Body::from_json(json(&record)?)))
}

fn says(store: &dyn Store, secret: &str) -> Result<bool, StoreError> {
    Ok(everything(store)?.iter().any(|said| said.contains(secret)))
}

pub(super) fn an_entry_can_say_less_and_is_chained_as_before(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let long = format!("{SECRET} {}", "panjang sekali ".repeat(3_000));
    let ((first, first_less), (second, second_less)) = (personal(1, 1, SECRET)?, personal(1, 2, &long)?);
    store.append(batch([deployment(r#"{"number":1}"#), first, second, entry(2, 1)]))?;
    store.append(batch((3..200).map(|version| entry(1, version))))?;
    store.save_checkpoint(Checkpoint { position: Position(4), content: SECRET.as_bytes().to_vec() })?;
    holds("what was written is read", says(&*store, SECRET)?)?;
    let before: Vec<_> = if chains(&*store)? { check(&*store)? } else { Vec::new() };
    let less = |place, body| Rewritten { at: Position(place), body, forgets_command: place == 2 };
    let rewritten = vec![less(2, first_less), less(3, second_less)];
    let shows = entry(1, 200);
    store.append(Batch { rewritten, after: Some(Position(201)), ..batch([shows]) })?;
    for _ in 0..2 {
        holds("what was erased is not read any more", !says(&*store, SECRET)?)?;
        let command = |entry: Option<Entry>| entry.and_then(|entry| entry.key).map(|used| used.command);
        for (place, text) in [(2, "k1"), (3, "k2")] {
            let by_place = command(store.entry(Position(place))?);
            let expected = if place == 2 { Fingerprint::THROWN_AWAY } else { Fingerprint([2; 16]) };
            same("the fingerprint of a command", by_place, Some(expected))?;
            let by_key = store.find_key(Scope::Case(CaseId(1)), &key(text)?)?;
            same("a key", by_key.as_ref().map(|entry| entry.position), Some(Position(place)))?;
            same("the fingerprint that a key leads to", command(by_key), Some(expected))?;
        }
        same("the checkpoint", store.load_checkpoint()?, None)?;
        same("how long the history is", store.history(CaseId(1))?.len(), 200)?;
        if !before.is_empty() {
            let after = check(&*store)?;
            same("the chain", after.get(..before.len()), Some(before.as_slice()))?;
        }
        drop(store);
        store = backend.open()?;
    }
    Ok(End::Kept)
}

pub(super) fn what_would_break_the_chain_is_refused(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let (first, _) = personal(1, 1, SECRET)?;
    let (_, other) = personal(1, 1, "lain")?;
    store.append(batch([deployment(r#"{"number":1}"#), first, entry(1, 2)]))?;
    if !chains(&*store)? {
        return Ok(End::Lacks("chain"));
    }
    let before = everything(&*store)?;
    let doctored = [
        ("another remark, erased", 2, other),
        ("nothing", 3, Body::from_json(*b"{}")),
        ("a deployment", 1, Body::from_json(*br#"{"number":2}"#)),
        ("a deployment as it is", 1, Body::from_json(*br#"{"number":1}"#)),
    ];
    for (what, place, body) in doctored {
        let rewritten = vec![Rewritten { at: Position(place), body, forgets_command: true }];
        let refused = error_of(what, store.append(Batch { rewritten, ..batch([entry(1, 3)]) }))?;
        holds(format!("{what} is damage: {refused:?}"), refused.is_damaged())?;
        same("the log after a refusal", everything(&*store)?, before.clone())?;
    }
    let rewritten = vec![Rewritten { at: Position(9), body: Body::from_json(*b"{}"), forgets_command: true }];
    drop(error_of("an entry that is not there", store.append(Batch { rewritten, ..batch([entry(1, 3)]) }))?);
    same("what follows", store.append(batch([entry(1, 3)]))?, Position(4))?;
    check(&*store)?;
    Ok(End::Kept)
}
