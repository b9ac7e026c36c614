//! What stands on a work list: a wait with everything that a screen shows about it.

use sop_core::case::{
    Called, CaseState, Directory, People, PersonIx, Wait, World, accountable_role, acting_roles, due_of,
};
use sop_core::definition::{DefinitionId, PersonId};
use sop_core::diagnostic::Bilingual;
use sop_core::guard::{FieldIx, FieldType};
use sop_core::process::{Hash, PaperIx, Position, Process, RoleIx, Route, ThenSpec};
use sop_core::time::{Instant, Millis};

use crate::answer::WaitRef;
use crate::index::WorkKey;
use crate::store::CaseId;
use crate::why;

/// A wait on a work list.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkItem {
    /// The wait, as commands address it.
    pub wait: WaitRef,
    /// Its place in the order of work lists, from which the next page goes on.
    pub key: WorkKey,
    /// The procedure.
    pub procedure: DefinitionId,
    /// The edition that the case follows.
    pub edition: u32,
    /// The process that the case follows.
    pub process: Hash,
    /// The procedure as people call it.
    pub title: String,
    /// What the case is about.
    pub subject: String,
    /// The step, with its row and role as people call it.
    pub step: Called,
    /// The number of the row as printed, or its place from the top in brackets.
    pub row: String,
    /// What is to be done, to the letter.
    pub activity: String,
    /// The roles that may act now, those escalated to among them.
    pub roles: Vec<Called>,
    /// The value that binds the roles (W2).
    pub bound: Option<String>,
    /// The role that answers for it (T5).
    pub accountable: Option<Called>,
    /// Since when somebody has to act.
    pub since: Instant,
    /// When it is due; none without a budget, and while it is put off.
    pub due: Option<Instant>,
    /// Tells whether due rests on days that the calendar only estimates.
    pub due_is_estimated: bool,
    /// Tells whether it is past due.
    pub overdue: bool,
    /// By how much working time.
    pub overdue_by: Millis,
    /// Who took it upon themselves, and until when nobody else may complete it (W4).
    pub claim: Option<(PersonId, Instant)>,
    /// Who may act because a holder handed it over.
    pub delegate: Option<PersonId>,
    /// Until when it is put off (T6).
    pub held_until: Option<Instant>,
    /// Tells whether it follows a return.
    pub rework: bool,
    /// The step that keeps the person from completing this one (W3), on a person's list.
    pub barred_by: Option<Called>,
    /// What to ask whoever completes it.
    pub form: Form,
    /// Why it waits, in one sentence.
    pub why: Bilingual,
}

/// What to ask whoever completes a wait.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The outcomes to pick from, at least one.
    pub outcomes: Vec<OutcomeChoice>,
    /// The fields that any of the outcomes sets.
    pub fields: Vec<FormField>,
    /// The papers that have to be there.
    pub requires: Vec<FormPaper>,
    /// The papers that a completion brings where they are absent.
    pub brings: Vec<FormPaper>,
    /// The papers that a completion makes, whatever its outcome.
    pub makes: Vec<FormPaper>,
}

/// An outcome to pick.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeChoice {
    /// The outcome.
    pub outcome: Called,
    /// Tells whether it sends the case back.
    pub returns: bool,
    /// The number of times that it still may, where that is limited.
    pub returns_left: Option<u32>,
    /// Tells whether it can no longer be picked (R2).
    pub closed: bool,
    /// Where it leads instead, now that its returns are used up: an end, or a step (R2).
    pub instead: Option<Called>,
    /// The fields that have to be set with it, by their names.
    pub fields: Vec<String>,
    /// The papers that it makes.
    pub makes: Vec<FormPaper>,
}

/// A field to fill in.
#[derive(Debug, Clone, PartialEq)]
pub struct FormField {
    /// The field.
    pub field: Called,
    /// What it may hold; of choices and units, the list.
    pub ty: FieldType,
    /// The value that the case has already.
    pub value: Option<serde_json::Value>,
}

/// A paper of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormPaper {
    /// The paper.
    pub paper: Called,
    /// Its version by now; 0 while it is absent.
    pub version: u32,
}

/// What is looked up to show a case.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) process: &'a Process,
    pub(crate) world: World<'a>,
    pub(crate) directory: &'a Directory,
    pub(crate) now: Instant,
}

