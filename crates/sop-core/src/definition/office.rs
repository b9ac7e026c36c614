//! The office file and the directory of officials.

use super::Affirmed;
use super::ids::{BindingId, DirectoryId, OfficeId, PersonId, PostId, RegisterId, UnitId};
use super::policy::Rung;
use crate::time::Date;

record! {
    /// The office: what its procedures have in common.
    pub struct Office "Kantor" "Hal-hal yang sama bagi semua SOP sebuah kantor." {
        /// The schema, for editors.
        optional schema as "$schema": Option<String> = "Skema untuk penyunting.",
        /// The version of the format: 1.
        required format: u32 = "Versi format: 1.",
        /// Its name.
        required id: OfficeId = "Nama singkat.",
        /// What people call it.
        required title: String = "Nama kantor.",
        /// The zone of its clocks.
        required zone: ZoneDefinition = "Zona waktu.",
        /// The calendar file, relative to this file.
        required calendar: String = "Berkas kalender, relatif terhadap berkas ini.",
        /// What 'hari', 'minggu' and 'bulan' mean.
        required durations: Durations = "Arti hari, minggu, dan bulan.",
        /// The posts.
        default posts: Vec<Post> = "Jabatan.",
        /// The units that fields of the type `unit` choose from.
        default units: Vec<Unit> = "Unit kerja, pilihan isian berjenis unit.",
        /// The registers that give numbers.
        default registers: Vec<Register> = "Buku register pemberi nomor.",
        /// The ladder of an overdue wait, where a definition has none.
        default overdue: Vec<Rung> = "Tangga keterlambatan bila definisi tidak punya.",
    }
}

record! {
    /// A fixed offset from UTC, without daylight saving time.
    pub struct ZoneDefinition "Zona" "Selisih tetap dari UTC." {
        /// The offset, `+07:00`.
        required offset: String = "Selisih dari UTC, misalnya \"+07:00\".",
        /// What people call it, 'WIB'.
        required label: String = "Sebutannya, misalnya \"WIB\".",
    }
}

record! {
    /// What the words of a Waktu mean in this office.
    pub struct Durations "Satuan waktu" "Arti kata-kata pada kolom Waktu." {
        /// Working minutes of a `hari`, in every season.
        required minutes_per_day: u32 = "Menit kerja dalam sehari, pada setiap musim.",
        /// Working days of a `minggu`.
        required days_per_week: u32 = "Hari kerja dalam seminggu.",
        /// Working days of a `bulan`.
        required days_per_month: u32 = "Hari kerja dalam sebulan.",
        /// Whether `hari` means a working day.
        required day: DayMeaning = "Arti kata hari.",
    }
}

choice! {
    /// What `hari` means.
    pub enum DayMeaning "Arti hari" "Apakah hari berarti hari kerja." {
        /// A working day.
        Working = "working" "Hari kerja.",
        /// A day of the calendar: 24 hours.
        Calendar = "calendar" "Hari kalender: 24 jam.",
    }
}

record! {
    /// A post of the office.
    pub struct Post "Jabatan" "Jabatan pada kantor." {
        /// Its name.
        required id: PostId = "Nama singkat.",
        /// What people call it.
        required title: String = "Sebutan jabatan.",
        /// The post above.
        optional superior: Option<PostId> = "Jabatan atasannya.",
    }
}

record! {
    /// A unit of the office.
    pub struct Unit "Unit kerja" "Unit kerja pada kantor." {
        /// Its name.
        required id: UnitId = "Nama singkat.",
        /// What people call it.
        required title: String = "Sebutan unit.",
    }
}

record! {
    /// A register with gapless numbers, such as the agenda of outgoing letters.
    pub struct Register "Register" "Buku register dengan nomor tanpa sela." {
        /// Its name.
        required id: RegisterId = "Nama singkat.",
        /// What people call it.
        required title: String = "Sebutan buku.",
        /// The number as it is written, with `{number}` and `{year}`.
        required pattern: String = "Bentuk nomor, dengan {number} dan {year}.",
        /// Whether the count begins anew each year.
        default yearly: Affirmed = "Benar bila nomor mulai dari 1 setiap tahun.",
    }
}

record! {
    /// The people of an office and the posts that they hold. Personal data: never part of a hash.
    pub struct DirectoryFile "Daftar pejabat" "Orang-orang kantor dan jabatan yang dipegangnya; data pribadi." {
        /// The schema, for editors.
        optional schema as "$schema": Option<String> = "Skema untuk penyunting.",
        /// The version of the format: 1.
        required format: u32 = "Versi format: 1.",
        /// Its name.
        required id: DirectoryId = "Nama singkat.",
        /// The people.
        default people: Vec<PersonEntry> = "Orang.",
        /// Who holds which post, and when.
        default holders: Vec<Holder> = "Pemegang jabatan beserta masanya.",
        /// Who is away, and when.
        default absences: Vec<Absence> = "Ketidakhadiran beserta masanya.",
    }
}

record! {
    /// A person.
    pub struct PersonEntry "Orang" "Seorang pejabat atau pegawai." {
        /// The name by which the host knows them.
        required id: PersonId = "Nama singkat.",
        /// The name in full.
        required name: String = "Nama lengkap dengan gelar.",
        /// Nomor Induk Pegawai.
        optional nip: Option<String> = "Nomor Induk Pegawai.",
    }
}

record! {
    /// One tenure of a post.
    pub struct Holder "Pemegang" "Satu masa pemegangan jabatan." {
        /// The post.
        required post: PostId = "Jabatan.",
        /// The unit or the choice for which, where the role is filled `per` a field.
        optional r#for as "for": Option<BindingId> = "Unit atau pilihan, bila peran diisi per isian.",
        /// Who.
        required person: PersonId = "Orangnya.",
        /// The first day; since ever if absent.
        optional from: Option<Date> = "Hari pertama; sejak dahulu bila tidak disebut.",
        /// The last day; without end if absent.
        optional until: Option<Date> = "Hari terakhir; tanpa akhir bila tidak disebut.",
        /// In which capacity; as the holder if absent.
        optional r#as as "as": Option<CapacityName> = "Kedudukan; definitif bila tidak disebut.",
        /// The letter that appoints an acting officer.
        optional mandate: Option<String> = "Surat perintah Plh/Plt.",
        /// Whether the mandate covers strategic decisions.
        default decides: bool = "Benar bila mandat mencakup keputusan strategis.",
    }
}

choice! {
    /// In which capacity somebody holds a post. UU 30/2014 article 14 knows acting officers; how long they act is
    /// what offices practise.
    pub enum CapacityName "Kedudukan" "Kedudukan pemegang jabatan (Plh dan Plt: UU 30/2014 pasal 14)." {
        /// The appointed holder.
        Definitive = "definitive" "Pejabat definitif.",
        /// Pelaksana harian: while the holder is away, at most three months.
        Plh = "plh" "Pelaksana harian: selama pejabat berhalangan, paling lama tiga bulan.",
        /// Pelaksana tugas: while the post is vacant, at most a year.
        Plt = "plt" "Pelaksana tugas: selama jabatan kosong, paling lama satu tahun.",
    }
}

record! {
    /// A time in which a person is away and does not act.
    pub struct Absence "Ketidakhadiran" "Masa seseorang berhalangan." {
        /// Who.
        required person: PersonId = "Orangnya.",
        /// The first day.
        required from: Date = "Hari pertama.",
        /// The last day.
        required until: Date = "Hari terakhir.",
    }
}
