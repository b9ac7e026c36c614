//! Working-time arithmetic on a compiled calendar.
//!
//! The idea: every instant has a *position*, the working time between the start of the table and
//! it; before the start it is negative. The position never falls as time goes on, and stands still
//! while the office is closed. Measuring is then a subtraction, and adding is finding the earliest
//! instant with a given position. A table with the position of every midnight makes both take the
//! same few steps, however far apart the instants are; where the table ends, weeks repeat, and
//! division replaces the search.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{
    calendar_file::{CalendarFile, HolidayKind},
    calendar_problem::CalendarProblem,
    compile,
    date::Date,
    instant::{DAY, Instant, MINUTE, Zone},
    span::{Budget, Measure, Millis},
};

/// The number of days that a search walks before it bisects: most due dates are within two or three weeks.
const WALK: usize = 24;

/// A compiled calendar: weekly hours, holidays and zone, ready for arithmetic. Immutable.
///
/// Three laws hold for all instants `a`, `c` and amounts `b`, as long as nothing saturates:
/// `measure(a, add(a, b).at) == b`; `add(a, measure(a, c)).at` is the earliest instant not before
/// `a` that has the position of `c`; and `add(a, 0).at == a`, even if the office is closed then.
///
/// An office is open from an opening time, included, to a closing time, not included. The *due*
/// instant of a budget is nevertheless the earliest at which it is used up, and so may be a closing
/// time: who begins at 15:30 with 30 minutes is due at 16:00, not at 07:30 on the next day.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub(super) zone: Zone,
    /// The first day of the table, in days since 1970-01-01.
    pub(super) first: i64,
    /// One entry for each day of the table, and one for the midnight that ends it.
    pub(super) days: Box<[Day]>,
    /// The different days that occur in the table.
    pub(super) patterns: Box<[Pattern]>,
    /// The week that repeats before the table, counted from the weekday of the first day.
    pub(super) before: Week,
    /// The week that repeats after the table, counted from the weekday of the day after it.
    pub(super) after: Week,
    pub(super) valid_through: Date,
    pub(super) revision: Revision,
    /// What people ask a calendar besides: it decides nothing.
    pub(super) told: Arc<Told>,
}

/// What a calendar says to people.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) title: String,
    pub(super) closings: BTreeMap<Date, Closing>,
    pub(super) notes: Vec<String>,
}

/// Why an office is closed on a date on which it would be open by its weekly hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The occasion, as the decree names it.
    pub title: String,
    /// Who laid it down.
    pub kind: HolidayKind,
    /// True if the date is expected and not yet certain.
    pub estimated: bool,
}

/// A day of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    /// Working minutes of the table before this day.
    pub(super) worked: u32,
    /// Days of the table before this day that rest on an estimate.
    pub(super) estimated: u32,
    /// Which of the calendar's patterns this day follows.
    pub(super) pattern: u16,
}

/// When the office is open on a day: openings in order, apart from each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern {
    pub(super) count: u8,
    /// Opening and closing in minutes of the day; unused places are zero.
    pub(super) openings: [(u16, u16); Pattern::MAX],
}

impl Pattern {
    /// The most openings that a day may have.
    pub(super) const MAX: usize = 8;

    pub(super) fn openings(&self) -> &[(u16, u16)] {
        self.openings.get(..usize::from(self.count)).unwrap_or_default()
    }

    pub(super) fn minutes(&self) -> u32 {
        self.openings().iter().map(|&(open, close)| u32::from(close.saturating_sub(open))).sum()
    }

    /// Working milliseconds from midnight to a millisecond of the day.
    #[inline]
    fn worked(&self, time: i64) -> i64 {
        let mut worked = 0;
        for &(open, close) in self.openings() {
            let (open, close) = (i64::from(open) * MINUTE, i64::from(close) * MINUTE);
            if time <= open {
                break;
            }
            worked += time.min(close) - open;
        }
        worked
    }

    /// The first millisecond of the day by which `work` (more than none) has been done.
    #[inline]
    fn reached(&self, mut work: i64) -> i64 {
        for &(open, close) in self.openings() {
            let (open, close) = (i64::from(open) * MINUTE, i64::from(close) * MINUTE);
            if work <= close - open {
                return open + work;
            }
            work -= close - open;
        }
        // Not reached: callers ask only for work that the day offers.
        DAY
    }
}

/// A week that repeats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Week {
    patterns: [Pattern; 7],
    /// Working minutes of the week before each of its days, and of all of it.
    worked: [u32; 8],
}

