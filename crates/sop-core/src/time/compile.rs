//! From a calendar file to a [`Calendar`]: every check, and the table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{
    calendar::{Calendar, Closing, Day, Pattern, Revision, Told, Week},
    calendar_file::Weekday,
    calendar_file::{CalendarFile, Holiday, Hours, Opening},
    calendar_problem::{CalendarProblem, CalendarProblemKind, Counted, Place},
    date::Date,
    instant::Zone,
};

/// The version of the format that is read here.
const FORMAT: u32 = 1;
/// The longest table, in days: a hundred years.
const MAX_DAYS: i32 = 36_525;

/// Compiles a file; the public door is [`Calendar::compile`].
pub(super) fn compile(file: &CalendarFile, zone: Zone) -> Result<Calendar, Vec<CalendarProblem>> {
    let mut check = Check { problems: Vec::new() };
    check.heading(file);
    check.sources(file);
    let weeks: Vec<[Pattern; 7]> =
        file.hours.iter().take(Check::MAX_HOURS).enumerate().map(|(index, hours)| check.week(index, hours)).collect();
    let span = check.span(file);
    if let Some((first, days)) = span {
        check.holidays(file, first);
        let table = Table { file, weeks, first, days };
        let calendar = table.build(zone, &mut check);
        if let (Some(calendar), true) = (calendar, check.problems.is_empty()) {
            return Ok(calendar);
        }
    }
    Err(check.problems)
}

/// Collects problems.
struct Check {
    problems: Vec<CalendarProblem>,
}

impl Check {
    const MAX_SOURCES: usize = 1_000;
    const MAX_HOURS: usize = 1_000;
    const MAX_HOLIDAYS: usize = 10_000;

    fn report(&mut self, at: &[Place], kind: CalendarProblemKind) {
        self.problems.push(CalendarProblem { at: at.to_vec(), kind });
    }

    fn text(&mut self, at: &[Place], text: &str) {
        if text.trim().is_empty() {
            self.report(at, CalendarProblemKind::Blank);
        }
    }

    fn count(&mut self, at: &[Place], what: Counted, found: usize, limit: usize) {
        if found > limit {
            self.report(at, CalendarProblemKind::TooMany { what, limit });
        }
    }

    fn heading(&mut self, file: &CalendarFile) {
        if file.format != FORMAT {
            let found = file.format;
            self.report(&[Place::Key("format")], CalendarProblemKind::UnsupportedFormat { found });
        }
        self.text(&[Place::Key("id")], &file.id);
        self.text(&[Place::Key("title")], &file.title);
    }

    /// The sources themselves, and that every entry names one of them.
    fn sources(&mut self, file: &CalendarFile) {
        let key = Place::Key("sources");
        self.count(&[key], Counted::Sources, file.sources.len(), Self::MAX_SOURCES);
        let mut known = BTreeSet::new();
        for (index, source) in file.sources.iter().enumerate() {
            let at = |field| [key, Place::Index(index), Place::Key(field)];
            self.text(&at("id"), &source.id);
            self.text(&at("title"), &source.title);
            if !known.insert(source.id.as_str()) {
                let id = source.id.clone();
                self.report(&at("id"), CalendarProblemKind::DuplicateSource { id });
            }
        }
        let hours = file.hours.iter().enumerate();
        let hours = hours.map(|(index, entry)| ("hours", index, &entry.title, &entry.source));
        let days = file.holidays.iter().enumerate();
        let days = days.map(|(index, entry)| ("holidays", index, &entry.title, &entry.source));
        for (list, index, title, source) in hours.chain(days) {
            let at = |field| [Place::Key(list), Place::Index(index), Place::Key(field)];
            self.text(&at("title"), title);
            if !known.contains(source.as_str()) {
                let id = source.clone();
                self.report(&at("source"), CalendarProblemKind::UnknownSource { id });
            }
        }
    }

