//! Guards: the conditions of a `choose`, written by analysts and decided without ever failing.
//!
//! A guard is a text such as `case.nilai <= 5000000 && case.jenis in ["barang", "jasa"]`. Its syntax is a
//! subset of CEL, so that other tools can read it; its types are those of the definition's fields, and every
//! comparison is between one field and constants, so that the verifier can cut each field's domain at the
//! constants and decide whether the guards of a `choose` leave a gap or overlap.
//!
//! The way of a guard is text → [`Syntax`] → [`Guard`]: [`parse`] knows the grammar and no field, [`check`]
//! knows the fields and compiles the conditions into a program of tests with two successors each, which runs
//! forward only. Whether a field is there when the guard reads it is asked of the guard afterwards
//! ([`Guard::needs`], [`Guard::unprotected`]), because only the flow knows what has been set.
//!
//! Invariants: no function here panics, whatever the text; none recurses, so depth of nesting costs no stack;
//! a [`Guard`] can only come from [`check`], and answers every set of values.
//!
//! The language, where it is narrower than CEL:
//!
//! - `&&`, `||`, `!`, parentheses, `== != < <= > >=`, `in [ … ]`, and `has(case.x)`; nothing else is callable.
//! - A comparison has a field (`case.x`) on one side and a literal on the other. A bool field may stand alone.
//! - Numbers are decimal; a decimal field takes as many digits after the point as its scale says. Dates are
//!   texts `"2026-01-31"`, whose order as texts is their order in time. Choices and units are texts of their ids
//!   and, like texts and bools, are compared with `==`, `!=` and `in` only.
//! - A text is in single or double quotes, on one line, with the escapes `\n \t \r \\ \" \' \uXXXX`.
//! - A constant outside of the range that the field admits is an error: the definition contradicts itself.
//!
//! ```
//! # use sop_core::guard::{check, parse, Field, FieldType, Value};
//! let fields = [Field::new("nilai", "Nilai (rupiah)", FieldType::Integer { min: Some(0), max: None })];
//! let guard = check(&parse("case.nilai <= 5000000")?, &fields)?;
//! assert!(guard.holds(&[Some(Value::Integer(5_000_000))]));
//! assert!(!guard.holds(&[Some(Value::Integer(5_000_001))]));
//! # Ok::<(), Vec<sop_core::guard::GuardError>>(())
//! ```

// What fields hold.
mod date;
mod decimal;
mod value;
mod value_json;

// From the text to the syntax.
mod error;
mod explain;
mod lexer;
mod operand;
mod parser;
mod syntax;

// From the syntax and the fields to the guard.
mod check;
mod constant;
mod test;

// What a guard can do.
mod evaluate;
mod presence;
mod print;
mod program;

#[cfg(test)]
mod tests;

pub use check::check;
pub(crate) use check::check_named;
pub use error::{Expected, Found, GuardError, GuardErrorKind, LiteralProblem, Operand};
pub use evaluate::Answers;
pub use explain::{explain, explain_value};
pub use parser::{MAX_BYTES, MAX_ERRORS, MAX_TOKENS, parse};
pub use program::{Guard, Next};
pub use syntax::Syntax;
pub use test::{Comparison, Test};
pub use value::{Field, FieldIx, FieldKind, FieldType, Value, ValueProblem};
