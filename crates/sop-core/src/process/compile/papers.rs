//! Papers, ends and registers.

use std::collections::BTreeSet;

use super::{Compiler, policy_place};
use crate::definition::{Definition, EndKind};
use crate::diagnostic::{Diagnostic, rules};
use crate::process::index::{EndIx, PaperIx, Position, RegisterIx, StartIx, StepIx, Table};
use crate::process::tables::{EndSpec, PaperSpec, RegisterSpec, StartSpec, StepSpec};
use crate::text::Pointer;

impl Compiler<'_> {
    pub(super) fn papers(&mut self) -> Table<PaperIx, PaperSpec> {
        let definition = self.definition;
        let mut specs = Vec::new();
        for (place, paper) in definition.papers.iter().enumerate() {
            let here = |key: &'static str| move || Pointer::root().key("papers").index(place).key(key);
            let brought_by = match &paper.brought_by {
                Some(role) => self.column(role.as_str(), here("brought_by")),
                None => None,
            };
            if let Some(role) = &paper.written_by {
                self.column(role.as_str(), here("written_by"));
            }
            specs.push(PaperSpec { id: paper.id.clone(), title: paper.title.clone(), brought_by });
        }
        Table::new(specs)
    }

    pub(super) fn ends(&mut self) -> Table<EndIx, EndSpec> {
        let policy = self.policy;
        let all = self.definition.ends.iter().chain(policy.iter().flat_map(|policy| &policy.ends));
        let specs = all.map(|end| EndSpec { id: end.id.clone(), title: end.title.clone(), kind: end.kind });
        Table::new(specs.collect())
    }

    pub(super) fn registers(&self) -> Table<RegisterIx, RegisterSpec> {
        let specs = self.office.office().registers.iter().map(|register| RegisterSpec {
            id: register.id.clone(),
            title: register.title.clone(),
            pattern: register.pattern.clone(),
            yearly: register.yearly.0,
        });
        Table::new(specs.collect())
    }

    pub(super) fn starts(&mut self, steps: &Table<StepIx, StepSpec>) -> Table<StartIx, StartSpec> {
        let definition: &Definition = self.definition;
        if definition.starts.is_empty() {
            self.report(Diagnostic::new(&rules::NOTHING_LISTED, Pointer::root().key("starts")).with("key", "starts"));
        }
        let mut specs = Vec::new();
        for (place, start) in definition.starts.iter().enumerate() {
            let here = || Pointer::root().key("starts").index(place);
            if start.opens.is_empty() {
                self.report(Diagnostic::new(&rules::NOTHING_LISTED, here().key("opens")).with("key", "opens"));
            }
            let mut opens: Vec<StepIx> = Vec::new();
            let mut listed: BTreeSet<StepIx> = BTreeSet::new();
            let mut brings: Vec<PaperIx> = Vec::new();
            for (item, id) in start.opens.iter().enumerate() {
                let here = || here().key("opens").index(item);
                let Some(step) = self.step(id.as_str(), here) else { continue };
                if !listed.insert(step) {
                    self.report(Diagnostic::new(&rules::STEP_TWICE, here()).with("step", id.as_str()));
                    continue;
                }
                opens.push(step);
                let Some(spec) = steps.get(step) else { continue };
                if spec.join.is_some() {
                    self.report(Diagnostic::new(&rules::START_ON_JOIN, here()).with("step", id.as_str()));
                }
                // What a start step makes itself is not brought by whoever starts (P3).
                let brought = spec.drawn_requires.iter().filter(|paper| !spec.makes.contains(paper));
                for paper in brought {
                    if !brings.contains(paper) {
                        brings.push(*paper);
                    }
                }
            }
            let title = start.title.clone().unwrap_or_else(|| start.id.to_string());
            specs.push(StartSpec { id: start.id.clone(), title, opens, brings });
        }
        Table::new(specs)
    }

    /// An end that has to be a `stop`.
    pub(super) fn stop_end(&mut self, id: &str, pointer: impl Fn() -> Pointer) -> Option<EndIx> {
        let end = self.end(id, &pointer)?;
        let policy = self.policy;
        let kind = self
            .definition
            .ends
            .iter()
            .chain(policy.iter().flat_map(|policy| &policy.ends))
            .nth(end.place())
            .map(|end| end.kind);
        if kind != Some(EndKind::Stop) {
            self.report(Diagnostic::new(&rules::END_NOT_STOP, pointer()).with("end", id));
            return None;
        }
        Some(end)
    }

    /// An end that nothing leads to.
    pub(super) fn check_ends(&mut self, used: &[EndIx]) {
        let signed = self.definition.ends.len();
        let policy = self.policy;
        let all: Vec<_> = self.definition.ends.iter().chain(policy.iter().flat_map(|policy| &policy.ends)).collect();
        for (place, end) in all.into_iter().enumerate() {
            // A second of the same name is told as that.
            let named = self.names.ends.get(end.id.as_str()) == Some(&EndIx::at(place));
            if named && !used.contains(&EndIx::at(place)) {
                let pointer = match place.checked_sub(signed) {
                    None => Pointer::root().key("ends").index(place),
                    Some(place) => policy_place("ends").index(place),
                };
                self.report(Diagnostic::new(&rules::UNUSED_END, pointer).with("end", end.id.as_str()));
            }
        }
    }
}
