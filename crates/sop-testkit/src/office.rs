//! The office that made-up definitions are written for: six posts, two units, two registers, one calendar.
//!
//! Small enough to be known by heart when a counterexample is read: `staf` works under `kabid`, `tu` under `sekretaris`,
//! both of these under `kepala`. Nobody ever holds the post `lowong` ('vacant').

use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use sop_core::definition::{DirectoryFile, Office};
use sop_core::format::Poisoned;
use sop_core::process::{CheckedOffice, check_office};
use sop_core::time::CalendarFile;

use crate::made::{made, must};

/// The columns of every made-up definition, in their order. The first is the requester's.
pub const ROLES: [&str; 6] = ["pemohon", "tu", "staf", "kabid", "sekretaris", "kepala"];

/// The post that nobody holds in any directory of this crate.
pub const VACANT: &str = "lowong";

/// The person who asks in a simulated office: the directory does not list them.
pub const REQUESTER: &str = "wulan";

/// Who answers for each of [`ROLES`] when it sleeps: never itself.
pub(crate) const ACCOUNTABLE: [&str; 6] = ["tu", "sekretaris", "kabid", "kepala", "kepala", "sekretaris"];

/// Who may act beside each of [`ROLES`]: never its superior, and never who answers for it or for that one.
pub(crate) const BESIDE: [&str; 6] = ["kepala", "staf", "tu", "tu", "staf", "tu"];

/// Who takes over from each of [`ROLES`]; who answers for that one is somebody else again. Nobody takes over from the
/// last two, who answer for everybody above the rest.
pub(crate) const TAKES_OVER: [Option<&str>; 6] =
    [Some("tu"), Some("sekretaris"), Some("kabid"), Some("kepala"), None, None];

/// The office file.
pub fn office_file() -> Office {
    made(json!({
        "format": 1, "id": "kantor", "title": "Kantor", "zone": { "offset": "+07:00", "label": "WIB" },
        "calendar": "kalender.json",
        "durations": { "minutes_per_day": 450, "days_per_week": 5, "days_per_month": 20, "day": "working" },
        "posts": [
            { "id": "kepala", "title": "Kepala" },
            { "id": "sekretaris", "title": "Sekretaris", "superior": "kepala" },
            { "id": "kabid", "title": "Kepala Bidang", "superior": "kepala" },
            { "id": "staf", "title": "Staf", "superior": "kabid" },
            { "id": "tu", "title": "Tata Usaha", "superior": "sekretaris" },
            { "id": VACANT, "title": "Jabatan Lowong", "superior": "kepala" }
        ],
        "units": [{ "id": "koperasi", "title": "Koperasi" }, { "id": "usaha", "title": "Usaha" }],
        "registers": [
            { "id": "agenda", "title": "Agenda", "pattern": "{number}/{year}" },
            { "id": "buku", "title": "Buku", "pattern": "B-{number}", "yearly": false }
        ]
    }))
}

/// The office, checked.
pub fn office() -> CheckedOffice {
    static OFFICE: LazyLock<CheckedOffice> = LazyLock::new(|| {
        must(check_office(&office_file(), &Poisoned::default()).0, "the built-in office has no error")
    });
    OFFICE.clone()
}

/// Monday to Thursday 07.30–12.00 and 13.00–16.00, Friday until 11.30 and 16.30; no holiday.
pub fn plain_calendar() -> CalendarFile {
    made(json!({
        "format": 1, "id": "kalender", "title": "Kalender", "valid_through": "2027-12-31",
        "sources": [{ "id": "perkada", "title": "Jam kerja" }],
        "hours": [{ "title": "Jam kerja", "from": "2025-01-01", "source": "perkada", "week": [
            { "days": ["monday", "tuesday", "wednesday", "thursday"], "open": [["07:30", "12:00"], ["13:00", "16:00"]] },
            { "days": ["friday"], "open": [["07:30", "11:30"], ["13:00", "16:30"]] }
        ] }],
        "holidays": []
    }))
}

/// Two holders for every post of an office but [`VACANT`]: `staf_1` and `staf_2` for `staf`. Nobody is ever away.
pub fn full_directory(office: &CheckedOffice) -> DirectoryFile {
    let posts = || office.office().posts.iter().filter(|post| post.id.as_str() != VACANT);
    let both = |make: fn(&str, u8) -> Json| -> Vec<Json> {
        posts().flat_map(|post| [make(post.id.as_str(), 1), make(post.id.as_str(), 2)]).collect()
    };
    made(json!({
        "format": 1, "id": "pejabat",
        "people": both(|post, place| json!({ "id": holder(post, place), "name": format!("{post} {place}") })),
        "holders": both(|post, place| json!({ "post": post, "person": holder(post, place) })),
    }))
}

/// The name of a holder of a post. Posts with long names share the beginning.
pub(crate) fn holder(post: &str, place: u8) -> String {
    format!("{}_{place}", post.get(..60).unwrap_or(post))
}
