//! `staffed`: is there always somebody who may act?
//!
//! **Theorem.** `Proved` iff for each wait that is reached, each value that may bind its role and each instant of the
//! period somebody may act whatever was done by whom before, and still does with any one person missing.
//!
//! The period is cut where a tenure begins or ends; between two cuts nothing changes. With separation of duties alone, all
//! who may act are kept out iff they can be matched to partners that each of them may have done (Hall, On Representatives
//! of Subsets, 1935). With both kinds of separation mixed the question is workflow satisfiability, which is NP-hard
//! (Wang, Li, Satisfiability and Resiliency in Workflow Authorization Systems, TISSEC 13, 2010): every way is tried, up to
//! a limit.
//!
//! Assumes that whoever asks is there, and holds no claims of others. It depends on the directory, and is in no
//! certificate: asking again is as fast as checking would be.

use sop_core::case::{People, PersonIx, Staffing};
use sop_core::definition::PersonId;
use sop_core::diagnostic::Bilingual;
use sop_core::guard::{FieldIx, FieldType, Value};
use sop_core::process::{BitSet, Position as _, Process, RoleIx, StepIx};
use sop_core::time::Instant;

use super::potential::leads_to;
use crate::cause::{Cause, Trouble};
use crate::examination::Examination;
use crate::flow::Found;
use crate::model::Facts;
use crate::run::{Deed, Run};

/// Who holds the roles of a process, and the time that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Staff<'s> {
    /// The people, by number.
    pub people: &'s People,
    /// Who holds what, resolved for the process.
    pub staffing: &'s Staffing,
    /// The first instant.
    pub from: Instant,
    /// The instant at which it is over.
    pub until: Instant,
}

/// The most ways in which the partners of a step may have been done that are tried one by one.
const MAX_WAYS: usize = 20_000;

/// A step under what binds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seat {
    step: StepIx,
    bound: Option<u16>,
}

pub(crate) fn judge(examination: &Examination<'_, '_>, staff: &Staff<'_>) -> Found {
    let facts = examination.facts;
    let process = facts.process;
    let instants = instants(process, staff);
    let mut causes = Vec::new();
    let mut unknown = None;
    for (step, _) in process.steps().iter().filter(|(step, _)| facts.is_reached(*step)) {
        if by_requester(process, step) {
            continue;
        }
        let partners = partners(facts, step);
        for bound in bounds(process, step) {
            match look(process, staff, &instants, Seat { step, bound }, &partners) {
                Look::Filled => {}
                Look::Open(found) => causes.push(cause(examination, staff, found)),
                Look::TooMany => unknown = Some(step),
            }
        }
    }
    match (causes.is_empty(), unknown) {
        (false, _) => Found::Refuted(causes),
        (true, None) => Found::Proved,
        (true, Some(step)) => {
            let at = process.called_step(step).title;
            Found::Unknown(Bilingual::new(
                format!("{at}: terlalu banyak susunan orang"),
                format!("{at}: too many ways in which people may have acted"),
            ))
        }
    }
}

/// The steps that must have been done by another, and those by the same person, as far as they may be done before (W3).
struct Partners {
    distinct: Vec<StepIx>,
    same: Vec<StepIx>,
}

fn partners(facts: &Facts<'_>, step: StepIx) -> Partners {
    let process = facts.process;
    let spec = &process.steps()[step];
    if spec.distinct_from.is_empty() && spec.same_as.is_empty() {
        return Partners { distinct: Vec::new(), same: Vec::new() };
    }
    // Backwards from the step, by all arrows; what goes on beside it may have been done as well.
    let mut before = BitSet::with_len(process.steps().len());
    let mut arrows: Vec<Vec<StepIx>> = vec![Vec::new(); process.steps().len()];
    for (_, exit) in facts.exits.iter() {
        for to in leads_to(process, exit) {
            if let Some(list) = arrows.get_mut(to.place()) {
                list.push(exit.step);
            }
        }
    }
    let mut open = vec![step];
    while let Some(at) = open.pop() {
        for from in arrows.get(at.place()).into_iter().flatten() {
            if before.insert(from.place()) {
                open.push(*from);
            }
        }
    }
    let may = |other: &&StepIx| !facts.is_sequential || before.contains(other.place());
    Partners {
        distinct: spec.distinct_from.iter().filter(may).copied().collect(),
        same: spec.same_as.iter().filter(may).copied().collect(),
    }
}

/// Whether the requester acts: whoever asks is there, or there is no case.
fn by_requester(process: &Process, step: StepIx) -> bool {
    process.steps()[step].roles.iter().any(|role| process.roles()[*role].requester)
}

