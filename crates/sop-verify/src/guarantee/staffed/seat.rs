//! Seats: a step under what binds it, and who may sit down there.

use sop_core::case::PersonIx;
use sop_core::guard::FieldIx;
use sop_core::process::{Process, RoleIx, RungEffect, StepIx};
use sop_core::time::Instant;

use super::Staff;

/// A step under what binds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) step: StepIx,
    pub(super) bound: Option<u16>,
    /// The role that it was handed over to.
    pub(super) instead: Option<RoleIx>,
}

impl Seat {
    pub(super) fn of(step: StepIx, bound: Option<u16>) -> Self {
        Self { step, bound, instead: None }
    }
}

/// Tells whether the requester acts: whoever asks is there, or there is no case.
pub(super) fn by_requester(process: &Process, step: StepIx) -> bool {
    process.steps()[step].roles.iter().any(|role| process.roles()[*role].requester)
}

/// What may bind a role that is filled per field.
pub(super) fn bounds(process: &Process, per: Option<FieldIx>) -> Vec<Option<u16>> {
    let listed = |field: FieldIx| process.field(field).and_then(|field| field.ty.listed()).map_or(0, <[String]>::len);
    match per {
        Some(field) => (0..listed(field)).map(|place| u16::try_from(place).ok()).collect(),
        None => vec![None],
    }
}

/// The beginnings of all times in which nothing changes, earliest first.
pub(super) fn instants(process: &Process, staff: &Staff<'_>) -> Vec<Instant> {
    let mut found = vec![staff.from];
    for (role, spec) in process.roles().iter() {
        let bound = spec.per.and_then(|field| process.field(field)).and_then(|field| field.ty.listed());
        let places = (0..bound.map_or(0, <[String]>::len)).map(|place| u16::try_from(place).ok());
        for bound in places.chain([None]) {
            let tenures = staff.staffing.tenures(role, bound);
            found.extend(tenures.iter().flat_map(|tenure| [tenure.from, tenure.until]));
        }
    }
    found.retain(|at| *at >= staff.from && *at < staff.until);
    found.sort_unstable();
    found.dedup();
    found
}

/// Whoever may have completed a step until an instant, under any binding, also after a rung called others in.
pub(super) fn ever_eligible(process: &Process, staff: &Staff<'_>, step: StepIx, until: Instant) -> Vec<PersonIx> {
    let spec = &process.steps()[step];
    let called_in = process.ladder(step).rungs.iter().filter_map(|rung| match rung.effect {
        RungEffect::Escalate(role) | RungEffect::Reassign(role) => Some(role),
        _ => None,
    });
    let mut found: Vec<PersonIx> = Vec::new();
    for role in spec.roles.iter().copied().chain(called_in) {
        for bound in bounds(process, process.roles()[role].per) {
            let tenures = staff.staffing.tenures(role, bound).iter();
            found.extend(
                tenures.filter(|tenure| tenure.from <= until && (tenure.decides || !spec.strategic)).map(|t| t.person),
            );
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Who may act at a seat, separation of duties aside.
pub(super) fn eligible(process: &Process, staff: &Staff<'_>, seat: Seat, at: Instant) -> Vec<PersonIx> {
    let spec = &process.steps()[seat.step];
    let mut found: Vec<PersonIx> = Vec::new();
    let roles = seat.instead.as_ref().map_or(spec.roles.as_slice(), std::slice::from_ref);
    for &role in roles {
        let bound = process.roles()[role].per.and(seat.bound);
        for tenure in staff.staffing.holders(role, bound, at).filter(|tenure| tenure.decides || !spec.strategic) {
            if !found.contains(&tenure.person) {
                found.push(tenure.person);
            }
        }
    }
    found
}
