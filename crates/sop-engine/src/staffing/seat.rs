//! Seats of a process, and the times in which nobody may take them.

use std::collections::{BTreeMap, BTreeSet};

use sop_core::case::{Capacity, PersonIx, Staffing, Tenure};
use sop_core::guard::FieldIx;
use sop_core::process::{Process, RoleIx, RungEffect, StepIx};
use sop_core::time::Instant;

use super::order::Order;
use super::separation::Partners;

/// A step under what binds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) step: StepIx,
    /// The roles of which any one acts; at least one.
    pub(super) roles: Vec<RoleIx>,
    /// The field that binds the roles, and the place of its value.
    pub(super) bound: Option<(FieldIx, u16)>,
    /// Tells whether a rung of the ladder hands the wait over to the role.
    pub(super) handed_over: bool,
}

impl Seat {
    /// The place of the value that binds a role.
    pub(super) fn bound_of(&self, process: &Process, role: RoleIx) -> Option<u16> {
        let field = process.roles()[role].per?;
        self.bound.filter(|(bound, _)| *bound == field).map(|(_, place)| place)
    }
}

/// Why nobody may take a seat, or not without one person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    Vacant,
    Away(Vec<PersonIx>),
    NoMandate(Vec<PersonIx>),
    KeptOut { people: Vec<PersonIx>, by: Vec<StepIx> },
    Single { person: PersonIx, by: Vec<StepIx> },
}

/// A reason with the time for which it holds.
pub(super) type Times = (Instant, Instant, Reason);

/// Who holds the roles of a process during a period.
pub(super) struct Timetable<'t> {
    pub(super) process: &'t Process,
    pub(super) staffing: &'t Staffing,
    pub(super) order: Order,
    /// Who completed which steps in cases that are open.
    pub(super) done: BTreeSet<(StepIx, PersonIx)>,
    pub(super) from: Instant,
    pub(super) until: Instant,
}

impl<'t> Timetable<'t> {
    pub(super) fn new(
        process: &'t Process,
        staffing: &'t Staffing,
        done: BTreeSet<(StepIx, PersonIx)>,
        from: Instant,
        until: Instant,
    ) -> Self {
        Self { process, staffing, order: Order::of(process), done, from, until }
    }

