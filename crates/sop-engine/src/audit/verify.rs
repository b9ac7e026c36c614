//! Reading a log from end to end, and finding what is wrong with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sop_core::case::{Event, Record};
use sop_core::definition::FieldId;
use sop_core::process::Hash;

use super::order::{Standing, findings};
use super::told::{Told, left, of_body};
use super::{Audit, Chained, Finding, Head, beginning, head, link, root};
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
    walk.end(scanned, store.chains())
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
#[derive(Debug, Clone)]
struct Followed {
    version: u32,
    link: Hash,
    at: Position,
    shows: Shows,
}

/// What a case has to show for what is not there any more.
#[derive(Debug, Clone, Default)]
struct Shows {
    /// The hash over what is left of its entries, until one says that it was to be left.
    left: Option<Hash>,
    /// Tells whether anything of it is in an archive.
    is_archived: bool,
    /// The fields whose values were erased, until an entry says so.
    fields: BTreeSet<FieldId>,
    /// Tells whether something that people wrote was, likewise.
    texts: bool,
}

impl Shows {
    /// Takes in the next entry of the case, and says whether it is at odds with those before.
    fn take(&mut self, body: &[u8], record: &Record) -> bool {
        if record.archived.is_some() {
            self.left = Some(left(self.left, body));
            self.is_archived = true;
            return false;
        }
        for (event, _) in record.events.iter().zip(record.erased()).filter(|(_, is_erased)| *is_erased) {
            match event {
                Event::FieldSet { field, .. } => drop(self.fields.insert(field.clone())),
                _ => self.texts = true,
            }
        }
        let mut is_at_odds = false;
        for event in &record.events {
            match event {
                Event::Erased { fields, texts, .. } => {
                    self.fields.retain(|field| !fields.contains(field));
                    self.texts &= !texts;
                }
                Event::Archived { left, .. } => {
                    is_at_odds |= self.left.take().is_some_and(|before| before != *left);
                }
                // Nothing of a case that was put back is in an archive.
                Event::Restored { .. } => is_at_odds |= self.is_archived,
                _ => {}
            }
        }
        is_at_odds
    }
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

    /// Says what was found, by how the scan ended, and whether the store [chains](Store::chains) what it keeps.
    ///
    /// # Errors
    /// As for [`verify`].
    pub(crate) fn end(mut self, scanned: Result<(), StoreError>, chains: bool) -> Result<Audit, StoreError> {
        let last = Position(self.entries);
        let is_whole = scanned.is_ok();
        match scanned {
            Ok(()) => {}
            Err(error) if error.is_damaged() => {
                self.find(Finding::Unreadable { at: last.next(), why: error.to_string() });
            }
            Err(error) => return Err(error),
        }
        if self.is_chained == Some(false) && chains {
            self.find(Finding::NotChained { at: Position(1) });
        } else if self.is_chained == Some(false) && self.findings.is_empty() {
            return Err(StoreError::unavailable(
                "the store does not chain what it keeps, so that nothing can be checked: use one that does",
            ));
        }
        self.tell_order();
        for kept in
            std::mem::take(&mut self.kept).into_values().flatten().filter(|kept| is_whole && kept.position > last)
        {
            self.find(Finding::CutShort { kept, last });
        }
        let mut cases: Vec<_> = std::mem::take(&mut self.cases).into_iter().collect();
        cases.sort_unstable_by_key(|(_, followed)| followed.at);
        for (case, Followed { at, shows, .. }) in cases {
            if shows.left.is_some() {
                self.find(Finding::MovedAway { case, at });
            }
            if shows.texts || !shows.fields.is_empty() {
                self.find(Finding::ErasedUnsaid { case, at });
            }
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
        let body = entry.body.to_json();
        let read = body.as_ref().map_err(Clone::clone).and_then(|body| match about {
            About::Case { .. } => of_body(body),
            _ => Ok(Told { told: Hash::of(body), record: None }),
        });
        let (body, Told { told, record }) = match (body, read) {
            (Ok(body), Ok(read)) => (body, read),
            (_, Err(error)) | (Err(error), _) => {
                if about == About::Deployment {
                    self.roots.push(beginning());
                }
                self.find(Finding::Unreadable { at, why: error.to_string() });
                return;
            }
        };
        let before = match about {
            About::Case { case, version, process } => {
                let followed = self.cases.remove(&case);
                let root = || {
                    let place = usize::try_from(process.0).ok().and_then(|number| number.checked_sub(1));
                    place.and_then(|place| self.roots.get(place)).copied().unwrap_or_else(beginning)
                };
                let (before, held, mut shows) = match followed {
                    Some(followed) => (followed.link, followed.version, followed.shows),
                    None => (root(), 0, Shows::default()),
                };
                // Most entries have nothing to do with it, and are not read for it.
                let record = record.or_else(|| is_about_keeping(&body).then(|| serde_json::from_slice(&body).ok())?);
                if let Some(record) = record {
                    self.archived += u64::from(record.archived.is_some());
                    if shows.take(&body, &record) {
                        self.find(Finding::MovedAway { case, at });
                    }
                }
                self.cases.insert(case, Followed { version, link: chained.link, at, shows });
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
            // Of a log that breaks again and again, a part is looked at at a time.
            Some(_) if self.order.around.len() >= 2 * AROUND => self.tell_order(),
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
            let before = self.order.before;
            let stretch: Vec<Standing> = std::mem::take(&mut self.order.around).into();
            self.order.before = self.head;
            if self.findings.len() >= Audit::MOST_FINDINGS {
                return;
            }
            for finding in findings(before, &stretch) {
                self.find(finding);
            }
        }
    }

    /// Looks whether the texts that an entry names are there, and are what they were.
    fn texts(&mut self, store: &dyn Store, entry: &Entry) -> Result<(), StoreError> {
        let named = match named_texts(entry) {
            Ok(named) => named,
            Err(error) => {
                self.find(Finding::Unreadable { at: entry.position, why: error.to_string() });
                return Ok(());
            }
        };
        for text in named {
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

/// Tells whether an entry may say that something was erased, archived or put back.
fn is_about_keeping(body: &[u8]) -> bool {
    let has = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
    has(br#"{"erased":{"#) || has(br#"{"archived":{"#) || has(br#"{"restored":{"#)
}
