//! What a batch adds to where its cases stand, before it is committed.

use std::collections::{HashMap, hash_map};

use foldhash::fast::RandomState;
use sop_engine::audit::Chained;
use sop_engine::core::process::Hash;
use sop_engine::store::{About, CaseId, NewEntry, Position, Scope, StoreError};

use crate::absence::Absence;
use crate::chain::{self, Ends};
use crate::tail::{Head, KeySlot, Tail};

/// What a batch adds, until it is committed.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) heads: HashMap<CaseId, Head, RandomState>,
    pub(crate) keys: Vec<(KeySlot, Position)>,
}

impl Pending {
    /// Takes in an entry that continues its case and whose words have a hash, and gives the entry before of the same
    /// case and how it is chained.
    pub(crate) fn take(
        &mut self,
        entry: &NewEntry,
        (position, told): (Position, &Hash),
        tail: &Tail,
        absent: &Absence<'_>,
        ends: &mut Ends,
    ) -> Result<(Position, Chained), StoreError> {
        let mut previous = Position::default();
        let mut chain = |before| ends.take(&entry.about, entry.key.as_ref(), before, told);
        let mut chained = None;
        if let About::Case { case, version, .. } = entry.about {
            let head = self.head(case, tail, absent)?;
            if head.version.checked_add(1) != Some(version) {
                let held = head.version;
                return Err(StoreError::conflict(format!(
                    "case {case} was written to meanwhile: it has {held} entries, and entry {version} was to follow"
                )));
            }
            previous = head.last;
            let made = chain(chain::last_link(absent.connection, absent.path, head)?);
            head.grow(position, *made.link.as_bytes());
            chained = Some(made);
        }
        let chained = chained.unwrap_or_else(|| chain(None));
        if let Some(used) = &entry.key {
            let slot = KeySlot::of(used.scope, &used.key);
            self.keys.push((slot, position));
            if let Scope::Case(case) = used.scope {
                let head = self.head(case, tail, absent)?;
                head.filter.add(slot);
                head.changed = position;
            }
        }
        Ok((previous, chained))
    }

    fn head(&mut self, case: CaseId, tail: &Tail, absent: &Absence<'_>) -> Result<&mut Head, StoreError> {
        match self.heads.entry(case) {
            hash_map::Entry::Occupied(held) => Ok(held.into_mut()),
            hash_map::Entry::Vacant(free) => Ok(free.insert(match tail.head(case) {
                Some(head) => head,
                None => absent.head(case)?.unwrap_or_default(),
            })),
        }
    }
}
