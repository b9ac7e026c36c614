//! The checker: what a certificate claims is so, or it is refused.

use std::collections::{BTreeMap, BTreeSet};

use sop_core::definition::GuaranteeName;
use sop_core::guard::{FieldIx, Test};
use sop_core::process::{BitSet, Position as _, Process, Route, StepIx};
use thiserror::Error;

use super::closed::{To, residue};
use super::moves::{Choices, Parts, parts_of};
use super::shrink::Shrinking;
use super::{CERTIFICATE_VERSION, Certificate, FlowEvidence, Rule, States, sets};
use crate::model::{
    By, CellSet, Choice, Data, ExitIx, Exits, FieldsSet, Known, Net, Reached, Split, Transition, Way, choices_of,
    domain, masks,
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
/// Without a search: every claim is looked at once, in time linear in the certificate and the process. Where a flow is
/// shown by its states, whether a return comes again is followed once more for each state in which it is taken.
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
    // One that claims nothing proves nothing: of a process that was beyond a limit.
    if certificate.claims().is_empty() {
        return Ok(Vec::new());
    }
    let exits = Exits::of(process);
    let data = Data::of(process, &exits);
    let check = Checker { process, exits: &exits, data: &data, certificate, choices: Vec::new(), alive: None };
    let choices = check.choices().ok_or(CertificateError::Foundations)?;
    let check = Checker { choices, ..check };
    let alive = match &certificate.alive {
        Some(states) => Some(check.alive(states).ok_or(CertificateError::Foundations)?),
        None => None,
    };
    let check = Checker { alive, ..check };
    if !sets::hold(process, &exits, &Reached, &certificate.reach) {
        return Err(CertificateError::Foundations);
    }
    let flow = certificate.flow.as_ref().map_or_else(Flow::default, |evidence| check.flow(evidence));
    let holds = [
        (GuaranteeName::Completable, certificate.completable.then_some(flow.finishes)),
        (GuaranteeName::Decided, certificate.decided.as_ref().map(|evidence| check.decided(evidence))),
        (GuaranteeName::Clean, certificate.clean.then_some(flow.is_clean)),
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

/// A question of a choice's tree, while what lies below it is read.
struct Asked {
    field: FieldIx,
    /// What was possible before.
    before: CellSet,
    /// For what the answer is yes.
    mask: CellSet,
    /// Whether the half under way is the one for no.
    is_second: bool,
    /// How many guards had been found to fail by then.
    failed: usize,
}

/// What evidence about the flow shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flow {
    /// Every case can finish, and nothing piles up.
    pub(crate) finishes: bool,
    /// Nothing piles up, and nothing lies dead.
    pub(crate) is_clean: bool,
}

/// A process under its certificate.
pub(crate) struct Checker<'c> {
    pub(crate) process: &'c Process,
    pub(crate) exits: &'c Exits,
    pub(crate) data: &'c Data,
    pub(crate) certificate: &'c Certificate,
    /// For each choice the parts of its tree; none where it was not taken apart.
    pub(crate) choices: Vec<(Choice, Option<Parts>)>,
    /// The steps at which somebody has to act in some state, where all are listed.
    alive: Option<BitSet>,
}

