//! A case on the stage, driven by names.

use serde_json::Value as Json;
use sop_core::case::{
    CaseState, Command, Event, PersonIx, Record, Rejection, Status, Wait, World, accountable_role, acting_roles,
    apply_all, decide, due, due_of,
};
use sop_core::definition::{OutcomeId, PaperId, PersonId, RoleId, StartId, StepId};
use sop_core::guard::{FieldIx, Value};
use sop_core::process::{OutcomeIx, PaperIx, StepIx};
use sop_core::time::{Calendar, Instant};

use super::{Happened, Stage, at, shown};

/// One case with everything around it.
#[derive(Clone)]
pub struct Case {
    pub stage: Stage,
    pub state: CaseState,
    /// Everything that happened, command by command.
    pub history: Vec<Happened>,
    /// When the last command was given.
    pub now: Instant,
}

/// What a command comes to.
pub type Answer = Result<Happened, Rejection>;

impl Case {
    pub(super) fn new(stage: Stage) -> Self {
        Self { stage, state: CaseState::new(), history: Vec::new(), now: Instant::MIN }
    }

    /// Decides a command, and folds what follows into the case; a refusal leaves everything as it was.
    pub fn give(&mut self, command: &Command, now: Instant) -> Answer {
        let Stage { process, calendar, people, staffing, registers, .. } = &self.stage;
        let world = World { people, staffing, calendar, registers };
        let decided = decide(process, &world, &self.state, command, now);
        assert_eq!(decided, decide(process, &world, &self.state, command, now), "deciding is deterministic");
        let events = decided?.to_vec();
        let record = Record::from_events(process, people, now, &events).expect("events of this process have names");
        let text = serde_json::to_string(&record).expect("records serialise");
        let back: Record = serde_json::from_str(&text).expect("records read back");
        assert_eq!(back, record, "a record survives its JSON");
        let mut known = people.clone();
        assert_eq!(
            back.to_events(process, &mut known).expect("names lead back"),
            events,
            "names lead back to the same events"
        );
        apply_all(&mut self.state, &events);
        for event in &events {
            if let Event::Numbered { register, year, number, .. } = event {
                self.stage.registers.confirm(&self.stage.process.registers()[*register].id, *year, *number);
            }
        }
        let happened = Happened { events, record };
        self.history.push(happened.clone());
        self.now = now;
        assert_eq!(self.replayed(), self.state, "replaying gives the live state");
        Ok(happened)
    }

    /// The state that all events so far give from nothing.
    pub fn replayed(&self) -> CaseState {
        let mut state = CaseState::new();
        apply_all(&mut state, self.history.iter().flat_map(|happened| &happened.events));
        state
    }

    /// The number of a person, a new one if they were never mentioned.
    pub fn person(&mut self, id: &str) -> PersonIx {
        self.stage.people.intern(&PersonId::new(id).expect("a person's id"))
    }

    pub fn step_ix(&self, id: &str) -> StepIx {
        let found = self.stage.process.find_step(&StepId::new(id).expect("a step's id"));
        found.unwrap_or_else(|| panic!("no step `{id}`"))
    }

    pub fn paper_ix(&self, id: &str) -> PaperIx {
        let found = self.stage.process.find_paper(&PaperId::new(id).expect("a paper's id"));
        found.unwrap_or_else(|| panic!("no paper `{id}`"))
    }

    pub fn field_ix(&self, id: &str) -> FieldIx {
        self.stage.process.find_field(id).unwrap_or_else(|| panic!("no field `{id}`"))
    }

    pub fn outcome_ix(&self, step: StepIx, id: &str) -> OutcomeIx {
        let found = self.stage.process.find_outcome(step, &OutcomeId::new(id).expect("an outcome's id"));
        found.unwrap_or_else(|| panic!("no outcome `{id}`"))
    }

    /// Values from `{"field": json}`.
    pub fn values(&self, values: &Json) -> Vec<(FieldIx, Value)> {
        let given = values.as_object().expect("values are an object");
        let read = |(id, json): (&String, &Json)| {
            let field = self.field_ix(id);
            let value = self.stage.process.fields()[field.place()].ty.parse_json(json);
            (field, value.unwrap_or_else(|problem| panic!("`{id}`: {problem}")))
        };
        given.iter().map(read).collect()
    }

    pub fn start(&mut self, start: &str, by: &str, when: &str) -> Answer {
        let by = self.person(by);
        let start = self.stage.process.find_start(&StartId::new(start).unwrap()).expect("the start is known");
        self.give(&Command::Start { start, by, subject: "Perihal".into(), documents: Vec::new() }, at(when))
    }

    /// The wait at a step.
    pub fn wait(&self, step: &str) -> &Wait {
        let step_ix = self.step_ix(step);
        let found = self.state.waits().iter().find(|wait| wait.step() == step_ix);
        found.unwrap_or_else(|| panic!("nothing waits at `{step}`, but at {:?}", self.waits()))
    }

    pub fn number(&self, step: &str) -> u32 {
        self.wait(step).number()
    }

    pub fn complete(&mut self, step: &str, by: &str, outcome: &str, when: &str) -> Answer {
        self.complete_with(step, by, outcome, &serde_json::json!({}), when)
    }

    pub fn complete_with(&mut self, step: &str, by: &str, outcome: &str, values: &Json, when: &str) -> Answer {
        let wait = self.number(step);
        self.complete_wait(wait, step, by, outcome, values, when)
    }

