//! What guards say, case by case.

use expect_test::{Expect, expect};
use serde_json::json;

use super::super::{GuardErrorKind, MAX_BYTES, MAX_ERRORS, MAX_TOKENS, parse};
use super::{compiled, fields, guard, slots};

/// Each error as the guard's text, a line of marks under it, and the message.
fn check_errors(text: &str, expected: Expect) {
    let errors = compiled(text).expect_err("the guard has errors");
    let mut shown = String::new();
    for error in errors {
        let before = text[..error.span.start].chars().count();
        let marked = text[error.span.clone()].chars().count().max(1);
        shown.push_str(&format!("{text}\n{}{}\n{error}\n", " ".repeat(before), "^".repeat(marked)));
    }
    expected.assert_eq(&shown);
}

#[test]
fn answers() {
    let row = json!({ "nilai": 5_000_000, "bunga": "12.50", "lengkap": true, "jenis": "jasa", "bagian": "hukum",
        "tanggal": "2023-08-31", "perihal": "Undangan \"rapat\"" });
    for (text, answer) in [
        ("case.nilai <= 5000000", true),
        ("case.nilai < 5000000", false),
        ("5000000 >= case.nilai", true),
        ("5000000 < case.nilai", false),
        ("case.nilai in [1, 5000000, 3]", true),
        ("case.nilai in [4999999, 5000000, 5000001]", true),
        ("case.nilai in [7]", false),
        ("case.nilai != 5000000", false),
        ("case.bunga == 12.5", true),
        ("case.bunga == 12.50 && case.bunga > 12", true),
        ("case.bunga in [0, 12.5]", true),
        ("case.bunga < 12.49", false),
        ("case.lengkap", true),
        ("!case.lengkap", false),
        ("!!case.lengkap", true),
        ("case.lengkap == true", true),
        ("false != case.lengkap", true),
        ("case.lengkap in [false]", false),
        ("case.jenis == \"jasa\"", true),
        ("case.jenis in ['barang', 'konstruksi']", false),
        ("case.bagian != 'umum'", true),
        ("case.tanggal < \"2023-09-01\"", true),
        ("case.tanggal >= \"2023-08-31\" && case.tanggal <= \"2023-08-31\"", true),
        ("case.perihal == \"Undangan \\\"rapat\\\"\"", true),
        ("case.perihal in ['a', 'Undangan \\u0022rapat\"']", true),
        ("has(case.nilai)", true),
        ("true", true),
        ("false || (true && !false)", true),
        ("case.nilai < 1 || case.lengkap && case.jenis == 'jasa'", true),
        ("(case.nilai < 1 || case.lengkap) && case.jenis == 'barang'", false),
        ("!(case.nilai < 1) && !(case.lengkap && case.nilai == 7)", true),
        (" \t\n\r( ( case . nilai ) ) >= ( 5 ) ", true),
    ] {
        assert_eq!(guard(text).holds(&slots(row.clone())), answer, "{text}");
    }
}

#[test]
fn what_is_not_set_compares_false_and_never_fails() {
    for (text, answer) in [
        ("case.nilai <= 5", false),
        ("case.nilai != 5", false),
        ("!(case.nilai <= 5)", true),
        ("case.lengkap", false),
        ("case.perihal != 'a'", false),
        ("case.nilai in [1, 3]", false),
        ("has(case.nilai)", false),
        ("!has(case.nilai) || case.nilai > 5", true),
    ] {
        assert_eq!(guard(text).holds(&slots(json!({}))), answer, "{text}");
        assert_eq!(guard(text).holds(&[]), answer, "{text}, no slots at all");
    }
}

#[test]
fn beyond_the_last_number_there_is_nothing() {
    use super::{Field, FieldType, Value, check};
    let wide = [
        Field::new("x", "", FieldType::Integer { min: None, max: None }),
        Field::new("d", "", FieldType::Decimal { scale: 0, min: None, max: None }),
    ];
    for (text, below, above) in [
        ("case.x < -9223372036854775808", false, false),
        ("case.x <= -9223372036854775808", true, false),
        ("case.x > 9223372036854775807", false, false),
        ("case.x >= 9223372036854775807", false, true),
        ("case.x in [-9223372036854775808, 9223372036854775807]", true, true),
        ("case.d < -9223372036854775808 || case.d > 9223372036854775807", false, false),
    ] {
        let guard = check(&parse(text).unwrap(), &wide).unwrap();
        for (number, answer) in [(i64::MIN, below), (i64::MAX, above), (0, false)] {
            let values = [Some(Value::Integer(number)), Some(Value::Decimal(number))];
            assert_eq!(guard.holds(&values), answer, "{text} for {number}");
        }
    }
}

