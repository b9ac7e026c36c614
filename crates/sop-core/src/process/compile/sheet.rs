//! The official document's own coherence: head of the table, merged cells, drawn symbols, links, and whether it is in
//! force at all.

use super::Compiler;
use crate::definition::{ColumnKind, Confidence, Note, NoteKind};
use crate::diagnostic::{Bilingual, Diagnostic, Label, rules};
use crate::process::index::{Position as _, RowIx, StepIx};
use crate::process::tables::PlacedNote;
use crate::text::Pointer;

impl Compiler<'_> {
    pub(super) fn check_sheet(&mut self) {
        let definition = self.definition;
        if definition.edition == 0 {
            self.report(Diagnostic::new(&rules::EDITION_ZERO, Pointer::root().key("edition")));
        }
        self.check_schema_key(definition.schema.as_deref(), "sop.schema.json");
        self.check_columns();
        let identity = &definition.identity;
        if identity.effective.is_none() || identity.approved_by.is_none() {
            let pointer = Pointer::root().key("identity");
            let missing = match (&identity.effective, &identity.approved_by) {
                (None, None) => Bilingual::new("`effective` dan `approved_by`", "`effective` and `approved_by`"),
                (None, _) => Bilingual::same("`effective`"),
                _ => Bilingual::same("`approved_by`"),
            };
            self.report(Diagnostic::new(&rules::NOT_IN_FORCE, pointer).with("missing", missing));
        }
        for (place, row) in definition.rows.iter().enumerate() {
            let here = Pointer::root().key("rows").index(place);
            for (item, link) in row.links.iter().enumerate() {
                let inside = row.remark.as_ref().is_some_and(|remark| remark.contains(&link.text));
                if !inside {
                    let pointer = here.key("links").index(item).key("text");
                    self.report(Diagnostic::new(&rules::LINK_NOT_IN_REMARK, pointer).with("text", link.text.as_str()));
                }
            }
            for (item, symbol) in row.symbols.iter().enumerate() {
                let pointer = here.key("symbols").index(item);
                self.column(symbol.role.as_str(), || pointer.key("role"));
                if let Some(beside) = &symbol.beside
                    && !row.steps.iter().any(|step| step.id == *beside)
                    && !self.poisoned.has_id(beside.as_str())
                {
                    let finding = Diagnostic::new(&rules::SYMBOL_BESIDE_NOTHING, pointer.key("beside"));
                    self.report(finding.with("step", beside.as_str()));
                }
            }
        }
    }

    /// `$schema` is what an editor completes by: a wrong one makes it complete another format.
    fn check_schema_key(&mut self, schema: Option<&str>, expected: &'static str) {
        if let Some(schema) = schema
            && schema.rsplit(['/', '\\']).next() != Some(expected)
        {
            let finding = Diagnostic::new(&rules::FOREIGN_SCHEMA, Pointer::root().key("$schema"));
            self.report(finding.with("found", schema).with("expected", expected));
        }
    }

    fn check_columns(&mut self) {
        let columns = &self.definition.table.columns;
        let here = Pointer::root().key("table").key("columns");
        for (place, column) in columns.iter().enumerate() {
            let earlier = columns.iter().take(place).position(|other| other.shows == column.shows);
            if let Some(earlier) = earlier {
                let finding = Diagnostic::new(&rules::COLUMN_TWICE, here.index(place))
                    .with("column", column.shows.as_str())
                    .label(Label::new(here.index(earlier)));
                self.report(finding);
            }
        }
        for needed in [ColumnKind::Activity, ColumnKind::Roles] {
            if !columns.iter().any(|column| column.shows == needed) {
                self.report(Diagnostic::new(&rules::COLUMN_MISSING, here.clone()).with("column", needed.as_str()));
            }
        }
        // What a row says without a column for it would be printed nowhere.
        let rows = &self.definition.rows;
        let kinds = [
            (ColumnKind::Requires, rows.iter().position(|row| !row.requires.is_empty())),
            (ColumnKind::Time, rows.iter().position(|row| row.time.is_some())),
            (ColumnKind::Outputs, rows.iter().position(|row| !row.outputs.is_empty())),
            (ColumnKind::Remark, rows.iter().position(|row| row.remark.is_some())),
            (ColumnKind::No, rows.iter().position(|row| row.no.is_some())),
        ];
        for (kind, row) in kinds {
            if let Some(row) = row
                && !columns.iter().any(|column| column.shows == kind)
            {
                let pointer = Pointer::root().key("rows").index(row).key(kind.as_str());
                self.report(Diagnostic::new(&rules::NO_COLUMN_FOR, pointer).on_key().with("column", kind.as_str()));
            }
        }
    }

    /// The remarks of the transcriber; those that somebody should confirm are told.
    pub(super) fn notes(&mut self) -> Vec<PlacedNote> {
        let definition = self.definition;
        let mut notes: Vec<(Pointer, PlacedNote)> = Vec::new();
        // Places are asked for only where there is a remark.
        let mut take = |list: &[Note], pointer: &dyn Fn() -> Pointer, row: Option<RowIx>, step: Option<StepIx>| {
            let placed = |(item, note): (usize, &Note)| {
                (pointer().key("notes").index(item), PlacedNote { row, step, note: note.clone() })
            };
            notes.extend(list.iter().enumerate().map(placed));
        };
        let root = Pointer::root();
        take(&definition.notes, &|| root.clone(), None, None);
        let identity = &definition.identity;
        take(&identity.notes, &|| root.key("identity"), None, None);
        let blocks = [
            ("legal_basis", &identity.legal_basis),
            ("qualifications", &identity.qualifications),
            ("related", &identity.related),
            ("equipment", &identity.equipment),
            ("warnings", &identity.warnings),
            ("records", &identity.records),
        ];
        for (key, block) in blocks {
            if let Some(block) = block {
                take(&block.notes, &|| root.key("identity").key(key), None, None);
            }
        }
        take(&definition.table.notes, &|| root.key("table"), None, None);
        for (place, role) in definition.roles.iter().enumerate() {
            take(&role.notes, &|| root.key("roles").index(place), None, None);
        }
        for (place, paper) in definition.papers.iter().enumerate() {
            take(&paper.notes, &|| root.key("papers").index(place), None, None);
        }
        let mut step_number = 0;
        for (place, row) in definition.rows.iter().enumerate() {
            let here = || root.key("rows").index(place);
            let at = Some(RowIx::at(place));
            take(&row.notes, &here, at, None);
            for (inner, step) in row.steps.iter().enumerate() {
                let here = || here().key("steps").index(inner);
                let named = Some(StepIx::at(step_number));
                step_number += 1;
                take(&step.notes, &here, at, named);
                for (item, branch) in step.choose.iter().flatten().enumerate() {
                    take(&branch.notes, &|| here().key("choose").index(item), at, named);
                }
                for (item, outcome) in step.outcomes.iter().flatten().enumerate() {
                    let here = || here().key("outcomes").index(item);
                    take(&outcome.notes, &here, at, named);
                    for (item, branch) in outcome.choose.iter().flatten().enumerate() {
                        take(&branch.notes, &|| here().key("choose").index(item), at, named);
                    }
                }
            }
        }
        for (place, start) in definition.starts.iter().enumerate() {
            take(&start.notes, &|| root.key("starts").index(place), None, None);
        }
        for (place, end) in definition.ends.iter().enumerate() {
            take(&end.notes, &|| root.key("ends").index(place), None, None);
        }
        for (pointer, PlacedNote { note, .. }) in &notes {
            match (note.kind, note.confidence) {
                (NoteKind::Interpretation, Some(Confidence::Low)) => {
                    self.report(Diagnostic::new(&rules::UNSURE_READING, pointer.clone()));
                }
                (NoteKind::Interpretation, None) => {
                    self.report(Diagnostic::new(&rules::READING_WITHOUT_CONFIDENCE, pointer.clone()));
                }
                (NoteKind::Defect | NoteKind::Remark, Some(_)) => {
                    let pointer = pointer.key("confidence");
                    self.report(Diagnostic::new(&rules::CONFIDENCE_OF_NO_READING, pointer));
                }
                _ => {}
            }
        }
        notes.into_iter().map(|(_, note)| note).collect()
    }
}
