//! The calendar as it is written: one JSON file per office or province.
//!
//! The types here only hold what the text says. What it means, and whether it makes sense, is
//! found out by [`Calendar::compile`](super::Calendar::compile).

use serde::{Deserialize, Serialize};

use super::date::{Date, TimeOfDay};
use crate::diagnostic::{Both, Diagnostic, rules};
use crate::format::{Decode, Reader};
use crate::text::Node;

record! {
    /// A calendar file: the weekly hours of an office, and its holidays.
    ///
    /// The zone is not part of it: it belongs to the office, and the same calendar may serve offices
    /// that only differ in that.
    pub struct CalendarFile "Kalender" "Jam kerja mingguan sebuah kantor dan hari liburnya." {
        /// The JSON schema that an editor should use.
        optional schema as "$schema": Option<String> = "Skema untuk penyunting.",
        /// The version of this format: 1.
        required format: u32 = "Versi format: 1.",
        /// What other files call this calendar.
        required id: String = "Nama singkat kalender.",
        /// What people call it.
        required title: String = "Nama kalender.",
        /// The last date whose hours and holidays are known. Everything later is an estimate: the
        /// usual week goes on, without holidays.
        required valid_through: Date = "Tanggal terakhir yang jam dan liburnya diketahui; sesudahnya hanya perkiraan.",
        /// Where the entries come from: decrees, regulations, circulars.
        required sources: Vec<Source> = "Sumber: keputusan, peraturan, surat edaran.",
        /// The weekly hours, each with the dates on which they are in force.
        ///
        /// Where several entries cover a date, **the later one in the list wins**. So the usual week
        /// comes first, without an end, and Ramadan hours lie over it. An entry with an end, that is
        /// the last to cover a date, doesn't continue: the entry below shows again.
        required hours: Vec<Hours> = "Jam kerja beserta masanya; bila beberapa berlaku, yang ditulis kemudian menang.",
        /// Days on which the office is closed whatever the weekly hours say.
        required holidays: Vec<Holiday> = "Hari libur.",
        /// Remarks for whoever maintains the file.
        default notes: Vec<String> = "Catatan bagi pemelihara berkas.",
    }
}

impl crate::format::Document for CalendarFile {
    const FORMATS: &'static [u32] = &[1];
}

record! {
    /// Where an entry comes from.
    pub struct Source "Sumber" "Asal sebuah ketentuan." {
        /// What entries call it.
        required id: String = "Nama singkat sumber.",
        /// The decree, regulation or circular, by name and number as far as known.
        required title: String = "Nama dan nomor keputusan, peraturan, atau surat edaran.",
    }
}

record! {
    /// Weekly hours between two dates.
    pub struct Hours "Jam kerja" "Jam kerja mingguan antara dua tanggal." {
        /// What they are called: "Jam kerja", "Ramadan 1447 H".
        required title: String = "Sebutannya, misalnya \"Ramadan 1447 H\".",
        /// The first date on which they are in force.
        required from: Date = "Hari pertama berlakunya.",
        /// The last date on which they are in force; without it they go on.
        optional until: Option<Date> = "Hari terakhir berlakunya; tanpa itu berlaku terus.",
        /// The id of a [`Source`].
        required source: String = "Sumbernya.",
        /// True if the dates or the hours are expected and not yet laid down.
        default estimated: bool = "Benar bila tanggal atau jamnya masih perkiraan.",
        /// The week. A weekday that no block names is closed.
        required week: Vec<WeekBlock> = "Hari-hari kerja; yang tidak disebut libur.",
    }
}

record! {
    /// The hours of some days of the week.
    pub struct WeekBlock "Jam beberapa hari" "Jam buka pada beberapa hari dalam minggu." {
        /// The days with these hours; each weekday in one block only.
        required days: Vec<Weekday> = "Hari-hari dengan jam ini.",
        /// When the office is open, breaks left out: `[["07:30", "12:00"], ["13:00", "16:00"]]`.
        required open: Vec<Opening> = "Jam buka tanpa istirahat: [[\"07:30\", \"12:00\"], [\"13:00\", \"16:00\"]].",
    }
}

choice! {
    /// A day of the week. Weeks begin on Monday, as the working week does.
    pub enum Weekday "Hari" "Hari dalam minggu." {
        /// Senin.
        Monday = "monday" "Senin.",
        /// Selasa.
        Tuesday = "tuesday" "Selasa.",
        /// Rabu.
        Wednesday = "wednesday" "Rabu.",
        /// Kamis.
        Thursday = "thursday" "Kamis.",
        /// Jumat.
        Friday = "friday" "Jumat.",
        /// Sabtu.
        Saturday = "saturday" "Sabtu.",
        /// Minggu.
        Sunday = "sunday" "Minggu.",
    }
}

/// From a time of day, included, to another, not included: `["07:30", "12:00"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Opening(pub TimeOfDay, pub TimeOfDay);

impl Decode for Opening {
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
        let times = Vec::<TimeOfDay>::decode(node, reader)?;
        match *times.as_slice() {
            [from, until] if node.items().count() == 2 => Some(Self(from, until)),
            _ => {
                // A time that could not be read has been reported.
                if times.len() == node.items().count() {
                    reader.report(|| {
                        Diagnostic::new(&rules::WRONG_TYPE, node.pointer())
                            .with("place", Both { id: "jam buka", en: "an opening" })
                            .with("expected", Both { id: "dua jam: [dari, sampai]", en: "two times: [from, until]" })
                            .with("found", times.len().to_string())
                    });
                }
                None
            }
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Opening {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Opening".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let time = generator.subschema_for::<TimeOfDay>();
        schemars::json_schema!({
            "title": "Jam buka",
            "description": "Dari jam sampai jam: [\"07:30\", \"12:00\"].",
            "type": "array",
            "items": time,
            "minItems": 2,
            "maxItems": 2
        })
    }
}

record! {
    /// A date on which the office is closed.
    pub struct Holiday "Hari libur" "Tanggal kantor tutup." {
        /// The date; each date at most once.
        required date: Date = "Tanggalnya.",
        /// The occasion, as the decree names it.
        required title: String = "Peristiwanya, seperti pada keputusan.",
        /// What sort of holiday it is.
        required kind: HolidayKind = "Jenis libur.",
        /// The id of a [`Source`].
        required source: String = "Sumbernya.",
        /// True if the date is expected and not yet certain.
        default estimated: bool = "Benar bila tanggalnya masih perkiraan.",
    }
}

choice! {
    /// What sort of holiday a date is. All of them close the office; they differ in who lays them down.
    pub enum HolidayKind "Jenis libur" "Siapa yang menetapkan libur." {
        /// Libur nasional, in the yearly joint decree of three ministers (SKB 3 Menteri).
        National = "national" "Libur nasional (SKB 3 Menteri).",
        /// Cuti bersama, in the same decree.
        JointLeave = "joint_leave" "Cuti bersama (SKB 3 Menteri).",
        /// Laid down by the province, regency or office.
        Local = "local" "Ditetapkan daerah atau kantor.",
    }
}
