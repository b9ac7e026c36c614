//! What the benches have in common: a stopwatch that compares, and the narasumber procedure ready to run.
//!
//! The machines that run these are noisy. Each figure is the least of many rounds, and what is compared is measured in
//! turn within one run, so that a ratio holds even where a time does not.

// Definitions made in code: generated families, and nets that no one here wrote.
pub mod families;
pub mod net;
pub mod sketch;

// What is measured about them: the proof, and the plain searches beside it.
pub mod explored;
pub mod proof;
pub mod walk;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant as Stopwatch;

use sop_core::case::{CaseState, Command, Directory, People, PersonIx, Registers, Staffing, World};
use sop_core::definition::{Definition, DirectoryFile, Office, OutcomeId, PersonId};
use sop_core::format::{Document, Parsed, parse};
use sop_core::guard::{FieldIx, Value};
use sop_core::process::{CheckedOffice, OutcomeIx, Process, Reading, StartIx, check_office, compile};
use sop_core::text::SourceText;
use sop_core::time::{Calendar, CalendarFile, Instant, check_calendar};

/// Nanoseconds a round of one, for several contestants measured in turn: the least of the rounds.
pub fn contest<const N: usize>(rounds: usize, each: usize, mut contestants: [&mut dyn FnMut(usize); N]) -> [f64; N] {
    let mut least = [f64::MAX; N];
    for _ in 0..rounds {
        for (place, contestant) in contestants.iter_mut().enumerate() {
            let begin = Stopwatch::now();
            contestant(each);
            let spent = begin.elapsed().as_nanos() as f64 / each as f64;
            least[place] = least[place].min(spent);
        }
    }
    least
}

/// One line of the table: what, its time, the limit's time, their ratio, and the aim.
pub fn line(what: &str, nanos: f64, limit: (&str, f64), aim: &str) {
    let (name, bound) = limit;
    println!(
        "{what:<44} {:>12}   {name:<28} {:>12}   ratio {:>7.2}   aim {aim}",
        show(nanos),
        show(bound),
        nanos / bound
    );
}

/// A time in a unit that suits it.
pub fn show(nanos: f64) -> String {
    match nanos {
        n if n < 1e3 => format!("{n:.1} ns"),
        n if n < 1e6 => format!("{:.2} µs", n / 1e3),
        n if n < 1e9 => format!("{:.2} ms", n / 1e6),
        n => format!("{:.2} s", n / 1e9),
    }
}

/// Tells whether a bench of this name was asked for: all of them, or those that an argument is part of.
pub fn wanted(name: &str) -> bool {
    let mut asked = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    asked.peek().is_none() || asked.any(|argument| name.contains(&argument))
}

/// Where the definitions lie.
pub fn definitions() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../definitions")
}

/// Reads one of the shipped files.
pub fn read<T: Document>(name: &str) -> Parsed<T> {
    let text = std::fs::read_to_string(definitions().join(name)).expect("the definitions are there");
    parse(SourceText::new(name, text))
}

/// The narasumber procedure with its office, its people and its calendar.
pub struct Setting {
    /// The office.
    pub office: CheckedOffice,
    /// Working time.
    pub calendar: Calendar,
    /// The definition.
    pub definition: Definition,
    /// The process, as run.
    pub process: Process,
    /// Everybody.
    pub people: People,
    /// Who holds what.
    pub staffing: Staffing,
    /// The registers.
    pub registers: Registers,
}

impl Setting {
    /// Loads everything.
    pub fn load() -> Self {
        let office = read::<Office>("kantor.json").into_result().expect("the office reads");
        let office = check_office(&office, &Default::default()).0.expect("the office is sound");
        let calendar = read::<CalendarFile>("calendars/kalbar.json").into_result().expect("the calendar reads");
        let calendar = check_calendar(&calendar, office.zone().clone()).0.expect("the calendar is sound");
        let definition = read::<Definition>("narasumber.json").into_result().expect("the definition reads");
        let process =
            compile(&definition, &office, Reading::AsRun, &Default::default()).into_result().expect("it compiles");
        let directory = read::<DirectoryFile>("pejabat.json").into_result().expect("the directory reads");
        let directory = Directory::check(&directory, &office, &Default::default()).0.expect("the directory is sound");
        let mut people = People::new();
        let staffing = directory.staff(&process, &mut people);
        Self { office, calendar, definition, process, people, staffing, registers: Registers::new() }
    }

    /// What decisions are made in.
    pub fn world(&self) -> World<'_> {
        World { people: &self.people, staffing: &self.staffing, calendar: &self.calendar, registers: &self.registers }
    }

    /// Who asks.
    pub fn requester(&self) -> PersonIx {
        self.person("wulan")
    }

    fn person(&self, id: &str) -> PersonIx {
        self.people.find(&PersonId::new(id).expect("an id")).expect("the directory lists them")
    }

    /// The commands of a straight run, one a step, in order, after the start.
    pub fn straight_run(&self) -> (Command, Vec<Command>) {
        let requester = self.requester();
        let open = Command::Start {
            start: StartIx::first(),
            by: requester,
            subject: "Narasumber pelatihan".into(),
            documents: Vec::new(),
        };
        let world = self.world();
        let now = Self::monday();
        let mut state = CaseState::new();
        let events = sop_core::case::decide(&self.process, &world, &state, &open, now).expect("the case opens");
        sop_core::case::apply_all(&mut state, &events);
        let mut commands = Vec::new();
        while let Some(wait) = state.waits().first() {
            let spec = &self.process.steps()[wait.step()];
            let agree = OutcomeId::new("setuju").expect("an id");
            let outcome = self.process.find_outcome(wait.step(), &agree).unwrap_or(OutcomeIx::first());
            let values: Vec<(FieldIx, Value)> =
                spec.outcomes[usize::from(outcome)].collects.iter().map(|field| (*field, Value::Unit(0))).collect();
            let role = spec.roles[0];
            let by = match self.process.roles()[role].requester {
                true => requester,
                false => self.staffing.holders(role, wait.bound(), now).next().expect("somebody holds it").person,
            };
            let command =
                Command::Complete { wait: wait.number(), by, outcome, values, documents: Vec::new(), note: None };
            let events = sop_core::case::decide(&self.process, &world, &state, &command, now).expect("it goes on");
            sop_core::case::apply_all(&mut state, &events);
            commands.push(command);
        }
        (open, commands)
    }

    /// A Monday morning on which the office is open.
    pub fn monday() -> Instant {
        "2026-01-12T01:00:00.000Z".parse().expect("an instant")
    }
}

/// Keeps the compiler from leaving out what is measured.
pub fn keep<T>(value: T) -> T {
    black_box(value)
}
