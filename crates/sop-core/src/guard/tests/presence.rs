//! Which fields have to be set (rule P5).

use super::super::GuardErrorKind;
use super::{guard, ix};

#[test]
fn needs() {
    for (text, needed) in [
        ("case.nilai > 5", &["case.nilai"][..]),
        ("has(case.nilai) && case.nilai > 5", &[]),
        ("!has(case.nilai) || case.nilai > 5", &[]),
        ("case.nilai > 5 && has(case.nilai)", &["case.nilai"]),
        ("has(case.bunga) && case.nilai > 5", &["case.nilai"]),
        ("has(case.nilai) || case.nilai > 5", &["case.nilai"]),
        ("!has(case.nilai) && case.nilai > 5", &["case.nilai"]),
        ("has(case.nilai) && has(case.bunga) && (case.nilai > 5 || case.bunga > 5)", &[]),
        ("(has(case.nilai) || has(case.bunga)) && case.nilai > 5", &["case.nilai"]),
        (
            "(has(case.nilai) && has(case.bunga) || has(case.nilai) && case.lengkap) && case.nilai > 5",
            &["case.lengkap"],
        ),
        ("!(!has(case.nilai) || case.nilai <= 5)", &[]),
        // The same field twice: the first place stands for both.
        ("case.nilai > 5 && case.nilai < 9", &["case.nilai"]),
        // Read on two ways that don't meet before: both places.
        ("case.lengkap && case.nilai > 5 || case.nilai < 3", &["case.lengkap", "case.nilai", "case.nilai"]),
        // A way that contradicts itself is none.
        ("has(case.nilai) && (!has(case.nilai) && case.bunga > 5)", &[]),
        ("has(case.nilai) && (has(case.nilai) || case.bunga > 5)", &[]),
        ("!has(case.nilai) && has(case.nilai) && case.bunga > 5", &[]),
        // Nor is one that no run takes.
        ("true || case.nilai > 5", &[]),
        ("false", &[]),
    ] {
        let guard = guard(text);
        let found: Vec<&str> = guard.needs().into_iter().map(|(_, span)| &guard.source()[span]).collect();
        assert_eq!(found, needed, "{text}");
    }
}

#[test]
fn what_the_flow_sets_needs_no_protection() {
    let guard = guard("case.nilai > 5 && case . bunga > 5 && has(case.jenis) && case.jenis == 'jasa'");
    let errors = guard.unprotected(|field| field == ix("nilai"));
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].span, 18..30);
    assert_eq!(errors[0].kind, GuardErrorKind::ReadWithoutHas { field: "bunga".to_owned() });
    assert!(guard.unprotected(|_| true).is_empty());
}
