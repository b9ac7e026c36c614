//! What a host reads: work lists, cases, histories, registers. Committed state only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::MutexGuard;

use sop_core::case::{Called, CaseState, Event, PersonIx, Record, Status};
use sop_core::definition::{DefinitionId, EndId, PersonId, RegisterId, RoleId};
use sop_core::diagnostic::{Bilingual, Language};
use sop_core::guard::FieldIx;
use sop_core::process::{Hash, Position as _};
use sop_core::time::{Instant, Zone};
use sop_verify::Certificate;

use super::books::{Books, Deployed};
use super::cases::Case;
use super::entries::said;
use super::inner::Inner;
use super::replay::Loaded;
use super::{Engine, Shared};
use crate::answer::Refusal;
use crate::committed::Committed;
use crate::index::{Queue, WorkKey};
use crate::store::{About, CaseId, Entry, Position, StoreError};
use crate::timeline::{ERASED, HistoryEntry, Teller};
use crate::watch::Overdue;
use crate::worklist::{Desk, WorkItem};

/// Where a case stands.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// The case.
    pub case: CaseId,
    /// The number of entries that it has.
    pub version: u32,
    /// The procedure.
    pub procedure: DefinitionId,
    /// The edition that it follows.
    pub edition: u32,
    /// The process that it follows.
    pub process: Hash,
    /// The procedure as people call it.
    pub title: String,
    /// What it is about.
    pub subject: String,
    /// Who asks.
    pub requester: Option<PersonId>,
    /// When it was opened.
    pub opened: Option<Instant>,
    /// What has become of it.
    pub status: Status,
    /// The ends that it reached: of a case that is over, its result (F5).
    pub ends: Vec<Called>,
    /// Those who have to act.
    pub waits: Vec<WorkItem>,
    /// The fields that are set, with their values.
    pub values: Vec<(Called, serde_json::Value)>,
    /// The papers that are there, with their versions.
    pub papers: Vec<(Called, u32)>,
    /// The returns that were taken.
    pub returns: Vec<ReturnsTaken>,
    /// The number of remarks.
    pub comments: u32,
    /// Why the process runs although it is not proved.
    pub unproved: Option<String>,
}

/// The number of times that a return was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnsTaken {
    /// The step that sends back.
    pub from: Called,
    /// The step that it goes back to.
    pub to: Called,
    /// How often.
    pub count: u32,
    /// The number of times that it may, where that is limited (R1).
    pub limit: Option<u32>,
}

/// A number in a register, such as a line of the agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterEntry {
    /// The year of the count; 0 where it goes on for ever.
    pub year: i32,
    /// The number.
    pub number: u32,
    /// The number as written.
    pub text: String,
    /// The case.
    pub case: CaseId,
    /// What the case is about.
    pub subject: String,
    /// When it was given.
    pub at: Instant,
}

/// A deployed process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedProcess {
    /// The procedure.
    pub procedure: DefinitionId,
    /// The edition.
    pub edition: u32,
    /// The process.
    pub process: Hash,
    /// The procedure as people call it.
    pub title: String,
    /// Tells whether new cases follow it.
    pub is_current: bool,
    /// Why it runs although it is not proved.
    pub unproved: Option<String>,
}

