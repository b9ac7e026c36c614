//! A small store of the testkit's own on a simulated disk: a log of frames, one file.
//!
//! A batch is a frame for each of its texts and entries, and one that says that the batch is whole; then the file is
//! flushed, and only then is the batch acknowledged. Each frame has the sum of all frames before it and of itself, so
//! that what a crash left of a later batch is never taken for the end of an earlier one. Whoever opens the store reads the
//! frames from the beginning, keeps the batches that are whole, and cuts off the rest. What was kept is written over with
//! itself and flushed before anybody is answered from it: a program that was killed may have left what was never flushed,
//! and a flush that failed counts as done, so that another alone would not do.
//!
//! What was [rewritten](Rewritten) is not read any more, and still lies in the file: a store for tests, and for nothing
//! personal.
//!
//! It can be told to be wrong in one way, a [`Flaw`], so that one sees whether that is found.

mod frame;

use std::collections::BTreeMap;

use sop_core::process::Hash;
use sop_core::time::Instant;
use sop_engine::audit::told;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{
    About, Batch, Body, CaseId, Checkpoint, Entry, Key, MemoryStore, NewEntry, Position, Rewritten, Scope, Store,
    StoreError,
};

use super::disk::{Disk, DiskError, File, Lock};
use frame::{Frame, Reader, Sum};

/// The file with the log.
const LOG: &str = "log";
/// The files with the last checkpoint and with the one that is being written.
const CHECKPOINT: &str = "checkpoint";
const NEXT_CHECKPOINT: &str = "checkpoint.new";

/// One way to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// Acknowledges before it has flushed.
    NeverFlushes,
    /// Takes a flush that failed for one that did not.
    IgnoresFailedFlush,
    /// Drops the last batch when it is opened, without a word.
    DropsTheTail,
    /// Takes what is there of a batch that is not whole.
    KeepsHalfABatch,
    /// Does not find what a key was used for, so that a command which is sent again is done again.
    ForgetsKeys,
    /// Says that nothing is due.
    SwallowsAlarms,
    /// Leaves the last wait out of each work list.
    HidesWork,
    /// Writes something that nobody asked for, when it is opened.
    Invents,
    /// Answers from what it found when it was opened, flushed or not.
    TrustsWhatItFinds,
    /// Gives some entries another head than they were chained with.
    Unchains,
    /// Of entries that are to say less, rewrites the first alone.
    RewritesByHalf,
}

impl Flaw {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::NeverFlushes,
        Self::IgnoresFailedFlush,
        Self::DropsTheTail,
        Self::KeepsHalfABatch,
        Self::ForgetsKeys,
        Self::SwallowsAlarms,
        Self::HidesWork,
        Self::Invents,
        Self::TrustsWhatItFinds,
        Self::Unchains,
        Self::RewritesByHalf,
    ];
}

/// The store.
pub struct SimStore {
    disk: Disk,
    log: File,
    /// What is on record, with the index: read from the disk once, and added to after each flush.
    kept: MemoryStore,
    versions: BTreeMap<CaseId, u32>,
    last: Position,
    /// The end of the log when something in it was rewritten last: a checkpoint from before is none.
    rewritten: Position,
    /// The end of the last whole batch, and the sum up to there.
    end: u64,
    sum: Sum,
    flaw: Option<Flaw>,
    _lock: Lock,
}

/// What was read of a file.
struct Recovered {
    batches: Vec<Batch>,
    end: u64,
    sum: Sum,
}

impl SimStore {
    /// Opens the store on a disk, and makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError::is_locked`] while another has it, [`StoreError::is_unavailable`] where the disk fails.
    pub fn open(disk: &Disk) -> Result<Self, StoreError> {
        Self::flawed(disk, None)
    }

