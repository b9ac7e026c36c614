//! Reading a log bit by bit, so that whoever holds the store need not hold it for all of it.

use super::{Entry, Position, Store, StoreError};

/// The number of entries that are read in one go, and so how many are in memory at a time.
const AT_ONCE: usize = 256;

/// Some of the entries after a place, in order, and none after `last`; and whether the store failed behind them. Without
/// any, and without an error, there are none.
pub(crate) fn portion(store: &dyn Store, after: Position, last: Position) -> (Vec<Entry>, Result<(), StoreError>) {
    let mut entries: Vec<Entry> = Vec::new();
    if after >= last {
        return (entries, Ok(()));
    }
    let mut is_enough = false;
    let scanned = store.scan(after, &mut |entry| {
        is_enough = entries.len() + 1 >= AT_ONCE || entry.position >= last;
        entries.push(entry);
        // A scan goes on until its visitor fails.
        if is_enough { Err(StoreError::busy("this is enough for now")) } else { Ok(()) }
    });
    (entries, if is_enough { Ok(()) } else { scanned })
}
