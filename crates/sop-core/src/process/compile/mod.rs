//! From a definition to a process: names to indices, text to durations and guards, and every check that needs no
//! search.
//!
//! All errors that are independent of one another are found in one go; what merely follows from an error is held
//! back: a reference to something that could not be read is not called dangling, and checks of the flow wait until
//! every arrow leads somewhere.

mod flow_checks;
mod guards;
mod ladders;
mod names;
mod office;
mod paper_checks;
mod papers;
mod parallel;
#[cfg(test)]
mod parallel_tests;
mod policy;
mod presence;
mod returns;
mod roles;
mod routes;
mod rows;
mod sheet;
mod time;

pub use office::{CheckedOffice, check_office};

use std::collections::HashMap;

use super::graph::FlowGraph;
use super::hash::Hashes;
use super::{Parts, Process};
use crate::definition::{Definition, Policy};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, rules};
use crate::format::Poisoned;
use crate::text::Pointer;
use names::Names;

/// How a definition is read (G6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// With an empty policy and, of the office file, only calendar and durations.
    AsSigned,
    /// With policy and office.
    AsRun,
}

/// What came of compiling a definition.
#[derive(Debug, Clone)]
pub struct Compilation {
    /// The process, if there is no error.
    pub process: Option<Process>,
    /// What was found, errors or not, with pointers into the definition.
    pub diagnostics: Diagnostics,
}

impl Compilation {
    /// The process, if there is no error; warnings and notes are dropped.
    ///
    /// # Errors
    /// Everything that was found.
    pub fn into_result(self) -> Result<Process, Diagnostics> {
        self.process.ok_or(self.diagnostics)
    }
}

/// The most steps that a definition may have: more than any office draws.
pub const MAX_STEPS: usize = 1_000_000;

/// The most steps of a definition in which something goes back: what each return withdraws is worked out beforehand, a
/// bit for each return and step.
pub const MAX_STEPS_WITH_RETURNS: usize = 20_000;

/// The most outcomes of a step, and the most branches of a choice.
pub const MAX_EXITS: usize = 16_384;

/// Compiles a definition.
///
/// `poisoned` is what of the file could not be read: what refers to it is not called dangling. It is
/// `&Poisoned::default()` for a definition that was made in code.
pub fn compile(definition: &Definition, office: &CheckedOffice, reading: Reading, poisoned: &Poisoned) -> Compilation {
    let mut compiler = Compiler {
        definition,
        policy: definition.policy.as_ref().filter(|_| reading == Reading::AsRun),
        office,
        reading,
        poisoned,
        names: Names::default(),
        findings: Vec::new(),
        reported: HashMap::new(),
        lesser: Vec::new(),
        failed: false,
        held_back: 0,
    };
    let parts = compiler.run();
    if compiler.held_back > 0 {
        let more = Diagnostic::new(&rules::TOO_MANY_FINDINGS, Pointer::root()).with("count", compiler.held_back);
        compiler.findings.push(more);
    }
    let failed = compiler.failed;
    let mut diagnostics = Diagnostics::from(compiler.findings);
    diagnostics.sort();
    Compilation { process: parts.filter(|_| !failed).map(Process::from_parts), diagnostics }
}

/// Rules that say that something is missing, or not what it has to be: in a file that could not be read whole it may be
/// what could not be read.
const OF_ABSENCE: [u16; 20] = [
    rules::NOTHING_LISTED.code,
    rules::NO_WAY_OUT.code,
    rules::NOT_IN_FORCE.code,
    rules::COLUMN_MISSING.code,
    rules::NO_COLUMN_FOR.code,
    rules::ROW_WITHOUT_ACTIVITY.code,
    rules::LINK_NOT_IN_REMARK.code,
    rules::READING_WITHOUT_CONFIDENCE.code,
    rules::GUARD_CONSTANT.code,
    rules::REVISES_NO_OUTPUT.code,
    rules::MAKES_NOT_REQUIRED.code,
    rules::REASON_MISSING.code,
    rules::LIMIT_WITHOUT_RETURN.code,
    rules::NOBODY_ACCOUNTABLE.code,
    rules::NOBODY_ABOVE.code,
    rules::ESCALATES_TO_DOER.code,
    rules::ACCOUNTABLE_IS_DOER.code,
    rules::ROLE_WITHOUT_POST.code,
    rules::NOBODY_TO_WITHDRAW.code,
    rules::WAIVER_UNUSED.code,
];

/// A compilation under way.
struct Compiler<'a> {
    definition: &'a Definition,
    policy: Option<&'a Policy>,
    office: &'a CheckedOffice,
    reading: Reading,
    poisoned: &'a Poisoned,
    names: Names<'a>,
    findings: Vec<Diagnostic>,
    /// The places of findings among them, by rule and pointer.
    reported: HashMap<(u16, Pointer), Vec<usize>>,
    /// The places of those that are no errors.
    lesser: Vec<usize>,
    /// Tells whether an error was found, listed or not.
    failed: bool,
    held_back: usize,
}

