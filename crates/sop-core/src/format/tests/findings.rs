//! What is said about bad files: the codes with their places, and the look of it.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::Plan;
use crate::diagnostic::{Language, Rule, render};
use crate::format::{Parsed, parse, parse_bytes};
use crate::text::{MAX_BYTES, Pointer, SourceText};

fn read(text: &str) -> Parsed<Plan> {
    parse(SourceText::new("plan.json", text))
}

/// One line for each finding: code, place, pointer, message.
fn brief(parsed: &Parsed<Plan>) -> String {
    let line = |finding: &crate::diagnostic::Diagnostic| {
        let label = finding.primary().unwrap();
        let place = label.position.map_or("-".to_owned(), |at| at.to_string());
        format!("{} {place} {} {}\n", finding.rule, label.pointer, finding.message(Language::English))
    };
    parsed.diagnostics.iter().map(line).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "as expect-test is used")]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&brief(&read(text)));
}

#[expect(clippy::needless_pass_by_value, reason = "as expect-test is used")]
fn check_look(text: &str, language: Language, expected: Expect) {
    let parsed = read(text);
    expected.assert_eq(&render::render(&parsed.diagnostics, &[&parsed.source], language));
}

#[test]
fn the_good_file_is_good() {
    let parsed = read(r#"{ "format": 1, "steps": [{ "id": "a", "end": "part" }] }"#);
    assert!(parsed.diagnostics.is_empty(), "{}", parsed.diagnostics);
    assert_eq!(parsed.value.unwrap().steps.len(), 1);
}

#[test]
fn all_of_them_at_once() {
    check(
        r#"{
  "format": 1, "fromat": 2, "drwan": true, "amount": 1.5, "colour": 3,
  "type": "prat",
  "steps": [
    { "id": "Tata Usaha", "next": "b" },
    { "id": "b", "next": "c", "end": "part" },
    { "id": "c", "nxet": "d", "limit": 70000 },
    { "id": "d", "roles": "kabag", "end": "case" },
    { "id": "e" }, 7, null,
    { "next": "e", "roles": ["x", 5, false] }
  ],
  "policy": { "Kabag": { "id": "f", "end": "part" }, "g": [] }
}"#,
        expect![[r#"
            SOP0131 2:16 /fromat the key `fromat` is unknown in the plan
            SOP0131 2:29 /drwan the key `drwan` is unknown in the plan
            SOP0140 2:54 /amount `amount` has to be a whole number, not `1.5`
            SOP0131 2:59 /colour the key `colour` is unknown in the plan
            SOP0142 3:11 /type `type` does not know `prat`
            SOP0143 5:14 /steps/0/id `Tata Usaha` is not an id: `T` can't be part of it
            SOP0134 6:18 /steps/1/next the step `b` may have only one of `next`, `end`
            SOP0131 7:18 /steps/2/nxet the key `nxet` is unknown in the step
            SOP0141 7:40 /steps/2/limit `limit` has to be a whole number from 0 to 65535, not 70000
            SOP0140 8:27 /steps/3/roles `roles` has to be an array [ … ], not a text
            SOP0133 9:5 /steps/4 the step `e` needs one of `next`, `end`
            SOP0140 9:20 /steps/5 item 6 of `steps` has to be an object { … }, not a number
            SOP0145 9:23 /steps/6 item 7 of `steps` can't be `null`
            SOP0132 10:5 /steps/7 step 8 needs `id`
            SOP0140 10:35 /steps/7/roles/1 item 2 of `roles` has to be a text, not a number
            SOP0140 10:38 /steps/7/roles/2 item 3 of `roles` has to be a text, not false
            SOP0143 12:15 /policy/Kabag `Kabag` is not an id: `K` can't be part of it
            SOP0140 12:59 /policy/g `g` has to be an object { … }, not an array [ … ]
        "#]],
    );
}

#[test]
fn syntax() {
    for (text, expected) in [
        (
            "",
            expect![[r#"
            SOP0105 1:1  the file is empty
        "#]],
        ),
        (
            " \n",
            expect![[r#"
            SOP0105 2:1  the file is empty
        "#]],
        ),
        (
            "{\"format\": 1, \"steps\": [",
            expect![[r#"
            SOP0111 1:25 /steps the file ends in the middle: `]` is missing
        "#]],
        ),
        (
            "{\"format\": 1, \"steps\": [\n{\"id\": \"a",
            expect![[r#"
            SOP0117 2:8 /steps/0 the closing quote is missing on this line
        "#]],
        ),
        (
            "{\"format\": 1 \"steps\": [{\"id\": \"a\" \"end\": \"part\",},],}",
            expect![[r#"
            SOP0112 1:13  a comma is missing
            SOP0112 1:34 /steps/0 a comma is missing
            SOP0113 1:48 /steps/0 a comma after the last one
            SOP0113 1:50 /steps a comma after the last one
            SOP0113 1:52  a comma after the last one
        "#]],
        ),
        (
            "{\"format\": 1, // satu\n \"steps\": [] /* dua */ }",
            expect![[r#"
                SOP0121 1:15  comments are unknown in JSON
                SOP0121 2:14  comments are unknown in JSON
            "#]],
        ),
        (
            "{format: 1, 'steps': []}",
            expect![[r#"
                SOP0115 1:2  the key `format` has to be in double quotes
                SOP0116 1:13  text is written in straight double quotes ("), not '
            "#]],
        ),
        (
            "{\"format\": 01, \"steps\": []}",
            expect![[r#"
            SOP0120 1:12  `01` is not a number
        "#]],
        ),
        (
            "{\"format\": 1, \"amount\": 5.000.000, \"drawn\": True, \"steps\": []}",
            expect![[r#"
            SOP0120 1:25  `5.000.000` is not a number
            SOP0122 1:45  `True` is not a JSON value
        "#]],
        ),
        (
            "{\"format\": 1, \"amount\": 1e999, \"steps\": []}",
            expect![[r#"
            SOP0125 1:25  the number is too large
        "#]],
        ),
        (
            "{\"format\": 1, \"steps\" []}",
            expect![[r#"
            SOP0114 1:23  a colon is missing after `steps`
        "#]],
        ),
        (
            "{\"format\" = 1}",
            expect![[r#"
                SOP0132 1:1  the plan needs `steps`
                SOP0114 1:11  a colon is missing after `format`
            "#]],
        ),
        (
            "{\"format\": 1, \"steps\": [}",
            expect![[r#"
                SOP0124 1:25 /steps `}` does not match: what is open is closed by `]`
            "#]],
        ),
        (
            "{\"format\": 1, \"steps\": []}}",
            expect![[r#"
            SOP0123 1:27  there is text after the end of the JSON
        "#]],
        ),
        (
            "{\"format\": 1, \"$schema\": \"a\tb\\x\\ud800\", \"steps\": []}",
            expect![[r#"
            SOP0118 1:28  a control character inside a text is written `\t`
            SOP0119 1:30  `\x` is no escape sequence
            SOP0119 1:32  `\ud800` is no escape sequence
        "#]],
        ),
        (
            "{\"format\": 1, \"$schema\": \"a \"b\" c\", \"steps\": []}",
            expect![[r#"
            SOP0126 1:29  a quote inside a text is written \"
        "#]],
        ),
        (
            "{\"format\": 1,, \"steps\": []}",
            expect![[r#"
                SOP0129 1:14  a comma too many
            "#]],
        ),
        (
            "{\"format\": 1; \"steps\": []}",
            expect![[r#"
            SOP0128 1:13  a comma or a closing bracket is expected here, not `;`
        "#]],
        ),
        (
            "{\"format\": , \"steps\": []}",
            expect![[r#"
            SOP0110 1:12  a value is expected here, not `,`
        "#]],
        ),
        (
            "{\"format\": 1, \"steps\": [], \"drawn\": true, \"format\": 2, \"drawn\": 3}",
            expect![[r#"
            SOP0130 1:43  the key `format` is given twice
            SOP0130 1:56  the key `drawn` is given twice
        "#]],
        ),
        (
            "\u{feff}{\"format\": 1,\r\n  \"stéps\": [],\r\n  \"x\": 1}",
            expect![[r#"
            SOP0131 2:3 /stéps the key `stéps` is unknown in the plan
            SOP0131 3:3 /x the key `x` is unknown in the plan
        "#]],
        ),
        (
            "{“format”:\u{a0}1,\u{200b} «steps»: [] }",
            expect![[r#"
            SOP0116 1:2  text is written in straight double quotes ("), not “
            SOP0108 1:11  a blank that JSON does not know
            SOP0108 1:14  a blank that JSON does not know
            SOP0116 1:16  text is written in straight double quotes ("), not «
        "#]],
        ),
        (
            "{\"format\": 1, \"$schema\": “a\n}",
            expect![[r#"
            SOP0116 1:26  text is written in straight double quotes ("), not “
        "#]],
        ),
        (
            "[]",
            expect![[r#"
            SOP0140 1:1  the content of the file has to be an object { … }, not an array [ … ]
        "#]],
        ),
        (
            "null",
            expect![[r#"
            SOP0145 1:1  the content of the file can't be `null`
        "#]],
        ),
    ] {
        check(text, expected);
    }
}

#[test]
fn another_edition_is_all_that_is_said() {
    check(
        r#"{ "format": 99, "steps": 5, "colour": [] }"#,
        expect![[r#"
        SOP0150 1:13 /format the format 99 is unknown
    "#]],
    );
    check(
        r#"{ "format": "1", "steps": 5 }"#,
        expect![[r#"
        SOP0150 1:13 /format the format "1" is unknown
    "#]],
    );
    check(
        r#"{ "format": null }"#,
        expect![[r#"
        SOP0150 1:13 /format the format null is unknown
    "#]],
    );
}

#[test]
fn the_look_in_indonesian() {
    check_look(
        r#"{
  "format": 1,
  "steps": [
    { "id": "periksa", "roles": ["Kepala Bagian Umum", "Sekretaris Daerah", "Petugas Informasi"], "nxet": "teruskan" },
    { "id": "b", "next": "c", "end": "part" },
    { "id": "Tata Usaha", "next": "b" }, { "id": "x", "end": "kasus" }
  ],
  "format": 1
}"#,
        Language::Indonesian,
        expect![[r#"
            galat[SOP0131]: kunci `nxet` tidak dikenal dalam langkah
              --> plan.json:4:99
                4 | … rah", "Petugas Informasi"], "nxet": "teruskan" },
                                                  ^^^^^^
               perbaikan: "next"                                    [--fix]

            galat[SOP0134]: langkah `b` hanya boleh memiliki salah satu dari `next`, `end`
              --> plan.json:5:18
                5 | { "id": "b", "next": "c", "end": "part" },
                                 ^^^^^^       -----
               bantuan: pilih satu dan hapus yang lain

            galat[SOP0143]: `Tata Usaha` bukan id: `T` tidak boleh ada di dalamnya
              --> plan.json:6:14
                6 | { "id": "Tata Usaha", "next": "b" }, { "id": "x", "end": "kasus" }
                             ^
               bantuan: id terdiri dari huruf kecil, angka, dan garis bawah, diawali huruf, paling panjang 64
               mungkin maksudnya: "tata_usaha"

            galat[SOP0142]: `end` tidak mengenal `kasus`
              --> plan.json:6:62
                6 | { "id": "Tata Usaha", "next": "b" }, { "id": "x", "end": "kasus" }
                                                                             ^^^^^^^
               bantuan: pilihannya: `part`, `case`, `stop`

            galat[SOP0130]: kunci `format` ditulis dua kali
              --> plan.json:8:3
                2 | "format": 1,     pertama kali di sini
                8 | "format": 1
                    ^^^^^^^^
               bantuan: hapus salah satu, atau gabungkan isinya

            5 galat, 0 peringatan, 0 catatan
        "#]],
    );
}

#[test]
fn the_look_in_english() {
    check_look(
        "{\n\t\"format\": 1,\n\t\"steps\": [\n\t\t{ \"id\": \"a\", \"end\": \"part\" }\n",
        Language::English,
        expect![[r#"
            error[SOP0111]: the file ends in the middle: `]` is missing
              --> plan.json:4:31
                3 | "steps": [     opened here
                4 | { "id": "a", "end": "part" }
                                                ^
               help: complete the file, or fetch it again: it may have been cut off

            1 error, 0 warnings, 0 notes
        "#]],
    );
}

#[test]
fn bytes_that_are_no_text() {
    for (bytes, expected) in [
        (
            b"{\n \"a\": \"\xe9\"}".to_vec(),
            expect![[r#"
            galat[SOP0102]: bukan teks UTF-8: byte 0xE9 pada posisi 9, baris 2
              --> plan.json:2:8
               bantuan: simpan ulang dengan pengodean UTF-8

            1 galat, 0 peringatan, 0 catatan
        "#]],
        ),
        (
            b"\xff\xfe{\0}\0".to_vec(),
            expect![[r#"
            galat[SOP0103]: berkas ini UTF-16, bukan UTF-8
              --> plan.json:1:1
               bantuan: simpan ulang dengan pengodean UTF-8

            1 galat, 0 peringatan, 0 catatan
        "#]],
        ),
        (
            b"{\0\"\0f\0".to_vec(),
            expect![[r#"
            galat[SOP0103]: berkas ini UTF-16, bukan UTF-8
              --> plan.json:1:2
               bantuan: simpan ulang dengan pengodean UTF-8

            1 galat, 0 peringatan, 0 catatan
        "#]],
        ),
        (
            b"PK\x03\x04 and so on, for quite a while \0".to_vec(),
            expect![[r#"
            galat[SOP0104]: ini bukan berkas teks: ada byte nol pada posisi 34
              --> plan.json:1:35
               bantuan: berikan berkas JSON, bukan dokumen Word, PDF, atau arsip

            1 galat, 0 peringatan, 0 catatan
        "#]],
        ),
        (
            vec![b' '; MAX_BYTES + 1],
            expect![[r#"
            galat[SOP0101]: berkas terlalu besar: 16.1 MiB, batasnya 16 MiB
              --> plan.json
               bantuan: periksa apakah ini berkas yang dimaksud; SOP yang panjang pun kurang dari 1 MiB

            1 galat, 0 peringatan, 0 catatan
        "#]],
        ),
    ] {
        let refused = parse_bytes::<Plan>("plan.json", &bytes).unwrap_err();
        expected.assert_eq(&render::render(&refused, &[], Language::Indonesian));
    }
    assert!(SourceText::from_bytes("a", &vec![b' '; MAX_BYTES]).is_ok());
}

#[test]
fn ten_thousand_brackets() {
    check(
        &"[".repeat(10_000),
        expect![[r#"
        SOP0106 1:65 /0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0 too many brackets inside one another: the limit is 64 levels
    "#]],
    );
    check(
        &format!("{{\"format\":1,\"steps\":{}{}}}", "[".repeat(63), "]".repeat(63)),
        expect![[r#"
        SOP0140 1:22 /steps/0 item 1 of `steps` has to be an object { … }, not an array [ … ]
    "#]],
    );
}

#[test]
fn a_flood_of_mistakes_is_dammed() {
    let steps = vec!["1"; 100_000].join(",");
    let parsed = read(&format!("{{\"format\":1,\"steps\":[{steps}]}}"));
    assert_eq!(parsed.diagnostics.len(), crate::format::MAX_FINDINGS + 1);
    let more = parsed.diagnostics.iter().find(|finding| finding.rule.name == "TOO_MANY_FINDINGS").unwrap();
    assert_eq!(more.message(Language::English), "99800 more errors are not shown");
    let values = vec!["1"; 1_000_001].join(",");
    check(
        &format!("[{values}]"),
        expect![[r#"
        SOP0107 1:2000000  too many values in one file: the limit is 1.000.000
    "#]],
    );
}

#[test]
fn what_could_not_be_read_is_remembered() {
    let parsed = read(
        r#"{ "format": 1, "drawn": 5, "steps": [{ "id": "a" }, { "id": "b", "end": "part", "inner": { "id": "c" } }],
             "policy": { "d": 5 } }"#,
    );
    let value = parsed.value.as_ref().unwrap();
    assert_eq!(value.steps.len(), 1);
    for id in ["a", "c", "d"] {
        assert!(parsed.poisoned.has_id(id), "{id}");
    }
    // What stands in the place of `d` may have held names of its own: nothing is said to dangle.
    assert!(parsed.poisoned.has_id("b"));
    let named = read(r#"{ "format": 1, "steps": [{ "id": "a" }, { "id": "b", "end": "part" }] }"#);
    assert!(named.poisoned.has_id("a") && !named.poisoned.has_id("b"), "only what could not be used");
    let nameless = read(r#"{ "format": 1, "steps": [{ "end": "part" }] }"#);
    assert!(nameless.poisoned.has_id("a"), "it may have been meant by anything");
    for (pointer, poisoned) in [
        ("/drawn", true),
        ("/steps", false),
        ("/steps/0", true),
        ("/steps/0/id", true),
        ("/steps/1", false),
        ("/steps/1/inner", true),
        ("/steps/1/inner/missing/deep", true),
        ("/policy/d", true),
        ("", false),
    ] {
        assert_eq!(parsed.is_poisoned(&Pointer::parse(pointer).unwrap()), poisoned, "{pointer}");
    }
}

#[test]
fn safe_fixes_make_it_good() {
    for (bad, good) in [
        ("{\"format\": \"1\", \"steps\": []}", "{\"format\": 1, \"steps\": []}"),
        (
            "{\"format\": 1 \"steps\": [{\"id\": \"a\" \"end\": \"prat\",},],}",
            "{\"format\": 1, \"steps\": [{\"id\": \"a\", \"end\": \"part\"}]}",
        ),
        ("{“format” =\u{a0}1; «steps»: []}", "{\"format\" : 1, \"steps\": []}"),
        (
            "{format: 1, 'stpes': [{\"id\": \"a\", \"roles\": \"x\", \"nxt\": \"b\"}]}",
            "{\"format\": 1, \"steps\": [{\"id\": \"a\", \"roles\": [\"x\"], \"next\": \"b\"}]}",
        ),
        (
            "{\"format\": 1, \"steps\": [], \"$schema\": \"a\tb\", \"amount\": \"5\", \"drawn\": \"true\"}",
            "{\"format\": 1, \"steps\": [], \"$schema\": \"a\\tb\", \"amount\": 5, \"drawn\": true}",
        ),
    ] {
        let mut text = bad.to_owned();
        // A key in single quotes can be renamed only after its quotes are mended: they are one place.
        for _ in 0..3 {
            let parsed = read(&text);
            text = parsed.diagnostics.fixed(&parsed.json.unwrap()).0;
        }
        assert_eq!(text, good);
        assert!(read(good).diagnostics.is_empty());
    }
}

#[test]
fn findings_are_json_for_programs() {
    let parsed = read("{\"format\": 1, \"stepz\": []}");
    expect![[r#"
        [
          {
            "code": "SOP0131",
            "name": "UNKNOWN_KEY",
            "severity": "error",
            "message": {
              "id": "kunci `stepz` tidak dikenal dalam rencana",
              "en": "the key `stepz` is unknown in the plan"
            },
            "file": "plan.json",
            "pointer": "/stepz",
            "span": {
              "start": 14,
              "end": 21
            },
            "line": 1,
            "column": 15,
            "context": null,
            "arguments": [
              [
                "key",
                "stepz"
              ],
              [
                "object",
                {
                  "id": "rencana",
                  "en": "the plan"
                }
              ]
            ],
            "labels": [
              {
                "pointer": "/stepz",
                "part": "key",
                "span": {
                  "start": 14,
                  "end": 21
                },
                "line": 1,
                "column": 15,
                "text": null,
                "primary": true
              }
            ],
            "lines": [],
            "help": null,
            "fixes": [
              {
                "title": {
                  "id": "\"steps\"",
                  "en": "\"steps\""
                },
                "applicability": "safe",
                "edits": [
                  {
                    "edit": "rename-key",
                    "pointer": "/stepz",
                    "key": "steps"
                  }
                ]
              }
            ],
            "consequences": []
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(&parsed.diagnostics).unwrap());
}

#[test]
fn examples_of_the_text_rules_are_what_they_say() {
    // The excerpts of the syntax rules are JSON, or would be in braces.
    for rule in crate::diagnostic::rules::RULES.iter().filter(|rule| (105..=130).contains(&rule.code)) {
        let codes = |excerpt: &str| {
            let whole = if excerpt.starts_with('"') && excerpt.contains("\":") {
                format!("{{{excerpt}}}")
            } else {
                excerpt.to_owned()
            };
            let source = SourceText::new("x", whole);
            let found = match crate::text::Json::parse(&source) {
                Ok((_, found)) | Err(found) => found,
            };
            found.iter().map(|finding| finding.rule.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(rule.good), Vec::<u16>::new(), "{rule}: {}", rule.good);
        if rule.bad.contains('…') {
            continue;
        }
        assert!(codes(rule.bad).contains(&rule.code), "{rule}: {} {:?}", rule.bad, codes(rule.bad));
    }
    assert!(Rule::find("SOP0999").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_panics_on_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(parsed) = parse_bytes::<Plan>("x", &bytes) {
            let _ = render::render(&parsed.diagnostics, &[&parsed.source], Language::English);
        }
    }

    #[test]
    fn nothing_panics_on_what_looks_like_json(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d83d", "\\ude00", "1", "-", ".5", "e9", "true", "tru", "'", "//", "/*", "\n",
            "\r\n", "\t", " ", "é", "😀", "\u{0}", "\u{feff}", "“", "”", "\u{a0}", ";", "=", "\"format\":1", "\"steps\":[", "{\"id\":\"a\"", "\"end\":\"part\"", "\"nxt\"", "null",
        ]), 0..40),
    ) {
        let text = pieces.concat();
        let parsed = read(&text);
        let shown = render::render(&parsed.diagnostics, &[&parsed.source], Language::Indonesian);
        prop_assert!(!shown.chars().any(|letter| letter.is_control() && letter != '\n'));
        for finding in &parsed.diagnostics {
            let label = finding.primary().unwrap();
            prop_assert!(label.position.is_some(), "{finding:?}");
            for label in &finding.labels {
                let span = label.span.unwrap();
                prop_assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
            }
            if let Some(json) = &parsed.json {
                for fix in &finding.fixes {
                    let _ = fix.apply(&parsed.source, json);
                }
            }
        }
        if let Some(json) = &parsed.json {
            let _ = parsed.diagnostics.fixed(json);
        }
    }
}
