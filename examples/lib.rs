//! What the examples share: an office on paper time, and people who do their work.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use sop_engine::core::case::Directory;
use sop_engine::core::definition::{DefinitionId, FieldId, OutcomeId, PersonId};
use sop_engine::core::time::{Calendar, Instant, Zone};
use sop_engine::files::{self, Bundle};
use sop_engine::verify::Verify as _;
use sop_engine::{CaseId, Clock, Committed, Completion, Done, Engine, Opening, Refusal, WorkItem};
use sop_store_sqlite::SqliteStore;

/// The README's embedding is compiled as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// What can go wrong in an example, told as it is.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Says what went wrong, as it is meant for people, and ends with 1.
pub fn report(outcome: Outcome<()>) -> std::process::ExitCode {
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// Where the definitions lie: beside the reader, so that findings name them as the reader does, or in this checkout.
pub fn definitions() -> PathBuf {
    let here = PathBuf::from("definitions");
    if here.is_dir() { here } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("../definitions") }
}

/// An office with one procedure, a file on disk, and a clock that is set by hand.
pub struct Office {
    bundle: Bundle,
    directory: Directory,
    clock: Clock,
    file: PathBuf,
    engine: Option<Engine>,
    notices: Option<Receiver<Arc<Committed>>>,
}

impl Office {
    /// Reads the procedure, opens the file, and deploys what is proved.
    ///
    /// # Errors
    /// What the files, the verdicts or the store say.
    pub fn open(file: PathBuf, at: &str) -> Outcome<Self> {
        let bundle = files::read(definitions().join("narasumber.json"))?;
        let directory = files::directory(definitions().join("pejabat.json"), bundle.office())?;
        let clock = Clock::simulated(bundle_time(&bundle, at)?);
        let mut office = Self { bundle, directory, clock, file, engine: None, notices: None };
        office.reopen()?;
        office.engine()?.deploy(office.bundle.clone().verify())?;
        Ok(office)
    }

    /// This time next year.
    ///
    /// # Errors
    /// None before the end of time.
    pub fn in_a_year(&self) -> Outcome<Instant> {
        let later = self.clock.now().millis() + 365 * 24 * 3_600_000;
        Ok(Instant::from_millis(later).ok_or("the end of time")?)
    }

    /// Closes the engine: nothing of it stays but the file.
    pub fn close(&mut self) {
        self.notices = None;
        self.engine = None;
    }

    /// Opens the engine on what the file holds.
    ///
    /// # Errors
    /// What the store says.
    pub fn reopen(&mut self) -> Outcome<()> {
        let engine = Engine::open(SqliteStore::open(&self.file)?, self.directory.clone(), self.clock.clone())?;
        self.notices = Some(engine.subscribe());
        self.engine = Some(engine);
        Ok(())
    }

    /// The engine.
    ///
    /// # Errors
    /// Where it is closed.
    pub fn engine(&self) -> Outcome<&Engine> {
        self.engine.as_ref().ok_or_else(|| "the engine is closed".into())
    }

    /// The procedure with its office and calendar.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// Who holds what.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The procedure's name.
    pub fn procedure(&self) -> &DefinitionId {
        self.bundle.process().id()
    }

    /// The office's calendar.
    pub fn calendar(&self) -> &Calendar {
        self.bundle.calendar()
    }

    /// The office's zone.
    pub fn zone(&self) -> &Zone {
        self.bundle.office().zone()
    }

    /// An instant as the office writes it.
    pub fn show(&self, at: Instant) -> String {
        self.zone().show(at).to_string()
    }

    /// Sets the clock, and has the engine do what is due by then.
    ///
    /// # Errors
    /// What the store says.
    pub fn wait_until(&self, at: Instant) -> Outcome<()> {
        self.clock.set(at);
        self.engine()?.advance_to_clock()?;
        self.tell()
    }

