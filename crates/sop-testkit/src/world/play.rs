//! A world as it goes on: one thread drives everything, so that a seed says all that happens.

use std::collections::VecDeque;
use std::sync::Arc;

use sop_core::time::Millis;
use sop_engine::{Answer, Clock, Engine, Key, Ticket};

use super::broken::{Broken, Invariant, What};
use super::callers::Callers;
use super::checks::Acknowledged;
use super::dice::Dice;
use super::disk::{Crash, Disk};
use super::finish::{Hindrance, finish};
use super::fold::Fold;
use super::ground::Ground;
use super::ledger::Ledger;
use super::met::{Fault, Met};
use super::watched::{Ends, Interruption, Watched};
use super::{Faults, Options, Report};

/// How much of what happened a broken world tells.
const TRACE: usize = 16;

/// A world. While it goes on there is an engine; between its end and the next there is none.
pub(super) struct World<'o> {
    pub(super) seed: u64,
    pub(super) options: &'o Options,
    pub(super) dice: Dice,
    pub(super) ground: Arc<Ground>,
    pub(super) disk: Disk,
    pub(super) clock: Clock,
    /// The place of the directory that the host would open an engine with.
    pub(super) directory: usize,
    pub(super) running: Option<(Engine, Watched)>,
    pub(super) ledger: Ledger,
    pub(super) fold: Fold,
    pub(super) acknowledged: Acknowledged,
    /// Where the log may end when it is opened.
    pub(super) ends: Ends,
    /// Commands that arrive later than they were sent, with the step at which they do.
    pub(super) delayed: Vec<(u32, usize)>,
    /// For how many steps faults that last have yet to last.
    pub(super) lasting: u32,
    pub(super) step: u32,
    pub(super) trace: VecDeque<String>,
    pub(super) met: Met,
    pub(super) report: Report,
}

/// Tells whether a step ended with the program.
pub(super) enum After {
    GoesOn,
    /// It panicked, or the machine stopped.
    Ended,
}

impl<'o> World<'o> {
    pub(super) fn new(seed: u64, options: &'o Options) -> Self {
        let mut dice = Dice::new(seed);
        let ground = match &options.ground {
            Some(ground) => Arc::clone(ground),
            None => Arc::new(Ground::random(&mut dice.split())),
        };
        let (disk, clock) = (Disk::new(dice.roll()), Clock::simulated(ground.opens()));
        let fold = Fold::new(Arc::clone(&ground));
        Self {
            seed,
            options,
            dice,
            ground,
            disk,
            clock,
            directory: 0,
            running: None,
            ledger: Ledger::default(),
            fold,
            acknowledged: Acknowledged::default(),
            ends: Ends::default(),
            delayed: Vec::new(),
            lasting: 0,
            step: 0,
            trace: VecDeque::new(),
            met: Met::default(),
            report: Report::default(),
        }
    }

    /// Plays it to the end.
    pub(super) fn play(mut self) -> Report {
        let broken = self.all_steps().err();
        self.stop();
        let broken = broken.map(|What(invariant, what)| Broken {
            seed: self.seed,
            step: self.step,
            invariant,
            what,
            trace: self.trace.iter().cloned().collect(),
            replay: self.options.replay(self.seed),
        });
        let mut met = self.met;
        met.add(&self.disk.met());
        Report {
            seeds: 1,
            steps: u64::from(self.step),
            crashes: met.crashes(),
            acknowledged: self.ledger.acknowledged,
            refused: self.ledger.refusals,
            left_open: self.ledger.left_open,
            entries: self.fold.entries.len() as u64,
            met,
            broken: broken.into_iter().collect(),
            ..self.report
        }
    }

    fn all_steps(&mut self) -> Result<(), What> {
        if let Faults::CrashAt(boundaries, _) = self.options.faults {
            self.disk.crash_at(boundaries);
        }
        self.open()?;
        // A machine that stops now has deployed nothing, and what is not deployed is deployed on the way.
        for place in 0..self.ground.procedures() {
            self.deploy(place)?;
        }
        for step in 1..=self.options.steps {
            self.step = step;
            self.arm();
            let after = self.act()?;
            self.wear_off();
            match after {
                After::Ended => self.come_back()?,
                After::GoesOn if self.disk.is_down() => self.come_back()?,
                After::GoesOn if step.is_multiple_of(4) => self.look()?,
                After::GoesOn => {}
            }
        }
        self.end()
    }

