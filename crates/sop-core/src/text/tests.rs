//! Laws of reading JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use serde_json::Value as Oracle;

use crate::text::{Json, Node, Pointer, SourceText, Span, Value};

fn json() -> impl Strategy<Value = Oracle> {
    let leaf = prop_oneof![
        Just(Oracle::Null),
        any::<bool>().prop_map(Oracle::from),
        any::<i64>().prop_map(Oracle::from),
        any::<u64>().prop_map(Oracle::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Oracle::from),
        any::<String>().prop_map(Oracle::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Oracle::from),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| Oracle::Object(members.into_iter().collect())),
        ]
    })
}

fn value_of(node: Node<'_>) -> Oracle {
    match node.value() {
        Value::Null | Value::Broken => Oracle::Null,
        Value::Bool(value) => value.into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => value.into(),
            (None, Some(value)) => value.into(),
            _ => number.as_f64().into(),
        },
        Value::String(text) => text.into(),
        Value::Array(items) => items.map(value_of).collect(),
        Value::Object(members) => Oracle::Object(members.map(|(key, node)| (key.to_owned(), value_of(node))).collect()),
    }
}

/// The tree, if the text is valid in every respect.
fn valid(text: &str) -> Option<Json> {
    Json::parse(&SourceText::new("x.json", text)).ok().filter(|(_, found)| found.is_empty()).map(|(json, _)| json)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn agrees_with_serde_json_on_what_is_json(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let json = valid(&text).unwrap();
        prop_assert_eq!(value_of(json.root()), value);
    }

    #[test]
    fn every_value_knows_its_place(value in json()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        let json = valid(&text).unwrap();
        for node in json.nodes() {
            let slice = &text[node.span().range()];
            prop_assert_eq!(serde_json::from_str::<Oracle>(slice).unwrap(), value_of(node));
            let key = node.key_span().map(|span| serde_json::from_str::<String>(&text[span.range()]).unwrap());
            prop_assert_eq!(key.as_deref(), node.key());
            prop_assert_eq!(json.at(&node.pointer()).map(Node::ordinal), Some(node.ordinal()));
            prop_assert_eq!(value.pointer(node.pointer().as_str()), Some(&value_of(node)));
            if let Some(parent) = node.parent() {
                prop_assert!(parent.span().contains(node.span()));
            }
        }
    }

    /// One change makes most texts invalid, and some not: both must be judged alike. Where they
    /// differ it is for a repeated key, which serde_json takes.
    #[test]
    fn agrees_with_serde_json_on_what_is_not(value in json(), at in any::<prop::sample::Index>(), what in 0..4, letter in "[\\[\\]{}:,\"\\\\0-9eE+.ntfu \n\t/-]") {
        let text = value.to_string();
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let place = places[at.index(places.len())];
        let next = place + text[place..].chars().next().unwrap().len_utf8();
        let changed = match what {
            0 => format!("{}{}", &text[..place], &text[next..]),
            1 => format!("{}{letter}{}", &text[..place], &text[place..]),
            2 => format!("{}{letter}{}", &text[..place], &text[next..]),
            _ => text[..place].to_owned(),
        };
        let ours = Json::parse(&SourceText::new("x.json", &*changed));
        let theirs = serde_json::from_str::<Oracle>(&changed);
        match ours {
            Ok((json, found)) if found.is_empty() => prop_assert_eq!(Some(value_of(json.root())), theirs.ok()),
            Ok((_, found)) | Err(found) => {
                let repeated = found.iter().all(|finding| finding.rule.name == "DUPLICATE_KEY");
                prop_assert!(theirs.is_err() || repeated, "{changed}: {found}");
            }
        }
    }

    #[test]
    fn a_part_of_a_string_is_found_in_the_file(text in "[a\\\\\"é😀\n]{0,12}", from in 0..20_usize, length in 0..20_usize) {
        // All non-ASCII as escapes, so that decoded and written lengths differ.
        let mut written = String::new();
        for unit in text.encode_utf16() {
            written.push_str(&format!("\\u{unit:04x}"));
        }
        for file in [format!("[\"{written}\"]"), serde_json::to_string(&[&text]).unwrap()] {
            let json = valid(&file).unwrap();
            let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let start = starts[from.min(starts.len() - 1)];
            let end = starts[(from + length).min(starts.len() - 1)];
            let span = json.span_within(&Pointer::root().index(0), start..end).unwrap();
            let part = serde_json::from_str::<String>(&format!("\"{}\"", &file[span.range()])).unwrap();
            prop_assert_eq!(part, &text[start..end]);
        }
    }

    #[test]
    fn positions_count_lines_and_characters(text in "\u{feff}?[ab\r\né😀]{0,30}", at in any::<prop::sample::Index>()) {
        let source = SourceText::new("x", &*text);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let offset = places[at.index(places.len())];
        let before = text[..offset].trim_start_matches('\u{feff}');
        let position = source.position(u32::try_from(offset).unwrap());
        prop_assert_eq!(position.line as usize, 1 + before.matches('\n').count());
        prop_assert_eq!(position.column as usize, 1 + before.rsplit('\n').next().unwrap().chars().count());
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').split('\n').collect();
        prop_assert_eq!(source.line_count(), lines.len());
        prop_assert_eq!(source.line(position.line), lines.get(position.line as usize - 1).map(|line| line.strip_suffix('\r').unwrap_or(line)));
    }
}

#[test]
fn sixty_four_levels_and_no_more() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(valid(&nested(64)).is_some());
    assert!(valid(&nested(65)).is_none());
}

#[test]
fn a_repeated_key_is_passed_over() {
    let source = SourceText::new("x", r#"{"a": 1, "b": [2], "\u0061": {"c": 3}, "d": 4, "a": 5}"#);
    let (json, found) = Json::parse(&source).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(value_of(json.root()), serde_json::json!({"a": 1, "b": [2], "d": 4}));
    let first = found.iter().next().unwrap();
    assert_eq!(
        first.labels.iter().map(|label| label.span).collect::<Vec<_>>(),
        [Some(Span { start: 19, end: 27 }), Some(Span { start: 1, end: 4 })]
    );
}
