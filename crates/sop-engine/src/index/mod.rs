//! Work lists and timers in memory: what a store answers its two questions from, if it has nothing better.
//!
//! The index follows from where the cases stand; the engine says what changes with each commit, and says it all again
//! when a store is opened. Keys are small and hold no text, since there is an entry for each open wait.

mod ranks;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::ops::Bound;

use sop_core::case::PersonIx;
use sop_core::process::{Position as _, RoleIx};
use sop_core::time::Instant;

use crate::store::{CaseHasher, CaseId, ProcessNumber};
use ranks::Ranks;

/// Those who may act on a wait: a work list is what is in some queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// Whoever holds a role of a process, under what binds it (W2).
    Role {
        /// The process.
        process: ProcessNumber,
        /// The role.
        role: RoleIx,
        /// The place of the value that binds it.
        bound: Option<u16>,
    },
    /// One person: as the one who asks, or because somebody handed the wait over.
    Person(PersonIx),
}

/// In one number: two that are equal have the same, and few others share it.
impl Hash for Queue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(match self {
            Self::Role { process, role, bound } => {
                let bound = bound.map_or(0, |bound| u64::from(bound) + 1);
                u64::from(process.0) << 32 ^ (role.place() as u64) << 17 ^ bound
            }
            Self::Person(person) => !u64::from(person.number()),
        });
    }
}

/// A wait in the order of work lists: what is due first comes first, so that what is overdue leads; what is never due
/// comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkKey {
    /// When it is due, in milliseconds of [`Instant`]; the greatest number for never.
    due: i64,
    case: CaseId,
    wait: u32,
}

impl WorkKey {
    /// A wait of a case, due at an instant or never.
    pub fn new(due: Option<Instant>, case: CaseId, wait: u32) -> Self {
        Self { due: due.map_or(i64::MAX, Instant::millis), case, wait }
    }

    /// When it is due.
    pub fn due(&self) -> Option<Instant> {
        if self.due == i64::MAX { None } else { Instant::from_millis(self.due) }
    }

    /// The case.
    pub fn case(&self) -> CaseId {
        self.case
    }

    /// The wait's number in the case.
    pub fn wait(&self) -> u32 {
        self.wait
    }
}

/// A case of which something falls due. Their order is that of falling due, then that of the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alarm {
    /// When.
    pub at: Instant,
    /// The case.
    pub case: CaseId,
}

/// An instant in milliseconds and a case as one number, in their order: compared at once, without a branch that nobody
/// can foretell.
fn rank(millis: i64, case: CaseId) -> u128 {
    let from_the_least = millis.cast_unsigned() ^ (1 << 63);
    u128::from(from_the_least) << 64 | u128::from(case.0)
}

impl Ord for WorkKey {
    fn cmp(&self, other: &Self) -> Ordering {
        rank(self.due, self.case).cmp(&rank(other.due, other.case)).then(self.wait.cmp(&other.wait))
    }
}

impl PartialOrd for WorkKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }

    fn lt(&self, other: &Self) -> bool {
        let (one, two) = (rank(self.due, self.case), rank(other.due, other.case));
        (one < two) | ((one == two) & (self.wait < other.wait))
    }

    fn le(&self, other: &Self) -> bool {
        !other.lt(self)
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> Ordering {
        rank(self.at.millis(), self.case).cmp(&rank(other.at.millis(), other.case))
    }
}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }

    fn lt(&self, other: &Self) -> bool {
        rank(self.at.millis(), self.case) < rank(other.at.millis(), other.case)
    }

    fn le(&self, other: &Self) -> bool {
        !other.lt(self)
    }
}

/// A change of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexChange {
    /// A wait enters a queue.
    Enter(Queue, WorkKey),
    /// A wait leaves a queue.
    Leave(Queue, WorkKey),
    /// Something of a case falls due.
    Set(Alarm),
    /// It no longer does.
    Clear(Alarm),
}

/// Work lists and timers in memory.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// Each is found by itself; nothing goes through all of them in an order.
    queues: HashMap<Queue, Ranks<WorkKey>, BuildHasherDefault<CaseHasher>>,
    alarms: Ranks<Alarm>,
}

impl Index {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes changes in, in order. Each may come twice: what is said already changes nothing.
    pub fn take(&mut self, changes: &[IndexChange]) {
        for change in changes {
            match *change {
                IndexChange::Enter(queue, wait) => {
                    self.queues.entry(queue).or_default().insert(wait);
                }
                IndexChange::Leave(queue, wait) => self.leave(queue, wait),
                IndexChange::Set(alarm) => {
                    self.alarms.insert(alarm);
                }
                IndexChange::Clear(alarm) => {
                    self.alarms.remove(&alarm);
                }
            }
        }
    }

