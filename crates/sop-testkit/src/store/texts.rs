//! S5 and S8: texts by their hash, and checkpoints.

use std::sync::Arc;

use sop_engine::store::{Batch, Checkpoint, Position, blob_hash};

use super::entries::{batch, entry, everything};
use super::{Backend, End, Told, holds, same};

pub(super) fn texts_are_kept_by_their_hash(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let texts: Vec<Arc<[u8]>> = vec![b"".as_slice().into(), b"teks".as_slice().into(), vec![b'x'; 2_000_000].into()];
    for _ in 0..2 {
        // The same again changes nothing, and a batch may hold texts alone.
        let blobs = texts.iter().cloned().chain(texts.first().cloned()).collect();
        same("a batch of texts", store.append(Batch { blobs, ..Batch::default() })?, Position(0))?;
    }
    same("a text that nobody kept", store.blob(&blob_hash(b"lain"))?, None)?;
    drop(store);
    let store = backend.open()?;
    for text in &texts {
        let found = store.blob(&blob_hash(text))?;
        holds(format!("a text of {} bytes came back otherwise", text.len()), found.as_deref() == Some(&**text))?;
    }
    Ok(End::Kept)
}

pub(super) fn a_checkpoint_is_whole_or_gone(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    same("the checkpoint of a new store", store.load_checkpoint()?, None)?;
    store.append(batch([entry(1, 1)]))?;
    let log = everything(&*store)?;
    for size in [9_000_000, 0, 10] {
        let content = (0..size).map(|place: u32| place.to_le_bytes()[0]).collect();
        let kept = Checkpoint { position: Position(1), content };
        store.save_checkpoint(kept.clone())?;
        let found = store.load_checkpoint()?;
        holds(format!("a checkpoint of {size} bytes is the last"), found.as_ref() == Some(&kept))?;
        drop(store);
        store = backend.open()?;
        // It is a cache: it may be gone, and never by half.
        let found = store.load_checkpoint()?;
        holds(format!("a checkpoint of {size} bytes is whole or gone"), found.is_none_or(|found| found == kept))?;
    }
    same("the log beside checkpoints", everything(&*store)?, log)?;
    Ok(End::Kept)
}
