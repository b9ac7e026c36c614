//! What is wrong with a guard or with a value, in words, in both languages.

use super::{Expected, FieldKind, Found, GuardErrorKind, LiteralProblem, Operand, ValueProblem};
use crate::diagnostic::{Bilingual, Both};

/// What is wrong with a guard: a clause without a capital or a full stop, to stand behind a colon.
pub fn explain(kind: &GuardErrorKind) -> Bilingual {
    use GuardErrorKind as Kind;
    match kind {
        Kind::TooLong { length, limit } => Bilingual::new(
            format!("syarat ini {length} bita, paling banyak {limit}"),
            format!("the guard has {length} bytes, and at most {limit} are allowed"),
        ),
        Kind::TooManyTokens { limit } => Bilingual::new(
            format!("syarat ini memuat lebih dari {limit} kata dan tanda"),
            format!("the guard has more than {limit} words and signs"),
        ),
        Kind::Unexpected { found, expected } => {
            let (found, expected) = (what_stands(found), what_may_stand(*expected));
            Bilingual::new(
                format!("di sini harus ada {}, yang tertulis {}", expected.id, found.id),
                format!("expected {}, found {}", expected.en, found.en),
            )
        }
        Kind::OtherNotation { found, instead } => Bilingual::new(
            format!("`{found}` di sini ditulis `{instead}`"),
            format!("`{found}` is written `{instead}` here"),
        ),
        Kind::MissingCase { name } => Bilingual::new(
            format!("isian ditulis dengan `case.` di depannya: `case.{name}`"),
            format!("a field is written with `case.` before it: `case.{name}`"),
        ),
        Kind::UnclosedParenthesis => Bilingual::new("tanda kurung ini belum ditutup", "this parenthesis is not closed"),
        Kind::UnopenedParenthesis => {
            Bilingual::new("tanda kurung tutup ini tidak punya pembuka", "this parenthesis was never opened")
        }
        Kind::UnclosedList => Bilingual::new("daftar ini belum ditutup dengan `]`", "this list is not closed by `]`"),
        Kind::UnclosedText => {
            Bilingual::new("teks ini belum ditutup dengan tanda kutip", "this text has no closing quotation mark")
        }
        Kind::EmptyList => Bilingual::new("daftar ini kosong", "this list is empty"),
        Kind::BadLiteral { literal, problem } => {
            let problem = what_is_wrong(*problem);
            Bilingual::new(format!("`{literal}` {}", problem.id), format!("`{literal}` {}", problem.en))
        }
        Kind::ChainedComparison => Bilingual::new(
            "perbandingan tidak dapat dirangkai; gabungkan dua perbandingan dengan `&&`",
            "comparisons can't be chained; join two of them with `&&`",
        ),
        Kind::UnknownField { name, .. } => {
            Bilingual::new(format!("tidak ada isian `{name}`"), format!("there is no field `{name}`"))
        }
        Kind::UnknownChoice { field, value, .. } => Bilingual::new(
            format!("`{value}` tidak ada dalam daftar `{field}`"),
            format!("`{value}` is not in the list of `{field}`"),
        ),
        Kind::TypeMismatch { field, expected, found } => {
            let (expected, found) = (name_of(*expected), what_it_is(*found));
            Bilingual::new(
                format!("`{field}` berjenis {}, tidak dapat dibandingkan dengan {}", expected.id, found.id),
                format!("`{field}` has the type {} and can't be compared with {}", expected.en, found.en),
            )
        }
        Kind::NotOrdered { field, kind } => {
            let kind = name_of(*kind);
            Bilingual::new(
                format!("`{field}` berjenis {}, yang tidak berurutan; bandingkan dengan `==`, `!=` atau `in`", kind.id),
                format!("`{field}` has the type {}, which has no order; compare with `==`, `!=` or `in`", kind.en),
            )
        }
        Kind::NotADate { value } => Bilingual::new(
            format!("`{value}` bukan tanggal seperti `2026-01-31`"),
            format!("`{value}` is not a date such as `2026-01-31`"),
        ),
        Kind::TooFine { field, literal, scale } => Bilingual::new(
            format!("`{literal}` punya lebih banyak angka di belakang titik daripada `{field}` ({scale})"),
            format!("`{literal}` has more digits after the point than `{field}` keeps ({scale})"),
        ),
        Kind::OutOfRange { field, literal, min, max } => {
            let bounds = bounds(min.as_deref(), max.as_deref());
            Bilingual::new(
                format!("`{literal}` di luar batas `{field}` ({})", bounds.id),
                format!("`{literal}` is outside of what `{field}` may be ({})", bounds.en),
            )
        }
        Kind::TextTooLong { field, length, limit } => Bilingual::new(
            format!("teks ini {length} huruf, sedangkan `{field}` paling banyak {limit}"),
            format!("this text has {length} characters, and `{field}` at most {limit}"),
        ),
        Kind::NotAComparisonWithConstant { left, right } => {
            let (left, right) = (what_it_is(*left), what_it_is(*right));
            Bilingual::new(
                format!("bandingkan satu isian dengan nilai tetap, bukan {} dengan {}", left.id, right.id),
                format!("compare a field with a constant, not {} with {}", left.en, right.en),
            )
        }
        Kind::NotACondition { found } => {
            let found = what_it_is(*found);
            Bilingual::new(
                format!("ini {}, bukan syarat yang benar atau salah", found.id),
                format!("this is {}, not a condition", found.en),
            )
        }
        Kind::ReadWithoutHas { field } => Bilingual::new(
            format!("`{field}` mungkin belum terisi di sini; uji dulu dengan `has(case.{field})`"),
            format!("`{field}` may not be set here; test it with `has(case.{field})` first"),
        ),
    }
}

