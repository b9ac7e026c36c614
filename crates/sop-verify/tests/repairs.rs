//! Repairs: each suggestion, applied to the text, takes its cause away.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod common;

use common::{office, parsed, story_office};
use sop_core::case::{Directory, People};
use sop_core::definition::{Definition, DirectoryFile};
use sop_core::format::{Parsed, parse};
use sop_core::process::{CheckedOffice, Reading, compile};
use sop_core::text::SourceText;
use sop_verify::{GuaranteeName as Name, Repair, RepairOf, Repairable, Staff, Terms, verify, verify_on};

/// The suggestions for one guarantee of a text, each tried by hand: applied, read and verified again.
fn suggested(parsed: &Parsed<Definition>, office: &CheckedOffice, reading: Reading, name: Name) -> Vec<String> {
    let read =
        |definition: &Definition| compile(definition, office, reading, &Default::default()).into_result().unwrap();
    let process = read(parsed.value.as_ref().unwrap());
    let verdicts = verify(&process).into_parts().1;
    let repairable = Repairable { definition: parsed, office, reading, directory: None };
    let repairs: Vec<Repair> =
        repairable.repairs(&process, &verdicts).into_iter().filter(|repair| repair.guarantee == name).collect();
    for repair in &repairs {
        let text = repair.fix.apply(&parsed.source, parsed.json.as_ref().unwrap());
        assert_ne!(text, parsed.source.text(), "{:?}", repair.fix);
        let mended = parse::<Definition>(SourceText::new("cerita.json", text)).into_result().unwrap();
        let after = verify(read(&mended)).into_parts().1;
        let cause = &verdicts.of(name).causes[repair.cause];
        assert!(!after.of(name).causes.iter().any(|other| other.trouble == cause.trouble), "{:?}", repair.fix.title);
    }
    repairs.into_iter().map(|repair| repair.fix.title.id).collect()
}

fn of_story(text: &str, name: Name) -> Vec<String> {
    suggested(&parsed(text), &story_office(), Reading::AsRun, name)
}

#[test]
fn a_return_without_a_limit_gets_one() {
    let text = r#"{ "steps": [
      { "id": "ajukan", "role": "pemohon", "next": "periksa" },
      { "id": "periksa", "role": "tu", "outcomes": [{ "id": "ya", "end": "selesai" }, { "id": "tidak", "return_to": "ajukan" }] }] }"#;
    assert_eq!(of_story(text, Name::Bounded), ["batasi semua pengembalian"]);
}

#[test]
fn an_arrow_that_goes_round_becomes_a_return() {
    let text = r#"{ "steps": [
      { "id": "ajukan", "role": "pemohon", "next": "periksa" },
      { "id": "periksa", "role": "tu", "outcomes": [{ "id": "ya", "end": "selesai" }, { "id": "tidak", "next": "ajukan" }] }] }"#;
    assert_eq!(of_story(text, Name::Bounded), ["batasi pengembalian baris (2)"]);
}

#[test]
fn what_no_guard_covers_gets_a_branch_and_what_several_cover_an_order() {
    let choice = |guards: &str| {
        format!(
            r#"{{ "fields": [{{ "id": "honor", "title": "Honor", "type": "integer", "min": 0 }}], "steps": [
              {{ "id": "isi", "role": "tu", "collects": ["honor"], "next": "cek" }},
              {{ "id": "cek", "role": "staf", "choose": [{guards}] }},
              {{ "id": "besar", "role": "kepala", "end": "selesai" }}] }}"#
        )
    };
    let gap =
        choice(r#"{ "when": "case.honor < 5", "end": "selesai" }, { "when": "case.honor > 5", "next": "besar" }"#);
    assert_eq!(of_story(&gap, Name::Decided), ["tambahkan cabang untuk nilai yang belum tercakup di baris (2)"]);
    let both =
        choice(r#"{ "when": "case.honor <= 5", "end": "selesai" }, { "when": "case.honor >= 5", "next": "besar" }"#);
    assert_eq!(of_story(&both, Name::Decided), ["biarkan syarat yang lebih dahulu menang di baris (2)"]);
}

#[test]
fn outcomes_that_all_close_end_the_case_instead() {
    let text = r#"{ "steps": [
      { "id": "ajukan", "role": "pemohon", "next": "periksa" },
      { "id": "periksa", "role": "tu", "outcomes": [{ "id": "kurang", "return_to": "ajukan" }, { "id": "salah", "return_to": "ajukan" }] }],
      "policy": { "returns": { "limit": 1, "then": { "closed": "outcome" } } } }"#;
    assert_eq!(of_story(text, Name::Decided), ["akhiri kasus, bukan menutup keputusan, di baris (2)"]);
}

