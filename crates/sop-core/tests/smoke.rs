use sop_core::definition::*;
use sop_core::format::{Parsed, parse};
use sop_core::text::SourceText;
use sop_core::diagnostic::{Language, render::render};
use sop_core::process::*;
fn load<T: sop_core::format::Document>(p: &str) -> Parsed<T> {
    let path = format!("{}/../../definitions/{p}", env!("CARGO_MANIFEST_DIR"));
    let parsed = parse(SourceText::new(p, std::fs::read_to_string(path).unwrap()));
    if !parsed.diagnostics.is_empty() { println!("{}", render(&parsed.diagnostics, &[&parsed.source], Language::English)); }
    parsed
}
#[test]
fn smoke() {
    for (office, names) in [("kantor.json", vec!["narasumber.json"]), ("fixtures/kantor.json", vec!["fixtures/paralel.json","fixtures/bagian.json","fixtures/tiga_keputusan.json","fixtures/dua_awal.json","fixtures/dua_isian.json","fixtures/maju.json"])] {
        let office = load::<Office>(office);
        let (checked, d) = check_office(office.value.as_ref().unwrap(), &office.poisoned);
        println!("{}", render(&d, &[&office.source], Language::English));
        let checked = checked.unwrap();
        let cal = load::<sop_core::time::CalendarFile>("calendars/kalbar.json");
        sop_core::time::Calendar::compile(cal.value.as_ref().unwrap(), checked.zone().clone()).unwrap();
        for name in names {
            let parsed = load::<Definition>(name);
            for reading in [Reading::AsSigned, Reading::AsRun] {
            let mut c = compile(parsed.value.as_ref().unwrap(), &checked, reading, &parsed.poisoned);
            parsed.locate(&mut c.diagnostics);
            println!("{name} {reading:?} {}", c.process.is_some());
            println!("{}", render(&c.diagnostics, &[&parsed.source], Language::Indonesian));
            }
        }
    }
}
