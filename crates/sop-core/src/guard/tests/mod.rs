//! Stories and laws of guards.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed, as it should"
)]

mod laws;
mod oracle;
mod presence;
mod random;
mod stories;
mod values;

use super::{Field, FieldIx, FieldType, Guard, GuardError, Value, check, parse};

/// One field of each type, as a small office would have them.
pub(super) fn fields() -> Vec<Field> {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    vec![
        Field::new("nilai", "Nilai (rupiah)", FieldType::Integer { min: Some(0), max: Some(1_000_000_000_000) }),
        Field::new("bunga", "Bunga (persen)", FieldType::Decimal { scale: 2, min: Some(0), max: Some(10_000) }),
        Field::new("lengkap", "Berkas lengkap", FieldType::Bool),
        Field::new("jenis", "Jenis pengadaan", FieldType::Choice(ids(&["barang", "jasa", "konstruksi"]))),
        Field::new("bagian", "Bagian terkait", FieldType::Unit(ids(&["umum", "hukum", "keuangan"]))),
        Field::new("tanggal", "Tanggal surat", FieldType::Date),
        Field::new("perihal", "Perihal", FieldType::Text { max_length: 20 }),
    ]
}

pub(super) fn compiled(text: &str) -> Result<Guard, Vec<GuardError>> {
    check(&parse(text)?, &fields())
}

pub(super) fn guard(text: &str) -> Guard {
    compiled(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

pub(super) fn ix(id: &str) -> FieldIx {
    FieldIx::new(fields().iter().position(|field| field.id == id).unwrap()).unwrap()
}

/// Slots with the given values and nothing else, read from JSON as a host would hand them in.
pub(super) fn slots(given: serde_json::Value) -> Vec<Option<Value>> {
    let given = given.as_object().unwrap().clone();
    for id in given.keys() {
        ix(id);
    }
    fields().iter().map(|field| given.get(&field.id).map(|json| field.ty.parse_json(json).unwrap())).collect()
}
