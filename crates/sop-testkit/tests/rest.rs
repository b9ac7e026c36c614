//! Transformations, calendars, directories and guards are what they claim; what fails shrinks to something small;
//! `assert_cannot_stall` says what is wrong.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestError, TestRunner};
use sop_core::case::Directory;
use sop_core::definition::{Definition, StepId};
use sop_core::diagnostic::{Diagnostics, Language, Severity};
use sop_core::format::Poisoned;
use sop_core::guard::{Field, FieldType, check, parse};
use sop_core::process::{Reading, compile};
use sop_core::time::{Calendar, Date};
use sop_testkit::definitions::{Outlined, arbitrary, mutated, sound};
use sop_testkit::office::office;
use sop_testkit::plan::{Block, plans};
use sop_testkit::transform::{rename, reorder_rows, split_step};
use sop_testkit::{
    Period, assert_cannot_stall, assert_cannot_stall_with, calendars, cannot_stall, cannot_stall_with, directories,
    guards, outline,
};
use sop_verify::{REQUIRED, Verdict, Verify};

fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(cases), failure_persistence: None, ..ProptestConfig::default() }
}

/// The errors of a definition, or what is known about it as far as that is certain.
fn judged(definition: &Definition) -> Result<Vec<Option<bool>>, Vec<&'static str>> {
    let compiled = compile(definition, &office(), Reading::AsRun, &Poisoned::default());
    match compiled.process {
        Some(process) => {
            let verified = process.verify();
            let known = |verdict: &Verdict| match verdict {
                Verdict::Proved => Some(true),
                Verdict::Refuted => Some(false),
                Verdict::Unknown { .. } => None,
            };
            Ok(REQUIRED.map(|guarantee| known(&verified.verdicts().of(guarantee).verdict)).to_vec())
        }
        None => {
            let errors = compiled.diagnostics.iter().filter(|found| found.severity() == Severity::Error);
            let mut errors: Vec<&str> = errors.map(|found| found.rule.name).collect();
            errors.sort_unstable();
            errors.dedup();
            Err(errors)
        }
    }
}

/// The place of `clean` among what is required.
const CLEAN: usize = 2;

fn agree(before: &[Option<bool>], after: &[Option<bool>]) -> bool {
    before.iter().zip(after).all(|(before, after)| before.is_none() || after.is_none() || before == after)
}

fn any_definition() -> impl Strategy<Value = Outlined> {
    // Shrinking goes towards the sound one.
    prop_oneof![
        sound().prop_map(|sample| Outlined(sample.definition)),
        mutated().prop_map(|(_, _, broken)| broken),
        arbitrary(),
    ]
    .prop_filter("small ones are enough", |definition| definition.rows.len() <= 12)
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn transformations_change_nothing(definition in any_definition(), seed in any::<u64>(), place in any::<Index>()) {
        let steps: Vec<StepId> = definition.rows.iter().flat_map(|row| row.steps.iter().map(|step| step.id.clone())).collect();
        let split = split_step(&definition, place.get(steps.as_slice())).expect("there is such a step");
        prop_assert_eq!(split.rows.iter().map(|row| row.steps.len()).sum::<usize>(), steps.len() + 1);
        let before = judged(&definition);
        for (in_two, changed) in
            [(false, rename(&definition, "baru")), (false, reorder_rows(&definition, seed)), (true, split)]
        {
            match (&before, judged(&changed)) {
                // What is refused may be mended by chance: a step that is only sent back to itself has a way on as two.
                (Err(_), _) => {}
                // Where tokens may meet at a step, they may pass one another in its halves.
                (Ok(before), Ok(after)) if in_two && before.get(CLEAN) == Some(&Some(false)) => {
                    prop_assert_ne!(after.get(CLEAN), Some(&Some(true)), "{}", outline(&changed));
                }
                (Ok(before), Ok(after)) => prop_assert!(agree(before, &after), "{before:?}\n{after:?}\n{}", outline(&changed)),
                (before, after) => prop_assert_eq!(before, &after, "{}", outline(&changed)),
            }
        }
    }

    #[test]
    fn calendars_compile(file in calendars()) {
        let compiled = Calendar::compile(&file, office().zone().clone());
        prop_assert!(compiled.is_ok(), "{:?}", compiled.err());
    }

    #[test]
    fn directories_check(file in directories(&office())) {
        let (directory, found) = Directory::check(&file, &office(), &Poisoned::default());
        prop_assert!(directory.is_some(), "{:?}", names(&found));
        prop_assert!(found.iter().all(|found| found.severity() == Severity::Note), "{:?}", names(&found));
    }

    #[test]
    fn guards_check(text in guards(&fields())) {
        let checked = parse(&text).and_then(|syntax| check(&syntax, &fields()));
        prop_assert!(checked.is_ok(), "{:?}", checked.err());
    }
}

