//! Checks of what is claimed about choices, papers, bounds, time and silence: one inequality for each exit.

use sop_core::process::{BitSet, PaperIx, Position as _, StepIx};

use super::check::Checker;
use super::closed::{Closed, To};
use super::moves::Decided;
use super::{
    BoundedEvidence, DecidedEvidence, RacesEvidence, States, SuppliedEvidence, TimelyEvidence, UnattendedEvidence,
    apart, sets,
};
use crate::guarantee::bounded::Completions;
use crate::guarantee::decided::{closes, is_used_up};
use crate::guarantee::longest::{charge, charged_after, price};
use crate::guarantee::potential::{Cost, Potential, leads_to};
use crate::guarantee::regions::{Charges, Regions, times};
use crate::guarantee::supplied::{Papers, needed, racing_pairs};
use crate::guarantee::timely::{budget_of, keeps_promise};
use crate::guarantee::unattended::{leaving_rung, minutes_until};
use crate::guarantee::watched::wakes;
use crate::model::{By, ExitIx, Way, is_sequential};

impl Checker<'_> {
    pub(crate) fn decided(&self, evidence: &DecidedEvidence) -> bool {
        let process = self.process;
        let may_close = |step: &StepIx| {
            let outcomes = &process.steps()[*step].outcomes;
            !outcomes.is_empty() && outcomes.iter().all(|outcome| closes(process, &outcome.route))
        };
        let mut closing = process.steps().iter().map(|(step, _)| step).filter(may_close);
        match evidence {
            DecidedEvidence::Trees => {
                closing.next().is_none() && self.choices.iter().all(|(_, parts)| is_decided(parts.as_ref()))
            }
            DecidedEvidence::Explored { states } => self.without_papers(states).is_some_and(|closed| {
                let is_open = |step: StepIx, state: &Vec<u64>| {
                    let count = |taken| u32::from(closed.at.packing.count(state, taken));
                    let mut outcomes = process.steps()[step].outcomes.iter();
                    outcomes.any(|outcome| !is_used_up(process, &outcome.route, count))
                };
                // Whether an outcome is left is seen where every counter is kept.
                let opens = |step: StepIx| {
                    states.counters
                        && closed.states.iter().all(|state| !closed.at.is_active(state, step) || is_open(step, state))
                };
                closing.all(opens) && closed.moves.iter().flatten().all(|(_, to)| *to != To::Undecided)
            }),
        }
    }

    /// States in which papers are taken for granted.
    fn without_papers(&self, states: &States) -> Option<Closed<'_>> {
        self.closed(states).filter(|_| states.papers.is_empty())
    }

    pub(crate) fn supplied(&self, evidence: &SuppliedEvidence) -> bool {
        let process = self.process;
        if !sets::hold(process, self.exits, &Papers { process }, &evidence.papers) {
            return false;
        }
        // For each paper the steps at which somebody has to act without it, in some state.
        let lacking = |states: &States| {
            let mut lacking = BitSet::with_len(process.steps().len());
            let closed = self.closed(states)?;
            for state in closed.states.iter().filter(|state| !closed.at.packing.has_paper(state, 0)) {
                lacking.extend(closed.at.active(state).map(|step| step.place()));
            }
            Some(lacking)
        };
        let by_paper: Vec<(PaperIx, Option<BitSet>)> = evidence
            .states
            .iter()
            .filter_map(|states| match states.papers.as_slice() {
                [paper] => Some((*paper, lacking(states))),
                _ => None,
            })
            .collect();
        let by_states = |step: StepIx, paper: PaperIx| {
            let of_paper = by_paper.iter().find(|(of, _)| *of == paper).and_then(|(_, lacking)| lacking.as_ref());
            of_paper.is_some_and(|lacking| !lacking.contains(step.place()))
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
        let pairs = racing_pairs(process, self.exits, |at| self.is_feasible(at));
        if pairs.is_empty() {
            return true;
        }
        match &evidence.apart {
            None => false,
            Some(RacesEvidence::Sets(sets)) => {
                apart::confirmed(process, self.exits, |at| self.is_feasible(at), sets, false)
                    .is_some_and(|relation| pairs.iter().all(|pair| !relation.meet(pair.by, pair.other)))
            }
            Some(RacesEvidence::States(states)) => self.without_papers(states).is_some_and(|closed| {
                closed.states.iter().zip(&closed.moves).all(|(state, moves)| {
                    pairs.iter().all(|pair| {
                        let both = closed.at.is_active(state, pair.by) && closed.at.is_active(state, pair.other);
                        !both || !moves.iter().any(|(taken, to)| *taken == pair.exit && *to != To::Undecided)
                    })
                })
            }),
        }
    }

    /// One inequality for each exit.
    fn potential(&self, potential: &Potential, cost: &impl Cost) -> bool {
        let process = self.process;
        if potential.worth.len() != process.steps().len()
            || potential.price.len() != process.returns().len()
            || !potential.regions.fit(process)
            || !(potential.regions.is_plain() || is_sequential(process, self.exits))
        {
            return false;
        }
        let charges = potential.charges(process, &potential.regions.members(process), |taken| times(process, taken));
        if !self.leads_on_through(&potential.regions, &charges) {
            return false;
        }
        let holds = self.exits.iter().filter(|(_, exit)| self.is_reached(exit.step)).all(|(_, exit)| match exit.way {
            Way::Counted(taken) => {
                potential.price.get(taken.place()).is_some_and(|price| *price >= potential.needed(process, exit, cost))
            }
            _ => {
                let left = potential.worth(exit.step);
                let after = potential.of_exit(process, exit, cost, &charges);
                cost.first(exit.step).checked_add(after).is_some_and(|needed| left >= needed)
            }
        });
        // A step that has no exit but counted returns still costs what it costs.
        let costs =
            process.steps().iter().all(|(step, _)| !self.is_reached(step) || potential.worth(step) >= cost.first(step));
        holds && costs && potential.bound(process) < u64::MAX
    }

    /// Tells whether exits lead on through regions as their numbers say.
    fn leads_on_through(&self, regions: &Regions, charges: &Charges) -> bool {
        let process = self.process;
        let mut reached = self.exits.iter().filter(|(_, exit)| self.is_reached(exit.step));
        reached.all(|(_, exit)| {
            let mut to = leads_to(process, exit).filter(|to| self.is_reached(*to));
            to.all(|to| regions.hold(process, exit, to, charges))
        })
    }

    pub(crate) fn bounded(&self, evidence: &BoundedEvidence) -> bool {
        let (states, worth, price) = match evidence {
            BoundedEvidence::Steps(potential) => return self.potential(potential, &Completions),
            BoundedEvidence::States { states, worth, price } => (states, worth, price),
        };
        let Some(closed) = self.without_papers(states) else { return false };
        let holds = closed.moves.iter().enumerate().all(|(at, moves)| {
            let Some(here) = worth.get(at).copied() else { return false };
            moves.iter().all(|(exit, to)| {
                let there = match to {
                    To::State(to) => worth.get(*to).copied(),
                    To::Over | To::Faulted | To::Undecided => Some(0),
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

    /// From each step, with each set of clocks that a way was charged, no exit leads to more than what is left.
    pub(crate) fn timely(&self, evidence: &TimelyEvidence) -> bool {
        let process = self.process;
        let longest = &evidence.longest;
        let regions = &longest.regions;
        if longest.price.len() != process.returns().len() || !longest.entries.is_sorted() || !regions.fit(process) {
            return false;
        }
        let charges = longest.charges(process, &longest.regions.members(process), |taken| times(process, taken));
        if !self.leads_on_through(regions, &charges) {
            return false;
        }
        let holds = |(step, charged, here): &(StepIx, u64, u64)| {
            let mut exits = self.exits.of_step(*step);
            let Some(left) = here.checked_sub(charge(process, *step, *charged, false)) else { return false };
            exits.all(|(_, exit)| {
                let after = charged_after(process, exit, *charged);
                leads_to(process, exit).filter(|to| self.is_reached(*to)).all(|to| {
                    let Some(there) = longest.behind(&charges, *step, to, after) else { return false };
                    match exit.way {
                        Way::Counted(taken) => longest
                            .price
                            .get(taken.place())
                            .is_some_and(|known| *known >= price(process, exit, *charged, *here, there)),
                        _ => left >= there,
                    }
                })
            })
        };
        let opened = process.starts().values().flat_map(|start| &start.opens);
        let is_begun = opened.clone().all(|step| longest.from(*step, 0).is_some());
        let reached = || process.steps().iter().map(|(step, _)| step).filter(|step| self.is_reached(*step));
        let all_budgets = reached().all(|step| budget_of(process, step).is_some());
        let worst = longest.bound(process);
        let of_reached = longest.entries.iter().filter(|(step, ..)| self.is_reached(*step));
        is_begun
            && of_reached.clone().all(holds)
            && all_budgets
            && worst < u64::MAX
            && keeps_promise(process, worst, |step| self.is_reached(step))
    }

    pub(crate) fn watched(&self, rungs: &[Option<u16>]) -> bool {
        self.process.steps().iter().all(|(step, _)| {
            !self.is_reached(step)
                || rungs.get(step.place()).copied().flatten().is_some_and(|rung| wakes(self.process, step, rung))
        })
    }

    /// From every step its rung leads to where less time is left. Counted returns are taken so often at most, and joins
    /// are looked at in the states.
    pub(crate) fn unattended(&self, evidence: &UnattendedEvidence) -> bool {
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
        // Parts that nothing waits for end each by itself, where nothing piles up; a token in a slot may wait for ever.
        let alone = process.steps().values().all(|spec| spec.join.is_none());
        if alone && is_sequential(process, self.exits) {
            return true;
        }
        let is_sound = || {
            let flow = self.certificate.flow.as_ref().map(|flow| self.flow(flow));
            flow.is_some_and(|flow| !flow.piles_up)
        };
        if alone && is_sound() {
            return true;
        }
        let Some((states, fires)) = &evidence.drained else { return false };
        self.without_papers(states).is_some_and(|closed| {
            closed.moves.iter().zip(0_usize..).all(|(moves, place)| {
                let by_rung = |exit: &ExitIx| {
                    self.exits.get(*exit).is_some_and(|exit| matches!(exit.by, By::Rung(_)) && exit.leads_on())
                };
                let mut moves = moves.iter().filter(|(exit, _)| by_rung(exit)).peekable();
                let here = fires.get(place).copied().unwrap_or(0);
                moves.peek().is_some()
                    && moves.all(|(_, to)| match to {
                        // A run that meets values without exactly one branch is cut there (G4).
                        To::Over | To::Undecided => true,
                        To::State(to) => fires.get(*to).is_some_and(|there| *there < here),
                        To::Faulted => false,
                    })
            })
        })
    }
}

/// Tells whether all values take exactly one branch of a choice.
fn is_decided(choice: Option<&Decided>) -> bool {
    choice.is_some_and(|choice| !choice.is_wrong())
}
