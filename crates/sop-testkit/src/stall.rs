//! `assert_cannot_stall`: what an embedder's test says about a definition.

use std::fmt;
use std::path::Path;

use sop_core::diagnostic::Language;
use sop_core::process::Process;
use sop_core::time::Date;
use sop_engine::files::{self, FileError};
use sop_verify::{Unmet, Verify};

/// Asserts that no request that follows a definition can stall: that all required guarantees are proved about it, as run
/// with its policy and office, or waived.
///
/// The file names its office, and that its calendar, relative to themselves. A waiver counts, whatever its last day:
/// the answer of a test must not depend on the day on which it runs. [`cannot_stall_on`] asks about a day.
///
/// # Panics
/// If a required guarantee is neither proved nor waived; if the files have errors. The message says all of it, in
/// Indonesian and English.
///
/// ```no_run
/// sop_testkit::assert_cannot_stall("definitions/narasumber.json");
/// ```
#[track_caller]
#[expect(clippy::panic, reason = "an assertion fails by panicking")]
pub fn assert_cannot_stall(path: impl AsRef<Path>) {
    if let Err(stalls) = cannot_stall(path) {
        panic!("{stalls}");
    }
}

/// Whether no request that follows a definition can stall; see [`assert_cannot_stall`].
///
/// # Errors
/// What is not proved about it, or what is wrong with its files.
pub fn cannot_stall(path: impl AsRef<Path>) -> Result<(), Stalls> {
    cannot_stall_on(path, Date::MIN)
}

/// The same on a day: a waiver past its last day no longer counts.
///
/// # Errors
/// What is not proved about it then, or what is wrong with its files.
pub fn cannot_stall_on(path: impl AsRef<Path>, on: Date) -> Result<(), Stalls> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let bundle = match files::read(path) {
        Ok(bundle) => bundle,
        Err(error) => return Err(Stalls { name, why: Why::Unreadable(Box::new(error)) }),
    };
    let verified = bundle.verify();
    let unmet = verified.verdicts().unmet(on);
    if unmet.is_empty() {
        return Ok(());
    }
    Err(Stalls { name, why: Why::Unmet { unmet, process: verified.process().clone() } })
}

/// Why a request might stall. Printed, it says everything in Indonesian and English; also its `Debug` does, so that
/// `cannot_stall(path).unwrap()` reads well.
pub struct Stalls {
    name: String,
    why: Why,
}

enum Why {
    Unmet { unmet: Vec<Unmet>, process: Process },
    Unreadable(Box<FileError>),
}

impl Stalls {
    /// The required guarantees that are neither proved nor waived; none where the files could not be read.
    pub fn unmet(&self) -> &[Unmet] {
        match &self.why {
            Why::Unmet { unmet, .. } => unmet,
            Why::Unreadable(_) => &[],
        }
    }

    /// What is wrong with the files, if they could not be read.
    pub fn findings(&self) -> Option<&FileError> {
        match &self.why {
            Why::Unmet { .. } => None,
            Why::Unreadable(error) => Some(error),
        }
    }

    /// Everything in one language.
    pub fn explain(&self, language: Language) -> String {
        let say = |id: &'static str, en: &'static str| match language {
            Language::Indonesian => id,
            Language::English => en,
        };
        let name = &self.name;
        match &self.why {
            Why::Unreadable(error) => {
                format!("{} `{name}`:\n{}", say("tidak dapat dibaca:", "can't be read:"), error.render(language))
            }
            Why::Unmet { unmet, process } => {
                let mut text = format!("`{name}` {}:", say("dapat macet", "may stall"));
                for unmet in unmet {
                    text.push_str(&format!("\n  - {}: {}", unmet.guarantee, unmet.verdict.say(language)));
                    if language == Language::Indonesian {
                        text.push_str(&format!(" ({})", unmet.guarantee.description().trim_end_matches('.')));
                    }
                    if unmet.expired {
                        text.push_str(say("; pengesampingannya sudah lewat waktu", "; its waiver has expired"));
                    }
                    for cause in &unmet.causes {
                        text.push_str(&format!("\n      {}", cause.trouble.say(process).in_language(language)));
                        if let Some(run) = &cause.run {
                            text.push_str(&format!(
                                "\n      {}: {}",
                                say("jalannya", "the run"),
                                run.say(process, language)
                            ));
                        }
                    }
                }
                text
            }
        }
    }
}

impl fmt::Display for Stalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.explain(Language::Indonesian), self.explain(Language::English))
    }
}

impl fmt::Debug for Stalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Stalls {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.findings().map(|error| error as &(dyn std::error::Error + 'static))
    }
}
