//! Verdicts: what is known about each guarantee (G1, G5).

use std::fmt;

use sop_core::definition::GuaranteeName;
use sop_core::diagnostic::{Bilingual, Both, Language};
use sop_core::process::{Process, WaiverSpec};
use sop_core::time::Date;

use crate::cause::Cause;
use crate::run::Run;

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
        /// Why not: the limit that was hit, or what was not handed in.
        reason: Bilingual,
    },
}

/// A worst case.
#[derive(Debug, Clone, PartialEq)]
pub struct Worst {
    /// How much: completions, or minutes.
    pub value: u64,
    /// The run that attains it; none where the value is only known to be an upper bound.
    pub run: Option<Run>,
    /// Whether minutes of working time and of elapsed time were added up, so that the value is no length of time on any
    /// one clock.
    pub is_mixed: bool,
}

/// A guarantee with what is known about it, and where the office does without.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The guarantee.
    pub guarantee: GuaranteeName,
    /// What is known.
    pub verdict: Verdict,
    /// Why it does not hold, each cause once, the nearest first. None where it follows from another guarantee's
    /// ([`follows`](Self::follows)).
    pub causes: Vec<Cause>,
    /// The guarantee from whose causes this one's verdict follows (G4).
    pub follows: Option<GuaranteeName>,
    /// The worst case: completions (`bounded`), minutes (`timely`, `unattended`).
    pub worst: Option<Worst>,
    /// The waivers of it, in the order of the definition (G5).
    pub waivers: Vec<WaiverSpec>,
}

impl Judgement {
    /// The waiver that covers the verdict on a date, if one by itself or several together cover all of it: the first of
    /// them.
    ///
    /// A waiver that names a step or a paper covers that place only. Of a verdict that names no place, such as an
    /// unknown one, only a waiver of the whole process covers anything. A waiver's last day counts.
    pub fn waived(&self, on: Date) -> Option<&WaiverSpec> {
        let in_force = || self.waivers.iter().filter(|waiver| on <= waiver.until);
        if let Some(whole) = in_force().find(|waiver| waiver.step.is_none() && waiver.paper.is_none()) {
            return Some(whole);
        }
        if self.verdict != Verdict::Refuted || self.causes.is_empty() {
            return None;
        }
        let covering = |cause: &Cause| in_force().find(|waiver| covers(waiver, cause));
        let all = self.causes.iter().all(|cause| covering(cause).is_some());
        all.then(|| self.causes.first().and_then(covering)).flatten()
    }

    /// The causes that no waiver covers on a date.
    pub fn open_causes(&self, on: Date) -> impl Iterator<Item = &Cause> {
        self.causes
            .iter()
            .filter(move |cause| !self.waivers.iter().any(|waiver| on <= waiver.until && covers(waiver, cause)))
    }

    /// The waivers that cover nothing: there is no such cause, or the guarantee holds. A warning (G5).
    pub fn unused_waivers(&self) -> impl Iterator<Item = &WaiverSpec> {
        self.waivers.iter().filter(|waiver| match &self.verdict {
            Verdict::Proved => true,
            Verdict::Refuted => !self.causes.is_empty() && !self.causes.iter().any(|cause| covers(waiver, cause)),
            Verdict::Unknown { .. } => waiver.step.is_some() || waiver.paper.is_some(),
        })
    }
}

/// Tells whether a waiver names the place of a cause, or no place.
fn covers(waiver: &WaiverSpec, cause: &Cause) -> bool {
    waiver.step.is_none_or(|step| cause.trouble.step() == Some(step))
        && waiver.paper.is_none_or(|paper| cause.trouble.paper() == Some(paper))
}

/// What is known about a process: one judgement for each guarantee.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdicts {
    pub(crate) judgements: [Judgement; ALL.len()],
}

/// A required guarantee that is neither proved nor waived.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmet {
    /// The guarantee.
    pub guarantee: GuaranteeName,
    /// What is known about it.
    pub verdict: Verdict,
    /// The causes that no waiver covers; none where the verdict is unknown, or follows from another's.
    pub causes: Vec<Cause>,
    /// Tells whether a waiver of it has expired.
    pub expired: bool,
}

/// A waiver that should not be there, or no longer (G5).
#[derive(Debug, Clone, PartialEq)]
pub struct WaiverWarning {
    /// The waiver.
    pub waiver: WaiverSpec,
    /// Tells whether its last day is over; otherwise it covers nothing.
    pub expired: bool,
}

impl WaiverWarning {
    /// The warning in a sentence that says what to do.
    pub fn say(&self, process: &Process) -> Bilingual {
        let WaiverSpec { guarantee, step, paper, by, until, .. } = &self.waiver;
        let step = step.map(|step| process.called_step(step).title);
        let paper = paper.and_then(|paper| process.papers().get(paper)).map(|paper| format!("`{}`", paper.title));
        let place: String = step.into_iter().chain(paper).map(|place| format!(", {place}")).collect();
        let name = guarantee.as_str();
        match self.expired {
            true => Bilingual::new(
                format!("pengesampingan `{name}`{place} oleh {by} berakhir {until}: perbarui, atau penuhi jaminannya"),
                format!("the waiver of `{name}`{place} by {by} ended on {until}: renew it, or meet the guarantee"),
            ),
            false => Bilingual::new(
                format!("pengesampingan `{name}`{place} oleh {by} tidak mengesampingkan apa pun: hapus"),
                format!("the waiver of `{name}`{place} by {by} covers nothing: remove it"),
            ),
        }
    }
}

impl Verdicts {
    /// The waivers that cover nothing, or whose last day is over on this date: each once, in the order of the guarantees.
    pub fn warnings(&self, on: Date) -> Vec<WaiverWarning> {
        let of = |judgement: &Judgement| -> Vec<WaiverWarning> {
            let unused: Vec<&WaiverSpec> = judgement.unused_waivers().collect();
            let warned = |waiver: &&WaiverSpec| unused.contains(waiver) || waiver.until < on;
            let warning = |waiver: &WaiverSpec| WaiverWarning {
                expired: !unused.contains(&waiver) && waiver.until < on,
                waiver: waiver.clone(),
            };
            judgement.waivers.iter().filter(warned).map(warning).collect()
        };
        self.iter().flat_map(of).collect()
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
        // What follows from a guarantee that is waived is waived with it: it has no cause of its own.
        let is_open = |judgement: &Judgement| judgement.verdict != Verdict::Proved && judgement.waived(on).is_none();
        let open = required.filter(|judgement| {
            is_open(judgement) && judgement.follows.is_none_or(|guarantee| is_open(self.of(guarantee)))
        });
        open.map(|judgement| Unmet {
            guarantee: judgement.guarantee,
            verdict: judgement.verdict.clone(),
            causes: judgement.open_causes(on).cloned().collect(),
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
    /// Tells whether it holds.
    pub fn is_proved(&self) -> bool {
        matches!(self, Self::Proved)
    }

    /// Tells whether it does not hold.
    pub fn is_refuted(&self) -> bool {
        matches!(self, Self::Refuted)
    }

    /// Tells whether neither is known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

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