    /// The same, wrong in one way.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn flawed(disk: &Disk, flaw: Option<Flaw>) -> Result<Self, StoreError> {
        let lock = disk.take_lock(LOG).ok_or_else(|| StoreError::locked("another has the store open"))?;
        let log = match disk.open(LOG) {
            Err(DiskError::Missing) => disk.create(LOG),
            other => other,
        };
        let log = log.map_err(failed)?;
        let bytes = log.read().map_err(failed)?;
        let Recovered { mut batches, end, sum } = recover(&bytes, flaw);
        if flaw == Some(Flaw::DropsTheTail) {
            batches.pop();
        }
        if log.size().map_err(failed)? > end {
            log.set_size(end).map_err(failed)?;
        }
        if flaw != Some(Flaw::TrustsWhatItFinds) {
            let whole = usize::try_from(end).ok().and_then(|end| bytes.get(..end));
            log.write_at(0, whole.unwrap_or_default()).map_err(failed)?;
            log.sync().map_err(failed)?;
        }
        let (disk, kept) = (disk.clone(), MemoryStore::chained());
        let (versions, last) = (BTreeMap::new(), Position::default());
        let rewritten = Position::default();
        let mut store = Self { disk, log, kept, versions, last, rewritten, end, sum, flaw, _lock: lock };
        for batch in batches {
            store.take_in(batch)?;
        }
        if flaw == Some(Flaw::Invents) && store.last > Position(2) {
            let entries = store.kept.entry(Position(1))?.into_iter().map(|first| NewEntry {
                about: first.about,
                key: None,
                body: first.body,
            });
            store.append(Batch { entries: entries.collect(), ..Batch::default() })?;
        }
        Ok(store)
    }

    /// Takes in what is on the disk.
    fn take_in(&mut self, batch: Batch) -> Result<(), StoreError> {
        for entry in &batch.entries {
            if let About::Case { case, version, .. } = entry.about {
                self.versions.insert(case, version);
            }
        }
        let rewrites = !batch.rewritten.is_empty();
        self.last = self.kept.append(batch)?;
        if rewrites {
            self.rewritten = self.last;
        }
        Ok(())
    }

    /// Tells whether a batch continues what is on record.
    fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        if batch.after.is_some_and(|after| after != self.last) {
            return Err(StoreError::conflict(format!("the log ends with entry {}", self.last)));
        }
        let mut continued: BTreeMap<CaseId, u32> = BTreeMap::new();
        for entry in &batch.entries {
            let About::Case { case, version, .. } = entry.about else { continue };
            let held = continued.get(&case).or_else(|| self.versions.get(&case)).copied().unwrap_or_default();
            if held.checked_add(1) != Some(version) {
                return Err(StoreError::conflict(format!("case {case} has {held} entries")));
            }
            continued.insert(case, version);
        }
        for Rewritten { at, body, .. } in &batch.rewritten {
            let broken = || StoreError::damaged(format!("what entry {at} is to say would break the chain"));
            let before = self.kept.entry(*at)?.filter(|entry| entry.about.case().is_some()).ok_or_else(broken)?;
            if told(&before.about, &before.body.to_json()?)? != body.to_written(&before.about)?.told {
                return Err(broken());
            }
        }
        Ok(())
    }

    /// Writes the frames of a batch behind the last whole one: what an earlier attempt left there is written over.
    fn write(&self, batch: &Batch) -> Result<(u64, Sum), StoreError> {
        let (mut end, mut sum) = (self.end, self.sum);
        let mut put = |frame: &Frame<'_>| {
            let (bytes, after) = frame.to_bytes(sum)?;
            self.log.write_at(end, &bytes).map_err(failed)?;
            (end, sum) = (end + bytes.len() as u64, after);
            Ok::<(), StoreError>(())
        };
        for blob in &batch.blobs {
            put(&Frame::Blob(blob))?;
        }
        for entry in &batch.entries {
            put(&Frame::of(entry, &entry.body.to_json()?))?;
        }
        for Rewritten { at, body, forgets_command } in &batch.rewritten {
            put(&Frame::Rewritten { at: *at, forgets_command: *forgets_command, body: body.to_json()? })?;
        }
        put(&Frame::Whole)?;
        match self.log.sync() {
            _ if self.flaw == Some(Flaw::NeverFlushes) => {}
            Err(DiskError::Failed) if self.flaw == Some(Flaw::IgnoresFailedFlush) => {}
            flushed => flushed.map_err(failed)?,
        }
        Ok((end, sum))
    }
}

