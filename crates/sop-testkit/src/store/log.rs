//! S1 to S5: the log.

use sop_engine::index::{Alarm, IndexChange};
use sop_engine::store::{About, Batch, Body, CaseId, NewEntry, Position, Scope, StoreError, blob_hash};

use super::entries::{after, batch, entry, everything, history, key, keyed, one};
use super::lists::at;
use super::{Backend, End, Told, error_of, holds, same};

pub(super) fn a_batch_is_written_wholly(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    same("the last place of an empty store", store.last()?, Position(0))?;
    same("what is in an empty store", everything(&*store)?, Vec::new())?;
    let deployment = NewEntry { about: About::Deployment, key: None, body: Body::from_json(*b"{}") };
    let written = batch([deployment, entry(7, 1), entry(8, 1), entry(7, 2)]);
    let text: &[u8] = b"teks";
    let alarm = Alarm { at: at(5)?, case: CaseId(7) };
    let batch = Batch { blobs: vec![text.into()], changes: vec![IndexChange::Set(alarm)], ..written };
    same("the place of the last entry", store.append(batch)?, Position(4))?;
    same("the last place", store.last()?, Position(4))?;
    same("how many entries there are", everything(&*store)?.len(), 4)?;
    same("the text", store.blob(&blob_hash(text))?, Some(text.to_vec()))?;
    same("what falls due", store.next_due()?, Some(at(5)?))?;
    same("an empty batch", store.append(Batch::default())?, Position(4))?;
    Ok(End::Kept)
}

pub(super) fn a_refused_batch_leaves_no_trace(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch([entry(1, 1)]))?;
    let before = everything(&*store)?;
    let text: &[u8] = b"teks";
    // The last of three does not follow: the two before it must not be there either.
    let refused = Batch {
        blobs: vec![text.into()],
        entries: vec![entry(1, 2), keyed(2, 1, Scope::Store, &key("k")?), entry(3, 2)],
        changes: vec![IndexChange::Set(Alarm { at: at(5)?, case: CaseId(1) })],
        ..Batch::default()
    };
    let error = error_of("a version too many", store.append(refused))?;
    holds(format!("a conflict is one: {error:?}"), error.is_conflict())?;
    same("the log after a refusal", everything(&*store)?, before)?;
    same("the last place after a refusal", store.last()?, Position(1))?;
    same("a history after a refusal", history(&*store, 1)?.len(), 1)?;
    same("a case after a refusal", one(store.opening(CaseId(2))?)?, None)?;
    same("a key after a refusal", one(store.find_key(Scope::Store, &key("k")?)?)?, None)?;
    same("a text after a refusal", store.blob(&blob_hash(text))?, None)?;
    same("an alarm after a refusal", store.next_due()?, None)?;
    // And nothing of it stands in the way.
    same("what follows", store.append(batch([entry(1, 2), entry(2, 1), entry(3, 1)]))?, Position(4))?;
    Ok(End::Kept)
}

pub(super) fn a_batch_is_told_once_and_when_it_is_written(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let mut told = 0;
    let last = store.append_and_tell(batch([entry(1, 1), entry(2, 1)]), &mut || told += 1)?;
    same("the place of the last entry", last, Position(2))?;
    same("how often two entries are told", told, 1)?;
    let last = store.append_and_tell(Batch::default(), &mut || told += 1)?;
    same("the place after an empty batch", (last, told), (Position(2), 2))?;
    let refused = store.append_and_tell(batch([entry(1, 2), entry(2, 3)]), &mut || told += 1);
    let error = error_of("a version too many", refused)?;
    holds(format!("a conflict is one: {error:?}"), error.is_conflict())?;
    same("how often a refused batch is told", told, 2)?;
    same("the last place", (store.last()?, everything(&*store)?.len()), (Position(2), 2))?;
    Ok(End::Kept)
}

pub(super) fn versions_continue_or_conflict(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch([entry(1, 1), entry(1, 2)]))?;
    for (case, version) in [(1, 0), (1, 1), (1, 2), (1, 4), (2, 0), (2, 2)] {
        let what = format!("entry {version} of case {case}");
        let error = error_of(&what, store.append(batch([entry(case, version)])))?;
        holds(format!("{what} is a conflict: {error:?}"), error.is_conflict())?;
    }
    same("entry 3", store.append(batch([entry(1, 3)]))?, Position(3))?;
    let largest = i64::MAX.cast_unsigned();
    same("the case with the highest number", store.append(batch([entry(largest, 1)]))?, Position(4))?;
    same("its history", history(&*store, largest)?.len(), 1)?;
    Ok(End::Kept)
}

pub(super) fn a_batch_continues_itself(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let many = (1..=50).flat_map(|version| [entry(1, version), entry(2, version)]);
    same("fifty entries of two cases in turn", store.append(batch(many))?, Position(100))?;
    for wrong in [vec![entry(1, 51), entry(1, 51)], vec![entry(1, 51), entry(1, 53)], vec![entry(3, 1), entry(1, 50)]] {
        let error = error_of("a batch that does not continue itself", store.append(batch(wrong)))?;
        holds(format!("it is a conflict: {error:?}"), error.is_conflict())?;
    }
    same("the last place", store.last()?, Position(100))?;
    Ok(End::Kept)
}

