//! Reports of the staffing of deployed procedures.

use std::fmt;

use sop_core::case::Called;
use sop_core::definition::DefinitionId;
use sop_core::diagnostic::{Bilingual, Language};
use sop_core::process::Hash;
use sop_core::time::Instant;
use sop_verify::Verdict;

use super::gap::StaffingGap;
use crate::answer::WaitRef;

/// Steps for which nobody may act at some time of a period, and open waits for which nobody may act now (C4).
///
/// Nothing is refused because of it: `staffed` is not a required guarantee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffingReport {
    /// The first instant of the period.
    pub from: Instant,
    /// The instant at which the period is over.
    pub until: Instant,
    /// The procedures, in the order of their deployment: those that new cases follow, and those with open cases.
    pub procedures: Vec<ProcedureStaffing>,
    /// The open waits for which nobody may act now, by case.
    pub waits: Vec<UnstaffedWait>,
}

/// Staffing of one procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcedureStaffing {
    /// The procedure.
    pub procedure: DefinitionId,
    /// The edition.
    pub edition: u32,
    /// The process.
    pub process: Hash,
    /// The procedure as people call it.
    pub title: String,
    /// The verdict about `staffed`, with this directory and period.
    pub verdict: Verdict,
    /// The gaps: by step in the order of the document, then by value, then by time.
    pub gaps: Vec<StaffingGap>,
}

/// An open wait for which nobody may act now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnstaffedWait {
    /// The wait, as commands address it.
    pub wait: WaitRef,
    /// The procedure.
    pub procedure: DefinitionId,
    /// The edition that the case follows.
    pub edition: u32,
    /// The step, with its row and role as people call it.
    pub step: Called,
    /// The number of the row as printed, or its place from the top in brackets.
    pub row: String,
    /// The roles that may act, those escalated to among them.
    pub roles: Vec<Called>,
    /// The unit or choice that binds the roles (W2), if one does.
    pub bound: Option<Called>,
    /// Since when somebody has to act.
    pub since: Instant,
    /// All of it in a sentence.
    pub text: Bilingual,
}

impl StaffingReport {
    /// All gaps, with the procedure that each is of.
    pub fn gaps(&self) -> impl Iterator<Item = (&ProcedureStaffing, &StaffingGap)> {
        self.procedures.iter().flat_map(|procedure| procedure.gaps.iter().map(move |gap| (procedure, gap)))
    }

    /// Tells whether somebody may always act: no wait is without anybody now, and no gap
    /// [leaves nobody](StaffingGap::leaves_nobody).
    pub fn is_staffed(&self) -> bool {
        self.waits.is_empty() && self.gaps().all(|(_, gap)| !gap.leaves_nobody())
    }

    /// The report in lines: what concerns now first, then the gaps of each procedure.
    pub fn explain(&self, language: Language) -> String {
        let mut lines: Vec<&str> = self.waits.iter().map(|wait| wait.text.in_language(language)).collect();
        for procedure in &self.procedures {
            if !procedure.gaps.is_empty() {
                lines.push(&procedure.title);
            }
            lines.extend(procedure.gaps.iter().map(|gap| gap.text.in_language(language)));
        }
        lines.join("\n")
    }
}

impl fmt::Display for StaffingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain(Language::English))
    }
}
