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
//! What may have been done before is first taken from the arrows alone, by whoever might at any earlier instant, under any
//! binding: where even then somebody may act, it is proved. Where nobody may, the states tell which partners can really be
//! done before, and by which run; where they do not, or where it takes a post that changed hands meanwhile, it is unknown.
//!
//! Assumes that whoever asks is there, that nobody is kept out by a claim, and that no wait is handed over by hand: by
//! delegation, or by an order to reassign it. It depends on the directory, and is in no
//! certificate: asking again is as fast as checking would be.

mod kept_out;
mod past;
mod seat;
mod told;

use std::cell::OnceCell;

use sop_core::case::{People, PersonIx, Staffing};
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Process, RoleIx, RungEffect, StepIx};
use sop_core::time::Instant;

use self::kept_out::{Doers, Look, OpenSeat, Room};
use self::past::{Arrows, Partners, Pasts};
use self::seat::{Seat, bounds, by_requester, instants};
use self::told::peopled;
use super::watched::no_way_found;
use crate::cause::{Cause, Trouble};
use crate::examination::Examination;
use crate::flow::{Found, run_of};
use crate::playback::Playback;
use crate::run::Run;

pub(crate) use self::told::bound_name;

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

pub(crate) fn judge(examination: &Examination<'_, '_>, staff: &Staff<'_>) -> Found {
    let facts = examination.facts;
    let process = facts.process;
    let room = Room { process, staff, instants: instants(process, staff) };
    let arrows = Arrows::of(facts);
    let mut causes = Vec::new();
    let mut unknown = None;
    for (step, _) in process.steps().iter().filter(|(step, _)| facts.is_reached(*step)) {
        if by_requester(process, step) || examination.is_dead(step) {
            continue;
        }
        let wait =
            Wait { examination, room: &room, step, partners: arrows.partners(facts, step), pasts: OnceCell::new() };
        for bound in bounds(process, process.steps()[step].per) {
            match wait.judge(Seat::of(step, bound)) {
                Judged::Filled => {}
                Judged::Open(cause) => causes.push(cause),
                Judged::Unknown(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        // A rung may hand the wait over to another role: then that one has to be filled, too. When it fires depends on the
        // calendar, so that no instant is told.
        for rung in &process.ladder(step).rungs {
            let RungEffect::Reassign(role) = rung.effect else { continue };
            let all = bounds(process, process.roles()[role].per);
            let mut seats = all.into_iter().map(|bound| Seat { step, bound, instead: Some(role) });
            if !seats.all(|seat| matches!(room.look(seat, &wait.partners, Doers::Ever), Look::Filled)) {
                unknown = unknown.or_else(|| Some(handed_over(process, step, role)));
            }
        }
    }
    match unknown {
        _ if causes.iter().any(|cause| cause.run.is_some()) => Found::Refuted(causes),
        Some(reason) => Found::Unknown(reason),
        None => match causes.first() {
            Some(cause) => Found::Unknown(no_way_found(process, cause)),
            None => Found::Proved,
        },
    }
}

/// What is known of a seat.
enum Judged {
    Filled,
    Open(Cause),
    Unknown(Bilingual),
}

/// A step at which somebody has to act.
struct Wait<'w, 'e, 'p> {
    examination: &'w Examination<'e, 'p>,
    room: &'w Room<'w>,
    step: StepIx,
    /// What may have been done before, by the arrows.
    partners: Partners,
    /// What can have been done before, by the states, returns open and used up at any time.
    pasts: OnceCell<Option<Pasts<'w, 'e>>>,
}

impl Wait<'_, '_, '_> {
    fn judge(&self, seat: Seat) -> Judged {
        if let Look::Filled = self.room.look(seat, &self.partners, Doers::Ever) {
            return Judged::Filled;
        }
        // Nobody there at all: no past is needed for that.
        let alone = match self.room.look(seat, &Partners::default(), Doers::Now) {
            Look::Open(found) => Some(found),
            Look::Filled | Look::TooMany => None,
        };
        let judged = match &alone {
            Some(found) if found.without.is_none() => None,
            _ => Some(self.by_past(seat)),
        };
        match (judged, alone) {
            (Some(open @ Judged::Open(_)), _) => open,
            (_, Some(found)) => self.cause(&found, self.examination.run_to(self.step)),
            (Some(judged), None) => judged,
            (None, None) => Judged::Filled,
        }
    }

    /// Tells whether what was done before keeps everybody out.
    fn by_past(&self, seat: Seat) -> Judged {
        let process = self.room.process;
        let most = self.examination.facts.limits.states;
        let nearest = || Pasts::of(self.examination.nearest(), self.step, &self.partners, most);
        let Some(pasts) = self.pasts.get_or_init(nearest) else { return Judged::Unknown(too_many(process, self.step)) };
        match self.among(seat, pasts) {
            Ok(judged) => judged,
            // It takes a return that is used up, if it can be at all.
            Err(()) => {
                let counted = Pasts::of(self.examination.counted(), self.step, &self.partners, most);
                let judged = counted.and_then(|pasts| self.among(seat, &pasts).ok());
                judged.unwrap_or_else(|| Judged::Unknown(too_many(process, self.step)))
            }
        }
    }

    /// What the pasts of the step say; nothing where no run has the past in question.
    fn among(&self, seat: Seat, pasts: &Pasts<'_, '_>) -> Result<Judged, ()> {
        let process = self.room.process;
        let mut later = false;
        let Some(all) = pasts.greatest(&self.partners) else {
            return Ok(Judged::Unknown(too_many(process, self.step)));
        };
        for partners in all {
            match self.room.look(seat, &partners, Doers::Now) {
                Look::Open(found) => {
                    let done = found.done.iter().map(|(step, _)| *step);
                    let way = pasts.way_past(process, done).ok_or(())?;
                    let run = run_of(process, pasts.graph(), &way);
                    return Ok(self.cause(&found, Some(run)));
                }
                Look::TooMany => return Ok(Judged::Unknown(too_many(process, self.step))),
                Look::Filled => later |= !matches!(self.room.look(seat, &partners, Doers::Ever), Look::Filled),
            }
        }
        Ok(match later {
            true => Judged::Unknown(changed_hands(process, self.step)),
            false => Judged::Filled,
        })
    }

    fn cause(&self, found: &OpenSeat, run: Option<Run>) -> Judged {
        let (process, staff) = (self.room.process, self.room.staff);
        let name = |person: PersonIx| staff.people.name(person).cloned();
        let role = process.steps()[self.step].roles.first().copied().unwrap_or(RoleIx::first());
        let trouble = Trouble::NobodyEligible {
            step: self.step,
            role,
            bound: found.seat.bound,
            at: found.at,
            without: found.without.and_then(name),
        };
        match run.map(|run| peopled(process, staff, found, run)) {
            Some(None) => Judged::Unknown(by_whom(process, self.step)),
            // A guard may read what binds the seat, and lead elsewhere.
            Some(Some(run)) if !gets_to(process, &run, self.step) => {
                Judged::Unknown(no_way_found(process, &Cause { trouble, run: None }))
            }
            Some(run) => Judged::Open(Cause { trouble, run }),
            None => Judged::Open(Cause { trouble, run: None }),
        }
    }
}

fn too_many(process: &Process, step: StepIx) -> Bilingual {
    let at = process.called_step(step).title;
    Bilingual::new(
        format!("{at}: terlalu banyak susunan orang"),
        format!("{at}: too many ways in which people may have acted"),
    )
}

/// Tells whether somebody has to act at a step when a run is over.
fn gets_to(process: &Process, run: &Run, step: StepIx) -> bool {
    let mut play = Playback::new(process, ());
    run.acts.iter().all(|act| play.follow(act).is_some()) && play.active.contains_key(&step)
}

fn by_whom(process: &Process, step: StepIx) -> Bilingual {
    let at = process.called_step(step).title;
    Bilingual::new(
        format!("{at}: tidak diketahui apakah pejabat yang menghalangi yang lain dapat sampai ke sana"),
        format!("{at}: it is not known whether whoever keeps the others out can have acted before"),
    )
}

fn changed_hands(process: &Process, step: StepIx) -> Bilingual {
    let at = process.called_step(step).title;
    Bilingual::new(
        format!(
            "{at}: pejabat yang berganti jabatan selagi permohonan berjalan dapat menghalangi semua yang berwenang"
        ),
        format!("{at}: whoever changes posts while a request is open may keep out all who may act"),
    )
}

fn handed_over(process: &Process, step: StepIx, role: RoleIx) -> Bilingual {
    let (at, role) = (process.called_step(step).title, &process.roles()[role].title);
    Bilingual::new(
        format!("{at} dapat dialihkan ke {role}, yang tidak selalu terisi"),
        format!("{at} may be handed over to {role}, where there is not always somebody"),
    )
}
