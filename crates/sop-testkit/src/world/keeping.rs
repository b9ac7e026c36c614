//! The end of the end: what is over is erased in part, moved to an archive, and put back, while the machine stops in
//! between. Whatever that hits, it is done wholly or not at all, and the chain of hashes is as it was.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::num::NonZeroUsize;

use sop_core::definition::PersonId;
use sop_core::time::Instant;
use sop_engine::store::StoreError;
use sop_engine::{ArchiveError, CaseId, CaseView, Engine, Erasure};

use super::Faults;
use super::broken::{Invariant, What};
use super::disk::Crash;
use super::play::World;

/// How often something is tried again that the machine kept from being done.
const TRIES: u32 = 40;

const ARCHIVE: &str = "arsip";

fn kept(what: impl Into<String>) -> What {
    What(Invariant::Kept, what.into())
}

/// What a case shows that does not change by being moved.
fn shown(view: &CaseView) -> String {
    format!("{:?} {:?} {:?} {:?} {:?}", view.subject, view.values, view.status, view.ends, view.returns)
}

impl World<'_> {
    /// Erases one case, moves all to an archive, and puts them back.
    pub(super) fn keep_what_is_over(&mut self) -> Result<(), What> {
        let Ok(officer) = PersonId::new("arsiparis") else { return Ok(()) };
        let cases: Vec<CaseId> = self.fold.cases.keys().copied().collect();
        let Some(&first) = cases.first() else { return Ok(()) };
        let (erased, _) = self.until_done("erased", |engine| {
            let done = engine.erase(first, &officer, &Erasure::Everything, "permintaan", None)?;
            done.map(drop).map_err(ArchiveError::from)
        })?;
        erased.map_err(|error| kept(format!("case {first} cannot be erased: {error}")))?;
        let before = self.views(&cases)?;
        if before.get(&first).is_none_or(|shown| !shown.starts_with("\"(dihapus)\"")) {
            return Err(kept(format!("case {first} was erased, and shows {:?}", before.get(&first))));
        }

        let Some((engine, _)) = &self.running else { return Ok(()) };
        let mut text = Vec::new();
        let archived = engine.archive(Instant::MAX, NonZeroUsize::MAX, &mut text);
        let archived = archived.map_err(|error| kept(format!("no archive can be written: {error}")))?;
        if archived.cases != cases.len() as u64 {
            return Err(kept(format!("{} of {} cases that are over are in the archive", archived.cases, cases.len())));
        }
        let (moved, _) =
            self.until_done("moved", |engine| engine.let_go(ARCHIVE, &officer, Cursor::new(&text)).map(drop))?;
        moved.map_err(|error| kept(format!("what is in the archive is not let go of: {error}")))?;
        self.power_cut()?;
        for (case, shown) in self.views(&cases)? {
            if !shown.starts_with("archived") {
                return Err(kept(format!("case {case} was moved to an archive, and shows {shown}")));
            }
        }

        for case in &cases {
            let (back, tries) =
                self.until_done("put back", |engine| engine.restore(*case, ARCHIVE, &officer, text.as_slice()))?;
            match back {
                Ok(()) => {}
                // It was, by a try whose answer was lost.
                Err(ArchiveError::NotArchived { .. }) if tries > 1 => {}
                Err(error) => return Err(kept(format!("case {case} cannot be put back: {error}"))),
            }
        }
        self.power_cut()?;
        let after = self.views(&cases)?;
        if after != before {
            return Err(kept(format!("cases showed {before:?}, and show {after:?} since they were put back")));
        }
        Ok(())
    }

    /// Does something, also where the machine stops meanwhile: then it is opened again, and it is done once more. Gives the
    /// answer that is not the store's, and how often it was tried.
    fn until_done(
        &mut self,
        what: &str,
        act: impl Fn(&Engine) -> Result<(), ArchiveError>,
    ) -> Result<(Result<(), ArchiveError>, u32), What> {
        for attempt in 1..=TRIES {
            if self.options.faults == Faults::All && attempt < TRIES / 2 && self.dice.happens(50) {
                self.disk.crash_at(self.dice.below(12));
            }
            let Some((engine, _)) = self.running.clone() else { return Err(kept("nothing is open")) };
            let done = act(&engine);
            drop(engine);
            self.say(format!("{what}: {}", if done.is_ok() { "done" } else { "not done" }));
            if self.disk.is_down() {
                let crash = self.how_it_ends();
                self.reopen(crash)?;
            }
            match done {
                Err(ArchiveError::Store(error)) if !error.is_damaged() => {}
                Err(ArchiveError::Store(error)) => return Err(kept(format!("{what}: {error:?}"))),
                done => return Ok((done, attempt)),
            }
        }
        Err(kept(format!("it was not {what} in {TRIES} tries")))
    }

    fn power_cut(&mut self) -> Result<(), What> {
        self.reopen(Crash::Power)
    }

    /// Opens again what the machine has left, and checks the chain.
    fn reopen(&mut self, crash: Crash) -> Result<(), What> {
        self.end_program(Some(crash))?;
        self.disk.mend();
        let opened = self.try_to_open().map_err(|error: StoreError| kept(format!("it cannot be opened: {error:?}")))?;
        let (engine, store) = opened?;
        let audit = engine.verify_audit(&self.acknowledged.heads);
        self.running = Some((engine, store));
        match audit {
            Ok(audit) if audit.is_sound() => Ok(()),
            Ok(audit) => Err(What(Invariant::Chain, format!("{:?}", audit.findings))),
            Err(error) => Err(What(Invariant::Answers, format!("the chain cannot be read: {error:?}"))),
        }
    }

    /// What each case shows; of those that are in an archive, that.
    fn views(&self, cases: &[CaseId]) -> Result<BTreeMap<CaseId, String>, What> {
        let Some((engine, _)) = &self.running else { return Err(kept("nothing is open")) };
        let mut views = BTreeMap::new();
        for case in cases {
            let shown = match engine.case(*case) {
                Ok(Some(view)) => shown(&view),
                Ok(None) => return Err(kept(format!("case {case} is gone"))),
                Err(error) if error.is_archived() => format!("archived: {error}"),
                Err(error) => return Err(kept(format!("case {case} cannot be read: {error:?}"))),
            };
            views.insert(*case, shown);
        }
        Ok(views)
    }
}
