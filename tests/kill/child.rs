//! The program that is killed: an engine under load, which says beforehand what it will ask and afterwards what it was
//! answered.
//!
//! Six windows work on the same cases: three wait for each answer, three have several commands under way. Meanwhile time
//! passes, so that rungs fire in the engine's thread and within commands, and checkpoints are written.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, Write};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use sop_engine::core::definition::{OutcomeId, PersonId, RoleId};
use sop_engine::core::time::{Instant, Millis};
use sop_engine::verify::Verify as _;
use sop_engine::{CaseId, Clock, Engine, Ticket, WaitRef, WorkItem};
use sop_store_sqlite::{Options, SqliteStore};

use crate::dice::Dice;
use crate::hasty::Hasty;
use crate::office::{ASKERS, EVERYBODY, Office, Trouble};
use crate::orders::Orders;
use crate::said::{Answered, Intention, Line, Wish};

/// The number of cases that are worked on at a time: few, so that the windows meet on them.
const LIVE: usize = 40;

/// The number of commands that a window has under way at most.
const UNDER_WAY: usize = 16;

/// What the arguments after [`CHILD`](crate::orders::CHILD) say.
pub(crate) fn orders(args: &[OsString]) -> Option<Orders> {
    let [store, numbers @ ..] = args else { return None };
    let numbers: Vec<u64> = numbers.iter().map(|text| text.to_str()?.parse().ok()).collect::<Option<_>>()?;
    let [round, seed, behind, moves, closes_after, hasty] = numbers[..] else { return None };
    Some(Orders {
        store: store.into(),
        round,
        seed,
        behind: NonZeroU32::new(u32::try_from(behind).ok()?)?,
        moves: NonZeroU32::new(u32::try_from(moves).ok()?)?,
        closes_after: Some(closes_after).filter(|micros| *micros > 0),
        hasty: hasty == 1,
    })
}

/// Does what it is told until it is killed. It ends by itself only if its parent has gone.
pub(crate) fn run(orders: &Orders) -> Result<(), Trouble> {
    let retried = read_retried()?;
    // Nobody is left to kill this program where its parent is gone: the pipe ends then.
    thread::spawn(|| {
        let _end = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        std::process::exit(3);
    });
    let office = Office::load()?;
    let options = Options::new().write_behind_after(orders.behind).checkpoint_after(orders.moves);
    let store = SqliteStore::open_with(&orders.store, options)?;
    let (engine, clock) = if orders.hasty { office.engine(Hasty::new(store))? } else { office.engine(store)? };
    engine.deploy(office.bundle.clone().verify())?;
    engine.run_timers()?;
    let desk = Desk {
        cases: Mutex::new(engine.cases()),
        asked: Mutex::new(retried.iter().cloned().collect()),
        retried: Mutex::new(retried),
        engine: Mutex::new(Some(engine)),
        office,
        clock,
        prefix: orders.round,
    };
    let desk = Arc::new(desk);
    say(&Line::Ready);
    let mut dice = Dice::new(orders.seed);
    let mut windows = Vec::new();
    for number in 0..6 {
        let (desk, dice) = (Arc::clone(&desk), Dice::new(dice.roll()));
        let Some(engine) = desk.engine() else { continue };
        windows.push(thread::spawn(move || {
            Window { desk, engine, dice, number, count: 0, planned: VecDeque::new() }.work()
        }));
    }
    desk.pass_time(&mut dice, orders.closes_after);
    for window in windows {
        let _ended = window.join();
    }
    // The last clone writes the tail behind and a checkpoint; the parent may well kill in the middle of that.
    drop(desk);
    say(&Line::Closed);
    loop {
        thread::park();
    }
}

/// What the last run asked and was not answered: it is asked again under the same keys, as a client would.
fn read_retried() -> Result<Vec<Intention>, Trouble> {
    let mut retried = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        retried.push(serde_json::from_str(&line)?);
    }
    Ok(retried)
}