impl Engine {
    /// The waits that are late just now, by procedure, step and role, and tells their numbers to those who
    /// [watch](crate::watching): to be called before each scrape. Looks at every open case once.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn overdue(&self) -> Result<Vec<Overdue>, StoreError> {
        self.command(|inner, now| {
            inner.recover()?;
            let mut late: BTreeMap<(String, String, String), (u64, Instant)> = BTreeMap::new();
            for (_, case) in inner.books.cases.iter().filter(|(_, case)| case.is_live()) {
                let Some(deployed) = inner.books.deployed(case.process) else { continue };
                let process = &deployed.process;
                for wait in case.state.waits() {
                    let Some(due) = wait.due().filter(|due| *due < now && wait.held_until().is_none()) else {
                        continue;
                    };
                    let Some(spec) = process.steps().get(wait.step()) else { continue };
                    let role = spec.roles.first().and_then(|role| process.roles().get(*role));
                    let role = role.map_or_else(String::new, |role| role.id.to_string());
                    let of = late.entry((process.id().to_string(), spec.id.to_string(), role)).or_insert((0, due));
                    *of = (of.0 + 1, of.1.min(due));
                }
            }
            let all: Vec<Overdue> = late
                .into_iter()
                .map(|((procedure, step, role), (waits, longest))| Overdue { procedure, step, role, waits, longest })
                .collect();
            inner.told_overdue.tell(&all);
            Ok(all)
        })
    }

    /// Everything that a person may do, what is overdue first, then by when it is due.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn worklist(&self, person: &PersonId) -> Result<Vec<WorkItem>, StoreError> {
        self.worklist_page(person, None, usize::MAX)
    }

    /// A page of a person's work list: what comes after the [key](WorkItem::key) of the last item seen, at most so much.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn worklist_page(
        &self,
        person: &PersonId,
        after: Option<WorkKey>,
        limit: usize,
    ) -> Result<Vec<WorkItem>, StoreError> {
        self.read(|inner, now| {
            let books = &inner.books;
            let Some(reader) = books.people().find(person) else { return Ok(Vec::new()) };
            let mut queues = vec![Queue::Person(reader)];
            for deployed in &books.processes {
                let posts = deployed.staffing.posts_of(reader, now);
                queues.extend(posts.into_iter().map(|(role, bound, _)| Queue::Role {
                    process: deployed.number,
                    role,
                    bound,
                }));
            }
            inner.items(&queues, after, limit, Some(reader), now)
        })
    }

    /// Everything that waits for a role of a procedure, whatever binds it and whichever edition.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn worklist_of_role(&self, procedure: &DefinitionId, role: &RoleId) -> Result<Vec<WorkItem>, StoreError> {
        self.read(|inner, now| {
            let mut queues = Vec::new();
            for deployed in inner.books.processes.iter().filter(|deployed| deployed.process.id() == procedure) {
                let process = &deployed.process;
                let Some(ix) = process.find_role(role) else { continue };
                let per = process.roles().get(ix).and_then(|role| process.field(role.per?)?.ty.listed());
                let places = per.map_or(0, <[String]>::len);
                let bounds = std::iter::once(None).chain((0..places).map(|place| Some(u16::at(place))));
                queues.extend(bounds.map(|bound| Queue::Role { process: deployed.number, role: ix, bound }));
            }
            inner.items(&queues, None, usize::MAX, None, now)
        })
    }

    /// Where a case stands; none for a case that was never opened.
    ///
    /// # Errors
    /// What the store fails with; [`StoreError::is_archived`] for a case that was moved to an archive, which is named.
    pub fn case(&self, case: CaseId) -> Result<Option<CaseView>, StoreError> {
        self.read(|inner, now| {
            let loaded;
            let held = match inner.books.cases.get(case) {
                Some(held) => held,
                None => match inner.books.load(&*inner.store, case)? {
                    Loaded::Case(case) => {
                        loaded = case;
                        &loaded
                    }
                    Loaded::Archived(archive) => return Err(archived(case, &archive)),
                    Loaded::Unknown => return Ok(None),
                },
            };
            inner.view(case, held, now)
        })
    }

    /// What happened to a case, entry by entry; nothing for a case that was never opened. Of one that was moved to an
    /// archive it is what was left, and where the rest is.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn history(&self, case: CaseId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read(|inner, _| {
            let mut history = Vec::new();
            for entry in inner.store.history(case)? {
                let About::Case { version, process, .. } = entry.about else { continue };
                let record: Record = said(&entry)?;
                let teller = inner.books.deployed(process).and_then(|deployed| inner.books.teller(deployed));
                let lines = match &record.archived {
                    Some(_) => vec![Bilingual::new("(diarsipkan)", "(archived)")],
                    None => teller.map(|teller| teller.lines(&record)).unwrap_or_default(),
                };
                history.push(HistoryEntry { version, position: entry.position, record, lines });
            }
            Ok(history)
        })
    }

    /// What a committed entry says, in lines.
    ///
    /// # Errors
    /// As for [`Committed::record`].
    pub fn tell(&self, committed: &Committed) -> Result<Vec<Bilingual>, StoreError> {
        self.read(|inner, _| {
            let process = committed.process().hash();
            let deployed = inner.books.processes.iter().find(|deployed| deployed.process.hash() == process);
            let record = committed.record()?;
            let teller = deployed.and_then(|deployed| inner.books.teller(deployed));
            Ok(teller.map(|teller| teller.lines(&record)).unwrap_or_default())
        })
    }

    /// The numbers that a register gave, in order.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn register(&self, register: &RegisterId) -> Result<Vec<RegisterEntry>, StoreError> {
        self.read(|inner, _| {
            let mut entries = Vec::new();
            let mut listed = BTreeSet::new();
            let Some(years) = inner.books.agenda.get(register) else { return Ok(entries) };
            for &at in years.values().flatten() {
                let entry = inner.store.entry(at)?.ok_or_else(|| missing(at))?;
                let record: Record = said(&entry)?;
                let Some(case) = entry.about.case() else { continue };
                // An entry may hold several numbers; each is listed where its own place comes.
                for event in &record.events {
                    let Event::Numbered { register: by, year, number, text } = event else { continue };
                    if by == register && listed.insert((*year, *number)) {
                        let subject = inner.opened(case)?.map(|(subject, _)| subject).unwrap_or_default();
                        let (year, number, text) = (*year, *number, text.to_string());
                        entries.push(RegisterEntry { year, number, text, case, subject, at: record.at });
                    }
                }
            }
            Ok(entries)
        })
    }

    /// What to tell a person whose command was refused, with instants as the office writes them.
    pub fn explain(&self, refusal: &Refusal, language: Language) -> String {
        let inner = self.shared.lock();
        match inner.books.calendars.first() {
            Some(in_force) => refusal.explain(&in_force.zone, language),
            // Nothing is deployed, so that no refusal names an instant yet.
            None => Zone::parse("+00:00", "UTC").map(|utc| refusal.explain(&utc, language)).unwrap_or_default(),
        }
    }

    /// The cases that stand still until an operator has looked at them (F3).
    pub fn faulted(&self) -> Vec<CaseId> {
        self.current().faulted()
    }

    /// The cases that are not over.
    pub fn cases(&self) -> Vec<CaseId> {
        self.current().books.cases.ids(|_| true)
    }

    /// The deployed processes, in the order of their deployment.
    pub fn processes(&self) -> Vec<DeployedProcess> {
        let inner = self.shared.lock();
        let shown = inner.books.processes.iter().map(|deployed| DeployedProcess {
            procedure: deployed.process.id().clone(),
            edition: deployed.process.edition(),
            process: deployed.process.hash(),
            title: deployed.process.title().to_owned(),
            is_current: inner.books.latest.get(deployed.process.id()) == Some(&deployed.number),
            unproved: deployed.unproved.clone(),
        });
        shown.collect()
    }

    /// The certificate with which a process was deployed: why its proved guarantees hold. Together with the texts that
    /// lie beside it, it brings the proof back without a search ([`verify_by`](crate::verify::verify_by)).
    ///
    /// None for a process that is not deployed, or was deployed before certificates were kept.
    ///
    /// # Errors
    /// [`StoreError::is_damaged`] where it is on record and cannot be read; what the store fails with.
    pub fn certificate(&self, process: &Hash) -> Result<Option<Certificate>, StoreError> {
        let inner = self.shared.lock();
        let deployed = inner.books.processes.iter().rev().find(|deployed| deployed.process.hash() == *process);
        let Some(hash) = deployed.and_then(|deployed| deployed.certificate) else { return Ok(None) };
        let missing = || StoreError::damaged(format!("the certificate of the process {process} is missing"));
        let text = inner.store.blob(&hash)?.ok_or_else(missing)?;
        let read = serde_json::from_slice(&text).map_err(|error| {
            StoreError::damaged(format!("the certificate of the process {process} cannot be read")).because(error)
        })?;
        Ok(Some(read))
    }

    /// Bytes on the heap for the cases in memory, the table that holds them among them; without the store's index.
    pub fn case_bytes(&self) -> usize {
        self.shared.lock().books.cases.bytes()
    }

    /// What is known, with what a failed commit left put right as far as the store can be read.
    fn current(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.shared.lock();
        let _later = inner.recover();
        inner
    }

    fn read<T>(&self, read: impl FnOnce(&Inner, Instant) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let shared: &Shared = &self.shared;
        let mut inner = shared.lock();
        inner.recover()?;
        let now = shared.now(&inner);
        read(&inner, now)
    }
}