impl Week {
    pub(super) fn new(patterns: [Pattern; 7]) -> Self {
        let mut worked = [0; 8];
        let mut sum = 0;
        for (pattern, worked) in patterns.iter().zip(worked.iter_mut().skip(1)) {
            sum += pattern.minutes();
            *worked = sum;
        }
        Self { patterns, worked }
    }

    pub(super) fn patterns(&self) -> &[Pattern; 7] {
        &self.patterns
    }

    /// Working milliseconds of a week.
    pub(super) fn total(&self) -> i64 {
        let [.., total] = self.worked;
        i64::from(total) * MINUTE
    }

    /// The position of a time of the day `days` after the week's start; negative before it.
    fn position(&self, days: i64, time: i64) -> i64 {
        let day = usize::try_from(days.rem_euclid(7)).unwrap_or(0);
        let worked = self.worked.get(day).copied().map_or(0, i64::from) * MINUTE;
        let today = self.patterns.get(day).map_or(0, |pattern| pattern.worked(time));
        days.div_euclid(7) * self.total() + worked + today
    }

    /// The day after the week's start and the millisecond of that day which first has a position.
    /// None if the week has no working time.
    fn earliest(&self, position: i64) -> Option<(i64, i64)> {
        // The weeks left behind are those after which some of the position is still to be worked.
        let weeks = position.checked_sub(1)?.checked_div_euclid(self.total())?;
        let work = position - weeks * self.total();
        let before = self.worked.iter().take_while(|&&worked| i64::from(worked) * MINUTE < work);
        let day = before.count().checked_sub(1)?;
        let work = work - i64::from(*self.worked.get(day)?) * MINUTE;
        let time = self.patterns.get(day)?.reached(work);
        Some((weeks.checked_mul(7)?.checked_add(i64::try_from(day).ok()?)?, time))
    }
}

/// When a budget is used up, and whether that is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Due {
    /// The instant; [`Instant::MAX`] if it would be later than that.
    pub at: Instant,
    /// True if some day on the way, from the first to the last, has hours or a holiday that are
    /// themselves estimated, or lies outside the dates that the calendar knows.
    pub estimated: bool,
}

