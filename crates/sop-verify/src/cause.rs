//! Why a guarantee does not hold: one cause, one report (G4).

use sop_core::case::{Dense, Fault};
use sop_core::diagnostic::Bilingual;
use sop_core::process::{OutcomeIx, PaperIx, Process, RoleIx, StepIx};
use sop_core::time::{Instant, Millis};

use crate::run::Run;

/// What a run ends in, or what is wrong with a place.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// Nothing can move any more, and the case is not over.
    DeadEnd {
        /// The joins that wait for something that never comes.
        waiting: Vec<StepIx>,
    },
    /// The case goes round for ever: no end can be reached from there.
    NoEnd {
        /// The steps that it goes round in.
        steps: Vec<StepIx>,
    },
    /// A fault is reached (F3).
    Fault(Fault<Dense>),
    /// A step that is never reached.
    DeadStep {
        /// The step.
        step: StepIx,
    },
    /// An exit that can never be taken.
    DeadExit {
        /// The step.
        step: StepIx,
        /// The outcome.
        outcome: OutcomeIx,
        /// The branch of its choice.
        branch: Option<u16>,
        /// Tells whether it is what follows the return, and not the exit itself.
        then: bool,
    },
    /// No guard holds, or several do.
    Undecided {
        /// The step.
        step: StepIx,
        /// The outcome.
        outcome: OutcomeIx,
        /// How many hold.
        holding: u32,
    },
    /// All outcomes of a step are closed (R2).
    NothingOpen {
        /// The step.
        step: StepIx,
    },
    /// A paper is needed and not there.
    PaperMissing {
        /// Where.
        step: StepIx,
        /// Which.
        paper: PaperIx,
    },
    /// A paper gets a new version while another step may be reading it.
    PaperOvertaken {
        /// Who makes it anew.
        by: StepIx,
        /// Who reads it meanwhile.
        reader: StepIx,
        /// Which.
        paper: PaperIx,
    },
    /// Two parallel steps each make a version of a paper (P6).
    PaperMadeTwice {
        /// Who makes one.
        by: StepIx,
        /// Who may be making another meanwhile.
        other: StepIx,
        /// Which.
        paper: PaperIx,
    },
    /// A round that nothing limits.
    Endless {
        /// The steps of the round.
        steps: Vec<StepIx>,
    },
    /// A wait that is never late: it has no budget.
    NoBudget {
        /// The step.
        step: StepIx,
    },
    /// A late wait that nobody but the sleeper hears of for ever.
    NobodyNotices {
        /// The step.
        step: StepIx,
    },
    /// The worst case takes longer than what the office promises.
    AbovePromise {
        /// The worst case.
        worst: Millis,
        /// The promise.
        promise: Millis,
    },
    /// A wait that no rung ever leaves.
    NeverLeft {
        /// The step.
        step: StepIx,
    },
    /// Rungs alone go round for ever, or wait for one another.
    NeverDrained {
        /// The steps.
        steps: Vec<StepIx>,
    },
    /// Nobody may act.
    NobodyEligible {
        /// The step.
        step: StepIx,
        /// The role that is not filled.
        role: RoleIx,
        /// The unit or choice for which it is not.
        bound: Option<u16>,
        /// When.
        at: Instant,
        /// Who is away besides, if it takes that.
        without: Option<sop_core::definition::PersonId>,
    },
}

/// One cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// What.
    pub trouble: Trouble,
    /// A run that ends in it; none where the trouble is that there is no run.
    pub run: Option<Run>,
}

