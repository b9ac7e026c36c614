//! The directory of officials, checked, and resolved for one process (W1, W2).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::event::Capacity;
use super::people::{People, PersonIx, RoleStaff, Staffing, Tenure};
use crate::definition::{Absence, CapacityName, DirectoryFile, Holder, PersonEntry, PersonId, PostId};
use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity, rules};
use crate::format::Poisoned;
use crate::process::{CheckedOffice, Process, RoleIx, Table};
use crate::text::Pointer;
use crate::time::{Date, Instant, Revision, Zone};

/// A directory without an error: every tenure is of a post of the office and of a person whom it lists.
#[derive(Debug, Clone)]
pub struct Directory {
    people: Vec<PersonEntry>,
    holders: Vec<Holder>,
    absences: Vec<Absence>,
    zone: Zone,
    revision: Revision,
}

/// The longest time for which a Plh acts, as offices practise it: three months, counted as days.
const PLH_DAYS: i32 = 92;

/// The longest time for which a Plt acts, as offices practise it: one year, counted as days.
const PLT_DAYS: i32 = 366;

/// Rules that say that something is missing beside what is there.
const OF_ABSENCE: [u16; 5] = [
    rules::ACTING_WITHOUT_MANDATE.code,
    rules::ACTING_WITHOUT_END.code,
    rules::PLH_WITHOUT_ABSENCE.code,
    rules::PLT_BESIDE_HOLDER.code,
    rules::MANDATE_OF_HOLDER.code,
];

impl Directory {
    /// Checks a directory.
    ///
    /// It is there if there is no error; the findings are all there are, with pointers into its file.
    pub fn check(file: &DirectoryFile, office: &CheckedOffice, poisoned: &Poisoned) -> (Option<Self>, Diagnostics) {
        let mut findings = Vec::new();
        let checks = Checks { file, office, poisoned };
        checks.schema(&mut findings);
        checks.people(&mut findings);
        checks.holders(&mut findings);
        checks.absences(&mut findings);
        if !poisoned.is_empty() {
            // What seems to be missing may be what could not be read.
            findings.retain(|finding| !OF_ABSENCE.contains(&finding.rule.code));
        }
        let failed = findings.iter().any(|finding| finding.severity() == Severity::Error);
        let mut diagnostics = Diagnostics::from(findings);
        diagnostics.sort();
        let directory = (!failed).then(|| Self {
            people: file.people.clone(),
            holders: file.holders.clone(),
            absences: file.absences.clone(),
            zone: office.zone().clone(),
            revision: revision(file.id.as_str(), &file.holders, &file.absences),
        });
        (directory, diagnostics)
    }

    /// Nobody: for offices that have named no officials yet.
    pub fn empty(office: &CheckedOffice) -> Self {
        let (people, holders, absences) = (Vec::new(), Vec::new(), Vec::new());
        Self { revision: revision("", &holders, &absences), people, holders, absences, zone: office.zone().clone() }
    }

    /// The revision of who holds what; events record it, no process hash contains it.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The people.
    pub fn people(&self) -> &[PersonEntry] {
        &self.people
    }

    /// The entry of a person.
    pub fn person(&self, id: &PersonId) -> Option<&PersonEntry> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// What is odd about the directory for one process at a date: roles that nobody holds then, and tenures for units
    /// or choices that bind no role of the process.
    pub fn check_for(&self, process: &Process, date: Date) -> Diagnostics {
        let mut people = People::new();
        let staffing = self.staff(process, &mut people);
        // Noon of the day stands for the day: tenures begin and end at midnight.
        let noon = Instant::at(date, 12, 0, &self.zone).unwrap_or(Instant::MIN);
        let mut findings = Vec::new();
        let acting: Vec<RoleIx> = process.steps().values().flat_map(|step| step.roles.iter().copied()).collect();
        for (role, spec) in process.roles().iter() {
            if spec.requester || !acting.contains(&role) {
                continue;
            }
            let values = spec.per.and_then(|field| process.field(field)).and_then(|field| field.ty.listed());
            let bindings: Vec<Option<(u16, &String)>> = match values {
                Some(values) => (0..).zip(values).map(Some).collect(),
                None => vec![None],
            };
            for binding in bindings {
                if staffing.holders(role, binding.map(|(place, _)| place), noon).next().is_none() {
                    let called = match binding {
                        Some((_, value)) => format!("{} ({value})", spec.id),
                        None => spec.id.to_string(),
                    };
                    let finding = Diagnostic::new(&rules::NOBODY_IN_ROLE, Pointer::root().key("holders"));
                    findings.push(finding.with("role", called).with("date", date.to_string()));
                }
            }
        }
        for (place, holder) in self.holders.iter().enumerate() {
            let Some(bound) = &holder.r#for else { continue };
            let mut binds = process.roles().values().filter(|role| role.post == holder.post);
            let known = |role: &crate::process::RoleSpec| {
                let values = role.per.and_then(|field| process.field(field)).and_then(|field| field.ty.listed());
                values.is_none_or(|values| values.iter().any(|value| value == bound.as_str()))
            };
            if binds.any(|role| !known(role)) {
                let pointer = Pointer::root().key("holders").index(place).key("for");
                findings.push(Diagnostic::new(&rules::DIRECTORY_UNKNOWN_UNIT, pointer).with("for", bound.as_str()));
            }
        }
        let mut diagnostics = Diagnostics::from(findings);
        diagnostics.sort();
        diagnostics
    }

