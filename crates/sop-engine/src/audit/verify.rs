//! Reading a log from end to end, and finding what is wrong with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sop_core::case::{Event, Record};
use sop_core::process::Hash;

use super::order::{Standing, findings};
use super::{Audit, Chained, Finding, Head, beginning, head, left, link, root, told};
use crate::engine::named_texts;
use crate::store::{About, ByCase, CaseId, Entry, Position, Store, StoreError, blob_hash};

/// How many entries around a place where heads do not follow are looked at together: what was moved further shows as
/// missing in one place and as put in at another.
const AROUND: usize = 1_024;

/// Checks the log of a store that nobody writes to, or of one that is open for reading: each entry, each link, the
/// heads, and the texts that entries name. `kept` are heads that were kept elsewhere, of this log at earlier times; they
/// are what an end that was cut off is found by, and a log that was computed anew.
///
/// An engine has its own way to [check](crate::Engine::verify_audit) while commands go on.
///
/// # Errors
/// What the store fails with, unless it is that an entry cannot be read: that is a finding.
/// [`StoreError::is_unavailable`] for a store that does not chain.
pub fn verify(store: &dyn Store, kept: &[Head]) -> Result<Audit, StoreError> {
    let mut walk = Walk::new(kept);
    let scanned = store.scan(Position::default(), &mut |entry| walk.take(store, &entry));
    walk.end(scanned)
}

/// A check under way.
#[derive(Debug)]
pub(crate) struct Walk {
    entries: u64,
    archived: u64,
    findings: Vec<Finding>,
    /// Those that are still to come.
    kept: BTreeMap<Position, Vec<Head>>,
    cases: ByCase<Followed>,
    /// What the links of each deployment's cases begin with, by what its entry says.
    roots: Vec<Hash>,
    /// The head that the last entry says.
    head: Hash,
    is_chained: Option<bool>,
    checked: BTreeSet<Hash>,
    order: Order,
}

/// A case as far as it was read.
#[derive(Debug, Clone, Copy)]
struct Followed {
    version: u32,
    link: Hash,
    at: Position,
    /// The hash over what is left of its entries, until one says that it was to be left.
    left: Option<Hash>,
}

/// The heads of the last entries.
#[derive(Debug)]
struct Order {
    /// The head before the first of them.
    before: Hash,
    around: VecDeque<Standing>,
    /// How many more are to be read before what is wrong among them is told; none: nothing is.
    to_come: Option<usize>,
}

