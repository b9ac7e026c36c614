//! The checker: what a certificate claims is so, or it is refused.

use sop_core::definition::GuaranteeName;
use sop_core::guard::FieldIx;
use sop_core::process::{BitSet, Position as _, Process, Route, StepIx};
use thiserror::Error;

use super::closed::{To, residue};
use super::moves::{Decided, diagram_of};
use super::shrink::Shrinking;
use super::{ApartEvidence, CERTIFICATE_VERSION, Certificate, FlowEvidence, Rule, States, apart, sets, witness};
use crate::model::{
    By, Choice, Data, Diagram, Exit, ExitIx, Exits, FieldsSet, Guards, Known, Net, Reached, Transition, choices_of,
    has_joins, is_sequential,
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
    let exits = Exits::of(process);
    let data = Data::of(process, &exits);
    check_on(process, &exits, &data, certificate)
}

/// The same where exits and data of the process are at hand.
pub(crate) fn check_on(
    process: &Process,
    exits: &Exits,
    data: &Data,
    certificate: &Certificate,
) -> Result<Vec<GuaranteeName>, CertificateError> {
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
    let check = Checker { process, exits, data, certificate, choices: Vec::new(), alive: None };
    let choices = check.choices().ok_or(CertificateError::Foundations)?;
    let check = Checker { choices, ..check };
    let alive = match &certificate.alive {
        Some(states) => Some(check.alive(states).ok_or(CertificateError::Foundations)?),
        None => None,
    };
    let check = Checker { alive, ..check };
    if !sets::hold(process, exits, &Reached, &certificate.reach) {
        return Err(CertificateError::Foundations);
    }
    let flow = certificate.flow.as_ref().map_or_else(Flow::default, |evidence| check.flow(evidence));
    let holds = [
        (GuaranteeName::Completable, certificate.completable.then_some(flow.finishes && !flow.piles_up)),
        (GuaranteeName::Decided, certificate.decided.as_ref().map(|evidence| check.decided(evidence))),
        (GuaranteeName::Clean, certificate.clean.then(|| !flow.piles_up && check.is_alive(flow))),
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

/// What evidence about the flow shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flow {
    /// Every case can finish.
    pub(crate) finishes: bool,
    /// Something may pile up.
    pub(crate) piles_up: bool,
    /// Tells whether the net alone shows that every transition is taken where arrows lead to it.
    pub(crate) is_by_structure: bool,
    /// Tells whether its states show that every step is come to, and every exit of a person taken.
    pub(crate) takes_all: bool,
}

impl Default for Flow {
    fn default() -> Self {
        Self { finishes: false, piles_up: true, is_by_structure: false, takes_all: false }
    }
}

/// A process under its certificate.
pub(crate) struct Checker<'c> {
    pub(crate) process: &'c Process,
    pub(crate) exits: &'c Exits,
    pub(crate) data: &'c Data,
    pub(crate) certificate: &'c Certificate,
    /// For each choice its diagram; none where it was not taken apart.
    pub(crate) choices: Vec<(Choice, Option<Decided>)>,
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

    /// Reads the choices' diagrams; none if one of them is no diagram of its choice.
    fn choices(&self) -> Option<Vec<(Choice, Option<Decided>)>> {
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
        let read = |(choice, diagram): (Choice, &Option<Diagram>)| match diagram {
            None => Some((choice, None)),
            Some(diagram) => Some((choice, Some(self.confirmed(choice, diagram)?))),
        };
        listed.into_iter().zip(&self.certificate.choices).map(read).collect()
    }

    /// A diagram with the guards that it was confirmed to be one of.
    fn confirmed(&self, choice: Choice, diagram: &Diagram) -> Option<Decided> {
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
        let guards = Guards::of(branches, &self.data.cells, known)?;
        guards.confirms(diagram).then(|| Decided::of(guards, diagram.clone()))
    }

    /// Tells whether some values lead to an exit, as far as diagrams say.
    pub(crate) fn is_feasible(&self, at: ExitIx) -> bool {
        let Some(exit) = self.exits.get(at) else { return false };
        let Some(branch) = exit.branch else { return true };
        diagram_of(&self.choices, exit).is_none_or(|decided| decided.takes(branch))
    }

    pub(crate) fn flow(&self, evidence: &FlowEvidence) -> Flow {
        match evidence {
            FlowEvidence::Reduced { rules, apart } => {
                let rest = self.shrunk(rules, apart);
                let finishes = rest.as_ref().is_some_and(Shrinking::is_finished);
                Flow { finishes, piles_up: !finishes, is_by_structure: finishes, takes_all: false }
            }
            FlowEvidence::Residue { rules, apart, states, ranks } => {
                let rest = self.shrunk(rules, apart).filter(Shrinking::has_no_backs);
                let takes_all = rest.and_then(|rest| residue(&rest, states, ranks));
                let finishes = takes_all.is_some();
                // What a used-up return leads to is taken by a net that counts nothing long before a case can take it.
                let is_by_structure = takes_all == Some(true) && !self.counts_returns();
                Flow { finishes, piles_up: !finishes, is_by_structure, takes_all: false }
            }
            FlowEvidence::Explored { states, ranks } => self.explored(states, ranks).unwrap_or_default(),
            FlowEvidence::Apart { sets } => {
                let is_apart =
                    apart::confirmed(self.process, self.exits, |exit| self.is_feasible(exit), sets, true).is_some();
                Flow { piles_up: !is_apart, ..Flow::default() }
            }
        }
    }

    /// Whether the branch of a choice depends on nothing but what its own completion sets, so that a person picks it.
    fn is_free(&self, exit: &Exit) -> bool {
        let outcome = exit.outcome.and_then(|outcome| self.process.steps()[exit.step].outcome(outcome));
        let Some(outcome) = outcome.filter(|_| exit.by == By::Person) else { return false };
        let Route::Choose(branches) = &outcome.route else { return false };
        let mut read = branches.iter().flat_map(|branch| branch.guard.tests().map(|(field, _)| field));
        read.all(|field| outcome.collects.contains(&field)) && diagram_of(&self.choices, exit).is_some()
    }

    /// Tells whether a return is used up some day.
    fn counts_returns(&self) -> bool {
        self.process.returns().values().any(|spec| spec.limit.is_some())
    }

    /// Tells whether every step is come to, and every exit taken, in some case.
    fn is_alive(&self, flow: Flow) -> bool {
        match &self.certificate.witnesses {
            None if flow.takes_all => true,
            Some(witnesses) => witness::cover(self.process, self.exits, self.data, witnesses) == Some(true),
            // A flow that was reduced, and in which no values decide, comes to all that arrows lead to; and so does one token:
            // it can go round until a return is used up (R2, R3).
            None => {
                (flow.is_by_structure || (is_sequential(self.process, self.exits) && !has_joins(self.process)))
                    && self.exits.iter().all(|(at, exit)| {
                        self.is_reached(exit.step)
                            && self.is_feasible(at)
                            && (exit.branch.is_none() || self.is_free(exit))
                    })
                    && self.process.steps().iter().all(|(step, _)| self.is_reached(step))
            }
        }
    }

    /// The net after these steps, with the exits that some values take.
    fn shrunk(&self, rules: &[Rule], apart: &ApartEvidence) -> Option<Shrinking> {
        let is_feasible = |exit: ExitIx| self.is_feasible(exit);
        let is_free = |at: ExitIx| self.exits.get(at).is_some_and(|exit| self.is_free(exit));
        let choices = crate::model::Choices { is_feasible: &is_feasible, is_free: &is_free };
        let mut net = Net::flow(self.process, self.exits, &choices);
        match apart {
            ApartEvidence::Nothing if net.needs_apart() => return None,
            ApartEvidence::Nothing => {}
            ApartEvidence::Levels(levels) => {
                let level = |place: &u32| levels.get(*place as usize).copied();
                let rises = |transition: &Transition| {
                    let highest = transition.inputs.iter().map(level).max().flatten();
                    transition.outputs.iter().all(|output| level(output) > highest)
                };
                if levels.len() != net.places || net.mixes_ends() || !net.transitions.iter().all(rises) {
                    return None;
                }
            }
            ApartEvidence::Sets(sets) => {
                let concurrency = apart::confirmed(self.process, self.exits, is_feasible, sets, true)?;
                net.stand_apart(self.process, self.exits, concurrency);
            }
        }
        let mut rest = Shrinking::of(&net);
        rules.iter().try_for_each(|rule| rest.step(*rule))?;
        Some(rest)
    }

    /// All states: what follows from each is among them, and no fault is. Every case can finish if from each some move that
    /// may be counted on leads to a lower rank. A run that meets values without exactly one branch is cut there (G4).
    fn explored(&self, states: &States, ranks: &[u32]) -> Option<Flow> {
        let closed = self.closed(states).filter(|_| states.papers.is_empty())?;
        let mut finishes = true;
        for (place, moves) in closed.moves.iter().enumerate() {
            let rank = *ranks.get(place)?;
            let mut lower = false;
            for (exit, to) in moves {
                if *to == To::Faulted {
                    return None;
                }
                let leads_on = states.counters || self.exits.get(*exit)?.leads_on();
                lower |= match to {
                    To::Undecided => true,
                    To::Over => leads_on,
                    To::State(to) => leads_on && ranks.get(*to).is_some_and(|other| *other < rank),
                    To::Faulted => false,
                };
            }
            finishes &= lower;
        }
        // With every counter each of these moves is one of some case.
        let taken = closed.taken(self.exits.len());
        let takes_all = (states.counters || !self.counts_returns())
            && closed.alive(self.process).count() == self.process.steps().len()
            && self.exits.iter().all(|(at, exit)| exit.by != By::Person || taken.contains(at as usize));
        let flow = Flow { finishes, piles_up: false, is_by_structure: false, takes_all };
        (closed.states.len() == ranks.len()).then_some(flow)
    }
}
