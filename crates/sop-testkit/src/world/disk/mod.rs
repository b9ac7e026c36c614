//! A disk that is simulated, with everything that goes wrong on real ones.
//!
//! A file is bytes in two states: as programs see it, and as it lies on the disk. What is written is seen at once, and
//! lies on the disk only when it was [flushed](File::sync). Until then a power cut takes it, or a part of it, or an
//! earlier write and not a later one. The same holds for names: a file that was made, moved or removed is so for good
//! when any file was flushed after it, as with file systems that keep a journal.
//!
//! Each write, flush and change of a name is a boundary; a crash can be put [at any](Disk::crash_at). From there on
//! nothing succeeds until the machine is [started again](Disk::restart).
//!
//! ```
//! use sop_testkit::world::{Crash, Disk};
//!
//! let disk = Disk::new(7);
//! let file = disk.create("log")?;
//! file.write_at(0, b"flushed")?;
//! file.sync()?;
//! file.write_at(7, b", and not")?;
//! disk.restart(Crash::Power);
//! let found = disk.open("log")?.read()?;
//! assert!(found.starts_with(b"flushed"));
//! # Ok::<(), sop_testkit::world::DiskError>(())
//! ```

mod state;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sop_core::time::Millis;
use sop_engine::Clock;

use super::met::{Fault, Met};
use state::{Inode, State};

/// Why the disk did not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DiskError {
    /// The machine has stopped.
    #[error("the machine has stopped")]
    Down,
    /// There is no room.
    #[error("no room is left on the disk")]
    Full,
    /// The disk failed.
    #[error("the disk failed")]
    Failed,
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
}

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// It was killed; the system lives on, and with it all that was written.
    Program,
    /// The power failed, or the system did: what was not flushed may be gone.
    Power,
}

/// A simulated disk. A clone is the same disk.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<State>>);

/// An open file.
#[derive(Debug, Clone)]
pub struct File {
    disk: Disk,
    inode: Inode,
    /// How often the machine had been started when it was opened: nothing that was open then is open later.
    epoch: u64,
}

/// A lock on a name, as systems give them to programs: released when it is dropped, and when the program ends.
#[derive(Debug)]
pub struct Lock {
    disk: Disk,
    name: String,
    epoch: u64,
}

