//! S7: work lists and timers.

use sop_engine::core::case::PersonIx;
use sop_engine::core::process::{Position as _, RoleIx};
use sop_engine::core::time::Instant;
use sop_engine::index::{Alarm, IndexChange, Queue, WorkKey};
use sop_engine::store::{Batch, CaseId, ProcessNumber};

use super::entries::{batch, entry};
use super::{Backend, End, Otherwise, Told, same};

/// An instant so many milliseconds after 1970.
pub(super) fn at(millis: i64) -> Result<Instant, Otherwise> {
    Instant::from_millis(millis).ok_or_else(|| Otherwise(format!("there is no instant {millis}")))
}

/// A queue of a role or a person.
pub(super) fn queue(number: u32) -> Result<Queue, Otherwise> {
    if number.is_multiple_of(2) {
        let bound = number.is_multiple_of(4).then_some(1);
        return Ok(Queue::Role { process: ProcessNumber(1), role: RoleIx::at(number as usize / 2), bound });
    }
    let person = PersonIx::from_number(number);
    person.map(Queue::Person).ok_or_else(|| Otherwise(format!("there is no person {number}")))
}

fn wait(due: Option<i64>, case: u64, wait: u32) -> Result<WorkKey, Otherwise> {
    Ok(WorkKey::new(due.map(at).transpose()?, CaseId(case), wait))
}

fn changes(changes: impl IntoIterator<Item = IndexChange>) -> Batch {
    Batch { changes: changes.into_iter().collect(), ..Batch::default() }
}

pub(super) fn work_comes_in_order_and_once(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let (one, two, none) = (queue(1)?, queue(2)?, queue(3)?);
    let never = wait(None, 1, 1)?;
    let [soon, late, same_time, later_wait] =
        [wait(Some(-7), 3, 1)?, wait(Some(20), 2, 1)?, wait(Some(20), 4, 1)?, wait(Some(20), 4, 2)?];
    let entered = [(one, never), (one, late), (two, late), (two, soon), (one, later_wait), (two, same_time)];
    let entered = entered.map(|(queue, wait)| IndexChange::Enter(queue, wait));
    store.append(Batch { entries: vec![entry(1, 1)], ..changes(entered) })?;
    same("both queues", store.work(&[one, two], None, 9)?, vec![soon, late, same_time, later_wait, never])?;
    same("one queue", store.work(&[two], None, 9)?, vec![soon, late, same_time])?;
    same("a queue that nobody is in", store.work(&[none], None, 9)?, Vec::new())?;
    same("no queue", store.work(&[], None, 9)?, Vec::new())?;
    // What is said again changes nothing, and what leaves is gone from that queue alone.
    store.append(changes([
        IndexChange::Enter(one, late),
        IndexChange::Leave(one, late),
        IndexChange::Leave(one, late),
    ]))?;
    same("a wait that left one queue", store.work(&[one, two], None, 2)?, vec![soon, late])?;
    same("the queue that it left", store.work(&[one], None, 9)?, vec![later_wait, never])?;
    // A batch may enter and leave: the last word counts.
    store.append(changes([IndexChange::Leave(two, soon), IndexChange::Enter(two, soon)]))?;
    same("a wait that left and came back", store.work(&[two], None, 1)?, vec![soon])?;
    Ok(End::Kept)
}

pub(super) fn pages_follow_one_another(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let (one, two) = (queue(4)?, queue(5)?);
    let mut all = Vec::new();
    let mut entered = Vec::new();
    for number in 0..100_u32 {
        let due = (!number.is_multiple_of(7)).then_some(i64::from(number % 10));
        let wait = wait(due, u64::from(number), 1)?;
        all.push(wait);
        entered.push(IndexChange::Enter(if number % 3 == 0 { one } else { two }, wait));
        if number % 5 == 0 {
            entered.push(IndexChange::Enter(two, wait));
        }
    }
    all.sort_unstable();
    store.append(changes(entered))?;
    for size in [1, 7, 100, usize::MAX] {
        let (mut paged, mut last) = (Vec::new(), None);
        // A page more than there can be, so that a store which goes round in circles is found out.
        for _ in 0..=all.len() {
            let page = store.work(&[one, two], last, size)?;
            let Some(end) = page.last() else { break };
            last = Some(*end);
            same("no page is longer than asked", page.len() <= size, true)?;
            paged.extend(page);
        }
        same(format!("pages of {size}"), paged, all.clone())?;
    }
    same("a page of none", store.work(&[one, two], None, 0)?, Vec::new())?;
    Ok(End::Kept)
}

pub(super) fn alarms_come_in_order(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    same("what falls due of nothing", store.next_due()?, None)?;
    let alarm = |millis: i64, case: u64| Ok::<_, Otherwise>(Alarm { at: at(millis)?, case: CaseId(case) });
    let [first, second, third, fourth] = [alarm(-5, 9)?, alarm(5, 2)?, alarm(5, 9)?, alarm(7, 1)?];
    store.append(changes([third, fourth, first, second].map(IndexChange::Set)))?;
    same("what falls due next", store.next_due()?, Some(first.at))?;
    same("up to before the first", store.due(at(-6)?, 9)?, Vec::new())?;
    same("up to an instant, itself among it", store.due(at(5)?, 9)?, vec![first, second, third])?;
    same("two of them", store.due(Instant::MAX, 2)?, vec![first, second])?;
    store.append(changes([IndexChange::Clear(first), IndexChange::Clear(first), IndexChange::Set(second)]))?;
    same("after the first is cleared", store.next_due()?, Some(second.at))?;
    same("all that is left", store.due(Instant::MAX, 9)?, vec![second, third, fourth])?;
    // A thousand at once, as after downtime.
    let many: Vec<Alarm> =
        (0..1_000).map(|case| alarm(100 - case % 10, 1_000 - case.unsigned_abs())).collect::<Result<_, _>>()?;
    store.append(changes(many.iter().copied().map(IndexChange::Set)))?;
    let mut ordered = many;
    ordered.extend([second, third, fourth]);
    ordered.sort_unstable();
    same("a thousand alarms", store.due(at(100)?, 2_000)?, ordered)?;
    Ok(End::Kept)
}

pub(super) fn lists_are_told_again_when_opened(backend: &dyn Backend) -> Told {
    let mut store = backend.open()?;
    let (queue, wait) = (queue(2)?, wait(Some(5), 1, 1)?);
    let alarm = Alarm { at: at(5)?, case: CaseId(1) };
    let told = [IndexChange::Enter(queue, wait), IndexChange::Set(alarm)];
    store.append(Batch { changes: told.to_vec(), ..batch([entry(1, 1)]) })?;
    drop(store);
    let mut store = backend.open()?;
    // Whether it has kept them or not: it is told, and knows each once.
    for _ in 0..2 {
        store.reindex(&told);
        same("the work", store.work(&[queue], None, 9)?, vec![wait])?;
        same("the alarms", store.due(at(5)?, 9)?, vec![alarm])?;
    }
    store.append(changes([IndexChange::Leave(queue, wait), IndexChange::Clear(alarm)]))?;
    same("the work that is done", store.work(&[queue], None, 9)?, Vec::new())?;
    same("the alarm that is cleared", store.next_due()?, None)?;
    Ok(End::Kept)
}