    /// All gaps: by step in the order of the document, then by value, then by time.
    pub(super) fn gaps(&self) -> impl Iterator<Item = (Seat, Times)> + '_ {
        // Many steps have the same holders, and without separation of duties the same gaps.
        let mut known: BTreeMap<(Vec<RoleIx>, Option<u16>, bool), Vec<Times>> = BTreeMap::new();
        let mut all = Vec::new();
        for seat in self.seats() {
            let partners = Partners::of(self, &seat);
            let times = if partners.is_empty() {
                let strategic = self.process.steps()[seat.step].strategic;
                let key = (seat.roles.clone(), seat.bound.map(|(_, place)| place), strategic);
                known.entry(key).or_insert_with(|| self.times(&seat, &partners)).clone()
            } else {
                self.times(&seat, &partners)
            };
            let matters = |(since, _, reason): &Times| {
                // A wait is not handed over to a role that nobody holds at that instant (T3): somebody has to have been there.
                let nobody = matches!(reason, Reason::Vacant | Reason::Away(_));
                !(seat.handed_over && nobody && *since == self.from)
            };
            all.extend(times.into_iter().filter(matters).map(|times| (seat.clone(), times)));
        }
        all.into_iter()
    }

    /// How often the verifier would look at a person at most: for each seat and each time in which nothing changes, at each
    /// of those who are there without each of the others.
    pub(super) fn verifying_takes(&self) -> usize {
        let roles = self.process.roles().iter();
        let all = roles.flat_map(|(role, spec)| {
            let of = move |bound: Option<(FieldIx, u16)>| self.staffing.tenures(role, bound.map(|(_, place)| place));
            bounds(self.process, spec.per).into_iter().flat_map(of)
        });
        let times = self.cuts(all).len();
        let most = self.seats().iter().fold(0_usize, |most, seat| {
            let holders = self.tenures(seat).len();
            most.saturating_add(holders.saturating_mul(holders))
        });
        most.saturating_mul(times)
    }

    fn seats(&self) -> Vec<Seat> {
        let process = self.process;
        let mut seats = Vec::new();
        for (step, spec) in process.steps().iter() {
            // The requester is there, or there is no case.
            if !self.order.is_reached(step) || spec.roles.iter().any(|role| process.roles()[*role].requester) {
                continue;
            }
            let mut add = |roles: &[RoleIx], per: Option<FieldIx>, handed_over: bool| {
                let of = |bound| Seat { step, roles: roles.to_vec(), bound, handed_over };
                seats.extend(bounds(process, per).into_iter().map(of));
            };
            add(&spec.roles, spec.per, false);
            for rung in &process.ladder(step).rungs {
                if let RungEffect::Reassign(role) = rung.effect
                    && !process.roles()[role].requester
                    && spec.roles != [role]
                {
                    add(&[role], process.roles()[role].per, true);
                }
            }
        }
        seats
    }

    /// The times in which nobody may take a seat, or not without one person; those that follow one another for the same
    /// reason are one.
    fn times(&self, seat: &Seat, partners: &Partners) -> Vec<Times> {
        let tenures = self.tenures(seat);
        let mut found: Vec<Times> = Vec::new();
        let mut open: BTreeMap<Reason, Instant> = BTreeMap::new();
        let cuts = self.cuts(tenures.iter().copied().chain(partners.tenures()));
        for (place, &at) in cuts.iter().enumerate() {
            let end = cuts.get(place + 1).copied().unwrap_or(self.until);
            let now = self.reasons(seat, partners, &tenures, at, end);
            let over: Vec<Reason> = open.keys().filter(|reason| !now.contains(reason)).cloned().collect();
            for reason in over {
                if let Some(since) = open.remove(&reason) {
                    found.push((since, at, reason));
                }
            }
            for reason in now {
                open.entry(reason).or_insert(at);
            }
        }
        found.extend(open.into_iter().map(|(reason, since)| (since, self.until, reason)));
        found.sort_unstable();
        found
    }

    /// The beginnings of all times in which nothing changes, earliest first; none of an empty period.
    fn cuts<'c>(&self, tenures: impl Iterator<Item = &'c Tenure>) -> Vec<Instant> {
        if self.from >= self.until {
            return Vec::new();
        }
        let inside = |at: &Instant| *at > self.from && *at < self.until;
        let mut cuts: Vec<Instant> = tenures.flat_map(|tenure| [tenure.from, tenure.until]).filter(inside).collect();
        cuts.push(self.from);
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }

    /// The tenures of the roles of a seat, mandates aside.
    fn tenures(&self, seat: &Seat) -> Vec<&'t Tenure> {
        let of = |role: &RoleIx| self.staffing.tenures(*role, seat.bound_of(self.process, *role));
        seat.roles.iter().flat_map(of).collect()
    }

    fn reasons(&self, seat: &Seat, partners: &Partners, tenures: &[&Tenure], at: Instant, end: Instant) -> Vec<Reason> {
        let strategic = self.process.steps()[seat.step].strategic;
        let there = || tenures.iter().filter(|tenure| tenure.covers(at));
        let enough = partners.enough();
        if enough.is_some_and(|enough| has_more(there().filter(|tenure| tenure.decides || !strategic), enough)) {
            return Vec::new();
        }
        let people = sorted(there().filter(|tenure| tenure.decides || !strategic).map(|tenure| tenure.person));
        if people.is_empty() {
            let acting = sorted(there().map(|tenure| tenure.person));
            if !acting.is_empty() {
                return vec![Reason::NoMandate(acting)];
            }
            let away = away(tenures, at, end);
            return vec![if away.is_empty() { Reason::Vacant } else { Reason::Away(away) }];
        }
        if let Some(by) = partners.keep_out(self, &people, end) {
            return vec![Reason::KeptOut { people, by }];
        }
        let without = |person: &PersonIx| -> Option<Reason> {
            if people.len() > partners.most() + 1 {
                return None;
            }
            let rest: Vec<PersonIx> = people.iter().copied().filter(|other| other != person).collect();
            let by = if rest.is_empty() { Vec::new() } else { partners.keep_out(self, &rest, end)? };
            Some(Reason::Single { person: *person, by })
        };
        people.iter().filter_map(without).collect()
    }
}

/// Tells whether more than so many people are among the holders: most often that is known after the first few.
fn has_more<'t>(tenures: impl Iterator<Item = &'t &'t Tenure>, than: usize) -> bool {
    let mut people: Vec<PersonIx> = Vec::with_capacity(than + 1);
    for tenure in tenures {
        if !people.contains(&tenure.person) {
            people.push(tenure.person);
            if people.len() > than {
                return true;
            }
        }
    }
    false
}

/// The holders who were there before a time and are there again after it: they keep the post meanwhile.
fn away(tenures: &[&Tenure], at: Instant, end: Instant) -> Vec<PersonIx> {
    let held = |tenure: &&&Tenure| tenure.capacity == Capacity::Definitive;
    let before = tenures.iter().filter(held).filter(|tenure| tenure.until <= at);
    let again = |person: PersonIx| tenures.iter().filter(held).any(|t| t.person == person && t.from >= end);
    sorted(before.map(|tenure| tenure.person).filter(|person| again(*person)))
}

/// What may bind a role that is filled per field.
pub(super) fn bounds(process: &Process, per: Option<FieldIx>) -> Vec<Option<(FieldIx, u16)>> {
    let Some(field) = per else { return vec![None] };
    let listed = process.field(field).and_then(|field| field.ty.listed()).map_or(0, <[String]>::len);
    (0..listed).filter_map(|place| Some(Some((field, u16::try_from(place).ok()?)))).collect()
}

fn sorted(people: impl Iterator<Item = PersonIx>) -> Vec<PersonIx> {
    let mut people: Vec<PersonIx> = people.collect();
    people.sort_unstable();
    people.dedup();
    people
}
