//! What the stories write, and what they see.

use sop_engine::Key;
use sop_engine::store::{
    About, Batch, Body, CaseId, Entry, Fingerprint, KeyUse, NewEntry, Position, ProcessNumber, Scope, Store, StoreError,
};

/// All that an entry says, comparable.
pub(super) fn said(entry: &Entry) -> Result<String, StoreError> {
    let body = entry.body.to_json()?;
    Ok(format!("{} {:?} {:?} {}", entry.position, entry.about, entry.key, String::from_utf8_lossy(&body)))
}

/// Entry `version` of a case, caused by a command without a key.
pub(super) fn entry(case: u64, version: u32) -> NewEntry {
    NewEntry {
        about: About::Case { case: CaseId(case), version, process: ProcessNumber(1 + version % 2) },
        key: None,
        body: Body::from_json(
            format!(r#"{{"v":1,"case":{case},"version":{version},"catatan":"berkas é"}}"#).into_bytes(),
        ),
    }
}

/// The same, caused by a command with a key.
pub(super) fn keyed(case: u64, version: u32, scope: Scope, key: &Key) -> NewEntry {
    let command = Fingerprint([version.to_le_bytes()[0]; 16]);
    NewEntry { key: Some(KeyUse { scope, key: key.clone(), command }), ..entry(case, version) }
}

/// A key that is one.
pub(super) fn key(text: &str) -> Result<Key, StoreError> {
    Key::new(text).map_err(|error| StoreError::damaged(error.to_string()))
}

pub(super) fn batch(entries: impl IntoIterator<Item = NewEntry>) -> Batch {
    Batch { entries: entries.into_iter().collect(), ..Batch::default() }
}

/// The whole log after a place.
pub(super) fn after(store: &dyn Store, place: Position) -> Result<Vec<String>, StoreError> {
    let mut all = Vec::new();
    store.scan(place, &mut |entry| {
        all.push(said(&entry)?);
        Ok(())
    })?;
    Ok(all)
}

/// The whole log.
pub(super) fn everything(store: &dyn Store) -> Result<Vec<String>, StoreError> {
    after(store, Position::default())
}

pub(super) fn history(store: &dyn Store, case: u64) -> Result<Vec<String>, StoreError> {
    store.history(CaseId(case))?.iter().map(said).collect()
}

pub(super) fn one(entry: Option<Entry>) -> Result<Option<String>, StoreError> {
    entry.as_ref().map(said).transpose()
}
