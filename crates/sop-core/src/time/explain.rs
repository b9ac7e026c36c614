//! pending
use super::WaktuErrorKind;
use crate::diagnostic::Bilingual;
/// pending
pub fn explain_waktu(kind: WaktuErrorKind) -> Bilingual { Bilingual::same(kind.to_string()) }
