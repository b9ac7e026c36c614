//! What the verifier says of a process, in the three words that the benches compare.

use sop_core::diagnostic::Language;
use sop_core::process::Process;
use sop_verify::{GuaranteeName, Terms, Verdict, Verdicts};

/// What is known about the flow of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every request can finish, and nothing piles up, dangles or lies dead.
    Sound,
    /// One of the two is refuted.
    Unsound,
    /// Neither; with the guarantee that is open, and why.
    Unknown(String),
}

/// Proves a process: what every bench measures, and the one place that says with which of the verifier's entries.
pub fn prove(process: &Process) -> Outcome {
    let only = Some(vec![GuaranteeName::Completable, GuaranteeName::Clean]);
    outcome(sop_verify::verify_on(process, &Terms { only, ..Terms::default() }).verdicts())
}

/// The verdicts in one word. 'Sound' is `completable` and `clean` together.
fn outcome(verdicts: &Verdicts) -> Outcome {
    let judged = [GuaranteeName::Completable, GuaranteeName::Clean].map(|name| verdicts.of(name));
    if judged.iter().any(|judgement| is_refuted(&judgement.verdict)) {
        return Outcome::Unsound;
    }
    match judged.iter().find(|judgement| !is_proved(&judgement.verdict)) {
        None => Outcome::Sound,
        Some(open) => {
            let said = open.verdict.say(Language::English);
            Outcome::Unknown(format!("{}: {said}", open.guarantee.as_str()))
        }
    }
}

#[allow(clippy::unneeded_struct_pattern, reason = "a verdict may come to carry its certificate")]
fn is_proved(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Proved { .. })
}

#[allow(clippy::unneeded_struct_pattern, reason = "a verdict may come to carry its counterexample")]
fn is_refuted(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refuted { .. })
}