    /// Resolves the directory for one process: who holds each of its roles, and when, absences taken out.
    pub fn staff(&self, process: &Process, people: &mut People) -> Staffing {
        let mut known: Vec<PersonIx> = self.people.iter().map(|person| people.intern(&person.id)).collect();
        known.sort_unstable();
        let mut by_post: BTreeMap<&PostId, Vec<&Holder>> = BTreeMap::new();
        for holder in &self.holders {
            by_post.entry(&holder.post).or_default().push(holder);
        }
        let mut staff: Vec<RoleStaff> = Vec::new();
        for role in process.roles().values() {
            let held = by_post.get(&role.post).map_or(&[][..], Vec::as_slice);
            let values: &[String] =
                role.per.and_then(|field| process.field(field)).and_then(|field| field.ty.listed()).unwrap_or(&[]);
            let mut filled = RoleStaff { any: Vec::new(), per: vec![Vec::new(); values.len()] };
            for holder in held {
                let tenures = self.tenures(holder, people);
                match &holder.r#for {
                    // Whoever holds a post for no unit in particular holds it for all.
                    None => {
                        filled.per.iter_mut().for_each(|list| list.extend(tenures.iter().cloned()));
                        filled.any.extend(tenures);
                    }
                    Some(unit) => {
                        if let Some(list) = values
                            .iter()
                            .position(|value| value == unit.as_str())
                            .and_then(|place| filled.per.get_mut(place))
                        {
                            list.extend(tenures);
                        } else if role.per.is_none() {
                            filled.any.extend(tenures);
                        }
                    }
                }
            }
            staff.push(filled);
        }
        Staffing { roles: Table::<RoleIx, RoleStaff>::new(staff), people: known, revision: self.revision }
    }

    /// A tenure, without the times in which the person is away.
    fn tenures(&self, holder: &Holder, people: &mut People) -> Vec<Tenure> {
        let person = people.intern(&holder.person);
        let capacity = match holder.r#as.unwrap_or(CapacityName::Definitive) {
            CapacityName::Definitive => Capacity::Definitive,
            CapacityName::Plh => Capacity::Plh,
            CapacityName::Plt => Capacity::Plt,
        };
        let decides = capacity == Capacity::Definitive || holder.decides;
        let from = holder.from.map_or(Instant::MIN, |date| self.morning(date));
        let until = holder.until.map_or(Instant::MAX, |date| self.midnight_after(date));
        let mut away: Vec<(Instant, Instant)> = self
            .absences
            .iter()
            .filter(|absence| absence.person == holder.person)
            .map(|absence| (self.morning(absence.from), self.midnight_after(absence.until)))
            .collect();
        away.sort_unstable();
        let mut tenures = Vec::new();
        let mut begin = from;
        for (gone, back) in away {
            if gone > begin && begin < until {
                tenures.push(Tenure { person, capacity, decides, from: begin, until: gone.min(until) });
            }
            begin = begin.max(back);
        }
        if begin < until {
            tenures.push(Tenure { person, capacity, decides, from: begin, until });
        }
        tenures
    }

    fn morning(&self, date: Date) -> Instant {
        Instant::at(date, 0, 0, &self.zone).unwrap_or(Instant::MIN)
    }

    fn midnight_after(&self, date: Date) -> Instant {
        date.plus_days(1).and_then(|next| Instant::at(next, 0, 0, &self.zone)).unwrap_or(Instant::MAX)
    }
}

/// The first bytes of a hash over which directory says who holds what and when, whatever the order in which the file says it. Names and
/// numbers of people are not in it.
fn revision(id: &str, holders: &[Holder], absences: &[Absence]) -> Revision {
    let mut lines: Vec<String> = Vec::new();
    for holder in holders {
        lines.push(serde_json::to_string(holder).unwrap_or_default());
    }
    for Absence { person, from, until, .. } in absences {
        lines.push(format!("away {person} {from} {until}"));
    }
    lines.sort_unstable();
    let digest = Sha256::digest(format!("sop:directory:1\n{id}\n{}", lines.join("\n")).as_bytes());
    let mut first = [0; 8];
    for (byte, of_digest) in first.iter_mut().zip(digest.iter()) {
        *byte = *of_digest;
    }
    Revision(u64::from_be_bytes(first))
}

/// What is being checked.
struct Checks<'a> {
    file: &'a DirectoryFile,
    office: &'a CheckedOffice,
    poisoned: &'a Poisoned,
}

