//! What is told to the author of a file: every finding with its place, its reason and its remedy, in
//! Indonesian and in English.
//!
//! A [`Rule`] says what can be found at all: its code, its severity, its texts, its page. A
//! [`Diagnostic`] is one finding. [`render`] writes findings as plain text; nothing here knows a terminal.

mod finding;
mod fix;
mod language;
mod list;
mod registry;
pub mod render;
pub mod rules;
mod serial;
pub mod suggest;

pub use finding::{Argument, Diagnostic, Label, Part};
pub(crate) use fix::quoted;
pub use fix::{Applicability, Edit, Fix};
pub use language::{Bilingual, Both, Language};
pub use list::Diagnostics;
pub use registry::{Rule, Severity};