impl<'a> Desk<'a> {
    /// A wait with everything that a screen shows about it.
    pub(crate) fn item(
        &self,
        case: CaseId,
        state: &CaseState,
        wait: &Wait,
        subject: String,
        reader: Option<PersonIx>,
    ) -> Option<WorkItem> {
        let process = self.process;
        let step = process.steps().get(wait.step())?;
        let row = process.rows().get(step.row)?;
        let due = due_of(process, &self.world, state, wait);
        let calendar = self.world.calendar;
        let overdue_by = due.map_or(Millis::ZERO, |due| calendar.measure(due, self.now));
        let mut item = WorkItem {
            wait: WaitRef { case, wait: wait.number() },
            key: WorkKey::new(due, case, wait.number()),
            procedure: process.id().clone(),
            edition: process.edition(),
            process: process.hash(),
            title: process.title().to_owned(),
            subject,
            step: process.called_step(wait.step()),
            row: process.row_name(step.row),
            activity: row.activity.clone(),
            roles: acting_roles(process, wait).into_iter().map(|(role, _)| self.called_role(role)).collect(),
            bound: step.per.and_then(|field| self.bound(field, wait.bound()?)),
            accountable: accountable_role(process, state, wait).map(|(role, _)| self.called_role(role)),
            since: wait.anchor(),
            due,
            due_is_estimated: due.is_some_and(|due| calendar.is_estimated(wait.anchor(), due)),
            overdue: due.is_some_and(|due| due < self.now),
            overdue_by,
            claim: wait.claim().and_then(|(actor, until)| Some((self.person(actor.person)?, until))),
            delegate: wait.delegate().and_then(|person| self.person(person)),
            held_until: wait.held_until(),
            rework: wait.is_rework(),
            barred_by: reader.and_then(|reader| self.barred(state, wait, reader)),
            form: self.form(state, wait)?,
            why: Bilingual::default(),
        };
        item.why = why::sentence(self, &item, wait);
        Some(item)
    }

    /// The step that keeps a person from completing a wait (W3).
    fn barred(&self, state: &CaseState, wait: &Wait, reader: PersonIx) -> Option<Called> {
        let step = self.process.steps().get(wait.step())?;
        let other = step.distinct_from.iter().find(|other| state.done_by(**other) == Some(reader));
        let same = || step.same_as.iter().find(|other| state.done_by(**other).is_some_and(|person| person != reader));
        other.or_else(same).map(|other| self.process.called_step(*other))
    }

    fn form(&self, state: &CaseState, wait: &Wait) -> Option<Form> {
        let process = self.process;
        let step = process.steps().get(wait.step())?;
        let papers = |papers: &[PaperIx]| self.papers(state, papers);
        let mut fields: Vec<FieldIx> = Vec::new();
        let outcomes = step.outcomes.iter().map(|outcome| {
            let taken = match outcome.route {
                Route::Return(taken) => Some(taken),
                _ => None,
            };
            let limit = taken.and_then(|taken| Some((taken, process.returns().get(taken)?.limit?)));
            let left = limit.map(|(taken, (limit, then))| (limit.saturating_sub(state.returns(taken)), then));
            let spent = matches!(left, Some((0, _)));
            let collects: &[FieldIx] = if spent { &[] } else { &outcome.collects };
            for field in collects {
                if !fields.contains(field) {
                    fields.push(*field);
                }
            }
            let instead = left.filter(|(left, _)| *left == 0).and_then(|(_, then)| match then {
                ThenSpec::End(end) => {
                    let end = process.ends().get(end)?;
                    Some(Called { id: end.id.to_string(), title: end.title.clone() })
                }
                ThenSpec::Next(step) => Some(process.called_step(step)),
                ThenSpec::Closed => None,
            });
            OutcomeChoice {
                outcome: Called { id: outcome.id.to_string(), title: outcome.title.clone() },
                returns: taken.is_some(),
                returns_left: left.map(|(left, _)| left),
                closed: matches!(left, Some((0, ThenSpec::Closed))),
                instead,
                // What follows a return that is used up brings and sets nothing (P2).
                fields: collects.iter().map(|field| process.called_field(*field).id).collect(),
                makes: if spent { Vec::new() } else { papers(&outcome.makes) },
            }
        });
        let outcomes = outcomes.collect();
        let fields = fields.into_iter().filter_map(|ix| {
            let field = process.field(ix)?;
            let value = state.value(ix).and_then(|value| field.ty.to_json(value).ok());
            Some(FormField { field: process.called_field(ix), ty: field.ty.clone(), value })
        });
        Some(Form {
            outcomes,
            fields: fields.collect(),
            requires: papers(&step.requires),
            brings: papers(&step.brings),
            makes: papers(&step.makes),
        })
    }

    fn papers(&self, state: &CaseState, papers: &[PaperIx]) -> Vec<FormPaper> {
        let shown = papers.iter().filter_map(|&paper| {
            Some(FormPaper { paper: self.process.called_paper(paper)?, version: state.paper(paper) })
        });
        shown.collect()
    }

    fn bound(&self, field: FieldIx, place: u16) -> Option<String> {
        self.process.field(field)?.ty.listed()?.get(Position::place(place)).cloned()
    }

    pub(crate) fn called_role(&self, role: RoleIx) -> Called {
        match self.process.roles().get(role) {
            Some(role) => Called { id: role.id.to_string(), title: role.title.clone() },
            None => Called { id: String::new(), title: String::new() },
        }
    }

    pub(crate) fn person(&self, person: PersonIx) -> Option<PersonId> {
        self.people().name(person).cloned()
    }

    fn people(&self) -> &'a People {
        self.world.people
    }
}
