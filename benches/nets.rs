//! A file of workflow nets put to the verifier: `cargo run --release -p benches --bin nets -- FILE.jsonl [LIMIT]`.
//!
//! Each net becomes a definition, is compiled as signed, and proved; beside it a plain search looks through its
//! markings, and another through the states of the process that was made of it, each up to LIMIT states. What the three
//! say is compared with what is known of the net. That the searches agree shows that the process is the net.
//!
//! Exit code: 0 where nothing disagrees, 1 where something does, 2 where the file cannot be used. An unknown verdict
//! is no disagreement; it is counted and shown.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant as Stopwatch};

use benches::explored::{Explored, Finding};
use benches::net::{self, Known, Net};
use benches::proof::{Outcome, prove};
use benches::sketch::{compiled, office};
use benches::walk::Alone;
use benches::{keep, show};
use sop_core::diagnostic::{Bilingual, Language, render::render};
use sop_core::process::{CheckedOffice, Process};

/// The number of states that a plain search looks at before it gives up, where nothing else is said.
const LIMIT: usize = 20_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let (path, limit) = match arguments.as_slice() {
        [path] => (path, Some(LIMIT)),
        [path, limit] => (path, limit.parse().ok()),
        _ => return refuse(&usage()),
    };
    let Some(limit) = limit else { return refuse(&usage()) };
    let nets = match std::fs::read(path) {
        Ok(text) => match net::read(&text) {
            Ok(nets) => nets.iter().map(net::free_choice).collect::<Vec<Net>>(),
            Err(mistake) => return refuse(&format!("{path}\n{mistake}")),
        },
        Err(error) => {
            let said = Bilingual::new(format!("tidak dapat dibaca: {error}"), format!("cannot be read: {error}"));
            return refuse(&format!("{path}\n{}\n{}", said.id, said.en));
        }
    };
    let office = office();
    let alone = Alone::new(&office);
    let judged: Vec<Judged> = nets.iter().map(|net| Judged::of(net, &office, &alone, limit)).collect();
    let report = Report { judged: &judged, limit };
    // Somebody who closes the pipe has seen enough.
    let _ = std::io::stdout().write_all(report.text().as_bytes());
    if report.disagreements().next().is_some() { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn usage() -> String {
    let form = "nets FILE.jsonl [LIMIT]";
    format!("pemakaian: {form}\nusage: {form}")
}

fn refuse(said: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{said}");
    ExitCode::from(2)
}

/// Something that was found out, and how long that took.
struct Timed<T> {
    found: T,
    nanos: f64,
}

/// A net with everything that is said about it.
struct Judged<'n> {
    net: &'n Net,
    searched: Timed<Explored>,
    /// What its process comes to, or why there is none.
    process: Result<Proved, String>,
}

/// What the process of a net comes to.
struct Proved {
    compiling: f64,
    outcome: Timed<Outcome>,
    walked: Timed<Explored>,
}

impl<'n> Judged<'n> {
    fn of(net: &'n Net, office: &CheckedOffice, alone: &Alone, limit: usize) -> Self {
        let searched = timed(|| net::search(net, limit));
        let process = net::sketch(net).map_err(|reason| reason.to_string()).and_then(|sketch| {
            let definition = sketch.definition();
            let compiled = timed(|| compiled(keep(&definition), office));
            let process = compiled.found.map_err(|found| render(&found, &[], Language::English))?;
            Ok(Proved {
                compiling: compiled.nanos,
                outcome: proved(&process),
                walked: timed(|| alone.search(&process, limit)),
            })
        });
        Self { net, searched, process }
    }
}

fn timed<T>(what: impl FnOnce() -> T) -> Timed<T> {
    let begun = Stopwatch::now();
    let found = what();
    Timed { nanos: begun.elapsed().as_nanos() as f64, found }
}

/// Proves a process: the least time of several, unless one takes long.
fn proved(process: &Process) -> Timed<Outcome> {
    const ROUNDS: usize = 7;
    const LONG: Duration = Duration::from_millis(50);
    let begun = Stopwatch::now();
    let mut least = timed(|| prove(keep(process)));
    for _ in 1..ROUNDS {
        if begun.elapsed() > LONG {
            break;
        }
        let again = timed(|| prove(keep(process)));
        least.nanos = least.nanos.min(again.nanos);
    }
    least
}

/// What one judge says of one net.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Sound,
    Unsound(String),
    Open(String),
}

impl Says {
    fn proof(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Sound => Self::Sound,
            Outcome::Unsound => Self::Unsound("refuted".into()),
            Outcome::Unknown(reason) => Self::Open(reason.clone()),
        }
    }

    fn search(explored: Explored) -> Self {
        match explored.finding {
            Finding::Sound => Self::Sound,
            Finding::Unsound(reason) => Self::Unsound(format!("{reason}, {} states", explored.states)),
            Finding::GaveUp | Finding::Unjudged => Self::Open("gave up".into()),
        }
    }

    /// Tells whether it contradicts what is known.
    fn disagrees(&self, known: Known) -> bool {
        matches!((self, known), (Self::Sound, Known::Unsound) | (Self::Unsound(_), Known::Sound))
    }
}

/// The number of names that are listed of nets that are open for one reason.
const SHOWN: usize = 6;

