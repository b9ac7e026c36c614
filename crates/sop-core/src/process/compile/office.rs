//! The office file, checked: what every definition of the office is compiled with.

use std::collections::{BTreeMap, BTreeSet};

use crate::definition::{DayMeaning, Office};
use crate::diagnostic::{Both, Diagnostic, Diagnostics, Severity, rules};
use crate::format::Poisoned;
use crate::process::tables::Timing;
use crate::text::Pointer;
use crate::time::{DayKind, DurationRules, Waktu, Zone};

/// An office whose file has no error: zone and durations read, every reference leading somewhere.
#[derive(Debug, Clone)]
pub struct CheckedOffice {
    office: Office,
    zone: Zone,
    durations: DurationRules,
    timings: Vec<Timing>,
}

impl CheckedOffice {
    /// The file.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// The zone of its clocks.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// What 'hari', 'minggu' and 'bulan' mean.
    pub fn durations(&self) -> &DurationRules {
        &self.durations
    }

    /// When a rung of the default ladder fires.
    pub(super) fn timing(&self, rung: usize) -> Option<Timing> {
        self.timings.get(rung).copied()
    }
}

/// Checks an office file.
///
/// The office is there if there is no error; the findings are all there are, with pointers into its file.
pub fn check_office(office: &Office, poisoned: &Poisoned) -> (Option<CheckedOffice>, Diagnostics) {
    let mut findings: Vec<Diagnostic> = Vec::new();
    let root = Pointer::root();
    if let Some(schema) = office.schema.as_deref()
        && schema.rsplit(['/', '\\']).next() != Some("office.schema.json")
    {
        let finding = Diagnostic::new(&rules::FOREIGN_SCHEMA, root.key("$schema"));
        findings.push(finding.with("found", schema).with("expected", "office.schema.json"));
    }
    let zone = match Zone::parse(&office.zone.offset, &office.zone.label) {
        Ok(zone) => Some(zone),
        Err(error) => {
            let pointer = root.key("zone").key("offset");
            let finding = Diagnostic::new(&rules::BAD_ZONE, pointer).with("offset", office.zone.offset.as_str());
            findings.push(finding.with("reason", crate::time::explain_zone(error)));
            None
        }
    };
    let days = &office.durations;
    let kind = match days.day {
        DayMeaning::Working => DayKind::Working,
        DayMeaning::Calendar => DayKind::Calendar,
    };
    let durations = match DurationRules::new(days.minutes_per_day, days.days_per_week, days.days_per_month, kind) {
        Ok(durations) => Some(durations),
        Err(errors) => {
            for error in errors {
                let pointer = root.key("durations").key(error.rule.key());
                let finding = Diagnostic::new(&rules::DURATION_OUT_OF_BOUNDS, pointer).with("key", error.rule.key());
                findings.push(finding.with("found", error.found).with("max", error.rule.max()));
            }
            None
        }
    };
    duplicates(&mut findings, office.posts.iter().map(|post| post.id.as_str()), "posts");
    duplicates(&mut findings, office.units.iter().map(|unit| unit.id.as_str()), "units");
    duplicates(&mut findings, office.registers.iter().map(|register| register.id.as_str()), "registers");
    superiors(&mut findings, office, poisoned);
    for (place, register) in office.registers.iter().enumerate() {
        let pointer = root.key("registers").index(place).key("pattern");
        if !register.pattern.contains("{number}") {
            findings.push(Diagnostic::new(&rules::PATTERN_WITHOUT_NUMBER, pointer.clone()));
        }
        if register.yearly.0 && poisoned.is_empty() && !register.pattern.contains("{year}") {
            findings.push(Diagnostic::new(&rules::PATTERN_WITHOUT_YEAR, pointer));
        }
    }
    let timings = match &durations {
        Some(durations) => rungs(&mut findings, office, durations),
        None => Vec::new(),
    };
    let failed = findings.iter().any(|finding| finding.severity() == Severity::Error);
    let mut diagnostics = Diagnostics::from(findings);
    diagnostics.sort();
    let checked = match (zone, durations) {
        (Some(zone), Some(durations)) if !failed => {
            Some(CheckedOffice { office: office.clone(), zone, durations, timings })
        }
        _ => None,
    };
    (checked, diagnostics)
}

fn duplicates<'o>(findings: &mut Vec<Diagnostic>, ids: impl Iterator<Item = &'o str>, key: &str) {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, id) in ids.enumerate() {
        let pointer = |place: usize| Pointer::root().key(key).index(place).key("id");
        match known.get(id) {
            Some(&first) => {
                let first = crate::diagnostic::Label::new(pointer(first));
                let first = first.saying(Both { id: "pertama kali di sini", en: "first here" });
                findings.push(Diagnostic::new(&rules::DUPLICATE_ID, pointer(place)).with("id", id).label(first));
            }
            None => {
                known.insert(id, place);
            }
        }
    }
}

/// Every superior is a post, and nobody stands above themselves.
fn superiors(findings: &mut Vec<Diagnostic>, office: &Office, poisoned: &Poisoned) {
    let above: BTreeMap<&str, &str> =
        office.posts.iter().filter_map(|post| Some((post.id.as_str(), post.superior.as_ref()?.as_str()))).collect();
    // A circle is told once, at the first of its posts.
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (place, post) in office.posts.iter().enumerate() {
        let Some(superior) = &post.superior else { continue };
        let pointer = Pointer::root().key("posts").index(place).key("superior");
        if !office.posts.iter().any(|other| other.id == *superior) {
            if !poisoned.has_id(superior.as_str()) {
                let finding = Diagnostic::new(&rules::DANGLING_REFERENCE, pointer).with("key", "superior");
                let finding = finding.with("kind", Both { id: "jabatan", en: "post" }).with("id", superior.as_str());
                findings.push(finding);
            }
            continue;
        }
        let mut climbed = vec![post.id.as_str()];
        let circle = (0..office.posts.len()).any(|_| match climbed.last().and_then(|last| above.get(last)) {
            Some(next) => {
                climbed.push(next);
                *next == post.id.as_str()
            }
            None => false,
        });
        if circle && !told.contains(post.id.as_str()) {
            told.extend(climbed);
            findings.push(Diagnostic::new(&rules::SUPERIOR_CIRCLE, pointer).with("post", post.id.as_str()));
        }
    }
}

fn rungs(findings: &mut Vec<Diagnostic>, office: &Office, durations: &DurationRules) -> Vec<Timing> {
    let mut timings = Vec::new();
    for (place, rung) in office.overdue.iter().enumerate() {
        let here = Pointer::root().key("overdue").index(place);
        let (text, key) = match (&rung.after, &rung.every) {
            (Some(after), _) => (after, "after"),
            (None, Some(every)) => (every, "every"),
            (None, None) => continue,
        };
        if key == "every" && super::ladders::acts(rung) {
            findings.push(Diagnostic::new(&rules::ONLY_REMINDERS_REPEAT, here.key(key)));
        }
        match Waktu::parse(text) {
            Err(error) => findings.push(super::time::unreadable(text, &here.key(key), &error)),
            Ok(waktu) => match waktu.budget(durations) {
                None => findings
                    .push(Diagnostic::new(&rules::TIME_WITHOUT_DURATION, here.key(key)).with("text", text.as_str())),
                Some(budget) if key == "every" && budget.minutes() == 0 => {
                    findings.push(Diagnostic::new(&rules::TIME_ZERO, here.key(key)));
                }
                Some(budget) if key == "after" => timings.push(Timing::After(budget)),
                Some(budget) => timings.push(Timing::Every(budget)),
            },
        }
    }
    timings
}
