//! The process: a definition compiled and checked; immutable.
//!
//! [`compile`] resolves every name of a definition to a dense index, checks everything that can be checked without
//! searching, and draws the flow as a petgraph graph. A [`Process`] can only come from there: whatever takes one need
//! not check again.

mod bits;
mod canonical;
mod compile;
mod graph;
mod hash;
pub(crate) mod index;
mod tables;

use std::collections::HashMap;
use std::sync::{Arc as Shared, OnceLock};

pub use bits::BitSet;
pub use compile::{
    CheckedOffice, Compilation, MAX_EXITS, MAX_STEPS, MAX_STEPS_WITH_RETURNS, Reading, check_office, compile,
};
pub use graph::{Arrow, ArrowKind, FlowGraph, Node};
pub use hash::{Hash, HashError};
pub use index::{
    EndIx, GroupIx, LadderIx, OutcomeIx, PaperIx, Position, RegisterIx, ReturnIx, RoleIx, RowIx, SlotIx, StartIx,
    StepIx, Table,
};
pub use tables::{
    Arc, BranchSpec, EndSpec, GroupSpec, Ladder, ONLY_OUTCOME, OutcomeSpec, PaperSpec, PlacedNote, RegisterSpec,
    ReturnSpec, RoleSpec, Route, RowSpec, RungEffect, RungSpec, SlotSpec, StartSpec, StepSpec, ThenSpec, Timing,
    WaiverSpec, WithdrawSpec,
};

use crate::case::{Called, Shape};
use crate::definition::{DefinitionId, EndId, OutcomeId, PaperId, RegisterId, RoleId, StartId, StepId};
use crate::guard::{Field, FieldIx, Value, ValueProblem};
use crate::time::{Budget, DurationRules};

/// A definition compiled and checked; immutable, and cheap to clone.
#[derive(Debug, Clone)]
pub struct Process(Shared<Compiled>);

/// Everything in one place, so that a clone counts once: one is made for each command.
#[derive(Debug)]
struct Compiled {
    parts: Parts,
    /// Made when somebody first asks by name: a proof never does.
    lookup: OnceLock<Lookup>,
    shape: Shared<Shape>,
}

/// What a process consists of. Only [`compile`] makes one.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) id: DefinitionId,
    pub(crate) edition: u32,
    pub(crate) title: String,
    pub(crate) reading: Reading,
    pub(crate) signed: Hash,
    pub(crate) process: Hash,
    pub(crate) roles: Table<RoleIx, RoleSpec>,
    pub(crate) papers: Table<PaperIx, PaperSpec>,
    pub(crate) fields: Vec<Field>,
    pub(crate) rows: Table<RowIx, RowSpec>,
    pub(crate) steps: Table<StepIx, StepSpec>,
    pub(crate) slots: Table<SlotIx, SlotSpec>,
    pub(crate) returns: Table<ReturnIx, ReturnSpec>,
    pub(crate) groups: Table<GroupIx, GroupSpec>,
    pub(crate) ladders: Table<LadderIx, Ladder>,
    pub(crate) starts: Table<StartIx, StartSpec>,
    pub(crate) ends: Table<EndIx, EndSpec>,
    pub(crate) registers: Table<RegisterIx, RegisterSpec>,
    pub(crate) owner: Option<RoleIx>,
    pub(crate) withdraw: Option<WithdrawSpec>,
    pub(crate) hold_max: Option<Budget>,
    pub(crate) claim_exclusive: Option<Budget>,
    pub(crate) max_comments: u32,
    pub(crate) promise: Option<Budget>,
    pub(crate) waivers: Vec<WaiverSpec>,
    pub(crate) notes: Vec<PlacedNote>,
    pub(crate) durations: DurationRules,
    pub(crate) graph: FlowGraph,
}

/// Where each name is found. Its order is seen by nobody.
#[derive(Debug, Default)]
struct Lookup {
    steps: HashMap<StepId, StepIx>,
    roles: HashMap<RoleId, RoleIx>,
    papers: HashMap<PaperId, PaperIx>,
    fields: HashMap<String, FieldIx>,
    starts: HashMap<StartId, StartIx>,
    ends: HashMap<EndId, EndIx>,
    registers: HashMap<RegisterId, RegisterIx>,
}

impl Lookup {
    fn new(parts: &Parts) -> Self {
        Self {
            steps: parts.steps.iter().map(|(at, spec)| (spec.id.clone(), at)).collect(),
            roles: parts.roles.iter().map(|(at, spec)| (spec.id.clone(), at)).collect(),
            papers: parts.papers.iter().map(|(at, spec)| (spec.id.clone(), at)).collect(),
            fields: (0..).map_while(FieldIx::new).zip(&parts.fields).map(|(at, spec)| (spec.id.clone(), at)).collect(),
            starts: parts.starts.iter().map(|(at, spec)| (spec.id.clone(), at)).collect(),
            ends: parts.ends.iter().map(|(at, spec)| (spec.id.clone(), at)).collect(),
            registers: parts.registers.iter().map(|(at, spec)| (spec.id.clone(), at)).collect(),
        }
    }
}

