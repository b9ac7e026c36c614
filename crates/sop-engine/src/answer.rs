//! What a host is answered.

use std::fmt;

use serde::{Deserialize, Serialize};
use sop_core::case::{Called, Event, Naming, Rejection, Status};
use sop_core::definition::{DefinitionId, RegisterId};
use sop_core::diagnostic::{Bilingual, Language};
use sop_core::time::{Instant, Zone};

use crate::store::{CaseId, Key};

/// One activation of a step, by name: what completions and the like address, so that a stale screen never acts on a
/// later one (C1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WaitRef {
    /// The case.
    pub case: CaseId,
    /// The wait's number in the case.
    pub wait: u32,
}

impl fmt::Display for WaitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.case, self.wait)
    }
}

/// What an accepted command did. It is on record by the time that the host sees this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The case.
    pub case: CaseId,
    /// Which entry of the case's history it is, counted from 1.
    pub version: u32,
    /// When it was done.
    pub at: Instant,
    /// The waits that began, also those of them that ended in the same go.
    pub opened: Vec<WaitRef>,
    /// The numbers that registers gave.
    pub numbers: Vec<Numbering>,
    /// What has become of the case, where it no longer runs by this.
    pub ended: Option<Status>,
}

/// A number that a register gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    /// The register.
    pub register: RegisterId,
    /// The number as it is written.
    pub text: String,
}

impl Done {
    /// Gathers what some events did.
    pub(crate) fn from_events<N: Naming>(
        case: CaseId,
        version: u32,
        at: Instant,
        events: &[Event<N>],
        register: impl Fn(&N::Register) -> Option<RegisterId>,
    ) -> Self {
        let mut done = Self { case, version, at, opened: Vec::new(), numbers: Vec::new(), ended: None };
        for event in events {
            match event {
                Event::Activated { wait, .. } => done.opened.push(WaitRef { case, wait: *wait }),
                Event::Numbered { register: by, text, .. } => {
                    if let Some(register) = register(by) {
                        done.numbers.push(Numbering { register, text: text.to_string() });
                    }
                }
                Event::Finished => done.ended = Some(Status::Finished),
                Event::Stopped { .. } => done.ended = Some(Status::Stopped),
                Event::Faulted { .. } => done.ended = Some(Status::Faulted),
                _ => {}
            }
        }
        done
    }
}

/// Why a command was refused. Nothing was written (C1).
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The process refuses it.
    Rejected(Rejection),
    /// There is no such case.
    UnknownCase {
        /// The case.
        case: CaseId,
    },
    /// What is on record of the case was moved to an archive.
    CaseIsArchived {
        /// The case.
        case: CaseId,
        /// What the archive is called.
        archive: String,
    },
    /// No process of that name is deployed.
    UnknownProcess {
        /// The name.
        process: DefinitionId,
        /// A deployed one of a similar name.
        suggestion: Option<DefinitionId>,
    },
    /// The process has nothing of that name.
    UnknownName {
        /// What was named.
        what: Named,
        /// The name.
        name: String,
        /// A similar name.
        suggestion: Option<String>,
        /// What there is.
        known: Vec<Called>,
    },
    /// The step offers several outcomes, and none was named.
    OutcomeMissing {
        /// Those it has.
        outcomes: Vec<Called>,
    },
    /// The process has several starts, and none was named.
    StartMissing {
        /// Those it has.
        starts: Vec<Called>,
    },
    /// The key was used for another command on the same case (C2).
    KeyReused {
        /// The key.
        key: Key,
    },
    /// A host numbers its cases from 1 to 4,611,686,018,427,387,903.
    CaseOutOfRange,
}

