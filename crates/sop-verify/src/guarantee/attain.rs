//! Runs that attain a bound, if they do: greedy ones, which go back as long as it costs and else the dearest way. Each is
//! played with its counters, its values and, for time, on the clocks.

use std::cmp::Reverse;

use sop_core::definition::EndKind;
use sop_core::process::{BitSet, Position as _, Process, ReturnIx, StepIx};

use super::bounded::Completions;
use super::longest::{Charged, Longest, charged_after};
use super::potential::Potential;
use super::regions::{Charges, Regions, times};
use crate::clocks::{Clocks, Minute};
use crate::examination::Examination;
use crate::flow::Draft;
use crate::model::{By, Did, Effect, Exit, ExitIx, Facts, Layout, Part, Play, Way};
use crate::run::{Run, When};

/// A run and what it costs.
pub(crate) struct Attained {
    pub(crate) run: Run,
    pub(crate) cost: u64,
}

/// The longest run that is told.
const MAX_ACTS: usize = 20_000;

/// A long run: in completions.
pub(crate) fn longest(examination: &Examination<'_, '_>, order: &[StepIx], potential: &Potential) -> Option<Attained> {
    let facts = examination.facts;
    let process = facts.process;
    let worth_of = |opens: &[StepIx]| opens.iter().map(|step| potential.worth(*step)).fold(0, u64::saturating_add);
    let (start, _) = process.starts().iter().max_by_key(|(start, spec)| (worth_of(&spec.opens), Reverse(*start)))?;
    let mut draft = Draft::opened(facts, start)?;
    let mut play = Play::new(process);
    let layout = Layout::of(process);
    // What the returns ahead add, each as often as it may still be taken, and the least that there is without them.
    let members = potential.regions.members(process);
    let mut ahead = potential.charges(process, &members, |taken| times(process, taken));
    let least = potential.least(process, &facts.exits, order, &Completions, |step| !examination.is_dead(step));
    let without = least.charges(process, &members, |_| 0);
    let pays = |taken: ReturnIx| potential.price.get(taken.place()).is_some_and(|price| *price > 0);
    let within = Within::of(facts, &potential.regions);
    let mut open = within.open(process, pays, |taken| draft.times_left(process, taken));
    while !draft.is_over() {
        if draft.length() >= MAX_ACTS {
            return None;
        }
        // Whoever ends the case comes last: nobody acts after it. Before that comes whoever goes back: what others have done
        // by then may have to be done again.
        let (mut first, mut last): (Option<Pick>, Option<Pick>) = (None, None);
        for step in layout.active(draft.words()) {
            let worth = |exit: &Exit| {
                let worth = |of: &Potential, charges: &Charges| of.of_exit(process, exit, &Completions, charges);
                (worth(potential, &ahead), open.is_ahead(process, &potential.regions, exit), worth(&least, &without))
            };
            let Some(pick) = pick(facts, &draft, step, pays, worth) else { continue };
            match draft.goes_well(facts, &mut play, pick.at) {
                true if pick.ends_case || pick.withdraws > 0 => {
                    let key = |pick: &Pick| (pick.ends_case, pick.withdraws);
                    last = last.filter(|last| key(last) <= key(&pick)).or(Some(pick));
                }
                true => {
                    first = Some(pick);
                    break;
                }
                false => {}
            }
        }
        let Pick { at, part, .. } = first.or(last)?;
        draft = draft.moved(facts, &mut play, at, &part)?;
        if facts.exits.get(at).is_some_and(|exit| matches!(exit.way, Way::Counted(_))) {
            ahead = potential.charges(process, &members, |taken| draft.times_left(process, taken));
            open = within.open(process, pays, |taken| draft.times_left(process, taken));
        }
    }
    let cost = draft.length() as u64;
    let run = draft.found(None).told(facts);
    Some(Attained { run, cost })
}

