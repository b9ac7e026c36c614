//! A key that changes nothing does not belong: every key of every format, and what it changes.
//!
//! The keys are those of the schemas under `definitions/schema/`, which another test keeps current. For each there is a
//! change of the files in `tests/keys/`, and something observable that differs afterwards.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use common::{definitions, text_of};
use serde_json::Value;
use sop_core::case::{Directory, People};
use sop_core::definition::{Definition, DirectoryFile, Office};
use sop_core::diagnostic::{Diagnostics, Language, render::render};
use sop_core::format::{Document, Parsed, parse};
use sop_core::process::{CheckedOffice, Process, Reading, check_office, compile};
use sop_core::text::SourceText;
use sop_core::time::{Calendar, CalendarFile, Date, Instant, check_calendar};

/// The four files of the test.
const FILES: [&str; 4] = ["naskah.json", "kantor.json", "pejabat.json", "kalender.json"];
const N: usize = 0;
const K: usize = 1;
const P: usize = 2;
const C: usize = 3;

/// What is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shows {
    /// Findings about the files.
    Told,
    /// The official document: the signed hash. The drawing itself is another crate's.
    Signed,
    /// The hash of the process, and nothing else of it.
    Hash,
    /// The file that the key names is read instead.
    File,
    /// Name, edition and title of the process.
    Process,
    Roles,
    Papers,
    Fields,
    /// The printed cells of the table.
    Cells,
    Steps,
    Slots,
    Groups,
    Returns,
    Ladders,
    Starts,
    Ends,
    Registers,
    Notes,
    Waivers,
    /// Owner, withdrawal, holds, claims, comments, promise.
    Settings,
    /// How an instant is shown.
    Zone,
    /// What 'hari' comes to.
    Durations,
    /// The people as hosts show them.
    People,
    /// Who may act, and when.
    Staffing,
    /// Instants that the calendar reckons.
    Calendar,
    /// Tells whether they are estimates.
    Estimates,
    Closings,
    Revised,
}

use Shows::{
    Calendar as Cal, Cells, Closings, Durations, Ends, Estimates, Fields, File, Groups, Hash, Ladders, Notes, Papers,
    People as Ppl, Process as Proc, Registers, Returns, Revised, Roles, Settings, Signed, Slots, Staffing, Starts,
    Steps, Told, Waivers, Zone,
};

