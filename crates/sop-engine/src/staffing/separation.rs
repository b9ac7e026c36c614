//! Separation of duties (W3): whether what people did before keeps all of them out.

use std::collections::BTreeSet;

use sop_core::case::{PersonIx, Tenure};
use sop_core::process::{RoleIx, RungEffect, StepIx};
use sop_core::time::Instant;

use super::seat::{Seat, Timetable, bounds};

/// The most ways that are tried to give each person a step that they did. Beyond that, everybody may be kept out.
const MOST_TRIES: usize = 10_000;

/// A step that may have been done before, with whoever may have done it.
struct Partner<'t> {
    step: StepIx,
    /// Tells whether the requester did it, who may be anybody.
    by_requester: bool,
    /// The tenures in which somebody may do it.
    tenures: Vec<&'t Tenure>,
}

/// The steps that may have been done before a seat is taken, and matter to it.
pub(super) struct Partners<'t> {
    /// The steps of `distinct_from`. Those of one group were done by one person.
    distinct: Vec<Vec<Partner<'t>>>,
    same: Vec<Partner<'t>>,
}

impl<'t> Partners<'t> {
    pub(super) fn of(timetable: &Timetable<'t>, seat: &Seat) -> Self {
        let spec = &timetable.process.steps()[seat.step];
        let earlier = |steps: &[StepIx]| -> Vec<Partner<'t>> {
            let before = steps.iter().filter(|step| timetable.order.may_precede(**step, seat.step));
            before.map(|step| Partner::of(timetable, seat, *step)).collect()
        };
        let mut distinct: Vec<Vec<Partner<'t>>> = Vec::new();
        for partner in earlier(&spec.distinct_from) {
            let same_as = &timetable.process.steps()[partner.step].same_as;
            let belongs = |group: &&mut Vec<Partner<'_>>| {
                let is_one =
                    |other: &Partner<'_>| other.by_requester && partner.by_requester || same_as.contains(&other.step);
                group.iter().any(is_one)
            };
            match distinct.iter_mut().find(belongs) {
                Some(group) => group.push(partner),
                None => distinct.push(vec![partner]),
            }
        }
        Self { distinct, same: earlier(&spec.same_as) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.distinct.is_empty() && self.same.is_empty()
    }

    /// The most people whom `distinct_from` can keep out.
    pub(super) fn most(&self) -> usize {
        self.distinct.len()
    }

    /// How many people are so many that neither all of them nor all but one can be kept out; none where that does not
    /// depend on how many they are.
    pub(super) fn enough(&self) -> Option<usize> {
        self.same.is_empty().then_some(self.distinct.len() + 1)
    }

    /// The tenures in which somebody may do one of the steps.
    pub(super) fn tenures(&self) -> impl Iterator<Item = &'t Tenure> + '_ {
        let all = self.distinct.iter().flatten().chain(&self.same);
        all.flat_map(|partner| partner.tenures.iter().copied())
    }

    /// The steps that keep all of these people out, if there is a way in which they were done before an instant.
    pub(super) fn keep_out(
        &self,
        timetable: &Timetable<'_>,
        people: &[PersonIx],
        before: Instant,
    ) -> Option<Vec<StepIx>> {
        let past = Past { timetable, before };
        if people.len() <= self.distinct.len() {
            let mut given = Vec::new();
            let mut tries = 0;
            if past.give_each(people, &self.distinct, &mut given, &mut tries) {
                return Some(given.into_iter().map(|(_, step)| step).collect());
            }
        }
        self.same.iter().find_map(|same| past.bound_to_nobody(self, same, people))
    }
}

impl<'t> Partner<'t> {
    fn of(timetable: &Timetable<'t>, seat: &Seat, step: StepIx) -> Self {
        let process = timetable.process;
        let spec = &process.steps()[step];
        let called_in = process.ladder(step).rungs.iter().filter_map(|rung| match rung.effect {
            RungEffect::Escalate(role) | RungEffect::Reassign(role) => Some(role),
            _ => None,
        });
        let roles: BTreeSet<RoleIx> = spec.roles.iter().copied().chain(called_in).collect();
        let mut tenures = Vec::new();
        for role in roles {
            let per = process.roles()[role].per;
            let places = match seat.bound {
                // The field keeps its value from one step to the other.
                Some((field, place)) if per == Some(field) => vec![Some(place)],
                _ => bounds(process, per).into_iter().map(|bound| bound.map(|(_, place)| place)).collect(),
            };
            let all = places.into_iter().flat_map(|place| timetable.staffing.tenures(role, place));
            tenures.extend(all.filter(|tenure| tenure.decides || !spec.strategic));
        }
        let by_requester = spec.roles.iter().any(|role| process.roles()[*role].requester);
        Self { step, by_requester, tenures }
    }
}

