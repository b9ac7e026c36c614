//! The simulated office: it drives one case through the real engine, whatever is decided.

use std::fmt;

use sop_core::case::{Directory, Event, Rejection, Status};
use sop_core::definition::{DirectoryFile, FieldId, OutcomeId, PersonId, StartId, StepId};
use sop_core::diagnostic::Language;
use sop_core::format::Poisoned;
use sop_core::guard::Value;
use sop_core::process::{OutcomeSpec, StepSpec};
use sop_core::time::Instant;
use sop_engine::files::{Bundle, FileError};
use sop_engine::store::{MemoryStore, StoreError};
use sop_engine::{CaseId, CaseView, Clock, Completion, DeployError, Engine, Opening, Refusal, WaitRef, WorkItem};
use sop_verify::Verify;

use super::values::{Given, combinations, rank};
use super::{Ended, Move, Tale};
use crate::definitions::Sample;
use crate::office::REQUESTER;

/// When a simulated office opens: Monday, 12 January 2026, 08.00 WIB.
const OPENS: &str = "2026-01-12T08:00:00+07:00";

/// The number of completions that a run takes at most.
const MOST_ACTS: u32 = 2_000;

/// How many quarters of the time that is left pass until the last moment.
const LAST_MOMENT: u32 = 4;

/// The number of times that an office waits for a rung to help when nobody can act.
const PATIENCE: u32 = 12;

/// With what right a definition is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds<'g> {
    /// What is required is proved or waived.
    Proved,
    /// For this reason, whatever is known.
    Unproved(&'g str),
}

/// An office that is simulated: one engine on a store in memory, with a clock that stands until it is set.
///
/// ```
/// use sop_testkit::definitions::Sample;
/// use sop_testkit::plan::{Block, Plan, Task};
/// use sop_testkit::run::{Ended, Grounds, Move, Office};
///
/// let plan = Plan::from(vec![Block::Step(Task::default()), Block::Step(Task { role: 2, ..Task::default() })]);
/// let mut office = Office::of(&Sample::of(plan), Grounds::Unproved("an example"))?;
/// let tale = office.run(&[Move { late: 7, ..Move::default() }])?;
/// assert_eq!((tale.completions, tale.working_minutes), (2, 7));
/// assert_eq!(tale.ended, Ended::Finished);
/// assert_eq!(tale.acts[2], "2026-01-12 08:07 s2 selesai by staf_1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Office {
    store: MemoryStore,
    clock: Clock,
    directory: Directory,
    bundle: Bundle,
    people: Vec<PersonId>,
    start: Option<StartId>,
    in_time: bool,
    /// None only while the engine is closed.
    engine: Option<Engine>,
}