/// Puts a line into the pipe, in one piece.
fn say(line: &Line) {
    let Ok(mut text) = serde_json::to_vec(line) else { return };
    text.push(b'\n');
    // Locked, and flushed while it is: lines of several windows don't mix.
    let mut out = std::io::stdout().lock();
    if out.write_all(&text).and_then(|()| out.flush()).is_err() {
        std::process::exit(3);
    }
}

/// What the windows share.
struct Desk {
    /// None once the engine is being closed.
    engine: Mutex<Option<Engine>>,
    office: Office,
    clock: Clock,
    cases: Mutex<Vec<CaseId>>,
    /// What was asked lately, to be asked again.
    asked: Mutex<VecDeque<Intention>>,
    retried: Mutex<Vec<Intention>>,
    prefix: u64,
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    fn engine(&self) -> Option<Engine> {
        lock(&self.engine).clone()
    }

    /// Lets the office's time pass, by minutes, now and then by hours, sometimes back, and has checkpoints written; for
    /// ever, or until the engine is to be closed.
    fn pass_time(&self, dice: &mut Dice, closes_after: Option<u64>) {
        let mut spent = 0;
        loop {
            let pause = 500 + dice.below(2_500);
            thread::sleep(Duration::from_micros(pause));
            spent += pause;
            if closes_after.is_some_and(|micros| spent > micros) {
                drop(lock(&self.engine).take());
                return;
            }
            let minutes = if dice.happens(4) { 240 } else { dice.below(12) };
            if dice.happens(5) {
                let back = self.clock.now().millis() - i64::try_from(minutes).unwrap_or(0) * 60_000;
                self.clock.set(Instant::from_millis(back).unwrap_or(self.office.opens));
            } else {
                self.clock.advance(Millis(minutes * 60_000));
            }
            if dice.happens(10)
                && let Some(engine) = self.engine()
            {
                // Where it fails nothing is lost, which is what is found out.
                let _later = engine.checkpoint();
            }
        }
    }
}

/// Somebody who asks one thing after the other.
struct Window {
    desk: Arc<Desk>,
    engine: Engine,
    dice: Dice,
    number: u64,
    count: u64,
    /// What is asked next, by whom.
    planned: VecDeque<(PersonId, Wish)>,
}

impl Window {
    fn work(mut self) {
        let mut under_way: VecDeque<(String, Ticket)> = VecDeque::new();
        let mut failed = 0;
        while lock(&self.desk.engine).is_some() && failed < 50 {
            let Some(intention) = self.next() else { continue };
            let procedure = &self.desk.office.procedure;
            if self.number.is_multiple_of(2) {
                let answer = intention.ask(&self.engine, procedure);
                failed += self.answered(&intention.token, answer.into());
                continue;
            }
            match self.engine.submit(&intention.by, intention.act(procedure), intention.key().as_ref()) {
                Ok(ticket) => under_way.push_back((intention.token, ticket)),
                Err(error) => failed += self.answered(&intention.token, Err(error).into()),
            }
            if under_way.len() > UNDER_WAY
                && let Some((token, ticket)) = under_way.pop_front()
            {
                failed += self.answered(&token, ticket.wait().into());
            }
        }
        for (token, ticket) in under_way {
            self.answered(&token, ticket.wait().into());
        }
    }

    /// Takes an answer in, and counts the store's failures.
    fn answered(&mut self, token: &str, answer: Answered) -> u32 {
        if let Answered::Done(told) = &answer {
            let mut cases = lock(&self.desk.cases);
            if told.ended.is_some() {
                cases.retain(|case| *case != told.case);
            } else if !cases.contains(&told.case) {
                cases.push(told.case);
            }
        }
        let failed = u32::from(matches!(answer, Answered::Failed(_)));
        say(&Line::Answered(token.to_owned(), answer));
        failed
    }

