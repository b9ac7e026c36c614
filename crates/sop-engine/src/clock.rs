//! The clock, which only the engine holds: everything below it is told the time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

use sop_core::time::{Instant, Millis};

use crate::signal::Signal;

/// Tells the engine the time: the machine's, or one that is set.
///
/// A clone of a simulated clock is the same clock. Engines that wait for something to fall due are woken when it is
/// set.
///
/// ```
/// use sop_engine::Clock;
/// use sop_engine::core::time::{Instant, Millis};
///
/// let morning: Instant = "2026-02-02T07:30:00+07:00".parse()?;
/// let clock = Clock::simulated(morning);
/// clock.advance(Millis::from_minutes(5));
/// assert_eq!(clock.now().to_string(), "2026-02-02T00:35:00.000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Simulated(Arc<Mutex<Simulated>>),
}

struct Simulated {
    now: Instant,
    waiting: Vec<Weak<Signal>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands until it is set: for tests and simulations. What is random elsewhere, the
    /// [salts](crate::core::case::Salt) of personal values, is the same each time with it, so that a run repeats itself to
    /// the byte: keep nobody's real data under one.
    pub fn simulated(now: Instant) -> Self {
        Self(Source::Simulated(Arc::new(Mutex::new(Simulated { now, waiting: Vec::new() }))))
    }

    /// The time.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::Simulated(simulated) => lock(simulated).now,
            Source::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                // A machine that thinks it is before 1970 has no clock to speak of; the engine goes on from the last
                // commit then.
                let millis = since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
                Instant::from_millis(millis).unwrap_or(Instant::MAX)
            }
        }
    }

    /// Sets a simulated clock, and wakes whoever waits for something to fall due. The machine's clock is not touched.
    ///
    /// Setting it back is allowed, as it happens to real clocks: an engine's time stands until the clock has caught up.
    pub fn set(&self, now: Instant) {
        let Source::Simulated(simulated) = &self.0 else { return };
        let waiting: Vec<Arc<Signal>> = {
            let mut simulated = lock(simulated);
            simulated.now = now;
            simulated.waiting.retain(|signal| signal.strong_count() > 0);
            simulated.waiting.iter().filter_map(Weak::upgrade).collect()
        };
        for signal in waiting {
            signal.wake();
        }
    }

    /// Sets a simulated clock so much further. The machine's clock is not touched.
    pub fn advance(&self, amount: Millis) {
        let by = i64::try_from(amount.0).unwrap_or(i64::MAX);
        let then = self.now().millis().saturating_add(by);
        self.set(Instant::from_millis(then).unwrap_or(Instant::MAX));
    }

    pub(crate) fn is_system(&self) -> bool {
        matches!(self.0, Source::System)
    }

    /// Has a signal woken whenever a simulated clock is set.
    pub(crate) fn watch(&self, signal: &Arc<Signal>) {
        if let Source::Simulated(simulated) = &self.0 {
            lock(simulated).waiting.push(Arc::downgrade(signal));
        }
    }
}

fn lock(simulated: &Mutex<Simulated>) -> std::sync::MutexGuard<'_, Simulated> {
    // Every change is one assignment: a panic elsewhere leaves nothing half done.
    simulated.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::System => f.write_str("Clock::system()"),
            Source::Simulated(_) => write!(f, "Clock::simulated({})", self.now()),
        }
    }
}
