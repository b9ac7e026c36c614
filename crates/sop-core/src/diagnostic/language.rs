//! The two languages that everything is said in.

use std::fmt;
use std::str::FromStr;

/// A language of messages. What officials read is Indonesian; that is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Bahasa Indonesia, `id`.
    #[default]
    Indonesian,
    /// English, `en`.
    English,
}

impl FromStr for Language {
    type Err = String;

    /// Reads `id` or `en`; on anything else the error is the text itself.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "id" => Ok(Self::Indonesian),
            "en" => Ok(Self::English),
            other => Err(other.to_owned()),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Both { id: "id", en: "en" }.in_language(*self))
    }
}

/// A fixed text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Both {
    /// The text in Indonesian.
    pub id: &'static str,
    /// The text in English.
    pub en: &'static str,
}

impl Both {
    /// The text in one of the languages.
    #[must_use]
    pub const fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::Indonesian => self.id,
            Language::English => self.en,
        }
    }
}

/// A text in both languages that was put together from others.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Bilingual {
    /// The text in Indonesian.
    pub id: String,
    /// The text in English.
    pub en: String,
}

impl Bilingual {
    /// A text in both languages.
    pub fn new(id: impl Into<String>, en: impl Into<String>) -> Self {
        Self { id: id.into(), en: en.into() }
    }

    /// A text that reads the same in both, such as a name or an excerpt.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { id: text.clone(), en: text }
    }

    /// The text in one of the languages.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Indonesian => &self.id,
            Language::English => &self.en,
        }
    }
}

impl From<Both> for Bilingual {
    fn from(text: Both) -> Self {
        Self::new(text.id, text.en)
    }
}
