//! The identity page and the head of the table: what PermenPAN-RB 35/2012 asks for above the flowchart.

use super::{Affirmed, Note};
use crate::time::Date;

record! {
    /// The identity page of the official document.
    pub struct Identity "Identitas" "Halaman identitas naskah SOP (PermenPAN-RB 35/2012)." {
        /// The government, as the head of the page names it.
        required government: String = "Nama pemerintah daerah, persis seperti kepala naskah.",
        /// The agency.
        required agency: String = "Nama perangkat daerah.",
        /// The units below the agency, from the larger to the smaller.
        default units: Vec<String> = "Unit kerja di bawah perangkat daerah, dari yang besar.",
        /// Nomor SOP.
        optional number: Option<String> = "Nomor SOP.",
        /// Nama SOP.
        required title: String = "Nama SOP.",
        /// Tanggal Pembuatan.
        optional created: Option<PrintedDate> = "Tanggal pembuatan.",
        /// Tanggal Revisi; may lie in the future, as the planned review.
        optional revised: Option<PrintedDate> = "Tanggal revisi; boleh di masa depan (rencana tinjau ulang).",
        /// Tanggal Efektif: the day of signing. Absent: not in force.
        optional effective: Option<PrintedDate> = "Tanggal efektif, yaitu hari pengesahan. Kosong berarti belum berlaku.",
        /// Disahkan oleh. Absent: not in force.
        optional approved_by: Option<Approval> = "Pejabat yang mengesahkan. Kosong berarti belum berlaku.",
        /// Dasar Hukum.
        optional legal_basis: Option<Block> = "Dasar hukum.",
        /// Kualifikasi Pelaksana.
        optional qualifications: Option<Block> = "Kualifikasi pelaksana.",
        /// Keterkaitan: other procedures.
        optional related: Option<Block> = "Keterkaitan dengan SOP lain.",
        /// Peralatan/Perlengkapan.
        optional equipment: Option<Block> = "Peralatan dan perlengkapan.",
        /// Peringatan.
        optional warnings: Option<Block> = "Peringatan.",
        /// Pencatatan dan Pendataan.
        optional records: Option<Block> = "Pencatatan dan pendataan.",
        /// Remarks of the transcriber on this page.
        default notes: Vec<Note> = "Catatan penyalin tentang halaman ini.",
    }
}

record! {
    /// A date of the paper: its meaning and, where the paper writes it in its own way, its letters.
    pub struct PrintedDate "Tanggal" "Tanggal, beserta tulisannya di naskah bila berbeda." {
        /// The date.
        required date: Date = "Tanggal (TTTT-BB-HH).",
        /// What the paper says, where it differs from the usual form.
        optional printed: Option<String> = "Tulisan di naskah, misalnya \"31-Aug-23\".",
    }
}

record! {
    /// Who put the procedure in force.
    pub struct Approval "Pengesahan" "Pejabat yang mengesahkan SOP." {
        /// The post.
        required post: String = "Jabatan.",
        /// The name.
        required name: String = "Nama lengkap dengan gelar.",
        /// Nomor Induk Pegawai.
        optional nip: Option<String> = "Nomor Induk Pegawai.",
    }
}

record! {
    /// One block of the identity page.
    pub struct Block "Kotak" "Satu kotak isian pada halaman identitas." {
        /// The heading, where the paper's differs from the regulation's.
        optional heading: Option<String> = "Judul kotak bila naskah menulisnya lain dari peraturan.",
        /// Whether the paper numbers the items.
        default numbered: Affirmed = "Apakah butirnya bernomor di naskah.",
        /// The items, to the letter.
        default items: Vec<String> = "Butir-butirnya, persis seperti tertulis.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
}

record! {
    /// The head of the flowchart table.
    pub struct Table "Kepala tabel" "Judul dan kepala kolom tabel diagram alir." {
        /// The title above the table.
        required title: String = "Judul di atas tabel.",
        /// The columns in the order of the paper. The roles stand where the column `roles` stands.
        required columns: Vec<Column> = "Kolom menurut urutan naskah; peran berdiri di tempat kolom `roles`.",
        /// Whether a third line of the head numbers the columns.
        default column_numbers: bool = "Apakah ada baris nomor kolom di bawah kepala tabel.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
}

record! {
    /// One column of the table (all role columns together count as one).
    pub struct Column "Kolom" "Satu kolom tabel; semua kolom pelaksana bersama-sama satu butir." {
        /// What the column shows.
        required shows: ColumnKind = "Isi kolom.",
        /// The heading as written.
        required heading: String = "Judul kolom, persis seperti tertulis.",
        /// The heading above it that it shares with its neighbours, such as 'Mutu Baku'.
        optional under: Option<String> = "Judul gabungan di atasnya, misalnya \"Mutu Baku\".",
    }
}

choice! {
    /// What a column of the table shows.
    pub enum ColumnKind "Isi kolom" "Apa yang ditampilkan kolom." {
        /// The row's number.
        No = "no" "Nomor.",
        /// The activity.
        Activity = "activity" "Uraian kegiatan.",
        /// The role columns.
        Roles = "roles" "Pelaksana.",
        /// Kelengkapan.
        Requires = "requires" "Kelengkapan.",
        /// Waktu.
        Time = "time" "Waktu.",
        /// Output.
        Outputs = "outputs" "Keluaran.",
        /// Keterangan.
        Remark = "remark" "Keterangan.",
    }
}
