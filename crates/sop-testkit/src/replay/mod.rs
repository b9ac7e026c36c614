//! Counterexamples played again: what the verifier says goes wrong is made to go wrong, by the engine itself (G1).
//!
//! A [`Cause`] carries a run and the trouble that it ends in. [`replay`] opens an engine on a store in memory, with a
//! simulated clock and the calendar of the bundle, and does what the run says, act by act; then it looks whether
//! exactly that trouble is there. [`replay_as_signed`] does the same for the process as signed, which no engine runs:
//! there the core's `decide` and `apply` are called directly, as the engine calls them.
//!
//! A run takes for granted what its guarantee does (G2). Papers: of a run that is not about a paper, or is about another
//! one, a completion may be refused for want of a paper; then the run is played once more with the requirements of the
//! other papers waived (P4), and [`Replayed::papers_granted`] says so. People: where the one who is named may not act,
//! since duties are separated, another one of the same post does ([`Replayed::stand_ins`]).

mod confirm;
mod on_core;
mod on_engine;
mod papers;
mod people;
mod player;
mod stage;

use sop_core::case::{Rejection, Status};
use sop_core::definition::DirectoryFile;
use sop_core::process::{PaperIx, Process, Reading, StepIx, compile};
use sop_core::time::{Calendar, Instant, Millis};
use sop_engine::files::Bundle;
use sop_verify::{Cause, Run, Trouble};

use on_core::CoreStage;
use on_engine::EngineStage;
use player::Player;
use stage::Stage;

/// When a replay begins, where the trouble doesn't say when: Monday, 12 January 2026, 08.00 WIB.
const OPENS: &str = "2026-01-12T08:00:00+07:00";

/// How a run went that was played to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The number of waits that people completed, repeated rounds included.
    pub completions: u64,
    /// Working time from the opening to the last act.
    pub working: Millis,
    /// When the case was opened, and when the last act was; none before it is opened.
    pub times: Option<(Instant, Instant)>,
    /// What has become of the case.
    pub status: Status,
    /// Tells whether the requirements of papers that the run is not about had to be waived.
    pub papers_granted: bool,
    /// The number of times that somebody else than the one who is named acted.
    pub stand_ins: u64,
}

/// Why a run does not show what it is said to show.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// The cause has no run.
    #[error("there is no run")]
    NoRun,
    /// The stage could not be set up: nothing was played.
    #[error("the stage is not ready: {0}")]
    Stage(String),
    /// Somebody is to act at a step where nobody has to.
    #[error("act {act}: nothing waits at {step:?}")]
    NoSuchWait {
        /// The act, counted from 0.
        act: usize,
        /// The step.
        step: StepIx,
    },
    /// The opening, or a completion that the run goes on from, was refused.
    #[error("act {act}: refused: {rejection:?}")]
    Refused {
        /// The act.
        act: usize,
        /// Why.
        rejection: Box<Rejection>,
    },
    /// A completion that is the trouble was accepted.
    #[error("act {act}: not refused")]
    NotRefused {
        /// The act.
        act: usize,
    },
    /// A rung was to fire that never does, nobody acting.
    #[error("act {act}: the rung never fires")]
    NeverFires {
        /// The act.
        act: usize,
    },
    /// Before the rung, or the act, that comes next, another rung left its wait.
    #[error("act {act}: rung {rung} of {step:?} comes first")]
    Overtaken {
        /// The act.
        act: usize,
        /// The step of the wait that was left.
        step: StepIx,
        /// The rung that left it.
        rung: u16,
    },
    /// Everything went as the run says, and the trouble is not there.
    #[error("not confirmed: {0}")]
    NotConfirmed(String),
}

impl Mismatch {
    /// Tells whether papers alone were in the way, which the run takes for granted.
    fn is_about_papers(&self) -> bool {
        let Self::Refused { rejection, .. } = self else { return false };
        match &**rejection {
            Rejection::Incomplete { papers, fields, invalid, unexpected, unattachable } => {
                !papers.is_empty()
                    && fields.is_empty()
                    && invalid.is_empty()
                    && unexpected.is_empty()
                    && unattachable.is_empty()
            }
            _ => false,
        }
    }
}