    /// What is asked next; it is said before this returns.
    fn next(&mut self) -> Option<Intention> {
        let again = lock(&self.desk.retried).pop().or_else(|| {
            let asked = lock(&self.desk.asked);
            let place = usize::try_from(self.dice.below(asked.len() as u64)).ok()?;
            self.dice.happens(8).then(|| asked.get(place).cloned()).flatten()
        });
        // What has no key would be done twice.
        if let Some(again) = again.filter(|again| again.keyed) {
            say(&Line::Again(again.token.clone()));
            return Some(again);
        }
        if self.planned.is_empty() {
            self.plan();
        }
        let (by, wish) = self.planned.pop_front()?;
        self.count += 1;
        let token = format!("{}.{}.{}", self.desk.prefix, self.number, self.count);
        let (wish, keyed) = match wish {
            Wish::Start { subject } => (Wish::Start { subject: subject + &token }, self.dice.happens(90)),
            Wish::Comment { case, text } => (Wish::Comment { case, text: text + &token }, self.dice.happens(70)),
            other => (other, true),
        };
        let intention = Intention { token, keyed, by, wish };
        // Said before anybody can ask it again.
        say(&Line::Intends(intention.clone()));
        let mut asked = lock(&self.desk.asked);
        asked.push_back(intention.clone());
        if asked.len() > 32 {
            asked.pop_front();
        }
        Some(intention)
    }

    /// Looks at somebody's work list, and plans what they do with it. Reading waits for what is being committed, so one
    /// look is for several commands.
    fn plan(&mut self) -> Option<()> {
        if lock(&self.desk.cases).len() < LIVE || self.dice.happens(5) {
            for _ in 0..4 {
                let by = PersonId::new(self.dice.pick(&ASKERS).copied()?).ok()?;
                self.planned.push_back((by, Wish::Start { subject: "Permohonan ".to_owned() }));
            }
            return Some(());
        }
        let by = PersonId::new(self.dice.pick(&EVERYBODY).copied()?).ok()?;
        let items = self.engine.worklist(&by).ok()?;
        for _ in 0..items.len().min(12) {
            let item = self.dice.pick(&items)?.clone();
            // Not theirs to do: a refusal is an answer too.
            let by = if self.dice.happens(3) { PersonId::new("intan").ok()? } else { by.clone() };
            let planned = self.wish(&item, by)?;
            self.planned.push_back(planned);
        }
        Some(())
    }

    fn wish(&mut self, item: &WorkItem, by: PersonId) -> Option<(PersonId, Wish)> {
        let (wait, case): (WaitRef, CaseId) = (item.wait, item.wait.case);
        let reason = || format!("Sebab {wait}");
        let wish = match self.dice.below(100) {
            0..12 => Wish::Comment { case, text: "Catatan ".to_owned() },
            12..18 => Wish::Claim { wait },
            18..20 => Wish::Release { wait },
            20..22 => Wish::Delegate { wait, to: PersonId::new("bayu").ok()? },
            22..25 => {
                let until = self.desk.clock.now().millis() + 3_600_000;
                Wish::Hold { wait, until: Instant::from_millis(until)?, reason: reason() }
            }
            25..27 => Wish::Resume { wait },
            27 => {
                let owner = PersonId::new("damar").ok()?;
                return Some((owner, Wish::Reassign { wait, to: RoleId::new("tu").ok()?, reason: reason() }));
            }
            28 => Wish::Withdraw { case, reason: reason() },
            _ => {
                if item.held_until.is_some() {
                    return Some((by, Wish::Resume { wait }));
                }
                let outcome = match item.form.outcomes.len() {
                    0 | 1 => None,
                    _ => {
                        let back = self.dice.happens(12) && !item.form.outcomes.iter().any(|choice| choice.closed);
                        OutcomeId::new(if back { "tidak_setuju" } else { "setuju" }).ok()
                    }
                };
                let unit = (item.step.id == "disposisikan").then(|| Office::unit(self.dice.roll()));
                Wish::Complete { wait, outcome, unit, note: self.dice.happens(20).then(reason) }
            }
        };
        Some((by, wish))
    }
}
