//! Kill after kill: one store, or the next when it has grown large enough, and what is found.

use std::fs;
use std::num::NonZeroU32;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::dice::Dice;
use crate::findings::Findings;
use crate::killed::{Running, Told};
use crate::ledger::Ledger;
use crate::office::{Office, Trouble};
use crate::orders::Orders;
use crate::reopened::{Depth, look};
use crate::said::Intention;

/// How large a store grows before another is begun: everything is read again after each kill.
const MOST_ENTRIES: usize = 12_000;

/// Each so many kills, everything is looked at.
const DEEP: u64 = 10;

/// Within how many microseconds a child is killed that is to be killed while it opens its store.
const OPENING: u64 = 8_000;

/// The signal that cannot be caught.
const SIGKILL: i32 = 9;

/// What is to be done.
pub(crate) struct Plan<'a> {
    /// The program of the child.
    pub(crate) program: &'a Path,
    /// Where stores may be made.
    pub(crate) folder: &'a Path,
    pub(crate) kills: u64,
    pub(crate) seed: u64,
    /// Tells whether the child's store acknowledges before it commits.
    pub(crate) hasty: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) kills: u64,
    pub(crate) acknowledged: u64,
    pub(crate) findings: Findings,
    /// How many commands were on record when the kills came, how many intentions there were, and how many stores.
    pub(crate) entries: u64,
    pub(crate) intended: u64,
    pub(crate) stores: u64,
    /// How many kills hit the engine while it was being opened, and while or after it was being closed.
    pub(crate) while_opening: u64,
    pub(crate) while_closing: u64,
}

/// A store with what is known of it.
struct Volume {
    path: PathBuf,
    ledger: Ledger,
    retried: Vec<Intention>,
    /// What was said since it was last looked at.
    tokens: Vec<String>,
    entries: usize,
}

impl Volume {
    fn new(folder: &Path, number: u64) -> Self {
        let path = folder.join(format!("kantor-{number}.db"));
        Self { path, ledger: Ledger::default(), retried: Vec::new(), tokens: Vec::new(), entries: 0 }
    }
}

/// Kills, and looks.
///
/// # Errors
/// Where a child cannot be started; what is found wrong is in the outcome.
pub(crate) fn run(plan: &Plan<'_>, report: &mut dyn FnMut(u64, &Findings)) -> Result<Outcome, Trouble> {
    let office = Office::load()?;
    let mut dice = Dice::new(plan.seed);
    let mut outcome = Outcome { stores: 1, ..Outcome::default() };
    let mut volume = Volume::new(plan.folder, 1);
    for round in 1..=plan.kills {
        let mut findings = kill_once(plan, &mut volume, round, &mut dice, &mut outcome)?;
        let is_last = round == plan.kills || volume.entries > MOST_ENTRIES;
        let depth = if is_last || round.is_multiple_of(DEEP) { Depth::All } else { Depth::Lately };
        // Half of the time the store is left as the kill left it, and a copy is looked at.
        let in_place = dice.happens(50);
        let copy = plan.folder.join("salinan.db");
        let path = if in_place { volume.path.clone() } else { copied(&volume.path, &copy)? };
        if path.exists() {
            match look(&office, &path, &volume.ledger, &volume.tokens, depth) {
                Ok(looked) => {
                    findings.join(looked.findings);
                    volume.entries = looked.entries;
                    // A copy goes its own way.
                    if in_place {
                        volume.ledger.heads.extend(looked.head);
                    }
                }
                Err(error) => findings.wrong(format!("the store cannot be read: {error:?}")),
            }
        }
        volume.tokens.clear();
        findings.leave_out(&outcome.findings);
        if !findings.is_empty() {
            report(round, &findings);
            outcome.findings.join(findings);
        }
        if is_last {
            outcome.entries += volume.entries as u64;
            outcome.intended += volume.ledger.asked.len() as u64;
            outcome.acknowledged += volume.ledger.acknowledged;
            if round < plan.kills {
                remove(&volume.path)?;
                outcome.stores += 1;
                volume = Volume::new(plan.folder, outcome.stores);
            }
        }
    }
    Ok(outcome)
}

/// Starts a child, kills it at a random moment, and enters what it said.
fn kill_once(
    plan: &Plan<'_>,
    volume: &mut Volume,
    round: u64,
    dice: &mut Dice,
    outcome: &mut Outcome,
) -> Result<Findings, Trouble> {
    let behind = [7, 64, 500, 65_536][usize::try_from(dice.below(4)).unwrap_or(0)];
    // Mostly so early that some are killed while the log is moved.
    let moves = [8, 64, 500, 2_048][usize::try_from(dice.below(4)).unwrap_or(0)];
    let (is_closing, is_opening) = (dice.happens(12), dice.happens(15) || volume.entries == 0 && dice.happens(30));
    let orders = Orders {
        store: volume.path.clone(),
        round,
        seed: dice.roll(),
        behind: NonZeroU32::new(behind).ok_or("no number")?,
        moves: NonZeroU32::new(moves).ok_or("no number")?,
        closes_after: is_closing.then(|| 1 + dice.below(20_000)),
        hasty: plan.hasty,
    };
    let child = Running::of(plan.program, &orders, &volume.retried)?;
    let mut findings = Findings::default();
    // Now and then there is time for the write-ahead log to be moved into the file under load.
    let most = if is_opening {
        OPENING
    } else if dice.happens(2) {
        2_500_000
    } else {
        150_000
    };
    let pause = dice.below(most);
    if !is_opening && !child.await_said(Told::Ready, 1) {
        findings.wrong("the child ended before it was ready".to_owned());
    }
    thread::sleep(Duration::from_micros(pause));
    let (lines, status) = child.kill()?;
    if status.signal() != Some(SIGKILL) {
        findings.wrong(format!("the child ended by itself: {status}"));
    }
    outcome.kills += 1;
    outcome.while_opening += u64::from(!lines.contains(&crate::said::Line::Ready));
    outcome.while_closing += u64::from(is_closing);
    for line in &lines {
        if let crate::said::Line::Answered(token, crate::said::Answered::Failed(error)) = line {
            findings.wrong(format!("{token} met a store that failed: {error}"));
        }
    }
    let tokens = volume.ledger.take(lines);
    // What was to be sent again and never was is still open.
    let mut again: Vec<String> = volume.retried.iter().map(|intention| intention.token.clone()).collect();
    again.extend(tokens.iter().cloned());
    again.sort_unstable();
    again.dedup();
    volume.retried = volume.ledger.open(&again);
    volume.tokens.extend(tokens);
    Ok(findings)
}

/// Copies a store that nobody has open: the file and its write-ahead log.
fn copied(from: &Path, to: &Path) -> Result<PathBuf, Trouble> {
    remove(to)?;
    for suffix in ["", "-wal"] {
        let (from, to) = (beside(from, suffix), beside(to, suffix));
        if from.exists() {
            fs::copy(from, to)?;
        }
    }
    Ok(to.to_owned())
}

/// Deletes a store with what lies beside it.
fn remove(path: &Path) -> Result<(), Trouble> {
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let path = beside(path, suffix);
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
