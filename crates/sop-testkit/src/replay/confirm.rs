//! Tells whether a run ends in the trouble that is claimed of it.

use std::collections::BTreeSet;

use sop_core::case::{Dense, Event, Rejection, RungOutcome, Status, accountable_role};
use sop_core::definition::PersonId;
use sop_core::guard::{FieldIx, FieldType, Value};
use sop_core::process::{OutcomeIx, OutcomeSpec, PaperIx, Position as _, Process, RoleIx, StepIx, Timing};
use sop_core::time::Instant;
use sop_verify::{Act, Deed, Run, Trouble};

use super::Mismatch;
use super::player::{Player, is_about_person, places};
use super::stage::{Handed, Stage};

/// How often what goes round is gone through.
const ROUNDS: usize = 5;

fn wrong<T>(what: impl Into<String>) -> Result<T, Mismatch> {
    Err(Mismatch::NotConfirmed(what.into()))
}

/// Plays a run, and looks for the trouble at its end.
pub(super) fn confirm<S: Stage>(player: &mut Player<'_, S>, run: &Run, trouble: &Trouble) -> Result<(), Mismatch> {
    match trouble {
        Trouble::NoEnd { .. } => rounds(player, run, None),
        Trouble::Endless { steps } => rounds(player, run, Some(steps)),
        Trouble::PaperOvertaken { by, reader: other, paper } | Trouble::PaperMadeTwice { by, other, paper } => {
            overtaken(player, run, *by, *other, *paper)
        }
        Trouble::NoBudget { step } => match unheard(player, run, *step)? {
            None => Ok(()),
            Some(due) => wrong(format!("the wait is due at {due}")),
        },
        Trouble::NobodyNotices { step } => unheard(player, run, *step).map(drop),
        Trouble::NeverLeft { step } => never_left(player, run, *step),
        Trouble::NeverDrained { steps } => never_drained(player, run, steps),
        Trouble::NobodyEligible { step, without, .. } => {
            player.play(&run.acts)?;
            // Whoever acted before may have gone since: what counts is who is there now.
            player.stage.leave_to_the_listed()?;
            nobody(player, *step, without.as_ref())
        }
        _ => {
            player.play(&run.acts)?;
            at_the_end(player, trouble)
        }
    }
}

fn at_the_end<S: Stage>(player: &mut Player<'_, S>, trouble: &Trouble) -> Result<(), Mismatch> {
    match trouble {
        Trouble::DeadEnd { waiting } => dead_end(player, waiting),
        Trouble::Fault(fault) => {
            let found = player.happened.iter().find_map(|event| match event {
                Event::Faulted { fault } => Some(fault),
                _ => None,
            });
            match found == Some(fault) && player.stage.state().status() == Status::Faulted {
                true => Ok(()),
                false => wrong(format!("{found:?} instead of {fault:?}")),
            }
        }
        Trouble::Undecided { step, holding, .. } => undecided(player, *step, *holding),
        Trouble::NothingOpen { step } => {
            every_outcome(player, *step, |rejection| matches!(rejection, Some(Rejection::OutcomeIsClosed { .. })))
        }
        Trouble::PaperMissing { step, paper } => missing(player, *step, *paper),
        Trouble::AbovePromise { worst, promise } => {
            let took = player.told().working;
            // Whoever acts at once takes a millisecond, which may be one of a clock that others share: less than a minute
            // in all.
            let is_it = took <= *worst && worst.0.abs_diff(took.0) < 60_000;
            match is_it && took > *promise && player.is_over() {
                true => Ok(()),
                false => wrong(format!("it took {} minutes, not {}", took.minutes(), worst.minutes())),
            }
        }
        other => wrong(format!("{other:?} has no run")),
    }
}

fn dead_end<S: Stage>(player: &mut Player<'_, S>, waiting: &[StepIx]) -> Result<(), Mismatch> {
    let (active, filled) = player.standing();
    let slots = player.stage.process().slots();
    let joins: BTreeSet<StepIx> = filled.iter().filter_map(|slot| slots.get(*slot)).map(|slot| slot.step).collect();
    let said: BTreeSet<StepIx> = waiting.iter().copied().collect();
    match active.is_empty() && !player.is_over() && player.stage.state().tokens() > 0 && joins == said {
        true => Ok(()),
        false => wrong(format!(
            "{:?}: active {:?}, joins {:?} instead of {:?}",
            player.stage.state().status(),
            places(&active),
            places(&joins),
            places(&said)
        )),
    }
}

