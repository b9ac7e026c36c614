//! Which faults a world has met, and how often: one that is never met is tested by nobody.

use std::collections::BTreeMap;
use std::fmt;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The machine stopped at a write, which is on the disk in part, wholly, or not at all.
    CrashAtWrite,
    /// The machine stopped at a flush, before it or after it.
    CrashAtSync,
    /// The power failed: what was not flushed may be gone.
    PowerCut,
    /// The program was killed: what it had written is there, flushed or not.
    Killed,
    /// The program ended in the middle of a batch of several commands.
    RestartInBatch,
    /// Of what was written and not flushed, something was lost.
    LostWrite,
    /// A write was found in part.
    TornWrite,
    /// A later write was found, and an earlier one not.
    ReorderedWrite,
    /// A name that was made, moved or removed was not yet so.
    LostName,
    /// A write was refused.
    FailedWrite,
    /// A write was refused after a part of it was done.
    ShortWrite,
    /// A flush failed: what it was to flush is on the disk or not, and counts as flushed from then on, as on Linux.
    FailedSync,
    /// There was no room.
    DiskFull,
    /// Something took long.
    SlowDisk,
    /// The store panicked before it wrote.
    PanicBefore,
    /// The store panicked after it had written.
    PanicAfter,
    /// The store panicked after it had said that it has written.
    PanicTold,
    /// The store wrote, and its answer was lost.
    AnswerLost,
    /// The clock jumped forward.
    ClockForward,
    /// The clock jumped back.
    ClockBack,
    /// A command arrived twice.
    Duplicated,
    /// A command arrived after others that were sent later.
    Reordered,
    /// The program was closed and opened again in good order.
    Closed,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::CrashAtWrite,
        Self::CrashAtSync,
        Self::PowerCut,
        Self::Killed,
        Self::RestartInBatch,
        Self::LostWrite,
        Self::TornWrite,
        Self::ReorderedWrite,
        Self::LostName,
        Self::FailedWrite,
        Self::ShortWrite,
        Self::FailedSync,
        Self::DiskFull,
        Self::SlowDisk,
        Self::PanicBefore,
        Self::PanicAfter,
        Self::PanicTold,
        Self::AnswerLost,
        Self::ClockForward,
        Self::ClockBack,
        Self::Duplicated,
        Self::Reordered,
        Self::Closed,
    ];

    /// Its name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::CrashAtWrite => "crash at a write",
            Self::CrashAtSync => "crash at a flush",
            Self::PowerCut => "power cut",
            Self::Killed => "program killed",
            Self::RestartInBatch => "restart in a batch",
            Self::LostWrite => "write lost",
            Self::TornWrite => "write torn",
            Self::ReorderedWrite => "write reordered",
            Self::LostName => "name lost",
            Self::FailedWrite => "write failed",
            Self::ShortWrite => "write cut short",
            Self::FailedSync => "flush failed",
            Self::DiskFull => "disk full",
            Self::SlowDisk => "disk slow",
            Self::PanicBefore => "panic before the write",
            Self::PanicAfter => "panic after the write",
            Self::PanicTold => "panic after telling of it",
            Self::AnswerLost => "answer lost",
            Self::ClockForward => "clock forward",
            Self::ClockBack => "clock back",
            Self::Duplicated => "command duplicated",
            Self::Reordered => "command reordered",
            Self::Closed => "closed and opened",
        }
    }

    /// Tells whether the program ends by it, without having been asked.
    pub fn is_crash(self) -> bool {
        matches!(self, Self::PowerCut | Self::Killed)
    }
}

/// The number of times that each was met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Met(BTreeMap<Fault, u64>);

impl Met {
    /// One more.
    pub fn note(&mut self, fault: Fault) {
        *self.0.entry(fault).or_default() += 1;
    }

    /// The number of times that a fault was met.
    pub fn count(&self, fault: Fault) -> u64 {
        self.0.get(&fault).copied().unwrap_or_default()
    }

    /// How many were met, whatever they are.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The number of times that the program ended without having been asked.
    pub fn crashes(&self) -> u64 {
        self.0.iter().filter(|(fault, _)| fault.is_crash()).map(|(_, count)| count).sum()
    }

    /// Those that were never met.
    pub fn missing(&self) -> Vec<Fault> {
        Fault::ALL.into_iter().filter(|fault| self.count(*fault) == 0).collect()
    }

    /// Adds what another world has met.
    pub fn add(&mut self, other: &Self) {
        for (fault, count) in &other.0 {
            *self.0.entry(*fault).or_default() += count;
        }
    }
}

impl fmt::Display for Met {
    /// One line for each kind, also for those that were never met.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in Fault::ALL.into_iter().enumerate() {
            let end = if place == 0 { "" } else { "\n" };
            write!(f, "{end}{:>8}  {}", self.count(fault), fault.name())?;
        }
        Ok(())
    }
}
