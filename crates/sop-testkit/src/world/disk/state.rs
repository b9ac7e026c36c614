//! What lies on a disk, and what becomes of it.

use std::collections::{BTreeMap, BTreeSet};

use sop_core::time::Millis;
use sop_engine::Clock;

use super::{Crash, DiskError, Fault, Met};
use crate::world::dice::Dice;

/// What a disk writes as one: a write is torn at any byte, or by sectors.
const SECTOR: usize = 512;

/// A file, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Inode(u64);

/// What was done to a file and is not flushed.
#[derive(Debug, Clone)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    SetSize(usize),
}

/// What was done to a name and is not flushed.
#[derive(Debug, Clone)]
enum NameChange {
    Set(String, Inode),
    Gone(String),
}

#[derive(Debug, Clone, Default)]
struct Content {
    seen: Vec<u8>,
    durable: Vec<u8>,
    unflushed: Vec<Change>,
}

#[derive(Clone)]
pub(super) struct State {
    dice: Dice,
    pub(super) epoch: u64,
    pub(super) is_down: bool,
    pub(super) boundaries: u64,
    pub(super) met: Met,
    pub(super) locks: BTreeSet<String>,
    pub(super) crash_in: Option<u64>,
    pub(super) fail_write: Option<(u64, bool)>,
    pub(super) fail_sync: Option<u64>,
    pub(super) room: Option<u64>,
    pub(super) slow: Option<(u64, Millis, Clock)>,
    files: BTreeMap<Inode, Content>,
    next: u64,
    names: BTreeMap<String, Inode>,
    durable_names: BTreeMap<String, Inode>,
    unflushed_names: Vec<NameChange>,
}

impl Content {
    fn do_to(bytes: &mut Vec<u8>, change: &Change) {
        match change {
            Change::Write { offset, bytes: written } => {
                let end = offset + written.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                if let Some(place) = bytes.get_mut(*offset..end) {
                    place.copy_from_slice(written);
                }
            }
            Change::SetSize(size) => bytes.resize(*size, 0),
        }
    }

    fn make(&mut self, change: Change) {
        Self::do_to(&mut self.seen, &change);
        self.unflushed.push(change);
    }

    fn flush(&mut self) {
        for change in std::mem::take(&mut self.unflushed) {
            Self::do_to(&mut self.durable, &change);
        }
    }

    /// Leaves to chance what of the unflushed reaches the disk.
    fn gamble(&mut self, dice: &mut Dice, met: &mut Met) {
        let changes = std::mem::take(&mut self.unflushed);
        if changes.is_empty() {
            return;
        }
        // All of it and nothing of it are what happens most.
        let odds = match dice.below(4) {
            0 => 0,
            1 => 100,
            _ => 60,
        };
        let mut lost = false;
        for change in changes {
            if !dice.happens(odds) {
                lost = true;
                met.note(Fault::LostWrite);
                continue;
            }
            let change = match change {
                Change::Write { offset, bytes } if odds < 100 && dice.happens(30) => {
                    met.note(Fault::TornWrite);
                    self.tear(offset, &bytes, dice);
                    continue;
                }
                other => other,
            };
            if lost {
                met.note(Fault::ReorderedWrite);
            }
            Self::do_to(&mut self.durable, &change);
        }
    }

