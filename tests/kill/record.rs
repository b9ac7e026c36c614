//! The log against the ledger, and against itself: without the engine, from what the entries say.

use std::collections::{BTreeMap, BTreeSet};

use sop_engine::core::case::{Event, Named, Record, Status};
use sop_engine::core::definition::PersonId;
use sop_engine::store::{About, Entry, Position, Scope};
use sop_engine::{CaseId, WaitRef};

use crate::findings::Findings;
use crate::ledger::{Asked, Ledger};
use crate::said::{Answered, Intention, Told, Wish, ended};

/// What the log says, folded by this file alone.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// Each case with the number of its entries.
    pub(crate) cases: BTreeMap<CaseId, u32>,
    /// Who has to act, by a fold of the history.
    pub(crate) waits: BTreeSet<WaitRef>,
    /// The numbers that registers gave, by register and year.
    pub(crate) numbers: BTreeMap<(String, i32), Vec<(u32, CaseId)>>,
    /// What each command did that is on record, by its token.
    pub(crate) done: BTreeMap<String, (Position, Told)>,
    last: Position,
    opened: BTreeSet<WaitRef>,
    rungs: BTreeSet<(WaitRef, String)>,
}

/// Reads a log from its beginning, and holds it against what was intended and answered.
pub(crate) fn check(entries: &[Entry], ledger: &Ledger) -> (Story, Findings) {
    let (mut story, mut findings) = (Story::default(), Findings::default());
    for entry in entries {
        story.take(entry, ledger, &mut findings);
    }
    for ((register, year), given) in &story.numbers {
        for ((number, _), expected) in given.iter().zip(1..) {
            if *number != expected {
                findings.wrong(format!("register {register} of {year}: number {number} comes where {expected} should"));
                break;
            }
        }
    }
    for (token, asked) in &ledger.asked {
        story.hold_against(token, asked, &mut findings);
    }
    for odd in &ledger.odd {
        findings.wrong(odd.clone());
    }
    (story, findings)
}

impl Story {
    fn take(&mut self, entry: &Entry, ledger: &Ledger, findings: &mut Findings) {
        let at = entry.position;
        if at != self.last.next() {
            findings.wrong(format!("entry {at} follows entry {}", self.last));
        }
        self.last = at;
        let About::Case { case, version, .. } = entry.about else { return };
        let before = self.cases.entry(case).or_default();
        if *before + 1 != version {
            findings.wrong(format!("entry {at}: version {version} of case {case} follows version {before}"));
        }
        *before = version;
        let record = entry.body.to_json().ok().and_then(|json| serde_json::from_slice::<Record>(&json).ok());
        let Some(record) = record else { return findings.wrong(format!("entry {at} cannot be read")) };
        for event in &record.events {
            self.apply(case, at, event, findings);
        }
        let token = entry.key.as_ref().map(|used| used.key.as_str().to_owned()).or_else(|| spoken(&record));
        let Some(token) = token else {
            if record.events.iter().any(|event| author(event).is_some()) {
                findings.wrong(format!("entry {at}: somebody acted whom nobody knows of: {record:?}"));
            }
            return;
        };
        let Some(asked) = ledger.asked.get(&token) else {
            return findings.wrong(format!("entry {at}: {token} is on record, and nobody intended it"));
        };
        let intention = &asked.intention;
        let scope = entry.key.as_ref().map(|used| used.scope);
        let right = intention.case().map_or(Scope::Store, Scope::Case);
        if scope.is_some() != intention.keyed || scope.is_some_and(|scope| scope != right) {
            findings.wrong(format!("entry {at}: {token} is on record under {:?}", entry.key));
        }
        if intention.case().is_some_and(|about| about != case) || !says(intention, &record) {
            findings.wrong(format!("entry {at} is not what {token} intended: {intention:?} and {record:?}"));
        }
        if let Some((first, _)) = self.done.get(&token) {
            return findings.duplicated(format!("{token} is on record as entry {first} and as entry {at}"));
        }
        self.done.insert(token, (at, told(case, version, &record)));
    }

    fn apply(&mut self, case: CaseId, at: Position, event: &Event<Named>, findings: &mut Findings) {
        let of = |wait: u32| WaitRef { case, wait };
        match event {
            Event::Activated { wait, .. } => {
                if !self.opened.insert(of(*wait)) {
                    findings.duplicated(format!("entry {at}: wait {} begins again", of(*wait)));
                }
                self.waits.insert(of(*wait));
            }
            Event::Completed { wait, .. } | Event::LeftByPolicy { wait, .. } | Event::WaitWithdrawn { wait, .. } => {
                let was_open = self.waits.remove(&of(*wait));
                if !was_open {
                    findings.duplicated(format!("entry {at}: wait {} is over, and ends again", of(*wait)));
                }
            }
            Event::RungFired { wait, rung, occurrence, .. } => {
                let is_first = self.rungs.insert((of(*wait), format!("{rung}/{occurrence}")));
                if !is_first {
                    findings.duplicated(format!("entry {at}: rung {rung}/{occurrence} of {} fires again", of(*wait)));
                }
            }
            Event::Numbered { register, year, number, .. } => {
                let given = self.numbers.entry((register.to_string(), *year)).or_default();
                if given.iter().any(|(known, _)| known == number) {
                    findings.duplicated(format!("entry {at}: {register} gives number {number} of {year} again"));
                }
                given.push((*number, case));
            }
            // What stands still or is over is on no work list.
            Event::Faulted { .. } => self.waits.retain(|wait| wait.case != case),
            _ => {}
        }
    }

