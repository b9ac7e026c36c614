//! Completing a wait: who, what is missing, and where it goes (F4, P1–P4, W1–W4, C1).

use super::{Draft, actors, check_text};
use crate::case::event::{Actor, Event};
use crate::case::handing::Handing;
use crate::case::people::PersonIx;
use crate::case::rejection::{Called, Rejection};
use crate::case::state::Wait;
use crate::case::tokens::{resolve, take};
use crate::guard::{FieldIx, Value};
use crate::process::{OutcomeIx, OutcomeSpec, PaperIx, RegisterIx, RoleIx, Route, StepSpec, ThenSpec};

/// What a person hands in with a completion.
pub(super) struct Completion<'c> {
    pub(super) outcome: OutcomeIx,
    pub(super) values: &'c [(FieldIx, Value)],
    pub(super) documents: &'c [(PaperIx, Box<str>)],
    pub(super) note: Option<&'c str>,
}

pub(super) fn complete(
    draft: &mut Draft<'_>,
    number: u32,
    by: PersonIx,
    given: &Completion<'_>,
) -> Result<(), Rejection> {
    let process = draft.process;
    let (wait, actor) = actor_of(draft, number, by)?;
    let step = &process.steps()[wait.step];
    let outcome =
        step.outcome(given.outcome).ok_or_else(|| Rejection::NoSuchOutcome { outcomes: called_outcomes(step) })?;
    check_open(draft, outcome)?;
    check_complete(draft, step, outcome, given)?;
    if let Some(note) = given.note {
        check_text(note)?;
    }

    for (field, value) in given.values {
        draft.set_value(*field, value);
    }
    let route = resolve(&outcome.route, draft.values()).map_err(|holding| Rejection::Undecided { holding })?;
    let handing = Handing::of(outcome, route, |taken| draft.may_return(taken));
    let number_given = if handing.number { next_number(draft, step)? } else { None };

    draft.mark_left(wait.number);
    draft.emit(Event::Completed {
        wait: wait.number,
        step: wait.step,
        outcome: given.outcome,
        by: actor,
        forced: is_forced(draft, step),
        note: given.note.map(Into::into),
        directory: draft.world.staffing.revision(),
    });
    draft.leave_clock(wait.step);
    if handing.fields {
        for (field, value) in given.values {
            draft.emit(Event::FieldSet { field: *field, value: value.clone() });
        }
    }
    hand_on(draft, wait, step, outcome, handing, given.documents);
    if let Some((register, year, number)) = number_given {
        let text = process.registers()[register].write(number, year_of(draft)).into();
        draft.emit(Event::Numbered { register, year, number, text });
    }
    take(process, draft, route);
    Ok(())
}

/// The wait, and in which capacity a person completes it, if they may.
pub(super) fn actor_of<'s>(
    draft: &Draft<'s>,
    number: u32,
    by: PersonIx,
) -> Result<(&'s Wait, Actor<PersonIx, RoleIx>), Rejection> {
    let wait = draft.state.wait(number).ok_or(Rejection::WaitIsOver { wait: number })?;
    if let Some(until) = wait.held_until() {
        return Err(Rejection::WaitIsHeld { until });
    }
    let actor = actors::actor(draft, wait, by)?;
    actors::separation(draft, wait.step, by)?;
    actors::claim_allows(draft, wait, by)?;
    Ok((wait, actor))
}

/// A return that is used up may close its outcome (R2).
fn check_open(draft: &Draft<'_>, outcome: &OutcomeSpec) -> Result<(), Rejection> {
    match closed(draft, outcome) {
        Some(limit) => {
            let outcome = Called { id: outcome.id.to_string(), title: outcome.title.clone() };
            Err(Rejection::OutcomeIsClosed { outcome, limit })
        }
        None => Ok(()),
    }
}

/// The limit that closed an outcome, if it is closed.
fn closed(draft: &Draft<'_>, outcome: &OutcomeSpec) -> Option<u32> {
    let Route::Return(taken) = outcome.route else { return None };
    match draft.process.returns()[taken].limit {
        Some((limit, ThenSpec::Closed)) if draft.state.returns(taken) >= limit => Some(limit),
        _ => None,
    }
}

/// Tells whether other outcomes are closed, so that only one was left to pick (R2).
fn is_forced(draft: &Draft<'_>, step: &StepSpec) -> bool {
    step.outcomes.len() > 1 && step.outcomes.iter().filter(|outcome| closed(draft, outcome).is_none()).count() == 1
}

