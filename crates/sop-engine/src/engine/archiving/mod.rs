//! Cases that are over, moved to an archive and back.
//!
//! An archive is a text that the host keeps where it likes. It is written first; then the store lets go of what the
//! archive says, after that was read back and compared with what is on record, entry by entry. So nothing is let go of
//! that is not in the archive, whatever happens in between.

mod trouble;

use std::collections::BTreeSet;
use std::io::{BufRead, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;

use sop_core::case::{Command, Event, Named, Record};
use sop_core::definition::PersonId;
use sop_core::process::Hash;
use sop_core::time::Instant;

use super::Engine;
use super::entries::said;
use super::inner::Inner;
use super::replay::Loaded;
use crate::answer::Refusal;
use crate::audit::{left, told};
use crate::store::{About, Body, CaseId, Entry, Position, Rewritten, StoreError, portion};
use crate::transfer::{
    ExportError, Exported, Given, ImportError, ImportTrouble, Told, read_archive, read_loosely, write_archive,
};
pub use trouble::ArchiveError;

/// The number of cases that are let go of in one commit.
const TOGETHER: usize = 64;

/// What was written to an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Archived {
    /// How many cases.
    pub cases: u64,
    /// The text that holds them.
    pub text: Exported,
}

/// What a store let go of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LetGo {
    /// The cases that are in the archive from now on, and no more in the store.
    pub cases: Vec<CaseId>,
    /// Cases of the archive that stay in the store: they went on since it was written, or were archived before.
    pub kept: Vec<CaseId>,
}

impl Engine {
    /// Writes cases that are over, and of which nothing was put on record after an instant, as
    /// [lines of JSON](crate::transfer): at most so many, those first that were opened first. They stay in the store as
    /// well, until it [lets go](Self::let_go) of what the archive says.
    ///
    /// The archive says everything that is on record of them, with the deployments and calendars that they follow.
    /// Commands go on; the log is read once to find the cases, 256 entries at a time, and each case that is over once more.
    ///
    /// What is personal in a case is personal in its archive: who asks for it to be erased is to have it erased there too,
    /// by [putting the case back](Self::restore), [erasing](Self::erase), and archiving it again.
    ///
    /// ```
    /// use std::num::NonZeroUsize;
    ///
    /// use sop_engine::core::definition::PersonId;
    /// use sop_engine::verify::Verify as _;
    /// use sop_engine::{Clock, Engine, Opening, files, store::MemoryStore};
    ///
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
    /// # let path = |name: &str| format!("{folder}/{name}");
    /// # let sop = files::read(path("narasumber.json"))?;
    /// # let officials = files::directory(path("pejabat.json"), sop.office())?;
    /// # let engine = Engine::open(MemoryStore::chained(), officials, Clock::system())?;
    /// # let procedure = sop.process().id().clone();
    /// # engine.deploy(sop.verify())?;
    /// let (asker, archivist) = (PersonId::new("tamu")?, PersonId::new("arsiparis")?);
    /// let case = engine.start(&procedure, &asker, &Opening::about("Bimtek"), None)??.case;
    /// engine.withdraw(case, &asker, "batal", None)??;
    ///
    /// let mut archive = Vec::new(); // in an office, a file: write it, sync it, and read it back
    /// engine.archive(engine.now(), NonZeroUsize::MAX, &mut archive)?;
    /// let let_go = engine.let_go("arsip-2026", &archivist, std::io::Cursor::new(&archive))?;
    /// assert_eq!(let_go.cases, [case]);
    /// assert!(engine.case(case).unwrap_err().is_archived());
    /// assert!(engine.verify_audit(&[])?.is_sound());
    ///
    /// engine.restore(case, "arsip-2026", &archivist, archive.as_slice())?;
    /// assert_eq!(engine.case(case)?.map(|case| case.subject).as_deref(), Some("Bimtek"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`export`](Self::export).
    pub fn archive(&self, over_by: Instant, most: NonZeroUsize, to: &mut dyn Write) -> Result<Archived, ExportError> {
        let mut cases = Vec::new();
        let mut entries = 0;
        let mut rests: BTreeSet<Position> = BTreeSet::new();
        for case in self.all_cases()? {
            if cases.len() >= most.get() {
                break;
            }
            let mut inner = self.shared.lock();
            inner.recover()?;
            if let Some(version) = inner.over_by(case, over_by)? {
                let told = inner.rests_on(case)?;
                entries += u64::from(version) + told.iter().filter(|at| rests.insert(**at)).count() as u64;
                cases.push((case, version));
            }
        }
        let mut given = Given::new();
        let mut next = cases.iter();
        let text = write_archive(entries, to, || {
            let Some(&(case, version)) = next.next() else { return Ok(None) };
            // What came since is not counted, and not written either.
            self.shared.lock().told_for_archive(case, version, &mut given, &mut rests).map(Some)
        })?;
        Ok(Archived { cases: cases.len() as u64, text })
    }

