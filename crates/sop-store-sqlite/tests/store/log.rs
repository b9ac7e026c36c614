//! What is written is read again: entries, histories, keys, texts, checkpoints.

use sop_engine::core::case::PersonIx;
use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{
    About, Batch, Body, CaseId, Checkpoint, Fingerprint, Key, KeyUse, NewEntry, Position, Scope, Store, blob_hash,
};
use sop_store_sqlite::{Durability, Options, SqliteStore};

use crate::stage::{batch, behind, entry, everything, folder, history, key, open, said};

/// Three cases, interleaved, with a deployment before.
fn fill(store: &mut SqliteStore) {
    let deployment = NewEntry { about: About::Deployment, key: None, body: Body::from_json(*b"{}") };
    store.append(batch([deployment])).unwrap();
    store.append(batch([entry(7, 1), entry(u64::MAX, 1)])).unwrap();
    store.append(batch([entry(7, 2)])).unwrap();
    store.append(batch([entry(0, 1), entry(7, 3), entry(7, 4), entry(u64::MAX, 2)])).unwrap();
}

fn check(store: &dyn Store) {
    assert_eq!(store.last().unwrap(), Position(8));
    let all = everything(store);
    assert_eq!(all.len(), 8);
    assert!(all[0].starts_with("1 Deployment None {}"), "{}", all[0]);
    for (at, said_then) in (1..).zip(&all) {
        assert_eq!(said(&store.entry(Position(at)).unwrap().unwrap()), *said_then);
    }
    assert!(store.entry(Position(0)).unwrap().is_none());
    assert!(store.entry(Position(9)).unwrap().is_none());
    for (case, places) in [(7, vec![2, 4, 6, 7]), (u64::MAX, vec![3, 8]), (0, vec![5]), (1, vec![])] {
        let of_case: Vec<_> = places.iter().map(|at| all[at - 1].clone()).collect();
        assert_eq!(history(store, case), of_case);
        assert_eq!(store.opening(CaseId(case)).unwrap().as_ref().map(said), of_case.first().cloned());
    }
    let found = store.find_key(Scope::Case(CaseId(7)), &key(7, 3)).unwrap().unwrap();
    assert_eq!((found.position, found.key.unwrap().command), (Position(6), Fingerprint([3; 16])));
    assert_eq!(store.find_key(Scope::Store, &key(0, 1)).unwrap().unwrap().position, Position(5));
    // The store's scope shares a number with case 0 and is another all the same.
    assert!(store.find_key(Scope::Case(CaseId(0)), &key(0, 1)).unwrap().is_none());
    assert!(store.find_key(Scope::Case(CaseId(7)), &key(7, 1)).unwrap().is_none());
    assert!(store.find_key(Scope::Case(CaseId(7)), &key(7, 5)).unwrap().is_none());
}

#[test]
fn what_is_written_is_read_whether_it_is_in_the_tail_or_behind() {
    for write_behind_after in [1, 2, 3, 5, 100] {
        let (_folder, path) = folder();
        let mut store = open(&path, write_behind_after);
        fill(&mut store);
        check(&store);
        store.close().unwrap();
        // All of it is behind now; reading it again and continuing it works the same.
        let mut store = open(&path, write_behind_after);
        check(&store);
        store.append(batch([entry(7, 5)])).unwrap();
        assert_eq!(history(&store, 7).len(), 5);
        drop(store);
        assert_eq!(history(&open(&path, write_behind_after), 7).len(), 5);
    }
}

#[test]
fn a_version_that_does_not_continue_is_a_conflict_and_nothing_is_written() {
    let (_folder, path) = folder();
    let mut store = open(&path, 2);
    fill(&mut store);
    let before = everything(&store);
    for wrong in [
        vec![entry(7, 4)],
        vec![entry(7, 6)],
        vec![entry(1, 2)],
        vec![entry(1, 0)],
        vec![entry(7, 5), entry(7, 5)],
        vec![entry(1, 1), entry(7, 5), entry(7, 7)],
    ] {
        let text = b"{}".as_slice().into();
        let error = store.append(Batch { blobs: vec![text], entries: wrong, ..Batch::default() }).unwrap_err();
        assert!(error.is_conflict(), "{error}");
    }
    assert_eq!(everything(&store), before);
    assert!(store.blob(&blob_hash(b"{}")).unwrap().is_none());
    check(&store);
    for after in [7, 9] {
        let stale = Batch { after: Some(Position(after)), ..batch([entry(7, 5)]) };
        let error = store.append(stale).unwrap_err();
        assert!(error.is_conflict() && error.to_string().contains("it ends with entry 8"), "{error}");
    }
    // What a refused batch said of case 1 is forgotten.
    let current = Batch { after: Some(Position(8)), ..batch([entry(1, 1), entry(7, 5)]) };
    assert_eq!(store.append(current).unwrap(), Position(10));
}

#[test]
fn an_entry_that_cannot_be_read_back_by_its_visitor_stops_the_scan() {
    let (_folder, path) = folder();
    let mut store = open(&path, 2);
    fill(&mut store);
    let mut seen = 0;
    let mut visit = |entry: sop_engine::store::Entry| {
        seen += 1;
        // The visitor may ask the store.
        assert_eq!(said(&store.entry(entry.position).unwrap().unwrap()), said(&entry));
        assert_eq!(store.history(CaseId(7)).unwrap().len(), 4);
        if entry.position == Position(6) { Err(sop_engine::store::StoreError::unavailable("enough")) } else { Ok(()) }
    };
    let error = store.scan(Position(3), &mut visit).unwrap_err();
    assert_eq!((error.to_string().as_str(), seen), ("enough", 3));
}

