//! The law: a store on disk and one in memory that were told the same say the same, whatever happens in between.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sop_engine::store::{Batch, CaseId, MemoryStore, Position, Scope, Store, blob_hash};
use sop_store_sqlite::SqliteStore;

use crate::stage::{copy, entry, everything, folder, history, key, open, said};

const CASES: [u64; 5] = [0, 1, 2, 1 << 40, u64::MAX];

#[derive(Debug, Clone)]
enum Act {
    /// A batch: for each entry which case, and whether its version is one that does not follow.
    Append(Vec<(usize, bool)>),
    Blob(u8),
    Reopen,
    /// The program ends without closing: a copy of the files goes on.
    Crash,
    Rebuild,
}

fn act() -> impl Strategy<Value = Act> {
    let wrong = proptest::bool::weighted(0.05);
    prop_oneof![
        8 => prop::collection::vec((0..CASES.len(), wrong), 0..6).prop_map(Act::Append),
        1 => any::<u8>().prop_map(Act::Blob),
        1 => Just(Act::Reopen),
        1 => Just(Act::Crash),
        1 => Just(Act::Rebuild),
    ]
}

fn same(disk: &SqliteStore, memory: &MemoryStore, versions: &BTreeMap<u64, u32>) {
    assert_eq!(disk.last().unwrap(), memory.last().unwrap());
    assert_eq!(everything(disk), everything(memory));
    for case in CASES {
        let id = CaseId(case);
        assert_eq!(history(disk, case), history(memory, case));
        let opening = |store: &dyn Store| store.opening(id).unwrap().as_ref().map(said);
        assert_eq!(opening(disk), opening(memory));
        for version in 0..=versions.get(&case).map_or(1, |version| version + 1) {
            for scope in [Scope::Store, Scope::Case(id)] {
                let found = |store: &dyn Store| store.find_key(scope, &key(case, version)).unwrap().as_ref().map(said);
                assert_eq!(found(disk), found(memory));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn disk_and_memory_say_the_same(
        acts in prop::collection::vec(act(), 1..25),
        behind in 1..12_u32,
    ) {
        let (folder, path) = folder();
        let mut at = path.clone();
        let mut disk = open(&at, behind);
        let mut memory = MemoryStore::new();
        let mut versions = BTreeMap::<u64, u32>::new();
        for (number, act) in acts.into_iter().enumerate() {
            match act {
                Act::Append(entries) => {
                    let mut next = versions.clone();
                    let entries = entries.into_iter().map(|(case, wrong)| {
                        let case = CASES[case];
                        let version = next.entry(case).or_default();
                        *version += 1;
                        entry(case, *version + u32::from(wrong))
                    }).collect();
                    let batch = Batch { entries, ..Batch::default() };
                    match (disk.append(batch.clone()), memory.append(batch)) {
                        (Ok(one), Ok(other)) => {
                            prop_assert_eq!(one, other);
                            versions = next;
                        }
                        (Err(one), Err(other)) => {
                            prop_assert!(one.is_conflict() && other.is_conflict());
                            prop_assert_eq!(one.to_string(), other.to_string());
                        }
                        (one, other) => prop_assert!(false, "{:?} and {:?}", one, other),
                    }
                }
                Act::Blob(text) => {
                    let blobs = vec![vec![text; usize::from(text)].into()];
                    let batch = Batch { blobs, ..Batch::default() };
                    prop_assert_eq!(disk.append(batch.clone()).unwrap(), memory.append(batch).unwrap());
                    let hash = blob_hash(&vec![text; usize::from(text)]);
                    prop_assert_eq!(disk.blob(&hash).unwrap(), memory.blob(&hash).unwrap());
                }
                Act::Reopen => {
                    drop(disk);
                    disk = open(&at, behind);
                }
                Act::Crash => {
                    at = folder.path().join(format!("{number}.db"));
                    copy(disk.path(), &at);
                    disk = open(&at, behind);
                }
                Act::Rebuild => {
                    drop(disk);
                    disk = SqliteStore::open_with(&at, crate::stage::behind(behind).rebuild_index(true)).unwrap();
                }
            }
            prop_assert_eq!(disk.last().unwrap(), memory.last().unwrap());
        }
        same(&disk, &memory, &versions);
        let reader = SqliteStore::open_read_only(&at).unwrap();
        same(&reader, &memory, &versions);
        prop_assert_eq!(reader.entry(Position(u64::MAX)).unwrap().is_none(), true);
    }
}

/// A case with hundreds of keys knows each of them, and no other, while keys are looked for often enough that its store
/// keeps a filter for it: beside another such case, and after everything was closed, cut off or made again.
#[test]
fn a_case_with_many_keys_knows_them_all() {
    const EACH: u32 = 400;
    let (folder, path) = folder();
    let mut at = path.clone();
    let mut disk = open(&at, 150);
    let mut memory = MemoryStore::new();
    for round in 0..5 {
        for version in round * EACH + 1..=(round + 1) * EACH {
            for case in [0, 7, u64::MAX] {
                assert!(disk.find_key(Scope::Case(CaseId(case)), &key(case, version)).unwrap().is_none());
                let batch = Batch { entries: vec![entry(case, version)], ..Batch::default() };
                assert_eq!(disk.append(batch.clone()).unwrap(), memory.append(batch).unwrap());
            }
        }
        match round {
            0 | 3 => {
                drop(disk);
                disk = open(&at, 150);
            }
            1 => {
                at = folder.path().join("copy.db");
                copy(disk.path(), &at);
                disk = open(&at, 150);
            }
            2 => {
                drop(disk);
                disk = SqliteStore::open_with(&at, crate::stage::behind(150).rebuild_index(true)).unwrap();
            }
            _ => {}
        }
        let reader = SqliteStore::open_read_only(&at).unwrap();
        for case in [0, 7, u64::MAX] {
            let scope = Scope::Case(CaseId(case));
            for version in 1..=(round + 1) * EACH * 2 {
                let found = |store: &dyn Store| store.find_key(scope, &key(case, version)).unwrap().as_ref().map(said);
                assert_eq!(found(&disk), found(&memory));
            }
            for version in [1, 2, EACH, (round + 1) * EACH, (round + 1) * EACH + 1] {
                let found = |store: &dyn Store| store.find_key(scope, &key(case, version)).unwrap().as_ref().map(said);
                assert_eq!(found(&reader), found(&memory));
            }
        }
    }
}
