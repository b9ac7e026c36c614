//! Where a run is played: one case, moved by the engine or by the core alone.

use sop_core::case::{CaseState, Dense, Event, Rejection};
use sop_core::definition::PersonId;
use sop_core::guard::{FieldIx, Value};
use sop_core::process::{OutcomeIx, Process, StartIx};
use sop_core::time::{Calendar, Instant};

use super::Mismatch;

/// What followed from a command, or why it was refused. That the stage itself fails is a [`Mismatch`].
pub(super) type Answer = Result<Result<Vec<Event<Dense>>, Rejection>, Mismatch>;

/// Somebody's completion of a wait.
pub(super) struct Handed<'h> {
    pub(super) wait: u32,
    pub(super) by: &'h PersonId,
    pub(super) outcome: OutcomeIx,
    pub(super) values: &'h [(FieldIx, Value)],
}

/// One case that has yet to be opened, its clock, and everybody who might act.
pub(super) trait Stage {
    /// What the case follows.
    fn process(&self) -> &Process;
    /// Working time.
    fn calendar(&self) -> &Calendar;
    /// Everybody who might act, whoever asks among them.
    fn people(&self) -> &[PersonId];
    /// Where the case stands.
    fn state(&self) -> &CaseState;
    /// The time.
    fn now(&self) -> Instant;
    /// Sets the time; what is due by then is done with the next command, or by [`advance`](Self::advance).
    fn set(&mut self, now: Instant);
    /// When something falls due next.
    fn due(&self) -> Result<Option<Instant>, Mismatch>;
    /// Does what is due.
    fn advance(&mut self) -> Result<Vec<Event<Dense>>, Mismatch>;
    /// From now on only those act whom the directory lists that was handed in, if one was.
    fn leave_to_the_listed(&mut self) -> Result<(), Mismatch>;
    /// Opens the case.
    fn open(&mut self, start: StartIx, by: &PersonId) -> Answer;
    /// Completes a wait.
    fn complete(&mut self, handed: &Handed<'_>) -> Answer;
}