    /// Tells whether what was answered is on record.
    fn hold_against(&self, token: &str, asked: &Asked, findings: &mut Findings) {
        let found = self.done.get(token);
        let mut told = asked.answers.iter().filter_map(|answer| match answer {
            Answered::Done(told) => Some(told),
            _ => None,
        });
        if let Some(first) = told.next() {
            if told.any(|again| again != first) {
                findings.wrong(format!("{token} was answered in two ways: {:?}", asked.answers));
            }
            match found {
                None => findings.lost(format!("{token} was acknowledged and is not on record: {first:?}")),
                Some((at, on_record)) if on_record != first => {
                    findings.lost(format!("{token} was acknowledged as {first:?}, and entry {at} says {on_record:?}"));
                }
                Some(_) => {}
            }
        } else if let Some((at, _)) = found
            && !asked.may_be_on_record()
        {
            findings.wrong(format!("{token} was refused, and is on record as entry {at}: {:?}", asked.answers));
        }
    }
}

/// The token that a command without a key says itself: a subject or a remark ends with it.
fn spoken(record: &Record) -> Option<String> {
    record.events.iter().find_map(|event| match event {
        Event::Started { subject: said, .. } | Event::Commented { text: said, .. } => {
            said.rsplit(' ').next().map(str::to_owned)
        }
        _ => None,
    })
}

/// Who did something, of what only people do.
fn author(event: &Event<Named>) -> Option<&PersonId> {
    match event {
        Event::Started { requester: by, .. }
        | Event::WithdrawnByRequester { by, .. }
        | Event::Commented { by, .. }
        | Event::Released { by, .. } => Some(by),
        Event::Completed { by, .. }
        | Event::Claimed { by, .. }
        | Event::Delegated { by, .. }
        | Event::Held { by, .. }
        | Event::Reassigned { by, .. } => Some(&by.person),
        Event::Resumed { by, .. } => by.as_ref(),
        _ => None,
    }
}

/// Tells whether a record says what was intended, by whom it was.
fn says(intention: &Intention, record: &Record) -> bool {
    let is = |event: &Event<Named>| match (&intention.wish, event) {
        (Wish::Start { subject }, Event::Started { subject: said, .. }) => **said == **subject,
        (Wish::Complete { wait, outcome, .. }, Event::Completed { wait: of, outcome: picked, .. }) => {
            *of == wait.wait && outcome.as_ref().is_none_or(|outcome| outcome == picked)
        }
        (Wish::Claim { wait }, Event::Claimed { wait: of, .. })
        | (Wish::Release { wait }, Event::Released { wait: of, .. })
        | (Wish::Resume { wait }, Event::Resumed { wait: of, .. }) => *of == wait.wait,
        (Wish::Delegate { wait, to }, Event::Delegated { wait: of, to: whom, .. }) => *of == wait.wait && to == whom,
        (Wish::Hold { wait, until, .. }, Event::Held { wait: of, until: then, .. }) => {
            *of == wait.wait && until == then
        }
        (Wish::Reassign { wait, to, .. }, Event::Reassigned { wait: of, role, .. }) => *of == wait.wait && to == role,
        (Wish::Withdraw { reason, .. }, Event::WithdrawnByRequester { reason: said, .. }) => **said == **reason,
        (Wish::Comment { text, .. }, Event::Commented { text: said, .. }) => **said == **text,
        _ => false,
    };
    record.events.iter().any(|event| is(event) && author(event) == Some(&intention.by))
}

/// What a record answers, worked out from its events.
fn told(case: CaseId, version: u32, record: &Record) -> Told {
    let mut told = Told { case, version, at: record.at, opened: Vec::new(), numbers: Vec::new(), ended: None };
    for event in &record.events {
        match event {
            Event::Activated { wait, .. } => told.opened.push(WaitRef { case, wait: *wait }),
            Event::Numbered { register, text, .. } => told.numbers.push((register.to_string(), text.to_string())),
            Event::Finished => told.ended = Some(ended(Status::Finished)),
            Event::Stopped { .. } => told.ended = Some(ended(Status::Stopped)),
            Event::Faulted { .. } => told.ended = Some(ended(Status::Faulted)),
            _ => {}
        }
    }
    told
}
