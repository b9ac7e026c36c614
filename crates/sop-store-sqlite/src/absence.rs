//! Believing that something is not there.

use std::cell::Cell;
use std::path::Path;

use rusqlite::Connection;
use sop_engine::store::{CaseId, StoreError};

use crate::tables;
use crate::tail::Head;

/// The tables, where what they do not have is to be believed: the first time that this comes up, they are verified.
///
/// Not when the store is opened: that takes time by the size of the tables, and whoever only goes on with the cases that
/// run needs none of it.
pub(crate) struct Absence<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) path: &'a Path,
    pub(crate) is_verified: &'a Cell<bool>,
}

impl Absence<'_> {
    /// Where a case stood at the place that the tables reflect.
    pub(crate) fn head(&self, case: CaseId) -> Result<Option<Head>, StoreError> {
        let head = tables::head(self.connection, self.path, case)?;
        if head.is_none() {
            self.believe()?;
        }
        Ok(head)
    }

    /// Makes sure that what was not found is not there.
    pub(crate) fn believe(&self) -> Result<(), StoreError> {
        if !self.is_verified.get() {
            tables::verify(self.connection, self.path)?;
            self.is_verified.set(true);
        }
        Ok(())
    }
}
