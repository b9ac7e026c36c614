//! A second opinion on what 'sound by construction' promises: a naive search through everything that can be decided.
//!
//! It asks the core's `decide` for every outcome of every wait with every kind of value, in every state that it comes to.
//! No time passes in it, so that no rung fires: ladders are looked at by the runs in `sound.rs`.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sop_core::case::{
    CaseState, Command, Directory, Event, People, PersonIx, Registers, Rejection, Staffing, Status, World, apply_all,
    decide,
};
use sop_core::definition::{PersonId, StepId};
use sop_core::format::Poisoned;
use sop_core::guard::{FieldIx, FieldType, Value};
use sop_core::process::{OutcomeIx, Position as _, Process, ReturnIx, Route, SlotIx, StepIx, ThenSpec};
use sop_core::time::{Calendar, Instant};
use sop_testkit::definitions::{Mutation, Sample, sound};
use sop_testkit::office::plain_calendar;
use sop_testkit::plan::{Block, Task};

/// So many states are looked at; samples with more are passed over.
const MOST: usize = 2_000;

/// What distinguishes states for what is asked here.
type Key = (Vec<StepIx>, Vec<SlotIx>, Vec<u32>, Vec<Option<Value>>, Vec<bool>, u8);

struct Search {
    process: Process,
    people: People,
    staffing: Staffing,
    calendar: Calendar,
    registers: Registers,
    persons: Vec<PersonIx>,
    now: Instant,
    /// Steps activated, exits taken (step, outcome, branch), returns used up.
    activated: BTreeSet<StepIx>,
    taken: BTreeSet<(StepIx, usize, usize)>,
    used_up: BTreeSet<ReturnIx>,
}

impl Search {
    fn new(sample: &Sample) -> Self {
        let mut definition = sample.definition.clone();
        if let Some(policy) = &mut definition.policy {
            // Once is enough to see what a return does, and then what follows it.
            policy.returns.iter_mut().for_each(|returns| returns.limit = 1);
            policy.steps.values_mut().flat_map(|own| own.returns.values_mut()).for_each(|limit| limit.limit = 1);
        }
        let process = Sample { definition, ..sample.clone() }.compile().process.expect("a sound sample compiles");
        let mut people = People::new();
        let directory = Directory::check(&sample.directory, &sample.office, &Poisoned::default()).0.unwrap();
        let staffing = directory.staff(&process, &mut people);
        let mut persons = vec![people.intern(&PersonId::new("wulan").unwrap())];
        persons.extend(directory.people().iter().map(|person| people.find(&person.id).unwrap()));
        Self {
            calendar: Calendar::compile(&plain_calendar(), sample.office.zone().clone()).unwrap(),
            registers: Registers::new(),
            now: "2026-01-12T08:00:00+07:00".parse().unwrap(),
            activated: BTreeSet::new(),
            taken: BTreeSet::new(),
            used_up: BTreeSet::new(),
            process,
            people,
            staffing,
            persons,
        }
    }