/// A key of a type, the file that it is changed in, the changes (`-` takes out), what they show, and why it matters.
type Case = (&'static str, usize, &'static [(&'static str, &'static str)], Shows, &'static str);

#[rustfmt::skip]
const CASES: &[Case] = &[
    // The definition.
    ("Definition.$schema", N, &[("/$schema", "\"schema/office.schema.json\"")], Told, "an editor would complete another format"),
    ("Definition.format", N, &[("/format", "2")], Told, "another edition of the format is refused"),
    ("Definition.id", N, &[("/id", "\"surat_keluar\"")], Proc, "another procedure"),
    ("Definition.edition", N, &[("/edition", "2")], Proc, "cases stay with their edition"),
    ("Definition.office", N, &[("/office", "\"kantor_lain.json\"")], File, "another office"),
    ("Definition.part", N, &[("/part", "\"Bagian B\"")], Proc, "the title names the part"),
    ("Definition.identity", N, &[("/identity", "5")], Told, "there is no document without it"),
    ("Definition.table", N, &[("/table/columns/5", "-")], Told, "outputs without a column are told"),
    ("Definition.roles", N, &[("/roles/1", "-")], Told, "references to the role dangle"),
    ("Definition.papers", N, &[("/papers/1", "-")], Told, "references to the paper dangle"),
    ("Definition.fields", N, &[("/fields/0", "-")], Told, "the guard's field is unknown"),
    ("Definition.rows", N, &[("/rows/5", "-")], Told, "references to its step dangle"),
    ("Definition.starts", N, &[("/starts", "[]")], Told, "a process without a start is no process"),
    ("Definition.ends", N, &[("/ends/0", "-")], Told, "references to the end dangle"),
    ("Definition.policy", N, &[("/policy", "-")], Settings, "as run is as signed"),
    ("Definition.notes", N, &[("/notes", "-")], Notes, "shown beside verdicts"),
    ("Note.kind", N, &[("/notes/0/kind", "\"defect\""), ("/notes/0/confidence", "-")], Notes, "a defect is another thing than a reading"),
    ("Note.text", N, &[("/notes/0/text", "\"Lain.\"")], Notes, "what the transcriber says"),
    ("Note.confidence", N, &[("/notes/0/confidence", "\"low\"")], Told, "somebody should confirm it"),
    // The identity page.
    ("Identity.government", N, &[("/identity/government", "\"LAIN\"")], Signed, "the head of the page"),
    ("Identity.agency", N, &[("/identity/agency", "\"LAIN\"")], Signed, "the head of the page"),
    ("Identity.units", N, &[("/identity/units", "-")], Signed, "the head of the page"),
    ("Identity.number", N, &[("/identity/number", "-")], Signed, "Nomor SOP"),
    ("Identity.title", N, &[("/identity/title", "\"SOP Lain\"")], Proc, "the process is called so"),
    ("Identity.created", N, &[("/identity/created", "-")], Signed, "Tanggal Pembuatan"),
    ("Identity.revised", N, &[("/identity/revised", "-")], Signed, "Tanggal Revisi"),
    ("Identity.effective", N, &[("/identity/effective", "-")], Told, "not in force"),
    ("Identity.approved_by", N, &[("/identity/approved_by", "-")], Told, "not in force"),
    ("Identity.legal_basis", N, &[("/identity/legal_basis", "-")], Signed, "Dasar Hukum"),
    ("Identity.qualifications", N, &[("/identity/qualifications", "-")], Signed, "Kualifikasi Pelaksana"),
    ("Identity.related", N, &[("/identity/related", "-")], Signed, "Keterkaitan"),
    ("Identity.equipment", N, &[("/identity/equipment", "-")], Signed, "Peralatan"),
    ("Identity.warnings", N, &[("/identity/warnings", "-")], Signed, "Peringatan"),
    ("Identity.records", N, &[("/identity/records", "-")], Signed, "Pencatatan"),
    ("Identity.notes", N, &[("/identity/notes", "-")], Notes, "shown beside verdicts"),
    ("PrintedDate.date", N, &[("/identity/created/date", "\"2025-09-01\"")], Signed, "what the date means"),
    ("PrintedDate.printed", N, &[("/identity/created/printed", "-")], Signed, "the letters of the paper"),
    ("Approval.post", N, &[("/identity/approved_by/post", "\"Sekda\"")], Signed, "Disahkan oleh"),
    ("Approval.name", N, &[("/identity/approved_by/name", "\"Tirta\"")], Signed, "Disahkan oleh"),
    ("Approval.nip", N, &[("/identity/approved_by/nip", "-")], Signed, "Disahkan oleh"),
    ("Block.heading", N, &[("/identity/legal_basis/heading", "-")], Signed, "the paper's own heading"),
    ("Block.numbered", N, &[("/identity/legal_basis/numbered", "true")], Signed, "numbers before the items"),
    ("Block.items", N, &[("/identity/legal_basis/items", "[]")], Signed, "the items"),
    ("Block.notes", N, &[("/identity/legal_basis/notes", "-")], Notes, "shown beside verdicts"),
    ("Table.title", N, &[("/table/title", "\"Lain\"")], Signed, "above the table"),
    ("Table.columns", N, &[("/table/columns/6", "-")], Told, "a remark without a column is told"),
    ("Table.column_numbers", N, &[("/table/column_numbers", "-")], Signed, "a third line of the head"),
    ("Table.notes", N, &[("/table/notes", "-")], Notes, "shown beside verdicts"),
    ("Column.shows", N, &[("/table/columns/6/shows", "\"time\"")], Told, "two columns of one kind"),
    ("Column.heading", N, &[("/table/columns/6/heading", "\"Keterangan\"")], Signed, "the heading"),
    ("Column.under", N, &[("/table/columns/3/under", "-")], Signed, "the heading above"),
    // Roles, papers, fields.
    ("Role.id", N, &[("/roles/1/id", "\"umum\"")], Told, "references dangle"),
    ("Role.title", N, &[("/roles/1/title", "\"TU\"")], Roles, "the column's heading"),
    ("Role.requester", N, &[("/roles/0/requester", "-"), ("/policy/withdraw", "-")], Roles, "whoever starts holds it"),
    ("Role.acts_through", N, &[("/roles/3/acts_through", "\"kabag\"")], Steps, "who acts for the place"),
    ("Role.notes", N, &[("/roles/0/notes", "-")], Notes, "shown beside verdicts"),
    ("Paper.id", N, &[("/papers/0/id", "\"berkas\"")], Told, "references dangle"),
    ("Paper.title", N, &[("/papers/2/title", "\"Kopi\""), ("/rows/6/outputs", "[\"salinan\"]")], Papers, "the derived cells"),
    ("Paper.brought_by", N, &[("/papers/0/brought_by", "-")], Steps, "the step brings it no more"),
    ("Paper.written_by", N, &[("/papers/1/written_by", "\"pemohon\"")], Signed, "checked against the rows that hand it out"),
    ("Paper.notes", N, &[("/papers/0/notes", "-")], Notes, "shown beside verdicts"),
    ("FieldDefinition.id", N, &[("/fields/0/id", "\"jumlah\"")], Told, "the guard's field is unknown"),
    ("FieldDefinition.title", N, &[("/fields/0/title", "\"Jumlah\"")], Fields, "what a form calls it"),
    ("FieldDefinition.type", N, &[("/fields/1/type", "\"date\""), ("/fields/1/scale", "-")], Fields, "what it may hold"),
    ("FieldDefinition.min", N, &[("/fields/0/min", "1")], Fields, "what it may hold"),
    ("FieldDefinition.max", N, &[("/fields/0/max", "-")], Fields, "what it may hold"),
    ("FieldDefinition.scale", N, &[("/fields/1/scale", "3")], Fields, "what it may hold"),
    ("FieldDefinition.choices", N, &[("/fields/2/choices/1", "-")], Fields, "what it may hold"),
    ("FieldDefinition.max_length", N, &[("/fields/3/max_length", "5")], Fields, "what it may hold"),
    ("Choice.id", N, &[("/fields/2/choices/0/id", "\"kilat\"")], Fields, "guards compare with it"),
    // Rows.
    ("Row.no", N, &[("/rows/1/no", "\"2a\"")], Cells, "the printed number"),
    ("Row.activity", N, &[("/rows/1/activity", "\"Meneliti\"")], Cells, "the printed activity"),
    ("Row.requires", N, &[("/rows/4/requires", "[\"surat\", \"nota\", \"salinan\"]")], Steps, "what has to be there"),
    ("Row.time", N, &[("/rows/1/time", "\"2 jam\"")], Steps, "the budget"),
    ("Row.shared_time", N, &[("/rows/3/shared_time", "-")], Groups, "one clock for both"),
    ("Row.outputs", N, &[("/rows/1/outputs", "[\"surat\", \"nota\"]")], Steps, "what is handed on"),
    ("Row.revises", N, &[("/rows/1/revises", "-")], Steps, "a new version or the same"),
    ("Row.merge_up", N, &[("/rows/6/merge_up", "-")], Signed, "one cell or two"),
    ("Row.printed", N, &[("/rows/0/printed", "-")], Cells, "the letters of the paper"),
    ("Row.remark", N, &[("/rows/0/remark", "\"SOP Persuratan\"")], Cells, "the printed remark"),
    ("Row.links", N, &[("/rows/0/links", "-")], Signed, "links in the remark"),
    ("Row.steps", N, &[("/rows/3/steps/1", "-")], Told, "references dangle"),
    ("Row.symbols", N, &[("/rows/0/symbols", "-")], Signed, "symbols that are only drawn"),
    ("Row.notes", N, &[("/rows/0/notes", "-")], Notes, "shown beside verdicts"),
    ("PrintedCells.requires", N, &[("/rows/0/printed/requires", "-")], Cells, "the letters of the paper"),
    ("PrintedCells.outputs", N, &[("/rows/0/printed/outputs", "-")], Cells, "the letters of the paper"),
    ("Link.text", N, &[("/rows/0/links/0/text", "\"SOP Arsip\"")], Told, "words that are not in the remark"),
    ("Link.definition", N, &[("/rows/0/links/0/definition", "\"arsip\"")], Signed, "where the link leads"),
    ("Symbol.role", N, &[("/rows/0/symbols/0/role", "\"tu\"")], Signed, "the column it stands in"),
    ("Symbol.shape", N, &[("/rows/0/symbols/0/shape", "\"box\"")], Signed, "its shape"),
    ("Symbol.label", N, &[("/rows/0/symbols/0/label", "-")], Signed, "the text inside"),
    ("Symbol.beside", N, &[("/rows/0/symbols/0/beside", "\"periksa\"")], Told, "a step of another row"),
    // Steps.
    ("Step.id", N, &[("/rows/1/steps/0/id", "\"teliti\"")], Told, "references dangle"),
    ("Step.role", N, &[("/rows/5/steps/0/role", "\"tu\"")], Steps, "who acts"),
    ("Step.roles", N, &[("/rows/3/steps/0/roles/1", "-")], Steps, "who may act"),
    ("Step.label", N, &[("/rows/0/steps/0/label", "\"B\"")], Signed, "the text in the symbol"),
    ("Step.symbol", N, &[("/rows/0/steps/0/symbol", "\"box\"")], Signed, "the symbol as drawn"),
    ("Step.join", N, &[("/rows/4/steps/0/join", "-")], Slots, "what has to arrive first"),
    ("Step.requires", N, &[("/rows/6/steps/0/requires", "[\"surat\", \"nota\"]")], Steps, "its own papers"),
    ("Step.outputs", N, &[("/rows/6/steps/0/outputs", "[\"surat\"]")], Steps, "its own papers"),
    ("Step.revises", N, &[("/rows/6/steps/0/revises", "[]")], Steps, "its own papers"),
    ("Step.time", N, &[("/rows/6/steps/0/time", "-")], Steps, "its own budget"),
    ("Step.collects", N, &[("/rows/0/steps/0/collects", "-")], Told, "the guard reads what nobody set"),
    ("Step.next", N, &[("/rows/5/steps/0/next", "\"gabung\""), ("/rows/4/steps/0/join/all/1/1", "\"putus\"")], Steps, "where it goes on"),
    ("Step.split", N, &[("/rows/2/steps/0/split", "[\"hitung\", \"telaah\"]")], Steps, "where it goes on"),
    ("Step.return_to", N, &[("/rows/5/steps/0/next", "-"), ("/rows/5/steps/0/return_to", "\"bagi\"")], Returns, "where it goes back to"),
    ("Step.choose", N, &[("/rows/4/steps/0/choose/1", "-")], Steps, "where it goes on"),
    ("Step.end", N, &[("/rows/6/steps/0/end", "\"dibatalkan\"")], Steps, "where it ends"),
    ("Step.outcomes", N, &[("/rows/1/steps/0/outcomes/1", "-")], Steps, "what can be decided"),
    ("Step.drawn", N, &[("/rows/0/steps/0/drawn", "false")], Signed, "an arrow that is meant and not drawn"),
    ("Step.notes", N, &[("/rows/0/steps/0/notes", "-")], Notes, "shown beside verdicts"),
    ("Join.all", N, &[("/rows/4/steps/0/join/all", "[[\"telaah\", \"hitung\"]]")], Slots, "either or both"),
    ("Outcome.id", N, &[("/rows/1/steps/0/outcomes/0/id", "\"ya\"")], Steps, "what is picked"),
    ("Outcome.title", N, &[("/rows/1/steps/0/outcomes/0/title", "\"Terima\"")], Steps, "what a form shows"),
    ("Outcome.label", N, &[("/rows/1/steps/0/outcomes/1/label", "\"T\"")], Steps, "the text beside the arrow, and on a form without a title"),
    ("Outcome.outputs", N, &[("/rows/1/steps/0/outcomes/0/outputs", "[]")], Steps, "what this way hands on"),
    ("Outcome.collects", N, &[("/rows/1/steps/0/outcomes/2/collects", "[\"judul\"]")], Steps, "what this way sets"),
    ("Outcome.next", N, &[("/rows/1/steps/0/outcomes/2/next", "\"arsip\""), ("/rows/1/steps/0/outcomes/2/end", "-")], Steps, "where it goes on"),
    ("Outcome.split", N, &[("/rows/1/steps/0/outcomes/2/split", "[\"arsip\"]"), ("/rows/1/steps/0/outcomes/2/end", "-")], Steps, "where it goes on"),
    ("Outcome.return_to", N, &[("/rows/1/steps/0/outcomes/1/return_to", "\"periksa\"")], Returns, "where it goes back to"),
    ("Outcome.choose", N, &[("/rows/1/steps/0/outcomes/2/choose", "[{ \"when\": \"case.nilai > 5\", \"end\": \"dibatalkan\" }]"), ("/rows/1/steps/0/outcomes/2/end", "-")], Steps, "where it goes on"),
    ("Outcome.end", N, &[("/rows/1/steps/0/outcomes/2/end", "\"selesai\"")], Steps, "where it ends"),
    ("Outcome.drawn", N, &[("/rows/1/steps/0/outcomes/0/drawn", "false")], Signed, "an arrow that is meant and not drawn"),
    ("Outcome.notes", N, &[("/rows/1/steps/0/outcomes/0/notes", "-")], Notes, "shown beside verdicts"),
    ("Branch.when", N, &[("/rows/4/steps/0/choose/0/when", "\"case.nilai < 5\"")], Steps, "when the way is open"),
    ("Branch.title", N, &[("/rows/4/steps/0/choose/0/title", "\"A\"")], Signed, "the text beside the arrow"),
    ("Branch.next", N, &[("/rows/4/steps/0/choose/0/next", "\"putus\"")], Steps, "where it goes on"),
    ("Branch.split", N, &[("/rows/4/steps/0/choose/0/next", "-"), ("/rows/4/steps/0/choose/0/split", "[\"arsip\", \"putus\"]")], Steps, "where it goes on"),
    ("Branch.return_to", N, &[("/rows/4/steps/0/choose/0/next", "-"), ("/rows/4/steps/0/choose/0/return_to", "\"bagi\"")], Returns, "where it goes back to"),
    ("Branch.end", N, &[("/rows/4/steps/0/choose/0/next", "-"), ("/rows/4/steps/0/choose/0/end", "\"selesai\"")], Steps, "where it ends"),
    ("Branch.drawn", N, &[("/rows/4/steps/0/choose/0/drawn", "false")], Signed, "an arrow that is meant and not drawn"),
    ("Branch.notes", N, &[("/rows/4/steps/0/choose/0/notes", "-")], Notes, "shown beside verdicts"),
    ("Start.id", N, &[("/starts/0/id", "\"datang\"")], Starts, "what a command names"),
    ("Start.title", N, &[("/starts/0/title", "-")], Starts, "what a form shows"),
    ("Start.opens", N, &[("/starts/0/opens", "[\"ajukan\", \"arsip\"]")], Starts, "where a case begins"),
    ("Start.notes", N, &[("/starts/0/notes", "-")], Notes, "shown beside verdicts"),
    ("End.id", N, &[("/ends/1/id", "\"henti\"")], Told, "references dangle"),
    ("End.title", N, &[("/ends/0/title", "\"Tamat\"")], Ends, "what people call it"),
    ("End.kind", N, &[("/ends/0/kind", "\"part\"")], Ends, "what it ends"),
    ("End.notes", N, &[("/ends/0/notes", "-")], Notes, "shown beside verdicts"),
    // The policy.
    ("Policy.reason", N, &[("/policy/reason", "\"Lain.\"")], Hash, "the policy that was deployed is another one"),
    ("Policy.owner", N, &[("/policy/owner", "\"tu\"")], Settings, "who stands behind every case"),
    ("Policy.returns", N, &[("/policy/returns", "-")], Returns, "the bound of every return"),
    ("Policy.ends", N, &[("/policy/ends/0", "-")], Told, "references dangle"),
    ("Policy.withdraw", N, &[("/policy/withdraw", "-")], Settings, "no withdrawal"),
    ("Policy.fields", N, &[("/policy/fields", "-")], Told, "references dangle"),
    ("Policy.roles", N, &[("/policy/roles/kabag", "-")], Roles, "filled per field or not"),
    ("Policy.overdue", N, &[("/policy/overdue", "-")], Ladders, "the office's ladder instead"),
    ("Policy.steps", N, &[("/policy/steps/putus", "-")], Steps, "no budget, no register"),
    ("Policy.hold", N, &[("/policy/hold", "-")], Settings, "no holds"),
    ("Policy.claim", N, &[("/policy/claim", "-")], Settings, "a claim keeps nobody out"),
    ("Policy.comments", N, &[("/policy/comments", "-")], Settings, "how many comments"),
    ("Policy.promise", N, &[("/policy/promise", "-")], Settings, "what is promised"),
    ("Policy.waive", N, &[("/policy/waive", "-")], Waivers, "what the office does without"),
    ("ReturnPolicy.limit", N, &[("/policy/returns/limit", "4")], Returns, "how often"),
    ("ReturnPolicy.then", N, &[("/policy/returns/then/end", "\"ditarik\"")], Returns, "what then"),
    ("Then.end", N, &[("/policy/returns/then/end", "\"ditarik\"")], Returns, "where it ends"),
    ("Then.next", N, &[("/policy/returns/then", "{ \"next\": \"arsip\" }")], Returns, "where it goes on"),
    ("Then.closed", N, &[("/policy/returns/then", "{ \"closed\": \"outcome\" }")], Returns, "no more of it"),
    ("WithdrawPolicy.until", N, &[("/policy/withdraw/until", "\"bagi\"")], Settings, "until when"),
    ("WithdrawPolicy.end", N, &[("/policy/withdraw/end", "\"dihentikan\"")], Settings, "to which end"),
    ("RolePolicy.post", N, &[("/policy/roles/tu/post", "\"kadis\"")], Roles, "which post holds the role"),
    ("RolePolicy.per", N, &[("/policy/roles/kabag/per", "-")], Roles, "filled per field or not"),
    ("RolePolicy.superior", N, &[("/policy/roles/tu/superior", "-")], Roles, "who stands above"),
    ("RolePolicy.accountable", N, &[("/policy/roles/tu/accountable", "-")], Roles, "who answers"),
    ("Rung.after", N, &[("/policy/overdue/0/after", "\"4 jam\"")], Ladders, "when"),
    ("Rung.every", N, &[("/policy/overdue/1/every", "\"2 hari\"")], Ladders, "how often"),
    ("Rung.remind", N, &[("/policy/overdue/1/remind", "\"doer\"")], Ladders, "whom"),
    ("Rung.escalate", N, &[("/policy/overdue/0/escalate", "\"superior\""), ("/policy/roles/tu/superior", "\"pemohon\"")], Ladders, "to whom"),
    ("Rung.reassign", N, &[("/policy/steps/arsip/overdue/0/reassign", "\"kabag\"")], Ladders, "to whom"),
    ("Rung.outcome", N, &[("/policy/steps/periksa/overdue/0/outcome", "\"tidak\"")], Ladders, "which outcome"),
    ("Rung.end", N, &[("/policy/steps/arsip/overdue/1/end", "\"ditarik\"")], Ladders, "which end"),
    ("StepPolicy.reason", N, &[("/policy/steps/putus/reason", "-")], Told, "a deviation from the document has a reason"),
    ("StepPolicy.collects", N, &[("/policy/steps/periksa/collects", "-")], Told, "the role's field is not set"),
    ("StepPolicy.makes", N, &[("/policy/steps/putus/makes", "-")], Steps, "what the step makes"),
    ("StepPolicy.distinct_from", N, &[("/policy/steps/putus/distinct_from", "-")], Steps, "another person"),
    ("StepPolicy.same_as", N, &[("/policy/steps/arsip/same_as", "-")], Steps, "the same person"),
    ("StepPolicy.register", N, &[("/policy/steps/putus/register", "-")], Steps, "a number from the register"),
    ("StepPolicy.within", N, &[("/policy/steps/putus/within", "\"2 hari\"")], Steps, "the budget"),
    ("StepPolicy.rework_time", N, &[("/policy/steps/putus/rework_time", "-")], Steps, "the budget after a return"),
    ("StepPolicy.returns", N, &[("/policy/steps/periksa/returns", "{ \"tidak\": { \"limit\": 1, \"then\": { \"end\": \"dihentikan\" } } }")], Returns, "its own bound"),
    ("StepPolicy.overdue", N, &[("/policy/steps/arsip/overdue", "-")], Ladders, "its own ladder"),
    ("StepPolicy.strategic", N, &[("/policy/steps/putus/strategic", "-")], Steps, "a mandate that decides"),
    ("HoldPolicy.max", N, &[("/policy/hold/max", "\"6 hari\"")], Settings, "how long"),
    ("ClaimPolicy.exclusive", N, &[("/policy/claim/exclusive", "\"2 hari\"")], Settings, "how long"),
    ("Waiver.guarantee", N, &[("/policy/waive/0/guarantee", "\"watched\""), ("/policy/waive/0/paper", "-")], Steps, "the paper is required again"),
    ("Waiver.step", N, &[("/policy/waive/0/step", "-")], Waivers, "of one step or of all"),
    ("Waiver.paper", N, &[("/policy/waive/0/paper", "-")], Steps, "one paper or all"),
    ("Waiver.reason", N, &[("/policy/waive/0/reason", "\"Lain.\"")], Waivers, "shown beside the verdict"),
    ("Waiver.by", N, &[("/policy/waive/0/by", "\"Sekda\"")], Waivers, "shown beside the verdict"),
    ("Waiver.until", N, &[("/policy/waive/0/until", "\"2027-12-31\"")], Waivers, "when it ends"),
    // The office.
    ("Office.$schema", K, &[("/$schema", "\"schema/sop.schema.json\"")], Told, "an editor would complete another format"),
    ("Office.format", K, &[("/format", "2")], Told, "another edition of the format is refused"),
    ("Office.id", K, &[("/id", "\"lain\"")], Hash, "the office that was deployed is another one"),
    ("Office.title", K, &[("/title", "\"Dinas Lain\"")], Hash, "the office that was deployed is another one"),
    ("Office.zone", K, &[("/zone", "{ \"offset\": \"+08:00\", \"label\": \"WITA\" }")], Zone, "its clocks"),
    ("Office.calendar", K, &[("/calendar", "\"kalender_lain.json\"")], Cal, "another calendar"),
    ("Office.durations", K, &[("/durations/days_per_month", "22")], Durations, "what words mean"),
    ("Office.posts", K, &[("/posts/1", "-")], Told, "references dangle"),
    ("Office.units", K, &[("/units/1", "-")], Fields, "what a unit field may hold"),
    ("Office.registers", K, &[("/registers", "-")], Told, "references dangle"),
    ("Office.overdue", K, &[("/overdue/0/after", "\"4 hari\"")], Hash, "the ladder of definitions without one"),
    ("ZoneDefinition.offset", K, &[("/zone/offset", "\"+08:00\"")], Zone, "its clocks"),
    ("ZoneDefinition.label", K, &[("/zone/label", "\"WITA\"")], Zone, "what people call it"),
    ("Durations.minutes_per_day", K, &[("/durations/minutes_per_day", "300")], Durations, "what 'hari' means"),
    ("Durations.days_per_week", K, &[("/durations/days_per_week", "6")], Durations, "what 'minggu' means"),
    ("Durations.days_per_month", K, &[("/durations/days_per_month", "22")], Durations, "what 'bulan' means"),
    ("Durations.day", K, &[("/durations/day", "\"calendar\"")], Durations, "what 'hari' means"),
    ("Post.id", K, &[("/posts/2/id", "\"staf\"")], Told, "references dangle"),
    ("Post.title", K, &[("/posts/0/title", "\"Kadis\"")], Roles, "what people call it"),
    ("Post.superior", K, &[("/posts/1/superior", "\"tata_usaha\""), ("/posts/2/superior", "-")], Roles, "who stands above"),
    ("Unit.id", K, &[("/units/0/id", "\"sdm\"")], Fields, "what a unit field may hold"),
    ("Register.id", K, &[("/registers/0/id", "\"buku\"")], Told, "references dangle"),
    ("Register.title", K, &[("/registers/0/title", "\"Buku\"")], Registers, "what people call it"),
    ("Register.pattern", K, &[("/registers/0/pattern", "\"{number}/{year}\"")], Registers, "the number as written"),
    ("Register.yearly", K, &[("/registers/0/yearly", "false")], Registers, "whether the count begins anew"),
    // The directory.
    ("DirectoryFile.$schema", P, &[("/$schema", "\"schema/sop.schema.json\"")], Told, "an editor would complete another format"),
    ("DirectoryFile.format", P, &[("/format", "2")], Told, "another edition of the format is refused"),
    ("DirectoryFile.id", P, &[("/id", "\"lain\"")], Revised, "the revision that events record"),
    ("DirectoryFile.people", P, &[("/people/2", "-")], Told, "references dangle"),
    ("DirectoryFile.holders", P, &[("/holders/1", "-")], Staffing, "nobody holds the post"),
    ("DirectoryFile.absences", P, &[("/absences", "-")], Staffing, "who is there"),
    ("PersonEntry.id", P, &[("/people/1/id", "\"tirto\"")], Told, "references dangle"),
    ("PersonEntry.name", P, &[("/people/1/name", "\"Tirto\"")], Ppl, "what hosts show"),
    ("PersonEntry.nip", P, &[("/people/0/nip", "-")], Ppl, "what hosts show"),
    ("Holder.post", P, &[("/holders/1/post", "\"tata_usaha\"")], Staffing, "which post"),
    ("Holder.for", P, &[("/holders/1/for", "-")], Staffing, "for which unit"),
    ("Holder.person", P, &[("/holders/1/person", "\"sari\"")], Staffing, "who"),
    ("Holder.from", P, &[("/holders/3/from", "\"2026-02-01\"")], Staffing, "from when"),
    ("Holder.until", P, &[("/holders/3/until", "-")], Staffing, "until when"),
    ("Holder.as", P, &[("/holders/4/as", "-"), ("/holders/4/mandate", "-")], Staffing, "in which capacity"),
    ("Holder.mandate", P, &[("/holders/4/mandate", "-")], Told, "an acting officer has a mandate"),
    ("Holder.decides", P, &[("/holders/4/decides", "true")], Staffing, "strategic decisions"),
    ("Absence.person", P, &[("/absences/0/person", "\"sari\"")], Staffing, "who"),
    ("Absence.from", P, &[("/absences/0/from", "\"2026-03-01\"")], Staffing, "from when"),
    ("Absence.until", P, &[("/absences/0/until", "\"2026-03-07\"")], Staffing, "until when"),
    // The calendar.
    ("CalendarFile.$schema", C, &[("/$schema", "\"schema/sop.schema.json\"")], Told, "an editor would complete another format"),
    ("CalendarFile.format", C, &[("/format", "2")], Told, "another edition of the format is refused"),
    ("CalendarFile.id", C, &[("/id", "\" \"")], Told, "a calendar has a name"),
    ("CalendarFile.title", C, &[("/title", "\"Lain\"")], Closings, "what people call it"),
    ("CalendarFile.notes", C, &[("/notes", "[\"Lain.\"]")], Closings, "what about it is not certain"),
    ("CalendarFile.valid_through", C, &[("/valid_through", "\"2026-08-31\"")], Estimates, "what is later is an estimate"),
    ("CalendarFile.sources", C, &[("/sources", "[]")], Told, "entries name their sources"),
    ("CalendarFile.hours", C, &[("/hours/0/week/0/days/4", "-")], Cal, "when the office is open"),
    ("CalendarFile.holidays", C, &[("/holidays", "[]")], Cal, "when it is closed"),
    ("Source.id", C, &[("/sources/0/id", "\"lain\"")], Told, "references dangle"),
    ("Source.title", C, &[("/sources/0/title", "\" \"")], Told, "a source has a name"),
    ("Hours.title", C, &[("/hours/0/title", "\" \"")], Told, "hours have a name"),
    ("Hours.from", C, &[("/hours/0/from", "\"2026-09-01\""), ("/holidays", "[]")], Cal, "from when"),
    ("Hours.until", C, &[("/hours/0/until", "\"2026-08-31\"")], Told, "a gap"),
    ("Hours.source", C, &[("/hours/0/source", "\"lain\"")], Told, "the source is unknown"),
    ("Hours.estimated", C, &[("/hours/0/estimated", "true")], Estimates, "what follows is an estimate"),
    ("Hours.week", C, &[("/hours/0/week/0/open/1", "-")], Cal, "when the office is open"),
    ("WeekBlock.days", C, &[("/hours/0/week/0/days/4", "-")], Cal, "on which days"),
    ("WeekBlock.open", C, &[("/hours/0/week/0/open/0/0", "\"08:00\"")], Cal, "from when to when"),
    ("Holiday.date", C, &[("/holidays/0/date", "\"2026-08-19\"")], Cal, "which day"),
    ("Holiday.title", C, &[("/holidays/0/title", "\"Lain\"")], Closings, "why the office is closed"),
    ("Holiday.kind", C, &[("/holidays/0/kind", "\"local\"")], Closings, "who laid the closing down"),
    ("Holiday.source", C, &[("/holidays/0/source", "\"lain\"")], Told, "the source is unknown"),
    ("Holiday.estimated", C, &[("/holidays/0/estimated", "true")], Estimates, "what follows is an estimate"),
];

/// Titles that only forms show, and the hash that they are part of.
#[rustfmt::skip]
const FORMS: &[Case] = &[
    ("Choice.title", N, &[("/fields/2/choices/0/title", "\"Kilat\"")], Signed, "what a form shows for the choice"),
    ("Unit.title", K, &[("/units/0/title", "\"Bagian SDM\"")], Hash, "what a form shows for the unit"),
];

/// What is seen of the files.
struct Seen {
    definition: Parsed<Definition>,
    process: Option<Process>,
    office: Option<CheckedOffice>,
    directory: Option<Directory>,
    calendar: Option<Calendar>,
    told: String,
}

fn folder() -> PathBuf {
    common::crate_folder().join("tests/keys")
}

fn base() -> Vec<Value> {
    FILES.iter().map(|name| serde_json::from_str(&text_of(&folder().join(name))).unwrap()).collect()
}

fn read<T: Document>(name: &str, text: String) -> Parsed<T> {
    parse(SourceText::new(name, text))
}

fn see(files: &[Value]) -> Seen {
    let mut told = String::new();
    let mut tell = |found: &Diagnostics| told += &render(found, &[], Language::English);
    let definition: Parsed<Definition> = read(FILES[N], files[N].to_string());
    tell(&definition.diagnostics);
    // References between files are resolved as a host does: beside the file that names them.
    let beside = |named: Option<&str>, usual: usize| match named {
        Some(name) if name != FILES[usual] => text_of(&folder().join(name)),
        _ => files[usual].to_string(),
    };
    let named = definition.value.as_ref().map(|definition| definition.office.as_str());
    let office_file: Parsed<Office> = read(FILES[K], beside(named, K));
    tell(&office_file.diagnostics);
    let office = office_file.value.as_ref().and_then(|office| {
        let (office, found) = check_office(office, &office_file.poisoned);
        tell(&found);
        office
    });
    let named = office_file.value.as_ref().map(|office| office.calendar.as_str());
    let calendar_file: Parsed<CalendarFile> = read(FILES[C], beside(named, C));
    tell(&calendar_file.diagnostics);
    let calendar = office.as_ref().zip(calendar_file.value.as_ref()).and_then(|(office, file)| {
        let (calendar, found) = check_calendar(file, office.zone().clone());
        tell(&found);
        calendar
    });
    let officials: Parsed<DirectoryFile> = read(FILES[P], files[P].to_string());
    tell(&officials.diagnostics);
    let directory = office.as_ref().zip(officials.value.as_ref()).and_then(|(office, file)| {
        let (directory, found) = Directory::check(file, office, &officials.poisoned);
        tell(&found);
        directory
    });
    let process = office.as_ref().zip(definition.value.as_ref()).and_then(|(office, file)| {
        let compiled = compile(file, office, Reading::AsRun, &definition.poisoned);
        tell(&compiled.diagnostics);
        compiled.process
    });
    Seen { definition, process, office, directory, calendar, told }
}

/// Both ends of a day's length from a Friday before a holiday, and whether that is certain.
fn reckoned(calendar: &Calendar) -> (String, String) {
    let from = |month, day| Instant::at(Date::new(2026, month, day).unwrap(), 9, 0, &common::wib()).unwrap();
    let budget = |minutes: u32| sop_core::time::Millis::from_minutes(minutes);
    let due =
        [(8, 14, 900), (8, 14, 1_800), (10, 1, 450)].map(|(m, d, minutes)| calendar.add(from(m, d), budget(minutes)));
    (format!("{:?}", due.map(|due| due.at)), format!("{:?}", due.map(|due| due.estimated)))
}

fn staffing(seen: &Seen) -> Option<String> {
    let (process, directory) = seen.process.as_ref().zip(seen.directory.as_ref())?;
    let mut people = People::new();
    Some(format!("{:?}", directory.staff(process, &mut people)))
}

impl Seen {
    /// What is observed, as text; none where the files don't come to that.
    fn show(&self, what: Shows) -> Option<String> {
        let of = |text: &dyn Fn(&Process) -> String| self.process.as_ref().map(text);
        match what {
            Told => Some(self.told.clone()),
            Signed => of(&|p| p.signed_hash().to_string()),
            Hash => of(&|p| p.hash().to_string()),
            File => self.office.as_ref().map(|office| office.office().title.clone()),
            Proc => of(&|p| format!("{} {} {}", p.id(), p.edition(), p.title())),
            Roles => of(&|p| format!("{:?}", p.roles())),
            Papers => of(&|p| format!("{:?}", p.papers())),
            Fields => of(&|p| format!("{:?}", p.fields())),
            Cells => of(&|p| format!("{:?}", p.rows())),
            Steps => of(&|p| format!("{:?}", p.steps())),
            Slots => of(&|p| format!("{:?}", p.slots())),
            Groups => of(&|p| format!("{:?}", p.groups())),
            Returns => of(&|p| format!("{:?}", p.returns())),
            Ladders => of(&|p| p.steps().iter().map(|(step, _)| format!("{:?}", p.ladder(step))).collect()),
            Starts => of(&|p| format!("{:?}", p.starts())),
            Ends => of(&|p| format!("{:?}", p.ends())),
            Registers => of(&|p| {
                let written = p.registers().values().map(|register| register.write(7, 2026));
                format!("{:?} {:?}", p.registers(), written.collect::<Vec<_>>())
            }),
            Notes => of(&|p| format!("{:?}", p.notes())),
            Waivers => of(&|p| format!("{:?}", p.waivers())),
            Settings => of(&|p| {
                let time = (p.hold_max(), p.claim_exclusive(), p.promise());
                format!("{:?} {:?} {time:?} {}", p.owner(), p.withdraw(), p.max_comments())
            }),
            Zone => self.office.as_ref().map(|office| {
                let noon = Instant::at(Date::new(2026, 3, 2).unwrap(), 12, 0, &common::wib()).unwrap();
                office.zone().show(noon).to_string()
            }),
            Durations => self.office.as_ref().map(|office| {
                let times = ["1 hari", "1 minggu", "1 bulan"]
                    .map(|text| sop_core::time::Waktu::parse(text).unwrap().budget(office.durations()));
                format!("{times:?}")
            }),
            Ppl => self.directory.as_ref().map(|directory| format!("{:?}", directory.people())),
            Staffing => staffing(self),
            Revised => self.directory.as_ref().map(|directory| directory.revision().to_string()),
            Closings => self.calendar.as_ref().map(|calendar| {
                let days = (1..=31).filter_map(|day| calendar.closing(Date::new(2026, 8, day).unwrap()));
                format!("{} {:?} {:?}", calendar.title(), calendar.notes(), days.collect::<Vec<_>>())
            }),
            Cal => self.calendar.as_ref().map(|calendar| reckoned(calendar).0),
            Estimates => self.calendar.as_ref().map(|calendar| reckoned(calendar).1),
        }
    }
}

fn change(files: &mut [Value], file: usize, pointer: &str, json: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = files[file].pointer_mut(parent).unwrap_or_else(|| panic!("{}: nothing at {parent}", FILES[file]));
    let value =
        (json != "-").then(|| serde_json::from_str::<Value>(json).unwrap_or_else(|error| panic!("{json}: {error}")));
    match (parent, value) {
        (Value::Object(members), Some(value)) => {
            members.insert(key.to_owned(), value);
        }
        (Value::Object(members), None) => {
            members.remove(key).unwrap_or_else(|| panic!("{}: nothing at {pointer}", FILES[file]));
        }
        (Value::Array(items), value) => {
            let at: usize = key.parse().unwrap();
            match value {
                Some(value) if at < items.len() => items[at] = value,
                Some(value) => items.push(value),
                None => {
                    items.remove(at);
                }
            }
        }
        _ => panic!("{}: {pointer} is no member", FILES[file]),
    }
}

/// Every key of every record of the formats, as the schemas have them.
fn every_key() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (file, root) in
        [("sop", "Definition"), ("office", "Office"), ("directory", "DirectoryFile"), ("calendar", "CalendarFile")]
    {
        let schema: Value =
            serde_json::from_str(&text_of(&definitions().join(format!("schema/{file}.schema.json")))).unwrap();
        let mut records: BTreeMap<&str, &Value> = BTreeMap::from([(root, &schema)]);
        let inner = schema.get("$defs").and_then(Value::as_object).into_iter().flatten();
        records.extend(inner.map(|(name, record)| (name.as_str(), record)));
        for (name, record) in records {
            let properties = record.get("properties").and_then(Value::as_object).into_iter().flatten();
            keys.extend(properties.map(|(key, _)| format!("{name}.{key}")));
        }
    }
    keys
}

