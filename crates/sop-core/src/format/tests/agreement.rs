//! Decoding, serde and the schema read the same language.

use indexmap::IndexMap;
use proptest::prelude::*;

use super::{EndKind, Plan, Step, StepId};
use crate::format::{TextValue, parse};
use crate::text::SourceText;

fn id() -> impl Strategy<Value = StepId> {
    "[a-z][a-z0-9_]{0,8}".prop_map(|text| StepId::new(&text).unwrap())
}

fn step() -> impl Strategy<Value = Step> {
    let way = prop_oneof![
        id().prop_map(|id| (Some(id), None)),
        prop::sample::select(EndKind::ALL).prop_map(|kind| (None, Some(kind))),
    ];
    let leaf = (id(), prop::collection::vec(any::<String>(), 0..3), way, any::<Option<u16>>())
        .prop_map(|(id, roles, (next, end), limit)| Step { id, roles, next, end, limit, inner: None });
    leaf.prop_recursive(3, 4, 1, |inner| {
        (inner, id()).prop_map(|(inner, id)| Step {
            id: id.clone(),
            roles: Vec::new(),
            next: Some(id),
            end: None,
            limit: None,
            inner: Some(Box::new(inner)),
        })
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    let steps = prop::collection::vec(step(), 0..4);
    let policy = prop::collection::vec((id(), step()), 0..3).prop_map(IndexMap::from_iter);
    let kind = prop::sample::select(EndKind::ALL);
    (any::<Option<String>>(), 1..=2_u32, kind, any::<bool>(), any::<i64>(), steps, policy).prop_map(
        |(schema, format, r#type, drawn, amount, steps, policy)| Plan {
            schema,
            format,
            r#type,
            drawn,
            amount,
            steps,
            policy,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_comes_back_on_both_ways(plan in plan()) {
        let text = serde_json::to_string_pretty(&plan).unwrap();
        let parsed = parse::<Plan>(SourceText::new("plan.json", &*text));
        prop_assert!(parsed.diagnostics.is_empty(), "{}\n{text}", parsed.diagnostics);
        prop_assert_eq!(parsed.value.as_ref(), Some(&plan));
        prop_assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    }

    #[test]
    fn words_and_ids_read_what_they_write(id in id()) {
        prop_assert_eq!(StepId::parse(id.as_ref()), Ok(id));
        for kind in EndKind::ALL {
            prop_assert_eq!(EndKind::parse(kind.as_str()), Ok(*kind));
        }
    }
}

#[cfg(feature = "schema")]
mod schema {
    use super::{Plan, plan};
    use crate::format::{parse, schema};
    use crate::text::SourceText;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn accepts_what_is_written(plan in plan()) {
            let validator = jsonschema::validator_for(&schema::<Plan>()).unwrap();
            prop_assert!(validator.is_valid(&serde_json::to_value(&plan).unwrap()));
        }
    }

    #[test]
    fn refuses_what_decoding_refuses() {
        let validator = jsonschema::validator_for(&schema::<Plan>()).unwrap();
        for (text, right) in [
            (r#"{"format":1,"steps":[{"id":"a","next":"b"}]}"#, true),
            (r#"{"format":1,"steps":[{"id":"a","end":"part","limit":1}]}"#, true),
            (r#"{"format":1,"steps":[{"id":"a"}]}"#, false),
            (r#"{"format":1,"steps":[{"id":"a","next":"b","end":"part"}]}"#, false),
            (r#"{"format":1,"steps":[{"id":"a","next":"b","limit":1,"inner":{"id":"c","end":"part"}}]}"#, false),
            (r#"{"format":1,"steps":[{"id":"a","next":null,"end":"part"}]}"#, false),
            (r#"{"format":1,"steps":[{"id":"A","next":"b"}]}"#, false),
            (r#"{"format":1,"steps":[{"id":"a","end":"finish"}]}"#, false),
            (r#"{"format":1,"steps":[],"policy":{"Tata Usaha":{"id":"a","next":"b"}}}"#, false),
            (r#"{"format":1,"steps":[],"more":1}"#, false),
            (r#"{"format":1}"#, false),
            (r#"{"format":-1,"steps":[]}"#, false),
        ] {
            let value = serde_json::from_str(text).unwrap();
            assert_eq!(validator.is_valid(&value), right, "schema: {text}");
            let parsed = parse::<Plan>(SourceText::new("plan.json", text));
            assert_eq!(parsed.diagnostics.has_errors(), !right, "decoding: {text}");
        }
    }

    #[test]
    fn speaks_indonesian() {
        let schema = schema::<Plan>();
        assert_eq!(schema["title"], "Rencana");
        assert_eq!(schema["properties"]["type"]["description"], "Jenis.");
        assert_eq!(schema["properties"]["steps"]["items"]["$ref"], "#/$defs/Step");
        assert_eq!(schema["$defs"]["EndKind"]["oneOf"][1]["description"], "akhir permohonan");
    }
}
