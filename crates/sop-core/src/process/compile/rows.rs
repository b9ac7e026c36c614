//! Rows and their steps: papers, Waktu, clocks that are shared.

use super::{Compiler, step_policy_place};
use crate::definition::{Cell, PaperId, Row, Step, StepPolicy};
use crate::diagnostic::{Diagnostic, rules};
use crate::process::index::{GroupIx, LadderIx, PaperIx, Position, RoleIx, RowIx, StepIx, Table};
use crate::process::tables::{GroupSpec, RoleSpec, RowSpec, StepSpec};
use crate::text::Pointer;
use crate::time::{Budget, Waktu};

/// What a row says of the papers and the time of its steps, cells that are one with the row above filled in.
#[derive(Clone, Default)]
struct Cells {
    requires: Vec<PaperIx>,
    outputs: Vec<PaperIx>,
    revises: Vec<PaperIx>,
    waktu: Option<Waktu>,
    budget: Option<Budget>,
    /// The rows that share this row's Waktu: the place of the first.
    clock: Option<usize>,
}

type Rows = (Table<RowIx, RowSpec>, Table<StepIx, StepSpec>, Table<GroupIx, GroupSpec>);

impl<'a> Compiler<'a> {
    pub(super) fn rows(&mut self, roles: &Table<RoleIx, RoleSpec>) -> Rows {
        let definition = self.definition;
        if definition.rows.is_empty() {
            self.report(Diagnostic::new(&rules::NOTHING_LISTED, Pointer::root().key("rows")).with("key", "rows"));
        }
        // Which rows share one clock, by the place of the first: their Waktu cells are one, or the row says so.
        let mut clocks: Vec<Option<usize>> = Vec::new();
        for (place, row) in definition.rows.iter().enumerate() {
            let merged = row.merge_up.contains(&Cell::Time).then(|| place.checked_sub(1)).flatten();
            let above = merged.map(|above| clocks.get(above).copied().flatten().unwrap_or(above));
            if let Some(first) = above
                && let Some(held) = clocks.get_mut(first)
            {
                *held = Some(first);
            }
            clocks.push(above.or(row.shared_time.then_some(place)));
        }
        let mut rows: Vec<RowSpec> = Vec::new();
        let mut steps: Vec<StepSpec> = Vec::new();
        let mut groups: Vec<GroupSpec> = Vec::new();
        let mut group_of: std::collections::BTreeMap<usize, GroupIx> = std::collections::BTreeMap::new();
        let mut above: Option<Cells> = None;
        for (place, row) in definition.rows.iter().enumerate() {
            let mut cells = self.cells(place, row, above.as_ref());
            cells.clock = clocks.get(place).copied().flatten();
            rows.push(self.row_spec(row, rows.last()));
            for (inner, step) in row.steps.iter().enumerate() {
                let here = || Pointer::root().key("rows").index(place).key("steps").index(inner);
                let mut spec = self.step_spec(RowIx::at(place), step, &cells, roles, &here);
                match cells.clock {
                    Some(_) if step.time.is_some() => {
                        self.report(Diagnostic::new(&rules::OWN_TIME_ON_SHARED_CLOCK, here().key("time")));
                    }
                    Some(clock) => {
                        let group = *group_of.entry(clock).or_insert_with(|| {
                            groups.push(GroupSpec { budget: spec.budget, steps: Vec::new() });
                            GroupIx::at(groups.len() - 1)
                        });
                        spec.group = Some(group);
                        if spec.rework.is_some() {
                            let pointer = step_policy_place(step.id.as_str()).key("rework_time");
                            self.report(Diagnostic::new(&rules::REWORK_ON_SHARED_CLOCK, pointer));
                        }
                        if let Some(group) = groups.get_mut(group.place()) {
                            group.steps.push(StepIx::at(steps.len()));
                            group.budget = group.budget.or(spec.budget);
                        }
                    }
                    None => {}
                }
                steps.push(spec);
            }
            above = Some(cells);
        }
        (Table::new(rows), Table::new(steps), Table::new(groups))
    }

