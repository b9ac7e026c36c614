//! What there is to refer to, and references that lead nowhere.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

use super::{Compiler, policy_place};
use crate::diagnostic::{Applicability, Both, Diagnostic, Fix, Label, rules, suggest};
use crate::process::index::{EndIx, PaperIx, Position, RegisterIx, RoleIx, RowIx, StartIx, StepIx};
use crate::text::Pointer;

/// Where a step stands in the definition.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepPlace {
    pub(super) row: usize,
    pub(super) step: usize,
}

impl StepPlace {
    pub(super) fn pointer(self) -> Pointer {
        Pointer::root().key("rows").index(self.row).key("steps").index(self.step)
    }
}

/// Everything that can be referred to, by name.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    pub(super) roles: BTreeMap<&'a str, RoleIx>,
    pub(super) columns: usize,
    pub(super) posts: BTreeMap<&'a str, usize>,
    pub(super) papers: BTreeMap<&'a str, PaperIx>,
    pub(super) fields: BTreeMap<&'a str, crate::guard::FieldIx>,
    /// Its order is seen by nobody: what is listed of it is sorted.
    pub(super) steps: HashMap<&'a str, StepIx, RandomState>,
    pub(super) starts: BTreeMap<&'a str, StartIx>,
    pub(super) ends: BTreeMap<&'a str, EndIx>,
    pub(super) registers: BTreeMap<&'a str, RegisterIx>,
    pub(super) step_places: Vec<StepPlace>,
}

/// What a reference is to, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Role,
    RoleOrPost,
    Paper,
    Field,
    Step,
    End,
    Register,
    Outcome,
}

impl Kind {
    fn word(self) -> Both {
        match self {
            Kind::Role => Both { id: "peran", en: "role" },
            Kind::RoleOrPost => Both { id: "peran atau jabatan", en: "role or post" },
            Kind::Paper => Both { id: "berkas", en: "paper" },
            Kind::Field => Both { id: "isian", en: "field" },
            Kind::Step => Both { id: "langkah", en: "step" },
            Kind::End => Both { id: "akhir", en: "end" },
            Kind::Register => Both { id: "buku register", en: "register" },
            Kind::Outcome => Both { id: "keputusan", en: "outcome" },
        }
    }
}

/// Names that stand for something else where a role may be named.
const RESERVED: [&str; 3] = ["doer", "accountable", "superior"];

impl<'a> Compiler<'a> {
    pub(super) fn collect_names(&mut self) {
        let definition = self.definition;
        let mut roles = BTreeMap::new();
        for (place, role) in definition.roles.iter().enumerate() {
            let pointer = || Pointer::root().key("roles").index(place).key("id");
            if RESERVED.contains(&role.id.as_str()) {
                self.report(Diagnostic::new(&rules::RESERVED_ID, pointer()).with("id", role.id.as_str()));
            }
            self.enter(&mut roles, role.id.as_str(), RoleIx::at(place), pointer, |at| {
                Pointer::root().key("roles").index(at.place()).key("id")
            });
        }
        self.names.columns = definition.roles.len();
        let policy = self.policy;
        let mut next = definition.roles.len();
        if policy.is_some() {
            for (place, post) in self.office.office().posts.iter().enumerate() {
                self.names.posts.insert(post.id.as_str(), place);
                if !roles.contains_key(post.id.as_str()) {
                    roles.insert(post.id.as_str(), RoleIx::at(next));
                    next += 1;
                }
            }
        }
        self.names.roles = roles;

        let mut papers = BTreeMap::new();
        for (place, paper) in definition.papers.iter().enumerate() {
            let pointer = |at: usize| Pointer::root().key("papers").index(at).key("id");
            self.enter(&mut papers, paper.id.as_str(), PaperIx::at(place), || pointer(place), |at| pointer(at.place()));
        }
        self.names.papers = papers;

        let mut steps: HashMap<&str, StepIx, RandomState> = HashMap::default();
        let mut places: Vec<StepPlace> = Vec::new();
        for (row, written) in definition.rows.iter().enumerate() {
            for (step, spec) in written.steps.iter().enumerate() {
                let here = StepPlace { row, step };
                let first = *steps.entry(spec.id.as_str()).or_insert(StepIx::at(places.len()));
                if let Some(earlier) = places.get(first.place()) {
                    self.named_twice(spec.id.as_str(), here.pointer().key("id"), earlier.pointer().key("id"));
                }
                places.push(here);
            }
        }
        self.names.steps = steps;
        self.names.step_places = places;

        let mut starts = BTreeMap::new();
        for (place, start) in definition.starts.iter().enumerate() {
            let pointer = |at: usize| Pointer::root().key("starts").index(at).key("id");
            self.enter(&mut starts, start.id.as_str(), StartIx::at(place), || pointer(place), |at| pointer(at.place()));
        }
        self.names.starts = starts;

        let signed = definition.ends.len();
        let end_place = |at: usize| match at.checked_sub(signed) {
            None => Pointer::root().key("ends").index(at).key("id"),
            Some(at) => policy_place("ends").index(at).key("id"),
        };
        let mut ends = BTreeMap::new();
        let all = definition.ends.iter().chain(policy.iter().flat_map(|policy| &policy.ends));
        for (place, end) in all.enumerate() {
            self.enter(&mut ends, end.id.as_str(), EndIx::at(place), || end_place(place), |at| end_place(at.place()));
        }
        self.names.ends = ends;

        for (place, register) in self.office.office().registers.iter().enumerate() {
            self.names.registers.insert(register.id.as_str(), RegisterIx::at(place));
        }
    }

