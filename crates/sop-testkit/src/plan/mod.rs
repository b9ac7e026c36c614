//! Block plans: procedures as a tree of blocks, from which a sound [`Definition`] is written.
//!
//! A [`Plan`] says what there is to do, not how it is wired: a sequence of [`Block`]s, each a step, a decision, a choice
//! by guards, or parallel threads with their join. [`Plan::definition`] wires it. Wherever the tree leaves room for
//! something unsound, the writer takes the nearest sound thing instead, so that **every** plan gives a definition whose
//! required guarantees hold as run, whatever numbers stand in it:
//!
//! - `completable`: joins name exactly the last steps of their threads, and every decision and every choice has a way
//!   that leads on. A `stop` end counts as being over.
//! - `decided`: the guards of a choice partition what its field may hold; where a field was read before, it is read again
//!   only where each of its values can still arrive. An outcome is closed only beside one that stays open.
//! - `clean`: a return goes to a step that is certainly passed before, in the same thread or in one around it, and never
//!   from a thread that outlives its surroundings. Where a thread ends apart, the end at the foot is a `part`.
//! - `supplied`: a step asks for papers that are certainly made before it, and revises only what no parallel step reads.
//!   What a leaving rung or a `then` may pass by is not relied upon.
//! - `bounded`: every arrow that goes back is a return with a limit.
//! - `watched`: every step has a time, and a ladder that leaves it or reminds somebody else for ever.
//!
//! Numbers that pick something (`to`, `requires`, …) count round: any number picks something that is there, the nearest
//! at 0. So plans shrink number by number without ever losing their meaning.

mod around;
mod random;
mod task;
mod write;

pub use random::{plans, plans_of};

use sop_core::definition::Definition;

/// A procedure as a sequence of blocks, and how the office runs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What there is to do, in order. An empty plan is written as one step.
    pub blocks: Vec<Block>,
    /// How the office runs it.
    pub rules: Rules,
}

/// How the office runs a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// How often each return may be taken where it has no limit of its own: 1 to 3, counted round from 0.
    pub limit: u8,
    /// The step up to which the requester may withdraw, counted round.
    pub withdraw: Option<u16>,
    /// Tells whether a wait may be put off.
    pub hold: bool,
    /// Tells whether a claim keeps others out.
    pub claim: bool,
    /// Whether the first step collects a unit that picks the holder of the role `kabid`. Left out where the first step
    /// can't be relied upon to do so.
    pub per_unit: bool,
}

/// A part of a plan with one way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// One step.
    Step(Task),
    /// A step whose outcome a person picks.
    Decision {
        /// The step.
        task: Task,
        /// Its outcomes. If none leads on, the first does.
        ways: Vec<Branch>,
    },
    /// A step whose way on is picked by guards over one field. Two to four branches; what is beyond is left out.
    Guarded {
        /// The step.
        task: Task,
        /// The field that the guards read.
        reads: Reads,
        /// The branches, in the order of the field's domain. If none leads on, the first does.
        ways: Vec<Branch>,
        /// A further outcome beside the one that is picked by guards.
        besides: Option<Branch>,
    },
    /// A step after which several threads run in parallel.
    Split {
        /// The step.
        task: Task,
        /// The threads that the join waits for: at least two.
        threads: Vec<Vec<Block>>,
        /// Threads that nobody waits for: they end by themselves.
        apart: Vec<Vec<Block>>,
        /// The step that joins.
        join: Task,
    },
}

/// One way out of a decision or a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Branch {
    /// Straight to what follows.
    Onwards,
    /// Through some blocks, then to what follows.
    Through(Vec<Block>),
    /// Back.
    Back {
        /// To which of the steps that are certainly passed before, the nearest first; after the farthest comes the
        /// step itself.
        to: u16,
        /// A limit of its own.
        limit: Option<Limit>,
    },
    /// The whole case stops.
    Stop,
    /// This thread is over; in a thread that a join waits for, the whole case stops.
    Part,
}

/// The number of times that a return may be taken, and what then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How often: 1 to 3, counted round from 0.
    pub times: u8,
    /// What then.
    pub then: Afterwards,
}

/// What follows a return that is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// The case stops.
    Stop,
    /// The outcome is closed; in a choice, the case stops.
    Closed,
    /// The work goes on behind the block, where nothing leads back; otherwise the case stops.
    Next,
}