impl Disk {
    /// An empty disk that fails as the seed says, where it is told to.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State::new(seed))))
    }

    /// Makes a file, or empties it.
    ///
    /// # Errors
    /// [`DiskError::Down`].
    pub fn create(&self, name: &str) -> Result<File, DiskError> {
        let mut state = self.lock();
        let inode = state.create(name)?;
        Ok(File { disk: self.clone(), inode, epoch: state.epoch })
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`DiskError::Missing`], [`DiskError::Down`].
    pub fn open(&self, name: &str) -> Result<File, DiskError> {
        let state = self.lock();
        let inode = state.find(name)?.ok_or(DiskError::Missing)?;
        Ok(File { disk: self.clone(), inode, epoch: state.epoch })
    }

    /// Tells whether there is a file.
    ///
    /// # Errors
    /// [`DiskError::Down`].
    pub fn has(&self, name: &str) -> Result<bool, DiskError> {
        Ok(self.lock().find(name)?.is_some())
    }

    /// Removes a file.
    ///
    /// # Errors
    /// [`DiskError::Missing`], [`DiskError::Down`].
    pub fn remove(&self, name: &str) -> Result<(), DiskError> {
        self.lock().remove(name)
    }

    /// Gives a file another name; one that has it already is gone.
    ///
    /// # Errors
    /// [`DiskError::Missing`], [`DiskError::Down`].
    pub fn rename(&self, from: &str, to: &str) -> Result<(), DiskError> {
        self.lock().rename(from, to)
    }

    /// Takes the lock of a name; none while somebody has it.
    pub fn take_lock(&self, name: &str) -> Option<Lock> {
        let mut state = self.lock();
        let epoch = state.epoch;
        state.locks.insert(name.to_owned()).then(|| Lock { disk: self.clone(), name: name.to_owned(), epoch })
    }

    /// Has the machine stop at the boundary that comes after so many others.
    pub fn crash_at(&self, boundaries: u64) {
        self.lock().crash_in = Some(boundaries);
    }

    /// Has a write fail after so many others, with nothing of it done, or with a part of it.
    pub fn fail_write(&self, after: u64, short: bool) {
        self.lock().fail_write = Some((after, short));
    }

    /// Has a flush fail after so many others.
    pub fn fail_sync(&self, after: u64) {
        self.lock().fail_sync = Some(after);
    }

    /// Leaves so much room, in bytes.
    pub fn fill_up(&self, room: u64) {
        self.lock().room = Some(room);
    }

    /// Has each of the next operations take so long, by a clock.
    pub fn slow_down(&self, operations: u64, by: Millis, clock: &Clock) {
        self.lock().slow = Some((operations, by, clock.clone()));
    }

    /// Takes back every fault that is still to come.
    pub fn mend(&self) {
        self.lock().mend();
    }

    /// Stops the machine now.
    pub fn stop(&self) {
        self.lock().is_down = true;
    }

    /// Tells whether the machine has stopped.
    pub fn is_down(&self) -> bool {
        self.lock().is_down
    }

    /// How many boundaries there were.
    pub fn boundaries(&self) -> u64 {
        self.lock().boundaries
    }

    /// Starts the machine again. What is open is open no longer, and what is left of the files is what the end left.
    /// No fault is to come any more.
    pub fn restart(&self, crash: Crash) {
        self.lock().restart(crash);
    }

    /// A disk of its own with what would be found on this one if it ended so at this moment.
    #[must_use]
    pub fn image(&self, crash: Crash, seed: u64) -> Self {
        let image = self.lock().image(seed);
        let image = Self(Arc::new(Mutex::new(image)));
        image.restart(crash);
        image
    }

    /// Which faults were met.
    pub fn met(&self) -> Met {
        self.lock().met.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under it panics; a world that panics elsewhere is dropped as a whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").field("boundaries", &self.boundaries()).finish_non_exhaustive()
    }
}

impl File {
    /// Reads from a place; gives how much there was.
    ///
    /// # Errors
    /// [`DiskError::Down`].
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, DiskError> {
        self.state()?.read(self.inode, offset, into)
    }

    /// All that is in it.
    ///
    /// # Errors
    /// [`DiskError::Down`].
    pub fn read(&self) -> Result<Vec<u8>, DiskError> {
        let mut bytes = vec![0; usize::try_from(self.size()?).unwrap_or_default()];
        let read = self.read_at(0, &mut bytes)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Its length in bytes.
    ///
    /// # Errors
    /// [`DiskError::Down`].
    pub fn size(&self) -> Result<u64, DiskError> {
        self.state()?.size(self.inode)
    }

    /// Writes at a place; what lies between its end and the place is zeros.
    ///
    /// # Errors
    /// [`DiskError::Full`] and [`DiskError::Failed`], when a part of it may have been written; [`DiskError::Down`].
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        self.state()?.write(self.inode, offset, bytes)
    }

    /// Cuts it, or adds zeros.
    ///
    /// # Errors
    /// [`DiskError::Down`].
    pub fn set_size(&self, size: u64) -> Result<(), DiskError> {
        self.state()?.set_size(self.inode, size)
    }

    /// Flushes what was written to it, and all names.
    ///
    /// # Errors
    /// [`DiskError::Failed`], when it is left open what is on the disk, and another flush does not try again;
    /// [`DiskError::Down`].
    pub fn sync(&self) -> Result<(), DiskError> {
        self.state()?.sync(self.inode)
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, DiskError> {
        let state = self.disk.lock();
        if state.epoch == self.epoch { Ok(state) } else { Err(DiskError::Down) }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let mut state = self.disk.lock();
        if state.epoch == self.epoch {
            state.locks.remove(&self.name);
        }
    }
}
