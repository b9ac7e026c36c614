//! Findings as JSON, for programs: the same content as the text.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::diagnostic::{Argument, Bilingual, Diagnostic, Edit, Fix, Label, Language, Part};

fn both(text: impl Fn(Language) -> String) -> Bilingual {
    Bilingual { id: text(Language::Indonesian), en: text(Language::English) }
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = self.primary();
        let help = self.help(Language::Indonesian).is_some();
        let mut object = serializer.serialize_struct("Diagnostic", 17)?;
        object.serialize_field("code", &self.rule.code())?;
        object.serialize_field("name", self.rule.name)?;
        object.serialize_field("severity", &self.rule.severity)?;
        object.serialize_field("message", &both(|language| self.message(language)))?;
        object.serialize_field("file", &self.file)?;
        object.serialize_field("pointer", &place.map(|label| &label.pointer))?;
        object.serialize_field("span", &place.and_then(|label| label.span))?;
        object.serialize_field("line", &place.and_then(|label| label.position).map(|at| at.line))?;
        object.serialize_field("column", &place.and_then(|label| label.position).map(|at| at.column))?;
        object.serialize_field("context", &self.context)?;
        object.serialize_field("arguments", &self.arguments)?;
        object.serialize_field("labels", &self.labels)?;
        let lines: Vec<Bilingual> = self
            .lines
            .iter()
            .map(|(heading, text)| {
                both(|language| format!("{}: {}", heading.in_language(language), text.in_language(language)))
            })
            .collect();
        object.serialize_field("lines", &lines)?;
        object.serialize_field("help", &help.then(|| both(|language| self.help(language).unwrap_or_default())))?;
        object.serialize_field("fixes", &self.fixes)?;
        object.serialize_field("consequences", &self.consequences)?;
        object.end()
    }
}

impl Serialize for Argument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Words(words) => words.serialize(serializer),
        }
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Label", 7)?;
        object.serialize_field("pointer", &self.pointer)?;
        object.serialize_field("part", if self.part == Part::Key { "key" } else { "value" })?;
        object.serialize_field("span", &self.span)?;
        object.serialize_field("line", &self.position.map(|at| at.line))?;
        object.serialize_field("column", &self.position.map(|at| at.column))?;
        object.serialize_field("text", &self.text)?;
        object.serialize_field("primary", &self.primary)?;
        object.end()
    }
}

impl Serialize for Fix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Fix", 3)?;
        object.serialize_field("title", &self.title)?;
        object.serialize_field("applicability", &self.applicability)?;
        object.serialize_field("edits", &self.edits)?;
        object.end()
    }
}

impl Serialize for Edit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Edit", 4)?;
        match self {
            Self::ReplaceValue { pointer, json } => {
                object.serialize_field("edit", "replace-value")?;
                object.serialize_field("pointer", pointer)?;
                object.serialize_field("json", json)?;
            }
            Self::RenameKey { pointer, key } => {
                object.serialize_field("edit", "rename-key")?;
                object.serialize_field("pointer", pointer)?;
                object.serialize_field("key", key)?;
            }
            Self::Remove { pointer } => {
                object.serialize_field("edit", "remove")?;
                object.serialize_field("pointer", pointer)?;
            }
            Self::InsertMember { pointer, key, json } => {
                object.serialize_field("edit", "insert-member")?;
                object.serialize_field("pointer", pointer)?;
                object.serialize_field("key", key)?;
                object.serialize_field("json", json)?;
            }
            Self::Text { span, text } => {
                object.serialize_field("edit", "text")?;
                object.serialize_field("span", span)?;
                object.serialize_field("text", text)?;
            }
        }
        object.end()
    }
}