    /// The patterns of a week, Monday first; days with problems are left closed.
    fn week(&mut self, index: usize, hours: &Hours) -> [Pattern; 7] {
        let mut week = [Pattern::default(); 7];
        let mut named = BTreeSet::new();
        for (block, entry) in hours.week.iter().enumerate() {
            let at = [Place::Key("hours"), Place::Index(index), Place::Key("week"), Place::Index(block)];
            let pattern = self.pattern(&at, &entry.open);
            for (place, &day) in entry.days.iter().enumerate() {
                if !named.insert(day) {
                    let place = [Place::Key("days"), Place::Index(place)];
                    let kind = CalendarProblemKind::DuplicateWeekday { day };
                    self.report(&[&at[..], &place].concat(), kind);
                } else if let Some(slot) = week.get_mut(day as usize) {
                    *slot = pattern;
                }
            }
        }
        week
    }

    /// The openings of a day in order, those that touch joined into one.
    fn pattern(&mut self, block: &[Place], open: &[Opening]) -> Pattern {
        let at = |index| [block, &[Place::Key("open"), Place::Index(index)]].concat();
        let mut openings: Vec<(Opening, usize)> = Vec::new();
        for (index, &opening) in open.iter().enumerate() {
            let Opening(from, until) = opening;
            if from == until {
                self.report(&at(index), CalendarProblemKind::OpeningEmpty { opening });
            } else if from > until {
                self.report(&at(index), CalendarProblemKind::OpeningReversed { opening });
            } else {
                openings.push((opening, index));
            }
        }
        openings.sort_unstable();
        let mut joined: Vec<(u16, u16)> = Vec::new();
        let mut latest: Option<Opening> = None;
        for (second, index) in openings {
            let (from, until) = (second.0.minutes(), second.1.minutes());
            match (latest, joined.last_mut()) {
                (Some(first), _) if first.1 > second.0 => {
                    let kind = CalendarProblemKind::OpeningsOverlap { first, second };
                    self.report(&at(index), kind);
                }
                (_, Some((_, close))) if *close == from => *close = until,
                _ => joined.push((from, until)),
            }
            latest = Some(latest.filter(|first| first.1 > second.1).unwrap_or(second));
        }
        let places = [block, &[Place::Key("open")]].concat();
        self.count(&places, Counted::Openings, joined.len(), Pattern::MAX);
        let mut pattern = Pattern::default();
        for (slot, opening) in pattern.openings.iter_mut().zip(joined) {
            *slot = opening;
            pattern.count += 1;
        }
        pattern
    }

    /// The first date with hours, and the number of days up to the last known date.
    fn span(&mut self, file: &CalendarFile) -> Option<(Date, usize)> {
        let key = Place::Key("hours");
        let until = file.valid_through;
        self.count(&[key], Counted::Hours, file.hours.len(), Self::MAX_HOURS);
        if file.hours.is_empty() {
            self.report(&[key], CalendarProblemKind::NoHours);
        }
        let mut first: Option<Date> = None;
        for (index, hours) in file.hours.iter().enumerate() {
            let at = |field| [key, Place::Index(index), Place::Key(field)];
            if let Some(last) = hours.until.filter(|&last| last < hours.from) {
                let kind = CalendarProblemKind::FromAfterUntil { from: hours.from, until: last };
                self.report(&at("until"), kind);
            } else if hours.from > until {
                let (from, valid_through) = (hours.from, until);
                let kind = CalendarProblemKind::HoursAfterValidThrough { from, valid_through };
                self.report(&at("from"), kind);
            } else {
                first = Some(first.map_or(hours.from, |first| first.min(hours.from)));
            }
        }
        let from = first?;
        let days = until.days() - from.days() + 1;
        if days > MAX_DAYS {
            let kind = CalendarProblemKind::PeriodTooLong { from, until };
            self.report(&[Place::Key("valid_through")], kind);
            return None;
        }
        Some((from, usize::try_from(days).ok()?))
    }