/// Why something can't be the value of a field: a clause without a capital or a full stop.
pub fn explain_value(problem: &ValueProblem) -> Bilingual {
    use ValueProblem as Problem;
    match problem {
        Problem::WrongType { expected } => {
            let expected = value_of(*expected);
            Bilingual::new(format!("harus {}", expected.id), format!("this has to be {}", expected.en))
        }
        Problem::NotWhole { value } => {
            Bilingual::new(format!("`{value}` bukan bilangan bulat"), format!("`{value}` is not a whole number"))
        }
        Problem::NotANumber { value, example } => Bilingual::new(
            format!("`{value}` bukan angka seperti `{example}`"),
            format!("`{value}` is not a number such as `{example}`"),
        ),
        Problem::NotExact { value, scale: 0 } => Bilingual::new(
            format!("`{value}` tidak boleh punya angka di belakang titik"),
            format!("`{value}` may have no digits after the point"),
        ),
        Problem::NotExact { value, scale } => Bilingual::new(
            format!("`{value}` punya lebih dari {scale} angka di belakang titik"),
            format!("`{value}` has more than {scale} digits after the point"),
        ),
        Problem::TooLarge { value } => {
            Bilingual::new(format!("`{value}` terlalu besar"), format!("`{value}` is too large a number"))
        }
        Problem::BelowMinimum { value, minimum } => Bilingual::new(
            format!("`{value}` kurang dari batas terkecil `{minimum}`"),
            format!("`{value}` is below the minimum `{minimum}`"),
        ),
        Problem::AboveMaximum { value, maximum } => Bilingual::new(
            format!("`{value}` lebih dari batas terbesar `{maximum}`"),
            format!("`{value}` is above the maximum `{maximum}`"),
        ),
        Problem::TooLong { length, limit } => Bilingual::new(
            format!("teksnya {length} huruf, paling banyak {limit}"),
            format!("the text has {length} characters, and at most {limit} are allowed"),
        ),
        Problem::NotListed { value, suggestion: Some(near) } => Bilingual::new(
            format!("`{value}` tidak ada dalam daftar; mungkin maksudnya `{near}`"),
            format!("`{value}` is not in the list; perhaps `{near}` is meant"),
        ),
        Problem::NotListed { value, suggestion: None } => {
            Bilingual::new(format!("`{value}` tidak ada dalam daftar"), format!("`{value}` is not in the list"))
        }
        Problem::NoSuchPlace { place } => {
            // People count from one.
            let number = u32::from(*place) + 1;
            Bilingual::new(
                format!("daftarnya tidak punya pilihan ke-{number}"),
                format!("the list has no entry number {number}"),
            )
        }
        Problem::NotADate { value } => Bilingual::new(
            format!("`{value}` bukan tanggal seperti `2026-01-31`"),
            format!("`{value}` is not a date such as `2026-01-31`"),
        ),
    }
}

fn bounds(min: Option<&str>, max: Option<&str>) -> Bilingual {
    match (min, max) {
        (Some(min), Some(max)) => Bilingual::new(format!("{min} sampai {max}"), format!("{min} to {max}")),
        (Some(min), None) => Bilingual::new(format!("sedikitnya {min}"), format!("at least {min}")),
        (None, Some(max)) => Bilingual::new(format!("paling banyak {max}"), format!("at most {max}")),
        (None, None) => Bilingual::new("angka apa pun", "any number"),
    }
}

fn what_stands(found: &Found) -> Bilingual {
    match found {
        Found::End => Bilingual::new("akhir syarat", "the end"),
        Found::Written(text) => Bilingual::same(format!("`{text}`")),
    }
}