impl<'a> Compiler<'a> {
    /// Reports a finding, once: what the policy says for all steps is looked at for each of them. An error comes before
    /// whatever is no error, where there are too many findings.
    fn report(&mut self, finding: Diagnostic) {
        if !self.is_whole() && OF_ABSENCE.contains(&finding.rule.code) {
            return;
        }
        let is_error = finding.severity() == Severity::Error;
        let place = finding.primary().map(|label| label.pointer.clone()).unwrap_or_default();
        let place = (finding.rule.code, place);
        let known = self.reported.get(&place).into_iter().flatten();
        if known.filter_map(|at| self.findings.get(*at)).any(|known| *known == finding) {
            return;
        }
        self.failed |= is_error;
        let at = self.findings.len();
        if !self.is_full() {
            self.findings.push(finding);
            self.reported.entry(place).or_default().push(at);
            self.lesser.extend((!is_error).then_some(at));
            return;
        }
        self.held_back += 1;
        if is_error
            && let Some(at) = self.lesser.pop()
            && let Some(held) = self.findings.get_mut(at)
        {
            *held = finding;
            self.reported.entry(place).or_default().push(at);
        }
    }

    /// Tells whether a finding that is no error would only be counted, so that it need not be made.
    fn is_full(&self) -> bool {
        self.findings.len() >= crate::format::MAX_FINDINGS
    }

    /// Tells whether nothing that is found from here on would be shown.
    fn is_full_of_errors(&self) -> bool {
        self.is_full() && self.lesser.is_empty()
    }

    fn has_errors(&self) -> bool {
        self.failed
    }

    /// Whether nothing of the file was unreadable: otherwise checks of the whole would report what merely follows.
    fn is_whole(&self) -> bool {
        self.poisoned.is_empty()
    }

    fn run(&mut self) -> Option<Parts> {
        let steps = self.definition.rows.iter().map(|row| row.steps.len()).sum::<usize>();
        let limit = if goes_back(self.definition) { MAX_STEPS_WITH_RETURNS } else { MAX_STEPS };
        if steps > limit {
            let rows = Pointer::root().key("rows");
            self.report(Diagnostic::new(&rules::TOO_MANY_STEPS, rows).with("count", steps).with("limit", limit));
            return None;
        }
        self.collect_names();
        self.check_sheet();
        let fields = self.fields();
        let roles = self.roles();
        let papers = self.papers();
        let ends = self.ends();
        let registers = self.registers();
        let (rows, mut steps, groups) = self.rows(&roles);
        let drafts = self.routes(&mut steps, &fields);
        let starts = self.starts(&steps);
        let ladders = self.ladders(&mut steps, &groups, &roles);
        let settled = self.settle(&mut steps);
        let notes = self.notes();
        if self.has_errors() || !self.is_whole() {
            return None;
        }
        let (mut returns, slots) = (drafts.returns, drafts.slots);
        let graph = FlowGraph::new(&starts, &steps, &ends, &returns);
        self.check_closing(&steps, &ladders, &returns);
        self.check_flow(&graph, &steps, &starts);
        self.regions(&graph, &mut returns, &steps, &slots);
        self.check_presence(&steps, &starts, &returns, &slots, &fields, &roles, &ladders);
        self.check_papers(&graph, &steps, &papers);
        let owner = self.owner();
        let identity = &self.definition.identity;
        let title = match &self.definition.part {
            Some(part) => format!("{}: {part}", identity.title),
            None => identity.title.clone(),
        };
        let hashes = Hashes::of(self.definition, self.office.office(), self.reading);
        Some(Parts {
            id: self.definition.id.clone(),
            edition: self.definition.edition,
            title,
            reading: self.reading,
            signed: hashes.signed,
            process: hashes.process,
            roles,
            papers,
            fields,
            rows,
            steps,
            slots,
            returns,
            groups,
            ladders,
            starts,
            ends,
            registers,
            owner,
            withdraw: settled.withdraw,
            hold_max: settled.hold_max,
            claim_exclusive: settled.claim_exclusive,
            max_comments: settled.max_comments,
            promise: settled.promise,
            waivers: settled.waivers,
            notes,
            durations: *self.office.durations(),
            graph,
        })
    }
}

/// Tells whether anything in a definition goes back.
fn goes_back(definition: &Definition) -> bool {
    let any = |choose: &Option<Vec<crate::definition::Branch>>| {
        choose.iter().flatten().any(|branch| branch.return_to.is_some())
    };
    definition.rows.iter().flat_map(|row| &row.steps).any(|step| {
        step.return_to.is_some()
            || any(&step.choose)
            || step.outcomes.iter().flatten().any(|outcome| outcome.return_to.is_some() || any(&outcome.choose))
    })
}

/// The place of the policy's key.
fn policy_place(key: &str) -> Pointer {
    Pointer::root().key("policy").key(key)
}

/// The place of a step's own policy.
fn step_policy_place(step: &str) -> Pointer {
    policy_place("steps").key(step)
}