/// Why an office could not be simulated. What happens to a case is never an error.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A file has errors.
    #[error("{0}")]
    File(#[from] FileError),
    /// The directory has errors.
    #[error("the directory has errors: {0}")]
    Directory(String),
    /// It was not deployed.
    #[error("{0}")]
    Deploy(#[from] DeployError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The engine no longer has the case.
    #[error("the engine has lost the case")]
    Lost,
    /// A name of this crate's own is no name.
    #[error("{0}")]
    Name(String),
}

/// How a try to complete a wait went.
enum Tried {
    Done,
    /// Why not, if that is the definition's fault.
    Refused(Option<String>),
}

impl Office {
    /// An office for a sample.
    ///
    /// # Errors
    /// Why it can't be simulated.
    pub fn of(sample: &Sample, grounds: Grounds<'_>) -> Result<Self, Trouble> {
        Self::open(sample.bundle()?, &sample.directory, grounds)
    }

    /// An office for any definition, with the people of a directory and one requester whom it need not list.
    ///
    /// # Errors
    /// Why it can't be simulated.
    pub fn open(bundle: Bundle, directory: &DirectoryFile, grounds: Grounds<'_>) -> Result<Self, Trouble> {
        let (checked, found) = Directory::check(directory, bundle.office(), &Poisoned::default());
        let said = || found.iter().map(|finding| finding.rule.name).collect::<Vec<_>>().join(", ");
        let directory = checked.ok_or_else(|| Trouble::Directory(said()))?;
        let asker = PersonId::new(REQUESTER).map_err(|_| Trouble::Name(REQUESTER.to_owned()))?;
        let mut people = vec![asker];
        people.extend(directory.people().iter().map(|person| person.id.clone()).filter(|id| id.as_str() != REQUESTER));
        let opens: Instant = OPENS.parse().map_err(|_| Trouble::Name(OPENS.to_owned()))?;
        let (store, clock) = (MemoryStore::new(), Clock::simulated(opens));
        let engine = Engine::open(store.clone(), directory.clone(), clock.clone())?;
        match grounds {
            Grounds::Proved => engine.deploy(bundle.clone().verify())?,
            Grounds::Unproved(reason) => engine.deploy_unproved(bundle.clone(), reason)?,
        };
        Ok(Self { store, clock, directory, bundle, people, start: None, in_time: false, engine: Some(engine) })
    }

    /// The same, where cases are opened by this start.
    #[must_use]
    pub fn starting_at(mut self, start: StartId) -> Self {
        self.start = Some(start);
        self
    }

    /// The same, where nobody is ever late: each wait is acted on when it is due at the latest, and often not before.
    /// How late a [`Move`] is says how much of the time that is left passes, in quarters.
    #[must_use]
    pub fn in_time(mut self) -> Self {
        self.in_time = true;
        self
    }

    /// The engine, for whatever else a test wants to know of it.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn engine(&mut self) -> Result<&Engine, Trouble> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => Engine::open(self.store.clone(), self.directory.clone(), self.clock.clone())?,
        };
        Ok(self.engine.insert(engine))
    }

    /// Opens a case, makes the moves, and then goes on by itself: with whatever is first, onwards rather than back, until
    /// the case is over. The same moves always make the same tale.
    ///
    /// # Errors
    /// What the store fails with. That nobody may open the case is an end like others.
    pub fn run(&mut self, moves: &[Move]) -> Result<Tale, Trouble> {
        let case = match self.open_case()? {
            Ok(case) => case,
            Err(why) => return Ok(Tale::stuck(format!("nobody may open a case: {why}"))),
        };
        let mut run = Run { office: self, case, acts: Vec::new(), complaints: Vec::new(), last: None };
        run.last = Some(run.office.clock.now());
        let began = run.office.clock.now();
        run.say("opened");
        let ended = run.play(moves)?;
        let last = run.last.unwrap_or(began);
        let (acts, complaints) = (run.acts, run.complaints);
        let working_minutes = self.bundle.calendar().measure(began, last).0 / 60_000;
        let mut tale = Tale { completions: 0, by_policy: 0, returns: 0, working_minutes, ended, complaints, acts };
        for entry in self.engine()?.history(case)? {
            for event in &entry.record.events {
                match event {
                    Event::Completed { .. } => tale.completions += 1,
                    Event::LeftByPolicy { .. } => tale.by_policy += 1,
                    Event::Returned { .. } => tale.returns += 1,
                    _ => {}
                }
            }
        }
        Ok(tale)
    }

    /// Has somebody open a case; or why nobody may.
    fn open_case(&mut self) -> Result<Result<CaseId, String>, Trouble> {
        let process = self.bundle.process();
        let procedure = process.id().clone();
        let first = process.starts().values().next().map(|start| start.id.clone());
        let opening = Opening { start: self.start.clone().or(first), ..Opening::about("Permohonan") };
        let mut why = String::new();
        for by in self.people.clone() {
            match self.engine()?.start(&procedure, &by, &opening, None)? {
                Ok(opened) => return Ok(Ok(opened.case)),
                Err(refused) => why = refused.explain(self.bundle.calendar().zone(), Language::English),
            }
        }
        Ok(Err(why))
    }
}

impl fmt::Debug for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Office").field("procedure", self.bundle.process().id()).finish_non_exhaustive()
    }
}

/// One case on its way.
struct Run<'o> {
    office: &'o mut Office,
    case: CaseId,
    acts: Vec<String>,
    complaints: Vec<String>,
    /// When the last act was.
    last: Option<Instant>,
}

