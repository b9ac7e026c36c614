//! The judge's board, papers and clocks are those of the core: both play the same random acts and stand alike after each.

use proptest::prelude::*;
use sop_core::case::{
    CaseState, Command, Directory, Event, People, PersonIx, Registers, Rejection, Staffing, Status, World, apply_all,
    decide, due,
};
use sop_core::definition::{DirectoryFile, PersonId};
use sop_core::guard::{FieldIx, FieldType, Value};
use sop_core::process::{CheckedOffice, OutcomeIx, Position as _, Process, Reading, StartIx, StepIx, compile};
use sop_core::time::{Calendar, Instant, Measure, Millis};
use sop_testkit::{office::plain_calendar, outline};

use super::board::{By, Game, MAX_FIELDS, Move, Next, State};
use super::common::{Tally, holds};
use super::compare::office;
use super::sketch::{definition, recipes};
use super::tape::Tape;
use super::timed::Moment;

/// A case that the core moves.
struct Core<'p> {
    process: &'p Process,
    calendar: Calendar,
    people: People,
    staffing: Staffing,
    registers: Registers,
    by: PersonIx,
    state: CaseState,
    now: Instant,
}

impl<'p> Core<'p> {
    fn new(process: &'p Process, office: &CheckedOffice) -> Self {
        // One person holds every post, and asks.
        let file: DirectoryFile = serde_json::from_value(serde_json::json!({
            "format": 1, "id": "pejabat", "people": [{ "id": "semua", "name": "Semua" }],
            "holders": [{ "post": "r", "person": "semua" }, { "post": "q", "person": "semua" }],
        }))
        .expect("the directory is in the format");
        let (directory, found) = Directory::check(&file, office, &Default::default());
        let directory = directory.unwrap_or_else(|| panic!("the directory has errors: {found:?}"));
        let mut people = People::new();
        let staffing = directory.staff(process, &mut people);
        let by = people.intern(&PersonId::new("semua").expect("it is an id"));
        let calendar = Calendar::compile(&plain_calendar(), office.zone().clone()).expect("the calendar is whole");
        let day = sop_core::time::Date::new(2026, 1, 12).expect("there is such a day");
        let now = Instant::at(day, 8, 0, office.zone()).expect("there is such an hour");
        Self { process, calendar, people, staffing, registers: Registers::new(), by, state: CaseState::new(), now }
    }

    fn world(&self) -> World<'_> {
        World { people: &self.people, staffing: &self.staffing, calendar: &self.calendar, registers: &self.registers }
    }

    fn give(&mut self, command: &Command) -> Result<Vec<Event<sop_core::case::Dense>>, Rejection> {
        let events = decide(self.process, &self.world(), &self.state, command, self.now)?;
        apply_all(&mut self.state, &events);
        Ok(events.to_vec())
    }

    fn due(&self) -> Option<Instant> {
        due(self.process, &self.world(), &self.state)
    }

    /// The state in the judge's words; none when the case is over.
    fn stands(&self, game: &Game<'_>) -> Next {
        match self.state.status() {
            Status::Running | Status::New => {}
            Status::Faulted => return Next::Fault,
            Status::Finished | Status::Stopped => return Next::Over,
        }
        let mut seen = State::default();
        for wait in self.state.waits() {
            seen.active |= 1 << wait.step().place();
        }
        for slot in self.state.filled() {
            seen.filled |= 1 << slot.place();
        }
        for (paper, _) in self.process.papers().iter().filter(|(paper, _)| self.state.paper(*paper) > 0) {
            seen.papers |= 1 << paper.place();
        }
        for (taken, spec) in self.process.returns().iter() {
            if spec.limit.is_some() {
                seen.counts[taken.place()] = self.state.returns(taken) as u8;
            }
        }
        for (place, value) in self.state.values().iter().enumerate() {
            if let Some(value) = value {
                seen.values[place] = game.domains.place_of(place, value).unwrap_or(0);
            }
        }
        Next::State(seen)
    }
}

/// Some value of a field that no guard reads.
fn any_value(ty: &FieldType) -> Value {
    match ty {
        FieldType::Bool => Value::Bool(true),
        FieldType::Integer { .. } => Value::Integer(1),
        FieldType::Decimal { .. } => Value::Decimal(1),
        FieldType::Choice(_) => Value::Choice(0),
        FieldType::Unit(_) => Value::Unit(0),
        FieldType::Date => Value::Date(20_455),
        FieldType::Text { .. } => Value::Text("a".into()),
    }
}

