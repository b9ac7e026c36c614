//! Tells whether everybody who is there may be kept out by what they did before (W3).

use sop_core::case::PersonIx;
use sop_core::process::{Process, StepIx};
use sop_core::time::Instant;

use super::Staff;
use super::past::Partners;
use super::seat::{Seat, bounds, by_requester, eligible, ever_eligible};

/// The most ways in which the partners of a step may have been done that are tried one by one.
const MAX_WAYS: usize = 20_000;

/// Who may have done the partners of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doers {
    /// Whoever may do them now, under the same binding: the whole run can be made at that instant.
    Now,
    /// Whoever might until now, under any binding, also where a rung called them in: posts change hands while a case is
    /// open.
    Ever,
}

/// A seat that nobody may take.
pub(super) struct OpenSeat {
    pub(super) seat: Seat,
    pub(super) at: Instant,
    pub(super) without: Option<PersonIx>,
    /// Who did the steps that keep the others out; none for somebody who holds no post.
    pub(super) done: Done,
}

/// Who did which steps.
pub(super) type Done = Vec<(StepIx, Option<PersonIx>)>;

pub(super) enum Look {
    Filled,
    Open(OpenSeat),
    TooMany,
}

/// Where seats are looked at.
pub(super) struct Room<'r> {
    pub(super) process: &'r Process,
    pub(super) staff: &'r Staff<'r>,
    /// The beginnings of all times in which nothing changes.
    pub(super) instants: Vec<Instant>,
}

impl Room<'_> {
    /// Looks for a time, somebody missing, and a past under which nobody may act.
    pub(super) fn look(&self, seat: Seat, partners: &Partners, doers: Doers) -> Look {
        let mut too_many = false;
        let mut thin: Option<OpenSeat> = None;
        for &at in &self.instants {
            let all = eligible(self.process, self.staff, seat, at);
            // Each partner keeps one person out at most.
            if partners.same.is_empty() && all.len() > partners.distinct.len() + 1 {
                continue;
            }
            // First whether anybody is there at all, then without each of them.
            for without in std::iter::once(None).chain(all.iter().copied().map(Some)) {
                let there: Vec<PersonIx> = all.iter().copied().filter(|person| Some(*person) != without).collect();
                match self.keeps_all_out(seat, partners, doers, at, without, &there) {
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

    /// Who may have done a partner of the seat's step.
    fn doers(
        &self,
        seat: Seat,
        partner: StepIx,
        doers: Doers,
        at: Instant,
        without: Option<PersonIx>,
    ) -> Vec<PersonIx> {
        let process = self.process;
        let (per, of_seat) = (process.steps()[partner].per, process.steps()[seat.step].per);
        let mut found = match doers {
            Doers::Ever => ever_eligible(process, self.staff, partner, at),
            Doers::Now => {
                let bounds = match per == of_seat && seat.instead.is_none() {
                    true => vec![seat.bound],
                    false => bounds(process, per),
                };
                let of_bound = |bound| eligible(process, self.staff, Seat::of(partner, bound), at);
                let mut found: Vec<PersonIx> = bounds.into_iter().flat_map(of_bound).collect();
                found.sort_unstable();
                found.dedup();
                found
            }
        };
        found.retain(|person| Some(*person) != without);
        found
    }

    /// Who may have done the partners of a step so that nobody of those there may act; none if somebody always may.
    fn keeps_all_out(
        &self,
        seat: Seat,
        partners: &Partners,
        doers: Doers,
        at: Instant,
        without: Option<PersonIx>,
        there: &[PersonIx],
    ) -> Result<Option<Done>, ()> {
        if there.is_empty() {
            return Ok(Some(Vec::new()));
        }
        if partners.distinct.is_empty() && partners.same.is_empty() {
            return Ok(None);
        }
        let done_by = |partner: StepIx| match by_requester(self.process, partner) {
            // Whoever asks may hold a post besides.
            true => there.to_vec(),
            false => self.doers(seat, partner, doers, at, without),
        };
        if partners.same.is_empty() {
            let partners: Vec<(StepIx, Vec<PersonIx>)> =
                partners.distinct.iter().map(|partner| (*partner, done_by(*partner))).collect();
            return Ok(matching(there, &partners));
        }
        // With both kinds mixed the question is workflow satisfiability: every way is tried. Whoever asks may also hold no
        // post at all.
        let somebody = |partner: StepIx| done_by(partner).into_iter().map(Some);
        let same =
            |partner: StepIx| somebody(partner).chain(by_requester(self.process, partner).then_some(None)).collect();
        let partners: Vec<(StepIx, bool, Vec<Option<PersonIx>>)> = partners
            .distinct
            .iter()
            .map(|partner| (*partner, false, somebody(*partner).collect()))
            .chain(partners.same.iter().map(|partner| (*partner, true, same(*partner))))
            .filter(|(.., doers): &(_, _, Vec<_>)| !doers.is_empty())
            .collect();
        let ways = partners.iter().fold(1_usize, |ways, (.., doers)| ways.saturating_mul(doers.len()));
        if ways > MAX_WAYS {
            return Err(());
        }
        for way in 0..ways {
            let mut rest = way;
            let done: Vec<(StepIx, bool, Option<PersonIx>)> = partners
                .iter()
                .filter_map(|(step, same, doers)| {
                    let picked = doers.get(rest % doers.len()).copied();
                    rest /= doers.len();
                    picked.map(|person| (*step, *same, person))
                })
                .collect();
            let may = |person: &PersonIx| {
                done.iter().all(|(_, same, by)| match same {
                    // Whoever may not act here, or not any more, binds nobody (W3).
                    true => by.is_none_or(|by| by == *person || !there.contains(&by)),
                    false => *by != Some(*person),
                })
            };
            if !there.iter().any(may) {
                return Ok(Some(done.into_iter().map(|(step, _, person)| (step, person)).collect()));
            }
        }
        Ok(None)
    }
}

/// Gives each person a partner of their own that they may have done, if that is possible for all (Hall; augmenting
/// paths): then nobody is left who may act.
fn matching(people: &[PersonIx], partners: &[(StepIx, Vec<PersonIx>)]) -> Option<Done> {
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
    let pairs = partners.iter().zip(taken).filter(|(_, person)| person.is_some());
    Some(pairs.map(|((step, _), person)| (*step, person)).collect())
}
