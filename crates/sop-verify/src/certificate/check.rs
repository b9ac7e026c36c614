//! The checker: what a certificate claims is so, or it is refused.

use sop_core::definition::GuaranteeName;
use sop_core::guard::FieldIx;
use sop_core::process::{BitSet, Position as _, Process, Route, StepIx};
use thiserror::Error;

use super::closed::{To, residue};
use super::moves::{Choices, Decided, diagram_of};
use super::shrink::Shrinking;
use super::{CERTIFICATE_VERSION, Certificate, FlowEvidence, Rule, States, sets};
use crate::model::{
    By, Choice, Data, Diagram, ExitIx, Exits, FieldsSet, Guards, Known, Net, Reached, Transition, Way, choices_of,
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

    /// Whether some values lead to an exit, as far as diagrams say.
    fn is_feasible(&self, at: ExitIx) -> bool {
        let Some(exit) = self.exits.get(at) else { return false };
        let Some(branch) = exit.branch else { return true };
        diagram_of(&self.choices, exit).is_some_and(|decided| decided.takes(branch))
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
