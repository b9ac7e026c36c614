//! Verdicts: what is known about each guarantee (G1, G5).

use std::fmt;

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::{Bilingual, Both, Language};
use sop_core::process::{Process, WaiverSpec};
use sop_core::time::Date;

/// The nine guarantees, in the order in which they are printed.
pub const ALL: [GuaranteeName; 9] = [
    GuaranteeName::Completable,
    GuaranteeName::Decided,
    GuaranteeName::Clean,
    GuaranteeName::Supplied,
    GuaranteeName::Bounded,
    GuaranteeName::Watched,
    GuaranteeName::Timely,
    GuaranteeName::Unattended,
    GuaranteeName::Staffed,
];

/// The guarantees without which, or a waiver of which, an engine deploys nothing (G5).
pub const REQUIRED: [GuaranteeName; 6] = [
    GuaranteeName::Completable,
    GuaranteeName::Decided,
    GuaranteeName::Clean,
    GuaranteeName::Supplied,
    GuaranteeName::Bounded,
    GuaranteeName::Watched,
];

/// What is known about one guarantee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Proved,
    /// It does not hold.
    Refuted,
    /// Neither is known. Never a pass.
    Unknown {
        /// Why not.
        reason: Bilingual,
    },
}

/// A guarantee with what is known about it, and where the office does without.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The guarantee.
    pub guarantee: GuaranteeName,
    /// What is known.
    pub verdict: Verdict,
    /// The waivers of it, in the order of the definition (G5).
    pub waivers: Vec<WaiverSpec>,
}

impl Judgement {
    /// The waiver that covers the verdict on a date.
    ///
    /// A waiver that names a step or a paper covers that place only. Of a verdict that names no place, such as an
    /// unknown one, only a waiver of the whole process covers anything. A waiver's last day counts.
    pub fn waived(&self, on: Date) -> Option<&WaiverSpec> {
        self.waivers.iter().find(|waiver| waiver.step.is_none() && waiver.paper.is_none() && on <= waiver.until)
    }
}

/// What is known about a process: one judgement for each guarantee.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdicts {
    judgements: [Judgement; ALL.len()],
}

/// A required guarantee that is neither proved nor waived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The guarantee.
    pub guarantee: GuaranteeName,
    /// What is known about it.
    pub verdict: Verdict,
    /// Whether a waiver of it has expired.
    pub expired: bool,
}

impl Verdicts {
    /// The verdicts about a process: none is known until there is a search.
    pub(crate) fn unsearched(process: &Process) -> Self {
        let reason = Bilingual::new("pemeriksa belum mencari", "the verifier does not search yet");
        let judgements = ALL.map(|guarantee| Judgement {
            guarantee,
            verdict: Verdict::Unknown { reason: reason.clone() },
            waivers: process.waivers().iter().filter(|waiver| waiver.guarantee == guarantee).cloned().collect(),
        });
        Self { judgements }
    }

    /// The judgements, in the order of [`ALL`].
    pub fn iter(&self) -> std::slice::Iter<'_, Judgement> {
        self.judgements.iter()
    }

    /// The judgement of one guarantee.
    pub fn of(&self, guarantee: GuaranteeName) -> &Judgement {
        let [completable, decided, clean, supplied, bounded, watched, timely, unattended, staffed] = &self.judgements;
        match guarantee {
            GuaranteeName::Completable => completable,
            GuaranteeName::Decided => decided,
            GuaranteeName::Clean => clean,
            GuaranteeName::Supplied => supplied,
            GuaranteeName::Bounded => bounded,
            GuaranteeName::Watched => watched,
            GuaranteeName::Timely => timely,
            GuaranteeName::Unattended => unattended,
            GuaranteeName::Staffed => staffed,
        }
    }

    /// The required guarantees that are neither proved nor waived on a date; none: the process may be deployed (G5).
    pub fn unmet(&self, on: Date) -> Vec<Unmet> {
        let required = self.iter().filter(|judgement| REQUIRED.contains(&judgement.guarantee));
        let open = required.filter(|judgement| judgement.verdict != Verdict::Proved && judgement.waived(on).is_none());
        open.map(|judgement| Unmet {
            guarantee: judgement.guarantee,
            verdict: judgement.verdict.clone(),
            expired: judgement.waivers.iter().any(|waiver| waiver.until < on),
        })
        .collect()
    }
}

impl<'v> IntoIterator for &'v Verdicts {
    type Item = &'v Judgement;
    type IntoIter = std::slice::Iter<'v, Judgement>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Verdict {
    /// The verdict in a few words.
    pub fn say(&self, language: Language) -> String {
        match self {
            Self::Proved => Both { id: "terbukti", en: "proved" }.in_language(language).to_owned(),
            Self::Refuted => Both { id: "terbantah", en: "refuted" }.in_language(language).to_owned(),
            Self::Unknown { reason } => {
                let word = Both { id: "belum diketahui", en: "unknown" }.in_language(language);
                format!("{word} ({})", reason.in_language(language))
            }
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::English))
    }
}
