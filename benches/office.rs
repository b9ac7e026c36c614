//! Requests by name, as a host sends them: what the benches of the engine have in common.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::time::{Duration, Instant as Stopwatch};

use benches::{Setting, definitions};
use sop_engine::core::case::{CaseState, Command, Directory, apply_all, decide};
use sop_engine::core::definition::{DefinitionId, FieldId, PersonId};
use sop_engine::core::process::Position as _;
use sop_engine::core::time::Millis;
use sop_engine::files::{self, Bundle};
use sop_engine::store::Store;
use sop_engine::verify::Verify as _;
use sop_engine::{Act, Clock, Completion, Engine, Key, Opening, Ticket, WaitRef};

/// The narasumber procedure with its people, and who does what on the way straight through.
pub struct Office {
    bundle: Bundle,
    directory: Directory,
    procedure: DefinitionId,
    requester: PersonId,
    opening: Opening,
    clock: Clock,
    /// Who completes each step, and with what.
    script: Vec<(PersonId, Completion)>,
}

#[allow(dead_code, reason = "each bench is compiled with the whole office and uses a part of it")]
impl Office {
    /// Reads the shipped files, and finds the way straight through.
    pub fn load() -> Self {
        let setting = Setting::load();
        let (open, commands) = setting.straight_run();
        let mut state = CaseState::new();
        let world = setting.world();
        let mut script = Vec::new();
        for command in std::iter::once(&open).chain(&commands) {
            if let Command::Complete { wait, by, outcome, values, .. } = command {
                let step = &setting.process.steps()[state.wait(*wait).expect("it waits").step()];
                let values = values.iter().map(|(field, value)| {
                    let field = setting.process.field(*field).expect("it has the field");
                    (FieldId::new(&field.id).expect("an id"), field.ty.to_json(value).expect("it admits the value"))
                });
                let completion = Completion {
                    outcome: Some(step.outcomes[outcome.place()].id.clone()),
                    values: values.collect::<BTreeMap<_, _>>(),
                    ..Completion::default()
                };
                script.push((setting.people.name(*by).expect("somebody").clone(), completion));
            }
            let events = decide(&setting.process, &world, &state, command, Setting::monday()).expect("it goes on");
            apply_all(&mut state, &events);
        }
        let (bundle, directory) = Self::read(&definitions());
        Self {
            procedure: bundle.process().id().clone(),
            requester: PersonId::new("wulan").expect("an id"),
            opening: Opening::about("Narasumber pelatihan"),
            clock: Clock::simulated(Setting::monday()),
            bundle,
            directory,
            script,
        }
    }

    fn read(folder: &Path) -> (Bundle, Directory) {
        let bundle = files::read(folder.join("narasumber.json")).expect("the definition is sound");
        let directory = files::directory(folder.join("pejabat.json"), bundle.office()).expect("so are the people");
        (bundle, directory)
    }

    /// The same office, whose cases may carry tens of thousands of remarks.
    pub fn talkative(mut self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("calendars")).expect("a folder");
        for name in ["narasumber.json", "kantor.json", "pejabat.json", "calendars/kalbar.json"] {
            let text = std::fs::read_to_string(definitions().join(name)).expect("the definitions are there");
            let text = text.replace("\"comments\": 100,", "\"comments\": 60000,");
            std::fs::write(folder.path().join(name), text).expect("it is written");
        }
        (self.bundle, self.directory) = Self::read(folder.path());
        self
    }

    /// The number of steps that a case has from its opening to its end.
    pub fn steps(&self) -> usize {
        self.script.len()
    }

    /// An engine on a store, with the procedure deployed, on a Monday morning.
    pub fn engine(&self, store: impl Store + 'static) -> Engine {
        self.clock.set(Setting::monday());
        let engine = self.reopen(store);
        engine.deploy(self.bundle.clone().verify()).expect("it is proved");
        engine
    }

    /// An engine that goes on with what a store has.
    pub fn reopen(&self, store: impl Store + 'static) -> Engine {
        Engine::open(store, self.directory.clone(), self.clock.clone()).expect("the store opens")
    }

    /// Opens a case a millisecond after what was before, and gives its first wait.
    pub fn open(&self, engine: &Engine) -> WaitRef {
        self.clock.advance(Millis(1));
        let done = engine.start(&self.procedure, &self.requester, &self.opening, None);
        done.expect("the store works").expect("it is accepted").opened[0]
    }

    /// Completes a step, and gives the next wait, if there is one.
    pub fn step(&self, engine: &Engine, wait: WaitRef) -> Option<WaitRef> {
        self.step_under(engine, wait, None)
    }

    /// Completes a step under a key, and gives the next wait, if there is one.
    pub fn step_under(&self, engine: &Engine, wait: WaitRef, key: Option<&Key>) -> Option<WaitRef> {
        let (by, completion) = &self.script[wait.wait as usize - 1];
        let done = engine.complete(&wait, by, completion, key).expect("the store works").expect("it is accepted");
        done.opened.first().copied()
    }

    /// Hands in what comes next: the step of a wait, or the opening of another case.
    pub fn submit(&self, engine: &Engine, wait: Option<WaitRef>) -> Ticket {
        let (by, act) = match wait {
            Some(wait) => {
                let (by, completion) = &self.script[wait.wait as usize - 1];
                (by, Act::Complete { wait, completion: completion.clone() })
            }
            None => {
                self.clock.advance(Millis(1));
                let (procedure, opening) = (self.procedure.clone(), self.opening.clone());
                (&self.requester, Act::Start { procedure, opening })
            }
        };
        engine.submit(by, act, None).expect("there is room")
    }

    /// Opens cases and takes each some steps on.
    pub fn cases(&self, engine: &Engine, count: usize, steps: usize) {
        for _ in 0..count {
            let mut wait = self.open(engine);
            for _ in 0..steps {
                wait = self.step(engine, wait).expect("it goes on");
            }
        }
    }
}