    /// Has the store let go of the cases that an archive holds, after comparing all that it says with what is on record.
    /// Hand in what was read back from where it is kept, once that is durable: what is let go of is nowhere else. It is
    /// read twice: to its end before anything is let go of, and once more.
    ///
    /// What is left is what the chain of hashes and the registers need: of each entry its place, its hash and the
    /// numbers in it; and an entry that names the archive, and who did it. A case that went on since the archive was
    /// written stays as it is. How a store gives the space back to the disk is its own affair.
    ///
    /// # Errors
    /// [`ArchiveError`]; cases before the one that it is about may have been let go of, and the archive can be handed in
    /// again.
    pub fn let_go(&self, archive: &str, by: &PersonId, mut from: impl BufRead + Seek) -> Result<LetGo, ArchiveError> {
        // All of it is read before anything is let go of.
        let unreadable = |error| {
            ArchiveError::Text(ImportError { line: 0, trouble: ImportTrouble::Read(error), is_partly_written: false })
        };
        let begin = from.stream_position().map_err(unreadable)?;
        read_archive(&mut from, |_| Ok::<(), ArchiveError>(()))
            .map_err(|error| error.map_or_else(|error| error, ArchiveError::Text))?;
        from.seek(SeekFrom::Start(begin)).map_err(unreadable)?;
        let mut let_go = LetGo::default();
        let mut gathered: Vec<(CaseId, Vec<Entry>)> = Vec::new();
        let mut take = |gathered: &mut Vec<(CaseId, Vec<Entry>)>| -> Result<(), ArchiveError> {
            let cases = std::mem::take(gathered);
            self.command(|inner, now| inner.let_go_together(&cases, (archive, by), now, &mut let_go))
        };
        let read = read_archive(from, |entry| {
            let Some(case) = entry.about.case() else { return Ok(()) };
            match gathered.last_mut() {
                Some((last, entries)) if *last == case => entries.push(entry),
                _ => {
                    if gathered.len() >= TOGETHER {
                        take(&mut gathered)?;
                    }
                    gathered.push((case, vec![entry]));
                }
            }
            Ok(())
        });
        read.map_err(|error| error.map_or_else(|error| error, ArchiveError::Text))?;
        take(&mut gathered)?;
        // The store has dropped the one that it had.
        if let Err(error) = self.checkpoint() {
            tracing::warn!(target: "sop_engine::archive", %error, "no checkpoint could be kept; opening takes longer");
        }
        tracing::info!(target: "sop_engine::archive", archive, cases = let_go.cases.len(), "cases were moved to an archive");
        Ok(let_go)
    }

    /// Puts a case back from the archive that it was moved to, after comparing it with the hashes that are on record:
    /// that they are met is what counts, so that damage elsewhere in the archive is no hindrance.
    ///
    /// # Errors
    /// [`ArchiveError`]; nothing was changed then.
    pub fn restore(&self, case: CaseId, archive: &str, by: &PersonId, from: impl BufRead) -> Result<(), ArchiveError> {
        let mut entries = Vec::new();
        read_loosely(from, |entry| {
            if entry.about.case() == Some(case) {
                entries.push(entry);
            }
        })
        .map_err(ArchiveError::Text)?;
        if entries.is_empty() {
            return Err(ArchiveError::NotThere { case });
        }
        self.command(|inner, now| inner.restore(case, &entries, (archive, by), now))?;
        // The store has dropped the one that it had.
        if let Err(error) = self.checkpoint() {
            tracing::warn!(target: "sop_engine::archive", %error, "no checkpoint could be kept; opening takes longer");
        }
        tracing::info!(target: "sop_engine::archive", archive, %case, "a case was put back");
        Ok(())
    }

