//! What the stories share: entries, files, and what there is to see of a store.

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use sop_engine::store::{
    About, Batch, Body, CaseId, Entry, Fingerprint, Key, KeyUse, NewEntry, Position, ProcessNumber, Scope, Store,
};
use sop_store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// A folder that goes away with the test, and a path in it.
pub(crate) fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sop.db");
    (folder, path)
}

/// Opens a store that writes behind after so many entries.
pub(crate) fn open(path: &Path, write_behind_after: u32) -> SqliteStore {
    SqliteStore::open_with(path, behind(write_behind_after)).unwrap()
}

pub(crate) fn behind(entries: u32) -> Options {
    Options::new().write_behind_after(NonZeroU32::new(entries).unwrap())
}

/// Entry `version` of a case, caused by a key of its own.
pub(crate) fn entry(case: u64, version: u32) -> NewEntry {
    let scope = if version == 1 { Scope::Store } else { Scope::Case(CaseId(case)) };
    NewEntry {
        about: About::Case { case: CaseId(case), version, process: ProcessNumber(1) },
        key: Some(KeyUse { scope, key: key(case, version), command: Fingerprint([version as u8; 16]) }),
        body: body(case, version),
    }
}

pub(crate) fn key(case: u64, version: u32) -> Key {
    Key::new(format!("klik {case}/{version}")).unwrap()
}

pub(crate) fn body(case: u64, version: u32) -> Body {
    Body::from_json(format!(r#"{{"case":{case},"version":{version},"catatan":"berkas é"}}"#).into_bytes())
}

pub(crate) fn batch(entries: impl IntoIterator<Item = NewEntry>) -> Batch {
    Batch { entries: entries.into_iter().collect(), ..Batch::default() }
}

/// All that an entry says, comparable.
pub(crate) fn said(entry: &Entry) -> String {
    let body = entry.body.to_json().unwrap();
    format!("{} {:?} {:?} {}", entry.position, entry.about, entry.key, String::from_utf8_lossy(&body))
}

/// The whole log.
pub(crate) fn everything(store: &dyn Store) -> Vec<String> {
    let mut all = Vec::new();
    store
        .scan(Position::default(), &mut |entry| {
            all.push(said(&entry));
            Ok(())
        })
        .unwrap();
    all
}

pub(crate) fn history(store: &dyn Store, case: u64) -> Vec<String> {
    store.history(CaseId(case)).unwrap().iter().map(said).collect()
}

/// Copies a store as a backup program or a crash would find it: the file and its write-ahead log, nothing else.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    let log = beside(from, "-wal");
    if log.exists() {
        fs::copy(log, beside(to, "-wal")).unwrap();
    }
}

pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
