//! The table of everything that can be found.

use std::fmt;

use crate::diagnostic::{Both, Language, rules};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file can't be used as it is (`galat`).
    Error,
    /// It can be used, and something in it is probably not meant (`peringatan`).
    Warning,
    /// Worth knowing (`catatan`).
    Note,
}

impl Severity {
    /// The word that a message begins with.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let both = match self {
            Self::Error => Both { id: "galat", en: "error" },
            Self::Warning => Both { id: "peringatan", en: "warning" },
            Self::Note => Both { id: "catatan", en: "note" },
        };
        both.in_language(language)
    }
}

/// One kind of finding: its stable code and everything that can be said about it beforehand.
///
/// Texts may hold placeholders such as `{key}`, filled from the arguments of the finding; both
/// languages of a text use the same ones. A help whose placeholders a finding doesn't fill is left out.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The number in the code: 203 for `SOP0203`. See [`rules`] for the ranges.
    pub code: u16,
    /// The name that the code of the project uses, such as `UNKNOWN_KEY`.
    pub name: &'static str,
    /// How bad such a finding is.
    pub severity: Severity,
    /// The message: lower case, no full stop, the author's own words in backticks.
    pub message: Both,
    /// The way out, if it is always the same one.
    pub help: Option<Both>,
    /// The page: what it means, why it matters, how to mend it.
    pub page: Both,
    /// A short excerpt that has the defect.
    pub bad: &'static str,
    /// The same excerpt, mended.
    pub good: &'static str,
}

impl Rule {
    /// Looks a rule up by what a person may type: `SOP0203`, `sop0203`, `203`, `UNKNOWN_KEY` or `unknown-key`.
    ///
    /// ```
    /// use sop_core::diagnostic::{Rule, rules};
    /// assert_eq!(Rule::find("sop0131"), Some(&rules::UNKNOWN_KEY));
    /// assert_eq!(Rule::find("unknown-key"), Some(&rules::UNKNOWN_KEY));
    /// ```
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Rule> {
        let code = code.trim().to_ascii_uppercase().replace('-', "_");
        let number = code.strip_prefix("SOP").unwrap_or(&code).parse::<u16>();
        let rule = rules::RULES.iter().copied();
        match number {
            Ok(number) => rule.clone().find(|rule| rule.code == number),
            Err(_) => rule.clone().find(|rule| rule.name == code),
        }
    }

    /// The code as it is printed: `SOP0203`.
    #[must_use]
    pub fn code(&self) -> String {
        format!("SOP{:04}", self.code)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SOP{:04}", self.code)
    }
}

/// The names of a template's placeholders, in order.
#[cfg(test)]
pub(crate) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).filter_map(|(_, name)| name)
}

/// A template as pairs of literal text and the placeholder after it. A placeholder is a word of lower
/// case letters and `_` in braces; other braces are text (messages quote JSON).
pub(crate) fn pieces(template: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(template);
    std::iter::from_fn(move || {
        let text = rest?;
        let found = text.match_indices('{').find_map(|(open, _)| {
            let after = text.get(open + 1..)?;
            let name = after.get(..after.find('}')?)?;
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            is_name.then_some((open, name))
        });
        match found {
            Some((open, name)) => {
                rest = text.get(open + name.len() + 2..);
                Some((text.get(..open).unwrap_or_default(), Some(name)))
            }
            None => {
                rest = None;
                Some((text, None))
            }
        }
    })
}

/// Defines rules. Each becomes a `static` of its name, and all together the file's `ALL`.
///
/// ```text
/// rule_table! {
///     131 UNKNOWN_KEY Error
///         "kunci `{key}` tidak dikenal", "the key `{key}` is unknown"
///         help "…", "…"
///         page "…", "…"
///         bad r#"…"# good r#"…"#;
/// }
/// ```
macro_rules! rule_table {
    ($(
        $code:literal $name:ident $severity:ident
        $message_id:literal, $message_en:literal
        $(help $help_id:literal, $help_en:literal)?
        page $page_id:literal, $page_en:literal
        bad $bad:literal good $good:literal;
    )*) => {
        $(
            #[doc = concat!("Rule ", stringify!($code), ":\n\n```text\n", $message_en, "\n```")]
            pub static $name: $crate::diagnostic::Rule = $crate::diagnostic::Rule {
                code: $code,
                name: stringify!($name),
                severity: $crate::diagnostic::Severity::$severity,
                message: $crate::diagnostic::Both { id: $message_id, en: $message_en },
                help: rule_table!(@help $($help_id, $help_en)?),
                page: $crate::diagnostic::Both { id: $page_id, en: $page_en },
                bad: $bad,
                good: $good,
            };
        )*
        /// The rules of this range, by code.
        pub(super) const ALL: &[&$crate::diagnostic::Rule] = &[$(&$name),*];
    };
    (@help) => { None };
    (@help $id:literal, $en:literal) => { Some($crate::diagnostic::Both { id: $id, en: $en }) };
}
pub(crate) use rule_table;