    fn leave(&mut self, queue: Queue, wait: WorkKey) {
        let Some(waits) = self.queues.get_mut(&queue) else { return };
        waits.remove(&wait);
        // Queues of persons come and go with their requests; those of roles are few and stay.
        if waits.is_empty() && matches!(queue, Queue::Person(_)) {
            self.queues.remove(&queue);
        }
    }

    /// What is in some queues after a place, in order, at most so many; a wait that is in several comes once.
    pub fn work(&self, queues: &[Queue], after: Option<WorkKey>, limit: usize) -> Vec<WorkKey> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut found: Vec<WorkKey> = Vec::new();
        for queue in queues {
            let Some(waits) = self.queues.get(queue) else { continue };
            found.extend(waits.from(from).take(limit));
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(limit);
        found
    }

    /// The cases of which something falls due up to an instant, in order, at most so many.
    pub fn due(&self, until: Instant, limit: usize) -> Vec<Alarm> {
        self.alarms.from(Bound::Unbounded).take_while(|alarm| alarm.at <= until).take(limit).copied().collect()
    }

    /// When something falls due next.
    pub fn next_due(&self) -> Option<Instant> {
        self.alarms.first().map(|alarm| alarm.at)
    }

    /// The number of waits that are in a queue.
    pub fn len(&self, queue: Queue) -> usize {
        self.queues.get(&queue).map_or(0, Ranks::len)
    }

    /// Tells whether nobody has to act and nothing falls due.
    pub fn is_empty(&self) -> bool {
        self.alarms.is_empty() && self.queues.values().all(Ranks::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Instant {
        Instant::from_millis(millis).unwrap()
    }

    #[test]
    fn a_wait_in_several_queues_is_listed_once_and_what_is_never_due_comes_last() {
        let mut index = Index::new();
        let one = Queue::Person(PersonIx::from_number(1).unwrap());
        let two = Queue::Person(PersonIx::from_number(2).unwrap());
        let never = WorkKey::new(None, CaseId(1), 1);
        let late = WorkKey::new(Some(at(20)), CaseId(2), 1);
        let soon = WorkKey::new(Some(at(10)), CaseId(3), 1);
        index.take(&[
            IndexChange::Enter(one, never),
            IndexChange::Enter(one, late),
            IndexChange::Enter(two, late),
            IndexChange::Enter(two, soon),
        ]);
        assert_eq!(index.work(&[one, two], None, 10), [soon, late, never]);
        assert_eq!(index.work(&[one, two], Some(soon), 1), [late]);
        index.take(&[IndexChange::Leave(one, late), IndexChange::Leave(two, late), IndexChange::Leave(two, late)]);
        assert_eq!(index.work(&[one, two], None, 10), [soon, never]);
    }

    #[test]
    fn what_is_compared_at_once_has_the_order_of_its_parts() {
        let mut keys = Vec::new();
        for due in [Some(Instant::MIN), Some(at(-5)), Some(at(0)), Some(at(7)), None] {
            for (case, wait) in [(1, 1), (1, 2), (u64::MAX, 1)] {
                keys.push(WorkKey::new(due, CaseId(case), wait));
            }
        }
        for (one, first) in keys.iter().enumerate() {
            for (two, second) in keys.iter().enumerate() {
                assert_eq!(first.cmp(second), one.cmp(&two));
                assert_eq!((first < second, first <= second), (one < two, one <= two));
                let alarm = |key: &WorkKey| key.due().map(|at| Alarm { at, case: key.case() });
                if let (Some(first), Some(second)) = (alarm(first), alarm(second)) {
                    let parts = |alarm: Alarm| (alarm.at, alarm.case);
                    assert_eq!(first.cmp(&second), parts(first).cmp(&parts(second)));
                    assert_eq!(first < second, parts(first) < parts(second));
                }
            }
        }
    }

    #[test]
    fn alarms_come_in_order_up_to_the_instant() {
        let mut index = Index::new();
        let alarms = [
            Alarm { at: at(5), case: CaseId(9) },
            Alarm { at: at(5), case: CaseId(2) },
            Alarm { at: at(7), case: CaseId(1) },
        ];
        index.take(&alarms.map(IndexChange::Set));
        assert_eq!(index.next_due(), Some(at(5)));
        assert_eq!(index.due(at(5), 10), [alarms[1], alarms[0]]);
        assert_eq!(index.due(at(9), 1), [alarms[1]]);
        index.take(&alarms.map(IndexChange::Clear));
        assert!(index.is_empty());
    }
}
