//! Place where the verifier and the judge differ.

use std::collections::BTreeMap;
use std::time::Instant;

use sop_core::definition::{Definition, Office};
use sop_core::process::{CheckedOffice, Process, Reading, check_office, compile};
use sop_verify::{GuaranteeName as Name, Verdict, Verified, check, verify};

use super::opinion::{Most, Opinion, Opinions, judge};

/// How far the judge goes with random definitions.
pub const MOST: Most = Most { states: 6_000, timed: 20_000 };

/// All guarantees that are compared.
pub const JUDGED: [Name; 8] = [
    Name::Completable,
    Name::Decided,
    Name::Clean,
    Name::Supplied,
    Name::Bounded,
    Name::Watched,
    Name::Timely,
    Name::Unattended,
];

/// The office of the judge's definitions.
pub fn office() -> CheckedOffice {
    let file: Office = serde_json::from_str(OFFICE).expect("the judge's office is in the format");
    check_office(&file, &Default::default()).0.expect("the judge's office has no error")
}

pub const OFFICE: &str = r#"{
 "format": 1, "id": "kantor", "title": "Kantor", "zone": { "offset": "+07:00", "label": "WIB" },
 "calendar": "calendars/kalbar.json",
 "durations": { "minutes_per_day": 450, "days_per_week": 5, "days_per_month": 20, "day": "working" },
 "posts": [{ "id": "r", "title": "R", "superior": "q" }, { "id": "q", "title": "Q" }],
 "units": [{ "id": "u1", "title": "U1" }, { "id": "u2", "title": "U2" }, { "id": "u3", "title": "U3" }],
 "registers": []
}"#;

/// One difference.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What kind of difference, in a few words.
    pub kind: String,
    pub said: String,
    /// Tells whether the verifier merely does not know what the judge knows.
    pub is_weak: bool,
}

/// What came of one definition.
#[derive(Debug, Default)]
pub struct Compared {
    /// Count: how many readings compiled.
    pub compiled: usize,
    pub too_large: usize,
    pub states: usize,
    /// How long compiling, judging and verifying took, in microseconds.
    pub took: [u128; 3],
    pub differences: Vec<Difference>,
    /// How often what was met.
    pub met: BTreeMap<String, u64>,
}

/// Compares both readings of a definition.
pub fn compare(definition: &Definition, office: &CheckedOffice, most: Most) -> Compared {
    let mut compared = Compared::default();
    for reading in [Reading::AsRun, Reading::AsSigned] {
        let began = Instant::now();
        let Some(process) = compile(definition, office, reading, &Default::default()).process else { continue };
        compared.took[0] += began.elapsed().as_micros();
        compared.compiled += 1;
        let began = Instant::now();
        let opinions = judge(&process, most);
        compared.took[1] += began.elapsed().as_micros();
        match opinions {
            None => compared.too_large += 1,
            Some(opinions) => {
                compared.states += opinions.states;
                differences(&process, &opinions, &mut compared);
            }
        }
    }
    compared
}