/// Half of the thirteen steps: where a case is measured.
#[allow(dead_code, reason = "each bench is compiled with the whole office and uses a part of it")]
pub const HALF_WAY: usize = 6;

/// Traffic on an engine: the longest unattended case does its next step, and one that is over makes room for a new one.
#[allow(dead_code, reason = "each bench is compiled with the whole office and uses a part of it")]
pub struct Traffic<'a> {
    office: &'a Office,
    engine: Engine,
    /// Of each case, who has to act; none: it is over, and another is to be opened.
    waits: Vec<Option<WaitRef>>,
    next: usize,
}

#[allow(dead_code, reason = "each bench is compiled with the whole office and uses a part of it")]
impl<'a> Traffic<'a> {
    /// So many cases on a store, spread over the steps.
    pub fn new(office: &'a Office, store: impl Store + 'static, alive: usize) -> Self {
        let engine = office.engine(store);
        let steps = office.steps();
        let waits = (0..alive).map(|place| {
            let mut wait = office.open(&engine);
            for _ in 0..place % steps {
                wait = office.step(&engine, wait).expect("it goes on");
            }
            Some(wait)
        });
        let waits = waits.collect();
        Self { office, engine, waits, next: 0 }
    }

    /// Does some commands, so many of them in flight at any time: the oldest is waited for, and its case goes on.
    pub fn go_on_in_flight(&mut self, commands: usize, in_flight: usize) {
        let mut tickets = VecDeque::with_capacity(in_flight);
        for count in 0..commands + in_flight {
            if count >= in_flight {
                let (place, ticket): (usize, Ticket) = tickets.pop_front().expect("it was handed in");
                let done = ticket.wait().expect("the store works").expect("it is accepted");
                self.waits[place] = done.opened.first().copied();
            }
            if count < commands {
                tickets.push_back((self.next, self.office.submit(&self.engine, self.waits[self.next])));
                self.next = (self.next + 1) % self.waits.len();
            }
        }
    }

    /// The same traffic on the store that a closed engine leaves behind.
    pub fn on<S: Store + 'static>(self, open: impl FnOnce() -> S) -> Self {
        let Self { office, engine, waits, next } = self;
        drop(engine);
        Self { office, engine: office.reopen(open()), waits, next }
    }

    /// Does some commands in so many threads, each with cases of its own, and each waiting for its answer.
    pub fn go_on_in_threads(&mut self, commands: usize, threads: usize) {
        self.in_threads(commands, threads, |step| step());
    }

    /// Does the same, and gives how long each command took.
    pub fn timed_in_threads(&mut self, commands: usize, threads: usize) -> Vec<Duration> {
        let times = std::sync::Mutex::new(Vec::with_capacity(commands));
        self.in_threads(commands, threads, |step| {
            let begun = Stopwatch::now();
            step();
            let took = begun.elapsed();
            times.lock().expect("nobody panics").push(took);
        });
        times.into_inner().expect("nobody panics")
    }

    fn in_threads(&mut self, commands: usize, threads: usize, each: impl Fn(&mut dyn FnMut()) + Sync) {
        let (office, engine, each) = (self.office, &self.engine, &each);
        let share = self.waits.len().div_ceil(threads);
        std::thread::scope(|scope| {
            for waits in self.waits.chunks_mut(share) {
                scope.spawn(move || {
                    for place in (0..waits.len()).cycle().take(commands / threads) {
                        each(&mut || {
                            waits[place] = match waits[place] {
                                Some(wait) => office.step(engine, wait),
                                None => Some(office.open(engine)),
                            }
                        });
                    }
                });
            }
        });
    }

    /// Does some commands.
    pub fn go_on(&mut self, commands: usize) {
        for _ in 0..commands {
            let gone = self.waits[self.next].and_then(|wait| self.office.step(&self.engine, wait));
            self.waits[self.next] = Some(gone.unwrap_or_else(|| self.office.open(&self.engine)));
            self.next = (self.next + 1) % self.waits.len();
        }
    }
}
