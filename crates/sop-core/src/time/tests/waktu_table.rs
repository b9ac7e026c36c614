//! Durations as officials write them.

use proptest::prelude::*;

use super::*;

/// How a text is printed, what it is, and its budget in an office of the usual kind.
fn read(text: &str) -> String {
    match Waktu::parse(text) {
        Ok(waktu) => {
            let budget = match waktu.budget(&DurationRules::default()) {
                None => "no budget".to_owned(),
                Some(budget) => budget.to_string(),
            };
            format!("{waktu} | {:?} | {budget}", waktu.shape())
        }
        Err(error) => {
            let part = &text[error.range.clone()];
            let hint = error.suggestion.map(|hint| format!(" -> {hint}")).unwrap_or_default();
            format!("{:?} `{part}`{hint}", error.kind)
        }
    }
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    let found: Vec<_> = table.iter().map(|&(text, _)| (text, read(text))).collect();
    let expected: Vec<_> = table.iter().map(|&(text, line)| (text, line.to_owned())).collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
}

#[test]
fn amounts() {
    check(&[
        ("5 menit", "5 menit | Amount | 5 working minutes"),
        ("20 Menit", "20 menit | Amount | 20 working minutes"),
        ("  20\u{a0} MENIT. ", "20 menit | Amount | 20 working minutes"),
        ("5menit", "5 menit | Amount | 5 working minutes"),
        ("05 menit", "5 menit | Amount | 5 working minutes"),
        ("2 jam", "2 jam | Amount | 120 working minutes"),
        ("2 jam kerja", "2 jam | Amount | 120 working minutes"),
        ("1 hari", "1 hari | Amount | 450 working minutes"),
        ("3 Hari Kerja", "3 hari kerja | Amount | 1350 working minutes"),
        ("3 (tiga) hari kerja", "3 hari kerja | Amount | 1350 working minutes"),
        ("14 (Empat  Belas) hari", "14 hari | Amount | 6300 working minutes"),
        ("2 minggu", "2 minggu | Amount | 4500 working minutes"),
        ("1 bulan", "1 bulan | Amount | 9000 working minutes"),
        ("1,5 jam", "1,5 jam | Amount | 90 working minutes"),
        ("0,01 menit", "0,01 menit | Amount | 1 working minutes"),
        ("0,125 hari", "0,125 hari | Amount | 57 working minutes"),
        ("1.440 menit", "1440 menit | Amount | 1440 working minutes"),
        ("1 jam 30 menit", "1 jam 30 menit | Amount | 90 working minutes"),
        ("1 jam dan 30 menit", "1 jam 30 menit | Amount | 90 working minutes"),
        ("1 hari 2 jam", "1 hari 2 jam | Amount | 570 working minutes"),
        ("1 minggu 1 hari", "1 minggu 1 hari | Amount | 2700 working minutes"),
        ("0 menit", "0 menit | Amount | 0 working minutes"),
    ]);
}

#[test]
fn elapsed_amounts() {
    check(&[
        ("1 x 24 jam", "1 x 24 jam | Amount | 1440 elapsed minutes"),
        ("1x24 jam", "1 x 24 jam | Amount | 1440 elapsed minutes"),
        ("2 X 24 Jam", "2 x 24 jam | Amount | 2880 elapsed minutes"),
        ("2 × 24 jam", "2 x 24 jam | Amount | 2880 elapsed minutes"),
        ("3 (tiga) x 24 jam", "3 x 24 jam | Amount | 4320 elapsed minutes"),
        ("7 hari kalender", "7 hari kalender | Amount | 10080 elapsed minutes"),
        ("2 hari kalender 6 jam", "2 hari kalender 6 jam | Amount | 3240 elapsed minutes"),
        ("1 - 2 x 24 jam", "1 - 2 x 24 jam | Range | 2880 elapsed minutes"),
        ("1 x 24 jam - 2 x 24 jam", "1 - 2 x 24 jam | Range | 2880 elapsed minutes"),
    ]);
}

