//! The signed table: roles, papers, fields, rows with their steps, starts and ends.

use super::ids::{ChoiceId, DefinitionId, EndId, FieldId, OutcomeId, PaperId, RoleId, StartId, StepId};
use super::{Affirmed, Note};

record! {
    /// A column of the Pelaksana part of the table.
    pub struct Role "Peran" "Satu kolom pelaksana." {
        /// Its name.
        required id: RoleId = "Nama singkat.",
        /// The column's heading.
        required title: String = "Judul kolom, persis seperti tertulis.",
        /// Whether this is the person who asks: whoever starts a case holds the role in it.
        default requester: bool = "Benar bila peran ini pemohon: yang memulai kasus memegangnya.",
        /// The role that acts where this column is a place and not a person.
        optional acts_through: Option<RoleId> = "Peran yang bekerja bila kolom ini tempat, bukan orang.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
}

record! {
    /// A paper that the table names under Kelengkapan or Output.
    pub struct Paper "Berkas" "Berkas yang disebut pada Kelengkapan atau Output." {
        /// Its name.
        required id: PaperId = "Nama singkat.",
        /// What the table calls it.
        required title: String = "Sebutan di tabel.",
        /// The role whose steps bring it from outside.
        optional brought_by: Option<RoleId> = "Peran yang membawanya dari luar.",
        /// The role that writes it; checked against the rows that hand it out, not enforced.
        optional written_by: Option<RoleId> = "Peran yang menulisnya; diperiksa, tidak dipaksakan.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
}

record! {
    /// A value that a case carries and guards may read.
    pub struct FieldDefinition "Isian" "Nilai yang dibawa kasus dan dapat dibaca syarat." {
        /// Its name; guards read it as `case.NAME`.
        required id: FieldId = "Nama singkat; syarat membacanya sebagai case.NAMA.",
        /// What a form calls it.
        required title: String = "Sebutan pada formulir.",
        /// Its type.
        required r#type as "type": FieldKind = "Jenis nilai.",
        /// The least value (integer and decimal), in whole units.
        optional min: Option<i64> = "Nilai terkecil (integer dan decimal), dalam satuan utuh.",
        /// The greatest value (integer and decimal), in whole units.
        optional max: Option<i64> = "Nilai terbesar (integer dan decimal), dalam satuan utuh.",
        /// Digits after the decimal sign (decimal).
        optional scale: Option<u32> = "Banyak angka di belakang koma (decimal, paling banyak 6).",
        /// The closed list (choice).
        default choices: Vec<Choice> = "Daftar tertutup (choice).",
        /// The greatest number of characters (text).
        optional max_length: Option<u32> = "Panjang terbesar dalam huruf (text).",
    }
}

choice! {
    /// The types of fields.
    pub enum FieldKind "Jenis isian" "Jenis nilai sebuah isian." {
        /// Yes or no.
        Bool = "bool" "Ya atau tidak.",
        /// A whole number, such as rupiah.
        Integer = "integer" "Bilangan bulat, misalnya rupiah.",
        /// A number with a fixed count of decimals.
        Decimal = "decimal" "Bilangan dengan banyak desimal tetap.",
        /// One of a closed list.
        Choice = "choice" "Satu dari daftar tertutup.",
        /// A unit of the office.
        Unit = "unit" "Unit kerja pada berkas kantor.",
        /// A civil date.
        Date = "date" "Tanggal.",
        /// Text.
        Text = "text" "Teks.",
    }
}

record! {
    /// One allowed value of a choice field.
    pub struct Choice "Pilihan" "Satu nilai yang diperbolehkan." {
        /// Its name; guards compare with it.
        required id: ChoiceId = "Nama singkat; syarat membandingkan dengannya.",
        /// What a form shows.
        required title: String = "Sebutan pada formulir.",
    }
}

record! {
    /// One line of the table.
    pub struct Row "Baris" "Satu baris tabel." {
        /// The number as printed; absent in unnumbered rows, and may be doubled.
        optional no: Option<String> = "Nomor seperti tercetak; boleh tidak ada atau berulang.",
        /// The activity to the letter.
        default activity: String = "Uraian kegiatan, persis seperti tertulis.",
        /// Kelengkapan: the papers that have to be there.
        default requires: Vec<PaperId> = "Kelengkapan: berkas yang harus ada.",
        /// Waktu as written.
        optional time: Option<String> = "Waktu seperti tertulis, misalnya \"5 menit\".",
        /// Whether the steps of this row share one Waktu; otherwise it is for each of them.
        default shared_time: bool = "Benar bila langkah-langkah baris ini berbagi satu Waktu.",
        /// Output: the papers that a completion hands on.
        default outputs: Vec<PaperId> = "Output: berkas yang diserahkan.",
        /// Outputs that become a new version although they are also required.
        default revises: Vec<PaperId> = "Output yang menjadi versi baru walau juga disyaratkan.",
        /// Cells that are one with the cell above.
        default merge_up: Vec<Cell> = "Sel yang menyatu dengan sel di atasnya.",
        /// Letters of the paper where the derived text would differ.
        optional printed: Option<PrintedCells> = "Tulisan naskah bila berbeda dari susunan judul berkas.",
        /// Keterangan.
        optional remark: Option<String> = "Keterangan.",
        /// Other procedures that the remark names.
        default links: Vec<Link> = "SOP lain yang disebut pada keterangan.",
        /// The symbols that somebody acts at, from left to right or in working order.
        default steps: Vec<Step> = "Simbol yang dikerjakan.",
        /// Symbols that are only drawn.
        default symbols: Vec<Symbol> = "Simbol yang hanya digambar.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
}

choice! {
    /// A cell of a row that can be one with the cell above it.
    pub enum Cell "Sel" "Sel yang dapat menyatu dengan sel di atasnya." {
        /// The number.
        No = "no" "Nomor.",
        /// The activity.
        Activity = "activity" "Uraian kegiatan.",
        /// Kelengkapan: the row requires what the row above requires.
        Requires = "requires" "Kelengkapan.",
        /// Waktu: the rows share one clock.
        Time = "time" "Waktu.",
        /// Output: the row hands on what the row above hands on.
        Outputs = "outputs" "Output.",
        /// Keterangan.
        Remark = "remark" "Keterangan.",
    }
}

record! {
    /// The paper's own letters for derived cells.
    pub struct PrintedCells "Tulisan naskah" "Tulisan naskah untuk sel yang biasanya disusun dari judul berkas." {
        /// Kelengkapan.
        optional requires: Option<String> = "Tulisan pada Kelengkapan.",
        /// Output.
        optional outputs: Option<String> = "Tulisan pada Output.",
    }
}

record! {
    /// Another procedure that a remark names.
    pub struct Link "Tautan" "SOP lain yang disebut pada keterangan." {
        /// The words of the remark that name it.
        required text: String = "Kata-kata pada keterangan yang menyebutnya.",
        /// The definition that is meant.
        required definition: DefinitionId = "Definisi yang dimaksud.",
    }
}

choice! {
    /// The symbols of PermenPAN-RB 35/2012 that stand in a role's column.
    pub enum Shape "Bentuk" "Bentuk simbol menurut PermenPAN-RB 35/2012." {
        /// Start or end.
        Capsule = "capsule" "Kapsul: mulai atau selesai.",
        /// Activity.
        Box = "box" "Kotak: kegiatan.",
        /// Decision.
        Diamond = "diamond" "Belah ketupat: keputusan.",
    }
}

record! {
    /// A symbol that is drawn and that nobody acts at.
    pub struct Symbol "Simbol" "Simbol yang hanya digambar." {
        /// The column it stands in.
        required role: RoleId = "Kolom tempatnya.",
        /// Its shape.
        required shape: Shape = "Bentuknya.",
        /// The text inside.
        optional label: Option<String> = "Tulisan di dalamnya.",
        /// The step of the row that it is drawn beside.
        optional beside: Option<StepId> = "Langkah baris ini yang didampinginya.",
    }
}

record! {
    /// One symbol in a row: one role acts.
    pub struct Step "Langkah" "Satu simbol pada baris: satu peran bekerja." {
        /// Its name.
        required id: StepId = "Nama singkat, unik dalam definisi.",
        /// The role that acts.
        optional role: Option<RoleId> = "Peran yang bekerja.",
        /// The roles of which any one acts, where the symbol stands between columns.
        default roles: Vec<RoleId> = "Peran-peran yang salah satunya bekerja (simbol di antara kolom).",
        /// The text inside the symbol.
        optional label: Option<String> = "Tulisan di dalam simbol.",
        /// The symbol as drawn, where it differs from what the step is.
        optional symbol: Option<Shape> = "Bentuk di naskah bila lain dari seharusnya.",
        /// What has to arrive before the step is activated.
        optional join: Option<Join> = "Yang harus tiba sebelum langkah ini aktif.",
        /// Its own Kelengkapan, instead of the row's.
        optional requires: Option<Vec<PaperId>> = "Kelengkapan langkah ini sendiri, pengganti milik baris.",
        /// Its own Output, instead of the row's.
        optional outputs: Option<Vec<PaperId>> = "Output langkah ini sendiri, pengganti milik baris.",
        /// Its own revised outputs, instead of the row's.
        optional revises: Option<Vec<PaperId>> = "Output yang direvisi langkah ini sendiri, pengganti milik baris.",
        /// Its own Waktu, instead of the row's.
        optional time: Option<String> = "Waktu langkah ini sendiri, pengganti milik baris.",
        /// Fields that a completion sets.
        default collects: Vec<FieldId> = "Isian yang diisi saat langkah diselesaikan.",
        /// The one way on.
        optional next: Option<StepId> = "Satu-satunya jalan: langkah berikut.",
        /// The one way on, to several steps at once.
        optional split: Option<Vec<StepId>> = "Satu-satunya jalan: beberapa langkah sekaligus.",
        /// The one way on, back to an earlier step.
        optional return_to: Option<StepId> = "Satu-satunya jalan: kembali ke langkah sebelumnya.",
        /// The one way on, by guards.
        optional choose: Option<Vec<Branch>> = "Satu-satunya jalan: dipilih oleh syarat.",
        /// The one way on: an end.
        optional end: Option<EndId> = "Satu-satunya jalan: akhir.",
        /// The ways on that the person picks from.
        optional outcomes: Option<Vec<Outcome>> = "Keputusan yang dapat dipilih orangnya.",
        /// Whether the arrow is drawn on the paper.
        default drawn: Affirmed = "Salah bila panahnya dimaksud tetapi tidak digambar.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
    one_of [role, roles]
    one_of [next, split, return_to, choose, end, outcomes]
}

record! {
    /// One slot for each group of sources; the step is activated when all are filled.
    pub struct Join "Penggabungan" "Satu tempat untuk tiap kelompok sumber; langkah aktif bila semua terisi." {
        /// The groups: each a list of alternative sources.
        required all: Vec<Vec<StepId>> = "Kelompok-kelompok: tiap kelompok berisi sumber yang saling menggantikan.",
    }
}

record! {
    /// An exit that a person picks by name.
    pub struct Outcome "Keputusan" "Jalan keluar yang dipilih orangnya." {
        /// Its name.
        required id: OutcomeId = "Nama singkat, unik dalam langkahnya.",
        /// What a form shows, 'Setuju'.
        optional title: Option<String> = "Sebutan pada formulir.",
        /// The text beside the arrow, 'Ya'.
        optional label: Option<String> = "Tulisan di samping panah.",
        /// Its own outputs, instead of the step's.
        optional outputs: Option<Vec<PaperId>> = "Output jalan ini sendiri, pengganti milik langkah.",
        /// Its own fields, instead of the step's.
        optional collects: Option<Vec<FieldId>> = "Isian jalan ini sendiri, pengganti milik langkah.",
        /// To one step.
        optional next: Option<StepId> = "Ke satu langkah.",
        /// To several steps at once.
        optional split: Option<Vec<StepId>> = "Ke beberapa langkah sekaligus.",
        /// Back to an earlier step.
        optional return_to: Option<StepId> = "Kembali ke langkah sebelumnya.",
        /// By guards.
        optional choose: Option<Vec<Branch>> = "Dipilih oleh syarat.",
        /// To an end.
        optional end: Option<EndId> = "Ke sebuah akhir.",
        /// Whether the arrow is drawn on the paper.
        default drawn: Affirmed = "Salah bila panahnya dimaksud tetapi tidak digambar.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
    one_of [next, split, return_to, choose, end]
}

record! {
    /// A guarded way on.
    pub struct Branch "Cabang" "Jalan yang terbuka bila syaratnya benar." {
        /// The guard.
        required when: String = "Syarat, misalnya case.nilai <= 5000000.",
        /// The text beside the arrow.
        optional title: Option<String> = "Tulisan di samping panah.",
        /// To one step.
        optional next: Option<StepId> = "Ke satu langkah.",
        /// To several steps at once.
        optional split: Option<Vec<StepId>> = "Ke beberapa langkah sekaligus.",
        /// Back to an earlier step.
        optional return_to: Option<StepId> = "Kembali ke langkah sebelumnya.",
        /// To an end.
        optional end: Option<EndId> = "Ke sebuah akhir.",
        /// Whether the arrow is drawn on the paper.
        default drawn: Affirmed = "Salah bila panahnya dimaksud tetapi tidak digambar.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
    one_of [next, split, return_to, end]
}

record! {
    /// A way to open a case.
    pub struct Start "Awal" "Cara membuka kasus." {
        /// Its name.
        required id: StartId = "Nama singkat.",
        /// What a form shows.
        optional title: Option<String> = "Sebutan pada formulir.",
        /// The steps that it activates together.
        required opens: Vec<StepId> = "Langkah yang diaktifkan bersama-sama.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
}

record! {
    /// An end.
    pub struct End "Akhir" "Tempat berakhirnya sebuah jalan." {
        /// Its name.
        required id: EndId = "Nama singkat.",
        /// What people call it.
        required title: String = "Sebutannya.",
        /// What it ends.
        required kind: EndKind = "Apa yang berakhir.",
        /// Remarks of the transcriber.
        default notes: Vec<Note> = "Catatan penyalin.",
    }
}

choice! {
    /// What an end ends.
    pub enum EndKind "Jenis akhir" "Apa yang berakhir." {
        /// One participant's part.
        Part = "part" "Satu bagian saja; bagian lain berjalan terus.",
        /// The whole case, which has nothing else open.
        Case = "case" "Seluruh kasus; tidak boleh ada yang masih terbuka.",
        /// The whole case, whatever else is open.
        Stop = "stop" "Seluruh kasus; yang masih terbuka ditarik.",
    }
}
