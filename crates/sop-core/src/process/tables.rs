//! What a process consists of, resolved to dense indices.

use std::sync::Arc as Shared;

use super::bits::BitSet;
use super::index::{EndIx, GroupIx, LadderIx, OutcomeIx, PaperIx, RegisterIx, ReturnIx, RoleIx, RowIx, SlotIx, StepIx};
use crate::definition::{
    EndId, EndKind, GuaranteeName, OutcomeId, PaperId, PostId, RegisterId, RoleId, StartId, StepId,
};
use crate::guard::{FieldIx, Guard};
use crate::time::{Budget, Date, Waktu};

/// Who acts: a column of the table, or a post of the office that the policy brings in.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleSpec {
    /// Its name.
    pub id: RoleId,
    /// What people call it.
    pub title: String,
    /// The post that holds it.
    pub post: PostId,
    /// The field whose value picks the holder (W2).
    pub per: Option<FieldIx>,
    /// Tells whether whoever starts a case holds it in that case.
    pub requester: bool,
    /// The role above (T5).
    pub superior: Option<RoleIx>,
    /// The role that answers for this one before anything is escalated (T5).
    pub accountable: Option<RoleIx>,
    /// Tells whether it is a column of the table.
    pub column: bool,
}

/// A paper.
#[derive(Debug, Clone, PartialEq)]
pub struct PaperSpec {
    /// Its name.
    pub id: PaperId,
    /// What the table calls it.
    pub title: String,
    /// The role whose steps bring it.
    pub brought_by: Option<RoleIx>,
}

/// A row of the table, as people refer to it.
#[derive(Debug, Clone, PartialEq)]
pub struct RowSpec {
    /// The number as printed, if it has one.
    pub no: Option<String>,
    /// The activity to the letter; that of the row above where the cells are one.
    pub activity: String,
    /// Kelengkapan as printed.
    pub requires: String,
    /// Waktu as printed.
    pub time: String,
    /// Output as printed.
    pub outputs: String,
    /// Keterangan.
    pub remark: String,
}

/// A step: one symbol in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct StepSpec {
    /// Its name.
    pub id: StepId,
    /// The row it stands in.
    pub row: RowIx,
    /// The roles of which any one acts, after `acts_through` (T5); at least one.
    pub roles: Vec<RoleIx>,
    /// The field whose value binds the roles at activation (W2).
    pub per: Option<FieldIx>,
    /// Waktu as the analyst wrote it.
    pub waktu: Waktu,
    /// The budget of a wait (T1, T2), if it has one.
    pub budget: Option<Budget>,
    /// The budget after a return, where it differs (T1).
    pub rework: Option<Budget>,
    /// The clock it shares with other steps (T2).
    pub group: Option<GroupIx>,
    /// The papers that must be there at a completion (P3): those it brings or makes itself and those waived are not
    /// among them.
    pub requires: Vec<PaperIx>,
    /// The papers that a completion brings if they are absent (P3).
    pub brings: Vec<PaperIx>,
    /// The papers that a completion by a person makes, whatever its outcome (P3, `makes`).
    pub makes: Vec<PaperIx>,
    /// The papers whose requirement is waived (P4). A waiver past its last day is a warning and keeps its effect on
    /// what is deployed already, since enforcing it then could stall a case that was proved with it.
    pub waived: Vec<PaperIx>,
    /// All that the step is drawn as requiring.
    pub drawn_requires: Vec<PaperIx>,
    /// All that the step is drawn as handing out.
    pub outputs: Vec<PaperIx>,
    /// Those of them that become a new version although they are also required.
    pub revises: Vec<PaperIx>,
    /// The exits by name; a step that offers no choice has one, `selesai` (F4).
    pub outcomes: Vec<OutcomeSpec>,
    /// The ladder of an overdue wait.
    pub ladder: LadderIx,
    /// The slots of its join: the first and how many (F2). None: any token activates it.
    pub join: Option<(SlotIx, u32)>,
    /// Steps that another person must have completed, both ways (W3).
    pub distinct_from: Vec<StepIx>,
    /// Steps that the same person must have completed, both ways (W3).
    pub same_as: Vec<StepIx>,
    /// Tells whether an acting officer needs a mandate that decides (W1).
    pub strategic: bool,
    /// The register that numbers a completion.
    pub register: Option<RegisterIx>,
}

impl StepSpec {
    /// The outcome at a position that may come from elsewhere.
    pub fn outcome(&self, at: OutcomeIx) -> Option<&OutcomeSpec> {
        self.outcomes.get(usize::from(at.0))
    }
}

/// The name of the outcome of a step that offers no choice (F4).
pub const ONLY_OUTCOME: &str = "selesai";

/// An exit that a person picks by name.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeSpec {
    /// Its name.
    pub id: OutcomeId,
    /// What a form shows.
    pub title: String,
    /// Where it leads.
    pub route: Route,
    /// The fields that a completion sets (P2).
    pub collects: Vec<FieldIx>,
    /// The papers that become a new version (P1), on branches that do not return.
    pub makes: Vec<PaperIx>,
    /// The papers that are handed on unchanged (P1).
    pub passes: Vec<PaperIx>,
}

/// Where an exit leads.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// To one step or to several at once.
    Go(Vec<Arc>),
    /// Back (R1–R3).
    Return(ReturnIx),
    /// To an end (F5).
    End(EndIx),
    /// To the one branch whose guard holds (F4).
    Choose(Vec<BranchSpec>),
}

/// A guarded way on. Its own route is never a [`Route::Choose`].
#[derive(Debug, Clone, PartialEq)]
pub struct BranchSpec {
    /// The guard.
    pub guard: Guard,
    /// Where it leads.
    pub route: Route,
}