impl Trouble {
    /// Tells whether it is the same trouble at the same place, however the process may have been edited elsewhere.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::AbovePromise { .. }, Self::AbovePromise { .. }) => true,
            (Self::Undecided { step, outcome, holding }, Self::Undecided { step: at, outcome: by, holding: held }) => {
                (step, outcome, *holding == 0) == (at, by, *held == 0)
            }
            (Self::NobodyEligible { step, bound, .. }, Self::NobodyEligible { step: at, bound: by, .. }) => {
                (step, bound) == (at, by)
            }
            _ => self == other,
        }
    }

    /// The step that it is about, where it is about one: waivers name it.
    pub fn step(&self) -> Option<StepIx> {
        match self {
            Self::DeadStep { step }
            | Self::DeadExit { step, .. }
            | Self::Undecided { step, .. }
            | Self::NothingOpen { step }
            | Self::PaperMissing { step, .. }
            | Self::PaperOvertaken { by: step, .. }
            | Self::PaperMadeTwice { by: step, .. }
            | Self::NoBudget { step }
            | Self::NobodyNotices { step }
            | Self::NeverLeft { step }
            | Self::NobodyEligible { step, .. }
            | Self::Fault(Fault::StepAlreadyActive { step }) => Some(*step),
            Self::Endless { steps } => steps.first().copied(),
            Self::DeadEnd { .. }
            | Self::NoEnd { .. }
            | Self::NeverDrained { .. }
            | Self::Fault(_)
            | Self::AbovePromise { .. } => None,
        }
    }

    /// The paper that it is about.
    pub fn paper(&self) -> Option<PaperIx> {
        match self {
            Self::PaperMissing { paper, .. }
            | Self::PaperOvertaken { paper, .. }
            | Self::PaperMadeTwice { paper, .. } => Some(*paper),
            _ => None,
        }
    }

    /// What is wrong, in a sentence in the words of the table.
    pub fn say(&self, process: &Process) -> Bilingual {
        let at = |step: &StepIx| process.called_step(*step).title;
        let list = |steps: &[StepIx]| {
            let rows: Vec<String> = steps
                .iter()
                .filter_map(|step| process.steps().get(*step).map(|spec| process.row_name(spec.row)))
                .collect();
            rows.join(", ")
        };
        let paper_title =
            |paper: &PaperIx| process.papers().get(*paper).map_or_else(String::new, |paper| paper.title.clone());
        let outcome_title = |step: &StepIx, outcome: &OutcomeIx| {
            let outcome = process.steps().get(*step).and_then(|spec| spec.outcome(*outcome));
            outcome.map_or_else(String::new, |outcome| outcome.title.clone())
        };
        let say = |id: String, en: String| Bilingual::new(id, en);
        match self {
            Self::DeadEnd { waiting } => say(
                format!("buntu: baris {} menunggu yang tidak akan datang", list(waiting)),
                format!("a dead end: row {} waits for what never comes", list(waiting)),
            ),
            Self::NoEnd { steps } => say(
                format!("berputar di baris {} dan tidak dapat selesai", list(steps)),
                format!("goes round in row {} and cannot end", list(steps)),
            ),
            Self::Fault(Fault::StepAlreadyActive { step }) => say(
                format!("{} diaktifkan lagi selagi masih berjalan", at(step)),
                format!("{} is activated again while it is still open", at(step)),
            ),
            Self::Fault(Fault::SlotAlreadyFull { slot }) => {
                let step = process.slots().get(*slot).map_or(StepIx::first(), |slot| slot.step);
                say(
                    format!("dua kiriman menumpuk di penggabungan {}", at(&step)),
                    format!("two arrivals pile up at the join of {}", at(&step)),
                )
            }
            Self::Fault(Fault::EndBeforeTheRest { end }) => {
                let end = process.ends().get(*end).map_or_else(String::new, |end| end.title.clone());
                say(
                    format!("akhir `{end}` tercapai selagi bagian lain masih berjalan"),
                    format!("the end `{end}` is reached while another part is still open"),
                )
            }
            Self::DeadStep { step } => {
                say(format!("{} tidak pernah tercapai", at(step)), format!("{} is never reached", at(step)))
            }
            Self::DeadExit { step, outcome, branch, then } => {
                let outcome = outcome_title(step, outcome);
                let branch = branch.map_or_else(String::new, |branch| format!(", {}", branch + 1));
                match then {
                    false => say(
                        format!("{}: jalan `{outcome}`{branch} tidak pernah dapat ditempuh", at(step)),
                        format!("{}: the exit `{outcome}`{branch} can never be taken", at(step)),
                    ),
                    true => say(
                        format!("{}: pengganti pengembalian `{outcome}`{branch} tidak pernah tercapai", at(step)),
                        format!("{}: what follows the return `{outcome}`{branch} is never reached", at(step)),
                    ),
                }
            }
            Self::Undecided { step, holding: 0, .. } => say(
                format!("{}: tidak ada syarat yang terpenuhi", at(step)),
                format!("{}: no condition holds", at(step)),
            ),
            Self::Undecided { step, holding, .. } => say(
                format!("{}: {holding} syarat terpenuhi sekaligus", at(step)),
                format!("{}: {holding} conditions hold at once", at(step)),
            ),
            Self::NothingOpen { step } => say(
                format!("{}: semua keputusan dapat tertutup", at(step)),
                format!("{}: all outcomes can be closed", at(step)),
            ),
            Self::PaperMissing { step, paper } => say(
                format!("{} memerlukan `{}`, belum ada yang membuatnya", at(step), paper_title(paper)),
                format!("{} requires `{}`, which nobody has made yet", at(step), paper_title(paper)),
            ),
            Self::PaperOvertaken { by, reader, paper } => say(
                format!("{} membuat `{}` yang baru selagi {} membacanya", at(by), paper_title(paper), at(reader)),
                format!("{} makes `{}` anew while {} may be reading it", at(by), paper_title(paper), at(reader)),
            ),
            Self::PaperMadeTwice { by, other, paper } => say(
                format!("{} dan {} sama-sama membuat `{}` pada saat bersamaan", at(by), at(other), paper_title(paper)),
                format!("{} and {} both make `{}` at the same time", at(by), at(other), paper_title(paper)),
            ),
            Self::Endless { steps } => say(
                format!("putaran tanpa batas: baris {}", list(steps)),
                format!("a round without a limit: row {}", list(steps)),
            ),
            Self::NoBudget { step } => {
                say(format!("{} tidak punya batas waktu", at(step)), format!("{} has no budget of time", at(step)))
            }
            Self::NobodyNotices { step } => say(
                format!("{} tanpa pengingat yang berulang ke penanggung jawab", at(step)),
                format!("{} has no reminder that goes on, to somebody accountable", at(step)),
            ),
            Self::AbovePromise { worst, promise } => say(
                format!("terburuk {} menit kerja, janji {} menit kerja", worst.minutes(), promise.minutes()),
                format!("{} working minutes at worst, {} promised", worst.minutes(), promise.minutes()),
            ),
            Self::NeverLeft { step } => say(
                format!("{} tidak pernah ditinggalkan sendiri", at(step)),
                format!("{} is never left by itself", at(step)),
            ),
            Self::NeverDrained { steps } => say(
                format!("tanpa orang, baris {} tidak pernah selesai", list(steps)),
                format!("with nobody acting, row {} never comes to an end", list(steps)),
            ),
            Self::NobodyEligible { step, role, without, bound, .. } => {
                let mut role = process.roles().get(*role).map_or_else(String::new, |role| role.title.clone());
                if let Some(bound) = crate::guarantee::staffed::bound_name(process, *step, *bound) {
                    role = format!("{role} ({bound})");
                }
                match without {
                    None => say(
                        format!("{}: tidak ada yang berwenang sebagai {role}", at(step)),
                        format!("{}: nobody may act as {role}", at(step)),
                    ),
                    Some(person) => say(
                        format!("{}: tanpa {person} tidak ada yang berwenang sebagai {role}", at(step)),
                        format!("{}: without {person} nobody may act as {role}", at(step)),
                    ),
                }
            }
        }
    }
}
