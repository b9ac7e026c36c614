//! What a world is about: procedures with their editions, the people, working time.

use std::fmt;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use sop_core::case::{Directory, People};
use sop_core::definition::{DefinitionId, DirectoryFile, PersonId};
use sop_core::format::Poisoned;
use sop_core::process::Hash;
use sop_core::text::SourceText;
use sop_core::time::{Calendar, Date, Instant, Revision};
use sop_engine::files::{Bundle, FileError};
use sop_verify::{Verified, Verify};

use super::dice::Dice;
use crate::definitions::sound;
use crate::made::must;
use crate::office::REQUESTER;

/// How many other directories and calendars there are for an office to change to.
const VARIANTS: usize = 3;

/// Why there is no ground to stand on.
#[derive(Debug, thiserror::Error)]
pub enum GroundError {
    /// A file has errors.
    #[error("{0}")]
    File(#[from] FileError),
    /// The directory has errors.
    #[error("the directory has errors")]
    Directory,
    /// There is no procedure.
    #[error("a world needs a procedure")]
    Empty,
}

/// A calendar that may come into force.
#[derive(Clone)]
pub(super) struct Hours {
    pub(super) text: SourceText,
    pub(super) calendar: Calendar,
}

/// What a world is about.
#[derive(Clone)]
pub struct Ground {
    bundles: Vec<Bundle>,
    verified: Vec<Verified<Bundle>>,
    /// The first is the one in which everybody is there.
    directories: Vec<Directory>,
    hours: Vec<Hours>,
    people: Vec<PersonId>,
    /// Who may open a case, by procedure.
    openers: Vec<Vec<PersonId>>,
    opens: Instant,
}

impl Ground {
    /// Procedures of one office with its people. Each is deployed some time, also more than once; each has a further
    /// edition, whose cases go the same way. Whoever asks need not be in the directory.
    ///
    /// # Errors
    /// What is wrong with the files.
    pub fn of(bundles: &[Bundle], directory: &DirectoryFile, askers: &[PersonId]) -> Result<Self, GroundError> {
        let first = bundles.first().ok_or(GroundError::Empty)?;
        let mut all = bundles.to_vec();
        for bundle in bundles {
            all.push(next_edition(bundle)?);
        }
        let zone = first.calendar().zone().clone();
        let opens = must("2026-02-02T08:00:00+07:00".parse::<Instant>().ok(), "an instant");
        let today = zone.date(opens);
        let mut directories: Vec<Directory> = Vec::new();
        for file in std::iter::once(directory.clone()).chain(absences(directory, today)) {
            let checked = Directory::check(&file, first.office(), &Poisoned::default()).0;
            match checked {
                Some(checked) => directories.push(checked),
                None if directories.is_empty() => return Err(GroundError::Directory),
                // Some who is away for whom nobody stands in.
                None => {}
            }
        }
        let mut hours = Vec::new();
        let [definition, office, calendar] = first.sources();
        for text in std::iter::once(calendar.clone()).chain(holidays(calendar, today)) {
            let bundle = Bundle::from_texts(definition.clone(), office.clone(), text.clone())?;
            hours.push(Hours { text, calendar: bundle.calendar().clone() });
        }
        let listed = directories.first().map(|directory| directory.people().iter().map(|person| person.id.clone()));
        let mut people: Vec<PersonId> = askers.to_vec();
        people.extend(listed.into_iter().flatten().filter(|person| !askers.contains(person)));
        let verified = all.iter().map(|bundle| bundle.clone().verify()).collect();
        let here = directories.first().ok_or(GroundError::Directory)?;
        let openers = all.iter().map(|bundle| openers(bundle, here, askers, opens)).collect();
        Ok(Self { bundles: all, verified, directories, hours, people, openers, opens })
    }

    /// Two procedures that a seed makes up: sound ones of the built-in office.
    pub(super) fn random(dice: &mut Dice) -> Self {
        let mut seed = [0; 32];
        seed.iter_mut().for_each(|byte| *byte = u8::try_from(dice.below(256)).unwrap_or_default());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let mut bundles = Vec::new();
        let mut directory = None;
        for place in 1..=2 {
            let sample = must(sound().new_tree(&mut runner).ok(), "a strategy gives something").current();
            let mut definition = sample.definition.clone();
            definition.id = must(DefinitionId::new(&format!("sop_{place}")).ok(), "a name");
            bundles.push(must(sample.bundle_of(&definition).ok(), "a sound sample compiles"));
            directory = Some(sample.directory);
        }
        let directory = must(directory, "samples have a directory");
        let asker = must(PersonId::new(REQUESTER).ok(), "a name");
        must(Self::of(&bundles, &directory, &[asker]).ok(), "the built-in office has no error")
    }