impl Walk {
    pub(crate) fn new(kept: &[Head]) -> Self {
        let mut by_place: BTreeMap<Position, Vec<Head>> = BTreeMap::new();
        for head in kept {
            by_place.entry(head.position).or_default().push(*head);
        }
        Self {
            entries: 0,
            archived: 0,
            findings: Vec::new(),
            kept: by_place,
            cases: ByCase::default(),
            roots: Vec::new(),
            head: beginning(),
            is_chained: None,
            checked: BTreeSet::new(),
            order: Order { before: beginning(), around: VecDeque::new(), to_come: None },
        }
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// [`StoreError::is_unavailable`] for a store that does not chain; what the store fails with.
    pub(crate) fn take(&mut self, store: &dyn Store, entry: &Entry) -> Result<(), StoreError> {
        self.entries += 1;
        let at = entry.position;
        self.texts(store, entry)?;
        match (entry.chained, self.is_chained) {
            (Some(chained), before) => {
                if before == Some(false) {
                    self.find(Finding::NotChained { at: Position(1) });
                }
                self.is_chained = Some(true);
                self.chained(entry, chained);
            }
            (None, Some(true)) => self.find(Finding::NotChained { at }),
            // Where all have none, the store does not chain.
            (None, _) => self.is_chained = Some(false),
        }
        for kept in self.kept.remove(&at).unwrap_or_default() {
            if kept.hash != self.head {
                self.find(Finding::Forked { kept, found: self.head });
            }
        }
        Ok(())
    }

    /// Says what was found, by how the scan ended.
    ///
    /// # Errors
    /// As for [`verify`].
    pub(crate) fn end(mut self, scanned: Result<(), StoreError>) -> Result<Audit, StoreError> {
        let last = Position(self.entries);
        match scanned {
            Ok(()) => {}
            Err(error) if error.is_damaged() => {
                self.find(Finding::Unreadable { at: last.next(), why: error.to_string() });
            }
            Err(error) => return Err(error),
        }
        if self.is_chained == Some(false) && self.findings.is_empty() {
            return Err(StoreError::unavailable(
                "the store does not chain what it keeps, so that nothing can be checked: use one that does",
            ));
        }
        self.tell_order();
        for kept in std::mem::take(&mut self.kept).into_values().flatten().filter(|kept| kept.position > last) {
            self.find(Finding::CutShort { kept, last });
        }
        let cases = std::mem::take(&mut self.cases);
        let mut moved: Vec<_> = cases.into_iter().filter(|(_, followed)| followed.left.is_some()).collect();
        moved.sort_unstable_by_key(|(_, followed)| followed.at);
        for (case, followed) in moved {
            self.find(Finding::MovedAway { case, at: followed.at });
        }
        let head = (self.entries > 0).then_some(Head { position: last, hash: self.head });
        self.findings.sort_by_key(Finding::at);
        Ok(Audit { entries: self.entries, archived: self.archived, head, findings: self.findings })
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < Audit::MOST_FINDINGS {
            self.findings.push(finding);
        }
    }

    fn chained(&mut self, entry: &Entry, chained: Chained) {
        let (at, about) = (entry.position, entry.about);
        self.order(Standing { at, about, chained });
        let told = match entry.body.to_json().and_then(|body| told(&body)) {
            Ok(told) => told,
            Err(error) => {
                self.find(Finding::Unreadable { at, why: error.to_string() });
                return;
            }
        };
        let before = match about {
            About::Case { case, version, process } => {
                let followed = self.cases.get(&case).copied();
                let root = || {
                    let place = usize::try_from(process.0).ok().and_then(|number| number.checked_sub(1));
                    place.and_then(|place| self.roots.get(place)).copied().unwrap_or_else(beginning)
                };
                let before = followed.map_or_else(root, |followed| followed.link);
                let held = followed.map_or(0, |followed| followed.version);
                let left = followed.and_then(|followed| followed.left);
                let left = self.left(case, entry, left);
                self.cases.insert(case, Followed { version, link: chained.link, at, left });
                if version > held.saturating_add(1) {
                    self.removed(case, held, version, at);
                    return;
                }
                before
            }
            About::Deployment => {
                self.roots.push(root(&told));
                beginning()
            }
            About::Directory | About::Calendar => beginning(),
        };
        if link(&before, &about, entry.key.as_ref(), &told) != chained.link {
            self.find(Finding::Altered { at, about });
        }
    }

    /// Looks whether an entry is in an archive, or says which are.
    fn left(&mut self, case: CaseId, entry: &Entry, before: Option<Hash>) -> Option<Hash> {
        // What cannot be read is found where its link is looked at.
        let Ok(body) = entry.body.to_json() else { return before };
        let has = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
        if !has(br#""archived":"#) {
            return before;
        }
        let Ok(record) = serde_json::from_slice::<Record>(&body) else { return before };
        if record.archived.is_some() {
            self.archived += 1;
            return Some(left(before, &body));
        }
        let said = record.events.iter().find_map(|event| match event {
            Event::Archived { left, .. } => Some(*left),
            _ => None,
        });
        match (before, said) {
            (Some(before), Some(said)) if before != said => {
                self.find(Finding::MovedAway { case, at: entry.position });
                None
            }
            // Of what was put back since, nothing is left.
            (_, Some(_)) => None,
            (before, None) => before,
        }
    }

    fn removed(&mut self, case: CaseId, held: u32, version: u32, before: Position) {
        let versions = held.saturating_add(1)..=version.saturating_sub(1);
        self.find(Finding::Removed { case, versions, before });
    }

    /// Looks whether an entry's head follows the one before.
    fn order(&mut self, standing: Standing) {
        let follows = head(&self.head, &standing.chained.link) == standing.chained.head;
        self.head = standing.chained.head;
        self.order.around.push_back(standing);
        if !follows {
            self.order.to_come = Some(AROUND);
        }
        match &mut self.order.to_come {
            Some(0) => self.tell_order(),
            Some(more) => *more -= 1,
            None => {
                if self.order.around.len() > AROUND
                    && let Some(passed) = self.order.around.pop_front()
                {
                    self.order.before = passed.chained.head;
                }
            }
        }
    }

    /// Tells what is wrong with the order of the last entries, and begins anew after them.
    fn tell_order(&mut self) {
        if self.order.to_come.take().is_some() {
            let stretch: Vec<Standing> = std::mem::take(&mut self.order.around).into();
            for finding in findings(self.order.before, &stretch) {
                self.find(finding);
            }
            self.order.before = self.head;
        }
    }

    /// Looks whether the texts that an entry names are there, and are what they were.
    fn texts(&mut self, store: &dyn Store, entry: &Entry) -> Result<(), StoreError> {
        // What cannot be read is found where its link is looked at.
        for text in named_texts(entry).unwrap_or_default() {
            if !self.checked.insert(text) {
                continue;
            }
            let is_there = match store.blob(&text) {
                Ok(content) => content.is_some_and(|content| blob_hash(&content) == text),
                Err(error) if error.is_damaged() => false,
                Err(error) => return Err(error),
            };
            if !is_there {
                self.find(Finding::Text { at: entry.position, text });
            }
        }
        Ok(())
    }
}
