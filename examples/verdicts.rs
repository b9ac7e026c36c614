//! The verdicts about definitions, one line for each guarantee: `cargo run -q --example verdicts -- FILE…`
//!
//! Prints, separated by tabs: the definition's id, the guarantee, the verdict as signed, the verdict as run, and the worst
//! cases: N, completions, for `bounded`; T, working minutes, for `timely`; minutes until it is over by itself, for
//! `unattended`. `=` before a number says that a run attains it, `≤` that it is an upper bound. Where T would add up working
//! and elapsed time, the instant at which that run is over is given instead, of a case that is opened when the office first
//! opens in 2026. The office is the one that
//! the definition names; the directory is the file `pejabat.json` beside it, if there is one: it is asked for the year
//! 2026, for which the shipped calendar is written.

use std::path::Path;
use std::process::ExitCode;

use examples::{Outcome, report};
use sop_engine::core::case::People;
use sop_engine::core::process::Process;
use sop_engine::core::time::{Date, Instant};
use sop_engine::files::{self, Bundle};
use sop_engine::verify::{GuaranteeName, Judgement, Staff, Terms, Verdict, Verdicts, Worst, verify, verify_on};

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("cara pakai: verdicts BERKAS…\nusage: verdicts FILE…");
        return ExitCode::from(2);
    }
    report(files.iter().try_for_each(|file| print(Path::new(file))))
}

fn print(file: &Path) -> Outcome<()> {
    let bundle = files::read(file)?;
    let as_signed = bundle.as_signed()?;
    // Who holds which post is no part of what was signed (G6).
    let signed = verify(&as_signed).into_parts().1;
    let run = judged(&bundle, bundle.process(), file)?;
    let worst = |process: &Process, judgement: &Judgement| worst(&bundle, process, judgement);
    let id = bundle.process().id();
    for (signed, run) in signed.iter().zip(&run) {
        let guarantee = signed.guarantee;
        println!(
            "{id}\t{guarantee}\t{}\t{}\t{}\t{}",
            word(signed),
            word(run),
            worst(&as_signed, signed),
            worst(bundle.process(), run)
        );
    }
    Ok(())
}

/// The verdicts, with the directory beside the file.
fn judged(bundle: &Bundle, process: &Process, file: &Path) -> Outcome<Verdicts> {
    let beside = file.with_file_name("pejabat.json");
    let mut people = People::new();
    let directory = match beside.is_file() {
        true => Some(files::directory(&beside, bundle.office())?),
        false => None,
    };
    let staffing = directory.as_ref().map(|directory| directory.staff(process, &mut people));
    let year = staffing.as_ref().map(|_| period(bundle)).transpose()?;
    let staff =
        staffing.as_ref().zip(year).map(|(staffing, (from, until))| Staff { people: &people, staffing, from, until });
    Ok(verify_on(process, &Terms { staff, ..Terms::default() }).into_parts().1)
}

/// The year that the shipped calendar is written for.
fn period(bundle: &Bundle) -> Outcome<(Instant, Instant)> {
    let zone = bundle.office().zone();
    let at =
        |year| Date::new(year, 1, 1).and_then(|date| Instant::at(date, 0, 0, zone)).ok_or("tahun di luar kalender");
    Ok((at(2026)?, at(2027)?))
}

fn word(judgement: &Judgement) -> &'static str {
    match judgement.verdict {
        Verdict::Proved => "proved",
        Verdict::Refuted => "refuted",
        Verdict::Unknown { .. } => "unknown",
    }
}

fn worst(bundle: &Bundle, process: &Process, judgement: &Judgement) -> String {
    let Some(worst) = &judgement.worst else { return String::new() };
    let sign = if worst.run.is_some() { "=" } else { "≤" };
    match over(bundle, process, judgement, worst) {
        Some(over) => format!("{sign}{over}"),
        None => format!("{sign}{}", worst.value),
    }
}

/// When a worst case is over that takes working and elapsed time.
fn over(bundle: &Bundle, process: &Process, judgement: &Judgement, worst: &Worst) -> Option<Instant> {
    let run = worst.run.as_ref().filter(|_| worst.is_mixed && judgement.guarantee == GuaranteeName::Timely)?;
    let calendar = bundle.calendar();
    let opened = calendar.next_opening(period(bundle).ok()?.0).at;
    run.over_by(process, calendar, opened)
}
