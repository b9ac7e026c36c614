//! Gaps in the staffing of a step, with the sentence that tells them.

use std::fmt;

use sop_core::case::{Called, Directory, People, PersonIx};
use sop_core::definition::PostId;
use sop_core::diagnostic::Bilingual;
use sop_core::process::{Process, RoleIx, StepIx};
use sop_core::time::{Date, Instant, Zone};

use super::seat::{Reason, Seat, Times};
use super::values::ValueTitles;

/// A time in which nobody may act at a step, or in which the absence of one person is enough for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffingGap {
    /// The step, with its row and role as people call it.
    pub step: Called,
    /// The number of the row as printed, or its place from the top in brackets.
    pub row: String,
    /// The activity, to the letter.
    pub activity: String,
    /// The role that acts; of several, the first.
    pub role: Called,
    /// The post that holds the role.
    pub post: PostId,
    /// The unit or choice that binds the role (W2), if one does.
    pub bound: Option<Called>,
    /// Tells whether the role acts only after a rung of the ladder has handed the wait over to it.
    pub handed_over: bool,
    /// The first instant of the gap, or of the period.
    pub from: Instant,
    /// The instant at which the gap is over, or the period.
    pub until: Instant,
    /// Why nobody may act.
    pub reason: GapReason,
    /// All of it in a sentence.
    pub text: Bilingual,
}

/// Why nobody may act at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GapReason {
    /// Nobody holds the post. An absence that lasts until the end of a tenure counts as that.
    Vacant,
    /// Whoever holds the post is away, and nobody stands in.
    Away {
        /// The holders.
        holders: Vec<Called>,
    },
    /// The step is `strategic`, and nobody there has a mandate that decides (W1).
    NoMandate {
        /// The acting officers.
        acting: Vec<Called>,
    },
    /// Everybody who is there may be kept out by what they did before (W3).
    KeptOut {
        /// The people who are there.
        people: Vec<Called>,
        /// The steps that keep them out.
        by: Vec<Called>,
    },
    /// Somebody may act, and without this one person nobody may.
    Single {
        /// The person.
        person: Called,
        /// The steps that may keep out everybody else who is there; none where there is nobody else.
        by: Vec<Called>,
    },
}

impl StaffingGap {
    /// Tells whether nobody may act; otherwise it takes the absence of one person besides.
    pub fn leaves_nobody(&self) -> bool {
        !matches!(self.reason, GapReason::Single { .. })
    }
}

/// Tells gaps in the words of the table.
pub(super) struct Teller<'t> {
    pub(super) process: &'t Process,
    pub(super) values: &'t ValueTitles,
    pub(super) zone: &'t Zone,
    pub(super) directory: &'t Directory,
    pub(super) people: &'t People,
}