fn names(found: &Diagnostics) -> Vec<&'static str> {
    found.iter().map(|found| found.rule.name).collect()
}

fn fields() -> Vec<Field> {
    let listed = ["umum", "hukum"].map(str::to_owned).to_vec();
    vec![
        Field::new("ya", "Ya", FieldType::Bool),
        Field::new("nilai", "Nilai", FieldType::Integer { min: Some(-3), max: None }),
        Field::new("luas", "Luas", FieldType::Decimal { scale: 2, min: Some(0), max: Some(10_000) }),
        Field::new("jenis", "Jenis", FieldType::Choice(listed.clone())),
        Field::new("bagian", "Bagian", FieldType::Unit(listed)),
        Field::new("tanggal", "Tanggal", FieldType::Date),
        Field::new("perihal", "Perihal", FieldType::Text { max_length: 2 }),
    ]
}

/// The smallest input that fails, for a failing property.
fn smallest<S: Strategy>(strategy: &S, fails: impl Fn(&S::Value) -> bool) -> S::Value {
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let mut runner =
        TestRunner::new_with_rng(config, proptest::test_runner::TestRng::deterministic_rng(Default::default()));
    let result = runner.run(strategy, |value| {
        prop_assert!(!fails(&value));
        Ok(())
    });
    match result {
        Err(TestError::Fail(_, smallest)) => smallest,
        _ => unreachable!("the property fails for something"),
    }
}

#[test]
fn what_fails_shrinks_to_something_small() {
    let has_join =
        |definition: &Definition| definition.rows.iter().flat_map(|row| &row.steps).any(|step| step.join.is_some());
    let sample = smallest(&sound(), |sample| has_join(&sample.definition));
    // A split, two threads of a step each, and a join.
    assert_eq!(
        outline(&sample.definition),
        "s1 pemohon, 5 menit -> s2 & s3 at once\n\
         s2 pemohon, 5 menit -> s4\n\
         s3 pemohon, 5 menit -> s4\n\
         s4 pemohon, 5 menit, joins s2 + s3 -> end selesai\n"
    );

    let returns = |definition: &Definition| outline(definition).contains("back to");
    let sample = smallest(&sound(), |sample| returns(&sample.definition));
    assert!(sample.plan.steps() <= 3, "{sample:?}");

    let plan = smallest(&plans(), |plan| plan.blocks.iter().any(|block| matches!(block, Block::Guarded { .. })));
    assert!(plan.steps() <= 3, "{plan:?}");

    let definition = smallest(&arbitrary(), |definition| has_join(definition));
    assert!(definition.rows.len() <= 3, "{}", outline(&definition));
}

/// The path of a file in this crate's part of the shipped definitions.
fn shipped(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../definitions").join(name)
}