/// The three judges, by their places in a report.
const JUDGES: [&str; 3] = ["the proof", "plain search of the net", "plain search of its process"];

struct Report<'r> {
    judged: &'r [Judged<'r>],
    limit: usize,
}

impl Report<'_> {
    /// What a judge says of each net that it was asked about, and its time.
    fn said(&self, judge: usize) -> impl Iterator<Item = (&Net, Says, f64)> {
        self.judged.iter().filter_map(move |judged| {
            let searched = &judged.searched;
            let (says, nanos) = match (judge, &judged.process) {
                (1, _) => (Says::search(searched.found), searched.nanos),
                (0, Ok(proved)) => (Says::proof(&proved.outcome.found), proved.outcome.nanos),
                (_, Ok(proved)) => (Says::search(proved.walked.found), proved.walked.nanos),
                (_, Err(_)) => return None,
            };
            Some((judged.net, says, nanos))
        })
    }

    fn disagreements(&self) -> impl Iterator<Item = (&'static str, &Net, Says)> {
        JUDGES.iter().enumerate().flat_map(move |(judge, name)| {
            let said = self.said(judge).filter(|(net, says, _)| says.disagrees(net.verdict));
            said.map(move |(net, says, _)| (*name, net, says))
        })
    }

    fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a text cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let sound = self.judged.iter().filter(|judged| judged.net.verdict == Known::Sound).count();
        let unsound = self.judged.len() - sound;
        writeln!(out, "{} nets, {sound} known to be sound, {unsound} unsound", self.judged.len())?;
        writeln!(
            out,
            "\n{:<30}{:>8}{:>10}{:>6}{:>14}{:>12}{:>12}{:>12}",
            "", "agrees", "disagrees", "open", "median", "p99", "max", "total"
        )?;
        for (judge, name) in JUDGES.iter().enumerate() {
            let said: Vec<_> = self.said(judge).collect();
            let open = said.iter().filter(|(_, says, _)| matches!(says, Says::Open(_))).count();
            let disagree = said.iter().filter(|(net, says, _)| says.disagrees(net.verdict)).count();
            // A search that gave up shows its limit and not what it would have taken; a proof shows what it took.
            let counted = said.iter().filter(|(_, says, _)| judge == 0 || !matches!(says, Says::Open(_)));
            let times = times(counted.map(|(.., nanos)| *nanos).collect());
            writeln!(out, "{name:<30}{:>8}{disagree:>10}{open:>6}{times}", said.len() - open - disagree)?;
        }
        let compiling = self.judged.iter().filter_map(|judged| Some(judged.process.as_ref().ok()?.compiling));
        writeln!(out, "{:<54}{}", "compiling (not in the proof)", times(compiling.collect()))?;
        writeln!(
            out,
            "a search is open where it gave up after {} states; its times are of those that it finished",
            self.limit
        )?;

        let largest = self.judged.iter().filter(|judged| judged.searched.found.finding != Finding::GaveUp);
        if let Some(judged) = largest.max_by_key(|judged| judged.searched.found.states) {
            let states = judged.searched.found.states;
            writeln!(out, "the most markings of a net that it finished: {states} ({})", judged.net.name)?;
        }
        self.write_open(out)?;
        self.write_disagreements(out)?;
        self.write_inexpressible(out)
    }

    /// What each judge leaves open, and of which nets.
    fn write_open(&self, out: &mut String) -> std::fmt::Result {
        for (judge, name) in JUDGES.iter().enumerate() {
            let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for (net, says, _) in self.said(judge) {
                if let Says::Open(reason) = says {
                    reasons.entry(reason).or_default().push(&net.name);
                }
            }
            for (reason, names) in reasons {
                let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
                let more = if names.len() > SHOWN { ", …" } else { "" };
                writeln!(out, "\n{name}, {} open: {reason}\n  {shown}{more}", names.len())?;
            }
        }
        Ok(())
    }

    fn write_disagreements(&self, out: &mut String) -> std::fmt::Result {
        for (judge, net, says) in self.disagreements() {
            let (known, said) = match &says {
                Says::Unsound(reason) => ("sound", format!("unsound ({reason})")),
                Says::Sound | Says::Open(_) => ("unsound", "sound".to_owned()),
            };
            writeln!(out, "\ndisagreement about {}: known to be {known}; {judge} says {said}", net.name)?;
        }
        Ok(())
    }

    fn write_inexpressible(&self, out: &mut String) -> std::fmt::Result {
        let refused: Vec<_> =
            self.judged.iter().filter_map(|judged| Some((judged.net, judged.process.as_ref().err()?))).collect();
        writeln!(out, "\n{} nets cannot be expressed as a definition", refused.len())?;
        for (net, reason) in refused {
            writeln!(out, "  {}: {reason}", net.name)?;
        }
        Ok(())
    }
}

/// Median, 99th percentile, greatest and sum of some times; nothing of none.
fn times(mut nanos: Vec<f64>) -> String {
    nanos.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| nanos.get((nanos.len().saturating_sub(1) as f64 * share) as usize).copied();
    let (Some(median), Some(p99), Some(max)) = (at(0.5), at(0.99), at(1.0)) else { return String::new() };
    format!("{:>14}{:>12}{:>12}{:>12}", show(median), show(p99), show(max), show(nanos.iter().sum()))
}
