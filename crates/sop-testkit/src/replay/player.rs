//! Plays the acts of a run, one after the other.

use std::collections::{BTreeSet, VecDeque};

use sop_core::case::{Dense, Event, Rejection, Status, Wait};
use sop_core::definition::PersonId;
use sop_core::guard::{FieldIx, Value};
use sop_core::process::{OutcomeIx, Position as _, Route, SlotIx, StepIx};
use sop_core::time::{Instant, Millis};
use sop_verify::{Act, Deed, When};

use super::stage::{Handed, Stage};
use super::{Mismatch, Replayed, working};

/// The time that a silence lasts.
const SILENCE: Millis = Millis(60 * 24 * 60 * 60_000);

/// How often something falls due, at most, until a rung has fired or a silence is over.
const PATIENCE: usize = 4_000;

/// Where the tokens are: at these steps, and in these slots.
pub(super) type Standing = (BTreeSet<StepIx>, BTreeSet<SlotIx>);

/// A run in the playing.
pub(super) struct Player<'p, S> {
    pub(super) stage: &'p mut S,
    /// Everything that happened since the last act began.
    pub(super) happened: Vec<Event<Dense>>,
    /// The refusal that the last act was to bring about.
    pub(super) refusal: Option<Rejection>,
    /// Rungs that left their waits at the same instant as one that a run names, and are not named yet.
    fired: VecDeque<(StepIx, u16)>,
    act: usize,
    opened: Option<Instant>,
    last: Option<Instant>,
    completions: u64,
    stand_ins: u64,
}

impl<'p, S: Stage> Player<'p, S> {
    pub(super) fn new(stage: &'p mut S) -> Self {
        Self {
            stage,
            happened: Vec::new(),
            refusal: None,
            fired: VecDeque::new(),
            act: 0,
            opened: None,
            last: None,
            completions: 0,
            stand_ins: 0,
        }
    }

    /// How it went so far.
    pub(super) fn told(&self) -> Replayed {
        let times = self.opened.zip(self.last);
        Replayed {
            completions: self.completions,
            working: times.map_or(Millis(0), |(from, to)| working(self.stage.calendar(), from, to)),
            times,
            status: self.stage.state().status(),
            papers_granted: false,
            stand_ins: self.stand_ins,
        }
    }

    /// Where the tokens are.
    pub(super) fn standing(&self) -> Standing {
        let state = self.stage.state();
        (state.waits().iter().map(Wait::step).collect(), state.filled().collect())
    }

    /// The open wait of a step.
    pub(super) fn wait_at(&self, step: StepIx) -> Option<&Wait> {
        self.stage.state().waits().iter().find(|wait| wait.step() == step)
    }

    pub(super) fn play(&mut self, acts: &[Act]) -> Result<(), Mismatch> {
        acts.iter().try_for_each(|act| self.play_one(act))
    }

    fn play_one(&mut self, act: &Act) -> Result<(), Mismatch> {
        self.happened.clear();
        match &act.deed {
            Deed::Open { start } => {
                let by = act.by.clone().into_iter().chain(self.stage.people().to_vec());
                let mut refused = None;
                for (place, person) in by.enumerate() {
                    match self.stage.open(*start, &person)? {
                        Ok(events) => {
                            self.stand_ins += u64::from(place > 0);
                            self.happened = events;
                            refused = None;
                            break;
                        }
                        Err(rejection) => refused = refused.or(Some(rejection)),
                    }
                }
                if let Some(rejection) = refused {
                    return Err(Mismatch::Refused { act: self.act, rejection: Box::new(rejection) });
                }
                self.opened = Some(self.stage.now());
                self.last = self.opened;
            }
            Deed::Complete { step, outcome, values, refused } => {
                self.complete(act, *step, *outcome, values, *refused)?;
            }
            Deed::Sleep { step, rung } => self.sleep(*step, *rung)?,
            Deed::Silence => self.be_silent(SILENCE)?,
        }
        self.act += 1;
        Ok(())
    }

    fn complete(
        &mut self,
        act: &Act,
        step: StepIx,
        outcome: OutcomeIx,
        values: &[(FieldIx, Value)],
        is_trouble: bool,
    ) -> Result<(), Mismatch> {
        if let Some((step, rung)) = self.fired.front().copied() {
            return Err(Mismatch::Overtaken { act: self.act, step, rung });
        }
        let wait = self.wait_at(step).ok_or(Mismatch::NoSuchWait { act: self.act, step })?;
        let (number, due) = (wait.number(), wait.due());
        let now = self.stage.now();
        self.stage.set(match act.when {
            When::AtOnce => later(now, Millis(1)),
            When::WhenDue => due.unwrap_or(now),
        });
        match (self.hand_in(number, act.by.as_ref(), outcome, values)?, is_trouble) {
            (Ok(events), false) => {
                let left = rungs_that_left(&events);
                self.happened = events;
                self.last = Some(self.stage.now());
                match left.first() {
                    Some((step, rung)) => Err(Mismatch::Overtaken { act: self.act, step: *step, rung: *rung }),
                    None => Ok(()),
                }
            }
            (Ok(_), true) => Err(Mismatch::NotRefused { act: self.act }),
            (Err(rejection), true) if !matches!(rejection, Rejection::Incomplete { .. }) => {
                self.refusal = Some(rejection);
                Ok(())
            }
            (Err(rejection), _) => Err(Mismatch::Refused { act: self.act, rejection: Box::new(rejection) }),
        }
    }

