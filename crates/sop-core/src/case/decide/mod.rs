//! What follows from a command: the one place where a case's next step is decided.

mod actors;
mod clock;
mod complete;
mod draft;
mod flow;
mod ladder;
mod tend;

use smallvec::SmallVec;

pub(crate) use draft::Draft;

use super::command::{Command, MAX_TEXT};
use super::event::{Dense, Event};
use super::rejection::Rejection;
use super::state::{CaseState, Status};
use super::tokens;
use super::world::World;
use crate::process::Process;
use crate::time::Instant;

/// The events of one decision, in order. Most decisions make two or three, and one is kept for each command that is on
/// record.
pub type Events = SmallVec<[Event<Dense>; 3]>;

/// Decides what follows from a command at an instant.
///
/// Pure: the same inputs give the same events, byte for byte, on every platform. First everything that is due up to
/// `now` fires (T4); then the command is judged. A refused command gives no events at all (C1): what was due is
/// decided again with the next command that is accepted.
///
/// # Errors
/// The [`Rejection`] says why, and everything that is missing at once.
pub fn decide(
    process: &Process,
    world: &World<'_>,
    state: &CaseState,
    command: &Command,
    now: Instant,
) -> Result<Events, Rejection> {
    let mut events = Events::new();
    if state.status == Status::New {
        start(process, world, state, command, now, &mut events)?;
        return Ok(events);
    }
    if *state.shape != process.shape() {
        return Err(Rejection::OtherProcess);
    }
    if state.status == Status::Running && ladder::is_behind(world, state, now) {
        let mut current = state.clone();
        ladder::catch_up(process, world, &mut current, now, &mut events);
        judge(process, world, &current, command, now, &mut events)?;
    } else {
        judge(process, world, state, command, now, &mut events)?;
    }
    Ok(events)
}

/// The next instant at which something of the case falls due: a rung, or the end of a hold.
///
/// By the world's calendar: where the case was computed with another revision, its instants are computed anew. None:
/// nothing will happen by itself.
pub fn due(process: &Process, world: &World<'_>, state: &CaseState) -> Option<Instant> {
    if state.status != Status::Running {
        return None;
    }
    if state.calendar == world.calendar.revision() {
        return state.next_alarm().get();
    }
    state.waits().iter().filter_map(|wait| ladder::alarm_by(process, world.calendar, state, wait)).min()
}

/// Whether a person may complete a wait now, whatever they would hand in: it is open and not put off, a role of it is
/// theirs, and neither separation of duties nor somebody's claim keeps them out.
///
/// Judged on the state as it is: what is due is not done first. For hosts that look at a form before they decide.
///
/// # Errors
/// Why not.
pub fn may_complete(
    process: &Process,
    world: &World<'_>,
    state: &CaseState,
    wait: u32,
    by: super::people::PersonIx,
    now: Instant,
) -> Result<(), Rejection> {
    match state.status {
        Status::Running => {}
        Status::New => return Err(Rejection::NotStarted),
        Status::Faulted => return Err(Rejection::CaseIsFaulted),
        status @ (Status::Finished | Status::Stopped) => return Err(Rejection::CaseIsOver { status }),
    }
    if state.shape() != process.shape() {
        return Err(Rejection::OtherProcess);
    }
    let mut events = Events::new();
    let draft = Draft::new(process, world, state, now, &mut events);
    complete::actor_of(&draft, wait, by).map(|_| ())
}

/// When a wait is due by the world's calendar; none without a budget, and while it is held.
pub fn due_of(process: &Process, world: &World<'_>, state: &CaseState, wait: &super::state::Wait) -> Option<Instant> {
    if state.calendar == world.calendar.revision() {
        return wait.due();
    }
    clock::due_by(process, world.calendar, state, wait)
}

