//! What is done about a wait or a case without completing anything: claims, holds, hand-overs, withdrawal, remarks
//! (W4, T6).

use super::ladder::{bound_value, consumed_by, resume_at};
use super::{Draft, actors, check_reason, clock};
use crate::case::event::{Capacity, Event};
use crate::case::people::PersonIx;
use crate::case::rejection::Rejection;
use crate::case::state::{Status, Wait};
use crate::case::tokens::Board;
use crate::guard::FieldIx;
use crate::process::{Hash, RoleIx};
use crate::time::Instant;

fn open_wait<'a>(draft: &Draft<'a>, number: u32) -> Result<&'a Wait, Rejection> {
    draft.state.wait(number).ok_or(Rejection::WaitIsOver { wait: number })
}

/// Takes a wait upon oneself: it keeps others out for as long as the policy says (W4).
pub(super) fn claim(draft: &mut Draft<'_>, number: u32, by: PersonIx) -> Result<(), Rejection> {
    let wait = open_wait(draft, number)?;
    let by = actors::actor(draft, wait, by)?;
    actors::claim_allows(draft, wait, by.person)?;
    actors::separation(draft, wait.step(), by.person)?;
    // Claiming again keeps others out no longer than the first time. Where the policy says nothing, a claim only orders
    // the work list.
    let before = wait.rare().claimed.iter().find(|(person, _)| *person == by.person);
    let until = match (before, draft.process.claim_exclusive()) {
        (Some((_, until)), _) => *until,
        (None, Some(exclusive)) => {
            clock::after(draft.world.calendar, exclusive.measure(), draft.now, exclusive.amount())
        }
        (None, None) => draft.now,
    };
    draft.emit(Event::Claimed { wait: number, by, until });
    Ok(())
}

/// Gives a claim back: the claimer, or whoever answers for the wait.
pub(super) fn release(draft: &mut Draft<'_>, number: u32, by: PersonIx) -> Result<(), Rejection> {
    let wait = open_wait(draft, number)?;
    let (claimed, _) = wait.claim().ok_or(Rejection::NotClaimed)?;
    if claimed.person != by {
        actors::overseer(draft, wait, by)?;
    }
    draft.emit(Event::Released { wait: number, by });
    Ok(())
}

/// Lets another person act for oneself, for this wait.
pub(super) fn delegate(draft: &mut Draft<'_>, number: u32, by: PersonIx, to: PersonIx) -> Result<(), Rejection> {
    let wait = open_wait(draft, number)?;
    let by = actors::actor(draft, wait, by)?;
    actors::claim_allows(draft, wait, by.person)?;
    // Who acts for somebody else hands nothing on.
    if by.capacity == Capacity::Delegate {
        return Err(actors::not_yours(draft, wait));
    }
    if !draft.world.staffing.knows(to) {
        return Err(Rejection::UnknownPerson);
    }
    actors::separation(draft, wait.step(), by.person)?;
    actors::separation(draft, wait.step(), to)?;
    if to == by.person {
        return Err(Rejection::ActsAlready);
    }
    draft.emit(Event::Delegated { wait: number, by, to });
    Ok(())
}

/// Puts a wait off: its clock stands until somebody goes on with it, or until the given instant (T6).
pub(super) fn hold(
    draft: &mut Draft<'_>,
    number: u32,
    by: PersonIx,
    until: Instant,
    reason: &str,
) -> Result<(), Rejection> {
    let wait = open_wait(draft, number)?;
    if let Some(until) = wait.held_until() {
        return Err(Rejection::WaitIsHeld { until });
    }
    let max = draft.process.hold_max().ok_or(Rejection::HoldsAreOff)?;
    let by =
        actors::actor(draft, wait, by).or_else(|refused| actors::overseer(draft, wait, by).map_err(|_| refused))?;
    actors::claim_allows(draft, wait, by.person)?;
    check_reason(reason)?;
    let latest = clock::after(draft.world.calendar, max.measure(), draft.now, max.amount());
    if until <= draft.now || until > latest {
        return Err(Rejection::HoldOutOfRange { latest });
    }
    let consumed = consumed_by(draft, wait);
    draft.emit(Event::Held { wait: number, by, until, reason: reason.into(), consumed });
    draft.leave_clock(wait.step());
    Ok(())
}

