//! A small file format, and what is said about files that break it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

mod agreement;
mod findings;

use indexmap::IndexMap;

use crate::format::Document;

id_type!(
    /// A step's name.
    pub StepId "Id langkah"
);

choice! {
    /// What an end ends.
    #[derive(Default)]
    pub enum EndKind "Jenis akhir" "Apa yang berakhir di sini." {
        /// Only this token.
        #[default]
        Part = "part" "akhir bagian",
        /// The case.
        Case = "case" "akhir permohonan",
        /// Everything.
        Stop = "stop" "dihentikan",
    }
}

record! {
    /// A step.
    #[derive(Eq)]
    pub struct Step "Langkah" "Satu langkah." {
        /// Its name.
        required id: StepId = "Nama langkah.",
        /// Who acts.
        default roles: Vec<String> = "Pelaksana.",
        /// The way out.
        optional next: Option<StepId> = "Langkah berikutnya.",
        /// The end.
        optional end: Option<EndKind> = "Akhir.",
        /// How often.
        optional limit: Option<u16> = "Batas.",
        /// By whom it is followed.
        optional inner: Option<Box<Step>> = "Langkah di dalamnya.",
    }
    one_of [next, end]
    at_most_one [limit, inner]
}

record! {
    /// A file.
    #[derive(Eq)]
    pub struct Plan "Rencana" "Satu berkas." {
        /// Where the schema is.
        optional schema as "$schema": Option<String> = "Skema.",
        /// The edition of the format.
        required format: u32 = "Edisi format.",
        /// Its kind.
        default r#type as "type": EndKind = "Jenis.",
        /// Tells whether it is drawn.
        default drawn: bool = "Digambar.",
        /// The number.
        default amount: i64 = "Jumlah.",
        /// The steps.
        required steps: Vec<Step> = "Langkah-langkah.",
        /// More about each.
        default policy: IndexMap<StepId, Step> = "Kebijakan."
    }
}

impl Document for Plan {
    const FORMATS: &'static [u32] = &[1, 2];
}
