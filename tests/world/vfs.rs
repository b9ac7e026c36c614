//! A simulated disk as SQLite sees it: a file system that is registered under a name.
//!
//! Each thread registers one and then changes the disk below it, since SQLite keeps what was registered for good, and what
//! lies between takes each file system to be used by one thread at a time.

use std::cell::RefCell;
use std::io::{Error, ErrorKind};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sop_testkit::world::{Disk, DiskError, File};
use sqlite_vfs::wip::{WalIndex, WalIndexLock};
use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenOptions, RegisterError, Vfs};

/// The disk below a file system, which changes from world to world.
#[derive(Clone)]
struct Below(Arc<Mutex<Disk>>);

impl Below {
    fn disk(&self) -> Disk {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

thread_local! {
    static REGISTERED: RefCell<Option<(String, Below)>> = const { RefCell::new(None) };
}

/// How many were registered: each has a name of its own.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// Puts a disk below this thread's file system, and gives the name under which SQLite knows that.
pub(crate) fn on(disk: &Disk) -> Result<String, RegisterError> {
    REGISTERED.with_borrow_mut(|registered| {
        if let Some((name, below)) = registered {
            *below.0.lock().unwrap_or_else(PoisonError::into_inner) = disk.clone();
            return Ok(name.clone());
        }
        let name = format!("simulated-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let below = Below(Arc::new(Mutex::new(disk.clone())));
        sqlite_vfs::register(&name, Simulated(below.clone()), false)?;
        *registered = Some((name.clone(), below));
        Ok(name)
    })
}

/// Writes a file over with what it holds, and flushes it, as a store does before it answers from it.
pub(crate) fn renew(disk: &Disk, name: &Path) -> Result<(), Error> {
    let file = match disk.open(&name.to_string_lossy()) {
        Err(DiskError::Missing) => return Ok(()),
        file => file.map_err(refused)?,
    };
    let bytes = file.read().map_err(refused)?;
    file.write_at(0, &bytes).and_then(|()| file.sync()).map_err(refused)
}

struct Simulated(Below);

/// An open file. The one who has a database has it alone: there is never another.
struct Handle {
    file: File,
    lock: LockKind,
}

/// There is no memory that programs share.
struct NoSharedMemory;

fn refused(error: DiskError) -> Error {
    // What is between takes a write of nothing for a disk that is full.
    let kind = match error {
        DiskError::Full => ErrorKind::WriteZero,
        DiskError::Missing => ErrorKind::NotFound,
        DiskError::Down | DiskError::Failed => ErrorKind::Other,
    };
    Error::new(kind, error)
}

impl Vfs for Simulated {
    type Handle = Handle;

    fn open(&self, name: &str, options: OpenOptions) -> Result<Handle, Error> {
        let disk = self.0.disk();
        let makes = matches!(options.access, OpenAccess::Create | OpenAccess::CreateNew);
        let file = match disk.open(name) {
            Err(DiskError::Missing) if makes => disk.create(name),
            found => found,
        };
        Ok(Handle { file: file.map_err(refused)?, lock: LockKind::None })
    }

    fn delete(&self, name: &str) -> Result<(), Error> {
        self.0.disk().remove(name).map_err(refused)
    }

    fn exists(&self, name: &str) -> Result<bool, Error> {
        self.0.disk().has(name).map_err(refused)
    }

    fn temporary_name(&self) -> String {
        "temporary".to_owned()
    }

    fn random(&self, bytes: &mut [i8]) {
        bytes.fill(0);
    }

    fn sleep(&self, duration: Duration) -> Duration {
        duration
    }
}

impl DatabaseHandle for Handle {
    type WalIndex = NoSharedMemory;

    fn size(&self) -> Result<u64, Error> {
        self.file.size().map_err(refused)
    }

    fn read_exact_at(&mut self, bytes: &mut [u8], offset: u64) -> Result<(), Error> {
        let read = self.file.read_at(offset, bytes).map_err(refused)?;
        match bytes.get_mut(read..) {
            Some(rest) if !rest.is_empty() => {
                // SQLite wants zeros where a file has ended.
                rest.fill(0);
                Err(ErrorKind::UnexpectedEof.into())
            }
            _ => Ok(()),
        }
    }

    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> Result<(), Error> {
        self.file.write_at(offset, bytes).map_err(refused)
    }

    fn sync(&mut self, _data_only: bool) -> Result<(), Error> {
        self.file.sync().map_err(refused)
    }

    fn set_len(&mut self, size: u64) -> Result<(), Error> {
        self.file.set_size(size).map_err(refused)
    }

    fn lock(&mut self, lock: LockKind) -> Result<bool, Error> {
        self.lock = lock;
        Ok(true)
    }

    fn reserved(&mut self) -> Result<bool, Error> {
        Ok(matches!(self.lock, LockKind::Reserved | LockKind::Pending | LockKind::Exclusive))
    }

    fn current_lock(&self) -> Result<LockKind, Error> {
        Ok(self.lock)
    }

    fn wal_index(&self, _readonly: bool) -> Result<NoSharedMemory, Error> {
        Ok(NoSharedMemory)
    }
}

impl WalIndex for NoSharedMemory {
    fn enabled() -> bool {
        false
    }

    fn map(&mut self, _region: u32) -> Result<[u8; 32768], Error> {
        Err(ErrorKind::Unsupported.into())
    }

    fn lock(&mut self, _locks: Range<u8>, _lock: WalIndexLock) -> Result<bool, Error> {
        Err(ErrorKind::Unsupported.into())
    }

    fn delete(self) -> Result<(), Error> {
        Ok(())
    }
}
