//! Runs that attain a bound, if they do: greedy ones, which go back as long as it costs and else the dearest way. Each is
//! played with its counters, its values and, for time, on the clocks.

use std::cmp::Reverse;

use sop_core::process::{Position as _, Process, ReturnIx, Route, StartIx, StepIx};

use super::longest::{Charged, Longest, charged_after};
use super::potential::Potential;
use crate::clocks::Clocks;
use crate::examination::Examination;
use crate::flow::Draft;
use crate::model::{By, Exit, ExitIx, Facts, Layout, Part, Play, Way};
use crate::run::{Run, When};

/// A run and what it costs.
pub(crate) struct Attained {
    pub(crate) run: Run,
    pub(crate) cost: u64,
}

/// The longest run that is told.
const MAX_ACTS: usize = 20_000;

/// A long run: in completions.
pub(crate) fn longest(examination: &Examination<'_, '_>, potential: &Potential) -> Option<Attained> {
    let facts = examination.facts;
    let process = facts.process;
    let worth_of = |opens: &[StepIx]| opens.iter().map(|step| potential.worth(*step)).fold(0, u64::saturating_add);
    let (start, _) = process.starts().iter().max_by_key(|(start, spec)| (worth_of(&spec.opens), Reverse(*start)))?;
    let mut draft = Draft::opened(facts, start)?;
    let mut play = Play::new(process);
    let layout = Layout::of(process);
    let worth = |exit: &Exit| potential.of_exit(process, exit, &super::bounded::Completions);
    while !draft.is_over() {
        if draft.length() >= MAX_ACTS {
            return None;
        }
        let step = layout.active(draft.words()).next()?;
        let pays = |taken: ReturnIx| potential.price.get(taken.place()).is_some_and(|price| *price > 0);
        let (at, part) = pick(facts, &draft, step, pays, worth)?;
        draft = draft.moved(facts, &mut play, at, &part)?;
    }
    let cost = draft.length() as u64;
    Some(Attained { run: draft.found(None).told(facts), cost })
}

/// A run that takes long: one token after the other goes the longest way, and takes what it may; all others act at once.
pub(crate) fn slowest(examination: &Examination<'_, '_>, longest: &Longest) -> Option<Attained> {
    let facts = examination.facts;
    let process = facts.process;
    let of_start = |opens: &[StepIx]| opens.iter().filter_map(|step| longest.from(*step, 0)).max().unwrap_or(0);
    let (start, spec) = process.starts().iter().max_by_key(|(start, spec)| (of_start(&spec.opens), Reverse(*start)))?;
    let _: StartIx = start;
    let mut draft = Draft::opened(facts, start)?;
    let mut play = Play::new(process);
    let layout = Layout::of(process);
    let mut clocks = Clocks::opened(process, &spec.opens);
    let dearest = |steps: &mut dyn Iterator<Item = StepIx>, charged: Charged| {
        steps.max_by_key(|step| (longest.from(*step, charged), Reverse(*step)))
    };
    // The step where the slow token stands, or for which it waits in a slot, and the clocks that its way was charged.
    let mut slow: (StepIx, Charged) = (dearest(&mut spec.opens.iter().copied(), 0)?, 0);
    let mut now = 0;
    let mut whens: Vec<When> = Vec::new();
    while !draft.is_over() {
        if draft.length() >= MAX_ACTS {
            return None;
        }
        let mut active: Vec<StepIx> = layout.active(draft.words()).collect();
        // Whoever is not slow acts at once.
        active.sort_by_key(|step| *step == slow.0);
        let step = *active.first()?;
        let is_slow = step == slow.0;
        if is_slow {
            now = clocks.due(step)?.max(now);
        }
        let charged = if is_slow { slow.1 } else { 0 };
        let worth = |exit: &Exit| {
            let after = charged_after(process, exit, charged);
            leads(process, exit).filter_map(|to| longest.from(to, after)).max().unwrap_or(0)
        };
        let pays = |taken: ReturnIx| is_slow && longest.price.get(taken.place()).is_some_and(|price| *price > 0);
        let (at, part) = pick(facts, &draft, step, pays, worth)?;
        let exit = facts.exits.get(at)?;
        draft = draft.moved(facts, &mut play, at, &part)?;
        whens.push(if is_slow { When::WhenDue } else { When::AtOnce });
        let open: Vec<StepIx> = layout.active(draft.words()).collect();
        clocks.moved(now, &open, exit.goes_back());
        if is_slow {
            let after = charged_after(process, exit, charged);
            // Where its own way ends, another token is the last one.
            let next = dearest(&mut leads(process, exit), after).map(|step| (step, after));
            let other = || open.iter().copied().max_by_key(|step| clocks.due(*step)).map(|step| (step, 0));
            if let Some(next) = next.or_else(other) {
                slow = next;
            }
        }
    }
    let mut run = draft.found(None).told(facts);
    for (act, when) in run.acts.iter_mut().skip(1).zip(whens) {
        act.when = when;
    }
    Some(Attained { run, cost: now })
}

fn leads<'x>(process: &'x Process, exit: &'x Exit) -> impl Iterator<Item = StepIx> + 'x {
    super::potential::leads_to(process, exit)
}

/// The exit that costs most: a counted return as long as it is open and pays, else the dearest. Of those that cost the
/// same one that ends nothing else.
fn pick(
    facts: &Facts<'_>,
    draft: &Draft,
    step: StepIx,
    pays: impl Fn(ReturnIx) -> bool,
    worth: impl Fn(&Exit) -> u64,
) -> Option<(ExitIx, Part)> {
    let by_person = || {
        let exits = facts.exits.of_step(step).filter(|(_, exit)| exit.by == By::Person && draft.admits(facts, exit));
        exits.filter_map(|(at, exit)| Some((at, exit, draft.parts(facts, exit).into_iter().next()?)))
    };
    let goes_back = |exit: &Exit| if let Way::Counted(taken) = exit.way { Some(taken) } else { None };
    let back = by_person().find(|(_, exit, _)| goes_back(exit).is_some_and(&pays));
    let ends = |exit: &Exit| {
        matches!(exit.route, Route::End(_))
            || (matches!(exit.way, Way::Spent(_)) && leads(facts.process, exit).next().is_none())
    };
    let onwards = || {
        by_person()
            .filter(|(_, exit, _)| goes_back(exit).is_none())
            .max_by_key(|(at, exit, _)| (worth(exit), !ends(exit), Reverse(*at)))
    };
    back.or_else(onwards).or_else(|| by_person().next()).map(|(at, _, part)| (at, part))
}