    /// All cases that were ever opened, in the order of their opening.
    fn all_cases(&self) -> Result<Vec<CaseId>, StoreError> {
        let last = {
            let mut inner = self.shared.lock();
            inner.recover()?;
            inner.books.position
        };
        let mut cases = Vec::new();
        let mut after = Position::default();
        while after < last {
            let (entries, read) = portion(&*self.shared.lock().store, after, last);
            read?;
            let Some(end) = entries.last() else { break };
            after = end.position;
            cases.extend(entries.iter().filter_map(|entry| match entry.about {
                About::Case { case, version: 1, .. } => Some(case),
                _ => None,
            }));
        }
        Ok(cases)
    }
}

impl Inner {
    /// The number of entries that a case has, if it is over, in the store, and nothing came after an instant.
    fn over_by(&self, case: CaseId, over_by: Instant) -> Result<Option<u32>, StoreError> {
        if self.books.cases.find(case).is_some() {
            return Ok(None);
        }
        if self.store.opening(case)?.is_none_or(|opening| is_archived(&opening)) {
            return Ok(None);
        }
        let history = self.store.history(case)?;
        let Some(last) = history.iter().rfind(|entry| entry.position <= self.books.position) else { return Ok(None) };
        let record: Record = said(last)?;
        let About::Case { version, .. } = last.about else { return Ok(None) };
        Ok((record.at <= over_by).then_some(version))
    }

    /// The deployments and calendars that it takes to understand a case.
    fn rests_on(&self, case: CaseId) -> Result<Vec<Position>, StoreError> {
        Ok(self
            .entries_of(case)?
            .iter()
            .filter(|entry| entry.about.case().is_none())
            .map(|entry| entry.position)
            .collect())
    }

