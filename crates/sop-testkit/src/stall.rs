//! `assert_cannot_stall`: assertions of an embedder's test about a definition, with and without its officials.

use std::fmt;
use std::path::Path;

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::Language;
use sop_core::process::Process;
use sop_core::time::Date;
use sop_engine::files::{self, Bundle, FileError};
use sop_engine::{StaffingGap, staffing};
use sop_verify::{Unmet, Verify};

use crate::Period;

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

/// Tells whether no request that follows a definition can stall; see [`assert_cannot_stall`].
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
    let (name, bundle) = read(path.as_ref())?;
    let verified = bundle.verify();
    let unmet = verified.verdicts().unmet(on);
    if unmet.is_empty() {
        return Ok(());
    }
    let about = About { period: None, directory: String::new() };
    Err(Stalls { name, why: Why::Unmet { unmet, gaps: Vec::new(), about, process: verified.process().clone() } })
}

/// Asserts that no request that follows a definition can stall, with these officials, on any day of a period: all that
/// [`assert_cannot_stall`] asserts, and that at each step that a request can come to, for each unit or choice that binds
/// its role, and at each instant somebody may act, separation of duties included.
///
/// The period is a [`Period`], two dates, or a range of dates.
///
/// # What it demands of people
///
/// It fails where **nobody** may act. A post with one holder passes: most posts of an office have one, and an absence is
/// planned with an acting officer, which the directory then says. Whoever wants to know what an absence that nobody
/// planned would do asks for [`Period::with_one_away`], and it fails where the absence of any one person leaves nobody,
/// which is what `staffed` means. A waiver of `staffed` counts in both.
///
/// # Panics
/// If a required guarantee is neither proved nor waived; if nobody may act at some step at some time; if the period ends
/// before it begins; if the files have errors. The message says all of it, with steps, values and dates, in Indonesian and
/// English.
///
/// ```
/// use sop_testkit::{Period, assert_cannot_stall_with, cannot_stall_with};
///
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions");
/// # let (definition, officials) = (format!("{folder}/narasumber.json"), format!("{folder}/pejabat.json"));
/// // An acting officer's order ends on 30 September.
/// assert_cannot_stall_with(&definition, &officials, "2026-01-01".parse()?..="2026-09-30".parse()?);
///
/// let stalls = cannot_stall_with(&definition, &officials, Period::year(2026)).unwrap_err();
/// assert!(stalls.to_string().contains("nobody holds the post, 01-10-2026 to 31-12-2026"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[track_caller]
#[expect(clippy::panic, reason = "an assertion fails by panicking")]
pub fn assert_cannot_stall_with(definition: impl AsRef<Path>, directory: impl AsRef<Path>, period: impl Into<Period>) {
    if let Err(stalls) = cannot_stall_with(definition, directory, period) {
        panic!("{stalls}");
    }
}

/// Checks that no request that follows a definition can stall with these officials; see [`assert_cannot_stall_with`].
///
/// # Errors
/// What is not proved about it, for which steps nobody may act and when, or what is wrong with the files or the period.
pub fn cannot_stall_with(
    definition: impl AsRef<Path>,
    directory: impl AsRef<Path>,
    period: impl Into<Period>,
) -> Result<(), Stalls> {
    let period = period.into();
    let (name, bundle) = read(definition.as_ref())?;
    let directory_name = directory.as_ref().display().to_string();
    let unreadable = |error| Stalls { name: directory_name.clone(), why: Why::Unreadable(Box::new(error)) };
    let officials = files::directory(&directory, bundle.office()).map_err(unreadable)?;
    let Some((from, until)) = period.instants(bundle.calendar().zone()) else {
        return Err(Stalls { name, why: Why::NoPeriod(period) });
    };
    let mut gaps = staffing::examine(&bundle, &officials, from, until).gaps;
    gaps.retain(|gap| (gap.leaves_nobody() || period.has_one_away()) && !is_waived(bundle.process(), gap));
    let verified = bundle.verify();
    let unmet = verified.verdicts().unmet(Date::MIN);
    if unmet.is_empty() && gaps.is_empty() {
        return Ok(());
    }
    let about = About { period: Some(period), directory: directory_name };
    Err(Stalls { name, why: Why::Unmet { unmet, gaps, about, process: verified.process().clone() } })
}

/// Reads a definition, by its name.
fn read(path: &Path) -> Result<(String, Bundle), Stalls> {
    let name = path.display().to_string();
    match files::read(path) {
        Ok(bundle) => Ok((name, bundle)),
        Err(error) => Err(Stalls { name, why: Why::Unreadable(Box::new(error)) }),
    }
}

/// Tells whether the policy does without somebody who may act at a step.
fn is_waived(process: &Process, gap: &StaffingGap) -> bool {
    let is_there = |step| process.steps().get(step).is_some_and(|spec| spec.id.as_str() == gap.step.id);
    let mut waivers = process.waivers().iter().filter(|waiver| waiver.guarantee == GuaranteeName::Staffed);
    waivers.any(|waiver| waiver.paper.is_none() && waiver.step.is_none_or(is_there))
}

/// Why a request might stall. Printed, it says everything in Indonesian and English; also its `Debug` does, so that
/// `cannot_stall(path).unwrap()` reads well.
pub struct Stalls {
    name: String,
    why: Why,
}

enum Why {
    Unmet { unmet: Vec<Unmet>, gaps: Vec<StaffingGap>, about: About, process: Process },
    NoPeriod(Period),
    Unreadable(Box<FileError>),
}

/// Whom the gaps are about, and when.
struct About {
    period: Option<Period>,
    directory: String,
}

impl Stalls {
    /// The required guarantees that are neither proved nor waived; none where the files could not be read.
    pub fn unmet(&self) -> &[Unmet] {
        match &self.why {
            Why::Unmet { unmet, .. } => unmet,
            Why::NoPeriod(_) | Why::Unreadable(_) => &[],
        }
    }

    /// The steps and times for which nobody may act; none where no officials were asked about.
    pub fn gaps(&self) -> &[StaffingGap] {
        match &self.why {
            Why::Unmet { gaps, .. } => gaps,
            Why::NoPeriod(_) | Why::Unreadable(_) => &[],
        }
    }

    /// What is wrong with the files, if they could not be read.
    pub fn findings(&self) -> Option<&FileError> {
        match &self.why {
            Why::Unmet { .. } | Why::NoPeriod(_) => None,
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
            Why::NoPeriod(period) => format!(
                "`{name}`: {}: {period}",
                say("masa yang ditanyakan berakhir sebelum dimulai", "the period ends before it begins")
            ),
            Why::Unmet { unmet, gaps, about, process } => {
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
                if let Some(period) = about.period.filter(|_| !gaps.is_empty()) {
                    let word = say("tidak selalu ada yang berwenang", "there is not always somebody who may act");
                    text.push_str(&format!("\n  - staffed: {word} (`{}`, {period})", about.directory));
                }
                for gap in gaps {
                    text.push_str(&format!("\n      {}", gap.text.in_language(language)));
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