#[test]
fn a_paper_that_is_missing_is_made_or_dropped() {
    let text = r#"{ "papers": [{ "id": "surat", "title": "Surat" }], "steps": [
      { "id": "ajukan", "role": "pemohon", "next": "periksa" },
      { "id": "periksa", "role": "tu", "requires": ["surat"], "end": "selesai" }] }"#;
    assert_eq!(
        of_story(text, Name::Supplied),
        [
            "baris (2) membuat `Surat` sendiri",
            "hapus `Surat` dari kelengkapan baris (2)",
            "jadikan `Surat` output baris (1)"
        ]
    );
    let race = r#"{ "papers": [{ "id": "surat", "title": "Surat" }], "steps": [
      { "id": "bagi", "role": "tu", "outputs": ["surat"], "split": ["baca", "tulis"] },
      { "id": "baca", "role": "staf", "requires": ["surat"], "next": "temu" },
      { "id": "tulis", "role": "sekretaris", "outputs": ["surat"], "next": "temu" },
      { "id": "temu", "role": "kepala", "join": { "all": [["baca"], ["tulis"]] }, "end": "selesai" }] }"#;
    assert_eq!(
        of_story(race, Name::Supplied),
        ["hapus `Surat` dari kelengkapan baris (2)", "hapus `Surat` dari output baris (3)"]
    );
}

#[test]
fn silence_gets_a_budget_a_reminder_or_an_end() {
    let text = r#"{ "steps": [
      { "id": "ajukan", "role": "pemohon", "time": "Segera", "next": "periksa" },
      { "id": "periksa", "role": "tu", "end": "selesai" }],
      "policy": { "steps": { "periksa": { "overdue": [{ "after": "1 hari", "remind": "doer" }] } } } }"#;
    assert_eq!(
        of_story(text, Name::Watched),
        [
            "beri batas waktu untuk baris (1)",
            "ingatkan penanggung jawab baris (2) berulang-ulang",
            "akhiri baris (2) setelah lama terlambat"
        ]
    );
    assert_eq!(of_story(text, Name::Unattended), ["akhiri baris (2) setelah lama terlambat"]);
}

#[test]
fn a_promise_that_is_not_kept_is_adjusted() {
    let text = r#"{ "steps": [{ "id": "ajukan", "role": "pemohon", "end": "selesai" }], "policy": { "promise": "10 menit" } }"#;
    assert_eq!(of_story(text, Name::Timely), ["sesuaikan janji layanan dengan waktu terburuk"]);
}

#[test]
fn what_piles_up_gets_another_end_or_one_way() {
    let early = r#"{ "steps": [
      { "id": "bagi", "role": "tu", "split": ["kiri", "kanan"] },
      { "id": "kiri", "role": "staf", "end": "selesai" }, { "id": "kanan", "role": "tu", "end": "selesai" }] }"#;
    assert_eq!(
        of_story(early, Name::Clean),
        ["jadikan akhir `Selesai` berjenis part", "jadikan akhir `Selesai` berjenis stop"]
    );
    let waiting = r#"{ "steps": [
      { "id": "pilih", "role": "tu", "outcomes": [{ "id": "a", "next": "kiri" }, { "id": "b", "next": "kanan" }] },
      { "id": "kiri", "role": "staf", "next": "temu" }, { "id": "kanan", "role": "tu", "next": "temu" },
      { "id": "temu", "role": "kepala", "join": { "all": [["kiri"], ["kanan"]] }, "end": "selesai" }] }"#;
    assert_eq!(of_story(waiting, Name::Completable), ["baris (4) tidak menunggu semua sumbernya"]);
    let dead = r#"{ "fields": [{ "id": "n", "title": "N", "type": "bool" }], "steps": [
      { "id": "isi", "role": "tu", "collects": ["n"], "choose": [
        { "when": "case.n", "end": "selesai" }, { "when": "!case.n", "end": "selesai" }, { "when": "case.n && !case.n", "end": "selesai" }] }] }"#;
    assert_eq!(of_story(dead, Name::Clean), ["hapus jalan baris (1) yang tidak pernah ditempuh"]);
}