impl Process {
    pub(crate) fn from_parts(parts: Parts) -> Self {
        // Compilation refuses tables that outgrow their index types, which all fit in 32 bits.
        let size = |len: usize| len as u32;
        let shape = Shape {
            papers: size(parts.papers.len()),
            fields: size(parts.fields.len()),
            steps: size(parts.steps.len()),
            returns: size(parts.returns.len()),
            slots: size(parts.slots.len()),
            ends: size(parts.ends.len()),
            groups: size(parts.groups.len()),
        };
        Self(Shared::new(Compiled { parts, lookup: OnceLock::new(), shape: Shared::new(shape) }))
    }

    fn lookup(&self) -> &Lookup {
        self.0.lookup.get_or_init(|| Lookup::new(&self.0.parts))
    }

    /// The definition's name.
    pub fn id(&self) -> &DefinitionId {
        &self.0.parts.id
    }

    /// The definition's edition.
    pub fn edition(&self) -> u32 {
        self.0.parts.edition
    }

    /// The name of the procedure, with the part that this flow is.
    pub fn title(&self) -> &str {
        &self.0.parts.title
    }

    /// Tells whether this is the definition as signed or as run (G6).
    pub fn reading(&self) -> Reading {
        self.0.parts.reading
    }

    /// The hash of the signed part (H1).
    pub fn signed_hash(&self) -> Hash {
        self.0.parts.signed
    }

    /// The hash of everything that governs a case: signed part, policy and office (H1). What is deployed is compared
    /// by it.
    pub fn hash(&self) -> Hash {
        self.0.parts.process
    }

    /// The roles.
    #[inline]
    pub fn roles(&self) -> &Table<RoleIx, RoleSpec> {
        &self.0.parts.roles
    }

    /// The papers.
    #[inline]
    pub fn papers(&self) -> &Table<PaperIx, PaperSpec> {
        &self.0.parts.papers
    }

    /// The fields, by index.
    pub fn fields(&self) -> &[Field] {
        &self.0.parts.fields
    }

    /// The rows.
    #[inline]
    pub fn rows(&self) -> &Table<RowIx, RowSpec> {
        &self.0.parts.rows
    }

    /// The steps.
    #[inline]
    pub fn steps(&self) -> &Table<StepIx, StepSpec> {
        &self.0.parts.steps
    }

    /// The slots of joins.
    #[inline]
    pub fn slots(&self) -> &Table<SlotIx, SlotSpec> {
        &self.0.parts.slots
    }

    /// The returns.
    #[inline]
    pub fn returns(&self) -> &Table<ReturnIx, ReturnSpec> {
        &self.0.parts.returns
    }

    /// The shared clocks.
    #[inline]
    pub fn groups(&self) -> &Table<GroupIx, GroupSpec> {
        &self.0.parts.groups
    }

    /// The ladder of a step's wait.
    pub fn ladder(&self, step: StepIx) -> &Ladder {
        static NONE: Ladder = Ladder { rungs: Vec::new(), first: None };
        let spec = self.0.parts.steps.get(step);
        spec.and_then(|spec| self.0.parts.ladders.get(spec.ladder)).unwrap_or(&NONE)
    }

    /// The ways to open a case.
    #[inline]
    pub fn starts(&self) -> &Table<StartIx, StartSpec> {
        &self.0.parts.starts
    }

    /// The ends.
    #[inline]
    pub fn ends(&self) -> &Table<EndIx, EndSpec> {
        &self.0.parts.ends
    }

    /// The registers of the office.
    #[inline]
    pub fn registers(&self) -> &Table<RegisterIx, RegisterSpec> {
        &self.0.parts.registers
    }

    /// The role that stands behind every case.
    pub fn owner(&self) -> Option<RoleIx> {
        self.0.parts.owner
    }

    /// Withdrawal by the requester.
    pub fn withdraw(&self) -> Option<WithdrawSpec> {
        self.0.parts.withdraw
    }

    /// The time that a wait may be held; none: not at all (T6).
    pub fn hold_max(&self) -> Option<Budget> {
        self.0.parts.hold_max
    }

    /// The time that a claim keeps others out; none: it only orders the work list (W4).
    pub fn claim_exclusive(&self) -> Option<Budget> {
        self.0.parts.claim_exclusive
    }