    fn cells(&mut self, place: usize, row: &'a Row, above: Option<&Cells>) -> Cells {
        let here = |key: &'static str| Pointer::root().key("rows").index(place).key(key);
        for (item, cell) in row.merge_up.iter().enumerate() {
            let own = match cell {
                Cell::No => row.no.is_some().then_some("no"),
                Cell::Activity => (!row.activity.is_empty()).then_some("activity"),
                Cell::Requires => (!row.requires.is_empty()).then_some("requires"),
                Cell::Time => row.time.is_some().then_some("time"),
                Cell::Outputs => (!row.outputs.is_empty()).then_some("outputs"),
                Cell::Remark => row.remark.is_some().then_some("remark"),
            };
            if place == 0 {
                self.report(Diagnostic::new(&rules::NOTHING_ABOVE, here("merge_up").index(item)));
            } else if let Some(key) = own {
                self.report(Diagnostic::new(&rules::MERGED_AND_OWN, here(key)).with("key", key));
            }
        }
        if row.activity.is_empty() && !row.merge_up.contains(&Cell::Activity) {
            let pointer = Pointer::root().key("rows").index(place);
            self.report(Diagnostic::new(&rules::ROW_WITHOUT_ACTIVITY, pointer));
        }
        let mut cells = Cells {
            requires: self.paper_list(&row.requires, || here("requires")),
            outputs: self.paper_list(&row.outputs, || here("outputs")),
            revises: self.paper_list(&row.revises, || here("revises")),
            ..Cells::default()
        };
        if let Some(time) = &row.time {
            cells.waktu = self.waktu(time, || here("time"));
            cells.budget = match &cells.waktu {
                Some(waktu) => self.budget(&waktu.clone(), || here("time")),
                None => None,
            };
        }
        if let Some(above) = above {
            if row.merge_up.contains(&Cell::Requires) {
                cells.requires.clone_from(&above.requires);
            }
            if row.merge_up.contains(&Cell::Outputs) {
                cells.outputs.clone_from(&above.outputs);
                cells.revises.clone_from(&above.revises);
            }
            if row.merge_up.contains(&Cell::Time) {
                cells.waktu.clone_from(&above.waktu);
                cells.budget = above.budget;
            }
        }
        if let Some((item, _)) = cells.revises.iter().enumerate().find(|(_, paper)| !cells.outputs.contains(paper)) {
            self.report(Diagnostic::new(&rules::REVISES_NO_OUTPUT, here("revises").index(item)));
        }
        cells
    }

    fn paper_list(&mut self, list: &'a [PaperId], pointer: impl Fn() -> Pointer) -> Vec<PaperIx> {
        let mut papers = Vec::new();
        for (item, id) in list.iter().enumerate() {
            if let Some(paper) = self.paper(id.as_str(), || pointer().index(item)) {
                if papers.contains(&paper) {
                    let finding = Diagnostic::new(&rules::PAPER_TWICE, pointer().index(item));
                    self.report(finding.with("paper", id.as_str()));
                } else {
                    papers.push(paper);
                }
            }
        }
        papers
    }

    fn own_papers(
        &mut self,
        own: Option<&'a Vec<PaperId>>,
        row: &[PaperIx],
        pointer: impl Fn() -> Pointer,
    ) -> Vec<PaperIx> {
        match own {
            Some(own) => self.paper_list(own, pointer),
            None => row.to_vec(),
        }
    }

    fn row_spec(&self, row: &Row, above: Option<&RowSpec>) -> RowSpec {
        let merged = |cell: Cell| if row.merge_up.contains(&cell) { above } else { None };
        let titles = |papers: &[PaperId]| {
            let title = |id: &PaperId| {
                let paper = self.names.papers.get(id.as_str())?;
                self.definition.papers.get(paper.place()).map(|paper| paper.title.as_str())
            };
            papers.iter().filter_map(title).collect::<Vec<_>>().join(", ")
        };
        let printed = row.printed.as_ref();
        RowSpec {
            no: merged(Cell::No).map_or_else(|| row.no.clone(), |above| above.no.clone()),
            activity: merged(Cell::Activity).map_or_else(|| row.activity.clone(), |above| above.activity.clone()),
            requires: merged(Cell::Requires).map_or_else(
                || printed.and_then(|cells| cells.requires.clone()).unwrap_or_else(|| titles(&row.requires)),
                |above| above.requires.clone(),
            ),
            time: merged(Cell::Time).map_or_else(|| row.time.clone().unwrap_or_default(), |above| above.time.clone()),
            outputs: merged(Cell::Outputs).map_or_else(
                || printed.and_then(|cells| cells.outputs.clone()).unwrap_or_else(|| titles(&row.outputs)),
                |above| above.outputs.clone(),
            ),
            remark: merged(Cell::Remark)
                .map_or_else(|| row.remark.clone().unwrap_or_default(), |above| above.remark.clone()),
        }
    }