#[test]
fn ranges_count_with_their_upper_end() {
    check(&[
        ("1 - 2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1-2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1 – 2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1 s.d. 2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1 S.D 2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1 s/d 2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1 sd. 2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1 sampai 2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1 hari sampai dengan 2 hari", "1 - 2 hari | Range | 900 working minutes"),
        ("1 hingga 2 hari kerja", "1 - 2 hari kerja | Range | 900 working minutes"),
        ("30 menit - 3 Jam", "30 menit - 3 jam | Range | 180 working minutes"),
        ("1,5-2 jam", "1,5 - 2 jam | Range | 120 working minutes"),
        // With days of 7.5 hours the eight hours are the upper end.
        ("8 jam - 1 hari", "8 jam - 1 hari | Range | 480 working minutes"),
        ("± 1 - 2 hari", "± 1 - 2 hari | Range | 900 working minutes"),
    ]);
}

#[test]
fn hedges_are_kept_and_change_nothing() {
    check(&[
        ("± 2 Menit", "± 2 menit | Amount | 2 working minutes"),
        ("+/- 2 menit", "± 2 menit | Amount | 2 working minutes"),
        ("kurang lebih 2 menit", "± 2 menit | Amount | 2 working minutes"),
        ("Kira-kira 2 menit", "± 2 menit | Amount | 2 working minutes"),
        ("maks. 2 hari", "maks. 2 hari | Amount | 900 working minutes"),
        ("Maksimal 2 hari", "maks. 2 hari | Amount | 900 working minutes"),
        ("max 2 hari", "maks. 2 hari | Amount | 900 working minutes"),
        ("paling lama 5 (lima) hari kerja", "maks. 5 hari kerja | Amount | 2250 working minutes"),
        ("selambat-lambatnya 2 hari", "maks. 2 hari | Amount | 900 working minutes"),
        ("≤ 2 hari", "maks. 2 hari | Amount | 900 working minutes"),
    ]);
}

#[test]
fn where_there_is_no_duration_there_is_no_budget() {
    check(&[
        ("", " | Unset | no budget"),
        (" \u{a0}\n", " | Unset | no budget"),
        ("-", "- | Unset | no budget"),
        ("–", "- | Unset | no budget"),
        ("---", "- | Unset | no budget"),
        ("Segera", "Segera | Unset | no budget"),
        ("SEGERA.", "Segera | Unset | no budget"),
        ("Insidental", "Insidental | Unset | no budget"),
        ("Insidentil", "Insidental | Unset | no budget"),
        ("Kondisional", "Kondisional | Unset | no budget"),
        ("Menyesuaikan", "Kondisional | Unset | no budget"),
        ("Tentatif", "Tentatif | Unset | no budget"),
        ("sesuai kebutuhan", "Sesuai kebutuhan | Unset | no budget"),
        ("Triwulan", "Triwulan | Period | no budget"),
        ("Setiap  bulan", "Setiap bulan | Period | no budget"),
        ("tiap hari kerja", "Tiap hari kerja | Period | no budget"),
        ("per triwulan", "Per triwulan | Period | no budget"),
        ("Tahunan", "Tahunan | Period | no budget"),
        ("2 menit/berkas", "2 menit/berkas | Rate | no budget"),
        ("2 Menit / Berkas", "2 menit/Berkas | Rate | no budget"),
        ("2 menit per  berkas", "2 menit/berkas | Rate | no budget"),
        ("1-2 hari/surat masuk", "1 - 2 hari/surat masuk | Rate | no budget"),
    ]);
}

