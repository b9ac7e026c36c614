//! The definition: what an analyst writes, as it is written.
//!
//! The types of this module are the format. They hold names and text and promise nothing beyond their shape;
//! [`compile`](crate::process::compile) turns them into a [`Process`](crate::process::Process) or says what is wrong.
//! Arrays keep the order of the document; things are compared and named by id.

use crate::diagnostic::Bilingual;
use crate::text::Node;

mod affirmed;
mod flow;
mod identity;
mod ids;
mod office;
mod policy;

pub use affirmed::Affirmed;
pub use flow::{
    Branch, Cell, Choice, End, EndKind, FieldDefinition, FieldKind, Join, Link, Outcome, Paper, PrintedCells, Role,
    Row, Shape, Start, Step, Symbol,
};
pub use identity::{Approval, Block, Column, ColumnKind, Identity, PrintedDate, Table};
pub use ids::{
    BindingId, CalendarId, ChoiceId, DefinitionId, DirectoryId, EndId, FieldId, OfficeId, OutcomeId, PaperId, PersonId,
    PostId, RegisterId, RoleId, StartId, StepId, UnitId,
};
pub use office::{
    Absence, CapacityName, DayMeaning, DirectoryFile, Durations, Holder, Office, PersonEntry, Post, Register, Unit,
    ZoneDefinition,
};
pub use policy::{
    ClaimPolicy, Closed, GuaranteeName, HoldPolicy, Policy, ReturnPolicy, RolePolicy, Rung, StepPolicy, Then, Waiver,
    WithdrawPolicy,
};

record! {
    /// One procedure: the signed part, which is the official document, and the policy part.
    pub struct Definition "Definisi SOP" "Satu SOP: bagian yang disahkan dan bagian kebijakan." {
        /// The schema, for editors.
        optional schema as "$schema": Option<String> = "Skema untuk penyunting.",
        /// The version of the format: 1.
        required format: u32 = "Versi format: 1.",
        /// Its name.
        required id: DefinitionId = "Nama singkat SOP.",
        /// The edition, counted from 1; a case stays with the edition that it began with.
        required edition: u32 = "Edisi, mulai dari 1; kasus tetap pada edisi saat ia dimulai.",
        /// The office file, relative to this file.
        required office: String = "Berkas kantor, relatif terhadap berkas ini.",
        /// Which part of the procedure this flow is, where one identity page covers several.
        optional part: Option<String> = "Bagian, bila satu halaman identitas mencakup beberapa alur.",
        /// The identity page.
        required identity: Identity = "Halaman identitas.",
        /// The head of the table.
        required table: Table = "Kepala tabel.",
        /// The role columns, from left to right.
        required roles: Vec<Role> = "Kolom pelaksana dari kiri ke kanan.",
        /// The papers.
        default papers: Vec<Paper> = "Berkas.",
        /// The fields.
        default fields: Vec<FieldDefinition> = "Isian.",
        /// The rows, from top to bottom.
        required rows: Vec<Row> = "Baris dari atas ke bawah.",
        /// The ways to open a case.
        required starts: Vec<Start> = "Cara membuka kasus.",
        /// The ends.
        required ends: Vec<End> = "Akhir.",
        /// How the office runs it.
        optional policy: Option<Policy> = "Kebijakan kantor.",
        /// Remarks of the transcriber on the whole.
        default notes: Vec<Note> = "Catatan penyalin tentang keseluruhan naskah.",
    }
}

record! {
    /// A remark of the transcriber; in no hash, shown beside verdicts and diagnostics.
    pub struct Note "Catatan" "Catatan penyalin; tidak ikut disahkan." {
        /// What kind of remark.
        required kind: NoteKind = "Jenis catatan.",
        /// The remark.
        required text: String = "Isinya.",
        /// How sure an interpretation is.
        optional confidence: Option<Confidence> = "Keyakinan atas sebuah pembacaan.",
    }
}

choice! {
    /// Kinds of remarks.
    pub enum NoteKind "Jenis catatan" "Jenis catatan penyalin." {
        /// The paper is wrong here and was kept so.
        Defect = "defect" "Cacat naskah yang dibiarkan apa adanya.",
        /// The paper is not clear here and was read so.
        Interpretation = "interpretation" "Pembacaan atas hal yang tidak jelas.",
        /// Anything else worth knowing.
        Remark = "remark" "Keterangan lain.",
    }
}

choice! {
    /// How sure an interpretation is.
    pub enum Confidence "Keyakinan" "Keyakinan atas sebuah pembacaan." {
        /// Certain in all but letters.
        High = "high" "Tinggi.",
        /// Likely.
        Medium = "medium" "Sedang.",
        /// A guess that somebody should confirm.
        Low = "low" "Rendah; perlu dipastikan.",
    }
}

impl crate::format::Document for Definition {
    const FORMATS: &'static [u32] = &[1];

    /// Where a finding stands for somebody who knows the table: its row, and its step.
    fn context(node: Node<'_>) -> Option<Bilingual> {
        let upwards = || std::iter::successors(Some(node), |node| node.parent());
        let inside = |list: &'static str| {
            upwards().find(move |node| node.parent().is_some_and(|parent| parent.key() == Some(list)))
        };
        let step = inside("steps").and_then(|step| step.get("id")).and_then(Node::as_str);
        let row = inside("rows").filter(|row| row.position_in_array().is_some())?;
        let no = row.get("no").and_then(Node::as_str).map(str::to_owned);
        let no = no.unwrap_or_else(|| format!("({})", row.position_in_array().map_or(0, |place| place + 1)));
        Some(match step {
            Some(step) => Bilingual::new(format!("baris {no}, `{step}`"), format!("row {no}, `{step}`")),
            None => Bilingual::new(format!("baris {no}"), format!("row {no}")),
        })
    }
}

impl crate::format::Document for Office {
    const FORMATS: &'static [u32] = &[1];
}

impl crate::format::Document for DirectoryFile {
    const FORMATS: &'static [u32] = &[1];
}
