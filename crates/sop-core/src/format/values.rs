//! Decoding of plain values and containers.

use std::hash::Hash;

use indexmap::IndexMap;

use crate::diagnostic::{Both, Diagnostic, rules};
use crate::format::reader::subject;
use crate::format::{Decode, Reader, TextValue};
use crate::text::{Node, Value};

impl Decode for bool {
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
        if let Value::Bool(value) = node.value() {
            return Some(value);
        }
        let mend = node.as_str().filter(|text| matches!(*text, "true" | "false")).map(str::to_owned);
        reader.wrong_type(node, Both { id: "true atau false", en: "true or false" }, mend);
        None
    }
}

impl Decode for String {
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
        if let Value::String(text) = node.value() {
            return Some(text.to_owned());
        }
        let mend = match node.value() {
            Value::Number(number) => Some(crate::diagnostic::quoted(number.as_str())),
            _ => None,
        };
        reader.wrong_type(node, Both { id: "teks", en: "a text" }, mend);
        None
    }
}

const WHOLE: Both = Both { id: "bilangan bulat", en: "a whole number" };

/// Reads a whole number within the limits of its type.
fn decode_integer<T: TryFrom<i64>>(node: Node<'_>, min: i64, max: i64, reader: &mut Reader) -> Option<T> {
    match node.value() {
        Value::Number(number) => {
            let value = number.as_i64().and_then(|value| T::try_from(value).ok());
            if !number.is_integer() {
                reader.report(|| {
                    Diagnostic::new(&rules::WRONG_TYPE, node.pointer())
                        .with("place", subject(node))
                        .with("expected", WHOLE)
                        .with("found", format!("`{}`", number.as_str()))
                });
                return None;
            }
            if value.is_none() {
                reader.report(|| {
                    Diagnostic::new(&rules::NUMBER_OUT_OF_RANGE, node.pointer())
                        .with("place", subject(node))
                        .with("min", min)
                        .with("max", max)
                        .with("found", number.as_str())
                });
            }
            value
        }
        other => {
            let text = if let Value::String(text) = other { text.parse::<i64>().ok() } else { None };
            let mend = text.filter(|value| (min..=max).contains(value)).map(|value| value.to_string());
            reader.wrong_type(node, WHOLE, mend);
            None
        }
    }
}

macro_rules! integers {
    ($($number:ty),*) => {$(
        impl Decode for $number {
            fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
                decode_integer(node, i64::from(<$number>::MIN), i64::from(<$number>::MAX), reader)
            }
        }
    )*};
}
integers!(u8, u16, u32, i32, i64);

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
        let Value::Array(items) = node.value() else {
            // One item without its brackets is what was meant if it can be read as one.
            let mut trial = Reader::new();
            let single = T::decode(node, &mut trial).filter(|_| !trial.has_findings());
            let mend = single.is_some().then(|| format!("[{}]", node.json().source().slice(node.span())));
            reader.wrong_type(node, Both { id: "larik [ … ]", en: "an array [ … ]" }, mend);
            if single.is_none() {
                reader.lose_names();
            }
            return single.map(|item| vec![item]);
        };
        let mut list = Self::new();
        for item in items {
            match T::decode(item, reader) {
                Some(value) => list.push(value),
                None => reader.poison(item),
            }
        }
        Some(list)
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
        T::decode(node, reader).map(Some)
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
        T::decode(node, reader).map(Self::new)
    }
}

impl<K: TextValue + Hash + Eq, V: Decode> Decode for IndexMap<K, V> {
    fn decode(node: Node<'_>, reader: &mut Reader) -> Option<Self> {
        let Value::Object(members) = node.value() else {
            reader.wrong_type(node, Both { id: "objek { … }", en: "an object { … }" }, None);
            reader.lose_names();
            return None;
        };
        let mut map = Self::new();
        for (key, member) in members {
            let name = match K::parse(key) {
                Ok(name) => Some(name),
                Err(error) => {
                    reader.report(|| error.into_diagnostic_of_key(member));
                    None
                }
            };
            match (name, V::decode(member, reader)) {
                (Some(name), Some(value)) => {
                    map.insert(name, value);
                }
                _ => reader.poison_entry(key, member),
            }
        }
        Some(map)
    }
}
