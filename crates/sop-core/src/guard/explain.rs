//! pending
use super::{GuardErrorKind, ValueProblem};
use crate::diagnostic::Bilingual;
/// pending
pub fn explain(kind: &GuardErrorKind) -> Bilingual { Bilingual::same(kind.to_string()) }
/// pending
pub fn explain_value(kind: &ValueProblem) -> Bilingual { Bilingual::same(kind.to_string()) }
