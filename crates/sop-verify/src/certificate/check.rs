//! The checker: what a certificate claims is so, or it is refused.

use std::collections::{BTreeMap, BTreeSet};

use sop_core::definition::GuaranteeName;
use sop_core::guard::FieldIx;
use sop_core::process::{PaperIx, Position as _, Process, Route, StepIx};
use thiserror::Error;

use super::moves::{Moves, Next, Part};
use super::shrink::Shrinking;
use super::{
    BoundedEvidence, CERTIFICATE_VERSION, Certificate, DecidedEvidence, FlowEvidence, Rule, Sets, States, sets,
};
use crate::guarantee::bounded::Completions;
use crate::guarantee::potential::{Cost, Potential, Split as Parts, leads_to};
use crate::guarantee::supplied::{Forwards, Papers, needed, racing_pairs};
use crate::guarantee::timely::{ClocksBegun, Minutes, budget_of};
use crate::guarantee::unattended::{leaving_rung, minutes_until};
use crate::guarantee::watched::wakes;
use crate::model::{
    By, CellSet, Choice, Data, ExitIx, Exits, FieldsSet, Known, Net, Reached, Scope, Split, Transition, Way, answer,
    choices_of, domain, is_sequential, masks, part,
};

/// Why a certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// It has another form than this build reads.
    #[error("the certificate is of version {found}, and version {CERTIFICATE_VERSION} is read")]
    Version {
        /// Its version.
        found: u32,
    },
    /// It is about another process.
    #[error("the certificate is about another process")]
    OtherProcess,
    /// What it says of a guarantee is not so.
    #[error("the certificate does not prove `{guarantee}`")]
    Wrong {
        /// The guarantee.
        guarantee: GuaranteeName,
    },
    /// What it says of choices or of what is reached, on which the rest stands, is not so.
    #[error("the certificate's foundations do not hold")]
    Foundations,
}

/// Checks a certificate against a process, and gives the guarantees that it proves.
///
/// Linear in the certificate and the process, and without a search: every claim is looked at once.
///
/// # Errors
/// [`CertificateError`]: a certificate is right as a whole or refused as a whole.
pub fn check(process: &Process, certificate: &Certificate) -> Result<Vec<GuaranteeName>, CertificateError> {
    if certificate.v != CERTIFICATE_VERSION {
        return Err(CertificateError::Version { found: certificate.v });
    }
    if certificate.process != process.hash() || certificate.reading != process.reading() {
        return Err(CertificateError::OtherProcess);
    }
    let exits = Exits::of(process);
    let data = Data::of(process, &exits);
    let check = Checker { process, exits: &exits, data: &data, certificate, choices: Vec::new() };
    let choices = check.choices().ok_or(CertificateError::Foundations)?;
    let check = Checker { choices, ..check };
    if !sets::hold(process, &exits, &Reached, &certificate.reach) {
        return Err(CertificateError::Foundations);
    }
    let flow = certificate.flow.as_ref().map(|evidence| check.flow(evidence));
    let holds = [
        (GuaranteeName::Completable, flow),
        (GuaranteeName::Decided, certificate.decided.as_ref().map(|evidence| check.decided(evidence))),
        (GuaranteeName::Clean, flow),
        (GuaranteeName::Supplied, certificate.supplied.as_ref().map(|evidence| check.supplied(evidence))),
        (GuaranteeName::Bounded, certificate.bounded.as_ref().map(|worths| check.bounded(worths))),
        (GuaranteeName::Watched, certificate.watched.as_ref().map(|rungs| check.watched(rungs))),
        (GuaranteeName::Timely, certificate.timely.as_ref().map(|evidence| check.timely(evidence))),
        (GuaranteeName::Unattended, certificate.unattended.as_ref().map(|evidence| check.unattended(evidence))),
    ];
    let mut proved = Vec::new();
    for (guarantee, holds) in holds {
        match holds {
            Some(true) => proved.push(guarantee),
            Some(false) => return Err(CertificateError::Wrong { guarantee }),
            None => {}
        }
    }
    Ok(proved)
}

struct Checker<'c> {
    process: &'c Process,
    exits: &'c Exits,
    data: &'c Data,
    certificate: &'c Certificate,
    /// For each choice the parts of its tree; none where it was not taken apart.
    choices: Vec<(Choice, Option<Vec<Part>>)>,
}