/// Plays the run of a cause through the engine, and says whether it ends in the trouble that is claimed.
///
/// Without a directory the people are the verifier's [`Cast`](sop_verify::Cast), with understudies for separated duties.
/// With one, they act as well until the end of the run; there, nobody but those whom it lists.
///
/// # Errors
/// What is otherwise than the cause says.
pub fn replay(bundle: &Bundle, cause: &Cause, directory: Option<&DirectoryFile>) -> Result<Replayed, Mismatch> {
    let begins = beginning(&cause.trouble)?;
    let first = confirmed(EngineStage::new(bundle.clone(), directory, begins)?, cause);
    match first {
        Err(mismatch) if mismatch.is_about_papers() => {
            let granted = papers::waived(bundle, in_question(&cause.trouble))?;
            let replayed = confirmed(EngineStage::new(granted, directory, begins)?, cause)?;
            Ok(Replayed { papers_granted: true, ..replayed })
        }
        first => first,
    }
}

/// Plays the run of a cause of a process as signed, and says whether it ends in the trouble that is claimed. The bundle
/// is the one that [gave the process](Bundle::as_signed).
///
/// # Errors
/// What is otherwise than the cause says.
pub fn replay_as_signed(bundle: &Bundle, process: &Process, cause: &Cause) -> Result<Replayed, Mismatch> {
    let begins = beginning(&cause.trouble)?;
    let stage = |process: Process| CoreStage::new(process, bundle.calendar().clone(), bundle.office(), begins);
    match confirmed(stage(process.clone())?, cause) {
        Err(mismatch) if mismatch.is_about_papers() => {
            let paper = in_question(&cause.trouble).and_then(|paper| process.papers().get(paper));
            let granted = papers::not_asked_for(bundle.definition(), paper.map(|paper| &paper.id));
            let compiled = compile(&granted, bundle.office(), Reading::AsSigned, &Default::default()).into_result();
            let granted = compiled.map_err(|found| Mismatch::Stage(format!("{found:?}")))?;
            let replayed = confirmed(stage(granted)?, cause)?;
            Ok(Replayed { papers_granted: true, ..replayed })
        }
        first => first,
    }
}

/// Plays a run that is said to be the worst case, through the engine.
///
/// # Errors
/// What is otherwise than the run says.
pub fn play(bundle: &Bundle, run: &Run) -> Result<Replayed, Mismatch> {
    let begins = opens()?;
    let played = |bundle: Bundle| -> Result<Replayed, Mismatch> {
        let mut stage = EngineStage::new(bundle, None, begins)?;
        let mut player = Player::new(&mut stage);
        player.play(&run.acts)?;
        Ok(player.told())
    };
    match played(bundle.clone()) {
        Err(mismatch) if mismatch.is_about_papers() => {
            let replayed = played(papers::waived(bundle, None)?)?;
            Ok(Replayed { papers_granted: true, ..replayed })
        }
        first => first,
    }
}

fn confirmed(mut stage: impl Stage, cause: &Cause) -> Result<Replayed, Mismatch> {
    let run = cause.run.as_ref().ok_or(Mismatch::NoRun)?;
    let mut player = Player::new(&mut stage);
    confirm::confirm(&mut player, run, &cause.trouble)?;
    Ok(player.told())
}

fn opens() -> Result<Instant, Mismatch> {
    OPENS.parse().map_err(|_| Mismatch::Stage(OPENS.to_owned()))
}

/// The paper that is not to be taken for granted. Of one that is made anew it does not matter who lacks it before.
fn in_question(trouble: &Trouble) -> Option<PaperIx> {
    match trouble {
        Trouble::PaperMissing { paper, .. } => Some(*paper),
        _ => None,
    }
}

/// When a run has to begin to come to its trouble: an open seat is open at a time.
fn beginning(trouble: &Trouble) -> Result<Instant, Mismatch> {
    match trouble {
        Trouble::NobodyEligible { at, .. } if *at > Instant::MIN => Ok(*at),
        _ => opens(),
    }
}

/// The calendar of a stage, for measuring.
fn working(calendar: &Calendar, from: Instant, to: Instant) -> Millis {
    calendar.measure(from, to)
}