    /// Completes a wait: by the one who is named, or by whoever may in their stead.
    pub(super) fn hand_in(
        &mut self,
        wait: u32,
        by: Option<&PersonId>,
        outcome: OutcomeIx,
        values: &[(FieldIx, Value)],
    ) -> Result<Result<Vec<Event<Dense>>, Rejection>, Mismatch> {
        // A return that is used up sets no field.
        let values = if self.is_spent(wait, outcome) { &[] } else { values };
        let mut first = None;
        let mut people: VecDeque<PersonId> = by.cloned().into_iter().chain(self.stage.people().to_vec()).collect();
        let mut tries = 0_u64;
        while let Some(by) = people.pop_front() {
            match self.stage.complete(&Handed { wait, by: &by, outcome, values })? {
                Ok(events) => {
                    self.stand_ins += u64::from(tries > 0);
                    self.completions += 1;
                    return Ok(Ok(events));
                }
                Err(rejection) if is_about_person(&rejection) => {
                    tries += 1;
                    first = first.or(Some(rejection));
                }
                Err(rejection) => return Ok(Err(rejection)),
            }
        }
        Ok(Err(first.unwrap_or(Rejection::UnknownPerson)))
    }

    fn is_spent(&self, wait: u32, outcome: OutcomeIx) -> bool {
        let state = self.stage.state();
        let spec = state.wait(wait).and_then(|wait| self.stage.process().steps().get(wait.step())?.outcome(outcome));
        match spec.map(|spec| &spec.route) {
            Some(Route::Return(taken)) => self
                .stage
                .process()
                .returns()
                .get(*taken)
                .and_then(|spec| spec.limit)
                .is_some_and(|(limit, _)| state.returns(*taken) >= limit),
            _ => false,
        }
    }

    /// Lets time pass until a rung of a wait has fired.
    fn sleep(&mut self, step: StepIx, rung: u16) -> Result<(), Mismatch> {
        if let Some(first) = self.fired.pop_front() {
            return match first == (step, rung) {
                true => Ok(()),
                false => Err(Mismatch::Overtaken { act: self.act, step: first.0, rung: first.1 }),
            };
        }
        let wait = self.wait_at(step).ok_or(Mismatch::NoSuchWait { act: self.act, step })?.number();
        for _ in 0..PATIENCE {
            let Some(due) = self.stage.due()? else { break };
            self.stage.set(due);
            let events = self.stage.advance()?;
            let fired = events.iter().any(|event| {
                matches!(event, Event::RungFired { wait: of, rung: which, .. } if (*of, *which) == (wait, rung))
            });
            let mut left: VecDeque<(StepIx, u16)> = rungs_that_left(&events).into();
            self.happened.extend(events);
            self.last = Some(self.stage.now());
            if left.front().is_some_and(|first| *first == (step, rung)) {
                left.pop_front();
                self.fired = left;
                return Ok(());
            }
            if let Some((step, rung)) = left.pop_front() {
                return Err(Mismatch::Overtaken { act: self.act, step, rung });
            }
            if fired {
                return Ok(());
            }
        }
        Err(Mismatch::NeverFires { act: self.act })
    }

    /// Lets time pass with nobody acting, as it passes: what is due is done when it is.
    fn be_silent(&mut self, length: Millis) -> Result<(), Mismatch> {
        let until = later(self.stage.now(), length);
        for _ in 0..PATIENCE {
            let Some(due) = self.stage.due()?.filter(|due| *due <= until) else { break };
            self.stage.set(due);
            let events = self.stage.advance()?;
            self.happened.extend(events);
        }
        self.stage.set(until);
        Ok(())
    }

    /// Tells whether the case is over or stands still.
    pub(super) fn is_over(&self) -> bool {
        self.stage.state().status() != Status::Running
    }
}

pub(super) fn later(now: Instant, by: Millis) -> Instant {
    let by = i64::try_from(by.0).unwrap_or(i64::MAX);
    Instant::from_millis(now.millis().saturating_add(by)).unwrap_or(Instant::MAX)
}

/// The rungs that left their waits, in order.
fn rungs_that_left(events: &[Event<Dense>]) -> Vec<(StepIx, u16)> {
    let mut left = Vec::new();
    let mut last = 0;
    for event in events {
        match event {
            Event::RungFired { rung, .. } => last = *rung,
            Event::LeftByPolicy { step, .. } => left.push((*step, last)),
            _ => {}
        }
    }
    left
}

/// Tells whether somebody else might be let.
pub(super) fn is_about_person(rejection: &Rejection) -> bool {
    matches!(
        rejection,
        Rejection::NotYours { .. }
            | Rejection::NeedsMandate { .. }
            | Rejection::MustBeAnother { .. }
            | Rejection::MustBeTheSame { .. }
            | Rejection::ClaimedByAnother { .. }
    )
}

/// The place of a step, for messages.
pub(super) fn places(steps: &BTreeSet<StepIx>) -> Vec<usize> {
    steps.iter().map(|step| step.place()).collect()
}