/// What a name was to be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// An outcome of the step.
    Outcome,
    /// A field.
    Field,
    /// A paper.
    Paper,
    /// A start.
    Start,
    /// A role.
    Role,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl Refusal {
    /// Its kind in a word that does not change: for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.kind(),
            Self::UnknownCase { .. } => "unknown_case",
            Self::CaseIsArchived { .. } => "case_is_archived",
            Self::UnknownProcess { .. } => "unknown_process",
            Self::UnknownName { .. } => "unknown_name",
            Self::OutcomeMissing { .. } => "outcome_missing",
            Self::StartMissing { .. } => "start_missing",
            Self::KeyReused { .. } => "key_reused",
            Self::CaseOutOfRange => "case_out_of_range",
        }
    }

    /// What to tell a person, with instants as the office's zone shows them.
    pub fn explain(&self, zone: &Zone, language: Language) -> String {
        match self {
            Self::Rejected(rejection) => rejection.explain(zone, language),
            other => other.words().in_language(language).to_owned(),
        }
    }

    fn words(&self) -> Bilingual {
        match self {
            Self::Rejected(rejection) => Bilingual::same(format!("{rejection:?}")),
            Self::UnknownCase { case } => Bilingual::new(
                format!("Tidak ada permohonan bernomor {case}. Periksa nomornya."),
                format!("There is no request number {case}. Check the number."),
            ),
            Self::CaseIsArchived { case, archive } => Bilingual::new(
                format!(
                    "Permohonan {case} sudah diarsipkan ke “{archive}”. Kembalikan dahulu dari arsip itu untuk \
                     melanjutkan."
                ),
                format!("Request {case} was moved to the archive “{archive}”. Put it back from there first."),
            ),
            Self::UnknownProcess { process, suggestion } => {
                let (perhaps, maybe) = meant(suggestion.as_ref().map(DefinitionId::as_str));
                Bilingual::new(
                    format!("Tidak ada SOP `{process}` yang dijalankan.{perhaps}"),
                    format!("No SOP `{process}` is deployed.{maybe}"),
                )
            }
            Self::UnknownName { what, name, suggestion, known } => {
                let (perhaps, maybe) = meant(suggestion.as_deref());
                let known: Vec<&str> = known.iter().map(|known| known.id.as_str()).collect();
                let known = known.join(", ");
                let (id, en) = what.words();
                Bilingual::new(
                    format!("Tidak ada {id} `{name}`.{perhaps} Yang ada: {known}."),
                    format!("There is no {en} `{name}`.{maybe} There are: {known}."),
                )
            }
            Self::OutcomeMissing { outcomes } => {
                let outcomes = titles(outcomes);
                Bilingual::new(format!("Pilih satu keputusan: {outcomes}."), format!("Pick an outcome: {outcomes}."))
            }
            Self::StartMissing { starts } => {
                let starts = titles(starts);
                Bilingual::new(format!("Pilih satu awal: {starts}."), format!("Pick a start: {starts}."))
            }
            Self::KeyReused { key } => Bilingual::new(
                format!("Kunci `{key}` sudah dipakai untuk perintah lain. Pakai kunci baru untuk setiap perintah."),
                format!("The key `{key}` was used for another command. Use a new key for each command."),
            ),
            Self::CaseOutOfRange => Bilingual::new(
                format!("Nomor permohonan harus antara 1 dan {}.", i64::MAX / 2),
                format!("A request is numbered from 1 to {}.", i64::MAX / 2),
            ),
        }
    }
}

impl fmt::Display for Refusal {
    /// As [`explain`](Self::explain), in Indonesian, with instants in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Zone::parse("+00:00", "UTC") {
            Ok(utc) => f.write_str(&self.explain(&utc, Language::Indonesian)),
            Err(_) => f.write_str(&self.words().id),
        }
    }
}

/// A refusal is a value to be shown; where a program takes it for an error, `?` hands it on.
impl std::error::Error for Refusal {}

fn meant(suggestion: Option<&str>) -> (String, String) {
    match suggestion {
        Some(name) => (format!(" Mungkin maksudnya `{name}`."), format!(" Did you mean `{name}`?")),
        None => (String::new(), String::new()),
    }
}

fn titles(called: &[Called]) -> String {
    called.iter().map(|called| called.title.as_str()).collect::<Vec<_>>().join(", ")
}

impl Named {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Outcome => ("keputusan", "outcome"),
            Self::Field => ("isian", "field"),
            Self::Paper => ("berkas", "paper"),
            Self::Start => ("awal", "start"),
            Self::Role => ("peran", "role"),
        }
    }
}
