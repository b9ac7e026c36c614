//! What the engine tells those who watch it: counters and histograms through the [`metrics`] facade, spans and events
//! through [`tracing`]. The [guide](crate::watching) says what each number means.
//!
//! Nothing of a person, and nothing of what a request says, is in any of it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant as Stopwatch;

use metrics::{Counter, Histogram, IntoF64, counter, gauge, histogram};
use sop_core::case::RungOutcome;
use sop_core::process::{Process, StepIx};
use sop_core::time::Instant;

use crate::act::What;
use crate::engine::Decided;
use crate::request::Request;
use crate::store::StoreError;

/// The acts that a command may be, as they are told.
const ACTS: [&str; 10] =
    ["start", "complete", "claim", "release", "delegate", "hold", "resume", "reassign", "withdraw", "comment"];

/// What may come of a command.
const ANSWERS: [&str; 4] = ["accepted", "repeated", "refused", "failed"];

/// The numbers that every command touches, looked up once: a recorder has to be there before the engine is opened.
pub(crate) struct Meters {
    commands: [[Counter; ANSWERS.len()]; ACTS.len()],
    commit_seconds: Histogram,
    /// Tells whether nobody keeps the time of a commit: found out with the first.
    nobody_times: AtomicBool,
    commit_entries: Histogram,
    together: Histogram,
    timer_lag_seconds: Histogram,
}

/// As what a command is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    /// Its place among the acts.
    act: usize,
    /// That of what came of it among the answers.
    answer: usize,
    /// What it was refused for.
    refusal: Option<&'static str>,
}

impl Counted {
    pub(crate) fn of(what: What<'_>, settled: &Result<Decided, StoreError>) -> Self {
        let act = match what {
            What::Start { .. } => 0,
            What::On { request, .. } => match request {
                Request::Complete { .. } => 1,
                Request::Claim { .. } => 2,
                Request::Release { .. } => 3,
                Request::Delegate { .. } => 4,
                Request::Hold { .. } => 5,
                Request::Resume { .. } => 6,
                Request::Reassign { .. } => 7,
                Request::Withdraw { .. } => 8,
                Request::Comment { .. } => 9,
            },
        };
        let (answer, refusal) = match settled {
            Ok(Decided::Accepted(_)) => (0, None),
            Ok(Decided::Again(_)) => (1, None),
            Ok(Decided::Refused(refusal)) => (2, Some(refusal.kind())),
            Err(_) => (3, None),
        };
        Self { act, answer, refusal }
    }
}

impl Meters {
    pub(crate) fn new() -> Self {
        let commands =
            ACTS.map(|act| ANSWERS.map(|answer| counter!("sop_commands_total", "act" => act, "answer" => answer)));
        Self {
            commands,
            commit_seconds: histogram!("sop_commit_seconds"),
            nobody_times: AtomicBool::new(false),
            commit_entries: histogram!("sop_commit_entries"),
            together: histogram!("sop_commands_together"),
            timer_lag_seconds: histogram!("sop_timer_lag_seconds"),
        }
    }

    /// Counts a command by what came of it.
    pub(crate) fn command(&self, Counted { act, answer, refusal }: Counted) {
        if let Some(kind) = refusal {
            counter!("sop_refusals_total", "kind" => kind).increment(1);
        }
        if let Some(counter) = self.commands.get(act).and_then(|answers| answers.get(answer)) {
            counter.increment(1);
        }
    }

    /// Notes how many commands were decided together.
    pub(crate) fn together(&self, commands: usize) {
        self.together.record(commands as f64);
    }

    /// The time at which a commit begins, if anybody wants to know how long it takes: reading the clock twice is a
    /// twentieth of a commit in memory.
    pub(crate) fn commit_begins(&self) -> Option<Stopwatch> {
        let nobody_times = self.nobody_times.load(Ordering::Relaxed);
        let wanted = !nobody_times || tracing::enabled!(target: "sop_engine::commit", tracing::Level::WARN);
        wanted.then(Stopwatch::now)
    }

