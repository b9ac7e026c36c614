//! Snapshots: a case's state as bytes, so that a case need not be folded from its whole history.
//!
//! A snapshot is a cache. It names things by index, which is sound only beside what gave the indices: the process
//! with the same hash, and the people in the same order. Whoever keeps snapshots keeps these beside them and drops
//! snapshots that do not fit; nothing is lost, since the history gives the same state again.

use super::state::CaseState;
use crate::process::Process;

/// The layout of snapshots. One written with another is dropped, never guessed at.
pub const SNAPSHOT_LAYOUT: u32 = 1;

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It was written with another layout.
    #[error("the snapshot has layout {found}, and this program reads layout {SNAPSHOT_LAYOUT}")]
    Layout {
        /// The snapshot's layout.
        found: u32,
    },
    /// It is of a case of another process.
    #[error("the snapshot belongs to another process")]
    OtherProcess,
    /// It is damaged.
    #[error("the snapshot is damaged")]
    Damaged(#[source] serde_json::Error),
}

#[derive(serde::Serialize)]
struct Written<'a>(u32, &'a CaseState);

#[derive(serde::Deserialize)]
struct Read(u32, CaseState);

impl CaseState {
    /// The state as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        // A state serialises without exception: it has no maps, and its numbers are whole.
        if serde_json::to_writer(&mut bytes, &Written(SNAPSHOT_LAYOUT, self)).is_err() {
            bytes.clear();
        }
        bytes
    }

    /// The state that a snapshot holds.
    ///
    /// # Errors
    /// Another layout, another process, or damage.
    pub fn restore(bytes: &[u8], process: &Process) -> Result<Self, SnapshotError> {
        let Read(layout, state) = serde_json::from_slice(bytes).map_err(|error| {
            // A snapshot of another layout need not have this one's shape.
            match bytes.strip_prefix(b"[").and_then(|rest| rest.split(|byte| *byte == b',').next()) {
                Some(number) => match std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()) {
                    Some(found) if found != SNAPSHOT_LAYOUT => SnapshotError::Layout { found },
                    _ => SnapshotError::Damaged(error),
                },
                None => SnapshotError::Damaged(error),
            }
        })?;
        if layout != SNAPSHOT_LAYOUT {
            return Err(SnapshotError::Layout { found: layout });
        }
        if state.shape() != process.shape() || !state.fits() {
            return Err(SnapshotError::OtherProcess);
        }
        Ok(state.sharing(process.shared_shape()))
    }
}