#[test]
fn a_step_that_is_never_reached_goes_with_the_way_that_leads_there() {
    let text = r#"{ "fields": [{ "id": "n", "title": "N", "type": "bool" }], "steps": [
      { "id": "isi", "role": "tu", "collects": ["n"], "choose": [
        { "when": "case.n", "end": "selesai" }, { "when": "!case.n", "next": "cek" }, { "when": "case.n && !case.n", "next": "gaib" }] },
      { "id": "cek", "role": "tu", "end": "selesai" },
      { "id": "gaib", "role": "tu", "end": "selesai" }], "policy": { "steps": { "gaib": { "strategic": true } } } }"#;
    assert_eq!(
        of_story(text, Name::Clean),
        ["hapus baris (3) yang tidak pernah tercapai", "hapus jalan baris (1) yang tidak pernah ditempuh"]
    );
}

#[test]
fn a_post_with_one_holder_gets_another() {
    let definition = parsed(
        r#"{ "steps": [
          { "id": "ajukan", "role": "pemohon", "next": "periksa" }, { "id": "periksa", "role": "tu", "end": "selesai" }] }"#,
    );
    let directory = parse::<DirectoryFile>(SourceText::new(
        "pejabat.json",
        r#"{ "format": 1, "id": "pejabat",
          "people": [{ "id": "ani", "name": "Ani" }, { "id": "budi", "name": "Budi" }, { "id": "citra", "name": "Citra" }],
          "holders": [{ "post": "tu", "person": "ani" }, { "post": "staf", "person": "budi" }] }"#
            .to_owned(),
    ));
    let office = story_office();
    let [from, until] = ["2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"].map(|at| at.parse().unwrap());
    let repairable = Repairable {
        definition: &definition,
        office: &office,
        reading: Reading::AsRun,
        directory: Some((&directory, from, until)),
    };
    let process = compile(definition.value.as_ref().unwrap(), &office, Reading::AsRun, &Default::default())
        .into_result()
        .unwrap();
    let judged = |file: &DirectoryFile| {
        let mut people = People::new();
        let directory = Directory::check(file, &office, &Default::default()).0.unwrap();
        let staffing = directory.staff(&process, &mut people);
        let staff = Some(Staff { people: &people, staffing: &staffing, from, until });
        verify_on(&process, &Terms { staff, ..Terms::default() }).into_parts().1
    };
    let before = judged(directory.value.as_ref().unwrap());
    assert!(before.of(Name::Staffed).verdict.is_refuted());
    let mut repairs: Vec<Repair> = repairable.repairs(&process, &before);
    repairs.retain(|repair| repair.guarantee == Name::Staffed);
    let titles: Vec<&str> = repairs.iter().map(|repair| repair.fix.title.id.as_str()).collect();
    assert_eq!(titles, ["tunjuk Budi juga sebagai tu", "tunjuk Citra juga sebagai tu"]);
    for repair in &repairs {
        assert_eq!(repair.of, RepairOf::Directory);
        let text = repair.fix.apply(&directory.source, directory.json.as_ref().unwrap());
        let mended = parse::<DirectoryFile>(SourceText::new("pejabat.json", text)).into_result().unwrap();
        assert!(judged(&mended).of(Name::Staffed).verdict.is_proved());
    }
}

#[test]
fn what_was_signed_can_only_be_mended_by_signing_again() {
    let text = common::read_text("narasumber.json");
    let parsed = parse::<Definition>(SourceText::new("narasumber.json", text));
    let office = office("narasumber.json");
    assert_eq!(
        suggested(&parsed, &office, Reading::AsSigned, Name::Supplied),
        ["hapus `Draft surat` dari kelengkapan baris 6", "jadikan `Draft surat` output baris 5"]
    );
    // A limit is policy, and changes nothing about the paper.
    assert!(suggested(&parsed, &office, Reading::AsSigned, Name::Bounded).is_empty());
}
