//! Checks of the flow as a whole that need no search.

use super::Compiler;
use super::returns::forward;
use crate::diagnostic::{Diagnostic, rules};
use crate::process::graph::FlowGraph;
use crate::process::index::{Position, StartIx, StepIx, Table};
use crate::process::tables::{StartSpec, StepSpec};

impl Compiler<'_> {
    /// Steps that no start leads to. Each group of them is told once, at its first step: the others follow from it.
    pub(super) fn check_flow(
        &mut self,
        graph: &FlowGraph,
        steps: &Table<StepIx, StepSpec>,
        starts: &Table<StartIx, StartSpec>,
    ) {
        let opened = starts.values().flat_map(|start| start.opens.iter().copied());
        let reached = graph.reach(opened, |_| true);
        let mut told = crate::process::bits::BitSet::with_len(steps.len());
        for (step, spec) in steps.iter() {
            if reached.contains(step.place()) || told.contains(step.place()) {
                continue;
            }
            let following = graph.reach([step], forward);
            let held_back =
                following.iter().filter(|other| *other != step.place() && !reached.contains(*other)).count();
            told.unite(&following);
            let finding = Diagnostic::new(&rules::UNREACHED_STEP, self.place_of(step))
                .with("step", spec.id.as_str())
                .with("row", self.row_name_of(step));
            let finding = match held_back {
                0 => finding,
                count => finding.holding_back(crate::diagnostic::Bilingual::new(
                    format!("{count} langkah sesudahnya, yang karena itu juga tidak tercapai"),
                    format!("{count} steps after it, which therefore are not reached either"),
                )),
            };
            self.report(finding);
        }
    }

    /// The row of a step as people refer to it.
    pub(super) fn row_name_of(&self, step: StepIx) -> String {
        let row = self.row_of(step);
        let no = self.definition.rows.get(row.place()).and_then(|row| row.no.clone());
        no.unwrap_or_else(|| format!("({})", row.place() + 1))
    }
}
