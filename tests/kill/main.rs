//! Kills an engine under load again and again, and checks that nothing that it acknowledged is lost.
//!
//! `cargo run --release -p tests --bin kill -- [COUNT] [SEED]`
//!
//! Each round starts a program with an engine on a real store and keeps it busy; kills it with SIGKILL at a random moment,
//! be it while it is opened, commits, writes a checkpoint or is closed; opens the store again, as it is or a copy of it;
//! and holds what is on record against what the program had said through a pipe: each command before it was asked, each
//! answer after it was given. The seed repeats the choices. The moment of the kill is the machine's all the same: a
//! failing seed fails again soon, and not necessarily in the same round.
//!
//! The last line is `kills N acknowledged M lost 0 duplicated 0`; where anything was lost, duplicated or otherwise wrong,
//! the lines before say what, and the exit code is 1.

mod dice;
mod office;
mod orders;
mod said;

mod child;
mod hasty;

mod findings;
mod killed;
mod ledger;
mod record;
mod reopened;
mod rounds;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use office::Trouble;
use orders::CHILD;
use rounds::{Plan, run};

/// The number of kills unless told otherwise.
const KILLS: u64 = 200;

/// Has the child's store acknowledge before it commits, so that one sees the check fail.
const HASTY: &str = "--hasty";

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let ended = match args.split_first() {
        Some((first, orders)) if first == CHILD => match child::orders(orders) {
            Some(orders) => child::run(&orders).map(|()| ExitCode::SUCCESS),
            None => Err("a child is started by its parent only".into()),
        },
        _ => kill(&args),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("kill: {error:?}");
        ExitCode::from(2)
    })
}

fn kill(args: &[OsString]) -> Result<ExitCode, Trouble> {
    let (hasty, numbers): (Vec<_>, Vec<_>) = args.iter().partition(|arg| *arg == HASTY);
    let mut numbers = numbers.into_iter().map(|text| text.to_str().and_then(|text| text.parse::<u64>().ok()));
    let usage = "usage: kill [COUNT] [SEED]";
    let kills = numbers.next().unwrap_or(Some(KILLS)).ok_or(usage)?;
    let seed = match numbers.next() {
        Some(seed) => seed.ok_or(usage)?,
        None => u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?,
    };
    println!("seed {seed}");
    let (program, folder) = (std::env::current_exe()?, tempfile::tempdir()?);
    let plan = Plan { program: &program, folder: folder.path(), kills, seed, hasty: !hasty.is_empty() };
    let outcome = run(&plan, &mut |round, findings| {
        let kinds = [("lost", &findings.lost), ("duplicated", &findings.duplicated), ("wrong", &findings.wrong)];
        for (kind, found) in kinds {
            for what in found.iter().take(5) {
                println!("kill {round}: {kind}: {what}");
            }
            if found.len() > 5 {
                println!("kill {round}: {kind}: and {} more", found.len() - 5);
            }
        }
    })?;
    println!(
        "{} entries in {} stores, {} commands intended; {} kills while opening, {} of engines told to close",
        outcome.entries, outcome.stores, outcome.intended, outcome.while_opening, outcome.while_closing
    );
    let found = &outcome.findings;
    if !found.wrong.is_empty() {
        println!("{} things are wrong that are neither lost nor duplicated", found.wrong.len());
    }
    println!(
        "kills {} acknowledged {} lost {} duplicated {}",
        outcome.kills,
        outcome.acknowledged,
        found.lost.len(),
        found.duplicated.len()
    );
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