    /// Notes a commit: how long the store took for so many entries.
    pub(crate) fn commit(&self, began: Option<Stopwatch>, entries: usize, failure: Option<&StoreError>) {
        let seconds = began.map(|began| began.elapsed().as_secs_f64());
        if let Some(seconds) = seconds {
            let is_kept = Cell::new(false);
            self.commit_seconds.record(Noticed { seconds, is_kept: &is_kept });
            self.nobody_times.store(!is_kept.get(), Ordering::Relaxed);
        }
        self.commit_entries.record(entries as f64);
        match failure {
            None => tracing::debug!(target: "sop_engine::commit", entries, seconds, "committed"),
            Some(error) => {
                counter!("sop_commit_failures_total", "kind" => error.kind_name()).increment(1);
                tracing::warn!(target: "sop_engine::commit", entries, seconds, %error, "a commit failed: nothing of it happened");
            }
        }
    }

    /// Tells a rung that is on record.
    pub(crate) fn rung(&self, fired: &Fired) {
        let lag = (fired.at.millis().saturating_sub(fired.due.millis())) as f64 / 1_000.0;
        self.timer_lag_seconds.record(lag);
        let (procedure, step) = (fired.process.id().to_string(), fired.step_id());
        let (effect, rung, missed) = (fired.effect, fired.rung, fired.missed);
        tracing::info!(target: "sop_engine::timers", procedure, step, effect, rung, missed, lag, "a rung fired");
        counter!("sop_rungs_total", "procedure" => procedure, "step" => step, "effect" => effect).increment(1);
    }
}

/// A time that notices whether anybody keeps it: a histogram without a recorder does not look at what it is given, and
/// cannot be asked.
struct Noticed<'n> {
    seconds: f64,
    is_kept: &'n Cell<bool>,
}

impl IntoF64 for Noticed<'_> {
    fn into_f64(self) -> f64 {
        self.is_kept.set(true);
        self.seconds
    }
}

/// A rung that fires with what is committed next.
#[derive(Debug)]
pub(crate) struct Fired {
    pub(crate) process: Process,
    pub(crate) step: StepIx,
    pub(crate) rung: u16,
    pub(crate) effect: &'static str,
    pub(crate) missed: u32,
    pub(crate) due: Instant,
    pub(crate) at: Instant,
}

impl Fired {
    fn step_id(&self) -> String {
        self.process.steps().get(self.step).map_or_else(String::new, |spec| spec.id.to_string())
    }
}

/// What a rung did, as it is told.
pub(crate) fn effect_of<N: sop_core::case::Naming>(outcome: &RungOutcome<N>) -> &'static str {
    match outcome {
        RungOutcome::RemindedDoer | RungOutcome::Reminded { .. } => "reminded",
        RungOutcome::Escalated { .. } => "escalated",
        RungOutcome::Reassigned { .. } => "reassigned",
        RungOutcome::Left => "left",
        RungOutcome::Blocked => "blocked",
        RungOutcome::NobodyAccountable => "nobody_accountable",
    }
}

/// Waits that are late: of one step, by the role that is to act.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Overdue {
    /// The procedure.
    pub procedure: String,
    /// The step.
    pub step: String,
    /// The first of the roles that may act on it.
    pub role: String,
    /// The number of waits that are late.
    pub waits: u64,
    /// When the one that is late for longest was due.
    pub longest: Instant,
}

/// The overdue waits that were told last, so that what is no longer late is told as none.
#[derive(Debug, Default)]
pub(crate) struct ToldOverdue(BTreeMap<(String, String, String), u64>);

impl ToldOverdue {
    pub(crate) fn tell(&mut self, all: &[Overdue]) {
        self.0.values_mut().for_each(|waits| *waits = 0);
        for late in all {
            self.0.insert((late.procedure.clone(), late.step.clone(), late.role.clone()), late.waits);
        }
        for ((procedure, step, role), waits) in &self.0 {
            let (procedure, step, role) = (procedure.clone(), step.clone(), role.clone());
            gauge!("sop_overdue_waits", "procedure" => procedure, "step" => step, "role" => role).set(*waits as f64);
        }
        self.0.retain(|_, waits| *waits > 0);
    }
}