fn archived(case: CaseId, archive: &str) -> StoreError {
    StoreError::archived(format!("case {case} was moved to the archive `{archive}`: put it back from there to see it"))
}

fn missing(at: Position) -> StoreError {
    StoreError::damaged(format!("entry {at} of the log is missing"))
}

impl Books {
    fn teller<'a>(&'a self, deployed: &'a Deployed) -> Option<Teller<'a>> {
        let zone = &self.calendars.get(deployed.calendar)?.zone;
        Some(Teller { process: &deployed.process, directory: &self.directory, zone })
    }
}

impl Inner {
    /// What the opening of a case says: what it is about, and when.
    fn opened(&self, case: CaseId) -> Result<Option<(String, Instant)>, StoreError> {
        let Some(entry) = self.store.opening(case)? else { return Ok(None) };
        Ok(Some(subject(&entry)?))
    }

    fn items(
        &self,
        queues: &[Queue],
        after: Option<WorkKey>,
        limit: usize,
        reader: Option<PersonIx>,
        now: Instant,
    ) -> Result<Vec<WorkItem>, StoreError> {
        let mut items = Vec::new();
        for key in self.store.work(queues, after, limit)? {
            let Some(case) = self.books.cases.get(key.case()) else { continue };
            let subject = self.opened(key.case())?.map(|(subject, _)| subject).unwrap_or_default();
            let item = self.item(key.case(), case, key.wait(), subject, reader, now);
            items.extend(item);
        }
        Ok(items)
    }