#[test]
fn officials_are_asked_about_for_a_period() {
    let (sop, officials) = (shipped("narasumber.json"), shipped("pejabat.json"));
    let day = |text: &str| text.parse::<Date>().expect("it is a date");
    let (first, last) = (day("2026-01-01"), day("2026-09-30"));
    assert_cannot_stall_with(&sop, &officials, (first, last));

    let stalls = cannot_stall_with(&sop, &officials, Period::year(2026)).expect_err("a Plt's order ends in September");
    assert!(stalls.unmet().is_empty() && stalls.gaps().len() == 1);
    let (id, en) = (stalls.explain(Language::Indonesian), stalls.explain(Language::English));
    assert!(en.contains("there is not always somebody who may act"), "{en}");
    let row = "baris 6, Kasubbag Terkait (Bagian Reformasi Birokrasi dan Akuntabilitas Kinerja)";
    assert!(id.ends_with(&format!("{row}: tidak ada pemegang jabatan, 01-10-2026 sampai dengan 31-12-2026.")), "{id}");
    assert!(en.ends_with(&format!("{row}: nobody holds the post, 01-10-2026 to 31-12-2026.")), "{en}");

    // Some posts have one holder only: that is what the stricter question is for.
    let stalls = cannot_stall_with(&sop, &officials, Period::from(first..=last).with_one_away());
    let stalls = stalls.expect_err("there is one Sekda");
    assert!(stalls.gaps().iter().all(|gap| !gap.leaves_nobody()));
    assert!(stalls.to_string().contains("without Dr. Ranggas Melano, S.H., M.Si. nobody may act"), "{stalls}");

    // Nothing holds of no days at all.
    let stalls = cannot_stall_with(&sop, &officials, last..=first).expect_err("it ends before it begins");
    assert!(stalls.to_string().contains("2026-09-30..=2026-01-01"), "{stalls}");
    assert!(cannot_stall_with(&sop, &officials, Period::year(123_456)).is_err());
    let stalls = cannot_stall_with(&sop, shipped("tidak_ada.json"), Period::year(2026)).expect_err("no such file");
    assert!(stalls.findings().is_some() && stalls.to_string().contains("tidak_ada.json"), "{stalls}");
}

#[test]
#[should_panic(expected = "nobody holds the post, 01-10-2026 to 31-12-2026")]
fn the_assertion_about_officials_fails_with_steps_values_and_dates() {
    assert_cannot_stall_with(shipped("narasumber.json"), shipped("pejabat.json"), Period::year(2026));
}

#[test]
fn a_waiver_of_staffed_counts() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("waived");
    std::fs::create_dir_all(folder.join("calendars")).expect("a folder of its own");
    for name in ["kantor.json", "calendars/kalbar.json"] {
        std::fs::copy(shipped(name), folder.join(name)).expect("it can be copied");
    }
    let text = std::fs::read_to_string(shipped("narasumber.json")).expect("it can be read");
    let waived = text.replace(
        r#""owner": "karo","#,
        r#""owner": "karo", "waive": [{ "guarantee": "staffed", "step": "buat_balasan", "reason": "Menunggu pelantikan",
           "by": "karo", "until": "2026-12-31" }],"#,
    );
    assert_ne!(text, waived);
    std::fs::write(folder.join("narasumber.json"), waived).expect("it can be written");
    assert_cannot_stall_with(folder.join("narasumber.json"), shipped("pejabat.json"), Period::year(2026));
}

#[test]
fn what_cannot_stall_is_asserted_and_what_may_is_explained() {
    assert_cannot_stall(shipped("narasumber.json"));

    let mut broken: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(shipped("narasumber.json")).expect("it is there"))
            .expect("it is JSON");
    for key in ["returns", "overdue"] {
        broken.get_mut("policy").and_then(serde_json::Value::as_object_mut).expect("a policy").remove(key);
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("stall");
    std::fs::create_dir_all(folder.join("calendars")).expect("a folder");
    for name in ["kantor.json", "calendars/kalbar.json"] {
        std::fs::copy(shipped(name), folder.join(name)).expect("a copy");
    }
    std::fs::write(folder.join("longgar.json"), broken.to_string()).expect("written");
    let stalls = cannot_stall(folder.join("longgar.json")).expect_err("returns have no limit");
    assert!(stalls.unmet().iter().any(|unmet| unmet.guarantee == sop_verify::GuaranteeName::Bounded));
    let (id, en) = (stalls.explain(Language::Indonesian), stalls.explain(Language::English));
    assert!(id.contains("longgar.json` dapat macet:\n  - bounded: terbantah (Pasti berakhir"), "{id}");
    assert!(en.contains("longgar.json` may stall:\n  - bounded: refuted"), "{en}");
    assert_eq!(stalls.to_string(), format!("{id}\n{en}"));
}

#[test]
fn a_file_that_cannot_be_read_is_explained() {
    let stalls = cannot_stall(shipped("tidak_ada.json")).expect_err("there is no such file");
    assert!(stalls.findings().is_some() && stalls.unmet().is_empty());
    assert!(stalls.to_string().contains("SOP"), "{stalls}");
}

#[test]
#[should_panic(expected = "tidak_ada.json")]
fn the_assertion_panics_with_the_explanation() {
    assert_cannot_stall(shipped("tidak_ada.json"));
}