    /// Everything comes to its end: the office is as it should be, and what is open is finished.
    fn end(&mut self) -> Result<(), What> {
        self.step += 1;
        self.report.boundaries = self.disk.boundaries();
        self.report.numbers = self.fold.numbers.values().map(|given| given.len() as u64).sum();
        self.disk.mend();
        self.say("the end".to_owned());
        self.end_program(Some(Crash::Power))?;
        self.directory = 0;
        self.mended_open()?;
        let Some((engine, _)) = &self.running else { return Ok(()) };
        match finish(engine, &self.clock, &self.ground, &mut self.ledger) {
            Ok(finished) => self.report.finished = finished,
            Err(Hindrance::Broken(what)) => return Err(what),
            Err(Hindrance::Store(error)) => {
                return Err(What(Invariant::Answers, format!("a store on a sound disk failed: {error:?}")));
            }
        }
        self.look()?;
        self.end_program(Some(Crash::Power))?;
        self.mended_open()?;
        self.keep_what_is_over()?;
        self.end_program(None)
    }

    pub(super) fn say(&mut self, what: String) {
        if self.trace.len() == TRACE {
            self.trace.pop_front();
        }
        self.trace.push_back(format!("{:>3} {} {what}", self.step, self.clock.now()));
    }

    /// Puts a fault somewhere ahead.
    fn arm(&mut self) {
        if self.options.faults != Faults::All || !self.dice.happens(40) {
            return;
        }
        let dice = &mut self.dice;
        let what = match dice.below(13) {
            0..4 => {
                let at = dice.below(14);
                self.disk.crash_at(at);
                format!("the machine will stop at boundary {at}")
            }
            4 | 5 => {
                let (after, short) = (dice.below(5), dice.happens(50));
                self.disk.fail_write(after, short);
                format!("write {after} will fail (in part: {short})")
            }
            6 | 7 => {
                let after = dice.below(2);
                self.disk.fail_sync(after);
                format!("flush {after} will fail")
            }
            8 => {
                let room = dice.below(3_000);
                self.disk.fill_up(room);
                format!("{room} bytes are free")
            }
            9 => {
                let (operations, by) = (1 + dice.below(6), Millis(1_000 * (1 + dice.below(600))));
                self.disk.slow_down(operations, by, &self.clock);
                format!("{operations} operations take {} s each", by.0 / 1_000)
            }
            which => {
                let next = match which {
                    10 => Interruption::PanicBefore,
                    // By turns before and after it has said so.
                    11 if self.step.is_multiple_of(2) => Interruption::PanicAfter,
                    11 => Interruption::PanicTold,
                    _ => Interruption::AnswerLost,
                };
                if let Some((_, store)) = &self.running {
                    store.interrupt(Some(next));
                }
                format!("the next batch meets {next:?}")
            }
        };
        self.lasting = u32::try_from(1 + self.dice.below(3)).unwrap_or(1);
        self.say(what);
    }

    fn wear_off(&mut self) {
        self.lasting = self.lasting.saturating_sub(1);
        if self.lasting == 0 && self.options.faults == Faults::All {
            self.disk.mend();
            if let Some((_, store)) = &self.running {
                store.interrupt(None);
            }
        }
    }

    fn act(&mut self) -> Result<After, What> {
        match self.dice.below(100) {
            0..54 => self.group(),
            54..64 => self.one(),
            64..78 => self.pass_time(),
            78..82 => self.change_directory(),
            82..85 => self.change_calendar(),
            85..89 => {
                let place = self.dice.place(self.ground.bundles().len());
                self.deploy(place)
            }
            89..91 => {
                self.say("a checkpoint".to_owned());
                Ok(self.guarded(Engine::checkpoint).map_or(After::Ended, |_| After::GoesOn))
            }
            91..94 => {
                self.clock_back();
                Ok(After::GoesOn)
            }
            94..97 => {
                self.say("closed in good order".to_owned());
                self.met.note(Fault::Closed);
                self.end_program(None)?;
                self.open()?;
                Ok(After::GoesOn)
            }
            // Where a world has one crash of its own, it comes at no other place.
            _ if self.options.faults != Faults::All => self.group(),
            _ => {
                self.say("the machine stops".to_owned());
                self.disk.stop();
                Ok(After::Ended)
            }
        }
    }

