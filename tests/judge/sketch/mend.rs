//! Mending a sketch: what the compiler would refuse for its form alone is made good.

use std::collections::BTreeSet;

use super::*;

impl Sketch {
    /// Mends what would be refused for its form alone.
    pub(super) fn mend(&mut self) {
        let opened: BTreeSet<usize> = self.starts.iter().flatten().copied().collect();
        for at in opened {
            self.steps[at].join.clear();
        }
        for step in &mut self.steps {
            for way in &mut step.ways {
                for exit in way_exits_mut(way) {
                    if let Exit::Split(all) = exit {
                        let mut seen = BTreeSet::new();
                        all.retain(|to| seen.insert(*to));
                    }
                }
            }
        }
        self.name_sources();
        for _ in 0..self.steps.len() * 4 {
            let wrong = (0..self.steps.len()).find_map(|at| {
                let place = exits(&self.steps[at])
                    .iter()
                    .position(|exit| matches!(exit, Exit::Return(to) if !self.leads_back(at, *to)));
                place.map(|place| (at, place))
            });
            let Some((at, place)) = wrong else { break };
            let onwards = if at + 1 < self.steps.len() { Exit::Next(at + 1) } else { Exit::End(DONE) };
            if let Some(exit) = exits_mut(&mut self.steps[at]).into_iter().nth(place) {
                *exit = onwards;
            }
            self.name_sources();
        }
        self.mend_limits();
        for at in 1..self.steps.len() {
            // A shared clock has no time of its own.
            if self.steps[at].shares {
                self.steps[at].rework = false;
                self.steps[at - 1].rework = false;
            }
        }
        for step in &mut self.steps {
            if step.time == "Segera" {
                step.rework = false;
            }
        }
    }

    /// Every return has the limit that the sketch says, if that makes sense.
    pub(super) fn mend_limits(&mut self) {
        for at in 0..self.steps.len() {
            let Some((_, times, mut then)) = self.steps[at].limit.take() else { continue };
            let returning = self.steps[at].ways.iter().enumerate().find_map(|(place, way)| match way {
                Way::To(Exit::Return(_)) => Some((place, true)),
                Way::Choose(branches) if branches.iter().any(|(_, exit)| matches!(exit, Exit::Return(_))) => {
                    Some((place, false))
                }
                _ => None,
            });
            let Some((place, direct)) = returning else { continue };
            if then == Then::Closed && (!direct || !self.steps[at].named || self.steps[at].leaves == Some(Ok(place))) {
                then = Then::End(BOUND);
            }
            if let Then::Next(_) = then {
                let fits = |next: &usize| self.steps[*next].join.is_empty() && !self.reach(*next, true).contains(&at);
                then = match (at + 1..self.steps.len()).find(fits) {
                    Some(next) => Then::Next(next),
                    None => Then::End(BOUND),
                };
            }
            self.steps[at].limit = Some((place, times, then));
        }
    }

    /// Lets joins name exactly the steps that lead to them.
    pub(super) fn name_sources(&mut self) {
        for at in 0..self.steps.len() {
            if self.steps[at].join.is_empty() {
                continue;
            }
            let leads = |from: &usize| {
                exits(&self.steps[*from]).into_iter().any(|exit| match exit {
                    Exit::Next(to) => *to == at,
                    Exit::Split(all) => all.contains(&at),
                    _ => false,
                })
            };
            let leading: BTreeSet<usize> = (0..self.steps.len()).filter(leads).collect();
            let mut named = BTreeSet::new();
            let join = &mut self.steps[at].join;
            for group in join.iter_mut() {
                group.retain(|from| leading.contains(from) && named.insert(*from));
            }
            for (place, from) in leading.iter().filter(|from| !named.contains(from)).enumerate() {
                match join.len() {
                    0 => join.push(vec![*from]),
                    count => join[place % count].push(*from),
                }
            }
            join.retain(|group| !group.is_empty());
        }
    }

    pub(super) fn leads(&self, at: usize, returns: bool) -> Vec<usize> {
        let mut to: Vec<usize> = Vec::new();
        for exit in exits(&self.steps[at]) {
            match exit {
                Exit::Next(next) => to.push(*next),
                Exit::Split(all) => to.extend(all),
                Exit::Return(back) => to.extend(returns.then_some(*back)),
                Exit::End(_) => {}
            }
        }
        if let Some((_, _, Then::Next(next))) = &self.steps[at].limit {
            to.push(*next);
        }
        to
    }

    pub(super) fn reach(&self, from: usize, returns: bool) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(step) = open.pop() {
            open.extend(self.leads(step, returns).into_iter().filter(|to| reached.insert(*to)));
        }
        reached
    }

    /// Tells whether a return leads back, and past no join that would wait for what was not sent back (R3).
    pub(super) fn leads_back(&self, from: usize, to: usize) -> bool {
        let region = self.reach(to, false);
        let around = from != to || exits(&self.steps[from]).iter().any(|exit| !matches!(exit, Exit::Return(_)));
        let crossed = |at: usize| {
            let between = at != to && region.contains(&at) && self.reach(at, false).contains(&from);
            between && self.steps[at].join.iter().any(|slot| !slot.iter().any(|source| region.contains(source)))
        };
        region.contains(&from) && around && !(0..self.steps.len()).any(crossed)
    }
}