/// The whole batches of a log.
fn recover(bytes: &[u8], flaw: Option<Flaw>) -> Recovered {
    let mut reader = Reader::new(bytes);
    let mut recovered = Recovered { batches: Vec::new(), end: 0, sum: Sum::default() };
    let mut batch = Batch::default();
    while let Some(frame) = reader.next() {
        match frame {
            Frame::Blob(blob) => batch.blobs.push(blob.into()),
            Frame::Entry { head, body } => batch.entries.extend(head.to_entry(Body::from_json(body))),
            Frame::Rewritten { at, forgets_command, body } => {
                batch.rewritten.push(Rewritten { at, body: Body::from_json(body.into_owned()), forgets_command });
            }
            Frame::Whole => {
                recovered.batches.push(std::mem::take(&mut batch));
                (recovered.end, recovered.sum) = (reader.end(), reader.sum());
            }
        }
    }
    if flaw == Some(Flaw::KeepsHalfABatch) && !batch.entries.is_empty() {
        recovered.batches.push(batch);
        (recovered.end, recovered.sum) = (reader.end(), reader.sum());
    }
    recovered
}

fn failed(error: DiskError) -> StoreError {
    StoreError::unavailable(error.to_string()).because(error)
}

impl Store for SimStore {
    fn append(&mut self, mut batch: Batch) -> Result<Position, StoreError> {
        self.check(&batch)?;
        if self.flaw == Some(Flaw::RewritesByHalf) {
            batch.rewritten.truncate(1);
        }
        (self.end, self.sum) = self.write(&batch)?;
        self.take_in(batch)?;
        Ok(self.last)
    }

    fn last(&self) -> Result<Position, StoreError> {
        Ok(self.last)
    }

    fn scan(&self, after: Position, visit: &mut dyn FnMut(Entry) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.kept.scan(after, &mut |mut entry| {
            if self.flaw == Some(Flaw::Unchains)
                && entry.position.0.is_multiple_of(7)
                && let Some(chained) = &mut entry.chained
            {
                chained.head = chained.link;
            }
            visit(entry)
        })
    }

    fn entry(&self, at: Position) -> Result<Option<Entry>, StoreError> {
        self.kept.entry(at)
    }

    fn history(&self, case: CaseId) -> Result<Vec<Entry>, StoreError> {
        self.kept.history(case)
    }

    fn opening(&self, case: CaseId) -> Result<Option<Entry>, StoreError> {
        self.kept.opening(case)
    }

    fn find_key(&self, scope: Scope, key: &Key) -> Result<Option<Entry>, StoreError> {
        if self.flaw == Some(Flaw::ForgetsKeys) {
            return Ok(None);
        }
        self.kept.find_key(scope, key)
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.kept.blob(hash)
    }

    fn reindex(&mut self, changes: &[IndexChange]) {
        self.kept.reindex(changes);
    }

    fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Result<Vec<WorkKey>, StoreError> {
        let mut work = self.kept.work(queues, after, limit)?;
        if self.flaw == Some(Flaw::HidesWork) && work.len() > 2 {
            work.pop();
        }
        Ok(work)
    }

    fn due(&self, until: Instant, limit: usize) -> Result<Vec<Alarm>, StoreError> {
        if self.flaw == Some(Flaw::SwallowsAlarms) {
            return Ok(Vec::new());
        }
        self.kept.due(until, limit)
    }

    fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        self.kept.next_due()
    }

    fn save_checkpoint(&mut self, checkpoint: Checkpoint) -> Result<(), StoreError> {
        let (bytes, _) = Frame::Blob(&checkpoint.content).to_bytes(Sum::of(checkpoint.position.0))?;
        let file = self.disk.create(NEXT_CHECKPOINT).map_err(failed)?;
        file.write_at(0, &checkpoint.position.0.to_le_bytes()).map_err(failed)?;
        file.write_at(8, &bytes).map_err(failed)?;
        // Not flushed: a checkpoint that is lost or torn costs reading the log again.
        self.disk.rename(NEXT_CHECKPOINT, CHECKPOINT).map_err(failed)
    }

    fn load_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        let bytes = match self.disk.open(CHECKPOINT) {
            Err(DiskError::Missing) => return Ok(None),
            file => file.and_then(|file| file.read()).map_err(failed)?,
        };
        let Some((position, rest)) = bytes.split_first_chunk::<8>() else { return Ok(None) };
        let position = Position(u64::from_le_bytes(*position));
        // One that knows more than the log is of a log that was lost.
        if position > self.last || position < self.rewritten {
            return Ok(None);
        }
        match Reader::beginning_with(rest, Sum::of(position.0)).next() {
            Some(Frame::Blob(content)) => Ok(Some(Checkpoint { position, content: content.to_vec() })),
            _ => Ok(None),
        }
    }

    fn is_read_only(&self) -> bool {
        false
    }
}