/// Tells whether an outcome is a return that is used up, so that what is handed in with it would go nowhere.
fn is_spent(draft: &Draft<'_>, outcome: &OutcomeSpec) -> bool {
    matches!(outcome.route, Route::Return(taken) if !draft.may_return(taken))
}

/// Gathers everything that is missing or wrong, so that one refusal names it all (C1).
fn check_complete(
    draft: &Draft<'_>,
    step: &StepSpec,
    outcome: &OutcomeSpec,
    given: &Completion<'_>,
) -> Result<(), Rejection> {
    let spent = is_spent(draft, outcome);
    let collects: &[FieldIx] = if spent { &[] } else { &outcome.collects };
    let missing_paper = |paper: &&PaperIx| draft.state.paper(**paper) == 0;
    let missing_field = |field: &&FieldIx| !given.values.iter().any(|(set, _)| set == *field);
    let unexpected = |(place, (field, _)): &(usize, &(FieldIx, Value))| {
        !collects.contains(field) || given.values.iter().take(*place).any(|(earlier, _)| earlier == field)
    };
    let attachable = |paper: &PaperIx| {
        step.makes.contains(paper)
            || !spent && [&step.brings, &outcome.makes, &outcome.passes].into_iter().any(|list| list.contains(paper))
    };
    // The common case, a completion with nothing amiss, allocates nothing.
    let fine = step.requires.iter().find(missing_paper).is_none()
        && collects.iter().find(missing_field).is_none()
        && given.values.iter().enumerate().find(unexpected).is_none()
        && given.values.iter().all(|(field, value)| draft.process.admits(*field, value).is_ok())
        && given.documents.iter().all(|(paper, _)| attachable(paper));
    for (_, reference) in given.documents {
        check_text(reference)?;
    }
    if fine {
        return Ok(());
    }
    Err(Rejection::Incomplete {
        papers: draft.called_papers(step.requires.iter().filter(missing_paper).copied()),
        fields: collects.iter().filter(missing_field).map(|field| draft.called_field(*field)).collect(),
        invalid: given
            .values
            .iter()
            .filter_map(|(field, value)| {
                draft.process.admits(*field, value).err().map(|problem| (draft.called_field(*field), problem))
            })
            .collect(),
        unexpected: given
            .values
            .iter()
            .enumerate()
            .filter(unexpected)
            .map(|(_, (field, _))| draft.called_field(*field))
            .collect(),
        unattachable: draft
            .called_papers(given.documents.iter().map(|(paper, _)| *paper).filter(|paper| !attachable(paper))),
    })
}

/// The papers that the completion brings, makes and hands on (P1–P4).
fn hand_on(
    draft: &mut Draft<'_>,
    wait: &Wait,
    step: &StepSpec,
    outcome: &OutcomeSpec,
    handing: Handing,
    documents: &[(PaperIx, Box<str>)],
) {
    let state = draft.state;
    for &paper in &step.waived {
        if state.paper(paper) == 0 {
            draft.emit(Event::AbsenceWaived { step: wait.step, paper });
        }
    }
    let is_made = |paper: &PaperIx| handing.makes(step, outcome).any(|made| made == *paper);
    for &paper in step.brings.iter().filter(|_| handing.brings) {
        if state.paper(paper) == 0 && !is_made(&paper) {
            draft.emit(Event::PaperMade { paper, version: 1 });
        }
    }
    for paper in handing.makes(step, outcome) {
        draft.emit(Event::PaperMade { paper, version: state.paper(paper) + 1 });
    }
    for (paper, reference) in documents {
        let version = if is_made(paper) { state.paper(*paper) + 1 } else { state.paper(*paper).max(1) };
        draft.emit(Event::DocumentAttached { paper: *paper, version, reference: reference.clone() });
    }
}

fn year_of(draft: &Draft<'_>) -> i32 {
    draft.world.calendar.zone().date(draft.now).year()
}

/// The number that the step's register gives next, with the year of its count.
fn next_number(draft: &Draft<'_>, step: &StepSpec) -> Result<Option<(RegisterIx, i32, u32)>, Rejection> {
    let Some(register) = step.register else { return Ok(None) };
    let spec = &draft.process.registers()[register];
    let year = if spec.yearly { year_of(draft) } else { 0 };
    let number = draft.world.registers.last(&spec.id, year).checked_add(1).ok_or_else(|| {
        Rejection::RegisterIsFull { register: Called { id: spec.id.to_string(), title: spec.title.clone() } }
    })?;
    Ok(Some((register, year, number)))
}

fn called_outcomes(step: &StepSpec) -> Vec<Called> {
    step.outcomes.iter().map(|outcome| Called { id: outcome.id.to_string(), title: outcome.title.clone() }).collect()
}