/// The run goes round as often as one likes.
fn rounds<S: Stage>(player: &mut Player<'_, S>, run: &Run, steps: Option<&[StepIx]>) -> Result<(), Mismatch> {
    let Some((before, round)) = run.repeats_from.and_then(|from| run.acts.split_at_checked(from)) else {
        return wrong("nothing repeats itself");
    };
    if round.is_empty() {
        return wrong("the round is empty");
    }
    if let Some(steps) = steps {
        let acted: BTreeSet<StepIx> = round.iter().filter_map(step_of).collect();
        let said: BTreeSet<StepIx> = steps.iter().copied().collect();
        if acted != said {
            return wrong(format!("the round goes through {:?}, not {:?}", places(&acted), places(&said)));
        }
    }
    player.play(before)?;
    let began = player.standing();
    for nth in 1..=ROUNDS {
        player.play(round)?;
        let now = player.standing();
        if player.is_over() || now != began {
            return wrong(format!("round {nth} does not lead back: {:?} instead of {:?}", now.0, began.0));
        }
    }
    Ok(())
}

fn step_of(act: &Act) -> Option<StepIx> {
    match act.deed {
        Deed::Complete { step, .. } | Deed::Sleep { step, .. } => Some(step),
        Deed::Open { .. } | Deed::Silence => None,
    }
}

/// The last act makes a paper anew that somebody beside it may be reading.
fn overtaken<S: Stage>(
    player: &mut Player<'_, S>,
    run: &Run,
    by: StepIx,
    reader: StepIx,
    paper: PaperIx,
) -> Result<(), Mismatch> {
    let Some((last, before)) = run.acts.split_last() else { return wrong("the run is empty") };
    player.play(before)?;
    if player.wait_at(reader).is_none() || step_of(last) != Some(by) {
        return wrong("the reader is not reading");
    }
    player.play(std::slice::from_ref(last))?;
    let made = |event: &Event<Dense>| matches!(event, Event::PaperMade { paper: made, .. } if *made == paper);
    match player.happened.iter().any(made) {
        true => Ok(()),
        false => wrong("no new version was made"),
    }
}

fn undecided<S: Stage>(player: &mut Player<'_, S>, step: StepIx, holding: u32) -> Result<(), Mismatch> {
    let blocked = |event: &Event<Dense>| matches!(event, Event::RungFired { outcome: RungOutcome::Blocked, .. });
    match &player.refusal {
        Some(Rejection::Undecided { holding: found }) if *found == holding => Ok(()),
        Some(other) => wrong(format!("{other:?}")),
        None if player.happened.iter().any(blocked) && player.wait_at(step).is_some() => Ok(()),
        None => wrong("no rung was blocked"),
    }
}

/// Tells whether completing a wait is answered so with every outcome. The answers are refusals, or nothing is done.
fn every_outcome<S: Stage>(
    player: &mut Player<'_, S>,
    step: StepIx,
    expected: impl Fn(Option<&Rejection>) -> bool,
) -> Result<(), Mismatch> {
    let Some(wait) = player.wait_at(step).map(|wait| wait.number()) else { return wrong("nothing waits there") };
    let outcomes = outcomes(player.stage.process(), step);
    for (outcome, values) in outcomes {
        let answer = player.hand_in(wait, None, outcome, &values)?;
        if !expected(answer.as_ref().err()) {
            return wrong(format!("outcome {}: {answer:?}", outcome.place() + 1));
        }
    }
    Ok(())
}

/// The step cannot be done for want of the paper; where that is waived, it is done and the absence goes on record.
fn missing<S: Stage>(player: &mut Player<'_, S>, step: StepIx, paper: PaperIx) -> Result<(), Mismatch> {
    let process = player.stage.process().clone();
    let Some(spec) = process.steps().get(step) else { return wrong("there is no such step") };
    if player.stage.state().paper(paper) > 0 {
        return wrong("the paper is there");
    }
    if spec.waived.contains(&paper) {
        let Some(wait) = player.wait_at(step).map(|wait| wait.number()) else { return wrong("nothing waits there") };
        for (outcome, values) in outcomes(&process, step) {
            let Ok(events) = player.hand_in(wait, None, outcome, &values)? else { continue };
            let absent = Event::AbsenceWaived { step, paper };
            return if events.contains(&absent) { Ok(()) } else { wrong("no absence went on record") };
        }
        return wrong("nobody may complete it");
    }
    let Some(called) = process.called_paper(paper) else { return wrong("there is no such paper") };
    let closed = |rejection: &Rejection| matches!(rejection, Rejection::OutcomeIsClosed { .. });
    every_outcome(player, step, |rejection| {
        let papers = match rejection {
            Some(Rejection::Incomplete { papers, .. }) => papers.contains(&called),
            _ => false,
        };
        papers || rejection.is_some_and(closed)
    })
}

/// Plays a run up to the silence at its end; gives the number of the wait that nobody acts on then.
fn up_to_silence<S: Stage>(player: &mut Player<'_, S>, run: &Run, step: StepIx) -> Result<(u32, Act), Mismatch> {
    let Some((last, before)) = run.acts.split_last() else { return wrong("the run is empty") };
    if last.deed != Deed::Silence {
        return wrong("the run does not end in silence");
    }
    player.play(before)?;
    match player.wait_at(step).map(|wait| wait.number()) {
        Some(number) => Ok((number, last.clone())),
        None => wrong("nothing waits there"),
    }
}