    /// Enters a name; a second of the same kind is an error that shows both.
    pub(super) fn enter<I: Copy>(
        &mut self,
        table: &mut BTreeMap<&'a str, I>,
        id: &'a str,
        at: I,
        pointer: impl FnOnce() -> Pointer,
        earlier: impl Fn(I) -> Pointer,
    ) {
        match table.get(id) {
            Some(&first) => self.named_twice(id, pointer(), earlier(first)),
            None => {
                table.insert(id, at);
            }
        }
    }

    fn named_twice(&mut self, id: &str, pointer: Pointer, earlier: Pointer) {
        let first = Label::new(earlier).saying(Both { id: "pertama kali di sini", en: "first here" });
        self.report(Diagnostic::new(&rules::DUPLICATE_ID, pointer).with("id", id).label(first));
    }

    /// Resolves a reference; one that leads nowhere is reported, unless what it names could not be read.
    fn resolve<I: Copy>(
        &mut self,
        found: Option<I>,
        kind: Kind,
        id: &str,
        pointer: impl FnOnce() -> Pointer,
        candidates: Vec<String>,
    ) -> Option<I> {
        if found.is_none()
            && let Some(finding) = self.dangling(kind, id, pointer, candidates)
        {
            self.report(finding);
        }
        found
    }

    /// The finding about a reference that leads nowhere; none where what it names could not be read.
    fn dangling(
        &self,
        kind: Kind,
        id: &str,
        pointer: impl FnOnce() -> Pointer,
        candidates: Vec<String>,
    ) -> Option<Diagnostic> {
        if self.poisoned.has_id(id) {
            return None;
        }
        let pointer = pointer();
        let key = pointer.segments().filter(|segment| segment.parse::<usize>().is_err()).last().unwrap_or_default();
        let finding = Diagnostic::new(&rules::DANGLING_REFERENCE, pointer.clone())
            .with("key", key)
            .with("kind", kind.word())
            .with("id", id);
        Some(match suggest::nearest(id, candidates.iter().map(String::as_str)) {
            Some(near) => finding.fix(Fix::replace(pointer, format!("\"{near}\""), Applicability::NeedsDecision)),
            None => finding,
        })
    }