#[test]
fn what_cannot_be_read_is_shown_with_its_place_and_where_possible_a_way_out() {
    check(&[
        ("5", "MissingUnit `5` -> 5 menit"),
        ("5 - 10", "MissingUnit `10` -> 5 - 10 menit"),
        ("1 - 1 jam 30 menit", "MissingUnit `1` -> 1 menit - 1 jam 30 menit"),
        ("menit", "MissingNumber `menit`"),
        ("dua puluh lima menit", "MissingNumber `dua puluh lima` -> 25 menit"),
        ("maks.", "MissingNumber ``"),
        ("5 mnt", "UnknownUnit `mnt` -> 5 menit"),
        ("5 mneit", "UnknownUnit `mneit` -> 5 menit"),
        ("2 hr", "UnknownUnit `hr` -> 2 hari"),
        ("3 HK", "UnknownUnit `HK` -> 3 hari kerja"),
        ("2 tahun", "UnknownUnit `tahun` -> 24 bulan"),
        ("30 detik", "UnknownUnit `detik` -> 1 menit"),
        ("5 berkas", "UnknownUnit `berkas`"),
        ("1.5 jam", "BadNumber `1.5` -> 1,5 jam"),
        ("1,2345 jam", "BadNumber `1,2345`"),
        ("1,5,5 jam", "BadNumber `1,5,5`"),
        ("3 (lima) hari", "WordsDisagree `(lima)` -> 3 (tiga) hari"),
        ("30 menit 1 jam", "BadOrder `1 jam`"),
        ("1 jam 30 jam", "BadOrder `30 jam`"),
        ("2 jam kalender", "NotUnderstood `kalender` -> 2 jam"),
        ("1 hari 1 hari kerja", "BadOrder `1 hari kerja`"),
        ("3 - 1 hari", "Reversed `3 - 1 hari` -> 1 - 3 hari"),
        ("± 2 jam - 30 menit", "Reversed `2 jam - 30 menit` -> ± 30 menit - 2 jam"),
        ("1 bulan - 1 minggu", "Reversed `1 bulan - 1 minggu` -> 1 minggu - 1 bulan"),
        ("4000 hari", "TooLarge `4000 hari`"),
        ("99999999999999999999 menit", "TooLarge `99999999999999999999`"),
        ("5 menit saja", "NotUnderstood `saja` -> 5 menit"),
        ("5 menit (maksimal)", "NotUnderstood `(maksimal)` -> 5 menit"),
        ("segra", "NotUnderstood `segra` -> segera"),
        ("3 x 8 jam", "NotUnderstood `x`"),
        ("minimal 2 hari", "NotUnderstood `minimal`"),
        ("-5 menit", "NotUnderstood `-`"),
        ("5 / 3", "NotUnderstood `/`"),
        ("2 menit/5", "NotUnderstood `/5`"),
        ("lihat SOP lain", "NotUnderstood `lihat`"),
        ("½ hari", "NotUnderstood `½`"),
        ("proses 2 bulan", "NotUnderstood `proses`"),
    ]);
}

#[test]
fn the_largest_readable_amount_is_within_the_largest_budget() {
    let longest = DurationRules::new(1_440, 7, 31, DayKind::Calendar).unwrap();
    let budget = |text: &str| Waktu::parse(text).map(|waktu| waktu.budget(&longest).unwrap().minutes());
    assert_eq!(budget("3650 hari"), Ok(Budget::MAX_MINUTES));
    assert_eq!(budget("5.256.000 menit"), Ok(Budget::MAX_MINUTES));
    assert_eq!(budget("5.256.001 menit").unwrap_err().kind, WaktuErrorKind::TooLarge);
}

#[test]
fn the_office_says_what_a_day_is() {
    let calendar = DurationRules::new(420, 7, 30, DayKind::Calendar).unwrap();
    let budget = |text: &str| Waktu::parse(text).unwrap().budget(&calendar).unwrap().to_string();
    assert_eq!(budget("2 hari"), "2880 elapsed minutes");
    assert_eq!(budget("2 hari kerja"), "840 working minutes");
    assert_eq!(budget("2 jam"), "120 working minutes");
    assert_eq!(budget("1 minggu"), "10080 elapsed minutes");
    assert_eq!(budget("1 bulan"), "43200 elapsed minutes");
    assert_eq!(budget("1 hari 2 jam"), "1560 elapsed minutes");
    assert_eq!(budget("8 jam - 1 hari"), "1440 elapsed minutes");
}

#[test]
fn rules_out_of_bounds_are_refused_all_at_once() {
    let errors = DurationRules::new(0, 8, 32, DayKind::Working).unwrap_err();
    let rules: Vec<_> = errors.iter().map(|error| error.rule.key()).collect();
    assert_eq!(rules, ["minutes_per_day", "days_per_week", "days_per_month"]);
    let json = r#"{"minutes_per_day":450,"days_per_week":5,"days_per_month":20,"day":"working"}"#;
    let rules: DurationRules = serde_json::from_str(json).unwrap();
    assert_eq!(rules, DurationRules::default());
    assert_eq!(serde_json::to_string(&rules).unwrap(), json);
    assert!(serde_json::from_str::<DurationRules>(&json.replace("450", "1441")).is_err());
}