impl Checker<'_> {
    pub(crate) fn is_reached(&self, step: StepIx) -> bool {
        matches!(self.certificate.reach.steps.get(step.place()), Some(Some(_)))
            && self.alive.as_ref().is_none_or(|alive| alive.contains(step.place()))
    }

    /// The steps at which somebody has to act in some of all states.
    fn alive(&self, states: &States) -> Option<BitSet> {
        let closed = self.closed(states).filter(|_| states.papers.is_empty())?;
        Some(closed.alive(self.process))
    }

    /// Reads the choices' trees; none if one of them is no tree of its choice.
    fn choices(&self) -> Option<Vec<(Choice, Option<Parts>)>> {
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
    fn tree(&self, choice: Choice, nodes: &[Split]) -> Option<Parts> {
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
        if tests.iter().flatten().any(|(field, _)| self.data.cells.is_cut_short(*field)) {
            return None;
        }
        for (field, _) in tests.iter().flatten() {
            sets.entry(*field).or_insert_with(|| domain(&self.data.cells, *field, known(*field)));
        }
        let mut parts = Parts::new();
        let mut asked: Vec<Asked> = Vec::new();
        // The guards that may hold for what is possible, and those that were found to fail, each once, in turn.
        let mut open: Vec<u16> = (0..branches.len() as u16).collect();
        let mut failed: Vec<u16> = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            // A guard that fails for all that is possible here fails below as well.
            let answers = |at: u16| {
                let at = usize::from(at);
                let of_test =
                    |test: usize, field: FieldIx, _: &Test| sets.get(&field)?.answer(&tests.get(at)?.get(test)?.1);
                branches.get(at).map(|branch| branch.guard.may_hold_with(of_test))
            };
            open.retain(|at| {
                let may_hold = answers(*at).is_some_and(|answers| answers.holds);
                if !may_hold {
                    failed.push(*at);
                }
                may_hold
            });
            let holds = |at: &u16| answers(*at).is_some_and(|answers| !answers.fails);
            let branch_taken = match *node {
                Split::Ask { branch, test } => {
                    let (field, mask) = tests.get(usize::from(branch))?.get(usize::from(test))?.clone();
                    let before = sets.get(&field)?.clone();
                    // What is known already is not asked: then both halves have something in them.
                    if before.answer(&mask).is_some() {
                        return None;
                    }
                    sets.insert(field, before.and(&mask));
                    asked.push(Asked { field, before, mask, is_second: false, failed: failed.len() });
                    continue;
                }
                Split::Branch(only) if open == [only] && holds(&only) => Some(only),
                Split::Wrong(_) if open.is_empty() || open.iter().filter(|at| holds(at)).count() > 1 => None,
                Split::Branch(_) | Split::Wrong(_) => return None,
            };
            let looked_at: BTreeSet<FieldIx> = asked.iter().map(|asked| asked.field).collect();
            let cells: Vec<(FieldIx, CellSet)> =
                looked_at.into_iter().filter_map(|field| Some((field, sets.get(&field)?.clone()))).collect();
            parts.entry(branch_taken).or_default().push(cells);
            // On to the second half of the last question; past the last part nothing may follow.
            while let Some(last) = asked.last_mut() {
                if last.is_second {
                    sets.insert(last.field, last.before.clone());
                    asked.pop();
                } else {
                    last.is_second = true;
                    sets.insert(last.field, last.before.without(&last.mask));
                    open.extend(failed.drain(last.failed..));
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
        parts_of(&self.choices, exit).is_some_and(|parts| parts.contains_key(&Some(branch)))
    }

    /// The choices of a step.
    pub(crate) fn choices_at(&self, step: StepIx) -> &Choices {
        let from = self.choices.partition_point(|(choice, _)| choice.step < step);
        let to = self.choices.partition_point(|(choice, _)| choice.step <= step);
        self.choices.get(from..to).unwrap_or(&[])
    }

    pub(crate) fn flow(&self, evidence: &FlowEvidence) -> Flow {
        let alive = self.exits.iter().all(|(at, _)| self.is_feasible(at));
        match evidence {
            FlowEvidence::Reduced { rules, levels } => {
                let finishes = self.shrunk(rules, levels.as_deref()).is_some_and(|rest| rest.is_finished());
                Flow { finishes, is_clean: finishes && alive }
            }
            FlowEvidence::Residue { rules, states, ranks } => {
                let rest = self.shrunk(rules, None).and_then(|rest| residue(&rest, states, ranks));
                Flow { finishes: rest.is_some(), is_clean: rest == Some(true) && alive }
            }
            FlowEvidence::Explored { states, ranks } => self.explored(states, ranks).unwrap_or_default(),
        }
    }

    /// The net after these steps: of a process whose flow depends on tokens alone, with the exits that some values take.
    fn shrunk(&self, rules: &[Rule], levels: Option<&[u32]>) -> Option<Shrinking> {
        if !self.data.tracked.is_empty() || self.choices.iter().any(|(_, parts)| parts.is_none()) {
            return None;
        }
        let net = Net::of(self.process, self.exits, |exit| self.is_feasible(exit))?;
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

    /// All states: what follows from each is among them, and no fault is. Every case can finish if from each some move that
    /// may be counted on leads to a lower rank; nothing lies dead if every exit is taken.
    fn explored(&self, states: &States, ranks: &[u32]) -> Option<Flow> {
        let closed = self.closed(states).filter(|_| states.papers.is_empty())?;
        let mut taken = vec![false; self.exits.len()];
        let mut finishes = true;
        for (place, moves) in closed.moves.iter().enumerate() {
            let rank = *ranks.get(place)?;
            let mut lower = false;
            for (exit, to) in moves {
                *taken.get_mut(*exit as usize)? = true;
                if *to == To::Faulted {
                    return None;
                }
                let leads_on = states.counters || self.exits.get(*exit)?.leads_on();
                lower |= leads_on
                    && match to {
                        To::Over => true,
                        To::State(to) => ranks.get(*to).is_some_and(|other| *other < rank),
                        To::Undecided | To::Faulted => false,
                    };
            }
            finishes &= lower;
        }
        let all_taken =
            self.exits.iter().all(|(at, exit)| exit.by != By::Person || taken.get(at as usize) == Some(&true));
        let alive = closed.alive(self.process);
        let all_active = self.process.steps().iter().all(|(step, _)| alive.contains(step.place()));
        let come_again = states.counters
            || self.exits.iter().all(|(_, exit)| match exit.way {
                Way::Spent(taken) if exit.by == By::Person => closed.comes_again(self.exits, taken),
                _ => true,
            });
        let is_clean = all_taken && all_active && come_again;
        (closed.states.len() == ranks.len()).then_some(Flow { finishes, is_clean })
    }
}