    fn give(&mut self, state: &CaseState, command: &Command) -> Result<CaseState, Rejection> {
        let Self { people, staffing, calendar, registers, .. } = self;
        let events = decide(&self.process, &World { people, staffing, calendar, registers }, state, command, self.now)?;
        let mut after = state.clone();
        apply_all(&mut after, &events);
        for event in &events {
            match event {
                Event::Activated { step, .. } => drop(self.activated.insert(*step)),
                Event::ReturnExhausted { r#return } => drop(self.used_up.insert(*r#return)),
                _ => {}
            }
        }
        Ok(after)
    }

    fn key(&self, state: &CaseState) -> Key {
        let mut waits: Vec<StepIx> = state.waits().iter().map(|wait| wait.step()).collect();
        waits.sort_unstable();
        let returns = self.process.returns().iter().map(|(at, _)| state.returns(at)).collect();
        let papers = self.process.papers().iter().map(|(at, _)| state.paper(at) > 0).collect();
        let status = match state.status() {
            Status::Finished => 1,
            Status::Stopped => 2,
            _ => 0,
        };
        (waits, state.filled().collect(), returns, state.values().to_vec(), papers, status)
    }

    /// Everything that can follow a state.
    fn after(&mut self, state: &CaseState) -> Vec<CaseState> {
        let mut found = Vec::new();
        let waits: Vec<(u32, StepIx)> = state.waits().iter().map(|wait| (wait.number(), wait.step())).collect();
        for (wait, step) in waits {
            let outcomes = self.process.steps()[step].outcomes.clone();
            let mut open = 0;
            for (place, outcome) in outcomes.iter().enumerate() {
                let spent = match outcome.route {
                    Route::Return(taken) => {
                        let (limit, then) = self.process.returns()[taken].limit.expect("every return has a limit");
                        let spent = state.returns(taken) >= limit;
                        if spent && then == ThenSpec::Closed {
                            continue;
                        }
                        spent
                    }
                    _ => false,
                };
                open += 1;
                let collects = if spent { &[][..] } else { &outcome.collects };
                for values in self.combinations(collects) {
                    let mut held = state.values().to_vec();
                    for (field, value) in &values {
                        held[field.place()] = Some(value.clone());
                    }
                    let branch = match &outcome.route {
                        Route::Choose(branches) => {
                            let holding: Vec<usize> =
                                (0..branches.len()).filter(|at| branches[*at].guard.holds(&held)).collect();
                            assert_eq!(holding.len(), 1, "{step:?}: {held:?}");
                            holding[0]
                        }
                        _ => 0,
                    };
                    self.taken.insert((step, place, branch));
                    found.push(self.complete(state, wait, OutcomeIx::at(place), values));
                }
            }
            assert!(open > 0, "nothing is open at {step:?}");
        }
        found
    }

    fn complete(
        &mut self,
        state: &CaseState,
        wait: u32,
        outcome: OutcomeIx,
        values: Vec<(FieldIx, Value)>,
    ) -> CaseState {
        let mut last = None;
        for by in self.persons.clone() {
            let command =
                Command::Complete { wait, by, outcome, values: values.clone(), documents: Vec::new(), note: None };
            match self.give(state, &command) {
                Ok(after) => return after,
                Err(Rejection::NotYours { .. }) if last.is_some() => {}
                Err(refused) => last = Some(refused),
            }
        }
        panic!("nobody may complete wait {wait}: {last:?}")
    }

    /// One value of each kind for each field.
    fn combinations(&self, collects: &[FieldIx]) -> Vec<Vec<(FieldIx, Value)>> {
        let mut all = vec![Vec::new()];
        for field in collects {
            let values: Vec<Value> = match &self.process.field(*field).unwrap().ty {
                FieldType::Bool => vec![Value::Bool(true), Value::Bool(false)],
                FieldType::Integer { .. } => [0, 10, 11, 20, 21, 30, 31, 100].map(Value::Integer).to_vec(),
                FieldType::Choice(ids) => (0..ids.len() as u16).map(Value::Choice).collect(),
                // Any unit is like any other.
                FieldType::Unit(_) => vec![Value::Unit(0)],
                other => panic!("{other:?}"),
            };
            all = all
                .into_iter()
                .flat_map(|given: Vec<(FieldIx, Value)>| {
                    values.iter().map(move |value| [given.as_slice(), &[(*field, value.clone())]].concat())
                })
                .collect();
        }
        all
    }

    /// Looks at everything; none if there is too much of it.
    fn run(&mut self) -> Option<usize> {
        let start = self.process.starts().iter().next().unwrap().0;
        let by = self.persons.clone().into_iter();
        let opened = by.map(|by| {
            let open = Command::Start { start, by, subject: "x".into(), documents: Vec::new() };
            self.give(&CaseState::new(), &open)
        });
        let opened = opened.into_iter().find_map(Result::ok).expect("somebody may open a case");
        let mut places: HashMap<Key, usize> = HashMap::from([(self.key(&opened), 0)]);
        let mut states = vec![opened];
        let mut following: Vec<Vec<usize>> = Vec::new();
        while let Some(state) = states.get(following.len()).cloned() {
            assert_ne!(state.status(), Status::Faulted, "{:?}", self.key(&state));
            let mut next = Vec::new();
            for after in self.after(&state) {
                let key = self.key(&after);
                let place = *places.entry(key).or_insert_with(|| {
                    states.push(after);
                    states.len() - 1
                });
                next.push(place);
            }
            following.push(next);
            if states.len() > MOST {
                return None;
            }
        }
        self.judge(&states, &following);
        Some(states.len())
    }

    fn judge(&self, states: &[CaseState], following: &[Vec<usize>]) {
        // Whoever goes on comes to an end: no state is met twice on a way, and from each an end can be reached.
        let mut missing: Vec<usize> = following.iter().map(Vec::len).collect();
        let mut before: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (from, next) in following.iter().enumerate() {
            next.iter().for_each(|to| before.entry(*to).or_default().push(from));
        }
        let mut open: Vec<usize> = (0..states.len()).filter(|at| missing[*at] == 0).collect();
        for at in &open {
            let over = matches!(states[*at].status(), Status::Finished | Status::Stopped);
            assert!(over, "nothing follows {:?}", self.key(&states[*at]));
        }
        let mut left = states.len();
        while let Some(at) = open.pop() {
            left -= 1;
            for from in before.get(&at).into_iter().flatten() {
                missing[*from] -= 1;
                if missing[*from] == 0 {
                    open.push(*from);
                }
            }
        }
        assert_eq!(left, 0, "some states are met again and again");
        let id = |step: StepIx| self.process.steps()[step].id.clone();
        for (step, spec) in self.process.steps().iter() {
            assert!(self.activated.contains(&step), "{} is never activated", id(step));
            for (place, outcome) in spec.outcomes.iter().enumerate() {
                let branches = match &outcome.route {
                    Route::Choose(branches) => branches.len(),
                    _ => 1,
                };
                for branch in 0..branches {
                    assert!(
                        self.taken.contains(&(step, place, branch)),
                        "{} {} {branch} is never taken",
                        id(step),
                        outcome.id
                    );
                }
            }
        }
        for (taken, spec) in self.process.returns().iter() {
            let closes = matches!(spec.limit, Some((_, ThenSpec::Closed)));
            assert!(closes || self.used_up.contains(&taken), "a return of {} is never used up", id(spec.from));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sound_samples_have_no_dead_exit_and_always_end(sample in sound()) {
        Search::new(&sample).run();
    }
}

/// Otherwise the search would say nothing about most samples.
#[test]
fn most_samples_are_searched_to_the_end() {
    let mut runner = TestRunner::deterministic();
    let samples = (0..40).map(|_| sound().new_tree(&mut runner).expect("a sample").current());
    let searched = samples.filter(|sample| Search::new(sample).run().is_some()).count();
    assert!(searched >= 25, "{searched} of 40");
}

/// The sample with a split whose threads are outcomes to pick from.
#[test]
#[should_panic(expected = "nothing follows")]
fn the_search_sees_a_dead_end() {
    let thread = || vec![Block::Step(Task::default())];
    let split =
        Block::Split { task: Task::default(), threads: vec![thread(), thread()], apart: vec![], join: Task::default() };
    let mut sample = Sample::of(vec![split].into());
    let broken = Mutation::SwapSplitForChoice { step: StepId::new("s1").expect("a name") };
    sample.definition = broken.apply(&sample.definition).expect("there is a split");
    Search::new(&sample).run();
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}
