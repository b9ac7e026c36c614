//! Random directories of officials that are valid.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use sop_core::definition::DirectoryFile;
use sop_core::process::CheckedOffice;
use sop_core::time::Date;

use crate::made::made;
use crate::office::{VACANT, holder};

/// How a post is filled.
#[derive(Debug, Clone)]
enum Filling {
    /// By one or two holders, for ever.
    Holders(u8),
    /// By a holder who is away for some days, with a Plh meanwhile or without.
    Away { from: i32, days: i32, stands_in: bool, decides: bool },
    /// By a Plt, the post being vacant.
    Vacant { from: i32, days: i32, decides: bool },
    /// By one holder after the other.
    InTurn { change: i32 },
}

/// Valid directories of an office: one or two holders of each post, absences with and without a Plh, vacancies with a
/// Plt, and tenures that follow one another, all within 2026. Nobody holds two posts, except as Plh; nobody ever holds
/// [`VACANT`]. They shrink towards one holder for each post.
pub fn directories(office: &CheckedOffice) -> BoxedStrategy<DirectoryFile> {
    let posts: Vec<String> = office.office().posts.iter().map(|post| post.id.to_string()).collect();
    let posts: Vec<String> = posts.into_iter().filter(|post| post != VACANT).collect();
    vec(filling(), posts.len()).prop_map(move |fillings| written(&posts, &fillings)).boxed()
}

fn filling() -> impl Strategy<Value = Filling> {
    let day = 0..330_i32;
    prop_oneof![
        4 => (1..=2_u8).prop_map(Filling::Holders),
        2 => (day.clone(), 0..30_i32, any::<bool>(), any::<bool>())
            .prop_map(|(from, days, stands_in, decides)| Filling::Away { from, days, stands_in, decides }),
        1 => (day.clone(), 0..30_i32, any::<bool>())
            .prop_map(|(from, days, decides)| Filling::Vacant { from, days, decides }),
        1 => day.prop_map(|change| Filling::InTurn { change }),
    ]
}

fn written(posts: &[String], fillings: &[Filling]) -> DirectoryFile {
    let (mut people, mut holders, mut absences): (Vec<Json>, Vec<Json>, Vec<Json>) = Default::default();
    for (place, (post, filling)) in posts.iter().zip(fillings).enumerate() {
        let number = match filling {
            Filling::Holders(number) => *number,
            Filling::InTurn { .. } => 2,
            Filling::Away { .. } | Filling::Vacant { .. } => 1,
        };
        for nth in 1..=number {
            people.push(json!({ "id": holder(post, nth), "name": format!("{post} {nth}") }));
        }
        let first = holder(post, 1);
        let mandate = "Surat perintah 800/1/2026";
        match filling {
            Filling::Holders(number) => {
                holders.extend((1..=*number).map(|nth| json!({ "post": post, "person": holder(post, nth) })));
            }
            Filling::InTurn { change } => {
                holders.push(json!({ "post": post, "person": first, "until": date(*change) }));
                holders.push(json!({ "post": post, "person": holder(post, 2), "from": date(change + 1) }));
            }
            Filling::Away { from, days, stands_in, decides } => {
                let (from, until) = (date(*from), date(from + days));
                holders.push(json!({ "post": post, "person": first }));
                absences.push(json!({ "person": first, "from": from, "until": until }));
                // Whoever holds the post next in the list stands in.
                let other = posts.iter().cycle().nth(place + 1).filter(|other| *other != post);
                if let Some(other) = other.filter(|_| *stands_in) {
                    holders.push(json!({ "post": post, "person": holder(other, 1), "as": "plh", "from": from,
                        "until": until, "mandate": mandate, "decides": decides }));
                }
            }
            Filling::Vacant { from, days, decides } => {
                holders.push(json!({ "post": post, "person": first, "as": "plt", "from": date(*from),
                    "until": date(from + days), "mandate": mandate, "decides": decides }));
            }
        }
    }
    made(json!({ "format": 1, "id": "pejabat", "people": people, "holders": holders, "absences": absences }))
}

/// A day of 2026, counted from 0.
fn date(day: i32) -> Date {
    Date::new(2026, 1, 1).and_then(|first| first.plus_days(day)).unwrap_or(Date::MAX)
}