/// One play: the judge's and the core's case side by side.
struct Play<'p> {
    game: Game<'p>,
    core: Core<'p>,
    state: State,
    /// The clocks, as long as nobody was late.
    moment: Option<Moment>,
}

type Broken = Result<bool, TestCaseError>;

impl<'p> Play<'p> {
    /// Takes over where a move led; false where the case is over.
    fn follow(&mut self, next: Next, what: &str) -> Broken {
        let stands = self.core.stands(&self.game);
        prop_assert_eq!(stands, next, "{}", what);
        match next {
            Next::State(state) => self.state = state,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn passes(&mut self, made: &Move) {
        let Some(moment) = &mut self.moment else { return };
        moment.take(&self.game, made);
    }

    /// All waits have as much time left as the judge says.
    fn clocks(&self) -> Result<(), TestCaseError> {
        let Some(moment) = &self.moment else { return Ok(()) };
        for wait in self.core.state.waits() {
            let step = wait.step().place();
            let Some(due) = wait.due() else { continue };
            let left = self.core.calendar.measure(self.core.now, due);
            prop_assert_eq!(
                left,
                Millis::from_minutes(u32::from(moment.left(&self.game, step))),
                "left at step {}",
                step
            );
            prop_assert!(due >= self.core.now);
        }
        Ok(())
    }

    /// Does what is due; false where the case is over.
    fn advance(&mut self, tally: &Tally) -> Broken {
        let events = self.core.give(&Command::Advance).map_err(|r| TestCaseError::fail(format!("advance: {r:?}")))?;
        let left: Vec<usize> = events
            .iter()
            .filter_map(|event| if let Event::LeftByPolicy { step, .. } = event { Some(step.place()) } else { None })
            .collect();
        let mut next = Next::State(self.state);
        for step in left {
            let Next::State(state) = next else { return Err(TestCaseError::fail("a rung fired after the end")) };
            let made = self.game.rungs(&state).into_iter().find(|made| made.step == step && made.by == By::Rung);
            next = made.ok_or_else(|| TestCaseError::fail("no rung leaves the step"))?.next;
            self.moment = None;
            tally.count("left by a rung");
        }
        self.follow(next, "a rung")
    }

    /// A random completion; false where the case is over.
    fn complete(&mut self, tape: &mut Tape, tally: &Tally) -> Broken {
        let waits: Vec<(u32, StepIx)> =
            self.core.state.waits().iter().map(|wait| (wait.number(), wait.step())).collect();
        let Some((wait, step)) = tape.pick(&waits) else { return Ok(false) };
        let process = self.core.process;
        let outcomes = &process.steps()[step].outcomes;
        let place = tape.below(outcomes.len());
        let outcome = &outcomes[place];
        let state = self.state;
        let mut held = state.values;
        let mut values: Vec<(FieldIx, Value)> = Vec::new();
        let spent = self.game.is_spent(&state, &outcome.route);
        for field in outcome.collects.iter().filter(|_| !spent) {
            let domain = self.game.domains.of_field(field.place());
            let value = match domain.is_empty() {
                true => any_value(&process.fields()[field.place()].ty),
                false => domain[tape.below(domain.len())].clone(),
            };
            held[field.place()] = self.game.domains.place_of(field.place(), &value).unwrap_or(0);
            values.push((*field, value));
        }
        let command = Command::Complete {
            wait,
            by: self.core.by,
            outcome: OutcomeIx::at(place),
            values,
            documents: Vec::new(),
            note: None,
        };
        let closed = self.game.is_closed(&state, &outcome.route);
        let answer = self.core.give(&command);
        if matches!(answer, Err(Rejection::OutcomeIsClosed { .. })) || closed {
            prop_assert!(closed && answer.is_err(), "closed: {}, {:?}", closed, answer);
            tally.count("closed");
            return Ok(true);
        }
        let lacks = super::board::bits(&process.steps()[step].requires) & !state.papers != 0;
        if let Err(Rejection::Incomplete { papers, fields, invalid, unexpected, .. }) = &answer {
            let others = fields.is_empty() && invalid.is_empty() && unexpected.is_empty();
            prop_assert!(lacks && !papers.is_empty() && others, "{:?}", answer);
            tally.count("papers are missing");
            return Ok(true);
        }
        prop_assert!(!lacks, "a paper is missing, and nobody said so");
        let mut moves = Vec::new();
        self.game.complete(&state, step.place(), place, held, &mut moves);
        let [made] = moves.as_slice() else { return Err(TestCaseError::fail("a completion is one move")) };
        match (&answer, made.next) {
            (Err(Rejection::Undecided { holding }), Next::Gap(found)) => {
                prop_assert_eq!(*holding, found);
                tally.count("undecided");
                Ok(true)
            }
            (Ok(events), next) => {
                let papers = events.iter().filter_map(|event| match event {
                    Event::PaperMade { paper, version } if *version > 1 => Some(1 << paper.place()),
                    _ => None,
                });
                let anew = papers.fold(0, |all: u32, one: u32| all | one);
                prop_assert_eq!(anew & !made.makes, 0, "a new version that the judge does not know of");
                tally.count("completed");
                let made = made.clone();
                let goes_on = self.follow(next, "a completion")?;
                if goes_on {
                    self.passes(&made);
                }
                Ok(goes_on)
            }
            other => Err(TestCaseError::fail(format!("{other:?}"))),
        }
    }
}

fn plays(process: &Process, office: &CheckedOffice, tape: &mut Tape, tally: &Tally) -> Result<(), TestCaseError> {
    let Some(game) = Game::of(process) else { return Ok(()) };
    assert!(process.fields().len() <= MAX_FIELDS);
    let mut core = Core::new(process, office);
    let start = tape.below(process.starts().len());
    let by = core.by;
    core.give(&Command::Start { start: StartIx::at(start), by, subject: "Uji".into(), documents: Vec::new() })
        .map_err(|refused| TestCaseError::fail(format!("start: {refused:?}")))?;
    let (next, opened) = game.opening(start);
    let mixed = (0..process.steps().len())
        .any(|step| game.budget(step, false).is_some_and(|budget| budget.measure() == Measure::Elapsed));
    let Next::State(state) = next else { return Err(TestCaseError::fail("a start is no state")) };
    let moment = (!mixed).then(|| Moment::at_start(&game, state, &opened));
    let mut play = Play { game, core, state, moment };
    if !play.follow(next, "the start")? {
        return Ok(());
    }
    for _ in 0..40 {
        play.clocks()?;
        // What is due by now fires before a completion is judged.
        while play.core.due().is_some_and(|due| due <= play.core.now) {
            let before = play.core.due();
            if !play.advance(tally)? {
                return Ok(());
            }
            if play.core.due() == before {
                break;
            }
        }
        let goes_on = match tape.below(6) {
            0..=2 => play.complete(tape, tally)?,
            3 | 4 => {
                if let Some(later) = play.moment.and_then(|moment| moment.tick(&play.game)) {
                    play.moment = Some(later);
                    play.core.now = play.core.calendar.add(play.core.now, Millis::from_minutes(1)).at;
                    tally.count("minutes");
                }
                true
            }
            _ => {
                if let Some(due) = play.core.due() {
                    if due > play.core.now {
                        play.moment = None;
                        play.core.now = due;
                    }
                    play.advance(tally)?
                } else {
                    true
                }
            }
        };
        if !goes_on {
            tally.count("ended");
            return Ok(());
        }
    }
    Ok(())
}

#[test]
fn the_judges_moves_are_those_of_the_core() {
    let office = office();
    let tally = Tally::default();
    let acts = proptest::collection::vec(any::<u8>(), 160);
    holds(300, &(recipes(), acts), |(recipe, acts)| {
        let definition = definition(&recipe);
        for reading in [Reading::AsRun, Reading::AsSigned] {
            let Some(process) = compile(&definition, &office, reading, &Default::default()).process else { continue };
            plays(&process, &office, &mut Tape::new(&acts), &tally)
                .map_err(|error| TestCaseError::fail(format!("{reading:?}: {error}\n{}", outline(&definition))))?;
        }
        Ok(())
    });
    eprintln!("{tally}");
    for what in ["completed", "left by a rung", "minutes", "undecided", "closed", "papers are missing", "ended"] {
        assert!(tally.of(what) > 0, "{what} never came about: {tally}");
    }
}