#[test]
fn every_key_of_every_format_changes_something() {
    let before = see(&base());
    assert!(before.process.is_some() && before.directory.is_some() && before.calendar.is_some(), "{}", before.told);
    assert!(before.definition.poisoned.is_empty());
    let mut wrong = Vec::new();
    for (key, file, changes, shows, why) in CASES.iter().chain(FORMS) {
        let mut files = base();
        for (pointer, json) in *changes {
            change(&mut files, *file, pointer, json);
        }
        let after = see(&files);
        match (before.show(*shows), after.show(*shows)) {
            (Some(one), Some(other)) if one != other => {}
            (_, None) => wrong.push(format!("{key} ({why}): the changed files come to nothing\n{}", after.told)),
            _ => wrong.push(format!("{key} ({why}): {shows:?} is the same\n{}", after.told)),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}

#[test]
fn every_key_has_a_case_and_every_case_a_key() {
    let keys = every_key();
    let told: Vec<&str> = CASES.iter().chain(FORMS).map(|case| case.0).collect();
    let cases: BTreeSet<String> = told.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(told.len(), cases.len(), "a key has two cases");
    let missing: Vec<_> = keys.difference(&cases).collect();
    let astray: Vec<_> = cases.difference(&keys).collect();
    assert!(missing.is_empty() && astray.is_empty(), "without a case: {missing:#?}; no such key: {astray:#?}");
    println!("{} keys", keys.len());
}

/// The base files say nothing that is wrong, so that what a change tells is its own.
#[test]
fn the_base_files_are_clean() {
    let before = see(&base());
    assert!(!before.told.contains("error["), "{}", before.told);
}