impl Teller<'_> {
    pub(super) fn gap(&self, seat: &Seat, (from, until, reason): Times) -> StaffingGap {
        let process = self.process;
        let spec = &process.steps()[seat.step];
        let role = &process.roles()[seat.roles.first().copied().unwrap_or(RoleIx::first())];
        let mut gap = StaffingGap {
            step: process.called_step(seat.step),
            row: process.row_name(spec.row),
            activity: process.rows()[spec.row].activity.clone(),
            role: Called { id: role.id.to_string(), title: role.title.clone() },
            post: role.post.clone(),
            bound: seat.bound.and_then(|(field, place)| self.values.called(process, field, place)),
            handed_over: seat.handed_over,
            from,
            until,
            reason: self.reason(reason),
            text: Bilingual::default(),
        };
        gap.text = self.sentence(&gap);
        gap
    }

    fn reason(&self, reason: Reason) -> GapReason {
        let people = |all: Vec<PersonIx>| all.into_iter().map(|person| self.person(person)).collect();
        let steps = |all: Vec<StepIx>| all.into_iter().map(|step| self.process.called_step(step)).collect();
        match reason {
            Reason::Vacant => GapReason::Vacant,
            Reason::Away(holders) => GapReason::Away { holders: people(holders) },
            Reason::NoMandate(acting) => GapReason::NoMandate { acting: people(acting) },
            Reason::KeptOut { people: all, by } => GapReason::KeptOut { people: people(all), by: steps(by) },
            Reason::Single { person, by } => GapReason::Single { person: self.person(person), by: steps(by) },
        }
    }

    fn person(&self, person: PersonIx) -> Called {
        let Some(id) = self.people.name(person) else { return Called { id: String::new(), title: String::new() } };
        let name = self.directory.person(id).map(|entry| entry.name.clone());
        Called { id: id.to_string(), title: name.unwrap_or_else(|| id.to_string()) }
    }

    fn sentence(&self, gap: &StaffingGap) -> Bilingual {
        let mut at = Bilingual::same(gap.step.title.clone());
        if gap.handed_over {
            at.id.push_str(&format!(", dialihkan ke {}", gap.role.title));
            at.en.push_str(&format!(", handed over to {}", gap.role.title));
        }
        if let Some(bound) = &gap.bound {
            let bound = format!(" ({})", bound.title);
            at.id.push_str(&bound);
            at.en.push_str(&bound);
        }
        let when = self.when(gap.from, gap.until);
        let why = match &gap.reason {
            GapReason::Vacant => Bilingual::new("tidak ada pemegang jabatan", "nobody holds the post"),
            GapReason::Away { holders } => Bilingual::new(
                format!("{} tidak di tempat dan tidak ada pelaksana harian", list(holders, "dan")),
                format!("{} away, and nobody stands in", are(holders)),
            ),
            GapReason::NoMandate { acting } => Bilingual::new(
                format!("{} tidak memegang mandat untuk memutuskan", list(acting, "dan")),
                format!("no mandate that decides ({})", list(acting, "and")),
            ),
            GapReason::KeptOut { people, by } => Bilingual::new(
                format!("tidak ada yang berwenang bila {} mengerjakan {}", list(people, "dan"), list(by, "dan")),
                format!("nobody may act if {} did {}", list(people, "and"), list(by, "and")),
            ),
            GapReason::Single { person, by } if by.is_empty() => Bilingual::new(
                format!("tanpa {} tidak ada yang berwenang", person.title),
                format!("without {} nobody may act", person.title),
            ),
            GapReason::Single { person, by } => Bilingual::new(
                format!(
                    "tanpa {} tidak ada yang berwenang bila yang lain mengerjakan {}",
                    person.title,
                    list(by, "dan")
                ),
                format!("without {} nobody may act if the others did {}", person.title, list(by, "and")),
            ),
        };
        Bilingual::new(format!("{}: {}, {}.", at.id, why.id, when.id), format!("{}: {}, {}.", at.en, why.en, when.en))
    }

    /// The days of a time, the last included.
    fn when(&self, from: Instant, until: Instant) -> Bilingual {
        let last = Instant::from_millis(until.millis().saturating_sub(1)).unwrap_or(until);
        let (first, last) = (Day(self.zone.date(from)), Day(self.zone.date(last)));
        match first.0 == last.0 {
            true => Bilingual::new(format!("pada {first}"), format!("on {first}")),
            false => Bilingual::new(format!("{first} sampai dengan {last}"), format!("{first} to {last}")),
        }
    }
}

/// A date as an Indonesian office writes it.
pub(super) struct Day(pub(super) Date);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(date) = self;
        write!(f, "{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
    }
}

/// Count: how many names a sentence gives; the others are counted.
const MOST_NAMES: usize = 3;

fn list(all: &[Called], and: &str) -> String {
    let mut titles: Vec<String> = all.iter().take(MOST_NAMES).map(|one| one.title.clone()).collect();
    if all.len() > MOST_NAMES {
        let others = if and == "dan" { "lainnya" } else { "others" };
        titles.push(format!("{} {others}", all.len() - MOST_NAMES));
    }
    match titles.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} {and} {last}", before.join(", ")),
    }
}

fn are(people: &[Called]) -> String {
    format!("{} {}", list(people, "and"), if people.len() == 1 { "is" } else { "are" })
}
