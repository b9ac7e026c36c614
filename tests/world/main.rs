//! Plays worlds in which everything fails, and says what does not hold in them.
//!
//! `cargo run --release -p tests --bin world -- [COUNT] [FIRST_SEED]`
//!
//! A seed is a world: [`sop_testkit::world`] says what happens in it, and what has to hold. Of four seeds that follow one
//! another two are about the narasumber procedure and two about procedures that the seed makes up; one of each is on
//! SQLite's store and one on the testkit's own. The same seed plays the same world.
//!
//! The last line is `seeds N crashes N faults N acknowledged M lost 0 invented 0`. Where something does not hold, or a
//! kind of fault was never met, the lines before say so, and the exit code is 1.

mod grounds;
mod vfs;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use grounds::{Trouble, narasumber, options};
use sop_testkit::world::{Report, run};

/// The number of worlds that are played unless told otherwise.
const WORLDS: u64 = 200;

/// From how many worlds on each kind of fault is to be met.
const MANY: u64 = 40;

fn main() -> ExitCode {
    play().unwrap_or_else(|error| {
        eprintln!("world: {error:?}");
        ExitCode::from(2)
    })
}

fn play() -> Result<ExitCode, Trouble> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let usage = "usage: world [COUNT] [FIRST_SEED]";
    let count = numbers.next().unwrap_or(Ok(WORLDS)).map_err(|_| usage)?;
    let first = match numbers.next() {
        Some(first) => first.map_err(|_| usage)?,
        // Each seed is a world like any other; small numbers are easier to copy.
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() % 1_000_000 * 1_000,
    };
    let (ground, began) = (Arc::new(narasumber()?), Instant::now());
    let mut all = Report::default();
    for seed in first..first.saturating_add(count) {
        let report = run(seed, &options(seed, &ground));
        for broken in &report.broken {
            println!("{broken}\n");
        }
        all.add(&report);
    }
    println!("{}", all.met);
    let missing = all.met.missing();
    let is_incomplete = count >= MANY && !missing.is_empty();
    if is_incomplete {
        println!("never met: {missing:?}");
    }
    println!(
        "seeds {first} to {}, {} steps in {:.1} s; {} entries, {} boundaries; {} looks ({} failed); {} cases finished \
         at the end; {} commands refused, {} left open",
        first.saturating_add(count).saturating_sub(1),
        all.steps,
        began.elapsed().as_secs_f64(),
        all.entries,
        all.boundaries,
        all.looks,
        all.looks_failed,
        all.finished,
        all.refused.values().sum::<u64>(),
        all.left_open
    );
    println!("{all}");
    Ok(ExitCode::from(u8::from(!all.broken.is_empty() || is_incomplete)))
}