    /// Sets the clock to a date and a time of day, such as `2026-01-12 08:00`.
    ///
    /// # Errors
    /// A text that is no such thing; what the store says.
    pub fn wait_until_text(&self, at: &str) -> Outcome<()> {
        self.wait_until(bundle_time(&self.bundle, at)?)
    }

    /// The name of a person in full.
    pub fn name(&self, person: &PersonId) -> String {
        self.directory.person(person).map_or_else(|| person.to_string(), |entry| entry.name.clone())
    }

    /// Everybody.
    pub fn people(&self) -> impl Iterator<Item = &PersonId> {
        self.directory.people().iter().map(|entry| &entry.id)
    }

    /// Opens a case.
    ///
    /// # Errors
    /// A refusal, or what the store says.
    pub fn start(&self, by: &str, subject: &str) -> Outcome<CaseId> {
        let done = self.engine()?.start(self.procedure(), &PersonId::new(by)?, &Opening::about(subject), None)?;
        let case = done.map_err(|refusal| format!("{refusal:?}"))?.case;
        self.tell()?;
        Ok(case)
    }

    /// What a case waits for; the first of several.
    ///
    /// # Errors
    /// What the store says.
    pub fn next(&self, case: CaseId) -> Outcome<Option<WorkItem>> {
        Ok(self.engine()?.case(case)?.and_then(|view| view.waits.into_iter().next()))
    }

    /// Who has this on the work list and may do it now.
    ///
    /// # Errors
    /// Where nobody may; what the store says.
    pub fn doer(&self, item: &WorkItem) -> Outcome<PersonId> {
        for person in self.people() {
            let work = self.engine()?.worklist(person)?;
            if work.iter().any(|other| other.wait == item.wait && other.barred_by.is_none()) {
                return Ok(person.clone());
            }
        }
        Err(format!("nobody may act: {}", item.why.id).into())
    }

    /// Completes what a case waits for.
    ///
    /// # Errors
    /// What the store says.
    pub fn complete(
        &self,
        item: &WorkItem,
        by: &PersonId,
        outcome: &str,
        bagian: &str,
    ) -> Outcome<Result<Done, Refusal>> {
        let mut completion = match item.form.outcomes.len() {
            0 | 1 => Completion::default(),
            _ => Completion::with(OutcomeId::new(outcome)?),
        };
        for field in &item.form.fields {
            completion = completion.set(FieldId::new(&field.field.id)?, bagian);
        }
        let answer = self.engine()?.complete(&item.wait, by, &completion, None)?;
        self.tell()?;
        Ok(answer)
    }

    /// Does one step when it is due: each person takes just the time that the table allows.
    ///
    /// # Errors
    /// A refusal, or what the store says.
    pub fn step(&self, case: CaseId, outcome: &str, bagian: &str) -> Outcome<()> {
        let item = self.next(case)?.ok_or("the case is over")?;
        if let Some(due) = item.due {
            self.wait_until(due)?;
        }
        let by = self.doer(&item)?;
        self.complete(&item, &by, outcome, bagian)?.map_err(|refusal| format!("{refusal:?}"))?;
        Ok(())
    }

    /// Prints what was committed since the last time.
    ///
    /// # Errors
    /// What the store says.
    pub fn tell(&self) -> Outcome<()> {
        let Some(notices) = &self.notices else { return Ok(()) };
        for committed in notices.try_iter() {
            for line in self.engine()?.tell(&committed)? {
                println!("  {}  {}", self.show(committed.at()), line.id);
            }
        }
        Ok(())
    }
}

/// A date and a time of day in the office's zone.
fn bundle_time(bundle: &Bundle, text: &str) -> Outcome<Instant> {
    let (date, time) = text.split_once(' ').ok_or("a date and a time")?;
    let (hour, minute) = time.split_once(':').ok_or("hours and minutes")?;
    let at = Instant::at(date.parse()?, hour.parse()?, minute.parse()?, bundle.office().zone());
    at.ok_or_else(|| format!("no such time: {text}").into())
}