impl Checker<'_> {
    fn is_reached(&self, step: StepIx) -> bool {
        matches!(self.certificate.reach.steps.get(step.place()), Some(Some(_)))
    }

    /// Reads the choices' trees; none if one of them is no tree of its choice.
    fn choices(&self) -> Option<Vec<(Choice, Option<Vec<Part>>)>> {
        let listed = choices_of(self.process, self.exits);
        if listed.len() != self.certificate.choices.len() {
            return None;
        }
        let fields = FieldsSet { process: self.process };
        match &self.certificate.fields {
            Some(sets) if sets::hold(self.process, self.exits, &fields, sets) => {}
            None if listed.is_empty() => {}
            _ => return None,
        }
        let read = |(choice, tree): (Choice, &Option<Vec<Split>>)| match tree {
            None => Some((choice, None)),
            Some(nodes) => Some((choice, Some(self.tree(choice, nodes)?))),
        };
        listed.into_iter().zip(&self.certificate.choices).map(read).collect()
    }

    /// Walks a tree depth first: at each leaf every guard has its answer, for whatever is still open.
    fn tree(&self, choice: Choice, nodes: &[Split]) -> Option<Vec<Part>> {
        let outcome = self.process.steps()[choice.step].outcome(choice.outcome)?;
        let Route::Choose(branches) = &outcome.route else { return None };
        let collects: &[FieldIx] = if choice.by == By::Person { &outcome.collects } else { &[] };
        let set = self.certificate.fields.as_ref()?.steps.get(choice.step.place())?;
        let known = |field: FieldIx| {
            let is_set = set.as_ref().is_some_and(|words| {
                words.get(field.place() / 64).is_some_and(|word| word & (1 << (field.place() % 64)) != 0)
            });
            if is_set || collects.contains(&field) { Known::Set } else { Known::Anything }
        };
        let tests: Vec<_> = branches.iter().map(|branch| masks(&branch.guard, &self.data.cells)).collect();
        let mut sets: BTreeMap<FieldIx, CellSet> = BTreeMap::new();
        for (field, _) in tests.iter().flatten() {
            sets.entry(*field).or_insert_with(|| domain(&self.data.cells, *field, known(*field)));
        }
        let mut parts: Vec<Part> = Vec::new();
        // The questions so far: the field, what was possible before, for which of it the answer is yes, and whether the
        // second half is under way.
        let mut asked: Vec<(FieldIx, CellSet, CellSet, bool)> = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            let branch_taken = match *node {
                Split::Ask { branch, test } => {
                    let (field, mask) = tests.get(usize::from(branch))?.get(usize::from(test))?.clone();
                    let before = sets.get(&field)?.clone();
                    sets.insert(field, part(&before, &mask, true));
                    asked.push((field, before, mask, false));
                    continue;
                }
                Split::Branch(only) => {
                    let fits = |(at, branch): (usize, &sop_core::process::BranchSpec)| {
                        let answers = branch
                            .guard
                            .may_hold_with(|test, field, _| answer(sets.get(&field)?, &tests.get(at)?.get(test)?.1));
                        if at == usize::from(only) { answers.holds && !answers.fails } else { !answers.holds }
                    };
                    if usize::from(only) >= branches.len() || !branches.iter().enumerate().all(fits) {
                        return None;
                    }
                    Some(only)
                }
                Split::Wrong(_) => None,
            };
            let looked_at: BTreeSet<FieldIx> = asked.iter().map(|(field, ..)| *field).collect();
            let cells: Vec<(FieldIx, CellSet)> =
                looked_at.into_iter().filter_map(|field| Some((field, sets.get(&field)?.clone()))).collect();
            // An empty part is nobody's.
            if cells.iter().all(|(_, set)| set.iter().any(|word| *word != 0)) {
                parts.push((cells, branch_taken));
            }
            // On to the second half of the last question; past the last part nothing may follow.
            while let Some((field, before, mask, is_second)) = asked.last_mut() {
                if *is_second {
                    sets.insert(*field, before.clone());
                    asked.pop();
                } else {
                    *is_second = true;
                    sets.insert(*field, part(before, mask, false));
                    break;
                }
            }
            if asked.is_empty() {
                return (place + 1 == nodes.len()).then_some(parts);
            }
        }
        None
    }

    /// Whether some values lead to an exit, as far as trees say.
    fn is_feasible(&self, at: ExitIx) -> bool {
        let Some(exit) = self.exits.get(at) else { return false };
        let Some(branch) = exit.branch else { return true };
        let same = |(choice, _): &&(Choice, Option<Vec<Part>>)| {
            (choice.step, choice.by, Some(choice.outcome)) == (exit.step, exit.by, exit.outcome)
        };
        let tree = self.choices.iter().find(same).and_then(|(_, tree)| tree.as_ref());
        tree.is_some_and(|parts| parts.iter().any(|(_, taken)| *taken == Some(branch)))
    }

    fn flow(&self, evidence: &FlowEvidence) -> bool {
        match evidence {
            FlowEvidence::Reduced { rules, levels } => {
                self.shrunk(rules, levels.as_deref()).is_some_and(|rest| rest.is_finished())
            }
            FlowEvidence::Residue { rules, states, ranks } => {
                self.shrunk(rules, None).is_some_and(|rest| residue(&rest, states, ranks).is_some())
            }
            FlowEvidence::Explored { states, ranks } => self.explored(states, ranks).is_some(),
        }
    }

    /// The net after these steps: of a process whose flow depends on tokens alone, all of whose exits some values take.
    fn shrunk(&self, rules: &[Rule], levels: Option<&[u32]>) -> Option<Shrinking> {
        if !self.data.tracked.is_empty() || !self.exits.iter().all(|(at, _)| self.is_feasible(at)) {
            return None;
        }
        let net = Net::of(self.process, self.exits, |_| true)?;
        // Returns that stand apart, and tokens that vanish, need a net without rounds: levels rise along every arrow.
        if !net.backs.is_empty() || net.vanishes {
            let levels = levels?;
            let level = |place: &u32| levels.get(*place as usize).copied();
            let rises = |transition: &Transition| {
                let highest = transition.inputs.iter().map(level).max().flatten();
                transition.outputs.iter().all(|output| level(output) > highest)
            };
            if levels.len() != net.places || !net.transitions.iter().all(rises) {
                return None;
            }
        }
        let mut rest = Shrinking::of(&net);
        rules.iter().try_for_each(|rule| rest.step(*rule))?;
        Some(rest)
    }

    /// All states: what follows from each is among them, no fault is, every exit is taken, and from each some move that
    /// may be counted on leads to a lower rank.
    fn explored(&self, states: &States, ranks: &[u32]) -> Option<()> {
        let closed = self.closed(states)?;
        let mut taken = vec![false; self.exits.len()];
        for (place, moves) in closed.moves.iter().enumerate() {
            let rank = *ranks.get(place)?;
            let mut lower = false;
            for (exit, to) in moves {
                *taken.get_mut(*exit as usize)? = true;
                let leads_on = states.counters || self.exits.get(*exit)?.leads_on();
                lower |= leads_on
                    && match to {
                        To::Over => true,
                        To::State(to) => ranks.get(*to).is_some_and(|other| *other < rank),
                        To::Undecided => false,
                    };
            }
            if !lower {
                return None;
            }
        }
        let all_taken =
            self.exits.iter().all(|(at, exit)| exit.by != By::Person || taken.get(at as usize) == Some(&true));
        let all_active = self
            .process
            .steps()
            .iter()
            .all(|(step, _)| closed.states.iter().any(|state| closed.at.is_active(state, step)));
        let come_again = states.counters
            || self.exits.iter().all(|(_, exit)| match exit.way {
                Way::Spent(taken) if exit.by == By::Person => closed.comes_again(self.exits, taken),
                _ => true,
            });
        (all_taken && all_active && come_again && closed.states.len() == ranks.len()).then_some(())
    }

    /// States that contain the starts and whatever follows from any of them, without a fault; none if they do not.
    fn closed(&self, states: &States) -> Option<Closed<'_>> {
        let scope = Scope { counters: states.counters, papers: states.papers.clone() };
        let at = Moves::new(self.process, self.exits, self.data, scope, &self.choices);
        let width = at.packing.words();
        if width == 0 || states.words.len() % width != 0 {
            return None;
        }
        let list: Vec<&[u64]> = states.words.chunks(width).collect();
        let mut sorted: Vec<(&[u64], usize)> = list.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let find = |state: &[u64]| {
            let place = sorted.binary_search_by_key(&state, |(known, _)| *known).ok()?;
            sorted.get(place).map(|(_, place)| *place)
        };
        for next in at.opened() {
            match next {
                Next::State(state) => {
                    find(&state)?;
                }
                Next::Over => {}
                Next::Faulted | Next::Undecided => return None,
            }
        }
        let mut moves = Vec::with_capacity(list.len());
        for state in &list {
            let mut from_here = Vec::new();
            for (exit, next) in at.from(state)? {
                from_here.push((
                    exit,
                    match next {
                        Next::State(next) => To::State(find(&next)?),
                        Next::Over => To::Over,
                        Next::Undecided => To::Undecided,
                        Next::Faulted => return None,
                    },
                ));
            }
            moves.push(from_here);
        }
        Some(Closed { states: list.into_iter().map(<[u64]>::to_vec).collect(), moves, at })
    }

    fn decided(&self, evidence: &DecidedEvidence) -> bool {
        let is_open = |step: StepIx| {
            let mut outcomes = self.process.steps()[step].outcomes.iter();
            outcomes.any(|outcome| !crate::guarantee::decided::closes(self.process, &outcome.route))
        };
        let all_open = self.process.steps().iter().all(|(step, spec)| spec.outcomes.is_empty() || is_open(step));
        let one_way = match evidence {
            DecidedEvidence::Trees => self.choices.iter().all(|(_, tree)| is_decided(tree)),
            DecidedEvidence::Explored { states } => self
                .closed(states)
                .is_some_and(|closed| closed.moves.iter().flatten().all(|(_, to)| *to != To::Undecided)),
        };
        one_way && all_open
    }

    fn supplied(&self, evidence: &super::SuppliedEvidence) -> bool {
        let process = self.process;
        if !sets::hold(process, self.exits, &Papers { process }, &evidence.papers) {
            return false;
        }
        let by_states = |step: StepIx, paper: PaperIx| {
            let of_paper = evidence.states.iter().find(|states| states.papers == [paper]);
            of_paper.and_then(|states| self.closed(states)).is_some_and(|closed| {
                closed
                    .states
                    .iter()
                    .all(|state| !closed.at.is_active(state, step) || closed.at.packing.has_paper(state, 0))
            })
        };
        let is_there = |step: StepIx| match evidence.papers.steps.get(step.place()) {
            Some(Some(words)) => needed(process, step).all(|paper| {
                let word = words.get(paper.place() / 64).copied().unwrap_or(0);
                word & (1 << (paper.place() % 64)) != 0 || by_states(step, paper)
            }),
            Some(None) => true,
            None => false,
        };
        if !process.steps().iter().all(|(step, _)| is_there(step)) {
            return false;
        }
        if is_sequential(process, self.exits) {
            return true;
        }
        let mut pairs = racing_pairs(process, self.exits);
        // Of a flow that is proved by reduction, and has no rounds: who leads to whom is never active with them.
        let by_reduction = self
            .certificate
            .flow
            .as_ref()
            .filter(|flow| matches!(flow, FlowEvidence::Reduced { .. }))
            .is_some_and(|flow| self.flow(flow));
        if by_reduction && Forwards::has_no_round(process, self.exits) {
            let mut forwards = Forwards::of(process, self.exits);
            pairs.retain(|(by, reader, ..)| !forwards.is_ordered(*by, *reader));
        }
        if pairs.is_empty() {
            return true;
        }
        evidence.apart.as_ref().and_then(|states| self.closed(states)).is_some_and(|closed| {
            closed.states.iter().zip(&closed.moves).all(|(state, moves)| {
                pairs.iter().all(|(by, reader, _, exit)| {
                    let both = closed.at.is_active(state, *by) && closed.at.is_active(state, *reader);
                    !both || !moves.iter().any(|(taken, _)| taken == exit)
                })
            })
        })
    }

    /// One inequality for each exit.
    fn potential(&self, potential: &Potential, parts: Parts, cost: &impl Cost) -> bool {
        let process = self.process;
        if potential.worth.len() != process.steps().len() || potential.price.len() != process.returns().len() {
            return false;
        }
        let holds = self.exits.iter().filter(|(_, exit)| self.is_reached(exit.step)).all(|(_, exit)| match exit.way {
            Way::Counted(taken) => {
                potential.price.get(taken.place()).is_some_and(|price| *price >= potential.needed(process, exit, cost))
            }
            _ => {
                let left = potential.worth(exit.step);
                let after = potential.of_exit(process, exit, parts, cost);
                cost.first(exit.step).checked_add(after).is_some_and(|needed| left >= needed)
            }
        });
        // A step that has no exit but counted returns still costs what it costs.
        let costs =
            process.steps().iter().all(|(step, _)| !self.is_reached(step) || potential.worth(step) >= cost.first(step));
        holds && costs && potential.bound(process, parts) < u64::MAX
    }

    fn bounded(&self, evidence: &BoundedEvidence) -> bool {
        let (states, worth, price) = match evidence {
            BoundedEvidence::Steps(potential) => return self.potential(potential, Parts::Sum, &Completions),
            BoundedEvidence::States { states, worth, price } => (states, worth, price),
        };
        let Some(closed) = self.closed(states) else { return false };
        let holds = closed.moves.iter().enumerate().all(|(at, moves)| {
            let Some(here) = worth.get(at).copied() else { return false };
            moves.iter().all(|(exit, to)| {
                let there = match to {
                    To::State(to) => worth.get(*to).copied(),
                    To::Over | To::Undecided => Some(0),
                };
                let paid = match self.exits.get(*exit).map(|exit| exit.way) {
                    Some(Way::Counted(taken)) => price.get(taken.place()).copied().unwrap_or(0),
                    _ => 0,
                };
                let needed = there.and_then(|there| there.checked_add(1));
                needed.is_some_and(|needed| *to == To::Undecided || here.saturating_add(paid) >= needed)
            })
        });
        holds && !states.counters && evidence.bound(self.process) < u64::MAX
    }

    fn timely(&self, evidence: &super::TimelyEvidence) -> bool {
        let process = self.process;
        let question = ClocksBegun { process };
        let runs = |step: StepIx, group: sop_core::process::GroupIx| {
            let words = evidence.clocks.as_ref().and_then(|sets| sets.steps.get(step.place())?.as_ref());
            words.is_some_and(|words| {
                words.get(group.place() / 64).is_some_and(|word| word & (1 << (group.place() % 64)) != 0)
            })
        };
        let clocks_hold = |sets: &Sets| sets::hold(process, self.exits, &question, sets);
        if !evidence.clocks.as_ref().is_none_or(clocks_hold) {
            return false;
        }
        let costs = Minutes::with(process, runs);
        let all_budgets =
            process.steps().iter().all(|(step, _)| !self.is_reached(step) || budget_of(process, step).is_some());
        // A round that takes no time at all is no objection to a bound on time.
        let in_promise =
            crate::guarantee::timely::keeps_promise(process, evidence.potential.bound(process, Parts::Max), |step| {
                self.is_reached(step)
            });
        self.potential(&evidence.potential, Parts::Max, &costs) && all_budgets && in_promise
    }

    fn is_rung_decided(&self, step: StepIx, rung: u16) -> bool {
        let of_rung = self.choices.iter().filter(|(choice, _)| choice.step == step && choice.by == By::Rung(rung));
        of_rung.into_iter().all(|(_, tree)| is_decided(tree))
    }

    fn watched(&self, rungs: &[Option<u16>]) -> bool {
        self.process.steps().iter().all(|(step, _)| {
            !self.is_reached(step)
                || rungs
                    .get(step.place())
                    .copied()
                    .flatten()
                    .is_some_and(|rung| wakes(self.process, step, rung, |rung| self.is_rung_decided(step, rung)))
        })
    }

    /// From every step its rung leads to where less time is left. Counted returns are taken so often at most, and joins
    /// are looked at in the states.
    fn unattended(&self, evidence: &super::UnattendedEvidence) -> bool {
        let process = self.process;
        let within = |step: StepIx| evidence.within.get(step.place()).copied().unwrap_or(0);
        let steps = process.steps().iter().all(|(step, _)| {
            if !self.is_reached(step) {
                return true;
            }
            let Some(rung) = evidence.rungs.get(step.place()).copied().flatten() else { return false };
            let own = minutes_until(process, step, rung);
            let mut exits =
                self.exits.of_step(step).filter(|(_, exit)| matches!(exit.by, By::Rung(_)) && exit.leads_on());
            leaving_rung(process, step) == Some(rung)
                && self.is_rung_decided(step, rung)
                && exits.all(|(_, exit)| {
                    leads_to(process, exit).all(|next| {
                        own.checked_add(within(next)).is_some_and(|needed| within(step) >= needed)
                            && (own > 0 || within(step) > within(next))
                    })
                })
                && within(step) >= own
        });
        if !steps {
            return false;
        }
        if is_sequential(process, self.exits) || process.steps().values().all(|spec| spec.join.is_none()) {
            return true;
        }
        let Some((states, fires)) = &evidence.drained else { return false };
        self.closed(states).is_some_and(|closed| {
            closed.moves.iter().zip(0_usize..).all(|(moves, place)| {
                let by_rung = |exit: &ExitIx| {
                    self.exits.get(*exit).is_some_and(|exit| matches!(exit.by, By::Rung(_)) && exit.leads_on())
                };
                let mut moves = moves.iter().filter(|(exit, _)| by_rung(exit)).peekable();
                let here = fires.get(place).copied().unwrap_or(0);
                moves.peek().is_some()
                    && moves.all(|(_, to)| match to {
                        To::Over => true,
                        To::State(to) => fires.get(*to).is_some_and(|there| *there < here),
                        To::Undecided => false,
                    })
            })
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    State(usize),
    Over,
    Undecided,
}

/// States with all that follows from them.
struct Closed<'c> {
    states: Vec<Vec<u64>>,
    moves: Vec<Vec<(ExitIx, To)>>,
    at: Moves<'c>,
}

impl Closed<'_> {
    /// Whether a counted return lies on a round, so that it can be used up.
    fn comes_again(&self, exits: &Exits, taken: sop_core::process::ReturnIx) -> bool {
        let is_taking =
            |exit: ExitIx| exits.get(exit).is_some_and(|exit| exit.by == By::Person && exit.way == Way::Counted(taken));
        let mut takings = Vec::new();
        for (from, moves) in self.moves.iter().enumerate() {
            takings.extend(moves.iter().filter(|(exit, _)| is_taking(*exit)).filter_map(|(_, to)| match to {
                To::State(to) => Some((from, *to)),
                _ => None,
            }));
        }
        takings.iter().any(|(from, to)| {
            let mut seen = vec![false; self.moves.len()];
            let mut open = vec![*to];
            while let Some(at) = open.pop() {
                if at == *from {
                    return true;
                }
                match seen.get_mut(at) {
                    Some(seen) if !*seen => *seen = true,
                    _ => continue,
                }
                let next = self.moves.get(at).into_iter().flatten();
                open.extend(next.filter_map(|(_, to)| if let To::State(to) = to { Some(*to) } else { None }));
            }
            false
        })
    }
}