/// Goes on with a wait that was put off (T6).
pub(super) fn resume(draft: &mut Draft<'_>, number: u32, by: PersonIx) -> Result<(), Rejection> {
    let wait = open_wait(draft, number)?;
    if wait.held_until().is_none() {
        return Err(Rejection::WaitIsNotHeld);
    }
    let by =
        actors::actor(draft, wait, by).or_else(|refused| actors::overseer(draft, wait, by).map_err(|_| refused))?;
    resume_at(draft, wait, draft.now, Some(by.person));
    Ok(())
}

/// Lets another role act instead; the clock runs on.
pub(super) fn reassign(
    draft: &mut Draft<'_>,
    number: u32,
    by: PersonIx,
    to: RoleIx,
    reason: &str,
) -> Result<(), Rejection> {
    let wait = open_wait(draft, number)?;
    let by = actors::overseer(draft, wait, by)?;
    check_reason(reason)?;
    draft.process.roles().get(to).ok_or(Rejection::NoSuchRole)?;
    let bound = bound_value(draft, wait, to);
    let acting = actors::roles_of(draft.process, wait);
    if acting.first() == Some(&(to, bound)) && acting.len() == 1 {
        return Err(Rejection::ActsAlready);
    }
    draft.emit(Event::Reassigned { wait: number, by, role: to, bound, reason: reason.into() });
    Ok(())
}

/// Withdraws the case: the requester, as long as the step that the policy names has not been completed (W4).
pub(super) fn withdraw(draft: &mut Draft<'_>, by: PersonIx, reason: &str) -> Result<(), Rejection> {
    let spec = draft.process.withdraw().ok_or(Rejection::WithdrawalIsOff)?;
    if draft.state.requester() != Some(by) {
        return Err(Rejection::NotTheRequester);
    }
    if draft.state.is_done(spec.until) {
        return Err(Rejection::TooLateToWithdraw { step: draft.called_step(spec.until) });
    }
    check_reason(reason)?;
    draft.emit(Event::WithdrawnByRequester { by, reason: reason.into() });
    Board::stop(draft, spec.end);
    Ok(())
}

/// Remarks something: the requester, whoever has done a step of the case, and whoever holds a role of the process.
pub(super) fn comment(draft: &mut Draft<'_>, by: PersonIx, text: &str) -> Result<(), Rejection> {
    let involved = draft.state.requester() == Some(by)
        || draft.process.steps().iter().any(|(step, _)| draft.state.done_by(step) == Some(by))
        || draft.world.staffing.holds_any(by, draft.now);
    if !involved {
        return Err(Rejection::NotYours {
            roles: draft.called_roles(draft.process.roles().iter().map(|(role, _)| role)),
        });
    }
    check_reason(text)?;
    let limit = draft.process.max_comments();
    if draft.state.comments() >= limit {
        return Err(Rejection::TooManyComments { limit });
    }
    draft.emit(Event::Commented { by, text: text.into() });
    Ok(())
}

/// Erases what is personal. As long as a case runs, what is on record of it decides how it goes on.
pub(super) fn erase(
    draft: &mut Draft<'_>,
    by: PersonIx,
    fields: &[FieldIx],
    texts: bool,
    reason: &str,
) -> Result<(), Rejection> {
    check_over(draft)?;
    check_reason(reason)?;
    // On record each is named once, in the order of the definition, however often the host named it.
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    fields.dedup();
    draft.emit(Event::Erased { by, fields: fields.into(), texts, reason: reason.into() });
    Ok(())
}

/// Moves what is on record to an archive.
pub(super) fn archive(draft: &mut Draft<'_>, by: PersonIx, archive: &str, left: Hash) -> Result<(), Rejection> {
    check_over(draft)?;
    check_reason(archive)?;
    draft.emit(Event::Archived { by, archive: archive.into(), left });
    Ok(())
}

/// Puts back what was moved to an archive.
pub(super) fn restore(draft: &mut Draft<'_>, by: PersonIx, archive: &str) -> Result<(), Rejection> {
    check_over(draft)?;
    check_reason(archive)?;
    draft.emit(Event::Restored { by, archive: archive.into() });
    Ok(())
}

fn check_over(draft: &Draft<'_>) -> Result<(), Rejection> {
    match draft.state.status() {
        Status::Finished | Status::Stopped => Ok(()),
        Status::New | Status::Running | Status::Faulted => Err(Rejection::CaseIsNotOver),
    }
}