#[test]
fn the_first_of_two_names_counts() {
    use super::{Field, FieldType, Value, check};
    // `case.dan` is a field; only a word of its own is another notation's `&&`.
    let mut ids: Vec<String> = (0..40).map(|n| format!("unit_{}", n % 30)).collect();
    let fields = [
        Field::new("dan", "", FieldType::Choice(ids.clone())),
        Field::new("dan", "", FieldType::Bool),
        Field::new("pendek", "", FieldType::Unit(ids.split_off(30))),
    ];
    let values = |long, short| [Some(Value::Choice(long)), None, Some(Value::Unit(short))];
    let guard = check(&parse("case.dan == 'unit_7' && case.pendek == 'unit_9'").unwrap(), &fields).unwrap();
    assert!(guard.holds(&values(7, 9)));
    assert!(!guard.holds(&values(37, 9)));
}

#[test]
fn one_way_of_writing() {
    for (text, canonical) in [
        ("5<case.nilai", "case.nilai > 5"),
        ("((case.lengkap==true)) ", "case.lengkap"),
        ("case.lengkap == false", "case.lengkap == false"),
        ("case.jenis in ['jasa','barang',\"jasa\"]", "case.jenis in [\"barang\", \"jasa\"]"),
        ("case.jenis in ['jasa']", "case.jenis == \"jasa\""),
        ("case.bunga == 7", "case.bunga == 7.00"),
        ("!!(!has(case.nilai))", "!has(case.nilai)"),
        ("!(case.nilai > 5)", "!(case.nilai > 5)"),
        (
            "(case.lengkap || case.nilai == 1) && (case.lengkap && true)",
            "(case.lengkap || case.nilai == 1) && case.lengkap && true",
        ),
        ("case.perihal == 'a\\u0001\"\\\\\\'\\n'", r#"case.perihal == "a\u0001\"\\'\n""#),
    ] {
        let first = guard(text);
        assert_eq!(first.to_string(), canonical);
        assert_eq!(first.source(), text);
        assert!(guard(canonical).is_same_program(&first), "{text}");
    }
}

#[test]
fn several_faults_of_grammar_at_once() {
    check_errors(
        "nilai = 5 dan case.jenis in ['jasa'",
        expect![[r#"
        nilai = 5 dan case.jenis in ['jasa'
        ^^^^^
        a field is written with `case.` before it: `case.nilai`
        nilai = 5 dan case.jenis in ['jasa'
              ^
        `=` is written `==` here
        nilai = 5 dan case.jenis in ['jasa'
                  ^^^
        `dan` is written `&&` here
        nilai = 5 dan case.jenis in ['jasa'
                                    ^
        this list is not closed
    "#]],
    );
    check_errors(
        "(case.nilai > ) && case.nilai 5 || size(case.perihal) > 3)",
        expect![[r#"
        (case.nilai > ) && case.nilai 5 || size(case.perihal) > 3)
                      ^
        expected a field such as `case.x`, or a constant, found `)`
        (case.nilai > ) && case.nilai 5 || size(case.perihal) > 3)
                                      ^
        expected a comparison, `&&` or `||`, found `5`
        (case.nilai > ) && case.nilai 5 || size(case.perihal) > 3)
                                           ^^^^
        expected a field such as `case.x`, or a constant, found `size`
        (case.nilai > ) && case.nilai 5 || size(case.perihal) > 3)
                                                                 ^
        this parenthesis was never opened
    "#]],
    );
    check_errors(
        "case.nilai <= 5.000.000 && case.bunga > 1e3 || case.perihal == 'a\\q'",
        expect![[r#"
        case.nilai <= 5.000.000 && case.bunga > 1e3 || case.perihal == 'a\q'
                      ^^^^^^^^^
        `5.000.000` has separators between its digits; write the digits alone
        case.nilai <= 5.000.000 && case.bunga > 1e3 || case.perihal == 'a\q'
                                                ^^^
        `1e3` is not a number such as `12` or `12.5`
        case.nilai <= 5.000.000 && case.bunga > 1e3 || case.perihal == 'a\q'
                                                                         ^^
        `\q` is not an escape; there are `\n \t \r \\ \" \' \uXXXX`
    "#]],
    );
    check_errors(
        "has(case.nilai > 5) && has(nilai) || case. > 3 && case > 1 || kasus.nilai > 1",
        expect![[r#"
        has(case.nilai > 5) && has(nilai) || case. > 3 && case > 1 || kasus.nilai > 1
                       ^
        expected `(case.x)` after `has`, found `>`
        has(case.nilai > 5) && has(nilai) || case. > 3 && case > 1 || kasus.nilai > 1
                                   ^^^^^
        a field is written with `case.` before it: `case.nilai`
        has(case.nilai > 5) && has(nilai) || case. > 3 && case > 1 || kasus.nilai > 1
                                                   ^
        expected a field's name, found `>`
        has(case.nilai > 5) && has(nilai) || case. > 3 && case > 1 || kasus.nilai > 1
                                                               ^
        expected `.` after `case`, found `>`
        has(case.nilai > 5) && has(nilai) || case. > 3 && case > 1 || kasus.nilai > 1
                                                                      ^^^^^
        expected a field such as `case.x`, or a constant, found `kasus`
    "#]],
    );
    check_errors(
        "1 < case.nilai < 5 && case.nilai in 5 && case.jenis in []",
        expect![[r#"
        1 < case.nilai < 5 && case.nilai in 5 && case.jenis in []
                       ^
        comparisons can't be chained; join two of them with `&&`
        1 < case.nilai < 5 && case.nilai in 5 && case.jenis in []
                                            ^
        expected a list such as `[1, 2]`, found `5`
        1 < case.nilai < 5 && case.nilai in 5 && case.jenis in []
                                                               ^^
        this list is empty
    "#]],
    );
    check_errors(
        "case.jenis == “jasa” && case.nilai ≤ 5 && case.perihal == \"x",
        expect![[r#"
        case.jenis == “jasa” && case.nilai ≤ 5 && case.perihal == "x
                      ^
        `“` is written `"` here
        case.jenis == “jasa” && case.nilai ≤ 5 && case.perihal == "x
                                           ^
        `≤` is written `<=` here
        case.jenis == “jasa” && case.nilai ≤ 5 && case.perihal == "x
                                                                  ^^
        this text has no closing quotation mark
    "#]],
    );
    check_errors(
        "case.nilai + 1 > 5 && - case.nilai < 3 && case.nilai > 99999999999999999999",
        expect![[r#"
        case.nilai + 1 > 5 && - case.nilai < 3 && case.nilai > 99999999999999999999
                   ^
        expected a comparison, `&&` or `||`, found `+`
        case.nilai + 1 > 5 && - case.nilai < 3 && case.nilai > 99999999999999999999
                                ^^^^
        expected a number, found `case`
        case.nilai + 1 > 5 && - case.nilai < 3 && case.nilai > 99999999999999999999
                                                               ^^^^^^^^^^^^^^^^^^^^
        `99999999999999999999` is too large a number
    "#]],
    );
    check_errors(
        "case.nilai > ? > 5 && case.nilai == , && in [1] || has()",
        expect![[r#"
            case.nilai > ? > 5 && case.nilai == , && in [1] || has()
                         ^
            expected a field such as `case.x`, or a constant, found `?`
            case.nilai > ? > 5 && case.nilai == , && in [1] || has()
                                                ^
            expected a field such as `case.x`, or a constant, found `,`
            case.nilai > ? > 5 && case.nilai == , && in [1] || has()
                                                     ^^
            expected a field such as `case.x`, or a constant, found `in`
            case.nilai > ? > 5 && case.nilai == , && in [1] || has()
                                                                   ^
            expected `(case.x)` after `has`, found `)`
        "#]],
    );
    check_errors(
        "((case.lengkap)",
        expect![[r#"
        ((case.lengkap)
        ^
        this parenthesis is not closed
    "#]],
    );
    check_errors(
        "",
        expect![[r#"

        ^
        expected a field such as `case.x`, or a constant, found the end
    "#]],
    );
    check_errors(
        "case",
        expect![[r#"
        case
            ^
        expected `.` after `case`, found the end
    "#]],
    );
    check_errors(
        "has",
        expect![[r#"
        has
           ^
        expected `(case.x)` after `has`, found the end
    "#]],
    );
    check_errors(
        "case.nilai in",
        expect![[r#"
        case.nilai in
                     ^
        expected a list such as `[1, 2]`, found the end
    "#]],
    );
    check_errors(
        "case.in == 3 && case.nilai in [1 2] && case.nilai in [1, case.nilai]",
        expect![[r#"
        case.in == 3 && case.nilai in [1 2] && case.nilai in [1, case.nilai]
             ^^
        expected a field's name, found `in`
        case.in == 3 && case.nilai in [1 2] && case.nilai in [1, case.nilai]
                                         ^
        expected `,` or `]`, found `2`
        case.in == 3 && case.nilai in [1 2] && case.nilai in [1, case.nilai]
                                                                 ^^^^
        expected a constant, found `case`
    "#]],
    );
}

#[test]
fn several_faults_of_type_at_once() {
    check_errors(
        "case.nila > 5 && case.jenis == 'jassa' && case.bagian in ['umum', 'x', 'hukun']",
        expect![[r#"
        case.nila > 5 && case.jenis == 'jassa' && case.bagian in ['umum', 'x', 'hukun']
        ^^^^^^^^^
        there is no field `nila`
        case.nila > 5 && case.jenis == 'jassa' && case.bagian in ['umum', 'x', 'hukun']
                                       ^^^^^^^
        `jassa` is not in the list of `jenis`
        case.nila > 5 && case.jenis == 'jassa' && case.bagian in ['umum', 'x', 'hukun']
                                                                          ^^^
        `x` is not in the list of `bagian`
        case.nila > 5 && case.jenis == 'jassa' && case.bagian in ['umum', 'x', 'hukun']
                                                                               ^^^^^^^
        `hukun` is not in the list of `bagian`
    "#]],
    );
    check_errors(
        "case.nilai == 'a' || case.nilai > 5.0 || case.lengkap == 1 || case.jenis == true",
        expect![[r#"
        case.nilai == 'a' || case.nilai > 5.0 || case.lengkap == 1 || case.jenis == true
                      ^^^
        `nilai` has the type integer and can't be compared with a text
        case.nilai == 'a' || case.nilai > 5.0 || case.lengkap == 1 || case.jenis == true
                                          ^^^
        `nilai` has the type integer and can't be compared with a decimal number
        case.nilai == 'a' || case.nilai > 5.0 || case.lengkap == 1 || case.jenis == true
                                                                 ^
        `lengkap` has the type bool and can't be compared with a whole number
        case.nilai == 'a' || case.nilai > 5.0 || case.lengkap == 1 || case.jenis == true
                                                                                    ^^^^
        `jenis` has the type choice and can't be compared with `true` or `false`
    "#]],
    );
    check_errors(
        "case.jenis < 'jasa' || case.perihal >= 'a' || case.lengkap > false",
        expect![[r#"
        case.jenis < 'jasa' || case.perihal >= 'a' || case.lengkap > false
        ^^^^^^^^^^^^^^^^^^^
        `jenis` has the type choice, which has no order; compare with `==`, `!=` or `in`
        case.jenis < 'jasa' || case.perihal >= 'a' || case.lengkap > false
                               ^^^^^^^^^^^^^^^^^^^
        `perihal` has the type text, which has no order; compare with `==`, `!=` or `in`
        case.jenis < 'jasa' || case.perihal >= 'a' || case.lengkap > false
                                                      ^^^^^^^^^^^^^^^^^^^^
        `lengkap` has the type bool, which has no order; compare with `==`, `!=` or `in`
    "#]],
    );
    check_errors(
        "case.bunga > 5.000 || case.bunga > 100.01 || case.nilai == -1",
        expect![[r#"
        case.bunga > 5.000 || case.bunga > 100.01 || case.nilai == -1
                     ^^^^^
        `5.000` has more digits after the point than `bunga` keeps (2)
        case.bunga > 5.000 || case.bunga > 100.01 || case.nilai == -1
                                           ^^^^^^
        `100.01` is outside of what `bunga` may be (0.00 to 100.00)
        case.bunga > 5.000 || case.bunga > 100.01 || case.nilai == -1
                                                                   ^^
        `-1` is outside of what `nilai` may be (0 to 1000000000000)
    "#]],
    );
    check_errors(
        "case.tanggal < '2023-02-29' && case.perihal == 'lebih dari dua puluh huruf'",
        expect![[r#"
        case.tanggal < '2023-02-29' && case.perihal == 'lebih dari dua puluh huruf'
                       ^^^^^^^^^^^^
        `2023-02-29` is not a date such as `2026-01-31`
        case.tanggal < '2023-02-29' && case.perihal == 'lebih dari dua puluh huruf'
                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        this text has 26 characters, and `perihal` at most 20
    "#]],
    );
    check_errors(
        "case.nilai == case.nilai || 1 == 1 || case.nilai == [1] || (case.lengkap && true) == true",
        expect![[r#"
        case.nilai == case.nilai || 1 == 1 || case.nilai == [1] || (case.lengkap && true) == true
        ^^^^^^^^^^^^^^^^^^^^^^^^
        compare a field with a constant, not a field with a field
        case.nilai == case.nilai || 1 == 1 || case.nilai == [1] || (case.lengkap && true) == true
                                    ^^^^^^
        compare a field with a constant, not a whole number with a whole number
        case.nilai == case.nilai || 1 == 1 || case.nilai == [1] || (case.lengkap && true) == true
                                              ^^^^^^^^^^^^^^^^^
        compare a field with a constant, not a field with a list
        case.nilai == case.nilai || 1 == 1 || case.nilai == [1] || (case.lengkap && true) == true
                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        compare a field with a constant, not a condition with `true` or `false`
    "#]],
    );
    check_errors(
        "case.nilai && 5 || !case.jenis || 'a'",
        expect![[r#"
        case.nilai && 5 || !case.jenis || 'a'
        ^^^^^^^^^^
        this is a field, not a condition
        case.nilai && 5 || !case.jenis || 'a'
                      ^
        this is a whole number, not a condition
        case.nilai && 5 || !case.jenis || 'a'
                            ^^^^^^^^^^
        this is a field, not a condition
        case.nilai && 5 || !case.jenis || 'a'
                                          ^^^
        this is a text, not a condition
    "#]],
    );
    check_errors(
        "!case.lengkap == true && case.lengkap",
        expect![[r#"
        !case.lengkap == true && case.lengkap
        ^^^^^^^^^^^^^^^^^^^^^
        compare a field with a constant, not a condition with `true` or `false`
    "#]],
    );
    check_errors(
        "case.bunga > 9223372036854775807",
        expect![[r#"
        case.bunga > 9223372036854775807
                     ^^^^^^^^^^^^^^^^^^^
        `9223372036854775807` is too large a number
    "#]],
    );
}

#[test]
fn a_fault_is_reported_once() {
    let errors = compiled("!(case.x == 5) && (case.x in [1] || case.lengkap)").expect_err("no such field");
    assert_eq!(errors.len(), 2);
}

#[test]
fn limits() {
    let long = "case.nilai > 1 || ".repeat(60_000);
    assert!(long.len() > 1_000_000);
    let errors = parse(&long).expect_err("too long");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].kind, GuardErrorKind::TooLong { length: long.len(), limit: MAX_BYTES });

    let at_limit = format!("true{}", " ".repeat(MAX_BYTES - 4));
    assert!(parse(&at_limit).is_ok());
    assert!(parse(&format!("{at_limit} ")).is_err());
    // The limit may fall into the middle of a character.
    let errors = parse(&"é".repeat(MAX_BYTES)[..MAX_BYTES + 2]).expect_err("too long");
    assert!(matches!(errors[0].kind, GuardErrorKind::TooLong { .. }));

    let errors = parse(&"!".repeat(MAX_TOKENS + 1)).expect_err("too many");
    assert_eq!(errors[0].kind, GuardErrorKind::TooManyTokens { limit: MAX_TOKENS });
    assert!(parse(&format!("{}true", "!".repeat(MAX_TOKENS - 1))).is_ok());
    assert_eq!(parse(&"?".repeat(5_000)).expect_err("nonsense").len().min(MAX_ERRORS + 1), 1);
    assert_eq!(parse(&"case.x == 1e1 &&".repeat(500)).expect_err("nonsense").len(), MAX_ERRORS);
}

#[test]
fn depth_costs_no_stack() {
    // A thread with a stack in which a recursive parser couldn't go 2,000 deep.
    let deep = std::thread::Builder::new().stack_size(64 * 1024).spawn(|| {
        let text = format!("{}case.nilai > 5{}", "(".repeat(2_000), ")".repeat(2_000));
        assert_eq!(guard(&text).to_string(), "case.nilai > 5");
        let text = format!("{}case.lengkap{}", "!(".repeat(1_300), ")".repeat(1_300));
        assert_eq!(guard(&text).to_string(), "case.lengkap");
        let text = format!("{}case.lengkap{}", "(case.lengkap||(case.lengkap&&".repeat(340), "))".repeat(340));
        let deep = guard(&text);
        assert!(guard(&deep.to_string()).is_same_program(&deep));
        assert_eq!(deep.needs().len(), 1);
        let errors = compiled(&"(".repeat(4_000)).expect_err("nothing but parentheses");
        assert_eq!(errors.len(), MAX_ERRORS);
        let errors = compiled(&format!("{}true", "(".repeat(4_000))).expect_err("unclosed");
        assert!(errors.iter().all(|error| error.kind == GuardErrorKind::UnclosedParenthesis));
        assert!(compiled(&")".repeat(4_000)).is_err());
        assert!(compiled(&"[".repeat(4_000)).is_err());
        assert!(compiled(&"has(".repeat(2_000)).is_err());
    });
    deep.unwrap().join().unwrap();
}

#[test]
fn a_canonical_text_is_never_longer_than_a_guard_may_be() {
    let constants: Vec<String> = (0..1_900).map(|n| n.to_string()).collect();
    let mut fields = fields();
    fields[1].ty = super::FieldType::Decimal { scale: 6, min: None, max: None };
    let text = format!("case.bunga in [{}]", constants.join(","));
    let long = super::check(&parse(&text).unwrap(), &fields).unwrap();
    assert_eq!(long.to_string(), text);
    assert!(super::check(&parse(&long.to_string()).unwrap(), &fields).unwrap().is_same_program(&long));
}

#[test]
fn the_verifier_sees_fields_and_cut_points() {
    let guard = guard("has(case.bunga) && case.nilai in [9, 3] || 5 < case.nilai || true || case.lengkap");
    let seen: Vec<String> = guard.tests().map(|(field, test)| format!("{} {test:?}", field.place())).collect();
    // Whatever the rest answers, the guard holds: so nothing is asked.
    assert_eq!(seen, Vec::<String>::new());
    let guard = super::guard("has(case.bunga) && case.nilai in [9, 3] || 5 < case.nilai");
    let seen: Vec<String> =
        guard.tests().map(|(field, test)| format!("{} {test:?} {}", field.place(), test.constants().len())).collect();
    assert_eq!(seen, ["1 Has 0", "0 OneOf([Integer(3), Integer(9)]) 2", "0 Is(Greater, Integer(5)) 1"]);
    assert_eq!(guard.reads(), [super::ix("nilai"), super::ix("bunga")]);
    assert!(guard.holds_with(|field, test| field == super::ix("nilai") && test.constants().len() == 1));
}

#[test]
fn mentions_are_where_the_text_has_them() {
    let text = "has(case.nilai) && 5 < case . bunga";
    let syntax = parse(text).unwrap();
    let mentions: Vec<(&str, &str)> = syntax.mentions().map(|(name, span)| (name, &text[span])).collect();
    assert_eq!(mentions, [("nilai", "case.nilai"), ("bunga", "case . bunga")]);
}