/// What somebody does at one step. The default is a plain step of the requester.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Task {
    /// The place of its role in [`ROLES`](crate::office::ROLES), counted round.
    pub role: u8,
    /// Tells whether another role may act as well.
    pub shared: bool,
    /// The place of its time among those that are written, counted round.
    pub time: u8,
    /// What it does with papers.
    pub papers: Papers,
    /// What happens when it is overdue.
    pub ladder: Ladder,
    /// Tells whether somebody else must have done one of the earlier steps of its role: which, the nearest first.
    pub apart_from: Option<u16>,
    /// Tells whether a register numbers it.
    pub register: bool,
    /// Tells whether it has less time after a return.
    pub rework: bool,
    /// Tells whether an acting officer needs a mandate that decides.
    pub strategic: bool,
}

/// What a step does with papers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Papers {
    /// It makes one.
    pub makes: bool,
    /// It asks for some that are there, the newest first.
    pub requires: Vec<u16>,
    /// It hands the first of these on as a new version, where nobody reads it meanwhile.
    pub revises: bool,
    /// It hands the first of these on unchanged.
    pub passes: bool,
    /// It asks for one that its own role brings.
    pub brings: bool,
    /// It is drawn as asking for one that it makes, by the policy, itself.
    pub drawn: bool,
}

/// What happens when a step is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ladder {
    /// Who answers for it is reminded every day.
    #[default]
    Remind,
    /// The superior may act after a day.
    Climb,
    /// Another role acts after a day.
    HandOver,
    /// After two days the step takes an outcome that leads on; the case stops where there is none that needs no values.
    Leave,
    /// After two days the case stops.
    Stop,
}

/// The field that guards read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reads {
    /// Its type. A field of two values is written as a choice where there are more branches.
    pub kind: Kind,
    /// Where it is set.
    pub from: Source,
}

/// The type of a field whose domain is partitioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// A whole number from 0 to 100, cut at 10, 20 and 30.
    Integer,
    /// One of four.
    Choice,
}

/// Where a field that guards read is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// At that very step.
    Here,
    /// At a step that is certainly passed before, the nearest first.
    Earlier(u16),
    /// Where another choice had it from, the newest first.
    Again(u16),
}

impl Plan {
    /// The definition: its steps are `s1`, `s2`, … in the order of the table; a paper made at `s3` is `p3`, one that is
    /// brought there `b3`, one that is drawn as required there `d3`; a field that `s3` was first to read is `f3`.
    pub fn definition(&self) -> Definition {
        write::sketch(self).write()
    }

    /// The number of steps that the definition has.
    pub fn steps(&self) -> usize {
        count(&self.blocks)
    }
}

impl From<Vec<Block>> for Plan {
    fn from(blocks: Vec<Block>) -> Self {
        Self { blocks, rules: Rules::default() }
    }
}

/// The steps of a sequence; one where it is empty.
fn count(blocks: &[Block]) -> usize {
    let branch = |branch: &Branch| match branch {
        Branch::Through(blocks) => count(blocks),
        _ => 0,
    };
    let of = |block: &Block| match block {
        Block::Step(_) => 1,
        Block::Decision { ways, .. } => 1 + ways.iter().map(branch).sum::<usize>(),
        Block::Guarded { ways, besides, .. } => {
            1 + ways.iter().take(write::MOST_BRANCHES).chain(besides).map(branch).sum::<usize>()
        }
        Block::Split { threads, apart, .. } => {
            let missing = 2_usize.saturating_sub(threads.len());
            2 + missing + threads.iter().chain(apart).map(|thread| count(thread)).sum::<usize>()
        }
    };
    blocks.iter().map(of).sum::<usize>().max(1)
}

/// Tells whether a thread of some block outlives the block.
fn leaves_threads(block: &Block) -> bool {
    let any = |blocks: &[Block]| blocks.iter().any(leaves_threads);
    let branch = |branch: &Branch| matches!(branch, Branch::Through(blocks) if any(blocks));
    match block {
        Block::Step(_) => false,
        Block::Decision { ways, .. } => ways.iter().any(branch),
        Block::Guarded { ways, besides, .. } => ways.iter().chain(besides).any(branch),
        Block::Split { threads, apart, .. } => !apart.is_empty() || threads.iter().any(|thread| any(thread)),
    }
}
