//! Certificates that were tampered with prove nothing more, and those of another process nothing false.

mod common;

use common::{Tally, bundle, holds};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value as Json, json};
use sop_core::definition::GuaranteeName as Name;
use sop_core::process::Process;
use sop_testkit::definitions::{arbitrary, mutated, sound};
use sop_verify::{Certificate, Verdicts, Verify, check, verify_by};

/// One change at a place of a JSON value.
#[derive(Debug, Clone)]
struct Change {
    /// The entry of the certificate, so that the short ones are changed as often as the long ones.
    entry: Index,
    /// The place in it.
    place: Index,
    /// What is done there.
    what: u8,
    /// A number or a place more.
    more: u16,
    other: Index,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (any::<Index>(), any::<Index>(), 0..8_u8, any::<u16>(), any::<Index>())
        .prop_map(|(entry, place, what, more, other)| Change { entry, place, what, more, other });
    prop::collection::vec(change, 8)
}

/// The pointers of everything below a value, itself included.
fn places(value: &Json, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(place, item)| places(item, &format!("{at}/{place}"), found));
        }
        Json::Object(entries) => {
            entries.iter().for_each(|(key, item)| places(item, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

impl Change {
    fn made(&self, certificate: &Json) -> Option<Json> {
        let entries: Vec<String> = certificate.as_object()?.keys().cloned().collect();
        let entry = entries.get(self.entry.index(entries.len()))?;
        let mut found = Vec::new();
        places(certificate.get(entry)?, &format!("/{entry}"), &mut found);
        let at = found.get(self.place.index(found.len()))?;
        let mut changed = certificate.clone();
        let value = changed.pointer_mut(at)?;
        let place = |len: usize| self.other.index(len.max(1));
        match (self.what, &mut *value) {
            (0, Json::Number(number)) => *value = json!(number.as_u64()?.checked_add(1)?),
            (1, Json::Number(number)) => *value = json!(number.as_u64()?.checked_sub(1)?),
            (2, Json::Number(_)) => *value = json!(self.more),
            (3, Json::Number(number)) => *value = json!(number.as_u64()? ^ (1 << (self.more % 64))),
            (0 | 4, Json::Array(items)) if !items.is_empty() => drop(items.remove(place(items.len()))),
            (1 | 5, Json::Array(items)) if !items.is_empty() => {
                let item = items.get(place(items.len()))?.clone();
                items.push(item);
            }
            (2 | 6, Json::Array(items)) if items.len() > 1 => {
                let one = place(items.len());
                let other = (one + 1 + usize::from(self.more) % (items.len() - 1)) % items.len();
                items.swap(one, other);
            }
            (7, _) => *value = Json::Null,
            (_, Json::Object(entries)) => {
                let key = entries.keys().nth(place(entries.len()))?.clone();
                entries.remove(&key);
            }
            (_, Json::Bool(yes)) => *yes = !*yes,
            (_, Json::Null) => *value = json!([]),
            _ => return None,
        }
        (changed != *certificate).then_some(changed)
    }
}

fn proved(verdicts: &Verdicts) -> Vec<Name> {
    verdicts.iter().filter(|judgement| judgement.verdict.is_proved()).map(|judgement| judgement.guarantee).collect()
}

/// A changed certificate is refused, or proves nothing more than the search, and no bound that some run exceeds.
fn proves_nothing_more(process: &Process, known: &Verdicts, changed: Json, tally: &Tally) -> Result<(), TestCaseError> {
    let Ok(certificate) = serde_json::from_value::<Certificate>(changed.clone()) else {
        tally.count("unreadable");
        return Ok(());
    };
    let Ok(claimed) = check(process, &certificate) else {
        tally.count("refused");
        return Ok(());
    };
    let known_proved = proved(known);
    prop_assert!(
        claimed.iter().all(|claim| known_proved.contains(claim)),
        "{claimed:?} of {known_proved:?}\n{changed}"
    );
    let verified = verify_by(process, certificate).map_err(|error| TestCaseError::fail(error.to_string()))?;
    for guarantee in [Name::Bounded, Name::Timely] {
        let attained = known.of(guarantee).worst.as_ref().filter(|worst| worst.run.is_some());
        if let Some((now, attained)) = verified.verdicts().of(guarantee).worst.as_ref().zip(attained) {
            prop_assert!(now.value >= attained.value, "{guarantee}: {} for {}\n{changed}", now.value, attained.value);
        }
    }
    tally.count("accepted, with nothing more");
    Ok(())
}

#[test]
fn a_certificate_that_was_tampered_with_proves_nothing_more() {
    let tally = Tally::default();
    holds(256, &(sound(), changes()), |(sample, changes)| {
        let process = sample.compile().process.ok_or_else(|| TestCaseError::fail("a sound sample compiles"))?;
        let verified = (&process).verify();
        let certificate =
            serde_json::to_value(verified.certificate()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for changed in changes.iter().filter_map(|change| change.made(&certificate)) {
            proves_nothing_more(&process, verified.verdicts(), changed, &tally)?;
        }
        Ok(())
    });
    let refused = tally.of("refused") + tally.of("unreadable");
    eprintln!("tampered certificates: {tally}; {} % refused", refused * 100 / tally.total().max(1));
    assert!(refused > 0, "{tally}");
}

/// An edge of a choice's diagram is said to lead to no branch, or the whole choice not to have been taken apart.
fn hidden(certificate: &Json, change: &Change) -> Option<Json> {
    let mut changed = certificate.clone();
    let trees = changed.get_mut("choices")?.as_array_mut().filter(|trees| !trees.is_empty())?;
    let tree = change.entry.get_mut(trees.as_mut_slice());
    if change.what == 7 {
        *tree = Json::Null;
    } else {
        let nodes = tree.get_mut("nodes")?.as_array_mut().filter(|nodes| !nodes.is_empty())?;
        let node = change.place.get_mut(nodes.as_mut_slice());
        let edge = if change.more.is_multiple_of(2) { "yes" } else { "no" };
        node.get(edge)?.get("branch")?;
        node[edge] = json!({ "wrong": 0 });
    }
    Some(changed)
}

/// Of processes in which something is wrong: what a certificate says of choices, of states and of what it proves is
/// changed together, so that one lie may cover another.
#[test]
fn a_certificate_of_a_broken_process_cannot_be_forged() {
    let tally = Tally::default();
    let of = |definition: Option<sop_engine::files::Bundle>, changes: &[Change]| {
        let Some(bundle) = definition else { return Ok(()) };
        let process = bundle.process();
        let verified = process.verify();
        let certificate =
            serde_json::to_value(verified.certificate()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for pair in changes.chunks(2) {
            let [first, second] = pair else { continue };
            let begun = hidden(&certificate, first).or_else(|| first.made(&certificate));
            if let Some(changed) = begun.and_then(|begun| second.made(&begun)) {
                proves_nothing_more(process, verified.verdicts(), changed, &tally)?;
            }
        }
        Ok(())
    };
    holds(128, &(arbitrary(), changes()), |(definition, changes)| of(bundle(&definition), &changes));
    holds(128, &(mutated(), changes()), |((_, _, broken), changes)| of(bundle(&broken), &changes));
    eprintln!("forged certificates: {tally}");
    assert!(tally.of("refused") > 0, "{tally}");
}

#[test]
fn a_certificate_of_another_process_proves_nothing_false() {
    let tally = Tally::default();
    holds(512, &mutated(), |(sample, mutation, broken)| {
        let process = sample.compile().process.ok_or_else(|| TestCaseError::fail("a sound sample compiles"))?;
        let Ok(bundle) = sample.bundle_of(&broken) else { return Ok(()) };
        let other = bundle.process();
        let certificate = (&process).verify().certificate().clone();
        prop_assert!(check(other, &certificate).is_err() || process.hash() == other.hash());
        let mut moved = serde_json::to_value(&certificate).map_err(|error| TestCaseError::fail(error.to_string()))?;
        moved["process"] =
            serde_json::to_value(other.hash()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let moved: Certificate =
            serde_json::from_value(moved).map_err(|error| TestCaseError::fail(error.to_string()))?;
        match check(other, &moved) {
            Err(_) => tally.count("refused"),
            Ok(claimed) => {
                let verified = other.verify();
                for claim in claimed {
                    let verdict = &verified.verdicts().of(claim).verdict;
                    prop_assert!(!verdict.is_refuted(), "{mutation}: {claim} is refuted by the search");
                    tally.add("proved where the search does not know", u64::from(verdict.is_unknown()));
                }
                tally.count("accepted");
            }
        }
        Ok(())
    });
    eprintln!("transplanted certificates: {tally}");
    assert!(tally.of("refused") > 0, "{tally}");
}