    fn holidays(&mut self, file: &CalendarFile, from: Date) {
        let key = Place::Key("holidays");
        self.count(&[key], Counted::Holidays, file.holidays.len(), Self::MAX_HOLIDAYS);
        let until = file.valid_through;
        let mut seen = BTreeMap::new();
        for (index, holiday) in file.holidays.iter().enumerate() {
            let at = [key, Place::Index(index), Place::Key("date")];
            let date = holiday.date;
            if date < from || date > until {
                self.report(&at, CalendarProblemKind::HolidayOutside { date, from, until });
            }
            if let Some(&first) = seen.get(&date) {
                self.report(&at, CalendarProblemKind::DuplicateHoliday { date, first });
            } else {
                seen.insert(date, index);
            }
        }
    }
}

/// The checked parts from which the table is built.
struct Table<'f> {
    file: &'f CalendarFile,
    /// The patterns of each entry of `hours`.
    weeks: Vec<[Pattern; 7]>,
    first: Date,
    days: usize,
}

impl Table<'_> {
    fn build(&self, zone: Zone, check: &mut Check) -> Option<Calendar> {
        let in_force = self.in_force(check);
        let mut closed = BTreeMap::new();
        for holiday in &self.file.holidays {
            let estimated = closed.entry(holiday.date).or_insert(false);
            *estimated |= holiday.estimated;
        }
        let mut patterns: Vec<Pattern> = vec![Pattern::default()];
        let mut numbers = BTreeMap::from([(Pattern::default(), 0_u16)]);
        let mut days = Vec::with_capacity(self.days.saturating_add(1));
        let (mut worked, mut estimated) = (0_u32, 0_u32);
        for (offset, entry) in (0_i32..).zip(&in_force) {
            let date = self.first.plus_days(offset)?;
            let holiday = closed.get(&date).copied();
            let pattern = match (holiday, *entry) {
                (None, Some(entry)) => self.pattern(entry, date.weekday())?,
                _ => Pattern::default(),
            };
            let number = match numbers.get(&pattern) {
                Some(&number) => number,
                None => {
                    let number = u16::try_from(patterns.len()).ok()?;
                    patterns.push(pattern);
                    numbers.insert(pattern, number);
                    number
                }
            };
            days.push(Day { worked, estimated, pattern: number });
            worked += pattern.minutes();
            let hours = entry.and_then(|entry| self.file.hours.get(entry));
            let guess = holiday.unwrap_or(false) || hours.is_some_and(|hours| hours.estimated);
            estimated += u32::from(guess);
        }
        days.push(Day { worked, estimated, pattern: 0 });

        let base = |date, in_force: Option<&Option<usize>>| {
            let endless = self.file.hours.iter().zip(0..self.weeks.len());
            let endless = endless.filter(|(hours, _)| hours.until.is_none() && hours.from <= date);
            endless.map(|(_, index)| index).next_back().or(*in_force?)
        };
        let valid_through = self.file.valid_through;
        let earlier = base(self.first, in_force.first())?;
        let later = base(valid_through, in_force.last())?;
        let before = self.week_from(earlier, self.first.weekday())?;
        let next = valid_through.days().saturating_add(1).saturating_add(3).rem_euclid(7);
        let after = self.week_from(later, *Weekday::ALL.get(usize::try_from(next).ok()?)?)?;
        if worked == 0 {
            check.report(&[Place::Key("hours")], CalendarProblemKind::NoWorkingHours);
        } else if after.total() == 0 {
            let at = [Place::Key("hours"), Place::Index(later), Place::Key("week")];
            check.report(&at, CalendarProblemKind::NoHoursAfterwards);
        }
        let mut calendar = Calendar {
            zone,
            first: i64::from(self.first.days()),
            days: days.into(),
            patterns: patterns.into(),
            before,
            after,
            valid_through,
            revision: Revision(0),
            told: Arc::new(told(self.file)),
        };
        calendar.revision = revision(&calendar);
        Some(calendar)
    }

    /// For each day the entry of `hours` in force: the last in the list that covers it.
    fn in_force(&self, check: &mut Check) -> Vec<Option<usize>> {
        let mut in_force = vec![None; self.days];
        let day = |date: Date| usize::try_from(date.days() - self.first.days()).unwrap_or(0).min(self.days);
        for (index, hours) in self.file.hours.iter().take(self.weeks.len()).enumerate() {
            let until = hours.until.unwrap_or(self.file.valid_through);
            // Entries that end before they begin have been reported, and cover nothing.
            let end = until.plus_days(1).map_or(self.days, day);
            for entry in in_force.get_mut(day(hours.from)..end).unwrap_or_default() {
                *entry = Some(index);
            }
        }
        let used: BTreeSet<usize> = in_force.iter().flatten().copied().collect();
        for (index, hours) in self.file.hours.iter().take(self.weeks.len()).enumerate() {
            let covers = hours.until.is_none_or(|until| until >= hours.from) && hours.from <= self.file.valid_through;
            if covers && !used.contains(&index) {
                let at = [Place::Key("hours"), Place::Index(index)];
                check.report(&at, CalendarProblemKind::HoursNeverApply);
            }
        }
        self.report_gaps(&in_force, check);
        in_force
    }

    fn report_gaps(&self, in_force: &[Option<usize>], check: &mut Check) {
        let mut gap: Option<(Date, Date)> = None;
        let end = [Some(0)];
        for (offset, entry) in (0_i32..).zip(in_force.iter().chain(&end)) {
            match (entry, self.first.plus_days(offset)) {
                (None, Some(date)) => gap = Some((gap.map_or(date, |(from, _)| from), date)),
                _ => {
                    if let Some((from, until)) = gap.take() {
                        let kind = CalendarProblemKind::Gap { from, until };
                        check.report(&[Place::Key("hours")], kind);
                    }
                }
            }
        }
    }

    fn pattern(&self, entry: usize, day: Weekday) -> Option<Pattern> {
        self.weeks.get(entry)?.get(day as usize).copied()
    }

    /// The week of an entry, counted from a weekday.
    fn week_from(&self, entry: usize, day: Weekday) -> Option<Week> {
        let mut patterns = *self.weeks.get(entry)?;
        patterns.rotate_left(day as usize);
        Some(Week::new(patterns))
    }
}

