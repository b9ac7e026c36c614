//! What the tests share: shipped definitions, read as signed and as run.
#![allow(dead_code, reason = "each target is compiled with all of it and uses a part")]

use std::path::Path;

use sop_core::definition::{Definition, Office};
use sop_core::format::{Document, parse};
use sop_core::process::{CheckedOffice, Process, Reading, check_office, compile};
use sop_core::text::SourceText;

pub(crate) const SHIPPED: [&str; 7] = [
    "narasumber.json",
    "fixtures/bagian.json",
    "fixtures/dua_awal.json",
    "fixtures/dua_isian.json",
    "fixtures/maju.json",
    "fixtures/paralel.json",
    "fixtures/tiga_keputusan.json",
];

pub(crate) fn read<T: Document>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions").join(name);
    parse::<T>(SourceText::new(name, std::fs::read_to_string(path).unwrap())).into_result().unwrap()
}

pub(crate) fn office(of: &str) -> CheckedOffice {
    let name = if of.starts_with("fixtures/") { "fixtures/kantor.json" } else { "kantor.json" };
    check_office(&read::<Office>(name), &Default::default()).0.unwrap()
}

pub(crate) fn compiled(definition: &Definition, office: &CheckedOffice, reading: Reading) -> Process {
    compile(definition, office, reading, &Default::default()).into_result().unwrap()
}

pub(crate) fn shipped(name: &str, reading: Reading) -> Process {
    compiled(&read(name), &office(name), reading)
}