fn differences(process: &Process, opinions: &Opinions, compared: &mut Compared) {
    let began = Instant::now();
    let verified = verify(process);
    compared.took[2] += began.elapsed().as_micros();
    let reading = process.reading();
    let mut differ = |is_weak: bool, kind: String, more: String| {
        compared.differences.push(Difference { kind, said: format!("{reading:?}: {more}"), is_weak });
    };
    for name in JUDGED {
        let judgement = verified.verdicts().of(name);
        let opinion = opinions.of(name);
        let verdict = match &judgement.verdict {
            Verdict::Proved => "proved",
            Verdict::Refuted => "refuted",
            Verdict::Unknown { .. } => "unknown",
        };
        let mine = match opinion {
            Opinion::Holds => "holds",
            Opinion::Fails(_) => "fails",
            Opinion::Unknowable => "unknowable",
            Opinion::Unsure(why) => why,
        };
        *compared.met.entry(format!("{name} {verdict}, judge: {mine}")).or_default() += 1;
        let agree = match (&judgement.verdict, opinion) {
            (_, Opinion::Unsure(_)) => true,
            (Verdict::Unknown { .. }, _) => true,
            (Verdict::Proved, opinion) => *opinion == Opinion::Holds,
            (Verdict::Refuted, opinion) => matches!(opinion, Opinion::Fails(_)),
        };
        // The verifier's own parts contradict one another.
        if let Verdict::Unknown { reason } = &judgement.verdict
            && reason.en.starts_with("internal error")
        {
            differ(false, format!("{name}: internal error"), format!("{name}: {}", reason.en));
        }
        let known = matches!(opinion, Opinion::Holds | Opinion::Fails(_));
        if let Verdict::Unknown { reason } = &judgement.verdict
            && known
        {
            differ(
                true,
                format!("{name} unknown, judge: {mine}"),
                format!("{name} unknown ({}), judge: {opinion:?}", reason.en),
            );
        }
        if let Opinion::Unsure(why) = opinion
            && judgement.verdict.is_refuted()
        {
            differ(true, format!("{name} refuted, judge: {why}"), format!("{name} refuted, judge: {why}"));
        }
        if !agree {
            let causes: Vec<_> = judgement.causes.iter().map(|cause| &cause.trouble).collect();
            let why = match opinion {
                Opinion::Fails(why) => category(why),
                _ => causes.first().map_or_else(
                    || judgement.follows.map_or_else(String::new, |of| format!("follows {of}")),
                    |trouble| category(&format!("{trouble:?}")),
                ),
            };
            differ(
                false,
                format!("{name} {verdict}, judge: {mine} ({why})"),
                format!("{name} {verdict}, judge: {opinion:?}\n  causes {causes:?}, follows {:?}", judgement.follows),
            );
        }
    }
    let proved: Vec<Name> = verified.verdicts().iter().filter(|j| j.verdict.is_proved()).map(|j| j.guarantee).collect();
    match check(process, verified.certificate()) {
        Ok(confirmed) if confirmed == proved => {}
        other => differ(false, "the checker refuses the certificate".to_owned(), format!("{other:?}, said {proved:?}")),
    }
    for (name, exact) in [(Name::Bounded, opinions.n), (Name::Timely, opinions.t)] {
        worst(&verified, name, exact, &mut differ, &mut compared.met);
    }
}

/// A worst case that is said to be attained is; another one is no less than that.
fn worst(
    verified: &Verified<&Process>,
    name: Name,
    exact: Option<u64>,
    differ: &mut impl FnMut(bool, String, String),
    met: &mut BTreeMap<String, u64>,
) {
    let judgement = verified.verdicts().of(name);
    let Some(worst) = judgement.worst.as_ref().filter(|worst| judgement.verdict.is_proved() && !worst.is_mixed) else {
        return;
    };
    let Some(exact) = exact else { return };
    let unit = if name == Name::Bounded { "N" } else { "T" };
    let sign = if worst.run.is_some() { "=" } else { "<=" };
    let found = match (worst.run.is_some(), worst.value.cmp(&exact)) {
        (true, std::cmp::Ordering::Equal) => "right",
        (false, std::cmp::Ordering::Equal) => "attained but not said so",
        (false, std::cmp::Ordering::Greater) => "above",
        _ => "wrong",
    };
    *met.entry(format!("{unit} {sign} {found}")).or_default() += 1;
    if sign == "<=" && found != "wrong" {
        differ(true, format!("{unit} <= {found}"), format!("{unit} <= {}, judge: {exact}", worst.value));
    }
    if found == "wrong" {
        let how = if worst.value < exact { "too low" } else { "too high" };
        differ(false, format!("{unit} {sign} {how}"), format!("{unit} {sign} {}, judge: {exact}", worst.value));
    }
}

/// The first words of a reason, without names and numbers.
fn category(why: &str) -> String {
    let words = why.split([':', '{', ' ', '(', ')']).filter(|word| !word.is_empty());
    let is_plain = |word: &&str| !word.chars().any(|letter| letter.is_ascii_digit());
    words.take_while(is_plain).take(3).collect::<Vec<_>>().join(" ")
}
