//! One of a fixed list of words.

use crate::diagnostic::suggest;
use crate::diagnostic::{Argument, rules};
use crate::format::TextError;
use crate::format::record::listed;

/// The error of a word that isn't among those allowed.
pub(crate) fn unknown_value(text: &str, allowed: &[&'static str]) -> TextError {
    let error = TextError::new(&rules::UNKNOWN_VALUE)
        .with("value", text)
        .with("known", Argument::from(listed(allowed.iter().copied())));
    match suggest::only_nearest(text, allowed.iter().copied()) {
        Some(meant) => error.meant(meant),
        None => error,
    }
}

/// Defines a closed list of words: the enum, its serde, its
/// [`TextValue`](crate::format::TextValue), its schema.
///
/// ```text
/// choice! {
///     /// What an end ends.
///     pub enum EndKind "Jenis akhir" "Apa yang berakhir di sini." {
///         /// Only this token.
///         Part = "part" "akhir bagian",
///         /// The case.
///         Case = "case" "akhir permohonan",
///     }
/// }
/// ```
macro_rules! choice {
    (
        $(#[$meta:meta])*
        pub enum $name:ident $title:literal $about:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal $says:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it stands in the file.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// What it means, in Indonesian.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $says),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::format::TextValue for $name {
            const TITLE: &'static str = $title;
            const ABOUT: &'static str = $about;

            fn parse(text: &str) -> Result<Self, $crate::format::TextError> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::format::unknown_value(other, &[$($word),+])),
                }
            }
        }

        impl $crate::format::Decode for $name {
            fn decode(node: $crate::text::Node<'_>, reader: &mut $crate::format::Reader) -> Option<Self> {
                $crate::format::decode_text(node, reader)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::format::choice_schema($title, $about, &[$(($word, $says)),+])
            }
        }
    };
}