#[test]
fn the_newest_use_of_a_key_is_found() {
    let (_folder, path) = folder();
    let mut store = open(&path, 1);
    let mut again = entry(7, 2);
    again.key = entry(7, 1).key;
    store.append(batch([entry(7, 1)])).unwrap();
    store.append(batch([again])).unwrap();
    assert_eq!(store.find_key(Scope::Store, &key(7, 1)).unwrap().unwrap().position, Position(2));
}

#[test]
fn keys_and_bodies_of_every_size_and_letter_come_back() {
    let (_folder, path) = folder();
    let mut store = open(&path, 2);
    let keys = ["k", "ключ 🗂", &"é".repeat(Key::MAX_BYTES / 2)];
    for (version, text) in (1..).zip(keys) {
        let mut entry = entry(3, version);
        entry.key = Some(KeyUse {
            scope: Scope::Case(CaseId(u64::MAX)),
            key: Key::new(text).unwrap(),
            command: Fingerprint([0xFF; 16]),
        });
        entry.body = Body::from_json(vec![b' '; [0, 1, 300_000][version as usize - 1]]);
        store.append(batch([entry])).unwrap();
        let found = store.find_key(Scope::Case(CaseId(u64::MAX)), &Key::new(text).unwrap()).unwrap().unwrap();
        assert_eq!(found.position, Position(u64::from(version)));
    }
    let lengths: Vec<_> = store.history(CaseId(3)).unwrap().iter().map(|e| e.body.to_json().unwrap().len()).collect();
    assert_eq!(lengths, [0, 1, 300_000]);
}

#[test]
fn a_text_is_kept_once_by_its_hash() {
    let (_folder, path) = folder();
    let mut store = open(&path, 2);
    let text: std::sync::Arc<[u8]> = b"{\"id\":\"narasumber\"}".as_slice().into();
    for _ in 0..2 {
        store.append(Batch { blobs: vec![text.clone(), text.clone()], ..Batch::default() }).unwrap();
    }
    drop(store);
    let store = open(&path, 2);
    assert_eq!(store.blob(&blob_hash(&text)).unwrap().as_deref(), Some(&*text));
    assert_eq!(store.blob(&blob_hash(b"")).unwrap(), None);
    assert_eq!(store.last().unwrap(), Position(0));
}

#[test]
fn a_checkpoint_of_any_size_replaces_the_one_before() {
    let (_folder, path) = folder();
    let mut store = open(&path, 2);
    assert_eq!(store.load_checkpoint().unwrap(), None);
    fill(&mut store);
    for (position, size) in [(1, 10_000_000), (3, 0), (8, 4 << 20)] {
        let content = (0..size).map(|at| (at % 251) as u8).collect();
        let checkpoint = Checkpoint { position: Position(position), content };
        store.save_checkpoint(checkpoint.clone()).unwrap();
        assert!(store.load_checkpoint().unwrap() == Some(checkpoint.clone()));
        drop(store);
        store = open(&path, 2);
        assert!(store.load_checkpoint().unwrap() == Some(checkpoint));
    }
    // One that reflects more than there is, is none.
    store.save_checkpoint(Checkpoint { position: Position(9), content: Vec::new() }).unwrap();
    assert_eq!(store.load_checkpoint().unwrap(), None);
}

#[test]
fn work_and_timers_change_with_the_commit_and_are_said_again_after_it() {
    let (_folder, path) = folder();
    let mut store = open(&path, 2);
    let queue = Queue::Person(PersonIx::from_number(1).unwrap());
    let alarm = Alarm { at: Instant::from_millis(1_000).unwrap(), case: CaseId(7) };
    let wait = WorkKey::new(Some(alarm.at), alarm.case, 1);
    let changes = vec![IndexChange::Enter(queue, wait), IndexChange::Set(alarm)];
    let refused = Batch { entries: vec![entry(7, 2)], changes: changes.clone(), ..Batch::default() };
    store.append(refused).unwrap_err();
    assert_eq!((store.work(&[queue], None, 9).unwrap(), store.next_due().unwrap()), (vec![], None));
    store.append(Batch { entries: vec![entry(7, 1)], changes: changes.clone(), ..Batch::default() }).unwrap();
    assert_eq!(store.work(&[queue], None, 9).unwrap(), [wait]);
    assert_eq!(store.due(alarm.at, 9).unwrap(), [alarm]);
    drop(store);
    let mut store = open(&path, 2);
    assert_eq!(store.next_due().unwrap(), None);
    store.reindex(&changes);
    assert_eq!(store.next_due().unwrap(), Some(alarm.at));
}

#[test]
fn the_index_is_made_again_from_the_log() {
    let (_folder, path) = folder();
    let mut store = open(&path, 2);
    fill(&mut store);
    drop(store);
    for sql in ["DELETE FROM cases", "UPDATE cases SET last = 1", "DELETE FROM keys", "DELETE FROM reflects"] {
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        check(&SqliteStore::open_with(&path, behind(3).rebuild_index(true)).unwrap());
        check(&open(&path, 3));
    }
}

#[test]
fn a_looser_durability_writes_the_same() {
    let (_folder, path) = folder();
    let loose = Options::new().durability(Durability::LosesLastCommitsOnPowerCut);
    let mut store = SqliteStore::open_with(&path, loose).unwrap();
    fill(&mut store);
    check(&store);
    drop(store);
    check(&SqliteStore::open(&path).unwrap());
}