    /// Completes a wait that may be over.
    pub fn complete_wait(
        &mut self,
        wait: u32,
        step: &str,
        by: &str,
        outcome: &str,
        values: &Json,
        when: &str,
    ) -> Answer {
        let outcome = self.outcome_ix(self.step_ix(step), outcome);
        let values = self.values(values);
        let by = self.person(by);
        self.give(&Command::Complete { wait, by, outcome, values, documents: Vec::new(), note: None }, at(when))
    }

    pub fn claim(&mut self, step: &str, by: &str, when: &str) -> Answer {
        let command = Command::Claim { wait: self.number(step), by: self.person(by) };
        self.give(&command, at(when))
    }

    pub fn release(&mut self, step: &str, by: &str, when: &str) -> Answer {
        let command = Command::Release { wait: self.number(step), by: self.person(by) };
        self.give(&command, at(when))
    }

    pub fn delegate(&mut self, step: &str, by: &str, to: &str, when: &str) -> Answer {
        let command = Command::Delegate { wait: self.number(step), by: self.person(by), to: self.person(to) };
        self.give(&command, at(when))
    }

    pub fn hold(&mut self, step: &str, by: &str, until: &str, reason: &str, when: &str) -> Answer {
        let (wait, by) = (self.number(step), self.person(by));
        self.give(&Command::Hold { wait, by, until: at(until), reason: reason.into() }, at(when))
    }

    pub fn resume(&mut self, step: &str, by: &str, when: &str) -> Answer {
        let command = Command::Resume { wait: self.number(step), by: self.person(by) };
        self.give(&command, at(when))
    }

    pub fn reassign(&mut self, step: &str, by: &str, to: &str, when: &str) -> Answer {
        let to = self.stage.process.find_role(&RoleId::new(to).unwrap()).expect("the role is known");
        let (wait, by) = (self.number(step), self.person(by));
        self.give(&Command::Reassign { wait, by, to, reason: "Beban kerja".into() }, at(when))
    }

    pub fn withdraw(&mut self, by: &str, when: &str) -> Answer {
        let command = Command::Withdraw { by: self.person(by), reason: "Tidak jadi".into() };
        self.give(&command, at(when))
    }

    pub fn comment(&mut self, by: &str, text: &str, when: &str) -> Answer {
        let command = Command::Comment { by: self.person(by), text: text.into() };
        self.give(&command, at(when))
    }

    pub fn advance(&mut self, when: &str) -> Happened {
        self.give(&Command::Advance, at(when)).expect("a case that was opened can always advance")
    }

    /// The steps at which somebody has to act, in the order of activation.
    pub fn waits(&self) -> Vec<&str> {
        self.state.waits().iter().map(|wait| self.stage.process.steps()[wait.step()].id.as_str()).collect()
    }

    /// When the wait at a step is due, by the stage's calendar.
    pub fn due(&self, step: &str) -> Option<String> {
        self.look(|world| due_of(&self.stage.process, world, &self.state, self.wait(step))).map(shown)
    }

    /// When something happens by itself.
    pub fn next(&self) -> Option<String> {
        self.next_instant().map(shown)
    }

    pub fn next_instant(&self) -> Option<Instant> {
        self.look(|world| due(&self.stage.process, world, &self.state))
    }

    fn look<T>(&self, ask: impl FnOnce(&World<'_>) -> T) -> T {
        let Stage { people, staffing, calendar, registers, .. } = &self.stage;
        ask(&World { people, staffing, calendar, registers })
    }

    /// The roles that may act at a step now.
    pub fn acting(&self, step: &str) -> Vec<&str> {
        let roles = acting_roles(&self.stage.process, self.wait(step));
        roles.into_iter().map(|(role, _)| self.stage.process.roles()[role].id.as_str()).collect()
    }

    /// The role that answers for the wait at a step.
    pub fn accountable(&self, step: &str) -> Option<&str> {
        let found = accountable_role(&self.stage.process, &self.state, self.wait(step))?;
        Some(self.stage.process.roles()[found.0].id.as_str())
    }

    pub fn paper(&self, id: &str) -> u32 {
        self.state.paper(self.paper_ix(id))
    }

    pub fn value(&self, id: &str) -> Option<&Value> {
        self.state.value(self.field_ix(id))
    }

    /// The number of times that a return was taken, by its step and outcome.
    pub fn returns(&self, step: &str, outcome: &str) -> u32 {
        let step = self.step_ix(step);
        let outcome = self.outcome_ix(step, outcome);
        let mut returns = self.stage.process.returns().iter();
        let found = returns.find(|(_, spec)| spec.from == step && spec.outcome == outcome);
        self.state.returns(found.expect("the outcome returns").0)
    }

    /// The steps whose token waits in a slot of a join, by the step that joins and the group.
    pub fn filled(&self) -> Vec<String> {
        let process = &self.stage.process;
        let name = |slot| {
            let joining = &process.steps()[process.slots().get(slot).expect("a slot").step];
            let sources = &process.slots().get(slot).expect("a slot").sources;
            let sources: Vec<&str> = sources.iter().map(|step| process.steps()[*step].id.as_str()).collect();
            format!("{}<-{}", joining.id, sources.join("|"))
        };
        self.state.filled().map(name).collect()
    }

    /// The ends reached so far.
    pub fn result(&self) -> Vec<&str> {
        self.state.result().map(|end| self.stage.process.ends()[end].id.as_str()).collect()
    }

    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// Goes on under another calendar.
    pub fn under(&mut self, calendar: Calendar) {
        self.stage.calendar = calendar;
    }
}
