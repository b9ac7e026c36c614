//! Certificates: why a guarantee holds, in a form that is checked in time linear in its length, without any search (G1).
//!
//! A certificate is read by [`check`](fn@check) alone. What has to be trusted is this folder (some 2,000 lines)
//! and the model of moves that it shares with the search (some 2,500, most of them what the core does, recorded); nothing
//! here imports anything of the searches, which a test of the house sees to. A certificate is bound to one process by its hash. Positions in it are those of the document, which the hash fixes: steps, exits,
//! slots, papers in their order.

mod apart;
mod check;
mod claims;
mod closed;
mod moves;
mod numbers;
mod sets;
mod shrink;
mod witness;

use serde::{Deserialize, Serialize};
use sop_core::definition::GuaranteeName;
use sop_core::guard::FieldIx;
use sop_core::process::{BitSet, Hash, PaperIx, Position as _, Process, Reading};

pub(crate) use check::check_on;
pub use check::{CertificateError, check};

use crate::guarantee::longest::Longest;
use crate::guarantee::potential::Potential;
use crate::model::{Apart, Cell, Certain, Concurrency, Diagram, ExitIx, Facts, Place};

/// A step of a reduction. Transitions are numbered as in the net, places too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rule {
    /// A transition from a place to itself: it changes nothing.
    Loop(u32),
    /// The only way on from its input leads to its output: the two places are one, the output.
    Series(u32),
    /// A place between two transitions of which the second needs nothing else: the two are one, the first.
    After(Place),
    /// A place between two transitions of which the first does nothing else, and nobody else takes from its inputs: the
    /// two are one, the second.
    Before(Place),
    /// Two places that are always filled and emptied together: the second goes.
    TwinPlaces(Place, Place),
    /// Two transitions that do the same: the second goes.
    TwinTransitions(u32, u32),
    /// A return that leads back to where the token comes from, in whatever way it came: it adds no state.
    Escape(u32),
}

/// All states of a process in some scope, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct States {
    /// Tells whether returns are counted one by one.
    pub(crate) counters: bool,
    /// The papers of which it is kept whether they are there.
    pub(crate) papers: Vec<PaperIx>,
    pub(crate) words: Vec<u64>,
}

/// What proves that every case can finish and that nothing piles up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FlowEvidence {
    /// The net is reduced to the finished case by these steps.
    Reduced { rules: Vec<Rule>, apart: ApartEvidence },
    /// What these steps leave of the net has these states: bits for the places that are left, in their order. Each has
    /// its rank: how many moves that may be counted on lead to the end.
    Residue { rules: Vec<Rule>, apart: ApartEvidence, states: Vec<u64>, ranks: Vec<u32> },
    /// All states of the process, with their ranks.
    Explored { states: States, ranks: Vec<u32> },
    /// Which steps and slots may hold tokens at once: it shows that nothing piles up, and no more.
    Apart { sets: Vec<Option<Vec<u64>>> },
}

/// What is known of tokens that stand beside one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ApartEvidence {
    /// Nothing has to be known.
    Nothing,
    /// Levels that rise along every arrow.
    Levels(Vec<u32>),
    /// For each step and slot those that may hold a token beside it; none for one that is never reached.
    Sets(Vec<Option<Vec<u64>>>),
}

impl ApartEvidence {
    pub(crate) fn of(apart: &Apart) -> Self {
        match apart {
            Apart::Nothing => Self::Nothing,
            Apart::Levels(levels) => Self::Levels(levels.clone()),
            Apart::Concurrency(concurrency) => Self::Sets(words_of(concurrency)),
        }
    }
}

/// A concurrency relation as words.
pub(crate) fn words_of(concurrency: &Concurrency) -> Vec<Option<Vec<u64>>> {
    concurrency.sets().iter().map(|set| set.as_ref().map(|set| set.as_words().to_vec())).collect()
}

/// A run that shows that exits are taken: a start, then exits, each with the cells of the values that its completion sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Witness {
    pub(crate) start: u32,
    pub(crate) moves: Vec<(ExitIx, Vec<(FieldIx, Cell)>)>,
}

/// Sets that are certain at each step and in each slot, as words of bits; none where no way leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sets {
    pub(crate) steps: Vec<Option<Vec<u64>>>,
    pub(crate) slots: Vec<Option<Vec<u64>>>,
}

impl Sets {
    pub(crate) fn of(certain: &Certain) -> Self {
        let words =
            |sets: &[Option<BitSet>]| sets.iter().map(|set| set.as_ref().map(|set| set.as_words().to_vec())).collect();
        Self { steps: words(&certain.steps), slots: words(&certain.slots) }
    }
}

/// What proves a bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BoundedEvidence {
    /// An inequality for each exit.
    Steps(Potential),
    /// An inequality for each move: what each of these states is worth, and the price of each return.
    States { states: States, worth: Vec<u64>, price: Vec<u64> },
}

impl BoundedEvidence {
    /// The bound that it proves.
    pub(crate) fn bound(&self, process: &Process) -> u64 {
        match self {
            Self::Steps(potential) => potential.bound(process),
            Self::States { worth, price, .. } => {
                let most = worth.iter().copied().max().unwrap_or(0);
                let priced = process.returns().iter().filter_map(|(taken, spec)| {
                    let (limit, _) = spec.limit?;
                    Some(u64::from(limit).saturating_mul(price.get(taken.place()).copied().unwrap_or(0)))
                });
                priced.fold(most, u64::saturating_add)
            }
        }
    }
}