/// What may have been done before an instant.
struct Past<'p, 't> {
    timetable: &'p Timetable<'t>,
    before: Instant,
}

impl Past<'_, '_> {
    fn may_have_done(&self, person: PersonIx, partner: &Partner<'_>) -> bool {
        let within = |tenure: &&Tenure| tenure.from < self.before && tenure.until > self.timetable.from;
        partner.by_requester
            || self.timetable.done.contains(&(partner.step, person))
            || partner.tenures.iter().any(|tenure| tenure.person == person && within(tenure))
    }

    /// Gives each person a group of their own of which they may have done a step, all of them in one case.
    fn give_each(
        &self,
        people: &[PersonIx],
        groups: &[Vec<Partner<'_>>],
        given: &mut Vec<(usize, StepIx)>,
        tries: &mut usize,
    ) -> bool {
        // As deep as there are steps in `distinct_from`, which are few; `tries` bounds the rest.
        let Some((person, rest)) = people.split_first() else { return true };
        for (place, group) in groups.iter().enumerate() {
            if given.iter().any(|(taken, _)| *taken == place) {
                continue;
            }
            for partner in group.iter().filter(|partner| self.may_have_done(*person, partner)) {
                *tries += 1;
                if *tries > MOST_TRIES {
                    return true;
                }
                if given.iter().all(|(_, step)| self.timetable.order.may_meet(*step, partner.step)) {
                    given.push((place, partner.step));
                    if self.give_each(rest, groups, given, tries) {
                        return true;
                    }
                    given.pop();
                }
            }
        }
        false
    }

    /// The steps that leave nobody, where a step of `same_as` was done by one of these people: it binds them, and
    /// another step keeps just them out.
    fn bound_to_nobody(&self, partners: &Partners<'_>, same: &Partner<'_>, people: &[PersonIx]) -> Option<Vec<StepIx>> {
        let (steps, order) = (self.timetable.process.steps(), &self.timetable.order);
        for &person in people.iter().filter(|person| self.may_have_done(**person, same)) {
            for distinct in partners.distinct.iter().flatten() {
                let by_both = self.may_have_done(person, distinct)
                    && !steps[distinct.step].distinct_from.contains(&same.step)
                    && order.may_meet(distinct.step, same.step);
                if by_both {
                    return Some(vec![same.step, distinct.step]);
                }
            }
            for other in partners.same.iter().filter(|other| other.step != same.step) {
                let binds_each_other = steps[other.step].same_as.contains(&same.step);
                let by_another = people.iter().any(|second| {
                    *second != person
                        && self.may_have_done(*second, other)
                        && (!binds_each_other || self.parted(person, *second, same, other))
                });
                if by_another && order.may_meet(other.step, same.step) {
                    return Some(vec![same.step, other.step]);
                }
            }
        }
        None
    }

    /// Whether two people may have done two steps that ask for the same person: whoever did the one could not do the
    /// other any more when somebody else did.
    fn parted(&self, one: PersonIx, two: PersonIx, of_one: &Partner<'_>, of_two: &Partner<'_>) -> bool {
        let gone = |who: PersonIx, other: PersonIx, at: &Partner<'_>| {
            let of_other = at.tenures.iter().filter(|tenure| tenure.person == other && tenure.from < self.before);
            let mut begins = of_other.flat_map(|tenure| {
                let ends = at.tenures.iter().filter(|own| own.person == who).map(|own| own.until);
                ends.chain([tenure.from.max(self.timetable.from)]).filter(|instant| tenure.covers(*instant))
            });
            begins.any(|instant| {
                instant >= self.timetable.from
                    && instant < self.before
                    && !at.tenures.iter().any(|own| own.person == who && own.covers(instant))
            })
        };
        gone(one, two, of_two) || gone(two, one, of_one)
    }
}
