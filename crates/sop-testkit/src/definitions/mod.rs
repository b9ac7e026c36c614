//! Strategies for whole definitions: sound ones, random ones, and sound ones with one thing broken.

mod arbitrary;
mod mutation;

pub use arbitrary::arbitrary;
pub use mutation::{Mutation, mutated, mutations};

use std::fmt;
use std::ops::Deref;

use proptest::prelude::*;
use sop_core::definition::{Definition, DirectoryFile};
use sop_core::format::Poisoned;
use sop_core::process::{CheckedOffice, Compilation, Reading, compile};
use sop_core::text::SourceText;
use sop_core::time::CalendarFile;
use sop_engine::files::{Bundle, FileError};

use crate::calendars::calendars;
use crate::office::{full_directory, office, plain_calendar};
use crate::outline::outline;
use crate::plan::{Plan, plans};

/// A definition with everything that it needs to run.
///
/// Its `Debug` is its [`outline`]: what a person wants to see of a counterexample.
#[derive(Clone)]
pub struct Sample {
    /// What the definition was written from.
    pub plan: Plan,
    /// The definition.
    pub definition: Definition,
    /// The [built-in office](crate::office::office).
    pub office: CheckedOffice,
    /// A calendar of that office.
    pub calendar: CalendarFile,
    /// Two holders for every post, nobody ever away: whatever is decided, somebody may act.
    pub directory: DirectoryFile,
}

impl Sample {
    /// The sample that is written from a plan, with the plain calendar.
    pub fn of(plan: Plan) -> Self {
        let office = office();
        let directory = full_directory(&office);
        Self { definition: plan.definition(), plan, calendar: plain_calendar(), directory, office }
    }

    /// The definition compiled as it is run.
    pub fn compile(&self) -> Compilation {
        compile(&self.definition, &self.office, Reading::AsRun, &Poisoned::default())
    }

    /// The definition, the office and the calendar as an engine deploys them.
    ///
    /// # Errors
    /// What is wrong with them; nothing, for a sample as this crate makes it.
    pub fn bundle(&self) -> Result<Bundle, FileError> {
        self.bundle_of(&self.definition)
    }

    /// The same with another definition of the same office, such as a broken one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn bundle_of(&self, definition: &Definition) -> Result<Bundle, FileError> {
        let text = |name: &str, json: Result<String, _>| SourceText::new(name, json.unwrap_or_default());
        Bundle::from_texts(
            text("definisi.json", serde_json::to_string_pretty(definition)),
            text("kantor.json", serde_json::to_string_pretty(self.office.office())),
            text("kalender.json", serde_json::to_string_pretty(&self.calendar)),
        )
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", outline(&self.definition))?;
        if self.calendar != plain_calendar() {
            writeln!(f, "calendar: {:?}", self.calendar.hours)?;
        }
        Ok(())
    }
}

/// A definition whose `Debug` is its [`outline`], so that a counterexample can be read.
#[derive(Clone, PartialEq)]
pub struct Outlined(pub Definition);

impl Deref for Outlined {
    type Target = Definition;

    fn deref(&self) -> &Definition {
        &self.0
    }
}

impl fmt::Debug for Outlined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", outline(&self.0))
    }
}

/// Sound definitions, most of them small: whoever decides whatever, their cases end, and all that is required can be
/// proved about them as they are run. See [`plan`](crate::plan) for why.
pub fn sound() -> impl Strategy<Value = Sample> {
    (plans(), prop_oneof![3 => Just(plain_calendar()), 1 => calendars()].boxed())
        .prop_map(|(plan, calendar)| Sample { calendar, ..Sample::of(plan) })
        .boxed()
}