/// Says which version of a calendar something was computed with.
///
/// The first eight bytes of a SHA-256 over what decides results: offset, dates, hours, holidays
/// and estimates. Two files that differ only in titles, sources or layout have the same revision.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl Revision {
    /// As it is written. Almost every record has one.
    fn text(self) -> [u8; 16] {
        let mut text = [0; 16];
        for (digits, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0.to_be_bytes()) {
            *digits = [byte >> 4, byte & 0xf].map(|digit| if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
        }
        text
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Calendar {
    /// Checks a calendar file and compiles it for an office in `zone`.
    ///
    /// Outside the dates from the first `from` to `valid_through` the usual week goes on without
    /// holidays: that of the last entry in the list which covers the nearest known date and has no
    /// end; failing that, of whichever entry is in force then. Results there are estimated.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in its order.
    pub fn compile(file: &CalendarFile, zone: Zone) -> Result<Self, Vec<CalendarProblem>> {
        compile::compile(file, zone)
    }

    /// The earliest instant by which `amount` of working time has passed since `from`.
    ///
    /// Nothing added is `from` itself.
    #[must_use]
    pub fn add(&self, from: Instant, amount: Millis) -> Due {
        if amount == Millis::ZERO {
            return Due { at: from, estimated: false };
        }
        self.add_some(from, amount).unwrap_or(Due { at: Instant::MAX, estimated: true })
    }

    /// The instants by which two amounts of working time have passed, the second after the first: as
    /// [`Self::add`] twice, for less.
    #[must_use]
    pub fn add_in_turn(&self, from: Instant, first: Millis, second: Millis) -> (Instant, Instant) {
        if first == Millis::ZERO || second == Millis::ZERO {
            let at = self.add(from, first).at;
            return (at, self.add(at, second).at);
        }
        let (start, position) = self.position(self.local(from));
        let reach = |amount: Millis| {
            let target = position.checked_add(i64::try_from(amount.0).ok()?)?;
            let (day, time) = self.earliest(start, target)?;
            let local = day.checked_add(self.first)?.checked_mul(DAY)?.checked_add(time)?;
            Instant::from_millis(local.checked_sub(self.zone.offset_millis())?)
        };
        (reach(first).unwrap_or(Instant::MAX), reach(first.saturating_add(second)).unwrap_or(Instant::MAX))
    }

    /// The earliest instant from which `amount` of working time passes until `to`: [`Self::add`] backwards.
    #[must_use]
    pub fn subtract(&self, to: Instant, amount: Millis) -> Instant {
        if amount == Millis::ZERO {
            return to;
        }
        let reach = || {
            let (_, position) = self.position(self.local(to));
            let target = position.checked_sub(i64::try_from(amount.0).ok()?)?;
            let (day, time) = self.earliest(0, target)?;
            let local = day.checked_add(self.first)?.checked_mul(DAY)?.checked_add(time)?;
            Instant::from_millis(local.checked_sub(self.zone.offset_millis())?)
        };
        reach().unwrap_or(Instant::MIN)
    }

    /// [`Self::subtract`] on the clock that is asked for.
    #[must_use]
    pub fn subtract_by(&self, measure: Measure, to: Instant, amount: Millis) -> Instant {
        match measure {
            Measure::Working => self.subtract(to, amount),
            Measure::Elapsed => {
                let at = i64::try_from(amount.0).ok().and_then(|amount| to.millis().checked_sub(amount));
                at.and_then(Instant::from_millis).unwrap_or(Instant::MIN)
            }
        }
    }

    /// When a budget that starts at `from` is used up. An elapsed budget is never an estimate.
    #[must_use]
    pub fn add_budget(&self, from: Instant, budget: Budget) -> Due {
        self.add_by(budget.measure(), from, budget.amount())
    }

    /// [`Self::add`] on the clock that is asked for.
    #[must_use]
    pub fn add_by(&self, measure: Measure, from: Instant, amount: Millis) -> Due {
        match measure {
            Measure::Working => self.add(from, amount),
            Measure::Elapsed => {
                let at = i64::try_from(amount.0).ok();
                let at = at.and_then(|amount| from.millis().checked_add(amount));
                let at = at.and_then(Instant::from_millis).unwrap_or(Instant::MAX);
                Due { at, estimated: false }
            }
        }
    }

    /// The working time between two instants; none if the second isn't later.
    #[must_use]
    pub fn measure(&self, from: Instant, to: Instant) -> Millis {
        if to <= from {
            return Millis::ZERO;
        }
        let worked = self.position(self.local(to)).1 - self.position(self.local(from)).1;
        Millis(u64::try_from(worked).unwrap_or(0))
    }

    /// [`Self::measure`] on the clock that is asked for.
    #[must_use]
    pub fn measure_by(&self, measure: Measure, from: Instant, to: Instant) -> Millis {
        match measure {
            Measure::Working => self.measure(from, to),
            Measure::Elapsed => Millis(u64::try_from(to.millis() - from.millis()).unwrap_or(0)),
        }
    }

    /// True if what lies between two instants, both days included, rests on an estimate.
    #[must_use]
    pub fn is_estimated(&self, from: Instant, to: Instant) -> bool {
        let (from, to) = (self.local(from.min(to)), self.local(from.max(to)));
        self.rests_on_estimate(from.div_euclid(DAY) - self.first, to.div_euclid(DAY) - self.first)
    }

    /// True if the office is open at an instant.
    #[must_use]
    pub fn is_open(&self, instant: Instant) -> bool {
        // Open means that the next millisecond is worked.
        let local = self.local(instant);
        self.position(local + 1).1 > self.position(local).1
    }

    /// The instant itself if the office is open then, otherwise when it next opens.
    #[must_use]
    pub fn next_opening(&self, instant: Instant) -> Due {
        // By the time that a millisecond has been worked, the office has been open for just that.
        let Due { at, estimated } = self.add(instant, Millis(1));
        let opening = Instant::from_millis(at.millis() - 1).map_or(instant, |at| at.max(instant));
        // Where there is no opening before the end of time, the end it is, as for `add`.
        if self.is_open(opening) { Due { at: opening, estimated } } else { Due { at, estimated } }
    }

    /// Why the office is closed on a date, if it is a holiday.
    #[must_use]
    pub fn closing(&self, date: Date) -> Option<&Closing> {
        self.told.closings.get(&date)
    }

    /// What people call the calendar.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.told.title
    }

    /// The remarks of whoever maintains the calendar: what about it is not certain, and why.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.told.notes
    }

    /// The working minutes of a date.
    #[must_use]
    pub fn working_minutes(&self, date: Date) -> u32 {
        self.pattern(i64::from(date.days()) - self.first).map_or(0, Pattern::minutes)
    }

    /// The opening and closing times of a date, in minutes of the day.
    pub fn openings(&self, date: Date) -> impl Iterator<Item = (u16, u16)> + '_ {
        let pattern = self.pattern(i64::from(date.days()) - self.first);
        pattern.map(Pattern::openings).unwrap_or_default().iter().copied()
    }

    /// The zone that the hours are meant in.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The last date whose hours and holidays are known.
    #[must_use]
    pub const fn valid_through(&self) -> Date {
        self.valid_through
    }

    /// The version of what decides the results of this calendar.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Milliseconds on the office's clock since 1970-01-01 00:00 on that clock.
    fn local(&self, instant: Instant) -> i64 {
        instant.millis() + self.zone.offset_millis()
    }

    /// The number of days that the table has.
    fn len(&self) -> usize {
        self.days.len().saturating_sub(1)
    }

    /// [`Self::add`] for some working time; none if the result is past the last instant.
    #[inline]
    fn add_some(&self, from: Instant, amount: Millis) -> Option<Due> {
        let (start, position) = self.position(self.local(from));
        let target = position.checked_add(i64::try_from(amount.0).ok()?)?;
        let (day, time) = self.earliest(start, target)?;
        let local = day.checked_add(self.first)?.checked_mul(DAY)?.checked_add(time)?;
        let at = Instant::from_millis(local.checked_sub(self.zone.offset_millis())?)?;
        Some(Due { at, estimated: self.rests_on_estimate(start, day) })
    }

    /// The day of the table (negative before it, `len` and more after it) and the position, in
    /// milliseconds, of a time on the office's clock.
    #[inline]
    fn position(&self, local: i64) -> (i64, i64) {
        let (number, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let day = number - self.first;
        let position = match self.in_table(day) {
            Some((start, pattern)) => i64::from(start.worked) * MINUTE + pattern.worked(time),
            None if day < 0 => self.before.position(day, time),
            None => {
                let after = day - i64::try_from(self.len()).unwrap_or(day);
                self.total() + self.after.position(after, time)
            }
        };
        (day, position)
    }

    /// The day of the table, counted as in [`Self::position`], and the millisecond of that day,
    /// which first has a position. The search begins at a day known not to be later.
    #[inline]
    fn earliest(&self, start: i64, target: i64) -> Option<(i64, i64)> {
        if target > self.total() {
            let (day, time) = self.after.earliest(target - self.total())?;
            return Some((day.checked_add(i64::try_from(self.len()).ok()?)?, time));
        }
        if target <= 0 {
            return self.before.earliest(target);
        }
        // The day that we want is the last whose midnight lies before the target. Positions of
        // midnights are whole minutes, so they may be compared with the minute begun.
        let minute = u32::try_from((target + MINUTE - 1) / MINUTE).ok()?;
        let start = usize::try_from(start).unwrap_or(0);
        let ahead = self.days.get(start..)?;
        let near = ahead.iter().take(WALK).position(|day| day.worked >= minute);
        let passed = near.unwrap_or_else(|| ahead.partition_point(|day| day.worked < minute));
        let day = start.checked_add(passed)?.checked_sub(1)?;
        let midnight = self.days.get(day)?;
        let pattern = self.patterns.get(usize::from(midnight.pattern))?;
        let time = pattern.reached(target - i64::from(midnight.worked) * MINUTE);
        Some((i64::try_from(day).ok()?, time))
    }

    /// Working milliseconds of the whole table.
    fn total(&self) -> i64 {
        self.days.last().map_or(0, |end| i64::from(end.worked)) * MINUTE
    }

    fn in_table(&self, day: i64) -> Option<(&Day, &Pattern)> {
        let day = usize::try_from(day).ok().filter(|&day| day < self.len())?;
        let day = self.days.get(day)?;
        Some((day, self.patterns.get(usize::from(day.pattern))?))
    }

    /// The pattern of any day, counted as in [`Self::position`].
    fn pattern(&self, day: i64) -> Option<&Pattern> {
        match self.in_table(day) {
            Some((_, pattern)) => Some(pattern),
            None => {
                let table = i64::try_from(self.len()).ok()?;
                let (week, day) = if day < 0 { (&self.before, day) } else { (&self.after, day - table) };
                week.patterns().get(usize::try_from(day.rem_euclid(7)).ok()?)
            }
        }
    }

    /// True unless all days from one to another, both included, are known for certain.
    fn rests_on_estimate(&self, from: i64, to: i64) -> bool {
        let midnight = |day: i64| self.days.get(usize::try_from(day).ok()?);
        match (midnight(from), midnight(to + 1)) {
            (Some(from), Some(end)) => end.estimated > from.estimated,
            _ => true,
        }
    }
}

impl serde::Serialize for Revision {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl<'de> serde::Deserialize<'de> for Revision {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        match (text.len(), u64::from_str_radix(&text, 16)) {
            (16, Ok(revision)) => Ok(Self(revision)),
            _ => Err(serde::de::Error::custom("a revision has 16 hexadecimal digits")),
        }
    }
}