/// One arrow of the flow: to a step, or into a slot of its join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arc {
    /// The step.
    pub to: StepIx,
    /// The slot that the token fills; none: the step is activated.
    pub slot: Option<SlotIx>,
}

/// A slot of a join.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotSpec {
    /// The step whose join it belongs to.
    pub step: StepIx,
    /// The alternative sources.
    pub sources: Vec<StepIx>,
}

/// A return.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnSpec {
    /// The step that sends back.
    pub from: StepIx,
    /// The outcome that does it.
    pub outcome: OutcomeIx,
    /// The branch of that outcome's `choose`, counted from 0.
    pub branch: Option<u16>,
    /// The step it goes back to.
    pub to: StepIx,
    /// How often, and what then (R1, R2); none: without bound.
    pub limit: Option<(u32, ThenSpec)>,
    /// The steps whose waits are withdrawn (R3), the target among them; one set for all returns to one target.
    pub steps: Shared<BitSet>,
    /// The slots that are emptied (R3); one set for all returns to one target.
    pub slots: Shared<BitSet>,
    /// The shared clocks that begin anew (T2).
    pub refills: Vec<GroupIx>,
}

/// What happens instead of a return beyond its limit (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThenSpec {
    /// The token ends.
    End(EndIx),
    /// A step is activated.
    Next(StepIx),
    /// The outcome can no longer be picked.
    Closed,
}

/// A clock that several steps share (T2).
#[derive(Debug, Clone, PartialEq)]
pub struct GroupSpec {
    /// What the steps have together.
    pub budget: Option<Budget>,
    /// The steps.
    pub steps: Vec<StepIx>,
}

/// The stages of an overdue wait (T3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Ladder {
    /// The rungs in the order of the definition.
    pub rungs: Vec<RungSpec>,
    /// The rung that fires first, where that does not depend on the calendar.
    pub first: Option<u16>,
}

impl Ladder {
    /// The time from due to the first firing, where that does not depend on the calendar.
    pub fn earliest(&self) -> Option<Budget> {
        let first = self.rungs.get(usize::from(self.first?))?;
        Some(first.timing.first())
    }
}

/// One stage of a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RungSpec {
    /// When it fires, measured from due.
    pub timing: Timing,
    /// What it does.
    pub effect: RungEffect,
}

/// When a rung fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timing {
    /// Once, this long after due.
    After(Budget),
    /// Again and again, this long after due and after each time.
    Every(Budget),
}

impl Timing {
    /// The time from due to the first firing.
    pub fn first(self) -> Budget {
        let (Timing::After(budget) | Timing::Every(budget)) = self;
        budget
    }
}

/// What a rung does (T3). Roles are resolved when the process is compiled: a ladder that climbs names each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RungEffect {
    /// Reminds whoever may act.
    RemindDoer,
    /// Reminds the accountable role.
    RemindAccountable,
    /// Reminds this role.
    Remind(RoleIx),
    /// This role may act too, and is now accountable.
    Escalate(RoleIx),
    /// This role acts instead.
    Reassign(RoleIx),
    /// The wait takes this outcome.
    Outcome(OutcomeIx),
    /// The wait ends here.
    End(EndIx),
}

impl RungEffect {
    /// Tells whether the wait is over afterwards.
    pub fn leaves(self) -> bool {
        matches!(self, RungEffect::Outcome(_) | RungEffect::End(_))
    }
}

/// A way to open a case.
#[derive(Debug, Clone, PartialEq)]
pub struct StartSpec {
    /// Its name.
    pub id: StartId,
    /// What a form shows.
    pub title: String,
    /// The steps that it activates together.
    pub opens: Vec<StepIx>,
    /// The papers that whoever starts brings (P3).
    pub brings: Vec<PaperIx>,
}

/// An end.
#[derive(Debug, Clone, PartialEq)]
pub struct EndSpec {
    /// Its name.
    pub id: EndId,
    /// What people call it.
    pub title: String,
    /// What it ends.
    pub kind: EndKind,
}

/// A register.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterSpec {
    /// Its name.
    pub id: RegisterId,
    /// What people call it.
    pub title: String,
    /// The number as written, with `{number}` and `{year}`.
    pub pattern: String,
    /// Tells whether the count begins anew each year.
    pub yearly: bool,
}

impl RegisterSpec {
    /// The number as it is written on the letter.
    pub fn write(&self, number: u32, year: i32) -> String {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(self.pattern.len() + 8);
        let mut rest = self.pattern.as_str();
        // Writing to a text cannot fail.
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            rest = if let Some(after) = after.strip_prefix("number}") {
                let _ = write!(text, "{number}");
                after
            } else if let Some(after) = after.strip_prefix("year}") {
                let _ = write!(text, "{year}");
                after
            } else {
                text.push('{');
                after
            };
        }
        text.push_str(rest);
        text
    }
}

/// Withdrawal by the requester (W4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithdrawSpec {
    /// Allowed as long as this step has not been completed.
    pub until: StepIx,
    /// The end that the case takes.
    pub end: EndIx,
}

/// A guarantee that the office does without (G5).
#[derive(Debug, Clone, PartialEq)]
pub struct WaiverSpec {
    /// Which guarantee.
    pub guarantee: GuaranteeName,
    /// The step that it concerns.
    pub step: Option<StepIx>,
    /// The paper that it concerns.
    pub paper: Option<PaperIx>,
    /// Why.
    pub reason: String,
    /// Who decided so.
    pub by: String,
    /// The last day on which it holds.
    pub until: Date,
}

/// A remark of the transcriber, with the place that it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedNote {
    /// The row, if it concerns one.
    pub row: Option<RowIx>,
    /// The step, if it concerns one.
    pub step: Option<StepIx>,
    /// The remark.
    pub note: crate::definition::Note,
}
