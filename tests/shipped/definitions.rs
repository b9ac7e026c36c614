//! The shipped definitions: what they print, that they compile, and how far a case can go in them.

#[path = "../stage/mod.rs"]
mod stage;

use serde_json::json;
use sop_core::case::Status;
use sop_core::definition::{Block, Definition};
use sop_core::diagnostic::Severity;
use sop_core::process::{Process, Reading};
use sop_core::time::{Instant, Measure, Millis};
use stage::{Case, Stage, at, compilation, drive, listed, office, shipped};

const FIXTURES: [&str; 6] = ["paralel", "bagian", "tiga_keputusan", "dua_awal", "dua_isian", "maju"];

fn narasumber() -> Stage {
    Stage::shipped("narasumber.json", "kantor.json", "pejabat.json")
}

fn fixture(name: &str) -> Stage {
    Stage::shipped(&format!("fixtures/{name}.json"), "fixtures/kantor.json", "fixtures/pejabat.json")
}

fn written() -> Definition {
    stage::read::<Definition>("narasumber.json", &shipped("narasumber.json")).value.expect("it reads")
}

/// The cells of a text: its lines cut at tabs, blanks at both ends trimmed, empty ones left out.
fn cells(text: &str) -> Vec<&str> {
    text.split(['\n', '\t']).map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

/// What a block of the identity page prints, numbered if it is.
fn printed(block: &Block) -> String {
    let items = block.items.iter().enumerate();
    let lines: Vec<String> = items
        .map(|(place, item)| if block.numbered.0 { format!("{}. {item}", place + 1) } else { item.clone() })
        .collect();
    lines.join(" ")
}

/// A block with the heading of the regulation, where the paper has no other.
fn heading<'b>(block: &'b Block, usual: &'b str) -> &'b str {
    block.heading.as_deref().unwrap_or(usual)
}

/// Everything that the official document prints, cell by cell.
fn printed_cells(definition: &Definition, process: &Process) -> Vec<String> {
    let identity = &definition.identity;
    let mut cells: Vec<String> = vec![identity.government.clone(), identity.agency.clone()];
    cells.extend(identity.units.iter().cloned());
    let date = |date: &Option<sop_core::definition::PrintedDate>| {
        date.as_ref().map(|date| date.printed.clone().unwrap_or_else(|| date.date.to_string()))
    };
    let approved = identity.approved_by.as_ref().map(|approval| approval.name.clone());
    for (label, value) in [
        ("Nomor SOP", identity.number.clone()),
        ("Tanggal Pembuatan", date(&identity.created)),
        ("Tanggal Revisi", date(&identity.revised)),
        ("Tanggal Efektif", date(&identity.effective)),
        ("Disahkan oleh", approved),
        ("Nama SOP", Some(identity.title.clone())),
    ] {
        cells.push(label.to_owned());
        cells.extend(value);
    }
    for (left, usual_left, right, usual_right) in [
        (&identity.legal_basis, "Dasar Hukum", &identity.qualifications, "Kualifikasi Pelaksana"),
        (&identity.related, "Keterkaitan", &identity.equipment, "Peralatan/Perlengkapan"),
        (&identity.warnings, "Peringatan", &identity.records, "Pencatatan dan Pendataan"),
    ] {
        let (left, right) = (left.as_ref().expect("a block"), right.as_ref().expect("a block"));
        cells.extend([
            heading(left, usual_left).to_owned(),
            heading(right, usual_right).to_owned(),
            printed(left),
            printed(right),
        ]);
    }
    cells.push(definition.table.title.clone());
    let mut under = Vec::new();
    for column in &definition.table.columns {
        let top = column.under.as_ref().unwrap_or(&column.heading);
        if column.under.is_none() || under.last() != Some(top) {
            cells.push(top.clone());
        }
        under.extend(column.under.clone());
    }
    cells.extend(definition.roles.iter().map(|role| role.title.clone()));
    cells.extend(
        definition.table.columns.iter().filter(|column| column.under.is_some()).map(|column| column.heading.clone()),
    );
    for row in process.rows().values() {
        let no = row.no.clone().unwrap_or_default();
        cells.extend([
            no,
            row.activity.clone(),
            row.requires.clone(),
            row.time.clone(),
            row.outputs.clone(),
            row.remark.clone(),
        ]);
    }
    cells.retain(|cell| !cell.is_empty());
    cells
}

/// Every text of the paper is in the definition, and every text that the definition prints is on the paper.
#[test]
fn narasumber_prints_the_paper_to_the_letter() {
    let paper = include_str!("../fixtures/sop-narasumber.txt");
    let definition = written();
    let printed = printed_cells(&definition, &narasumber().process);
    let paper = cells(paper);
    for (place, (ours, theirs)) in printed.iter().zip(&paper).enumerate() {
        assert_eq!(ours.trim(), *theirs, "cell {place}");
    }
    assert_eq!(printed.len(), paper.len());
    assert_eq!(paper.len(), 105);
}

/// Both readings compile without an error; what is told besides is what the paper is known to lack.
#[test]
fn narasumber_compiles_as_signed_and_as_run() {
    let office = office(&shipped("kantor.json"));
    for reading in [Reading::AsSigned, Reading::AsRun] {
        let compiled = compilation(&shipped("narasumber.json"), &office, reading);
        let found = compiled.diagnostics;
        assert!(!found.has_errors(), "{}", listed(&found));
        let process = compiled.process.expect("no error");
        assert_eq!((process.steps().len(), process.rows().len(), process.returns().len()), (13, 13, 5));
        assert_eq!(process.reading(), reading);
        let told: Vec<&str> =
            found.iter().filter(|one| one.severity() != Severity::Note).map(|one| one.rule.name).collect();
        for known in ["NOT_IN_FORCE", "ISSUED_BEFORE_WRITTEN"] {
            assert!(told.contains(&known), "{known} is not told: {told:?}");
        }
    }
}

/// Five returns, each with a limit of 3 as run and without one as signed.
#[test]
fn narasumber_returns_three_times_as_run_and_for_ever_as_signed() {
    let office = office(&shipped("kantor.json"));
    let limits = |reading| {
        let process = compilation(&shipped("narasumber.json"), &office, reading).process.expect("no error");
        let name = |step| process.row_name(process.steps()[step].row);
        process
            .returns()
            .values()
            .map(|spec| (name(spec.from), name(spec.to), spec.limit.map(|(limit, _)| limit)))
            .collect::<Vec<_>>()
    };
    let of = |limit: Option<u32>| {
        [("2", "1"), ("7", "6"), ("8", "7"), ("9", "8"), ("10", "9")]
            .map(|(from, to)| (from.to_owned(), to.to_owned(), limit))
            .to_vec()
    };
    assert_eq!(limits(Reading::AsRun), of(Some(3)));
    assert_eq!(limits(Reading::AsSigned), of(None));
}

/// Each doubtful reading and each defect is noted where it belongs.
#[test]
fn narasumber_notes_its_doubts_and_defects() {
    let process = narasumber().process;
    let notes = process.notes();
    let interpretations = notes.iter().filter(|placed| placed.note.confidence.is_some()).count();
    assert!(
        notes.len() - interpretations >= 20 && interpretations >= 5,
        "{} notes, {interpretations} readings",
        notes.len()
    );
    let doubted = notes.iter().filter(|placed| placed.note.confidence == Some(sop_core::definition::Confidence::Low));
    let rows: Vec<String> = doubted.filter_map(|placed| placed.row).map(|row| process.row_name(row)).collect();
    assert_eq!(rows, ["12"]);
}

/// A run through narasumber, each wait acted on at the last moment; a decision goes back as often as it is told to.
struct Run {
    case: Case,
    completions: u32,
    budget: u32,
    began: Instant,
}

fn run(returns: u32) -> Run {
    let began = at("2026-01-12 07:30");
    let mut case = narasumber().start("mulai", "wulan", "2026-01-12 07:30");
    let (mut completions, mut budget) = (0, 0);
    while case.status() == Status::Running {
        let [wait] = case.state.waits() else { panic!("one wait at a time") };
        let (step, due) = (wait.step(), wait.due().expect("every step has a budget"));
        let spec = &case.stage.process.steps()[step];
        budget += spec.budget.expect("a budget").minutes();
        let back = spec.outcomes.iter().find(|outcome| outcome.id.as_str() == "tidak_setuju");
        let goes_back = back.is_some() && case.returns(spec.id.as_str(), "tidak_setuju") < returns;
        let outcome = match (back.is_some(), goes_back) {
            (true, true) => "tidak_setuju",
            (true, false) => "setuju",
            (false, _) => "selesai",
        };
        let outcome = case.outcome_ix(step, outcome);
        // An instant before it is due nothing has been reminded yet.
        let now = Instant::from_millis(due.millis() - 1).expect("an instant");
        drive::complete_by_anybody(&mut case, step, outcome, 0, now).expect("somebody may");
        completions += 1;
    }
    Run { case, completions, budget, began }
}

impl Run {
    /// The working time from the start to the end; a millisecond is left of each budget.
    fn worked(&self) -> u64 {
        let Millis(worked) = self.case.stage.calendar.measure_by(Measure::Working, self.began, self.case.now);
        (worked + u64::from(self.completions)) / 60_000
    }
}

/// Straight through: thirteen completions and 135 working minutes.
#[test]
fn narasumber_takes_135_minutes_straight_through() {
    let run = run(0);
    assert_eq!((run.completions, run.budget, run.worked()), (13, 135, 135));
    assert_eq!((run.case.status(), run.case.result()), (Status::Finished, vec!["selesai"]));
    let numbers: Vec<String> = run.case.history.iter().flat_map(|happened| happened.of("numbered")).collect();
    assert_eq!(numbers, ["numbered number=1 register=agenda_keluar text=000.8/1/DISKOPUKM.A/2026 year=2026"]);
    assert!(!run.case.history.iter().any(|happened| happened.has("rung_fired")));
}

/// Sent back once at each decision: 23 completions.
#[test]
fn narasumber_takes_23_completions_with_one_return_at_each_decision() {
    let run = run(1);
    assert_eq!((run.completions, run.case.status(), run.budget), (23, Status::Finished, 270));
}

/// Sent back as often as the policy allows: 43 completions and 540 working minutes.
#[test]
fn narasumber_takes_43_completions_at_the_most() {
    let run = run(3);
    assert_eq!((run.completions, run.budget, run.worked()), (43, 540, 540));
    assert_eq!((run.case.status(), run.case.result()), (Status::Finished, vec!["selesai"]));
    assert!(run.case.stage.process.returns().iter().all(|(taken, _)| run.case.state.returns(taken) == 3));
}

/// Sent back once more than the policy allows, it is stopped.
#[test]
fn narasumber_is_stopped_beyond_the_limit() {
    let run = run(4);
    assert_eq!((run.case.status(), run.case.result()), (Status::Stopped, vec!["dihentikan"]));
}

/// The drafter does not sign; the head of the unit that row 4 picks acts.
#[test]
fn narasumber_picks_its_people_by_the_disposition() {
    let mut case = narasumber().start("mulai", "wulan", "2026-01-12 08:00");
    for (step, by, outcome) in
        [("ajukan", "wulan", "selesai"), ("periksa", "awang", "setuju"), ("teruskan", "dayang", "selesai")]
    {
        case.complete(step, by, outcome, "2026-01-12 08:01").unwrap();
    }
    case.complete_with("disposisikan", "damar", "selesai", &json!({ "bagian": "reformasi" }), "2026-01-12 08:02")
        .unwrap();
    assert!(case.complete("cek_jadwal", "tirta", "selesai", "2026-01-12 08:03").is_err());
    case.complete("cek_jadwal", "puspa", "selesai", "2026-01-12 08:03").unwrap();
    let told =
        case.complete("buat_balasan", "guntur", "selesai", "2026-01-12 08:04").unwrap().of("completed")[0].clone();
    assert!(told.contains("capacity:plt person:guntur"), "{told}");
}

/// The fixtures compile as signed and as run, with no error and none of the findings of a careless transcription.
#[test]
fn the_fixtures_compile() {
    let office = office(&shipped("fixtures/kantor.json"));
    for name in FIXTURES {
        for reading in [Reading::AsSigned, Reading::AsRun] {
            let compiled = compilation(&shipped(&format!("fixtures/{name}.json")), &office, reading);
            assert!(
                compiled.process.is_some() && !compiled.diagnostics.has_errors(),
                "{name}: {}",
                listed(&compiled.diagnostics)
            );
        }
    }
}

/// What each fixture is there for.
#[test]
fn the_fixtures_are_of_six_structures() {
    let process = |name: &str| fixture(name).process;
    assert!(process("paralel").slots().len() == 2 && process("paralel").groups().len() == 1);
    let parts = process("bagian");
    assert!(
        parts.ends().values().all(|end| end.kind == sop_core::definition::EndKind::Part) && parts.ends().len() == 3
    );
    assert!(process("tiga_keputusan").steps().values().any(|step| step.outcomes.len() == 3));
    assert_eq!((process("dua_awal").starts().len(), process("dua_awal").ends().len()), (2, 3));
    assert_eq!(process("dua_isian").fields().len(), 3);
    assert_eq!(process("maju").returns().len(), 0);
}

/// A case that takes outcomes by a seed until it is over.
fn driven(stage: &Stage, start: &str, by: &str, seed: u64) -> Case {
    let mut case = stage.start(start, by, "2026-01-12 07:30");
    let mut random = seed;
    for turn in 0..200 {
        if case.status() != Status::Running {
            break;
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pick = random >> 33;
        let waits = case.state.waits();
        let step = waits[pick as usize % waits.len()].step();
        let outcomes = case.stage.process.steps()[step].outcomes.len();
        let outcome = sop_core::process::Position::at((pick >> 8) as usize % outcomes);
        let now = Instant::from_millis(at("2026-01-12 07:30").millis() + turn * 60_000).expect("an instant");
        match drive::complete_by_anybody(&mut case, step, outcome, pick, now) {
            Ok(_) | Err(sop_core::case::Rejection::OutcomeIsClosed { .. }) => {}
            Err(refused) => panic!("nobody may complete `{}`: {refused:?}", case.stage.process.steps()[step].id),
        }
    }
    case
}

/// Each fixture can be driven to an end from each of its starts, and to every end that the table draws.
#[test]
fn the_fixtures_can_be_driven_to_every_end() {
    for name in FIXTURES {
        let stage = fixture(name);
        let mut reached: Vec<String> = Vec::new();
        for start in stage.process.starts().values() {
            let step = &stage.process.steps()[start.opens[0]];
            let role = &stage.process.roles()[step.roles[0]];
            let opener = if role.requester {
                "evi".to_owned()
            } else {
                let opener = stage.staffing.tenures(stage.process.find_role(&role.id).unwrap(), None)[0].person;
                stage.people.name(opener).unwrap().to_string()
            };
            for seed in 0..24 {
                let case = driven(&stage, start.id.as_str(), &opener, seed);
                assert!(
                    matches!(case.status(), Status::Finished | Status::Stopped),
                    "{name} {seed}: {:?}",
                    case.waits()
                );
                reached.extend(case.result().into_iter().map(str::to_owned));
            }
        }
        for end in stage.process.ends().values().filter(|end| end.kind != sop_core::definition::EndKind::Stop) {
            assert!(reached.contains(&end.id.to_string()), "{name}: `{}` was never reached", end.id);
        }
    }
}
