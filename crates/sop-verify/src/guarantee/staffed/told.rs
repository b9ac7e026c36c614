//! From a seat that nobody may take to a run in people's words.

use sop_core::case::PersonIx;
use sop_core::definition::PersonId;
use sop_core::guard::{FieldIx, FieldType, Value};
use sop_core::process::{Process, StepIx};

use super::Staff;
use super::kept_out::OpenSeat;
use super::seat::{Seat, by_requester, eligible};
use crate::run::{Deed, Run};

/// The same run, by people of the directory, with the value that binds the seat. None where it takes a past which nobody
/// was found to have made: each by somebody who might, and the partners by those who keep the others out.
pub(super) fn peopled(process: &Process, staff: &Staff<'_>, found: &OpenSeat, mut run: Run) -> Option<Run> {
    let field = process.steps()[found.seat.step].per;
    let needs_past = !found.done.is_empty();
    let name = |person: PersonIx| -> Option<PersonId> { staff.people.name(person).cloned() };
    let given = |step: StepIx| found.done.iter().find(|(of, _)| *of == step).and_then(|(_, person)| *person);
    let requester = found.done.iter().find(|(step, _)| by_requester(process, *step)).and_then(|(_, person)| *person);
    let mut done: Vec<(StepIx, PersonIx)> = Vec::new();
    let mut held: Vec<(FieldIx, Value)> = Vec::new();
    for act in &mut run.acts {
        let (step, values) = match &mut act.deed {
            Deed::Complete { step, values, .. } => (*step, values),
            Deed::Open { start } => {
                let first = process.starts().get(*start).and_then(|start| start.opens.first());
                let opener = match first.filter(|step| !by_requester(process, **step)) {
                    Some(step) => eligible(process, staff, Seat::of(*step, None), found.at)
                        .into_iter()
                        .find(|person| Some(*person) != found.without),
                    None => requester,
                };
                act.by = opener.and_then(name).or_else(|| act.by.take());
                continue;
            }
            Deed::Sleep { step, .. } => {
                // Done by the policy keeps nobody out.
                done.retain(|(of, _)| of != step);
                continue;
            }
            Deed::Silence => continue,
        };
        for (set, value) in values.iter_mut() {
            if Some(*set) == field
                && let Some(place) = found.seat.bound
            {
                *value = match process.field(*set).map(|field| &field.ty) {
                    Some(FieldType::Unit(_)) => Value::Unit(place),
                    _ => Value::Choice(place),
                };
            }
        }
        let spec = &process.steps()[step];
        let bound = spec.per.map(|per| match held.iter().rev().find(|(set, _)| *set == per) {
            Some((_, Value::Unit(place) | Value::Choice(place))) => *place,
            _ => 0,
        });
        held.extend(values.iter().cloned());
        if by_requester(process, step) {
            act.by = requester.and_then(name).or_else(|| act.by.take());
            done.retain(|(of, _)| *of != step);
            done.extend(requester.map(|person| (step, person)));
            continue;
        }
        let here = eligible(process, staff, Seat::of(step, bound), found.at);
        let last = |other: &StepIx| done.iter().find(|(of, _)| of == other).map(|(_, person)| *person);
        let is_kept_out = |person: PersonIx, by: &dyn Fn(&StepIx) -> Option<PersonIx>| {
            spec.distinct_from.iter().any(|other| by(other) == Some(person))
                || spec.same_as.iter().any(|other| by(other).is_some_and(|by| by != person && here.contains(&by)))
        };
        let may = |person: &PersonIx| Some(*person) != found.without && !is_kept_out(*person, &last);
        let all: Vec<PersonIx> = here.iter().copied().filter(may).collect();
        // Whoever leaves those alone that are still to come; or anybody.
        let leaves_room = |person: &&PersonIx| !is_kept_out(**person, &|other| given(*other));
        let person = match given(step) {
            Some(person) => all.contains(&person).then_some(person),
            None => all.iter().find(leaves_room).or(all.first()).copied(),
        };
        match person {
            Some(person) => {
                act.by = name(person);
                done.retain(|(of, _)| *of != step);
                done.push((step, person));
            }
            None if needs_past => return None,
            None => {}
        }
    }
    Some(run)
}

/// What a field's value is bound to, as people know it.
pub(crate) fn bound_name(process: &Process, step: StepIx, bound: Option<u16>) -> Option<String> {
    let field = process.field(process.steps()[step].per?)?;
    field.ty.listed()?.get(usize::from(bound?)).cloned()
}