fn what_may_stand(expected: Expected) -> Both {
    match expected {
        Expected::Operand => {
            Both { id: "isian seperti `case.x`, atau nilai tetap", en: "a field such as `case.x`, or a constant" }
        }
        Expected::Operator => Both { id: "perbandingan, `&&` atau `||`", en: "a comparison, `&&` or `||`" },
        Expected::Point => Both { id: "`.` setelah `case`", en: "`.` after `case`" },
        Expected::FieldName => Both { id: "nama isian", en: "a field's name" },
        Expected::HasArgument => Both { id: "`(case.x)` setelah `has`", en: "`(case.x)` after `has`" },
        Expected::List => Both { id: "daftar seperti `[1, 2]`", en: "a list such as `[1, 2]`" },
        Expected::Constant => Both { id: "nilai tetap", en: "a constant" },
        Expected::CommaOrBracket => Both { id: "`,` atau `]`", en: "`,` or `]`" },
        Expected::Number => Both { id: "angka", en: "a number" },
    }
}

fn what_is_wrong(problem: LiteralProblem) -> Both {
    match problem {
        LiteralProblem::ThousandsSeparator => Both {
            id: "memakai pemisah ribuan; tulis angkanya saja",
            en: "has separators between its digits; write the digits alone",
        },
        LiteralProblem::NotANumber => {
            Both { id: "bukan angka seperti `12` atau `12.5`", en: "is not a number such as `12` or `12.5`" }
        }
        LiteralProblem::TooLarge => Both { id: "terlalu besar", en: "is too large a number" },
        LiteralProblem::UnknownEscape => Both {
            id: r#"tidak dikenal; setelah garis miring terbalik ada `\n \t \r \\ \" \' \uXXXX`"#,
            en: r#"is not an escape; there are `\n \t \r \\ \" \' \uXXXX`"#,
        },
    }
}

fn what_it_is(operand: Operand) -> Both {
    match operand {
        Operand::Field => Both { id: "isian", en: "a field" },
        Operand::Bool => Both { id: "`true` atau `false`", en: "`true` or `false`" },
        Operand::Integer => Both { id: "bilangan bulat", en: "a whole number" },
        Operand::Decimal => Both { id: "bilangan desimal", en: "a decimal number" },
        Operand::Text => Both { id: "teks", en: "a text" },
        Operand::List => Both { id: "daftar", en: "a list" },
        Operand::Condition => Both { id: "syarat", en: "a condition" },
    }
}

/// The name of a type of field, as it stands in a sentence.
fn name_of(kind: FieldKind) -> Both {
    match kind {
        FieldKind::Bool => Both { id: "ya/tidak", en: "bool" },
        FieldKind::Integer => Both { id: "bilangan bulat", en: "integer" },
        FieldKind::Decimal => Both { id: "desimal", en: "decimal" },
        FieldKind::Choice => Both { id: "pilihan", en: "choice" },
        FieldKind::Unit => Both { id: "unit kerja", en: "unit" },
        FieldKind::Date => Both { id: "tanggal", en: "date" },
        FieldKind::Text => Both { id: "teks", en: "text" },
    }
}