    pub(super) fn step_policy(&self, id: &str) -> Option<&'a StepPolicy> {
        self.policy.and_then(|policy| policy.steps.get(id))
    }

    fn step_spec(
        &mut self,
        row: RowIx,
        step: &'a Step,
        cells: &Cells,
        roles: &Table<RoleIx, RoleSpec>,
        here: &impl Fn() -> Pointer,
    ) -> StepSpec {
        let policy = self.step_policy(step.id.as_str());
        let policy_here = || step_policy_place(step.id.as_str());

        let mut acting: Vec<RoleIx> = Vec::new();
        let named: &[_] = match &step.role {
            Some(role) => std::slice::from_ref(role),
            None => &step.roles,
        };
        for (item, role) in named.iter().enumerate() {
            let pointer = || match &step.role {
                Some(_) => here().key("role"),
                None => here().key("roles").index(item),
            };
            if let Some(role) = self.column(role.as_str(), pointer) {
                let role = self.acting(role);
                if !acting.contains(&role) {
                    acting.push(role);
                }
            }
        }
        if acting.is_empty() && step.role.is_none() && step.roles.is_empty() {
            self.report(Diagnostic::new(&rules::NOTHING_LISTED, here().key("roles")).with("key", "roles"));
        }
        let mut bound = acting.iter().filter_map(|role| roles.get(*role).and_then(|role| role.per));
        let per = bound.next();
        if bound.any(|other| Some(other) != per) {
            self.report(Diagnostic::new(&rules::TWO_PER_FIELDS, here().key("roles")));
        }

        let mut drawn = self.own_papers(step.requires.as_ref(), &cells.requires, || here().key("requires"));
        let outputs = self.own_papers(step.outputs.as_ref(), &cells.outputs, || here().key("outputs"));
        let revises = self.own_papers(step.revises.as_ref(), &cells.revises, || here().key("revises"));
        if step.revises.is_some() && revises.iter().any(|paper| !outputs.contains(paper)) {
            self.report(Diagnostic::new(&rules::REVISES_NO_OUTPUT, here().key("revises")));
        }
        let makes = match policy {
            Some(policy) => self.paper_list(&policy.makes, || policy_here().key("makes")),
            None => Vec::new(),
        };
        if let Some((item, _)) = makes.iter().enumerate().find(|(_, paper)| !drawn.contains(paper)) {
            self.report(Diagnostic::new(&rules::MAKES_NOT_REQUIRED, policy_here().key("makes").index(item)));
        }
        if !makes.is_empty() && policy.is_some_and(|policy| policy.reason.is_none()) {
            self.report(Diagnostic::new(&rules::REASON_MISSING, policy_here().key("makes")));
        }
        let is_brought = |paper: &PaperIx| {
            let brought_by = self.definition.papers.get(paper.place()).and_then(|paper| paper.brought_by.as_ref());
            let role = brought_by.and_then(|role| self.names.roles.get(role.as_str()).copied());
            role.is_some_and(|role| acting.contains(&self.acting(role)))
        };
        let brings: Vec<PaperIx> =
            drawn.iter().copied().filter(|paper| is_brought(paper) && !makes.contains(paper)).collect();
        let requires =
            drawn.iter().copied().filter(|paper| !brings.contains(paper) && !makes.contains(paper)).collect();

        let (waktu, mut budget) = match &step.time {
            Some(time) => {
                let waktu = self.waktu(time, || here().key("time"));
                let budget = match &waktu {
                    Some(waktu) => self.budget(waktu, || here().key("time")),
                    None => None,
                };
                (waktu, budget)
            }
            None => (cells.waktu.clone(), cells.budget),
        };
        if let Some(within) = policy.and_then(|policy| policy.within.as_ref()) {
            if budget.is_some() {
                self.report(Diagnostic::new(&rules::WITHIN_BESIDE_TIME, policy_here().key("within")));
            }
            budget = self.duration(within, false, || policy_here().key("within")).or(budget);
        }
        let rework = match policy.and_then(|policy| policy.rework_time.as_ref()) {
            Some(time) => self.duration(time, false, || policy_here().key("rework_time")),
            None => None,
        };
        let register = match policy.and_then(|policy| policy.register.as_ref()) {
            Some(register) => self.register(register.as_str(), || policy_here().key("register")),
            None => None,
        };
        drawn.shrink_to_fit();
        StepSpec {
            id: step.id.clone(),
            row,
            roles: acting,
            per,
            waktu: waktu.unwrap_or_default(),
            budget,
            rework,
            group: None,
            requires,
            brings,
            makes,
            waived: Vec::new(),
            drawn_requires: drawn,
            outputs,
            revises,
            outcomes: Vec::new(),
            ladder: LadderIx::at(0),
            join: None,
            distinct_from: Vec::new(),
            same_as: Vec::new(),
            strategic: policy.is_some_and(|policy| policy.strategic),
            register,
        }
    }
}