impl Run<'_> {
    fn play(&mut self, moves: &[Move]) -> Result<Ended, Trouble> {
        for made in moves {
            let mut made = *made;
            match self.office.in_time {
                true => self.come_in_time(&mut made)?,
                false => self.let_pass(&made)?,
            }
            if let Some(ended) = self.step(made, false)? {
                return Ok(ended);
            }
        }
        for _ in moves.len()..MOST_ACTS as usize {
            let mut made = Move { late: LAST_MOMENT, ..Move::default() };
            if self.office.in_time {
                self.come_in_time(&mut made)?;
            }
            if let Some(ended) = self.step(made, true)? {
                return Ok(ended);
            }
        }
        Ok(Ended::Stuck { why: format!("not over after {MOST_ACTS} acts") })
    }

    /// Lets time pass, and has the engine die in between.
    fn let_pass(&mut self, made: &Move) -> Result<(), Trouble> {
        if made.restart {
            self.office.engine = None;
            self.say("the engine was restarted");
        }
        if made.late > 0 {
            self.office.clock.advance(sop_core::time::Millis::from_minutes(made.late));
            // Otherwise what is due falls due with the next command.
            if made.what.is_multiple_of(2) {
                self.office.engine()?.advance_to_clock()?;
            }
        }
        Ok(())
    }

    /// Lets as much time pass as nobody is late by. Who is due then comes first.
    fn come_in_time(&mut self, made: &mut Move) -> Result<(), Trouble> {
        let waits = self.view()?.waits;
        let dues = waits.iter().enumerate().filter_map(|(place, wait)| wait.due.map(|due| (due, place)));
        let Some((due, place)) = dues.min() else { return Ok(()) };
        let now = self.office.clock.now();
        let quarters = i64::from(made.late % (LAST_MOMENT + 1));
        let left = due.millis().saturating_sub(now.millis()).max(0);
        let then = Instant::from_millis(now.millis().saturating_add(left / i64::from(LAST_MOMENT) * quarters));
        if quarters == i64::from(LAST_MOMENT) || left == 0 {
            self.office.clock.set(due.max(now));
            made.at = u16::try_from(place).unwrap_or_default();
        } else {
            self.office.clock.set(then.unwrap_or(now));
        }
        (made.late, made.restart, made.meddles, made.absent) = (0, false, false, None);
        Ok(())
    }

    fn view(&mut self) -> Result<CaseView, Trouble> {
        let view = self.office.engine()?.case(self.case)?;
        view.ok_or(Trouble::Lost)
    }

    fn over(view: &CaseView) -> Option<Ended> {
        match view.status {
            Status::Finished => Some(Ended::Finished),
            Status::Stopped => Some(Ended::Stopped),
            Status::Faulted => Some(Ended::Faulted),
            Status::New | Status::Running => None,
        }
    }

    /// Has somebody complete something; says how it ended, if it did.
    fn step(&mut self, made: Move, fair: bool) -> Result<Option<Ended>, Trouble> {
        let mut made = made;
        let mut why = String::new();
        for _ in 0..PATIENCE {
            let view = self.view()?;
            if let Some(ended) = Self::over(&view) {
                return Ok(Some(ended));
            }
            if made.meddles {
                self.meddle(&view, made)?;
                made.meddles = false;
            }
            let mut reasons: Vec<String> = Vec::new();
            for item in rotated(&view.waits, made.at) {
                match self.complete(item, &view, made, fair)? {
                    Tried::Done => return Ok(Self::over(&self.view()?)),
                    Tried::Refused(reason) => reasons.extend(reason),
                }
            }
            reasons.dedup();
            why = reasons.join("; ");
            // Nobody stays away for ever: whether enough people hold the posts is for the directory to say.
            if made.absent.take().is_some() {
                self.say("nobody can act: whoever was absent is back");
                continue;
            }
            let Some(due) = self.office.engine()?.next_due()? else { break };
            self.office.clock.set(due.max(self.office.clock.now()));
            self.office.engine()?.advance_to_clock()?;
            self.say("nobody can act: time passes");
        }
        let view = self.view()?;
        let waits: Vec<&str> = view.waits.iter().map(|wait| wait.step.id.as_str()).collect();
        if waits.is_empty() {
            why = "nobody has anything to do, and the case is not over".to_owned();
        }
        Ok(Some(Ended::Stuck { why: format!("{why} (waiting at {})", waits.join(", ")) }))
    }

    /// Somebody tries what is not theirs, or what is over. It is refused and changes nothing.
    fn meddle(&mut self, view: &CaseView, made: Move) -> Result<(), Trouble> {
        let Some(by) = rotated(&self.office.people, made.who).next().cloned() else { return Ok(()) };
        let stale = WaitRef { case: self.case, wait: 0 };
        let engine = self.office.engine()?;
        let refused = engine.complete(&stale, &by, &Completion::default(), None)?.is_err();
        let same = engine.case(self.case)?.is_some_and(|after| after.version == view.version);
        if !(refused && same) {
            self.complaints.push(format!("{by} completed a wait that never was"));
        }
        Ok(())
    }

    fn complete(&mut self, item: &WorkItem, view: &CaseView, made: Move, fair: bool) -> Result<Tried, Trouble> {
        let process = self.office.bundle.process().clone();
        let step = StepId::new(&item.step.id).ok().and_then(|id| process.find_step(&id));
        let Some(step) = step.and_then(|step| process.steps().get(step)) else { return Ok(Tried::Refused(None)) };
        let state = values_of(view, &self.office.bundle);
        let mut outcomes = open_outcomes(step, item);
        if outcomes.is_empty() {
            return Ok(Tried::Refused(Some(format!("no outcome of {} is open", step.id))));
        }
        let spent = |outcome: &OutcomeSpec| {
            item.form
                .outcomes
                .iter()
                .any(|choice| choice.outcome.id == outcome.id.as_str() && choice.returns_left == Some(0))
        };
        if fair {
            let best = |outcome: &&OutcomeSpec| {
                let given = combinations(&process, outcome, &state);
                given.first().map_or(3, |given| rank(&outcome.route, &state, given))
            };
            outcomes.sort_by_key(best);
        }
        let mut last = None;
        for outcome in rotated(&outcomes, made.what) {
            let spent = spent(outcome);
            let all = if spent { vec![Vec::new()] } else { combinations(&process, outcome, &state) };
            // Where the values handed in decide nothing, a person would try others.
            for given in rotated(&all, made.values) {
                match self.complete_with(item, step, outcome, given, made)? {
                    Tried::Done => return Ok(Tried::Done),
                    Tried::Refused(reason) => last = reason.or(last),
                }
            }
        }
        let nobody = || format!("nobody may complete {}", step.id);
        Ok(Tried::Refused(Some(last.unwrap_or_else(nobody))))
    }

    /// Has people try in turn until one is let.
    fn complete_with(
        &mut self,
        item: &WorkItem,
        step: &StepSpec,
        outcome: &OutcomeSpec,
        given: &Given,
        made: Move,
    ) -> Result<Tried, Trouble> {
        let completion = completion(&self.office.bundle, outcome, given);
        let people = self.office.people.clone();
        let absent = made.absent.and_then(|absent| rotated(&people, absent).next());
        for by in rotated(&people, made.who).filter(|person| Some(*person) != absent) {
            match self.office.engine()?.complete(&item.wait, by, &completion, None)? {
                Ok(_) => {
                    self.last = Some(self.office.clock.now());
                    let values: Vec<String> =
                        completion.values.iter().map(|(field, value)| format!("{field}={value}")).collect();
                    let values = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
                    self.say(&format!("{} {} by {by}{values}", step.id, outcome.id));
                    return Ok(Tried::Done);
                }
                Err(refused) if is_about_person(&refused) => {}
                Err(refused) => {
                    let zone = self.office.bundle.calendar().zone();
                    let why = format!("{} {}: {}", step.id, outcome.id, refused.explain(zone, Language::English));
                    if is_the_definitions_fault(&refused) && !self.complaints.contains(&why) {
                        self.complaints.push(why.clone());
                    }
                    return Ok(Tried::Refused(Some(why)));
                }
            }
        }
        Ok(Tried::Refused(None))
    }

    fn say(&mut self, what: &str) {
        let (now, zone) = (self.office.clock.now(), self.office.bundle.calendar().zone());
        let minute = zone.minute_of_day(now);
        self.acts.push(format!("{} {:02}:{:02} {what}", zone.date(now), minute / 60, minute % 60));
    }
}

