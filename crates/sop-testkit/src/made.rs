//! The two places where this crate takes for granted what it has made itself.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// A value of a file format from JSON that this crate has written.
///
/// # Panics
/// If it isn't in the format: a mistake of this crate.
#[expect(clippy::panic, reason = "what is read here was written by this crate, never by a caller")]
pub(crate) fn made<T: DeserializeOwned>(json: Json) -> T {
    match serde_json::from_value(json.clone()) {
        Ok(made) => made,
        Err(error) => panic!("sop-testkit wrote what is not in the format: {error}\n{json:#}"),
    }
}

/// What has to be there by construction.
///
/// # Panics
/// If it isn't: a mistake of this crate.
#[expect(clippy::panic, reason = "what is looked for here was made by this crate, never by a caller")]
pub(crate) fn must<T>(made: Option<T>, why: &str) -> T {
    match made {
        Some(made) => made,
        None => panic!("sop-testkit: {why}"),
    }
}