/// What may bind the roles of a step.
fn bounds(process: &Process, step: StepIx) -> Vec<Option<u16>> {
    let listed = |field: FieldIx| process.field(field).and_then(|field| field.ty.listed()).map_or(0, <[String]>::len);
    match process.steps()[step].per {
        Some(field) => (0..listed(field)).map(|place| u16::try_from(place).ok()).collect(),
        None => vec![None],
    }
}

/// The beginnings of all times in which nothing changes.
fn instants(process: &Process, staff: &Staff<'_>) -> Vec<Instant> {
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

/// Who may act at a seat.
fn eligible(process: &Process, staff: &Staff<'_>, seat: Seat, at: Instant) -> Vec<PersonIx> {
    let spec = &process.steps()[seat.step];
    let mut found: Vec<PersonIx> = Vec::new();
    for &role in &spec.roles {
        let bound = process.roles()[role].per.and(seat.bound);
        for tenure in staff.staffing.holders(role, bound, at).filter(|tenure| tenure.decides || !spec.strategic) {
            if !found.contains(&tenure.person) {
                found.push(tenure.person);
            }
        }
    }
    found
}

struct OpenSeat {
    seat: Seat,
    at: Instant,
    without: Option<PersonIx>,
    /// Who did the steps that keep the others out.
    done: Vec<(StepIx, PersonIx)>,
}

enum Look {
    Filled,
    Open(OpenSeat),
    TooMany,
}

/// Looks for a time, somebody missing, and a past under which nobody may act.
fn look(process: &Process, staff: &Staff<'_>, instants: &[Instant], seat: Seat, partners: &Partners) -> Look {
    let mut too_many = false;
    let mut thin: Option<OpenSeat> = None;
    for &at in instants {
        let all = eligible(process, staff, seat, at);
        // First whether anybody is there at all, then without each of them.
        for without in std::iter::once(None).chain(all.iter().copied().map(Some)) {
            let there: Vec<PersonIx> = all.iter().copied().filter(|person| Some(*person) != without).collect();
            match keeps_all_out(process, staff, seat, partners, at, without, &there) {
                Ok(None) => {}
                Ok(Some(done)) => {
                    let found = OpenSeat { seat, at, without, done };
                    if without.is_none() {
                        return Look::Open(found);
                    }
                    thin = thin.or(Some(found));
                }
                Err(()) => too_many = true,
            }
        }
    }
    match thin {
        Some(found) => Look::Open(found),
        None if too_many => Look::TooMany,
        None => Look::Filled,
    }
}

/// Who may have done the partners of a step so that nobody of those there may act; none if somebody always may.
fn keeps_all_out(
    process: &Process,
    staff: &Staff<'_>,
    seat: Seat,
    partners: &Partners,
    at: Instant,
    without: Option<PersonIx>,
    there: &[PersonIx],
) -> Result<Option<Vec<(StepIx, PersonIx)>>, ()> {
    if there.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let spec = &process.steps()[seat.step];
    if partners.distinct.is_empty() && partners.same.is_empty() {
        return Ok(None);
    }
    let doers = |partner: StepIx| -> Vec<PersonIx> {
        if by_requester(process, partner) {
            // Whoever asks may hold a post besides.
            return there.to_vec();
        }
        let shared = process.steps()[partner].per == spec.per;
        let bounds = if shared { vec![seat.bound] } else { bounds(process, partner) };
        let mut found: Vec<PersonIx> = Vec::new();
        for bound in bounds {
            found.extend(eligible(process, staff, Seat { step: partner, bound }, at));
        }
        found.retain(|person| Some(*person) != without);
        found.sort_unstable();
        found.dedup();
        found
    };
    if partners.same.is_empty() {
        let partners: Vec<(StepIx, Vec<PersonIx>)> =
            partners.distinct.iter().map(|partner| (*partner, doers(*partner))).collect();
        return Ok(matching(there, &partners));
    }
    // With both kinds mixed the question is workflow satisfiability: every way is tried.
    let partners: Vec<(StepIx, bool, Vec<PersonIx>)> = partners
        .distinct
        .iter()
        .map(|partner| (*partner, false, doers(*partner)))
        .chain(partners.same.iter().map(|partner| (*partner, true, doers(*partner))))
        .filter(|(.., doers)| !doers.is_empty())
        .collect();
    let ways = partners.iter().fold(1_usize, |ways, (.., doers)| ways.saturating_mul(doers.len()));
    if ways > MAX_WAYS {
        return Err(());
    }
    for way in 0..ways {
        let mut rest = way;
        let done: Vec<(StepIx, bool, PersonIx)> = partners
            .iter()
            .filter_map(|(step, same, doers)| {
                let picked = doers.get(rest % doers.len()).copied();
                rest /= doers.len();
                picked.map(|person| (*step, *same, person))
            })
            .collect();
        let may = |person: &PersonIx| done.iter().all(|(_, same, by)| (person == by) == *same);
        if !there.iter().any(may) {
            return Ok(Some(done.into_iter().map(|(step, _, person)| (step, person)).collect()));
        }
    }
    Ok(None)
}

/// Gives each person a partner of their own that they may have done, if that is possible for all (Hall; augmenting
/// paths): then nobody is left who may act.
fn matching(people: &[PersonIx], partners: &[(StepIx, Vec<PersonIx>)]) -> Option<Vec<(StepIx, PersonIx)>> {
    if people.len() > partners.len() {
        return None;
    }
    let mut taken: Vec<Option<PersonIx>> = vec![None; partners.len()];
    for &person in people {
        // A path that alternates between what is free to be given and what is given, breadth first.
        let mut came_from: Vec<Option<usize>> = vec![None; partners.len()];
        let mut seen = vec![false; partners.len()];
        let mut open = std::collections::VecDeque::from([(person, None)]);
        let mut last = None;
        'search: while let Some((person, from)) = open.pop_front() {
            for (place, (_, doers)) in partners.iter().enumerate() {
                let is_new = seen.get(place) == Some(&false) && doers.contains(&person);
                if !is_new {
                    continue;
                }
                if let (Some(seen), Some(came)) = (seen.get_mut(place), came_from.get_mut(place)) {
                    *seen = true;
                    *came = from;
                }
                match taken.get(place).copied().flatten() {
                    None => {
                        last = Some(place);
                        break 'search;
                    }
                    Some(other) => open.push_back((other, Some(place))),
                }
            }
        }
        let mut at = last?;
        // Everybody on the path moves on by one.
        while let Some(before) = came_from.get(at).copied().flatten() {
            let moved = taken.get(before).copied().flatten();
            if let Some(slot) = taken.get_mut(at) {
                *slot = moved;
            }
            at = before;
        }
        if let Some(slot) = taken.get_mut(at) {
            *slot = Some(person);
        }
    }
    let pairs = partners.iter().zip(taken).filter_map(|((step, _), person)| person.map(|person| (*step, person)));
    Some(pairs.collect())
}