impl Checks<'_> {
    fn schema(&self, findings: &mut Vec<Diagnostic>) {
        if let Some(schema) = self.file.schema.as_deref()
            && schema.rsplit(['/', '\\']).next() != Some("directory.schema.json")
        {
            let finding = Diagnostic::new(&rules::FOREIGN_SCHEMA, Pointer::root().key("$schema"));
            findings.push(finding.with("found", schema).with("expected", "directory.schema.json"));
        }
    }

    fn people(&self, findings: &mut Vec<Diagnostic>) {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, person) in self.file.people.iter().enumerate() {
            let pointer = |place: usize| Pointer::root().key("people").index(place).key("id");
            if let Some(first) = known.insert(person.id.as_str(), place) {
                let finding = Diagnostic::new(&rules::DUPLICATE_ID, pointer(place)).with("id", person.id.as_str());
                findings.push(finding.label(Label::new(pointer(first))));
            }
        }
    }

    fn knows(&self, person: &PersonId) -> bool {
        self.poisoned.has_id(person.as_str()) || self.file.people.iter().any(|entry| entry.id == *person)
    }

    fn holders(&self, findings: &mut Vec<Diagnostic>) {
        let office = self.office.office();
        for (place, holder) in self.file.holders.iter().enumerate() {
            let here = |key: &str| Pointer::root().key("holders").index(place).key(key);
            if !office.posts.iter().any(|post| post.id == holder.post) {
                let finding = Diagnostic::new(&rules::DIRECTORY_UNKNOWN_POST, here("post"));
                findings.push(finding.with("post", holder.post.as_str()));
            }
            if !self.knows(&holder.person) {
                let finding = Diagnostic::new(&rules::DIRECTORY_UNKNOWN_PERSON, here("person"));
                findings.push(finding.with("person", holder.person.as_str()));
            }
            if let (Some(from), Some(until)) = (holder.from, holder.until)
                && from > until
            {
                let finding = Diagnostic::new(&rules::TENURE_REVERSED, here("until"));
                findings.push(finding.with("from", from.to_string()).with("until", until.to_string()));
            }
            match holder.r#as.unwrap_or(CapacityName::Definitive) {
                CapacityName::Definitive => {
                    if holder.mandate.is_some() || holder.decides {
                        let key = if holder.decides { "decides" } else { "mandate" };
                        let finding = Diagnostic::new(&rules::MANDATE_OF_HOLDER, here(key));
                        findings.push(finding.with("person", holder.person.as_str()));
                    }
                }
                capacity => self.acting(findings, place, holder, capacity),
            }
        }
    }

    /// An acting officer: with a mandate, for a limited time, and only while the holder is away or the post vacant.
    fn acting(&self, findings: &mut Vec<Diagnostic>, place: usize, holder: &Holder, capacity: CapacityName) {
        let here = |key: &str| Pointer::root().key("holders").index(place).key(key);
        if holder.mandate.is_none() {
            let finding = Diagnostic::new(&rules::ACTING_WITHOUT_MANDATE, here("as"));
            findings.push(finding.with("person", holder.person.as_str()));
        }
        let (Some(from), Some(until)) = (holder.from, holder.until) else {
            let finding = Diagnostic::new(&rules::ACTING_WITHOUT_END, here("as"));
            findings.push(finding.with("person", holder.person.as_str()));
            return;
        };
        let days = until.days().saturating_sub(from.days()).saturating_add(1);
        let definitive = self.file.holders.iter().filter(|other| {
            other.post == holder.post
                && (other.r#for == holder.r#for || other.r#for.is_none())
                && other.r#as.unwrap_or(CapacityName::Definitive) == CapacityName::Definitive
                && other.from.is_none_or(|begin| begin <= until)
                && other.until.is_none_or(|end| end >= from)
        });
        if capacity == CapacityName::Plh {
            if days > PLH_DAYS {
                findings.push(Diagnostic::new(&rules::PLH_TOO_LONG, here("until")).with("days", days));
            }
            let covered = definitive.clone().any(|definitive| {
                self.file.absences.iter().any(|absence| {
                    absence.person == definitive.person && absence.from <= from && absence.until >= until
                })
            });
            if !covered {
                let finding = Diagnostic::new(&rules::PLH_WITHOUT_ABSENCE, here("from"));
                findings.push(finding.with("person", holder.person.as_str()).with("post", holder.post.as_str()));
            }
        } else {
            if days > PLT_DAYS {
                findings.push(Diagnostic::new(&rules::PLT_TOO_LONG, here("until")).with("days", days));
            }
            if let Some(definitive) = definitive.clone().next() {
                let finding = Diagnostic::new(&rules::PLT_BESIDE_HOLDER, here("as"));
                findings.push(finding.with("post", holder.post.as_str()).with("holder", definitive.person.as_str()));
            }
        }
    }

    fn absences(&self, findings: &mut Vec<Diagnostic>) {
        for (place, absence) in self.file.absences.iter().enumerate() {
            let here = |key: &str| Pointer::root().key("absences").index(place).key(key);
            if !self.knows(&absence.person) {
                let finding = Diagnostic::new(&rules::DIRECTORY_UNKNOWN_PERSON, here("person"));
                findings.push(finding.with("person", absence.person.as_str()));
            }
            if absence.from > absence.until {
                let finding = Diagnostic::new(&rules::ABSENCE_REVERSED, here("until"));
                findings.push(finding.with("from", absence.from.to_string()).with("until", absence.until.to_string()));
            }
        }
    }
}
