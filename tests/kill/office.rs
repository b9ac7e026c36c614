//! The narasumber procedure with its people.

use std::path::PathBuf;

use sop_engine::core::case::Directory;
use sop_engine::core::definition::{DefinitionId, PersonId};
use sop_engine::core::time::Instant;
use sop_engine::files::{self, Bundle};
use sop_engine::store::{Store, StoreError};
use sop_engine::{Clock, Engine};

/// Whatever keeps a run from being made; what is found by it is no trouble.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// The units that have people in the shipped directory.
const UNITS: [&str; 3] = ["tatalaksana", "kelembagaan", "pelayanan"];

/// Who asks.
pub(crate) const ASKERS: [&str; 3] = ["wulan", "surya", "tamu"];

/// Everybody whose work list is looked at.
pub(crate) const EVERYBODY: [&str; 14] = [
    "wulan",
    "surya",
    "tamu",
    "awang",
    "dayang",
    "damar",
    "tirta",
    "melati",
    "lestari",
    "guntur",
    "galih",
    "bayu",
    "serindang",
    "ranggas",
];

/// The shipped files.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) bundle: Bundle,
    pub(crate) directory: Directory,
    pub(crate) procedure: DefinitionId,
    /// A morning on which all posts are held.
    pub(crate) opens: Instant,
    pub(crate) asker: PersonId,
    pub(crate) other_asker: PersonId,
}

impl Office {
    pub(crate) fn load() -> Result<Self, Trouble> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../definitions");
        let bundle = files::read(folder.join("narasumber.json"))?;
        let directory = files::directory(folder.join("pejabat.json"), bundle.office())?;
        let procedure = bundle.process().id().clone();
        let (asker, other_asker) = (PersonId::new("wulan")?, PersonId::new("surya")?);
        let opens = "2026-03-02T08:00:00+07:00".parse()?;
        Ok(Self { bundle, directory, procedure, opens, asker, other_asker })
    }

    /// An engine on a store, with a clock that stands where the store's last entry left it.
    pub(crate) fn engine(&self, store: impl Store + 'static) -> Result<(Engine, Clock), StoreError> {
        let clock = Clock::simulated(self.opens);
        let engine = Engine::open(store, self.directory.clone(), clock.clone())?;
        clock.set(engine.now());
        Ok((engine, clock))
    }

    /// One of the units.
    pub(crate) fn unit(place: u64) -> String {
        let place = usize::try_from(place).unwrap_or(0) % UNITS.len();
        UNITS.get(place).copied().unwrap_or_default().to_owned()
    }
}
