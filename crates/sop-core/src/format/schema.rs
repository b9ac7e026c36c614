//! JSON Schemas of the file formats, for editors.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::format::{Document, Group, GroupKind, Presence, RecordSpec, TextValue};

/// The JSON Schema (draft 2020-12) of a file format: titles and descriptions in Indonesian.
#[must_use]
pub fn schema<T: Document + JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Some(Value::Object(format)) = schema.pointer_mut("/properties/format") {
        format.insert("enum".to_owned(), json!(T::FORMATS));
    }
    schema
}

/// Whole numbers end where those of the type end; the generator only names the type.
fn bound(value: &mut Schema) {
    let (min, max) = match value.get("format").and_then(Value::as_str) {
        Some("uint8") => (0, i64::from(u8::MAX)),
        Some("uint16") => (0, i64::from(u16::MAX)),
        Some("uint32") => (0, i64::from(u32::MAX)),
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Some("int64") => (i64::MIN, i64::MAX),
        _ => return,
    };
    value.insert("minimum".to_owned(), min.into());
    value.insert("maximum".to_owned(), max.into());
}

/// What is inside an `Option`: a key that may be absent can't be `null`.
pub(crate) trait Optional {
    type Value;
}

impl<T> Optional for Option<T> {
    type Value = T;
}

/// The schema of a record, given those of its values.
pub(crate) fn record_schema<const N: usize>(spec: &RecordSpec, values: [Schema; N]) -> Schema {
    let mut properties = Map::new();
    for (key, mut value) in spec.keys.iter().zip(values) {
        value.insert("description".to_owned(), key.description.into());
        bound(&mut value);
        properties.insert(key.name.to_owned(), value.to_value());
    }
    let required: Vec<&str> =
        spec.keys.iter().filter(|key| key.presence == Presence::Required).map(|key| key.name).collect();
    let mut schema = Schema::default();
    schema.insert("title".to_owned(), spec.title.into());
    schema.insert("description".to_owned(), spec.about.into());
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    if !spec.groups.is_empty() {
        schema.insert("allOf".to_owned(), spec.groups.iter().map(group_schema).collect());
    }
    schema
}

fn group_schema(group: &Group) -> Value {
    let each: Vec<Value> = group.keys.iter().map(|key| json!({ "required": [key] })).collect();
    match group.kind {
        GroupKind::one_of => json!({ "oneOf": each }),
        GroupKind::at_least_one => json!({ "anyOf": each }),
        GroupKind::at_most_one => json!({ "oneOf": [{ "not": { "anyOf": each } }, { "oneOf": each }] }),
    }
}

/// The schema of a closed list of words, each with what it means.
pub(crate) fn choice_schema(title: &str, about: &str, words: &[(&str, &str)]) -> Schema {
    let each: Vec<Value> = words.iter().map(|(word, says)| json!({ "const": word, "description": says })).collect();
    let mut schema = Schema::default();
    schema.insert("title".to_owned(), title.into());
    schema.insert("description".to_owned(), about.into());
    schema.insert("type".to_owned(), "string".into());
    schema.insert("oneOf".to_owned(), each.into());
    schema
}

/// The schema of a text with a grammar of its own.
pub(crate) fn text_schema<T: TextValue>() -> Schema {
    let mut schema = Schema::default();
    schema.insert("title".to_owned(), T::TITLE.into());
    schema.insert("description".to_owned(), T::ABOUT.into());
    schema.insert("type".to_owned(), "string".into());
    if let Some(pattern) = T::PATTERN {
        schema.insert("pattern".to_owned(), pattern.into());
    }
    if !T::EXAMPLES.is_empty() {
        schema.insert("examples".to_owned(), json!(T::EXAMPLES));
    }
    schema
}
