//! Where a case stands in the work lists and among the timers: a function of its state.

use smallvec::SmallVec;
use sop_core::case::{CaseState, People, Status, World, acting_roles, due, due_of};

use super::books::{Books, Deployed};
use super::cases::Place;
use crate::index::{Alarm, IndexChange, Queue, WorkKey};
use crate::store::CaseId;

/// The entries of one case in the index.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rows {
    work: SmallVec<[(Queue, WorkKey); 2]>,
    alarm: Option<Alarm>,
}

impl Rows {
    /// The entries of a case in a state. Cases that stand still or are over have none.
    pub(crate) fn of(books: &Books, people: &People, deployed: &Deployed, case: CaseId, state: &CaseState) -> Self {
        let mut rows = Self::default();
        if state.status() != Status::Running {
            return rows;
        }
        let Some(in_force) = books.calendars.get(deployed.calendar) else { return rows };
        let calendar = in_force.indexing(state);
        let world = World { people, staffing: &deployed.staffing, calendar, registers: &books.registers };
        let process = &deployed.process;
        for wait in state.waits() {
            let key = WorkKey::new(due_of(process, &world, state, wait), case, wait.number());
            for (role, bound) in acting_roles(process, wait) {
                rows.work.push((Queue::Role { process: deployed.number, role, bound }, key));
                if process.roles().get(role).is_some_and(|role| role.requester)
                    && let Some(requester) = state.requester()
                {
                    rows.work.push((Queue::Person(requester), key));
                }
            }
            if let Some(delegate) = wait.delegate() {
                rows.work.push((Queue::Person(delegate), key));
            }
        }
        rows.alarm = due(process, &world, state).map(|at| Alarm { at, case });
        rows
    }

    /// The entries of a case in memory.
    pub(crate) fn at(books: &Books, people: &People, id: CaseId, place: Place) -> Option<Self> {
        let case = books.cases.at(place)?;
        Some(Self::of(books, people, books.deployed(case.process)?, id, &case.state))
    }

    /// What has to change for these to become those. What leaves comes first.
    pub(crate) fn change_to(&self, after: &Self, changes: &mut Vec<IndexChange>) {
        for &(queue, key) in self.work.iter().filter(|row| !after.work.contains(row)) {
            changes.push(IndexChange::Leave(queue, key));
        }
        if self.alarm != after.alarm {
            changes.extend(self.alarm.map(IndexChange::Clear));
            changes.extend(after.alarm.map(IndexChange::Set));
        }
        for &(queue, key) in after.work.iter().filter(|row| !self.work.contains(row)) {
            changes.push(IndexChange::Enter(queue, key));
        }
    }
}
