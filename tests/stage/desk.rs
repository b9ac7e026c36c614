//! Small procedures that several rules of time are told with.

use super::{Case, stage};

/// One step of the staff with a Waktu and a policy.
pub fn desk(time: &str, policy: &str) -> String {
    format!(
        r#"{{ "steps": [{{ "id": "kerja", "role": "staf", "time": "{time}", "outcomes": [
          {{ "id": "selesai", "end": "selesai" }}, {{ "id": "lain", "end": "selesai" }}] }}], "policy": {{ {policy} }} }}"#
    )
}

/// A first step without a time, then one row whose steps share a Waktu, then a check that goes back into it.
pub fn shared(policy: &str, first: &str, time: &str) -> Case {
    let mut case = stage(&format!(
        r#"{{ "rows": [
          {{ "activity": "Membuka", "steps": [{{ "id": "buka", "role": "staf", {first} }}] }},
          {{ "activity": "Bekerja", "time": "{time}", "shared_time": true, "steps": [
            {{ "id": "satu", "role": "staf", "outcomes": [
              {{ "id": "terus", "next": "dua" }}, {{ "id": "sela", "next": "sela" }}, {{ "id": "akhir", "end": "bagian" }}] }},
            {{ "id": "dua", "role": "staf", "next": "cek" }}] }},
          {{ "activity": "Menyela", "steps": [{{ "id": "sela", "role": "staf", "next": "dua" }}] }},
          {{ "activity": "Mengecek", "steps": [{{ "id": "cek", "role": "staf", "outcomes": [
            {{ "id": "ya", "end": "bagian" }}, {{ "id": "ulang", "return_to": "satu" }}, {{ "id": "ulang_dua", "return_to": "dua" }}] }}] }}],
        "ends": [{{ "id": "bagian", "title": "Bagian", "kind": "part" }}], "policy": {{ {policy} }} }}"#
    ))
    .start("mulai", "santi", "2026-01-12 08:00");
    case.complete("buka", "santi", "selesai", "2026-01-12 08:00").unwrap();
    case
}
