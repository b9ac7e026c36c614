//! Staffing of deployed procedures: what deploying and changing the directory report (C4).

use std::collections::{BTreeMap, BTreeSet};

use sop_core::case::{
    Called, CaseState, Dense, Directory, Event, Rejection, Status, Wait, World, acting_roles, apply, may_complete,
};
use sop_core::definition::{DefinitionId, PersonId};
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Position as _, Process, StepIx};
use sop_core::time::{Instant, Zone};

use super::Engine;
use super::books::Deployed;
use super::inner::Inner;
use crate::answer::WaitRef;
use crate::staffing::{DEFAULT_DAYS, StaffingReport, Subject, UnstaffedWait, ValueTitles};
use crate::store::{CaseId, ProcessNumber, StoreError};

impl Engine {
    /// Reports the staffing of every procedure by the directory in force, from one instant to another: the steps for which
    /// nobody may act, and the open waits for which nobody may act now.
    ///
    /// Gaps are computed beside other commands: the engine's lock is held only while open cases are looked at.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn staffing(&self, from: Instant, until: Instant) -> Result<StaffingReport, StoreError> {
        let survey = self.command(|inner, now| {
            inner.recover()?;
            Ok::<_, StoreError>(inner.survey(None, now))
        })?;
        Ok(survey.report(from, until))
    }

    /// Reports the staffing of one procedure; see [`staffing`](Self::staffing). One that is not deployed has no gaps.
    ///
    /// # Errors
    /// What the store fails with.
    pub fn staffing_of(
        &self,
        procedure: &DefinitionId,
        from: Instant,
        until: Instant,
    ) -> Result<StaffingReport, StoreError> {
        let survey = self.command(|inner, now| {
            inner.recover()?;
            Ok::<_, StoreError>(inner.survey(Some(procedure), now))
        })?;
        Ok(survey.report(from, until))
    }
}

/// What a report is made from, taken while the engine's lock was held.
pub(super) struct Survey {
    now: Instant,
    directory: Directory,
    procedures: Vec<Surveyed>,
    waits: Vec<UnstaffedWait>,
}

struct Surveyed {
    process: Process,
    values: ValueTitles,
    zone: Zone,
    done: Vec<(StepIx, PersonId)>,
}

impl Survey {
    /// The report for the time that is looked at by default.
    pub(super) fn report_by_default(self) -> StaffingReport {
        const DAY: i64 = 86_400_000;
        let until = self.now.millis().saturating_add(i64::from(DEFAULT_DAYS) * DAY);
        let (from, until) = (self.now, Instant::from_millis(until).unwrap_or(Instant::MAX));
        self.report(from, until)
    }

    fn report(self, from: Instant, until: Instant) -> StaffingReport {
        let procedures = self.procedures.iter().map(|Surveyed { process, values, zone, done }| {
            Subject { process, values, zone, done }.examine(&self.directory, from, until)
        });
        StaffingReport { from, until, procedures: procedures.collect(), waits: self.waits }
    }
}

impl Inner {
    /// Takes what a report is made from: of one procedure, or of all that new or open cases follow.
    pub(super) fn survey(&self, of: Option<&DefinitionId>, now: Instant) -> Survey {
        let books = &self.books;
        let people = books.people();
        let is_asked = |deployed: &Deployed| of.is_none_or(|procedure| deployed.process.id() == procedure);
        let mut done: BTreeMap<ProcessNumber, BTreeSet<(StepIx, PersonId)>> = BTreeMap::new();
        let mut waits = Vec::new();
        let mut look = Look { now, known: BTreeMap::new() };
        for (id, case) in books.cases.iter().filter(|(_, case)| case.state.status() == Status::Running) {
            let Some(deployed) = books.deployed(case.process).filter(|deployed| is_asked(deployed)) else { continue };
            let done = done.entry(deployed.number).or_default();
            for (step, spec) in deployed.process.steps().iter() {
                if spec.distinct_from.is_empty() && spec.same_as.is_empty() {
                    continue;
                }
                let by = case.state.done_by(step).and_then(|person| people.name(person));
                done.extend(by.map(|person| (step, person.clone())));
            }
            let Some(world) = books.world(deployed, &people) else { continue };
            for wait in case.state.waits() {
                if !look.may_anybody(deployed, &world, &case.state, wait) {
                    waits.push(told(deployed, id, wait));
                }
            }
        }
        waits.sort_unstable_by_key(|wait: &UnstaffedWait| wait.wait);
        let followed = |deployed: &&Deployed| {
            let is_current = books.latest.get(deployed.process.id()) == Some(&deployed.number);
            is_asked(deployed) && (is_current || done.contains_key(&deployed.number))
        };
        let surveyed = books.processes.iter().filter(followed).filter_map(|deployed| {
            Some(Surveyed {
                process: deployed.process.clone(),
                values: deployed.values.clone(),
                zone: books.calendars.get(deployed.calendar)?.zone.clone(),
                done: done.get(&deployed.number).into_iter().flatten().cloned().collect(),
            })
        });
        let procedures = surveyed.collect();
        Survey { now, directory: books.directory.clone(), procedures, waits }
    }
}