    /// A column of the table.
    pub(super) fn column(&mut self, id: &str, pointer: impl FnOnce() -> Pointer) -> Option<RoleIx> {
        let columns = self.names.columns;
        let found = self.names.roles.get(id).copied().filter(|role| role.place() < columns);
        let candidates = || self.definition.roles.iter().map(|role| role.id.to_string()).collect();
        let candidates = if found.is_some() || self.is_full_of_errors() { Vec::new() } else { candidates() };
        self.resolve(found, Kind::Role, id, pointer, candidates)
    }

    /// A column of the table, or a post of the office.
    pub(super) fn role(&mut self, id: &str, pointer: impl FnOnce() -> Pointer) -> Option<RoleIx> {
        let found = self.names.roles.get(id).copied();
        let candidates = if found.is_some() { Vec::new() } else { self.listed(Kind::RoleOrPost) };
        self.resolve(found, Kind::RoleOrPost, id, pointer, candidates)
    }

    pub(super) fn paper(&mut self, id: &str, pointer: impl FnOnce() -> Pointer) -> Option<PaperIx> {
        let found = self.names.papers.get(id).copied();
        let candidates = if found.is_some() { Vec::new() } else { self.listed(Kind::Paper) };
        self.resolve(found, Kind::Paper, id, pointer, candidates)
    }

    pub(super) fn field(&mut self, id: &str, pointer: impl FnOnce() -> Pointer) -> Option<crate::guard::FieldIx> {
        let found = self.names.fields.get(id).copied();
        let candidates = if found.is_some() { Vec::new() } else { self.listed(Kind::Field) };
        self.resolve(found, Kind::Field, id, pointer, candidates)
    }

    pub(super) fn step(&mut self, id: &str, pointer: impl FnOnce() -> Pointer) -> Option<StepIx> {
        let found = self.names.steps.get(id).copied();
        let candidates = if found.is_some() { Vec::new() } else { self.listed(Kind::Step) };
        self.resolve(found, Kind::Step, id, pointer, candidates)
    }

    pub(super) fn end(&mut self, id: &str, pointer: impl FnOnce() -> Pointer) -> Option<EndIx> {
        let found = self.names.ends.get(id).copied();
        let candidates = if found.is_some() { Vec::new() } else { self.listed(Kind::End) };
        self.resolve(found, Kind::End, id, pointer, candidates)
    }

    pub(super) fn register(&mut self, id: &str, pointer: impl FnOnce() -> Pointer) -> Option<RegisterIx> {
        let found = self.names.registers.get(id).copied();
        let candidates = if found.is_some() { Vec::new() } else { self.listed(Kind::Register) };
        self.resolve(found, Kind::Register, id, pointer, candidates)
    }

    /// The finding about an outcome that a step does not have.
    pub(super) fn dangling_outcome(
        &self,
        id: &str,
        pointer: impl FnOnce() -> Pointer,
        known: Vec<String>,
    ) -> Option<Diagnostic> {
        self.dangling(Kind::Outcome, id, pointer, known)
    }

    fn listed(&self, kind: Kind) -> Vec<String> {
        // What is not shown needs no suggestion.
        if self.is_full_of_errors() {
            return Vec::new();
        }
        let names = &self.names;
        let mut keys: Vec<&str> = match kind {
            Kind::Role | Kind::RoleOrPost => names.roles.keys().copied().collect(),
            Kind::Paper => names.papers.keys().copied().collect(),
            Kind::Field => names.fields.keys().copied().collect(),
            Kind::Step => names.steps.keys().copied().collect(),
            Kind::End => names.ends.keys().copied().collect(),
            Kind::Register => names.registers.keys().copied().collect(),
            Kind::Outcome => Vec::new(),
        };
        keys.sort_unstable();
        keys.into_iter().map(str::to_owned).collect()
    }

    /// The place of a step, for messages.
    pub(super) fn place_of(&self, step: StepIx) -> Pointer {
        self.names.step_places.get(step.place()).map_or_else(Pointer::root, |place| place.pointer())
    }

    /// The row of a step.
    pub(super) fn row_of(&self, step: StepIx) -> RowIx {
        RowIx::at(self.names.step_places.get(step.place()).map_or(0, |place| place.row))
    }
}
