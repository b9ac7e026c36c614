//! The office of the shipped definitions, with an engine on simulated time.

use sop_engine::core::case::Directory;
use sop_engine::core::definition::{DefinitionId, FieldId, OutcomeId, PersonId, RoleId};
use sop_engine::core::time::{Instant, Millis};
use sop_engine::files::{self, Bundle};
use sop_engine::store::{MemoryStore, Store};
use sop_engine::verify::Verify as _;
use sop_engine::{CaseId, Clock, Completion, Done, Engine, Key, Opening, Refusal, WaitRef};

pub(crate) fn path(name: &str) -> String {
    format!("{}/../../definitions/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn bundle(name: &str) -> Bundle {
    files::read(path(name)).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn officials(name: &str, of: &Bundle) -> Directory {
    files::directory(path(name), of.office()).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

pub(crate) fn role(name: &str) -> RoleId {
    RoleId::new(name).unwrap()
}

pub(crate) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) fn picks(outcome: &str) -> Completion {
    Completion::with(OutcomeId::new(outcome).unwrap())
}

pub(crate) fn unit(name: &str) -> Completion {
    Completion::default().set(FieldId::new("bagian").unwrap(), name)
}

/// An engine that goes on with what a store has.
pub(crate) fn engine_on(store: impl Store + 'static, clock: &Clock) -> Engine {
    let bundle = bundle("narasumber.json");
    Engine::open(store, officials("pejabat.json", &bundle), clock.clone()).unwrap()
}

/// A Monday morning in the calendar's known years.
pub(crate) const MONDAY: &str = "2026-04-13T08:00:00+07:00";

/// An engine with a procedure deployed, its clock, and its store's handle.
pub(crate) struct Office {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) store: MemoryStore,
    pub(crate) procedure: DefinitionId,
}

impl Office {
    /// The narasumber procedure, deployed on a Monday morning.
    pub(crate) fn narasumber() -> Self {
        Self::with("narasumber.json", "pejabat.json")
    }

    pub(crate) fn with(definition: &str, directory: &str) -> Self {
        let bundle = bundle(definition);
        let procedure = bundle.process().id().clone();
        let store = MemoryStore::new();
        let clock = Clock::simulated(at(MONDAY));
        let engine = Engine::open(store.clone(), officials(directory, &bundle), clock.clone()).unwrap();
        engine.deploy(bundle.verify()).unwrap();
        Self { engine, clock, store, procedure }
    }

    /// The same office on another store.
    pub(crate) fn on(store: impl Store + 'static) -> (Engine, Clock, DefinitionId) {
        let bundle = bundle("narasumber.json");
        let procedure = bundle.process().id().clone();
        let clock = Clock::simulated(at(MONDAY));
        let engine = Engine::open(store, officials("pejabat.json", &bundle), clock.clone()).unwrap();
        engine.deploy(bundle.verify()).unwrap();
        (engine, clock, procedure)
    }

    /// Another engine on the same log, as after a restart.
    pub(crate) fn reopen(&self) -> Engine {
        engine_on(self.store.clone(), &self.clock)
    }

    pub(crate) fn start(&self) -> Done {
        let opening = Opening::about("Narasumber bimtek koperasi");
        self.engine.start(&self.procedure, &person("tamu"), &opening, None).unwrap().unwrap()
    }

    pub(crate) fn complete(&self, wait: WaitRef, by: &str, completion: &Completion) -> Result<Done, Refusal> {
        self.engine.complete(&wait, &person(by), completion, None).unwrap()
    }

    pub(crate) fn pass(&self, minutes: u32) {
        self.clock.advance(Millis::from_minutes(minutes));
    }

    /// The only wait of a case.
    pub(crate) fn wait(&self, case: CaseId) -> WaitRef {
        let view = self.engine.case(case).unwrap().unwrap();
        assert_eq!(view.waits.len(), 1, "{:?}", view.waits);
        view.waits[0].wait
    }

    /// Takes a case through some steps, each in its full Waktu.
    pub(crate) fn run(&self, case: CaseId, steps: &[(&str, Completion, u32)]) -> Done {
        let mut last = None;
        for (by, completion, minutes) in steps {
            self.pass(*minutes);
            let done = self.complete(self.wait(case), by, completion);
            last = Some(done.unwrap_or_else(|refusal| panic!("{by}: {refusal:?}")));
        }
        last.unwrap()
    }
}

/// Straight through, with who does it and the minutes that the table gives.
pub(crate) fn straight() -> Vec<(&'static str, Completion, u32)> {
    let none = Completion::default;
    vec![
        ("tamu", none(), 5),
        ("awang", picks("setuju"), 5),
        ("awang", none(), 5),
        ("damar", unit("tatalaksana"), 5),
        ("tirta", none(), 5),
        ("melati", none(), 20),
        ("tirta", picks("setuju"), 15),
        ("damar", picks("setuju"), 15),
        ("serindang", picks("setuju"), 15),
        ("ranggas", picks("setuju"), 15),
        ("dayang", none(), 20),
        ("tirta", none(), 5),
        ("tamu", none(), 5),
    ]
}
