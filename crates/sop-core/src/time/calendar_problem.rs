//! What can be wrong with a calendar file, and where.

use super::{calendar_file::Opening, calendar_file::Weekday, date::Date};

/// Something wrong with a calendar file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarProblem {
    /// Where, as the way from the top of the file.
    pub at: Vec<Place>,
    /// What.
    pub kind: CalendarProblemKind,
}

impl CalendarProblem {
    /// Where, as a JSON pointer: `/hours/0/week`.
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for place in &self.at {
            pointer.push('/');
            match place {
                Place::Key(key) => pointer.push_str(key),
                Place::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }
}

/// One step on the way from the top of a file to a value in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The value of this key.
    Key(&'static str),
    /// The item with this number, from 0.
    Index(usize),
}

/// What can be wrong with a calendar file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarProblemKind {
    /// The file is in a version of the format that isn't read here.
    UnsupportedFormat {
        /// The version that the file names.
        found: u32,
    },
    /// An id or a title without text.
    Blank,
    /// More entries than a calendar can need.
    TooMany {
        /// Entries of what.
        what: Counted,
        /// How many there may be.
        limit: usize,
    },
    /// Two sources have the same id.
    DuplicateSource {
        /// The id.
        id: String,
    },
    /// An entry names a source that isn't in the list.
    UnknownSource {
        /// The id that it names.
        id: String,
    },
    /// The list of hours is empty.
    NoHours,
    /// Hours end before they begin.
    FromAfterUntil {
        /// Their first date.
        from: Date,
        /// Their last date, as written.
        until: Date,
    },
    /// Hours begin after the last date that the calendar claims to know.
    HoursAfterValidThrough {
        /// Their first date.
        from: Date,
        /// The last date that is known.
        valid_through: Date,
    },
    /// Hours are in force on no date, because later entries in the list cover all of theirs.
    HoursNeverApply,
    /// No hours are in force on these dates, though the calendar claims to know them.
    Gap {
        /// The first date of the gap.
        from: Date,
        /// The last date of the gap.
        until: Date,
    },
    /// A weekday has hours twice in the same week.
    DuplicateWeekday {
        /// The weekday.
        day: Weekday,
    },
    /// An opening ends when it begins.
    OpeningEmpty {
        /// The opening.
        opening: Opening,
    },
    /// An opening ends before it begins.
    OpeningReversed {
        /// The opening.
        opening: Opening,
    },
    /// Two openings of a day have time in common.
    OpeningsOverlap {
        /// The earlier of the two.
        first: Opening,
        /// The later of the two, at the place reported.
        second: Opening,
    },
    /// The office is closed on all dates that the calendar knows.
    NoWorkingHours,
    /// The week that goes on after the last known date has no working hours.
    NoHoursAfterwards,
    /// From the first hours to the last known date it is longer than a hundred years.
    PeriodTooLong {
        /// The first date with hours.
        from: Date,
        /// The last date that is known.
        until: Date,
    },
    /// A date is listed as a holiday twice.
    DuplicateHoliday {
        /// The date.
        date: Date,
        /// Which entry has it first, from 0.
        first: usize,
    },
    /// A holiday lies outside the dates that the calendar knows, and so would have no effect.
    HolidayOutside {
        /// The date of the holiday.
        date: Date,
        /// The first date with hours.
        from: Date,
        /// The last date that is known.
        until: Date,
    },
}

/// What there may be too many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// Entries of `sources`.
    Sources,
    /// Entries of `hours`.
    Hours,
    /// Entries of `holidays`.
    Holidays,
    /// Openings of one day.
    Openings,
}
