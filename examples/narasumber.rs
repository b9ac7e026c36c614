//! Empat permohonan melalui SOP Fasilitas Penyediaan Narasumber, pada hari-hari kantor yang disimulasikan.
//!
//! `cargo run --example narasumber`

use comfy_table::{ContentArrangement, Table, presets::UTF8_BORDERS_ONLY};
use examples::{Office, Outcome};
use sop_engine::CaseId;
use sop_engine::core::case::{People, status_word};
use sop_engine::core::definition::{PersonId, RegisterId};
use sop_engine::core::diagnostic::{Language, render};
use sop_engine::core::time::Millis;
use sop_engine::verify::{Staff, Terms, verify, verify_on};

fn main() -> std::process::ExitCode {
    examples::report(run())
}

fn run() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("narasumber.db");
    let mut office = Office::open(file.clone(), "2026-01-12 08:00")?;
    introduce(&office)?;

    title("A. Lurus: setiap orang bekerja tepat selama waktu yang diberikan");
    let straight = office.start("wulan", "Narasumber pelatihan pelayanan publik")?;
    while office.next(straight)?.is_some() {
        office.step(straight, "setuju", "kelembagaan")?;
    }

    title("B. Dikembalikan satu kali di baris 2, 7, 8, 9, dan 10");
    office.wait_until_text("2026-01-13 08:00")?;
    let returned = office.start("surya", "Narasumber bimbingan teknis koperasi")?;
    let mut refused: Vec<String> = Vec::new();
    while let Some(item) = office.next(returned)? {
        let first_time = item.form.outcomes.len() > 1 && !refused.contains(&item.row);
        if first_time {
            refused.push(item.row.clone());
        }
        office.step(returned, if first_time { "tidak_setuju" } else { "setuju" }, "tatalaksana")?;
    }

    title("C. Berkas tidak juga lengkap: batas pengembalian tercapai");
    office.wait_until_text("2026-01-19 09:00")?;
    let given_up = office.start("intan", "Narasumber sosialisasi perizinan")?;
    while office.next(given_up)?.is_some() {
        office.step(given_up, "tidak_setuju", "pelayanan")?;
    }

    title("D. Kepala Biro dinas luar: Plh bertindak, lalu satu tugas terlambat");
    office.wait_until_text("2026-02-09 08:00")?;
    let delayed = office.start("wulan", "Narasumber rapat koordinasi")?;
    for _ in 1..=3 {
        office.step(delayed, "setuju", "kelembagaan")?;
    }
    let disposition = office.next(delayed)?.ok_or("row 4 waits")?;
    let away = PersonId::new("damar")?;
    if let Err(refusal) = office.complete(&disposition, &away, "", "kelembagaan")? {
        println!(
            "  {}  {} mencoba: {}",
            office.show(office.engine()?.now()),
            office.name(&away),
            refusal.explain(office.zone(), Language::Indonesian)
        );
    }
    for _ in 4..=7 {
        office.step(delayed, "setuju", "kelembagaan")?;
    }

    title("   Mesin ditutup di tengah jalan; kantor sepi; mesin dibuka lagi dari berkasnya");
    office.close();
    office.reopen()?;
    office.wait_until_text("2026-02-10 13:30")?;
    let overdue = office.next(delayed)?.ok_or("row 8 waits")?;
    println!("  {}  {}", office.show(office.engine()?.now()), overdue.why.id);
    let above = PersonId::new("serindang")?;
    office.complete(&overdue, &above, "setuju", "")?.map_err(|refusal| format!("{refusal:?}"))?;
    while office.next(delayed)?.is_some() {
        office.step(delayed, "setuju", "kelembagaan")?;
    }

    summary(&office, &[("A", straight), ("B", returned), ("C", given_up), ("D", delayed)])?;
    agenda(&office)
}

fn title(text: &str) {
    println!("\n{text}");
}

fn introduce(office: &Office) -> Outcome<()> {
    let process = office.bundle().process();
    println!("{}", process.title());
    println!(
        "{} langkah, {} pengembalian · naskah {} · proses {}",
        process.steps().len(),
        process.returns().len(),
        process.signed_hash().short(),
        process.hash().short()
    );
    let found = office.bundle().diagnostics();
    print!("\n{}", render::render(found, &office.bundle().sources(), Language::Indonesian));
    let today = office.zone().date(office.engine()?.now());
    let vacant = office.directory().check_for(process, today);
    for finding in &vacant {
        println!("{}", finding.message(Language::Indonesian));
    }
    if vacant.is_empty() {
        println!("Setiap peran terisi pada {today}.");
    }
    let signed = office.bundle().as_signed()?;
    let calendar = office.bundle().calendar();
    println!("\nSebagaimana disahkan");
    print!("{}", verify(&signed).verdicts().explain(&signed, Some(calendar), today, Language::Indonesian));
    println!("\nSebagaimana dijalankan (kebijakan, kantor, dan pejabat setahun ke depan)");
    let mut people = People::new();
    let staffing = office.directory().staff(process, &mut people);
    let from = office.engine()?.now();
    let year = Staff { people: &people, staffing: &staffing, from, until: office.in_a_year()? };
    let run = verify_on(process, &Terms { staff: Some(year), ..Terms::default() });
    print!("{}", run.verdicts().explain(process, Some(calendar), today, Language::Indonesian));
    Ok(())
}

/// What became of each case.
fn summary(office: &Office, cases: &[(&str, CaseId)]) -> Outcome<()> {
    title("Keempat permohonan");
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_width(118);
    table.set_header(["", "Kasus", "Pemohon", "Perihal", "Keadaan", "Penyelesaian", "Kembali", "Menit kerja"]);
    for (name, case) in cases {
        let view = office.engine()?.case(*case)?.ok_or("the case is there")?;
        let history = office.engine()?.history(*case)?;
        let last = history.last().map(|entry| entry.record.at);
        let spent = view.opened.zip(last).map_or(Millis::ZERO, |(from, to)| office.calendar().measure(from, to));
        let ends = view.ends.iter().map(|end| end.title.as_str()).collect::<Vec<_>>().join(", ");
        table.add_row([
            (*name).to_owned(),
            case.to_string(),
            view.requester.as_ref().map(|person| office.name(person)).unwrap_or_default(),
            view.subject.clone(),
            format!("{}: {ends}", status_word(view.status, Language::Indonesian)),
            history.iter().map(completions).sum::<usize>().to_string(),
            view.returns.iter().map(|taken| taken.count).sum::<u32>().to_string(),
            spent.minutes().to_string(),
        ]);
    }
    println!("{table}");
    Ok(())
}

fn completions(entry: &sop_engine::HistoryEntry) -> usize {
    use sop_engine::core::case::Event;
    entry.record.events.iter().filter(|event| matches!(event, Event::Completed { .. })).count()
}

/// The agenda of outgoing letters.
fn agenda(office: &Office) -> Outcome<()> {
    title("Buku agenda surat keluar");
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY);
    table.set_header(["No. urut", "Nomor surat", "Kasus", "Perihal", "Waktu"]);
    for entry in office.engine()?.register(&RegisterId::new("agenda_keluar")?)? {
        table.add_row([
            entry.number.to_string(),
            entry.text,
            entry.case.to_string(),
            entry.subject,
            office.show(entry.at),
        ]);
    }
    println!("{table}");
    Ok(())
}