/// Whether every part of a choice takes exactly one branch.
fn is_decided(tree: &Option<Vec<Part>>) -> bool {
    tree.as_ref().is_some_and(|parts| parts.iter().all(|(_, branch)| branch.is_some()))
}

/// The states of what is left of a net: closed, safe, every transition taken, and from each some move that may be counted
/// on leads to a lower rank.
fn residue(rest: &Shrinking, words: &[u64], ranks: &[u32]) -> Option<()> {
    let mut places: Vec<u32> =
        rest.arrows.values().flat_map(|arrow| arrow.from.iter().chain(&arrow.to)).copied().collect();
    places.extend([rest.initial, rest.done]);
    places.sort_unstable();
    places.dedup();
    let width = places.len().div_ceil(64);
    if words.len() % width != 0 || words.len() / width != ranks.len() {
        return None;
    }
    let marked = |state: &[u64]| -> BTreeSet<u32> {
        let is_set = |place: &usize| state.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0);
        (0..places.len()).filter(is_set).filter_map(|place| places.get(place).copied()).collect()
    };
    let states: Vec<BTreeSet<u32>> = words.chunks(width).map(marked).collect();
    let mut sorted: Vec<(&BTreeSet<u32>, u32)> = states.iter().zip(ranks.iter().copied()).collect();
    sorted.sort_unstable();
    let rank_of = |state: &BTreeSet<u32>| {
        let place = sorted.binary_search_by_key(&state, |(known, _)| *known).ok()?;
        sorted.get(place).map(|(_, rank)| *rank)
    };
    rank_of(&BTreeSet::from([rest.initial]))?;
    let mut taken: BTreeSet<u32> = BTreeSet::new();
    for (state, rank) in states.iter().zip(ranks) {
        if state.contains(&rest.done) {
            if state.len() > 1 {
                return None;
            }
            continue;
        }
        let mut lower = false;
        for (at, arrow) in rest.arrows.iter().filter(|(_, arrow)| arrow.from.is_subset(state)) {
            taken.insert(*at);
            let mut next: BTreeSet<u32> = state.difference(&arrow.from).copied().collect();
            if !next.is_disjoint(&arrow.to) {
                return None;
            }
            next.extend(&arrow.to);
            lower |= rank_of(&next)? < *rank && arrow.leads_on;
        }
        if !lower {
            return None;
        }
    }
    (taken.len() == rest.arrows.len()).then_some(())
}