    /// What an archive says of a case up to one of its entries, without what it said already.
    fn told_for_archive(
        &self,
        case: CaseId,
        upto: u32,
        given: &mut Given,
        rests: &mut BTreeSet<Position>,
    ) -> Result<Vec<Told>, StoreError> {
        let entries = self.entries_of(case)?.into_iter().filter(|entry| match entry.about {
            About::Case { version, .. } => version <= upto,
            _ => rests.remove(&entry.position),
        });
        // What a case rests on comes before it, wherever it stands in the log.
        let (mut first, own): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.about.case().is_none());
        first.extend(own);
        if first.iter().any(is_archived) {
            return Err(StoreError::busy(format!("case {case} was moved to another archive meanwhile: begin again")));
        }
        first.into_iter().map(|entry| Told::of(entry, &*self.store, given)).collect()
    }

    /// Lets go of some cases in one commit.
    fn let_go_together(
        &mut self,
        cases: &[(CaseId, Vec<Entry>)],
        (archive, by): (&str, &PersonId),
        now: Instant,
        let_go: &mut LetGo,
    ) -> Result<(), ArchiveError> {
        self.recover()?;
        let mut rewritten = Vec::new();
        let mut gone = Vec::new();
        for (case, entries) in cases {
            match self.let_go_of(*case, entries, (archive, by), now) {
                Ok(Some(stubs)) => {
                    rewritten.extend(stubs);
                    gone.push(*case);
                }
                Ok(None) => let_go.kept.push(*case),
                Err(error) => {
                    // Nothing of this commit is to stay.
                    self.give_up();
                    self.recover()?;
                    return Err(error);
                }
            }
        }
        self.rewrite(rewritten);
        self.flush()?;
        let_go.cases.extend(gone);
        self.books.reflected = Position::default();
        Ok(())
    }

    /// Decides that a case is let go of, and gives what is left of its entries; none where it is to stay.
    fn let_go_of(
        &mut self,
        case: CaseId,
        entries: &[Entry],
        (archive, by): (&str, &PersonId),
        now: Instant,
    ) -> Result<Option<Vec<Rewritten>>, ArchiveError> {
        match self.have(case)? {
            Ok(_) => {}
            Err(Refusal::CaseIsArchived { .. }) => return Ok(None),
            Err(refusal) => return Err(refusal.into()),
        }
        let history = self.store.history(case)?;
        let differs = history.iter().zip(entries).find(|(is, said)| !is_same(is, said));
        if let Some((is, _)) = differs {
            return Err(ArchiveError::NotOnRecord { case, at: is.position });
        }
        if entries.len() > history.len() {
            return Err(ArchiveError::NotOnRecord { case, at: self.books.position.next() });
        }
        // It went on since.
        if entries.len() < history.len() {
            return Ok(None);
        }
        let mut stubs = Vec::with_capacity(entries.len());
        let mut all_left: Option<Hash> = None;
        for entry in &history {
            let stub = stub(entry)?;
            all_left = Some(left(all_left, &stub));
            // What a command was known by stays: asked again, it is told where its answer is.
            stubs.push(Rewritten { at: entry.position, body: Body::from_json(stub), forgets_command: false });
        }
        let left = all_left.unwrap_or_else(|| Hash::of(&[]));
        self.act_for_host(case, by, None, now, |_, by| Ok(Command::Archive { by, archive: archive.into(), left }))?;
        Ok(Some(stubs))
    }

    /// Puts a case back.
    fn restore(
        &mut self,
        case: CaseId,
        entries: &[Entry],
        (archive, by): (&str, &PersonId),
        now: Instant,
    ) -> Result<(), ArchiveError> {
        self.recover()?;
        let history = self.store.history(case)?;
        let stubs = history.iter().map(said::<Record>).collect::<Result<Vec<_>, _>>()?;
        let stubs = stubs.iter().map_while(|record| record.archived);
        let stubs: Vec<(&Entry, Hash)> = history.iter().zip(stubs).collect();
        if stubs.is_empty() {
            return Err(ArchiveError::NotArchived { case });
        }
        if entries.len() > stubs.len() {
            let at = entries.get(stubs.len()).map_or_else(Position::default, |entry| entry.position);
            return Err(ArchiveError::NotOnRecord { case, at });
        }
        let mut rewritten = Vec::with_capacity(stubs.len());
        for (place, (stub, hash)) in stubs.iter().enumerate() {
            let at = stub.position;
            let Some(entry) = entries.get(place) else { return Err(ArchiveError::NotOnRecord { case, at }) };
            let body = entry.body.to_json()?;
            if entry.position != at || entry.about != stub.about || told(&entry.about, &body).ok() != Some(*hash) {
                return Err(ArchiveError::NotOnRecord { case, at });
            }
            rewritten.push(Rewritten { at, body: Body::from_json(body.into_owned()), forgets_command: false });
        }
        let Loaded::Case(mut loaded) = self.books.fold(case, entries.iter().take(stubs.len()))? else {
            return Err(ArchiveError::NotThere { case });
        };
        // The entries that say where it was come after.
        loaded.version = u32::try_from(history.len()).unwrap_or(u32::MAX);
        self.books.cases.insert(case, loaded);
        self.loaded(case);
        let decided =
            self.act_for_host(case, by, None, now, |_, by| Ok(Command::Restore { by, archive: archive.into() }));
        if decided.is_ok() {
            self.rewrite(rewritten);
        }
        self.flush()?;
        self.books.reflected = Position::default();
        Ok(decided.map(drop)?)
    }
}

/// Tells whether only what an archive leaves is here of an entry.
fn is_archived(entry: &Entry) -> bool {
    entry.about.case().is_some() && said::<Record>(entry).is_ok_and(|record| record.archived.is_some())
}

/// Whether an archive says what is on record. The fingerprint of a command is not looked at: it is thrown away in the
/// store when values are erased.
fn is_same(is: &Entry, said: &Entry) -> bool {
    let used = |entry: &Entry| entry.key.as_ref().map(|used| (used.scope, used.key.clone()));
    let body = |entry: &Entry| entry.body.to_json().map(std::borrow::Cow::into_owned).ok();
    is.position == said.position && is.about == said.about && used(is) == used(said) && body(is) == body(said)
}

/// What is left of an entry.
fn stub(entry: &Entry) -> Result<Vec<u8>, StoreError> {
    let body = entry.body.to_json()?;
    let Record { v, definition, at, events, .. } = said(entry)?;
    let numbers = |event: &Event<Named>| matches!(event, Event::Numbered { .. });
    let events = events.into_iter().filter(numbers).collect();
    let record = Record { v, definition, at, events, covers: Vec::new(), archived: Some(told(&entry.about, &body)?) };
    serde_json::to_vec(&record).map_err(|error| {
        StoreError::damaged(format!("what is left of entry {} cannot be written", entry.position)).because(error)
    })
}
