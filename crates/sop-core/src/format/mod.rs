//! From a JSON tree to typed values, with every mistake reported at its place.
//!
//! A file format is written down once, with `record!`, `choice!`, `id_type!` and `text_value!`:
//! from that come the Rust type, its serde, the decoding that reports all mistakes at once, and the JSON
//! Schema with its Indonesian descriptions. Decoding and serde read the same language, save that
//! decoding refuses `null` where a key should be left out.

#[macro_use]
mod record;
#[macro_use]
mod choice;
#[macro_use]
mod text_value;
#[macro_use]
mod name;
mod document;
mod reader;
#[cfg(feature = "schema")]
mod schema;
mod values;

pub use document::{Document, Parsed, parse, parse_bytes};
pub use name::{MAX_ID_LENGTH, check_id};
pub use reader::{MAX_FINDINGS, Poisoned, Reader};
pub use record::{Group, GroupKind, KeySpec, Presence, RecordSpec};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use text_value::{TextError, TextValue};

pub(crate) use choice::unknown_value;
pub(crate) use record::open;
#[cfg(feature = "schema")]
pub(crate) use schema::{Optional, choice_schema, record_schema, text_schema};
pub(crate) use text_value::decode_text;

use crate::text::Node;

/// A type that a JSON value can be read as.
pub trait Decode: Sized {
    /// Reads a value. What is wrong with it is reported to the reader; `None` means that it can't be
    /// used, and that the reason has been reported.
    ///
    /// A bad item of an array is dropped, a bad optional member counts as absent (both are remembered
    /// by the reader as [`Poisoned`]); a bad or missing required member makes its object unusable.
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self>;
}

/// Tells whether a value is its type's default, and so need not be written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests;
