//! The testkit's own store keeps what every store promises.

use sop_engine::store::{Store, StoreError};
use sop_testkit::store::{Backend, assert_conforms};
use sop_testkit::world::{Crash, Disk, SimStore};

struct OnDisk(Disk);

impl Backend for OnDisk {
    fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(SimStore::open(&self.0)?))
    }

    fn crash(&self) -> Option<Box<dyn Backend>> {
        Some(Box::new(Self(self.0.image(Crash::Power, self.0.boundaries()))))
    }
}

#[test]
fn the_store_keeps_what_every_store_promises() {
    let report = assert_conforms(|| OnDisk(Disk::new(11)));
    assert_eq!(report.lacks, ["reads", "later", "earlier"]);
}