fn judge(
    process: &Process,
    world: &World<'_>,
    state: &CaseState,
    command: &Command,
    now: Instant,
    events: &mut Events,
) -> Result<(), Rejection> {
    let mut draft = Draft::new(process, world, state, now, events);
    match command {
        Command::Advance => return Ok(()),
        Command::Start { .. } => return Err(Rejection::AlreadyStarted),
        // A remark belongs to the file, whatever became of the case.
        Command::Comment { by, text } => return tend::comment(&mut draft, *by, text),
        Command::Archive { by, archive, left } => return tend::archive(&mut draft, *by, archive, *left),
        Command::Restore { by, archive } => return tend::restore(&mut draft, *by, archive),
        Command::Erase { by, fields, texts, reason } => return tend::erase(&mut draft, *by, fields, *texts, reason),
        _ => {}
    }
    match state.status {
        Status::Running => {}
        Status::Faulted => return Err(Rejection::CaseIsFaulted),
        status @ (Status::New | Status::Finished | Status::Stopped) => return Err(Rejection::CaseIsOver { status }),
    }
    match command {
        Command::Complete { wait, by, outcome, values, documents, note } => {
            let completion = complete::Completion { outcome: *outcome, values, documents, note: note.as_deref() };
            complete::complete(&mut draft, *wait, *by, &completion)
        }
        Command::Claim { wait, by } => tend::claim(&mut draft, *wait, *by),
        Command::Release { wait, by } => tend::release(&mut draft, *wait, *by),
        Command::Delegate { wait, by, to } => tend::delegate(&mut draft, *wait, *by, *to),
        Command::Hold { wait, by, until, reason } => tend::hold(&mut draft, *wait, *by, *until, reason),
        Command::Resume { wait, by } => tend::resume(&mut draft, *wait, *by),
        Command::Reassign { wait, by, to, reason } => tend::reassign(&mut draft, *wait, *by, *to, reason),
        Command::Withdraw { by, reason } => tend::withdraw(&mut draft, *by, reason),
        Command::Start { .. }
        | Command::Comment { .. }
        | Command::Erase { .. }
        | Command::Archive { .. }
        | Command::Restore { .. }
        | Command::Advance => Ok(()),
    }
}

/// Opens a case (F1): the requester brings what the first steps require (P3), and these are activated together.
fn start(
    process: &Process,
    world: &World<'_>,
    state: &CaseState,
    command: &Command,
    now: Instant,
    events: &mut Events,
) -> Result<(), Rejection> {
    let Command::Start { start, by, subject, documents } = command else { return Err(Rejection::NotStarted) };
    let spec = process.starts().get(*start).ok_or(Rejection::NoSuchStart)?;
    check_text(subject)?;
    let mut draft = Draft::new(process, world, state, now, events);
    if !spec.opens.iter().any(|&step| actors::may_open(&draft, step, *by)) {
        let roles = spec.opens.iter().flat_map(|&step| &process.steps()[step].roles);
        return Err(Rejection::NotYours { roles: draft.called_roles(roles.copied()) });
    }
    let unattachable: Vec<_> =
        documents.iter().map(|(paper, _)| *paper).filter(|paper| !spec.brings.contains(paper)).collect();
    if !unattachable.is_empty() {
        return Err(Rejection::Incomplete {
            papers: Vec::new(),
            fields: Vec::new(),
            invalid: Vec::new(),
            unexpected: Vec::new(),
            unattachable: draft.called_papers(unattachable),
        });
    }
    draft.emit(Event::Started {
        start: *start,
        requester: *by,
        subject: subject.clone(),
        shape: process.shared_shape(),
        directory: world.staffing.revision(),
        calendar: world.calendar.revision(),
    });
    for &paper in &spec.brings {
        draft.emit(Event::PaperMade { paper, version: 1 });
    }
    for (paper, reference) in documents {
        check_text(reference)?;
        draft.emit(Event::DocumentAttached { paper: *paper, version: 1, reference: reference.clone() });
    }
    for &step in &spec.opens {
        tokens::activate(&mut draft, step, false);
    }
    Ok(())
}

pub(crate) fn check_text(text: &str) -> Result<(), Rejection> {
    if text.len() > MAX_TEXT { Err(Rejection::TextTooLong { limit: MAX_TEXT as u32 }) } else { Ok(()) }
}

pub(crate) fn check_reason(text: &str) -> Result<(), Rejection> {
    check_text(text)?;
    if text.trim().is_empty() { Err(Rejection::TextMissing) } else { Ok(()) }
}

/// The roles that may act on a wait now, with what binds each: the step's, or the one that it was reassigned to, and
/// those escalated to.
pub fn acting_roles(
    process: &Process,
    wait: &super::state::Wait,
) -> SmallVec<[(crate::process::RoleIx, Option<u16>); 2]> {
    actors::roles_of(process, wait)
}

/// The role that answers for a wait (T5): the last one escalated to, before that the declared one.
pub fn accountable_role(
    process: &Process,
    state: &CaseState,
    wait: &super::state::Wait,
) -> Option<(crate::process::RoleIx, Option<u16>)> {
    actors::accountable(process, wait, state.values())
}