    /// The number of comments that a case may carry.
    pub fn max_comments(&self) -> u32 {
        self.0.parts.max_comments
    }

    /// What the office promises the requester.
    pub fn promise(&self) -> Option<Budget> {
        self.0.parts.promise
    }

    /// The guarantees that the office does without.
    pub fn waivers(&self) -> &[WaiverSpec] {
        &self.0.parts.waivers
    }

    /// The remarks of the transcriber, in document order.
    pub fn notes(&self) -> &[PlacedNote] {
        &self.0.parts.notes
    }

    /// What 'hari', 'minggu' and 'bulan' mean in this office.
    pub fn durations(&self) -> &DurationRules {
        &self.0.parts.durations
    }

    /// The flow as a graph.
    pub fn graph(&self) -> &FlowGraph {
        &self.0.parts.graph
    }

    /// The sizes that a state of this process is laid out for.
    pub fn shape(&self) -> Shape {
        *self.0.shape
    }

    /// The same, for states to share.
    pub(crate) fn shared_shape(&self) -> Shared<Shape> {
        Shared::clone(&self.0.shape)
    }

    /// The step with this name.
    pub fn find_step(&self, id: &StepId) -> Option<StepIx> {
        self.lookup().steps.get(id).copied()
    }

    /// The role with this name.
    pub fn find_role(&self, id: &RoleId) -> Option<RoleIx> {
        self.lookup().roles.get(id).copied()
    }

    /// The paper with this name.
    pub fn find_paper(&self, id: &PaperId) -> Option<PaperIx> {
        self.lookup().papers.get(id).copied()
    }

    /// The field with this name.
    pub fn find_field(&self, id: &str) -> Option<FieldIx> {
        self.lookup().fields.get(id).copied()
    }

    /// The start with this name.
    pub fn find_start(&self, id: &StartId) -> Option<StartIx> {
        self.lookup().starts.get(id).copied()
    }

    /// The end with this name.
    pub fn find_end(&self, id: &EndId) -> Option<EndIx> {
        self.lookup().ends.get(id).copied()
    }

    /// The register with this name.
    pub fn find_register(&self, id: &RegisterId) -> Option<RegisterIx> {
        self.lookup().registers.get(id).copied()
    }

    /// The outcome of a step with this name.
    pub fn find_outcome(&self, step: StepIx, id: &OutcomeId) -> Option<OutcomeIx> {
        self.0.parts.steps.get(step)?.outcomes.iter().position(|outcome| outcome.id == *id).map(OutcomeIx::at)
    }

    /// The field at an index that may come from elsewhere.
    pub fn field(&self, field: FieldIx) -> Option<&Field> {
        self.0.parts.fields.get(field.place())
    }

    /// Tells whether a field admits a value.
    ///
    /// # Errors
    /// What is wrong with the value; a field that the process does not have admits none.
    pub fn admits(&self, field: FieldIx, value: &Value) -> Result<(), ValueProblem> {
        match self.field(field) {
            Some(field) => field.ty.admits(value),
            None => Err(ValueProblem::NoSuchPlace { place: u16::at(field.place()) }),
        }
    }

    /// The row as people refer to it: 'baris 7', or its place from the top where it has no number.
    pub fn row_name(&self, row: RowIx) -> String {
        match self.0.parts.rows.get(row).and_then(|row| row.no.as_deref()) {
            Some(no) => no.to_owned(),
            None => format!("({})", row.place() + 1),
        }
    }

    /// A step as people refer to it: its row and its role.
    pub fn called_step(&self, step: StepIx) -> Called {
        let Some(spec) = self.0.parts.steps.get(step) else {
            return Called { id: String::new(), title: String::new() };
        };
        let role =
            spec.roles.first().and_then(|role| self.0.parts.roles.get(*role)).map_or("", |role| role.title.as_str());
        Called { id: spec.id.to_string(), title: format!("baris {}, {role}", self.row_name(spec.row)) }
    }

    /// A paper as people refer to it.
    pub fn called_paper(&self, paper: PaperIx) -> Option<Called> {
        let spec = self.0.parts.papers.get(paper)?;
        Some(Called { id: spec.id.to_string(), title: spec.title.clone() })
    }

    /// A field as people refer to it.
    pub fn called_field(&self, field: FieldIx) -> Called {
        match self.field(field) {
            Some(field) => Called { id: field.id.clone(), title: field.title.clone() },
            None => Called { id: field.place().to_string(), title: String::new() },
        }
    }
}

impl PartialEq for Process {
    /// Two processes are the same if their hashes and readings are.
    fn eq(&self, other: &Self) -> bool {
        self.0.parts.process == other.0.parts.process && self.0.parts.reading == other.0.parts.reading
    }
}

impl Eq for Process {}