    /// Several callers at once: their commands are committed together.
    fn group(&mut self) -> Result<After, What> {
        let count = 1 + self.dice.place(9);
        let mut arriving = self.arriving();
        for _ in 0..count {
            if let Some(number) = self.send()? {
                arriving.push(number);
            }
        }
        self.dice.shuffle(&mut arriving);
        let Some((engine, _)) = self.running.clone() else { return Ok(After::Ended) };
        let mut tickets: Vec<(usize, Ticket)> = Vec::new();
        for number in &arriving {
            let Some(sent) = self.ledger.get(*number) else { continue };
            match engine.leave(&sent.by, sent.act.clone(), sent.key.as_ref()) {
                Ok(ticket) => tickets.push((*number, ticket)),
                Err(error) => self.ledger.answer(*number, Err(error))?,
            }
        }
        self.say(format!("{} commands at once: {arriving:?}", tickets.len()));
        engine.commit_left();
        let mut failed = 0;
        for (number, ticket) in tickets {
            if !ticket.is_answered() {
                let what = format!("command {number} was handed in and not answered");
                return Err(What(Invariant::Answers, what));
            }
            let answer = ticket.wait();
            failed += usize::from(answer.is_err());
            self.take_answer(number, answer)?;
        }
        if failed > 0 {
            self.say(format!("{failed} of them failed"));
        }
        if failed > 1 && self.disk.is_down() {
            self.met.note(Fault::RestartInBatch);
        }
        Ok(self.after_panic())
    }

    /// One caller alone, who waits.
    fn one(&mut self) -> Result<After, What> {
        let Some(number) = self.send()? else { return Ok(After::GoesOn) };
        let Some((engine, _)) = self.running.clone() else { return Ok(After::Ended) };
        let Some(sent) = self.ledger.get(number).cloned() else { return Ok(After::GoesOn) };
        let answer = engine.perform(&sent.by, &sent.act, sent.key.as_ref());
        self.say(format!("command {number} alone: {}", if answer.is_err() { "failed" } else { "answered" }));
        self.take_answer(number, answer)?;
        Ok(self.after_panic())
    }

    fn take_answer(&mut self, number: usize, answer: Answer) -> Result<(), What> {
        if let Err(error) = &answer
            && error.is_damaged()
        {
            return Err(What(Invariant::Answers, format!("command {number} failed: {error:?}")));
        }
        self.ledger.answer(number, answer)
    }

    /// Those that were sent before and arrive now: late, or once more.
    fn arriving(&mut self) -> Vec<usize> {
        let now = self.step;
        let mut arriving: Vec<usize> = Vec::new();
        self.delayed.retain(|(at, number)| {
            let arrives = *at <= now;
            if arrives {
                arriving.push(*number);
            }
            !arrives
        });
        arriving
    }

    /// Has somebody send something; none where nobody does, or it arrives later.
    fn send(&mut self) -> Result<Option<usize>, What> {
        // A command that was sent already comes once more, under its key.
        if self.ledger.len() > 0 && self.dice.happens(14) {
            let back = self.dice.place(self.ledger.len().min(30));
            let number = self.ledger.len() - 1 - back;
            if self.ledger.get(number).is_some_and(|sent| sent.key.is_some()) {
                self.met.note(Fault::Duplicated);
                return Ok(Some(number));
            }
        }
        let Some((engine, _)) = &self.running else { return Ok(None) };
        let number = self.ledger.len();
        let callers = Callers { ground: &self.ground, engine, fold: &self.fold };
        let wish = match callers.wish(&mut self.dice, number) {
            Ok(wish) => wish,
            Err(error) if error.is_damaged() => {
                return Err(What(Invariant::Answers, format!("a work list cannot be read: {error:?}")));
            }
            // A disk that fails is met by whoever writes next.
            Err(_) => None,
        };
        let Some((by, act)) = wish else { return Ok(None) };
        let key = match self.dice.below(20) {
            0..4 => None,
            // A key that somebody else has used, or will.
            4 => Some(self.dice.below(number as u64 + 3)),
            _ => Some(number as u64),
        };
        let key = key.and_then(|key| Key::new(format!("k{key}")).ok());
        let keyed = key.is_some();
        let number = self.ledger.send(by, act, key);
        if self.dice.happens(10) {
            let delay = u32::try_from(1 + self.dice.below(5)).unwrap_or(1);
            self.delayed.push((self.step + delay, number));
            self.met.note(Fault::Reordered);
            return Ok(None);
        }
        // Twice at once: without a key that would be two commands.
        if keyed && self.dice.happens(6) {
            self.delayed.push((self.step, number));
            self.met.note(Fault::Duplicated);
        }
        Ok(Some(number))
    }

    /// Tells whether the store panicked under the engine, which says then to be opened again.
    fn after_panic(&self) -> After {
        match &self.running {
            Some((_, store)) if store.has_panicked() => After::Ended,
            _ => After::GoesOn,
        }
    }
}
