//! The thread that lets rungs fire when they are due.

use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use sop_core::time::Instant;

use super::Shared;
use crate::clock::Clock;
use crate::signal::{Signal, Sleeper};
use crate::store::StoreError;

/// The time that the thread rests after the store failed, before it tries again.
const AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// The time that the thread sleeps without a look at the clock.
const AT_A_STRETCH: Duration = Duration::from_secs(60);

/// Starts the thread, unless it runs already.
pub(super) fn start(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let mut running = shared.timer.lock().unwrap_or_else(PoisonError::into_inner);
    if running.is_some() {
        return Ok(());
    }
    let bell = Arc::new(Signal::default());
    shared.clock.watch(&bell);
    let weak = Arc::downgrade(shared);
    let thread = Sleeper::start("sop-timers", bell, move |bell| run(&weak, bell))
        .map_err(|error| StoreError::unavailable("no thread can be started for timers").because(error))?;
    *running = Some(thread);
    Ok(())
}

/// The time that the thread rests until it looks again.
enum Rest {
    /// Until something changes.
    UntilRung,
    /// Until the office's clock shows an instant.
    Until(Instant),
    /// So long, whatever any clock shows.
    For(Duration),
}

/// Does what is due, then sleeps until the next thing is: the store is never asked in vain.
fn run(shared: &Weak<Shared>, bell: &Signal) {
    loop {
        let seen = bell.seen();
        let Some(engine) = shared.upgrade() else { return };
        let (rest, clock) = (tick(&engine), engine.clock.clone());
        drop(engine);
        let goes_on = match rest {
            Rest::UntilRung => bell.wait(seen, None),
            Rest::For(time) => bell.wait(seen, Some(time)),
            Rest::Until(due) => sleep_until(due, &clock, bell, seen),
        };
        if !goes_on {
            return;
        }
    }
}

/// Sleeps until an instant, or until the bell rings; false when it is time to stop.
fn sleep_until(due: Instant, clock: &Clock, bell: &Signal, seen: u64) -> bool {
    while let Some(time) = stretch(due, clock.now()) {
        if !bell.wait(seen, Some(time)) {
            return false;
        }
        if bell.seen() != seen {
            break;
        }
    }
    true
}

/// How long to sleep at a stretch; none: the instant is there.
///
/// A thread sleeps by a clock that stands still while the machine is suspended, and that knows nothing of a wall clock
/// that is set right. So it looks at the wall clock once a minute, as long as something is to fall due: at the clock
/// alone, and not at the store.
fn stretch(due: Instant, now: Instant) -> Option<Duration> {
    let left = u64::try_from(due.millis().saturating_sub(now.millis())).ok().filter(|left| *left > 0)?;
    Some(Duration::from_millis(left).min(AT_A_STRETCH))
}

/// Does what is due, and says how long there is nothing to do.
fn tick(shared: &Shared) -> Rest {
    let mut inner = shared.lock();
    let now = shared.now(&inner);
    let next = inner.advance(now).and_then(|_| inner.store.next_due());
    match next {
        Ok(next) => {
            inner.timer_trouble = None;
            inner.asleep = Some(next);
            // A simulated clock rings when it is set.
            next.filter(|_| shared.clock.is_system()).map_or(Rest::UntilRung, Rest::Until)
        }
        Err(error) => {
            tracing::warn!(target: "sop_engine::timers", %error, "what is due could not be done; it is tried again");
            inner.timer_trouble = Some(error.to_string());
            if shared.clock.is_system() { Rest::For(AFTER_TROUBLE) } else { Rest::UntilRung }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_at_the_clock_once_a_minute_and_wakes_at_the_instant() {
        let at = |millis: i64| Instant::from_millis(millis).unwrap();
        let after = |left: i64| stretch(at(5_000_000 + left), at(5_000_000));
        assert_eq!(after(3_600_000), Some(Duration::from_secs(60)));
        assert_eq!(after(60_001), Some(Duration::from_secs(60)));
        assert_eq!(after(59_999), Some(Duration::from_millis(59_999)));
        assert_eq!(after(1), Some(Duration::from_millis(1)));
        // Also where the clock was set past it.
        assert_eq!((after(0), after(-3_600_000)), (None, None));
    }
}
