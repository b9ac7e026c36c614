//! What holds for every guard.

use proptest::prelude::*;

use super::super::syntax::NodeKind;
use super::super::{FieldIx, MAX_ERRORS, check, parse};
use super::random;

/// Texts of the language's own words, signs and mistakes in any order.
fn mumble() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "case",
        ".",
        "nilai",
        "jenis",
        "perihal",
        "lengkap",
        "tanggal",
        "bunga",
        "case.nilai",
        "case.lengkap",
        "has",
        "has(case.nilai)",
        "(",
        ")",
        "[",
        "]",
        ",",
        "&&",
        "||",
        "!",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "=",
        "dan",
        "atau",
        "in",
        "true",
        "false",
        "null",
        "5",
        "-",
        "12.5",
        "5.000.000",
        "1e3",
        "'jasa'",
        "\"a\"",
        "\"",
        "'",
        "\\",
        "“",
        "”",
        "≤",
        "?",
        "+",
        "é",
        " ",
        "\n",
        "'\\q'",
        "'\\u12'",
    ]);
    prop::collection::vec(words, 0..30).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn compiled_and_naive_reading_agree((fields, tree, rows) in random::scene()) {
        let text = tree.text(&fields);
        let guard = check(&parse(&text).unwrap(), &fields).unwrap();
        let needs: Vec<usize> = guard.needs().into_iter().map(|(field, _)| field.place()).collect();
        for values in rows {
            let mut unset = Vec::new();
            let answer = tree.decide(&values, &mut unset);
            prop_assert_eq!(guard.holds(&values), answer, "{} of {:?}", text, values);
            let slowly = guard.holds_with(|field: FieldIx, test| test.holds(values[field.place()].as_ref()));
            prop_assert_eq!(slowly, answer, "{} of {:?}", text, values);
            // The first field that a compiled run reads unset is among the needs: a guard whose needs are met reads none.
            let mut read_unset = Vec::new();
            guard.holds_with(|field, test| {
                let value = values[field.place()].as_ref();
                if test.reads() && value.is_none() {
                    read_unset.push(field.place());
                }
                test.holds(value)
            });
            prop_assert!(read_unset.first().is_none_or(|field| needs.contains(field)), "{}: {:?} of {:?}", text, read_unset, needs);
            // And it reads no more than the naive run does.
            prop_assert!(read_unset.iter().all(|field| unset.contains(field)));
        }
    }

    #[test]
    fn printed_and_parsed_again_it_is_the_same((fields, tree, _) in random::scene()) {
        let guard = check(&parse(&tree.text(&fields)).unwrap(), &fields).unwrap();
        let printed = guard.to_string();
        let again = check(&parse(&printed).unwrap(), &fields).unwrap();
        prop_assert!(again.is_same_program(&guard), "{} printed as {}", guard.source(), printed);
        prop_assert_eq!(again.to_string(), printed);
        prop_assert_eq!(again.needs().len(), guard.needs().len());
    }

    #[test]
    fn no_text_is_too_strange(text in prop_oneof![any::<String>(), mumble(), "\\PC*", "[ -~]{0,60}"]) {
        let fields = super::fields();
        let errors = match parse(&text) {
            Err(errors) => errors,
            Ok(syntax) => {
                // What was broken has been reported.
                prop_assert!(syntax.nodes.iter().all(|node| !matches!(node.kind, NodeKind::Broken)), "{}", text);
                match check(&syntax, &fields) {
                    Err(errors) => errors,
                    Ok(guard) => {
                        let again = check(&parse(&guard.to_string()).unwrap(), &fields).unwrap();
                        prop_assert!(again.is_same_program(&guard), "{}", text);
                        return Ok(());
                    }
                }
            }
        };
        prop_assert!((1..=MAX_ERRORS).contains(&errors.len()));
        for error in &errors {
            prop_assert!(text.get(error.span.clone()).is_some(), "{:?} lies on characters of {:?}", error, text);
        }
        prop_assert!(errors.is_sorted_by_key(|error| error.span.start));
    }
}
