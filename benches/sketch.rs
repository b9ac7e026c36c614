//! Definitions drawn in code, with no more in them than their flow needs.
//!
//! The generated families and the workflow nets are all about tokens: they have one role, which whoever asks holds, no
//! papers and no times. A sketch says a step's ways out in one line each, and fills in what the format asks for besides.

use sop_core::definition::{
    Affirmed, Branch, Column, ColumnKind, DayMeaning, Definition, DefinitionId, Durations, End, EndId, EndKind,
    FieldDefinition, FieldId, Identity, Join, Office, OfficeId, Outcome, OutcomeId, Role, RoleId, Row, Start, StartId,
    Step, StepId, Table, ZoneDefinition,
};
use sop_core::diagnostic::Diagnostics;
use sop_core::process::{CheckedOffice, Process, Reading, check_office, compile};

/// Where an exit leads.
#[derive(Debug, Clone)]
pub enum Exit {
    /// To one step.
    Next(StepId),
    /// To several steps at once.
    Split(Vec<StepId>),
    /// Back to an earlier step.
    Return(StepId),
    /// To the one branch whose guard holds.
    Choose(Vec<(String, Exit)>),
    /// To the end of the whole case, where no other token may be left.
    Case,
    /// To the end of this token alone.
    Part,
}

/// A step as it is drawn: what has to arrive, what is asked, and the ways out.
#[derive(Debug, Clone)]
pub struct Drawn {
    id: StepId,
    join: Vec<Vec<StepId>>,
    collects: Vec<FieldId>,
    exits: Vec<Exit>,
}

impl Drawn {
    /// A step with one way out.
    pub fn new(id: StepId, exit: Exit) -> Self {
        Self::deciding(id, vec![exit])
    }

    /// A step whose person picks among ways out.
    pub fn deciding(id: StepId, exits: Vec<Exit>) -> Self {
        Self { id, join: Vec::new(), collects: Vec::new(), exits }
    }

    /// Makes it wait for one token of each group of sources.
    pub fn joining(mut self, groups: Vec<Vec<StepId>>) -> Self {
        self.join = groups;
        self
    }

    /// Makes its completion set these fields.
    pub fn collecting(mut self, fields: impl IntoIterator<Item = FieldId>) -> Self {
        self.collects.extend(fields);
        self
    }

    /// The step as the format has it.
    fn step(self) -> Step {
        let mut step = Step {
            id: self.id,
            role: Some(role()),
            roles: Vec::new(),
            label: None,
            symbol: None,
            join: (!self.join.is_empty()).then_some(Join { all: self.join }),
            requires: None,
            outputs: None,
            revises: None,
            time: None,
            collects: self.collects,
            next: None,
            split: None,
            return_to: None,
            choose: None,
            end: None,
            outcomes: None,
            drawn: Affirmed::default(),
            notes: Vec::new(),
        };
        let mut outcomes: Vec<Outcome> = self.exits.into_iter().enumerate().map(outcome).collect();
        if outcomes.len() != 1 {
            step.outcomes = Some(outcomes);
        } else if let Some(only) = outcomes.pop() {
            // One way out stands at the step itself (F4).
            (step.next, step.split, step.return_to) = (only.next, only.split, only.return_to);
            (step.choose, step.end) = (only.choose, only.end);
        }
        step
    }
}

/// A definition in the making.
#[derive(Debug, Clone)]
pub struct Sketch {
    opens: Vec<StepId>,
    fields: Vec<FieldDefinition>,
    steps: Vec<Drawn>,
}

impl Sketch {
    /// A sketch whose one start opens a step.
    pub fn opening(step: StepId) -> Self {
        Self { opens: vec![step], fields: Vec::new(), steps: Vec::new() }
    }

    /// Declares a field.
    pub fn field(&mut self, field: FieldDefinition) {
        self.fields.push(field);
    }

    /// Draws a step below the others.
    pub fn draw(&mut self, step: Drawn) {
        self.steps.push(step);
    }