/// A look at the open waits of all cases.
struct Look {
    now: Instant,
    /// What is known of waits that do not depend on their case: process, step, and place of the value that binds it.
    known: BTreeMap<(ProcessNumber, usize, Option<u16>), bool>,
}

impl Look {
    /// Tells whether anybody may complete a wait now, holds and claims aside, which end.
    fn may_anybody(&mut self, deployed: &Deployed, world: &World<'_>, state: &CaseState, wait: &Wait) -> bool {
        let process = &deployed.process;
        let Some(spec) = process.steps().get(wait.step()) else { return true };
        let is_plain = spec.distinct_from.is_empty()
            && spec.same_as.is_empty()
            && wait.delegate().is_none()
            && wait.reassigned().is_none()
            && wait.escalated().is_empty()
            && spec.roles.iter().all(|role| process.roles().get(*role).is_some_and(|role| !role.requester));
        if !is_plain {
            return self.may_any_of(process, world, state, wait);
        }
        let key = (deployed.number, wait.step().place(), wait.bound());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let may = self.may_any_of(process, world, state, wait);
        self.known.insert(key, may);
        may
    }

    fn may_any_of(&self, process: &Process, world: &World<'_>, state: &CaseState, wait: &Wait) -> bool {
        let resumed;
        let state = match wait.held_until() {
            None => state,
            Some(_) => {
                let mut going_on = state.clone();
                let since = self.now;
                let event: Event<Dense> =
                    Event::Resumed { wait: wait.number(), by: None, since, due: None, alarm: None };
                apply(&mut going_on, &event);
                resumed = going_on;
                &resumed
            }
        };
        let roles = acting_roles(process, wait);
        let holders = roles.iter().flat_map(|(role, bound)| world.staffing.holders(*role, *bound, self.now));
        let asks = |role| process.roles().get(role).is_some_and(|role| role.requester);
        let requester = state.requester().filter(|_| roles.iter().any(|(role, _)| asks(*role)));
        let mut all = holders.map(|tenure| tenure.person).chain(requester).chain(wait.delegate());
        all.any(|person| {
            let may = may_complete(process, world, state, wait.number(), person, self.now);
            matches!(may, Ok(()) | Err(Rejection::ClaimedByAnother { .. }))
        })
    }
}

fn told(deployed: &Deployed, case: CaseId, wait: &Wait) -> UnstaffedWait {
    let process = &deployed.process;
    let spec = process.steps().get(wait.step());
    let called = |role| {
        let role = process.roles().get(role)?;
        Some(Called { id: role.id.to_string(), title: role.title.clone() })
    };
    let step = process.called_step(wait.step());
    let field = spec.and_then(|spec| spec.per);
    let bound = field.zip(wait.bound()).and_then(|(field, at)| deployed.values.called(process, field, at));
    let of = bound.as_ref().map_or_else(String::new, |bound| format!(" ({})", bound.title));
    let at = &step.title;
    UnstaffedWait {
        wait: WaitRef { case, wait: wait.number() },
        procedure: process.id().clone(),
        edition: process.edition(),
        row: spec.map_or_else(String::new, |spec| process.row_name(spec.row)),
        roles: acting_roles(process, wait).into_iter().filter_map(|(role, _)| called(role)).collect(),
        since: wait.anchor(),
        text: Bilingual::new(
            format!("Kasus {case}, {at}{of}: sekarang tidak ada yang berwenang."),
            format!("Case {case}, {at}{of}: nobody may act now."),
        ),
        step,
        bound,
    }
}
