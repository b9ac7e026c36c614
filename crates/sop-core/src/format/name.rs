//! Ids: the short names by which the parts of a file refer to one another.

use crate::diagnostic::{Both, rules};
use crate::format::TextError;

/// The longest id, in characters.
pub const MAX_ID_LENGTH: usize = 64;

/// Checks that a text is an id: `^[a-z][a-z0-9_]{0,63}$`.
///
/// # Errors
///
/// Where it isn't one and why, with an id made of it where that is possible.
pub fn check_id(text: &str) -> Result<(), TextError> {
    let error = |reason: Both| TextError::new(&rules::BAD_ID).with("id", text).with("reason", reason);
    let proposed = |error: TextError| match slug(text) {
        Some(id) => error.perhaps(id),
        None => error,
    };
    let Some(first) = text.chars().next() else {
        return Err(error(Both { id: "kosong", en: "it is empty" }));
    };
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if let Some((at, wrong)) = text.char_indices().find(|(_, c)| !allowed(*c)) {
        let error = TextError::new(&rules::BAD_ID).with("id", text).with(
            "reason",
            crate::diagnostic::Bilingual::new(
                format!("`{wrong}` tidak boleh ada di dalamnya"),
                format!("`{wrong}` can't be part of it"),
            ),
        );
        return Err(proposed(error.inside(at..at + wrong.len_utf8())));
    }
    if !first.is_ascii_lowercase() {
        let reason = Both { id: "harus diawali huruf", en: "it has to begin with a letter" };
        return Err(proposed(error(reason).inside(0..1)));
    }
    if text.len() > MAX_ID_LENGTH {
        let reason = Both { id: "lebih dari 64 tanda", en: "it has more than 64 characters" };
        return Err(error(reason).inside(MAX_ID_LENGTH..text.len()));
    }
    Ok(())
}

/// A text made into an id: `Tata Usaha` into `tata_usaha`. `None` where nothing sensible is left.
fn slug(text: &str) -> Option<String> {
    let mut id = String::new();
    for letter in text.chars().take(4 * MAX_ID_LENGTH) {
        if letter.is_ascii_alphanumeric() {
            id.push(letter.to_ascii_lowercase());
        } else if !id.ends_with('_') && !id.is_empty() {
            id.push('_');
        }
    }
    let id = id.trim_end_matches('_');
    (id.starts_with(|c: char| c.is_ascii_lowercase()) && id.len() <= MAX_ID_LENGTH).then(|| id.to_owned())
}

/// Defines a kind of id: a validated text that is cheap to clone. There is no `From<&str>`.
///
/// ```text
/// id_type!(
///     /// A step's name.
///     pub StepId "Id langkah"
/// );
/// ```
macro_rules! id_type {
    ($(#[$meta:meta])* pub $name:ident $about:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Takes a text that is an id: lower case letters, digits and `_`, a letter first, at most 64.
            ///
            /// # Errors
            ///
            /// Why it isn't one.
            pub fn new(text: &str) -> Result<Self, $crate::format::TextError> {
                $crate::format::check_id(text)?;
                Ok(Self(text.into()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::format::TextError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl $crate::format::TextValue for $name {
            const TITLE: &'static str = $about;
            const ABOUT: &'static str =
                concat!($about, ": huruf kecil, angka, dan garis bawah, diawali huruf, paling panjang 64.");
            const PATTERN: Option<&'static str> = Some("^[a-z][a-z0-9_]{0,63}$");

            fn parse(text: &str) -> Result<Self, $crate::format::TextError> {
                Self::new(text)
            }
        }

        text_value!($name, as_str);
    };
}