    pub(super) fn bundles(&self) -> &[Bundle] {
        &self.bundles
    }

    pub(super) fn verified(&self, place: usize) -> Option<&Verified<Bundle>> {
        self.verified.get(place)
    }

    pub(super) fn bundle(&self, process: &Hash) -> Option<&Bundle> {
        self.bundles.iter().find(|bundle| bundle.process().hash() == *process)
    }

    pub(super) fn directories(&self) -> &[Directory] {
        &self.directories
    }

    pub(super) fn directory(&self, revision: Revision) -> Option<&Directory> {
        self.directories.iter().find(|directory| directory.revision() == revision)
    }

    pub(super) fn hours(&self) -> &[Hours] {
        &self.hours
    }

    pub(super) fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// Those who may open a case by one of the bundles.
    pub(super) fn openers(&self, place: usize) -> &[PersonId] {
        self.openers.get(place).map_or(&[], Vec::as_slice)
    }

    /// The number of procedures, each with its first edition and, behind all of these, its next.
    pub(super) fn procedures(&self) -> usize {
        self.bundles.len() / 2
    }

    pub(super) fn opens(&self) -> Instant {
        self.opens
    }
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let procedures: Vec<_> = self.bundles.iter().map(|bundle| bundle.process().id()).collect();
        f.debug_struct("Ground").field("procedures", &procedures).finish_non_exhaustive()
    }
}

/// Who holds a role of a step that some start opens, the requesters among them.
fn openers(bundle: &Bundle, directory: &Directory, askers: &[PersonId], at: Instant) -> Vec<PersonId> {
    let (process, mut people) = (bundle.process(), People::new());
    let staffing = directory.staff(process, &mut people);
    let mut openers = Vec::new();
    let steps = process.starts().values().flat_map(|start| &start.opens);
    let roles = steps.filter_map(|step| process.steps().get(*step)).flat_map(|step| &step.roles);
    for role in roles {
        if process.roles().get(*role).is_some_and(|spec| spec.requester) {
            openers.extend_from_slice(askers);
        }
        let holders = staffing.holders(*role, None, at);
        openers.extend(holders.filter_map(|tenure| people.name(tenure.person).cloned()));
    }
    openers.dedup();
    openers
}

/// The same procedure with another number on it, which makes it another process.
fn next_edition(bundle: &Bundle) -> Result<Bundle, FileError> {
    let mut definition = bundle.definition().clone();
    definition.edition += 1;
    let [text, office, calendar] = bundle.sources();
    let written = serde_json::to_string_pretty(&definition).unwrap_or_default();
    Bundle::from_texts(SourceText::new(text.name(), written), office.clone(), calendar.clone())
}

/// Directories in which somebody is away for some days.
fn absences(directory: &DirectoryFile, today: Date) -> Vec<DirectoryFile> {
    let Ok(Json::Object(file)) = serde_json::to_value(directory) else { return Vec::new() };
    let people = file.get("people").and_then(Json::as_array).cloned().unwrap_or_default();
    let away = |(place, person): (usize, &Json)| {
        let days = i32::try_from(place).unwrap_or_default();
        let (from, until) = (today.plus_days(1 + 2 * days)?, today.plus_days(4 + 3 * days)?);
        let mut file = file.clone();
        let absences = file.entry("absences").or_insert_with(|| json!([])).as_array_mut()?;
        absences.push(json!({ "person": person.get("id")?, "from": from, "until": until }));
        serde_json::from_value(Json::Object(file)).ok()
    };
    people.iter().enumerate().rev().filter_map(away).take(VARIANTS).collect()
}

/// Calendars with one holiday more.
fn holidays(calendar: &SourceText, today: Date) -> Vec<SourceText> {
    let Ok(Json::Object(file)) = serde_json::from_str(calendar.text()) else { return Vec::new() };
    let closed = |days: usize| {
        let date = today.plus_days(1 + 3 * i32::try_from(days).ok()?)?;
        let mut file = file.clone();
        let source = file.get("sources")?.get(0)?.get("id")?.clone();
        let holidays = file.entry("holidays").or_insert_with(|| json!([])).as_array_mut()?;
        let known = json!(date);
        if holidays.iter().any(|holiday| holiday.get("date") == Some(&known)) {
            return None;
        }
        holidays.push(json!({ "date": date, "title": "Libur", "kind": "local", "source": source }));
        holidays.sort_by_key(|holiday| holiday.get("date").map(Json::to_string));
        let written = serde_json::to_string_pretty(&file).ok()?;
        Some(SourceText::new(calendar.name(), written))
    };
    (0..2 * VARIANTS).filter_map(closed).take(VARIANTS).collect()
}
