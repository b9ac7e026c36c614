//! The text of a file: its lines, its places, and the JSON tree read from it.
//!
//! Everything here knows bytes and places and nothing of what a file means. Spans are byte ranges of
//! the file as it lies on disk (a byte order mark included), so that an editor, a fix and a message
//! always speak of the same place.

mod json;
mod lexical;
mod mistake;
mod number;
mod parser;
mod pointer;
mod scalars;
mod source;

pub use json::{Items, Json, Members, Node, Value};
pub use number::Number;
pub use parser::{MAX_DEPTH, MAX_SYNTAX_ERRORS};
pub use pointer::Pointer;
pub use source::{MAX_BYTES, Position, SourceText, Span};

#[cfg(test)]
mod tests;
