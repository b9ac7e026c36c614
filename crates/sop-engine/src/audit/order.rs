//! What is wrong with the order of a stretch of a log, told from the heads that its entries have.
//!
//! Each entry's head was made from the head of the entry that was committed just before it. So an entry says which one
//! that was, wherever either stands now: the one from whose head, and its own link, its own head follows. What was
//! committed is a path of such steps. An entry that is on it at another place was moved; one that is on none was put in;
//! and where a step leads to no entry, something was taken out.

use sop_core::process::Hash;

use super::{Chained, Finding, head};
use crate::store::{About, Position};

/// An entry of the stretch, as it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) at: Position,
    pub(super) about: About,
    pub(super) chained: Chained,
}

/// What is wrong with a stretch, the first entry of which follows the head `before`.
pub(super) fn findings(before: Hash, stretch: &[Standing]) -> Vec<Finding> {
    let after = predecessors(before, stretch);
    let is_on_path = paths(&after);
    let mut findings = Vec::new();
    // The place in the stretch up to which everything on the path has been met in order.
    let mut reached: Option<usize> = None;
    for (place, (standing, after)) in stretch.iter().zip(&after).enumerate() {
        let Standing { at, about, .. } = *standing;
        if !is_on_path.get(place).copied().unwrap_or(false) {
            findings.push(Finding::Inserted { at, about });
            continue;
        }
        match after {
            Before::Nothing => findings.push(Finding::RemovedBefore { at }),
            Before::Stretch if reached.is_none() => {}
            Before::Entry(of) if Some(*of) == reached => {}
            Before::Stretch => {
                let belongs_after = Position(stretch.first().map_or(0, |first| first.at.0.saturating_sub(1)));
                findings.push(Finding::Reordered { at, about, belongs_after });
            }
            Before::Entry(of) => {
                let belongs_after = stretch.get(*of).map_or(at, |standing| standing.at);
                findings.push(Finding::Reordered { at, about, belongs_after });
            }
        }
        reached = Some(place);
    }
    findings
}

/// What an entry was committed after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// What comes before the stretch.
    Stretch,
    /// The entry at a place of it.
    Entry(usize),
    /// Something that is not there.
    Nothing,
}

fn predecessors(before: Hash, stretch: &[Standing]) -> Vec<Before> {
    let entries = stretch.iter().enumerate().map(|(place, standing)| (standing.chained.head, Before::Entry(place)));
    let heads: Vec<(Hash, Before)> = std::iter::once((before, Before::Stretch)).chain(entries).collect();
    let found = stretch.iter().zip(&heads).map(|(standing, at_hand)| {
        let follows = |of: &Hash| head(of, &standing.chained.link) == standing.chained.head;
        // Most follow the entry that stands before them, so that is tried first.
        if follows(&at_hand.0) {
            return at_hand.1;
        }
        heads.iter().find(|(of, _)| follows(of)).map_or(Before::Nothing, |(_, before)| *before)
    });
    found.collect()
}

/// Of each entry whether it is on the path that leads to the last one, or on the one that leads to where that breaks off.
fn paths(after: &[Before]) -> Vec<bool> {
    let mut is_on = vec![false; after.len()];
    let mut next = after.len().checked_sub(1);
    while let Some(place) = next {
        // Steps lead back to what was there before; a circle would have to break the hash.
        if is_on.get(place).copied().unwrap_or(true) {
            break;
        }
        if let Some(on) = is_on.get_mut(place) {
            *on = true;
        }
        next = match after.get(place) {
            Some(Before::Entry(of)) => Some(*of),
            // Where something is missing, what stands before it is the end of what was committed until then.
            Some(Before::Nothing) => (0..place).rev().find(|place| !is_on.get(*place).copied().unwrap_or(true)),
            Some(Before::Stretch) | None => None,
        };
    }
    is_on
}