pub(super) fn a_writer_that_is_behind_conflicts(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch([entry(1, 1), entry(1, 2)]))?;
    for place in [0, 1, 3] {
        let stale = Batch { after: Some(Position(place)), ..batch([entry(2, 1)]) };
        let error = error_of(format!("a batch after place {place} of 2"), store.append(stale))?;
        holds(format!("it is a conflict: {error:?}"), error.is_conflict())?;
    }
    let current = Batch { after: Some(Position(2)), ..batch([entry(2, 1)]) };
    same("a batch after the last place", store.append(current)?, Position(3))?;
    Ok(End::Kept)
}

pub(super) fn places_have_no_gaps(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    for version in 1..=20 {
        same("the place", store.append(batch([entry(1, version)]))?, Position(u64::from(version)))?;
        drop(store.append(batch([entry(1, version)])));
    }
    let all = everything(&*store)?;
    for (place, said) in (1..).zip(&all) {
        holds(format!("entry {place} is at its place: {said}"), said.starts_with(&format!("{place} ")))?;
        same("an entry by its place", one(store.entry(Position(place))?)?, Some(said.clone()))?;
    }
    same("how many entries there are", all.len(), 20)?;
    for place in [0, 21, u64::MAX] {
        same(format!("the entry at {place}"), one(store.entry(Position(place))?)?, None)?;
    }
    Ok(End::Kept)
}

pub(super) fn a_scan_begins_and_stops_where_it_is_told(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch((1..=9).map(|version| entry(1, version))))?;
    let all = everything(&*store)?;
    for place in [0, 1, 8, 9, 10, i64::MAX.cast_unsigned()] {
        let rest: Vec<String> = all.iter().skip(usize::try_from(place).unwrap_or(usize::MAX)).cloned().collect();
        same(format!("the log after place {place}"), after(&*store, Position(place))?, rest)?;
    }
    let mut seen = 0;
    let stopped = store.scan(Position(2), &mut |entry| {
        seen += 1;
        // A visitor may ask the store.
        if one(store.entry(entry.position)?)? == one(Some(entry))? && seen < 3 {
            return Ok(());
        }
        Err(StoreError::unavailable("enough"))
    });
    let error = error_of("a visitor that has seen enough", stopped)?;
    same("the visitor's error", error.to_string(), "enough".to_owned())?;
    same("what it has seen", seen, 3)?;
    Ok(End::Kept)
}

pub(super) fn histories_are_the_cases_own(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    store.append(batch([entry(1, 1), entry(2, 1), entry(1, 2)]))?;
    store.append(batch([entry(2, 2), entry(3, 1), entry(1, 3)]))?;
    let all = everything(&*store)?;
    for (case, places) in [(1, vec![0, 2, 5]), (2, vec![1, 3]), (3, vec![4]), (4, vec![])] {
        let own: Vec<String> = places.iter().filter_map(|place: &usize| all.get(*place).cloned()).collect();
        same(format!("the history of case {case}"), history(&*store, case)?, own.clone())?;
        same(format!("the opening of case {case}"), one(store.opening(CaseId(case))?)?, own.first().cloned())?;
    }
    Ok(End::Kept)
}

pub(super) fn long_histories_are_whole(backend: &dyn Backend) -> Told {
    const LONG: u32 = 10_000;
    let mut store = backend.open()?;
    for first in (1..=LONG).step_by(250) {
        store.append(batch(
            (first..first + 250).flat_map(|version| [entry(1, version), entry(u64::from(version) + 1, 1)]),
        ))?;
    }
    drop(store);
    let store = backend.open()?;
    let history = store.history(CaseId(1))?;
    same("the length of a long history", history.len(), LONG as usize)?;
    let is_own = |(entry, expected): (&sop_engine::store::Entry, u32)| matches!(entry.about, About::Case { case: CaseId(1), version, .. } if version == expected);
    holds("a long history is in order", history.iter().zip(1..).all(is_own))?;
    same("the last place", store.last()?, Position(2 * u64::from(LONG)))?;
    same("one of ten thousand others", self::history(&*store, 5_000)?.len(), 1)?;
    Ok(End::Kept)
}

pub(super) fn bodies_come_back_byte_for_byte(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let bodies = ["".to_owned(), "x".to_owned(), "é 🗂 \u{0} \" \\ \n".repeat(3), " ".repeat(3_000_000)];
    for (body, version) in bodies.iter().zip(1..) {
        let written = NewEntry { body: Body::from_json(body.clone().into_bytes()), ..entry(1, version) };
        store.append(batch([written]))?;
    }
    drop(store);
    for (entry, body) in backend.open()?.history(CaseId(1))?.iter().zip(&bodies) {
        holds(
            format!("a body of {} bytes came back otherwise", body.len()),
            entry.body.to_json()?.as_ref() == body.as_bytes(),
        )?;
    }
    Ok(End::Kept)
}
