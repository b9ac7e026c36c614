//! What became of a run.

use std::fmt;

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tale {
    /// The number of waits that people completed.
    pub completions: u32,
    /// The number of waits that a rung of their ladder left.
    pub by_policy: u32,
    /// The number of returns that were taken.
    pub returns: u32,
    /// Working minutes from the opening to the last act.
    pub working_minutes: u64,
    /// How it ended.
    pub ended: Ended,
    /// What no sound definition ever answers, though the run got past it: choices for which not exactly one guard holds,
    /// and papers that are missing.
    pub complaints: Vec<String>,
    /// What happened, line by line.
    pub acts: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// No token was left.
    Finished,
    /// An end of the kind `stop` was reached.
    Stopped,
    /// The case stands still (F3).
    Faulted,
    /// Nothing went on.
    Stuck {
        /// Why.
        why: String,
    },
}

impl Tale {
    /// A run in which nothing happened at all.
    pub(super) fn stuck(why: String) -> Self {
        Self {
            completions: 0,
            by_policy: 0,
            returns: 0,
            working_minutes: 0,
            ended: Ended::Stuck { why },
            complaints: Vec::new(),
            acts: Vec::new(),
        }
    }

    /// Tells whether the case came to an end and nothing was complained of on the way.
    pub fn is_well(&self) -> bool {
        self.complaints.is_empty() && matches!(self.ended, Ended::Finished | Ended::Stopped)
    }
}

impl fmt::Display for Tale {
    /// The acts, then how it ended.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for act in &self.acts {
            writeln!(f, "{act}")?;
        }
        for complaint in &self.complaints {
            writeln!(f, "complaint: {complaint}")?;
        }
        write!(f, "{}", self.ended)
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished => f.write_str("finished"),
            Self::Stopped => f.write_str("stopped"),
            Self::Faulted => f.write_str("faulted"),
            Self::Stuck { why } => write!(f, "stuck: {why}"),
        }
    }
}
