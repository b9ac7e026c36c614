//! Durations as the definition writes them.

use super::Compiler;
use crate::diagnostic::{Applicability, Diagnostic, Fix, rules};
use crate::text::Pointer;
use crate::time::{Budget, Waktu, WaktuErrorKind};

/// The finding about a Waktu that can't be read.
pub(super) fn unreadable(text: &str, pointer: &Pointer, error: &crate::time::WaktuError) -> Diagnostic {
    let rule = match error.kind {
        WaktuErrorKind::TooLarge => &rules::TIME_TOO_LARGE,
        _ => &rules::UNREADABLE_TIME,
    };
    let finding = Diagnostic::new(rule, pointer.clone())
        .inside(error.range.clone())
        .with("text", text)
        .with("reason", crate::time::explain_waktu(error.kind));
    match &error.suggestion {
        Some(suggestion) => finding.fix(Fix::replace(
            pointer.clone(),
            serde_json::Value::String(suggestion.clone()).to_string(),
            Applicability::NeedsDecision,
        )),
        None => finding,
    }
}

impl Compiler<'_> {
    /// A Waktu of the table: it may say no duration.
    pub(super) fn waktu(&mut self, text: &str, pointer: impl FnOnce() -> Pointer) -> Option<Waktu> {
        match Waktu::parse(text) {
            Ok(waktu) => Some(waktu),
            Err(error) => {
                self.report(unreadable(text, &pointer(), &error));
                None
            }
        }
    }

    /// The budget of a Waktu; one of nothing at all is an error, since a wait would be overdue from the start.
    pub(super) fn budget(&mut self, waktu: &Waktu, pointer: impl FnOnce() -> Pointer) -> Option<Budget> {
        let budget = waktu.budget(self.office.durations())?;
        if budget.minutes() == 0 {
            self.report(Diagnostic::new(&rules::TIME_ZERO, pointer()));
            return None;
        }
        Some(budget)
    }

    /// A duration of the policy: it has to say one. `zero` tells whether it may be none.
    pub(super) fn duration(&mut self, text: &str, zero: bool, pointer: impl Fn() -> Pointer) -> Option<Budget> {
        let waktu = self.waktu(text, &pointer)?;
        match waktu.budget(self.office.durations()) {
            Some(budget) if budget.minutes() > 0 || zero => Some(budget),
            Some(_) => {
                self.report(Diagnostic::new(&rules::TIME_ZERO, pointer()));
                None
            }
            None => {
                self.report(Diagnostic::new(&rules::TIME_WITHOUT_DURATION, pointer()).with("text", text));
                None
            }
        }
    }
}