/// Hashes what decides results, with every list preceded by its length.
fn revision(calendar: &Calendar) -> Revision {
    let mut hash = Sha256::new();
    hash.update(b"sop calendar revision 1\0");
    hash.update(calendar.zone.offset_minutes().to_be_bytes());
    hash.update(calendar.first.to_be_bytes());
    let mut pattern = |pattern: &Pattern, estimated: bool| {
        hash.update([u8::from(estimated), pattern.count]);
        for (open, close) in pattern.openings() {
            hash.update(open.to_be_bytes());
            hash.update(close.to_be_bytes());
        }
    };
    for week in [&calendar.before, &calendar.after] {
        week.patterns().iter().for_each(|day| pattern(day, true));
    }
    for pair in calendar.days.windows(2) {
        let [day, next] = pair else { continue };
        if let Some(found) = calendar.patterns.get(usize::from(day.pattern)) {
            pattern(found, next.estimated > day.estimated);
        }
    }
    // The end of the table needs no length of its own: nothing follows it.
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(hash.finalize());
    Revision(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

/// What the file says to people.
fn told(file: &CalendarFile) -> Told {
    let closing =
        |holiday: &Holiday| Closing { title: holiday.title.clone(), kind: holiday.kind, estimated: holiday.estimated };
    Told {
        title: file.title.clone(),
        closings: file.holidays.iter().map(|holiday| (holiday.date, closing(holiday))).collect(),
        notes: file.notes.clone(),
    }
}