/// The items beginning with the one that a number picks, counting round.
fn rotated<T>(items: &[T], from: u16) -> impl Iterator<Item = &T> {
    let from = usize::from(from) % items.len().max(1);
    items.iter().cycle().skip(from).take(items.len())
}

/// The outcomes of a step that can still be picked.
pub(crate) fn open_outcomes<'s>(step: &'s StepSpec, item: &WorkItem) -> Vec<&'s OutcomeSpec> {
    let closed =
        |id: &OutcomeId| item.form.outcomes.iter().any(|choice| choice.outcome.id == id.as_str() && choice.closed);
    step.outcomes.iter().filter(|outcome| !closed(&outcome.id)).collect()
}

/// The values of a case by the places of their fields.
pub(crate) fn values_of(view: &CaseView, bundle: &Bundle) -> Vec<Option<Value>> {
    let value = |field: &sop_core::guard::Field| {
        let (_, json) = view.values.iter().find(|(called, _)| called.id == field.id)?;
        field.ty.parse_json(json).ok()
    };
    bundle.process().fields().iter().map(value).collect()
}

pub(crate) fn completion(bundle: &Bundle, outcome: &OutcomeSpec, given: &Given) -> Completion {
    let mut completion = Completion::with(outcome.id.clone());
    for (ix, value) in given {
        let Some(field) = bundle.process().field(*ix) else { continue };
        if let (Ok(id), Ok(json)) = (FieldId::new(&field.id), field.ty.to_json(value)) {
            completion = completion.set(id, json);
        }
    }
    completion
}

/// Tells whether somebody else might be let.
fn is_about_person(refused: &Refusal) -> bool {
    let Refusal::Rejected(rejection) = refused else { return false };
    matches!(
        rejection,
        Rejection::NotYours { .. }
            | Rejection::NeedsMandate { .. }
            | Rejection::MustBeAnother { .. }
            | Rejection::MustBeTheSame { .. }
            | Rejection::ClaimedByAnother { .. }
    )
}

/// Tells whether a sound definition would never have it refused: no guard or several hold, or a paper is missing.
fn is_the_definitions_fault(refused: &Refusal) -> bool {
    match refused {
        Refusal::Rejected(Rejection::Undecided { .. }) => true,
        Refusal::Rejected(Rejection::Incomplete { papers, .. }) => !papers.is_empty(),
        _ => false,
    }
}