/// What a value of the type is.
fn value_of(kind: FieldKind) -> Both {
    match kind {
        FieldKind::Bool => Both { id: "ya atau tidak", en: "yes or no" },
        FieldKind::Integer => Both { id: "bilangan bulat", en: "a whole number" },
        FieldKind::Decimal => Both { id: "bilangan desimal", en: "a decimal number" },
        FieldKind::Choice => Both { id: "salah satu pilihan", en: "one of the choices" },
        FieldKind::Unit => Both { id: "salah satu unit kerja", en: "one of the units" },
        FieldKind::Date => Both { id: "tanggal", en: "a date" },
        FieldKind::Text => Both { id: "teks", en: "a text" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> String {
        "honor".to_owned()
    }

    fn kinds() -> Vec<GuardErrorKind> {
        use GuardErrorKind as Kind;
        vec![
            Kind::TooLong { length: 5_000, limit: 4_096 },
            Kind::TooManyTokens { limit: 512 },
            Kind::Unexpected { found: Found::End, expected: Expected::Operand },
            Kind::Unexpected { found: Found::Written("xor".to_owned()), expected: Expected::Operator },
            Kind::OtherNotation { found: "dan".to_owned(), instead: "&&" },
            Kind::MissingCase { name: name() },
            Kind::UnclosedParenthesis,
            Kind::UnopenedParenthesis,
            Kind::UnclosedList,
            Kind::UnclosedText,
            Kind::EmptyList,
            Kind::BadLiteral { literal: "5.000".to_owned(), problem: LiteralProblem::ThousandsSeparator },
            Kind::BadLiteral { literal: "5u".to_owned(), problem: LiteralProblem::NotANumber },
            Kind::BadLiteral { literal: "99999".to_owned(), problem: LiteralProblem::TooLarge },
            Kind::BadLiteral { literal: "\\q".to_owned(), problem: LiteralProblem::UnknownEscape },
            Kind::ChainedComparison,
            Kind::UnknownField { name: name(), suggestion: None },
            Kind::UnknownChoice { field: name(), value: "biru".to_owned(), suggestion: None },
            Kind::TypeMismatch { field: name(), expected: FieldKind::Integer, found: Operand::Text },
            Kind::NotOrdered { field: name(), kind: FieldKind::Choice },
            Kind::NotADate { value: "31-01-2026".to_owned() },
            Kind::TooFine { field: name(), literal: "1.234".to_owned(), scale: 2 },
            Kind::OutOfRange { field: name(), literal: "9".to_owned(), min: None, max: Some("5".to_owned()) },
            Kind::TextTooLong { field: name(), length: 30, limit: 20 },
            Kind::NotAComparisonWithConstant { left: Operand::Field, right: Operand::Field },
            Kind::NotACondition { found: Operand::Integer },
            Kind::ReadWithoutHas { field: name() },
        ]
    }

    fn in_the_style(text: &Bilingual) {
        assert_ne!(text.id, text.en);
        for text in [&text.id, &text.en] {
            assert!(!text.is_empty() && !text.ends_with('.') && !text.starts_with(char::is_uppercase), "{text}");
        }
    }

    #[test]
    fn every_fault_of_a_guard_has_words_in_both_languages() {
        for kind in kinds() {
            in_the_style(&explain(&kind));
        }
    }

    /// What stands in backticks is the author's own, or code: the languages agree about it.
    #[test]
    fn both_languages_quote_the_same() {
        let quoted = |text: &str| {
            let mut quoted: Vec<String> = text.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            quoted.sort();
            quoted
        };
        for kind in kinds() {
            let text = explain(&kind);
            assert_eq!(quoted(&text.id), quoted(&text.en), "{kind:?}");
        }
    }

    #[test]
    fn the_english_is_that_of_the_errors_themselves() {
        for kind in kinds() {
            let text = explain(&kind);
            if kind != GuardErrorKind::UnclosedList {
                assert_eq!(text.en, kind.to_string());
            }
        }
    }

    #[test]
    fn bounds_are_told_as_far_as_there_are_any() {
        let out = |min: Option<&str>, max: Option<&str>| {
            explain(&GuardErrorKind::OutOfRange {
                field: name(),
                literal: "9".to_owned(),
                min: min.map(str::to_owned),
                max: max.map(str::to_owned),
            })
            .id
        };
        assert_eq!(out(Some("1"), Some("5")), "`9` di luar batas `honor` (1 sampai 5)");
        assert_eq!(out(Some("10"), None), "`9` di luar batas `honor` (sedikitnya 10)");
        assert_eq!(out(None, Some("5")), "`9` di luar batas `honor` (paling banyak 5)");
    }

    #[test]
    fn every_problem_of_a_value_has_words_in_both_languages() {
        let value = || "12.345".to_owned();
        let all = [FieldKind::Bool, FieldKind::Integer, FieldKind::Decimal, FieldKind::Choice];
        let all = all.into_iter().chain([FieldKind::Unit, FieldKind::Date, FieldKind::Text]);
        let mut problems: Vec<ValueProblem> = all.map(|expected| ValueProblem::WrongType { expected }).collect();
        problems.extend([
            ValueProblem::NotWhole { value: value() },
            ValueProblem::NotANumber { value: value(), example: "1.00".to_owned() },
            ValueProblem::NotExact { value: value(), scale: 0 },
            ValueProblem::NotExact { value: value(), scale: 2 },
            ValueProblem::TooLarge { value: value() },
            ValueProblem::BelowMinimum { value: value(), minimum: "20".to_owned() },
            ValueProblem::AboveMaximum { value: value(), maximum: "5".to_owned() },
            ValueProblem::TooLong { length: 9, limit: 5 },
            ValueProblem::NotListed { value: value(), suggestion: None },
            ValueProblem::NotListed { value: value(), suggestion: Some("merah".to_owned()) },
            ValueProblem::NoSuchPlace { place: 7 },
            ValueProblem::NotADate { value: value() },
        ]);
        for problem in &problems {
            let text = explain_value(problem);
            in_the_style(&text);
            if problem.to_string().contains("12.345") {
                assert!(text.id.contains("`12.345`") && text.en.contains("`12.345`"), "{problem:?}");
            }
        }
        assert!(explain_value(&ValueProblem::NoSuchPlace { place: 7 }).id.contains("ke-8"));
        let near = ValueProblem::NotListed { value: value(), suggestion: Some("merah".to_owned()) };
        assert!(explain_value(&near).id.contains("`merah`"));
    }
}