fn cause(examination: &Examination<'_, '_>, staff: &Staff<'_>, found: OpenSeat) -> Cause {
    let process = examination.facts.process;
    let name = |person: PersonIx| staff.people.name(person).cloned();
    let role = process.steps()[found.seat.step].roles.first().copied().unwrap_or(RoleIx::first());
    let run = examination.run_to(found.seat.step).map(|run| peopled(process, staff, &found, run));
    let trouble = Trouble::NobodyEligible {
        step: found.seat.step,
        role,
        bound: found.seat.bound,
        at: found.at,
        without: found.without.and_then(name),
    };
    Cause { trouble, run }
}

/// The same run, by people of the directory, with the value that binds the seat.
fn peopled(process: &Process, staff: &Staff<'_>, found: &OpenSeat, mut run: Run) -> Run {
    let field = process.steps()[found.seat.step].per;
    let name = |person: PersonIx| -> Option<PersonId> { staff.people.name(person).cloned() };
    let mut done: Vec<(StepIx, PersonIx)> = Vec::new();
    for act in &mut run.acts {
        let (step, values) = match &mut act.deed {
            Deed::Complete { step, values, .. } => (step, values),
            Deed::Open { start } => {
                let first = process.starts().get(*start).and_then(|start| start.opens.first());
                if let Some(step) = first.filter(|step| !by_requester(process, **step)) {
                    let opens = eligible(process, staff, Seat { step: *step, bound: None }, found.at);
                    let opener = opens.into_iter().find(|person| Some(*person) != found.without);
                    act.by = opener.and_then(name).or_else(|| act.by.take());
                }
                continue;
            }
            _ => continue,
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
        if by_requester(process, *step) {
            continue;
        }
        let spec = &process.steps()[*step];
        let bound = if spec.per == field { found.seat.bound } else { spec.per.map(|_| 0) };
        let given = found.done.iter().find(|(of, _)| of == step).map(|(_, person)| *person);
        let fits = |person: &PersonIx| {
            let by = |other: &StepIx| done.iter().rev().find(|(of, _)| of == other).map(|(_, person)| *person);
            Some(*person) != found.without
                && spec.distinct_from.iter().all(|other| by(other) != Some(*person))
                && spec.same_as.iter().all(|other| by(other).is_none_or(|by| by == *person))
        };
        let somebody = eligible(process, staff, Seat { step: *step, bound }, found.at).into_iter().find(fits);
        if let Some(person) = given.or(somebody) {
            act.by = name(person);
            done.push((*step, person));
        }
    }
    run
}

/// What a field's value is bound to, as people know it.
pub(crate) fn bound_name(process: &Process, step: StepIx, bound: Option<u16>) -> Option<String> {
    let field = process.field(process.steps()[step].per?)?;
    field.ty.listed()?.get(usize::from(bound?)).cloned()
}
