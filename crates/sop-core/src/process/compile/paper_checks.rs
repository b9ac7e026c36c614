//! What is odd about the papers of a table, told as warnings and notes: the office signed it so.

use std::collections::{BTreeMap, BTreeSet};

use super::Compiler;
use super::returns::forward;
use crate::diagnostic::{Both, Diagnostic, Label, rules};
use crate::process::graph::FlowGraph;
use crate::process::index::{PaperIx, Position, StepIx, Table};
use crate::process::tables::{PaperSpec, StepSpec};
use crate::text::Pointer;

impl Compiler<'_> {
    pub(super) fn check_papers(
        &mut self,
        graph: &FlowGraph,
        steps: &Table<StepIx, StepSpec>,
        papers: &Table<PaperIx, PaperSpec>,
    ) {
        self.check_writers(graph, steps, papers);
        self.check_outputs(steps, papers);
        let named = steps.values().flat_map(|step| step.drawn_requires.iter().chain(&step.outputs));
        let used: BTreeSet<PaperIx> = named.copied().collect();
        for (paper, spec) in papers.iter() {
            if !used.contains(&paper) {
                let pointer = Pointer::root().key("papers").index(paper.place());
                self.report(Diagnostic::new(&rules::UNUSED_PAPER, pointer).with("paper", spec.id.as_str()));
            }
        }
    }

    /// A paper that is handed out before the role that writes it has acted.
    fn check_writers(
        &mut self,
        graph: &FlowGraph,
        steps: &Table<StepIx, StepSpec>,
        papers: &Table<PaperIx, PaperSpec>,
    ) {
        for (paper, spec) in papers.iter() {
            let written = self.definition.papers.get(paper.place()).and_then(|paper| paper.written_by.as_ref());
            let Some(writer) = written.and_then(|role| self.names.roles.get(role.as_str()).copied()) else { continue };
            let writer = self.acting(writer);
            let writing: Vec<StepIx> =
                steps.iter().filter(|(_, step)| step.roles.contains(&writer)).map(|(step, _)| step).collect();
            let first = writing.first().copied();
            let after_writer = graph.reach(writing, forward);
            for (step, handing) in steps.iter() {
                if !handing.outputs.contains(&paper) || after_writer.contains(step.place()) {
                    continue;
                }
                let pointer = self.output_place(step, paper);
                let mut finding = Diagnostic::new(&rules::ISSUED_BEFORE_WRITTEN, pointer)
                    .with("paper", spec.id.as_str())
                    .with("row", self.row_name_of(step));
                if let Some(first) = first {
                    let label = Label::new(self.place_of(first).key("id"));
                    finding = finding
                        .label(label.saying(Both { id: "penulisnya bekerja di sini", en: "its writer acts here" }));
                }
                self.report(finding);
            }
        }
    }

    /// Rows that hand out nothing, and rows that hand out again what was made before without asking for it.
    fn check_outputs(&mut self, steps: &Table<StepIx, StepSpec>, papers: &Table<PaperIx, PaperSpec>) {
        for (place, row) in self.definition.rows.iter().enumerate() {
            let merged = row.merge_up.contains(&crate::definition::Cell::Outputs);
            let own = row.steps.iter().any(|step| step.outputs.as_ref().is_some_and(|own| !own.is_empty()));
            if row.outputs.is_empty() && !merged && !own && !row.steps.is_empty() {
                if self.is_full() {
                    self.held_back += 1;
                    continue;
                }
                let pointer = Pointer::root().key("rows").index(place);
                let no = row.no.clone().unwrap_or_else(|| format!("({})", place + 1));
                self.report(Diagnostic::new(&rules::ROW_WITHOUT_OUTPUT, pointer).with("row", no));
            }
        }
        let mut made: BTreeMap<PaperIx, StepIx> = BTreeMap::new();
        for (step, spec) in steps.iter() {
            for paper in &spec.outputs {
                let first = *made.entry(*paper).or_insert(step);
                if first == step || spec.drawn_requires.contains(paper) {
                    continue;
                }
                let Some(other) = spec.drawn_requires.first() else { continue };
                let (Some(named), Some(received)) = (papers.get(*paper), papers.get(*other)) else { continue };
                let finding = Diagnostic::new(&rules::OUTPUT_UNDER_ANOTHER_NAME, self.output_place(step, *paper))
                    .with("row", self.row_name_of(step))
                    .with("received", received.id.as_str())
                    .with("paper", named.id.as_str())
                    .label(
                        Label::new(self.output_place(first, *paper))
                            .saying(Both { id: "dibuat di sini", en: "made here" }),
                    );
                self.report(finding);
            }
        }
    }

    /// The place where a step's output is written.
    fn output_place(&self, step: StepIx, paper: PaperIx) -> Pointer {
        let here = self.place_of(step);
        let Some(place) = self.names.step_places.get(step.place()) else { return here };
        let Some(row) = self.definition.rows.get(place.row) else { return here };
        let id = self.definition.papers.get(paper.place()).map(|paper| &paper.id);
        let item = |list: &[crate::definition::PaperId]| list.iter().position(|named| Some(named) == id);
        if let Some(own) = row.steps.get(place.step).and_then(|step| step.outputs.as_deref()) {
            return item(own).map_or_else(|| here.key("outputs"), |item| here.key("outputs").index(item));
        }
        let row_place = Pointer::root().key("rows").index(place.row).key("outputs");
        item(&row.outputs).map_or_else(|| row_place.clone(), |item| row_place.index(item))
    }
}
