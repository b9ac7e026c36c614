//! What the worlds are about, and how their stores are kept.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sop_engine::core::definition::PersonId;
use sop_engine::files;
use sop_engine::store::{Store, StoreError};
use sop_store_sqlite::{Options as StoreOptions, SqliteStore};
use sop_testkit::world::{Disk, Ground, Keeper, KeepsSim, Options};

use crate::vfs;

/// Whatever keeps a world from being made; what is found by it is no trouble.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// Keeps a store in an SQLite file on the simulated disk.
pub(crate) struct KeepsSqlite {
    /// After how many pages the write-ahead log is moved into the file, and begun anew.
    pub(crate) checkpoint_after: NonZeroU32,
    /// Tells whether what is found in the file is not made durable: so that one sees the check fail.
    pub(crate) careless: bool,
}

/// After how few entries the tail is written behind: each world is to come to it.
const WRITE_BEHIND_AFTER: NonZeroU32 = NonZeroU32::new(16).unwrap();

impl KeepsSqlite {
    /// Begins the write-ahead log anew so soon that each world comes to it.
    pub(crate) const SOON: Self = Self { checkpoint_after: NonZeroU32::new(24).unwrap(), careless: false };
    /// Begins it anew only when the store is closed.
    pub(crate) const LATE: Self =
        Self { checkpoint_after: NonZeroU32::new(StoreOptions::CHECKPOINT_AFTER).unwrap(), careless: false };
}

impl Keeper for KeepsSqlite {
    fn open(&self, disk: &Disk) -> Result<Box<dyn Store>, StoreError> {
        let vfs = vfs::on(disk).map_err(|error| StoreError::locked(format!("no file system: {error:?}")))?;
        let below = disk.clone();
        let careless = self.careless;
        let renew = move |name: &Path| if careless { Ok(()) } else { vfs::renew(&below, name) };
        let options = StoreOptions::new()
            .write_behind_after(WRITE_BEHIND_AFTER)
            .checkpoint_after(self.checkpoint_after)
            .on_vfs(vfs, renew);
        Ok(Box::new(SqliteStore::open_with("sop.db", options)?))
    }
}

/// The narasumber procedure with its people.
pub(crate) fn narasumber() -> Result<Ground, Trouble> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../definitions");
    let bundle = files::read(folder.join("narasumber.json"))?;
    let directory = std::fs::read_to_string(folder.join("pejabat.json"))?;
    let askers = [PersonId::new("wulan")?, PersonId::new("surya")?, PersonId::new("tamu")?];
    Ok(Ground::of(&[bundle], &serde_json::from_str(&directory)?, &askers)?)
}

/// How a seed is played: half of them on the narasumber procedure, and half of each on SQLite's store.
pub(crate) fn options(seed: u64, narasumber: &Arc<Ground>) -> Options {
    let ground = seed.is_multiple_of(2).then(|| Arc::clone(narasumber));
    let keeper: Arc<dyn Keeper> = match seed / 2 % 4 {
        0 => Arc::new(KeepsSqlite::SOON),
        2 => Arc::new(KeepsSqlite::LATE),
        _ => Arc::new(KeepsSim::default()),
    };
    let replay = "cargo run --release -p tests --bin world -- 1 SEED".to_owned();
    Options { ground, keeper, replay, ..Options::default() }
}