    fn item(
        &self,
        id: CaseId,
        case: &Case,
        wait: u32,
        subject: String,
        reader: Option<PersonIx>,
        now: Instant,
    ) -> Option<WorkItem> {
        let deployed = self.books.deployed(case.process)?;
        let people = self.books.people();
        let world = self.books.world(deployed, &people)?;
        let desk = Desk { process: &deployed.process, world, directory: &self.books.directory, now };
        desk.item(id, &case.state, case.state.wait(wait)?, subject, reader)
    }

    fn view(&self, id: CaseId, case: &Case, now: Instant) -> Result<Option<CaseView>, StoreError> {
        let Some(deployed) = self.books.deployed(case.process) else { return Ok(None) };
        let (process, state): (_, &CaseState) = (&deployed.process, &case.state);
        let (subject, opened) = match self.opened(id)? {
            Some((subject, at)) => (subject, Some(at)),
            None => (String::new(), None),
        };
        let waits =
            state.waits().iter().filter_map(|wait| self.item(id, case, wait.number(), subject.clone(), None, now));
        let called_end = |end: &EndId, title: &str| Called { id: end.to_string(), title: title.to_owned() };
        let ends = state.result().filter_map(|end| process.ends().get(end));
        let values = (0..process.fields().len()).filter_map(|place| {
            let ix = FieldIx::new(place)?;
            let value = process.field(ix)?.ty.to_json(state.value(ix)?).ok()?;
            Some((process.called_field(ix), value))
        });
        let papers = process.papers().iter().filter_map(|(ix, _)| Some((process.called_paper(ix)?, state.paper(ix))));
        let returns = process.returns().iter().filter_map(|(ix, spec)| {
            Some(ReturnsTaken {
                from: process.called_step(spec.from),
                to: process.called_step(spec.to),
                count: state.returns(ix),
                limit: spec.limit.map(|(limit, _)| limit),
            })
            .filter(|taken| taken.count > 0)
        });
        Ok(Some(CaseView {
            case: id,
            version: case.version,
            procedure: process.id().clone(),
            edition: process.edition(),
            process: process.hash(),
            title: process.title().to_owned(),
            requester: state.requester().and_then(|person| self.books.people().name(person).cloned()),
            opened,
            status: state.status(),
            ends: ends.map(|end| called_end(&end.id, &end.title)).collect(),
            waits: waits.collect(),
            values: values.collect(),
            papers: papers.filter(|(_, version)| *version > 0).collect(),
            returns: returns.collect(),
            comments: state.comments(),
            unproved: deployed.unproved.clone(),
            subject,
        }))
    }
}

/// What an opening says: what the case is about, and when it was opened.
fn subject(entry: &Entry) -> Result<(String, Instant), StoreError> {
    let record: Record = said(entry)?;
    let about = record.events.iter().zip(record.erased()).find_map(|(event, is_erased)| match event {
        Event::Started { .. } if is_erased => Some(ERASED.id.to_owned()),
        Event::Started { subject, .. } => Some(subject.to_string()),
        _ => None,
    });
    let about = about.or_else(|| record.archived.map(|_| "(diarsipkan)".to_owned()));
    Ok((about.unwrap_or_default(), record.at))
}
