//! Pilih kasus dan orang, bertindak, lihat riwayatnya.
//!
//! `cargo run --example interactive [-- BERKAS.db]`; without a file, nothing is kept.

use std::ffi::OsString;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::PathBuf;
use std::str::FromStr;

use examples::{Office, Outcome};
use sop_engine::core::definition::{FieldId, OutcomeId, PersonId};
use sop_engine::core::diagnostic::Language;
use sop_engine::core::guard::FieldType;
use sop_engine::core::time::Millis;
use sop_engine::{CaseId, Completion, WorkItem};

const USAGE: &str = "pemakaian: cargo run --example interactive [-- BERKAS.db]; tanpa berkas, tidak ada yang disimpan";

const HELP: &str = "\
perintah:
  orang                    siapa saja yang ada
  mulai ORANG PERIHAL      buka permohonan
  tugas ORANG              daftar tugas seseorang, yang terlambat di atas
  kerjakan ORANG NOMOR     selesaikan tugas nomor sekian dari daftarnya
  kasus NOMOR              keadaan dan riwayat sebuah kasus
  maju MENIT               majukan jam kantor
  selesai                  keluar";

fn main() -> std::process::ExitCode {
    examples::report(run())
}

fn run() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let file = match words.as_slice() {
        [] => folder.path().join("sop.db"),
        [file] if !file.to_string_lossy().starts_with('-') => PathBuf::from(file),
        // An option is no file to be made.
        _ => return Err(format!("{USAGE}\n{HELP}").into()),
    };
    let office = Office::open(file, "2026-01-12 08:00")?;
    println!("{}\n{HELP}", office.bundle().process().title());
    loop {
        print!("\n{} > ", office.show(office.engine()?.now()));
        stdout().flush()?;
        let Some(line) = ask()? else { return Ok(()) };
        let mut words = line.split_whitespace();
        let verb = words.next().unwrap_or("");
        let rest: Vec<&str> = words.collect();
        let answer = match (verb, rest.as_slice()) {
            ("", _) => Ok(()),
            ("orang", _) => people(&office),
            ("mulai", [person, subject @ ..]) => {
                office.start(person, &subject.join(" ")).map(|case| println!("kasus {case}"))
            }
            ("tugas", [person]) => work(&office, person).map(|_| ()),
            ("kerjakan", [person, number]) => act(&office, person, number),
            ("kasus", [number]) => case(&office, number),
            ("maju", [minutes]) => forward(&office, minutes),
            ("selesai" | "keluar", _) => return Ok(()),
            _ => {
                println!("{HELP}");
                Ok(())
            }
        };
        if let Err(error) = answer {
            println!("galat: {error}");
        }
    }
}

/// A whole number as it was typed.
fn whole<T: FromStr>(typed: &str) -> Outcome<T> {
    typed.parse().map_err(|_| format!("`{typed}` bukan bilangan bulat yang dapat dipakai di sini").into())
}

/// A line of input; none at its end.
fn ask() -> Outcome<Option<String>> {
    let mut line = String::new();
    Ok((stdin().lock().read_line(&mut line)? > 0).then(|| line.trim().to_owned()))
}

fn people(office: &Office) -> Outcome<()> {
    for person in office.people() {
        println!("  {person:<12} {}", office.name(person));
    }
    Ok(())
}

fn work(office: &Office, person: &str) -> Outcome<Vec<WorkItem>> {
    let items = office.engine()?.worklist(&PersonId::new(person)?)?;
    if items.is_empty() {
        println!("  tidak ada tugas");
    }
    for (place, item) in items.iter().enumerate() {
        let late = if item.overdue { " TERLAMBAT" } else { "" };
        println!("  {}. [kasus {}] {} · baris {}{late}", place + 1, item.wait.case, item.subject, item.row);
        println!("     {}\n     {}", item.activity, item.why.id);
    }
    Ok(items)
}

fn act(office: &Office, person: &str, number: &str) -> Outcome<()> {
    let items = work(office, person)?;
    let place = whole::<usize>(number)?.checked_sub(1).ok_or("nomor mulai dari 1")?;
    let item = items.get(place).ok_or("tidak ada tugas bernomor itu")?;
    let mut completion = Completion::default();
    if item.form.outcomes.len() > 1 {
        for (place, choice) in item.form.outcomes.iter().enumerate() {
            let closed = if choice.closed { " (ditutup)" } else { "" };
            println!("     {}) {}{closed}", place + 1, choice.outcome.title);
        }
        print!("     keputusan? ");
        stdout().flush()?;
        let chosen = whole::<usize>(&ask()?.ok_or("tidak ada jawaban")?)?;
        let choice =
            chosen.checked_sub(1).and_then(|place| item.form.outcomes.get(place)).ok_or("tidak ada pilihan itu")?;
        completion = Completion::with(OutcomeId::new(&choice.outcome.id)?);
    }
    for field in &item.form.fields {
        let choices = field.ty.listed().map(|listed| format!(" ({})", listed.join(", "))).unwrap_or_default();
        print!("     {}{choices}? ", field.field.title);
        stdout().flush()?;
        let text = ask()?.ok_or("tidak ada jawaban")?;
        let id = FieldId::new(&field.field.id)?;
        completion = match field.ty {
            FieldType::Integer { .. } => completion.set(id, whole::<i64>(&text)?),
            FieldType::Bool => completion.set(id, matches!(text.as_str(), "ya" | "true")),
            _ => completion.set(id, text),
        };
    }
    let answer = office.engine()?.complete(&item.wait, &PersonId::new(person)?, &completion, None)?;
    office.tell()?;
    if let Err(refusal) = answer {
        println!("  ditolak: {}", refusal.explain(office.zone(), Language::Indonesian));
    }
    Ok(())
}

fn case(office: &Office, number: &str) -> Outcome<()> {
    let id = CaseId(whole(number)?);
    let view = office.engine()?.case(id)?.ok_or("tidak ada kasus bernomor itu")?;
    println!("  {}", view.subject);
    for wait in &view.waits {
        println!("  {}", wait.why.id);
    }
    for entry in office.engine()?.history(id)? {
        for line in &entry.lines {
            println!("  {}  {}", office.show(entry.record.at), line.id);
        }
    }
    Ok(())
}

fn forward(office: &Office, minutes: &str) -> Outcome<()> {
    let amount = Millis::from_minutes(whole(minutes)?);
    let then = office.engine()?.now().millis().saturating_add(i64::try_from(amount.0)?);
    office.wait_until(sop_engine::core::time::Instant::from_millis(then).ok_or("terlalu jauh")?)
}