/// The wait is never left, and nobody who answers for it is reminded again and again. Gives when it is due.
///
/// That another wait's rung ends the whole case, this wait with it, is no merit of its ladder.
fn unheard<S: Stage>(player: &mut Player<'_, S>, run: &Run, step: StepIx) -> Result<Option<Instant>, Mismatch> {
    let (number, silence) = up_to_silence(player, run, step)?;
    let Some(wait) = player.wait_at(step) else { return wrong("nothing waits there") };
    let due = wait.due();
    let (process, state) = (player.stage.process().clone(), player.stage.state());
    let drawn = process.steps().get(step).map_or(&[][..], |spec| &spec.roles);
    let mut answering: Vec<RoleIx> =
        accountable_role(&process, state, wait).map(|(role, _)| role).into_iter().collect();
    player.play(std::slice::from_ref(&silence))?;
    let rungs = &process.ladder(step).rungs;
    for event in &player.happened {
        match event {
            Event::LeftByPolicy { wait, .. } if *wait == number => return wrong("the wait was left"),
            Event::RungFired { wait, outcome: RungOutcome::Escalated { role, .. }, .. } if *wait == number => {
                answering.push(*role);
            }
            Event::RungFired { wait, rung, outcome: RungOutcome::Reminded { role }, .. } if *wait == number => {
                let repeats = rungs.get(usize::from(*rung)).is_some_and(|rung| matches!(rung.timing, Timing::Every(_)));
                if repeats && answering.contains(role) && !drawn.contains(role) {
                    return wrong(format!("somebody hears of it: {event:?}"));
                }
            }
            _ => {}
        }
    }
    Ok(due)
}

/// With nobody acting the wait is there for ever, and the case never over.
fn never_left<S: Stage>(player: &mut Player<'_, S>, run: &Run, step: StepIx) -> Result<(), Mismatch> {
    let (number, silence) = up_to_silence(player, run, step)?;
    player.play(std::slice::from_ref(&silence))?;
    match player.stage.state().wait(number) {
        Some(_) => Ok(()),
        None => wrong(format!("the wait ended by itself, and the case is {:?}", player.stage.state().status())),
    }
}

/// With nobody acting nothing moves any more: the same steps are open for ever.
fn never_drained<S: Stage>(player: &mut Player<'_, S>, run: &Run, steps: &[StepIx]) -> Result<(), Mismatch> {
    let Some((silence, before)) = run.acts.split_last() else { return wrong("the run is empty") };
    player.play(before)?;
    let began = player.standing();
    let said: BTreeSet<StepIx> = steps.iter().copied().collect();
    player.play(std::slice::from_ref(silence))?;
    match silence.deed == Deed::Silence && !player.is_over() && began.0 == said && player.standing() == began {
        true => Ok(()),
        false => wrong(format!("open: {:?}, then {:?}", places(&began.0), places(&player.standing().0))),
    }
}

/// Everybody but one is refused.
fn nobody<S: Stage>(player: &mut Player<'_, S>, step: StepIx, without: Option<&PersonId>) -> Result<(), Mismatch> {
    let Some(wait) = player.wait_at(step).map(|wait| wait.number()) else { return wrong("nothing waits there") };
    let people = player.stage.people().to_vec();
    for by in people.iter().filter(|person| Some(*person) != without) {
        let handed = Handed { wait, by, outcome: OutcomeIx::first(), values: &[] };
        match player.stage.complete(&handed)? {
            Err(rejection) if is_about_person(&rejection) => {}
            answer => return wrong(format!("{by} may act: {answer:?}")),
        }
    }
    Ok(())
}

/// Every outcome of a step with some values for the fields that it sets.
fn outcomes(process: &Process, step: StepIx) -> Vec<(OutcomeIx, Vec<(FieldIx, Value)>)> {
    let Some(spec) = process.steps().get(step) else { return Vec::new() };
    let value = |field: &FieldIx| process.field(*field).map(|spec| (*field, some_value(&spec.ty)));
    let with_values = |(place, outcome): (usize, &OutcomeSpec)| {
        (OutcomeIx::at(place), outcome.collects.iter().filter_map(value).collect())
    };
    spec.outcomes.iter().enumerate().map(with_values).collect()
}

/// A value that a type admits.
fn some_value(ty: &FieldType) -> Value {
    let between = |min: Option<i64>, max: Option<i64>| min.unwrap_or(0).max(0.min(max.unwrap_or(0)));
    match ty {
        FieldType::Bool => Value::Bool(false),
        FieldType::Integer { min, max } => Value::Integer(between(*min, *max)),
        FieldType::Decimal { min, max, .. } => Value::Decimal(between(*min, *max)),
        FieldType::Choice(_) => Value::Choice(0),
        FieldType::Unit(_) => Value::Unit(0),
        FieldType::Date => Value::Date(20_455),
        FieldType::Text { .. } => Value::Text("a".into()),
    }
}
