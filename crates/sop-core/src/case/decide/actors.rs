//! Who may act on a wait (W1–W4).

use smallvec::SmallVec;

use super::Draft;
use crate::case::event::{Actor, Capacity};
use crate::case::people::{PersonIx, place_of};
use crate::case::rejection::Rejection;
use crate::case::state::Wait;
use crate::guard::Value;
use crate::process::{RoleIx, StepIx};

type Acting = Actor<PersonIx, RoleIx>;

/// The roles that may act on a wait now, with what binds each: the step's, or the one that it was reassigned to, and
/// those escalated to.
pub(crate) fn roles_of(process: &crate::process::Process, wait: &Wait) -> SmallVec<[(RoleIx, Option<u16>); 2]> {
    let mut roles = SmallVec::new();
    match wait.reassigned() {
        Some(instead) => roles.push(instead),
        None => {
            roles.extend(process.steps()[wait.step].roles.iter().map(|&role| (role, bound_for(process, role, wait))))
        }
    }
    roles.extend(wait.escalated().iter().copied());
    roles
}

fn bound_for(process: &crate::process::Process, role: RoleIx, wait: &Wait) -> Option<u16> {
    process.roles()[role].per.and(wait.bound())
}

/// The role that answers for a wait (T5): the last one escalated to, before that the declared one.
pub(crate) fn accountable(
    process: &crate::process::Process,
    wait: &Wait,
    values: &[Option<Value>],
) -> Option<(RoleIx, Option<u16>)> {
    if let Some(last) = wait.escalated().last() {
        return Some(*last);
    }
    let acting =
        wait.reassigned().map_or_else(|| process.steps()[wait.step].roles.first().copied(), |(role, _)| Some(role))?;
    let role = process.roles()[acting].accountable?;
    Some((role, binding(process, wait, role, values)))
}

/// What binds a further role of a wait (W2): what was bound at its activation, where the same field binds it;
/// otherwise the value as it is now.
pub(crate) fn binding(
    process: &crate::process::Process,
    wait: &Wait,
    role: RoleIx,
    values: &[Option<Value>],
) -> Option<u16> {
    let field = process.roles()[role].per?;
    if process.steps()[wait.step].per == Some(field) {
        return wait.bound();
    }
    place_of(values.get(field.place()).and_then(Option::as_ref))
}

/// Tells whether a person may open a case at a step: anybody as its requester, otherwise a holder.
pub(super) fn may_open(draft: &Draft<'_>, step: StepIx, by: PersonIx) -> bool {
    draft.process.steps()[step].roles.iter().any(|&role| {
        draft.process.roles()[role].requester || draft.world.staffing.find(role, None, by, draft.now).is_some()
    })
}

/// The capacity in which a person holds a role now.
fn holding(draft: &Draft<'_>, role: RoleIx, bound: Option<u16>, by: PersonIx) -> Option<(Acting, bool)> {
    if draft.process.roles()[role].requester && draft.state.requester() == Some(by) {
        return Some((Actor { person: by, role, capacity: Capacity::Requester }, true));
    }
    let tenure = draft.world.staffing.find(role, bound, by, draft.now)?;
    Some((tenure.actor(role), tenure.decides))
}

/// In which capacity a person acts on a wait.
///
/// # Errors
/// [`Rejection::NotYours`], or [`Rejection::NeedsMandate`] where only the mandate is missing.
pub(super) fn actor(draft: &Draft<'_>, wait: &Wait, by: PersonIx) -> Result<Acting, Rejection> {
    let strategic = draft.process.steps()[wait.step].strategic;
    let mut lacking: Option<RoleIx> = None;
    let instead = wait.reassigned();
    let drawn = if instead.is_none() { draft.process.steps()[wait.step].roles.as_slice() } else { &[] };
    let drawn = drawn.iter().map(|&role| (role, bound_for(draft.process, role, wait)));
    for (role, bound) in instead.into_iter().chain(drawn).chain(wait.escalated().iter().copied()) {
        if let Some((actor, decides)) = holding(draft, role, bound, by) {
            if decides || !strategic {
                return Ok(actor);
            }
            lacking = lacking.or(Some(role));
        }
    }
    // A delegate acts for a holder: only as long as that one may act.
    let delegated = wait.rare().delegate.filter(|(delegated, _)| delegated.person == by);
    let standing = |role: RoleIx, holder: PersonIx| {
        let roles = roles_of(draft.process, wait);
        let bound = roles.iter().find(|(acting, _)| *acting == role).and_then(|(_, bound)| *bound);
        roles.iter().any(|(acting, _)| *acting == role) && holding(draft, role, bound, holder).is_some()
    };
    if let Some((delegated, _)) = delegated.filter(|(delegated, holder)| standing(delegated.role, *holder)) {
        if !strategic {
            return Ok(Actor { capacity: Capacity::Delegate, ..delegated });
        }
        lacking = lacking.or(Some(delegated.role));
    }
    Err(match lacking {
        Some(role) => Rejection::NeedsMandate { role: draft.called_role(role) },
        None => not_yours(draft, wait),
    })
}

/// The refusal of somebody who holds none of the roles that may act on a wait.
pub(super) fn not_yours(draft: &Draft<'_>, wait: &Wait) -> Rejection {
    Rejection::NotYours { roles: draft.called_roles(roles_of(draft.process, wait).into_iter().map(|(role, _)| role)) }
}

/// Checks that the step's separation of duties admits the person (W3).
///
/// # Errors
/// [`Rejection::MustBeAnother`] or [`Rejection::MustBeTheSame`].
pub(super) fn separation(draft: &Draft<'_>, step: StepIx, by: PersonIx) -> Result<(), Rejection> {
    let spec = &draft.process.steps()[step];
    for &other in &spec.distinct_from {
        if draft.state.done_by(other) == Some(by) {
            return Err(Rejection::MustBeAnother { step: draft.called_step(other) });
        }
    }
    for &other in &spec.same_as {
        if let Some(person) = draft.state.done_by(other).filter(|&person| person != by)
            && let Some(person) = draft.person(person)
        {
            return Err(Rejection::MustBeTheSame { step: draft.called_step(other), person });
        }
    }
    Ok(())
}

/// Checks that nobody else's claim keeps the person out (W4).
///
/// # Errors
/// [`Rejection::ClaimedByAnother`].
pub(super) fn claim_allows(draft: &Draft<'_>, wait: &Wait, by: PersonIx) -> Result<(), Rejection> {
    match wait.claim() {
        Some((claimed, until)) if claimed.person != by && draft.now < until => {
            let Some(person) = draft.person(claimed.person) else { return Ok(()) };
            Err(Rejection::ClaimedByAnother { person, until })
        }
        _ => Ok(()),
    }
}

/// Checks that a person answers for a wait: holds its accountable role, or the owner's.
///
/// # Errors
/// [`Rejection::NotYours`].
pub(super) fn overseer(draft: &Draft<'_>, wait: &Wait, by: PersonIx) -> Result<Acting, Rejection> {
    let accountable = accountable(draft.process, wait, draft.state.values());
    let owner = draft.process.owner().map(|role| (role, binding(draft.process, wait, role, draft.state.values())));
    let may: SmallVec<[(RoleIx, Option<u16>); 2]> = accountable.into_iter().chain(owner).collect();
    for &(role, bound) in &may {
        if let Some((actor, _)) = holding(draft, role, bound, by) {
            return Ok(actor);
        }
    }
    Err(Rejection::NotYours { roles: draft.called_roles(may.into_iter().map(|(role, _)| role)) })
}