    /// Writes the beginning of something, or some sectors of it.
    fn tear(&mut self, offset: usize, bytes: &[u8], dice: &mut Dice) {
        if dice.happens(60) {
            let kept = bytes.get(..dice.place(bytes.len() + 1)).unwrap_or_default();
            Self::do_to(&mut self.durable, &Change::Write { offset, bytes: kept.to_vec() });
            return;
        }
        let mut at = 0;
        while at < bytes.len() {
            // Sectors lie where the disk has them, not where the write begins.
            let until = ((offset + at) / SECTOR + 1) * SECTOR - offset;
            let part = bytes.get(at..until.min(bytes.len())).unwrap_or_default();
            if dice.happens(50) {
                Self::do_to(&mut self.durable, &Change::Write { offset: offset + at, bytes: part.to_vec() });
            }
            at += part.len().max(1);
        }
    }
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            epoch: 0,
            is_down: false,
            boundaries: 0,
            met: Met::default(),
            locks: BTreeSet::new(),
            crash_in: None,
            fail_write: None,
            fail_sync: None,
            room: None,
            slow: None,
            files: BTreeMap::new(),
            next: 0,
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unflushed_names: Vec::new(),
        }
    }

    pub(super) fn mend(&mut self) {
        (self.crash_in, self.fail_write, self.fail_sync, self.room, self.slow) = (None, None, None, None, None);
    }

    pub(super) fn find(&self, name: &str) -> Result<Option<Inode>, DiskError> {
        self.up()?;
        Ok(self.names.get(name).copied())
    }

    pub(super) fn create(&mut self, name: &str) -> Result<Inode, DiskError> {
        let crashes = self.boundary()?;
        let inode = Inode(self.next);
        self.next += 1;
        self.files.insert(inode, Content::default());
        self.names.insert(name.to_owned(), inode);
        self.unflushed_names.push(NameChange::Set(name.to_owned(), inode));
        self.crash_at_write(crashes)?;
        Ok(inode)
    }

    pub(super) fn remove(&mut self, name: &str) -> Result<(), DiskError> {
        let crashes = self.boundary()?;
        self.names.remove(name).ok_or(DiskError::Missing)?;
        self.unflushed_names.push(NameChange::Gone(name.to_owned()));
        self.crash_at_write(crashes)
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> Result<(), DiskError> {
        let crashes = self.boundary()?;
        let inode = self.names.remove(from).ok_or(DiskError::Missing)?;
        self.names.insert(to.to_owned(), inode);
        // One change of the journal: never is the file under both names, or under none.
        self.unflushed_names.push(NameChange::Set(to.to_owned(), inode));
        self.unflushed_names.push(NameChange::Gone(from.to_owned()));
        self.crash_at_write(crashes)
    }

    pub(super) fn size(&self, inode: Inode) -> Result<u64, DiskError> {
        self.up()?;
        Ok(self.files.get(&inode).ok_or(DiskError::Missing)?.seen.len() as u64)
    }

    pub(super) fn read(&mut self, inode: Inode, offset: u64, into: &mut [u8]) -> Result<usize, DiskError> {
        self.up()?;
        let content = self.files.get(&inode).ok_or(DiskError::Missing)?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let there = content.seen.get(offset.min(content.seen.len())..).unwrap_or_default();
        let read = there.len().min(into.len());
        if let (Some(into), Some(there)) = (into.get_mut(..read), there.get(..read)) {
            into.copy_from_slice(there);
        }
        Ok(read)
    }

    pub(super) fn write(&mut self, inode: Inode, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        let crashes = self.boundary()?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX / 2);
        let size = self.files.get(&inode).ok_or(DiskError::Missing)?.seen.len();
        let failure = match &mut self.fail_write {
            Some((0, short)) => {
                let short = *short;
                self.fail_write = None;
                self.met.note(if short { Fault::ShortWrite } else { Fault::FailedWrite });
                Some((if short { self.dice.place(bytes.len() + 1) } else { 0 }, DiskError::Failed))
            }
            Some((after, _)) => {
                *after -= 1;
                None
            }
            None => None,
        };
        let grows = (offset + bytes.len()).saturating_sub(size) as u64;
        let failure = failure.or_else(|| {
            let room = self.room.as_mut()?;
            if *room >= grows {
                *room -= grows;
                return None;
            }
            self.met.note(Fault::DiskFull);
            let missing = usize::try_from(grows - *room).unwrap_or_default();
            *room = 0;
            Some((bytes.len().saturating_sub(missing), DiskError::Full))
        });
        let (kept, error) = failure.map_or((bytes.len(), None), |(kept, error)| (kept, Some(error)));
        if let Some(content) = self.files.get_mut(&inode)
            && (kept > 0 || bytes.is_empty())
        {
            let bytes = bytes.get(..kept).unwrap_or_default().to_vec();
            content.make(Change::Write { offset, bytes });
        }
        self.crash_at_write(crashes)?;
        error.map_or(Ok(()), Err)
    }

    pub(super) fn set_size(&mut self, inode: Inode, size: u64) -> Result<(), DiskError> {
        let crashes = self.boundary()?;
        let size = usize::try_from(size).unwrap_or_default();
        self.files.get_mut(&inode).ok_or(DiskError::Missing)?.make(Change::SetSize(size));
        self.crash_at_write(crashes)
    }

    pub(super) fn sync(&mut self, inode: Inode) -> Result<(), DiskError> {
        let crashes = self.boundary()?;
        if crashes && self.dice.happens(50) {
            // It stopped before anything was flushed; otherwise nobody lives to be told that all of it was.
            return self.crash_at_sync();
        }
        let fails = match &mut self.fail_sync {
            Some(0) => {
                self.fail_sync = None;
                true
            }
            Some(after) => {
                *after -= 1;
                false
            }
            None => false,
        };
        let content = self.files.get_mut(&inode).ok_or(DiskError::Missing)?;
        if fails {
            self.met.note(Fault::FailedSync);
            content.gamble(&mut self.dice, &mut self.met);
            return Err(DiskError::Failed);
        }
        content.flush();
        for change in std::mem::take(&mut self.unflushed_names) {
            Self::rename_durably(&mut self.durable_names, change);
        }
        if crashes { self.crash_at_sync() } else { Ok(()) }
    }

    pub(super) fn restart(&mut self, crash: Crash) {
        self.epoch += 1;
        self.is_down = false;
        self.locks.clear();
        self.mend();
        if crash == Crash::Program {
            self.met.note(Fault::Killed);
            return;
        }
        self.met.note(Fault::PowerCut);
        let changes = std::mem::take(&mut self.unflushed_names);
        let mut kept = self.dice.place(changes.len() + 1);
        // A move is two changes, and both are made or none.
        if kept < changes.len() && matches!(changes.get(kept), Some(NameChange::Gone(_))) && kept > 0 {
            kept += 1;
        }
        if kept < changes.len() {
            self.met.note(Fault::LostName);
        }
        for change in changes.into_iter().take(kept) {
            Self::rename_durably(&mut self.durable_names, change);
        }
        self.names = self.durable_names.clone();
        let named: BTreeSet<Inode> = self.names.values().copied().collect();
        self.files.retain(|inode, _| named.contains(inode));
        for content in self.files.values_mut() {
            content.gamble(&mut self.dice, &mut self.met);
            content.seen.clone_from(&content.durable);
        }
    }

    /// The same with dice of its own.
    pub(super) fn image(&self, seed: u64) -> Self {
        Self { dice: Dice::new(seed), ..self.clone() }
    }

    fn rename_durably(names: &mut BTreeMap<String, Inode>, change: NameChange) {
        match change {
            NameChange::Set(name, inode) => names.insert(name, inode),
            NameChange::Gone(name) => names.remove(&name),
        };
    }

    fn up(&self) -> Result<(), DiskError> {
        if self.is_down { Err(DiskError::Down) } else { Ok(()) }
    }

    /// Comes to a boundary, and says whether the machine stops at it.
    fn boundary(&mut self) -> Result<bool, DiskError> {
        self.up()?;
        self.boundaries += 1;
        if let Some((operations, by, clock)) = &mut self.slow {
            clock.advance(*by);
            self.met.note(Fault::SlowDisk);
            *operations = operations.saturating_sub(1);
            if *operations == 0 {
                self.slow = None;
            }
        }
        match &mut self.crash_in {
            Some(0) => {
                self.crash_in = None;
                Ok(true)
            }
            Some(others) => {
                *others -= 1;
                Ok(false)
            }
            None => Ok(false),
        }
    }

    fn crash_at_write(&mut self, crashes: bool) -> Result<(), DiskError> {
        if !crashes {
            return Ok(());
        }
        self.met.note(Fault::CrashAtWrite);
        self.is_down = true;
        Err(DiskError::Down)
    }

    fn crash_at_sync(&mut self) -> Result<(), DiskError> {
        self.met.note(Fault::CrashAtSync);
        self.is_down = true;
        Err(DiskError::Down)
    }
}