#[test]
fn a_waktu_keeps_what_was_written() {
    let waktu = Waktu::parse("maks. 1,5 - 2 jam/Berkas").unwrap();
    assert_eq!(waktu.qualifier(), Qualifier::AtMost);
    let low = waktu.low().unwrap().terms()[0];
    assert_eq!((low.quantity.thousandths(), low.unit), (1_500, Unit::Hour));
    assert_eq!(waktu.high().unwrap().terms()[0].quantity.to_string(), "2");
    assert_eq!(waktu.per(), Some("Berkas"));
    assert_eq!(waktu.unset(), None);
    assert_eq!(Waktu::parse("Segera").unwrap().unset(), Some(Unset::Promptly));
    assert_eq!(serde_json::to_string(&waktu).unwrap(), r#""maks. 1,5 - 2 jam/Berkas""#);
}

/// Texts made of what Waktu is made of, in any order.
fn near() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "1",
        "2",
        "24",
        "30",
        "1,5",
        "1.440",
        "999999999",
        "menit",
        "Jam",
        "hari",
        "kerja",
        "kalender",
        "minggu",
        "bulan",
        "tahun",
        "detik",
        "x",
        "×",
        "-",
        "–",
        "s.d.",
        "s/d",
        "sampai",
        "dengan",
        "/",
        "per",
        "berkas",
        "±",
        "maks.",
        "paling",
        "lama",
        "(tiga)",
        "(",
        "dan",
        "setiap",
        "Segera",
        "tiga",
        "mnt",
        ".",
        ",",
        "\u{a0}",
        "½",
        "",
    ]);
    proptest::collection::vec((pieces, prop_oneof![Just(""), Just(" ")]), 0..9)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, space)| format!("{piece}{space}")).collect())
}

fn readable() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        (0..3_000_u32).prop_map(|n| n.to_string()),
        (0..90_u32, 0..1_000_u32).prop_map(|(n, decimals)| format!("{n},{decimals:03}")),
    ];
    let unit = proptest::sample::select(vec![
        "menit",
        "jam",
        "hari",
        "hari kerja",
        "hari kalender",
        "x 24 jam",
        "minggu",
        "bulan",
    ]);
    let amount = (number, unit).prop_map(|(number, unit)| format!("{number} {unit}"));
    let hedge = proptest::sample::select(vec!["", "± ", "maks. "]);
    let per = proptest::sample::select(vec!["", "/berkas", " per surat masuk"]);
    (hedge, amount.clone(), proptest::option::of(amount), per).prop_map(|(hedge, low, high, per)| {
        let high = high.map(|high| format!(" s.d. {high}")).unwrap_or_default();
        format!("{hedge}{low}{high}{per}")
    })
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic_and_every_place_is_in_the_text(
        text in prop_oneof!["\\PC{0,40}", near(), readable()],
    ) {
        match Waktu::parse(&text) {
            Ok(waktu) => {
                let printed = waktu.to_string();
                let shape = waktu.shape();
                prop_assert_eq!(Waktu::parse(&printed), Ok(waktu.clone()), "{}", printed);
                prop_assert_eq!(waktu.budget(&DurationRules::LONGEST).is_some(),
                    matches!(shape, Shape::Amount | Shape::Range));
            }
            Err(error) => {
                prop_assert!(text.get(error.range.clone()).is_some(), "{error:?}");
                if let Some(suggestion) = error.suggestion {
                    prop_assert!(Waktu::parse(&suggestion).is_ok(), "{}", suggestion);
                }
            }
        }
    }

    #[test]
    fn capitals_and_spaces_make_no_difference(text in prop_oneof![near(), readable()]) {
        let other = text.to_uppercase().replace(' ', " \u{a0} ");
        // What a rate is for each of keeps its capitals.
        let printed = |waktu: Waktu| waktu.to_string().to_lowercase();
        let kind = |text: &str| Waktu::parse(text).map(printed).map_err(|error| error.kind);
        prop_assert_eq!(kind(&text), kind(&other));
    }

    #[test]
    fn readable_texts_are_read_or_reversed_or_too_large(text in readable()) {
        if let Err(error) = Waktu::parse(&text) {
            let expected = matches!(error.kind, WaktuErrorKind::Reversed | WaktuErrorKind::TooLarge);
            prop_assert!(expected, "{} {:?}", text, error);
        }
    }
}
