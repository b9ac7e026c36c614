//! Any bytes are refused or read, and what is said about them points into them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sop_core::diagnostic::{Language, render};
use sop_core::text::{Json, SourceText};

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = SourceText::from_bytes("fuzz.json", bytes) else { return };
    let valid = serde_json_agrees(source.text());
    let found = match Json::parse(&source) {
        Ok((json, found)) => {
            for node in json.nodes() {
                assert!(source.text().get(node.span().range()).is_some());
            }
            let (mended, count) = found.fixed(&json);
            assert!(count > 0 || mended == source.text());
            found
        }
        Err(found) => {
            assert!(!found.is_empty());
            found
        }
    };
    assert!(!found.is_empty() || valid, "accepted what isn't JSON");
    for finding in &found {
        for label in &finding.labels {
            assert!(label.span.is_some_and(|span| source.text().get(span.range()).is_some()));
        }
    }
    for language in [Language::Indonesian, Language::English] {
        let text = render::render(&found, &[&source], language);
        assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n'));
    }
});

/// Whether the text is JSON to another parser; a byte order mark is none of its business.
fn serde_json_agrees(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text.trim_start_matches('\u{feff}')).is_ok()
}