    /// The number of steps that are drawn.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Tells whether nothing is drawn yet.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The definition, one step a row.
    pub fn definition(self) -> Definition {
        let mut kinds: Vec<EndKind> = Vec::new();
        let used = self.steps.iter().flat_map(|step| &step.exits).flat_map(ends_of);
        for kind in used {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Definition {
            schema: None,
            format: 1,
            id: DefinitionId::new("sketsa").expect("an id"),
            edition: 1,
            office: "kantor.json".into(),
            part: None,
            identity: identity(),
            table: table(),
            roles: vec![Role {
                id: role(),
                title: "Pemohon".into(),
                requester: true,
                acts_through: None,
                notes: Vec::new(),
            }],
            papers: Vec::new(),
            fields: self.fields,
            rows: self.steps.into_iter().map(Drawn::step).map(row).collect(),
            starts: vec![Start {
                id: StartId::new("mulai").expect("an id"),
                title: None,
                opens: self.opens,
                notes: Vec::new(),
            }],
            ends: kinds.into_iter().map(end_of).collect(),
            policy: None,
            notes: Vec::new(),
        }
    }
}

/// Compiles a definition as signed: what a sketch is about needs no policy.
///
/// # Errors
/// What the compiler found.
pub fn compiled(definition: &Definition, office: &CheckedOffice) -> Result<Process, Diagnostics> {
    compile(definition, office, Reading::AsSigned, &Default::default()).into_result()
}

/// The office of the sketches: nobody holds a post, since whoever asks does everything.
pub fn office() -> CheckedOffice {
    let office = Office {
        schema: None,
        format: 1,
        id: OfficeId::new("kantor").expect("an id"),
        title: "Kantor".into(),
        zone: ZoneDefinition { offset: "+07:00".into(), label: "WIB".into() },
        calendar: "kalender.json".into(),
        durations: Durations { minutes_per_day: 450, days_per_week: 5, days_per_month: 20, day: DayMeaning::Working },
        posts: Vec::new(),
        units: Vec::new(),
        registers: Vec::new(),
        overdue: Vec::new(),
    };
    check_office(&office, &Default::default()).0.expect("the office is sound")
}

/// A step's name: a word and numbers.
pub fn named(word: &str, numbers: &[usize]) -> StepId {
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    StepId::new(&format!("{word}{}", numbers.join("_"))).expect("a word and numbers are an id")
}

fn role() -> RoleId {
    RoleId::new("pemohon").expect("an id")
}

fn outcome((place, exit): (usize, Exit)) -> Outcome {
    let mut outcome = Outcome {
        id: OutcomeId::new(&format!("jalan{place}")).expect("an id"),
        title: None,
        label: None,
        outputs: None,
        collects: None,
        next: None,
        split: None,
        return_to: None,
        choose: None,
        end: None,
        drawn: Affirmed::default(),
        notes: Vec::new(),
    };
    match exit {
        Exit::Next(step) => outcome.next = Some(step),
        Exit::Split(steps) => outcome.split = Some(steps),
        Exit::Return(step) => outcome.return_to = Some(step),
        Exit::Choose(branches) => outcome.choose = Some(branches.into_iter().map(branch).collect()),
        Exit::Case => outcome.end = Some(end_id(EndKind::Case)),
        Exit::Part => outcome.end = Some(end_id(EndKind::Part)),
    }
    outcome
}

fn branch((when, exit): (String, Exit)) -> Branch {
    // The ways out of a branch are those of an outcome, save that it never chooses again.
    let Outcome { next, split, return_to, end, drawn, notes, .. } = outcome((0, exit));
    Branch { when, title: None, next, split, return_to, end, drawn, notes }
}

fn ends_of(exit: &Exit) -> Vec<EndKind> {
    match exit {
        Exit::Case => vec![EndKind::Case],
        Exit::Part => vec![EndKind::Part],
        Exit::Choose(branches) => branches.iter().flat_map(|(_, exit)| ends_of(exit)).collect(),
        Exit::Next(_) | Exit::Split(_) | Exit::Return(_) => Vec::new(),
    }
}

fn end_id(kind: EndKind) -> EndId {
    EndId::new(if kind == EndKind::Part { "bagian" } else { "selesai" }).expect("an id")
}

fn end_of(kind: EndKind) -> End {
    End { id: end_id(kind), title: end_id(kind).to_string(), kind, notes: Vec::new() }
}

fn row(step: Step) -> Row {
    Row {
        no: None,
        activity: "Bekerja".into(),
        requires: Vec::new(),
        time: None,
        shared_time: false,
        outputs: Vec::new(),
        revises: Vec::new(),
        merge_up: Vec::new(),
        printed: None,
        remark: None,
        links: Vec::new(),
        steps: vec![step],
        symbols: Vec::new(),
        notes: Vec::new(),
    }
}

fn identity() -> Identity {
    Identity {
        government: "Pemerintah".into(),
        agency: "Dinas".into(),
        units: Vec::new(),
        number: None,
        title: "Sketsa".into(),
        created: None,
        revised: None,
        effective: None,
        approved_by: None,
        legal_basis: None,
        qualifications: None,
        related: None,
        equipment: None,
        warnings: None,
        records: None,
        notes: Vec::new(),
    }
}

fn table() -> Table {
    let column = |shows, heading: &str| Column { shows, heading: heading.into(), under: None };
    Table {
        title: "Sketsa".into(),
        columns: vec![column(ColumnKind::Activity, "Kegiatan"), column(ColumnKind::Roles, "Pelaksana")],
        column_numbers: false,
        notes: Vec::new(),
    }
}