/// What proves that every choice is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DecidedEvidence {
    /// In each choice's tree there is one branch everywhere.
    Trees,
    /// In none of these states a choice is undecided.
    Explored { states: States },
}

/// What proves that papers are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SuppliedEvidence {
    /// What is certain.
    pub(crate) papers: Sets,
    /// For papers of which that is not enough: all states, with these papers.
    pub(crate) states: Vec<States>,
    /// Where steps make what others read or make: that no two of them are open at once.
    pub(crate) apart: Option<RacesEvidence>,
}

/// What proves that steps that race are never open at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RacesEvidence {
    /// For each step and slot those that may hold a token beside it.
    Sets(Vec<Option<Vec<u64>>>),
    /// All states, in none of which both are active.
    States(States),
}

/// What proves that a case ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnattendedEvidence {
    /// For each step the rung that leaves it.
    pub(crate) rungs: Vec<Option<u16>>,
    /// For each step how many minutes it takes from there, if nobody acts.
    pub(crate) within: Vec<u64>,
    /// Where tokens wait for one another: all states, with how many rungs fire until the end.
    pub(crate) drained: Option<(States, Vec<u32>)>,
}

/// Time: the longest ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TimelyEvidence {
    pub(crate) longest: Longest,
}

/// Why the proved guarantees of one process hold.
///
/// Serialised with serde it can be kept beside the process, and brings back its [`Verified`](crate::Verified) without
/// a search: [`verify_by`](crate::verify_by).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// [`CERTIFICATE_VERSION`] when it was made.
    pub(crate) v: u32,
    /// The process.
    pub(crate) process: Hash,
    pub(crate) reading: Reading,
    /// Which steps are reached, as far as arrows go.
    pub(crate) reach: Sets,
    /// The fields that are certainly set.
    pub(crate) fields: Option<Sets>,
    /// Each choice taken apart, in the order of steps, outcomes and rungs; none of one that is too wide.
    pub(crate) choices: Vec<Option<Diagram>>,
    /// All states, where some step is led to by arrows and never reached: those that are active in none lie dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alive: Option<States>,
    pub(crate) flow: Option<FlowEvidence>,
    /// Runs that together take every exit, where the flow alone does not show that they can be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) witnesses: Option<Vec<Witness>>,
    /// Tells whether the evidence about the flow shows that every case can finish.
    pub(crate) completable: bool,
    /// Tells whether it shows that nothing piles up or lies dead.
    pub(crate) clean: bool,
    pub(crate) decided: Option<DecidedEvidence>,
    pub(crate) supplied: Option<SuppliedEvidence>,
    pub(crate) bounded: Option<BoundedEvidence>,
    pub(crate) watched: Option<Vec<Option<u16>>>,
    pub(crate) timely: Option<TimelyEvidence>,
    pub(crate) unattended: Option<UnattendedEvidence>,
}

/// The version of the form of certificates. One of another version is refused, never guessed at.
pub const CERTIFICATE_VERSION: u32 = 3;

impl Certificate {
    /// A certificate of nothing.
    pub(crate) fn empty(process: &Process) -> Self {
        let none = Sets { steps: Vec::new(), slots: Vec::new() };
        Self {
            v: CERTIFICATE_VERSION,
            process: process.hash(),
            reading: process.reading(),
            reach: none,
            fields: None,
            choices: Vec::new(),
            alive: None,
            flow: None,
            witnesses: None,
            completable: false,
            clean: false,
            decided: None,
            supplied: None,
            bounded: None,
            watched: None,
            timely: None,
            unattended: None,
        }
    }

    /// What every claim stands on.
    pub(crate) fn founded(facts: &Facts<'_>) -> Self {
        let reached = |sets: &[Option<BitSet>]| sets.iter().map(|set| set.as_ref().map(|_| Vec::new())).collect();
        Self {
            reach: Sets { steps: reached(&facts.papers.steps), slots: reached(&facts.papers.slots) },
            fields: facts.set.as_ref().map(Sets::of),
            choices: facts
                .choices
                .iter()
                .map(|choice| choice.taken.as_ref().map(|taken| taken.diagram.clone()))
                .collect(),
            ..Self::empty(facts.process)
        }
    }

    /// The hash of the process that it is about.
    pub fn process(&self) -> Hash {
        self.process
    }

    /// Takes back what it says about a guarantee.
    pub(crate) fn withdraw(&mut self, guarantee: GuaranteeName) {
        use GuaranteeName as Name;
        match guarantee {
            Name::Completable => self.completable = false,
            Name::Decided => self.decided = None,
            Name::Clean => self.clean = false,
            Name::Supplied => self.supplied = None,
            Name::Bounded => self.bounded = None,
            Name::Watched => self.watched = None,
            Name::Timely => self.timely = None,
            Name::Unattended => self.unattended = None,
            Name::Staffed => {}
        }
    }

    /// The guarantees for which it has evidence, checked or not.
    pub fn claims(&self) -> Vec<GuaranteeName> {
        use GuaranteeName as Name;
        let claims = [
            (Name::Completable, self.completable),
            (Name::Decided, self.decided.is_some()),
            (Name::Clean, self.clean),
            (Name::Supplied, self.supplied.is_some()),
            (Name::Bounded, self.bounded.is_some()),
            (Name::Watched, self.watched.is_some()),
            (Name::Timely, self.timely.is_some()),
            (Name::Unattended, self.unattended.is_some()),
        ];
        claims.into_iter().filter(|(_, claimed)| *claimed).map(|(name, _)| name).collect()
    }
}