/// A run that takes long: one token after the other goes the longest way, and takes what it may; all others act at once.
pub(crate) fn slowest(examination: &Examination<'_, '_>, order: &[StepIx], longest: &Longest) -> Option<Attained> {
    let facts = examination.facts;
    let process = facts.process;
    // What the returns ahead add, each as often as it may still be taken.
    let members = longest.regions.members(process);
    let mut ahead = longest.charges(process, &members, |taken| times(process, taken));
    let least = Longest::of(process, &facts.exits, order, |step| !examination.is_dead(step), true);
    let without = least.charges(process, &members, |_| 0);
    let of_start =
        |opens: &[StepIx]| opens.iter().filter_map(|step| longest.entering(&ahead, *step, 0)).max().unwrap_or(0);
    let (start, spec) = process.starts().iter().max_by_key(|(start, spec)| (of_start(&spec.opens), Reverse(*start)))?;
    let mut draft = Draft::opened(facts, start)?;
    let mut play = Play::new(process);
    let layout = Layout::of(process);
    let mut clocks = Clocks::opened(process, &spec.opens);
    let pays = |taken: ReturnIx| longest.price.get(taken.place()).is_some_and(|price| *price > 0);
    let regions = &longest.regions;
    let within = Within::of(facts, regions);
    let mut still_open = within.open(process, pays, |taken| draft.times_left(process, taken));
    let dearest = |ahead: &Charges,
                   still_open: &Open,
                   from: Option<StepIx>,
                   steps: &mut dyn Iterator<Item = StepIx>,
                   charged: Charged| {
        steps.max_by_key(|step| {
            let stays = from.is_none_or(|from| still_open.is_ahead_of(regions, from, *step));
            let least = least.still(&without, from, *step, charged);
            (longest.still(ahead, from, *step, charged), stays, least, Reverse(*step))
        })
    };
    // The step where the slow token stands, or for which it waits in a slot, and the clocks that its way was charged.
    let mut slow: (StepIx, Charged) = (dearest(&ahead, &still_open, None, &mut spec.opens.iter().copied(), 0)?, 0);
    let mut now = 0;
    let mut whens: Vec<When> = Vec::new();
    while !draft.is_over() {
        if draft.length() >= MAX_ACTS {
            return None;
        }
        let active: Vec<StepIx> = layout.active(draft.words()).collect();
        let due = |step: StepIx| clocks.due(step).map_or(now, |due| due.max(now));
        // Whoever is not slow acts at once, unless that ends the case.
        let mut first: Option<(Pick, Minute)> = None;
        let mut waiting: Vec<(Pick, Minute)> = Vec::new();
        for step in active.iter().copied() {
            let is_slow = step == slow.0;
            let charged = if is_slow { slow.1 } else { 0 };
            let worth = |exit: &Exit| {
                let after = charged_after(process, exit, charged);
                let most = |of: &Longest, charges: &Charges| {
                    leads(process, exit).filter_map(|to| of.still(charges, Some(step), to, after)).max().unwrap_or(0)
                };
                (most(longest, &ahead), still_open.is_ahead(process, &longest.regions, exit), most(&least, &without))
            };
            let Some(pick) = pick(facts, &draft, step, |taken| is_slow && pays(taken), worth) else { continue };
            if !draft.goes_well(facts, &mut play, pick.at) {
                continue;
            }
            if is_slow || pick.ends_case {
                waiting.push((pick, due(step)));
            } else {
                first = Some((pick, now));
                break;
            }
        }
        let in_time = waiting.into_iter().min_by_key(|(pick, at)| (*at, pick.ends_case));
        let is_first = first.is_some();
        let (Pick { step, at, part, .. }, minute) = first.or(in_time)?;
        // Nobody takes longer than he may meanwhile.
        if active.iter().any(|other| *other != step && due(*other) < minute) {
            return None;
        }
        now = minute;
        let is_slow = step == slow.0;
        let charged = if is_slow { slow.1 } else { 0 };
        let exit = facts.exits.get(at)?;
        draft = draft.moved(facts, &mut play, at, &part)?;
        whens.push(if is_first { When::AtOnce } else { When::WhenDue });
        let open: Vec<StepIx> = layout.active(draft.words()).collect();
        clocks.moved(now, &open, exit.goes_back());
        if matches!(exit.way, Way::Counted(_)) {
            ahead = longest.charges(process, &members, |taken| draft.times_left(process, taken));
            still_open = within.open(process, pays, |taken| draft.times_left(process, taken));
        }
        if is_slow {
            let after = charged_after(process, exit, charged);
            // Where its own way ends, another token is the last one.
            let next =
                dearest(&ahead, &still_open, Some(step), &mut leads(process, exit), after).map(|step| (step, after));
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

/// The number of steps that a return withdraws from, where it withdraws more than its own token.
fn others_withdrawn(process: &Process, draft: &Draft, step: StepIx, taken: ReturnIx) -> usize {
    let spec = &process.returns()[taken];
    let layout = Layout::of(process);
    let waits = layout.active(draft.words()).any(|other| other != step && spec.steps.contains(other.place()));
    let waits = waits || layout.filled(draft.words()).any(|slot| spec.slots.contains(slot.place()));
    if waits { spec.steps.count() } else { 0 }
}

/// For each step those that lead to it within its region.
struct Within(Vec<Vec<usize>>);

impl Within {
    fn of(facts: &Facts<'_>, regions: &Regions) -> Self {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); facts.process.steps().len()];
        for (_, exit) in facts.exits.iter() {
            for to in leads(facts.process, exit).filter(|to| regions.region(*to) == regions.region(exit.step)) {
                if let Some(list) = before.get_mut(to.place()) {
                    list.push(exit.step.place());
                }
            }
        }
        Self(before)
    }

    /// The steps from which a return of the same region can be come to that costs, and may still be taken.
    fn open(&self, process: &Process, pays: impl Fn(ReturnIx) -> bool, left: impl Fn(ReturnIx) -> u64) -> Open {
        let mut steps = BitSet::with_len(self.0.len());
        let paying = process.returns().iter().filter(|(taken, _)| pays(*taken) && left(*taken) > 0);
        let mut open: Vec<usize> = paying.map(|(_, spec)| spec.from.place()).filter(|at| steps.insert(*at)).collect();
        while let Some(step) = open.pop() {
            open.extend(self.0.get(step).into_iter().flatten().copied().filter(|from| steps.insert(*from)));
        }
        Open(steps)
    }
}

/// The steps from which a return that costs may still be taken.
struct Open(BitSet);

impl Open {
    /// Tells whether an exit leads to one without leaving the region, and what may still be done in it.
    fn is_ahead(&self, process: &Process, regions: &Regions, exit: &Exit) -> bool {
        leads(process, exit).any(|to| self.is_ahead_of(regions, exit.step, to))
    }

    fn is_ahead_of(&self, regions: &Regions, from: StepIx, to: StepIx) -> bool {
        regions.region(from) == regions.region(to) && self.0.contains(to.place())
    }
}

/// The act that is chosen at a step.
struct Pick {
    step: StepIx,
    at: ExitIx,
    part: Part,
    /// Tells whether it ends the whole case, and the waits of others with it.
    ends_case: bool,
    /// The number of steps that it withdraws from, if it goes back and others wait there.
    withdraws: usize,
}

/// The exit that costs most: a counted return as long as it is open and pays, else the dearest. Of those that cost the
/// same one that ends nothing else.
fn pick(
    facts: &Facts<'_>,
    draft: &Draft,
    step: StepIx,
    pays: impl Fn(ReturnIx) -> bool,
    worth: impl Fn(&Exit) -> (u64, bool, u64),
) -> Option<Pick> {
    let process = facts.process;
    let mut best: Option<(_, ExitIx, Part, Did)> = None;
    for (at, exit) in facts.exits.of_step(step).filter(|(_, exit)| exit.by == By::Person) {
        if !draft.admits(facts, exit) {
            continue;
        }
        let part = match exit.branch {
            None => Part::new(),
            Some(_) => match draft.parts(facts, exit).into_iter().next() {
                Some(part) => part,
                None => continue,
            },
        };
        let did = Effect::of(process, exit).did;
        let back = if let Way::Counted(taken) = exit.way { Some(taken) } else { None };
        let ends = matches!(did, Did::Ended(_) | Did::Stopped);
        // Of returns that cost the narrowest first: the others lead back to before it.
        let rank = match back {
            Some(taken) if pays(taken) => usize::MAX - process.returns()[taken].steps.count(),
            Some(_) => 0,
            None => 1,
        };
        let key = (rank, worth(exit), !ends, Reverse(at));
        if best.as_ref().is_none_or(|(known, ..)| *known < key) {
            best = Some((key, at, part, did));
        }
    }
    let (_, at, part, did) = best?;
    let withdraws = if let Did::WentBack(taken) = did { others_withdrawn(process, draft, step, taken) } else { 0 };
    Some(Pick { step, at, part, ends_case: matches!(did, Did::Ended(EndKind::Case) | Did::Stopped), withdraws })
}
